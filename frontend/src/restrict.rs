//! What makes the C "restricted": the rules of BPF that C does not have.
//!
//! Each rule is one row of [`Rule`]: a stable code, the rule in a clause that completes "`buf` is 600 bytes; …", and the way
//! out. Rules that need names or types to be found out are applied where `sema` finds out (variable-length arrays, calls to
//! undeclared functions); those that need to know what is left of the program where it meets the machine are applied by the
//! root package's `limits`; the others are checked here, on the finished tree.
//!
//! To add a rule, add a row, apply it in the function below whose subject it is, and write `tests/filetests/errors/CODE.c`.

use std::fmt::Display;

use bpfcc_isa::program::program_type_for_section;

use crate::diagnostic::Diagnostic;
use crate::sema::library::prototype;
use crate::source::Span;
use crate::tree::reach::Used;
use crate::tree::visit::{self, Visitor};
use crate::tree::{
    BinaryOp, Builtin, Callee, CompoundOp, Expr, ExprKind, FuncId, Function, Local, Unit,
};
use crate::types::IntKind;

/// Bytes that one variable may have. Those that a frame holds are counted when it is laid out, and what nobody reads is gone.
const STACK_BYTES: u64 = 1 << 30;

/// Largest struct that functions of other files take by value.
pub(crate) const RECORD_BYTES: u64 = 16;

/// Registers that carry arguments: r1 to r5.
const ARGUMENT_REGISTERS: usize = 5;

macro_rules! rules {
    ($($(#[$doc:meta])* $variant:ident $code:literal, $rule:literal, $way_out:literal;)+) => {
        /// A rule that BPF adds to C.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum Rule { $($(#[$doc])* $variant,)+ }

        impl Rule {
            /// All rules.
            pub const ALL: &'static [Rule] = &[$(Rule::$variant),+];

            /// Stable name, for documentation and tests.
            pub fn code(self) -> &'static str {
                match self { $(Rule::$variant => $code,)+ }
            }

            /// The rule.
            pub fn rule(self) -> &'static str {
                match self { $(Rule::$variant => $rule,)+ }
            }

            /// What to do instead.
            pub fn way_out(self) -> &'static str {
                match self { $(Rule::$variant => $way_out,)+ }
            }
        }
    };
}

rules! {
    /// No backward jumps, if asked for.
    Loop "loop",
        "before Linux 5.3 a BPF program may not jump backwards",
        "let a constant say how often it goes round, so that it is written out (at `-O1`), or leave out `--no-loops` if every kernel you target is 5.3 or newer";
    /// No cycles in the call graph.
    Recursion "recursion",
        "BPF has no recursion: the kernel allows eight frames and no cycle in the call graph",
        "write a loop with a bound, or pass a constant that says where it ends";
    /// No floating-point values.
    Float "float",
        "BPF has no floating-point registers",
        "compute with scaled integers, for example in thousandths";
    /// Division of 128-bit values is a loop.
    WideDivision "wide-division",
        "BPF divides 64 bits at most, and more takes a loop",
        "convert the operands to 64-bit types first, divide `unsigned` by a constant power of two, or leave out `--no-loops`";
    /// Five arguments at most for those that others call; the program's own functions take more through memory.
    Arguments "arguments",
        "BPF passes arguments in the five registers r1 to r5",
        "put the arguments into a struct and pass a pointer to it";
    /// Calls go to known functions.
    IndirectCall "indirect-call",
        "BPF calls functions by name or by number, not through a variable",
        "call the function itself, choose with `switch`, or use `bpf_tail_call`";
    /// No variable argument lists.
    Variadic "variadic",
        "a BPF function cannot find out how many arguments its caller passed",
        "declare each parameter";
    /// No arrays of variable length.
    VariableLength "variable-length",
        "a BPF stack frame has the same size in every call",
        "use the largest length that can occur, or keep the data in a map";
    /// No stack memory of variable size.
    Alloca "alloca",
        "a BPF stack frame has the same size in every call",
        "declare an array of the largest size that can occur";
    /// Copies have a constant length.
    CopyLength "copy-length",
        "copies and comparisons are written out, so their length is constant",
        "give a constant number of bytes, or leave out `--no-loops`: a variable number is a loop";
    /// Atomic operations have two sizes.
    AtomicSize "atomic-size",
        "BPF's atomic operations work on 4 or 8 bytes",
        "use a 32-bit or 64-bit integer";
    /// Few operations are atomic.
    AtomicOperation "atomic-operation",
        "BPF's atomic operations are addition, and, or, xor, exchange and compare-and-exchange",
        "use `__sync_val_compare_and_swap` in a loop with a bound, or hold a `bpf_spin_lock`";
    /// Structs travel by pointer to functions of others.
    StructByValue "struct-by-value",
        "a function outside of this file takes up to 16 bytes in registers and gives back a number",
        "pass a pointer to the struct";
    /// A local must fit the stack.
    StackSize "stack-size",
        "a BPF stack frame holds 512",
        "move it into a per-CPU array map, or make it `static`";
    /// Assembly that reaches beyond its statement.
    InlineAssembly "inline-assembly",
        "inline assembly keeps to its statement and its operands",
        "to jump further use `asm goto`";
    /// What `naked` promises.
    NakedFunction "naked-function",
        "a `naked` function is one `asm` statement that ends in `exit` or a jump",
        "write all of it in that statement, or leave out `naked`";
    /// No C library in the kernel.
    Library "library",
        "the kernel has no C library",
        "write a loop with a bound (`memcpy`, `memmove`, `memset`, `memcmp` and `abs` are done inline), or call what the kernel has: `bpf_strncmp` (Linux 5.17), `bpf_snprintf` (5.13), `bpf_printk`";
    /// A call needs a declaration.
    UndeclaredFunction "undeclared-function",
        "C calls only what was declared before",
        "include `bpf_helpers.h` for the kernel's helpers, or declare the function above its first call";
}

