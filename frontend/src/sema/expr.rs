//! Expressions (C11 6.5), without the operators.

use lang_c::ast;
use lang_c::span::Node;

use crate::diagnostic::Diagnostic;
use crate::normalize::spelling::as_written;
use crate::normalize::{OBJECT, OMITTED};
use crate::restrict::Rule;
use crate::source::Span;
use crate::tree::{Expr, ExprKind, Place, PlaceKind, UnaryOp};
use crate::types::{
    FieldRef, FloatKind, IntKind, QualType, Quals, RecordId, TypeId, TypeKind, Types,
};

use super::convert::{self, Operand, constant};
use super::scope::Entity;
use super::{Checked, Checker, constant as fold, float, literal, suggest};

impl Checker<'_> {
    /// The value of an expression.
    pub(super) fn rvalue(&mut self, node: &Node<ast::Expression>) -> Checked<Expr> {
        let operand = self.operand(node)?;
        self.value_of(operand)
    }

    /// What an expression denotes.
    pub(super) fn operand(&mut self, node: &Node<ast::Expression>) -> Checked<Operand> {
        let span = self.span(node);
        self.nested(span, |checker| checker.operand_parts(node, span))
    }

    fn operand_parts(&mut self, node: &Node<ast::Expression>, span: Span) -> Checked<Operand> {
        let value = match &node.node {
            ast::Expression::Identifier(name) => return self.identifier(name),
            ast::Expression::StringLiteral(string) => {
                return self.string_literal(string).map(Operand::Place);
            }
            ast::Expression::Member(member) => return self.member(member).map(Operand::Place),
            ast::Expression::GenericSelection(generic) => return self.generic_selection(generic),
            ast::Expression::CompoundLiteral(literal) => {
                return self.compound_literal(literal).map(Operand::Place);
            }
            ast::Expression::UnaryOperator(unary) => return self.unary_operator(unary),
            ast::Expression::BinaryOperator(binary) => return self.binary_operator(binary),
            ast::Expression::Call(call) => return self.call(call),
            ast::Expression::Constant(constant) => self.constant(constant),
            ast::Expression::SizeOfTy(size) => self
                .type_name(&size.node.0)
                .and_then(|ty| self.size_of(ty, span)),
            ast::Expression::SizeOfVal(size) => self
                .type_of_expression(&size.node.0)
                .and_then(|ty| self.size_of(ty, span)),
            ast::Expression::AlignOf(align) => {
                let align = match named_object(&align.node.0) {
                    Some(object) => self.alignment_of_object(object)?,
                    None => self.alignment_of_type(&align.node.0)?,
                };
                Ok(constant(align.into(), Types::int(IntKind::ULong), span))
            }
            ast::Expression::Cast(cast) => self.cast_expression(cast),
            ast::Expression::Conditional(conditional) => self.conditional(conditional),
            ast::Expression::Comma(list) => self.comma(list, span),
            ast::Expression::OffsetOf(offset) => self.offset_of(offset),
            ast::Expression::VaArg(_) => {
                self.fail(Rule::Variadic.refuse(span, "`va_arg` reads a variable argument list"))
            }
            ast::Expression::Statement(statement) => self.statement_expression(statement, span),
        };
        value.map(Operand::Value)
    }

    /// The type of an expression that is not evaluated, for `typeof` and `sizeof`: arrays and functions stay what they are.
    pub(super) fn type_of_expression(&mut self, node: &Node<ast::Expression>) -> Checked<QualType> {
        if let Some(ty) = self.type_in_disguise(node)? {
            return Ok(ty);
        }
        let operand = self.unevaluated(|checker| checker.operand(node))?;
        Ok(match operand {
            Operand::Value(value) => value.ty.unqualified(),
            Operand::Place(place) => place.ty,
            Operand::Func(id, _) => self.unit[id].ty.unqualified(),
        })
    }

    /// The alignment of an object, which may be stricter than that of its type.
    fn alignment_of_object(&mut self, node: &Node<ast::Expression>) -> Checked<u32> {
        let natural = self.type_of_expression(node)?.ty;
        let is_type = self.type_in_disguise(node)?.is_some();
        let operand = match is_type {
            true => None,
            false => Some(self.unevaluated(|checker| checker.operand(node))?),
        };
        Ok(match operand {
            Some(Operand::Place(Place {
                kind: PlaceKind::Global(id),
                ..
            })) => self.unit[id].align,
            Some(Operand::Place(Place {
                kind: PlaceKind::Local(id),
                ..
            })) => match &self.body {
                Some(body) => body.locals[id.index()].align,
                None => self.types().align_of(natural),
            },
            _ => self.types().align_of(natural),
        })
    }

    /// A type that lang-c reads as an expression: a typedef's name, perhaps with lengths behind it as in `typeof(u64[4])`.
    fn type_in_disguise(&mut self, node: &Node<ast::Expression>) -> Checked<Option<QualType>> {
        let mut lengths = Vec::new();
        let mut node = node;
        while let ast::Expression::BinaryOperator(index) = &node.node
            && index.node.operator.node == ast::BinaryOperator::Index
        {
            lengths.push(&index.node.rhs);
            node = &index.node.lhs;
        }
        let ast::Expression::Identifier(name) = &node.node else {
            return Ok(None);
        };
        let Some(Entity::Typedef(ty)) = self.entity(&as_written(&name.node)) else {
            return Ok(None);
        };
        let mut ty = ty.unqualified();
        for length in lengths {
            let value = self.constant_expression(length)?;
            let Ok(length) = u64::try_from(value) else {
                let span = self.span(&**length);
                return self.error(
                    "array-length",
                    span,
                    format!("an array has no {value} elements"),
                );
            };
            ty = self.unit.types.array(ty, length).unqualified();
        }
        Ok(Some(ty))
    }

    pub(super) fn entity(&self, name: &str) -> Option<Entity> {
        self.scopes.lookup(name).map(|binding| binding.entity)
    }

    fn identifier(&mut self, name: &Node<ast::Identifier>) -> Checked<Operand> {
        let span = self.span(name);
        let spelled = &*as_written(&name.node);
        let Some(binding) = self.scopes.lookup(spelled) else {
            if matches!(spelled, "__func__" | "__FUNCTION__" | "__PRETTY_FUNCTION__") {
                return self.function_name(span).map(Operand::Place);
            }
            return self.undeclared(spelled, span);
        };
        let (kind, ty) = match binding.entity {
            Entity::Local(id) => match &mut self.body {
                Some(body) => {
                    let local = &mut body.locals[id.index()];
                    local.mentions += 1;
                    (PlaceKind::Local(id), local.ty)
                }
                None => return self.undeclared(spelled, span),
            },
            Entity::Global(id) => (PlaceKind::Global(id), self.unit[id].ty),
            Entity::Func(id) => return Ok(Operand::Func(id, span)),
            Entity::Enumerator { value, ty } => {
                return Ok(Operand::Value(constant(value, ty, span)));
            }
            Entity::Typedef(_) => {
                return self.error(
                    "type-as-value",
                    span,
                    format!("`{spelled}` is a type; a value is needed here"),
                );
            }
        };
        Ok(Operand::Place(Place { kind, ty, span }))
    }

    /// Reports an undeclared name, once per function.
    fn undeclared<T>(&mut self, name: &str, span: Span) -> Checked<T> {
        if !self.is_first_mention(name) {
            return Err(super::Reported);
        }
        let candidates = self
            .scopes
            .bindings()
            .filter_map(|(name, entity)| (!matches!(entity, Entity::Typedef(_))).then_some(name));
        let closest = suggest::closest(name, candidates.chain(self.unused_names()));
        let mut error =
            Diagnostic::error(span, format!("`{name}` is not declared")).code("undeclared");
        if let Some(closest) = closest {
            error = error.help(format!("did you mean `{closest}`?"));
        }
        self.fail(error)
    }

    pub(super) fn function_name(&mut self, span: Span) -> Checked<Place> {
        let Some(body) = &self.body else {
            return self.error(
                "outside-function",
                span,
                "`__func__` exists inside of functions",
            );
        };
        let mut bytes = body.name.clone().into_bytes();
        bytes.push(0);
        let value = literal::StringValue {
            element: IntKind::Char,
            bytes,
        };
        Ok(self.string_place(value, Quals::CONST, span))
    }

    fn constant(&mut self, node: &Node<ast::Constant>) -> Checked<Expr> {
        let span = self.span(node);
        let value = match &node.node {
            ast::Constant::Integer(integer) => literal::integer(integer),
            ast::Constant::Character(spelled) => literal::character(spelled),
            ast::Constant::Float(float) => return self.float_constant(float, span),
        };
        match value {
            Ok((value, kind)) => Ok(constant(value, Types::int(kind), span)),
            Err(error) => self.error("literal", span, error.to_string()),
        }
    }

    fn float_constant(&mut self, literal: &ast::Float, span: Span) -> Checked<Expr> {
        if literal.suffix.imaginary {
            return self.fail(Rule::Float.refuse(span, "this is an imaginary number"));
        }
        let kind = match &literal.suffix.format {
            ast::FloatFormat::Float => FloatKind::Float,
            ast::FloatFormat::LongDouble => FloatKind::LongDouble,
            ast::FloatFormat::Double => FloatKind::Double,
            ast::FloatFormat::TS18661Format(format) => self.ts18661_kind(format, span)?,
        };
        let ty = self.unit.types.intern(TypeKind::Float(kind));
        Ok(float::constant(float::literal(literal, kind), ty, span))
    }

    fn string_literal(&mut self, node: &Node<ast::StringLiteral>) -> Checked<Place> {
        let span = self.span(node);
        match literal::string(&node.node, self.types().endian) {
            Ok(value) => Ok(self.string_place(value, Quals::NONE, span)),
            Err(error) => self.error("literal", span, error.to_string()),
        }
    }

    /// A string literal as a place: an array that is a global (C11 6.4.5p6).
    fn string_place(&mut self, value: literal::StringValue, quals: Quals, span: Span) -> Place {
        let element = Types::int(value.element).with(quals);
        let ty = self.unit.types.array(element, value.len()).unqualified();
        let kind = PlaceKind::Global(self.string_global(value, ty, span));
        Place { kind, ty, span }
    }

    pub(super) fn size_of(&mut self, ty: QualType, span: Span) -> Checked<Expr> {
        let size = if self.types().is_function(ty.ty) {
            Some(1)
        } else {
            self.types().size_of(ty.ty)
        };
        match size {
            Some(size) => Ok(constant(size.into(), Types::int(IntKind::ULong), span)),
            None => {
                let shown = self.show_qual(ty);
                self.error(
                    "incomplete-type",
                    span,
                    format!("{shown} is incomplete here, so its size is not known"),
                )
            }
        }
    }

    fn cast_expression(&mut self, node: &Node<ast::CastExpression>) -> Checked<Expr> {
        let span = self.span(node);
        let ty = self.type_name(&node.node.type_name);
        let value = self.rvalue(&node.node.expression);
        let (ty, value) = (ty?.ty, value?);
        if (self.is_vector(ty) || self.is_vector(value.ty))
            && let Some(value) = self.reinterpreted(value.clone(), ty)?
        {
            return Ok(Expr { span, ..value });
        }
        let types = self.types();
        let castable = types.is_void(ty)
            || types.is_scalar(ty) && types.is_scalar(value.ty)
            || types.is_record(ty) && types.compatible_unqualified(ty, value.ty);
        let float_pointer = types.is_float(ty) && types.is_pointer(value.ty)
            || types.is_pointer(ty) && types.is_float(value.ty);
        if !castable || float_pointer {
            let (from, to) = (self.show(value.ty), self.show(ty));
            return self.error(
                "invalid-cast",
                span,
                format!("{from} cannot be converted to {to}"),
            );
        }
        // A cast to the declared type of a bit-field yields that type, which `cast` alone would drop as no change.
        let value = match self.bit_field_kind(&value) {
            Some(_) => self.promote(value),
            None => value,
        };
        let cast = self.cast(value, ty);
        Ok(Expr { span, ..cast })
    }

    fn comma(&mut self, list: &[Node<ast::Expression>], span: Span) -> Checked<Expr> {
        let mut values = list
            .iter()
            .map(|node| self.rvalue(node))
            .collect::<Vec<_>>()
            .into_iter();
        let Some(first) = values.next() else {
            return self.error("missing-expression", span, "an expression is missing here");
        };
        values.try_fold(first?, |before, value| {
            let value = value?;
            let ty = value.ty;
            let kind = ExprKind::Comma(Box::new(before), Box::new(value));
            Ok(convert::expr(kind, ty, span))
        })
    }

    fn unary_operator(&mut self, node: &Node<ast::UnaryOperatorExpression>) -> Checked<Operand> {
        let span = self.span(node);
        let operand = &node.node.operand;
        let value = match node.node.operator.node {
            ast::UnaryOperator::PostIncrement => self.inc_dec(operand, 1, true, span),
            ast::UnaryOperator::PostDecrement => self.inc_dec(operand, -1, true, span),
            ast::UnaryOperator::PreIncrement => self.inc_dec(operand, 1, false, span),
            ast::UnaryOperator::PreDecrement => self.inc_dec(operand, -1, false, span),
            ast::UnaryOperator::Address => {
                let operand = self.operand(operand)?;
                self.address_of(operand, span)
            }
            ast::UnaryOperator::Indirection => {
                let pointer = self.rvalue(operand)?;
                return self.indirection(pointer, span);
            }
            ast::UnaryOperator::Plus => self.signed_operand(operand, None, "+", span),
            ast::UnaryOperator::Minus => {
                self.signed_operand(operand, Some(UnaryOp::Neg), "-", span)
            }
            ast::UnaryOperator::Complement => {
                self.signed_operand(operand, Some(UnaryOp::Not), "~", span)
            }
            ast::UnaryOperator::Negate => {
                let arg = self.rvalue(operand)?;
                let arg = self.condition(arg)?;
                Ok(match arg.as_const() {
                    Some(value) => constant((value == 0).into(), Types::INT, span),
                    None => convert::expr(ExprKind::LogicalNot(Box::new(arg)), Types::INT, span),
                })
            }
        };
        value.map(|value| Operand::Value(Expr { span, ..value }))
    }

    fn signed_operand(
        &mut self,
        node: &Node<ast::Expression>,
        op: Option<UnaryOp>,
        symbol: &str,
        span: Span,
    ) -> Checked<Expr> {
        let value = self.rvalue(node)?;
        if !self.is_vector(value.ty) {
            return self.signed(value, op, symbol, span);
        }
        self.lanewise([value], span, |checker, [lane]| {
            checker.signed(lane, op, symbol, span)
        })
    }

    /// `+value`, `-value`, `~value`
    fn signed(
        &mut self,
        value: Expr,
        op: Option<UnaryOp>,
        symbol: &str,
        span: Span,
    ) -> Checked<Expr> {
        let takes_float = symbol != "~" && self.types().is_float(value.ty);
        if !self.types().is_integer(value.ty) && !takes_float {
            let shown = self.show(value.ty);
            return self.error(
                "operand-type",
                span,
                format!("`{symbol}` needs a number, not {shown}"),
            );
        }
        let value = self.promote(value);
        Ok(match op {
            Some(op) => self.unary(op, value),
            None => value,
        })
    }

    /// `*pointer`. A function that is followed is the function again (C11 6.5.3.2p4).
    fn indirection(&mut self, pointer: Expr, span: Span) -> Checked<Operand> {
        let pointee = self.types().pointee(pointer.ty);
        if pointee.is_some_and(|pointee| self.types().is_function(pointee.ty)) {
            return Ok(match pointer.kind {
                ExprKind::FuncAddr(id) => Operand::Func(id, span),
                _ => Operand::Value(pointer),
            });
        }
        self.deref_place(pointer, span).map(Operand::Place)
    }

    /// `&operand`.
    pub(super) fn address_of(&mut self, operand: Operand, span: Span) -> Checked<Expr> {
        let place = match operand {
            Operand::Func(..) => return self.value_of(operand),
            Operand::Value(value) if self.is_function_pointer(value.ty) => return Ok(value),
            Operand::Value(_) => {
                return self.error(
                    "no-address",
                    span,
                    "a value has no address; store it in a variable first",
                );
            }
            Operand::Place(place) => place,
        };
        if matches!(place.kind, PlaceKind::BitField { .. }) {
            return self.error(
                "no-address",
                span,
                "a bit-field has no address; copy it into a variable first",
            );
        }
        let ty = self.unit.types.pointer_to(place.ty);
        let address = match place.kind {
            PlaceKind::Deref(pointer) => Expr {
                ty,
                span,
                ..*pointer
            },
            _ => convert::expr(ExprKind::AddressOf(Box::new(place)), ty, span),
        };
        // `&((struct s *)0)->member[1]` is the classic `offsetof`.
        Ok(match fold::constant_value(&address) {
            Some(value) if value.symbol.is_none() && !self.preserving => {
                constant(value.addend, ty, span)
            }
            _ => address,
        })
    }

    pub(super) fn is_function_pointer(&self, ty: TypeId) -> bool {
        let pointee = self.types().pointee(ty);
        pointee.is_some_and(|pointee| self.types().is_function(pointee.ty))
    }

    fn compound_literal(&mut self, node: &Node<ast::CompoundLiteral>) -> Checked<Place> {
        let span = self.span(node);
        let ty = self.type_name(&node.node.type_name)?;
        let items = match node.node.initializer_list.as_slice() {
            [only] if is_empty_list(only) => &[],
            items => items,
        };
        let (ty, init) = self.initializer_list(ty, items, span)?;
        if self.body.is_none() {
            let image = self.image(&init, ty)?;
            let kind = PlaceKind::Global(self.unnamed_global(ty, image, span));
            return Ok(Place { kind, ty, span });
        }
        self.check_room(ty, &init, span)?;
        let local = self.temporary(ty, span)?;
        let kind = PlaceKind::CompoundLiteral { local, init };
        Ok(Place { kind, ty, span })
    }
}

