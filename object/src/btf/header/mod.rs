//! BTF → the C header that declares some of its types, in the form of `bpftool btf dump file FILE format c`.
//!
//! The whole header of a kernel, `vmlinux.h`, has 130,000 lines, of which a program uses a few. [`header()`] is told which
//! names a program mentions and prints what these need:
//!
//! ```text
//! names ──select──► types, whole or only declared ──print──► C, in an order in which C can be read
//!                                                   └─shape: what C would do about alignment by itself
//! ```

mod print;
mod select;
mod shape;

use std::collections::HashSet;

use super::{BtfError, LazyBtf, TypeId};

/// The names that a program mentions.
#[derive(Clone, Default, Debug)]
pub struct Names<'a> {
    /// Those behind `struct`, `union` and `enum`.
    pub tags: HashSet<&'a str>,
    /// All others: of types, constants, functions and members.
    pub ordinary: HashSet<&'a str>,
}

/// Why there is no header.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum HeaderError {
    /// The section is damaged.
    #[error(transparent)]
    Btf(#[from] BtfError),
    /// A name that would be something else in C.
    #[error("`{}` is no name in C", .0.escape_debug())]
    Name(String),
    /// Members that lie one over the other, or behind the end.
    #[error("the members of `{name}` do not fit into its {size} bytes one behind the other")]
    Layout {
        /// The tag, or nothing.
        name: String,
        /// Its size.
        size: u32,
    },
    /// Types in types in types; only a hostile file has so many.
    #[error("types lie in each other more than {} deep", print::MAX_DEPTH)]
    TooDeep,
    /// Types that are printed again and again; only a hostile file does that.
    #[error("the header would be larger than any kernel's")]
    TooLarge,
}

type Result<T, E = HeaderError> = std::result::Result<T, E>;

/// The header of a `.BTF` section with the types that these names need.
///
/// A name such as `list___2` stands for the second of the types called `list`. Functions are those marked as `bpf_kfunc`.
///
/// ```
/// use bpfcc_object::btf::{self, Btf, BtfType, IntEncoding, Names};
///
/// let mut types = Btf::new();
/// let (size, encoding) = (4, IntEncoding::Signed);
/// let int = types.add(BtfType::Int { name: "int".into(), size, encoding, bits: 32, offset: 0 });
/// types.add(BtfType::Typedef { name: "pid_t".into(), target: int });
/// types.add(BtfType::Typedef { name: "uid_t".into(), target: int });
/// let section = btf::write(&types, Default::default()).unwrap();
/// let names = Names { ordinary: ["pid_t"].into(), ..Names::default() };
/// let header = btf::header(&section, &names).unwrap();
/// assert!(header.contains("typedef int pid_t;\n"));
/// assert!(!header.contains("uid_t"));
/// ```
pub fn header(section: &[u8], names: &Names<'_>) -> Result<String> {
    let btf = LazyBtf::new(section)?;
    let selection = select::select(&btf, names)?;
    let printed = print::print(&btf, &selection)?;
    Ok(around(&printed.types, &printed.functions))
}

/// All types of a `.BTF` section as C, without what [`header()`] puts around them.
pub fn definitions(section: &[u8]) -> Result<String> {
    let btf = LazyBtf::new(section)?;
    let printed = print::print(&btf, &select::all(&btf)?)?;
    Ok(printed.types)
}

/// Single declarations of what has one of the types of a `.BTF` section.
pub struct Declarations<'a>(LazyBtf<'a>);

impl<'a> Declarations<'a> {
    /// Of what the contents of this section describe.
    pub fn new(section: &'a [u8]) -> Result<Declarations<'a>> {
        Ok(Declarations(LazyBtf::new(section)?))
    }

    /// The declaration of `name` in one line, `struct pair *name`; a record or enumeration that has no tag is `struct {…}`.
    pub fn of(&self, ty: TypeId, name: &str) -> Result<String> {
        print::declaration(&self.0, ty, name)
    }
}

/// The header of no types at all: what it defines as macros.
pub fn empty_header() -> String {
    around("", "")
}

/// What bpftool puts around the types.
fn around(types: &str, functions: &str) -> String {
    format!(
        r#"#ifndef __VMLINUX_H__
#define __VMLINUX_H__

#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)
#endif

#ifndef BPF_NO_KFUNC_PROTOTYPES
#ifndef __ksym
#define __ksym __attribute__((section(".ksyms")))
#endif

#ifndef __weak
#define __weak __attribute__((weak))
#endif

#ifndef __bpf_fastcall
#if __has_attribute(bpf_fastcall)
#define __bpf_fastcall __attribute__((bpf_fastcall))
#else
#define __bpf_fastcall
#endif
#endif
#endif

{types}#ifndef BPF_NO_KFUNC_PROTOTYPES
{functions}#endif

#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute pop
#endif

#endif /* __VMLINUX_H__ */
"#
    )
}

#[cfg(test)]
mod tests;
