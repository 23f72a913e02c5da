//! The ways through a function, and what happens to its variables on them.
//!
//! A [`Graph`] has a node for each stretch of the program without a choice. `int x; if (a && b) x = 1; use(x);` becomes
//!
//! ```text
//! 0: declare x, read a ─true─► 1: read b ─true─► 2: set x ─► 3: read x
//!                       └─────false──────┴───false──────────►┘
//! ```
//!
//! It is made from the typed tree and not from the IR, so that what is found does not depend on the level of optimisation.
//! Conditions that are constant have one way only.

use std::collections::HashMap;

use crate::source::Span;
use crate::tree::asm::{Asm, AsmInput, AsmOperand};
use crate::tree::{
    Block, Builtin, Callee, Case, CastKind, CompareOp, Expr, ExprKind, Function, Init, InitValue,
    LabelId, LocalId, Place, PlaceKind, Stmt, StmtKind, Unit,
};
use crate::types::{TypeKind, Types};

/// Number of a [`Node`]; the function starts at 0.
pub(super) type NodeId = usize;

/// The ways through a function.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
    /// How often each variable as a whole is assigned to.
    assignments: HashMap<LocalId, u32>,
}

/// A stretch without a choice.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// What happens to variables, in order.
    pub(super) events: Vec<Event>,
    /// Where it goes on. A condition that is true takes the first way.
    pub(super) ways: Vec<NodeId>,
    /// What decides between several ways.
    pub(super) choice: Option<Choice>,
}

/// What happens to a variable. A struct or array is one variable with its members.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Event {
    /// Its life starts without a value.
    Declare(LocalId),
    /// It, or a part of it, gets a value.
    Set(LocalId),
    /// It is read.
    Read(LocalId, Span),
    /// Its address goes to someone who only reads.
    Lend(LocalId, Span),
    /// Its address goes to someone who may do anything.
    Expose(LocalId),
}

/// What decides between several ways.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Choice {
    /// A value that is true or false.
    Condition(Span),
    /// The value of a `switch`. `leaves` is the way that finds no case.
    Switch {
        /// The value.
        value: Span,
        /// Index of the way that finds no case.
        leaves: Option<usize>,
    },
    /// An `asm goto`.
    Assembly(Span),
    /// A `goto *`.
    Computed(Span),
}

impl Graph {
    /// The ways through a body.
    pub(super) fn new(unit: &Unit, function: &Function, body: &Block) -> Graph {
        let mut builder = Builder {
            unit,
            addressed: function.addressed_labels.clone(),
            graph: Graph::default(),
            here: 0,
            breaks: Vec::new(),
            continues: Vec::new(),
            labels: HashMap::new(),
        };
        builder.here = builder.node();
        builder.block(body);
        builder.graph
    }

    /// How often a variable as a whole is assigned to.
    pub(super) fn assignments(&self, local: LocalId) -> u32 {
        self.assignments.get(&local).copied().unwrap_or(0)
    }
}

struct Builder<'a> {
    unit: &'a Unit,
    /// Where a `goto *` may go.
    addressed: Vec<LabelId>,
    graph: Graph,
    here: NodeId,
    breaks: Vec<NodeId>,
    continues: Vec<NodeId>,
    labels: HashMap<LabelId, NodeId>,
}

impl Builder<'_> {
    fn node(&mut self) -> NodeId {
        self.graph.nodes.push(Node::default());
        self.graph.nodes.len() - 1
    }

    fn event(&mut self, event: Event) {
        self.graph.nodes[self.here].events.push(event);
    }

    /// Goes on at `to`, which is where the next events are.
    fn proceed(&mut self, to: NodeId) {
        self.graph.nodes[self.here].ways.push(to);
        self.here = to;
    }

    /// Goes to `to`; what follows in the text is reached by a label or not at all.
    fn leave(&mut self, to: Option<NodeId>) {
        self.graph.nodes[self.here].ways.extend(to);
        self.here = self.node();
    }

    fn label(&mut self, label: LabelId) -> NodeId {
        match self.labels.get(&label) {
            Some(&node) => node,
            None => {
                let node = self.node();
                self.labels.insert(label, node);
                node
            }
        }
    }

    fn choose(&mut self, choice: Choice, ways: Vec<NodeId>) {
        let node = &mut self.graph.nodes[self.here];
        node.choice = Some(choice);
        node.ways = ways;
    }
}

