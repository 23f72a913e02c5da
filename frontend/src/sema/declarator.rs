//! Declarations into types (C11 6.7.1 to 6.7.7).
//!
//! A declaration has two halves. The *specifiers* (`static const unsigned`) give a base type and a storage class; each
//! *declarator* (`*name[3]`) wraps the base type from the outside in: stars first, then the suffixes from right to left,
//! then whatever stands in parentheses around the name.

use std::collections::HashSet;

use lang_c::ast;
use lang_c::span::Node;

use crate::diagnostic::Diagnostic;
use crate::restrict::Rule;
use crate::source::Span;
use crate::tree::Inline;
use crate::types::{
    FieldDecl, FloatKind, FunctionType, IntKind, Param, QualType, Quals, RecordId, RecordKind,
    RecordOptions, TypeId, TypeKind, Types,
};

use super::attribute::Attributes;
use super::scope::{Binding, Entity};
use super::{Checked, Checker, OBJECT_LIMIT, Reported};

/// Storage-class specifier (C11 6.7.1).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Storage {
    Typedef,
    Extern,
    Static,
    Auto,
}

/// What the specifiers of a declaration say.
#[derive(Clone, Debug)]
pub(super) struct Specifiers {
    pub(super) ty: QualType,
    pub(super) storage: Option<Storage>,
    pub(super) attributes: Attributes,
}

/// One declared name with its whole type.
#[derive(Clone, Debug)]
pub(super) struct Declared {
    pub(super) name: Option<String>,
    /// The name, or where it would stand.
    pub(super) span: Span,
    pub(super) ty: QualType,
    pub(super) attributes: Attributes,
    /// The parameters, if the declarator itself is a function's.
    pub(super) params: Option<Vec<ParamDecl>>,
}

/// A parameter with what its function type does not keep.
#[derive(Clone, Debug)]
pub(super) struct ParamDecl {
    pub(super) param: Param,
    pub(super) span: Span,
}

