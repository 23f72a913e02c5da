//! Well-formedness: what every pass may rely on and must keep. Runs after each pass in debug builds.
//!
//! Three questions in this order, since each needs the answers before it: does everything that is named exist
//! ([`Rule`]'s first part), is the shape of blocks and edges right and are the operands' types (`operands.rs`), and does every
//! value's one definition dominate its uses.

mod operands;

use thiserror::Error;

use crate::analysis::dominators::{DomTree, dominators};
use crate::entity::{Block, EntityRef, EntitySet, FuncId, GlobalId, Inst, SecondaryMap, Value};
use crate::function::{Function, ValueDef};
use crate::inst::{BlockCall, Callee, InstData};
use crate::module::{Module, SymbolRef};
use crate::print;
use crate::types::Type;

/// A rule that a module breaks, and where.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("{symbol}: {place}: {rule}")]
pub struct Violation {
    /// Name of the function or global.
    pub symbol: String,
    /// The block's label or the instruction, as printed.
    pub place: String,
    /// What is wrong.
    pub rule: Rule,
}

/// The rules.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum Rule {
    /// A number that names nothing.
    #[error("{0} does not exist")]
    Missing(String),
    /// A block or instruction that stands in two places.
    #[error("{0} stands in two places")]
    Twice(String),
    /// A value whose noted origin is not where it stands.
    #[error("{0} is not noted as defined here")]
    Origin(String),
    /// A block without terminator.
    #[error("the block has no terminator")]
    NoTerminator,
    /// A terminator that is not last.
    #[error("a terminator stands before the end of the block")]
    EarlyTerminator,
    /// The entry block's parameters are not the signature's.
    #[error("the entry's parameters differ from the signature")]
    EntryParams,
    /// A jump to the entry block.
    #[error("a jump leads to the entry")]
    EdgeToEntry,
    /// A jump with too many or too few values.
    #[error("{to} takes {expected} values, given {found}")]
    ArgCount {
        /// Destination or callee.
        to: String,
        /// Number of parameters.
        expected: usize,
        /// Number of arguments.
        found: usize,
    },
    /// A value of the wrong type.
    #[error("{what} is {found}, must be {expected}")]
    Type {
        /// Which operand.
        what: &'static str,
        /// The type required.
        expected: String,
        /// The type found.
        found: Type,
    },
    /// An instruction with a result that has none, or the other way round.
    #[error("{0}")]
    Result(&'static str),
    /// An operation that the instruction cannot have.
    #[error("{0}")]
    Operation(&'static str),
    /// A switch with the same case twice.
    #[error("case {0} stands twice")]
    Case(i64),
    /// A use that can be reached without passing the definition.
    #[error("{0} is used where its definition does not dominate")]
    Dominance(String),
}

impl Module {
    /// Checks globals and all functions.
    ///
    /// # Errors
    /// Every violation found.
    pub fn check(&self) -> Result<(), Vec<Violation>> {
        let mut violations = check_globals(self);
        for func in self.functions.values() {
            if let Err(found) = check_function(self, func) {
                violations.extend(found);
            }
        }
        if violations.is_empty() {
            Ok(())
        } else {
            Err(violations)
        }
    }
}

/// Checks a function of `module`.
///
/// # Errors
/// Every violation found; if something is named that does not exist, only these.
pub fn check_function(module: &Module, func: &Function) -> Result<(), Vec<Violation>> {
    let mut checker = Checker {
        module,
        func,
        violations: Vec::new(),
    };
    if !func.is_declaration() {
        checker.existence();
        if checker.violations.is_empty() {
            checker.shape();
            checker.operands();
            checker.dominance();
        }
    }
    if checker.violations.is_empty() {
        Ok(())
    } else {
        Err(checker.violations)
    }
}

fn check_globals(module: &Module) -> Vec<Violation> {
    let mut violations = Vec::new();
    for global in module.globals.values() {
        let mut report = |place: String, rule| {
            violations.push(Violation {
                symbol: global.name.clone(),
                place,
                rule,
            });
        };
        if global.data.len() > global.size as usize {
            let rule = Rule::Operation("the initial value is longer than the global");
            report("data".to_string(), rule);
        }
        for &(at, target, _) in &global.pointers {
            let missing = match target {
                SymbolRef::Global(id) if id.index() >= module.globals.len() => id.to_string(),
                SymbolRef::Func(id) if id.index() >= module.functions.len() => id.to_string(),
                _ if u64::from(at) + 8 > u64::from(global.size) => {
                    let rule = Rule::Operation("a pointer stands outside the global");
                    report(format!("byte {at}"), rule);
                    continue;
                }
                _ => continue,
            };
            report(format!("byte {at}"), Rule::Missing(missing));
        }
    }
    violations
}

struct Checker<'a> {
    module: &'a Module,
    func: &'a Function,
    violations: Vec<Violation>,
}

