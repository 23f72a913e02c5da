//! Loading: what each section becomes, how names are resolved, and that nothing hostile gets through or panics.

mod support;

use bpfcc_isa::{AluOp, AtomicOp, Callee, Cond, Imm64, Insn, Reg, Size, Src, Width};
use bpfcc_object::maps::DefinitionError;
use bpfcc_object::{Object, RelocKind, SectionKind, SymbolKind, elf};
use bpfcc_runtime::{
    CodeError, Engine, Environment, EnvironmentChoice, Input, LoadError, MapDefError, MapKind,
    MapSet, RelocError, RunError, Vm,
};

use support::object::{self, MapMember};
use support::{R, add, constant, copy, helper, jump_if, load, local, mov, store, try_vm};

/// Count events per key: the program of samples/dropmon.bpf.c.
fn drop_monitor() -> Object {
    let mut object = Object::default();
    let insns = [
        load(Size::DW, Reg::R1, Reg::R1, 8),
        store(Size::DW, Reg::R10, -8, Src::Reg(Reg::R1)),
        constant(Reg::R1, 0),
        copy(Reg::R2, Reg::R10),
        add(Reg::R2, -8),
        helper(1),
        jump_if(Cond::Eq, Reg::R0, 0, 3),
        mov(Reg::R1, 1),
        Insn::Atomic {
            size: Size::DW,
            op: AtomicOp::Add,
            fetch: false,
            base: Reg::R0,
            off: 0,
            src: Reg::R1,
        },
        Insn::Goto { off: 9 },
        store(Size::DW, Reg::R10, -16, Src::Imm(1)),
        constant(Reg::R1, 0),
        copy(Reg::R2, Reg::R10),
        add(Reg::R2, -8),
        copy(Reg::R3, Reg::R10),
        add(Reg::R3, -16),
        mov(Reg::R4, 1),
        helper(2),
        mov(Reg::R0, 0),
        Insn::Exit,
    ];
    let text = object::code(&mut object, "raw_tracepoint/kfree_skb", &insns);
    object::function(&mut object, "dropmon", text, 0);
    let drops = object::btf_map(
        &mut object,
        "drops",
        &[
            ("type", MapMember::Number(1)),
            ("max_entries", MapMember::Number(4096)),
            ("key", MapMember::Type(8)),
            ("value", MapMember::Type(8)),
        ],
    );
    object::relocate(&mut object, text, 2, drops, RelocKind::Imm64);
    object::relocate(&mut object, text, 12, drops, RelocKind::Imm64);
    object
}

fn load_vm(object: &Object) -> Result<Vm, LoadError> {
    Vm::load(object, None, EnvironmentChoice::BySection)
}

fn load_user(object: &Object) -> Result<Vm, LoadError> {
    let choice = EnvironmentChoice::Given(Environment::user());
    Vm::load(object, None, choice)
}

#[test]
fn a_drop_monitor_counts_on_every_engine() {
    let bytes = elf::write(&drop_monitor()).unwrap();
    let object = elf::read(&bytes).unwrap();
    let vm = load_vm(&object).unwrap();
    assert_eq!(vm.environment().name(), "raw_tracepoint");
    assert_eq!(vm.program().name(), "dropmon");
    // SAFETY: the program looks at its second argument, its stack and its map only.
    let vm = unsafe { vm.trust() };
    let mut engines = vec![Engine::Interp];
    if cfg!(all(unix, target_arch = "x86_64")) {
        engines.push(Engine::Jit);
    }
    for &engine in &engines {
        for location in [7u64, 9, 7] {
            let mut context = [0; 96];
            context[8..16].copy_from_slice(&location.to_ne_bytes());
            assert_eq!(vm.run(engine, &mut context).unwrap(), 0);
        }
    }
    let drops = vm.map("drops").unwrap();
    assert_eq!(drops.spec().kind, MapKind::Hash);
    let count = |key: u64| drops.get(&key.to_ne_bytes()).unwrap()[0] as usize;
    assert_eq!((count(7), count(9)), (2 * engines.len(), engines.len()));
}

#[test]
fn runs_on_many_threads_share_the_map() {
    let vm = load_vm(&drop_monitor()).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..100 {
                    vm.run(Engine::Interp, &mut [0; 96]).unwrap();
                }
            });
        }
    });
    let count = vm.map("drops").unwrap().get(&[0; 8]).unwrap();
    let count = u64::from_ne_bytes(count.try_into().unwrap());
    // Threads that all find no entry may lose their first count: BPF_NOEXIST lets one of them win.
    assert!((397..=400).contains(&count), "{count}");
}

