//! Source files: who owns the text, and how a place in it is named.
//!
//! Every later stage speaks about places as a [`Span`]: a file number and two byte offsets, twelve bytes that are
//! copied freely. [`Sources`] owns the text and turns a span into what a person wants to read: a path, a line, a column.
//!
//! ```
//! use bpfcc_frontend::source::Sources;
//!
//! let mut sources = Sources::new();
//! let file = sources.add_virtual("drop.c", "int a;\nint é = b;\n");
//! let b = sources.span(file, 16, 17);
//! assert_eq!(sources.snippet(b), "b");
//! assert_eq!(sources.location(b).to_string(), "drop.c:2:9"); // columns count characters
//! ```

use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::io;
use std::ops::Range;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use bpfcc_ir::debug::Renaming;
use thiserror::Error;

/// Names one file of a [`Sources`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FileId(u32);

/// A range of bytes in one file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset behind the last byte.
    pub end: u32,
}

impl Span {
    /// Whether `other` lies inside this span.
    pub fn contains(self, other: Span) -> bool {
        self.file == other.file && self.start <= other.start && other.end <= self.end
    }

    /// The smallest span that covers both, or this one if they lie in different files.
    pub fn to(self, other: Span) -> Span {
        if self.file != other.file {
            return self;
        }
        Span {
            file: self.file,
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }
}

/// A place as people write it: `path:line:column`, line and column counted from 1, columns in characters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Location {
    /// The path as the user gave it, or as `#line` renamed it.
    pub path: String,
    /// The line, counted from 1.
    pub line: u32,
    /// The column in characters, counted from 1.
    pub column: u32,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.path, self.line, self.column)
    }
}

/// `-ffile-prefix-map=OLD=NEW`: names of files that begin with OLD begin with NEW in what is made of them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PrefixMap {
    old: String,
    new: String,
}

impl PrefixMap {
    /// `OLD=NEW`.
    pub fn parse(text: &str) -> Option<PrefixMap> {
        let (old, new) = text.split_once('=')?;
        let (old, new) = (old.to_owned(), new.to_owned());
        Some(PrefixMap { old, new })
    }

    /// The path under the last of these that fits.
    pub fn apply(maps: &[PrefixMap], path: &str) -> String {
        let mut last_first = maps.iter().rev();
        let changed = last_first.find_map(|map| {
            let rest = path.strip_prefix(&map.old)?;
            Some(format!("{}{rest}", map.new))
        });
        changed.unwrap_or_else(|| path.to_owned())
    }
}

/// Why a file could not become a source.
#[derive(Debug, Error)]
pub enum SourceError {
    /// The operating system could not give us the file.
    #[error("cannot read `{path}`: {error}")]
    Unreadable {
        /// The path as asked for.
        path: String,
        /// What the system said.
        error: io::Error,
    },
    /// Offsets are 32 bits wide.
    #[error("`{path}` is larger than 4 GiB; source files are limited to that")]
    TooLarge {
        /// The path as asked for.
        path: String,
    },
}

/// What a file on disk is, whatever path leads to it: its device and its number there. Its path with all links resolved
/// would say the same, but takes a system call for each directory in it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Identity(u64, u64);

impl Identity {
    /// A file that does not exist.
    const MISSING: Identity = Identity(0, 0);
}

/// One file: its name and its text.
#[derive(Clone, Debug)]
pub struct SourceFile {
    path: String,
    /// What makes two paths the same file; `None` for text that never was on disk.
    identity: Option<Identity>,
    text: Arc<String>,
    /// Found when the first place is asked for: most files have none that anybody asks for.
    line_starts: OnceLock<Vec<u32>>,
    invalid_utf8: Option<u32>,
    renamings: Vec<Renaming>,
    is_system: bool,
    /// From which lines on the text is, or is no longer, from a system header, as line markers say.
    system_lines: Vec<(u32, bool)>,
}

impl SourceFile {
    fn new(path: String, identity: Option<Identity>, text: String) -> SourceFile {
        SourceFile {
            path,
            identity,
            text: Arc::new(text),
            line_starts: OnceLock::new(),
            invalid_utf8: None,
            renamings: Vec::new(),
            is_system: false,
            system_lines: Vec::new(),
        }
    }

    /// Whether this is a system header, which gives no warnings.
    pub fn is_system(&self) -> bool {
        self.is_system
    }

