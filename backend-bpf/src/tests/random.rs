//! Random IR programs give the same result on the machine, at every level, as in the IR's own evaluator.
//!
//! They are compiled as they are and optimised; the evaluator always runs them as they are, so this tests the passes too.
//!
//! The programs are made of straight code, diamonds and counted loops; values of both widths are in scope everywhere below
//! their definition, so that many are live at once, across calls too. Constants are mostly the ones at which something
//! changes: around zero, at the ends of 16, 31, 32 and 63 bits.

use std::fmt::Write as _;

use bpfcc_ir::eval::{Evaluator, Fault, Host, Memory};
use bpfcc_ir::pass::{Level, PassOptions, run_all};
use bpfcc_ir::{Module, Type};
use bpfcc_isa::{AluOp, Cond, Size};

use super::machine::Machine;
use super::parse;
use crate::Cpu;

const PROGRAMS: u64 = 100;
const CTX: u64 = 0x1_0000;
const CTX_BYTES: usize = 64;
const ENDS: [i64; 16] = [
    0,
    1,
    2,
    -1,
    7,
    31,
    33,
    63,
    0x7fff,
    -0x8000,
    0x7fff_ffff,
    -0x8000_0000,
    0xffff_ffff,
    0x1_0000_0000,
    i64::MAX,
    i64::MIN,
];

#[test]
fn random_programs_mean_the_same_at_every_level() {
    for seed in 1..=PROGRAMS {
        check(seed, &Cpu::ALL, &text(seed, false));
        check(seed, &[Cpu::V3, Cpu::V4], &text(seed, true));
    }
}

fn check(seed: u64, cpus: &[Cpu], text: &str) {
    let module = parse(text);
    module
        .check()
        .unwrap_or_else(|errors| panic!("{errors:?}\n{text}"));
    let args = [CTX, seed.wrapping_mul(0x9e37_79b9_7f4a_7c15), seed << 31];
    let (expected, expected_world) = evaluate(&module, &args);
    for level in [Level::O0, Level::O1] {
        let mut module = module.clone();
        run_all(
            &mut module,
            &PassOptions {
                level,
                no_loops: false,
                no_calls: false,
            },
            |_, _| {},
        );
        for &cpu in cpus {
            let mut world = World::new();
            let result = Machine::new(&module, cpu, &mut world).call("f", &args);
            let case = format!("seed {seed} at {} and {level:?}:\n{text}", cpu.name());
            assert_eq!(result, expected, "{case}");
            assert_eq!(world.bytes, expected_world.bytes, "{case}");
        }
    }
}

fn evaluate(module: &Module, args: &[u64]) -> (u64, World) {
    let mut world = World::new();
    let main = module.functions.keys().next_back().unwrap();
    let result = Evaluator::new(module, &mut world).call(main, args);
    (result.unwrap().unwrap(), world)
}

/// A context of 64 bytes and a helper whose result depends on all bits of all arguments.
struct World {
    bytes: [u8; CTX_BYTES],
}

impl World {
    fn new() -> World {
        World {
            bytes: std::array::from_fn(|i| (i as u8).wrapping_mul(37).wrapping_add(0x70)),
        }
    }
}

impl Host for World {
    fn load(&mut self, addr: u64, size: Size) -> Result<u64, Fault> {
        let bytes = &self.bytes[(addr - CTX) as usize..][..size.bytes() as usize];
        let bytes = bytes.iter().rev();
        Ok(bytes.fold(0, |value, &byte| value << 8 | u64::from(byte)))
    }

    fn store(&mut self, addr: u64, size: Size, value: u64) -> Result<(), Fault> {
        let bytes = &value.to_le_bytes()[..size.bytes() as usize];
        self.bytes[(addr - CTX) as usize..][..bytes.len()].copy_from_slice(bytes);
        Ok(())
    }

    fn call_helper(&mut self, id: i32, args: [u64; 5], _: &mut dyn Memory) -> Result<u64, Fault> {
        let args = args.iter().take(id as usize);
        Ok(args.fold(u64::from(id as u32), |hash, arg| {
            (hash ^ arg).wrapping_mul(0x0100_0000_01b3).rotate_left(23)
        }))
    }
}

/// A program: `g` of one `i32`, and `f` of the context and a value of each width.
fn text(seed: u64, fetches: bool) -> String {
    let mut g = Generator::new(seed.wrapping_mul(2));
    let callee = g.function(
        "fn @g(v0: i32) -> i32 local noinline {",
        &[Type::I32],
        Type::I32,
        3,
    );
    let mut f = Generator::new(seed.wrapping_mul(2) + 1);
    f.calls_g = true;
    f.fetches = fetches;
    let header = "fn @f(v0: ptr.ctx, v1: i64, v2: i32) -> i64 {";
    let ctx = Type::Ptr(bpfcc_ir::PtrKind::Ctx);
    let main = f.function(header, &[ctx, Type::I64, Type::I32], Type::I64, 8);
    format!("{callee}{main}")
}

