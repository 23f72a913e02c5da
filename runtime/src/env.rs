//! Environments: what a program finds around it.
//!
//! The core and the JIT are the same for all uses of BPF. What differs is the context that R1 points to and the functions
//! that may be called; both are written down in an [`Environment`], which an embedder may define for itself.

use bpfcc_isa::helpers::{Param, ParamKind, ResultKind, Signature, helper_by_id, named_2014};
use bpfcc_isa::program::{
    self, ContextField, FieldValue, FunctionSet, Granularity, ProgramType, program_type,
    program_type_for_section,
};

use crate::helper;
use crate::memory::{Access, Rights};

/// Code of a host function. The arguments arrive in the registers of the C calling convention, which are those that hold
/// R1 to R5: a call costs no shuffling.
pub type HostCode = unsafe extern "C" fn(u64, u64, u64, u64, u64) -> u64;

/// How a program ended that did not return: it called a host function that ends programs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
pub enum Ending {
    /// `exit(status)`.
    #[error("the program exited with status {0}")]
    Exit(i32),
    /// `abort()`.
    #[error("the program aborted")]
    Abort,
}

/// A function that programs may call by name or by number.
#[derive(Clone, Copy, Debug)]
pub struct HostFunction {
    number: Option<i32>,
    signature: Signature,
    code: HostCode,
    ending: Option<fn(u64) -> Ending>,
    tail_call: bool,
}

impl HostFunction {
    /// A function over numbers. If it wants to follow a pointer of the program, [`crate::read_memory`] does so safely.
    pub const fn new(
        name: &'static str,
        code: extern "C" fn(u64, u64, u64, u64, u64) -> u64,
    ) -> HostFunction {
        const ANYTHING: &[Param] = &[Param {
            declaration: "...",
            kind: ParamKind::Rest,
        }];
        HostFunction {
            number: None,
            signature: Signature {
                name,
                c_result: "unsigned long long",
                params: ANYTHING,
                result: ResultKind::Scalar,
            },
            code,
            ending: None,
            tail_call: false,
        }
    }

    /// A function that relies on its arguments being what the signature says: the interpreter checks them before each call.
    ///
    /// # Safety
    ///
    /// `code` must be safe to call whenever the arguments are what `signature` demands.
    pub const unsafe fn with_signature(signature: Signature, code: HostCode) -> HostFunction {
        HostFunction {
            number: None,
            signature,
            code,
            ending: None,
            tail_call: false,
        }
    }

    /// The same function, after which the program goes on elsewhere: its result is one more than the position, or 0.
    pub(crate) const fn transfers(self) -> HostFunction {
        HostFunction {
            tail_call: true,
            ..self
        }
    }

    /// The same function, which ends the program: `ending` makes of its result what [`RunError::Ended`](crate::RunError)
    /// tells.
    pub const fn ends_program(self, ending: fn(u64) -> Ending) -> HostFunction {
        HostFunction {
            ending: Some(ending),
            ..self
        }
    }

    /// The same function, also callable by number.
    pub const fn numbered(self, number: i32) -> HostFunction {
        HostFunction {
            number: Some(number),
            ..self
        }
    }

    /// What the function is called by `call NUMBER`.
    pub const fn number(&self) -> Option<i32> {
        self.number
    }

    /// Its name in C.
    pub const fn name(&self) -> &'static str {
        self.signature.name
    }

    /// What it demands of its arguments.
    pub const fn signature(&self) -> &Signature {
        &self.signature
    }

    /// Whether programs end with it, and how: a function of its result.
    pub const fn ending(&self) -> Option<fn(u64) -> Ending> {
        self.ending
    }

    /// Whether the program goes on elsewhere.
    pub(crate) const fn is_tail_call(&self) -> bool {
        self.tail_call
    }

    /// Its machine code.
    pub const fn code(&self) -> HostCode {
        self.code
    }
}

/// A part of the context that programs may access. An access must lie within one field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Field {
    /// Name, as in C.
    pub name: String,
    /// Offset in bytes.
    pub offset: u32,
    /// Size in bytes.
    pub size: u32,
    /// What is permitted.
    pub rights: Rights,
    /// How much of it one access may take.
    pub granularity: Granularity,
}