impl Rule {
    /// The error that `thing` breaks this rule. `thing` is a clause that names what stands at `span`.
    pub fn refuse(self, span: impl Into<Option<Span>>, thing: impl Display) -> Diagnostic {
        Diagnostic::error(span, format!("{thing}; {}", self.rule()))
            .code(self.code())
            .help(self.way_out())
    }
}

/// What the user allows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Allowed {
    /// Backward jumps: every kernel the program is for is 5.3 or newer.
    pub loops: bool,
}

impl Default for Allowed {
    /// What the kernels allow that are still maintained.
    fn default() -> Self {
        Allowed { loops: true }
    }
}

/// Checks all rules that can be checked on the finished tree. Functions that are not used, as headers bring them, may do
/// what they like.
pub fn check(unit: &Unit, used: &Used, allowed: Allowed) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for (id, function) in unit.functions() {
        if function.body.is_none() || !used.function(id) {
            continue;
        }
        let float_refused = check_signature(unit, function, &mut diagnostics);
        check_locals(unit, function, &mut diagnostics);
        let mut body = BodyRules {
            unit,
            allowed,
            float_refused,
            diagnostics: &mut diagnostics,
        };
        function
            .body
            .iter()
            .for_each(|block| visit::walk_block(&mut body, block));
    }
    check_library(unit, &mut diagnostics);
    diagnostics
}

/// Calls of the C library in what the kernel executes: its programs, and the functions that they call.
fn check_library(unit: &Unit, diagnostics: &mut Vec<Diagnostic>) {
    let mut seen = vec![false; unit.functions.len()];
    let programs = unit.functions().filter(|(_, f)| is_kernel_program(f));
    let mut pending: Vec<FuncId> = programs.map(|(id, _)| id).collect();
    while let Some(id) = pending.pop() {
        if std::mem::replace(&mut seen[id.index()], true) {
            continue;
        }
        for call in calls_of(&unit[id]) {
            let callee = &unit[call.callee];
            if callee.body.is_some() {
                pending.push(call.callee);
            } else if callee.attributes.section.is_none() && prototype(&callee.name).is_some() {
                let thing = format!("this calls `{}`", callee.name);
                diagnostics.push(Rule::Library.refuse(call.span, thing));
            }
        }
    }
}

