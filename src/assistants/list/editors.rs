//! Assistants in an editor.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use super::super::{
    Block, Code, Configuration, Guide, Install, Place, Rich, Server, Step, configuration::typed,
    guide::shell,
};
use super::chats;

/// What stands in a query as it is (RFC 3986, section 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A value in a query.
pub(super) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

fn text(template: &'static str, code: Option<Code>, server: &Server) -> Step {
    Step {
        text: Rich::of(template, server),
        code,
    }
}

fn named(server: &Server) -> String {
    json!({ "name": server.name.as_str(), "type": "http", "url": server.mcp() }).to_string()
}

pub(super) fn vscode(server: &Server) -> Guide {
    let link = encoded(&named(server));
    let file = vscode_file(server).whole(server.name.as_str());
    Guide {
        title: "VS Code, with GitHub Copilot",
        blocks: vec![
            Block::Install(vec![
                Install {
                    label: "Install in VS Code",
                    url: format!("vscode:mcp/install?{link}"),
                },
                Install {
                    label: "Insiders",
                    url: format!("vscode-insiders:mcp/install?{link}"),
                },
            ]),
            Block::Text(text(
                "Or run this in a terminal:",
                Some(Code::command(vscode_command(server))),
                server,
            )),
            Block::Aside {
                summary: "For everyone who works on a repository",
                step: text(
                    "Add this to `.vscode/mcp.json` in its root:",
                    Some(Code::json(&file)),
                    server,
                ),
            },
            Block::Note(Rich::of(
                "The tools are there in **Agent** mode of the chat. In an organization, a policy may have to allow MCP \
                 servers.",
                server,
            )),
        ],
    }
}

pub(super) fn vscode_command(server: &Server) -> String {
    format!("code --add-mcp {}", shell(&named(server)))
}

pub(super) fn vscode_file(server: &Server) -> Configuration {
    Configuration::json(&["servers"], typed(&server.mcp()))
        .user(Place::Config("Code/User/mcp.json"))
        .project(".vscode/mcp.json")
}

pub(super) fn cursor(server: &Server) -> Guide {
    let entry = json!({ "url": server.mcp() });
    let link = format!(
        "cursor://anysphere.cursor-deeplink/mcp/install?name={}&config={}",
        server.name,
        encoded(&BASE64_STANDARD.encode(entry.to_string()))
    );
    let file = cursor_file(server).whole(server.name.as_str());
    Guide {
        title: "Cursor",
        blocks: vec![
            Block::Install(vec![Install {
                label: "Install in Cursor",
                url: link,
            }]),
            Block::Text(text(
                "Or add this to `~/.cursor/mcp.json`, or to `.cursor/mcp.json` in a project:",
                Some(Code::json(&file)),
                server,
            )),
        ],
    }
}

pub(super) fn cursor_file(server: &Server) -> Configuration {
    Configuration::json(&["mcpServers"], json!({ "url": server.mcp() }))
        .user(Place::Home(".cursor/mcp.json"))
        .project(".cursor/mcp.json")
}

pub(super) fn windsurf(server: &Server) -> Guide {
    let file = windsurf_file(server).whole(server.name.as_str());
    Guide {
        title: "Windsurf",
        blocks: vec![Block::Steps(vec![
            text(
                "In **Windsurf Settings**, **Cascade**, **MCP Servers**, choose **Add Server**, **Add custom server**. It \
                 opens `~/.codeium/windsurf/mcp_config.json`: add this.",
                Some(Code::json(&file)),
                server,
            ),
            text("Press **Refresh** in the list of servers.", None, server),
        ])],
    }
}

pub(super) fn windsurf_file(server: &Server) -> Configuration {
    Configuration::json(&["mcpServers"], json!({ "serverUrl": server.mcp() }))
        .user(Place::Home(".codeium/windsurf/mcp_config.json"))
}

pub(super) fn zed(server: &Server) -> Guide {
    let file = zed_file(server).whole(server.name.as_str());
    Guide {
        title: "Zed",
        blocks: vec![Block::Text(text(
            "Open the settings file with the action **zed: open settings file**, and add this. It also works in \
             `.zed/settings.json` of a project.",
            Some(Code::json(&file)),
            server,
        ))],
    }
}

pub(super) fn zed_file(server: &Server) -> Configuration {
    Configuration::json(&["context_servers"], json!({ "url": server.mcp() }))
        .user(Place::Config("zed/settings.json"))
        .project(".zed/settings.json")
}

pub(super) fn cline(server: &Server) -> Guide {
    let file = cline_file(server).whole(server.name.as_str());
    Guide {
        title: "Cline",
        blocks: vec![
            Block::Steps(vec![text(
                "Open **MCP Servers**, **Configure**, **Configure MCP Servers**, and add this:",
                Some(Code::json(&file)),
                server,
            )]),
            Block::Note(Rich::of(
                "In the terminal, Cline reads it from `~/.cline/data/settings/cline_mcp_settings.json`.",
                server,
            )),
        ],
    }
}

pub(super) fn cline_file(server: &Server) -> Configuration {
    let entry = json!({ "type": "streamableHttp", "url": server.mcp() });
    Configuration::json(&["mcpServers"], entry)
        .user(Place::Home(".cline/data/settings/cline_mcp_settings.json"))
}

pub(super) fn jetbrains(server: &Server) -> Guide {
    let file = cursor_file(server).whole(server.name.as_str());
    Guide {
        title: "JetBrains AI Assistant and Junie",
        blocks: vec![
            Block::Steps(vec![
                text(
                    "Open **Settings**, **Tools**, **AI Assistant**, **Model Context Protocol (MCP)**, and choose **Add**.",
                    None,
                    server,
                ),
                text(
                    "Choose **HTTP** and paste this:",
                    Some(Code::json(&file)),
                    server,
                ),
            ]),
            Block::Aside {
                summary: "Junie, where it only starts programs",
                step: text(
                    "In **Settings**, **Tools**, **Junie**, **MCP Settings**, add a server with this command. It needs \
                     [Node.js](https://nodejs.org/).",
                    Some(Code::command(chats::mcp_remote(server))),
                    server,
                ),
            },
        ],
    }
}
