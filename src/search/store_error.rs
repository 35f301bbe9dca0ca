//! Why there is no index.

use crate::corpus::{ReadAllError, WalkError};
use std::{io, path::PathBuf};

/// Why an index cannot be opened or built.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The cache directory cannot be used.
    #[error("cannot write the index to {}", path.display())]
    Cache {
        /// The folder or file that was refused.
        path: PathBuf,
        /// In the operating system's words.
        source: io::Error,
    },
    /// Writing failed on the way.
    #[error("cannot write the index")]
    Disk(#[from] io::Error),
    /// A set's folder cannot be listed.
    #[error(transparent)]
    Walk(#[from] WalkError),
    /// A thread that reads documents ended early: a fault of docent's.
    #[error("reading documents broke off")]
    Worker,
}

impl<E: Into<StoreError>> From<ReadAllError<E>> for StoreError {
    fn from(error: ReadAllError<E>) -> Self {
        match error {
            ReadAllError::Threads(source) => Self::Disk(source),
            ReadAllError::Reader => Self::Worker,
            ReadAllError::Refused(error) => error.into(),
        }
    }
}
