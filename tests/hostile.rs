//! Broken programs: whatever the text, the compiler answers. It neither panics nor hangs, and where it gives no object it says
//! why and where.
//!
//! Every sample and file test is cut off, and has its tokens deleted, doubled, swapped and inserted and its bytes changed. A case
//! is made from its number alone, and a failure prints number and source; the case is then made again by
//! `HOSTILE_FIRST=number HOSTILE_CASES=1 cargo test --test hostile`. More cases than the usual ones: `HOSTILE_CASES=100000`,
//! best with `--release` and `CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS=true`, so that the IR is still checked after every pass.

use std::fs;
use std::io::Write as _;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use bpfcc::{Dwarf, Options, Target, compile_text, render};
use bpfcc_object::dwarf::Version;

/// Cases of an ordinary run: some seconds without optimisation.
const CASES: u64 = 800;

/// After how many failures to stop.
const MAX_FAILURES: usize = 20;

/// What a case may take. They take milliseconds; this is for machines that have other things to do.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn broken_programs_get_an_answer() {
    let sources = sources();
    let first = number("HOSTILE_FIRST").unwrap_or(0);
    let cases = number("HOSTILE_CASES").unwrap_or(CASES);
    let watchdog = Watchdog::start();
    let failures = (first..first + cases).filter_map(|number| {
        let case = Case::new(number, &sources);
        watchdog.begin(&case);
        let why = case.check().err()?;
        Some(format!("{why}\n{}", case.describe()))
    });
    let failures: Vec<String> = failures.take(MAX_FAILURES).collect();
    watchdog.end();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{variable} is a number")),
    )
}

/// The texts of all samples and file tests.
fn sources() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for directory in ["samples", "tests/filetests"] {
        find_programs(&root.join(directory), &mut files);
    }
    files.sort();
    let read = |file: PathBuf| fs::read_to_string(file).expect("a readable file");
    files.into_iter().map(read).collect()
}

fn find_programs(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("a readable directory") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            find_programs(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "c") {
            files.push(path);
        }
    }
}

/// One broken program.
#[derive(Clone)]
struct Case {
    number: u64,
    source: String,
    options: Options,
}

impl Case {
    fn new(number: u64, sources: &[String]) -> Case {
        let mut random = Random(number);
        let mut source = random.pick(sources).clone();
        let mut options = Options {
            // The most that there is to write.
            dwarf: Some(Dwarf {
                version: [Version::V4, Version::V5][(number % 2) as usize],
                directory: String::new(),
            }),
            ..Options::default()
        };
        options.frontend.language.allowed.loops = !source.contains("--no-loops");
        if source.contains("bpf64.h") && random.below(2) == 0 {
            options.target = Target::Linux;
        }
        for _ in 0..=random.below(3) {
            source = mutate(&mut random, &source, sources);
        }
        Case {
            number,
            source,
            options,
        }
    }

    /// Compiles it, and draws what was said.
    fn check(&self) -> Result<(), String> {
        let answer = catch_unwind(AssertUnwindSafe(|| {
            let compilation = compile_text("case.c", &self.source, &self.options);
            let diagnostics = &compilation.diagnostics;
            for diagnostic in diagnostics {
                render::diagnostic(&compilation.sources, diagnostic, false);
            }
            let placed = diagnostics
                .iter()
                .filter(|d| d.is_error() && d.span.is_some());
            (compilation.result.is_some(), placed.count())
        }));
        match answer {
            Err(_) => Err("the compiler panicked".to_owned()),
            Ok((false, 0)) => {
                Err("there is neither an object nor an error with a place".to_owned())
            }
            Ok(_) => Ok(()),
        }
    }

    fn describe(&self) -> String {
        let Case {
            number,
            source,
            options,
        } = self;
        let target = options.target;
        format!("case {number}, target {target:?}:\n----------\n{source}\n----------")
    }
}

// What is done to a program.

