//! GNU's normal dialect: `ldxdw %r1,[%r6+8]`, destination first.
//!
//! Spelling as in binutils 2.42, except for atomic addition: `xadddw` is understood by older and newer versions, the newer
//! `aadd` is read too. Four instructions have no spelling there; ours follow its pattern:
//!
//! | instruction | spelling |
//! |---|---|
//! | load-acquire, store-release | `ldacqw %r1,[%r2+0]`, `strelw [%r2+0],%r1` |
//! | address space cast | `addr_space_cast %r1,%r2,0,1` |
//! | jump on exhausted budget | `may_goto .L0_1` |
//! | jump to the address in a register | `gotox %r1` |

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
            let (name, width) = (op.name(), suffix(width));
            format!("{name}{width} {},{}", register(dst), operand(src))
        }
        Insn::MovSx {
            width,
            from,
            dst,
            src,
        } => {
            let (dst, src) = (register(dst), register(src));
            format!("movs{} {dst},{src},{}", suffix(width), from.bits())
        }
        Insn::Neg { width, dst } => format!("neg{} {}", suffix(width), register(dst)),
        Insn::Swap { kind, size, dst } => {
            format!("{} {},{}", swap_name(kind), register(dst), size.bits())
        }
        Insn::Load {
            size,
            signed,
            dst,
            base,
            off,
        } => {
            let prefix = if signed { "ldxs" } else { "ldx" };
            let (dst, address) = (register(dst), address(base, off));
            format!("{prefix}{} {dst},{address}", letters(size))
        }
        Insn::Store {
            size,
            base,
            off,
            src,
        } => {
            let prefix = match src {
                Src::Reg(_) => "stx",
                Src::Imm(_) => "st",
            };
            let (address, src) = (address(base, off), operand(src));
            format!("{prefix}{} {address},{src}", letters(size))
        }
        Insn::Atomic {
            size,
            op,
            fetch,
            base,
            off,
            src,
        } => {
            let (mnemonic, address) = (atomic_mnemonic(size, op, fetch), address(base, off));
            format!("{mnemonic} {address},{}", register(src))
        }
        Insn::LoadAcquire {
            size,
            dst,
            base,
            off,
        } => {
            let (dst, address) = (register(dst), address(base, off));
            format!("ldacq{} {dst},{address}", letters(size))
        }
        Insn::StoreRelease {
            size,
            base,
            off,
            src,
        } => {
            let (address, src) = (address(base, off), register(src));
            format!("strel{} {address},{src}", letters(size))
        }
        Insn::LoadPacket { size, mode, imm } => match mode {
            PacketMode::Abs => format!("ldabs{} {imm}", letters(size)),
            PacketMode::Ind(reg) => format!("ldind{} {},{imm}", letters(size), register(reg)),
        },
        Insn::LoadImm64 { dst, .. } => format!("lddw {},{reference}", register(dst)),
        Insn::AddrSpaceCast { dst, src, to, from } => {
            let (dst, src) = (register(dst), register(src));
            format!("addr_space_cast {dst},{src},{to},{from}")
        }
        Insn::Jump {
            width,
            cond,
            dst,
            src,
            ..
        } => {
            let (name, width) = (cond.name(), suffix(width));
            let (dst, src) = (register(dst), operand(src));
            format!("{name}{width} {dst},{src},{reference}")
        }
        Insn::Goto { .. } => format!("ja {reference}"),
        Insn::GotoLong { .. } => format!("jal {reference}"),
        Insn::MayGoto { .. } => format!("may_goto {reference}"),
        Insn::GotoReg { dst } => format!("gotox {}", register(dst)),
        Insn::Call(Callee::Reg(reg)) => format!("call {}", register(reg)),
        Insn::Call(_) => format!("call {reference}"),
        Insn::Exit => "exit".to_owned(),
    }
}

/// `%r1`; R10 is `%fp`.
pub(super) fn register(reg: Reg) -> String {
    if reg == Reg::R10 {
        "%fp".to_owned()
    } else {
        format!("%{reg}")
    }
}

fn operand(src: Src) -> String {
    match src {
        Src::Reg(reg) => register(reg),
        Src::Imm(imm) => imm.to_string(),
    }
}

fn address(base: Reg, off: i16) -> String {
    format!("[{}+{off}]", register(base))
}

fn suffix(width: Width) -> &'static str {
    match width {
        Width::W32 => "32",
        Width::W64 => "",
    }
}

fn letters(size: Size) -> &'static str {
    match size {
        Size::B => "b",
        Size::H => "h",
        Size::W => "w",
        Size::DW => "dw",
    }
}

