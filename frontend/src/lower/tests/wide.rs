//! 128-bit integers, against Rust's. The trees are made by hand: which of them C programs may contain is another question.

use bpfcc_ir::entity::FuncId;

use super::{assert_well_formed, call_id};
use crate::lower;
use crate::source::{Sources, Span};
use crate::tree::{
    BinaryOp, Block, CastKind, CompareOp, Expr, ExprKind, Function, FunctionAttributes, Linkage,
    Local, LocalId, Place, PlaceKind, ShiftOp, Stmt, StmtKind, UnaryOp, Unit,
};
use crate::types::{FunctionType, IntKind, Param, TypeId, TypeKind, Types};

const EDGES: [u64; 9] = [
    0,
    1,
    2,
    0x7fff_ffff_ffff_ffff,
    0x8000_0000_0000_0000,
    u64::MAX,
    0x1234_5678_9abc_def0,
    0xffff_ffff,
    0x1_0000_0000,
];

/// Builds `unsigned long f(lo, hi, lo, hi)` that computes something from two 128-bit integers.
struct Bench {
    sources: Sources,
    span: Span,
    kind: IntKind,
}

impl Bench {
    fn new(kind: IntKind) -> Bench {
        let mut sources = Sources::new();
        let file = sources.add_virtual("wide.c", "");
        let span = sources.span(file, 0, 0);
        Bench {
            sources,
            span,
            kind,
        }
    }

    fn expr(&self, kind: ExprKind, ty: IntKind) -> Expr {
        Expr {
            kind,
            ty: Types::int(ty),
            span: self.span,
        }
    }

    fn cast(&self, arg: Expr, to: IntKind) -> Expr {
        let arg = Box::new(arg);
        let kind = CastKind::IntToInt;
        self.expr(ExprKind::Cast { kind, arg }, to)
    }

    fn param(&self, index: usize) -> Expr {
        let place = Place {
            kind: PlaceKind::Local(LocalId::new(index)),
            ty: Types::int(IntKind::ULong).unqualified(),
            span: self.span,
        };
        self.expr(ExprKind::Load(Box::new(place)), IntKind::ULong)
    }

    fn shift(&self, op: ShiftOp, value: Expr, count: Expr) -> Expr {
        let (value, count) = (Box::new(value), Box::new(count));
        self.expr(ExprKind::Shift { op, value, count }, self.kind)
    }

    fn int(&self, value: i128) -> Expr {
        self.expr(ExprKind::IntConst(value), IntKind::Int)
    }

    fn binary(&self, op: BinaryOp, lhs: Expr, rhs: Expr) -> Expr {
        let (lhs, rhs) = (Box::new(lhs), Box::new(rhs));
        self.expr(ExprKind::Binary { op, lhs, rhs }, self.kind)
    }

    /// `(T)hi << 64 | lo` of the first or the second pair of parameters.
    fn operand(&self, first: usize) -> Expr {
        let hi = self.cast(self.param(first + 1), self.kind);
        let hi = self.shift(ShiftOp::Left, hi, self.int(64));
        let lo = self.cast(self.param(first), self.kind);
        self.binary(BinaryOp::Or, hi, lo)
    }

    /// The two halves of what `compute` gives for all pairs of edge cases.
    fn check(&self, compute: impl Fn(&Bench) -> Expr, expected: impl Fn(u128, u128) -> u128) {
        let is_wide = compute(self).ty == Types::int(self.kind);
        for shift in if is_wide { vec![0, 64] } else { vec![0] } {
            let value = match shift {
                0 => compute(self),
                _ => self.shift(ShiftOp::Right, compute(self), self.int(shift)),
            };
            let unit = self.unit(self.cast(value, IntKind::ULong));
            let (module, diagnostics) = lower::module(&unit, &self.sources);
            assert!(diagnostics.is_empty());
            assert_well_formed(&module);
            for (a, b) in pairs() {
                let args = [a as i64, (a >> 64) as i64, b as i64, (b >> 64) as i64];
                let found = call_id(&module, FuncId::from_u32(0), &args);
                assert_eq!(found, (expected(a, b) >> shift) as i64, "{a:#x}, {b:#x}");
            }
        }
    }

    fn unit(&self, result: Expr) -> Unit {
        let mut unit = Unit::default();
        let ulong = Types::int(IntKind::ULong).unqualified();
        let param = Param {
            name: None,
            ty: ulong,
            tags: Vec::new(),
        };
        let ty: TypeId = unit.types.intern(TypeKind::Function(FunctionType {
            result: ulong.ty,
            params: vec![param; 4],
            variadic: false,
            prototyped: true,
        }));
        let local = Local {
            name: None,
            ty: ulong,
            align: 8,
            tags: Vec::new(),
            mentions: 0,
            may_be_unused: true,
            span: self.span,
        };
        let stmt = Stmt {
            kind: StmtKind::Return(Some(result)),
            span: self.span,
        };
        unit.functions.push(Function {
            name: "f".to_owned(),
            ty,
            params: (0..4).map(LocalId::new).collect(),
            locals: vec![local; 4],
            labels: Vec::new(),
            addressed_labels: Vec::new(),
            body: Some(Block {
                stmts: vec![stmt],
                span: self.span,
            }),
            linkage: Linkage::Global,
            attributes: FunctionAttributes::default(),
            span: self.span,
        });
        unit
    }
}

