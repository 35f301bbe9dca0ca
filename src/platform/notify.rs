//! What docent tells systemd of itself: sd_notify(3).

use std::{env, io, time::Duration};

use sd_notify::NotifyState;

/// Tells the service manager how things are. Does nothing where there is none.
///
/// A message that cannot be sent is logged and otherwise ignored: serving matters more.
#[derive(Debug, Clone)]
pub struct Notifier {
    present: bool,
    watchdog: Option<Duration>,
}

impl Notifier {
    /// Reads who wants to be told (`$NOTIFY_SOCKET`) and how often (`$WATCHDOG_USEC`).
    pub fn from_environment() -> Self {
        let present = env::var_os("NOTIFY_SOCKET").is_some_and(|path| !path.is_empty());
        let watchdog = sd_notify::watchdog_enabled().filter(|time| present && !time.is_zero());
        Self { present, watchdog }
    }

    /// One that tells nobody.
    pub fn silent() -> Self {
        Self {
            present: false,
            watchdog: None,
        }
    }

    /// Somebody listens.
    pub fn is_present(&self) -> bool {
        self.present
    }

    /// How often [`Notifier::alive`] is to be called; `None`: never. Half the time after which
    /// systemd takes the process for hung, as sd_watchdog_enabled(3) advises.
    pub fn watchdog_interval(&self) -> Option<Duration> {
        self.watchdog.map(|time| time / 2)
    }

    /// Requests are answered from now on; also the end of a reload.
    pub fn ready(&self, status: &str) {
        let status = one_line(status);
        self.send(&[NotifyState::Ready, NotifyState::Status(&status)]);
    }

    /// How things are, in one line, for `systemctl status`.
    pub fn status(&self, status: &str) {
        self.send(&[NotifyState::Status(&one_line(status))]);
    }

    /// The configuration is being read again; [`Notifier::ready`] ends that, whatever came of it.
    pub fn reloading(&self, status: &str) {
        let status = one_line(status);
        // Both in one message: systemd 253 and later fail a reload without the time.
        match NotifyState::monotonic_usec_now() {
            Ok(now) => self.send(&[NotifyState::Reloading, now, NotifyState::Status(&status)]),
            Err(error) => failed(&error),
        }
    }

    /// Nothing new is taken on.
    pub fn stopping(&self, status: &str) {
        let status = one_line(status);
        self.send(&[NotifyState::Stopping, NotifyState::Status(&status)]);
    }

    /// Starting or stopping takes at most this much longer, counted from now. Send it again
    /// before the time is up, for as long as the work goes on.
    pub fn extend_timeout(&self, time: Duration) {
        let microseconds = u32::try_from(time.as_micros()).unwrap_or(u32::MAX);
        self.send(&[NotifyState::ExtendTimeoutUsec(microseconds)]);
    }

    /// docent has just answered.
    pub fn alive(&self) {
        self.send(&[NotifyState::Watchdog]);
    }

    fn send(&self, state: &[NotifyState<'_>]) {
        if !self.present {
            return;
        }
        if let Err(error) = sd_notify::notify(state) {
            failed(&error);
        }
    }
}

fn failed(error: &io::Error) {
    tracing::warn!(%error, "systemd could not be told how docent is");
}

/// A line break would begin another assignment.
fn one_line(text: &str) -> String {
    text.split(['\r', '\n', '\0']).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_one_assignment() {
        assert_eq!(one_line("12 pages\nREADY=1"), "12 pages READY=1");
    }

    #[test]
    fn without_a_manager_nothing_is_sent() {
        let notifier = Notifier::silent();
        notifier.ready("ready");
        notifier.extend_timeout(Duration::MAX);
        assert_eq!(notifier.watchdog_interval(), None);
    }
}
