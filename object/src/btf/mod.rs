//! BTF: the types, functions and variables of a program, as Linux wants to know them.

mod types;

pub use types::{
    Btf, BtfType, Enumerator, FwdKind, IntEncoding, Kind, Linkage, Member, Param, SectionVar,
    TypeId,
};
