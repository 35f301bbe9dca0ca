//! An entry, put into a file that somebody else keeps: whatever else is in it stays as it is written.

mod json;
mod toml;
mod yaml;

use super::{Configuration, Format, ServerName};

/// Why an entry cannot be put into a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// It is not written as it should be.
    #[error("is not {format}: {why}")]
    Unreadable {
        /// What it should be.
        format: &'static str,
        /// Where it is not.
        why: String,
    },
    /// What should hold the servers holds something else.
    #[error("has something else than a table at `{0}`")]
    Shape(String),
    /// It is written in a way that docent does not change.
    #[error("is written in a way that docent does not change: {0}")]
    Style(&'static str),
}

/// The file with the entry in it.
///
/// # Errors
/// Where the file cannot be understood. It is better left to a person then.
pub fn edited(
    configuration: &Configuration,
    name: &ServerName,
    before: &str,
) -> Result<String, EditError> {
    let edit = match configuration.format {
        Format::Json => return json::edited(configuration, name.as_str(), before),
        Format::Toml => toml::edited,
        Format::Yaml => yaml::edited,
    };
    // Both are written with bare line feeds, and without the mark that some editors put before UTF-8.
    let (mark, text) = without_mark(before);
    let bare = text.replace("\r\n", "\n");
    let after = edit(configuration, name.as_str(), &bare)?;
    let all = bare.matches('\n').count();
    match text.len() - bare.len() {
        _ if after == bare => Ok(before.to_owned()),
        0 => Ok(format!("{mark}{after}")),
        returns if returns == all => Ok(format!("{mark}{}", after.replace('\n', "\r\n"))),
        _ => Err(EditError::Style("its lines end in two ways")),
    }
}

fn without_mark(text: &str) -> (&'static str, &str) {
    text.strip_prefix('\u{feff}')
        .map_or(("", text), |text| ("\u{feff}", text))
}

/// What says how a server is reached: of an entry that is there already, none but the new one's is kept.
const WAYS: [&str; 10] = [
    "args",
    "cmd",
    "command",
    "env",
    "httpUrl",
    "serverUrl",
    "transport",
    "type",
    "uri",
    "url",
];

#[cfg(test)]
mod tests {
    use super::super::{Server, find};
    use super::*;

    fn edit(assistant: &str, before: &str) -> Result<String, EditError> {
        let server = Server::new("https://docs.example.com".parse().unwrap(), "Team docs");
        let configuration = find(assistant).unwrap().configuration(&server).unwrap();
        let after = edited(&configuration, &server.name, before)?;
        // Whoever asks again finds nothing to do.
        assert_eq!(
            edited(&configuration, &server.name, &after)?,
            after,
            "{assistant}"
        );
        Ok(after)
    }

    #[test]
    fn comments_and_other_servers_stay() {
        let before = concat!(
            "{\n  // mine\n  \"theme\": \"dark\", /* kept */\n  \"context_servers\": {\n",
            "    \"other\": {\"url\": \"https://a.example\"}, // last\n  },\n}\n"
        );
        let after = edit("zed", before).unwrap();
        for kept in [
            "// mine",
            "/* kept */",
            "\"other\": {\"url\": \"https://a.example\"}",
            "// last",
        ] {
            assert!(after.contains(kept), "{kept}: {after}");
        }
        assert!(
            after.contains("\"team-docs\": {\n      \"url\": \"https://docs.example.com/mcp\""),
            "{after}"
        );
        for before in ["", "\n", "{}", "\u{feff}{}", "{\r\n}\r\n"] {
            let after = edit("cursor", before).unwrap();
            let value: serde_json::Value =
                serde_json::from_str(after.trim_start_matches('\u{feff}')).unwrap();
            let url = &value["mcpServers"]["team-docs"]["url"];
            assert_eq!(url, "https://docs.example.com/mcp", "{before:?}");
            assert_eq!(
                before.starts_with('\u{feff}'),
                after.starts_with('\u{feff}')
            );
        }
    }

    #[test]
    fn an_entry_of_another_kind_gives_way_and_what_was_set_besides_stays() {
        let before = r#"{"mcpServers": {"team-docs": {"command": "npx", "args": ["-y"], "autoApprove": ["search"]}}}"#;
        let after = edit("cline", before).unwrap();
        let value: serde_json::Value = serde_json::from_str(&after).unwrap();
        assert_eq!(
            value["mcpServers"]["team-docs"],
            serde_json::json!({
                "autoApprove": ["search"],
                "type": "streamableHttp",
                "url": "https://docs.example.com/mcp",
            })
        );
        let before = "[mcp_servers.team-docs]\ncommand = \"npx\" # old\nenabled = true\n";
        let after = edit("codex", before).unwrap();
        assert!(
            after.contains("enabled = true") && !after.contains("npx"),
            "{after}"
        );
    }

