//! Operands that all dialects write alike: numbers, jump targets, what a call calls and what `lddw` loads.

use super::cursor::{Cursor, ParseError, ParseReason, Token};
use crate::insn::{Callee, Imm64, Insn, Reg, Src};

/// An instruction as parsed, before labels are known.
pub(super) struct Statement {
    /// With placeholders for what `name` stands for.
    pub(super) insn: Insn,
    /// The label or symbol it refers to.
    pub(super) name: Option<String>,
}

impl From<Insn> for Statement {
    fn from(insn: Insn) -> Statement {
        Statement { insn, name: None }
    }
}

/// Where a jump goes.
pub(super) struct Target {
    distance: i64,
    name: Option<String>,
}

impl Target {
    /// The jump to this target, given the jump with any offset.
    pub(super) fn of(self, jump: Insn, cursor: &Cursor) -> Result<Statement, ParseError> {
        let insn = jump.with_jump_offset(self.distance).ok_or_else(|| {
            cursor.error(ParseReason::OutOfRange {
                number: self.distance.to_string(),
                range: "the jump's offset field",
            })
        })?;
        Ok(Statement {
            insn,
            name: self.name,
        })
    }
}

/// The text for what an instruction refers to: its jump target, its callee, its 64-bit constant. Empty for all others.
pub(super) fn print_reference(
    insn: &Insn,
    symbol: Option<&str>,
    label: impl Fn(i32) -> Option<String>,
) -> String {
    if let Some(distance) = insn.jump_offset() {
        return label(distance).unwrap_or_else(|| format!("{distance:+}"));
    }
    match (*insn, symbol) {
        (Insn::LoadImm64 { value, .. }, None) => print_constant(value),
        (Insn::LoadImm64 { value, .. }, Some(symbol)) => match value {
            Imm64::Const(addend) if addend != 0 => format!("{symbol}{:+}", addend as i64),
            _ => symbol.to_owned(),
        },
        (Insn::Call(_), Some(symbol)) => symbol.to_owned(),
        (Insn::Call(callee), None) => match callee {
            Callee::Helper(id) => id.to_string(),
            Callee::Local(distance) => label(distance).unwrap_or_else(|| format!("pc{distance:+}")),
            Callee::Kfunc { id, module } => format!("kfunc({id}, {module})"),
            Callee::Reg(_) => String::new(),
        },
        _ => String::new(),
    }
}

/// Constants are printed signed, as LLVM does. The other kinds have [`print_pseudo`].
fn print_constant(value: Imm64) -> String {
    match value {
        Imm64::Const(value) => (value as i64).to_string(),
        _ => String::new(),
    }
}

/// `ld_pseudo r1, src, imm` and, unlike LLVM, the second slot's immediate where there is one: `lddw` of something that is
/// neither a constant nor known by name.
pub(super) fn print_pseudo(dst: &str, value: Imm64) -> Option<String> {
    let (src, imm, next) = match value {
        Imm64::Const(_) => return None,
        Imm64::MapFd(fd) => (1, fd, None),
        Imm64::MapValue { fd, off } => (2, fd, Some(off)),
        Imm64::BtfVar { id, fd } => (3, id, Some(fd)),
        Imm64::Code(slots) => (4, slots, None),
        Imm64::MapIdx(idx) => (5, idx, None),
        Imm64::MapIdxValue { idx, off } => (6, idx, Some(off)),
    };
    let next = next.map_or(String::new(), |next| format!(", {next}"));
    Some(format!("ld_pseudo {dst}, {src}, {imm}{next}"))
}

/// What follows the register in `ld_pseudo`.
pub(super) fn parse_pseudo(cursor: &mut Cursor, dst: Reg) -> Result<Insn, ParseError> {
    cursor.expect(",")?;
    let place = cursor.clone();
    let src = cursor.imm32()?;
    cursor.expect(",")?;
    let imm = cursor.imm32()?;
    let next = if cursor.eat(",") { cursor.imm32()? } else { 0 };
    let value = match (src, next) {
        (1, 0) => Imm64::MapFd(imm),
        (2, off) => Imm64::MapValue { fd: imm, off },
        (3, fd) => Imm64::BtfVar { id: imm, fd },
        (4, 0) => Imm64::Code(imm),
        (5, 0) => Imm64::MapIdx(imm),
        (6, off) => Imm64::MapIdxValue { idx: imm, off },
        (1 | 4 | 5, _) => return Err(cursor.expected("no fourth operand for this kind")),
        _ => return Err(place.expected("a kind of address, 1 to 6")),
    };
    Ok(Insn::LoadImm64 { dst, value })
}

/// `r0` to `r10`.
pub(super) fn register_named(word: &str) -> Option<Reg> {
    Reg::new(digits(word.strip_prefix('r')?)?)
}

