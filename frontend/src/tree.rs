//! The typed tree: C with nothing left implicit.
//!
//! `sema` writes it, `restrict` checks it, `lower` reads it. What C lets a programmer leave out is spelled out here:
//!
//! * Each name is a number: [`LocalId`], [`GlobalId`], [`FuncId`], [`LabelId`].
//! * Each conversion is a [`ExprKind::Cast`]; operands of a binary operation have one type, that of the result.
//! * Values and places are two things. A [`Place`] (an lvalue) is read by [`ExprKind::Load`] and turned into a pointer by
//!   [`ExprKind::AddressOf`], which is also what an array becomes when it decays.
//! * `a[i]` is `*(a + i)`; `p->m` is the member `m` of the place `*p`; pointer arithmetic counts in bytes
//!   ([`ExprKind::PtrOffset`]).
//! * Initializers are flat lists of "this value at that offset" ([`Init`]); those of globals are bytes ([`Image`]).
//! * Constant expressions have been computed.
//!
//! So `int f(struct s *p) { return p->a[1] + 1L; }` becomes, as [`tree_text`](crate::tree_text) prints it,
//!
//! ```text
//! return (int)((long)load(*(&(*(load(p))).a@4 + (long)1 * 4)) + (long)1)
//! ```
//!
//! An expression's type is unqualified and may be a typedef name: look at it through
//! [`Types::shape`](crate::types::Types::shape). A place's type keeps its qualifiers; `volatile` is found there.

pub mod asm;
pub mod core_relo;
pub mod reach;
pub mod visit;

use std::ops::{Index, IndexMut};

pub use bpfcc_ir::{GlobalKind, Linkage};

use crate::source::Span;
use crate::types::{BitField, FieldRef, QualType, TypeId, Types};

macro_rules! tree_ids {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(u32);

        impl $name {
            /// The `index`th of its kind.
            pub fn new(index: usize) -> $name {
                $name(index as u32)
            }

            /// Position in the list it belongs to.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )+};
}

tree_ids! {
    /// A function of the [`Unit`].
    FuncId;
    /// A global variable, string or static local of the [`Unit`].
    GlobalId;
    /// A parameter, local variable or temporary of a [`Function`].
    LocalId;
    /// A place to jump to in a [`Function`]: a label, or a `case`.
    LabelId;
}

/// A C file whose names and types are resolved.
#[derive(Clone, Debug, Default)]
pub struct Unit {
    /// Its types.
    pub types: Types,
    /// Functions in order of first declaration.
    pub functions: Vec<Function>,
    /// Globals in order of first declaration; strings where they are first used.
    pub globals: Vec<Global>,
}

impl Unit {
    /// All functions with their numbers.
    pub fn functions(&self) -> impl Iterator<Item = (FuncId, &Function)> {
        let numbered = self.functions.iter().enumerate();
        numbered.map(|(index, function)| (FuncId::new(index), function))
    }

    /// All globals with their numbers.
    pub fn globals(&self) -> impl Iterator<Item = (GlobalId, &Global)> {
        let numbered = self.globals.iter().enumerate();
        numbered.map(|(index, global)| (GlobalId::new(index), global))
    }
}

impl Index<FuncId> for Unit {
    type Output = Function;

    fn index(&self, id: FuncId) -> &Function {
        &self.functions[id.index()]
    }
}

impl IndexMut<FuncId> for Unit {
    fn index_mut(&mut self, id: FuncId) -> &mut Function {
        &mut self.functions[id.index()]
    }
}

impl Index<GlobalId> for Unit {
    type Output = Global;

    fn index(&self, id: GlobalId) -> &Global {
        &self.globals[id.index()]
    }
}

impl IndexMut<GlobalId> for Unit {
    fn index_mut(&mut self, id: GlobalId) -> &mut Global {
        &mut self.globals[id.index()]
    }
}

/// What the programmer said about inlining.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Inline {
    /// Nothing.
    #[default]
    Unsaid,
    /// `inline`.
    Hint,
    /// `__attribute__((always_inline))`.
    Always,
    /// `__attribute__((noinline))`.
    Never,
}

