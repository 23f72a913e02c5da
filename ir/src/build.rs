//! Building a function, variables to SSA values on the way (Braun et al. 2013, "Simple and Efficient Construction of
//! Static Single Assignment Form").
//!
//! The lowering says what it reads and writes; it never sees a block parameter:
//!
//! ```text
//! def_var(x, v1)              b1: … jump b3(v1)
//! …                    ──►    b2: … jump b3(v2)
//! use_var(x) in b3            b3(v3: i64): … v3 …
//! ```
//!
//! How reads find their value is told in `ssa.rs`. Values the caller keeps stay valid until [`Builder::finish`], which knows
//! every edge: it gives each parameter its arguments, drops parameters that only ever stand for one value and rewrites all
//! uses.
//!
//! An instruction emitted after a terminator opens a block that nothing jumps to; `finish` removes it with the rest of the
//! unreachable code.

use bpfcc_isa::{AluOp, AtomicOp, Cond, Size};

use crate::analysis::cfg::reachable;
use crate::asm::Asm;
use crate::debug::SourceLoc;
use crate::entity::{
    Block, CoreId, EntityRef, EntitySet, FuncId, GlobalId, Inst, Slot, Value, Variable,
};
use crate::function::{Function, SlotData};
use crate::inst::{BlockCall, Callee, InstData};
use crate::ssa::{Replacements, Ssa};
use crate::types::{PtrKind, Type};

/// Builds one function, block by block.
pub struct Builder {
    func: Function,
    loc: SourceLoc,
    /// Where instructions go; `None` after a terminator.
    current: Option<Block>,
    placed: EntitySet<Block>,
    ssa: Ssa,
}

impl Builder {
    /// Starts the body of `func`, a declaration: makes the entry block with the signature's parameters and goes there.
    ///
    /// # Panics
    /// If `func` has a body already.
    pub fn new(mut func: Function) -> Builder {
        assert!(func.is_declaration(), "`{}` has a body", func.name);
        let entry = func.new_block();
        for index in 0..func.signature.params.len() {
            func.append_param(entry, func.signature.params[index]);
        }
        let mut builder = Builder {
            func,
            loc: SourceLoc::UNKNOWN,
            current: None,
            placed: EntitySet::new(),
            ssa: Ssa::default(),
        };
        builder.seal_block(entry);
        builder.switch_to(entry);
        builder
    }

    /// The function so far.
    pub fn func(&self) -> &Function {
        &self.func
    }

    /// The function's parameters.
    pub fn params(&self) -> &[Value] {
        &self.func.block(self.entry()).params
    }

    /// Type of a value.
    pub fn ty(&self, value: Value) -> Type {
        self.func.ty(value)
    }

    /// The place noted in the instructions that follow.
    pub fn set_loc(&mut self, loc: SourceLoc) {
        self.loc = loc;
    }

    /// The place noted in new instructions.
    pub fn loc(&self) -> SourceLoc {
        self.loc
    }

    /// Makes a stack slot.
    pub fn slot(&mut self, data: SlotData) -> Slot {
        self.func.slots.push(data)
    }

    // Blocks.

    /// Makes a block; it takes its place in the layout when [`Builder::switch_to`] first goes there.
    pub fn new_block(&mut self) -> Block {
        self.func.new_block()
    }

    /// Adds a parameter that the caller's jumps give a value to. Parameters for variables come on top by themselves.
    pub fn append_param(&mut self, block: Block, ty: Type) -> Value {
        self.func.append_param(block, ty)
    }

    /// Goes on at the end of `block`.
    ///
    /// # Panics
    /// If the block is complete.
    pub fn switch_to(&mut self, block: Block) {
        let complete = self.func.terminator(block).is_some();
        assert!(!complete, "{block} already has a terminator");
        if self.placed.insert(block) {
            self.func.layout.push(block);
        }
        self.current = Some(block);
    }

    /// Where instructions go; `None` right after a terminator.
    pub fn current(&self) -> Option<Block> {
        self.current
    }

    /// Whether the current block has its terminator, so that what follows cannot be reached.
    pub fn is_terminated(&self) -> bool {
        self.current.is_none()
    }

