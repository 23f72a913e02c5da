//! Preprocessing tokens: 28 bytes each, copied freely.
//!
//! A token knows its spelling (interned, so equal spellings are equal numbers), the bytes of the file it was read from,
//! and the macro expansion that put it where it is. Spelling and place are kept apart because `##` and `#` make tokens
//! that stand in no file.

use crate::source::Span;

/// An interned spelling.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Symbol(u32);

impl Symbol {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }

    /// Whether it is one of the punctuators, which begin the table of well-known spellings.
    pub(super) fn is_punctuator(self) -> bool {
        (sym::L_BRACKET..=sym::HASH_HASH).contains(&self)
    }
}

/// Declares the spellings that the compiler itself mentions; they have the same number in every compilation.
macro_rules! well_known {
    ($($name:ident = $text:literal;)*) => {
        /// Spellings that the compiler itself mentions.
        pub(crate) mod sym {
            use super::Symbol;
            #[expect(non_camel_case_types, clippy::upper_case_acronyms, reason = "only counts the rows of the table")]
            enum Row { $($name),* }
            $(pub(crate) const $name: Symbol = Symbol(Row::$name as u32);)*
            pub(super) const TEXTS: &[&str] = &[$($text),*];
        }
    };
}

well_known! {
    EMPTY = "";
    // Punctuators (C11 6.4.6). Digraphs are read as the punctuator they stand for.
    L_BRACKET = "["; R_BRACKET = "]"; L_PAREN = "("; R_PAREN = ")"; L_BRACE = "{"; R_BRACE = "}";
    DOT = "."; ARROW = "->"; PLUS_PLUS = "++"; MINUS_MINUS = "--"; AND = "&"; STAR = "*"; PLUS = "+"; MINUS = "-";
    TILDE = "~"; BANG = "!"; SLASH = "/"; PERCENT = "%"; SHL = "<<"; SHR = ">>"; LESS = "<"; GREATER = ">";
    LESS_EQ = "<="; GREATER_EQ = ">="; EQ_EQ = "=="; BANG_EQ = "!="; CARET = "^"; PIPE = "|"; AND_AND = "&&";
    PIPE_PIPE = "||"; QUESTION = "?"; COLON = ":"; COLON_COLON = "::"; SEMICOLON = ";"; ELLIPSIS = "..."; ASSIGN = "=";
    STAR_EQ = "*="; SLASH_EQ = "/="; PERCENT_EQ = "%="; PLUS_EQ = "+="; MINUS_EQ = "-="; SHL_EQ = "<<="; SHR_EQ = ">>=";
    AND_EQ = "&="; CARET_EQ = "^="; PIPE_EQ = "|="; COMMA = ","; HASH = "#"; HASH_HASH = "##";
    // Names the preprocessor knows.
    VA_ARGS = "__VA_ARGS__"; VA_OPT = "__VA_OPT__"; DEFINED = "defined"; PRAGMA_OPERATOR = "_Pragma";
    FILE = "__FILE__"; FILE_NAME = "__FILE_NAME__"; LINE = "__LINE__"; COUNTER = "__COUNTER__";
    BASE_FILE = "__BASE_FILE__"; INCLUDE_LEVEL = "__INCLUDE_LEVEL__";
    DATE = "__DATE__"; TIME = "__TIME__"; TIMESTAMP = "__TIMESTAMP__";
    HAS_INCLUDE = "__has_include"; HAS_INCLUDE_NEXT = "__has_include_next"; HAS_ATTRIBUTE = "__has_attribute";
    HAS_C_ATTRIBUTE = "__has_c_attribute"; HAS_BUILTIN = "__has_builtin"; HAS_FEATURE = "__has_feature";
    HAS_EXTENSION = "__has_extension";
    // Directives.
    DEFINE = "define"; UNDEF = "undef"; INCLUDE = "include"; INCLUDE_NEXT = "include_next"; IF = "if"; IFDEF = "ifdef";
    IFNDEF = "ifndef"; ELIF = "elif"; ELIFDEF = "elifdef"; ELIFNDEF = "elifndef"; ELSE = "else"; ENDIF = "endif";
    LINE_DIRECTIVE = "line"; ERROR = "error"; WARNING = "warning"; PRAGMA = "pragma"; EMBED = "embed"; IDENT = "ident"; SCCS = "sccs";
    ONCE = "once"; PUSH_MACRO = "push_macro"; POP_MACRO = "pop_macro"; GCC = "GCC"; CLANG = "clang";
    SYSTEM_HEADER = "system_header"; UNROLL = "unroll"; NOUNROLL = "nounroll"; PACK = "pack"; LOOP = "loop";
    // Names that normalisation and parsing speak about.
    STATIC_ASSERT = "static_assert"; C11_STATIC_ASSERT = "_Static_assert"; ALIGNAS = "alignas"; ALIGNOF = "alignof";
    C11_ALIGNAS = "_Alignas"; C11_ALIGNOF = "_Alignof"; GNU_ALIGNOF = "__alignof__"; GNU_ALIGNOF2 = "__alignof";
    ZERO = "0"; ONE = "1"; EMPTY_STRING = "\"\""; TRUE = "true"; FALSE = "false";
    INT128 = "__int128"; INT128_T = "__int128_t"; UINT128_T = "__uint128_t"; UNSIGNED = "unsigned"; SIGNED = "signed";
    SIGNED2 = "__signed"; SIGNED3 = "__signed__"; TYPEOF = "typeof"; GNU_TYPEOF2 = "__typeof"; GNU_TYPEOF = "__typeof__";
    TYPEOF_UNQUAL = "typeof_unqual"; TYPEOF_UNQUAL2 = "__typeof_unqual"; TYPEOF_UNQUAL3 = "__typeof_unqual__";
    ATTRIBUTE = "__attribute__"; ATTRIBUTE2 = "__attribute"; ENUM = "enum"; STRUCT = "struct"; UNION = "union";
    LABEL = "__label__"; ASM = "asm"; ASM2 = "__asm"; ASM3 = "__asm__"; RETURN = "return"; SIZEOF = "sizeof";
    CASE = "case"; DO = "do"; WHILE = "while"; FOR = "for"; SWITCH = "switch"; GOTO = "goto"; DEFAULT = "default";
    CONST = "const"; VOLATILE = "volatile"; VOLATILE2 = "__volatile__"; TYPEDEF = "typedef"; STATIC = "static";
    EXTERN = "extern"; INLINE = "inline"; INLINE2 = "__inline__"; REGISTER = "register"; VOID = "void"; CHAR = "char";
    SHORT = "short"; INT = "int"; LONG = "long"; FLOAT = "float"; DOUBLE = "double"; C11_BOOL = "_Bool";
    AUTO_TYPE = "__auto_type"; TYPES_COMPATIBLE = "__builtin_types_compatible_p"; CONVERT_VECTOR = "__builtin_convertvector"; BREAK = "break";
    CONTINUE = "continue"; AUTO = "auto"; RESTRICT = "restrict"; GNU_EXTENSION = "__extension__"; GNU_REAL = "__real__"; GNU_IMAG = "__imag__";
    FALLTHROUGH = "fallthrough"; FALLTHROUGH2 = "__fallthrough__"; NOMERGE = "nomerge"; MUSTTAIL = "musttail";
    UNROLL_HINT = "opencl_unroll_hint"; LIKELY = "likely"; UNLIKELY = "unlikely"; UNUSED = "unused";
    MAYBE_UNUSED = "maybe_unused"; NODISCARD = "nodiscard"; WARN_UNUSED_RESULT = "warn_unused_result";
    SECTION = "section"; SECTION2 = "__section__"; USED = "used"; USED2 = "__used__"; RETAIN = "retain";
    INLINE3 = "__inline"; GNU_INLINE = "gnu_inline"; GNU_INLINE2 = "__gnu_inline__"; C11_ATOMIC = "_Atomic";
    OMITTED = "__bpfcc_omitted"; LABEL_ADDRESS = "__bpfcc_label_address"; LOCAL_LABELS = "__bpfcc_local_labels";
    COMPUTED_GOTO = "__bpfcc_goto"; FILE_ASM = "__bpfcc_asm"; OBJECT = "__bpfcc_object"; ATTRIBUTE_CARRIER = "__bpfcc_attributes";
    MEMBER_ALIGNMENT = "__bpfcc_alignas"; UNQUALIFIED = "__bpfcc_unqualified"; UNDERLYING = "__bpfcc_underlying";
}

