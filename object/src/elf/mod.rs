//! The ELF container of a BPF object file.
//!
//! [`write()`] lays a file out like this; [`read()`] accepts any order:
//!
//! ```text
//!  header │ contents of the sections, each followed by its relocations │ .BTF │ .BTF.ext
//!         │ .symtab │ .strtab │ .shstrtab │ section headers in the same order
//! ```
//!
//! What is written can be read back and is equal, but for this: local symbols come first (ELF demands it) and relocations
//! are sorted by offset. A file of another compiler that is read and written again loses what an [`crate::Object`] has no
//! place for: the name of the source file and other absolute or common symbols, sections whose contents are numbers of
//! symbols or sections (`.llvm_addrsig`, groups), and the flags of sections that no program touches at run time.

mod read;
mod write;

pub use read::{ReadError, read, types_section};
pub use write::{WriteError, write};

/// Name of the section of types.
const BTF_NAME: &str = ".BTF";
/// Name of the section of function and line information.
const EXT_NAME: &str = ".BTF.ext";

#[cfg(test)]
mod tests;
