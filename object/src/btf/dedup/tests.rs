use super::*;
use crate::btf::{Linkage, Member, Param, SectionVar, text};
use crate::testing::{every_kind, int, member};

fn ptr(target: TypeId) -> BtfType {
    BtfType::Ptr { target }
}

fn fwd(name: &str) -> BtfType {
    BtfType::Fwd {
        name: name.into(),
        kind: FwdKind::Struct,
    }
}

/// A struct of pointers and integers; only the members' types and names matter.
fn record(name: &str, members: &[(&str, TypeId)]) -> BtfType {
    let places = (0..).step_by(64);
    let members = places.zip(members);
    BtfType::Struct {
        name: name.into(),
        size: 64,
        members: members
            .map(|(place, &(name, ty))| member(name, ty, place))
            .collect(),
    }
}

/// The types of a file: each is given the number that the first of them gets.
fn file(btf: &mut Btf, types: impl FnOnce(u32) -> Vec<BtfType>) {
    for ty in types(btf.len() as u32 + 1) {
        btf.push(ty);
    }
}

fn concatenated(files: &[&Btf]) -> Btf {
    let mut all = Btf::new();
    for file in files {
        let base = all.len() as u32;
        for (_, ty) in file.iter() {
            let mut ty = ty.clone();
            ty.each_reference(|target| {
                if *target != TypeId::VOID {
                    target.0 += base;
                }
            });
            all.push(ty);
        }
    }
    all
}

#[test]
fn a_cycle_is_equal_to_its_copy() {
    let list = |first: u32| {
        let node = TypeId(first);
        vec![record("node", &[("next", TypeId(first + 1))]), ptr(node)]
    };
    let mut btf = Btf::new();
    file(&mut btf, list);
    let once = btf.clone();
    file(&mut btf, list);
    let result = dedup(btf);
    assert_eq!(result.btf, once);
    assert_eq!(result.numbers, [0, 1, 2, 1, 2].map(TypeId));
}

#[test]
fn cycles_of_different_length_are_equal_if_nothing_tells_them_apart() {
    // A node that points to itself, and two that point to each other.
    let mut btf = Btf::new();
    file(&mut btf, |_| {
        vec![record("node", &[("next", TypeId(2))]), ptr(TypeId(1))]
    });
    file(&mut btf, |_| {
        vec![
            record("node", &[("next", TypeId(4))]),
            ptr(TypeId(5)),
            record("node", &[("next", TypeId(6))]),
            ptr(TypeId(3)),
        ]
    });
    assert_eq!(dedup(btf).btf.len(), 2);
}

/// The example of the article: each file knows one of two structs.
#[test]
fn files_complete_each_other() {
    let mut btf = Btf::new();
    // struct S { struct A *a; struct B *b; } with A known here and B there, each of which points to itself and to S.
    let known = |name: &str, own: u32, parent: u32| {
        record(name, &[("self", TypeId(own)), ("parent", TypeId(parent))])
    };
    file(&mut btf, |at| {
        vec![
            record("S", &[("a", TypeId(at + 3)), ("b", TypeId(at + 4))]),
            known("A", at + 3, at + 5),
            fwd("B"),
            ptr(TypeId(at + 1)),
            ptr(TypeId(at + 2)),
            ptr(TypeId(at)),
        ]
    });
    file(&mut btf, |at| {
        vec![
            record("S", &[("a", TypeId(at + 3)), ("b", TypeId(at + 4))]),
            fwd("A"),
            known("B", at + 4, at + 5),
            ptr(TypeId(at + 1)),
            ptr(TypeId(at + 2)),
            ptr(TypeId(at)),
        ]
    });
    let expected = "\
[1] STRUCT 'S' size=64 vlen=2
\t'a' type_id=3 bits_offset=0
\t'b' type_id=4 bits_offset=64
[2] STRUCT 'A' size=64 vlen=2
\t'self' type_id=3 bits_offset=0
\t'parent' type_id=5 bits_offset=64
[3] PTR '(anon)' type_id=2
[4] PTR '(anon)' type_id=6
[5] PTR '(anon)' type_id=1
[6] STRUCT 'B' size=64 vlen=2
\t'self' type_id=4 bits_offset=0
\t'parent' type_id=5 bits_offset=64
";
    assert_eq!(text(&dedup(btf).btf), expected);
}

