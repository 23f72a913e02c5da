//! An encoder for the few x86-64 instructions the translator uses.
//!
//! ```text
//!  [66 or f0] [REX: 0100WRXB] opcode [ModRM: mod reg rm] [SIB] [displacement] [immediate]
//! ```
//!
//! Jumps and calls stay open until [`Asm::finish`]: there each jump is assumed to be short and made long only if it has to be,
//! until nothing changes. Encodings: Intel Software Developer's Manual, volume 2.

use bpfcc_isa::{Size, Width};

use crate::jit::memory::is_near;

/// A general register.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Gpr(u8);

impl Gpr {
    pub(super) const RAX: Gpr = Gpr(0);
    pub(super) const RCX: Gpr = Gpr(1);
    pub(super) const RDX: Gpr = Gpr(2);
    pub(super) const RBX: Gpr = Gpr(3);
    pub(super) const RSP: Gpr = Gpr(4);
    pub(super) const RBP: Gpr = Gpr(5);
    pub(super) const RSI: Gpr = Gpr(6);
    pub(super) const RDI: Gpr = Gpr(7);
    pub(super) const R8: Gpr = Gpr(8);
    pub(super) const R9: Gpr = Gpr(9);
    pub(super) const R10: Gpr = Gpr(10);
    pub(super) const R11: Gpr = Gpr(11);
    pub(super) const R12: Gpr = Gpr(12);
    pub(super) const R13: Gpr = Gpr(13);
    pub(super) const R14: Gpr = Gpr(14);
    pub(super) const R15: Gpr = Gpr(15);
}

/// Arithmetic with the same six forms; the number is the opcode's row and the `/digit` of the immediate forms.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(super) enum Arith {
    Add = 0,
    Or = 1,
    And = 4,
    Sub = 5,
    Xor = 6,
    Cmp = 7,
}

/// Shifts and rotates; the number is the `/digit`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(super) enum Shift {
    Ror = 1,
    Shl = 4,
    Shr = 5,
    Sar = 7,
}

/// Operations with one operand; the number is the `/digit` of opcode F7.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(super) enum Unary {
    Neg = 3,
    Div = 6,
    Idiv = 7,
}

/// Conditions; the number is the low nibble of the opcode.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(super) enum Flag {
    Below = 0x2,
    AboveOrEqual = 0x3,
    Equal = 0x4,
    NotEqual = 0x5,
    BelowOrEqual = 0x6,
    Above = 0x7,
    Less = 0xc,
    GreaterOrEqual = 0xd,
    LessOrEqual = 0xe,
    Greater = 0xf,
}

/// Memory at a register plus a displacement.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Mem {
    pub(super) base: Gpr,
    pub(super) disp: i32,
}

/// The operand in the ModRM byte that may be memory.
#[derive(Clone, Copy)]
enum Rm {
    Reg(Gpr),
    Mem(Mem),
}

/// Everything before the ModRM byte.
#[derive(Clone, Copy)]
struct Op {
    /// 66 (16-bit operands) or f0 (lock).
    prefix: Option<u8>,
    wide: bool,
    opcode: &'static [u8],
    /// A register operand is a byte: without REX, numbers 4 to 7 would mean ah, ch, dh, bh.
    byte_register: bool,
}

const OPERAND_16: u8 = 0x66;
const LOCK: u8 = 0xf0;

impl Op {
    fn new(width: Width, opcode: &'static [u8]) -> Op {
        Op {
            prefix: None,
            wide: width == Width::W64,
            opcode,
            byte_register: false,
        }
    }

    fn prefixed(self, prefix: u8) -> Op {
        Op {
            prefix: Some(prefix),
            ..self
        }
    }

    fn on_byte(self) -> Op {
        Op {
            byte_register: true,
            ..self
        }
    }
}

/// A place in the code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Label(usize);

/// What is left open: it stands before byte `at` of the code.
#[derive(Clone, Copy, Debug)]
struct Hole {
    at: usize,
    kind: HoleKind,
    size: usize,
}

#[derive(Clone, Copy, Debug)]
enum HoleKind {
    Jump(Label),
    JumpIf(Flag, Label),
    Call(Label),
    /// The address of a label into a register.
    Lea(Gpr, Label),
    /// A function of the host.
    CallHost(u64),
}

const SHORT_JUMP: usize = 2;
const LONG_JUMP: usize = 5;
const LONG_JUMP_IF: usize = 6;
const CALL: usize = 5;
const LEA: usize = 7;
/// `mov r11, imm64; call r11`
const FAR_CALL: usize = 13;

