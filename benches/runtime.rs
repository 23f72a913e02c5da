//! How fast programs run: our interpreter and JIT, and those of rbpf, against native code of the host's compiler.
//!
//! `cargo bench --bench runtime` prints a table of ratios for `benches/programs`, `cargo bench --bench runtime -- sort` one row
//! of it. What has to be compiled is compiled first; then all engines take turns, and the shortest time of each counts: what
//! else the machine does makes times longer, never shorter. Criterion measures one function after the other, so its ratios
//! would be those of different moments.

#![allow(clippy::print_stdout, reason = "the table is what the bench is for")]

#[path = "programs/mod.rs"]
mod programs;

use std::ffi::{CStr, CString};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use bpfcc::{Options, compile_file};
use bpfcc_isa::{AluOp, Callee, Endian, Insn, Reg, Src, Width, encode};
use bpfcc_object::{Object, elf};
use bpfcc_runtime::{Engine, Vm};
use programs::{LOOKUP, MEMORY_BYTES, PROGRAMS, Program, lookup, machine, memory};

/// Turns of each engine.
const ROUNDS: usize = 15;
/// How long a turn takes, more or less.
const TURN: Duration = Duration::from_millis(4);

/// Runs a program once.
type Run = Box<dyn FnMut() -> u64>;

/// Heads of the columns. The first is what the others are compared with.
const COLUMNS: [&str; 7] = [
    "native",
    "JIT",
    "JIT, clang",
    "rbpf JIT, clang",
    "interpreter",
    "interpreter, clang",
    "rbpf interpreter, clang",
];

fn main() {
    let scratch = Scratch::new();
    let filter = std::env::args().skip(1).find(|arg| !arg.starts_with('-'));
    let wanted = |program: &&Program| filter.as_ref().is_none_or(|f| program.name.contains(f));
    println!("| program | {} |", COLUMNS.join(" | "));
    println!("|---{}|", "|---".repeat(COLUMNS.len()));
    let mut logs: Vec<Vec<f64>> = vec![Vec::new(); COLUMNS.len()];
    for program in PROGRAMS.iter().filter(wanted) {
        let times = measure(engines(*program, &scratch));
        let native = times[0].map_or(f64::NAN, |time| time.as_secs_f64());
        let ratios = times.map(|time| time.map(|time| time.as_secs_f64() / native));
        for (log, ratio) in logs.iter_mut().zip(ratios) {
            log.extend(ratio.map(f64::ln));
        }
        let cells = ratios[1..].iter().map(|ratio| cell(*ratio));
        let cells: Vec<String> = cells.collect();
        let native = native * 1e6;
        println!(
            "| {} | {native:.1} µs | {} |",
            program.name,
            cells.join(" | ")
        );
    }
    let means = logs[1..].iter().map(|log| cell(mean(log)));
    let means: Vec<String> = means.collect();
    println!("| geometric mean | 1 | {} |", means.join(" | "));
}

/// The geometric mean of numbers, given their logarithms.
fn mean(logs: &[f64]) -> Option<f64> {
    let count = logs.len() as f64;
    (count > 0.0).then(|| (logs.iter().sum::<f64>() / count).exp())
}

fn cell(ratio: Option<f64>) -> String {
    ratio.map_or("–".to_owned(), |ratio| format!("{ratio:.2}"))
}

/// The shortest time that each engine takes for one run.
fn measure(engines: [Option<Run>; COLUMNS.len()]) -> [Option<Duration>; COLUMNS.len()] {
    let mut racers = engines.map(|run| run.map(Racer::new));
    for _ in 0..ROUNDS {
        racers.iter_mut().flatten().for_each(Racer::turn);
    }
    racers.map(|racer| racer.map(|racer| racer.best))
}

struct Racer {
    run: Run,
    /// Runs in a turn.
    repeats: u32,
    best: Duration,
}

impl Racer {
    fn new(run: Run) -> Racer {
        let mut racer = Racer {
            run,
            repeats: 1,
            best: Duration::MAX,
        };
        racer.turn();
        racer.turn();
        let once = racer.best.as_secs_f64().max(1e-7);
        racer.repeats = (TURN.as_secs_f64() / once).ceil() as u32;
        racer
    }

    fn turn(&mut self) {
        let start = Instant::now();
        for _ in 0..self.repeats {
            std::hint::black_box((self.run)());
        }
        self.best = self.best.min(start.elapsed() / self.repeats);
    }
}

/// Each column's way to run the program, where there is one; they have all given the right result once.
fn engines(program: Program, scratch: &Scratch) -> [Option<Run>; COLUMNS.len()] {
    let clang = clangs_object(program, scratch);
    let of_clang = |engine| clang.as_ref().and_then(|object| ours(object, engine));
    let object = our_object(program);
    let mut engines = [
        native(program, scratch),
        ours(&object, Engine::Jit),
        of_clang(Engine::Jit),
        clang.as_ref().and_then(rbpf_jit),
        ours(&object, Engine::Interp),
        of_clang(Engine::Interp),
        clang.as_ref().and_then(rbpf_interpreter),
    ];
    for (column, run) in COLUMNS.iter().zip(&mut engines) {
        if let Some(run) = run {
            assert_eq!(run(), program.result, "{}: {column}", program.name);
        }
    }
    engines
}

fn our_object(program: Program) -> Object {
    let compilation = compile_file(&program.path(), &Options::default());
    compilation.result.expect("no mistakes").object
}

