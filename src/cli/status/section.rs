//! What a part of docent's standing is reported as: lines for people, fields for programs, and what is
//! wrong.

use std::process::ExitCode;

use serde_json::{Map, Value, json};

use crate::config::{ConfigError, Diagnostic};

/// How well something is, for whoever watches it: the exit status of `docent status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(in crate::cli) enum Health {
    /// Nothing needs anybody.
    Good = 0,
    /// It works, and will not for ever, or not all of it.
    Attention = 1,
    /// Something that was asked for is not there.
    Broken = 2,
}

impl Health {
    /// As it stands before a finding, and in JSON.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Attention => "attention",
            Self::Broken => "broken",
        }
    }
}

impl From<Health> for ExitCode {
    fn from(health: Health) -> Self {
        Self::from(health as u8)
    }
}

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct Finding {
    pub(in crate::cli) health: Health,
    /// What is wrong, in a line.
    pub(in crate::cli) message: String,
    /// What to do about it.
    pub(in crate::cli) help: Option<String>,
}

/// One part: the certificate, the service, the documents.
#[derive(Debug, Default)]
pub(super) struct Section {
    /// Above the lines; a section without lines is not shown to people.
    pub(super) title: String,
    /// What there is to say, each with a label.
    pub(super) lines: Vec<(String, String)>,
    /// What is not as it should be.
    pub(super) findings: Vec<Finding>,
    /// The same for programs: fields of the one object that is printed.
    pub(super) fields: Map<String, Value>,
}

impl Section {
    pub(super) fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            ..Self::default()
        }
    }

    /// Adds a line for people.
    pub(super) fn line(&mut self, label: impl Into<String>, text: impl Into<String>) {
        self.lines.push((label.into(), text.into()));
    }

    /// Adds a field for programs.
    pub(super) fn field(&mut self, name: &str, value: impl Into<Value>) {
        self.fields.insert(name.to_owned(), value.into());
    }

    /// Adds why a file of the configuration cannot be followed: one finding for each fault.
    pub(super) fn refuse(&mut self, error: ConfigError) {
        let ConfigError::Invalid { diagnostics, more } = error else {
            let fault = format!("{:#}", anyhow::Error::from(error));
            self.finding(Health::Broken, fault, None);
            return;
        };
        for Diagnostic { message, help, .. } in diagnostics {
            self.finding(Health::Broken, message, help);
        }
        if let Some(more) = more {
            self.finding(Health::Broken, more.to_string(), None);
        }
    }

    /// Adds that something is wrong.
    pub(super) fn finding(
        &mut self,
        health: Health,
        message: impl Into<String>,
        help: Option<String>,
    ) {
        self.findings.push(Finding {
            health,
            message: message.into(),
            help,
        });
    }
}

impl Finding {
    pub(super) fn json(&self) -> Value {
        json!({ "health": self.health.name(), "message": self.message, "help": self.help })
    }
}
