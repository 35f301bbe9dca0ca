//! One process at a time asks for certificates.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read as _, Seek as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::PathBuf,
};

use crate::state::StateDir;

/// The right to ask for certificates with one state directory, until it is dropped or the process
/// ends, however it ends.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Why there is no lock.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process has it.
    #[error("{holder} is asking for certificates already")]
    Held {
        /// Which one, as far as it is known.
        holder: String,
    },
    /// The file of the lock cannot be used.
    #[error("cannot lock {}", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
}

impl Lock {
    /// Takes the lock, or says at once who has it.
    ///
    /// # Errors
    /// Where another process has it, or its file cannot be made.
    pub fn take(state: &StateDir) -> Result<Self, LockError> {
        let path = state.renewal().join("lock");
        let unusable = |source| LockError::Unusable {
            path: path.clone(),
            source,
        };
        fs::create_dir_all(state.renewal()).map_err(unusable)?;
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => {
                // The number of this process only serves the message of one that finds the lock taken.
                let _ = write(&mut file);
                Ok(Self { _file: file })
            }
            Err(TryLockError::WouldBlock) => Err(LockError::Held {
                holder: holder(file),
            }),
            Err(TryLockError::Error(error)) => Err(unusable(error)),
        }
    }
}

fn write(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    write!(file, "{}", std::process::id())
}

fn holder(file: File) -> String {
    let mut text = String::new();
    let read = file.take(32).read_to_string(&mut text);
    match text.trim().parse::<u32>() {
        Ok(process) if read.is_ok() && process == std::process::id() => "this process".to_owned(),
        Ok(process) if read.is_ok() => format!("process {process}"),
        _ => "another process".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::new(folder.path());
        let first = Lock::take(&state).unwrap();
        let second = Lock::take(&state).unwrap_err();
        assert_eq!(
            second.to_string(),
            "this process is asking for certificates already"
        );
        drop(first);
        Lock::take(&state).unwrap();
    }
}