/// All spellings of one compilation.
///
/// Spellings stand behind each other in one text and are found through a table with open addressing. A map from
/// `Arc<str>` with the standard library's hash took half of the time of tokenizing.
#[derive(Clone, Debug)]
pub struct Interner {
    text: String,
    /// Where each spelling starts, and its hash; one more row marks the end.
    rows: Vec<(u32, u32)>,
    /// The symbols by hash; [`VACANT`] where there is none. Its length is a power of two and more than the rows'.
    table: Vec<u32>,
}

/// No symbol.
const VACANT: u32 = u32::MAX;

impl Default for Interner {
    fn default() -> Interner {
        let mut interner = Interner {
            text: String::new(),
            rows: vec![(0, 0)],
            table: vec![VACANT; 1 << 12],
        };
        for text in sym::TEXTS {
            interner.intern(text);
        }
        debug_assert_eq!(
            interner.len(),
            sym::TEXTS.len(),
            "a well-known spelling stands twice in the table"
        );
        interner
    }
}

impl Interner {
    /// The number of a spelling.
    pub fn intern(&mut self, text: &str) -> Symbol {
        let hash = hash(text.as_bytes());
        let slot = match self.probe(text.as_bytes(), hash) {
            Ok(symbol) => return symbol,
            Err(slot) => slot,
        };
        let symbol = Symbol(self.len() as u32);
        self.table[slot] = symbol.0;
        self.rows[symbol.index()].1 = hash;
        self.text.push_str(text);
        self.rows.push((self.text.len() as u32, 0));
        if self.len() * 3 > self.table.len() * 2 {
            self.grow(self.table.len() * 2);
        }
        symbol
    }

