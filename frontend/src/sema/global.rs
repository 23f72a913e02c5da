//! Declarations at file scope: functions, variables, typedefs, and the sections where variables live.
//!
//! | declared as | kind | section |
//! |---|---|---|
//! | `SEC(".maps")`, `SEC("maps")` | map | as said |
//! | `SEC("license")`, `SEC("bpf_tables")`, `SEC(".rodata…")`, `const` | read-only | as said, or `.rodata` |
//! | a string literal | string | `.rodata.str1.1` |
//! | initialised with something else than zeros | mutable | `.data` |
//! | the rest | mutable | `.bss` |
//! | in an address space other than 0 | mutable | `.addr_space.1` |
//! | `extern` and never defined | extern | as said: `.kconfig`, `.ksyms` |

use std::collections::{HashMap, HashSet};

use lang_c::ast;
use lang_c::span::Node;

use crate::diagnostic::Diagnostic;
use crate::normalize::ATTRIBUTE_CARRIER;
use crate::restrict::Rule;
use crate::source::Span;
use crate::tree::{
    Block, FuncId, Function, FunctionAttributes, Global, GlobalId, GlobalKind, Image, Inline,
    Linkage, Local, LocalId, Stmt, StmtKind,
};
use crate::types::{QualType, Quals, TypeId, Typedef, Types};

use super::attribute::Attributes;
use super::declarator::{Declared, ParamDecl, Params, Specifiers, Storage, declared_name};
use super::literal::StringValue;
use super::scope::{Binding, Entity};
use super::{Body, Checked, Checker, Definition};

impl Checker<'_> {
    /// A declaration outside of functions (C11 6.9p1).
    pub(super) fn file_declaration(&mut self, node: &Node<ast::Declaration>) -> Checked<()> {
        let span = self.span(node);
        let specifiers = self.declaration_specifiers(&node.node.specifiers, span)?;
        let results: Vec<Checked<()>> = node
            .node
            .declarators
            .iter()
            .map(|declarator| {
                let result = self.file_declarator(&specifiers, declarator);
                result.inspect_err(|_| self.mark_faulty(&declarator.node.declarator))
            })
            .collect();
        results.into_iter().collect()
    }

    fn file_declarator(
        &mut self,
        specifiers: &Specifiers,
        node: &Node<ast::InitDeclarator>,
    ) -> Checked<()> {
        let mut declared = self.declared(specifiers, &node.node.declarator)?;
        if self.declare_without_storage(specifiers, &declared, node)? {
            return Ok(());
        }
        self.infer_auto_type(&mut declared, node.node.initializer.as_ref())?;
        let id = self.declare_global(&declared, specifiers.storage)?;
        match &node.node.initializer {
            Some(initializer) => self.define_global(id, &declared, initializer),
            None if specifiers.storage == Some(Storage::Extern) => Ok(()),
            None => {
                self.tentative(id);
                Ok(())
            }
        }
    }

    /// One declarator with the attributes of its specifiers.
    pub(super) fn declared(
        &mut self,
        specifiers: &Specifiers,
        node: &Node<ast::Declarator>,
    ) -> Checked<Declared> {
        let mut declared = self.declarator(specifiers.ty, node)?;
        let mut attributes = specifiers.attributes.clone();
        attributes.merge(std::mem::take(&mut declared.attributes));
        declared.attributes = attributes;
        Ok(declared)
    }

    /// Declares typedefs and functions, which are no variables; says whether it was one.
    pub(super) fn declare_without_storage(
        &mut self,
        specifiers: &Specifiers,
        declared: &Declared,
        node: &Node<ast::InitDeclarator>,
    ) -> Checked<bool> {
        if specifiers.storage == Some(Storage::Typedef) {
            self.declare_typedef(declared)?;
        } else if self.types().is_function(declared.ty.ty) {
            if let Some(Params::Names(names)) = &declared.params
                && let [(name, span), ..] = names.as_slice()
            {
                let message =
                    format!("`{name}` has no type; only a definition may name parameters alone");
                return self.error("parameter", *span, message);
            }
            self.declare_function(declared, specifiers.storage)?;
        } else {
            return Ok(false);
        }
        match &node.node.initializer {
            Some(initializer) => {
                let span = self.span(initializer);
                self.error("initializer", span, "only variables have initial values")
            }
            None => Ok(true),
        }
    }

    fn declare_typedef(&mut self, declared: &Declared) -> Checked<()> {
        let Some(name) = &declared.name else {
            return Ok(());
        };
        let previous = self.scopes.lookup_here(name);
        if let Some(Binding {
            entity: Entity::Typedef(ty),
            span: Some(_),
        }) = previous
            && self.types().compatible(ty.unqualified(), declared.ty)
        {
            // Saying the same again is allowed (C11 6.7p3).
            return Ok(());
        }
        let ty = self.unit.types.declare_typedef(Typedef {
            name: name.clone(),
            target: declared.ty,
            align: declared.attributes.align,
            tags: declared.attributes.tags.clone(),
            span: declared.span,
        });
        self.declare_name(name, Entity::Typedef(ty), declared.span)
    }

    /// Gives a name its meaning in the present scope, where it may not have one yet.
    pub(super) fn declare_name(&mut self, name: &str, entity: Entity, span: Span) -> Checked<()> {
        if let Some(Binding {
            span: Some(first), ..
        }) = self.scopes.lookup_here(name)
        {
            let error = Diagnostic::error(span, format!("`{name}` is declared twice"))
                .code("redeclaration");
            return self.fail(error.note(first, "first declared here"));
        }
        self.check_shadow(name, span);
        let span = Some(span);
        self.scopes.declare(name, Binding { entity, span });
        Ok(())
    }
}