/// Code under construction.
#[derive(Debug, Default)]
pub(super) struct Asm {
    code: Vec<u8>,
    holes: Vec<Hole>,
    /// Byte of the code and number of holes before it, once bound.
    labels: Vec<Option<(usize, usize)>>,
}

impl Asm {
    /// A label to be bound later.
    pub(super) fn label(&mut self) -> Label {
        self.labels.push(None);
        Label(self.labels.len() - 1)
    }

    /// The label means this place.
    pub(super) fn bind(&mut self, label: Label) {
        self.labels[label.0] = Some((self.code.len(), self.holes.len()));
    }

    /// `dst = src`.
    pub(super) fn mov(&mut self, width: Width, dst: Gpr, src: Gpr) {
        self.encode(Op::new(width, &[0x89]), src.0, Rm::Reg(dst));
    }

    /// `dst = value`, in the shortest form.
    pub(super) fn mov_imm(&mut self, dst: Gpr, value: u64) {
        if value == 0 {
            self.arith(Arith::Xor, Width::W32, dst, dst);
        } else if let Ok(value) = u32::try_from(value) {
            self.rex(false, 0, dst.0, false);
            self.code.push(0xb8 | dst.0 & 7);
            self.code.extend(value.to_le_bytes());
        } else if let Ok(value) = i32::try_from(value as i64) {
            self.encode(Op::new(Width::W64, &[0xc7]), 0, Rm::Reg(dst));
            self.code.extend(value.to_le_bytes());
        } else {
            self.rex(true, 0, dst.0, false);
            self.code.push(0xb8 | dst.0 & 7);
            self.code.extend(value.to_le_bytes());
        }
    }

    /// `dst = dst op src`.
    pub(super) fn arith(&mut self, op: Arith, width: Width, dst: Gpr, src: Gpr) {
        self.encode(Op::new(width, arith_opcode(op)), src.0, Rm::Reg(dst));
    }

    /// `dst = dst op imm`.
    pub(super) fn arith_imm(&mut self, op: Arith, width: Width, dst: Gpr, imm: i32) {
        if let Ok(imm) = i8::try_from(imm) {
            self.encode(Op::new(width, &[0x83]), op as u8, Rm::Reg(dst));
            self.code.push(imm as u8);
        } else {
            self.encode(Op::new(width, &[0x81]), op as u8, Rm::Reg(dst));
            self.code.extend(imm.to_le_bytes());
        }
    }

    /// `[mem] op imm` on eight bytes.
    pub(super) fn arith_mem_imm(&mut self, op: Arith, mem: Mem, imm: i8) {
        self.encode(Op::new(Width::W64, &[0x83]), op as u8, Rm::Mem(mem));
        self.code.push(imm as u8);
    }

    /// Atomic `[mem] = [mem] op src`.
    pub(super) fn lock_arith(&mut self, op: Arith, width: Width, mem: Mem, src: Gpr) {
        let op = Op::new(width, arith_opcode(op)).prefixed(LOCK);
        self.encode(op, src.0, Rm::Mem(mem));
    }

    /// Atomic `reg, [mem] = [mem], [mem] + reg`.
    pub(super) fn lock_xadd(&mut self, width: Width, mem: Mem, reg: Gpr) {
        let op = Op::new(width, &[0x0f, 0xc1]).prefixed(LOCK);
        self.encode(op, reg.0, Rm::Mem(mem));
    }

    /// Atomic exchange; memory operands lock by themselves.
    pub(super) fn xchg(&mut self, width: Width, mem: Mem, reg: Gpr) {
        self.encode(Op::new(width, &[0x87]), reg.0, Rm::Mem(mem));
    }

    /// Atomic `if [mem] == rax { [mem] = reg } else { rax = [mem] }`.
    pub(super) fn lock_cmpxchg(&mut self, width: Width, mem: Mem, reg: Gpr) {
        let op = Op::new(width, &[0x0f, 0xb1]).prefixed(LOCK);
        self.encode(op, reg.0, Rm::Mem(mem));
    }

    /// `dst = dst * src`.
    pub(super) fn imul(&mut self, width: Width, dst: Gpr, src: Gpr) {
        self.encode(Op::new(width, &[0x0f, 0xaf]), dst.0, Rm::Reg(src));
    }

    /// `dst = dst * imm`.
    pub(super) fn imul_imm(&mut self, width: Width, dst: Gpr, imm: i32) {
        if let Ok(imm) = i8::try_from(imm) {
            self.encode(Op::new(width, &[0x6b]), dst.0, Rm::Reg(dst));
            self.code.push(imm as u8);
        } else {
            self.encode(Op::new(width, &[0x69]), dst.0, Rm::Reg(dst));
            self.code.extend(imm.to_le_bytes());
        }
    }

