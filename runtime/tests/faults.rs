//! The interpreter stops what a program may not do, and says where.

mod support;

use bpfcc_isa::{AtomicOp, Cond, Insn, Reg, Size, Src};
use bpfcc_runtime::map::{self, MapKind, MapSpec};
use bpfcc_runtime::{
    Access, Demand, Denied, Engine, Environment, EnvironmentChoice, Fault, FaultKind, Flow, Image,
    Input, Kernel, MapSet, RegionKind, RunError, Vm,
};

use support::{R, add, constant, copy, helper, jump_if, load, local, map, mov, store, try_vm, vm};

fn fault_of(vm: &Vm, buffer: &mut [u8]) -> Fault {
    match vm.run(Engine::Interp, buffer) {
        Err(RunError::Fault(fault)) => fault,
        other => panic!("{other:?}"),
    }
}

fn fault(insns: &[Insn]) -> Fault {
    fault_of(&vm(insns), &mut [0; 16])
}

fn array() -> MapSet {
    let spec = MapSpec {
        name: "a".to_owned(),
        kind: MapKind::Array,
        key_size: 4,
        value_size: 12,
        max_entries: 2,
        flags: 0,
        extra: 0,
        inner: None,
        endian: bpfcc_isa::Endian::HOST,
    };
    MapSet::new(vec![map::create(spec).unwrap()])
}

#[test]
fn a_fault_names_the_instruction() {
    let fault = fault(&[
        constant(Reg::R2, 0),
        mov(Reg::R0, 0),
        load(Size::W, Reg::R0, Reg::R2, 4),
        Insn::Exit,
    ]);
    assert_eq!((fault.slot, fault.position), (3, 2));
    assert_eq!(
        fault.to_string(),
        "function `main`, instruction 3: read of 4 bytes at 0x4: the pointer is NULL"
    );
}

#[test]
fn accesses_end_where_their_memory_ends() {
    let reason = |insns: &[Insn]| match fault(insns).kind {
        FaultKind::Memory { reason, .. } => reason,
        other => panic!("{other}"),
    };
    // The buffer has 16 bytes.
    assert_eq!(
        reason(&[load(Size::DW, Reg::R0, Reg::R1, 12), Insn::Exit]),
        Denied::Overrun {
            kind: RegionKind::Context,
            at: 12,
            size: 16
        }
    );
    assert_eq!(
        reason(&[load(Size::DW, Reg::R0, Reg::R1, -1), Insn::Exit]),
        Denied::Unmapped
    );
    // The frame has 512.
    assert_eq!(
        reason(&[store(Size::DW, Reg::R10, -4, Src::Imm(0)), Insn::Exit]),
        Denied::Overrun {
            kind: RegionKind::Stack,
            at: 508,
            size: 512
        }
    );
    assert!(
        vm(&[store(Size::B, Reg::R10, -512, Src::Imm(0)), Insn::Exit])
            .run(Engine::Interp, &mut [])
            .is_ok()
    );
    assert_eq!(
        reason(&[store(Size::B, Reg::R10, -513, Src::Imm(0)), Insn::Exit]),
        Denied::Unmapped
    );
    let misaligned = Insn::Atomic {
        size: Size::DW,
        op: AtomicOp::Add,
        fetch: true,
        base: Reg::R10,
        off: -12,
        src: Reg::R2,
    };
    assert_eq!(reason(&[misaligned, Insn::Exit]), Denied::Misaligned);
}

#[test]
fn a_map_value_ends_before_the_next_one() {
    let program = |off| {
        [
            store(Size::W, Reg::R10, -4, Src::Imm(0)),
            map(Reg::R1, 0),
            copy(Reg::R2, Reg::R10),
            add(Reg::R2, -4),
            helper(1),
            load(Size::W, Reg::R0, Reg::R0, off),
            Insn::Exit,
        ]
    };
    let run = |off| {
        try_vm(&program(off), array())
            .unwrap()
            .call(Engine::Interp, [0; 5])
    };
    assert_eq!(run(8).unwrap(), 0);
    let error = run(9).unwrap_err().to_string();
    assert!(
        error.ends_with("it starts 9 bytes into a map value of 12 bytes"),
        "{error}"
    );
    assert!(run(12).is_err(), "padding belongs to no value");
}

