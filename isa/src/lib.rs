//! The BPF instruction set, written down once.
//!
//! An instruction is eight bytes (RFC 9669 §3); `lddw` takes two such slots:
//!
//! ```text
//!  byte 0      byte 1          bytes 2-3     bytes 4-7
//! ┌─────────┬──────┬──────┬─────────────┬──────────────────┐
//! │ opcode  │ src  │ dst  │ offset: s16 │ immediate: s32   │   (little endian: dst is the low nibble)
//! └─────────┴──────┴──────┴─────────────┴──────────────────┘
//! ```
//!
//! Nobody outside [`encode`] and [`decode`] sees these bytes: everyone else matches on [`Insn`]. What each operation is
//! called, how it is encoded and what it computes stands in one row of [`table`].

pub mod decode;
pub mod encode;
pub mod helpers;
pub mod insn;
mod opcode;
pub mod table;
pub mod text;

pub use decode::{DecodeError, DecodeReason, decode, decode_at};
pub use encode::{encode, encode_one};
pub use insn::{Callee, Imm64, Insn, PacketMode, Reg, Size, Src, Width};
pub use opcode::{Endian, SLOT_BYTES};
pub use table::{AluOp, AtomicOp, Cond, SwapKind};