    /// Makes room for so many more spellings, which is cheaper than to grow step by step.
    pub(super) fn reserve(&mut self, more: usize) {
        let length = ((self.len() + more) * 3 / 2).next_power_of_two();
        if length > self.table.len() {
            self.grow(length);
        }
        self.rows.reserve(more);
    }

    /// The number of a spelling that has one.
    pub(crate) fn find(&self, text: &[u8]) -> Option<Symbol> {
        self.probe(text, hash(text)).ok()
    }

    /// The number of a spelling, or the vacant slot where it belongs.
    fn probe(&self, text: &[u8], hash: u32) -> Result<Symbol, usize> {
        let mask = self.table.len() - 1;
        let mut slot = hash as usize & mask;
        while self.table[slot] != VACANT {
            let symbol = Symbol(self.table[slot]);
            if self.rows[symbol.index()].1 == hash && self.text(symbol).as_bytes() == text {
                return Ok(symbol);
            }
            slot = (slot + 1) & mask;
        }
        Err(slot)
    }

    /// How many spellings there are; all their numbers are smaller.
    pub(crate) fn len(&self) -> usize {
        self.rows.len() - 1
    }

    /// The spelling with a number.
    pub fn text(&self, symbol: Symbol) -> &str {
        let (start, end) = (self.rows[symbol.index()].0, self.rows[symbol.index() + 1].0);
        &self.text[start as usize..end as usize]
    }

    fn grow(&mut self, length: usize) {
        self.table = vec![VACANT; length];
        for (symbol, &(_, hash)) in self.rows[..self.rows.len() - 1].iter().enumerate() {
            let mut slot = hash as usize & (length - 1);
            while self.table[slot] != VACANT {
                slot = (slot + 1) & (length - 1);
            }
            self.table[slot] = symbol as u32;
        }
    }
}

/// Eight bytes at a time: multiply, and fold the upper half of the product into the lower one. The last bytes may be taken
/// twice, which is quicker than to take them one by one.
pub(super) fn hash(bytes: &[u8]) -> u32 {
    let mix = |state: u64, word: u64| {
        let product = u128::from(state ^ word) * 0x9e37_79b9_7f4a_7c15_u128;
        (product as u64) ^ (product >> 64) as u64
    };
    let state = 0x2545_f491_4f6c_dd1d ^ bytes.len() as u64;
    if let Some(last) = bytes.last_chunk::<8>() {
        let (words, _) = bytes.as_chunks::<8>();
        let state = words
            .iter()
            .fold(state, |state, word| mix(state, u64::from_le_bytes(*word)));
        return mix(state, u64::from_le_bytes(*last)) as u32;
    }
    let word = match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        (Some(first), Some(last)) => {
            u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last))
        }
        _ => bytes
            .iter()
            .fold(0, |word, &byte| word << 8 | u64::from(byte)),
    };
    mix(state, word) as u32
}

