//! `__builtin_object_size(pointer, mode)`: how many bytes there are from where a pointer points to the end of its object.
//!
//! ```text
//!             mode & 1                       0: the whole variable      1: the member or array pointed into
//!             mode & 2: if it is not known   0: (size_t)-1              2: 0
//! ```
//!
//! Known is what the expression itself says: a variable, members, constant indices. Nothing is followed through pointers.

use lang_c::ast;
use lang_c::span::Node;

use crate::source::Span;
use crate::tree::{CastKind, Expr, ExprKind, Place, PlaceKind};
use crate::types::{IntKind, Types};

use super::convert::constant;
use super::{Checked, Checker};

/// The bytes from a place to an end; negative before the start, `None` if not known.
#[derive(Clone, Copy, Default)]
struct Rest {
    whole: Option<i128>,
    part: Option<i128>,
}

impl Rest {
    fn after(self, bytes: i128) -> Rest {
        let less = |rest: i128| rest.checked_sub(bytes);
        Rest {
            whole: self.whole.and_then(less),
            part: self.part.and_then(less),
        }
    }
}

impl Checker<'_> {
    pub(super) fn object_size(
        &mut self,
        nodes: &[Node<ast::Expression>],
        span: Span,
    ) -> Checked<Expr> {
        let [object, mode] = self.first_nodes(nodes, span)?;
        let pointer = self.unevaluated(|checker| checker.rvalue(object))?;
        let mode = self.constant_expression(mode)?;
        let rest = self.behind(&pointer);
        let known = if mode & 1 == 0 { rest.whole } else { rest.part };
        let unknown = if mode & 2 == 0 { -1 } else { 0 };
        // Beyond the end there is nothing.
        let size = known.map_or(unknown, |size| size.max(0));
        let size = IntKind::ULong.wrap(size);
        Ok(constant(size, Types::int(IntKind::ULong), span))
    }

    fn behind(&self, pointer: &Expr) -> Rest {
        match &pointer.kind {
            ExprKind::AddressOf(place) => self.within(place),
            ExprKind::Cast {
                kind: CastKind::PtrToPtr,
                arg,
            } => self.behind(arg),
            ExprKind::PtrOffset { ptr, index, size } => match index.as_const() {
                Some(index) => self.behind(ptr).after(index.saturating_mul((*size).into())),
                None => Rest::default(),
            },
            _ => Rest::default(),
        }
    }

    fn within(&self, place: &Place) -> Rest {
        let size = self.types().size_of(place.ty.ty).map(i128::from);
        match &place.kind {
            PlaceKind::Local(_) | PlaceKind::Global(_) | PlaceKind::CompoundLiteral { .. } => {
                Rest {
                    whole: size,
                    part: size,
                }
            }
            PlaceKind::Member { base, offset, .. } => Rest {
                whole: self.within(base).after((*offset).into()).whole,
                part: size,
            },
            PlaceKind::Deref(pointer) => self.behind(pointer),
            _ => Rest::default(),
        }
    }
}