// Members.
impl Checker<'_> {
    fn member(&mut self, node: &Node<ast::MemberExpression>) -> Checked<Place> {
        let span = self.span(node);
        let base = match node.node.operator.node {
            ast::MemberOperator::Direct => {
                let operand = self.operand(&node.node.expression)?;
                self.record_place(operand)?
            }
            ast::MemberOperator::Indirect => {
                let pointer = self.rvalue(&node.node.expression)?;
                self.pointed_record(pointer)?
            }
        };
        self.member_of(base, &node.node.identifier, span)
    }

    /// The operand of `.` as a place; a value is stored in a temporary.
    pub(super) fn record_place(&mut self, operand: Operand) -> Checked<Place> {
        match operand {
            Operand::Place(place) => Ok(place),
            Operand::Func(_, span) => self.error("not-a-struct", span, "a function has no members"),
            Operand::Value(value) if self.types().is_record(value.ty) => {
                let (ty, span) = (value.ty.unqualified(), value.span);
                let local = self.temporary(ty, span)?;
                let value = Box::new(value);
                let kind = PlaceKind::Temporary { local, value };
                Ok(Place { kind, ty, span })
            }
            Operand::Value(value) => {
                let shown = self.show(value.ty);
                let error = Diagnostic::error(value.span, format!("{shown} has no members"))
                    .code("not-a-struct");
                self.fail(error)
            }
        }
    }

    fn pointed_record(&mut self, pointer: Expr) -> Checked<Place> {
        let span = pointer.span;
        if !self.types().is_pointer(pointer.ty) {
            let shown = self.show(pointer.ty);
            let error =
                Diagnostic::error(span, format!("`->` follows a pointer, but this is {shown}"))
                    .code("not-a-struct");
            return self.fail(if self.types().is_record(pointer.ty) {
                error.help("use `.` for the members of a struct that is at hand")
            } else {
                error
            });
        }
        self.deref_place(pointer, span)
    }

    fn member_of(
        &mut self,
        base: Place,
        name: &Node<ast::Identifier>,
        span: Span,
    ) -> Checked<Place> {
        let name_span = self.span(name);
        let path = self.field_path(base.ty, &as_written(&name.node), name_span)?;
        let place = path
            .into_iter()
            .fold(base, |base, field| self.field_place(base, field));
        Ok(Place { span, ..place })
    }

    /// The way to a member, or an error with a suggestion.
    pub(super) fn field_path(
        &mut self,
        ty: QualType,
        name: &str,
        span: Span,
    ) -> Checked<Vec<FieldRef>> {
        let shown = self.show_qual(ty);
        let Some(record) = self.types().record_id(ty.ty) else {
            let error = Diagnostic::error(span, format!("{shown} has no member `{name}`"))
                .code("not-a-struct");
            let points_to_record = self
                .types()
                .pointee(ty.ty)
                .is_some_and(|pointee| self.types().is_record(pointee.ty));
            return self.fail(if points_to_record {
                error.help(format!("use `->{name}` to follow the pointer"))
            } else {
                error
            });
        };
        if self.types().record(record).definition.is_none() {
            let declared = self.types().record(record).span;
            let error =
                Diagnostic::error(span, format!("the members of {shown} are not known here"))
                    .code("incomplete-type");
            return self.fail(error.note(declared, "only declared here"));
        }
        if let Some(path) = self.types().find_field(record, name) {
            return Ok(path);
        }
        let mut names = Vec::new();
        self.collect_names(record, &mut names);
        let closest = suggest::closest(name, names.into_iter());
        let mut error = Diagnostic::error(span, format!("{shown} has no member `{name}`"))
            .code("unknown-member");
        if let Some(closest) = closest {
            error = error.help(format!("did you mean `{closest}`?"));
        }
        self.fail(error)
    }

    fn collect_names<'s>(&'s self, record: RecordId, into: &mut Vec<&'s str>) {
        for field in self.types().fields(record) {
            match (&field.name, self.types().record_id(field.ty.ty)) {
                (Some(name), _) => into.push(name),
                (None, Some(inner)) => self.collect_names(inner, into),
                (None, None) => {}
            }
        }
    }

    /// A member of a place; qualifiers of the whole are those of its parts.
    pub(super) fn field_place(&self, base: Place, field: FieldRef) -> Place {
        let span = base.span;
        let declared = self.types().field(field);
        let ty = declared.ty.and(self.types().canonical(base.ty).quals);
        let offset = declared.offset();
        let base = Box::new(base);
        let relocated = self.preserving || self.types().is_preserved(field.record);
        let by_kernel = self
            .types()
            .relocated_bit_field(field)
            .filter(|_| relocated);
        let kind = match by_kernel.or(self.types().bit_field(field)) {
            Some(bits) => PlaceKind::BitField {
                base,
                field,
                bits,
                relocated: by_kernel.is_some(),
            },
            None => PlaceKind::Member {
                base,
                field,
                offset,
                relocated,
            },
        };
        Place { kind, ty, span }
    }

    fn offset_of(&mut self, node: &Node<ast::OffsetOfExpression>) -> Checked<Expr> {
        let span = self.span(node);
        let mut ty = self.type_name(&node.node.type_name)?;
        let designator = &node.node.designator.node;
        let mut offset = 0i128;
        self.offset_of_member(&mut ty, &mut offset, &designator.base)?;
        for member in &designator.members {
            match &member.node {
                ast::OffsetMember::Member(name) | ast::OffsetMember::IndirectMember(name) => {
                    self.offset_of_member(&mut ty, &mut offset, name)?;
                }
                ast::OffsetMember::Index(index) => {
                    let value = self.constant_expression(index)?;
                    let Some((element, _)) = self.types().array_parts(ty) else {
                        let shown = self.show_qual(ty);
                        let span = self.span(index);
                        return self.error("designator", span, format!("{shown} has no elements"));
                    };
                    let size = self.types().size_of(element.ty).unwrap_or(0);
                    offset = offset.wrapping_add(value.wrapping_mul(size.into()));
                    ty = element;
                }
            }
        }
        let size_type = IntKind::ULong;
        Ok(constant(
            size_type.wrap(offset),
            Types::int(size_type),
            span,
        ))
    }

    fn offset_of_member(
        &mut self,
        ty: &mut QualType,
        offset: &mut i128,
        name: &Node<ast::Identifier>,
    ) -> Checked<()> {
        let span = self.span(name);
        for step in self.field_path(*ty, &as_written(&name.node), span)? {
            if self.types().bit_field(step).is_some() {
                let name = as_written(&name.node);
                return self.error(
                    "no-address",
                    span,
                    format!("`{name}` is a bit-field; it has no offset in bytes"),
                );
            }
            let field = self.types().field(step);
            *offset += i128::from(field.offset());
            *ty = field.ty;
        }
        Ok(())
    }
}

