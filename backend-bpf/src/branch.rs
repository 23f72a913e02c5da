//! Blocks to one row of instructions: which block follows which, where the jumps go and how far.
//!
//! Blocks keep their order. A jump to a block that only jumps on goes to where that leads, and one that only exits is
//! copied; blocks that nothing reaches any
//! more are dropped; a jump to the next block disappears; a conditional jump *to* the next block becomes the opposite jump to
//! the other destination. At v4 a jump that is too far becomes a `gotol`.

use bpfcc_isa::{Cond, Cpu, Insn, Reg, Src, Width};

use crate::emit::{Block, Emitted, End};
use crate::vcode::BlockId;

/// Distance of a jump that cannot be encoded, in instructions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct TooFar {
    pub(crate) distance: i64,
    pub(crate) loc: bpfcc_ir::debug::SourceLoc,
}

/// Orders the blocks and resolves the jumps.
pub(crate) fn linearize(mut blocks: Vec<Block>, cpu: Cpu) -> Result<Vec<Emitted>, TooFar> {
    skip_empty_blocks(&mut blocks);
    let order = reachable(&blocks);
    let mut pieces = Vec::new();
    for (position, &block) in order.iter().enumerate() {
        let next = order.get(position + 1).copied();
        pieces.push(Piece {
            block,
            jumps: jumps(blocks[block.index()].end, next, cpu),
        });
    }
    let starts = relax(&blocks, &mut pieces, cpu)?;
    Ok(assemble(blocks, &pieces, &starts))
}

/// A block's jumps at its end: none if it falls through, two if neither destination is next.
struct Piece {
    block: BlockId,
    jumps: Vec<Jump>,
}

#[derive(Clone, Copy)]
enum Jump {
    Exit,
    Goto(BlockId),
    GotoLong(BlockId),
    If(Test, BlockId),
    /// Over the next instruction.
    Skip,
    /// Over the next instruction, if the test holds.
    SkipIf(Test),
}

#[derive(Clone, Copy)]
struct Test {
    width: Width,
    cond: Cond,
    lhs: Reg,
    rhs: Src,
}

impl Test {
    fn insn(self, off: i16) -> Insn {
        Insn::Jump {
            width: self.width,
            cond: self.cond,
            dst: self.lhs,
            src: self.rhs,
            off,
        }
    }

    /// The opposite test, if this level has it.
    fn inverse(self, cpu: Cpu) -> Option<Test> {
        let cond = self.cond.inverse()?;
        if cpu.has_jump(cond) {
            return Some(Test { cond, ..self });
        }
        match self.rhs {
            Src::Reg(rhs) => Some(Test {
                cond: cond.swapped(),
                lhs: rhs,
                rhs: Src::Reg(self.lhs),
                ..self
            }),
            Src::Imm(_) => None,
        }
    }
}

/// Redirects jumps around blocks that contain nothing but a jump, or nothing but an exit. A circle of such blocks is an
/// endless loop and stays one.
fn skip_empty_blocks(blocks: &mut [Block]) {
    let forward: Vec<Option<BlockId>> = blocks
        .iter()
        .map(|block| match block.end {
            End::Goto(to) if block.insns.is_empty() => Some(to),
            _ => None,
        })
        .collect();
    let resolve = |mut to: BlockId| {
        for _ in 0..forward.len() {
            match forward[to.index()] {
                Some(next) => to = next,
                None => break,
            }
        }
        to
    };
    for block in blocks.iter_mut() {
        for to in block.end.targets_mut() {
            *to = resolve(*to);
        }
    }
    for index in 0..blocks.len() {
        if let End::Goto(to) = blocks[index].end
            && blocks[to.index()].insns.is_empty()
            && blocks[to.index()].end == End::Exit
        {
            blocks[index].end = End::Exit;
        }
    }
}

/// Blocks that are still reached, in order.
fn reachable(blocks: &[Block]) -> Vec<BlockId> {
    let mut reached = vec![false; blocks.len()];
    let mut pending = vec![BlockId(0)];
    while let Some(block) = pending.pop() {
        if std::mem::replace(&mut reached[block.index()], true) {
            continue;
        }
        let mut end = blocks[block.index()].end;
        pending.extend(end.targets_mut().into_iter().map(|to| *to));
    }
    let ids = (0..blocks.len() as u32).map(BlockId);
    ids.filter(|id| reached[id.index()]).collect()
}

