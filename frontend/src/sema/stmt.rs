//! Statements (C11 6.8) and declarations inside of functions.

use lang_c::ast;
use lang_c::span::Node;

use crate::diagnostic::{Diagnostic, any_error};
use crate::normalize::spelling::as_written;
use crate::source::Span;
use crate::tree::{
    Block, Callee, Case, Expr, ExprKind, Init, InitItem, InitValue, LabelId, Local, LocalId, Place,
    PlaceKind, Stmt, StmtKind,
};
use crate::types::{IntKind, TypeId, Types};

use super::convert::{self, Context};
use super::declarator::{Declared, Specifiers, Storage};
use super::label::{self, LabelStatement};
use super::scope::Entity;
use super::{Checked, Checker};

/// A `switch` whose body is being checked.
pub(super) struct Switch {
    /// The promoted type of its value; `None` if the value was wrong.
    ty: Option<TypeId>,
    cases: Vec<(Case, Span)>,
    default: Option<LabelId>,
}

impl Checker<'_> {
    /// Statements and declarations between braces; faulty ones are left out.
    pub(super) fn block_items(&mut self, items: &[Node<ast::BlockItem>], span: Span) -> Block {
        let mut stmts = Vec::new();
        for item in items {
            // An error has been reported; the next item may be fine.
            let _ = self.block_item(item, &mut stmts);
        }
        Block { stmts, span }
    }

    fn block_item(&mut self, item: &Node<ast::BlockItem>, into: &mut Vec<Stmt>) -> Checked<()> {
        match &item.node {
            ast::BlockItem::Declaration(declaration) => self.local_declaration(declaration, into),
            ast::BlockItem::StaticAssert(assertion) => self.static_assert(assertion),
            ast::BlockItem::Statement(statement) => self.statement(statement, into),
        }
    }

    /// Appends a statement; with its labels it may be several.
    fn statement(&mut self, node: &Node<ast::Statement>, into: &mut Vec<Stmt>) -> Checked<()> {
        let span = self.span(node);
        self.nested(span, |checker| checker.statement_parts(node, span, into))
    }

    fn statement_parts(
        &mut self,
        node: &Node<ast::Statement>,
        span: Span,
        into: &mut Vec<Stmt>,
    ) -> Checked<()> {
        let kind = match &node.node {
            ast::Statement::Labeled(labeled) => return self.labeled(labeled, into),
            ast::Statement::Compound(items) => {
                StmtKind::Block(self.scoped(|checker| checker.block_items(items, span)))
            }
            ast::Statement::Expression(None) => StmtKind::Empty,
            ast::Statement::Expression(Some(expression)) => {
                match label::statement(&expression.node) {
                    Some(LabelStatement::Goto(place)) => self.computed_goto(place, span)?,
                    Some(LabelStatement::Declare(names)) => return self.local_labels(names),
                    None => StmtKind::Expr(self.discarded(expression)?),
                }
            }
            ast::Statement::If(node) => self.if_statement(&node.node)?,
            ast::Statement::Switch(node) => self.switch(&node.node)?,
            ast::Statement::While(node) => {
                let cond = self.condition_of(&node.node.expression);
                let body = self.loop_body(&node.node.statement);
                StmtKind::While {
                    cond: cond?,
                    body: body?,
                }
            }
            ast::Statement::DoWhile(node) => {
                let body = self.loop_body(&node.node.statement);
                let cond = self.condition_of(&node.node.expression);
                StmtKind::DoWhile {
                    body: body?,
                    cond: cond?,
                }
            }
            ast::Statement::For(node) => {
                self.scoped(|checker| checker.for_statement(&node.node))?
            }
            ast::Statement::Goto(name) => {
                let span = self.span(name);
                StmtKind::Goto(self.named_label(&as_written(&name.node), span, false)?)
            }
            ast::Statement::Continue => {
                if self.body.as_ref().is_none_or(|body| body.loops == 0) {
                    return self.error("stray-jump", span, "`continue` stands inside of a loop");
                }
                StmtKind::Continue
            }
            ast::Statement::Break => {
                if self.body.as_ref().is_none_or(|body| body.breakable == 0) {
                    return self.error(
                        "stray-jump",
                        span,
                        "`break` stands inside of a loop or a `switch`",
                    );
                }
                StmtKind::Break
            }
            ast::Statement::Return(value) => self.return_statement(value.as_deref(), span)?,
            ast::Statement::Asm(node) => self.asm_statement(node, span)?,
        };
        into.push(Stmt { kind, span });
        Ok(())
    }

    /// A statement in a place that takes one statement.
    fn single(&mut self, node: &Node<ast::Statement>) -> Checked<Box<Stmt>> {
        let span = self.span(node);
        let mut stmts = Vec::new();
        self.statement(node, &mut stmts)?;
        Ok(Box::new(match stmts.pop() {
            Some(only) if stmts.is_empty() => only,
            last => {
                stmts.extend(last);
                let kind = StmtKind::Block(Block { stmts, span });
                Stmt { kind, span }
            }
        }))
    }

    /// An expression whose value is not used.
    fn discarded(&mut self, node: &Node<ast::Expression>) -> Checked<Expr> {
        self.rvalue(node)
    }

    fn condition_of(&mut self, node: &Node<ast::Expression>) -> Checked<Expr> {
        let value = self.rvalue(node)?;
        self.condition(value)
    }

    fn if_statement(&mut self, node: &ast::IfStatement) -> Checked<StmtKind> {
        let cond = self.condition_of(&node.condition);
        let then = self.single(&node.then_statement);
        let otherwise = node.else_statement.as_deref().map(|node| self.single(node));
        Ok(StmtKind::If {
            cond: cond?,
            then: then?,
            otherwise: otherwise.transpose()?,
        })
    }

    /// The body of a loop, in which `break` and `continue` may stand.
    fn loop_body(&mut self, node: &Node<ast::Statement>) -> Checked<Box<Stmt>> {
        self.count_enclosing(1, 1);
        let body = self.single(node);
        self.count_enclosing(-1, -1);
        body
    }

    fn count_enclosing(&mut self, loops: i32, breakable: i32) {
        if let Some(body) = &mut self.body {
            body.loops = body.loops.saturating_add_signed(loops);
            body.breakable = body.breakable.saturating_add_signed(breakable);
        }
    }

    fn for_statement(&mut self, node: &ast::ForStatement) -> Checked<StmtKind> {
        let mut init = Vec::new();
        let started = match &node.initializer.node {
            ast::ForInitializer::Empty => Ok(()),
            ast::ForInitializer::Expression(expression) => self.discarded(expression).map(|expr| {
                let span = expr.span;
                let kind = StmtKind::Expr(expr);
                init.push(Stmt { kind, span });
            }),
            ast::ForInitializer::Declaration(declaration) => {
                self.local_declaration(declaration, &mut init)
            }
            ast::ForInitializer::StaticAssert(assertion) => self.static_assert(assertion),
        };
        let cond = node
            .condition
            .as_deref()
            .map(|node| self.condition_of(node));
        let step = node.step.as_deref().map(|node| self.discarded(node));
        let body = self.loop_body(&node.statement);
        started?;
        Ok(StmtKind::For {
            init,
            cond: cond.transpose()?,
            step: step.transpose()?,
            body: body?,
        })
    }

    fn return_statement(
        &mut self,
        value: Option<&Node<ast::Expression>>,
        span: Span,
    ) -> Checked<StmtKind> {
        let Some((result, name)) = self
            .body
            .as_ref()
            .map(|body| (body.result, body.name.clone()))
        else {
            return Err(super::Reported);
        };
        let is_void = self.types().is_void(result);
        let Some(node) = value else {
            if !is_void {
                let shown = self.show(result);
                self.warn(
                    "return-type",
                    span,
                    format!("`{name}` returns {shown}, but no value is given here"),
                );
            }
            return Ok(StmtKind::Return(None));
        };
        let value = self.rvalue(node)?;
        if is_void {
            if self.types().is_void(value.ty) {
                return Ok(StmtKind::Return(Some(value)));
            }
            return self.error(
                "return-value",
                value.span,
                format!("`{name}` returns nothing, but a value is given here"),
            );
        }
        let value = self.convert(value, result.unqualified(), Context::Return)?;
        Ok(StmtKind::Return(Some(value)))
    }

    /// `({ … })`: the last expression is the value.
    pub(super) fn statement_expression(
        &mut self,
        node: &Node<ast::Statement>,
        span: Span,
    ) -> Checked<Expr> {
        if self.body.is_none() {
            return self.error(
                "outside-function",
                span,
                "statements stand inside of functions",
            );
        }
        let ast::Statement::Compound(items) = &node.node else {
            return self.error(
                "statement-expression",
                span,
                "a statement expression is written `({ … })`",
            );
        };
        let reported = self.diagnostics.len();
        let (block, value) = self.scoped(|checker| {
            let last = items
                .split_last()
                .and_then(|(last, before)| match &last.node {
                    ast::BlockItem::Statement(last) => Some((labeled_value(last)?, before)),
                    _ => None,
                });
            match last {
                Some(((labels, value), before)) => {
                    let mut block = checker.block_items(before, span);
                    let labels = labels.into_iter();
                    labels.for_each(|label| checker.label(label, &mut block.stmts));
                    (block, Some(checker.rvalue(value)))
                }
                None => (checker.block_items(items, span), None),
            }
        });
        let value = value.transpose()?;
        if any_error(&self.diagnostics[reported..]) {
            // A faulty declaration inside makes the value meaningless.
            return Err(super::Reported);
        }
        let ty = value.as_ref().map_or(Types::VOID, |value| value.ty);
        let value = value.map(Box::new);
        Ok(convert::expr(ExprKind::StmtExpr { block, value }, ty, span))
    }
}

