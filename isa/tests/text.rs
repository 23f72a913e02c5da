//! The three dialects: every shape survives printing and parsing, and known texts come out as others write them.

mod common;

use bpfcc_isa::text::{Dialect, Names, ParseReason, parse, print, print_one};
use bpfcc_isa::{
    AluOp, AtomicOp, Callee, Cond, Endian, Imm64, Insn, Reg, Size, Src, Width, encode,
};
use common::{Random, every_shape};

#[test]
fn parsing_undoes_printing() {
    let mut random = Random(3);
    for _ in 0..50 {
        for insn in every_shape(&mut random) {
            for dialect in Dialect::ALL {
                let text = print_one(dialect, &insn);
                let parsed = parse(dialect, &text).unwrap_or_else(|e| panic!("{text}: {e}"));
                assert_eq!(parsed.insns, [insn], "{text}");
                assert!(parsed.symbols.is_empty(), "{text}");
            }
        }
    }
}

/// The same with labels: whole programs, so that short jumps hit one another's labels.
#[test]
fn labels_survive_the_round_trip() {
    let mut random = Random(4);
    for _ in 0..20 {
        let insns = every_shape(&mut random);
        for dialect in Dialect::ALL {
            let text = print(dialect, &insns, &Names::default());
            let parsed = parse(dialect, &text).unwrap_or_else(|e| panic!("{e}\n{text}"));
            assert_eq!(parsed.insns, insns);
        }
    }
}

fn add(dst: Reg, imm: i32) -> Insn {
    let (width, op, src) = (Width::W64, AluOp::Add, Src::Imm(imm));
    Insn::Alu {
        width,
        op,
        dst,
        src,
    }
}

/// A drop counter as a compiler of 2014 printed it, up to the first jump, and our continuation.
fn dropmon() -> (Vec<Insn>, Names) {
    let mov = |dst, src| Insn::mov64(dst, Src::Reg(src));
    let imm = |dst, value| Insn::mov64(dst, Src::Imm(value));
    let store = |off, src| Insn::Store {
        size: Size::DW,
        base: Reg::R10,
        off,
        src: Src::Reg(src),
    };
    let insns = vec![
        mov(Reg::R6, Reg::R1),
        Insn::Load {
            size: Size::DW,
            signed: false,
            dst: Reg::R1,
            base: Reg::R6,
            off: 8,
        },
        store(-8, Reg::R1),
        imm(Reg::R7, 0),
        mov(Reg::R3, Reg::R10),
        add(Reg::R3, -8),
        mov(Reg::R1, Reg::R6),
        mov(Reg::R2, Reg::R7),
        Insn::Call(Callee::Local(-1)),
        Insn::Jump {
            width: Width::W64,
            cond: Cond::Eq,
            dst: Reg::R0,
            src: Src::Imm(0),
            off: 3,
        },
        imm(Reg::R1, 1),
        Insn::Atomic {
            size: Size::DW,
            op: AtomicOp::Add,
            fetch: false,
            base: Reg::R0,
            off: 0,
            src: Reg::R1,
        },
        Insn::Goto { off: 8 },
        store(-16, Reg::R7),
        mov(Reg::R3, Reg::R10),
        add(Reg::R3, -8),
        mov(Reg::R4, Reg::R10),
        add(Reg::R4, -16),
        mov(Reg::R1, Reg::R6),
        mov(Reg::R2, Reg::R7),
        Insn::Call(Callee::Local(-1)),
        Insn::Exit,
    ];
    let symbols = [(8, "bpf_table_lookup"), (20, "bpf_table_update")];
    let names = Names {
        labels: [(0, "dropmon".to_owned())].into(),
        symbols: symbols.map(|(slot, name)| (slot, name.to_owned())).into(),
        ..Names::default()
    };
    (insns, names)
}

