//! What is looked at before an authority is asked: a request that cannot succeed costs one of the
//! few that it allows.

use std::{
    fs::{self, DirBuilder, OpenOptions},
    io::{self, Write as _},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use tokio::{
    net::{TcpStream, lookup_host},
    task::JoinSet,
    time::timeout,
};

use crate::{
    config::{ChallengeType, Identifier, ServerSettings},
    state::StateDir,
};

use super::{history::History, moment::rfc3339};

/// A clock that shows less is wrong: this program was not there yet. 2026-11-01.
const WRITTEN: u64 = 1_793_491_200;
/// By how much a clock may be set back, as time servers do, without having been wrong.
const SET_BACK: Duration = Duration::from_secs(60 * 60);
/// More than a certificate, a key and a history take, in bytes.
const ROOM: usize = 64 << 10;
/// A name is looked up, and a port of this machine tried, for no longer.
const LOOK_UP: Duration = Duration::from_secs(5);
const CONNECT: Duration = Duration::from_millis(500);

/// Why an authority is not even asked.
#[derive(Debug, thiserror::Error)]
pub enum PreflightError {
    /// The clock shows a time before this program was built.
    #[error("the clock of this machine shows {}, which is before this version of docent was built", rfc3339(*now))]
    ClockBeforeBuild {
        /// What it shows.
        now: SystemTime,
    },
    /// The clock shows a time before the last attempt.
    #[error("the clock of this machine shows {}, but the last entry of what has been tried is from {}", rfc3339(*now), rfc3339(*recorded))]
    ClockBeforeHistory {
        /// What it shows.
        now: SystemTime,
        /// When something was last recorded.
        recorded: SystemTime,
    },
    /// A certificate could not be stored, so it is not ordered.
    #[error("cannot write to {}", path.display())]
    Unwritable {
        /// The folder.
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
            Self::ClockBeforeHistory { .. } => {
                "set the clock; if it is right now and was wrong before, run `docent renew --force` once".into()
            }
            Self::Unwritable { path, source } => match source.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                    format!("make room on the disk of {}", path.display())
                }
                io::ErrorKind::ReadOnlyFilesystem => {
                    "mount it for writing, or name another folder with --state-dir DIR".into()
                }
                _ => format!(
                    "run docent as the user that owns {}, or name another folder with --state-dir DIR",
                    path.display()
                ),
            },
        }
    }
}

/// When this program was built, as far as the build says; never later than it really was.
pub(super) fn built() -> SystemTime {
    // Set for a reproducible build, https://reproducible-builds.org/specs/source-date-epoch/.
    let epoch = option_env!("SOURCE_DATE_EPOCH").and_then(|text| text.parse().ok());
    SystemTime::UNIX_EPOCH + Duration::from_secs(WRITTEN.max(epoch.unwrap_or(0)))
}

/// Whether the clock can be right. `history` is left out for a person who knows that it is.
///
/// # Errors
/// Where it cannot be.
pub(super) fn check_clock(
    now: SystemTime,
    built: SystemTime,
    history: Option<&History>,
) -> Result<(), PreflightError> {
    if now < built {
        return Err(PreflightError::ClockBeforeBuild { now });
    }
    match history {
        Some(history) if now + SET_BACK < history.recorded => {
            Err(PreflightError::ClockBeforeHistory {
                now,
                recorded: history.recorded,
            })
        }
        _ => Ok(()),
    }
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

/// Where challenges are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChallengePorts {
    /// The address for plain HTTP.
    pub http: SocketAddr,
    /// The address for HTTPS.
    pub https: SocketAddr,
}

impl From<&ServerSettings> for ChallengePorts {
    fn from(server: &ServerSettings) -> Self {
        Self {
            http: server.http,
            https: server.https,
        }
    }
}

impl ChallengePorts {
    /// The challenges for which something listens on this machine now, of those that are allowed
    /// and in their order.
    pub async fn listening(self, allowed: &[ChallengeType]) -> Vec<ChallengeType> {
        let mut listening = Vec::new();
        for &challenge in allowed {
            let address = match challenge {
                ChallengeType::Http01 => self.http,
                ChallengeType::TlsAlpn01 => self.https,
            };
            if answers(address).await {
                listening.push(challenge);
            }
        }
        listening
    }

    /// The challenges that are allowed, those for which something listens first: the others may
    /// be answered by what stands in front of this machine.
    pub(super) async fn preference(self, allowed: &[ChallengeType]) -> Vec<ChallengeType> {
        let mut preference = self.listening(allowed).await;
        if preference.is_empty() {
            tracing::warn!(
                "nothing listens on the ports of the challenges: is docent.service running?"
            );
        }
        for challenge in allowed {
            if !preference.contains(challenge) {
                preference.push(*challenge);
            }
        }
        preference
    }
}

async fn answers(address: SocketAddr) -> bool {
    let hosts = match address.ip() {
        IpAddr::V4(any) if any.is_unspecified() => vec![IpAddr::V4(Ipv4Addr::LOCALHOST)],
        IpAddr::V6(any) if any.is_unspecified() => {
            vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]
        }
        host => vec![host],
    };
    for host in hosts {
        let stream = TcpStream::connect((host, address.port()));
        if matches!(timeout(CONNECT, stream).await, Ok(Ok(_))) {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_cannot_be_right_is_told() {
        let now = built() + Duration::from_secs(1_000_000);
        let history = |recorded| History {
            recorded,
            ..History::default()
        };
        check_clock(now, built(), Some(&history(now))).unwrap();
        check_clock(now, built(), Some(&history(now + SET_BACK))).unwrap();
        let later = history(now + SET_BACK * 2);
        let error = check_clock(now, built(), Some(&later)).unwrap_err();
        assert!(error.help().contains("--force"), "{error}");
        check_clock(now, built(), None).unwrap();
        let error = check_clock(SystemTime::UNIX_EPOCH, built(), None).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the clock of this machine shows 1970-01-01T00:00:00Z, which is before this version of docent was built"
        );
    }

    #[tokio::test]
    async fn what_listens_comes_first() {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .unwrap();
        let open = listener.local_addr().unwrap();
        let unused = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .unwrap();
        let closed = unused.local_addr().unwrap();
        drop(unused);
        let all = [ChallengeType::Http01, ChallengeType::TlsAlpn01];
        let ports = |http, https| ChallengePorts { http, https };
        let any = SocketAddr::from((Ipv6Addr::UNSPECIFIED, open.port()));
        for https in [open, any] {
            let ports = ports(closed, https);
            assert_eq!(ports.listening(&all).await, [ChallengeType::TlsAlpn01]);
            let preference = ports.preference(&all).await;
            assert_eq!(
                preference,
                [ChallengeType::TlsAlpn01, ChallengeType::Http01]
            );
        }
        assert_eq!(ports(open, open).preference(&all).await, all);
        assert_eq!(ports(closed, closed).preference(&all).await, all);
        let only = [ChallengeType::Http01];
        assert_eq!(ports(closed, open).preference(&only).await, only);
    }
}
