//! The units as systemd sees them, for the configuration that they follow.

use serde_json::{Value, json};

use crate::platform::{self, DeniedNamespace, SERVICE, Unit, UnitState};

use super::section::{Finding, Health, Section};

/// The unit that asks the certificate authority.
const RENEWAL: &str = "docent-renew.service";
/// Each of them starts the service when somebody connects.
const SOCKETS: [&str; 3] = ["docent.socket", "docent-http.socket", "docent-local.socket"];
/// From here on, systemd itself could not start the program: systemd.exec(5), "Process Exit Codes".
const PREPARATION: i32 = 200;

/// How the units stand; asked before privileges are given up, since not everybody is answered.
#[derive(Debug, Default)]
pub(in crate::cli) struct Units {
    service: Option<UnitState>,
    renewal: Option<UnitState>,
    /// Those that are open.
    sockets: Vec<&'static str>,
    /// What the kernel denies them.
    denied: Vec<Denial>,
    /// Errors that the service has logged in the last day, up to [`MAX_ERRORS`].
    errors: Option<usize>,
}

/// Errors of a day that are counted.
const MAX_ERRORS: usize = 100;

impl Units {
    pub(in crate::cli) fn ask() -> Self {
        let Some(service) = platform::unit_state(SERVICE) else {
            return Self::default();
        };
        let is_open =
            |unit: &&str| platform::unit_state(unit).is_some_and(|state| state.active == "active");
        Self {
            service: Some(service),
            renewal: platform::unit_state(RENEWAL),
            sockets: SOCKETS.into_iter().filter(is_open).collect(),
            denied: denials(),
            errors: platform::errors_of_the_day(SERVICE, MAX_ERRORS),
        }
    }

    /// How the service stands, where systemd runs it, and what is wrong with the units.
    pub(in crate::cli) fn judged(&self) -> Option<(String, Vec<Finding>)> {
        let service = self.service.as_ref()?;
        let sockets = match self.sockets.as_slice() {
            [] => "no socket is open".to_owned(),
            open => format!("open: {}", open.join(", ")),
        };
        let standing = format!("{SERVICE} is {}; {sockets}", told(service));
        Some((standing, self.section().findings))
    }

    pub(super) fn section(&self) -> Section {
        let mut section = Section::new("service");
        let Some(service) = &self.service else {
            section.field("service", Value::Null);
            return section;
        };
        let open = match self.sockets.as_slice() {
            [] => "none is open".to_owned(),
            sockets => sockets.join(", "),
        };
        section.line(SERVICE, told(service));
        section.line("sockets", open);
        match self.errors {
            None => {}
            Some(0) => section.line("errors", "none in the journal of the last day"),
            Some(errors) => {
                let more = if errors >= MAX_ERRORS { " or more" } else { "" };
                let told = format!(
                    "{errors}{more} in the journal of the last day: journalctl -u {SERVICE} -p err --since -1d"
                );
                section.line("errors", told);
            }
        }
        section.field("errors_of_the_day", json!(self.errors));
        section.field(
            "service",
            json!({
                "active": service.active,
                "sub": service.sub,
                "result": service.result,
                "exit_status": service.status,
                "restarts": service.restarts,
                "status": service.says,
                "sockets": self.sockets,
            }),
        );
        self.judge_service(service, &mut section);
        if let Some(renewal) = &self.renewal
            && renewal.status >= PREPARATION
            && renewal.result != "success"
        {
            let message = format!("{RENEWAL} cannot be started: {}", ended(renewal));
            section.finding(Health::Broken, message, Some(self.help(RENEWAL, renewal)));
        }
        section
    }

    fn judge_service(&self, service: &UnitState, section: &mut Section) {
        let (health, message) = match (service.active.as_str(), service.sub.as_str()) {
            ("active" | "reloading", _) => return,
            // It leaves when nobody asks (`idle_exit`), and comes back with the next connection.
            ("inactive", _) if !self.sockets.is_empty() => return,
            ("inactive", _) => (
                Health::Broken,
                format!("{SERVICE} is stopped, and none of its sockets is open"),
            ),
            ("activating", sub) if sub != "auto-restart" && sub != "auto-restart-queued" => {
                (Health::Attention, format!("{SERVICE} is starting"))
            }
            ("deactivating", _) => (Health::Attention, format!("{SERVICE} is stopping")),
            _ => (
                Health::Broken,
                format!("{SERVICE} does not run: {}", ended(service)),
            ),
        };
        let help = match (health, service.active.as_str()) {
            (Health::Broken, "inactive") => {
                "start both: systemctl start docent.socket docent.service (or docent-local.socket, for this machine alone)".to_owned()
            }
            (Health::Broken, _) => self.help(SERVICE, service),
            _ => return section.finding(health, message, None),
        };
        section.finding(health, message, Some(help));
    }

    fn help(&self, unit: &str, state: &UnitState) -> String {
        let mut denials = self.denied.iter().filter(|denial| denial.unit == unit);
        if state.status >= PREPARATION
            && let Some(denial) = denials.next()
        {
            return format!("{}; {}", denial.reason(), denial.help());
        }
        let journal = format!("journalctl -u {unit} -n 20 tells why");
        match state.status {
            // EX_NOPERM, EX_USAGE and EX_CONFIG are not tried again: see RestartPreventExitStatus=.
            64 | 77 | 78 => format!("{journal}; when that is mended, systemctl restart {unit}"),
            PREPARATION.. => format!(
                "{journal}; where this is a container or a hardened host, the manual says what the sandbox needs \
                 (docent.service(8))"
            ),
            _ => journal,
        }
    }
}

