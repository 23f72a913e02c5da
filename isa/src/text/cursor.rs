//! A line of assembly as words, numbers and marks, with the column of each.

use std::fmt;

use crate::insn::Insn;

/// Why a text is not a program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ParseError {
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
    /// What is wrong there.
    pub reason: ParseReason,
}

/// What is wrong with a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ParseReason {
    /// A character that no dialect uses.
    UnexpectedCharacter(char),
    /// A comment lacks its `*/`.
    OpenComment,
    /// Something else should stand here.
    Expected {
        /// What should stand here.
        expected: String,
        /// What does; empty at the end of the line.
        found: String,
    },
    /// No instruction of the dialect starts like this.
    UnknownInstruction(String),
    /// A number does not fit where it stands.
    OutOfRange {
        /// The number as written.
        number: String,
        /// Where it should fit.
        range: &'static str,
    },
    /// A jump to a label that is not defined.
    UnknownLabel(String),
    /// A label that is defined twice.
    DuplicateLabel(String),
    /// A jump whose distance does not fit its offset field.
    LabelTooFar(String),
    /// The instruction set lacks this combination of operation and size.
    NotEncodable,
    /// Data that are no instruction, for this reason.
    NotAnInstruction(String),
    /// Data end in the middle of an instruction.
    PartOfInstruction,
    /// `.ifc` lacks its `.endif`.
    OpenCondition,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.reason)
    }
}

impl fmt::Display for ParseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ParseReason::UnexpectedCharacter(c) => write!(f, "unexpected character `{c}`"),
            ParseReason::OpenComment => f.write_str("`/*` without `*/` on the same line"),
            ParseReason::Expected { expected, found } if found.is_empty() => {
                write!(f, "expected {expected}, found the end of the line")
            }
            ParseReason::Expected { expected, found } => {
                write!(f, "expected {expected}, found `{found}`")
            }
            ParseReason::UnknownInstruction(name) => write!(f, "unknown instruction `{name}`"),
            ParseReason::OutOfRange { number, range } => {
                write!(f, "{number} does not fit {range}")
            }
            ParseReason::UnknownLabel(name) => write!(f, "label `{name}` is not defined"),
            ParseReason::DuplicateLabel(name) => write!(f, "label `{name}` is defined twice"),
            ParseReason::LabelTooFar(name) => {
                write!(f, "label `{name}` is too far away for this jump")
            }
            ParseReason::NotEncodable => {
                f.write_str("the instruction set has no such operation at this size")
            }
            ParseReason::NotAnInstruction(why) => {
                write!(f, "these bytes are no instruction: {why}")
            }
            ParseReason::PartOfInstruction => {
                f.write_str("the data before it are not whole instructions of eight bytes")
            }
            ParseReason::OpenCondition => f.write_str("`.ifc` without `.endif`"),
        }
    }
}

impl std::error::Error for ParseError {}

/// What the lexer distinguishes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Token<'t> {
    /// A register, mnemonic, label or symbol.
    Word(&'t str),
    /// An unsigned number.
    Number(u64),
    /// One of [`MARKS`].
    Mark(&'static str),
}

/// Longer marks first, so that `<<=` is not read as `<`.
const MARKS: &[&str] = &[
    "<<=", ">>=", "+=", "-=", "*=", "/=", "|=", "&=", "%=", "^=", "==", "!=", ">=", "<=", "<<",
    ">>", "=", "<", ">", "&", "|", "^", "~", "(", ")", "[", "]", "*", "/", "+", "-", ",", ":", ";",
    "%",
];

#[derive(Clone, Copy, Debug)]
struct Lexeme<'t> {
    token: Token<'t>,
    text: &'t str,
    column: usize,
}

