//! Vectors of GNU C.
//!
//! BPF has no vector instructions, so a vector is a struct of the right size and alignment whose one member, the array of
//! its lanes, has a name that nobody can write. It is copied, passed and returned as structs are; `sema::vector` computes
//! with its lanes. Two vectors with equal lanes are one type.

use crate::source::Span;

use super::{FieldDecl, QualType, RecordKind, RecordOptions, TypeId, TypeKind, Types};

const TAG: &str = "(vector)";

impl Types {
    /// The vector of this many elements.
    pub fn vector(&mut self, element: TypeId, lanes: u64, align: u32, span: Span) -> TypeId {
        let element = element.unqualified();
        let known = self.vectors.iter().copied();
        let mut known = known.filter(|&vector| {
            self.vector_parts(vector)
                .is_some_and(|(known, count)| self.compatible(known, element) && count == lanes)
        });
        if let Some(vector) = known.next() {
            return vector;
        }
        let vector = self.declare_record(RecordKind::Struct, Some(TAG.to_owned()), span);
        let elements = FieldDecl {
            name: Some("(elements)".to_owned()),
            ty: self.array(element, lanes).unqualified(),
            bit_width: None,
            packed: false,
            align: Some(align),
            tags: Vec::new(),
            span,
        };
        if let Some(id) = self.record_id(vector) {
            self.define_record(id, vec![elements], &RecordOptions::default());
        }
        self.vectors.push(vector);
        vector
    }

    /// Element and number of lanes of a vector.
    pub fn vector_parts(&self, ty: TypeId) -> Option<(QualType, u64)> {
        let TypeKind::Record(id) = *self.shape(ty) else {
            return None;
        };
        if self.record(id).tag.as_deref() != Some(TAG) {
            return None;
        }
        let (element, lanes) = self.array_parts(self.fields(id).first()?.ty)?;
        Some((element, lanes?))
    }
}
