//! Tests of lowering: C text in, IR text or results out. Every module is checked, and runs as lowered and after all passes.

mod memory;
mod shapes;
mod values;
mod wide;

use bpfcc_ir::entity::FuncId;
use bpfcc_ir::eval::{Evaluator, NoHost};
use bpfcc_ir::{Module, pass};

use crate::source::Sources;
use crate::{Options, compile};

/// The module of a program without mistakes.
#[track_caller]
fn module(text: &str) -> Module {
    let mut sources = Sources::new();
    let main = sources.add_virtual("t.c", text);
    let (module, diagnostics) = compile(&mut sources, main, &Options::default());
    let module = module.unwrap_or_else(|| panic!("{diagnostics:#?}"));
    assert_well_formed(&module);
    module
}

/// Messages about a program that cannot be lowered.
#[track_caller]
fn messages(text: &str) -> Vec<String> {
    let mut sources = Sources::new();
    let main = sources.add_virtual("t.c", text);
    let (module, diagnostics) = compile(&mut sources, main, &Options::default());
    assert!(module.is_none());
    diagnostics.into_iter().map(|d| d.message).collect()
}

#[track_caller]
fn assert_well_formed(module: &Module) {
    if let Err(violations) = module.check() {
        let lines: Vec<String> = violations.iter().map(|v| v.to_string()).collect();
        panic!("{}\n{module}", lines.join("\n"));
    }
}

/// Compares the lowered module's text; indentation does not matter.
#[track_caller]
fn lowers(text: &str, expected: &str) {
    let normal = |text: &str| {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.collect::<Vec<_>>().join("\n")
    };
    let found = module(text).to_string();
    assert_eq!(normal(&found), normal(expected), "\n{found}");
}

/// Calls functions of a program, as lowered and after all passes.
#[track_caller]
fn runs(text: &str, calls: &[(&str, &[i64], i64)]) {
    let mut module = module(text);
    for &(name, args, expected) in calls {
        assert_eq!(call(&module, name, args), expected, "{name}{args:?}");
    }
    pass::run_all(&mut module, &pass::PassOptions::default(), |_, _| {});
    for &(name, args, expected) in calls {
        assert_eq!(
            call(&module, name, args),
            expected,
            "{name}{args:?}, optimised"
        );
    }
}

#[track_caller]
fn call(module: &Module, name: &str, args: &[i64]) -> i64 {
    let found = module.functions.iter().find(|(_, f)| f.name == name);
    let (id, _) = found.unwrap_or_else(|| panic!("there is no `{name}`"));
    call_id(module, id, args)
}

#[track_caller]
fn call_id(module: &Module, id: FuncId, args: &[i64]) -> i64 {
    let args: Vec<u64> = args.iter().map(|&arg| arg as u64).collect();
    let mut host = NoHost;
    let result = Evaluator::new(module, &mut host).call(id, &args);
    let value = result.unwrap_or_else(|error| panic!("{error}\n{module}"));
    value.unwrap_or(0) as i64
}
