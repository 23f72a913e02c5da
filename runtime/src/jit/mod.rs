//! Just-in-time translation: a program becomes machine code, one BPF instruction after the other.
//!
//! Translated code checks nothing. It is as safe as the program is, so only a [`Trusted`] program is translated.

#[cfg(all(unix, target_arch = "x86_64"))]
mod memory;
#[cfg(all(unix, target_arch = "x86_64"))]
mod x64;

use std::sync::Arc;

use bpfcc_isa::Endian;

use crate::program::{MapSet, Program};

/// A program that is known to be safe without checks.
#[derive(Clone, Debug)]
pub struct Trusted(Program);

impl Trusted {
    /// Takes somebody's word for it.
    ///
    /// # Safety
    ///
    /// With every context, and every content of its maps, the program must: access only memory of its regions, reading no
    /// register before it is written; pass to host functions only what their signatures demand; call at most eight functions
    /// deep; and end.
    pub unsafe fn assume(program: Program) -> Trusted {
        Trusted(program)
    }

    /// The program.
    pub fn program(&self) -> &Program {
        &self.0
    }
}

/// Why a program cannot be translated.
#[derive(Debug, thiserror::Error)]
pub enum JitError {
    /// There is no translator for this machine.
    #[error(
        "there is no JIT for this machine ({}); use the interpreter",
        std::env::consts::ARCH
    )]
    NoTranslator,
    /// Translated code accesses memory as the host does.
    #[error(
        "the program is for {}-endian machines, and the JIT translates for this one only; use the interpreter",
        .0.name()
    )]
    ForeignEndian(Endian),
    /// The system gives no memory for code.
    #[error("cannot get memory for code: {0}")]
    Memory(#[from] std::io::Error),
}

/// A translated program.
#[derive(Debug)]
pub struct Code {
    #[cfg(all(unix, target_arch = "x86_64"))]
    memory: memory::Executable,
    offsets: Vec<usize>,
    /// The code contains addresses of maps and their values.
    _maps: Arc<MapSet>,
}

impl Code {
    /// Offset in the machine code of each instruction of the program.
    pub fn offsets(&self) -> &[usize] {
        &self.offsets
    }
}

/// How translated code ended. Its two words come back in rax and rdx (System V ABI, "Returning of Values").
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(crate) struct End {
    result: u64,
    /// 0, or one more than the position of the call that ended the program.
    ended: u64,
}

impl End {
    /// R0: the program's result, or that of the host function that ended it.
    pub(crate) fn result(&self) -> u64 {
        self.result
    }

    /// Position of the call to the host that ended the program, if it did not return.
    pub(crate) fn ended_at(&self) -> Option<usize> {
        self.ended.checked_sub(1).map(|position| position as usize)
    }
}

/// Translates a program for this machine.
#[cfg(all(unix, target_arch = "x86_64"))]
pub fn compile(program: &Trusted) -> Result<Code, JitError> {
    let Trusted(program) = program;
    if program.endian() != Endian::HOST {
        return Err(JitError::ForeignEndian(program.endian()));
    }
    let unplaced = x64::translate(program);
    // Within reach of the host's functions a call is five bytes and needs no register.
    let near = program
        .hosts
        .first()
        .map(|host| host.code() as usize as u64);
    let memory = memory::Writable::new(unplaced.max_len(), near)?;
    let (code, mut offsets) = unplaced.place(memory.address());
    offsets.truncate(program.insns().len());
    Ok(Code {
        memory: memory.finish(&code)?,
        offsets,
        _maps: program.maps.clone(),
    })
}

/// Translates a program for this machine, for which there is no translator.
#[cfg(not(all(unix, target_arch = "x86_64")))]
pub fn compile(_program: &Trusted) -> Result<Code, JitError> {
    Err(JitError::NoTranslator)
}

#[cfg(all(unix, target_arch = "x86_64"))]
impl Code {
    /// The machine code.
    pub fn bytes(&self) -> &[u8] {
        self.memory.bytes()
    }

    /// Runs the code. `stack_top` becomes R10.
    ///
    /// # Safety
    ///
    /// The run that the program is trusted for must be current, and below `stack_top` lie the frames of its stack.
    pub(crate) unsafe fn call(&self, arguments: [u64; 5], stack_top: u64) -> End {
        type Entry = unsafe extern "C" fn(u64, u64, u64, u64, u64, u64) -> End;
        let [a, b, c, d, e] = arguments;
        // SAFETY: `x64::translate` puts a function of this type at the first byte.
        let entry = unsafe { std::mem::transmute::<*const u8, Entry>(self.memory.entry()) };
        // SAFETY: the caller's promise and that of `Trusted::assume`.
        unsafe { entry(a, b, c, d, e, stack_top) }
    }
}

#[cfg(not(all(unix, target_arch = "x86_64")))]
impl Code {
    /// The machine code.
    pub fn bytes(&self) -> &[u8] {
        &[]
    }

    /// Runs the code, of which there is none on this machine.
    ///
    /// # Safety
    ///
    /// None is needed.
    pub(crate) unsafe fn call(&self, _arguments: [u64; 5], _stack_top: u64) -> End {
        unreachable!("no code was translated on this machine")
    }
}
