//! The functions a BPF program may call: what C sees, what a checker demands, what the number in the call instruction is.
//!
//! [`HELPERS`] are the 211 functions of Linux, called by number; the list was closed at 211 (later kernel functions are
//! found by BTF id instead). [`NAMED_2014`] are those of the design of 2014, where an image carried the *name*; each has a
//! [`Successor`] in Linux, or a reason why not. One row serves everybody: the header given to C programs, the checker and
//! whoever implements the function.
//!
//! Numbers and C types are those of `linux/bpf.h`; what each parameter demands is what Linux 6.12 checks. Where Linux has
//! variants of a function per program type, the row shows the most general one.

use crate::Size;

use Successor::{Fetch, Helper as Call, Missing};
use SuccessorArg::{From, MapOf, Number, Same};

/// A function that the host offers to programs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Signature {
    /// Name in C.
    pub name: &'static str,
    /// C type of the result.
    pub c_result: &'static str,
    /// Parameters in order; they are passed in R1 to R5.
    pub params: &'static [Param],
    /// What R0 holds afterwards.
    pub result: ResultKind,
}

/// A parameter of a host function.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Param {
    /// C declaration such as `const void *key`; `...` stands for further arguments.
    pub declaration: &'static str,
    /// What the argument must be.
    pub kind: ParamKind,
}

impl Param {
    /// The name within the declaration.
    pub fn name(&self) -> &'static str {
        let is_part_of_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let start = self.declaration.rfind(|c| !is_part_of_name(c));
        start.map_or(self.declaration, |at| &self.declaration[at + 1..])
    }
}

/// What an argument must be. *Released* means that the program may not use it after the call.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ParamKind {
    /// Anything initialised.
    Anything,
    /// A number, not a pointer.
    Scalar,
    /// The program's context.
    Ctx,
    /// The context or NULL.
    CtxOrNull,
    /// The context or a socket, depending on the program type.
    CtxOrSock,
    /// A map known when the program is loaded.
    ConstMap,
    /// 2014: the index of a table, a constant.
    TableId,
    /// Initialised memory of the map's key size. The map is an earlier argument.
    MapKey,
    /// Initialised memory of the map's value size.
    MapValue,
    /// The same or NULL.
    MapValueOrNull,
    /// Memory of the map's value size, written by the call.
    UninitMapValue,
    /// Initialised memory that is only read; the next argument is its size.
    Mem,
    /// The same; NULL if the size is zero.
    MemOrNull,
    /// Initialised memory that may be read and written; the next argument is its size.
    InOutMem,
    /// The same or NULL.
    InOutMemOrNull,
    /// Memory written by the call; the next argument is its size.
    UninitMem,
    /// Initialised memory of this many bytes, only read.
    Fixed(u32),
    /// Initialised, aligned memory of this many bytes, read and written.
    FixedInOut(u32),
    /// Aligned memory of this many bytes, written by the call.
    FixedUninit(u32),
    /// Number of bytes at the pointer before, greater than zero. Its upper bound must be known.
    Size,
    /// Number of bytes at the pointer before; zero is allowed.
    SizeOrZero,
    /// Constant number of bytes of the memory that is returned.
    AllocSize,
    /// A NUL-terminated string in read-only memory.
    ConstStr,
    /// A function of this program, called back.
    Callback,
    /// A pointer into the stack, or NULL; handed to the callback.
    StackOrNull,
    /// A socket.
    Sock,
    /// A socket that the program holds a reference to. Released.
    SockReleased,
    /// A kernel object known by its BTF type.
    Object,
    /// The same or NULL.
    ObjectOrNull,
    /// The same; the reference moves to the callee.
    ObjectOrNullReleased,
    /// A per-CPU variable of the kernel.
    PercpuObject,
    /// A `struct bpf_spin_lock` in a map value.
    SpinLock,
    /// A `struct bpf_timer` in a map value.
    Timer,
    /// The place of a kernel pointer in a map value.
    KptrSlot,
    /// Memory from `bpf_ringbuf_reserve`. Released.
    RingbufMemReleased,
    /// An initialised dynamic pointer.
    Dynptr,
    /// A dynamic pointer on the stack that the call initialises.
    UninitDynptr,
    /// A dynamic pointer to ring buffer memory. Released.
    DynptrReleased,
    /// `...`: as many further arguments as registers are left.
    Rest,
}

/// What R0 holds after a call.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ResultKind {
    /// A number.
    Scalar,
    /// Nothing; R0 is unreadable.
    Nothing,
    /// A pointer to the value found in the map argument, or NULL.
    MapValueOrNull,
    /// A pointer to a value of the map argument.
    MapValue,
    /// Ring buffer memory of the size argument, to be submitted or discarded; or NULL.
    RingbufMemOrNull,
    /// Memory of the size argument inside a dynamic pointer, or NULL.
    DynptrMemOrNull,
    /// A socket or NULL.
    SockOrNull,
    /// A kernel object known by its BTF type.
    Object,
    /// The same or NULL.
    ObjectOrNull,
    /// This CPU's copy of a kernel variable, read only.
    Percpu,
    /// Some CPU's copy of a kernel variable, read only; or NULL.
    PercpuOrNull,
}

/// Most lists of parameters are shorter.
const PARAMS_LENGTH: usize = 96;

impl Signature {
    /// The parameters as C text, `void` if there are none.
    pub fn c_params(&self) -> String {
        if self.params.is_empty() {
            return "void".to_owned();
        }
        let mut text = String::with_capacity(PARAMS_LENGTH);
        for (index, param) in self.params.iter().enumerate() {
            text.push_str(if index == 0 { "" } else { ", " });
            text.push_str(param.declaration);
        }
        text
    }

    /// The C declaration of a function called by name: `int bpf_dump_stack(struct bpf_context *ctx);`.
    pub fn prototype(&self) -> String {
        let space = space_behind(self.c_result);
        format!(
            "{}{space}{}({});",
            self.c_result,
            self.name,
            self.c_params()
        )
    }
}

/// A host function called by number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Helper {
    /// The immediate of the call instruction.
    pub id: i32,
    /// Whether Linux offers it to GPL-compatible programs only.
    pub gpl_only: bool,
    /// Name, parameters, result.
    pub signature: Signature,
}

impl Helper {
    /// Name in C, `bpf_map_lookup_elem`.
    pub const fn name(&self) -> &'static str {
        self.signature.name
    }

    /// The line of a C header that makes the helper callable: a function pointer with the helper's number as its value.
    ///
    /// ```
    /// let lookup = bpfcc_isa::helpers::helper_by_id(1).unwrap();
    /// assert_eq!(
    ///     lookup.prototype(),
    ///     "static void *(*bpf_map_lookup_elem)(void *map, const void *key) = (void *) 1;"
    /// );
    /// ```
    pub fn prototype(&self) -> String {
        let Signature { name, c_result, .. } = self.signature;
        let params = self.signature.c_params();
        let number = self.id.to_string();
        let parts = [
            "static ",
            c_result,
            space_behind(c_result),
            "(*",
            name,
            ")(",
            &params,
            ") = (void *) ",
            &number,
            ";",
        ];
        parts.concat()
    }
}