/// A position in the tokens of one line.
#[derive(Clone, Debug)]
pub(super) struct Cursor<'t> {
    line: usize,
    lexemes: std::rc::Rc<[Lexeme<'t>]>,
    position: usize,
    end_column: usize,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(line: usize, text: &'t str) -> Result<Self, ParseError> {
        let lexemes = lex(line, text)?;
        Ok(Cursor {
            line,
            lexemes: lexemes.into(),
            position: 0,
            end_column: text.chars().count() + 1,
        })
    }

    pub(super) fn is_done(&self) -> bool {
        self.position == self.lexemes.len()
    }

    pub(super) fn peek(&self) -> Option<Token<'t>> {
        self.peek_at(0)
    }

    pub(super) fn peek_at(&self, ahead: usize) -> Option<Token<'t>> {
        let lexeme = self.lexemes.get(self.position + ahead)?;
        Some(lexeme.token)
    }

    pub(super) fn advance(&mut self) {
        self.position = self.lexemes.len().min(self.position + 1);
    }

    /// Steps over this mark or word, if it comes next.
    pub(super) fn eat(&mut self, text: &str) -> bool {
        let next = match self.peek() {
            Some(Token::Mark(mark)) => mark == text,
            Some(Token::Word(word)) => word == text,
            _ => false,
        };
        if next {
            self.advance();
        }
        next
    }

    pub(super) fn expect(&mut self, text: &str) -> Result<(), ParseError> {
        if self.eat(text) {
            Ok(())
        } else {
            Err(self.expected(&format!("`{text}`")))
        }
    }

    /// Steps to the next of these marks, or to the end of the line; gives what stands before it.
    pub(super) fn skip_to(&mut self, marks: &[&str]) -> Vec<&'t str> {
        let is_mark = |lexeme: &&Lexeme<'t>| matches!(lexeme.token, Token::Mark(mark) if marks.contains(&mark));
        let skipped = self.lexemes[self.position..].iter();
        let skipped = skipped.take_while(|lexeme| !is_mark(lexeme));
        let texts: Vec<&str> = skipped.map(|lexeme| lexeme.text).collect();
        self.position += texts.len();
        texts
    }

    pub(super) fn expect_all(&mut self, texts: &[&str]) -> Result<(), ParseError> {
        texts.iter().try_for_each(|text| self.expect(text))
    }

    pub(super) fn word(&mut self, what: &str) -> Result<&'t str, ParseError> {
        match self.peek() {
            Some(Token::Word(word)) => {
                self.advance();
                Ok(word)
            }
            _ => Err(self.expected(what)),
        }
    }

    /// Steps over the next word if `meaning` knows it.
    pub(super) fn word_as<T>(
        &mut self,
        what: &str,
        meaning: impl Fn(&str) -> Option<T>,
    ) -> Result<T, ParseError> {
        let known = match self.peek() {
            Some(Token::Word(word)) => meaning(word),
            _ => None,
        };
        let known = known.ok_or_else(|| self.expected(what))?;
        self.advance();
        Ok(known)
    }

    /// `name:` at the start of a statement.
    pub(super) fn label_definition(&mut self) -> Option<&'t str> {
        match (self.peek(), self.peek_at(1)) {
            (Some(Token::Word(label)), Some(Token::Mark(":"))) => {
                self.position += 2;
                Some(label)
            }
            _ => None,
        }
    }

    pub(super) fn end_of_statement(&mut self) -> Result<(), ParseError> {
        if self.is_done() || self.eat(";") {
            Ok(())
        } else {
            Err(self.expected("the end of the instruction"))
        }
    }

    pub(super) fn require_encodable(&mut self, insn: &Insn) -> Result<(), ParseError> {
        if insn.is_encodable() {
            Ok(())
        } else {
            Err(self.error(ParseReason::NotEncodable))
        }
    }

    /// An error at the next token.
    pub(super) fn error(&self, reason: ParseReason) -> ParseError {
        let column = match self.lexemes.get(self.position) {
            Some(lexeme) => lexeme.column,
            None => self.end_column,
        };
        ParseError {
            line: self.line,
            column,
            reason,
        }
    }

    /// An error at the label just stepped over.
    pub(super) fn error_before(&self, reason: ParseReason) -> ParseError {
        let mut start = self.clone();
        start.position = self.position.saturating_sub(2);
        start.error(reason)
    }

    pub(super) fn expected(&self, what: &str) -> ParseError {
        let found = self.lexemes.get(self.position);
        self.error(ParseReason::Expected {
            expected: what.to_owned(),
            found: found.map_or("", |lexeme| lexeme.text).to_owned(),
        })
    }
}

fn lex(line: usize, text: &str) -> Result<Vec<Lexeme<'_>>, ParseError> {
    let mut lexemes = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let column = text[..text.len() - rest.len()].chars().count() + 1;
        let error = |reason| ParseError {
            line,
            column,
            reason,
        };
        let Some(first) = rest.chars().next() else {
            return Ok(lexemes);
        };
        if first == '#' || rest.starts_with("//") {
            return Ok(lexemes);
        }
        if let Some(comment) = rest.strip_prefix("/*") {
            let (_, after) = comment
                .split_once("*/")
                .ok_or_else(|| error(ParseReason::OpenComment))?;
            rest = after;
            continue;
        }
        let (token, length) = if first.is_ascii_digit() {
            let digits = prefix(rest, |c| c.is_ascii_alphanumeric());
            let number = number(digits).ok_or_else(|| error(not_a_number(digits)))?;
            (Token::Number(number), digits.len())
        } else if is_word(first) {
            let word = prefix(rest, |c| is_word(c) || c.is_ascii_digit());
            (Token::Word(word), word.len())
        } else {
            let mark = MARKS.iter().find(|mark| rest.starts_with(**mark));
            let mark = mark.ok_or_else(|| error(ParseReason::UnexpectedCharacter(first)))?;
            (Token::Mark(mark), mark.len())
        };
        let (text, after) = rest.split_at(length);
        lexemes.push(Lexeme {
            token,
            text,
            column,
        });
        rest = after;
    }
}

fn is_word(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '_' | '.' | '$')
}

fn prefix(text: &str, belongs: impl Fn(char) -> bool) -> &str {
    let end = text.find(|c| !belongs(c)).unwrap_or(text.len());
    &text[..end]
}

/// C's suffixes say nothing here, but macros bring them along.
fn number(digits: &str) -> Option<u64> {
    let digits = digits.trim_end_matches(['u', 'U', 'l', 'L']);
    match digits.strip_prefix("0x").or(digits.strip_prefix("0X")) {
        Some(hex) => u64::from_str_radix(hex, 16).ok(),
        None => digits.parse().ok(),
    }
}

fn not_a_number(text: &str) -> ParseReason {
    ParseReason::OutOfRange {
        number: text.to_owned(),
        range: "a number of 64 bits (decimal, or hexadecimal after 0x)",
    }
}
