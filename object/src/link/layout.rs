//! Which section of the linked object a file's section becomes a part of, and where in it.

use std::collections::HashMap;

use super::{Input, LinkError};
use crate::{Section, SectionId, SectionKind};

/// Largest alignment that is believed; a page of the largest size has no more.
const MAX_ALIGN: u64 = 1 << 21;
/// BTF counts bytes of sections in 32 bits.
const MAX_SIZE: u64 = 1 << 32;
/// Bytes of an instruction's slot.
const SLOT: u64 = 8;

/// Of these there is one in an object, and all files must agree about it.
const SINGLE: [&str; 2] = ["license", "version"];

/// The linked object's sections.
pub(super) struct Layout {
    /// In the order in which the files have them, without relocations.
    pub(super) sections: Vec<Section>,
    /// By file and by section of the file; `None` for one that is left out.
    places: Vec<Vec<Option<Place>>>,
}

/// Where a file's section has gone.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// The section of the linked object.
    pub(super) section: SectionId,
    /// Where in it the file's part begins.
    pub(super) offset: u64,
    /// The file adds nothing: another file has brought the same contents.
    pub(super) is_repeated: bool,
}

impl Layout {
    pub(super) fn new(inputs: &[Input]) -> Result<Layout, Vec<LinkError>> {
        let mut builder = Builder::default();
        let mut places = Vec::new();
        for input in inputs {
            let sections = input.object.sections.iter();
            let placed: Result<Vec<_>, _> = sections.map(|s| builder.place(input, s)).collect();
            places.push(placed.map_err(|error| vec![error])?);
        }
        Ok(Layout {
            sections: builder.sections,
            places,
        })
    }

    /// The place of a file's section.
    pub(super) fn place(&self, file: usize, section: SectionId) -> Option<Place> {
        *self.places.get(file)?.get(section.0)?
    }

    /// The place of a file's section of this name.
    pub(super) fn place_by_name(&self, inputs: &[Input], file: usize, name: &str) -> Option<Place> {
        let (section, _) = inputs.get(file)?.object.section_by_name(name)?;
        self.place(file, section)
    }
}

#[derive(Default)]
struct Builder<'a> {
    sections: Vec<Section>,
    /// Each section with the file that has it first.
    known: HashMap<&'a str, (SectionId, &'a Input)>,
}

impl<'a> Builder<'a> {
    fn place(
        &mut self,
        input: &'a Input,
        section: &'a Section,
    ) -> Result<Option<Place>, LinkError> {
        if is_left_out(section) {
            return Ok(None);
        }
        let first = *self.known.entry(&section.name).or_insert_with(|| {
            self.sections.push(Section {
                data: Vec::new(),
                size: 0,
                relocs: Vec::new(),
                ..section.clone()
            });
            (SectionId(self.sections.len() - 1), input)
        });
        let whole = &mut self.sections[first.0.0];
        let is_single = SINGLE.contains(&section.name.as_str());
        // `char` in one file and `const char` in another are the same licence.
        if whole.kind != section.kind && !is_single {
            return Err(LinkError::SectionKind {
                section: section.name.clone(),
                one: first.1.name.clone(),
                other: input.name.clone(),
            });
        }
        let is_repeated = is_single && whole.size != 0;
        let offset = if is_repeated {
            check_same(whole, section, first.1, input)?;
            0
        } else {
            append(whole, section, input)?
        };
        Ok(Some(Place {
            section: first.0,
            offset,
            is_repeated,
        }))
    }
}

/// Debug information that no loader reads, and the empty `.text` of a file without functions.
fn is_left_out(section: &Section) -> bool {
    section.name.starts_with(".debug_") || section.name == ".text" && section.size == 0
}

fn check_same(
    whole: &Section,
    section: &Section,
    first: &Input,
    input: &Input,
) -> Result<(), LinkError> {
    if whole.data == section.data && whole.size == section.size {
        return Ok(());
    }
    let words = |data: &[u8]| match str::from_utf8(data) {
        Ok(text) => format!("{:?}", text.trim_end_matches('\0')),
        Err(_) => format!("{data:02x?}"),
    };
    Err(LinkError::Contents {
        section: section.name.clone(),
        one: first.name.clone(),
        other: input.name.clone(),
        texts: format!("{} and {}", words(&whole.data), words(&section.data)),
    })
}

/// Puts a section behind what is there and says where it begins.
fn append(whole: &mut Section, section: &Section, input: &Input) -> Result<u64, LinkError> {
    if section.kind == SectionKind::Code && !section.size.is_multiple_of(SLOT) {
        return Err(LinkError::HalfInstruction {
            section: section.name.clone(),
            file: input.name.clone(),
            size: section.size,
        });
    }
    let align = whole.align.max(section.align).max(1);
    let start = whole.size.checked_next_multiple_of(align);
    let end = start.and_then(|start| start.checked_add(section.size));
    let (Some(start), Some(end)) = (
        start,
        end.filter(|&end| end < MAX_SIZE && align <= MAX_ALIGN),
    ) else {
        return Err(LinkError::TooLarge {
            section: section.name.clone(),
            file: input.name.clone(),
        });
    };
    if whole.kind != SectionKind::Bss {
        whole.data.resize(start as usize, 0);
        whole.data.extend_from_slice(&section.data);
    }
    whole.align = align;
    whole.size = end;
    Ok(start)
}
