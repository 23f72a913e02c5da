//! One function: its parameters, its body, its end.

use bpfcc_ir::debug::{DeclTag, SourceLoc};
use bpfcc_ir::function::Inline;
use bpfcc_ir::{self as ir, Builder, Type, Value};
use bpfcc_isa::Size;

use super::ModuleLowering;
use super::cleanup::{Cleanup, live_at_labels};
use super::locals::{Storage, addressed};
use super::memory::{Access, Address};
use super::repr::Scalar;
use super::signature::{ArgumentPath, ResultPath, argument_path, result_path, signature};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::tree::{self, Function, LocalId};
use crate::types::{TypeId, Types};

impl ModuleLowering<'_> {
    /// The function's name, type and attributes, without its body.
    pub(super) fn declare_function(&mut self, function: &Function) -> ir::Function {
        let signature = signature(&self.unit.types, function);
        let mut declared = ir::Function::new(&function.name, signature, function.linkage);
        declared.section.clone_from(&function.attributes.section);
        declared.inline = match function.attributes.inline {
            // Its `exit` would leave the caller.
            _ if function.attributes.naked => Inline::Never,
            tree::Inline::Unsaid | tree::Inline::Hint => Inline::Auto,
            tree::Inline::Always => Inline::Always,
            tree::Inline::Never => Inline::Never,
        };
        declared.debug.loc = self.locations.loc(function.span);
        declared.debug.ty = self.types.prototype(function);
        declared.debug.tags = function_tags(function);
        declared
    }
}

/// The function's `btf_decl_tag`s, those of its parameters first, as with clang.
fn function_tags(function: &Function) -> Vec<DeclTag> {
    let params = function.params.iter().enumerate();
    let params =
        params.flat_map(|(number, &param)| DeclTag::component(number, &function[param].tags));
    params
        .chain(DeclTag::whole(&function.attributes.tags))
        .collect()
}

/// Lowers the body of a function that was declared.
pub(super) fn lower(
    module: &mut ModuleLowering<'_>,
    id: ir::FuncId,
    function: &Function,
    block: &tree::Block,
) -> ir::Function {
    let mut body = Body::new(module, id, function);
    body.receive_params();
    body.block(block);
    body.fall_off_the_end();
    body.builder.finish()
}

/// Where instructions came from before [`Body::enter`].
pub(super) struct Outer {
    span: Span,
    loc: SourceLoc,
}

/// Where a `break` or `continue` goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Exit {
    pub(super) block: ir::Block,
    /// How many cleanups are still to be made there.
    pub(super) cleanups: usize,
}

/// State of lowering one function.
pub(super) struct Body<'a, 'm> {
    pub(super) module: &'m mut ModuleLowering<'a>,
    pub(super) function: &'m Function,
    pub(super) builder: Builder,
    /// What is being lowered, for messages.
    pub(super) span: Span,
    /// Whether each local's address is taken.
    pub(super) addressed: Vec<bool>,
    /// Where each local lives, as far as decided.
    pub(super) storage: Vec<Option<Storage>>,
    /// The block of each label, as far as mentioned.
    pub(super) labels: Vec<Option<ir::Block>>,
    /// Where `break` and `continue` go, innermost last.
    pub(super) breaks: Vec<Exit>,
    pub(super) continues: Vec<Exit>,
    /// What is to be called when the scopes around the present statement are left, innermost last.
    pub(super) cleanups: Vec<Cleanup>,
    /// For each label the locals with a cleanup that live there.
    pub(super) live_at_labels: Vec<Vec<LocalId>>,
    /// C type of the result.
    result: TypeId,
    /// Where a result goes that does not fit a register.
    result_address: Option<Address>,
}

impl<'a, 'm> Body<'a, 'm> {
    fn new(
        module: &'m mut ModuleLowering<'a>,
        id: ir::FuncId,
        function: &'m Function,
    ) -> Body<'a, 'm> {
        let builder = Builder::new(module.ir.functions[id].clone());
        let ty = module.unit.types.function_type(function.ty);
        Body {
            result: ty.map_or(Types::VOID, |ty| ty.result),
            module,
            function,
            builder,
            span: function.span,
            addressed: addressed(function),
            storage: vec![None; function.locals.len()],
            labels: vec![None; function.labels.len()],
            breaks: Vec::new(),
            continues: Vec::new(),
            cleanups: Vec::new(),
            live_at_labels: live_at_labels(function),
            result_address: None,
        }
    }

