//! How many bytes per second become tokens, and how long a program takes that includes a header as large as the kernel's.
//!
//! The header is made up: the same mix of structures, enumerations and function types that `bpftool btf dump` prints.

use std::fmt::Write;
use std::hint::black_box;

use bpfcc_frontend::pp::{self, Interner};
use bpfcc_frontend::source::Sources;
use bpfcc_frontend::{Options, compile};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// The size of the header: that of a `vmlinux.h` of 2024.
const HEADER_BYTES: usize = 2_800_000;

const PROGRAM: &str =
    "#include \"vmlinux.h\"\nint f(struct record_7 *r) { return r->peer_7->count; }\n";

/// A header of `bytes` bytes or a few more.
fn header(bytes: usize) -> String {
    let mut text = String::from("typedef unsigned int u32;\ntypedef unsigned long long u64;\n\n");
    let mut number = 0;
    while text.len() < bytes {
        write!(
            text,
            "enum state_{number} {{\n\tSTATE_{number}_IDLE = 0,\n\tSTATE_{number}_BUSY = 1,\n}};\n\n\
             struct record_{number} {{\n\tu32 count;\n\tlong unsigned int flags;\n\tstruct record_{} *peer_{number};\n\
             \tint (*handler_{number})(struct record_{number} *, u32, void *);\n\tunion {{\n\t\tu64 word_{number};\n\
             \t\tchar bytes[8];\n\t}};\n\tenum state_{number} state: 3;\n\tu32: 29;\n}};\n\n\
             typedef int (*callback_{number}_t)(struct record_{number} *, const char *);\n\n",
            number + 1,
        )
        .expect("writing to a String cannot fail");
        number += 1;
    }
    text
}

fn tokenize(criterion: &mut Criterion) {
    let mut sources = Sources::new();
    let file = sources.add_virtual("vmlinux.h", header(HEADER_BYTES));
    let mut group = criterion.benchmark_group("lexer");
    group.throughput(Throughput::Bytes(sources.file(file).text().len() as u64));
    group.bench_function("tokenize", |bencher| {
        bencher.iter(|| {
            let mut names = Interner::default();
            pp::tokenize(&sources, file, &mut names)
                .map(black_box)
                .count()
        });
    });
    group.finish();
}

fn include(criterion: &mut Criterion) {
    let directory = std::env::temp_dir().join(format!("bpfcc-bench-{}", std::process::id()));
    std::fs::create_dir_all(&directory).expect("a temporary directory");
    std::fs::write(directory.join("vmlinux.h"), header(HEADER_BYTES)).expect("disk space");
    let mut options = Options::default();
    options.preprocessor.include_dirs.push(directory.clone());
    criterion.bench_function("compile with a header of 2.8 MB", |bencher| {
        bencher.iter(|| {
            let mut sources = Sources::new();
            let main = sources.add_virtual("main.c", PROGRAM);
            let (module, diagnostics) = compile(&mut sources, main, &options);
            assert!(module.is_some(), "{diagnostics:?}");
        });
    });
    std::fs::remove_dir_all(directory).expect("our own directory");
}

criterion_group!(benches, tokenize, include);
criterion_main!(benches);
