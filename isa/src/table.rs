//! THE TABLE: each operation's encoding, mnemonics and meaning on one line.
//!
//! The encoder, decoder, assemblers, disassemblers, constant folder, IR evaluator and interpreter read these rows. A
//! table agrees with itself even when it is wrong, so `tests/oracle.rs` compares it with LLVM's bytes.

use crate::insn::{Size, Width};

macro_rules! operations {
    ($(#[$outer:meta])* $name:ident: $($(#[$inner:meta])* $variant:ident = $code:literal, $($text:literal),+;)+) => {
        $(#[$outer])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum $name { $($(#[$inner])* $variant,)+ }

        impl $name {
            /// Every row of the table, in order.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The operation's bits in the opcode byte (ALU, jumps) or in the immediate (atomics).
            pub const fn code(self) -> u8 {
                match self { $($name::$variant => $code,)+ }
            }

            /// The operation with these bits.
            pub const fn from_code(code: u8) -> Option<$name> {
                match code { $($code => Some($name::$variant),)+ _ => None }
            }

            const fn texts(self) -> &'static [&'static str] {
                match self { $($name::$variant => &[$($text),+],)+ }
            }
        }
    };
}

operations! {
    /// Two-operand arithmetic. Columns: bits, name (GNU and IR style), pseudo-C operator.
    AluOp:
    /// Wrapping addition.
    Add = 0x00, "add", "+=";
    /// Wrapping subtraction.
    Sub = 0x10, "sub", "-=";
    /// Wrapping multiplication.
    Mul = 0x20, "mul", "*=";
    /// Unsigned division; by zero gives zero.
    Div = 0x30, "div", "/=";
    /// Bitwise or.
    Or = 0x40, "or", "|=";
    /// Bitwise and.
    And = 0x50, "and", "&=";
    /// Shift left; the count is masked.
    Lsh = 0x60, "lsh", "<<=";
    /// Logical shift right; the count is masked.
    Rsh = 0x70, "rsh", ">>=";
    /// Unsigned remainder; by zero leaves the dividend.
    Mod = 0x90, "mod", "%=";
    /// Bitwise exclusive or.
    Xor = 0xa0, "xor", "^=";
    /// Copy.
    Mov = 0xb0, "mov", "=";
    /// Arithmetic shift right; the count is masked.
    Arsh = 0xc0, "arsh", "s>>=";
    /// Signed division (v4; encoded as Div with offset 1).
    Sdiv = 0x31, "sdiv", "s/=";
    /// Signed remainder (v4; encoded as Mod with offset 1).
    Smod = 0x91, "smod", "s%=";
}

impl AluOp {
    /// GNU mnemonic without width suffix.
    pub const fn name(self) -> &'static str {
        self.texts()[0]
    }

    /// Pseudo-C operator.
    pub const fn symbol(self) -> &'static str {
        self.texts()[1]
    }

    /// The value of `a op b` (RFC 9669 §4.1). 32-bit operations use the low halves and zero-extend the result.
    pub const fn eval(self, width: Width, a: u64, b: u64) -> u64 {
        match width {
            Width::W64 => self.eval64(a, b),
            Width::W32 => self.eval32(a as u32, b as u32) as u64,
        }
    }

    const fn eval64(self, a: u64, b: u64) -> u64 {
        match self {
            AluOp::Add => a.wrapping_add(b),
            AluOp::Sub => a.wrapping_sub(b),
            AluOp::Mul => a.wrapping_mul(b),
            AluOp::Div => match a.checked_div(b) {
                Some(quotient) => quotient,
                None => 0,
            },
            AluOp::Mod => match a.checked_rem(b) {
                Some(remainder) => remainder,
                None => a,
            },
            AluOp::Sdiv => {
                if b == 0 {
                    0
                } else {
                    (a as i64).wrapping_div(b as i64) as u64
                }
            }
            AluOp::Smod => {
                if b == 0 {
                    a
                } else {
                    (a as i64).wrapping_rem(b as i64) as u64
                }
            }
            AluOp::Or => a | b,
            AluOp::And => a & b,
            AluOp::Xor => a ^ b,
            AluOp::Lsh => a.wrapping_shl(b as u32),
            AluOp::Rsh => a.wrapping_shr(b as u32),
            AluOp::Arsh => (a as i64).wrapping_shr(b as u32) as u64,
            AluOp::Mov => b,
        }
    }

    const fn eval32(self, a: u32, b: u32) -> u32 {
        match self {
            AluOp::Add => a.wrapping_add(b),
            AluOp::Sub => a.wrapping_sub(b),
            AluOp::Mul => a.wrapping_mul(b),
            AluOp::Div => match a.checked_div(b) {
                Some(quotient) => quotient,
                None => 0,
            },
            AluOp::Mod => match a.checked_rem(b) {
                Some(remainder) => remainder,
                None => a,
            },
            AluOp::Sdiv => {
                if b == 0 {
                    0
                } else {
                    (a as i32).wrapping_div(b as i32) as u32
                }
            }
            AluOp::Smod => {
                if b == 0 {
                    a
                } else {
                    (a as i32).wrapping_rem(b as i32) as u32
                }
            }
            AluOp::Or => a | b,
            AluOp::And => a & b,
            AluOp::Xor => a ^ b,
            AluOp::Lsh => a.wrapping_shl(b),
            AluOp::Rsh => a.wrapping_shr(b),
            AluOp::Arsh => (a as i32).wrapping_shr(b) as u32,
            AluOp::Mov => b,
        }
    }
}