// Statements.
impl Builder<'_> {
    fn block(&mut self, block: &Block) {
        block.stmts.iter().for_each(|stmt| self.stmt(stmt));
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Expr(expr) => self.value(expr),
            StmtKind::Decl { local, init, .. } => self.declaration(*local, init.as_ref()),
            StmtKind::Block(block) => self.block(block),
            StmtKind::If {
                cond,
                then,
                otherwise,
            } => self.choice_of(
                cond,
                |builder| builder.stmt(then),
                |builder| otherwise.iter().for_each(|stmt| builder.stmt(stmt)),
            ),
            StmtKind::While { cond, body } => self.repeat(Some(cond), None, body),
            StmtKind::DoWhile { body, cond } => self.do_while(body, cond),
            StmtKind::For {
                init,
                cond,
                step,
                body,
            } => {
                init.iter().for_each(|stmt| self.stmt(stmt));
                self.repeat(cond.as_ref(), step.as_ref(), body);
            }
            StmtKind::Switch {
                value,
                cases,
                default,
                body,
            } => self.switch(value, cases, *default, body),
            StmtKind::Label(label) => {
                let node = self.label(*label);
                self.proceed(node);
            }
            StmtKind::Goto(label) => {
                let node = self.label(*label);
                self.leave(Some(node));
            }
            StmtKind::ComputedGoto(target) => {
                self.value(target);
                let choice = Choice::Computed(target.span);
                let labels = self.addressed.clone().into_iter();
                let ways = labels.map(|label| self.label(label)).collect();
                self.choose(choice, ways);
                self.here = self.node();
            }
            StmtKind::Break => self.leave(self.breaks.last().copied()),
            StmtKind::Continue => self.leave(self.continues.last().copied()),
            StmtKind::Return(value) => {
                value.iter().for_each(|value| self.value(value));
                self.leave(None);
            }
            StmtKind::Asm(asm) => self.asm(asm, stmt.span),
            StmtKind::Empty => {}
        }
    }

    fn declaration(&mut self, local: LocalId, init: Option<&Init>) {
        let Some(init) = init else {
            return self.event(Event::Declare(local));
        };
        // `int x = x;` is how one says that there is no value on purpose.
        let says_nothing = |item: &crate::tree::InitItem| match &item.value {
            InitValue::Expr(value) => read_local(value) == Some(local),
            InitValue::Bytes(_) => false,
        };
        if !init.items.iter().all(says_nothing) {
            self.init(init);
        }
        self.event(Event::Set(local));
    }

    fn init(&mut self, init: &Init) {
        for item in &init.items {
            if let InitValue::Expr(value) = &item.value {
                self.value(value);
            }
        }
    }

    fn choice_of(
        &mut self,
        cond: &Expr,
        then: impl FnOnce(&mut Self),
        otherwise: impl FnOnce(&mut Self),
    ) {
        let (yes, no, after) = (self.node(), self.node(), self.node());
        self.condition(cond, yes, no);
        self.here = yes;
        then(self);
        self.proceed(after);
        self.here = no;
        otherwise(self);
        self.proceed(after);
    }

    fn repeat(&mut self, cond: Option<&Expr>, step: Option<&Expr>, body: &Stmt) {
        let (head, inside, next, after) = (self.node(), self.node(), self.node(), self.node());
        self.proceed(head);
        match cond {
            Some(cond) => self.condition(cond, inside, after),
            None => self.graph.nodes[head].ways.push(inside),
        }
        self.here = inside;
        self.loop_body(body, next, after);
        self.proceed(next);
        step.iter().for_each(|step| self.value(step));
        self.graph.nodes[self.here].ways.push(head);
        self.here = after;
    }

    fn do_while(&mut self, body: &Stmt, cond: &Expr) {
        let (inside, next, after) = (self.node(), self.node(), self.node());
        self.proceed(inside);
        self.loop_body(body, next, after);
        self.proceed(next);
        self.condition(cond, inside, after);
        self.here = after;
    }

    fn loop_body(&mut self, body: &Stmt, next: NodeId, after: NodeId) {
        self.continues.push(next);
        self.breaks.push(after);
        self.stmt(body);
        self.continues.pop();
        self.breaks.pop();
    }

    fn switch(&mut self, value: &Expr, cases: &[Case], default: Option<LabelId>, body: &Stmt) {
        self.value(value);
        let after = self.node();
        let chosen = value.as_const().map(|value| {
            let hit = |case: &&Case| is_case(value, std::slice::from_ref(case));
            cases.iter().find(hit).map(|case| case.label).or(default)
        });
        let labels: Vec<LabelId> = match chosen {
            Some(only) => only.into_iter().collect(),
            None => cases.iter().map(|case| case.label).chain(default).collect(),
        };
        let mut ways: Vec<NodeId> = labels.iter().map(|&label| self.label(label)).collect();
        let complete = match chosen {
            Some(only) => only.is_some(),
            None => default.is_some() || self.covers_enumeration(value, cases),
        };
        let leaves = (!complete).then_some(ways.len());
        ways.extend(leaves.map(|_| after));
        let choice = Choice::Switch {
            value: value.span,
            leaves,
        };
        self.choose(choice, ways);
        self.here = self.node();
        self.breaks.push(after);
        self.stmt(body);
        self.breaks.pop();
        self.proceed(after);
    }

    /// Whether there is a case for each enumerator.
    fn covers_enumeration(&self, value: &Expr, cases: &[Case]) -> bool {
        enumerators(&self.unit.types, value)
            .is_some_and(|values| values.iter().all(|(_, value)| is_case(*value, cases)))
    }

    fn asm(&mut self, asm: &Asm, span: Span) {
        for operand in &asm.operands {
            match operand {
                AsmOperand::Input { value, .. }
                | AsmOperand::Const(value)
                | AsmOperand::Memory(value) => self.value(value),
                AsmOperand::Output { place, input, .. } => match input {
                    AsmInput::Nothing => {}
                    AsmInput::SamePlace => self.read(place),
                    AsmInput::Value(value) => self.value(value),
                },
                AsmOperand::Way => {}
            }
        }
        for operand in &asm.operands {
            if let AsmOperand::Output { place, .. } = operand {
                self.set(place);
            }
        }
        if !asm.labels.is_empty() {
            let next = self.node();
            let labels = asm.labels.iter().map(|&label| self.label(label));
            let ways = labels.chain([next]).collect();
            self.choose(Choice::Assembly(span), ways);
            self.here = next;
        }
    }
}

