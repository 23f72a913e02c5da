//! Functions that the compiler knows: `__builtin_…`, `__sync_…`, `__atomic_…`.
//!
//! Each is a row of [`BUILTINS`]. Some are decided here and leave a constant behind; the others become
//! [`ExprKind::Builtin`] with arguments of the types that [`tree::Builtin`](crate::tree::Builtin) promises.

use lang_c::ast;
use lang_c::span::Node;

use crate::diagnostic::Diagnostic;
use crate::restrict::Rule;
use crate::source::Span;
use crate::tree::{
    AtomicResult, AtomicRmw, BinaryOp, Builtin, Expr, ExprKind, Inline, LocalId, Place, PlaceKind,
    ShiftOp,
};
use crate::types::{IntKind, QualType, Quals, RecordKind, TypeId, TypeKind, Types};

use super::convert::{self, Context, Operand, constant};
use super::core_relo::Subject;
use super::{Checked, Checker, library};

/// What has to be done for a builtin.
#[derive(Clone, Copy)]
pub(super) enum Known {
    ConstantP,
    ChooseExpr,
    TypesCompatible,
    /// Lanes by a vector of numbers.
    Shuffle,
    /// Lanes by constant numbers.
    ShuffleVector,
    ConvertVector,
    ObjectSize,
    /// The function of the C library with this prototype.
    Library(&'static str),
    /// Gives its first argument as a `long`.
    Expect,
    Prefetch,
    Assume,
    /// No arguments, no result.
    Plain(Builtin),
    Bswap(u32),
    BitReverse(u32),
    /// Bits of the value, and where they move.
    Rotate(u32, ShiftOp),
    /// An unsigned argument of this kind, `int` result.
    Bits(Builtin, IntKind),
    Copy(Builtin),
    Memset,
    Memcmp,
    /// The type of the operands, if the name gives one.
    Overflow(BinaryOp, Option<IntKind>),
    /// Whether the type of the third argument can hold the result.
    OverflowP(BinaryOp),
    Rmw(AtomicRmw, AtomicResult),
    CompareAndSwap,
    BoolCompareAndSwap,
    CompareExchangeAt,
    /// The new value stands where the third argument points.
    CompareExchangeVia,
    /// Exchange through pointers: `(object, new, old)`.
    ExchangeVia,
    AtomicLoad,
    /// `(object, result)`.
    AtomicLoadVia,
    AtomicStore,
    /// `(object, value)`, both pointers.
    AtomicStoreVia,
    /// Stores zero.
    LockRelease,
    /// Exchanges with 1 and gives whether it was not zero.
    TestAndSet,
    /// Whether operations on objects of this size are instructions.
    LockFree,
    /// Has no effect on what BPF does.
    Nothing,
    /// BPF has no such instruction.
    Nand,
    Alloca,
    ClassifyType,
    FunctionName,
    /// Something that cannot be had: why, and what to do instead.
    Absent(&'static str, &'static str),
    Variadic,
    /// Gives its argument, whose members are where the running kernel has them.
    PreserveAccess,
    /// A question about the running kernel's types.
    Core(Subject),
}

/// Why nobody can ask for frames and return addresses.
const NO_FRAMES: &str = "BPF keeps return addresses and frames where programs cannot read them";

use AtomicResult::{New, Old};
use IntKind::{Int, Long, LongLong, UInt, ULong, ULongLong};

/// All builtins by name.
static BUILTINS: &[(&str, Known)] = &[
    ("__builtin_constant_p", Known::ConstantP),
    ("__builtin_choose_expr", Known::ChooseExpr),
    ("__builtin_types_compatible_p", Known::TypesCompatible),
    ("__builtin_shuffle", Known::Shuffle),
    ("__builtin_shufflevector", Known::ShuffleVector),
    ("__builtin_convertvector", Known::ConvertVector),
    ("__builtin_object_size", Known::ObjectSize),
    ("__builtin_dynamic_object_size", Known::ObjectSize),
    ("__builtin_expect", Known::Expect),
    ("__builtin_expect_with_probability", Known::Expect),
    ("__builtin_prefetch", Known::Prefetch),
    ("__builtin_assume", Known::Assume),
    ("__builtin_unreachable", Known::Plain(Builtin::Unreachable)),
    ("__builtin_trap", Known::Plain(Builtin::Trap)),
    ("__sync_synchronize", Known::Plain(Builtin::Fence)),
    ("__atomic_thread_fence", Known::Plain(Builtin::Fence)),
    ("__builtin_bswap16", Known::Bswap(16)),
    ("__builtin_bswap32", Known::Bswap(32)),
    ("__builtin_bswap64", Known::Bswap(64)),
    ("__builtin_bswap128", Known::Bswap(128)),
    ("__builtin_bitreverse8", Known::BitReverse(8)),
    ("__builtin_bitreverse16", Known::BitReverse(16)),
    ("__builtin_bitreverse32", Known::BitReverse(32)),
    ("__builtin_bitreverse64", Known::BitReverse(64)),
    ("__builtin_rotateleft8", Known::Rotate(8, ShiftOp::Left)),
    ("__builtin_rotateleft16", Known::Rotate(16, ShiftOp::Left)),
    ("__builtin_rotateleft32", Known::Rotate(32, ShiftOp::Left)),
    ("__builtin_rotateleft64", Known::Rotate(64, ShiftOp::Left)),
    ("__builtin_rotateright8", Known::Rotate(8, ShiftOp::Right)),
    ("__builtin_rotateright16", Known::Rotate(16, ShiftOp::Right)),
    ("__builtin_rotateright32", Known::Rotate(32, ShiftOp::Right)),
    ("__builtin_rotateright64", Known::Rotate(64, ShiftOp::Right)),
    ("__builtin_clrsb", Known::Bits(Builtin::Clrsb, Int)),
    ("__builtin_clrsbl", Known::Bits(Builtin::Clrsb, Long)),
    ("__builtin_clrsbll", Known::Bits(Builtin::Clrsb, Long)),
    ("__builtin_clz", Known::Bits(Builtin::Clz, UInt)),
    ("__builtin_clzl", Known::Bits(Builtin::Clz, ULong)),
    ("__builtin_clzll", Known::Bits(Builtin::Clz, ULong)),
    ("__builtin_ctz", Known::Bits(Builtin::Ctz, UInt)),
    ("__builtin_ctzl", Known::Bits(Builtin::Ctz, ULong)),
    ("__builtin_ctzll", Known::Bits(Builtin::Ctz, ULong)),
    ("__builtin_popcount", Known::Bits(Builtin::Popcount, UInt)),
    ("__builtin_popcountl", Known::Bits(Builtin::Popcount, ULong)),
    (
        "__builtin_popcountll",
        Known::Bits(Builtin::Popcount, ULong),
    ),
    ("__builtin_parity", Known::Bits(Builtin::Parity, UInt)),
    ("__builtin_parityl", Known::Bits(Builtin::Parity, ULong)),
    ("__builtin_parityll", Known::Bits(Builtin::Parity, ULong)),
    ("__builtin_ffs", Known::Bits(Builtin::Ffs, UInt)),
    ("__builtin_ffsl", Known::Bits(Builtin::Ffs, ULong)),
    ("__builtin_ffsll", Known::Bits(Builtin::Ffs, ULong)),
    ("__builtin_memcpy", Known::Copy(Builtin::Memcpy)),
    ("__builtin_memcpy_inline", Known::Copy(Builtin::Memcpy)),
    ("__builtin_memmove", Known::Copy(Builtin::Memmove)),
    ("__builtin_memset", Known::Memset),
    ("__builtin_memset_inline", Known::Memset),
    ("__builtin_memcmp", Known::Memcmp),
    ("__builtin_bcmp", Known::Memcmp),
    (
        "__builtin_add_overflow",
        Known::Overflow(BinaryOp::Add, None),
    ),
    (
        "__builtin_sub_overflow",
        Known::Overflow(BinaryOp::Sub, None),
    ),
    (
        "__builtin_mul_overflow",
        Known::Overflow(BinaryOp::Mul, None),
    ),
    ("__builtin_add_overflow_p", Known::OverflowP(BinaryOp::Add)),
    ("__builtin_sub_overflow_p", Known::OverflowP(BinaryOp::Sub)),
    ("__builtin_mul_overflow_p", Known::OverflowP(BinaryOp::Mul)),
    (
        "__builtin_ssubl_overflow",
        Known::Overflow(BinaryOp::Sub, Some(Long)),
    ),
    (
        "__builtin_ssubll_overflow",
        Known::Overflow(BinaryOp::Sub, Some(LongLong)),
    ),
    (
        "__builtin_smull_overflow",
        Known::Overflow(BinaryOp::Mul, Some(Long)),
    ),
    (
        "__builtin_smulll_overflow",
        Known::Overflow(BinaryOp::Mul, Some(LongLong)),
    ),
    (
        "__builtin_sadd_overflow",
        Known::Overflow(BinaryOp::Add, Some(Int)),
    ),
    (
        "__builtin_saddl_overflow",
        Known::Overflow(BinaryOp::Add, Some(Long)),
    ),
    (
        "__builtin_saddll_overflow",
        Known::Overflow(BinaryOp::Add, Some(LongLong)),
    ),
    (
        "__builtin_uadd_overflow",
        Known::Overflow(BinaryOp::Add, Some(UInt)),
    ),
    (
        "__builtin_uaddl_overflow",
        Known::Overflow(BinaryOp::Add, Some(ULong)),
    ),
    (
        "__builtin_uaddll_overflow",
        Known::Overflow(BinaryOp::Add, Some(ULongLong)),
    ),
    (
        "__builtin_ssub_overflow",
        Known::Overflow(BinaryOp::Sub, Some(Int)),
    ),
    (
        "__builtin_usub_overflow",
        Known::Overflow(BinaryOp::Sub, Some(UInt)),
    ),
    (
        "__builtin_usubl_overflow",
        Known::Overflow(BinaryOp::Sub, Some(ULong)),
    ),
    (
        "__builtin_usubll_overflow",
        Known::Overflow(BinaryOp::Sub, Some(ULongLong)),
    ),
    (
        "__builtin_smul_overflow",
        Known::Overflow(BinaryOp::Mul, Some(Int)),
    ),
    (
        "__builtin_umul_overflow",
        Known::Overflow(BinaryOp::Mul, Some(UInt)),
    ),
    (
        "__builtin_umull_overflow",
        Known::Overflow(BinaryOp::Mul, Some(ULong)),
    ),
    (
        "__builtin_umulll_overflow",
        Known::Overflow(BinaryOp::Mul, Some(ULongLong)),
    ),
    ("__sync_fetch_and_add", Known::Rmw(AtomicRmw::Add, Old)),
    ("__sync_fetch_and_sub", Known::Rmw(AtomicRmw::Sub, Old)),
    ("__sync_fetch_and_and", Known::Rmw(AtomicRmw::And, Old)),
    ("__sync_fetch_and_or", Known::Rmw(AtomicRmw::Or, Old)),
    ("__sync_fetch_and_xor", Known::Rmw(AtomicRmw::Xor, Old)),
    ("__sync_fetch_and_nand", Known::Nand),
    ("__sync_add_and_fetch", Known::Rmw(AtomicRmw::Add, New)),
    ("__sync_sub_and_fetch", Known::Rmw(AtomicRmw::Sub, New)),
    ("__sync_and_and_fetch", Known::Rmw(AtomicRmw::And, New)),
    ("__sync_or_and_fetch", Known::Rmw(AtomicRmw::Or, New)),
    ("__sync_xor_and_fetch", Known::Rmw(AtomicRmw::Xor, New)),
    ("__sync_nand_and_fetch", Known::Nand),
    (
        "__sync_lock_test_and_set",
        Known::Rmw(AtomicRmw::Exchange, Old),
    ),
    ("__sync_lock_release", Known::LockRelease),
    ("__sync_val_compare_and_swap", Known::CompareAndSwap),
    ("__sync_bool_compare_and_swap", Known::BoolCompareAndSwap),
    ("__atomic_fetch_add", Known::Rmw(AtomicRmw::Add, Old)),
    ("__atomic_fetch_sub", Known::Rmw(AtomicRmw::Sub, Old)),
    ("__atomic_fetch_and", Known::Rmw(AtomicRmw::And, Old)),
    ("__atomic_fetch_or", Known::Rmw(AtomicRmw::Or, Old)),
    ("__atomic_fetch_xor", Known::Rmw(AtomicRmw::Xor, Old)),
    ("__atomic_fetch_nand", Known::Nand),
    ("__atomic_add_fetch", Known::Rmw(AtomicRmw::Add, New)),
    ("__atomic_sub_fetch", Known::Rmw(AtomicRmw::Sub, New)),
    ("__atomic_and_fetch", Known::Rmw(AtomicRmw::And, New)),
    ("__atomic_or_fetch", Known::Rmw(AtomicRmw::Or, New)),
    ("__atomic_xor_fetch", Known::Rmw(AtomicRmw::Xor, New)),
    ("__atomic_nand_fetch", Known::Nand),
    ("__atomic_exchange_n", Known::Rmw(AtomicRmw::Exchange, Old)),
    ("__atomic_compare_exchange_n", Known::CompareExchangeAt),
    ("__atomic_compare_exchange", Known::CompareExchangeVia),
    ("__atomic_exchange", Known::ExchangeVia),
    ("__atomic_load_n", Known::AtomicLoad),
    ("__atomic_load", Known::AtomicLoadVia),
    ("__atomic_store_n", Known::AtomicStore),
    ("__atomic_store", Known::AtomicStoreVia),
    ("__atomic_test_and_set", Known::TestAndSet),
    ("__atomic_clear", Known::LockRelease),
    ("__atomic_signal_fence", Known::Nothing),
    ("__atomic_always_lock_free", Known::LockFree),
    ("__atomic_is_lock_free", Known::LockFree),
    ("__c11_atomic_load", Known::AtomicLoad),
    ("__c11_atomic_store", Known::AtomicStore),
    ("__c11_atomic_init", Known::AtomicStore),
    (
        "__c11_atomic_exchange",
        Known::Rmw(AtomicRmw::Exchange, Old),
    ),
    ("__c11_atomic_fetch_add", Known::Rmw(AtomicRmw::Add, Old)),
    ("__c11_atomic_fetch_sub", Known::Rmw(AtomicRmw::Sub, Old)),
    ("__c11_atomic_fetch_and", Known::Rmw(AtomicRmw::And, Old)),
    ("__c11_atomic_fetch_or", Known::Rmw(AtomicRmw::Or, Old)),
    ("__c11_atomic_fetch_xor", Known::Rmw(AtomicRmw::Xor, Old)),
    (
        "__c11_atomic_compare_exchange_strong",
        Known::CompareExchangeAt,
    ),
    (
        "__c11_atomic_compare_exchange_weak",
        Known::CompareExchangeAt,
    ),
    ("__c11_atomic_thread_fence", Known::Plain(Builtin::Fence)),
    ("__c11_atomic_signal_fence", Known::Nothing),
    ("__c11_atomic_is_lock_free", Known::LockFree),
    ("__builtin_preserve_access_index", Known::PreserveAccess),
    ("__builtin_preserve_field_info", Known::Core(Subject::Field)),
    ("__builtin_preserve_type_info", Known::Core(Subject::Type)),
    ("__builtin_btf_type_id", Known::Core(Subject::TypeId)),
    (
        "__builtin_preserve_enum_value",
        Known::Core(Subject::Enumerator),
    ),
    ("__builtin_alloca", Known::Alloca),
    ("__builtin_alloca_with_align", Known::Alloca),
    ("__builtin_classify_type", Known::ClassifyType),
    ("__builtin_FUNCTION", Known::FunctionName),
    (
        "__builtin_LINE",
        Known::Absent("a line is told by the preprocessor", "write `__LINE__`"),
    ),
    (
        "__builtin_FILE",
        Known::Absent("a file is told by the preprocessor", "write `__FILE__`"),
    ),
    (
        "__builtin_return_address",
        Known::Absent(
            NO_FRAMES,
            "pass what is to be known about the caller as an argument",
        ),
    ),
    (
        "__builtin_frame_address",
        Known::Absent(NO_FRAMES, "take the address of a variable"),
    ),
    (
        "__builtin_is_constant_evaluated",
        Known::Absent(
            "this is of C++",
            "ask `__builtin_constant_p` about the value",
        ),
    ),
    ("__builtin_va_start", Known::Variadic),
    ("__builtin_va_end", Known::Variadic),
    ("__builtin_va_copy", Known::Variadic),
];

/// The builtin with this name. `__sync_fetch_and_add_4` says the size that the pointer says too.
pub(super) fn find(name: &str) -> Option<Known> {
    let is_sync = name.starts_with("__sync_");
    let sized = ["_4", "_8"].iter().find_map(|size| name.strip_suffix(size));
    let name = sized.filter(|_| is_sync).unwrap_or(name);
    let row = BUILTINS.iter().find(|(known, _)| *known == name);
    row.map(|&(_, builtin)| builtin).or_else(|| {
        let library = library::prototype(name.strip_prefix("__builtin_")?);
        library.map(Known::Library)
    })
}

/// Whether programs can use the builtin with this name: `__has_builtin`.
pub(crate) fn has_builtin(name: &str) -> bool {
    let is_refused = |known: &Known| {
        matches!(
            known,
            Known::Absent(..) | Known::Nand | Known::Alloca | Known::Variadic
        )
    };
    find(name).is_some_and(|known| !is_refused(&known))
}

/// The builtin that a function of the C library stands for: these are done inline, since the kernel has no library.
pub(super) fn inline_function(name: &str) -> Option<Known> {
    match name {
        "memcpy" => Some(Known::Copy(Builtin::Memcpy)),
        "memmove" => Some(Known::Copy(Builtin::Memmove)),
        "memset" => Some(Known::Memset),
        "memcmp" | "bcmp" => Some(Known::Memcmp),
        _ => None,
    }
}

impl Checker<'_> {
    pub(super) fn builtin_call(
        &mut self,
        known: Known,
        node: &Node<ast::CallExpression>,
        span: Span,
    ) -> Checked<Operand> {
        let nodes = node.node.arguments.as_slice();
        let value = match known {
            Known::ChooseExpr => return self.choose_expr(nodes, span),
            Known::PreserveAccess => return self.preserve_access(nodes, span),
            Known::Core(subject) => self.core_query(subject, nodes, span),
            Known::ConstantP => self.constant_p(nodes, span),
            Known::TypesCompatible => self.types_compatible(nodes, span),
            Known::ConvertVector => self.convert_vector(nodes, span),
            Known::ObjectSize => self.object_size(nodes, span),
            Known::ClassifyType => self.classify_type(nodes, span),
            Known::FunctionName => return Ok(Operand::Place(self.function_name(span)?)),
            Known::Absent(why, way_out) => self.fail(
                Diagnostic::error(span, why)
                    .code("no-such-builtin")
                    .help(way_out),
            ),
            Known::Assume => {
                // The condition is looked at, not evaluated.
                let [condition] = self.first_nodes(nodes, span)?;
                self.unevaluated(|checker| checker.rvalue(condition))?;
                Ok(self.nothing(span))
            }
            Known::Nothing => Ok(self.nothing(span)),
            Known::LockFree => self.lock_free(nodes, span),
            Known::Nand => {
                self.fail(Rule::AtomicOperation.refuse(span, "this is an atomic not-and"))
            }
            Known::Alloca => {
                self.fail(Rule::Alloca.refuse(span, "`alloca` takes memory from the stack"))
            }
            Known::Variadic => {
                self.fail(Rule::Variadic.refuse(span, "this reads a variable argument list"))
            }
            _ => {
                let args = self.arguments(nodes);
                let args = args.into_iter().collect::<Checked<Vec<_>>>()?;
                self.evaluated(known, args, span)
            }
        };
        value.map(Operand::Value)
    }

