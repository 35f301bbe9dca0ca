//! Command-line agents that answer a question with what docent told them, each over the transports that
//! its users have. `turn.mjs` runs them, with a stand-in for the model.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::{SystemTime, UNIX_EPOCH},
};

use tempfile::TempDir;

use crate::{Server, alone::alone, left_out, node_command, run_to_end, secure, stdio_command};

#[test]
fn claude_code_answers_over_http() {
    over_http("claude_code", "http", "/mcp");
}

#[test]
fn claude_code_answers_over_https() {
    over_https("claude_code", "http", "/mcp");
}

#[test]
fn claude_code_answers_over_sse() {
    over_http("claude_code", "sse", "/sse");
}

#[test]
fn claude_code_answers_over_stdio() {
    over_stdio("claude_code");
}

#[test]
fn codex_answers_over_http() {
    over_http("codex", "http", "/mcp");
}

#[test]
fn codex_answers_over_https_as_docent_connects_it() {
    connected("codex");
}

#[test]
fn codex_answers_over_stdio() {
    over_stdio("codex");
}

#[test]
fn copilot_answers_over_http() {
    over_http("copilot", "http", "/mcp");
}

#[test]
fn copilot_answers_over_https_as_docent_connects_it() {
    connected("copilot");
}

#[test]
fn copilot_answers_over_sse() {
    over_http("copilot", "sse", "/sse");
}

#[test]
fn copilot_answers_over_stdio() {
    over_stdio("copilot");
}

#[test]
fn gemini_cli_answers_over_http() {
    over_http("gemini_cli", "http", "/mcp");
}

#[test]
fn gemini_cli_answers_over_https_as_docent_connects_it() {
    connected("gemini_cli");
}

#[test]
fn gemini_cli_answers_over_sse() {
    over_http("gemini_cli", "sse", "/sse");
}

#[test]
fn gemini_cli_answers_over_stdio() {
    over_stdio("gemini_cli");
}

#[test]
fn opencode_answers_over_http() {
    if opencode_is_there() {
        over_http("opencode", "http", "/mcp");
    }
}

#[test]
fn opencode_answers_over_https_as_docent_connects_it() {
    if opencode_is_there() {
        connected("opencode");
    }
}

#[test]
fn opencode_answers_over_sse() {
    if opencode_is_there() {
        over_http("opencode", "sse", "/sse");
    }
}

#[test]
fn opencode_answers_over_stdio() {
    if opencode_is_there() {
        over_stdio("opencode");
    }
}

pub(crate) fn opencode_is_there() -> bool {
    left_out::needs(
        cfg!(target_arch = "x86_64"),
        "opencode",
        "the registry has no opencode-linux-arm64 of the version that is pinned",
    )
}

fn over_http(agent: &str, transport: &str, route: &str) {
    alone(|| {
        let handbook = Handbook::write();
        let server = Server::start(handbook.scratch.path(), "127.0.0.1:0", &handbook.folder);
        let url = format!("http://{}{route}", server.address);
        handbook.is_quoted(turn(agent, transport).arg(url));
    });
}

fn over_https(agent: &str, transport: &str, route: &str) {
    alone(|| {
        let handbook = Handbook::write();
        let server = secure::Server::start("handbook", &handbook.folder);
        let url = format!("https://localhost:{}{route}", server.port);
        let mut turn = turn(agent, transport);
        server.is_trusted_by(&mut turn);
        handbook.is_quoted(turn.arg(url));
    });
}

/// With the configuration that `docent connect --write` writes.
fn connected(agent: &str) {
    alone(|| {
        let handbook = Handbook::write();
        let server = secure::Server::start("handbook", &handbook.folder);
        let url = format!("https://localhost:{}", server.port);
        let mut turn = turn(agent, "connect");
        server.is_trusted_by(&mut turn);
        handbook.is_quoted(turn.args([env!("CARGO_BIN_EXE_docent"), &url]));
    });
}

fn over_stdio(agent: &str) {
    alone(|| {
        let handbook = Handbook::write();
        let docent = stdio_command(&handbook.folder, handbook.scratch.path());
        handbook.is_quoted(turn(agent, "stdio").args(docent));
    });
}

fn turn(agent: &str, transport: &str) -> Command {
    let mut command = node_command("turn.mjs");
    command.args([agent, transport]);
    command
}

/// Documents that say what no model and no other file knows.
pub(crate) struct Handbook {
    scratch: TempDir,
    pub(crate) folder: PathBuf,
    pub(crate) secret: String,
}

impl Handbook {
    pub(crate) fn write() -> Self {
        let scratch = TempDir::new().expect("a temporary folder");
        let folder = scratch.path().join("handbook");
        std::fs::create_dir(&folder).expect("an empty folder");
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = now.expect("after 1970").as_nanos();
        let secret = format!("HERON-{now}");
        let page = format!(
            "# Harbour\n\nWho comes in calls first.\n\n\
             ## Radio\n\nThe call sign of the harbour is {secret}.\n"
        );
        put(&folder, "harbour.md", &page);
        let other = "# Lighthouse\n\nIt flashes twice every ten seconds.\n";
        put(&folder, "lighthouse.md", other);
        Self {
            scratch,
            folder,
            secret,
        }
    }

    pub(crate) fn is_quoted(&self, turn: &mut Command) {
        let said = run_to_end(turn);
        assert!(
            said.contains(&self.secret),
            "the agent does not say {}:\n{said}",
            self.secret
        );
    }
}

fn put(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).expect("written");
}
