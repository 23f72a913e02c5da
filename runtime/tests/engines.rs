//! The interpreter, running or stepped, and the JIT agree: on every kind of instruction, with the values where mistakes hide, and on random
//! programs with jumps, calls, loops and memory.
#![cfg(all(unix, target_arch = "x86_64"))]

mod support;

use bpfcc_isa::{AluOp, AtomicOp, Cond, Insn, Reg, Size, Src, SwapKind, Width};
use bpfcc_runtime::{
    Ending, Engine, Environment, EnvironmentChoice, Flow, HostFunction, Image, Input, MapSet,
    RunError, Vm,
};

use support::{R, add, constant, copy, helper, jump_if, load, local, mov, store, try_vm};

/// Values at the edges of the widths.
const EDGES: [u64; 14] = [
    0,
    1,
    2,
    31,
    63,
    0x7f,
    0x80,
    0x8000,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    0x7fff_ffff_ffff_ffff,
    0x8000_0000_0000_0000,
    0xffff_ffff_ffff_ffff,
];

const WIDTHS: [Width; 2] = [Width::W32, Width::W64];

/// Runs on both engines, with a buffer of 512 bytes, and step by step. What they leave must be the same.
fn check(insns: &[Insn]) {
    let fail = |what: &str| -> ! { panic!("{what}\n{}", listing(insns)) };
    let vm = match try_vm(insns, MapSet::default()) {
        // SAFETY: the tests write programs that stay in the buffer and in their frames.
        Ok(vm) => unsafe { vm.with_budget(100_000).trust() },
        Err(error) => fail(&error.to_string()),
    };
    let ways: [Way; 3] = [
        ("interpreter", &|vm, buffer| vm.run(Engine::Interp, buffer)),
        ("step by step", &step),
        ("jit", &|vm, buffer| vm.run(Engine::Jit, buffer)),
    ];
    let outcomes = ways.map(|(name, run)| {
        let mut buffer = std::array::from_fn(|at| at as u8);
        match run(&vm, &mut buffer) {
            Ok(result) => (name, result, buffer),
            Err(error) => fail(&format!("{name}: {error}")),
        }
    });
    let [(_, result, buffer), ..] = &outcomes;
    if outcomes.iter().any(|(_, r, b)| (r, b) != (result, buffer)) {
        fail(&format!("{outcomes:x?}"));
    }
}

/// A name, and how to run a program on a buffer.
type Way<'a> = (
    &'a str,
    &'a dyn Fn(&Vm, &mut [u8; 512]) -> Result<u64, RunError>,
);

fn step(vm: &Vm, buffer: &mut [u8; 512]) -> Result<u64, RunError> {
    let session = vm.session(Input::Context(buffer));
    let mut state = session.start();
    while session.step(&mut state)? == Flow::Continue {}
    Ok(state.registers[0])
}

fn listing(insns: &[Insn]) -> String {
    let lines = insns.iter().enumerate();
    lines
        .map(|(at, insn)| format!("{at:3} {insn:?}\n"))
        .collect()
}

/// Sets R6 to the buffer and the other registers to recognisable values, runs `body`, and makes a number of R0 to R9.
fn around(values: impl Fn(Reg) -> u64, body: &[Insn]) -> Vec<Insn> {
    let mut insns = vec![copy(Reg::R6, Reg::R1)];
    let free = R
        .into_iter()
        .filter(|&reg| reg != Reg::R6 && reg != Reg::R10);
    insns.extend(free.map(|reg| constant(reg, values(reg))));
    insns.extend(body);
    insns.extend(digest());
    insns.push(Insn::Exit);
    insns
}

/// r0 = hash of r0 to r9, without R6, whose value is an address.
fn digest() -> Vec<Insn> {
    let registers = R
        .into_iter()
        .filter(|&r| r != Reg::R0 && r != Reg::R6 && r != Reg::R10);
    let op = |op, src| Insn::Alu {
        width: Width::W64,
        op,
        dst: Reg::R0,
        src,
    };
    registers
        .flat_map(|reg| {
            [
                op(AluOp::Mul, Src::Imm(0x0100_0193)),
                op(AluOp::Xor, Src::Reg(reg)),
            ]
        })
        .collect()
}

fn distinct(reg: Reg) -> u64 {
    0x1111_1111_1111_1111u64.wrapping_mul(u64::from(reg.number()) + 1)
}