    /// Promises that no further jump to `block` will be made.
    pub fn seal_block(&mut self, block: Block) {
        self.ssa.seal(block);
    }

    /// Seals every block made so far.
    pub fn seal_all(&mut self) {
        self.ssa.seal_all(&self.func);
    }

    // Variables.

    /// A new variable of the source.
    pub fn declare_var(&mut self, ty: Type) -> Variable {
        self.ssa.declare(ty)
    }

    /// The variable has this value from here on.
    ///
    /// # Panics
    /// If the value's type does not fit the variable's.
    pub fn def_var(&mut self, variable: Variable, value: Value) {
        let (found, declared) = (self.ty(value), self.ssa.ty(variable));
        assert!(
            found.fits(declared),
            "{variable} is {declared}, given {found}"
        );
        let block = self.open_block();
        self.ssa.define(block, variable, value);
    }

    /// The variable's value here; zero if it was never given one.
    pub fn use_var(&mut self, variable: Variable) -> Value {
        let block = self.open_block();
        self.ssa.read(&mut self.func, block, variable)
    }

    // Instructions.

    /// Any instruction, with a result of type `ty` if it has one. The methods below compute the type.
    pub fn emit(&mut self, data: InstData, ty: Option<Type>) -> Inst {
        let block = self.open_block();
        let terminates = data.is_terminator();
        let inst = self.func.append_inst(block, data, ty, self.loc);
        if terminates {
            self.ssa.add_edges(&self.func, block, inst);
            self.current = None;
        }
        inst
    }

    fn value(&mut self, ty: Type, data: InstData) -> Value {
        let block = self.open_block();
        let (inst, value) = self.func.new_inst_with_result(data, ty, self.loc);
        self.func.block_mut(block).insts.push(inst);
        value
    }

    /// The constant `value`, cut to `ty`.
    pub fn iconst(&mut self, ty: Type, value: i64) -> Value {
        let value = match ty {
            Type::I32 => i64::from(value as i32),
            Type::I64 | Type::Ptr(_) => value,
        };
        self.value(ty, InstData::Const { value })
    }

    /// `a op b`.
    pub fn binary(&mut self, op: AluOp, a: Value, b: Value) -> Value {
        let args = [a, b];
        self.value(self.ty(a), InstData::Binary { op, args })
    }

    /// `-arg`.
    pub fn neg(&mut self, arg: Value) -> Value {
        self.value(self.ty(arg), InstData::Neg { arg })
    }

    /// Byte swap of the low `size`; the rest becomes zero.
    pub fn swap(&mut self, size: Size, arg: Value) -> Value {
        self.value(self.ty(arg), InstData::Swap { size, arg })
    }

    /// The low `from` bits of `arg`, sign-extended to `ty`.
    pub fn sign_extend(&mut self, ty: Type, from: Size, arg: Value) -> Value {
        let signed = true;
        self.value(ty, InstData::Extend { signed, from, arg })
    }

    /// The low `from` bits of `arg`, zero-extended to `ty`.
    pub fn zero_extend(&mut self, ty: Type, from: Size, arg: Value) -> Value {
        let signed = false;
        self.value(ty, InstData::Extend { signed, from, arg })
    }

    /// The low half of an `i64`.
    pub fn truncate(&mut self, arg: Value) -> Value {
        self.value(Type::I32, InstData::Truncate { arg })
    }

    /// An `i64` as a pointer.
    pub fn int_to_ptr(&mut self, kind: PtrKind, arg: Value) -> Value {
        self.value(Type::Ptr(kind), InstData::IntToPtr { arg })
    }

    /// A pointer as an `i64`.
    pub fn ptr_to_int(&mut self, arg: Value) -> Value {
        self.value(Type::I64, InstData::PtrToInt { arg })
    }

    /// A pointer in another address space.
    pub fn cast_space(&mut self, arg: Value, to: u16, from: u16) -> Value {
        self.value(Type::PTR, InstData::CastSpace { arg, to, from })
    }

    /// `base` plus `offset` bytes.
    pub fn ptr_add(&mut self, base: Value, offset: Value) -> Value {
        self.value(self.ty(base), InstData::PtrAdd { base, offset })
    }

