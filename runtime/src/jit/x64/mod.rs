//! BPF to x86-64, one instruction after the other, registers one to one:
//!
//! | R0 | R1 | R2 | R3 | R4 | R5 | R6 | R7 | R8 | R9 | R10 | scratch |
//! |---|---|---|---|---|---|---|---|---|---|---|---|
//! | rax | rdi | rsi | rdx | rcx | r8 | rbx | r13 | r14 | r15 | rbp | r9 r10 r11 |
//!
//! R1 to R5 are the registers of the first five arguments of a C function, R0 is that of its result, and R6 to R9 are among
//! those that it preserves: a call to the host is one `call` and nothing else. (r12 is left out; as a base it would cost a
//! byte more. It keeps the way out for host functions that end the program.)
//!
//! R10 points into the stack of the *run*, not into the machine's: translated code and interpreter use the same frames, and
//! the machine's stack holds return addresses and saved registers only.
//!
//! ```text
//!  entry:      push rbp, rbx, r13, r14, r15     the C caller wants them back
//!              mov rbp, r9                      sixth argument: R10
//!              [push r12, r12; mov r12, rsp]    if it calls what ends programs; twice, for the multiple of 16
//!              call main; xor edx, edx
//!  leave:      pop …; ret                       rax: R0; rdx: 0, or 1 + the position of the call that ended it
//!  main:       [sub rsp, 8]                     if it calls: rsp must be a multiple of 16 at each call
//!              …
//!  function:   push those of R6–R9 that it writes; [push the loops left, for may_goto]; [sub rsp, 8]
//!              …
//!  call to it: sub rbp, 512; call function; add rbp, 512
//!  exit(…):    call host; mov edx, 1 + position; mov rsp, r12; jmp leave
//! ```
//!
//! A tail call asks the host where to go on, takes the frame down and jumps to the function, whose prologue makes another one.
//!
//! `mov rsp, r12` abandons the frames in between. They are translated code's own: return addresses and saved registers, of
//! which nobody needs but the entry's; the host function itself has returned.

mod asm;
mod atomic;
mod divide;

use bpfcc_isa::{AluOp, Callee, Cond, Imm64, Insn, Reg, Size, Src, SwapKind, Width};

use crate::memory::FRAME_BYTES;
use crate::program::{MAX_LOOPS, Program, is_host_call};

use asm::{Arith, Asm, Flag, Gpr, Label, Mem, Shift, Unary};
use atomic::atomic;
use divide::{Division, Part, divide};

/// Code that waits for its address.
#[derive(Debug)]
pub(super) struct Unplaced {
    asm: Asm,
}

impl Unplaced {
    pub(super) fn max_len(&self) -> usize {
        self.asm.max_len()
    }

    /// The code for this address; it is entered at its first byte. The offsets of the instructions come with it.
    pub(super) fn place(self, address: u64) -> (Vec<u8>, Vec<usize>) {
        self.asm.finish(address)
    }
}

pub(super) fn translate(program: &Program) -> Unplaced {
    let mut asm = Asm::default();
    // The instructions' labels come first: their offsets are the ones that `Code` keeps.
    let labels = program.insns().iter().map(|_| asm.label()).collect();
    let leave = asm.label();
    let bodies = program.functions().iter().map(|_| asm.label()).collect();
    let mut translator = Translator {
        program,
        asm,
        labels,
        leave,
        bodies,
        frame: Frame::default(),
    };
    translator.entry();
    for position in 0..program.insns().len() {
        translator.instruction(position);
    }
    Unplaced {
        asm: translator.asm,
    }
}

fn gpr(reg: Reg) -> Gpr {
    const GPRS: [Gpr; Reg::COUNT] = [
        Gpr::RAX,
        Gpr::RDI,
        Gpr::RSI,
        Gpr::RDX,
        Gpr::RCX,
        Gpr::R8,
        Gpr::RBX,
        Gpr::R13,
        Gpr::R14,
        Gpr::R15,
        Gpr::RBP,
    ];
    GPRS[reg.index()]
}

