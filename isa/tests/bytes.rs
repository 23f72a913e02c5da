//! Encoding and decoding: round trips over generated instructions, exact bytes, and what is refused.

mod common;

use bpfcc_isa::decode::Field;
use bpfcc_isa::{
    AluOp, AtomicOp, Callee, Cond, DecodeError, DecodeReason, Endian, Imm64, Insn, PacketMode, Reg,
    Size, Src, SwapKind, Width, decode, decode_at, encode,
};
use common::{Random, every_shape};

const ENDIANS: [Endian; 2] = [Endian::Little, Endian::Big];

#[test]
fn decoding_undoes_encoding() {
    let mut random = Random(1);
    for _ in 0..200 {
        let insns = every_shape(&mut random);
        for endian in ENDIANS {
            assert_eq!(decode(&encode(&insns, endian), endian), Ok(insns.clone()));
        }
    }
}

/// Nothing is lost or made up: whatever the decoder takes, the encoder gives back.
#[test]
fn encoding_undoes_decoding_of_any_bytes() {
    let mut random = Random(2);
    let mut accepted = 0;
    for _ in 0..200_000 {
        // Mostly zero fields, since random ones are nearly always refused.
        let mut bytes = [0; 16];
        bytes[0] = random.next() as u8;
        bytes[1] = (random.next() & random.next()) as u8;
        if random.next().is_multiple_of(2) {
            bytes[2] = [0, 1, 8, 16, 32][(random.next() % 5) as usize];
        }
        if random.next().is_multiple_of(2) {
            bytes[4] = random.next() as u8;
            bytes[5] = (random.next() % 2) as u8;
        }
        bytes[12] = (random.next() % 2) as u8;
        for endian in ENDIANS {
            if let Ok(insn) = decode_at(&bytes, 0, endian) {
                let again = encode(&[insn], endian);
                assert_eq!(again, bytes[..again.len()], "{insn:?}");
                accepted += 1;
            }
        }
    }
    assert!(accepted > 10_000, "only {accepted} were instructions");
}

fn alu(width: Width, op: AluOp, src: Src) -> Insn {
    Insn::Alu {
        width,
        op,
        dst: Reg::R1,
        src,
    }
}

