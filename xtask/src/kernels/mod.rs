//! A laboratory of real kernels: what Linux says to our programs, from 5.10 to the newest that Debian has.
//!
//! Each case of `lab/cases` is compiled at every level and for every instruction set version that a kernel knows, and then loaded, attached,
//! triggered and read back by `lab/agent.c` in a machine that runs that kernel under emulation:
//!
//! ```text
//!  lab/cases/*.c ──bpfcc──► objects ─┐
//!  lab/agent.c ──gcc, libbpf──► init ┴─cpio──► initrd ──QEMU with a kernel of Debian──► console ──► table
//! ```
//!
//! Nothing of this touches the kernel that the task runs on.

mod batch;
mod case;
mod generate;
mod guest;
mod image;
mod machine;
mod report;
#[path = "../../../tests/support/testfile.rs"]
#[allow(
    dead_code,
    reason = "blocks and diagnostics are for the file tests themselves"
)]
mod testfile;

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use bpfcc::Cpu;
use bpfcc::Version;

use self::batch::Trial;
use self::case::Case;
use self::guest::FileSystem;
use self::image::Kernel;
use self::machine::Machine;
use self::report::{Outcome, Results};
use crate::args::Args;
use crate::debian::Packages;
use crate::setup::{peers, say};
use crate::workers::on_all_cores;

/// Kernels that are booted unless others are named.
const KERNELS: &str = "5.10,6.1,6.12,6.18,newest";
/// Types for `vmlinux.h` come from this one, so that CO-RE has something to do on the others.
const TYPES_FROM: &str = "6.12";
/// With fewer kernels the answer means too little.
const AT_LEAST: usize = 2;
/// `-O2` means the same as `-O1`.
const LEVELS: [&str; 2] = ["-O0", "-O1"];

/// What the command line asks for.
struct Request {
    machine: &'static Machine,
    /// `None` is the newest that there is.
    kernels: Vec<Option<Version>>,
    filter: String,
    writes_docs: bool,
}

/// `kernels [--kernel 6.1,6.12,…] [--arch arm64] [--docs] [FILTER]`
pub(crate) fn run(args: Args) -> Result<bool> {
    let request = Request::parse(args)?;
    let machine = request.machine;
    if let Some(tool) = machine.missing_tool() {
        bail!(
            "{tool} is missing; Debian's packages qemu-system-x86, gcc, lz4, zstd and cpio are needed"
        );
    }
    let packages = Packages::of(machine.architecture)?;
    let lab = lab();
    let cases = case::read_all(&lab.join("cases"), &request.filter)?;
    let canaries = case::read_all(&lab.join("canaries"), "")?;
    let kernels = fetch_all(&request, &packages);
    if kernels.len() < AT_LEAST.min(request.kernels.len()) {
        bail!(
            "only {} of {} kernels are to be had",
            kernels.len(),
            request.kernels.len()
        );
    }
    let compiler = Compiler {
        program: bpfcc()?,
        types: image::fetch(machine, &packages, Version::parse(TYPES_FROM))?.types,
        machine,
    };
    let agent = guest::build_agent(machine, &packages, &lab)?;
    let laboratory = Laboratory {
        compiler,
        agent,
        canaries: &canaries,
        folder: peers().join("lab").join(machine.architecture),
    };
    let trials: Vec<Trial> = batch::all(&lab.join("../tests/filetests"))?
        .into_iter()
        .filter(|trial| trial.name.contains(&request.filter))
        .collect();
    let jobs: Vec<Job> = cases
        .iter()
        .chain(&canaries)
        .map(Job::Case)
        .chain(trials.iter().map(Job::Trial))
        .collect();
    let compiled = laboratory.compile_all(&jobs, &kernels)?;
    let boots = Boot::all(&kernels, machine)?;
    let results = on_all_cores(&boots, |boot, scratch| {
        Ok((boot.to_string(), laboratory.boot(boot, &compiled, scratch)?))
    })?;
    let results = Results::new(rows(&cases), results);
    say(&results);
    if request.writes_docs {
        results.write(&lab.join("../docs/kernels.md"), machine)?;
    }
    Ok(results.is_good())
}

/// The table's rows: what is in them, and what it shows.
fn rows(cases: &[Case]) -> Vec<(String, String)> {
    let rows = cases
        .iter()
        .map(|case| (case.name.clone(), case.about.clone()));
    let batches = batch::SOURCES.map(|(name, about)| (name.to_owned(), about.to_owned()));
    rows.chain(batches).collect()
}

impl Request {
    fn parse(mut args: Args) -> Result<Request> {
        let mut request = Request {
            machine: &machine::MACHINES[0],
            kernels: versions(KERNELS)?,
            filter: String::new(),
            writes_docs: false,
        };
        while let Some(word) = args.next() {
            match word.as_str() {
                "--kernel" => request.kernels = versions(&args.required("the list of kernels")?)?,
                "--arch" => {
                    let name = args.required("the architecture")?;
                    let machine = Machine::named(&name);
                    request.machine =
                        machine.with_context(|| format!("no machine is called `{name}`"))?;
                }
                "--docs" => request.writes_docs = true,
                _ if word.starts_with('-') => bail!("there is no option `{word}`"),
                _ => {
                    request.filter = word;
                    break;
                }
            }
        }
        args.finish()?;
        Ok(request)
    }
}