impl Checker<'_> {
    fn report(&mut self, place: String, rule: Rule) {
        self.violations.push(Violation {
            symbol: self.func.name.clone(),
            place,
            rule,
        });
    }

    fn at_block(&mut self, block: Block, rule: Rule) {
        let position = self.func.layout.iter().position(|&b| b == block);
        self.report(format!("b{}", position.unwrap_or(usize::MAX)), rule);
    }

    fn at_inst(&mut self, inst: Inst, rule: Rule) {
        let text = print::instruction(self.module, self.func, inst);
        self.report(format!("`{text}`"), rule);
    }

    // Does everything exist?

    fn existence(&mut self) {
        let mut blocks = EntitySet::new();
        let mut insts = EntitySet::new();
        for &block in &self.func.layout {
            if block.index() >= self.func.num_blocks() {
                self.report("layout".to_string(), Rule::Missing(block.to_string()));
                return;
            }
            if !blocks.insert(block) {
                self.at_block(block, Rule::Twice(block.to_string()));
            }
        }
        for &block in &self.func.layout {
            let data = self.func.block(block);
            for &param in &data.params {
                if param.index() >= self.func.num_values() {
                    self.at_block(block, Rule::Missing(param.to_string()));
                }
            }
            for &inst in &data.insts {
                if inst.index() >= self.func.num_insts() {
                    self.at_block(block, Rule::Missing(inst.to_string()));
                } else if !insts.insert(inst) {
                    self.at_block(block, Rule::Twice(inst.to_string()));
                } else {
                    self.inst_existence(block, inst, &blocks);
                }
            }
        }
    }

    /// The block is the place: an instruction with operands that do not exist cannot be printed.
    fn inst_existence(&mut self, block: Block, inst: Inst, blocks: &EntitySet<Block>) {
        let data = self.func.inst(inst);
        let mut missing = Vec::new();
        data.for_each_arg(|value| {
            if value.index() >= self.func.num_values() {
                missing.push(value.to_string());
            }
        });
        for to in data.targets() {
            if !blocks.contains(to.block) {
                missing.push(to.block.to_string());
            }
        }
        let has_func = |id: FuncId| id.index() < self.module.functions.len();
        let has_global = |id: GlobalId| id.index() < self.module.globals.len();
        match data {
            InstData::SlotAddr { slot, .. } if slot.index() >= self.func.slots.len() => {
                missing.push(slot.to_string());
            }
            InstData::GlobalAddr { global, .. } if !has_global(*global) => {
                missing.push(global.to_string());
            }
            InstData::Core { relo } if relo.index() >= self.module.core.len() => {
                missing.push(relo.to_string());
            }
            InstData::FuncAddr { func }
            | InstData::Call {
                callee: Callee::Func(func),
                ..
            } if !has_func(*func) => missing.push(func.to_string()),
            _ => {}
        }
        for name in missing {
            self.at_block(block, Rule::Missing(name));
        }
    }

    // Blocks and edges.

    fn shape(&mut self) {
        self.entry();
        for &block in &self.func.layout {
            let data = self.func.block(block);
            for (index, &param) in data.params.iter().enumerate() {
                if self.func.def(param) != ValueDef::Param(block, index) {
                    self.at_block(block, Rule::Origin(param.to_string()));
                }
            }
            if self.func.terminator(block).is_none() {
                self.at_block(block, Rule::NoTerminator);
            }
            let before_last = data.insts.len().saturating_sub(1);
            for &inst in &data.insts[..before_last] {
                if self.func.inst(inst).is_terminator() {
                    self.at_inst(inst, Rule::EarlyTerminator);
                }
            }
            for &inst in &data.insts {
                for to in self.func.inst(inst).targets() {
                    self.edge(inst, to);
                }
            }
        }
    }

    fn entry(&mut self) {
        let entry = self.func.entry();
        let params = self.func.block(entry).params.iter();
        let types: Vec<Type> = params.map(|&param| self.func.ty(param)).collect();
        if types != self.func.signature.params {
            self.at_block(entry, Rule::EntryParams);
        }
    }

    fn edge(&mut self, inst: Inst, to: &BlockCall) {
        if to.block == self.func.entry() {
            self.at_inst(inst, Rule::EdgeToEntry);
        }
        let params = &self.func.block(to.block).params;
        if params.len() != to.args.len() {
            let rule = Rule::ArgCount {
                to: "the block".to_string(),
                expected: params.len(),
                found: to.args.len(),
            };
            self.at_inst(inst, rule);
        }
        for (&param, &arg) in params.iter().zip(&to.args) {
            self.fits(inst, "a block's argument", arg, self.func.ty(param));
        }
    }

    /// Reports `value` unless it may stand where `expected` is wanted.
    fn fits(&mut self, inst: Inst, what: &'static str, value: Value, expected: Type) {
        let found = self.func.ty(value);
        if !found.fits(expected) {
            let expected = expected.to_string();
            let rule = Rule::Type {
                what,
                expected,
                found,
            };
            self.at_inst(inst, rule);
        }
    }

    // Dominance.

    fn dominance(&mut self) {
        let tree = dominators(self.func);
        let mut positions: SecondaryMap<Value, Option<(Block, usize)>> = SecondaryMap::new();
        for &block in &self.func.layout {
            let data = self.func.block(block);
            for &param in &data.params {
                positions[param] = Some((block, 0));
            }
            for (index, &inst) in data.insts.iter().enumerate() {
                if let Some(result) = self.func.result(inst) {
                    positions[result] = Some((block, index + 1));
                }
            }
        }
        for &block in &self.func.layout {
            for (index, &inst) in self.func.block(block).insts.iter().enumerate() {
                let mut bad = Vec::new();
                self.func.inst(inst).for_each_arg(|value| {
                    if !defined_before(&tree, positions[value], (block, index)) {
                        bad.push(value);
                    }
                });
                for value in bad {
                    self.at_inst(inst, Rule::Dominance(value.to_string()));
                }
            }
        }
    }
}

