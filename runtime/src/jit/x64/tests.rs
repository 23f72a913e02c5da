//! What the machine code looks like, according to a disassembler that is not ours. What it *does* is tested by
//! `tests/engines.rs`.

use std::sync::Arc;

use bpfcc_isa::{AluOp, Callee, Cond, Insn, Reg, Size, Src, Width};
use iced_x86::{Decoder, DecoderOptions, Formatter, IntelFormatter, Mnemonic};

use crate::env::Environment;
use crate::jit::{Code, Trusted, compile};
use crate::load::Image;
use crate::map::{self, MapKind};
use crate::program::MapSet;

fn translate(insns: &[Insn]) -> Code {
    let map = map::create(map::test_spec(MapKind::Array, 1)).unwrap();
    let maps = MapSet::new(vec![map]);
    let image = Image::from_insns("main", insns.to_vec(), maps).unwrap();
    let program = image.program("main", &Environment::user()).unwrap();
    // SAFETY: the code is looked at and never run.
    compile(&unsafe { Trusted::assume(program) }).unwrap()
}

/// One line for each machine instruction from the BPF instruction `first` to the end; addresses become names.
fn disassemble(code: &Code, first: usize) -> Vec<String> {
    let start = code.offsets()[first];
    let bytes = &code.bytes()[start..];
    let base = 0x1000;
    let mut decoder = Decoder::with_ip(64, bytes, base, DecoderOptions::NONE);
    let mut formatter = IntelFormatter::new();
    formatter.options_mut().set_branch_leading_zeros(false);
    formatter
        .options_mut()
        .set_space_after_operand_separator(true);
    let mut lines = Vec::new();
    while decoder.can_decode() {
        let instruction = decoder.decode();
        assert!(!instruction.is_invalid(), "{lines:#?}");
        let mut line = String::new();
        formatter.format(&instruction, &mut line);
        let target = instruction.near_branch_target();
        let is_outside = target != 0 && !(base..base + bytes.len() as u64).contains(&target);
        if is_outside && instruction.mnemonic() == Mnemonic::Call {
            line = "call host".to_owned();
        }
        lines.push(line);
    }
    lines
}

fn alu(op: AluOp, dst: Reg, src: Src) -> Insn {
    Insn::Alu {
        width: Width::W64,
        op,
        dst,
        src,
    }
}

#[test]
fn a_host_call_is_one_instruction() {
    let code = translate(&[
        Insn::mov64(Reg::R1, Src::Imm(1)),
        Insn::Call(Callee::Helper(5)),
        Insn::Exit,
    ]);
    let lines = disassemble(&code, 0);
    assert_eq!(
        lines,
        ["sub rsp, 8", "mov edi, 1", "call host", "add rsp, 8", "ret"]
    );
}

#[test]
fn the_entry_saves_what_its_caller_wants_back() {
    let code = translate(&[Insn::Exit]);
    let entry = &code.bytes()[..code.offsets()[0]];
    let mut decoder = Decoder::new(64, entry, DecoderOptions::NONE);
    let mnemonics: Vec<_> = decoder
        .iter()
        .map(|i| format!("{:?}", i.mnemonic()))
        .collect();
    assert_eq!(
        mnemonics.join(" ").to_lowercase(),
        "push push push push push mov call xor pop pop pop pop pop ret"
    );
    assert_eq!(disassemble(&code, 0), ["ret"]);
}

#[test]
fn a_function_saves_what_it_writes_and_has_a_frame_of_its_own() {
    let code = translate(&[
        Insn::Call(Callee::Local(1)),
        Insn::Exit,
        Insn::mov64(Reg::R6, Src::Imm(0)),
        Insn::Exit,
    ]);
    let lines = disassemble(&code, 0);
    assert_eq!(lines[1], "sub rbp, 200h");
    assert!(lines[2].starts_with("call 10"), "{lines:?}");
    assert_eq!(lines[3], "add rbp, 200h");
    assert_eq!(lines[6..], ["push rbx", "xor ebx, ebx", "pop rbx", "ret"]);
}

#[test]
fn immediates_take_their_shortest_form() {
    let code = translate(&[
        alu(AluOp::Add, Reg::R1, Src::Imm(1)),
        alu(AluOp::Add, Reg::R1, Src::Imm(1000)),
        Insn::mov64(Reg::R1, Src::Imm(-1)),
        Insn::Exit,
    ]);
    let offsets = code.offsets();
    let sizes: Vec<_> = offsets.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(sizes, [4, 7, 7]);
}

#[test]
fn byte_stores_name_the_low_byte_of_every_register() {
    let store = |src| Insn::Store {
        size: Size::B,
        base: Reg::R10,
        off: -1,
        src: Src::Reg(src),
    };
    let code = translate(&[
        store(Reg::R1),
        store(Reg::R2),
        store(Reg::R3),
        store(Reg::R9),
        Insn::Exit,
    ]);
    assert_eq!(
        disassemble(&code, 0),
        [
            "mov [rbp-1], dil",
            "mov [rbp-1], sil",
            "mov [rbp-1], dl",
            "mov [rbp-1], r15b",
            "ret"
        ]
    );
}

#[test]
fn a_near_jump_is_short_and_a_far_one_long() {
    let jump = |off| Insn::Jump {
        width: Width::W64,
        cond: Cond::Eq,
        dst: Reg::R1,
        src: Src::Imm(0),
        off,
    };
    let size_with = |between: usize| {
        let mut insns = vec![jump(between as i16)];
        insns.extend(vec![alu(AluOp::Add, Reg::R1, Src::Imm(1)); between]);
        insns.push(Insn::Exit);
        translate(&insns).offsets()[1] - translate(&insns).offsets()[0]
    };
    // `test rdi, rdi` takes three bytes; each addition four, and 127 is the longest short distance.
    assert_eq!(size_with(31), 3 + 2);
    assert_eq!(size_with(32), 3 + 6);
}

#[test]
fn the_code_keeps_its_maps() {
    let map = map::create(map::test_spec(MapKind::Array, 1)).unwrap();
    let weak = Arc::downgrade(&map);
    let load = Insn::LoadImm64 {
        dst: Reg::R0,
        value: bpfcc_isa::Imm64::MapIdx(0),
    };
    let image = Image::from_insns("main", vec![load, Insn::Exit], MapSet::new(vec![map])).unwrap();
    let program = image.program("main", &Environment::user()).unwrap();
    drop(image);
    // SAFETY: the code is never run.
    let code = compile(&unsafe { Trusted::assume(program) }).unwrap();
    assert!(weak.upgrade().is_some());
    drop(code);
    assert!(weak.upgrade().is_none());
}
