//! What the commands about the certificate have in common: where the configuration and the state
//! are, and what errors mean.

use std::{
    io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use anyhow::Context as _;
use clap::Args;

use crate::{
    acme::{
        ChallengePorts, Error, Failures, HistoryError, LockError, Patience, PreflightError,
        Renewal, RenewalError, rfc3339,
    },
    config::{AcmeSettings, CertificateSource, ServerSettings, Settings, TlsSettings},
    error::{Failure, Kind},
    platform::{Environment, INSTALLED_CONFIG, LOCAL_CONFIG, local_config},
    state::{Leaf, PairError, StateDir},
};

use super::documents::explain;

const DAY: u64 = 24 * 60 * 60;

/// Which certificate.
#[derive(Debug, Args)]
pub(super) struct Certificate {
    /// The configuration to follow [default: ./docent.toml, else /etc/docent/docent.toml]
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Where certificates are kept [default: $STATE_DIRECTORY; /var/lib/docent for root and for the
    /// default configuration; else certs/ beside the configuration]
    #[arg(long, value_name = "DIR")]
    state_dir: Option<PathBuf>,
}

/// What the configuration says about it.
pub(super) struct Configured {
    pub(super) config: PathBuf,
    pub(super) state: StateDir,
    pub(super) server: ServerSettings,
    /// `None`: plain HTTP.
    pub(super) tls: Option<TlsSettings>,
}

impl Certificate {
    /// The configuration that is followed.
    pub(super) fn config(&self) -> Result<PathBuf, Failure> {
        followed(self.config.as_deref())
    }

    /// Where the state of this configuration is kept.
    pub(super) fn state_dir(&self, environment: &Environment, config: &Path) -> StateDir {
        environment.state_dir(self.state_dir.as_deref(), config)
    }

    pub(super) fn configured(&self, environment: &Environment) -> anyhow::Result<Configured> {
        let config = self.config()?;
        let (server, mut tls) = Settings::load_certificate(&config).map_err(explain)?;
        if let Some(tls) = &mut tls {
            tls.ask_through(environment.proxy.as_ref());
        }
        Ok(Configured {
            state: self.state_dir(environment, &config),
            config,
            server,
            tls,
        })
    }
}

impl Configured {
    /// How docent obtains the certificate, or a sentence that says why it does not.
    pub(super) fn acme(&self) -> Result<(&TlsSettings, &AcmeSettings), String> {
        match &self.tls {
            None => Err(format!(
                "{} names no domain: docent serves plain HTTP, without a certificate.",
                self.config.display()
            )),
            Some(tls) => match &tls.source {
                CertificateSource::Acme(acme) => Ok((tls, acme)),
                CertificateSource::Files { cert, .. } => Err(format!(
                    "{} has a certificate of your own, {}: docent reads it again when it changes, and does not renew it.",
                    tls.primary(),
                    cert.display()
                )),
            },
        }
    }

    pub(super) fn renewal<'a>(
        &'a self,
        tls: &'a TlsSettings,
        settings: &'a AcmeSettings,
    ) -> Renewal<'a> {
        Renewal {
            state: &self.state,
            names: &tls.names,
            settings,
            ports: ChallengePorts::from(&self.server),
            patience: Patience::default(),
            clock: &SystemTime::now,
        }
    }
}

/// The configuration that is followed: that of the command line, else `./docent.toml`, else that of the service.
pub(super) fn followed(config: Option<&Path>) -> Result<PathBuf, Failure> {
    if let Some(config) = config {
        return Ok(config.to_owned());
    }
    if let Some(config) = local_config() {
        return Ok(config.to_owned());
    }
    if Path::new(INSTALLED_CONFIG).exists() {
        return Ok(PathBuf::from(INSTALLED_CONFIG));
    }
    Err(Failure::new(
        Kind::Usage,
        format!("there is no ./{LOCAL_CONFIG} of yours and no {INSTALLED_CONFIG}"),
    )
    .help("name the configuration with --config FILE"))
}

