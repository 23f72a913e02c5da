use super::*;
use crate::Endian;
use crate::testing::{damaged, every_kind, int, member};

#[test]
fn every_kind_survives_a_round_trip() {
    let btf = every_kind();
    for endian in [Endian::Little, Endian::Big] {
        let bytes = write(&btf, endian).unwrap();
        assert_eq!(read(&bytes).unwrap(), btf, "{endian:?}");
    }
}

#[test]
fn the_bytes_are_those_of_the_documentation() {
    let mut btf = Btf::new();
    let int = btf.add(int());
    btf.add(BtfType::Struct {
        name: "t".into(),
        size: 4,
        members: vec![Member {
            bit_size: 2,
            ..member("int", int, 5)
        }],
    });
    let header = [
        0xeb, 0x9f, 1, 0, 0, 0, 0, 24, 0, 0, 0, 0, 0, 0, 0, 40, 0, 0, 0, 40, 0, 0, 0, 7,
    ];
    let int = [0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 4, 1, 0, 0, 32];
    let structure = [0, 0, 0, 5, 0x84, 0, 0, 1, 0, 0, 0, 4];
    let member = [0, 0, 0, 1, 0, 0, 0, 1, 2, 0, 0, 5];
    let strings = *b"\0int\0t\0";
    let expected = [&header[..], &int, &structure, &member, &strings].concat();
    assert_eq!(write(&btf, Endian::Big).unwrap(), expected);
}

#[test]
fn text_is_that_of_bpftool() {
    let expected = "\
[1] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED
[2] PTR '(anon)' type_id=1
[3] ARRAY '(anon)' type_id=1 index_type_id=1 nr_elems=16
[4] STRUCT '(anon)' size=16 vlen=2
\t'key' type_id=2 bits_offset=0
\t'values' type_id=2 bits_offset=64
[5] STRUCT 'flags' size=4 vlen=2
\t'low' type_id=1 bits_offset=0 bitfield_size=3
\t'high' type_id=1 bits_offset=3 bitfield_size=29
[6] UNION 'either' size=64 vlen=2
\t'one' type_id=1 bits_offset=0
\t'many' type_id=3 bits_offset=0
[7] ENUM 'answer' encoding=SIGNED size=4 vlen=2
\t'NO' val=-1
\t'YES' val=1
[8] ENUM 'mask' encoding=UNSIGNED size=4 vlen=1
\t'ALL' val=4294967295
[9] ENUM64 'wide' encoding=UNSIGNED size=8 vlen=1
\t'MAX' val=18446744073709551615
[10] ENUM64 'wide_signed' encoding=SIGNED size=8 vlen=1
\t'MIN' val=-9223372036854775808
[11] FWD 'sk_buff' fwd_kind=struct
[12] FWD 'later' fwd_kind=union
[13] TYPEDEF 'number' type_id=1
[14] VOLATILE '(anon)' type_id=13
[15] CONST '(anon)' type_id=14
[16] RESTRICT '(anon)' type_id=2
[17] FUNC_PROTO '(anon)' ret_type_id=1 vlen=2
\t'ctx' type_id=2
\t'(anon)' type_id=0
[18] FUNC 'prog' type_id=17 linkage=global
[19] VAR 'counts' type_id=4, linkage=global
[20] VAR 'limit' type_id=15, linkage=static
[21] DATASEC '.maps' size=16 vlen=1
\ttype_id=19 offset=0 size=16 (VAR 'counts')
[22] FLOAT 'double' size=8
[23] DECL_TAG 'arg:nonnull' type_id=18 component_idx=0
[24] DECL_TAG 'kfunc' type_id=18 component_idx=-1 attribute
[25] TYPE_TAG 'user' type_id=1
";
    assert_eq!(text(&every_kind()), expected);
}

#[test]
fn equal_types_are_one_and_equal_variables_are_two() {
    let mut btf = Btf::new();
    let int_id = btf.add(int());
    assert_eq!(btf.add(int()), int_id);
    let var = BtfType::Var {
        name: "x".into(),
        ty: int_id,
        linkage: Linkage::Static,
    };
    assert_ne!(btf.add(var.clone()), btf.add(var));
    assert_eq!(btf.len(), 3);
}

