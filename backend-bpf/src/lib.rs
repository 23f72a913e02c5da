//! SSA IR to BPF objects: select → allocate → frame → emit → sections.
//!
//! ```text
//!  ir::Function ──select──► VCode ──regalloc──► Allocated ──frame, emit──► blocks ──branch──► instructions
//!                           v0, v1, …           r0 … r9, spills           r10-8              jump distances
//!  all functions, globals, types ──sections, debug──► object::Object
//! ```
//!
//! Each arrow is one file with one function, and [`select_text`], [`regalloc_text`] and [`asm_text`] print what is between
//! them. What the kernel's checker wants of the code is kept by construction; the comments cite its rules by number.
//!
//! ```
//! use bpfcc_backend::{Options, asm_text};
//! use bpfcc_isa::text::Dialect;
//!
//! let module = bpfcc_ir::parse::parse(
//!     "fn @double(v0: i64) -> i64 {
//!      b0:
//!          v1: i64 = add v0, v0
//!          return v1
//!      }",
//! )?;
//! let text = asm_text(&module, &Options::default(), Dialect::PseudoC).map_err(|errors| errors[0].clone())?;
//! assert_eq!(text, "double:\n    r0 = r1\n    r0 += r1\n    exit\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod abi;
mod branch;
mod calls;
mod core_relo;
mod debug;
mod emit;
mod error;
mod frame;
mod peephole;
mod regalloc;
mod sections;
mod select;
mod target;
#[cfg(test)]
mod tests;
mod vcode;

pub use bpfcc_isa::Cpu;
pub use error::{BackendError, CallPlace, ErrorKind, FramePart, FramePlace};
pub use target::Options;

use bpfcc_ir::entity::SecondaryMap;
use bpfcc_ir::{FuncId, Function, Module};
use bpfcc_isa::Insn;
use bpfcc_isa::text::{self, Dialect, Names};
use bpfcc_object::Object;

use emit::{Emitted, Reference};
use vcode::VCode;

/// Compiles a module to an object file.
///
/// The module must be well-formed and expanded, i.e. without `compare`, `select`, `switch`, `memcopy` and `memset`.
pub fn compile(module: &Module, options: &Options) -> Result<Object, Vec<BackendError>> {
    let functions = compile_functions(module, options)?;
    let mut linked = sections::lay_out(module, &functions);
    if options.debug_info {
        debug::describe(module, &functions, options, &mut linked);
    }
    Ok(linked.object)
}

/// The instructions of all functions that have a body, whose frames fit the stack together.
fn compile_functions(
    module: &Module,
    options: &Options,
) -> Result<Vec<(FuncId, Vec<Emitted>)>, Vec<BackendError>> {
    let functions = each_function(module, |func| compile_function(module, func, options))?;
    let mut frames: SecondaryMap<FuncId, u32> = SecondaryMap::new();
    let mut code = Vec::new();
    for (id, (insns, frame)) in functions {
        frames[id] = frame;
        code.push((id, insns));
    }
    let errors = calls::check_stack(module, &frames);
    if errors.is_empty() {
        Ok(code)
    } else {
        Err(errors)
    }
}

/// The instructions of one function, jumps resolved, and the bytes of its frame.
fn compile_function(
    module: &Module,
    func: &Function,
    options: &Options,
) -> Result<(Vec<Emitted>, u32), Vec<BackendError>> {
    let code = select::select(module, func, options)?;
    let allocated = regalloc::allocate(&code);
    let frame = frame::lay_out(func, &code, allocated.spills).map_err(|error| vec![error])?;
    let error = |loc, kind| BackendError {
        function: func.name.clone(),
        loc,
        kind,
    };
    let emitted = emit::emit(&code, &allocated, &frame, options.cpu, module.endian);
    let mut blocks = emitted.map_err(|bad_asm| {
        let errors = bad_asm.into_iter();
        errors
            .map(|bad| error(bad.loc, ErrorKind::AsmTemplate(bad.error)))
            .collect::<Vec<_>>()
    })?;
    peephole::clean(&mut blocks);
    let code = branch::linearize(blocks, options.cpu).map_err(|too_far| {
        let distance = too_far.distance;
        vec![error(too_far.loc, ErrorKind::JumpTooFar { distance })]
    })?;
    Ok((code, frame.bytes))
}

/// The module after instruction selection, as text.
pub fn select_text(module: &Module, options: &Options) -> Result<String, Vec<BackendError>> {
    stage_text(module, options, |code, out| vcode::print(code, module, out))
}

/// The module after register allocation, as text.
pub fn regalloc_text(module: &Module, options: &Options) -> Result<String, Vec<BackendError>> {
    stage_text(module, options, |code, out| {
        regalloc::print(code, &regalloc::allocate(code), module, out);
    })
}

/// The module as assembly.
pub fn asm_text(
    module: &Module,
    options: &Options,
    dialect: Dialect,
) -> Result<String, Vec<BackendError>> {
    let listings = listings(module, options)?;
    let texts = listings
        .iter()
        .map(|l| text::print(dialect, &l.insns, &l.names));
    Ok(texts.collect::<Vec<_>>().join("\n"))
}

/// A function's final instructions, and the names for what they refer to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listing {
    /// The function.
    pub func: FuncId,
    /// Its instructions; calls of functions and addresses of globals are not filled in.
    pub insns: Vec<Insn>,
    /// The function's own label and what calls and `lddw` refer to.
    pub names: Names,
}

/// The final instructions of each function that has a body.
pub fn listings(module: &Module, options: &Options) -> Result<Vec<Listing>, Vec<BackendError>> {
    let functions = compile_functions(module, options)?;
    let functions = functions.into_iter().enumerate();
    let listings = functions.map(|(index, (func, code))| Listing {
        func,
        names: names(module, func, index, &code),
        insns: code.iter().map(|emitted| emitted.insn).collect(),
    });
    Ok(listings.collect())
}

fn names(module: &Module, func: FuncId, index: usize, code: &[Emitted]) -> Names {
    let mut names = Names {
        function: index,
        ..Names::default()
    };
    names.labels.insert(0, module.functions[func].name.clone());
    let mut slot = 0;
    for emitted in code {
        let symbol = emitted.reference.and_then(Reference::symbol);
        if let Some((symbol, _)) = symbol {
            let name = vcode::symbol_name(symbol, module).to_string();
            names.symbols.insert(slot, name);
        }
        slot += emitted.insn.slots();
    }
    names
}

fn stage_text(
    module: &Module,
    options: &Options,
    print: impl Fn(&VCode, &mut String),
) -> Result<String, Vec<BackendError>> {
    let texts = each_function(module, |func| {
        let code = select::select(module, func, options)?;
        let mut text = format!("{}:\n", func.name);
        print(&code, &mut text);
        Ok(text)
    })?;
    let texts: Vec<String> = texts.into_iter().map(|(_, text)| text).collect();
    Ok(texts.join("\n"))
}

/// Does something with each function that has a body, and collects the results or all errors.
fn each_function<T>(
    module: &Module,
    compile: impl Fn(&Function) -> Result<T, Vec<BackendError>>,
) -> Result<Vec<(FuncId, T)>, Vec<BackendError>> {
    let mut results = Vec::new();
    let mut errors = calls::check(module);
    for (id, func) in module.functions.iter() {
        if func.is_declaration() {
            continue;
        }
        match compile(func) {
            Ok(result) => results.push((id, result)),
            Err(more) => errors.extend(more),
        }
    }
    if errors.is_empty() {
        Ok(results)
    } else {
        Err(errors)
    }
}
