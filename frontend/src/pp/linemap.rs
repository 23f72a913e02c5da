//! Tokens as text, and the way back from that text to the files of the user.

use std::borrow::Cow;
use std::fmt::Write;
use std::sync::Arc;

use super::{
    Boundary, Expansion, ExpansionId, Expansions, Interner, Token, TokenKind, TokenStream,
};
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Sources, Span};

/// How many empty lines are written out before a line marker is shorter.
const MAX_EMPTY_LINES: u32 = 8;

impl TokenStream {
    /// The program as text, in lines as it was written, without pragmas.
    pub fn text(&self) -> String {
        flatten(&self.tokens, |token| {
            Cow::Borrowed(self.names.text(token.text))
        })
        .0
    }

    /// The program as `-E` prints it: with line markers (`# 12 "file.c"`) that say where the lines come from.
    pub fn text_with_line_markers(&self, sources: &Sources) -> String {
        self.print(sources, true)
    }

    /// The program as `-E -P` prints it: without line markers, and with no more than a few empty lines side by side.
    pub fn text_without_line_markers(&self, sources: &Sources) -> String {
        self.print(sources, false)
    }

    fn print(&self, sources: &Sources, markers: bool) -> String {
        let mut printer = Printer {
            stream: self,
            sources,
            markers,
            text: String::new(),
            path: "",
            line: 0,
        };
        let boundaries = if markers { &self.boundaries[..] } else { &[] };
        if !boundaries.is_empty() {
            // The flags of the others nest inside this one.
            printer.enter(self.main, "");
        }
        let mut boundaries = boundaries.iter().peekable();
        let mut pragmas = self.pragmas.iter().peekable();
        let mut previous = None;
        for (position, token) in self.tokens.iter().enumerate() {
            while let Some(boundary) = boundaries.next_if(|next| next.position <= position) {
                printer.boundary(boundary);
                previous = None;
            }
            while let Some(pragma) = pragmas.next_if(|pragma| pragma.position <= position) {
                printer.pragma(pragma.span, &pragma.tokens);
                previous = None;
            }
            printer.token(token, previous);
            previous = Some(token);
        }
        boundaries.for_each(|boundary| printer.boundary(boundary));
        pragmas.for_each(|pragma| printer.pragma(pragma.span, &pragma.tokens));
        printer.text.push('\n');
        printer.text
    }
}

/// Writes the text of `-E`.
struct Printer<'a> {
    stream: &'a TokenStream,
    sources: &'a Sources,
    /// Whether to say where lines come from.
    markers: bool,
    text: String,
    /// The line that is being written, as its author counts.
    path: &'a str,
    line: u32,
}

impl Printer<'_> {
    fn token(&mut self, token: &Token, previous: Option<&Token>) {
        let written = self
            .stream
            .expansions
            .written_at(token.span, token.expansion);
        let new_line = self.go_to(written);
        let names = &self.stream.names;
        let text = names.text(token.text);
        let glued = previous.is_some_and(|previous| would_merge(names.text(previous.text), text));
        if new_line {
            let column = self.sources.location(written).column;
            self.text
                .extend(std::iter::repeat_n(' ', column.saturating_sub(1) as usize));
        } else if token.space_before || token.line_start || glued {
            self.text.push(' ');
        }
        self.text.push_str(text);
    }

    fn pragma(&mut self, span: Span, tokens: &[Token]) {
        if !self.go_to(span) {
            self.text.push('\n');
        }
        self.text.push_str("#pragma");
        for token in tokens {
            self.text.push(' ');
            self.text.push_str(self.stream.names.text(token.text));
        }
        self.text.push('\n');
        self.line += 1;
    }

    /// Moves to the line of a place; whether that is a new line.
    fn go_to(&mut self, place: Span) -> bool {
        let (path, line) = self.sources.presumed_line(place);
        if path == self.path && line == self.line {
            return self.text.ends_with('\n');
        }
        let ahead = line.wrapping_sub(self.line);
        if path == self.path && ahead <= MAX_EMPTY_LINES {
            self.text.extend(std::iter::repeat_n('\n', ahead as usize));
        } else {
            self.marker(path, line, "", self.sources.is_system(place));
        }
        (self.path, self.line) = (path, line);
        true
    }

    /// The marker at the beginning of a header, which tools like ccache read, and at its end.
    fn boundary(&mut self, boundary: &Boundary) {
        if let Some(file) = boundary.entered {
            return self.enter(file, " 1");
        }
        let (path, line) = self.sources.presumed_line(boundary.directive);
        let is_system = self.sources.is_system(boundary.directive);
        self.marker(path, line + 1, " 2", is_system);
        (self.path, self.line) = (path, line + 1);
    }

    fn enter(&mut self, file: FileId, flag: &str) {
        let file = self.sources.file(file);
        self.marker(file.path(), 1, flag, file.is_system());
        (self.path, self.line) = (file.path(), 1);
    }

    /// On a line of its own; `flag` says whether a file is entered (1) or returned to (2).
    fn marker(&mut self, path: &str, line: u32, flag: &str, is_system: bool) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
        if self.markers {
            let quoted = path.replace('\\', "\\\\").replace('"', "\\\"");
            let system = if is_system { " 3" } else { "" };
            writeln!(self.text, "# {line} \"{quoted}\"{flag}{system}")
                .expect("writing to a String cannot fail");
        }
    }
}