/// C puts no space between `*` and the name.
fn space_behind(c_type: &str) -> &'static str {
    if c_type.ends_with('*') { "" } else { " " }
}

/// The helper with this number.
pub fn helper_by_id(id: i32) -> Option<&'static Helper> {
    // Row n - 1 is helper n; a test holds this.
    let index = usize::try_from(id).ok()?.checked_sub(1)?;
    HELPERS.get(index)
}

/// The helper with this name.
pub fn helper_by_name(name: &str) -> Option<&'static Helper> {
    HELPERS.iter().find(|helper| helper.name() == name)
}

/// The function of the 2014 environment with this name.
pub fn named_2014(name: &str) -> Option<&'static Signature> {
    NAMED_2014.iter().find(|function| function.name == name)
}

/// What Linux has in place of a function of 2014.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Successor {
    /// A helper with the same meaning, and what its arguments are made of, in order.
    Helper(i32, &'static [SuccessorArg]),
    /// `helper(place, bytes, address)`: copies so many bytes from the only argument to memory, which becomes the result. Where
    /// nothing can be read, both the old function and the new memory give zero.
    Fetch(i32, Size),
    /// Nothing. What to do instead.
    Missing(&'static str),
}

/// An argument of a helper in terms of the call of 2014 that it replaces. Positions count from 0.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SuccessorArg {
    /// The argument in this position.
    Same(usize),
    /// The argument in this position and all behind it.
    From(usize),
    /// The map that was the table whose index stands in this position.
    MapOf(usize),
    /// A number.
    Number(i64),
}

/// What Linux has in place of the function of 2014 with this name; `None` if there was no such function.
pub fn successor_of_2014(name: &str) -> Option<Successor> {
    let row = NAMED_2014
        .iter()
        .position(|function| function.name == name)?;
    Some(SUCCESSORS[row])
}

