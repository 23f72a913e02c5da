//! What surrounds a program: its type, the context it is given in R1, the maps it may use.
//!
//! The type follows from the name of the ELF section a program stands in. It decides what the context looks like and
//! which functions may be called:
//!
//! ```
//! use bpfcc_isa::program::{FieldValue, program_type_for_section};
//!
//! let xdp = program_type_for_section("xdp").unwrap();
//! let context = xdp.context.unwrap();
//! assert_eq!(context.c_type, "struct xdp_md");
//! assert_eq!(context.read(4, 4).unwrap().value, FieldValue::PacketEnd);
//! assert!(context.read(4, 8).is_none());
//! ```
//!
//! Layouts and permissions are those that Linux 6.12 checks on x86-64, except for the tracing context of 2014 and for
//! seccomp, which Linux never offered to this instruction set.

use std::fmt;

/// A kind of program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ProgramType {
    /// Name, such as `raw_tracepoint`.
    pub name: &'static str,
    /// Its number in `enum bpf_prog_type`, unless Linux has no such type.
    pub number: Option<u32>,
    /// Section names; each stands for itself and for everything below it: `kprobe` for `kprobe/do_exit`.
    pub sections: &'static [&'static str],
    /// What R1 points to at entry, if this table knows its layout.
    pub context: Option<&'static Context>,
    /// Which functions it may call.
    pub functions: FunctionSet,
}

/// A list of host functions.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FunctionSet {
    /// [`HELPERS`](crate::helpers::HELPERS), called by number; Linux allows a part of them to each type.
    Linux,
    /// [`NAMED_2014`](crate::helpers::NAMED_2014), called by name.
    Named2014,
    /// None.
    Empty,
}

/// The structure that R1 points to at entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Context {
    /// Its C type.
    pub c_type: &'static str,
    /// Its size in bytes.
    pub size: u32,
    /// Its fields by increasing offset.
    pub fields: &'static [ContextField],
}

/// A field of a context.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ContextField {
    /// Its C name.
    pub name: &'static str,
    /// Bytes from the start of the context.
    pub offset: u32,
    /// Size in bytes; of one element if it is an array.
    pub size: u32,
    /// Number of elements, 1 if it is no array.
    pub count: u32,
    /// Which accesses are allowed.
    pub access: Access,
    /// How much of it one access may take.
    pub granularity: Granularity,
    /// What a load yields.
    pub value: FieldValue,
}

/// Which accesses to a field are allowed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Access {
    /// None; the field belongs to other program types.
    Denied,
    /// Loads.
    Read,
    /// Loads and stores.
    ReadWrite,
}

/// How much of a field one access may take.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Granularity {
    /// All of it.
    Whole,
    /// Loads may take an aligned part; stores all of it.
    Narrow,
    /// Any aligned part, in loads and stores. The field is a run of bytes rather than a number.
    Bytes,
}

/// What loading a field yields.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FieldValue {
    /// A number.
    Scalar,
    /// The start of the packet: 32 bits in C, a pointer in the register.
    Packet,
    /// The end of the packet, likewise.
    PacketEnd,
    /// The metadata before the packet, likewise.
    PacketMeta,
    /// A socket or NULL.
    SockOrNull,
}

impl Context {
    /// The field with this name.
    pub fn field(&self, name: &str) -> Option<&'static ContextField> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The field that a load of `size` bytes at `offset` reads, if the load is allowed.
    pub fn read(&self, offset: u32, size: u32) -> Option<&'static ContextField> {
        let allowed = |field: &&ContextField| {
            field.access != Access::Denied && field.allows(offset, size, field.granularity)
        };
        self.fields.iter().find(allowed)
    }

    /// The field that a store of `size` bytes at `offset` writes, if the store is allowed.
    pub fn write(&self, offset: u32, size: u32) -> Option<&'static ContextField> {
        let allowed = |field: &&ContextField| {
            let granularity = match field.granularity {
                Granularity::Narrow => Granularity::Whole,
                same => same,
            };
            field.access == Access::ReadWrite && field.allows(offset, size, granularity)
        };
        self.fields.iter().find(allowed)
    }
}

impl ContextField {
    /// The offset of the first byte after the field.
    pub const fn end(&self) -> u32 {
        self.offset + self.size * self.count
    }

