//! Instructions as the interpreter's loop wants them: one code for each combination of operation, width and operand.
//!
//! ```text
//!  Insn::Alu { width: W64, op: Add, dst: r1, src: Imm(8) }     Op { code: Add64Imm, dst: r1, imm: 8 }
//!  Insn::Load { size: W, base: r2, off: 4, .. }                Op { code: Load4, dst, src: r2, distance: 4 }
//!  Insn::Jump { width: W32, cond: Lt, off: 3, .. }             Op { code: Lt32, dst, src, distance: 3 }
//! ```
//!
//! So one jump through a table finds the code of an instruction, where matching on [`Insn`], then on its operation, then on the
//! width would take three. What is rare has the code [`Code::Other`] and is executed as it stands in the program. There is one
//! `Op` for each instruction, at the same position.

use bpfcc_isa::{AluOp, Callee, Cond, Imm64, Insn, Reg, Size, Src, Width};

use crate::program::Program;

/// Hands the operations with the codes of their forms to a macro. The columns are: 64 bits with a register, 64 bits with an
/// immediate, and both again for 32 bits. What the operations mean stands in [`bpfcc_isa::table`].
///
/// `copy_alu` is for two instructions at once: a register is copied, then the copy changed.
macro_rules! with_forms {
    ($then:ident) => {
        $then! {
            alu {
                Add => Add64, Add64Imm, Add32, Add32Imm;
                Sub => Sub64, Sub64Imm, Sub32, Sub32Imm;
                Mul => Mul64, Mul64Imm, Mul32, Mul32Imm;
                Div => Div64, Div64Imm, Div32, Div32Imm;
                Or => Or64, Or64Imm, Or32, Or32Imm;
                And => And64, And64Imm, And32, And32Imm;
                Lsh => Lsh64, Lsh64Imm, Lsh32, Lsh32Imm;
                Rsh => Rsh64, Rsh64Imm, Rsh32, Rsh32Imm;
                Mod => Mod64, Mod64Imm, Mod32, Mod32Imm;
                Xor => Xor64, Xor64Imm, Xor32, Xor32Imm;
                Mov => Mov64, Mov64Imm, Mov32, Mov32Imm;
                Arsh => Arsh64, Arsh64Imm, Arsh32, Arsh32Imm;
                Sdiv => Sdiv64, Sdiv64Imm, Sdiv32, Sdiv32Imm;
                Smod => Smod64, Smod64Imm, Smod32, Smod32Imm;
            }
            copy_alu {
                Add => CopyAdd64, CopyAdd64Imm, CopyAdd32, CopyAdd32Imm;
                Sub => CopySub64, CopySub64Imm, CopySub32, CopySub32Imm;
                Mul => CopyMul64, CopyMul64Imm, CopyMul32, CopyMul32Imm;
                Or => CopyOr64, CopyOr64Imm, CopyOr32, CopyOr32Imm;
                And => CopyAnd64, CopyAnd64Imm, CopyAnd32, CopyAnd32Imm;
                Lsh => CopyLsh64, CopyLsh64Imm, CopyLsh32, CopyLsh32Imm;
                Rsh => CopyRsh64, CopyRsh64Imm, CopyRsh32, CopyRsh32Imm;
                Xor => CopyXor64, CopyXor64Imm, CopyXor32, CopyXor32Imm;
                Arsh => CopyArsh64, CopyArsh64Imm, CopyArsh32, CopyArsh32Imm;
            }
            cond {
                Eq => Eq64, Eq64Imm, Eq32, Eq32Imm;
                Gt => Gt64, Gt64Imm, Gt32, Gt32Imm;
                Ge => Ge64, Ge64Imm, Ge32, Ge32Imm;
                Set => Set64, Set64Imm, Set32, Set32Imm;
                Ne => Ne64, Ne64Imm, Ne32, Ne32Imm;
                Sgt => Sgt64, Sgt64Imm, Sgt32, Sgt32Imm;
                Sge => Sge64, Sge64Imm, Sge32, Sge32Imm;
                Lt => Lt64, Lt64Imm, Lt32, Lt32Imm;
                Le => Le64, Le64Imm, Le32, Le32Imm;
                Slt => Slt64, Slt64Imm, Slt32, Slt32Imm;
                Sle => Sle64, Sle64Imm, Sle32, Sle32Imm;
            }
        }
    };
}
pub(super) use with_forms;

