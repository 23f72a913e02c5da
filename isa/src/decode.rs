//! Bytes to instructions, strictly: a field that the instruction does not use must be zero, so that encoding what was
//! decoded gives the same bytes again.
//!
//! A program from elsewhere may be anything, hence every refusal names the slot and what is wrong with it.

use std::fmt;

use crate::insn::{Callee, Imm64, Insn, PacketMode, Reg, Size, Src, Width};
use crate::opcode::{self as op, Endian, SLOT_BYTES, Slot};
use crate::table::{AluOp, AtomicOp, Cond, SwapKind};

/// Why some bytes are not a program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DecodeError {
    /// Which eight-byte slot is wrong, counted from 0.
    pub slot: usize,
    /// What is wrong with it.
    pub reason: DecodeReason,
}

/// What is wrong with a slot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DecodeReason {
    /// No instruction has this opcode byte.
    UnknownOpcode(u8),
    /// A field that selects between variants of an instruction holds none of the known values.
    UnknownVariant {
        /// The opcode byte.
        opcode: u8,
        /// The selecting field.
        field: Field,
        /// Its value.
        value: i32,
    },
    /// A field that the instruction does not use is not zero.
    Reserved {
        /// The opcode byte.
        opcode: u8,
        /// The unused field.
        field: Field,
    },
    /// There are only eleven registers.
    NoSuchRegister {
        /// Where it is named.
        field: Field,
        /// Its number, 11 to 15.
        number: u8,
    },
    /// The program ends before the second slot of `lddw`.
    LddwCutOff,
    /// The second slot of `lddw` holds more than an immediate.
    LddwSecondSlot,
    /// Fewer than eight bytes are left.
    CutOff {
        /// How many bytes are left.
        bytes: usize,
    },
}

/// A field of a slot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Field {
    /// Destination register.
    Dst,
    /// Source register.
    Src,
    /// The 16-bit offset.
    Off,
    /// The 32-bit immediate.
    Imm,
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Field::Dst => "dst",
            Field::Src => "src",
            Field::Off => "offset",
            Field::Imm => "immediate",
        })
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "instruction slot {}: {}", self.slot, self.reason)
    }
}

impl fmt::Display for DecodeReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DecodeReason::UnknownOpcode(opcode) => write!(f, "unknown opcode {opcode:#04x}"),
            DecodeReason::UnknownVariant {
                opcode,
                field,
                value,
            } => write!(
                f,
                "opcode {opcode:#04x} has no variant with {field} {value}"
            ),
            DecodeReason::Reserved { opcode, field } => {
                write!(
                    f,
                    "opcode {opcode:#04x} does not use {field}, which must be 0"
                )
            }
            DecodeReason::NoSuchRegister { field, number } => {
                write!(f, "{field} names r{number}; the last register is r10")
            }
            DecodeReason::LddwCutOff => f.write_str("lddw lacks its second slot"),
            DecodeReason::LddwSecondSlot => {
                f.write_str("the second slot of lddw may only hold an immediate")
            }
            DecodeReason::CutOff { bytes } => {
                write!(f, "{bytes} bytes are left, an instruction takes 8")
            }
        }
    }
}

impl std::error::Error for DecodeError {}

/// The instructions of a program.
pub fn decode(bytes: &[u8], endian: Endian) -> Result<Vec<Insn>, DecodeError> {
    let mut insns = Vec::with_capacity(bytes.len() / SLOT_BYTES);
    let mut offset = 0;
    while offset < bytes.len() {
        let insn = decode_at(bytes, offset, endian)?;
        offset += insn.slots() * SLOT_BYTES;
        insns.push(insn);
    }
    Ok(insns)
}

