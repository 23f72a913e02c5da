//! bpfcc: restricted C in, BPF object files out.
//!
//! The private function `compile` is the whole compiler on one page; [`stages`] prints what is between its steps.
//!
//! ```
//! use bpfcc::{Options, compile_text};
//! use bpfcc_runtime::{Engine, EnvironmentChoice, Vm};
//!
//! let compilation = compile_text("half.c", "unsigned half(unsigned x) { return x / 2; }", &Options::default());
//! let compiled = compilation.result.expect("no errors");
//! let vm = Vm::load(&compiled.object, Some("half"), EnvironmentChoice::BySection).unwrap();
//! assert_eq!(vm.call(Engine::Interp, [7, 0, 0, 0, 0]).unwrap(), 3);
//! ```

mod adapt;
pub mod explain;
pub mod json;
pub mod kernel;
mod limits;
pub mod objdump;
mod place;
pub mod render;
pub mod requirements;
pub mod stages;

use std::path::Path;

use bpfcc_backend::{self as backend, BackendError};
use bpfcc_frontend::diagnostic::{Diagnostic, any_error};
use bpfcc_frontend::pp::{self, TokenStream};
use bpfcc_frontend::source::{FileId, PrefixMap, Sources};
use bpfcc_frontend::{kernel_types, lower, parse, sema, tree, warn};
use bpfcc_ir::Module;
use bpfcc_ir::debug::Renaming;
use bpfcc_ir::pass::{self, PassOptions};
use bpfcc_isa::kernel::Feature;
use bpfcc_object::{Object, dwarf, elf};

pub use bpfcc_frontend::pp::MacroOption;
pub use bpfcc_ir::pass::Level;
use requirements::Requirements;

pub use bpfcc_isa::kernel::Version;
pub use bpfcc_isa::text::Dialect;
pub use bpfcc_isa::{Cpu, Endian};

/// Which host the object file is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Target {
    /// The one that the program was written for: nothing is adapted.
    #[default]
    AsWritten,
    /// Linux: tables, functions and events of 2014 become maps, helpers and raw tracepoints.
    Linux,
}

impl Target {
    /// Names that `--target` takes.
    pub const NAMES: [(&str, Target); 2] =
        [("as-written", Target::AsWritten), ("linux", Target::Linux)];

    /// The target with this name.
    pub fn from_name(name: &str) -> Option<Target> {
        let mut names = Target::NAMES.iter();
        names.find(|(known, _)| *known == name).map(|row| row.1)
    }
}

/// How to compile.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Preprocessor and language.
    pub frontend: bpfcc_frontend::Options,
    /// Which host the program is for.
    pub target: Target,
    /// How much to optimise.
    pub level: Level,
    /// Which instructions may be used.
    pub cpu: Cpu,
    /// Byte order of the machine that runs the program.
    pub endian: Endian,
    /// `--kernel`: the oldest kernel that is to load the program.
    pub kernel: Option<Version>,
    /// `-g0`: leave types and lines out of the object.
    pub no_debug_info: bool,
    /// `-gdwarf`: describe types and lines as DWARF too.
    pub dwarf: Option<Dwarf>,
    /// `-fdebug-prefix-map`: how paths begin in line information.
    pub debug_prefix_map: Vec<PrefixMap>,
    /// How assembly is printed.
    pub dialect: Dialect,
}

impl Options {
    /// Chooses what a kernel has of what is a matter of choice: the level of the instruction set, and whether loops and calls
    /// may stay. What it lacks besides will be an error.
    pub fn choose_for(&mut self, kernel: Version) {
        self.kernel = Some(kernel);
        self.cpu = kernel.newest_cpu();
        self.frontend.language.allowed.loops &= kernel.has(Feature::Loops);
    }
}

/// DWARF beside BTF, for tools that read nothing else.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dwarf {
    /// Edition of the standard.
    pub version: dwarf::Version,
    /// The directory that relative paths start from; `-fdebug-prefix-map` applies to it.
    pub directory: String,
}

/// What came of a compilation: a result unless there were errors, and everything that was said.
#[derive(Debug)]
pub struct Compilation<T> {
    /// The files that were read, to print diagnostics with.
    pub sources: Sources,
    /// Errors and warnings, in order of appearance.
    pub diagnostics: Vec<Diagnostic>,
    /// The result; `None` if there was an error.
    pub result: Option<T>,
}

/// A compiled C file.
#[derive(Debug)]
pub struct Compiled {
    /// The IR that instructions were selected from.
    pub module: Module,
    /// The object file.
    pub object: Object,
}

impl Compiled {
    /// The bytes of the object file.
    pub fn to_elf(&self) -> Result<Vec<u8>, elf::WriteError> {
        elf::write(&self.object)
    }
}