    fn allows(&self, offset: u32, size: u32, granularity: Granularity) -> bool {
        let aligned = size.is_power_of_two() && offset.is_multiple_of(size);
        let inside = offset
            .checked_add(size)
            .is_some_and(|end| self.offset <= offset && end <= self.end());
        let fits = match granularity {
            Granularity::Whole => size == self.size,
            Granularity::Narrow => size <= self.size,
            Granularity::Bytes => size <= 8,
        };
        aligned && inside && fits
    }
}

/// The type of the programs in the section of this name. A leading `?` (do not load by default) is ignored.
pub fn program_type_for_section(section: &str) -> Option<&'static ProgramType> {
    let section = section.strip_prefix('?').unwrap_or(section);
    let is_in = |prefix: &&str| {
        let rest = section.strip_prefix(*prefix);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    PROGRAM_TYPES
        .iter()
        .find(|program| program.sections.iter().any(is_in))
}

/// The program type with this name.
pub fn program_type(name: &str) -> Option<&'static ProgramType> {
    PROGRAM_TYPES.iter().find(|program| program.name == name)
}

/// The sections in which programs of 2014 defined their tables; table n is the nth `struct bpf_table`.
pub const TABLE_SECTIONS_2014: [&str; 2] = ["bpf_tables", "bpftables"];

/// Bytes of a `struct bpf_table`: type, key size, element size, number of entries, a parameter.
pub const TABLE_BYTES_2014: u32 = 20;

/// Where a program of 2014 for a tracepoint stands in Linux: `events/skb/kfree_skb` becomes `raw_tracepoint/kfree_skb`. What
/// was `arg1` to `arg6` of the context is `args[0]` to `args[5]`, in the same places. `None` for other sections, and if the
/// section does not say which tracepoint.
pub fn raw_tracepoint_of_2014(section: &str) -> Option<String> {
    let (system, event) = section.strip_prefix("events/")?.split_once('/')?;
    let is_name = |name: &str| !name.is_empty() && !name.contains('/');
    (is_name(system) && is_name(event)).then(|| format!("raw_tracepoint/{event}"))
}

macro_rules! program_types {
    ($($name:ident $number:expr, $functions:ident, $context:expr, [$($section:literal)*];)*) => {
        &[$(ProgramType {
            name: stringify!($name),
            number: $number,
            sections: &[$($section),*],
            context: $context,
            functions: FunctionSet::$functions,
        }),*]
    };
}

