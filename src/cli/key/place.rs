//! Where the keys of a configuration are kept, and how they are changed.

use std::{
    fs,
    io::{self, ErrorKind},
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use crate::{
    auth::{KeysFile, KeysLock, LockError},
    cli::{certificate::followed, viewpoint::service_user},
    config::{AccessSettings, ConfigError},
    durable::{self, Access},
    error::{Failure, Kind},
    platform::{Environment, Viewer},
};

/// What a new file may be used for: by whoever owns the configuration, and read by the service.
const SHARED: u32 = 0o640;
/// The same where both are one user.
const OWN: u32 = 0o600;

/// Where the keys of a configuration are kept.
pub(super) struct Place {
    pub(super) config: PathBuf,
    pub(super) keys: PathBuf,
    pub(super) sealing_key: PathBuf,
    is_root: bool,
}

impl Place {
    /// `config`: as the command line says.
    pub(super) fn new(config: Option<&Path>, environment: &Environment) -> anyhow::Result<Self> {
        let config = followed(config)?;
        let keys = AccessSettings::keys_file_beside(&config)?;
        let sealing_key = AccessSettings::sealing_key_file_beside(&config)?;
        refuse_links_of_others(&keys, &sealing_key, environment)?;
        Ok(Self {
            keys: real(keys),
            sealing_key: real(sealing_key),
            is_root: environment.is_root,
            config,
        })
    }

    /// Keeps others from changing the keys until what is given out is dropped.
    pub(super) fn lock(&self) -> Result<KeysLock, Failure> {
        KeysLock::take(&self.keys).map_err(|error| match error {
            LockError::Held => {
                Failure::new(Kind::Temporary, error.to_string()).help("wait until it has finished")
            }
            LockError::Unusable { source, .. } => self.unwritable(&self.keys, source),
        })
    }

    /// The keys that there are.
    pub(super) fn read(&self) -> anyhow::Result<KeysFile> {
        KeysFile::read(&self.keys).map_err(|error| match error {
            ConfigError::Unreadable { path, source } => {
                let message = format!("cannot read {}", path.display());
                let failure = Failure::new(kind(&source, Kind::Io), message);
                self.advised(failure, source).into()
            }
            error => error.into(),
        })
    }

    /// Writes one of the two files, whole or not at all. One that is there keeps its owner and its mode; a new one is the
    /// configuration's owner's, and the service may read it.
    pub(super) fn write(&self, path: &Path, text: &str) -> Result<(), Failure> {
        let written = self
            .access(path)
            .and_then(|access| durable::replace_for(path, text.as_bytes(), access));
        written.map_err(|error| self.unwritable(path, error))
    }

    fn access(&self, path: &Path) -> io::Result<Access> {
        match fs::metadata(path) {
            Ok(there) => Ok(Access {
                mode: there.permissions().mode() & 0o777,
                owner: self.is_root.then(|| there.uid()),
                group: Some(there.gid()),
            }),
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            Err(_) if !self.is_root => Ok(Access {
                mode: OWN,
                owner: None,
                group: None,
            }),
            Err(_) => {
                let config = fs::metadata(&self.config)?;
                Ok(Access {
                    mode: SHARED,
                    owner: Some(config.uid()),
                    group: Some(self.group(&config)),
                })
            }
        }
    }

    /// That of the service, where the configuration is root's; else that of the configuration, which is read by its owner.
    fn group(&self, config: &fs::Metadata) -> u32 {
        if config.uid() != 0 {
            return config.gid();
        }
        let service = service_user(Some(&self.config)).ok().flatten();
        let group = service.as_ref().and_then(Viewer::group_id);
        group.unwrap_or_else(|| config.gid())
    }

    fn unwritable(&self, path: &Path, error: io::Error) -> Failure {
        let message = format!("{} cannot be written", path.display());
        let failure = Failure::new(kind(&error, Kind::CannotCreate), message);
        self.advised(failure, error)
    }

    fn advised(&self, failure: Failure, error: io::Error) -> Failure {
        let failure = match error.kind() {
            ErrorKind::PermissionDenied if !self.is_root => failure.help("run it with sudo"),
            ErrorKind::ReadOnlyFilesystem => failure.help(
                "make keys where the configuration can be written, and bring keys.toml here with it",
            ),
            _ => failure,
        };
        failure.because(error)
    }
}

/// In a folder of somebody else's, root would read and replace whatever a link there leads to.
fn refuse_links_of_others(
    keys: &Path,
    sealing_key: &Path,
    environment: &Environment,
) -> Result<(), Failure> {
    let folder = keys.parent().unwrap_or(Path::new("/"));
    let is_roots = fs::metadata(folder).is_ok_and(|folder| folder.uid() == 0);
    if !environment.is_root || is_roots {
        return Ok(());
    }
    let lock = KeysLock::file(keys);
    let mut links = [keys, sealing_key, &lock].into_iter();
    match links.find(|path| path.is_symlink()) {
        None => Ok(()),
        Some(link) => {
            let message = format!(
                "{} is a link, in a folder that is not root's",
                link.display()
            );
            Err(Failure::new(Kind::Permission, message)
                .help("run it as the user whose folder it is"))
        }
    }
}

/// The file that a link leads to, so that the link stays; where there is none, the path itself.
fn real(path: PathBuf) -> PathBuf {
    fs::canonicalize(&path).unwrap_or(path)
}

fn kind(error: &io::Error, otherwise: Kind) -> Kind {
    match error.kind() {
        ErrorKind::PermissionDenied => Kind::Permission,
        _ => otherwise,
    }
}