fn is_kernel_program(function: &Function) -> bool {
    let section = function.attributes.section.as_deref();
    function.is_program() && section.is_some_and(|name| program_type_for_section(name).is_some())
}

/// Parameters and result. Says whether floating-point numbers were refused.
fn check_signature(unit: &Unit, function: &Function, diagnostics: &mut Vec<Diagnostic>) -> bool {
    let Some(ty) = unit.types.function_type(function.ty) else {
        return false;
    };
    let name = &function.name;
    if let Some(sixth) = function.params.get(ARGUMENT_REGISTERS)
        && function.is_program()
    {
        let count = function.params.len();
        let thing = format!("`{name}` takes {count} arguments");
        diagnostics.push(Rule::Arguments.refuse(function[*sixth].span, thing));
    }
    if ty.variadic {
        let thing = format!("`{name}` takes a variable number of arguments");
        diagnostics.push(Rule::Variadic.refuse(function.span, thing));
    }
    if unit.types.is_float(ty.result) {
        let thing = format!("`{name}` returns {FLOAT}");
        diagnostics.push(Rule::Float.refuse(function.span, thing));
        return true;
    }
    let mut params = function.params.iter().map(|&id| &function[id]);
    if let Some(param) = params.find(|param| unit.types.is_float(param.ty.ty)) {
        let thing = format!("parameter {} is {FLOAT}", local_name(param));
        diagnostics.push(Rule::Float.refuse(param.span, thing));
        return true;
    }
    false
}

/// What the rule about floating-point numbers calls a value.
const FLOAT: &str = "a floating-point number";

/// Variables.
fn check_locals(unit: &Unit, function: &Function, diagnostics: &mut Vec<Diagnostic>) {
    for local in &function.locals {
        let size = unit.types.size_of(local.ty.ty).unwrap_or(0);
        if size > STACK_BYTES {
            let thing = format!("{} is {size} bytes", local_name(local));
            diagnostics.push(Rule::StackSize.refuse(local.span, thing));
        }
    }
}

fn local_name(local: &Local) -> String {
    match &local.name {
        Some(name) => format!("`{name}`"),
        None => "this temporary".to_owned(),
    }
}

/// Applies the rules to the statements and values of one function.
struct BodyRules<'a> {
    unit: &'a Unit,
    allowed: Allowed,
    /// Whether the signature was refused for floating-point numbers; the body is bound to be full of them.
    float_refused: bool,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Visitor for BodyRules<'_> {
    fn visit_expr(&mut self, expr: &Expr) {
        // One message per expression is enough: what is inside a refused value is not looked at.
        if self.check_value(expr) {
            return;
        }
        self.check_division(expr);
        if let ExprKind::Builtin { builtin, args } = &expr.kind {
            self.check_length(*builtin, args);
        }
        if let ExprKind::Call { callee, args } = &expr.kind {
            self.check_call(expr, callee, args);
        }
        visit::walk_expr(self, expr);
    }
}

