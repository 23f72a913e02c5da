//! Declarations into types (C11 6.7.1 to 6.7.7).
//!
//! A declaration has two halves. The *specifiers* (`static const unsigned`) give a base type and a storage class; each
//! *declarator* (`*name[3]`) wraps the base type from the outside in: stars first, then the suffixes from right to left,
//! then whatever stands in parentheses around the name.

use std::borrow::Cow;
use std::collections::HashSet;

use lang_c::ast;
use lang_c::span::Node;

use crate::diagnostic::Diagnostic;
use crate::normalize::spelling::as_written;
use crate::restrict::Rule;
use crate::source::Span;
use crate::tree::Inline;
use crate::types::{
    FloatKind, FunctionType, IntKind, Param, QualType, Quals, TypeId, TypeKind, Types,
};

use super::attribute::{Attributes, VectorLength};
use super::scope::{Binding, Entity};
use super::{Checked, Checker, OBJECT_LIMIT};

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
    pub(super) params: Option<Params>,
}

/// What stands in the parentheses of a function's declarator.
#[derive(Clone, Debug)]
pub(super) enum Params {
    Typed(Vec<ParamDecl>),
    /// Names whose types stand behind the parentheses (`old_style`).
    Names(Vec<(String, Span)>),
}

/// A parameter with what its function type does not keep.
#[derive(Clone, Debug)]
pub(super) struct ParamDecl {
    pub(super) param: Param,
    /// The type of the variable that the body sees, if it is not what callers pass.
    pub(super) variable: Option<QualType>,
    /// The length that an array has by earlier parameters.
    pub(super) length: Option<Box<Node<ast::Expression>>>,
    /// Whether it says `unused`.
    pub(super) unused: bool,
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

    pub(super) fn qualified_specifiers(
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
                    attributes.is_inline = true;
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
                    let reported = self.diagnostics.len();
                    let mut found = self.attributes(extensions);
                    if behind_type {
                        found.align = None;
                        found.packed = false;
                        // Their mistakes were reported with the type.
                        self.diagnostics.truncate(reported);
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
            // glibc says `typedef float _Float32;` to compilers that do not have the keyword; lang-c always has it.
            Some(ty) if self.types().is_float(ty.ty) && keywords.float + keywords.double > 0 => {
                Ok(ty)
            }
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
                    "type-specifiers",
                    whole,
                    format!("{shown} cannot be combined with other type names"),
                )
            }
            None if keywords.total() == 0 => self.error(
                "missing-type",
                whole,
                "this declaration names no type; C no longer assumes `int`",
            ),
            None => match keywords.resolve() {
                Some(kind) => Ok(self.unit.types.intern(kind).unqualified()),
                None => self.error(
                    "type-specifiers",
                    whole,
                    "these type names do not go together",
                ),
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
        let mut ty = self.resized(ty, attributes, span)?;
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

    /// Applies the attributes that make another type of an integer.
    fn resized(
        &mut self,
        mut ty: QualType,
        attributes: &Attributes,
        span: Span,
    ) -> Checked<QualType> {
        if let Some(bytes) = attributes.mode_bytes {
            ty = self.with_mode(ty, bytes, span)?;
        }
        match attributes.vector {
            Some(length) => self.vector_of(ty, length, span),
            None => Ok(ty),
        }
    }

    /// A vector of GNU C.
    fn vector_of(
        &mut self,
        element: QualType,
        length: VectorLength,
        span: Span,
    ) -> Checked<QualType> {
        let types = self.types();
        let element_size = types.size_of(element.ty).unwrap_or(0);
        let is_number = types.int_kind(element.ty).is_some() || types.is_float(element.ty);
        let bytes = match length {
            VectorLength::Bytes(bytes) => bytes,
            VectorLength::Elements(count) => count.saturating_mul(element_size),
        };
        let align = u32::try_from(bytes)
            .ok()
            .and_then(u32::checked_next_power_of_two);
        let Some(align) = align.filter(|_| is_number && bytes.is_multiple_of(element_size)) else {
            let shown = self.show_qual(element);
            return self.error(
                "attribute",
                span,
                format!("there are no vectors of {bytes} bytes of {shown}"),
            );
        };
        let lanes = bytes / element_size;
        let vector = self.unit.types.vector(element.ty, lanes, align, span);
        Ok(vector.unqualified())
    }

    /// The vector of this many elements, as `vector_size` makes it.
    pub(super) fn vector_type(
        &mut self,
        element: QualType,
        lanes: u64,
        span: Span,
    ) -> Checked<TypeId> {
        let vector = self.vector_of(element, VectorLength::Elements(lanes), span)?;
        Ok(vector.ty)
    }

    fn with_mode(&mut self, ty: QualType, bytes: u32, span: Span) -> Checked<QualType> {
        let old = self.types().int_kind(ty.ty);
        let new = old.and_then(|old| IntKind::of_size(bytes, old.is_signed()));
        match new {
            Some(kind) => Ok(Types::int(kind).with(ty.quals)),
            None => {
                let shown = self.show_qual(ty);
                self.error(
                    "attribute",
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
                    "thread-local",
                    span,
                    "BPF programs have no threads; a per-CPU map holds a value per processor",
                );
            }
        };
        if before.is_some_and(|before| before != class) {
            return self.error("storage-class", span, "a declaration has one storage class");
        }
        Ok(Some(class))
    }

    fn alignment_specifier(
        &mut self,
        node: &Node<ast::AlignmentSpecifier>,
    ) -> Checked<Option<u32>> {
        match &node.node {
            ast::AlignmentSpecifier::Type(name) => self.alignment_of_type(name).map(Some),
            ast::AlignmentSpecifier::Constant(value) => self.constant_alignment(value),
        }
    }

    pub(super) fn alignment_of_type(&mut self, name: &Node<ast::TypeName>) -> Checked<u32> {
        let ty = self.type_name(name)?;
        Ok(self.types().align_of(ty.ty))
    }

    /// Zero asks for nothing.
    pub(super) fn constant_alignment(
        &mut self,
        node: &Node<ast::Expression>,
    ) -> Checked<Option<u32>> {
        let span = self.span(node);
        match self.constant_expression(node)? {
            0 => Ok(None),
            value => self.valid_alignment(value, span).map(Some),
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
                let kind = TypeKind::Float(self.ts18661_kind(float, span)?);
                return Ok(Some(self.unit.types.intern(kind).unqualified()));
            }
        }
        Ok(None)
    }

