//! Why the folder of a set cannot be looked through.

use crate::config::DocSet;
use std::{io, path::PathBuf};

/// Why a set's folder cannot be listed at all.
#[derive(Debug, thiserror::Error)]
pub enum WalkError {
    /// The root cannot be opened.
    #[error("cannot read {}", root.display())]
    Root {
        /// The set's root.
        root: PathBuf,
        /// In the operating system's words.
        source: io::Error,
    },
    /// The root is one of docent's own folders, or lies in one.
    #[error("set `{set}`: {} lies in {}, which docent keeps for itself", root.display(), holder.display())]
    Private {
        /// Name of the set.
        set: String,
        /// The set's root.
        root: PathBuf,
        /// The state directory, the cache directory or the configuration.
        holder: PathBuf,
    },
    /// One of `include` or `exclude` is not a pattern.
    #[error("set `{set}`: not a file pattern: {pattern:?}")]
    Pattern {
        /// Name of the set.
        set: String,
        /// As configured.
        pattern: String,
        /// Why.
        source: ignore::Error,
    },
    /// Only of a look within folders: everything is to be looked at.
    #[error("set `{set}`: a look at some folders does not do: {reason}")]
    Wider {
        /// Name of the set.
        set: String,
        /// Why.
        reason: &'static str,
    },
}

impl WalkError {
    pub(super) fn own(set: &DocSet, holder: PathBuf) -> Self {
        Self::Private {
            set: set.name.clone(),
            root: set.root.clone(),
            holder,
        }
    }
}
