//! Functions: blocks in order, instructions in blocks, values.

use crate::debug::{FuncDebug, SourceLoc};
use crate::entity::{
    Block, EntityRef, FuncId, Inst, PackedOption, PrimaryMap, SecondaryMap, Slot, Value,
};
use crate::inst::{Callee, InstData};
use crate::module::{Linkage, Signature};
use crate::types::Type;

/// A block: parameters, then instructions of which only the last is a terminator.
#[derive(Clone, Default, Debug)]
pub struct BlockData {
    /// Values given by the jumps that lead here.
    pub params: Vec<Value>,
    /// Instructions in order.
    pub insts: Vec<Inst>,
}

/// Memory in the function's stack frame.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SlotData {
    /// The C variable's name, or what the compiler made it for.
    pub name: String,
    /// Bytes.
    pub size: u32,
    /// Alignment in bytes, a power of two up to 8.
    pub align: u32,
    /// Declaration, for messages about the stack's size.
    pub loc: SourceLoc,
}

/// Where a value comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ValueDef {
    /// Result of an instruction.
    Inst(Inst),
    /// Parameter of a block, by position.
    Param(Block, usize),
}

#[derive(Clone, Debug)]
struct ValueData {
    ty: Type,
    def: ValueDef,
}

/// How much the inliner may do with a function.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Inline {
    /// As it sees fit.
    #[default]
    Auto,
    /// `always_inline`.
    Always,
    /// `noinline`.
    Never,
}

/// Why a recursive function could not be written out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct GaveUp {
    /// What was met.
    pub limit: Limit,
    /// The call that was to be written out.
    pub loc: SourceLoc,
}

/// What ends the writing out of recursion.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Limit {
    /// The arguments that are constants do not say where it ends.
    Unknown,
    /// [`LEVELS`](crate::pass::recursion::LEVELS) calls within calls.
    Levels,
    /// [`INSTRUCTIONS`](crate::pass::recursion::INSTRUCTIONS) of them.
    Instructions,
}

/// A function, or the declaration of one (no blocks).
#[derive(Clone, Debug)]
pub struct Function {
    /// Symbol name.
    pub name: String,
    /// Types of parameters and result.
    pub signature: Signature,
    /// Who sees the symbol.
    pub linkage: Linkage,
    /// ELF section of the code; `None` means `.text`.
    pub section: Option<String>,
    /// Wish of the programmer about inlining.
    pub inline: Inline,
    /// Why this is still recursive, if a call of it was looked at.
    pub gave_up: Option<GaveUp>,
    /// Place and C type.
    pub debug: FuncDebug,
    /// Stack slots.
    pub slots: PrimaryMap<Slot, SlotData>,
    /// Blocks in layout order; the first is the entry, whose parameters are the function's.
    pub layout: Vec<Block>,
    blocks: PrimaryMap<Block, BlockData>,
    insts: PrimaryMap<Inst, InstData>,
    results: SecondaryMap<Inst, PackedOption<Value>>,
    locs: SecondaryMap<Inst, SourceLoc>,
    values: PrimaryMap<Value, ValueData>,
}

impl Function {
    /// A declaration. Add blocks to define it.
    pub fn new(name: impl Into<String>, signature: Signature, linkage: Linkage) -> Function {
        Function {
            name: name.into(),
            signature,
            linkage,
            section: None,
            inline: Inline::Auto,
            gave_up: None,
            debug: FuncDebug::default(),
            slots: PrimaryMap::new(),
            layout: Vec::new(),
            blocks: PrimaryMap::new(),
            insts: PrimaryMap::new(),
            results: SecondaryMap::new(),
            locs: SecondaryMap::new(),
            values: PrimaryMap::new(),
        }
    }

    /// Whether this has no body.
    pub fn is_declaration(&self) -> bool {
        self.layout.is_empty()
    }

    /// Whether the program is entered here: a definition with a section or one that other files see.
    pub fn is_root(&self) -> bool {
        !self.is_declaration() && (self.section.is_some() || self.linkage != Linkage::Local)
    }