/// The instruction that starts `offset` bytes into a program.
pub fn decode_at(bytes: &[u8], offset: usize, endian: Endian) -> Result<Insn, DecodeError> {
    let error = |slot, reason| DecodeError { slot, reason };
    let index = offset / SLOT_BYTES;
    let rest = bytes.get(offset..).unwrap_or_default();
    let (first, rest) = rest
        .split_first_chunk()
        .ok_or_else(|| error(index, DecodeReason::CutOff { bytes: rest.len() }))?;
    let first = Slot::from_bytes(*first, endian);
    if first.code != op::LDDW {
        return one_slot(first).map_err(|reason| error(index, reason));
    }
    let (second, _) = rest
        .split_first_chunk()
        .ok_or_else(|| error(index, DecodeReason::LddwCutOff))?;
    let second = Slot::from_bytes(*second, endian);
    if (Slot { imm: 0, ..second }) != Slot::default() {
        return Err(error(index + 1, DecodeReason::LddwSecondSlot));
    }
    load_imm64(first, second.imm).map_err(|(at, reason)| error(index + at, reason))
}

type Decoded = Result<Insn, DecodeReason>;

fn one_slot(slot: Slot) -> Decoded {
    match slot.code & 0x07 {
        op::LD => load_packet(slot),
        op::LDX => load(slot),
        op::ST => store_imm(slot),
        op::STX => store_reg(slot),
        op::ALU32 => alu(slot, Width::W32),
        op::ALU64 => alu(slot, Width::W64),
        op::JMP => jump64(slot),
        // Three bits: only JMP32 is left.
        _ => jump32(slot),
    }
}

fn alu(slot: Slot, width: Width) -> Decoded {
    match slot.code & 0xf0 {
        op::NEG => {
            slot.no_register_operand()?;
            slot.unused(&[Field::Src, Field::Off, Field::Imm])?;
            Ok(Insn::Neg {
                width,
                dst: slot.dst()?,
            })
        }
        op::END => swap(slot),
        bits if bits == AluOp::Mov.code() && slot.code & op::X != 0 => move_reg(slot, width),
        bits => {
            let offset = u8::try_from(slot.off).unwrap_or(u8::MAX);
            let plain = AluOp::from_code(bits).ok_or(slot.unknown())?;
            let op = match offset {
                0 => plain,
                1 => AluOp::from_code(bits | 1).ok_or(slot.reserved(Field::Off))?,
                _ if AluOp::from_code(bits | 1).is_some() => {
                    return Err(slot.unknown_variant(Field::Off, slot.off.into()));
                }
                _ => return Err(slot.reserved(Field::Off)),
            };
            Ok(Insn::Alu {
                width,
                op,
                dst: slot.dst()?,
                src: slot.operand()?,
            })
        }
    }
}

fn move_reg(slot: Slot, width: Width) -> Decoded {
    let dst = slot.dst()?;
    let src = slot.src()?;
    if slot.off == op::CAST && width == Width::W64 {
        return Ok(Insn::AddrSpaceCast {
            dst,
            src,
            to: (slot.imm as u32 >> 16) as u16,
            from: slot.imm as u16,
        });
    }
    slot.unused(&[Field::Imm])?;
    let from = match slot.off {
        0 => {
            return Ok(Insn::Alu {
                width,
                op: AluOp::Mov,
                dst,
                src: Src::Reg(src),
            });
        }
        8 => Size::B,
        16 => Size::H,
        32 if width == Width::W64 => Size::W,
        off => return Err(slot.unknown_variant(Field::Off, off.into())),
    };
    Ok(Insn::MovSx {
        width,
        from,
        dst,
        src,
    })
}

fn swap(slot: Slot) -> Decoded {
    let kind = SwapKind::from_code(slot.code).ok_or(slot.unknown())?;
    slot.unused(&[Field::Src, Field::Off])?;
    let size = match slot.imm {
        16 => Size::H,
        32 => Size::W,
        64 => Size::DW,
        imm => return Err(slot.unknown_variant(Field::Imm, imm)),
    };
    Ok(Insn::Swap {
        kind,
        size,
        dst: slot.dst()?,
    })
}

fn load(slot: Slot) -> Decoded {
    let size = op::size_of(slot.code);
    let signed = match slot.code & 0xe0 {
        op::MEM => false,
        op::MEMSX if size != Size::DW => true,
        _ => return Err(slot.unknown()),
    };
    slot.unused(&[Field::Imm])?;
    Ok(Insn::Load {
        size,
        signed,
        dst: slot.dst()?,
        base: slot.src()?,
        off: slot.off,
    })
}

