//! `-D` and `-U`: the later one counts, so their order on the command line is kept.

use bpfcc::MacroOption;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, error::Error};

/// What `-D` and `-U` say.
pub(crate) struct MacroArgs {
    pub(crate) in_order: Vec<MacroOption>,
}

const DEFINE: &str = "define";
const UNDEFINE: &str = "undefine";

impl Args for MacroArgs {
    fn augment_args(command: Command) -> Command {
        let option = |id: &'static str, short, long: &'static str, value, help| {
            Arg::new(id)
                .short(short)
                .long(long)
                .value_name(value)
                .action(ArgAction::Append)
                .help(help)
                .help_heading("Preprocessor")
        };
        command
            .arg(option(
                DEFINE,
                'D',
                "define-macro",
                "NAME[=VALUE]",
                "Define a macro",
            ))
            .arg(option(
                UNDEFINE,
                'U',
                "undefine-macro",
                "NAME",
                "Undefine a macro",
            ))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for MacroArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<MacroArgs, Error> {
        let mut options = placed(matches, DEFINE, MacroOption::Define);
        options.extend(placed(matches, UNDEFINE, MacroOption::Undefine));
        options.sort_by_key(|&(place, _)| place);
        let in_order = options.into_iter().map(|(_, option)| option).collect();
        Ok(MacroArgs { in_order })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = MacroArgs::from_arg_matches(matches)?;
        Ok(())
    }
}

/// The values of an option with their places on the command line.
fn placed(
    matches: &ArgMatches,
    id: &str,
    make: impl Fn(String) -> MacroOption,
) -> Vec<(usize, MacroOption)> {
    let places = matches.indices_of(id).into_iter().flatten();
    let values = matches.get_many::<String>(id).into_iter().flatten();
    places.zip(values.cloned().map(make)).collect()
}
