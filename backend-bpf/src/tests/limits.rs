//! What does not fit: frames, arguments, levels, distances. And what has to fit although it is much.

use std::fmt::Write as _;

use bpfcc_ir::eval::NoHost;
use bpfcc_isa::Cpu;

use super::machine::Machine;
use super::{asm, options, parse};
use crate::{BackendError, ErrorKind};

fn errors(ir: &str, cpu: Cpu) -> Vec<BackendError> {
    match crate::compile(&parse(ir), &options(cpu)) {
        Ok(object) => panic!("compiled to {} sections", object.sections.len()),
        Err(errors) => errors,
    }
}

#[test]
fn a_frame_over_512_bytes_lists_who_takes_the_room() {
    let ir = "
        fn @big() local {
            slot s0: 8 align 8 \"key\"
            slot s1: 600 align 8 \"buffer\"
            slot s2: 400 align 8 \"unused\"
        b0:
            v0: ptr.stack = slot_addr s0+0
            v1: ptr.stack = slot_addr s1+0
            v2: i64 = const 0
            store.u64 v0+0, v2
            store.u64 v1+0, v2
            return
        }";
    let errors = errors(ir, Cpu::V3);
    let [error] = errors.as_slice() else {
        panic!("{errors:?}");
    };
    assert_eq!(
        error.to_string(),
        "in `big`: the stack frame needs 608 bytes; a BPF stack frame holds 512"
    );
    let ErrorKind::FrameTooLarge { parts, .. } = &error.kind else {
        panic!("{error:?}");
    };
    let parts: Vec<_> = parts.iter().map(|p| (p.name.as_deref(), p.bytes)).collect();
    assert_eq!(parts, [(Some("buffer"), 600), (Some("key"), 8)]);
}

#[test]
fn more_than_five_arguments_are_refused_on_both_sides() {
    let ir = "
        fn @six(v0: i64, v1: i64, v2: i64, v3: i64, v4: i64, v5: i64) local {
        b0:
            return
        }
        fn @caller(v0: i64) {
        b0:
            call @six(v0, v0, v0, v0, v0, v0)
            v1: i64 = call helper 6(v0, v0, v0, v0, v0, v0)
            return
        }";
    let texts: Vec<String> = errors(ir, Cpu::V3)
        .iter()
        .map(BackendError::to_string)
        .collect();
    assert_eq!(
        texts,
        [
            "in `six`: the function has 6 parameters; R1 to R5 hold five",
            "in `caller`: `six` is called with 6 arguments; R1 to R5 hold five",
            "in `caller`: `bpf_trace_printk` is called with 6 arguments; R1 to R5 hold five",
        ]
    );
}

#[test]
fn atomics_that_return_the_old_value_need_v3() {
    let ir = "
        fn @f(v0: ptr, v1: i64) -> i64 {
        b0:
            v2: i64 = atomic.or.u64 v0+0, v1
            v3: i64 = atomic.add.u64 v0+0, v1
            return v3
        }";
    let texts: Vec<String> = errors(ir, Cpu::V2)
        .iter()
        .map(|e| e.kind.to_string())
        .collect();
    let rest =
        "needs -mcpu=v3 (Linux 5.12); v2 can only add atomically, and not return the old value";
    assert_eq!(
        texts,
        [
            format!("atomic or {rest}"),
            format!("atomic fetch_add {rest}")
        ]
    );
}

/// A branch over `count` loads.
fn far_branch(count: usize) -> String {
    let mut ir = String::from(
        "fn @f(v0: ptr, v1: i64) {
        b0:
            v2: i64 = const 1
            branch v1 set v2, b2, b1
        b1:\n",
    );
    for number in 0..count {
        let _ = writeln!(ir, "v{}: i64 = volatile load.u64 v0+0", number + 3);
    }
    ir + "jump b2\nb2:\nstore.u64 v0+0, v1\nreturn\n}"
}

#[test]
fn far_jumps_are_long_at_v4_and_refused_before() {
    let start = |ir: &str, cpu: Cpu| {
        let text = asm(ir, cpu);
        let lines = text
            .lines()
            .skip(1)
            .take(3)
            .map(|line| line.trim().to_string());
        lines.collect::<Vec<_>>()
    };
    let near = far_branch(32_000);
    assert_eq!(start(&near, Cpu::V3)[0], "if r2 & 1 goto LBB0_2");
    let far = far_branch(33_000);
    let too_far = &errors(&far, Cpu::V3)[0].kind;
    assert_eq!(
        too_far.to_string(),
        "a jump over 33000 instructions; before -mcpu=v4 jumps reach 32767"
    );
    let long = ["if r2 & 1 goto LBB0_2", "goto LBB0_3", "LBB0_2:"];
    assert_eq!(start(&far, Cpu::V4), long);
    assert!(asm(&far, Cpu::V4).contains("    gotol LBB0_"));
}

#[test]
fn twenty_values_survive_a_call() {
    let mut ir = String::from("fn @g() -> i64 local {\nb0:\nv0: i64 = const 7\nreturn v0\n}\n");
    ir += "fn @f(v0: i64) -> i64 {\nb0:\n";
    for number in 1..=20 {
        let _ = writeln!(ir, "v{number}: i64 = mul v0, v{}", number - 1);
    }
    ir += "v21: i64 = call @g()\n";
    for number in 1..=20 {
        let _ = writeln!(
            ir,
            "v{}: i64 = xor v{}, v{number}",
            number + 21,
            number + 20
        );
    }
    ir += "return v41\n}";
    let expected = (1..=20).fold(7, |sum: u64, power| sum ^ 3_u64.wrapping_pow(power + 1));
    let module = parse(&ir);
    for cpu in Cpu::ALL {
        let mut host = NoHost;
        let result = Machine::new(&module, cpu, &mut host).call("f", &[3]);
        assert_eq!(result, expected);
    }
    assert!(asm(&ir, Cpu::V3).contains("*(u64 *)(r10 - 8) = r"));
}

#[test]
fn an_entry_block_may_be_the_head_of_a_loop() {
    let ir = "
        fn @f(v0: i64, v1: i64) -> i64 {
        b0:
            v2: i64 = add v1, v0
            v3: i64 = const 1
            v4: i64 = sub v0, v3
            v5: i64 = const 0
            branch v4 ne v5, b0(v4, v2), b1
        b1:
            return v2
        }";
    let module = parse(ir);
    let mut host = NoHost;
    assert_eq!(
        Machine::new(&module, Cpu::V1, &mut host).call("f", &[4, 100]),
        110
    );
}
