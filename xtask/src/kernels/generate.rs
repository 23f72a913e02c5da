//! Random functions of three numbers, which every kernel's checker must accept: arithmetic of all widths, conditions, loops that go
//! round a known number of times, and an array whose index is masked.

use std::fmt::Write;

/// The function's name.
pub(crate) const NAME: &str = "computed";

const TYPES: [&str; 8] = [
    "unsigned char",
    "signed char",
    "unsigned short",
    "short",
    "unsigned int",
    "int",
    "unsigned long",
    "long",
];
const BINARY: [&str; 10] = ["+", "-", "*", "&", "|", "^", "/", "%", "<<", ">>"];
const COMPARISONS: [&str; 6] = ["<", "<=", ">", ">=", "==", "!="];
/// The ends of ranges, where translations go wrong.
const EDGES: [u64; 10] = [
    0,
    1,
    7,
    0x7f,
    0x80,
    0xffff,
    0x7fff_ffff,
    0x8000_0000,
    0x7fff_ffff_ffff_ffff,
    u64::MAX,
];
const VARIABLES: usize = 5;
const STATEMENTS: usize = 8;
const DEPTH: usize = 3;

/// xorshift64*: small, fast, the same everywhere.
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Random {
        Random(seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 8
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }
}

/// The C text of a function.
pub(crate) fn function(seed: u64) -> String {
    let mut writer = Writer {
        random: Random::new(seed),
        text: String::new(),
        loops: 0,
    };
    writer.function();
    writer.text
}

/// Arguments to call it with.
pub(crate) fn inputs(seed: u64) -> [[u64; 3]; 3] {
    let mut random = Random::new(!seed);
    [(); 3].map(|()| {
        [(); 3].map(|()| {
            if random.below(2) == 0 {
                random.pick(&EDGES)
            } else {
                random.next()
            }
        })
    })
}

struct Writer {
    random: Random,
    text: String,
    /// How many loops there are, to name their counters.
    loops: usize,
}

impl Writer {
    fn function(&mut self) {
        let mut text = format!(
            "__attribute__((noinline)) unsigned long {NAME}(unsigned long a, unsigned long b, unsigned long c)\n{{\n"
        );
        text += "\tunsigned int table[8] = {1, 2, 3, 5, 8, 13, 21, 34};\n";
        for index in 0..VARIABLES {
            let ty = self.random.pick(&TYPES);
            let value = self.expression(0, 0);
            let _ = writeln!(text, "\t{ty} v{index} = {value};");
        }
        self.text = text;
        self.block(1, DEPTH);
        self.text += "\treturn v0 ^ (unsigned long)v1 << 9 ^ (unsigned long)v2 * 31 ^ v3 ^ (unsigned long)v4 << 17 ^ table[a & 7];\n}\n";
    }

    fn line(&mut self, indent: usize, line: &str) {
        self.text.extend(std::iter::repeat_n('\t', indent));
        self.text += line;
        self.text.push('\n');
    }

    fn block(&mut self, indent: usize, depth: usize) {
        for _ in 0..1 + self.random.below(STATEMENTS / 2) {
            self.statement(indent, depth);
        }
    }

    fn statement(&mut self, indent: usize, depth: usize) {
        let variable = self.random.below(VARIABLES);
        let value = self.expression(2, VARIABLES);
        match self.random.below(6) {
            0 if depth > 0 => {
                let condition = self.condition();
                self.line(indent, &format!("if ({condition}) {{"));
                self.block(indent + 1, depth - 1);
                self.line(indent, "} else {");
                self.block(indent + 1, depth - 1);
                self.line(indent, "}");
            }
            1 if depth > 1 => {
                let (counter, rounds) = (self.loops, 2 + self.random.below(6));
                self.loops += 1;
                self.line(
                    indent,
                    &format!("for (int i{counter} = 0; i{counter} < {rounds}; i{counter}++) {{"),
                );
                self.line(indent + 1, &format!("v{variable} += i{counter} * {value};"));
                self.block(indent + 1, 0);
                self.line(indent, "}");
            }
            2 => self.line(indent, &format!("table[{value} & 7] += v{variable};")),
            3 => self.line(indent, &format!("v{variable} = table[{value} & 7];")),
            _ => self.line(indent, &format!("v{variable} = {value};")),
        }
    }

    fn condition(&mut self) -> String {
        let (left, right) = (self.expression(1, VARIABLES), self.expression(1, VARIABLES));
        format!("{left} {} {right}", self.random.pick(&COMPARISONS))
    }

    /// An expression over the parameters and the first `variables` variables. What C leaves open is avoided: shifts are masked, and
    /// signed numbers are made unsigned before what might overflow.
    fn expression(&mut self, depth: usize, variables: usize) -> String {
        if depth == 0 || self.random.below(4) == 0 {
            return match self.random.below(3) {
                0 => format!("{:#x}ul", self.random.pick(&EDGES)),
                1 if variables > 0 => format!("v{}", self.random.below(variables)),
                _ => self.random.pick(&["a", "b", "c"]).to_owned(),
            };
        }
        let ty = self.random.pick(&TYPES[4..]);
        let (left, right) = (
            self.expression(depth - 1, variables),
            self.expression(depth - 1, variables),
        );
        let unsigned = if ty.ends_with("int") {
            "unsigned int"
        } else {
            "unsigned long"
        };
        match self.random.pick(&BINARY) {
            shift @ ("<<" | ">>") => format!("(({unsigned}){left} {shift} ({right} & 31))"),
            division @ ("/" | "%") => {
                format!("(({unsigned}){left} {division} (({unsigned}){right} | 1))")
            }
            other => format!("(({ty})(({unsigned}){left} {other} ({unsigned}){right}))"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{function, inputs};

    #[test]
    fn a_seed_gives_the_same_function_again() {
        assert_eq!(function(7), function(7));
        assert_ne!(function(7), function(8));
        assert_eq!(inputs(7), inputs(7));
    }
}
