//! Instructions written as data, `.8byte 0x95`, as old headers do for what their assembler did not know.
//!
//! ```text
//! 1: .byte 0xe5; .byte 0; .long ((.Lout - 1b - 8) / 8) & 0xffff; .short 0       may_goto .Lout
//! ```
//!
//! Data that stand together are decoded together, so what is written must be whole instructions, in the byte
//! order of the target. `.ifc a, b`
//! … `.else` … `.endif` chooses by text: which register a template was given.

use super::cursor::{Cursor, ParseError, ParseReason, Token};
use crate::decode::decode;
use crate::insn::Insn;
use crate::opcode::{Endian, SLOT_BYTES};

/// Directives and the bytes that each of their items takes.
const DIRECTIVES: &[(&str, usize)] = &[
    (".byte", 1),
    (".half", 2),
    (".hword", 2),
    (".short", 2),
    (".2byte", 2),
    (".int", 4),
    (".long", 4),
    (".word", 4),
    (".4byte", 4),
    (".dword", 8),
    (".quad", 8),
    (".8byte", 8),
];

/// An item of data, not evaluated yet: it may name labels further down.
pub(super) struct Datum<'t> {
    bytes: usize,
    expression: Cursor<'t>,
}

/// Data that stand together.
#[derive(Default)]
pub(super) struct Data<'t>(Vec<Datum<'t>>);

impl<'t> Data<'t> {
    pub(super) fn bytes(&self) -> usize {
        self.0.iter().map(|datum| datum.bytes).sum()
    }

    /// Whether it ends where an instruction ends.
    pub(super) fn is_whole(&self) -> bool {
        self.bytes().is_multiple_of(SLOT_BYTES)
    }

    /// Adds what a directive says, if one comes next.
    pub(super) fn directive(&mut self, cursor: &mut Cursor<'t>) -> Result<bool, ParseError> {
        let Some(Token::Word(name)) = cursor.peek() else {
            return Ok(false);
        };
        let Some(&(_, bytes)) = DIRECTIVES.iter().find(|(known, _)| *known == name) else {
            return Ok(false);
        };
        cursor.advance();
        loop {
            self.0.push(Datum {
                bytes,
                expression: cursor.clone(),
            });
            cursor.skip_to(&[",", ";"]);
            if !cursor.eat(",") {
                return Ok(true);
            }
        }
    }

    /// The instructions, given the byte at which each label is.
    pub(super) fn decode(
        &self,
        label: &dyn Fn(&str) -> Option<i128>,
        endian: Endian,
    ) -> Result<Vec<Insn>, ParseError> {
        let mut bytes = Vec::new();
        for datum in &self.0 {
            bytes.extend(endian.bytes(datum.evaluate(label)?, datum.bytes));
        }
        decode(&bytes, endian).map_err(|error| {
            let mut ends = self.0.iter().scan(0, |end, datum| {
                *end += datum.bytes;
                Some(*end)
            });
            let index = ends.position(|end| end > error.slot * SLOT_BYTES);
            let place = &self.0[index.unwrap_or_default()].expression;
            place.error(ParseReason::NotAnInstruction(error.reason.to_string()))
        })
    }
}

impl Datum<'_> {
    fn evaluate(&self, label: &dyn Fn(&str) -> Option<i128>) -> Result<i128, ParseError> {
        let mut cursor = self.expression.clone();
        let value = cursor.expression(label)?;
        if !cursor.is_done() && !cursor.eat(";") && !cursor.eat(",") {
            return Err(cursor.expected("the end of the expression"));
        }
        let bits = self.bytes as u32 * 8;
        let range = -(1i128 << (bits - 1))..1 << bits;
        if !range.contains(&value) {
            let (number, range) = (value.to_string(), "the bytes of its directive");
            return Err(self
                .expression
                .error(ParseReason::OutOfRange { number, range }));
        }
        Ok(value)
    }
}

/// The `.ifc`s around a place in the text.
#[derive(Default)]
pub(super) struct Conditions(Vec<bool>);

impl Conditions {
    /// Steps over a directive of its own, or over a statement that is not wanted. Gives whether there was one.
    pub(super) fn step(&mut self, cursor: &mut Cursor<'_>) -> Result<bool, ParseError> {
        let place = cursor.clone();
        match cursor.peek() {
            Some(Token::Word(".ifc")) => {
                cursor.advance();
                let left = cursor.skip_to(&[",", ";"]);
                cursor.expect(",")?;
                let right = cursor.skip_to(&[";"]);
                self.0.push(left == right);
            }
            Some(Token::Word(".else")) => {
                cursor.advance();
                let last = self.0.last_mut();
                let last = last.ok_or_else(|| place.expected("`.ifc` before it"))?;
                *last = !*last;
            }
            Some(Token::Word(".endif")) => {
                cursor.advance();
                if self.0.pop().is_none() {
                    return Err(place.expected("`.ifc` before it"));
                }
            }
            _ if self.0.contains(&false) => {
                cursor.skip_to(&[";"]);
            }
            _ => return Ok(false),
        }
        cursor.end_of_statement()?;
        Ok(true)
    }

    /// Whether all are closed.
    pub(super) fn is_closed(&self) -> bool {
        self.0.is_empty()
    }
}