    /// Builtins whose arguments are ordinary values.
    fn evaluated(&mut self, known: Known, args: Vec<Expr>, span: Span) -> Checked<Expr> {
        match known {
            Known::Expect => {
                let [value, expected] = self.first_args(args, span)?;
                let value = self.cast(value, Types::int(Long));
                if expected.as_const().is_some() {
                    return Ok(value);
                }
                // It is evaluated like any argument.
                let ty = value.ty;
                let kind = ExprKind::Comma(Box::new(expected), Box::new(value));
                Ok(convert::expr(kind, ty, span))
            }
            Known::Prefetch => {
                let [address] = self.first_args(args, span)?;
                Ok(self.cast(address, Types::VOID))
            }
            Known::Plain(Builtin::Trap) if !self.is_in_program() => {
                self.library_call(library::ABORT, args, span)
            }
            Known::Plain(builtin) => Ok(self.builtin(builtin, Vec::new(), Types::VOID, span)),
            Known::Shuffle => self.shuffle(args, span),
            Known::ShuffleVector => self.shuffle_vector(args, span),
            Known::Bswap(bits) => {
                let [value] = self.first_args(args, span)?;
                self.bswap(bits, value, span)
            }
            Known::BitReverse(bits) => {
                let [value] = self.first_args(args, span)?;
                self.reverse_bits(bits, value, span)
            }
            Known::Rotate(bits, direction) => {
                let [value, count] = self.first_args(args, span)?;
                self.rotate(bits, direction, value, count, span)
            }
            Known::OverflowP(op) => {
                let [a, b, like] = self.first_args(args, span)?;
                self.overflow_p(op, [a, b], like.ty, span)
            }
            Known::Bits(builtin, kind) => {
                let [value] = self.first_args(args, span)?;
                self.count_bits(builtin, kind, value, span)
            }
            Known::Copy(builtin) => self.copy(builtin, args, span),
            Known::Library(prototype) => self.library_call(prototype, args, span),
            Known::Memset => self.memset(args, span),
            Known::Memcmp => self.memcmp(args, span),
            Known::Overflow(op, kind) => self.overflow(op, kind, args, span),
            _ => self.atomic(known, args, span),
        }
    }

