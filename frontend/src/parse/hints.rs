//! What a person probably did who made a certain syntax error.
//!
//! lang-c says what it would have accepted at the token where it gave up. Some mistakes are common enough to be recognised from
//! the tokens around that one, and then the message can say what is wrong instead of what was expected.

use crate::pp::token::sym;
use crate::pp::{Interner, Symbol, Token, TokenKind};
use crate::sema::closest;

use super::KEYWORDS;

/// A mistake that was recognised.
pub(super) struct Hint {
    /// The token that is wrong.
    pub(super) at: usize,
    pub(super) message: String,
    pub(super) help: Option<String>,
    /// Another token, and what is to be said about it.
    pub(super) note: Option<(usize, &'static str)>,
}

/// Recognises the mistake behind a syntax error at the token with the number `at`.
pub(super) fn hint(at: usize, tokens: &[Token], names: &Interner) -> Option<Hint> {
    let view = View { at, tokens, names };
    view.stray_brace()
        .or_else(|| view.stray_else())
        .or_else(|| view.open_type())
        .or_else(|| view.function_inside())
        .or_else(|| view.misspelled_keyword())
        .or_else(|| view.array_brackets())
        .or_else(|| view.missing_macro())
}

/// The innermost bracket of a kind that is open before a token.
pub(super) fn open_bracket(at: usize, tokens: &[Token], bracket: Symbol) -> Option<usize> {
    let innermost = *open_brackets(at, tokens).last()?;
    tokens[innermost].is(bracket).then_some(innermost)
}

/// The brackets that are open before a token, innermost last.
fn open_brackets(at: usize, tokens: &[Token]) -> Vec<usize> {
    let mut open = Vec::new();
    let punctuators = tokens.iter().enumerate().take(at);
    for (index, token) in punctuators.filter(|(_, token)| token.kind == TokenKind::Punctuator) {
        match token.text {
            sym::L_PAREN | sym::L_BRACKET | sym::L_BRACE => open.push(index),
            sym::R_PAREN | sym::R_BRACKET | sym::R_BRACE => {
                open.pop();
            }
            _ => {}
        }
    }
    open
}

/// Types that headers declare, with the header.
const KNOWN_TYPES: &[(&[&str], &str)] = &[
    (
        &[
            "int8_t",
            "int16_t",
            "int32_t",
            "int64_t",
            "uint8_t",
            "uint16_t",
            "uint32_t",
            "uint64_t",
            "intptr_t",
            "uintptr_t",
        ],
        "include <stdint.h>, which declares it",
    ),
    (
        &["size_t", "ptrdiff_t"],
        "include <stddef.h>, which declares it",
    ),
    (
        &[
            "__u8", "__u16", "__u32", "__u64", "__s8", "__s16", "__s32", "__s64", "__be16",
            "__be32", "__be64",
        ],
        "include <linux/types.h>, which declares it",
    ),
    (
        &["u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64"],
        "include vmlinux.h, which declares the kernel's types, or write `__u32` and its like of <linux/types.h>",
    ),
    (&["class"], "C has no classes; write a `struct`"),
    (
        &["string"],
        "C has no type for strings; write `const char *`",
    ),
];

/// Words that start statements.
const STATEMENTS: &[&str] = &[
    "break", "case", "continue", "default", "do", "else", "for", "goto", "if", "return", "sizeof",
    "static", "struct", "switch", "typedef", "unsigned", "while",
];

/// What to do about a name that is no type.
pub(super) fn help_for_type(name: &str, tokens: &[Token], names: &Interner) -> String {
    let known = KNOWN_TYPES.iter().find(|(types, _)| types.contains(&name));
    if let Some((_, help)) = known {
        return (*help).to_owned();
    }
    let statement = closest(name, STATEMENTS.iter().copied());
    let declared = declared_types(tokens).map(|token| names.text(token.text));
    let known = KNOWN_TYPES
        .iter()
        .flat_map(|(types, _)| types.iter().copied());
    match statement.or_else(|| closest(name, declared.chain(known))) {
        Some(close) => format!("did you mean `{close}`?"),
        None => format!("declare `{name}` with `typedef`, or include the header that does"),
    }
}

/// The names at the end of type definitions.
fn declared_types(tokens: &[Token]) -> impl Iterator<Item = &Token> {
    let ends = tokens
        .windows(2)
        .filter(|pair| pair[0].kind == TokenKind::Identifier && pair[1].is(sym::SEMICOLON));
    ends.map(|pair| &pair[0])
}

struct View<'a> {
    at: usize,
    tokens: &'a [Token],
    names: &'a Interner,
}

