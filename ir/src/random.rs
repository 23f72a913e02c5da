//! Random programs for differential tests: structured control flow, memory, calls; always terminating, never faulting.

use bpfcc_isa::{AluOp, AtomicOp, Cond, Size};

use crate::build::Builder;
use crate::entity::{FuncId, Slot, Value, Variable};
use crate::eval::{EvalError, Evaluator, Fault, Host, Memory};
use crate::function::{Function, Inline, SlotData};
use crate::inst::{BlockCall, Callee};
use crate::module::{Global, GlobalKind, Linkage, Module, Signature};
use crate::types::{PtrKind, Type};

/// xorshift64*: small, fast, the same everywhere.
pub(crate) struct Rng(u64);

impl Rng {
    pub(crate) fn new(seed: u64) -> Rng {
        Rng(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 8
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    /// Mostly small numbers, sometimes the ends of ranges.
    fn constant(&mut self) -> i64 {
        const ENDS: [i64; 8] = [
            -1,
            i64::MIN,
            i64::MAX,
            i32::MAX as i64,
            i32::MIN as i64,
            u32::MAX as i64,
            0xff,
            0x8000,
        ];
        match self.below(4) {
            0 => self.pick(&ENDS),
            1 => self.next() as i64,
            _ => self.below(20) as i64 - 4,
        }
    }
}

/// A module with `main(i64, i64, i32) -> i64`, the last function, and functions it may call.
pub(crate) fn random_module(seed: u64) -> Module {
    let mut rng = Rng::new(seed);
    let mut module = Module::default();
    module.globals.push(Global {
        name: "data".to_string(),
        kind: GlobalKind::Mutable,
        section: ".data".to_string(),
        linkage: Linkage::Global,
        data: vec![1, 2, 3],
        size: 16,
        align: 8,
        pointers: Vec::new(),
        debug_type: None,
        tags: Vec::new(),
        loc: Default::default(),
    });
    for index in 0..1 + rng.below(3) {
        let signature = Signature {
            params: vec![Type::I64, Type::I64, Type::I32],
            result: Some(Type::I64),
        };
        let mut func = Function::new(format!("f{index}"), signature, Linkage::Local);
        func.inline = rng.pick(&[Inline::Auto, Inline::Always, Inline::Never]);
        let callees: Vec<FuncId> = module.functions.keys().collect();
        let func = Generator::new(func, &mut rng, callees).generate();
        module.functions.push(func);
    }
    if let Some((_, main)) = module.functions.iter_mut().next_back() {
        main.name = "main".to_string();
        main.linkage = Linkage::Global;
    }
    module
}

/// Runs the last function of a module in a host whose helper 1 mixes its arguments and the memory its first points to.
pub(crate) fn run(module: &Module, args: [u64; 3]) -> Result<Vec<u64>, EvalError> {
    let mut host = Mixer { calls: Vec::new() };
    let main = module.functions.keys().next_back();
    let mut evaluator = Evaluator::new(module, &mut host);
    evaluator.set_step_limit(100_000);
    let mut outcome = Vec::new();
    if let Some(main) = main {
        outcome.extend(evaluator.call(main, &args)?);
    }
    for global in module.globals.keys() {
        let addr = evaluator.global_address(global);
        for at in [0, 8] {
            let word = evaluator.memory().load(addr + at, Size::DW);
            outcome.extend(word.ok());
        }
    }
    outcome.extend(host.calls);
    Ok(outcome)
}

/// Its calls are part of a program's outcome: their order and arguments must stay.
struct Mixer {
    calls: Vec<u64>,
}

impl Host for Mixer {
    fn call_helper(
        &mut self,
        id: i32,
        args: [u64; 5],
        memory: &mut dyn Memory,
    ) -> Result<u64, Fault> {
        let mixed = match id {
            1 => args[0].wrapping_mul(31) ^ args[1].rotate_left(7),
            2 => memory.load(args[0], Size::DW)?.wrapping_add(args[1]),
            _ => return Err(Fault::NoSuchHelper(id)),
        };
        self.calls.push(mixed);
        Ok(mixed)
    }
}

struct Generator<'r> {
    b: Builder,
    rng: &'r mut Rng,
    callees: Vec<FuncId>,
    wide: Vec<Variable>,
    narrow: Vec<Variable>,
    slots: Vec<Slot>,
}

const SLOT_BYTES: u32 = 16;

impl<'r> Generator<'r> {
    fn new(func: Function, rng: &'r mut Rng, callees: Vec<FuncId>) -> Generator<'r> {
        Generator {
            b: Builder::new(func),
            rng,
            callees,
            wide: Vec::new(),
            narrow: Vec::new(),
            slots: Vec::new(),
        }
    }

    fn generate(mut self) -> Function {
        let params = self.b.params().to_vec();
        for index in 0..3 {
            let wide = self.b.declare_var(Type::I64);
            self.b.def_var(wide, params[index % 2]);
            self.wide.push(wide);
            let narrow = self.b.declare_var(Type::I32);
            self.b.def_var(narrow, params[2]);
            self.narrow.push(narrow);
            let slot = self.b.slot(SlotData {
                name: format!("slot{index}"),
                size: SLOT_BYTES,
                align: 8,
                loc: Default::default(),
            });
            self.slots.push(slot);
            // Inlined code may run twice in one frame: slots are not assumed to start as zeros.
            let addr = self.b.slot_addr(slot, 0);
            self.b.mem_set((addr, 0), index as u8, SLOT_BYTES, 8);
        }
        self.statements(3);
        let result = self.checksum();
        self.b.ret(Some(result));
        self.b.finish()
    }

    /// Mixes all variables and some memory, so that little of what went before is dead.
    fn checksum(&mut self) -> Value {
        let mut parts: Vec<Value> = Vec::new();
        for index in 0..3 {
            parts.push(self.b.use_var(self.wide[index]));
            let narrow = self.b.use_var(self.narrow[index]);
            parts.push(self.b.zero_extend(Type::I64, Size::W, narrow));
        }
        for (index, size) in [(1, Size::DW), (2, Size::W)] {
            for at in (0..SLOT_BYTES).step_by(size.bytes() as usize) {
                let addr = self.b.slot_addr(self.slots[index], 0);
                parts.push(self.b.load(Type::I64, size, addr, at as i32));
            }
        }
        let factor = self.b.iconst(Type::I64, 31);
        let mut sum = factor;
        for part in parts {
            let scaled = self.b.binary(AluOp::Mul, sum, factor);
            sum = self.b.binary(AluOp::Xor, scaled, part);
        }
        sum
    }

    fn statements(&mut self, depth: usize) {
        for _ in 0..2 + self.rng.below(4) {
            match self.rng.below(if depth > 0 { 14 } else { 10 }) {
                0..=3 => self.assign(),
                4..=5 => self.store(),
                6 => self.copy(),
                7 => self.call(),
                8 => self.atomic(),
                9 => self.store_global(),
                10..=11 => self.if_else(depth - 1),
                12 => self.count_down(depth - 1),
                _ => self.switch(depth - 1),
            }
        }
    }

    fn assign(&mut self) {
        if self.rng.chance(60) {
            let value = self.wide_value();
            let variable = self.rng.pick(&self.wide);
            self.b.def_var(variable, value);
        } else {
            let value = self.narrow_value();
            let variable = self.rng.pick(&self.narrow);
            self.b.def_var(variable, value);
        }
    }

    fn wide_value(&mut self) -> Value {
        match self.rng.below(10) {
            0 => {
                let value = self.rng.constant();
                self.b.iconst(Type::I64, value)
            }
            1 => {
                let arg = self.narrow_value();
                let from = self.rng.pick(&[Size::B, Size::H, Size::W]);
                if self.rng.chance(50) {
                    self.b.sign_extend(Type::I64, from, arg)
                } else {
                    self.b.zero_extend(Type::I64, from, arg)
                }
            }
            2 | 9 => {
                let (base, offset, size) = self.place(Type::I64);
                let signed = self.rng.chance(30) && size != Size::DW;
                self.b.load_as(Type::I64, size, signed, false, base, offset)
            }
            3 => {
                let (cond, args) = self.test();
                let (then, otherwise) = (self.wide_variable(), self.wide_variable());
                self.b.select(cond, args, then, otherwise)
            }
            4 => {
                let arg = self.wide_variable();
                let size = self.rng.pick(&[Size::H, Size::W, Size::DW]);
                self.b.swap(size, arg)
            }
            5 => self.wide_variable(),
            _ => {
                let (a, b) = (self.wide_variable(), self.wide_operand());
                let op = self.operation();
                self.b.binary(op, a, b)
            }
        }
    }

    fn wide_variable(&mut self) -> Value {
        let variable = self.rng.pick(&self.wide);
        self.b.use_var(variable)
    }

    fn wide_operand(&mut self) -> Value {
        if self.rng.chance(50) {
            let value = self.rng.constant();
            self.b.iconst(Type::I64, value)
        } else {
            self.wide_variable()
        }
    }

    fn narrow_value(&mut self) -> Value {
        match self.rng.below(8) {
            0 => {
                let value = self.rng.constant();
                self.b.iconst(Type::I32, value)
            }
            1 => {
                let arg = self.wide_variable();
                self.b.truncate(arg)
            }
            2 => {
                let (base, offset, size) = self.place(Type::I32);
                let signed = self.rng.chance(30) && size != Size::W;
                self.b.load_as(Type::I32, size, signed, false, base, offset)
            }
            3 => {
                let (cond, args) = self.test();
                self.b.compare(cond, args[0], args[1])
            }
            4 => {
                let arg = self.narrow_variable();
                let from = self.rng.pick(&[Size::B, Size::H]);
                if self.rng.chance(50) {
                    self.b.sign_extend(Type::I32, from, arg)
                } else {
                    self.b.zero_extend(Type::I32, from, arg)
                }
            }
            5 => self.narrow_variable(),
            _ => {
                let (a, b) = (self.narrow_variable(), self.narrow_variable());
                let op = self.operation();
                self.b.binary(op, a, b)
            }
        }
    }

    fn narrow_variable(&mut self) -> Value {
        let variable = self.rng.pick(&self.narrow);
        self.b.use_var(variable)
    }

    fn operation(&mut self) -> AluOp {
        loop {
            let op = self.rng.pick(AluOp::ALL);
            if op != AluOp::Mov {
                return op;
            }
        }
    }

    fn test(&mut self) -> (Cond, [Value; 2]) {
        let cond = self.rng.pick(Cond::ALL);
        let args = if self.rng.chance(60) {
            [self.wide_variable(), self.wide_operand()]
        } else {
            [self.narrow_variable(), self.narrow_variable()]
        };
        (cond, args)
    }

    /// A place in a slot for an access of at most the width of `ty`. The second slot mostly holds eight-byte and the third
    /// four-byte pieces, so that they can be promoted in many programs.
    fn place(&mut self, ty: Type) -> (Value, i32, Size) {
        let sizes = [Size::B, Size::H, Size::W, Size::DW];
        let count = if ty == Type::I64 { 4 } else { 3 };
        let tidy = self.rng.chance(95);
        let (slot, size) = match self.rng.below(3) {
            1 if tidy && ty == Type::I64 => (self.slots[1], Size::DW),
            2 if tidy => (self.slots[2], Size::W),
            _ => (self.slots[0], self.rng.pick(&sizes[..count])),
        };
        let step = if tidy { size.bytes() } else { 1 };
        let last = (SLOT_BYTES - size.bytes()) / step;
        let at = (step * self.rng.below(last as usize + 1) as u32) as i32;
        let by = self.rng.below(at as usize + 1) as i32;
        let base = self.b.slot_addr(slot, 0);
        if self.rng.chance(50) {
            return (base, at, size);
        }
        let added = self.b.iconst(Type::I64, by.into());
        (self.b.ptr_add(base, added), at - by, size)
    }

    fn store(&mut self) {
        let (value, ty) = if self.rng.chance(60) {
            (self.wide_value(), Type::I64)
        } else {
            (self.narrow_value(), Type::I32)
        };
        let (base, offset, size) = self.place(ty);
        self.b.store(size, base, offset, value);
    }

    fn store_global(&mut self) {
        let value = self.wide_value();
        let global = crate::entity::EntityRef::new(0);
        let base = self.b.global_addr(global, PtrKind::Global, 8);
        self.b.store(Size::DW, base, 0, value);
    }

    fn atomic(&mut self) {
        let value = self.wide_variable();
        let global = crate::entity::EntityRef::new(0);
        let base = self.b.global_addr(global, PtrKind::Global, 0);
        let old = if self.rng.chance(30) {
            let expected = self.wide_variable();
            self.b.compare_exchange(Size::DW, base, 0, expected, value)
        } else {
            let ops = [AtomicOp::Add, AtomicOp::Or, AtomicOp::Xor, AtomicOp::Xchg];
            let op = self.rng.pick(&ops);
            self.b.atomic(op, Size::DW, base, 0, value)
        };
        let variable = self.rng.pick(&self.wide);
        self.b.def_var(variable, old);
    }

    fn copy(&mut self) {
        let (to, from) = (self.rng.pick(&self.slots), self.rng.pick(&self.slots));
        let align = self.rng.pick(&[1, 4, 8]);
        let len = align * (1 + self.rng.below((SLOT_BYTES / align) as usize) as u32);
        let room = (SLOT_BYTES - len) / align;
        let at = (align * self.rng.below(room as usize + 1) as u32) as i32;
        let dst = self.b.slot_addr(to, 0);
        if to == from || self.rng.chance(20) {
            let byte = self.rng.next() as u8;
            self.b.mem_set((dst, at), byte, len, align);
        } else {
            let src = self.b.slot_addr(from, at);
            self.b.mem_copy((dst, at), (src, 0), len, align);
        }
    }

    fn call(&mut self) {
        let result = match self.rng.below(3) {
            0 if !self.callees.is_empty() => {
                let callee = Callee::Func(self.rng.pick(&self.callees));
                let args = [
                    self.wide_variable(),
                    self.wide_operand(),
                    self.narrow_variable(),
                ];
                self.b.call(callee, &args, Type::I64)
            }
            1 => {
                // The slot escapes.
                let slot = self.slots[0];
                let addr = self.b.slot_addr(slot, 8);
                let args = [addr, self.wide_variable()];
                self.b.call(Callee::Helper(2), &args, Type::I64)
            }
            _ => {
                let args = [self.wide_operand(), self.wide_variable()];
                self.b.call(Callee::Helper(1), &args, Type::I64)
            }
        };
        let variable = self.rng.pick(&self.wide);
        self.b.def_var(variable, result);
    }

    fn if_else(&mut self, depth: usize) {
        let [then, otherwise, join] = [0; 3].map(|_| self.b.new_block());
        let (cond, args) = self.test();
        if self.rng.chance(40) {
            // As C lowers a condition that is used as a value.
            let truth = self.b.compare(cond, args[0], args[1]);
            let zero = self.b.iconst(Type::I32, 0);
            self.b.branch(Cond::Ne, [truth, zero], then, otherwise);
        } else {
            self.b.branch(cond, args, then, otherwise);
        }
        for block in [then, otherwise] {
            self.b.seal_block(block);
            self.b.switch_to(block);
            if self.rng.chance(70) {
                self.statements(depth);
            }
            if self.rng.chance(4) {
                let result = self.checksum();
                self.b.ret(Some(result));
            } else {
                self.b.jump(join);
            }
        }
        self.b.seal_block(join);
        self.b.switch_to(join);
    }

    fn count_down(&mut self, depth: usize) {
        let counter = self.b.declare_var(Type::I64);
        let rounds = self.rng.below(4) as i64;
        let start = self.b.iconst(Type::I64, rounds);
        self.b.def_var(counter, start);
        let [header, body, exit] = [0; 3].map(|_| self.b.new_block());
        self.b.jump(header);
        self.b.switch_to(header);
        let (count, zero) = (self.b.use_var(counter), self.b.iconst(Type::I64, 0));
        self.b.branch(Cond::Ne, [count, zero], body, exit);
        self.b.seal_block(body);
        self.b.seal_block(exit);
        self.b.switch_to(body);
        self.statements(depth);
        let (count, one) = (self.b.use_var(counter), self.b.iconst(Type::I64, 1));
        let count = self.b.binary(AluOp::Sub, count, one);
        self.b.def_var(counter, count);
        self.b.jump(header);
        self.b.seal_block(header);
        self.b.switch_to(exit);
    }

    fn switch(&mut self, depth: usize) {
        let arg = self.wide_variable();
        let mask = self.b.iconst(Type::I64, 7);
        let arg = self.b.binary(AluOp::And, arg, mask);
        let three = self.b.iconst(Type::I64, 3);
        let arg = self.b.binary(AluOp::Sub, arg, three);
        let join = self.b.new_block();
        let count = self.rng.below(8);
        let blocks: Vec<_> = (0..=count).map(|_| self.b.new_block()).collect();
        let cases = blocks[1..]
            .iter()
            .enumerate()
            .map(|(value, &block)| (value as i64 - 3, BlockCall::from(block)))
            .collect();
        self.b.switch(arg, cases, blocks[0]);
        for block in blocks {
            self.b.seal_block(block);
            self.b.switch_to(block);
            if self.rng.chance(60) {
                self.statements(depth.saturating_sub(1));
            }
            self.b.jump(join);
        }
        self.b.seal_block(join);
        self.b.switch_to(join);
    }
}

#[cfg(test)]
mod tests {
    use super::{Rng, random_module, run};
    use crate::pass::{Changed, Level, PASSES, PassOptions, run_all, run_one};
    use crate::{Module, parse};

