//! How long each stage takes: of a small program, and of one that includes a header as large as the kernel's.
//!
//! `cargo bench` prints them all, `cargo bench -- vmlinux/parse` one. The header is made up: the same mix of structures,
//! enumerations and function types that `bpftool btf dump` prints. What parsing leaves out by reachability is part of `parse`.

use std::fmt::Write;
use std::hint::black_box;
use std::path::Path;

use bpfcc_backend as backend;
use bpfcc_frontend::pp::{self, Interner, TokenStream};
use bpfcc_frontend::source::Sources;
use bpfcc_frontend::{lower, parse, sema};
use bpfcc_ir::Module;
use bpfcc_ir::pass::{self, PassOptions};
use bpfcc_object::elf;
use criterion::{BatchSize, Criterion, Throughput, criterion_group};

/// The size of the header: that of a `vmlinux.h` of 2024.
const HEADER_BYTES: usize = 2_800_000;

const PROGRAMS: [(&str, &str); 2] = [
    ("small", include_str!("../samples/dropmon.bpf.c")),
    (
        "vmlinux",
        "#include \"vmlinux.h\"\nint f(struct record_7 *r) { return r->peer_7->count; }\n",
    ),
];

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
    let mut group = criterion.benchmark_group("vmlinux");
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

fn stages(criterion: &mut Criterion) {
    let directory = std::env::temp_dir().join(format!("bpfcc-bench-{}", std::process::id()));
    std::fs::create_dir_all(&directory).expect("a temporary directory");
    std::fs::write(directory.join("vmlinux.h"), header(HEADER_BYTES)).expect("disk space");
    for (name, text) in PROGRAMS {
        stages_of(criterion, name, text, &directory);
    }
    std::fs::remove_dir_all(directory).expect("our own directory");
}

fn stages_of(criterion: &mut Criterion, name: &str, text: &str, directory: &Path) {
    let mut options = bpfcc::Options::default();
    let include_dirs = &mut options.frontend.preprocessor.include_dirs;
    include_dirs.push(directory.to_owned());
    let mut group = criterion.benchmark_group(name);

    let preprocess = || preprocess(text, directory);
    group.bench_function("preprocess", |bencher| bencher.iter(preprocess));

    let tokens = || preprocess().1;
    let parse = |tokens| parse::parse(tokens).expect("no mistakes");
    group.bench_function("parse", |bencher| {
        bencher.iter_batched(tokens, parse, BatchSize::PerIteration);
    });

    let (sources, tokens) = preprocess();
    let unit = parse(tokens);
    let check = || sema::check(&unit, &options.frontend.language).0;
    group.bench_function("sema", |bencher| bencher.iter(check));

    let tree = check().expect("no mistakes");
    let lower = || lower::module(&tree, &sources).0;
    group.bench_function("lower", |bencher| bencher.iter(lower));

    let passes = |mut module: Module| {
        let level = options.level;
        let options = PassOptions {
            level,
            ..PassOptions::default()
        };
        pass::run_all(&mut module, &options, |_, _| {});
        module
    };
    group.bench_function("passes", |bencher| {
        bencher.iter_batched(lower, passes, BatchSize::SmallInput);
    });

    let module = passes(lower());
    let target = backend::Options::default();
    group.bench_function("select and regalloc", |bencher| {
        bencher.iter(|| backend::listings(&module, &target));
    });
    // That again, with sections and debug information around it.
    group.bench_function("object", |bencher| {
        bencher.iter(|| elf::write(&backend::compile(&module, &target).expect("no mistakes")));
    });
    group.bench_function("all", |bencher| {
        bencher.iter(|| {
            let compiled = bpfcc::compile_text("main.c", text, &options).result;
            compiled.expect("no mistakes").to_elf()
        });
    });
    group.finish();
}

fn preprocess(text: &str, directory: &Path) -> (Sources, TokenStream) {
    let options = pp::Options {
        include_dirs: vec![directory.to_owned()],
        skims_headers: true,
        ..pp::Options::default()
    };
    let mut sources = Sources::new();
    let main = sources.add_virtual("main.c", text);
    let (tokens, diagnostics) = pp::preprocess(&mut sources, main, &options);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    (sources, tokens)
}

criterion_group!(benches, tokenize, stages);

fn main() {
    let run = || {
        benches();
        Criterion::default().configure_from_args().final_summary();
    };
    parse::with_big_stack(run).expect("a thread");
}