#[test]
fn arithmetic_between_all_pairs_of_registers() {
    let usable = || {
        R.into_iter()
            .filter(|&reg| reg != Reg::R6 && reg != Reg::R10)
    };
    for &op in AluOp::ALL {
        for width in WIDTHS {
            for dst in usable() {
                for src in usable() {
                    let alu = Insn::Alu {
                        width,
                        op,
                        dst,
                        src: Src::Reg(src),
                    };
                    check(&around(distinct, &[alu]));
                }
            }
        }
    }
}

#[test]
fn arithmetic_at_the_edges() {
    for &op in AluOp::ALL {
        for width in WIDTHS {
            for a in EDGES {
                // All right operands in one program, each on a fresh left one.
                let body: Vec<Insn> = EDGES
                    .into_iter()
                    .flat_map(|b| {
                        let alu = |dst, src| Insn::Alu {
                            width,
                            op,
                            dst,
                            src,
                        };
                        [
                            constant(Reg::R2, a),
                            constant(Reg::R3, b),
                            alu(Reg::R2, Src::Reg(Reg::R3)),
                            store(Size::DW, Reg::R6, 0, Src::Reg(Reg::R2)),
                            constant(Reg::R2, a),
                            alu(Reg::R2, Src::Imm(b as i32)),
                            Insn::Alu {
                                width: Width::W64,
                                op: AluOp::Add,
                                dst: Reg::R9,
                                src: Src::Reg(Reg::R2),
                            },
                            load(Size::DW, Reg::R2, Reg::R6, 0),
                            Insn::Alu {
                                width: Width::W64,
                                op: AluOp::Xor,
                                dst: Reg::R9,
                                src: Src::Reg(Reg::R2),
                            },
                            Insn::Alu {
                                width: Width::W64,
                                op: AluOp::Mul,
                                dst: Reg::R9,
                                src: Src::Imm(31),
                            },
                        ]
                    })
                    .collect();
                check(&around(distinct, &body));
            }
        }
    }
}

#[test]
fn one_operand_and_moves() {
    let mut bodies = Vec::new();
    for dst in R
        .into_iter()
        .filter(|&reg| reg != Reg::R6 && reg != Reg::R10)
    {
        for width in WIDTHS {
            bodies.push(Insn::Neg { width, dst });
            for from in [Size::B, Size::H, Size::W] {
                if from.bits() < width.bits() {
                    let src = Reg::R3;
                    bodies.push(Insn::MovSx {
                        width,
                        from,
                        dst,
                        src,
                    });
                    bodies.push(Insn::MovSx {
                        width,
                        from,
                        dst: Reg::R3,
                        src: dst,
                    });
                }
            }
        }
        for kind in [SwapKind::ToBe, SwapKind::ToLe, SwapKind::Always] {
            for size in [Size::H, Size::W, Size::DW] {
                bodies.push(Insn::Swap { kind, size, dst });
            }
        }
    }
    for body in bodies {
        for value in [0x8182_8384_8586_8788, 0x0102_0304_7f80_ff80] {
            check(&around(|_| value, &[body]));
        }
    }
}

#[test]
fn conditions_at_the_edges() {
    for &cond in Cond::ALL {
        for width in WIDTHS {
            for a in EDGES {
                let body: Vec<Insn> = EDGES
                    .into_iter()
                    .flat_map(|b| {
                        let jump = |src| Insn::Jump {
                            width,
                            cond,
                            dst: Reg::R2,
                            src,
                            off: 1,
                        };
                        [
                            constant(Reg::R2, a),
                            constant(Reg::R3, b),
                            jump(Src::Reg(Reg::R3)),
                            add(Reg::R9, 1),
                            jump(Src::Imm(b as i32)),
                            add(Reg::R9, 2),
                            Insn::Alu {
                                width: Width::W64,
                                op: AluOp::Mul,
                                dst: Reg::R9,
                                src: Src::Imm(5),
                            },
                        ]
                    })
                    .collect();
                check(&around(distinct, &body));
            }
        }
    }
}