/// A register number without leading zeros.
pub(super) fn digits(text: &str) -> Option<u8> {
    let number = text.parse().ok()?;
    (u8::to_string(&number) == text).then_some(number)
}

impl Cursor<'_> {
    fn integer_in<T>(
        &mut self,
        range: &'static str,
        fit: impl Fn(i128) -> Option<T>,
    ) -> Result<T, ParseError> {
        let place = self.clone();
        let number = self.expression(&|_| None)?;
        fit(number).ok_or_else(|| {
            let number = number.to_string();
            place.error(ParseReason::OutOfRange { number, range })
        })
    }

    /// An immediate that will be sign-extended.
    pub(super) fn imm32(&mut self) -> Result<i32, ParseError> {
        self.integer_in("a signed number of 32 bits", |n| i32::try_from(n).ok())
    }

    /// An immediate of an operation or a store. Where it is sign-extended 0xffffffff is -1, and so is 0xffffffffffffffff, as in
    /// LLVM's assembler.
    pub(super) fn imm(&mut self) -> Result<i32, ParseError> {
        self.integer_in("32 bits", |n| {
            let unsigned = u32::try_from(n).ok().map(u32::cast_signed);
            let negative = u64::try_from(n).ok().map(u64::cast_signed);
            let negative = negative.and_then(|n| i32::try_from(n).ok());
            i32::try_from(n).ok().or(unsigned).or(negative)
        })
    }

    /// `+ 8` or `- 8`; a constant filled into a template may bring a sign of its own: `+ -8`.
    pub(super) fn offset16(&mut self) -> Result<i16, ParseError> {
        self.integer_in("the 16-bit offset field", |n| i16::try_from(n).ok())
    }

    pub(super) fn address_space(&mut self) -> Result<u16, ParseError> {
        self.integer_in("an address space number of 16 bits", |n| {
            u16::try_from(n).ok()
        })
    }

    /// A number, or else a register as the dialect writes it.
    pub(super) fn number_or(
        &mut self,
        register: impl Fn(&mut Self) -> Result<Reg, ParseError>,
    ) -> Result<Src, ParseError> {
        if self.at_number() {
            self.imm().map(Src::Imm)
        } else {
            register(self).map(Src::Reg)
        }
    }

    /// A label, or a distance in slots: `+3`, in the kernel's log `pc+3`.
    pub(super) fn target(&mut self) -> Result<Target, ParseError> {
        if matches!(self.peek_at(1), Some(Token::Mark("+" | "-"))) {
            self.eat("pc");
        }
        if self.at_number() {
            let fit = |n| i64::try_from(n).ok();
            let distance = self.integer_in("a distance in slots", fit)?;
            return Ok(Target {
                distance,
                name: None,
            });
        }
        let name = self.word("a label or a distance such as +3")?;
        Ok(Target {
            distance: 0,
            name: Some(name.to_owned()),
        })
    }

    /// What follows `call`: a helper's number, a name, `pc+3` or `kfunc(id, module)`.
    pub(super) fn callee(&mut self) -> Result<Statement, ParseError> {
        if self.at_number() {
            return Ok(Insn::Call(Callee::Helper(self.imm32()?)).into());
        }
        let name = self.word("the name or number of a function")?;
        let callee = match (name, self.peek()) {
            ("pc", Some(Token::Mark("+" | "-"))) => Callee::Local(self.imm32()?),
            ("kfunc", Some(Token::Mark("("))) => {
                self.expect("(")?;
                let id = self.imm32()?;
                self.expect(",")?;
                let module = self.offset16()?;
                self.expect(")")?;
                Callee::Kfunc { id, module }
            }
            _ => {
                return Ok(Statement {
                    insn: Insn::Call(Callee::Local(-1)),
                    name: Some(name.to_owned()),
                });
            }
        };
        Ok(Insn::Call(callee).into())
    }

    /// What `lddw` loads: a number or `symbol+addend`.
    pub(super) fn constant64(&mut self, dst: Reg) -> Result<Statement, ParseError> {
        let has_number = self.at_number();
        let name = match has_number {
            true => None,
            false => Some(self.word("a number or a name")?.to_owned()),
        };
        let has_addend = matches!(self.peek(), Some(Token::Mark("+" | "-")));
        let value = if has_number || has_addend {
            self.integer_in("64 bits", |n| {
                let signed = i64::try_from(n).ok().map(i64::cast_unsigned);
                u64::try_from(n).ok().or(signed)
            })?
        } else {
            0
        };
        let insn = Insn::LoadImm64 {
            dst,
            value: Imm64::Const(value),
        };
        Ok(Statement { insn, name })
    }
}
