//! Text to modules: what [`print`](crate::print) writes.
//!
//! Functions may be called before the text defines them, so headers are read first and bodies afterwards. The same holds
//! for values and blocks inside a body: operands first carry the numbers of the text, and become values when the body is
//! complete.

mod body;
mod lexer;

use std::collections::BTreeMap;

use bpfcc_isa::{CoreReloKind, Endian};
use thiserror::Error;

use self::lexer::{Spanned, Token, lex};
use crate::debug::SourceLoc;
use crate::entity::{DebugTypeId, FuncId, GlobalId};
use crate::function::{Function, Inline};
use crate::module::{CoreRelo, Global, GlobalKind, Linkage, Module, Signature, SymbolRef};
use crate::types::{PtrKind, Type};

/// Why and where a text is not a module.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("{line}:{column}: {kind}")]
pub struct ParseError {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// What is wrong.
    pub kind: ParseErrorKind,
}

/// What is wrong with a text.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum ParseErrorKind {
    /// A character that starts no token.
    #[error("{0:?} starts nothing")]
    Character(char),
    /// A text without closing quote.
    #[error("the text has no closing quote")]
    OpenText,
    /// A backslash with something unknown behind it.
    #[error("an escape is one of \\\", \\\\ and \\xNN")]
    Escape,
    /// A name that is not UTF-8.
    #[error("a name is UTF-8")]
    Utf8,
    /// A number that does not fit its place.
    #[error("the number is too large here")]
    Range,
    /// Another token than the grammar wants.
    #[error("expected {0}")]
    Expected(&'static str),
    /// A name that two functions or two globals have.
    #[error("`{0}` is defined twice")]
    Twice(String),
    /// A name that nothing has.
    #[error("`{0}` is not defined")]
    Undefined(String),
}

/// What a module consists of.
const ITEMS: &str = "`endian`, `global`, `core`, `declare` or `fn`";

/// Reads a module.
///
/// # Errors
/// The first mistake, with its place. The module is not [checked](crate::check) yet.
pub fn parse(text: &str) -> Result<Module, ParseError> {
    let mut parser = Parser {
        tokens: lex(text)?,
        at: 0,
        names: Names::default(),
    };
    parser.module()
}

/// What the symbols of the module are.
#[derive(Default)]
struct Names {
    globals: BTreeMap<String, GlobalId>,
    functions: BTreeMap<String, FuncId>,
}

/// A pointer in a global's initial value, before all symbols are known.
struct Pointer {
    global: GlobalId,
    at: u32,
    target: usize,
    addend: i64,
}

struct Parser {
    tokens: Vec<Spanned>,
    at: usize,
    names: Names,
}

impl Parser {
    // Tokens.

    fn peek(&self) -> &Token {
        &self.tokens[self.at].token
    }

    fn next(&mut self) -> Token {
        let token = self.peek().clone();
        // The last token is `End`, which never goes away.
        self.at = (self.at + 1).min(self.tokens.len() - 1);
        token
    }

    fn error_at<T>(&self, at: usize, kind: ParseErrorKind) -> Result<T, ParseError> {
        let Spanned { line, column, .. } = self.tokens[at];
        Err(ParseError { line, column, kind })
    }

    /// Complains about the token that comes next.
    fn error<T>(&self, kind: ParseErrorKind) -> Result<T, ParseError> {
        self.error_at(self.at, kind)
    }

    fn expected<T>(&self, what: &'static str) -> Result<T, ParseError> {
        self.error(ParseErrorKind::Expected(what))
    }

    fn eat(&mut self, punct: char) -> bool {
        let found = *self.peek() == Token::Punct(punct);
        if found {
            self.next();
        }
        found
    }

    fn punct(&mut self, punct: char, what: &'static str) -> Result<(), ParseError> {
        if self.eat(punct) {
            Ok(())
        } else {
            self.expected(what)
        }
    }

