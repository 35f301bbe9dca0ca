//! Colour, where a terminal shows it.

use clap::builder::styling::{AnsiColor, Style as Ansi};

/// How words are set off: in colour, or not at all.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    coloured: bool,
}

impl Style {
    pub(super) fn new(coloured: bool) -> Self {
        Self { coloured }
    }

    /// The word "error:".
    pub(super) fn error(self, text: &str) -> String {
        self.painted(AnsiColor::Red.on_default().bold(), text)
    }

    /// The word "warning".
    pub(super) fn warning(self, text: &str) -> String {
        self.painted(AnsiColor::Yellow.on_default().bold(), text)
    }

    /// The word "ok".
    pub(super) fn good(self, text: &str) -> String {
        self.painted(AnsiColor::Green.on_default(), text)
    }

    /// A title.
    pub(super) fn title(self, text: &str) -> String {
        self.painted(Ansi::new().bold(), text)
    }

    /// What is less important.
    pub(super) fn aside(self, text: &str) -> String {
        self.painted(Ansi::new().dimmed(), text)
    }

    fn painted(self, ansi: Ansi, text: &str) -> String {
        if self.coloured {
            format!("{ansi}{text}{ansi:#}")
        } else {
            text.to_owned()
        }
    }
}
