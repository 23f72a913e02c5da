//! Instruction selection: SSA IR to BPF over virtual registers.
//!
//! Needs: expanded IR (no `compare`, `select`, `switch`, `memcopy`, `memset`). Keeps: SSA form and the order of effects.
//!
//! Each IR instruction is matched together with what computes its operands, the largest pattern first: constants become
//! immediates, constant offsets and slot addresses become part of the access. Three kinds of value never get a register of
//! their own:
//! * `refine`, `trunc` and the casts between pointers and integers are other names for their operand, so that the register
//!   that was checked is the one that is used (VERIFIER-RULES 6);
//! * constants and addresses of slots, globals and functions are made again where they are needed (VERIFIER-RULES 13);
//! * what was folded into all its users is removed at the end.

mod alu;
mod asm;
mod atomic;
mod branch;
mod call;
mod memory;
mod upper;

use bpfcc_ir::debug::SourceLoc;
use bpfcc_ir::entity::SecondaryMap;
use bpfcc_ir::{
    Block, BlockCall, CoreId, CoreRelo, Function, Inst, InstData, Module, Slot, SymbolRef, Type,
    Value,
};
use bpfcc_isa::{AluOp, CoreReloKind, Cpu, Size, Width};

use crate::abi;
use crate::error::{BackendError, ErrorKind};

use crate::target::Options;
use crate::vcode::{BlockId, Located, VBlock, VCode, VInsn, VReg, VSrc};
use upper::Upper;

/// Selects instructions for a function with a body.
pub(crate) fn select(
    module: &Module,
    func: &Function,
    options: &Options,
) -> Result<VCode, Vec<BackendError>> {
    let mut selector = Selector::new(module, func, options);
    selector.plan_blocks();
    selector.select_blocks();
    if selector.errors.is_empty() {
        selector.code.remove_unused();
        Ok(selector.code)
    } else {
        Err(selector.errors)
    }
}

struct Selector<'a> {
    module: &'a Module,
    func: &'a Function,
    cpu: Cpu,
    upper: SecondaryMap<Value, Upper>,
    uses: SecondaryMap<Value, u32>,
    vregs: SecondaryMap<Value, Option<VReg>>,
    /// IR blocks that control can reach, in layout order.
    blocks: Vec<Block>,
    block_ids: SecondaryMap<Block, Option<BlockId>>,
    predecessors: SecondaryMap<Block, u32>,
    code: VCode,
    current: BlockId,
    loc: SourceLoc,
    errors: Vec<BackendError>,
}

/// What an address is, as far as constants go.
enum Address {
    Slot(Slot, i64),
    Symbol(SymbolRef, i64),
    Value(Value, i64),
    /// A member whose place the running kernel knows, behind this value.
    Core(Value, CoreId),
}

