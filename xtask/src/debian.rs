//! Packages of Debian, of any release and architecture, without touching the machine's own.
//!
//! apt keeps a second state under `target/peers/apt`: its own list of sources, made from the mirrors that the machine already uses,
//! its own lists and downloads. A package is downloaded and unpacked into a folder; nothing is installed, and no root is needed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail};

use crate::setup::peers;

/// What Debian signs its lists of packages with.
pub(crate) const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";
/// Releases of the archive. The newest has the newest libbpf; the backports have the newest kernels.
const SUITES: [&str; 4] = ["bookworm", "trixie", "trixie-backports", "forky"];
/// Releases that live on only on the mirror of security updates.
const SECURITY_SUITES: [&str; 2] = ["bullseye-security", "bookworm-security"];
/// How long a list of packages is believed.
const FRESH: Duration = Duration::from_secs(24 * 60 * 60);
/// Mirrors fail now and then.
const ATTEMPTS: usize = 3;

/// What Debian has for one architecture.
pub(crate) struct Packages {
    root: PathBuf,
    architecture: &'static str,
}

impl Packages {
    /// The lists for this architecture, fetched unless those at hand are of today.
    pub(crate) fn of(architecture: &'static str) -> Result<Packages> {
        let packages = Packages {
            root: peers().join("apt").join(architecture),
            architecture,
        };
        for folder in ["lists/partial", "cache/archives/partial"] {
            fs::create_dir_all(packages.root.join(folder))?;
        }
        if !packages.is_fresh() {
            packages.update()?;
        }
        Ok(packages)
    }

    fn stamp(&self) -> PathBuf {
        self.root.join("updated")
    }

    fn is_fresh(&self) -> bool {
        let changed = fs::metadata(self.stamp()).and_then(|data| data.modified());
        changed.is_ok_and(|at| {
            SystemTime::now()
                .duration_since(at)
                .is_ok_and(|age| age < FRESH)
        })
    }

    /// Fetches the lists. One of the releases may be gone by now: whatever came is good.
    fn update(&self) -> Result<()> {
        fs::write(self.root.join("sources.list"), sources()?)?;
        for _ in 0..ATTEMPTS {
            let output = self.apt("apt-get", &["update"], &self.root)?;
            if output.status.success() {
                break;
            }
        }
        if self.names()?.is_empty() {
            bail!("no mirror of Debian answers");
        }
        Ok(fs::write(self.stamp(), "")?)
    }

    /// Names of all packages.
    pub(crate) fn names(&self) -> Result<Vec<String>> {
        let output = self.apt("apt-cache", &["pkgnames"], &self.root)?;
        let text = String::from_utf8_lossy(&output.stdout);
        Ok(text.lines().map(str::to_owned).collect())
    }

    /// Unpacks the package, `NAME` or `NAME/SUITE`, into a folder.
    pub(crate) fn unpack(&self, package: &str, folder: &Path) -> Result<()> {
        let download = folder.join("download");
        fs::create_dir_all(&download)?;
        let mut complaint = String::new();
        for _ in 0..ATTEMPTS {
            let output = self.apt("apt-get", &["download", package], &download)?;
            complaint = String::from_utf8_lossy(&output.stderr).into_owned();
            if let Some(archive) = only_file(&download)? {
                let mut extract = Command::new("dpkg-deb");
                let status = extract.arg("-x").arg(&archive).arg(folder).status();
                if !status.context("cannot start dpkg-deb")?.success() {
                    bail!("dpkg-deb cannot unpack {package}");
                }
                return Ok(fs::remove_dir_all(download)?);
            }
        }
        bail!("{package} cannot be downloaded: {}", complaint.trim());
    }

    fn apt(&self, program: &str, words: &[&str], folder: &Path) -> Result<Output> {
        let mut command = Command::new(program);
        command.current_dir(folder);
        let path = |name: &str| self.root.join(name).display().to_string();
        for (option, value) in [
            ("Dir::Etc::sourcelist", path("sources.list")),
            ("Dir::Etc::sourceparts", "-".to_owned()),
            ("Dir::State::lists", path("lists")),
            ("Dir::State::status", "/dev/null".to_owned()),
            ("Dir::Cache", path("cache")),
            ("APT::Architecture", self.architecture.to_owned()),
            ("APT::Architectures", self.architecture.to_owned()),
            ("APT::Sandbox::User", "root".to_owned()),
            ("Acquire::Languages", "none".to_owned()),
        ] {
            command.arg("-o").arg(format!("{option}={value}"));
        }
        let output = command.args(words).output();
        output.with_context(|| format!("cannot start {program}"))
    }
}

/// Lines of `sources.list` for all releases, at the mirrors that this machine uses.
fn sources() -> Result<String> {
    let mirrors = mirrors()?;
    let security = |mirror: &&String| mirror.contains("security");
    let archive = mirrors.iter().find(|mirror| !security(mirror));
    let archive = archive.context("apt has no source of Debian's packages")?;
    let mut text = String::new();
    let mut add = |mirror: &str, suites: &[&str]| {
        for suite in suites {
            text += &format!("deb [signed-by={KEYRING}] {mirror} {suite} main\n");
        }
    };
    add(archive, &SUITES);
    if let Some(mirror) = mirrors.iter().find(security) {
        add(mirror, &SECURITY_SUITES);
    }
    Ok(text)
}

/// Where this machine takes Debian's packages from.
pub(crate) fn mirrors() -> Result<Vec<String>> {
    let output = Command::new("apt-get")
        .args(["indextargets", "--format", "$(REPO_URI)"])
        .args(["Created-By: Packages", "Origin: Debian"])
        .output()
        .context("cannot start apt-get")?;
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.lines().map(str::to_owned).collect())
}

fn only_file(folder: &Path) -> Result<Option<PathBuf>> {
    let mut entries = fs::read_dir(folder)?;
    Ok(match entries.next() {
        Some(entry) => Some(entry?.path()),
        None => None,
    })
}
