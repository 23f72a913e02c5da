//! Adaptation: a program written for the tracing environment of 2014 becomes one for today's Linux.
//!
//! The design of 2014 let the core be the same everywhere and made environments differ in two things only: what the context
//! holds, and which functions may be called. So a program moves from one to the other by renaming, after lowering and before
//! the passes:
//!
//! ```text
//! global @tables "bpf_tables" readonly …      ──►  global @tables_0 ".maps" map …           a map, defined by its C type
//! fn @f(v0: ptr.ctx) section "events/a/b"     ──►  fn @f(v0: ptr.ctx) section "raw_tracepoint/b"
//! v1: i64 = load.u64 v0+8         (arg2)      ──►  the same                                 (args[1])
//! v2: i32 = const 0
//! v4 = call @bpf_table_lookup(v0, v2, v3)     ──►  v5: ptr.map = global_addr @tables_0+0
//!                                                  v4 = call helper 1(v5, v3)
//! ```
//!
//! What corresponds to what is written in [`bpfcc_isa::helpers`] and [`bpfcc_isa::program`]. Where Linux has nothing, the
//! program is refused at the place that needs it. Functions called by name that 2014 did not have are left to the loader.
//!
//! The context is followed through the function that is given it; one that hands `ctx->ret` to a static function is refused
//! by Linux when it is attached.

use bpfcc_frontend::diagnostic::Diagnostic;
use bpfcc_frontend::source::Sources;
use bpfcc_ir::debug::{DebugInfo, DebugMember, DebugType, IntEncoding, SourceLoc};
use bpfcc_ir::entity::{DebugTypeId, Inst, SecondaryMap, Slot};
use bpfcc_ir::function::SlotData;
use bpfcc_ir::{
    Callee, FuncId, Function, Global, GlobalId, GlobalKind, InstData, Linkage, Module, PtrKind,
    SymbolRef, Type, Value,
};
use bpfcc_isa::helpers::{Successor, SuccessorArg, successor_of_2014};
use bpfcc_isa::program::{
    FunctionSet, MapKind, TABLE_BYTES_2014, TABLE_SECTIONS_2014, program_type_for_section,
    raw_tracepoint_of_2014,
};
use bpfcc_isa::{Endian, Size};

use crate::place;

/// Turns what a module has of 2014 into what Linux has in its place. If anything is said, the module is not to be used.
pub(crate) fn to_linux(sources: &Sources, module: &mut Module) -> Vec<Diagnostic> {
    let mut obstacles = Vec::new();
    let tables = define_maps(module, &mut obstacles);
    rename_programs(module, &mut obstacles);
    refuse_tables_as_data(module, &tables, &mut obstacles);
    replace_calls(module, &tables.maps, &mut obstacles);
    obstacles.sort_by_key(|obstacle| obstacle.loc);
    let diagnostics = obstacles.into_iter();
    diagnostics
        .map(|obstacle| obstacle.diagnostic(sources, &module.debug))
        .collect()
}

/// Something that Linux has no counterpart for.
struct Obstacle {
    loc: SourceLoc,
    message: String,
    help: String,
}

impl Obstacle {
    fn new(loc: SourceLoc, message: String, help: impl Into<String>) -> Obstacle {
        let help = help.into();
        Obstacle { loc, message, help }
    }

    fn diagnostic(self, sources: &Sources, debug: &DebugInfo) -> Diagnostic {
        Diagnostic::error(place::span(sources, debug, self.loc), self.message)
            .code("adapt")
            .help(self.help)
    }
}

// Tables.

/// What became of the tables.
#[derive(Default)]
struct Tables {
    /// The map of each table, by the table's index.
    maps: Vec<GlobalId>,
    /// The variables that defined them, with the names they had.
    variables: Vec<(GlobalId, String)>,
}

/// A `struct bpf_table`. Its last word, `param1`, has no meaning for hash tables and none in Linux.
struct Table {
    kind: MapKind,
    key_size: u32,
    elem_size: u32,
    max_entries: u32,
}

fn define_maps(module: &mut Module, obstacles: &mut Vec<Obstacle>) -> Tables {
    let mut result = Tables::default();
    let is_definition =
        |global: &Global| TABLE_SECTIONS_2014.contains(&global.section.as_str()) && global.size > 0;
    let globals = module.globals.iter();
    let variables: Vec<GlobalId> = globals
        .filter(|(_, global)| is_definition(global))
        .map(|(id, _)| id)
        .collect();
    for variable in variables {
        let Global { name, loc, .. } = module.globals[variable].clone();
        let tables = match tables_in(&module.globals[variable], module.endian) {
            Ok(tables) => tables,
            Err(obstacle) => {
                obstacles.push(obstacle);
                continue;
            }
        };
        for (index, table) in tables.iter().enumerate() {
            let map = define_map(module, format!("{name}_{index}"), loc, table);
            // The first map takes the variable's place, the others stand at the end.
            match index {
                0 => {
                    module.globals[variable] = map;
                    result.maps.push(variable);
                }
                _ => result.maps.push(module.globals.push(map)),
            }
        }
        result.variables.push((variable, name));
    }
    result
}