impl View<'_> {
    fn token(&self, index: usize) -> Option<&Token> {
        self.tokens.get(index)
    }

    fn before(&self) -> Option<&Token> {
        self.token(self.at.checked_sub(1)?)
    }

    fn is_name(&self, index: usize) -> bool {
        self.token(index).is_some_and(|token| {
            token.kind == TokenKind::Identifier && !KEYWORDS.contains(&token.text)
        })
    }

    fn say(&self, at: usize, message: impl Into<String>) -> Hint {
        Hint {
            at,
            message: message.into(),
            help: None,
            note: None,
        }
    }

    /// A `}` behind everything.
    fn stray_brace(&self) -> Option<Hint> {
        let is_brace = self.token(self.at)?.is(sym::R_BRACE);
        (is_brace && open_brackets(self.at, self.tokens).is_empty())
            .then(|| self.say(self.at, "this `}` closes nothing"))
    }

    /// `if (a) b; c; else d;`
    fn stray_else(&self) -> Option<Hint> {
        let is_else = self.token(self.at)?.is(sym::ELSE);
        let before = self.before()?;
        let follows = before.is(sym::SEMICOLON) || before.is(sym::R_BRACE);
        (is_else && follows).then(|| Hint {
            help: Some("put braces around the statements that belong to the `if`".to_owned()),
            ..self.say(self.at, "this `else` has no `if` right before it")
        })
    }

    /// `struct s { … } int f(void)`: the `;` behind the type is missing.
    fn open_type(&self) -> Option<Hint> {
        let next_line = self.token(self.at)?.line_start;
        let close = self.at.checked_sub(1)?;
        if !next_line || !self.tokens[close].is(sym::R_BRACE) {
            return None;
        }
        let open = *open_brackets(close, self.tokens).last()?;
        let is_tag = |back: usize| {
            let token = open.checked_sub(back).and_then(|at| self.token(at));
            token.is_some_and(|token| [sym::STRUCT, sym::UNION, sym::ENUM].contains(&token.text))
        };
        (is_tag(1) || is_tag(2)).then(|| self.say(close, "expected `;` after this `}`"))
    }

    /// `int f(void) { … int g(void) { … }`: usually the `}` of the first function is missing.
    fn function_inside(&self) -> Option<Hint> {
        let is_body = self.token(self.at)?.is(sym::L_BRACE) && self.before()?.is(sym::R_PAREN);
        if !is_body {
            return None;
        }
        let open = open_brackets(self.at, self.tokens);
        let outer = open.iter().rfind(|&&at| self.tokens[at].is(sym::L_BRACE))?;
        let parameters = self.partner(self.at - 1)?;
        let name = parameters.checked_sub(1)?;
        let declares = self.is_name(name) && name > 0 && {
            let before = &self.tokens[name - 1];
            let is_word = before.kind == TokenKind::Identifier;
            before.is(sym::STAR) || is_word && !before.is(sym::RETURN) && !before.is(sym::ELSE)
        };
        declares.then(|| Hint {
            note: Some((*outer, "this `{` is still open")),
            help: Some(
                "close the function above with `}`, or define it above and pass what it needs as arguments"
                    .to_owned(),
            ),
            ..self.say(self.at, "a function cannot be defined inside of another")
        })
    }

    /// The `(` of a `)`.
    fn partner(&self, close: usize) -> Option<usize> {
        let mut depth = 0_usize;
        for index in (0..=close).rev() {
            let token = &self.tokens[index];
            if token.is(sym::R_PAREN) {
                depth += 1;
            } else if token.is(sym::L_PAREN) {
                depth = depth.checked_sub(1)?;
            }
            if depth == 0 {
                return token.is(sym::L_PAREN).then_some(index);
            }
        }
        None
    }

    /// `whlie (x) x--;`, `elseif (x) …`.
    fn misspelled_keyword(&self) -> Option<Hint> {
        if !self.before()?.is(sym::R_PAREN) {
            return None;
        }
        let word = self.partner(self.at - 1)?.checked_sub(1)?;
        if !self.is_name(word) {
            return None;
        }
        let spelled = self.names.text(self.tokens[word].text);
        let meant = match spelled {
            "elseif" | "elif" | "elsif" => "else if",
            _ => closest(spelled, ["for", "if", "switch", "while"].into_iter())?,
        };
        Some(Hint {
            help: Some(format!("did you mean `{meant}`?")),
            ..self.say(word, format!("`{spelled}` is no keyword of C"))
        })
    }

    /// `int[4] a;`
    fn array_brackets(&self) -> Option<Hint> {
        let is_type = self.token(self.at)?.kind == TokenKind::Identifier;
        let bracket = self.token(self.at + 1)?.is(sym::L_BRACKET);
        let close = (self.at + 2..self.tokens.len())
            .take(3)
            .find(|&index| self.tokens[index].is(sym::R_BRACKET))?;
        (is_type && bracket && self.is_name(close + 1)).then(|| Hint {
            help: Some(format!(
                "write `{} {}[…]`",
                self.names.text(self.tokens[self.at].text),
                self.names.text(self.tokens[close + 1].text)
            )),
            ..self.say(
                self.at + 1,
                "the brackets of an array stand behind its name",
            )
        })
    }

    /// `SEC("xdp")` without the header that defines `SEC`.
    fn missing_macro(&self) -> Option<Hint> {
        let is_use = self.is_name(self.at)
            && self.token(self.at + 1)?.is(sym::L_PAREN)
            && self.token(self.at + 2)?.kind == TokenKind::String;
        let name = self.names.text(self.token(self.at)?.text);
        is_use.then(|| Hint {
            help: Some(match name {
                "SEC" => "include <bpf/bpf_helpers.h>, which defines it".to_owned(),
                _ => "include the header that defines it; <bpf/bpf_helpers.h> defines `SEC`"
                    .to_owned(),
            }),
            ..self.say(self.at, format!("`{name}` is not a macro here"))
        })
    }
}