/// What attributes and specifiers say about a function.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FunctionAttributes {
    /// `section("…")`. A function that has one (other than `.text`) is a program: the kernel calls it with a context.
    pub section: Option<String>,
    /// About inlining.
    pub inline: Inline,
    /// `used`: keep it even if nothing refers to it.
    pub used: bool,
    /// `unused`: do not warn if nothing refers to it.
    pub unused: bool,
    /// `noreturn`.
    pub noreturn: bool,
    /// `naked`: the body is one `asm` statement, and nothing is around it.
    pub naked: bool,
    /// `warn_unused_result`.
    pub warn_unused_result: bool,
    /// `btf_decl_tag`s.
    pub tags: Vec<String>,
}

/// A function, defined or only declared.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// Its type, a [`TypeKind::Function`](crate::types::TypeKind::Function).
    pub ty: TypeId,
    /// Its parameters, in order; empty for a declaration.
    pub params: Vec<LocalId>,
    /// Parameters, variables and temporaries.
    pub locals: Vec<Local>,
    /// Labels and cases.
    pub labels: Vec<Label>,
    /// Labels whose address is taken; the address of the first is 1.
    pub addressed_labels: Vec<LabelId>,
    /// Its body; `None` for a function that is only declared and called by name.
    pub body: Option<Block>,
    /// Who sees it.
    pub linkage: Linkage,
    /// Attributes.
    pub attributes: FunctionAttributes,
    /// Its name, where it is defined or else first declared.
    pub span: Span,
}

impl Function {
    /// Whether the kernel (or the runtime) calls this function as a program, with a context as first argument.
    pub fn is_program(&self) -> bool {
        let section = self.attributes.section.as_deref();
        self.body.is_some() && section.is_some_and(|name| name != ".text")
    }
}

impl Index<LocalId> for Function {
    type Output = Local;

    fn index(&self, id: LocalId) -> &Local {
        &self.locals[id.index()]
    }
}

impl Index<LabelId> for Function {
    type Output = Label;

    fn index(&self, id: LabelId) -> &Label {
        &self.labels[id.index()]
    }
}

/// A parameter, variable or temporary.
#[derive(Clone, Debug)]
pub struct Local {
    /// The name; `None` for temporaries and unnamed parameters.
    pub name: Option<String>,
    /// Its type, complete.
    pub ty: QualType,
    /// Alignment in bytes.
    pub align: u32,
    /// `btf_decl_tag`s.
    pub tags: Vec<String>,
    /// How often the program names it again.
    pub mentions: u32,
    /// Whether the program says that it need not (`unused`).
    pub may_be_unused: bool,
    /// Its name, where it is declared.
    pub span: Span,
}

/// A place to jump to.
#[derive(Clone, Debug)]
pub struct Label {
    /// The name; `None` for `case` and `default`.
    pub name: Option<String>,
    /// Where it stands.
    pub span: Span,
}

/// A global variable, string or static local.
#[derive(Clone, Debug)]
pub struct Global {
    /// The symbol name. Static locals and strings get one that is unique: `f.counter`, `.str.3`.
    pub name: String,
    /// Its type; incomplete only for an external array or struct.
    pub ty: QualType,
    /// Alignment in bytes.
    pub align: u32,
    /// What the loader does with it.
    pub kind: GlobalKind,
    /// Its section: that of a `section` attribute, else `.data`, `.bss`, `.rodata` or `.rodata.str1.1`.
    pub section: String,
    /// Who sees it.
    pub linkage: Linkage,
    /// Its initial value; `None` for an external one.
    pub image: Option<Image>,
    /// `used`: keep it even if nothing refers to it.
    pub used: bool,
    /// `btf_decl_tag`s.
    pub tags: Vec<String>,
    /// Its name, where it is defined or else first declared.
    pub span: Span,
}

/// The initial value of a global.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Image {
    /// All bytes, in target order. As long as the type, or longer if a flexible array member is initialised.
    pub bytes: Vec<u8>,
    /// Eight-byte pointers among the bytes, by ascending offset. The bytes under them are zero.
    pub pointers: Vec<ImagePointer>,
}

/// A pointer in the initial value of a global.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ImagePointer {
    /// Byte offset of the pointer in the image.
    pub offset: u64,
    /// What it points to.
    pub target: Symbol,
    /// Byte offset from the start of the target.
    pub addend: i64,
}

/// What has an address that the linker knows.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Symbol {
    /// A global.
    Global(GlobalId),
    /// A function.
    Func(FuncId),
}

