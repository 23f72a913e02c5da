//! libbpf opens and loads every object, and the kernel runs what it runs without attaching it. A program does the same
//! however it was compiled, and the same as Clang's, where Clang compiles it.

use std::collections::BTreeMap;
use std::ptr::null;
use std::sync::{Arc, Mutex};
use std::thread::sleep;
use std::time::Duration;

use bpfcc::kernel::TypesFile;
use bpfcc_object::{Object as Elf, SectionId, Symbol, SymbolKind, elf};
use libbpf_rs::{
    ErrorKind, Map, MapCore as _, MapFlags, MapHandle, MapType, Object, ObjectBuilder, PrintLevel,
    ProgramInput, ProgramMut, ProgramType, set_print,
};

use crate::corpus;
use crate::peers::{Scratch, skipped};
use crate::support::{clang_object, repository};

/// What libbpf has to say. It knows one listener for all threads.
static LOG: Mutex<String> = Mutex::new(String::new());

/// How often, and how long after each other, a load is tried that was interrupted.
const INTERRUPTIONS: usize = 10;
const PAUSE: Duration = Duration::from_millis(200);

/// What a program does, by what is looked at: results of programs, variables, entries of maps.
type Behaviour = BTreeMap<String, String>;

#[test]
fn libbpf_loads_the_corpus_and_linux_runs_it() {
    if !bpf_works() {
        return;
    }
    mount_private_bpffs();
    let scratch = Scratch::new("libbpf");
    let cases = corpus::cases(&repository());
    let mut compared_with_clang = false;
    for of_one_source in cases.chunk_by(|a, b| a.source == b.source) {
        let source = &of_one_source[0].source;
        let text = std::fs::read_to_string(source).expect("a readable file");
        let theirs = clang_object(source, &scratch).and_then(|object| behaviour(&object).ok());
        let mut expected = theirs.filter(|_| is_predictable(&text));
        compared_with_clang |= expected.is_some();
        for case in of_one_source {
            let ours = behaviour(&case.object()).unwrap_or_else(|why| panic!("{case}: {why}"));
            if is_predictable(&text) {
                let expected = expected.get_or_insert_with(|| ours.clone());
                assert_alike(&case.to_string(), expected, &ours);
            }
        }
    }
    if !compared_with_clang {
        skipped("there is no clang-NN to compare with");
    }
}

/// What programs of newer kernels are written with.
#[test]
fn libbpf_loads_what_is_newer_than_debians() {
    let types = TypesFile::of_this_machine().map(|types| Arc::new(types) as Arc<_>);
    if !bpf_works() || types.is_none() {
        return;
    }
    mount_private_bpffs();
    for mut case in corpus::every_way(&repository().join("tests/loaders/programs/newer.c")) {
        case.options.frontend.kernel_types = types.clone();
        let seen = behaviour(&case.object()).unwrap_or_else(|why| panic!("{case}: {why}"));
        assert_eq!(seen["program loops"], "returns 5167", "{case}");
        let kept = "[([02, 00, 00, 00, 00, 00, 00, 00], [01, 00, 00, 00])]";
        assert_eq!(seen["map kept"], kept, "{case}");
    }
}

/// Whether it does the same each time.
fn is_predictable(source: &str) -> bool {
    let varies = ["prandom", "ktime", "bpf_get_current", "smp_processor"];
    !varies.iter().any(|word| source.contains(word))
}

/// What both have must be alike: an optimiser may drop variables.
fn assert_alike(name: &str, expected: &Behaviour, found: &Behaviour) {
    for (what, expected) in expected {
        if let Some(found) = found.get(what) {
            assert_eq!(found, expected, "{name}: {what}");
        }
    }
}

/// Loads, runs, and looks.
pub(crate) fn behaviour(bytes: &[u8]) -> Result<Behaviour, String> {
    let object = load(bytes)?;
    let mut seen = Behaviour::new();
    for program in object.progs_mut() {
        if let Some(result) = test_run(&program) {
            seen.insert(format!("program {}", program.name().display()), result);
        }
    }
    let symbols = elf::read(bytes).map_err(|error| error.to_string())?;
    for map in object.maps() {
        look(&map, &symbols, &mut seen);
    }
    Ok(seen)
}

