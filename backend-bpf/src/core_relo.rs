//! Questions about the running kernel's types (CO-RE): which instructions ask them, for `.BTF.ext`.
//!
//! An instruction holds the answer for the types that the program was compiled with; libbpf compares it with what it computes
//! from the program's BTF and then writes the running kernel's answer over it (`bpf_core_patch_insn` in Linux).

use bpfcc_ir::entity::DebugTypeId;
use bpfcc_ir::{CoreRelo as Question, Module};
use bpfcc_isa::{CoreReloKind, SLOT_BYTES};
use bpfcc_object::Endian;
use bpfcc_object::btf::TypeId;
use bpfcc_object::ext::CoreRelo;

use crate::emit::{Emitted, Reference};

/// Where the immediate stands in an instruction (RFC 9669 section 3).
const IMMEDIATE: usize = 4;

/// The relocations of a function whose code starts at byte `start` of its section. Those of a module without types, which was
/// read from text, ask nothing.
pub(crate) fn of_code(
    module: &Module,
    code: &[Emitted],
    start: u32,
    number: impl Fn(DebugTypeId) -> TypeId,
) -> Vec<CoreRelo> {
    let mut relos = Vec::new();
    let mut offset = start;
    for emitted in code {
        if let Some(Reference::Core(id)) = emitted.reference {
            let question = &module.core[id];
            if module.debug.types.is_valid(question.root) {
                relos.push(relo(question, offset, number(question.root)));
            }
        }
        offset += (emitted.insn.slots() * SLOT_BYTES) as u32;
    }
    relos
}

fn relo(question: &Question, offset: u32, root: TypeId) -> CoreRelo {
    CoreRelo {
        offset,
        root,
        access: question.access.clone(),
        kind: question.kind,
    }
}

/// The number of a type is known last: puts it into the instructions that ask for one.
pub(crate) fn write_type_ids(relos: &[CoreRelo], code: &mut [u8], endian: Endian) {
    let asks = |kind| matches!(kind, CoreReloKind::TypeIdLocal | CoreReloKind::TypeIdTarget);
    for relo in relos.iter().filter(|relo| asks(relo.kind)) {
        let mut number = relo.root.0.to_le_bytes();
        endian.arrange(&mut number);
        let place = relo.offset as usize + IMMEDIATE;
        code[place..place + number.len()].copy_from_slice(&number);
    }
}
