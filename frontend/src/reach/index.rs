//! Who declares which name, and what a declaration is.

use super::mark::Needed;
use super::split::Declaration;
use super::{behind_attributes, group_end};
use crate::pp::TokenStream;
use crate::pp::token::{Symbol, Token, TokenKind, sym};

/// No row.
const NONE: u32 = u32::MAX;

/// A tag that a declaration declares.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tag {
    pub(super) name: Symbol,
    /// The index of its keyword among the tokens of the declaration, and of its name.
    pub(super) keyword: u32,
    pub(super) at: u32,
    pub(super) is_enum: bool,
}

/// What a declaration from a header is.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Kind {
    /// It holds statements or initializers, in which any name may be a use.
    pub(super) has_code: bool,
    /// It puts something into the object file, or checks something, whether mentioned or not.
    pub(super) is_root: bool,
}

/// Names to the declarations that declare them. C keeps tags apart from all other names.
pub(super) struct Index {
    ordinary: Table,
    tags: Table,
    tag_rows: Vec<Tag>,
    /// For each declaration where its tags start among the rows.
    first_tags: Vec<u32>,
    kinds: Vec<Kind>,
}

/// For each name a list of declarations. Names are small numbers, so a list's head is found without hashing.
struct Table {
    heads: Vec<u32>,
    rows: Vec<Row>,
}

struct Row {
    name: Symbol,
    declaration: u32,
    next: u32,
}

impl Table {
    fn new(names: usize) -> Table {
        Table {
            heads: vec![NONE; names],
            rows: Vec::new(),
        }
    }

    fn add(&mut self, name: Symbol, declaration: u32) {
        let head = &mut self.heads[name.index()];
        let next = std::mem::replace(head, self.rows.len() as u32);
        self.rows.push(Row {
            name,
            declaration,
            next,
        });
    }

    fn get(&self, name: Symbol) -> impl Iterator<Item = usize> {
        let row = |at: u32| self.rows.get(at as usize);
        // A name that has been read since then is declared nowhere.
        let first = self.heads.get(name.index()).and_then(|&head| row(head));
        std::iter::successors(first, move |current| row(current.next))
            .map(|found| found.declaration as usize)
    }
}

impl Index {
    pub(super) fn new(stream: &TokenStream, declarations: &[Declaration]) -> Index {
        let names = stream.names.len();
        let mut index = Index {
            ordinary: Table::new(names),
            tags: Table::new(names),
            tag_rows: Vec::new(),
            first_tags: Vec::with_capacity(declarations.len() + 1),
            kinds: Vec::with_capacity(declarations.len()),
        };
        let mut outline = Vec::new();
        let mut declared = Declared::default();
        for (number, declaration) in declarations.iter().enumerate() {
            let tokens = match declaration.skimmed {
                Some(part) => {
                    let run = &stream.skimmed[part.run as usize];
                    run.outline(part.number as usize, &mut outline);
                    &outline[..]
                }
                None => &stream.tokens[declaration.range()],
            };
            index.add(number as u32, declaration.is_main, tokens, &mut declared);
        }
        index.first_tags.push(index.tag_rows.len() as u32);
        index
    }

    fn add(&mut self, number: u32, is_main: bool, tokens: &[Token], declared: &mut Declared) {
        self.first_tags.push(self.tag_rows.len() as u32);
        // The main file is needed anyway.
        if is_main {
            self.kinds.push(Kind {
                has_code: true,
                is_root: true,
            });
            return;
        }
        declared.read(tokens);
        self.kinds.push(declared.kind);
        for &name in &declared.ordinary {
            self.ordinary.add(name, number);
        }
        for tag in &declared.tags {
            self.tags.add(tag.name, number);
        }
        self.tag_rows.extend_from_slice(&declared.tags);
    }

    pub(super) fn kind(&self, declaration: usize) -> Kind {
        self.kinds[declaration]
    }

    /// The declarations of a variable, function, type name or constant.
    pub(super) fn ordinary(&self, name: Symbol) -> impl Iterator<Item = usize> {
        self.ordinary.get(name)
    }

