//! Client ID metadata documents of well-known clients (draft-ietf-oauth-client-id-metadata-document), as far as docent
//! needs them: built in, since the serving process opens no connection.
//!
//! Such a client never registers: one that is missing here cannot sign in, and does not try another way. So the list is
//! generous. That costs nothing, as each client is sent back only to where it could have itself registered for.

use super::destination::{CONNECTOR, Destination, is_id};

/// A client whose identifier is the URL of its own document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Published {
    /// What it calls itself.
    pub(super) name: &'static str,
    to: To,
}

/// Where people are sent back to.
#[derive(Debug, Clone, PartialEq, Eq)]
enum To {
    /// These addresses, with any port where that is one of a program.
    Listed(&'static [&'static str]),
    /// One address, whose last part is the client's own.
    Made(String),
    /// A program at this path.
    Local(String),
    /// A program at any path: the client listens on the person's machine, and its path is not known for sure.
    AnyLocal,
}

const CALLBACKS: &[&str] = &["http://localhost/callback", "http://127.0.0.1/callback"];

/// Identifier, name, addresses.
const LISTED: [(&str, &str, &[&str]); 9] = [
    (
        "https://claude.ai/oauth/mcp-oauth-client-metadata",
        "Claude",
        &[
            "https://claude.ai/api/mcp/auth_callback",
            "https://claude.com/api/mcp/auth_callback",
        ],
    ),
    (
        "https://claude.ai/oauth/claude-code-client-metadata",
        "Claude Code",
        CALLBACKS,
    ),
    (
        "https://chatgpt.com/oauth/client.json",
        "ChatGPT",
        &["https://chatgpt.com/connector_platform_oauth_redirect"],
    ),
    (
        "https://chatgpt.com/oauth/codex/client.json",
        "Codex",
        CALLBACKS,
    ),
    (
        "https://vscode.dev/oauth/client-metadata.json",
        "Visual Studio Code",
        &["http://127.0.0.1:33418/", "https://vscode.dev/redirect"],
    ),
    (
        "https://insiders.vscode.dev/oauth/client-metadata.json",
        "Visual Studio Code - Insiders",
        &[
            "http://127.0.0.1:33418/",
            "https://insiders.vscode.dev/redirect",
        ],
    ),
    (
        "https://zed.dev/oauth/client-metadata.json",
        "Zed",
        CALLBACKS,
    ),
    (
        "https://opencode.ai/oauth/opencode/client.json",
        "opencode",
        CALLBACKS,
    ),
    (
        "https://api.factory.ai/mcp/oauth-client",
        "Factory Droid",
        CALLBACKS,
    ),
];

/// Identifier and name of those that listen at a path which is not known for sure.
const LOCAL: [(&str, &str); 5] = [
    (
        "https://github.com/copilot/cli/client-metadata.json",
        "GitHub Copilot CLI",
    ),
    ("https://goose-docs.ai/oauth/client-metadata.json", "goose"),
    (
        "https://www.mcpjam.com/.well-known/oauth/client-metadata.json",
        "MCPJam",
    ),
    (
        "https://toolhive.dev/oauth/client-metadata.json",
        "ToolHive",
    ),
    (
        "https://nousresearch.github.io/hermes-agent/docs/oauth/client-metadata.json",
        "Hermes Agent",
    ),
];

/// The client with an identifier; `None`: docent does not know it.
pub(super) fn find(id: &str) -> Option<Published> {
    if let Some((_, name, addresses)) = LISTED.iter().find(|(own, _, _)| *own == id) {
        return Some(Published {
            name,
            to: To::Listed(addresses),
        });
    }
    if let Some((_, name)) = LOCAL.iter().find(|(own, _)| *own == id) {
        return Some(Published {
            name,
            to: To::AnyLocal,
        });
    }
    // OpenAI's clients have a document for each server that they connect to.
    let rest = id.strip_prefix("https://chatgpt.com/oauth/")?;
    let own = rest.strip_suffix("/client.json")?;
    let (name, to) = match own.strip_prefix("codex/") {
        Some(own) => ("Codex", To::Local(format!("/callback/{}", id_of(own)?))),
        None => ("ChatGPT", To::Made(format!("{CONNECTOR}{}", id_of(own)?))),
    };
    Some(Published { name, to })
}