/// `6.1,newest` as releases.
fn versions(list: &str) -> Result<Vec<Option<Version>>> {
    let version = |word: &str| match word {
        "newest" => Ok(None),
        _ => Version::parse(word)
            .map(Some)
            .with_context(|| format!("`{word}` is no release of Linux")),
    };
    list.split(',').map(version).collect()
}

fn lab() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    root.unwrap_or(Path::new("..")).join("lab")
}

/// The kernels that there are; of the others it is said that they are missing.
fn fetch_all(request: &Request, packages: &Packages) -> Vec<Kernel> {
    let mut kernels: Vec<Kernel> = Vec::new();
    for wanted in &request.kernels {
        match image::fetch(request.machine, packages, *wanted) {
            Ok(kernel) if kernels.iter().any(|known| known.image == kernel.image) => {}
            Ok(kernel) => kernels.push(kernel),
            Err(error) => say(format_args!("SKIPPED: {error:#}")),
        }
    }
    kernels
}

/// The compiler beside this task, built like it.
fn bpfcc() -> Result<PathBuf> {
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--quiet", "--package", "bpfcc"]);
    if !cfg!(debug_assertions) {
        build.arg("--release");
    }
    if !build.status().context("cannot start cargo")?.success() {
        bail!("bpfcc does not build");
    }
    let task = std::env::current_exe()?;
    let folder = task.parent().context("the task lies in no folder")?;
    Ok(folder.join("bpfcc"))
}

/// A start of a machine.
struct Boot<'a> {
    kernel: &'a Kernel,
    /// Whether programs are translated, or interpreted.
    has_jit: bool,
}

impl Boot<'_> {
    /// Each kernel with its JIT, if it has one, and without, if that is possible.
    fn all<'a>(kernels: &'a [Kernel], machine: &Machine) -> Result<Vec<Boot<'a>>> {
        let mut boots = Vec::new();
        for kernel in kernels {
            let jit = kernel.has_jit()?;
            let ways = [(true, jit), (false, machine.interprets || !jit)];
            let possible = ways.into_iter().filter(|(_, is_possible)| *is_possible);
            boots.extend(possible.map(|(has_jit, _)| Boot { kernel, has_jit }));
        }
        Ok(boots)
    }

    fn can_run(&self, job: &Job, machine: &Machine) -> bool {
        let Job::Case(case) = job else {
            return true;
        };
        let is_for = |name: &String| name == machine.architecture;
        case.since <= self.kernel.version
            && (case.architectures.is_empty() || case.architectures.iter().any(is_for))
            && (self.has_jit || !case.needs_jit)
    }

    fn folder(&self) -> String {
        let engine = if self.has_jit { "jit" } else { "interpreter" };
        format!("{}-{engine}", self.kernel.release)
    }
}

/// The head of its column.
impl fmt::Display for Boot<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kernel.version)?;
        if !self.has_jit {
            write!(f, " no JIT")?;
        }
        Ok(())
    }
}

/// One way to compile a program.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Variant {
    /// At a level, for a version of the instruction set.
    Plain(&'static str, Cpu),
    /// For a kernel: the compiler chooses what that kernel knows.
    For(Version),
}

impl Variant {
    /// All that one of the kernels can be given.
    fn all(kernels: &[Kernel]) -> Vec<Variant> {
        let with_level = |level| Cpu::ALL.map(|cpu| Variant::Plain(level, cpu));
        let plain = LEVELS.into_iter().flat_map(with_level);
        let chosen = kernels.iter().map(|kernel| Variant::For(kernel.version));
        plain.chain(chosen).collect()
    }

    /// Whether it is for this release of Linux.
    fn fits(self, version: Version) -> bool {
        match self {
            Variant::Plain(_, cpu) => cpu <= version.newest_cpu(),
            Variant::For(chosen) => chosen == version,
        }
    }

    fn flags(self) -> Vec<String> {
        match self {
            Variant::Plain(level, cpu) => vec![level.to_owned(), format!("-mcpu={}", cpu.name())],
            Variant::For(version) => vec![format!("--kernel={version}")],
        }
    }
}

impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Variant::Plain(level, cpu) => write!(f, "{level}-{}", cpu.name()),
            Variant::For(version) => write!(f, "-for-{version}"),
        }
    }
}

struct Compiler {
    program: PathBuf,
    /// Where `vmlinux.h` comes from.
    types: PathBuf,
    machine: &'static Machine,
}

