//! Names and types: lang-c's syntax tree becomes the [typed tree](crate::tree).
//!
//! The files follow the grammar of C11: `declarator` and `tag` read declarations into types, `expr`, `operator` and
//! `call` type expressions, `convert` spells out conversions, `stmt` does statements, `initializer` flattens `{ … }`
//! and `image` makes bytes of it. `constant` and `float` compute what C wants to know while compiling, `attribute`, `pragma`,
//! `builtin`, `library` and `atomic` do what GNU C adds, `global` decides where variables live.
//!
//! A mistake is reported where it is, and checking goes on with the next declaration or statement: the functions here return
//! `Checked`, whose error carries nothing because the diagnostic has been written down already.
//!
//! What lang-c's grammar lacks arrives in the spellings of [`normalize`](crate::normalize).

mod alias;
mod asm;
mod atomic;
mod attribute;
mod bits;
mod builtin;
mod call;
mod constant;
mod convert;
mod core_relo;
mod declarator;
mod expr;
mod float;
mod global;
mod image;
mod initializer;
mod inline;
mod label;
pub(crate) mod library;
mod literal;
mod object_size;
mod old_style;
mod operator;
mod param_length;
mod pragma;
mod scope;
mod stmt;
mod suggest;
mod tag;
mod vector;

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use bpfcc_isa::Endian;
use lang_c::ast;
use lang_c::span::Node;

use crate::diagnostic::{Diagnostic, any_error};
use crate::parse;
use crate::restrict;
use crate::source::{FileId, Span};
use crate::tree::reach;
use crate::tree::{FuncId, GlobalId, Label, LabelId, Local, LocalId, Unit};
use crate::types::{IntKind, QualType, TypeId, Typedef, Types};

pub(crate) use attribute::has_attribute;
pub(crate) use builtin::has_builtin;
pub use suggest::closest;

use label::NamedLabel;
use pragma::Pragmas;
use scope::{Binding, Entity, Scopes};

/// The typedef name whose type is that of the initializer.
const AUTO_TYPE: &str = "__auto_type";

/// Deepest nesting of expressions, statements and declarators. An ordinary program stays far below; generated text that
/// does not would exhaust the stack.
const DEPTH_LIMIT: u32 = 4000;

/// Largest object in bytes: offsets in an object are 32 bits wide.
const OBJECT_LIMIT: u64 = i32::MAX as u64;

/// What the user wants.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Options {
    /// What of the restrictions is lifted.
    pub allowed: restrict::Allowed,
    /// Byte order of the target.
    pub endian: Endian,
}

/// The diagnostic has been reported; there is no result.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Reported;

/// A result, unless its absence has been reported.
type Checked<T> = Result<T, Reported>;

/// Checks a file. There is a tree if nothing is wrong with it.
///
/// To be called, like everything that walks a tree, inside [`with_big_stack`](crate::parse::with_big_stack).
pub fn check(parsed: &parse::Unit, options: &Options) -> (Option<Unit>, Vec<Diagnostic>) {
    let mut checker = Checker::new(parsed);
    checker.unit.types.endian = options.endian;
    for declaration in &parsed.ast.0 {
        // An error has been reported; the next declaration may be fine.
        let _ = checker.external_declaration(declaration);
    }
    checker.finish_naked();
    checker.finish_aliases();
    checker.finish_inline();
    checker.finish_globals();
    let Checker {
        unit,
        mut diagnostics,
        restricted,
        expanded,
        ..
    } = checker;
    let used = reach::used(&unit);
    let in_used = restricted.into_iter().filter(|(id, _)| used.function(*id));
    diagnostics.extend(in_used.map(|(_, diagnostic)| diagnostic));
    if !any_error(&diagnostics) {
        let found = restrict::check(&unit, &used, options.allowed).into_iter();
        let expanded = expanded.into_inner();
        diagnostics.extend(found.map(|found| explained(parsed, &expanded, found)));
    }
    let unit = (!any_error(&diagnostics)).then_some(unit);
    (unit, diagnostics)
}

/// The latest node from a macro that starts at each place in the text.
type Expanded = HashMap<(FileId, u32), lang_c::span::Span>;

/// A diagnostic with the way through the macros that its place comes from.
fn explained(parsed: &parse::Unit, expanded: &Expanded, diagnostic: Diagnostic) -> Diagnostic {
    let place = diagnostic.span.map(|span| (span.file, span.start));
    match place.and_then(|place| expanded.get(&place)) {
        Some(&node) => parsed.map.explain_expansions(diagnostic, node),
        None => diagnostic,
    }
}

