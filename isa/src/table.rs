//! THE TABLE: each operation's encoding, mnemonics and meaning on one line.
//!
//! The encoder, decoder, assemblers, disassemblers, constant folder, IR evaluator and interpreter read these rows. A
//! table agrees with itself even when it is wrong, so `tests/oracle.rs` compares it with LLVM's bytes.

use crate::insn::{Size, Width};
use crate::opcode::Endian;

/// `Variant = bits, "name", … => meaning;` for each operation. What the columns and the names in the meanings stand for is said
/// above each table.
macro_rules! operations {
    (
        $(#[$outer:meta])* $name:ident($($arg:ident: $ty:ty),+) -> $result:ty:
        $($(#[$inner:meta])* $variant:ident = $code:literal, $($text:literal),+ => $meaning:expr;)+
    ) => {
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

            #[inline]
            const fn meaning(self, $($arg: $ty),+) -> $result {
                match self { $($name::$variant => $meaning,)+ }
            }
        }
    };
}

/// An operand in both readings: zero-extended and sign-extended from the width of the operation.
#[inline]
const fn readings(width: Width, value: u64) -> (u64, i64) {
    match width {
        Width::W64 => (value, value as i64),
        Width::W32 => (value as u32 as u64, value as i32 as i64),
    }
}

operations! {
    /// Two-operand arithmetic. Columns: bits, name (GNU and IR style), pseudo-C operator, value. The operands are `a` and `b`,
    /// read as signed numbers `sa` and `sb`; `n` is a shift count, `b` modulo the width.
    AluOp(a: u64, b: u64, sa: i64, sb: i64, n: u32) -> u64:
    /// Wrapping addition.
    Add = 0x00, "add", "+=" => a.wrapping_add(b);
    /// Wrapping subtraction.
    Sub = 0x10, "sub", "-=" => a.wrapping_sub(b);
    /// Wrapping multiplication.
    Mul = 0x20, "mul", "*=" => a.wrapping_mul(b);
    /// Unsigned division; by zero gives zero.
    Div = 0x30, "div", "/=" => match a.checked_div(b) { Some(quotient) => quotient, None => 0 };
    /// Bitwise or.
    Or = 0x40, "or", "|=" => a | b;
    /// Bitwise and.
    And = 0x50, "and", "&=" => a & b;
    /// Shift left; the count is masked.
    Lsh = 0x60, "lsh", "<<=" => a << n;
    /// Logical shift right; the count is masked.
    Rsh = 0x70, "rsh", ">>=" => a >> n;
    /// Unsigned remainder; by zero leaves the dividend.
    Mod = 0x90, "mod", "%=" => if b == 0 { a } else { a % b };
    /// Bitwise exclusive or.
    Xor = 0xa0, "xor", "^=" => a ^ b;
    /// Copy.
    Mov = 0xb0, "mov", "=" => b;
    /// Arithmetic shift right; the count is masked.
    Arsh = 0xc0, "arsh", "s>>=" => (sa >> n) as u64;
    /// Signed division (v4; encoded as Div with offset 1).
    Sdiv = 0x31, "sdiv", "s/=" => if b == 0 { 0 } else { sa.wrapping_div(sb) as u64 };
    /// Signed remainder (v4; encoded as Mod with offset 1).
    Smod = 0x91, "smod", "s%=" => if b == 0 { a } else { sa.wrapping_rem(sb) as u64 };
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
    #[inline]
    pub const fn eval(self, width: Width, a: u64, b: u64) -> u64 {
        let ((a, sa), (b, sb)) = (readings(width, a), readings(width, b));
        let n = b as u32 & (width.bits() - 1);
        readings(width, self.meaning(a, b, sa, sb, n)).0
    }
}

operations! {
    /// Comparisons of conditional jumps. Columns: bits, name (GNU), pseudo-C operator, whether it holds for `a` and `b`, which
    /// are `sa` and `sb` as signed numbers.
    Cond(a: u64, b: u64, sa: i64, sb: i64) -> bool:
    /// Equal.
    Eq = 0x10, "jeq", "==" => a == b;
    /// Unsigned greater.
    Gt = 0x20, "jgt", ">" => a > b;
    /// Unsigned greater or equal.
    Ge = 0x30, "jge", ">=" => a >= b;
    /// Some common bit is set.
    Set = 0x40, "jset", "&" => a & b != 0;
    /// Not equal.
    Ne = 0x50, "jne", "!=" => a != b;
    /// Signed greater.
    Sgt = 0x60, "jsgt", "s>" => sa > sb;
    /// Signed greater or equal.
    Sge = 0x70, "jsge", "s>=" => sa >= sb;
    /// Unsigned less (v2).
    Lt = 0xa0, "jlt", "<" => a < b;
    /// Unsigned less or equal (v2).
    Le = 0xb0, "jle", "<=" => a <= b;
    /// Signed less (v2).
    Slt = 0xc0, "jslt", "s<" => sa < sb;
    /// Signed less or equal (v2).
    Sle = 0xd0, "jsle", "s<=" => sa <= sb;
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
    #[inline]
    pub const fn eval(self, width: Width, a: u64, b: u64) -> bool {
        let ((a, sa), (b, sb)) = (readings(width, a), readings(width, b));
        self.meaning(a, b, sa, sb)
    }
}

operations! {
    /// Atomic read-modify-write (RFC 9669 §5.3). Columns: bits of the immediate, name, pseudo-C operator, value stored.
    AtomicOp(old: u64, operand: u64, expected: u64) -> u64:
    /// Addition.
    Add = 0x00, "add", "+=" => old.wrapping_add(operand);
    /// Bitwise or.
    Or = 0x40, "or", "|=" => old | operand;
    /// Bitwise and.
    And = 0x50, "and", "&=" => old & operand;
    /// Bitwise exclusive or.
    Xor = 0xa0, "xor", "^=" => old ^ operand;
    /// Exchange.
    Xchg = 0xe0, "xchg", "" => operand;
    /// Compare with R0 and exchange.
    Cmpxchg = 0xf0, "cmpxchg", "" => if old == expected { operand } else { old };
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
    #[inline]
    pub const fn eval(self, old: u64, operand: u64, expected: u64) -> u64 {
        self.meaning(old, operand, expected)
    }
}

operations! {
    /// Byte swaps. Columns: the opcode byte, name, value on a little-endian machine.
    SwapKind(size: Size, value: u64) -> u64:
    /// To big endian.
    ToBe = 0xdc, "be" => size.swap_bytes(value);
    /// To little endian.
    ToLe = 0xd4, "le" => size.zero_extend(value);
    /// Unconditional (v4).
    Always = 0xd7, "bswap" => size.swap_bytes(value);
}

impl SwapKind {
    /// Name without width.
    pub const fn name(self) -> &'static str {
        self.texts()[0]
    }

    /// The low `size` of `value` swapped on a machine of this byte order, zeros above (RFC 9669 §4.2).
    #[inline]
    pub const fn eval(self, endian: Endian, size: Size, value: u64) -> u64 {
        let as_little = match (endian, self) {
            (Endian::Big, SwapKind::ToBe) => SwapKind::ToLe,
            (Endian::Big, SwapKind::ToLe) => SwapKind::ToBe,
            _ => self,
        };
        as_little.meaning(size, value)
    }

    /// The swap to the other byte order than that of the machine, which every kernel knows and which always swaps.
    pub const fn to_other(endian: Endian) -> SwapKind {
        match endian {
            Endian::Little => SwapKind::ToBe,
            Endian::Big => SwapKind::ToLe,
        }
    }
}