/// Statements between braces.
#[derive(Clone, Debug)]
pub struct Block {
    /// In order.
    pub stmts: Vec<Stmt>,
    /// From brace to brace.
    pub span: Span,
}

/// A statement.
#[derive(Clone, Debug)]
pub struct Stmt {
    /// What it does.
    pub kind: StmtKind,
    /// Where it stands.
    pub span: Span,
}

/// What a statement does.
#[derive(Clone, Debug)]
pub enum StmtKind {
    /// Evaluate and forget.
    Expr(Expr),
    /// The lifetime of a local starts. Without `init` its value is indeterminate (even if a `goto` comes back here).
    Decl {
        /// The local.
        local: LocalId,
        /// What it starts with.
        init: Option<Init>,
        /// The call that ends its life, on every way out of its block (`__attribute__((cleanup(f)))`).
        cleanup: Option<Expr>,
    },
    /// Statements in braces.
    Block(Block),
    /// `if`.
    If {
        /// Of scalar type.
        cond: Expr,
        /// If it is not zero.
        then: Box<Stmt>,
        /// If it is zero.
        otherwise: Option<Box<Stmt>>,
    },
    /// `while`.
    While {
        /// Of scalar type.
        cond: Expr,
        /// Repeated.
        body: Box<Stmt>,
    },
    /// `do … while`.
    DoWhile {
        /// Repeated, at least once.
        body: Box<Stmt>,
        /// Of scalar type.
        cond: Expr,
    },
    /// `for`.
    For {
        /// Done once.
        init: Vec<Stmt>,
        /// Of scalar type; forever if missing.
        cond: Option<Expr>,
        /// Done after the body and on `continue`.
        step: Option<Expr>,
        /// Repeated.
        body: Box<Stmt>,
    },
    /// `switch`: jump to the label of the case that holds `value`, else to `default`, else behind the body.
    Switch {
        /// Of promoted integer type.
        value: Expr,
        /// Disjoint cases.
        cases: Vec<Case>,
        /// `default:`.
        default: Option<LabelId>,
        /// Has the labels as [`StmtKind::Label`]s inside.
        body: Box<Stmt>,
    },
    /// Jumps to this label arrive here. Also marks `case` and `default`.
    Label(LabelId),
    /// `goto`.
    Goto(LabelId),
    /// `goto *place`: go to the label with this number among [`Function::addressed_labels`], from 1. Any other number is
    /// the program's mistake.
    ComputedGoto(Expr),
    /// Leave the innermost loop or `switch`.
    Break,
    /// Next round of the innermost loop.
    Continue,
    /// Leave the function. The value is there exactly if the function's result is not `void`, except in a faulty
    /// program's `return;`.
    Return(Option<Expr>),
    /// Inline assembly.
    Asm(Box<asm::Asm>),
    /// `;`
    Empty,
}

/// A `case`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Case {
    /// Lowest value, as the type of the switch's value represents it.
    pub low: i128,
    /// Highest value: the same unless the case is a range.
    pub high: i128,
    /// Where to go.
    pub label: LabelId,
}

/// Initial value of a local: all of it if `zero_fill` is set and the items are stored on top, in order.
#[derive(Clone, Debug)]
pub struct Init {
    /// Bytes that no item covers are zero. Not set when the items cover the whole object.
    pub zero_fill: bool,
    /// What is stored, in source order; a later item may overwrite an earlier one.
    pub items: Vec<InitItem>,
}

/// One value of an initializer.
#[derive(Clone, Debug)]
pub struct InitItem {
    /// Byte offset in the object; for a bit-field, that of its record.
    pub offset: u64,
    /// The bits, if a bit-field is initialised.
    pub bits: Option<BitField>,
    /// The value.
    pub value: InitValue,
}

/// What is stored by an initializer.
#[derive(Clone, Debug)]
pub enum InitValue {
    /// A scalar, or a whole struct or union.
    Expr(Expr),
    /// The bytes of a string literal with the zeros that fill the array.
    Bytes(Vec<u8>),
}

/// A value.
#[derive(Clone, Debug)]
pub struct Expr {
    /// How it is computed.
    pub kind: ExprKind,
    /// Its type, without qualifiers; never an array or function.
    pub ty: TypeId,
    /// Where it stands.
    pub span: Span,
}

