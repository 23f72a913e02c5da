//! Names that are declared for nothing.

use crate::diagnostic::Diagnostic;
use crate::tree::reach::Used;
use crate::tree::{Function, Inline, Linkage, Unit};

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

/// Parameters and variables whose name does not occur again.
pub(super) fn check_locals(function: &Function, found: &mut Vec<Diagnostic>) {
    for (index, local) in function.locals.iter().enumerate() {
        let Some(name) = local.name.as_ref().filter(|_| !local.mentioned) else {
            continue;
        };
        let is_param = function.params.iter().any(|param| param.index() == index);
        let (what, code) = match is_param {
            true => ("parameter", "unused-parameter"),
            false => ("variable", "unused-variable"),
        };
        let message = format!("nothing uses the {what} `{name}`");
        found.push(Diagnostic::warning(local.span, message).code(code));
    }
}
