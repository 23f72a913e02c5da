//! [`Btf`] → text, one line per type and one per entry, in the form of `bpftool btf dump file FILE format raw`.

use std::fmt;

use super::{Btf, BtfType, Enumerator, FwdKind, IntEncoding, Linkage, Member, TypeId};

/// All types by number.
///
/// ```
/// use bpfcc_object::btf::{self, Btf, BtfType, IntEncoding};
///
/// let mut types = Btf::new();
/// let (size, encoding) = (4, IntEncoding::Signed);
/// let int = types.add(BtfType::Int { name: "int".into(), size, encoding, bits: 32, offset: 0 });
/// types.add(BtfType::Ptr { target: int });
/// assert_eq!(
///     btf::text(&types),
///     "[1] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED\n\
///      [2] PTR '(anon)' type_id=1\n"
/// );
/// ```
pub fn text(btf: &Btf) -> String {
    btf.iter()
        .map(|(id, ty)| Line { btf, id, ty }.to_string())
        .collect()
}

/// A type as it is printed, with the graph it is from.
struct Line<'a> {
    btf: &'a Btf,
    id: TypeId,
    ty: &'a BtfType,
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ty = self.ty;
        write!(
            f,
            "[{}] {} '{}'",
            self.id,
            ty.kind().keyword(),
            or_anon(ty.name())
        )?;
        match ty {
            BtfType::Int {
                size,
                encoding,
                bits,
                offset,
                ..
            } => {
                let encoding = encoding_word(*encoding);
                writeln!(
                    f,
                    " size={size} bits_offset={offset} nr_bits={bits} encoding={encoding}"
                )
            }
            BtfType::Array {
                element,
                index,
                count,
            } => {
                writeln!(
                    f,
                    " type_id={element} index_type_id={index} nr_elems={count}"
                )
            }
            BtfType::Struct { size, members, .. } | BtfType::Union { size, members, .. } => {
                writeln!(f, " size={size} vlen={}", members.len())?;
                members
                    .iter()
                    .try_for_each(|member| write_member(f, member))
            }
            BtfType::Enum {
                size,
                signed,
                values,
                ..
            }
            | BtfType::Enum64 {
                size,
                signed,
                values,
                ..
            } => {
                let sign = if *signed { "SIGNED" } else { "UNSIGNED" };
                writeln!(f, " encoding={sign} size={size} vlen={}", values.len())?;
                values
                    .iter()
                    .try_for_each(|value| write_enumerator(f, value))
            }
            BtfType::Fwd {
                kind: FwdKind::Struct,
                ..
            } => writeln!(f, " fwd_kind=struct"),
            BtfType::Fwd {
                kind: FwdKind::Union,
                ..
            } => writeln!(f, " fwd_kind=union"),
            BtfType::Ptr { target }
            | BtfType::Typedef { target, .. }
            | BtfType::Volatile { target }
            | BtfType::Const { target }
            | BtfType::Restrict { target } => writeln!(f, " type_id={target}"),
            BtfType::Func { proto, linkage, .. } => {
                writeln!(f, " type_id={proto} linkage={}", linkage_word(*linkage))
            }
            BtfType::FuncProto { result, params } => {
                writeln!(f, " ret_type_id={result} vlen={}", params.len())?;
                params.iter().try_for_each(|param| {
                    writeln!(f, "\t'{}' type_id={}", or_anon(&param.name), param.ty)
                })
            }
            BtfType::Var { ty, linkage, .. } => {
                writeln!(f, " type_id={ty}, linkage={}", linkage_word(*linkage))
            }
            BtfType::DataSec { size, vars, .. } => {
                writeln!(f, " size={size} vlen={}", vars.len())?;
                vars.iter().try_for_each(|var| {
                    write!(
                        f,
                        "\ttype_id={} offset={} size={}",
                        var.ty, var.offset, var.size
                    )?;
                    write_thing(f, self.btf.get(var.ty))
                })
            }
            BtfType::Float { size, .. } => writeln!(f, " size={size}"),
            BtfType::DeclTag {
                target,
                component,
                attribute,
                ..
            } => {
                let component = component.map_or(-1, i64::from);
                write!(f, " type_id={target} component_idx={component}")?;
                write_attribute(f, *attribute)
            }
            BtfType::TypeTag {
                target, attribute, ..
            } => {
                write!(f, " type_id={target}")?;
                write_attribute(f, *attribute)
            }
        }
    }
}

fn write_member(f: &mut fmt::Formatter<'_>, member: &Member) -> fmt::Result {
    let Member {
        name,
        ty,
        bit_offset,
        bit_size,
    } = member;
    write!(
        f,
        "\t'{}' type_id={ty} bits_offset={bit_offset}",
        or_anon(name)
    )?;
    match bit_size {
        0 => writeln!(f),
        width => writeln!(f, " bitfield_size={width}"),
    }
}

fn write_enumerator(f: &mut fmt::Formatter<'_>, enumerator: &Enumerator) -> fmt::Result {
    writeln!(f, "\t'{}' val={}", enumerator.name, enumerator.value)
}

/// The variable or function that an entry of a section is about.
fn write_thing(f: &mut fmt::Formatter<'_>, thing: Option<&BtfType>) -> fmt::Result {
    match thing {
        Some(ty) => writeln!(f, " ({} '{}')", ty.kind().keyword(), ty.name()),
        None => writeln!(f),
    }
}

/// Said only where it is unusual.
fn write_attribute(f: &mut fmt::Formatter<'_>, attribute: bool) -> fmt::Result {
    writeln!(f, "{}", if attribute { " attribute" } else { "" })
}

fn or_anon(name: &str) -> &str {
    if name.is_empty() { "(anon)" } else { name }
}

fn encoding_word(encoding: IntEncoding) -> &'static str {
    match encoding {
        IntEncoding::Unsigned => "(none)",
        IntEncoding::Signed => "SIGNED",
        IntEncoding::Char => "CHAR",
        IntEncoding::Bool => "BOOL",
    }
}

fn linkage_word(linkage: Linkage) -> &'static str {
    match linkage {
        Linkage::Static => "static",
        Linkage::Global => "global",
        Linkage::Extern => "extern",
    }
}