/// What the C caller of the entry wants back.
const CALLEE_SAVED: [Gpr; 5] = [Gpr::RBP, Gpr::RBX, Gpr::R13, Gpr::R14, Gpr::R15];

const PRESERVED: [Reg; 4] = [Reg::R6, Reg::R7, Reg::R8, Reg::R9];

/// What a function does to the machine's stack at its start and undoes at each exit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Frame {
    saved: Vec<Gpr>,
    /// How often `may_goto` will still go on.
    counter: bool,
    padding: bool,
}

impl Frame {
    /// Bytes below the saved registers.
    fn local_bytes(&self) -> i32 {
        8 * (i32::from(self.counter) + i32::from(self.padding))
    }
}

struct Translator<'a> {
    program: &'a Program,
    asm: Asm,
    /// Of each instruction; that of a function's first one stands before the prologue.
    labels: Vec<Label>,
    /// Where the entry gives the C caller its registers back.
    leave: Label,
    /// Of each function, behind the prologue: where a loop goes back to if it starts with the first instruction.
    bodies: Vec<Label>,
    /// Of the function that is being translated.
    frame: Frame,
}

impl Translator<'_> {
    /// `extern "C" fn(r1, r2, r3, r4, r5, r10) -> End`
    fn entry(&mut self) {
        let may_end = self
            .program
            .hosts
            .iter()
            .any(|host| host.ending().is_some());
        let saved = match may_end {
            true => [&CALLEE_SAVED[..], &[Gpr::R12, Gpr::R12]].concat(),
            false => CALLEE_SAVED.to_vec(),
        };
        saved.iter().for_each(|&reg| self.asm.push(reg));
        self.asm.mov(Width::W64, Gpr::RBP, Gpr::R9);
        if may_end {
            self.asm.mov(Width::W64, Gpr::R12, Gpr::RSP);
        }
        self.asm.call(self.labels[0]);
        self.asm.mov_imm(Gpr::RDX, 0);
        self.asm.bind(self.leave);
        saved.iter().rev().for_each(|&reg| self.asm.pop(reg));
        self.asm.ret();
    }

    fn instruction(&mut self, position: usize) {
        self.asm.bind(self.labels[position]);
        if let Some(function) = self.function_at(position) {
            self.prologue(function);
            self.asm.bind(self.bodies[function]);
        }
        match self.program.insns()[position] {
            Insn::Alu {
                width,
                op,
                dst,
                src,
            } => self.alu(width, op, gpr(dst), src),
            Insn::MovSx {
                width,
                from,
                dst,
                src,
            } => self.asm.mov_sx(width, from, gpr(dst), gpr(src)),
            Insn::Neg { width, dst } => self.asm.unary(Unary::Neg, width, gpr(dst)),
            Insn::Swap { kind, size, dst } => self.swap(kind, size, gpr(dst)),
            Insn::Load {
                size,
                signed: false,
                dst,
                base,
                off,
            }
            | Insn::LoadAcquire {
                size,
                dst,
                base,
                off,
            } => self.asm.load_zx(size, gpr(dst), mem(base, off)),
            Insn::Load {
                size,
                signed: true,
                dst,
                base,
                off,
            } => self.asm.load_sx(size, gpr(dst), mem(base, off)),
            Insn::Store {
                size,
                base,
                off,
                src: Src::Imm(imm),
            } => self.asm.store_imm(size, mem(base, off), imm),
            // x86-64 keeps the order of loads and of stores, so acquire and release cost nothing.
            Insn::Store {
                size,
                base,
                off,
                src: Src::Reg(src),
            }
            | Insn::StoreRelease {
                size,
                base,
                off,
                src,
            } => self.asm.store(size, mem(base, off), gpr(src)),
            Insn::Atomic {
                size,
                op,
                fetch,
                base,
                off,
                src,
            } => atomic(
                &mut self.asm,
                width_of(size),
                op,
                fetch,
                mem(base, off),
                gpr(src),
            ),
            Insn::LoadImm64 { dst, value } => self.load_imm64(position, gpr(dst), value),
            Insn::Jump {
                width,
                cond,
                dst,
                src,
                ..
            } => {
                let flag = self.compare(width, cond, gpr(dst), src);
                self.asm.jump_if(flag, self.target(position));
            }
            Insn::Goto { .. } | Insn::GotoLong { .. } => self.asm.jump(self.target(position)),
            Insn::MayGoto { .. } => self.may_goto(position),
            Insn::Call(Callee::Local(_)) => self.call_local(position),
            Insn::Call(_) => self.call_host(position),
            Insn::Exit => self.epilogue(),
            insn
            @ (Insn::LoadPacket { .. } | Insn::AddrSpaceCast { .. } | Insn::GotoReg { .. }) => {
                unreachable!("the linker refuses {insn:?}")
            }
        }
    }

    /// The function that starts with this instruction.
    fn function_at(&self, position: usize) -> Option<usize> {
        let functions = self.program.functions();
        functions.binary_search_by_key(&position, |f| f.start).ok()
    }

    /// Where the jump at this position goes.
    fn target(&self, position: usize) -> Label {
        let target = self.program.target(position);
        match self.function_at(target) {
            Some(function) => self.bodies[function],
            None => self.labels[target],
        }
    }

    /// Where the function starts that the instruction at this position names.
    fn callee(&self, position: usize) -> Label {
        self.labels[self.program.target(position)]
    }

    fn prologue(&mut self, function: usize) {
        self.frame = frame_of(self.program, function);
        self.frame.saved.iter().for_each(|&reg| self.asm.push(reg));
        if self.frame.counter {
            self.asm.push_imm(MAX_LOOPS as i32);
        }
        if self.frame.padding {
            self.asm.arith_imm(Arith::Sub, Width::W64, Gpr::RSP, 8);
        }
    }

    fn epilogue(&mut self) {
        self.leave_frame();
        self.asm.ret();
    }

    fn leave_frame(&mut self) {
        let bytes = self.frame.local_bytes();
        if bytes != 0 {
            self.asm.arith_imm(Arith::Add, Width::W64, Gpr::RSP, bytes);
        }
        self.frame
            .saved
            .iter()
            .rev()
            .for_each(|&reg| self.asm.pop(reg));
    }

    fn may_goto(&mut self, position: usize) {
        let counter = Mem {
            base: Gpr::RSP,
            disp: if self.frame.padding { 8 } else { 0 },
        };
        self.asm.arith_mem_imm(Arith::Cmp, counter, 0);
        self.asm.jump_if(Flag::Equal, self.target(position));
        self.asm.arith_mem_imm(Arith::Sub, counter, 1);
    }

    fn call_local(&mut self, position: usize) {
        let frame = FRAME_BYTES as i32;
        self.asm.arith_imm(Arith::Sub, Width::W64, Gpr::RBP, frame);
        self.asm.call(self.callee(position));
        self.asm.arith_imm(Arith::Add, Width::W64, Gpr::RBP, frame);
    }

    fn call_host(&mut self, position: usize) {
        let host = self.program.host(position);
        if host.is_tail_call() {
            return self.tail_call(host.code() as usize as u64);
        }
        self.asm.call_host(host.code() as usize as u64);
        if host.ending().is_some() {
            self.asm.mov_imm(Gpr::RDX, position as u64 + 1);
            self.asm.mov(Width::W64, Gpr::RSP, Gpr::R12);
            self.asm.jump(self.leave);
        }
    }

    /// The host says where to go on; the frame of the function that calls is gone by then.
    fn tail_call(&mut self, host: u64) {
        let stay = self.asm.label();
        // The context is the target's too. Twice, for the multiple of 16.
        self.asm.push(Gpr::RDI);
        self.asm.push(Gpr::RDI);
        self.asm.call_host(host);
        self.asm.pop(Gpr::RDI);
        self.asm.pop(Gpr::RDI);
        self.asm.test(Width::W64, Gpr::RAX, Gpr::RAX);
        self.asm.jump_if(Flag::Equal, stay);
        self.leave_frame();
        for &target in self.program.tails.values() {
            let position = target as i32 + 1;
            self.asm
                .arith_imm(Arith::Cmp, Width::W64, Gpr::RAX, position);
            self.asm.jump_if(Flag::Equal, self.labels[target]);
        }
        self.asm.ret();
        self.asm.bind(stay);
    }

    fn alu(&mut self, width: Width, op: AluOp, dst: Gpr, src: Src) {
        match op {
            AluOp::Add => self.arith(Arith::Add, width, dst, src),
            AluOp::Sub => self.arith(Arith::Sub, width, dst, src),
            AluOp::Or => self.arith(Arith::Or, width, dst, src),
            AluOp::And => self.arith(Arith::And, width, dst, src),
            AluOp::Xor => self.arith(Arith::Xor, width, dst, src),
            AluOp::Mov => self.mov(width, dst, src),
            AluOp::Mul => match src {
                Src::Reg(src) => self.asm.imul(width, dst, gpr(src)),
                Src::Imm(imm) => self.asm.imul_imm(width, dst, imm),
            },
            AluOp::Lsh => self.shift(Shift::Shl, width, dst, src),
            AluOp::Rsh => self.shift(Shift::Shr, width, dst, src),
            AluOp::Arsh => self.shift(Shift::Sar, width, dst, src),
            AluOp::Div => divide(
                &mut self.asm,
                Division::new(width, false, Part::Quotient),
                dst,
                src,
            ),
            AluOp::Mod => divide(
                &mut self.asm,
                Division::new(width, false, Part::Remainder),
                dst,
                src,
            ),
            AluOp::Sdiv => divide(
                &mut self.asm,
                Division::new(width, true, Part::Quotient),
                dst,
                src,
            ),
            AluOp::Smod => divide(
                &mut self.asm,
                Division::new(width, true, Part::Remainder),
                dst,
                src,
            ),
        }
    }

    fn arith(&mut self, op: Arith, width: Width, dst: Gpr, src: Src) {
        match src {
            Src::Reg(src) => self.asm.arith(op, width, dst, gpr(src)),
            Src::Imm(imm) => self.asm.arith_imm(op, width, dst, imm),
        }
    }

    fn mov(&mut self, width: Width, dst: Gpr, src: Src) {
        match (src, width) {
            (Src::Reg(src), _) => self.asm.mov(width, dst, gpr(src)),
            (Src::Imm(imm), Width::W64) => self.asm.mov_imm(dst, imm as i64 as u64),
            (Src::Imm(imm), Width::W32) => self.asm.mov_imm(dst, imm as u32 as u64),
        }
    }

    /// The machine masks counts as BPF does, but takes them in cl, which is R4.
    fn shift(&mut self, op: Shift, width: Width, dst: Gpr, src: Src) {
        let count = match src {
            Src::Imm(imm) => {
                return match (imm as u8 & (width.bits() - 1) as u8, width) {
                    // Nothing is shifted, but the upper half goes.
                    (0, Width::W32) => self.asm.mov(Width::W32, dst, dst),
                    (count, _) => self.asm.shift_imm(op, width, dst, count),
                };
            }
            Src::Reg(src) => gpr(src),
        };
        if count == Gpr::RCX && dst != Gpr::RCX {
            return self.asm.shift_cl(op, width, dst);
        }
        self.asm.mov(Width::W64, Gpr::R11, Gpr::RCX);
        let shifted = if dst == Gpr::RCX { Gpr::R11 } else { dst };
        if count != Gpr::RCX {
            self.asm.mov(Width::W32, Gpr::RCX, count);
        }
        self.asm.shift_cl(op, width, shifted);
        self.asm.mov(Width::W64, Gpr::RCX, Gpr::R11);
    }

    fn swap(&mut self, kind: SwapKind, size: Size, dst: Gpr) {
        if kind == SwapKind::ToLe {
            // The machine is little endian: only the upper bits go.
            if size != Size::DW {
                self.asm.mov_zx(size, dst, dst);
            }
            return;
        }
        match size {
            Size::DW => self.asm.bswap(Width::W64, dst),
            Size::W => self.asm.bswap(Width::W32, dst),
            Size::H | Size::B => {
                self.asm.swap_low_bytes(dst);
                self.asm.mov_zx(Size::H, dst, dst);
            }
        }
    }

    fn load_imm64(&mut self, position: usize, dst: Gpr, value: Imm64) {
        match value {
            Imm64::Const(value) => self.asm.mov_imm(dst, value),
            Imm64::MapIdx(index) => self.asm.mov_imm(dst, self.program.map_address(index)),
            Imm64::MapIdxValue { idx, off } => {
                self.asm.mov_imm(dst, self.program.value_address(idx, off));
            }
            Imm64::Code(_) => self.asm.lea(dst, self.callee(position)),
            Imm64::MapFd(_) | Imm64::MapValue { .. } | Imm64::BtfVar { .. } => {
                unreachable!("the linker refuses {value:?}")
            }
        }
    }

    fn compare(&mut self, width: Width, cond: Cond, dst: Gpr, src: Src) -> Flag {
        match (cond, src) {
            (Cond::Set, Src::Reg(src)) => self.asm.test(width, dst, gpr(src)),
            (Cond::Set, Src::Imm(imm)) => self.asm.test_imm(width, dst, imm),
            (Cond::Eq | Cond::Ne, Src::Imm(0)) => self.asm.test(width, dst, dst),
            (_, src) => self.arith(Arith::Cmp, width, dst, src),
        }
        match cond {
            Cond::Eq => Flag::Equal,
            Cond::Ne | Cond::Set => Flag::NotEqual,
            Cond::Gt => Flag::Above,
            Cond::Ge => Flag::AboveOrEqual,
            Cond::Lt => Flag::Below,
            Cond::Le => Flag::BelowOrEqual,
            Cond::Sgt => Flag::Greater,
            Cond::Sge => Flag::GreaterOrEqual,
            Cond::Slt => Flag::Less,
            Cond::Sle => Flag::LessOrEqual,
        }
    }
}