impl Compiler {
    /// Compiles a program; the error is what the compiler says.
    fn compile(
        &self,
        file: &Path,
        flags: &[String],
        variant: Variant,
        object: &Path,
    ) -> Result<()> {
        let mut command = Command::new(&self.program);
        command.args(variant.flags());
        command.args(self.machine.flags).args(flags);
        command.arg("--btf").arg(&self.types);
        command.args(["-g", "-c"]).arg(file).arg("-o").arg(object);
        let output = command.output().context("cannot start bpfcc")?;
        if !output.status.success() {
            bail!("{}", String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(())
    }
}

/// A program with what the agent is to do, one of many.
enum Job<'a> {
    /// A case of `lab`.
    Case(&'a Case),
    /// One of a batch.
    Trial(&'a Trial),
}

impl Job<'_> {
    fn name(&self) -> &str {
        match self {
            Job::Case(case) => &case.name,
            Job::Trial(trial) => &trial.name,
        }
    }

    fn label(&self, variant: Variant) -> String {
        format!("{}{variant}", self.name())
    }

    /// Whether it is worth while: of the many trials, two ways besides the kernel's own show enough.
    fn wants(&self, variant: Variant) -> bool {
        const TYPICAL: [Variant; 2] = [
            Variant::Plain("-O0", Cpu::V1),
            Variant::Plain("-O1", Cpu::V3),
        ];
        match (self, variant) {
            (Job::Case(_), _) | (Job::Trial(_), Variant::For(_)) => true,
            (Job::Trial(_), plain) => TYPICAL.contains(&plain),
        }
    }

    fn script(&self, label: &str, object: &str) -> String {
        match self {
            Job::Case(case) => case.script(label, object),
            Job::Trial(trial) => trial.script(label, object),
        }
    }
}

/// A job in one variant: the object, or why there is none.
struct Compiled<'a> {
    job: &'a Job<'a>,
    variant: Variant,
    object: Result<PathBuf, String>,
}

/// Everything that all machines share.
struct Laboratory<'a> {
    compiler: Compiler,
    agent: PathBuf,
    /// Cases that must fail: a laboratory in which they do not is broken.
    canaries: &'a [Case],
    folder: PathBuf,
}

impl Laboratory<'_> {
    /// Compiles all jobs in all variants.
    fn compile_all<'a>(
        &self,
        jobs: &'a [Job<'a>],
        kernels: &[Kernel],
    ) -> Result<Vec<Compiled<'a>>> {
        let folder = self.folder.join("objects");
        std::fs::create_dir_all(&folder)?;
        let variants = Variant::all(kernels);
        let pairs = jobs
            .iter()
            .flat_map(|job| variants.iter().map(move |variant| (job, *variant)));
        let pairs: Vec<(&Job<'_>, Variant)> =
            pairs.filter(|(job, variant)| job.wants(*variant)).collect();
        on_all_cores(&pairs, |(job, variant), scratch| {
            let object = folder.join(format!("{}.o", job.label(*variant).replace('/', "-")));
            let compiled = match job {
                Job::Case(case) => {
                    self.compiler
                        .compile(&case.file, &case.flags, *variant, &object)
                }
                Job::Trial(trial) => {
                    let file = scratch.join("trial.c");
                    std::fs::write(&file, &trial.text)?;
                    self.compiler
                        .compile(&file, &trial.flags, *variant, &object)
                }
            };
            let object = compiled
                .map(|()| object)
                .map_err(|error| format!("{error:#}"));
            Ok(Compiled {
                job,
                variant: *variant,
                object,
            })
        })
    }

    /// Runs all jobs that this kernel can run.
    fn boot(&self, boot: &Boot, compiled: &[Compiled], scratch: &Path) -> Result<Vec<Outcome>> {
        let machine = self.compiler.machine;
        let files = FileSystem::new(&self.folder.join(boot.folder()), &self.agent, boot.kernel)?;
        let mut script = String::new();
        let mut outcomes = Vec::new();
        let fits = |one: &&Compiled| {
            one.variant.fits(boot.kernel.version) && boot.can_run(one.job, machine)
        };
        for one in compiled.iter().filter(fits) {
            let label = one.job.label(one.variant);
            match (&one.object, one.job) {
                (Ok(object), job) => {
                    let (host, guest) = files.object(&label.replace('/', "-"));
                    std::fs::copy(object, host)?;
                    script += &job.script(&label, &guest);
                }
                (Err(why), Job::Case(_)) => outcomes.push(Outcome::failed(&label, why)),
                // What a file test is about may not be for kernels at all.
                (Err(why), Job::Trial(trial)) => outcomes.push(trial.not_compiled(&label, why)),
            }
        }
        let options = format!("sysctl.net.core.bpf_jit_enable={}", u8::from(boot.has_jit));
        let initrd = files.pack(&script)?;
        let console = machine.boot(&boot.kernel.image, initrd, &options, scratch)?;
        outcomes.extend(report::read_console(&console));
        report::judge_canaries(&mut outcomes, self.canaries)?;
        Ok(outcomes)
    }
}