macro_rules! define {
    (
        alu { $($alu:ident => $alu64:ident, $alu64_imm:ident, $alu32:ident, $alu32_imm:ident;)+ }
        copy_alu { $($copy:ident => $copy64:ident, $copy64_imm:ident, $copy32:ident, $copy32_imm:ident;)+ }
        cond { $($cond:ident => $cond64:ident, $cond64_imm:ident, $cond32:ident, $cond32_imm:ident;)+ }
    ) => {
        /// Which arm of the loop executes an instruction.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub(super) enum Code {
            $($alu64, $alu64_imm, $alu32, $alu32_imm,)+
            $($copy64, $copy64_imm, $copy32, $copy32_imm,)+
            $($cond64, $cond64_imm, $cond32, $cond32_imm,)+
            /// A number of 64 bits.
            Constant,
            Goto,
            /// Loads of so many bytes.
            Load1, Load2, Load4, Load8,
            /// Loads that extend the sign.
            LoadSigned1, LoadSigned2, LoadSigned4,
            /// Stores of a register.
            Store1, Store2, Store4, Store8,
            /// Stores of the immediate.
            Store1Imm, Store2Imm, Store4Imm, Store8Imm,
            /// A call of a function of the program.
            Call,
            CallHost,
            Exit,
            /// Whatever is rare.
            Other,
        }

        fn code_of_alu(op: AluOp, width: Width, is_imm: bool) -> Code {
            match (op, width, is_imm) {
                $(
                    (AluOp::$alu, Width::W64, false) => Code::$alu64,
                    (AluOp::$alu, Width::W64, true) => Code::$alu64_imm,
                    (AluOp::$alu, Width::W32, false) => Code::$alu32,
                    (AluOp::$alu, Width::W32, true) => Code::$alu32_imm,
                )+
            }
        }

        fn code_of_copy_alu(op: AluOp, width: Width, is_imm: bool) -> Option<Code> {
            match (op, width, is_imm) {
                $(
                    (AluOp::$copy, Width::W64, false) => Some(Code::$copy64),
                    (AluOp::$copy, Width::W64, true) => Some(Code::$copy64_imm),
                    (AluOp::$copy, Width::W32, false) => Some(Code::$copy32),
                    (AluOp::$copy, Width::W32, true) => Some(Code::$copy32_imm),
                )+
                _ => None,
            }
        }

        fn code_of_jump(cond: Cond, width: Width, is_imm: bool) -> Code {
            match (cond, width, is_imm) {
                $(
                    (Cond::$cond, Width::W64, false) => Code::$cond64,
                    (Cond::$cond, Width::W64, true) => Code::$cond64_imm,
                    (Cond::$cond, Width::W32, false) => Code::$cond32,
                    (Cond::$cond, Width::W32, true) => Code::$cond32_imm,
                )+
            }
        }
    };
}
with_forms!(define);

/// An instruction, in 12 bytes. What a code has no use for is 0.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Op {
    pub(super) code: Code,
    /// What is written; of a jump, the left operand; of a store, the base.
    pub(super) dst: Reg,
    /// The other operand; of a load, the base.
    pub(super) src: Reg,
    /// What is copied to `dst` first, if the code says so.
    pub(super) copied: Reg,
    /// Of an access, bytes from the base; of a jump or call, instructions from the next one; of a constant, the upper half.
    pub(super) distance: i32,
    pub(super) imm: i32,
}

impl Op {
    /// The immediate as an operand.
    pub(super) fn operand(self) -> u64 {
        self.imm as i64 as u64
    }

    /// The number of a `Constant`.
    pub(super) fn constant(self) -> u64 {
        u64::from(self.distance as u32) << 32 | u64::from(self.imm as u32)
    }
}

const NOTHING: Op = Op {
    code: Code::Other,
    dst: Reg::R0,
    src: Reg::R0,
    copied: Reg::R0,
    distance: 0,
    imm: 0,
};

/// All instructions of a program, pairs of them as one where that is possible. The second of a pair has its own `Op`, too, for
/// jumps to it.
pub(super) fn decode(program: &Program) -> Vec<Op> {
    let positions = 0..program.insns.len();
    let op = |position| copy_alu_at(program, position).unwrap_or_else(|| op_at(program, position));
    positions.map(op).collect()
}

