//! The headers that come with the compiler against those of the kernel and of libbpf that they stand in for.
//!
//! Both are read by bpfcc: what is compared is sizes, offsets and values of all names that both have. The programs in
//! `tests/filetests/headers` compile with either, but for those that say `// headers: bpfcc's alone`. Where the system has no
//! such headers, the tests say that they skip.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The headers that describe what others decided. Constants of `sys/socket.h` are the C library's.
const HEADERS: &[&str] = &[
    "errno.h",
    "linux/bpf.h",
    "linux/bpf_perf_event.h",
    "linux/icmp.h",
    "linux/icmpv6.h",
    "linux/if.h",
    "linux/if_arp.h",
    "linux/if_ether.h",
    "linux/if_packet.h",
    "linux/in.h",
    "linux/in6.h",
    "linux/ip.h",
    "linux/ipv6.h",
    "linux/limits.h",
    "linux/perf_event.h",
    "linux/pkt_cls.h",
    "linux/ptrace.h",
    "linux/socket.h",
    "linux/tcp.h",
    "linux/udp.h",
    "netinet/in.h",
    "sys/socket.h",
];

/// What is meant to differ: a raw tracepoint's arguments have a bound here, and these numbers grow with the kernel.
const DIFFERENT: &[&str] = &[
    "sizeof(struct bpf_raw_tracepoint_args)",
    "BPF_TCP_MAX_STATES",
    "IPPROTO_MAX",
    "MAX_BPF_ATTACH_TYPE",
    "MAX_BPF_LINK_TYPE",
    "__BPF_FUNC_MAX_ID",
    "__MAX_BPF_ATTACH_TYPE",
    "__MAX_BPF_LINK_TYPE",
    "__MAX_BPF_MAP_TYPE",
    "__MAX_BPF_PROG_TYPE",
];

/// Whether this is the size of a structure that has members in one of the headers only: structures grow at their ends.
fn has_grown(fact: &str, ours: &BTreeSet<String>, theirs: &BTreeSet<String>) -> bool {
    let Some(name) = fact.strip_prefix("sizeof(") else {
        return false;
    };
    let member = format!("__builtin_offsetof({}, ", name.trim_end_matches(')'));
    let mut different = ours.symmetric_difference(theirs);
    different.any(|fact| fact.starts_with(&member))
}

#[test]
fn names_mean_what_they_mean_to_the_system() {
    let Some(system) = system_headers("linux/bpf.h") else {
        return;
    };
    let scratch = Scratch::new("facts");
    for header in HEADERS {
        let [ours, theirs] = [&[][..], &system].map(|flags| scratch.facts(header, flags));
        let common = ours.intersection(&theirs).map(String::as_str);
        let common: Vec<&str> = common
            .filter(|fact| !has_grown(fact, &ours, &theirs) && !DIFFERENT.contains(fact))
            .collect();
        assert!(
            common.len() > ours.len() / 2,
            "{header}: {} of {} names are the system's too",
            common.len(),
            ours.len()
        );
        let program = program(header, &common);
        let [ours, theirs] = [&[][..], &system].map(|flags| scratch.values(&program, flags));
        for (index, fact) in common.iter().enumerate() {
            let name = format!("@fact{index} ");
            let [ours, theirs] = [&ours, &theirs].map(|values| values.get(&name));
            assert!(ours.is_some(), "{header}: {fact}");
            assert_eq!(ours, theirs, "{header}: {fact}, here and in the system");
        }
    }
}

/// A program with a variable for the value of each fact.
fn program(header: &str, facts: &[&str]) -> String {
    let mut text = format!("#include <{header}>\n");
    for (index, fact) in facts.iter().enumerate() {
        text += &format!("unsigned long long fact{index} = (unsigned long long)({fact});\n");
    }
    text
}