    /// `neg`, or a division of rdx:rax.
    pub(super) fn unary(&mut self, op: Unary, width: Width, reg: Gpr) {
        self.encode(Op::new(width, &[0xf7]), op as u8, Rm::Reg(reg));
    }

    /// rdx:rax = rax, sign-extended (`cdq`, `cqo`).
    pub(super) fn sign_extend_rax(&mut self, width: Width) {
        self.rex(width == Width::W64, 0, 0, false);
        self.code.push(0x99);
    }

    /// `reg = reg shift cl`.
    pub(super) fn shift_cl(&mut self, op: Shift, width: Width, reg: Gpr) {
        self.encode(Op::new(width, &[0xd3]), op as u8, Rm::Reg(reg));
    }

    /// `reg = reg shift count`.
    pub(super) fn shift_imm(&mut self, op: Shift, width: Width, reg: Gpr, count: u8) {
        self.encode(Op::new(width, &[0xc1]), op as u8, Rm::Reg(reg));
        self.code.push(count);
    }

    /// Swaps the two low bytes; the other bits stay.
    pub(super) fn swap_low_bytes(&mut self, reg: Gpr) {
        let op = Op::new(Width::W32, &[0xc1]).prefixed(OPERAND_16);
        self.encode(op, Shift::Ror as u8, Rm::Reg(reg));
        self.code.push(8);
    }

    /// Reverses the order of all bytes.
    pub(super) fn bswap(&mut self, width: Width, reg: Gpr) {
        self.rex(width == Width::W64, 0, reg.0, false);
        self.code.extend([0x0f, 0xc8 | reg.0 & 7]);
    }

    /// `dst = src`, from 8, 16 or 32 bits, with zeros above.
    pub(super) fn mov_zx(&mut self, from: Size, dst: Gpr, src: Gpr) {
        self.extend(zero_extending(from), from, dst, src);
    }

    /// `dst = src`, from 8, 16 or 32 bits, with copies of the sign above.
    pub(super) fn mov_sx(&mut self, width: Width, from: Size, dst: Gpr, src: Gpr) {
        self.extend(sign_extending(width, from), from, dst, src);
    }

    fn extend(&mut self, op: Op, from: Size, dst: Gpr, src: Gpr) {
        let op = if from == Size::B { op.on_byte() } else { op };
        self.encode(op, dst.0, Rm::Reg(src));
    }

    /// `dst = [mem]`, with zeros above.
    pub(super) fn load_zx(&mut self, size: Size, dst: Gpr, mem: Mem) {
        self.encode(zero_extending(size), dst.0, Rm::Mem(mem));
    }

    /// `dst = [mem]`, with copies of the sign above.
    pub(super) fn load_sx(&mut self, size: Size, dst: Gpr, mem: Mem) {
        self.encode(sign_extending(Width::W64, size), dst.0, Rm::Mem(mem));
    }

    /// `[mem] = src`.
    pub(super) fn store(&mut self, size: Size, mem: Mem, src: Gpr) {
        let op = match size {
            Size::B => Op::new(Width::W32, &[0x88]).on_byte(),
            Size::H => Op::new(Width::W32, &[0x89]).prefixed(OPERAND_16),
            Size::W => Op::new(Width::W32, &[0x89]),
            Size::DW => Op::new(Width::W64, &[0x89]),
        };
        self.encode(op, src.0, Rm::Mem(mem));
    }

    /// `[mem] = imm`, sign-extended to eight bytes if it has to be.
    pub(super) fn store_imm(&mut self, size: Size, mem: Mem, imm: i32) {
        let op = match size {
            Size::B => Op::new(Width::W32, &[0xc6]),
            Size::H => Op::new(Width::W32, &[0xc7]).prefixed(OPERAND_16),
            Size::W => Op::new(Width::W32, &[0xc7]),
            Size::DW => Op::new(Width::W64, &[0xc7]),
        };
        self.encode(op, 0, Rm::Mem(mem));
        let bytes = size.bytes().min(4) as usize;
        self.code.extend(&imm.to_le_bytes()[..bytes]);
    }

    /// Flags of `a & b`.
    pub(super) fn test(&mut self, width: Width, a: Gpr, b: Gpr) {
        self.encode(Op::new(width, &[0x85]), b.0, Rm::Reg(a));
    }

    /// Flags of `a & imm`.
    pub(super) fn test_imm(&mut self, width: Width, a: Gpr, imm: i32) {
        self.encode(Op::new(width, &[0xf7]), 0, Rm::Reg(a));
        self.code.extend(imm.to_le_bytes());
    }

