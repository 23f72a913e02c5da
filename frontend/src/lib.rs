//! Restricted C to SSA IR

pub mod diagnostic;
mod headers;
pub mod normalize;
pub mod parse;
pub mod pp;
pub mod source;
pub mod tree;
pub mod tree_text;
pub mod types;
pub mod restrict;
pub mod sema;
pub mod lower;