/// Every program type: ours first, then those of Linux by number.
pub static PROGRAM_TYPES: &[ProgramType] = program_types! {
    tracing_2014 None, Named2014, Some(&TRACING_2014), ["events"];
    seccomp None, Empty, Some(&SECCOMP), ["seccomp"];
    socket_filter Some(1), Linux, Some(&SOCKET_FILTER), ["socket"];
    kprobe Some(2), Linux, Some(&KPROBE), [
        "kprobe" "kretprobe" "kprobe.multi" "kretprobe.multi" "kprobe.session" "ksyscall" "kretsyscall"
        "uprobe" "uprobe.s" "uretprobe" "uretprobe.s" "uprobe.multi" "uprobe.multi.s" "uretprobe.multi"
        "uretprobe.multi.s" "usdt" "usdt.s"];
    sched_cls Some(3), Linux, Some(&TC), ["tc" "tcx" "classifier" "netkit"];
    sched_act Some(4), Linux, Some(&TC), ["action"];
    tracepoint Some(5), Linux, Some(&TRACEPOINT), ["tracepoint" "tp"];
    xdp Some(6), Linux, Some(&XDP), ["xdp" "xdp.frags"];
    perf_event Some(7), Linux, Some(&PERF_EVENT), ["perf_event"];
    cgroup_skb Some(8), Linux, None, ["cgroup_skb" "cgroup/skb"];
    cgroup_sock Some(9), Linux, None, [
        "cgroup/sock" "cgroup/sock_create" "cgroup/sock_release" "cgroup/post_bind4" "cgroup/post_bind6"];
    lwt_in Some(10), Linux, None, ["lwt_in"];
    lwt_out Some(11), Linux, None, ["lwt_out"];
    lwt_xmit Some(12), Linux, None, ["lwt_xmit"];
    sock_ops Some(13), Linux, None, ["sockops"];
    sk_skb Some(14), Linux, None, ["sk_skb"];
    cgroup_device Some(15), Linux, None, ["cgroup/dev"];
    sk_msg Some(16), Linux, None, ["sk_msg"];
    raw_tracepoint Some(17), Linux, Some(&RAW_TRACEPOINT), ["raw_tracepoint" "raw_tp"];
    cgroup_sock_addr Some(18), Linux, None, [
        "cgroup/bind4" "cgroup/bind6" "cgroup/connect4" "cgroup/connect6" "cgroup/connect_unix"
        "cgroup/sendmsg4" "cgroup/sendmsg6" "cgroup/sendmsg_unix" "cgroup/recvmsg4" "cgroup/recvmsg6"
        "cgroup/recvmsg_unix" "cgroup/getpeername4" "cgroup/getpeername6" "cgroup/getpeername_unix"
        "cgroup/getsockname4" "cgroup/getsockname6" "cgroup/getsockname_unix"];
    lwt_seg6local Some(19), Linux, None, ["lwt_seg6local"];
    lirc_mode2 Some(20), Linux, None, ["lirc_mode2"];
    sk_reuseport Some(21), Linux, None, ["sk_reuseport"];
    flow_dissector Some(22), Linux, None, ["flow_dissector"];
    cgroup_sysctl Some(23), Linux, None, ["cgroup/sysctl"];
    raw_tracepoint_writable Some(24), Linux, Some(&RAW_TRACEPOINT), ["raw_tracepoint.w" "raw_tp.w"];
    cgroup_sockopt Some(25), Linux, None, ["cgroup/getsockopt" "cgroup/setsockopt"];
    tracing Some(26), Linux, None, [
        "tp_btf" "fentry" "fentry.s" "fexit" "fexit.s" "fmod_ret" "fmod_ret.s" "iter" "iter.s"];
    struct_ops Some(27), Linux, None, ["struct_ops" "struct_ops.s"];
    ext Some(28), Linux, None, ["freplace"];
    lsm Some(29), Linux, None, ["lsm" "lsm.s" "lsm_cgroup"];
    sk_lookup Some(30), Linux, None, ["sk_lookup"];
    syscall Some(31), Linux, None, ["syscall"];
    netfilter Some(32), Linux, None, ["netfilter"];
};

macro_rules! fields {
    ($($name:ident @$offset:literal: $size:literal $(* $count:literal)? $access:ident $granularity:ident
       $value:ident;)*) => {
        &[$(ContextField {
            name: stringify!($name),
            offset: $offset,
            size: $size,
            count: 1 $(* $count)?,
            access: Access::$access,
            granularity: Granularity::$granularity,
            value: FieldValue::$value,
        }),*]
    };
}

static TRACING_2014: Context = Context {
    c_type: "struct bpf_context",
    size: 56,
    fields: fields! {
        arg1 @0: 8 Read Whole Scalar;
        arg2 @8: 8 Read Whole Scalar;
        arg3 @16: 8 Read Whole Scalar;
        arg4 @24: 8 Read Whole Scalar;
        arg5 @32: 8 Read Whole Scalar;
        arg6 @40: 8 Read Whole Scalar;
        ret @48: 8 Read Whole Scalar;
    },
};

static SECCOMP: Context = Context {
    c_type: "struct seccomp_data",
    size: 64,
    fields: fields! {
        nr @0: 4 Read Whole Scalar;
        arch @4: 4 Read Whole Scalar;
        instruction_pointer @8: 8 Read Narrow Scalar;
        args @16: 8 * 6 Read Narrow Scalar;
    },
};

/// Tracepoints have at most twelve arguments.
static RAW_TRACEPOINT: Context = Context {
    c_type: "struct bpf_raw_tracepoint_args",
    size: 96,
    fields: fields! { args @0: 8 * 12 Read Narrow Scalar; },
};

/// The fields depend on the event; the eight bytes before them are the tracer's own.
static TRACEPOINT: Context = Context {
    c_type: "void",
    size: 8192,
    fields: fields! {
        common @0: 8 Denied Bytes Scalar;
        event @8: 8184 Read Bytes Scalar;
    },
};

