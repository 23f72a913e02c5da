//! The whole machine: a program, its maps, the simulated kernel, and a choice of engine.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bpfcc_isa::Size;
use bpfcc_object::Object;

use crate::check;
use crate::check::BadArgument;
use crate::env::{Context, Ending, Environment, HostFunction};
use crate::interp::{self, Decoded, FaultKind, Flow, State};
use crate::jit::{self, Code, JitError, Trusted};
use crate::kernel::Kernel;
use crate::load::{Image, LoadError};
use crate::map::Map;
use crate::memory::{ContextBytes, Denied, MAX_FRAMES, Memory};
use crate::program::Program;
use crate::run::{Run, Stack};

/// Instructions that the interpreter executes before it gives up, unless told otherwise.
pub const DEFAULT_BUDGET: u64 = 1 << 30;

/// How a program is executed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Engine {
    /// Checks every access; runs anything.
    Interp,
    /// Machine code without checks; runs trusted programs only.
    Jit,
}

/// How the environment is chosen.
#[derive(Clone, Debug, Default)]
pub enum EnvironmentChoice {
    /// By the name of the section the program is in.
    #[default]
    BySection,
    /// This one.
    Given(Environment),
}

/// A mistake of the program, found by the interpreter.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("function `{function}`, instruction {slot}: {kind}")]
pub struct Fault {
    /// The function.
    pub function: String,
    /// Slot of the instruction in the function, as disassemblers count.
    pub slot: usize,
    /// Position of the instruction in the linked program.
    pub position: usize,
    /// What is wrong.
    pub kind: FaultKind,
}

