//! The dialect of 2014: `ldd r1, 8(r6)`, as the first LLVM backend printed it.
//!
//! An immediate operand adds `i` to a mnemonic (not to `mov`), sizes are the letters `b h w d`, comparisons jump with
//! `goto`. The machine of 2014 lacked most of what came later; the rest is spelt after the same pattern:
//!
//! | instruction | spelling | origin |
//! |---|---|---|
//! | 32-bit arithmetic and comparisons | `add32 r1, r2`, `addi32 r1, 5`, `jeqi32 r1, 0 goto L` | ours: width last |
//! | sign-extending move and load | `movsb r1, r2` (`movsb32` to 32 bits), `ldsb r1, 0(r2)` | ours |
//! | store of an immediate | `stdi -8(r10), 0` | ours: `i` |
//! | atomic addition | `xadd64 r1, 0(r0), r1` | 2014; the result register comes first, though nothing is returned |
//! | other atomics | `atomic_or64 0(r0), r1`, `atomic_fetch_or64 r1, 0(r0), r1` | ours, after LLVM's intrinsics |
//! | | `xchg64 r1, 0(r0), r1`, `cmpxchg64 r0, 0(r2), r1` | ours, result first |
//! | load-acquire, store-release | `load_acquire_d r1, 0(r2)`, `store_release_d 0(r2), r1` | ours |
//! | to big endian; to little endian; always | `bswap16 r1`; `le16 r1`; `swap16 r1` | 2014 (encoded `dc`); ours; ours |
//! | 64-bit constant | `ld_64 r1, 5` | 2014 |
//! | long jump; jump on exhausted budget; to a register | `jmpl L`; `may_goto L`; `jmpx r1` | ours |
//! | call through a register | `callx r1` | LLVM's pseudo-C |
//! | packet loads | `ldabs_h r0, r6.data + 12`, `ldind_b r0, r6.data + r1` | 2014; ours adds `+ 4` after the register |

use super::cursor::{Cursor, ParseError, ParseReason};
use super::operand::{Statement, parse_pseudo, register_named};
use crate::insn::{Callee, Insn, PacketMode, Reg, Size, Src, Width};
use crate::table::{AluOp, AtomicOp, Cond, SwapKind};

pub(super) fn print(insn: &Insn, reference: &str) -> String {
    match *insn {
        Insn::Alu {
            width,
            op,
            dst,
            src,
        } => {
            let mnemonic = alu_name(op, is_imm(src), width);
            format!("{mnemonic} {dst}, {}", operand(src))
        }
        Insn::MovSx {
            width,
            from,
            dst,
            src,
        } => format!("movs{}{} {dst}, {src}", letter(from), suffix(width)),
        Insn::Neg { width, dst } => format!("neg{} {dst}", suffix(width)),
        Insn::Swap { kind, size, dst } => format!("{}{} {dst}", swap_name(kind), size.bits()),
        Insn::Load {
            size,
            signed,
            dst,
            base,
            off,
        } => {
            let prefix = if signed { "lds" } else { "ld" };
            format!("{prefix}{} {dst}, {off}({base})", letter(size))
        }
        Insn::Store {
            size,
            base,
            off,
            src,
        } => {
            let imm = if is_imm(src) { "i" } else { "" };
            let src = operand(src);
            format!("st{}{imm} {off}({base}), {src}", letter(size))
        }
        Insn::Atomic {
            size,
            op,
            fetch,
            base,
            off,
            src,
        } => {
            let mnemonic = atomic_name(op, fetch, size);
            match atomic_result(op, fetch, src) {
                Some(result) => format!("{mnemonic} {result}, {off}({base}), {src}"),
                None => format!("{mnemonic} {off}({base}), {src}"),
            }
        }
        Insn::LoadAcquire {
            size,
            dst,
            base,
            off,
        } => format!("load_acquire_{} {dst}, {off}({base})", letter(size)),
        Insn::StoreRelease {
            size,
            base,
            off,
            src,
        } => format!("store_release_{} {off}({base}), {src}", letter(size)),
        Insn::LoadPacket { size, mode, imm } => {
            let size = letter(size);
            match mode {
                PacketMode::Abs => format!("ldabs_{size} r0, r6.data {}", signed(imm)),
                PacketMode::Ind(reg) if imm == 0 => format!("ldind_{size} r0, r6.data + {reg}"),
                PacketMode::Ind(reg) => {
                    format!("ldind_{size} r0, r6.data + {reg} {}", signed(imm))
                }
            }
        }
        Insn::LoadImm64 { dst, .. } => format!("ld_64 {dst}, {reference}"),
        Insn::AddrSpaceCast { dst, src, to, from } => {
            format!("addr_space_cast {dst}, {src}, {to}, {from}")
        }
        Insn::Jump {
            width,
            cond,
            dst,
            src,
            ..
        } => {
            let mnemonic = jump_name(cond, is_imm(src), width);
            format!("{mnemonic} {dst}, {} goto {reference}", operand(src))
        }
        Insn::Goto { .. } => format!("jmp {reference}"),
        Insn::GotoLong { .. } => format!("jmpl {reference}"),
        Insn::MayGoto { .. } => format!("may_goto {reference}"),
        Insn::GotoReg { dst } => format!("jmpx {dst}"),
        Insn::Call(Callee::Reg(reg)) => format!("callx {reg}"),
        Insn::Call(_) => format!("call {reference}"),
        Insn::Exit => "ret".to_owned(),
    }
}

