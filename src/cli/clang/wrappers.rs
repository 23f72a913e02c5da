//! Options that hold options for a part of the compiler: `-Xclang X`, `-Wp,X,Y`, `-mllvm X`. bpfcc is one piece, so they are
//! unpacked, and what was inside counts as if it had stood on the command line itself.

use std::ffi::OsString;

/// Options of LLVM's passes and of its BPF backend that steer how good the code is, not what it means.
const HARMLESS_LLVM: &[&str] = &[
    "-bpf-expand-memcpy-in-order",
    "-bpf-disable-trap-unreachable",
    "-bpf-disable-serialize-icmp",
    "-bpf-disable-avoid-speculation",
    "-inline-threshold",
    "-unroll-threshold",
    "-unroll-count",
    "-disable-loop-idiom-memcpy",
    "-disable-loop-idiom-memset",
    "-simplifycfg-sink-common",
    "-two-entry-phi-node-folding-threshold",
    "-enable-load-pre",
    "-enable-gvn-hoist",
    "-opaque-pointers",
];

/// The words with all such options unpacked.
pub(super) fn unpack(words: Vec<OsString>) -> Result<Vec<OsString>, String> {
    let mut result = Vec::new();
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        match word.to_str() {
            Some("-Xclang" | "-Xpreprocessor") => {
                result.push(inner(&word, words.next())?.into());
            }
            Some("-mllvm") => check_llvm(&inner(&word, words.next())?)?,
            Some(text) if text.starts_with("-Wp,") => {
                result.extend(preprocessor(&text["-Wp,".len()..]));
            }
            _ => result.push(word),
        }
    }
    Ok(result)
}

fn inner(wrapper: &OsString, word: Option<OsString>) -> Result<String, String> {
    let wrapper = wrapper.to_string_lossy();
    let word = word.ok_or_else(|| format!("`{wrapper}` needs an option behind it"))?;
    word.into_string()
        .map_err(|word| format!("the value of `{wrapper}`, {word:?}, is not UTF-8"))
}

/// `-Wp,-MMD,FILE`: for the preprocessor itself, `-MD` and `-MMD` take the name of the file.
fn preprocessor(list: &str) -> Vec<OsString> {
    let mut words = Vec::new();
    let mut parts = list.split(',').peekable();
    while let Some(part) = parts.next() {
        words.push(part.into());
        if let "-MD" | "-MMD" = part
            && let Some(file) = parts.next_if(|next| !next.starts_with('-'))
        {
            words.extend(["-MF".into(), file.into()]);
        }
    }
    words
}

fn check_llvm(option: &str) -> Result<(), String> {
    let name = option.split_once('=').map_or(option, |(name, _)| name);
    if HARMLESS_LLVM.contains(&name) {
        return Ok(());
    }
    Err(format!(
        "`-mllvm {option}`: bpfcc has no LLVM, and does not know whether `{option}` changes what the program does; leave it out"
    ))
}
