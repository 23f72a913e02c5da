//! Rewrites, token by token, what the C parser behind [`parse`](crate::parse) cannot read.
//!
//! This is the one place that knows where lang-c 0.15.1 stops short of what clang accepts. Each rule is a row of
//! `Normalizer::rule`; what it changes is shown in its comment. Rules keep the meaning and the place of every token.
//! Names that no program uses and an empty constraint carry what the grammar has no room for; `sema` gives them their meaning:
//!
//! | in the tokens | stands for |
//! |---|---|
//! | `a ? __bpfcc_omitted : b` | `a ?: b` |
//! | `(T){ __bpfcc_omitted }` | `(T){}` |
//! | `__attribute__((__bpfcc_unqualified)) __typeof__(x)` | `typeof_unqual(x)` |
//! | `enum e { … } __attribute__((__bpfcc_underlying(sizeof(T))))` | `enum e : T { … }` |
//! | `asm ("…" : : [out] "" (out))` | `asm goto ("…" : : : : out)` |
//! | `int f(void) __attribute__((a)) int __bpfcc_attributes; { … }` | `int f(void) __attribute__((a)) { … }` |
//! | `__attribute__((__bpfcc_alignas(sizeof(8)))) char c;` | `_Alignas(8) char c;` among members |
//! | `__bpfcc_label_address(out)` | `&&out` |
//! | `__bpfcc_goto(p);` | `goto *p;` |
//! | `__bpfcc_local_labels(a, b);` | `__label__ a, b;` |
//! | `_Static_assert(__bpfcc_asm, "…");` | `asm("…");` outside of functions |
//! | `_Alignof(__attribute__((__bpfcc_object)) __typeof__(x))` | `__alignof__(x)`, of a type or an object |
//!
//! Names beyond ASCII are spelled otherwise for the parser: `spelling`.
//!
//! Further: `__builtin_types_compatible_p(A, B)` arrives as `…(sizeof(A), sizeof(B))`, `__builtin_convertvector(v, A)` as
//! `…(v, sizeof(A))`, and the types `__int128_t`, `__uint128_t`, `__auto_type` and `bool` are names that `PRELUDE` declares
//! so that the grammar takes them for types.

mod asm_goto;
mod attribute;
mod declaration;
mod labels;
pub(crate) mod literal;
pub(crate) mod spelling;

use std::collections::HashMap;

use crate::pp::token::{Symbol, Token, TokenKind, sym};
use crate::source::Span;

/// Declares the type names that C has built in but the parser does not know. The parser's result loses it again.
pub(crate) const PRELUDE: &str = "typedef int __int128_t,__uint128_t,__auto_type,bool;";

/// The operand that is not there: in `a ?: b`, and the element of `(T){}`.
pub const OMITTED: &str = "__bpfcc_omitted";

/// Attribute in front of a `__typeof__` whose qualifiers do not count.
pub const UNQUALIFIED: &str = "__bpfcc_unqualified";

/// Attribute in front of a member that has an `_Alignas`; its argument is `sizeof` of what that holds.
pub const MEMBER_ALIGNMENT: &str = "__bpfcc_alignas";

/// Name in the declaration that carries the attributes between the parameters of a function and its body.
pub const ATTRIBUTE_CARRIER: &str = "__bpfcc_attributes";

/// Attribute behind an `enum` with a fixed type; its argument is `sizeof(type)`.
pub const UNDERLYING: &str = "__bpfcc_underlying";

/// Callee whose argument is the label of `&&label`.
pub const LABEL_ADDRESS: &str = "__bpfcc_label_address";

/// Callee whose argument is the place to go to in `goto *place;`.
pub const COMPUTED_GOTO: &str = "__bpfcc_goto";

/// Callee whose arguments are the labels that belong to a block.
pub const LOCAL_LABELS: &str = "__bpfcc_local_labels";

/// Condition of the assertion whose message is the text of an `asm` outside of functions.
pub const FILE_ASM: &str = "__bpfcc_asm";

