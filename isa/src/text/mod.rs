//! Instructions as text, in three dialects, and back.
//!
//! | dialect | a load | a conditional jump | used by |
//! |---|---|---|---|
//! | [`Dialect::PseudoC`] | `r1 = *(u64 *)(r6 + 8)` | `if r0 == 0 goto LBB0_2` | LLVM, the kernel's log |
//! | [`Dialect::Gnu`] | `ldxdw %r1,[%r6+8]` | `jeq %r0,0,.L0_2` | GNU as |
//! | [`Dialect::Bpf64`] | `ldd r1, 8(r6)` | `jeqi r0, 0 goto .LBB0_2` | the design of 2014 |
//!
//! Each dialect is one file with its printer beside its parser. What they share stands in `operand` (numbers, jump targets,
//! symbols), `expression`, `data` (instructions as bytes), `listing` (labels) and `cursor` (words and columns).
//!
//! Comments start with `#` or `//` or stand between `/*` and `*/` on one line; `;` separates instructions.

mod bpf64;
mod cursor;
mod data;
mod expression;
mod gnu;
mod listing;
mod operand;
mod pseudo_c;

pub use cursor::{ParseError, ParseReason};
pub use listing::Names;

use std::collections::HashMap;
use std::fmt;

use crate::insn::{Callee, Insn, Reg};
use crate::opcode::{Endian, SLOT_BYTES};
use cursor::Cursor;
use data::{Conditions, Data};
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
    let mut text = String::new();
    let code: Vec<(usize, Insn)> = listing::with_slots(insns).collect();
    for Line {
        label, text: line, ..
    } in lines(dialect, &code, names)
    {
        if let Some(label) = label {
            text += &format!("{label}:\n");
        }
        text += &format!("    {line}\n");
    }
    text
}

/// A line of a listing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// Where the instruction starts.
    pub slot: usize,
    /// What stands before it.
    pub label: Option<String>,
    /// The instruction.
    pub text: String,
}

/// The lines of [`print()`], of instructions that stand at these slots; there may be something else between them.
pub fn lines(dialect: Dialect, code: &[(usize, Insn)], names: &Names) -> Vec<Line> {
    let listing = Listing::new(dialect, code, names);
    let lines = code.iter().map(|&(slot, insn)| Line {
        slot,
        label: listing.label(slot).map(str::to_owned),
        text: line(dialect, &insn, names.symbol(slot), |distance| {
            listing.target(slot, &insn, distance)
        }),
    });
    lines.collect()
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

impl Parsed {
    /// Whether control may reach the end of the text, behind its last instruction.
    pub fn falls_through(&self) -> bool {
        let end: usize = self.insns.iter().map(Insn::slots).sum();
        let mut slot = 0;
        let mut jumps_to_end = self.insns.iter().filter(|insn| {
            slot += insn.slots();
            let target = insn.jump_offset().map(|off| slot as i64 + i64::from(off));
            target == Some(end as i64)
        });
        jumps_to_end.next().is_some() || self.insns.last().is_none_or(Insn::falls_through)
    }
}

/// The instructions of a text for little-endian machines.
pub fn parse(dialect: Dialect, text: &str) -> Result<Parsed, ParseError> {
    parse_for(Endian::Little, dialect, text)
}

/// The instructions of a text, whose data have this byte order.
pub fn parse_for(endian: Endian, dialect: Dialect, text: &str) -> Result<Parsed, ParseError> {
    let mut program = Program::default();
    let mut labels = Labels::default();
    let mut conditions = Conditions::default();
    let mut end = Cursor::new(1, "")?;
    for (number, line) in text.lines().enumerate() {
        let mut cursor = Cursor::new(number + 1, line)?;
        while !cursor.is_done() {
            if cursor.eat(";") || conditions.step(&mut cursor)? {
                continue;
            }
            if program.directive(&mut cursor)? {
                cursor.end_of_statement()?;
                continue;
            }
            program.end_data(&cursor)?;
            if let Some(label) = cursor.label_definition() {
                labels.define(label, program.slots, &cursor)?;
                continue;
            }
            let mut place = cursor.clone();
            let statement = dialect.statement(&mut cursor)?;
            cursor.end_of_statement()?;
            place.require_encodable(&statement.insn)?;
            program.push(statement, place);
        }
        end = cursor;
    }
    program.end_data(&end)?;
    if !conditions.is_closed() {
        return Err(end.error(ParseReason::OpenCondition));
    }
    resolve(program, labels, endian)
}

/// What stands in the text, before labels are known.
#[derive(Default)]
struct Program<'t> {
    items: Vec<Item<'t>>,
    /// The slot behind it.
    slots: usize,
    /// What was written as data last.
    data: Data<'t>,
}

enum Item<'t> {
    Statement(Statement, Cursor<'t>),
    Data(Data<'t>),
}

impl<'t> Program<'t> {
    fn push(&mut self, statement: Statement, place: Cursor<'t>) {
        self.slots += statement.insn.slots();
        self.items.push(Item::Statement(statement, place));
    }

    fn directive(&mut self, cursor: &mut Cursor<'t>) -> Result<bool, ParseError> {
        self.data.directive(cursor)
    }

    /// Something other than data comes next, at the cursor.
    fn end_data(&mut self, cursor: &Cursor<'_>) -> Result<(), ParseError> {
        if !self.data.is_whole() {
            return Err(cursor.error(ParseReason::PartOfInstruction));
        }
        let data = std::mem::take(&mut self.data);
        if data.bytes() > 0 {
            self.slots += data.bytes() / SLOT_BYTES;
            self.items.push(Item::Data(data));
        }
        Ok(())
    }
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
fn resolve(program: Program<'_>, labels: Labels, endian: Endian) -> Result<Parsed, ParseError> {
    let mut parsed = Parsed::default();
    let mut slot = 0;
    for item in program.items {
        let at = parsed.insns.len();
        match item {
            Item::Statement(statement, place) => {
                let insn = resolve_statement(slot, statement, &place, &labels, &mut parsed)?;
                parsed.insns.push(insn);
            }
            Item::Data(data) => {
                let byte = |slot: &usize| (slot * SLOT_BYTES) as i128;
                let insns = data.decode(&|name| labels.slots.get(name).map(byte), endian)?;
                parsed.insns.extend(insns);
            }
        }
        slot += parsed.insns[at..].iter().map(Insn::slots).sum::<usize>();
    }
    parsed.labels = labels.in_order;
    Ok(parsed)
}

fn resolve_statement(
    slot: usize,
    Statement { insn, name }: Statement,
    place: &Cursor<'_>,
    labels: &Labels,
    parsed: &mut Parsed,
) -> Result<Insn, ParseError> {
    let Some(name) = name else {
        return Ok(insn);
    };
    let label = labels.slots.get(&name);
    // Slots are counted in memory, so they fit.
    let distance = label.map(|&target| target as i64 - (slot + insn.slots()) as i64);
    match (insn, distance) {
        (Insn::Call(_), Some(distance)) => {
            let distance = i32::try_from(distance);
            let too_far = |_| place.error(ParseReason::LabelTooFar(name));
            Ok(Insn::Call(Callee::Local(distance.map_err(too_far)?)))
        }
        (Insn::Call(_) | Insn::LoadImm64 { .. }, _) => {
            parsed.symbols.push((slot, name));
            Ok(insn)
        }
        (_, Some(distance)) => insn
            .with_jump_offset(distance)
            .ok_or_else(|| place.error(ParseReason::LabelTooFar(name))),
        (_, None) => Err(place.error(ParseReason::UnknownLabel(name))),
    }
}
