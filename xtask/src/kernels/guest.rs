//! What runs within a machine: the agent `lab/agent.c`, linked with libbpf, and its initial file system.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::image::Kernel;
use super::machine::Machine;
use crate::debian::Packages;
use crate::setup::peers;

/// What a static program with libbpf is made of. All come from one release, the newest, since parts of different releases do not fit.
const PARTS: [&str; 6] = [
    "libbpf-dev",
    "libelf-dev",
    "libc6-dev",
    "linux-libc-dev",
    "zlib1g-dev",
    "libzstd-dev",
];
const RELEASE: &str = "forky";

/// Compiles the agent for the machine.
pub(crate) fn build_agent(machine: &Machine, packages: &Packages, lab: &Path) -> Result<PathBuf> {
    let root = sysroot(machine, packages)?;
    let libraries = root.join("usr/lib").join(machine.triple);
    let agent = root.join("agent");
    let mut command = Command::new(machine.compiler);
    command
        .args(["-O1", "-Wall", "-Werror", "-static", "-o"])
        .arg(&agent);
    command.arg(format!("--sysroot={}", root.display()));
    // The compiler's own library is not within that root, and would be found first.
    command.arg(format!("-B{}", libraries.display()));
    command.arg("-L").arg(&libraries);
    command
        .arg("-isystem")
        .arg(root.join("usr/include").join(machine.triple));
    command.arg(lab.join("agent.c"));
    command.args(["-lbpf", "-lelf", "-lz", "-lzstd"]);
    let output = command
        .output()
        .with_context(|| format!("cannot start {}", machine.compiler))?;
    if !output.status.success() {
        bail!(
            "lab/agent.c does not compile:\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(agent)
}

/// The libraries for the machine, unpacked once.
fn sysroot(machine: &Machine, packages: &Packages) -> Result<PathBuf> {
    let root = peers().join("sysroot").join(machine.architecture);
    let complete = root.join("complete");
    if !complete.is_file() {
        fs::create_dir_all(&root)?;
        for part in PARTS {
            packages.unpack(&format!("{part}/{RELEASE}"), &root)?;
        }
        fs::write(complete, "")?;
    }
    Ok(root)
}

const FOLDERS: [&str; 2] = ["boot", "cases"];

/// A folder that becomes the machine's initial file system.
pub(crate) struct FileSystem {
    root: PathBuf,
    archive: PathBuf,
}

impl FileSystem {
    /// One with the agent as first process, and what libbpf looks for, within a folder. What was there before is gone.
    pub(crate) fn new(folder: &Path, agent: &Path, kernel: &Kernel) -> Result<FileSystem> {
        let _ = fs::remove_dir_all(folder);
        let root = folder.join("root");
        for folder in FOLDERS {
            fs::create_dir_all(root.join(folder))?;
        }
        fs::copy(agent, root.join("init"))?;
        let config = format!("boot/config-{}", kernel.release);
        fs::copy(&kernel.config, root.join(config))?;
        let archive = folder.join("initrd");
        Ok(FileSystem { root, archive })
    }

    /// Where an object of this name lies in the host's eyes, and in the machine's.
    pub(crate) fn object(&self, name: &str) -> (PathBuf, String) {
        let file = format!("cases/{name}.o");
        (self.root.join(&file), format!("/{file}"))
    }

    /// Packs it, with the script that the agent follows.
    pub(crate) fn pack(&self, script: &str) -> Result<&Path> {
        fs::write(self.root.join("cases/script"), script)?;
        let names = names(&self.root)?;
        let mut child = Command::new("cpio")
            .args(["--create", "--format=newc", "--quiet"])
            .current_dir(&self.root)
            .stdin(Stdio::piped())
            .stdout(fs::File::create(&self.archive)?)
            .spawn()
            .context("cannot start cpio")?;
        let mut input = child.stdin.take().context("the child has an input")?;
        input.write_all(names.join("\n").as_bytes())?;
        drop(input);
        if !child.wait()?.success() {
            bail!("cpio cannot pack {}", self.root.display());
        }
        Ok(&self.archive)
    }
}

/// Everything in the file system, in a fixed order, folders before what is in them.
fn names(root: &Path) -> Result<Vec<String>> {
    let mut names = vec!["init".to_owned()];
    for folder in FOLDERS {
        names.push(folder.to_owned());
        for entry in fs::read_dir(root.join(folder))? {
            names.push(format!("{folder}/{}", entry?.file_name().to_string_lossy()));
        }
    }
    names.sort();
    Ok(names)
}
