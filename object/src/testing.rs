//! What the tests of several modules need.

use crate::btf::{
    Btf, BtfType, Enumerator, FwdKind, IntEncoding, Linkage, Member, Param, SectionVar, TypeId,
};
use crate::ext::{BtfExt, CoreRelo, CoreReloKind, FuncInfo, LineInfo, SectionInfo};

/// Damaged copies of a valid file: cut short at every length, and with every byte changed in turn.
pub(crate) fn damaged(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let cut = (0..bytes.len()).map(|len| bytes[..len].to_vec());
    let changed = (0..bytes.len()).flat_map(|place| {
        [0x01, 0x10, 0x80, 0xff].map(|mask| {
            let mut copy = bytes.to_vec();
            copy[place] ^= mask;
            copy
        })
    });
    cut.chain(changed)
}

/// `int`, the first type of most graphs.
pub(crate) fn int() -> BtfType {
    BtfType::Int {
        name: "int".into(),
        size: 4,
        encoding: IntEncoding::Signed,
        bits: 32,
        offset: 0,
    }
}

/// A struct or union member that is no bit-field.
pub(crate) fn member(name: &str, ty: TypeId, bit_offset: u32) -> Member {
    Member {
        name: name.into(),
        ty,
        bit_offset,
        bit_size: 0,
    }
}

/// A graph with every kind in it.
pub(crate) fn every_kind() -> Btf {
    let mut btf = Btf::new();
    let int = btf.add(int());
    let int_ptr = btf.add(BtfType::Ptr { target: int });
    let array = btf.add(BtfType::Array {
        element: int,
        index: int,
        count: 16,
    });
    let map = btf.add(BtfType::Struct {
        name: String::new(),
        size: 16,
        members: vec![member("key", int_ptr, 0), member("values", int_ptr, 64)],
    });
    btf.add(BtfType::Struct {
        name: "flags".into(),
        size: 4,
        members: vec![
            Member {
                bit_size: 3,
                ..member("low", int, 0)
            },
            Member {
                bit_size: 29,
                ..member("high", int, 3)
            },
        ],
    });
    btf.add(BtfType::Union {
        name: "either".into(),
        size: 64,
        members: vec![member("one", int, 0), member("many", array, 0)],
    });
    btf.add(enumeration("answer", true, &[("NO", -1), ("YES", 1)]));
    btf.add(enumeration("mask", false, &[("ALL", u32::MAX.into())]));
    btf.add(BtfType::Enum64 {
        name: "wide".into(),
        size: 8,
        signed: false,
        values: enumerators(&[("MAX", u64::MAX.into())]),
    });
    btf.add(BtfType::Enum64 {
        name: "wide_signed".into(),
        size: 8,
        signed: true,
        values: enumerators(&[("MIN", i64::MIN.into())]),
    });
    btf.add(BtfType::Fwd {
        name: "sk_buff".into(),
        kind: FwdKind::Struct,
    });
    btf.add(BtfType::Fwd {
        name: "later".into(),
        kind: FwdKind::Union,
    });
    let typedef = btf.add(BtfType::Typedef {
        name: "number".into(),
        target: int,
    });
    let volatile = btf.add(BtfType::Volatile { target: typedef });
    let constant = btf.add(BtfType::Const { target: volatile });
    btf.add(BtfType::Restrict { target: int_ptr });
    let proto = btf.add(BtfType::FuncProto {
        result: int,
        params: vec![
            Param {
                name: "ctx".into(),
                ty: int_ptr,
            },
            Param {
                name: String::new(),
                ty: TypeId::VOID,
            },
        ],
    });
    let func = btf.add(BtfType::Func {
        name: "prog".into(),
        proto,
        linkage: Linkage::Global,
    });
    let var = btf.add(BtfType::Var {
        name: "counts".into(),
        ty: map,
        linkage: Linkage::Global,
    });
    btf.add(BtfType::Var {
        name: "limit".into(),
        ty: constant,
        linkage: Linkage::Static,
    });
    btf.add(BtfType::DataSec {
        name: ".maps".into(),
        size: 16,
        vars: vec![SectionVar {
            ty: var,
            offset: 0,
            size: 16,
        }],
    });
    btf.add(BtfType::Float {
        name: "double".into(),
        size: 8,
    });
    btf.add(BtfType::DeclTag {
        value: "arg:nonnull".into(),
        target: func,
        component: Some(0),
        attribute: false,
    });
    btf.add(BtfType::DeclTag {
        value: "kfunc".into(),
        target: func,
        component: None,
        attribute: true,
    });
    btf.add(BtfType::TypeTag {
        value: "user".into(),
        target: int,
        attribute: false,
    });
    btf
}

/// Something known about each of two sections, one of them without functions and relocations.
pub(crate) fn every_record(func: TypeId, root: TypeId) -> BtfExt {
    let line = |offset, text: &str, line, column| LineInfo {
        offset,
        file: "samples/dropmon.c".into(),
        text: text.into(),
        line,
        column,
    };
    BtfExt {
        sections: vec![
            SectionInfo {
                name: "xdp".into(),
                funcs: vec![FuncInfo { offset: 0, func }],
                lines: vec![
                    line(0, "int prog(void *ctx)", 3, 0),
                    line(8, "return 0;", 4, 5),
                ],
                relos: vec![CoreRelo {
                    offset: 8,
                    root,
                    access: "0:1".into(),
                    kind: CoreReloKind::FieldByteOffset,
                }],
            },
            SectionInfo {
                lines: vec![line(0, "return 0;", 4_194_303, 1_023)],
                ..SectionInfo::new("tc")
            },
        ],
    }
}

fn enumeration(name: &str, signed: bool, values: &[(&str, i128)]) -> BtfType {
    BtfType::Enum {
        name: name.into(),
        size: 4,
        signed,
        values: enumerators(values),
    }
}

fn enumerators(values: &[(&str, i128)]) -> Vec<Enumerator> {
    let enumerator = |&(name, value): &(&str, i128)| Enumerator {
        name: name.to_owned(),
        value,
    };
    values.iter().map(enumerator).collect()
}
