//! The list of assistants.

mod access;
mod chats;
mod editors;
mod programs;
mod terminals;

use super::{Configuration, Guide, Reach, Rich, Server};

/// An assistant, or another program that asks.
#[derive(Debug)]
pub struct Assistant {
    /// What it is called on the command line, and in the address of its steps.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Where it connects from.
    from: From,
    guide: fn(&Server) -> Guide,
    configuration: Option<fn(&Server) -> Configuration>,
    /// All there is to do, where that is one command.
    command: Option<fn(&Server) -> String>,
}

/// Where an assistant connects from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum From {
    /// Where the person is.
    Here,
    /// Servers of its vendor, by HTTPS.
    Cloud,
    /// The same, to port 443 alone.
    CloudTo443,
}

/// What is offered to somebody who has an assistant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Offer {
    /// What to do.
    Steps(Guide),
    /// Nothing: it cannot work, for this reason.
    Nothing(Rich),
}

/// Every assistant, those that most people have first.
pub const ASSISTANTS: &[Assistant] = &[
    Assistant {
        id: "claude",
        name: "Claude",
        from: From::CloudTo443,
        guide: chats::claude,
        configuration: None,
        command: None,
    },
    Assistant {
        id: "chatgpt",
        name: "ChatGPT",
        from: From::Cloud,
        guide: chats::chatgpt,
        configuration: None,
        command: None,
    },
    Assistant {
        id: "claude-code",
        name: "Claude Code",
        from: From::Here,
        guide: terminals::claude_code,
        configuration: Some(terminals::claude_code_file),
        command: Some(terminals::claude_code_command),
    },
    Assistant {
        id: "claude-desktop",
        name: "Claude Desktop",
        from: From::Here,
        guide: chats::claude_desktop,
        configuration: Some(chats::claude_desktop_file),
        command: None,
    },
    Assistant {
        id: "gemini",
        name: "Gemini CLI",
        from: From::Here,
        guide: terminals::gemini,
        configuration: Some(terminals::gemini_file),
        command: Some(terminals::gemini_command),
    },
    Assistant {
        id: "codex",
        name: "Codex",
        from: From::Here,
        guide: terminals::codex,
        configuration: Some(terminals::codex_file),
        command: Some(terminals::codex_command),
    },
    Assistant {
        id: "vscode",
        name: "VS Code",
        from: From::Here,
        guide: editors::vscode,
        configuration: Some(editors::vscode_file),
        command: Some(editors::vscode_command),
    },
    Assistant {
        id: "cursor",
        name: "Cursor",
        from: From::Here,
        guide: editors::cursor,
        configuration: Some(editors::cursor_file),
        command: None,
    },
    Assistant {
        id: "copilot",
        name: "Copilot CLI",
        from: From::Here,
        guide: terminals::copilot,
        configuration: Some(terminals::copilot_file),
        command: Some(terminals::copilot_command),
    },
    Assistant {
        id: "windsurf",
        name: "Windsurf",
        from: From::Here,
        guide: editors::windsurf,
        configuration: Some(editors::windsurf_file),
        command: None,
    },
    Assistant {
        id: "zed",
        name: "Zed",
        from: From::Here,
        guide: editors::zed,
        configuration: Some(editors::zed_file),
        command: None,
    },
    Assistant {
        id: "cline",
        name: "Cline",
        from: From::Here,
        guide: editors::cline,
        configuration: Some(editors::cline_file),
        command: None,
    },
    Assistant {
        id: "jetbrains",
        name: "JetBrains",
        from: From::Here,
        guide: editors::jetbrains,
        configuration: None,
        command: None,
    },
    Assistant {
        id: "opencode",
        name: "opencode",
        from: From::Here,
        guide: terminals::opencode,
        configuration: Some(terminals::opencode_file),
        command: Some(terminals::opencode_command),
    },
    Assistant {
        id: "goose",
        name: "Goose",
        from: From::Here,
        guide: terminals::goose,
        configuration: Some(terminals::goose_file),
        command: None,
    },
    Assistant {
        id: "python",
        name: "Python",
        from: From::Here,
        guide: programs::python,
        configuration: None,
        command: None,
    },
    Assistant {
        id: "typescript",
        name: "TypeScript",
        from: From::Here,
        guide: programs::typescript,
        configuration: None,
        command: None,
    },
    Assistant {
        id: "other",
        name: "Anything else",
        from: From::Here,
        guide: programs::other,
        configuration: None,
        command: None,
    },
];

