//! How often a loop goes round, if that is known when compiling.
//!
//! The loop is walked through with the parameters of its header that start as constants. Only what every iteration computes
//! counts, so the blocks that dominate all latches are evaluated in order, an unknown operand making an unknown result. When
//! the branch of such a block, known each time so far, leaves the loop, the walk is over. All conditions, steps and wrap-arounds come out
//! right without a formula for any of them.

use std::collections::HashMap;

use bpfcc_isa::Cond;

use super::dominators::DomTree;
use super::loops::Loop;
use crate::entity::{Block, SecondaryMap, Value};
use crate::function::Function;
use crate::inst::{BlockCall, InstData};
use crate::types::Type;

/// The blocks that jump to each block, see [`predecessors`](super::predecessors).
type Predecessors = SecondaryMap<Block, Vec<Block>>;

/// How a loop ends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TripCount {
    /// The block that leaves the loop in the end, by a branch. It dominates all latches.
    pub exiting: Block,
    /// Whether it leaves if the branch's comparison holds.
    pub leaves_if: bool,
    /// What is known of the header's parameters each time that it is entered.
    pub params: Vec<Vec<Option<i64>>>,
}

/// The trip count of a loop that enters its header at most `limit` times. Other exits may leave it earlier.
pub fn trip_count(
    func: &Function,
    (tree, preds): (&DomTree, &Predecessors),
    around: &Loop,
    limit: usize,
) -> Option<TripCount> {
    let chain = every_time(tree, around);
    let mut exits: Vec<(Block, bool)> = chain
        .iter()
        .filter_map(|&block| Some((block, leaves_if(func, around, block)?)))
        .collect();
    let (back, entries): (Vec<Block>, Vec<Block>) = preds[around.header]
        .iter()
        .partition(|&&from| around.blocks.contains(from));
    let (back, entries) = (jumps(func, &back, around), jumps(func, &entries, around));
    let mut row = meet(&entries, |value| func.as_const(value));
    let mut params = Vec::new();
    while params.len() < limit {
        let known = evaluate(func, around, &chain, &row);
        params.push(row);
        // A branch that is not decided each time stays a branch.
        exits.retain(|&(block, _)| outcome(func, &known, block).is_some());
        let end = exits
            .iter()
            .find(|&&(block, leaves_if)| outcome(func, &known, block) == Some(leaves_if));
        if let Some(&(exiting, leaves_if)) = end {
            return Some(TripCount {
                exiting,
                leaves_if,
                params,
            });
        }
        if exits.is_empty() {
            return None;
        }
        row = meet(&back, |value| constant(func, &known, value));
    }
    None
}

/// The blocks that each whole iteration goes through, in order.
fn every_time(tree: &DomTree, around: &Loop) -> Vec<Block> {
    let mut chain = Vec::new();
    let mut at = around.latches.first().copied();
    while let Some(block) = at {
        if around.latches.iter().all(|&l| tree.dominates(block, l)) {
            chain.push(block);
        }
        at = tree.idom(block).filter(|_| block != around.header);
    }
    chain.reverse();
    chain
}

/// For a block that ends in a branch of which one side leaves the loop: whether that is the side for a comparison that holds.
fn leaves_if(func: &Function, around: &Loop, block: Block) -> Option<bool> {
    let InstData::Branch {
        then, otherwise, ..
    } = func.inst(func.terminator(block)?)
    else {
        return None;
    };
    let inside = [then, otherwise].map(|to| around.blocks.contains(to.block));
    (inside[0] != inside[1]).then_some(!inside[0])
}

/// The jumps to the header from some of its predecessors.
fn jumps(func: &Function, sources: &[Block], around: &Loop) -> Vec<BlockCall> {
    let mut sources = sources.to_vec();
    sources.dedup();
    let terminators = sources.into_iter().filter_map(|from| func.terminator(from));
    terminators
        .flat_map(|inst| func.inst(inst).targets())
        .filter(|to| to.block == around.header)
        .cloned()
        .collect()
}

/// For each parameter the constant that all jumps agree on.
fn meet(jumps: &[BlockCall], constant: impl Fn(Value) -> Option<i64>) -> Vec<Option<i64>> {
    let Some((first, others)) = jumps.split_first() else {
        return Vec::new();
    };
    let mut row: Vec<Option<i64>> = first.args.iter().map(|&arg| constant(arg)).collect();
    for jump in others {
        for (known, &arg) in row.iter_mut().zip(&jump.args) {
            *known = known.filter(|&known| constant(arg) == Some(known));
        }
    }
    row
}

/// Values of the loop that are known.
type Values = HashMap<Value, i64>;

fn constant(func: &Function, known: &Values, value: Value) -> Option<i64> {
    known.get(&value).copied().or_else(|| func.as_const(value))
}

/// One iteration.
fn evaluate(func: &Function, around: &Loop, chain: &[Block], row: &[Option<i64>]) -> Values {
    let params = func.block(around.header).params.iter();
    let mut known: Values = params
        .zip(row)
        .filter_map(|(&param, &value)| Some((param, value?)))
        .collect();
    for &inst in chain.iter().flat_map(|&block| &func.block(block).insts) {
        if let Some(result) = func.result(inst)
            && let Some(value) = operation(func, &known, func.inst(inst), func.ty(result))
        {
            known.insert(result, value);
        }
    }
    known
}

/// Whether the comparison of a block's branch holds.
fn outcome(func: &Function, known: &Values, block: Block) -> Option<bool> {
    match func.inst(func.terminator(block)?) {
        InstData::Branch { cond, args, .. } => compare(func, known, *cond, *args),
        _ => None,
    }
}

fn compare(func: &Function, known: &Values, cond: Cond, [a, b]: [Value; 2]) -> Option<bool> {
    let (x, y) = (constant(func, known, a)?, constant(func, known, b)?);
    Some(cond.eval(func.ty(a).width(), x as u64, y as u64))
}

/// The result of integer arithmetic with known operands.
fn operation(func: &Function, known: &Values, data: &InstData, ty: Type) -> Option<i64> {
    let value = |value| constant(func, known, value).map(|value| value as u64);
    let result = match data {
        InstData::Const { value } => *value as u64,
        InstData::Binary { op, args: [a, b] } => op.eval(ty.width(), value(*a)?, value(*b)?),
        InstData::Neg { arg } => value(*arg)?.wrapping_neg(),
        InstData::Swap { size, arg } => size.swap_bytes(value(*arg)?),
        InstData::Extend { signed, from, arg } if *signed => from.sign_extend(value(*arg)?),
        InstData::Extend { from, arg, .. } => from.zero_extend(value(*arg)?),
        InstData::Truncate { arg } => value(*arg)?,
        InstData::Compare { cond, args } => compare(func, known, *cond, *args)?.into(),
        _ => return None,
    };
    Some(normal(ty, result as i64))
}

/// A constant as [`InstData::Const`] keeps it.
pub fn normal(ty: Type, value: i64) -> i64 {
    match ty {
        Type::I32 => i64::from(value as i32),
        Type::I64 | Type::Ptr(_) => value,
    }
}
