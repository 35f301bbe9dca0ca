//! Assistants in a terminal.

use serde_json::json;

use super::super::{
    Block, Code, Configuration, Format, Guide, Install, Place, Rich, Server, Step,
    configuration::typed, guide::shell,
};
use super::editors::encoded;

fn text(template: &'static str, code: Option<Code>, server: &Server) -> Step {
    Step {
        text: Rich::of(template, server),
        code,
    }
}

/// Two commands: one that adds the server, and one that shows that it is there.
fn added(add: String, check: &'static str, server: &Server) -> Block {
    Block::Steps(vec![
        text("Run this in a terminal:", Some(Code::command(add)), server),
        text(
            "Check that it is there:",
            Some(Code::command(check.to_owned())),
            server,
        ),
    ])
}

pub(super) fn claude_code(server: &Server) -> Guide {
    let file = claude_code_file(server).whole(server.name.as_str());
    Guide {
        title: "Claude Code",
        blocks: vec![
            added(claude_code_command(server), "claude mcp list", server),
            Block::Text(text(
                "`--scope user` makes it available in all of your projects.",
                None,
                server,
            )),
            Block::Aside {
                summary: "For everyone who works on a repository",
                step: text(
                    "Add this to `.mcp.json` in its root:",
                    Some(Code::json(&file)),
                    server,
                ),
            },
        ],
    }
}

pub(super) fn claude_code_command(server: &Server) -> String {
    format!(
        "claude mcp add --transport http --scope user {} {}",
        server.name,
        shell(&server.mcp())
    )
}

pub(super) fn claude_code_file(server: &Server) -> Configuration {
    Configuration::json(&["mcpServers"], typed(&server.mcp()))
        .user(Place::Home(".claude.json"))
        .project(".mcp.json")
}

pub(super) fn gemini(server: &Server) -> Guide {
    let file = gemini_file(server).whole(server.name.as_str());
    Guide {
        title: "Gemini CLI",
        blocks: vec![
            added(gemini_command(server), "gemini mcp list", server),
            Block::Aside {
                summary: "For everyone who works on a repository",
                step: text(
                    "Add this to `.gemini/settings.json` in its root:",
                    Some(Code::json(&file)),
                    server,
                ),
            },
        ],
    }
}

pub(super) fn gemini_command(server: &Server) -> String {
    format!(
        "gemini mcp add --transport http --scope user {} {}",
        server.name,
        shell(&server.mcp())
    )
}

/// `url` would be the older transport.
pub(super) fn gemini_file(server: &Server) -> Configuration {
    Configuration::json(&["mcpServers"], json!({ "httpUrl": server.mcp() }))
        .user(Place::Home(".gemini/settings.json"))
        .project(".gemini/settings.json")
}

pub(super) fn codex(server: &Server) -> Guide {
    let lines = format!(
        "[mcp_servers.{}]\nurl = {}",
        server.name,
        serde_json::Value::from(server.mcp())
    );
    let code = Code {
        what: "the configuration",
        language: "toml",
        text: lines,
    };
    Guide {
        title: "Codex, in the terminal and the editor",
        blocks: vec![
            added(codex_command(server), "codex mcp list", server),
            Block::Aside {
                summary: "In a file",
                step: text(
                    "Add this to `~/.codex/config.toml`, or to `.codex/config.toml` in a project:",
                    Some(code),
                    server,
                ),
            },
        ],
    }
}

pub(super) fn codex_command(server: &Server) -> String {
    format!(
        "codex mcp add {} --url {}",
        server.name,
        shell(&server.mcp())
    )
}

pub(super) fn codex_file(server: &Server) -> Configuration {
    Configuration {
        format: Format::Toml,
        ..Configuration::json(&["mcp_servers"], json!({ "url": server.mcp() }))
    }
    .user(Place::Home(".codex/config.toml"))
    .project(".codex/config.toml")
}

pub(super) fn copilot(server: &Server) -> Guide {
    let file = copilot_file(server).whole(server.name.as_str());
    Guide {
        title: "GitHub Copilot CLI",
        blocks: vec![
            added(copilot_command(server), "copilot mcp list", server),
            Block::Aside {
                summary: "For everyone who works on a repository",
                step: text(
                    "Add this to `.mcp.json` in its root:",
                    Some(Code::json(&file)),
                    server,
                ),
            },
        ],
    }
}

pub(super) fn copilot_command(server: &Server) -> String {
    format!(
        "copilot mcp add --transport http {} {}",
        server.name,
        shell(&server.mcp())
    )
}

pub(super) fn copilot_file(server: &Server) -> Configuration {
    let entry = json!({ "type": "http", "url": server.mcp(), "tools": ["*"] });
    Configuration::json(&["mcpServers"], entry)
        .user(Place::Home(".copilot/mcp-config.json"))
        .project(".mcp.json")
}

pub(super) fn opencode(server: &Server) -> Guide {
    let file = opencode_file(server).whole(server.name.as_str());
    Guide {
        title: "opencode",
        blocks: vec![
            added(opencode_command(server), "opencode mcp list", server),
            Block::Aside {
                summary: "For everyone who works on a repository",
                step: text(
                    "Add this to `opencode.json` in its root:",
                    Some(Code::json(&file)),
                    server,
                ),
            },
            Block::Note(Rich::of(
                "From version 2 on, the servers stand in `servers` within `mcp`.",
                server,
            )),
        ],
    }
}

pub(super) fn opencode_command(server: &Server) -> String {
    format!(
        "opencode mcp add {} --url {}",
        server.name,
        shell(&server.mcp())
    )
}

pub(super) fn opencode_file(server: &Server) -> Configuration {
    let entry = json!({ "type": "remote", "url": server.mcp(), "enabled": true });
    Configuration::json(&["mcp"], entry)
        .user(Place::Config("opencode/opencode.jsonc"))
        .user(Place::Config("opencode/opencode.json"))
        .project("opencode.json")
}

pub(super) fn goose(server: &Server) -> Guide {
    let link = format!(
        "goose://extension?type=streamable_http&url={}&id={}&name={}&description={}",
        encoded(&server.mcp()),
        server.name,
        encoded(&server.title),
        encoded("Searches and reads this documentation")
    );
    Guide {
        title: "Goose",
        blocks: vec![
            Block::Install(vec![Install {
                label: "Install in Goose Desktop",
                url: link,
            }]),
            Block::Steps(vec![
                text(
                    "Or run this in a terminal, and choose **Add Extension**, **Remote Extension (Streamable HTTP)**:",
                    Some(Code::command("goose configure".to_owned())),
                    server,
                ),
                text(
                    "Call it **{name}** and give it this address:",
                    Some(Code::address(server.mcp())),
                    server,
                ),
            ]),
        ],
    }
}

pub(super) fn goose_file(server: &Server) -> Configuration {
    let entry = json!({
        "enabled": true,
        "type": "streamable_http",
        "name": server.name.as_str(),
        "description": "Searches and reads this documentation",
        "uri": server.mcp(),
        "timeout": 300,
    });
    Configuration {
        format: Format::Yaml,
        ..Configuration::json(&["extensions"], entry)
    }
    .user(Place::Config("goose/config.yaml"))
}