    fn typedef_name(&mut self, name: &Node<ast::Identifier>) -> Checked<QualType> {
        let spelled = &*as_written(&name.node);
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
        let closest = super::suggest::closest(spelled, candidates.chain(self.unused_names()));
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

    /// The kind that `_Float64` and the like name, as words and as suffixes.
    pub(super) fn ts18661_kind(
        &mut self,
        float: &ast::TS18661FloatType,
        span: Span,
    ) -> Checked<FloatKind> {
        use ast::TS18661FloatFormat::{BinaryExtended, BinaryInterchange};
        Ok(match (&float.format, float.width) {
            (BinaryInterchange, 16) => FloatKind::Half,
            (BinaryInterchange, 32) => FloatKind::Float,
            (BinaryInterchange, 64) | (BinaryExtended, 32) => FloatKind::Double,
            (BinaryInterchange, 128) | (BinaryExtended, 64) => FloatKind::Quad,
            _ => return self.fail(Rule::Float.refuse(span, "this type holds decimal fractions")),
        })
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
pub(super) fn declared_name(declarator: &ast::Declarator) -> Option<Cow<'_, str>> {
    match &declarator.kind.node {
        ast::DeclaratorKind::Abstract => None,
        ast::DeclaratorKind::Identifier(name) => Some(as_written(&name.node)),
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
        let mut attributes = Attributes::default();
        for star in stars {
            ty = self.pointer(ty, star, &mut attributes)?;
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
                name: Some(as_written(&name.node).into_owned()),
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
        declared.attributes.merge(attributes);
        let attributes = self.attributes(&declarator.extensions);
        let tags = attributes.type_tags.clone();
        declared.ty = self.tagged(declared.ty, &tags);
        declared.ty = self.resized(declared.ty, &attributes, declared.span)?;
        declared.attributes.merge(attributes);
        Ok(declared)
    }

    fn pointer(
        &mut self,
        pointee: QualType,
        node: &Node<ast::DerivedDeclarator>,
        attributes: &mut Attributes,
    ) -> Checked<QualType> {
        let qualifiers = match &node.node {
            ast::DerivedDeclarator::Pointer(qualifiers) => qualifiers,
            _ => {
                let span = self.span(node);
                return self.error("blocks", span, "BPF has no blocks; write a function");
            }
        };
        let mut ty = self.unit.types.pointer_to(pointee).unqualified();
        for qualifier in qualifiers {
            match &qualifier.node {
                ast::PointerQualifier::TypeQualifier(qualifier) => {
                    ty = ty.and(qualifier_bits(&qualifier.node));
                }
                ast::PointerQualifier::Extension(list) => {
                    let found = self.attributes(list);
                    ty = self.tagged(ty, &found.type_tags);
                    // GNU C moves them to what is declared.
                    attributes.unused |= found.unused;
                    attributes.align = attributes.align.max(found.align);
                    attributes.section = attributes.section.take().or(found.section);
                }
            }
        }
        Ok(ty)
    }

    fn suffix(
        &mut self,
        ty: QualType,
        node: &Node<ast::DerivedDeclarator>,
    ) -> Checked<(QualType, Option<Params>)> {
        let span = self.span(node);
        match &node.node {
            ast::DerivedDeclarator::Array(array) => {
                let array = self.array(ty, &array.node.size, span)?;
                Ok((array.unqualified(), None))
            }
            ast::DerivedDeclarator::Function(function) => {
                let (function, params) = self.function(ty, function, span)?;
                Ok((function.unqualified(), Some(Params::Typed(params))))
            }
            ast::DerivedDeclarator::KRFunction(names) => {
                let function = self.function_type(ty, Vec::new(), false, false, span)?;
                let named = |name: &Node<ast::Identifier>| {
                    (as_written(&name.node).into_owned(), self.span(name))
                };
                let params = Params::Names(names.iter().map(named).collect());
                Ok((function.unqualified(), Some(params)))
            }
            ast::DerivedDeclarator::Pointer(_) | ast::DerivedDeclarator::Block(_) => {
                let ty = self.pointer(ty, node, &mut Attributes::default())?;
                Ok((ty, None))
            }
        }
    }

    fn array(&mut self, element: QualType, size: &ast::ArraySize, span: Span) -> Checked<TypeId> {
        if !self.types().is_complete(element.ty) {
            let shown = self.show_qual(element);
            return self.error(
                "incomplete-type",
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
                "object-too-large",
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
                "array-length",
                span,
                format!("the length of an array is an integer, not {shown}"),
            );
        }
        match length.as_const() {
            Some(value) => u64::try_from(value).or_else(|_| {
                self.error(
                    "array-length",
                    span,
                    format!("an array cannot have {value} elements"),
                )
            }),
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
            let mut earlier = HashSet::new();
            nodes
                .iter()
                .map(|node| {
                    let param = checker.parameter(node, &earlier)?;
                    earlier.extend(param.param.name.clone());
                    Ok(param)
                })
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
            return self.error("parameter", span, "a parameter cannot be `void`");
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
                "function-type",
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

    /// Arrays and functions become pointers (C11 6.7.6.3p7 and p8).
    pub(super) fn parameter_type(&mut self, declared: QualType) -> QualType {
        let decayed = self.unit.types.decayed(declared);
        if decayed == declared.ty {
            declared
        } else {
            decayed.unqualified()
        }
    }

    /// A parameter behind others with these names.
    fn parameter(
        &mut self,
        node: &Node<ast::ParameterDeclaration>,
        earlier: &HashSet<String>,
    ) -> Checked<ParamDecl> {
        let span = self.span(node);
        let mut declarator = node.node.declarator.clone();
        let length = match &mut declarator {
            Some(declarator) => self.take_length(declarator, earlier)?,
            None => None,
        };
        let specifiers = self.declaration_specifiers(&node.node.specifiers, span)?;
        let mut attributes = specifiers.attributes;
        let mut declared = match &declarator {
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
        let ty = self.parameter_type(declared.ty);
        Ok(ParamDecl {
            param: Param {
                name: declared.name,
                ty,
                tags: attributes.tags,
            },
            variable: None,
            length,
            unused: attributes.unused,
            span: declared.span,
        })
    }
}