fn store_imm(slot: Slot) -> Decoded {
    if slot.code & 0xe0 != op::MEM {
        return Err(slot.unknown());
    }
    slot.unused(&[Field::Src])?;
    Ok(Insn::Store {
        size: op::size_of(slot.code),
        base: slot.dst()?,
        off: slot.off,
        src: Src::Imm(slot.imm),
    })
}

fn store_reg(slot: Slot) -> Decoded {
    match slot.code & 0xe0 {
        op::MEM => {
            slot.unused(&[Field::Imm])?;
            Ok(Insn::Store {
                size: op::size_of(slot.code),
                base: slot.dst()?,
                off: slot.off,
                src: Src::Reg(slot.src()?),
            })
        }
        op::ATOMIC => atomic(slot),
        _ => Err(slot.unknown()),
    }
}

fn atomic(slot: Slot) -> Decoded {
    let (size, off) = (op::size_of(slot.code), slot.off);
    let (dst, src) = (slot.dst()?, slot.src()?);
    match slot.imm {
        op::LOAD_ACQ => {
            return Ok(Insn::LoadAcquire {
                size,
                dst,
                base: src,
                off,
            });
        }
        op::STORE_REL => {
            return Ok(Insn::StoreRelease {
                size,
                base: dst,
                off,
                src,
            });
        }
        _ => {}
    }
    let insn = u8::try_from(slot.imm & !op::FETCH)
        .ok()
        .and_then(AtomicOp::from_code)
        .map(|op| Insn::Atomic {
            size,
            op,
            fetch: slot.imm & op::FETCH != 0,
            base: dst,
            off,
            src,
        });
    insn.filter(Insn::is_encodable)
        .ok_or(slot.unknown_variant(Field::Imm, slot.imm))
}

fn load_packet(slot: Slot) -> Decoded {
    let size = op::size_of(slot.code);
    if size == Size::DW {
        return Err(slot.unknown());
    }
    slot.unused(&[Field::Dst, Field::Off])?;
    let mode = match slot.code & 0xe0 {
        op::ABS => {
            slot.unused(&[Field::Src])?;
            PacketMode::Abs
        }
        op::IND => PacketMode::Ind(slot.src()?),
        _ => return Err(slot.unknown()),
    };
    Ok(Insn::LoadPacket {
        size,
        mode,
        imm: slot.imm,
    })
}

/// Errors say whether they are in the first or the second slot.
fn load_imm64(slot: Slot, high: i32) -> Result<Insn, (usize, DecodeReason)> {
    let first = |reason| (0, reason);
    let low = slot.imm;
    let one = |value| match high {
        0 => Ok(value),
        _ => Err((1, slot.reserved(Field::Imm))),
    };
    slot.unused(&[Field::Off]).map_err(first)?;
    let value = match slot.src {
        op::LDDW_CONST => Imm64::Const(u64::from(high as u32) << 32 | u64::from(low as u32)),
        op::LDDW_MAP_FD => one(Imm64::MapFd(low))?,
        op::LDDW_MAP_VALUE => Imm64::MapValue { fd: low, off: high },
        op::LDDW_BTF_VAR => Imm64::BtfVar { id: low, fd: high },
        op::LDDW_CODE => one(Imm64::Code(low))?,
        op::LDDW_MAP_IDX => one(Imm64::MapIdx(low))?,
        op::LDDW_MAP_IDX_VALUE => Imm64::MapIdxValue {
            idx: low,
            off: high,
        },
        src => return Err(first(slot.unknown_variant(Field::Src, src.into()))),
    };
    Ok(Insn::LoadImm64 {
        dst: slot.dst().map_err(first)?,
        value,
    })
}

