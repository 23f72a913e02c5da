//! Folding: what is constant is computed, arithmetic that changes nothing goes, constant offsets move into the accesses.
//!
//! ```text
//! v2: i64 = const 6
//! v3: i64 = const 7                   v4: i64 = const 42
//! v4: i64 = mul v2, v3         ──►
//! v5: i64 = add v0, v3                v5: i64 = const 7 …
//! v6: i64 = sub v5, v3                v6: i64 = v0
//! ```
//!
//! Division by a power of two becomes a shift and the remainder a mask, signed ones too where no operand is negative: Linux's
//! checker knows the bounds of a shifted value, but none of a quotient.
//!
//! The meaning of each operation comes from `AluOp::eval` and `Cond::eval`. Rewriting `(x + 1) + 2` to `x + 3` names `x` where
//! `x + 1` may have been checked, so chains are only folded through values that are used once: nobody else can have checked
//! them (VERIFIER-RULES 6). Comparisons are never turned into arithmetic (rules 5, 9, 10). Keeps the blocks; constant
//! branches become jumps.

use bpfcc_isa::{AluOp, Cond, Size, Width};

use crate::analysis::bound::{is_non_negative, upper_bound};
use crate::analysis::cfg::reverse_postorder;
use crate::analysis::trip_count::normal;
use crate::analysis::uses::use_counts;
use crate::entity::{Block, Inst, SecondaryMap, Value};
use crate::function::Function;
use crate::inst::InstData;
use crate::pass::Changed;
use crate::pass::fuse::fuse_branch;
use crate::ssa::{Replacements, resolve};
use crate::types::Type;

/// Folds a function until nothing changes.
pub fn run(func: &mut Function) -> Changed {
    let mut changed = false;
    while fold_once(func) {
        changed = true;
    }
    changed.into()
}

fn fold_once(func: &mut Function) -> bool {
    let mut folder = Folder {
        uses: use_counts(func),
        replaced: Replacements::new(),
        new_consts: Vec::new(),
        func,
    };
    let mut changed = false;
    for block in reverse_postorder(folder.func) {
        changed |= folder.block(block);
    }
    let replaced = folder.replaced;
    func.replace_values(&replaced);
    changed
}

/// What an instruction can be replaced by.
enum Better {
    /// A value that is there already.
    Value(Value),
    /// A constant.
    Const(i64),
    /// Another instruction in its place.
    Inst(InstData),
}

struct Folder<'f> {
    func: &'f mut Function,
    uses: SecondaryMap<Value, u32>,
    replaced: Replacements,
    /// Constants made for the instruction at hand, to be placed before it.
    new_consts: Vec<Inst>,
}

