//! `bpfcc FILE`: compile to an object, to assembly, or to the text of any stage.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use bpfcc::stages::Stage;
use bpfcc::{Dialect, Options, compile_file, stages};
use bpfcc_frontend::source::Sources;
use bpfcc_frontend::warn::Switch;

use super::depend::DependArgs;
use super::inputs::{self, Input, Inputs, Language};
use super::link;
use super::options::CompileArgs;
use super::output;
use super::query::QueryArgs;
use super::report::{self, Report};

/// What to compile, and to what.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    inputs: Inputs,
    /// Output file, `-` for standard output. Several files, objects among them, are linked into it. Default: each FILE
    /// with `.o`, in the current directory; text goes to standard output.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Compile without linking.
    #[arg(short)]
    compile_only: bool,
    /// Print assembly.
    #[arg(short = 'S', conflicts_with = "emit")]
    assembly: bool,
    /// Preprocess only.
    #[arg(short = 'E', conflicts_with_all = ["emit", "assembly"])]
    preprocess: bool,
    /// With -E: leave out the line markers.
    #[arg(short = 'P')]
    no_line_markers: bool,
    /// With -E: print the macros that are defined at the end instead.
    #[arg(long = "dM")]
    print_macros: bool,
    /// Dialect of assembly: llvm, gnu or bpf64 (that of 2014).
    #[arg(long, value_name = "DIALECT", default_value = "llvm", value_parser = parse_dialect)]
    asm: Dialect,
    /// Print the text of a stage instead: pp (pp:plain, pp:macros), ast, tree, ir, select, regalloc, asm, bytes, btf, objdump. `ir:lower` is the IR before
    /// all passes (`ir:adapt`: after the adaptation to the target), `ir:after=NAME` the IR after one of them.
    #[arg(long, value_name = "STAGE")]
    emit: Option<Stage>,
    /// Compile, and write nothing but diagnostics.
    #[arg(long, conflicts_with_all = ["emit", "assembly", "preprocess"])]
    syntax_only: bool,
    /// Print which kernels load the program, and what of it forces that; objects are looked at, too.
    #[arg(long, value_enum, value_name = "WHAT", conflicts_with_all = ["emit", "assembly", "preprocess"])]
    report: Option<Report>,
    /// Explain the code of an error or warning.
    #[arg(long, value_name = "CODE", help_heading = "Diagnostics")]
    explain: Option<String>,
    #[command(flatten)]
    compile: CompileArgs,
    #[command(flatten)]
    depend: DependArgs,
    #[command(flatten)]
    query: QueryArgs,
}

/// Compiles as the arguments say.
pub(crate) fn run(args: &Args) -> Result<()> {
    if let Some(code) = &args.explain {
        return explain(code);
    }
    let mut options = args.compile.to_options();
    if let Some(answer) = args.query.answer(options.endian) {
        return output::print(&answer);
    }
    let files = &args.inputs.files;
    options.dialect = args.asm;
    options.frontend.preprocessor.missing_headers_are_empty = args.depend.names_missing();
    if args.query.verbose || args.query.dry_run {
        args.query.describe(&options.frontend.preprocessor)?;
        if files.is_empty() || args.query.dry_run {
            return Ok(());
        }
    }
    check(args)?;
    if links(args) {
        return link_all(args, &options);
    }
    // Each file is compiled, whatever became of those before it.
    let results = files.iter().map(|input| compile(args, input, &options));
    let (_, failed): (Vec<_>, Vec<_>) = results.partition(Result::is_ok);
    let mut errors = failed.into_iter().filter_map(Result::err);
    match errors.next() {
        None => Ok(()),
        Some(first) => {
            errors.for_each(|error| output::report(&error));
            Err(first)
        }
    }
}

/// Whether the arguments fit together.
fn check(args: &Args) -> Result<()> {
    let files = &args.inputs.files;
    if files.is_empty() {
        bail!("no input file; try `bpfcc --help`");
    }
    if files.len() > 1 && output(args).is_some() && !links(args) {
        bail!(
            "`-o` names one output, but there are {} files; leave it out, or have them linked, without `-c`, `-S` and `-E`",
            files.len()
        );
    }
    if links(args) && args.depend.beside() {
        bail!(
            "-MD and -MMD write one rule, but there are several files; compile them one by one with `-c`"
        );
    }
    for input in files {
        if inputs::is_object(&input.path) {
            if links(args) || args.report.is_some() {
                continue;
            }
            bail!(
                "`{}` is an object, which can only be linked; say where to with `-o`, and leave out `-c`",
                input.path.display()
            );
        }
        if let Some(why) = inputs::foreign(&input.path) {
            bail!("`{}`: {why}", input.path.display());
        }
    }
    if args.depend.is_idle() {
        bail!("-MF, -MT, -MQ, -MG and -MP say how to write dependencies; add -M, -MM, -MD or -MMD");
    }
    Ok(())
}

/// The output that `-o` names, unless it is to be thrown away.
fn output(args: &Args) -> Option<&Path> {
    let named = args.output.as_deref();
    named.filter(|path| *path != Path::new("/dev/null"))
}

