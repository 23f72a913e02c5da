//! Runs BPF objects without a kernel: loader, interpreter, JIT, maps.
//!
//! ```text
//!  Object ──load──► Image ──link──► Program ──► interpreter    checks everything, runs anything
//!                   maps            control      JIT            checks nothing, runs trusted programs
//!                   code            flow sane
//! ```
//!
//! What a program finds around it is an [`Environment`]: the layout of the context R1 points to, and the functions it may
//! call. The core stays the same for tracing, packets or something of your own:
//!
//! ```
//! use bpfcc_isa::{AluOp, Callee, Insn, Reg, Size, Src, Width};
//! use bpfcc_runtime::{
//!     Engine, Environment, EnvironmentChoice, HostFunction, Image, MapSet, Rights, Vm,
//! };
//!
//! // A function of the host, which programs call by number 1000.
//! extern "C" fn double(x: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
//!     x.wrapping_mul(2)
//! }
//!
//! let environment = Environment::new("shop")
//!     .with_field("price", 0, 8, Rights::Read)
//!     .with_function(HostFunction::new("double", double).numbered(1000));
//!
//! // r1 = *(u64 *)(r1 + 0); call double; r0 += 1; exit
//! let insns = vec![
//!     Insn::Load { size: Size::DW, signed: false, dst: Reg::R1, base: Reg::R1, off: 0 },
//!     Insn::Call(Callee::Helper(1000)),
//!     Insn::Alu { width: Width::W64, op: AluOp::Add, dst: Reg::R0, src: Src::Imm(1) },
//!     Insn::Exit,
//! ];
//! let image = Image::from_insns("bill", insns, MapSet::default())?;
//! let vm = Vm::from_image(image, None, EnvironmentChoice::Given(environment))?;
//!
//! let mut context = 21u64.to_ne_bytes();
//! assert_eq!(vm.run(Engine::Interp, &mut context).unwrap(), 43);
//!
//! // A context without the field: the program's mistake, with its place.
//! let fault = vm.run(Engine::Interp, &mut []).unwrap_err();
//! assert!(fault.to_string().starts_with("function `bill`, instruction 0: read of 8 bytes"));
//! # Ok::<(), bpfcc_runtime::LoadError>(())
//! ```

mod console;
mod env;
mod errno;
mod heap;
mod kernel;
mod loan;
pub mod map;
mod memory;

mod load;
mod program;

mod check;
mod helper;
mod run;

mod interp;
pub mod jit;

mod vm;

pub use check::{BadArgument, Demand};
pub use console::Console;
pub use env::{Context, Ending, Environment, Field, HostCode, HostFunction};
pub use errno::Errno;
pub use interp::{FaultKind, Flow, State};
pub use jit::{JitError, Trusted};
pub use kernel::{COMM_BYTES, Clock, Kernel, MAX_LOG};
pub use load::{CodeError, Image, LoadError, MapDefError, RelocError};
pub use map::{Map, MapKind, MapSpec};
pub use memory::{Access, Denied, FRAME_BYTES, MAX_FRAMES, Region, RegionKind, Rights};
pub use program::{Function, MapSet, Program};
pub use run::{read_memory, write_memory};
pub use vm::{DEFAULT_BUDGET, Engine, EnvironmentChoice, Fault, Input, RunError, Session, Vm};