    /// The first block.
    ///
    /// # Panics
    /// On a declaration.
    pub fn entry(&self) -> Block {
        self.layout[0]
    }

    /// Number of blocks ever made, for tables indexed by block.
    pub fn num_blocks(&self) -> usize {
        self.blocks.len()
    }

    /// Number of instructions ever made, for tables indexed by instruction.
    pub fn num_insts(&self) -> usize {
        self.insts.len()
    }

    /// Number of values ever made, for tables indexed by value.
    pub fn num_values(&self) -> usize {
        self.values.len()
    }

    /// Makes an empty block, not yet in the layout.
    pub fn new_block(&mut self) -> Block {
        self.blocks.push(BlockData::default())
    }

    /// Makes an empty block at the end of the layout.
    pub fn append_block(&mut self) -> Block {
        let block = self.new_block();
        self.layout.push(block);
        block
    }

    /// Contents of a block.
    pub fn block(&self, block: Block) -> &BlockData {
        &self.blocks[block]
    }

    /// Contents of a block. Whoever moves instructions keeps the terminator last; whoever removes parameters calls
    /// [`Function::renumber_params`].
    pub fn block_mut(&mut self, block: Block) -> &mut BlockData {
        &mut self.blocks[block]
    }

    /// Adds a parameter to a block.
    pub fn append_param(&mut self, block: Block, ty: Type) -> Value {
        let index = self.blocks[block].params.len();
        let value = self.values.push(ValueData {
            ty,
            def: ValueDef::Param(block, index),
        });
        self.blocks[block].params.push(value);
        value
    }

    /// Brings the positions noted in a block's parameters up to date after some were removed.
    pub fn renumber_params(&mut self, block: Block) {
        for (index, &value) in self.blocks[block].params.iter().enumerate() {
            self.values[value].def = ValueDef::Param(block, index);
        }
    }

    /// Makes the result of an instruction that was removed a parameter of `block` instead, so that its uses stay valid.
    pub fn move_to_param(&mut self, value: Value, block: Block) {
        if let ValueDef::Inst(inst) = self.values[value].def {
            self.results[inst] = None.into();
        }
        self.blocks[block].params.push(value);
        self.renumber_params(block);
    }

    /// Rewrites every reference to a function of the module.
    pub fn renumber_functions(&mut self, new: impl Fn(FuncId) -> FuncId) {
        for data in self.insts.values_mut() {
            if let InstData::FuncAddr { func }
            | InstData::Call {
                callee: Callee::Func(func),
                ..
            } = data
            {
                *func = new(*func);
            }
        }
    }

    /// Removes the parameters of `block` for which `keep` is false, and what jumps pass to them.
    pub fn retain_params(&mut self, block: Block, keep: &[bool]) {
        retain_by(&mut self.blocks[block].params, keep);
        self.renumber_params(block);
        for index in 0..self.layout.len() {
            let Some(inst) = self.terminator(self.layout[index]) else {
                continue;
            };
            for to in self.insts[inst].targets_mut() {
                if to.block == block {
                    retain_by(&mut to.args, keep);
                }
            }
        }
    }

    /// Makes an instruction that is in no block yet, with a result of type `ty` if there is one.
    pub fn new_inst(&mut self, data: InstData, ty: Option<Type>, loc: SourceLoc) -> Inst {
        let inst = self.insts.push(data);
        self.locs[inst] = loc;
        if let Some(ty) = ty {
            self.add_result(inst, ty);
        }
        inst
    }

    /// Makes an instruction with a result of type `ty`, in no block yet; gives both.
    pub fn new_inst_with_result(
        &mut self,
        data: InstData,
        ty: Type,
        loc: SourceLoc,
    ) -> (Inst, Value) {
        let inst = self.new_inst(data, None, loc);
        (inst, self.add_result(inst, ty))
    }