// Values.
impl Builder<'_> {
    fn value(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::IntConst(_)
            | ExprKind::FloatConst(_)
            | ExprKind::FuncAddr(_)
            | ExprKind::Core(_) => {}
            ExprKind::Load(place) => self.read(place),
            ExprKind::AddressOf(place) => match root(place) {
                Some(local) => self.event(Event::Expose(local)),
                None => self.place(place),
            },
            // What has no value has none after `++` and `+=` either.
            ExprKind::IncDec { place, .. } => self.read(place),
            // `(void)x` says that `x` is not used.
            ExprKind::Cast {
                kind: CastKind::ToVoid,
                arg,
            } if read_local(arg).is_some() => {}
            ExprKind::Unary { arg, .. }
            | ExprKind::Cast { arg, .. }
            | ExprKind::LogicalNot(arg) => self.value(arg),
            ExprKind::Binary { lhs, rhs, .. }
            | ExprKind::Compare { lhs, rhs, .. }
            | ExprKind::PtrDiff { lhs, rhs, .. }
            | ExprKind::Comma(lhs, rhs) => {
                self.value(lhs);
                self.value(rhs);
            }
            ExprKind::LogicalAnd(lhs, rhs) => {
                self.choice_of(lhs, |builder| builder.value(rhs), |_| {})
            }
            ExprKind::LogicalOr(lhs, rhs) => {
                self.choice_of(lhs, |_| {}, |builder| builder.value(rhs))
            }
            ExprKind::Conditional {
                cond,
                then,
                otherwise,
            } => self.choice_of(
                cond,
                |builder| builder.value(then),
                |builder| builder.value(otherwise),
            ),
            ExprKind::Shift { value, count, .. } => {
                self.value(value);
                self.value(count);
            }
            ExprKind::PtrOffset { ptr, index, .. } => {
                self.value(ptr);
                self.value(index);
            }
            ExprKind::Assign { place, value } => {
                if let PlaceKind::Local(local) = place.kind {
                    *self.graph.assignments.entry(local).or_default() += 1;
                }
                self.value(value);
                self.set(place);
            }
            ExprKind::CompoundAssign { place, value, .. } => {
                self.read(place);
                self.value(value);
            }
            ExprKind::Call { callee, args } => self.call(callee, args),
            ExprKind::Builtin { builtin, args } => {
                args.iter().for_each(|arg| self.argument(arg));
                if matches!(builtin, Builtin::Unreachable | Builtin::Trap) {
                    self.leave(None);
                }
            }
            ExprKind::StmtExpr { block, value } => {
                self.block(block);
                value.iter().for_each(|value| self.value(value));
            }
        }
    }

    fn call(&mut self, callee: &Callee, args: &[Expr]) {
        if let Callee::Indirect(pointer) = callee {
            self.value(pointer);
        }
        args.iter().for_each(|arg| self.argument(arg));
        if matches!(callee, Callee::Func(id) if self.unit[*id].attributes.noreturn) {
            self.leave(None);
        }
    }

    /// An argument; what a pointer to `const` points to is only read.
    fn argument(&mut self, arg: &Expr) {
        let types = &self.unit.types;
        let is_read = types
            .pointee(arg.ty)
            .is_some_and(|pointee| pointee.quals.is_const);
        match lent_local(arg).filter(|_| is_read) {
            Some(local) => self.event(Event::Lend(local, arg.span)),
            None => self.value(arg),
        }
    }

    fn read(&mut self, place: &Place) {
        match root(place) {
            Some(local) => self.event(Event::Read(local, place.span)),
            None => self.place(place),
        }
    }

    fn set(&mut self, place: &Place) {
        match root(place) {
            Some(local) => self.event(Event::Set(local)),
            None => self.place(place),
        }
    }

    /// What is evaluated to find a place.
    fn place(&mut self, place: &Place) {
        match &place.kind {
            PlaceKind::Local(_) | PlaceKind::Global(_) => {}
            PlaceKind::Deref(pointer) => self.value(pointer),
            PlaceKind::Member { base, .. } | PlaceKind::BitField { base, .. } => self.place(base),
            PlaceKind::CompoundLiteral { init, .. } => self.init(init),
            PlaceKind::Temporary { value, .. } => self.value(value),
        }
    }

    /// Goes to `yes` or `no` as a condition says.
    fn condition(&mut self, cond: &Expr, yes: NodeId, no: NodeId) {
        if let Some(value) = cond.as_const() {
            let way = if value != 0 { yes } else { no };
            return self.graph.nodes[self.here].ways.push(way);
        }
        match &cond.kind {
            ExprKind::LogicalAnd(lhs, rhs) => {
                let both = self.node();
                self.condition(lhs, both, no);
                self.here = both;
                self.condition(rhs, yes, no);
            }
            ExprKind::LogicalOr(lhs, rhs) => {
                let neither = self.node();
                self.condition(lhs, yes, neither);
                self.here = neither;
                self.condition(rhs, yes, no);
            }
            ExprKind::LogicalNot(arg) => self.condition(arg, no, yes),
            ExprKind::Cast {
                kind: CastKind::IntToInt | CastKind::ToBool,
                arg,
            } if is_truth(arg) => self.condition(arg, yes, no),
            ExprKind::Compare {
                op: op @ (CompareOp::Ne | CompareOp::Eq),
                lhs,
                rhs,
            } if is_truth(lhs) && rhs.as_const() == Some(0) => match op {
                CompareOp::Ne => self.condition(lhs, yes, no),
                _ => self.condition(lhs, no, yes),
            },
            ExprKind::Comma(first, second) => {
                self.value(first);
                self.condition(second, yes, no);
            }
            ExprKind::StmtExpr {
                block,
                value: Some(value),
            } => {
                self.block(block);
                self.condition(value, yes, no);
            }
            _ => {
                self.value(cond);
                self.choose(Choice::Condition(cond.span), vec![yes, no]);
            }
        }
    }
}

