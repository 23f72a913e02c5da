use super::*;
use crate::Endian;
use crate::btf::TypeId;
use crate::testing::{damaged, every_kind, every_record};

const FUNC: TypeId = TypeId(18);
const STRUCT: TypeId = TypeId(4);

#[test]
fn every_record_survives_a_round_trip() {
    let (btf, ext) = (every_kind(), every_record(FUNC, STRUCT));
    for endian in [Endian::Little, Endian::Big] {
        let bytes = write(&btf, &ext, endian).unwrap();
        assert_eq!(
            read(&bytes.btf, &bytes.ext).unwrap(),
            (btf.clone(), ext.clone())
        );
    }
}

#[test]
fn tables_without_records_are_left_out() {
    let nothing = BtfExt {
        sections: vec![SectionInfo::new("xdp")],
    };
    let bytes = write(&every_kind(), &nothing, Endian::Little).unwrap();
    assert_eq!(bytes.ext.len(), HEADER_LEN as usize);
    let (_, ext) = read(&bytes.btf, &bytes.ext).unwrap();
    assert_eq!(ext, BtfExt::default());
}

#[test]
fn a_string_is_stored_once() {
    let bytes = write(&every_kind(), &every_record(FUNC, STRUCT), Endian::Little).unwrap();
    let needle = b"\0samples/dropmon.c\0";
    let found = bytes
        .btf
        .windows(needle.len())
        .filter(|window| window == needle);
    assert_eq!(found.count(), 1);
}

#[test]
fn a_column_beyond_the_field_becomes_the_largest() {
    let mut ext = every_record(FUNC, STRUCT);
    ext.sections[0].lines[0].column = 5_000;
    let bytes = write(&every_kind(), &ext, Endian::Big).unwrap();
    let (_, back) = read(&bytes.btf, &bytes.ext).unwrap();
    assert_eq!(back.sections[0].lines[0].column, 1_023);
    assert_eq!(back.sections[0].lines[0].line, 3);
}

#[test]
fn an_instruction_belongs_to_the_last_line_before_it() {
    let ext = every_record(FUNC, STRUCT);
    let section = ext.section("xdp").unwrap();
    assert_eq!(section.line_at(0).unwrap().line, 3);
    assert_eq!(section.line_at(16).unwrap().line, 4);
    assert_eq!(SectionInfo::new("empty").line_at(0), None);
}

#[test]
fn text_lists_each_record() {
    let expected = "\
section 'xdp'
\t0: func type_id=18
\t0: line samples/dropmon.c:3:0 'int prog(void *ctx)'
\t8: line samples/dropmon.c:4:5 'return 0;'
\t8: relo field_byte_offset type_id=4 '0:1'
section 'tc'
\t0: line samples/dropmon.c:4194303:1023 'return 0;'
";
    assert_eq!(text(&every_record(FUNC, STRUCT)), expected);
}

#[test]
fn relocation_kinds_stand_in_the_order_of_the_encoding() {
    for number in 0..13 {
        let kind = CoreReloKind::from_number(number).unwrap();
        assert_eq!(kind.number(), number);
    }
    assert_eq!(CoreReloKind::from_number(13), None);
}

#[test]
fn damaged_bytes_are_read_or_refused() {
    for endian in [Endian::Little, Endian::Big] {
        let good = write(&every_kind(), &every_record(FUNC, STRUCT), endian).unwrap();
        for bad in damaged(&good.ext) {
            if let Ok((_, ext)) = read(&good.btf, &bad) {
                let _ = text(&ext);
            }
        }
    }
}