    #[test]
    fn toml_keeps_its_comments() {
        let before =
            "# mine\nmodel = \"o4\" # kept\n\n[mcp_servers.other]\nurl = \"https://a.example\"\n";
        let after = edit("codex", before).unwrap();
        assert!(after.starts_with(before), "{after}");
        assert!(
            after.ends_with("[mcp_servers.team-docs]\nurl = \"https://docs.example.com/mcp\"\n"),
            "{after}"
        );
        let inline = "mcp_servers = { other = { url = \"https://a.example\" } }\n";
        assert!(edit("codex", inline).unwrap().contains("team-docs"));
        assert_eq!(
            edit("codex", ""),
            Ok("[mcp_servers.team-docs]\nurl = \"https://docs.example.com/mcp\"\n".into())
        );
    }

    #[test]
    fn yaml_gets_lines_more_or_is_left_alone() {
        let before = "# mine\nGOOSE_MODEL: x\nextensions: # all\n    developer:\n        enabled: true\nlast: 1\n";
        let after = edit("goose", before).unwrap();
        assert!(
            after.starts_with("# mine\nGOOSE_MODEL: x\nextensions: # all\n    team-docs:\n"),
            "{after}"
        );
        assert!(
            after.ends_with("    developer:\n        enabled: true\nlast: 1\n"),
            "{after}"
        );
        for before in [
            "",
            "# only\n",
            "a: 1\n",
            "a: 1",
            "extensions:\n",
            "extensions: {}\n",
        ] {
            let after = edit("goose", before).unwrap();
            assert!(
                after.contains("uri: \"https://docs.example.com/mcp\""),
                "{before:?}: {after}"
            );
        }
        for before in [
            "extensions: {developer: {enabled: true}}\n",
            "extensions:\n  team-docs:\n    enabled: false\n",
        ] {
            assert!(
                matches!(edit("goose", before), Err(EditError::Style(_))),
                "{before}"
            );
        }
    }

    #[test]
    fn line_ends_and_the_mark_before_utf8_stay() {
        for (assistant, before) in [
            ("codex", "# mine\nmodel = \"o4\"\n"),
            ("goose", "# mine\nGOOSE_MODEL: x\n"),
            ("goose", "extensions:\n  developer:\n    enabled: true\n"),
        ] {
            let plain = edit(assistant, before).unwrap();
            for mark in ["", "\u{feff}"] {
                for end in ["\n", "\r\n"] {
                    let written = |text: &str| format!("{mark}{}", text.replace('\n', end));
                    assert_eq!(
                        edit(assistant, &written(before)),
                        Ok(written(&plain)),
                        "{assistant}: {mark:?} {end:?}"
                    );
                }
            }
            let mixed = before.replacen('\n', "\r\n", 1);
            assert!(
                matches!(edit(assistant, &mixed), Err(EditError::Style(_))),
                "{mixed:?}"
            );
            // Nothing is to be done to one that has the entry.
            let mixed = plain.replacen('\n', "\r\n", 1);
            assert_eq!(edit(assistant, &mixed).as_ref(), Ok(&mixed));
        }
    }

    #[test]
    fn a_list_in_quotes_is_left_to_a_person() {
        for before in [
            "\"extensions\":\n  developer:\n    enabled: true\n",
            "\u{feff}'extensions': {}\n",
        ] {
            let refused = edit("goose", before);
            assert!(matches!(refused, Err(EditError::Style(_))), "{refused:?}");
        }
    }

    #[test]
    fn what_stands_twice_is_left_to_a_person() {
        for before in [
            r#"{"mcpServers": {"a": {}}, "mcpServers": {"b": {}}}"#,
            r#"{"mcpServers": {}, "mcp\u0053ervers": {}}"#,
            r#"{"mcpServers": {"team-docs": {}, "team-docs": {"url": "https://a.example"}}}"#,
            r#"{"mcpServers": {"team-docs": {"url": "https://a.example", "url": "https://b.example"}}}"#,
        ] {
            let refused = edit("cursor", before);
            assert!(matches!(refused, Err(EditError::Style(_))), "{refused:?}");
        }
        // What docent does not touch may be as it is.
        assert!(edit("cursor", r#"{"a": 1, "a": 2}"#).is_ok());
    }

    #[test]
    fn what_cannot_be_understood_is_left_alone() {
        for (assistant, before) in [
            ("cursor", "{"),
            ("cursor", "[]"),
            ("cursor", "{\"mcpServers\": []}"),
            ("cursor", "{\"mcpServers\": null}"),
            ("codex", "a = "),
            ("codex", "mcp_servers = 1"),
            ("codex", "[mcp_servers]\nteam-docs = 1"),
            ("goose", "a: ["),
            ("goose", "- a\n"),
            ("goose", "extensions: 1\n"),
            ("goose", "{extensions: {}}\n"),
        ] {
            assert!(edit(assistant, before).is_err(), "{assistant}: {before}");
        }
    }
}
