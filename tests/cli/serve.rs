//! `docent serve` as a process: what it prints, how it follows changes, how it ends.

use super::run::Sandbox;
use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

struct Server {
    process: Child,
    address: String,
}

impl Server {
    fn start(sandbox: &Sandbox) -> Self {
        Self::start_at(sandbox, "127.0.0.1:0", Stdio::null())
    }

    fn start_at(sandbox: &Sandbox, address: &str, log: Stdio) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_docent"))
            .args(["serve", "docs", "--listen", address, "--cache-dir", "cache"])
            .current_dir(sandbox.path())
            .env_clear()
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("cargo has built docent");
        let stdout = process.stdout.take().expect("standard output is piped");
        let address = BufReader::new(stdout)
            .lines()
            .map_while(Result::ok)
            .find_map(|line| {
                let after = line.split("http://").nth(1)?;
                after.split('/').next().map(str::to_owned)
            })
            .expect("the address is printed");
        Self { process, address }
    }

    fn search(&self, query: &str) -> String {
        let body = format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"search","arguments":{{"query":"{query}"}}}}}}"#
        );
        let mut stream = TcpStream::connect(&self.address).expect("docent listens");
        write!(
            stream,
            "POST /mcp HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n\
             Accept: application/json, text/event-stream\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n{body}",
            self.address,
            body.len()
        )
        .expect("a request can be sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        answer
    }

    fn stop(mut self) -> Option<i32> {
        let stopped = Command::new("kill")
            .args(["-INT", &self.process.id().to_string()])
            .status();
        assert!(stopped.expect("kill can be run").success());
        self.process.wait().expect("docent ends").code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Waits as long as a busy machine may take; how long it takes on a quiet one, the benchmark tells.
fn soon(what: &str, mut holds: impl FnMut() -> bool) {
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
        let server = Server::start_at(&sandbox, address, Stdio::null());
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
    let log = std::fs::File::create(sandbox.path().join("log")).expect("the sandbox is ours");
    assert_eq!(Server::start_at(&sandbox, "0", log.into()).stop(), Some(0));
    let log = std::fs::read_to_string(sandbox.path().join("log")).expect("docent logs");
    let is_root = nix::unistd::Uid::effective().is_root();
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
