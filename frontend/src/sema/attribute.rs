//! Attributes: `__attribute__((section("xdp"), used))`.
//!
//! All attributes of a declaration are gathered into one [`Attributes`], whether they stood before, in or behind its
//! declarator. An attribute that this compiler does not know is a warning: programs must not fail because a header mentions
//! a newer compiler's attribute.

use lang_c::ast;
use lang_c::span::Node;

use crate::diagnostic::Diagnostic;
use crate::normalize;
use crate::normalize::spelling::as_written;
use crate::source::Span;
use crate::tree::Inline;
use crate::types::IntKind;

use super::{Checked, Checker, literal};

/// Attributes that change nothing here: hints, checks of other compilers, or what is always so on BPF.
const WITHOUT_EFFECT: &[&str] = &[
    "access",
    "alloc_size",
    "annotate",
    "artificial",
    "assume_aligned",
    "bpf_fastcall",
    "cold",
    "const",
    "convergent",
    "designated_init",
    "counted_by",
    "deprecated",
    "diagnose_if",
    "error",
    "externally_visible",
    "fallthrough",
    "flag_enum",
    "flatten",
    "format",
    "format_arg",
    "gcc_struct",
    "hot",
    "leaf",
    "malloc",
    "may_alias",
    "minsize",
    "musttail",
    "no_builtin",
    "no_caller_saved_registers",
    "no_instrument_function",
    "no_profile_instrument_function",
    "no_sanitize",
    "no_sanitize_address",
    "no_stack_protector",
    "noclone",
    "nocf_check",
    "noipa",
    "nonnull",
    "nonstring",
    "nothrow",
    "optimize",
    "optnone",
    "overloadable",
    "pure",
    "randomize_layout",
    "reproducible",
    "retain",
    "scalar_storage_order",
    "returns_nonnull",
    "returns_twice",
    "sentinel",
    "transparent_union",
    "unavailable",
    "uninitialized",
    "unsequenced",
    "warning",
    "zero_call_used_regs",
];

/// Attributes that are acted on, each by an arm of `Checker::attribute`.
const WITH_EFFECT: &[&str] = &[
    "address_space",
    "alias",
    "aligned",
    "always_inline",
    "btf_decl_tag",
    "btf_type_tag",
    "cleanup",
    "ext_vector_type",
    "gnu_inline",
    "maybe_unused",
    "mode",
    "naked",
    "noinline",
    "noreturn",
    "packed",
    "preserve_access_index",
    "section",
    "unused",
    "used",
    "vector_size",
    "visibility",
    "warn_unused_result",
    "weak",
];

/// Attributes that ask for a layout which this compiler does not make.
const REFUSED: &[&str] = &["ms_struct"];

/// Attributes that only [`normalize`] writes.
const MARKS: &[&str] = &[
    normalize::OBJECT,
    normalize::UNQUALIFIED,
    normalize::UNDERLYING,
    normalize::MEMBER_ALIGNMENT,
];

/// Whether the attribute with this name, without underscores around it, is known: `__has_attribute`.
pub(crate) fn has_attribute(name: &str) -> bool {
    WITH_EFFECT.contains(&name) || WITHOUT_EFFECT.contains(&name)
}

/// What `mode(…)` makes of an integer type: its size in bytes.
const MODES: &[(&str, u32)] = &[
    ("QI", 1),
    ("byte", 1),
    ("HI", 2),
    ("SI", 4),
    ("DI", 8),
    ("word", 8),
    ("pointer", 8),
    ("TI", 16),
];

/// How long a vector type is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum VectorLength {
    /// `vector_size(16)`.
    Bytes(u64),
    /// `ext_vector_type(4)`.
    Elements(u64),
}

/// What the attributes of one declaration say.
#[derive(Clone, Debug, Default)]
pub(super) struct Attributes {
    pub(super) section: Option<String>,
    pub(super) align: Option<u32>,
    pub(super) packed: bool,
    pub(super) inline: Option<Inline>,
    /// The word `inline`.
    pub(super) is_inline: bool,
    pub(super) gnu_inline: bool,
    pub(super) unused: bool,
    pub(super) used: bool,
    pub(super) weak: bool,
    pub(super) hidden: bool,
    pub(super) noreturn: bool,
    pub(super) naked: bool,
    pub(super) warn_unused_result: bool,
    pub(super) preserve_access_index: bool,
    /// Size in bytes asked for by `mode(…)`.
    pub(super) mode_bytes: Option<u32>,
    /// The type becomes a vector of itself.
    pub(super) vector: Option<VectorLength>,
    pub(super) address_space: u8,
    /// `btf_decl_tag`s.
    pub(super) tags: Vec<String>,
    /// `btf_type_tag`s.
    pub(super) type_tags: Vec<String>,
    /// `asm("name")`.
    pub(super) asm_label: Option<String>,
    /// `typeof_unqual` was written.
    pub(super) unqualified: bool,
    /// The fixed type of an enumeration.
    pub(super) underlying: Option<IntKind>,
    /// The function in `cleanup(…)`.
    pub(super) cleanup: Option<(String, Span)>,
    /// The name in `alias("…")`.
    pub(super) alias: Option<(String, Span)>,
}