/// Registers as in the table they were taken from: r1 destination, r2 source.
#[test]
fn bytes_are_those_of_llvm() {
    use Width::{W32, W64};
    let (r1, r2) = (Reg::R1, Reg::R2);
    let reg = Src::Reg(r2);
    let atomic = |size, op, fetch| Insn::Atomic {
        size,
        op,
        fetch,
        base: r1,
        off: 8,
        src: r2,
    };
    let lddw = |value| Insn::LoadImm64 { dst: r1, value };
    let swap = |kind, size| Insn::Swap {
        kind,
        size,
        dst: r1,
    };
    let sign_extend = |width, from| Insn::MovSx {
        width,
        from,
        dst: r1,
        src: r2,
    };
    let load = |size, signed| Insn::Load {
        size,
        signed,
        dst: r1,
        base: r2,
        off: -8,
    };
    let store = |size, src| Insn::Store {
        size,
        base: r1,
        off: -8,
        src,
    };
    let jump = |width, cond, src| Insn::Jump {
        width,
        cond,
        dst: r1,
        src,
        off: 3,
    };
    let rows = [
        (alu(W64, AluOp::Add, reg), "0f21000000000000"),
        (alu(W64, AluOp::Mov, Src::Imm(-1)), "b7010000ffffffff"),
        (alu(W32, AluOp::Arsh, Src::Imm(3)), "c401000003000000"),
        (alu(W64, AluOp::Sdiv, reg), "3f21010000000000"),
        (alu(W64, AluOp::Sdiv, Src::Imm(3)), "3701010003000000"),
        (alu(W32, AluOp::Smod, reg), "9c21010000000000"),
        (alu(W32, AluOp::Smod, Src::Imm(3)), "9401010003000000"),
        (
            Insn::Neg {
                width: W64,
                dst: r1,
            },
            "8701000000000000",
        ),
        (
            Insn::Neg {
                width: W32,
                dst: r1,
            },
            "8401000000000000",
        ),
        (sign_extend(W64, Size::B), "bf21080000000000"),
        (sign_extend(W64, Size::W), "bf21200000000000"),
        (sign_extend(W32, Size::H), "bc21100000000000"),
        (swap(SwapKind::ToBe, Size::H), "dc01000010000000"),
        (swap(SwapKind::ToLe, Size::W), "d401000020000000"),
        (swap(SwapKind::Always, Size::DW), "d701000040000000"),
        (load(Size::DW, false), "7921f8ff00000000"),
        (load(Size::B, true), "9121f8ff00000000"),
        (load(Size::H, true), "8921f8ff00000000"),
        (load(Size::W, true), "8121f8ff00000000"),
        (store(Size::DW, reg), "7b21f8ff00000000"),
        (store(Size::B, Src::Imm(5)), "7201f8ff05000000"),
        (store(Size::H, Src::Imm(5)), "6a01f8ff05000000"),
        (store(Size::W, Src::Imm(5)), "6201f8ff05000000"),
        (store(Size::DW, Src::Imm(5)), "7a01f8ff05000000"),
        (atomic(Size::DW, AtomicOp::Add, false), "db21080000000000"),
        (atomic(Size::W, AtomicOp::Or, false), "c321080040000000"),
        (atomic(Size::DW, AtomicOp::And, true), "db21080051000000"),
        (atomic(Size::DW, AtomicOp::Xor, true), "db210800a1000000"),
        (atomic(Size::DW, AtomicOp::Xchg, true), "db210800e1000000"),
        (atomic(Size::W, AtomicOp::Cmpxchg, true), "c3210800f1000000"),
        (
            Insn::LoadAcquire {
                size: Size::B,
                dst: r1,
                base: r2,
                off: 8,
            },
            "d321080000010000",
        ),
        (
            Insn::StoreRelease {
                size: Size::H,
                base: r1,
                off: 8,
                src: r2,
            },
            "cb21080010010000",
        ),
        (
            Insn::AddrSpaceCast {
                dst: r1,
                src: r2,
                to: 0,
                from: 1,
            },
            "bf21010001000000",
        ),
        (
            Insn::AddrSpaceCast {
                dst: r1,
                src: r2,
                to: 1,
                from: 0,
            },
            "bf21010000000100",
        ),
        (jump(W64, Cond::Eq, Src::Imm(0)), "1501030000000000"),
        (jump(W64, Cond::Sle, reg), "dd21030000000000"),
        (jump(W32, Cond::Sgt, Src::Imm(5)), "6601030005000000"),
        (Insn::Goto { off: -1 }, "0500ffff00000000"),
        (Insn::GotoLong { off: -2 }, "06000000feffffff"),
        (Insn::MayGoto { off: 5 }, "e500050000000000"),
        (Insn::GotoReg { dst: r1 }, "0d01000000000000"),
        (Insn::Call(Callee::Reg(r1)), "8d01000000000000"),
        (Insn::Call(Callee::Helper(1)), "8500000001000000"),
        (Insn::Call(Callee::Local(-1)), "85100000ffffffff"),
        (
            Insn::Call(Callee::Kfunc { id: 7, module: 2 }),
            "8520020007000000",
        ),
        (Insn::Exit, "9500000000000000"),
        (
            Insn::LoadPacket {
                size: Size::H,
                mode: PacketMode::Abs,
                imm: 12,
            },
            "280000000c000000",
        ),
        (
            Insn::LoadPacket {
                size: Size::B,
                mode: PacketMode::Ind(r2),
                imm: 0,
            },
            "5020000000000000",
        ),
        (
            lddw(Imm64::Const(0x1122_3344_5566_7788)),
            "18010000887766550000000044332211",
        ),
        (lddw(Imm64::MapFd(5)), "18110000050000000000000000000000"),
        (
            lddw(Imm64::MapValue { fd: 5, off: 8 }),
            "18210000050000000000000008000000",
        ),
        (lddw(Imm64::Code(-3)), "18410000fdffffff0000000000000000"),
    ];
    for (insn, expected) in rows {
        let hex: String = encode(&[insn], Endian::Little)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(hex, expected, "{insn:?}");
    }
}