/// Attribute in front of a `__typeof__` that may name an object with an alignment of its own.
pub const OBJECT: &str = "__bpfcc_object";

/// Words that say whether an `__int128` has a sign.
const SIGNS: &[Symbol] = &[sym::UNSIGNED, sym::SIGNED, sym::SIGNED2, sym::SIGNED3];

/// How many tokens the fixed type of an `enum` may have: `const unsigned long long int`, or a `typeof` of something.
const MAX_UNDERLYING_TOKENS: usize = 16;

/// Punctuators behind which no operand starts.
const OPERAND_ENDS: &[Symbol] = &[
    sym::R_PAREN,
    sym::R_BRACKET,
    sym::R_BRACE,
    sym::SEMICOLON,
    sym::PLUS_PLUS,
    sym::MINUS_MINUS,
];

/// Words that may stand beside `__int128` in a declaration.
const INT128_COMPANIONS: &[Symbol] = &[
    sym::UNSIGNED,
    sym::SIGNED,
    sym::SIGNED2,
    sym::SIGNED3,
    sym::CONST,
    sym::VOLATILE,
    sym::STATIC,
    sym::TYPEDEF,
    sym::EXTERN,
    sym::INLINE,
    sym::REGISTER,
];

/// Tokens that the parser can read.
pub(crate) struct Normalized {
    pub(crate) tokens: Vec<Token>,
    /// For each token given, the number of tokens that stood before what became of it.
    positions: Vec<u32>,
}

impl Normalized {
    /// Which of the tokens is the first that stands at or behind token `index` of the original.
    pub(crate) fn position(&self, index: usize) -> usize {
        self.positions
            .get(index)
            .map_or(self.tokens.len(), |&position| position as usize)
    }
}

/// Rewrites a program.
pub(crate) fn normalize(tokens: &[Token]) -> Normalized {
    let mut normalizer = Normalizer {
        tokens,
        partners: partners(tokens),
        out: Vec::with_capacity(tokens.len()),
        after: HashMap::new(),
        replaced: HashMap::new(),
        braces: Vec::new(),
        function_depth: 0,
    };
    let mut positions = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        let before = normalizer.out.len() as u32;
        let next = normalizer.step(at);
        positions.resize(next, before);
        at = next;
    }
    Normalized {
        tokens: normalizer.out,
        positions,
    }
}

/// For each opening bracket the index of its closing one, and the other way round; `None` where they do not match.
fn partners(tokens: &[Token]) -> Vec<Option<u32>> {
    let mut partners = vec![None; tokens.len()];
    let mut open = Vec::new();
    for (index, token) in tokens
        .iter()
        .enumerate()
        .filter(|(_, token)| token.kind == TokenKind::Punctuator)
    {
        match token.text {
            sym::L_PAREN | sym::L_BRACKET | sym::L_BRACE => open.push((index, closing(token.text))),
            sym::R_PAREN | sym::R_BRACKET | sym::R_BRACE => {
                if let Some((partner, _)) = open.pop().filter(|&(_, wanted)| wanted == token.text) {
                    partners[partner] = Some(index as u32);
                    partners[index] = Some(partner as u32);
                }
            }
            _ => {}
        }
    }
    partners
}

fn closing(open: Symbol) -> Symbol {
    match open {
        sym::L_PAREN => sym::R_PAREN,
        sym::L_BRACKET => sym::R_BRACKET,
        _ => sym::R_BRACE,
    }
}

/// What is between braces.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Brace {
    /// The members of a `struct` or `union`.
    Record,
    Other,
}

struct Normalizer<'a> {
    tokens: &'a [Token],
    partners: Vec<Option<u32>>,
    out: Vec<Token>,
    /// What is to be written behind a token once its turn has come.
    after: HashMap<usize, Vec<Token>>,
    /// What is to be written in the place of a token and those up to another.
    replaced: HashMap<usize, (Vec<Token>, usize)>,
    /// The braces that are open.
    braces: Vec<Brace>,
    /// How many braces of a function body are open.
    function_depth: usize,
}