fn tables_in(global: &Global, endian: Endian) -> Result<Vec<Table>, Obstacle> {
    let Global { name, loc, .. } = global;
    if !global.size.is_multiple_of(TABLE_BYTES_2014) {
        return Err(Obstacle::new(
            *loc,
            format!(
                "`{name}` has {} bytes; section `{}` holds definitions of tables, {TABLE_BYTES_2014} bytes each",
                global.size, global.section
            ),
            "declare it as `struct bpf_table`, or as an array of them",
        ));
    }
    let mut data = global.data.clone();
    data.resize(global.size as usize, 0);
    let words = data.chunks(4).map(|word| endian.number(word) as u32);
    let words: Vec<u32> = words.collect();
    let tables = words.chunks_exact(TABLE_BYTES_2014 as usize / 4);
    let tables = tables.enumerate().map(|(index, words)| {
        let kind = MapKind::from_table_type_2014(words[0]);
        Ok(Table {
            kind: kind.ok_or_else(|| unknown_type(global, index, words[0]))?,
            key_size: words[1],
            elem_size: words[2],
            max_entries: words[3],
        })
    });
    tables.collect()
}

fn unknown_type(global: &Global, index: usize, number: u32) -> Obstacle {
    Obstacle::new(
        global.loc,
        format!(
            "`{}[{index}]` is a table of type {number}; there are hash tables and longest-prefix-match tables",
            global.name
        ),
        "use `BPF_TABLE_HASH` or `BPF_TABLE_LPM`",
    )
}

/// A map that is defined the way libbpf reads it: by the type of a struct whose members are pointers to arrays, each as long as
/// the number it stands for.
fn define_map(module: &mut Module, name: String, loc: SourceLoc, table: &Table) -> Global {
    let flags = table.kind.demanded_flags();
    let mut numbers = vec![
        ("type", table.kind.number()),
        ("key_size", table.key_size),
        ("value_size", table.elem_size),
        ("max_entries", table.max_entries),
    ];
    if flags != 0 {
        numbers.push(("map_flags", flags));
    }
    let members = (0..)
        .zip(numbers)
        .map(|(index, (name, number))| DebugMember {
            name: name.to_owned(),
            ty: number_as_type(&mut module.debug, number),
            bit_offset: 64 * index,
            bit_width: None,
        });
    let members: Vec<DebugMember> = members.collect();
    let size = 8 * members.len() as u32;
    let definition = module.debug.types.push(DebugType::Composite {
        name: String::new(),
        is_union: false,
        bytes: size,
        members,
    });
    Global {
        name: unused_name(module, name),
        kind: GlobalKind::Map,
        section: ".maps".to_owned(),
        linkage: Linkage::Global,
        data: Vec::new(),
        size,
        align: 8,
        pointers: Vec::new(),
        debug_type: Some(definition),
        tags: Vec::new(),
        loc,
    }
}

/// `int (*)[number]`.
fn number_as_type(debug: &mut DebugInfo, number: u32) -> DebugTypeId {
    let int = DebugType::Int {
        name: "int".to_owned(),
        bytes: 4,
        encoding: IntEncoding::Signed,
    };
    let element = described(debug, int);
    let array = described(
        debug,
        DebugType::Array {
            element,
            count: number,
        },
    );
    described(debug, DebugType::Pointer(Some(array)))
}

/// The number of a type; each is described once.
fn described(debug: &mut DebugInfo, ty: DebugType) -> DebugTypeId {
    let found = debug.types.iter().find(|(_, known)| **known == ty);
    match found.map(|(id, _)| id) {
        Some(id) => id,
        None => debug.types.push(ty),
    }
}

/// The name, with underscores at its end until nothing else in the module has it.
fn unused_name(module: &Module, mut name: String) -> String {
    let is_taken = |name: &String| {
        let mut globals = module.globals.values();
        let mut functions = module.functions.values();
        globals.any(|global| global.name == *name) || functions.any(|func| func.name == *name)
    };
    while is_taken(&name) {
        name.push('_');
    }
    name
}

