//! Which Linux has what: the one table behind `--kernel`, `-mcpu=probe` and `--report=kernel`.
//!
//! A row says with which release something came and where that is to be seen: a commit of Linux, or the number that ends a
//! list in its `include/uapi/linux/bpf.h`. Helpers, map types and program types are numbered in the order in which they
//! came, so for these the last number of each release is all there is to say.
//!
//! ```
//! use bpfcc_isa::Cpu;
//! use bpfcc_isa::kernel::{Feature, Version, helper_since};
//!
//! let kernel = Version::parse("5.4.0-42-generic").unwrap();
//! assert_eq!(kernel.newest_cpu(), Cpu::V3);
//! assert!(kernel.has(Feature::Loops) && !kernel.has(Feature::FetchingAtomics));
//! assert_eq!(helper_since(181).unwrap().to_string(), "5.17");
//! ```

use std::fmt;

use crate::cpu::Cpu;
use crate::program::{MapKind, program_type_for_section};

/// A release of Linux.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Version {
    /// The 5 of 5.4.
    pub major: u16,
    /// The 4 of 5.4.
    pub minor: u16,
}

const fn v(major: u16, minor: u16) -> Version {
    Version { major, minor }
}

impl Version {
    /// The first release with the system call `bpf`. It had no program type yet that could be loaded.
    pub const FIRST: Version = v(3, 18);

    /// The release that a version such as `5.4`, `6.1.0-13-amd64` or `5.1-rc1` belongs to.
    pub fn parse(text: &str) -> Option<Version> {
        let mut numbers = text.split(['.', '-', '+']).map(|part| part.parse().ok());
        let (major, minor) = (numbers.next()??, numbers.next()??);
        Some(Version { major, minor })
    }

    /// Whether this release has something.
    pub fn has(self, feature: Feature) -> bool {
        self >= feature.since()
    }

    /// The newest level of the instruction set that this release runs.
    pub fn newest_cpu(self) -> Cpu {
        let mut levels = Cpu::ALL.into_iter().rev();
        let fits = |cpu: &Cpu| cpu_since(*cpu) <= self;
        levels.find(fits).unwrap_or(Cpu::V1)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

macro_rules! features {
    ($($feature:ident $major:literal.$minor:literal $what:literal, $source:literal, $way_out:literal;)*) => {
        /// Something that programs may need of the kernel and that not every kernel has.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Feature {
            $(#[doc = $what] $feature,)*
        }

        impl Feature {
            /// Every feature.
            pub const ALL: &'static [Feature] = &[$(Feature::$feature),*];

            /// The first release that has it.
            pub const fn since(self) -> Version {
                match self { $(Feature::$feature => v($major, $minor),)* }
            }

            /// What it is.
            pub const fn what(self) -> &'static str {
                match self { $(Feature::$feature => $what,)* }
            }

            /// The commit of Linux that added it.
            pub const fn source(self) -> &'static str {
                match self { $(Feature::$feature => $source,)* }
            }

            /// What to do where the kernel lacks it.
            pub const fn way_out(self) -> &'static str {
                match self { $(Feature::$feature => $way_out,)* }
            }
        }
    };
}