    /// The declarations of a tag.
    pub(super) fn tag(&self, name: Symbol) -> impl Iterator<Item = usize> {
        self.tags.get(name)
    }

    /// The tags that a declaration declares.
    pub(super) fn tags_of(&self, declaration: usize) -> &[Tag] {
        let at = |number: usize| self.first_tags[number] as usize;
        &self.tag_rows[at(declaration)..at(declaration + 1)]
    }

    /// The ordinary names that only declarations declare which are not needed.
    pub(super) fn names_outside(&self, needed: &Needed) -> Vec<Symbol> {
        let rows = self.ordinary.rows.iter();
        rows.filter(|row| !needed.contains(row.declaration as usize))
            .map(|row| row.name)
            .collect()
    }
}

/// What a declaration declares.
#[derive(Default)]
pub(super) struct Declared {
    ordinary: Vec<Symbol>,
    pub(super) tags: Vec<Tag>,
    kind: Kind,
}

impl Declared {
    /// Reads a declaration, or its outline.
    pub(super) fn read(&mut self, tokens: &[Token]) {
        self.ordinary.clear();
        self.tags.clear();
        self.kind = Reader::new(tokens, self).read();
    }
}

/// Reads one declaration.
struct Reader<'a> {
    tokens: &'a [Token],
    declared: &'a mut Declared,
    /// The words at the top level that say what the declaration is.
    is_typedef: bool,
    is_extern: bool,
    is_static: bool,
    is_inline: bool,
    is_gnu_inline: bool,
    is_check: bool,
    is_kept: bool,
    has_body: bool,
    has_initializer: bool,
    declares_variable: bool,
    /// The current declarator has its name; what follows in parentheses are parameters.
    is_named: bool,
}