// Functions.
impl<'a> Checker<'a> {
    /// Warns about a local name that hides another one.
    fn check_shadow(&mut self, name: &str, span: Span) {
        if self.body.is_none() {
            return;
        }
        let hidden = self.scopes.lookup(name).and_then(|binding| binding.span);
        if let Some(hidden) = hidden {
            let message = format!("`{name}` hides another one");
            let warning = Diagnostic::warning(span, message).code("shadow");
            self.report(warning.note(hidden, "the other one"));
        }
    }

    /// Declares a function, again or for the first time.
    fn declare_function(
        &mut self,
        declared: &Declared,
        storage: Option<Storage>,
    ) -> Checked<FuncId> {
        let Some(name) = &declared.name else {
            return self.error("missing-name", declared.span, "a function needs a name");
        };
        let (span, attributes) = (declared.span, &declared.attributes);
        let entity = match self.scopes.lookup_file(name) {
            Some(Binding {
                entity: Entity::Func(id),
                span: first,
            }) => {
                self.check_same_type(name, self.unit[id].ty, declared.ty, span, first)?;
                let old = self.unit[id].ty.unqualified();
                self.unit[id].ty = self.types().composite(old, declared.ty).ty;
                Entity::Func(id)
            }
            Some(Binding {
                span: Some(first), ..
            }) => {
                let error = Diagnostic::error(span, format!("`{name}` is declared twice"))
                    .code("redeclaration");
                return self.fail(error.note(first, "first declared here, as something else"));
            }
            _ => Entity::Func(self.new_function(name, declared)),
        };
        let Entity::Func(id) = entity else {
            return Err(super::Reported);
        };
        self.merge_function_attributes(id, attributes, storage);
        if self.scopes.is_file_scope() {
            self.inline.declared(id, attributes, storage);
        }
        if let Some((target, at)) = attributes.alias.clone() {
            self.aliases.push((id, target, at));
        }
        let binding = Binding {
            entity,
            span: Some(span),
        };
        if self.scopes.lookup_file(name).is_none() {
            self.scopes.declare_in_file(name, binding);
        }
        if !self.scopes.is_file_scope() {
            self.scopes.declare(name, binding);
        }
        Ok(id)
    }