#[test]
fn dropmon_in_the_dialect_of_2014() {
    let (insns, names) = dropmon();
    let text = print(Dialect::Bpf64, &insns, &names);
    let expected = "\
dropmon:
    mov r6, r1
    ldd r1, 8(r6)
    std -8(r10), r1
    mov r7, 0
    mov r3, r10
    addi r3, -8
    mov r1, r6
    mov r2, r7
    call bpf_table_lookup
    jeqi r0, 0 goto .LBB0_2
    mov r1, 1
    xadd64 r1, 0(r0), r1
    jmp .LBB0_3
.LBB0_2:
    std -16(r10), r7
    mov r3, r10
    addi r3, -8
    mov r4, r10
    addi r4, -16
    mov r1, r6
    mov r2, r7
    call bpf_table_update
.LBB0_3:
    ret
";
    assert_eq!(text, expected);
}

#[test]
fn dropmon_keeps_its_names_in_every_dialect() {
    let (insns, names) = dropmon();
    for dialect in Dialect::ALL {
        let parsed = parse(dialect, &print(dialect, &insns, &names)).unwrap();
        assert_eq!(parsed.insns, insns);
        let symbols: Vec<_> = names.symbols.clone().into_iter().collect();
        assert_eq!(parsed.symbols, symbols);
        assert_eq!(parsed.labels[0], ("dropmon".to_owned(), 0));
    }
}

#[test]
fn dropmon_in_pseudo_c() {
    let (insns, names) = dropmon();
    let text = print(Dialect::PseudoC, &insns[..13], &names);
    let expected = "\
dropmon:
    r6 = r1
    r1 = *(u64 *)(r6 + 8)
    *(u64 *)(r10 - 8) = r1
    r7 = 0
    r3 = r10
    r3 += -8
    r1 = r6
    r2 = r7
    call bpf_table_lookup
    if r0 == 0 goto +3
    r1 = 1
    lock *(u64 *)(r0 + 0) += r1
    goto +8
";
    assert_eq!(text, expected, "jumps out of the listing are distances");
}

#[test]
fn dropmon_in_gnu_syntax() {
    let (insns, names) = dropmon();
    let text = print(Dialect::Gnu, &insns, &names);
    let start = "\
dropmon:
    mov %r6,%r1
    ldxdw %r1,[%r6+8]
    stxdw [%fp+-8],%r1
    mov %r7,0
    mov %r3,%fp
    add %r3,-8
    mov %r1,%r6
    mov %r2,%r7
    call bpf_table_lookup
    jeq %r0,0,.L0_2
    mov %r1,1
    xadddw [%r0+0],%r1
    ja .L0_3
.L0_2:
";
    assert!(text.starts_with(start), "{text}");
}

#[test]
fn symbols_carry_addends() {
    let load = |value| Insn::LoadImm64 {
        dst: Reg::R1,
        value: Imm64::Const(value),
    };
    let insns = [load(0), load(8), load(-8_i64 as u64)];
    let symbols = [0, 2, 4].map(|slot| (slot, "drops".to_owned()));
    let names = Names {
        symbols: symbols.clone().into(),
        ..Names::default()
    };
    let text = print(Dialect::PseudoC, &insns, &names);
    assert_eq!(
        text,
        "    r1 = drops ll\n    r1 = drops+8 ll\n    r1 = drops-8 ll\n"
    );
    for dialect in Dialect::ALL {
        let parsed = parse(dialect, &print(dialect, &insns, &names)).unwrap();
        assert_eq!(
            (parsed.insns, parsed.symbols),
            (insns.to_vec(), symbols.to_vec())
        );
    }
}

#[test]
fn local_calls_have_labels() {
    let text = "    call helper\n    exit\nhelper:\n    r0 = 1\n    exit\n";
    let parsed = parse(Dialect::PseudoC, text).unwrap();
    assert_eq!(parsed.insns[0], Insn::Call(Callee::Local(1)));
    assert_eq!(parsed.symbols, []);
    let names = Names {
        labels: [(2, "helper".to_owned())].into(),
        ..Names::default()
    };
    assert_eq!(print(Dialect::PseudoC, &parsed.insns, &names), text);
}

