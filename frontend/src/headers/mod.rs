//! Headers that come with the compiler, so that a program needs nothing but the compiler.
//!
//! A header in a directory of the command line wins over the one here, and the one here over the host's. What programs and hosts must
//! agree on — helpers, contexts, map types — is not written down in them a second time but printed from the tables of
//! [`bpfcc_isa`].

use std::borrow::Cow;

use bpfcc_isa::helpers::{HELPERS, NAMED_2014, struct_names};
use bpfcc_isa::program::{ContextField, FieldValue, MapKind, PROGRAM_TYPES, program_type};

/// The directory that these headers seem to be in. It is on no disk; `-print-resource-dir` and its like name it, so that
/// a Makefile can pass it back with `-isystem`.
pub const DIRECTORY: &str = "bpfcc:resource/include";

/// Where the text of a header comes from.
enum Text {
    Written(&'static str),
    Printed(fn() -> String),
}

/// A row of [`HEADERS`] whose text is a file of the folder `c`.
macro_rules! written {
    ($name:literal) => {
        ($name, Text::Written(include_str!(concat!("c/", $name))))
    };
}

/// A row of [`HEADERS`] that is another header by a second name.
macro_rules! alias {
    ($name:literal, $other:literal) => {
        ($name, Text::Written(concat!("#include <", $other, ">\n")))
    };
}

/// Every header by the name in its `#include`.
const HEADERS: &[(&str, Text)] = &[
    written!("errno.h"),
    written!("iso646.h"),
    written!("limits.h"),
    written!("stdalign.h"),
    written!("stdarg.h"),
    written!("stdbool.h"),
    written!("stddef.h"),
    written!("stdint.h"),
    written!("stdio.h"),
    written!("stdlib.h"),
    written!("stdnoreturn.h"),
    written!("string.h"),
    written!("asm/byteorder.h"),
    written!("asm/ptrace.h"),
    written!("linux/bpf_common.h"),
    written!("linux/bpf_perf_event.h"),
    written!("linux/icmp.h"),
    written!("linux/icmpv6.h"),
    written!("linux/if.h"),
    written!("linux/if_arp.h"),
    written!("linux/if_ether.h"),
    written!("linux/if_packet.h"),
    written!("linux/in.h"),
    written!("linux/in6.h"),
    written!("linux/ip.h"),
    written!("linux/ipv6.h"),
    written!("linux/limits.h"),
    written!("linux/perf_event.h"),
    written!("linux/pkt_cls.h"),
    written!("linux/pkt_sched.h"),
    written!("linux/socket.h"),
    written!("linux/stddef.h"),
    written!("linux/tcp.h"),
    written!("linux/types.h"),
    written!("linux/udp.h"),
    written!("linux/version.h"),
    written!("netinet/in.h"),
    written!("sys/socket.h"),
    written!("bpf/bpf_core_read.h"),
    written!("bpf/bpf_endian.h"),
    written!("bpf/bpf_helpers.h"),
    written!("bpf/bpf_tracing.h"),
    written!("bpf/usdt.bpf.h"),
    alias!("asm/errno.h", "errno.h"),
    alias!("asm/types.h", "linux/types.h"),
    alias!("linux/errno.h", "errno.h"),
    alias!("linux/ptrace.h", "asm/ptrace.h"),
    ("linux/bpf.h", Text::Printed(linux_bpf)),
    ("linux/bpf64.h", Text::Printed(linux_bpf64)),
    ("bpf/bpf_helper_defs.h", Text::Printed(helper_definitions)),
];

/// Whether there is a header of this name.
pub(crate) fn exists(name: &str) -> bool {
    let name = of_the_source_tree(name).unwrap_or(name);
    HEADERS.iter().any(|(header, _)| *header == name)
}

/// The text of a header by the name in its `#include`.
pub(crate) fn find(name: &str) -> Option<Cow<'static, str>> {
    if let Some(other) = of_the_source_tree(name).filter(|other| exists(other)) {
        return Some(Cow::Owned(format!("#include <{other}>\n")));
    }
    let (_, text) = HEADERS.iter().find(|(header, _)| *header == name)?;
    Some(match text {
        Text::Written(text) => Cow::Borrowed(*text),
        Text::Printed(print) => Cow::Owned(print()),
    })
}