    pub(super) fn push(&mut self, reg: Gpr) {
        self.rex(false, 0, reg.0, false);
        self.code.push(0x50 | reg.0 & 7);
    }

    pub(super) fn push_imm(&mut self, imm: i32) {
        self.code.push(0x68);
        self.code.extend(imm.to_le_bytes());
    }

    pub(super) fn pop(&mut self, reg: Gpr) {
        self.rex(false, 0, reg.0, false);
        self.code.push(0x58 | reg.0 & 7);
    }

    pub(super) fn ret(&mut self) {
        self.code.push(0xc3);
    }

    pub(super) fn jump(&mut self, to: Label) {
        self.hole(HoleKind::Jump(to), SHORT_JUMP);
    }

    pub(super) fn jump_if(&mut self, flag: Flag, to: Label) {
        self.hole(HoleKind::JumpIf(flag, to), SHORT_JUMP);
    }

    pub(super) fn call(&mut self, to: Label) {
        self.hole(HoleKind::Call(to), CALL);
    }

    pub(super) fn call_host(&mut self, addr: u64) {
        self.hole(HoleKind::CallHost(addr), FAR_CALL);
    }

    /// `dst` = the address of a label.
    pub(super) fn lea(&mut self, dst: Gpr, to: Label) {
        self.hole(HoleKind::Lea(dst, to), LEA);
    }

    fn hole(&mut self, kind: HoleKind, size: usize) {
        let at = self.code.len();
        self.holes.push(Hole { at, kind, size });
    }

    /// Bytes that the code takes at most, wherever it is put.
    pub(super) fn max_len(&self) -> usize {
        self.code.len() + self.holes.len() * FAR_CALL
    }

    /// The finished code for this address, and the offset of each label.
    pub(super) fn finish(mut self, address: u64) -> (Vec<u8>, Vec<usize>) {
        self.shrink_host_calls(address);
        let before = self.relax();
        let offsets: Vec<usize> = self
            .labels
            .iter()
            .map(|label| label.map_or(0, |(at, holes)| at + before[holes]))
            .collect();
        let mut code = Vec::with_capacity(self.code.len() + before[self.holes.len()]);
        let mut copied = 0;
        for hole in &self.holes {
            code.extend(&self.code[copied..hole.at]);
            copied = hole.at;
            fill(&mut code, hole, &offsets, address);
        }
        code.extend(&self.code[copied..]);
        (code, offsets)
    }

    /// Calls within reach of a 32-bit distance need no register.
    fn shrink_host_calls(&mut self, address: u64) {
        let end = address.wrapping_add(self.max_len() as u64);
        for hole in &mut self.holes {
            if let HoleKind::CallHost(target) = hole.kind
                && is_near(address, target)
                && is_near(end, target)
            {
                hole.size = CALL;
            }
        }
    }

    /// Makes jumps long until all of them reach. Returns the bytes of all holes before each hole, and of all together.
    fn relax(&mut self) -> Vec<usize> {
        loop {
            let before = self.sizes_before();
            let offset = |label: Label| match self.labels[label.0] {
                Some((at, holes)) => at + before[holes],
                None => panic!("{label:?} was never bound"),
            };
            let too_short: Vec<(usize, usize)> = self
                .holes
                .iter()
                .enumerate()
                .filter_map(|(index, hole)| {
                    let (target, long) = match hole.kind {
                        HoleKind::Jump(to) => (offset(to), LONG_JUMP),
                        HoleKind::JumpIf(_, to) => (offset(to), LONG_JUMP_IF),
                        _ => return None,
                    };
                    let end = hole.at + before[index] + hole.size;
                    let reaches = i8::try_from(target as i64 - end as i64).is_ok();
                    (hole.size == SHORT_JUMP && !reaches).then_some((index, long))
                })
                .collect();
            if too_short.is_empty() {
                return before;
            }
            for (index, long) in too_short {
                self.holes[index].size = long;
            }
        }
    }

    fn sizes_before(&self) -> Vec<usize> {
        let mut sum = 0;
        let mut before = Vec::with_capacity(self.holes.len() + 1);
        for hole in &self.holes {
            before.push(sum);
            sum += hole.size;
        }
        before.push(sum);
        before
    }