#[test]
fn programs_compile_with_libbpf_itself() {
    let Some(system) = system_headers("bpf/bpf_helpers.h") else {
        return;
    };
    let version = fs::read_to_string("/usr/include/bpf/libbpf_version.h").unwrap_or_default();
    let minor = |line: &str| {
        line.strip_prefix("#define LIBBPF_MINOR_VERSION ")?
            .trim()
            .parse()
            .ok()
    };
    let version: u32 = version.lines().find_map(minor).unwrap_or(0);
    let scratch = Scratch::new("libbpf");
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/filetests/headers");
    for entry in fs::read_dir(directory).expect("a readable directory") {
        let path = entry.expect("a readable entry").path();
        let text = fs::read_to_string(&path).expect("a readable file");
        // For another machine, or the kernel's own sources, which the system's headers are not for.
        if text.contains("// headers: bpfcc's alone\n") {
            continue;
        }
        let needs = text
            .lines()
            .find_map(|line| line.strip_prefix("// libbpf: 1."));
        let needs: u32 = needs.map_or(0, |minor| minor.parse().expect("a version"));
        if needs > version {
            skipped(&format!("{} needs libbpf 1.{needs}", path.display()));
            continue;
        }
        scratch.bpfcc(&[&system[..], &flags_for(&path)].concat());
    }
}

fn flags_for(path: &Path) -> Vec<String> {
    let path = path.to_str().expect("a path of text");
    ["--target=linux", "-o", "out.o", path]
        .map(str::to_owned)
        .into()
}

/// The flags that put the system's headers first, or a word about what is missing.
fn system_headers(needed: &str) -> Option<Vec<String>> {
    if !Path::new("/usr/include").join(needed).exists() {
        skipped(&format!("<{needed}> is not installed"));
        return None;
    }
    let entries = fs::read_dir("/usr/include").expect("a readable directory");
    let paths = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    let machine = paths.filter(|path| path.join("asm/types.h").exists());
    let directories = [PathBuf::from("/usr/include")].into_iter().chain(machine);
    let flags = directories.flat_map(|path| ["-isystem".to_owned(), path.display().to_string()]);
    // The C library asks for the machine.
    let machine = format!("-D__{}__", std::env::consts::ARCH);
    Some(flags.chain([machine]).collect())
}

/// Says that a test was skipped. Straight to the stream: the test harness hides what `eprintln!` prints.
fn skipped(why: &str) {
    // Best effort: nobody may be reading.
    let _ = writeln!(std::io::stderr(), "SKIPPED: {why}");
}

