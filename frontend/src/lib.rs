//! Restricted C to SSA IR

pub mod diagnostic;
pub mod source;
pub mod tree;
pub mod types;
