//! `memcpy` and its relatives, inline (VERIFIER-RULES 17): there is no function to call. A constant size becomes loads and
//! stores, a variable one a loop over the bytes.

use bpfcc_ir::{self as ir, BlockCall, Type, Value};
use bpfcc_isa::{AluOp, Cond, Endian, Size};

use super::function::Body;
use super::memory::{Access, Address, Base, pieces};

use crate::tree::Expr;

/// With more loads and stores than this, the inline form is no longer reasonable.
const MANY_PIECES: usize = 128;

/// As many values of a `memmove` are kept in registers and on the stack between its loads and its stores.
const MANY_VALUES: usize = 16;

impl Body<'_, '_> {
    /// `memcpy(to, from, size)`; gives `to`.
    pub(super) fn copy_memory(&mut self, args: &[Expr]) -> Address {
        let (to, from) = (self.pointer(&args[0]), self.pointer(&args[1]));
        match args[2].as_const() {
            Some(_) => self.copy(to, from, constant_size(&args[2])),
            None => self.copy_in_loop(to, from, &args[2]),
        }
        to
    }

    fn copy_in_loop(&mut self, to: Address, from: Address, size: &Expr) {
        let size = self.word(size);
        self.for_each_byte(size, |body, index| body.copy_byte(to, from, index));
    }

    /// ```text
    /// head(i): branch i lt count, round, done      round: …, jump head(i + 1)      done:
    /// ```
    fn for_each_byte(&mut self, count: Value, step: impl FnOnce(&mut Self, Value)) {
        let [head, round, done] = [(); 3].map(|()| self.builder.new_block());
        let index = self.builder.append_param(head, Type::I64);
        let zero = self.builder.iconst(Type::I64, 0);
        self.builder.jump(BlockCall::new(head, [zero]));
        self.builder.switch_to(head);
        self.builder.branch(Cond::Lt, [index, count], round, done);
        self.start(round);
        step(self, index);
        let next = self.with_constant(AluOp::Add, index, 1);
        self.builder.jump(BlockCall::new(head, [next]));
        self.builder.seal_block(head);
        self.start(done);
    }

    /// ```text
    /// head(i): branch i ne 0, round, done      round: …(i - 1), jump head(i - 1)      done:
    /// ```
    fn for_each_byte_backwards(&mut self, count: Value, step: impl FnOnce(&mut Self, Value)) {
        let [head, round, done] = [(); 3].map(|()| self.builder.new_block());
        let left = self.builder.append_param(head, Type::I64);
        self.builder.jump(BlockCall::new(head, [count]));
        self.builder.switch_to(head);
        let zero = self.builder.iconst(Type::I64, 0);
        self.builder.branch(Cond::Ne, [left, zero], round, done);
        self.start(round);
        let index = self.with_constant(AluOp::Add, left, -1);
        step(self, index);
        self.builder.jump(BlockCall::new(head, [index]));
        self.builder.seal_block(head);
        self.start(done);
    }

    /// `memmove(to, from, size)`; gives `to`.
    pub(super) fn move_memory(&mut self, args: &[Expr]) -> Address {
        let (to, from) = (self.pointer(&args[0]), self.pointer(&args[1]));
        if args[2].as_const().is_none() {
            self.move_in_loop(to, from, &args[2]);
            return to;
        }
        let size = constant_size(&args[2]);
        let parts = pieces(size.into(), to.align.min(from.align));
        if are_apart(to, from, size) {
            self.copy(to, from, size);
        } else if parts.len() <= MANY_VALUES {
            self.move_through_registers(to, from, parts);
        } else if parts.len() <= MANY_PIECES {
            self.move_piece_by_piece(to, from, &parts);
        } else {
            self.refuse_many("memmove", parts.len());
        }
        to
    }

