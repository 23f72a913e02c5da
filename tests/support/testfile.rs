//! The format of a filetest: C on top, expectations as comments.
//!
//! ```c
//! // flags: -O0 --mcpu=v4 --loops
//! unsigned half(unsigned x) { return x / 2; }
//! // run: half(7) == 3
//! // run: prog(arg2 = 0x10) == 0
//! // run(big): prog(arg2 = 1) == 256
//! // map: drops[0x10] == 1
//! int bad(void) { return y; } //~ error: `y`
//! /*~ ir
//! fn @half(v0: i32) -> i32 …
//! */
//! ```
//!
//! With the flag `-E` the file is for the preprocessor alone, and need be no program.
//!
//! `run` lines are executed in both byte orders, unless `--endian` names one, at every level and instruction set version, from
//! that in `--mcpu` on if there is one. `run(little)` and `run(big)` are for one byte order: where the bytes of a number are
//! looked at.
//!
//! Blocks are appearance, and `BLESS=1` rewrites them; `run`, `map` and `error` lines are behaviour, and only people do.

use std::ops::Range;

use bpfcc::Endian;

/// A parsed filetest.
#[derive(Debug, Default)]
pub(crate) struct TestFile {
    /// Words after `// flags:`.
    pub(crate) flags: Vec<String>,
    /// `run` and `map` lines in order.
    pub(crate) steps: Vec<Step>,
    /// `//~ error:` and `//~ warning:` lines.
    pub(crate) diagnostics: Vec<Expected>,
    /// `/*~ STAGE` blocks in order.
    pub(crate) blocks: Vec<Block>,
}

/// Something done or looked at while the program is loaded.
#[derive(Debug)]
pub(crate) struct Step {
    /// Line in the file, from 1.
    pub(crate) line: usize,
    /// The byte order that it is for, if not for both.
    pub(crate) endian: Option<Endian>,
    /// What to do.
    pub(crate) action: Action,
}

/// See [`Step`].
#[derive(Debug)]
pub(crate) enum Action {
    /// `// run: f(1, 2) == 3` or, with a context, `// run: f(arg2 = 5) == 0`.
    Run {
        /// Function.
        function: String,
        /// Arguments, or fields of the context.
        input: Input,
        /// Result, if it is to be compared.
        expected: Option<i128>,
    },
    /// `// map: drops[0x10] == 1`, or `== none`. Key and value are integers of the map's sizes in its byte order;
    /// queues, stacks and ring buffers have places instead of keys, from 0.
    Map {
        /// Name of the map, or `table N`.
        map: String,
        /// Key.
        key: i128,
        /// Value; `None` if there must be none.
        expected: Option<i128>,
    },
}

/// What a function is called with.
#[derive(Debug)]
pub(crate) enum Input {
    /// Numbers in R1–R5.
    Arguments(Vec<i128>),
    /// A pointer to the environment's context with these fields set.
    Context(Vec<(String, i128)>),
}

/// A diagnostic that a line must produce.
#[derive(Debug)]
pub(crate) struct Expected {
    /// Line in the file, from 1.
    pub(crate) line: usize,
    /// `error` or `warning`.
    pub(crate) severity: String,
    /// Part of the message.
    pub(crate) text: String,
}

/// Expected text of a stage.
#[derive(Debug)]
pub(crate) struct Block {
    /// What follows `/*~`.
    pub(crate) stage: String,
    /// Byte range of the text between the opening line and `*/`.
    pub(crate) range: Range<usize>,
}