static XDP: Context = Context {
    c_type: "struct xdp_md",
    size: 24,
    // egress_ifindex is for programs in a device map (section xdp/devmap) only.
    fields: fields! {
        data @0: 4 Read Whole Packet;
        data_end @4: 4 Read Whole PacketEnd;
        data_meta @8: 4 Read Whole PacketMeta;
        ingress_ifindex @12: 4 Read Whole Scalar;
        rx_queue_index @16: 4 Read Whole Scalar;
        egress_ifindex @20: 4 Denied Whole Scalar;
    },
};

/// The registers of x86-64, followed by what else a context has.
macro_rules! with_pt_regs {
    ($granularity:ident, $($rest:tt)*) => {
        fields! {
            r15 @0: 8 Read $granularity Scalar;
            r14 @8: 8 Read $granularity Scalar;
            r13 @16: 8 Read $granularity Scalar;
            r12 @24: 8 Read $granularity Scalar;
            bp @32: 8 Read $granularity Scalar;
            bx @40: 8 Read $granularity Scalar;
            r11 @48: 8 Read $granularity Scalar;
            r10 @56: 8 Read $granularity Scalar;
            r9 @64: 8 Read $granularity Scalar;
            r8 @72: 8 Read $granularity Scalar;
            ax @80: 8 Read $granularity Scalar;
            cx @88: 8 Read $granularity Scalar;
            dx @96: 8 Read $granularity Scalar;
            si @104: 8 Read $granularity Scalar;
            di @112: 8 Read $granularity Scalar;
            orig_ax @120: 8 Read $granularity Scalar;
            ip @128: 8 Read $granularity Scalar;
            cs @136: 8 Read $granularity Scalar;
            flags @144: 8 Read $granularity Scalar;
            sp @152: 8 Read $granularity Scalar;
            ss @160: 8 Read $granularity Scalar;
            $($rest)*
        }
    };
}

static KPROBE: Context = Context {
    c_type: "struct pt_regs",
    size: 168,
    fields: with_pt_regs! { Narrow, },
};

static PERF_EVENT: Context = Context {
    c_type: "struct bpf_perf_event_data",
    size: 184,
    fields: with_pt_regs! {
        Whole,
        sample_period @168: 8 Read Narrow Scalar;
        addr @176: 8 Read Narrow Scalar;
    },
};

/// `struct __sk_buff` as the program types see it that share it: one table, a column of permissions for each.
macro_rules! sk_buff {
    ($($name:ident @$offset:literal: $size:literal $(* $count:literal)? $granularity:ident $value:ident,
       $socket:ident $tc:ident;)*) => {
        static SOCKET_FILTER: Context = Context {
            c_type: "struct __sk_buff",
            size: 192,
            fields: fields! { $($name @$offset: $size $(* $count)? $socket $granularity $value;)* },
        };

        static TC: Context = Context {
            c_type: "struct __sk_buff",
            size: 192,
            fields: fields! { $($name @$offset: $size $(* $count)? $tc $granularity $value;)* },
        };
    };
}

sk_buff! {
    // field                                   socket filter, traffic control
    len @0: 4 Narrow Scalar,                   Read Read;
    pkt_type @4: 4 Narrow Scalar,              Read Read;
    mark @8: 4 Narrow Scalar,                  Read ReadWrite;
    queue_mapping @12: 4 Narrow Scalar,        Read ReadWrite;
    protocol @16: 4 Narrow Scalar,             Read Read;
    vlan_present @20: 4 Narrow Scalar,         Read Read;
    vlan_tci @24: 4 Narrow Scalar,             Read Read;
    vlan_proto @28: 4 Narrow Scalar,           Read Read;
    priority @32: 4 Narrow Scalar,             Read ReadWrite;
    ingress_ifindex @36: 4 Narrow Scalar,      Read Read;
    ifindex @40: 4 Narrow Scalar,              Read Read;
    tc_index @44: 4 Narrow Scalar,             Read ReadWrite;
    cb @48: 4 * 5 Bytes Scalar,                ReadWrite ReadWrite;
    hash @68: 4 Narrow Scalar,                 Read Read;
    tc_classid @72: 4 Narrow Scalar,           Denied ReadWrite;
    data @76: 4 Whole Packet,                  Denied Read;
    data_end @80: 4 Whole PacketEnd,           Denied Read;
    napi_id @84: 4 Narrow Scalar,              Read Read;
    family @88: 4 Narrow Scalar,               Denied Denied;
    remote_ip4 @92: 4 Whole Scalar,            Denied Denied;
    local_ip4 @96: 4 Whole Scalar,             Denied Denied;
    remote_ip6 @100: 4 * 4 Whole Scalar,       Denied Denied;
    local_ip6 @116: 4 * 4 Whole Scalar,        Denied Denied;
    remote_port @132: 4 Narrow Scalar,         Denied Denied;
    local_port @136: 4 Narrow Scalar,          Denied Denied;
    data_meta @140: 4 Whole PacketMeta,        Denied Read;
    flow_keys @144: 8 Whole Scalar,            Denied Denied;
    tstamp @152: 8 Whole Scalar,               Denied ReadWrite;
    wire_len @160: 4 Narrow Scalar,            Denied Read;
    gso_segs @164: 4 Narrow Scalar,            Read Read;
    sk @168: 8 Whole SockOrNull,               Read Read;
    gso_size @176: 4 Narrow Scalar,            Read Read;
    tstamp_type @180: 1 Whole Scalar,          Denied Read;
    hwtstamp @184: 8 Whole Scalar,             Denied Read;
}

