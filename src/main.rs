//! The one binary: reads the command line and hands over.

use std::process::ExitCode;

fn main() -> ExitCode {
    evenkeel::server::cli::run(std::env::args_os())
}
