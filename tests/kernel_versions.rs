//! docs/kernel-versions.md is the table of `isa/src/kernel.rs` for readers. `BLESS=1 cargo test --test kernel_versions` writes it anew.
//! And the table says nothing that real kernels contradict: what docs/kernels.md has seen loaded.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use bpfcc::requirements::Requirements;
use bpfcc::{Cpu, Options, Target, Version, compile_file};
use bpfcc_isa::helpers::{Helper, helper_by_id};
use bpfcc_isa::kernel::{self, Feature};
use bpfcc_isa::program::{MapKind, PROGRAM_TYPES};

const HEAD: &str = "\
# Kernel versions

Which Linux has what: what `--kernel=VERSION` chooses by and refuses by, and what `--report=kernel` reports
([command-line.md](command-line.md#kernels)). The rows are those of `isa/src/kernel.rs`; a test writes this page.

What is not here needs no particular kernel. Kinds of BTF are not: libbpf rewrites those that a kernel does not know.
";

/// What each row of a table of last numbers added.
fn rows(table: &[(Version, i32)], first: i32, name: impl Fn(i32) -> Option<String>) -> String {
    let mut text = String::from("| since | |\n|---|---|\n");
    let mut next = first;
    for (version, last) in table {
        let names: Vec<String> = (next..=*last).filter_map(&name).collect();
        writeln!(text, "| {version} | {} |", names.join(", ")).expect("a string takes all");
        next = last + 1;
    }
    text
}

fn names(table: &[(&str, Version)]) -> String {
    let mut text = String::from("| | since |\n|---|---|\n");
    for (name, version) in table {
        writeln!(text, "| `{name}` | {version} |").expect("a string takes all");
    }
    text
}

fn page() -> String {
    let mut text = HEAD.to_owned();
    text += "\n## The instruction set and the verifier\n\n| what | since | commit | without it |\n|---|---|---|---|\n";
    for feature in Feature::ALL {
        let (what, since) = (feature.what(), feature.since());
        let (source, way_out) = (feature.source(), feature.way_out());
        writeln!(text, "| {what} | {since} | `{source}` | {way_out} |")
            .expect("a string takes all");
    }
    text += "\n| `-mcpu` | since |\n|---|---|\n";
    for cpu in Cpu::ALL {
        writeln!(text, "| `{}` | {} |", cpu.name(), kernel::cpu_since(cpu))
            .expect("a string takes all");
    }
    text +=
        "\nAtomics that return the old value belong to `v3`, but came later than the rest of it.\n";
    let helper = |id| helper_by_id(id).map(|helper: &Helper| format!("`{}`", helper.name()));
    text += "\n## Helpers\n\n";
    text += &rows(kernel::HELPERS, 1, helper);
    let replaced = kernel::REPLACED
        .iter()
        .filter_map(|(newer, older)| Some((helper(*newer)?, helper(*older)?)));
    let replaced: Vec<String> = replaced
        .map(|(newer, older)| format!("{newer} by {older}"))
        .collect();
    writeln!(
        text,
        "\nWhere the kernel lacks them, libbpf replaces {}.",
        replaced.join(", ")
    )
    .expect("a string takes all");
    text += "\n## Maps\n\n";
    text += &rows(kernel::MAPS, 1, |number| {
        let kind = MapKind::from_number(number.cast_unsigned())?;
        Some(format!("`{}`", kind.kernel_name()))
    });
    text += "\nFlags, by the number of the bit:\n\n";
    text += &rows(kernel::MAP_FLAGS, 0, |bit| Some(bit.to_string()));
    text += "\n## Programs\n\n";
    text += &rows(kernel::PROGRAMS, 1, |number| {
        let mut types = PROGRAM_TYPES.iter();
        let found = types.find(|program| program.number == Some(number.cast_unsigned()))?;
        Some(format!("`{}`", found.name))
    });
    text += "\nSections whose way to attach came later than the type:\n\n";
    text += &names(kernel::SECTIONS);
    text += "\n## Kernel functions\n\nFor others than these, by the start of their names, the report says only since when there are any.\n\n";
    text += &names(kernel::KFUNCS);
    text
}

#[test]
fn the_page_says_what_the_table_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/kernel-versions.md");
    let page = page();
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, &page).expect("the page can be written");
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == page,
        "docs/kernel-versions.md is old; BLESS=1 cargo test --test kernel_versions writes it anew"
    );
}

/// A case that some kernel loaded needs no later one.
#[test]
fn the_report_does_not_contradict_the_laboratory() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/kernels.md")).expect("the page");
    // Each machine has its table, and its kernels.
    let tables = page.split("<!-- amd64 begin -->").nth(1);
    let table = tables.and_then(|rest| rest.split("<!--").next());
    let rows = table
        .unwrap_or_default()
        .lines()
        .filter(|line| line.starts_with("| "));
    let mut rows = rows.map(|line| line.split('|').map(str::trim).collect::<Vec<_>>());
    let head = rows.next().expect("a row of kernels");
    let mut compared = 0;
    for row in rows {
        let path = root.join("lab/cases").join(row[1]).with_extension("c");
        let seen = row.iter().position(|cell| cell.parse::<u32>().is_ok());
        let (Some(seen), Ok(text)) = (seen, fs::read_to_string(&path)) else {
            continue;
        };
        let target = match text.contains("--target=linux") {
            true => Target::Linux,
            false => Target::AsWritten,
        };
        let options = Options {
            target,
            ..Options::default()
        };
        let Some(compiled) = compile_file(&path, &options).result else {
            // It may want the types of a kernel, which not every machine has.
            continue;
        };
        let kernel = Version::parse(head[seen]).expect("a version");
        let needed = Requirements::of(&compiled.object).kernel();
        let is_old_enough = needed.is_some_and(|needed| needed <= kernel);
        assert!(
            is_old_enough,
            "{}: {kernel} loaded it, and it needs {needed:?}",
            path.display()
        );
        compared += 1;
    }
    assert!(compared > 10, "{compared} cases were compared");
}
