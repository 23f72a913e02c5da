//! Structs, unions and enumerations (C11 6.7.2.1 to 6.7.2.3): the types that a declaration gives a tag.
//!
//! A tag names one type per scope. The first mention declares it, the one with `{ … }` defines it.

use std::collections::HashSet;

use lang_c::ast;
use lang_c::span::Node;

use crate::diagnostic::Diagnostic;
use crate::normalize::spelling::as_written;
use crate::source::Span;
use crate::types::{
    FieldDecl, IntKind, QualType, RecordId, RecordKind, RecordOptions, TypeId, TypeKind, Types,
};

use super::attribute::Attributes;
use super::declarator::Specifiers;
use super::scope::{Binding, Entity};
use super::{Checked, Checker, OBJECT_LIMIT, Reported};

impl Checker<'_> {
    pub(super) fn record(
        &mut self,
        node: &Node<ast::StructType>,
        behind: &[Node<ast::Extension>],
    ) -> Checked<QualType> {
        let span = self.span(node);
        let kind = match node.node.kind.node {
            ast::StructKind::Struct => RecordKind::Struct,
            ast::StructKind::Union => RecordKind::Union,
        };
        let tag = node.node.identifier.as_ref();
        let Some(declarations) = &node.node.declarations else {
            return self.record_reference(kind, tag, span);
        };
        let ty = self.record_to_define(kind, tag, span)?;
        let Some(id) = self.types().record_id(ty) else {
            return Err(Reported);
        };
        let attributes = self.attributes(behind);
        let state = self.pragmas.state(node.span.start);
        let outer = self.in_preserved_record;
        self.in_preserved_record |= attributes.preserve_access_index || state.preserve_access_index;
        let options = RecordOptions {
            packed: attributes.packed,
            align: attributes.align,
            pack: state.pack,
            preserve_access_index: self.in_preserved_record,
            tags: attributes.tags,
        };
        let defined = self.nested(span, |checker| {
            checker.record_definition(id, declarations, &options, span)
        });
        self.in_preserved_record = outer;
        defined?;
        Ok(ty.unqualified())
    }

    fn record_reference(
        &mut self,
        kind: RecordKind,
        tag: Option<&Node<ast::Identifier>>,
        span: Span,
    ) -> Checked<QualType> {
        let Some(tag) = tag else {
            return self.error(
                "missing-name",
                span,
                format!("this `{}` has neither a name nor members", kind.keyword()),
            );
        };
        let name = &*as_written(&tag.node);
        if let Some(ty) = self.scopes.lookup_tag(name) {
            self.check_tag_kind(ty, Some(kind), name, span)?;
            return Ok(ty.unqualified());
        }
        let ty = self
            .unit
            .types
            .declare_record(kind, Some(name.to_owned()), span);
        self.scopes.declare_tag(name, ty);
        Ok(ty.unqualified())
    }

    /// The record that a definition completes: one declared in this scope, or a new one.
    fn record_to_define(
        &mut self,
        kind: RecordKind,
        tag: Option<&Node<ast::Identifier>>,
        span: Span,
    ) -> Checked<TypeId> {
        let Some(tag) = tag else {
            return Ok(self.unit.types.declare_record(kind, None, span));
        };
        let name = &*as_written(&tag.node);
        let tag_span = self.span(tag);
        if let Some(ty) = self.scopes.lookup_tag_here(name) {
            self.check_tag_kind(ty, Some(kind), name, tag_span)?;
            let record = self.types().record_id(ty).map(|id| self.types().record(id));
            if let Some(record) = record.filter(|record| record.definition.is_some()) {
                let first = record.span;
                let keyword = kind.keyword();
                let error =
                    Diagnostic::error(tag_span, format!("`{keyword} {name}` is defined twice"))
                        .code("redefinition")
                        .note(first, "first defined here");
                return self.fail(error);
            }
            return Ok(ty);
        }
        let ty = self
            .unit
            .types
            .declare_record(kind, Some(name.to_owned()), tag_span);
        self.scopes.declare_tag(name, ty);
        Ok(ty)
    }

    /// A tag is used with the keyword that it was declared with; `None` stands for `enum`.
    fn check_tag_kind(
        &mut self,
        ty: TypeId,
        kind: Option<RecordKind>,
        name: &str,
        span: Span,
    ) -> Checked<()> {
        let declared = self
            .types()
            .record_id(ty)
            .map(|id| self.types().record(id).kind);
        if declared == kind {
            return Ok(());
        }
        let shown = self.show(ty);
        self.error("tag-kind", span, format!("`{name}` is the tag of {shown}"))
    }

    fn record_definition(
        &mut self,
        id: RecordId,
        nodes: &[Node<ast::StructDeclaration>],
        options: &RecordOptions,
        span: Span,
    ) -> Checked<()> {
        let mut fields = Vec::new();
        for node in nodes {
            let result = match &node.node {
                ast::StructDeclaration::StaticAssert(assertion) => self.static_assert(assertion),
                ast::StructDeclaration::Field(field) => self.field(field, &mut fields),
            };
            // A faulty member has been reported; the others still count.
            let _ = result;
        }
        self.check_fields(id, &fields);
        self.unit.types.define_record(id, fields, options);
        let definition = self.types().record(id).definition.as_ref();
        if definition.is_some_and(|def| def.size > OBJECT_LIMIT) {
            return self.error(
                "object-too-large",
                span,
                "this type is larger than 2 GiB, the limit for one object",
            );
        }
        Ok(())
    }

    fn field(&mut self, node: &Node<ast::StructField>, into: &mut Vec<FieldDecl>) -> Checked<()> {
        let span = self.span(node);
        let specifiers = self.qualified_specifiers(&node.node.specifiers, span)?;
        if node.node.declarators.is_empty() {
            self.anonymous_member(specifiers, span, into);
            return Ok(());
        }
        for declarator in &node.node.declarators {
            let field = self.field_declarator(&specifiers, declarator)?;
            into.push(field);
        }
        Ok(())
    }

    fn anonymous_member(&mut self, specifiers: Specifiers, span: Span, into: &mut Vec<FieldDecl>) {
        let record = self.types().record_id(specifiers.ty.ty);
        let untagged = record.is_some_and(|id| self.types().record(id).tag.is_none());
        if untagged {
            into.push(FieldDecl {
                name: None,
                ty: specifiers.ty,
                bit_width: None,
                packed: specifiers.attributes.packed,
                align: specifiers.attributes.align,
                tags: specifiers.attributes.tags,
                span,
            });
        } else if !matches!(self.types().kind(specifiers.ty.ty), TypeKind::Enum(_)) {
            self.warn("missing-declarations", span, "this declares no member");
        }
    }

    fn field_declarator(
        &mut self,
        specifiers: &Specifiers,
        node: &Node<ast::StructDeclarator>,
    ) -> Checked<FieldDecl> {
        let span = self.span(node);
        let mut attributes = specifiers.attributes.clone();
        let (name, ty, span) = match &node.node.declarator {
            Some(declarator) => {
                let declared = self.declarator(specifiers.ty, declarator)?;
                attributes.merge(declared.attributes);
                (declared.name, declared.ty, declared.span)
            }
            None => (None, specifiers.ty, span),
        };
        let bit_width = match &node.node.bit_width {
            Some(width) => Some(self.bit_width(name.as_deref(), ty, width)?),
            None => None,
        };
        Ok(FieldDecl {
            name,
            ty,
            bit_width,
            packed: attributes.packed,
            align: attributes.align,
            tags: attributes.tags,
            span,
        })
    }

    fn bit_width(
        &mut self,
        name: Option<&str>,
        ty: QualType,
        node: &Node<ast::Expression>,
    ) -> Checked<u32> {
        let span = self.span(node);
        let width = self.constant_expression(node)?;
        let Some(kind) = self.types().int_kind(ty.ty) else {
            let shown = self.show_qual(ty);
            return self.error(
                "bit-field",
                span,
                format!("a bit-field is an integer, not {shown}"),
            );
        };
        let most = if kind == IntKind::Bool {
            1
        } else {
            kind.bits()
        };
        match u32::try_from(width) {
            Ok(0) if name.is_some() => {
                self.error("bit-field", span, "a bit-field without bits has no name")
            }
            Ok(width) if width <= most => Ok(width),
            _ => {
                let shown = self.show_qual(ty);
                self.error(
                    "bit-field",
                    span,
                    format!("{width} bits do not fit {shown}, which has {most}"),
                )
            }
        }
    }

    /// Reports members without size and names that occur twice.
    fn check_fields(&mut self, id: RecordId, fields: &[FieldDecl]) {
        let is_struct = self.types().record(id).kind == RecordKind::Struct;
        let mut names = HashSet::new();
        for (index, field) in fields.iter().enumerate() {
            let is_last = index + 1 == fields.len() || !is_struct;
            let is_flexible = matches!(self.types().array_parts(field.ty), Some((_, None)));
            let name = field.name.as_deref().unwrap_or("this member");
            if is_flexible && !is_last {
                let message = format!("`{name}` has no length, so it has to be the last member");
                self.report(Diagnostic::error(field.span, message).code("flexible-array"));
            } else if !is_flexible && !self.types().is_complete(field.ty.ty) {
                let shown = self.show_qual(field.ty);
                let message = format!("member `{name}` needs a size; {shown} has none");
                self.report(Diagnostic::error(field.span, message).code("incomplete-type"));
            }
            for name in self.member_names(field) {
                if !names.insert(name.clone()) {
                    let message = format!("there are two members named `{name}`");
                    self.report(Diagnostic::error(field.span, message).code("redefinition"));
                }
            }
        }
    }

    fn member_names(&self, field: &FieldDecl) -> Vec<String> {
        if let Some(name) = &field.name {
            return vec![name.clone()];
        }
        let mut names = Vec::new();
        let mut pending: Vec<RecordId> = self.types().record_id(field.ty.ty).into_iter().collect();
        while let Some(id) = pending.pop() {
            for field in self.types().fields(id) {
                match &field.name {
                    Some(name) => names.push(name.clone()),
                    None => pending.extend(self.types().record_id(field.ty.ty)),
                }
            }
        }
        names
    }

    pub(super) fn enumeration(
        &mut self,
        node: &Node<ast::EnumType>,
        behind: &[Node<ast::Extension>],
    ) -> Checked<QualType> {
        let span = self.span(node);
        let tag = node.node.identifier.as_ref();
        let existing = tag.and_then(|tag| self.scopes.lookup_tag(&as_written(&tag.node)));
        if node.node.enumerators.is_empty()
            && let Some(ty) = existing
        {
            let name = tag.map(|tag| as_written(&tag.node)).unwrap_or_default();
            self.check_tag_kind(ty, None, &name, span)?;
            return Ok(ty.unqualified());
        }
        let name = tag.map(|tag| as_written(&tag.node).into_owned());
        let here = name
            .as_deref()
            .and_then(|name| self.scopes.lookup_tag_here(name));
        let ty = match here {
            Some(ty) => ty,
            None => self.unit.types.declare_enum(name.clone(), span),
        };
        if let Some(name) = &name {
            self.check_tag_kind(ty, None, name, span)?;
            self.scopes.declare_tag(name, ty);
        }
        if !node.node.enumerators.is_empty() {
            let attributes = self.attributes(behind);
            self.enumerators(ty, &node.node.enumerators, &attributes)?;
        }
        Ok(ty.unqualified())
    }

    fn enumerators(
        &mut self,
        ty: TypeId,
        nodes: &[Node<ast::Enumerator>],
        attributes: &Attributes,
    ) -> Checked<()> {
        let TypeKind::Enum(id) = *self.types().kind(ty) else {
            return Err(Reported);
        };
        if self.types().enumeration(id).values.is_some() {
            let first = self.types().enumeration(id).span;
            let span = self.span(&nodes[0]);
            let shown = self.show(ty);
            let error =
                Diagnostic::error(span, format!("{shown} is defined twice")).code("redefinition");
            return self.fail(error.note(first, "first defined here"));
        }
        let mut values: Vec<(String, i128)> = Vec::new();
        let mut next = 0;
        for node in nodes {
            let name = &node.node.identifier;
            if let Some(expr) = &node.node.expression {
                next = self.constant_expression(expr).unwrap_or(next);
            }
            self.attributes(&node.node.extensions);
            let entity = Entity::Enumerator {
                value: next,
                ty: Types::int(enumerator_kind(next, IntKind::Long)),
            };
            let spelled = as_written(&name.node);
            self.declare_name(&spelled, entity, self.span(name))?;
            values.push((spelled.into_owned(), next));
            next += 1;
        }
        let fixed = attributes.underlying;
        let is_signed = values.iter().any(|&(_, value)| value < 0);
        let mode = attributes.mode_bytes;
        let sized = mode.and_then(|bytes| IntKind::of_size(bytes, is_signed));
        let repr = fixed.or(sized);
        let repr = repr.unwrap_or_else(|| enum_repr(&values, attributes.packed));
        // Enumerators are `int`s if all of them can be, else of the enumeration's type, as with a fixed one (C23 6.7.3.3).
        let all_int = values.iter().all(|&(_, value)| IntKind::Int.holds(value));
        let kind = fixed.unwrap_or(if all_int { IntKind::Int } else { repr });
        for (name, value) in &values {
            self.retype_enumerator(name, *value, kind);
        }
        self.unit.types.define_enum(id, repr, values);
        Ok(())
    }

    /// Once the whole enumeration is known, its enumerators get their type.
    fn retype_enumerator(&mut self, name: &str, value: i128, kind: IntKind) {
        if let Some(binding) = self.scopes.lookup_here(name) {
            let entity = Entity::Enumerator {
                value,
                ty: Types::int(kind),
            };
            self.scopes.declare(name, Binding { entity, ..binding });
        }
    }
}

/// While the enumeration is not complete, an enumerator is an `int` if it can be (C11 6.7.2.2p3).
fn enumerator_kind(value: i128, otherwise: IntKind) -> IntKind {
    if IntKind::Int.holds(value) {
        IntKind::Int
    } else {
        otherwise
    }
}

/// The integer type of an enumeration: `unsigned int` if nothing is negative, else `int`, else the 64-bit ones; with
/// `packed` the smallest that holds all values.
fn enum_repr(values: &[(String, i128)], packed: bool) -> IntKind {
    use IntKind::{Int, Long, SChar, Short, UChar, UInt, ULong, UShort};
    let negative = values.iter().any(|&(_, value)| value < 0);
    let candidates: &[IntKind] = match (packed, negative) {
        (false, false) => &[UInt, ULong],
        (false, true) => &[Int, Long],
        (true, false) => &[UChar, UShort, UInt, ULong],
        (true, true) => &[SChar, Short, Int, Long],
    };
    let holds_all = |kind: &&IntKind| values.iter().all(|&(_, value)| kind.holds(value));
    let last = candidates[candidates.len() - 1];
    candidates.iter().find(holds_all).copied().unwrap_or(last)
}