/// Tokens that mean something almost everywhere, or nothing anywhere.
const TOKENS: [&str; 40] = [
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    ";",
    ",",
    "*",
    "&",
    "-",
    "!",
    "=",
    "?",
    ":",
    "...",
    "#",
    "\\\n",
    "\"",
    "'",
    "/*",
    "0",
    "-1",
    "0x8000000000000000",
    "18446744073709551616",
    "1.5",
    "'\\x80'",
    "\"\\777\"",
    "struct",
    "union",
    "enum",
    "typedef",
    "static",
    "extern",
    "void",
    "sizeof",
    "__attribute__",
    "return",
    "goto",
    "é",
];

fn mutate(random: &mut Random, source: &str, sources: &[String]) -> String {
    let tokens = tokens(source);
    if tokens.is_empty() {
        return random.pick(&TOKENS).to_string();
    }
    let mut token = || tokens[random.below(tokens.len())].clone();
    let (one, other) = (token(), token());
    match random.below(7) {
        0 => {
            let at = random.below(source.len());
            source[..source.floor_char_boundary(at)].to_owned()
        }
        1 => replaced(source, one, ""),
        2 => {
            let twice = format!("{0} {0}", &source[one.clone()]);
            replaced(source, one, &twice)
        }
        3 => swapped(source, one, other),
        4 => {
            let new = format!("{} {}", random.pick(&TOKENS), &source[one.clone()]);
            replaced(source, one, &new)
        }
        5 => {
            let elsewhere = random.pick(sources);
            let words = self::tokens(elsewhere);
            let word = words.get(random.below(words.len().max(1))).cloned();
            replaced(source, one, &elsewhere[word.unwrap_or(0..0)])
        }
        _ => {
            let mut bytes = source.as_bytes().to_vec();
            let at = random.below(bytes.len());
            bytes[at] ^= 1 << random.below(8);
            String::from_utf8_lossy(&bytes).into_owned()
        }
    }
}

fn replaced(source: &str, place: Range<usize>, new: &str) -> String {
    let mut text = source.to_owned();
    text.replace_range(place, new);
    text
}

fn swapped(source: &str, one: Range<usize>, other: Range<usize>) -> String {
    let (first, second) = if one.start <= other.start {
        (one, other)
    } else {
        (other, one)
    };
    let text = replaced(source, second.clone(), &source[first.clone()]);
    replaced(&text, first, &source[second])
}

/// Words, numbers and single other characters; roughly C's tokens, comments being text like any other.
fn tokens(source: &str) -> Vec<Range<usize>> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut tokens: Vec<Range<usize>> = Vec::new();
    let mut in_word = false;
    for (at, c) in source.char_indices() {
        let end = at + c.len_utf8();
        match tokens.last_mut() {
            Some(last) if in_word && is_word(c) => last.end = end,
            _ if !c.is_whitespace() => tokens.push(at..end),
            _ => {}
        }
        in_word = is_word(c);
    }
    tokens
}

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

// What cannot be caught.

/// Ends the process when a case takes too long, and leaves the case in a file that a crash of the process cannot take away.
struct Watchdog {
    current: Arc<Mutex<Option<(Instant, Case)>>>,
    file: PathBuf,
}

impl Watchdog {
    fn start() -> Watchdog {
        let current: Arc<Mutex<Option<(Instant, Case)>>> = Arc::default();
        let watched = Arc::clone(&current);
        thread::spawn(move || {
            loop {
                thread::sleep(Duration::from_millis(500));
                let current = watched.lock().expect("nobody panics while holding it");
                if let Some((start, case)) = current.as_ref()
                    && start.elapsed() > PATIENCE
                {
                    // Not captured by the test harness, which would wait for the test to end.
                    let text = format!("no answer within {PATIENCE:?}\n{}\n", case.describe());
                    let _ = std::io::stderr().write_all(text.as_bytes());
                    process::exit(1);
                }
            }
        });
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR"));
        fs::create_dir_all(directory).expect("a writable target directory");
        let file = directory.join(format!("hostile-{}.c", process::id()));
        Watchdog { current, file }
    }

    fn begin(&self, case: &Case) {
        fs::write(&self.file, case.describe()).expect("disk space");
        let mut current = self.current.lock().expect("nobody panics while holding it");
        *current = Some((Instant::now(), case.clone()));
    }

    fn end(&self) {
        *self.current.lock().expect("nobody panics while holding it") = None;
        fs::remove_file(&self.file).expect("it was written by the last case");
    }
}
