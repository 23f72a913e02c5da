//! One module, three ways to execute it: IR evaluator, interpreter, JIT.

use std::cell::Cell;

use bpfcc::Compiled;
use bpfcc_ir::eval::{Evaluator, Fault, Host, Memory};
use bpfcc_ir::{FuncId, Global, Module};
use bpfcc_isa::helpers::{ParamKind, helper_by_id};
use bpfcc_isa::{Callee, Endian, Insn, Size, decode};
use bpfcc_object::{Object, SectionKind};
use bpfcc_runtime::{Context, Engine, Environment, EnvironmentChoice, Input, Kernel, Session, Vm};

use crate::testfile;

/// How a test program is executed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum How {
    /// The IR, after all passes.
    Eval,
    /// The object file, interpreted.
    Interp,
    /// The object file, translated.
    Jit,
}

impl How {
    /// All that this host can do with a program.
    pub(crate) fn available(object: &Object) -> &'static [How] {
        let has_jit = cfg!(all(target_arch = "x86_64", unix)) && object.endian == Endian::HOST;
        match (has_jit, needs_engine(object)) {
            (true, false) => &[How::Eval, How::Interp, How::Jit],
            (false, false) => &[How::Eval, How::Interp],
            (true, true) => &[How::Interp, How::Jit],
            (false, true) => &[How::Interp],
        }
    }
}

/// Whether a helper goes on with another program or calls a function of this one: the evaluator's host can do neither.
fn needs_engine(object: &Object) -> bool {
    let moves = |id: i32| {
        let params = helper_by_id(id).map_or(&[][..], |helper| helper.signature.params);
        id == TAIL_CALL || params.iter().any(|p| p.kind == ParamKind::Callback)
    };
    let code = object
        .sections
        .iter()
        .filter(|section| section.kind == SectionKind::Code);
    code.filter_map(|section| decode(&section.data, object.endian).ok())
        .flatten()
        .any(|insn| matches!(insn, Insn::Call(Callee::Helper(id)) if moves(id)))
}

/// `bpf_tail_call`.
const TAIL_CALL: i32 = 12;

/// One call of a function of the program.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    /// Its name.
    pub(crate) function: &'a str,
    /// What it gets.
    pub(crate) input: &'a testfile::Input,
}

/// A loaded program with fresh maps and globals, for calls in order.
pub(crate) struct Machine<'a> {
    compiled: &'a Compiled,
    /// Its maps are those of every engine.
    pub(crate) vm: Vm,
}

impl<'a> Machine<'a> {
    /// Loads a program. The environment is that of its first program section, else `user`.
    pub(crate) fn new(compiled: &'a Compiled) -> Result<Machine<'a>, String> {
        Machine::with_object(compiled, &compiled.object)
    }

    /// The same for another compiler's object of the same program, which the evaluator cannot run.
    pub(crate) fn with_object(
        compiled: &'a Compiled,
        object: &Object,
    ) -> Result<Machine<'a>, String> {
        let sections = compiled
            .module
            .functions
            .values()
            .filter_map(|f| f.section.as_deref());
        let environment = sections.filter_map(Environment::of_section).next();
        let choice = EnvironmentChoice::Given(environment.unwrap_or_else(Environment::user));
        let vm = Vm::load(object, None, choice).map_err(|error| error.to_string())?;
        let vm = vm
            .with_kernel(Kernel::deterministic(1))
            .with_budget(10_000_000);
        // SAFETY: file tests are ours, and the interpreter runs each call before the JIT does.
        let vm = unsafe { vm.trust() };
        Ok(Machine { compiled, vm })
    }