    /// Prefix, REX, opcode, ModRM and displacement.
    fn encode(&mut self, op: Op, reg: u8, rm: Rm) {
        self.code.extend(op.prefix);
        let (base, rm_is_register) = match rm {
            Rm::Reg(reg) => (reg.0, true),
            Rm::Mem(mem) => (mem.base.0, false),
        };
        let is_odd_byte = |number: u8| (4..8).contains(&number);
        let needs_rex =
            op.byte_register && (is_odd_byte(reg) || rm_is_register && is_odd_byte(base));
        self.rex(op.wide, reg, base, needs_rex);
        self.code.extend(op.opcode);
        match rm {
            Rm::Reg(rm) => self.code.push(mod_rm(0b11, reg, rm.0)),
            Rm::Mem(mem) => self.memory(reg, mem),
        }
    }

    fn rex(&mut self, wide: bool, reg: u8, base: u8, needed: bool) {
        let rex = 0x40 | u8::from(wide) << 3 | (reg >> 3) << 2 | base >> 3;
        if rex != 0x40 || needed {
            self.code.push(rex);
        }
    }

    fn memory(&mut self, reg: u8, mem: Mem) {
        let Mem { base, disp } = mem;
        // rbp and r13 as base always have a displacement: without one their numbers mean something else.
        let needs_disp = base.0 & 7 == Gpr::RBP.0;
        let (mode, disp_bytes) = match disp {
            0 if !needs_disp => (0b00, 0),
            -128..=127 => (0b01, 1),
            _ => (0b10, 4),
        };
        self.code.push(mod_rm(mode, reg, base.0));
        // The number of rsp means that a SIB byte follows; this one says "rsp, no index".
        if base.0 & 7 == Gpr::RSP.0 {
            self.code.push(0x24);
        }
        self.code.extend(&disp.to_le_bytes()[..disp_bytes]);
    }
}

/// Writes a jump or call at the end of `code`.
fn fill(code: &mut Vec<u8>, hole: &Hole, offsets: &[usize], address: u64) {
    let end = code.len() + hole.size;
    let distance = |to: Label| (offsets[to.0] as i64 - end as i64) as i32;
    match hole.kind {
        HoleKind::Jump(to) if hole.size == SHORT_JUMP => {
            code.extend([0xeb, distance(to) as u8]);
        }
        HoleKind::Jump(to) => {
            code.push(0xe9);
            code.extend(distance(to).to_le_bytes());
        }
        HoleKind::JumpIf(flag, to) if hole.size == SHORT_JUMP => {
            code.extend([0x70 | flag as u8, distance(to) as u8]);
        }
        HoleKind::JumpIf(flag, to) => {
            code.extend([0x0f, 0x80 | flag as u8]);
            code.extend(distance(to).to_le_bytes());
        }
        HoleKind::Call(to) => {
            code.push(0xe8);
            code.extend(distance(to).to_le_bytes());
        }
        HoleKind::Lea(dst, to) => {
            code.extend([0x48 | (dst.0 >> 3) << 2, 0x8d, mod_rm(0b00, dst.0, 0b101)]);
            code.extend(distance(to).to_le_bytes());
        }
        HoleKind::CallHost(target) if hole.size == CALL => {
            let distance = target.wrapping_sub(address.wrapping_add(end as u64));
            code.push(0xe8);
            code.extend((distance as i32).to_le_bytes());
        }
        HoleKind::CallHost(target) => {
            code.extend([0x49, 0xbb]);
            code.extend(target.to_le_bytes());
            code.extend([0x41, 0xff, 0xd3]);
        }
    }
}

fn mod_rm(mode: u8, reg: u8, rm: u8) -> u8 {
    mode << 6 | (reg & 7) << 3 | rm & 7
}

fn arith_opcode(op: Arith) -> &'static [u8] {
    match op {
        Arith::Add => &[0x01],
        Arith::Or => &[0x09],
        Arith::And => &[0x21],
        Arith::Sub => &[0x29],
        Arith::Xor => &[0x31],
        Arith::Cmp => &[0x39],
    }
}

/// Writing a 32-bit register clears its upper half, so no form needs the wide prefix but the widest.
fn zero_extending(from: Size) -> Op {
    match from {
        Size::B => Op::new(Width::W32, &[0x0f, 0xb6]),
        Size::H => Op::new(Width::W32, &[0x0f, 0xb7]),
        Size::W => Op::new(Width::W32, &[0x8b]),
        Size::DW => Op::new(Width::W64, &[0x8b]),
    }
}

fn sign_extending(width: Width, from: Size) -> Op {
    match from {
        Size::B => Op::new(width, &[0x0f, 0xbe]),
        Size::H => Op::new(width, &[0x0f, 0xbf]),
        Size::W => Op::new(width, &[0x63]),
        Size::DW => Op::new(width, &[0x8b]),
    }
}