/// What the rest of the world calls a header that the kernel's own sources include as `<uapi/linux/bpf.h>`.
fn of_the_source_tree(name: &str) -> Option<&str> {
    name.strip_prefix("uapi/")
}

/// `<linux/bpf.h>`: the numbers and structures of the kernel's interface.
fn linux_bpf() -> String {
    let maps = MapKind::ALL
        .iter()
        .map(|kind| (kind.kernel_name().to_owned(), kind.number()));
    let types = PROGRAM_TYPES.iter().filter_map(|program| {
        let name = format!("BPF_PROG_TYPE_{}", program.name.to_uppercase());
        program.number.map(|number| (name, number))
    });
    let functions = HELPERS.iter().map(|helper| {
        let name = helper.name();
        (
            format!("BPF_FUNC_{}", name.strip_prefix("bpf_").unwrap_or(name)),
            helper.id as u32,
        )
    });
    let contexts = ["xdp", "sched_cls", "raw_tracepoint"].map(|program| context(program, "__u"));
    [
        "/* The kernel's interface for BPF programs. */\n#pragma once\n\n\
         #include <linux/types.h>\n#include <linux/bpf_common.h>\n\n"
            .to_owned(),
        enumeration(
            "bpf_map_type",
            "BPF_MAP_TYPE_UNSPEC",
            maps,
            "__MAX_BPF_MAP_TYPE",
        ),
        enumeration(
            "bpf_prog_type",
            "BPF_PROG_TYPE_UNSPEC",
            types,
            "__MAX_BPF_PROG_TYPE",
        ),
        enumeration(
            "bpf_func_id",
            "BPF_FUNC_unspec",
            functions,
            "__BPF_FUNC_MAX_ID",
        ),
        contexts.concat(),
        include_str!("c/linux/bpf.h").to_owned(),
    ]
    .concat()
}

/// `<linux/bpf64.h>`: what programs of 2014 saw.
fn linux_bpf64() -> String {
    let mut text =
        "/* BPF64 as it was proposed in 2014: contexts, tables, functions called by name. */\n\
                    #pragma once\n\n#include <linux/types.h>\n\n"
            .to_owned();
    for bits in [8, 16, 32, 64] {
        line(
            &mut text,
            &format!("typedef __s{bits} s{bits};\ntypedef __u{bits} u{bits};"),
        );
    }
    line(&mut text, "");
    text.push_str(&context("tracing_2014", "u"));
    text.push_str(include_str!("c/linux/bpf64.h"));
    NAMED_2014
        .iter()
        .for_each(|function| line(&mut text, &function.prototype()));
    text
}

/// `<bpf/bpf_helper_defs.h>`: the functions of Linux, each a pointer whose value is the function's number.
fn helper_definitions() -> String {
    let mut text =
        "/* The functions that Linux offers to programs. */\n#pragma once\n\n".to_owned();
    line(&mut text, "#include <linux/types.h>\n");
    struct_names()
        .iter()
        .for_each(|name| line(&mut text, &format!("struct {name};")));
    line(&mut text, "");
    HELPERS
        .iter()
        .for_each(|helper| line(&mut text, &helper.prototype()));
    text
}

/// `enum name { first = 0, …, end };`
fn enumeration(
    name: &str,
    first: &str,
    rows: impl Iterator<Item = (String, u32)>,
    end: &str,
) -> String {
    let mut text = format!("enum {name} {{\n\t{first} = 0,\n");
    rows.for_each(|(name, number)| line(&mut text, &format!("\t{name} = {number},")));
    line(&mut text, &format!("\t{end},\n}};\n"));
    text
}

/// The context of a program type as a C structure. Its fields lie where C puts them, as a test makes sure.
fn context(program: &str, unsigned: &str) -> String {
    let Some(context) = program_type(program).and_then(|program| program.context) else {
        return String::new();
    };
    let mut text = String::new();
    for pointee in context.fields.iter().filter_map(pointee) {
        line(&mut text, &format!("{pointee};\n"));
    }
    line(&mut text, &format!("{} {{", context.c_type));
    context
        .fields
        .iter()
        .for_each(|field| line(&mut text, &format!("\t{};", declaration(field, unsigned))));
    text.push_str("};\n\n");
    text
}

