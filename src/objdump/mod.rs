//! An object file as text, with everything that is known about it in its place: what otherwise takes `llvm-objdump -S -r`,
//! `readelf` and `bpftool btf dump`.
//!
//! ```text
//!  Object ──file──► indices ──code, reference──► functions as lines ──listing──► text
//!                           ──maps, data, value, core, lists───────────────────► tables
//!                                                                    └──json───► the same for machines
//! ```
//!
//! The object may come from any compiler and be damaged: what cannot be understood is said to be so and the rest is shown.

mod file;

mod code;
mod reference;

mod core;
mod data;
mod lists;
mod maps;
mod value;

mod json;
mod listing;
mod style;
mod table;

use std::collections::BTreeSet;
use std::fmt;

use bpfcc_isa::text::Dialect;
use bpfcc_object::{Object, Section, SectionId, SectionKind, btf};

use code::{Form, Function};
use file::File;

/// What can be shown, in this order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Part {
    /// How much of what there is.
    Summary,
    /// All sections.
    Sections,
    /// All symbols.
    Symbols,
    /// All relocations.
    Relocations,
    /// The definitions of maps.
    Maps,
    /// What is used and not defined.
    Externs,
    /// The instructions.
    Code,
    /// CO-RE relocations as a list.
    Core,
    /// Variables, strings and bytes.
    Data,
    /// The types as C.
    Types,
}

/// What is shown when nobody says what. CO-RE relocations and those of the linker are in the code.
const DEFAULT_PARTS: [Part; 7] = [
    Part::Summary,
    Part::Sections,
    Part::Maps,
    Part::Externs,
    Part::Code,
    Part::Data,
    Part::Types,
];

/// What to show, and how.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What to show; if this is empty, what most people want to see.
    pub parts: BTreeSet<Part>,
    /// This section only.
    pub section: Option<String>,
    /// This function only.
    pub function: Option<String>,
    /// How instructions are written.
    pub dialect: Dialect,
    /// With the bytes of each instruction.
    pub bytes: bool,
    /// With lines of the source.
    pub source: bool,
    /// With the relocations of each instruction.
    pub relocations: bool,
    /// Instructions with numbers where the bytes have them, without names and notes.
    pub plain: bool,
    /// With colours for a terminal.
    pub colours: bool,
}

impl Options {
    fn shows(&self, part: Part) -> bool {
        if !self.parts.is_empty() {
            return self.parts.contains(&part);
        }
        let is_about_one = self.section.is_some() || self.function.is_some();
        match part {
            Part::Code => true,
            Part::Data => self.function.is_none(),
            part => !is_about_one && DEFAULT_PARTS.contains(&part),
        }
    }

    fn form(&self) -> Form {
        Form {
            dialect: self.dialect,
            is_plain: self.plain,
        }
    }
}

/// The object has nothing of this name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NotFound {
    what: &'static str,
    name: String,
    known: Vec<String>,
}

impl fmt::Display for NotFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let NotFound { what, name, known } = self;
        let (name, known) = (name.escape_debug(), known.join(", "));
        write!(
            f,
            "there is no {what} `{name}`; there are {}",
            known.escape_debug()
        )
    }
}

impl std::error::Error for NotFound {}

/// The object for people.
///
/// ```
/// use bpfcc::{Options, compile_text, objdump};
///
/// let source = "__attribute__((section(\"xdp\"))) int pass(void *ctx) { return 2; }";
/// let object = compile_text("pass.c", source, &Options::default()).result.unwrap().object;
/// let text = objdump::text(&object, &objdump::Options::default()).unwrap();
/// assert!(text.contains("xdp: xdp program, context struct xdp_md in r1"));
/// assert!(text.contains("    0:  r0 = 2\n    1:  exit\n"));
/// ```
pub fn text(object: &Object, options: &Options) -> Result<String, NotFound> {
    let types = types_of(object);
    let view = View::new(File::new(object, types.as_deref()), options);
    view.check()?;
    Ok(style::finish(&view.text(), options.colours))
}

/// The same for machines, as one JSON object.
pub fn json(object: &Object, options: &Options) -> Result<String, NotFound> {
    let types = types_of(object);
    let view = View::new(File::new(object, types.as_deref()), options);
    view.check()?;
    Ok(format!("{:#}\n", json::object(&view)))
}

/// The object's types as bytes again, for what reads only those that it needs.
fn types_of(object: &Object) -> Option<Vec<u8>> {
    let types = object.btf.as_ref()?;
    btf::write(types, object.endian).ok()
}

/// Prints a part; nothing if there is nothing of the kind.
type Print = fn(&View<'_>) -> String;

/// An object and what of it is to be shown.
struct View<'a> {
    file: File<'a>,
    options: &'a Options,
    functions: Vec<Function<'a>>,
}

