//! Modules: what one C file becomes.

use bpfcc_isa::{CoreReloKind, Endian};

use crate::debug::{DebugInfo, DeclTag, SourceLoc};
use crate::entity::{CoreId, DebugTypeId, FuncId, GlobalId, PrimaryMap};
use crate::function::Function;
use crate::types::{PtrKind, Type};

/// Types of a function's parameters and result.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Signature {
    /// Parameters, at most five unless the function is inlined.
    pub params: Vec<Type>,
    /// Result; `None` for void.
    pub result: Option<Type>,
}

/// Who sees a symbol.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Linkage {
    /// `static`.
    Local,
    /// Every file.
    Global,
    /// Every file, but libbpf and the kernel treat it as static.
    Hidden,
    /// Every file; another definition wins.
    Weak,
    /// Both.
    WeakHidden,
}

impl Linkage {
    /// All linkages.
    pub const ALL: [Linkage; 5] = [
        Linkage::Local,
        Linkage::Global,
        Linkage::Hidden,
        Linkage::Weak,
        Linkage::WeakHidden,
    ];

    /// Name in the IR's text.
    pub fn name(self) -> &'static str {
        match self {
            Linkage::Local => "local",
            Linkage::Global => "global",
            Linkage::Hidden => "hidden",
            Linkage::Weak => "weak",
            Linkage::WeakHidden => "weak_hidden",
        }
    }

    /// Whether another definition wins.
    pub fn is_weak(self) -> bool {
        matches!(self, Linkage::Weak | Linkage::WeakHidden)
    }

    /// Whether libbpf and the kernel treat it as static.
    pub fn is_hidden(self) -> bool {
        matches!(self, Linkage::Hidden | Linkage::WeakHidden)
    }
}

/// What a global is to the loader.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum GlobalKind {
    /// A map definition (section `.maps` or `maps`): its address is the map.
    Map,
    /// Read-only data: `.rodata*`, `license`, table definitions of 2014.
    ReadOnly,
    /// A NUL-terminated string that may be shared: `.rodata.str1.1`.
    String,
    /// Data that the program may write.
    Mutable,
    /// Defined elsewhere.
    Extern,
}

impl GlobalKind {
    /// All kinds.
    pub const ALL: [GlobalKind; 5] = [
        GlobalKind::Map,
        GlobalKind::ReadOnly,
        GlobalKind::String,
        GlobalKind::Mutable,
        GlobalKind::Extern,
    ];

    /// Name in the IR's text.
    pub fn name(self) -> &'static str {
        match self {
            GlobalKind::Map => "map",
            GlobalKind::ReadOnly => "readonly",
            GlobalKind::String => "string",
            GlobalKind::Mutable => "mutable",
            GlobalKind::Extern => "extern",
        }
    }

    /// What the address of such a global points to.
    pub fn ptr_kind(self) -> PtrKind {
        match self {
            GlobalKind::Map => PtrKind::Map,
            GlobalKind::Extern => PtrKind::Mem,
            GlobalKind::ReadOnly | GlobalKind::String | GlobalKind::Mutable => PtrKind::Global,
        }
    }
}

/// What a pointer inside a global's initial value refers to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SymbolRef {
    /// Another global.
    Global(GlobalId),
    /// A function.
    Func(FuncId),
}

/// A global variable, map, string or table.
#[derive(Clone, PartialEq, Debug)]
pub struct Global {
    /// Symbol name.
    pub name: String,
    /// What the loader does with it.
    pub kind: GlobalKind,
    /// ELF section; chosen by the frontend for globals without a `section` attribute.
    pub section: String,
    /// Who sees it.
    pub linkage: Linkage,
    /// Initial bytes, numbers in the order of [`Module::endian`]; shorter than `size` means zeros follow.
    pub data: Vec<u8>,
    /// Size in bytes.
    pub size: u32,
    /// Alignment in bytes.
    pub align: u32,
    /// Eight-byte pointers in the initial value: byte offset, what it points to, addend in bytes.
    pub pointers: Vec<(u32, SymbolRef, i64)>,
    /// C type.
    pub debug_type: Option<DebugTypeId>,
    /// `btf_decl_tag`s.
    pub tags: Vec<DeclTag>,
    /// Declaration.
    pub loc: SourceLoc,
}

/// A question about the running kernel's types, with the answer for the types that the program was compiled with.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct CoreRelo {
    /// What is asked.
    pub kind: CoreReloKind,
    /// The type that it is about, or that the access starts from.
    pub root: DebugTypeId,
    /// The way to a member, `0:1:2`: element 0, then member 1, then member 2; the position of an enumerator; 0 for a type.
    pub access: String,
    /// The answer here; for the number of a type, which the object file gives it, 0.
    pub value: i64,
}

/// A compiled C file.
#[derive(Clone, Debug, Default)]
pub struct Module {
    /// Byte order of numbers in memory.
    pub endian: Endian,
    /// Functions in source order, declarations included.
    pub functions: PrimaryMap<FuncId, Function>,
    /// Globals in source order.
    pub globals: PrimaryMap<GlobalId, Global>,
    /// What instructions ask about the running kernel, each question once.
    pub core: PrimaryMap<CoreId, CoreRelo>,
    /// Source files and C types.
    pub debug: DebugInfo,
}