/// Whether a value defined behind `def`'s position is there at `at`. In unreachable code any definition will do.
fn defined_before(tree: &DomTree, def: Option<(Block, usize)>, at: (Block, usize)) -> bool {
    match def {
        None => false,
        Some((block, position)) if block == at.0 => position <= at.1,
        Some((block, _)) => tree.dominates(block, at.0) || !tree.is_reachable(at.0),
    }
}

#[cfg(test)]
mod tests {
    use super::Rule;
    use crate::entity::{Block, EntityRef, FuncId, Value};
    use crate::inst::InstData;
    use crate::{Module, parse};

    fn rules(module: &Module) -> Vec<String> {
        match module.check() {
            Ok(()) => Vec::new(),
            Err(violations) => violations.iter().map(|v| v.rule.to_string()).collect(),
        }
    }

    /// Checks a function `@f(i64, i32, ptr) -> i64` with this body against the messages expected.
    #[track_caller]
    fn reports(body: &str, expected: &[&str]) {
        let text = format!(
            "declare fn @callee(i64, ptr.ctx) -> i64
            fn @f(v0: i64, v1: i32, v2: ptr) -> i64 {{
                slot s0: 8 align 8 \"s\"
            b0:
            {body}
            }}"
        );
        let module = parse(&text).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(rules(&module), expected);
    }

    #[test]
    fn blocks_end_with_their_only_terminator() {
        reports("v3: i64 = neg v0", &["the block has no terminator"]);
        reports(
            "return v0 return v0",
            &["a terminator stands before the end of the block"],
        );
    }

    #[test]
    fn edges_pass_what_their_destination_takes() {
        reports(
            "jump b0",
            &[
                "a jump leads to the entry",
                "the block takes 3 values, given 0",
            ],
        );
        reports(
            "jump b1(v0, v1) b1(v3: i64): return v3",
            &["the block takes 1 values, given 2"],
        );
        reports(
            "jump b1(v1) b1(v3: i64): return v3",
            &["a block's argument is i32, must be i64"],
        );
        reports(
            "jump b1(v2) b1(v3: ptr.ctx): return v0",
            &["a block's argument is ptr, must be ptr.ctx"],
        );
    }

    #[test]
    fn definitions_dominate_uses() {
        reports(
            "v3: i64 = neg v4 v4: i64 = neg v0 return v3",
            &["v4 is used where its definition does not dominate"],
        );
        reports(
            "branch v0 eq v0, b1, b2 b1: v3: i64 = neg v0 jump b2 b2: return v3",
            &["v3 is used where its definition does not dominate"],
        );
    }