/// Specifiers of declarations and of members and type names, which are two types in lang-c.
#[derive(Clone, Copy)]
enum Specifier<'n> {
    Type(&'n Node<ast::TypeSpecifier>),
    Qualifier(&'n ast::TypeQualifier),
    Storage(&'n Node<ast::StorageClassSpecifier>),
    Function(&'n ast::FunctionSpecifier),
    Alignment(&'n Node<ast::AlignmentSpecifier>),
    Attributes(&'n [Node<ast::Extension>]),
}

impl<'n> From<&'n Node<ast::DeclarationSpecifier>> for Specifier<'n> {
    fn from(node: &'n Node<ast::DeclarationSpecifier>) -> Specifier<'n> {
        match &node.node {
            ast::DeclarationSpecifier::StorageClass(class) => Specifier::Storage(class),
            ast::DeclarationSpecifier::TypeSpecifier(ty) => Specifier::Type(ty),
            ast::DeclarationSpecifier::TypeQualifier(qualifier) => {
                Specifier::Qualifier(&qualifier.node)
            }
            ast::DeclarationSpecifier::Function(function) => Specifier::Function(&function.node),
            ast::DeclarationSpecifier::Alignment(alignment) => Specifier::Alignment(alignment),
            ast::DeclarationSpecifier::Extension(list) => Specifier::Attributes(list),
        }
    }
}

impl<'n> From<&'n Node<ast::SpecifierQualifier>> for Specifier<'n> {
    fn from(node: &'n Node<ast::SpecifierQualifier>) -> Specifier<'n> {
        match &node.node {
            ast::SpecifierQualifier::TypeSpecifier(ty) => Specifier::Type(ty),
            ast::SpecifierQualifier::TypeQualifier(qualifier) => {
                Specifier::Qualifier(&qualifier.node)
            }
            ast::SpecifierQualifier::Extension(list) => Specifier::Attributes(list),
        }
    }
}

/// The keywords that together name an arithmetic type, counted.
#[derive(Clone, Copy, Default)]
struct Keywords {
    char: u32,
    short: u32,
    int: u32,
    long: u32,
    signed: u32,
    unsigned: u32,
    float: u32,
    double: u32,
    bool: u32,
    void: u32,
}

impl Keywords {
    /// The type they name (C11 6.7.2p2); `None` if they do not go together.
    fn resolve(self) -> Option<TypeKind> {
        let unsigned = self.unsigned > 0;
        if unsigned && self.signed > 0 {
            return None;
        }
        let signs = self.signed + self.unsigned;
        let lengths = self.short + self.long;
        let kind = match self {
            Keywords { void: 1, .. } => return self.alone(1).then_some(TypeKind::Void),
            Keywords { bool: 1, .. } => {
                return self.alone(1).then_some(TypeKind::Int(IntKind::Bool));
            }
            Keywords { float: 1, .. } => {
                return self.alone(1).then_some(TypeKind::Float(FloatKind::Float));
            }
            Keywords {
                double: 1, long, ..
            } if long <= 1 && self.alone(1 + long) => {
                let kinds = [FloatKind::Double, FloatKind::LongDouble];
                return Some(TypeKind::Float(kinds[long as usize]));
            }
            Keywords { char: 1, .. } if self.alone(1 + signs) => match (self.signed, unsigned) {
                (0, false) => IntKind::Char,
                (_, false) => IntKind::SChar,
                (_, true) => IntKind::UChar,
            },
            Keywords { short: 1, .. } if self.alone(1 + signs + self.int) => IntKind::Short,
            Keywords { long: 1, .. } if self.alone(1 + signs + self.int) => IntKind::Long,
            Keywords { long: 2, .. } if self.alone(2 + signs + self.int) => IntKind::LongLong,
            _ if lengths == 0 && self.int + signs > 0 && self.alone(signs + self.int) => {
                IntKind::Int
            }
            _ => return None,
        };
        let kind = if unsigned { kind.to_unsigned() } else { kind };
        Some(TypeKind::Int(kind))
    }

    /// Whether there are exactly `count` keywords.
    fn alone(self, count: u32) -> bool {
        self.total() == count
    }

    fn total(self) -> u32 {
        self.char
            + self.short
            + self.int
            + self.long
            + self.signed
            + self.unsigned
            + self.float
            + self.double
            + self.bool
            + self.void
    }
}

impl Checker<'_> {
    /// Specifiers of a declaration or parameter.
    pub(super) fn declaration_specifiers(
        &mut self,
        nodes: &[Node<ast::DeclarationSpecifier>],
        whole: Span,
    ) -> Checked<Specifiers> {
        let specifiers: Vec<Specifier<'_>> = nodes.iter().map(Specifier::from).collect();
        self.specifiers(&specifiers, whole)
    }

    fn qualified_specifiers(
        &mut self,
        nodes: &[Node<ast::SpecifierQualifier>],
        whole: Span,
    ) -> Checked<Specifiers> {
        let specifiers: Vec<Specifier<'_>> = nodes.iter().map(Specifier::from).collect();
        self.specifiers(&specifiers, whole)
    }

    fn specifiers(&mut self, list: &[Specifier<'_>], whole: Span) -> Checked<Specifiers> {
        let mut quals = Quals::NONE;
        let mut storage = None;
        let mut attributes = Attributes::default();
        let mut keywords = Keywords::default();
        let mut named: Option<QualType> = None;
        for (index, &specifier) in list.iter().enumerate() {
            match specifier {
                Specifier::Qualifier(qualifier) => quals = quals | qualifier_bits(qualifier),
                Specifier::Storage(class) => storage = self.storage_class(class, storage)?,
                Specifier::Function(ast::FunctionSpecifier::Noreturn) => attributes.noreturn = true,
                Specifier::Function(ast::FunctionSpecifier::Inline) => {
                    attributes.inline = attributes.inline.or(Some(Inline::Hint));
                }
                Specifier::Alignment(alignment) => {
                    let align = self.alignment_specifier(alignment)?;
                    attributes.align = attributes.align.max(align);
                }
                Specifier::Attributes(extensions) => {
                    // Those directly behind a `}` belonged to the record or enumeration.
                    let behind_type = index > 0
                        && matches!(list[index - 1], Specifier::Type(node) if defines_type(node));
                    let mut found = self.attributes(extensions);
                    if behind_type {
                        found.align = None;
                        found.packed = false;
                    }
                    attributes.merge(found);
                }
                Specifier::Type(node) => {
                    let behind = match list.get(index + 1) {
                        Some(Specifier::Attributes(extensions)) if defines_type(node) => {
                            *extensions
                        }
                        _ => &[],
                    };
                    if let Some(ty) = self.type_specifier(node, behind, &mut keywords)? {
                        named = Some(ty);
                    }
                }
            }
        }
        let mut base = self.base_type(named, keywords, whole)?;
        if attributes.unqualified {
            base = self.types().canonical(base).ty.unqualified();
        }
        let base = self.apply_type_attributes(base, &attributes, whole)?;
        Ok(Specifiers {
            ty: base.and(quals),
            storage,
            attributes,
        })
    }

    fn base_type(
        &mut self,
        named: Option<QualType>,
        keywords: Keywords,
        whole: Span,
    ) -> Checked<QualType> {
        match named {
            Some(ty) if keywords.total() == 0 => Ok(ty),
            // `unsigned __int128`: the only typedef name that takes a sign.
            Some(ty) if self.types().int_kind(ty.ty) == Some(IntKind::Int128) => {
                let kind = if keywords.unsigned > 0 {
                    IntKind::UInt128
                } else {
                    IntKind::Int128
                };
                Ok(Types::int(kind).with(ty.quals))
            }
            Some(ty) => {
                let shown = self.show_qual(ty);
                self.error(
                    whole,
                    format!("{shown} cannot be combined with other type names"),
                )
            }
            None if keywords.total() == 0 => self.error(
                whole,
                "this declaration names no type; C no longer assumes `int`",
            ),
            None => match keywords.resolve() {
                Some(kind) => Ok(self.unit.types.intern(kind).unqualified()),
                None => self.error(whole, "these type names do not go together"),
            },
        }
    }

    /// Applies what attributes among the specifiers say about the type.
    fn apply_type_attributes(
        &mut self,
        ty: QualType,
        attributes: &Attributes,
        span: Span,
    ) -> Checked<QualType> {
        let mut ty = ty;
        if let Some(bytes) = attributes.mode_bytes {
            ty = self.with_mode(ty, bytes, span)?;
        }
        ty.quals.address_space = ty.quals.address_space.max(attributes.address_space);
        Ok(self.tagged(ty, &attributes.type_tags))
    }

    fn tagged(&mut self, ty: QualType, tags: &[String]) -> QualType {
        tags.iter().fold(ty, |inner, tag| {
            let tag = tag.clone();
            let kind = TypeKind::Tagged { tag, inner };
            self.unit.types.intern(kind).unqualified()
        })
    }

    fn with_mode(&mut self, ty: QualType, bytes: u32, span: Span) -> Checked<QualType> {
        let old = self.types().int_kind(ty.ty);
        let new = old.and_then(|old| {
            let mut kinds = IntKind::ALL.iter().copied();
            kinds.find(|kind| {
                *kind != IntKind::Bool
                    && *kind != IntKind::Char
                    && kind.bytes() == bytes
                    && kind.is_signed() == old.is_signed()
            })
        });
        match new {
            Some(kind) => Ok(Types::int(kind).with(ty.quals)),
            None => {
                let shown = self.show_qual(ty);
                self.error(
                    span,
                    format!("attribute `mode` needs an integer type, not {shown}"),
                )
            }
        }
    }

    fn storage_class(
        &mut self,
        node: &Node<ast::StorageClassSpecifier>,
        before: Option<Storage>,
    ) -> Checked<Option<Storage>> {
        let span = self.span(node);
        let class = match node.node {
            ast::StorageClassSpecifier::Typedef => Storage::Typedef,
            ast::StorageClassSpecifier::Extern => Storage::Extern,
            ast::StorageClassSpecifier::Static => Storage::Static,
            ast::StorageClassSpecifier::Auto | ast::StorageClassSpecifier::Register => {
                Storage::Auto
            }
            ast::StorageClassSpecifier::ThreadLocal => {
                return self.error(
                    span,
                    "BPF programs have no threads; a per-CPU map holds a value per processor",
                );
            }
        };
        if before.is_some_and(|before| before != class) {
            return self.error(span, "a declaration has one storage class");
        }
        Ok(Some(class))
    }

    fn alignment_specifier(
        &mut self,
        node: &Node<ast::AlignmentSpecifier>,
    ) -> Checked<Option<u32>> {
        match &node.node {
            ast::AlignmentSpecifier::Type(name) => {
                let ty = self.type_name(name)?;
                Ok(Some(self.types().align_of(ty.ty)))
            }
            ast::AlignmentSpecifier::Constant(value) => {
                let span = self.span(&**value);
                match self.constant_expression(value)? {
                    0 => Ok(None),
                    value => self.valid_alignment(value, span).map(Some),
                }
            }
        }
    }

    /// A type specifier: a keyword is counted, anything else is a type. `behind` are the attributes behind its `}`.
    fn type_specifier(
        &mut self,
        node: &Node<ast::TypeSpecifier>,
        behind: &[Node<ast::Extension>],
        keywords: &mut Keywords,
    ) -> Checked<Option<QualType>> {
        let span = self.span(node);
        match &node.node {
            ast::TypeSpecifier::Void => keywords.void += 1,
            ast::TypeSpecifier::Char => keywords.char += 1,
            ast::TypeSpecifier::Short => keywords.short += 1,
            ast::TypeSpecifier::Int => keywords.int += 1,
            ast::TypeSpecifier::Long => keywords.long += 1,
            ast::TypeSpecifier::Float => keywords.float += 1,
            ast::TypeSpecifier::Double => keywords.double += 1,
            ast::TypeSpecifier::Signed => keywords.signed += 1,
            ast::TypeSpecifier::Unsigned => keywords.unsigned += 1,
            ast::TypeSpecifier::Bool => keywords.bool += 1,
            ast::TypeSpecifier::Complex => {
                return self.fail(Rule::Float.refuse(span, "`_Complex` names a complex number"));
            }
            ast::TypeSpecifier::Atomic(name) => {
                let mut ty = self.type_name(name)?;
                ty.quals.is_atomic = true;
                return Ok(Some(ty));
            }
            ast::TypeSpecifier::Struct(record) => return self.record(record, behind).map(Some),
            ast::TypeSpecifier::Enum(node) => return self.enumeration(node, behind).map(Some),
            ast::TypeSpecifier::TypedefName(name) => return self.typedef_name(name).map(Some),
            ast::TypeSpecifier::TypeOf(of) => return self.type_of(of).map(Some),
            ast::TypeSpecifier::TS18661Float(float) => {
                return self.ts18661_float(float, span).map(Some);
            }
        }
        Ok(None)
    }

    fn typedef_name(&mut self, name: &Node<ast::Identifier>) -> Checked<QualType> {
        let spelled = &name.node.name;
        if let Some(Binding {
            entity: Entity::Typedef(ty),
            ..
        }) = self.scopes.lookup(spelled)
        {
            return Ok(ty.unqualified());
        }
        let span = self.span(name);
        let candidates = self
            .scopes
            .bindings()
            .filter_map(|(name, entity)| matches!(entity, Entity::Typedef(_)).then_some(name));
        let closest = super::suggest::closest(spelled, candidates);
        let mut error =
            Diagnostic::error(span, format!("unknown type name `{spelled}`")).code("unknown-type");
        if let Some(closest) = closest {
            error = error.help(format!("did you mean `{closest}`?"));
        }
        self.fail(error)
    }

    fn type_of(&mut self, node: &Node<ast::TypeOf>) -> Checked<QualType> {
        match &node.node {
            ast::TypeOf::Type(name) => self.type_name(name),
            ast::TypeOf::Expression(expr) => self.type_of_expression(expr),
        }
    }

    fn ts18661_float(&mut self, float: &ast::TS18661FloatType, span: Span) -> Checked<QualType> {
        use ast::TS18661FloatFormat::{BinaryExtended, BinaryInterchange};
        let kind = match (&float.format, float.width) {
            (BinaryInterchange, 16) => FloatKind::Half,
            (BinaryInterchange, 32) => FloatKind::Float,
            (BinaryInterchange, 64) | (BinaryExtended, 32) => FloatKind::Double,
            (BinaryInterchange, 128) | (BinaryExtended, 64) => FloatKind::Quad,
            _ => return self.fail(Rule::Float.refuse(span, "this type holds decimal fractions")),
        };
        Ok(self.unit.types.intern(TypeKind::Float(kind)).unqualified())
    }

    /// A type name, as in a cast.
    pub(super) fn type_name(&mut self, node: &Node<ast::TypeName>) -> Checked<QualType> {
        let span = self.span(node);
        let specifiers = self.qualified_specifiers(&node.node.specifiers, span)?;
        match &node.node.declarator {
            Some(declarator) => Ok(self.declarator(specifiers.ty, declarator)?.ty),
            None => Ok(specifiers.ty),
        }
    }
}

fn qualifier_bits(qualifier: &ast::TypeQualifier) -> Quals {
    let mut quals = Quals::NONE;
    match qualifier {
        ast::TypeQualifier::Const => quals.is_const = true,
        ast::TypeQualifier::Volatile => quals.is_volatile = true,
        ast::TypeQualifier::Restrict => quals.is_restrict = true,
        ast::TypeQualifier::Atomic => quals.is_atomic = true,
        ast::TypeQualifier::Nonnull
        | ast::TypeQualifier::NullUnspecified
        | ast::TypeQualifier::Nullable => {}
    }
    quals
}

/// The name that a declarator declares.
pub(super) fn declared_name(declarator: &ast::Declarator) -> Option<&str> {
    match &declarator.kind.node {
        ast::DeclaratorKind::Abstract => None,
        ast::DeclaratorKind::Identifier(name) => Some(&name.node.name),
        ast::DeclaratorKind::Declarator(inner) => declared_name(&inner.node),
    }
}

/// Whether the specifier ends with the `}` of a definition.
fn defines_type(node: &Node<ast::TypeSpecifier>) -> bool {
    match &node.node {
        ast::TypeSpecifier::Struct(record) => record.node.declarations.is_some(),
        ast::TypeSpecifier::Enum(node) => !node.node.enumerators.is_empty(),
        _ => false,
    }
}

// Declarators.
impl Checker<'_> {
    /// Applies a declarator to the type that its specifiers gave.
    pub(super) fn declarator(
        &mut self,
        base: QualType,
        node: &Node<ast::Declarator>,
    ) -> Checked<Declared> {
        let span = self.span(node);
        self.nested(span, |checker| checker.declarator_parts(base, node))
    }

    fn declarator_parts(
        &mut self,
        base: QualType,
        node: &Node<ast::Declarator>,
    ) -> Checked<Declared> {
        let declarator = &node.node;
        let is_pointer = |derived: &Node<ast::DerivedDeclarator>| {
            matches!(
                derived.node,
                ast::DerivedDeclarator::Pointer(_) | ast::DerivedDeclarator::Block(_)
            )
        };
        let stars = declarator.derived.iter().filter(|d| is_pointer(d));
        let suffixes = declarator.derived.iter().rev().filter(|d| !is_pointer(d));
        let mut ty = base;
        for star in stars {
            ty = self.pointer(ty, star)?;
        }
        let mut params = None;
        for suffix in suffixes {
            (ty, params) = self.suffix(ty, suffix)?;
        }
        let mut declared = match &declarator.kind.node {
            ast::DeclaratorKind::Abstract => Declared {
                name: None,
                span: self.span(node),
                ty,
                attributes: Attributes::default(),
                params,
            },
            ast::DeclaratorKind::Identifier(name) => Declared {
                name: Some(name.node.name.clone()),
                span: self.span(name),
                ty,
                attributes: Attributes::default(),
                params,
            },
            ast::DeclaratorKind::Declarator(inner) => {
                let mut declared = self.declarator(ty, inner)?;
                // `int (f)(int)` declares a function as `int f(int)` does.
                if inner.node.derived.is_empty() {
                    declared.params = params;
                }
                declared
            }
        };
        let attributes = self.attributes(&declarator.extensions);
        let tags = attributes.type_tags.clone();
        declared.ty = self.tagged(declared.ty, &tags);
        if let Some(bytes) = attributes.mode_bytes {
            declared.ty = self.with_mode(declared.ty, bytes, declared.span)?;
        }
        declared.attributes.merge(attributes);
        Ok(declared)
    }

    fn pointer(
        &mut self,
        pointee: QualType,
        node: &Node<ast::DerivedDeclarator>,
    ) -> Checked<QualType> {
        let qualifiers = match &node.node {
            ast::DerivedDeclarator::Pointer(qualifiers) => qualifiers,
            _ => {
                let span = self.span(node);
                return self.error(span, "BPF has no blocks; write a function");
            }
        };
        let mut ty = self.unit.types.pointer_to(pointee).unqualified();
        for qualifier in qualifiers {
            match &qualifier.node {
                ast::PointerQualifier::TypeQualifier(qualifier) => {
                    ty = ty.and(qualifier_bits(&qualifier.node));
                }
                ast::PointerQualifier::Extension(list) => {
                    let attributes = self.attributes(list);
                    ty = self.tagged(ty, &attributes.type_tags);
                }
            }
        }
        Ok(ty)
    }

    fn suffix(
        &mut self,
        ty: QualType,
        node: &Node<ast::DerivedDeclarator>,
    ) -> Checked<(QualType, Option<Vec<ParamDecl>>)> {
        let span = self.span(node);
        match &node.node {
            ast::DerivedDeclarator::Array(array) => {
                let array = self.array(ty, &array.node.size, span)?;
                Ok((array.unqualified(), None))
            }
            ast::DerivedDeclarator::Function(function) => {
                let (function, params) = self.function(ty, function, span)?;
                Ok((function.unqualified(), Some(params)))
            }
            ast::DerivedDeclarator::KRFunction(names) => {
                if let Some(name) = names.first() {
                    let span = self.span(name);
                    return self.error(
                        span,
                        "parameters are declared with their types, as in `int f(int a)`",
                    );
                }
                let function = self.function_type(ty, Vec::new(), false, false, span)?;
                Ok((function.unqualified(), Some(Vec::new())))
            }
            ast::DerivedDeclarator::Pointer(_) | ast::DerivedDeclarator::Block(_) => {
                self.pointer(ty, node).map(|ty| (ty, None))
            }
        }
    }

    fn array(&mut self, element: QualType, size: &ast::ArraySize, span: Span) -> Checked<TypeId> {
        if !self.types().is_complete(element.ty) {
            let shown = self.show_qual(element);
            return self.error(
                span,
                format!("the elements of an array need a size; {shown} has none"),
            );
        }
        let len = match size {
            ast::ArraySize::Unknown | ast::ArraySize::VariableUnknown => None,
            ast::ArraySize::VariableExpression(expr) | ast::ArraySize::StaticExpression(expr) => {
                Some(self.array_length(expr)?)
            }
        };
        let bytes = len.map(|len| {
            let element = self.types().size_of(element.ty).unwrap_or(0);
            element.checked_mul(len)
        });
        if let Some(bytes) = bytes
            && bytes.is_none_or(|bytes| bytes > OBJECT_LIMIT)
        {
            return self.error(
                span,
                "this array is larger than 2 GiB, the limit for one object",
            );
        }
        Ok(self.unit.types.intern(TypeKind::Array { element, len }))
    }

    fn array_length(&mut self, expr: &Node<ast::Expression>) -> Checked<u64> {
        let span = self.span(expr);
        let length = self.rvalue(expr)?;
        if !self.types().is_integer(length.ty) {
            let shown = self.show(length.ty);
            return self.error(
                span,
                format!("the length of an array is an integer, not {shown}"),
            );
        }
        match length.as_const() {
            Some(value) => u64::try_from(value)
                .or_else(|_| self.error(span, format!("an array cannot have {value} elements"))),
            None => self.fail(
                Rule::VariableLength.refuse(span, "this array's length is known only at run time"),
            ),
        }
    }

    fn function(
        &mut self,
        result: QualType,
        node: &Node<ast::FunctionDeclarator>,
        span: Span,
    ) -> Checked<(TypeId, Vec<ParamDecl>)> {
        let variadic = node.node.ellipsis == ast::Ellipsis::Some;
        let nodes = &node.node.parameters;
        let params = self.scoped(|checker| {
            nodes
                .iter()
                .map(|param| checker.parameter(param))
                .collect::<Checked<Vec<_>>>()
        })?;
        // `(void)` says that there are none.
        let is_void = |p: &ParamDecl| p.param.name.is_none() && self.types().is_void(p.param.ty.ty);
        let params = match params.as_slice() {
            [only] if is_void(only) && !variadic => Vec::new(),
            _ => params,
        };
        if let Some(void) = params.iter().find(|p| self.types().is_void(p.param.ty.ty)) {
            let span = void.span;
            return self.error(span, "a parameter cannot be `void`");
        }
        let types = params.iter().map(|p| p.param.clone()).collect();
        let prototyped = !nodes.is_empty() || variadic;
        let function = self.function_type(result, types, variadic, prototyped, span)?;
        Ok((function, params))
    }

    fn function_type(
        &mut self,
        result: QualType,
        params: Vec<Param>,
        variadic: bool,
        prototyped: bool,
        span: Span,
    ) -> Checked<TypeId> {
        if self.types().is_array(result.ty) || self.types().is_function(result.ty) {
            let shown = self.show_qual(result);
            return self.error(
                span,
                format!("a function cannot return {shown}; return a pointer to it"),
            );
        }
        Ok(self.unit.types.intern(TypeKind::Function(FunctionType {
            result: result.ty,
            params,
            variadic,
            prototyped,
        })))
    }

    fn parameter(&mut self, node: &Node<ast::ParameterDeclaration>) -> Checked<ParamDecl> {
        let span = self.span(node);
        let specifiers = self.declaration_specifiers(&node.node.specifiers, span)?;
        let mut attributes = specifiers.attributes;
        let mut declared = match &node.node.declarator {
            Some(declarator) => self.declarator(specifiers.ty, declarator)?,
            None => Declared {
                name: None,
                span,
                ty: specifiers.ty,
                attributes: Attributes::default(),
                params: None,
            },
        };
        attributes.merge(std::mem::take(&mut declared.attributes));
        attributes.merge(self.attributes(&node.node.extensions));
        // Arrays and functions become pointers (C11 6.7.6.3p7 and p8).
        let decayed = self.unit.types.decayed(declared.ty);
        let quals = if decayed == declared.ty.ty {
            declared.ty.quals
        } else {
            Quals::NONE
        };
        Ok(ParamDecl {
            param: Param {
                name: declared.name,
                ty: decayed.with(quals),
                tags: attributes.tags,
            },
            span: declared.span,
        })
    }
}

// Structs, unions and enumerations.
impl Checker<'_> {
    fn record(
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
        let options = RecordOptions {
            packed: attributes.packed,
            align: attributes.align,
            pack: state.pack,
            preserve_access_index: attributes.preserve_access_index || state.preserve_access_index,
            tags: attributes.tags,
        };
        self.nested(span, |checker| {
            checker.record_definition(id, declarations, &options, span)
        })?;
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
                span,
                format!("this `{}` has neither a name nor members", kind.keyword()),
            );
        };
        let name = &tag.node.name;
        if let Some(ty) = self.scopes.lookup_tag(name) {
            self.check_tag_kind(ty, Some(kind), name, span)?;
            return Ok(ty.unqualified());
        }
        let ty = self
            .unit
            .types
            .declare_record(kind, Some(name.clone()), span);
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
        let name = &tag.node.name;
        let tag_span = self.span(tag);
        if let Some(ty) = self.scopes.lookup_tag_here(name) {
            self.check_tag_kind(ty, Some(kind), name, tag_span)?;
            let record = self.types().record_id(ty).map(|id| self.types().record(id));
            if let Some(record) = record.filter(|record| record.definition.is_some()) {
                let first = record.span;
                let keyword = kind.keyword();
                let error =
                    Diagnostic::error(tag_span, format!("`{keyword} {name}` is defined twice"))
                        .note(first, "first defined here");
                return self.fail(error);
            }
            return Ok(ty);
        }
        let ty = self
            .unit
            .types
            .declare_record(kind, Some(name.clone()), tag_span);
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
        self.error(span, format!("`{name}` is the tag of {shown}"))
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
            return self.error(span, format!("a bit-field is an integer, not {shown}"));
        };
        let most = if kind == IntKind::Bool {
            1
        } else {
            kind.bits()
        };
        match u32::try_from(width) {
            Ok(0) if name.is_some() => self.error(span, "a bit-field without bits has no name"),
            Ok(width) if width <= most => Ok(width),
            _ => {
                let shown = self.show_qual(ty);
                self.error(
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
                self.report(Diagnostic::error(field.span, message));
            } else if !is_flexible && !self.types().is_complete(field.ty.ty) {
                let shown = self.show_qual(field.ty);
                let message = format!("member `{name}` needs a size; {shown} has none");
                self.report(Diagnostic::error(field.span, message));
            }
            for name in self.member_names(field) {
                if !names.insert(name.clone()) {
                    let message = format!("there are two members named `{name}`");
                    self.report(Diagnostic::error(field.span, message));
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

    fn enumeration(
        &mut self,
        node: &Node<ast::EnumType>,
        behind: &[Node<ast::Extension>],
    ) -> Checked<QualType> {
        let span = self.span(node);
        let tag = node.node.identifier.as_ref();
        let existing = tag.and_then(|tag| self.scopes.lookup_tag(&tag.node.name));
        if node.node.enumerators.is_empty()
            && let Some(ty) = existing
        {
            let name = tag.map_or("", |tag| &tag.node.name);
            self.check_tag_kind(ty, None, name, span)?;
            return Ok(ty.unqualified());
        }
        let name = tag.map(|tag| tag.node.name.clone());
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
            let error = Diagnostic::error(span, format!("{shown} is defined twice"));
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
            self.declare_name(&name.node.name, entity, self.span(name))?;
            values.push((name.node.name.clone(), next));
            next += 1;
        }
        let fixed = attributes.underlying;
        let repr = fixed.unwrap_or_else(|| enum_repr(&values, attributes.packed));
        for (name, value) in &values {
            // With a fixed type, all enumerators have it (C23 6.7.3.3p13).
            let kind = fixed.unwrap_or_else(|| enumerator_kind(*value, repr));
            self.retype_enumerator(name, *value, kind);
        }
        self.unit.types.define_enum(id, repr, values);
        Ok(())
    }

    /// Once the whole enumeration is known, its large enumerators have its type.
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

/// An enumerator is an `int` if it can be (C11 6.7.2.2p3), else of the enumeration's type (GNU C).
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
