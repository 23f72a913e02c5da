//! A map as a table for people.

use std::collections::BTreeMap;

use bpfcc::Endian;
use bpfcc_runtime::{Map, MapKind};

/// The map's name, type and entries. Counters come with the largest first; arrays in order of the index, without the
/// entries that are zero.
pub(crate) fn print(map: &(dyn Map + 'static), symbols: &BTreeMap<u64, String>) -> String {
    let spec = map.spec();
    let mut entries = map.entries();
    let used = match spec.kind {
        MapKind::Array => {
            entries.retain(|(_, value)| value.iter().any(|&byte| byte != 0));
            "not zero"
        }
        _ => {
            entries.sort_by_key(|(key, value)| {
                (std::cmp::Reverse(integer(value, spec.endian)), key.clone())
            });
            "in use"
        }
    };
    let title = format!(
        "map `{}` ({}): {} of {} entries {used}\n",
        spec.name,
        spec.kind,
        entries.len(),
        spec.max_entries
    );
    if entries.is_empty() {
        return title;
    }
    let mut rows = vec![["key".to_owned(), "value".to_owned()]];
    rows.extend(entries.iter().map(|(key, value)| {
        [
            cell(key, spec.endian, symbols),
            cell(value, spec.endian, symbols),
        ]
    }));
    title + &columns(&rows)
}

/// Up to eight bytes are a number, with its name if it is an address that has one; more are bytes.
fn cell(bytes: &[u8], endian: Endian, symbols: &BTreeMap<u64, String>) -> String {
    match integer(bytes, endian) {
        Some(number) => match symbols.get(&number) {
            Some(name) => format!("{number:#x} {name}"),
            None if number > u64::from(u32::MAX) => format!("{number:#x}"),
            None => number.to_string(),
        },
        None => bytes
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<Vec<_>>()
            .join(" "),
    }
}

fn integer(bytes: &[u8], endian: Endian) -> Option<u64> {
    (bytes.len() <= 8).then(|| endian.number(bytes) as u64)
}

/// The first column flush left, the second flush right, with a rule under the first row.
fn columns(rows: &[[String; 2]]) -> String {
    let width = |column: usize| {
        rows.iter()
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or(0)
    };
    let (left, right) = (width(0), width(1));
    let mut text = String::new();
    for (index, [key, value]) in rows.iter().enumerate() {
        text += &format!("  {key:<left$}  {value:>right$}\n");
        if index == 0 {
            text += &format!("  {}  {}\n", "─".repeat(left), "─".repeat(right));
        }
    }
    text
}