    /// Whether the present function is a program, whose return is its end. `__builtin_trap` of the others is `abort`, by which the
    /// bundled runtime ends the program and which the kernel does not have: to leave such a function would be to go on.
    fn is_in_program(&self) -> bool {
        let function = self.body.as_ref().map(|body| &self.unit[body.func]);
        let section = function.and_then(|function| function.attributes.section.as_deref());
        section.is_some_and(|name| name != ".text") || self.is_always_inlined()
    }

    /// Whether the present function becomes a part of its callers.
    fn is_always_inlined(&self) -> bool {
        let function = self.body.as_ref().map(|body| &self.unit[body.func]);
        function.is_some_and(|function| function.attributes.inline == Inline::Always)
    }

    pub(super) fn builtin(
        &self,
        builtin: Builtin,
        args: Vec<Expr>,
        ty: TypeId,
        span: Span,
    ) -> Expr {
        convert::expr(ExprKind::Builtin { builtin, args }, ty, span)
    }

    fn nothing(&self, span: Span) -> Expr {
        self.cast(constant(0, Types::INT, span), Types::VOID)
    }

    /// The first `N` arguments; memory orders and hints behind them are not used.
    pub(super) fn first_args<const N: usize>(
        &mut self,
        args: Vec<Expr>,
        span: Span,
    ) -> Checked<[Expr; N]> {
        let count = args.len();
        let first: Vec<Expr> = args.into_iter().take(N).collect();
        first.try_into().or_else(|_| {
            self.error(
                "argument-count",
                span,
                format!("this builtin needs {N} arguments, not {count}"),
            )
        })
    }

