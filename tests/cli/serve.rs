//! `docent serve` as a process: what it prints, how it follows changes, how it ends.

use super::run::Sandbox;
use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

pub(crate) struct Server {
    pub(crate) process: Child,
    address: String,
    log: Arc<Mutex<String>>,
    said: String,
}

/// What is asked with, whatever is asked.
const CALL: &str = "tools/call";

impl Server {
    fn start(sandbox: &Sandbox) -> Self {
        Self::start_at(sandbox, "127.0.0.1:0")
    }

    fn start_at(sandbox: &Sandbox, address: &str) -> Self {
        Self::start_with(sandbox, docent_at(sandbox, address, &["docs"]))
    }

    /// Waits until a server says where it answers.
    pub(crate) fn start_with(sandbox: &Sandbox, mut command: Command) -> Self {
        let mut process = command
            .current_dir(sandbox.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("cargo has built docent");
        let stdout = process.stdout.take().expect("standard output is piped");
        let stderr = process.stderr.take().expect("standard error is piped");
        let log = Arc::new(Mutex::new(String::new()));
        let lines = Arc::clone(&log);
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                let mut log = lines.lock().expect("no test panics with it");
                *log += &(line + "\n");
            }
        });
        let mut said = String::new();
        let address = BufReader::new(stdout)
            .lines()
            .map_while(Result::ok)
            .find_map(|line| {
                said += &format!("{line}\n");
                let after = line.split("http://").nth(1)?;
                after.split('/').next().map(str::to_owned)
            });
        let address = address.unwrap_or_else(|| panic!("no address: {log:?}"));
        Self {
            process,
            address,
            log,
            said,
        }
    }

    /// What it has printed before its address.
    pub(crate) fn said(&self) -> &str {
        &self.said
    }

    /// Where it answers.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// What it has logged so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().expect("no test panics with it").clone()
    }

    /// Sends a request, and returns the answer with its head.
    pub(crate) fn ask(&self, method: &str, path: &str, body: &str) -> String {
        self.ask_as(method, path, &self.address, body)
    }

    /// The same under another name.
    pub(crate) fn ask_as(&self, method: &str, path: &str, host: &str, body: &str) -> String {
        self.send(method, path, &format!("Host: {host}"), body)
    }

    /// The same with more headers.
    pub(crate) fn ask_with(&self, method: &str, path: &str, headers: &str, body: &str) -> String {
        let headers = format!(
            "Host: {}
{headers}",
            self.address
        );
        self.send(method, path, &headers, body)
    }

    /// Sends a request with these headers alone, and returns the answer with its head.
    pub(crate) fn send(&self, method: &str, path: &str, headers: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("docent listens");
        // At once: who is refused is answered before the rest has been sent, and the connection ends.
        let request = format!(
            "{method} {path} HTTP/1.1
{headers}
Content-Type: application/json
\
             Accept: application/json, text/event-stream\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n{body}",
            body.len()
        );
        stream
            .write_all(request.as_bytes())
            .expect("a request can be sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }

    pub(crate) fn search(&self, query: &str) -> String {
        let answer = self.try_search(query);
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        answer
    }

    /// The answer, whatever it is.
    pub(crate) fn try_search(&self, query: &str) -> String {
        let body = format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"{CALL}","params":{{"name":"search","arguments":{{"query":"{query}"}}}}}}"#
        );
        self.ask("POST", "/mcp", &body)
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, signal: &str) {
        let sent = Command::new("kill")
            .args([signal, &self.process.id().to_string()])
            .status();
        assert!(sent.expect("kill can be run").success());
    }

    pub(crate) fn stop(mut self) -> Option<i32> {
        self.signal("-INT");
        self.process.wait().expect("docent ends").code()
    }
}

/// `docent serve` with these arguments, on a free port and with an index in the sandbox.
pub(crate) fn docent(sandbox: &Sandbox, arguments: &[&str]) -> Command {
    docent_at(sandbox, "127.0.0.1:0", arguments)
}

