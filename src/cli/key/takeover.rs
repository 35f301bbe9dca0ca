//! docent is told that the keys have changed.

use std::{
    fs,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use crate::{
    error::{Failure, Kind},
    platform::{INSTALLED_CONFIG, SERVICE, hang_up_unit, reload_unit, unit_state},
};

/// Whether a change of the keys counts.
pub(super) enum TakeOver {
    /// The service has read them.
    Done,
    /// It has been told to, and has not said yet that it did.
    Told,
    /// It has taken keys back, and refuses what else its configuration says.
    TakenBack,
    /// It does not run, and reads them when it starts.
    AtStart,
    /// Nobody knows which process serves this configuration, or nobody is to tell it.
    ByHand,
}

/// The service says so within milliseconds, as a rule.
const PATIENCE: Duration = Duration::from_secs(5);
const EVERY: Duration = Duration::from_millis(50);

impl TakeOver {
    /// Has the service of a configuration read its keys, of which there are so many.
    ///
    /// # Errors
    /// Where it refuses.
    pub(super) fn ask(config: &Path, keys: usize, consequence: &str) -> Result<Self, Failure> {
        if !is_installed(config) {
            return Ok(Self::ByHand);
        }
        let Some(state) = unit_state(SERVICE) else {
            return Ok(Self::ByHand);
        };
        if !matches!(state.active.as_str(), "active" | "reloading" | "activating") {
            return Ok(Self::AtStart);
        }
        reload_unit(SERVICE).map_err(|said| {
            Failure::new(
                Kind::Unavailable,
                format!("{SERVICE} has not read the keys: {consequence}"),
            )
            .because(said)
            .help("`docent check` says what is wrong with the configuration; then `sudo systemctl reload docent`")
        })?;
        match says_so(keys) {
            true => Ok(Self::Done),
            false => Ok(Self::Told),
        }
    }

    /// The same for keys that are revoked, which the service takes back even where it refuses its configuration.
    ///
    /// # Errors
    /// Where it does not.
    pub(super) fn take_back(
        config: &Path,
        keys: usize,
        consequence: &str,
    ) -> Result<Self, Failure> {
        Self::ask(config, keys, consequence).or_else(|failure| {
            let is_done = hang_up_unit(SERVICE) && says_so(keys);
            is_done.then_some(Self::TakenBack).ok_or(failure)
        })
    }

    /// In a sentence; `what` happens then.
    pub(super) fn told(&self, what: &str) -> String {
        match self {
            Self::Done => format!("{SERVICE} has read the keys: {what} from now on."),
            Self::Told => {
                format!(
                    "{SERVICE} is reading the keys: {what} in a moment. See `systemctl status docent`."
                )
            }
            Self::TakenBack => format!(
                "{SERVICE} has taken it in: {what} from now on. But it refuses its configuration, and goes on with the \
                 one before: `docent check` says what is wrong with it."
            ),
            Self::AtStart => format!("{SERVICE} does not run: {what} when it starts."),
            Self::ByHand => {
                format!(
                    "When docent reads its configuration again, {what}: send it SIGHUP, or reload its unit."
                )
            }
        }
    }
}

/// Waits until the service says that there are so many keys.
fn says_so(keys: usize) -> bool {
    let wanted = told(keys);
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        let says = unit_state(SERVICE).map(|state| state.says);
        if says.is_some_and(|says| says.split("; ").any(|part| part == wanted)) {
            return true;
        }
        thread::sleep(EVERY);
    }
    false
}

/// How many keys there are, as the service says it in its status.
fn told(keys: usize) -> String {
    match keys {
        1 => "1 access key".to_owned(),
        keys => format!("{keys} access keys"),
    }
}

/// Whether it is the configuration of the installed service.
pub(super) fn is_installed(config: &Path) -> bool {
    let real = |path: &Path| fs::canonicalize(path).ok();
    real(config).is_some_and(|config| real(Path::new(INSTALLED_CONFIG)) == Some(config))
}
