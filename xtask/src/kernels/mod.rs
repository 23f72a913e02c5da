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

mod case;
mod guest;
mod image;
mod machine;
mod report;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use self::case::Case;
use self::guest::FileSystem;
use self::image::{Kernel, Version};
use self::machine::Machine;
use self::report::{Outcome, Results};
use crate::args::Args;
use crate::debian::Packages;
use crate::setup::{peers, say};
use crate::workers::on_all_cores;

/// Kernels that are booted unless others are named. `None` is the newest that there is.
const KERNELS: [Option<Version>; 5] = [
    Some(Version(5, 10)),
    Some(Version(6, 1)),
    Some(Version(6, 12)),
    Some(Version(6, 18)),
    None,
];
/// Types for `vmlinux.h` come from this one, so that CO-RE has something to do on the others.
const TYPES_FROM: Version = Version(6, 12);
/// With fewer kernels the answer means too little.
const AT_LEAST: usize = 2;
const LEVELS: [&str; 3] = ["-O0", "-O1", "-O2"];

/// What the command line asks for.
struct Request {
    machine: &'static Machine,
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
    if cases.is_empty() {
        bail!("no case is called `{}`", request.filter);
    }
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
        types: image::fetch(machine, &packages, Some(TYPES_FROM))?.types,
        machine,
    };
    let agent = guest::build_agent(machine, &packages, &lab)?;
    let laboratory = Laboratory {
        compiler,
        agent,
        cases: &cases,
        canaries: &canaries,
    };
    let objects = laboratory.compile_all()?;
    let boots = Boot::all(&kernels, machine)?;
    let results = on_all_cores(&boots, |boot, scratch| {
        Ok((boot.to_string(), laboratory.boot(boot, &objects, scratch)?))
    })?;
    let results = Results::new(&cases, results);
    say(&results);
    if request.writes_docs {
        results.write(&lab.join("../docs/kernels.md"), machine)?;
    }
    Ok(results.is_good())
}

impl Request {
    fn parse(mut args: Args) -> Result<Request> {
        let mut request = Request {
            machine: &machine::MACHINES[0],
            kernels: KERNELS.to_vec(),
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

    fn can_run(&self, case: &Case, machine: &Machine) -> bool {
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

/// One way to compile a case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Variant {
    level: &'static str,
    cpu: bpfcc::Cpu,
}

impl Variant {
    /// All that a kernel can be given.
    fn all() -> Vec<Variant> {
        let with_level = |level| bpfcc::Cpu::ALL.map(|cpu| Variant { level, cpu });
        LEVELS.into_iter().flat_map(with_level).collect()
    }

    /// Whether this release of Linux knows the instructions.
    fn fits(self, version: Version) -> bool {
        self.cpu < bpfcc::Cpu::V4 || version >= Version(6, 6)
    }

    fn label(self, case: &Case) -> String {
        format!("{}{}-{}", case.name, self.level, self.cpu.name())
    }
}

struct Compiler {
    program: PathBuf,
    /// Where `vmlinux.h` comes from.
    types: PathBuf,
    machine: &'static Machine,
}

impl Compiler {
    /// Compiles a case; the error is what the compiler says.
    fn compile(&self, case: &Case, variant: Variant, object: &Path) -> Result<()> {
        let mut command = Command::new(&self.program);
        command
            .arg(variant.level)
            .arg(format!("-mcpu={}", variant.cpu.name()));
        command.args(self.machine.flags).args(&case.flags);
        command.arg("--btf").arg(&self.types);
        command
            .args(["-g", "-c"])
            .arg(&case.file)
            .arg("-o")
            .arg(object);
        let output = command.output().context("cannot start bpfcc")?;
        if !output.status.success() {
            bail!("{}", String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(())
    }
}

/// Everything that all machines share.
struct Laboratory<'a> {
    compiler: Compiler,
    agent: PathBuf,
    cases: &'a [Case],
    /// Cases that must fail: a laboratory in which they do not is broken.
    canaries: &'a [Case],
}

/// A compiled case, or why it is none.
struct Compiled {
    variant: Variant,
    label: String,
    object: Result<PathBuf, String>,
}

impl Laboratory<'_> {
    /// Compiles all cases in all variants, by name of the case.
    fn compile_all(&self) -> Result<BTreeMap<String, Vec<Compiled>>> {
        let folder = peers()
            .join("lab")
            .join(self.compiler.machine.architecture)
            .join("objects");
        std::fs::create_dir_all(&folder)?;
        let all = self.cases.iter().chain(self.canaries);
        let work: Vec<(&Case, Variant)> = all
            .flat_map(|case| {
                Variant::all()
                    .into_iter()
                    .map(move |variant| (case, variant))
            })
            .collect();
        let done = on_all_cores(&work, |(case, variant), _| {
            let label = variant.label(case);
            let object = folder.join(format!("{label}.o"));
            let compiled = self.compiler.compile(case, *variant, &object);
            let object = compiled
                .map(|()| object)
                .map_err(|error| format!("{error:#}"));
            Ok(Compiled {
                variant: *variant,
                label,
                object,
            })
        })?;
        let mut by_case: BTreeMap<String, Vec<Compiled>> = BTreeMap::new();
        for ((case, _), compiled) in work.iter().zip(done) {
            by_case.entry(case.name.clone()).or_default().push(compiled);
        }
        Ok(by_case)
    }

    /// Runs all cases that this kernel can run.
    fn boot(
        &self,
        boot: &Boot,
        objects: &BTreeMap<String, Vec<Compiled>>,
        scratch: &Path,
    ) -> Result<Vec<Outcome>> {
        let machine = self.compiler.machine;
        let folder = peers().join("lab").join(machine.architecture);
        let files = FileSystem::new(&folder.join(boot.folder()), &self.agent, boot.kernel)?;
        let mut script = String::new();
        let mut outcomes = Vec::new();
        let cases = self.cases.iter().chain(self.canaries);
        for case in cases.filter(|case| boot.can_run(case, machine)) {
            let fits = |compiled: &&Compiled| compiled.variant.fits(boot.kernel.version);
            for compiled in objects[&case.name].iter().filter(fits) {
                match &compiled.object {
                    Ok(object) => {
                        let (host, guest) = files.object(&compiled.label);
                        std::fs::copy(object, host)?;
                        script += &case.script(&compiled.label, &guest);
                    }
                    Err(why) => outcomes.push(Outcome::failed(&case.name, &compiled.label, why)),
                }
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
