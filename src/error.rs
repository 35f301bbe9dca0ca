//! Failures as the person at the command line meets them: what, why, what to do, exit status.

use std::error::Error;

/// An error and what it comes from, in one line; what an error repeats of its cause is said once.
pub fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let said = cause.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        source = cause.source();
    }
    text
}

/// Text from outside, fit for a terminal, a log and a line of its own: what would move the cursor,
/// change a colour or turn the direction of writing around is shown by its number.
pub fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match is_printable(c) {
            true => shown.push(c),
            false => shown.extend(c.escape_unicode()),
        }
    }
    shown
}

/// Whether a character shows, rather than does something: neither a control character, nor one
/// that turns the direction of writing around, nor an invisible tag.
pub fn is_printable(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{e0000}'..='\u{e007f}')
}

/// The class of a failure: its exit status, from sysexits.h.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// The command line does not say what to do (EX_USAGE).
    Usage = 64,
    /// No such path, or no document in it (EX_NOINPUT).
    NoInput = 66,
    /// What is needed is taken, such as the port (EX_UNAVAILABLE).
    Unavailable = 69,
    /// A fault of docent's own (EX_SOFTWARE).
    Internal = 70,
    /// A file or folder cannot be made (EX_CANTCREAT).
    CannotCreate = 73,
    /// Reading or writing failed (EX_IOERR).
    Io = 74,
    /// It did not work this time, and is tried again later (EX_TEMPFAIL).
    Temporary = 75,
    /// The operating system refuses (EX_NOPERM).
    Permission = 77,
    /// The configuration cannot be followed (EX_CONFIG).
    Config = 78,
}

/// A failure that knows its exit status and what to do about it.
///
/// `service` and `cli` pass it on in an `anyhow::Error`; where one has none, the exit status
/// is told from the errors it holds.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// Decides the exit status.
    pub kind: Kind,
    message: String,
    /// What the person can do.
    pub help: Option<String>,
    #[source]
    cause: Option<Box<dyn Error + Send + Sync>>,
}

impl Failure {
    /// A failure of a class, with a message that says what did not work.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            help: None,
            cause: None,
        }
    }

    /// Adds why it did not work.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds something else to do about it.
    #[must_use]
    pub fn also(mut self, help: &str) -> Self {
        self.help = Some(match self.help {
            Some(first) => format!("{first}; {help}"),
            None => help.to_owned(),
        });
        self
    }
}