/// What clang 22 makes of the program. Without `-fno-builtin` it looks for a `memset` in `sieve`.
fn clangs_object(program: Program, scratch: &Scratch) -> Option<Object> {
    let output = scratch.0.join(program.name).with_extension("o");
    let mut clang = Command::new("clang-22");
    clang.args(["-target", "bpf", "-O2", "-mcpu=v3", "-fno-builtin", "-c"]);
    clang.arg(program.path()).arg("-o").arg(&output);
    if !clang.status().is_ok_and(|status| status.success()) {
        return None;
    }
    let bytes = std::fs::read(output).expect("clang wrote it");
    Some(elf::read(&bytes).expect("an object"))
}

/// One of our engines; `None` if this machine has no such engine.
fn ours(object: &Object, engine: Engine) -> Option<Run> {
    let vm = machine(object);
    if engine == Engine::Jit && vm.code().is_err() {
        return None;
    }
    let mut memory = memory();
    Some(Box::new(move || {
        vm.run(engine, &mut memory).expect("no mistakes")
    }))
}

/// The host's compiler. Its code becomes a library that stays loaded, and whose functions call each other even where other
/// libraries have functions of these names.
fn native(program: Program, scratch: &Scratch) -> Option<Run> {
    let library = scratch.0.join(program.name).with_extension("so");
    let mut cc = Command::new("cc");
    cc.args(["-O2", "-DNATIVE", "-shared", "-fPIC"]);
    cc.args(["-fno-semantic-interposition", "-Wl,-Bsymbolic"]);
    cc.arg(program.path()).arg("-o").arg(&library);
    if !cc.status().is_ok_and(|status| status.success()) {
        return None;
    }
    let entry = load_library(&library);
    let mut memory = memory();
    // SAFETY: the library's function is that of the C file, which stays in the buffer.
    Some(Box::new(move || unsafe {
        entry(memory.as_mut_ptr(), MEMORY_BYTES as u64)
    }))
}

type Entry = unsafe extern "C" fn(*mut u8, u64) -> u64;

fn load_library(path: &Path) -> Entry {
    let path = CString::new(path.as_os_str().as_encoded_bytes()).expect("no NUL in a path");
    // SAFETY: loading the library runs no code of ours, and `entry` and `bench_lookup` have these types in the C files.
    unsafe {
        let library = libc::dlopen(path.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL);
        let symbol = |name: &CStr| libc::dlsym(library, name.as_ptr());
        let hook = symbol(c"bench_lookup").cast::<bpfcc_runtime::HostCode>();
        if !hook.is_null() {
            hook.write(lookup);
        }
        let entry = symbol(c"entry");
        assert!(!entry.is_null(), "the library has no function `entry`");
        std::mem::transmute::<*mut libc::c_void, Entry>(entry)
    }
}

fn rbpf_interpreter(object: &Object) -> Option<Run> {
    let vm = rbpf_machine(object)?;
    let memory = leaked_memory();
    Some(Box::new(move || {
        let result = vm.execute_program(again(memory));
        result.expect("no mistakes")
    }))
}

fn rbpf_jit(object: &Object) -> Option<Run> {
    let mut vm = rbpf_machine(object)?;
    vm.jit_compile().ok()?;
    let memory = leaked_memory();
    Some(Box::new(move || {
        // SAFETY: the programs are ours and stay in their buffer.
        let result = unsafe { vm.execute_program_jit(again(memory)) };
        result.expect("no mistakes")
    }))
}

fn rbpf_machine(object: &Object) -> Option<rbpf::EbpfVmRaw<'static>> {
    let bytes = bytes_for_rbpf(&machine(object)).leak();
    let mut vm = rbpf::EbpfVmRaw::new(Some(bytes)).ok()?;
    let lookup = |a, b, c, d, e| lookup(a, b, c, d, e);
    vm.register_helper(LOOKUP as u32, lookup).ok()?;
    Some(vm)
}

/// The linked program, with its local calls where the functions are now, and R2 set, which rbpf leaves to the program.
fn bytes_for_rbpf(vm: &Vm) -> Vec<u8> {
    let program = vm.program();
    let slots_before = |position: usize| -> usize {
        let before = &program.insns()[..position];
        before.iter().map(Insn::slots).sum()
    };
    let mut insns = vec![Insn::Alu {
        width: Width::W64,
        op: AluOp::Mov,
        dst: Reg::R2,
        src: Src::Imm(MEMORY_BYTES as i32),
    }];
    for (position, insn) in program.insns().iter().enumerate() {
        insns.push(match (insn, program.callee(position)) {
            (Insn::Call(_), Some(function)) => {
                let distance = slots_before(function.start) as i32 - slots_before(position) as i32;
                Insn::Call(Callee::Local(distance - 1))
            }
            _ => *insn,
        });
    }
    encode(&insns, Endian::HOST)
}

/// A buffer for machines that borrow it as long as the program.
fn leaked_memory() -> *mut [u8] {
    memory().leak()
}

fn again(memory: *mut [u8]) -> &'static mut [u8] {
    // SAFETY: the buffer is leaked and belongs to one machine, which holds it during a run only.
    unsafe { &mut *memory }
}

/// A directory for what other compilers write.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Scratch {
        let path = std::env::temp_dir().join(format!("bpfcc-runtime-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a temporary directory");
        Scratch(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // A directory that stays behind does no harm.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
