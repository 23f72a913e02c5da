//! Variables to SSA values (Braun et al. 2013), for the [`Builder`](crate::Builder) and for passes that put memory into
//! values.
//!
//! A read walks back through *sealed* blocks (all predecessors known and filled) with one predecessor; where it stops, the
//! variable becomes a parameter of that block. [`Ssa::finish`] gives the parameters their arguments, drops those that stand
//! for one value only, and rewrites all uses. Completing everything at the end needs no recursion, so a function of a
//! hundred thousand blocks cannot exhaust the native stack.

use std::collections::BTreeMap;

use crate::debug::SourceLoc;
use crate::entity::{
    Block, EntityRef, EntitySet, Inst, PackedOption, PrimaryMap, SecondaryMap, Value, Variable,
};
use crate::function::Function;
use crate::inst::InstData;
use crate::types::Type;

/// Values that are to be replaced, with their replacements.
pub(crate) type Replacements = SecondaryMap<Value, PackedOption<Value>>;

/// A way into a block: the block it comes from, its terminator and the position among the terminator's targets.
#[derive(Clone, Copy)]
struct Edge {
    from: Block,
    terminator: Inst,
    target: usize,
}

/// A parameter made because a variable was read, still without arguments.
struct Pending {
    param: Value,
    block: Block,
    variable: Variable,
}

/// The variables of one function.
#[derive(Default)]
pub(crate) struct Ssa {
    variables: PrimaryMap<Variable, Type>,
    sealed: EntitySet<Block>,
    edges: SecondaryMap<Block, Vec<Edge>>,
    /// The value of each variable at the end of each block, as far as known.
    defs: SecondaryMap<Block, BTreeMap<Variable, Value>>,
    pending: Vec<Pending>,
    zeros: BTreeMap<Variable, Value>,
}

impl Ssa {
    /// A new variable.
    pub(crate) fn declare(&mut self, ty: Type) -> Variable {
        self.variables.push(ty)
    }

    /// Type of a variable.
    pub(crate) fn ty(&self, variable: Variable) -> Type {
        self.variables[variable]
    }

    /// Notes the edges out of `block` by its terminator.
    pub(crate) fn add_edges(&mut self, func: &Function, from: Block, terminator: Inst) {
        for (target, to) in func.inst(terminator).targets().into_iter().enumerate() {
            let to = to.block;
            assert!(!self.sealed.contains(to), "{to} is sealed");
            self.edges[to].push(Edge {
                from,
                terminator,
                target,
            });
        }
    }

    /// All edges into `block` are known, and the blocks they come from are complete.
    pub(crate) fn seal(&mut self, block: Block) {
        self.sealed.insert(block);
    }

    /// Seals all blocks.
    pub(crate) fn seal_all(&mut self, func: &Function) {
        for index in 0..func.num_blocks() {
            self.seal(Block::new(index));
        }
    }

    /// The variable has this value at the end of `block`, as it is now.
    pub(crate) fn define(&mut self, block: Block, variable: Variable, value: Value) {
        self.defs[block].insert(variable, value);
    }

    /// The variable's value at the end of `block`, as it is now; zero if it was never given one.
    pub(crate) fn read(&mut self, func: &mut Function, block: Block, variable: Variable) -> Value {
        let mut walked = Vec::new();
        let mut seen = EntitySet::new();
        let mut at = block;
        let value = loop {
            if let Some(&value) = self.defs[at].get(&variable) {
                break value;
            }
            walked.push(at);
            if !seen.insert(at) {
                // A cycle of unreachable blocks: there is no definition.
                break self.zero(func, variable);
            }
            match self.edges[at].as_slice() {
                [edge] if self.sealed.contains(at) => at = edge.from,
                [] if self.sealed.contains(at) => break self.zero(func, variable),
                _ => break self.param_for(func, at, variable),
            }
        };
        for block in walked {
            self.defs[block].insert(variable, value);
        }
        value
    }

