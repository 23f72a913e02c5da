//! What of a file goes into the module: what other files or the kernel see, and what these parts use.
//!
//! Headers bring hundreds of `static inline` functions and declarations; those that nothing refers to are left out.

use super::visit::{Visitor, walk_block, walk_expr, walk_place};
use super::{
    Callee, Expr, ExprKind, FuncId, Function, Global, GlobalId, GlobalKind, Linkage, Place,
    PlaceKind, Symbol, Unit,
};

/// Sections that globals get by themselves; every other one was asked for.
const DEFAULT_SECTIONS: [&str; 4] = [".data", ".bss", ".rodata", ".rodata.str1.1"];

/// The functions and globals that go into the module.
pub struct Used {
    functions: Vec<bool>,
    globals: Vec<bool>,
    /// Found, but not yet looked into.
    pending: Vec<Symbol>,
}

impl Used {
    /// Whether the function, defined or declared, goes into the module.
    pub fn function(&self, id: FuncId) -> bool {
        self.functions[id.index()]
    }

    /// Whether the global goes into the module.
    pub fn global(&self, id: GlobalId) -> bool {
        self.globals[id.index()]
    }

    fn add(&mut self, symbol: Symbol) {
        let seen = match symbol {
            Symbol::Func(id) => &mut self.functions[id.index()],
            Symbol::Global(id) => &mut self.globals[id.index()],
        };
        if !std::mem::replace(seen, true) {
            self.pending.push(symbol);
        }
    }
}

/// Finds what is used, starting from what is visible outside the file.
pub fn used(unit: &Unit) -> Used {
    let mut used = Used {
        functions: vec![false; unit.functions.len()],
        globals: vec![false; unit.globals.len()],
        pending: Vec::new(),
    };
    for (id, _) in unit.functions().filter(|(_, f)| function_is_root(f)) {
        used.add(Symbol::Func(id));
    }
    for (id, _) in unit.globals().filter(|(_, g)| global_is_root(g)) {
        used.add(Symbol::Global(id));
    }
    while let Some(symbol) = used.pending.pop() {
        match symbol {
            Symbol::Func(id) => {
                if let Some(body) = &unit[id].body {
                    walk_block(&mut References(&mut used), body);
                }
            }
            Symbol::Global(id) => {
                let pointers = unit[id].image.iter().flat_map(|image| &image.pointers);
                pointers.for_each(|pointer| used.add(pointer.target));
            }
        }
    }
    used
}

fn function_is_root(function: &Function) -> bool {
    let attributes = &function.attributes;
    function.body.is_some()
        && (function.linkage != Linkage::Local || attributes.used || attributes.section.is_some())
}

fn global_is_root(global: &Global) -> bool {
    let asked_for = !DEFAULT_SECTIONS.contains(&global.section.as_str());
    global.image.is_some()
        && (global.used
            || asked_for
            || global.linkage != Linkage::Local
            || global.kind == GlobalKind::Map)
}

/// Collects the functions and globals that a body names.
struct References<'a>(&'a mut Used);

impl Visitor for References<'_> {
    fn visit_expr(&mut self, expr: &Expr) {
        if let ExprKind::FuncAddr(id)
        | ExprKind::Call {
            callee: Callee::Func(id),
            ..
        } = expr.kind
        {
            self.0.add(Symbol::Func(id));
        }
        walk_expr(self, expr);
    }

    fn visit_place(&mut self, place: &Place) {
        if let PlaceKind::Global(id) = place.kind {
            self.0.add(Symbol::Global(id));
        }
        walk_place(self, place);
    }
}