macro_rules! map_kinds {
    ($($number:literal $variant:ident $name:ident;)*) => {
        /// A kind of map, by the number it has in `enum bpf_map_type`.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum MapKind {
            $(#[doc = concat!("`BPF_MAP_TYPE_", stringify!($name), "`")] $variant,)*
        }

        impl MapKind {
            /// Every kind, by number.
            pub const ALL: &'static [MapKind] = &[$(MapKind::$variant),*];

            /// Its number in `enum bpf_map_type`.
            pub const fn number(self) -> u32 {
                match self { $(MapKind::$variant => $number,)* }
            }

            /// Its name in the kernel's headers, `BPF_MAP_TYPE_HASH`.
            pub const fn kernel_name(self) -> &'static str {
                match self { $(MapKind::$variant => concat!("BPF_MAP_TYPE_", stringify!($name)),)* }
            }
        }
    };
}

map_kinds! {
    1 Hash HASH;
    2 Array ARRAY;
    3 ProgArray PROG_ARRAY;
    4 PerfEventArray PERF_EVENT_ARRAY;
    5 PercpuHash PERCPU_HASH;
    6 PercpuArray PERCPU_ARRAY;
    7 StackTrace STACK_TRACE;
    8 CgroupArray CGROUP_ARRAY;
    9 LruHash LRU_HASH;
    10 LruPercpuHash LRU_PERCPU_HASH;
    11 LpmTrie LPM_TRIE;
    12 ArrayOfMaps ARRAY_OF_MAPS;
    13 HashOfMaps HASH_OF_MAPS;
    14 Devmap DEVMAP;
    15 Sockmap SOCKMAP;
    16 Cpumap CPUMAP;
    17 Xskmap XSKMAP;
    18 Sockhash SOCKHASH;
    19 CgroupStorage CGROUP_STORAGE;
    20 ReuseportSockarray REUSEPORT_SOCKARRAY;
    21 PercpuCgroupStorage PERCPU_CGROUP_STORAGE;
    22 Queue QUEUE;
    23 Stack STACK;
    24 SkStorage SK_STORAGE;
    25 DevmapHash DEVMAP_HASH;
    26 StructOps STRUCT_OPS;
    27 Ringbuf RINGBUF;
    28 InodeStorage INODE_STORAGE;
    29 TaskStorage TASK_STORAGE;
    30 BloomFilter BLOOM_FILTER;
    31 UserRingbuf USER_RINGBUF;
    32 CgrpStorage CGRP_STORAGE;
    33 Arena ARENA;
    34 InsnArray INSN_ARRAY;
}

/// The kinds of maps that have helpers of their own, and which these are; no others take them.
const OWN_HELPERS: &[(MapKind, &[i32])] = &[
    (MapKind::ProgArray, &[12]),
    (MapKind::PerfEventArray, &[22, 25, 55, 111, 121]),
    (MapKind::StackTrace, &[27]),
    (MapKind::CgroupArray, &[33, 34]),
    (MapKind::ArrayOfMaps, &[1]),
    (MapKind::HashOfMaps, &[1]),
    (MapKind::Queue, &[87, 88, 89]),
    (MapKind::Stack, &[87, 88, 89]),
    (MapKind::BloomFilter, &[87, 89]),
    (MapKind::Ringbuf, &[130, 131, 134, 198]),
    (MapKind::UserRingbuf, &[209]),
];