/// The tokens as text, spelled by `spell`, and where in it each of them starts.
pub(crate) fn flatten<'t>(
    tokens: &[Token],
    spell: impl Fn(&Token) -> Cow<'t, str>,
) -> (String, Vec<u32>) {
    let mut text = String::with_capacity(tokens.len() * 5);
    let mut starts = Vec::with_capacity(tokens.len());
    let mut previous = Cow::Borrowed("");
    for token in tokens {
        let spelling = spell(token);
        if token.line_start {
            text.push('\n');
        } else if token.space_before || would_merge(&previous, &spelling) {
            text.push(' ');
        }
        starts.push(text.len() as u32);
        text.push_str(&spelling);
        previous = spelling;
    }
    (text, starts)
}

/// Whether two tokens written side by side might be read as something else.
fn would_merge(left: &str, right: &str) -> bool {
    let (Some(&last), Some(&first)) = (left.as_bytes().last(), right.as_bytes().first()) else {
        return false;
    };
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii();
    let is_number =
        left.as_bytes()[0].is_ascii_digit() || (left.len() > 1 && left.starts_with('.'));
    match (last, first) {
        (left, b'"' | b'\'') if is_word(left) => true,
        (left, right) if is_word(left) && is_word(right) => true,
        (_, b'.' | b'+' | b'-') if is_number => true,
        (b'.', right) if right.is_ascii_digit() || right == b'.' => true,
        (b'-', b'>')
        | (b'<', b':' | b'%' | b'<')
        | (b':', b'>' | b':')
        | (b'%', b':' | b'>')
        | (b'/', b'*') => true,
        // `==`, `++`, `<<=`, `//`, `##` and all others that begin alike or end in `=`.
        (left, right) => b"+-&|<>#/=%*^!:".contains(&left) && (left == right || right == b'='),
    }
}

/// The way back from the flat text that the parser sees to the user's files.
#[derive(Clone, Debug)]
pub struct LineMap {
    starts: Vec<u32>,
    origins: Vec<(Span, ExpansionId)>,
    names: Arc<Interner>,
    expansions: Arc<Expansions>,
    /// Where to point when there are no tokens at all.
    fallback: Span,
}

impl LineMap {
    /// `starts[i]` is where `tokens[i]` starts in the text.
    pub(crate) fn new(stream: &TokenStream, tokens: &[Token], starts: Vec<u32>) -> LineMap {
        LineMap {
            starts,
            origins: tokens
                .iter()
                .map(|token| (token.span, token.expansion))
                .collect(),
            names: Arc::clone(&stream.names),
            expansions: Arc::clone(&stream.expansions),
            fallback: Span {
                file: stream.main,
                start: 0,
                end: 0,
            },
        }
    }

    /// The place in the user's text of a node of the syntax tree. For tokens from a macro's body that is the use of the
    /// macro; tokens of macro arguments are where the user wrote them.
    pub fn span(&self, span: lang_c::span::Span) -> Span {
        let first = self.token_at(span.start);
        let last = if span.end > span.start {
            self.token_at(span.end - 1)
        } else {
            first
        };
        let (Some(first), Some(last)) = (first, last) else {
            return self.fallback;
        };
        self.written(first).to(self.written(last))
    }

    /// The macro uses that lead to the start of a node: the innermost first.
    pub fn expansions(&self, span: lang_c::span::Span) -> impl Iterator<Item = &Expansion> {
        let expansion = self
            .token_at(span.start)
            .map_or(ExpansionId::NONE, |index| self.origins[index].1);
        self.expansions.chain(expansion)
    }

    /// Adds to a diagnostic about a node which macros the node comes from.
    pub fn explain_expansions(
        &self,
        diagnostic: Diagnostic,
        span: lang_c::span::Span,
    ) -> Diagnostic {
        match self.token_at(span.start) {
            Some(token) => self.explain_token(diagnostic, token),
            None => diagnostic,
        }
    }

    /// Adds to a diagnostic about a token which macros it comes from.
    pub(crate) fn explain_token(&self, mut diagnostic: Diagnostic, token: usize) -> Diagnostic {
        let expansion = self
            .origins
            .get(token)
            .map_or(ExpansionId::NONE, |&(_, expansion)| expansion);
        for expansion in self.expansions.chain(expansion) {
            let message = format!(
                "in expansion of macro `{}`",
                self.names.text(expansion.name)
            );
            diagnostic = diagnostic.note(expansion.definition, message);
        }
        diagnostic
    }

    /// The spelling of an interned name.
    pub fn text(&self, name: super::Symbol) -> &str {
        self.names.text(name)
    }

    /// The token that holds, or is the last one before, an offset of the text.
    pub(crate) fn token_at(&self, offset: usize) -> Option<usize> {
        let offset = u32::try_from(offset).unwrap_or(u32::MAX);
        let behind = self.starts.partition_point(|&start| start <= offset);
        (!self.starts.is_empty()).then(|| behind.saturating_sub(1))
    }

    /// The first token that starts at or behind an offset of the text; the number of tokens if there is none.
    pub(crate) fn first_token_behind(&self, offset: usize) -> usize {
        self.starts
            .partition_point(|&start| (start as usize) < offset)
    }

    /// Where in the text a token starts.
    pub(crate) fn offset_of(&self, token: usize) -> Option<usize> {
        self.starts.get(token).map(|&start| start as usize)
    }

    /// Where in the user's text a token stands.
    pub(crate) fn written(&self, token: usize) -> Span {
        let (span, expansion) = self.origins[token];
        self.expansions.written_at(span, expansion)
    }
}

/// The spelling of a token for a message.
pub(crate) fn quoted(token: &Token, names: &Interner) -> String {
    match token.kind {
        TokenKind::End => "the end of the file".to_owned(),
        _ => format!("`{}`", names.text(token.text)),
    }
}
