//! Options whose value decides what becomes of them.

use std::fs;

use bpfcc::{Cpu, Target, Version};

type Words = Result<Vec<String>, String>;

/// `-target`: clang's names of BPF mean what bpfcc does anyway; its own hosts are passed on.
pub(super) fn target(name: &str) -> Words {
    let architecture = name.split('-').next().unwrap_or(name);
    match architecture {
        _ if Target::from_name(name).is_some() => Ok(vec![format!("--target={name}")]),
        // As clang, `bpf` is the byte order of the machine that the compiler runs on: we have but little-endian hosts.
        "bpf" | "bpfel" => Ok(vec!["--endian=little".into()]),
        "bpfeb" => Ok(vec!["--endian=big".into()]),
        _ => Err(
            "bpfcc compiles for BPF alone; use `-target bpf`, or --target=linux for a program of 2014"
                .into(),
        ),
    }
}

/// `-g` and its like: BTF, and with `-gdwarf` DWARF too.
pub(super) fn debug_info(level: &str) -> Words {
    let known = [
        "",
        "0",
        "1",
        "2",
        "3",
        "gdb",
        "gdb0",
        "gdb1",
        "gdb2",
        "gdb3",
        "lldb",
        "btf",
        "full",
        "line-tables-only",
        "line-directives-only",
        "column-info",
        "no-column-info",
        "strict-dwarf",
        "no-strict-dwarf",
        "split-dwarf",
        "dwarf32",
        "dwarf-aranges",
        "embed-source",
        "no-embed-source",
        "z",
    ];
    match level {
        "0" | "gdb0" => Ok(vec!["--debug-info=no".into()]),
        "dwarf" | "dwarf-5" => Ok(vec!["--debug-info=yes".into(), "--dwarf=5".into()]),
        "dwarf-4" => Ok(vec!["--debug-info=yes".into(), "--dwarf=4".into()]),
        _ if known.contains(&level) => Ok(vec!["--debug-info=yes".into()]),
        _ => Err(
            "use -g, which gives BTF, -gdwarf-4 or -gdwarf-5, which give DWARF too, or -g0".into(),
        ),
    }
}

/// `-std=`: what of C there is, is there in all of them.
pub(super) fn standard(name: &str) -> Words {
    let known = [
        "c89",
        "c90",
        "iso9899:1990",
        "iso9899:199409",
        "c99",
        "iso9899:1999",
        "c9x",
        "c11",
        "iso9899:2011",
        "c1x",
        "c17",
        "c18",
        "iso9899:2017",
        "iso9899:2018",
        "c23",
        "c2x",
        "iso9899:2024",
        "gnu89",
        "gnu90",
        "gnu99",
        "gnu9x",
        "gnu11",
        "gnu1x",
        "gnu17",
        "gnu18",
        "gnu23",
        "gnu2x",
    ];
    match name {
        _ if known.contains(&name) => Ok(Vec::new()),
        _ if name.contains("++") => Err("bpfcc compiles C, not C++".into()),
        _ => Err("use c99, c11, c17, c23 or gnu99, gnu11, gnu17, gnu23".into()),
    }
}

/// `-mcpu=`: as clang, `generic` is the first version, and `probe` what the running kernel has.
pub(super) fn cpu(name: &str) -> Words {
    let version = match name {
        "generic" => "v1",
        "probe" => fs::read_to_string("/proc/sys/kernel/osrelease")
            .map_or("v3", |release| version_of_kernel(&release)),
        _ => name,
    };
    Ok(vec![format!("--mcpu={version}")])
}

/// The newest instructions that a kernel runs. Like LLVM's, the answer stops at v3.
fn version_of_kernel(release: &str) -> &'static str {
    let newest = Version::parse(release).map_or(Cpu::V3, Version::newest_cpu);
    newest.min(Cpu::V3).name()
}

/// `-target-feature +alu32`, which only `-Xclang` passes.
pub(super) fn feature(name: &str) -> Words {
    match name {
        "+alu32" | "+dwarfris" | "-dwarfris" => Ok(Vec::new()),
        "-alu32" => Err(
            "registers of 32 bits are chosen with -mcpu: v3 and v4 have them, v1 and v2 have not"
                .into(),
        ),
        _ => Err("choose the instructions with -mcpu=v1 to v4".into()),
    }
}

/// `-ftrivial-auto-var-init=`.
pub(super) fn automatic_variables(name: &str) -> Words {
    match name {
        "uninitialized" => Ok(Vec::new()),
        _ => Err(
            "variables get no values of their own; write the initial values into the program"
                .into(),
        ),
    }
}

/// `-fdiagnostics-color=`.
pub(super) fn colour(when: &str) -> Words {
    Ok(vec![format!(
        "--color={}",
        if when.is_empty() { "always" } else { when }
    )])
}

pub(super) fn colour_always(_: &str) -> Words {
    colour("always")
}

pub(super) fn colour_never(_: &str) -> Words {
    colour("never")
}

/// `-O` alone.
pub(super) fn optimise(level: &str) -> Words {
    Ok(vec![format!(
        "-O{}",
        if level.is_empty() { "1" } else { level }
    )])
}

/// `-ffile-prefix-map=` and its like.
pub(super) fn file_prefix(map: &str) -> Words {
    Ok(vec![
        format!("--macro-prefix-map={map}"),
        format!("--debug-prefix-map={map}"),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kernels_have_versions() {
        for (release, version) in [
            ("4.9.0-amd64", "v1"),
            ("4.19.12", "v2"),
            ("5.1-rc1", "v3"),
            ("6.8.0-31-generic", "v3"),
        ] {
            assert_eq!(version_of_kernel(release), version, "{release}");
        }
    }
}
