//! `BPF_MAP_TYPE_PERF_EVENT_ARRAY`: a buffer for each processor, which programs write records to.
//!
//! On Linux the user side opens a perf event for each processor and puts it into the array. Here all of them are open, as
//! libbpf's `perf_buffer__new` leaves them, each with 64 pages. Error numbers: `kernel/trace/bpf_trace.c`,
//! `__bpf_perf_event_output`.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::errno::Errno;
use crate::map::{
    BPF_F_NUMA_NODE, CPUS, Map, MapError, MapSpec, PAGE_BYTES, Record, Stream, check_spec,
};
use crate::memory::Region;

/// The index in the lower half of `flags` that stands for this processor (`BPF_F_CURRENT_CPU`).
const CURRENT_CPU: u64 = 0xffff_ffff;
/// Bytes of one processor's buffer.
const BUFFER_BYTES: u64 = 64 * PAGE_BYTES as u64;
/// What a record takes besides its bytes: `struct perf_event_header` and a 32-bit length.
const HEADER: u64 = 8 + 4;

/// Buffers of events.
#[derive(Debug)]
pub struct EventArray {
    spec: MapSpec,
    buffers: Mutex<Buffers>,
}

#[derive(Debug, Default)]
struct Buffers {
    /// Of all processors, in the order in which they were written.
    records: VecDeque<Record>,
    used: [u64; CPUS as usize],
    lost: u64,
}

impl EventArray {
    pub(super) fn new(spec: MapSpec) -> Result<EventArray, MapError> {
        check_spec(&spec, BPF_F_NUMA_NODE)?;
        if spec.key_size != 4 || spec.value_size != 4 {
            return Err(MapError::Rule(
                "keys and values of a perf event array are 32-bit numbers",
            ));
        }
        Ok(EventArray {
            spec,
            buffers: Mutex::default(),
        })
    }

    // No step can panic halfway, so the buffers are whole even after a panic elsewhere.
    fn lock(&self) -> MutexGuard<'_, Buffers> {
        self.buffers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes a record on this processor, to the buffer that the flags name.
    pub(crate) fn output(&self, cpu: u32, flags: u64, bytes: Vec<u8>) -> Result<(), Errno> {
        if flags > CURRENT_CPU {
            return Err(Errno::EINVAL);
        }
        let index = match flags {
            CURRENT_CPU => cpu,
            index => index as u32,
        };
        if index >= self.spec.max_entries {
            return Err(Errno::E2BIG);
        }
        if index >= CPUS {
            return Err(Errno::ENOENT);
        }
        if index != cpu {
            return Err(Errno::EOPNOTSUPP);
        }
        let mut buffers = self.lock();
        let used = buffers.used[index as usize] + room(&bytes);
        if used > BUFFER_BYTES {
            buffers.lost += 1;
            return Err(Errno::ENOSPC);
        }
        buffers.used[index as usize] = used;
        let cpu = Some(cpu);
        buffers.records.push_back(Record { cpu, bytes });
        Ok(())
    }

    /// Takes all records out.
    pub fn take(&self) -> Vec<Record> {
        let mut buffers = self.lock();
        buffers.used = [0; CPUS as usize];
        std::mem::take(&mut buffers.records).into()
    }

    /// Copies of all records.
    pub fn peek(&self) -> Vec<Record> {
        self.lock().records.iter().cloned().collect()
    }

    /// Records for which there was no room.
    pub fn lost(&self) -> u64 {
        self.lock().lost
    }
}

fn room(bytes: &[u8]) -> u64 {
    (HEADER + bytes.len() as u64).next_multiple_of(8)
}

impl Map for EventArray {
    fn spec(&self) -> &MapSpec {
        &self.spec
    }

    fn lookup(&self, _key: &[u8]) -> Option<u64> {
        None
    }

    fn update(&self, _key: &[u8], _value: &[u8], _flags: u64) -> Result<(), Errno> {
        Err(Errno::EINVAL)
    }

    fn delete(&self, _key: &[u8]) -> Result<(), Errno> {
        Err(Errno::EINVAL)
    }

    fn keys(&self) -> Vec<Vec<u8>> {
        Vec::new()
    }

    fn values(&self) -> Region {
        Region::NOWHERE
    }

    fn as_stream(&self) -> Option<Stream<'_>> {
        Some(Stream::Events(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::{MapKind, test_spec};

    fn events(max_entries: u32) -> EventArray {
        EventArray::new(MapSpec {
            value_size: 4,
            ..test_spec(MapKind::PerfEventArray, max_entries)
        })
        .unwrap()
    }

    #[test]
    fn a_record_goes_to_the_buffer_of_its_processor() {
        let events = events(CPUS);
        assert_eq!(events.output(2, CURRENT_CPU, vec![1]), Ok(()));
        assert_eq!(events.output(3, 3, vec![2]), Ok(()));
        let cpus: Vec<_> = events.take().iter().map(|record| record.cpu).collect();
        assert_eq!(cpus, [Some(2), Some(3)]);
        assert_eq!(events.take(), []);
    }

    #[test]
    fn errors_are_those_of_linux() {
        let few = events(2);
        assert_eq!(few.output(2, CURRENT_CPU, vec![]), Err(Errno::E2BIG));
        assert_eq!(few.output(0, 1, vec![]), Err(Errno::EOPNOTSUPP));
        assert_eq!(few.output(0, 1 << 32, vec![]), Err(Errno::EINVAL));
        let many = events(CPUS + 1);
        assert_eq!(many.output(0, CPUS.into(), vec![]), Err(Errno::ENOENT));
    }

    #[test]
    fn what_nobody_reads_is_lost_and_counted() {
        let events = events(CPUS);
        let half = vec![0; BUFFER_BYTES as usize / 2 - 16];
        for outcome in [Ok(()), Ok(()), Err(Errno::ENOSPC)] {
            assert_eq!(events.output(0, CURRENT_CPU, half.clone()), outcome);
        }
        assert_eq!(events.output(1, CURRENT_CPU, half.clone()), Ok(()));
        assert_eq!((events.take().len(), events.lost()), (3, 1));
        assert_eq!(events.output(0, CURRENT_CPU, half), Ok(()));
    }
}
