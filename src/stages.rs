//! Every stage of the compiler as text. The command's `--emit`, the file tests and whatever else shows a stage use
//! [`text()`], so the same program prints the same everywhere.

use std::path::Path;
use std::str::FromStr;

use bpfcc_backend as backend;
use bpfcc_frontend::source::FileId;
use bpfcc_frontend::tree_text;
use bpfcc_ir::Module;
use bpfcc_ir::analysis::dot::dot;
use bpfcc_ir::pass::{self, PASSES};
use bpfcc_isa::{Endian, encode_one, text};
use bpfcc_object::{btf, ext};

use crate::{Compilation, Compiler, Options, objdump};

/// A stage of the compiler.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stage {
    /// `pp`: what the preprocessor hands on.
    Preprocessed,
    /// `pp:plain`: the same without line markers.
    Plain,
    /// `pp:macros`: the macros that are defined at the end.
    Macros,
    /// `ast`: lang-c's tree.
    Ast,
    /// `tree`: the typed tree.
    Tree,
    /// `ir:lower`: the IR as it was lowered.
    Lowered,
    /// `ir:adapt`: the IR after the adaptation to the target, before all passes.
    Adapted,
    /// `ir:after=NAME`: the IR after the last run of a pass.
    AfterPass(&'static str),
    /// `ir`: the IR after all passes.
    Ir,
    /// `cfg`: the control flow graphs after all passes, for Graphviz.
    Cfg,
    /// `select`: BPF instructions on virtual registers.
    Selected,
    /// `regalloc`: the same with the registers found for them.
    Allocated,
    /// `asm`: assembly.
    Assembly,
    /// `bytes`: instructions as bytes, beside their assembly.
    Bytes,
    /// `btf`: types, functions and lines of the object file.
    Btf,
    /// `objdump`: what is in the object file, as the command of this name shows it.
    Objdump,
}

impl Stage {
    /// Names that `--emit` takes, without those of the passes.
    pub const NAMES: [&str; 15] = [
        "pp",
        "pp:plain",
        "pp:macros",
        "ast",
        "tree",
        "ir:lower",
        "ir:adapt",
        "ir",
        "cfg",
        "select",
        "regalloc",
        "asm",
        "bytes",
        "btf",
        "objdump",
    ];
}

impl FromStr for Stage {
    type Err = String;

    fn from_str(name: &str) -> Result<Stage, String> {
        if let Some(pass) = name.strip_prefix("ir:after=") {
            let found = PASSES.iter().find(|row| row.name == pass);
            let names: Vec<&str> = PASSES.iter().map(|row| row.name).collect();
            return found.map(|row| Stage::AfterPass(row.name)).ok_or_else(|| {
                format!(
                    "there is no pass `{pass}`; the passes are {}",
                    names.join(", ")
                )
            });
        }
        Ok(match name {
            "pp" => Stage::Preprocessed,
            "pp:plain" => Stage::Plain,
            "pp:macros" => Stage::Macros,
            "ast" => Stage::Ast,
            "tree" => Stage::Tree,
            "ir:lower" => Stage::Lowered,
            "ir:adapt" => Stage::Adapted,
            "ir" => Stage::Ir,
            "cfg" => Stage::Cfg,
            "select" => Stage::Selected,
            "regalloc" => Stage::Allocated,
            "asm" => Stage::Assembly,
            "bytes" => Stage::Bytes,
            "btf" => Stage::Btf,
            "objdump" => Stage::Objdump,
            _ => {
                let names = Stage::NAMES.join(", ");
                return Err(format!(
                    "there is no stage `{name}`; the stages are {names} and ir:after=PASS"
                ));
            }
        })
    }
}

/// The text of a stage for a C file on disk, `-` being standard input.
pub fn file_text(path: &Path, options: &Options, stage: &Stage) -> Compilation<String> {
    Compiler::for_file(path, options).run(|compiler, main| stage_text(compiler, main, stage))
}

/// The text of a stage for C text; `name` stands for the file in messages.
pub fn text(name: &str, source: &str, options: &Options, stage: &Stage) -> Compilation<String> {
    Compiler::for_text(name, source, options)
        .run(|compiler, main| stage_text(compiler, main, stage))
}

