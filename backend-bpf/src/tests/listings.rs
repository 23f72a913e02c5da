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

fn assert_asm(cpu: Cpu, ir: &str, expected: &str) {
    assert_lines(&asm(ir, cpu), expected);
}

#[test]
fn constants_become_immediates_and_stand_on_the_right() {
    let ir = "fn @f(v0: i64) -> i64 {
    b0:
        v1: i64 = const 7
        v2: i64 = add v1, v0
        v3: i64 = const 4294967296
        v4: i64 = and v2, v3
        return v4
    }";
    for cpu in Cpu::ALL {
        assert_asm(
            cpu,
            ir,
            "f:
            r1 += 7
            r0 = 4294967296 ll
            r0 &= r1
            exit",
        );
    }
}

#[test]
fn a_32_bit_sum_is_one_instruction_and_widening_it_costs_nothing_from_v3() {
    let ir = "fn @f(v0: i32, v1: i32) -> i64 {
    b0:
        v2: i32 = add v0, v1
        v3: i64 = zext32 v2
        return v3
    }";
    assert_asm(Cpu::V3, ir, "f:\n w0 = w1\n w0 += w2\n exit");
    assert_asm(
        Cpu::V1,
        ir,
        "f:
        r1 += r2
        r1 <<= 32
        r0 = r1
        r0 >>= 32
        exit",
    );
}

#[test]
fn signed_32_bit_comparison() {
    let ir = "fn @f(v0: i32) -> i32 {
    b0:
        v1: i32 = const 5
        branch v0 slt v1, b1, b2
    b1:
        v2: i32 = const 1
        return v2
    b2:
        v3: i32 = const 0
        return v3
    }";
    assert_asm(
        Cpu::V3,
        ir,
        "f:
        if w1 s>= 5 goto LBB0_2
        r0 = 1
        exit
        LBB0_2:
        r0 = 0
        exit",
    );
}
