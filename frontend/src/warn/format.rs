//! Format strings: whether the arguments are as many and as wide as the conversions say.

use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::tree::visit::{Visitor, walk_block, walk_expr};
use crate::tree::{Block, Callee, Expr, ExprKind, PlaceKind, Unit};

/// Functions that take a format first, and at which argument the values start.
const PRINTERS: [(&str, usize); 3] = [("bpf_trace_printk", 2), ("bpf_printk", 2), ("printf", 1)];

/// Checks the calls in one function.
pub(super) fn check(unit: &Unit, body: &Block, found: &mut Vec<Diagnostic>) {
    walk_block(&mut Formats { unit, found }, body);
}

struct Formats<'a> {
    unit: &'a Unit,
    found: &'a mut Vec<Diagnostic>,
}

impl Visitor for Formats<'_> {
    fn visit_expr(&mut self, expr: &Expr) {
        if let ExprKind::Call { callee, args } = &expr.kind {
            self.check_call(callee, args, expr.span);
        }
        walk_expr(self, expr);
    }
}

impl Formats<'_> {
    fn check_call(&mut self, callee: &Callee, args: &[Expr], span: Span) {
        let name = match callee {
            Callee::Func(id) => self.unit[*id].name.as_str(),
            Callee::Helper(number) => match bpfcc_isa::helpers::helper_by_id(*number) {
                Some(helper) => helper.name(),
                None => return,
            },
            Callee::Indirect(_) => return,
        };
        let Some(&(_, first)) = PRINTERS.iter().find(|(printer, _)| *printer == name) else {
            return;
        };
        let (Some(text), Some(values)) = (
            args.first().and_then(|arg| self.text(arg)),
            args.get(first..),
        ) else {
            return;
        };
        let read = match name {
            "bpf_trace_printk" => kernel_conversions(&text),
            _ => conversions(&text),
        };
        match read {
            Err(bad) => self.warn(
                span,
                format!("`{name}` does not know the conversion `{bad}`"),
            ),
            Ok(wanted) if wanted.len() != values.len() => {
                let message = format!(
                    "the format asks for {}, and {} given",
                    count(wanted.len(), "value"),
                    match values.len() {
                        0 => "none is".to_owned(),
                        1 => "1 is".to_owned(),
                        more => format!("{more} are"),
                    }
                );
                self.warn(span, message);
            }
            Ok(wanted) => {
                for (wanted, value) in wanted.iter().zip(values) {
                    self.check_value(*wanted, value);
                }
            }
        }
    }

    fn check_value(&mut self, wanted: Wanted, value: &Expr) {
        let types = &self.unit.types;
        let size = types.size_of(value.ty).unwrap_or(0);
        let is_pointer = types.is_pointer(value.ty);
        let fits = match wanted {
            Wanted::Pointer => is_pointer || size == 8,
            Wanted::Integer { bytes } => !is_pointer && (bytes == 8) == (size == 8),
        };
        if !fits {
            let shown = types.describe(value.ty.unqualified());
            let message = match wanted {
                Wanted::Pointer => format!("the format wants a pointer here, not {shown}"),
                Wanted::Integer { bytes } => {
                    format!(
                        "the format wants an integer of {} bits here, not {shown}",
                        bytes * 8
                    )
                }
            };
            self.warn(value.span, message);
        }
    }

    fn warn(&mut self, span: Span, message: String) {
        self.found
            .push(Diagnostic::warning(span, message).code("format"));
    }

    /// The string that a pointer points to, if the program does not change it.
    fn text(&self, pointer: &Expr) -> Option<Vec<u8>> {
        match &pointer.kind {
            ExprKind::Cast { arg, .. } => self.text(arg),
            ExprKind::AddressOf(place) => {
                let PlaceKind::Global(id) = place.kind else {
                    return None;
                };
                let bytes = &self.unit[id].image.as_ref()?.bytes;
                let end = bytes.iter().position(|&byte| byte == 0)?;
                Some(bytes[..end].to_vec())
            }
            _ => None,
        }
    }
}

