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
    let ir = "
        fn @consts(v0: i64) -> i64 {
        b0:
            v1: i64 = const 7
            v2: i64 = add v1, v0
            v3: i64 = const 4294967296
            v4: i64 = and v2, v3
            return v4
        }";
    let expected = "
        consts:
            r1 += 7
            r2 = 4294967296 ll
            r0 = r1
            r0 &= r2
            exit";
    for cpu in [Cpu::V1, Cpu::V3, Cpu::V4] {
        assert_asm(cpu, ir, expected);
    }
}

#[test]
fn a_32_bit_sum_is_one_instruction_and_widening_it_costs_nothing_from_v3() {
    let ir = "
        fn @widen(v0: i32, v1: i32) -> i64 {
        b0:
            v2: i32 = add v0, v1
            v3: i64 = zext32 v2
            return v3
        }";
    let expected = "
        widen:
            r1 += r2
            r1 <<= 32
            r0 = r1
            r0 >>= 32
            exit";
    assert_asm(Cpu::V1, ir, expected);
    let expected = "
        widen:
            r0 = r1
            w0 += w2
            exit";
    for cpu in [Cpu::V3, Cpu::V4] {
        assert_asm(cpu, ir, expected);
    }
}

#[test]
fn a_32_bit_comparison_widens_before_v3() {
    let ir = "
        fn @less(v0: i32) -> i32 {
        b0:
            v1: i32 = const 5
            branch v0 lt v1, b1, b2
        b1:
            v2: i32 = const 1
            return v2
        b2:
            v3: i32 = const 0
            return v3
        }";
    let expected = "
        less:
            r1 <<= 32
            r1 >>= 32
            if r1 >= 5 goto LBB0_2
            r0 = 1
            exit
        LBB0_2:
            r0 = 0
            exit";
    assert_asm(Cpu::V1, ir, expected);
    let expected = "
        less:
            if w1 >= 5 goto LBB0_2
            r0 = 1
            exit
        LBB0_2:
            r0 = 0
            exit";
    assert_asm(Cpu::V3, ir, expected);
}

#[test]
fn branches_fall_through_and_pass_arguments_on_their_edges() {
    let ir = "
        fn @swapped(v0: i64, v1: i64) -> i64 {
        b0:
            v2: i64 = const 5
            branch v2 sgt v0, b1(v0), b2
        b1(v3: i64):
            return v3
        b2:
            branch v0 le v1, b1(v1), b3
        b3:
            return v2
        }";
    let expected = "
        swapped:
            if r1 s>= 5 goto LBB0_2
            r0 = r1
            exit
        LBB0_2:
            if r1 > r2 goto LBB0_4
            r0 = r2
            exit
        LBB0_4:
            r0 = 5
            exit";
    for cpu in [Cpu::V1, Cpu::V4] {
        assert_asm(cpu, ir, expected);
    }
}

#[test]
fn signed_division_before_v4_divides_magnitudes() {
    let ir = "
        fn @division(v0: i64, v1: i64) -> i64 {
        b0:
            v2: i64 = sdiv v0, v1
            return v2
        }";
    let expected = "
        division:
            r3 = r1
            r3 s>>= 63
            r1 ^= r3
            r1 -= r3
            r4 = r2
            r4 s>>= 63
            r2 ^= r4
            r2 -= r4
            r1 /= r2
            r3 ^= r4
            r1 ^= r3
            r0 = r1
            r0 -= r3
            exit";
    for cpu in [Cpu::V1, Cpu::V3] {
        assert_asm(cpu, ir, expected);
    }
    let expected = "
        division:
            r0 = r1
            r0 s/= r2
            exit";
    assert_asm(Cpu::V4, ir, expected);
}

#[test]
fn the_magnitude_of_a_constant_divisor_is_known() {
    let ir = "
        fn @sdiv10(v0: i32) -> i32 {
        b0:
            v1: i32 = const 10
            v2: i32 = sdiv v0, v1
            return v2
        }";
    let expected = "
        sdiv10:
            r2 = r1
            w2 s>>= 31
            w1 ^= w2
            w1 -= w2
            w1 /= 10
            w1 ^= w2
            r0 = r1
            w0 -= w2
            exit";
    assert_asm(Cpu::V3, ir, expected);
}