#[test]
fn arguments_of_host_functions_are_checked() {
    let call = |argument_1: Insn, argument_2: Insn| {
        let program = [argument_1, argument_2, helper(1), Insn::Exit];
        let error = try_vm(&program, array())
            .unwrap()
            .call(Engine::Interp, [0; 5])
            .unwrap_err();
        match error {
            RunError::Fault(Fault {
                kind: FaultKind::Argument(argument),
                ..
            }) => argument,
            other => panic!("{other}"),
        }
    };
    let no_map = call(mov(Reg::R1, 0), mov(Reg::R2, 0));
    assert_eq!((no_map.index, no_map.reason), (0, Demand::Map(0)));
    let no_key = call(map(Reg::R1, 0), mov(Reg::R2, 0));
    assert_eq!(
        no_key.reason,
        Demand::Memory {
            access: Access::Read,
            addr: 0,
            len: 4,
            reason: Denied::Null
        }
    );
    assert_eq!(
        no_key.to_string(),
        "argument 2 of `bpf_map_lookup_elem`: it reads 4 bytes at 0x0: the pointer is NULL"
    );
}

#[test]
fn calls_lose_the_argument_registers() {
    let program = [
        mov(Reg::R3, 7),
        helper(7),
        load(Size::B, Reg::R0, Reg::R3, 0),
        Insn::Exit,
    ];
    assert!(matches!(
        fault(&program).kind,
        FaultKind::Memory {
            reason: Denied::Unmapped,
            ..
        }
    ));
}

#[test]
fn the_budget_ends_an_endless_loop() {
    let vm = vm(&[Insn::Goto { off: -1 }]).with_budget(1000);
    let fault = fault_of(&vm, &mut []);
    assert_eq!(fault.kind, FaultKind::Budget(1000));
}

#[test]
fn recursion_ends_at_the_ninth_frame() {
    let fault = fault(&[add(Reg::R1, 1), local(-2), Insn::Exit]);
    assert_eq!(fault.kind, FaultKind::TooDeep);
}

#[test]
fn a_returned_frame_is_gone() {
    let program = [
        local(2),
        load(Size::DW, Reg::R0, Reg::R0, -8),
        Insn::Exit,
        store(Size::DW, Reg::R10, -8, Src::Imm(1)),
        copy(Reg::R0, Reg::R10),
        Insn::Exit,
    ];
    assert!(matches!(
        fault(&program).kind,
        FaultKind::Memory {
            reason: Denied::Unmapped,
            ..
        }
    ));
}

#[test]
fn a_context_is_its_fields() {
    let run = |insn| {
        let image = Image::from_insns("main", vec![insn, Insn::Exit], MapSet::default()).unwrap();
        let environment = Environment::named("tracing_2014").unwrap();
        let vm = Vm::from_image(image, None, EnvironmentChoice::Given(environment)).unwrap();
        let mut context = [0; 56];
        context[8] = 5;
        vm.run(Engine::Interp, &mut context)
    };
    assert_eq!(run(load(Size::DW, Reg::R0, Reg::R1, 8)).unwrap(), 5);
    assert!(run(load(Size::W, Reg::R0, Reg::R1, 8)).is_err(), "half");
    assert!(run(load(Size::DW, Reg::R0, Reg::R1, 4)).is_err(), "across");
    let written = run(store(Size::DW, Reg::R1, 8, Src::Imm(1)));
    assert!(written.is_err(), "read only");
}

#[test]
fn probe_read_fails_softly() {
    let program = [
        store(Size::DW, Reg::R10, -8, Src::Imm(-1)),
        copy(Reg::R1, Reg::R10),
        add(Reg::R1, -8),
        mov(Reg::R2, 8),
        constant(Reg::R3, 0xffff_8880_0000_0000),
        helper(113),
        load(Size::DW, Reg::R6, Reg::R10, -8),
        jump_if(Cond::Eq, Reg::R6, 0, 1),
        mov(Reg::R0, 1),
        Insn::Exit,
    ];
    let result = vm(&program).call(Engine::Interp, [0; 5]).unwrap();
    assert_eq!(result as i64, -14);
}

#[test]
fn printing_goes_to_the_log() {
    let text = u64::from_ne_bytes(*b"n=%d %s\0");
    let program = [
        constant(Reg::R3, text),
        store(Size::DW, Reg::R10, -8, Src::Reg(Reg::R3)),
        store(
            Size::W,
            Reg::R10,
            -16,
            Src::Imm(i32::from_ne_bytes(*b"hey\0")),
        ),
        copy(Reg::R1, Reg::R10),
        add(Reg::R1, -8),
        mov(Reg::R2, 8),
        mov(Reg::R3, -3),
        copy(Reg::R4, Reg::R10),
        add(Reg::R4, -16),
        helper(6),
        Insn::Exit,
    ];
    let vm = vm(&program).with_kernel(Kernel::deterministic(0));
    assert_eq!(vm.call(Engine::Interp, [0; 5]).unwrap(), 8);
    assert_eq!(vm.log(), ["n=-3 hey"]);
}

