//! What the words after `// flags:` in a filetest mean.

use bpfcc::{Cpu, Dialect, Endian, Level, Options, Target, Version};
use bpfcc_frontend::warn::Switch;

/// The options that a filetest's flags stand for.
pub(crate) fn options(flags: &[String]) -> Result<Options, String> {
    let mut options = Options::default();
    for flag in flags {
        match flag.as_str() {
            // It is about what is to be looked at, which the test decides.
            "-E" => {}
            "-O0" => options.level = Level::O0,
            "-O1" => options.level = Level::O1,
            "--debug-info=no" => options.no_debug_info = true,
            "--no-loops" => options.frontend.language.allowed.loops = false,
            _ => match flag.split_once('=') {
                Some(("--mcpu", name)) => {
                    options.cpu = Cpu::from_name(name).ok_or_else(|| format!("no cpu `{name}`"))?;
                }
                Some(("--kernel", name)) => {
                    let kernel =
                        Version::parse(name).ok_or_else(|| format!("no kernel `{name}`"))?;
                    options.choose_for(kernel);
                }
                Some(("--endian", name)) => options.endian = order(name)?,
                Some(("--target", name)) => {
                    options.target =
                        Target::from_name(name).ok_or_else(|| format!("no target `{name}`"))?;
                }
                Some(("--asm", name)) => {
                    options.dialect =
                        Dialect::from_name(name).ok_or_else(|| format!("no dialect `{name}`"))?;
                }
                _ => match flag.strip_prefix("-W") {
                    Some(name) => options.frontend.warnings.set(Switch::parse(name)),
                    None => return Err(format!("unknown flag `{flag}`")),
                },
            },
        }
    }
    Ok(options)
}

fn order(name: &str) -> Result<Endian, String> {
    let mut orders = Endian::ALL.into_iter();
    let found = orders.find(|order| order.name() == name);
    found.ok_or_else(|| format!("no byte order `{name}`"))
}

/// Where `run` lines start to be executed: at the first version, unless the file asks for another.
pub(crate) fn lowest_cpu(flags: &[String]) -> Cpu {
    let names = flags.iter().filter_map(|flag| flag.strip_prefix("--mcpu="));
    let named = names.filter_map(Cpu::from_name).next_back();
    named.unwrap_or(Cpu::V1)
}
