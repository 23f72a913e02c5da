//! The preprocessor (C11 6.10): files in, one stream of tokens out.
//!
//! ```text
//! file ──lexer──► tokens ──directives──► tokens of active groups ──macros──► expanded tokens
//!                              ▲  │
//!                              └──┴── #include opens the next file; #if asks `condition`
//! ```
//!
//! Tokens never lose their place: each carries the span it was read from and the chain of macro uses that produced it,
//! so that a message about expanded text points at what the user wrote (see [`linemap`]).
//!
//! ```
//! use bpfcc_frontend::{pp, source::Sources};
//!
//! let mut sources = Sources::new();
//! let main = sources.add_virtual("a.c", "#define TWICE(x) ((x) * 2)\nint n = TWICE(21);\n");
//! let (tokens, diagnostics) = pp::preprocess(&mut sources, main, &pp::Options::default());
//! assert!(diagnostics.is_empty());
//! assert_eq!(tokens.text().trim(), "int n = ((21) * 2);");
//! ```

mod condition;
mod directives;
pub(crate) mod ends;
mod features;
mod lexer;
pub mod linemap;
mod macros;
mod predefined;
pub(crate) mod skim;
pub(crate) mod token;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::headers;
use crate::source::{FileId, Identity, PrefixMap, Sources, Span};
use directives::{Conditional, Found, Guard};
use ends::Ends;
use lexer::Lexer;
use macros::{MacroTable, Stream};
use skim::Skimmed;
use token::sym;

pub use crate::headers::DIRECTORY as CARRIED_HEADERS;
pub use bpfcc_isa::{Cpu, Endian};
pub use predefined::clang_version;
pub use token::{Expansion, ExpansionId, Expansions, Interner, Symbol, Token, TokenKind};

/// How deep files may include each other.
const MAX_INCLUDE_DEPTH: usize = 200;

/// A `-D` or `-U` of the command line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum MacroOption {
    /// `-D name`, `-D name=value`, `-D name(args)=value`, as written behind `-D`.
    Define(String),
    /// `-U name`.
    Undefine(String),
}

/// What the command line says to the preprocessor.
#[derive(Clone, Default, Debug)]
pub struct Options {
    /// `-D` and `-U`, in order.
    pub macros: Vec<MacroOption>,
    /// `-iquote`: directories searched first, for names in quotes alone.
    pub quote_dirs: Vec<PathBuf>,
    /// `-I`: directories searched for headers.
    pub include_dirs: Vec<PathBuf>,
    /// `-isystem`: directories searched after those; headers from there give no warnings.
    pub system_dirs: Vec<PathBuf>,
    /// The host's directories of headers, searched behind those that come with the compiler.
    pub standard_dirs: Vec<PathBuf>,
    /// `-idirafter`: directories of system headers that are searched last.
    pub after_dirs: Vec<PathBuf>,
    /// `-imacros`: headers of which the macros count and nothing else, before all others.
    pub macro_includes: Vec<String>,
    /// `-include`: headers that are included before the program.
    pub forced_includes: Vec<String>,
    /// `-nostdinc`: search neither the headers that come with the compiler nor those of the host.
    pub no_standard_includes: bool,
    /// `-MG`: a header that is not there is still to be made, and reads as empty.
    pub missing_headers_are_empty: bool,
    /// The program has been preprocessed (`file.i`): there are no macros, and none are defined by the command line.
    pub is_preprocessed: bool,
    /// `-fmacro-prefix-map`: how paths begin in `__FILE__`.
    pub macro_prefix_map: Vec<PrefixMap>,
    /// Headers that are in no file. One in a directory given comes first.
    pub virtual_headers: Vec<VirtualHeader>,
    /// Leave declarations of headers as text until `parse` finds that they are needed; the result has no text of its own.
    pub skims_headers: bool,
    /// `-mcpu`.
    pub cpu: Cpu,
    /// `-mlittle-endian` or `-mbig-endian`.
    pub endian: Endian,
}