#[test]
fn a_session_can_be_stepped_and_rewound() {
    let vm = vm(&[
        mov(Reg::R0, 1),
        local(1),
        Insn::Exit,
        add(Reg::R0, 2),
        Insn::Exit,
    ]);
    let session = vm.session(Input::Arguments([0; 5]));
    let mut state = session.start();
    session.step(&mut state).unwrap();
    session.step(&mut state).unwrap();
    assert_eq!((state.frames(), state.position), (2, 3));
    let saved = state;
    let finish = |mut state| {
        while session.step(&mut state).unwrap() == Flow::Continue {}
        state.registers[0]
    };
    assert_eq!(finish(state), 3);
    assert_eq!(finish(saved), 3);
}

/// A machine with a ring buffer, whose program reserves a record of eight bytes and goes on like this if it got one.
fn with_record(rest: &[Insn]) -> Vm {
    let spec = MapSpec {
        name: "ring".to_owned(),
        kind: MapKind::Ringbuf,
        key_size: 0,
        value_size: 0,
        max_entries: 4096,
        flags: 0,
        extra: 0,
        inner: None,
        endian: bpfcc_isa::Endian::HOST,
    };
    let maps = MapSet::new(vec![map::create(spec).unwrap()]);
    let reserve = [
        support::map(R[1], 0),
        mov(R[2], 8),
        mov(R[3], 0),
        helper(131),
        copy(R[6], R[0]),
    ];
    try_vm(&[&reserve, rest].concat(), maps).unwrap()
}

#[test]
fn a_record_is_used_between_reservation_and_submission_only() {
    let write = |off| store(Size::W, R[6], off, Src::Imm(1));
    let submit = [copy(R[1], R[6]), mov(R[2], 0), helper(132), mov(R[0], 0)];
    let run = |parts: &[&[Insn]]| {
        let vm = with_record(&parts.concat());
        let outcome = vm.run(Engine::Interp, &mut [0; 8]);
        outcome.map_err(|error| error.to_string())
    };
    assert_eq!(run(&[&[write(4)], &submit, &[Insn::Exit]]), Ok(0));
    let beyond = run(&[&[write(5)], &submit, &[Insn::Exit]]).unwrap_err();
    assert!(
        beyond.contains("starts 5 bytes into a ring buffer record of 8 bytes"),
        "{beyond}"
    );
    let late = run(&[&submit, &[write(0), Insn::Exit]]).unwrap_err();
    assert!(late.contains("no memory of the program is there"), "{late}");
    // The same register wrote there a moment ago.
    let late = run(&[&[write(0)], &submit, &[write(0), Insn::Exit]]).unwrap_err();
    assert!(late.contains("no memory of the program is there"), "{late}");
    let twice = run(&[&submit, &submit, &[Insn::Exit]]).unwrap_err();
    assert!(twice.contains("is no record that was reserved"), "{twice}");
    let kept = run(&[&[mov(R[0], 0), Insn::Exit]]).unwrap_err();
    assert!(
        kept.contains("neither submitted nor discarded a record"),
        "{kept}"
    );
}

#[test]
fn what_a_faulty_program_kept_is_not_in_the_way() {
    let vm = with_record(&[mov(R[0], 0), Insn::Exit]);
    for _ in 0..1000 {
        assert!(vm.run(Engine::Interp, &mut [0; 8]).is_err());
        vm.maps()[0].as_stream().unwrap().take();
    }
    assert_eq!(vm.maps()[0].as_stream().unwrap().lost(), 0);
}

#[test]
fn a_program_holds_one_lock_and_gives_it_back() {
    let on_stack = |number| {
        let address = [copy(R[1], R[10]), add(R[1], -4)];
        [&address[..], &[helper(number)]].concat()
    };
    let clear = store(Size::W, R[10], -4, Src::Imm(0));
    let (lock, unlock) = (on_stack(93), on_stack(94));
    let end = [mov(R[0], 0), Insn::Exit];
    let run = |parts: &[&[Insn]]| {
        let vm = vm(&[&[clear], &parts.concat()[..]].concat());
        let outcome = vm.run(Engine::Interp, &mut [0; 8]);
        outcome.map_err(|error| error.to_string())
    };
    assert_eq!(run(&[&lock, &unlock, &end]), Ok(0));
    for (parts, reason) in [
        ([&lock[..], &lock, &end], "one spin lock at a time"),
        ([&unlock, &[], &end], "does not hold this lock"),
        ([&lock, &[], &end], "holds a spin lock"),
    ] {
        let error = run(&parts).unwrap_err();
        assert!(error.contains(reason), "{error}");
    }
}

