//! Function calls (C11 6.5.2.2): who is called, and with what.
//!
//! A call through `static R (*name)(…) = (void *) N;` means the kernel's helper number `N`: the pointer is a name that the
//! headers of libbpf give to the number, and nothing is read from it.

use lang_c::ast;
use lang_c::span::Node;

use crate::diagnostic::Diagnostic;
use crate::normalize::LABEL_ADDRESS;
use crate::normalize::spelling::as_written;
use crate::restrict::Rule;
use crate::source::Span;
use crate::tree::{Callee, Expr, ExprKind, FuncId, GlobalId, Linkage, PlaceKind};
use crate::types::FunctionType;

use super::convert::{self, Context, Operand};
use super::scope::Entity;
use super::{Checked, Checker, Reported, builtin, library, suggest};

impl Checker<'_> {
    pub(super) fn call(&mut self, node: &Node<ast::CallExpression>) -> Checked<Operand> {
        let span = self.span(node);
        if let ast::Expression::Identifier(name) = &node.node.callee.node {
            let spelled = &*as_written(&name.node);
            if spelled == LABEL_ADDRESS {
                let address = self.label_address(&node.node.arguments, span)?;
                return Ok(Operand::Value(address));
            }
            let builtin = match self.entity(spelled) {
                None => builtin::find(spelled),
                Some(Entity::Func(id)) if self.unit[id].body.is_none() => {
                    builtin::inline_function(spelled)
                }
                Some(_) => None,
            };
            if let Some(builtin) = builtin {
                return self.builtin_call(builtin, node, span);
            }
            if ["asm", "__asm", "__asm__"].contains(&spelled) {
                return self.asm_call(node, span);
            }
            if self.entity(spelled).is_none() {
                return self.undeclared_function(name, node);
            }
        }
        let callee = self.operand(&node.node.callee);
        let args: Vec<Checked<Expr>> = self.arguments(&node.node.arguments);
        let callee = callee?;
        let callee_span = self.span(&*node.node.callee);
        let (callee, function, name) = self.callee(callee, callee_span)?;
        let args = args.into_iter().collect::<Checked<Vec<_>>>()?;
        let value = match callee {
            Callee::Func(id) => self.call_function(id, &function, args, span)?,
            callee => {
                let args = self.convert_arguments(&function, &name, args, span)?;
                self.call_value(callee, &function, &name, args, span)?
            }
        };
        Ok(Operand::Value(value))
    }

    /// A call of a function by name, unless its value is known without.
    pub(super) fn call_function(
        &mut self,
        id: FuncId,
        function: &FunctionType,
        args: Vec<Expr>,
        span: Span,
    ) -> Checked<Expr> {
        let name = self.unit[id].name.clone();
        let args = self.convert_arguments(function, &name, args, span)?;
        match self.library_value(id, function.result, &args, span) {
            Some(value) => Ok(value),
            None => self.call_value(Callee::Func(id), function, &name, args, span),
        }
    }

    fn call_value(
        &mut self,
        callee: Callee,
        function: &FunctionType,
        name: &str,
        args: Vec<Expr>,
        span: Span,
    ) -> Checked<Expr> {
        let ty = function.result;
        if !self.types().is_void(ty) && !self.types().is_complete(ty) {
            let shown = self.show(ty);
            return self.error(
                "incomplete-type",
                span,
                format!("`{name}` returns {shown}, which is incomplete here"),
            );
        }
        Ok(convert::expr(ExprKind::Call { callee, args }, ty, span))
    }

    pub(super) fn arguments(&mut self, nodes: &[Node<ast::Expression>]) -> Vec<Checked<Expr>> {
        nodes.iter().map(|node| self.rvalue(node)).collect()
    }

    /// C11 has no implicit declarations.
    fn undeclared_function(
        &mut self,
        name: &Node<ast::Identifier>,
        node: &Node<ast::CallExpression>,
    ) -> Checked<Operand> {
        // The arguments are checked all the same.
        let _ = self.arguments(&node.node.arguments);
        let spelled = &*as_written(&name.node);
        let span = self.span(name);
        if !self.is_first_mention(spelled) {
            return Err(Reported);
        }
        let mut error = Rule::UndeclaredFunction
            .refuse(span, format!("`{spelled}` is called but not declared"));
        let is_helper = bpfcc_isa::helpers::helper_by_name(spelled).is_some();
        let declared = self.scopes.bindings().map(|(name, _)| name);
        let helpers = bpfcc_isa::helpers::HELPERS
            .iter()
            .map(|helper| helper.name());
        let declared = declared.chain(self.unused_names());
        let closest = suggest::closest(spelled, declared.chain(helpers));
        if let Some(prototype) = library::prototype(spelled) {
            error.help = vec![format!("it is of the C library: declare `{prototype};`")];
        } else if let Some(closest) = closest.filter(|_| !is_helper) {
            error.help.insert(0, format!("did you mean `{closest}`?"));
        }
        self.fail(error)
    }

    /// Who is called, its type, and its name for messages.
    fn callee(&mut self, operand: Operand, span: Span) -> Checked<(Callee, FunctionType, String)> {
        let helper = self.called_helper(&operand);
        let value = self.value_of(operand)?;
        let function = self
            .types()
            .pointee(value.ty)
            .and_then(|pointee| self.types().function_type(pointee.ty))
            .cloned();
        let Some(function) = function else {
            let shown = self.show(value.ty);
            return self.error(
                "not-a-function",
                span,
                format!("only a function can be called, not {shown}"),
            );
        };
        let callee = match (helper, &value.kind) {
            (Some((number, name)), _) => return Ok((Callee::Helper(number), function, name)),
            (None, ExprKind::FuncAddr(id)) => {
                let name = self.unit[*id].name.clone();
                return Ok((Callee::Func(*id), function, name));
            }
            (None, ExprKind::IntConst(number)) => match i32::try_from(*number) {
                Ok(number) => Callee::Helper(number),
                Err(_) => {
                    return self.error(
                        "unknown-helper",
                        span,
                        "there is no helper with such a number",
                    );
                }
            },
            (None, _) => Callee::Indirect(Box::new(value)),
        };
        Ok((callee, function, "this function".to_owned()))
    }

    /// The helper that a call through `static R (*name)(…) = (void *) N;` means.
    pub(super) fn called_helper(&self, operand: &Operand) -> Option<(i32, String)> {
        let place = match operand {
            Operand::Place(place) => place,
            Operand::Value(Expr {
                kind: ExprKind::Load(place),
                ..
            }) => place,
            _ => return None,
        };
        let PlaceKind::Global(id) = place.kind else {
            return None;
        };
        Some((self.helper_number(id)?, self.unit[id].name.clone()))
    }

    /// The number in a static function pointer that is initialised with a small constant.
    pub(super) fn helper_number(&self, id: GlobalId) -> Option<i32> {
        let global = &self.unit[id];
        let image = global.image.as_ref()?;
        let is_static = global.linkage == Linkage::Local;
        if !is_static || !image.pointers.is_empty() || !self.is_function_pointer(global.ty.ty) {
            return None;
        }
        let number = self.types().endian.number(image.bytes.get(..8)?);
        i32::try_from(number).ok().filter(|&number| number > 0)
    }

    pub(super) fn convert_arguments(
        &mut self,
        function: &FunctionType,
        name: &str,
        args: Vec<Expr>,
        span: Span,
    ) -> Checked<Vec<Expr>> {
        let expected = function.params.len();
        let too_many = args.len() > expected && !function.variadic;
        if function.prototyped && (args.len() < expected || too_many) {
            let least = if function.variadic { "at least " } else { "" };
            let message = format!(
                "`{name}` takes {least}{}, not {}",
                arguments_text(expected),
                args.len()
            );
            let error = Diagnostic::error(span, message).code("argument-count");
            let declared = self.scopes.lookup(name).and_then(|binding| binding.span);
            return self.fail(match declared {
                Some(declared) => error.note(declared, "declared here"),
                None => error,
            });
        }
        let converted =
            args.into_iter()
                .enumerate()
                .map(|(index, arg)| match function.params.get(index) {
                    Some(param) => self.convert(arg, param.ty, Context::Argument(index + 1, name)),
                    None => self.promote_argument(arg),
                });
        // All arguments are converted before giving up.
        let converted: Vec<Checked<Expr>> = converted.collect();
        converted.into_iter().collect()
    }
}

fn arguments_text(count: usize) -> String {
    match count {
        0 => "no arguments".to_owned(),
        1 => "1 argument".to_owned(),
        _ => format!("{count} arguments"),
    }
}
