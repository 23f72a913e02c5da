//! What a BPF instruction *is*: about twenty shapes, decoded, with the meaning of each field in its type.
//!
//! Jump and call distances are counted in eight-byte slots from the next instruction (RFC 9669 §4.3), as in the encoding,
//! so that an instruction means the same wherever it is printed.

use std::fmt;

use crate::table::{AluOp, AtomicOp, Cond, SwapKind};

/// One of the eleven registers. R0 is the result, R1–R5 are arguments (lost in a call), R6–R9 survive calls, R10 is the
/// read-only frame pointer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Reg {
    /// Result of a call and of the program.
    R0,
    /// First argument; the context at program entry.
    R1,
    /// Second argument.
    R2,
    /// Third argument.
    R3,
    /// Fourth argument.
    R4,
    /// Fifth argument.
    R5,
    /// Preserved by calls.
    R6,
    /// Preserved by calls.
    R7,
    /// Preserved by calls.
    R8,
    /// Preserved by calls.
    R9,
    /// Frame pointer, read only.
    R10,
}

impl Reg {
    /// All registers, by number.
    pub const ALL: [Reg; Reg::COUNT] = [
        Reg::R0,
        Reg::R1,
        Reg::R2,
        Reg::R3,
        Reg::R4,
        Reg::R5,
        Reg::R6,
        Reg::R7,
        Reg::R8,
        Reg::R9,
        Reg::R10,
    ];
    /// Number of registers.
    pub const COUNT: usize = 11;

    /// The register with this number, if there is one.
    pub const fn new(number: u8) -> Option<Reg> {
        if number < Self::COUNT as u8 {
            Some(Self::ALL[number as usize])
        } else {
            None
        }
    }

    /// The number of this register, 0 to 10.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The number of this register as an array index.
    pub const fn index(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Reg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "r{}", self.number())
    }
}

impl fmt::Debug for Reg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "r{}", self.number())
    }
}

/// Width of arithmetic and of comparisons.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Width {
    /// The lower half of the register; results are zero-extended to 64 bits.
    W32,
    /// The whole register.
    W64,
}

impl Width {
    /// 32 or 64.
    pub const fn bits(self) -> u32 {
        match self {
            Width::W32 => 32,
            Width::W64 => 64,
        }
    }
}

/// Width of a memory access.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Size {
    /// One byte.
    B,
    /// Two bytes.
    H,
    /// Four bytes.
    W,
    /// Eight bytes.
    DW,
}

impl Size {
    /// 1, 2, 4 or 8.
    pub const fn bytes(self) -> u32 {
        match self {
            Size::B => 1,
            Size::H => 2,
            Size::W => 4,
            Size::DW => 8,
        }
    }

    /// 8, 16, 32 or 64.
    pub const fn bits(self) -> u32 {
        self.bytes() * 8
    }

    /// The low bits of `value`, zeros above.
    pub const fn zero_extend(self, value: u64) -> u64 {
        value & (u64::MAX >> (64 - self.bits()))
    }

    /// The low bits of `value`, copies of their highest bit above.
    pub const fn sign_extend(self, value: u64) -> u64 {
        let unused = 64 - self.bits();
        ((value << unused) as i64 >> unused) as u64
    }

    /// The low bytes of `value` in reverse order, zeros above.
    pub const fn swap_bytes(self, value: u64) -> u64 {
        value.swap_bytes() >> (64 - self.bits())
    }

    /// The size of this many bytes, if there is one.
    pub const fn from_bytes(bytes: u32) -> Option<Size> {
        match bytes {
            1 => Some(Size::B),
            2 => Some(Size::H),
            4 => Some(Size::W),
            8 => Some(Size::DW),
            _ => None,
        }
    }
}

/// Second operand: a register, or an immediate that is sign-extended to the width of the operation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Src {
    /// A register.
    Reg(Reg),
    /// A constant.
    Imm(i32),
}