fn swap_name(kind: SwapKind) -> &'static str {
    match kind {
        SwapKind::ToBe => "endbe",
        SwapKind::ToLe => "endle",
        SwapKind::Always => "bswap",
    }
}

fn atomic_mnemonic(size: Size, op: AtomicOp, fetch: bool) -> String {
    let width = if size == Size::DW { "" } else { "32" };
    match op {
        AtomicOp::Add if !fetch => format!("xadd{}", letters(size)),
        _ => format!("{}{width}", atomic_name(op, fetch)),
    }
}

fn atomic_name(op: AtomicOp, fetch: bool) -> String {
    match op {
        AtomicOp::Xchg => "axchg".to_owned(),
        AtomicOp::Cmpxchg => "acmp".to_owned(),
        _ if fetch => format!("af{}", op.name()),
        _ => format!("a{}", op.name()),
    }
}

pub(super) fn parse(cursor: &mut Cursor) -> Result<Statement, ParseError> {
    let start = cursor.clone();
    let mnemonic = cursor.word("an instruction")?;
    let insn = match mnemonic {
        "lddw" => {
            let dst = first_register(cursor)?;
            return cursor.constant64(dst);
        }
        "ja" => return cursor.target()?.of(Insn::Goto { off: 0 }, &start),
        "jal" => return cursor.target()?.of(Insn::GotoLong { off: 0 }, &start),
        "may_goto" => return cursor.target()?.of(Insn::MayGoto { off: 0 }, &start),
        "call" => return call(cursor),
        "exit" => Insn::Exit,
        "ld_pseudo" => {
            let dst = parse_register(cursor)?;
            parse_pseudo(cursor, dst)?
        }
        "gotox" => Insn::GotoReg {
            dst: parse_register(cursor)?,
        },
        "addr_space_cast" => address_space_cast(cursor)?,
        _ => {
            if let Some(insn) = memory(cursor, mnemonic)? {
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

fn call(cursor: &mut Cursor) -> Result<Statement, ParseError> {
    if matches!(cursor.peek(), Some(super::cursor::Token::Mark("%"))) {
        return Ok(Insn::Call(Callee::Reg(parse_register(cursor)?)).into());
    }
    cursor.callee()
}

/// `%r1,%r2,0,1`
fn address_space_cast(cursor: &mut Cursor) -> Result<Insn, ParseError> {
    let dst = first_register(cursor)?;
    let src = first_register(cursor)?;
    let to = cursor.address_space()?;
    cursor.expect(",")?;
    let from = cursor.address_space()?;
    Ok(Insn::AddrSpaceCast { dst, src, to, from })
}

type SizedRule = fn(&mut Cursor, Size) -> Result<Insn, ParseError>;

/// Mnemonics that end in the letters of a size.
const SIZED: &[(&str, SizedRule)] = &[
    ("ldx", load),
    ("ldxs", load_signed),
    ("ldacq", load_acquire),
    ("ldabs", load_packet_absolute),
    ("ldind", load_packet_indirect),
    ("stx", store_register),
    ("st", store_number),
    ("strel", store_release),
];

fn memory(cursor: &mut Cursor, mnemonic: &str) -> Result<Option<Insn>, ParseError> {
    let sized = SIZED.iter().find_map(|(prefix, rule)| {
        let size = size_of_letters(mnemonic.strip_prefix(prefix)?)?;
        Some((rule, size))
    });
    if let Some((rule, size)) = sized {
        return rule(cursor, size).map(Some);
    }
    let Some((size, op, fetch)) = atomic_named(mnemonic) else {
        return Ok(None);
    };
    let (base, off) = first_address(cursor)?;
    let src = parse_register(cursor)?;
    Ok(Some(Insn::Atomic {
        size,
        op,
        fetch,
        base,
        off,
        src,
    }))
}

fn load(cursor: &mut Cursor, size: Size) -> Result<Insn, ParseError> {
    let dst = first_register(cursor)?;
    let (base, off) = parse_address(cursor)?;
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
    let (base, off) = parse_address(cursor)?;
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
    let (base, off) = parse_address(cursor)?;
    Ok(Insn::LoadAcquire {
        size,
        dst,
        base,
        off,
    })
}

fn load_packet_absolute(cursor: &mut Cursor, size: Size) -> Result<Insn, ParseError> {
    let imm = cursor.imm()?;
    let mode = PacketMode::Abs;
    Ok(Insn::LoadPacket { size, mode, imm })
}

fn load_packet_indirect(cursor: &mut Cursor, size: Size) -> Result<Insn, ParseError> {
    let mode = PacketMode::Ind(first_register(cursor)?);
    let imm = cursor.imm()?;
    Ok(Insn::LoadPacket { size, mode, imm })
}

fn store_register(cursor: &mut Cursor, size: Size) -> Result<Insn, ParseError> {
    let (base, off) = first_address(cursor)?;
    let src = Src::Reg(parse_register(cursor)?);
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
    let src = parse_register(cursor)?;
    Ok(Insn::StoreRelease {
        size,
        base,
        off,
        src,
    })
}

fn arithmetic(cursor: &mut Cursor, mnemonic: &str) -> Result<Option<Insn>, ParseError> {
    let (name, width) = without_width(mnemonic);
    if let Some(op) = AluOp::ALL.iter().find(|op| op.name() == name) {
        let dst = first_register(cursor)?;
        let src = cursor.number_or(parse_register)?;
        return Ok(Some(Insn::Alu {
            width,
            op: *op,
            dst,
            src,
        }));
    }
    if name == "neg" {
        let dst = parse_register(cursor)?;
        return Ok(Some(Insn::Neg { width, dst }));
    }
    if name == "movs" {
        let dst = first_register(cursor)?;
        let src = first_register(cursor)?;
        let from = bits(cursor)?;
        return Ok(Some(Insn::MovSx {
            width,
            from,
            dst,
            src,
        }));
    }
    if let Some(kind) = SwapKind::ALL
        .iter()
        .find(|kind| swap_name(**kind) == mnemonic)
    {
        let dst = first_register(cursor)?;
        let (kind, size) = (*kind, bits(cursor)?);
        return Ok(Some(Insn::Swap { kind, size, dst }));
    }
    Ok(None)
}

fn jump_if(cursor: &mut Cursor, mnemonic: &str, start: &Cursor) -> Result<Statement, ParseError> {
    let (name, width) = without_width(mnemonic);
    let cond = Cond::ALL.iter().find(|cond| cond.name() == name);
    let unknown = || start.error(ParseReason::UnknownInstruction(mnemonic.to_owned()));
    let cond = *cond.ok_or_else(unknown)?;
    let dst = first_register(cursor)?;
    let src = cursor.number_or(parse_register)?;
    cursor.expect(",")?;
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

/// `afadd32`; `xaddw` and `xadddw` are older names of `aadd32` and `aadd`.
fn atomic_named(mnemonic: &str) -> Option<(Size, AtomicOp, bool)> {
    match mnemonic {
        "xaddw" => return Some((Size::W, AtomicOp::Add, false)),
        "xadddw" => return Some((Size::DW, AtomicOp::Add, false)),
        _ => {}
    }
    let (name, size) = match without_width(mnemonic) {
        (name, Width::W32) => (name, Size::W),
        (name, Width::W64) => (name, Size::DW),
    };
    let all = AtomicOp::ALL.iter().copied();
    all.flat_map(|op| [(op, true), (op, false)])
        .find(|(op, fetch)| atomic_name(*op, *fetch) == name)
        .map(|(op, fetch)| (size, op, fetch))
}

fn size_of_letters(text: &str) -> Option<Size> {
    let sizes = [Size::B, Size::H, Size::W, Size::DW];
    sizes.into_iter().find(|size| letters(*size) == text)
}

/// `16`, `32` or `64`
fn bits(cursor: &mut Cursor) -> Result<Size, ParseError> {
    let place = cursor.clone();
    let bits = u32::try_from(cursor.imm32()?).ok();
    bits.and_then(|bits| Size::from_bytes(bits / 8).filter(|size| size.bits() == bits))
        .ok_or_else(|| place.expected("8, 16, 32 or 64"))
}

/// `%r1`, `%fp`
fn parse_register(cursor: &mut Cursor) -> Result<Reg, ParseError> {
    let what = "a register, %r0 to %r9 or %fp";
    if !cursor.eat("%") {
        return Err(cursor.expected(what));
    }
    cursor.word_as(what, |word| match word {
        "fp" => Some(Reg::R10),
        _ => register_named(word),
    })
}

/// `%r1,`
fn first_register(cursor: &mut Cursor) -> Result<Reg, ParseError> {
    let reg = parse_register(cursor)?;
    cursor.expect(",")?;
    Ok(reg)
}

/// `[%r6+8]`, `[%fp+-8]` or `[%fp-8]`
fn parse_address(cursor: &mut Cursor) -> Result<(Reg, i16), ParseError> {
    cursor.expect("[")?;
    let base = parse_register(cursor)?;
    cursor.eat("+");
    let off = cursor.offset16()?;
    cursor.expect("]")?;
    Ok((base, off))
}

/// `[%r6+8],`
fn first_address(cursor: &mut Cursor) -> Result<(Reg, i16), ParseError> {
    let address = parse_address(cursor)?;
    cursor.expect(",")?;
    Ok(address)
}
