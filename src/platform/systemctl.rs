//! What systemd says of a unit, for a person who asks from outside.

use std::{
    path::Path,
    process::{Command, Stdio},
};

/// A service manager that does not answer is not waited for longer, in seconds.
const PATIENCE: &str = "5";

/// Nor is a reload, which reads the configuration twice and a little more.
const RELOAD_PATIENCE: &str = "60";

/// How a unit stands, in systemd's words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnitState {
    /// `active`, `activating`, `failed`, `inactive` and others.
    pub active: String,
    /// `running`, `auto-restart`, `listening` and others.
    pub sub: String,
    /// `success`, or the class of what went wrong.
    pub result: String,
    /// How its main process ended last: docent's own exit status, or from 200 on that of systemd's
    /// preparations (systemd.exec(5), "Process Exit Codes").
    pub status: i32,
    /// How often it was started again by itself.
    pub restarts: u32,
    /// What the service says of itself (`STATUS=`); empty where it says nothing.
    pub says: String,
}

/// Asks systemd for a unit; `None` where there is no systemd, no such unit, or no answer.
pub fn unit_state(name: &str) -> Option<UnitState> {
    // sd_booted(3).
    if !Path::new("/run/systemd/system").is_dir() {
        return None;
    }
    let properties = "LoadState,ActiveState,SubState,Result,ExecMainStatus,NRestarts,StatusText";
    // No thread to wait with: privileges may still have to be given up, which only one thread may do.
    let answer = Command::new("timeout")
        .args([
            PATIENCE,
            "systemctl",
            "show",
            "--no-pager",
            "--property",
            properties,
            "--",
            name,
        ])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    parse(&String::from_utf8_lossy(&answer.stdout))
}

/// Has systemd reload a unit, and waits until the commands for it have run.
///
/// # Errors
/// What `systemctl` says where it did not work.
pub fn reload_unit(name: &str) -> Result<(), String> {
    let answer = Command::new("timeout")
        .args([
            RELOAD_PATIENCE,
            "systemctl",
            "--no-ask-password",
            "reload",
            "--",
            name,
        ])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("systemctl cannot be run: {error}"))?;
    if answer.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&answer.stderr);
    let said = said.trim();
    Err(match said {
        "" => format!("`systemctl reload {name}` ended with {}", answer.status),
        said => said.to_owned(),
    })
}

/// Sends SIGHUP to the main process of a unit, whatever the commands of a reload say; whether systemd has taken that on.
pub fn hang_up_unit(name: &str) -> bool {
    let sent = Command::new("timeout")
        .args([PATIENCE, "systemctl", "--no-ask-password", "kill"])
        .args(["--kill-who=main", "--signal=HUP", "--", name])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .status();
    sent.is_ok_and(|status| status.success())
}

fn parse(text: &str) -> Option<UnitState> {
    let value = |name: &str| {
        let mut lines = text.lines().filter_map(|line| line.split_once('='));
        lines
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.to_owned())
    };
    if value("LoadState")? != "loaded" {
        return None;
    }
    Some(UnitState {
        active: value("ActiveState")?,
        sub: value("SubState").unwrap_or_default(),
        result: value("Result").unwrap_or_default(),
        status: value("ExecMainStatus")
            .and_then(|text| text.parse().ok())
            .unwrap_or_default(),
        restarts: value("NRestarts")
            .and_then(|text| text.parse().ok())
            .unwrap_or_default(),
        says: value("StatusText").unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_what_systemd_says() {
        let text = "Result=exit-code\nNRestarts=7\nExecMainStatus=217\nStatusText=1 page; a=b\n\
                    LoadState=loaded\nActiveState=activating\nSubState=auto-restart\n";
        let state = UnitState {
            active: "activating".to_owned(),
            sub: "auto-restart".to_owned(),
            result: "exit-code".to_owned(),
            status: 217,
            restarts: 7,
            says: "1 page; a=b".to_owned(),
        };
        assert_eq!(parse(text), Some(state));
        assert_eq!(parse(&text.replace("loaded", "not-found")), None);
        assert_eq!(parse(""), None);
    }
}
