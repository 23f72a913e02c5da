//! The files to compile, and the language that `-x` gives them: it counts for those behind it.

use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, error::Error, value_parser};

/// What is in a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Language {
    /// C.
    C,
    /// C that has been preprocessed: `-x cpp-output`, `file.i`.
    Preprocessed,
}

/// A file to compile.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Input {
    pub(crate) path: PathBuf,
    pub(crate) language: Language,
}

/// The files in order.
pub(crate) struct Inputs {
    pub(crate) files: Vec<Input>,
}

const FILES: &str = "files";
const LANGUAGE: &str = "language";

/// Names that `-x` takes; `none` means that the name of the file tells.
const LANGUAGES: [(&str, Option<Language>); 4] = [
    ("c", Some(Language::C)),
    ("c-header", Some(Language::C)),
    ("cpp-output", Some(Language::Preprocessed)),
    ("none", None),
];

impl Args for Inputs {
    fn augment_args(command: Command) -> Command {
        let names = LANGUAGES.map(|(name, _)| name);
        command
            .arg(
                Arg::new(FILES)
                    .value_name("FILE")
                    .value_parser(value_parser!(PathBuf))
                    .action(ArgAction::Append)
                    .help("C source files, `-` for standard input, and objects to link them with"),
            )
            .arg(
                Arg::new(LANGUAGE)
                    .short('x')
                    .long("language")
                    .value_name("LANGUAGE")
                    .value_parser(names)
                    .action(ArgAction::Append)
                    .help("What is in the files behind it, whatever their names say"),
            )
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Inputs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Inputs, Error> {
        let places = |id| matches.indices_of(id).into_iter().flatten();
        let names = matches.get_many::<String>(LANGUAGE).into_iter().flatten();
        let languages: Vec<(usize, &String)> = places(LANGUAGE).zip(names).collect();
        let paths = matches.get_many::<PathBuf>(FILES).into_iter().flatten();
        let files = places(FILES).zip(paths).map(|(place, path)| {
            let before = languages.iter().rfind(|(at, _)| *at < place);
            let named = before.and_then(|(_, name)| language_named(name));
            Input {
                path: path.clone(),
                language: named.unwrap_or_else(|| language_of(path)),
            }
        });
        Ok(Inputs {
            files: files.collect(),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Inputs::from_arg_matches(matches)?;
        Ok(())
    }
}

fn language_named(name: &str) -> Option<Language> {
    let row = LANGUAGES.iter().find(|(known, _)| *known == name);
    row.and_then(|(_, language)| *language)
}

fn language_of(path: &Path) -> Language {
    match path.extension() {
        Some(extension) if extension == "i" => Language::Preprocessed,
        _ => Language::C,
    }
}

/// Whether the name is that of an object file.
pub(crate) fn is_object(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "o")
}

/// Why a file cannot be C, if its name says that it is something else.
pub(crate) fn foreign(path: &Path) -> Option<&'static str> {
    let extension = path.extension()?.to_str()?;
    let foreign = [
        (
            "s",
            "bpfcc does not read assembly; put it into C with `asm`",
        ),
        (
            "S",
            "bpfcc does not read assembly; put it into C with `asm`",
        ),
        (
            "ll",
            "bpfcc has no LLVM; compile the C source straight to an object with `-c`",
        ),
        (
            "bc",
            "bpfcc has no LLVM; compile the C source straight to an object with `-c`",
        ),
        ("cpp", "bpfcc compiles C, not C++"),
        ("cc", "bpfcc compiles C, not C++"),
        (
            "a",
            "bpfcc reads no archives; name the objects that are in it",
        ),
    ];
    let row = foreign.iter().find(|(known, _)| *known == extension);
    row.map(|(_, why)| *why)
}