    fn new_function(&mut self, name: &str, declared: &Declared) -> FuncId {
        if let Some(id) = self.library.remove(name) {
            // Called under its other name before.
            self.unit[id].ty = declared.ty.ty;
            return id;
        }
        let id = FuncId::new(self.unit.functions.len());
        let symbol = declared.attributes.asm_label.clone();
        self.unit.functions.push(Function {
            name: symbol.unwrap_or_else(|| name.to_owned()),
            ty: declared.ty.ty,
            params: Vec::new(),
            locals: Vec::new(),
            labels: Vec::new(),
            addressed_labels: Vec::new(),
            body: None,
            linkage: Linkage::Global,
            attributes: FunctionAttributes::default(),
            span: declared.span,
        });
        id
    }

    fn check_same_type(
        &mut self,
        name: &str,
        old: TypeId,
        new: QualType,
        span: Span,
        first: Option<Span>,
    ) -> Checked<()> {
        if self.types().compatible_unqualified(old, new.ty) {
            return Ok(());
        }
        let (old, new) = (self.show(old), self.show_qual(new));
        let error = Diagnostic::error(
            span,
            format!("`{name}` has type {new} here, but had another before"),
        )
        .code("conflicting-types");
        let note = format!("declared as {old} here");
        self.fail(error.note(first, note))
    }

    fn merge_function_attributes(
        &mut self,
        id: FuncId,
        attributes: &Attributes,
        storage: Option<Storage>,
    ) {
        let function = &mut self.unit[id];
        function.linkage = linkage(attributes, storage, function.linkage);
        let merged = &mut function.attributes;
        if attributes.section.is_some() {
            merged.section = attributes.section.clone();
        }
        match attributes.inline {
            // A hint does not take back what another declaration demands.
            None => {}
            Some(Inline::Hint) if merged.inline != Inline::Unsaid => {}
            Some(inline) => merged.inline = inline,
        }
        merged.used |= attributes.used;
        merged.unused |= attributes.unused;
        merged.noreturn |= attributes.noreturn;
        merged.naked |= attributes.naked;
        merged.warn_unused_result |= attributes.warn_unused_result;
        add_tags(&mut merged.tags, &attributes.tags);
    }

    pub(super) fn function_definition(
        &mut self,
        node: &'a Node<ast::FunctionDefinition>,
    ) -> Checked<()> {
        let span = self.span(node);
        let declared = self
            .declaration_specifiers(&node.node.specifiers, span)
            .and_then(|specifiers| {
                let declared = self.declared(&specifiers, &node.node.declarator)?;
                Ok((specifiers, declared))
            })
            .inspect_err(|_| self.mark_faulty(&node.node.declarator));
        let (specifiers, mut declared) = declared?;
        let name = declared.name.clone().unwrap_or_default();
        let Some(params) = declared.params.take() else {
            return self.error(
                "function-type",
                declared.span,
                format!("`{name}` has a body but no parameter list"),
            );
        };
        let (carriers, declarations): (Vec<_>, Vec<_>) = node
            .node
            .declarations
            .iter()
            .partition(|node| carries_attributes(node));
        for carrier in carriers {
            let span = self.span(carrier);
            let specifiers = self.declaration_specifiers(&carrier.node.specifiers, span)?;
            declared.attributes.merge(specifiers.attributes);
        }
        let params = self.defined_params(params, &mut declared, &declarations)?;
        let result = self.types().function_type(declared.ty.ty);
        let result = result.map_or(Types::VOID, |function| function.result);
        let id = self.declare_function(&declared, specifiers.storage)?;
        let is_replaced = self.inline.is_replaceable(id);
        self.inline
            .defined(id, &declared.attributes, specifiers.storage);
        let is_naked = |naked: &Definition<'_>| naked.func == id;
        let is_defined = self.unit[id].body.is_some() || self.naked.iter().any(is_naked);
        if is_defined && !is_replaced {
            let first = self.unit[id].span;
            let error = Diagnostic::error(declared.span, format!("`{name}` is defined twice"))
                .code("redefinition");
            return self.fail(error.note(first, "first defined here"));
        }
        if !self.types().is_void(result) && !self.types().is_complete(result) {
            let shown = self.show(result);
            return self.error(
                "incomplete-type",
                declared.span,
                format!("`{name}` returns {shown}, which has no size here"),
            );
        }
        self.unit[id].span = declared.span;
        if !self.is_known_better(self.unit[id].ty, declared.ty.ty) {
            self.unit[id].ty = declared.ty.ty;
        }
        let definition = Definition {
            func: id,
            name,
            result,
            params,
            statement: &node.node.statement,
        };
        match self.unit[id].attributes.naked {
            true => self.naked.push(definition),
            false => self.check_body(definition),
        }
        Ok(())
    }