#[test]
fn a_function_for_other_maps_is_told_so() {
    let insns = [
        map(R[1], 0),
        copy(R[2], R[10]),
        add(R[2], -12),
        helper(88),
        mov(R[0], 0),
        Insn::Exit,
    ];
    let vm = try_vm(&insns, array()).unwrap();
    let fault = fault_of(&vm, &mut [0; 8]).to_string();
    assert!(
        fault.contains(
            "argument 1 of `bpf_map_pop_elem`: the function is not for maps of type array"
        ),
        "{fault}"
    );
}

/// A loop with a call, an access in each turn, and a jump between a copy and the addition to it.
fn busy_program() -> Vec<Insn> {
    vec![
        mov(Reg::R0, 0),
        mov(Reg::R6, 0),
        copy(Reg::R7, Reg::R6),
        add(Reg::R7, 5),
        store(Size::DW, Reg::R10, -8, Src::Reg(Reg::R7)),
        local(5),
        load(Size::DW, Reg::R7, Reg::R10, -8),
        add(Reg::R6, 1),
        jump_if(Cond::Lt, Reg::R6, 3, -7),
        jump_if(Cond::Lt, Reg::R6, 6, -7),
        Insn::Exit,
        copy(Reg::R1, Reg::R10),
        add(Reg::R1, -16),
        store(Size::W, Reg::R1, 0, Src::Imm(1)),
        Insn::Exit,
    ]
}

#[test]
fn the_budget_is_exact() {
    let program = busy_program();
    let stepped = vm(&program);
    let session = stepped.session(Input::Arguments([0; 5]));
    let mut state = session.start();
    loop {
        let budget = state.executed;
        let error = vm(&program)
            .with_budget(budget)
            .call(Engine::Interp, [0; 5])
            .unwrap_err();
        let RunError::Fault(fault) = error else {
            panic!("{error}");
        };
        assert_eq!(fault.kind, FaultKind::Budget(budget));
        assert_eq!(fault.position, state.position, "after {budget}");
        if session.step(&mut state).unwrap() == Flow::Exit {
            break;
        }
    }
    // Six turns of eleven, the third with one more. The program has 15 instructions, so the last 15 of each budget were
    // counted one by one, and those before were not.
    assert_eq!(state.executed, 2 + 6 * 11 + 1 + 1);
    let vm = vm(&program).with_budget(state.executed);
    assert_eq!(vm.call(Engine::Interp, [0; 5]).unwrap(), state.registers[0]);
}

#[test]
fn what_was_checked_is_checked_again_after_a_return() {
    // R6 points into the frame of the callee, which is gone when the caller reads there.
    let program = [
        copy(Reg::R6, Reg::R10),
        add(Reg::R6, -512 - 8),
        local(2),
        load(Size::DW, Reg::R0, Reg::R6, 0),
        Insn::Exit,
        store(Size::DW, Reg::R6, 0, Src::Imm(7)),
        load(Size::DW, Reg::R0, Reg::R6, 0),
        Insn::Exit,
    ];
    let fault = fault(&program);
    assert_eq!(fault.position, 3);
    let FaultKind::Memory { reason, .. } = fault.kind else {
        panic!("{fault}");
    };
    assert_eq!(reason, Denied::Unmapped);
}

#[test]
fn what_may_be_read_may_still_not_be_written() {
    let environment = |rights| Environment::new("e").with_field("f", 0, 8, rights);
    let program = vec![
        load(Size::DW, Reg::R0, Reg::R1, 0),
        load(Size::W, Reg::R0, Reg::R1, 4),
        store(Size::DW, Reg::R1, 0, Src::Imm(7)),
        Insn::Exit,
    ];
    let run = |rights| {
        let image = Image::from_insns("main", program.clone(), MapSet::default()).unwrap();
        let choice = EnvironmentChoice::Given(environment(rights));
        let vm = Vm::from_image(image, None, choice).unwrap();
        vm.run(Engine::Interp, &mut [0; 8])
    };
    assert!(run(bpfcc_runtime::Rights::ReadWrite).is_ok());
    let error = run(bpfcc_runtime::Rights::Read).unwrap_err();
    assert!(error.to_string().contains("instruction 2"), "{error}");
}
