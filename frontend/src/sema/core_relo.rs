//! Builtins of CO-RE: members where the running kernel has them, and questions about its types.
//!
//! libbpf's `bpf_core_read.h` gives them their usual names: `BPF_CORE_READ`, `bpf_core_field_exists`, `bpf_core_type_size`,
//! `bpf_core_enum_value` and so on. The operand of a question is not evaluated; it only names a member, a type, an enumerator.

use std::borrow::Cow;

use bpfcc_isa::CoreReloKind;
use lang_c::ast;
use lang_c::span::Node;

use crate::diagnostic::Diagnostic;
use crate::normalize::spelling::as_written;
use crate::source::Span;
use crate::tree::core_relo::{CorePath, CoreQuery};
use crate::tree::{Expr, ExprKind, Place, PlaceKind};
use crate::types::{BitField, IntKind, TypeId, TypeKind, Types};

use super::convert::{self, Operand};
use super::{Checked, Checker};

/// What a question is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Subject {
    Field,
    Type,
    TypeId,
    Enumerator,
}

/// What a question is asked about.
const WANTED: &str = "this needs to be a member, or `*(T *)0` to name a type";

impl Subject {
    /// The questions in the order of their numbers, the builtin's second argument (`enum bpf_field_info_kind` and its
    /// neighbours in libbpf's `bpf_core_read.h`).
    fn kinds(self) -> &'static [CoreReloKind] {
        use CoreReloKind::*;
        match self {
            Subject::Field => &[
                FieldByteOffset,
                FieldByteSize,
                FieldExists,
                FieldSigned,
                FieldLeftShift,
                FieldRightShift,
            ],
            Subject::Type => &[TypeExists, TypeSize, TypeMatches],
            Subject::TypeId => &[TypeIdLocal, TypeIdTarget],
            Subject::Enumerator => &[EnumValueExists, EnumValue],
        }
    }

    /// The type of the answer, as clang has it.
    fn result(self) -> TypeId {
        Types::int(match self {
            Subject::Field | Subject::Type => IntKind::UInt,
            Subject::TypeId | Subject::Enumerator => IntKind::ULong,
        })
    }
}

