//! Division: the machine divides rdx:rax by a register, and traps where BPF has an answer.
//!
//! | | quotient | remainder |
//! |---|---|---|
//! | by zero (RFC 9669 §4.1) | 0 | the dividend |
//! | smallest number by -1 | the dividend | 0 |

use bpfcc_isa::{Src, Width};

use super::asm::{Arith, Asm, Flag, Gpr, Unary};
use super::gpr;

/// Which result of a division is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Quotient,
    Remainder,
}

/// One of the eight divisions of BPF.
#[derive(Clone, Copy)]
pub(super) struct Division {
    width: Width,
    signed: bool,
    part: Part,
}

impl Division {
    pub(super) fn new(width: Width, signed: bool, part: Part) -> Division {
        Division {
            width,
            signed,
            part,
        }
    }
}

/// `dst = dst / src` or `dst = dst % src`.
pub(super) fn divide(asm: &mut Asm, division: Division, dst: Gpr, src: Src) {
    match src {
        Src::Imm(0) => divide_by_zero(asm, division, dst),
        Src::Imm(-1) if division.signed => divide_by_minus_one(asm, division, dst),
        Src::Imm(imm) => {
            let divisor = match division.width {
                Width::W64 => imm as i64 as u64,
                Width::W32 => imm as u32 as u64,
            };
            asm.mov_imm(Gpr::R11, divisor);
            divide_by_r11(asm, division, dst);
        }
        Src::Reg(src) => {
            let (zero, minus_one, done) = (asm.label(), asm.label(), asm.label());
            let width = division.width;
            asm.mov(width, Gpr::R11, gpr(src));
            asm.test(width, Gpr::R11, Gpr::R11);
            asm.jump_if(Flag::Equal, zero);
            if division.signed {
                asm.arith_imm(Arith::Cmp, width, Gpr::R11, -1);
                asm.jump_if(Flag::Equal, minus_one);
            }
            divide_by_r11(asm, division, dst);
            asm.jump(done);
            asm.bind(minus_one);
            if division.signed {
                divide_by_minus_one(asm, division, dst);
                asm.jump(done);
            }
            asm.bind(zero);
            divide_by_zero(asm, division, dst);
            asm.bind(done);
        }
    }
}

fn divide_by_zero(asm: &mut Asm, division: Division, dst: Gpr) {
    match (division.part, division.width) {
        (Part::Quotient, _) => asm.mov_imm(dst, 0),
        (Part::Remainder, Width::W32) => asm.mov(Width::W32, dst, dst),
        (Part::Remainder, Width::W64) => {}
    }
}

fn divide_by_minus_one(asm: &mut Asm, division: Division, dst: Gpr) {
    match division.part {
        Part::Quotient => asm.unary(Unary::Neg, division.width, dst),
        Part::Remainder => asm.mov_imm(dst, 0),
    }
}

fn divide_by_r11(asm: &mut Asm, division: Division, dst: Gpr) {
    let Division {
        width,
        signed,
        part,
    } = division;
    // R0 and R3 live in the registers of the division; they are kept unless they are the result.
    let kept = [(Gpr::RAX, Gpr::R10), (Gpr::RDX, Gpr::R9)];
    let kept = kept.into_iter().filter(|&(reg, _)| reg != dst);
    for (reg, copy) in kept.clone() {
        asm.mov(Width::W64, copy, reg);
    }
    if dst != Gpr::RAX {
        asm.mov(width, Gpr::RAX, dst);
    }
    if signed {
        asm.sign_extend_rax(width);
        asm.unary(Unary::Idiv, width, Gpr::R11);
    } else {
        asm.mov_imm(Gpr::RDX, 0);
        asm.unary(Unary::Div, width, Gpr::R11);
    }
    let result = match part {
        Part::Quotient => Gpr::RAX,
        Part::Remainder => Gpr::RDX,
    };
    if result != dst {
        asm.mov(width, dst, result);
    }
    for (reg, copy) in kept {
        asm.mov(Width::W64, reg, copy);
    }
}
