//! Who may use which register when: the calling convention as the register allocator sees it.
//!
//! | register | role | after a call |
//! |---|---|---|
//! | R0 | result | the result, or unreadable |
//! | R1–R5 | arguments; R1 is the context at program entry | unreadable |
//! | R6–R9 | values that live across calls | unchanged |
//! | R10 | frame pointer, read only | unchanged |
//!
//! The *machine* preserves R6–R9: the interpreter gives each function its own, a JIT saves them. So a function uses them
//! freely and there is no prologue or epilogue.
//!
//! Integers of 32 bits are passed and returned in the lower half; the upper half is unspecified between functions of a
//! program. Host functions get it zeroed, because the kernel's checker looks at all 64 bits of a size.

use bpfcc_isa::Reg;
use regalloc2::{MachineEnv, PReg, PRegSet, RegClass};

/// Where arguments go, first to last.
pub(crate) const ARGUMENTS: [Reg; 5] = [Reg::R1, Reg::R2, Reg::R3, Reg::R4, Reg::R5];

/// Where results come from.
pub(crate) const RESULT: Reg = Reg::R0;

/// Registers that mean nothing special: any two of them could change roles.
pub(crate) const PRESERVED: [Reg; 4] = [Reg::R6, Reg::R7, Reg::R8, Reg::R9];

/// The order in which the allocator tries registers: arguments first, so that a value often is where a call wants it.
const ORDER: [Reg; 10] = [
    Reg::R1,
    Reg::R2,
    Reg::R3,
    Reg::R4,
    Reg::R5,
    Reg::R0,
    Reg::R6,
    Reg::R7,
    Reg::R8,
    Reg::R9,
];

/// How many registers of [`ORDER`] are lost in a call.
const CLOBBERED: usize = 6;

/// The allocator starts its search for a free register at a number that grows along the function, modulo 63, and goes on
/// upwards. With our registers at the upper end nearly every search starts at the first of [`ORDER`].
const FIRST_NUMBER: usize = PReg::MAX - ORDER.len();

/// The allocator's name for a register. R10 has none: it is not for allocation.
pub(crate) fn preg(reg: Reg) -> PReg {
    let position = ORDER.iter().position(|&r| r == reg);
    let position = position.unwrap_or_else(|| panic!("{reg} is not allocatable"));
    PReg::new(FIRST_NUMBER + position, RegClass::Int)
}

/// The register behind the allocator's name.
pub(crate) fn reg(preg: PReg) -> Reg {
    ORDER[preg.hw_enc() - FIRST_NUMBER]
}

/// The registers a call loses, except the one its result is in.
pub(crate) fn clobbers(has_result: bool) -> PRegSet {
    let lost = ORDER[..CLOBBERED].iter();
    lost.filter(|&&r| !(has_result && r == RESULT))
        .map(|&r| preg(r))
        .collect()
}

/// The machine for regalloc2. There is no scratch register: when a move between two stack slots needs one, the allocator
/// finds a register that is free there or makes one free.
pub(crate) fn machine() -> MachineEnv {
    let set = |regs: &[Reg]| regs.iter().map(|&r| preg(r)).collect::<PRegSet>();
    let (clobbered, preserved) = ORDER.split_at(CLOBBERED);
    let none = PRegSet::empty();
    MachineEnv {
        preferred_regs_by_class: [set(clobbered), none, none],
        non_preferred_regs_by_class: [set(preserved), none, none],
        scratch_by_class: [None; 3],
        fixed_stack_slots: Vec::new(),
    }
}