    fn comma(&mut self) -> Result<(), ParseError> {
        self.punct(',', "`,`")
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Token::Word(found) if found == word);
        if found {
            self.next();
        }
        found
    }

    /// Whether a value comes next.
    fn at_value(&self) -> bool {
        matches!(self.peek(), Token::Word(word) if word.starts_with('v'))
    }

    fn keyword(&mut self, word: &str, what: &'static str) -> Result<(), ParseError> {
        if self.eat_word(word) {
            Ok(())
        } else {
            self.expected(what)
        }
    }

    fn word(&mut self, what: &'static str) -> Result<String, ParseError> {
        match self.peek().clone() {
            Token::Word(word) => {
                self.next();
                Ok(word)
            }
            _ => self.expected(what),
        }
    }

    fn symbol(&mut self) -> Result<String, ParseError> {
        match self.peek().clone() {
            Token::Symbol(name) => {
                self.next();
                Ok(name)
            }
            _ => self.expected("a symbol such as `@name`"),
        }
    }

    fn bytes(&mut self) -> Result<Vec<u8>, ParseError> {
        match self.peek().clone() {
            Token::Text(bytes) => {
                self.next();
                Ok(bytes)
            }
            _ => self.expected("a text in quotes"),
        }
    }

    fn text(&mut self) -> Result<String, ParseError> {
        let at = self.at;
        match String::from_utf8(self.bytes()?) {
            Ok(text) => Ok(text),
            Err(_) => self.error_at(at, ParseErrorKind::Utf8),
        }
    }

    /// An unsigned number that fits `T`.
    fn number<T: TryFrom<u64>>(&mut self) -> Result<T, ParseError> {
        let Token::Number(number) = *self.peek() else {
            return self.expected("a number");
        };
        let Ok(number) = T::try_from(number) else {
            return self.error(ParseErrorKind::Range);
        };
        self.next();
        Ok(number)
    }

    /// A number with an optional sign that fits `T`.
    fn signed<T: TryFrom<i128>>(&mut self) -> Result<T, ParseError> {
        let at = self.at;
        let negative = self.eat('-');
        if !negative {
            self.eat('+');
        }
        let magnitude = i128::from(self.number::<u64>()?);
        match T::try_from(if negative { -magnitude } else { magnitude }) {
            Ok(number) => Ok(number),
            Err(_) => self.error_at(at, ParseErrorKind::Range),
        }
    }

    /// Items between `open` and `close`, separated by commas.
    fn list<T>(
        &mut self,
        open: (char, &'static str),
        close: (char, &'static str),
        mut item: impl FnMut(&mut Self) -> Result<T, ParseError>,
    ) -> Result<Vec<T>, ParseError> {
        self.punct(open.0, open.1)?;
        let mut items = Vec::new();
        if self.eat(close.0) {
            return Ok(items);
        }
        loop {
            items.push(item(self)?);
            if self.eat(close.0) {
                return Ok(items);
            }
            if !self.eat(',') {
                return self.expected(close.1);
            }
        }
    }

    fn in_parens<T>(
        &mut self,
        item: impl FnMut(&mut Self) -> Result<T, ParseError>,
    ) -> Result<Vec<T>, ParseError> {
        self.list(('(', "`(`"), (')', "`,` or `)`"), item)
    }

    // The module.

    fn module(&mut self) -> Result<Module, ParseError> {
        let mut module = Module::default();
        let mut pointers = Vec::new();
        let mut bodies = Vec::new();
        while *self.peek() != Token::End {
            match self.word(ITEMS)?.as_str() {
                "endian" => {
                    self.keyword("big", "`big`")?;
                    module.endian = Endian::Big;
                }
                "global" => pointers.extend(self.global(&mut module)?),
                "core" => self.core_relo(&mut module)?,
                "declare" => {
                    self.keyword("fn", "`fn`")?;
                    self.declaration(&mut module)?;
                }
                "fn" => bodies.push(self.definition(&mut module)?),
                _ => {
                    return self.error_at(self.at - 1, ParseErrorKind::Expected(ITEMS));
                }
            }
        }
        self.resolve_pointers(&mut module, pointers)?;
        for (id, params, at) in bodies {
            self.at = at;
            let header = module.functions[id].clone();
            module.functions[id] = body::parse(self, header, &params)?;
        }
        Ok(module)
    }

    fn global(&mut self, module: &mut Module) -> Result<Vec<Pointer>, ParseError> {
        let at = self.at;
        let name = self.symbol()?;
        let section = self.text()?;
        let kind = self.global_kind()?;
        let linkage = match self.linkage() {
            Some(linkage) => linkage,
            None => return self.expected("a linkage such as `local`"),
        };
        self.keyword("size", "`size`")?;
        let size = self.number()?;
        self.keyword("align", "`align`")?;
        let align = self.number()?;
        let data = if self.eat('=') {
            self.bytes()?
        } else {
            Vec::new()
        };
        let id = module.globals.push(Global {
            name: name.clone(),
            kind,
            section,
            linkage,
            data,
            size,
            align,
            pointers: Vec::new(),
            debug_type: None,
            tags: Vec::new(),
            loc: SourceLoc::UNKNOWN,
        });
        if self.names.globals.insert(name.clone(), id).is_some() {
            return self.error_at(at, ParseErrorKind::Twice(name));
        }
        if *self.peek() != Token::Punct('{') {
            return Ok(Vec::new());
        }
        self.list(('{', "`{`"), ('}', "`,` or `}`"), |p| p.pointer(id))
    }

    /// `core c0 field_byte_offset t3 "0:1" = 8`; the questions stand in the order of their numbers.
    fn core_relo(&mut self, module: &mut Module) -> Result<(), ParseError> {
        let at = self.at;
        let name = self.word("the next `c` number")?;
        if name != module.core.next_key().to_string() {
            return self.error_at(at, ParseErrorKind::Expected("the next `c` number"));
        }
        let at = self.at;
        let kind = CoreReloKind::from_keyword(&self.word("what is asked")?);
        let Some(kind) = kind else {
            return self.error_at(at, ParseErrorKind::Expected("what is asked"));
        };
        let root = self.numbered('t', "a type such as `t0`")?;
        let access = self.text()?;
        self.punct('=', "`=`")?;
        let value = self.signed()?;
        module.core.push(CoreRelo {
            kind,
            root: DebugTypeId::from_u32(root),
            access,
            value,
        });
        Ok(())
    }

    /// A number behind a letter.
    fn numbered(&mut self, letter: char, what: &'static str) -> Result<u32, ParseError> {
        let at = self.at;
        let word = self.word(what)?;
        let number = word
            .strip_prefix(letter)
            .and_then(|digits| digits.parse().ok());
        let number = number.filter(|&number| number < u32::MAX);
        match number {
            Some(number) => Ok(number),
            None => self.error_at(at, ParseErrorKind::Expected(what)),
        }
    }

    fn pointer(&mut self, global: GlobalId) -> Result<Pointer, ParseError> {
        let at = self.number()?;
        self.punct(':', "`:`")?;
        let target = self.at;
        self.eat_word("fn");
        self.symbol()?;
        let addend = self.signed()?;
        Ok(Pointer {
            global,
            at,
            target,
            addend,
        })
    }

    fn resolve_pointers(
        &mut self,
        module: &mut Module,
        pointers: Vec<Pointer>,
    ) -> Result<(), ParseError> {
        let end = self.at;
        for pointer in pointers {
            self.at = pointer.target;
            let target = if self.eat_word("fn") {
                SymbolRef::Func(self.func_ref()?)
            } else {
                SymbolRef::Global(self.global_ref()?)
            };
            let entry = (pointer.at, target, pointer.addend);
            module.globals[pointer.global].pointers.push(entry);
        }
        self.at = end;
        Ok(())
    }

    fn global_ref(&mut self) -> Result<GlobalId, ParseError> {
        let at = self.at;
        let name = self.symbol()?;
        match self.names.globals.get(&name) {
            Some(&id) => Ok(id),
            None => self.error_at(at, ParseErrorKind::Undefined(name)),
        }
    }

    fn func_ref(&mut self) -> Result<FuncId, ParseError> {
        let at = self.at;
        let name = self.symbol()?;
        match self.names.functions.get(&name) {
            Some(&id) => Ok(id),
            None => self.error_at(at, ParseErrorKind::Undefined(name)),
        }
    }

    fn declaration(&mut self, module: &mut Module) -> Result<FuncId, ParseError> {
        let at = self.at;
        let name = self.symbol()?;
        let params = self.in_parens(Parser::ty)?;
        self.header(module, at, name, params)
    }

    /// A definition's header; its body is left for later: gives the numbers of the parameters and where the body starts.
    fn definition(&mut self, module: &mut Module) -> Result<(FuncId, Vec<u32>, usize), ParseError> {
        let at = self.at;
        let name = self.symbol()?;
        let params = self.in_parens(|p| {
            let number = p.value_number()?;
            p.punct(':', "`:`")?;
            Ok((number, p.ty()?))
        })?;
        let (numbers, types) = params.into_iter().unzip();
        let id = self.header(module, at, name, types)?;
        self.punct('{', "`{`")?;
        let body = self.at;
        while !self.eat('}') {
            if self.next() == Token::End {
                return self.expected("`}`");
            }
        }
        Ok((id, numbers, body))
    }

    /// The rest of a header after the parameters.
    fn header(
        &mut self,
        module: &mut Module,
        at: usize,
        name: String,
        params: Vec<Type>,
    ) -> Result<FuncId, ParseError> {
        let result = if self.eat('>') {
            Some(self.ty()?)
        } else {
            None
        };
        let linkage = self.linkage().unwrap_or(Linkage::Global);
        let signature = Signature { params, result };
        let mut func = Function::new(name.clone(), signature, linkage);
        if self.eat_word("section") {
            func.section = Some(self.text()?);
        }
        if self.eat_word("always_inline") {
            func.inline = Inline::Always;
        } else if self.eat_word("noinline") {
            func.inline = Inline::Never;
        }
        let id = module.functions.push(func);
        if self.names.functions.insert(name.clone(), id).is_some() {
            return self.error_at(at, ParseErrorKind::Twice(name));
        }
        Ok(id)
    }

    // Small things.

    fn linkage(&mut self) -> Option<Linkage> {
        let mut all = Linkage::ALL.into_iter();
        all.find(|linkage| self.eat_word(linkage.name()))
    }

    fn global_kind(&mut self) -> Result<GlobalKind, ParseError> {
        let mut all = GlobalKind::ALL.into_iter();
        match all.find(|kind| self.eat_word(kind.name())) {
            Some(kind) => Ok(kind),
            None => self.expected("a kind of global such as `map`"),
        }
    }

    fn ty(&mut self) -> Result<Type, ParseError> {
        let at = self.at;
        let word = self.word("a type")?;
        let kind = |name: &str| PtrKind::ALL.iter().find(|kind| kind.name() == name);
        match word.as_str() {
            "i32" => Ok(Type::I32),
            "i64" => Ok(Type::I64),
            "ptr" => Ok(Type::PTR),
            other => match other.strip_prefix("ptr.").and_then(kind) {
                Some(&kind) => Ok(Type::Ptr(kind)),
                None => self.error_at(at, ParseErrorKind::Expected("a type")),
            },
        }
    }

    /// The number in `v3`.
    fn value_number(&mut self) -> Result<u32, ParseError> {
        self.entity_number('v', "a value such as `v0`")
    }

    fn entity_number(&mut self, prefix: char, what: &'static str) -> Result<u32, ParseError> {
        let at = self.at;
        let word = self.word(what)?;
        match word.strip_prefix(prefix).map(str::parse) {
            // The largest number is the reserved one of `PackedOption`.
            Some(Ok(number)) if number < u32::MAX => Ok(number),
            _ => self.error_at(at, ParseErrorKind::Expected(what)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ParseErrorKind, parse};

    /// Every form once, as the printer writes it.
    const ALL_FORMS: &str = r#"global @hits ".maps" map local size 32 align 8 { 0: @hits+8, 8: fn @lookup-1 }
global @text ".rodata.str1.1" string hidden size 6 align 1 = "a\"b\\c\x00"
global @"odd name" ".data" mutable global size 8 align 8

declare fn @lookup(ptr.map, ptr) -> ptr.map_value_or_null
declare fn @done() weak

fn @forms(v0: ptr.ctx, v1: i64, v2: i32) -> i64 local section "xdp" noinline {
    slot s0: 8 align 8 "key"
    slot s1: 3 align 1 "tail"
b0:
    v3: i64 = const -9223372036854775808
    v4: i64 = sdiv v1, v3
    v5: i32 = neg v2
    v6: i32 = bswap16 v5
    v7: i64 = bswap64 v4
    v8: i64 = sext32 v2
    v9: i32 = zext8 v2
    v10: i32 = trunc v7
    v11: ptr = int_to_ptr v7
    v12: i64 = ptr_to_int v11
    v13: ptr = ptr_add v11, v8
    v14: i32 = compare v12 sle v8
    v15: i64 = select v14 set v10, v12, v8
    v16: i64 = load.u64 v0+8
    v17: i32 = volatile load.s16 v13-2
    store.u8 v13+0, v17
    volatile store.u64 v13+8, v16
    v18: i64 = atomic.add.u64 v13+0, v16
    v19: i32 = atomic.cmpxchg.u32 v13+4, v9, v10
    v20: ptr.stack = slot_addr s0+0
    v21: ptr.map = global_addr @hits+0
    v22: ptr.global = global_addr @"odd name"+4
    v23: ptr.func = func_addr @lookup
    memcopy v20+0, v22+0, 8, 4
    memset v20+0, 255, 8, 8
    v24: ptr.map_value_or_null = call @lookup(v21, v20)
    call @done()
    v25: i64 = call helper 5()
    v26: ptr.map_value_or_null = const 0
    branch v24 ne v26, b1, b4(v25)
b1:
    v27: ptr.map_value = refine v24 ne v26
    switch v25, [-1: b2, 7: b4(v16)], b3
b2:
    unreachable
b3:
    asm "" [], []
    v28: i64 = asm "%[0] += %w[2]; %[3] %%= %[4]; call %[5]" [early out r3 i64, early inout i64 v25, in r1 v25, mem v20+8, in v25, const v23], [r0, r6]
    v29: i64 = asm_output v28, 1
    jump b4(v29)
b4(v30: i64):
    return v30
}

fn @nothing() always_inline {
b0:
    return
}
"#;

    #[test]
    fn every_form_prints_as_it_was_written() {
        let module = parse(ALL_FORMS).unwrap();
        assert_eq!(module.to_string(), ALL_FORMS);
    }

    #[test]
    fn numbers_follow_the_print_order() {
        let text =
            "fn @f(v9: i64) -> i64 {\nb5:\n jump b2\nb2:\n v1: i64 = neg v9 ; note\n return v1\n}";
        let printed = parse(text).unwrap().to_string();
        let expected = "fn @f(v0: i64) -> i64 {\nb0:\n    jump b1\nb1:\n    v1: i64 = neg v0\n    return v1\n}\n";
        assert_eq!(printed, expected);
    }

    #[track_caller]
    fn fails(text: &str, line: u32, column: u32, kind: ParseErrorKind) {
        let error = parse(text).unwrap_err();
        assert_eq!((error.line, error.column, error.kind), (line, column, kind));
    }

    #[test]
    fn mistakes_are_placed() {
        use ParseErrorKind::*;
        fails("fn @f( {", 1, 8, Expected("a value such as `v0`"));
        fails("fn @f() {\nb0:\n", 3, 1, Expected("`}`"));
        fails(
            "fn @f() {\nb0:\n  frob v1\n}",
            3,
            3,
            Expected("an instruction"),
        );
        fails(
            "fn @f() {\nb0:\n  return v1\n}",
            3,
            10,
            Undefined("v1".into()),
        );
        fails("fn @f() {\nb0:\n  jump b7\n}", 3, 8, Undefined("b7".into()));
        fails(
            "fn @f() {\nb0:\n  call @g()\n}",
            3,
            8,
            Undefined("g".into()),
        );
        fails("declare fn @f()\ndeclare fn @f()", 2, 12, Twice("f".into()));
        fails("global @g \".data", 1, 11, OpenText);
        fails("global @g \"\\q\"", 1, 11, Escape);
        fails(
            "fn @f() {\nb0:\n  v0: i32 = const 99999999999999999999\n}",
            3,
            19,
            Range,
        );
        fails("fn @f() # {", 1, 9, Character('#'));
    }
}