/// Why there is no result.
#[derive(Clone, Debug, thiserror::Error)]
pub enum RunError {
    /// The program did something that it may not do.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The program ended itself, by a call to the host.
    #[error(transparent)]
    Ended(#[from] Ending),
    /// The JIT does not check, so it runs only what is trusted.
    #[error("the JIT runs trusted programs only; nothing vouches for `{0}`")]
    NotTrusted(String),
    /// The program could not be translated.
    #[error(transparent)]
    Jit(#[from] Arc<JitError>),
    /// The function that is to be called cannot be linked.
    #[error(transparent)]
    Load(#[from] LoadError),
}

/// What a program starts with.
#[derive(Debug)]
pub enum Input<'a> {
    /// R1 points to these bytes; if the environment has no structure for them, R2 holds their number.
    Context(&'a mut [u8]),
    /// R1 to R5.
    Arguments([u64; 5]),
}

/// A program with everything around it. Runs may happen on many threads at once.
#[derive(Debug)]
pub struct Vm {
    image: Image,
    environment: Environment,
    kernel: Kernel,
    budget: u64,
    trusted: bool,
    entry: Arc<Linked>,
    /// Functions that were called by name.
    others: Mutex<HashMap<String, Arc<Linked>>>,
}

#[derive(Debug)]
struct Linked {
    program: Program,
    decoded: OnceLock<Decoded>,
    code: OnceLock<Result<Code, Arc<JitError>>>,
}

impl Linked {
    fn new(program: Program) -> Arc<Linked> {
        Arc::new(Linked {
            program,
            decoded: OnceLock::new(),
            code: OnceLock::new(),
        })
    }

    fn decoded(&self) -> &Decoded {
        self.decoded.get_or_init(|| Decoded::new(&self.program))
    }
}

impl Vm {
    /// Loads an object and links one of its functions, named by its symbol or by its section. Without a name it is the first
    /// exported function outside `.text`.
    pub fn load(
        object: &Object,
        entry: Option<&str>,
        choice: EnvironmentChoice,
    ) -> Result<Vm, LoadError> {
        Vm::from_image(Image::load(object)?, entry, choice)
    }

    /// Like [`Vm::load`], for an object that is loaded already. Machines made from one image share its maps.
    pub fn from_image(
        image: Image,
        entry: Option<&str>,
        choice: EnvironmentChoice,
    ) -> Result<Vm, LoadError> {
        let entry = entry.or(image.default_entry()).ok_or(LoadError::NoCode)?;
        let environment = match choice {
            EnvironmentChoice::Given(environment) => environment,
            EnvironmentChoice::BySection => environment_of(&image, entry)?,
        };
        let program = image.program(entry, &environment)?;
        Ok(Vm {
            environment,
            kernel: Kernel::default(),
            budget: DEFAULT_BUDGET,
            trusted: false,
            entry: Linked::new(program),
            others: Mutex::default(),
            image,
        })
    }

    /// The same machine in another world.
    #[must_use]
    pub fn with_kernel(self, kernel: Kernel) -> Vm {
        Vm { kernel, ..self }
    }

    /// The same machine with another limit on interpreted instructions.
    #[must_use]
    pub fn with_budget(self, budget: u64) -> Vm {
        Vm { budget, ..self }
    }

    /// The same machine, which now also runs translated code.
    ///
    /// # Safety
    ///
    /// See [`Trusted::assume`]; the promise is about the entry and all functions that will be called by name.
    #[must_use]
    pub unsafe fn trust(self) -> Vm {
        Vm {
            trusted: true,
            ..self
        }
    }

    /// Runs the program on a context. The result is R0.
    pub fn run(&self, engine: Engine, context: &mut [u8]) -> Result<u64, RunError> {
        self.execute(engine, &self.entry, Input::Context(context))
    }

    /// Runs the program with these arguments.
    pub fn call(&self, engine: Engine, arguments: [u64; 5]) -> Result<u64, RunError> {
        self.execute(engine, &self.entry, Input::Arguments(arguments))
    }

    /// Runs any function of the object.
    pub fn call_function(
        &self,
        engine: Engine,
        name: &str,
        input: Input<'_>,
    ) -> Result<u64, RunError> {
        let linked = self.function(name)?;
        self.execute(engine, &linked, input)
    }

    /// The linked entry.
    pub fn program(&self) -> &Program {
        &self.entry.program
    }

    /// The machine code of the entry.
    pub fn code(&self) -> Result<&Code, RunError> {
        self.code_of(&self.entry)
    }

    /// The loaded object.
    pub fn image(&self) -> &Image {
        &self.image
    }

    /// What is around the program.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The simulated kernel.
    pub fn kernel(&self) -> &Kernel {
        &self.kernel
    }

    /// What programs printed.
    pub fn log(&self) -> Vec<String> {
        self.kernel.log()
    }

    /// All maps, data sections among them.
    pub fn maps(&self) -> &[Arc<dyn Map>] {
        self.image.maps().maps()
    }

    /// The map with this name.
    pub fn map(&self, name: &str) -> Option<&Arc<dyn Map>> {
        self.image.maps().by_name(name)
    }

    /// Memory, stack and host functions as a program would have them, for executing a program by other means.
    pub fn session<'a>(&'a self, input: Input<'a>) -> Session<'a> {
        let program = &self.entry.program;
        Session::new(self, program, MAX_FRAMES, input)
    }

    fn function(&self, name: &str) -> Result<Arc<Linked>, LoadError> {
        // A map of finished programs is whole even if a thread panicked while it held the lock.
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(linked) = others.get(name) {
            return Ok(linked.clone());
        }
        let linked = Linked::new(self.image.program(name, &self.environment)?);
        others.insert(name.to_owned(), linked.clone());
        Ok(linked)
    }

    fn code_of<'a>(&self, linked: &'a Linked) -> Result<&'a Code, RunError> {
        if !self.trusted {
            return Err(RunError::NotTrusted(linked.program.name().to_owned()));
        }
        let compile = || {
            // SAFETY: `Vm::trust` was called, which promises the same.
            let trusted = unsafe { Trusted::assume(linked.program.clone()) };
            jit::compile(&trusted).map_err(Arc::new)
        };
        let code = linked.code.get_or_init(compile).as_ref();
        code.map_err(|error| RunError::Jit(error.clone()))
    }

    fn execute(&self, engine: Engine, linked: &Linked, input: Input<'_>) -> Result<u64, RunError> {
        let program = &linked.program;
        match engine {
            Engine::Interp => {
                let session = Session::new(self, program, program.frames(), input);
                let mut state = session.start();
                let (ops, run) = (linked.decoded(), &session.run);
                let outcome = run.enter(|| interp::run(program, ops, run, &mut state, self.budget));
                let result = outcome.map_err(|kind| fault(program, &state, kind))??;
                match unreleased(run) {
                    Some(kind) => Err(fault(program, &state, kind).into()),
                    None => Ok(result),
                }
            }
            Engine::Jit => {
                let code = self.code_of(linked)?;
                let session = Session::new(self, program, program.frames(), input);
                session.run.memory.set_frames(program.frames());
                let top = session.stack_top();
                // SAFETY: `code_of` returns trusted code only; its run is entered, and `session` owns the stack.
                let call = || unsafe { code.call(session.arguments, top) };
                let end = session.run.enter(call);
                match end.ended_at() {
                    None => Ok(end.result()),
                    Some(position) => Err(ending(program, position, end.result()).into()),
                }
            }
        }
    }
}

fn environment_of(image: &Image, entry: &str) -> Result<Environment, LoadError> {
    let section = image
        .section_of(entry)
        .ok_or_else(|| image.no_such_entry(entry))?;
    Environment::of_section(section).ok_or_else(|| LoadError::NoEnvironment {
        section: section.to_owned(),
        known: Environment::NAMES.map(str::to_owned).to_vec(),
    })
}

/// What a program may not keep at its end.
fn unreleased(run: &Run<'_>) -> Option<FaultKind> {
    let loans = run.memory.loans();
    let record = loans.first();
    let record = record.map(|_| "neither submitted nor discarded a record");
    let lock = loans.lock().map(|_| "holds a spin lock");
    record.or(lock).map(FaultKind::Unreleased)
}

/// How the host function called at a position ended the program.
fn ending(program: &Program, position: usize, result: u64) -> Ending {
    let ending = program.host(position).ending();
    ending.expect("translated code is left early only by calls that end the program")(result)
}

fn fault(program: &Program, state: &State, kind: FaultKind) -> Fault {
    let function = program.function_at(state.position);
    Fault {
        function: function.map_or_else(String::new, |function| function.name.clone()),
        slot: program.slot_in_function(state.position),
        position: state.position,
        kind,
    }
}

/// The surroundings of one execution: memory, stack, host functions. Engines run in one; so can a debugger, or an evaluator
/// of something that is not BPF yet.
#[derive(Debug)]
pub struct Session<'a> {
    vm: &'a Vm,
    arguments: [u64; 5],
    run: Run<'a>,
    _stack: Stack,
}