/// A directory of its own for a test, removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        let path =
            std::env::temp_dir().join(format!("bpfcc-headers-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a temporary directory");
        Scratch(path)
    }

    /// What the compiler prints.
    fn bpfcc(&self, args: &[String]) -> String {
        let output = Command::new(env!("CARGO_BIN_EXE_bpfcc"))
            .args(args)
            .current_dir(&self.0)
            .stdin(Stdio::null())
            .output()
            .expect("the command starts");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{args:?}: {errors}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn output(&self, text: &str, args: &[&str], flags: &[String]) -> String {
        fs::write(self.0.join("t.c"), text).expect("disk space");
        let args = args.iter().map(|arg| arg.to_string());
        self.bpfcc(&args.chain(flags.iter().cloned()).collect::<Vec<_>>())
    }

    /// The constant expressions that a header gives names to.
    fn facts(&self, header: &str, flags: &[String]) -> BTreeSet<String> {
        let include = format!("#include <{header}>\n");
        let output = |args: &[&str]| self.output(&include, args, flags);
        let mut facts = declared(&output(&["-E", "-P", "t.c"]));
        let macros = output(&["-E", "--dM", "t.c"]);
        let predefined = self.output("", &["-E", "--dM", "t.c"], &[]);
        constants(&macros, &predefined, &mut facts);
        facts
    }

    /// For each variable of a program how the IR shows it.
    fn values(&self, program: &str, flags: &[String]) -> BTreeMap<String, String> {
        let ir = self.output(program, &["--emit=ir", "t.c"], flags);
        let variable = |line: &str| {
            let rest = line.strip_prefix("global ")?;
            let (name, _) = rest.split_once(' ')?;
            Some((format!("{name} "), rest.to_owned()))
        };
        ir.lines().filter_map(variable).collect()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Best effort: it is the system's temporary directory.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Sizes of structures, offsets of their members, and enumerators.
fn declared(text: &str) -> BTreeSet<String> {
    let words = words(text);
    let mut facts = BTreeSet::new();
    for (at, word) in words.iter().enumerate() {
        match (word.as_str(), &words[at + 1..]) {
            (kind @ ("struct" | "union"), [name, open, rest @ ..])
                if open == "{" && is_name(name) =>
            {
                facts.insert(format!("sizeof({kind} {name})"));
                let (members, _) = members(rest);
                let offset = |member| format!("__builtin_offsetof({kind} {name}, {member})");
                facts.extend(members.into_iter().map(offset));
            }
            ("enum", [open, rest @ ..]) if open == "{" => facts.extend(enumerators(rest)),
            ("enum", [_, open, rest @ ..]) if open == "{" => facts.extend(enumerators(rest)),
            _ => {}
        }
    }
    facts
}

/// Names of the members up to the closing brace that have an offset of their own, and what is behind the brace.
fn members(mut words: &[String]) -> (Vec<String>, &[String]) {
    let mut names = Vec::new();
    while let Some(word) = words.first().filter(|word| *word != "}") {
        let is_record = word == "struct" || word == "union";
        let open = words.iter().take(3).position(|word| word == "{");
        if let (true, Some(open)) = (is_record, open) {
            let (inner, rest) = members(&words[open + 1..]);
            let (declared, rest) = declarators(rest);
            names.extend(if declared.is_empty() { inner } else { declared });
            words = rest;
        } else {
            let (declared, rest) = declarators(words);
            names.extend(declared);
            words = rest;
        }
    }
    (names, words.get(1..).unwrap_or_default())
}

/// The names that a declaration declares, bit-fields left out, and what is behind its semicolon.
fn declarators(words: &[String]) -> (Vec<String>, &[String]) {
    let end = words
        .iter()
        .position(|word| word == ";")
        .unwrap_or(words.len());
    let mut depth = 0;
    let mut parts = vec![Vec::new()];
    for word in &words[..end] {
        match word.as_str() {
            "(" => depth += 1,
            ")" => depth -= 1,
            "," if depth == 0 => parts.push(Vec::new()),
            "__attribute__" => {}
            _ if depth == 0 => parts.last_mut().expect("has a part").push(word),
            _ => {}
        }
    }
    let name = |part: Vec<&String>| {
        let declarator = part.iter().take_while(|word| **word != "[");
        let declarator: Vec<_> = declarator.collect();
        let is_bit_field = part.iter().any(|word| *word == ":");
        declarator
            .last()
            .filter(|word| !is_bit_field && is_name(word))
            .map(|word| word.to_string())
    };
    (
        parts.into_iter().filter_map(name).collect(),
        words.get(end + 1..).unwrap_or_default(),
    )
}

/// The names up to the closing brace.
fn enumerators(words: &[String]) -> Vec<String> {
    let mut names = Vec::new();
    let mut starts = true;
    for word in words.iter().take_while(|word| *word != "}") {
        if starts && is_name(word) {
            names.push(word.clone());
        }
        starts = word == ",";
    }
    names
}

/// Adds the macros that stand for numbers.
fn constants(macros: &str, predefined: &str, facts: &mut BTreeSet<String>) {
    let body = |line: &str| {
        let (name, body) = line.strip_prefix("#define ")?.split_once(' ')?;
        is_name(name).then(|| (name.to_owned(), words(body)))
    };
    let before: BTreeSet<&str> = predefined.lines().collect();
    let new = macros.lines().filter(|line| !before.contains(line));
    let mut open: BTreeMap<String, Vec<String>> = new.filter_map(body).collect();
    loop {
        let is_known = |word: &String| match word.as_str() {
            "(" | ")" | "|" | "<" | "+" | "-" | "~" | "&" | "unsigned" | "long" | "int" => true,
            word if word.starts_with(|c: char| c.is_ascii_digit()) => true,
            word => facts.contains(word),
        };
        let is_number = |body: &[String]| {
            body.iter().all(is_known) && body.iter().any(|word| !"()".contains(word.as_str()))
        };
        let known: Vec<String> = open
            .iter()
            .filter(|(_, body)| is_number(body))
            .map(|(name, _)| name.clone())
            .collect();
        if known.is_empty() {
            return;
        }
        for name in known {
            open.remove(&name);
            facts.insert(name);
        }
    }
}

fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Names, numbers, and all else character by character.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut joins = false;
    for c in text.chars() {
        match words.last_mut() {
            Some(word) if joins && is_part(c) => word.push(c),
            _ if c.is_whitespace() => {}
            _ => words.push(c.to_string()),
        }
        joins = is_part(c);
    }
    words
}