impl Field {
    /// Offset of the first byte after the field.
    pub(crate) fn end(&self) -> u64 {
        u64::from(self.offset) + u64::from(self.size)
    }

    /// Whether all of these bytes of the context are the field's.
    pub(crate) fn holds(&self, offset: u64, len: u64) -> bool {
        u64::from(self.offset) <= offset && offset + len <= self.end()
    }

    /// Whether one access may take `len` bytes of the field.
    pub(crate) fn may_take(&self, len: u64, access: Access) -> bool {
        let whole = len == u64::from(self.size);
        match self.granularity {
            Granularity::Whole => whole,
            Granularity::Narrow => whole || access == Access::Read,
            Granularity::Bytes => true,
        }
    }
}

/// What R1 points to when a program starts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Context {
    /// A structure.
    Fields {
        /// Name of the environment, for messages.
        environment: &'static str,
        /// Its size in bytes, that of the fields no program may access included.
        size: u32,
        /// The fields that programs may access.
        fields: Vec<Field>,
    },
    /// Any bytes, all of them readable and writable; R2 holds their number.
    Buffer,
}

impl Context {
    /// The bytes of the whole structure; 0 for a buffer.
    pub fn size(&self) -> usize {
        match self {
            Context::Fields { size, .. } => *size as usize,
            Context::Buffer => 0,
        }
    }

    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        match self {
            Context::Fields { fields, .. } => fields.iter().find(|field| field.name == name),
            Context::Buffer => None,
        }
    }
}

/// A context layout and the functions that go with it.
#[derive(Clone, Debug)]
pub struct Environment {
    name: &'static str,
    context: Context,
    functions: Vec<HostFunction>,
}

impl Environment {
    /// An environment whose context is a buffer and that offers no functions.
    pub const fn new(name: &'static str) -> Environment {
        Environment {
            name,
            context: Context::Buffer,
            functions: Vec::new(),
        }
    }

    /// Plain functions over numbers and memory: R1 is a buffer, R2 its length. Offers every function there is.
    pub fn user() -> Environment {
        Environment::new("user")
            .with_functions(helper::by_number())
            .with_functions(helper::by_name())
            .with_functions(helper::of_c_library())
    }

    /// The environment of a type of programs. `None` where it takes more than a context and functions: packets, sockets, types
    /// from BTF.
    pub fn of_program_type(program: &ProgramType) -> Option<Environment> {
        let context = program.context?;
        let is_plain = |field: &ContextField| {
            field.access == program::Access::Denied || field.value == FieldValue::Scalar
        };
        if !context.fields.iter().all(is_plain) {
            return None;
        }
        let environment = Environment {
            name: program.name,
            context: Context::Fields {
                environment: program.name,
                size: context.size,
                fields: context.fields.iter().flat_map(fields).collect(),
            },
            functions: Vec::new(),
        };
        Some(match program.functions {
            FunctionSet::Linux => environment.with_functions(helper::by_number()),
            FunctionSet::Named2014 => environment.with_functions(helper::by_name()),
            FunctionSet::Empty => environment,
        })
    }

    /// The environment of programs in a section of this name, if it is a known one.
    pub fn of_section(section: &str) -> Option<Environment> {
        match section {
            ".text" | "user" => Some(Environment::user()),
            section => Environment::of_program_type(program_type_for_section(section)?),
        }
    }

    /// The names of the environments that [`Environment::named`] knows.
    pub const NAMES: [&str; 8] = [
        "user",
        "tracing_2014",
        "seccomp",
        "kprobe",
        "tracepoint",
        "perf_event",
        "raw_tracepoint",
        "raw_tracepoint_writable",
    ];

    /// The environment with this name: `user`, or that of a program type.
    pub fn named(name: &str) -> Option<Environment> {
        match name {
            "user" => Some(Environment::user()),
            name => Environment::of_program_type(program_type(name)?),
        }
    }

