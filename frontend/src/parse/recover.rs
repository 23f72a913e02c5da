//! Going on behind a syntax error: lang-c stops at the first one, so the declaration that holds it is taken out and the rest is
//! parsed again.
//!
//! Of a function only the body goes, so that its uses are no mistakes:
//!
//! ```text
//! int f(int x) { return x }   →   int f(int x);
//! int g(void) { return f(1) + y; }                  checked as if nothing had happened
//! ```

use crate::diagnostic::Diagnostic;
use crate::pp::token::sym;
use crate::pp::{Token, TokenStream};
use crate::reach::split::{Declaration, split};
use crate::reach::{Reachable, reachable};

use super::{Failure, Unit, parse_all};

/// How many broken declarations are looked for.
const MAX_ERRORS: usize = 20;

/// Parses what a preprocessed program needs of itself. With the errors comes what is left of the program if whole functions
/// are all that had to be left out. To be called inside [`with_big_stack`](super::with_big_stack).
pub fn parse_with_recovery(stream: TokenStream) -> (Option<Unit>, Vec<Diagnostic>) {
    let Reachable { mut stream, unused } = reachable(stream);
    let mut errors = Vec::new();
    let mut is_whole = true;
    while errors.len() < MAX_ERRORS {
        let failure = match parse_all(&stream) {
            Ok(unit) => {
                let unit = Unit { unused, ..unit };
                return (is_whole.then_some(unit), errors);
            }
            Err(failure) => failure,
        };
        let Failure { diagnostic, at } = failure;
        errors.push(*diagnostic);
        let Some(at) = at else {
            break;
        };
        is_whole &= leave_out(&mut stream, at);
    }
    (None, errors)
}

/// Takes out the declaration of a token. Says whether it was the body of a function only.
fn leave_out(stream: &mut TokenStream, at: usize) -> bool {
    let declarations = split(stream);
    let holds = |declaration: &Declaration| declaration.range().contains(&at);
    let Some(index) = declarations.iter().position(holds) else {
        // The mistake is behind the last token.
        let start = declarations.last().map_or(0, |last| last.start());
        replace(stream, start, stream.tokens.len(), None);
        return false;
    };
    let (mut start, end) = (declarations[index].start(), declarations[index].end());
    if let Some(body) = body(&stream.tokens[start..end]).map(|body| start + body)
        && body < at
    {
        let semicolon = Token {
            text: sym::SEMICOLON,
            ..stream.tokens[body]
        };
        replace(stream, body, end, Some(semicolon));
        return true;
    }
    // What is wrong with the first token may be that the declaration before it did not end.
    if at == start && index > 0 && !stream.tokens[at].is(sym::R_BRACE) {
        start = declarations[index - 1].start();
    }
    replace(stream, start, end, None);
    false
}

/// Where the body of a function with a prototype starts.
fn body(tokens: &[Token]) -> Option<usize> {
    let brace = tokens.iter().position(|token| token.is(sym::L_BRACE))?;
    let before = brace.checked_sub(1)?;
    let ends = tokens.last().is_some_and(|last| last.is(sym::R_BRACE));
    (ends && tokens[before].is(sym::R_PAREN)).then_some(brace)
}

/// Puts one token, or none, in the place of several; the pragmas keep their places between the others.
fn replace(stream: &mut TokenStream, start: usize, end: usize, by: Option<Token>) {
    let kept = usize::from(by.is_some());
    stream.tokens.splice(start..end, by);
    for pragma in &mut stream.pragmas {
        if pragma.position >= end {
            pragma.position = pragma.position - (end - start) + kept;
        } else if pragma.position > start {
            pragma.position = start + kept;
        }
    }
}