    /// Executes the calls in order and gives their results, cut to the width of each function's result.
    pub(crate) fn run(&self, how: How, calls: &[Call<'_>]) -> Result<Vec<u64>, String> {
        match how {
            How::Eval => self.evaluate(calls),
            How::Interp => calls
                .iter()
                .map(|call| self.execute(Engine::Interp, call))
                .collect(),
            How::Jit => calls
                .iter()
                .map(|call| self.execute(Engine::Jit, call))
                .collect(),
        }
    }

    fn execute(&self, engine: Engine, call: &Call<'_>) -> Result<u64, String> {
        let mut context = self.context(call)?;
        let result = self
            .vm
            .call_function(engine, call.function, input(call, &mut context));
        let result = result.map_err(|error| format!("{}: {error}", call.function))?;
        Ok(self.cut(call.function, result))
    }

    fn evaluate(&self, calls: &[Call<'_>]) -> Result<Vec<u64>, String> {
        let module = &self.compiled.module;
        let contexts: Result<Vec<_>, _> = calls.iter().map(|call| self.context(call)).collect();
        let mut contexts = contexts?;
        let sessions = calls.iter().zip(&mut contexts);
        let sessions: Vec<Session<'_>> = sessions
            .map(|(call, bytes)| self.vm.session(input(call, bytes)))
            .collect();
        let current = Cell::new(0);
        let mut host = SessionHost {
            sessions: &sessions,
            current: &current,
        };
        let mut evaluator = Evaluator::new(module, &mut host);
        evaluator.set_step_limit(10_000_000);
        let mut results = Vec::new();
        for (index, call) in calls.iter().enumerate() {
            current.set(index);
            let func = function(module, call.function)?;
            let arity = module.functions[func].signature.params.len();
            let arguments = sessions[index].arguments();
            let result = evaluator.call(func, &arguments[..arity.min(5)]);
            let result = result.map_err(|error| format!("{}: {error}", call.function))?;
            results.push(self.cut(call.function, result.unwrap_or(0)));
        }
        Ok(results)
    }

    /// Results narrower than 64 bits say nothing about the upper half of R0; that of a void function says nothing at all.
    pub(crate) fn cut(&self, name: &str, value: u64) -> u64 {
        let Ok(func) = function(&self.compiled.module, name) else {
            return value;
        };
        match self.compiled.module.functions[func]
            .signature
            .result
            .map(|ty| ty.bytes())
        {
            None => 0,
            Some(4) => value & 0xffff_ffff,
            Some(_) => value,
        }
    }

    fn context(&self, call: &Call<'_>) -> Result<Vec<u8>, String> {
        let testfile::Input::Context(fields) = call.input else {
            return Ok(Vec::new());
        };
        let layout = self.vm.environment().context();
        let mut bytes = vec![0; layout.size()];
        for (name, value) in fields {
            let place = field(layout, name)?;
            let value = self.vm.image().endian().bytes(*value, place.len());
            bytes[place].copy_from_slice(&value);
        }
        Ok(bytes)
    }
}

fn field(layout: &Context, name: &str) -> Result<std::ops::Range<usize>, String> {
    let field = layout
        .field(name)
        .ok_or_else(|| format!("the context has no field `{name}`"))?;
    Ok(field.offset as usize..(field.offset + field.size) as usize)
}

fn input<'a>(call: &Call<'_>, context: &'a mut [u8]) -> Input<'a> {
    match call.input {
        testfile::Input::Context(_) => Input::Context(context),
        testfile::Input::Arguments(values) => {
            let mut arguments = [0; 5];
            for (argument, value) in arguments.iter_mut().zip(values) {
                *argument = *value as u64;
            }
            Input::Arguments(arguments)
        }
    }
}

fn function(module: &Module, name: &str) -> Result<FuncId, String> {
    let mut functions = module.functions.iter();
    let found = functions.find(|(_, func)| func.name == name && !func.is_declaration());
    found
        .map(|(id, _)| id)
        .ok_or_else(|| format!("there is no function `{name}`"))
}

/// Lends the runtime's maps, context and host functions to the IR evaluator.
struct SessionHost<'a> {
    /// One per call.
    sessions: &'a [Session<'a>],
    current: &'a Cell<usize>,
}

