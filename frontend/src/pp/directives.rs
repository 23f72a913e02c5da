//! Directives: the lines that begin with `#` (C11 6.10), and `_Pragma`.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::lexer::Lexer;
use super::macros::{Macro, MacroTable, Stream};
use super::token::{Interner, Symbol, Token, TokenKind, sym};
use super::{MAX_INCLUDE_DEPTH, Pragma, Preprocessor, Stop, VirtualHeader};
use crate::diagnostic::Diagnostic;
use crate::headers;
use crate::kernel_types;
use crate::source::{FileId, Span};

/// An `#if` that is waiting for its `#endif`.
pub(super) struct Conditional {
    /// `if`, `ifdef` or `ifndef`.
    pub(super) keyword: Token,
    /// One of its groups has been processed; the others are skipped.
    taken: bool,
    else_seen: Option<Span>,
}

/// Whether a whole file stands in `#ifndef NAME … #endif`; such a file need not be read again while `NAME` is defined.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Guard {
    /// Nothing has been seen yet.
    Start,
    /// Inside the `#ifndef` that was the first thing in the file.
    Open(Symbol),
    /// Behind its `#endif`.
    Closed(Symbol),
    /// The file is not of that form.
    None,
}

/// A header that was found.
#[derive(Clone)]
pub(super) struct Found {
    place: Place,
    next_dir: usize,
    is_system: bool,
}

#[derive(Clone)]
enum Place {
    Disk(PathBuf),
    Virtual(VirtualHeader),
    Embedded(String),
}

/// Pragmas, by their first two words or by the first alone, that a later stage obeys or that ask for nothing that
/// changes what a program does.
const PRAGMAS: &[(&str, &str)] = &[
    ("GCC", "diagnostic"),
    ("GCC", "ivdep"),
    ("GCC", "unroll"),
    ("STDC", ""),
    ("clang", "attribute"),
    ("clang", "diagnostic"),
    ("clang", "loop"),
    ("endregion", ""),
    ("mark", ""),
    ("nounroll", ""),
    ("pack", ""),
    ("region", ""),
    ("unroll", ""),
];

/// Behind a line marker: what follows is from a system header.
pub(super) const SYSTEM_FLAG: &str = "3";