impl Normalizer<'_> {
    /// Handles the token at `at`, and gives the index of the next one.
    fn step(&mut self, at: usize) -> usize {
        if let Some((tokens, next)) = self.replaced.remove(&at) {
            self.out.extend(tokens);
            return next;
        }
        if let Some(next) = self.rule(at) {
            return next;
        }
        let mut token = self.tokens[at];
        self.track_braces(&token);
        let is_paren = token.is(sym::L_PAREN) || token.is(sym::R_PAREN);
        if is_paren && self.out.last().is_some_and(|last| last.text == token.text) {
            // The parser knows `__attribute__((` only with the parentheses side by side.
            (token.space_before, token.line_start) = (false, false);
        }
        self.out.push(token);
        self.flush(at);
        at + 1
    }

    /// Applies the rule that begins with the token at `at`, if any.
    fn rule(&mut self, at: usize) -> Option<usize> {
        let token = self.tokens[at];
        if !matches!(token.kind, TokenKind::Identifier | TokenKind::Punctuator) {
            return None;
        }
        match token.text {
            sym::INT128 => self.int128(at),
            sym::TYPEOF_UNQUAL | sym::TYPEOF_UNQUAL2 | sym::TYPEOF_UNQUAL3 => {
                self.typeof_unqual(at)
            }
            sym::TYPEOF | sym::GNU_TYPEOF | sym::GNU_TYPEOF2 => self.type_of(at),
            // Nothing that it would silence is warned about.
            sym::GNU_EXTENSION => Some(at + 1),
            sym::AUTO => self.auto_type(at),
            sym::C11_ALIGNAS => self.member_alignment(at),
            sym::STATIC_ASSERT => self.c23_keyword(at, sym::C11_STATIC_ASSERT),
            sym::C11_STATIC_ASSERT => self.static_assert(at),
            sym::ALIGNAS => self
                .member_alignment(at)
                .or_else(|| self.c23_keyword(at, sym::C11_ALIGNAS)),
            sym::ALIGNOF if self.next_is(at, sym::L_PAREN) => self.alignment_of(at),
            sym::C11_ALIGNOF | sym::GNU_ALIGNOF | sym::GNU_ALIGNOF2 => self.alignment_of(at),
            sym::ATTRIBUTE | sym::ATTRIBUTE2 => self.gnu_attribute(at),
            sym::STRUCT | sym::UNION | sym::ENUM => self.tagged_type(at),
            sym::LABEL => self.local_labels(at),
            sym::GOTO => self.computed_goto(at),
            sym::AND_AND => self.label_address(at),
            sym::TYPES_COMPATIBLE => self.types_compatible(at),
            sym::CONVERT_VECTOR => self.convert_vector(at),
            sym::ASM | sym::ASM2 | sym::ASM3 => {
                self.file_asm(at).or_else(|| self.asm_qualifiers(at))
            }
            sym::L_BRACKET => self.bracket_attribute(at),
            sym::L_BRACE => self.empty_literal(at),
            sym::QUESTION => self.omitted_operand(at),
            _ => self.label_end(at),
        }
    }

    /// `__int128 unsigned` ⟶ `__uint128_t`, `__int128` ⟶ `__int128_t`
    fn int128(&mut self, at: usize) -> Option<usize> {
        let is_companion = |token: &&Token| INT128_COMPANIONS.contains(&token.text);
        let before = self.out.iter().rev().take_while(is_companion).count();
        let behind = self.tokens[at + 1..]
            .iter()
            .take_while(is_companion)
            .count();
        let before = self.out.split_off(self.out.len() - before);
        let behind = &self.tokens[at + 1..at + 1 + behind];
        let is_sign = |token: &&Token| SIGNS.contains(&token.text);
        let unsigned = before
            .iter()
            .chain(behind)
            .any(|token| token.is(sym::UNSIGNED));
        self.out
            .extend(before.iter().filter(|token| !is_sign(token)));
        let words = before.iter().chain(behind).filter(|token| is_sign(token));
        let at_once = |span: Span, word: &Token| {
            if word.expansion == self.tokens[at].expansion {
                span.to(word.span)
            } else {
                span
            }
        };
        let span = words.fold(self.tokens[at].span, at_once);
        let text = if unsigned {
            sym::UINT128_T
        } else {
            sym::INT128_T
        };
        self.out.push(Token {
            span,
            ..self.make(at, text)
        });
        self.out
            .extend(behind.iter().filter(|token| !is_sign(token)));
        Some(at + 1 + behind.len())
    }

    /// `typeof_unqual(x)` ⟶ `__attribute__((__bpfcc_unqualified)) __typeof__(x)`
    fn typeof_unqual(&mut self, at: usize) -> Option<usize> {
        for text in [
            sym::ATTRIBUTE,
            sym::L_PAREN,
            sym::L_PAREN,
            sym::UNQUALIFIED,
            sym::R_PAREN,
            sym::R_PAREN,
        ] {
            self.push(at, text);
        }
        self.push(at, sym::GNU_TYPEOF);
        Some(at + 1)
    }

    /// `typeof(typeof(x))` ⟶ `__typeof__(__attribute__(()) __typeof__(x))`, so that the inner one is not taken for a call.
    fn type_of(&mut self, at: usize) -> Option<usize> {
        if let [.., keyword, open] = self.out.as_slice()
            && keyword.is(sym::GNU_TYPEOF)
            && open.is(sym::L_PAREN)
        {
            for text in [
                sym::ATTRIBUTE,
                sym::L_PAREN,
                sym::L_PAREN,
                sym::R_PAREN,
                sym::R_PAREN,
            ] {
                self.push(at, text);
            }
        }
        self.push(at, sym::GNU_TYPEOF);
        Some(at + 1)
    }

    /// `_Alignas(8) char c;` ⟶ `__attribute__((__bpfcc_alignas(sizeof(8)))) char c;` in a `struct` or `union`
    fn member_alignment(&mut self, at: usize) -> Option<usize> {
        let close = self
            .partner(at + 1)
            .filter(|_| self.next_is(at, sym::L_PAREN))?;
        if self.braces.last() != Some(&Brace::Record) {
            return None;
        }
        for text in [
            sym::ATTRIBUTE,
            sym::L_PAREN,
            sym::L_PAREN,
            sym::MEMBER_ALIGNMENT,
            sym::L_PAREN,
            sym::SIZEOF,
        ] {
            self.push(at, text);
        }
        self.schedule(close, &[sym::R_PAREN; 3]);
        Some(at + 1)
    }

    /// `static_assert(` ⟶ `_Static_assert(`; without the parenthesis it is a name like any other.
    fn c23_keyword(&mut self, at: usize, keyword: Symbol) -> Option<usize> {
        self.next_is(at, sym::L_PAREN).then(|| {
            if keyword == sym::C11_STATIC_ASSERT {
                self.complete_static_assert(at);
            }
            self.push(at, keyword);
            at + 1
        })
    }

    /// `_Static_assert(x)` ⟶ `_Static_assert(x, "")`
    fn static_assert(&mut self, at: usize) -> Option<usize> {
        self.complete_static_assert(at);
        None
    }

    fn complete_static_assert(&mut self, at: usize) {
        let Some(close) = self.partner(at + 1) else {
            return;
        };
        if self.top_level_commas(at + 1, close).is_empty() {
            self.schedule(close - 1, &[sym::COMMA, sym::EMPTY_STRING]);
        }
    }

    /// `__alignof__(x)` ⟶ `_Alignof(__attribute__((__bpfcc_object)) __typeof__(x))`, which takes types and expressions alike.
    fn alignment_of(&mut self, at: usize) -> Option<usize> {
        let last = self.alignment_operand_end(at + 1)?;
        let is_bare = last > at + 1 && self.partner(at + 1) != Some(last);
        for text in [
            sym::C11_ALIGNOF,
            sym::L_PAREN,
            sym::ATTRIBUTE,
            sym::L_PAREN,
            sym::L_PAREN,
            sym::OBJECT,
            sym::R_PAREN,
            sym::R_PAREN,
            sym::GNU_TYPEOF,
        ] {
            self.push(at, text);
        }
        if is_bare || last == at + 1 {
            self.push(at, sym::L_PAREN);
            self.schedule(last, &[sym::R_PAREN]);
        }
        self.schedule(last, &[sym::R_PAREN]);
        Some(at + 1)
    }

    /// The last token of the unary expression that begins at `at`: `(T)`, `*p`, `s.a[1]`.
    fn alignment_operand_end(&self, mut at: usize) -> Option<usize> {
        let is_prefix = |token: &&Token| [sym::STAR, sym::AND].contains(&token.text);
        at += self.tokens.get(at..)?.iter().take_while(is_prefix).count();
        let mut last = match self.tokens[at..].first()? {
            token if token.is(sym::L_PAREN) => self.partner(at)?,
            token if token.kind == TokenKind::Punctuator => return None,
            _ => at,
        };
        loop {
            last = match self.tokens.get(last + 1)?.text {
                sym::L_PAREN | sym::L_BRACKET => self.partner(last + 1)?,
                sym::DOT | sym::ARROW => last + 2,
                _ => return Some(last),
            };
        }
    }

    /// `enum __attribute__((packed)) e { … }` ⟶ `enum e { … } __attribute__((packed))`; the same for `struct` and
    /// `union`, and `enum e : T { … }` as the table above says.
    fn tagged_type(&mut self, at: usize) -> Option<usize> {
        let mut next = at + 1;
        let mut moved = Vec::new();
        while let Some(end) = self
            .attribute_end(next)
            .or_else(|| self.bracket_attribute_end(next))
        {
            moved.extend(self.as_gnu_attribute(next, end));
            next = end;
        }
        let name = self
            .tokens
            .get(next)
            .filter(|token| token.kind == TokenKind::Identifier);
        let mut body = next + usize::from(name.is_some());
        if let Some(open) = self.fixed_type_end(at, body) {
            if self.tokens[open].is(sym::L_BRACE) {
                moved.extend(self.underlying_type(body + 1, open));
            }
            next = open;
            body = open;
        }
        if moved.is_empty() && next == at + 1 {
            return None;
        }
        if let Some(close) = self
            .partner(body)
            .filter(|_| self.tokens[body].is(sym::L_BRACE))
        {
            self.after.entry(close).or_default().extend(moved);
        }
        self.out.push(self.tokens[at]);
        self.out.extend(name);
        Some(body)
    }

    /// The index of the `{` or `;` if the tokens at `colon` are the `: type` of an `enum`.
    fn fixed_type_end(&self, keyword: usize, colon: usize) -> Option<usize> {
        let is_enum = self.tokens[keyword].is(sym::ENUM) && self.tokens.get(colon)?.is(sym::COLON);
        let ends = |token: &Token| {
            token.is(sym::L_BRACE) || token.is(sym::SEMICOLON) || token.is(sym::COMMA)
        };
        let end = colon
            + self.tokens[colon..]
                .iter()
                .take(MAX_UNDERLYING_TOKENS)
                .position(ends)?;
        (is_enum && !self.tokens[end].is(sym::COMMA)).then_some(end)
    }

    fn underlying_type(&self, start: usize, end: usize) -> Vec<Token> {
        let word = |text| self.make(start, text);
        let mut attribute: Vec<Token> = [
            sym::ATTRIBUTE,
            sym::L_PAREN,
            sym::L_PAREN,
            sym::UNDERLYING,
            sym::L_PAREN,
            sym::SIZEOF,
            sym::L_PAREN,
        ]
        .map(word)
        .to_vec();
        attribute.extend(&self.tokens[start..end]);
        attribute.extend([sym::R_PAREN; 4].map(word));
        attribute
    }

    /// `__builtin_types_compatible_p(A, B)` ⟶ `__builtin_types_compatible_p(sizeof(A), sizeof(B))`
    fn types_compatible(&mut self, at: usize) -> Option<usize> {
        let close = self
            .partner(at + 1)
            .filter(|_| self.next_is(at, sym::L_PAREN))?;
        self.schedule(at + 1, &[sym::SIZEOF, sym::L_PAREN]);
        for comma in self.top_level_commas(at + 1, close) {
            self.schedule(comma - 1, &[sym::R_PAREN]);
            self.schedule(comma, &[sym::SIZEOF, sym::L_PAREN]);
        }
        self.schedule(close - 1, &[sym::R_PAREN]);
        None
    }

    /// `__builtin_convertvector(a, T)` ⟶ `__builtin_convertvector(a, sizeof(T))`
    fn convert_vector(&mut self, at: usize) -> Option<usize> {
        let close = self
            .partner(at + 1)
            .filter(|_| self.next_is(at, sym::L_PAREN))?;
        let comma = *self.top_level_commas(at + 1, close).last()?;
        self.schedule(comma, &[sym::SIZEOF, sym::L_PAREN]);
        self.schedule(close - 1, &[sym::R_PAREN]);
        None
    }

    /// `asm("…");` ⟶ `_Static_assert(__bpfcc_asm, "…");` outside of functions
    fn file_asm(&mut self, at: usize) -> Option<usize> {
        let ends = [sym::SEMICOLON, sym::R_BRACE];
        let begins = self.out.last().is_none_or(|last| ends.contains(&last.text));
        let text = self.tokens.get(at + 2);
        let has_text = text.is_some_and(|token| token.kind == TokenKind::String);
        if !(begins && self.braces.is_empty() && self.next_is(at, sym::L_PAREN) && has_text) {
            return None;
        }
        self.push(at, sym::C11_STATIC_ASSERT);
        self.schedule(at + 1, &[sym::FILE_ASM, sym::COMMA]);
        Some(at + 1)
    }

    /// `asm inline (` and `asm goto (` ⟶ `asm (`
    fn asm_qualifiers(&mut self, at: usize) -> Option<usize> {
        let is_dropped =
            |token: &&Token| [sym::INLINE, sym::INLINE2, sym::GOTO].contains(&token.text);
        let is_qualifier = |token: &&Token| {
            [sym::VOLATILE, sym::VOLATILE2].contains(&token.text) || is_dropped(token)
        };
        let qualifiers: Vec<Token> = self.tokens[at + 1..]
            .iter()
            .take_while(is_qualifier)
            .copied()
            .collect();
        self.out.push(self.tokens[at]);
        self.out
            .extend(qualifiers.iter().filter(|token| !is_dropped(token)));
        if qualifiers.iter().any(|token| token.is(sym::GOTO)) {
            self.move_asm_labels(at + 1 + qualifiers.len());
        }
        Some(at + 1 + qualifiers.len())
    }

    /// `(T){}` ⟶ `(T){ __bpfcc_omitted }`
    fn empty_literal(&mut self, at: usize) -> Option<usize> {
        let open = at
            .checked_sub(1)
            .filter(|&close| self.tokens[close].is(sym::R_PAREN))
            .and_then(|c| self.partner(c));
        if self.next_is(at, sym::R_BRACE) && open.is_some_and(|open| self.is_operand(open)) {
            self.schedule(at, &[sym::OMITTED]);
        }
        None
    }

    /// Whether an operand may start at `at`, going by the token before it.
    fn is_operand(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1).map(|before| &self.tokens[before]) else {
            return false;
        };
        match before.kind {
            TokenKind::Punctuator => !OPERAND_ENDS.contains(&before.text),
            _ => before.is(sym::RETURN) || before.is(sym::SIZEOF) || before.is(sym::CASE),
        }
    }

    /// `a ?: b` ⟶ `a ? __bpfcc_omitted : b`
    fn omitted_operand(&mut self, at: usize) -> Option<usize> {
        if self.next_is(at, sym::COLON) {
            self.schedule(at, &[sym::OMITTED]);
        }
        None
    }

    /// `label: }` ⟶ `label: ; }` and `label: int x;` ⟶ `label: ; int x;`, as C23 allows.
    fn label_end(&mut self, at: usize) -> Option<usize> {
        if !self.is_behind_label() {
            return None;
        }
        let begins = match self.is_behind_named_label() {
            true => self.likely_begins_declaration(at),
            false => self.begins_declaration(at),
        };
        if begins || self.tokens[at].is(sym::R_BRACE) {
            self.push(at, sym::SEMICOLON);
        }
        None
    }

    // Tools.

    fn track_braces(&mut self, token: &Token) {
        // Behind a `;` it is the body of a function whose parameters are declared behind the parentheses.
        let begins_body = |last: &Token| last.is(sym::R_PAREN) || last.is(sym::SEMICOLON);
        let is_body = self.out.last().is_some_and(begins_body);
        if token.is(sym::L_BRACE) {
            self.braces.push(self.brace());
        } else if token.is(sym::R_BRACE) {
            self.braces.pop();
        }
        if token.is(sym::L_BRACE) && (self.function_depth > 0 || is_body) {
            self.function_depth += 1;
        } else if token.is(sym::R_BRACE) {
            self.function_depth = self.function_depth.saturating_sub(1);
        }
    }

    /// What a `{` opens that comes next.
    fn brace(&self) -> Brace {
        let is_record = |token: &Token| token.is(sym::STRUCT) || token.is(sym::UNION);
        if self.out.iter().rev().take(2).any(is_record) {
            Brace::Record
        } else {
            Brace::Other
        }
    }

    fn partner(&self, at: usize) -> Option<usize> {
        self.partners
            .get(at)
            .copied()
            .flatten()
            .map(|partner| partner as usize)
    }

    fn next_is(&self, at: usize, text: Symbol) -> bool {
        self.tokens.get(at + 1).is_some_and(|token| token.is(text))
    }

    /// The commas between two brackets that no further brackets hold.
    fn top_level_commas(&self, open: usize, close: usize) -> Vec<usize> {
        let mut commas = Vec::new();
        let mut at = open + 1;
        while at < close {
            if self.tokens[at].is(sym::COMMA) {
                commas.push(at);
            }
            at = self
                .partner(at)
                .filter(|&partner| partner > at)
                .unwrap_or(at)
                + 1;
        }
        commas
    }

    /// Has tokens written behind the one at `at`.
    fn schedule(&mut self, at: usize, texts: &[Symbol]) {
        let tokens = texts.iter().map(|&text| self.make(at, text));
        let tokens: Vec<Token> = tokens.collect();
        self.after.entry(at).or_default().extend(tokens);
    }

    fn flush(&mut self, at: usize) {
        if !self.after.is_empty() {
            self.out.extend(self.after.remove(&at).unwrap_or_default());
        }
    }

    fn push(&mut self, at: usize, text: Symbol) {
        let first_of_line = self.tokens[at].line_start
            && self
                .out
                .last()
                .is_none_or(|last| last.span != self.tokens[at].span);
        let token = Token {
            line_start: first_of_line,
            ..self.make(at, text)
        };
        self.out.push(token);
    }

    /// A token that stands where the one at `at` stands.
    fn make(&self, at: usize, text: Symbol) -> Token {
        let kind = match text {
            sym::EMPTY_STRING => TokenKind::String,
            sym::L_PAREN | sym::R_PAREN | sym::COMMA | sym::SEMICOLON => TokenKind::Punctuator,
            _ => TokenKind::Identifier,
        };
        let space_before = kind != TokenKind::Punctuator;
        Token {
            kind,
            text,
            space_before,
            line_start: false,
            ..self.tokens[at]
        }
    }
}
