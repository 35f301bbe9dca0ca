//! Assistants that are talked to, on the web and the desktop.

use serde_json::json;

use super::super::{
    Block, Code, Configuration, Guide, Offer, Place, Rich, Server, Step, guide::shell,
};

pub(super) fn claude(server: &Server) -> Guide {
    let step = |text, code| Step {
        text: Rich::of(text, server),
        code,
    };
    Guide {
        title: "Claude, on the web, desktop and phone",
        blocks: vec![
            Block::Steps(vec![
                step(
                    "Open [Settings, Connectors](https://claude.ai/settings/connectors) and choose **Add custom \
                     connector**.",
                    None,
                ),
                step(
                    "Name it **{title}** and paste the address. Leave the rest empty.",
                    Some(Code::address(server.mcp())),
                ),
                step(
                    "In a chat, open **+**, **Connectors**, and turn it on.",
                    None,
                ),
            ]),
            Block::Note(Rich::of(
                "In Team and Enterprise, an owner adds it first under **Organization settings**. Claude’s own servers \
                 connect here, so the address must be public, on port 443.",
                server,
            )),
        ],
    }
}

pub(super) fn chatgpt(server: &Server) -> Guide {
    let step = |text, code| Step {
        text: Rich::of(text, server),
        code,
    };
    Guide {
        title: "ChatGPT, on the web",
        blocks: vec![
            Block::Steps(vec![
                step(
                    "In **Settings**, **Apps** (in some plans **Apps & Connectors**), **Advanced settings**, turn on \
                     **Developer mode**.",
                    None,
                ),
                step(
                    if server.is_private {
                        "Choose **Create** to add a connector, name it **{title}**, and paste the address. For authentication, choose \
                         **OAuth**."
                    } else {
                        "Choose **Create** to add a connector, name it **{title}**, and paste the address. For authentication, choose \
                         **No authentication**."
                    },
                    Some(Code::address(server.chatgpt())),
                ),
                step(
                    "In a chat, open **+** and choose it. Deep research and company knowledge find it there, too.",
                    None,
                ),
            ]),
            Block::Note(Rich::of(
                "In a workspace, an administrator may have to allow developer mode. After an update of docent, press \
                 **Refresh** in the app’s settings.",
                server,
            )),
        ],
    }
}

pub(super) fn claude_desktop(server: &Server) -> Guide {
    let file = claude_desktop_file(server).whole(server.name.as_str());
    let mut blocks = Vec::new();
    let mut edit = "Open **Settings**, **Developer**, **Edit Config**, and add this. It needs [Node.js](https://nodejs.org/).";
    if let Some(claude) = super::find("claude")
        && matches!(claude.offer(server), Offer::Steps(_))
    {
        edit = "Without a connector, open **Settings**, **Developer**, **Edit Config**, and add this. It needs \
                [Node.js](https://nodejs.org/).";
        blocks.push(Block::Text(Step {
            text: Rich::of(
                "The simple way is the connector: follow the steps for Claude. It appears in the desktop app by itself.",
                server,
            ),
            code: None,
        }));
    }
    blocks.push(Block::Steps(vec![
        Step {
            text: Rich::of(edit, server),
            code: Some(Code::json(&file)),
        },
        Step {
            text: Rich::of("Quit Claude and start it again.", server),
            code: None,
        },
    ]));
    blocks.push(Block::Aside {
        summary: "Where docent itself is installed, without Node.js",
        step: Step {
            text: Rich::of(
                "`docent mcp` speaks over standard input and output. Name the folder that it is to serve, or nothing for \
                 what its configuration names.",
                server,
            ),
            code: Some(Code::json(&json!({
                "mcpServers": { server.name.as_str(): { "command": "docent", "args": ["mcp"] } }
            }))),
        },
    });
    Guide {
        title: "Claude Desktop",
        blocks,
    }
}

pub(super) fn claude_desktop_file(server: &Server) -> Configuration {
    let entry = json!({ "command": "npx", "args": server.mcp_remote() });
    Configuration::json(&["mcpServers"], entry)
        .user(Place::Config("Claude/claude_desktop_config.json"))
}

/// What starts `mcp-remote`, in a line.
pub(super) fn mcp_remote(server: &Server) -> String {
    let words = server.mcp_remote();
    let words: Vec<String> = words.iter().map(|word| shell(word)).collect();
    format!("npx {}", words.join(" "))
}