/// A copy and what is done with it: `r1 = r2; r1 += 8` is `r1 = r2 + 8`.
fn copy_alu_at(program: &Program, position: usize) -> Option<Op> {
    let Insn::Alu {
        width: copied_width,
        op: AluOp::Mov,
        dst: copy,
        src: Src::Reg(copied),
    } = program.insns[position]
    else {
        return None;
    };
    let Insn::Alu {
        width,
        op,
        dst,
        src,
    } = *program.insns.get(position + 1)?
    else {
        return None;
    };
    // The operation must see what the copy would have been, and its other operand as it was.
    if dst != copy || src == Src::Reg(copy) || (copied_width, width) == (Width::W32, Width::W64) {
        return None;
    }
    let code = code_of_copy_alu(op, width, matches!(src, Src::Imm(_)))?;
    let op = Op {
        code,
        dst,
        copied,
        ..NOTHING
    };
    Some(with_operand(src, op))
}

/// One instruction.
pub(super) fn op_at(program: &Program, position: usize) -> Op {
    let distance = || program.target(position) as i32 - (position as i32 + 1);
    match program.insns[position] {
        Insn::Alu {
            width,
            op,
            dst,
            src,
        } => {
            let code = code_of_alu(op, width, matches!(src, Src::Imm(_)));
            with_operand(
                src,
                Op {
                    code,
                    dst,
                    ..NOTHING
                },
            )
        }
        Insn::LoadImm64 { dst, value } => {
            let value = constant(program, position, value);
            Op {
                code: Code::Constant,
                dst,
                imm: value as i32,
                distance: (value >> 32) as i32,
                ..NOTHING
            }
        }
        Insn::Load {
            size,
            signed,
            dst,
            base: src,
            off,
        } => Op {
            code: code_of_load(size, signed),
            dst,
            src,
            distance: off.into(),
            ..NOTHING
        },
        Insn::Store {
            size,
            base: dst,
            off,
            src,
        } => {
            let op = Op {
                code: code_of_store(size, matches!(src, Src::Imm(_))),
                dst,
                distance: off.into(),
                ..NOTHING
            };
            with_operand(src, op)
        }
        Insn::Jump {
            width,
            cond,
            dst,
            src,
            ..
        } => {
            let op = Op {
                code: code_of_jump(cond, width, matches!(src, Src::Imm(_))),
                dst,
                distance: distance(),
                ..NOTHING
            };
            with_operand(src, op)
        }
        Insn::Goto { .. } | Insn::GotoLong { .. } => to(Code::Goto, distance()),
        Insn::Call(Callee::Local(_)) => to(Code::Call, distance()),
        Insn::Call(_) => to(Code::CallHost, 0),
        Insn::Exit => to(Code::Exit, 0),
        Insn::MovSx { .. }
        | Insn::Neg { .. }
        | Insn::Swap { .. }
        | Insn::LoadAcquire { .. }
        | Insn::StoreRelease { .. }
        | Insn::Atomic { .. }
        | Insn::MayGoto { .. }
        | Insn::LoadPacket { .. }
        | Insn::AddrSpaceCast { .. }
        | Insn::GotoReg { .. } => NOTHING,
    }
}

fn constant(program: &Program, position: usize, value: Imm64) -> u64 {
    match value {
        Imm64::Const(value) => value,
        Imm64::MapIdx(index) => program.map_address(index),
        Imm64::MapIdxValue { idx, off } => program.value_address(idx, off),
        // A function has no address here; its position serves to tell functions apart.
        Imm64::Code(_) => program.target(position) as u64,
        Imm64::MapFd(_) | Imm64::MapValue { .. } | Imm64::BtfVar { .. } => {
            unreachable!("the linker refuses {value:?}")
        }
    }
}

fn with_operand(operand: Src, op: Op) -> Op {
    match operand {
        Src::Reg(src) => Op { src, ..op },
        Src::Imm(imm) => Op { imm, ..op },
    }
}

fn to(code: Code, distance: i32) -> Op {
    Op {
        code,
        distance,
        ..NOTHING
    }
}

fn code_of_load(size: Size, signed: bool) -> Code {
    match (size, signed) {
        (Size::B, false) => Code::Load1,
        (Size::H, false) => Code::Load2,
        (Size::W, false) => Code::Load4,
        (Size::DW, _) => Code::Load8,
        (Size::B, true) => Code::LoadSigned1,
        (Size::H, true) => Code::LoadSigned2,
        (Size::W, true) => Code::LoadSigned4,
    }
}

fn code_of_store(size: Size, is_imm: bool) -> Code {
    match (size, is_imm) {
        (Size::B, false) => Code::Store1,
        (Size::H, false) => Code::Store2,
        (Size::W, false) => Code::Store4,
        (Size::DW, false) => Code::Store8,
        (Size::B, true) => Code::Store1Imm,
        (Size::H, true) => Code::Store2Imm,
        (Size::W, true) => Code::Store4Imm,
        (Size::DW, true) => Code::Store8Imm,
    }
}