    /// 1 if the comparison holds, else 0.
    pub fn compare(&mut self, cond: Cond, a: Value, b: Value) -> Value {
        let args = [a, b];
        self.value(Type::I32, InstData::Compare { cond, args })
    }

    /// `then` if `args` compare so, else `otherwise`.
    pub fn select(&mut self, cond: Cond, args: [Value; 2], then: Value, otherwise: Value) -> Value {
        let ty = join(self.ty(then), self.ty(otherwise));
        self.value(
            ty,
            InstData::Select {
                cond,
                args,
                then,
                otherwise,
            },
        )
    }

    /// Loads `size`, zero-extended to `ty`.
    pub fn load(&mut self, ty: Type, size: Size, base: Value, offset: i32) -> Value {
        self.load_as(ty, size, false, false, base, offset)
    }

    /// Loads `size`, sign-extended to `ty`.
    pub fn load_signed(&mut self, ty: Type, size: Size, base: Value, offset: i32) -> Value {
        self.load_as(ty, size, true, false, base, offset)
    }

    /// A load with every choice explicit.
    pub fn load_as(
        &mut self,
        ty: Type,
        size: Size,
        signed: bool,
        volatile: bool,
        base: Value,
        offset: i32,
    ) -> Value {
        self.value(
            ty,
            InstData::Load {
                size,
                signed,
                volatile,
                base,
                offset,
            },
        )
    }

    /// Stores the low `size` of `value`.
    pub fn store(&mut self, size: Size, base: Value, offset: i32, value: Value) {
        self.store_as(size, false, base, offset, value);
    }

    /// A store with every choice explicit.
    pub fn store_as(&mut self, size: Size, volatile: bool, base: Value, offset: i32, value: Value) {
        let data = InstData::Store {
            size,
            volatile,
            base,
            offset,
            value,
        };
        self.emit(data, None);
    }

    /// Atomic read-modify-write; gives the old value.
    pub fn atomic(
        &mut self,
        op: AtomicOp,
        size: Size,
        base: Value,
        offset: i32,
        value: Value,
    ) -> Value {
        let data = InstData::Atomic {
            op,
            size,
            base,
            offset,
            value,
            expected: None,
        };
        self.value(self.ty(value), data)
    }

    /// Atomic compare-and-exchange: stores `value` if the old value, which it gives, is `expected`.
    pub fn compare_exchange(
        &mut self,
        size: Size,
        base: Value,
        offset: i32,
        expected: Value,
        value: Value,
    ) -> Value {
        let data = InstData::Atomic {
            op: AtomicOp::Cmpxchg,
            size,
            base,
            offset,
            value,
            expected: Some(expected),
        };
        self.value(self.ty(value), data)
    }

    /// Address of a stack slot.
    pub fn slot_addr(&mut self, slot: Slot, offset: i32) -> Value {
        let ty = Type::Ptr(PtrKind::Stack);
        self.value(ty, InstData::SlotAddr { slot, offset })
    }

    /// Address of a global; `kind` is [`GlobalKind::ptr_kind`](crate::GlobalKind::ptr_kind).
    pub fn global_addr(&mut self, global: GlobalId, kind: PtrKind, offset: i32) -> Value {
        self.value(Type::Ptr(kind), InstData::GlobalAddr { global, offset })
    }

    /// Address of a function.
    pub fn func_addr(&mut self, func: FuncId) -> Value {
        let ty = Type::Ptr(PtrKind::Func);
        self.value(ty, InstData::FuncAddr { func })
    }

    /// The answer to a question about the running kernel's types.
    pub fn core(&mut self, relo: CoreId) -> Value {
        self.value(Type::I64, InstData::Core { relo })
    }

    /// Copies `len` bytes from `src` to `dst`, pointers with byte offsets.
    pub fn mem_copy(&mut self, dst: (Value, i32), src: (Value, i32), len: u32, align: u32) {
        let data = InstData::MemCopy {
            dst,
            src,
            len,
            align,
        };
        self.emit(data, None);
    }