#[test]
fn signed_loads_extend_in_one_instruction_from_v4_but_not_from_the_context() {
    let ir = "
        fn @signed_loads(v0: ptr, v1: ptr.ctx) -> i64 {
        b0:
            v2: i64 = load.s8 v0+3
            v3: i64 = load.s16 v1+2
            v4: i64 = add v2, v3
            return v4
        }";
    let expected = "
        signed_loads:
            r0 = *(u8 *)(r1 + 3)
            r0 <<= 56
            r0 s>>= 56
            r1 = *(u16 *)(r2 + 2)
            r1 <<= 48
            r1 s>>= 48
            r0 += r1
            exit";
    assert_asm(Cpu::V3, ir, expected);
    let expected = "
        signed_loads:
            r0 = *(s8 *)(r1 + 3)
            r1 = *(u16 *)(r2 + 2)
            r1 = (s16)r1
            r0 += r1
            exit";
    assert_asm(Cpu::V4, ir, expected);
}

#[test]
fn constants_are_stored_as_such_from_v4_but_not_into_the_context() {
    let ir = "
        fn @stores(v0: ptr, v1: ptr.ctx) {
        b0:
            v2: i64 = const -2
            v3: i64 = const 8
            v4: ptr = ptr_add v0, v3
            store.u64 v4+8, v2
            store.u32 v1+4, v2
            return
        }";
    let expected = "
        stores:
            r3 = -2
            *(u64 *)(r1 + 16) = r3
            r1 = -2
            *(u32 *)(r2 + 4) = r1
            r0 = 0
            exit";
    assert_asm(Cpu::V3, ir, expected);
    let expected = "
        stores:
            *(u64 *)(r1 + 16) = -2
            r1 = -2
            *(u32 *)(r2 + 4) = r1
            r0 = 0
            exit";
    assert_asm(Cpu::V4, ir, expected);
}

#[test]
fn packet_bounds_are_checked_on_the_pointer_that_is_used() {
    let ir = r#"
        fn @packet(v0: ptr.ctx) -> i32 section "xdp" {
        b0:
            v1: ptr.packet = load.u32 v0+0
            v2: ptr.packet_end = load.u32 v0+4
            v3: i64 = const 14
            v4: ptr.packet = ptr_add v1, v3
            branch v4 gt v2, b1, b2
        b1:
            v5: i32 = const 1
            return v5
        b2:
            v6: ptr.packet = refine v1 ne v4
            v7: i32 = load.u16 v6+12
            v8: i32 = bswap16 v7
            v9: i32 = const 2048
            branch v8 eq v9, b3, b1
        b3:
            v10: i32 = const 2
            return v10
        }"#;
    let expected = "
        packet:
            r3 = *(u32 *)(r1 + 0)
            r2 = *(u32 *)(r1 + 4)
            r1 = r3
            r1 += 14
            if r1 <= r2 goto LBB0_2
        LBB0_1:
            r0 = 1
            exit
        LBB0_2:
            r1 = *(u16 *)(r3 + 12)
            r1 = be16 r1
            if w1 != 2048 goto LBB0_1
            r0 = 2
            exit";
    assert_asm(Cpu::V3, ir, expected);
}

#[test]
fn addresses_are_made_again_where_they_are_needed() {
    let ir = r#"
        global @hits ".maps" map global size 32 align 8
        global @total ".bss" mutable local size 16 align 8
        declare fn @helper(ptr.map, ptr, i64) -> i64
        fn @callback(v0: i64) -> i64 local {
        b0:
            return v0
        }
        fn @symbols() -> i64 section "xdp" {
            slot s0: 4 align 4 "key"
        b0:
            v0: ptr.map = global_addr @hits+0
            v1: ptr.stack = slot_addr s0+0
            v2: i32 = const 0
            store.u32 v1+0, v2
            v3: ptr.map_value_or_null = call helper 1(v0, v1)
            v4: ptr.global = global_addr @total+0
            v5: i64 = load.u64 v4+8
            v6: ptr.func = func_addr @callback
            v7: i64 = call @helper(v0, v6, v5)
            v8: i64 = call @callback(v7)
            return v8
        }"#;
    let expected = "
        callback:
            r0 = r1
            exit

        symbols:
            r1 = 0
            *(u32 *)(r10 - 4) = r1
            r1 = hits ll
            r2 = r10
            r2 += -4
            call 1
            r1 = total ll
            r3 = *(u64 *)(r1 + 8)
            r1 = hits ll
            r2 = callback ll
            call helper
            r1 = r0
            call callback
            exit";
    for cpu in [Cpu::V1, Cpu::V3] {
        assert_asm(cpu, ir, expected);
    }
}