    /// Checks the bodies of naked functions, whose assembly may name what is declared behind them.
    pub(super) fn finish_naked(&mut self) {
        for definition in std::mem::take(&mut self.naked) {
            self.check_body(definition);
        }
    }

    fn check_body(&mut self, definition: Definition<'_>) {
        let Definition {
            func,
            name,
            result,
            params,
            statement,
        } = definition;
        self.reported.clear();
        self.body = Some(Body {
            func,
            name,
            result,
            locals: Vec::new(),
            labels: Vec::new(),
            named_labels: vec![HashMap::new()],
            addressed_labels: Vec::new(),
            computed_goto: None,
            registers: HashMap::new(),
            constants: HashSet::new(),
            switches: Vec::new(),
            loops: 0,
            breakable: 0,
        });
        let result = self.scoped(|checker| checker.function_body(&params, statement));
        if let Ok(block) = &result {
            self.check_naked(func, block);
        }
        self.finish_body(func, params.len(), result);
        self.reported.clear();
    }

    fn function_body(
        &mut self,
        params: &[ParamDecl],
        statement: &Node<ast::Statement>,
    ) -> Checked<Block> {
        let received = params.iter().map(|param| self.declare_param(param));
        let received = received.collect::<Checked<Vec<LocalId>>>()?;
        let mut first = self.declare_narrowed(params, &received)?;
        first.extend(self.compute_lengths(params)?);
        let mut block = match &statement.node {
            // The body's block is the scope of the parameters (C11 6.2.1p4).
            ast::Statement::Compound(items) => self.block_items(items, self.span(statement)),
            _ => Block {
                stmts: Vec::new(),
                span: self.span(statement),
            },
        };
        block.stmts.splice(..0, first);
        Ok(block)
    }

    /// A naked function is nothing but its assembly.
    fn check_naked(&mut self, id: FuncId, body: &Block) {
        if !self.unit[id].attributes.naked {
            return;
        }
        let not_empty = |stmt: &&Stmt| !matches!(stmt.kind, StmtKind::Empty);
        let stmts: Vec<&Stmt> = body.stmts.iter().filter(not_empty).collect();
        let thing = match stmts.as_slice() {
            [] => return,
            [stmt] => match &stmt.kind {
                StmtKind::Asm(asm) if asm.falls_through => "control may get behind this text",
                StmtKind::Asm(_) => return,
                _ => "this is no `asm` statement",
            },
            _ => "there is more than one statement",
        };
        let place = stmts[stmts.len() - 1].span;
        self.restrict(Rule::NakedFunction.refuse(place, thing));
    }

    fn declare_param(&mut self, param: &ParamDecl) -> Checked<LocalId> {
        let ty = param.param.ty;
        if !self.types().is_complete(ty.ty) {
            let shown = self.show_qual(ty);
            return self.error(
                "incomplete-type",
                param.span,
                format!("a parameter needs a size; {shown} has none"),
            );
        }
        let align = self.types().align_of(ty.ty);
        let id = self.add_local(Local {
            name: param.param.name.clone(),
            ty,
            align,
            tags: param.param.tags.clone(),
            mentions: 0,
            may_be_unused: param.param.name.is_none() || param.unused || param.variable.is_some(),
            span: param.span,
        })?;
        if let Some(name) = &param.param.name
            && param.variable.is_none()
        {
            self.declare_name(name, Entity::Local(id), param.span)?;
        }
        Ok(id)
    }