    const PROGRAMS: u64 = 600;

    fn inputs(seed: u64) -> [[u64; 3]; 2] {
        let mut rng = Rng::new(seed ^ 0xabcd);
        [
            [rng.next() % 16, rng.next() % 16, rng.next() % 16],
            [rng.next(), rng.next() << 20, rng.next()],
        ]
    }

    fn outcomes(module: &Module, seed: u64) -> Vec<Vec<u64>> {
        inputs(seed)
            .into_iter()
            .map(|args| {
                run(module, args).unwrap_or_else(|error| panic!("seed {seed}: {error}\n{module}"))
            })
            .collect()
    }

    #[test]
    fn text_of_random_programs_reads_back() {
        for seed in 0..PROGRAMS {
            let module = random_module(seed);
            assert_eq!(module.check(), Ok(()), "seed {seed}\n{module}");
            let text = module.to_string();
            let again = parse(&text).unwrap_or_else(|error| panic!("seed {seed}: {error}\n{text}"));
            assert_eq!(again.to_string(), text, "seed {seed}");
        }
    }

    /// Whatever stands in a text, reading it and checking what was read ends with an answer.
    #[test]
    fn damaged_texts_are_refused_or_read() {
        let texts: Vec<Vec<u8>> = (0..20)
            .map(|seed| random_module(seed).to_string().into_bytes())
            .collect();
        let mut rng = Rng::new(7);
        for round in 0..400 {
            let mut text = texts[round % texts.len()].clone();
            for _ in 0..1 + rng.below(3) {
                let (at, from) = (rng.below(text.len()), rng.below(text.len()));
                let len = rng.below(8).min(text.len() - at.max(from));
                text.copy_within(from..from + len, at);
            }
            let text = String::from_utf8_lossy(&text);
            if let Ok(module) = parse(&text) {
                let _ = module.check();
                let printed = module.to_string();
                assert_eq!(parse(&printed).map(|m| m.to_string()), Ok(printed));
            }
        }
    }