fn mem(base: Reg, off: i16) -> Mem {
    Mem {
        base: gpr(base),
        disp: off.into(),
    }
}

fn width_of(size: Size) -> Width {
    match size {
        Size::DW => Width::W64,
        Size::B | Size::H | Size::W => Width::W32,
    }
}

/// The machine's stack is a multiple of 16 before the call to a function, and the return address takes 8.
fn frame_of(program: &Program, function: usize) -> Frame {
    let functions = program.functions();
    let start = functions[function].start;
    let end = functions
        .get(function + 1)
        .map_or(program.insns().len(), |next| next.start);
    let body = &program.insns()[start..end];
    // The entry's caller has saved everything, unless the program calls its entry itself.
    let is_called = || {
        let calls = |(at, insn): (usize, &Insn)| {
            matches!(
                insn,
                Insn::Call(Callee::Local(_))
                    | Insn::LoadImm64 {
                        value: Imm64::Code(_),
                        ..
                    }
            ) && program.target(at) == start
        };
        let goes_on_here = program.tails.values().any(|&target| target == start);
        goes_on_here || program.insns().iter().enumerate().any(calls)
    };
    let saved: Vec<Gpr> = if function == 0 && !is_called() {
        Vec::new()
    } else {
        let is_written = |reg: &Reg| body.iter().any(|insn| written(insn) == Some(*reg));
        PRESERVED.into_iter().filter(is_written).map(gpr).collect()
    };
    let is_call = |insn: &Insn| is_host_call(insn) || matches!(insn, Insn::Call(Callee::Local(_)));
    let counter = body.iter().any(|insn| matches!(insn, Insn::MayGoto { .. }));
    let pushed = saved.len() + usize::from(counter);
    Frame {
        saved,
        counter,
        padding: pushed.is_multiple_of(2) && body.iter().any(is_call),
    }
}

/// The register of R6 to R9 that an instruction writes; the others need no saving.
fn written(insn: &Insn) -> Option<Reg> {
    match *insn {
        Insn::Alu { dst, .. }
        | Insn::MovSx { dst, .. }
        | Insn::Neg { dst, .. }
        | Insn::Swap { dst, .. }
        | Insn::Load { dst, .. }
        | Insn::LoadAcquire { dst, .. }
        | Insn::LoadImm64 { dst, .. } => Some(dst),
        Insn::Atomic {
            fetch: true, src, ..
        } => Some(src),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