/// What `lddw` loads (RFC 9669 §5.4): the constant itself, or a name that the loader replaces by an address.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Imm64 {
    /// src 0: this constant.
    Const(u64),
    /// src 1: the map with this file descriptor.
    MapFd(i32),
    /// src 2: the address `off` bytes into the only value of the map with this file descriptor.
    MapValue {
        /// File descriptor.
        fd: i32,
        /// Byte offset.
        off: i32,
    },
    /// src 3: the address of a kernel variable, by BTF id.
    BtfVar {
        /// BTF id of the variable.
        id: i32,
        /// File descriptor of the BTF object, 0 for vmlinux.
        fd: i32,
    },
    /// src 4: the address of the instruction this many slots after the next one.
    Code(i32),
    /// src 5: the map with this index in the loader's array.
    MapIdx(i32),
    /// src 6: like [`Imm64::MapValue`], by index.
    MapIdxValue {
        /// Index in the loader's array.
        idx: i32,
        /// Byte offset.
        off: i32,
    },
}

/// Where a call goes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Callee {
    /// src 0: a host function, by helper number.
    Helper(i32),
    /// src 1: a function of this program, this many slots after the next instruction.
    Local(i32),
    /// src 2: a kernel function, by BTF id.
    Kfunc {
        /// BTF id of the function.
        id: i32,
        /// Index of the module's BTF file descriptor, 0 for vmlinux.
        module: i16,
    },
    /// `callx`: the function whose address is in a register. Linux refuses it.
    Reg(Reg),
}

/// How a legacy packet load (RFC 9669 §5.5) finds its byte offset.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PacketMode {
    /// The immediate alone.
    Abs,
    /// A register plus the immediate.
    Ind(Reg),
}

/// A decoded instruction.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Insn {
    /// `dst = dst op src`, or `dst = src` for [`AluOp::Mov`].
    Alu {
        /// 32 or 64 bits.
        width: Width,
        /// The operation.
        op: AluOp,
        /// First operand and result.
        dst: Reg,
        /// Second operand.
        src: Src,
    },
    /// `dst = (sN)src`: move with sign extension from 8, 16 or 32 bits.
    MovSx {
        /// Width of the result.
        width: Width,
        /// Width of the source, smaller than `width`.
        from: Size,
        /// Result.
        dst: Reg,
        /// Source.
        src: Reg,
    },
    /// `dst = -dst`.
    Neg {
        /// 32 or 64 bits.
        width: Width,
        /// Operand and result.
        dst: Reg,
    },
    /// Byte swap of the low 16, 32 or 64 bits; the rest of the register becomes zero.
    Swap {
        /// Always, or only where the host's byte order differs.
        kind: SwapKind,
        /// H, W or DW.
        size: Size,
        /// Operand and result.
        dst: Reg,
    },
    /// `dst = *(size *)(base + off)`, zero- or sign-extended.
    Load {
        /// Bytes loaded.
        size: Size,
        /// Sign-extend (MEMSX; never with DW).
        signed: bool,
        /// Result.
        dst: Reg,
        /// Address.
        base: Reg,
        /// Byte offset from the address.
        off: i16,
    },
    /// `*(size *)(base + off) = src`.
    Store {
        /// Bytes stored.
        size: Size,
        /// Address.
        base: Reg,
        /// Byte offset from the address.
        off: i16,
        /// Value.
        src: Src,
    },
    /// Atomic read-modify-write of a W or DW. With `fetch` the old value goes to `src` (to R0 for compare-and-exchange).
    Atomic {
        /// W or DW.
        size: Size,
        /// The operation; Xchg and Cmpxchg always fetch.
        op: AtomicOp,
        /// Whether the old value is returned.
        fetch: bool,
        /// Address.
        base: Reg,
        /// Byte offset from the address.
        off: i16,
        /// Operand, and the old value afterwards if fetched.
        src: Reg,
    },
    /// `dst = load_acquire((size *)(base + off))`.
    LoadAcquire {
        /// Bytes loaded.
        size: Size,
        /// Result.
        dst: Reg,
        /// Address.
        base: Reg,
        /// Byte offset from the address.
        off: i16,
    },
    /// `store_release((size *)(base + off), src)`.
    StoreRelease {
        /// Bytes stored.
        size: Size,
        /// Address.
        base: Reg,
        /// Byte offset from the address.
        off: i16,
        /// Value.
        src: Reg,
    },
    /// `r0 = *(size *)skb[…]`, big endian; ends the program with 0 outside the packet. Historic.
    LoadPacket {
        /// B, H or W.
        size: Size,
        /// Absolute or indirect.
        mode: PacketMode,
        /// Byte offset.
        imm: i32,
    },
    /// `dst = imm64 ll`: two slots.
    LoadImm64 {
        /// Result.
        dst: Reg,
        /// What is loaded.
        value: Imm64,
    },
    /// `dst = addr_space_cast(src, to, from)`: arena pointers.
    AddrSpaceCast {
        /// Result.
        dst: Reg,
        /// Source.
        src: Reg,
        /// Address space of the result.
        to: u16,
        /// Address space of the source.
        from: u16,
    },
    /// `if dst cond src goto off`.
    Jump {
        /// Width of the comparison.
        width: Width,
        /// The comparison.
        cond: Cond,
        /// Left operand.
        dst: Reg,
        /// Right operand.
        src: Src,
        /// Slots from the next instruction.
        off: i16,
    },
    /// `goto off`.
    Goto {
        /// Slots from the next instruction.
        off: i16,
    },
    /// `gotol off` (v4).
    GotoLong {
        /// Slots from the next instruction.
        off: i32,
    },
    /// `may_goto off`: taken when the runtime's iteration budget is used up.
    MayGoto {
        /// Slots from the next instruction.
        off: i16,
    },
    /// `gotox dst`: jump to the code address in a register.
    GotoReg {
        /// Holds the address.
        dst: Reg,
    },
    /// `call`.
    Call(Callee),
    /// `exit`: return R0.
    Exit,
}

