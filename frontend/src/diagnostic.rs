//! What the compiler has to say to the user, as plain data.
//!
//! A [`Diagnostic`] knows nothing about terminals or colours; the command draws it. Its message names the thing, the
//! rule and, in [`help`](Diagnostic::help), the way out. It starts lower case and has no full stop when it is one clause:
//!
//! ```
//! use bpfcc_frontend::diagnostic::{Diagnostic, Severity};
//! # use bpfcc_frontend::source::Sources;
//! # let mut sources = Sources::new();
//! # let file = sources.add_virtual("a.c", "char buf[600];");
//! # let span = sources.span(file, 5, 8);
//! let diagnostic = Diagnostic::error(span, "`buf` is 600 bytes; a BPF stack frame holds 512")
//!     .note(span, "the frame also holds `key`")
//!     .help("move `buf` into a map");
//! assert_eq!(diagnostic.severity, Severity::Error);
//! ```

use std::fmt;

use crate::source::Span;

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// Additional information.
    Note,
    /// Compilation goes on and produces output.
    Warning,
    /// No output is produced.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        })
    }
}

/// A second place, or a fact, that helps to understand a diagnostic.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// Where to look, if anywhere.
    pub span: Option<Span>,
    /// What is to be seen there.
    pub message: String,
}

/// One message to the user.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// A stable name of the rule, for documentation and for tests.
    pub code: Option<&'static str>,
    /// The narrowest place that is wrong.
    pub span: Option<Span>,
    /// Names the thing and the rule.
    pub message: String,
    /// Further places and facts.
    pub notes: Vec<Label>,
    /// Ways out.
    pub help: Vec<String>,
}

impl Diagnostic {
    fn new(
        severity: Severity,
        span: impl Into<Option<Span>>,
        message: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic {
            severity,
            code: None,
            span: span.into(),
            message: message.into(),
            notes: Vec::new(),
            help: Vec::new(),
        }
    }

    /// An error; `span` may be a [`Span`] or, for what has no place in any file, `None`.
    pub fn error(span: impl Into<Option<Span>>, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Error, span, message)
    }

    /// A warning.
    pub fn warning(span: impl Into<Option<Span>>, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Warning, span, message)
    }

    /// Adds a stable name of the rule.
    #[must_use]
    pub fn code(mut self, code: &'static str) -> Diagnostic {
        self.code = Some(code);
        self
    }

    /// Adds a second place or a fact.
    #[must_use]
    pub fn note(mut self, span: impl Into<Option<Span>>, message: impl Into<String>) -> Diagnostic {
        self.notes.push(Label {
            span: span.into(),
            message: message.into(),
        });
        self
    }

    /// Adds a way out.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help.push(help.into());
        self
    }

    /// Whether this keeps the compiler from producing output.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Whether any of the diagnostics keeps the compiler from producing output.
pub fn any_error(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(Diagnostic::is_error)
}
