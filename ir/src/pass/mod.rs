//! Passes: IR to IR. [`PASSES`] is the list in the order they run; to add one, write a file and a row.
//!
//! Rules 1–11 of what the kernel's checker accepts hold by construction: a context access is one instruction that no pass
//! takes apart, loads are neither merged nor moved, and once [`refine`] has run, a use below a check names the checked copy,
//! so that computing, merging and moving values cannot part the two. Before it, passes rewrite a value only if nobody else
//! can have checked it.

pub mod constant_params;
pub mod dce;
pub mod expand;
pub mod fold;
pub mod fuse;
pub mod gvn;
pub mod indirect;
pub mod inline;
pub mod kinds;
pub mod large_frames;
pub mod promote;
pub mod recursion;
pub mod refine;
pub mod reuse;
pub mod share_slots;
pub mod simplify_cfg;
pub mod stack_args;
pub mod tail_calls;
pub mod unroll;

use crate::function::Function;
use crate::module::Module;

/// Whether a pass changed anything.
#[must_use]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Changed {
    /// Nothing.
    No,
    /// Something.
    Yes,
}

impl From<bool> for Changed {
    fn from(changed: bool) -> Changed {
        if changed { Changed::Yes } else { Changed::No }
    }
}

/// How much to optimise.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum Level {
    /// What the backend and the kernel's checker need, no more.
    O0,
    /// Everything.
    #[default]
    O1,
}

/// What a pass looks at.
#[derive(Clone, Copy, Debug)]
pub enum Run {
    /// One function at a time; not called for declarations.
    Function(fn(&mut Function) -> Changed),
    /// The module as a whole.
    Module(fn(&mut Module) -> Changed),
}

/// Which kernels a pass is for: those before 5.3 take no loops, those before 4.16 no calls.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum When {
    /// All.
    Always,
    /// It makes loops where there were none.
    LoopsAllowed,
    /// It takes pains to be rid of loops.
    LoopsForbidden,
    /// It takes pains to be rid of calls: kernels before 4.16 know no functions of programs.
    CallsForbidden,
}

/// A row of [`PASSES`].
#[derive(Clone, Copy, Debug)]
pub struct Pass {
    /// Name, also of the file.
    pub name: &'static str,
    /// What it does, in a line.
    pub about: &'static str,
    /// The lowest level at which it runs.
    pub level: Level,
    /// For which kernels it runs.
    pub when: When,
    /// The pass itself.
    pub run: Run,
}

const FOLD: Pass = Pass {
    name: "fold",
    about: "compute what is constant, simplify arithmetic, put offsets into accesses",
    level: Level::O1,
    when: When::Always,
    run: Run::Function(fold::run),
};

const SIMPLIFY_CFG: Pass = Pass {
    name: "simplify_cfg",
    about: "remove unreachable blocks, join and skip blocks, drop constant parameters",
    level: Level::O1,
    when: When::Always,
    run: Run::Function(simplify_cfg::run),
};

/// All passes in order. A name that stands twice runs twice; "after NAME" then means after the last.
pub const PASSES: &[Pass] = &[
    // First, so that everything below sees the bodies in their place.
    Pass {
        name: "inline_always",
        about: "replace calls of always_inline functions by their bodies, remove unused functions",
        level: Level::O0,
        when: When::Always,
        run: Run::Module(inline::run_always),
    },
    // Before `inline`, which leaves recursive functions alone.
    Pass {
        name: "tail_calls",
        about: "turn functions that call themselves last into loops",
        level: Level::O0,
        when: When::LoopsAllowed,
        run: Run::Module(tail_calls::run),
    },
    Pass {
        name: "recursion",
        about: "write out recursion that ends after a known number of calls",
        level: Level::O0,
        when: When::Always,
        run: Run::Module(recursion::run),
    },
    Pass {
        name: "inline_all",
        about: "replace all calls by bodies",
        level: Level::O0,
        when: When::CallsForbidden,
        run: Run::Module(inline::run_all),
    },
    Pass {
        name: "inline",
        about: "replace calls of small static functions and of those called once by their bodies",
        level: Level::O1,
        when: When::Always,
        run: Run::Module(inline::run),
    },
    // A condition must be visible in its branch before `refine` looks at branches.
    Pass {
        name: "fuse",
        about: "branch on comparisons directly",
        level: Level::O0,
        when: When::Always,
        run: Run::Function(fuse::run),
    },
    Pass {
        name: "promote",
        about: "put stack slots whose address stays at home into values",
        level: Level::O1,
        when: When::Always,
        run: Run::Function(promote::run),
    },
    FOLD,
    SIMPLIFY_CFG,
    // When arguments are constants, and before `unroll`, for bounds of loops that are parameters.
    Pass {
        name: "constant_params",
        about: "replace parameters that get the same constant in every call",
        level: Level::O1,
        when: When::Always,
        run: Run::Module(constant_params::run),
    },
    // When counters are values, and before `refine`: an offset that is constant now may have been checked.
    Pass {
        name: "unroll",
        about: "write out loops that go round a few times, as often as is known",
        level: Level::O1,
        when: When::Always,
        run: Run::Function(unroll::run),
    },
    Pass {
        name: "unroll_all",
        about: "write out longer loops as well",
        level: Level::O1,
        when: When::LoopsForbidden,
        run: Run::Function(unroll::run_all),
    },
    // Before `refine`, so that what was checked is what is used.
    Pass {
        name: "reuse",
        about: "load once what nothing changes in between",
        level: Level::O0,
        when: When::Always,
        run: Run::Function(reuse::run),
    },
    // When constants are in their place, and before `refine`, which looks at the branches that this makes.
    Pass {
        name: "indirect",
        about: "call functions by name instead of through pointers",
        level: Level::O0,
        when: When::Always,
        run: Run::Module(indirect::run),
    },
    Pass {
        name: "large_frames",
        about: "take out of frames that are too large what nobody reads",
        level: Level::O0,
        when: When::Always,
        run: Run::Function(large_frames::run),
    },
    // From here on no pass can part a check from its uses. Before `gvn`, which may only merge what was checked alike.
    Pass {
        name: "refine",
        about: "name the values a branch has tested, and use these names below it",
        level: Level::O0,
        when: When::Always,
        run: Run::Function(refine::run),
    },
    // After `refine`, whose null checks make kinds more precise.
    Pass {
        name: "kinds",
        about: "find out what pointers point to",
        level: Level::O0,
        when: When::Always,
        run: Run::Function(kinds::run),
    },
    Pass {
        name: "gvn",
        about: "compute equal values once",
        level: Level::O1,
        when: When::Always,
        run: Run::Function(gvn::run),
    },
    FOLD,
    SIMPLIFY_CFG,
    Pass {
        name: "dce",
        about: "remove what nobody uses: instructions, parameters, dead stores, slots",
        level: Level::O1,
        when: When::Always,
        run: Run::Function(dce::run),
    },
    // When all slots that can go are gone.
    Pass {
        name: "share_slots",
        about: "give variables that are not needed at the same time the same room",
        level: Level::O0,
        when: When::Always,
        run: Run::Function(share_slots::run),
    },
    // Late, so that calls and parameters are values for all passes before.
    Pass {
        name: "stack_args",
        about: "pass arguments that find no register through the caller's frame",
        level: Level::O0,
        when: When::Always,
        run: Run::Module(stack_args::run),
    },
    // Last: what it makes (branches for switches and selections) need not be optimised again.
    Pass {
        name: "expand",
        about: "rewrite what the backend does not select, split critical edges",
        level: Level::O0,
        when: When::Always,
        run: Run::Function(expand::run),
    },
];