struct Generator {
    state: u64,
    body: String,
    values: Vec<Type>,
    /// Values that may be used here.
    scope: Vec<usize>,
    blocks: usize,
    calls_g: bool,
    fetches: bool,
}

impl Generator {
    fn new(seed: u64) -> Generator {
        Generator {
            state: seed.wrapping_mul(0x2545_f491_4f6c_dd1d) | 1,
            body: String::new(),
            values: Vec::new(),
            scope: Vec::new(),
            blocks: 1,
            calls_g: false,
            fetches: false,
        }
    }

    fn function(&mut self, header: &str, params: &[Type], result: Type, pieces: usize) -> String {
        for &param in params {
            self.define(param);
        }
        for _ in 0..pieces {
            self.piece(2);
        }
        let value = self.mixture(result);
        self.line(&format!("return v{value}"));
        let slot = "    slot s0: 16 align 8 \"memory\"\n";
        format!("{header}\n{slot}b0:\n{}}}\n", self.body)
    }

    /// A value that depends on many others.
    fn mixture(&mut self, ty: Type) -> usize {
        let mut total = self.pick(ty);
        for value in self.scope.clone() {
            if self.values[value] == ty && value != total {
                total = self.emit(ty, &format!("xor v{total}, v{value}"));
            }
        }
        total
    }

    fn random(&mut self, below: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        (self.state >> 11) as usize % below
    }

    fn line(&mut self, text: &str) {
        let _ = writeln!(self.body, "    {text}");
    }

    fn define(&mut self, ty: Type) -> usize {
        self.values.push(ty);
        self.scope.push(self.values.len() - 1);
        self.values.len() - 1
    }

    fn emit(&mut self, ty: Type, text: &str) -> usize {
        let value = self.define(ty);
        self.line(&format!("v{value}: {ty} = {text}"));
        value
    }

    fn pick(&mut self, ty: Type) -> usize {
        let known: Vec<usize> = self
            .scope
            .iter()
            .copied()
            .filter(|&v| self.values[v] == ty)
            .collect();
        if known.is_empty() || self.random(5) == 0 {
            let constant = ENDS[self.random(ENDS.len())];
            let constant = if ty == Type::I32 {
                i64::from(constant as i32)
            } else {
                constant
            };
            return self.emit(ty, &format!("const {constant}"));
        }
        known[self.random(known.len())]
    }

    fn int(&mut self) -> Type {
        [Type::I32, Type::I64][self.random(2)]
    }

    fn piece(&mut self, depth: usize) {
        match self.random(8) {
            0 | 1 if depth > 0 => self.diamond(depth),
            2 if depth > 0 => self.counted_loop(depth),
            _ => {
                for _ in 0..6 {
                    self.operation();
                }
            }
        }
    }

    fn operation(&mut self) {
        let ty = self.int();
        match self.random(15) {
            0 => {
                let arg = self.pick(ty);
                self.emit(ty, &format!("neg v{arg}"));
            }
            1 => {
                let sizes = if ty == Type::I32 { 2 } else { 3 };
                let size = [16, 32, 64][self.random(sizes)];
                let arg = self.pick(ty);
                self.emit(ty, &format!("bswap{size} v{arg}"));
            }
            2 | 3 => {
                let arg = self.pick(Type::I32);
                let sign = ["sext", "zext"][self.random(2)];
                let from = [8, 16, 32][self.random(if ty == Type::I32 { 2 } else { 3 })];
                self.emit(ty, &format!("{sign}{from} v{arg}"));
            }
            4 => {
                let arg = self.pick(Type::I64);
                self.emit(Type::I32, &format!("trunc v{arg}"));
            }
            5 | 6 => self.memory(ty),
            7 => self.call(ty),
            8 => self.comparison(ty),
            _ => {
                let ops: Vec<AluOp> = AluOp::ALL
                    .iter()
                    .copied()
                    .filter(|&op| op != AluOp::Mov)
                    .collect();
                let (op, a, b) = (ops[self.random(ops.len())], self.pick(ty), self.pick(ty));
                self.emit(ty, &format!("{} v{a}, v{b}", op.name()));
            }
        }
    }

    /// What `expand` turns into branches.
    fn comparison(&mut self, ty: Type) {
        let compared = self.int();
        let (a, b) = (self.pick(compared), self.pick(compared));
        let cond = Cond::ALL[self.random(Cond::ALL.len())];
        let test = format!("v{a} {} v{b}", bpfcc_ir::print::cond_name(cond));
        if self.random(2) == 0 {
            self.emit(Type::I32, &format!("compare {test}"));
        } else {
            let (then, otherwise) = (self.pick(ty), self.pick(ty));
            self.emit(ty, &format!("select {test}, v{then}, v{otherwise}"));
        }
    }