impl Folder<'_> {
    fn block(&mut self, block: Block) -> bool {
        let mut changed = false;
        let insts = std::mem::take(&mut self.func.block_mut(block).insts);
        let mut kept = Vec::with_capacity(insts.len());
        for inst in insts {
            let replaced = &self.replaced;
            self.func
                .inst_mut(inst)
                .for_each_arg_mut(|v| *v = resolve(replaced, *v));
            let stays = match self.better(inst) {
                None => true,
                Some(better) => {
                    changed = true;
                    self.replace(inst, better)
                }
            };
            if fuse_branch(self.func, inst) {
                self.count_uses(inst);
                changed = true;
            }
            kept.append(&mut self.new_consts);
            if stays {
                kept.push(inst);
            }
        }
        self.func.block_mut(block).insts = kept;
        changed
    }

    /// Puts the better form in place; false if the instruction is to go.
    fn replace(&mut self, inst: Inst, better: Better) -> bool {
        match (better, self.func.result(inst)) {
            (Better::Value(value), Some(result)) => {
                self.replaced[result] = value.into();
                self.uses[value] += self.uses[result];
                false
            }
            (Better::Const(value), Some(result)) => {
                let value = normal(self.func.ty(result), value);
                *self.func.inst_mut(inst) = InstData::Const { value };
                true
            }
            (Better::Inst(data), _) => {
                *self.func.inst_mut(inst) = data;
                self.count_uses(inst);
                true
            }
            (Better::Value(_) | Better::Const(_), None) => true,
        }
    }

    /// Notes the operands of a new form. The old form's uses stay counted: too many uses only prevent a rewrite.
    fn count_uses(&mut self, inst: Inst) {
        let uses = &mut self.uses;
        self.func.inst(inst).for_each_arg(|value| uses[value] += 1);
    }

    // Facts about values.

    fn ty(&self, value: Value) -> Type {
        self.func.ty(value)
    }

    fn width(&self, value: Value) -> Width {
        self.ty(value).width()
    }

    fn constant(&self, value: Value) -> Option<i64> {
        self.func.as_const(value)
    }

    /// The instruction behind a value that nothing else uses, so that nothing else can have checked it.
    fn private(&self, value: Value) -> Option<&InstData> {
        if self.uses[value] == 1 {
            self.func.def_inst(value)
        } else {
            None
        }
    }

    fn new_const(&mut self, ty: Type, value: i64, beside: Inst) -> Value {
        let value = normal(ty, value);
        let loc = self.func.loc(beside);
        let data = InstData::Const { value };
        let (inst, value) = self.func.new_inst_with_result(data, ty, loc);
        self.new_consts.push(inst);
        value
    }

    // The rules, by instruction.

    fn better(&mut self, inst: Inst) -> Option<Better> {
        let result = self.func.result(inst);
        match self.func.inst(inst).clone() {
            InstData::Binary { op, args } => self.binary(inst, op, args),
            InstData::Neg { arg } => {
                let value = self.constant(arg)?;
                Some(Better::Const(value.wrapping_neg()))
            }
            InstData::Swap { size, arg } => {
                let value = self.constant(arg)?;
                Some(Better::Const(size.swap_bytes(value as u64) as i64))
            }
            InstData::Extend { signed, from, arg } => self.extend(signed, from, arg, result?),
            InstData::Truncate { arg } => self.truncate(arg),
            InstData::IntToPtr { arg } => match self.private(arg)? {
                &InstData::PtrToInt { arg } if self.ty(arg).fits(self.ty(result?)) => {
                    Some(Better::Value(arg))
                }
                _ => None,
            },
            InstData::PtrToInt { arg } => match self.private(arg)? {
                InstData::IntToPtr { arg } => Some(Better::Value(*arg)),
                InstData::Const { value } => Some(Better::Const(*value)),
                _ => None,
            },
            InstData::PtrAdd { base, offset } => self.ptr_add(inst, base, offset),
            InstData::Compare { cond, args } => {
                let outcome = self.known(cond, args)?;
                Some(Better::Const(outcome.into()))
            }
            InstData::Select {
                cond,
                args,
                then,
                otherwise,
            } => {
                let chosen = match self.known(cond, args) {
                    Some(true) => then,
                    Some(false) => otherwise,
                    None if then == otherwise => then,
                    None => return None,
                };
                let exact = self.ty(chosen).fits(self.ty(result?));
                exact.then_some(Better::Value(chosen))
            }
            InstData::Refine { arg, .. } => {
                // A constant needs no check.
                let same = self.ty(arg) == self.ty(result?);
                (self.constant(arg).is_some() && same).then_some(Better::Value(arg))
            }
            InstData::Load { .. } | InstData::Store { .. } | InstData::Atomic { .. } => {
                self.access(inst)
            }
            InstData::MemCopy {
                dst,
                src,
                len,
                align,
            } => {
                let (new_dst, new_src) = (self.address(dst), self.address(src));
                (new_dst != dst || new_src != src).then_some(Better::Inst(InstData::MemCopy {
                    dst: new_dst,
                    src: new_src,
                    len,
                    align,
                }))
            }
            InstData::MemSet {
                dst,
                byte,
                len,
                align,
            } => {
                let new_dst = self.address(dst);
                (new_dst != dst).then_some(Better::Inst(InstData::MemSet {
                    dst: new_dst,
                    byte,
                    len,
                    align,
                }))
            }
            InstData::Branch {
                cond,
                args,
                then,
                otherwise,
            } => self.branch(inst, cond, args, [then, otherwise]),
            InstData::Switch {
                arg,
                cases,
                default,
            } => {
                let value = self.constant(arg)?;
                let case = cases.into_iter().find(|case| case.0 == value);
                let to = case.map_or(default, |(_, to)| to);
                Some(Better::Inst(InstData::Jump(to)))
            }
            _ => None,
        }
    }

    fn binary(&mut self, inst: Inst, op: AluOp, [a, b]: [Value; 2]) -> Option<Better> {
        let width = self.width(a);
        match (self.constant(a), self.constant(b)) {
            (Some(x), Some(y)) => {
                let value = op.eval(width, x as u64, y as u64);
                Some(Better::Const(value as i64))
            }
            (Some(_), None) if is_commutative(op) => {
                let args = [b, a];
                Some(Better::Inst(InstData::Binary { op, args }))
            }
            (None, Some(y)) => identity(op, a, y, width)
                .or_else(|| self.cheaper(inst, op, a, y))
                .or_else(|| self.reassociate(inst, op, a, y)),
            _ if a == b => same_operands(op, a),
            _ => None,
        }
    }

    /// Division by powers of two, and shifts that leave nothing.
    fn cheaper(&mut self, inst: Inst, op: AluOp, a: Value, y: i64) -> Option<Better> {
        let ty = self.ty(a);
        let is_power = y > 0 && y.count_ones() == 1;
        let (op, y) = match op {
            AluOp::Div if is_power => (AluOp::Rsh, y.trailing_zeros().into()),
            AluOp::Mod if is_power => (AluOp::And, y - 1),
            AluOp::Sdiv if y > 0 && is_non_negative(self.func, a) => (AluOp::Div, y),
            AluOp::Smod if y > 0 && is_non_negative(self.func, a) => (AluOp::Mod, y),
            AluOp::Rsh | AluOp::Div => {
                let most = upper_bound(self.func, a);
                let is_zero = op.eval(ty.width(), most, y as u64) == 0;
                return is_zero.then_some(Better::Const(0));
            }
            _ => return None,
        };
        let args = [a, self.new_const(ty, y, inst)];
        Some(Better::Inst(InstData::Binary { op, args }))
    }

    /// `(x + 1) + 2` is `x + 3`, likewise for other operations that group freely. Subtraction of a constant becomes
    /// addition.
    fn reassociate(&mut self, inst: Inst, op: AluOp, a: Value, y: i64) -> Option<Better> {
        let ty = self.ty(a);
        if op == AluOp::Sub {
            let args = [a, self.new_const(ty, y.wrapping_neg(), inst)];
            let op = AluOp::Add;
            return Some(Better::Inst(InstData::Binary { op, args }));
        }
        let groups = matches!(
            op,
            AluOp::Add | AluOp::Mul | AluOp::And | AluOp::Or | AluOp::Xor
        );
        let (x, inner) = match self.private(a)? {
            &InstData::Binary {
                op: inner,
                args: [x, c],
            } if inner == op && groups => (x, self.constant(c)?),
            _ => return None,
        };
        let both = op.eval(ty.width(), inner as u64, y as u64) as i64;
        let args = [x, self.new_const(ty, both, inst)];
        Some(Better::Inst(InstData::Binary { op, args }))
    }

    fn extend(&self, signed: bool, from: Size, arg: Value, result: Value) -> Option<Better> {
        if let Some(value) = self.constant(arg) {
            return Some(Better::Const(extended(signed, from, value)));
        }
        // Widening without the sign is free from v3 on.
        if signed && upper_bound(self.func, arg) >> (from.bits() - 1) == 0 {
            let signed = false;
            return Some(Better::Inst(InstData::Extend { signed, from, arg }));
        }
        match *self.private(arg)? {
            // zext8 (zext8 x), sext16 (sext8 x), zext16 (zext8 x): the inner one says it all.
            InstData::Extend {
                signed: inner_signed,
                from: inner,
                arg: x,
            } if inner <= from && (inner_signed == signed || (!inner_signed && inner < from)) => {
                let wide_enough = self.ty(x).bytes() <= self.ty(result).bytes();
                // Between an inner i32 and an outer i64 a sign stops at 32 bits unless the outer one continues it.
                wide_enough.then_some(Better::Inst(InstData::Extend {
                    signed: inner_signed,
                    from: inner,
                    arg: x,
                }))
            }
            // The upper half was cut off and is not looked at.
            InstData::Truncate { arg: x } if self.ty(result) == Type::I64 => {
                Some(Better::Inst(InstData::Extend {
                    signed,
                    from,
                    arg: x,
                }))
            }
            _ => None,
        }
    }

    fn truncate(&self, arg: Value) -> Option<Better> {
        if let Some(value) = self.constant(arg) {
            return Some(Better::Const(value));
        }
        match *self.private(arg)? {
            InstData::Extend {
                from: Size::W,
                arg: x,
                ..
            } if self.ty(x) == Type::I32 => Some(Better::Value(x)),
            InstData::Extend { signed, from, arg } if from < Size::W => (self.ty(arg) == Type::I32)
                .then_some(Better::Inst(InstData::Extend { signed, from, arg })),
            _ => None,
        }
    }

    fn ptr_add(&mut self, inst: Inst, base: Value, offset: Value) -> Option<Better> {
        let by = self.constant(offset)?;
        if by == 0 {
            return Some(Better::Value(base));
        }
        // Frame and global addresses are recomputed where they are needed (VERIFIER-RULES 13).
        let small = i32::try_from(by).ok();
        match self.func.def_inst(base)?.clone() {
            InstData::SlotAddr { slot, offset } => Some(Better::Inst(InstData::SlotAddr {
                slot,
                offset: offset.checked_add(small?)?,
            })),
            InstData::GlobalAddr { global, offset } => Some(Better::Inst(InstData::GlobalAddr {
                global,
                offset: offset.checked_add(small?)?,
            })),
            InstData::PtrAdd {
                base: root,
                offset: inner,
            } if self.uses[base] == 1 => {
                let sum = self.constant(inner)?.wrapping_add(by);
                let offset = self.new_const(Type::I64, sum, inst);
                Some(Better::Inst(InstData::PtrAdd { base: root, offset }))
            }
            _ => None,
        }
    }

    /// Moves a constant that was added to a pointer into the access: `load (p + 8)+4` is `load p+12`.
    fn access(&mut self, inst: Inst) -> Option<Better> {
        let mut data = self.func.inst(inst).clone();
        let (InstData::Load { base, offset, .. }
        | InstData::Store { base, offset, .. }
        | InstData::Atomic { base, offset, .. }) = &mut data
        else {
            return None;
        };
        let old = (*base, *offset);
        (*base, *offset) = self.address(old);
        ((*base, *offset) != old).then_some(Better::Inst(data))
    }

    fn address(&self, (base, offset): (Value, i32)) -> (Value, i32) {
        let Some(&InstData::PtrAdd {
            base: root,
            offset: added,
        }) = self.func.def_inst(base)
        else {
            return (base, offset);
        };
        let sum = self
            .constant(added)
            .and_then(|added| i32::try_from(added).ok())
            .and_then(|added| offset.checked_add(added))
            // The instruction's offset has 16 bits.
            .filter(|&sum| i16::try_from(sum).is_ok());
        match sum {
            Some(sum) => self.address((root, sum)),
            None => (base, offset),
        }
    }

    /// The outcome of a comparison, if it is known.
    fn known(&self, cond: Cond, [a, b]: [Value; 2]) -> Option<bool> {
        let width = self.width(a);
        if let (Some(x), Some(y)) = (self.constant(a), self.constant(b)) {
            return Some(cond.eval(width, x as u64, y as u64));
        }
        match cond {
            Cond::Eq | Cond::Ge | Cond::Le | Cond::Sge | Cond::Sle if a == b => Some(true),
            Cond::Ne | Cond::Gt | Cond::Lt | Cond::Sgt | Cond::Slt if a == b => Some(false),
            Cond::Lt if self.constant(b) == Some(0) => Some(false),
            Cond::Ge if self.constant(b) == Some(0) => Some(true),
            _ => None,
        }
    }

    fn branch(
        &mut self,
        inst: Inst,
        cond: Cond,
        [a, b]: [Value; 2],
        [then, otherwise]: [crate::BlockCall; 2],
    ) -> Option<Better> {
        if then == otherwise {
            return Some(Better::Inst(InstData::Jump(then)));
        }
        if let Some(outcome) = self.known(cond, [a, b]) {
            let to = if outcome { then } else { otherwise };
            return Some(Better::Inst(InstData::Jump(to)));
        }
        let (cond, args) = if self.constant(a).is_some() && self.constant(b).is_none() {
            (cond.swapped(), [b, a])
        } else {
            let args = self.pointers_of(inst, [a, b])?;
            (cond, args)
        };
        Some(Better::Inst(InstData::Branch {
            cond,
            args,
            then,
            otherwise,
        }))
    }

    /// Two addresses compared as integers are compared as pointers, so that the branch refines the pointers.
    fn pointers_of(&mut self, inst: Inst, [a, b]: [Value; 2]) -> Option<[Value; 2]> {
        let &InstData::PtrToInt { arg: left } = self.func.def_inst(a)? else {
            return None;
        };
        match self.func.def_inst(b)? {
            &InstData::PtrToInt { arg: right } => Some([left, right]),
            InstData::Const { value: 0 } => {
                let null = self.new_const(Type::PTR, 0, inst);
                Some([left, null])
            }
            _ => None,
        }
    }
}