/// How to run the passes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct PassOptions {
    /// Which passes run.
    pub level: Level,
    /// The program is for kernels that take no loops.
    pub no_loops: bool,
    /// The program is for kernels that take no calls.
    pub no_calls: bool,
}

impl PassOptions {
    fn wants(&self, pass: &Pass) -> bool {
        let fits = match pass.when {
            When::Always => true,
            When::LoopsAllowed => !self.no_loops,
            When::LoopsForbidden => self.no_loops,
            When::CallsForbidden => self.no_calls,
        };
        fits && pass.level <= self.level
    }
}

/// Runs the passes of a level over a module that [is well-formed](Module::check). `observe` sees the module after each.
///
/// # Panics
/// In debug builds, if a pass breaks a rule of [`check`](crate::check).
pub fn run_all(
    module: &mut Module,
    options: &PassOptions,
    mut observe: impl FnMut(&Pass, &Module),
) {
    for pass in PASSES.iter().filter(|pass| options.wants(pass)) {
        if run_one(module, pass) == Changed::Yes && cfg!(debug_assertions) {
            assert_well_formed(module, pass.name);
        }
        observe(pass, module);
    }
}

/// Runs one pass over all functions.
pub fn run_one(module: &mut Module, pass: &Pass) -> Changed {
    match pass.run {
        Run::Module(run) => run(module),
        Run::Function(run) => {
            let mut changed = false;
            for func in module.functions.values_mut() {
                changed |= !func.is_declaration() && run(func) == Changed::Yes;
            }
            changed.into()
        }
    }
}

/// Panics with the pass's name, the violations and the text if a module is not well-formed.
fn assert_well_formed(module: &Module, after: &str) {
    if let Err(violations) = module.check() {
        let violations: Vec<String> = violations.iter().map(ToString::to_string).collect();
        panic!(
            "after pass `{after}`:\n{}\n\n{module}",
            violations.join("\n")
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs one function pass over a module's text and compares.
    #[track_caller]
    pub(super) fn rewrites(run: fn(&mut Function) -> Changed, before: &str, after: &str) {
        let pass = Pass {
            name: "the pass",
            about: "",
            level: Level::O0,
            when: When::Always,
            run: Run::Function(run),
        };
        rewrites_module(&pass, before, after);
    }

    /// Runs one pass over a module's text and compares. Indentation does not matter.
    #[track_caller]
    pub(super) fn rewrites_module(pass: &Pass, before: &str, after: &str) {
        let parse = |text| crate::parse(text).unwrap_or_else(|error| panic!("{error}"));
        let mut module = parse(before);
        assert_well_formed(&module, "none");
        let _ = run_one(&mut module, pass);
        assert_well_formed(&module, pass.name);
        let (found, expected) = (module.to_string(), parse(after).to_string());
        assert!(found == expected, "expected:\n{expected}\nfound:\n{found}");
    }

    #[test]
    fn every_row_says_what_it_does() {
        for pass in PASSES {
            assert!(!pass.name.is_empty() && !pass.about.is_empty());
        }
    }
}
