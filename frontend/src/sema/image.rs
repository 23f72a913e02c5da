//! Initial values of globals: a flat initializer becomes the bytes that the object file holds.
//!
//! Addresses are not known before the program is linked; they are written down beside the bytes, as
//! [`ImagePointer`]s.

use bpfcc_isa::Endian;

use crate::diagnostic::Diagnostic;
use crate::restrict::Rule;
use crate::tree::{
    CastKind, Expr, ExprKind, Image, ImagePointer, Init, InitItem, InitValue, PlaceKind,
};
use crate::types::{BitField, QualType};

use super::constant::{ConstantValue, constant_value};
use super::{Checked, Checker, float};

impl Checker<'_> {
    /// The bytes of a global's initializer.
    pub(super) fn image(&mut self, init: &Init, ty: QualType) -> Checked<Image> {
        let size = self.types().size_of(ty.ty).unwrap_or(0);
        let ends = init.items.iter().map(|item| self.item_end(item));
        // A flexible array member makes the object larger than its type.
        let size = ends.fold(size, u64::max);
        let mut image = Image {
            bytes: vec![0; size as usize],
            pointers: Vec::new(),
        };
        for item in &init.items {
            self.write_item(item, &mut image)?;
        }
        image.pointers.sort_by_key(|pointer| pointer.offset);
        Ok(image)
    }

    /// The bytes of a constant compound literal that are read as something else: `*(long *)&(struct insn){…}`.
    pub(super) fn literal_bytes(&mut self, value: &Expr) -> Option<Vec<u8>> {
        let ExprKind::Load(place) = &value.kind else {
            return None;
        };
        let PlaceKind::Deref(pointer) = &place.kind else {
            return None;
        };
        let ExprKind::AddressOf(place) = &without_casts(pointer).kind else {
            return None;
        };
        let PlaceKind::CompoundLiteral { init, .. } = &place.kind else {
            return None;
        };
        let is_constant = |item: &InitItem| match &item.value {
            InitValue::Bytes(_) => true,
            InitValue::Expr(value) => value.as_const().is_some(),
        };
        if !init.items.iter().all(is_constant) {
            return None;
        }
        let size = self.types().size_of(value.ty)? as usize;
        let image = self.image(init, place.ty).ok()?;
        image.bytes.get(..size).map(<[u8]>::to_vec)
    }

    fn write_item(&mut self, item: &InitItem, image: &mut Image) -> Checked<()> {
        let value = match &item.value {
            InitValue::Bytes(bytes) => {
                write_bytes(image, item.offset, bytes);
                return Ok(());
            }
            InitValue::Expr(value) => value,
        };
        if let Some(bytes) = float::bytes(self.types(), value) {
            write_bytes(image, item.offset, &bytes);
            return Ok(());
        }
        if self.types().is_float(value.ty) {
            return self.fail(Rule::Float.refuse(value.span, "this is a floating-point number"));
        }
        if let Some(source) = self.copied_image(value)? {
            let base = item.offset;
            write_bytes(image, base, &source.bytes);
            let moved = source.pointers.into_iter().map(|pointer| ImagePointer {
                offset: pointer.offset + base,
                ..pointer
            });
            image.pointers.extend(moved);
            return Ok(());
        }
        let size = self.types().size_of(value.ty).unwrap_or(0);
        match self.initial_value(value) {
            Some(ConstantValue {
                symbol: None,
                addend,
            }) => {
                match item.bits {
                    Some(bits) => self.write_bits(image, item.offset, bits, addend),
                    None => {
                        let bytes = self.types().endian.bytes(addend, size.min(16) as usize);
                        write_bytes(image, item.offset, &bytes);
                    }
                }
                Ok(())
            }
            Some(ConstantValue {
                symbol: Some(target),
                addend,
            }) if size == 8 => {
                write_bytes(image, item.offset, &[0; 8]);
                image.pointers.push(ImagePointer {
                    offset: item.offset,
                    target,
                    addend: addend as i64,
                });
                Ok(())
            }
            _ => {
                let error = Diagnostic::error(
                    value.span,
                    "a global's initial value is computed when compiling, but this is not constant",
                )
                .code("not-constant");
                self.fail(error.help("assign it in a function"))
            }
        }
    }

    /// The image of a compound literal or string, copied as a whole.
    fn copied_image(&mut self, value: &Expr) -> Checked<Option<Image>> {
        let ExprKind::Load(place) = &value.kind else {
            return Ok(None);
        };
        match &place.kind {
            PlaceKind::Global(id) => {
                let global = &self.unit[*id];
                let is_unnamed = global.name.starts_with('.');
                Ok(global.image.clone().filter(|_| is_unnamed))
            }
            // In a function, as the initial value of a static variable.
            PlaceKind::CompoundLiteral { init, .. } => self.image(init, place.ty).map(Some),
            _ => Ok(None),
        }
    }

    fn write_bits(&self, image: &mut Image, base: u64, bits: BitField, value: i128) {
        let endian = self.types().endian;
        for bit in 0..bits.width {
            let place = bits.shift + bit;
            let index = match endian {
                Endian::Little => place / 8,
                Endian::Big => bits.bytes - 1 - place / 8,
            };
            let byte = &mut image.bytes[(base + bits.offset) as usize + index as usize];
            let mask = 1 << (place % 8);
            if value >> bit & 1 == 1 {
                *byte |= mask;
            } else {
                *byte &= !mask;
            }
        }
    }

    /// What a value is when compiling.
    fn initial_value(&self, value: &Expr) -> Option<ConstantValue> {
        let integer = || {
            let addend = self.initial_integer(value)?;
            let symbol = None;
            Some(ConstantValue { symbol, addend })
        };
        constant_value(value).or_else(integer)
    }
}

/// A pointer before it was made one to another type.
fn without_casts(pointer: &Expr) -> &Expr {
    match &pointer.kind {
        ExprKind::Cast {
            kind: CastKind::PtrToPtr,
            arg,
        } => without_casts(arg),
        _ => pointer,
    }
}

/// Writes bytes over what was there, pointers included.
fn write_bytes(image: &mut Image, offset: u64, bytes: &[u8]) {
    let start = offset as usize;
    let end = (start + bytes.len()).min(image.bytes.len());
    image
        .pointers
        .retain(|pointer| pointer.offset + 8 <= offset || pointer.offset >= end as u64);
    image.bytes[start..end].copy_from_slice(&bytes[..end - start]);
}
