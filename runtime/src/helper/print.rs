//! `bpf_trace_printk`: a subset of `printf` with up to three arguments, into the log of the run.
//!
//! The subset is that of Linux (`kernel/trace/bpf_trace.c`, `bpf_bprintf_prepare`):
//!
//! ```text
//!  % [flags 0 + - # space] [width] { d i u x X  l l.. ll..  c  s  p  px pK  % }
//! ```

use crate::errno::Errno;
use crate::helper::{in_run, with_bytes};
use crate::memory::Memory;

/// Longest text that one call can print (Linux `BPF_TRACE_PRINTK_SIZE`).
const MAX_TEXT: usize = 1024;

/// `long bpf_trace_printk(fmt, fmt_size, ...)`: the number of characters printed.
///
/// # Safety
///
/// `fmt` must point to `size` readable bytes.
pub(super) unsafe extern "C" fn trace_printk(fmt: u64, size: u64, a: u64, b: u64, c: u64) -> u64 {
    in_run(|run| {
        // SAFETY: the caller's promise.
        let text =
            unsafe { with_bytes(fmt, size as u32, |fmt| format(fmt, [a, b, c], &run.memory)) };
        match text {
            Ok(mut text) => {
                text.truncate(MAX_TEXT - 1);
                let len = text.len() as u64;
                run.kernel
                    .print(String::from_utf8_lossy(&text).into_owned());
                len
            }
            Err(errno) => errno.to_result(),
        }
    })
}

/// A conversion of the format: `%-8lx`.
#[derive(Clone, Copy, Default)]
struct Conversion {
    left: bool,
    plus: bool,
    space: bool,
    zero: bool,
    alternate: bool,
    width: usize,
    long: bool,
}

/// The text that a format and its arguments make; `EINVAL` for anything outside the subset.
fn format(fmt: &[u8], arguments: [u64; 3], memory: &Memory<'_>) -> Result<Vec<u8>, Errno> {
    let end = fmt
        .iter()
        .position(|&byte| byte == 0)
        .ok_or(Errno::EINVAL)?;
    let mut rest = fmt[..end].iter().copied().peekable();
    let mut arguments = arguments.into_iter();
    let mut text = Vec::new();
    while let Some(byte) = rest.next() {
        // Linux lets only ASCII through.
        if !byte.is_ascii() || (byte.is_ascii_control() && !byte.is_ascii_whitespace()) {
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
        let conversion = Conversion::parse(&mut rest)?;
        let kind = rest.next().ok_or(Errno::EINVAL)?;
        let argument = arguments.next().ok_or(Errno::E2BIG)?;
        let body = match kind {
            b'd' | b'i' => conversion.signed(argument),
            b'u' => conversion.number("", conversion.unsigned(argument).to_string()),
            b'x' => conversion.hex("0x", format!("{:x}", conversion.unsigned(argument))),
            b'X' => conversion.hex("0X", format!("{:X}", conversion.unsigned(argument))),
            b'p' => {
                skip_pointer_kind(&mut rest)?;
                format!("{argument:016x}").into_bytes()
            }
            b'c' => vec![argument as u8],
            // Like Linux: what cannot be read prints as nothing.
            b's' => memory.read_str(argument, MAX_TEXT).unwrap_or_default(),
            _ => return Err(Errno::EINVAL),
        };
        text.extend(conversion.pad(body));
    }
    Ok(text)
}

type Bytes<'a> = std::iter::Peekable<std::iter::Copied<std::slice::Iter<'a, u8>>>;

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

impl Conversion {
    fn parse(rest: &mut Bytes<'_>) -> Result<Conversion, Errno> {
        let mut conversion = Conversion::default();
        while let Some(flag) = rest.next_if(|byte| b"-+ 0#".contains(byte)) {
            match flag {
                b'-' => conversion.left = true,
                b'+' => conversion.plus = true,
                b' ' => conversion.space = true,
                b'0' => conversion.zero = true,
                _ => conversion.alternate = true,
            }
        }
        while let Some(digit) = rest.next_if(u8::is_ascii_digit) {
            conversion.width = conversion.width * 10 + usize::from(digit - b'0');
            if conversion.width > MAX_TEXT {
                return Err(Errno::EINVAL);
            }
        }
        // `l` and `ll` both mean 64 bits.
        if rest.next_if_eq(&b'l').is_some() {
            conversion.long = true;
            rest.next_if_eq(&b'l');
        }
        Ok(conversion)
    }

    fn signed(&self, argument: u64) -> Vec<u8> {
        let number = match self.long {
            true => argument as i64,
            false => argument as i32 as i64,
        };
        let sign = match number {
            ..0 => "-",
            _ if self.plus => "+",
            _ if self.space => " ",
            _ => "",
        };
        self.number(sign, number.unsigned_abs().to_string())
    }

    fn unsigned(&self, argument: u64) -> u64 {
        match self.long {
            true => argument,
            false => argument as u32 as u64,
        }
    }

    fn hex(&self, prefix: &str, digits: String) -> Vec<u8> {
        self.number(if self.alternate { prefix } else { "" }, digits)
    }

    fn number(&self, prefix: &str, digits: String) -> Vec<u8> {
        let room = self.width.saturating_sub(prefix.len());
        if self.zero && !self.left {
            return format!("{prefix}{digits:0>room$}").into_bytes();
        }
        format!("{prefix}{digits}").into_bytes()
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
        let memory = Memory::new(0x9000, None, &[]);
        let fmt = format!("{fmt}\0");
        let text = format(fmt.as_bytes(), arguments, &memory)?;
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
}
