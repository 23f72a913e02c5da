//! The maps of an object as a table.

use bpfcc_isa::program::MapKind;
use bpfcc_object::maps::{Element, MapDef};

use super::file::File;
use super::table::Table;

/// The bits of a map's flags by position, as `enum` in `<linux/bpf.h>` has them.
const FLAGS: [&str; 19] = [
    "NO_PREALLOC",
    "NO_COMMON_LRU",
    "NUMA_NODE",
    "RDONLY",
    "WRONLY",
    "STACK_BUILD_ID",
    "ZERO_SEED",
    "RDONLY_PROG",
    "WRONLY_PROG",
    "CLONE",
    "MMAPABLE",
    "PRESERVE_ELEMS",
    "INNER_MAP",
    "LINK",
    "PATH_FD",
    "VTYPE_BTF_OBJ_FD",
    "TOKEN_FD",
    "SEGV_ON_FAULT",
    "NO_USER_CONV",
];

/// `pinning` of libbpf: `LIBBPF_PIN_BY_NAME`.
const PIN_BY_NAME: u32 = 1;

/// The name of a type of map, `percpu_array`.
pub(super) fn kind(number: u32) -> String {
    match MapKind::from_number(number) {
        Some(kind) => kind.to_string(),
        None => format!("type {number}"),
    }
}

/// The table; nothing if there are no maps.
pub(super) fn text(file: &File<'_>) -> String {
    let mut table = Table::new([
        "name",
        "type",
        "key",
        "value",
        "max entries",
        "flags",
        "more",
    ]);
    for map in &file.maps {
        match map {
            Ok(map) => table.row([
                map.name.clone(),
                kind(map.kind),
                element(file, map.key),
                element(file, map.value),
                map.max_entries.to_string(),
                flags(map.flags),
                more(file, map),
            ]),
            Err((name, why)) => {
                let why = why.to_string();
                let empty = [""; 5].map(str::to_owned);
                let [a, b, c, d, e] = empty;
                table.row([name.clone(), a, b, c, d, e, why]);
            }
        }
    }
    table.text()
}

/// `struct pair (8 bytes)`
pub(super) fn element(file: &File<'_>, element: Element) -> String {
    match element {
        Element { size: 0, ty: None } => "-".to_owned(),
        Element { size, ty: None } => format!("{size} bytes"),
        Element { size, ty: Some(ty) } => format!("{} ({size} bytes)", file.declare(ty, "")),
    }
}

/// `NO_PREALLOC | MMAPABLE`
pub(super) fn flags(flags: u32) -> String {
    let bits = (0..u32::BITS).filter(|bit| flags >> bit & 1 != 0);
    let names = bits.map(|bit| match FLAGS.get(bit as usize) {
        Some(name) => (*name).to_owned(),
        None => format!("{:#x}", 1u32 << bit),
    });
    let names: Vec<String> = names.collect();
    match names.is_empty() {
        true => "-".to_owned(),
        false => names.join(" | "),
    }
}

/// What few maps have: pinning, what is in maps of maps.
fn more(file: &File<'_>, map: &MapDef) -> String {
    let settings = map.more.iter().map(|&(name, value)| match (name, value) {
        ("pinning", PIN_BY_NAME) => "pinned by name".to_owned(),
        (name, value) => format!("{name} {value}"),
    });
    let inner = map.inner.map(|ty| format!("of {}", file.declare(ty, "")));
    let contents = map
        .contents
        .iter()
        .map(|(index, name)| format!("[{index}] = &{name}"));
    let all: Vec<String> = settings.chain(inner).chain(contents).collect();
    all.join(", ")
}