impl<'a> Reader<'a> {
    fn new(tokens: &'a [Token], declared: &'a mut Declared) -> Reader<'a> {
        Reader {
            tokens,
            declared,
            is_typedef: false,
            is_extern: false,
            is_static: false,
            is_inline: false,
            is_gnu_inline: false,
            is_check: false,
            is_kept: false,
            has_body: false,
            has_initializer: false,
            declares_variable: false,
            is_named: false,
        }
    }

    fn read(mut self) -> Kind {
        let mut at = 0;
        while at < self.tokens.len() {
            at = self.step(at);
        }
        Kind {
            has_code: self.has_body || self.has_initializer,
            is_root: self.is_root(),
        }
    }

    /// Reads what starts at `at`, at the top level of the declaration; gives the index behind it.
    fn step(&mut self, at: usize) -> usize {
        let token = self.tokens[at];
        match token.text {
            sym::STRUCT | sym::UNION | sym::ENUM => return self.tagged_type(at),
            sym::L_PAREN => return self.parenthesis(at),
            sym::L_BRACKET => return group_end(self.tokens, at),
            sym::L_BRACE => {
                self.has_body = true;
                return group_end(self.tokens, at);
            }
            sym::ASSIGN => {
                self.has_initializer = true;
                return self.behind_initializer(at);
            }
            sym::ATTRIBUTE | sym::ATTRIBUTE2 => return self.attribute(at),
            sym::STATIC_ASSERT | sym::C11_STATIC_ASSERT | sym::ASM | sym::ASM2 | sym::ASM3
                if at == 0 =>
            {
                self.is_check = true;
            }
            sym::COMMA => self.is_named = false,
            sym::TYPEDEF => self.is_typedef = true,
            sym::EXTERN => self.is_extern = true,
            sym::STATIC => self.is_static = true,
            sym::INLINE | sym::INLINE2 | sym::INLINE3 => self.is_inline = true,
            _ if takes_operand(token.text) => return self.behind_operand(at),
            _ if token.kind == TokenKind::Identifier => self.name(at),
            _ => {}
        }
        at + 1
    }

    /// An identifier is declared here if it is the last one of a declarator.
    fn name(&mut self, at: usize) {
        let Some(next) = self.tokens.get(at + 1) else {
            return;
        };
        let is_function = next.is(sym::L_PAREN);
        let ends_declarator = match next.text {
            _ if TYPE_WORDS.contains(&self.tokens[at].text) => false,
            sym::L_PAREN => !self.is_pointer_group(at + 1),
            sym::L_BRACKET | sym::COMMA | sym::SEMICOLON | sym::ASSIGN => true,
            sym::ATTRIBUTE | sym::ATTRIBUTE2 | sym::ASM | sym::ASM2 | sym::ASM3 => true,
            _ => false,
        };
        if ends_declarator {
            self.declarator(at, is_function);
        }
    }

    fn declarator(&mut self, name: usize, is_function: bool) {
        self.declare(name);
        self.is_named = true;
        self.declares_variable |= !is_function;
    }

    /// Parameters behind a name are of no interest; `(*name)(…)` and `(name)(…)` hold a declarator.
    fn parenthesis(&mut self, at: usize) -> usize {
        let end = group_end(self.tokens, at);
        let mut inner = at + 1;
        while !self.is_named && inner < end {
            inner = behind_attributes(self.tokens, inner);
            match self.tokens.get(inner) {
                Some(token) if token.kind == TokenKind::Identifier => {
                    let has_parameters = self.is(end, sym::L_PAREN) && !self.is_pointer_group(at);
                    let is_function = has_parameters || self.is(inner + 1, sym::L_PAREN);
                    self.declarator(inner, is_function);
                }
                _ => inner += 1,
            }
        }
        end
    }

    fn is_pointer_group(&self, open: usize) -> bool {
        let inner = behind_attributes(self.tokens, open + 1);
        self.tokens
            .get(inner)
            .is_some_and(|token| token.is(sym::STAR))
    }

    /// `struct s`, `struct s { … }`, `enum { … }`
    fn tagged_type(&mut self, keyword: usize) -> usize {
        let name = behind_attributes(self.tokens, keyword + 1);
        let has_name = self
            .tokens
            .get(name)
            .is_some_and(|token| token.kind == TokenKind::Identifier);
        let mut body = behind_attributes(self.tokens, name + usize::from(has_name));
        if self.tokens[keyword].is(sym::ENUM) && self.is(body, sym::COLON) {
            let opens = |token: &Token| token.is(sym::L_BRACE) || token.is(sym::SEMICOLON);
            body += self.tokens[body..].iter().position(opens).unwrap_or(0);
        }
        let is_only_declared = keyword == 0 && self.is(body, sym::SEMICOLON);
        let has_body = self.is(body, sym::L_BRACE);
        if has_name && (has_body || is_only_declared) {
            self.declare_tag(keyword, name);
        }
        if has_body {
            self.body(keyword, body)
        } else {
            body
        }
    }

    /// Names declared inside the body of a type: its constants, and tags of types inside it.
    fn body(&mut self, keyword: usize, open: usize) -> usize {
        if !self.tokens[keyword].is(sym::ENUM) {
            return self.members(open);
        }
        let end = group_end(self.tokens, open);
        let mut at = open + 1;
        let mut is_first = true;
        while at < end {
            match self.tokens[at].text {
                sym::L_PAREN | sym::L_BRACKET | sym::L_BRACE => {
                    at = group_end(self.tokens, at);
                    continue;
                }
                sym::COMMA => is_first = true,
                _ if std::mem::take(&mut is_first) && at + 1 < end => self.declare(at),
                _ => {}
            }
            at += 1;
        }
        end
    }

    fn members(&mut self, open: usize) -> usize {
        let mut depth = 1_usize;
        let mut at = open + 1;
        while at < self.tokens.len() && depth > 0 {
            match self.tokens[at].text {
                sym::STRUCT | sym::UNION | sym::ENUM => {
                    at = self.inner_type(at, &mut depth);
                    continue;
                }
                sym::L_BRACE => depth += 1,
                sym::R_BRACE => depth -= 1,
                _ => {}
            }
            at += 1;
        }
        at
    }

    /// A type inside the body of a record. Records go on in the same loop, however deep they stand in each other.
    fn inner_type(&mut self, keyword: usize, depth: &mut usize) -> usize {
        if self.tokens[keyword].is(sym::ENUM) {
            return self.tagged_type(keyword);
        }
        let name = behind_attributes(self.tokens, keyword + 1);
        if self.is(name, sym::L_BRACE) {
            *depth += 1;
            return name + 1;
        }
        let body = behind_attributes(self.tokens, name + 1);
        if self.is(body, sym::L_BRACE) {
            self.declare_tag(keyword, name);
            *depth += 1;
            return body + 1;
        }
        body
    }

    /// `__attribute__((section("x")))`
    fn attribute(&mut self, at: usize) -> usize {
        let end = group_end(self.tokens, at + 1);
        let words = self.tokens.get(at..end).unwrap_or_default();
        self.is_kept |= words.iter().any(|word| KEEPING.contains(&word.text));
        let is_gnu_inline = |word: &Token| matches!(word.text, sym::GNU_INLINE | sym::GNU_INLINE2);
        self.is_gnu_inline |= words.iter().any(is_gnu_inline);
        end
    }

    fn behind_initializer(&self, mut at: usize) -> usize {
        while let Some(token) = self.tokens.get(at) {
            at = match token.text {
                sym::COMMA | sym::SEMICOLON => return at,
                sym::L_PAREN | sym::L_BRACKET | sym::L_BRACE => group_end(self.tokens, at),
                _ => at + 1,
            };
        }
        at
    }

    fn behind_operand(&self, at: usize) -> usize {
        if self.is(at + 1, sym::L_PAREN) {
            group_end(self.tokens, at + 1)
        } else {
            at + 1
        }
    }

    fn declare(&mut self, at: usize) {
        self.declared.ordinary.push(self.tokens[at].text);
    }

    fn declare_tag(&mut self, keyword: usize, name: usize) {
        self.declared.tags.push(Tag {
            name: self.tokens[name].text,
            keyword: keyword as u32,
            at: name as u32,
            is_enum: self.tokens[keyword].is(sym::ENUM),
        });
    }

    fn is(&self, at: usize, text: Symbol) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is(text))
    }

    /// Whether the declaration is needed though nothing mentions it.
    fn is_root(&self) -> bool {
        let defines_variable =
            self.declares_variable && !self.is_typedef && (!self.is_extern || self.has_initializer);
        // `inline` alone defines for this file; with `gnu_inline` it is `extern inline` that does.
        let is_inline_definition =
            self.has_body && self.is_inline && self.is_extern == self.is_gnu_inline;
        let is_local = self.is_static || is_inline_definition;
        // `extern inline int f(void);` asks for the symbol of an inline function.
        let asks_for_symbol = self.is_inline && self.is_extern && !self.is_gnu_inline;
        self.is_check
            || asks_for_symbol
            || ((self.has_body || defines_variable) && (self.is_kept || !is_local))
    }
}