    /// The path as the user, or the `#include` that led here, spelled it.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Tells whether two paths name one file; `None` for text that is not on disk.
    pub fn identity(&self) -> Option<Identity> {
        self.identity
    }

    /// What `#line` directives and line markers of the file say.
    pub fn renamings(&self) -> &[Renaming] {
        &self.renamings
    }

    /// The whole text.
    pub fn text(&self) -> &Arc<String> {
        &self.text
    }

    /// Where the first byte stood that is not UTF-8; such bytes read as characters that stand for them.
    pub fn invalid_utf8(&self) -> Option<u32> {
        self.invalid_utf8
    }

    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let newlines = self
                .text
                .bytes()
                .enumerate()
                .filter(|&(_, byte)| byte == b'\n');
            let starts = newlines.map(|(at, _)| at as u32 + 1);
            std::iter::once(0).chain(starts).collect()
        })
    }

    /// The line, counted from 1, that holds the byte at `offset`.
    pub fn line(&self, offset: u32) -> u32 {
        self.line_starts().partition_point(|&start| start <= offset) as u32
    }

    /// The text of a line counted from 1, without its line end; empty past the end of the file.
    pub fn line_text(&self, line: u32) -> &str {
        let index = line.saturating_sub(1) as usize;
        let Some(&start) = self.line_starts().get(index) else {
            return "";
        };
        let end = self
            .line_starts()
            .get(index + 1)
            .map_or(self.text.len(), |&next| next as usize);
        self.text[start as usize..end].trim_end_matches(['\n', '\r'])
    }

    fn column(&self, offset: u32) -> u32 {
        let line_start = self.line_starts()[self.line(offset) as usize - 1] as usize;
        let offset = (offset as usize).min(self.text.len());
        let before = self.text.as_bytes()[line_start..offset].iter();
        // Continuation bytes of UTF-8 are no characters of their own.
        1 + before.filter(|&&byte| byte & 0xc0 != 0x80).count() as u32
    }
}

/// Lines of a file that follow each other under the same name, see [`Sources::region`].
#[derive(Clone, Copy, Debug)]
pub struct Region<'a> {
    /// The file that they are said to be from.
    pub path: &'a str,
    /// The number of the first of them there.
    pub first_line: u32,
    /// Where they start in the file that was read.
    pub start: u32,
    /// The lines.
    pub text: &'a str,
}

impl Region<'_> {
    /// A range of bytes of the file as one of the region's text.
    pub fn range(&self, span: Span) -> Range<usize> {
        let within =
            |offset: u32| (offset.saturating_sub(self.start) as usize).min(self.text.len());
        within(span.start)..within(span.end)
    }

    /// Whether a place of the same file is in it.
    pub fn contains(&self, span: Span) -> bool {
        let end = self.start as usize + self.text.len();
        self.start <= span.start && span.end as usize <= end
    }
}

/// All files of one compilation.
#[derive(Clone, Default, Debug)]
pub struct Sources {
    files: Vec<SourceFile>,
    on_disk: HashMap<PathBuf, FileId>,
}

impl Sources {
    /// No files yet.
    pub fn new() -> Sources {
        Sources::default()
    }

    /// Adds text that is not on disk: standard input, an embedded header, a test.
    pub fn add_virtual(&mut self, path: impl Into<String>, text: impl Into<String>) -> FileId {
        self.push(SourceFile::new(path.into(), None, text.into()))
    }

    /// Reads a file from disk, once: a second call with the same path gives the same number.
    ///
    /// Bytes that are not UTF-8 become characters of no use, of which literals make the bytes again;
    /// [`SourceFile::invalid_utf8`] says that it happened.
    pub fn load(&mut self, path: &Path) -> Result<FileId, SourceError> {
        if let Some(&file) = self.on_disk.get(path) {
            return Ok(file);
        }
        let shown = path.display().to_string();
        let (identity, bytes) = read(path).map_err(|error| SourceError::Unreadable {
            path: shown.clone(),
            error,
        })?;
        if u32::try_from(bytes.len()).is_err() {
            return Err(SourceError::TooLarge { path: shown });
        }
        let (text, invalid_utf8) = decode(bytes);
        let mut file = SourceFile::new(shown, Some(identity), text);
        file.invalid_utf8 = invalid_utf8;
        let id = self.push(file);
        self.on_disk.insert(path.to_path_buf(), id);
        Ok(id)
    }