fn operand(src: Src) -> String {
    match src {
        Src::Reg(reg) => reg.to_string(),
        Src::Imm(imm) => imm.to_string(),
    }
}

/// `+ 12`
fn signed(imm: i32) -> String {
    let sign = if imm < 0 { '-' } else { '+' };
    format!("{sign} {}", imm.unsigned_abs())
}

fn is_imm(src: Src) -> bool {
    matches!(src, Src::Imm(_))
}

fn suffix(width: Width) -> &'static str {
    match width {
        Width::W32 => "32",
        Width::W64 => "",
    }
}

fn letter(size: Size) -> &'static str {
    match size {
        Size::B => "b",
        Size::H => "h",
        Size::W => "w",
        Size::DW => "d",
    }
}

fn alu_name(op: AluOp, imm: bool, width: Width) -> String {
    let name = match op {
        AluOp::Lsh => "sll",
        AluOp::Rsh => "srl",
        AluOp::Arsh => "sra",
        _ => op.name(),
    };
    let imm = if imm && op != AluOp::Mov { "i" } else { "" };
    format!("{name}{imm}{}", suffix(width))
}

fn jump_name(cond: Cond, imm: bool, width: Width) -> String {
    let imm = if imm { "i" } else { "" };
    format!("{}{imm}{}", cond.name(), suffix(width))
}

fn swap_name(kind: SwapKind) -> &'static str {
    match kind {
        SwapKind::ToBe => "bswap",
        SwapKind::ToLe => "le",
        SwapKind::Always => "swap",
    }
}

fn atomic_name(op: AtomicOp, fetch: bool, size: Size) -> String {
    let bits = size.bits();
    match op {
        AtomicOp::Xchg => format!("xchg{bits}"),
        AtomicOp::Cmpxchg => format!("cmpxchg{bits}"),
        _ if fetch => format!("atomic_fetch_{}{bits}", op.name()),
        AtomicOp::Add => format!("xadd{bits}"),
        _ => format!("atomic_{}{bits}", op.name()),
    }
}

/// The register written first, if any.
fn atomic_result(op: AtomicOp, fetch: bool, src: Reg) -> Option<Reg> {
    match op {
        AtomicOp::Cmpxchg => Some(Reg::R0),
        AtomicOp::Add => Some(src),
        _ => fetch.then_some(src),
    }
}

pub(super) fn parse(cursor: &mut Cursor) -> Result<Statement, ParseError> {
    let start = cursor.clone();
    let mnemonic = cursor.word("an instruction")?;
    let insn = match mnemonic {
        "ld_64" => {
            let dst = first_register(cursor)?;
            return cursor.constant64(dst);
        }
        "jmp" => return cursor.target()?.of(Insn::Goto { off: 0 }, &start),
        "jmpl" => return cursor.target()?.of(Insn::GotoLong { off: 0 }, &start),
        "may_goto" => return cursor.target()?.of(Insn::MayGoto { off: 0 }, &start),
        "call" => return cursor.callee(),
        "ret" => Insn::Exit,
        "ld_pseudo" => {
            let dst = register(cursor)?;
            parse_pseudo(cursor, dst)?
        }
        "jmpx" => Insn::GotoReg {
            dst: register(cursor)?,
        },
        "callx" => Insn::Call(Callee::Reg(register(cursor)?)),
        "addr_space_cast" => address_space_cast(cursor)?,
        _ => {
            if let Some(insn) = memory(cursor, mnemonic)? {
                insn
            } else if let Some(insn) = atomic(cursor, mnemonic)? {
                insn
            } else if let Some(insn) = arithmetic(cursor, mnemonic)? {
                insn
            } else {
                return jump_if(cursor, mnemonic, &start);
            }
        }
    };
    Ok(insn.into())
}