fn map_error(members: &[(&str, MapMember)]) -> MapDefError {
    let mut object = drop_monitor();
    object::btf_map(&mut object, "extra", members);
    match load_vm(&object).unwrap_err() {
        LoadError::Map { map, reason } if map == "extra" => reason,
        other => panic!("{other}"),
    }
}

#[test]
fn btf_maps_say_what_is_wrong_with_them() {
    use MapMember::{Number, Type};
    assert_eq!(
        map_error(&[]),
        MapDefError::Definition(DefinitionError::Member("type"))
    );
    assert_eq!(map_error(&[("type", Number(999))]), MapDefError::Kind(999));
    assert!(matches!(
        map_error(&[("type", Number(27))]),
        MapDefError::Create(_)
    ));
    assert_eq!(
        map_error(&[("type", Type(4))]),
        MapDefError::Definition(DefinitionError::Member("type"))
    );
    assert_eq!(
        map_error(&[
            ("type", Number(1)),
            ("key", Type(4)),
            ("key_size", Number(8))
        ]),
        MapDefError::Definition(DefinitionError::Contradiction("key_size"))
    );
    let mut object = drop_monitor();
    object.btf = None;
    let error = load_vm(&object).unwrap_err();
    assert_eq!(
        error.to_string(),
        "map `drops`: maps in `.maps` are described by BTF, which the object lacks"
    );
}

#[test]
fn legacy_maps_have_four_or_five_words() {
    let mut object = Object::default();
    let text = object::code(&mut object, ".text", &[mov(Reg::R0, 0), Insn::Exit]);
    object::function(&mut object, "f", text, 0);
    let definitions = object::words(&[1, 4, 8, 16, 2, 4, 16, 3, 1 << 10]);
    let maps = object::section(&mut object, "maps", SectionKind::Data, definitions);
    let kind = SymbolKind::Object;
    object::symbol(&mut object, "short", kind, Some(maps), 0, 16);
    object::symbol(&mut object, "long", kind, Some(maps), 16, 20);
    let vm = load_vm(&object).unwrap();
    let spec = |name: &str| vm.map(name).unwrap().spec().clone();
    assert_eq!(
        (spec("short").kind, spec("short").flags),
        (MapKind::Hash, 0)
    );
    assert_eq!((spec("long").value_size, spec("long").flags), (16, 1 << 10));
    object::symbol(&mut object, "cut", kind, Some(maps), 24, 20);
    assert!(matches!(
        load_vm(&object),
        Err(LoadError::Map {
            reason: MapDefError::Definition(DefinitionError::CutOff),
            ..
        })
    ));
}

/// Calls of functions by name, and a table by its index.
fn tracing_2014() -> Object {
    let mut object = Object::default();
    let insns = [
        copy(Reg::R6, Reg::R1),
        store(Size::DW, Reg::R10, -8, Src::Imm(5)),
        store(Size::DW, Reg::R10, -16, Src::Imm(42)),
        mov(Reg::R2, 0),
        copy(Reg::R3, Reg::R10),
        add(Reg::R3, -8),
        copy(Reg::R4, Reg::R10),
        add(Reg::R4, -16),
        local(-1),
        copy(Reg::R1, Reg::R6),
        mov(Reg::R2, 0),
        copy(Reg::R3, Reg::R10),
        add(Reg::R3, -8),
        local(-1),
        load(Size::DW, Reg::R0, Reg::R0, 0),
        Insn::Exit,
    ];
    let text = object::code(&mut object, "events/skb/kfree_skb", &insns);
    object::function(&mut object, "count", text, 0);
    let table = object::words(&[1, 8, 8, 16, 0]);
    let section = object::section(&mut object, "bpf_tables", SectionKind::Data, table);
    let kind = SymbolKind::Object;
    object::symbol(&mut object, "tables", kind, Some(section), 0, 20);
    for (name, slot) in [("bpf_table_update", 8), ("bpf_table_lookup", 13)] {
        let symbol = object::symbol(&mut object, name, SymbolKind::NoType, None, 0, 0);
        object::relocate(&mut object, text, slot, symbol, RelocKind::Call);
    }
    object
}

#[test]
fn functions_of_2014_are_called_by_name_and_tables_by_index() {
    let vm = load_vm(&tracing_2014()).unwrap();
    assert_eq!(vm.environment().name(), "tracing_2014");
    assert_eq!(vm.run(Engine::Interp, &mut [0; 56]).unwrap(), 42);
    let table = vm.map("tables[0]").unwrap();
    assert_eq!(
        table.get(&5u64.to_ne_bytes()),
        Some(42u64.to_ne_bytes().to_vec())
    );
}

