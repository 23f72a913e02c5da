//! Headers that come with the compiler, so that a program needs nothing but the compiler.
//!
//! A header in a directory of the command line wins over the one here, and the one here over the host's. What programs and hosts must
//! agree on — helpers, contexts, map types — is not written down in them a second time but printed from the tables of
//! [`bpfcc_isa`].

use std::borrow::Cow;
use std::fmt::Write;

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

/// Every header by the name in its `#include`.
const HEADERS: &[(&str, Text)] = &[
    ("iso646.h", Text::Written(include_str!("c/iso646.h"))),
    ("limits.h", Text::Written(include_str!("c/limits.h"))),
    ("stdalign.h", Text::Written(include_str!("c/stdalign.h"))),
    ("stdarg.h", Text::Written(include_str!("c/stdarg.h"))),
    ("stdbool.h", Text::Written(include_str!("c/stdbool.h"))),
    ("stddef.h", Text::Written(include_str!("c/stddef.h"))),
    ("stdint.h", Text::Written(include_str!("c/stdint.h"))),
    ("stdio.h", Text::Written(include_str!("c/stdio.h"))),
    ("stdlib.h", Text::Written(include_str!("c/stdlib.h"))),
    (
        "stdnoreturn.h",
        Text::Written(include_str!("c/stdnoreturn.h")),
    ),
    ("string.h", Text::Written(include_str!("c/string.h"))),
    ("asm/types.h", Text::Written("#include <linux/types.h>\n")),
    (
        "linux/types.h",
        Text::Written(include_str!("c/linux/types.h")),
    ),
    ("linux/bpf.h", Text::Printed(linux_bpf)),
    ("linux/bpf64.h", Text::Printed(linux_bpf64)),
    (
        "bpf/bpf_endian.h",
        Text::Written(include_str!("c/bpf/bpf_endian.h")),
    ),
    (
        "bpf/bpf_helpers.h",
        Text::Written(include_str!("c/bpf/bpf_helpers.h")),
    ),
    ("bpf/bpf_helper_defs.h", Text::Printed(helper_definitions)),
];

/// Whether there is a header of this name.
pub(crate) fn exists(name: &str) -> bool {
    HEADERS.iter().any(|(header, _)| *header == name)
}

/// The text of a header by the name in its `#include`.
pub(crate) fn find(name: &str) -> Option<Cow<'static, str>> {
    let (_, text) = HEADERS.iter().find(|(header, _)| *header == name)?;
    Some(match text {
        Text::Written(text) => Cow::Borrowed(*text),
        Text::Printed(print) => Cow::Owned(print()),
    })
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
        "/* The kernel's interface for BPF programs. */\n#pragma once\n\n#include <linux/types.h>\n\n".to_owned(),
        enumeration("bpf_map_type", "BPF_MAP_TYPE_UNSPEC", maps),
        enumeration("bpf_prog_type", "BPF_PROG_TYPE_UNSPEC", types),
        enumeration("bpf_func_id", "BPF_FUNC_unspec", functions),
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

/// `enum name { first = 0, … };`
fn enumeration(name: &str, first: &str, rows: impl Iterator<Item = (String, u32)>) -> String {
    let mut text = format!("enum {name} {{\n\t{first} = 0,\n");
    rows.for_each(|(name, number)| line(&mut text, &format!("\t{name} = {number},")));
    text.push_str("};\n\n");
    text
}

/// The context of a program type as a C structure. Its fields lie where C puts them, as a test makes sure.
fn context(program: &str, unsigned: &str) -> String {
    let Some(context) = program_type(program).and_then(|program| program.context) else {
        return String::new();
    };
    let mut text = String::new();
    if context
        .fields
        .iter()
        .any(|field| field.value == FieldValue::SockOrNull)
    {
        line(&mut text, "struct bpf_sock;\n");
    }
    line(&mut text, &format!("{} {{", context.c_type));
    context
        .fields
        .iter()
        .for_each(|field| line(&mut text, &format!("\t{};", declaration(field, unsigned))));
    text.push_str("};\n\n");
    text
}

fn declaration(field: &ContextField, unsigned: &str) -> String {
    let ContextField { name, count, .. } = field;
    match field.value {
        FieldValue::SockOrNull => format!("struct bpf_sock *{name}"),
        _ if *count == 1 => format!("{unsigned}{} {name}", field.size * 8),
        _ => format!("{unsigned}{} {name}[{count}]", field.size * 8),
    }
}

fn line(text: &mut String, line: &str) {
    writeln!(text, "{line}").expect("writing to a String cannot fail");
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
