//! The programs that benchmarks run give what they must, at every level, for every version, in the interpreter and in the JIT.

#[path = "../benches/programs/mod.rs"]
mod programs;

use bpfcc::{Cpu, Level, Options, compile_file};
use bpfcc_runtime::{Engine, Vm};
use programs::{PROGRAMS, Program};

fn compile(program: Program, options: &Options) -> Vm {
    let compilation = compile_file(&program.path(), options);
    let compiled = compilation.result.unwrap_or_else(|| {
        panic!("{}: {:#?}", program.name, compilation.diagnostics);
    });
    programs::machine(&compiled.object)
}

fn check(program: Program, engine: Engine) {
    for cpu in Cpu::ALL {
        for level in [Level::O0, Level::O1] {
            let options = Options {
                cpu,
                level,
                ..Options::default()
            };
            let vm = compile(program, &options);
            let mut memory = programs::memory();
            // Twice, since benchmarks repeat them on one buffer.
            for _ in 0..2 {
                let result = vm.run(engine, &mut memory);
                let result = result.unwrap_or_else(|error| panic!("{}: {error}", program.name));
                assert_eq!(result, program.result, "{} {level:?} {cpu:?}", program.name);
            }
        }
    }
}

#[test]
fn the_interpreter_gives_the_results() {
    for program in PROGRAMS {
        check(program, Engine::Interp);
    }
}

#[test]
#[cfg(all(unix, target_arch = "x86_64"))]
fn translated_code_gives_the_results() {
    for program in PROGRAMS {
        check(program, Engine::Jit);
    }
}
