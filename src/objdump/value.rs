//! Bytes as a C initializer, as their type says: `{ .debug = 3, .name = "eth0" }`.

use bpfcc_isa::Endian;
use bpfcc_object::btf::{Btf, BtfType, IntEncoding, Member, TypeId};

/// How deep values may lie in each other.
const MAX_DEPTH: usize = 32;
/// Bytes of text after which the rest is left out.
const MAX_TEXT: usize = 2000;

/// What a pointer in a file points to, by byte offset; nothing if it is a number.
pub(super) type Pointers<'a> = &'a dyn Fn(usize) -> Option<String>;

/// The value of these bytes. Elements at the end that are zero are left out, as C lets one.
pub(super) fn text(
    btf: &Btf,
    endian: Endian,
    ty: TypeId,
    bytes: &[u8],
    pointers: Pointers<'_>,
) -> String {
    let mut printer = Printer {
        btf,
        endian,
        bytes,
        pointers,
        text: String::new(),
    };
    printer.value(ty, 0, 0);
    printer.text
}

/// A string as C writes it, if these are the bytes of one.
pub(super) fn string(bytes: &[u8]) -> Option<String> {
    let end = bytes.iter().position(|&byte| byte == 0)?;
    let (text, rest) = bytes.split_at(end);
    let is_text = |byte: &u8| matches!(byte, 0x20..0x7f | b'\t' | b'\n' | b'\r');
    let is_string = text.iter().all(is_text) && rest.iter().all(|&byte| byte == 0);
    is_string.then(|| quoted(text))
}

/// `"text\n"`
pub(super) fn quoted(text: &[u8]) -> String {
    format!("\"{}\"", text.escape_ascii())
}

struct Printer<'a> {
    btf: &'a Btf,
    endian: Endian,
    bytes: &'a [u8],
    pointers: Pointers<'a>,
    text: String,
}