    fn param_for(&mut self, func: &mut Function, block: Block, variable: Variable) -> Value {
        let param = func.append_param(block, self.variables[variable]);
        self.pending.push(Pending {
            param,
            block,
            variable,
        });
        param
    }

    /// What an undefined variable reads as: a zero at the top of the entry block, where it dominates everything.
    fn zero(&mut self, func: &mut Function, variable: Variable) -> Value {
        if let Some(&zero) = self.zeros.get(&variable) {
            return zero;
        }
        let ty = self.variables[variable];
        let data = InstData::Const { value: 0 };
        let (inst, zero) = func.new_inst_with_result(data, ty, SourceLoc::UNKNOWN);
        let entry = func.entry();
        func.block_mut(entry).insts.insert(0, inst);
        self.zeros.insert(variable, zero);
        zero
    }

    /// Completes the parameters. `reached` are the blocks that can be reached; `replaced` are values to replace besides.
    pub(crate) fn finish(
        mut self,
        func: &mut Function,
        reached: &EntitySet<Block>,
        mut replaced: Replacements,
    ) {
        self.seal_all(func);
        for index in 0..func.num_blocks() {
            self.edges[Block::new(index)].retain(|edge| reached.contains(edge.from));
        }
        let arguments = self.complete_params(func);
        replace_trivial_params(&arguments, &mut replaced);
        self.pass_arguments(func, &arguments, &replaced);
        func.replace_values(&replaced);
    }

    /// For each parameter made for a variable, its argument on every edge. Reading the variable at the end of the
    /// predecessors may make further parameters.
    fn complete_params(&mut self, func: &mut Function) -> BTreeMap<Value, Vec<Value>> {
        let mut arguments = BTreeMap::new();
        while let Some(Pending {
            param,
            block,
            variable,
        }) = self.pending.pop()
        {
            let sources: Vec<Block> = self.edges[block].iter().map(|edge| edge.from).collect();
            let values = sources
                .into_iter()
                .map(|from| self.read(func, from, variable))
                .collect();
            arguments.insert(param, values);
        }
        arguments
    }

    /// Writes the arguments of the parameters that stay into the jumps, and forgets the other parameters.
    fn pass_arguments(
        &mut self,
        func: &mut Function,
        arguments: &BTreeMap<Value, Vec<Value>>,
        replaced: &Replacements,
    ) {
        for index in 0..func.layout.len() {
            let block = func.layout[index];
            let params = std::mem::take(&mut func.block_mut(block).params);
            let (made, given): (Vec<Value>, Vec<Value>) = params
                .into_iter()
                .partition(|param| arguments.contains_key(param));
            let kept: Vec<Value> = made
                .into_iter()
                .filter(|&param| replaced[param].is_none())
                .collect();
            for (position, edge) in self.edges[block].iter().enumerate() {
                let mut targets = func.inst_mut(edge.terminator).targets_mut();
                let values = kept.iter().map(|param| arguments[param][position]);
                targets[edge.target].args.extend(values);
            }
            func.block_mut(block).params = given.into_iter().chain(kept).collect();
            func.renumber_params(block);
        }
    }
}

/// Replaces parameters that stand for one value only: those whose arguments are all the same value or the parameter itself.
/// Replacing one can make another trivial, hence the repetition.
fn replace_trivial_params(arguments: &BTreeMap<Value, Vec<Value>>, replaced: &mut Replacements) {
    let mut changed = true;
    while changed {
        changed = false;
        for (&param, values) in arguments {
            if replaced[param].is_some() {
                continue;
            }
            let mut others = values
                .iter()
                .map(|&value| resolve(replaced, value))
                .filter(|&value| value != param);
            if let Some(value) = others.next()
                && others.all(|other| other == value)
            {
                replaced[param] = value.into();
                changed = true;
            }
        }
    }
}

/// What `value` becomes in the end.
pub(crate) fn resolve(replaced: &Replacements, mut value: Value) -> Value {
    while let Some(next) = replaced[value].expand() {
        value = next;
    }
    value
}