/// Whole days until a certificate expires; negative where it has.
pub(super) fn days_left(leaf: &Leaf, now: SystemTime) -> i64 {
    let days = |seconds: u64| i64::try_from(seconds / DAY).unwrap_or(i64::MAX);
    match leaf.not_after.duration_since(now) {
        Ok(left) => days(left.as_secs()),
        Err(over) => -days(over.duration().as_secs()) - 1,
    }
}

/// Runs what waits for an authority.
pub(super) fn block_on<T>(task: impl Future<Output = T>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("preparing to wait for the network")?;
    let result = runtime.block_on(task);
    // A look-up of a name that goes unanswered would be waited for otherwise.
    runtime.shutdown_background();
    Ok(result)
}

/// An error with its exit status and what helps.
pub(super) fn failure(error: RenewalError) -> anyhow::Error {
    let failure = |kind, error: &dyn std::error::Error| Failure::new(kind, error.to_string());
    match error {
        RenewalError::Lock(error @ LockError::Held { .. }) => failure(Kind::Temporary, &error)
            .help("wait until it has finished")
            .into(),
        RenewalError::Lock(LockError::Unusable { path, source }) => {
            let error = PreflightError::Unwritable { path, source };
            self::failure(RenewalError::Preflight(error))
        }
        RenewalError::Preflight(error) => {
            let kind = match &error {
                PreflightError::Unwritable { source, .. } => file_kind(source),
                _ => Kind::Unavailable,
            };
            let told = failure(kind, &error).help(error.help());
            match error {
                PreflightError::Unwritable { source, .. } => told.because(source).into(),
                _ => told.into(),
            }
        }
        RenewalError::History(HistoryError::Unwritable { path, source }) => {
            let error = PreflightError::Unwritable { path, source };
            self::failure(RenewalError::Preflight(error))
        }
        RenewalError::History(HistoryError::Unreadable { path, source }) => {
            unreadable(&path, source).into()
        }
        RenewalError::Pair(PairError::Unreadable { path, source }) => {
            unreadable(&path, source).into()
        }
        RenewalError::Pair(PairError::Missing) => {
            Failure::new(Kind::NoInput, "there is no certificate yet")
                .help("`docent renew` obtains one")
                .into()
        }
        RenewalError::Pair(error) => failure(Kind::Config, &error).into(),
        RenewalError::Authority(error) => authority(&error).into(),
    }
}

/// An attempt that came to nothing, and that docent itself makes again.
pub(super) fn failed(failures: &Failures) -> Failure {
    let message = format!("no new certificate: {}", failures.message);
    let next = format!("docent tries again from {} on", rfc3339(failures.next));
    Failure::new(Kind::Temporary, message).help(helps(failures, &next))
}

/// An attempt that came to nothing earlier, too short a time ago for another one.
pub(super) fn waiting(failures: &Failures, until: SystemTime) -> Failure {
    let message = format!(
        "nothing was asked now, since the attempt of {} failed: {}",
        rfc3339(failures.at),
        failures.message
    );
    let next = format!(
        "docent tries again from {} on, and `docent renew --force` at once",
        rfc3339(until)
    );
    Failure::new(Kind::Temporary, message).help(helps(failures, &next))
}

fn helps(failures: &Failures, next: &str) -> String {
    match &failures.help {
        Some(help) => format!("{help}; {next}"),
        None => next.to_owned(),
    }
}

fn authority(error: &Error) -> Failure {
    let kind = if error.may_pass() {
        Kind::Temporary
    } else {
        Kind::Unavailable
    };
    let failure = Failure::new(kind, error.to_string());
    match error.help() {
        Some(help) => failure.help(help),
        None => failure,
    }
}

fn unreadable(path: &Path, source: io::Error) -> Failure {
    let kind = match source.kind() {
        io::ErrorKind::PermissionDenied => Kind::Permission,
        _ => Kind::Io,
    };
    Failure::new(kind, format!("cannot read {}", path.display()))
        .because(source)
        .help("run it as root, or as the user that docent runs as")
}

fn file_kind(error: &io::Error) -> Kind {
    match error.kind() {
        io::ErrorKind::PermissionDenied => Kind::Permission,
        _ => Kind::CannotCreate,
    }
}
