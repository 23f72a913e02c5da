//! Names that are declared for nothing.

use crate::diagnostic::Diagnostic;
use crate::tree::reach::Used;
use crate::tree::visit::{Visitor, walk_block, walk_stmt};
use crate::tree::{Block, Function, Inline, Linkage, LocalId, Stmt, StmtKind, Unit};

use super::paths::Graph;

/// Static functions that nothing refers to. Inline ones are there for whoever wants them.
pub(super) fn check_functions(unit: &Unit, used: &Used, found: &mut Vec<Diagnostic>) {
    for (id, function) in unit.functions() {
        let attributes = &function.attributes;
        let is_offered =
            attributes.unused || matches!(attributes.inline, Inline::Hint | Inline::Always);
        let is_private = function.body.is_some() && function.linkage == Linkage::Local;
        if is_private && !is_offered && !used.function(id) {
            let message = format!("nothing uses the function `{}`", function.name);
            found.push(Diagnostic::warning(function.span, message).code("unused-function"));
        }
    }
}

/// Parameters and variables whose name does not occur again, and variables that are assigned to only.
pub(super) fn check_locals(function: &Function, graph: &Graph, found: &mut Vec<Diagnostic>) {
    for (index, local) in function.locals.iter().enumerate() {
        let Some(name) = local.name.as_ref().filter(|_| !local.may_be_unused) else {
            continue;
        };
        let is_param = function.params.iter().any(|param| param.index() == index);
        let (message, code) = match (local.mentions, is_param) {
            (0, true) => (
                format!("nothing uses the parameter `{name}`"),
                "unused-parameter",
            ),
            (0, false) => (
                format!("nothing uses the variable `{name}`"),
                "unused-variable",
            ),
            (mentions, false) if mentions == graph.assignments(LocalId::new(index)) => (
                format!("`{name}` is assigned to but never read"),
                "unused-but-set-variable",
            ),
            _ => continue,
        };
        found.push(Diagnostic::warning(local.span, message).code(code));
    }
}

/// Labels that nothing jumps to.
pub(super) fn check_labels(function: &Function, body: &Block, found: &mut Vec<Diagnostic>) {
    let mut jumps = Jumps(vec![false; function.labels.len()]);
    walk_block(&mut jumps, body);
    let addressed = function.addressed_labels.iter();
    addressed.for_each(|label| jumps.0[label.index()] = true);
    for (label, _) in function.labels.iter().zip(jumps.0).filter(|row| !row.1) {
        if let Some(name) = &label.name {
            let message = format!("nothing jumps to the label `{name}`");
            found.push(Diagnostic::warning(label.span, message).code("unused-label"));
        }
    }
}

/// Which labels are jumped to.
struct Jumps(Vec<bool>);

impl Visitor for Jumps {
    fn visit_stmt(&mut self, stmt: &Stmt) {
        let labels = match &stmt.kind {
            StmtKind::Goto(label) => std::slice::from_ref(label),
            StmtKind::Asm(asm) => asm.labels.as_slice(),
            _ => &[],
        };
        labels.iter().for_each(|label| self.0[label.index()] = true);
        walk_stmt(self, stmt);
    }
}