#[test]
fn big_endian_swaps_the_registers_too() {
    let insn = Insn::Load {
        size: Size::DW,
        signed: false,
        dst: Reg::R1,
        base: Reg::R6,
        off: 8,
    };
    let bytes = encode(&[insn, Insn::mov64(Reg::R7, Src::Imm(1))], Endian::Big);
    assert_eq!(
        bytes,
        [
            0x79, 0x16, 0, 8, 0, 0, 0, 0, // registers 1 then 6
            0xb7, 0x70, 0, 0, 0, 0, 0, 1,
        ]
    );
}

#[test]
fn refusals_name_the_slot_and_the_reason() {
    use DecodeReason::*;
    let refused = |bytes: &[u8]| decode(bytes, Endian::Little).unwrap_err();
    let exit = [0x95, 0, 0, 0, 0, 0, 0, 0];
    let with_exit = |second: &[u8]| refused(&[&exit, second].concat());
    let rows: [(&[u8], DecodeReason); 11] = [
        (&[0xff; 8], UnknownOpcode(0xff)),
        (&[0x8c, 1, 0, 0, 0, 0, 0, 0], UnknownOpcode(0x8c)),
        (
            &[0x95, 0, 0, 0, 1, 0, 0, 0],
            Reserved {
                opcode: 0x95,
                field: Field::Imm,
            },
        ),
        (
            &[0xb7, 0x10, 0, 0, 1, 0, 0, 0],
            Reserved {
                opcode: 0xb7,
                field: Field::Src,
            },
        ),
        (
            &[0x07, 0, 1, 0, 1, 0, 0, 0],
            Reserved {
                opcode: 0x07,
                field: Field::Off,
            },
        ),
        (
            &[0x37, 0, 2, 0, 1, 0, 0, 0],
            UnknownVariant {
                opcode: 0x37,
                field: Field::Off,
                value: 2,
            },
        ),
        (
            &[0xb7, 0x0b, 0, 0, 0, 0, 0, 0],
            NoSuchRegister {
                field: Field::Dst,
                number: 11,
            },
        ),
        (
            &[0xbf, 0xf0, 0, 0, 0, 0, 0, 0],
            NoSuchRegister {
                field: Field::Src,
                number: 15,
            },
        ),
        (
            &[0xdb, 0, 0, 0, 0xe0, 0, 0, 0],
            UnknownVariant {
                opcode: 0xdb,
                field: Field::Imm,
                value: 0xe0,
            },
        ),
        (&[0x18, 0, 0, 0, 0, 0, 0, 0], LddwCutOff),
        (&[0x95, 0, 0], CutOff { bytes: 3 }),
    ];
    for (bytes, reason) in rows {
        assert_eq!(with_exit(bytes), DecodeError { slot: 1, reason });
    }
    let mut lddw = [0; 16];
    lddw[0] = 0x18;
    lddw[8] = 0x95;
    assert_eq!(
        refused(&lddw),
        DecodeError {
            slot: 1,
            reason: LddwSecondSlot
        }
    );
    assert_eq!(
        refused(&exit[..7]).to_string(),
        "instruction slot 0: 7 bytes are left, an instruction takes 8"
    );
}

#[test]
fn reading_outside_is_an_error() {
    let exit = encode(&[Insn::Exit], Endian::Little);
    for offset in [1, 8, 9, usize::MAX] {
        assert!(decode_at(&exit, offset, Endian::Little).is_err());
    }
}
