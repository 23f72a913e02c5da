//! The text that a format and its arguments make, as `printf` does it.
//!
//! ```text
//!  % [flags - + 0 # space] [width] [.precision] [length] conversion
//! ```
//!
//! C and Linux agree on what they share; what each of them has is its [`Dialect`]:
//!
//! | | C | Linux (`kernel/trace/bpf_trace.c`, `bpf_bprintf_prepare`) |
//! |---|---|---|
//! | conversions | `d i u o x X c s p %` | `d i u x X c s p px pK %` |
//! | lengths | `hh h l ll z j t` | `l ll` |
//! | precision | yes | no |
//! | `%p` | `0x` and digits | 16 digits |

use crate::errno::Errno;
use crate::memory::Memory;

/// Longest text that one conversion can ask for, and longest string that is looked at (Linux `BPF_TRACE_PRINTK_SIZE`).
pub(super) const MAX_TEXT: usize = 1024;

/// Whose `printf` it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Dialect {
    /// C11 7.21.6.1, without floating-point numbers.
    C,
    /// `bpf_trace_printk`.
    Linux,
}

impl Dialect {
    /// Linux lets only ASCII through.
    fn accepts(self, byte: u8) -> bool {
        let is_plain = byte.is_ascii() && (!byte.is_ascii_control() || byte.is_ascii_whitespace());
        self == Dialect::C || is_plain
    }
}

/// A conversion of the format: `%-8lx`.
#[derive(Clone, Copy)]
struct Conversion {
    left: bool,
    plus: bool,
    space: bool,
    zero: bool,
    alternate: bool,
    width: usize,
    precision: Option<usize>,
    /// Bits of an integer argument.
    bits: u32,
}

/// The text; `EINVAL` for anything outside the dialect, `E2BIG` if there are too few arguments.
pub(super) fn format(
    dialect: Dialect,
    fmt: &[u8],
    arguments: &[u64],
    memory: &Memory<'_>,
) -> Result<Vec<u8>, Errno> {
    let end = fmt
        .iter()
        .position(|&byte| byte == 0)
        .ok_or(Errno::EINVAL)?;
    let mut rest = fmt[..end].iter().copied().peekable();
    let mut arguments = arguments.iter().copied();
    let mut text = Vec::new();
    while let Some(byte) = rest.next() {
        if !dialect.accepts(byte) {
            return Err(Errno::EINVAL);
        }
        if byte != b'%' {
            text.push(byte);
            continue;
        }
        if rest.next_if_eq(&b'%').is_some() {
            text.push(b'%');
            continue;
        }
        let conversion = Conversion::parse(dialect, &mut rest)?;
        let kind = rest.next().ok_or(Errno::EINVAL)?;
        let argument = arguments.next().ok_or(Errno::E2BIG)?;
        let body = match kind {
            b'd' | b'i' => conversion.signed(argument),
            b'u' => conversion.number("", conversion.unsigned(argument).to_string()),
            b'o' if dialect == Dialect::C => conversion.octal(argument),
            b'x' => conversion.hex("0x", format!("{:x}", conversion.unsigned(argument))),
            b'X' => conversion.hex("0X", format!("{:X}", conversion.unsigned(argument))),
            b'p' => {
                if dialect == Dialect::Linux {
                    skip_pointer_kind(&mut rest)?;
                }
                pointer(dialect, argument)
            }
            b'c' => vec![argument as u8],
            b's' => conversion.string(memory, argument),
            _ => return Err(Errno::EINVAL),
        };
        text.extend(conversion.pad(body));
    }
    Ok(text)
}

type Bytes<'a> = std::iter::Peekable<std::iter::Copied<std::slice::Iter<'a, u8>>>;

fn pointer(dialect: Dialect, argument: u64) -> Vec<u8> {
    match dialect {
        Dialect::C => format!("{argument:#x}").into_bytes(),
        Dialect::Linux => format!("{argument:016x}").into_bytes(),
    }
}

