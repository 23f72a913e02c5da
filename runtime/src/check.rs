//! What a host function demands of its arguments, checked before it is called.
//!
//! The demands are the rows of [`bpfcc_isa::helpers`]. Translated code does not come through here: it belongs to trusted
//! programs, which pass only what is demanded.

use bpfcc_isa::helpers::ParamKind;

use crate::env::HostFunction;
use crate::map::{Map, MapKind};
use crate::memory::{Access, Denied};
use crate::run::Run;

/// An argument is not what a host function demands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("argument {} of `{function}`: {reason}", .index + 1)]
pub struct BadArgument {
    /// The function.
    pub function: &'static str,
    /// Which argument, from 0.
    pub index: usize,
    /// What is wrong.
    pub reason: Demand,
}

/// What was demanded and not given.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Demand {
    /// A pointer to a map of the program.
    #[error("{0:#x} is no map of this program")]
    Map(u64),
    /// The index of a table.
    #[error("the program has no table {0}")]
    Table(u64),
    /// The program's context.
    #[error("{0:#x} is not the context")]
    Context(u64),
    /// Memory.
    #[error("{} {len} bytes at {addr:#x}: {reason}", verb(*.access))]
    Memory {
        /// What the function does with it.
        access: Access,
        /// Address.
        addr: u64,
        /// Number of bytes.
        len: u64,
        /// Why not.
        reason: Denied,
    },
    /// A number greater than zero.
    #[error("the size must not be 0")]
    Size,
    /// A NUL-terminated string.
    #[error("the string at {0:#x} is not terminated")]
    Str(u64),
    /// A record of a ring buffer.
    #[error("{0:#x} is no record that was reserved and not yet submitted or discarded")]
    Record(u64),
    /// A spin lock that is taken while another one is held, or freed while it is not.
    #[error("{0}")]
    Lock(&'static str),
    /// A map of a type that the function does something with.
    #[error("the function is not for maps of type {0}")]
    MapKind(MapKind),
    /// Something that this runtime cannot check.
    #[error("arguments of kind {0:?} are not supported by this runtime")]
    Unsupported(ParamKind),
}

fn verb(access: Access) -> &'static str {
    match access {
        Access::Read => "it reads",
        Access::Write => "it writes",
    }
}

/// Checks the arguments and calls the function. The run must be the current one.
pub(crate) fn call(
    run: &Run<'_>,
    function: &HostFunction,
    arguments: [u64; 5],
) -> Result<u64, BadArgument> {
    check(run, function, arguments)?;
    let [a, b, c, d, e] = arguments;
    let code = function.code();
    // SAFETY: the arguments are what the signature demands, which is all that `HostFunction::with_signature` asks for.
    Ok(unsafe { code(a, b, c, d, e) })
}

fn check(run: &Run<'_>, function: &HostFunction, arguments: [u64; 5]) -> Result<(), BadArgument> {
    let mut map = None;
    let params = function.signature().params;
    for (index, (param, value)) in params.iter().zip(arguments).enumerate() {
        let next = arguments.get(index + 1).copied().unwrap_or(0);
        let argument = Argument {
            run,
            function: function.number(),
            kind: param.kind,
            value,
            next,
        };
        argument.check(&mut map).map_err(|reason| BadArgument {
            function: function.name(),
            index,
            reason,
        })?;
    }
    Ok(())
}

/// `bpf_spin_unlock`.
const SPIN_UNLOCK: i32 = 94;

struct Argument<'a> {
    run: &'a Run<'a>,
    /// Number of the function.
    function: Option<i32>,
    kind: ParamKind,
    value: u64,
    /// The argument after this one: the size, if this one is memory.
    next: u64,
}