    /// Notes a header that is still to be made; it reads as empty.
    pub(crate) fn add_missing(&mut self, path: &str) {
        let file = SourceFile::new(path.to_owned(), Some(Identity::MISSING), String::new());
        self.push(file);
    }

    fn push(&mut self, file: SourceFile) -> FileId {
        let id = FileId(self.files.len() as u32);
        self.files.push(file);
        id
    }

    /// Says that a file is a system header.
    pub fn mark_system(&mut self, id: FileId) {
        self.files[id.0 as usize].is_system = true;
    }

    /// The file with this number.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// The files in the order in which they were added.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files
            .iter()
            .enumerate()
            .map(|(index, file)| (FileId(index as u32), file))
    }

    /// A span from byte offsets.
    pub fn span(&self, file: FileId, start: u32, end: u32) -> Span {
        Span { file, start, end }
    }

    /// The source text that a span covers.
    pub fn snippet(&self, span: Span) -> &str {
        self.file(span.file)
            .text
            .get(span.start as usize..span.end as usize)
            .unwrap_or("")
    }

    /// Where a span starts, in the file that was read.
    pub fn location(&self, span: Span) -> Location {
        let file = self.file(span.file);
        Location {
            path: file.path.clone(),
            line: file.line(span.start),
            column: file.column(span.start),
        }
    }

    /// Where a span starts once `#line` directives are honoured: the place its author thinks of.
    pub fn presumed_location(&self, span: Span) -> Location {
        let (path, line) = self.presumed_line(span);
        Location {
            path: path.to_owned(),
            line,
            column: self.file(span.file).column(span.start),
        }
    }

    /// Path and line of [`presumed_location`](Self::presumed_location).
    pub(crate) fn presumed_line(&self, span: Span) -> (&str, u32) {
        let file = self.file(span.file);
        let line = file.line(span.start);
        let index = file
            .renamings
            .partition_point(|renaming| renaming.from <= line);
        match index.checked_sub(1).map(|index| &file.renamings[index]) {
            Some(renaming) => (
                &renaming.name,
                renaming.line.saturating_add(line - renaming.from),
            ),
            None => (&file.path, line),
        }
    }

    /// Whether a place is in a system header, or in what was one before it was preprocessed.
    pub fn is_system(&self, span: Span) -> bool {
        let file = self.file(span.file);
        if file.system_lines.is_empty() {
            return file.is_system;
        }
        let line = file.line(span.start);
        let behind = file.system_lines.partition_point(|&(from, _)| from <= line);
        behind
            .checked_sub(1)
            .map_or(file.is_system, |index| file.system_lines[index].1)
    }

    /// The lines around a place that stand side by side in the file that they are said to be from.
    pub fn region(&self, span: Span) -> Region<'_> {
        let file = self.file(span.file);
        let (path, line) = self.presumed_line(span);
        let own_line = file.line(span.start);
        let next = file
            .renamings
            .partition_point(|renaming| renaming.from <= own_line);
        let first = next
            .checked_sub(1)
            .map_or(1, |index| file.renamings[index].from);
        let starts = file.line_starts();
        let offset = |line: u32| starts.get(line as usize - 1).map(|&start| start as usize);
        let start = offset(first).unwrap_or(0);
        let end = file
            .renamings
            .get(next)
            .and_then(|renaming| offset(renaming.from));
        let end = end.unwrap_or(file.text.len());
        Region {
            path,
            first_line: line.saturating_sub(own_line - first),
            start: start as u32,
            text: &file.text[start..end],
        }
    }

    /// Records that a line marker says where the text from a line on comes from.
    pub(crate) fn mark_system_lines(&mut self, file: FileId, from: u32, is_system: bool) {
        self.files[file.0 as usize]
            .system_lines
            .push((from, is_system));
    }

    /// Records a `#line` directive: from physical line `from` on, lines of `file` count from `line` in `path`.
    pub(crate) fn rename_lines(&mut self, file: FileId, from: u32, line: u32, name: String) {
        let renamings = &mut self.files[file.0 as usize].renamings;
        // A file that is included twice meets its directives twice.
        let index = renamings.partition_point(|renaming| renaming.from < from);
        renamings.truncate(index);
        renamings.push(Renaming { from, line, name });
    }
}