/// What a field of 64 bits points to, in C.
fn pointee(field: &ContextField) -> Option<&'static str> {
    match (field.value, field.name) {
        (FieldValue::SockOrNull, _) => Some("struct bpf_sock"),
        (_, "flow_keys") => Some("struct bpf_flow_keys"),
        _ => None,
    }
}

fn declaration(field: &ContextField, unsigned: &str) -> String {
    let ContextField { name, count, .. } = field;
    match pointee(field) {
        Some(pointee) => format!("{pointee} *{name}"),
        None if *count == 1 => format!("{unsigned}{} {name}", field.size * 8),
        None => format!("{unsigned}{} {name}[{count}]", field.size * 8),
    }
}

fn line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use bpfcc_isa::program::Context;

    use super::*;
    use crate::parse;
    use crate::pp::{Options, preprocess};
    use crate::source::Sources;

    /// Parses a program that includes these headers and goes on with `text`.
    #[track_caller]
    fn parses(headers: &[&str], text: &str) {
        let includes: String = headers
            .iter()
            .map(|name| format!("#include <{name}>\n"))
            .collect();
        let mut sources = Sources::new();
        let main = sources.add_virtual("t.c", includes + text);
        let (stream, diagnostics) = preprocess(&mut sources, main, &Options::default());
        assert_eq!(diagnostics, []);
        let result = parse::with_big_stack(|| {
            parse::parse_all(&stream)
                .map_err(|failure| failure.diagnostic)
                .map(|_| ())
        })
        .expect("a thread");
        if let Err(diagnostic) = result {
            let place = sources.location(diagnostic.span.expect("has a place"));
            panic!("{headers:?}: {place}: {}", diagnostic.message);
        }
    }

    #[test]
    fn every_header_parses_alone_and_twice() {
        for (name, _) in HEADERS {
            parses(&[name, name], "int after;");
        }
    }

    #[test]
    fn headers_work_together() {
        let all: Vec<&str> = HEADERS
            .iter()
            .map(|(name, _)| *name)
            .filter(|name| *name != "linux/bpf64.h")
            .collect();
        parses(
            &all,
            "size_t n = SIZE_MAX; uint8_t b = UINT8_C(1); int x = INT_MIN;",
        );
    }

    #[test]
    fn a_program_in_libbpf_style_parses() {
        let program = "
            struct {
                __uint(type, BPF_MAP_TYPE_HASH);
                __type(key, __u64);
                __array(values, struct { int a; });
                __ulong(map_extra, 1);
            } drops SEC(\".maps\");
            SEC(\"raw_tracepoint/kfree_skb\") int dropmon(struct bpf_raw_tracepoint_args *ctx) {
                __u64 loc = ctx->args[1], *cnt = bpf_map_lookup_elem(&drops, &loc);
                bpf_printk(\"%d %d\", bpf_htons(1), BPF_NOEXIST);
                return cnt ? XDP_PASS : 0;
            }";
        parses(
            &["linux/bpf.h", "bpf/bpf_helpers.h", "bpf/bpf_endian.h"],
            program,
        );
    }

    #[test]
    fn a_program_of_2014_parses() {
        let program = "
            SECTION(\"events/skb/kfree_skb\") void dropmon(struct bpf_context *ctx) {
                void *loc = (void *)ctx->arg2;
                u64 *drop_cnt = bpf_table_lookup(ctx, 0, &loc);
                if (drop_cnt) __sync_fetch_and_add(drop_cnt, 1);
            }
            SECTION(\"bpf_tables\") struct bpf_table tables[] = {
                { BPF_TABLE_HASH, sizeof(void *), sizeof(u64), 4096, 0 } };";
        parses(&["linux/bpf64.h"], program);
    }

    #[test]
    fn contexts_lie_where_c_puts_them() {
        for name in ["xdp", "sched_cls", "raw_tracepoint", "tracing_2014"] {
            let context: &Context = program_type(name)
                .and_then(|program| program.context)
                .expect("has a layout");
            let mut end = 0_u32;
            for field in context.fields {
                assert_eq!(
                    field.offset,
                    end.next_multiple_of(field.size),
                    "{name}.{}",
                    field.name
                );
                end = field.end();
            }
            let alignment = context
                .fields
                .iter()
                .map(|field| field.size)
                .max()
                .expect("has fields");
            assert_eq!(context.size, end.next_multiple_of(alignment), "{name}");
        }
    }
}