fn extended(signed: bool, from: Size, value: i64) -> i64 {
    if signed {
        from.sign_extend(value as u64) as i64
    } else {
        from.zero_extend(value as u64) as i64
    }
}

fn is_commutative(op: AluOp) -> bool {
    matches!(
        op,
        AluOp::Add | AluOp::Mul | AluOp::And | AluOp::Or | AluOp::Xor
    )
}

/// `x op y` for a constant `y` that makes the operation trivial. Division by zero gives zero (RFC 9669 §4.1).
fn identity(op: AluOp, x: Value, y: i64, width: Width) -> Option<Better> {
    match (op, y) {
        (
            AluOp::Add
            | AluOp::Sub
            | AluOp::Or
            | AluOp::Xor
            | AluOp::Lsh
            | AluOp::Rsh
            | AluOp::Arsh
            | AluOp::Mod
            | AluOp::Smod,
            0,
        ) => Some(Better::Value(x)),
        (AluOp::Mul | AluOp::Div | AluOp::Sdiv, 1) | (AluOp::And, -1) => Some(Better::Value(x)),
        (AluOp::Mul | AluOp::And | AluOp::Div | AluOp::Sdiv, 0) | (AluOp::Mod, 1) => {
            Some(Better::Const(0))
        }
        (AluOp::Or, -1) => Some(Better::Const(-1)),
        // Shift counts are masked, so a whole width is no shift at all.
        (AluOp::Lsh | AluOp::Rsh | AluOp::Arsh, y) if y == i64::from(width.bits()) => {
            Some(Better::Value(x))
        }
        _ => None,
    }
}

