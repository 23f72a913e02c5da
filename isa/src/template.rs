//! Templates: the text of an `asm` statement, with places for its operands.
//!
//! ```text
//!  asm volatile("%[sum] += %w1; if %[sum] == 0 goto 1f; r0 = %2; 1:" : [sum] "+r"(x) : "r"(y), "i"(7) : "r0");
//!                └─ operand 0    └─ its lower half     └─ a local label └─ operand 2
//! ```
//!
//! | in the text | stands for |
//! |---|---|
//! | `%0`, `%[name]` | an operand: `r3`, `-7`, `counter+8` or, for memory, `(r3 + 8)` |
//! | `%w0`, `%w[name]` | the lower half of a register, `w3` |
//! | `%l[name]`, `%l2` | a label outside, in `asm goto`; numbers go on behind those of the operands |
//! | `%=` | a number of this statement's own, for labels |
//! | `%%` | `%` |
//! | `1:` … `1b`, `1f` | a label that may be there several times; the last one before, the first one behind |
//!
//! Which registers the operands are in is known late, so a template is kept as text and [assembled](Template::assemble)
//! for each assignment. Labels are local to it, and no jump leads out of it.

use std::fmt;

use crate::insn::{Callee, Insn, Reg};
use crate::opcode::Endian;
use crate::text::{self, Dialect, ParseError, ParseReason, Parsed};

/// The text of an `asm` statement.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Template {
    pieces: Vec<Piece>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Piece {
    Text(String),
    Operand { index: usize, lower: bool },
}

/// What is put in the place of an operand.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Operand {
    /// A register.
    Reg(Reg),
    /// A number.
    Number(i64),
    /// The address of a symbol, or the symbol as a callee.
    Symbol {
        /// Its name.
        name: String,
        /// Bytes from it.
        addend: i64,
    },
    /// Memory: the register that holds an address, and a distance from it.
    Memory(Reg, i16),
}

/// Why a template is not a piece of program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TemplateError {
    /// `%` and something that no operand is called.
    UnknownOperand(String),
    /// `%l` and something that no label is called.
    Label,
    /// The text writes `r10`.
    FramePointer,
    /// A jump to a place outside.
    JumpsOut(String),
    /// An instruction is wrong.
    Instruction {
        /// As it stands in the text, operands filled in.
        text: String,
        /// What is wrong with it.
        reason: ParseReason,
    },
}

impl Template {
    /// Reads a text whose operands are called like this; those without a name go by their number.
    pub fn new(text: &str, names: &[Option<&str>]) -> Result<Template, TemplateError> {
        Template::with_labels(text, names, &[])
    }

    /// Reads a text that may also jump to labels outside: see [`Template::leave_by`].
    pub fn with_labels(
        text: &str,
        names: &[Option<&str>],
        labels: &[&str],
    ) -> Result<Template, TemplateError> {
        let mut template = Template { pieces: Vec::new() };
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('%') {
            template.push_text(before);
            rest = template.placeholder(after, names, labels)?;
        }
        template.push_text(rest);
        Ok(template)
    }

    fn push_text(&mut self, text: &str) {
        match self.pieces.last_mut() {
            Some(Piece::Text(last)) => last.push_str(text),
            _ if text.is_empty() => {}
            _ => self.pieces.push(Piece::Text(text.to_owned())),
        }
    }