/// In 2014 a program named its tables by number and never saw their definitions.
fn refuse_tables_as_data(module: &Module, tables: &Tables, obstacles: &mut Vec<Obstacle>) {
    let name_of = |id: GlobalId| {
        let mut variables = tables.variables.iter();
        variables.find(|(variable, _)| *variable == id)
    };
    let mut refuse = |loc: SourceLoc, id: GlobalId| {
        if let Some((_, name)) = name_of(id) {
            obstacles.push(Obstacle::new(
                loc,
                format!("`{name}` is used as data; in Linux the definition of a table is not there when the program runs"),
                "call `bpf_table_lookup` or `bpf_table_update` with the table's number",
            ));
        }
    };
    for func in module.functions.values() {
        for (_, inst) in func.insts_in_order() {
            if let InstData::GlobalAddr { global, .. } = func.inst(inst) {
                refuse(func.loc(inst), *global);
            }
        }
    }
    for global in module.globals.values() {
        for (_, target, _) in &global.pointers {
            if let SymbolRef::Global(id) = target {
                refuse(global.loc, *id);
            }
        }
    }
}

// Programs and their context.

fn rename_programs(module: &mut Module, obstacles: &mut Vec<Obstacle>) {
    for func in module.functions.values_mut() {
        let Some(section) = func.section.clone() else {
            continue;
        };
        let program = program_type_for_section(&section);
        if program.is_none_or(|program| program.functions != FunctionSet::Named2014) {
            continue;
        }
        match raw_tracepoint_of_2014(&section) {
            Some(section) => func.section = Some(section),
            None => obstacles.push(Obstacle::new(
                func.debug.loc,
                format!(
                    "section `{section}` does not say which event of Linux `{}` is for",
                    func.name
                ),
                "name the system and the event: `SECTION(\"events/skb/kfree_skb\")`",
            )),
        }
        refuse_result_of_event(func, &section, obstacles);
    }
}

/// `ret` was for events at the end of a function. A tracepoint has arguments only; what Linux keeps in this place is the
/// seventh.
fn refuse_result_of_event(func: &Function, section: &str, obstacles: &mut Vec<Obstacle>) {
    let context = program_type_for_section(section).and_then(|program| program.context);
    let Some(field) = context.and_then(|context| context.field("ret")) else {
        return;
    };
    for (_, inst) in func.insts_in_order() {
        if let InstData::Load { base, offset, .. } = func.inst(inst)
            && func.ty(*base) == Type::Ptr(PtrKind::Ctx)
            && i64::from(*offset) >= i64::from(field.offset)
        {
            obstacles.push(Obstacle::new(
                func.loc(inst),
                format!(
                    "`{}` reads `ret` of its context; a tracepoint has no result",
                    func.name
                ),
                "use what the tracepoint is given: `arg1` to `arg6`",
            ));
        }
    }
}

// Calls.

/// A function called by name, and what Linux has in its place.
#[derive(Clone)]
struct Named {
    name: String,
    successor: Successor,
}

fn replace_calls(module: &mut Module, maps: &[GlobalId], obstacles: &mut Vec<Obstacle>) {
    let mut named = SecondaryMap::new();
    let declared = module.functions.iter().filter(|(_, f)| f.is_declaration());
    for (id, func) in declared {
        let name = func.name.clone();
        named[id] = successor_of_2014(&name).map(|successor| Named { name, successor });
    }
    for func in module.functions.values_mut() {
        for block in func.layout.clone() {
            let mut insts = Vec::new();
            for inst in func.block(block).insts.clone() {
                match replace_call(func, inst, &named, maps) {
                    Ok(before) => insts.extend(before),
                    Err(obstacle) => obstacles.push(obstacle),
                }
                insts.push(inst);
            }
            func.block_mut(block).insts = insts;
        }
    }
}

/// Replaces an instruction if it calls one of these functions; gives what is to stand before it.
fn replace_call(
    func: &mut Function,
    inst: Inst,
    named: &SecondaryMap<FuncId, Option<Named>>,
    maps: &[GlobalId],
) -> Result<Vec<Inst>, Obstacle> {
    let InstData::Call { callee, args } = func.inst(inst).clone() else {
        return Ok(Vec::new());
    };
    let named = match callee {
        Callee::Func(id) => named[id].as_ref(),
        Callee::Helper(_) | Callee::Pointer => None,
    };
    let Some(named) = named else {
        return Ok(Vec::new());
    };
    let mut replacement = Replacement {
        func,
        call: inst,
        before: Vec::new(),
        maps,
    };
    replacement.replace(named, &args)?;
    Ok(replacement.before)
}

/// A call that is being replaced in its place, so that whoever uses its result need not know.
struct Replacement<'a> {
    func: &'a mut Function,
    call: Inst,
    /// Instructions that are needed before it.
    before: Vec<Inst>,
    maps: &'a [GlobalId],
}