// Choices.
impl Checker<'_> {
    fn conditional(&mut self, node: &Node<ast::ConditionalExpression>) -> Checked<Expr> {
        let span = self.span(node);
        let parts = &node.node;
        let cond = self.rvalue(&parts.condition);
        if is_omitted(&parts.then_expression) {
            let otherwise = self.rvalue(&parts.else_expression);
            return self.omitted_middle(cond?, otherwise?, span);
        }
        let then = self.rvalue(&parts.then_expression);
        let otherwise = self.rvalue(&parts.else_expression);
        let cond = self.condition(cond?)?;
        self.choice(cond, then?, otherwise?, span)
    }

    /// `a ?: b` evaluates `a` once: through a temporary.
    fn omitted_middle(&mut self, cond: Expr, otherwise: Expr, span: Span) -> Checked<Expr> {
        let value = cond.clone();
        let cond = self.condition(cond)?;
        if cond.as_const().is_some() {
            return self.choice(cond, value, otherwise, span);
        }
        let ty = self.promote(cond.clone()).ty;
        let cond = self.cast(cond, ty);
        let local = self.temporary(ty.unqualified(), cond.span)?;
        let place = Place {
            kind: PlaceKind::Local(local),
            ty: ty.unqualified(),
            span: cond.span,
        };
        let load = convert::expr(ExprKind::Load(Box::new(place.clone())), ty, cond.span);
        let assign = ExprKind::Assign {
            place: Box::new(place),
            value: Box::new(cond),
        };
        let assign = convert::expr(assign, ty, load.span);
        let choice = self.choice(load.clone(), load, otherwise, span)?;
        let ty = choice.ty;
        let kind = ExprKind::Comma(Box::new(assign), Box::new(choice));
        Ok(convert::expr(kind, ty, span))
    }

    pub(super) fn choice(
        &mut self,
        cond: Expr,
        then: Expr,
        otherwise: Expr,
        span: Span,
    ) -> Checked<Expr> {
        let ty = self.choice_type(&then, &otherwise, span)?;
        let (then, otherwise) = if self.types().is_record(ty) {
            (then, otherwise)
        } else {
            (self.cast(then, ty), self.cast(otherwise, ty))
        };
        if let Some(value) = cond.as_const() {
            let chosen = if value != 0 { then } else { otherwise };
            return Ok(Expr { span, ..chosen });
        }
        let kind = ExprKind::Conditional {
            cond: Box::new(cond),
            then: Box::new(then),
            otherwise: Box::new(otherwise),
        };
        Ok(convert::expr(kind, ty, span))
    }

    /// The type of `c ? a : b` (C11 6.5.15).
    fn choice_type(&mut self, a: &Expr, b: &Expr, span: Span) -> Checked<TypeId> {
        let types = self.types();
        let arithmetic = |ty| types.is_integer(ty) || types.is_float(ty);
        if arithmetic(a.ty) && arithmetic(b.ty) {
            return Ok(self.balance(a.clone(), b.clone()).0.ty);
        }
        if types.is_void(a.ty) || types.is_void(b.ty) {
            return Ok(Types::VOID);
        }
        if types.is_record(a.ty) && types.compatible_unqualified(a.ty, b.ty) {
            return Ok(a.ty);
        }
        if types.is_pointer(a.ty) && self.is_null_constant(b) {
            return Ok(a.ty);
        }
        if types.is_pointer(b.ty) && self.is_null_constant(a) {
            return Ok(b.ty);
        }
        if let (Some(left), Some(right)) = (types.pointee(a.ty), types.pointee(b.ty)) {
            return Ok(self.common_pointer(a.ty, left, right, span));
        }
        let (left, right) = (self.show(a.ty), self.show(b.ty));
        self.error(
            "conditional-types",
            span,
            format!("the two sides of `:` do not fit together: {left} and {right}"),
        )
    }

    fn common_pointer(&mut self, ty: TypeId, a: QualType, b: QualType, span: Span) -> TypeId {
        let quals = self.types().canonical(a).quals | self.types().canonical(b).quals;
        if self.types().is_void(a.ty) || self.types().is_void(b.ty) {
            return self.unit.types.pointer_to(Types::VOID.with(quals));
        }
        if self.types().compatible_unqualified(a.ty, b.ty) {
            return self.unit.types.pointer_to(a.and(quals));
        }
        let (left, right) = (self.show_qual(a), self.show_qual(b));
        let message = format!("the two sides of `:` point to different things: {left} and {right}");
        self.warn("incompatible-pointer-types", span, message);
        ty
    }

    fn generic_selection(&mut self, node: &Node<ast::GenericSelection>) -> Checked<Operand> {
        let span = self.span(node);
        let control = self.unevaluated(|checker| checker.rvalue(&node.node.expression))?;
        let mut default = None;
        let mut chosen = None;
        for association in &node.node.associations {
            match &association.node {
                ast::GenericAssociation::Default(expression) => default = Some(expression),
                ast::GenericAssociation::Type(association) => {
                    let ty = self.type_name(&association.node.type_name)?;
                    if self.types().compatible(ty, control.ty.unqualified()) {
                        chosen = chosen.or(Some(&association.node.expression));
                    }
                }
            }
        }
        match chosen.or(default) {
            Some(expression) => self.operand(expression),
            None => {
                let shown = self.show(control.ty);
                self.error(
                    "generic",
                    span,
                    format!("`_Generic` has no case for {shown}"),
                )
            }
        }
    }
}