#[test]
fn memory_through_every_register() {
    let sizes = [Size::B, Size::H, Size::W, Size::DW];
    for base in R.into_iter().filter(|&reg| reg != Reg::R10) {
        for value in R.into_iter().filter(|&reg| reg != base && reg != Reg::R10) {
            for size in sizes {
                let restore = [mov(base, 0), mov(Reg::R6, 0)];
                let mut body = vec![
                    copy(base, Reg::R6),
                    constant(value, 0x8182_8384_8586_8788),
                    store(size, base, 0, Src::Reg(value)),
                    store(size, base, 8, Src::Imm(-2)),
                    load(size, value, base, 16),
                    store(Size::DW, base, 24, Src::Reg(value)),
                    Insn::LoadAcquire {
                        size,
                        dst: value,
                        base,
                        off: 0,
                    },
                    Insn::StoreRelease {
                        size,
                        base,
                        off: 32,
                        src: value,
                    },
                ];
                if size != Size::DW {
                    body.push(Insn::Load {
                        size,
                        signed: true,
                        dst: value,
                        base,
                        off: 0,
                    });
                    body.push(store(Size::DW, base, 40, Src::Reg(value)));
                }
                body.extend(restore);
                check(&around(distinct, &body));
            }
        }
    }
}

#[test]
fn displacements_at_the_edges() {
    for (base, off) in [
        (Reg::R10, -127),
        (Reg::R10, -128),
        (Reg::R10, -129),
        (Reg::R10, -512),
        (Reg::R6, 0),
        (Reg::R6, 126),
        (Reg::R6, 127),
        (Reg::R6, 128),
        (Reg::R6, 129),
        (Reg::R6, 511),
    ] {
        check(&around(
            distinct,
            &[
                store(Size::B, base, off, Src::Imm(77)),
                load(Size::B, Reg::R2, base, off),
                store(Size::B, base, off, Src::Reg(Reg::R7)),
                load(Size::B, Reg::R3, base, off),
            ],
        ));
    }
}

#[test]
fn atomics_on_every_pair_of_registers() {
    use AtomicOp::{Add, And, Cmpxchg, Or, Xchg, Xor};
    for base in R.into_iter().filter(|&reg| reg != Reg::R10) {
        for src in R.into_iter().filter(|&reg| reg != base && reg != Reg::R10) {
            for size in [Size::W, Size::DW] {
                for (op, fetch) in [
                    (Add, false),
                    (Or, false),
                    (And, false),
                    (Xor, false),
                    (Add, true),
                    (Or, true),
                    (And, true),
                    (Xor, true),
                    (Xchg, true),
                    (Cmpxchg, true),
                ] {
                    let atomic = Insn::Atomic {
                        size,
                        op,
                        fetch,
                        base,
                        off: 8,
                        src,
                    };
                    // Twice, so that cmpxchg also succeeds once: the first one puts the old value into R0.
                    let body = [
                        constant(src, 0x8182_8384_8586_8788),
                        copy(base, Reg::R6),
                        atomic,
                        copy(base, Reg::R6),
                        atomic,
                        mov(base, 0),
                        mov(Reg::R6, 0),
                    ];
                    // As R0 is the base, the comparison is with an address, which differs between runs.
                    if base == Reg::R0 && op == Cmpxchg {
                        continue;
                    }
                    if base == Reg::R6 || src != Reg::R6 {
                        check(&around(distinct, &body));
                    }
                }
            }
        }
    }
}

#[test]
fn far_jumps_in_both_directions() {
    for distance in [1, 20, 40, 50, 126, 127, 128, 129, 1000, 30_000] {
        // Over `distance` instructions, back to the first of them, over the rest to the end.
        let mut body = vec![
            mov(Reg::R2, 0),
            Insn::GotoLong {
                off: distance as i32,
            },
        ];
        body.extend(vec![add(Reg::R9, 3); distance]);
        body.extend([
            add(Reg::R2, 1),
            jump_if(Cond::Eq, Reg::R2, 1, -(distance as i16) - 2),
        ]);
        check(&around(distinct, &body));
    }
}

