//! Parameters that are arrays whose length names an earlier parameter: `int sum(int n, int a[n])`.
//!
//! The parameter is a pointer all the same (C11 6.7.6.3p7), so nobody can ask for the length of the outermost array. A definition
//! computes it on entry (6.9.1p10), which shows if that has side effects. Rows of a variable length, as in `int a[3][n]`, would
//! need arithmetic that is not there.

use std::collections::HashSet;

use lang_c::ast;
use lang_c::span::{Node, Span};
use lang_c::visit::Visit;

use crate::normalize::spelling::as_written;
use crate::restrict::Rule;
use crate::tree::{Stmt, StmtKind};
use crate::types::Types;

use super::declarator::ParamDecl;
use super::{Checked, Checker};

type Length = Box<Node<ast::Expression>>;

impl Checker<'_> {
    /// Takes the length out of a parameter's declarator if it names one of the parameters before.
    pub(super) fn take_length(
        &mut self,
        declarator: &mut Node<ast::Declarator>,
        earlier: &HashSet<String>,
    ) -> Checked<Option<Length>> {
        if earlier.is_empty() {
            return Ok(None);
        }
        let is_name = matches!(
            declarator.node.kind.node,
            ast::DeclaratorKind::Identifier(_) | ast::DeclaratorKind::Abstract
        );
        let mut outermost = None;
        let suffixes = declarator.node.derived.iter_mut();
        let suffixes = suffixes.filter(|node| !is_pointer(node));
        for (index, suffix) in suffixes.enumerate() {
            let ast::DerivedDeclarator::Array(array) = &mut suffix.node else {
                break;
            };
            let Some(length) = length_of(&array.node.size).filter(|it| mentions(it, earlier))
            else {
                continue;
            };
            if index > 0 || !is_name {
                let span = self.span(&**length);
                let thing = "the length of these rows is known only at run time";
                return self.fail(Rule::VariableLength.refuse(span, thing));
            }
            outermost = Some(length.clone());
            array.node.size = ast::ArraySize::Unknown;
        }
        Ok(outermost)
    }

    /// Computes the lengths that parameters have, at the start of the body.
    pub(super) fn compute_lengths(&mut self, params: &[ParamDecl]) -> Checked<Vec<Stmt>> {
        let lengths = params.iter().filter_map(|param| param.length.as_ref());
        let computed = lengths.map(|length| {
            let value = self.rvalue(length)?;
            let span = self.span(&**length);
            let kind = StmtKind::Expr(self.cast(value, Types::VOID));
            Ok(Stmt { kind, span })
        });
        computed.collect()
    }
}

fn is_pointer(node: &Node<ast::DerivedDeclarator>) -> bool {
    matches!(node.node, ast::DerivedDeclarator::Pointer(_))
}

fn length_of(size: &ast::ArraySize) -> Option<&Length> {
    match size {
        ast::ArraySize::VariableExpression(length) | ast::ArraySize::StaticExpression(length) => {
            Some(length)
        }
        ast::ArraySize::Unknown | ast::ArraySize::VariableUnknown => None,
    }
}

fn mentions(length: &Node<ast::Expression>, names: &HashSet<String>) -> bool {
    let mut search = Search {
        names,
        found: false,
    };
    search.visit_expression(&length.node, &length.span);
    search.found
}

/// Looks for one of the names in an expression.
struct Search<'a> {
    names: &'a HashSet<String>,
    found: bool,
}

impl<'ast> Visit<'ast> for Search<'_> {
    fn visit_identifier(&mut self, identifier: &'ast ast::Identifier, _: &'ast Span) {
        self.found |= self.names.contains(&*as_written(identifier));
    }
}