#[test]
fn a_missing_function_is_named_when_the_program_is_loaded() {
    let mut object = tracing_2014();
    let undefined = object
        .symbols
        .iter_mut()
        .find(|s| s.name == "bpf_table_lookup");
    undefined.unwrap().name = "bpf_dump_stack".to_owned();
    assert_eq!(
        load_vm(&object).unwrap_err().to_string(),
        "section `events/skb/kfree_skb`, byte 104: environment `tracing_2014` has no function `bpf_dump_stack`, \
         which the design of 2014 had"
    );
    let error = try_vm(&[helper(27), Insn::Exit], MapSet::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "section `main`, byte 0: environment `user` has no function number 27 (bpf_get_stackid)"
    );
}

#[test]
fn functions_of_other_sections_are_linked_in_if_they_are_reached() {
    let mut object = Object::default();
    let main = object::code(
        &mut object,
        "user",
        &[local(-1), add(Reg::R0, 1), Insn::Exit],
    );
    // Three functions in .text; the second is reached through the section symbol, as clang writes static functions.
    let text = object::code(
        &mut object,
        ".text",
        &[
            Insn::Exit,
            mov(Reg::R0, 20),
            Insn::Call(Callee::Local(1)),
            Insn::Exit,
            add(Reg::R0, 300),
            Insn::Exit,
        ],
    );
    object::function(&mut object, "main", main, 0);
    object::function(&mut object, "unreached", text, 0);
    object::function(&mut object, "third", text, 4);
    let section = object::symbol(&mut object, "", SymbolKind::Section, Some(text), 0, 0);
    object::relocate(&mut object, main, 0, section, RelocKind::Call);
    // The immediate of the call is the addend: (1 * 8) / 8 - 1.
    object.sections[main.0].data[4..8].copy_from_slice(&0i32.to_ne_bytes());
    let vm = load_vm(&object).unwrap();
    assert_eq!(vm.call(Engine::Interp, [0; 5]).unwrap(), 321);
    let names: Vec<_> = vm
        .program()
        .functions()
        .iter()
        .map(|f| f.name.as_str())
        .collect();
    assert_eq!(names, ["main", ".text+1", "third"]);
    assert_eq!(vm.program().frames(), 3);
    let third = vm.call_function(Engine::Interp, "third", Input::Arguments([0; 5]));
    assert_eq!(third.unwrap(), 300);
}

#[test]
fn variables_live_in_data_sections() {
    let mut object = Object::default();
    let insns = [
        // r0 = limit; counter += r0; r0 = counter
        constant(Reg::R1, 0),
        load(Size::W, Reg::R0, Reg::R1, 0),
        constant(Reg::R2, 8),
        load(Size::DW, Reg::R3, Reg::R2, 0),
        Insn::Alu {
            width: Width::W64,
            op: AluOp::Add,
            dst: Reg::R3,
            src: Src::Reg(Reg::R0),
        },
        store(Size::DW, Reg::R2, 0, Src::Reg(Reg::R3)),
        copy(Reg::R0, Reg::R3),
        Insn::Exit,
    ];
    let text = object::code(&mut object, ".text", &insns);
    object::function(&mut object, "f", text, 0);
    let rodata = object::words(&[7, 5]);
    let rodata = object::section(&mut object, ".rodata", SectionKind::ReadOnlyData, rodata);
    let bss = object::section(&mut object, ".bss", SectionKind::Bss, Vec::new());
    object.sections[bss.0].size = 16;
    let kind = SymbolKind::Object;
    let limit = object::symbol(&mut object, "limit", kind, Some(rodata), 4, 4);
    // The addend, 8, stands in the instruction.
    let start = object::symbol(&mut object, "", SymbolKind::Section, Some(bss), 0, 0);
    object::relocate(&mut object, text, 0, limit, RelocKind::Imm64);
    object::relocate(&mut object, text, 3, start, RelocKind::Imm64);
    object::symbol(&mut object, "counter", kind, Some(bss), 8, 8);
    let vm = load_vm(&object).unwrap();
    assert_eq!(vm.call(Engine::Interp, [0; 5]).unwrap(), 5);
    assert_eq!(vm.call(Engine::Interp, [0; 5]).unwrap(), 10);
    let session = vm.session(Input::Arguments([0; 5]));
    let counter = session.global("counter").unwrap();
    assert_eq!(session.read(counter, Size::DW), Ok(10));
    let limit = session.global("limit").unwrap();
    assert_eq!(session.read(limit, Size::W), Ok(5));
    assert!(session.write(limit, Size::W, 6).is_err(), "read only");
}