/// The look-up is not theirs alone.
const FOR_ANY_MAP: &[i32] = &[1];

/// The name in listings: `hash`, `percpu_array`.
impl fmt::Display for MapKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.kernel_name().trim_start_matches("BPF_MAP_TYPE_");
        f.write_str(&name.to_lowercase())
    }
}

impl MapKind {
    /// The kind with this number.
    pub fn from_number(number: u32) -> Option<MapKind> {
        let mut kinds = MapKind::ALL.iter().copied();
        kinds.find(|kind| kind.number() == number)
    }

    /// The kind with this name, `BPF_MAP_TYPE_HASH`.
    pub fn from_kernel_name(name: &str) -> Option<MapKind> {
        let mut kinds = MapKind::ALL.iter().copied();
        kinds.find(|kind| kind.kernel_name() == name)
    }

    /// The flags without which Linux makes no map of this kind: these grow by one element at a time (`BPF_F_NO_PREALLOC`).
    pub const fn demanded_flags(self) -> u32 {
        match self {
            MapKind::LpmTrie
            | MapKind::SkStorage
            | MapKind::InodeStorage
            | MapKind::TaskStorage
            | MapKind::CgrpStorage => 1,
            _ => 0,
        }
    }

    /// Whether the helper of this number does anything with maps of this kind (Linux `check_map_func_compatibility`).
    pub fn goes_with(self, helper: i32) -> bool {
        let own = OWN_HELPERS.iter().find(|(kind, _)| *kind == self);
        match own {
            Some((_, helpers)) => helpers.contains(&helper),
            None => !OWN_HELPERS
                .iter()
                .any(|(_, helpers)| helpers.contains(&helper) && !FOR_ANY_MAP.contains(&helper)),
        }
    }

    /// Whether there is a value for each processor.
    pub const fn is_percpu(self) -> bool {
        matches!(
            self,
            MapKind::PercpuArray
                | MapKind::PercpuHash
                | MapKind::LruPercpuHash
                | MapKind::PercpuCgroupStorage
        )
    }

    /// The kind that a table definition of 2014 means by this type: 1 was a hash table, 2 longest prefix match.
    pub const fn from_table_type_2014(number: u32) -> Option<MapKind> {
        match number {
            1 => Some(MapKind::Hash),
            2 => Some(MapKind::LpmTrie),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn type_name(section: &str) -> Option<&'static str> {
        program_type_for_section(section).map(|program| program.name)
    }

    #[test]
    fn sections_name_their_type() {
        let rows = [
            ("events/skb/kfree_skb", Some("tracing_2014")),
            ("raw_tracepoint/kfree_skb", Some("raw_tracepoint")),
            ("raw_tp/kfree_skb", Some("raw_tracepoint")),
            ("raw_tp.w/x", Some("raw_tracepoint_writable")),
            ("tp/skb/kfree_skb", Some("tracepoint")),
            ("tp_btf/kfree_skb", Some("tracing")),
            ("kprobe/do_exit", Some("kprobe")),
            ("?kretprobe/do_exit", Some("kprobe")),
            ("xdp", Some("xdp")),
            ("xdp/devmap", Some("xdp")),
            ("xdp.frags", Some("xdp")),
            ("tc", Some("sched_cls")),
            ("tcx/ingress", Some("sched_cls")),
            ("socket", Some("socket_filter")),
            ("cgroup/sock_create", Some("cgroup_sock")),
            ("cgroup_skb/egress", Some("cgroup_skb")),
            ("seccomp", Some("seccomp")),
            ("xdpx", None),
            (".text", None),
            ("", None),
        ];
        for (section, expected) in rows {
            assert_eq!(type_name(section), expected, "{section}");
        }
    }

    #[test]
    fn tracepoints_of_2014_are_raw_tracepoints() {
        let new = |section| raw_tracepoint_of_2014(section);
        let section = new("events/skb/kfree_skb").unwrap();
        assert_eq!(section, "raw_tracepoint/kfree_skb");
        for section in [
            "events",
            "events/skb",
            "events/skb/",
            "events//x",
            "events/a/b/c",
            "xdp",
        ] {
            assert_eq!(new(section), None, "{section}");
        }
        let [old, new] = ["events/skb/kfree_skb", &section].map(context);
        for field in old.fields.iter().filter(|field| field.name != "ret") {
            assert_eq!(new.read(field.offset, field.size).unwrap().name, "args");
        }
    }

    #[test]
    fn types_and_sections_are_listed_once() {
        let mut names: Vec<_> = PROGRAM_TYPES.iter().map(|program| program.name).collect();
        let mut sections: Vec<_> = PROGRAM_TYPES.iter().flat_map(|p| p.sections).collect();
        let counts = (names.len(), sections.len());
        names.sort_unstable();
        names.dedup();
        sections.sort_unstable();
        sections.dedup();
        assert_eq!((names.len(), sections.len()), counts);
        let numbers = PROGRAM_TYPES.iter().filter_map(|program| program.number);
        assert!(numbers.eq(1..=32));
    }

    #[test]
    fn fields_are_aligned_and_do_not_overlap() {
        for context in PROGRAM_TYPES.iter().filter_map(|program| program.context) {
            let mut end = 0;
            for field in context.fields {
                assert!(field.offset >= end, "{} {}", context.c_type, field.name);
                end = field.end();
                if field.granularity != Granularity::Bytes {
                    assert!(field.offset.is_multiple_of(field.size), "{}", field.name);
                }
            }
            assert!(end <= context.size, "{}", context.c_type);
        }
    }

    fn context(section: &str) -> &'static Context {
        program_type_for_section(section).unwrap().context.unwrap()
    }