/// Compiles a C file on disk; `-` is standard input.
pub fn compile_file(path: &Path, options: &Options) -> Compilation<Compiled> {
    Compiler::for_file(path, options).run(compile)
}

/// Compiles C text; `name` stands for the file in messages.
pub fn compile_text(name: &str, text: &str, options: &Options) -> Compilation<Compiled> {
    Compiler::for_text(name, text, options).run(compile)
}

/// The pipeline. Each step gives nothing if what it found wrong leaves the next one nothing to do.
fn compile(compiler: &mut Compiler<'_>, main: FileId) -> Option<Compiled> {
    let tokens = compiler.preprocess(main, true);
    let ast = compiler.parse(tokens)?;
    let tree = compiler.check(&ast)?;
    let mut module = compiler.lower(&tree)?;
    compiler.adapt(&mut module)?;
    compiler.optimise(&mut module);
    let object = compiler.generate(&module)?;
    Some(Compiled { module, object })
}

/// One compilation in progress: its files, its options, and what has been said so far. Each step is one arrow of the
/// pipeline.
struct Compiler<'a> {
    sources: Sources,
    diagnostics: Vec<Diagnostic>,
    options: &'a Options,
    main: Option<FileId>,
    /// Where the program switches warnings.
    regions: warn::Regions,
}

