//! `vmlinux.h` without a file: the kernel's types, of which only those are made into text that the program uses.
//!
//! Which names a program uses is known once it has been preprocessed, and what is in its headers must be known before. So
//! a program that includes the header is preprocessed twice:
//!
//! ```text
//! program ──pp, header without types──► tokens ──reach──► names ──KernelTypes::header──► text of the header
//! program ──pp, header with them──────► tokens
//! ```

use std::collections::HashSet;
use std::fmt;

use crate::diagnostic::Diagnostic;
use crate::pp::token::TokenKind;
use crate::pp::{self, TokenStream, VirtualHeader};
use crate::reach::{behind_attributes, reachable};
use crate::source::{FileId, Sources};

/// The header's name.
pub const HEADER: &str = "vmlinux.h";
/// What messages call it.
const PATH: &str = "vmlinux.h (from BTF)";
/// What to do if there is neither a file nor somebody who knows the types.
pub(crate) const WAYS_OUT: &str = "or name a file with the kernel's types, `--btf FILE`, or make the header: `bpftool btf \
                                   dump file /sys/kernel/btf/vmlinux format c > vmlinux.h`";

/// Names that a program mentions.
#[derive(Clone, Default, Debug)]
pub struct Names<'a> {
    /// Those behind `struct`, `union` and `enum`.
    pub tags: HashSet<&'a str>,
    /// All others.
    pub ordinary: HashSet<&'a str>,
}

/// Somebody who knows the types of a kernel.
pub trait KernelTypes: fmt::Debug + Send + Sync {
    /// What the header defines as macros, without types.
    fn empty_header(&self) -> String;
    /// The header with the types that these names need, or why there is none.
    fn header(&self, names: &Names<'_>) -> Result<String, String>;
}

/// [`pp::preprocess`], with `types` for a program that includes `vmlinux.h` and has no such file.
pub fn preprocess(
    sources: &mut Sources,
    main: FileId,
    options: &pp::Options,
    types: Option<&dyn KernelTypes>,
) -> (TokenStream, Vec<Diagnostic>) {
    let Some(types) = types else {
        return pp::preprocess(sources, main, options);
    };
    let mut first = sources.clone();
    let without_types = with_header(options, Ok(types.empty_header()));
    let (stream, diagnostics) = pp::preprocess(&mut first, main, &without_types);
    let is_header = |&file: &FileId| first.file(file).path() == PATH;
    if !stream.opened.iter().any(is_header) {
        *sources = first;
        return (stream, diagnostics);
    }
    let needed = reachable(stream).stream;
    let text = types.header(&names(&needed));
    pp::preprocess(sources, main, &with_header(options, text))
}

/// [`pp::macros_text`], likewise.
pub fn macros_text(
    sources: &mut Sources,
    main: FileId,
    options: &pp::Options,
    types: Option<&dyn KernelTypes>,
) -> (String, Vec<Diagnostic>) {
    match types {
        Some(types) => {
            let options = with_header(options, Ok(types.empty_header()));
            pp::macros_text(sources, main, &options)
        }
        None => pp::macros_text(sources, main, options),
    }
}

fn with_header(options: &pp::Options, text: Result<String, String>) -> pp::Options {
    let mut options = options.clone();
    options.virtual_headers.push(VirtualHeader {
        name: HEADER.to_owned(),
        path: PATH.to_owned(),
        text,
    });
    options
}

/// The names in a program.
fn names(stream: &TokenStream) -> Names<'_> {
    let tokens = &stream.tokens;
    let mut names = Names::default();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let is_tag = token.is_tag_keyword();
        if is_tag {
            at = behind_attributes(tokens, at + 1);
        }
        let name = tokens.get(at);
        let name = name.filter(|name| name.kind == TokenKind::Identifier && !name.is_tag_keyword());
        if let Some(name) = name {
            let set = if is_tag {
                &mut names.tags
            } else {
                &mut names.ordinary
            };
            set.insert(stream.names.text(name.text));
        }
        // What is behind a keyword without a name is looked at again.
        at += usize::from(!is_tag || name.is_some());
    }
    names
}
