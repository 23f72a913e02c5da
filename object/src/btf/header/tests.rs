use super::*;
use crate::Endian;
use crate::btf::{Btf, BtfType, Linkage, Member, Param, TypeId, write};
use crate::testing::{damaged, every_kind, int, member};

fn names<'a>(tags: &[&'a str], ordinary: &[&'a str]) -> Names<'a> {
    Names {
        tags: tags.iter().copied().collect(),
        ordinary: ordinary.iter().copied().collect(),
    }
}

fn structure(name: &str, size: u32, members: Vec<Member>) -> BtfType {
    BtfType::Struct {
        name: name.into(),
        size,
        members,
    }
}

fn header_of(btf: &Btf, names: &Names<'_>) -> Result<String> {
    header(&write(btf, Endian::Little).unwrap(), names)
}

#[test]
fn types_of_the_same_name_are_numbered() {
    let mut btf = Btf::new();
    let int = btf.add(int());
    btf.add(structure("list", 4, vec![member("a", int, 0)]));
    btf.add(structure("list", 4, vec![member("b", int, 0)]));
    for tag in ["list", "list___2"] {
        let text = header_of(&btf, &names(&[tag], &[])).unwrap();
        assert!(text.contains("struct list {\n\tint a;\n};"), "{text}");
        assert!(text.contains("struct list___2 {\n\tint b;\n};"), "{text}");
    }
}

#[test]
fn functions_are_those_marked_as_such() {
    let mut btf = Btf::new();
    let int = btf.add(int());
    let task = btf.add(structure("task", 4, vec![member("pid", int, 0)]));
    let result = btf.add(BtfType::Ptr { target: task });
    let param = Param {
        name: "pid".into(),
        ty: int,
    };
    let params = vec![param];
    let proto = btf.add(BtfType::FuncProto { result, params });
    for name in ["bpf_find", "bpf_fast", "internal"] {
        let linkage = Linkage::Static;
        let name = name.to_owned();
        btf.push(BtfType::Func {
            name,
            proto,
            linkage,
        });
    }
    for (value, target) in [("bpf_kfunc", 5), ("bpf_kfunc", 6), ("bpf_fastcall", 6)] {
        btf.push(BtfType::DeclTag {
            value: value.into(),
            target: TypeId(target),
            component: None,
            attribute: false,
        });
    }
    let wanted = names(&[], &["bpf_find", "bpf_fast", "internal"]);
    let text = header_of(&btf, &wanted).unwrap();
    assert!(text.contains("extern struct task *bpf_find(int) __weak __ksym;\n"));
    assert!(text.contains("extern __bpf_fastcall struct task *bpf_fast(int) __weak __ksym;\n"));
    assert!(
        text.contains("struct task {"),
        "its result can be looked into"
    );
    assert!(!text.contains("internal"), "{text}");
}

#[test]
fn a_name_cannot_become_something_else() {
    let mut btf = Btf::new();
    let int = btf.add(int());
    let evil = "a;\n#include \"/etc/passwd\"\nint b";
    btf.add(structure("s", 4, vec![member(evil, int, 0)]));
    let error = header_of(&btf, &names(&["s"], &[])).unwrap_err();
    assert_eq!(error, HeaderError::Name(evil.into()));
    assert!(!error.to_string().contains('\n'));
}

#[test]
fn members_that_overlap_are_refused() {
    let mut btf = Btf::new();
    let int = btf.add(int());
    let members = vec![member("a", int, 0), member("b", int, 8)];
    btf.add(structure("s", 8, members));
    let error = header_of(&btf, &names(&["s"], &[])).unwrap_err();
    assert!(matches!(error, HeaderError::Layout { size: 8, .. }));
}

#[test]
fn types_that_grow_without_end_are_refused() {
    let mut doubled = Btf::new();
    let mut last = doubled.add(int());
    for _ in 0..60 {
        let members = vec![member("a", last, 0), member("b", last, 0)];
        let name = String::new();
        last = doubled.push(BtfType::Union {
            name,
            size: 4,
            members,
        });
    }
    doubled.add(structure("s", 4, vec![member("a", last, 0)]));
    let error = header_of(&doubled, &names(&["s"], &[])).unwrap_err();
    assert_eq!(error, HeaderError::TooLarge);

    let mut deep = Btf::new();
    let mut last = deep.add(int());
    for _ in 0..100_000 {
        last = deep.push(BtfType::Ptr { target: last });
    }
    deep.add(structure("s", 8, vec![member("a", last, 0)]));
    let error = header_of(&deep, &names(&["s"], &[])).unwrap_err();
    assert_eq!(error, HeaderError::TooDeep);
}

#[test]
fn damaged_sections_give_a_header_or_an_error() {
    let btf = every_kind();
    let tags: Vec<String> = btf.iter().map(|(_, ty)| ty.name().to_owned()).collect();
    let all: Vec<&str> = tags.iter().map(String::as_str).collect();
    let wanted = names(&all, &all);
    let bytes = write(&btf, Endian::Big).unwrap();
    assert!(header(&bytes, &wanted).is_ok());
    for copy in damaged(&bytes) {
        // Not to panic and not to hang is all that is asked for.
        let _ = header(&copy, &wanted);
    }
}

#[test]
fn definitions_are_of_all_types() {
    let mut btf = Btf::new();
    let int = btf.add(int());
    let inside = btf.push(structure("", 4, vec![member("deep", int, 0)]));
    btf.add(structure(
        "outer",
        8,
        vec![member("a", int, 0), member("", inside, 32)],
    ));
    btf.add(BtfType::Typedef {
        name: "number".into(),
        target: int,
    });
    let text = definitions(&write(&btf, Endian::Little).unwrap()).unwrap();
    let outer = "struct outer {\n\tint a;\n\tstruct {\n\t\tint deep;\n\t};\n};\n";
    assert_eq!(
        text,
        format!("struct outer;\n\n{outer}\ntypedef int number;\n\n")
    );
}

#[test]
fn declarations_are_for_people() {
    let mut btf = Btf::new();
    let int = btf.add(int());
    let inside = btf.push(structure("", 4, vec![member("deep", int, 0)]));
    let pointer = btf.add(BtfType::Ptr { target: inside });
    let param = |name: &str, ty| Param {
        name: name.into(),
        ty,
    };
    let params = vec![
        param("from", pointer),
        param("", int),
        param("", TypeId::VOID),
    ];
    let proto = btf.add(BtfType::FuncProto {
        result: int,
        params,
    });
    let function = btf.add(BtfType::Ptr { target: proto });
    let section = write(&btf, Endian::Little).unwrap();
    let declarations = Declarations::new(&section).unwrap();
    let of = |ty, name| declarations.of(ty, name).unwrap();
    assert_eq!(of(pointer, "p"), "struct {…} *p");
    assert_eq!(of(proto, "f"), "int f(struct {…} *from, int, ...)");
    assert_eq!(
        of(function, "f.static"),
        "int (*f.static)(struct {…} *from, int, ...)"
    );
    assert_eq!(of(int, ""), "int");
    assert!(declarations.of(TypeId(99), "x").is_err());
}
