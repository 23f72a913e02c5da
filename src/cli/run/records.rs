//! What a program sends through ring buffers and perf events: read after each event, as a program of the user side would.

use std::collections::BTreeMap;

use bpfcc_runtime::map::Record;
use bpfcc_runtime::{Map, Vm};

use super::table;

/// Records of one map that are shown; of the others only the number.
const SHOWN: usize = 20;

/// The records that were read, by the name of their map.
#[derive(Default)]
pub(crate) struct Records {
    maps: BTreeMap<String, Read>,
}

#[derive(Default)]
struct Read {
    first: Vec<Record>,
    count: usize,
}

impl Records {
    /// Takes out what has come.
    pub(crate) fn read(&mut self, vm: &Vm) {
        for map in vm.maps() {
            let Some(stream) = map.as_stream() else {
                continue;
            };
            let records = stream.take();
            if records.is_empty() {
                continue;
            }
            let read = self.maps.entry(map.spec().name.clone()).or_default();
            read.count += records.len();
            let room = SHOWN.saturating_sub(read.first.len());
            read.first.extend(records.into_iter().take(room));
        }
    }

    /// The name of a map, how many records came through it and the first ones.
    pub(crate) fn print(&self, map: &dyn Map, symbols: &BTreeMap<u64, String>) -> String {
        let spec = map.spec();
        let none = Read::default();
        let read = self.maps.get(&spec.name).unwrap_or(&none);
        let lost = map.as_stream().map_or(0, |stream| stream.lost());
        let mut text = format!(
            "map `{}` ({}): {} records read, {lost} lost\n",
            spec.name, spec.kind, read.count
        );
        for record in &read.first {
            let cpu = record
                .cpu
                .map_or(String::new(), |cpu| format!("cpu {cpu}  "));
            let bytes = table::cell(&record.bytes, spec.endian, symbols);
            text += &format!("  {cpu}{bytes}\n");
        }
        match read.count - read.first.len() {
            0 => text,
            more => text + &format!("  … and {more} more\n"),
        }
    }
}