    /// Sets `len` bytes to `byte`.
    pub fn mem_set(&mut self, dst: (Value, i32), byte: u8, len: u32, align: u32) {
        let data = InstData::MemSet {
            dst,
            byte,
            len,
            align,
        };
        self.emit(data, None);
    }

    /// Calls a function that returns a value.
    pub fn call(&mut self, callee: Callee, args: &[Value], result: Type) -> Value {
        let args = args.to_vec();
        self.value(result, InstData::Call { callee, args })
    }

    /// Inline assembly. Gives its outputs, in order.
    pub fn asm(&mut self, asm: Asm, args: &[Value]) -> Vec<Value> {
        let types: Vec<Type> = asm.outputs().collect();
        let (asm, args) = (Box::new(asm), args.to_vec());
        let data = InstData::Asm { asm, args };
        let [first, further @ ..] = types.as_slice() else {
            self.emit(data, None);
            return Vec::new();
        };
        let first = self.value(*first, data);
        let further = (1..).zip(further);
        let further: Vec<Value> = further
            .map(|(index, &ty)| self.value(ty, InstData::AsmOutput { first, index }))
            .collect();
        [vec![first], further].concat()
    }

    /// Calls a function that returns nothing.
    pub fn call_void(&mut self, callee: Callee, args: &[Value]) {
        let args = args.to_vec();
        self.emit(InstData::Call { callee, args }, None);
    }

    // Terminators.

    /// Goes to `to`.
    pub fn jump(&mut self, to: impl Into<BlockCall>) {
        self.emit(InstData::Jump(to.into()), None);
    }

    /// Goes to `then` if `args` compare so, else to `otherwise`.
    pub fn branch(
        &mut self,
        cond: Cond,
        args: [Value; 2],
        then: impl Into<BlockCall>,
        otherwise: impl Into<BlockCall>,
    ) {
        let data = InstData::Branch {
            cond,
            args,
            then: then.into(),
            otherwise: otherwise.into(),
        };
        self.emit(data, None);
    }

    /// Goes to the case that equals `arg`, or to `default`.
    pub fn switch(
        &mut self,
        arg: Value,
        cases: Vec<(i64, BlockCall)>,
        default: impl Into<BlockCall>,
    ) {
        let data = InstData::Switch {
            arg,
            cases,
            default: default.into(),
        };
        self.emit(data, None);
    }

    /// Returns.
    pub fn ret(&mut self, value: Option<Value>) {
        self.emit(InstData::Return(value), None);
    }

    /// Control does not get here.
    pub fn unreachable(&mut self) {
        self.emit(InstData::Unreachable, None);
    }

    // The end.

    /// Completes the function: block parameters get their arguments, unreachable blocks go.
    ///
    /// # Panics
    /// If a block that can be reached has no terminator.
    pub fn finish(mut self) -> Function {
        let reached = reachable(&self.func);
        self.func.layout.retain(|&block| reached.contains(block));
        for index in 0..self.func.num_blocks() {
            let block = Block::new(index);
            let complete = !reached.contains(block) || self.func.terminator(block).is_some();
            assert!(
                complete,
                "{block} of `{}` has no terminator",
                self.func.name
            );
        }
        self.ssa
            .finish(&mut self.func, &reached, Replacements::new());
        self.func
    }

    fn entry(&self) -> Block {
        self.func.entry()
    }

    /// The current block, or a fresh one that nothing jumps to.
    fn open_block(&mut self) -> Block {
        match self.current {
            Some(block) => block,
            None => {
                let block = self.func.new_block();
                self.seal_block(block);
                self.switch_to(block);
                block
            }
        }
    }
}

