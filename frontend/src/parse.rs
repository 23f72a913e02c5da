//! Tokens to a syntax tree, by lang-c: the only file that calls the parser.
//!
//! lang-c reads text, stops at the first mistake and recurses on the native stack, so four things happen around it:
//!
//! * what the program includes but does not use is left out (`reach`);
//! * the tokens are [normalised](crate::normalize), written out as text, and places in that text are mapped back to the
//!   user's files ([`LineMap`]);
//! * nesting is counted before the parser runs and refused in words (`Nesting`), and everything that walks the tree
//!   — parsing, checking, lowering, even dropping it — runs on a thread with a large stack ([`with_big_stack`]);
//! * what the parser expected, a set of a dozen fragments of grammar, is boiled down to what a person can act on.

use std::collections::HashSet;

use lang_c::ast::TranslationUnit;
use lang_c::driver::{Config, Flavor, SyntaxError};

use crate::diagnostic::Diagnostic;
use crate::normalize::{PRELUDE, literal, normalize, spelling};
use crate::pp::linemap::{self, LineMap};
use crate::pp::token::sym;
use crate::pp::{Interner, Symbol, Token, TokenKind, TokenStream};
use crate::reach::{Reachable, reachable};
use crate::source::Span;

mod hints;
mod recover;

pub use recover::parse_with_recovery;

/// The stack of the thread that parses. The deepest program that `Nesting` lets through needs 52 MiB of it in the
/// parser built without optimisation (nested `do`, 13 KiB for each of [`MAX_CHAIN`] levels); the rest is for those who
/// walk the tree. The system provides memory only for what is used.
const STACK_SIZE: usize = 256 << 20;

/// How many brackets may be open at once; clang's default too.
const MAX_BRACKETS: usize = 256;

/// How long operators, casts, labels or `else if` may follow each other. Each is one level of the tree, whether it
/// stands in brackets or not.
const MAX_CHAIN: usize = 4096;

/// How many types with a `sizeof` or a body may stand inside each other where an expression could stand as well. The
/// parser tries both, each time, so that the time it takes grows exponentially.
const MAX_AMBIGUOUS: usize = 7;

/// A parsed program.
#[derive(Debug)]
pub struct Unit {
    /// The syntax tree.
    pub ast: TranslationUnit,
    /// The way back from its spans to the user's files.
    pub map: LineMap,
    /// The pragmas, in the order of their places.
    pub pragmas: Vec<PlacedPragma>,
    /// Names that headers declare but the program does not mention; [`LineMap::text`] gives the spellings. They are not in
    /// the tree.
    pub unused: Vec<Symbol>,
}

/// A pragma between the nodes of the tree.
#[derive(Clone, Debug)]
pub struct PlacedPragma {
    /// It stands in front of nodes whose span starts here or later.
    pub offset: usize,
    /// Its place in the user's files.
    pub span: Span,
    /// What stands behind `#pragma`; [`LineMap::text`] gives the spellings.
    pub tokens: Vec<Token>,
}

/// Runs `work` on a thread whose stack is large enough for the deepest tree that [`parse`] returns.
///
/// The tree must not leave it: a tree is as deep as the program is nested, and dropping it recurses as well.
pub fn with_big_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, Diagnostic> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .name("compile".to_owned())
            .stack_size(STACK_SIZE);
        match thread.spawn_scoped(scope, work) {
            Ok(handle) => Ok(handle
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))),
            Err(error) => {
                let megabytes = STACK_SIZE >> 20;
                Err(Diagnostic::error(
                    None,
                    format!("cannot start a thread with {megabytes} MiB of stack: {error}"),
                )
                .code("system"))
            }
        }
    })
}

/// Parses what a preprocessed program needs of itself (`reach`). To be called inside [`with_big_stack`].
pub fn parse(stream: TokenStream) -> Result<Unit, Diagnostic> {
    let Reachable { stream, unused } = reachable(stream);
    match parse_all(&stream) {
        Ok(unit) => Ok(Unit { unused, ..unit }),
        Err(failure) => Err(*failure.diagnostic),
    }
}

/// Why a program was not parsed.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) diagnostic: Box<Diagnostic>,
    /// The token where the parser gave up, if a part of the program is to blame.
    at: Option<usize>,
}