/// The assistant that somebody means: its id or its name, whatever the case, with or without `-`.
pub fn find(asked: &str) -> Option<&'static Assistant> {
    let letters = |text: &str| -> String {
        let letters = text.chars().filter(|it| it.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    let asked = letters(asked);
    let is_meant = |it: &&Assistant| letters(it.id) == asked || letters(it.name) == asked;
    ASSISTANTS.iter().find(is_meant)
}

impl Assistant {
    /// What to do for it, or why nothing can be done.
    pub fn offer(&self, server: &Server) -> Offer {
        match self.hindrance(server) {
            Some(why) => Offer::Nothing(why),
            None => {
                let mut guide = (self.guide)(server);
                if server.is_private {
                    guide.blocks.extend(access::steps(self.id, server));
                }
                Offer::Steps(guide)
            }
        }
    }

    /// The file in which it keeps its servers, where others than itself write it.
    pub fn configuration(&self, server: &Server) -> Option<Configuration> {
        self.configuration
            .map(|configuration| configuration(server))
    }

    /// All there is to do, where that is one command.
    pub fn command(&self, server: &Server) -> Option<String> {
        self.command.map(|command| command(server))
    }

    /// Whether it connects from the servers of its vendor.
    pub fn is_in_the_cloud(&self) -> bool {
        self.from != From::Here
    }

    fn hindrance(&self, server: &Server) -> Option<Rich> {
        let why = match (self.from, &server.reach) {
            (From::Here, _) | (From::Cloud, Reach::Everybody(_)) | (_, Reach::Everybody(443)) => {
                return None;
            }
            (_, Reach::Machine) => {
                "Connections come from the vendor’s servers, and this address can only be reached from this machine. Give \
                 docent a public name and a certificate; `docent doctor` then tells whether they arrive."
            }
            (_, Reach::Network) => {
                "Connections come from the vendor’s servers, and this address is one of a private network. Give docent a \
                 public name and a certificate; `docent doctor` then tells whether they arrive."
            }
            (_, Reach::Unencrypted) => {
                "Connections are made over HTTPS only, and this address is not encrypted. With a certificate they \
                 arrive; `docent doctor` tells what is missing."
            }
            (From::CloudTo443, Reach::Everybody(_)) => {
                "Connections come to port 443 only, and this address has another port. `docent doctor` tells what is \
                 missing."
            }
        };
        Some(Rich::of(why, server))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::{Block, Step};
    use super::*;

    fn server(url: &str) -> Server {
        Server::new(url.parse().unwrap(), "Platform documentation")
    }

    fn codes(guide: &Guide) -> Vec<&str> {
        let steps = guide.blocks.iter().flat_map(|block| match block {
            Block::Text(step) | Block::Aside { step, .. } => std::slice::from_ref(step),
            Block::Steps(steps) => steps,
            Block::Install(_) | Block::Note(_) => &[],
        });
        let codes = steps.filter_map(|Step { code, .. }| code.as_ref());
        codes.map(|code| code.text.as_str()).collect()
    }

    #[test]
    fn everybody_is_told_the_address_of_this_server() {
        let server = server("https://docs.example.com/ask");
        let mut ids = HashSet::new();
        for assistant in ASSISTANTS {
            assert!(ids.insert(assistant.id), "{} twice", assistant.id);
            assert_eq!(find(assistant.id).unwrap().id, assistant.id);
            assert_eq!(
                find(&assistant.name.to_uppercase()).unwrap().id,
                assistant.id
            );
            let Offer::Steps(guide) = assistant.offer(&server) else {
                panic!("{}: everything works with a public address", assistant.id);
            };
            let codes = codes(&guide);
            assert!(
                codes
                    .iter()
                    .any(|code| code.contains("https://docs.example.com/ask/")),
                "{}: {codes:?}",
                assistant.id
            );
            if let Some(configuration) = assistant.configuration(&server) {
                let text = configuration.entry.to_string();
                assert!(text.contains("https://docs.example.com/ask/mcp"), "{text}");
                assert!(!configuration.user.is_empty(), "{}", assistant.id);
            }
        }
        assert!(find("claude_code").is_some() && find("nobody").is_none());
    }

    #[test]
    fn what_cannot_work_is_not_offered() {
        for (url, without) in [
            ("http://127.0.0.1:8080", &["claude", "chatgpt"][..]),
            ("https://docs.corp.internal", &["claude", "chatgpt"]),
            ("http://docs.example.com", &["claude", "chatgpt"]),
            ("https://docs.example.com:8443", &["claude"]),
            ("https://docs.example.com", &[]),
        ] {
            let server = server(url);
            let refused = ASSISTANTS.iter();
            let refused = refused.filter(|it| matches!(it.offer(&server), Offer::Nothing(_)));
            let refused: Vec<&str> = refused.map(|it| it.id).collect();
            assert_eq!(refused, without, "{url}");
        }
    }

    /// Where not everybody is let in, each is told how to get in, and nobody that nothing has to be shown.
    #[test]
    fn whoever_has_to_show_who_he_is_is_told_how() {
        let open = server("https://docs.example.com");
        let private = open.clone().private();
        for assistant in ASSISTANTS {
            let told = |server| match assistant.offer(server) {
                Offer::Steps(guide) => super::super::in_text(&guide),
                Offer::Nothing(_) => panic!("{}", assistant.id),
            };
            let (told, before) = (told(&private), told(&open));
            let words = ["sign in", "signs you in", "access key"];
            assert!(words.iter().any(|it| told.contains(it)), "{told}");
            assert!(!before.contains("access key"), "{before}");
            for wrong in ["No authentication", "without authentication"] {
                assert!(!told.contains(wrong), "{told}");
            }
        }
    }

    #[test]
    fn commands_hold_any_address() {
        let server = server("https://docs.example.com/~a%27b+c@d");
        for assistant in ASSISTANTS {
            let Some(command) = assistant.command(&server) else {
                continue;
            };
            let shown = std::process::Command::new("sh")
                .args([
                    "-c",
                    &format!("set -f; for word in {command}; do printf '%s\\n' \"$word\"; done"),
                ])
                .output()
                .unwrap();
            assert!(shown.status.success(), "{command}");
            let words = String::from_utf8(shown.stdout).unwrap();
            assert!(
                words.contains("https://docs.example.com/~a%27b+c@d/mcp"),
                "{words}"
            );
        }
    }
}
