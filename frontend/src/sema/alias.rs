//! `__attribute__((alias("f")))`: another name of a function.
//!
//! Two symbols at one address mean little to a loader that takes programs apart by symbol, so the other name becomes a function
//! of its own, which calls the first.

use crate::source::Span;
use crate::tree::{
    Block, Callee, Expr, ExprKind, FuncId, Local, LocalId, Place, PlaceKind, Stmt, StmtKind,
};
use crate::types::FunctionType;

use super::convert;
use super::scope::{Binding, Entity};
use super::{Checked, Checker, Reported};

impl Checker<'_> {
    /// Gives each other name its body, once all functions are known.
    pub(super) fn finish_aliases(&mut self) {
        for (alias, target, span) in std::mem::take(&mut self.aliases) {
            // A mistake in one has been reported.
            let _ = self.define_alias(alias, &target, span);
        }
    }

    fn define_alias(&mut self, alias: FuncId, target: &str, span: Span) -> Checked<()> {
        let Some(Binding {
            entity: Entity::Func(target),
            ..
        }) = self.scopes.lookup_file(target)
        else {
            let message = format!("there is no function `{target}` that this could be a name of");
            return self.error("alias", span, message);
        };
        if self.unit[target].body.is_none() {
            let message = format!("`{}` is not defined in this file", self.unit[target].name);
            return self.error("alias", span, message);
        }
        let (ty, wanted) = (self.unit[target].ty, self.unit[alias].ty);
        if !self.types().compatible_unqualified(ty, wanted) {
            let (shown, wanted) = (self.show(ty), self.show(wanted));
            let message = format!("this is another name of {shown}, but its type is {wanted}");
            return self.error("alias", span, message);
        }
        let Some(function) = self.types().function_type(ty).cloned() else {
            return Err(Reported);
        };
        let locals = self.forwarded_params(&function, span);
        let call = forwarding_call(target, &function, span);
        let kind = match self.types().is_void(function.result) {
            true => StmtKind::Expr(call),
            false => StmtKind::Return(Some(call)),
        };
        let defined = &mut self.unit[alias];
        defined.ty = ty;
        defined.params = (0..locals.len()).map(LocalId::new).collect();
        defined.locals = locals;
        defined.body = Some(Block {
            stmts: vec![Stmt { kind, span }],
            span,
        });
        Ok(())
    }

    fn forwarded_params(&self, function: &FunctionType, span: Span) -> Vec<Local> {
        let params = function.params.iter();
        let locals = params.map(|param| Local {
            name: param.name.clone(),
            ty: param.ty,
            align: self.types().align_of(param.ty.ty),
            tags: param.tags.clone(),
            mentions: 0,
            may_be_unused: true,
            span,
        });
        locals.collect()
    }
}

/// A call with the parameters as arguments.
fn forwarding_call(target: FuncId, function: &FunctionType, span: Span) -> Expr {
    let params = function.params.iter().enumerate();
    let args = params.map(|(index, param)| {
        let place = Box::new(Place {
            kind: PlaceKind::Local(LocalId::new(index)),
            ty: param.ty,
            span,
        });
        convert::expr(ExprKind::Load(place), param.ty.ty, span)
    });
    let call = ExprKind::Call {
        callee: Callee::Func(target),
        args: args.collect(),
    };
    convert::expr(call, function.result, span)
}
