//! What somebody does to connect an assistant.

use serde_json::Value;

use super::Rich;

/// What somebody does to connect an assistant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guide {
    /// The assistant, and where it is used.
    pub title: &'static str,
    /// In order.
    pub blocks: Vec<Block>,
}

/// A part of a guide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// Sentences, and what is to be copied after them.
    Text(Step),
    /// To be done one after another.
    Steps(Vec<Step>),
    /// A click does it.
    Install(Vec<Install>),
    /// For some only: hidden until they ask for it.
    Aside {
        /// For whom, or what for.
        summary: &'static str,
        /// What they do.
        step: Step,
    },
    /// What is worth knowing, last.
    Note(Rich),
}

/// Sentences, and what is to be copied after them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What to do.
    pub text: Rich,
    /// What to type or paste for it.
    pub code: Option<Code>,
}

/// What is typed or pasted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// What it is, such as `the command`.
    pub what: &'static str,
    /// As the first word behind a fence in Markdown.
    pub language: &'static str,
    /// All of it.
    pub text: String,
}

/// A link that an assistant's program opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Install {
    /// What it does.
    pub label: &'static str,
    /// The link.
    pub url: String,
}

impl Code {
    /// For a terminal.
    pub(super) fn command(text: String) -> Self {
        Self {
            what: "the command",
            language: "sh",
            text,
        }
    }

    /// For a field of a form.
    pub(super) fn address(text: String) -> Self {
        Self {
            what: "the address",
            language: "text",
            text,
        }
    }

    /// For a file.
    pub(super) fn json(value: &Value) -> Self {
        Self {
            what: "the configuration",
            language: "json",
            // Text and lists of it can always be written.
            text: serde_json::to_string_pretty(value).unwrap_or_default(),
        }
    }
}

/// A word of a command as a shell takes it.
pub(super) fn shell(word: &str) -> String {
    let is_plain = |it: char| it.is_ascii_alphanumeric() || "-_./:@%+,".contains(it);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}