operations! {
    /// Comparisons of conditional jumps. Columns: bits, name (GNU), pseudo-C operator.
    Cond:
    /// Equal.
    Eq = 0x10, "jeq", "==";
    /// Unsigned greater.
    Gt = 0x20, "jgt", ">";
    /// Unsigned greater or equal.
    Ge = 0x30, "jge", ">=";
    /// Some common bit is set.
    Set = 0x40, "jset", "&";
    /// Not equal.
    Ne = 0x50, "jne", "!=";
    /// Signed greater.
    Sgt = 0x60, "jsgt", "s>";
    /// Signed greater or equal.
    Sge = 0x70, "jsge", "s>=";
    /// Unsigned less (v2).
    Lt = 0xa0, "jlt", "<";
    /// Unsigned less or equal (v2).
    Le = 0xb0, "jle", "<=";
    /// Signed less (v2).
    Slt = 0xc0, "jslt", "s<";
    /// Signed less or equal (v2).
    Sle = 0xd0, "jsle", "s<=";
}

impl Cond {
    /// GNU mnemonic without width suffix.
    pub const fn name(self) -> &'static str {
        self.texts()[0]
    }

    /// Pseudo-C operator.
    pub const fn symbol(self) -> &'static str {
        self.texts()[1]
    }

    /// The comparison that holds exactly when this one does not; `Set` has none.
    pub const fn inverse(self) -> Option<Cond> {
        match self {
            Cond::Eq => Some(Cond::Ne),
            Cond::Ne => Some(Cond::Eq),
            Cond::Gt => Some(Cond::Le),
            Cond::Le => Some(Cond::Gt),
            Cond::Ge => Some(Cond::Lt),
            Cond::Lt => Some(Cond::Ge),
            Cond::Sgt => Some(Cond::Sle),
            Cond::Sle => Some(Cond::Sgt),
            Cond::Sge => Some(Cond::Slt),
            Cond::Slt => Some(Cond::Sge),
            Cond::Set => None,
        }
    }

    /// The comparison of `b` with `a` that says the same as this one of `a` with `b`.
    pub const fn swapped(self) -> Cond {
        match self {
            Cond::Eq | Cond::Ne | Cond::Set => self,
            Cond::Gt => Cond::Lt,
            Cond::Lt => Cond::Gt,
            Cond::Ge => Cond::Le,
            Cond::Le => Cond::Ge,
            Cond::Sgt => Cond::Slt,
            Cond::Slt => Cond::Sgt,
            Cond::Sge => Cond::Sle,
            Cond::Sle => Cond::Sge,
        }
    }

    /// Whether `a cond b` holds (RFC 9669 §4.3).
    pub const fn eval(self, width: Width, a: u64, b: u64) -> bool {
        let (a, b) = match width {
            Width::W64 => (a, b),
            Width::W32 => (a as u32 as u64, b as u32 as u64),
        };
        let (sa, sb) = match width {
            Width::W64 => (a as i64, b as i64),
            Width::W32 => (a as i32 as i64, b as i32 as i64),
        };
        match self {
            Cond::Eq => a == b,
            Cond::Ne => a != b,
            Cond::Gt => a > b,
            Cond::Ge => a >= b,
            Cond::Lt => a < b,
            Cond::Le => a <= b,
            Cond::Sgt => sa > sb,
            Cond::Sge => sa >= sb,
            Cond::Slt => sa < sb,
            Cond::Sle => sa <= sb,
            Cond::Set => a & b != 0,
        }
    }
}

operations! {
    /// Atomic read-modify-write (RFC 9669 §5.3). Columns: bits of the immediate, name, pseudo-C operator.
    AtomicOp:
    /// Addition.
    Add = 0x00, "add", "+=";
    /// Bitwise or.
    Or = 0x40, "or", "|=";
    /// Bitwise and.
    And = 0x50, "and", "&=";
    /// Bitwise exclusive or.
    Xor = 0xa0, "xor", "^=";
    /// Exchange.
    Xchg = 0xe0, "xchg", "";
    /// Compare with R0 and exchange.
    Cmpxchg = 0xf0, "cmpxchg", "";
}

impl AtomicOp {
    /// Name as in `atomic_fetch_NAME`.
    pub const fn name(self) -> &'static str {
        self.texts()[0]
    }

    /// Pseudo-C operator of the form without fetch; empty where there is none.
    pub const fn symbol(self) -> &'static str {
        self.texts()[1]
    }

    /// The value stored, given the old value, the operand and (for compare-and-exchange) the value expected.
    pub const fn eval(self, old: u64, operand: u64, expected: u64) -> u64 {
        match self {
            AtomicOp::Add => old.wrapping_add(operand),
            AtomicOp::Or => old | operand,
            AtomicOp::And => old & operand,
            AtomicOp::Xor => old ^ operand,
            AtomicOp::Xchg => operand,
            AtomicOp::Cmpxchg => {
                if old == expected {
                    operand
                } else {
                    old
                }
            }
        }
    }
}

operations! {
    /// Byte swaps. Columns: the opcode byte, name.
    SwapKind:
    /// To big endian.
    ToBe = 0xdc, "be";
    /// To little endian.
    ToLe = 0xd4, "le";
    /// Unconditional (v4).
    Always = 0xd7, "bswap";
}

impl SwapKind {
    /// Name without width.
    pub const fn name(self) -> &'static str {
        self.texts()[0]
    }

    /// The low `size` of `value` swapped on a little-endian machine, zeros above (RFC 9669 §4.2).
    pub const fn eval(self, size: Size, value: u64) -> u64 {
        match self {
            SwapKind::ToLe => size.zero_extend(value),
            SwapKind::ToBe | SwapKind::Always => value.swap_bytes() >> (64 - size.bits()),
        }
    }
}