impl Replacement<'_> {
    fn replace(&mut self, callee: &Named, args: &[Value]) -> Result<(), Obstacle> {
        match callee.successor {
            Successor::Helper(id, wanted) => {
                let mut words = Vec::new();
                for arg in wanted {
                    words.extend(self.argument(&callee.name, *arg, args)?);
                }
                *self.func.inst_mut(self.call) = helper(id, words);
                Ok(())
            }
            Successor::Fetch(id, size) => self.fetch(&callee.name, id, size, args),
            Successor::Missing(help) => {
                let message = format!(
                    "`{}` has no counterpart in Linux; programs there call the functions of <bpf/bpf_helpers.h>",
                    callee.name
                );
                Err(self.obstacle(message, help))
            }
        }
    }

    /// The words that an argument of the helper is made of.
    fn argument(
        &mut self,
        name: &str,
        arg: SuccessorArg,
        args: &[Value],
    ) -> Result<Vec<Value>, Obstacle> {
        let there_is = |position: usize| args.get(position).copied();
        match arg {
            SuccessorArg::Same(position) => {
                let arg = there_is(position).ok_or_else(|| self.misdeclared(name))?;
                Ok(vec![arg])
            }
            SuccessorArg::From(position) => Ok(args.iter().skip(position).copied().collect()),
            SuccessorArg::MapOf(position) => {
                let id = there_is(position).ok_or_else(|| self.misdeclared(name))?;
                let global = self.map(name, id)?;
                let address = InstData::GlobalAddr { global, offset: 0 };
                Ok(vec![self.add(address, Type::Ptr(PtrKind::Map))])
            }
            SuccessorArg::Number(value) => Ok(vec![self.add(InstData::Const { value }, Type::I64)]),
        }
    }

    /// The map that was the table of this index.
    fn map(&self, name: &str, id: Value) -> Result<GlobalId, Obstacle> {
        let Some(index) = self.func.as_const(id) else {
            let message = format!(
                "the table that `{name}` is to use is known only when the program runs; Linux binds a call to a map when it is loaded"
            );
            let help = "write the number of the table into the call, and choose between calls with `if` or `switch`";
            return Err(self.obstacle(message, help));
        };
        let map = usize::try_from(index).ok().and_then(|at| self.maps.get(at));
        map.copied().ok_or_else(|| {
            let message = match self.maps.len() {
                0 => format!("`{name}` uses table {index}, but the program has no tables"),
                1 => format!("`{name}` uses table {index}; the program has table 0 alone"),
                count => format!(
                    "`{name}` uses table {index}; the program has tables 0 to {}",
                    count - 1
                ),
            };
            self.obstacle(message, "define it in section \"bpf_tables\"")
        })
    }

    /// `v = call @bpf_fetch_u8(a)` → `call helper 113(slot, 1, a); v = load.u8 slot`.
    fn fetch(&mut self, name: &str, id: i32, size: Size, args: &[Value]) -> Result<(), Obstacle> {
        let result = self.func.result(self.call).map(|value| self.func.ty(value));
        let fits = |ty: Type| size.bytes() <= ty.bytes() && (!ty.is_ptr() || size == Size::DW);
        let (&[address], true) = (args, result.is_some_and(fits)) else {
            return Err(self.misdeclared(name));
        };
        let slot = self.slot(name, size);
        let place = InstData::SlotAddr { slot, offset: 0 };
        let base = self.add(place, Type::Ptr(PtrKind::Stack));
        let value = size.bytes().into();
        let bytes = self.add(InstData::Const { value }, Type::I32);
        let loc = self.func.loc(self.call);
        let call = helper(id, vec![base, bytes, address]);
        let call = self.func.new_inst(call, None, loc);
        self.before.push(call);
        *self.func.inst_mut(self.call) = InstData::Load {
            size,
            signed: false,
            volatile: false,
            base,
            offset: 0,
        };
        Ok(())
    }

    fn slot(&mut self, name: &str, size: Size) -> Slot {
        self.func.slots.push(SlotData {
            name: name.to_owned(),
            size: size.bytes(),
            align: size.bytes(),
            loc: self.func.loc(self.call),
        })
    }

    /// Adds an instruction before the call and gives its result.
    fn add(&mut self, data: InstData, ty: Type) -> Value {
        let loc = self.func.loc(self.call);
        let (inst, value) = self.func.new_inst_with_result(data, ty, loc);
        self.before.push(inst);
        value
    }

    fn misdeclared(&self, name: &str) -> Obstacle {
        let message = format!("`{name}` is declared with other types than it had in 2014");
        self.obstacle(message, "include <linux/bpf64.h>, which declares it")
    }

    fn obstacle(&self, message: String, help: &str) -> Obstacle {
        Obstacle::new(self.func.loc(self.call), message, help)
    }
}

fn helper(id: i32, args: Vec<Value>) -> InstData {
    let callee = Callee::Helper(id);
    InstData::Call { callee, args }
}