/// `r1, r2, 0, 1`
fn address_space_cast(cursor: &mut Cursor) -> Result<Insn, ParseError> {
    let dst = first_register(cursor)?;
    let src = first_register(cursor)?;
    let to = cursor.address_space()?;
    cursor.expect(",")?;
    let from = cursor.address_space()?;
    Ok(Insn::AddrSpaceCast { dst, src, to, from })
}

type SizedRule = fn(&mut Cursor, Size) -> Result<Insn, ParseError>;

/// Mnemonics that hold the letter of a size: what stands before it, what after.
const SIZED: &[(&str, &str, SizedRule)] = &[
    ("ld", "", load),
    ("lds", "", load_signed),
    ("load_acquire_", "", load_acquire),
    ("ldabs_", "", load_packet_absolute),
    ("ldind_", "", load_packet_indirect),
    ("st", "", store_register),
    ("st", "i", store_number),
    ("store_release_", "", store_release),
];

fn memory(cursor: &mut Cursor, mnemonic: &str) -> Result<Option<Insn>, ParseError> {
    let sized = SIZED.iter().find_map(|(prefix, suffix, rule)| {
        let letter = mnemonic.strip_prefix(prefix)?.strip_suffix(suffix)?;
        Some((rule, size_of_letter(letter)?))
    });
    match sized {
        Some((rule, size)) => rule(cursor, size).map(Some),
        None => Ok(None),
    }
}

fn load(cursor: &mut Cursor, size: Size) -> Result<Insn, ParseError> {
    let dst = first_register(cursor)?;
    let (base, off) = address(cursor)?;
    let signed = false;
    Ok(Insn::Load {
        size,
        signed,
        dst,
        base,
        off,
    })
}

fn load_signed(cursor: &mut Cursor, size: Size) -> Result<Insn, ParseError> {
    let dst = first_register(cursor)?;
    let (base, off) = address(cursor)?;
    let signed = true;
    Ok(Insn::Load {
        size,
        signed,
        dst,
        base,
        off,
    })
}

fn load_acquire(cursor: &mut Cursor, size: Size) -> Result<Insn, ParseError> {
    let dst = first_register(cursor)?;
    let (base, off) = address(cursor)?;
    Ok(Insn::LoadAcquire {
        size,
        dst,
        base,
        off,
    })
}

fn load_packet_absolute(cursor: &mut Cursor, size: Size) -> Result<Insn, ParseError> {
    cursor.expect_all(&["r0", ",", "r6.data"])?;
    let imm = cursor.imm()?;
    let mode = PacketMode::Abs;
    Ok(Insn::LoadPacket { size, mode, imm })
}

fn load_packet_indirect(cursor: &mut Cursor, size: Size) -> Result<Insn, ParseError> {
    cursor.expect_all(&["r0", ",", "r6.data", "+"])?;
    let mode = PacketMode::Ind(register(cursor)?);
    let imm = match cursor.at_number() {
        true => cursor.imm()?,
        false => 0,
    };
    Ok(Insn::LoadPacket { size, mode, imm })
}

fn store_register(cursor: &mut Cursor, size: Size) -> Result<Insn, ParseError> {
    let (base, off) = first_address(cursor)?;
    let src = Src::Reg(register(cursor)?);
    Ok(Insn::Store {
        size,
        base,
        off,
        src,
    })
}

fn store_number(cursor: &mut Cursor, size: Size) -> Result<Insn, ParseError> {
    let (base, off) = first_address(cursor)?;
    let src = Src::Imm(cursor.imm()?);
    Ok(Insn::Store {
        size,
        base,
        off,
        src,
    })
}

fn store_release(cursor: &mut Cursor, size: Size) -> Result<Insn, ParseError> {
    let (base, off) = first_address(cursor)?;
    let src = register(cursor)?;
    Ok(Insn::StoreRelease {
        size,
        base,
        off,
        src,
    })
}

fn atomic(cursor: &mut Cursor, mnemonic: &str) -> Result<Option<Insn>, ParseError> {
    let Some((size, op, fetch)) = atomic_named(mnemonic) else {
        return Ok(None);
    };
    let place = cursor.clone();
    let has_result = atomic_result(op, fetch, Reg::R0).is_some();
    let result = match has_result {
        true => Some(first_register(cursor)?),
        false => None,
    };
    let (base, off) = first_address(cursor)?;
    let src = register(cursor)?;
    if result != atomic_result(op, fetch, src) {
        return Err(place.expected(match op {
            AtomicOp::Cmpxchg => "`r0`, where the old value goes",
            _ => "the register that is also the last operand",
        }));
    }
    Ok(Some(Insn::Atomic {
        size,
        op,
        fetch,
        base,
        off,
        src,
    }))
}