/// What a conversion wants.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Wanted {
    Integer { bytes: u64 },
    Pointer,
}

fn count(number: usize, what: &str) -> String {
    match number {
        1 => format!("1 {what}"),
        _ => format!("{number} {what}s"),
    }
}

/// The conversions of a format in order; the first one that is not known as the error.
fn conversions(format: &[u8]) -> Result<Vec<Wanted>, String> {
    let mut wanted = Vec::new();
    let mut rest = format;
    while let Some(at) = rest.iter().position(|&byte| byte == b'%') {
        let spec = &rest[at..];
        let is_modifier = |byte: &u8| byte.is_ascii_digit() || b"-+ #.hlzjt".contains(byte);
        let len = 1 + spec[1..]
            .iter()
            .take_while(|byte| is_modifier(byte))
            .count();
        let is_long = spec[..len].iter().any(|byte| b"lzjt".contains(byte));
        let bytes = if is_long { 8 } else { 4 };
        let mut end = len + 1;
        match spec.get(len) {
            Some(b'%') => {}
            Some(b'd' | b'i' | b'u' | b'x' | b'X' | b'o' | b'c') => {
                wanted.push(Wanted::Integer { bytes })
            }
            Some(b's') => wanted.push(Wanted::Pointer),
            Some(b'p') => {
                wanted.push(Wanted::Pointer);
                // Linux's `%pK`, `%px`, `%pks`, `%pI4` and their like.
                end += spec[end..]
                    .iter()
                    .take_while(|byte| byte.is_ascii_alphanumeric())
                    .count();
            }
            _ => {
                let bad = &spec[..end.min(spec.len())];
                return Err(String::from_utf8_lossy(bad).into_owned());
            }
        }
        rest = &spec[end..];
    }
    Ok(wanted)
}

/// The same for what the kernel prints: it reads no precision, no `#`, no `h` and no `z`, and prints no octal numbers
/// (`bpf_bprintf_prepare` in kernel/bpf/helpers.c).
fn kernel_conversions(format: &[u8]) -> Result<Vec<Wanted>, String> {
    let mut rest = format;
    while let Some(at) = rest.iter().position(|&byte| byte == b'%') {
        let spec = &rest[at + 1..];
        let is_width = |byte: &&u8| byte.is_ascii_digit() || b"-+ 0".contains(byte);
        let width = spec.iter().take_while(is_width).count();
        let longs = spec[width..].iter().take_while(|&&byte| byte == b'l');
        let end = width + longs.count();
        match spec.get(end) {
            Some(b'd' | b'i' | b'u' | b'x' | b'X' | b's' | b'c' | b'p' | b'%') => {
                rest = &spec[end + 1..];
            }
            _ => {
                let bad = &rest[at..(at + end + 2).min(rest.len())];
                return Err(String::from_utf8_lossy(bad).into_owned());
            }
        }
    }
    conversions(format)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_read_as_printf_reads_them() {
        let int = |bytes| Wanted::Integer { bytes };
        assert_eq!(conversions(b"a %d%% %-8llx"), Ok(vec![int(4), int(8)]));
        assert_eq!(
            conversions(b"%s %pI4 %zu"),
            Ok(vec![Wanted::Pointer, Wanted::Pointer, int(8)])
        );
        assert_eq!(conversions(b"%f"), Err("%f".to_owned()));
        assert_eq!(conversions(b"100%"), Err("%".to_owned()));
        assert_eq!(
            kernel_conversions(b"%08llx %pI4"),
            Ok(vec![int(8), Wanted::Pointer])
        );
        assert_eq!(kernel_conversions(b"%.3d"), Err("%.".to_owned()));
        assert_eq!(kernel_conversions(b"%zu"), Err("%z".to_owned()));
    }
}
