//! Where external declarations (C11 6.9) end, found by their brackets: at a `;`, or at the `}` of a function's body.

use super::token::{Symbol, Token, TokenKind, sym};

/// Goes through the tokens of a program.
#[derive(Default)]
pub(crate) struct Ends {
    /// Where the current declaration starts.
    start: usize,
    /// The brackets that are open.
    open: Vec<Symbol>,
    /// An `=` stands at the top level of the declaration, so that a `{` opens an initializer.
    assigned: bool,
    in_function: bool,
}

impl Ends {
    /// Where the current declaration starts.
    pub(crate) fn start(&self) -> usize {
        self.start
    }

    /// Takes the next token, `tokens[at]`. Says whether the declaration ends with it.
    pub(crate) fn step(&mut self, tokens: &[Token], at: usize) -> bool {
        let ends_here = match tokens[at].kind {
            TokenKind::Punctuator => self.punctuator(tokens, at),
            kind => kind == TokenKind::Skimmed,
        };
        if ends_here {
            self.start = at + 1;
            (self.assigned, self.in_function) = (false, false);
        }
        ends_here
    }

    fn punctuator(&mut self, tokens: &[Token], at: usize) -> bool {
        let text = tokens[at].text;
        match text {
            sym::L_BRACE => {
                if self.open.is_empty() {
                    self.in_function = !self.assigned && !is_type_body(&tokens[self.start..at]);
                }
                self.open.push(text);
            }
            sym::L_PAREN | sym::L_BRACKET => self.open.push(text),
            sym::R_PAREN | sym::R_BRACKET => {
                self.open.pop_if(|bracket| *bracket != sym::L_BRACE);
            }
            // In a program with mistakes it closes what is still open inside, too.
            sym::R_BRACE => {
                let mut open = self.open.iter();
                let brace = open.rposition(|bracket| *bracket == sym::L_BRACE);
                self.open.truncate(brace.unwrap_or(0));
                return self.open.is_empty() && self.in_function;
            }
            sym::ASSIGN if self.open.is_empty() => self.assigned = true,
            sym::SEMICOLON => return self.open.is_empty(),
            _ => {}
        }
        false
    }
}

/// Whether a declaration begins like a function with K&R parameters: a name, names in parentheses, a type. Of `f(void)` an
/// attribute is all that may follow.
pub(crate) fn names_parameters(tokens: &[Token]) -> bool {
    let Some(open) = tokens.iter().position(|token| token.is(sym::L_PAREN)) else {
        return false;
    };
    let is_name = |token: &&Token| token.kind == TokenKind::Identifier || token.is(sym::COMMA);
    let close = open + 1 + tokens[open + 1..].iter().take_while(is_name).count();
    let is_identifier = |at: usize| {
        tokens
            .get(at)
            .is_some_and(|token| token.kind == TokenKind::Identifier)
    };
    let has_list = tokens
        .get(close)
        .is_some_and(|token| token.is(sym::R_PAREN));
    let is_void = close == open + 2 && tokens[open + 1].is(sym::VOID);
    has_list && !is_void && open > 0 && is_identifier(open - 1) && is_identifier(close + 1)
}

/// Whether a `{` behind these tokens opens the body of a `struct`, `union` or `enum`: between keyword and brace stand a
/// name, attributes and the type of an `enum` at most.
fn is_type_body(before: &[Token]) -> bool {
    let mut at = before.len();
    while let Some(index) = at.checked_sub(1) {
        let token = &before[index];
        if token.is_tag_keyword() {
            return true;
        }
        at = match token.text {
            sym::R_PAREN | sym::R_BRACKET => match attribute_start(before, index) {
                Some(start) => start,
                None => return false,
            },
            sym::COLON => index,
            _ if token.kind == TokenKind::Identifier => index,
            _ => return false,
        };
    }
    false
}

/// Where the attribute starts whose last bracket is at `close`.
fn attribute_start(tokens: &[Token], close: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let open = tokens[..=close].iter().rposition(|token| {
        match token.text {
            sym::R_PAREN | sym::R_BRACKET | sym::R_BRACE => depth += 1,
            sym::L_PAREN | sym::L_BRACKET | sym::L_BRACE => depth -= 1,
            _ => {}
        }
        depth == 0
    })?;
    if tokens[open].is(sym::L_BRACKET) {
        return Some(open);
    }
    let keyword = open.checked_sub(1)?;
    let is_attribute = tokens[keyword].is(sym::ATTRIBUTE) || tokens[keyword].is(sym::ATTRIBUTE2);
    is_attribute.then_some(keyword)
}
