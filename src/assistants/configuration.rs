//! The files in which assistants keep their servers.

use serde_json::{Map, Value, json};

/// How an assistant is told of a server in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configuration {
    /// How the file is written.
    pub format: Format,
    /// Where a person's own is; the first that is there, else the first.
    pub user: Vec<Place>,
    /// Where a project's is, below its root, where assistants look for one.
    pub project: Option<&'static str>,
    /// The way to the list of servers, outermost first.
    pub keys: &'static [&'static str],
    /// The entry of this one.
    pub entry: Value,
}

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JSON, perhaps with comments.
    Json,
    /// TOML.
    Toml,
    /// YAML.
    Yaml,
}

/// Where a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Below the home directory.
    Home(&'static str),
    /// Below `$XDG_CONFIG_HOME`, which is `~/.config` where it is not set.
    Config(&'static str),
}

impl Place {
    /// As people write it.
    pub fn shown(self) -> String {
        match self {
            Self::Home(path) => format!("~/{path}"),
            Self::Config(path) => format!("~/.config/{path}"),
        }
    }
}

impl Configuration {
    pub(super) fn json(keys: &'static [&'static str], entry: Value) -> Self {
        Self {
            format: Format::Json,
            user: Vec::new(),
            project: None,
            keys,
            entry,
        }
    }

    pub(super) fn user(mut self, place: Place) -> Self {
        self.user.push(place);
        self
    }

    pub(super) fn project(mut self, path: &'static str) -> Self {
        self.project = Some(path);
        self
    }

    /// A file with nothing else in it.
    pub(super) fn whole(&self, name: &str) -> Value {
        let mut value = self.entry.clone();
        for key in [name].into_iter().chain(self.keys.iter().rev().copied()) {
            let mut map = Map::new();
            map.insert(key.to_owned(), value);
            value = Value::Object(map);
        }
        value
    }
}

/// `{"type": "http", "url": …}`, which several of them read.
pub(super) fn typed(url: &str) -> Value {
    json!({ "type": "http", "url": url })
}
