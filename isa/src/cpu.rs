//! Levels of the instruction set: what `-mcpu` chooses.
//!
//! The rows of [`crate::table`] say what each operation is; this file says since when a compiler may emit it.

use crate::table::Cond;

/// Level of the instruction set, as clang's `-mcpu`. Later levels contain the earlier ones.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Cpu {
    /// What Linux 3.18 understood.
    V1,
    /// Adds the jumps `<`, `<=`, `s<`, `s<=` (Linux 4.14).
    V2,
    /// Adds 32-bit arithmetic and comparisons (5.1) and atomics that return the old value (5.12).
    #[default]
    V3,
    /// Adds signed division, sign-extending moves and loads, `bswap`, `gotol` and stores of constants (6.6).
    V4,
}

impl Cpu {
    /// Every level, oldest first.
    pub const ALL: [Cpu; 4] = [Cpu::V1, Cpu::V2, Cpu::V3, Cpu::V4];

    /// The name after `-mcpu=`.
    pub const fn name(self) -> &'static str {
        match self {
            Cpu::V1 => "v1",
            Cpu::V2 => "v2",
            Cpu::V3 => "v3",
            Cpu::V4 => "v4",
        }
    }

    /// The level with this name.
    pub fn from_name(name: &str) -> Option<Cpu> {
        Cpu::ALL.into_iter().find(|cpu| cpu.name() == name)
    }

    /// Whether there is a jump for this comparison. The four that came with v2 can be had by exchanging the operands.
    pub fn has_jump(self, cond: Cond) -> bool {
        self >= Cpu::V2 || !matches!(cond, Cond::Lt | Cond::Le | Cond::Slt | Cond::Sle)
    }

    /// Whether the w-registers may be used. The kernel knew 32-bit arithmetic from the start but tracks its bounds only since
    /// 5.1, so before v3 it costs more in the checker than it saves (llvm#107008).
    pub fn has_alu32(self) -> bool {
        self >= Cpu::V3
    }

    /// Whether atomics may return the old value, and do anything but add.
    pub fn has_atomic_fetch(self) -> bool {
        self >= Cpu::V3
    }

    /// Whether there are `s/=` and `s%=`.
    pub fn has_signed_division(self) -> bool {
        self >= Cpu::V4
    }

    /// Whether moves and loads can extend the sign.
    pub fn has_sign_extension(self) -> bool {
        self >= Cpu::V4
    }

    /// Whether there is an unconditional byte swap.
    pub fn has_bswap(self) -> bool {
        self >= Cpu::V4
    }

    /// Whether constants may be stored. The instruction is as old as BPF, but compilers did not emit it before v4 and
    /// kernels of that age have bugs around it.
    pub fn has_store_immediate(self) -> bool {
        self >= Cpu::V4
    }

    /// Whether there is a jump with a 32-bit distance.
    pub fn has_long_jump(self) -> bool {
        self >= Cpu::V4
    }
}
