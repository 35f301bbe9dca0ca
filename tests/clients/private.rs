//! A docent whose handbook is for the staff alone, and whose notices are everybody's.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tempfile::TempDir;

use crate::{Server, agents::Handbook, said};

/// It follows another configuration within milliseconds, as a rule.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs until it is dropped.
pub(crate) struct Private {
    /// Its address, without a path.
    pub(crate) base: String,
    pub(crate) handbook: Handbook,
    config: TempDir,
    server: Server,
}

impl Private {
    /// Serves, to whoever has an access key alone.
    pub(crate) fn start() -> Self {
        let handbook = Handbook::write();
        let config = TempDir::new().expect("a temporary folder");
        let notices = config.path().join("notices");
        std::fs::create_dir(&notices).expect("an empty folder");
        std::fs::write(
            notices.join("tide.md"),
            "# Tide\n\nHigh water is at noon.\n",
        )
        .expect("written");
        let sets = format!(
            "[[docs]]\nname = \"notices\"\npath = \"notices\"\n\
             [[docs]]\nname = \"handbook\"\npath = {:?}\n",
            handbook.folder
        );
        let file = config.path().join("docent.toml");
        std::fs::write(&file, &sets).expect("written");
        let server = Server::of(
            Command::new(env!("CARGO_BIN_EXE_docent"))
                .args(["serve", "--listen", "127.0.0.1:0", "--config"])
                .arg(&file)
                .arg("--cache-dir")
                .arg(config.path().join("cache")),
        );
        let base = format!("http://{}", server.address);
        let private = format!(
            "[server]\nurl = \"{base}\"\n{sets}\
             [[audience]]\nname = \"staff\"\ndocs = [\"all\"]\n"
        );
        std::fs::write(&file, private).expect("written");
        let private = Self {
            base,
            handbook,
            config,
            server,
        };
        private.reload_until("", "HTTP/1.1 401");
        private
    }

    /// Makes an access key for the staff.
    pub(crate) fn key(&self) -> String {
        let made = Command::new(env!("CARGO_BIN_EXE_docent"))
            .args(["key", "new", "tests", "--audience", "staff", "--config"])
            .arg(self.config.path().join("docent.toml"))
            .output()
            .expect("cargo has built it");
        assert!(made.status.success(), "{}", said(&made));
        let said = said(&made);
        let key = said
            .split_whitespace()
            .find(|word| word.starts_with("docent_"));
        let key = key.expect("it prints the key").to_owned();
        let authorization = format!("Authorization: Bearer {key}\r\n");
        self.reload_until(&authorization, "HTTP/1.1 405");
        key
    }

    /// Has it follow its configuration again, and waits until it answers so whoever wants to sign in.
    fn reload_until(&self, header: &str, answer: &str) {
        let process = Pid::from_raw(self.server.process.id().cast_signed());
        kill(process, Signal::SIGHUP).expect("it runs");
        let begun = Instant::now();
        loop {
            let said = self.got("/mcp?sign_in", header);
            if said.starts_with(answer) {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "it says {said}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// The answer to a `GET`.
    fn got(&self, target: &str, header: &str) -> String {
        let address = &self.server.address;
        let request = format!(
            "GET {target} HTTP/1.1\r\nHost: {address}\r\n{header}Connection: close\r\n\r\n"
        );
        exchange(address, &request)
    }

    /// The whole answer to a search for the secret without a credential.
    pub(crate) fn searched_by_nobody(&self) -> String {
        let body = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search","arguments":{"query":"call sign of the harbour"}}}"#;
        let address = &self.server.address;
        exchange(
            address,
            &format!(
                "POST /mcp HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
                 Accept: application/json, text/event-stream\r\nContent-Length: {}\r\n\
                 Connection: close\r\n\r\n{body}",
                body.len()
            ),
        )
    }
}

fn exchange(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.write_all(request.as_bytes()).expect("it reads");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("it answers");
    String::from_utf8_lossy(&answer).into_owned()
}