#[test]
fn structs_of_one_name_stay_apart_and_a_declaration_of_it_too() {
    let mut btf = Btf::new();
    let number = btf.push(int());
    let one = btf.push(record("sock", &[("a", number)]));
    let other = btf.push(record("sock", &[("b", number)]));
    let declared = btf.push(fwd("sock"));
    let pointers = [one, other, declared].map(|target| btf.push(ptr(target)));
    let result = dedup(btf.clone());
    assert_eq!(result.btf, btf);
    assert_eq!(pointers.map(|id| result.number(id)), pointers);
}

#[test]
fn a_declaration_stands_for_one_struct_at_a_time() {
    // Both members of one file's struct point to `struct x;`, those of the other's to two that differ.
    let mut btf = Btf::new();
    let number = btf.push(int());
    let declared = btf.push(fwd("x"));
    let to_declared = btf.push(ptr(declared));
    btf.push(record("pair", &[("l", to_declared), ("r", to_declared)]));
    let sides = ["a", "b"].map(|name| btf.push(record("x", &[(name, number)])));
    let [left, right] = sides.map(|side| btf.push(ptr(side)));
    btf.push(record("pair", &[("l", left), ("r", right)]));
    assert_eq!(dedup(btf.clone()).btf, btf);
}

#[test]
fn enum_declarations_mean_the_only_enum_of_their_name() {
    let enumeration = |name: &str, values: &[&str]| BtfType::Enum {
        name: name.into(),
        size: 4,
        signed: false,
        values: (0..)
            .zip(values)
            .map(|(value, name)| crate::btf::Enumerator {
                name: name.to_string(),
                value,
            })
            .collect(),
    };
    let mut btf = Btf::new();
    let declared = btf.push(enumeration("state", &[]));
    let defined = btf.push(enumeration("state", &["UP", "DOWN"]));
    let nameless = btf.push(enumeration("", &[]));
    let constants = btf.push(enumeration("", &["ONE"]));
    let result = dedup(btf);
    assert_eq!(result.number(declared), result.number(defined));
    assert_ne!(result.number(nameless), result.number(constants));
}

#[test]
fn variables_and_sections_are_things() {
    let mut btf = Btf::new();
    let number = btf.push(int());
    for _ in 0..2 {
        let ty = btf.push(BtfType::Var {
            name: "count".into(),
            ty: number,
            linkage: Linkage::Static,
        });
        btf.push(BtfType::DataSec {
            name: ".bss".into(),
            size: 4,
            vars: vec![SectionVar {
                ty,
                offset: 0,
                size: 4,
            }],
        });
    }
    assert_eq!(dedup(btf.clone()).btf, btf);
}

#[test]
fn names_of_parameters_and_widths_of_members_count() {
    let mut btf = Btf::new();
    let number = btf.push(int());
    for name in ["a", "b"] {
        btf.push(BtfType::FuncProto {
            result: number,
            params: vec![Param {
                name: name.into(),
                ty: number,
            }],
        });
    }
    for bit_size in [3, 4] {
        btf.push(BtfType::Struct {
            name: "bits".into(),
            size: 4,
            members: vec![Member {
                bit_size,
                ..member("b", number, 0)
            }],
        });
    }
    assert_eq!(dedup(btf.clone()).btf, btf);
}

#[test]
fn types_and_their_copies_are_the_types() {
    let once = dedup(every_kind()).btf;
    let twice = dedup(concatenated(&[&once, &once])).btf;
    let is_type = |(_, ty): &(TypeId, &BtfType)| !matches!(ty.kind(), Kind::Var | Kind::DataSec);
    let things = once.len() - once.iter().filter(is_type).count();
    // Tags of variables would be doubled as well; there are none.
    assert_eq!(twice.len(), once.len() + things);
}