features! {
    // feature                what it is, commit, way out
    LessThanJumps 4 . 14 "jumps on `<` and `<=`", "92b31a9af73b", "compile with `-mcpu=v1`";
    LocalCalls 4 . 16 "calls of functions of the program", "cc8b0b92a169", "make them `static __always_inline`";
    Jump32 5 . 1 "comparisons of 32 bits", "092ed0968bb6", "compile with `-mcpu=v2`";
    GlobalData 5 . 2 "global variables and constants", "d8eca5bbb2be",
        "keep it in a map, or in a variable of the function";
    LongPrograms 5 . 2 "programs of more than 4096 instructions", "c04c0d2b968a", "split it with tail calls";
    CoreRelocations 5 . 2 "types of the running kernel (CO-RE)", "e83b9f55448a",
        "give libbpf the kernel's types with `btf_custom_path`, or do not use `preserve_access_index`";
    Loops 5 . 3 "loops", "2589726d12a1", "give the loop a constant number of iterations, and compile with `--no-loops`";
    TailCallsBesideCalls 5 . 10 "tail calls in programs that call functions", "ebf7d1f508a7",
        "make the functions `static __always_inline`";
    KernelVariables 5 . 10 "variables of the kernel (`__ksym`)", "4976b718c355", "read them with `bpf_probe_read_kernel`";
    FetchingAtomics 5 . 12 "atomics that return the old value or do more than add", "5ca419f2864a",
        "use `__sync_fetch_and_add` without its result, or a `bpf_spin_lock`";
    FunctionPointers 5 . 13 "addresses of functions, for callbacks", "69c087ba6225", "write a loop instead of the callback";
    Kfuncs 5 . 13 "calls of kernel functions (`__ksym`)", "e6ac2450d6de", "use a helper";
    SignedDivision 6 . 6 "signed division", "ec0e2da95f72", "compile with `-mcpu=v3`";
    SignExtension 6 . 6 "moves and loads that extend the sign", "8100928c8814", "compile with `-mcpu=v3`";
    Bswap 6 . 6 "`bswap`", "0845c3db7bf5", "compile with `-mcpu=v3`";
    LongJump 6 . 6 "jumps with a distance of 32 bits", "4cd58e9af8b9", "compile with `-mcpu=v3`";
    MayGoto 6 . 9 "`may_goto`", "011832b97b31", "use a loop with a bound, or `bpf_loop`";
    AddrSpaceCast 6 . 9 "pointers into an arena", "6082b6c328b5", "use another type of map";
    AcquireRelease 6 . 15 "loads and stores with acquire and release order", "880442305a39",
        "use `__sync_fetch_and_add`, which is ordered";
    IndirectJump 6 . 19 "jumps to addresses in registers", "493d9e0d6083", "use a `switch`";
}

/// The first release that runs all instructions of a level, but for atomics that return the old value, which v3 has too
/// ([`Feature::FetchingAtomics`]).
pub const fn cpu_since(cpu: Cpu) -> Version {
    match cpu {
        Cpu::V1 => Version::FIRST,
        Cpu::V2 => Feature::LessThanJumps.since(),
        Cpu::V3 => Feature::Jump32.since(),
        Cpu::V4 => Feature::SignExtension.since(),
    }
}

/// The last helper of each release that added one: `__BPF_FUNC_MAPPER` in the release's `include/uapi/linux/bpf.h`.
pub static HELPERS: &[(Version, i32)] = &[
    (v(3, 19), 3),
    (v(4, 1), 11),
    (v(4, 2), 16),
    (v(4, 3), 22),
    (v(4, 4), 25),
    (v(4, 5), 26),
    (v(4, 6), 30),
    (v(4, 8), 36),
    (v(4, 9), 41),
    (v(4, 10), 44),
    (v(4, 11), 45),
    (v(4, 12), 47),
    (v(4, 13), 50),
    (v(4, 14), 53),
    (v(4, 15), 57),
    (v(4, 16), 59),
    (v(4, 17), 64),
    (v(4, 18), 80),
    (v(4, 19), 83),
    (v(4, 20), 90),
    (v(5, 0), 92),
    (v(5, 1), 98),
    (v(5, 2), 108),
    (v(5, 3), 110),
    (v(5, 5), 115),
    (v(5, 6), 118),
    (v(5, 7), 124),
    (v(5, 8), 135),
    (v(5, 9), 141),
    (v(5, 10), 155),
    (v(5, 11), 162),
    (v(5, 12), 163),
    (v(5, 13), 165),
    (v(5, 14), 168),
    (v(5, 15), 175),
    (v(5, 16), 179),
    (v(5, 17), 185),
    (v(5, 18), 193),
    (v(5, 19), 203),
    (v(6, 0), 207),
    (v(6, 1), 209),
    (v(6, 2), 211),
];

