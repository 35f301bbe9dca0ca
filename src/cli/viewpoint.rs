//! With whose eyes a command looks: what root may read, the service may not.

use std::path::Path;

use clap::Args;

use crate::{
    config::Settings,
    error::{Failure, Kind},
    platform::{self, Environment, INSTALLED_CONFIG, SERVICE, Unit, Viewer},
};

use super::exit::kind;

/// The user that an installation makes for the service.
const SERVICE_USER: &str = "docent";

/// Whose eyes, as the command line says.
#[derive(Debug, Clone, Args)]
pub(super) struct LookAs {
    /// Look as this user does [default: as the service's user, `docent`, where root asks]
    #[arg(long = "as", value_name = "USER")]
    user: Option<String>,
}

/// Whose eyes a command looks with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Viewpoint {
    /// Those of the user who asks, who is also the one to serve.
    Own,
    /// Those of the user of this name, as whom this process runs from now on.
    User(String),
    /// Those of somebody who may see less than the service does: the service's user is of this name.
    Onlooker(String),
    /// Those of root, although the configuration names this user: this machine has none of that name.
    Unknown(String),
}

impl LookAs {
    /// Gives up what root can do, where root looks as somebody else. `config`: what is followed.
    ///
    /// # Errors
    /// Where there is no such user, or the person asking may not look as that user.
    pub(super) fn take(
        &self,
        environment: &Environment,
        config: Option<&Path>,
    ) -> Result<Viewpoint, Failure> {
        let service = match service_user(config) {
            Ok(service) => service,
            Err(unknown) if self.user.is_none() && environment.is_root => {
                return Ok(Viewpoint::Unknown(unknown));
            }
            Err(_) => None,
        };
        match &self.user {
            Some(user) => {
                let viewer = Viewer::new(user);
                // Whoever names the service's user means its groups too.
                let viewer = service
                    .filter(|service| service.user == *user)
                    .unwrap_or(viewer);
                if viewer.is_this_process() {
                    return Ok(Viewpoint::User(viewer.user));
                }
                if !environment.is_root {
                    let message = format!("only root can look as `{user}`");
                    return Err(Failure::new(Kind::Permission, message)
                        .help(format!("start it with sudo, or as `{user}`")));
                }
                become_viewer(viewer)
            }
            None => match service {
                Some(service) if environment.is_root => become_viewer(service),
                Some(service)
                    if config == Some(Path::new(INSTALLED_CONFIG))
                        && !service.is_this_process() =>
                {
                    Ok(Viewpoint::Onlooker(service.user))
                }
                _ => Ok(Viewpoint::Own),
            },
        }
    }
}

impl Viewpoint {
    /// A sentence about it where a person may be surprised; `None` where nobody is.
    pub(super) fn told(&self) -> Option<String> {
        match self {
            Self::Own => None,
            Self::User(user) => Some(format!("seen as the user `{user}`")),
            Self::Unknown(user) => Some(format!(
                "seen as root: this machine has no user `{user}`, whom `user` in [server] names"
            )),
            Self::Onlooker(service) => Some(format!(
                "seen as you see it; the service runs as `{service}` and may see more, or less"
            )),
        }
    }

    /// Adds to a failure that somebody else might have seen more.
    pub(super) fn explain(&self, error: anyhow::Error) -> anyhow::Error {
        if kind(&error) != Kind::Permission {
            return error;
        }
        let hint = match self {
            Self::Own | Self::Unknown(_) => return error,
            Self::User(user) => {
                format!("docent looked as the user `{user}`; `--as root` looks as root")
            }
            Self::Onlooker(service) => {
                format!(
                    "you may not look there: ask with sudo, and docent looks as `{service}` does"
                )
            }
        };
        match error.downcast::<Failure>() {
            Ok(failure) => failure.also(&hint).into(),
            Err(error) => {
                let cause = error.chain().skip(1).map(ToString::to_string);
                let cause = cause.collect::<Vec<_>>().join(": ");
                let failure = Failure::new(Kind::Permission, error.to_string()).help(hint);
                if cause.is_empty() {
                    failure.into()
                } else {
                    failure.because(cause).into()
                }
            }
        }
    }
}

fn become_viewer(viewer: Viewer) -> Result<Viewpoint, Failure> {
    if viewer.is_root() {
        return Ok(Viewpoint::User(viewer.user));
    }
    platform::look_as(&viewer)?;
    Ok(Viewpoint::User(viewer.user))
}

/// Whom the service runs as, and becomes before it reads anything. For the configuration of the service the
/// unit says it; where no unit does, and for any other configuration, `user` in `[server]`; and without
/// that the name of the user that an installation makes. `Ok(None)` where nothing is installed.
///
/// # Errors
/// The name that the configuration gives, where this machine knows no such user.
pub(super) fn service_user(config: Option<&Path>) -> Result<Option<Viewer>, String> {
    let unit = Unit::installed(SERVICE).map(|unit| Viewer {
        user: unit.value("User").unwrap_or("root").to_owned(),
        group: unit.value("Group").map(str::to_owned),
        groups: unit
            .values("SupplementaryGroups")
            .into_iter()
            .flat_map(str::split_whitespace)
            .map(str::to_owned)
            .collect(),
    });
    let is_installed = config == Some(Path::new(INSTALLED_CONFIG));
    // What systemd has started as somebody else stays that.
    let is_settled = is_installed && unit.as_ref().is_some_and(|unit| !unit.is_root());
    if !is_settled && let Some(user) = config.and_then(configured_user) {
        let viewer = Viewer::new(user);
        return if viewer.exists() {
            Ok(Some(viewer))
        } else {
            Err(viewer.user)
        };
    }
    let viewer = unit.unwrap_or_else(|| Viewer::new(SERVICE_USER));
    Ok(viewer.exists().then_some(viewer))
}

/// Whom the service becomes by its configuration; whether that can be followed is for others to say.
fn configured_user(config: &Path) -> Option<String> {
    let (server, _) = Settings::load_certificate(config).ok()?;
    server.user
}
