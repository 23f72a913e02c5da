//! Programs of any length, to see how compile time grows with it.

use std::fmt::Write;

/// One kind of program.
pub(crate) struct Shape {
    /// What it is called on the command line.
    pub(crate) name: &'static str,
    /// What it consists of.
    pub(crate) about: &'static str,
    /// Lines of the longest one.
    pub(crate) lines: usize,
    /// Its text: as many parts as fit into so many lines.
    write: fn(&mut String, usize),
}

impl Shape {
    /// The program with `lines` lines, or a few more.
    pub(crate) fn text(&self, lines: usize) -> String {
        let mut text = String::from(PRELUDE);
        (self.write)(&mut text, lines);
        text
    }
}

/// All shapes.
pub(crate) const SHAPES: &[Shape] = &[
    Shape {
        name: "functions",
        about: "functions, structures, globals and macros",
        lines: 100_000,
        write: functions,
    },
    Shape {
        name: "giant",
        about: "one function",
        lines: 20_000,
        write: giant,
    },
    Shape {
        name: "nesting",
        about: "functions of 60 nested blocks",
        lines: 100_000,
        write: nesting,
    },
    Shape {
        name: "else-if",
        about: "functions of 500 `else if`",
        lines: 100_000,
        write: else_if,
    },
    Shape {
        name: "switch",
        about: "one `switch`",
        lines: 20_000,
        write: switch,
    },
    Shape {
        name: "initializer",
        about: "one array of structures",
        lines: 100_000,
        write: initializer,
    },
    Shape {
        name: "strings",
        about: "string literals",
        lines: 100_000,
        write: strings,
    },
    Shape {
        name: "macros",
        about: "macros that use each other",
        lines: 100_000,
        write: macros,
    },
];

const PRELUDE: &str = "\
typedef unsigned int u32;
typedef unsigned long long u64;
struct entry { u32 key, flags; u64 value; struct entry *next; };
";

/// Appends `part(number)` until the text has so many lines.
fn repeat(text: &mut String, lines: usize, part: impl Fn(&mut String, usize)) {
    let mut written = 0;
    for number in 0.. {
        let start = text.len();
        part(text, number);
        written += text[start..].lines().count();
        if written >= lines {
            return;
        }
    }
}

fn functions(text: &mut String, lines: usize) {
    repeat(text, lines, |text, n| {
        put(
            text,
            format_args!(
                "#define LIMIT_{n} ({n} % 32 + 4)
#define CLAMP_{n}(x) ((x) < LIMIT_{n} ? (x) : LIMIT_{n})
struct state_{n} {{
	u32 count, mask;
	u64 total;
	struct entry last;
}};
u64 hits_{n};
static struct state_{n} states_{n}[4];
static u64 mix_{n}(u64 a, u64 b)
{{
	a ^= b << 13;
	a ^= a >> 7;
	return a * {n} + b;
}}
u64 update_{n}(struct state_{n} *s, u32 key, u64 value)
{{
	u64 sum = 0;

	if (!s)
		return 0;
	for (u32 i = 0; i < CLAMP_{n}(key); i++) {{
		struct state_{n} *other = &states_{n}[i & 3];

		if (other->mask & (1u << (i & 31)))
			sum += mix_{n}(other->total, value);
		else
			other->count++;
	}}
	switch (key & 7) {{
	case 0:
		s->total += sum;
		break;
	case 1:
	case 2:
		s->last.value = mix_{n}(sum, s->total);
		break;
	default:
		s->last.key = key;
	}}
	hits_{n}++;
	return s->total + sum;
}}
"
            ),
        );
    });
}

fn giant(text: &mut String, lines: usize) {
    text.push_str("u64 giant(u64 *data, u64 a, u64 b)\n{\n\tu64 c = 1, d = 2, e = 3;\n");
    repeat(text, lines, |text, n| {
        put(
            text,
            format_args!(
                "	if (data[{index}] > a) {{
		c += data[{next}] ^ b;
		d = d * 31 + c;
	}} else {{
		e ^= c >> {shift};
		data[{index}] = e + d;
	}}
	a += e & 0xff;
	b = (b << 5) ^ d;
	if (b == {n})
		return c;
",
                index = n % 1000,
                next = (n + 7) % 1000,
                shift = n % 31
            ),
        );
    });
    text.push_str("\treturn a ^ b ^ c ^ d ^ e;\n}\n");
}

fn nesting(text: &mut String, lines: usize) {
    const DEPTH: usize = 60;
    repeat(text, lines, |text, n| {
        put(
            text,
            format_args!("u64 nested_{n}(u64 a, u64 b)\n{{\n\tu64 sum = 0;\n"),
        );
        (0..DEPTH).for_each(|level| {
            put(
                text,
                format_args!(
                    "\tif (a > b + {level}) {{\n\tu64 x{level} = a - b; sum += x{level};\n"
                ),
            );
        });
        (0..DEPTH).for_each(|_| text.push_str("\t} else {\n\tsum ^= a;\n\t}\n"));
        text.push_str("\treturn sum;\n}\n");
    });
}

fn else_if(text: &mut String, lines: usize) {
    const BRANCHES: usize = 500;
    repeat(text, lines, |text, n| {
        put(
            text,
            format_args!("u64 chain_{n}(u64 a, u64 b)\n{{\n\tif (a == b)\n\t\treturn 1;\n"),
        );
        (0..BRANCHES).for_each(|branch| {
            put(
                text,
                format_args!("\telse if (a * {branch} == b)\n\t\tb += {branch};\n"),
            );
        });
        text.push_str("\treturn b;\n}\n");
    });
}

fn switch(text: &mut String, lines: usize) {
    text.push_str("u64 choose(u64 a, u64 b)\n{\n\tswitch (a) {\n");
    repeat(text, lines, |text, n| {
        put(
            text,
            format_args!("\tcase {n}:\n\t\tb = b * {n} + a;\n\t\tbreak;\n"),
        );
    });
    text.push_str("\t}\n\treturn b;\n}\n");
}

fn initializer(text: &mut String, lines: usize) {
    text.push_str("struct entry table[] = {\n");
    repeat(text, lines, |text, n| {
        put(
            text,
            format_args!("\t{{ .key = {n}, .value = {n} * 3 + 1, .flags = sizeof(u32) }},\n"),
        );
    });
    text.push_str("};\n");
}

fn strings(text: &mut String, lines: usize) {
    text.push_str("const char *names[] = {\n");
    repeat(text, lines, |text, n| {
        put(text, format_args!("\t\"the name of number {n}\",\n"));
    });
    text.push_str("};\n");
}

fn macros(text: &mut String, lines: usize) {
    text.push_str("#define STEP_0(x) (x)\n");
    repeat(text, lines, |text, n| {
        let (next, depth) = (n + 1, n % 16);
        let inner = if depth == 0 { 0 } else { n };
        put(
            text,
            format_args!(
                "#define STEP_{next}(x) (STEP_{inner}(x) + {n})\n#define NAME_{n} value_##{n}\n"
            ),
        );
        if depth == 15 {
            put(
                text,
                format_args!("u64 value_{n}(u64 a) {{ return STEP_{next}(a); }}\n"),
            );
        }
    });
}

fn put(text: &mut String, part: std::fmt::Arguments<'_>) {
    text.write_fmt(part)
        .expect("writing to a String cannot fail");
}
