//! Pseudo-C, LLVM's and the kernel's dialect: `r1 = *(u64 *)(r6 + 8)`.
//!
//! `w1` is the lower half of `r1`; its use makes an operation a 32-bit one. Spelling as printed by LLVM 22, except for
//! `*(u16 *)skb[r1 + 4]`, where LLVM has no way to write a constant beside the register.

use super::cursor::{Cursor, ParseError, ParseReason, Token};
use super::operand::{Statement, digits, parse_pseudo, register_named};
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
            let (dst, src) = (register(width, dst), operand(width, src));
            format!("{dst} {} {src}", op.symbol())
        }
        Insn::MovSx {
            width,
            from,
            dst,
            src,
        } => {
            let (dst, src) = (register(width, dst), register(width, src));
            format!("{dst} = (s{}){src}", from.bits())
        }
        Insn::Neg { width, dst } => {
            let dst = register(width, dst);
            format!("{dst} = -{dst}")
        }
        Insn::Swap { kind, size, dst } => {
            format!("{dst} = {}{} {dst}", kind.name(), size.bits())
        }
        Insn::Load {
            size,
            signed,
            dst,
            base,
            off,
        } => {
            let sign = if signed { 's' } else { 'u' };
            format!("{dst} = *({sign}{} *)({})", size.bits(), address(base, off))
        }
        Insn::Store {
            size,
            base,
            off,
            src,
        } => {
            let src = operand(Width::W64, src);
            format!("*(u{} *)({}) = {src}", size.bits(), address(base, off))
        }
        Insn::Atomic {
            size,
            op,
            fetch,
            base,
            off,
            src,
        } => atomic(size, op, fetch, &address(base, off), src),
        Insn::LoadAcquire {
            size,
            dst,
            base,
            off,
        } => {
            let (dst, address) = (sized_register(size, dst), address(base, off));
            format!("{dst} = load_acquire((u{} *)({address}))", size.bits())
        }
        Insn::StoreRelease {
            size,
            base,
            off,
            src,
        } => {
            let (src, address) = (sized_register(size, src), address(base, off));
            format!("store_release((u{} *)({address}), {src})", size.bits())
        }
        Insn::LoadPacket { size, mode, imm } => {
            let index = match mode {
                PacketMode::Abs => imm.to_string(),
                PacketMode::Ind(reg) if imm == 0 => reg.to_string(),
                PacketMode::Ind(reg) => signed_sum(reg, imm),
            };
            format!("r0 = *(u{} *)skb[{index}]", size.bits())
        }
        Insn::LoadImm64 { dst, .. } => format!("{dst} = {reference} ll"),
        Insn::AddrSpaceCast { dst, src, to, from } => {
            format!("{dst} = addr_space_cast({src}, {to}, {from})")
        }
        Insn::Jump {
            width,
            cond,
            dst,
            src,
            ..
        } => {
            let (dst, src) = (register(width, dst), operand(width, src));
            format!("if {dst} {} {src} goto {reference}", cond.symbol())
        }
        Insn::Goto { .. } => format!("goto {reference}"),
        Insn::GotoLong { .. } => format!("gotol {reference}"),
        Insn::MayGoto { .. } => format!("may_goto {reference}"),
        Insn::GotoReg { dst } => format!("gotox {dst}"),
        Insn::Call(Callee::Reg(reg)) => format!("callx {reg}"),
        Insn::Call(_) => format!("call {reference}"),
        Insn::Exit => "exit".to_owned(),
    }
}

fn atomic(size: Size, op: AtomicOp, fetch: bool, address: &str, src: Reg) -> String {
    let reg = sized_register(size, src);
    let bits = size.bits();
    let suffix = if size == Size::DW { "_64" } else { "32_32" };
    match op {
        AtomicOp::Xchg => format!("{reg} = xchg{suffix}({address}, {reg})"),
        AtomicOp::Cmpxchg => {
            let r0 = sized_register(size, Reg::R0);
            format!("{r0} = cmpxchg{suffix}({address}, {r0}, {reg})")
        }
        _ if fetch => {
            let name = op.name();
            format!("{reg} = atomic_fetch_{name}((u{bits} *)({address}), {reg})")
        }
        _ => format!("lock *(u{bits} *)({address}) {} {reg}", op.symbol()),
    }
}

