//! A map as a table for people.

use std::collections::BTreeMap;

use bpfcc::Endian;
use bpfcc_runtime::map::{CPUS, Keyless};
use bpfcc_runtime::{Map, MapKind};

/// The map's name, type and contents.
pub(crate) fn print(map: &(dyn Map + 'static), symbols: &BTreeMap<u64, String>) -> String {
    if let Some(programs) = map.as_programs() {
        let functions = programs.functions().into_iter();
        return names(
            map,
            functions.map(|(at, name)| (at.to_string(), name.to_string())),
        );
    }
    if let Some(outer) = map.as_outer() {
        let inner = outer.inner().into_iter();
        return names(
            map,
            inner.map(|(key, inner)| {
                let key = cell(&key, map.spec().endian, symbols);
                (key, inner.spec().name.clone())
            }),
        );
    }
    match map.as_keyless() {
        Some(values) => list(map, values, symbols),
        None if map.spec().kind.is_percpu() => percpu(map, symbols),
        None => entries(map, symbols),
    }
}

/// Keys with the names of programs or maps.
fn names(map: &dyn Map, entries: impl Iterator<Item = (String, String)>) -> String {
    let entries: Vec<_> = entries.collect();
    let mut text = title(map, entries.len(), "in use");
    for (key, name) in entries {
        text += &format!("  {key}  `{name}`\n");
    }
    text
}

/// Values without keys, the next one first.
fn list(map: &dyn Map, values: &dyn Keyless, symbols: &BTreeMap<u64, String>) -> String {
    let spec = map.spec();
    if spec.kind == MapKind::BloomFilter {
        return format!("map `{}` ({})\n", spec.name, spec.kind);
    }
    let values = values.contents();
    let mut text = title(map, values.len(), "in use");
    for value in values {
        text += &format!("  {}\n", cell(&value, spec.endian, symbols));
    }
    text
}

/// A column for each processor that has something, and what all have together if that is a number.
fn percpu(map: &(dyn Map + 'static), symbols: &BTreeMap<u64, String>) -> String {
    let spec = map.spec();
    let keys = map.keys().into_iter();
    let rows = keys.map(|key| {
        let value = |cpu| map.get_on(cpu, &key).unwrap_or_default();
        ((0..CPUS).map(value).collect::<Vec<_>>(), key)
    });
    let is_zero = |value: &Vec<u8>| value.iter().all(|&byte| byte == 0);
    let is_array = spec.kind == MapKind::PercpuArray;
    let used: Vec<_> = rows
        .filter(|(values, _)| !is_array || !values.iter().all(is_zero))
        .collect();
    let title = title(
        map,
        used.len(),
        if is_array { "not zero" } else { "in use" },
    );
    if used.is_empty() {
        return title;
    }
    let says_something = |cpu: &usize| used.iter().any(|(values, _)| !is_zero(&values[*cpu]));
    let cpus: Vec<usize> = (0..CPUS as usize).filter(says_something).collect();
    let mut head = vec!["key".to_owned()];
    head.extend(cpus.iter().map(|cpu| format!("cpu {cpu}")));
    head.push("sum".to_owned());
    let mut table = vec![head];
    for (values, key) in &used {
        let mut row = vec![cell(key, spec.endian, symbols)];
        row.extend(
            cpus.iter()
                .map(|&cpu| cell(&values[cpu], spec.endian, symbols)),
        );
        let mut numbers = values.iter().map(|value| integer(value, spec.endian));
        let sum = numbers.try_fold(0u64, |sum, number| Some(sum.wrapping_add(number?)));
        row.push(sum.map_or("–".to_owned(), |sum| sum.to_string()));
        table.push(row);
    }
    title + &columns(&table)
}

fn title(map: &dyn Map, count: usize, used: &str) -> String {
    let spec = map.spec();
    format!(
        "map `{}` ({}): {count} of {} entries {used}\n",
        spec.name, spec.kind, spec.max_entries
    )
}

/// Keys and values. Counters come with the largest first; arrays in order of the index, without the
/// entries that are zero.
fn entries(map: &(dyn Map + 'static), symbols: &BTreeMap<u64, String>) -> String {
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
    let title = title(map, entries.len(), used);
    if entries.is_empty() {
        return title;
    }
    let mut rows = vec![vec!["key".to_owned(), "value".to_owned()]];
    rows.extend(entries.iter().map(|(key, value)| {
        vec![
            cell(key, spec.endian, symbols),
            cell(value, spec.endian, symbols),
        ]
    }));
    title + &columns(&rows)
}

/// Up to eight bytes are a number, with its name if it is an address that has one; more are bytes.
pub(super) fn cell(bytes: &[u8], endian: Endian, symbols: &BTreeMap<u64, String>) -> String {
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

/// The first column flush left, the others flush right, with a rule under the first row.
fn columns(rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..rows.first().map_or(0, Vec::len)).map(width).collect();
    let mut text = String::new();
    for (index, row) in rows.iter().enumerate() {
        for (column, (cell, &width)) in row.iter().zip(&widths).enumerate() {
            text += &match column {
                0 => format!("  {cell:<width$}"),
                _ => format!("  {cell:>width$}"),
            };
        }
        text += "\n";
        if index == 0 {
            let rules: Vec<String> = widths.iter().map(|&width| "─".repeat(width)).collect();
            text += &format!("  {}\n", rules.join("  "));
        }
    }
    text
}
