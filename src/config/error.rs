//! Why there are no settings.

use std::{
    fmt, io,
    num::NonZeroUsize,
    path::{Path, PathBuf},
};

use super::{
    docset::PathFault,
    problem::{Diagnostic, Problem},
};

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

/// Faults that are shown at once.
pub(super) const MAX_DIAGNOSTICS: usize = 20;

impl ConfigError {
    /// What is wrong in a file beside the configuration, if anything is. Its lines are not shown: somebody may have written
    /// a secret into one.
    pub(crate) fn unless_sound(
        path: &Path,
        text: &str,
        problems: Vec<Problem>,
    ) -> Result<(), Self> {
        if problems.is_empty() {
            return Ok(());
        }
        Err(Self::of(problems, |problem| Diagnostic {
            excerpt: None,
            ..Diagnostic::new(path, text, &problem)
        }))
    }

    /// The problems, at least one, in the order of the files.
    pub(super) fn of(mut problems: Vec<Problem>, shown: impl FnMut(Problem) -> Diagnostic) -> Self {
        problems.sort_by_key(|problem| problem.span.as_ref().map_or(usize::MAX, |span| span.start));
        let more = problems.len().saturating_sub(MAX_DIAGNOSTICS);
        let first = problems.into_iter().take(MAX_DIAGNOSTICS);
        Self::Invalid {
            more: NonZeroUsize::new(more).map(More),
            diagnostics: first.map(shown).collect(),
        }
    }
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