fn register(width: Width, reg: Reg) -> String {
    match width {
        Width::W32 => format!("w{}", reg.number()),
        Width::W64 => reg.to_string(),
    }
}

fn sized_register(size: Size, reg: Reg) -> String {
    match size {
        Size::DW => register(Width::W64, reg),
        _ => register(Width::W32, reg),
    }
}

fn operand(width: Width, src: Src) -> String {
    match src {
        Src::Reg(reg) => register(width, reg),
        Src::Imm(imm) => imm.to_string(),
    }
}

fn address(base: Reg, off: i16) -> String {
    signed_sum(base, off.into())
}

/// `r10 - 8`
fn signed_sum(base: Reg, off: i32) -> String {
    let sign = if off < 0 { '-' } else { '+' };
    format!("{base} {sign} {}", off.unsigned_abs())
}

pub(super) fn parse(cursor: &mut Cursor) -> Result<Statement, ParseError> {
    if cursor.eat("*") {
        return store(cursor).map(Statement::from);
    }
    let start = cursor.clone();
    if let Ok((width, dst)) = any_register(cursor) {
        return assignment(cursor, width, dst);
    }
    match cursor.word("an instruction")? {
        "if" => jump_if(cursor),
        "goto" => cursor.target()?.of(Insn::Goto { off: 0 }, &start),
        "gotol" => cursor.target()?.of(Insn::GotoLong { off: 0 }, &start),
        "may_goto" => cursor.target()?.of(Insn::MayGoto { off: 0 }, &start),
        "gotox" => Ok(Insn::GotoReg { dst: r(cursor)? }.into()),
        "call" => cursor.callee(),
        "callx" => Ok(Insn::Call(Callee::Reg(r(cursor)?)).into()),
        "exit" => Ok(Insn::Exit.into()),
        "lock" => lock(cursor).map(Statement::from),
        "store_release" => store_release(cursor).map(Statement::from),
        "ld_pseudo" => {
            let dst = r(cursor)?;
            parse_pseudo(cursor, dst).map(Statement::from)
        }
        unknown => Err(start.error(ParseReason::UnknownInstruction(unknown.to_owned()))),
    }
}

/// `*(u64 *)(r1 + 8) = r2`, after the star.
fn store(cursor: &mut Cursor) -> Result<Insn, ParseError> {
    let size = unsigned_pointer(cursor)?;
    let (base, off) = memory(cursor)?;
    cursor.expect("=")?;
    let src = match cursor.at_number() {
        true => Src::Imm(cursor.imm()?),
        false => Src::Reg(register_for(cursor, size)?),
    };
    Ok(Insn::Store {
        size,
        base,
        off,
        src,
    })
}

/// `lock *(u64 *)(r1 + 8) += r2`, after the word.
fn lock(cursor: &mut Cursor) -> Result<Insn, ParseError> {
    cursor.expect("*")?;
    let size = unsigned_pointer(cursor)?;
    let (base, off) = memory(cursor)?;
    let op = AtomicOp::ALL
        .iter()
        .find(|op| !op.symbol().is_empty() && cursor.eat(op.symbol()));
    let op = *op.ok_or_else(|| cursor.expected("`+=`, `|=`, `&=` or `^=`"))?;
    Ok(Insn::Atomic {
        size,
        op,
        fetch: false,
        base,
        off,
        src: register_for(cursor, size)?,
    })
}

/// `store_release((u64 *)(r1 + 8), r2)`, after the word.
fn store_release(cursor: &mut Cursor) -> Result<Insn, ParseError> {
    cursor.expect("(")?;
    let size = unsigned_pointer(cursor)?;
    let (base, off) = memory(cursor)?;
    cursor.expect(",")?;
    let src = register_for(cursor, size)?;
    cursor.expect(")")?;
    Ok(Insn::StoreRelease {
        size,
        base,
        off,
        src,
    })
}

/// `if r1 == 0 goto LBB0_2`, after the word.
fn jump_if(cursor: &mut Cursor) -> Result<Statement, ParseError> {
    let start = cursor.clone();
    let (width, dst) = any_register(cursor)?;
    let cond = operator(cursor, Cond::ALL, Cond::symbol, "a comparison")?;
    let src = cursor.number_or(|cursor| register_of(cursor, width))?;
    cursor.expect("goto")?;
    let jump = Insn::Jump {
        width,
        cond,
        dst,
        src,
        off: 0,
    };
    cursor.target()?.of(jump, &start)
}