#[test]
fn other_spellings_are_read() {
    let same = |dialect, one: &str, other: &str| {
        assert_eq!(parse(dialect, one).unwrap(), parse(dialect, other).unwrap());
    };
    same(
        Dialect::PseudoC,
        "w1 = *(u32 *)(r6 + 8)",
        "r1 = *(u32 *)(r6 +8)",
    );
    same(
        Dialect::PseudoC,
        "*(u8*)(r10-1)=w2;exit",
        "*(u8 *)(r10 - 1) = r2\nexit # end",
    );
    same(Dialect::PseudoC, "r1 = 0x10", "r1 = 16 // sixteen");
    same(
        Dialect::PseudoC,
        "w1 = 0xffffffff",
        "w1 = /* minus one */ -1",
    );
    same(Dialect::PseudoC, "r1 = 0xffffffff", "r1 = -1");
    same(Dialect::PseudoC, "r1 = 0xffffffffffffffff ll", "r1 = -1 ll");
    same(Dialect::PseudoC, "r1 = 0xffffffffffffff00", "r1 = -256");
    same(Dialect::PseudoC, "r1 = 0xfeULL ll", "r1 = 254 ll");
    same(Dialect::PseudoC, "r1 = 7ul", "r1 = 7");
    same(
        Dialect::PseudoC,
        "r1 = (1 << 3) + 2 * 4; r2 = *(u64 *)(r1 - 8 + 4); r2 = ~7 & 0xf",
        "r1 = 16; r2 = *(u64 *)(r1 - 4); r2 = 8",
    );
    same(
        Dialect::PseudoC,
        "in: .byte 0xe5, 0; .short (out - in - 8) / 8 & 0xffff; .4byte 0; r0 = 7; out: exit; .8byte 0x95",
        "in: may_goto +1; r0 = 7; out: exit; exit",
    );
    same(
        Dialect::PseudoC,
        ".byte 0xb7; .ifc r3, r2; .byte 2; .else; .byte 3; .endif; .short 0; .long 7",
        "r3 = 7",
    );
    same(
        Dialect::PseudoC,
        ".quad 0x0000000200000118, 0x0000000300000000",
        "r1 = 0x300000002 ll",
    );
    same(Dialect::Gnu, "xadddw [%r1-8], %r2", "aadd [%r1+-8],%r2");
    same(
        Dialect::PseudoC,
        "if r0 == 0x0 goto pc+3",
        "if r0 == 0 goto +3",
    );
    same(Dialect::Gnu, "mov %r1, %fp", "mov %r1,%r10");
}