/// Whether this is one number that is known.
fn is_constant(init: &Init) -> bool {
    match &init.items[..] {
        [
            InitItem {
                value: InitValue::Expr(value),
                ..
            },
        ] => value.as_const().is_some(),
        _ => false,
    }
}

/// The labels of a statement that is an expression, and that expression.
fn labeled_value(
    mut node: &Node<ast::Statement>,
) -> Option<(Vec<&Node<ast::Label>>, &Node<ast::Expression>)> {
    let mut labels = Vec::new();
    while let ast::Statement::Labeled(labeled) = &node.node {
        labels.push(&labeled.node.label);
        node = &labeled.node.statement;
    }
    match &node.node {
        ast::Statement::Expression(Some(value)) if label::statement(&value.node).is_none() => {
            Some((labels, value))
        }
        _ => None,
    }
}

// Labels and switches.
impl Checker<'_> {
    fn labeled(&mut self, node: &Node<ast::LabeledStatement>, into: &mut Vec<Stmt>) -> Checked<()> {
        self.label(&node.node.label, into);
        self.statement(&node.node.statement, into)
    }

    fn label(&mut self, node: &Node<ast::Label>, into: &mut Vec<Stmt>) {
        let span = self.span(node);
        let label = match &node.node {
            ast::Label::Identifier(name) => {
                let span = self.span(name);
                self.named_label(&as_written(&name.node), span, true)
            }
            ast::Label::Case(value) => self.case(value, value, span),
            ast::Label::CaseRange(range) => self.case(&range.node.low, &range.node.high, span),
            ast::Label::Default => self.default(span),
        };
        if let Ok(label) = label {
            let kind = StmtKind::Label(label);
            into.push(Stmt { kind, span });
        }
    }

    fn switch(&mut self, node: &ast::SwitchStatement) -> Checked<StmtKind> {
        let value = self.switch_value(&node.expression);
        let ty = value.as_ref().ok().map(|value| value.ty);
        self.count_enclosing(0, 1);
        if let Some(body) = &mut self.body {
            body.switches.push(Switch {
                ty,
                cases: Vec::new(),
                default: None,
            });
        }
        let statement = self.single(&node.statement);
        self.count_enclosing(0, -1);
        let Some(switch) = self.body.as_mut().and_then(|body| body.switches.pop()) else {
            return Err(super::Reported);
        };
        Ok(StmtKind::Switch {
            value: value?,
            cases: switch.cases.into_iter().map(|(case, _)| case).collect(),
            default: switch.default,
            body: statement?,
        })
    }

    fn switch_value(&mut self, node: &Node<ast::Expression>) -> Checked<Expr> {
        let value = self.rvalue(node)?;
        if self.types().is_integer(value.ty) {
            return Ok(self.promote(value));
        }
        let shown = self.show(value.ty);
        self.error(
            "switch-type",
            value.span,
            format!("`switch` needs an integer, not {shown}"),
        )
    }

    fn case(
        &mut self,
        low: &Node<ast::Expression>,
        high: &Node<ast::Expression>,
        span: Span,
    ) -> Checked<LabelId> {
        let low = self.constant_expression(low);
        let high = self.constant_expression(high);
        let ty = match self.body.as_ref().and_then(|body| body.switches.last()) {
            Some(switch) => switch.ty,
            None => return self.error("stray-jump", span, "`case` stands inside of a `switch`"),
        };
        let kind = ty
            .and_then(|ty| self.types().int_kind(ty))
            .unwrap_or(IntKind::Int);
        let (low, high) = (kind.wrap(low?), kind.wrap(high?));
        if high < low {
            self.warn(
                "empty-range",
                span,
                format!("no value lies between {low} and {high}"),
            );
        }
        self.check_duplicate_case(low, high, span)?;
        let label = self.unnamed_label(span)?;
        if let Some(switch) = self.body.as_mut().and_then(|body| body.switches.last_mut()) {
            switch.cases.push((Case { low, high, label }, span));
        }
        Ok(label)
    }

    fn check_duplicate_case(&mut self, low: i128, high: i128, span: Span) -> Checked<()> {
        let switch = self.body.as_ref().and_then(|body| body.switches.last());
        let overlaps = |case: &&(Case, Span)| low <= case.0.high && case.0.low <= high;
        let other = switch.and_then(|switch| switch.cases.iter().find(overlaps));
        match other {
            Some(&(_, first)) => {
                let error = Diagnostic::error(span, format!("there already is a `case` for {low}"))
                    .code("duplicate-case");
                self.fail(error.note(first, "the other one"))
            }
            None => Ok(()),
        }
    }

    fn default(&mut self, span: Span) -> Checked<LabelId> {
        match self.body.as_ref().and_then(|body| body.switches.last()) {
            None => return self.error("stray-jump", span, "`default` stands inside of a `switch`"),
            Some(switch) if switch.default.is_some() => {
                return self.error(
                    "duplicate-case",
                    span,
                    "this `switch` already has a `default`",
                );
            }
            Some(_) => {}
        }
        let label = self.unnamed_label(span)?;
        if let Some(switch) = self.body.as_mut().and_then(|body| body.switches.last_mut()) {
            switch.default = Some(label);
        }
        Ok(label)
    }
}

