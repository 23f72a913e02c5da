//! SSA with block parameters, made for BPF.
//!
//! A [`Module`] holds functions and globals; a [`Function`] holds blocks of instructions over values. Arithmetic means what
//! BPF's own instructions mean (wrapping; division by zero gives zero): the rows of [`isa::table`](bpfcc_isa::table) say so,
//! and folding, evaluation and code generation all read them. `x > 9 ? p[1] : 0` over a context pointer prints as:
//!
//! ```text
//! fn @pick(v0: ptr.ctx, v1: i64) -> i64 {
//! b0:
//!     v2: i64 = const 9
//!     branch v1 gt v2, b1, b2
//! b1:
//!     v3: i64 = load.u64 v0+8
//!     jump b3(v3)
//! b2:
//!     v4: i64 = const 0
//!     jump b3(v4)
//! b3(v5: i64):
//!     return v5
//! }
//! ```
//!
//! Three things differ from the IR of a CPU compiler, because the kernel's checker reads the result path by path:
//! * A pointer's type says what it points to ([`PtrKind`]), and a context field is read by one instruction (base, constant
//!   offset, width) that no pass takes apart.
//! * A conditional branch compares and jumps in one: what was compared stays visible.
//! * A branch *refines*: in its successors `v' = refine v ne w` names `v` with the fact just tested, and dominated uses take
//!   `v'`. No pass can move a use above its check, or check one value and use another.

pub mod analysis;
pub mod build;
pub mod check;
pub mod debug;
pub mod entity;
pub mod function;
pub mod inst;
pub mod module;
pub mod parse;
pub mod print;
pub mod types;

pub use build::Builder;
pub use check::{Rule, Violation, check_function};
pub use entity::{Block, FuncId, GlobalId, Inst, Slot, Value, Variable};
pub use function::{BlockData, Function, SlotData, ValueDef};
pub use inst::{BlockCall, Callee, InstData};
pub use module::{Global, GlobalKind, Linkage, Module, Signature, SymbolRef};
pub use parse::parse;
pub use types::{PtrKind, Type};