#[test]
fn data_may_point_to_data() {
    let mut object = Object::default();
    let insns = [
        constant(Reg::R1, 0),
        load(Size::DW, Reg::R1, Reg::R1, 0),
        load(Size::B, Reg::R0, Reg::R1, 0),
        Insn::Exit,
    ];
    let text = object::code(&mut object, ".text", &insns);
    object::function(&mut object, "f", text, 0);
    let data = 1u64.to_ne_bytes().to_vec();
    let data = object::section(&mut object, ".data", SectionKind::Data, data);
    let strings = b"abc\0".to_vec();
    let strings = object::section(&mut object, ".rodata.str1.1", SectionKind::Strings, strings);
    let text_symbol = object::symbol(&mut object, "", SymbolKind::Section, Some(strings), 0, 0);
    let pointer = object::symbol(&mut object, "p", SymbolKind::Object, Some(data), 0, 8);
    object::relocate(&mut object, data, 0, text_symbol, RelocKind::Abs64);
    object::relocate(&mut object, text, 0, pointer, RelocKind::Imm64);
    let vm = load_vm(&object).unwrap();
    assert_eq!(vm.call(Engine::Interp, [0; 5]).unwrap(), u64::from(b'b'));
}

#[test]
fn bad_relocations_name_section_offset_and_symbol() {
    let reloc_error = |change: fn(&mut Object)| {
        let mut object = drop_monitor();
        change(&mut object);
        match load_vm(&object).unwrap_err() {
            LoadError::Reloc { reason, .. } => reason,
            other => panic!("{other}"),
        }
    };
    assert_eq!(
        reloc_error(|o| o.sections[0].relocs[0].symbol.0 = 99),
        RelocError::NoSymbol
    );
    assert_eq!(
        reloc_error(|o| o.sections[0].relocs[0].offset = 4),
        RelocError::WrongOffset
    );
    assert_eq!(
        reloc_error(|o| o.sections[0].relocs[0].offset = u64::MAX - 7),
        RelocError::WrongOffset
    );
    assert_eq!(
        reloc_error(|o| o.sections[0].relocs[0].offset = 24),
        RelocError::WrongOffset,
        "second slot of a constant"
    );
    assert_eq!(
        reloc_error(|o| o.sections[0].relocs[0].offset = 0),
        RelocError::WrongInstruction
    );
    assert_eq!(
        reloc_error(|o| o.symbols[1].section = None),
        RelocError::Undefined
    );
    assert_eq!(
        reloc_error(|o| o.sections[0].relocs[0].kind = RelocKind::Call),
        RelocError::WrongInstruction
    );
    let mut object = drop_monitor();
    object.symbols[1].section = None;
    assert_eq!(
        load_vm(&object).unwrap_err().to_string(),
        "section `raw_tracepoint/kfree_skb`, relocation at byte 16 to `drops`: the symbol is not defined"
    );
}

fn code_error(insns: &[Insn]) -> CodeError {
    match try_vm(insns, MapSet::default()).map(|_| ()).unwrap_err() {
        LoadError::Code { reason, .. } => reason,
        other => panic!("{other}"),
    }
}

#[test]
fn control_flow_is_made_sure_of() {
    let exit = Insn::Exit;
    let goto = |off| Insn::Goto { off };
    assert_eq!(code_error(&[]), CodeError::EmptyFunction);
    assert_eq!(code_error(&[mov(R[0], 0)]), CodeError::FallsOffEnd);
    let conditional = jump_if(Cond::Eq, R[0], 0, -1);
    assert_eq!(code_error(&[conditional]), CodeError::FallsOffEnd);
    assert_eq!(code_error(&[goto(1), exit]), CodeError::JumpOutside);
    assert_eq!(code_error(&[goto(-2), exit]), CodeError::JumpOutside);
    assert_eq!(
        code_error(&[goto(1), constant(R[0], 0), exit]),
        CodeError::IntoInstruction
    );
    assert_eq!(code_error(&[local(7), exit]), CodeError::CallOutside);
    assert_eq!(code_error(&[local(-9), exit]), CodeError::CallOutside);
    assert_eq!(
        code_error(&[local(1), constant(R[0], 0), exit]),
        CodeError::IntoInstruction
    );
    // From one function into the next.
    assert_eq!(
        code_error(&[local(2), goto(1), exit, exit]),
        CodeError::JumpOutside
    );
    assert_eq!(code_error(&[mov(R[10], 0), exit]), CodeError::FramePointer);
    let fetch = Insn::Atomic {
        size: Size::DW,
        op: AtomicOp::Add,
        fetch: true,
        base: R[1],
        off: 0,
        src: R[10],
    };
    assert_eq!(code_error(&[fetch, exit]), CodeError::FramePointer);
    let byte = Insn::Atomic {
        size: Size::B,
        op: AtomicOp::Add,
        fetch: true,
        base: R[1],
        off: 0,
        src: R[2],
    };
    assert_eq!(code_error(&[byte, exit]), CodeError::NotEncodable);
}