impl Preprocessor<'_> {
    /// Obeys the directive that starts with this `#`.
    pub(super) fn directive(&mut self, hash: Token) -> Result<(), Stop> {
        let Some(keyword) = self.next_in_line() else {
            return Ok(());
        };
        self.leave_guard(&keyword);
        match keyword.text {
            sym::DEFINE => self.define(&keyword),
            sym::UNDEF => self.undef(&keyword),
            sym::INCLUDE => self.include(&keyword, false)?,
            sym::INCLUDE_NEXT => self.include(&keyword, true)?,
            sym::IF => self.begin_if(keyword)?,
            sym::IFDEF => self.begin_ifdef(keyword, true)?,
            sym::IFNDEF => self.begin_ifdef(keyword, false)?,
            sym::ELIF | sym::ELIFDEF | sym::ELIFNDEF | sym::ELSE => {
                self.end_taken_group(&keyword)?
            }
            sym::ENDIF => self.end_conditional(&keyword),
            sym::LINE_DIRECTIVE => self.line_directive(&keyword)?,
            sym::ERROR => self.user_message(&keyword, |span, text| {
                Diagnostic::error(span, text).code("user-error")
            }),
            sym::WARNING => self.user_message(&keyword, |span, text| {
                Diagnostic::warning(span, text).code("cpp")
            }),
            sym::PRAGMA => self.pragma_directive(hash.span.to(keyword.span))?,
            sym::IDENT | sym::SCCS => self.skip_line(),
            _ if keyword.kind == TokenKind::Number => self.line_marker(keyword),
            sym::EMBED => self.embed(&keyword),
            _ => self.unknown_directive(&keyword),
        }
        Ok(())
    }

    fn unknown_directive(&mut self, keyword: &Token) {
        self.skip_line();
        let message = format!(
            "`#{}` is not a preprocessing directive",
            self.names.text(keyword.text)
        );
        self.report(Diagnostic::error(keyword.span, message));
    }

    /// C23 6.10.4.
    fn embed(&mut self, keyword: &Token) {
        self.skip_line();
        let message = "`#embed` is not supported: no resource is read while compiling";
        let help = "write the bytes as numbers into a header, as `xxd -i FILE` prints them, and include that";
        self.report(Diagnostic::error(keyword.span, message).help(help));
    }

    fn user_message(&mut self, keyword: &Token, make: impl FnOnce(Span, String) -> Diagnostic) {
        let line = self.rest_of_line();
        let text = match (line.first(), line.last()) {
            (Some(first), Some(last)) => self
                .sources
                .snippet(first.span.to(last.span))
                .trim_end()
                .to_owned(),
            _ => format!("#{} without a message", self.names.text(keyword.text)),
        };
        self.report(make(keyword.span, text));
    }

    // Lines of the current file.

    fn next_in_line(&mut self) -> Option<Token> {
        self.files.last_mut()?.lexer.next_in_line(&mut self.names)
    }

    fn rest_of_line(&mut self) -> Vec<Token> {
        let mut line = Vec::new();
        self.read_rest_of_line(&mut line);
        line
    }

    fn read_rest_of_line(&mut self, line: &mut Vec<Token>) {
        if let Some(file) = self.files.last_mut() {
            line.extend(file.lexer.rest_of_line(&mut self.names));
        }
    }

    fn skip_line(&mut self) {
        self.rest_of_line();
    }

    /// What stands behind a directive that is complete, if anything, is of no use.
    fn expect_end_of_line(&mut self, keyword: &Token) {
        if let Some(extra) = self.rest_of_line().first() {
            let message = format!(
                "text behind `#{}` is ignored",
                self.names.text(keyword.text)
            );
            self.report(Diagnostic::warning(extra.span, message).code("extra-tokens"));
        }
    }

    // Macros.

    /// The macro name that a directive is about; reports if there is none.
    fn macro_name(&mut self, keyword: &Token) -> Option<Token> {
        let name = self.next_in_line();
        let problem = match name {
            Some(name) if name.text == sym::DEFINED => {
                "`defined` cannot be the name of a macro".to_owned()
            }
            Some(name) if name.kind == TokenKind::Identifier => return Some(name),
            Some(other) => format!("`{}` is no name for a macro", self.names.text(other.text)),
            None => format!(
                "`#{}` needs the name of a macro",
                self.names.text(keyword.text)
            ),
        };
        self.skip_line();
        self.report(Diagnostic::error(
            name.map_or(keyword.span, |name| name.span),
            problem,
        ));
        None
    }

    fn define(&mut self, keyword: &Token) {
        let Some(name) = self.macro_name(keyword) else {
            return;
        };
        // Most lines of headers are macros, and most macros are never used: they share one buffer.
        let mut rest = std::mem::take(&mut self.line);
        self.read_rest_of_line(&mut rest);
        match Macro::parse(&name, &rest, &self.names) {
            Ok(definition) => {
                self.warn_redefinition(&name, &definition);
                let definition = Some(Rc::new(definition));
                self.macros.set(name.text, definition, &self.names);
            }
            Err(diagnostic) => self.report(diagnostic),
        }
        rest.clear();
        self.line = rest;
    }

    fn warn_redefinition(&mut self, name: &Token, definition: &Macro) {
        let Some(old) = self
            .macros
            .get(name.text)
            .filter(|old| !old.same_as(definition))
        else {
            return;
        };
        let message = format!(
            "macro `{}` is defined differently a second time",
            self.names.text(name.text)
        );
        let code = match old.is_builtin() {
            true => "builtin-macro-redefined",
            false => "macro-redefined",
        };
        let warning = Diagnostic::warning(name.span, message).code(code);
        let warning = match old.definition {
            Some(first) => warning.note(first, "the first definition is here"),
            None => warning.note(None, "the compiler defines it"),
        };
        self.report(warning);
    }

    fn undef(&mut self, keyword: &Token) {
        let Some(name) = self.macro_name(keyword) else {
            return;
        };
        self.expect_end_of_line(keyword);
        if self
            .macros
            .get(name.text)
            .is_some_and(|old| old.is_builtin())
        {
            let message = format!(
                "`{}` is computed by the compiler; from here on it is an ordinary name",
                self.names.text(name.text)
            );
            self.report(Diagnostic::warning(name.span, message).code("builtin-macro-redefined"));
        }
        self.macros.set(name.text, None, &self.names);
    }

    // Conditional inclusion.

    fn begin_if(&mut self, keyword: Token) -> Result<(), Stop> {
        let condition = self.rest_of_line();
        let guard = guarded_name(&condition);
        let holds = self.condition(&keyword, &condition)?;
        self.begin_conditional(keyword, holds, guard)
    }

    fn begin_ifdef(&mut self, keyword: Token, wanted: bool) -> Result<(), Stop> {
        let name = self.macro_name(&keyword);
        if name.is_some() {
            self.expect_end_of_line(&keyword);
        }
        let holds = name.is_some_and(|name| self.macros.get(name.text).is_some() == wanted);
        self.begin_conditional(
            keyword,
            holds,
            name.filter(|_| !wanted).map(|name| name.text),
        )
    }

    fn begin_conditional(
        &mut self,
        keyword: Token,
        holds: bool,
        guard: Option<Symbol>,
    ) -> Result<(), Stop> {
        let Some(file) = self.files.last_mut() else {
            return Ok(());
        };
        if file.conditionals.is_empty() {
            file.guard = match (file.guard, guard) {
                (Guard::Start, Some(name)) => Guard::Open(name),
                _ => Guard::None,
            };
        }
        file.conditionals.push(Conditional {
            keyword,
            taken: holds,
            else_seen: None,
        });
        if holds { Ok(()) } else { self.skip_group() }
    }

    /// An `#else` or `#elif` behind a group that was processed: everything up to the `#endif` is skipped.
    fn end_taken_group(&mut self, keyword: &Token) -> Result<(), Stop> {
        if self
            .files
            .last()
            .is_some_and(|file| file.conditionals.is_empty())
        {
            self.skip_line();
            let message = format!("`#{}` has no `#if`", self.names.text(keyword.text));
            self.report(Diagnostic::error(keyword.span, message));
            return Ok(());
        }
        if self.begin_alternative(keyword)? {
            Ok(())
        } else {
            self.skip_group()
        }
    }

    /// Skips lines up to the next group that is to be processed, or behind the `#endif`.
    fn skip_group(&mut self) -> Result<(), Stop> {
        let mut depth = 0_usize;
        loop {
            let Some(file) = self.files.last_mut() else {
                return Ok(());
            };
            if file.lexer.skip_to_directive(&mut self.names).is_none() {
                return Ok(());
            }
            let Some(keyword) = self.next_in_line() else {
                continue;
            };
            match keyword.text {
                sym::IF | sym::IFDEF | sym::IFNDEF => depth += 1,
                sym::ENDIF if depth > 0 => depth -= 1,
                sym::ENDIF => {
                    self.end_conditional(&keyword);
                    return Ok(());
                }
                _ if depth > 0 || !is_alternative(keyword.text) => {}
                _ if self.begin_alternative(&keyword)? => return Ok(()),
                _ => {}
            }
        }
    }

    /// At an `#else` or `#elif`: whether its group is to be processed.
    fn begin_alternative(&mut self, keyword: &Token) -> Result<bool, Stop> {
        let Some(file) = self.files.last_mut() else {
            return Ok(false);
        };
        if file.conditionals.len() == 1 {
            file.guard = Guard::None;
        }
        let Some(conditional) = file.conditionals.last_mut() else {
            return Ok(false);
        };
        let (taken, else_seen) = (conditional.taken, conditional.else_seen);
        if keyword.text == sym::ELSE {
            conditional.else_seen = Some(keyword.span);
        }
        if let Some(first) = else_seen {
            let message = format!(
                "`#{}` stands behind `#else`, which must be the last group",
                self.names.text(keyword.text)
            );
            self.report(
                Diagnostic::error(keyword.span, message).note(first, "the `#else` is here"),
            );
        }
        if taken || else_seen.is_some() {
            self.skip_line();
            return Ok(false);
        }
        let holds = self.alternative_holds(keyword)?;
        if let Some(conditional) = self
            .files
            .last_mut()
            .and_then(|file| file.conditionals.last_mut())
        {
            conditional.taken = holds;
        }
        Ok(holds)
    }

    fn alternative_holds(&mut self, keyword: &Token) -> Result<bool, Stop> {
        match keyword.text {
            sym::ELSE => {
                self.expect_end_of_line(keyword);
                Ok(true)
            }
            sym::ELIF => {
                let condition = self.rest_of_line();
                self.condition(keyword, &condition)
            }
            _ => {
                let wanted = keyword.text == sym::ELIFDEF;
                let name = self.macro_name(keyword);
                self.skip_line();
                Ok(name.is_some_and(|name| self.macros.get(name.text).is_some() == wanted))
            }
        }
    }

    fn end_conditional(&mut self, keyword: &Token) {
        // Old programs repeat the condition behind `#endif`.
        self.skip_line();
        let Some(file) = self.files.last_mut() else {
            return;
        };
        if file.conditionals.pop().is_none() {
            self.report(Diagnostic::error(keyword.span, "`#endif` has no `#if`"));
            return;
        }
        if let (true, Guard::Open(name)) = (file.conditionals.is_empty(), file.guard) {
            file.guard = Guard::Closed(name);
        }
    }

    /// A directive outside of all conditionals means that the file is not wholly guarded.
    fn leave_guard(&mut self, keyword: &Token) {
        let opens = matches!(keyword.text, sym::IFNDEF | sym::IF | sym::ENDIF);
        if let Some(file) = self
            .files
            .last_mut()
            .filter(|file| file.conditionals.is_empty() && !opens)
        {
            file.guard = Guard::None;
        }
    }

    // Inclusion.

    fn include(&mut self, keyword: &Token, next: bool) -> Result<(), Stop> {
        let Some(file) = self.files.last_mut() else {
            return Ok(());
        };
        let (name, angled, span) = match file.lexer.header_name() {
            Some(header) => {
                self.expect_end_of_line(keyword);
                header
            }
            None => match self.computed_header(keyword)? {
                Some(header) => header,
                None => return Ok(()),
            },
        };
        if self.collecting_arguments > 0 {
            let message = "a file cannot be included between the arguments of a macro";
            self.report(
                Diagnostic::error(span, message)
                    .help("put the `#include` in front of the macro's call"),
            );
            return Ok(());
        }
        match self.find_include(&name, angled, next) {
            Some(found) => self.enter(found, span),
            None if self.options.missing_headers_are_empty => {
                self.sources.add_missing(&name);
                Ok(())
            }
            None => {
                self.report(self.not_found(&name, span));
                // What the header would have declared is missing everywhere below: further messages would be noise.
                Err(Stop)
            }
        }
    }

    /// `#include MACRO`: the macro's tokens spell the header's name.
    fn computed_header(&mut self, keyword: &Token) -> Result<Option<(String, bool, Span)>, Stop> {
        let line = self.rest_of_line();
        let expanded = self.expand_list(&line)?;
        if let Some((name, angled)) = self.header_from_tokens(&expanded) {
            let span = line
                .iter()
                .fold(line[0].span, |span, token| span.to(token.span));
            return Ok(Some((name, angled, span)));
        }
        let span = line.first().map_or(keyword.span, |token| token.span);
        let message = format!(
            "`#{}` needs a header name: \"file.h\" or <file.h>",
            self.names.text(keyword.text)
        );
        self.report(Diagnostic::error(span, message));
        Ok(None)
    }

    /// The header name that tokens spell: a string, or everything between `<` and `>`.
    pub(super) fn header_from_tokens(&self, tokens: &[Token]) -> Option<(String, bool)> {
        let (first, rest) = tokens.split_first()?;
        if first.kind == TokenKind::String {
            let name = self
                .names
                .text(first.text)
                .strip_prefix('"')?
                .strip_suffix('"')?;
            return Some((name.to_owned(), false));
        }
        let close = rest
            .iter()
            .position(|token| token.is(sym::GREATER))
            .filter(|_| first.is(sym::LESS))?;
        let mut name = String::new();
        for (index, token) in rest[..close].iter().enumerate() {
            if index > 0 && token.space_before {
                name.push(' ');
            }
            name.push_str(self.names.text(token.text));
        }
        Some((name, true))
    }

    /// Searches a header: beside the current file if its name is quoted, then in [`Options::directories`](super::Options).
    pub(super) fn find_include(&mut self, name: &str, angled: bool, next: bool) -> Option<Found> {
        let current = self.files.last()?;
        if Path::new(name).is_absolute() {
            let place = Place::Disk(PathBuf::from(name));
            return Path::new(name).is_file().then_some(Found {
                place,
                next_dir: 0,
                is_system: current.is_system,
            });
        }
        let is_system = current.is_system;
        let first = if next { current.next_dir } else { 0 };
        if !angled
            && !next
            && let Some(path) = self.beside_current(name)
        {
            return Some(Found {
                place: Place::Disk(path),
                next_dir: 0,
                is_system,
            });
        }
        let search = (name.to_owned(), angled, first);
        let found = match self.searched.get(&search) {
            Some(found) => found.clone(),
            None => {
                let found = self.search(name, angled, first);
                self.searched.insert(search, found.clone());
                found
            }
        };
        found.or_else(|| self.virtual_header(name))
    }

    /// Searches a header in the directories behind the first ones.
    fn search(&self, name: &str, angled: bool, first: usize) -> Option<Found> {
        let directories = self.options.directories().enumerate().skip(first);
        let mut usable = directories.filter(|(_, directory)| !(angled && directory.is_for_quotes));
        usable.find_map(|(index, directory)| {
            Some(Found {
                place: place_in(directory.path, name)?,
                next_dir: index + 1,
                is_system: directory.is_system,
            })
        })
    }

    /// A header that is in no file, behind all directories.
    fn virtual_header(&self, name: &str) -> Option<Found> {
        let mut headers = self.options.virtual_headers.iter();
        let header = headers.find(|header| header.name == name)?;
        Some(Found {
            place: Place::Virtual(header.clone()),
            next_dir: self.options.directories().count(),
            is_system: true,
        })
    }

    fn beside_current(&self, name: &str) -> Option<PathBuf> {
        let current = self.sources.file(self.files.last()?.file);
        let is_command_line = current.path() == "<command line>";
        let path = if is_command_line {
            PathBuf::from(name)
        } else {
            Path::new(current.path()).with_file_name(name)
        };
        path.is_file().then_some(path)
    }

    fn not_found(&self, name: &str, span: Span) -> Diagnostic {
        let error =
            Diagnostic::error(span, format!("cannot find the header `{name}`")).code("include");
        let dirs = self.options.directories().map(|directory| directory.path);
        let on_disk = dirs.filter(|dir| *dir != Path::new(headers::DIRECTORY));
        let searched: Vec<String> = on_disk.map(|dir| dir.display().to_string()).collect();
        let error = match searched.is_empty() {
            true => error.note(None, "no directories to search were given"),
            false => error.note(None, format!("searched in {}", searched.join(", "))),
        };
        let error = error.help("name the directory that holds it with `-I DIRECTORY`");
        match name == kernel_types::HEADER {
            true => error.help(kernel_types::WAYS_OUT),
            false => error,
        }
    }

    fn enter(&mut self, found: Found, span: Span) -> Result<(), Stop> {
        let file = match found.place {
            Place::Embedded(name) => self.embedded(&name),
            Place::Virtual(header) => match header.text {
                Ok(text) => self.once_in_memory(header.path, || text),
                Err(message) => {
                    let error = Diagnostic::error(span, message).code("include");
                    return Err(self.stop(error));
                }
            },
            Place::Disk(path) => match self.sources.load(&path) {
                Ok(file) => self.identify(file),
                Err(error) => return Err(self.stop(Diagnostic::error(span, error.to_string()))),
            },
        };
        let guarded = self
            .guards
            .get(&file)
            .is_some_and(|&name| self.macros.get(name).is_some());
        if guarded || self.once.contains(&file) {
            return Ok(());
        }
        if self.include_level() == MAX_INCLUDE_DEPTH {
            let message = format!("files include each other more than {MAX_INCLUDE_DEPTH} deep");
            let help = "give the header an include guard or `#pragma once`";
            self.diagnostics
                .push(Diagnostic::error(span, message).help(help));
            return Err(Stop);
        }
        if found.is_system {
            self.sources.mark_system(file);
        }
        self.open(file, found.next_dir, found.is_system, Some(span));
        Ok(())
    }

    /// The number under which guards of this file are kept: the same for all paths that lead to it.
    fn identify(&mut self, file: FileId) -> FileId {
        match self.sources.file(file).identity() {
            Some(identity) => *self.identities.entry(identity).or_insert(file),
            None => file,
        }
    }

    fn embedded(&mut self, name: &str) -> FileId {
        let text = || headers::find(name).map_or_else(String::new, |text| text.into_owned());
        self.once_in_memory(format!("<bpfcc/{name}>"), text)
    }

    /// The file of this path that is in memory alone.
    fn once_in_memory(&mut self, path: String, text: impl FnOnce() -> String) -> FileId {
        if let Some(&file) = self.in_memory.get(&path) {
            return file;
        }
        let file = self.sources.add_virtual(path.clone(), text());
        self.in_memory.insert(path, file);
        file
    }

    // Line numbers.

    /// `#line 12 "file"`.
    fn line_directive(&mut self, keyword: &Token) -> Result<(), Stop> {
        let line = self.rest_of_line();
        let tokens = self.expand_list(&line)?;
        if !self.renumber(&tokens, keyword.span) {
            let message = "`#line` needs a line number between 1 and 2147483647 and may name a file: `#line 12 \"file.c\"`";
            self.report(Diagnostic::error(keyword.span, message));
        }
        Ok(())
    }

    /// `# 12 "file" 2`, which preprocessors leave in their output. The numbers behind the name are flags: 1 enters a file, 2
    /// returns to it, 3 says that it is a system header, 4 that it is for C++ to read as C.
    fn line_marker(&mut self, number: Token) {
        let mut tokens = vec![number];
        tokens.extend(self.rest_of_line());
        let flags = tokens.split_off(tokens.len().min(2));
        if !self.renumber(&tokens, number.span) {
            return self.report(Diagnostic::error(
                number.span,
                "this is no line marker: `# 12 \"file.c\"`",
            ));
        }
        let is_system = flags
            .iter()
            .any(|flag| self.names.text(flag.text) == SYSTEM_FLAG);
        let next_line = self.sources.location(number.span).line + 1;
        self.sources
            .mark_system_lines(number.span.file, next_line, is_system);
    }

    fn renumber(&mut self, tokens: &[Token], directive: Span) -> bool {
        let (number, path) = match tokens {
            [number] => (number, None),
            [number, path] if path.kind == TokenKind::String => (number, Some(path)),
            _ => return false,
        };
        let Some(line) = self
            .names
            .text(number.text)
            .parse()
            .ok()
            .filter(|&line| line <= i32::MAX as u32)
        else {
            return false;
        };
        let path = match path {
            Some(path) => unquoted(self.names.text(path.text)),
            None => self.sources.presumed_location(directive).path,
        };
        let next_line = self.sources.location(directive).line + 1;
        self.sources
            .rename_lines(directive.file, next_line, line, path);
        true
    }

    // Pragmas.

    fn pragma_directive(&mut self, start: Span) -> Result<(), Stop> {
        let line = self.rest_of_line();
        let span = line.iter().fold(start, |span, token| span.to(token.span));
        self.pragma(line, span)
    }

    /// `_Pragma("text")` (C11 6.10.9), met in expanded text.
    pub(super) fn pragma_operator(
        &mut self,
        keyword: Token,
        stream: &mut Stream,
    ) -> Result<(), Stop> {
        let open = self.next_expanded(stream)?;
        let text = self.next_expanded(stream)?;
        let close = self.next_expanded(stream)?;
        let span = self.expansions.written_at(keyword.span, keyword.expansion);
        let text = match (open, text, close) {
            (Some(open), Some(text), Some(close))
                if open.is(sym::L_PAREN)
                    && text.kind == TokenKind::String
                    && close.is(sym::R_PAREN) =>
            {
                unquoted(self.names.text(text.text))
            }
            _ => {
                self.report(Diagnostic::error(
                    span,
                    "`_Pragma` needs one string in parentheses: `_Pragma(\"unroll\")`",
                ));
                return Ok(());
            }
        };
        let tokens = Lexer::fragment(&text, span, &mut self.names);
        self.pragma(tokens, span)
    }

    /// Obeys a pragma that is about preprocessing, keeps any other for later stages.
    fn pragma(&mut self, mut tokens: Vec<Token>, span: Span) -> Result<(), Stop> {
        let words: Vec<Symbol> = tokens.iter().take(2).map(|token| token.text).collect();
        match words[..] {
            [sym::ONCE, ..] => self.pragma_once(span),
            [sym::PUSH_MACRO, _] => {
                self.with_named_macro(&tokens, |macros, name, _| macros.push(name))
            }
            [sym::POP_MACRO, _] => {
                self.with_named_macro(&tokens, |macros, name, names| macros.pop(name, names))
            }
            [sym::GCC | sym::CLANG, sym::SYSTEM_HEADER] => {
                if let Some(file) = self.files.last_mut() {
                    file.is_system = true;
                }
            }
            _ => {
                // Only the pragmas that take numbers are subject to macro replacement, and not their first words.
                let keep = match words[..] {
                    [sym::UNROLL | sym::NOUNROLL | sym::PACK, ..] => 1,
                    [sym::GCC, sym::UNROLL] | [sym::CLANG, sym::LOOP] => 2,
                    _ => tokens.len(),
                };
                self.warn_unknown_pragma(&tokens, span);
                let rest = tokens.split_off(keep.min(tokens.len()));
                tokens.extend(self.expand_list(&rest)?);
                self.pragmas.push(Pragma {
                    position: self.tokens.len(),
                    span,
                    tokens,
                });
            }
        }
        Ok(())
    }

    fn warn_unknown_pragma(&mut self, tokens: &[Token], span: Span) {
        let word = |index: usize| tokens.get(index).map(|token| self.names.text(token.text));
        let is_known = PRAGMAS.iter().any(|&(first, second)| {
            word(0) == Some(first) && (second.is_empty() || word(1) == Some(second))
        });
        let Some(first) = word(0).filter(|_| !is_known) else {
            return;
        };
        let message = format!("`#pragma {first}` is unknown here and has no effect");
        self.report(Diagnostic::warning(span, message).code("unknown-pragmas"));
    }

    fn pragma_once(&mut self, span: Span) {
        let Some(file) = self.files.last() else {
            return;
        };
        if file.included_by.is_none() {
            let message = "`#pragma once` means nothing in the file that is compiled";
            let warning = Diagnostic::warning(span, message);
            self.report(warning.code("pragma-once-outside-header"));
            return;
        }
        self.once.insert(file.file);
    }

    /// `push_macro("NAME")`.
    fn with_named_macro(
        &mut self,
        tokens: &[Token],
        act: impl FnOnce(&mut MacroTable, Symbol, &Interner),
    ) {
        if let Some(name) = tokens.iter().find(|token| token.kind == TokenKind::String) {
            let name = unquoted(self.names.text(name.text));
            let name = self.names.intern(&name);
            act(&mut self.macros, name, &self.names);
        }
    }
}