impl TestFile {
    /// Parses a filetest.
    pub(crate) fn parse(text: &str) -> Result<TestFile, String> {
        let mut file = TestFile::default();
        let mut offset = 0;
        let mut open: Option<(String, usize)> = None;
        for (index, line) in text.split_inclusive('\n').enumerate() {
            let (start, end) = (offset, offset + line.len());
            offset = end;
            let trimmed = line.trim();
            if let Some((stage, from)) = open.take() {
                match trimmed {
                    "*/" => file.blocks.push(Block {
                        stage,
                        range: from..start,
                    }),
                    _ => open = Some((stage, from)),
                }
            } else if let Some(stage) = trimmed.strip_prefix("/*~ ") {
                open = Some((stage.trim().to_owned(), end));
            } else {
                file.line(index + 1, trimmed)
                    .map_err(|why| format!("line {}: {why}", index + 1))?;
            }
        }
        match open {
            Some((stage, _)) => Err(format!("block `{stage}` has no `*/` line")),
            None => Ok(file),
        }
    }

    fn line(&mut self, line: usize, text: &str) -> Result<(), String> {
        if let Some(flags) = text.strip_prefix("// flags:") {
            self.flags
                .extend(flags.split_whitespace().map(str::to_owned));
        } else if let Some((endian, run)) = run_line(text) {
            self.steps.push(Step {
                line,
                endian,
                action: parse_run(run)?,
            });
        } else if let Some(map) = text.strip_prefix("// map:") {
            self.steps.push(Step {
                line,
                endian: None,
                action: parse_map(map)?,
            });
        }
        // A line may have several.
        for expected in text.split("//~ ").skip(1) {
            let (severity, text) = expected
                .split_once(':')
                .ok_or("expected `//~ error: text`")?;
            self.diagnostics.push(Expected {
                line,
                severity: severity.trim().to_owned(),
                text: text.trim().to_owned(),
            });
        }
        Ok(())
    }
}

/// What a line wants to run, in which byte order.
fn run_line(text: &str) -> Option<(Option<Endian>, &str)> {
    let rest = text.strip_prefix("// run")?;
    if let Some(run) = rest.strip_prefix(':') {
        return Some((None, run));
    }
    let (name, run) = rest.strip_prefix('(')?.split_once("):")?;
    let mut orders = Endian::ALL.into_iter();
    let endian = orders.find(|endian| endian.name() == name)?;
    Some((Some(endian), run))
}

fn parse_run(text: &str) -> Result<Action, String> {
    let (call, expected) = match text.split_once("==") {
        Some((call, value)) => (call, Some(parse_number(value)?)),
        None => (text, None),
    };
    let (function, rest) = call.trim().split_once('(').ok_or("expected `f(args)`")?;
    let list = rest.trim().strip_suffix(')').ok_or("expected `)`")?;
    let items: Vec<&str> = list
        .split(',')
        .map(str::trim)
        .filter(|s| !s.is_empty())
        .collect();
    let input = if items.iter().any(|item| item.contains('=')) {
        let field = |item: &&str| {
            let (name, value) = item.split_once('=').ok_or("expected `field = number`")?;
            Ok::<_, String>((name.trim().to_owned(), parse_number(value)?))
        };
        Input::Context(items.iter().map(field).collect::<Result<_, _>>()?)
    } else {
        Input::Arguments(
            items
                .iter()
                .map(|item| parse_number(item))
                .collect::<Result<_, _>>()?,
        )
    };
    Ok(Action::Run {
        function: function.trim().to_owned(),
        input,
        expected,
    })
}

fn parse_map(text: &str) -> Result<Action, String> {
    let (place, value) = text
        .split_once("==")
        .ok_or("expected `map[key] == value`")?;
    let (map, key) = place.trim().split_once('[').ok_or("expected `map[key]`")?;
    let key = parse_number(key.strip_suffix(']').ok_or("expected `]`")?)?;
    let expected = match value.trim() {
        "none" => None,
        number => Some(parse_number(number)?),
    };
    Ok(Action::Map {
        map: map.trim().to_owned(),
        key,
        expected,
    })
}

/// Decimal or `0x` number with an optional minus.
pub(crate) fn parse_number(text: &str) -> Result<i128, String> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let parsed = match digits.strip_prefix("0x") {
        Some(hex) => i128::from_str_radix(hex, 16),
        None => digits.parse(),
    };
    let value = parsed.map_err(|_| format!("`{text}` is not a number"))?;
    Ok(if negative { -value } else { value })
}