#[test]
fn cycles_without_a_struct_do_not_hang() {
    let mut btf = Btf::new();
    for target in [2, 1, 4, 3, 5, 99] {
        btf.push(ptr(TypeId(target)));
    }
    let result = dedup(btf);
    assert_eq!(dedup(result.btf.clone()).btf, result.btf);
}

#[test]
fn long_chains_do_not_overflow_the_stack() {
    let mut btf = Btf::new();
    for target in 0..100_000 {
        btf.push(ptr(TypeId(target)));
    }
    assert_eq!(dedup(btf.clone()).btf.len(), btf.len());
}

/// Pseudo-random numbers (xorshift), the same for the same seed.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 32) as u32 % end
    }
}

/// A small graph in which few labels make many types alike. Members may be of any type, so that there are cycles; what else
/// refers to a type stands behind it, so that there is a struct in each of them.
fn random_graph(seed: u64) -> Btf {
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut btf = Btf::new();
    btf.push(int());
    let count = 3 + random.below(12);
    for known in 1..=count {
        let [first, second] = [0; 2].map(|_| TypeId(1 + random.below(count + 1)));
        let earlier = TypeId(1 + random.below(known));
        let name = ["x", "y"][random.below(2) as usize];
        btf.push(match random.below(8) {
            0..3 => record(name, &[("l", first), ("r", second)]),
            3..6 => ptr(earlier),
            6 => fwd(name),
            _ => BtfType::Const { target: earlier },
        });
    }
    btf
}

#[test]
fn once_is_enough() {
    for seed in 0..3_000 {
        let once = dedup(random_graph(seed));
        let again = dedup(once.btf.clone());
        assert_eq!(again.btf, once.btf, "seed {seed}");
    }
}

/// What a type is, unrolled to some depth; what replaces it must look the same.
#[test]
fn a_type_looks_like_what_replaces_it() {
    for seed in 0..1_000 {
        let btf = random_graph(seed);
        let result = dedup(btf.clone());
        for (id, _) in btf.iter() {
            let new = result.number(id);
            assert!(
                looks_like(&btf, id, &result.btf, new, 6),
                "seed {seed}: {id} became {new}"
            );
        }
    }
}

fn looks_like(old: &Btf, id: TypeId, new: &Btf, new_id: TypeId, depth: u32) -> bool {
    let (Some(a), Some(b)) = (old.get(id), new.get(new_id)) else {
        return id == TypeId::VOID && new_id == TypeId::VOID;
    };
    if a.kind() == Kind::Fwd {
        return a.name() == b.name() && matches!(b.kind(), Kind::Fwd | Kind::Struct);
    }
    let (mut a, mut b) = (a.clone(), b.clone());
    let (mut olds, mut news) = (Vec::new(), Vec::new());
    a.each_reference(|target| olds.push(std::mem::take(target)));
    b.each_reference(|target| news.push(std::mem::take(target)));
    let mut targets = olds.into_iter().zip(news);
    a == b && (depth == 0 || targets.all(|(x, y)| looks_like(old, x, new, y, depth - 1)))
}

#[test]
fn without_declarations_the_order_of_copies_does_not_matter() {
    for seed in 0..1_000 {
        let graphs = [random_graph(seed), random_graph(seed + 1)];
        let has_declaration = |btf: &Btf| btf.iter().any(|(_, ty)| ty.kind() == Kind::Fwd);
        if graphs.iter().any(has_declaration) {
            continue;
        }
        let [one, other] = &graphs;
        let forwards = dedup(concatenated(&[one, other])).btf.len();
        let backwards = dedup(concatenated(&[other, one])).btf.len();
        assert_eq!(forwards, backwards, "seed {seed}");
        let alone = dedup(one.clone()).btf;
        assert_eq!(dedup(concatenated(&[one, one])).btf, alone, "seed {seed}");
    }
}