/// `r1 += r2`, after the first register.
fn assignment(cursor: &mut Cursor, width: Width, dst: Reg) -> Result<Statement, ParseError> {
    let op = operator(cursor, AluOp::ALL, AluOp::symbol, "an assignment operator")?;
    if op == AluOp::Mov && !at_register(cursor) {
        return value(cursor, width, dst);
    }
    let src = cursor.number_or(|cursor| register_of(cursor, width))?;
    Ok(Insn::Alu {
        width,
        op,
        dst,
        src,
    }
    .into())
}

/// What stands after `r1 =` unless it is a register.
fn value(cursor: &mut Cursor, width: Width, dst: Reg) -> Result<Statement, ParseError> {
    let start = cursor.clone();
    if cursor.at_number() {
        return number(cursor, width, dst);
    }
    if cursor.eat("-") {
        same_register(cursor, width, dst)?;
        return Ok(Insn::Neg { width, dst }.into());
    }
    if cursor.eat("(") {
        return move_sign_extended(cursor, width, dst).map(Statement::from);
    }
    if cursor.eat("*") {
        return load(cursor, width, dst).map(Statement::from);
    }
    let word = cursor.word("a value")?;
    if let Some(rest) = word.strip_prefix("atomic_fetch_") {
        let op = AtomicOp::ALL.iter().find(|op| op.name() == rest);
        let op = *op.ok_or_else(|| start.expected("an atomic operation"))?;
        return atomic_fetch(cursor, width, dst, op).map(Statement::from);
    }
    match word {
        "load_acquire" => load_acquire(cursor, width, dst).map(Statement::from),
        "xchg_64" => exchange(cursor, width, dst, Size::DW).map(Statement::from),
        "xchg32_32" => exchange(cursor, width, dst, Size::W).map(Statement::from),
        "cmpxchg_64" => compare_exchange(cursor, width, dst, Size::DW).map(Statement::from),
        "cmpxchg32_32" => compare_exchange(cursor, width, dst, Size::W).map(Statement::from),
        "addr_space_cast" => address_space_cast(cursor, dst).map(Statement::from),
        _ => match swap_named(word) {
            Some((kind, size)) => {
                same_register(cursor, Width::W64, dst)?;
                Ok(Insn::Swap { kind, size, dst }.into())
            }
            None => {
                *cursor = start;
                symbol(cursor, dst)
            }
        },
    }
}

/// `5` or `5 ll`
fn number(cursor: &mut Cursor, width: Width, dst: Reg) -> Result<Statement, ParseError> {
    let start = cursor.clone();
    let wide = cursor.constant64(dst)?;
    if width == Width::W64 && cursor.eat("ll") {
        return Ok(wide);
    }
    *cursor = start;
    let src = Src::Imm(cursor.imm()?);
    let op = AluOp::Mov;
    Ok(Insn::Alu {
        width,
        op,
        dst,
        src,
    }
    .into())
}

/// `drops ll`
fn symbol(cursor: &mut Cursor, dst: Reg) -> Result<Statement, ParseError> {
    let start = cursor.clone();
    let statement = cursor.constant64(dst)?;
    if cursor.eat("ll") {
        Ok(statement)
    } else {
        Err(start.expected("a register, a number, or a name and `ll`"))
    }
}

/// `(s8)r2`, after the parenthesis.
fn move_sign_extended(cursor: &mut Cursor, width: Width, dst: Reg) -> Result<Insn, ParseError> {
    let from = cursor.word_as("`s8`, `s16` or `s32`", |word| size_named('s', word))?;
    cursor.expect(")")?;
    Ok(Insn::MovSx {
        width,
        from,
        dst,
        src: register_of(cursor, width)?,
    })
}

