//! What C types say about a program's context.

use bpfcc_ir::PtrKind;
use bpfcc_isa::program::{Context, FieldValue, PROGRAM_TYPES};

use crate::types::{FieldRef, RecordKind, TypeId, Types};

/// What a field of a context points to that is a 32-bit integer in C and a packet pointer in the machine.
pub(super) fn packet_pointer(types: &Types, field: FieldRef) -> Option<PtrKind> {
    let record = types.record(field.record);
    let member = types.field(field).name.as_deref()?;
    let context = context(record.kind, record.tag.as_deref()?)?;
    match context.field(member)?.value {
        FieldValue::Packet => Some(PtrKind::Packet),
        FieldValue::PacketEnd => Some(PtrKind::PacketEnd),
        FieldValue::PacketMeta => Some(PtrKind::PacketMeta),
        FieldValue::Scalar | FieldValue::SockOrNull => None,
    }
}

/// Whether a pointer of this type points to a structure that programs are given as their context and that nothing else is.
pub(super) fn is_context_pointer(types: &Types, pointer: TypeId) -> bool {
    let Some(pointee) = types.pointee(pointer) else {
        return false;
    };
    let Some(id) = types.record_id(pointee.ty) else {
        return false;
    };
    let record = types.record(id);
    let tag = record.tag.as_deref();
    tag.is_some_and(|tag| context(record.kind, tag).is_some_and(has_packet))
}

fn context(kind: RecordKind, tag: &str) -> Option<&'static Context> {
    let contexts = PROGRAM_TYPES.iter().filter_map(|program| program.context);
    let mut named = contexts.filter(|context| {
        let words = context.c_type.split_once(' ');
        words == Some((kind.keyword(), tag))
    });
    named.next()
}

/// Contexts with a packet are made for programs; `struct pt_regs` and the like are ordinary structures of the kernel.
fn has_packet(context: &Context) -> bool {
    context
        .fields
        .iter()
        .any(|field| field.value == FieldValue::Packet)
}
