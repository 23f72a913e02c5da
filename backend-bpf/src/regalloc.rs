//! Register allocation: our code seen through regalloc2, and its answer in our words.
//!
//! regalloc2 takes SSA form with block parameters as it is, splits live ranges, and resolves parallel moves. In debug builds
//! its validator checks our SSA form first, and its symbolic checker proves afterwards that each instruction reads what it
//! read before allocation.
//!
//! R6 to R9 are alike, and the allocator spreads its choices. They are renamed in order of appearance, so that the first
//! value that lives across a call is always in R6: equal programs look equal.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use bpfcc_ir::Module;
use bpfcc_isa::Reg;
use regalloc2::checker::Checker;
use regalloc2::{
    Allocation, Block, Edit, Function, Inst, InstOrEdit, InstRange, Operand, OperandConstraint,
    OperandKind, OperandPos, Output, PRegSet, RegClass, RegallocOptions,
};

use crate::abi;
use crate::vcode::{self, BlockId, Place, Role, VBlock, VCode, VInsn};

/// Where every operand is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Allocated {
    /// For each block its instructions, in order, and the moves between them.
    pub(crate) blocks: Vec<Vec<Step>>,
    /// Number of 8-byte spill slots.
    pub(crate) spills: u32,
}

/// An instruction with its registers, or a move.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Step {
    /// The next instruction of the block, with a register for each of its [operands](VInsn::operands).
    Insn(Vec<Reg>),
    /// `to = from`; never from stack to stack.
    Move { from: Home, to: Home },
}

/// Where a value is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Home {
    /// A register.
    Reg(Reg),
    /// A spill slot, by number.
    Spill(u32),
}

/// Gives every virtual register a place.
///
/// # Panics
/// If the code is not in SSA form or the allocator's result is wrong: both are our mistakes.
pub(crate) fn allocate(code: &VCode) -> Allocated {
    let view = View::new(code);
    let machine = abi::machine();
    let options = RegallocOptions {
        validate_ssa: cfg!(debug_assertions),
        ..RegallocOptions::default()
    };
    let output = regalloc2::run(&view, &machine, &options)
        .unwrap_or_else(|error| panic!("selected code must be allocatable: {error}"));
    if cfg!(debug_assertions) {
        let mut checker = Checker::new(&view, &machine);
        checker.prepare(&output);
        let result = checker.run();
        assert!(result.is_ok(), "allocation changed the program: {result:?}");
    }
    let mut allocated = read_output(&view, &output);
    if !names_preserved(code) {
        rename_preserved(&mut allocated);
    }
    allocated
}

fn read_output(view: &View, output: &Output) -> Allocated {
    let blocks = view.numbers.iter().map(|&block| {
        let steps = output.block_insts_and_edits(view, block);
        steps.map(|step| read_step(output, step)).collect()
    });
    Allocated {
        blocks: blocks.collect(),
        spills: output.num_spillslots as u32,
    }
}

fn read_step(output: &Output, step: InstOrEdit<'_>) -> Step {
    match step {
        InstOrEdit::Edit(Edit::Move { from, to }) => Step::Move {
            from: home(*from),
            to: home(*to),
        },
        InstOrEdit::Inst(inst) => {
            let allocations = output.inst_allocs(inst).iter();
            Step::Insn(allocations.map(|&a| register(a)).collect())
        }
    }
}

fn home(allocation: Allocation) -> Home {
    match allocation.as_stack() {
        Some(slot) => Home::Spill(slot.index() as u32),
        None => Home::Reg(register(allocation)),
    }
}

fn register(allocation: Allocation) -> Reg {
    let preg = allocation.as_reg();
    abi::reg(preg.unwrap_or_else(|| panic!("operand without a register: {allocation}")))
}

/// Whether an instruction asks for one of R6 to R9 by name. Only inline assembly can.
fn names_preserved(code: &VCode) -> bool {
    let insns = code.blocks.iter().flat_map(|block| &block.insns);
    insns.into_iter().any(|located| {
        let operands = located.insn.operands().into_iter();
        let mut fixed = operands.filter_map(|operand| match operand.place {
            Place::Fixed(reg) => Some(reg),
            _ => None,
        });
        let clobbers = match &located.insn {
            VInsn::Asm(asm) => asm.clobbers.as_slice(),
            _ => &[],
        };
        fixed.any(|reg| abi::PRESERVED.contains(&reg))
            || clobbers.iter().any(|reg| abi::PRESERVED.contains(reg))
    })
}