impl Printer<'_> {
    /// The value at a byte offset.
    fn value(&mut self, ty: TypeId, at: usize, depth: usize) {
        if depth > MAX_DEPTH || self.text.len() > MAX_TEXT {
            self.text.push('…');
            return;
        }
        let ty = self.btf.strip(ty);
        let size = self
            .btf
            .size_of(ty)
            .and_then(|size| usize::try_from(size).ok());
        let bytes = size.and_then(|size| self.bytes.get(at..at.checked_add(size)?));
        let (Some(bytes), Some(kind)) = (bytes, self.btf.get(ty)) else {
            self.text.push('?');
            return;
        };
        match kind {
            BtfType::Array { element, count, .. } => self.array(*element, *count, bytes, at, depth),
            BtfType::Struct { members, .. } => self.record(members, bytes, at, depth),
            // One member says what is there.
            BtfType::Union { members, .. } => {
                let largest = members.iter().rev();
                let largest = largest.max_by_key(|member| self.btf.size_of(member.ty));
                self.record(largest.map_or(&[], std::slice::from_ref), bytes, at, depth);
            }
            _ => {
                let text = self.scalar(kind, bytes, at);
                self.text += &text;
            }
        }
    }

    fn scalar(&self, ty: &BtfType, bytes: &[u8], at: usize) -> String {
        let number = (bytes.len() <= 16).then(|| self.endian.number(bytes));
        match ty {
            BtfType::Ptr { .. } => match ((self.pointers)(at), number) {
                (Some(target), _) => target,
                (None, Some(0)) => "NULL".to_owned(),
                (None, Some(number)) => format!("{number:#x}"),
                (None, None) => "?".to_owned(),
            },
            _ => match number {
                Some(number) => self.integer(ty, number, 8 * bytes.len() as u32),
                None => "?".to_owned(),
            },
        }
    }

    /// A number of so many bits, as its type says.
    fn integer(&self, ty: &BtfType, number: u128, bits: u32) -> String {
        let unused = 128 - bits.clamp(1, 128);
        let signed = (number << unused) as i128 >> unused;
        match ty {
            BtfType::Int { encoding, .. } => match encoding {
                IntEncoding::Bool => (number != 0).to_string(),
                IntEncoding::Signed => signed.to_string(),
                _ => number.to_string(),
            },
            BtfType::Enum {
                signed: is_signed,
                values,
                ..
            }
            | BtfType::Enum64 {
                signed: is_signed,
                values,
                ..
            } => {
                let value = if *is_signed { signed } else { number as i128 };
                let name = values.iter().find(|constant| constant.value == value);
                name.map_or_else(|| value.to_string(), |constant| constant.name.clone())
            }
            BtfType::Float { size: 4, .. } => f32::from_bits(number as u32).to_string(),
            BtfType::Float { size: 8, .. } => f64::from_bits(number as u64).to_string(),
            _ => format!("{number:#x}"),
        }
    }

    fn array(&mut self, element: TypeId, count: u32, bytes: &[u8], at: usize, depth: usize) {
        if let Some(text) = string(bytes).filter(|_| is_char(self.btf, element)) {
            self.text += &text;
            return;
        }
        // The size of the whole is the product of the two.
        let size = bytes.len().checked_div(count as usize).unwrap_or(0);
        let has_pointers = matches!(
            self.btf.get(self.btf.strip(element)),
            Some(BtfType::Ptr { .. })
        );
        let used = match bytes.iter().rposition(|&byte| byte != 0) {
            _ if has_pointers => count as usize,
            Some(last) if size > 0 => last / size + 1,
            _ => 0,
        };
        self.list(used, |printer, index| {
            printer.value(element, at + index * size, depth + 1);
        });
    }

    fn record(&mut self, members: &[Member], bytes: &[u8], at: usize, depth: usize) {
        self.list(members.len(), |printer, index| {
            let member = &members[index];
            if !member.name.is_empty() {
                printer.text += &format!(".{} = ", member.name);
            }
            match member.bit_size {
                0 => printer.value(member.ty, at + member.bit_offset as usize / 8, depth + 1),
                _ => printer.bit_field(member, bytes),
            }
        });
    }

    /// Bits are counted from the least significant one in little-endian files, from the most significant in others.
    fn bit_field(&mut self, member: &Member, bytes: &[u8]) {
        let (start, width) = (member.bit_offset as usize, usize::from(member.bit_size));
        let bit = |index: usize| {
            let byte = bytes.get(index / 8).copied().unwrap_or(0);
            u128::from(match self.endian {
                Endian::Little => byte >> (index % 8) & 1,
                Endian::Big => byte >> (7 - index % 8) & 1,
            })
        };
        let ones = (0..width.min(128)).fold(0, |number, index| match self.endian {
            Endian::Little => number | bit(start + index) << index,
            Endian::Big => number << 1 | bit(start + index),
        });
        let text = match self.btf.get(self.btf.strip(member.ty)) {
            Some(ty) => self.integer(ty, ones, member.bit_size.into()),
            None => "?".to_owned(),
        };
        self.text += &text;
    }

    /// `{ 1, 2 }`
    fn list(&mut self, count: usize, mut item: impl FnMut(&mut Self, usize)) {
        if count == 0 {
            self.text += "{}";
            return;
        }
        self.text += "{ ";
        for index in 0..count {
            if index > 0 {
                self.text += ", ";
            }
            if self.text.len() > MAX_TEXT {
                self.text.push('…');
                break;
            }
            item(self, index);
        }
        self.text += " }";
    }
}

/// Whether this is an array of characters.
pub(super) fn is_text(btf: &Btf, ty: TypeId) -> bool {
    match btf.get(btf.strip(ty)) {
        Some(BtfType::Array { element, .. }) => is_char(btf, *element),
        _ => false,
    }
}

