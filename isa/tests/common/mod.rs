//! Generated instructions: every shape, with operands from a small deterministic random number generator.

use bpfcc_isa::{
    AluOp, AtomicOp, Callee, Cond, Imm64, Insn, PacketMode, Reg, Size, Src, SwapKind, Width,
};

/// SplitMix64.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn reg(&mut self) -> Reg {
        Reg::new((self.next() % Reg::COUNT as u64) as u8).unwrap()
    }

    /// Often small, sometimes at the ends of the range.
    pub(crate) fn imm(&mut self) -> i32 {
        match self.next() % 8 {
            0 => i32::MIN,
            1 => i32::MAX,
            2 => -1,
            3 => 0,
            4 | 5 => (self.next() % 200) as i32 - 100,
            _ => self.next() as i32,
        }
    }

    pub(crate) fn off(&mut self) -> i16 {
        match self.next() % 8 {
            0 => i16::MIN,
            1 => i16::MAX,
            2 => 0,
            _ => (self.next() % 200) as i16 - 100,
        }
    }
}

const WIDTHS: [Width; 2] = [Width::W32, Width::W64];
const SIZES: [Size; 4] = [Size::B, Size::H, Size::W, Size::DW];

/// One instruction of every shape: each combination of operation, width, size and kind of operand that can be encoded.
pub(crate) fn every_shape(random: &mut Random) -> Vec<Insn> {
    let mut insns = Vec::new();
    for width in WIDTHS {
        arithmetic(random, width, &mut insns);
        jumps(random, width, &mut insns);
    }
    for size in SIZES {
        memory(random, size, &mut insns);
        atomics(random, size, &mut insns);
    }
    for kind in SwapKind::ALL {
        for size in SIZES {
            let dst = random.reg();
            insns.push(Insn::Swap {
                kind: *kind,
                size,
                dst,
            });
        }
    }
    wide_constants(random, &mut insns);
    control(random, &mut insns);
    insns.retain(Insn::is_encodable);
    insns
}

fn arithmetic(random: &mut Random, width: Width, insns: &mut Vec<Insn>) {
    for op in AluOp::ALL {
        for src in [Src::Reg(random.reg()), Src::Imm(random.imm())] {
            insns.push(Insn::Alu {
                width,
                op: *op,
                dst: random.reg(),
                src,
            });
        }
    }
    for from in SIZES {
        insns.push(Insn::MovSx {
            width,
            from,
            dst: random.reg(),
            src: random.reg(),
        });
    }
    let dst = random.reg();
    insns.push(Insn::Neg { width, dst });
}

fn jumps(random: &mut Random, width: Width, insns: &mut Vec<Insn>) {
    for cond in Cond::ALL {
        for src in [Src::Reg(random.reg()), Src::Imm(random.imm())] {
            insns.push(Insn::Jump {
                width,
                cond: *cond,
                dst: random.reg(),
                src,
                off: random.off(),
            });
        }
    }
}

fn memory(random: &mut Random, size: Size, insns: &mut Vec<Insn>) {
    for signed in [false, true] {
        insns.push(Insn::Load {
            size,
            signed,
            dst: random.reg(),
            base: random.reg(),
            off: random.off(),
        });
    }
    for src in [Src::Reg(random.reg()), Src::Imm(random.imm())] {
        insns.push(Insn::Store {
            size,
            base: random.reg(),
            off: random.off(),
            src,
        });
    }
    for mode in [
        PacketMode::Abs,
        PacketMode::Ind(random.reg()),
        PacketMode::Ind(random.reg()),
    ] {
        let imm = random.imm();
        insns.push(Insn::LoadPacket { size, mode, imm });
    }
    let mode = PacketMode::Ind(random.reg());
    insns.push(Insn::LoadPacket { size, mode, imm: 0 });
}

fn atomics(random: &mut Random, size: Size, insns: &mut Vec<Insn>) {
    for op in AtomicOp::ALL {
        for fetch in [false, true] {
            insns.push(Insn::Atomic {
                size,
                op: *op,
                fetch,
                base: random.reg(),
                off: random.off(),
                src: random.reg(),
            });
        }
    }
    insns.push(Insn::LoadAcquire {
        size,
        dst: random.reg(),
        base: random.reg(),
        off: random.off(),
    });
    insns.push(Insn::StoreRelease {
        size,
        base: random.reg(),
        off: random.off(),
        src: random.reg(),
    });
}

fn wide_constants(random: &mut Random, insns: &mut Vec<Insn>) {
    let values = [
        Imm64::Const(random.next()),
        Imm64::Const(0),
        Imm64::Const(u64::MAX),
        Imm64::MapFd(random.imm()),
        Imm64::MapValue {
            fd: random.imm(),
            off: random.imm(),
        },
        Imm64::BtfVar {
            id: random.imm(),
            fd: random.imm(),
        },
        Imm64::Code(random.imm()),
        Imm64::MapIdx(random.imm()),
        Imm64::MapIdxValue {
            idx: random.imm(),
            off: random.imm(),
        },
    ];
    for value in values {
        let dst = random.reg();
        insns.push(Insn::LoadImm64 { dst, value });
    }
}

fn control(random: &mut Random, insns: &mut Vec<Insn>) {
    insns.extend([
        Insn::AddrSpaceCast {
            dst: random.reg(),
            src: random.reg(),
            to: random.next() as u16,
            from: random.next() as u16,
        },
        Insn::Goto { off: random.off() },
        Insn::GotoLong { off: random.imm() },
        Insn::MayGoto { off: random.off() },
        Insn::GotoReg { dst: random.reg() },
        Insn::Call(Callee::Helper(random.imm())),
        Insn::Call(Callee::Local(random.imm())),
        Insn::Call(Callee::Kfunc {
            id: random.imm(),
            module: random.off(),
        }),
        Insn::Call(Callee::Reg(random.reg())),
        Insn::Exit,
    ]);
}