/// Renames R6 to R9 in order of appearance. No instruction asks for one of them by name, so this changes nothing else.
fn rename_preserved(allocated: &mut Allocated) {
    let mut seen: Vec<Reg> = Vec::new();
    for step in allocated.blocks.iter_mut().flatten() {
        for reg in step.registers_mut() {
            if abi::PRESERVED.contains(reg) {
                let position = seen.iter().position(|seen| seen == reg);
                let position = position.unwrap_or_else(|| {
                    seen.push(*reg);
                    seen.len() - 1
                });
                *reg = abi::PRESERVED[position];
            }
        }
    }
}

impl Step {
    fn registers_mut(&mut self) -> Vec<&mut Reg> {
        match self {
            Step::Insn(regs) => regs.iter_mut().collect(),
            Step::Move { from, to } => [from, to].into_iter().filter_map(Home::reg_mut).collect(),
        }
    }
}

impl Home {
    fn reg_mut(&mut self) -> Option<&mut Reg> {
        match self {
            Home::Reg(reg) => Some(reg),
            Home::Spill(_) => None,
        }
    }
}

/// The allocated code as text.
pub(crate) fn print(code: &VCode, allocated: &Allocated, module: &Module, out: &mut String) {
    for (index, (block, steps)) in code.blocks.iter().zip(&allocated.blocks).enumerate() {
        vcode::print_label(index, &[], out);
        let mut insns = block.insns.iter();
        for step in steps {
            match step {
                Step::Move { from, to } => {
                    out.push_str(&format!("    {} = {}\n", home_name(*to), home_name(*from)));
                }
                Step::Insn(regs) => {
                    let names: Vec<String> = regs.iter().map(Reg::to_string).collect();
                    if let Some(located) = insns.next() {
                        vcode::print_insn(&without_args(&located.insn), &names, module, out);
                    }
                }
            }
        }
    }
}

/// After allocation the arguments of jumps have become moves.
fn without_args(insn: &VInsn) -> VInsn {
    match insn {
        VInsn::Jump { to, .. } => VInsn::Jump {
            to: *to,
            args: Vec::new(),
        },
        _ => insn.clone(),
    }
}

fn home_name(home: Home) -> String {
    match home {
        Home::Reg(reg) => reg.to_string(),
        Home::Spill(number) => format!("spill{number}"),
    }
}

/// [`VCode`] in the shape regalloc2 wants: all instructions in one row, everything in slices, and no block before all of its
/// predecessors. The checker wants the last: it goes through the blocks in their order and takes one that it has not come to yet
/// for one where all registers are empty.
struct View {
    insns: Vec<ViewInsn>,
    blocks: Vec<ViewBlock>,
    /// The name here of each block of the code.
    numbers: Vec<Block>,
    num_vregs: usize,
}

#[derive(Default)]
struct ViewInsn {
    operands: Vec<Operand>,
    clobbers: PRegSet,
    is_return: bool,
    is_branch: bool,
    /// Arguments of a jump.
    args: Vec<regalloc2::VReg>,
}

struct ViewBlock {
    range: InstRange,
    params: Vec<regalloc2::VReg>,
    successors: Vec<Block>,
    predecessors: Vec<Block>,
}

impl View {
    fn new(code: &VCode) -> View {
        let order = reachable_order(code);
        let mut numbers = vec![Block::invalid(); order.len()];
        for (number, &index) in order.iter().enumerate() {
            numbers[index] = Block::new(number);
        }
        let mut view = View {
            insns: Vec::new(),
            blocks: Vec::new(),
            numbers,
            num_vregs: code.num_vregs as usize,
        };
        for index in order {
            let block = &code.blocks[index];
            let first = Inst::new(view.insns.len());
            let insns = block.insns.iter();
            view.insns
                .extend(insns.map(|located| view_insn(&located.insn)));
            let successors = successors(block).into_iter();
            view.blocks.push(ViewBlock {
                range: InstRange::new(first, Inst::new(view.insns.len())),
                params: block.params.iter().map(|&param| vreg(param)).collect(),
                successors: successors.map(|to| view.numbers[to.index()]).collect(),
                predecessors: Vec::new(),
            });
        }
        view.note_predecessors();
        view
    }

    fn note_predecessors(&mut self) {
        for from in 0..self.blocks.len() {
            for to in self.blocks[from].successors.clone() {
                self.blocks[to.index()].predecessors.push(Block::new(from));
            }
        }
    }
}

