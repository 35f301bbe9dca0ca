//! One process at a time changes the keys.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

/// The right to change the keys of a configuration, until it is dropped or the process ends, however it ends.
#[derive(Debug)]
pub struct KeysLock {
    _file: File,
}

/// Why there is no lock.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process has it, and keeps it.
    #[error("another process is changing the keys")]
    Held,
    /// The file of the lock cannot be used.
    #[error("cannot lock {}", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
}

/// A change takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often to try.
const EVERY: Duration = Duration::from_millis(20);

impl KeysLock {
    /// Where the lock is: it stays, and is empty.
    pub fn file(keys_file: &Path) -> PathBuf {
        let name = keys_file.file_name().unwrap_or_default().to_string_lossy();
        keys_file.with_file_name(format!(".{name}.lock"))
    }

    /// Takes the lock, in a file of its own beside that of the keys: that one is replaced by each change, and those who
    /// may read it could hold its lock.
    ///
    /// # Errors
    /// Where another process keeps it, or its file cannot be made.
    pub fn take(keys_file: &Path) -> Result<Self, LockError> {
        let path = Self::file(keys_file);
        let unusable = |source| LockError::Unusable {
            path: path.clone(),
            source,
        };
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(unusable)?;
        let begun = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: file }),
                Err(TryLockError::WouldBlock) if begun.elapsed() >= PATIENCE => {
                    return Err(LockError::Held);
                }
                Err(TryLockError::WouldBlock) => thread::sleep(EVERY),
                Err(TryLockError::Error(error)) => return Err(unusable(error)),
            }
        }
    }
}