/// The enumerators of the enumeration that a value is of, which its promotion hides.
pub(super) fn enumerators<'t>(types: &'t Types, value: &Expr) -> Option<&'t [(String, i128)]> {
    let ty = match &value.kind {
        ExprKind::Cast { arg, .. } => return enumerators(types, arg),
        ExprKind::Load(place) => place.ty.ty,
        _ => value.ty,
    };
    match types.shape(ty) {
        TypeKind::Enum(id) => types.enumeration(*id).values.as_deref(),
        _ => None,
    }
}

/// Whether there is a case for a value.
pub(super) fn is_case(value: i128, cases: &[Case]) -> bool {
    cases
        .iter()
        .any(|case| (case.low..=case.high).contains(&value))
}

/// Whether a value is 0 or 1 because of what it asks, perhaps converted.
fn is_truth(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::LogicalAnd(..)
        | ExprKind::LogicalOr(..)
        | ExprKind::LogicalNot(_)
        | ExprKind::Compare { .. } => true,
        ExprKind::Cast {
            kind: CastKind::IntToInt | CastKind::ToBool,
            arg,
        } => is_truth(arg),
        _ => false,
    }
}

/// The variable that a place is, or is a part of.
fn root(place: &Place) -> Option<LocalId> {
    match &place.kind {
        PlaceKind::Local(local) => Some(*local),
        PlaceKind::Member { base, .. } | PlaceKind::BitField { base, .. } => root(base),
        _ => None,
    }
}

/// The variable that a value is the content of, perhaps converted.
fn read_local(value: &Expr) -> Option<LocalId> {
    match &value.kind {
        ExprKind::Load(place) => root(place),
        ExprKind::Cast { arg, .. } => read_local(arg),
        _ => None,
    }
}

/// The variable that a value is the address of, perhaps converted.
fn lent_local(value: &Expr) -> Option<LocalId> {
    match &value.kind {
        ExprKind::AddressOf(place) => root(place),
        ExprKind::Cast { arg, .. } => lent_local(arg),
        _ => None,
    }
}
