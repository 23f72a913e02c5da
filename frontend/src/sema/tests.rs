//! Tests of sema as a whole: C text in, tree text or diagnostics out.