/// A header that somebody makes instead of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VirtualHeader {
    /// What `#include` names.
    pub name: String,
    /// What messages call it.
    pub path: String,
    /// The text, or why there is none.
    pub text: Result<String, String>,
}

/// A directory that is searched for headers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Directory<'a> {
    /// Where it is; [`headers::DIRECTORY`] is on no disk.
    pub path: &'a Path,
    /// Only for names in quotes.
    pub is_for_quotes: bool,
    /// Headers from there give no warnings.
    pub is_system: bool,
}

impl Options {
    /// The directories that are searched for headers, in order.
    pub fn directories(&self) -> impl Iterator<Item = Directory<'_>> {
        let has_standard = !self.no_standard_includes;
        let carried = has_standard.then_some(Path::new(headers::DIRECTORY));
        let standard = self.standard_dirs.iter().filter(move |_| has_standard);
        let system = self.system_dirs.iter().map(PathBuf::as_path);
        let system = system
            .chain(carried)
            .chain(standard.map(PathBuf::as_path))
            .chain(self.after_dirs.iter().map(PathBuf::as_path));
        let directory = |path, is_for_quotes, is_system| Directory {
            path,
            is_for_quotes,
            is_system,
        };
        let quotes = self.quote_dirs.iter();
        quotes
            .map(move |path| directory(path, true, false))
            .chain(
                self.include_dirs
                    .iter()
                    .map(move |path| directory(path, false, false)),
            )
            .chain(system.map(move |path| directory(path, false, true)))
    }
}

/// A `#pragma` or `_Pragma`, kept for the stages that know what it asks.
#[derive(Clone, Debug)]
pub struct Pragma {
    /// It stands before this token of [`TokenStream::tokens`].
    pub position: usize,
    /// Its place.
    pub span: Span,
    /// What stands behind `#pragma`.
    pub tokens: Vec<Token>,
}

/// Where a header begins or ends in a preprocessed program.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Boundary {
    /// It stands before this token of [`TokenStream::tokens`].
    position: usize,
    /// The header that begins; `None` where one ends.
    entered: Option<FileId>,
    /// The `#include`.
    directive: Span,
}

/// A preprocessed program.
#[derive(Clone, Debug)]
pub struct TokenStream {
    /// Its tokens.
    pub tokens: Vec<Token>,
    /// The pragmas between them, in order.
    pub pragmas: Vec<Pragma>,
    /// The headers between them, in order, also those without a token.
    pub(crate) boundaries: Vec<Boundary>,
    /// Declarations that have not been read, in the order of the tokens that stand for them.
    pub(crate) skimmed: Vec<Skimmed>,
    /// The spellings of the tokens.
    pub names: Arc<Interner>,
    /// The macro uses that the tokens come from.
    pub expansions: Arc<Expansions>,
    /// The file that was compiled.
    pub main: FileId,
    /// The files that were read, in the order in which they were opened. A file that is included again without being
    /// read again, thanks to its guard, is not here again.
    pub opened: Vec<FileId>,
}

/// Preprocesses the file `main`. Files that it includes are added to `sources`.
///
/// There is always a result; it is the whole program if no diagnostic is an error.
pub fn preprocess(
    sources: &mut Sources,
    main: FileId,
    options: &Options,
) -> (TokenStream, Vec<Diagnostic>) {
    let mut preprocessor = Preprocessor::new(sources, main, options);
    // `Stop` has been reported by whoever raised it; what was read up to there is the result.
    let _ = preprocessor.run();
    let Preprocessor {
        tokens,
        pragmas,
        boundaries,
        skimmed,
        names,
        expansions,
        opened,
        diagnostics,
        ..
    } = preprocessor;
    let (names, expansions) = (Arc::new(names), Arc::new(expansions));
    (
        TokenStream {
            tokens,
            pragmas,
            boundaries,
            skimmed,
            names,
            expansions,
            main,
            opened,
        },
        diagnostics,
    )
}