fn pairs() -> Vec<(u128, u128)> {
    let mut pairs = Vec::new();
    for (i, &x) in EDGES.iter().enumerate() {
        for (j, &y) in EDGES.iter().enumerate() {
            let z = EDGES[(i * 2 + j) % EDGES.len()];
            let a = u128::from(x) << 64 | u128::from(y);
            pairs.push((a, u128::from(y) << 64 | u128::from(z)));
            pairs.push((a, u128::from(x) << 64 | u128::from(z)));
        }
    }
    pairs
}

#[test]
fn arithmetic() {
    type Operation = (BinaryOp, fn(u128, u128) -> u128);
    let rows: [Operation; 6] = [
        (BinaryOp::Add, u128::wrapping_add),
        (BinaryOp::Sub, u128::wrapping_sub),
        (BinaryOp::Mul, u128::wrapping_mul),
        (BinaryOp::And, |a, b| a & b),
        (BinaryOp::Or, |a, b| a | b),
        (BinaryOp::Xor, |a, b| a ^ b),
    ];
    let bench = Bench::new(IntKind::UInt128);
    for (op, expected) in rows {
        bench.check(|b| b.binary(op, b.operand(0), b.operand(2)), expected);
    }
}

#[test]
fn negation_and_complement() {
    let bench = Bench::new(IntKind::UInt128);
    let unary = |op| {
        move |b: &Bench| {
            let arg = Box::new(b.operand(0));
            b.expr(ExprKind::Unary { op, arg }, IntKind::UInt128)
        }
    };
    bench.check(unary(UnaryOp::Neg), |a, _| a.wrapping_neg());
    bench.check(unary(UnaryOp::Not), |a, _| !a);
}

#[test]
fn shifts() {
    for count in [0, 1, 31, 63, 64, 65, 100, 127] {
        let bench = Bench::new(IntKind::UInt128);
        let by_constant = |op| move |b: &Bench| b.shift(op, b.operand(0), b.int(count));
        bench.check(by_constant(ShiftOp::Left), |a, _| a << count);
        bench.check(by_constant(ShiftOp::Right), |a, _| a >> count);
        let bench = Bench::new(IntKind::Int128);
        let arithmetic = |a: u128, _| ((a as i128) >> count) as u128;
        bench.check(by_constant(ShiftOp::Right), arithmetic);
    }
    let by_variable = |op| move |b: &Bench| b.shift(op, b.operand(0), b.param(2));
    let bench = Bench::new(IntKind::UInt128);
    bench.check(by_variable(ShiftOp::Left), |a, b| a << (b as u32 & 127));
    bench.check(by_variable(ShiftOp::Right), |a, b| a >> (b as u32 & 127));
    let bench = Bench::new(IntKind::Int128);
    bench.check(by_variable(ShiftOp::Right), |a, b| {
        (a as i128 >> (b as u32 & 127)) as u128
    });
}

#[test]
fn comparisons() {
    type Row = (
        CompareOp,
        fn(&u128, &u128) -> bool,
        fn(&i128, &i128) -> bool,
    );
    let rows: [Row; 6] = [
        (CompareOp::Eq, u128::eq, i128::eq),
        (CompareOp::Ne, u128::ne, i128::ne),
        (CompareOp::Lt, u128::lt, i128::lt),
        (CompareOp::Le, u128::le, i128::le),
        (CompareOp::Gt, u128::gt, i128::gt),
        (CompareOp::Ge, u128::ge, i128::ge),
    ];
    for (op, unsigned, signed) in rows {
        let compare = |b: &Bench| {
            let (lhs, rhs) = (Box::new(b.operand(0)), Box::new(b.operand(2)));
            b.expr(ExprKind::Compare { op, lhs, rhs }, IntKind::Int)
        };
        let bench = Bench::new(IntKind::UInt128);
        bench.check(compare, |a, b| unsigned(&a, &b).into());
        let bench = Bench::new(IntKind::Int128);
        bench.check(compare, |a, b| signed(&(a as i128), &(b as i128)).into());
    }
}

#[test]
fn division() {
    // As BPF's own: dividing by zero gives 0, the remainder is the dividend.
    let quotient = |a: u128, b: u128| a.checked_div(b).unwrap_or(0);
    let remainder = |a: u128, b: u128| a.checked_rem(b).unwrap_or(a);
    let signed_quotient = |a: u128, b: u128| match b {
        0 => 0,
        b => (a as i128).wrapping_div(b as i128) as u128,
    };
    let signed_remainder = |a: u128, b: u128| match b {
        0 => a,
        b => (a as i128).wrapping_rem(b as i128) as u128,
    };
    let by_variable = |op| move |b: &Bench| b.binary(op, b.operand(0), b.operand(2));
    let bench = Bench::new(IntKind::UInt128);
    bench.check(by_variable(BinaryOp::Div), quotient);
    bench.check(by_variable(BinaryOp::Rem), remainder);
    let bench = Bench::new(IntKind::Int128);
    bench.check(by_variable(BinaryOp::Div), signed_quotient);
    bench.check(by_variable(BinaryOp::Rem), signed_remainder);
}
