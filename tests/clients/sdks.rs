//! SDKs, and the frameworks for agents that connect by one, over every transport: each script gets all
//! endpoints at once, as starting it takes the longest.

use std::process::Command;

use tempfile::TempDir;

use crate::{
    Server, alone::alone, clients, manual, manual_in, node_command, run_to_end, scripts, secure,
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

/// Runs a script at each endpoint, over plain HTTP and over TLS with a private authority.
fn everywhere(mut script: Command) {
    alone(|| {
        let scratch = TempDir::new().expect("a temporary folder");
        let plain = Server::start(scratch.path(), "127.0.0.1:0", &manual_in(scratch.path()));
        let secure = secure::Server::start("docs", &manual());
        secure.is_trusted_by(&mut script);
        for base in [
            format!("http://{}", plain.address),
            format!("https://localhost:{}", secure.port),
        ] {
            script.args(["mcp", "sse", "chatgpt"].map(|kind| format!("{kind}={base}/{kind}")));
        }
        run_to_end(&mut script);
    });
}

/// Runs a script on one of the Pythons that `install.sh` makes.
pub(crate) fn python_command(venv: &str, script: &str) -> Command {
    let mut command = Command::new(clients().join(venv).join("bin/python"));
    // What Python compiles would land in the checkout.
    command.arg("-B").arg(scripts().join(script));
    command
}
