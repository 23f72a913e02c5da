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
//!
//! The same function built, checked, printed and run:
//!
//! ```
//! use bpfcc_ir::eval::{Evaluator, Fault, Host};
//! use bpfcc_ir::{Builder, Function, Linkage, Module, PtrKind, Signature, Type};
//! use bpfcc_isa::{Cond, Size};
//!
//! let signature = Signature {
//!     params: vec![Type::Ptr(PtrKind::Ctx), Type::I64],
//!     result: Some(Type::I64),
//! };
//! let mut b = Builder::new(Function::new("pick", signature, Linkage::Global));
//! let [p, x] = [b.params()[0], b.params()[1]];
//! let result = b.declare_var(Type::I64);
//! let [large, small, join] = [b.new_block(), b.new_block(), b.new_block()];
//!
//! let nine = b.iconst(Type::I64, 9);
//! b.branch(Cond::Gt, [x, nine], large, small);
//!
//! b.switch_to(large);
//! let field = b.load(Type::I64, Size::DW, p, 8);
//! b.def_var(result, field);
//! b.jump(join);
//!
//! b.switch_to(small);
//! let zero = b.iconst(Type::I64, 0);
//! b.def_var(result, zero);
//! b.jump(join);
//!
//! b.switch_to(join);
//! let value = b.use_var(result);
//! b.ret(Some(value));
//!
//! let mut module = Module::default();
//! let pick = module.functions.push(b.finish());
//! assert_eq!(module.check(), Ok(()));
//! assert_eq!(
//!     module.to_string(),
//!     "\
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
//! "
//! );
//!
//! /// A context at address 1000 whose field at offset 8 holds 42.
//! struct Context;
//!
//! impl Host for Context {
//!     fn load(&mut self, addr: u64, size: Size) -> Result<u64, Fault> {
//!         match (addr, size) {
//!             (1008, Size::DW) => Ok(42),
//!             _ => Err(Fault::OutOfBounds { addr, len: 8 }),
//!         }
//!     }
//! }
//!
//! let mut host = Context;
//! let mut evaluator = Evaluator::new(&module, &mut host);
//! assert_eq!(evaluator.call(pick, &[1000, 10]), Ok(Some(42)));
//! assert_eq!(evaluator.call(pick, &[1000, 9]), Ok(Some(0)));
//! ```

pub mod analysis;
pub mod asm;
pub mod build;
pub mod check;
pub mod debug;
#[cfg(test)]
mod edges;
pub mod entity;
pub mod eval;
pub mod function;
pub mod inst;
pub mod module;
pub mod parse;
pub mod pass;
pub mod print;
#[cfg(test)]
mod random;
mod ssa;
pub mod types;

pub use asm::{Asm, AsmOperand};
pub use build::Builder;
pub use check::{Rule, Violation, check_function};
pub use entity::{Block, CoreId, FuncId, GlobalId, Inst, Slot, Value, Variable};
pub use eval::{Evaluator, Fault, Host};
pub use function::{BlockData, Function, SlotData, ValueDef};
pub use inst::{BlockCall, Callee, InstData};
pub use module::{CoreRelo, Global, GlobalKind, Linkage, Module, Signature, SymbolRef};
pub use parse::parse;
pub use types::{PtrKind, Type};
