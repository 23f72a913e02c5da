//! Restricted C to SSA IR, one module per arrow:
//!
//! ```text
//! C text ──pp──► tokens ──parse──► syntax tree ──sema──► typed tree ──lower──► SSA IR
//! ```
//!
//! [`compile`] runs all of it; each step is a function of its own for whoever wants to see what is in between.
//!
//! ```
//! use bpfcc_frontend::{Options, compile, source::Sources};
//!
//! let mut sources = Sources::new();
//! let main = sources.add_virtual("half.c", "unsigned half(unsigned x) { return x / 2; }");
//! let (module, diagnostics) = compile(&mut sources, main, &Options::default());
//! assert!(diagnostics.is_empty());
//! assert!(module.unwrap().to_string().contains("fn @half(v0: i32) -> i32"));
//! ```

pub mod diagnostic;
mod headers;
pub mod kernel_types;
pub mod lower;
pub mod normalize;
pub mod parse;
pub mod pp;
mod reach;
pub mod restrict;
pub mod sema;
pub mod source;
pub mod tree;
pub mod tree_text;
pub mod types;
pub mod warn;

use std::sync::Arc;

use bpfcc_ir::Module;

use diagnostic::{Diagnostic, any_error};
use source::{FileId, Sources};

/// What the user wants.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Macros and directories.
    pub preprocessor: pp::Options,
    /// What stands in for `vmlinux.h` where there is no such file.
    pub kernel_types: Option<Arc<dyn kernel_types::KernelTypes>>,
    /// The language.
    pub language: sema::Options,
    /// Which warnings to give.
    pub warnings: warn::Selection,
}

/// Compiles a file. There is a module unless there is an error.
pub fn compile(
    sources: &mut Sources,
    main: FileId,
    options: &Options,
) -> (Option<Module>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let run = || steps(sources, main, options, &mut diagnostics);
    let module = parse::with_big_stack(run).unwrap_or_else(|diagnostic| {
        diagnostics.push(diagnostic);
        None
    });
    (module.filter(|_| !any_error(&diagnostics)), diagnostics)
}

fn steps(
    sources: &mut Sources,
    main: FileId,
    options: &Options,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Module> {
    let types = options.kernel_types.as_deref();
    let preprocessor = pp::Options {
        skims_headers: true,
        ..options.preprocessor.clone()
    };
    let (tokens, found) = kernel_types::preprocess(sources, main, &preprocessor, types);
    diagnostics.extend(found);
    let parsed = parse::parse(tokens)
        .map_err(|diagnostic| diagnostics.push(diagnostic))
        .ok()?;
    let (tree, found) = sema::check(&parsed, &options.language);
    diagnostics.extend(found);
    let (module, found) = lower::module(&tree?, sources);
    diagnostics.extend(found);
    Some(module)
}