impl Checker<'_> {
    /// `__builtin_preserve_access_index(expression)`.
    pub(super) fn preserve_access(
        &mut self,
        nodes: &[Node<ast::Expression>],
        span: Span,
    ) -> Checked<Operand> {
        let [node] = self.first_nodes(nodes, span)?;
        let value = self.preserving(|checker| checker.rvalue(node))?;
        Ok(Operand::Value(Expr { span, ..value }))
    }

    fn preserving<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.preserving, true);
        let result = f(self);
        self.preserving = outer;
        result
    }

    /// `__builtin_preserve_field_info(member, number)` and the others.
    pub(super) fn core_query(
        &mut self,
        subject: Subject,
        nodes: &[Node<ast::Expression>],
        span: Span,
    ) -> Checked<Expr> {
        let [node, number] = self.first_nodes(nodes, span)?;
        let index = usize::try_from(self.constant_expression(number)?);
        let kind = index.ok().and_then(|index| subject.kinds().get(index));
        let Some(&kind) = kind else {
            let most = subject.kinds().len() - 1;
            let span = self.span(number);
            return self.error(
                "core-relocation",
                span,
                format!("the questions here have numbers from 0 to {most}"),
            );
        };
        let place =
            self.unevaluated(|checker| checker.preserving(|checker| checker.operand(node)))?;
        let Operand::Place(place) = place else {
            let span = self.span(node);
            return self.error("core-relocation", span, WANTED);
        };
        if self.types().is_void(place.ty.ty) {
            return self.error("core-relocation", place.span, WANTED);
        }
        let query = match subject {
            Subject::Field => self.field_query(kind, &place)?,
            Subject::Type | Subject::TypeId => self.type_query(kind, &place),
            Subject::Enumerator => self.enumerator_query(kind, &place, node)?,
        };
        let ty = subject.result();
        Ok(convert::expr(ExprKind::Core(query), ty, span))
    }

    fn field_query(&mut self, kind: CoreReloKind, place: &Place) -> Checked<CoreQuery> {
        let Some(path) = CorePath::to_subject(self.types(), place) else {
            let error = Diagnostic::error(place.span, "this is no member of a record");
            return self
                .fail(error.help("write it as `((struct s *)0)->member` or `pointer->member`"));
        };
        Ok(CoreQuery {
            kind,
            root: path.root(self.types()),
            value: self.field_answer(kind, place, path.offset as i64),
            steps: path.steps,
        })
    }

    /// What is so about a member here (`bpf_core_calc_field_relo` in Linux).
    fn field_answer(&self, kind: CoreReloKind, place: &Place, offset: i64) -> i64 {
        let bits = match &place.kind {
            PlaceKind::BitField { bits, .. } => *bits,
            _ => self.all_bits(place.ty.ty),
        };
        let is_signed = self.types().int_kind(place.ty.ty);
        match kind {
            CoreReloKind::FieldByteOffset => offset,
            CoreReloKind::FieldByteSize => bits.bytes.into(),
            CoreReloKind::FieldExists => 1,
            CoreReloKind::FieldSigned => is_signed.is_some_and(IntKind::is_signed).into(),
            CoreReloKind::FieldLeftShift => 64 - i64::from(bits.shift + bits.width),
            CoreReloKind::FieldRightShift => 64 - i64::from(bits.width),
            _ => 0,
        }
    }

    /// All bits of a member that is no bit-field.
    fn all_bits(&self, ty: TypeId) -> BitField {
        let bytes = self.types().size_of(ty).unwrap_or(0) as u32;
        BitField {
            offset: 0,
            bytes,
            shift: 0,
            // Larger members have no meaningful shift.
            width: bytes.min(8) * 8,
        }
    }

    fn type_query(&self, kind: CoreReloKind, place: &Place) -> CoreQuery {
        let value = match kind {
            CoreReloKind::TypeSize => self.types().size_of(place.ty.ty).unwrap_or(0) as i64,
            CoreReloKind::TypeExists | CoreReloKind::TypeMatches => 1,
            _ => 0,
        };
        CoreQuery {
            kind,
            root: place.ty.ty,
            steps: vec![0],
            value,
        }
    }

    /// The operand is `*(enum e *)NAME`.
    fn enumerator_query(
        &mut self,
        kind: CoreReloKind,
        place: &Place,
        node: &Node<ast::Expression>,
    ) -> Checked<CoreQuery> {
        let ty = self.types().canonical(place.ty).ty;
        let values = match self.types().kind(ty) {
            TypeKind::Enum(id) => self.types().enumeration(*id).values.as_deref(),
            _ => None,
        };
        let name = innermost_name(node);
        let found = values.unwrap_or_default().iter().enumerate();
        let found = found
            .into_iter()
            .find(|(_, (known, _))| Some(known.as_str()) == name.as_deref());
        let Some((index, &(_, value))) = found else {
            let shown = self.show(place.ty.ty);
            return self.error("core-relocation", place.span,
                format!("this needs the name of an enumerator of an enumeration, as in `*(enum e *)NAME`; the type is {shown}"),
            );
        };
        let value = match kind {
            CoreReloKind::EnumValue => value as i64,
            _ => 1,
        };
        Ok(CoreQuery {
            kind,
            // An enumeration without a tag has the name of its typedef.
            root: place.ty.ty,
            steps: vec![index as u64],
            value,
        })
    }
}

/// The name in `*(T *)(NAME)`.
fn innermost_name(node: &Node<ast::Expression>) -> Option<Cow<'_, str>> {
    match &node.node {
        ast::Expression::UnaryOperator(unary) => innermost_name(&unary.node.operand),
        ast::Expression::Cast(cast) => innermost_name(&cast.node.expression),
        ast::Expression::Identifier(name) => Some(as_written(&name.node)),
        _ => None,
    }
}