/// How a value is computed.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// A constant of integer, enumeration or pointer type, as [`IntKind::wrap`](crate::types::IntKind::wrap) gives it
    /// (pointers like `unsigned long`).
    IntConst(i128),
    /// A floating-point constant, rounded to its type. `restrict` refuses it, unless it belongs to the value of a global.
    FloatConst(f64),
    /// A question about the running kernel's types; an unsigned integer.
    Core(core_relo::CoreQuery),
    /// What stands in a place: a scalar, or a whole struct or union.
    Load(Box<Place>),
    /// The address of a place. If the place is an array and the type a pointer to its element, the array decayed.
    AddressOf(Box<Place>),
    /// The address of a function.
    FuncAddr(FuncId),
    /// `-a`, `~a` on a promoted type.
    Unary {
        /// Operation.
        op: UnaryOp,
        /// Operand of the result's type.
        arg: Box<Expr>,
    },
    /// `!a`: 1 if the scalar is zero, else 0; an `int`.
    LogicalNot(Box<Expr>),
    /// `a + b` and the like on integers of one type, which is the result's.
    Binary {
        /// Operation; whether division is signed follows from the type.
        op: BinaryOp,
        /// Left operand.
        lhs: Box<Expr>,
        /// Right operand.
        rhs: Box<Expr>,
    },
    /// `a << b`, `a >> b`.
    Shift {
        /// Direction; a right shift of a signed type keeps the sign.
        op: ShiftOp,
        /// What is shifted, of the result's type.
        value: Box<Expr>,
        /// By how much: of any promoted integer type.
        count: Box<Expr>,
    },
    /// `a < b` and the like: an `int`, 1 or 0.
    Compare {
        /// Comparison; signed if the operands' type is.
        op: CompareOp,
        /// Left operand: integer or pointer.
        lhs: Box<Expr>,
        /// Right operand of the same type.
        rhs: Box<Expr>,
    },
    /// `a && b` of scalars: an `int`.
    LogicalAnd(Box<Expr>, Box<Expr>),
    /// `a || b` of scalars: an `int`.
    LogicalOr(Box<Expr>, Box<Expr>),
    /// `c ? a : b`. (`a ?: b` has become this with a temporary.)
    Conditional {
        /// Of scalar type.
        cond: Box<Expr>,
        /// Of the result's type, which may be `void` or a record.
        then: Box<Expr>,
        /// Of the result's type.
        otherwise: Box<Expr>,
    },
    /// Pointer plus index times size.
    PtrOffset {
        /// Of the result's type.
        ptr: Box<Expr>,
        /// Of type `long` (or `unsigned long`, as 64 bits mean the same here).
        index: Box<Expr>,
        /// Bytes per element; 1 for `void *`.
        size: u64,
    },
    /// `p - q`, in elements: a `long`.
    PtrDiff {
        /// Left operand.
        lhs: Box<Expr>,
        /// Right operand.
        rhs: Box<Expr>,
        /// Bytes per element, not zero.
        size: u64,
    },
    /// A conversion, written or not.
    Cast {
        /// Which one.
        kind: CastKind,
        /// What is converted.
        arg: Box<Expr>,
    },
    /// `a = b`: the value that the place has then. May copy a whole record.
    Assign {
        /// Where to.
        place: Box<Place>,
        /// Of the place's type.
        value: Box<Expr>,
    },
    /// `a += b` and the like: read the place once, convert to `computation`, operate, convert back, write, and give the
    /// new value.
    CompoundAssign {
        /// Operation.
        op: CompoundOp,
        /// Read and written; evaluated once.
        place: Box<Place>,
        /// Type in which the operation is done.
        computation: TypeId,
        /// Right operand: of the computation type, a shift count, or a `long` index.
        value: Box<Expr>,
    },
    /// `++a`, `a++` and the like.
    IncDec {
        /// Read and written; evaluated once. For a `_Bool` the sum is converted: anything but 0 gives 1.
        place: Box<Place>,
        /// What is added: 1 or -1, times the element size for pointers.
        step: i64,
        /// Whether the result is the value before.
        postfix: bool,
    },
    /// A call.
    Call {
        /// Who.
        callee: Callee,
        /// Arguments, converted to the parameters' types.
        args: Vec<Expr>,
    },
    /// A compiler builtin.
    Builtin {
        /// Which.
        builtin: Builtin,
        /// Arguments as the builtin's documentation says.
        args: Vec<Expr>,
    },
    /// `({ … })`: run the block, then compute the value, for which the block's locals are still alive.
    StmtExpr {
        /// Without the last expression.
        block: Block,
        /// The last expression; `None` if the type is `void`.
        value: Option<Box<Expr>>,
    },
    /// `a, b`: evaluate and forget the first, give the second.
    Comma(Box<Expr>, Box<Expr>),
}