/// A namespace that a unit asks for and does not get.
#[derive(Debug)]
pub(in crate::cli) struct Denial {
    unit: &'static str,
    namespace: DeniedNamespace,
}

/// What this machine denies to the installed units.
pub(in crate::cli) fn denials() -> Vec<Denial> {
    let of = |name: &'static str| {
        let unit = Unit::installed(name).unwrap_or_default();
        let denied = platform::denied_namespaces(&unit).into_iter();
        denied.map(move |namespace| Denial {
            unit: name,
            namespace,
        })
    };
    [SERVICE, RENEWAL].into_iter().flat_map(of).collect()
}

impl Denial {
    /// Which unit it is about.
    pub(in crate::cli) fn unit(&self) -> &'static str {
        self.unit
    }

    /// Why the unit cannot be started.
    pub(in crate::cli) fn reason(&self) -> String {
        let DeniedNamespace {
            limit,
            setting,
            ends,
            ..
        } = self.namespace;
        format!(
            "{limit} is 0 on this machine, and {setting}= in the unit asks for such a namespace: systemd ends with {ends}"
        )
    }

    /// What to do about it.
    pub(in crate::cli) fn help(&self) -> String {
        let DeniedNamespace { limit, setting, .. } = self.namespace;
        if !self.namespace.is_dispensable {
            return format!(
                "allow some, such as `sysctl {limit}=1000`: most of the sandbox is made of them"
            );
        }
        format!(
            "`systemctl edit {}`, and add the lines \"[Service]\" and \"{setting}=no\", as the example hardened-host.conf \
             does; then systemctl restart {SERVICE}",
            self.unit
        )
    }
}

fn told(service: &UnitState) -> String {
    let restarts = match service.restarts {
        0 => String::new(),
        restarts => format!(", started again {restarts} times"),
    };
    let says = match service.says.as_str() {
        "" => String::new(),
        says => format!(": {says}"),
    };
    format!("{} ({}){restarts}{says}", service.active, service.sub)
}

/// Why a process is not there any more.
fn ended(state: &UnitState) -> String {
    let what = match state.status {
        0 => return state.result.clone(),
        200 => "200/CHDIR",
        203 => "203/EXEC",
        216 => "216/GROUP",
        217 => "217/USER",
        218 => "218/CAPABILITIES",
        225 => "225/NETWORK",
        226 => "226/NAMESPACE",
        228 => "228/SECCOMP",
        238 => "238/STATE_DIRECTORY",
        239 => "239/CACHE_DIRECTORY",
        243 => "243/CREDENTIALS",
        status => return format!("{}, status {status}", state.result),
    };
    format!("systemd could not prepare its process, {what}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(active: &str, sub: &str, status: i32) -> UnitState {
        UnitState {
            active: active.to_owned(),
            sub: sub.to_owned(),
            result: if status == 0 { "success" } else { "exit-code" }.to_owned(),
            status,
            restarts: 0,
            says: String::new(),
        }
    }

    fn health(units: &Units) -> Health {
        let findings = units.section().findings;
        let worst = findings.iter().map(|finding| finding.health).max();
        worst.unwrap_or(Health::Good)
    }

    #[test]
    fn a_service_is_judged_by_what_it_answers() {
        let units = |service, sockets: &[&'static str]| Units {
            service: Some(service),
            sockets: sockets.to_vec(),
            ..Units::default()
        };
        let open = &["docent.socket"][..];
        for (service, sockets, expected) in [
            (state("active", "running", 0), open, Health::Good),
            (state("inactive", "dead", 0), open, Health::Good),
            (state("inactive", "dead", 0), &[], Health::Broken),
            (state("activating", "start", 0), open, Health::Attention),
            (
                state("activating", "auto-restart", 217),
                open,
                Health::Broken,
            ),
            (state("failed", "failed", 78), open, Health::Broken),
        ] {
            let shown = format!("{service:?}");
            assert_eq!(health(&units(service, sockets)), expected, "{shown}");
        }
        assert_eq!(health(&Units::default()), Health::Good, "no systemd");
    }

    #[test]
    fn a_hardened_host_is_told_of_the_example() {
        let namespace = DeniedNamespace {
            limit: "user.max_user_namespaces",
            setting: "PrivateUsers",
            ends: "217/USER",
            is_dispensable: true,
        };
        let mut units = Units {
            service: Some(state("activating", "auto-restart", 217)),
            renewal: Some(state("failed", "failed", 217)),
            sockets: vec!["docent.socket"],
            denied: [SERVICE, RENEWAL]
                .map(|unit| Denial { unit, namespace })
                .into(),
            errors: Some(2),
        };
        let findings = units.section().findings;
        assert_eq!(findings.len(), 2);
        for (finding, unit) in findings.iter().zip([SERVICE, RENEWAL]) {
            assert!(finding.message.contains("217/USER"), "{finding:?}");
            let help = finding.help.as_deref().unwrap();
            for words in ["hardened-host.conf", "PrivateUsers=no", unit] {
                assert!(help.contains(words), "{help}");
            }
        }
        units.denied.clear();
        let help = units.section().findings[0].help.clone().unwrap();
        assert!(help.contains("journalctl -u docent.service"), "{help}");
    }
}
