//! Programs of real projects: what bpfcc and the newest Clang make of them, and what the running kernel says to both.
//!
//! The programs come from Debian: the tools of BCC over libbpf (source package bpfcc), and the samples and self-tests of Linux
//! (package linux-source-6.1). They are only loaded, each in a mount namespace whose end unloads it; nothing is attached.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::args::Args;
use crate::child::{self, Ending};
use crate::clang::Clang;
use crate::setup::{peers, say};
use crate::workers::on_all_cores;

const LIMIT: Duration = Duration::from_secs(120);
const KERNEL_SOURCE: &str = "/usr/src";
/// What Debian signs its lists of packages with.
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";
/// Debian's releases, the oldest first: not every mirror has the sources of each.
const SUITES: [&str; 4] = ["bookworm", "trixie", "forky", "sid"];
/// Loads an object and forgets it.
const LOAD: &str = "mount -t bpf none /sys/fs/bpf && bpftool prog loadall \"$1\" /sys/fs/bpf/bpfcc";

/// A folder of programs.
pub(crate) struct Project {
    pub(crate) name: &'static str,
    pub(crate) files: Vec<PathBuf>,
    /// What its Makefile passes besides `-target bpf`.
    pub(crate) flags: Vec<String>,
}

/// One of the two compilers.
pub(crate) struct Compiler {
    name: String,
    command: PathBuf,
    flags: &'static [&'static str],
}

impl Compiler {
    /// The command that compiles a file.
    pub(crate) fn compile(&self, file: &Path, flags: &[String], object: &Path) -> Command {
        let mut command = Command::new(&self.command);
        command.args(self.flags).args(flags).arg("-c");
        command.arg(file).arg("-o").arg(object);
        command
    }
}

/// What became of a program with one compiler.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Outcome {
    /// The compiler refuses it, with this message.
    Refused(String),
    /// Nobody asked the kernel.
    Compiled,
    /// The kernel accepts it.
    Accepted,
    /// The kernel does not, with these words.
    Rejected(String),
}

impl Outcome {
    fn is_compiled(&self) -> bool {
        !matches!(self, Outcome::Refused(_))
    }

    fn word(&self) -> &'static str {
        match self {
            Outcome::Refused(_) => "refused",
            Outcome::Compiled => "compiled",
            Outcome::Accepted => "accepted",
            Outcome::Rejected(_) => "rejected",
        }
    }

    fn why(&self) -> &str {
        match self {
            Outcome::Refused(why) | Outcome::Rejected(why) => why,
            Outcome::Compiled | Outcome::Accepted => "",
        }
    }
}

/// `projects [FILTER]`: the programs whose path contains the filter.
pub(crate) fn run(mut args: Args) -> Result<bool> {
    let filter = args.next().unwrap_or_default();
    args.finish()?;
    let compilers = compilers()?;
    let asks_kernel = kernel_can_be_asked();
    if !asks_kernel {
        say("the kernel is not asked: that needs root, bpftool and bpf(2)");
    }
    let mut report = String::new();
    for mut project in projects()? {
        let contains = |file: &PathBuf| file.to_string_lossy().contains(&filter);
        project.files.retain(contains);
        if project.files.is_empty() {
            continue;
        }
        let outcomes = on_all_cores(&project.files, |file, scratch| {
            let judge = |compiler| judge(compiler, file, &project.flags, asks_kernel, scratch);
            Ok([judge(&compilers[0])?, judge(&compilers[1])?])
        })?;
        print_table(&project, &compilers, &outcomes);
        for (file, [ours, theirs]) in project.files.iter().zip(&outcomes) {
            let name = label(file);
            let words = [ours.word(), ours.why(), theirs.word(), theirs.why()];
            report += &format!("{}\t{name}\t{}\n", project.name, words.join("\t"));
        }
    }
    let path = peers().join("projects.txt");
    fs::write(&path, report).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(true)
}

fn label(file: &Path) -> &str {
    file.file_name().and_then(OsStr::to_str).unwrap_or_default()
}

/// This bpfcc, freshly built, and the newest Clang.
pub(crate) fn compilers() -> Result<[Compiler; 2]> {
    Ok([bpfcc()?, clang()?])
}

fn bpfcc() -> Result<Compiler> {
    let mut build = Command::new(env!("CARGO"));
    let status = build
        .args(["build", "--release", "--quiet", "--package", "bpfcc"])
        .status()
        .context("cannot start cargo")?;
    if !status.success() {
        bail!("bpfcc does not build");
    }
    let task = std::env::current_exe()?;
    let folder = task.parent().context("the task lies in no folder")?;
    Ok(Compiler {
        name: "bpfcc".to_owned(),
        command: folder.join("bpfcc"),
        flags: &["-w"],
    })
}

fn clang() -> Result<Compiler> {
    let Some(clang) = Clang::newest() else {
        bail!("there is no clang-NN to compare with");
    };
    Ok(Compiler {
        name: clang.name(),
        command: clang.path().to_owned(),
        flags: &["-target", "bpf", "-g", "-O2", "-w", "-mcpu=v3"],
    })
}

