//! How assistants come to know of this server: the same whoever tells it.

/// How one assistant is set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setup {
    /// The assistant.
    pub assistant: &'static str,
    /// The files to one of which `text` belongs; `None`: it is a command.
    pub files: Option<[&'static str; 2]>,
    /// What to type or paste.
    pub text: String,
}

/// The assistants that run on a person's machine; `url` is that of `/mcp`. Each calls the server
/// `docent`, which all of them take for a name.
pub fn setups(url: &str) -> Vec<Setup> {
    let setup = |assistant, files, text| Setup {
        assistant,
        files,
        text,
    };
    vec![
        setup(
            "Claude Code",
            None,
            format!("claude mcp add --transport http docent {url}"),
        ),
        setup("Codex", None, format!("codex mcp add docent --url {url}")),
        setup(
            "Gemini CLI",
            None,
            format!("gemini mcp add --transport http docent {url}"),
        ),
        setup(
            "VS Code",
            None,
            format!(r#"code --add-mcp '{{"name":"docent","type":"http","url":"{url}"}}'"#),
        ),
        setup(
            "Cursor",
            Some(["~/.cursor/mcp.json", ".cursor/mcp.json"]),
            format!(r#"{{"mcpServers": {{"docent": {{"url": "{url}"}}}}}}"#),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_says_the_same() {
        let documentation = include_str!("../../docs/connect.md");
        let spaceless = |text: &str| text.split_whitespace().collect::<String>();
        for setup in setups("http://127.0.0.1:8080/mcp") {
            let told = spaceless(documentation).contains(&spaceless(&setup.text));
            assert!(told, "{}: {}", setup.assistant, setup.text);
        }
    }
}