fn id_of(text: &str) -> Option<&str> {
    is_id(text).then_some(text)
}

impl Published {
    /// Whether people who sign in for it are sent back to an address.
    pub(super) fn answers_at(&self, asked: &Destination) -> bool {
        match &self.to {
            To::Listed(addresses) => addresses.iter().any(|address| {
                let known = Destination::try_from((*address).to_owned());
                known.is_ok_and(|known| asked.is_covered_by(&known))
            }),
            To::Made(address) => asked.as_str() == address,
            To::Local(path) => asked.is_local_at(Some(path)),
            To::AnyLocal => asked.is_local_at(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(id: &str, address: &str) -> Option<bool> {
        let asked = Destination::try_from(address.to_owned()).unwrap();
        find(id).map(|client| client.answers_at(&asked))
    }

    #[test]
    fn every_address_of_the_list_is_one_that_codes_are_sent_to() {
        for (id, _, addresses) in LISTED {
            assert!(!addresses.is_empty());
            for address in addresses {
                assert_eq!(answers(id, address), Some(true), "{id} {address}");
            }
        }
    }

    #[test]
    fn a_client_answers_at_its_own_addresses() {
        for (id, address, is_own) in [
            (
                "https://claude.ai/oauth/claude-code-client-metadata",
                "http://localhost:49152/callback",
                true,
            ),
            (
                "https://claude.ai/oauth/claude-code-client-metadata",
                "http://localhost:49152/other",
                false,
            ),
            (
                "https://claude.ai/oauth/claude-code-client-metadata",
                "https://claude.ai/api/mcp/auth_callback",
                false,
            ),
            (
                "https://claude.ai/oauth/mcp-oauth-client-metadata",
                "http://localhost/callback",
                false,
            ),
            (
                "https://vscode.dev/oauth/client-metadata.json",
                "http://127.0.0.1:50000/",
                true,
            ),
            (
                "https://chatgpt.com/oauth/aB-9/client.json",
                "https://chatgpt.com/connector/oauth/aB-9",
                true,
            ),
            (
                "https://chatgpt.com/oauth/aB-9/client.json",
                "https://chatgpt.com/connector/oauth/other",
                false,
            ),
            (
                "https://chatgpt.com/oauth/codex/aB-9/client.json",
                "http://127.0.0.1:1/callback/aB-9",
                true,
            ),
            (
                "https://chatgpt.com/oauth/codex/aB-9/client.json",
                "http://127.0.0.1:1/callback",
                false,
            ),
            (
                "https://goose-docs.ai/oauth/client-metadata.json",
                "http://127.0.0.1:1/any/path",
                true,
            ),
        ] {
            assert_eq!(answers(id, address), Some(is_own), "{id} {address}");
        }
    }

    #[test]
    fn identifiers_are_compared_letter_by_letter() {
        for id in [
            "https://claude.ai/oauth/claude-code-client-metadata/",
            "https://claude.ai/oauth/claude-code-client-metadata?x",
            "https://CLAUDE.ai/oauth/claude-code-client-metadata",
            "http://claude.ai/oauth/claude-code-client-metadata",
            "https://claude.ai.evil.example/oauth/claude-code-client-metadata",
            "https://evil.example/client.json",
            "https://chatgpt.com/oauth/a/b/client.json",
            "https://chatgpt.com/oauth/../client.json",
            "https://chatgpt.com/oauth//client.json",
            "https://chatgpt.com/oauth/codex//client.json",
        ] {
            assert_eq!(find(id), None, "{id}");
        }
    }
}
