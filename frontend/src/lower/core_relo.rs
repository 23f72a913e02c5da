//! Questions about the running kernel's types (CO-RE).

use bpfcc_ir as ir;
use bpfcc_ir::Type;

use super::ModuleLowering;
use super::function::Body;
use super::repr::{Repr, Scalar, repr};
use crate::tree::Expr;
use crate::tree::core_relo::CoreQuery;

impl ModuleLowering<'_> {
    /// The module's number of a question.
    pub(super) fn core_relo(&mut self, query: &CoreQuery) -> ir::CoreId {
        let root = self.types.describe_object(query.root.unqualified());
        let relo = ir::CoreRelo {
            kind: query.kind,
            root,
            access: query.access(),
            value: query.value,
        };
        let core = &mut self.ir.core;
        let known = self.core.entry(relo.clone());
        *known.or_insert_with(|| core.push(relo))
    }
}

impl Body<'_, '_> {
    pub(super) fn core_query(&mut self, expr: &Expr, query: &CoreQuery) -> Scalar {
        let relo = self.module.core_relo(query);
        let value = self.builder.core(relo);
        Scalar::Word(match repr(self.types(), expr.ty) {
            Repr::Word(Type::I32) => self.builder.truncate(value),
            _ => value,
        })
    }
}
