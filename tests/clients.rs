//! Real MCP clients against the real server, at `/mcp`, `/sse` and `/chatgpt`, without any other network.
//!
//! Each client is a script in `tests/clients/`, run against a server of its own that serves a real
//! manual; command-line agents (`agents.rs`) run whole turns, with a stand-in for the model.
//! `tests/clients/install.sh` installs the clients, pinned, outside the checkout.

use std::{
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::OnceLock,
};

use alone::alone;
use sdks::python_command;
use tempfile::TempDir;

#[path = "clients/agents.rs"]
mod agents;
#[path = "clients/alone.rs"]
mod alone;
#[path = "issuers/mod.rs"]
#[allow(clippy::unwrap_used, dead_code, reason = "other tests use more of it")]
mod issuers;
#[path = "left_out/mod.rs"]
mod left_out;
#[path = "clients/private.rs"]
mod private;
#[path = "clients/providers.rs"]
mod providers;
#[path = "clients/rotation.rs"]
mod rotation;
#[path = "clients/sdks.rs"]
mod sdks;
#[path = "clients/secure.rs"]
mod secure;
#[path = "clients/sign_in.rs"]
mod sign_in;
#[path = "clients/site.rs"]
mod site;

#[test]
fn typescript_sdk_over_mcp() {
    node("typescript_sdk.mjs", "mcp", "/mcp");
}

#[test]
fn typescript_sdk_over_sse() {
    node("typescript_sdk.mjs", "sse", "/sse");
}

#[test]
fn typescript_sdk_at_chatgpt() {
    node("typescript_sdk.mjs", "chatgpt", "/chatgpt");
}

#[test]
fn typescript_sdk_survives_a_restart() {
    node("typescript_sdk.mjs", "restart", "/mcp");
}

#[test]
fn typescript_client_2_negotiates_2026_07_28() {
    node("typescript_client_2.mjs", "auto", "/mcp");
}

#[test]
fn typescript_client_2_with_a_handshake() {
    node("typescript_client_2.mjs", "legacy", "/mcp");
}

#[test]
fn typescript_client_2_over_sse() {
    node("typescript_client_2.mjs", "sse", "/sse");
}

#[test]
fn typescript_client_2_at_chatgpt() {
    node("typescript_client_2.mjs", "chatgpt", "/chatgpt");
}

#[test]
fn typescript_client_2_survives_a_restart() {
    node("typescript_client_2.mjs", "restart", "/mcp");
}

#[test]
fn python_sdk_negotiates_2026_07_28() {
    python("auto", "/mcp");
}

#[test]
fn python_sdk_with_a_handshake() {
    python("legacy", "/mcp");
}

#[test]
fn python_sdk_over_sse() {
    python("sse", "/sse");
}

#[test]
fn python_sdk_at_chatgpt() {
    python("chatgpt", "/chatgpt");
}

#[test]
fn python_sdk_survives_a_restart() {
    python("restart", "/mcp");
}

#[test]
fn inspector_over_mcp() {
    node("inspector.mjs", "http", "/mcp");
}

#[test]
fn inspector_over_sse() {
    node("inspector.mjs", "sse", "/sse");
}

#[test]
fn mcp_remote_over_mcp() {
    node("mcp_remote.mjs", "http-first", "/mcp");
}

#[test]
fn mcp_remote_over_sse() {
    node("mcp_remote.mjs", "sse-only", "/sse");
}

#[test]
fn conformance_suite() {
    node("conformance.mjs", "http", "/mcp");
}

#[test]
fn typescript_sdk_over_https() {
    alone(|| {
        let server = secure::Server::start("docs", &manual());
        for mode in ["mcp", "sse", "chatgpt"] {
            let client = node_command("typescript_sdk.mjs");
            run_securely(client, &server, mode, &format!("/{mode}"));
        }
    });
}

#[test]
fn typescript_client_2_over_https() {
    alone(|| {
        let server = secure::Server::start("docs", &manual());
        for (mode, route) in [("auto", "/mcp"), ("sse", "/sse"), ("chatgpt", "/chatgpt")] {
            let client = node_command("typescript_client_2.mjs");
            run_securely(client, &server, mode, route);
        }
    });
}

#[test]
fn python_sdk_over_https() {
    alone(|| {
        let server = secure::Server::start("docs", &manual());
        run_securely(
            python_command("venv", "python_sdk.py"),
            &server,
            "auto",
            "/mcp",
        );
        run_securely(
            python_command("venv", "python_sdk.py"),
            &server,
            "sse",
            "/sse",
        );
    });
}

/// Runs a script on the pinned Node.js.
fn node(script: &str, mode: &str, route: &str) {
    alone(|| run(node_command(script), mode, route));
}

fn node_command(script: &str) -> Command {
    let arch = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => panic!("there is no pinned Node.js for {other}"),
    };
    let node = clients().join(format!("node_modules/node-linux-{arch}/bin/node"));
    let mut command = Command::new(node);
    command
        .arg("--import")
        .arg(scripts().join("resolve.mjs"))
        .arg(scripts().join(script));
    command
}