impl<'a> Compiler<'a> {
    fn new(options: &'a Options) -> Compiler<'a> {
        Compiler {
            sources: Sources::new(),
            diagnostics: Vec::new(),
            options,
            main: None,
            regions: warn::Regions::default(),
        }
    }

    fn for_file(path: &Path, options: &'a Options) -> Compiler<'a> {
        let mut compiler = Compiler::new(options);
        let main = if path == Path::new("-") {
            let text = std::io::read_to_string(std::io::stdin());
            text.map(|text| compiler.sources.add_virtual("<stdin>", text))
                .map_err(|error| format!("cannot read standard input: {error}"))
        } else {
            compiler
                .sources
                .load(path)
                .map_err(|error| error.to_string())
        };
        match main {
            Ok(main) => compiler.main = Some(main),
            Err(message) => compiler
                .diagnostics
                .push(Diagnostic::error(None, message).code("system")),
        }
        compiler
    }

    fn for_text(name: &str, text: &str, options: &'a Options) -> Compiler<'a> {
        let mut compiler = Compiler::new(options);
        compiler.main = Some(compiler.sources.add_virtual(name, text));
        compiler
    }

    /// Does the work where deep trees have room, and packs up what came of it.
    fn run<T: Send>(
        mut self,
        work: impl FnOnce(&mut Compiler<'_>, FileId) -> Option<T> + Send,
    ) -> Compilation<T> {
        let done = self
            .main
            .map(|main| parse::with_big_stack(|| work(&mut self, main)));
        let result = match done {
            Some(Ok(result)) => result,
            Some(Err(diagnostic)) => {
                self.diagnostics.push(diagnostic);
                None
            }
            None => None,
        };
        let warnings = &self.options.frontend.warnings;
        let diagnostics = warnings.apply(&self.sources, &self.regions, self.diagnostics);
        let result = result.filter(|_| !any_error(&diagnostics));
        Compilation {
            sources: self.sources,
            diagnostics,
            result,
        }
    }

    fn preprocessor_options(&self) -> pp::Options {
        pp::Options {
            cpu: self.options.cpu,
            endian: self.options.endian,
            ..self.options.frontend.preprocessor.clone()
        }
    }

    fn macros(&mut self, main: FileId) -> String {
        let options = self.preprocessor_options();
        let types = self.options.frontend.kernel_types.as_deref();
        let (text, diagnostics) =
            kernel_types::macros_text(&mut self.sources, main, &options, types);
        self.diagnostics.extend(diagnostics);
        text
    }

    /// The tokens; declarations of headers may stay text until `parse` needs them.
    fn preprocess(&mut self, main: FileId, skims_headers: bool) -> TokenStream {
        let options = pp::Options {
            skims_headers,
            ..self.preprocessor_options()
        };
        let types = self.options.frontend.kernel_types.as_deref();
        let (tokens, diagnostics) =
            kernel_types::preprocess(&mut self.sources, main, &options, types);
        self.diagnostics.extend(diagnostics);
        self.regions = warn::Regions::new(&tokens);
        tokens
    }

    fn parse(&mut self, tokens: TokenStream) -> Option<parse::Unit> {
        let (unit, errors) = parse::parse_with_recovery(tokens);
        // What the preprocessor found wrong explains most of what follows.
        if !any_error(&self.diagnostics) {
            self.diagnostics.extend(errors);
        }
        unit
    }

    fn check(&mut self, unit: &parse::Unit) -> Option<tree::Unit> {
        let options = sema::Options {
            endian: self.options.endian,
            ..self.options.frontend.language
        };
        let (tree, diagnostics) = sema::check(unit, &options);
        self.diagnostics.extend(diagnostics);
        let is_whole = !any_error(&self.diagnostics);
        if let Some(tree) = tree.as_ref().filter(|_| is_whole) {
            self.diagnostics.extend(warn::check(tree, &self.sources));
        }
        tree
    }

    fn lower(&mut self, tree: &tree::Unit) -> Option<Module> {
        let (mut module, diagnostics) = lower::module(tree, &self.sources);
        self.diagnostics.extend(diagnostics);
        if !self.options.debug_prefix_map.is_empty() {
            self.rename_files(&mut module);
        }
        (!any_error(&self.diagnostics)).then_some(module)
    }

    /// Gives the files of line information the names that they are to have in the object.
    fn rename_files(&self, module: &mut Module) {
        let maps = &self.options.debug_prefix_map;
        for file in &mut module.debug.files {
            let first = Renaming {
                from: 0,
                line: 0,
                name: file.name.clone(),
            };
            file.renamings.insert(0, first);
            for renaming in &mut file.renamings {
                renaming.name = PrefixMap::apply(maps, &renaming.name);
            }
        }
    }

    fn adapt(&mut self, module: &mut Module) -> Option<()> {
        let diagnostics = match self.options.target {
            Target::AsWritten => Vec::new(),
            Target::Linux => adapt::to_linux(&self.sources, module),
        };
        self.diagnostics.extend(diagnostics);
        (!any_error(&self.diagnostics)).then_some(())
    }

    fn optimise(&self, module: &mut Module) {
        pass::run_all(module, &self.pass_options(), |_, _| {});
    }

    fn generate(&mut self, module: &Module) -> Option<Object> {
        let object = backend::compile(module, &self.backend_options());
        let object = self.accept(module, object)?;
        match self.options.kernel {
            Some(kernel) => self.load_into(kernel, module, &object).then_some(object),
            None => Some(object),
        }
    }

    /// Whether a kernel has all that the object needs; says what it lacks.
    fn load_into(&mut self, kernel: Version, module: &Module, object: &Object) -> bool {
        let mut needs = Requirements::of(object);
        if self.options.no_debug_info && needs.kernel().is_none_or(|needed| needed > kernel) {
            // Only an object with lines says where.
            let options = backend::Options {
                debug_info: true,
                ..self.backend_options()
            };
            if let Ok(object) = backend::compile(module, &options) {
                needs = Requirements::of(&object);
            }
        }
        let errors = needs.errors(&self.sources, kernel);
        let is_enough = errors.is_empty();
        self.diagnostics.extend(errors);
        is_enough
    }

    fn pass_options(&self) -> PassOptions {
        PassOptions {
            level: self.options.level,
            no_loops: !self.options.frontend.language.allowed.loops,
            no_calls: self
                .options
                .kernel
                .is_some_and(|kernel| !kernel.has(Feature::LocalCalls)),
        }
    }

    fn backend_options(&self) -> backend::Options {
        backend::Options {
            cpu: self.options.cpu,
            debug_info: !self.options.no_debug_info,
            dwarf: self.options.dwarf.as_ref().map(|dwarf| self.unit(dwarf)),
        }
    }

    /// What the C file is called; of a preprocessed one, what its first line says.
    fn unit(&self, dwarf: &Dwarf) -> dwarf::Unit {
        let maps = &self.options.debug_prefix_map;
        let is_preprocessed = self.options.frontend.preprocessor.is_preprocessed;
        let name = self.main.map_or("", |main| {
            let main = self.sources.file(main);
            let said = main.renamings().first().filter(|_| is_preprocessed);
            said.map_or(main.path(), |renaming| &renaming.name)
        });
        dwarf::Unit {
            version: dwarf.version,
            name: PrefixMap::apply(maps, name),
            directory: PrefixMap::apply(maps, &dwarf.directory),
        }
    }

    /// The backend's result, or its errors and the loops that are left as diagnostics.
    fn accept<T>(&mut self, module: &Module, result: Result<T, Vec<BackendError>>) -> Option<T> {
        let no_loops = self.pass_options().no_loops;
        let loops = no_loops.then(|| limits::loops(&self.sources, module));
        let loops = loops.unwrap_or_default();
        let errors = match result {
            Ok(value) if loops.is_empty() => return Some(value),
            Ok(_) => Vec::new(),
            Err(errors) => errors,
        };
        self.diagnostics.extend(loops);
        let all = errors
            .iter()
            .map(|error| limits::diagnostic(&self.sources, &module.debug, error));
        self.diagnostics.extend(all);
        None
    }
}