impl Attributes {
    /// Adds what another list says; what it sets wins.
    pub(super) fn merge(&mut self, other: Attributes) {
        self.section = other.section.or(self.section.take());
        self.align = self.align.max(other.align);
        self.packed |= other.packed;
        self.inline = other.inline.or(self.inline);
        self.is_inline |= other.is_inline;
        self.gnu_inline |= other.gnu_inline;
        self.unused |= other.unused;
        self.used |= other.used;
        self.weak |= other.weak;
        self.hidden |= other.hidden;
        self.noreturn |= other.noreturn;
        self.naked |= other.naked;
        self.warn_unused_result |= other.warn_unused_result;
        self.preserve_access_index |= other.preserve_access_index;
        self.mode_bytes = other.mode_bytes.or(self.mode_bytes);
        self.vector = other.vector.or(self.vector);
        self.address_space = self.address_space.max(other.address_space);
        self.tags.extend(other.tags);
        self.type_tags.extend(other.type_tags);
        self.asm_label = other.asm_label.or(self.asm_label.take());
        self.unqualified |= other.unqualified;
        self.underlying = other.underlying.or(self.underlying);
        self.cleanup = other.cleanup.or(self.cleanup.take());
        self.alias = other.alias.or(self.alias.take());
    }
}

impl Checker<'_> {
    /// Reads a list of attributes and assembler names.
    pub(super) fn attributes(&mut self, extensions: &[Node<ast::Extension>]) -> Attributes {
        let mut attributes = Attributes::default();
        for extension in extensions {
            match &extension.node {
                ast::Extension::Attribute(attribute) => {
                    // A faulty attribute has been reported and says nothing.
                    let _ = self.attribute(attribute, &mut attributes);
                }
                ast::Extension::AsmLabel(label) => {
                    attributes.asm_label = self.string_text(label).ok();
                }
                ast::Extension::AvailabilityAttribute(_) => {}
            }
        }
        attributes
    }

    fn attribute(&mut self, attribute: &ast::Attribute, into: &mut Attributes) -> Checked<()> {
        let span = self.span(&attribute.name);
        let spelled = attribute.name.node.as_str();
        let name = plain_name(spelled);
        if !(has_attribute(name) || REFUSED.contains(&name) || MARKS.contains(&name)) {
            let message = format!("attribute `{spelled}` is not known here and has no effect");
            self.warn("unknown-attributes", span, message);
            return Ok(());
        }
        match name {
            normalize::UNQUALIFIED => into.unqualified = true,
            normalize::UNDERLYING => into.underlying = Some(self.underlying_type(attribute)?),
            normalize::MEMBER_ALIGNMENT => into.align = self.member_alignment(attribute)?,
            "section" => into.section = Some(self.string_argument(attribute)?),
            "aligned" => into.align = Some(self.alignment_argument(attribute)?),
            "packed" => into.packed = true,
            "always_inline" => into.inline = Some(Inline::Always),
            "noinline" => into.inline = Some(Inline::Never),
            "gnu_inline" => into.gnu_inline = true,
            "unused" | "maybe_unused" => into.unused = true,
            "used" => into.used = true,
            "weak" => into.weak = true,
            "noreturn" => into.noreturn = true,
            "naked" => into.naked = true,
            "warn_unused_result" => into.warn_unused_result = true,
            "visibility" => into.hidden = self.string_argument(attribute)? == "hidden",
            "preserve_access_index" => into.preserve_access_index = true,
            "mode" => into.mode_bytes = Some(self.mode_argument(attribute)?),
            "vector_size" => {
                into.vector = Some(VectorLength::Bytes(self.length_argument(attribute)?))
            }
            "ext_vector_type" => {
                into.vector = Some(VectorLength::Elements(self.length_argument(attribute)?));
            }
            "address_space" => {
                let value = self.constant_argument(attribute)?;
                into.address_space = u8::try_from(value).or_else(|_| {
                    self.error(
                        "attribute",
                        span,
                        format!("there is no address space {value}; 1 is the arena"),
                    )
                })?;
            }
            "btf_decl_tag" => into.tags.push(self.string_argument(attribute)?),
            "btf_type_tag" => into.type_tags.push(self.string_argument(attribute)?),
            "cleanup" => into.cleanup = Some(self.function_argument(attribute)?),
            "alias" => into.alias = Some((self.string_argument(attribute)?, span)),
            "ms_struct" => return self.other_layout(attribute),
            "scalar_storage_order" => {
                let own = format!("{}-endian", self.types().endian.name());
                if self.string_argument(attribute)? != own {
                    return self.other_layout(attribute);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// An attribute that cannot be ignored, because the type would have another layout than its author wants.
    fn other_layout(&mut self, attribute: &ast::Attribute) -> Checked<()> {
        let span = self.span(&attribute.name);
        let name = &attribute.name.node;
        let message = format!("attribute `{name}` asks for a layout that BPF's tools do not know");
        let help =
            "leave it out, and write out the order of the bytes, with `bpf_htonl` for example";
        self.fail(
            Diagnostic::error(span, message)
                .code("attribute")
                .help(help),
        )
    }

    fn string_argument(&mut self, attribute: &ast::Attribute) -> Checked<String> {
        match attribute.arguments.first().map(|argument| &argument.node) {
            Some(ast::Expression::StringLiteral(literal)) => self.string_text(literal),
            _ => self.bad_argument(attribute, "a string"),
        }
    }

    fn function_argument(&mut self, attribute: &ast::Attribute) -> Checked<(String, Span)> {
        match attribute.arguments.first().map(|argument| &argument.node) {
            Some(ast::Expression::Identifier(name)) => {
                Ok((as_written(&name.node).into_owned(), self.span(name)))
            }
            _ => self.bad_argument(attribute, "the name of a function"),
        }
    }

    fn constant_argument(&mut self, attribute: &ast::Attribute) -> Checked<i128> {
        match attribute.arguments.first() {
            Some(argument) => self.constant_expression(argument),
            None => self.bad_argument(attribute, "a number"),
        }
    }

    fn length_argument(&mut self, attribute: &ast::Attribute) -> Checked<u64> {
        let value = self.constant_argument(attribute)?;
        match u64::try_from(value) {
            Ok(length) if length > 0 => Ok(length),
            _ => self.bad_argument(attribute, "a positive number"),
        }
    }

    fn alignment_argument(&mut self, attribute: &ast::Attribute) -> Checked<u32> {
        let Some(argument) = attribute.arguments.first() else {
            // Without an argument: the largest alignment that is useful on the target.
            return Ok(8);
        };
        let value = self.constant_expression(argument)?;
        let span = self.span(argument);
        self.valid_alignment(value, span)
    }

    /// A power of two that alignments may be.
    pub(super) fn valid_alignment(&mut self, value: i128, span: Span) -> Checked<u32> {
        match u32::try_from(value) {
            Ok(align) if align.is_power_of_two() && align <= 1 << 28 => Ok(align),
            _ => self.error(
                "attribute",
                span,
                format!("an alignment is a power of two; {value} is not"),
            ),
        }
    }

    /// The fixed type of an enumeration, which arrives as `sizeof(type)`.
    fn underlying_type(&mut self, attribute: &ast::Attribute) -> Checked<IntKind> {
        let ty = match attribute.arguments.first().map(|argument| &argument.node) {
            Some(ast::Expression::SizeOfTy(size)) => self.type_name(&size.node.0)?,
            _ => return self.bad_argument(attribute, "a type"),
        };
        match self.types().int_kind(ty.ty) {
            Some(kind) => Ok(kind),
            None => self.bad_argument(attribute, "an integer type"),
        }
    }

    /// What `_Alignas` holds, which arrives as the operand of `sizeof`.
    fn member_alignment(&mut self, attribute: &ast::Attribute) -> Checked<Option<u32>> {
        match attribute.arguments.first().map(|argument| &argument.node) {
            Some(ast::Expression::SizeOfTy(of)) => self.alignment_of_type(&of.node.0).map(Some),
            Some(ast::Expression::SizeOfVal(of)) => self.constant_alignment(&of.node.0),
            _ => self.bad_argument(attribute, "a type or a number"),
        }
    }

    fn mode_argument(&mut self, attribute: &ast::Attribute) -> Checked<u32> {
        let mode = attribute.arguments.first();
        let row = mode.and_then(|mode| match &mode.node {
            ast::Expression::Identifier(name) => {
                let name = plain_name(&name.node.name);
                MODES.iter().find(|(mode, _)| *mode == name)
            }
            _ => None,
        });
        match row {
            Some(&(_, bytes)) => Ok(bytes),
            None => self.bad_argument(attribute, "the mode of an integer: QI, HI, SI, DI or TI"),
        }
    }

    fn bad_argument<T>(&mut self, attribute: &ast::Attribute, wanted: &str) -> Checked<T> {
        let span = self.span(&attribute.name);
        let name = &attribute.name.node;
        self.error(
            "attribute",
            span,
            format!("attribute `{name}` needs {wanted}"),
        )
    }

    /// The text of a string literal that is not data: a section name, an assertion's message.
    pub(super) fn string_text(&mut self, node: &Node<ast::StringLiteral>) -> Checked<String> {
        let span = self.span(node);
        match literal::string(&node.node, self.types().endian) {
            Ok(mut value) => {
                value.bytes.pop();
                Ok(String::from_utf8_lossy(&value.bytes).into_owned())
            }
            Err(error) => self.error("literal", span, error.to_string()),
        }
    }
}

/// `__packed__` means `packed`, `clang::noinline` means `noinline`.
fn plain_name(spelled: &str) -> &str {
    let name = spelled.rsplit("::").next().unwrap_or(spelled).trim();
    name.strip_prefix("__")
        .and_then(|name| name.strip_suffix("__"))
        .unwrap_or(name)
}