fn load(bytes: &[u8]) -> Result<Object, String> {
    let log = || std::mem::take(&mut *LOG.lock().expect("no panic while it is held"));
    log();
    // The checker gives up when its process is wanted elsewhere; libbpf tries five times, in a row.
    for _ in 0..INTERRUPTIONS {
        let object = ObjectBuilder::default().open_memory(bytes);
        match object.and_then(|object| object.load()) {
            Ok(object) => return Ok(object),
            Err(error) if error.kind() == ErrorKind::WouldBlock => sleep(PAUSE),
            Err(error) => return Err(format!("{error}\n{}", log())),
        }
    }
    Err(format!("interrupted again and again\n{}", log()))
}

/// What the kernel says to `BPF_PROG_TEST_RUN`, for the types of programs that need nothing around them.
fn test_run(program: &ProgramMut<'_>) -> Option<String> {
    let mut arguments: Vec<u8> = (1..=12u64).flat_map(u64::to_ne_bytes).collect();
    let mut record = [0; 64];
    let packet: Vec<u8> = (0..64).collect();
    let mut input = ProgramInput::default();
    match program.prog_type() {
        ProgramType::RawTracepoint => input.context_in = Some(&mut arguments),
        ProgramType::Syscall => input.context_in = Some(&mut record),
        ProgramType::SchedCls | ProgramType::SocketFilter | ProgramType::Xdp => {
            input.data_in = Some(&packet);
        }
        _ => return None,
    }
    Some(match program.test_run(input) {
        Ok(output) => format!("returns {}", output.return_value as i32),
        Err(error) => format!("does not run: {error}"),
    })
}

// Maps.

fn look(map: &Map<'_>, elf: &Elf, seen: &mut Behaviour) {
    let name = map.name().to_string_lossy().into_owned();
    // libbpf puts the object's name before a section's.
    let section = elf
        .sections
        .iter()
        .position(|s| s.name.starts_with('.') && name.ends_with(&s.name));
    match (section, map.map_type()) {
        (Some(section), MapType::Array) => {
            let bytes = value(map, &0u32.to_ne_bytes());
            let lies_there = |symbol: &&Symbol| {
                symbol.section == Some(SectionId(section)) && symbol.kind == SymbolKind::Object
            };
            for symbol in elf.symbols.iter().filter(lies_there) {
                let from = symbol.value as usize;
                let its = &bytes[from..from + symbol.size as usize];
                seen.insert(format!("variable {}", symbol.name), format!("{its:02x?}"));
            }
        }
        (None, MapType::Array | MapType::Hash) => {
            let mut entries: Vec<_> = map.keys().map(|key| (value(map, &key), key)).collect();
            entries.sort();
            seen.insert(format!("map {name}"), format!("{entries:02x?}"));
        }
        _ => {}
    }
}

fn value(map: &Map<'_>, key: &[u8]) -> Vec<u8> {
    map.lookup(key, MapFlags::ANY)
        .ok()
        .flatten()
        .unwrap_or_default()
}

// Around the tests.

/// Whether the kernel lets us load anything.
pub(crate) fn bpf_works() -> bool {
    set_print(Some((PrintLevel::Info, |_, text| {
        LOG.lock()
            .expect("no panic while it is held")
            .push_str(&text);
    })));
    let options = libbpf_sys::bpf_map_create_opts {
        sz: size_of::<libbpf_sys::bpf_map_create_opts>() as u64,
        ..Default::default()
    };
    let probe = MapHandle::create(MapType::Array, Some("probe"), 4, 4, 1, &options);
    let works = probe.is_ok();
    if !works {
        skipped("bpf(2) may not be used here; run as root on Linux");
    }
    works
}

/// A file system for pins that this thread alone sees.
fn mount_private_bpffs() {
    let none = c"none".as_ptr();
    // SAFETY: all strings are static, and null is allowed where it is passed.
    let results = unsafe {
        [
            libc::unshare(libc::CLONE_NEWNS),
            libc::mount(
                none,
                c"/".as_ptr(),
                null(),
                libc::MS_REC | libc::MS_PRIVATE,
                null(),
            ),
            libc::mount(none, c"/sys/fs/bpf".as_ptr(), c"bpf".as_ptr(), 0, null()),
        ]
    };
    assert_eq!(results, [0; 3], "{}", std::io::Error::last_os_error());
}
