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
//! Nobody outside [`encode`](mod@encode) and [`decode`](mod@decode) sees these bytes: everyone else matches on [`Insn`].
//! What each operation is called, how it is encoded and what it computes stands in one row of [`table`].
//!
//! ```
//! use bpfcc_isa::text::{self, Dialect, Names};
//! use bpfcc_isa::{Endian, decode, encode};
//!
//! let program = "
//!     r0 = 0
//!     if r1 == 7 goto done
//!     r0 = 1
//! done:
//!     exit";
//! let parsed = text::parse(Dialect::PseudoC, program).unwrap();
//! let bytes = encode(&parsed.insns, Endian::Little);
//! assert_eq!(bytes[8..16], [0x15, 0x01, 1, 0, 7, 0, 0, 0]);
//!
//! let insns = decode(&bytes, Endian::Little).unwrap();
//! let text = text::print(Dialect::Gnu, &insns, &Names::default());
//! assert_eq!(
//!     text,
//!     "    mov %r0,0\n    jeq %r1,7,.L0_2\n    mov %r0,1\n.L0_2:\n    exit\n"
//! );
//! ```

pub mod insn;
pub mod table;

pub mod cpu;
pub mod decode;
pub mod encode;
mod opcode;

mod core_relo;
pub mod helpers;
pub mod kernel;
pub mod program;
pub mod stack;
pub mod template;
pub mod text;

pub use core_relo::CoreReloKind;
pub use cpu::Cpu;
pub use decode::{DecodeError, DecodeReason, decode, decode_at};
pub use encode::{encode, encode_one};
pub use insn::{Callee, Imm64, Insn, PacketMode, Reg, Size, Src, Width};
pub use opcode::{Endian, SLOT_BYTES};
pub use table::{AluOp, AtomicOp, Cond, SwapKind};