    fn add_result(&mut self, inst: Inst, ty: Type) -> Value {
        let def = ValueDef::Inst(inst);
        let value = self.values.push(ValueData { ty, def });
        self.results[inst] = value.into();
        value
    }

    /// Appends an instruction to a block.
    pub fn append_inst(
        &mut self,
        block: Block,
        data: InstData,
        ty: Option<Type>,
        loc: SourceLoc,
    ) -> Inst {
        let inst = self.new_inst(data, ty, loc);
        self.blocks[block].insts.push(inst);
        inst
    }

    /// An instruction.
    pub fn inst(&self, inst: Inst) -> &InstData {
        &self.insts[inst]
    }

    /// An instruction, to change it in place; its result keeps its type.
    pub fn inst_mut(&mut self, inst: Inst) -> &mut InstData {
        &mut self.insts[inst]
    }

    /// The result of an instruction.
    pub fn result(&self, inst: Inst) -> Option<Value> {
        self.results[inst].expand()
    }

    /// Source place of an instruction.
    pub fn loc(&self, inst: Inst) -> SourceLoc {
        self.locs[inst]
    }

    /// The last instruction of a block, if it is a terminator.
    pub fn terminator(&self, block: Block) -> Option<Inst> {
        self.blocks[block]
            .insts
            .last()
            .copied()
            .filter(|&i| self.insts[i].is_terminator())
    }

    /// Blocks that control may go to from the end of `block`, in the order they print, with repetitions.
    pub fn successors(&self, block: Block) -> impl Iterator<Item = Block> + '_ {
        self.terminator(block)
            .into_iter()
            .flat_map(|i| self.insts[i].targets())
            .map(|to| to.block)
    }

    /// Type of a value.
    pub fn ty(&self, value: Value) -> Type {
        self.values[value].ty
    }

    /// Narrows or widens the type of a value, e.g. when a pointer's kind becomes known.
    pub fn set_ty(&mut self, value: Value, ty: Type) {
        self.values[value].ty = ty;
    }

    /// Where a value comes from.
    pub fn def(&self, value: Value) -> ValueDef {
        self.values[value].def
    }

    /// The instruction that computes a value, if one does.
    pub fn def_inst(&self, value: Value) -> Option<&InstData> {
        match self.values[value].def {
            ValueDef::Inst(inst) => Some(&self.insts[inst]),
            ValueDef::Param(..) => None,
        }
    }

    /// The constant a value is known to be, sign-extended to 64 bits.
    pub fn as_const(&self, value: Value) -> Option<i64> {
        match self.def_inst(value) {
            Some(InstData::Const { value }) => Some(*value),
            _ => None,
        }
    }

    /// Replaces values by others everywhere; chains (`a → b`, `b → c`) are followed to their end.
    pub fn replace_values(&mut self, replacements: &SecondaryMap<Value, PackedOption<Value>>) {
        let resolve = |mut value: Value| {
            while let Some(next) = replacements[value].expand() {
                value = next;
            }
            value
        };
        for index in 0..self.layout.len() {
            for position in 0..self.blocks[self.layout[index]].insts.len() {
                let inst = self.blocks[self.layout[index]].insts[position];
                self.insts[inst].for_each_arg_mut(|v| *v = resolve(*v));
            }
        }
    }

    /// Every instruction of the layout with its block, in order.
    pub fn insts_in_order(&self) -> impl Iterator<Item = (Block, Inst)> + '_ {
        self.layout.iter().flat_map(|&block| {
            self.blocks[block]
                .insts
                .iter()
                .map(move |&inst| (block, inst))
        })
    }

    /// All values ever made, used or not.
    pub fn values(&self) -> impl Iterator<Item = Value> + use<> {
        (0..self.values.len()).map(Value::new)
    }
}

fn retain_by(values: &mut Vec<Value>, keep: &[bool]) {
    let mut keep = keep.iter();
    values.retain(|_| keep.next().copied().unwrap_or(true));
}