/// Helpers that libbpf replaces by older ones where the kernel lacks them (`bpf_object__sanitize_prog`): `bpf_probe_read_user`,
/// `bpf_probe_read_kernel` and the two for strings.
pub static REPLACED: &[(i32, i32)] = &[(112, 4), (113, 4), (114, 45), (115, 45)];

/// The last map type of each release that added one: `enum bpf_map_type`.
pub static MAPS: &[(Version, i32)] = &[
    (v(3, 19), 2),
    (v(4, 2), 3),
    (v(4, 3), 4),
    (v(4, 6), 7),
    (v(4, 8), 8),
    (v(4, 10), 10),
    (v(4, 11), 11),
    (v(4, 12), 13),
    (v(4, 14), 15),
    (v(4, 15), 16),
    (v(4, 18), 18),
    (v(4, 19), 20),
    (v(4, 20), 23),
    (v(5, 2), 24),
    (v(5, 4), 25),
    (v(5, 6), 26),
    (v(5, 8), 27),
    (v(5, 10), 28),
    (v(5, 11), 29),
    (v(5, 16), 30),
    (v(6, 1), 31),
    (v(6, 2), 32),
    (v(6, 9), 33),
    (v(6, 19), 34),
];

/// The last flag of maps (`BPF_F_…`, by the number of its bit) of each release that added one.
pub static MAP_FLAGS: &[(Version, i32)] = &[
    (v(4, 6), 0),
    (v(4, 10), 1),
    (v(4, 14), 2),
    (v(4, 15), 4),
    (v(4, 17), 5),
    (v(5, 0), 6),
    (v(5, 2), 8),
    (v(5, 4), 9),
    (v(5, 5), 10),
    (v(5, 10), 12),
];

/// The last program type of each release that added one: `enum bpf_prog_type`.
pub static PROGRAMS: &[(Version, i32)] = &[
    (v(3, 19), 1),
    (v(4, 1), 4),
    (v(4, 7), 5),
    (v(4, 8), 6),
    (v(4, 9), 7),
    (v(4, 10), 12),
    (v(4, 13), 13),
    (v(4, 14), 14),
    (v(4, 15), 15),
    (v(4, 17), 18),
    (v(4, 18), 20),
    (v(4, 19), 21),
    (v(4, 20), 22),
    (v(5, 2), 24),
    (v(5, 3), 25),
    (v(5, 5), 26),
    (v(5, 6), 28),
    (v(5, 7), 29),
    (v(5, 9), 30),
    (v(5, 14), 31),
    (v(6, 4), 32),
];

/// Sections whose programs are attached in a way that came later than their type.
pub static SECTIONS: &[(&str, Version)] = &[
    ("kprobe.multi", v(5, 18)),
    ("kretprobe.multi", v(5, 18)),
    ("kprobe.session", v(6, 10)),
    ("uprobe.s", v(6, 0)),
    ("uretprobe.s", v(6, 0)),
    ("usdt.s", v(6, 0)),
    ("uprobe.multi", v(6, 6)),
    ("uprobe.multi.s", v(6, 6)),
    ("uretprobe.multi", v(6, 6)),
    ("uretprobe.multi.s", v(6, 6)),
    ("tcx", v(6, 6)),
    ("netkit", v(6, 7)),
    ("xdp.frags", v(5, 18)),
    ("xdp/devmap", v(5, 8)),
    ("xdp/cpumap", v(5, 9)),
    ("cgroup/sock_release", v(5, 9)),
    ("cgroup/post_bind4", v(4, 17)),
    ("cgroup/post_bind6", v(4, 17)),
    ("cgroup/sendmsg4", v(4, 18)),
    ("cgroup/sendmsg6", v(4, 18)),
    ("cgroup/recvmsg4", v(5, 2)),
    ("cgroup/recvmsg6", v(5, 2)),
    ("cgroup/getpeername4", v(5, 8)),
    ("cgroup/getpeername6", v(5, 8)),
    ("cgroup/getsockname4", v(5, 8)),
    ("cgroup/getsockname6", v(5, 8)),
    ("cgroup/connect_unix", v(6, 7)),
    ("cgroup/sendmsg_unix", v(6, 7)),
    ("cgroup/recvmsg_unix", v(6, 7)),
    ("cgroup/getpeername_unix", v(6, 7)),
    ("cgroup/getsockname_unix", v(6, 7)),
    ("sk_reuseport/migrate", v(5, 14)),
    ("fmod_ret", v(5, 7)),
    ("iter", v(5, 8)),
    ("fentry.s", v(5, 10)),
    ("fexit.s", v(5, 10)),
    ("fmod_ret.s", v(5, 10)),
    ("lsm.s", v(5, 10)),
    ("iter.s", v(5, 18)),
    ("lsm_cgroup", v(6, 0)),
];