#[test]
fn errors_point_at_the_place() {
    use Dialect::{Bpf64, Gnu, PseudoC};
    let rows = [
        (
            PseudoC,
            "exit\n  r1 = r11",
            "2:8: expected a register, a number, or a name and `ll`, found `r11`",
        ),
        (
            PseudoC,
            "r1 += w2",
            "1:7: expected a number or a register, r0 to r10, found `w2`",
        ),
        (
            PseudoC,
            "r1 = 0x100000000",
            "1:6: 4294967296 does not fit 32 bits",
        ),
        (
            PseudoC,
            "r1 = -r2",
            "1:7: expected `r1`, the register before the `=`, found `r2`",
        ),
        (
            PseudoC,
            "if r1 == 0 goto nowhere",
            "1:1: label `nowhere` is not defined",
        ),
        (
            PseudoC,
            ".8byte 0xff",
            "1:8: these bytes are no instruction: unknown opcode 0xff",
        ),
        (
            PseudoC,
            "r1 = 2; .long 0x95; exit",
            "1:21: the data before it are not whole instructions of eight bytes",
        ),
        (
            PseudoC,
            ".byte 256, 0, 0, 0, 0, 0, 0, 0",
            "1:7: 256 does not fit the bytes of its directive",
        ),
        (
            PseudoC,
            ".quad 1 / 0",
            "1:11: expected a number that this operator can take, found `0`",
        ),
        (
            PseudoC,
            ".ifc r1, r2; exit",
            "1:18: `.ifc` without `.endif`",
        ),
        (PseudoC, "a:\na: exit", "2:1: label `a` is defined twice"),
        (PseudoC, "jump r1", "1:1: unknown instruction `jump`"),
        (PseudoC, "r1 = @", "1:6: unexpected character `@`"),
        (
            PseudoC,
            "r1 = *(u64 *)(r2 + 40000)",
            "1:18: 40000 does not fit the 16-bit offset field",
        ),
        (
            PseudoC,
            "w1 = (s32)w2",
            "1:1: the instruction set has no such operation at this size",
        ),
        (
            PseudoC,
            "exit exit",
            "1:6: expected the end of the instruction, found `exit`",
        ),
        (
            PseudoC,
            "goto",
            "1:5: expected a label or a distance such as +3, found the end of the line",
        ),
        (
            PseudoC,
            "goto +99999",
            "1:1: 99999 does not fit the jump's offset field",
        ),
        (
            PseudoC,
            "r1 = 1 /* one",
            "1:8: `/*` without `*/` on the same line",
        ),
        (
            Gnu,
            "mov r1,%r2",
            "1:5: expected a register, %r0 to %r9 or %fp, found `r1`",
        ),
        (
            Gnu,
            "ldxsdw %r1,[%r2+0]",
            "1:1: the instruction set has no such operation at this size",
        ),
        (
            Bpf64,
            "xadd64 r2, 0(r0), r1",
            "1:8: expected the register that is also the last operand, found `r2`",
        ),
        (Bpf64, "addi r1, r2", "1:10: expected a number, found `r2`"),
    ];
    for (dialect, text, expected) in rows {
        let error = match parse(dialect, text) {
            Err(error) => error.to_string(),
            Ok(parsed) => panic!("{text}: {parsed:?}"),
        };
        assert_eq!(error, expected, "{text}");
    }
}

#[test]
fn labels_out_of_reach_are_refused() {
    let many = "r0 = 0\n".repeat(40_000);
    let text = format!("goto end\n{many}end: exit");
    let error = parse(Dialect::PseudoC, &text).unwrap_err();
    assert_eq!(error.reason, ParseReason::LabelTooFar("end".to_owned()));
    let text = format!("gotol end\n{many}end: exit");
    assert!(parse(Dialect::PseudoC, &text).is_ok());
}

/// Text in, bytes out: `lddw` counts as two slots when distances are computed.
#[test]
fn distances_count_slots() {
    let text = "goto end\nr1 = 1 ll\nend: exit";
    let parsed = parse(Dialect::PseudoC, text).unwrap();
    assert_eq!(parsed.insns[0], Insn::Goto { off: 2 });
    assert_eq!(encode(&parsed.insns, Endian::Little).len(), 32);
}

/// Text that is nearly right must be refused or read, never crash the reader; what is read prints and reads the same.
#[test]
fn damaged_text_is_refused_or_read() {
    let mut random = Random(6);
    let damage = [
        '-', '(', ')', 'w', 'r', '9', '%', '[', ',', ' ', ':', '/', '*', '\u{e9}', '\n',
    ];
    for insn in (0..40)
        .flat_map(|_| every_shape(&mut Random(random.next())))
        .collect::<Vec<_>>()
    {
        for dialect in Dialect::ALL {
            let mut text: Vec<char> = print_one(dialect, &insn).chars().collect();
            let place = random.next() as usize % text.len();
            let by = damage[random.next() as usize % damage.len()];
            match random.next() % 3 {
                0 => text[place] = by,
                1 => text.insert(place, by),
                _ => drop(text.remove(place)),
            }
            let text: String = text.into_iter().collect();
            if let Ok(parsed) = parse(dialect, &text) {
                let symbols = parsed.symbols.iter().cloned().collect();
                let names = Names {
                    symbols,
                    ..Names::default()
                };
                let again = parse(dialect, &print(dialect, &parsed.insns, &names));
                assert_eq!(again.unwrap().insns, parsed.insns, "{text}");
            }
        }
    }
}
