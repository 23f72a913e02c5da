//! Restricted C to SSA IR

pub mod diagnostic;
mod headers;
pub mod pp;
pub mod source;
pub mod tree;
pub mod types;