    #[test]
    fn the_same_buffer_differs_by_program_type() {
        let (socket, tc) = (context("socket"), context("tc"));
        assert_eq!(tc.read(76, 4).unwrap().value, FieldValue::Packet);
        assert!(socket.read(76, 4).is_none());
        assert!(tc.write(8, 4).is_some() && socket.write(8, 4).is_none());
        assert!(tc.write(8, 1).is_none(), "stores are never narrow");
        assert_eq!(socket.read(1, 1).unwrap().name, "len");
        assert_eq!(socket.write(48, 8).unwrap().name, "cb");
        assert!(socket.write(64, 8).is_none(), "beyond cb");
    }

    #[test]
    fn accesses_are_aligned_and_stay_inside_a_field() {
        let tracing = context("events/skb/kfree_skb");
        assert_eq!(tracing.read(8, 8).unwrap().name, "arg2");
        assert_eq!(tracing.field("ret").unwrap().offset, 48);
        assert!(tracing.read(12, 8).is_none());
        assert!(tracing.read(8, 4).is_none());
        assert!(tracing.read(56, 8).is_none());
        assert!(tracing.read(u32::MAX, 8).is_none());
        assert!(tracing.read(0, 0).is_none());
        assert!(tracing.write(0, 8).is_none());
        assert_eq!(context("raw_tp/x").read(88, 8).unwrap().name, "args");
        assert_eq!(context("kprobe/x").read(112, 8).unwrap().name, "di");
        assert!(context("tp/x/y").read(0, 8).is_none());
        assert!(context("tp/x/y").read(10, 2).is_some());
    }

    #[test]
    fn helpers_of_one_kind_of_maps_take_no_others() {
        assert!(MapKind::Hash.goes_with(1) && MapKind::Hash.goes_with(2));
        assert!(MapKind::HashOfMaps.goes_with(1) && !MapKind::HashOfMaps.goes_with(2));
        assert!(MapKind::Queue.goes_with(88) && !MapKind::BloomFilter.goes_with(88));
        assert!(!MapKind::Queue.goes_with(1) && !MapKind::Hash.goes_with(87));
        assert!(MapKind::ProgArray.goes_with(12) && !MapKind::Array.goes_with(12));
    }

    #[test]
    fn map_kinds_are_numbered_without_gaps() {
        assert!(MapKind::ALL.iter().map(|kind| kind.number()).eq(1..=34));
        assert_eq!(MapKind::from_number(27), Some(MapKind::Ringbuf));
        assert_eq!(MapKind::from_number(0), None);
        let name = "BPF_MAP_TYPE_LRU_HASH";
        assert_eq!(MapKind::from_kernel_name(name), Some(MapKind::LruHash));
        assert_eq!(MapKind::from_table_type_2014(2), Some(MapKind::LpmTrie));
    }
}
