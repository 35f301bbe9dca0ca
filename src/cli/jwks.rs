//! `docent jwks`: the keys of issuers, by which tokens are verified.

use std::{
    io::{self, Write as _},
    process::ExitCode,
    thread,
    time::{Duration, SystemTime},
};

use clap::{Args, Subcommand};

use crate::{
    acme::rfc3339,
    auth::KeySet,
    config::{IssuerSettings, Settings},
    error::{Failure, Kind, chain},
    jwks::{FetchError, fetch},
    platform::{Environment, become_owner},
    state::{Jwks as Stored, JwksError},
};

use super::{
    certificate::{Certificate, block_on},
    documents::explain,
};

/// Fetch the keys of the issuers that vouch for people, or see which there are
///
/// docent verifies the tokens of your sign-in provider by its keys. The service fetches them by itself, every hour and
/// when a token names a key that it does not know; this is the same.
#[derive(Debug, Args)]
pub(super) struct Jwks {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Fetch(Fetch),
    List(List),
}

/// Fetch the keys of all issuers in the configuration
///
/// Asks each issuer where its keys are (RFC 8414, OpenID Connect Discovery), and keeps those that can verify a token. Where that
/// fails, the keys before stay in use.
#[derive(Debug, Args)]
struct Fetch {
    #[command(flatten)]
    certificate: Certificate,

    /// Do as a timer does: print nothing where it works, and ask an issuer once a second at the most
    #[arg(long)]
    scheduled: bool,
}

/// Show the keys that are there, and how old they are; asks nobody
#[derive(Debug, Args)]
struct List {
    #[command(flatten)]
    certificate: Certificate,
}

/// However often whoever serves asks for keys, an issuer is asked no sooner than this after the last time.
const PAUSE: Duration = Duration::from_secs(1);

impl Jwks {
    pub(super) fn scheduled(&self) -> bool {
        matches!(&self.command, Command::Fetch(fetch) if fetch.scheduled)
    }

    pub(super) fn run(self, environment: &Environment) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Fetch(command) => command.run(environment),
            Command::List(command) => command.run(environment),
        }
    }
}

/// The issuers of a configuration, and where their keys are kept.
fn configured(
    certificate: &Certificate,
    environment: &Environment,
) -> anyhow::Result<(Vec<IssuerSettings>, Stored)> {
    let config = certificate.config()?;
    let settings = Settings::load_to_serve(&config).map_err(explain)?;
    let state = certificate.state_dir(environment, &config);
    // Before anything is written: it is the service's.
    become_owner(state.root())?;
    Ok((settings.access.issuers, state.jwks()))
}

impl Fetch {
    fn run(self, environment: &Environment) -> anyhow::Result<ExitCode> {
        let (issuers, jwks) = configured(&self.certificate, environment)?;
        if issuers.is_empty() && !self.scheduled {
            say("The configuration names no issuer: there are no keys to fetch.\n")?;
        }
        let urls = issuers.iter().map(|issuer| issuer.url.as_str());
        if let Err(error) = jwks.keep_only(urls) {
            tracing::warn!(%error, folder = %jwks.folder().display(), "keys of former issuers cannot be removed");
        }
        let mut failures = Vec::new();
        for issuer in &issuers {
            if self.scheduled {
                thread::sleep(PAUSE.saturating_sub(age(&jwks, issuer)));
            }
            match block_on(fetch(issuer, environment.proxy.as_ref(), &jwks))? {
                Ok(fetched) if self.scheduled => {
                    tracing::info!(issuer = issuer.url, keys = fetched.keys, "fetched");
                }
                Ok(fetched) => {
                    let noun = if fetched.keys == 1 { "key" } else { "keys" };
                    say(&format!(
                        "{}: {} {noun} from {}\n",
                        issuer.url, fetched.keys, fetched.jwks_uri
                    ))?;
                }
                Err(error) => failures.push((issuer, error)),
            }
        }
        match failures.pop() {
            None => Ok(ExitCode::SUCCESS),
            Some((issuer, last)) => {
                for (issuer, error) in &failures {
                    let (error, help) = (chain(error), error.help());
                    tracing::error!(issuer = issuer.url, error, help, "no keys were fetched");
                }
                Err(failure(issuer, &last).into())
            }
        }
    }
}

impl List {
    fn run(self, environment: &Environment) -> anyhow::Result<ExitCode> {
        let (issuers, jwks) = configured(&self.certificate, environment)?;
        if issuers.is_empty() {
            say("The configuration names no issuer.\n")?;
        }
        let mut is_missing = false;
        for issuer in &issuers {
            let standing = standing(&jwks, issuer);
            is_missing |= standing.is_err();
            let standing = standing.unwrap_or_else(|fault| fault);
            say(&format!("{}: {standing}\n", issuer.url))?;
        }
        Ok(ExitCode::from(u8::from(is_missing)))
    }
}

/// How it stands with the keys of an issuer; an error where no token can be verified.
fn standing(jwks: &Stored, issuer: &IssuerSettings) -> Result<String, String> {
    let fetched = match jwks.load(&issuer.url) {
        Err(JwksError::Missing) => {
            return Err("no keys yet; `docent jwks fetch` says why".to_owned());
        }
        fetched => fetched.map_err(|error| chain(&error))?,
    };
    let set = KeySet::parse(fetched.jwks.as_bytes()).map_err(|error| error.to_string())?;
    let noun = if set.len() == 1 { "key" } else { "keys" };
    let at = rfc3339(fetched.fetched_at);
    Ok(format!(
        "{} {noun} of {at}, from {}",
        set.len(),
        fetched.jwks_uri
    ))
}

/// How long ago the keys of an issuer were fetched, as far as anybody knows.
fn age(jwks: &Stored, issuer: &IssuerSettings) -> Duration {
    let fetched = jwks.load(&issuer.url);
    let age = fetched.map(|fetched| SystemTime::now().duration_since(fetched.fetched_at));
    age.ok().and_then(Result::ok).unwrap_or(Duration::MAX)
}

fn failure(issuer: &IssuerSettings, error: &FetchError) -> Failure {
    let kind = match error {
        FetchError::Store { source, .. } if source.kind() == io::ErrorKind::PermissionDenied => {
            Kind::Permission
        }
        FetchError::Store { .. } => Kind::CannotCreate,
        error if error.may_pass() => Kind::Temporary,
        _ => Kind::Unavailable,
    };
    let message = format!("no keys of {} were fetched: {}", issuer.url, chain(error));
    Failure::new(kind, message).help(error.help())
}

/// To standard output, as the answer to what was asked.
fn say(text: &str) -> io::Result<()> {
    io::stdout().lock().write_all(text.as_bytes())
}