    fn move_through_registers(&mut self, to: Address, from: Address, parts: Vec<(u64, Size)>) {
        let mut values = Vec::new();
        for &(at, size) in &parts {
            let from = from.plus(at as i64);
            values.push(self.load_unsigned(Type::I64, size, from, Access::Plain));
        }
        for ((at, size), value) in parts.into_iter().zip(values) {
            self.store_word(size, to.plus(at as i64), value, Access::Plain);
        }
    }

    fn move_piece_by_piece(&mut self, to: Address, from: Address, parts: &[(u64, Size)]) {
        let copy = |body: &mut Self, &(at, size): &(u64, Size)| {
            let piece = from.plus(at as i64);
            let piece = body.load_unsigned(Type::I64, size, piece, Access::Plain);
            body.store_word(size, to.plus(at as i64), piece, Access::Plain);
        };
        self.in_safe_order(
            to,
            from,
            |body| parts.iter().for_each(|part| copy(body, part)),
            |body| parts.iter().rev().for_each(|part| copy(body, part)),
        );
    }

    fn move_in_loop(&mut self, to: Address, from: Address, size: &Expr) {
        let size = self.word(size);
        if are_apart(to, from, u32::MAX) {
            return self.for_each_byte(size, |body, index| body.copy_byte(to, from, index));
        }
        self.in_safe_order(
            to,
            from,
            |body| body.for_each_byte(size, |body, index| body.copy_byte(to, from, index)),
            |body| {
                body.for_each_byte_backwards(size, |body, index| body.copy_byte(to, from, index));
            },
        );
    }

    /// Between regions that may overlap: forwards if the destination is below the source, so that no byte is overwritten
    /// before it is read, else backwards.
    fn in_safe_order(
        &mut self,
        to: Address,
        from: Address,
        forwards: impl FnOnce(&mut Self),
        backwards: impl FnOnce(&mut Self),
    ) {
        if to.base == from.base {
            return if to.offset <= from.offset {
                forwards(self)
            } else {
                backwards(self)
            };
        }
        let [below, above, done] = [(); 3].map(|()| self.builder.new_block());
        let ends = [to, from].map(|address| {
            let pointer = self.address_value(address);
            self.pointer_bits(pointer)
        });
        self.builder.branch(Cond::Lt, ends, below, above);
        self.start(below);
        forwards(self);
        self.builder.jump(done);
        self.start(above);
        backwards(self);
        self.builder.jump(done);
        self.start(done);
    }

    fn copy_byte(&mut self, to: Address, from: Address, index: Value) {
        let from = self.offset_address(from, index, 1);
        let byte = self.load_unsigned(Type::I32, Size::B, from, Access::Plain);
        let to = self.offset_address(to, index, 1);
        self.store_word(Size::B, to, byte, Access::Plain);
    }

    /// `memset(to, byte, size)`; gives `to`.
    pub(super) fn set_memory(&mut self, args: &[Expr]) -> Address {
        let to = self.pointer(&args[0]);
        match (args[1].as_const(), args[2].as_const()) {
            (Some(byte), Some(_)) => self.fill(to, byte as u8, constant_size(&args[2])),
            (None, Some(_)) => self.set_to_variable(to, &args[1], constant_size(&args[2])),
            (_, None) => self.set_in_loop(to, &args[1], &args[2]),
        }
        to
    }

    fn set_in_loop(&mut self, to: Address, byte: &Expr, size: &Expr) {
        let (byte, size) = (self.word(byte), self.word(size));
        self.for_each_byte(size, |body, index| {
            let to = body.offset_address(to, index, 1);
            body.store_word(Size::B, to, byte, Access::Plain);
        });
    }

    fn set_to_variable(&mut self, to: Address, byte: &Expr, size: u32) {
        let parts = pieces(size.into(), to.align);
        if parts.len() > MANY_PIECES {
            return self.refuse_many("memset", parts.len());
        }
        let byte = self.word(byte);
        let byte = self.builder.zero_extend(Type::I64, Size::B, byte);
        let word = self.with_constant(AluOp::Mul, byte, 0x0101_0101_0101_0101);
        for (at, size) in parts {
            self.store_word(size, to.plus(at as i64), word, Access::Plain);
        }
    }