    /// What stands after a `%`. Gives what is left of the text.
    fn placeholder<'t>(
        &mut self,
        text: &'t str,
        names: &[Option<&str>],
        labels: &[&str],
    ) -> Result<&'t str, TemplateError> {
        if let Some(rest) = text.strip_prefix('%') {
            self.push_text("%");
            return Ok(rest);
        }
        // Labels are local to a template anyway.
        if let Some(rest) = text.strip_prefix('=') {
            self.push_text("0");
            return Ok(rest);
        }
        if let Some(text) = text.strip_prefix('l') {
            let (name, rest) = operand_name(text);
            let label = label_number(name, names.len(), labels).ok_or(TemplateError::Label)?;
            self.push_text(&outside_label(label));
            return Ok(rest);
        }
        let after_modifier = text.strip_prefix('w');
        let lower = after_modifier.is_some();
        let (name, rest) = operand_name(after_modifier.unwrap_or(text));
        let index = match name.strip_prefix('[').and_then(|n| n.strip_suffix(']')) {
            Some(name) => names.iter().position(|known| *known == Some(name)),
            None => None,
        };
        // What has no name goes by its number, in brackets too when printed.
        let number = name.trim_start_matches('[').trim_end_matches(']');
        let by_number = || number.parse().ok().filter(|&index| index < names.len());
        let index = index.or_else(by_number);
        let unknown = || TemplateError::UnknownOperand(format!("%{name}"));
        let index = index.ok_or_else(unknown)?;
        self.pieces.push(Piece::Operand { index, lower });
        Ok(rest)
    }

    fn words(&self) -> impl Iterator<Item = &str> {
        let texts = self.pieces.iter().filter_map(|piece| match piece {
            Piece::Text(text) => Some(text.as_str()),
            Piece::Operand { .. } => None,
        });
        texts.flat_map(|text| text.split(|c| !is_word(c)))
    }

    /// Makes the text end in one place, whichever label it jumps to: `operand` is then a register with 0 for none, or else the
    /// label's number from 1.
    ///
    /// ```text
    ///     if r1 > 5 goto %l[out]             if r1 > 5 goto .Loutside.0
    ///                                        r2 = 0
    ///                                        goto .Loutside.end
    ///                                    .Loutside.0:
    ///                                        r2 = 1
    ///                                    .Loutside.end:
    /// ```
    pub fn leave_by(&mut self, operand: usize, labels: usize) {
        let mentioned = (0..labels).filter(|&label| {
            let name = outside_label(label);
            self.words().any(|word| word == name)
        });
        let mentioned: Vec<usize> = mentioned.collect();
        let mut jump_to_end = false;
        if self.falls_through() {
            self.set_way(operand, 0);
            jump_to_end = true;
        }
        for label in mentioned {
            let jump = if jump_to_end {
                "\ngoto .Loutside.end"
            } else {
                ""
            };
            self.push_text(&format!("{jump}\n{}:", outside_label(label)));
            self.set_way(operand, label + 1);
            jump_to_end = true;
        }
        self.push_text("\n.Loutside.end:");
    }

    fn set_way(&mut self, operand: usize, way: usize) {
        self.push_text("\n");
        let (index, lower) = (operand, false);
        self.pieces.push(Piece::Operand { index, lower });
        self.push_text(&format!(" = {way}"));
    }

    /// Whether control may reach the end of the text: what is never reached, Linux refuses.
    fn falls_through(&self) -> bool {
        let Some((Piece::Text(last), before)) = self.pieces.split_last() else {
            return true;
        };
        let is_separator = |c: char| c == ';' || c.is_whitespace();
        let last = last.trim_end_matches(is_separator);
        // Without a separator it is the end of an instruction that begins with an operand.
        let statement = match last.rsplit_once([';', '\n']) {
            Some((_, statement)) => statement.trim(),
            None if before.is_empty() => last.trim(),
            None => return true,
        };
        !(statement.starts_with("goto") || statement == "exit")
    }

    /// Whether there is nothing in it: a barrier for the compiler.
    pub fn is_blank(&self) -> bool {
        self.pieces
            .iter()
            .all(|piece| matches!(piece, Piece::Text(text) if text.trim().is_empty()))
    }

    /// Whether the text mentions all 64 bits of an operand.
    pub fn mentions_whole(&self, operand: usize) -> bool {
        let whole = Piece::Operand {
            index: operand,
            lower: false,
        };
        self.pieces.contains(&whole)
    }

    /// Makes every mention of an operand one of its lower half.
    pub fn mention_lower_half(&mut self, operand: usize) {
        for piece in &mut self.pieces {
            if let Piece::Operand { index, lower } = piece {
                *lower |= *index == operand;
            }
        }
    }

    /// Puts other operands in the place of the present ones.
    pub fn renumber(&mut self, new: impl Fn(usize) -> usize) {
        for piece in &mut self.pieces {
            if let Piece::Operand { index, .. } = piece {
                *index = new(*index);
            }
        }
    }

    /// Makes operands of words of the text: those for which `operand` gives a number.
    pub fn replace_words(&mut self, operand: impl Fn(&str) -> Option<usize>) {
        let mut replaced = Template { pieces: Vec::new() };
        for piece in std::mem::take(&mut self.pieces) {
            let Piece::Text(text) = piece else {
                replaced.pieces.push(piece);
                continue;
            };
            let mut rest = text.as_str();
            while !rest.is_empty() {
                let (word, after) = rest.split_at(token_length(rest));
                match operand(word) {
                    Some(index) => {
                        let lower = false;
                        replaced.pieces.push(Piece::Operand { index, lower });
                    }
                    None => replaced.push_text(word),
                }
                rest = after;
            }
        }
        *self = replaced;
    }

    /// The instructions, with these operands. Names that are left are in [`Parsed::symbols`]; data have this
    /// byte order.
    pub fn assemble(&self, operands: &[Operand], endian: Endian) -> Result<Parsed, TemplateError> {
        let text = number_labels(&self.fill_in(operands));
        let parsed = text::parse_for(endian, Dialect::PseudoC, &text)
            .map_err(|error| instruction_error(&text, error))?;
        stay_inside(&parsed)?;
        match parsed
            .insns
            .iter()
            .any(|insn| insn.written() == Some(Reg::R10))
        {
            true => Err(TemplateError::FramePointer),
            false => Ok(parsed),
        }
    }

    fn fill_in(&self, operands: &[Operand]) -> String {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(piece) => text.push_str(piece),
                Piece::Operand { index, lower } => match &operands[*index] {
                    Operand::Reg(reg) if *lower => text += &format!("w{}", reg.number()),
                    Operand::Reg(reg) => text += &reg.to_string(),
                    Operand::Number(number) => text += &number.to_string(),
                    Operand::Symbol { name, addend: 0 } => text += name,
                    Operand::Symbol { name, addend } => text += &format!("{name}{addend:+}"),
                    Operand::Memory(base, off) => text += &format!("({base}{off:+})"),
                },
            }
        }
        text
    }
}