/// Parses a preprocessed program with all that it includes.
pub(crate) fn parse_all(stream: &TokenStream) -> Result<Unit, Failure> {
    Nesting::check(stream).map_err(|diagnostic| Failure {
        diagnostic: Box::new(diagnostic),
        at: None,
    })?;
    let normalized = normalize(&stream.tokens);
    let (text, starts) = source_text(&normalized.tokens, &stream.names);
    let length = text.len();
    let mut config = Config::with_clang();
    config.flavor = Flavor::ClangC11;
    let map = LineMap::new(stream, &normalized.tokens, starts);
    let mut ast = match lang_c::driver::parse_preprocessed(&config, text) {
        Ok(parsed) => parsed.unit,
        Err(error) => {
            let (diagnostic, at) = explain(&error, &normalized.tokens, stream, &map);
            let before = |&index: &usize| normalized.position(index) <= at;
            let at = (0..stream.tokens.len()).take_while(before).last();
            let diagnostic = Box::new(diagnostic);
            return Err(Failure { diagnostic, at });
        }
    };
    // The prelude is the parser's business only.
    ast.0.remove(0);
    let place = |pragma: &crate::pp::Pragma| PlacedPragma {
        offset: map
            .offset_of(normalized.position(pragma.position))
            .unwrap_or(length),
        span: pragma.span,
        tokens: pragma.tokens.clone(),
    };
    let pragmas = stream.pragmas.iter().map(place).collect();
    Ok(Unit {
        ast,
        map,
        pragmas,
        unused: Vec::new(),
    })
}

/// The text that the parser reads, and where each token starts in it.
fn source_text(tokens: &[Token], names: &Interner) -> (String, Vec<u32>) {
    let spell = |token: &Token| {
        let text = names.text(token.text);
        match token.kind {
            TokenKind::Identifier | TokenKind::Number => spelling::for_parser(token.kind, text),
            _ => literal::readable(text),
        }
    };
    let (text, mut starts) = linemap::flatten(tokens, spell);
    let offset = PRELUDE.len() as u32 + 1;
    starts.iter_mut().for_each(|start| *start += offset);
    (format!("{PRELUDE}\n{text}"), starts)
}

/// Counts how deep the tree of a program will be.
///
/// Brackets nest visibly. Inside one pair of brackets the tree also deepens along a *chain*: `- - -x`, `a = b = c`,
/// `a + b + c`, `if … else if … else if`, `case 1: case 2:`. A chain ends at a comma or semicolon.
struct Nesting<'a> {
    stream: &'a TokenStream,
    open: Vec<Level>,
    /// Elements of the chain inside the current brackets.
    chain: usize,
    /// `?` that wait for their `:` inside the current brackets.
    questions: usize,
    /// Elements of chains around the current brackets.
    outer_chains: usize,
    ambiguous: usize,
}

/// What to return to when a bracket closes.
struct Level {
    chain: usize,
    questions: usize,
    ambiguous: usize,
}