/// Functions of the kernel that programs call by name; by the first word that they have in common. Others came with any
/// release since [`Feature::Kfuncs`].
pub static KFUNCS: &[(&str, Version)] = &[
    ("bpf_xdp_ct_", v(5, 18)),
    ("bpf_skb_ct_", v(5, 18)),
    ("bpf_lookup_user_key", v(6, 1)),
    ("bpf_lookup_system_key", v(6, 1)),
    ("bpf_key_put", v(6, 1)),
    ("bpf_verify_pkcs7_signature", v(6, 1)),
    ("bpf_rcu_read_", v(6, 2)),
    ("bpf_cast_to_kern_ctx", v(6, 2)),
    ("bpf_rdonly_cast", v(6, 2)),
    ("bpf_obj_new", v(6, 2)),
    ("bpf_obj_drop", v(6, 2)),
    ("bpf_list_", v(6, 2)),
    ("bpf_task_", v(6, 2)),
    ("bpf_cgroup_", v(6, 2)),
    ("bpf_rbtree_", v(6, 3)),
    ("bpf_cpumask_", v(6, 3)),
    ("bpf_xdp_metadata_rx_", v(6, 3)),
    ("bpf_iter_num_", v(6, 4)),
    ("bpf_dynptr_from_", v(6, 4)),
    ("bpf_dynptr_slice", v(6, 4)),
    ("bpf_dynptr_", v(6, 5)),
    ("bpf_iter_task_", v(6, 7)),
    ("bpf_iter_css_", v(6, 7)),
    ("bpf_throw", v(6, 7)),
    ("bpf_percpu_obj_", v(6, 7)),
    ("bpf_arena_", v(6, 9)),
    ("bpf_wq_", v(6, 10)),
    ("bpf_preempt_", v(6, 10)),
    ("bpf_iter_bits_", v(6, 11)),
    ("bpf_copy_from_user_str", v(6, 12)),
    ("bpf_local_irq_", v(6, 14)),
    ("bpf_res_spin_", v(6, 15)),
];

/// The release whose last number is this one or the first larger one.
fn since(table: &[(Version, i32)], number: i32) -> Option<Version> {
    let row = table.iter().find(|(_, last)| number <= *last);
    row.map(|(version, _)| *version)
}

/// The first release that has a helper, or for which libbpf has an older one in its place.
pub fn helper_since(id: i32) -> Option<Version> {
    let replaced = REPLACED.iter().find(|(newer, _)| *newer == id);
    since(HELPERS, replaced.map_or(id, |(_, older)| *older))
}

/// The first release that has maps of this type.
pub fn map_since(kind: MapKind) -> Option<Version> {
    since(MAPS, kind.number().cast_signed())
}

/// The first release that knows all of a map's flags.
pub fn map_flags_since(flags: u32) -> Option<Version> {
    since(MAP_FLAGS, flags.checked_ilog2()?.cast_signed())
}