    fn finish_body(&mut self, id: FuncId, params: usize, block: Checked<Block>) {
        self.leave_label_scope();
        self.check_computed_goto();
        let Some(body) = self.body.take() else {
            return;
        };
        let function = &mut self.unit[id];
        function.params = (0..params.min(body.locals.len()))
            .map(LocalId::new)
            .collect();
        function.locals = body.locals;
        function.labels = body.labels;
        function.addressed_labels = body.addressed_labels;
        function.body = block.ok();
    }
}

/// Whether this only says which attributes stand between a function's parameters and its body.
fn carries_attributes(node: &Node<ast::Declaration>) -> bool {
    match node.node.declarators.as_slice() {
        [only] => declared_name(&only.node.declarator.node).as_deref() == Some(ATTRIBUTE_CARRIER),
        _ => false,
    }
}

/// Adds the `btf_decl_tag`s of a further declaration; one that says the same again adds nothing.
fn add_tags(tags: &mut Vec<String>, further: &[String]) {
    for tag in further {
        if !tags.contains(tag) {
            tags.push(tag.clone());
        }
    }
}

/// Who sees a symbol, given what earlier declarations said.
fn linkage(attributes: &Attributes, storage: Option<Storage>, before: Linkage) -> Linkage {
    if storage == Some(Storage::Static) || before == Linkage::Local {
        return Linkage::Local;
    }
    let is_weak = attributes.weak || before.is_weak();
    let is_hidden = attributes.hidden || before.is_hidden();
    match (is_weak, is_hidden) {
        (false, false) => Linkage::Global,
        (false, true) => Linkage::Hidden,
        (true, false) => Linkage::Weak,
        (true, true) => Linkage::WeakHidden,
    }
}