    pub(super) fn first_nodes<'n, const N: usize>(
        &mut self,
        nodes: &'n [Node<ast::Expression>],
        span: Span,
    ) -> Checked<&'n [Node<ast::Expression>; N]> {
        match nodes.first_chunk::<N>() {
            Some(first) => Ok(first),
            None => {
                let count = nodes.len();
                self.error(
                    "argument-count",
                    span,
                    format!("this builtin needs {N} arguments, not {count}"),
                )
            }
        }
    }

    pub(super) fn integer_arg(&mut self, value: Expr, ty: TypeId) -> Checked<Expr> {
        if self.types().is_integer(value.ty) {
            return Ok(self.cast(value, ty));
        }
        let shown = self.show(value.ty);
        self.error(
            "builtin-argument",
            value.span,
            format!("this builtin needs an integer, not {shown}"),
        )
    }
}

/// The variable of a function whose value this is.
fn local(value: &Expr) -> Option<LocalId> {
    match &value.kind {
        ExprKind::Load(place) => match place.kind {
            PlaceKind::Local(local) => Some(local),
            _ => None,
        },
        _ => None,
    }
}

// Decided here.
impl Checker<'_> {
    /// Whether this is a `const` variable of a function whose initial value is a constant, for the kernel's `bpf_assert_range`.
    fn is_constant_variable(&self, value: &Expr) -> bool {
        match (local(value), &self.body) {
            (Some(local), Some(body)) => body.constants.contains(&local),
            _ => false,
        }
    }

    /// Whether this is a parameter of a function that is always inlined. Whoever asks there whether it is constant writes the
    /// function for constants: `bpf_tail_call_static` traps otherwise. Both answers have to lead to the same result, so the
    /// better one is given before it is known what the parameter stands for.
    fn is_inlined_parameter(&self, value: &Expr) -> bool {
        let Some(local) = local(value) else {
            return false;
        };
        let function = self.body.as_ref().map(|body| &self.unit[body.func]);
        let count = function.and_then(|function| self.types().function_type(function.ty));
        self.is_always_inlined() && count.is_some_and(|ty| local.index() < ty.params.len())
    }

    fn constant_p(&mut self, nodes: &[Node<ast::Expression>], span: Span) -> Checked<Expr> {
        let [node] = self.first_nodes(nodes, span)?;
        let value = self.unevaluated(|checker| checker.rvalue(node))?;
        let is_string = matches!(node.node, ast::Expression::StringLiteral(_));
        let is_constant = value.as_const().is_some()
            || is_string
            || self.is_constant_variable(&value)
            || self.is_inlined_parameter(&value);
        Ok(constant(is_constant.into(), Types::INT, span))
    }

    fn choose_expr(&mut self, nodes: &[Node<ast::Expression>], span: Span) -> Checked<Operand> {
        let [condition, then, otherwise] = self.first_nodes(nodes, span)?;
        let chosen = match self.constant_expression(condition)? {
            0 => otherwise,
            _ => then,
        };
        self.operand(chosen)
    }

    fn types_compatible(&mut self, nodes: &[Node<ast::Expression>], span: Span) -> Checked<Expr> {
        let [a, b] = self.first_nodes(nodes, span)?;
        let (a, b) = (self.type_argument(a)?, self.type_argument(b)?);
        let compatible = self.types().compatible_unqualified(a.ty, b.ty);
        Ok(constant(compatible.into(), Types::INT, span))
    }

    /// A type where an argument stands: it arrives as `sizeof(type)`.
    fn type_argument(&mut self, node: &Node<ast::Expression>) -> Checked<QualType> {
        match &node.node {
            ast::Expression::SizeOfTy(size) => self.type_name(&size.node.0),
            _ => self.type_of_expression(node),
        }
    }
}

