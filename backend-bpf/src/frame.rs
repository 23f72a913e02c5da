//! The stack frame: 512 bytes below R10, shared by the slots of C variables and the spills of the allocator.
//!
//! ```text
//!  r10 ──►┌────────────────┐
//!      -8 │ s0: u64        │   slots that are used, the strictest alignment first, otherwise in order of declaration
//!     -12 │ s2: u32        │
//!     -24 │ spill 0        │   spills: 8 bytes, 8-aligned, as the checker wants them
//!         └────────────────┘
//! ```
//!
//! What inline assembly uses through `r10` itself lies above all that.
//!
//! Spills are whole and aligned, because the checker remembers what was spilled only then (VERIFIER-RULES 13).

use std::cmp::Reverse;

use bpfcc_ir::debug::SourceLoc;
use bpfcc_ir::entity::SecondaryMap;
use bpfcc_ir::{Function, Slot};

use crate::error::{BackendError, ErrorKind, FramePart};
use crate::vcode::{VCode, VInsn};
use bpfcc_isa::stack::FRAME_BYTES;

const SPILL_BYTES: u32 = 8;

/// Offsets from the frame pointer, all negative.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    slots: SecondaryMap<Slot, i32>,
    first_spill: i32,
    /// All of it.
    pub(crate) bytes: u32,
}

impl Frame {
    /// Offset of a slot's first byte.
    pub(crate) fn slot(&self, slot: Slot) -> i32 {
        self.slots[slot]
    }

    /// Offset of a spill slot's first byte.
    pub(crate) fn spill(&self, number: u32) -> i32 {
        self.first_spill - (number * SPILL_BYTES) as i32
    }
}

/// Gives the slots that the code uses and the spills their places.
pub(crate) fn lay_out(func: &Function, code: &VCode, spills: u32) -> Result<Frame, BackendError> {
    let mut used = used_slots(code);
    used.sort_by_key(|&slot| (Reverse(func.slots[slot].align), slot));
    let mut slots = SecondaryMap::new();
    let mut depth = u64::from(taken_by_asm(code));
    for &slot in &used {
        let data = &func.slots[slot];
        // The kernel takes no address of the frame's upper end, not even for a variable without bytes.
        let bytes = data.size.max(1);
        depth = (depth + u64::from(bytes)).next_multiple_of(u64::from(data.align.max(1)));
        slots[slot] = (depth as i32).wrapping_neg();
    }
    let spills_start = depth.next_multiple_of(u64::from(SPILL_BYTES));
    let bytes = spills_start + u64::from(spills) * u64::from(SPILL_BYTES);
    if bytes > u64::from(FRAME_BYTES) {
        return Err(too_large(func, &used, spills, bytes));
    }
    Ok(Frame {
        slots,
        first_spill: -(spills_start as i32) - SPILL_BYTES as i32,
        bytes: bytes as u32,
    })
}

/// Bytes that inline assembly uses by itself. Statements share them: one may find what another left.
fn taken_by_asm(code: &VCode) -> u32 {
    let insns = code.blocks.iter().flat_map(|block| &block.insns);
    let bytes = insns.filter_map(|located| match &located.insn {
        VInsn::Asm(asm) => Some(asm.stack_bytes),
        _ => None,
    });
    bytes.max().unwrap_or(0)
}

fn used_slots(code: &VCode) -> Vec<Slot> {
    let insns = code.blocks.iter().flat_map(|block| &block.insns);
    let mut used: Vec<Slot> = insns.flat_map(|located| located.insn.slots()).collect();
    used.sort();
    used.dedup();
    used
}

fn too_large(func: &Function, used: &[Slot], spills: u32, bytes: u64) -> BackendError {
    let variables = used.iter().map(|&slot| FramePart {
        name: Some(func.slots[slot].name.clone()),
        bytes: func.slots[slot].size,
        loc: func.slots[slot].loc,
    });
    let mut parts: Vec<FramePart> = variables.collect();
    if spills > 0 {
        parts.push(FramePart {
            name: None,
            bytes: spills * SPILL_BYTES,
            loc: SourceLoc::UNKNOWN,
        });
    }
    parts.sort_by_key(|part| Reverse(part.bytes));
    let largest = parts.iter().find(|part| part.name.is_some());
    BackendError {
        function: func.name.clone(),
        loc: largest.map_or(func.debug.loc, |part| part.loc),
        kind: ErrorKind::FrameTooLarge { bytes, parts },
    }
}