impl<'a> Session<'a> {
    fn new(vm: &'a Vm, program: &'a Program, frames: usize, input: Input<'a>) -> Session<'a> {
        let layout = program.context();
        let mut stack = Stack::take(frames);
        let (arguments, context) = match input {
            Input::Arguments(arguments) => (arguments, None),
            Input::Context(bytes) => {
                let len = bytes.len() as u64;
                let base = bytes.as_mut_ptr().expose_provenance() as u64;
                let r2 = match layout {
                    Context::Buffer => len,
                    Context::Fields { .. } => 0,
                };
                (
                    [base, r2, 0, 0, 0],
                    Some(ContextBytes { base, len, layout }),
                )
            }
        };
        let values = vm.image.maps().regions();
        Session {
            vm,
            arguments,
            run: Run {
                memory: Memory::new(stack.top(), context, values, vm.image.endian()),
                maps: vm.image.maps(),
                kernel: &vm.kernel,
                program,
                tail_calls: Cell::new(0),
            },
            _stack: stack,
        }
    }

    /// R1 to R5 at entry.
    pub fn arguments(&self) -> [u64; 5] {
        self.arguments
    }

    /// R10 of the outermost function: the first address after its frame.
    pub fn stack_top(&self) -> u64 {
        self.run.memory.stack_top()
    }

    /// Says how many frames of 512 bytes may be touched, 1 to 8; one at first.
    pub fn set_frames(&self, count: usize) {
        self.run.memory.set_frames(count.clamp(1, MAX_FRAMES));
    }

    /// Reads a number from memory that the program may read.
    pub fn read(&self, addr: u64, size: Size) -> Result<u64, Denied> {
        self.run.memory.load(addr, size)
    }

    /// Writes a number to memory that the program may write.
    pub fn write(&self, addr: u64, size: Size, value: u64) -> Result<(), Denied> {
        self.run.memory.store(addr, size, value)
    }

    /// Memory of `len` bytes that the program may use, as `malloc` gives it; `None` if there is no room.
    pub fn allocate(&self, len: u64) -> Option<u64> {
        self.run.memory.heap().allocate(len)
    }

    /// Gives memory from [`Session::allocate`] back.
    pub fn release(&self, base: u64) {
        self.run.memory.heap().release(base);
    }

    /// Calls a host function of the environment by number; `None` if there is none.
    pub fn call_number(
        &self,
        number: i32,
        arguments: [u64; 5],
    ) -> Option<Result<u64, BadArgument>> {
        let function = self.vm.environment.function_by_number(number)?;
        Some(self.call_host(function, arguments))
    }

    /// Calls a host function of the environment by name; `None` if there is none.
    pub fn call_name(&self, name: &str, arguments: [u64; 5]) -> Option<Result<u64, BadArgument>> {
        let function = self.vm.environment.function_by_name(name)?;
        Some(self.call_host(function, arguments))
    }

    /// Calls a host function.
    pub fn call_host(
        &self,
        function: &HostFunction,
        arguments: [u64; 5],
    ) -> Result<u64, BadArgument> {
        self.run
            .enter(|| check::call(&self.run, function, arguments))
    }

    /// The pointer by which programs name this map.
    pub fn map_address(&self, name: &str) -> Option<u64> {
        Some(self.vm.map(name)?.address())
    }

    /// The address of a variable of the object.
    pub fn global(&self, name: &str) -> Option<u64> {
        self.vm.image.global(name)
    }

    /// The state before the first instruction of the entry.
    pub fn start(&self) -> State {
        self.set_frames(1);
        State::new(self.arguments, self.stack_top())
    }

    /// Interprets one instruction of the entry. Each session must be stepped with states of its own.
    pub fn step(&self, state: &mut State) -> Result<Flow, Fault> {
        let program = &self.vm.entry.program;
        // A copied state may be from before a call or return.
        self.set_frames(state.frames());
        let flow = self.run.enter(|| interp::step(program, &self.run, state));
        flow.map_err(|kind| fault(program, state, kind))
    }
}