    /// One pass alone, each in its turn, and all in order at both levels.
    #[test]
    fn passes_keep_the_meaning_of_random_programs() {
        for seed in 0..PROGRAMS {
            let module = random_module(seed);
            let text = module.to_string();
            let expected = outcomes(&module, seed);
            let pass = &PASSES[seed as usize % PASSES.len()];
            let mut changed = module.clone();
            match run_one(&mut changed, pass) {
                Changed::Yes => compare(&module, &changed, &expected, pass.name, seed),
                Changed::No => assert_eq!(changed.to_string(), text, "{}", pass.name),
            }
            for level in [Level::O0, Level::O1] {
                let mut changed = module.clone();
                run_all(
                    &mut changed,
                    &PassOptions {
                        level,
                        no_loops: false,
                        no_calls: false,
                    },
                    |_, _| {},
                );
                compare(&module, &changed, &expected, "all", seed);
            }
        }
    }

    #[track_caller]
    fn compare(before: &Module, after: &Module, expected: &[Vec<u64>], pass: &str, seed: u64) {
        assert_eq!(
            after.check(),
            Ok(()),
            "seed {seed}, pass {pass}, before:\n{before}\nafter:\n{after}"
        );
        let found = outcomes(after, seed);
        assert_eq!(
            found, expected,
            "seed {seed}, pass {pass}, before:\n{before}\nafter:\n{after}"
        );
    }
}