impl Insn {
    /// Eight-byte slots this instruction takes in the program: two for `lddw`, one for all others.
    pub const fn slots(&self) -> usize {
        match self {
            Insn::LoadImm64 { .. } => 2,
            _ => 1,
        }
    }

    /// `dst = src` on all 64 bits.
    pub const fn mov64(dst: Reg, src: Src) -> Insn {
        Insn::Alu {
            width: Width::W64,
            op: AluOp::Mov,
            dst,
            src,
        }
    }

    /// The base register and offset of a memory access.
    pub const fn memory(&self) -> Option<(Reg, i16)> {
        match *self {
            Insn::Load { base, off, .. }
            | Insn::Store { base, off, .. }
            | Insn::Atomic { base, off, .. }
            | Insn::LoadAcquire { base, off, .. }
            | Insn::StoreRelease { base, off, .. } => Some((base, off)),
            _ => None,
        }
    }

    /// The register that an instruction gives a value, if it is no call: those lose R0 to R5.
    pub fn written(&self) -> Option<Reg> {
        match *self {
            Insn::Alu { dst, .. }
            | Insn::MovSx { dst, .. }
            | Insn::Neg { dst, .. }
            | Insn::Swap { dst, .. }
            | Insn::Load { dst, .. }
            | Insn::LoadAcquire { dst, .. }
            | Insn::LoadImm64 { dst, .. }
            | Insn::AddrSpaceCast { dst, .. } => Some(dst),
            Insn::LoadPacket { .. } => Some(Reg::R0),
            Insn::Atomic {
                op: AtomicOp::Cmpxchg,
                ..
            } => Some(Reg::R0),
            Insn::Atomic {
                fetch: true, src, ..
            } => Some(src),
            _ => None,
        }
    }

    /// Whether control may go on behind this instruction.
    pub const fn falls_through(&self) -> bool {
        !matches!(
            self,
            Insn::Goto { .. } | Insn::GotoLong { .. } | Insn::GotoReg { .. } | Insn::Exit
        )
    }

    /// Slots from the next instruction to the target of a jump; nothing if this is no jump or its target is in a register.
    pub const fn jump_offset(&self) -> Option<i32> {
        match *self {
            Insn::Jump { off, .. } | Insn::Goto { off } | Insn::MayGoto { off } => Some(off as i32),
            Insn::GotoLong { off } => Some(off),
            _ => None,
        }
    }

    /// The same jump over another distance, if its offset field can hold it.
    pub fn with_jump_offset(mut self, distance: i64) -> Option<Insn> {
        match &mut self {
            Insn::Jump { off, .. } | Insn::Goto { off } | Insn::MayGoto { off } => {
                *off = i16::try_from(distance).ok()?;
            }
            Insn::GotoLong { off } => *off = i32::try_from(distance).ok()?,
            _ => return None,
        }
        Some(self)
    }
}
