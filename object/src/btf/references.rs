//! Where a type names others: the numbers in it, as opposed to all that makes it what it is.

use super::{BtfType, TypeId};

impl BtfType {
    /// Hands each number of another type to `visit`, always in the same order.
    pub(crate) fn each_reference(&mut self, mut visit: impl FnMut(&mut TypeId)) {
        match self {
            BtfType::Int { .. }
            | BtfType::Float { .. }
            | BtfType::Fwd { .. }
            | BtfType::Enum { .. }
            | BtfType::Enum64 { .. } => {}
            BtfType::Ptr { target }
            | BtfType::Volatile { target }
            | BtfType::Const { target }
            | BtfType::Restrict { target }
            | BtfType::Typedef { target, .. }
            | BtfType::TypeTag { target, .. }
            | BtfType::DeclTag { target, .. } => visit(target),
            BtfType::Func { proto, .. } => visit(proto),
            BtfType::Var { ty, .. } => visit(ty),
            BtfType::Array { element, index, .. } => {
                visit(element);
                visit(index);
            }
            BtfType::Struct { members, .. } | BtfType::Union { members, .. } => {
                members.iter_mut().for_each(|member| visit(&mut member.ty));
            }
            BtfType::FuncProto { result, params } => {
                visit(result);
                params.iter_mut().for_each(|param| visit(&mut param.ty));
            }
            BtfType::DataSec { vars, .. } => vars.iter_mut().for_each(|var| visit(&mut var.ty)),
        }
    }
}