#[test]
fn a_struct_can_point_to_itself() {
    let list = |members| BtfType::Struct {
        name: "list".into(),
        size: 8,
        members,
    };
    let mut btf = Btf::new();
    let id = btf.push(list(vec![]));
    let pointer = btf.add(BtfType::Ptr { target: id });
    let whole = list(vec![member("next", pointer, 0)]);
    assert_eq!(btf.replace(id, whole.clone()), Some(list(vec![])));

    assert_eq!(btf.add(whole), id);
    assert_ne!(btf.add(list(vec![])), id);
    assert_eq!(btf.find_by_name_kind("list", Kind::Struct), Some(id));
    assert_eq!(btf.find_by_name_kind("list", Kind::Union), None);
    assert_eq!(btf.replace(TypeId::VOID, int()), None);
    assert_eq!(btf.replace(TypeId(99), int()), None);
}

#[test]
fn sizes_are_those_of_c() {
    let btf = every_kind();
    assert_eq!(btf.strip(TypeId(15)), TypeId(1));
    assert_eq!(btf.size_of(TypeId(15)), Some(4));
    assert_eq!(btf.size_of(TypeId(3)), Some(64));
    assert_eq!(btf.size_of(TypeId(2)), Some(8));
    assert_eq!(btf.size_of(TypeId(19)), Some(16));
    assert_eq!(btf.size_of(TypeId(11)), None);
    assert_eq!(btf.size_of(TypeId::VOID), None);
}

#[test]
fn cycles_come_to_an_end() {
    let mut btf = Btf::new();
    let array = |element| BtfType::Array {
        element,
        index: TypeId::VOID,
        count: 1,
    };
    btf.push(BtfType::Const { target: TypeId(2) });
    btf.push(BtfType::Volatile { target: TypeId(1) });
    btf.push(array(TypeId(3)));
    assert_eq!(btf.strip(TypeId(1)), TypeId::VOID);
    assert_eq!(btf.size_of(TypeId(1)), None);
    assert_eq!(btf.size_of(TypeId(3)), None);
}

#[test]
fn what_has_no_encoding_is_refused() {
    let error = |ty| {
        let mut btf = Btf::new();
        btf.push(ty);
        write(&btf, Endian::Little).unwrap_err()
    };
    let structure = |members| BtfType::Struct {
        name: "s".into(),
        size: 1,
        members,
    };
    let far = Member {
        bit_size: 1,
        ..member("far", TypeId::VOID, 1 << 24)
    };
    let many = vec![member("", TypeId::VOID, 0); 0x1_0000];
    let enumerator = Enumerator {
        name: "E".into(),
        value: -1,
    };

    assert!(matches!(
        error(structure(vec![far])),
        BtfWriteError::MemberOffset { .. }
    ));
    assert!(matches!(
        error(structure(many)),
        BtfWriteError::TooManyEntries {
            count: 0x1_0000,
            ..
        }
    ));
    assert!(matches!(
        error(BtfType::Enum {
            name: "e".into(),
            size: 4,
            signed: false,
            values: vec![enumerator],
        }),
        BtfWriteError::EnumeratorRange {
            value: -1,
            bits: 32,
            ..
        }
    ));
    assert_eq!(
        error(BtfType::Float {
            name: "a\0b".into(),
            size: 4,
        }),
        BtfWriteError::NulInString("a\0b".into())
    );
}

#[test]
fn each_kind_of_damage_has_a_name() {
    let good = write(&every_kind(), Endian::Little).unwrap();
    let damage = |place: usize, byte: u8| {
        let mut bad = good.clone();
        bad[place] = byte;
        read(&bad).unwrap_err()
    };
    assert_eq!(read(&[]), Err(BtfError::Truncated));
    assert_eq!(damage(0, 0), BtfError::BadMagic(0xeb00));
    assert_eq!(damage(2, 2), BtfError::BadVersion(2));
    assert_eq!(damage(4, 23), BtfError::BadHeaderLength(23));
    assert_eq!(damage(good.len() - 1, b'x'), BtfError::BadStringTable);
    let id = TypeId(1);
    assert_eq!(damage(24 + 7, 20), BtfError::UnknownKind { id, kind: 20 });
    assert_eq!(
        damage(24 + 15, 3),
        BtfError::BadIntEncoding { id, encoding: 3 }
    );
    // The second type is a pointer, and this is the low byte of its target.
    assert_eq!(
        damage(24 + 16 + 8, 200),
        BtfError::UnknownType { id: TypeId(200) }
    );
}

#[test]
fn damaged_bytes_are_read_or_refused() {
    for endian in [Endian::Little, Endian::Big] {
        let bytes = write(&every_kind(), endian).unwrap();
        for bad in damaged(&bytes) {
            if let Ok(btf) = read(&bad) {
                let _ = text(&btf);
                btf.iter().for_each(|(id, _)| {
                    btf.size_of(id);
                });
            }
        }
    }
}