/// The macros that are defined at the end of a file, as `#define` lines by name; without those that are computed where
/// they are used, as `-dM` prints them.
pub fn macros_text(
    sources: &mut Sources,
    main: FileId,
    options: &Options,
) -> (String, Vec<Diagnostic>) {
    let mut preprocessor = Preprocessor::new(sources, main, options);
    // See `preprocess`.
    let _ = preprocessor.run();
    let text = preprocessor.macros.text(&preprocessor.names);
    (text, preprocessor.diagnostics)
}

/// The tokens of a file as they stand in it: no directive is obeyed, no macro replaced. `names` gets their spellings.
///
/// ```
/// use bpfcc_frontend::pp::{self, Interner};
/// use bpfcc_frontend::source::Sources;
///
/// let mut sources = Sources::new();
/// let file = sources.add_virtual("a.c", "x += 0x1f; // add");
/// let mut names = Interner::default();
/// let tokens: Vec<_> = pp::tokenize(&sources, file, &mut names).collect();
/// let texts: Vec<_> = tokens.iter().map(|token| names.text(token.text)).collect();
/// assert_eq!(texts, ["x", "+=", "0x1f", ";"]);
/// ```
pub fn tokenize(
    sources: &Sources,
    file: FileId,
    names: &mut Interner,
) -> impl Iterator<Item = Token> {
    let mut lexer = Lexer::new(file, Arc::clone(sources.file(file).text()));
    std::iter::from_fn(move || Some(lexer.next(names)).filter(|token| token.kind != TokenKind::End))
}

/// A problem after which it makes no sense to go on; it has been reported.
struct Stop;

/// A file being read.
struct OpenFile {
    file: FileId,
    lexer: Lexer,
    conditionals: Vec<Conditional>,
    guard: Guard,
    /// Where `#include_next` goes on searching.
    next_dir: usize,
    /// Warnings about this file help nobody who can change it.
    is_system: bool,
    /// The `#include` that opened it; `None` for the program itself and the command line.
    included_by: Option<Span>,
    /// It has no function with K&R parameters, which are declarations and none.
    may_be_skimmed: bool,
}