impl Nesting<'_> {
    fn check(stream: &TokenStream) -> Result<(), Diagnostic> {
        let mut nesting = Nesting {
            stream,
            open: Vec::new(),
            chain: 0,
            questions: 0,
            outer_chains: 0,
            ambiguous: 0,
        };
        for (index, token) in stream.tokens.iter().enumerate() {
            nesting.step(index, token)?;
        }
        Ok(())
    }

    fn step(&mut self, index: usize, token: &Token) -> Result<(), Diagnostic> {
        match (token.kind, token.text) {
            (TokenKind::Punctuator, sym::L_PAREN | sym::L_BRACKET | sym::L_BRACE) => {
                return self.enter(index, token);
            }
            (TokenKind::Punctuator, sym::R_PAREN | sym::R_BRACKET | sym::R_BRACE) => {
                self.leave();
                self.chain += 1;
                if token.is(sym::R_BRACE) {
                    self.end_of_block(index);
                }
            }
            // The middle of `a ? b, c : d` is inside the chain.
            (TokenKind::Punctuator, sym::COMMA) if self.questions == 0 => self.chain = 0,
            (TokenKind::Punctuator, sym::SEMICOLON) => self.end_of_statement(index),
            (TokenKind::Punctuator, text) => {
                self.chain += 1;
                match text {
                    sym::QUESTION => self.questions += 1,
                    sym::COLON => self.questions = self.questions.saturating_sub(1),
                    _ => {}
                }
            }
            (TokenKind::Identifier, text) if CHAINING_KEYWORDS.contains(&text) => self.chain += 1,
            _ => {}
        }
        if self.outer_chains + self.chain > MAX_CHAIN {
            let message = format!("operators or statements are chained more than {MAX_CHAIN} deep");
            return Err(self
                .refuse(token, message)
                .help("split it into several statements"));
        }
        Ok(())
    }

    fn enter(&mut self, index: usize, token: &Token) -> Result<(), Diagnostic> {
        if self.open.len() == MAX_BRACKETS {
            return Err(self.refuse(
                token,
                format!("brackets are nested more than {MAX_BRACKETS} deep"),
            ));
        }
        self.open.push(Level {
            chain: self.chain,
            questions: self.questions,
            ambiguous: self.ambiguous,
        });
        self.outer_chains += self.chain;
        (self.chain, self.questions) = (0, 0);
        self.ambiguous += usize::from(self.is_ambiguous(index, token));
        if self.ambiguous > MAX_AMBIGUOUS {
            let message = format!(
                "types are nested more than {MAX_AMBIGUOUS} deep inside `sizeof` or parentheses"
            );
            return Err(self
                .refuse(token, message)
                .help("give the inner types names with `typedef` or `struct`"));
        }
        Ok(())
    }

    fn leave(&mut self) {
        // Brackets that do not match are the parser's to report.
        if let Some(level) = self.open.pop() {
            self.outer_chains -= level.chain;
            (self.chain, self.questions, self.ambiguous) =
                (level.chain, level.questions, level.ambiguous);
        }
    }

    /// Statements side by side do not nest, but `else` goes on with the `if` before it.
    fn end_of_statement(&mut self, index: usize) {
        if self.token(index + 1).is_none_or(|next| !next.is(sym::ELSE)) {
            (self.chain, self.questions) = (0, 0);
        }
    }

    /// Behind a block a new statement begins; behind the braces of `(T){1} + (T){2}` the chain goes on.
    fn end_of_block(&mut self, index: usize) {
        if self
            .token(index + 1)
            .is_none_or(|next| next.kind == TokenKind::Identifier)
        {
            self.end_of_statement(index);
        }
    }

    /// Whether the parser will read what is in this bracket more than once: the operand of `sizeof`, or the body of a
    /// type that is defined inside parentheses.
    fn is_ambiguous(&self, index: usize, token: &Token) -> bool {
        let before = index.checked_sub(1).and_then(|before| self.token(before));
        match token.text {
            sym::L_PAREN => before.is_some_and(|before| SIZE_KEYWORDS.contains(&before.text)),
            sym::L_BRACE => self.open.len() > 1 && self.is_type_body(index),
            _ => false,
        }
    }

    fn is_type_body(&self, brace: usize) -> bool {
        let is_tag =
            |token: &Token| token.is(sym::STRUCT) || token.is(sym::UNION) || token.is(sym::ENUM);
        (1..=2).any(|back| {
            brace
                .checked_sub(back)
                .and_then(|at| self.token(at))
                .is_some_and(is_tag)
        })
    }

    fn token(&self, index: usize) -> Option<&Token> {
        self.stream.tokens.get(index)
    }

    fn refuse(&self, token: &Token, message: String) -> Diagnostic {
        Diagnostic::error(
            self.stream
                .expansions
                .written_at(token.span, token.expansion),
            message,
        )
        .code("nesting")
    }
}

/// Keywords that put what follows one level deeper.
const CHAINING_KEYWORDS: &[crate::pp::Symbol] = &[
    sym::IF,
    sym::ELSE,
    sym::FOR,
    sym::WHILE,
    sym::DO,
    sym::SWITCH,
    sym::CASE,
    sym::DEFAULT,
    sym::SIZEOF,
    sym::C11_ALIGNOF,
    sym::GNU_ALIGNOF,
    sym::GNU_ALIGNOF2,
    sym::GNU_EXTENSION,
];

/// Keywords whose operand may be a type or an expression.
const SIZE_KEYWORDS: &[crate::pp::Symbol] = &[
    sym::SIZEOF,
    sym::C11_ALIGNOF,
    sym::ALIGNOF,
    sym::GNU_ALIGNOF,
    sym::GNU_ALIGNOF2,
];

/// Words of the language; everything else that looks like a name is one.
const KEYWORDS: &[crate::pp::Symbol] = &[
    sym::AUTO,
    sym::BREAK,
    sym::CASE,
    sym::CHAR,
    sym::CONST,
    sym::CONTINUE,
    sym::DEFAULT,
    sym::DO,
    sym::DOUBLE,
    sym::ELSE,
    sym::ENUM,
    sym::EXTERN,
    sym::FLOAT,
    sym::FOR,
    sym::GOTO,
    sym::IF,
    sym::INLINE,
    sym::INT,
    sym::LONG,
    sym::REGISTER,
    sym::RESTRICT,
    sym::RETURN,
    sym::SHORT,
    sym::SIGNED,
    sym::SIZEOF,
    sym::STATIC,
    sym::STRUCT,
    sym::SWITCH,
    sym::TYPEDEF,
    sym::UNION,
    sym::UNSIGNED,
    sym::VOID,
    sym::VOLATILE,
    sym::WHILE,
    sym::C11_BOOL,
    sym::ATTRIBUTE,
    sym::ASM,
    sym::ASM3,
];

