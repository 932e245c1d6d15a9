//! The manual page: one for all commands, so that nothing is looked for in pages that were never installed.

use clap::{Command, CommandFactory};
use clap_mangen::Man;
use reposnap::{Error, Result};

use crate::args::Cli;

/// What the page says that `--help` does not.
const EXIT_STATUS: &str = "\
.SH \"EXIT STATUS\"
.TP
0
Done; for verify, and for version compare with an operator: it holds.
.TP
1
It does not hold, or there are findings: differences, or nothing found.
.TP
2
An error.
";

/// The page in roff.
pub fn page() -> Result<String> {
    let program = Cli::command();
    let man = Man::new(program.clone());
    let mut page = Vec::new();
    let failed = |error| Error::io("the manual page", error);
    man.render_title(&mut page).map_err(failed)?;
    man.render_name_section(&mut page).map_err(failed)?;
    man.render_synopsis_section(&mut page).map_err(failed)?;
    man.render_description_section(&mut page).map_err(failed)?;
    man.render_options_section(&mut page).map_err(failed)?;
    for command in leaves(program) {
        page.extend_from_slice(format!(".SH \"{}\"\n", full_name(&command).to_uppercase()).as_bytes());
        page.extend_from_slice(&section(command).map_err(failed)?);
    }
    page.extend_from_slice(EXIT_STATUS.as_bytes());
    Ok(String::from_utf8_lossy(&page).into_owned())
}

/// One command's part of the page.
fn section(command: Command) -> std::io::Result<Vec<u8>> {
    let has_options = command.get_arguments().next().is_some();
    let man = Man::new(command);
    let mut text = Vec::new();
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    if has_options {
        man.render_options_section(&mut text)?;
    }
    let text = String::from_utf8_lossy(&text).into_owned();
    Ok(text.replace(".SH ", ".SS ").into_bytes())
}

/// The commands that do something, each under its full name.
fn leaves(program: Command) -> Vec<Command> {
    let mut leaves = Vec::new();
    for command in program.get_subcommands().filter(|command| command.get_name() != "help") {
        let name = format!("{} {}", full_name(&program), command.get_name());
        let command = command.clone().bin_name(name);
        match command.has_subcommands() {
            true => leaves.extend(self::leaves(command)),
            false => leaves.push(command),
        }
    }
    leaves
}

fn full_name(command: &Command) -> &str {
    command.get_bin_name().unwrap_or(command.get_name())
}
