//! Why there are no settings.

use std::{fmt, io, path::PathBuf};

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
    #[error("{}", Lines(diagnostics))]
    Invalid {
        /// Everything that is wrong, in the order of the file; at least one.
        diagnostics: Vec<Diagnostic>,
    },
    /// A path of the command line has no documents.
    #[error(transparent)]
    Path(#[from] PathFault),
}

/// Several diagnostics below each other.
struct Lines<'a>(&'a [Diagnostic]);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, diagnostic) in self.0.iter().enumerate() {
            if number > 0 {
                f.write_str("\n")?;
            }
            diagnostic.fmt(f)?;
        }
        Ok(())
    }
}