/// What stands before the name in a declaration without a type.
const DECLARATION_STARTS: &[crate::pp::Symbol] = &[
    sym::SEMICOLON,
    sym::L_BRACE,
    sym::R_BRACE,
    sym::STATIC,
    sym::EXTERN,
    sym::INLINE,
    sym::REGISTER,
    sym::AUTO,
    sym::CONST,
    sym::VOLATILE,
    sym::TYPEDEF,
];

/// A syntax error in words, at a place in the user's files, with the token where the parser gave up.
fn explain(
    error: &SyntaxError,
    tokens: &[Token],
    stream: &TokenStream,
    map: &LineMap,
) -> (Diagnostic, usize) {
    let mistake = Mistake::locate(error, tokens, &stream.names, map);
    let diagnostic = mistake.describe(error, tokens, stream, map);
    (diagnostic, mistake.at)
}

fn describe_hint(hint: hints::Hint, map: &LineMap) -> Diagnostic {
    let mut diagnostic = Diagnostic::error(map.written(hint.at), hint.message).code("syntax");
    if let Some((at, message)) = hint.note {
        diagnostic = diagnostic.note(map.written(at), message);
    }
    diagnostic.help.extend(hint.help);
    map.explain_token(diagnostic, hint.at)
}

impl Mistake {
    fn describe(
        &self,
        error: &SyntaxError,
        tokens: &[Token],
        stream: &TokenStream,
        map: &LineMap,
    ) -> Diagnostic {
        let names = &stream.names;
        if let Some(hint) = hints::hint(self.at, tokens, names) {
            return describe_hint(hint, map);
        }
        if let Some((index, name)) = self.unknown_type(tokens) {
            let name = names.text(name.text);
            let diagnostic = Diagnostic::error(
                map.written(index),
                format!("`{name}` is not the name of a type"),
            );
            let help = hints::help_for_type(name, tokens, names);
            return map
                .explain_token(diagnostic, index)
                .code("unknown-type")
                .help(help);
        }
        let wanted = Wanted::from(&error.expected);
        if let Some(name) = self.implicit_int(&wanted, tokens) {
            let name = names.text(name.text);
            let message = format!("`{name}` is declared without a type; C no longer assumes `int`");
            let diagnostic = Diagnostic::error(map.written(self.at), message).code("missing-type");
            let help = format!("write the type, as in `int {name}`");
            return map.explain_token(diagnostic, self.at).help(help);
        }
        let before = self.at.checked_sub(1).map(|before| &tokens[before]);
        let place = match (tokens.get(self.at), before) {
            (Some(_), Some(before)) if wanted.ends_something() => {
                format!("after {}", linemap::quoted(before, names))
            }
            (Some(found), _) => format!("before {}", linemap::quoted(found, names)),
            (None, _) => "at the end of the file".to_owned(),
        };
        let message = format!("expected {} {place}", wanted.words());
        let mut diagnostic =
            Diagnostic::error(self.span(&wanted, tokens, map), message).code("syntax");
        let at_end = self.at >= tokens.len();
        for (closing, opening) in [(")", sym::L_PAREN), ("}", sym::L_BRACE)] {
            let is_wanted = wanted.closing.contains(&closing) || at_end;
            let open = hints::open_bracket(self.at, tokens, opening).filter(|_| is_wanted);
            if let Some(open) = open {
                let message = format!("{} is still open", linemap::quoted(&tokens[open], names));
                diagnostic = diagnostic.note(map.written(open), message);
            }
        }
        map.explain_token(diagnostic, self.at.min(tokens.len().saturating_sub(1)))
    }
}

/// Where the parser gave up: the first token that fits nowhere.
struct Mistake {
    at: usize,
    /// The parser would have taken a type name here.
    wants_type: bool,
}

impl Mistake {
    fn locate(error: &SyntaxError, tokens: &[Token], names: &Interner, map: &LineMap) -> Mistake {
        let inside = map.token_at(error.offset).filter(|&index| {
            let start = map.offset_of(index).unwrap_or(0);
            (start..start + names.text(tokens[index].text).len()).contains(&error.offset)
        });
        let at = inside.unwrap_or_else(|| map.first_token_behind(error.offset));
        // A keyword where a name was wanted is refused at its end.
        let ends_keyword = error.expected.contains("identifier") && at > 0;
        let at = if ends_keyword && KEYWORDS.contains(&tokens[at - 1].text) {
            at - 1
        } else {
            at
        };
        Mistake {
            at,
            wants_type: error.expected.contains("<typedef_name>"),
        }
    }

