//! Computing with vectors of GNU C, lane by lane:
//!
//! ```text
//!  a + b     ({ v4 l = a, r = b; (v4){ l[0] + r[0], l[1] + r[1], l[2] + r[2], l[3] + r[3] }; })
//!  a < b     (v4){ -(l[0] < r[0]), … }       lanes of 0 or -1, signed and as wide as the operands'
//!  a << 3    (v4){ l[0] << 3, … }            a number goes with each lane
//!  (u2)a     *(u2 *)&l                       the same bytes
//! ```
//!
//! Nobody after this sees a vector, only structs: see `types::vector`.

use lang_c::ast;
use lang_c::span::Node;

use crate::restrict::Rule;
use crate::source::Span;
use crate::tree::{
    BinaryOp, Block, Expr, ExprKind, Init, InitItem, InitValue, Place, PlaceKind, Stmt, StmtKind,
    UnaryOp,
};
use crate::types::{FieldRef, IntKind, QualType, TypeId, Types};

use super::convert::{self, Operand, constant};
use super::{Checked, Checker};

/// Lanes of a vector that is computed with: each becomes code of its own.
const MAX_LANES: u64 = 256;

/// An operand, evaluated: what its lanes are.
enum Part {
    Lanes(Place),
    /// The same for each lane.
    Number(Expr),
}

