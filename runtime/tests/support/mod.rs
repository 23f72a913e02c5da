//! Short names for instructions, and machines around them.

#![allow(
    dead_code,
    reason = "every test binary compiles this module and uses a part of it"
)]

pub(crate) mod object;

use bpfcc_isa::{AluOp, Callee, Cond, Imm64, Insn, Reg, Size, Src, Width};
use bpfcc_runtime::{Environment, EnvironmentChoice, Image, LoadError, MapSet, Vm};

pub(crate) const R: [Reg; 11] = [
    Reg::R0,
    Reg::R1,
    Reg::R2,
    Reg::R3,
    Reg::R4,
    Reg::R5,
    Reg::R6,
    Reg::R7,
    Reg::R8,
    Reg::R9,
    Reg::R10,
];

pub(crate) fn mov(dst: Reg, imm: i32) -> Insn {
    Insn::mov64(dst, Src::Imm(imm))
}

pub(crate) fn copy(dst: Reg, src: Reg) -> Insn {
    Insn::mov64(dst, Src::Reg(src))
}

pub(crate) fn add(dst: Reg, imm: i32) -> Insn {
    Insn::Alu {
        width: Width::W64,
        op: AluOp::Add,
        dst,
        src: Src::Imm(imm),
    }
}

pub(crate) fn constant(dst: Reg, value: u64) -> Insn {
    Insn::LoadImm64 {
        dst,
        value: Imm64::Const(value),
    }
}

pub(crate) fn load(size: Size, dst: Reg, base: Reg, off: i16) -> Insn {
    Insn::Load {
        size,
        signed: false,
        dst,
        base,
        off,
    }
}

pub(crate) fn store(size: Size, base: Reg, off: i16, src: Src) -> Insn {
    Insn::Store {
        size,
        base,
        off,
        src,
    }
}

pub(crate) fn jump_if(cond: Cond, dst: Reg, imm: i32, off: i16) -> Insn {
    Insn::Jump {
        width: Width::W64,
        cond,
        dst,
        src: Src::Imm(imm),
        off,
    }
}

pub(crate) fn helper(number: i32) -> Insn {
    Insn::Call(Callee::Helper(number))
}

pub(crate) fn local(distance: i32) -> Insn {
    Insn::Call(Callee::Local(distance))
}

pub(crate) fn map(dst: Reg, index: i32) -> Insn {
    Insn::LoadImm64 {
        dst,
        value: Imm64::MapIdx(index),
    }
}

/// A machine of the user environment.
pub(crate) fn try_vm(insns: &[Insn], maps: MapSet) -> Result<Vm, LoadError> {
    let image = Image::from_insns("main", insns.to_vec(), maps)?;
    Vm::from_image(image, None, EnvironmentChoice::Given(Environment::user()))
}

/// A machine of the user environment around a sound program.
pub(crate) fn vm(insns: &[Insn]) -> Vm {
    try_vm(insns, MapSet::default()).unwrap()
}