/// Longest copy of what one argument points to.
const WINDOW: u64 = 4096;

/// What one argument of a host function points to, where host functions can follow it.
struct Copied {
    original: u64,
    window: u64,
    before: Vec<u64>,
}

impl SessionHost<'_> {
    fn session(&self) -> &Session<'_> {
        &self.sessions[self.current.get()]
    }

    /// Host functions follow real pointers, but the evaluator's memory has addresses of its own: what an argument points to is
    /// copied to the session's memory for the call, and what the call changed is copied back.
    fn with_copies(
        &self,
        mut args: [u64; 5],
        memory: &mut dyn Memory,
        call: impl FnOnce(&Session<'_>, [u64; 5]) -> Result<u64, Fault>,
    ) -> Result<u64, Fault> {
        let session = self.session();
        let mut copies = Vec::new();
        for arg in &mut args {
            if let Some(copied) = self.copied(*arg, memory) {
                *arg = copied.window;
                copies.push(copied);
            }
        }
        let result = call(session, args);
        let mut translated = result.clone();
        for copied in copies {
            if let Ok(result) = result
                && let at = result.wrapping_sub(copied.window)
                && at <= copied.before.len() as u64
            {
                translated = Ok(copied.original + at);
            }
            self.copy_back(&copied, memory)?;
        }
        translated
    }

    fn copied(&self, original: u64, memory: &mut dyn Memory) -> Option<Copied> {
        let load = |at| memory.load(original.wrapping_add(at), Size::B).ok();
        let before: Vec<u64> = (0..WINDOW).map_while(load).collect();
        if before.is_empty() {
            return None;
        }
        let session = self.session();
        let window = session.allocate(before.len() as u64);
        let window = window.expect("five windows fit into the heap");
        for (at, &byte) in (window..).zip(&before) {
            session.write(at, Size::B, byte).expect("it was allocated");
        }
        Some(Copied {
            original,
            window,
            before,
        })
    }

    fn copy_back(&self, copied: &Copied, memory: &mut dyn Memory) -> Result<(), Fault> {
        let session = self.session();
        for (at, &old) in (0u64..).zip(&copied.before) {
            let new = session.read(copied.window + at, Size::B);
            let new = new.expect("it was allocated");
            if new != old {
                memory.store(copied.original + at, Size::B, new)?;
            }
        }
        session.release(copied.window);
        Ok(())
    }
}

impl Host for SessionHost<'_> {
    fn load(&mut self, addr: u64, size: Size) -> Result<u64, Fault> {
        let len = size.bytes().into();
        self.session()
            .read(addr, size)
            .map_err(|_| Fault::OutOfBounds { addr, len })
    }

    fn store(&mut self, addr: u64, size: Size, value: u64) -> Result<(), Fault> {
        let len = size.bytes().into();
        self.session()
            .write(addr, size, value)
            .map_err(|_| Fault::OutOfBounds { addr, len })
    }

    fn call_helper(
        &mut self,
        id: i32,
        args: [u64; 5],
        memory: &mut dyn Memory,
    ) -> Result<u64, Fault> {
        self.with_copies(args, memory, |session, args| {
            let result = session
                .call_number(id, args)
                .ok_or(Fault::NoSuchHelper(id))?;
            result.map_err(|_| Fault::NoSuchHelper(id))
        })
    }

    fn call_named(
        &mut self,
        name: &str,
        args: [u64; 5],
        memory: &mut dyn Memory,
    ) -> Result<u64, Fault> {
        let missing = || Fault::NoSuchFunction(name.to_owned());
        self.with_copies(args, memory, |session, args| {
            let result = session.call_name(name, args).ok_or_else(missing)?;
            result.map_err(|_| missing())
        })
    }

    fn map_address(&mut self, global: &Global) -> u64 {
        self.session().map_address(&global.name).unwrap_or(0)
    }
}
