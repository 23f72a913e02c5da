//! aya-obj parses every object, fixes its types up, and relocates maps, calls and members of the running kernel's records.

use aya_obj::btf::{Btf, BtfFeatures};
use aya_obj::{Features, Object};

use crate::corpus;
use crate::peers::{Scratch, skipped};
use crate::support::{Limits, clang_object, repository};

const LIMITS: [(&str, &str); 3] = [
    (
        "InvalidProgramSection { section: \"tc\" }",
        "aya knows `classifier` only",
    ),
    (
        "InvalidProgramSection { section: \"syscall\" }",
        "aya does not know this type of program",
    ),
    (
        "UnexpectedBtfType",
        "aya takes maps only for the values of a map, no programs",
    ),
];

#[test]
fn aya_takes_the_corpus() {
    let kernel = Btf::from_sys_fs().ok();
    if kernel.is_none() {
        skipped("the kernel has no BTF: members of its records are not relocated");
    }
    let scratch = Scratch::new("aya");
    let limits = Limits::new(&LIMITS);
    for case in corpus::cases(&repository()) {
        let Err(message) = prepare(&case.object(), kernel.as_ref()) else {
            continue;
        };
        assert!(limits.explain(&message), "{case}: {message}");
        if let Some(theirs) = clang_object(&case.source, &scratch) {
            let theirs = prepare(&theirs, kernel.as_ref());
            assert!(
                theirs.is_err(),
                "{case}: {message}, but not for Clang's object"
            );
        }
    }
    limits.assert_all_met();
}

/// libbpf no longer takes them.
#[test]
fn aya_takes_maps_of_old() {
    for case in corpus::every_way(&repository().join("tests/loaders/programs/legacy.c")) {
        prepare(&case.object(), None).unwrap_or_else(|why| panic!("{case}: {why}"));
    }
}

/// All that aya's loader does with an object before the kernel sees it.
fn prepare(bytes: &[u8], kernel: Option<&Btf>) -> Result<(), String> {
    let mut object = Object::parse(bytes).map_err(said)?;
    object.fixup_and_sanitize_btf(&types()).map_err(said)?;
    if let Some(kernel) = kernel {
        object.relocate_btf(kernel).map_err(said)?;
    }
    let sections = object
        .functions
        .keys()
        .map(|(section, _)| *section)
        .collect();
    // Any descriptors do, since nothing is loaded.
    let maps: Vec<_> = object.maps.clone().into_iter().collect();
    let maps = (100..)
        .zip(&maps)
        .map(|(fd, (name, map))| (name.as_str(), fd, map));
    object.relocate_maps(maps, &sections).map_err(said)?;
    object.relocate_calls(&sections).map_err(said)?;
    let features = Features::new(true, true, true, true, true, true, true, Some(types()));
    object.sanitize_functions(&features);
    Ok(())
}

/// A kernel that knows all kinds of types.
fn types() -> BtfFeatures {
    BtfFeatures::new(true, true, true, true, true, true, true, true)
}

fn said(error: impl std::fmt::Debug) -> String {
    format!("{error:?}")
}