    /// `memcmp(a, b, size)`: the first piece that differs decides, read as a big-endian number, as its first byte weighs
    /// most.
    pub(super) fn compare_memory(&mut self, args: &[Expr]) -> Value {
        let [differs, done] = [(); 2].map(|()| self.builder.new_block());
        let a = self.builder.append_param(differs, Type::I64);
        let b = self.builder.append_param(differs, Type::I64);
        let order = self.builder.append_param(done, Type::I32);
        self.compare_pieces(args, |body, size, values| {
            let next = body.builder.new_block();
            let different = body.builder.new_block();
            body.builder.branch(Cond::Ne, values, different, next);
            body.start(different);
            let values = values.map(|value| body.big_endian(size, value));
            body.builder.jump(BlockCall::new(differs, values));
            body.start(next);
        });
        let zero = self.builder.iconst(Type::I32, 0);
        self.builder.jump(BlockCall::new(done, [zero]));
        self.start(differs);
        let [less, more] = [-1, 1].map(|order| self.builder.iconst(Type::I32, order));
        let found = self.builder.select(Cond::Lt, [a, b], less, more);
        self.builder.jump(BlockCall::new(done, [found]));
        self.start(done);
        order
    }

    /// Goes to `then` if the regions differ, else to `otherwise`: a comparison with no interest in which one is less.
    pub(super) fn memory_differs(&mut self, args: &[Expr], then: ir::Block, otherwise: ir::Block) {
        self.compare_pieces(args, |body, _, values| {
            let next = body.builder.new_block();
            body.builder.branch(Cond::Ne, values, then, next);
            body.start(next);
        });
        self.builder.jump(otherwise);
    }

    fn compare_pieces(
        &mut self,
        args: &[Expr],
        mut compare: impl FnMut(&mut Self, Size, [Value; 2]),
    ) {
        let regions = [self.pointer(&args[0]), self.pointer(&args[1])];
        if args[2].as_const().is_none() {
            let size = self.word(&args[2]);
            return self.for_each_byte(size, |body, index| {
                let values = regions.map(|region| {
                    let byte = body.offset_address(region, index, 1);
                    body.load_unsigned(Type::I64, Size::B, byte, Access::Plain)
                });
                compare(body, Size::B, values);
            });
        }
        let size = constant_size(&args[2]);
        let parts = pieces(size.into(), regions[0].align.min(regions[1].align));
        if parts.len() > MANY_PIECES {
            return self.refuse_many("memcmp", parts.len());
        }
        for (at, size) in parts {
            let values = regions.map(|region| {
                self.load_unsigned(Type::I64, size, region.plus(at as i64), Access::Plain)
            });
            compare(self, size, values);
        }
    }

    fn big_endian(&mut self, size: Size, value: Value) -> Value {
        if size == Size::B || self.types().endian == Endian::Big {
            return value;
        }
        self.builder.swap(size, value)
    }

    fn refuse_many(&mut self, name: &str, count: usize) {
        let message = format!(
            "this {name} takes {count} accesses; at most {MANY_PIECES} are written out inline"
        );
        self.refuse(
            "large-memory-operation",
            &message,
            "align the data to 8 bytes, or use a loop with a bound",
        );
    }
}

/// The size argument.
fn constant_size(size: &Expr) -> u32 {
    let size = size.as_const();
    let size = size.expect("`restrict` accepts variable sizes where there are loops only");
    // Objects have less than 2^31 bytes, so nothing larger can be meant.
    u32::try_from(size).unwrap_or(u32::MAX)
}

/// Whether two regions are known not to overlap.
fn are_apart(a: Address, b: Address, size: u32) -> bool {
    match (a.base, b.base) {
        (Base::Value(_), _) | (_, Base::Value(_)) if a.base != b.base => false,
        _ => a.base != b.base || a.offset.abs_diff(b.offset) >= size.into(),
    }
}