pub(crate) fn docent_at(sandbox: &Sandbox, address: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_docent"));
    command
        .arg("serve")
        .args(arguments)
        .args(["--listen", address, "--cache-dir"])
        .arg(sandbox.path().join("cache"))
        .env_clear();
    command
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Under a service manager that listens at a socket, with this configuration; the socket tells what docent says of itself.
fn managed(sandbox: &Sandbox) -> (Command, std::os::unix::net::UnixDatagram) {
    let at = sandbox.path().join("notify");
    let manager = std::os::unix::net::UnixDatagram::bind(&at).expect("a socket");
    manager
        .set_read_timeout(Some(Duration::from_secs(60)))
        .expect("a socket");
    let mut command = Command::new(env!("CARGO_BIN_EXE_docent"));
    command
        .args(["serve", "--config", "docent.toml", "--cache-dir"])
        .arg(sandbox.path().join("cache"))
        .env_clear()
        .env("NOTIFY_SOCKET", at);
    (command, manager)
}

#[test]
fn the_address_of_a_proxy_is_told_to_people_and_to_the_service_manager() {
    let sandbox = Sandbox::new(&[
        ("docs/a.md", "# A\n\nText.\n"),
        (
            "docent.toml",
            "[server]\nplain = \"127.0.0.1:0\"\nurl = \"https://www.example.com/docs/\"\n\n[[docs]]\npath = \"docs\"\n",
        ),
    ]);
    let (command, manager) = managed(&sandbox);
    let server = Server::start_with(&sandbox, command);
    let said = server.said();
    for told in [
        "docent answers at\n  https://www.example.com/docs/mcp",
        "https://www.example.com/docs/sse",
        "docent also answers at\n  http://127.0.0.1:",
    ] {
        assert!(said.contains(told), "{said}");
    }
    let mut message = [0; 4096];
    let status = loop {
        let length = manager.recv(&mut message).expect("docent says how it is");
        let message = String::from_utf8_lossy(&message[..length]).into_owned();
        if let Some((_, status)) = message.split_once("STATUS=1 page ") {
            break status.to_owned();
        }
    };
    assert!(
        status.starts_with("at https://www.example.com/docs/mcp"),
        "{status}"
    );
    soon("the log tells it", || {
        server.log().contains("at=https://www.example.com/docs/mcp")
    });
}

#[test]
fn what_is_refused_is_told_once() {
    let sandbox = Sandbox::new(&[
        ("docs/a.md", "# A\n\nText.\n"),
        (
            "docent.toml",
            "[server]\nplain = \"127.0.0.1:0\"\nhosts = [\"docs.example.com\"]\ntrusted_proxies = [\"127.0.0.1\"]\n\
             [limits]\nrequests_per_second = 1\nrequest_burst = 2\n[[docs]]\npath = \"docs\"\n",
        ),
    ]);
    let (command, _manager) = managed(&sandbox);
    let server = Server::start_with(&sandbox, command);
    let ask = |headers: &str| {
        let mut stream = TcpStream::connect(&server.address).expect("docent listens");
        write!(
            stream,
            "GET /healthz HTTP/1.1\r\nConnection: close\r\n{headers}\r\n"
        )
        .expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    };
    for _ in 0..3 {
        assert!(ask("Host: wiki.example:80\r\n").starts_with("HTTP/1.1 403"));
        assert!(ask("Host: \u{1b}[2Jwiki\r\n").starts_with("HTTP/1.1 400"));
    }
    for client in ["192.0.2.1", "192.0.2.2"] {
        let mut refused = 0;
        while refused < 3 {
            let answer = ask(&format!("Host: localhost\r\nX-Forwarded-For: {client}\r\n"));
            refused += usize::from(answer.starts_with("HTTP/1.1 429"));
        }
    }
    ask("Host: other.example\r\n");
    soon("the log tells it", || {
        server.log().contains("other.example")
    });
    let log = server.log();
    let told = |what: &str| log.matches(what).count();
    assert_eq!(
        told("`hosts = [\"docs.example.com\", \"wiki.example\"]`"),
        1,
        "{log}"
    );
    assert_eq!(told("more requests a second"), 2, "{log}");
    assert_eq!(told("192.0.2.1"), 1, "{log}");
    assert!(!log.contains("[2J"), "{log}");
}

/// Waits as long as a busy machine may take; how long it takes on a quiet one, the benchmark tells.
pub(crate) fn soon(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(
            started.elapsed() < Duration::from_secs(60),
            "{what}, after a minute"
        );
        // Asking without a pause would take the time away from the answer.
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn changes_are_found_while_it_runs() {
    let sandbox = Sandbox::new(&[
        ("docs/a.md", "# Apples\n\nAbout apples.\n"),
        ("docs/b.md", "# Pears\n\nAbout pears.\n"),
    ]);
    let server = Server::start(&sandbox);
    assert!(server.search("apples").contains("docs/a.md"));
    sandbox.write("docs/new/c.md", "# Quinces\n\nAbout quinces.\n");
    soon("a new file is found", || {
        server.search("quinces").contains("docs/new/c.md")
    });
    sandbox.write("docs/a.md", "# Apples\n\nAbout medlars now.\n");
    soon("a changed file is found", || {
        server.search("medlars").contains("docs/a.md")
    });
    std::fs::remove_file(sandbox.path().join("docs/b.md")).expect("a file to remove");
    soon("a removed file is gone", || {
        !server.search("pears").contains("docs/b.md")
    });
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn a_port_alone_is_one_of_this_machine() {
    let sandbox = Sandbox::new(&[("docs/a.md", "# Apples\n\nAbout apples.\n")]);
    for address in ["0", ":0", "localhost:0", "127.0.0.1:0"] {
        let server = Server::start_at(&sandbox, address);
        assert!(
            server.address.starts_with("127.0.0.1:"),
            "{address}: {}",
            server.address
        );
        assert!(server.search("apples").contains("docs/a.md"));
        assert_eq!(server.stop(), Some(0));
    }
}

/// What is said to root fits a call that names no configuration.
#[test]
fn root_is_told_how_not_to_be() {
    let sandbox = Sandbox::new(&[("docs/a.md", "# Apples\n\nAbout apples.\n")]);
    let server = Server::start_at(&sandbox, "0");
    let is_root = nix::unistd::Uid::effective().is_root();
    soon("docent logs", || server.log().contains("answering"));
    let log = server.log();
    assert_eq!(server.stop(), Some(0));
    assert_eq!(log.contains("running as root"), is_root, "{log}");
    assert!(!log.contains("[server]"), "{log}");
    assert_eq!(log.contains("sudo -u"), is_root, "{log}");
}

#[test]
fn a_second_start_answers_from_the_index() {
    let sandbox = Sandbox::new(&[("docs/a.md", "# Apples\n\nAbout apples.\n")]);
    assert_eq!(Server::start(&sandbox).stop(), Some(0));
    sandbox.write("docs/b.md", "# Pears\n\nAbout pears.\n");
    let server = Server::start(&sandbox);
    assert!(server.search("apples").contains("docs/a.md"));
    soon("what changed in between is found", || {
        server.search("pears").contains("docs/b.md")
    });
    assert_eq!(server.stop(), Some(0));
}

/// A reload is compared with what is open, not with the reload before.
#[test]
fn another_address_needs_a_restart_until_it_is_taken_back() {
    let config =
        |address: &str| format!("[server]\nplain = \"{address}\"\n[[docs]]\npath = \"docs\"\n");
    let sandbox = Sandbox::new(&[
        ("docs/a.md", "# Apples\n\nAbout apples.\n"),
        ("docent.toml", &config("127.0.0.1:0")),
    ]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_docent"));
    command
        .args(["serve", "--config", "docent.toml", "--cache-dir", "cache"])
        .env_clear();
    let server = Server::start_with(&sandbox, command);
    // Port 1 is never bound: it is only what the configuration says.
    let reloads = [("127.0.0.1:1", 1), ("127.0.0.1:1", 2), ("127.0.0.1:0", 2)];
    for (done, (address, warnings)) in (1..).zip(reloads) {
        sandbox.write("docent.toml", config(address));
        server.signal("-HUP");
        soon("the reload is told", || {
            server.log().matches("reloaded status=").count() == done
        });
        let log = server.log();
        let warned = log.matches("other addresses need a restart").count();
        assert_eq!(warned, warnings, "{log}");
    }
    assert_eq!(server.stop(), Some(0));
}

/// Whoever watches the service, and not only whoever reads all of the log.
#[test]
fn the_status_says_why_https_is_refused_and_the_log_what_is_skipped() {
    use std::{
        fs::{self, File, Permissions},
        os::unix::fs::{PermissionsExt as _, chown},
    };

    let sandbox = Sandbox::new(&[
        ("docs/a.md", "# Apples\n\nAbout apples.\n"),
        ("docs/logo.md", "\0"),
        (
            "docent.toml",
            "[server]\ndomain = \"docs.example.com\"\nhttp = \"127.0.0.1:0\"\nhttps = \"127.0.0.1:0\"\nuser = \"nobody\"\n\
             [tls]\ncert = \"chain.pem\"\nkey = \"key.pem\"\n[[docs]]\npath = \"docs\"\n",
        ),
    ]);
    let cache = sandbox.path().join("cache");
    fs::create_dir(&cache).expect("the sandbox is ours");
    if nix::unistd::Uid::effective().is_root() {
        // It becomes that user.
        let nobody = nix::unistd::User::from_name("nobody").expect("there are users");
        let nobody = nobody.expect("nobody is one").uid.as_raw();
        chown(&cache, Some(nobody), None).expect("root may");
        fs::set_permissions(sandbox.path(), Permissions::from_mode(0o755)).expect("root may");
    }
    let (log, printed) = (sandbox.path().join("log"), sandbox.path().join("printed"));
    let process = Command::new(env!("CARGO_BIN_EXE_docent"))
        .args(["serve", "--config", "docent.toml", "--cache-dir", "cache"])
        .args(["--state-dir", "state", "--listen", "0"])
        .current_dir(sandbox.path())
        .env_clear()
        .stdout(File::create(&printed).expect("the sandbox is ours"))
        .stderr(File::create(&log).expect("the sandbox is ours"))
        .spawn()
        .expect("cargo has built docent");
    let server = Server {
        process,
        address: String::new(),
        log: Arc::default(),
        said: String::new(),
    };
    let said = || fs::read_to_string(&log).unwrap_or_default();
    soon("it is ready", || said().contains("ready status"));
    let ready = said();
    let ready = ready.lines().find(|line| line.contains("ready status"));
    let ready = ready.expect("it was there");
    assert!(ready.contains("HTTPS is refused"), "{ready}");
    assert!(ready.contains("chain.pem: No such file"), "{ready}");
    // Every way in is named.
    let log = said();
    assert!(
        log.contains("answering at=https://docs.example.com"),
        "{log}"
    );
    assert!(log.contains("answering at=http://127.0.0.1:"), "{log}");
    assert!(log.contains("listening for HTTPS at=127.0.0.1:"), "{log}");
    let printed = fs::read_to_string(&printed).expect("what it has printed");
    assert!(
        printed.contains("also answers at\n  http://127.0.0.1:"),
        "{printed}"
    );
    soon("what is skipped is named", || {
        said()
            .lines()
            .any(|line| line.contains("skipped path=\"logo.md\"") && line.contains("not text"))
    });
    drop(server);
}

/// As a shell starts it: the limit that counts is the one that docent may ask for.
#[test]
fn open_files_are_as_many_as_may_be() {
    let sandbox = Sandbox::new(&[("docs/a.md", "# Apples\n\nAbout apples.\n")]);
    let limited = |limit: &str| {
        let inner = docent(&sandbox, &["docs"]);
        let mut command = Command::new("sh");
        command
            .args(["-c", &format!("ulimit {limit} && exec \"$@\""), "sh"])
            .arg(inner.get_program())
            .args(inner.get_args());
        Server::start_with(&sandbox, command)
    };
    let server = limited("-S -n 200");
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", server.process.id()))
        .expect("the process runs");
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max open files"));
    let words: Vec<_> = line.expect("a limit").split_whitespace().collect();
    assert_eq!(words[3], words[4], "{limits}");
    assert_eq!(server.stop(), Some(0));

    let server = limited("-n 300");
    soon("docent tells of the limit", || {
        server.log().contains("LimitNOFILE=")
    });
    // More than it could have open; those that are too many wait in the kernel's queue, and then before it.
    let address = server.address.parse().expect("an address");
    let connect = || TcpStream::connect_timeout(&address, Duration::from_secs(2));
    let idle: Vec<_> = std::thread::scope(|scope| {
        let connecting: Vec<_> = (0..320).map(|_| scope.spawn(connect)).collect();
        let connected = connecting
            .into_iter()
            .map(std::thread::ScopedJoinHandle::join);
        connected.collect()
    });
    assert!(idle.iter().filter(|it| matches!(it, Ok(Ok(_)))).count() > 100);
    drop(idle);
    assert!(server.search("apples").contains("docs/a.md"));
    assert!(!server.log().contains("os error 24"), "{}", server.log());
    assert_eq!(server.stop(), Some(0));
}