/// The blocks in the order of the code, except that each comes after one of its predecessors.
fn reachable_order(code: &VCode) -> Vec<usize> {
    let mut order = Vec::with_capacity(code.blocks.len());
    let mut is_seen = vec![false; code.blocks.len()];
    let mut ready = BinaryHeap::new();
    // Blocks that nothing leads to come last, each as an entry of its own.
    for start in 0..code.blocks.len() {
        if !std::mem::replace(&mut is_seen[start], true) {
            ready.push(Reverse(start));
        }
        while let Some(Reverse(index)) = ready.pop() {
            order.push(index);
            for to in successors(&code.blocks[index]) {
                if !std::mem::replace(&mut is_seen[to.index()], true) {
                    ready.push(Reverse(to.index()));
                }
            }
        }
    }
    order
}

fn successors(block: &VBlock) -> Vec<BlockId> {
    let last = block.insns.last().map(|located| &located.insn);
    let last = last.filter(|insn| insn.is_terminator());
    last.map(VInsn::successors).unwrap_or_default()
}

fn view_insn(insn: &VInsn) -> ViewInsn {
    let operands = insn.operands().into_iter().map(view_operand).collect();
    match insn {
        VInsn::Call { result, .. } => ViewInsn {
            operands,
            clobbers: abi::clobbers(result.is_some()),
            ..ViewInsn::default()
        },
        VInsn::Asm(asm) => ViewInsn {
            operands,
            clobbers: asm.clobbers.iter().map(|&reg| abi::preg(reg)).collect(),
            ..ViewInsn::default()
        },
        VInsn::Return(_) | VInsn::Never => ViewInsn {
            operands,
            is_return: true,
            ..ViewInsn::default()
        },
        VInsn::Jump { args, .. } => ViewInsn {
            args: args.iter().map(|&arg| vreg(arg)).collect(),
            is_branch: true,
            ..ViewInsn::default()
        },
        VInsn::Branch { .. } => ViewInsn {
            operands,
            is_branch: true,
            ..ViewInsn::default()
        },
        _ => ViewInsn {
            operands,
            ..ViewInsn::default()
        },
    }
}

fn view_operand(operand: vcode::Operand) -> Operand {
    let constraint = match operand.place {
        Place::Any => OperandConstraint::Reg,
        Place::Fixed(reg) => OperandConstraint::FixedReg(abi::preg(reg)),
        Place::Same(index) => OperandConstraint::Reuse(index),
    };
    let (kind, pos) = match operand.role {
        Role::Use => (OperandKind::Use, OperandPos::Early),
        Role::LateUse => (OperandKind::Use, OperandPos::Late),
        Role::Def => (OperandKind::Def, OperandPos::Late),
        Role::EarlyDef => (OperandKind::Def, OperandPos::Early),
    };
    Operand::new(vreg(operand.vreg), constraint, kind, pos)
}

fn vreg(vreg: vcode::VReg) -> regalloc2::VReg {
    regalloc2::VReg::new(vreg.0 as usize, RegClass::Int)
}

impl Function for View {
    fn num_insts(&self) -> usize {
        self.insns.len()
    }

    fn num_blocks(&self) -> usize {
        self.blocks.len()
    }

    fn entry_block(&self) -> Block {
        Block::new(0)
    }

    fn block_insns(&self, block: Block) -> InstRange {
        self.blocks[block.index()].range
    }

    fn block_succs(&self, block: Block) -> &[Block] {
        &self.blocks[block.index()].successors
    }

    fn block_preds(&self, block: Block) -> &[Block] {
        &self.blocks[block.index()].predecessors
    }

    fn block_params(&self, block: Block) -> &[regalloc2::VReg] {
        &self.blocks[block.index()].params
    }

    fn is_ret(&self, insn: Inst) -> bool {
        self.insns[insn.index()].is_return
    }

    fn is_branch(&self, insn: Inst) -> bool {
        self.insns[insn.index()].is_branch
    }

    fn branch_blockparams(&self, _: Block, insn: Inst, _: usize) -> &[regalloc2::VReg] {
        &self.insns[insn.index()].args
    }

    fn inst_operands(&self, insn: Inst) -> &[Operand] {
        &self.insns[insn.index()].operands
    }

    fn inst_clobbers(&self, insn: Inst) -> PRegSet {
        self.insns[insn.index()].clobbers
    }

    fn num_vregs(&self) -> usize {
        self.num_vregs
    }

    fn spillslot_size(&self, _: RegClass) -> usize {
        1
    }
}
