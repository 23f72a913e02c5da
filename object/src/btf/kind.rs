//! The kinds of BTF types: number in the encoding, name in listings.

/// Which variant a [`super::BtfType`] is; the numbers are those of the encoding.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
#[expect(
    missing_docs,
    reason = "each is documented at the variant of BtfType of the same name"
)]
pub enum Kind {
    Int = 1,
    Ptr = 2,
    Array = 3,
    Struct = 4,
    Union = 5,
    Enum = 6,
    Fwd = 7,
    Typedef = 8,
    Volatile = 9,
    Const = 10,
    Restrict = 11,
    Func = 12,
    FuncProto = 13,
    Var = 14,
    DataSec = 15,
    Float = 16,
    DeclTag = 17,
    TypeTag = 18,
    Enum64 = 19,
}

/// Each kind with its name in listings; kind `n` is at `n - 1`.
const KINDS: [(Kind, &str); 19] = [
    (Kind::Int, "INT"),
    (Kind::Ptr, "PTR"),
    (Kind::Array, "ARRAY"),
    (Kind::Struct, "STRUCT"),
    (Kind::Union, "UNION"),
    (Kind::Enum, "ENUM"),
    (Kind::Fwd, "FWD"),
    (Kind::Typedef, "TYPEDEF"),
    (Kind::Volatile, "VOLATILE"),
    (Kind::Const, "CONST"),
    (Kind::Restrict, "RESTRICT"),
    (Kind::Func, "FUNC"),
    (Kind::FuncProto, "FUNC_PROTO"),
    (Kind::Var, "VAR"),
    (Kind::DataSec, "DATASEC"),
    (Kind::Float, "FLOAT"),
    (Kind::DeclTag, "DECL_TAG"),
    (Kind::TypeTag, "TYPE_TAG"),
    (Kind::Enum64, "ENUM64"),
];

impl Kind {
    /// The kind with this number in the encoding.
    pub(crate) fn from_number(number: u32) -> Option<Kind> {
        let place = usize::try_from(number).ok()?.checked_sub(1)?;
        KINDS.get(place).map(|&(kind, _)| kind)
    }

    /// The name in listings, e.g. `FUNC_PROTO`.
    pub fn keyword(self) -> &'static str {
        KINDS[self as usize - 1].1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_stand_in_the_order_of_the_encoding() {
        for (place, (kind, keyword)) in KINDS.into_iter().enumerate() {
            assert_eq!(kind as usize, place + 1);
            assert_eq!(Kind::from_number(kind as u32), Some(kind));
            assert_eq!(kind.keyword(), keyword);
        }
        assert_eq!(Kind::from_number(0), None);
        assert_eq!(Kind::from_number(20), None);
    }
}
