//! What is to be done besides where documentation is not everybody's: sign in, or hand over an access key.

use serde_json::json;

use super::super::{Block, Code, Rich, Server, Step, guide::shell};

/// What the name of the variable stands for that holds a key, so that no file of an assistant does.
const VARIABLE: &str = "DOCENT_KEY";

/// The steps for one assistant, after those for everybody.
pub(super) fn steps(id: &str, server: &Server) -> Vec<Block> {
    let text = |template, code| Block::Text(step(template, code, server));
    let note = |template| vec![Block::Note(Rich::of(template, server))];
    let key = |code| Block::Aside {
        summary: "With an access key, in place of signing in",
        step: step(
            "The variable `DOCENT_KEY` holds the key, so that no file of the assistant does:",
            Some(code),
            server,
        ),
    };
    let (name, url) = (&server.name, server.mcp());
    let address = shell(&url);
    match id {
        "claude" | "chatgpt" => note(
            "It then opens a page on which you sign in. An access key cannot be given to it directly.",
        ),
        "claude-code" => vec![
            text(
                "Sign in, in the browser that it opens:",
                Some(Code::command(format!("claude mcp login {name}"))),
            ),
            key(Code::command(format!(
                "claude mcp add --transport http --scope user {name} {address} --header 'Authorization: Bearer ${{{VARIABLE}}}'"
            ))),
        ],
        "codex" => vec![
            text(
                "It opens a browser for you to sign in, then or with:",
                Some(Code::command(format!("codex mcp login {name}"))),
            ),
            key(Code::command(format!(
                "codex mcp add {name} --url {address} --bearer-token-env-var {VARIABLE}"
            ))),
        ],
        "gemini" => vec![
            text(
                "Within Gemini CLI, sign in, in the browser that it opens:",
                Some(Code {
                    what: "the command",
                    language: "text",
                    text: format!("/mcp auth {name}"),
                }),
            ),
            key(Code::command(format!(
                "gemini mcp add --scope user --transport http {name} {address} --header 'Authorization: Bearer ${VARIABLE}'"
            ))),
        ],
        "copilot" => vec![
            text(
                "Within Copilot CLI, `/mcp` shows the server, and signs you in.",
                None,
            ),
            key(Code::command(format!(
                "copilot mcp add --transport http {name} {address} --header 'Authorization: Bearer ${{{VARIABLE}}}'"
            ))),
        ],
        "opencode" => vec![
            text(
                "Sign in, in the browser that it opens:",
                Some(Code::command(format!("opencode mcp auth {name}"))),
            ),
            key(Code::command(format!(
                "opencode mcp add {name} --url {address} --header 'Authorization=Bearer {{env:{VARIABLE}}}'"
            ))),
        ],
        "vscode" => vec![
            text(
                "When it starts the server, VS Code asks whether to sign in.",
                None,
            ),
            key(Code::json(&json!({
                "inputs": [{"type": "promptString", "id": "docent-key", "description": "Access key", "password": true}],
                "servers": {name.as_str(): {
                    "type": "http",
                    "url": url,
                    "headers": {"Authorization": "Bearer ${input:docent-key}"},
                }},
            }))),
        ],
        "cursor" => vec![
            text(
                "In **Settings**, **MCP**, press **Connect** beside it to sign in.",
                None,
            ),
            key(Code::json(&json!({"mcpServers": {name.as_str(): {
                "url": url,
                "headers": {"Authorization": format!("Bearer ${{env:{VARIABLE}}}")},
            }}}))),
        ],
        "claude-desktop" => note(
            "A browser opens for you to sign in. With an access key, add `--header` and `Authorization:Bearer ${DOCENT_KEY}` to the \
             arguments, and `DOCENT_KEY` to `env`.",
        ),
        "python" | "typescript" => note(
            "A program sends an access key with each request: the header `Authorization`, with `Bearer` and the key.",
        ),
        _ => note(
            "It has to sign in, if it can, or to send an access key with each request: the header `Authorization`, with `Bearer` and the key.",
        ),
    }
}

fn step(template: &'static str, code: Option<Code>, server: &Server) -> Step {
    Step {
        text: Rich::of(template, server),
        code,
    }
}