/// The header of this name in a directory.
fn place_in(directory: &Path, name: &str) -> Option<Place> {
    if directory == Path::new(headers::DIRECTORY) {
        return headers::exists(name).then(|| Place::Embedded(name.to_owned()));
    }
    let path = directory.join(name);
    path.is_file().then_some(Place::Disk(path))
}

fn is_alternative(keyword: Symbol) -> bool {
    matches!(
        keyword,
        sym::ELIF | sym::ELIFDEF | sym::ELIFNDEF | sym::ELSE
    )
}

/// The macro that must be undefined for `#if !defined NAME`, if the condition is just that.
fn guarded_name(condition: &[Token]) -> Option<Symbol> {
    let (first, rest) = condition
        .split_first()
        .filter(|(first, _)| first.is(sym::BANG))?;
    debug_assert!(first.is(sym::BANG));
    match rest {
        [defined, name] if defined.is(sym::DEFINED) => Some(name.text),
        [defined, open, name, close]
            if defined.is(sym::DEFINED) && open.is(sym::L_PAREN) && close.is(sym::R_PAREN) =>
        {
            Some(name.text)
        }
        _ => None,
    }
}

/// The value of a string literal whose only escapes are `\"` and `\\` (C11 6.10.9p1).
fn unquoted(literal: &str) -> String {
    let inner = literal.find('"').map_or("", |open| &literal[open + 1..]);
    let inner = inner.strip_suffix('"').unwrap_or(inner);
    inner.replace("\\\"", "\"").replace("\\\\", "\\")
}
