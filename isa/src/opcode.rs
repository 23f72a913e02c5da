//! One eight-byte slot as numbers, and the names of the bits of its opcode byte (RFC 9669 §3).
//!
//! ```text
//!  arithmetic and jumps             memory
//!  ┌──────────┬────────┬───────┐    ┌────────┬────────┬───────┐
//!  │ op: 4    │ src: 1 │ cls:3 │    │ mode:3 │ size:2 │ cls:3 │
//!  └──────────┴────────┴───────┘    └────────┴────────┴───────┘
//! ```

use crate::insn::Size;

/// Byte order of the machine that runs the program. On big-endian machines the two register nibbles trade places too.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Endian {
    /// Least significant byte first (`bpfel`).
    #[default]
    Little,
    /// Most significant byte first (`bpfeb`).
    Big,
}

impl Endian {
    /// The byte order of the machine we run on.
    pub const HOST: Endian = if cfg!(target_endian = "big") {
        Endian::Big
    } else {
        Endian::Little
    };

    /// Both.
    pub const ALL: [Endian; 2] = [Endian::Little, Endian::Big];

    /// The name in the IR's text and of `-mlittle-endian`.
    pub const fn name(self) -> &'static str {
        match self {
            Endian::Little => "little",
            Endian::Big => "big",
        }
    }

    /// Puts the bytes of a number from little-endian order into this one, or back.
    pub fn arrange(self, bytes: &mut [u8]) {
        if self == Endian::Big {
            bytes.reverse();
        }
    }

    /// The low `len` bytes of a number in this order; at most 16.
    pub fn bytes(self, value: i128, len: usize) -> Vec<u8> {
        let mut bytes = value.to_le_bytes()[..len].to_vec();
        self.arrange(&mut bytes);
        bytes
    }

    /// The number that bytes in this order stand for; at most 16 of them.
    pub fn number(self, bytes: &[u8]) -> u128 {
        let join = |number, byte: &u8| number << 8 | u128::from(*byte);
        match self {
            Endian::Little => bytes.iter().rev().fold(0, join),
            Endian::Big => bytes.iter().fold(0, join),
        }
    }
}

/// Bytes of one slot.
pub const SLOT_BYTES: usize = 8;

// Instruction classes, bits 0–2.
pub(crate) const LD: u8 = 0;
pub(crate) const LDX: u8 = 1;
pub(crate) const ST: u8 = 2;
pub(crate) const STX: u8 = 3;
pub(crate) const ALU32: u8 = 4;
pub(crate) const JMP: u8 = 5;
pub(crate) const JMP32: u8 = 6;
pub(crate) const ALU64: u8 = 7;

/// Bit 3 of arithmetic and jumps: the second operand is a register.
pub(crate) const X: u8 = 0x08;

// Operations that are not rows of `table`, because they have fewer operands.
pub(crate) const NEG: u8 = 0x80;
pub(crate) const END: u8 = 0xd0;
pub(crate) const JA: u8 = 0x00;
pub(crate) const CALL: u8 = 0x80;
pub(crate) const EXIT: u8 = 0x90;
pub(crate) const JCOND: u8 = 0xe0;

// Addressing modes, bits 5–7 of memory instructions.
pub(crate) const IMM: u8 = 0x00;
pub(crate) const ABS: u8 = 0x20;
pub(crate) const IND: u8 = 0x40;
pub(crate) const MEM: u8 = 0x60;
pub(crate) const MEMSX: u8 = 0x80;
pub(crate) const ATOMIC: u8 = 0xc0;

/// The whole opcode byte of `lddw`.
pub(crate) const LDDW: u8 = LD | IMM | 0x18;

/// Bit 0 of an atomic's immediate: the old value is returned.
pub(crate) const FETCH: i32 = 0x01;
/// Immediate of a load-acquire.
pub(crate) const LOAD_ACQ: i32 = 0x100;
/// Immediate of a store-release.
pub(crate) const STORE_REL: i32 = 0x110;

/// Offset that turns a 64-bit register move into an address space cast.
pub(crate) const CAST: i16 = 1;

// Values of the src field of `call`.
pub(crate) const CALL_HELPER: u8 = 0;
pub(crate) const CALL_LOCAL: u8 = 1;
pub(crate) const CALL_KFUNC: u8 = 2;

// Values of the src field of `lddw`.
pub(crate) const LDDW_CONST: u8 = 0;
pub(crate) const LDDW_MAP_FD: u8 = 1;
pub(crate) const LDDW_MAP_VALUE: u8 = 2;
pub(crate) const LDDW_BTF_VAR: u8 = 3;
pub(crate) const LDDW_CODE: u8 = 4;
pub(crate) const LDDW_MAP_IDX: u8 = 5;
pub(crate) const LDDW_MAP_IDX_VALUE: u8 = 6;

/// The size bits (3–4) of a memory instruction.
pub(crate) const fn size_bits(size: Size) -> u8 {
    match size {
        Size::W => 0x00,
        Size::H => 0x08,
        Size::B => 0x10,
        Size::DW => 0x18,
    }
}

/// The size in bits 3–4 of this opcode byte.
pub(crate) const fn size_of(code: u8) -> Size {
    match code & 0x18 {
        0x00 => Size::W,
        0x08 => Size::H,
        0x10 => Size::B,
        _ => Size::DW,
    }
}

/// The fields of one slot, byte order removed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Slot {
    pub(crate) code: u8,
    pub(crate) dst: u8,
    pub(crate) src: u8,
    pub(crate) off: i16,
    pub(crate) imm: i32,
}

impl Slot {
    pub(crate) fn to_bytes(self, endian: Endian) -> [u8; SLOT_BYTES] {
        let (registers, off, imm) = match endian {
            Endian::Little => (
                self.src << 4 | self.dst,
                self.off.to_le_bytes(),
                self.imm.to_le_bytes(),
            ),
            Endian::Big => (
                self.dst << 4 | self.src,
                self.off.to_be_bytes(),
                self.imm.to_be_bytes(),
            ),
        };
        [
            self.code, registers, off[0], off[1], imm[0], imm[1], imm[2], imm[3],
        ]
    }

    pub(crate) fn from_bytes(bytes: [u8; SLOT_BYTES], endian: Endian) -> Slot {
        let [code, registers, o0, o1, i0, i1, i2, i3] = bytes;
        let (low, high) = (registers & 0x0f, registers >> 4);
        match endian {
            Endian::Little => Slot {
                code,
                dst: low,
                src: high,
                off: i16::from_le_bytes([o0, o1]),
                imm: i32::from_le_bytes([i0, i1, i2, i3]),
            },
            Endian::Big => Slot {
                code,
                dst: high,
                src: low,
                off: i16::from_be_bytes([o0, o1]),
                imm: i32::from_be_bytes([i0, i1, i2, i3]),
            },
        }
    }
}
