//! Instructions as text, in three dialects, and back.
//!
//! | dialect | a load | a conditional jump | used by |
//! |---|---|---|---|
//! | [`Dialect::PseudoC`] | `r1 = *(u64 *)(r6 + 8)` | `if r0 == 0 goto LBB0_2` | LLVM, the kernel's log |
//! | [`Dialect::Gnu`] | `ldxdw %r1,[%r6+8]` | `jeq %r0,0,.L0_2` | GNU as |
//! | [`Dialect::Bpf64`] | `ldd r1, 8(r6)` | `jeqi r0, 0 goto .LBB0_2` | the design of 2014 |
//!
//! Each dialect is one file with its printer beside its parser. What they share stands in `operand` (numbers, jump targets,
//! symbols), `listing` (labels) and `cursor` (words and columns).
//!
//! Comments start with `#` or `//` or stand between `/*` and `*/` on one line; `;` separates instructions.

mod bpf64;
mod cursor;
mod gnu;
mod listing;
mod operand;
mod pseudo_c;

pub use cursor::{ParseError, ParseReason};
pub use listing::Names;

use std::collections::HashMap;
use std::fmt;

use crate::insn::{Callee, Insn, Reg};
use cursor::Cursor;
use listing::Listing;
use operand::Statement;

/// A way to write instructions down.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Dialect {
    /// `r1 += r2`: LLVM's assembler and disassembler, and (nearly) the kernel's log.
    #[default]
    PseudoC,
    /// `add %r1,%r2`: GNU as and objdump.
    Gnu,
    /// `add r1, r2`: the LLVM backend of 2014.
    Bpf64,
}

impl Dialect {
    /// Every dialect.
    pub const ALL: [Dialect; 3] = [Dialect::PseudoC, Dialect::Gnu, Dialect::Bpf64];

    /// The name on command lines: `llvm`, `gnu` or `bpf64`.
    pub const fn name(self) -> &'static str {
        match self {
            Dialect::PseudoC => "llvm",
            Dialect::Gnu => "gnu",
            Dialect::Bpf64 => "bpf64",
        }
    }

    /// The dialect with this name.
    pub fn from_name(name: &str) -> Option<Dialect> {
        Dialect::ALL
            .into_iter()
            .find(|dialect| dialect.name() == name)
    }

    fn label(self, function: usize, block: usize) -> String {
        match self {
            Dialect::PseudoC => format!("LBB{function}_{block}"),
            Dialect::Gnu => format!(".L{function}_{block}"),
            Dialect::Bpf64 => format!(".LBB{function}_{block}"),
        }
    }

    fn register(self, reg: Reg) -> String {
        match self {
            Dialect::PseudoC | Dialect::Bpf64 => reg.to_string(),
            Dialect::Gnu => gnu::register(reg),
        }
    }

    fn insn(self, insn: &Insn, reference: &str) -> String {
        match self {
            Dialect::PseudoC => pseudo_c::print(insn, reference),
            Dialect::Gnu => gnu::print(insn, reference),
            Dialect::Bpf64 => bpf64::print(insn, reference),
        }
    }

    fn statement(self, cursor: &mut Cursor) -> Result<Statement, ParseError> {
        match self {
            Dialect::PseudoC => pseudo_c::parse(cursor),
            Dialect::Gnu => gnu::parse(cursor),
            Dialect::Bpf64 => bpf64::parse(cursor),
        }
    }
}

/// A whole function: one instruction a line, indented, with labels where jumps lead.
///
/// A jump that leads out of the function or into the middle of `lddw` is printed as a distance, `goto +3`.
pub fn print(dialect: Dialect, insns: &[Insn], names: &Names) -> String {
    let listing = Listing::new(dialect, insns, names);
    let mut text = String::new();
    for (slot, insn) in listing::with_slots(insns) {
        if let Some(label) = listing.label(slot) {
            text += &format!("{label}:\n");
        }
        let line = line(dialect, insn, names.symbol(slot), |distance| {
            listing.target(slot, insn, distance)
        });
        text += &format!("    {line}\n");
    }
    text
}

