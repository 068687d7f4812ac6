//! Other people's programs that open our documents: qpdf and poppler, from the system's packages.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Writes a document where the tools (and a curious developer) can open it.
pub fn keep(name: &str, bytes: &[u8]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, bytes).expect("the document is written");
    path
}

/// Runs a tool that must succeed and returns what it printed.
pub fn run(program: &str, arguments: &[&str], file: &Path) -> String {
    let output = Command::new(program)
        .args(arguments)
        .arg(file)
        .args(if program == "pdftotext" { vec!["-"] } else { Vec::new() })
        .output()
        .unwrap_or_else(|error| panic!("{program} is needed ({error}): `make test` installs it, see scripts/test_tools.sh"));
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{program}: {printed}{}", String::from_utf8_lossy(&output.stderr));
    printed
}
