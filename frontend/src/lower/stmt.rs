//! Statements (C11 6.8).

use bpfcc_ir as ir;

use super::function::{Body, Exit};
use crate::tree::{Block, Expr, LabelId, Stmt, StmtKind};

impl Body<'_, '_> {
    /// Statements in braces.
    pub(super) fn block(&mut self, block: &Block) {
        self.scope(|body| body.stmts(block));
    }

    /// The statements of a block whose scope goes on.
    pub(super) fn stmts(&mut self, block: &Block) {
        block.stmts.iter().for_each(|stmt| self.stmt(stmt));
    }

    /// What `lower` lowers is a scope.
    pub(super) fn scope<T>(&mut self, lower: impl FnOnce(&mut Self) -> T) -> T {
        let outer = self.cleanups.len();
        let result = lower(self);
        self.end_scope(outer);
        result
    }

    /// A statement.
    pub(super) fn stmt(&mut self, stmt: &Stmt) {
        let outer = self.enter(stmt.span);
        match &stmt.kind {
            StmtKind::Expr(expr) => self.effect(expr),
            StmtKind::Decl {
                local,
                init,
                cleanup,
            } => {
                self.declare_local(*local, init.as_ref());
                cleanup
                    .iter()
                    .for_each(|call| self.push_cleanup(*local, call));
            }
            StmtKind::Block(block) => self.block(block),
            StmtKind::If {
                cond,
                then,
                otherwise,
            } => self.if_stmt(cond, then, otherwise.as_deref()),
            StmtKind::While { cond, body } => self.while_stmt(cond, body),
            StmtKind::DoWhile { body, cond } => self.do_stmt(body, cond),
            StmtKind::For {
                init,
                cond,
                step,
                body,
            } => self.scope(|lowering| {
                init.iter().for_each(|stmt| lowering.stmt(stmt));
                lowering.for_loop(cond.as_ref(), step.as_ref(), body);
            }),
            StmtKind::Switch {
                value,
                cases,
                default,
                body,
            } => self.switch_stmt(value, cases, *default, body),
            StmtKind::Label(label) => self.arrive_at(*label),
            StmtKind::Goto(label) => self.goto(*label),
            StmtKind::ComputedGoto(number) => self.computed_goto(number),
            StmtKind::Break => self.jump_to_innermost(self.breaks.last().copied()),
            StmtKind::Continue => self.jump_to_innermost(self.continues.last().copied()),
            StmtKind::Return(Some(value)) => self.return_value(value),
            StmtKind::Asm(asm) => self.asm(asm),
            StmtKind::Return(None) => {
                self.run_cleanups(0);
                self.return_zero();
            }
            StmtKind::Empty => {}
        }
        self.leave(outer);
    }

    /// Whether the present statement may run more than once because of a loop statement around it.
    pub(super) fn in_loop(&self) -> bool {
        !self.continues.is_empty()
    }

    fn if_stmt(&mut self, cond: &Expr, then: &Stmt, otherwise: Option<&Stmt>) {
        let [on_true, done] = [(); 2].map(|()| self.builder.new_block());
        match otherwise {
            None => {
                self.condition(cond, on_true, done);
                self.start(on_true);
                self.stmt(then);
            }
            Some(otherwise) => {
                let on_false = self.builder.new_block();
                self.condition(cond, on_true, on_false);
                self.start(on_true);
                self.stmt(then);
                self.jump_unless_left(done);
                self.start(on_false);
                self.stmt(otherwise);
            }
        }
        self.jump_unless_left(done);
        self.start(done);
    }

    /// ```text
    /// head: branch cond, body, done      body: …, jump head      done:
    /// ```
    fn while_stmt(&mut self, cond: &Expr, body: &Stmt) {
        let [head, round, done] = [(); 3].map(|()| self.builder.new_block());
        self.builder.jump(head);
        self.builder.switch_to(head);
        self.condition(cond, round, done);
        self.start(round);
        self.loop_body(body, done, head);
        self.jump_unless_left(head);
        self.builder.seal_block(head);
        self.start(done);
    }

