//! Kernels of Debian, as files that the emulator can boot.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use bpfcc::Version;

use super::machine::Machine;
use crate::debian::Packages;
use crate::setup::peers;

/// A kernel to boot.
#[derive(Clone, Debug)]
pub(crate) struct Kernel {
    /// Its release.
    pub(crate) version: Version,
    /// The image; uncompressed where that can be booted, which is faster.
    pub(crate) image: PathBuf,
    /// Its types, as BTF; no file if it has none.
    pub(crate) types: PathBuf,
    /// What it was configured with.
    pub(crate) config: PathBuf,
    /// Its full name, as `uname -r` says it.
    pub(crate) release: String,
}

impl Kernel {
    /// Whether it can translate programs into machine code.
    pub(crate) fn has_jit(&self) -> Result<bool> {
        let config = fs::read_to_string(&self.config)?;
        Ok(config.lines().any(|line| line == "CONFIG_BPF_JIT=y"))
    }
}

/// Packages with an image; the second kind since about 7.0, where the first is empty and names the second.
const KINDS: [&str; 2] = [SPLIT, "linux-image-"];
const SPLIT: &str = "linux-binary-";

/// `6.12.107+deb13-cloud-amd64` in the name of a package.
fn release_of(package: &str) -> &str {
    let mut kinds = KINDS.iter();
    kinds
        .find_map(|kind| package.strip_prefix(kind))
        .unwrap_or(package)
}

/// Fetches the kernel of this release, or the newest that there is.
pub(crate) fn fetch(
    machine: &Machine,
    packages: &Packages,
    wanted: Option<Version>,
) -> Result<Kernel> {
    let names = packages.names()?;
    let (package, version) =
        choose(&names, machine.flavour, wanted).with_context(|| match wanted {
            Some(version) => format!("Debian has no Linux {version} for {}", machine.architecture),
            None => format!("Debian has no Linux for {}", machine.architecture),
        })?;
    let release = release_of(package);
    let folder = peers().join("kernels").join(package);
    let [image, types, config] = ["vmlinux", "types", "config"].map(|name| folder.join(name));
    if !image.is_file() {
        fs::create_dir_all(&folder)?;
        packages.unpack(package, &folder)?;
        if package.starts_with(SPLIT) {
            packages.unpack(&format!("linux-base-{release}"), &folder)?;
        }
        fs::copy(
            find(&folder, |name| {
                name == "config" || name.starts_with("config-")
            })?,
            &config,
        )?;
        let bytes = fs::read(find(&folder, |name| name.starts_with("vmlinuz"))?)?;
        let unpacked = uncompressed(&bytes)?;
        let kernel = unpacked.as_deref().unwrap_or(&bytes);
        if let Some(section) = types_in(kernel) {
            fs::write(&types, section)?;
        }
        // Written under another name first: a half-written image must not be found by the next run.
        let partial = folder.join("vmlinux.partial");
        let is_bootable = kernel.starts_with(b"\x7fELF");
        fs::write(&partial, if is_bootable { kernel } else { &bytes })?;
        fs::rename(partial, &image)?;
        for part in ["boot", "lib", "usr"] {
            let _ = fs::remove_dir_all(folder.join(part));
        }
    }
    Ok(Kernel {
        version,
        image,
        types,
        config,
        release: release.to_owned(),
    })
}

/// The package with the newest image of this release: its name begins with the full version.
fn choose<'a>(
    names: &'a [String],
    flavour: &str,
    wanted: Option<Version>,
) -> Option<(&'a str, Version)> {
    let full_version = |name: &'a String| -> Option<(Vec<u32>, Version, usize, &'a str)> {
        let kind = KINDS.iter().position(|kind| name.starts_with(kind))?;
        let rest = name.strip_prefix(KINDS[kind])?;
        let release = rest.strip_suffix(flavour)?.strip_suffix('-')?;
        // `6.12` alone is the name of a package that only names others.
        if release.split('.').count() < 3 {
            return None;
        }
        let version = Version::parse(release)?;
        let numbers = release.split(|c: char| !c.is_ascii_digit());
        let numbers = numbers.filter_map(|number| number.parse().ok()).collect();
        Some((numbers, version, KINDS.len() - kind, name))
    };
    let images = names.iter().filter_map(full_version);
    let fitting = images.filter(|(_, version, ..)| wanted.is_none_or(|wanted| wanted == *version));
    fitting.max().map(|(_, version, _, name)| (name, version))
}