/// Whether the files are to become one object.
fn links(args: &Args) -> bool {
    let files = &args.inputs.files;
    let has_object = files.iter().any(|input| inputs::is_object(&input.path));
    let makes_object =
        stage(args).is_none() && args.report.is_none() && !args.syntax_only && !args.depend.only();
    makes_object && !args.compile_only && output(args).is_some() && (files.len() > 1 || has_object)
}

/// Compiles what is C and links all of it.
fn link_all(args: &Args, options: &Options) -> Result<()> {
    let files = args.inputs.files.iter();
    let objects: Vec<_> = files.map(|input| object(args, input, options)).collect();
    let objects: Result<Vec<_>> = objects.into_iter().collect();
    link::write(&objects?, output(args).unwrap_or(Path::new("-")))
}

fn object(args: &Args, input: &Input, options: &Options) -> Result<bpfcc_object::link::Input> {
    if inputs::is_object(&input.path) {
        return link::read(&input.path);
    }
    let compilation = compile_file(&input.path, &options_for(input, options));
    Ok(bpfcc_object::link::Input {
        name: input.path.display().to_string(),
        object: output::finish(compilation, &args.compile.messages)?.object,
    })
}

fn options_for(input: &Input, options: &Options) -> Options {
    let mut options = options.clone();
    options.frontend.preprocessor.is_preprocessed = input.language == Language::Preprocessed;
    options
}

/// Compiles one file.
fn compile(args: &Args, input: &Input, options: &Options) -> Result<()> {
    let options = options_for(input, options);
    let messages = &args.compile.messages;
    let input = input.path.as_path();
    if args.depend.only() {
        return print_rule(args, input, options);
    }
    if let Some(Report::Kernel) = args.report {
        return print(args, &report::kernel(input, &options, messages)?);
    }
    match stage(args) {
        Some(stage) => {
            let compilation = stages::file_text(input, &options, &stage);
            let rule = rule(args, input, &compilation.sources);
            let text = output::finish(compilation, messages)?;
            write_rule(args, input, rule)?;
            print(args, &text)
        }
        None => {
            let compilation = compile_file(input, &options);
            let rule = rule(args, input, &compilation.sources);
            let bytes = output::finish(compilation, messages)?.to_elf()?;
            write_rule(args, input, rule)?;
            if args.syntax_only {
                return Ok(());
            }
            let default = || object_name(input);
            output::write(&args.output.clone().unwrap_or_else(default), &bytes)
        }
    }
}

/// Text goes to standard output, unless `-o` says otherwise.
fn print(args: &Args, text: &str) -> Result<()> {
    match &args.output {
        Some(path) => output::write(path, text.as_bytes()),
        None => output::print(text),
    }
}

fn explain(code: &str) -> Result<()> {
    let Some(text) = bpfcc::explain::explain(code) else {
        bail!(
            "no diagnostic has the code `{code}`; docs/errors.md and docs/diagnostics.md list them"
        );
    };
    output::print(&text)
}

// Dependencies.

/// `-M` and `-MM`: the rule is the output, and there are no warnings.
fn print_rule(args: &Args, input: &Path, mut options: Options) -> Result<()> {
    options.frontend.warnings.set(Switch::None);
    let compilation = stages::file_text(input, &options, &Stage::Preprocessed);
    let rule = rule(args, input, &compilation.sources);
    output::finish(compilation, &args.compile.messages)?;
    let default = args.output.clone().unwrap_or_else(|| PathBuf::from("-"));
    output::write(&args.depend.file_or(default), rule.as_bytes())
}

/// The rule that names the output, or what it would be if it is no object and no assembly.
fn rule(args: &Args, input: &Path, sources: &Sources) -> String {
    let is_made = !args.depend.only() && !args.preprocess && args.emit.is_none();
    let output = args.output.clone().filter(|_| is_made);
    let target = output.unwrap_or_else(|| object_name(input));
    args.depend.rule(sources, &target)
}

/// `-MD` and `-MMD`: the rule goes beside the output.
fn write_rule(args: &Args, input: &Path, rule: String) -> Result<()> {
    if !args.depend.beside() {
        return Ok(());
    }
    let output = args.output.clone().filter(|path| path != Path::new("-"));
    let beside = output.unwrap_or_else(|| object_name(input));
    let path = args.depend.file_or(beside.with_extension("d"));
    output::write(&path, rule.as_bytes())
}

fn stage(args: &Args) -> Option<Stage> {
    if args.preprocess {
        return Some(match (args.print_macros, args.no_line_markers) {
            (true, _) => Stage::Macros,
            (false, true) => Stage::Plain,
            (false, false) => Stage::Preprocessed,
        });
    }
    if args.assembly {
        return Some(Stage::Assembly);
    }
    args.emit.clone()
}

/// `dir/dropmon.bpf.c` → `dropmon.bpf.o`, as C compilers name it.
fn object_name(input: &Path) -> PathBuf {
    match input.file_stem() {
        Some(stem) if input != Path::new("-") => Path::new(stem).with_added_extension("o"),
        _ => PathBuf::from("a.o"),
    }
}

pub(crate) fn parse_dialect(text: &str) -> Result<Dialect, String> {
    Dialect::from_name(text).ok_or_else(|| "use llvm, gnu or bpf64".to_owned())
}