/// `*(u64 *)(r1 + 8)` or `*(u16 *)skb[12]`, after the star.
fn load(cursor: &mut Cursor, width: Width, dst: Reg) -> Result<Insn, ParseError> {
    let start = cursor.clone();
    cursor.expect("(")?;
    let (signed, size) = cursor.word_as("a type, `u8` to `s64`", |word| {
        let unsigned = size_named('u', word).map(|size| (false, size));
        unsigned.or(size_named('s', word).map(|size| (true, size)))
    })?;
    cursor.expect_all(&["*", ")"])?;
    if width == Width::W32 && (signed || size == Size::DW) {
        return Err(start.expected("a load of at most 32 bits, unsigned"));
    }
    if !signed && cursor.eat("skb") {
        if dst != Reg::R0 {
            return Err(start.expected("`r0` as the result of a packet load"));
        }
        return packet(cursor, size);
    }
    let (base, off) = memory(cursor)?;
    Ok(Insn::Load {
        size,
        signed,
        dst,
        base,
        off,
    })
}

/// `[12]`, `[r1]` or `[r1 + 4]`
fn packet(cursor: &mut Cursor, size: Size) -> Result<Insn, ParseError> {
    cursor.expect("[")?;
    let mode = match cursor.at_number() {
        true => PacketMode::Abs,
        false => PacketMode::Ind(r(cursor)?),
    };
    let imm = match cursor.at_number() {
        true => cursor.imm()?,
        false => 0,
    };
    cursor.expect("]")?;
    Ok(Insn::LoadPacket { size, mode, imm })
}

/// `((u64 *)(r1 + 8), r2)`
fn atomic_fetch(
    cursor: &mut Cursor,
    width: Width,
    dst: Reg,
    op: AtomicOp,
) -> Result<Insn, ParseError> {
    cursor.expect("(")?;
    let size = unsigned_pointer(cursor)?;
    let (base, off) = memory(cursor)?;
    cursor.expect(",")?;
    same_register(cursor, width, dst)?;
    cursor.expect(")")?;
    Ok(Insn::Atomic {
        size,
        op,
        fetch: true,
        base,
        off,
        src: dst,
    })
}

/// `(r1 + 8, r2)`
fn exchange(cursor: &mut Cursor, width: Width, dst: Reg, size: Size) -> Result<Insn, ParseError> {
    cursor.expect("(")?;
    let (base, off) = base_and_offset(cursor)?;
    cursor.expect(",")?;
    same_register(cursor, width, dst)?;
    cursor.expect(")")?;
    Ok(Insn::Atomic {
        size,
        op: AtomicOp::Xchg,
        fetch: true,
        base,
        off,
        src: dst,
    })
}

/// `(r1 + 8, r0, r2)`
fn compare_exchange(
    cursor: &mut Cursor,
    width: Width,
    dst: Reg,
    size: Size,
) -> Result<Insn, ParseError> {
    if dst != Reg::R0 {
        return Err(cursor.expected("r0 or w0 as the result before it"));
    }
    cursor.expect("(")?;
    let (base, off) = base_and_offset(cursor)?;
    cursor.expect(",")?;
    same_register(cursor, width, Reg::R0)?;
    cursor.expect(",")?;
    let src = register_of(cursor, width)?;
    cursor.expect(")")?;
    Ok(Insn::Atomic {
        size,
        op: AtomicOp::Cmpxchg,
        fetch: true,
        base,
        off,
        src,
    })
}

/// `((u64 *)(r1 + 8))`
fn load_acquire(cursor: &mut Cursor, width: Width, dst: Reg) -> Result<Insn, ParseError> {
    cursor.expect("(")?;
    let start = cursor.clone();
    let size = unsigned_pointer(cursor)?;
    if width == Width::W32 && size == Size::DW {
        return Err(start.expected("a type of at most 32 bits"));
    }
    let (base, off) = memory(cursor)?;
    cursor.expect(")")?;
    Ok(Insn::LoadAcquire {
        size,
        dst,
        base,
        off,
    })
}

/// `(r2, 0, 1)`
fn address_space_cast(cursor: &mut Cursor, dst: Reg) -> Result<Insn, ParseError> {
    cursor.expect("(")?;
    let src = r(cursor)?;
    cursor.expect(",")?;
    let to = cursor.address_space()?;
    cursor.expect(",")?;
    let from = cursor.address_space()?;
    cursor.expect(")")?;
    Ok(Insn::AddrSpaceCast { dst, src, to, from })
}

