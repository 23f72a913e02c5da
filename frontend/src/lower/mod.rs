//! The typed tree becomes SSA: expressions become instructions, variables become values, control flow becomes blocks.
//!
//! ```text
//! int f(struct s *p)          fn @f(v0: ptr) -> i32 {
//! {                           b0:
//!     return p->a[1] + 1;         v1: i32 = load.u32 v0+4
//! }                               v2: i32 = const 1
//!                                 v3: i32 = add v1, v2
//!                                 return v3
//!                             }
//! ```
//!
//! What is written here is what the kernel's checker will read, so the rules it imposes are kept from the start: an access
//! has its constant offset in itself (`memory`), conditions become branches and not numbers (`condition`), memory that
//! a helper sees has no holes (`init`).
//!
//! The files, in reading order: `repr` says how values of C live in registers, `locals` where variables live, `memory`
//! and `place` how memory is reached. `expr`, `condition` and `stmt` follow the grammar; the others do one family of
//! operations each.

mod arena;
mod arith;
mod asm;
mod atomic;
mod bitfield;
mod bits;
mod builtin;
mod call;
mod cleanup;
mod condition;
mod context;
mod convert;
mod core_relo;
mod debug;
mod expr;
mod function;
mod global;
mod init;
mod locals;
mod locations;
mod memory;
mod memory_builtin;
mod overflow;
mod packet_load;
mod place;
mod repr;
mod signature;
mod stmt;
mod switch;
mod wide;
mod wide_division;

use std::collections::HashMap;

use bpfcc_ir as ir;

use crate::diagnostic::Diagnostic;
use crate::source::Sources;
use crate::tree::reach::{self, Used};
use crate::tree::{FuncId, GlobalId, GlobalKind, Linkage, Symbol, Unit};

use debug::DebugTypes;
use locations::Locations;

/// Lowers a checked file. Constructs that BPF cannot express are reported; the module is well-formed all the same.
pub fn module(unit: &Unit, sources: &Sources) -> (ir::Module, Vec<Diagnostic>) {
    let used = reach::used(unit);
    let mut lowering = ModuleLowering::new(unit, sources, &used);
    lowering.declare(&used);
    lowering.define();
    lowering.finish()
}

/// State of lowering one file.
struct ModuleLowering<'a> {
    unit: &'a Unit,
    ir: ir::Module,
    /// What became of each function and global; `None` if nothing uses it.
    functions: Vec<Option<ir::FuncId>>,
    globals: Vec<Option<ir::GlobalId>>,
    locations: Locations<'a>,
    types: DebugTypes<'a>,
    /// Questions about the running kernel's types that the module has already.
    core: HashMap<ir::CoreRelo, ir::CoreId>,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> ModuleLowering<'a> {
    fn new(unit: &'a Unit, sources: &'a Sources, used: &Used) -> ModuleLowering<'a> {
        ModuleLowering {
            unit,
            ir: ir::Module {
                endian: unit.types.endian,
                ..ir::Module::default()
            },
            functions: vec![None; unit.functions.len()],
            globals: vec![None; unit.globals.len()],
            locations: Locations::new(sources),
            types: DebugTypes::new(unit, used),
            core: HashMap::new(),
            diagnostics: Vec::new(),
        }
    }

    /// Gives everything that is used its number, so that bodies and initial values can refer to it.
    fn declare(&mut self, used: &Used) {
        self.describe_types(used);
        for (id, global) in self.unit.globals().filter(|&(id, _)| used.global(id)) {
            let declared = self.declare_global(global);
            self.globals[id.index()] = Some(self.ir.globals.push(declared));
        }
        for (id, function) in self.unit.functions().filter(|&(id, _)| used.function(id)) {
            let declared = self.declare_function(function);
            self.functions[id.index()] = Some(self.ir.functions.push(declared));
        }
    }

    /// Numbers the types as clang does: those of maps, then those of functions, then those of other variables.
    fn describe_types(&mut self, used: &Used) {
        let unit = self.unit;
        let globals = || unit.globals().filter(|&(id, _)| used.global(id));
        for (_, map) in globals().filter(|(_, global)| global.kind == GlobalKind::Map) {
            self.types.describe(map.ty);
        }
        let functions = || unit.functions().filter(|&(id, _)| used.function(id));
        for (_, function) in functions().filter(|(_, f)| f.linkage != Linkage::Local) {
            self.types.describe_parts(function);
        }
        for (_, function) in functions().filter(|(_, f)| f.linkage == Linkage::Local) {
            self.types.describe_parts(function);
        }
    }

    fn define(&mut self) {
        let unit = self.unit;
        for (id, global) in unit.globals() {
            if let Some(lowered) = self.globals[id.index()] {
                self.define_global(lowered, global);
            }
        }
        for (id, function) in unit.functions() {
            if let (Some(lowered), Some(body)) = (self.functions[id.index()], &function.body) {
                let defined = function::lower(self, lowered, function, body);
                self.ir.functions[lowered] = defined;
            }
        }
    }

    fn finish(mut self) -> (ir::Module, Vec<Diagnostic>) {
        self.types.finish(&mut self.ir.debug);
        self.ir.debug.files = self.locations.into_files();
        (self.ir, self.diagnostics)
    }

    /// The module's number of a function that is used.
    fn function(&self, id: FuncId) -> ir::FuncId {
        self.functions[id.index()].unwrap_or_else(|| panic!("{id:?} was not found to be used"))
    }

    /// The module's number of a global that is used.
    fn global(&self, id: GlobalId) -> ir::GlobalId {
        self.globals[id.index()].unwrap_or_else(|| panic!("{id:?} was not found to be used"))
    }

    fn symbol(&self, symbol: Symbol) -> ir::SymbolRef {
        match symbol {
            Symbol::Global(id) => ir::SymbolRef::Global(self.global(id)),
            Symbol::Func(id) => ir::SymbolRef::Func(self.function(id)),
        }
    }
}

#[cfg(test)]
mod tests;
