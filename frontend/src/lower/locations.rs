//! Places in the source for instructions, functions and globals.

use std::collections::HashMap;

use bpfcc_ir::debug::{SourceFile, SourceLoc};

use crate::source::{FileId, Sources, Span};

/// Turns spans into the IR's places, and collects the files that they lie in.
pub(super) struct Locations<'a> {
    sources: &'a Sources,
    numbers: HashMap<FileId, u32>,
    files: Vec<SourceFile>,
}

impl<'a> Locations<'a> {
    pub(super) fn new(sources: &'a Sources) -> Locations<'a> {
        Locations {
            sources,
            numbers: HashMap::new(),
            files: Vec::new(),
        }
    }

    /// Where a span starts.
    pub(super) fn loc(&mut self, span: Span) -> SourceLoc {
        let location = self.sources.location(span);
        SourceLoc {
            file: self.file(span.file),
            line: location.line,
            column: location.column,
        }
    }

    fn file(&mut self, id: FileId) -> u32 {
        *self.numbers.entry(id).or_insert_with(|| {
            let file = self.sources.file(id);
            self.files.push(SourceFile {
                name: file.path().to_owned(),
                text: file.text().clone(),
                renamings: file.renamings().to_vec(),
            });
            self.files.len() as u32 - 1
        })
    }

    /// The files that places were found in.
    pub(super) fn into_files(self) -> Vec<SourceFile> {
        self.files
    }
}
