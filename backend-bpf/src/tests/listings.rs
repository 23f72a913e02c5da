//! Exact assembly of small functions.

use super::{asm, assert_lines};
use crate::Cpu;

/// The program of 2014 that counts where packets are dropped.
const DROPMON: &str = r#"
declare fn @bpf_table_lookup(ptr.ctx, i32, ptr) -> ptr.map_value_or_null
declare fn @bpf_table_update(ptr.ctx, i32, ptr, ptr) -> i32
fn @dropmon(v0: ptr.ctx) section "events/skb/kfree_skb" {
    slot s0: 8 align 8 "loc"
    slot s1: 8 align 8 "first"
b0:
    v1: i64 = load.u64 v0+8
    v2: ptr.stack = slot_addr s0+0
    store.u64 v2+0, v1
    v3: i32 = const 0
    v4: ptr.map_value_or_null = call @bpf_table_lookup(v0, v3, v2)
    v5: ptr.map_value_or_null = const 0
    branch v4 ne v5, b1, b2
b1:
    v6: ptr.map_value = refine v4 ne v5
    v7: i64 = const 1
    v8: i64 = atomic.add.u64 v6+0, v7
    jump b3
b2:
    v9: i64 = const 0
    v10: ptr.stack = slot_addr s1+0
    store.u64 v10+0, v9
    v11: i32 = call @bpf_table_update(v0, v3, v2, v10)
    jump b3
b3:
    return
}
"#;

/// The compiler of 2014 needed ten instructions up to the first branch. These are the same but for two things: 0 goes
/// straight into R2 instead of by way of R7; and since R1 still holds the context at the first call, it is not copied back
/// from R6, which saves one.
#[test]
fn dropmon_is_the_listing_of_2014_less_one_move() {
    let expected = "
        dropmon:
            r2 = *(u64 *)(r1 + 8)
            r6 = r1
            *(u64 *)(r10 - 8) = r2
            r3 = r10
            r3 += -8
            r2 = 0
            call bpf_table_lookup
            if r0 == 0 goto LBB0_2
            r1 = 1
            lock *(u64 *)(r0 + 0) += r1
            goto LBB0_3
        LBB0_2:
            r1 = 0
            *(u64 *)(r10 - 16) = r1
            r3 = r10
            r3 += -8
            r4 = r10
            r4 += -16
            r1 = r6
            r2 = 0
            call bpf_table_update
        LBB0_3:
            r0 = 0
            exit";
    for cpu in [Cpu::V1, Cpu::V3] {
        assert_lines(&asm(DROPMON, cpu), expected);
    }
}
