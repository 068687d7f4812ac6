//! A PostgreSQL cluster of a test's own, which it may stop and start again. `scripts/postgres.sh` does the same for all tests.

#![allow(dead_code, reason = "each test and bench uses a part of this")]

use std::path::PathBuf;
use std::process::{Command, Stdio};

pub struct Cluster {
    folder: tempfile::TempDir,
    programs: PathBuf,
    port: u16,
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.control(&["-m", "immediate", "stop"]);
    }
}

impl Cluster {
    pub fn start() -> Cluster {
        let folder = tempfile::Builder::new().prefix("evenkeel-pg.").tempdir_in("/tmp").expect("a folder");
        let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("an address").port();
        let cluster = Cluster { folder, programs: programs(), port };
        if is_root() {
            // initdb refuses to run as root.
            let path = cluster.folder.path().display().to_string();
            assert!(Command::new("chown").args(["postgres", &path]).status().expect("chown runs").success());
        }
        let data = cluster.data();
        let mut making = cluster.command("initdb");
        making.args(["-D", &data, "-U", "evenkeel", "-A", "trust", "-E", "UTF8", "--no-locale"]).stdout(Stdio::null());
        assert!(making.status().expect("initdb runs").success(), "the cluster is made");
        cluster.begin();
        cluster
    }

    pub fn url(&self) -> String {
        format!("postgres://evenkeel@127.0.0.1:{}", self.port)
    }

    pub fn begin(&self) {
        let socket = self.folder.path().display();
        let options =
            format!("-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories={socket} -c max_connections=100", self.port);
        let log = format!("{socket}/log");
        assert!(self.control(&["-w", "-l", &log, "-o", &options, "start"]), "the cluster starts");
    }

    /// As when the machine loses power: what was committed is there afterwards, everybody connected is thrown out.
    pub fn break_down(&self) {
        assert!(self.control(&["-m", "immediate", "-w", "stop"]), "the cluster stops");
    }

    fn control(&self, arguments: &[&str]) -> bool {
        let data = self.data();
        self.command("pg_ctl")
            .args(["-D", &data])
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    }

    fn data(&self) -> String {
        format!("{}/data", self.folder.path().display())
    }

    fn command(&self, program: &str) -> Command {
        let path = self.programs.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        command.current_dir("/");
        command
    }
}

fn is_root() -> bool {
    std::fs::read_to_string("/proc/self/status").is_ok_and(|status| status.lines().any(|line| line.starts_with("Uid:\t0\t")))
}

/// Where the newest PostgreSQL of this machine is.
fn programs() -> PathBuf {
    let installed = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> =
        installed.map(|entry| entry.path().join("bin")).filter(|bin| bin.join("initdb").exists()).collect();
    folders.sort();
    folders.pop().expect("PostgreSQL is installed: run the tests with `make test`")
}