impl Checker<'_> {
    pub(super) fn is_vector(&self, ty: TypeId) -> bool {
        self.types().vector_parts(ty).is_some()
    }

    /// What `lane` makes of the lanes of the operands, of which at least one is a vector: a vector of the same type.
    pub(super) fn lanewise<const N: usize>(
        &mut self,
        operands: [Expr; N],
        span: Span,
        lane: impl FnMut(&mut Self, [Expr; N]) -> Checked<Expr>,
    ) -> Checked<Expr> {
        let ty = self.common_vector(&operands, span)?;
        self.lanewise_as(ty, operands, span, lane)
    }

    /// The same for comparisons, whose lanes are 0 or 1: a vector of signed lanes that are 0 or -1.
    pub(super) fn lanewise_mask<const N: usize>(
        &mut self,
        operands: [Expr; N],
        span: Span,
        mut lane: impl FnMut(&mut Self, [Expr; N]) -> Checked<Expr>,
    ) -> Checked<Expr> {
        let ty = self.common_vector(&operands, span)?;
        let (element, lanes) = self.lanes(ty, span)?;
        let size = self.types().size_of(element.ty).unwrap_or(0);
        let mut kinds = IntKind::ALL.iter().copied();
        let kind = kinds.find(|kind| {
            *kind != IntKind::Char && kind.is_signed() && u64::from(kind.bytes()) == size
        });
        let element = Types::int(kind.unwrap_or(IntKind::Long));
        let align = self.types().align_of(ty);
        let mask = self.unit.types.vector(element, lanes, align, span);
        self.lanewise_as(mask, operands, span, |checker, values| {
            let holds = lane(checker, values)?;
            Ok(checker.unary(UnaryOp::Neg, holds))
        })
    }

    fn lanewise_as<const N: usize>(
        &mut self,
        ty: TypeId,
        operands: [Expr; N],
        span: Span,
        mut lane: impl FnMut(&mut Self, [Expr; N]) -> Checked<Expr>,
    ) -> Checked<Expr> {
        let mut stmts = Vec::new();
        let parts = operands.into_iter();
        let parts = parts.map(|operand| self.vector_part(operand, &mut stmts));
        let parts: Vec<Part> = parts.collect::<Checked<_>>()?;
        let (_, lanes) = self.lanes(ty, span)?;
        let mut values = Vec::new();
        for index in 0..lanes {
            let operands = parts.iter().map(|part| match part {
                Part::Lanes(place) => self.lane(place, index, span),
                Part::Number(number) => Ok(number.clone()),
            });
            let operands: Vec<Expr> = operands.collect::<Checked<_>>()?;
            let operands = operands.try_into();
            let operands =
                operands.unwrap_or_else(|_| panic!("each of {N} operands gives one part"));
            values.push(lane(self, operands)?);
        }
        self.vector_value(ty, values, stmts, span)
    }

    /// The vector that the operands have in common; a number among them becomes one of its elements.
    fn common_vector(&mut self, operands: &[Expr], span: Span) -> Checked<TypeId> {
        let types = self.types();
        let vectors = operands.iter().filter(|operand| self.is_vector(operand.ty));
        let vectors: Vec<TypeId> = vectors.map(|operand| operand.ty).collect();
        let same = |&ty: &TypeId| self.same_lanes(vectors[0], ty);
        let numbers = operands
            .iter()
            .filter(|operand| !self.is_vector(operand.ty));
        if vectors.iter().all(same) && numbers.clone().all(|number| types.is_integer(number.ty)) {
            return Ok(vectors[0]);
        }
        let shown: Vec<String> = operands
            .iter()
            .map(|operand| self.show(operand.ty))
            .collect();
        let shown = shown.join(" and ");
        self.error(
            "operand-type",
            span,
            format!("{shown} have different lanes"),
        )
    }

    /// Whether two vectors have as many lanes of integers of one width; clang lets signs differ.
    fn same_lanes(&self, a: TypeId, b: TypeId) -> bool {
        let bits = |ty| {
            let (element, lanes) = self.types().vector_parts(ty)?;
            Some((self.types().size_of(element.ty)?, lanes))
        };
        bits(a) == bits(b)
    }

    fn lanes(&mut self, ty: TypeId, span: Span) -> Checked<(QualType, u64)> {
        let parts = self.types().vector_parts(ty);
        if parts.is_some_and(|(element, _)| self.types().is_float(element.ty)) {
            let thing = "these lanes are floating-point numbers";
            return self.fail(Rule::Float.refuse(span, thing));
        }
        match parts.filter(|(_, lanes)| *lanes <= MAX_LANES) {
            Some(parts) => Ok(parts),
            None => self.error(
                "operand-type",
                span,
                format!("vectors of more than {MAX_LANES} lanes are not computed with"),
            ),
        }
    }

    // Operands.

    fn vector_part(&mut self, operand: Expr, stmts: &mut Vec<Stmt>) -> Checked<Part> {
        if self.is_vector(operand.ty) {
            return self.stored(operand, stmts).map(Part::Lanes);
        }
        if operand.as_const().is_some() {
            return Ok(Part::Number(operand));
        }
        let place = self.stored(operand, stmts)?;
        self.value_of(Operand::Place(place)).map(Part::Number)
    }

    /// Where the value of an operand stands once it was computed.
    fn stored(&mut self, operand: Expr, stmts: &mut Vec<Stmt>) -> Checked<Place> {
        match operand.kind {
            ExprKind::Load(place) if is_variable(&place) => return Ok(*place),
            // A vector that was just computed stands in a temporary already.
            ExprKind::StmtExpr {
                block,
                value: Some(value),
            } if block.stmts.iter().all(is_plain_declaration) => {
                stmts.extend(block.stmts);
                return self.stored(*value, stmts);
            }
            _ => {}
        }
        let (ty, span) = (operand.ty.unqualified(), operand.span);
        self.declare_temporary(ty.ty, vec![(0, operand)], stmts, span)
    }

    fn declare_temporary(
        &mut self,
        ty: TypeId,
        values: Vec<(u64, Expr)>,
        stmts: &mut Vec<Stmt>,
        span: Span,
    ) -> Checked<Place> {
        let local = self.temporary(ty.unqualified(), span)?;
        let items = values.into_iter().map(|(offset, value)| InitItem {
            offset,
            bits: None,
            value: InitValue::Expr(value),
        });
        let init = Some(Init {
            zero_fill: false,
            items: items.collect(),
        });
        let cleanup = None;
        let kind = StmtKind::Decl {
            local,
            init,
            cleanup,
        };
        stmts.push(Stmt { kind, span });
        Ok(Place {
            kind: PlaceKind::Local(local),
            ty: ty.unqualified(),
            span,
        })
    }

    fn lane(&mut self, vector: &Place, index: u64, span: Span) -> Checked<Expr> {
        let index = constant(index.into(), Types::int(IntKind::Long), span);
        let place = self.lane_place(vector.clone(), index, span)?;
        self.value_of(Operand::Place(place))
    }

    fn lane_place(&mut self, vector: Place, index: Expr, span: Span) -> Checked<Place> {
        let Some(record) = self.types().record_id(vector.ty.ty) else {
            let shown = self.show_qual(vector.ty);
            return self.error("operand-type", span, format!("{shown} has no lanes"));
        };
        let elements = self.field_place(vector, FieldRef { record, index: 0 });
        let elements = self.value_of(Operand::Place(elements))?;
        self.index(elements, index, span)
    }

    // Results.

    /// A vector with these lanes, once the statements were executed.
    fn vector_value(
        &mut self,
        ty: TypeId,
        values: Vec<Expr>,
        mut stmts: Vec<Stmt>,
        span: Span,
    ) -> Checked<Expr> {
        let (element, _) = self.lanes(ty, span)?;
        let size = self.types().size_of(element.ty).unwrap_or(0);
        let values = (0..)
            .zip(values)
            .map(|(index, value): (u64, Expr)| (index * size, self.cast(value, element.ty)));
        let values = values.collect();
        let place = self.declare_temporary(ty, values, &mut stmts, span)?;
        self.loaded_after(stmts, place, span)
    }

    fn loaded_after(&mut self, stmts: Vec<Stmt>, place: Place, span: Span) -> Checked<Expr> {
        let ty = place.ty.ty;
        let value = self.value_of(Operand::Place(place))?;
        let kind = ExprKind::StmtExpr {
            block: Block { stmts, span },
            value: Some(Box::new(value)),
        };
        Ok(convert::expr(kind, ty, span))
    }

    /// `vector[index]`, which can be written if the vector can.
    pub(super) fn vector_element(
        &mut self,
        vector: Operand,
        index: Expr,
        span: Span,
    ) -> Checked<Place> {
        let vector = self.record_place(vector)?;
        self.lane_place(vector, index, span)
    }

    /// `place op= value`, `++place` and `place++`: `operation` gives the new value from the old one.
    pub(super) fn update_vector(
        &mut self,
        place: Place,
        value: Expr,
        gives_old: bool,
        span: Span,
        operation: impl FnOnce(&mut Self, Expr, Expr) -> Checked<Expr>,
    ) -> Checked<Expr> {
        let mut stmts = Vec::new();
        let pointer = self.address_of(Operand::Place(place), span)?;
        let pointer = self.vector_part(pointer, &mut stmts)?;
        let Part::Number(pointer) = pointer else {
            return self.error("operand-type", span, "a vector has an address");
        };
        let place = self.deref_place(pointer, span)?;
        let old = self.value_of(Operand::Place(place.clone()))?;
        let (ty, old) = (
            old.ty,
            self.declare_temporary(old.ty, vec![(0, old)], &mut stmts, span)?,
        );
        let before = self.value_of(Operand::Place(old.clone()))?;
        let value = operation(self, before, value)?;
        let assign = ExprKind::Assign {
            place: Box::new(place.clone()),
            value: Box::new(value),
        };
        stmts.push(Stmt {
            kind: StmtKind::Expr(convert::expr(assign, ty, span)),
            span,
        });
        self.loaded_after(stmts, if gives_old { old } else { place }, span)
    }

    /// The same bytes as another type, if there are as many.
    pub(super) fn reinterpreted(&mut self, value: Expr, ty: TypeId) -> Checked<Option<Expr>> {
        let types = self.types();
        let is_bits = |ty| types.vector_parts(ty).is_some() || types.is_integer(ty);
        let is_vector = |ty| types.vector_parts(ty).is_some();
        let some_vector = is_vector(value.ty) || is_vector(ty);
        let fits = is_bits(value.ty) && is_bits(ty) && types.size_of(value.ty) == types.size_of(ty);
        if !some_vector || !fits {
            return Ok(None);
        }
        let span = value.span;
        let mut stmts = Vec::new();
        let place = self.stored(value, &mut stmts)?;
        let pointer = self.address_of(Operand::Place(place), span)?;
        let target = self.unit.types.pointer_to(ty.unqualified());
        let pointer = self.cast(pointer, target);
        let place = self.deref_place(pointer, span)?;
        self.loaded_after(stmts, place, span).map(Some)
    }
}

