//! SDKs, and the frameworks for agents that connect by one, over every transport: each script gets all
//! endpoints at once, as starting it takes the longest.

use std::process::Command;

use tempfile::TempDir;

use crate::{
    Server, alone::alone, clients, manual, manual_in, node_command, run_to_end, scripts, secure,
    stdio_command,
};

#[test]
fn ai_sdk_everywhere() {
    everywhere(node_command("ai_sdk.mjs"));
}

#[test]
fn fastmcp_everywhere() {
    everywhere(python_command("venv", "fastmcp_client.py"));
}

#[test]
fn google_adk_everywhere() {
    everywhere(python_command("venv-mcp-1", "google_adk.py"));
}

#[test]
fn langchain_everywhere() {
    everywhere(python_command("venv-mcp-1", "langchain_adapters.py"));
}

#[test]
fn openai_agents_everywhere() {
    everywhere(python_command("venv", "openai_agents.py"));
}

#[test]
fn pydantic_ai_everywhere() {
    everywhere(python_command("venv", "pydantic_ai_toolset.py"));
}

#[test]
fn typescript_sdk_over_stdio() {
    over_stdio(node_command("typescript_sdk.mjs"));
}

#[test]
fn typescript_client_2_over_stdio() {
    over_stdio(node_command("typescript_client_2.mjs"));
}

#[test]
fn python_sdk_over_stdio() {
    over_stdio(python_command("venv", "python_sdk.py"));
}

/// Runs a script with a docent that it starts itself.
fn over_stdio(mut script: Command) {
    alone(|| {
        let scratch = TempDir::new().expect("a temporary folder");
        let docent = stdio_command(&manual_in(scratch.path()), scratch.path());
        let docent = serde_json::json!(docent).to_string();
        run_to_end(script.args(["stdio", &docent]));
    });
}

/// Runs a script at each endpoint, over plain HTTP, over TLS with a private authority, and over standard input
/// beside a docent that serves the same documents.
fn everywhere(mut script: Command) {
    alone(|| {
        let scratch = TempDir::new().expect("a temporary folder");
        let documents = manual_in(scratch.path());
        let plain = Server::start(scratch.path(), "127.0.0.1:0", &documents);
        let secure = secure::Server::start("docs", &manual());
        secure.is_trusted_by(&mut script);
        for base in [
            format!("http://{}", plain.address),
            format!("https://localhost:{}", secure.port),
        ] {
            script.args(["mcp", "sse", "chatgpt"].map(|kind| format!("{kind}={base}/{kind}")));
        }
        let docent = serde_json::json!(stdio_command(&documents, scratch.path()));
        run_to_end(script.arg(format!("stdio={docent}")));
    });
}

/// Runs a script on one of the Pythons that `install.sh` makes.
pub(crate) fn python_command(venv: &str, script: &str) -> Command {
    let mut command = Command::new(clients().join(venv).join("bin/python"));
    // What Python compiles would land in the checkout.
    command.arg("-B").arg(scripts().join(script));
    command
}
