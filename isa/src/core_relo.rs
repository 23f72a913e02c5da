//! What an instruction can ask a loader about the running kernel's types: "compile once, run everywhere", CO-RE.
//!
//! The compiler writes down the question beside the instruction and puts the answer for its own types into it; libbpf and the
//! kernel put the running kernel's answer there instead.

/// What a CO-RE relocation asks for (`enum bpf_core_relo_kind` of Linux), in the order of the encoding.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u32)]
pub enum CoreReloKind {
    /// Byte offset of a field.
    FieldByteOffset = 0,
    /// Size of a field in bytes.
    FieldByteSize,
    /// Whether the field exists.
    FieldExists,
    /// Whether the field is signed.
    FieldSigned,
    /// Left shift that isolates a bit-field.
    FieldLeftShift,
    /// Right shift that isolates a bit-field.
    FieldRightShift,
    /// Number of the type in this file's BTF.
    TypeIdLocal,
    /// Number of the type in the kernel's BTF.
    TypeIdTarget,
    /// Whether the type exists.
    TypeExists,
    /// Size of the type in bytes.
    TypeSize,
    /// Whether the enumerator exists.
    EnumValueExists,
    /// Value of the enumerator.
    EnumValue,
    /// Whether the kernel's type has the shape of this one.
    TypeMatches,
}

/// Each kind of relocation with its name in listings, which is that of `bpf_core_relo_kind` in lower case; kind `n` is at `n`.
const RELO_KINDS: [(CoreReloKind, &str); 13] = [
    (CoreReloKind::FieldByteOffset, "field_byte_offset"),
    (CoreReloKind::FieldByteSize, "field_byte_size"),
    (CoreReloKind::FieldExists, "field_exists"),
    (CoreReloKind::FieldSigned, "field_signed"),
    (CoreReloKind::FieldLeftShift, "field_lshift_u64"),
    (CoreReloKind::FieldRightShift, "field_rshift_u64"),
    (CoreReloKind::TypeIdLocal, "type_id_local"),
    (CoreReloKind::TypeIdTarget, "type_id_target"),
    (CoreReloKind::TypeExists, "type_exists"),
    (CoreReloKind::TypeSize, "type_size"),
    (CoreReloKind::EnumValueExists, "enumval_exists"),
    (CoreReloKind::EnumValue, "enumval_value"),
    (CoreReloKind::TypeMatches, "type_matches"),
];

impl CoreReloKind {
    /// The kind with this number in the encoding.
    pub fn from_number(number: u32) -> Option<CoreReloKind> {
        let row = RELO_KINDS.get(usize::try_from(number).ok()?)?;
        Some(row.0)
    }

    /// The number in the encoding.
    pub fn number(self) -> u32 {
        self as u32
    }

    /// The name in listings, e.g. `field_byte_offset`.
    pub fn keyword(self) -> &'static str {
        RELO_KINDS[self as usize].1
    }

    /// The kind with this name in listings.
    pub fn from_keyword(keyword: &str) -> Option<CoreReloKind> {
        let row = RELO_KINDS.iter().find(|(_, name)| *name == keyword)?;
        Some(row.0)
    }
}
