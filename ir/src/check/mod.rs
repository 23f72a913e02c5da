//! Well-formedness: what every pass may rely on and must keep. Runs after each pass in debug builds.
//!
//! Three questions in this order, since each needs the answers before it: does everything that is named exist
//! ([`Rule`]'s first part), is the shape of blocks and edges right and are the operands' types ([`operands`]), and does every
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