#[test]
fn local_calls_keep_registers_and_frames_apart() {
    // f(n) = n + (n > 0 ? f(n - 1) : 0), five frames deep, through a slot of each frame.
    // Distances count slots; a constant takes two.
    let program = [
        constant(Reg::R6, 6),
        constant(Reg::R7, 7),
        constant(Reg::R8, 8),
        constant(Reg::R9, 9),
        store(Size::DW, Reg::R10, -8, Src::Imm(77)),
        mov(Reg::R1, 5),
        local(5),
        load(Size::DW, Reg::R1, Reg::R10, -8),
        Insn::Alu {
            width: Width::W64,
            op: AluOp::Lsh,
            dst: Reg::R0,
            src: Src::Reg(Reg::R1),
        },
        Insn::Alu {
            width: Width::W64,
            op: AluOp::Add,
            dst: Reg::R0,
            src: Src::Reg(Reg::R9),
        },
        Insn::Alu {
            width: Width::W64,
            op: AluOp::Sub,
            dst: Reg::R0,
            src: Src::Reg(Reg::R6),
        },
        Insn::Exit,
        // f:
        store(Size::DW, Reg::R10, -8, Src::Reg(Reg::R1)),
        mov(Reg::R0, 0),
        jump_if(Cond::Eq, Reg::R1, 0, 5),
        copy(Reg::R9, Reg::R1),
        add(Reg::R1, -1),
        local(-6),
        Insn::Alu {
            width: Width::W64,
            op: AluOp::Add,
            dst: Reg::R0,
            src: Src::Reg(Reg::R9),
        },
        copy(Reg::R6, Reg::R0),
        load(Size::DW, Reg::R1, Reg::R10, -8),
        Insn::Alu {
            width: Width::W64,
            op: AluOp::Add,
            dst: Reg::R0,
            src: Src::Reg(Reg::R1),
        },
        Insn::Exit,
    ];
    check(&program);
}

#[test]
fn host_calls_keep_the_preserved_registers() {
    let body = [helper(5), helper(7), helper(14)];
    let forget = |reg| mov(reg, 0);
    let mut insns = vec![copy(Reg::R6, Reg::R1)];
    insns.extend([Reg::R7, Reg::R8, Reg::R9].map(|reg| constant(reg, distinct(reg))));
    insns.extend(body);
    insns.extend(R[..6].iter().map(|&reg| forget(reg)));
    insns.extend(digest());
    insns.push(Insn::Exit);
    check(&insns);
}

#[test]
fn may_goto_ends_a_loop_in_each_function_for_itself() {
    // Both functions count how often they go round.
    let round = |then: Vec<Insn>| {
        let mut insns = vec![
            mov(Reg::R6, 0),
            Insn::MayGoto { off: 2 },
            add(Reg::R6, 1),
            Insn::Goto { off: -3 },
        ];
        insns.extend(then);
        insns
    };
    let alu = |op, src| Insn::Alu {
        width: Width::W64,
        op,
        dst: Reg::R0,
        src,
    };
    let mut insns = round(vec![
        local(6),
        copy(Reg::R7, Reg::R0),
        helper(8),
        copy(Reg::R0, Reg::R6),
        alu(AluOp::Mul, Src::Imm(3)),
        alu(AluOp::Add, Src::Reg(Reg::R7)),
        Insn::Exit,
    ]);
    insns.extend(round(vec![copy(Reg::R0, Reg::R6), Insn::Exit]));
    // SAFETY: the program touches no memory.
    let vm = unsafe { try_vm(&insns, MapSet::default()).unwrap().trust() };
    for engine in [Engine::Interp, Engine::Jit] {
        let result = vm.call(engine, [0; 5]).unwrap();
        assert_eq!(result, 4 * (8 << 20), "{engine:?}");
    }
}

#[test]
fn a_host_function_ends_the_program_from_any_depth() {
    extern "C" fn same(status: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
        status
    }
    let exit = HostFunction::new("exit", same).ends_program(|status| Ending::Exit(status as i32));
    let environment = Environment::new("test").with_function(exit.numbered(1));
    // main saves nothing, its callee one register, and the callee's two: rsp differs in each.
    let insns = [
        mov(Reg::R6, 1),
        jump_if(Cond::Eq, Reg::R1, 0, 1),
        local(2),
        copy(Reg::R0, Reg::R6),
        Insn::Exit,
        mov(Reg::R7, 2),
        local(1),
        Insn::Exit,
        mov(Reg::R8, 3),
        mov(Reg::R9, 4),
        mov(Reg::R1, 7),
        helper(1),
        Insn::Exit,
    ];
    let image = Image::from_insns("main", insns.to_vec(), MapSet::default()).unwrap();
    let vm = Vm::from_image(image, None, EnvironmentChoice::Given(environment)).unwrap();
    // SAFETY: the program touches no memory.
    let vm = unsafe { vm.trust() };
    for engine in [Engine::Interp, Engine::Jit] {
        for _ in 0..2 {
            let ended = vm.call(engine, [1; 5]);
            assert!(
                matches!(ended, Err(RunError::Ended(Ending::Exit(7)))),
                "{engine:?}: {ended:?}"
            );
            assert_eq!(vm.call(engine, [0; 5]).unwrap(), 1, "{engine:?}");
        }
    }
}