fn is_char(btf: &Btf, ty: TypeId) -> bool {
    match btf.get(btf.strip(ty)) {
        Some(BtfType::Int {
            name,
            size: 1,
            encoding,
            ..
        }) => name == "char" || *encoding == IntEncoding::Char,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use bpfcc_object::btf::{BtfType, Enumerator};

    use super::*;

    fn int(btf: &mut Btf, name: &str, size: u32, encoding: IntEncoding) -> TypeId {
        btf.add(BtfType::Int {
            name: name.into(),
            size,
            encoding,
            bits: (8 * size) as u8,
            offset: 0,
        })
    }

    fn member(name: &str, ty: TypeId, bit_offset: u32, bit_size: u8) -> Member {
        let name = name.into();
        Member {
            name,
            ty,
            bit_offset,
            bit_size,
        }
    }

    fn plain(btf: &Btf, endian: Endian, ty: TypeId, bytes: &[u8]) -> String {
        text(btf, endian, ty, bytes, &|_| None)
    }

    #[test]
    fn a_structure_is_an_initializer() {
        let mut btf = Btf::new();
        let s32 = int(&mut btf, "int", 4, IntEncoding::Signed);
        let char = int(&mut btf, "char", 1, IntEncoding::Signed);
        let name = btf.add(BtfType::Array {
            element: char,
            index: s32,
            count: 4,
        });
        let list = btf.add(BtfType::Array {
            element: s32,
            index: s32,
            count: 3,
        });
        let idle = Enumerator {
            name: "IDLE".into(),
            value: 7,
        };
        let state = btf.add(BtfType::Enum {
            name: "state".into(),
            size: 4,
            signed: false,
            values: vec![idle],
        });
        let pointer = btf.add(BtfType::Ptr { target: s32 });
        let record = btf.add(BtfType::Struct {
            name: "s".into(),
            size: 32,
            members: vec![
                member("name", name, 0, 0),
                member("state", state, 32, 0),
                member("list", list, 64, 0),
                member("low", s32, 160, 3),
                member("high", s32, 163, 5),
                member("p", pointer, 192, 0),
            ],
        });
        let mut bytes = [0; 32];
        bytes[..4].copy_from_slice(b"ab\n\0");
        bytes[4] = 7;
        bytes[8..12].copy_from_slice(&(-2i32).to_le_bytes());
        bytes[20] = 0b0001_0111;
        assert_eq!(
            plain(&btf, Endian::Little, record, &bytes),
            r#"{ .name = "ab\n", .state = IDLE, .list = { -2 }, .low = -1, .high = 2, .p = NULL }"#
        );
        let named = text(&btf, Endian::Little, record, &bytes, &|at| {
            Some(format!("&x{at}"))
        });
        assert!(named.ends_with(".p = &x24 }"), "{named}");
        assert_eq!(plain(&btf, Endian::Little, record, &bytes[..8]), "?");
    }

    #[test]
    fn byte_order_counts() {
        let mut btf = Btf::new();
        let u32 = int(&mut btf, "unsigned int", 4, IntEncoding::Unsigned);
        assert_eq!(plain(&btf, Endian::Big, u32, &[0, 0, 1, 2]), "258");
        let fields = btf.add(BtfType::Struct {
            name: "f".into(),
            size: 4,
            members: vec![member("a", u32, 0, 3), member("b", u32, 3, 9)],
        });
        let bytes = [0b1010_0000, 0b0001_0000, 0, 0];
        assert_eq!(
            plain(&btf, Endian::Big, fields, &bytes),
            "{ .a = 5, .b = 1 }"
        );
    }

    #[test]
    fn endless_types_end() {
        let mut btf = Btf::new();
        let s32 = int(&mut btf, "int", 4, IntEncoding::Signed);
        let nothing = BtfType::Struct {
            name: "n".into(),
            size: 0,
            members: Vec::new(),
        };
        let nothing = btf.add(nothing);
        let many = BtfType::Array {
            element: nothing,
            index: s32,
            count: u32::MAX,
        };
        let many = btf.add(many);
        assert_eq!(plain(&btf, Endian::Little, many, &[]), "{}");
        let itself = btf.push(BtfType::Struct {
            name: "s".into(),
            size: 0,
            members: Vec::new(),
        });
        let members = vec![member("a", itself, 0, 0), member("b", itself, 0, 0)];
        btf.replace(
            itself,
            BtfType::Struct {
                name: "s".into(),
                size: 0,
                members,
            },
        );
        assert!(plain(&btf, Endian::Little, itself, &[]).len() < 2 * MAX_TEXT);
    }
}
