//! A real mail server beside a test: aiosmtpd, started on a free port, stopped when dropped.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

pub struct MailSink {
    server: Child,
    folder: tempfile::TempDir,
    pub url: String,
}

/// How it answers every message.
#[derive(Clone, Copy)]
pub enum Manner {
    Accepting,
    Refusing,
    Busy,
}

impl MailSink {
    pub fn start(manner: Manner) -> MailSink {
        let python = std::env::var("EVENKEEL_TEST_PYTHON")
            .expect("EVENKEEL_TEST_PYTHON is not set: run the tests with `make test`, or source scripts/test_tools.sh");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/support/smtp_sink.py");
        let manner = match manner {
            Manner::Accepting => "accept",
            Manner::Refusing => "refuse",
            Manner::Busy => "busy",
        };
        let mut server = Command::new(python)
            .arg(script)
            .arg(folder.path())
            .arg(manner)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the mail server starts");
        let mut port = String::new();
        let output = server.stdout.take().expect("its output");
        BufReader::new(output).read_line(&mut port).expect("its port");
        MailSink { server, folder, url: format!("smtp://127.0.0.1:{}", port.trim()) }
    }

    /// The messages that arrived, as they arrived.
    pub fn messages(&self) -> Vec<String> {
        let files = std::fs::read_dir(self.folder.path()).expect("its folder");
        let mut messages: Vec<String> = files
            .map(|file| file.expect("a file").path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "eml"))
            .map(|path| std::fs::read_to_string(path).expect("a message"))
            .collect();
        messages.sort();
        messages
    }
}

impl Drop for MailSink {
    fn drop(&mut self) {
        drop(self.server.kill());
        drop(self.server.wait());
    }
}