impl<'a> Selector<'a> {
    fn new(module: &'a Module, func: &'a Function, options: &'a Options) -> Selector<'a> {
        Selector {
            module,
            func,
            cpu: options.cpu,
            upper: upper::upper_halves(func, options.cpu),
            uses: count_uses(func),
            vregs: SecondaryMap::new(),
            blocks: reachable_blocks(func),
            block_ids: SecondaryMap::new(),
            predecessors: SecondaryMap::new(),
            code: VCode::default(),
            current: BlockId(0),
            loc: func.debug.loc,
            errors: Vec::new(),
        }
    }

    // Blocks.

    /// Gives each reachable block its place, and right behind a conditional branch a place for each edge that needs a block
    /// of its own.
    fn plan_blocks(&mut self) {
        for &block in &self.blocks {
            for successor in self.func.successors(block) {
                self.predecessors[successor] += 1;
            }
        }
        let entry = self.func.entry();
        if self.predecessors[entry] > 0 {
            self.append_block();
        }
        for index in 0..self.blocks.len() {
            let block = self.blocks[index];
            self.block_ids[block] = Some(self.append_block());
            if let Some(InstData::Branch {
                then, otherwise, ..
            }) = self.func.terminator(block).map(|i| self.func.inst(i))
            {
                for edge in [then, otherwise] {
                    if self.needs_edge_block(edge) {
                        self.append_block();
                    }
                }
            }
        }
    }

    fn append_block(&mut self) -> BlockId {
        let id = BlockId(self.code.blocks.len() as u32);
        self.code.blocks.push(VBlock::default());
        id
    }

    /// Arguments are passed by moves on the edge; a branch has two edges, so the moves need a place that is on one only.
    fn needs_edge_block(&self, edge: &BlockCall) -> bool {
        !edge.args.is_empty() || self.predecessors[edge.block] > 1
    }

    fn block_id(&self, block: Block) -> BlockId {
        self.block_ids[block].unwrap_or_else(|| panic!("{block} is reached but has no place"))
    }

    fn select_blocks(&mut self) {
        self.select_parameters();
        for index in 0..self.blocks.len() {
            let block = self.blocks[index];
            self.current = self.block_id(block);
            if block != self.func.entry() || self.current != BlockId(0) {
                self.set_params(block);
            }
            for position in 0..self.func.block(block).insts.len() {
                let inst = self.func.block(block).insts[position];
                self.loc = self.func.loc(inst);
                self.select_inst(inst);
            }
        }
    }

    /// The function's parameters. An entry block that is also the head of a loop gets a block before it.
    fn select_parameters(&mut self) {
        let entry = self.func.entry();
        let values = &self.func.block(entry).params;
        if values.len() > abi::ARGUMENTS.len() {
            let count = values.len();
            return self.fail(ErrorKind::TooManyParameters { count });
        }
        self.loc = self.func.debug.loc;
        if self.block_id(entry) == BlockId(0) {
            let dsts = values.iter().map(|&v| self.vreg(v)).collect();
            self.push(VInsn::Params(dsts));
        } else {
            let dsts: Vec<VReg> = values.iter().map(|_| self.code.new_vreg()).collect();
            self.push(VInsn::Params(dsts.clone()));
            let to = self.block_id(entry);
            self.push(VInsn::Jump { to, args: dsts });
        }
    }

    fn set_params(&mut self, block: Block) {
        let params = self.func.block(block).params.iter();
        let params = params.map(|&v| self.vreg(v)).collect();
        self.code.blocks[self.current.index()].params = params;
    }

    // Instructions.

    fn select_inst(&mut self, inst: Inst) {
        let func = self.func;
        match func.inst(inst) {
            InstData::Binary { op, args } => self.select_binary(*op, *args, inst),
            InstData::Neg { arg } => self.select_neg(*arg, inst),
            InstData::Swap { size, arg } => self.select_swap(*size, *arg, inst),
            InstData::Extend { signed, from, arg } => {
                self.select_extend(*signed, *from, *arg, inst);
            }
            // Made again where it is needed: see `reg`.
            InstData::PtrAdd { offset, .. } if self.core(*offset).is_some() => {}
            InstData::PtrAdd { base, offset } => {
                self.select_ptr_add(*base, *offset, inst);
            }
            InstData::Load {
                size,
                signed,
                base,
                offset,
                ..
            } => self.select_load(*size, *signed, (*base, *offset), inst),
            InstData::Store {
                size,
                base,
                offset,
                value,
                ..
            } => self.select_store(*size, (*base, *offset), *value),
            InstData::Atomic { .. } => self.select_atomic(inst),
            InstData::Call { callee, args } => self.select_call(*callee, args, func.result(inst)),
            InstData::Asm { asm, args } => self.select_asm(asm, args, inst),
            InstData::Jump(to) => self.select_jump(to),
            InstData::Branch {
                cond,
                args,
                then,
                otherwise,
            } => self.select_branch(*cond, *args, then, otherwise),
            InstData::CastSpace { arg, to, from } => {
                let (src, (dst, _)) = (self.reg(*arg), self.result(inst));
                let (to, from) = (*to, *from);
                self.push(VInsn::CastSpace { dst, src, to, from });
            }
            InstData::Return(value) => self.select_return(*value),
            InstData::Unreachable => self.select_unreachable(),
            InstData::Const { .. }
            | InstData::AsmOutput { .. }
            | InstData::SlotAddr { .. }
            | InstData::GlobalAddr { .. }
            | InstData::FuncAddr { .. }
            | InstData::Core { .. }
            | InstData::Truncate { .. }
            | InstData::IntToPtr { .. }
            | InstData::PtrToInt { .. }
            | InstData::Refine { .. } => {}
            InstData::Compare { .. }
            | InstData::Select { .. }
            | InstData::Switch { .. }
            | InstData::MemCopy { .. }
            | InstData::MemSet { .. } => {
                panic!(
                    "{inst} should have been expanded before selection: {:?}",
                    func.inst(inst)
                )
            }
        }
    }

    /// Where the result of an instruction goes.
    fn result(&mut self, inst: Inst) -> (VReg, Type) {
        let value = self.func.result(inst);
        let value = value.unwrap_or_else(|| panic!("{inst} has no result"));
        (self.vreg(value), self.func.ty(value))
    }

    fn push(&mut self, insn: VInsn) {
        let loc = self.loc;
        let block = &mut self.code.blocks[self.current.index()];
        block.insns.push(Located { insn, loc });
    }

    /// The last instruction of the present block.
    fn last(&self) -> Option<&VInsn> {
        let block = &self.code.blocks[self.current.index()];
        block.insns.last().map(|located| &located.insn)
    }

    fn fail(&mut self, kind: ErrorKind) {
        self.errors.push(BackendError {
            function: self.func.name.clone(),
            loc: self.loc,
            kind,
        });
    }

    // Values.

    /// What a value is another name for.
    fn alias(&self, value: Value) -> Option<Value> {
        match *self.func.def_inst(value)? {
            InstData::Refine { arg, .. }
            | InstData::Truncate { arg }
            | InstData::IntToPtr { arg }
            | InstData::PtrToInt { arg } => Some(arg),
            InstData::Extend {
                signed,
                from: Size::W,
                arg,
            } if self.upper[arg].is_extended(signed) => Some(arg),
            _ => None,
        }
    }

    /// The value behind names that cost nothing.
    fn origin(&self, mut value: Value) -> Value {
        while let Some(next) = self.alias(value) {
            value = next;
        }
        value
    }

    /// The constant a value is known to be. One that was cut to 32 bits on the way is sign-extended.
    fn constant(&self, mut value: Value) -> Option<i64> {
        let mut is_cut = self.width(value) == Width::W32;
        while let Some(next) = self.alias(value) {
            value = next;
            is_cut |= self.width(value) == Width::W32;
        }
        let constant = self.func.as_const(value)?;
        Some(if is_cut {
            i64::from(constant as i32)
        } else {
            constant
        })
    }

    /// A value as an immediate, if it is one.
    fn immediate(&self, value: Value) -> Option<i32> {
        i32::try_from(self.constant(value)?).ok()
    }

    fn width(&self, value: Value) -> Width {
        self.func.ty(value).width()
    }

    /// The virtual register of a value that is computed at one place.
    fn vreg(&mut self, value: Value) -> VReg {
        let code = &mut self.code;
        *self.vregs[value].get_or_insert_with(|| code.new_vreg())
    }

    /// A register that holds a value here.
    fn reg(&mut self, value: Value) -> VReg {
        let origin = self.origin(value);
        if let Some(constant) = self.constant(value) {
            return self.constant_reg(constant);
        }
        match self.address(origin) {
            Address::Slot(slot, off) if i32::try_from(off).is_ok() => {
                let (dst, off) = (self.code.new_vreg(), off as i32);
                self.push(VInsn::FrameAddr { dst, slot, off });
                dst
            }
            Address::Symbol(symbol, off) if i32::try_from(off).is_ok() => {
                let (dst, off) = (self.code.new_vreg(), off as i32);
                self.push(VInsn::SymbolAddr { dst, symbol, off });
                dst
            }
            Address::Core(base, relo) => self.core_address(base, relo),
            _ => match self.core(origin) {
                Some(relo) => self.core_reg(relo),
                None => self.vreg(origin),
            },
        }
    }

    /// The question to which a value is the answer.
    fn core(&self, value: Value) -> Option<CoreId> {
        match self.func.def_inst(self.origin(value))? {
            InstData::Core { relo } => Some(*relo),
            _ => None,
        }
    }

    fn core_reg(&mut self, relo: CoreId) -> VReg {
        let CoreRelo { kind, value, .. } = self.module.core[relo];
        let dst = self.code.new_vreg();
        self.push(VInsn::Core {
            dst,
            relo,
            value,
            is_wide: kind == CoreReloKind::EnumValue,
        });
        dst
    }

    fn core_address(&mut self, base: Value, relo: CoreId) -> VReg {
        let (base, offset) = (self.reg(base), self.core_reg(relo));
        self.alu(Width::W64, AluOp::Add, base, VSrc::Reg(offset))
    }

    fn constant_reg(&mut self, value: i64) -> VReg {
        let dst = self.code.new_vreg();
        self.push(VInsn::Imm { dst, value });
        dst
    }

    /// A value as second operand.
    fn src(&mut self, value: Value) -> VSrc {
        match self.immediate(value) {
            Some(value) => VSrc::Imm(value),
            None => VSrc::Reg(self.reg(value)),
        }
    }

    /// Collects constant offsets down to what they are added to.
    fn address(&self, value: Value) -> Address {
        let mut value = self.origin(value);
        let mut total: i64 = 0;
        loop {
            match self.func.def_inst(value) {
                Some(InstData::PtrAdd { base, offset }) => match self.constant(*offset) {
                    Some(constant) => {
                        total = total.wrapping_add(constant);
                        value = self.origin(*base);
                    }
                    None => {
                        return match self.core(*offset) {
                            Some(relo) if total == 0 => Address::Core(*base, relo),
                            _ => Address::Value(value, total),
                        };
                    }
                },
                Some(InstData::SlotAddr { slot, offset }) => {
                    return Address::Slot(*slot, total.wrapping_add(i64::from(*offset)));
                }
                Some(InstData::GlobalAddr { global, offset }) => {
                    let total = total.wrapping_add(i64::from(*offset));
                    return Address::Symbol(SymbolRef::Global(*global), total);
                }
                Some(InstData::FuncAddr { func }) => {
                    return Address::Symbol(SymbolRef::Func(*func), total);
                }
                _ => return Address::Value(value, total),
            }
        }
    }
}

fn count_uses(func: &Function) -> SecondaryMap<Value, u32> {
    let mut uses = SecondaryMap::new();
    for (_, inst) in func.insts_in_order() {
        func.inst(inst).for_each_arg(|value| uses[value] += 1);
    }
    uses
}

/// Blocks that control can reach from the entry, in layout order.
fn reachable_blocks(func: &Function) -> Vec<Block> {
    let mut reached: SecondaryMap<Block, bool> = SecondaryMap::new();
    let mut pending = vec![func.entry()];
    while let Some(block) = pending.pop() {
        if !std::mem::replace(&mut reached[block], true) {
            pending.extend(func.successors(block));
        }
    }
    let blocks = func.layout.iter().copied();
    blocks.filter(|&block| reached[block]).collect()
}
