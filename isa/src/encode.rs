//! Instructions to bytes. Each instruction has exactly one encoding; every field it does not use is zero.
//!
//! Encodings: RFC 9669 §4 and §5. `addr_space_cast`, `may_goto`, `gotox`, `callx`, load-acquire and store-release came
//! after the RFC; theirs are those of Linux and LLVM.

use crate::insn::{Callee, Imm64, Insn, PacketMode, Reg, Size, Src, Width};
use crate::opcode::{self as op, Endian, Slot};
use crate::table::AtomicOp;

/// The bytes of a program.
///
/// # Panics
///
/// If an instruction is not [encodable](Insn::is_encodable).
pub fn encode(insns: &[Insn], endian: Endian) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(insns.len() * op::SLOT_BYTES);
    for insn in insns {
        encode_one(insn, endian, &mut bytes);
    }
    bytes
}

/// Appends the eight (for `lddw`, sixteen) bytes of one instruction.
///
/// # Panics
///
/// If the instruction is not [encodable](Insn::is_encodable).
pub fn encode_one(insn: &Insn, endian: Endian, out: &mut Vec<u8>) {
    assert!(
        insn.is_encodable(),
        "{insn:?} combines fields that no encoding has"
    );
    out.extend(first_slot(insn).to_bytes(endian));
    if let Insn::LoadImm64 { value, .. } = insn {
        let second = Slot {
            imm: imm64_parts(*value).2,
            ..Slot::default()
        };
        out.extend(second.to_bytes(endian));
    }
}

impl Insn {
    /// Whether the instruction set has this combination of fields. [`Insn`] can also express a few that it lacks, such
    /// as an atomic on one byte; the decoder and the parsers never return those.
    pub const fn is_encodable(&self) -> bool {
        match *self {
            Insn::MovSx { width, from, .. } => from.bits() < width.bits(),
            Insn::Swap { size, .. } => !matches!(size, Size::B),
            Insn::Load { size, signed, .. } => !(signed && matches!(size, Size::DW)),
            Insn::Atomic {
                size, op, fetch, ..
            } => {
                let always_fetches = matches!(op, AtomicOp::Xchg | AtomicOp::Cmpxchg);
                matches!(size, Size::W | Size::DW) && (fetch || !always_fetches)
            }
            Insn::LoadPacket { size, .. } => !matches!(size, Size::DW),
            _ => true,
        }
    }
}

fn first_slot(insn: &Insn) -> Slot {
    match *insn {
        Insn::Alu {
            width,
            op,
            dst,
            src,
        } => Slot {
            off: i16::from(op.code() & 0x0f),
            ..with_src(alu_class(width) | op.code() & 0xf0, dst, src)
        },
        Insn::MovSx {
            width,
            from,
            dst,
            src,
        } => Slot {
            off: from.bits() as i16,
            ..with_src(
                alu_class(width) | crate::AluOp::Mov.code(),
                dst,
                Src::Reg(src),
            )
        },
        Insn::Neg { width, dst } => with_dst(alu_class(width) | op::NEG, dst),
        Insn::Swap { kind, size, dst } => Slot {
            imm: size.bits() as i32,
            ..with_dst(kind.code(), dst)
        },
        Insn::Load {
            size,
            signed,
            dst,
            base,
            off,
        } => {
            let mode = if signed { op::MEMSX } else { op::MEM };
            memory(op::LDX | mode | op::size_bits(size), dst, base, off)
        }
        Insn::Store {
            size,
            base,
            off,
            src,
        } => store(size, base, off, src),
        Insn::Atomic {
            size,
            op,
            fetch,
            base,
            off,
            src,
        } => {
            let fetch = if fetch { op::FETCH } else { 0 };
            atomic(size, base, src, off, i32::from(op.code()) | fetch)
        }
        Insn::LoadAcquire {
            size,
            dst,
            base,
            off,
        } => atomic(size, dst, base, off, op::LOAD_ACQ),
        Insn::StoreRelease {
            size,
            base,
            off,
            src,
        } => atomic(size, base, src, off, op::STORE_REL),
        Insn::LoadPacket { size, mode, imm } => packet(size, mode, imm),
        Insn::LoadImm64 { dst, value } => {
            let (src, imm, _) = imm64_parts(value);
            Slot {
                src,
                imm,
                ..with_dst(op::LDDW, dst)
            }
        }
        Insn::AddrSpaceCast { dst, src, to, from } => Slot {
            off: op::CAST,
            imm: ((u32::from(to) << 16) | u32::from(from)) as i32,
            ..with_src(op::ALU64 | crate::AluOp::Mov.code(), dst, Src::Reg(src))
        },
        Insn::Jump {
            width,
            cond,
            dst,
            src,
            off,
        } => Slot {
            off,
            ..with_src(jump_class(width) | cond.code(), dst, src)
        },
        Insn::Goto { off } => Slot {
            off,
            ..plain(op::JMP | op::JA)
        },
        Insn::GotoLong { off } => Slot {
            imm: off,
            ..plain(op::JMP32 | op::JA)
        },
        Insn::MayGoto { off } => Slot {
            off,
            ..plain(op::JMP | op::JCOND)
        },
        Insn::GotoReg { dst } => with_dst(op::JMP | op::JA | op::X, dst),
        Insn::Call(callee) => call(callee),
        Insn::Exit => plain(op::JMP | op::EXIT),
    }
}