/// A place: something that has an address, or a bit-field.
#[derive(Clone, Debug)]
pub struct Place {
    /// How it is found.
    pub kind: PlaceKind,
    /// The type of what is there. An access is volatile if its qualifiers say so.
    pub ty: QualType,
    /// Where it stands in the source.
    pub span: Span,
}

/// How a place is found.
#[derive(Clone, Debug)]
pub enum PlaceKind {
    /// A local variable or parameter.
    Local(LocalId),
    /// A global variable, string or static local.
    Global(GlobalId),
    /// What a pointer points to.
    Deref(Box<Expr>),
    /// A member of a record.
    Member {
        /// The record.
        base: Box<Place>,
        /// The member, one step: anonymous members are steps of their own.
        field: FieldRef,
        /// Byte offset from `base`.
        offset: u64,
        /// The running kernel knows better, if `base` is behind a pointer: see [`core_relo`].
        relocated: bool,
    },
    /// A bit-field of a record.
    BitField {
        /// The record.
        base: Box<Place>,
        /// The member.
        field: FieldRef,
        /// Where its bits are.
        bits: BitField,
        /// As for a member.
        relocated: bool,
    },
    /// `(struct s){ … }`: initialise the local, each time this is evaluated, then it is this local.
    CompoundLiteral {
        /// The unnamed local.
        local: LocalId,
        /// Its value.
        init: Init,
    },
    /// A value that is needed as a place, as in `f().x`: store it in the local, then it is this local.
    Temporary {
        /// The unnamed local.
        local: LocalId,
        /// A record.
        value: Box<Expr>,
    },
}

/// Operations with one operand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnaryOp {
    /// `-a`.
    Neg,
    /// `~a`.
    Not,
}

/// Operations on two integers of one type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BinaryOp {
    /// `a + b`.
    Add,
    /// `a - b`.
    Sub,
    /// `a * b`.
    Mul,
    /// `a / b`.
    Div,
    /// `a % b`.
    Rem,
    /// `a & b`.
    And,
    /// `a | b`.
    Or,
    /// `a ^ b`.
    Xor,
}

/// Shifts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ShiftOp {
    /// `a << b`.
    Left,
    /// `a >> b`.
    Right,
}

/// Comparisons.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CompareOp {
    /// `a == b`.
    Eq,
    /// `a != b`.
    Ne,
    /// `a < b`.
    Lt,
    /// `a <= b`.
    Le,
    /// `a > b`.
    Gt,
    /// `a >= b`.
    Ge,
}

/// Operations that assign.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CompoundOp {
    /// `a += b` on integers, and the like.
    Binary(BinaryOp),
    /// `a <<= b`, `a >>= b`.
    Shift(ShiftOp),
    /// `p += i`: `size` bytes per element. For `p -= i` the index is negated.
    PtrOffset {
        /// Bytes per element.
        size: u64,
    },
}

/// Conversions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CastKind {
    /// Between integer types: cut, or extend by the sign of the argument's type.
    IntToInt,
    /// Any scalar to `_Bool`: whether it is not zero.
    ToBool,
    /// A 64-bit integer to a pointer.
    IntToPtr,
    /// A pointer to a 64-bit integer.
    PtrToInt,
    /// Between pointer types.
    PtrToPtr,
    /// The value is not needed.
    ToVoid,
    /// From or to a floating-point type; only ever seen in programs that `restrict` refuses.
    Float,
}

/// Who is called.
#[derive(Clone, Debug)]
pub enum Callee {
    /// A function of the unit, perhaps only declared.
    Func(FuncId),
    /// A function of the kernel by its number: the call went through a constant pointer,
    /// `static void *(*bpf_map_lookup_elem)(…) = (void *) 1;`.
    Helper(i32),
    /// Whatever the pointer says; `restrict` refuses it.
    Indirect(Box<Expr>),
}

/// What an atomic operation gives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AtomicResult {
    /// The value before (`__sync_fetch_and_add`).
    Old,
    /// The value after (`__sync_add_and_fetch`).
    New,
}

