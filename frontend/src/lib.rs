//! Restricted C to SSA IR