impl<'a> View<'a> {
    fn new(file: File<'a>, options: &'a Options) -> View<'a> {
        let sections = file.object.sections().map(|(id, _)| id);
        let functions = sections.flat_map(|id| code::functions(&file, id, options.form()));
        let functions = functions.collect();
        View {
            file,
            options,
            functions,
        }
    }

    /// Whether there is what was asked for.
    fn check(&self) -> Result<(), NotFound> {
        let sections = self
            .file
            .object
            .sections
            .iter()
            .map(|section| &*section.name);
        let functions = self.functions.iter().map(|function| function.name);
        find("section", self.options.section.as_deref(), sections)?;
        find("function", self.options.function.as_deref(), functions)
    }

    /// The functions that are to be shown.
    fn functions(&self) -> impl Iterator<Item = &Function<'a>> {
        self.functions.iter().filter(|function| {
            is_wanted(self.options.section.as_deref(), &function.section.name)
                && is_wanted(self.options.function.as_deref(), function.name)
        })
    }

    /// The sections that are to be shown.
    fn sections(&self) -> impl Iterator<Item = (SectionId, &'a Section)> {
        let name = self.options.section.as_deref();
        let sections = self.file.object.sections();
        sections.filter(move |(_, section)| is_wanted(name, &section.name))
    }

    fn text(&self) -> String {
        let parts: [(Part, &str, Print); 10] = [
            (Part::Summary, "", summary),
            (Part::Sections, "Sections", |view| {
                lists::sections(&view.file)
            }),
            (Part::Symbols, "Symbols", |view| lists::symbols(&view.file)),
            (Part::Relocations, "Relocations", |view| {
                lists::relocs(&view.file, view.sections().map(|(_, section)| section))
            }),
            (Part::Maps, "Maps", |view| maps::text(&view.file)),
            (Part::Externs, "Externs", |view| lists::externs(&view.file)),
            (Part::Code, "", code_text),
            (Part::Core, "CO-RE relocations", core_text),
            (Part::Data, "", data_text),
            (Part::Types, "Types", types_text),
        ];
        let shown = parts.iter().filter(|(part, ..)| self.options.shows(*part));
        let texts = shown.filter_map(|(_, title, print)| {
            let text = print(self);
            let title = if title.is_empty() {
                String::new()
            } else {
                style::heading(title)
            };
            (!text.is_empty()).then(|| title + &text)
        });
        texts.collect::<Vec<_>>().join("\n")
    }
}

fn find<'n>(
    what: &'static str,
    name: Option<&str>,
    mut known: impl Iterator<Item = &'n str> + Clone,
) -> Result<(), NotFound> {
    match name {
        Some(name) if !known.clone().any(|known| known == name) => Err(NotFound {
            what,
            name: name.to_owned(),
            known: known.by_ref().map(str::to_owned).collect(),
        }),
        _ => Ok(()),
    }
}

fn is_wanted(wanted: Option<&str>, name: &str) -> bool {
    wanted.is_none_or(|wanted| wanted == name)
}

/// One line.
fn summary(view: &View<'_>) -> String {
    let file = &view.file;
    let object = file.object;
    let order = match object.endian {
        bpfcc_isa::Endian::Little => "little",
        bpfcc_isa::Endian::Big => "big",
    };
    let count = |what: &str, number: usize| match number {
        1 => format!("1 {what}"),
        number => format!("{number} {what}s"),
    };
    let is_program = |function: &&Function<'_>| function.role == code::Role::Program;
    let programs = view.functions.iter().filter(is_program).count();
    let lines = view.functions.iter().flat_map(|function| &function.lines);
    let insns = lines.filter(|line| line.insn.is_some()).count();
    let license = match file.license() {
        Some(license) => format!("license {license}"),
        None => "no license".to_owned(),
    };
    let types = object.btf.as_ref().map_or(0, btf::Btf::len);
    format!(
        "BPF object, {order} endian: {}, {}, {}, {}, {}, {license}\n",
        count("program", programs),
        count("subprogram", view.functions.len() - programs),
        count("instruction", insns),
        count("map", file.maps.len()),
        count("type", types),
    )
}

fn code_text(view: &View<'_>) -> String {
    let mut text = String::new();
    let mut section: Option<&Section> = None;
    for function in view.functions() {
        if section.is_none_or(|section| !std::ptr::eq(section, function.section)) {
            let gap = if section.is_some() { "\n" } else { "" };
            text += gap;
            text += &listing::heading(function);
            section = Some(function.section);
        }
        text += &listing::text(&view.file, function, view.options);
    }
    text
}

fn core_text(view: &View<'_>) -> String {
    let mut table = table::Table::new(["section", "instruction", "resolved when loading"]);
    for function in view.functions() {
        for line in &function.lines {
            for (_, words) in &line.core {
                let section = function.section.name.clone();
                table.row([section, line.slot.to_string(), words.clone()]);
            }
        }
    }
    table.text()
}

fn data_text(view: &View<'_>) -> String {
    let sections = view.sections().filter(|(_, section)| {
        let is_meant = view.options.section.is_some() && section.kind != SectionKind::Code;
        data::is_data(section) || is_meant
    });
    let texts = sections.map(|(id, section)| data::text(&view.file, id, section));
    texts.collect::<Vec<_>>().join("\n")
}

fn types_text(view: &View<'_>) -> String {
    match view.file.types.map(btf::definitions) {
        Some(Ok(text)) => text,
        Some(Err(error)) => format!("  They cannot be written in C: {error}\n"),
        None => String::new(),
    }
}