#[test]
fn what_the_runtime_cannot_do_is_named() {
    let unsupported = |insn| match code_error(&[insn, Insn::Exit]) {
        CodeError::Unsupported(what) => what,
        other => panic!("{other}"),
    };
    assert_eq!(unsupported(Insn::GotoReg { dst: R[1] }), "gotox");
    assert_eq!(unsupported(Insn::Call(Callee::Reg(R[1]))), "callx");
    let fd = Insn::LoadImm64 {
        dst: R[1],
        value: Imm64::MapFd(3),
    };
    assert_eq!(unsupported(fd), "a map by file descriptor");
    assert_eq!(
        code_error(&[support::map(R[1], 0), Insn::Exit]),
        CodeError::NoSuchMap {
            index: 0,
            offset: 0
        }
    );
}

#[test]
fn names_that_nobody_knows_are_answered_with_those_that_are_known() {
    let object = drop_monitor();
    let error = Vm::load(&object, Some("nothing"), EnvironmentChoice::BySection).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the object has no function or code section `nothing` (there are dropmon)"
    );
    let mut object = drop_monitor();
    object.sections[0].name = "weird".to_owned();
    let error = load_vm(&object).unwrap_err().to_string();
    assert!(
        error.starts_with("section `weird` belongs to no known environment"),
        "{error}"
    );
    assert!(matches!(
        load_vm(&Object::default()),
        Err(LoadError::NoCode)
    ));
}

#[test]
fn the_jit_wants_trust() {
    let vm = load_vm(&drop_monitor()).unwrap();
    let error = vm.run(Engine::Jit, &mut [0; 96]).unwrap_err();
    assert!(matches!(error, RunError::NotTrusted(name) if name == "dropmon"));
}

/// Changes bits of good files. Whatever comes out must be an error or a program that the interpreter survives.
#[test]
fn damaged_objects_never_panic() {
    let files = [drop_monitor(), tracing_2014()].map(|object| elf::write(&object).unwrap());
    let mut state = 1u64;
    let mut random = |n: usize| {
        state = state
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (state >> 33) as usize % n
    };
    let (mut loaded, mut refused) = (0, 0);
    for round in 0..6000 {
        let mut bytes = files[round % 2].clone();
        for _ in 0..1 + random(4) {
            let at = random(bytes.len());
            bytes[at] = match random(3) {
                0 => bytes[at] ^ 1 << random(8),
                1 => 0xff,
                _ => random(256) as u8,
            };
        }
        if random(10) == 0 {
            bytes.truncate(random(bytes.len()));
        }
        match elf::read(&bytes)
            .ok()
            .and_then(|object| load_user(&object).ok())
        {
            Some(vm) => {
                loaded += 1;
                let vm = vm.with_budget(1000);
                let _ = vm.run(Engine::Interp, &mut [0; 96]);
                let _ = vm.call(Engine::Interp, [u64::MAX; 5]);
            }
            None => refused += 1,
        }
    }
    assert!(loaded > 100 && refused > 100, "{loaded} {refused}");
}

/// The same for instructions: whatever decodes, in any order.
#[test]
fn random_instructions_never_panic() {
    let mut state = 7u64;
    let mut random_slot = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        // Small fields, so that some programs get through.
        let (opcode, registers) = (state & 0xff, state >> 8 & 0x33);
        let (offset, immediate) = (state >> 16 & 3, state >> 32 & 3);
        let slot = opcode | registers << 8 | offset << 16 | immediate << 32;
        bpfcc_isa::decode(&slot.to_le_bytes(), bpfcc_isa::Endian::Little).ok()
    };
    let mut loaded = 0;
    for _ in 0..5_000 {
        let mut insns: Vec<Insn> = std::iter::repeat_with(&mut random_slot)
            .flatten()
            .flatten()
            .take(6)
            .collect();
        insns.push(Insn::Exit);
        if let Ok(vm) = try_vm(&insns, MapSet::default()) {
            loaded += 1;
            let _ = vm.with_budget(100).run(Engine::Interp, &mut [0; 16]);
        }
    }
    assert!(loaded > 100, "{loaded}");
}
