//! What is looked at before an authority is asked: a request that cannot succeed costs one of the
//! few that it allows.

use std::{
    fs::{self, DirBuilder, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use tokio::{net::lookup_host, task::JoinSet, time::timeout};

use crate::{config::Identifier, state::StateDir};

use super::moment::rfc3339;

/// A clock that shows less is wrong: this program was not there yet. 2026-11-01.
const WRITTEN: u64 = 1_793_491_200;
/// By how much a clock may be behind without being useless.
const SKEW: Duration = Duration::from_secs(24 * 60 * 60);
/// More than a certificate, a key and a history take, in bytes.
const ROOM: usize = 64 << 10;
/// A name is looked up for no longer.
const LOOK_UP: Duration = Duration::from_secs(5);

/// Why an authority is not even asked.
#[derive(Debug, thiserror::Error)]
pub enum PreflightError {
    /// The clock shows a time before this program was built.
    #[error("the clock of this machine shows {}, which is before this version of docent was built", rfc3339(*now))]
    ClockBeforeBuild {
        /// What it shows.
        now: SystemTime,
    },
    /// A certificate could not be stored, so it is not ordered.
    #[error("cannot write to {}", path.display())]
    Unwritable {
        /// The folder, or a file in it.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
}

impl PreflightError {
    /// What the operator can do about it.
    pub fn help(&self) -> String {
        match self {
            Self::ClockBeforeBuild { .. } => {
                "set the clock, or let systemd-timesyncd or another time service do so".into()
            }
            Self::Unwritable { path, source } => match source.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                    format!("make room on the disk of {}", path.display())
                }
                io::ErrorKind::ReadOnlyFilesystem => {
                    "mount it for writing, or name another folder with --state-dir DIR".into()
                }
                _ => format!(
                    "run docent with sudo, or as the user that owns {}, or name another folder with --state-dir DIR",
                    standing(path).display()
                ),
            },
        }
    }
}

/// The part of a path that is there, and has an owner: the folder of a file that could not be made.
fn standing(path: &Path) -> &Path {
    let mut above = path
        .ancestors()
        .filter(|above| !above.as_os_str().is_empty());
    above.find(|above| above.is_dir()).unwrap_or(path)
}

/// When this program was built, as far as the build says; never later than it really was.
pub(super) fn built() -> SystemTime {
    // Set for a reproducible build, https://reproducible-builds.org/specs/source-date-epoch/.
    let epoch = option_env!("SOURCE_DATE_EPOCH").and_then(|text| text.parse().ok());
    SystemTime::UNIX_EPOCH + Duration::from_secs(WRITTEN.max(epoch.unwrap_or(0)))
}

/// Whether an authority can be asked by this clock: by one that is far behind, nothing that it
/// shows in return could be trusted.
///
/// # Errors
/// Where it cannot.
pub(super) fn check_clock(now: SystemTime, built: SystemTime) -> Result<(), PreflightError> {
    if now + SKEW < built {
        return Err(PreflightError::ClockBeforeBuild { now });
    }
    Ok(())
}

/// Whether everything that is to be kept can be: makes the folders that are missing and writes,
/// in each, as much as there will be.
///
/// # Errors
/// Where that fails.
pub(super) fn check_writable(state: &StateDir) -> Result<(), PreflightError> {
    let folders = [
        state.root().to_owned(),
        state.certificates().folder().to_owned(),
        state.accounts(),
        state.renewal(),
    ];
    for path in folders {
        try_writing(&path).map_err(|source| PreflightError::Unwritable { path, source })?;
    }
    Ok(())
}

fn try_writing(folder: &Path) -> io::Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    let path = folder.join(".room");
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&path)?;
    let written = file.write_all(&[0; ROOM]).and_then(|()| file.sync_all());
    fs::remove_file(&path)?;
    written
}

/// Says which names do not resolve here. Only a warning: the authority asks its own servers.
pub(super) async fn warn_of_unknown_names(names: &[Identifier]) {
    let mut look_ups = JoinSet::new();
    for name in names {
        if let Identifier::Dns(name) = name {
            let name = name.clone();
            look_ups.spawn(async move {
                let found = timeout(LOOK_UP, lookup_host((name.as_str(), 0))).await;
                let reason = match found {
                    Ok(Ok(mut addresses)) => match addresses.next() {
                        Some(_) => return,
                        None => "it has no address".to_owned(),
                    },
                    Ok(Err(error)) => error.to_string(),
                    Err(_) => format!("no answer within {} seconds", LOOK_UP.as_secs()),
                };
                tracing::warn!(name, reason, "the name does not resolve on this machine: if it does not elsewhere either, the authority will refuse it");
            });
        }
    }
    look_ups.join_all().await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_cannot_be_right_is_told() {
        check_clock(built(), built()).unwrap();
        check_clock(built() - SKEW, built()).unwrap();
        check_clock(built() - SKEW * 2, built()).unwrap_err();
        let error = check_clock(SystemTime::UNIX_EPOCH, built()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the clock of this machine shows 1970-01-01T00:00:00Z, which is before this version of docent was built"
        );
    }
}
