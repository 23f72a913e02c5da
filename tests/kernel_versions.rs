//! docs/kernel-versions.md is the table of `isa/src/kernel.rs` for readers. `BLESS=1 cargo test --test kernel_versions` writes it anew.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use bpfcc::{Cpu, Version};
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