/// `%px` and `%pK` print like `%p` here: there are no kernel addresses to hide. The other extensions are refused.
fn skip_pointer_kind(rest: &mut Bytes<'_>) -> Result<(), Errno> {
    if rest.next_if(|byte| matches!(byte, b'x' | b'K')).is_some() {
        return Ok(());
    }
    match rest.peek() {
        Some(byte) if byte.is_ascii_alphanumeric() => Err(Errno::EINVAL),
        _ => Ok(()),
    }
}

/// A decimal number, 0 if there are no digits.
fn count(rest: &mut Bytes<'_>) -> Result<usize, Errno> {
    let mut count = 0;
    while let Some(digit) = rest.next_if(u8::is_ascii_digit) {
        count = count * 10 + usize::from(digit - b'0');
        if count > MAX_TEXT {
            return Err(Errno::EINVAL);
        }
    }
    Ok(count)
}

/// How many bits a length modifier says that an integer has.
fn length(dialect: Dialect, rest: &mut Bytes<'_>) -> Result<u32, Errno> {
    let Some(first) = rest.next_if(|byte| b"hlzjt".contains(byte)) else {
        return Ok(32);
    };
    let is_double = matches!(first, b'h' | b'l') && rest.next_if_eq(&first).is_some();
    match (dialect, first, is_double) {
        (_, b'l', _) | (Dialect::C, b'z' | b'j' | b't', _) => Ok(64),
        (Dialect::C, b'h', true) => Ok(8),
        (Dialect::C, b'h', false) => Ok(16),
        _ => Err(Errno::EINVAL),
    }
}

impl Conversion {
    fn parse(dialect: Dialect, rest: &mut Bytes<'_>) -> Result<Conversion, Errno> {
        let mut conversion = Conversion {
            left: false,
            plus: false,
            space: false,
            zero: false,
            alternate: false,
            width: 0,
            precision: None,
            bits: 32,
        };
        while let Some(flag) = rest.next_if(|byte| b"-+ 0#".contains(byte)) {
            match flag {
                b'-' => conversion.left = true,
                b'+' => conversion.plus = true,
                b' ' => conversion.space = true,
                b'0' => conversion.zero = true,
                _ => conversion.alternate = true,
            }
        }
        conversion.width = count(rest)?;
        if dialect == Dialect::C && rest.next_if_eq(&b'.').is_some() {
            conversion.precision = Some(count(rest)?);
        }
        conversion.bits = length(dialect, rest)?;
        Ok(conversion)
    }

    fn signed(&self, argument: u64) -> Vec<u8> {
        let unused = 64 - self.bits;
        let number = (argument << unused) as i64 >> unused;
        let sign = match number {
            ..0 => "-",
            _ if self.plus => "+",
            _ if self.space => " ",
            _ => "",
        };
        self.number(sign, number.unsigned_abs().to_string())
    }

    fn unsigned(&self, argument: u64) -> u64 {
        let unused = 64 - self.bits;
        argument << unused >> unused
    }

    fn octal(&self, argument: u64) -> Vec<u8> {
        let digits = format!("{:o}", self.unsigned(argument));
        let lacks_zero = self.alternate && !digits.starts_with('0');
        self.number(if lacks_zero { "0" } else { "" }, digits)
    }

    /// Zero has no prefix.
    fn hex(&self, prefix: &str, digits: String) -> Vec<u8> {
        let prefix = match self.alternate && digits != "0" {
            true => prefix,
            false => "",
        };
        self.number(prefix, digits)
    }

    /// Precision is the least number of digits; with it, or at the left edge, the flag `0` has no effect.
    fn number(&self, prefix: &str, digits: String) -> Vec<u8> {
        let room = match self.precision {
            Some(0) if digits == "0" => return prefix.as_bytes().to_vec(),
            Some(least) => least,
            None if self.zero && !self.left => self.width.saturating_sub(prefix.len()),
            None => 0,
        };
        format!("{prefix}{digits:0>room$}").into_bytes()
    }