fn stage_text(compiler: &mut Compiler<'_>, main: FileId, stage: &Stage) -> Option<String> {
    if *stage == Stage::Macros {
        return Some(compiler.macros(main));
    }
    let is_text = matches!(stage, Stage::Preprocessed | Stage::Plain);
    let tokens = compiler.preprocess(main, !is_text);
    match stage {
        Stage::Preprocessed => return Some(tokens.text_with_line_markers(&compiler.sources)),
        Stage::Plain => return Some(tokens.text_without_line_markers(&compiler.sources)),
        _ => {}
    }
    let ast = compiler.parse(tokens)?;
    if *stage == Stage::Ast {
        return Some(format!("{:#?}\n", ast.ast));
    }
    let tree = compiler.check(&ast)?;
    if *stage == Stage::Tree {
        return Some(tree_text::print(&tree));
    }
    let mut module = compiler.lower(&tree)?;
    if *stage == Stage::Lowered {
        return Some(module.to_string());
    }
    compiler.adapt(&mut module)?;
    match stage {
        Stage::Adapted => return Some(module.to_string()),
        Stage::AfterPass(name) => return Some(after_pass(compiler, &mut module, name)),
        _ => compiler.optimise(&mut module),
    }
    match stage {
        Stage::Ir => Some(module.to_string()),
        Stage::Cfg => Some(control_flow(&module)),
        _ => backend_text(compiler, &module, stage),
    }
}

/// The module after the last run of a pass; at a level where it does not run, after all passes.
fn after_pass(compiler: &Compiler<'_>, module: &mut Module, name: &str) -> String {
    let mut text = None;
    pass::run_all(module, &compiler.pass_options(), |pass, module| {
        if pass.name == name {
            text = Some(module.to_string());
        }
    });
    text.unwrap_or_else(|| module.to_string())
}

fn control_flow(module: &Module) -> String {
    let defined = module
        .functions
        .values()
        .filter(|func| !func.is_declaration());
    defined.map(|func| dot(module, func)).collect()
}

fn backend_text(compiler: &mut Compiler<'_>, module: &Module, stage: &Stage) -> Option<String> {
    let options = compiler.backend_options();
    let text = match stage {
        Stage::Selected => backend::select_text(module, &options),
        Stage::Allocated => backend::regalloc_text(module, &options),
        Stage::Bytes => {
            let text = |all: Vec<_>| all.iter().map(|one| bytes(one, module.endian)).collect();
            backend::listings(module, &options).map(text)
        }
        Stage::Btf => return compiler.generate(module).map(|object| types(&object)),
        Stage::Objdump => return compiler.generate(module).map(|object| contents(&object)),
        _ => backend::asm_text(module, &options, compiler.options.dialect),
    };
    compiler.accept(module, text)
}

/// Each instruction with its slot and bytes; what the linker fills in is zero.
fn bytes(listing: &backend::Listing, endian: Endian) -> String {
    let mut text = String::new();
    let mut slot = 0;
    for insn in &listing.insns {
        if let Some(label) = listing.names.labels.get(&slot) {
            text += &format!("{label}:\n");
        }
        let mut code = Vec::new();
        encode_one(insn, endian, &mut code);
        let hex: Vec<String> = code.iter().map(|byte| format!("{byte:02x}")).collect();
        let symbol = listing.names.symbols.get(&slot);
        let symbol = symbol.map_or(String::new(), |name| format!("  // {name}"));
        let asm = text::print_one(text::Dialect::PseudoC, insn);
        text += &format!("{slot:5}  {}  {asm}{symbol}\n", hex.join(" "));
        slot += insn.slots();
    }
    text
}

fn contents(object: &bpfcc_object::Object) -> String {
    let options = objdump::Options {
        source: true,
        ..objdump::Options::default()
    };
    objdump::text(object, &options).expect("all of it is there")
}

fn types(object: &bpfcc_object::Object) -> String {
    let types = object.btf.as_ref().map(btf::text).unwrap_or_default();
    let ext = object.ext.as_ref().map(ext::text).unwrap_or_default();
    format!("{types}\n{ext}")
}