/// State of checking one file.
struct Checker<'a> {
    parsed: &'a parse::Unit,
    pragmas: Pragmas,
    unit: Unit,
    scopes: Scopes,
    diagnostics: Vec<Diagnostic>,
    /// Broken restrictions, which count only if the function is used.
    restricted: Vec<(FuncId, Diagnostic)>,
    /// The function whose body is being checked.
    body: Option<Body>,
    /// String literals that already are globals.
    strings: HashMap<Vec<u8>, GlobalId>,
    /// Names that need no further message in the present function: undeclared ones, and those whose declaration is wrong.
    reported: HashSet<String>,
    /// The same for names of faulty declarations at file scope.
    faulty: HashSet<String>,
    expanded: RefCell<Expanded>,
    /// Functions that are other names of functions: the name of that, and where it stands.
    aliases: Vec<(FuncId, String, Span)>,
    inline: inline::Said,
    /// Functions that are nothing but assembly, to be checked last.
    naked: Vec<Definition<'a>>,
    /// Functions of the C library that are called as builtins and not declared.
    library: HashMap<&'static str, FuncId>,
    depth: u32,
    auto_type: Option<TypeId>,
    /// Inside of `__builtin_preserve_access_index` and its like: every member may be elsewhere in the running kernel.
    preserving: bool,
    /// Inside of a record with `preserve_access_index`, which holds for the records defined in it too.
    in_preserved_record: bool,
}

/// A function whose declaration has been checked, and whose body has not.
struct Definition<'a> {
    func: FuncId,
    name: String,
    result: TypeId,
    params: Vec<declarator::ParamDecl>,
    statement: &'a Node<ast::Statement>,
}

/// State of checking one function body.
struct Body {
    func: FuncId,
    name: String,
    result: TypeId,
    locals: Vec<Local>,
    labels: Vec<Label>,
    /// The labels of the function, and those that blocks around the present statement keep to themselves.
    named_labels: Vec<HashMap<String, NamedLabel>>,
    /// The labels whose address is taken: that with the index 0 has the address 1.
    addressed_labels: Vec<LabelId>,
    /// The first `goto *place`.
    computed_goto: Option<Span>,
    /// Variables that were declared with a register.
    registers: HashMap<LocalId, bpfcc_isa::Reg>,
    /// Variables that always hold the constant they begin with.
    constants: HashSet<LocalId>,
    /// The enclosing `switch` statements, innermost last.
    switches: Vec<stmt::Switch>,
    /// Loops around the present statement, where `continue` may stand.
    loops: u32,
    /// Loops and switches, where `break` may stand.
    breakable: u32,
}

impl<'a> Checker<'a> {
    fn new(parsed: &'a parse::Unit) -> Checker<'a> {
        Checker {
            parsed,
            pragmas: Pragmas::new(parsed),
            unit: Unit::default(),
            scopes: Scopes::new(),
            diagnostics: Vec::new(),
            restricted: Vec::new(),
            body: None,
            strings: HashMap::new(),
            reported: HashSet::new(),
            faulty: HashSet::new(),
            expanded: RefCell::default(),
            aliases: Vec::new(),
            inline: inline::Said::default(),
            naked: Vec::new(),
            library: HashMap::new(),
            depth: 0,
            auto_type: None,
            preserving: false,
            in_preserved_record: false,
        }
    }

    /// Declares the type names that compilers know by themselves.
    fn declare_builtin_types(&mut self, span: Span) {
        let va_list = self.unit.types.void_pointer();
        let rows = [
            ("__int128_t", Types::int(IntKind::Int128)),
            ("__uint128_t", Types::int(IntKind::UInt128)),
            ("__builtin_va_list", va_list),
            ("bool", Types::int(IntKind::Bool)),
            (AUTO_TYPE, Types::INT),
        ];
        for (name, target) in rows {
            let ty = self.unit.types.declare_typedef(Typedef {
                name: name.to_owned(),
                target: target.unqualified(),
                align: None,
                tags: Vec::new(),
                span,
            });
            if name == AUTO_TYPE {
                self.auto_type = Some(ty);
            }
            let entity = Entity::Typedef(ty);
            self.scopes
                .declare_in_file(name, Binding { entity, span: None });
        }
    }

    fn external_declaration(&mut self, node: &'a Node<ast::ExternalDeclaration>) -> Checked<()> {
        if self.auto_type.is_none() {
            self.declare_builtin_types(self.span(node));
        }
        match &node.node {
            ast::ExternalDeclaration::Declaration(declaration) => {
                self.file_declaration(declaration)
            }
            ast::ExternalDeclaration::StaticAssert(assertion) => self.static_assert(assertion),
            ast::ExternalDeclaration::FunctionDefinition(definition) => {
                self.function_definition(definition)
            }
        }
    }

    /// Remembers that the declaration of a name was wrong, so that its uses are not reported too.
    fn mark_faulty(&mut self, declarator: &Node<ast::Declarator>) {
        if let Some(name) = declarator::declared_name(&declarator.node) {
            let names = if self.body.is_some() {
                &mut self.reported
            } else {
                &mut self.faulty
            };
            names.insert(name.into_owned());
        }
    }

    /// Whether this is the first message about an undeclared name.
    fn is_first_mention(&mut self, name: &str) -> bool {
        !self.faulty.contains(name) && self.reported.insert(name.to_owned())
    }

    /// Names that headers declare but the program did not mention, for suggestions.
    fn unused_names(&self) -> impl Iterator<Item = &'a str> {
        let parsed = self.parsed;
        parsed.unused.iter().map(|&name| parsed.map.text(name))
    }