    /// What cannot be read prints as nothing, as in Linux.
    fn string(&self, memory: &Memory<'_>, addr: u64) -> Vec<u8> {
        let text = memory.read_str(addr, MAX_TEXT).unwrap_or_default();
        let len = self.precision.unwrap_or(text.len()).min(text.len());
        text[..len].to_vec()
    }

    fn pad(&self, mut body: Vec<u8>) -> Vec<u8> {
        let missing = self.width.saturating_sub(body.len());
        let padding = std::iter::repeat_n(b' ', missing);
        if self.left {
            body.extend(padding);
            body
        } else {
            padding.chain(body).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(fmt: &str, arguments: [u64; 3]) -> Result<String, Errno> {
        print_as(Dialect::Linux, fmt, arguments)
    }

    fn c(fmt: &str, argument: u64) -> String {
        print_as(Dialect::C, fmt, [argument, 0, 0]).unwrap()
    }

    fn print_as(dialect: Dialect, fmt: &str, arguments: [u64; 3]) -> Result<String, Errno> {
        let memory = Memory::new(0x9000, None, &[], bpfcc_isa::Endian::HOST);
        let fmt = format!("{fmt}\0");
        let text = format(dialect, fmt.as_bytes(), &arguments, &memory)?;
        Ok(String::from_utf8(text).unwrap())
    }

    #[test]
    fn numbers_print_like_in_c() {
        let minus_one = u64::MAX;
        assert_eq!(
            print("%d %u", [minus_one, minus_one, 0]).unwrap(),
            "-1 4294967295"
        );
        assert_eq!(print("%ld", [minus_one, 0, 0]).unwrap(), "-1");
        assert_eq!(
            print("%llu|%lx|%X", [minus_one, 255, 255]).unwrap(),
            "18446744073709551615|ff|FF"
        );
        assert_eq!(
            print("[%5d|%-5d|%05d]", [42, 42, 42]).unwrap(),
            "[   42|42   |00042]"
        );
        assert_eq!(
            print("%#x %+d %05d", [16, 5, -3i64 as u64]).unwrap(),
            "0x10 +5 -0003"
        );
        assert_eq!(print("%c%%", [65, 0, 0]).unwrap(), "A%");
        assert_eq!(print("%p", [0xabc, 0, 0]).unwrap(), "0000000000000abc");
    }

    #[test]
    fn what_linux_refuses_is_refused() {
        assert_eq!(print("%f", [0; 3]), Err(Errno::EINVAL));
        assert_eq!(print("%", [0; 3]), Err(Errno::EINVAL));
        assert_eq!(print("%pI4", [0; 3]), Err(Errno::EINVAL));
        assert_eq!(print("%d%d%d%d", [0; 3]), Err(Errno::E2BIG));
        assert_eq!(print("%99999d", [0; 3]), Err(Errno::EINVAL));
    }

    #[test]
    fn a_string_that_cannot_be_read_prints_as_nothing() {
        assert_eq!(print("<%s>", [16, 0, 0]).unwrap(), "<>");
    }

    #[test]
    fn c_has_more() {
        assert_eq!(c("%o %%", 8), "10 %");
        assert_eq!(c("%#o|", 8), "010|");
        assert_eq!(c("%#x", 0), "0");
        assert_eq!(c("%p", 0xabc), "0xabc");
        assert_eq!(c("%hhd", 0x1ff), "-1");
        assert_eq!(c("%hu", 0x1_ffff), "65535");
        assert_eq!(c("%zu", u64::MAX), "18446744073709551615");
        assert_eq!(c("[%6.3d]", 7), "[   007]");
        assert_eq!(c("[%.0d]", 0), "[]");
        assert_eq!(c("[%-06d]", 7), "[7     ]");
        assert_eq!(c("é", 0), "é");
    }
}
