//! Where the documents come from: paths, or a configuration.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::{
    config::{ConfigError, PathFault, Settings, readable_root},
    corpus::PrivatePaths,
    error::{Failure, Kind},
    platform::{Environment, INSTALLED_CONFIG, LOCAL_CONFIG, local_config, manual_beside_program},
};

/// What the manual is called as a document set, as in the configuration that packages install.
const MANUAL: &str = "docent";

/// Documents: paths, or a configuration.
#[derive(Debug, Clone, Args)]
pub(super) struct Documents {
    /// Folders of documents, or single documents
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// The configuration to follow, in place of PATHs [default: ./docent.toml, else /etc/docent/docent.toml]
    #[arg(short, long, value_name = "FILE", conflicts_with = "paths")]
    config: Option<PathBuf>,
}

impl Documents {
    /// Those of a configuration.
    pub(super) fn of_config(config: &Path) -> Self {
        Self {
            paths: Vec::new(),
            config: Some(config.to_owned()),
        }
    }

    /// The same with this path before the others.
    pub(super) fn begin_with(&mut self, path: PathBuf) {
        self.paths.insert(0, path);
    }

    /// Those that the command line names.
    pub(super) fn paths(&self) -> &[PathBuf] {
        &self.paths
    }

    /// Whether the command line names a configuration.
    pub(super) fn names_config(&self) -> bool {
        self.config.is_some()
    }

    /// The configuration file that is followed; `None` where paths are given, or the manual is served that
    /// lies beside the program.
    pub(super) fn config(&self) -> Option<&Path> {
        match &self.config {
            Some(config) => Some(config),
            None if self.paths.is_empty() && self.manual().is_none() => {
                Some(local_config().unwrap_or(Path::new(INSTALLED_CONFIG)))
            }
            None => None,
        }
    }

    /// docent's own manual, where nothing is named, there is no configuration, and it lies beside the program.
    fn manual(&self) -> Option<&'static Path> {
        let nothing_is_named = self.paths.is_empty()
            && self.config.is_none()
            && local_config().is_none()
            && !Path::new(INSTALLED_CONFIG).exists();
        manual_beside_program().filter(|_| nothing_is_named)
    }

    /// Reads what to search or to check: the documents are there, or it fails. `example`: a command line that
    /// names documents, for who named none.
    pub(super) fn settings(&self, example: &str) -> anyhow::Result<Settings> {
        self.settings_by(example, Settings::load)
    }

    /// Reads what to serve. Who names a path at the command line is told at once that it is not
    /// there; a service waits for the documents of its configuration.
    pub(super) fn settings_to_serve(&self, example: &str) -> anyhow::Result<Settings> {
        self.settings_by(example, Settings::load_to_serve)
    }

    fn settings_by(
        &self,
        example: &str,
        load: impl FnOnce(&Path) -> Result<Settings, ConfigError>,
    ) -> anyhow::Result<Settings> {
        if let Some(manual) = self.manual() {
            let mut settings = Settings::for_paths(&[manual.to_owned()]).map_err(explain)?;
            for set in &mut settings.docs {
                MANUAL.clone_into(&mut set.name);
            }
            return Ok(settings);
        }
        let settings = match self.config() {
            None => Settings::for_paths(&self.paths),
            Some(config) if self.config.is_none() && !config.exists() => {
                return Err(Failure::new(Kind::Usage, "no documents given")
                    .because(format!("there is no ./{LOCAL_CONFIG} of yours and no {INSTALLED_CONFIG} either"))
                    .help(format!("name a folder of documents, such as `{example}`, or a configuration with --config FILE; `docent init FOLDER` writes one"))
                    .into());
            }
            Some(config) => load(config),
        };
        settings.map_err(explain)
    }

    /// The paths that can be read, if any, and what is wrong with the others.
    pub(super) fn apart(&self) -> (Option<Self>, Vec<(PathBuf, PathFault)>) {
        let mut missing = Vec::new();
        let mut paths = self.paths.clone();
        paths.retain(|path| match readable_root(path) {
            Ok(_) => true,
            Err(fault) => {
                missing.push((path.clone(), fault));
                false
            }
        });
        let config = self.config.clone();
        let there = (!paths.is_empty()).then_some(Self { paths, config });
        (there, missing)
    }

    /// What docent keeps for itself, and no document set may show.
    pub(super) fn private(
        &self,
        environment: &Environment,
        state_dir: Option<&Path>,
        cache_dir: Option<&Path>,
    ) -> PrivatePaths {
        let config = self.config().unwrap_or(Path::new(""));
        let mut paths = environment.own_folders(state_dir, cache_dir, config);
        if let Some(config) = self.config() {
            let mut drop_ins = config.as_os_str().to_owned();
            drop_ins.push(".d");
            paths.extend([config.to_owned(), drop_ins.into()]);
        }
        PrivatePaths::new(paths)
    }
}

/// Documents that lie among docent's own files would give those away.
pub(super) fn refuse_private(settings: &Settings, private: &PrivatePaths) -> Result<(), Failure> {
    let private = private.and_files(settings.secret_files());
    for set in &settings.docs {
        if let Some(holder) = private.holder(&set.root) {
            let message = format!("the documents of `{}` cannot be served", set.name);
            return Err(Failure::new(Kind::Config, message)
                .because(format!(
                    "{} lies in {}, which docent keeps for itself: keys, certificates, index or configuration",
                    set.root.display(),
                    holder.display()
                ))
                .help("keep documents in a folder of their own, such as /srv/docs, or give docent another place with --state-dir or --cache-dir"));
        }
    }
    Ok(())
}

/// The folder of the index.
pub(super) fn cache_dir(
    environment: &Environment,
    option: Option<&Path>,
) -> Result<PathBuf, Failure> {
    environment.cache_dir(option).ok_or_else(|| {
        Failure::new(Kind::CannotCreate, "there is no place for the index")
            .because("neither CACHE_DIRECTORY, XDG_CACHE_HOME nor HOME is set")
            .help("name a folder with --cache-dir DIR")
    })
}

/// Adds what to do to a configuration's error, where it does not say so itself.
pub(super) fn explain(error: ConfigError) -> anyhow::Error {
    let failure = match &error {
        ConfigError::Path(fault) => {
            let failure = Failure::new(exit_kind(fault), fault.to_string());
            let failure = match std::error::Error::source(fault) {
                Some(cause) => failure.because(cause.to_string()),
                None => failure,
            };
            match fault.help() {
                Some(help) => failure.help(help),
                None => failure,
            }
        }
        _ => return error.into(),
    };
    failure.into()
}

fn exit_kind(fault: &PathFault) -> Kind {
    match fault {
        PathFault::Unreadable { source, .. }
            if source.kind() == std::io::ErrorKind::PermissionDenied =>
        {
            Kind::Permission
        }
        _ => Kind::NoInput,
    }
}
