//! The `docent` command: parse, run, map the error to an exit code.
use std::process::ExitCode;

fn main() -> ExitCode {
    docent::cli::run()
}