/// One instruction, its jump target as a distance.
pub fn print_one(dialect: Dialect, insn: &Insn) -> String {
    line(dialect, insn, None, |_| None)
}

/// Pseudo-C, as [`print_one`].
impl fmt::Display for Insn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&print_one(Dialect::PseudoC, self))
    }
}

fn line(
    dialect: Dialect,
    insn: &Insn,
    symbol: Option<&str>,
    label: impl Fn(i32) -> Option<String>,
) -> String {
    if let (Insn::LoadImm64 { dst, value }, None) = (insn, symbol)
        && let Some(pseudo) = operand::print_pseudo(&dialect.register(*dst), *value)
    {
        return pseudo;
    }
    dialect.insn(insn, &operand::print_reference(insn, symbol, label))
}

/// What a text says.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Parsed {
    /// The instructions, jumps to labels resolved.
    pub insns: Vec<Insn>,
    /// Names that the text does not define: maps, variables and functions, with the slot of the instruction that uses each.
    /// Until they are resolved a call is [`Callee::Local`] of -1, as in ELF objects, and `lddw` loads the addend.
    pub symbols: Vec<(usize, String)>,
    /// The labels of the text and the slots they stand before, in order.
    pub labels: Vec<(String, usize)>,
}

/// The instructions of a text.
pub fn parse(dialect: Dialect, text: &str) -> Result<Parsed, ParseError> {
    let mut statements = Vec::new();
    let mut labels = Labels::default();
    let mut slot = 0;
    for (number, line) in text.lines().enumerate() {
        let mut cursor = Cursor::new(number + 1, line)?;
        while !cursor.is_done() {
            if let Some(label) = cursor.label_definition() {
                labels.define(label, slot, &cursor)?;
                continue;
            }
            if cursor.eat(";") {
                continue;
            }
            let mut place = cursor.clone();
            let statement = dialect.statement(&mut cursor)?;
            cursor.end_of_statement()?;
            place.require_encodable(&statement.insn)?;
            let slots = statement.insn.slots();
            statements.push((slot, statement, place));
            slot += slots;
        }
    }
    resolve(statements, labels)
}

#[derive(Default)]
struct Labels {
    in_order: Vec<(String, usize)>,
    slots: HashMap<String, usize>,
}

impl Labels {
    fn define(&mut self, name: &str, slot: usize, cursor: &Cursor) -> Result<(), ParseError> {
        if self.slots.insert(name.to_owned(), slot).is_some() {
            return Err(cursor.error_before(ParseReason::DuplicateLabel(name.to_owned())));
        }
        self.in_order.push((name.to_owned(), slot));
        Ok(())
    }
}

/// Turns label names into distances and collects the names that are left.
fn resolve(
    statements: Vec<(usize, Statement, Cursor)>,
    labels: Labels,
) -> Result<Parsed, ParseError> {
    let mut parsed = Parsed {
        labels: labels.in_order,
        ..Parsed::default()
    };
    for (slot, Statement { mut insn, name }, place) in statements {
        if let Some(name) = name {
            let label = labels.slots.get(&name);
            // Slots are counted in memory, so they fit.
            let distance = label.map(|&target| target as i64 - (slot + insn.slots()) as i64);
            match (insn, distance) {
                (Insn::Call(_), Some(distance)) => {
                    let distance = i32::try_from(distance);
                    let too_far = |_| place.error(ParseReason::LabelTooFar(name));
                    insn = Insn::Call(Callee::Local(distance.map_err(too_far)?));
                }
                (Insn::Call(_) | Insn::LoadImm64 { .. }, _) => parsed.symbols.push((slot, name)),
                (_, Some(distance)) => {
                    insn = insn
                        .with_jump_offset(distance)
                        .ok_or_else(|| place.error(ParseReason::LabelTooFar(name)))?;
                }
                (_, None) => return Err(place.error(ParseReason::UnknownLabel(name))),
            }
        }
        parsed.insns.push(insn);
    }
    Ok(parsed)
}
