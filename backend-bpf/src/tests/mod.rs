//! Tests of the whole backend: IR text in, assembly out; and the assembly run.

mod inline_asm;
mod limits;
mod listings;
mod machine;
mod objects;
mod random;

use bpfcc_ir::Module;
use bpfcc_isa::text::Dialect;

use crate::{Cpu, Options};

fn parse(text: &str) -> Module {
    bpfcc_ir::parse::parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn options(cpu: Cpu) -> Options {
    Options {
        cpu,
        ..Options::default()
    }
}

/// Assembly of the module in LLVM's dialect.
fn asm(text: &str, cpu: Cpu) -> String {
    crate::asm_text(&parse(text), &options(cpu), Dialect::PseudoC)
        .unwrap_or_else(|errors| panic!("{errors:?}"))
}

/// Compares texts line by line, without regard to indentation.
fn assert_lines(actual: &str, expected: &str) {
    let lines = |text: &str| -> Vec<String> {
        let lines = text.lines().map(|line| line.trim().to_string());
        lines.filter(|line| !line.is_empty()).collect()
    };
    assert_eq!(lines(actual), lines(expected), "actual:\n{actual}");
}