    pub(super) fn types(&self) -> &'a Types {
        &self.module.unit.types
    }

    /// The instructions that follow come from `span`. Gives what [`Body::leave`] wants to have.
    pub(super) fn enter(&mut self, span: Span) -> Outer {
        let outer = Outer {
            span: std::mem::replace(&mut self.span, span),
            loc: self.builder.loc(),
        };
        let loc = self.module.locations.loc(span);
        self.builder.set_loc(loc);
        outer
    }

    /// The instructions that follow come from where they came from before.
    pub(super) fn leave(&mut self, outer: Outer) {
        self.span = outer.span;
        self.builder.set_loc(outer.loc);
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.module.diagnostics.push(diagnostic);
    }

    // Parameters.

    fn receive_params(&mut self) {
        self.enter(self.function.span);
        let mut words = self.builder.params().to_vec().into_iter();
        if result_path(self.types(), self.result) == ResultPath::Memory
            && let Some(pointer) = words.next()
        {
            let align = self.types().align_of(self.result);
            self.result_address = Some(self.address_at(pointer, align));
        }
        for &param in &self.function.params {
            self.receive_param(param, &mut words);
        }
    }

    fn receive_param(&mut self, param: LocalId, words: &mut impl Iterator<Item = Value>) {
        let ty = self.function[param].ty.ty;
        match argument_path(self.types(), ty, self.function.linkage) {
            ArgumentPath::Nothing => {}
            ArgumentPath::Scalar(types) => {
                let words: Vec<_> = words.take(types.len()).collect();
                self.set_local(param, Scalar::from_words(&words));
            }
            ArgumentPath::Bytes(count) => {
                let name = self.function[param].name.as_deref().unwrap_or("parameter");
                let address = self.word_slot(name, count);
                for (index, word) in words.take(count).enumerate() {
                    let at = address.plus(index as i64 * 8);
                    self.store_word(Size::DW, at, word, Access::Plain);
                }
                self.place_local(param, address);
            }
            // The caller made a copy that is ours.
            ArgumentPath::Copy => {
                if let Some(pointer) = words.next() {
                    let address = self.address_at(pointer, self.types().align_of(ty));
                    self.place_local(param, address);
                }
            }
        }
    }

    /// Gives a local a value.
    pub(super) fn set_local(&mut self, id: LocalId, value: Scalar) {
        match (self.storage(id), value) {
            (Storage::Word(variable), value) => self.builder.def_var(variable, value.word()),
            (Storage::Pair(lo, hi), value) => {
                for (variable, word) in [lo, hi].into_iter().zip(value.words()) {
                    self.builder.def_var(variable, word);
                }
            }
            (Storage::Memory(address), value) => {
                let ty = self.function[id].ty;
                let access = access(ty.quals.is_volatile);
                self.store_scalar(address, ty.ty, value, access);
            }
        }
    }

    // Results.

    /// `return value;`
    pub(super) fn return_value(&mut self, value: &tree::Expr) {
        let path = result_path(self.types(), self.result);
        match (path, self.result_address) {
            (ResultPath::Word(_), _) => {
                let word = self.word(value);
                self.run_cleanups(0);
                self.builder.ret(Some(word));
            }
            (ResultPath::Memory, Some(address)) => {
                self.evaluate_into(value, address);
                self.run_cleanups(0);
                self.builder.ret(None);
            }
            (ResultPath::Nothing, _) | (ResultPath::Memory, None) => {
                self.effect(value);
                self.run_cleanups(0);
                self.builder.ret(None);
            }
        }
    }

    /// Leaves the function without a value of the program's: the result, if there is one, is zero.
    pub(super) fn return_zero(&mut self) {
        match result_path(self.types(), self.result) {
            ResultPath::Word(ty) => {
                let zero = self.zero_result(ty);
                self.builder.ret(Some(zero));
            }
            ResultPath::Nothing | ResultPath::Memory => self.builder.ret(None),
        }
    }

    fn zero_result(&mut self, ty: Type) -> Value {
        self.builder.iconst(ty, 0)
    }

    /// Every path ends in a return (VERIFIER-RULES 21): behind the last statement the result is zero, as in `main`.
    fn fall_off_the_end(&mut self) {
        if !self.builder.is_terminated() {
            self.return_zero();
        }
    }
}

/// How a place with or without `volatile` is accessed.
pub(super) fn access(is_volatile: bool) -> Access {
    if is_volatile {
        Access::Volatile
    } else {
        Access::Plain
    }
}