/// The text that [`Template::new`] reads back, operands by number.
impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => f.write_str(&text.replace('%', "%%"))?,
                Piece::Operand { index, lower: true } => write!(f, "%w[{index}]")?,
                Piece::Operand { index, .. } => write!(f, "%[{index}]")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TemplateError::UnknownOperand(name) => write!(f, "there is no operand `{name}`"),
            TemplateError::Label => f.write_str("`%l` names a label of `asm goto`"),
            TemplateError::FramePointer => {
                f.write_str("`r10` is the frame pointer, which nobody may write")
            }
            TemplateError::JumpsOut(text) => write!(f, "`{text}` jumps out of the statement"),
            TemplateError::Instruction { text, reason } => write!(f, "in `{text}`: {reason}"),
        }
    }
}

impl std::error::Error for TemplateError {}

/// A register for each operand that wants one: `fixed` where it is said which, else one that nobody else has, from R9
/// downwards, because some instructions treat R0 in their own way. Nothing if there are too few.
pub fn distinct_registers(fixed: &[Option<Reg>], clobbers: &[Reg]) -> Option<Vec<Reg>> {
    let taken = |reg: &Reg| clobbers.contains(reg) || fixed.contains(&Some(*reg));
    let mut free = (0..Reg::R10.number())
        .rev()
        .filter_map(Reg::new)
        .filter(|reg| !taken(reg));
    fixed
        .iter()
        .map(|reg| reg.or_else(|| free.next()))
        .collect()
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '$')
}