/// The character that stands for byte zero in a file that is not UTF-8: the last 256 are for private use.
const STAND_INS: u32 = 0x10_ff00;

/// The byte that a character stands for which is not UTF-8 by itself.
pub(crate) fn byte_behind(c: char) -> Option<u8> {
    let byte = u32::from(c).checked_sub(STAND_INS)?;
    u8::try_from(byte).ok().filter(|byte| !byte.is_ascii())
}

/// What the file is, and what is in it.
fn read(path: &Path) -> io::Result<(Identity, Vec<u8>)> {
    let bytes = fs::read(path)?;
    let metadata = fs::metadata(path)?;
    Ok((Identity(metadata.dev(), metadata.ino()), bytes))
}

/// UTF-8 text of the bytes, and the offset of the first byte that is not UTF-8.
fn decode(bytes: Vec<u8>) -> (String, Option<u32>) {
    let (bytes, first) = match String::from_utf8(bytes) {
        Ok(text) if text.is_ascii() => return (text, None),
        Ok(text) if !text.contains(|c| byte_behind(c).is_some()) => return (text, None),
        Ok(text) => (text.into_bytes(), None),
        Err(error) => {
            let first = error.utf8_error().valid_up_to() as u32;
            (error.into_bytes(), Some(first))
        }
    };
    let mut text = String::with_capacity(bytes.len());
    let stand_in = |&byte: &u8| char::from_u32(STAND_INS + u32::from(byte));
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            // A character that stands for a byte elsewhere is written as bytes too.
            match byte_behind(c) {
                Some(_) => text.extend(
                    c.encode_utf8(&mut [0; 4])
                        .as_bytes()
                        .iter()
                        .filter_map(stand_in),
                ),
                None => text.push(c),
            }
        }
        text.extend(chunk.invalid().iter().filter_map(stand_in));
    }
    (text, first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_and_in_characters() {
        let mut sources = Sources::new();
        let file = sources.add_virtual("a.c", "ab\r\nüb\n\nend");
        let at = |start| {
            sources
                .location(sources.span(file, start, start))
                .to_string()
        };
        assert_eq!(at(0), "a.c:1:1");
        assert_eq!(at(4), "a.c:2:1");
        assert_eq!(at(6), "a.c:2:2");
        assert_eq!(at(9), "a.c:4:1");
        assert_eq!(at(12), "a.c:4:4");
        assert_eq!(sources.file(file).line_text(1), "ab");
        assert_eq!(sources.file(file).line_text(2), "üb");
        assert_eq!(sources.file(file).line_text(3), "");
        assert_eq!(sources.file(file).line_text(99), "");
    }

    #[test]
    fn a_line_directive_moves_the_presumed_location_only() {
        let mut sources = Sources::new();
        let file = sources.add_virtual("gen.c", "#line 100 \"real.y\"\nx\ny\n");
        sources.rename_lines(file, 2, 100, "real.y".into());
        let y = sources.span(file, 21, 22);
        assert_eq!(sources.location(y).to_string(), "gen.c:3:1");
        assert_eq!(sources.presumed_location(y).to_string(), "real.y:101:1");
    }

    #[test]
    fn unreadable_files_are_errors_with_the_path() {
        let mut sources = Sources::new();
        let missing = sources
            .load(Path::new("/no/such/file.c"))
            .expect_err("does not exist");
        assert!(
            missing
                .to_string()
                .starts_with("cannot read `/no/such/file.c`: "),
            "{missing}"
        );
        assert!(
            sources.load(Path::new("/")).is_err(),
            "a directory is not a source"
        );
    }

    #[test]
    fn bytes_that_are_not_utf8_are_kept_and_reported() {
        let bytes_of = |text: &str| -> Vec<Option<u8>> { text.chars().map(byte_behind).collect() };
        let (text, first) = decode(b"a\xff\xc3b".to_vec());
        assert_eq!(bytes_of(&text), [None, Some(0xff), Some(0xc3), None]);
        assert_eq!(first, Some(1));
        let (text, first) = decode("\u{10ffff}".into());
        assert_eq!(
            bytes_of(&text),
            [Some(0xf4), Some(0x8f), Some(0xbf), Some(0xbf)]
        );
        assert_eq!(first, None);
    }
}