/// `(u64 *)`
fn unsigned_pointer(cursor: &mut Cursor) -> Result<Size, ParseError> {
    cursor.expect("(")?;
    let size = cursor.word_as("`u8`, `u16`, `u32` or `u64`", |word| size_named('u', word))?;
    cursor.expect_all(&["*", ")"])?;
    Ok(size)
}

/// `(r1 + 8)`
fn memory(cursor: &mut Cursor) -> Result<(Reg, i16), ParseError> {
    cursor.expect("(")?;
    let address = base_and_offset(cursor)?;
    cursor.expect(")")?;
    Ok(address)
}

fn base_and_offset(cursor: &mut Cursor) -> Result<(Reg, i16), ParseError> {
    let base = r(cursor)?;
    if !matches!(cursor.peek(), Some(Token::Mark("+" | "-"))) {
        return Err(cursor.expected("`+` or `-`"));
    }
    Ok((base, cursor.offset16()?))
}

/// One of the operators of a table; those of signed operations begin with the word `s`.
fn operator<T: Copy>(
    cursor: &mut Cursor,
    all: &[T],
    symbol: impl Fn(T) -> &'static str,
    what: &str,
) -> Result<T, ParseError> {
    let signed = cursor.peek() == Some(Token::Word("s"));
    let Some(Token::Mark(mark)) = cursor.peek_at(usize::from(signed)) else {
        return Err(cursor.expected(what));
    };
    let found = all.iter().find(|op| match symbol(**op).strip_prefix('s') {
        Some(rest) => signed && rest == mark,
        None => !signed && symbol(**op) == mark,
    });
    let found = *found.ok_or_else(|| cursor.expected(what))?;
    if signed {
        cursor.advance();
    }
    cursor.advance();
    Ok(found)
}

fn register_word(word: &str) -> Option<(Width, Reg)> {
    let lower_half = || Reg::new(digits(word.strip_prefix('w')?)?);
    let whole = register_named(word).map(|reg| (Width::W64, reg));
    whole.or_else(|| lower_half().map(|reg| (Width::W32, reg)))
}

fn at_register(cursor: &Cursor) -> bool {
    matches!(cursor.peek(), Some(Token::Word(word)) if register_word(word).is_some())
}

fn any_register(cursor: &mut Cursor) -> Result<(Width, Reg), ParseError> {
    cursor.word_as("a register, r0 to r10 or w0 to w10", register_word)
}

/// A whole register.
fn r(cursor: &mut Cursor) -> Result<Reg, ParseError> {
    cursor.word_as("a register, r0 to r10", register_named)
}

/// A register of the width of the operation.
fn register_of(cursor: &mut Cursor, width: Width) -> Result<Reg, ParseError> {
    let what = match width {
        Width::W32 => "a number or a register, w0 to w10",
        Width::W64 => "a number or a register, r0 to r10",
    };
    cursor.word_as(what, |word| {
        register_word(word).and_then(|(found, reg)| (found == width).then_some(reg))
    })
}

/// The register that is stored; for less than 64 bits its lower half may be written too.
fn register_for(cursor: &mut Cursor, size: Size) -> Result<Reg, ParseError> {
    match size {
        Size::DW => register_of(cursor, Width::W64),
        _ => any_register(cursor).map(|(_, reg)| reg),
    }
}

/// The operand that must equal the result.
fn same_register(cursor: &mut Cursor, width: Width, dst: Reg) -> Result<(), ParseError> {
    let name = register(width, dst);
    if cursor.eat(&name) {
        Ok(())
    } else {
        Err(cursor.expected(&format!("`{name}`, the register before the `=`")))
    }
}

/// `u16` with prefix `u`.
fn size_named(prefix: char, word: &str) -> Option<Size> {
    match word.strip_prefix(prefix)? {
        "8" => Some(Size::B),
        "16" => Some(Size::H),
        "32" => Some(Size::W),
        "64" => Some(Size::DW),
        _ => None,
    }
}

/// `be16`, `le32`, `bswap64`
fn swap_named(word: &str) -> Option<(SwapKind, Size)> {
    let named = |kind: SwapKind| {
        let bits: u32 = word.strip_prefix(kind.name())?.parse().ok()?;
        Size::from_bytes(bits / 8)
            .filter(|size| size.bits() == bits)
            .map(|size| (kind, size))
    };
    SwapKind::ALL.iter().find_map(|kind| named(*kind))
}
