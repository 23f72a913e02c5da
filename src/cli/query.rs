//! What build systems ask a compiler before they use it: versions, directories, `-v`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Result;
use bpfcc::Endian;
use bpfcc_frontend::pp;

use super::output;

/// What `--version` prints. Builds look for the first number, and want that of a clang that has what they need; so it is
/// the version that the predefined macros claim.
fn version() -> String {
    format!(
        "bpfcc as clang version {} (bpfcc version {})\nTarget: bpf\nThread model: posix\n",
        pp::clang_version(),
        env!("CARGO_PKG_VERSION")
    )
}

const SUPPORTED_CPUS: [&str; 6] = ["generic", "probe", "v1", "v2", "v3", "v4"];

/// The questions.
#[derive(clap::Args)]
#[command(next_help_heading = "Questions")]
pub(crate) struct QueryArgs {
    /// Print the version, the one of clang that bpfcc follows, and the target.
    #[arg(short = 'V', long)]
    version: bool,
    /// Print the version and the directories that are searched for headers to standard error.
    #[arg(long)]
    pub(crate) verbose: bool,
    /// Print what would be done, and do nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print where a file that comes with the compiler is.
    #[arg(long, value_name = "NAME")]
    print_file_name: Option<String>,
    /// Print the directory that the carried headers seem to be in; it is on no disk, and -isystem takes it.
    #[arg(long)]
    print_resource_dir: bool,
    /// Print where programs and libraries are searched.
    #[arg(long)]
    print_search_dirs: bool,
    /// Print the target.
    #[arg(long)]
    dumpmachine: bool,
    /// Print the version of clang that bpfcc follows.
    #[arg(long)]
    dumpversion: bool,
    /// Print what --mcpu takes.
    #[arg(long)]
    print_supported_cpus: bool,
}

impl QueryArgs {
    /// The answer, if the command line is a question and nothing else.
    pub(crate) fn answer(&self, endian: Endian) -> Option<String> {
        let resources = Path::new(pp::CARRIED_HEADERS).parent();
        let resources = resources.map_or_else(String::new, |path| path.display().to_string());
        let answer = match self {
            QueryArgs {
                print_file_name: Some(name),
                ..
            } if name == "include" => pp::CARRIED_HEADERS.to_owned(),
            // As clang says it of a file that it does not have.
            QueryArgs {
                print_file_name: Some(name),
                ..
            } => name.clone(),
            QueryArgs {
                print_resource_dir: true,
                ..
            } => resources,
            QueryArgs {
                print_search_dirs: true,
                ..
            } => format!("programs: =\nlibraries: ={resources}"),
            QueryArgs {
                dumpmachine: true, ..
            } => match endian {
                Endian::Little => "bpf".to_owned(),
                Endian::Big => "bpfeb".to_owned(),
            },
            QueryArgs {
                dumpversion: true, ..
            } => pp::clang_version(),
            QueryArgs {
                print_supported_cpus: true,
                ..
            } => SUPPORTED_CPUS.join("\n"),
            QueryArgs { version: true, .. } => return Some(version()),
            _ => return None,
        };
        Some(answer + "\n")
    }

    /// `-v` and `-###`: version, directories, and for the latter the words.
    pub(crate) fn describe(&self, options: &pp::Options) -> Result<()> {
        let mut text = version();
        if self.dry_run {
            let words = std::env::args().skip(1);
            let words: String = words.map(|word| format!(" \"{word}\"")).collect();
            writeln!(text, " \"bpfcc\"{words}")?;
        }
        text += &search_list(options);
        output::say(&text)
    }
}

/// The directories in clang's words, which Makefiles take apart.
fn search_list(options: &pp::Options) -> String {
    let line = |directory: pp::Directory<'_>| format!(" {}\n", directory.path.display());
    let (quotes, all): (Vec<_>, Vec<_>) = options
        .directories()
        .partition(|directory| directory.is_for_quotes);
    let quotes: String = quotes.into_iter().map(line).collect();
    let all: String = all.into_iter().map(line).collect();
    format!(
        "#include \"...\" search starts here:\n{quotes}#include <...> search starts here:\n{all}End of search list.\n"
    )
}

/// The host's directories of headers, those that exist.
pub(crate) fn standard_dirs(root: &Path) -> Vec<PathBuf> {
    let architecture = std::env::consts::ARCH;
    let multiarch = format!("usr/include/{architecture}-linux-gnu");
    let names = ["usr/local/include", &multiarch, "usr/include"];
    let paths = names.map(|name| root.join(name));
    paths.into_iter().filter(|path| path.is_dir()).collect()
}