    fn memory(&mut self, ty: Type) {
        let base = if self.calls_g && self.random(2) == 0 {
            0
        } else {
            self.emit(Type::Ptr(bpfcc_ir::PtrKind::Stack), "slot_addr s0+0")
        };
        let largest = if ty == Type::I32 { 3 } else { 4 };
        let bytes = 1 << self.random(largest);
        let (bits, offset) = (bytes * 8, self.random(2) * 8);
        match self.random(3) {
            0 => {
                let sign = if bytes < 8 {
                    ["u", "s"][self.random(2)]
                } else {
                    "u"
                };
                self.emit(ty, &format!("load.{sign}{bits} v{base}+{offset}"));
            }
            1 => {
                let value = self.pick(ty);
                self.line(&format!("store.u{bits} v{base}+{offset}, v{value}"));
            }
            _ => self.atomic(ty, base, offset),
        }
    }

    fn atomic(&mut self, ty: Type, base: usize, offset: usize) {
        let (bits, value) = (ty.bytes() * 8, self.pick(ty));
        if !self.fetches {
            // Out of scope, so that nobody uses the old value.
            self.emit(
                ty,
                &format!("atomic.add.u{bits} v{base}+{offset}, v{value}"),
            );
            self.scope.pop();
            return;
        }
        let expected = self.pick(ty);
        let text = match ["add", "or", "and", "xor", "xchg", "cmpxchg"][self.random(6)] {
            "cmpxchg" => format!("cmpxchg.u{bits} v{base}+{offset}, v{expected}, v{value}"),
            op => format!("{op}.u{bits} v{base}+{offset}, v{value}"),
        };
        self.emit(ty, &format!("atomic.{text}"));
    }

    fn call(&mut self, ty: Type) {
        if self.calls_g && self.random(3) == 0 {
            let arg = self.pick(Type::I32);
            self.emit(Type::I32, &format!("call @g(v{arg})"));
            return;
        }
        let count = self.random(6);
        let args: Vec<String> = (0..count)
            .map(|_| {
                let ty = self.int();
                format!("v{}", self.pick(ty))
            })
            .collect();
        self.emit(ty, &format!("call helper {count}({})", args.join(", ")));
    }

    fn block(&mut self) -> usize {
        self.blocks += 1;
        self.blocks - 1
    }

    fn branch(&mut self, then: String, otherwise: String) {
        let ty = self.int();
        let (a, b) = (self.pick(ty), self.pick(ty));
        let cond = Cond::ALL[self.random(Cond::ALL.len())];
        let cond = bpfcc_ir::print::cond_name(cond);
        self.line(&format!("branch v{a} {cond} v{b}, {then}, {otherwise}"));
    }

    /// Two ways that meet again with two values each; one may be empty.
    fn diamond(&mut self, depth: usize) {
        let (then, meet, ty) = (self.block(), self.block(), self.int());
        let outer = (self.pick(ty), self.pick(Type::I64));
        self.branch(
            format!("b{then}"),
            format!("b{meet}(v{}, v{})", outer.0, outer.1),
        );
        let _ = writeln!(self.body, "b{then}:");
        let scope = self.scope.clone();
        self.piece(depth - 1);
        let inner = (self.pick(ty), self.pick(Type::I64));
        self.line(&format!("jump b{meet}(v{}, v{})", inner.0, inner.1));
        self.scope = scope;
        self.start_block(meet, &[ty, Type::I64]);
    }

    fn start_block(&mut self, block: usize, params: &[Type]) -> Vec<usize> {
        let params: Vec<(usize, Type)> = params.iter().map(|&ty| (self.define(ty), ty)).collect();
        let texts: Vec<String> = params
            .iter()
            .map(|(value, ty)| format!("v{value}: {ty}"))
            .collect();
        let _ = writeln!(self.body, "b{block}({}):", texts.join(", "));
        params.into_iter().map(|(value, _)| value).collect()
    }

    /// Three rounds over a running value.
    fn counted_loop(&mut self, depth: usize) {
        let (head, exit, ty) = (self.block(), self.block(), self.int());
        let start = self.pick(ty);
        let zero = self.emit(Type::I64, "const 0");
        self.line(&format!("jump b{head}(v{zero}, v{start})"));
        let scope = self.scope.clone();
        let params = self.start_block(head, &[Type::I64, ty]);
        self.piece(depth - 1);
        let next = self.pick(ty);
        let one = self.emit(Type::I64, "const 1");
        let count = self.emit(Type::I64, &format!("add v{}, v{one}", params[0]));
        let three = self.emit(Type::I64, "const 3");
        self.line(&format!(
            "branch v{count} lt v{three}, b{head}(v{count}, v{next}), b{exit}(v{next})"
        ));
        self.scope = scope;
        self.start_block(exit, &[ty]);
    }
}