fn atomic_named(mnemonic: &str) -> Option<(Size, AtomicOp, bool)> {
    let operations = AtomicOp::ALL
        .iter()
        .flat_map(|op| [(*op, true), (*op, false)]);
    operations
        .flat_map(|(op, fetch)| [(Size::W, op, fetch), (Size::DW, op, fetch)])
        .find(|(size, op, fetch)| atomic_name(*op, *fetch, *size) == mnemonic)
}

fn arithmetic(cursor: &mut Cursor, mnemonic: &str) -> Result<Option<Insn>, ParseError> {
    let (name, width) = without_width(mnemonic);
    let is_named = |imm| move |op: &&AluOp| alu_name(**op, imm, Width::W64) == name;
    if let Some(op) = AluOp::ALL.iter().find(is_named(false)) {
        let dst = first_register(cursor)?;
        let src = match op {
            AluOp::Mov => cursor.number_or(register)?,
            _ => Src::Reg(register(cursor)?),
        };
        let op = *op;
        return Ok(Some(Insn::Alu {
            width,
            op,
            dst,
            src,
        }));
    }
    if let Some(op) = AluOp::ALL.iter().find(is_named(true)) {
        let dst = first_register(cursor)?;
        let src = Src::Imm(cursor.imm()?);
        let op = *op;
        return Ok(Some(Insn::Alu {
            width,
            op,
            dst,
            src,
        }));
    }
    if name == "neg" {
        let dst = register(cursor)?;
        return Ok(Some(Insn::Neg { width, dst }));
    }
    if let Some(from) = name.strip_prefix("movs").and_then(size_of_letter) {
        let dst = first_register(cursor)?;
        let src = register(cursor)?;
        return Ok(Some(Insn::MovSx {
            width,
            from,
            dst,
            src,
        }));
    }
    if let Some((kind, size)) = swap_named(mnemonic) {
        let dst = register(cursor)?;
        return Ok(Some(Insn::Swap { kind, size, dst }));
    }
    Ok(None)
}

fn jump_if(cursor: &mut Cursor, mnemonic: &str, start: &Cursor) -> Result<Statement, ParseError> {
    let (name, width) = without_width(mnemonic);
    let is_named = |imm| move |cond: &&Cond| jump_name(**cond, imm, Width::W64) == name;
    let with_register = Cond::ALL.iter().find(is_named(false));
    let with_imm = Cond::ALL.iter().find(is_named(true));
    let unknown = || start.error(ParseReason::UnknownInstruction(mnemonic.to_owned()));
    let cond = *with_register.or(with_imm).ok_or_else(unknown)?;
    let dst = first_register(cursor)?;
    let src = match with_imm {
        Some(_) => Src::Imm(cursor.imm()?),
        None => Src::Reg(register(cursor)?),
    };
    cursor.expect("goto")?;
    let jump = Insn::Jump {
        width,
        cond,
        dst,
        src,
        off: 0,
    };
    cursor.target()?.of(jump, start)
}

fn without_width(mnemonic: &str) -> (&str, Width) {
    match mnemonic.strip_suffix("32") {
        Some(name) => (name, Width::W32),
        None => (mnemonic, Width::W64),
    }
}

fn size_of_letter(text: &str) -> Option<Size> {
    let sizes = [Size::B, Size::H, Size::W, Size::DW];
    sizes.into_iter().find(|size| letter(*size) == text)
}

/// `bswap16`, `le32`, `swap64`
fn swap_named(mnemonic: &str) -> Option<(SwapKind, Size)> {
    let sizes = [Size::H, Size::W, Size::DW];
    let kinds = SwapKind::ALL.iter();
    kinds
        .flat_map(|kind| sizes.map(|size| (*kind, size)))
        .find(|(kind, size)| format!("{}{}", swap_name(*kind), size.bits()) == mnemonic)
}

fn register(cursor: &mut Cursor) -> Result<Reg, ParseError> {
    cursor.word_as("a register, r0 to r10", register_named)
}

/// `r1,`
fn first_register(cursor: &mut Cursor) -> Result<Reg, ParseError> {
    let reg = register(cursor)?;
    cursor.expect(",")?;
    Ok(reg)
}

/// `8(r6)`
fn address(cursor: &mut Cursor) -> Result<(Reg, i16), ParseError> {
    let off = cursor.offset16()?;
    cursor.expect("(")?;
    let base = register(cursor)?;
    cursor.expect(")")?;
    Ok((base, off))
}

/// `8(r6),`
fn first_address(cursor: &mut Cursor) -> Result<(Reg, i16), ParseError> {
    let address = address(cursor)?;
    cursor.expect(",")?;
    Ok(address)
}
