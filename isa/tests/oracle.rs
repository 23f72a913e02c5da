//! Our bytes against those of other people's assemblers.
//!
//! Every shape is printed, assembled by `llvm-mc` (pseudo-C) and GNU as (its own dialect), and the bytes compared with our
//! encoder's; our parser reads the same text. Assemblers older than an instruction refuse its text: such lines are counted
//! and left out, but what an assembler accepts it must encode as we do. Without an assembler the test says so and passes.

mod common;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;
use std::{env, fs, process};

use bpfcc_isa::text::{Dialect, print_one};
use bpfcc_isa::{Callee, Endian, Imm64, Insn, encode};
use common::{Random, every_shape};

/// An assembler of somebody else.
struct Assembler {
    program: String,
    arguments: Vec<String>,
    dialect: Dialect,
    endian: Endian,
}

#[test]
fn llvm_encodes_pseudo_c_as_we_do() {
    let versioned = (14..=22).rev().map(|version| format!("llvm-mc-{version}"));
    let Some(program) = first_on_path(versioned.chain(["llvm-mc".to_owned()])) else {
        return skip("llvm-mc");
    };
    for (endian, triple) in [(Endian::Little, "bpfel"), (Endian::Big, "bpfeb")] {
        let arguments = ["--filetype=obj", "--triple", triple, "-mcpu=v4"];
        compare(&Assembler {
            program: program.clone(),
            arguments: arguments.map(str::to_owned).into(),
            dialect: Dialect::PseudoC,
            endian,
        });
    }
}

#[test]
fn gnu_encodes_its_dialect_as_we_do() {
    let names = ["bpf-unknown-none-as", "bpf-as"].map(str::to_owned);
    let Some(program) = first_on_path(names.into_iter()) else {
        return skip("bpf-as");
    };
    for (endian, flag) in [(Endian::Little, "-EL"), (Endian::Big, "-EB")] {
        compare(&Assembler {
            program: program.clone(),
            arguments: vec![flag.to_owned()],
            dialect: Dialect::Gnu,
            endian,
        });
    }
}

fn compare(assembler: &Assembler) {
    let mut random = Random(5);
    let insns: Vec<Insn> = (0..5).flat_map(|_| every_shape(&mut random)).collect();
    let insns: Vec<Insn> = insns.into_iter().filter(is_common_language).collect();
    let lines = |insns: &[Insn]| -> Vec<String> {
        let line = |insn| print_one(assembler.dialect, insn);
        insns.iter().map(line).collect()
    };
    let refused = assembler.assemble(&lines(&insns)).err().unwrap_or_default();
    let is_refused = |(number, _): &(usize, Insn)| refused.contains(&(number + 1));
    let numbered = insns.into_iter().enumerate();
    let (refused, known): (Vec<_>, Vec<_>) = numbered.partition(is_refused);
    let known: Vec<Insn> = known.into_iter().map(|(_, insn)| insn).collect();
    let theirs = assembler.assemble(&lines(&known)).unwrap();
    let mut rest = theirs.as_slice();
    for insn in &known {
        let ours = encode(&[*insn], assembler.endian);
        let (bytes, after) = rest.split_at(ours.len().min(rest.len()));
        let line = print_one(assembler.dialect, insn);
        assert_eq!(bytes, ours, "{line} ({})", assembler.program);
        rest = after;
    }
    assert!(rest.is_empty(), "{} bytes are left", rest.len());
    assert!(
        known.len() > 500,
        "only {} lines were accepted",
        known.len()
    );
    let refused: BTreeSet<_> = refused.iter().map(|(_, insn)| kind_of(insn)).collect();
    report(&format!(
        "{} agrees on {} lines; it does not know {refused:?}",
        assembler.program,
        known.len(),
    ));
}

/// `Alu`, `Jump`, …
fn kind_of(insn: &Insn) -> String {
    let text = format!("{insn:?}");
    let end = text.find(|c: char| !c.is_alphanumeric());
    text[..end.unwrap_or(text.len())].to_owned()
}

/// Leaves out what is spelt our own way because other assemblers have no spelling: see `text::operand`.
fn is_common_language(insn: &Insn) -> bool {
    match insn {
        Insn::LoadImm64 { value, .. } => matches!(value, Imm64::Const(_)),
        Insn::Call(callee) => matches!(callee, Callee::Helper(_) | Callee::Reg(_)),
        _ => true,
    }
}

impl Assembler {
    /// The contents of section `.text`, or the numbers of the lines that the assembler refuses.
    fn assemble(&self, lines: &[String]) -> Result<Vec<u8>, BTreeSet<usize>> {
        let scratch = Scratch::new(self.dialect, self.endian);
        fs::write(&scratch.source, lines.join("\n") + "\n")
            .expect("temporary files can be written");
        let output = Command::new(&self.program)
            .args(&self.arguments)
            .arg("-o")
            .args([&scratch.object, &scratch.source])
            .output()
            .expect("the assembler was found on the PATH");
        if !output.status.success() {
            let messages = String::from_utf8_lossy(&output.stderr);
            return Err(messages.lines().filter_map(line_of_error).collect());
        }
        let object = fs::read(&scratch.object).expect("the assembler succeeded");
        Ok(text_section(&object, self.endian).expect("the assembler wrote an ELF object"))
    }
}

/// `file.s:12:3: error: …` (LLVM) or `file.s:12: Error: …` (GNU)
fn line_of_error(message: &str) -> Option<usize> {
    let (place, _) = message
        .split_once(": error:")
        .or_else(|| message.split_once(": Error:"))?;
    let (_, numbers) = place.split_once(".s:")?;
    numbers.split(':').next()?.parse().ok()
}

/// Files that go when this does.
struct Scratch {
    source: PathBuf,
    object: PathBuf,
}

impl Scratch {
    fn new(dialect: Dialect, endian: Endian) -> Scratch {
        let name = format!("bpfcc-oracle-{}-{dialect:?}-{endian:?}", process::id());
        let base = env::temp_dir().join(name);
        Scratch {
            source: base.with_extension("s"),
            object: base.with_extension("o"),
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        for file in [&self.source, &self.object] {
            // A file that was never made needs no removal.
            let _ = fs::remove_file(file);
        }
    }
}

/// A small reader of 64-bit ELF: section headers are 64 bytes, `.text` is the first that holds code.
fn text_section(object: &[u8], endian: Endian) -> Option<Vec<u8>> {
    let number = |offset: usize, size: usize| {
        let bytes = object.get(offset..offset + size)?;
        let append = |value: usize, byte: &u8| value << 8 | usize::from(*byte);
        Some(match endian {
            Endian::Little => bytes.iter().rev().fold(0, append),
            Endian::Big => bytes.iter().fold(0, append),
        })
    };
    let (table, count) = (number(0x28, 8)?, number(0x3c, 2)?);
    let is_code = |section: &usize| number(section + 8, 8).is_some_and(|flags| flags & 4 != 0);
    let section = (0..count).map(|i| table + 64 * i).find(is_code)?;
    let (offset, size) = (number(section + 0x18, 8)?, number(section + 0x20, 8)?);
    object.get(offset..offset + size).map(<[u8]>::to_vec)
}

fn first_on_path(mut names: impl Iterator<Item = String>) -> Option<String> {
    let path = env::var_os("PATH")?;
    names.find(|name| env::split_paths(&path).any(|directory| directory.join(name).is_file()))
}

#[expect(clippy::print_stdout, reason = "tests report to their reader")]
fn report(message: &str) {
    println!("{message}");
}

fn skip(program: &str) {
    report(&format!("skipped: {program} is not on the PATH"));
}
