//! A docent whose handbook is for the staff alone, and whose notices are everybody's.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    path::Path,
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
    /// An access key of the staff.
    pub(crate) key: String,
    pub(crate) handbook: Handbook,
    _config: TempDir,
    server: Server,
}

/// Who the staff are, and how they sign in: tables of the configuration.
pub(crate) enum Ways {
    /// By an access key alone.
    Keys,
    /// On docent's own page, with an access key.
    Page,
    /// At an issuer, as somebody of the group `staff`.
    Issuer(String),
}

impl Private {
    /// Serves, without an audience for those who do not sign in.
    pub(crate) fn start(ways: &Ways) -> Self {
        Self::start_with(ways, "")
    }

    /// The same, where those who do not sign in may read the notices.
    pub(crate) fn start_with_notices(ways: &Ways) -> Self {
        let anonymous = "[[audience]]\nname = \"anonymous\"\ndocs = [\"notices\"]\n";
        Self::start_with(ways, anonymous)
    }

    fn start_with(ways: &Ways, more: &str) -> Self {
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
        // Only now is it known what the tokens are to be for.
        let ways = match ways {
            Ways::Keys => String::new(),
            Ways::Page => "[sign_in]\nenabled = true\n".to_owned(),
            Ways::Issuer(issuer) => format!("[[issuer]]\n{issuer}"),
        };
        let private = format!(
            "[server]\nurl = \"{base}\"\n{sets}\
             [[audience]]\nname = \"staff\"\ndocs = [\"all\"]\ngroups = [\"staff\", \"timelords\"]\n\
             {more}{ways}"
        );
        std::fs::write(&file, private).expect("written");
        let key = made_key(&file);
        let private = Self {
            base,
            key,
            handbook,
            _config: config,
            server,
        };
        private.follow_configuration();
        private
    }

    /// Has it read its configuration and keys again, and waits until the key counts.
    fn follow_configuration(&self) {
        let process = Pid::from_raw(self.server.process.id().cast_signed());
        kill(process, Signal::SIGHUP).expect("it runs");
        let begun = Instant::now();
        let authorization = format!("Authorization: Bearer {}\r\n", self.key);
        let follows = || {
            self.got("/mcp?sign_in", "").starts_with("HTTP/1.1 401")
                && self.got("/mcp", &authorization).starts_with("HTTP/1.1 405")
        };
        while !follows() {
            assert!(
                begun.elapsed() < PATIENCE,
                "it says {}",
                self.got("/mcp?sign_in", "")
            );
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

    /// The whole answer to a search for the secret, with a token or without.
    pub(crate) fn searched(&self, token: Option<&str>) -> String {
        let body = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search","arguments":{"query":"call sign of the harbour"}}}"#;
        let address = &self.server.address;
        let credential = token.map(|token| format!("Authorization: Bearer {token}\r\n"));
        exchange(
            address,
            &format!(
                "POST /mcp HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
                 Accept: application/json, text/event-stream\r\nContent-Length: {}\r\n\
                 {}Connection: close\r\n\r\n{body}",
                body.len(),
                credential.unwrap_or_default()
            ),
        )
    }
}

/// Makes a key for the staff of a configuration.
fn made_key(config: &Path) -> String {
    let made = Command::new(env!("CARGO_BIN_EXE_docent"))
        .args(["key", "new", "tests", "--audience", "staff", "--config"])
        .arg(config)
        .output()
        .expect("cargo has built it");
    let told = said(&made);
    let mut words = told.split_whitespace();
    let key = words.find(|word| word.starts_with("docent_"));
    key.unwrap_or_else(|| panic!("there is no key in:\n{told}"))
        .to_owned()
}

fn exchange(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.write_all(request.as_bytes()).expect("it reads");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("it answers");
    String::from_utf8_lossy(&answer).into_owned()
}