/// The first release that loads the programs of a section.
pub fn section_since(section: &str) -> Option<Version> {
    let number = program_type_for_section(section)?.number?;
    let program = since(PROGRAMS, number.cast_signed())?;
    let name = section.strip_prefix('?').unwrap_or(section);
    let is_in = |(prefix, _): &&(&str, Version)| {
        let rest = name.strip_prefix(prefix);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let attached = SECTIONS.iter().find(is_in).map(|(_, version)| *version);
    Some(attached.map_or(program, |version| version.max(program)))
}

/// The first release that has a function for programs to call by name.
pub fn kfunc_since(name: &str) -> Version {
    let rows = KFUNCS.iter().filter(|(start, _)| name.starts_with(start));
    let longest = rows.max_by_key(|(start, _)| start.len());
    longest.map_or(Feature::Kfuncs.since(), |(_, version)| *version)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helpers::{HELPERS as NAMES, helper_by_name};
    use crate::program::PROGRAM_TYPES;

    /// Both columns ascend, to the last number there is.
    #[track_caller]
    fn is_complete(table: &[(Version, i32)], last: i32) {
        assert!(table.is_sorted_by(|a, b| a.0 < b.0 && a.1 < b.1));
        assert_eq!(table.last().map(|row| row.1), Some(last));
    }

    #[test]
    fn every_number_has_its_release() {
        is_complete(HELPERS, NAMES.len() as i32);
        is_complete(MAPS, MapKind::ALL.len() as i32);
        let programs = PROGRAM_TYPES.iter().filter_map(|program| program.number);
        is_complete(PROGRAMS, programs.max().unwrap().cast_signed());
        is_complete(MAP_FLAGS, 12);
    }

    /// The commits that added these say so: <https://github.com/iovisor/bcc/blob/master/docs/kernel-versions.md>.
    #[test]
    fn releases_are_those_of_the_commits() {
        for (name, version) in [
            ("bpf_map_lookup_elem", "3.19"),
            ("bpf_get_smp_processor_id", "4.1"),
            ("bpf_perf_event_output", "4.4"),
            ("bpf_xdp_adjust_head", "4.10"),
            ("bpf_redirect_map", "4.14"),
            ("bpf_fib_lookup", "4.18"),
            ("bpf_spin_lock", "5.1"),
            ("bpf_strtol", "5.2"),
            ("bpf_send_signal", "5.3"),
            ("bpf_probe_read_kernel", "4.1"),
            ("bpf_probe_read_user_str", "4.11"),
            ("bpf_ringbuf_reserve", "5.8"),
            ("bpf_copy_from_user", "5.10"),
            ("bpf_for_each_map_elem", "5.13"),
            ("bpf_timer_init", "5.15"),
            ("bpf_loop", "5.17"),
            ("bpf_dynptr_read", "5.19"),
            ("bpf_user_ringbuf_drain", "6.1"),
            ("bpf_cgrp_storage_delete", "6.2"),
        ] {
            let helper = helper_by_name(name).unwrap();
            let since = helper_since(helper.id).unwrap();
            assert_eq!(since.to_string(), version, "{name}");
        }
    }

    #[test]
    fn sections_have_the_release_of_their_way_to_attach() {
        for (section, version) in [
            ("xdp", Some("4.8")),
            ("xdp.frags", Some("5.18")),
            ("xdp/devmap", Some("5.8")),
            ("?kprobe/do_exit", Some("4.1")),
            ("kprobe.multi/tcp_*", Some("5.18")),
            ("raw_tp/sys_enter", Some("4.17")),
            ("fentry/do_exit", Some("5.5")),
            ("iter/task", Some("5.8")),
            (".text", None),
            ("events/sched/sched_switch", None),
        ] {
            let since = section_since(section).map(|version| version.to_string());
            assert_eq!(since.as_deref(), version, "{section}");
        }
    }

    #[test]
    fn releases_have_levels() {
        for (release, cpu) in [
            ("4.9.0-amd64", Cpu::V1),
            ("4.19.12", Cpu::V2),
            ("5.1-rc1", Cpu::V3),
            ("6.6", Cpu::V4),
            ("6.12.0+", Cpu::V4),
        ] {
            assert_eq!(
                Version::parse(release).unwrap().newest_cpu(),
                cpu,
                "{release}"
            );
        }
        assert_eq!(Version::parse("v5.4"), None);
        assert_eq!(Version::parse("5"), None);
    }
}