impl BodyRules<'_> {
    fn refuse(&mut self, rule: Rule, span: Span, thing: impl Display) {
        self.diagnostics.push(rule.refuse(span, thing));
    }

    /// Whether the value was refused.
    fn check_value(&mut self, expr: &Expr) -> bool {
        let types = &self.unit.types;
        let is_float = match &expr.kind {
            // A comparison or conversion has an integer type but computes with its operand's.
            ExprKind::Compare { lhs: arg, .. } | ExprKind::Cast { arg, .. } => {
                types.is_float(expr.ty) || types.is_float(arg.ty)
            }
            _ => types.is_float(expr.ty),
        };
        if is_float && !self.float_refused {
            self.refuse(Rule::Float, expr.span, format!("this is {FLOAT}"));
        }
        is_float
    }

    fn check_division(&mut self, expr: &Expr) {
        let (op, ty, divisor) = match &expr.kind {
            ExprKind::Binary { op, rhs, .. } => (*op, expr.ty, rhs),
            ExprKind::CompoundAssign {
                op: CompoundOp::Binary(op),
                computation,
                value,
                ..
            } => (*op, *computation, value),
            _ => return,
        };
        let divides = matches!(op, BinaryOp::Div | BinaryOp::Rem);
        let kind = self.unit.types.int_kind(ty);
        let shifts = || {
            let divisor = divisor.as_const().map(|value| value as u128);
            kind == Some(IntKind::UInt128) && divisor.is_some_and(u128::is_power_of_two)
        };
        if !self.allowed.loops && divides && kind.is_some_and(|kind| kind.bits() > 64) && !shifts()
        {
            self.refuse(
                Rule::WideDivision,
                expr.span,
                "this divides 128-bit integers",
            );
        }
    }

    fn check_length(&mut self, builtin: Builtin, args: &[Expr]) {
        let has_length = matches!(
            builtin,
            Builtin::Memcpy | Builtin::Memset | Builtin::Memmove | Builtin::Memcmp
        );
        if has_length
            && !self.allowed.loops
            && let [.., length] = args
            && length.as_const().is_none()
        {
            let thing = "this length is known only at run time";
            self.refuse(Rule::CopyLength, length.span, thing);
        }
    }

    fn check_call(&mut self, expr: &Expr, callee: &Callee, args: &[Expr]) {
        let (name, is_variadic) = match callee {
            Callee::Indirect(_) => return self.check_indirect_call(args),
            Callee::Func(id) => {
                let callee = &self.unit[*id];
                let ty = self.unit.types.function_type(callee.ty);
                (
                    format!("`{}`", callee.name),
                    ty.is_some_and(|ty| ty.variadic),
                )
            }
            Callee::Helper(number) => (helper_name(*number), false),
        };
        if is_variadic && args.len() > ARGUMENT_REGISTERS {
            return self.refuse_sixth(&name, args);
        }
        // A defined function was refused where it is defined.
        let is_defined = matches!(callee, Callee::Func(id) if self.unit[*id].body.is_some());
        if !is_defined && args.len() > ARGUMENT_REGISTERS {
            return self.refuse_sixth(&name, args);
        }
        if is_defined {
            return;
        }
        let types = &self.unit.types;
        let too_large =
            |arg: &&Expr| types.is_record(arg.ty) && types.size_of(arg.ty) > Some(RECORD_BYTES);
        if let Some(arg) = args.iter().find(too_large) {
            let thing = format!("{name} receives a large struct by value");
            self.refuse(Rule::StructByValue, arg.span, thing);
        }
        if self.unit.types.is_record(expr.ty) {
            let thing = format!("{name} returns a struct by value");
            self.refuse(Rule::StructByValue, expr.span, thing);
        }
    }

    /// Which function a pointer leads to turns out later, and with it whether small structs travel in registers.
    fn check_indirect_call(&mut self, args: &[Expr]) {
        let types = &self.unit.types;
        if let Some(arg) = args.iter().find(|arg| types.is_record(arg.ty)) {
            let thing = "a function that is called through a pointer receives a struct by value";
            self.refuse(Rule::StructByValue, arg.span, thing);
        }
    }

    fn refuse_sixth(&mut self, name: &str, args: &[Expr]) {
        let thing = format!("{name} is called with {} arguments", args.len());
        self.refuse(Rule::Arguments, args[ARGUMENT_REGISTERS].span, thing);
    }
}

fn helper_name(number: i32) -> String {
    match bpfcc_isa::helpers::helper_by_id(number) {
        Some(helper) => format!("helper {number}, `{}`,", helper.name()),
        None => format!("helper {number}"),
    }
}

/// A call of a function of this file, or of one that it declares.
#[derive(Clone, Copy)]
struct CallSite {
    callee: FuncId,
    span: Span,
}

/// Collects the calls of one function.
struct Calls {
    found: Vec<CallSite>,
}

impl Visitor for Calls {
    fn visit_expr(&mut self, expr: &Expr) {
        if let ExprKind::Call {
            callee: Callee::Func(callee),
            ..
        } = expr.kind
        {
            self.found.push(CallSite {
                callee,
                span: expr.span,
            });
        }
        visit::walk_expr(self, expr);
    }
}

fn calls_of(function: &Function) -> Vec<CallSite> {
    let mut calls = Calls { found: Vec::new() };
    if let Some(body) = &function.body {
        visit::walk_block(&mut calls, body);
    }
    calls.found
}
