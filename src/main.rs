//! The one binary: reads the command line and hands over.

use std::process::ExitCode;

/// A page is made of a thousand small pieces of text, most of which live for a millisecond: the system's allocator takes a
/// fifth of the time of a request for them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    evenkeel::server::cli::run(std::env::args_os())
}
