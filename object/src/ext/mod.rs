//! `.BTF.ext`: which instruction belongs to which function, source line and kernel field.

mod types;

pub use types::{BtfExt, CoreRelo, CoreReloKind, FuncInfo, LineInfo, SectionInfo};