fn kernel_can_be_asked() -> bool {
    let mut probe = Command::new("unshare");
    let output = probe.args(["--mount", "bpftool", "prog", "list"]).output();
    output.is_ok_and(|output| output.status.success())
}

// One program.

fn judge(
    compiler: &Compiler,
    file: &Path,
    flags: &[String],
    asks_kernel: bool,
    scratch: &Path,
) -> Result<Outcome> {
    let object = scratch.join("project.o");
    let mut compile = compiler.compile(file, flags, &object);
    if let Some(message) = failure(&mut compile, scratch, first_error)? {
        return Ok(Outcome::Refused(message));
    }
    if !asks_kernel {
        return Ok(Outcome::Compiled);
    }
    let mut load = Command::new("unshare");
    load.args([
        "--mount",
        "--propagation",
        "private",
        "sh",
        "-c",
        LOAD,
        "sh",
    ])
    .arg(&object);
    Ok(match failure(&mut load, scratch, verdict)? {
        Some(message) => Outcome::Rejected(message),
        None => Outcome::Accepted,
    })
}

/// What a command complains of if it fails.
fn failure(
    command: &mut Command,
    scratch: &Path,
    read: impl Fn(&str) -> Option<&str>,
) -> Result<Option<String>> {
    Ok(match child::run(command, LIMIT, scratch)? {
        Ending::Timeout => Some("takes too long".to_owned()),
        Ending::Exit { status, .. } if status.success() => None,
        Ending::Exit { stderr, .. } => Some(read(&stderr).unwrap_or("says nothing").to_owned()),
    })
}

fn first_error(text: &str) -> Option<&str> {
    let mut lines = text.lines();
    lines.find(|line| line.contains("error") || line.contains("panicked"))
}

/// The line of libbpf's report that says why.
fn verdict(text: &str) -> Option<&str> {
    const NOISE: [&str; 8] = [
        "Error:",
        "Warning:",
        "If it used to work",
        "processed ",
        "-- END PROG LOAD LOG",
        "failed to load",
        "verification time",
        "stack depth",
    ];
    let mut lines = text.lines().rev();
    lines.find(|line| !line.trim().is_empty() && !NOISE.iter().any(|noise| line.contains(noise)))
}

// The programs.

pub(crate) fn projects() -> Result<Vec<Project>> {
    let headers = peers().join("vmlinux");
    dump_types(&headers)?;
    let mut found = Vec::new();
    match bcc() {
        Ok(root) => found.push(bcc_tools(&root)?),
        Err(error) => say(format_args!("skipped, BCC's tools: {error:#}")),
    }
    match linux() {
        Ok(root) => found.extend(linux_programs(&root, &headers)?),
        Err(error) => say(format_args!("skipped, Linux's programs: {error:#}")),
    }
    Ok(found)
}

/// `vmlinux.h` of the running kernel.
fn dump_types(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    let output = Command::new("bpftool")
        .args("btf dump file /sys/kernel/btf/vmlinux format c".split(' '))
        .output()
        .context("cannot start bpftool")?;
    if !output.status.success() {
        bail!("bpftool cannot read the kernel's types");
    }
    Ok(fs::write(folder.join("vmlinux.h"), output.stdout)?)
}

fn bcc_tools(root: &Path) -> Result<Project> {
    let folder = root.join("libbpf-tools");
    let include = |path: &Path| format!("-I{}", path.display());
    Ok(Project {
        name: "bcc/libbpf-tools",
        files: files(&folder, ".bpf.c")?,
        flags: vec![
            "-D__TARGET_ARCH_x86".to_owned(),
            include(&folder.join("x86")),
            include(&folder),
            "-I/usr/include".to_owned(),
        ],
    })
}

fn linux_programs(root: &Path, headers: &Path) -> Result<[Project; 2]> {
    let tests = root.join("tools/testing/selftests/bpf");
    let mut flags = vec!["-D__TARGET_ARCH_x86".to_owned()];
    let folders = [
        headers,
        &tests,
        Path::new("/usr/include"),
        &root.join("tools/include/uapi"),
        Path::new("/usr/include/x86_64-linux-gnu"),
    ];
    flags.extend(folders.iter().map(|path| format!("-I{}", path.display())));
    let mut sample_flags = flags.clone();
    sample_flags.push(format!("-I{}", root.join("samples/bpf").display()));
    Ok([
        Project {
            name: "linux/samples/bpf",
            files: files(&root.join("samples/bpf"), ".bpf.c")?,
            flags: sample_flags,
        },
        Project {
            name: "linux/selftests/bpf",
            files: files(&tests.join("progs"), ".c")?,
            flags,
        },
    ])
}

fn files(folder: &Path, ending: &str) -> Result<Vec<PathBuf>> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    files.retain(|file| label(file).ends_with(ending));
    files.sort();
    Ok(files)
}