// Memory.
impl Checker<'_> {
    fn copy(&mut self, builtin: Builtin, args: Vec<Expr>, span: Span) -> Checked<Expr> {
        let [dst, src, len] = self.first_args(args, span)?;
        let dst = self.pointer_arg(dst, Quals::NONE, 1)?;
        let src = self.pointer_arg(src, Quals::CONST, 2)?;
        let len = self.copy_length(len)?;
        let ty = dst.ty;
        Ok(self.builtin(builtin, vec![dst, src, len], ty, span))
    }

    fn memset(&mut self, args: Vec<Expr>, span: Span) -> Checked<Expr> {
        let [dst, byte, len] = self.first_args(args, span)?;
        let dst = self.pointer_arg(dst, Quals::NONE, 1)?;
        let byte = self.integer_arg(byte, Types::INT)?;
        let len = self.copy_length(len)?;
        let ty = dst.ty;
        Ok(self.builtin(Builtin::Memset, vec![dst, byte, len], ty, span))
    }

    fn memcmp(&mut self, args: Vec<Expr>, span: Span) -> Checked<Expr> {
        let [a, b, len] = self.first_args(args, span)?;
        let a = self.pointer_arg(a, Quals::CONST, 1)?;
        let b = self.pointer_arg(b, Quals::CONST, 2)?;
        let len = self.copy_length(len)?;
        Ok(self.builtin(Builtin::Memcmp, vec![a, b, len], Types::INT, span))
    }

    fn pointer_arg(&mut self, value: Expr, quals: Quals, number: usize) -> Checked<Expr> {
        // Copies of volatile memory are the programmer's business.
        let quals = quals | Quals::VOLATILE;
        let ty = self.unit.types.pointer_to(Types::VOID.with(quals));
        let context = Context::Argument(number, "this builtin");
        self.convert(value, ty.unqualified(), context)
    }

    fn copy_length(&mut self, len: Expr) -> Checked<Expr> {
        self.integer_arg(len, Types::int(ULong))
    }

    fn overflow(
        &mut self,
        op: BinaryOp,
        kind: Option<IntKind>,
        args: Vec<Expr>,
        span: Span,
    ) -> Checked<Expr> {
        let [a, b, result] = self.first_args(args, span)?;
        let ty = |value: &Expr| kind.map_or(value.ty, Types::int);
        let (a_ty, b_ty) = (ty(&a), ty(&b));
        let (a, b) = (self.integer_arg(a, a_ty)?, self.integer_arg(b, b_ty)?);
        let pointee = self.types().pointee(result.ty);
        if !pointee.is_some_and(|pointee| self.types().is_integer(pointee.ty)) {
            let shown = self.show(result.ty);
            return self.error(
                "builtin-argument",
                result.span,
                format!(
                    "the result goes to an integer, so a pointer to one is needed, not {shown}"
                ),
            );
        }
        let ty = Types::int(IntKind::Bool);
        Ok(self.builtin(Builtin::Overflow(op), vec![a, b, result], ty, span))
    }
}