fn jumps(end: End, next: Option<BlockId>, cpu: Cpu) -> Vec<Jump> {
    let (test, then, otherwise) = match end {
        End::Exit => return vec![Jump::Exit],
        End::Never => return Vec::new(),
        End::Goto(to) if Some(to) == next => return Vec::new(),
        End::Goto(to) => return vec![Jump::Goto(to)],
        End::Branch {
            width,
            cond,
            lhs,
            rhs,
            then,
            otherwise,
        } => {
            let test = Test {
                width,
                cond,
                lhs,
                rhs,
            };
            (test, then, otherwise)
        }
    };
    if then == otherwise {
        return jumps(End::Goto(then), next, cpu);
    }
    if Some(otherwise) == next {
        return vec![Jump::If(test, then)];
    }
    match test.inverse(cpu) {
        Some(opposite) if Some(then) == next => vec![Jump::If(opposite, otherwise)],
        _ => vec![Jump::If(test, then), Jump::Goto(otherwise)],
    }
}

/// Lengthens jumps until all reach. A longer jump moves others apart, so this repeats until nothing changes.
fn relax(blocks: &[Block], pieces: &mut [Piece], cpu: Cpu) -> Result<Vec<usize>, TooFar> {
    loop {
        let starts = block_starts(blocks, pieces);
        let mut changed = false;
        for piece in pieces.iter_mut() {
            let block = &blocks[piece.block.index()];
            let start = starts[piece.block.index()] + straight_slots(block);
            let mut longer = Vec::new();
            for (after, &jump) in (start + 1..).zip(&piece.jumps) {
                let distance = jump.target().map_or(0, |to| distance(after, &starts, to));
                if i16::try_from(distance).is_ok() || matches!(jump, Jump::GotoLong(_)) {
                    longer.push(jump);
                } else if cpu.has_long_jump() {
                    longer.extend(jump.lengthened());
                    changed = true;
                } else {
                    let loc = block.end_loc;
                    return Err(TooFar { distance, loc });
                }
            }
            piece.jumps = longer;
        }
        if !changed {
            return Ok(starts);
        }
    }
}

impl Jump {
    fn target(self) -> Option<BlockId> {
        match self {
            Jump::Goto(to) | Jump::GotoLong(to) | Jump::If(_, to) => Some(to),
            Jump::Exit | Jump::Skip | Jump::SkipIf(_) => None,
        }
    }

    /// A conditional jump has no long form: `if a goto far` becomes `if a goto +1; goto +1; gotol far`, or shorter if the
    /// test has an opposite: `if !a goto +1; gotol far`.
    fn lengthened(self) -> Vec<Jump> {
        match self {
            Jump::Goto(to) => vec![Jump::GotoLong(to)],
            Jump::If(test, to) => match test.inverse(Cpu::V4) {
                Some(opposite) => vec![Jump::SkipIf(opposite), Jump::GotoLong(to)],
                None => vec![Jump::SkipIf(test), Jump::Skip, Jump::GotoLong(to)],
            },
            other => vec![other],
        }
    }

    /// The instruction, given the distance to the target. `relax` has made sure that it fits.
    fn insn(self, distance: i64) -> Insn {
        match self {
            Jump::Exit => Insn::Exit,
            Jump::Goto(_) => Insn::Goto {
                off: distance as i16,
            },
            Jump::GotoLong(_) => Insn::GotoLong {
                off: distance as i32,
            },
            Jump::If(test, _) => test.insn(distance as i16),
            Jump::Skip => Insn::Goto { off: 1 },
            Jump::SkipIf(test) => test.insn(1),
        }
    }
}

fn distance(after: usize, starts: &[usize], to: BlockId) -> i64 {
    starts[to.index()] as i64 - after as i64
}

fn straight_slots(block: &Block) -> usize {
    block.insns.iter().map(|emitted| emitted.insn.slots()).sum()
}

/// Slot at which each block starts.
fn block_starts(blocks: &[Block], pieces: &[Piece]) -> Vec<usize> {
    let mut starts = vec![0; blocks.len()];
    let mut at = 0;
    for piece in pieces {
        let index = piece.block.index();
        starts[index] = at;
        at += straight_slots(&blocks[index]) + piece.jumps.len();
    }
    starts
}

fn assemble(mut blocks: Vec<Block>, pieces: &[Piece], starts: &[usize]) -> Vec<Emitted> {
    let mut insns = Vec::new();
    for piece in pieces {
        let block = &mut blocks[piece.block.index()];
        let start = starts[piece.block.index()] + straight_slots(block);
        insns.append(&mut block.insns);
        for (after, &jump) in (start + 1..).zip(&piece.jumps) {
            let distance = jump.target().map_or(0, |to| distance(after, starts, to));
            insns.push(Emitted {
                insn: jump.insn(distance),
                loc: block.end_loc,
                reference: None,
                is_verbatim: false,
            });
        }
    }
    insns
}