/// Runs the script of the Python SDK.
fn python(mode: &str, route: &str) {
    alone(|| run(python_command("venv", "python_sdk.py"), mode, route));
}

/// Runs a client that verifies the server's certificate.
fn run_securely(mut client: Command, server: &secure::Server, mode: &str, route: &str) {
    server.is_trusted_by(&mut client);
    run_to_end(client.args([mode, &format!("https://localhost:{}{route}", server.port)]));
}

/// Runs a script to its end, and returns what it printed.
fn run_to_end(script: &mut Command) -> String {
    let scratch = TempDir::new().expect("a temporary folder");
    let ended = surroundings(script, scratch.path())
        .stdin(Stdio::null())
        .output()
        .expect("install.sh has put the client there");
    assert!(
        ended.status.success(),
        "the client failed:\n{}",
        said(&ended)
    );
    String::from_utf8_lossy(&ended.stdout).into_owned()
}

/// What every script is told: where the clients and docent are, where to leave things, and a proxy that is not
/// there, for whatever is not on this machine.
fn surroundings<'a>(script: &'a mut Command, scratch: &Path) -> &'a mut Command {
    script
        .env("DOCENT_CLIENTS", clients())
        .env("TMPDIR", scratch)
        .env("HTTP_PROXY", "http://127.0.0.1:9")
        .env("HTTPS_PROXY", "http://127.0.0.1:9")
        .env("NO_PROXY", "127.0.0.1,localhost")
}

/// Starts a server, runs a client against it, restarts the server when the client says so.
fn run(mut client: Command, mode: &str, route: &str) {
    let scratch = TempDir::new().expect("a temporary folder");
    let documents = manual_in(scratch.path());
    let mut server = Server::start(scratch.path(), "127.0.0.1:0", &documents);
    let mut client = surroundings(&mut client, scratch.path())
        .args([mode, &format!("http://{}{route}", server.address)])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("install.sh has put the client there");

    if mode == "restart" {
        let stdout = client.stdout.as_mut().expect("it is piped");
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).expect("text");
        if line == "restart\n" {
            let address = server.address.clone();
            drop(server);
            server = Server::start(scratch.path(), &address, &documents);
            let stdin = client.stdin.as_mut().expect("it is piped");
            stdin.write_all(b"restarted\n").expect("the client waits");
        }
    }

    let ended = client.wait_with_output().expect("the client ran");
    drop(server);
    assert!(
        ended.status.success(),
        "the client failed:\n{}",
        said(&ended)
    );
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr]
        .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
        .join("\n")
}

/// What starts a docent that talks over standard input and output.
fn stdio_command(documents: &Path, scratch: &Path) -> Vec<String> {
    let (documents, cache) = (documents.to_owned(), scratch.join("cache"));
    let [documents, cache] = [documents, cache].map(|path| path.display().to_string());
    let docent = env!("CARGO_BIN_EXE_docent").to_owned();
    vec![docent, "mcp".into(), documents, "--cache-dir".into(), cache]
}

/// A `docent serve` that ends with the test.
struct Server {
    process: Child,
    address: String,
}

impl Server {
    fn start(scratch: &Path, listen: &str, documents: &Path) -> Self {
        Self::of(
            Command::new(env!("CARGO_BIN_EXE_docent"))
                .arg("serve")
                .arg(documents)
                .args(["--listen", listen, "--cache-dir"])
                .arg(scratch.join("cache")),
        )
    }

    /// One that is started so.
    fn of(command: &mut Command) -> Self {
        let mut process = command
            .env_remove("JOURNAL_STREAM")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("cargo has built it");
        let stdout = process.stdout.take().expect("it is piped");
        let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
        let address = lines
            .find_map(|line| {
                let (_, rest) = line.split_once("http://")?;
                Some(rest.split_once("/mcp")?.0.to_owned())
            })
            .expect("docent serve prints its address");
        // Read on, or the server would block once the pipe is full.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, address }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; the client's failure tells.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A real manual, by a link in a temporary folder, so that the set is called `docs`.
fn manual_in(scratch: &Path) -> PathBuf {
    let documents = scratch.join("docs");
    std::os::unix::fs::symlink(manual(), &documents).expect("a link");
    documents
}

fn manual() -> PathBuf {
    clients().join("node_modules/@google/gemini-cli/bundle/docs")
}

/// Where the scripts are.
fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients")
}

/// Where the clients are, installed when they are not yet.
fn clients() -> &'static Path {
    static CLIENTS: OnceLock<PathBuf> = OnceLock::new();
    CLIENTS.get_or_init(|| {
        let installed = Command::new(scripts().join("install.sh"))
            .stdin(Stdio::null())
            .output()
            .expect("bash runs install.sh");
        assert!(installed.status.success(), "{}", said(&installed));
        PathBuf::from(String::from_utf8_lossy(&installed.stdout).trim_end())
    })
}