/// Linux's sources, as far as they are needed.
fn linux() -> Result<PathBuf> {
    let root = peers().join("linux");
    if root.is_dir() {
        return Ok(root);
    }
    let archive = newest(Path::new(KERNEL_SOURCE), "linux-source-", ".tar.xz")
        .context("`apt-get install linux-source-6.1` brings them")?;
    let wanted = [
        "samples/bpf",
        "tools/testing/selftests/bpf",
        "tools/include",
    ];
    unpack(&archive, &root, &wanted)?;
    Ok(root)
}

/// BCC's sources. A private list of packages leaves the machine's own alone.
fn bcc() -> Result<PathBuf> {
    let root = peers().join("bcc");
    if root.is_dir() {
        return Ok(root);
    }
    let download = peers().join("download");
    fs::create_dir_all(download.join("lists/partial"))?;
    for suite in SUITES {
        // A part of the package may be missing; the archive of the project itself is enough.
        let _ = fetch_source(&download, suite);
        if let Some(archive) = newest(&download, "bpfcc_", ".tar.xz") {
            unpack(&archive, &root, &["libbpf-tools"])?;
            return Ok(root);
        }
    }
    bail!("no mirror has the source package bpfcc");
}

fn fetch_source(download: &Path, suite: &str) -> Result<()> {
    let output = Command::new("apt-get")
        .args([
            "indextargets",
            "--format",
            "$(REPO_URI)",
            "Created-By: Packages",
        ])
        .args(["Origin: Debian"])
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mirror = text.lines().find(|line| !line.contains("security"));
    let mirror = mirror.context("apt has no source of Debian's packages")?;
    let list = download.join("sources.list");
    fs::write(
        &list,
        format!("deb-src [signed-by={KEYRING}] {mirror} {suite} main\n"),
    )?;
    for words in [&["update"][..], &["source", "--download-only", "bpfcc"]] {
        let mut command = Command::new("apt-get");
        command.arg("-qq").current_dir(download);
        for (option, value) in [
            ("Dir::Etc::sourcelist", list.as_path()),
            ("Dir::Etc::sourceparts", Path::new("-")),
            ("Dir::State::lists", &download.join("lists")),
            ("Dir::Cache", download),
        ] {
            command
                .arg("-o")
                .arg(format!("{option}={}", value.display()));
        }
        command.args(words).output()?;
    }
    Ok(())
}

fn newest(folder: &Path, start: &str, end: &str) -> Option<PathBuf> {
    let entries = fs::read_dir(folder).ok()?;
    let files = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let fits =
        |name: &str| name.starts_with(start) && name.ends_with(end) && !name.contains("debian");
    files.filter(|file| fits(label(file))).max()
}

fn unpack(archive: &Path, root: &Path, folders: &[&str]) -> Result<()> {
    fs::create_dir_all(root)?;
    let patterns = folders.iter().map(|folder| format!("*/{folder}/*"));
    let status = Command::new("tar")
        .args(["--extract", "--strip-components=1", "--wildcards", "--file"])
        .arg(archive)
        .arg("--directory")
        .arg(root)
        .args(patterns)
        .status()
        .context("cannot start tar")?;
    if !status.success() {
        fs::remove_dir_all(root)?;
        bail!("tar cannot unpack {}", archive.display());
    }
    Ok(())
}

// The table.

fn print_table(project: &Project, compilers: &[Compiler; 2], outcomes: &[[Outcome; 2]]) {
    say(format_args!(
        "\n{}: {} programs",
        project.name,
        outcomes.len()
    ));
    let [ours, theirs] = [&compilers[0].name, &compilers[1].name];
    compare(
        project,
        outcomes,
        "compiled by",
        [ours, theirs],
        Outcome::is_compiled,
    );
    let is_accepted = |outcome: &Outcome| *outcome == Outcome::Accepted;
    compare(
        project,
        outcomes,
        "the kernel accepts from",
        [ours, theirs],
        is_accepted,
    );
}

fn compare(
    project: &Project,
    outcomes: &[[Outcome; 2]],
    what: &str,
    [ours, theirs]: [&String; 2],
    good: impl Fn(&Outcome) -> bool,
) {
    let mut counts: BTreeMap<[bool; 2], Vec<usize>> = BTreeMap::new();
    for (index, [a, b]) in outcomes.iter().enumerate() {
        counts.entry([good(a), good(b)]).or_default().push(index);
    }
    let rows = [
        ([true, true], "both".to_owned()),
        ([true, false], format!("{ours} alone")),
        ([false, true], format!("{theirs} alone")),
        ([false, false], "neither".to_owned()),
    ];
    for (key, row) in rows {
        let found = counts.get(&key).map_or(&[][..], Vec::as_slice);
        say(format_args!("{:6}  {what} {row}", found.len()));
        if key == [false, true] {
            for &index in found {
                let name = label(&project.files[index]);
                say(format_args!(
                    "          {name}: {}",
                    outcomes[index][0].why()
                ));
            }
        }
    }
}