/// xorshift64*: the same programs each time.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() >> 33) as usize % n
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    fn value(&mut self) -> u64 {
        match self.below(3) {
            0 => self.pick(&EDGES),
            1 => self.next() >> self.below(64),
            _ => self.next(),
        }
    }

    fn imm(&mut self) -> i32 {
        self.value() as i32
    }

    /// Not R6, which holds the buffer, and not the frame pointer.
    fn reg(&mut self) -> Reg {
        self.pick(&[
            Reg::R0,
            Reg::R1,
            Reg::R2,
            Reg::R3,
            Reg::R4,
            Reg::R5,
            Reg::R7,
            Reg::R8,
            Reg::R9,
        ])
    }

    fn src(&mut self) -> Src {
        match self.below(2) {
            0 => Src::Reg(self.reg()),
            _ => Src::Imm(self.imm()),
        }
    }

    /// An offset into the buffer or the frame, aligned or not.
    fn place(&mut self, size: Size) -> (Reg, i16) {
        let offset = self.below(64 - size.bytes() as usize + 1) as i16;
        match self.below(2) {
            0 => (Reg::R6, offset),
            _ => (Reg::R10, offset - 64),
        }
    }

    fn straight(&mut self) -> Insn {
        let width = self.pick(&WIDTHS);
        let size = self.pick(&[Size::B, Size::H, Size::W, Size::DW]);
        let (base, off) = self.place(size);
        match self.below(12) {
            0..=5 => Insn::Alu {
                width,
                op: self.pick(AluOp::ALL),
                dst: self.reg(),
                src: self.src(),
            },
            6 => Insn::Neg {
                width,
                dst: self.reg(),
            },
            7 => Insn::Swap {
                kind: self.pick(&[SwapKind::ToBe, SwapKind::ToLe, SwapKind::Always]),
                size: self.pick(&[Size::H, Size::W, Size::DW]),
                dst: self.reg(),
            },
            8 => load(size, self.reg(), base, off),
            9 => store(size, base, off, self.src()),
            10 => Insn::Atomic {
                size: self.pick(&[Size::W, Size::DW]),
                op: self.pick(AtomicOp::ALL),
                fetch: true,
                base: self.pick(&[Reg::R6, Reg::R10]),
                off: -8,
                src: self.reg(),
            },
            _ => constant(self.reg(), self.value()),
        }
    }

    /// Blocks that end in a forward jump or in a counted loop back to their start.
    fn program(&mut self) -> Vec<Insn> {
        let mut body: Vec<Insn> = (1..=8)
            .map(|word| store(Size::DW, Reg::R10, word * -8, Src::Imm(self.imm())))
            .collect();
        for _ in 0..1 + self.below(6) {
            let block: Vec<Insn> = (0..1 + self.below(12)).map(|_| self.aligned()).collect();
            let slots: usize = block.iter().map(Insn::slots).sum();
            match self.below(3) {
                // Skipped or not.
                0 => {
                    body.push(Insn::Jump {
                        width: self.pick(&WIDTHS),
                        cond: self.pick(Cond::ALL),
                        dst: self.reg(),
                        src: self.src(),
                        off: slots as i16,
                    });
                    body.extend(block);
                }
                // Three times; the counter is in the frame, out of reach of the block.
                1 => {
                    body.push(store(Size::DW, Reg::R10, -72, Src::Imm(0)));
                    body.extend(block);
                    body.extend([
                        load(Size::DW, Reg::R2, Reg::R10, -72),
                        add(Reg::R2, 1),
                        store(Size::DW, Reg::R10, -72, Src::Reg(Reg::R2)),
                        jump_if(Cond::Lt, Reg::R2, 3, -(slots as i16) - 4),
                    ]);
                }
                _ => body.extend(block),
            }
        }
        body
    }

    /// Atomics need an aligned place within bounds.
    fn aligned(&mut self) -> Insn {
        match self.straight() {
            Insn::Atomic {
                size,
                op,
                fetch,
                base,
                src,
                ..
            } => Insn::Atomic {
                size,
                op,
                fetch,
                base,
                off: if base == Reg::R10 { -16 } else { 16 },
                src,
            },
            insn => insn,
        }
    }
}

#[test]
fn random_programs() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..10_000 {
        let body = random.program();
        let values: Vec<u64> = (0..11).map(|_| random.value()).collect();
        check(&around(|reg| values[reg.index()], &body));
    }
}