/// Atomic read-modify-write operations.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AtomicRmw {
    /// Add.
    Add,
    /// Subtract.
    Sub,
    /// Bitwise and.
    And,
    /// Bitwise or.
    Or,
    /// Bitwise exclusive or.
    Xor,
    /// Exchange.
    Exchange,
}

/// Builtins that are left for `lower`; the others (`__builtin_constant_p`, `offsetof`, …) are constants by now.
///
/// Memory orders are not recorded: BPF's atomic operations are sequentially consistent (RFC 9669 §5.3), and so is every
/// order asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Builtin {
    /// Bytes of the argument reversed; 16, 32, 64 or 128 bits. One argument of the unsigned type of that width, the result's.
    Bswap(u32),
    /// Bits of the argument reversed; 8, 16, 32 or 64 bits, as for `Bswap`.
    BitReverse(u32),
    /// `(value, count)`, both of the result's unsigned type: rotated by the count modulo the width.
    Rotate(ShiftOp),
    /// Number of bits behind the sign that are like it: `int` or `long` argument, `int` result.
    Clrsb,
    /// Count of leading zeros: `unsigned int` or `unsigned long` argument, `int` result. Undefined for 0.
    Clz,
    /// Count of trailing zeros, like `Clz`.
    Ctz,
    /// Number of ones: unsigned argument, `int` result.
    Popcount,
    /// Number of ones modulo 2: unsigned argument, `int` result.
    Parity,
    /// One plus the position of the lowest one, or 0: unsigned argument, `int` result.
    Ffs,
    /// The argument without its sign: signed argument of the result's type.
    Abs,
    /// `(dst, src, bytes)`: copy between regions that do not overlap; gives `dst`.
    Memcpy,
    /// `(dst, src, bytes)`: copy between regions that may overlap; gives `dst`.
    Memmove,
    /// `(dst, byte, bytes)`: `byte` is an `int`; gives `dst`.
    Memset,
    /// `(a, b, bytes)`: an `int` less than, equal to or greater than 0.
    Memcmp,
    /// Control never gets here.
    Unreachable,
    /// Stop the program.
    Trap,
    /// `(a, b, pointer to the result)`: compute in unlimited precision, store the result cut to its type, give whether it
    /// was cut, as `_Bool`. The operands keep their own integer types.
    Overflow(BinaryOp),
    /// `(pointer, value)`: value and result are of the pointed-to type.
    AtomicRmw {
        /// Operation.
        op: AtomicRmw,
        /// What it gives.
        result: AtomicResult,
    },
    /// `(pointer, expected, new)`: compare and exchange; gives the old value.
    CompareExchange,
    /// `(pointer, pointer to expected, new)`: compare and exchange; if it fails, store the old value where expected is.
    /// Gives whether it succeeded, as `_Bool`.
    CompareExchangeAt,
    /// `(pointer)`: gives the value.
    AtomicLoad,
    /// `(pointer, value)`: gives the value.
    AtomicStore,
    /// A full barrier.
    Fence,
}

impl Expr {
    /// The value, if this is an integer or pointer constant.
    pub fn as_const(&self) -> Option<i128> {
        match self.kind {
            ExprKind::IntConst(value) => Some(value),
            _ => None,
        }
    }
}

impl BinaryOp {
    /// The operator as C writes it.
    pub fn symbol(self) -> &'static str {
        match self {
            BinaryOp::Add => "+",
            BinaryOp::Sub => "-",
            BinaryOp::Mul => "*",
            BinaryOp::Div => "/",
            BinaryOp::Rem => "%",
            BinaryOp::And => "&",
            BinaryOp::Or => "|",
            BinaryOp::Xor => "^",
        }
    }
}

impl ShiftOp {
    /// The operator as C writes it.
    pub fn symbol(self) -> &'static str {
        match self {
            ShiftOp::Left => "<<",
            ShiftOp::Right => ">>",
        }
    }
}

impl CompareOp {
    /// The operator as C writes it.
    pub fn symbol(self) -> &'static str {
        match self {
            CompareOp::Eq => "==",
            CompareOp::Ne => "!=",
            CompareOp::Lt => "<",
            CompareOp::Le => "<=",
            CompareOp::Gt => ">",
            CompareOp::Ge => ">=",
        }
    }
}
