//! The types of a kernel, from a file: what stands in for `vmlinux.h`.

use std::fs;
use std::path::{Path, PathBuf};

use bpfcc_frontend::kernel_types::{KernelTypes, Names};
use bpfcc_object::{btf, elf};

/// The variable that names the file in the kernel's own makefiles.
const VARIABLE: &str = "VMLINUX_BTF";

/// Where libbpf looks for the types of the running kernel (`btf__load_vmlinux_btf`); `%` stands for its release.
const PLACES: [&str; 8] = [
    "/sys/kernel/btf/vmlinux",
    "/boot/vmlinux-%",
    "/lib/modules/%/vmlinux-%",
    "/lib/modules/%/build/vmlinux",
    "/usr/lib/modules/%/kernel/vmlinux",
    "/usr/lib/debug/boot/vmlinux-%",
    "/usr/lib/debug/boot/vmlinux-%.debug",
    "/usr/lib/debug/lib/modules/%/vmlinux",
];

/// A file with types: BTF as it is, or an ELF file with a section `.BTF`. It is read when a program needs it.
#[derive(Clone, Debug)]
pub struct TypesFile {
    path: PathBuf,
}

impl TypesFile {
    /// The types in this file.
    pub fn new(path: impl Into<PathBuf>) -> TypesFile {
        TypesFile { path: path.into() }
    }

    /// The types that the environment names, or those of the running kernel, if there are any.
    pub fn of_this_machine() -> Option<TypesFile> {
        let named = std::env::var_os(VARIABLE).filter(|path| !path.is_empty());
        let path = named.map(PathBuf::from).or_else(running_kernel);
        path.map(TypesFile::new)
    }

    fn read(&self, names: &Names<'_>) -> anyhow::Result<String> {
        let bytes = fs::read(&self.path)?;
        let is_elf = bytes.starts_with(b"\x7fELF");
        let section = match is_elf {
            true => elf::types_section(&bytes)?,
            false => Some(&bytes[..]),
        };
        let section = section.ok_or_else(|| anyhow::anyhow!("it has no section `.BTF`"))?;
        let names = btf::Names {
            tags: names.tags.clone(),
            ordinary: names.ordinary.clone(),
        };
        Ok(btf::header(section, &names)?)
    }
}

impl KernelTypes for TypesFile {
    fn empty_header(&self) -> String {
        btf::empty_header()
    }

    fn header(&self, names: &Names<'_>) -> Result<String, String> {
        let path = self.path.display();
        self.read(names)
            .map_err(|error| format!("cannot take the kernel's types from `{path}`: {error}"))
    }
}

fn running_kernel() -> Option<PathBuf> {
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let places = PLACES
        .iter()
        .map(|place| place.replace('%', release.trim()));
    places.map(PathBuf::from).find(|path| is_readable(path))
}

fn is_readable(path: &Path) -> bool {
    path.is_file() && fs::File::open(path).is_ok()
}
