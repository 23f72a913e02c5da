//! Labels: where they are known, and labels as values.
//!
//! A label is known in its whole function (C11 6.2.1p3), or with GNU's `__label__` in the block that declares it.
//!
//! BPF cannot jump to an address. The labels whose address a function takes are numbered 1, 2, … in the order of the text;
//! `&&label` is that number as a `void *`, and `goto *place` chooses among the labels by number.

use std::collections::HashMap;

use lang_c::ast;
use lang_c::span::Node;

use crate::diagnostic::Diagnostic;
use crate::normalize::spelling::as_written;
use crate::normalize::{COMPUTED_GOTO, LOCAL_LABELS};
use crate::source::Span;
use crate::tree::{Expr, Label, LabelId, StmtKind};
use crate::types::{IntKind, Types};

use super::{Body, Checked, Checker, Reported, convert};

/// A label that was declared, defined or jumped to.
pub(super) struct NamedLabel {
    id: LabelId,
    defined: bool,
    /// First use or definition.
    span: Span,
}

/// A statement that `normalize` wrote as a call.
pub(super) enum LabelStatement<'n> {
    /// `goto *place;`
    Goto(&'n Node<ast::Expression>),
    /// `__label__ a, b;`
    Declare(&'n [Node<ast::Expression>]),
}

/// Reads a call as the statement it stands for.
pub(super) fn statement(expression: &ast::Expression) -> Option<LabelStatement<'_>> {
    let ast::Expression::Call(call) = expression else {
        return None;
    };
    let ast::Expression::Identifier(callee) = &call.node.callee.node else {
        return None;
    };
    match (callee.node.name.as_str(), call.node.arguments.as_slice()) {
        (COMPUTED_GOTO, [place]) => Some(LabelStatement::Goto(place)),
        (LOCAL_LABELS, names) => Some(LabelStatement::Declare(names)),
        _ => None,
    }
}

impl Body {
    fn new_label(&mut self, name: Option<&str>, span: Span) -> LabelId {
        let id = LabelId::new(self.labels.len());
        let name = name.map(str::to_owned);
        self.labels.push(Label { name, span });
        id
    }

    /// The label that a name means here. One that is not known yet belongs to the function.
    fn label_entry(&mut self, name: &str, span: Span) -> &mut NamedLabel {
        let known = |labels: &HashMap<String, NamedLabel>| labels.contains_key(name);
        let scope = self.named_labels.iter().rposition(known).unwrap_or(0);
        if !known(&self.named_labels[scope]) {
            self.add_label(scope, name, span);
        }
        let labels = &mut self.named_labels[scope];
        labels.get_mut(name).expect("the label was just added")
    }

    fn add_label(&mut self, scope: usize, name: &str, span: Span) {
        let label = NamedLabel {
            id: self.new_label(Some(name), span),
            defined: false,
            span,
        };
        self.named_labels[scope].insert(name.to_owned(), label);
    }
}

impl Checker<'_> {
    /// The label with a name, which may be defined later.
    pub(super) fn named_label(
        &mut self,
        name: &str,
        span: Span,
        defines: bool,
    ) -> Checked<LabelId> {
        let Some(body) = &mut self.body else {
            return Err(Reported);
        };
        let label = body.label_entry(name, span);
        let id = label.id;
        if defines && label.defined {
            let first = body.labels[id.index()].span;
            let error = Diagnostic::error(span, format!("there are two labels `{name}`"))
                .code("duplicate-label");
            return self.fail(error.note(first, "the other one"));
        }
        if defines {
            label.defined = true;
            body.labels[id.index()].span = span;
        }
        Ok(id)
    }

    /// A label for `case` or `default`.
    pub(super) fn unnamed_label(&mut self, span: Span) -> Checked<LabelId> {
        let body = self.body.as_mut().ok_or(Reported)?;
        Ok(body.new_label(None, span))
    }

    // Labels of blocks.

    pub(super) fn enter_label_scope(&mut self) {
        if let Some(body) = &mut self.body {
            body.named_labels.push(HashMap::new());
        }
    }

    /// Forgets the labels of the innermost block, all of which should have been defined.
    pub(super) fn leave_label_scope(&mut self) {
        let Some(body) = &mut self.body else {
            return;
        };
        let labels = body.named_labels.pop().unwrap_or_default();
        let undefined = labels.into_iter().filter(|(_, label)| !label.defined);
        let mut undefined: Vec<_> = undefined.collect();
        undefined.sort_by_key(|(_, label)| label.id);
        let function = body.name.clone();
        for (name, label) in undefined {
            let message = format!("there is no label `{name}` in `{function}`");
            self.report(Diagnostic::error(label.span, message).code("undeclared-label"));
        }
    }

    /// `__label__ a, b;`
    pub(super) fn local_labels(&mut self, names: &[Node<ast::Expression>]) -> Checked<()> {
        for node in names {
            let span = self.span(node);
            let ast::Expression::Identifier(name) = &node.node else {
                return self.error(
                    "label-address",
                    span,
                    "`__label__` declares names of labels",
                );
            };
            let body = self.body.as_mut().ok_or(Reported)?;
            let innermost = body.named_labels.len() - 1;
            body.add_label(innermost, &as_written(&name.node), span);
        }
        Ok(())
    }

    // Labels as values.

    /// `&&label`: its number among those whose address is taken.
    pub(super) fn label_address(
        &mut self,
        args: &[Node<ast::Expression>],
        span: Span,
    ) -> Checked<Expr> {
        let [
            Node {
                node: ast::Expression::Identifier(name),
                ..
            },
        ] = args
        else {
            return self.error("label-address", span, "`&&` takes the address of a label");
        };
        if self.body.is_none() {
            return self.error("outside-function", span, "labels stand inside of functions");
        }
        let id = self.named_label(&as_written(&name.node), span, false)?;
        let body = self.body.as_mut().ok_or(Reported)?;
        let labels = &mut body.addressed_labels;
        let index = labels.iter().position(|&label| label == id);
        let index = index.unwrap_or_else(|| {
            labels.push(id);
            labels.len() - 1
        });
        let ty = self.unit.types.void_pointer();
        Ok(convert::constant(index as i128 + 1, ty, span))
    }

    /// Reports a `goto *place` that has nowhere to go.
    pub(super) fn check_computed_goto(&mut self) {
        let Some(body) = &self.body else {
            return;
        };
        if let Some(span) = body
            .computed_goto
            .filter(|_| body.addressed_labels.is_empty())
        {
            let message = format!(
                "`{}` takes no label's address, so this leads nowhere",
                body.name
            );
            let help =
                "take the addresses of labels of the same function: `void *place = &&label;`";
            self.report(
                Diagnostic::error(span, message)
                    .code("label-address")
                    .help(help),
            );
        }
    }

    /// `goto *place;`
    pub(super) fn computed_goto(
        &mut self,
        place: &Node<ast::Expression>,
        span: Span,
    ) -> Checked<StmtKind> {
        let place = self.rvalue(place)?;
        if !self.types().is_pointer(place.ty) {
            let shown = self.show(place.ty);
            let message = format!("`goto *` needs the address of a label, not {shown}");
            return self.error("label-address", span, message);
        }
        if let Some(body) = &mut self.body {
            body.computed_goto = body.computed_goto.or(Some(span));
        }
        let number = self.cast(place, Types::int(IntKind::ULong));
        Ok(StmtKind::ComputedGoto(number))
    }
}