    #[test]
    fn operands_have_the_types_of_their_operation() {
        let wrong = |inst: &str, message: &str| reports(&format!("{inst} return v0"), &[message]);
        wrong("v3: i64 = add v0, v1", "the operand is i32, must be i64");
        wrong("v3: i32 = add v0, v0", "the result is i32, must be i64");
        wrong("v3: ptr = neg v2", "the operand is ptr, must be an integer");
        wrong(
            "v3: i32 = const 4294967295",
            "an i32 constant is kept sign-extended",
        );
        wrong(
            "v3: i32 = bswap64 v1",
            "a swap of this size does not fit the value",
        );
        wrong(
            "v3: i32 = zext32 v1",
            "the result is no wider than what is extended",
        );
        wrong("v3: i32 = sext8 v0", "the operand is wider than the result");
        wrong("v3: i32 = trunc v1", "the operand is i32, must be i64");
        wrong("v3: ptr = int_to_ptr v1", "the operand is i32, must be i64");
        wrong("v3: i64 = ptr_to_int v0", "the address is i64, must be ptr");
        wrong(
            "v3: ptr.ctx = ptr_add v2, v0",
            "the result is ptr.ctx, must be ptr",
        );
        wrong(
            "v3: i32 = compare v0 lt v1",
            "the sides of a comparison differ in width",
        );
        wrong(
            "v3: i64 = select v1 lt v1, v0, v1",
            "the value is i32, must be i64",
        );
        wrong(
            "v3: i32 = load.u64 v2+0",
            "the load is wider than its result",
        );
        wrong("v3: ptr = load.u16 v2+0", "a pointer is loaded as a whole");
        wrong("store.u64 v2+0, v1", "the store is wider than its value");
        wrong("store.u64 v0+0, v0", "the address is i64, must be ptr");
        wrong(
            "v3: i64 = atomic.add.u16 v2+0, v0",
            "atomics have 32 or 64 bits",
        );
        wrong(
            "v3: i64 = atomic.add.u64 v2+0, v0, v0",
            "compare-and-exchange alone expects a value",
        );
        wrong(
            "v3: ptr.ctx = slot_addr s0+0",
            "the result is ptr.ctx, must be ptr.stack",
        );
        wrong("memset v2+0, 0, 8, 3", "odd alignment");
        wrong(
            "v3: i64 = call @callee(v0)",
            "the function takes 2 values, given 1",
        );
        wrong(
            "v3: i64 = call @callee(v0, v2)",
            "an argument is ptr, must be ptr.ctx",
        );
        wrong(
            "v3: ptr.ctx = const 0 call @callee(v0, v3)",
            "the instruction has no result",
        );
        wrong(
            "v3: i64 = call helper 1(v0, v0, v0, v0, v0, v0)",
            "a helper takes at most five arguments",
        );
        wrong(
            "v3: i32 = refine v0 lt v0",
            "the result is i32, must be i64",
        );
        wrong(
            "v3: i64 = memset v2+0, 0, 8, 8",
            "the instruction cannot have a result",
        );
        wrong("neg v0", "the instruction has no result");
        reports(
            "switch v0, [1: b1, 1: b1], b1 b1: return v0",
            &["case 1 stands twice"],
        );
        reports("return v1", &["the result is i32, must be i64"]);
        reports("return", &["the function returns a value"]);
    }

    /// A function whose parts are then damaged as no text can say.
    fn damaged(damage: impl FnOnce(&mut crate::Function)) -> Vec<String> {
        let text =
            "fn @f(v0: i64) -> i64 { b0: jump b1(v0) b1(v1: i64): v2: i64 = neg v1 return v2 }";
        let mut module = parse(text).unwrap_or_else(|error| panic!("{error}"));
        damage(&mut module.functions[FuncId::new(0)]);
        rules(&module)
    }

    #[test]
    fn everything_named_exists_once() {
        let missing = |name: &str| vec![Rule::Missing(name.to_string()).to_string()];
        let found = damaged(|func| {
            let inst = func.block(func.layout[1]).insts[0];
            *func.inst_mut(inst) = InstData::Neg {
                arg: Value::new(99),
            };
        });
        assert_eq!(found, missing("v99"));
        let found = damaged(|func| func.layout[1] = Block::new(99));
        assert_eq!(found, missing("b99"));
        let found = damaged(|func| func.layout.push(func.layout[1]));
        assert!(found.contains(&Rule::Twice("b1".to_string()).to_string()));
        let found = damaged(|func| {
            let inst = func.block(func.layout[1]).insts[0];
            func.block_mut(func.entry()).insts.insert(0, inst);
        });
        assert!(found.contains(&Rule::Twice("i1".to_string()).to_string()));
    }

    #[test]
    fn positions_and_signature_are_as_noted() {
        let found = damaged(|func| {
            let block = func.layout[1];
            let result = func.result(func.block(block).insts[0]);
            func.block_mut(block).params = result.into_iter().collect();
        });
        assert!(found.contains(&Rule::Origin("v2".to_string()).to_string()));
        let found = damaged(|func| func.signature.params.push(crate::Type::I32));
        assert_eq!(found, [Rule::EntryParams.to_string()]);
    }

    #[test]
    fn globals_hold_what_they_say() {
        let module =
            parse("global @g \".data\" mutable local size 8 align 8 = \"123456789\" { 4: @g+0 }");
        let found = module.map(|module| rules(&module));
        let expected = [
            "the initial value is longer than the global",
            "a pointer stands outside the global",
        ];
        assert_eq!(found, Ok(expected.map(String::from).to_vec()));
    }
}