/// All state of one run.
struct Preprocessor<'a> {
    sources: &'a mut Sources,
    options: &'a Options,
    main: FileId,
    /// The files being read; the last one is the current one.
    files: Vec<OpenFile>,
    macros: MacroTable,
    names: Interner,
    expansions: Expansions,
    /// Files whose inclusion can be skipped: by `#pragma once`, or while a macro is defined.
    once: HashSet<FileId>,
    guards: HashMap<FileId, Symbol>,
    /// The first number of each file on disk, whatever path led to it.
    identities: HashMap<Identity, FileId>,
    /// What came of searching a name in the directories behind the first ones, for angle brackets or not: most headers
    /// are included many times.
    searched: HashMap<(String, bool, usize), Option<Found>>,
    /// Headers that are in no file, by path.
    in_memory: HashMap<String, FileId>,
    counter: u32,
    expanded_tokens: usize,
    argument_depth: usize,
    collecting_arguments: usize,
    /// What follows the name in a `#define`; empty between those.
    line: Vec<Token>,
    tokens: Vec<Token>,
    pragmas: Vec<Pragma>,
    boundaries: Vec<Boundary>,
    skimmed: Vec<Skimmed>,
    ends: Ends,
    /// What has been read so far ends with the end of a declaration.
    is_between_declarations: bool,
    opened: Vec<FileId>,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Preprocessor<'a> {
    fn new(sources: &'a mut Sources, main: FileId, options: &'a Options) -> Preprocessor<'a> {
        let names = Interner::default();
        Preprocessor {
            sources,
            options,
            main,
            files: Vec::new(),
            macros: MacroTable::new(&names),
            names,
            expansions: Expansions::default(),
            once: HashSet::new(),
            guards: HashMap::new(),
            identities: HashMap::new(),
            searched: HashMap::new(),
            in_memory: HashMap::new(),
            counter: 0,
            expanded_tokens: 0,
            argument_depth: 0,
            collecting_arguments: 0,
            line: Vec::new(),
            tokens: Vec::new(),
            pragmas: Vec::new(),
            boundaries: Vec::new(),
            skimmed: Vec::new(),
            ends: Ends::default(),
            is_between_declarations: options.skims_headers,
            opened: Vec::new(),
            diagnostics: Vec::new(),
        }
    }

    fn run(&mut self) -> Result<(), Stop> {
        let options = self.options;
        if options.is_preprocessed {
            self.open(self.main, 0, false, None);
            return self.read_all();
        }
        // The last file opened is read first.
        self.open_text("<command line>", predefined::macro_options(options), false);
        self.open_text("<built-in>", predefined::macros(options), true);
        self.read_all()?;
        // Of the headers of `-imacros` nothing but the macros stays.
        self.tokens.clear();
        self.skimmed.clear();
        self.ends = Ends::default();
        self.is_between_declarations = options.skims_headers;
        self.pragmas.clear();
        self.boundaries
            .iter_mut()
            .for_each(|boundary| boundary.position = 0);
        self.open(self.main, 0, false, None);
        self.open_text(
            "<command line>",
            predefined::forced_includes(options),
            false,
        );
        self.read_all()
    }

    fn open_text(&mut self, name: &str, text: String, is_system: bool) {
        let file = self.sources.add_virtual(name, text);
        self.open(file, 0, is_system, None);
    }

    fn read_all(&mut self) -> Result<(), Stop> {
        let mut stream = Stream::files();
        while let Some(token) = self.next_expanded(&mut stream)? {
            if token.is(sym::PRAGMA_OPERATOR) {
                self.is_between_declarations = false;
                self.pragma_operator(token, &mut stream)?;
            } else {
                self.emit(token);
            }
        }
        Ok(())
    }

    fn emit(&mut self, token: Token) {
        let what = match token.kind {
            TokenKind::Unterminated => "has no closing quote on its line",
            TokenKind::Stray => "is no part of C",
            _ => return self.push(token),
        };
        let message = format!("`{}` {what}", self.names.text(token.text).escape_debug());
        self.report(Diagnostic::error(
            self.expansions.written_at(token.span, token.expansion),
            message,
        ));
    }

    fn push(&mut self, token: Token) {
        self.tokens.push(token);
        if !self.options.skims_headers {
            return;
        }
        let start = self.ends.start();
        self.is_between_declarations = self.ends.step(&self.tokens, self.tokens.len() - 1);
        if self.is_between_declarations
            && let Some(file) = self.files.last_mut()
        {
            file.may_be_skimmed &= !ends::names_parameters(&self.tokens[start..]);
        }
    }

    /// Between declarations of a header: skips those that need not be read now.
    fn skim(&mut self) {
        let Some(file) = self.files.last_mut() else {
            return;
        };
        // The name of a macro at the end of another may find its arguments here.
        if !file.may_be_skimmed || self.collecting_arguments > 0 {
            return;
        }
        let Some(skimmed) = skim::skim(&mut file.lexer, &self.macros, &mut self.names) else {
            return;
        };
        if file.conditionals.is_empty() {
            file.guard = Guard::None;
        }
        self.push(skimmed.mark());
        self.skimmed.push(skimmed);
    }

    /// The next token of the files, directives obeyed.
    fn next_from_files(&mut self) -> Result<Option<Token>, Stop> {
        while !self.files.is_empty() {
            if let Some(token) = self.next_in_file()? {
                return Ok(Some(token));
            }
            self.close();
        }
        Ok(None)
    }

    /// The next token up to the end of the current file, directives obeyed.
    fn next_in_file(&mut self) -> Result<Option<Token>, Stop> {
        loop {
            if self.is_between_declarations {
                self.skim();
            }
            let Some(file) = self.files.last_mut() else {
                return Ok(None);
            };
            let token = file.lexer.next(&mut self.names);
            if token.kind == TokenKind::End {
                // A file opened by an `#include` just now may be empty; the caller closes it.
                return Ok(None);
            }
            if token.line_start && token.is(sym::HASH) {
                self.directive(token)?;
                continue;
            }
            if file.conditionals.is_empty() {
                file.guard = Guard::None;
            }
            self.is_between_declarations = false;
            return Ok(Some(token));
        }
    }

    fn open(&mut self, file: FileId, next_dir: usize, is_system: bool, included_by: Option<Span>) {
        let source = self.sources.file(file);
        if let Some(zero) = source.text().find('\0') {
            let span = self.sources.span(file, zero as u32, zero as u32 + 1);
            let message = "this is not a text file: it holds a zero byte";
            return self.report(Diagnostic::error(span, message));
        }
        let lexer = Lexer::new(file, Arc::clone(source.text()));
        if let Some(offset) = source.invalid_utf8() {
            let span = Span {
                file,
                start: offset,
                end: offset,
            };
            let message =
                "the file is not valid UTF-8 from here on; literals keep such bytes as they are";
            let warning = Diagnostic::warning(span, message).code("invalid-utf8");
            self.report(warning.help("save the file as UTF-8"));
        }
        let (conditionals, guard) = (Vec::new(), Guard::Start);
        self.opened.push(file);
        self.note_boundary(Some(file), included_by);
        self.files.push(OpenFile {
            file,
            lexer,
            conditionals,
            guard,
            next_dir,
            is_system,
            included_by,
            may_be_skimmed: self.options.skims_headers && file != self.main,
        });
    }

    fn note_boundary(&mut self, entered: Option<FileId>, included_by: Option<Span>) {
        if let Some(directive) = included_by {
            self.boundaries.push(Boundary {
                position: self.tokens.len(),
                entered,
                directive,
            });
        }
    }

    /// Leaves the current file, whose end has been reached.
    fn close(&mut self) {
        let Some(mut file) = self.files.pop() else {
            return;
        };
        self.note_boundary(None, file.included_by);
        if let Some(comment) = file.lexer.take_unterminated_comment() {
            self.report(Diagnostic::error(
                comment,
                "this comment has no closing `*/`",
            ));
        }
        for conditional in &file.conditionals {
            let message = format!(
                "`#{}` has no `#endif`",
                self.names.text(conditional.keyword.text)
            );
            self.report(Diagnostic::error(conditional.keyword.span, message));
        }
        if let (Guard::Closed(name), []) = (file.guard, &file.conditionals[..]) {
            self.guards.insert(file.file, name);
        }
    }

    fn include_level(&self) -> usize {
        self.files
            .iter()
            .filter(|file| file.included_by.is_some())
            .count()
    }

    /// Keeps a diagnostic, with the `#include`s that lead to its file.
    fn report(&mut self, mut diagnostic: Diagnostic) {
        let in_file = |open: &&OpenFile| diagnostic.span.is_some_and(|span| span.file == open.file);
        if !diagnostic.is_error()
            && self
                .files
                .iter()
                .rev()
                .find(in_file)
                .is_some_and(|open| open.is_system)
        {
            return;
        }
        if diagnostic.is_error() {
            diagnostic.code = diagnostic.code.or(Some("preprocessor"));
        }
        for span in self.files.iter().rev().filter_map(|open| open.included_by) {
            diagnostic = diagnostic.note(span, "included from here");
        }
        self.diagnostics.push(diagnostic);
    }

    fn stop(&mut self, diagnostic: Diagnostic) -> Stop {
        self.report(diagnostic);
        Stop
    }
}

#[cfg(test)]
mod tests;
