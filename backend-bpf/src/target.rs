//! What is compiled for. The byte order is a property of the module: its data has it too.

use bpfcc_isa::Cpu;
use bpfcc_object::dwarf;

/// What [`compile`](crate::compile) needs to know besides the module.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Options {
    /// Level of the instruction set.
    pub cpu: Cpu,
    /// Whether to describe types and lines in `.BTF` and `.BTF.ext`. libbpf needs them for maps in `.maps`.
    pub debug_info: bool,
    /// What the file is called in `.debug_info` and its like, which describe the same once more as DWARF; `None` to leave them out.
    pub dwarf: Option<dwarf::Unit>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            cpu: Cpu::default(),
            debug_info: true,
            dwarf: None,
        }
    }
}