/// `x op x`.
fn same_operands(op: AluOp, x: Value) -> Option<Better> {
    match op {
        AluOp::Sub | AluOp::Xor => Some(Better::Const(0)),
        AluOp::And | AluOp::Or => Some(Better::Value(x)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::pass::tests::rewrites;

    #[test]
    fn constants_are_computed_in_the_width_of_their_type() {
        rewrites(
            super::run,
            "fn @f() -> i32 {
            b0:
                v0: i32 = const 2147483647
                v1: i32 = const 1
                v2: i32 = add v0, v1
                return v2
            }",
            "fn @f() -> i32 {
            b0:
                v0: i32 = const 2147483647
                v1: i32 = const 1
                v2: i32 = const -2147483648
                return v2
            }",
        );
    }

    #[test]
    fn offsets_move_into_the_access() {
        rewrites(
            super::run,
            "fn @f(v0: ptr.packet) -> i64 {
            b0:
                v1: i64 = const 14
                v2: ptr.packet = ptr_add v0, v1
                v3: i64 = load.u8 v2+9
                return v3
            }",
            "fn @f(v0: ptr.packet) -> i64 {
            b0:
                v1: i64 = const 14
                v2: ptr.packet = ptr_add v0, v1
                v3: i64 = load.u8 v0+23
                return v3
            }",
        );
    }

    #[test]
    fn a_sum_that_was_compared_is_not_recomputed() {
        let text = "fn @f(v0: i64) -> i64 {
            b0:
                v1: i64 = const 1
                v2: i64 = add v0, v1
                branch v2 lt v1, b1, b2
            b1:
                v3: i64 = add v2, v1
                return v3
            b2:
                return v1
            }";
        rewrites(super::run, text, text);
    }

    #[test]
    fn a_known_branch_becomes_a_jump() {
        rewrites(
            super::run,
            "fn @f(v0: i64) {
            b0:
                v1: i64 = const 0
                branch v0 lt v1, b1, b2
            b1:
                unreachable
            b2:
                return
            }",
            "fn @f(v0: i64) {
            b0:
                v1: i64 = const 0
                jump b2
            b1:
                unreachable
            b2:
                return
            }",
        );
    }
}