/// Bytes of the word or the single other character that a text starts with.
fn token_length(text: &str) -> usize {
    let first = text.chars().next().map_or(0, char::len_utf8);
    text.find(|c| !is_word(c)).unwrap_or(text.len()).max(first)
}

/// Which label `[name]` or a number is. Numbers go on where those of the operands end.
fn label_number(name: &str, operands: usize, labels: &[&str]) -> Option<usize> {
    match name
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'))
    {
        Some(name) => labels.iter().position(|label| *label == name),
        None => {
            let number = name.parse::<usize>().ok()?.checked_sub(operands)?;
            (number < labels.len()).then_some(number)
        }
    }
}

/// What a label outside is called inside.
fn outside_label(label: usize) -> String {
    format!(".Loutside.{label}")
}

/// `[name]` or digits at the start of a text, and what follows.
fn operand_name(text: &str) -> (&str, &str) {
    let length = if text.starts_with('[') {
        text.find(']').map_or(text.len(), |end| end + 1)
    } else {
        text.find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len())
    };
    text.split_at(length)
}

/// Gives labels that are numbers names of their own, each time they occur: `1:` becomes `.L1_0:`, `1f` becomes `.L1_1`.
fn number_labels(text: &str) -> String {
    let mut counts: std::collections::HashMap<&str, usize> = std::collections::HashMap::new();
    let mut numbered = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (word, after) = rest.split_at(token_length(rest));
        let is_number = |text: &str| text.chars().all(|c| c.is_ascii_digit());
        let count = |number: &str| counts.get(number).copied().unwrap_or(0);
        match word.split_at_checked(word.len() - 1) {
            Some((_, _)) if is_number(word) && after.starts_with(':') => {
                numbered += &format!(".L{word}_{}", count(word));
                *counts.entry(word).or_default() += 1;
            }
            Some((number, "f")) if !number.is_empty() && is_number(number) => {
                numbered += &format!(".L{number}_{}", count(number));
            }
            Some((number, "b")) if count(number) > 0 => {
                numbered += &format!(".L{number}_{}", count(number) - 1);
            }
            _ => numbered.push_str(word),
        }
        rest = after;
    }
    numbered
}

/// Names the instruction in which an error was found.
fn instruction_error(text: &str, error: ParseError) -> TemplateError {
    let line = text.lines().nth(error.line - 1).unwrap_or_default();
    let mut start = 0;
    let mut found = "";
    for part in line.split(';') {
        if start < error.column {
            found = part;
        }
        start += part.chars().count() + 1;
    }
    TemplateError::Instruction {
        text: found.trim().to_owned(),
        reason: error.reason,
    }
}

