//! The program `reposnap`.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(reposnap_cli::main(std::env::args_os()))
}