/// Attributes of things that are there for somebody who does not mention their names.
const KEEPING: &[Symbol] = &[
    sym::SECTION,
    sym::SECTION2,
    sym::USED,
    sym::USED2,
    sym::RETAIN,
];

/// Words that never are the name of what is declared.
const TYPE_WORDS: &[Symbol] = &[
    sym::VOID,
    sym::CHAR,
    sym::SHORT,
    sym::INT,
    sym::LONG,
    sym::UNSIGNED,
    sym::SIGNED,
    sym::FLOAT,
    sym::DOUBLE,
    sym::C11_BOOL,
    sym::CONST,
    sym::VOLATILE,
];

/// Words with something in parentheses behind them that declares nothing.
fn takes_operand(word: Symbol) -> bool {
    matches!(
        word,
        sym::TYPEOF
            | sym::GNU_TYPEOF
            | sym::GNU_TYPEOF2
            | sym::TYPEOF_UNQUAL
            | sym::TYPEOF_UNQUAL2
            | sym::TYPEOF_UNQUAL3
            | sym::C11_ALIGNAS
            | sym::ALIGNAS
            | sym::C11_ATOMIC
            | sym::ASM
            | sym::ASM2
            | sym::ASM3
            | sym::STATIC_ASSERT
            | sym::C11_STATIC_ASSERT
    )
}