/// Whether this stands for an operand that was left out, as in `a ?: b`.
fn is_omitted(node: &Node<ast::Expression>) -> bool {
    matches!(&node.node, ast::Expression::Identifier(name) if name.node.name == OMITTED)
}

/// Whether the only item stands for none, as in `(struct s){}`.
fn is_empty_list(item: &Node<ast::InitializerListItem>) -> bool {
    match &item.node.initializer.node {
        ast::Initializer::Expression(expression) => is_omitted(expression),
        ast::Initializer::List(_) => false,
    }
}

/// The expression in `__alignof__(expression)`.
fn named_object(name: &Node<ast::TypeName>) -> Option<&Node<ast::Expression>> {
    let [attributes, object] = name.node.specifiers.as_slice() else {
        return None;
    };
    let (ast::SpecifierQualifier::Extension(attributes), None) =
        (&attributes.node, &name.node.declarator)
    else {
        return None;
    };
    let is_mark = |node: &Node<ast::Extension>| matches!(&node.node, ast::Extension::Attribute(attribute) if attribute.name.node == OBJECT);
    match &object.node {
        ast::SpecifierQualifier::TypeSpecifier(node) if attributes.iter().any(is_mark) => {
            match &node.node {
                ast::TypeSpecifier::TypeOf(of) => match &of.node {
                    ast::TypeOf::Expression(object) => Some(object),
                    ast::TypeOf::Type(_) => None,
                },
                _ => None,
            }
        }
        _ => None,
    }
}