impl<'a> Argument<'a> {
    fn check(&self, map: &mut Option<&'a dyn Map>) -> Result<(), Demand> {
        use Access::{Read, Write};
        let key_size = map.map_or(0, |map| map.spec().key_size.into());
        let value_size = map.map_or(0, |map| map.spec().value_size.into());
        match self.kind {
            ParamKind::Anything
            | ParamKind::Scalar
            | ParamKind::SizeOrZero
            | ParamKind::AllocSize
            | ParamKind::Rest => Ok(()),
            ParamKind::Size if self.value == 0 => Err(Demand::Size),
            ParamKind::Size => Ok(()),
            ParamKind::Ctx => self.context(),
            ParamKind::CtxOrNull if self.value == 0 => Ok(()),
            ParamKind::CtxOrNull => self.context(),
            ParamKind::ConstMap => {
                let found = self.run.maps.by_address(self.value);
                let found = &**found.ok_or(Demand::Map(self.value))?;
                *map = Some(found);
                self.map_kind(found.spec().kind)
            }
            ParamKind::TableId => {
                let found = self.run.maps.table(self.value);
                *map = Some(&**found.ok_or(Demand::Table(self.value))?);
                Ok(())
            }
            ParamKind::MapKey => self.memory(key_size, &[Read]),
            ParamKind::MapValue => self.memory(value_size, &[Read]),
            ParamKind::UninitMapValue => self.memory(value_size, &[Write]),
            ParamKind::MapValueOrNull | ParamKind::MemOrNull | ParamKind::InOutMemOrNull
                if self.value == 0 =>
            {
                Ok(())
            }
            ParamKind::MapValueOrNull => self.memory(value_size, &[Read]),
            ParamKind::Mem | ParamKind::MemOrNull => self.memory(self.next, &[Read]),
            ParamKind::InOutMem | ParamKind::InOutMemOrNull => {
                self.memory(self.next, &[Read, Write])
            }
            ParamKind::UninitMem => self.memory(self.next, &[Write]),
            ParamKind::Fixed(len) => self.memory(len.into(), &[Read]),
            ParamKind::FixedInOut(len) => self.memory(len.into(), &[Read, Write]),
            ParamKind::FixedUninit(len) => self.memory(len.into(), &[Write]),
            ParamKind::ConstStr => self.string(),
            ParamKind::SpinLock => self.spin_lock(),
            ParamKind::RingbufMemReleased => match self.run.memory.loans().is_lent(self.value) {
                true => Ok(()),
                false => Err(Demand::Record(self.value)),
            },
            kind => Err(Demand::Unsupported(kind)),
        }
    }

    /// A run without a context has nothing that the argument could be compared with.
    fn context(&self) -> Result<(), Demand> {
        match self.run.memory.context_base() {
            Some(base) if base != self.value => Err(Demand::Context(self.value)),
            _ => Ok(()),
        }
    }

    fn memory(&self, len: u64, accesses: &[Access]) -> Result<(), Demand> {
        if len == 0 {
            return Ok(());
        }
        for &access in accesses {
            let outcome = self.run.memory.check(self.value, len, access);
            outcome.map_err(|reason| Demand::Memory {
                access,
                addr: self.value,
                len,
                reason,
            })?;
        }
        Ok(())
    }

    fn map_kind(&self, kind: MapKind) -> Result<(), Demand> {
        match self.function {
            Some(number) if !kind.goes_with(number) => Err(Demand::MapKind(kind)),
            _ => Ok(()),
        }
    }

    /// One lock at a time, so that no run waits for itself or for one that waits for it.
    fn spin_lock(&self) -> Result<(), Demand> {
        self.memory(4, &[Access::Read, Access::Write])?;
        if !self.value.is_multiple_of(4) {
            return Err(Demand::Lock("a spin lock needs an aligned address"));
        }
        let held = self.run.memory.loans().lock();
        match (self.function, held) {
            (Some(SPIN_UNLOCK), Some(held)) if held == self.value => Ok(()),
            (Some(SPIN_UNLOCK), _) => Err(Demand::Lock("the program does not hold this lock")),
            (_, None) => Ok(()),
            (_, Some(_)) => Err(Demand::Lock("a program holds one spin lock at a time")),
        }
    }

    fn string(&self) -> Result<(), Demand> {
        match self.run.memory.read_str(self.value, usize::MAX) {
            Some(_) => Ok(()),
            None => Err(Demand::Str(self.value)),
        }
    }
}