/// The structures that the prototypes of [`HELPERS`] point at, sorted: what a header must declare first.
pub fn struct_names() -> Vec<&'static str> {
    let types = HELPERS.iter().flat_map(|helper| {
        let params = helper.signature.params.iter().map(|p| p.declaration);
        params.chain([helper.signature.c_result])
    });
    let mut names: Vec<_> = types.filter_map(struct_name).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn struct_name(c_type: &'static str) -> Option<&'static str> {
    let (_, rest) = c_type.split_once("struct ")?;
    rest.split_whitespace().next()
}

macro_rules! signature {
    ($c_result:literal $name:ident
     ($($declaration:literal: $kind:ident $(($bytes:literal))?),*) -> $result:ident) => {
        Signature {
            name: stringify!($name),
            c_result: $c_result,
            params: &[$(Param {
                declaration: $declaration,
                kind: ParamKind::$kind $(($bytes))?,
            }),*],
            result: ResultKind::$result,
        }
    };
}

macro_rules! named_2014 {
    ($($c_result:literal $name:ident $params:tt -> $result:ident, now $successor:expr;)*) => {
        /// The functions of the tracing environment of 2014, called by name. Tables are named by their index in the program.
        pub static NAMED_2014: &[Signature] = &[$(signature!($c_result $name $params -> $result)),*];

        /// The last column of the same rows.
        static SUCCESSORS: &[Successor] = &[$($successor),*];
    };
}

macro_rules! helpers {
    ($($id:literal $licence:ident $c_result:literal $name:ident $params:tt -> $result:ident;)*) => {
        &[$(Helper {
            id: $id,
            gpl_only: $licence,
            signature: signature!($c_result $name $params -> $result),
        }),*]
    };
}

// The licence column of the table.
const GPL: bool = true;
const ANY: bool = false;

/// `BPF_ANY`: create or replace, which is all that an update of 2014 could do.
const BPF_ANY: SuccessorArg = Number(0);

const NO_MEMCMP: &str =
    "fetch the bytes, eight at a time with `bpf_fetch_u64`, and compare them in the program";
const NO_STACK: &str =
    "Linux records call stacks in a map: write the program for Linux and call `bpf_get_stackid`";

named_2014! {
    "void *" bpf_table_lookup("void *ctx": Ctx, "int table_id": TableId, "const void *key": MapKey) -> MapValueOrNull,
        now Call(1, &[MapOf(1), Same(2)]);
    "int" bpf_table_update("void *ctx": Ctx, "int table_id": TableId, "const void *key": MapKey,
        "const void *elem": MapValue) -> Scalar,
        now Call(2, &[MapOf(1), Same(2), Same(3), BPF_ANY]);
    "void *" bpf_load_pointer("void *unsafe_ptr": Anything) -> Scalar, now Fetch(113, Size::DW);
    "void *" bpf_fetch_ptr("void *unsafe_ptr": Anything) -> Scalar, now Fetch(113, Size::DW);
    "unsigned char" bpf_fetch_u8("void *unsafe_ptr": Anything) -> Scalar, now Fetch(113, Size::B);
    "unsigned short" bpf_fetch_u16("void *unsafe_ptr": Anything) -> Scalar, now Fetch(113, Size::H);
    "unsigned int" bpf_fetch_u32("void *unsafe_ptr": Anything) -> Scalar, now Fetch(113, Size::W);
    "unsigned long long" bpf_fetch_u64("void *unsafe_ptr": Anything) -> Scalar, now Fetch(113, Size::DW);
    "int" bpf_memcmp("void *unsafe_ptr": Anything, "const void *safe_ptr": Mem, "int size": Size) -> Scalar,
        now Missing(NO_MEMCMP);
    "void" bpf_dump_stack("void *ctx": Ctx) -> Nothing, now Missing(NO_STACK);
    "void" bpf_trace_printk("const char *fmt": Mem, "int fmt_size": Size, "...": Rest) -> Nothing,
        now Call(6, &[From(0)]);
    "int" bpf_printk("const char *fmt": Mem, "int fmt_size": Size, "...": Rest) -> Scalar, now Call(6, &[From(0)]);
    "unsigned long long" bpf_ktime_get_ns() -> Scalar, now Call(5, &[]);
}

/// The functions of Linux in order of their numbers, 1 to 211.
pub static HELPERS: &[Helper] = helpers! {
    1 ANY "void *" bpf_map_lookup_elem("void *map": ConstMap, "const void *key": MapKey) -> MapValueOrNull;
    2 ANY "long" bpf_map_update_elem("void *map": ConstMap, "const void *key": MapKey, "const void *value": MapValue,
        "__u64 flags": Anything) -> Scalar;
    3 ANY "long" bpf_map_delete_elem("void *map": ConstMap, "const void *key": MapKey) -> Scalar;
    4 GPL "long" bpf_probe_read("void *dst": UninitMem, "__u32 size": SizeOrZero,
        "const void *unsafe_ptr": Anything) -> Scalar;
    5 ANY "__u64" bpf_ktime_get_ns() -> Scalar;
    6 GPL "long" bpf_trace_printk("const char *fmt": Mem, "__u32 fmt_size": Size, "...": Rest) -> Scalar;
    7 ANY "__u32" bpf_get_prandom_u32() -> Scalar;
    8 ANY "__u32" bpf_get_smp_processor_id() -> Scalar;
    9 ANY "long" bpf_skb_store_bytes("struct __sk_buff *skb": Ctx, "__u32 offset": Anything, "const void *from": Mem,
        "__u32 len": Size, "__u64 flags": Anything) -> Scalar;
    10 ANY "long" bpf_l3_csum_replace("struct __sk_buff *skb": Ctx, "__u32 offset": Anything, "__u64 from": Anything,
        "__u64 to": Anything, "__u64 size": Anything) -> Scalar;
    11 ANY "long" bpf_l4_csum_replace("struct __sk_buff *skb": Ctx, "__u32 offset": Anything, "__u64 from": Anything,
        "__u64 to": Anything, "__u64 flags": Anything) -> Scalar;
    12 ANY "long" bpf_tail_call("void *ctx": Ctx, "void *prog_array_map": ConstMap,
        "__u32 index": Anything) -> Nothing;
    13 ANY "long" bpf_clone_redirect("struct __sk_buff *skb": Ctx, "__u32 ifindex": Anything,
        "__u64 flags": Anything) -> Scalar;
    14 ANY "__u64" bpf_get_current_pid_tgid() -> Scalar;
    15 ANY "__u64" bpf_get_current_uid_gid() -> Scalar;
    16 ANY "long" bpf_get_current_comm("void *buf": UninitMem, "__u32 size_of_buf": Size) -> Scalar;
    17 ANY "__u32" bpf_get_cgroup_classid("struct __sk_buff *skb": Ctx) -> Scalar;
    18 ANY "long" bpf_skb_vlan_push("struct __sk_buff *skb": Ctx, "__be16 vlan_proto": Anything,
        "__u16 vlan_tci": Anything) -> Scalar;
    19 ANY "long" bpf_skb_vlan_pop("struct __sk_buff *skb": Ctx) -> Scalar;
    20 ANY "long" bpf_skb_get_tunnel_key("struct __sk_buff *skb": Ctx, "struct bpf_tunnel_key *key": UninitMem,
        "__u32 size": Size, "__u64 flags": Anything) -> Scalar;
    21 ANY "long" bpf_skb_set_tunnel_key("struct __sk_buff *skb": Ctx, "struct bpf_tunnel_key *key": Mem,
        "__u32 size": Size, "__u64 flags": Anything) -> Scalar;
    22 GPL "__u64" bpf_perf_event_read("void *map": ConstMap, "__u64 flags": Anything) -> Scalar;
    23 ANY "long" bpf_redirect("__u32 ifindex": Anything, "__u64 flags": Anything) -> Scalar;
    24 ANY "__u32" bpf_get_route_realm("struct __sk_buff *skb": Ctx) -> Scalar;
    25 GPL "long" bpf_perf_event_output("void *ctx": Ctx, "void *map": ConstMap, "__u64 flags": Anything,
        "void *data": Mem, "__u64 size": SizeOrZero) -> Scalar;
    26 ANY "long" bpf_skb_load_bytes("const void *skb": Ctx, "__u32 offset": Anything, "void *to": UninitMem,
        "__u32 len": Size) -> Scalar;
    27 GPL "long" bpf_get_stackid("void *ctx": Ctx, "void *map": ConstMap, "__u64 flags": Anything) -> Scalar;
    28 ANY "__s64" bpf_csum_diff("__be32 *from": MemOrNull, "__u32 from_size": SizeOrZero, "__be32 *to": MemOrNull,
        "__u32 to_size": SizeOrZero, "__wsum seed": Anything) -> Scalar;
    29 ANY "long" bpf_skb_get_tunnel_opt("struct __sk_buff *skb": Ctx, "void *opt": UninitMem,
        "__u32 size": Size) -> Scalar;
    30 ANY "long" bpf_skb_set_tunnel_opt("struct __sk_buff *skb": Ctx, "void *opt": Mem,
        "__u32 size": Size) -> Scalar;
    31 ANY "long" bpf_skb_change_proto("struct __sk_buff *skb": Ctx, "__be16 proto": Anything,
        "__u64 flags": Anything) -> Scalar;
    32 ANY "long" bpf_skb_change_type("struct __sk_buff *skb": Ctx, "__u32 type": Anything) -> Scalar;
    33 ANY "long" bpf_skb_under_cgroup("struct __sk_buff *skb": Ctx, "void *map": ConstMap,
        "__u32 index": Anything) -> Scalar;
    34 ANY "__u32" bpf_get_hash_recalc("struct __sk_buff *skb": Ctx) -> Scalar;
    35 GPL "__u64" bpf_get_current_task() -> Scalar;
    36 GPL "long" bpf_probe_write_user("void *dst": Anything, "const void *src": Mem, "__u32 len": Size) -> Scalar;
    37 ANY "long" bpf_current_task_under_cgroup("void *map": ConstMap, "__u32 index": Anything) -> Scalar;
    38 ANY "long" bpf_skb_change_tail("struct __sk_buff *skb": Ctx, "__u32 len": Anything,
        "__u64 flags": Anything) -> Scalar;
    39 ANY "long" bpf_skb_pull_data("struct __sk_buff *skb": Ctx, "__u32 len": Anything) -> Scalar;
    40 ANY "__s64" bpf_csum_update("struct __sk_buff *skb": Ctx, "__wsum csum": Anything) -> Scalar;
    41 ANY "void" bpf_set_hash_invalid("struct __sk_buff *skb": Ctx) -> Scalar;
    42 ANY "long" bpf_get_numa_node_id() -> Scalar;
    43 ANY "long" bpf_skb_change_head("struct __sk_buff *skb": Ctx, "__u32 len": Anything,
        "__u64 flags": Anything) -> Scalar;
    44 ANY "long" bpf_xdp_adjust_head("struct xdp_md *xdp_md": Ctx, "int delta": Anything) -> Scalar;
    45 GPL "long" bpf_probe_read_str("void *dst": UninitMem, "__u32 size": SizeOrZero,
        "const void *unsafe_ptr": Anything) -> Scalar;
    46 ANY "__u64" bpf_get_socket_cookie("void *ctx": CtxOrSock) -> Scalar;
    47 ANY "__u32" bpf_get_socket_uid("struct __sk_buff *skb": Ctx) -> Scalar;
    48 ANY "long" bpf_set_hash("struct __sk_buff *skb": Ctx, "__u32 hash": Anything) -> Scalar;
    49 ANY "long" bpf_setsockopt("void *bpf_socket": CtxOrSock, "int level": Anything, "int optname": Anything,
        "void *optval": Mem, "int optlen": Size) -> Scalar;
    50 ANY "long" bpf_skb_adjust_room("struct __sk_buff *skb": Ctx, "__s32 len_diff": Anything,
        "__u32 mode": Anything, "__u64 flags": Anything) -> Scalar;
    51 ANY "long" bpf_redirect_map("void *map": ConstMap, "__u64 key": Anything, "__u64 flags": Anything) -> Scalar;
    52 ANY "long" bpf_sk_redirect_map("struct __sk_buff *skb": Ctx, "void *map": ConstMap, "__u32 key": Anything,
        "__u64 flags": Anything) -> Scalar;
    53 ANY "long" bpf_sock_map_update("struct bpf_sock_ops *skops": Ctx, "void *map": ConstMap, "void *key": MapKey,
        "__u64 flags": Anything) -> Scalar;
    54 ANY "long" bpf_xdp_adjust_meta("struct xdp_md *xdp_md": Ctx, "int delta": Anything) -> Scalar;
    55 GPL "long" bpf_perf_event_read_value("void *map": ConstMap, "__u64 flags": Anything,
        "struct bpf_perf_event_value *buf": UninitMem, "__u32 buf_size": Size) -> Scalar;
    56 GPL "long" bpf_perf_prog_read_value("struct bpf_perf_event_data *ctx": Ctx,
        "struct bpf_perf_event_value *buf": UninitMem, "__u32 buf_size": Size) -> Scalar;
    57 ANY "long" bpf_getsockopt("void *bpf_socket": CtxOrSock, "int level": Anything, "int optname": Anything,
        "void *optval": UninitMem, "int optlen": Size) -> Scalar;
    58 GPL "long" bpf_override_return("struct pt_regs *regs": Ctx, "__u64 rc": Anything) -> Scalar;
    59 ANY "long" bpf_sock_ops_cb_flags_set("struct bpf_sock_ops *bpf_sock": Ctx, "int argval": Anything) -> Scalar;
    60 ANY "long" bpf_msg_redirect_map("struct sk_msg_md *msg": Ctx, "void *map": ConstMap, "__u32 key": Anything,
        "__u64 flags": Anything) -> Scalar;
    61 ANY "long" bpf_msg_apply_bytes("struct sk_msg_md *msg": Ctx, "__u32 bytes": Anything) -> Scalar;
    62 ANY "long" bpf_msg_cork_bytes("struct sk_msg_md *msg": Ctx, "__u32 bytes": Anything) -> Scalar;
    63 ANY "long" bpf_msg_pull_data("struct sk_msg_md *msg": Ctx, "__u32 start": Anything, "__u32 end": Anything,
        "__u64 flags": Anything) -> Scalar;
    64 ANY "long" bpf_bind("struct bpf_sock_addr *ctx": Ctx, "struct sockaddr *addr": Mem,
        "int addr_len": Size) -> Scalar;
    65 ANY "long" bpf_xdp_adjust_tail("struct xdp_md *xdp_md": Ctx, "int delta": Anything) -> Scalar;
    66 ANY "long" bpf_skb_get_xfrm_state("struct __sk_buff *skb": Ctx, "__u32 index": Anything,
        "struct bpf_xfrm_state *xfrm_state": UninitMem, "__u32 size": Size, "__u64 flags": Anything) -> Scalar;
    67 GPL "long" bpf_get_stack("void *ctx": Ctx, "void *buf": UninitMem, "__u32 size": SizeOrZero,
        "__u64 flags": Anything) -> Scalar;
    68 ANY "long" bpf_skb_load_bytes_relative("const void *skb": Ctx, "__u32 offset": Anything, "void *to": UninitMem,
        "__u32 len": Size, "__u32 start_header": Anything) -> Scalar;
    69 GPL "long" bpf_fib_lookup("void *ctx": Ctx, "struct bpf_fib_lookup *params": InOutMem, "int plen": Size,
        "__u32 flags": Anything) -> Scalar;
    70 ANY "long" bpf_sock_hash_update("struct bpf_sock_ops *skops": Ctx, "void *map": ConstMap, "void *key": MapKey,
        "__u64 flags": Anything) -> Scalar;
    71 ANY "long" bpf_msg_redirect_hash("struct sk_msg_md *msg": Ctx, "void *map": ConstMap, "void *key": MapKey,
        "__u64 flags": Anything) -> Scalar;
    72 ANY "long" bpf_sk_redirect_hash("struct __sk_buff *skb": Ctx, "void *map": ConstMap, "void *key": MapKey,
        "__u64 flags": Anything) -> Scalar;
    73 ANY "long" bpf_lwt_push_encap("struct __sk_buff *skb": Ctx, "__u32 type": Anything, "void *hdr": Mem,
        "__u32 len": Size) -> Scalar;
    74 ANY "long" bpf_lwt_seg6_store_bytes("struct __sk_buff *skb": Ctx, "__u32 offset": Anything,
        "const void *from": Mem, "__u32 len": Size) -> Scalar;
    75 ANY "long" bpf_lwt_seg6_adjust_srh("struct __sk_buff *skb": Ctx, "__u32 offset": Anything,
        "__s32 delta": Anything) -> Scalar;
    76 ANY "long" bpf_lwt_seg6_action("struct __sk_buff *skb": Ctx, "__u32 action": Anything, "void *param": Mem,
        "__u32 param_len": Size) -> Scalar;
    77 ANY "long" bpf_rc_repeat("void *ctx": Ctx) -> Scalar;
    78 ANY "long" bpf_rc_keydown("void *ctx": Ctx, "__u32 protocol": Anything, "__u64 scancode": Anything,
        "__u32 toggle": Anything) -> Scalar;
    79 ANY "__u64" bpf_skb_cgroup_id("struct __sk_buff *skb": Ctx) -> Scalar;
    80 ANY "__u64" bpf_get_current_cgroup_id() -> Scalar;
    81 ANY "void *" bpf_get_local_storage("void *map": ConstMap, "__u64 flags": Anything) -> MapValue;
    82 ANY "long" bpf_sk_select_reuseport("struct sk_reuseport_md *reuse": Ctx, "void *map": ConstMap,
        "void *key": MapKey, "__u64 flags": Anything) -> Scalar;
    83 ANY "__u64" bpf_skb_ancestor_cgroup_id("struct __sk_buff *skb": Ctx, "int ancestor_level": Anything) -> Scalar;
    84 ANY "struct bpf_sock *" bpf_sk_lookup_tcp("void *ctx": Ctx, "struct bpf_sock_tuple *tuple": Mem,
        "__u32 tuple_size": SizeOrZero, "__u64 netns": Anything, "__u64 flags": Anything) -> SockOrNull;
    85 ANY "struct bpf_sock *" bpf_sk_lookup_udp("void *ctx": Ctx, "struct bpf_sock_tuple *tuple": Mem,
        "__u32 tuple_size": SizeOrZero, "__u64 netns": Anything, "__u64 flags": Anything) -> SockOrNull;
    86 ANY "long" bpf_sk_release("void *sock": SockReleased) -> Scalar;
    87 ANY "long" bpf_map_push_elem("void *map": ConstMap, "const void *value": MapValue,
        "__u64 flags": Anything) -> Scalar;
    88 ANY "long" bpf_map_pop_elem("void *map": ConstMap, "void *value": UninitMapValue) -> Scalar;
    89 ANY "long" bpf_map_peek_elem("void *map": ConstMap, "void *value": UninitMapValue) -> Scalar;
    90 ANY "long" bpf_msg_push_data("struct sk_msg_md *msg": Ctx, "__u32 start": Anything, "__u32 len": Anything,
        "__u64 flags": Anything) -> Scalar;
    91 ANY "long" bpf_msg_pop_data("struct sk_msg_md *msg": Ctx, "__u32 start": Anything, "__u32 len": Anything,
        "__u64 flags": Anything) -> Scalar;
    92 GPL "long" bpf_rc_pointer_rel("void *ctx": Ctx, "__s32 rel_x": Anything, "__s32 rel_y": Anything) -> Scalar;
    93 ANY "long" bpf_spin_lock("struct bpf_spin_lock *lock": SpinLock) -> Nothing;
    94 ANY "long" bpf_spin_unlock("struct bpf_spin_lock *lock": SpinLock) -> Nothing;
    95 ANY "struct bpf_sock *" bpf_sk_fullsock("struct bpf_sock *sk": Sock) -> SockOrNull;
    96 ANY "struct bpf_tcp_sock *" bpf_tcp_sock("struct bpf_sock *sk": Sock) -> SockOrNull;
    97 ANY "long" bpf_skb_ecn_set_ce("struct __sk_buff *skb": Ctx) -> Scalar;
    98 ANY "struct bpf_sock *" bpf_get_listener_sock("struct bpf_sock *sk": Sock) -> SockOrNull;
    99 ANY "struct bpf_sock *" bpf_skc_lookup_tcp("void *ctx": Ctx, "struct bpf_sock_tuple *tuple": Mem,
        "__u32 tuple_size": SizeOrZero, "__u64 netns": Anything, "__u64 flags": Anything) -> SockOrNull;
    100 GPL "long" bpf_tcp_check_syncookie("void *sk": Sock, "void *iph": Mem, "__u32 iph_len": Size,
        "struct tcphdr *th": Mem, "__u32 th_len": Size) -> Scalar;
    101 ANY "long" bpf_sysctl_get_name("struct bpf_sysctl *ctx": Ctx, "char *buf": InOutMem,
        "unsigned long buf_len": Size, "__u64 flags": Anything) -> Scalar;
    102 ANY "long" bpf_sysctl_get_current_value("struct bpf_sysctl *ctx": Ctx, "char *buf": UninitMem,
        "unsigned long buf_len": Size) -> Scalar;
    103 ANY "long" bpf_sysctl_get_new_value("struct bpf_sysctl *ctx": Ctx, "char *buf": UninitMem,
        "unsigned long buf_len": Size) -> Scalar;
    104 ANY "long" bpf_sysctl_set_new_value("struct bpf_sysctl *ctx": Ctx, "const char *buf": Mem,
        "unsigned long buf_len": Size) -> Scalar;
    105 ANY "long" bpf_strtol("const char *buf": Mem, "unsigned long buf_len": Size, "__u64 flags": Anything,
        "long *res": FixedUninit(8)) -> Scalar;
    106 ANY "long" bpf_strtoul("const char *buf": Mem, "unsigned long buf_len": Size, "__u64 flags": Anything,
        "unsigned long *res": FixedUninit(8)) -> Scalar;
    107 ANY "void *" bpf_sk_storage_get("void *map": ConstMap, "void *sk": Sock, "void *value": MapValueOrNull,
        "__u64 flags": Anything) -> MapValueOrNull;
    108 ANY "long" bpf_sk_storage_delete("void *map": ConstMap, "void *sk": Sock) -> Scalar;
    109 ANY "long" bpf_send_signal("__u32 sig": Anything) -> Scalar;
    110 ANY "__s64" bpf_tcp_gen_syncookie("void *sk": Sock, "void *iph": Mem, "__u32 iph_len": Size,
        "struct tcphdr *th": Mem, "__u32 th_len": Size) -> Scalar;
    111 GPL "long" bpf_skb_output("void *ctx": Object, "void *map": ConstMap, "__u64 flags": Anything,
        "void *data": Mem, "__u64 size": SizeOrZero) -> Scalar;
    112 GPL "long" bpf_probe_read_user("void *dst": UninitMem, "__u32 size": SizeOrZero,
        "const void *unsafe_ptr": Anything) -> Scalar;
    113 GPL "long" bpf_probe_read_kernel("void *dst": UninitMem, "__u32 size": SizeOrZero,
        "const void *unsafe_ptr": Anything) -> Scalar;
    114 GPL "long" bpf_probe_read_user_str("void *dst": UninitMem, "__u32 size": SizeOrZero,
        "const void *unsafe_ptr": Anything) -> Scalar;
    115 GPL "long" bpf_probe_read_kernel_str("void *dst": UninitMem, "__u32 size": SizeOrZero,
        "const void *unsafe_ptr": Anything) -> Scalar;
    116 ANY "long" bpf_tcp_send_ack("void *tp": Object, "__u32 rcv_nxt": Anything) -> Scalar;
    117 ANY "long" bpf_send_signal_thread("__u32 sig": Anything) -> Scalar;
    118 ANY "__u64" bpf_jiffies64() -> Scalar;
    119 GPL "long" bpf_read_branch_records("struct bpf_perf_event_data *ctx": Ctx, "void *buf": InOutMemOrNull,
        "__u32 size": SizeOrZero, "__u64 flags": Anything) -> Scalar;
    120 ANY "long" bpf_get_ns_current_pid_tgid("__u64 dev": Anything, "__u64 ino": Anything,
        "struct bpf_pidns_info *nsdata": UninitMem, "__u32 size": Size) -> Scalar;
    121 GPL "long" bpf_xdp_output("void *ctx": Object, "void *map": ConstMap, "__u64 flags": Anything,
        "void *data": Mem, "__u64 size": SizeOrZero) -> Scalar;
    122 ANY "__u64" bpf_get_netns_cookie("void *ctx": CtxOrNull) -> Scalar;
    123 ANY "__u64" bpf_get_current_ancestor_cgroup_id("int ancestor_level": Anything) -> Scalar;
    124 ANY "long" bpf_sk_assign("void *ctx": Ctx, "struct bpf_sock *sk": Sock, "__u64 flags": Anything) -> Scalar;
    125 ANY "__u64" bpf_ktime_get_boot_ns() -> Scalar;
    126 GPL "long" bpf_seq_printf("struct seq_file *m": Object, "const char *fmt": Mem, "__u32 fmt_size": Size,
        "const void *data": MemOrNull, "__u32 data_len": SizeOrZero) -> Scalar;
    127 GPL "long" bpf_seq_write("struct seq_file *m": Object, "const void *data": Mem,
        "__u32 len": SizeOrZero) -> Scalar;
    128 ANY "__u64" bpf_sk_cgroup_id("void *sk": Sock) -> Scalar;
    129 ANY "__u64" bpf_sk_ancestor_cgroup_id("void *sk": Sock, "int ancestor_level": Anything) -> Scalar;
    130 ANY "long" bpf_ringbuf_output("void *ringbuf": ConstMap, "void *data": Mem, "__u64 size": SizeOrZero,
        "__u64 flags": Anything) -> Scalar;
    131 ANY "void *" bpf_ringbuf_reserve("void *ringbuf": ConstMap, "__u64 size": AllocSize,
        "__u64 flags": Anything) -> RingbufMemOrNull;
    132 ANY "void" bpf_ringbuf_submit("void *data": RingbufMemReleased, "__u64 flags": Anything) -> Nothing;
    133 ANY "void" bpf_ringbuf_discard("void *data": RingbufMemReleased, "__u64 flags": Anything) -> Nothing;
    134 ANY "__u64" bpf_ringbuf_query("void *ringbuf": ConstMap, "__u64 flags": Anything) -> Scalar;
    135 ANY "long" bpf_csum_level("struct __sk_buff *skb": Ctx, "__u64 level": Anything) -> Scalar;
    136 ANY "struct tcp6_sock *" bpf_skc_to_tcp6_sock("void *sk": Sock) -> ObjectOrNull;
    137 ANY "struct tcp_sock *" bpf_skc_to_tcp_sock("void *sk": Sock) -> ObjectOrNull;
    138 ANY "struct tcp_timewait_sock *" bpf_skc_to_tcp_timewait_sock("void *sk": Sock) -> ObjectOrNull;
    139 ANY "struct tcp_request_sock *" bpf_skc_to_tcp_request_sock("void *sk": Sock) -> ObjectOrNull;
    140 ANY "struct udp6_sock *" bpf_skc_to_udp6_sock("void *sk": Sock) -> ObjectOrNull;
    141 ANY "long" bpf_get_task_stack("struct task_struct *task": Object, "void *buf": UninitMem,
        "__u32 size": SizeOrZero, "__u64 flags": Anything) -> Scalar;
    142 ANY "long" bpf_load_hdr_opt("struct bpf_sock_ops *skops": Ctx, "void *searchby_res": InOutMem,
        "__u32 len": Size, "__u64 flags": Anything) -> Scalar;
    143 ANY "long" bpf_store_hdr_opt("struct bpf_sock_ops *skops": Ctx, "const void *from": Mem, "__u32 len": Size,
        "__u64 flags": Anything) -> Scalar;
    144 ANY "long" bpf_reserve_hdr_opt("struct bpf_sock_ops *skops": Ctx, "__u32 len": Anything,
        "__u64 flags": Anything) -> Scalar;
    145 ANY "void *" bpf_inode_storage_get("void *map": ConstMap, "void *inode": ObjectOrNull,
        "void *value": MapValueOrNull, "__u64 flags": Anything) -> MapValueOrNull;
    146 ANY "int" bpf_inode_storage_delete("void *map": ConstMap, "void *inode": ObjectOrNull) -> Scalar;
    147 ANY "long" bpf_d_path("struct path *path": Object, "char *buf": InOutMem, "__u32 sz": SizeOrZero) -> Scalar;
    148 ANY "long" bpf_copy_from_user("void *dst": UninitMem, "__u32 size": SizeOrZero,
        "const void *user_ptr": Anything) -> Scalar;
    149 ANY "long" bpf_snprintf_btf("char *str": InOutMem, "__u32 str_size": Size, "struct btf_ptr *ptr": Mem,
        "__u32 btf_ptr_size": Size, "__u64 flags": Anything) -> Scalar;
    150 GPL "long" bpf_seq_printf_btf("struct seq_file *m": Object, "struct btf_ptr *ptr": Mem,
        "__u32 ptr_size": SizeOrZero, "__u64 flags": Anything) -> Scalar;
    151 ANY "__u64" bpf_skb_cgroup_classid("struct __sk_buff *skb": Ctx) -> Scalar;
    152 ANY "long" bpf_redirect_neigh("__u32 ifindex": Anything, "struct bpf_redir_neigh *params": MemOrNull,
        "int plen": SizeOrZero, "__u64 flags": Anything) -> Scalar;
    153 ANY "void *" bpf_per_cpu_ptr("const void *percpu_ptr": PercpuObject, "__u32 cpu": Anything) -> PercpuOrNull;
    154 ANY "void *" bpf_this_cpu_ptr("const void *percpu_ptr": PercpuObject) -> Percpu;
    155 ANY "long" bpf_redirect_peer("__u32 ifindex": Anything, "__u64 flags": Anything) -> Scalar;
    156 ANY "void *" bpf_task_storage_get("void *map": ConstMap, "struct task_struct *task": ObjectOrNull,
        "void *value": MapValueOrNull, "__u64 flags": Anything) -> MapValueOrNull;
    157 ANY "long" bpf_task_storage_delete("void *map": ConstMap, "struct task_struct *task": ObjectOrNull) -> Scalar;
    158 GPL "struct task_struct *" bpf_get_current_task_btf() -> Object;
    159 ANY "long" bpf_bprm_opts_set("struct linux_binprm *bprm": Object, "__u64 flags": Anything) -> Scalar;
    160 ANY "__u64" bpf_ktime_get_coarse_ns() -> Scalar;
    161 ANY "long" bpf_ima_inode_hash("struct inode *inode": Object, "void *dst": UninitMem,
        "__u32 size": Size) -> Scalar;
    162 ANY "struct socket *" bpf_sock_from_file("struct file *file": Object) -> ObjectOrNull;
    163 GPL "long" bpf_check_mtu("void *ctx": Ctx, "__u32 ifindex": Anything, "__u32 *mtu_len": FixedInOut(4),
        "__s32 len_diff": Anything, "__u64 flags": Anything) -> Scalar;
    164 ANY "long" bpf_for_each_map_elem("void *map": ConstMap, "void *callback_fn": Callback,
        "void *callback_ctx": StackOrNull, "__u64 flags": Anything) -> Scalar;
    165 GPL "long" bpf_snprintf("char *str": InOutMemOrNull, "__u32 str_size": SizeOrZero,
        "const char *fmt": ConstStr, "__u64 *data": MemOrNull, "__u32 data_len": SizeOrZero) -> Scalar;
    166 ANY "long" bpf_sys_bpf("__u32 cmd": Anything, "void *attr": Mem, "__u32 attr_size": Size) -> Scalar;
    167 ANY "long" bpf_btf_find_by_name_kind("char *name": Mem, "int name_sz": Size, "__u32 kind": Anything,
        "int flags": Anything) -> Scalar;
    168 ANY "long" bpf_sys_close("__u32 fd": Anything) -> Scalar;
    169 GPL "long" bpf_timer_init("struct bpf_timer *timer": Timer, "void *map": ConstMap,
        "__u64 flags": Anything) -> Scalar;
    170 GPL "long" bpf_timer_set_callback("struct bpf_timer *timer": Timer, "void *callback_fn": Callback) -> Scalar;
    171 GPL "long" bpf_timer_start("struct bpf_timer *timer": Timer, "__u64 nsecs": Anything,
        "__u64 flags": Anything) -> Scalar;
    172 GPL "long" bpf_timer_cancel("struct bpf_timer *timer": Timer) -> Scalar;
    173 GPL "__u64" bpf_get_func_ip("void *ctx": Ctx) -> Scalar;
    174 ANY "__u64" bpf_get_attach_cookie("void *ctx": Ctx) -> Scalar;
    175 GPL "long" bpf_task_pt_regs("struct task_struct *task": Object) -> Object;
    176 GPL "long" bpf_get_branch_snapshot("void *entries": UninitMem, "__u32 size": SizeOrZero,
        "__u64 flags": Anything) -> Scalar;
    177 GPL "long" bpf_trace_vprintk("const char *fmt": Mem, "__u32 fmt_size": Size, "const void *data": MemOrNull,
        "__u32 data_len": SizeOrZero) -> Scalar;
    178 ANY "struct unix_sock *" bpf_skc_to_unix_sock("void *sk": Sock) -> ObjectOrNull;
    179 ANY "long" bpf_kallsyms_lookup_name("const char *name": InOutMem, "int name_sz": SizeOrZero,
        "int flags": Anything, "__u64 *res": FixedUninit(8)) -> Scalar;
    180 ANY "long" bpf_find_vma("struct task_struct *task": Object, "__u64 addr": Anything,
        "void *callback_fn": Callback, "void *callback_ctx": StackOrNull, "__u64 flags": Anything) -> Scalar;
    181 ANY "long" bpf_loop("__u32 nr_loops": Scalar, "void *callback_fn": Callback,
        "void *callback_ctx": StackOrNull, "__u64 flags": Anything) -> Scalar;
    182 ANY "long" bpf_strncmp("const char *s1": Mem, "__u32 s1_sz": Size, "const char *s2": ConstStr) -> Scalar;
    183 ANY "long" bpf_get_func_arg("void *ctx": Ctx, "__u32 n": Anything, "__u64 *value": FixedUninit(8)) -> Scalar;
    184 ANY "long" bpf_get_func_ret("void *ctx": Ctx, "__u64 *value": FixedUninit(8)) -> Scalar;
    185 ANY "long" bpf_get_func_arg_cnt("void *ctx": Ctx) -> Scalar;
    186 ANY "int" bpf_get_retval() -> Scalar;
    187 ANY "int" bpf_set_retval("int retval": Anything) -> Scalar;
    188 ANY "__u64" bpf_xdp_get_buff_len("struct xdp_md *xdp_md": Ctx) -> Scalar;
    189 ANY "long" bpf_xdp_load_bytes("struct xdp_md *xdp_md": Ctx, "__u32 offset": Anything, "void *buf": UninitMem,
        "__u32 len": Size) -> Scalar;
    190 ANY "long" bpf_xdp_store_bytes("struct xdp_md *xdp_md": Ctx, "__u32 offset": Anything, "void *buf": Mem,
        "__u32 len": Size) -> Scalar;
    191 GPL "long" bpf_copy_from_user_task("void *dst": UninitMem, "__u32 size": SizeOrZero,
        "const void *user_ptr": Anything, "struct task_struct *tsk": Object, "__u64 flags": Anything) -> Scalar;
    192 ANY "long" bpf_skb_set_tstamp("struct __sk_buff *skb": Ctx, "__u64 tstamp": Anything,
        "__u32 tstamp_type": Anything) -> Scalar;
    193 ANY "long" bpf_ima_file_hash("struct file *file": Object, "void *dst": UninitMem,
        "__u32 size": Size) -> Scalar;
    194 ANY "void *" bpf_kptr_xchg("void *dst": KptrSlot, "void *ptr": ObjectOrNullReleased) -> ObjectOrNull;
    195 ANY "void *" bpf_map_lookup_percpu_elem("void *map": ConstMap, "const void *key": MapKey,
        "__u32 cpu": Anything) -> MapValueOrNull;
    196 ANY "struct mptcp_sock *" bpf_skc_to_mptcp_sock("void *sk": Sock) -> ObjectOrNull;
    197 ANY "long" bpf_dynptr_from_mem("void *data": UninitMem, "__u32 size": SizeOrZero, "__u64 flags": Anything,
        "struct bpf_dynptr *ptr": UninitDynptr) -> Scalar;
    198 ANY "long" bpf_ringbuf_reserve_dynptr("void *ringbuf": ConstMap, "__u32 size": Anything,
        "__u64 flags": Anything, "struct bpf_dynptr *ptr": UninitDynptr) -> Scalar;
    199 ANY "void" bpf_ringbuf_submit_dynptr("struct bpf_dynptr *ptr": DynptrReleased,
        "__u64 flags": Anything) -> Nothing;
    200 ANY "void" bpf_ringbuf_discard_dynptr("struct bpf_dynptr *ptr": DynptrReleased,
        "__u64 flags": Anything) -> Nothing;
    201 ANY "long" bpf_dynptr_read("void *dst": UninitMem, "__u32 len": SizeOrZero,
        "const struct bpf_dynptr *src": Dynptr, "__u32 offset": Anything, "__u64 flags": Anything) -> Scalar;
    202 ANY "long" bpf_dynptr_write("const struct bpf_dynptr *dst": Dynptr, "__u32 offset": Anything,
        "void *src": Mem, "__u32 len": SizeOrZero, "__u64 flags": Anything) -> Scalar;
    203 ANY "void *" bpf_dynptr_data("const struct bpf_dynptr *ptr": Dynptr, "__u32 offset": Anything,
        "__u32 len": AllocSize) -> DynptrMemOrNull;
    204 ANY "__s64" bpf_tcp_raw_gen_syncookie_ipv4("struct iphdr *iph": Fixed(20), "struct tcphdr *th": InOutMem,
        "__u32 th_len": SizeOrZero) -> Scalar;
    205 ANY "__s64" bpf_tcp_raw_gen_syncookie_ipv6("struct ipv6hdr *iph": Fixed(40), "struct tcphdr *th": InOutMem,
        "__u32 th_len": SizeOrZero) -> Scalar;
    206 ANY "long" bpf_tcp_raw_check_syncookie_ipv4("struct iphdr *iph": Fixed(20),
        "struct tcphdr *th": Fixed(20)) -> Scalar;
    207 ANY "long" bpf_tcp_raw_check_syncookie_ipv6("struct ipv6hdr *iph": Fixed(40),
        "struct tcphdr *th": Fixed(20)) -> Scalar;
    208 ANY "__u64" bpf_ktime_get_tai_ns() -> Scalar;
    209 ANY "long" bpf_user_ringbuf_drain("void *map": ConstMap, "void *callback_fn": Callback,
        "void *ctx": StackOrNull, "__u64 flags": Anything) -> Scalar;
    210 ANY "void *" bpf_cgrp_storage_get("void *map": ConstMap, "struct cgroup *cgroup": ObjectOrNull,
        "void *value": MapValueOrNull, "__u64 flags": Anything) -> MapValueOrNull;
    211 ANY "long" bpf_cgrp_storage_delete("void *map": ConstMap, "struct cgroup *cgroup": ObjectOrNull) -> Scalar;
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_n_is_helper_n_plus_1() {
        assert_eq!(HELPERS.len(), 211);
        for (helper, id) in HELPERS.iter().zip(1..) {
            assert_eq!(helper.id, id, "{}", helper.name());
            assert_eq!(helper_by_id(id), Some(helper));
            assert_eq!(helper_by_name(helper.name()), Some(helper));
        }
        assert_eq!(helper_by_id(0), None);
        assert_eq!(helper_by_id(212), None);
        assert_eq!(helper_by_id(i32::MIN), None);
    }

    /// Spot checks against the numbers that `linux/bpf.h` assigns.
    #[test]
    fn numbers_are_those_of_linux() {
        let known = [
            (12, "bpf_tail_call"),
            (25, "bpf_perf_event_output"),
            (68, "bpf_skb_load_bytes_relative"),
            (113, "bpf_probe_read_kernel"),
            (130, "bpf_ringbuf_output"),
            (181, "bpf_loop"),
            (211, "bpf_cgrp_storage_delete"),
        ];
        for (id, name) in known {
            assert_eq!(helper_by_id(id).map(Helper::name), Some(name));
        }
    }

    /// A size speaks about the argument before it, so there must be one, and it must be memory.
    #[test]
    fn every_size_follows_memory_and_every_memory_has_a_size() {
        use ParamKind::*;
        let is_memory = |kind| {
            matches!(
                kind,
                Mem | MemOrNull | InOutMem | InOutMemOrNull | UninitMem
            )
        };
        for signature in HELPERS.iter().map(|h| &h.signature).chain(NAMED_2014) {
            let kinds: Vec<_> = signature.params.iter().map(|param| param.kind).collect();
            assert!(kinds.len() <= 5, "{}", signature.name);
            for pair in kinds.windows(2) {
                let has_size = matches!(pair[1], Size | SizeOrZero);
                assert_eq!(is_memory(pair[0]), has_size, "{}", signature.name);
            }
        }
    }

    #[test]
    fn keys_and_values_follow_their_map() {
        use ParamKind::*;
        for signature in HELPERS.iter().map(|h| &h.signature).chain(NAMED_2014) {
            let kinds: Vec<_> = signature.params.iter().map(|param| param.kind).collect();
            let map = kinds
                .iter()
                .position(|kind| matches!(kind, ConstMap | TableId));
            let first = kinds
                .iter()
                .position(|kind| matches!(kind, MapKey | MapValue | UninitMapValue));
            if let Some(first) = first {
                assert!(map.is_some_and(|map| map < first), "{}", signature.name);
            }
        }
    }

    #[test]
    fn parameters_have_names() {
        let update = helper_by_name("bpf_map_update_elem").unwrap();
        let names: Vec<_> = update.signature.params.iter().map(Param::name).collect();
        assert_eq!(names, ["map", "key", "value", "flags"]);
    }

    /// What each argument of a successor is made of exists, and means what the helper demands.
    #[test]
    fn successors_take_what_there_was() {
        for (old, successor) in NAMED_2014.iter().zip(SUCCESSORS) {
            assert_eq!(successor_of_2014(old.name), Some(*successor));
            let (id, args) = match *successor {
                Call(id, args) => (id, args),
                Fetch(id, _) => {
                    assert_eq!(old.params.len(), 1, "{}", old.name);
                    assert_eq!(helper_by_id(id).unwrap().name(), "bpf_probe_read_kernel");
                    continue;
                }
                Missing(_) => continue,
            };
            let new = helper_by_id(id).unwrap().signature.params;
            let demanded: Vec<ParamKind> = new.iter().map(|param| param.kind).collect();
            let kind = |position: usize| old.params[position].kind;
            let given = args.iter().flat_map(|arg| match *arg {
                Same(position) => vec![kind(position)],
                From(position) => old.params[position..].iter().map(|p| p.kind).collect(),
                MapOf(position) => {
                    assert_eq!(kind(position), ParamKind::TableId, "{}", old.name);
                    vec![ParamKind::ConstMap]
                }
                Number(_) => vec![ParamKind::Anything],
            });
            assert_eq!(given.collect::<Vec<_>>(), demanded, "{}", old.name);
        }
        assert_eq!(successor_of_2014("bpf_map_lookup_elem"), None);
    }

    #[test]
    fn prototypes_are_c() {
        let time = helper_by_name("bpf_ktime_get_ns").unwrap();
        assert_eq!(
            time.prototype(),
            "static __u64 (*bpf_ktime_get_ns)(void) = (void *) 5;"
        );
        let print = helper_by_name("bpf_trace_printk").unwrap();
        assert_eq!(
            print.prototype(),
            "static long (*bpf_trace_printk)(const char *fmt, __u32 fmt_size, ...) = (void *) 6;"
        );
        assert_eq!(
            named_2014("bpf_table_lookup").unwrap().prototype(),
            "void *bpf_table_lookup(void *ctx, int table_id, const void *key);"
        );
    }

    #[test]
    fn structures_are_listed_once() {
        let names = struct_names();
        assert!(names.contains(&"__sk_buff") && names.contains(&"task_struct"));
        assert!(names.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