/// Refuses jumps and calls to places that are not in the text. Its end is.
fn stay_inside(parsed: &Parsed) -> Result<(), TemplateError> {
    let end: usize = parsed.insns.iter().map(Insn::slots).sum();
    let mut slot = 0;
    for insn in &parsed.insns {
        slot += insn.slots();
        let target = insn.jump_offset().map(|off| slot as i64 + i64::from(off));
        let jumps_out = target.is_some_and(|target| !(0..=end as i64).contains(&target));
        let is_named = parsed.symbols.iter().any(|(at, _)| *at + 1 == slot);
        let calls_inside = matches!(insn, Insn::Call(Callee::Local(_))) && !is_named;
        if jumps_out || calls_inside || matches!(insn, Insn::GotoReg { .. }) {
            return Err(TemplateError::JumpsOut(insn.to_string()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str, operands: &[Operand]) -> Vec<String> {
        let names = vec![None; operands.len()];
        let template = Template::new(text, &names).unwrap();
        let parsed = template.assemble(operands, Endian::Little).unwrap();
        parsed.insns.iter().map(Insn::to_string).collect()
    }

    #[test]
    fn operands_are_filled_in() {
        let operands = [
            Operand::Reg(Reg::R3),
            Operand::Number(-8),
            Operand::Memory(Reg::R6, 16),
        ];
        assert_eq!(
            lines("%0 += %1; %w0 = 1\n%0 = *(u64 *)%2 // load", &operands),
            ["r3 += -8", "w3 = 1", "r3 = *(u64 *)(r6 + 16)"]
        );
        assert_eq!(
            lines("%0 = *(u32 *)(%0 + %1)", &operands),
            ["r3 = *(u32 *)(r3 - 8)"]
        );
    }

    #[test]
    fn names_and_the_remainder() {
        let template =
            Template::new("%[a] %%= %[b]; %w[a] s%%= 3", &[Some("a"), Some("b")]).unwrap();
        assert_eq!(template.to_string(), "%[0] %%= %[1]; %w[0] s%%= 3");
        let operands = [Operand::Reg(Reg::R1), Operand::Reg(Reg::R2)];
        let parsed = template.assemble(&operands, Endian::Little).unwrap();
        assert_eq!(parsed.insns[0].to_string(), "r1 %= r2");
        assert_eq!(parsed.insns[1].to_string(), "w1 s%= 3");
    }

    #[test]
    fn local_labels_are_found_in_both_directions() {
        let text = "1: r0 += 1; if r0 < 3 goto 1b; if r0 == 9 goto 1f; r0 = 0; 1: l%=: if r0 == 0 goto l%=";
        assert_eq!(
            lines(text, &[]),
            [
                "r0 += 1",
                "if r0 < 3 goto -2",
                "if r0 == 9 goto +1",
                "r0 = 0",
                "if r0 == 0 goto -1"
            ]
        );
    }

    #[test]
    fn errors_name_the_instruction() {
        let error = |text: &str| {
            let template = Template::new(text, &[]);
            template
                .and_then(|template| template.assemble(&[], Endian::Little))
                .unwrap_err()
                .to_string()
        };
        assert_eq!(error("r0 = %0"), "there is no operand `%0`");
        assert_eq!(
            error("r0 = 1; foo r1; r2 = 3"),
            "in `foo r1`: unknown instruction `foo`"
        );
        assert_eq!(error("goto +3"), "`goto +3` jumps out of the statement");
        assert_eq!(error("goto %l[out]"), "`%l` names a label of `asm goto`");
        assert_eq!(
            error("r10 += -8"),
            "`r10` is the frame pointer, which nobody may write"
        );
    }

    #[test]
    fn labels_outside_become_ways_out() {
        let lines = |text: &str| {
            let mut template = Template::with_labels(text, &[None], &["out", "unused"]).unwrap();
            template.leave_by(1, 2);
            let parsed = template.assemble(
                &[Operand::Reg(Reg::R1), Operand::Reg(Reg::R2)],
                Endian::Little,
            );
            let insns = parsed.unwrap().insns;
            insns.iter().map(Insn::to_string).collect::<Vec<_>>()
        };
        assert_eq!(
            lines("if %0 > 5 goto %l[out]"),
            ["if r1 > 5 goto +2", "r2 = 0", "goto +1", "r2 = 1"]
        );
        assert_eq!(lines("%0 = 1; goto %l1;"), ["r1 = 1", "goto +0", "r2 = 1"]);
        assert_eq!(lines("%0 = 1"), ["r1 = 1", "r2 = 0"]);
    }

    #[test]
    fn registers_are_distinct() {
        let fixed = [None, Some(Reg::R1), None];
        let clobbers = [Reg::R0, Reg::R2];
        assert_eq!(
            distinct_registers(&fixed, &clobbers),
            Some(vec![Reg::R9, Reg::R1, Reg::R8])
        );
        assert_eq!(distinct_registers(&[None; 9], &clobbers), None);
    }
}