    /// ```text
    /// round: …      test: branch cond, round, done      done:
    /// ```
    fn do_stmt(&mut self, body: &Stmt, cond: &Expr) {
        let [round, test, done] = [(); 3].map(|()| self.builder.new_block());
        self.builder.jump(round);
        self.builder.switch_to(round);
        self.loop_body(body, done, test);
        self.jump_unless_left(test);
        self.start(test);
        self.condition(cond, round, done);
        self.builder.seal_block(round);
        self.start(done);
    }

    /// ```text
    /// head: branch cond, round, done      round: …      next: step, jump head      done:
    /// ```
    fn for_loop(&mut self, cond: Option<&Expr>, step: Option<&Expr>, body: &Stmt) {
        let [head, round, next, done] = [(); 4].map(|()| self.builder.new_block());
        self.builder.jump(head);
        self.builder.switch_to(head);
        match cond {
            Some(cond) => self.condition(cond, round, done),
            None => self.builder.jump(round),
        }
        self.start(round);
        self.loop_body(body, done, next);
        self.jump_unless_left(next);
        self.start(next);
        step.iter().for_each(|step| self.effect(step));
        self.builder.jump(head);
        self.builder.seal_block(head);
        self.start(done);
    }

    fn loop_body(&mut self, body: &Stmt, done: ir::Block, next: ir::Block) {
        let exit = self.exit(done);
        self.breaks.push(exit);
        let exit = self.exit(next);
        self.continues.push(exit);
        self.stmt(body);
        self.continues.pop();
        self.breaks.pop();
    }

    /// Goes on at `block` unless a statement before has left for somewhere else.
    pub(super) fn jump_unless_left(&mut self, block: ir::Block) {
        if !self.builder.is_terminated() {
            self.builder.jump(block);
        }
    }

    fn jump_to_innermost(&mut self, exit: Option<Exit>) {
        let exit = exit.expect("`sema` accepts `break` and `continue` in loops only");
        self.run_cleanups(exit.cleanups);
        self.builder.jump(exit.block);
    }

    /// A way out of the statement that follows.
    pub(super) fn exit(&self, block: ir::Block) -> Exit {
        Exit {
            block,
            cleanups: self.cleanups.len(),
        }
    }

    // Labels.

    /// The block that a label stands for.
    pub(super) fn label(&mut self, label: LabelId) -> ir::Block {
        *self.labels[label.index()].get_or_insert_with(|| self.builder.new_block())
    }

    fn goto(&mut self, label: LabelId) {
        let live = self.live_at_labels[label.index()].clone();
        self.run_cleanups_outside(&live);
        let block = self.label(label);
        self.builder.jump(block);
    }

    /// A `switch` over the labels whose address is taken. A number that none of them has goes to the last.
    fn computed_goto(&mut self, number: &Expr) {
        let number = self.word(number);
        let labels = self.function.addressed_labels.as_slice();
        let (last, others) = labels
            .split_last()
            .expect("`sema` refuses `goto *` without labels");
        let ways: Vec<ir::Block> = labels.iter().map(|_| self.builder.new_block()).collect();
        let numbered = (1..).zip(&ways[..others.len()]);
        let cases = numbered
            .map(|(number, &way)| (number, way.into()))
            .collect();
        let otherwise = ways[others.len()];
        match others.is_empty() {
            true => self.builder.jump(otherwise),
            false => self.builder.switch(number, cases, otherwise),
        }
        for (&label, way) in others.iter().chain([last]).zip(ways) {
            self.start(way);
            self.goto(label);
        }
    }

    fn arrive_at(&mut self, label: LabelId) {
        let block = self.label(label);
        self.jump_unless_left(block);
        self.builder.switch_to(block);
        // The `switch` has made its jumps by now; a `goto` to a named label may still come.
        if self.function[label].name.is_none() {
            self.builder.seal_block(block);
        }
    }
}