impl Checker<'_> {
    /// Like [`Checker::overflow`], with a temporary of the type for the result.
    fn overflow_p(
        &mut self,
        op: BinaryOp,
        [a, b]: [Expr; 2],
        like: TypeId,
        span: Span,
    ) -> Checked<Expr> {
        let ty = like.unqualified();
        let local = self.temporary(ty, span)?;
        let place = Place {
            kind: PlaceKind::Local(local),
            ty,
            span,
        };
        let pointer = self.unit.types.pointer_to(ty);
        let result = convert::expr(ExprKind::AddressOf(Box::new(place)), pointer, span);
        self.overflow(op, None, vec![a, b, result], span)
    }

    /// GCC's `typeclass.h`; C has no other classes, as arguments are promoted and converted.
    fn classify_type(&mut self, nodes: &[Node<ast::Expression>], span: Span) -> Checked<Expr> {
        let [node] = self.first_nodes(nodes, span)?;
        let value = self.unevaluated(|checker| checker.rvalue(node))?;
        let class = match self.types().shape(value.ty) {
            TypeKind::Void => 0,
            TypeKind::Pointer(_) => 5,
            TypeKind::Float(_) => 8,
            TypeKind::Record(id) if self.types().record(*id).kind == RecordKind::Union => 13,
            TypeKind::Record(_) => 12,
            _ => 1,
        };
        Ok(constant(class, Types::INT, span))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        for (index, (name, _)) in BUILTINS.iter().enumerate() {
            let again = BUILTINS[index + 1..]
                .iter()
                .find(|(other, _)| other == name);
            assert!(again.is_none(), "{name} has two rows");
        }
    }
}
