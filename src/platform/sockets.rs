//! Sockets that systemd holds open and hands over: sd_listen_fds(3).
//!
//! They are told apart by name (`FileDescriptorName=`), since the order in which systemd passes
//! the sockets of several units is not promised. listenfd takes them over, and knows no names;
//! sd-notify reads those.

use std::{env, fs, io, os::fd::AsFd, process};

use listenfd::ListenFd;
use nix::sys::socket::{getsockopt, sockopt};

use crate::{
    error::{Failure, Kind},
    listener::Listener,
};

/// The descriptor that the first socket has: `SD_LISTEN_FDS_START`.
const FIRST: usize = 3;

/// The sockets that systemd passed, by what they are for.
#[derive(Debug, Default)]
pub struct Sockets {
    /// HTTPS.
    pub https: Vec<Listener>,
    /// Plain HTTP beside it: challenges and redirects.
    pub http: Vec<Listener>,
    /// Plain HTTP to the whole service.
    pub plain: Vec<Listener>,
}

impl Sockets {
    /// Takes the sockets that this process was started with; none where it was not started so.
    ///
    /// Call it once, before there are other threads: the variables that announce the sockets
    /// are removed, so that no child takes them for its own.
    ///
    /// # Errors
    /// Where something else was passed than listening stream sockets with names that docent
    /// knows, or the sockets were meant for another process.
    pub fn inherited() -> Result<Self, Failure> {
        refuse_those_of_another()?;
        let names: Vec<String> = sd_notify::listen_fds_with_names()
            .map_err(unreadable)?
            .map(|(_, name)| name)
            .collect();
        let mut sockets = Self::default();
        if names.is_empty() {
            return Ok(sockets);
        }
        let mut passed = ListenFd::from_env();
        for (index, name) in names.iter().enumerate() {
            sockets.take(&mut passed, index, name)?;
        }
        Ok(sockets)
    }

    /// No socket was passed.
    pub fn is_empty(&self) -> bool {
        [&self.https, &self.http, &self.plain]
            .into_iter()
            .all(Vec::is_empty)
    }

    fn take(&mut self, passed: &mut ListenFd, index: usize, name: &str) -> Result<(), Failure> {
        let descriptor = FIRST + index;
        let (unit, group) = match name {
            "https" => ("docent.socket", &mut self.https),
            "http" => ("docent-http.socket", &mut self.http),
            "plain" => ("docent-local.socket", &mut self.plain),
            _ => return Err(unknown(descriptor, name)),
        };
        let wrong = |what: &str, cause: Option<io::Error>| {
            let message = format!("systemd passed {what} as `{name}` (descriptor {descriptor})");
            let help = format!(
                "docent takes listening stream sockets: use ListenStream=, and leave Accept= out, in \
                 the unit that the descriptor comes from (`systemctl cat {unit}` shows it)"
            );
            let failure = Failure::new(Kind::Config, message).help(help);
            match cause {
                Some(cause) => failure.because(cause),
                None => failure,
            }
        };
        let unusable = |error| wrong("a socket that cannot be used", Some(error));
        let listener = if let Ok(Some(tcp)) = passed.take_tcp_listener(index) {
            if !listens(&tcp) {
                return Err(wrong("a socket that does not listen", None));
            }
            Listener::tcp(tcp).map_err(unusable)?
        } else if let Ok(Some(unix)) = passed.take_unix_listener(index) {
            if !listens(&unix) {
                return Err(wrong("a socket that does not listen", None));
            }
            Listener::unix(unix).map_err(unusable)?
        } else {
            return Err(wrong("something that is no stream socket", None));
        };
        group.push(listener);
        Ok(())
    }
}

fn listens(socket: &impl AsFd) -> bool {
    getsockopt(socket, sockopt::AcceptConn).unwrap_or(false)
}

/// Sockets for another process are an accident where they are really here: docent was started
/// through a shell or another program. Where only the variables are, they are left over from a
/// process further up, and mean nothing.
fn refuse_those_of_another() -> Result<(), Failure> {
    let Some(meant) = env::var("LISTEN_PID").ok().filter(|pid| !pid.is_empty()) else {
        return Ok(());
    };
    let own = process::id();
    let target = fs::read_link(format!("/proc/self/fd/{FIRST}"));
    let is_here = target.is_ok_and(|target| target.to_string_lossy().starts_with("socket:"));
    if meant == own.to_string() || !is_here {
        return Ok(());
    }
    let message =
        format!("the sockets that were passed are for process {meant}, and docent is {own}");
    Err(Failure::new(Kind::Config, message).help(
        "let ExecStart= in docent.service start docent itself, without a shell or another program in \
         between; or unset LISTEN_PID and LISTEN_FDS where they are left over",
    ))
}

fn unreadable(error: io::Error) -> Failure {
    Failure::new(
        Kind::Config,
        "the sockets that systemd passed cannot be told apart",
    )
    .because(error)
    .help("LISTEN_FDS and LISTEN_FDNAMES are for systemd to set: see that Environment= in docent.service does not")
}

fn unknown(descriptor: usize, name: &str) -> Failure {
    // Without FileDescriptorName=, a socket has the name of its unit.
    let unit = if name.ends_with(".socket") {
        name
    } else {
        "docent.socket"
    };
    let name = if name.is_empty() || name == "unknown" {
        "without a name".to_owned()
    } else {
        format!("with the unknown name `{name}`")
    };
    let message = format!("systemd passed a socket {name} (descriptor {descriptor})");
    Failure::new(Kind::Config, message).help(format!(
        "set FileDescriptorName= to https, http or plain in the socket unit that it comes from: `systemctl \
         cat {unit}`; `systemctl show -p TriggeredBy docent.service` lists all of them"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_name_leads_to_its_unit() {
        let failure = unknown(4, "docent-extra.socket");
        assert_eq!(
            failure.to_string(),
            "systemd passed a socket with the unknown name `docent-extra.socket` (descriptor 4)"
        );
        assert!(
            failure
                .help
                .unwrap()
                .contains("systemctl cat docent-extra.socket")
        );
        let failure = unknown(3, "unknown");
        assert!(failure.to_string().contains("without a name"));
    }
}