#[test]
fn a_loop_keeps_its_values_in_place() {
    let ir = "
        fn @loop(v0: i64) -> i64 {
        b0:
            v1: i64 = const 0
            jump b1(v1, v1)
        b1(v2: i64, v3: i64):
            v4: i64 = add v3, v2
            v5: i64 = const 1
            v6: i64 = add v2, v5
            branch v6 lt v0, b1(v6, v4), b2
        b2:
            return v4
        }";
    let expected = "
        loop:
            r2 = 0
            r0 = 0
        LBB0_1:
            r0 += r2
            r2 += 1
            if r1 > r2 goto LBB0_1
            exit";
    assert_asm(Cpu::V1, ir, expected);
    let expected = "
        loop:
            r2 = 0
            r0 = 0
        LBB0_1:
            r0 += r2
            r2 += 1
            if r2 < r1 goto LBB0_1
            exit";
    assert_asm(Cpu::V3, ir, expected);
}

#[test]
fn byte_swaps_before_v4_name_the_other_byte_order() {
    let ir = "
        fn @swap(v0: i32, v1: i64) -> i64 {
        b0:
            v2: i32 = bswap32 v0
            v3: i64 = sext16 v2
            v4: i64 = bswap64 v1
            v5: i64 = xor v3, v4
            return v5
        }";
    let expected = "
        swap:
            r1 = be32 r1
            r1 <<= 48
            r1 s>>= 48
            r2 = be64 r2
            r0 = r1
            r0 ^= r2
            exit";
    assert_asm(Cpu::V3, ir, expected);
    let expected = "
        swap:
            r1 = bswap32 r1
            r0 = (s16)r1
            r2 = bswap64 r2
            r0 ^= r2
            exit";
    assert_asm(Cpu::V4, ir, expected);
}

#[test]
fn atomics_fetch_only_where_the_old_value_is_used() {
    let ir = "
        fn @exchange(v0: ptr, v1: i64, v2: i64) -> i64 {
        b0:
            v3: i64 = atomic.cmpxchg.u64 v0+8, v1, v2
            v4: i64 = atomic.add.u64 v0+16, v3
            v5: i64 = atomic.or.u64 v0+24, v3
            return v4
        }";
    let expected = "
        exchange:
            r0 = r2
            r0 = cmpxchg_64(r1 + 8, r0, r3)
            r2 = r0
            r2 = atomic_fetch_add((u64 *)(r1 + 16), r2)
            lock *(u64 *)(r1 + 24) |= r0
            r0 = r2
            exit";
    assert_asm(Cpu::V3, ir, expected);
}

#[test]
fn the_stages_before_print_too() {
    let module = super::parse(DROPMON);
    let options = super::options(Cpu::V3);
    let selected = crate::select_text(&module, &options).unwrap_or_default();
    let expected = "dropmon:
b0:
    v0 = params
    v1 = load.u64 v0+8
    store.u64 s0+0, v1
    v2 = frame s0+0
    v3 = call bpf_table_lookup(v0, 0, v2)
    branch64 v3 jne 0, b1, b2
b1:
    v4 = 1
    atomic.add.u64 v3+0, v4
    jump b3
b2:
    v5 = 0
    store.u64 s1+0, v5
    v6 = frame s0+0
    v7 = frame s1+0
    v8 = call bpf_table_update(v0, 0, v6, v7)
    jump b3
b3:
    v9 = 0
    return v9
";
    assert_eq!(selected, expected);
    let allocated = crate::regalloc_text(&module, &options).unwrap_or_default();
    let start = "dropmon:
b0:
    r1 = params
    r2 = load.u64 r1+8
    r6 = r1
    store.u64 s0+0, r2
    r3 = frame s0+0
    r0 = call bpf_table_lookup(r1, 0, r3)
";
    assert!(allocated.starts_with(start), "{allocated}");
}

/// The lower half of a constant stands as a sign-extended immediate, so `and` with it does not zero the upper half.
#[test]
fn a_truncated_constant_is_sign_extended() {
    let ir = "
        fn @cut(v0: i32) -> i64 {
        b0:
            v1: i64 = const 4294967295
            v2: i32 = trunc v1
            v3: i32 = and v2, v0
            v4: i64 = zext32 v3
            return v4
        }";
    let expected = "
        cut:
            r1 &= -1
            r1 <<= 32
            r0 = r1
            r0 >>= 32
            exit";
    assert_asm(Cpu::V1, ir, expected);
}

#[test]
fn a_constant_that_was_cut_and_widened_stays_cut() {
    let ir = "
        fn @cut() -> i64 {
        b0:
            v0: i64 = const 4294967303
            v1: i32 = trunc v0
            v2: i64 = zext32 v1
            return v2
        }";
    for cpu in Cpu::ALL {
        assert_asm(cpu, ir, "cut:\n r0 = 7\n exit");
    }
}
