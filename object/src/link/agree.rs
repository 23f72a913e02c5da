//! Whether two files mean the same by a name.
//!
//! Types are compared by what a program relies on: kinds, sizes, names and offsets of members. Qualifiers and typedefs do
//! not count, nor do names of parameters, nor how long an array is (`extern int table[];`). Behind a pointer only the name
//! of a struct counts, since one file may know no more than that.

use std::collections::HashSet;

use super::words::type_name;
use crate::btf::{Btf, BtfType, FwdKind, Linkage, Member, TypeId};

/// A type of one of two files.
type Place<'a> = (&'a Btf, TypeId);

/// `Err` says what differs.
pub(super) fn agree(one: Place<'_>, other: Place<'_>) -> Result<(), String> {
    let mut met = HashSet::new();
    let mut todo = vec![Pair {
        one: one.1,
        other: other.1,
        is_exact: true,
    }];
    while let Some(pair) = todo.pop() {
        let pair = Pair {
            one: one.0.strip(pair.one),
            other: other.0.strip(pair.other),
            ..pair
        };
        if met.insert(pair) {
            compare(
                (one.0, pair.one),
                (other.0, pair.other),
                pair.is_exact,
                &mut todo,
            )?;
        }
    }
    Ok(())
}

/// Two types that must agree; exactly, if what is in structs counts.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Pair {
    one: TypeId,
    other: TypeId,
    is_exact: bool,
}

/// Compares two types by themselves and adds to `todo` what they refer to.
fn compare(
    one: Place<'_>,
    other: Place<'_>,
    is_exact: bool,
    todo: &mut Vec<Pair>,
) -> Result<(), String> {
    let differ = || {
        let (one, other) = (type_name(one.0, one.1), type_name(other.0, other.1));
        Err(format!("`{one}` is not `{other}`"))
    };
    let (left, right) = match (one.0.get(one.1), other.0.get(other.1)) {
        (None, None) => return Ok(()),
        (Some(left), Some(right)) => (left, right),
        _ => return differ(),
    };
    if !is_exact && let (Some(left), Some(right)) = (tag(left), tag(right)) {
        return if left == right { Ok(()) } else { differ() };
    }
    if left.kind() != right.kind() || !names_agree(left, right) {
        return differ();
    }
    let mut refer = |one: &TypeId, other: &TypeId, is_exact| {
        let (one, other) = (*one, *other);
        todo.push(Pair {
            one,
            other,
            is_exact,
        });
    };
    match (left, right) {
        (BtfType::Ptr { target: a }, BtfType::Ptr { target: b }) => refer(a, b, false),
        (BtfType::Array { element: a, .. }, BtfType::Array { element: b, .. }) => {
            refer(a, b, is_exact)
        }
        (
            BtfType::Func {
                proto: a,
                linkage: x,
                ..
            },
            BtfType::Func {
                proto: b,
                linkage: y,
                ..
            },
        )
        | (
            BtfType::Var {
                ty: a, linkage: x, ..
            },
            BtfType::Var {
                ty: b, linkage: y, ..
            },
        ) => {
            if (*x == Linkage::Static) != (*y == Linkage::Static) {
                return Err("it is static in one of them".into());
            }
            refer(a, b, is_exact)
        }
        (
            BtfType::FuncProto {
                result: a,
                params: xs,
            },
            BtfType::FuncProto {
                result: b,
                params: ys,
            },
        ) => {
            if xs.len() != ys.len() {
                return Err(format!(
                    "it has {} parameters in one and {} in the other",
                    xs.len(),
                    ys.len()
                ));
            }
            refer(a, b, is_exact);
            xs.iter()
                .zip(ys)
                .for_each(|(x, y)| refer(&x.ty, &y.ty, is_exact));
        }
        (
            BtfType::Struct { members: xs, .. } | BtfType::Union { members: xs, .. },
            BtfType::Struct { members: ys, .. } | BtfType::Union { members: ys, .. },
        ) => {
            let name = || type_name(one.0, one.1);
            members_agree(xs, ys).map_err(|why| format!("`{}` {why}", name()))?;
            xs.iter()
                .zip(ys)
                .for_each(|(x, y)| refer(&x.ty, &y.ty, is_exact));
        }
        _ => return sizes_agree(one, other),
    }
    Ok(())
}

/// Integers may have different names: `long` and `long long`.
fn names_agree(left: &BtfType, right: &BtfType) -> bool {
    matches!(left, BtfType::Int { .. } | BtfType::Float { .. }) || left.name() == right.name()
}

/// What can be declared without its members.
fn tag(ty: &BtfType) -> Option<(FwdKind, &str)> {
    match ty {
        BtfType::Struct { name, .. } => Some((FwdKind::Struct, name)),
        BtfType::Union { name, .. } => Some((FwdKind::Union, name)),
        BtfType::Fwd { name, kind } => Some((*kind, name)),
        _ => None,
    }
}

fn members_agree(left: &[Member], right: &[Member]) -> Result<(), String> {
    if left.len() != right.len() {
        return Err(format!(
            "has {} members in one and {} in the other",
            left.len(),
            right.len()
        ));
    }
    let place = |member: &Member| (member.bit_offset, member.bit_size);
    for (one, other) in left.iter().zip(right) {
        if one.name != other.name {
            return Err(format!(
                "has a member `{}` where the other has `{}`",
                one.name, other.name
            ));
        }
        if place(one) != place(other) {
            return Err(format!("has member `{}` at different places", one.name));
        }
    }
    Ok(())
}

fn sizes_agree(one: Place<'_>, other: Place<'_>) -> Result<(), String> {
    let sizes = (one.0.size_of(one.1), other.0.size_of(other.1));
    if sizes.0 == sizes.1 {
        return Ok(());
    }
    let describe = |place: Place<'_>, size: Option<u64>| match size {
        Some(size) => format!("`{}` has {size} bytes", type_name(place.0, place.1)),
        None => format!("`{}` has no size", type_name(place.0, place.1)),
    };
    Err(format!(
        "{} and {}",
        describe(one, sizes.0),
        describe(other, sizes.1)
    ))
}