    /// Adds a field to the context; loads may take a part of it, stores all of it.
    #[must_use]
    pub fn with_field(mut self, name: &str, offset: u32, size: u32, rights: Rights) -> Environment {
        let field = Field {
            name: name.to_owned(),
            offset,
            size,
            rights,
            granularity: Granularity::Narrow,
        };
        let end = offset.saturating_add(size);
        match &mut self.context {
            Context::Fields { size, fields, .. } => {
                *size = end.max(*size);
                fields.push(field);
            }
            Context::Buffer => {
                self.context = Context::Fields {
                    environment: self.name,
                    size: end,
                    fields: vec![field],
                };
            }
        }
        self
    }

    /// Adds a function; of several with one name or number the last one counts.
    #[must_use]
    pub fn with_function(mut self, function: HostFunction) -> Environment {
        self.functions.push(function);
        self
    }

    fn with_functions(mut self, functions: impl IntoIterator<Item = HostFunction>) -> Environment {
        self.functions.extend(functions);
        self
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What R1 points to.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// All functions, in the order in which they were added.
    pub fn functions(&self) -> &[HostFunction] {
        &self.functions
    }

    /// The function called by this number.
    pub fn function_by_number(&self, number: i32) -> Option<&HostFunction> {
        let is_it = |function: &&HostFunction| function.number == Some(number);
        self.functions.iter().rev().find(is_it)
    }

    /// The function called by this name.
    pub fn function_by_name(&self, name: &str) -> Option<&HostFunction> {
        self.functions
            .iter()
            .rev()
            .find(|function| function.name() == name)
    }
}

/// The fields that a row stands for: one, none if no program may access it, or one for each element.
fn fields(row: &ContextField) -> Vec<Field> {
    let rights = match row.access {
        program::Access::Denied => return Vec::new(),
        program::Access::Read => Rights::Read,
        program::Access::ReadWrite => Rights::ReadWrite,
    };
    let field = |name: String, offset: u32, size: u32| Field {
        name,
        offset,
        size,
        rights,
        granularity: row.granularity,
    };
    if row.count == 1 || row.granularity == Granularity::Bytes {
        return vec![field(
            row.name.to_owned(),
            row.offset,
            row.end() - row.offset,
        )];
    }
    let element = |at: u32| {
        let name = format!("{}[{at}]", row.name);
        field(name, row.offset + at * row.size, row.size)
    };
    (0..row.count).map(element).collect()
}

/// The name under which people know a helper, even one that no environment offers.
pub(crate) fn helper_name(number: i32) -> Option<&'static str> {
    helper_by_id(number).map(|helper| helper.name())
}

/// Whether the design of 2014 had a function of this name.
pub(crate) fn is_named_2014(name: &str) -> bool {
    named_2014(name).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use bpfcc_isa::program::PROGRAM_TYPES;

    #[test]
    fn every_name_is_listed_and_known() {
        let supported = PROGRAM_TYPES
            .iter()
            .filter_map(Environment::of_program_type);
        let names: Vec<_> = supported.map(|environment| environment.name).collect();
        assert_eq!(names, Environment::NAMES[1..]);
        for name in Environment::NAMES {
            assert_eq!(Environment::named(name).unwrap().name(), name);
        }
        assert!(Environment::named("xdp").is_none());
    }

    #[test]
    fn sections_choose_environments() {
        let of = |section| Environment::of_section(section).map(|env| env.name());
        assert_eq!(of("events/skb/kfree_skb"), Some("tracing_2014"));
        assert_eq!(of("raw_tp/kfree_skb"), Some("raw_tracepoint"));
        assert_eq!(of(".text"), Some("user"));
        assert_eq!(of("nonsense"), None);
    }

    #[test]
    fn arrays_become_a_field_per_element() {
        let environment = Environment::named("raw_tracepoint").unwrap();
        let second = environment.context().field("args[1]").unwrap();
        assert_eq!((second.offset, second.size), (8, 8));
        assert!(second.may_take(4, Access::Read));
        assert_eq!(second.rights, Rights::Read);
        assert_eq!(environment.context().size(), 96);
    }
}