    /// The name that would have to be a type for the program to make sense: in `foo x` or `foo *x` as a declaration.
    fn unknown_type<'t>(&self, tokens: &'t [Token]) -> Option<(usize, &'t Token)> {
        let is_name = |index: usize| {
            tokens.get(index).filter(|token| {
                token.kind == TokenKind::Identifier && !KEYWORDS.contains(&token.text)
            })
        };
        let found = is_name(self.at);
        if self.wants_type && found.is_some() {
            let next = tokens.get(self.at + 1)?;
            let declares =
                next.kind == TokenKind::Identifier || next.is(sym::STAR) || next.is(sym::R_PAREN);
            return found.filter(|_| declares).map(|name| (self.at, name));
        }
        let before = self.at.checked_sub(1)?;
        found?;
        is_name(before).map(|name| (before, name))
    }

    /// The name that is declared without a type: in `static x;` or `f(void) { … }`.
    fn implicit_int<'t>(&self, wanted: &Wanted, tokens: &'t [Token]) -> Option<&'t Token> {
        let name = tokens.get(self.at)?;
        let next = tokens.get(self.at + 1)?;
        let declares = [
            sym::L_PAREN,
            sym::L_BRACKET,
            sym::SEMICOLON,
            sym::COMMA,
            sym::ASSIGN,
        ];
        let is_name = name.kind == TokenKind::Identifier && !KEYWORDS.contains(&name.text);
        let before = self.at.checked_sub(1).map(|before| tokens[before].text);
        let starts = before.is_none_or(|before| DECLARATION_STARTS.contains(&before));
        let found = is_name && starts && self.wants_type && !wanted.expression;
        (found && declares.contains(&next.text)).then_some(name)
    }

    /// What is missing at the end of a line is reported there, not on the next line.
    fn span(&self, wanted: &Wanted, tokens: &[Token], map: &LineMap) -> Span {
        let at_line_start = tokens.get(self.at).is_none_or(|found| found.line_start);
        match self.at.checked_sub(1) {
            Some(before)
                if at_line_start && (wanted.is_closing() || self.at == tokens.len())
                    || wanted.ends_something() =>
            {
                let span = map.written(before);
                Span {
                    start: span.end,
                    ..span
                }
            }
            _ if self.at < tokens.len() => map.written(self.at),
            _ => map.span(lang_c::span::Span::none()),
        }
    }
}

/// What the parser would have accepted, in the categories that people think in.
struct Wanted {
    closing: Vec<&'static str>,
    expression: bool,
    type_: bool,
    name: bool,
}

impl Wanted {
    fn from(expected: &HashSet<&'static str>) -> Wanted {
        let has = |what: &str| expected.contains(what);
        let closing = [";", ")", "]", "}", ":", "{", "(", "="]
            .into_iter()
            .filter(|&text| has(text));
        // Only expressions start with these two.
        let expression = has("!") && has("~");
        // A statement or a declaration may be just `;`; that says nothing.
        let between = has("<typedef_name>") && !has(",") && !has(")");
        let closing = if expression || between {
            Vec::new()
        } else {
            closing.collect()
        };
        let name = has("identifier") || has("[_a-zA-Z]") || has("[_a-zA-Z0-9]");
        Wanted {
            closing,
            expression,
            type_: has("<typedef_name>"),
            name,
        }
    }

    /// A `;` belongs behind what stands before it.
    fn ends_something(&self) -> bool {
        self.closing.contains(&";")
    }

    fn is_closing(&self) -> bool {
        !self.closing.is_empty()
    }

    fn words(&self) -> String {
        let strongest = [";", ")", "]", "}"]
            .into_iter()
            .filter(|text| self.closing.contains(text));
        let mut words: Vec<String> = strongest.map(|text| format!("`{text}`")).collect();
        if words.is_empty() {
            words = self
                .closing
                .iter()
                .map(|text| format!("`{text}`"))
                .collect();
        }
        match (self.expression, self.type_, self.name) {
            (true, true, _) => words.push("a statement or an expression".to_owned()),
            (true, false, _) => words.push("an expression".to_owned()),
            (false, true, _) if words.is_empty() => words.push("a declaration".to_owned()),
            (false, _, true) if words.is_empty() => words.push("a name".to_owned()),
            _ => {}
        }
        match words.split_last() {
            None => "something else".to_owned(),
            Some((last, [])) => last.clone(),
            Some((last, others)) => format!("{} or {last}", others.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests;
