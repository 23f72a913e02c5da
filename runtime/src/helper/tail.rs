//! `bpf_tail_call`: go on with another program instead of coming back.

use crate::helper::in_run;
use crate::map::MAX_TAIL_CALLS;

/// `long bpf_tail_call(ctx, prog_array_map, index)`. The engine looks at the result: 0, or one more than the position of the
/// function to go on with.
pub(super) extern "C" fn tail_call(_ctx: u64, map: u64, index: u64, _: u64, _: u64) -> u64 {
    in_run(|run| {
        let map = run.maps.by_address(map);
        let programs = map.and_then(|map| map.as_programs());
        let name = programs.and_then(|programs| programs.function(index as u32));
        let calls = run.tail_calls.get();
        let position = name.and_then(|name| run.program.tail_target(&name));
        match position {
            Some(position) if calls < MAX_TAIL_CALLS => {
                run.tail_calls.set(calls + 1);
                position as u64 + 1
            }
            _ => 0,
        }
    })
}
