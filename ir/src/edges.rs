//! Every operation and every comparison, with constants and values at the edges of their ranges: passes must not change what
//! comes out. Random programs meet the interesting pairs too seldom; here all are met.

use bpfcc_isa::{AluOp, Cond, Size};

use crate::build::Builder;
use crate::entity::Value;
use crate::function::Function;
use crate::module::{Linkage, Module, Signature};
use crate::pass::{Level, PassOptions, run_all};
use crate::random::run;
use crate::types::Type;

const EDGES: [i64; 17] = [
    0,
    1,
    2,
    -1,
    -2,
    7,
    8,
    0x80,
    0xff,
    -0x8000,
    i32::MAX as i64,
    i32::MIN as i64,
    u32::MAX as i64,
    1 << 32,
    i64::MAX,
    i64::MIN,
    i64::MIN + 1,
];

/// Fewer of them, for all pairs of pairs.
const CORNERS: [i64; 7] = [0, 1, -1, 8, i32::MIN as i64, i64::MAX, i64::MIN];

const TYPES: [Type; 2] = [Type::I32, Type::I64];

fn operations() -> impl Iterator<Item = AluOp> {
    AluOp::ALL.iter().copied().filter(|op| *op != AluOp::Mov)
}

/// Mixes results, so that none is dead.
struct Mixer {
    b: Builder,
    ty: Type,
    sum: Value,
}

impl Mixer {
    fn iconst(&mut self, value: i64) -> Value {
        self.b.iconst(self.ty, value)
    }

    /// Adds a value of the type under test.
    fn add(&mut self, value: Value) {
        let wide = match self.ty {
            Type::I32 => self.b.zero_extend(Type::I64, Size::W, value),
            _ => value,
        };
        self.mix(wide);
    }

    /// Adds the result of a comparison.
    fn add_test(&mut self, cond: Cond, lhs: Value, rhs: Value) {
        let holds = self.b.compare(cond, lhs, rhs);
        let wide = self.b.zero_extend(Type::I64, Size::W, holds);
        self.mix(wide);
    }

    fn mix(&mut self, value: Value) {
        let factor = self.b.iconst(Type::I64, 31);
        let scaled = self.b.binary(AluOp::Mul, self.sum, factor);
        self.sum = self.b.binary(AluOp::Xor, scaled, value);
    }
}

/// Optimises `main(x)` with the given body and compares its results for `x` at all edges with those before.
fn check(ty: Type, what: &str, body: impl FnOnce(&mut Mixer, Value)) {
    let signature = Signature {
        params: vec![Type::I64, Type::I64, Type::I32],
        result: Some(Type::I64),
    };
    let mut b = Builder::new(Function::new("main", signature, Linkage::Global));
    let x = b.params()[0];
    let x = if ty == Type::I32 { b.truncate(x) } else { x };
    let sum = b.iconst(Type::I64, 0);
    let mut mixer = Mixer { b, ty, sum };
    body(&mut mixer, x);
    let Mixer { mut b, sum, .. } = mixer;
    b.ret(Some(sum));
    let mut before = Module::default();
    before.functions.push(b.finish());
    assert_eq!(before.check(), Ok(()));
    let mut after = before.clone();
    let options = PassOptions {
        level: Level::O1,
        no_loops: false,
        no_calls: false,
    };
    run_all(&mut after, &options, |_, _| {});
    for x in EDGES {
        let args = [x as u64, 0, 0];
        assert_eq!(
            run(&after, args),
            run(&before, args),
            "{what}, x = {x}, before:\n{before}\nafter:\n{after}"
        );
    }
}

#[test]
fn operations_with_a_constant() {
    for ty in TYPES {
        for edge in EDGES {
            check(ty, "operations", |mixer, x| {
                for op in operations() {
                    let constant = mixer.iconst(edge);
                    let right = mixer.b.binary(op, x, constant);
                    mixer.add(right);
                    let left = mixer.b.binary(op, constant, x);
                    mixer.add(left);
                    let both = mixer.b.binary(op, x, x);
                    mixer.add(both);
                }
            });
        }
    }
}

#[test]
fn comparisons_with_a_constant() {
    for ty in TYPES {
        for edge in EDGES {
            check(ty, "comparisons", |mixer, x| {
                for &cond in Cond::ALL {
                    let constant = mixer.iconst(edge);
                    mixer.add_test(cond, x, constant);
                    mixer.add_test(cond, constant, x);
                    mixer.add_test(cond, x, x);
                }
            });
        }
    }
}

