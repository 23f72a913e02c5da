//! Functions of the old style (C11 6.9.1p6): `int f(a, b) int a; char b; { … }`.
//!
//! A caller knows nothing about the parameters of such a function, so it passes each argument as it is after the default
//! argument promotions (6.5.2.2p6). A parameter of a type that these change, like `char`, arrives as the promoted type; the
//! body sees a variable of the declared one:
//!
//! ```text
//! int f(c) char c; { … }      ⟶      int f(int received) { char c = (char)received; … }
//! ```

use lang_c::ast;
use lang_c::span::Node;

use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::tree::{
    ExprKind, Init, InitItem, InitValue, Local, LocalId, Place, PlaceKind, Stmt, StmtKind,
};
use crate::types::{FloatKind, Param, QualType, TypeId, TypeKind};

use super::declarator::{Declared, ParamDecl, Params, Specifiers};
use super::scope::Entity;
use super::{Checked, Checker, convert};

impl Checker<'_> {
    /// The parameters of a definition. Those of the old style become part of its type, which stays one without prototype.
    pub(super) fn defined_params(
        &mut self,
        params: Params,
        declared: &mut Declared,
        declarations: &[&Node<ast::Declaration>],
    ) -> Checked<Vec<ParamDecl>> {
        let names = match params {
            Params::Names(names) => names,
            Params::Typed(params) => {
                if let Some(declaration) = declarations.first() {
                    let span = self.span(*declaration);
                    return self.error("parameter", span, "the parameters already have types");
                }
                return Ok(params);
            }
        };
        let mut found: Vec<Option<ParamDecl>> = vec![None; names.len()];
        for declaration in declarations {
            self.old_declaration(declaration, &names, &mut found)?;
        }
        let mut params = Vec::new();
        for (param, (name, span)) in found.into_iter().zip(names) {
            match param {
                Some(param) => params.push(param),
                None => return self.undeclared_param(&name, span),
            }
        }
        if let Some(mut function) = self.types().function_type(declared.ty.ty).cloned() {
            function.params = params.iter().map(|param| param.param.clone()).collect();
            declared.ty.ty = self.unit.types.intern(TypeKind::Function(function));
        }
        Ok(params)
    }

    fn undeclared_param<T>(&mut self, name: &str, span: Span) -> Checked<T> {
        let message = format!("the parameter `{name}` has no type; C no longer assumes `int`");
        let help = format!("declare it before the body: `int {name};`");
        self.fail(
            Diagnostic::error(span, message)
                .code("missing-type")
                .help(help),
        )
    }

    /// `char b, *c;` between the parentheses and the body.
    fn old_declaration(
        &mut self,
        declaration: &Node<ast::Declaration>,
        names: &[(String, Span)],
        found: &mut [Option<ParamDecl>],
    ) -> Checked<()> {
        let span = self.span(declaration);
        let specifiers = self.declaration_specifiers(&declaration.node.specifiers, span)?;
        for declarator in &declaration.node.declarators {
            let param = self.old_param(&specifiers, declarator)?;
            let name = param.param.name.clone().unwrap_or_default();
            let Some(index) = names.iter().position(|(listed, _)| *listed == name) else {
                let message = format!("`{name}` is not among the parameters");
                return self.error("parameter", param.span, message);
            };
            if let Some(first) = &found[index] {
                let error = Diagnostic::error(param.span, format!("`{name}` is declared twice"))
                    .code("redeclaration");
                let first = first.span;
                return self.fail(error.note(first, "first declared here"));
            }
            found[index] = Some(param);
        }
        Ok(())
    }

    fn old_param(
        &mut self,
        specifiers: &Specifiers,
        node: &Node<ast::InitDeclarator>,
    ) -> Checked<ParamDecl> {
        let declared = self.declared(specifiers, &node.node.declarator)?;
        if let Some(initializer) = &node.node.initializer {
            let span = self.span(initializer);
            return self.error(
                "parameter",
                span,
                "a parameter gets its value from the caller",
            );
        }
        let ty = self.parameter_type(declared.ty);
        let passed = self.passed_type(ty.ty);
        Ok(ParamDecl {
            param: Param {
                name: declared.name,
                ty: passed.with(ty.quals),
                tags: declared.attributes.tags,
            },
            variable: (passed != ty.ty).then_some(ty),
            length: None,
            unused: declared.attributes.unused,
            span: declared.span,
        })
    }

    /// The type after the default argument promotions.
    fn passed_type(&mut self, ty: TypeId) -> TypeId {
        match self.types().shape(ty) {
            TypeKind::Float(FloatKind::Float) => {
                self.unit.types.intern(TypeKind::Float(FloatKind::Double))
            }
            _ => self.types().promoted(ty),
        }
    }

    /// Declares the variables whose type is not what callers pass.
    pub(super) fn declare_narrowed(
        &mut self,
        params: &[ParamDecl],
        received: &[LocalId],
    ) -> Checked<Vec<Stmt>> {
        let mut stmts = Vec::new();
        for (param, &received) in params.iter().zip(received) {
            if let Some(ty) = param.variable {
                stmts.push(self.narrowed(param, ty, received)?);
            }
        }
        Ok(stmts)
    }

    fn narrowed(&mut self, param: &ParamDecl, ty: QualType, received: LocalId) -> Checked<Stmt> {
        let span = param.span;
        let local = self.add_local(Local {
            name: param.param.name.clone(),
            ty,
            align: self.types().align_of(ty.ty),
            tags: Vec::new(),
            mentions: 0,
            may_be_unused: param.unused,
            span,
        })?;
        let name = param.param.name.clone().unwrap_or_default();
        self.declare_name(&name, Entity::Local(local), span)?;
        let place = Place {
            kind: PlaceKind::Local(received),
            ty: param.param.ty,
            span,
        };
        let load = convert::expr(ExprKind::Load(Box::new(place)), param.param.ty.ty, span);
        let item = InitItem {
            offset: 0,
            bits: None,
            value: InitValue::Expr(self.cast(load, ty.ty)),
        };
        let init = Init {
            zero_fill: false,
            items: vec![item],
        };
        let kind = StmtKind::Decl {
            local,
            init: Some(init),
            cleanup: None,
        };
        Ok(Stmt { kind, span })
    }

    /// Whether the first of two function types has a prototype and the second has none.
    pub(super) fn is_known_better(&self, old: TypeId, new: TypeId) -> bool {
        let prototyped = |ty| {
            self.types()
                .function_type(ty)
                .is_some_and(|ty| ty.prototyped)
        };
        prototyped(old) && !prototyped(new)
    }
}
