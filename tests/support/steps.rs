//! `run` and `map` lines of a filetest, executed in order.

use crate::engines::{Call, How, Machine};
use crate::testfile::{Action, Step, TestFile};

/// Runs the lines that are for the byte order of the machine's object, and compares.
pub(crate) fn check_steps(machine: &Machine<'_>, how: How, file: &TestFile) -> Result<(), String> {
    let order = machine.vm.image().endian();
    let is_meant = |step: &&Step| step.endian.is_none_or(|endian| endian == order);
    let steps: Vec<&Step> = file.steps.iter().filter(is_meant).collect();
    let calls: Vec<Call<'_>> = steps
        .iter()
        .filter_map(|step| match &step.action {
            Action::Run {
                function, input, ..
            } => Some(Call { function, input }),
            Action::Map { .. } => None,
        })
        .collect();
    let mut results = machine.run(how, &calls)?.into_iter();
    for step in steps {
        let (actual, expected) = match &step.action {
            Action::Run {
                function, expected, ..
            } => {
                let actual = results.next().expect("one result per run line");
                (
                    Some(actual),
                    expected.map(|value| Some(machine.cut(function, value as u64))),
                )
            }
            Action::Map { map, key, expected } => {
                let actual = entry(machine, map, *key)?;
                (actual, Some(expected.map(|value| value as u64)))
            }
        };
        if expected.is_some_and(|expected| expected != actual) {
            let show =
                |value: Option<u64>| value.map_or("none".to_owned(), |v| format!("{v} ({v:#x})"));
            let (expected, actual) = (show(expected.flatten()), show(actual));
            return Err(format!(
                "line {}: expected {expected}, got {actual}",
                step.line
            ));
        }
    }
    Ok(())
}

/// The value of a map's key as a number, after all runs; of a map without keys, the value that is so many places behind the
/// next one. Of per-CPU maps it is that of the first processor.
fn entry(machine: &Machine<'_>, name: &str, key: i128) -> Result<Option<u64>, String> {
    let map = machine
        .vm
        .map(name)
        .ok_or_else(|| format!("there is no map `{name}`"))?;
    let spec = map.spec();
    let number = |bytes: Vec<u8>| spec.endian.number(&bytes[..bytes.len().min(8)]) as u64;
    if let Some(keyless) = map.as_keyless() {
        let place = usize::try_from(key).map_err(|_| format!("`{name}` has no value {key}"))?;
        return Ok(keyless.contents().into_iter().nth(place).map(number));
    }
    if let Some(stream) = map.as_stream() {
        let place = usize::try_from(key).map_err(|_| format!("`{name}` has no record {key}"))?;
        let record = stream.peek().into_iter().nth(place);
        return Ok(record.map(|record| number(record.bytes)));
    }
    let key = spec.endian.bytes(key, (spec.key_size as usize).min(16));
    Ok(map.get_on(0, &key).map(number))
}
