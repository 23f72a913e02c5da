//! What is compiled for: the level of the instruction set, the byte order.

use bpfcc_isa::{Cpu, Endian};

/// What [`compile`](crate::compile) needs to know besides the module.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Options {
    /// Level of the instruction set.
    pub cpu: Cpu,
    /// Byte order of the target.
    pub endian: Endian,
    /// Whether to describe types and lines in `.BTF` and `.BTF.ext`. libbpf needs them for maps in `.maps`.
    pub debug_info: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            cpu: Cpu::default(),
            endian: Endian::Little,
            debug_info: true,
        }
    }
}
