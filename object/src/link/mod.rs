//! Static linking: several object files become one, as `bpftool gen object` makes it.
//!
//! A BPF object has no addresses and no entry point; a loader takes it apart section by section. So there is nothing to
//! place in memory, and linking is four smaller things:
//!
//! ```text
//!  a.o: .text ────┐                  sections of one name stand behind each other; license only once
//!  b.o: .text ────┴─► .text          what was at x of b's is at x + the place of b's part in the whole
//!
//!  a.o: extern f ─┐                  a name that is visible everywhere means one thing: its strong definition, or
//!  b.o: weak f ───┼─► f of c.o       else its first weak one, or else it stays extern; the others must agree with it
//!  c.o: f ────────┘
//!
//!  a.o: .BTF ─────┐
//!  b.o: .BTF ─────┴─► .BTF           types once ([`crate::btf::dedup`]); functions and variables with the names above
//!
//!  relocations, functions, lines and CO-RE records follow what they are about
//! ```
//!
//! The rules are those of libbpf's linker. It differs in what libbpf leaves wrong or undone: a weak variable may be
//! replaced by a strong one in another section, and data may refer to a section of the same file (tables of strings).
//! Debug information (DWARF) is left out, as libbpf does: nothing reads it in a loaded program.
//!
//! ```
//! use bpfcc_object::{Object, Section, SectionKind, link};
//!
//! let file = |name: &str, license: &[u8]| {
//!     let mut object = Object::default();
//!     object.add_section(Section::new("license", SectionKind::Data, license.to_vec(), 1));
//!     link::Input { name: name.into(), object }
//! };
//! let linked = link::link(&[file("a.o", b"GPL\0"), file("b.o", b"GPL\0")]).unwrap();
//! assert_eq!(linked.sections.len(), 1);
//!
//! let errors = link::link(&[file("a.o", b"GPL\0"), file("b.o", b"BSD\0")]).unwrap_err();
//! assert!(errors[0].to_string().starts_with("`a.o` and `b.o` differ in section `license`"));
//! ```

mod declared;
mod error;
mod words;

mod agree;
mod layout;
mod maps;
mod relocs;
mod symbols;
mod types;

pub use error::{Declaration, LinkError};

use crate::check::check;
use crate::{Endian, Object};
use declared::Declared;
use layout::Layout;
use symbols::Symbols;

/// A file to link.
#[derive(Clone, Debug)]
pub struct Input {
    /// What messages call it.
    pub name: String,
    /// What is in it.
    pub object: Object,
}

/// One object that does what all of them do together, or all that stands in the way.
pub fn link(inputs: &[Input]) -> Result<Object, Vec<LinkError>> {
    for input in inputs {
        check(&input.object).map_err(|why| {
            let file = input.name.clone();
            vec![LinkError::Invalid { file, why }]
        })?;
    }
    let endian = byte_order(inputs)?;
    let layout = Layout::new(inputs)?;
    let declared: Vec<Declared<'_>> = inputs.iter().map(Declared::new).collect();
    let symbols = Symbols::new(inputs, &declared, &layout)?;
    let types = types::merge(inputs, &declared, &layout, &symbols);
    let sections = relocs::relocated(inputs, &layout, &symbols)?;
    Ok(Object {
        endian,
        sections,
        symbols: symbols.list,
        btf: types.btf,
        ext: types.ext,
    })
}

fn byte_order(inputs: &[Input]) -> Result<Endian, Vec<LinkError>> {
    let Some(first) = inputs.first() else {
        return Ok(Endian::default());
    };
    let other = inputs
        .iter()
        .find(|i| i.object.endian != first.object.endian);
    match other {
        None => Ok(first.object.endian),
        Some(other) => Err(vec![LinkError::ByteOrder {
            one: first.name.clone(),
            other: other.name.clone(),
        }]),
    }
}

#[cfg(test)]
mod tests;
