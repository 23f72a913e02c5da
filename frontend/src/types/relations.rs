//! When two types are the same for C's purposes, and what a value's type becomes.

use super::{FunctionType, QualType, TypeId, TypeKind, Types};

impl Types {
    /// Whether two types are compatible (C11 6.2.7), qualifiers of every level included.
    pub fn compatible(&self, a: QualType, b: QualType) -> bool {
        let (a, b) = (self.canonical(a), self.canonical(b));
        a.quals == b.quals && self.compatible_unqualified(a.ty, b.ty)
    }

    /// Whether two types are compatible once the qualifiers of the outermost level are ignored.
    pub fn compatible_unqualified(&self, a: TypeId, b: TypeId) -> bool {
        let (a, b) = (
            self.canonical(a.unqualified()).ty,
            self.canonical(b.unqualified()).ty,
        );
        if a == b {
            return true;
        }
        match (self.kind(a), self.kind(b)) {
            (TypeKind::Pointer(a), TypeKind::Pointer(b)) => self.compatible(*a, *b),
            (
                TypeKind::Array { element, len },
                TypeKind::Array {
                    element: other,
                    len: other_len,
                },
            ) => {
                let same_length = match (len, other_len) {
                    (Some(a), Some(b)) => a == b,
                    _ => true,
                };
                same_length && self.compatible(*element, *other)
            }
            (TypeKind::Function(a), TypeKind::Function(b)) => self.compatible_functions(a, b),
            // An enumeration is compatible with the integer type that represents it (C11 6.7.2.2p4).
            (TypeKind::Enum(id), TypeKind::Int(kind))
            | (TypeKind::Int(kind), TypeKind::Enum(id)) => self.enumeration(*id).repr == *kind,
            _ => false,
        }
    }

    fn compatible_functions(&self, a: &FunctionType, b: &FunctionType) -> bool {
        if !self.compatible_unqualified(a.result, b.result) {
            return false;
        }
        if !a.prototyped || !b.prototyped {
            return true;
        }
        let mut pairs = a.params.iter().zip(&b.params);
        a.variadic == b.variadic
            && a.params.len() == b.params.len()
            && pairs.all(|(a, b)| self.compatible_unqualified(a.ty.ty, b.ty.ty))
    }

    /// The type that carries what both of two compatible types know (C11 6.2.7p3): a length or a prototype.
    pub fn composite(&self, a: QualType, b: QualType) -> QualType {
        match (self.shape(a.ty), self.shape(b.ty)) {
            (TypeKind::Array { len: None, .. }, TypeKind::Array { len: Some(_), .. }) => b,
            (TypeKind::Function(old), TypeKind::Function(new))
                if !old.prototyped && new.prototyped =>
            {
                b
            }
            _ => a,
        }
    }

    /// What a value of an array or function type becomes where it is used (C11 6.3.2.1p3 and p4).
    pub fn decayed(&mut self, ty: QualType) -> TypeId {
        if let Some((element, _)) = self.array_parts(ty) {
            return self.pointer_to(element);
        }
        if self.is_function(ty.ty) {
            return self.pointer_to(ty);
        }
        ty.ty
    }

    /// The type of an integer after promotion: `unsigned char` gives `int`.
    pub fn promoted(&self, ty: TypeId) -> TypeId {
        match self.int_kind(ty) {
            Some(kind) if kind.promoted() != kind => Types::int(kind.promoted()),
            Some(kind) if matches!(self.shape(ty), TypeKind::Enum(_)) => Types::int(kind),
            _ => ty,
        }
    }
}