fn plain(code: u8) -> Slot {
    Slot {
        code,
        ..Slot::default()
    }
}

fn with_dst(code: u8, dst: Reg) -> Slot {
    Slot {
        dst: dst.number(),
        ..plain(code)
    }
}

/// Arithmetic and jumps: bit 3 says what the second operand is.
fn with_src(code: u8, dst: Reg, src: Src) -> Slot {
    match src {
        Src::Reg(src) => Slot {
            src: src.number(),
            ..with_dst(code | op::X, dst)
        },
        Src::Imm(imm) => Slot {
            imm,
            ..with_dst(code, dst)
        },
    }
}

fn memory(code: u8, dst: Reg, src: Reg, off: i16) -> Slot {
    Slot {
        src: src.number(),
        off,
        ..with_dst(code, dst)
    }
}

/// In a store bit 3 belongs to the size; the class tells registers from immediates.
fn store(size: Size, base: Reg, off: i16, src: Src) -> Slot {
    let code = op::MEM | op::size_bits(size);
    match src {
        Src::Reg(src) => memory(op::STX | code, base, src, off),
        Src::Imm(imm) => Slot {
            off,
            imm,
            ..with_dst(op::ST | code, base)
        },
    }
}

fn atomic(size: Size, dst: Reg, src: Reg, off: i16, imm: i32) -> Slot {
    Slot {
        imm,
        ..memory(op::STX | op::ATOMIC | op::size_bits(size), dst, src, off)
    }
}

fn packet(size: Size, mode: PacketMode, imm: i32) -> Slot {
    let (mode, src) = match mode {
        PacketMode::Abs => (op::ABS, 0),
        PacketMode::Ind(reg) => (op::IND, reg.number()),
    };
    Slot {
        src,
        imm,
        ..plain(op::LD | mode | op::size_bits(size))
    }
}

fn call(callee: Callee) -> Slot {
    let code = op::JMP | op::CALL;
    let (src, imm, off) = match callee {
        Callee::Helper(id) => (op::CALL_HELPER, id, 0),
        Callee::Local(slots) => (op::CALL_LOCAL, slots, 0),
        Callee::Kfunc { id, module } => (op::CALL_KFUNC, id, module),
        Callee::Reg(reg) => return with_dst(code | op::X, reg),
    };
    Slot {
        src,
        imm,
        off,
        ..plain(code)
    }
}

/// The src field, the immediate of the first slot and that of the second.
fn imm64_parts(value: Imm64) -> (u8, i32, i32) {
    match value {
        Imm64::Const(value) => (op::LDDW_CONST, value as i32, (value >> 32) as i32),
        Imm64::MapFd(fd) => (op::LDDW_MAP_FD, fd, 0),
        Imm64::MapValue { fd, off } => (op::LDDW_MAP_VALUE, fd, off),
        Imm64::BtfVar { id, fd } => (op::LDDW_BTF_VAR, id, fd),
        Imm64::Code(slots) => (op::LDDW_CODE, slots, 0),
        Imm64::MapIdx(idx) => (op::LDDW_MAP_IDX, idx, 0),
        Imm64::MapIdxValue { idx, off } => (op::LDDW_MAP_IDX_VALUE, idx, off),
    }
}

fn alu_class(width: Width) -> u8 {
    match width {
        Width::W32 => op::ALU32,
        Width::W64 => op::ALU64,
    }
}

fn jump_class(width: Width) -> u8 {
    match width {
        Width::W32 => op::JMP32,
        Width::W64 => op::JMP,
    }
}