// Variables.
impl Checker<'_> {
    /// Declares a variable with linkage, again or for the first time.
    pub(super) fn declare_global(
        &mut self,
        declared: &Declared,
        storage: Option<Storage>,
    ) -> Checked<GlobalId> {
        let Some(name) = &declared.name else {
            return self.error("missing-name", declared.span, "a variable needs a name");
        };
        if self.types().is_void(declared.ty.ty) {
            // `extern void name __ksym;` names an address.
            if storage != Some(Storage::Extern) {
                return self.error(
                    "void-value",
                    declared.span,
                    format!("`{name}` cannot be `void`"),
                );
            }
        }
        let attributes = &declared.attributes;
        if let Some((_, alias)) = attributes.alias {
            let message = format!("`{name}` is another name of a variable, which has one here");
            return self.error("alias", alias, message);
        }
        let id = match self.scopes.lookup_file(name) {
            Some(Binding {
                entity: Entity::Global(id),
                span: first,
            }) => {
                self.check_same_type(name, self.unit[id].ty.ty, declared.ty, declared.span, first)?;
                let old = self.unit[id].ty;
                self.unit[id].ty = self.types().composite(old, declared.ty);
                id
            }
            Some(Binding {
                span: Some(first), ..
            }) => {
                let error = Diagnostic::error(declared.span, format!("`{name}` is declared twice"))
                    .code("redeclaration");
                return self.fail(error.note(first, "first declared here, as something else"));
            }
            _ => {
                let id = self.new_global(name.clone(), declared.ty, None, declared.span);
                let entity = Entity::Global(id);
                let span = Some(declared.span);
                self.scopes.declare_in_file(name, Binding { entity, span });
                id
            }
        };
        if !self.scopes.is_file_scope() {
            let entity = Entity::Global(id);
            let span = Some(declared.span);
            self.scopes.declare(name, Binding { entity, span });
        }
        let align = self.declared_align(declared);
        let global = &mut self.unit[id];
        global.linkage = linkage(attributes, storage, global.linkage);
        global.align = global.align.max(align);
        global.used |= attributes.used;
        add_tags(&mut global.tags, &attributes.tags);
        if let Some(section) = &attributes.section {
            global.section = section.clone();
        }
        Ok(id)
    }

    /// Alignment of a declared object.
    pub(super) fn declared_align(&self, declared: &Declared) -> u32 {
        let natural = self.types().align_of(declared.ty.ty);
        match declared.attributes.align {
            Some(align) if declared.attributes.packed => align,
            Some(align) => align.max(natural),
            None => natural,
        }
    }

    /// A global that is `extern` until it gets an image.
    fn new_global(
        &mut self,
        name: String,
        ty: QualType,
        image: Option<Image>,
        span: Span,
    ) -> GlobalId {
        let id = GlobalId::new(self.unit.globals.len());
        let align = self.types().align_of(ty.ty);
        self.unit.globals.push(Global {
            name,
            ty,
            align,
            kind: GlobalKind::Extern,
            section: String::new(),
            linkage: Linkage::Global,
            image,
            used: false,
            tags: Vec::new(),
            span,
        });
        id
    }

    /// Gives a declared variable its initial value.
    pub(super) fn define_global(
        &mut self,
        id: GlobalId,
        declared: &Declared,
        initializer: &Node<ast::Initializer>,
    ) -> Checked<()> {
        if self.unit[id]
            .image
            .as_ref()
            .is_some_and(|image| !image.bytes.is_empty())
        {
            let name = self.unit[id].name.clone();
            let error = Diagnostic::error(declared.span, format!("`{name}` is initialised twice"))
                .code("redefinition");
            return self.fail(error);
        }
        self.unit[id].span = declared.span;
        let ty = self.unit[id].ty;
        // The value is constant even for a variable that is declared inside of a function.
        let (ty, init) = self.initializer(ty, initializer)?;
        self.unit[id].ty = ty;
        let image = self.image(&init, ty)?;
        self.unit[id].image = Some(image);
        self.place_global(id);
        Ok(())
    }

    /// A definition without a value (C11 6.9.2p2): zeros, unless a value follows.
    pub(super) fn tentative(&mut self, id: GlobalId) {
        // An image without bytes marks it until the end of the file.
        let global = &mut self.unit[id];
        global.image.get_or_insert_with(Image::default);
    }

    /// Fills in the zeros of definitions that never got a value.
    pub(super) fn finish_globals(&mut self) {
        for index in 0..self.unit.globals.len() {
            let id = GlobalId::new(index);
            let is_tentative = self.unit[id]
                .image
                .as_ref()
                .is_some_and(|image| image.bytes.is_empty());
            if is_tentative {
                self.finish_tentative(id);
            }
        }
    }

    fn finish_tentative(&mut self, id: GlobalId) {
        if let Some((element, None)) = self.types().array_parts(self.unit[id].ty) {
            // C11 6.9.2p5: as if it had one element.
            let quals = self.unit[id].ty.quals;
            self.unit[id].ty = self.unit.types.array(element, 1).with(quals);
        }
        let Some(size) = self.types().size_of(self.unit[id].ty.ty) else {
            let (name, shown) = (self.unit[id].name.clone(), self.show_qual(self.unit[id].ty));
            let message = format!("`{name}` needs a size; {shown} has none");
            self.report(Diagnostic::error(self.unit[id].span, message).code("incomplete-type"));
            return;
        };
        self.unit[id].image = Some(Image {
            bytes: vec![0; size as usize],
            pointers: Vec::new(),
        });
        self.place_global(id);
    }

    /// Decides what the loader does with a defined variable, and its section.
    pub(super) fn place_global(&mut self, id: GlobalId) {
        let is_const = self.object_quals(self.unit[id].ty).is_const;
        let space = self.types().address_space(self.unit[id].ty);
        let global = &mut self.unit[id];
        if space != 0 && global.section.is_empty() {
            global.section = format!(".addr_space.{space}");
        }
        let is_zero = global.image.as_ref().is_some_and(|image| {
            image.pointers.is_empty() && image.bytes.iter().all(|&byte| byte == 0)
        });
        global.kind = match global.section.as_str() {
            "maps" | ".maps" => GlobalKind::Map,
            section if section.starts_with("maps/") => GlobalKind::Map,
            "bpf_tables" => GlobalKind::ReadOnly,
            section if section.starts_with(".rodata") => GlobalKind::ReadOnly,
            _ if is_const => GlobalKind::ReadOnly,
            _ => GlobalKind::Mutable,
        };
        if global.section.is_empty() {
            let section = match (global.kind, is_zero) {
                (GlobalKind::ReadOnly, _) => ".rodata",
                (_, true) => ".bss",
                (_, false) => ".data",
            };
            global.section = section.to_owned();
        }
    }

    /// Qualifiers of an object, or of the elements of an array.
    pub(super) fn object_quals(&self, ty: QualType) -> Quals {
        let mut ty = self.types().canonical(ty);
        while let Some((element, _)) = self.types().array_parts(ty) {
            ty = self.types().canonical(element);
        }
        ty.quals
    }

    /// A static variable of a function.
    pub(super) fn static_local(
        &mut self,
        declared: &Declared,
        initializer: Option<&Node<ast::Initializer>>,
    ) -> Checked<()> {
        let name = declared.name.clone().unwrap_or_default();
        let function = self.body.as_ref().map_or("", |body| body.name.as_str());
        let symbol = self.unique_name(format!("{function}.{name}"));
        let id = self.new_global(symbol, declared.ty, None, declared.span);
        let align = self.declared_align(declared);
        let global = &mut self.unit[id];
        global.linkage = Linkage::Local;
        global.align = align;
        global.used = declared.attributes.used;
        global.section = declared.attributes.section.clone().unwrap_or_default();
        self.declare_name(&name, Entity::Global(id), declared.span)?;
        match initializer {
            Some(initializer) => self.define_global(id, declared, initializer),
            None => {
                self.tentative(id);
                Ok(())
            }
        }
    }

    fn unique_name(&self, name: String) -> String {
        let taken = |name: &str| self.unit.globals.iter().any(|global| global.name == name);
        if !taken(&name) {
            return name;
        }
        let numbered = (1..).map(|number| format!("{name}.{number}"));
        let mut free = numbered.filter(|name| !taken(name));
        free.next().unwrap_or(name)
    }

    /// The global of a string literal; equal ones share it.
    pub(super) fn string_global(
        &mut self,
        value: StringValue,
        ty: QualType,
        span: Span,
    ) -> GlobalId {
        let plain = value.element.bytes() == 1;
        if plain && let Some(&id) = self.strings.get(&value.bytes) {
            return id;
        }
        let name = format!(".str.{}", self.unit.globals.len());
        let image = Image {
            bytes: value.bytes.clone(),
            pointers: Vec::new(),
        };
        let id = self.new_global(name, ty, Some(image), span);
        let global = &mut self.unit[id];
        global.linkage = Linkage::Local;
        // Only strings without a zero inside may be merged by the linker.
        let mergeable = plain && !value.bytes[..value.bytes.len() - 1].contains(&0);
        (global.kind, global.section) = if mergeable {
            (GlobalKind::String, ".rodata.str1.1".to_owned())
        } else {
            (GlobalKind::ReadOnly, ".rodata".to_owned())
        };
        if plain {
            self.strings.insert(value.bytes, id);
        }
        id
    }

    /// A compound literal outside of functions (C11 6.5.2.5p5).
    pub(super) fn unnamed_global(&mut self, ty: QualType, image: Image, span: Span) -> GlobalId {
        let name = format!(".compound.{}", self.unit.globals.len());
        let id = self.new_global(name, ty, Some(image), span);
        self.unit[id].linkage = Linkage::Local;
        self.place_global(id);
        id
    }
}