    fn types(&self) -> &Types {
        &self.unit.types
    }

    fn span<T>(&self, node: &Node<T>) -> Span {
        let span = self.parsed.map.span(node.span);
        if self.parsed.map.expansions(node.span).next().is_some() {
            let place = (span.file, span.start);
            self.expanded.borrow_mut().insert(place, node.span);
        }
        span
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        let diagnostic = self.explained(diagnostic);
        self.diagnostics.push(diagnostic);
    }

    fn explained(&self, diagnostic: Diagnostic) -> Diagnostic {
        explained(self.parsed, &self.expanded.borrow(), diagnostic)
    }

    /// Reports an error and gives what to return.
    fn fail<T>(&mut self, diagnostic: Diagnostic) -> Checked<T> {
        self.report(diagnostic);
        Err(Reported)
    }

    fn error<T>(
        &mut self,
        code: &'static str,
        span: Span,
        message: impl Into<String>,
    ) -> Checked<T> {
        self.fail(Diagnostic::error(span, message).code(code))
    }

    /// Reports what C allows and BPF does not, and goes on as if it were not there.
    fn restrict(&mut self, diagnostic: Diagnostic) {
        match &self.body {
            Some(body) => {
                let diagnostic = self.explained(diagnostic);
                self.restricted.push((body.func, diagnostic));
            }
            None => self.report(diagnostic),
        }
    }

    fn warn(&mut self, code: &'static str, span: Span, message: impl Into<String>) {
        self.report(Diagnostic::warning(span, message).code(code));
    }

    /// The type in quotes.
    fn show(&self, ty: TypeId) -> String {
        self.show_qual(ty.unqualified())
    }

    fn show_qual(&self, ty: QualType) -> String {
        self.unit.types.describe(ty)
    }

    /// Runs `f` one level deeper, unless that is too deep.
    fn nested<T>(&mut self, span: Span, f: impl FnOnce(&mut Self) -> Checked<T>) -> Checked<T> {
        if self.depth >= DEPTH_LIMIT {
            return self.error(
                "nesting",
                span,
                format!("this nests more than {DEPTH_LIMIT} levels deep; split it up"),
            );
        }
        self.depth += 1;
        let result = f(self);
        self.depth -= 1;
        result
    }

    /// Runs `f` and forgets the locals and globals that it made: for operands of `sizeof` and `typeof`, which are not
    /// evaluated.
    fn unevaluated<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> T {
        let globals = self.unit.globals.len();
        let locals = self.body.as_ref().map_or(0, |body| body.locals.len());
        let result = f(self);
        self.unit.globals.truncate(globals);
        self.strings.retain(|_, id| id.index() < globals);
        if let Some(body) = &mut self.body {
            body.locals.truncate(locals);
        }
        result
    }

    /// Runs `f` in a block of its own.
    fn scoped<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> T {
        self.scopes.enter();
        self.enter_label_scope();
        let result = f(self);
        self.leave_label_scope();
        self.scopes.leave();
        result
    }

    /// Adds a local without a name.
    fn temporary(&mut self, ty: QualType, span: Span) -> Checked<LocalId> {
        let align = self.types().align_of(ty.ty);
        self.add_local(Local {
            name: None,
            ty,
            align,
            tags: Vec::new(),
            mentions: 0,
            may_be_unused: true,
            span,
        })
    }

    fn add_local(&mut self, local: Local) -> Checked<LocalId> {
        let span = local.span;
        let Some(body) = &mut self.body else {
            return self.error(
                "not-constant",
                span,
                "only functions can compute this; a global's value is constant",
            );
        };
        let id = LocalId::new(body.locals.len());
        body.locals.push(local);
        Ok(id)
    }
}

#[cfg(test)]
mod tests;
