//! CO-RE relocations in words: what an instruction asks the loader about the running kernel's types.

use bpfcc_isa::{CoreReloKind, Imm64, Insn, Src};
use bpfcc_object::btf::{Btf, BtfType, TypeId};
use bpfcc_object::ext::CoreRelo;

use super::file::File;

/// What is asked about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum About {
    Field,
    Type,
    Enumerator,
}

/// Each question: what it is about, the words before and behind that, and what becomes of the instruction if the kernel
/// knows no such thing (`bpf_core_calc_relo_insn` of libbpf).
const QUESTIONS: [(CoreReloKind, About, &str, &str, &str); 13] = [
    (
        CoreReloKind::FieldByteOffset,
        About::Field,
        "offset of ",
        "",
        MUST_EXIST,
    ),
    (
        CoreReloKind::FieldByteSize,
        About::Field,
        "size of ",
        "",
        MUST_EXIST,
    ),
    (
        CoreReloKind::FieldExists,
        About::Field,
        "whether there is ",
        "",
        "else 0",
    ),
    (
        CoreReloKind::FieldSigned,
        About::Field,
        "whether ",
        " is signed",
        MUST_EXIST,
    ),
    (
        CoreReloKind::FieldLeftShift,
        About::Field,
        "left shift that isolates ",
        "",
        MUST_EXIST,
    ),
    (
        CoreReloKind::FieldRightShift,
        About::Field,
        "right shift that isolates ",
        "",
        MUST_EXIST,
    ),
    (
        CoreReloKind::TypeIdLocal,
        About::Type,
        "number of ",
        " in this file's BTF",
        "",
    ),
    (
        CoreReloKind::TypeIdTarget,
        About::Type,
        "number of ",
        " in the kernel's BTF",
        "else 0",
    ),
    (
        CoreReloKind::TypeExists,
        About::Type,
        "whether there is ",
        "",
        "else 0",
    ),
    (
        CoreReloKind::TypeSize,
        About::Type,
        "size of ",
        "",
        "else 0",
    ),
    (
        CoreReloKind::EnumValueExists,
        About::Enumerator,
        "whether there is ",
        "",
        "else 0",
    ),
    (
        CoreReloKind::EnumValue,
        About::Enumerator,
        "value of ",
        "",
        MUST_EXIST,
    ),
    (
        CoreReloKind::TypeMatches,
        About::Type,
        "whether the kernel's is like ",
        "",
        "else 0",
    ),
];

/// Where it does not, libbpf puts an invalid call in the instruction's place, which the kernel refuses if it can be reached.
const MUST_EXIST: &str = "must exist";

/// `offset of task_struct.comm, 4 here, must exist`; `insn` holds the answer for the compiler's own types.
pub(super) fn words(file: &File<'_>, relo: &CoreRelo, insn: Option<&Insn>) -> String {
    let (_, about, before, behind, otherwise) = QUESTIONS[relo.kind.number() as usize];
    let named = file.btf().and_then(|btf| name(btf, relo, about));
    let named = named.unwrap_or_else(|| format!("type {} path {:?}", relo.root, relo.access));
    let mut words = format!("{before}{named}{behind}");
    if let Some(here) = insn.and_then(answer) {
        words += &format!(", {here} here");
    }
    if !otherwise.is_empty() {
        words += &format!(", {otherwise}");
    }
    words
}

/// The number in an instruction that a loader replaces.
fn answer(insn: &Insn) -> Option<i64> {
    match *insn {
        Insn::Alu {
            src: Src::Imm(imm), ..
        } => Some(imm.into()),
        Insn::LoadImm64 {
            value: Imm64::Const(value),
            ..
        } => Some(value as i64),
        _ => insn.memory().map(|(_, off)| off.into()),
    }
}

/// `task_struct.comm[2]`, `struct task_struct`, `BUSY of enum state`.
fn name(btf: &Btf, relo: &CoreRelo, about: About) -> Option<String> {
    let mut path = relo
        .access
        .split(':')
        .map(|step| step.parse::<usize>().ok());
    let first = path.next()??;
    match about {
        About::Type => Some(type_name(btf, relo.root, true)),
        About::Enumerator => match btf.get(btf.strip(relo.root))? {
            BtfType::Enum { values, .. } | BtfType::Enum64 { values, .. } => {
                let constant = &values.get(first)?.name;
                Some(format!("{constant} of {}", type_name(btf, relo.root, true)))
            }
            _ => None,
        },
        About::Field => {
            let start = type_name(btf, relo.root, false);
            let start = if first > 0 {
                format!("{start}[{first}]")
            } else {
                start
            };
            field(btf, start, relo.root, path)
        }
    }
}

/// Follows a path of members and elements.
fn field(
    btf: &Btf,
    start: String,
    root: TypeId,
    path: impl Iterator<Item = Option<usize>>,
) -> Option<String> {
    let (mut text, mut ty) = (start, root);
    for step in path {
        let step = step?;
        ty = match btf.get(btf.strip(ty))? {
            BtfType::Struct { members, .. } | BtfType::Union { members, .. } => {
                let member = members.get(step)?;
                if !member.name.is_empty() {
                    text += &format!(".{}", member.name);
                }
                member.ty
            }
            BtfType::Array { element, .. } => {
                text += &format!("[{step}]");
                *element
            }
            _ => return None,
        };
    }
    Some(text)
}

/// The first name on the way to what a type stands for, with `struct` before a tag if asked to.
fn type_name(btf: &Btf, id: TypeId, with_keyword: bool) -> String {
    let mut id = id;
    for _ in 0..=btf.len() {
        let Some(ty) = btf.get(id) else { break };
        match ty {
            BtfType::Const { target }
            | BtfType::Volatile { target }
            | BtfType::Restrict { target } => {
                id = *target;
            }
            _ => {
                let keyword = match ty {
                    BtfType::Struct { .. } => "struct ",
                    BtfType::Union { .. } => "union ",
                    BtfType::Enum { .. } | BtfType::Enum64 { .. } => "enum ",
                    _ => "",
                };
                let keyword = if with_keyword { keyword } else { "" };
                return match ty.name() {
                    "" => format!("{keyword}{{…}}"),
                    name => format!("{keyword}{name}"),
                };
            }
        }
    }
    "void".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_stand_in_the_order_of_the_encoding() {
        for (number, row) in (0..).zip(QUESTIONS) {
            assert_eq!(row.0.number(), number);
        }
    }
}