fn jump64(slot: Slot) -> Decoded {
    match slot.code & 0xf0 {
        op::JA if slot.code & op::X != 0 => {
            slot.unused(&[Field::Src, Field::Off, Field::Imm])?;
            Ok(Insn::GotoReg { dst: slot.dst()? })
        }
        op::JA => {
            slot.unused(&[Field::Dst, Field::Src, Field::Imm])?;
            Ok(Insn::Goto { off: slot.off })
        }
        op::JCOND => {
            slot.no_register_operand()?;
            slot.unused(&[Field::Dst, Field::Src, Field::Imm])?;
            Ok(Insn::MayGoto { off: slot.off })
        }
        op::EXIT => {
            slot.no_register_operand()?;
            slot.unused(&[Field::Dst, Field::Src, Field::Off, Field::Imm])?;
            Ok(Insn::Exit)
        }
        op::CALL => call(slot).map(Insn::Call),
        _ => jump_if(slot, Width::W64),
    }
}

fn jump32(slot: Slot) -> Decoded {
    if slot.code & 0xf0 != op::JA {
        return jump_if(slot, Width::W32);
    }
    slot.no_register_operand()?;
    slot.unused(&[Field::Dst, Field::Src, Field::Off])?;
    Ok(Insn::GotoLong { off: slot.imm })
}

fn jump_if(slot: Slot, width: Width) -> Decoded {
    Ok(Insn::Jump {
        width,
        cond: Cond::from_code(slot.code & 0xf0).ok_or(slot.unknown())?,
        dst: slot.dst()?,
        src: slot.operand()?,
        off: slot.off,
    })
}

fn call(slot: Slot) -> Result<Callee, DecodeReason> {
    if slot.code & op::X != 0 {
        slot.unused(&[Field::Src, Field::Off, Field::Imm])?;
        return Ok(Callee::Reg(slot.dst()?));
    }
    slot.unused(&[Field::Dst])?;
    if slot.src != op::CALL_KFUNC {
        slot.unused(&[Field::Off])?;
    }
    match slot.src {
        op::CALL_HELPER => Ok(Callee::Helper(slot.imm)),
        op::CALL_LOCAL => Ok(Callee::Local(slot.imm)),
        op::CALL_KFUNC => Ok(Callee::Kfunc {
            id: slot.imm,
            module: slot.off,
        }),
        src => Err(slot.unknown_variant(Field::Src, src.into())),
    }
}

/// What the decoder asks of a slot.
impl Slot {
    fn dst(self) -> Result<Reg, DecodeReason> {
        register(self.dst, Field::Dst)
    }

    fn src(self) -> Result<Reg, DecodeReason> {
        register(self.src, Field::Src)
    }

    /// The second operand of arithmetic and jumps; the field of the other kind of operand must be zero.
    fn operand(self) -> Result<Src, DecodeReason> {
        if self.code & op::X != 0 {
            self.unused(&[Field::Imm])?;
            Ok(Src::Reg(self.src()?))
        } else {
            self.unused(&[Field::Src])?;
            Ok(Src::Imm(self.imm))
        }
    }

    /// The operation has no second operand, so no variant with a register.
    fn no_register_operand(self) -> Result<(), DecodeReason> {
        if self.code & op::X == 0 {
            Ok(())
        } else {
            Err(self.unknown())
        }
    }

    fn unused(self, fields: &[Field]) -> Result<(), DecodeReason> {
        let is_zero = |field: &Field| match field {
            Field::Dst => self.dst == 0,
            Field::Src => self.src == 0,
            Field::Off => self.off == 0,
            Field::Imm => self.imm == 0,
        };
        match fields.iter().find(|field| !is_zero(field)) {
            Some(&field) => Err(self.reserved(field)),
            None => Ok(()),
        }
    }

    fn reserved(self, field: Field) -> DecodeReason {
        DecodeReason::Reserved {
            opcode: self.code,
            field,
        }
    }

    fn unknown(self) -> DecodeReason {
        DecodeReason::UnknownOpcode(self.code)
    }

    fn unknown_variant(self, field: Field, value: i32) -> DecodeReason {
        DecodeReason::UnknownVariant {
            opcode: self.code,
            field,
            value,
        }
    }
}

fn register(number: u8, field: Field) -> Result<Reg, DecodeReason> {
    Reg::new(number).ok_or(DecodeReason::NoSuchRegister { field, number })
}