#[test]
fn chains_of_two_operations() {
    for ty in TYPES {
        for (first, second) in operations().flat_map(|a| operations().map(move |b| (a, b))) {
            check(ty, "chain", |mixer, x| {
                for (a, b) in pairs() {
                    let (a, b) = (mixer.iconst(a), mixer.iconst(b));
                    let inner = mixer.b.binary(first, x, a);
                    let outer = mixer.b.binary(second, inner, b);
                    mixer.add(outer);
                }
            });
        }
    }
}

#[test]
fn comparisons_of_computed_values() {
    for ty in TYPES {
        for op in operations() {
            for &cond in Cond::ALL {
                check(ty, "comparison of a result", |mixer, x| {
                    for (a, b) in pairs() {
                        let (a, b) = (mixer.iconst(a), mixer.iconst(b));
                        let value = mixer.b.binary(op, x, a);
                        mixer.add_test(cond, value, b);
                    }
                });
            }
        }
    }
}

#[test]
fn comparisons_of_comparisons() {
    for ty in TYPES {
        for (inner, outer) in Cond::ALL
            .iter()
            .flat_map(|a| Cond::ALL.iter().map(move |b| (*a, *b)))
        {
            check(ty, "comparison of a comparison", |mixer, x| {
                for (a, b) in pairs() {
                    let (a, b) = (mixer.iconst(a), mixer.b.iconst(Type::I32, b));
                    let holds = mixer.b.compare(inner, x, a);
                    mixer.add_test(outer, holds, b);
                }
            });
        }
    }
}

/// Extensions of extensions and of what was cut off.
#[test]
fn chains_of_extensions() {
    let extensions = || {
        let sizes = [Size::B, Size::H, Size::W].into_iter();
        sizes.flat_map(|from| [(false, from), (true, from)])
    };
    check(Type::I64, "extensions", |mixer, x| {
        for (first, second) in extensions().flat_map(|a| extensions().map(move |b| (a, b))) {
            let cut = mixer.b.truncate(x);
            let chains = [(x, Type::I64), (cut, Type::I64), (cut, Type::I32)];
            for (from, between) in chains.into_iter().filter(|chain| fits(chain.1, first.1)) {
                let inner = extend(mixer, between, first, from);
                let outer = extend(mixer, Type::I64, second, inner);
                mixer.add(outer);
            }
        }
    });
}

/// Four bytes of an `i32` are all of it.
fn fits(ty: Type, from: Size) -> bool {
    from.bytes() < ty.bytes()
}

fn extend(mixer: &mut Mixer, to: Type, (signed, from): (bool, Size), arg: Value) -> Value {
    if signed {
        mixer.b.sign_extend(to, from, arg)
    } else {
        mixer.b.zero_extend(to, from, arg)
    }
}

/// One test guards the other, which may then be known to hold or not.
#[test]
fn comparisons_behind_a_branch() {
    for ty in TYPES {
        for (first, second) in Cond::ALL
            .iter()
            .flat_map(|a| Cond::ALL.iter().map(move |b| (*a, *b)))
        {
            check(ty, "comparison behind a branch", |mixer, x| {
                for (a, b) in pairs() {
                    let (a, b) = (mixer.iconst(a), mixer.iconst(b));
                    guarded(mixer, (first, [x, a]), (second, [x, b]));
                    guarded(mixer, (first, [a, x]), (second, [b, x]));
                }
            });
        }
    }
}

/// `if (first) sum = mix(sum, second)`
fn guarded(mixer: &mut Mixer, first: (Cond, [Value; 2]), second: (Cond, [Value; 2])) {
    let sum = mixer.b.declare_var(Type::I64);
    mixer.b.def_var(sum, mixer.sum);
    let (then, join) = (mixer.b.new_block(), mixer.b.new_block());
    mixer.b.branch(first.0, first.1, then, join);
    mixer.b.seal_block(then);
    mixer.b.switch_to(then);
    mixer.add_test(second.0, second.1[0], second.1[1]);
    mixer.b.def_var(sum, mixer.sum);
    mixer.b.jump(join);
    mixer.b.seal_block(join);
    mixer.b.switch_to(join);
    mixer.sum = mixer.b.use_var(sum);
}

fn pairs() -> impl Iterator<Item = (i64, i64)> {
    CORNERS
        .into_iter()
        .flat_map(|a| CORNERS.into_iter().map(move |b| (a, b)))
}