/// What a token is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TokenKind {
    /// A name or keyword; the preprocessor makes no difference.
    Identifier,
    /// A preprocessing number (C11 6.4.8).
    Number,
    /// A character constant with its prefix and quotes.
    Character,
    /// A string literal with its prefix and quotes.
    String,
    /// An operator or separator.
    Punctuator,
    /// A character that starts no token.
    Stray,
    /// A quote without its partner, and the rest of the line. An error only where it survives preprocessing, so that
    /// `#error don't` and skipped groups may hold one.
    Unterminated,
    /// Stands for an empty macro argument next to `##` (C11 6.10.3.3p2); never leaves the preprocessor.
    Placemarker,
    /// Stands behind what the macro of that name was replaced by; never leaves the preprocessor.
    Replaced,
    /// Stands for declarations of a header that nobody has read yet; `reach` puts those that are needed in its place.
    Skimmed,
    /// The end of the file.
    End,
}

/// One preprocessing token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// White space stands before it.
    pub space_before: bool,
    /// It is the first token of its line.
    pub line_start: bool,
    /// Its spelling.
    pub text: Symbol,
    /// Where the spelling was read: in the text, or in the body of the macro it comes from.
    pub span: Span,
    /// The macro expansion that put it here.
    pub expansion: ExpansionId,
    /// It names a macro that was being replaced when the token was read, so that it is never replaced any more.
    pub(crate) no_expand: bool,
}

impl Token {
    /// Whether this is the given punctuator or name.
    pub(crate) fn is(&self, text: Symbol) -> bool {
        self.text == text && matches!(self.kind, TokenKind::Punctuator | TokenKind::Identifier)
    }

    /// Whether it is one of `struct`, `union` and `enum`.
    pub(crate) fn is_tag_keyword(&self) -> bool {
        matches!(self.text, sym::STRUCT | sym::UNION | sym::ENUM)
    }
}

/// Names a macro expansion in [`Expansions`]; [`ExpansionId::NONE`] is text that the user wrote out.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ExpansionId(u32);

impl ExpansionId {
    /// Not from a macro.
    pub const NONE: ExpansionId = ExpansionId(0);
}

/// One use of a macro.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Expansion {
    /// The macro's name.
    pub name: Symbol,
    /// The use: from the name to the closing parenthesis of its arguments.
    pub use_site: Span,
    /// The macro's definition: its name in `#define`; `None` for macros without one, like `__LINE__`.
    pub definition: Option<Span>,
    /// The expansion that the use itself came from.
    pub parent: ExpansionId,
}

/// Every use of a macro in one compilation.
#[derive(Clone, Default, Debug)]
pub struct Expansions {
    rows: Vec<Expansion>,
}

impl Expansions {
    pub(super) fn add(&mut self, expansion: Expansion) -> ExpansionId {
        self.rows.push(expansion);
        ExpansionId(self.rows.len() as u32)
    }

    /// The uses that lead to a token: the innermost first, the one that the user wrote last.
    pub fn chain(&self, id: ExpansionId) -> impl Iterator<Item = &Expansion> {
        std::iter::successors(self.get(id), |expansion| self.get(expansion.parent))
    }

    /// Where a token stands in the text that the user wrote: macro arguments stay where they are, tokens from a macro's
    /// body are at the use of the macro.
    pub fn written_at(&self, span: Span, id: ExpansionId) -> Span {
        self.chain(id).fold(span, |span, use_| {
            if use_.use_site.contains(span) {
                span
            } else {
                use_.use_site
            }
        })
    }

    fn get(&self, id: ExpansionId) -> Option<&Expansion> {
        (id.0 as usize)
            .checked_sub(1)
            .map(|index| &self.rows[index])
    }
}
