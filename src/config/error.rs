//! Why there are no settings.

use std::{fmt, io, num::NonZeroUsize, path::PathBuf};

use super::{docset::PathFault, problem::Diagnostic};

/// Why there are no settings.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// In the operating system's words.
        source: io::Error,
    },
    /// The file is not a configuration: too large, or not text.
    #[error("{} is not a configuration: {reason}", path.display())]
    NotText {
        /// The file.
        path: PathBuf,
        /// What it is instead.
        reason: &'static str,
    },
    /// What the file says cannot be done.
    #[error("{}", Lines(diagnostics, *more))]
    Invalid {
        /// What is wrong, in the order of the file; at least one.
        diagnostics: Vec<Diagnostic>,
        /// What is wrong beyond that, where there is too much to show at once.
        more: Option<More>,
    },
    /// A path of the command line has no documents.
    #[error(transparent)]
    Path(#[from] PathFault),
}

/// How many faults of a configuration are not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct More(pub(super) NonZeroUsize);

impl fmt::Display for More {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mistakes = if self.0.get() == 1 {
            "mistake"
        } else {
            "mistakes"
        };
        write!(f, "and {} more {mistakes}", self.0)
    }
}

/// Several diagnostics below each other.
struct Lines<'a>(&'a [Diagnostic], Option<More>);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, diagnostic) in self.0.iter().enumerate() {
            if number > 0 {
                f.write_str("\n")?;
            }
            diagnostic.fmt(f)?;
        }
        if let Some(more) = self.1 {
            write!(f, "\n{more}")?;
        }
        Ok(())
    }
}