fn join(a: Type, b: Type) -> Type {
    match (a, b) {
        (Type::Ptr(a), Type::Ptr(b)) => Type::Ptr(a.join(b)),
        _ => a,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::module::{Linkage, Module, Signature};

    fn builder(params: &[Type]) -> Builder {
        let signature = Signature {
            params: params.to_vec(),
            result: Some(Type::I64),
        };
        Builder::new(Function::new("f", signature, Linkage::Global))
    }

    #[track_caller]
    fn finishes_as(builder: Builder, expected: &str) {
        let mut module = Module::default();
        module.functions.push(builder.finish());
        assert_eq!(module.to_string(), expected);
        assert_eq!(module.check(), Ok(()));
    }

    /// `x = a; while (x < b) x = x + x; return x + c;`: `x` needs a parameter, `b` and `c` do not.
    #[test]
    fn a_loop_variable_becomes_a_block_parameter() {
        let mut b = builder(&[Type::I64, Type::I64, Type::I64]);
        let [x, limit, extra] = [0; 3].map(|_| b.declare_var(Type::I64));
        for (index, variable) in [x, limit, extra].into_iter().enumerate() {
            b.def_var(variable, b.params()[index]);
        }
        let [header, body, exit] = [0; 3].map(|_| b.new_block());
        b.jump(header);
        b.switch_to(header);
        let args = [b.use_var(x), b.use_var(limit)];
        b.branch(Cond::Lt, args, body, exit);
        b.seal_block(body);
        b.switch_to(body);
        let old = b.use_var(x);
        let sum = b.binary(AluOp::Add, old, old);
        b.def_var(x, sum);
        b.jump(header);
        b.seal_block(header);
        b.seal_block(exit);
        b.switch_to(exit);
        let (x, extra) = (b.use_var(x), b.use_var(extra));
        let sum = b.binary(AluOp::Add, x, extra);
        b.ret(Some(sum));
        finishes_as(
            b,
            "\
fn @f(v0: i64, v1: i64, v2: i64) -> i64 {
b0:
    jump b1(v0)
b1(v3: i64):
    branch v3 lt v1, b2, b3
b2:
    v4: i64 = add v3, v3
    jump b1(v4)
b3:
    v5: i64 = add v3, v2
    return v5
}
",
        );
    }

    #[test]
    fn parameters_of_the_caller_come_before_those_of_variables() {
        let mut b = builder(&[Type::I64]);
        let a = b.params()[0];
        let x = b.declare_var(Type::I64);
        b.def_var(x, a);
        let [then, join] = [0; 2].map(|_| b.new_block());
        let one = b.iconst(Type::I64, 1);
        b.branch(Cond::Eq, [a, one], then, BlockCall::new(join, [a]));
        b.switch_to(then);
        b.def_var(x, one);
        b.jump(BlockCall::new(join, [one]));
        b.switch_to(join);
        let x = b.use_var(x);
        let given = b.append_param(join, Type::I64);
        let sum = b.binary(AluOp::Sub, given, x);
        b.ret(Some(sum));
        finishes_as(
            b,
            "\
fn @f(v0: i64) -> i64 {
b0:
    v1: i64 = const 1
    branch v0 eq v1, b1, b2(v0, v0)
b1:
    jump b2(v1, v1)
b2(v2: i64, v3: i64):
    v4: i64 = sub v2, v3
    return v4
}
",
        );
    }

    #[test]
    fn an_undefined_variable_is_zero_and_unreachable_code_goes() {
        let mut b = builder(&[]);
        let x = b.declare_var(Type::I64);
        let value = b.use_var(x);
        b.ret(Some(value));
        assert!(b.is_terminated());
        let seven = b.iconst(Type::I64, 7);
        b.def_var(x, seven);
        b.ret(Some(seven));
        finishes_as(
            b,
            "fn @f() -> i64 {\nb0:\n    v0: i64 = const 0\n    return v0\n}\n",
        );
    }

    #[test]
    fn a_long_chain_of_blocks_needs_no_deep_stack() {
        let mut b = builder(&[Type::I64]);
        let a = b.params()[0];
        let x = b.declare_var(Type::I64);
        b.def_var(x, a);
        for _ in 0..20_000 {
            let [then, join] = [0; 2].map(|_| b.new_block());
            b.branch(Cond::Eq, [a, a], then, join);
            b.switch_to(then);
            b.jump(join);
            b.switch_to(join);
        }
        let x = b.use_var(x);
        b.ret(Some(x));
        let func = b.finish();
        let returned = func.terminator(func.layout[func.layout.len() - 1]);
        assert_eq!(
            returned.map(|inst| func.inst(inst)),
            Some(&InstData::Return(Some(a)))
        );
    }
}