// Builtins.
impl Checker<'_> {
    /// `__builtin_shuffle(a, mask)`, `__builtin_shuffle(a, b, mask)`: lane `mask[i]` of `a`, or of both in a row.
    pub(super) fn shuffle(&mut self, mut args: Vec<Expr>, span: Span) -> Checked<Expr> {
        let mask = args.pop();
        let vectors = args.iter().chain(&mask).map(|arg| arg.ty);
        let has_lanes = vectors.clone().all(|ty| self.is_vector(ty));
        let (Some(mask), 1..=2, true) = (mask, args.len(), has_lanes) else {
            return self.error(
                "operand-type",
                span,
                "this takes one or two vectors and a vector of numbers",
            );
        };
        let ty = self.common_vector(&args, span)?;
        let (_, lanes) = self.lanes(ty, span)?;
        let same_count = self.lanes(mask.ty, span)?.1 == lanes;
        if !same_count || !lanes.is_power_of_two() {
            return self.error(
                "operand-type",
                span,
                "the mask needs a lane for each lane, and a power of two of them",
            );
        }
        let mut stmts = Vec::new();
        let sources = args.into_iter().map(|arg| self.stored(arg, &mut stmts));
        let sources: Vec<Place> = sources.collect::<Checked<_>>()?;
        let mask = self.stored(mask, &mut stmts)?;
        let long = Types::int(IntKind::Long);
        let number = |value: u64| constant(value.into(), long, span);
        let mut values = Vec::new();
        for index in 0..lanes {
            let chosen = self.lane(&mask, index, span)?;
            let chosen = self.cast(chosen, long);
            let lane = self.binary(BinaryOp::And, chosen.clone(), number(lanes - 1), span);
            let mut candidates = Vec::new();
            for source in &sources {
                let place = self.lane_place(source.clone(), lane.clone(), span)?;
                candidates.push(self.value_of(Operand::Place(place))?);
            }
            let second = candidates.pop();
            values.push(match (candidates.pop(), second) {
                (Some(first), Some(second)) => {
                    let is_second = self.binary(BinaryOp::And, chosen, number(lanes), span);
                    self.choice(is_second, second, first, span)?
                }
                (_, only) => only.unwrap_or_else(|| number(0)),
            });
        }
        self.vector_value(ty, values, stmts, span)
    }

    /// `__builtin_shufflevector(a, b, 3, 4, …)`: these lanes of both in a row; -1 is any.
    pub(super) fn shuffle_vector(&mut self, args: Vec<Expr>, span: Span) -> Checked<Expr> {
        let mut args = args.into_iter();
        let (Some(first), Some(second)) = (args.next(), args.next()) else {
            return self.error(
                "operand-type",
                span,
                "this takes two vectors and numbers of lanes",
            );
        };
        let (Some((element, first_lanes)), Some((_, second_lanes))) = (
            self.types().vector_parts(first.ty),
            self.types().vector_parts(second.ty),
        ) else {
            return self.error(
                "operand-type",
                span,
                "this takes two vectors and numbers of lanes",
            );
        };
        let mut stmts = Vec::new();
        let first = self.stored(first, &mut stmts)?;
        let second = self.stored(second, &mut stmts)?;
        let mut values = Vec::new();
        for arg in args {
            let lane = arg
                .as_const()
                .and_then(|lane| u64::try_from(lane.max(0)).ok());
            let Some(lane) = lane.filter(|&lane| lane < first_lanes + second_lanes) else {
                return self.error("operand-type", arg.span, "this is the number of no lane");
            };
            values.push(match lane.checked_sub(first_lanes) {
                Some(lane) => self.lane(&second, lane, span)?,
                None => self.lane(&first, lane, span)?,
            });
        }
        let ty = self.vector_type(element, values.len() as u64, span)?;
        self.vector_value(ty, values, stmts, span)
    }

    /// `__builtin_convertvector(a, T)`, whose type arrives as `sizeof(T)`: each lane converted.
    pub(super) fn convert_vector(
        &mut self,
        nodes: &[Node<ast::Expression>],
        span: Span,
    ) -> Checked<Expr> {
        let [vector, ty] = nodes else {
            return self.error("operand-type", span, "this takes a vector and a type");
        };
        let ast::Expression::SizeOfTy(size) = &ty.node else {
            return self.error("operand-type", span, "this takes a vector and a type");
        };
        let ty = self.type_name(&size.node.0)?.ty;
        let vector = self.rvalue(vector)?;
        let counts =
            [ty, vector.ty].map(|ty| self.types().vector_parts(ty).map(|(_, lanes)| lanes));
        if counts[0].is_none() || counts[0] != counts[1] {
            let (from, to) = (self.show(vector.ty), self.show(ty));
            return self.error(
                "operand-type",
                span,
                format!("{from} and {to} have different numbers of lanes"),
            );
        }
        self.lanewise_as(ty, [vector], span, |_, [lane]| Ok(lane))
    }
}

/// Whether reading the place twice gives the same: a variable that is not volatile.
fn is_variable(place: &Place) -> bool {
    matches!(place.kind, PlaceKind::Local(_) | PlaceKind::Global(_)) && !place.ty.quals.is_volatile
}

fn is_plain_declaration(stmt: &Stmt) -> bool {
    matches!(stmt.kind, StmtKind::Decl { cleanup: None, .. })
}