// Declarations inside of functions.
impl Checker<'_> {
    fn local_declaration(
        &mut self,
        node: &Node<ast::Declaration>,
        into: &mut Vec<Stmt>,
    ) -> Checked<()> {
        let span = self.span(node);
        let specifiers = self.declaration_specifiers(&node.node.specifiers, span);
        let mut result = Ok(());
        for declarator in &node.node.declarators {
            let declared = specifiers
                .as_ref()
                .map_err(|&reported| reported)
                .and_then(|specifiers| self.local_declarator(specifiers, declarator, into));
            if declared.is_err() {
                self.mark_faulty(&declarator.node.declarator);
            }
            result = result.and(declared);
        }
        specifiers.and(result)
    }

    fn local_declarator(
        &mut self,
        specifiers: &Specifiers,
        node: &Node<ast::InitDeclarator>,
        into: &mut Vec<Stmt>,
    ) -> Checked<()> {
        let mut declared = self.declared(specifiers, &node.node.declarator)?;
        if self.declare_without_storage(specifiers, &declared, node)? {
            return Ok(());
        }
        let initializer = node.node.initializer.as_ref();
        match specifiers.storage {
            Some(Storage::Extern) => self
                .declare_global(&declared, specifiers.storage)
                .map(|_| ()),
            Some(Storage::Static) => {
                self.infer_auto_type(&mut declared, initializer)?;
                self.static_local(&declared, initializer)
            }
            _ => {
                self.infer_auto_type(&mut declared, initializer)?;
                self.automatic(&declared, initializer, into)
            }
        }
    }

    /// `__auto_type x = value;`
    pub(super) fn infer_auto_type(
        &mut self,
        declared: &mut Declared,
        initializer: Option<&Node<ast::Initializer>>,
    ) -> Checked<()> {
        if Some(declared.ty.ty) != self.auto_type {
            return Ok(());
        }
        let Some(ast::Initializer::Expression(value)) = initializer.map(|node| &node.node) else {
            return self.error(
                "auto-type",
                declared.span,
                "`__auto_type` takes its type from an initial value",
            );
        };
        let value = self.unevaluated(|checker| checker.rvalue(value))?;
        declared.ty.ty = value.ty;
        Ok(())
    }

    /// A variable that lives as long as its block.
    fn automatic(
        &mut self,
        declared: &Declared,
        initializer: Option<&Node<ast::Initializer>>,
        into: &mut Vec<Stmt>,
    ) -> Checked<()> {
        let name = declared.name.clone().unwrap_or_default();
        let span = declared.span;
        let space = self.types().address_space(declared.ty);
        if space != 0 {
            let message =
                format!("`{name}` is on the stack, which is not in address space {space}");
            let help = "make it a `static` or global variable, or a pointer into that space";
            return self.fail(
                Diagnostic::error(span, message)
                    .code("attribute")
                    .help(help),
            );
        }
        let id = self.add_local(Local {
            name: Some(name.clone()),
            ty: declared.ty,
            align: self.declared_align(declared),
            tags: declared.attributes.tags.clone(),
            mentions: 0,
            may_be_unused: declared.attributes.unused,
            span,
        })?;
        if let Some(label) = &declared.attributes.asm_label
            && let Some(reg) = self.register_label(label, span)
            && let Some(body) = &mut self.body
        {
            body.registers.insert(id, reg);
        }
        // The name is known in its own initializer (C11 6.2.1p7).
        self.declare_name(&name, Entity::Local(id), span)?;
        let init = match initializer {
            Some(initializer) => {
                let (ty, init) = self.initializer(declared.ty, initializer)?;
                self.check_room(ty, &init, span)?;
                let quals = self.types().canonical(ty).quals;
                let is_constant = quals.is_const && !quals.is_volatile && is_constant(&init);
                if let Some(body) = &mut self.body {
                    body.locals[id.index()].ty = ty;
                    if is_constant {
                        body.constants.insert(id);
                    }
                }
                Some(init)
            }
            None if !self.types().is_complete(declared.ty.ty) => {
                let shown = self.show_qual(declared.ty);
                return self.error(
                    "incomplete-type",
                    span,
                    format!("`{name}` needs a size; {shown} has none"),
                );
            }
            None => None,
        };
        let cleanup = match &declared.attributes.cleanup {
            Some((function, at)) => Some(self.cleanup_call(id, function, *at)?),
            None => None,
        };
        let kind = StmtKind::Decl {
            local: id,
            init,
            cleanup,
        };
        into.push(Stmt { kind, span });
        Ok(())
    }

    /// `function(&local)`, for the end of the local's life.
    fn cleanup_call(&mut self, local: LocalId, function: &str, span: Span) -> Checked<Expr> {
        let Some(Entity::Func(id)) = self.entity(function) else {
            let message = format!("`{function}` is no function that could run here");
            return self.error("cleanup", span, message);
        };
        let Some(ty) = self.types().function_type(self.unit[id].ty).cloned() else {
            return Err(super::Reported);
        };
        let Some(local_ty) = self.body.as_ref().map(|body| body.locals[local.index()].ty) else {
            return Err(super::Reported);
        };
        let place = Box::new(Place {
            kind: PlaceKind::Local(local),
            ty: local_ty,
            span,
        });
        let pointer = self.unit.types.pointer_to(local_ty);
        let argument = convert::expr(ExprKind::AddressOf(place), pointer, span);
        let args = self.convert_arguments(&ty, function, vec![argument], span)?;
        let callee = Callee::Func(id);
        Ok(convert::expr(
            ExprKind::Call { callee, args },
            ty.result,
            span,
        ))
    }
}
