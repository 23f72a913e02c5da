//! Inline assembly: what the template computes here is what it computes in the evaluator, whatever the registers.

use bpfcc_ir::Evaluator;
use bpfcc_ir::eval::NoHost;

use super::machine::Machine;
use super::{asm, parse};
use crate::Cpu;

/// Runs `@f(7, 5)` in the evaluator and on the machine at all levels.
fn runs(text: &str, expected: u64) {
    let module = parse(text);
    assert_eq!(module.check(), Ok(()), "{text}");
    let (id, func) = module
        .functions
        .iter()
        .find(|(_, func)| func.name == "f")
        .unwrap_or_else(|| panic!("no @f in {text}"));
    let args = &[7, 5][..func.signature.params.len()];
    let evaluated = Evaluator::new(&module, &mut NoHost).call(id, args);
    assert_eq!(evaluated, Ok(Some(expected)), "{text}");
    for cpu in Cpu::ALL {
        let found = Machine::new(&module, cpu, &mut NoHost).call("f", args);
        assert_eq!(found, expected, "{cpu:?}: {text}");
    }
}

#[test]
fn operands_are_read_and_written() {
    runs(
        r#"fn @f(v0: i64, v1: i64) -> i64 {
        b0:
            v2: i64 = asm "%[1] = 100; %[0] += %[2]; %[0] *= %[3]" [inout i64 v0, early out i64, in v1, in v1], []
            v3: i64 = asm_output v2, 1
            v4: i64 = add v2, v3
            v5: i64 = add v4, v0
            return v5
        }"#,
        (7 + 5) * 5 + 100 + 7,
    );
}

#[test]
fn an_early_output_shares_no_register_with_an_input() {
    runs(
        r#"fn @f(v0: i64, v1: i64) -> i64 {
        b0:
            v2: i64 = asm "%[0] = 0; %[0] += %[1]; %[0] += %[2]" [early out i64, in v0, in v1], []
            v3: i64 = asm "%[0] = 0; %[0] += %[1]; %[0] += %[1]" [early inout i64 v2, in v2], []
            return v3
        }"#,
        // The second one adds up what was in the register before.
        24,
    );
}

#[test]
fn clobbered_and_fixed_registers_are_left_alone() {
    runs(
        r#"fn @f(v0: i64, v1: i64) -> i64 {
        b0:
            v2: i64 = asm "r6 = 1; r7 = 2; r1 = 3; r0 = r6; r0 += r7; r0 += r1; r0 += %[1]" [out r0 i64, in v0], [r6, r7, r1]
            v3: i64 = asm "r2 <<= 4; r2 |= r3" [inout r2 i64 v1, in r3 v2], []
            v4: i64 = add v3, v0
            v5: i64 = add v4, v1
            return v5
        }"#,
        (5 << 4 | 13) + 7 + 5,
    );
}

#[test]
fn memory_jumps_and_self_moves() {
    runs(
        r#"fn @f(v0: i64, v1: i64) -> i64 {
            slot s0: 16 align 8 "pair"
        b0:
            v2: ptr.stack = slot_addr s0+0
            store.u64 v2+8, v1
            v3: i64 = asm "%[0] = *(u64 *)%[1]; if %[0] == 6 goto +2; %[0] = %[0]; %[0] += 1; *(u64 *)%[1] = %[0]" [early out i64, mem v2+8], []
            v4: i64 = load.u64 v2+8
            v5: i64 = add v3, v4
            return v5
        }"#,
        12,
    );
}

#[test]
fn a_call_in_the_text_is_a_call() {
    runs(
        r#"fn @g(v0: i64) -> i64 noinline {
        b0:
            v1: i64 = neg v0
            return v1
        }
        fn @f(v0: i64, v1: i64) -> i64 {
        b0:
            v2: ptr.func = func_addr @g
            v3: i64 = asm "r1 = %[1]; call %[2]" [out r0 i64, in v0, const v2], [r1, r2, r3, r4, r5]
            v4: i64 = neg v3
            v5: i64 = add v4, v1
            return v5
        }"#,
        12,
    );
}

#[test]
fn a_barrier_costs_nothing() {
    let text = r#"fn @f(v0: i64) -> i64 {
        b0:
            v1: i64 = asm "" [inout i64 v0], []
            asm "" [in v1], []
            return v1
        }"#;
    assert_eq!(asm(text, Cpu::V3), "f:\n    r0 = r1\n    exit\n");
}