/// The file below the folder that has such a name.
fn find(folder: &Path, fits: impl Fn(&str) -> bool) -> Result<PathBuf> {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if path.is_dir() {
                folders.push(path);
            } else if fits(&name) {
                return Ok(path);
            }
        }
    }
    bail!("the package holds no kernel with its configuration");
}

/// How the kernel's build compresses, and what undoes it.
const PACKERS: [(&[u8], [&str; 2]); 4] = [
    (b"\x02\x21\x4c\x18", ["lz4", "-dc"]),
    (b"\x28\xb5\x2f\xfd", ["zstd", "-dcq"]),
    (b"\xfd7zXZ\0", ["xz", "-dcq"]),
    (b"\x1f\x8b\x08", ["gzip", "-dcq"]),
];

/// The kernel within a compressed image. Only x86 says where it begins, so each place that looks like a beginning is tried; there are
/// few.
fn uncompressed(bytes: &[u8]) -> Result<Option<Vec<u8>>> {
    for at in 0..bytes.len() {
        let rest = &bytes[at..];
        for (magic, command) in PACKERS {
            if rest.starts_with(magic) {
                let unpacked = piped(&command, rest)?;
                if unpacked.len() > bytes.len() {
                    return Ok(Some(unpacked));
                }
            }
        }
    }
    Ok(None)
}

/// The BTF within a kernel, found by its header (Documentation/bpf/btf.rst): not all images have sections to look it up in.
fn types_in(kernel: &[u8]) -> Option<&[u8]> {
    const HEADER: usize = 24;
    const STARTS: [&[u8]; 2] = [
        b"\x9f\xeb\x01\x00\x18\x00\x00\x00",
        b"\xeb\x9f\x01\x00\x00\x00\x00\x18",
    ];
    for (start, is_big) in STARTS.into_iter().zip([false, true]) {
        let found = kernel
            .windows(start.len())
            .enumerate()
            .filter(|(_, bytes)| *bytes == start);
        let sections = found.filter_map(|(at, _)| {
            let field = |offset: usize| -> Option<usize> {
                let bytes = kernel.get(at + offset..at + offset + 4)?.try_into().ok()?;
                let value = if is_big {
                    u32::from_be_bytes(bytes)
                } else {
                    u32::from_le_bytes(bytes)
                };
                usize::try_from(value).ok()
            };
            // Strings come last: where they begin, and how long they are.
            kernel.get(at..at + HEADER + field(16)? + field(20)?)
        });
        if let Some(section) = sections.max_by_key(|section| section.len()) {
            return Some(section);
        }
    }
    None
}

/// What the command makes of the bytes. Behind what is compressed there is more, of which the tools complain after their work: what
/// counts is what came out.
fn piped(command: &[&str], bytes: &[u8]) -> Result<Vec<u8>> {
    let mut child = Command::new(command[0])
        .args(&command[1..])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("cannot start {}, which unpacks the kernel", command[0]))?;
    let mut input = child.stdin.take().context("the child has an input")?;
    let output = std::thread::scope(|scope| {
        scope.spawn(move || input.write_all(bytes));
        child.wait_with_output()
    })?;
    Ok(output.stdout)
}

#[cfg(test)]
mod tests {
    use super::{Version, choose};

    fn version(text: &str) -> Version {
        Version::parse(text).expect("a release")
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn the_newest_image_of_a_release_is_chosen() {
        let names = names(&[
            "linux-image-6.12-cloud-amd64",
            "linux-image-6.12.94+deb13-cloud-amd64",
            "linux-image-6.12.107+deb13-cloud-amd64",
            "linux-image-6.12.200+deb13-cloud-amd64-unsigned",
            "linux-image-7.3.4+deb13-cloud-amd64",
            "linux-binary-7.3.4+deb13-cloud-amd64",
        ]);
        let chosen = choose(&names, "cloud-amd64", Some(version("6.12")));
        assert_eq!(
            chosen,
            Some(("linux-image-6.12.107+deb13-cloud-amd64", version("6.12")))
        );
        let newest = choose(&names, "cloud-amd64", None);
        assert_eq!(
            newest,
            Some(("linux-binary-7.3.4+deb13-cloud-amd64", version("7.3")))
        );
        assert_eq!(choose(&names, "cloud-amd64", Some(version("5.10"))), None);
    }
}
