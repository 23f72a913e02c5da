//! Environments: what a program finds around it.
//!
//! The core and the JIT are the same for all uses of BPF. What differs is the context that R1 points to and the functions
//! that may be called; both are written down in an [`Environment`], which an embedder may define for itself.

use bpfcc_isa::helpers::{Param, ParamKind, ResultKind, Signature, helper_by_id, named_2014};

use crate::helper;
use crate::memory::Rights;

/// Code of a host function. The arguments arrive in the registers of the C calling convention, which are those that hold
/// R1 to R5: a call costs no shuffling.
pub type HostCode = unsafe extern "C" fn(u64, u64, u64, u64, u64) -> u64;

/// A function that programs may call by name or by number.
#[derive(Clone, Copy, Debug)]
pub struct HostFunction {
    number: Option<i32>,
    signature: Signature,
    code: HostCode,
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
}

impl Field {
    /// Offset of the first byte after the field.
    pub(crate) fn end(&self) -> u64 {
        u64::from(self.offset) + u64::from(self.size)
    }
}

/// What R1 points to when a program starts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Context {
    /// A structure.
    Fields {
        /// Name of the environment, for messages.
        environment: &'static str,
        /// Its fields.
        fields: Vec<Field>,
    },
    /// Any bytes, all of them readable and writable; R2 holds their number.
    Buffer,
}

impl Context {
    /// The bytes of the whole structure; 0 for a buffer.
    pub fn size(&self) -> usize {
        match self {
            Context::Fields { fields, .. } => {
                let end = fields.iter().map(Field::end).max().unwrap_or(0);
                usize::try_from(end).unwrap_or(usize::MAX)
            }
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
    }

    /// The tracing filters of 2014: `arg1` … `arg6` and `ret`, functions called by name, tables named by index.
    pub fn tracing_2014() -> Environment {
        let words = ["arg1", "arg2", "arg3", "arg4", "arg5", "arg6", "ret"];
        let names = words.into_iter().map(str::to_owned);
        Environment::new("tracing2014")
            .with_words(names)
            .with_functions(helper::by_name())
    }

    /// `raw_tracepoint/NAME`: the arguments of the tracepoint as 64-bit words (`struct bpf_raw_tracepoint_args`).
    pub fn raw_tracepoint() -> Environment {
        /// Linux `MAX_BPF_FUNC_ARGS`.
        const MAX_ARGUMENTS: usize = 12;
        let names = (0..MAX_ARGUMENTS).map(|at| format!("args[{at}]"));
        Environment::new("raw_tracepoint")
            .with_words(names)
            .with_functions(helper::by_number())
    }

    /// The environment of programs in a section of this name, if it is a known one.
    pub fn of_section(section: &str) -> Option<Environment> {
        let kind = section.split('/').next().unwrap_or(section);
        match kind {
            "events" => Some(Environment::tracing_2014()),
            "raw_tp" | "raw_tracepoint" | "raw_tp.w" | "raw_tracepoint.w" => {
                Some(Environment::raw_tracepoint())
            }
            ".text" | "user" => Some(Environment::user()),
            _ => None,
        }
    }

    /// The names of the environments that [`Environment::named`] knows.
    pub const NAMES: [&str; 3] = ["tracing2014", "raw_tracepoint", "user"];

    /// The environment with this name.
    pub fn named(name: &str) -> Option<Environment> {
        match name {
            "tracing2014" => Some(Environment::tracing_2014()),
            "raw_tracepoint" => Some(Environment::raw_tracepoint()),
            "user" => Some(Environment::user()),
            _ => None,
        }
    }

    /// Adds a field to the context.
    #[must_use]
    pub fn with_field(mut self, name: &str, offset: u32, size: u32, rights: Rights) -> Environment {
        let field = Field {
            name: name.to_owned(),
            offset,
            size,
            rights,
        };
        match &mut self.context {
            Context::Fields { fields, .. } => fields.push(field),
            Context::Buffer => {
                self.context = Context::Fields {
                    environment: self.name,
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

    /// Read-only 64-bit fields, one after the other.
    fn with_words(self, names: impl Iterator<Item = String>) -> Environment {
        (0..)
            .step_by(8)
            .zip(names)
            .fold(self, |env, (offset, name)| {
                env.with_field(&name, offset, 8, Rights::Read)
            })
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

/// The name under which people know a helper, even one that no environment offers.
pub(crate) fn helper_name(number: i32) -> Option<&'static str> {
    helper_by_id(number).map(|helper| helper.name())
}

/// Whether the design of 2014 had a function of this name.
pub(crate) fn is_named_2014(name: &str) -> bool {
    named_2014(name).is_some()
}
