//! What stood in the way of a validation, told so that an operator can act on it.

use std::fmt;

use super::problem::Problem;

/// What helps where a CAA record stands in the way (RFC 8659).
pub(super) const CAA: &str = "a CAA record of the domain, or of one above it, names other authorities: add this one to it, or remove the record";
/// What helps where the name does not resolve.
pub(super) const DNS: &str = "add an A or AAAA record for the name that points to this machine, and wait until it is known everywhere";

/// Names that an authority could not validate.
#[derive(Debug, Clone)]
pub struct ValidationError {
    /// The authority's host.
    pub host: String,
    /// Each name that failed; at least one.
    pub failures: Vec<FailedValidation>,
}

/// A name that an authority could not validate.
#[derive(Debug, Clone)]
pub struct FailedValidation {
    /// The name.
    pub identifier: String,
    /// The challenge that failed, by its name in ACME.
    pub challenge: String,
    /// The authority's reason.
    pub problem: Problem,
}

impl ValidationError {
    /// The first reason.
    pub(super) fn problem(&self) -> &Problem {
        &self.failures[0].problem
    }

    /// Whether trying again can help with nothing changed: only where the way there was at fault.
    pub(super) fn may_pass(&self) -> bool {
        self.failures.iter().all(|failure| {
            matches!(
                failure.problem.kind.as_str(),
                "connection" | "dns" | "serverInternal" | "tls"
            )
        })
    }

    pub(super) fn help(&self) -> String {
        self.failures[0].help()
    }
}

impl fmt::Display for ValidationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} could not validate", self.host)?;
        for (n, failure) in self.failures.iter().enumerate() {
            let separator = if n == 0 { "" } else { ";" };
            write!(
                f,
                "{separator} {} by {}: {}",
                failure.identifier, failure.challenge, failure.problem
            )?;
        }
        Ok(())
    }
}

impl std::error::Error for ValidationError {}

impl FailedValidation {
    /// What the operator can do about it.
    pub fn help(&self) -> String {
        let name = &self.identifier;
        let (port, what) = match self.challenge.as_str() {
            "tls-alpn-01" => (443, "a TLS handshake on port 443"),
            _ => (80, "a request on port 80"),
        };
        let detail = self.problem.detail.to_ascii_lowercase();
        match self.problem.kind.as_str() {
            "dns" => DNS.into(),
            // Where the authority resolves names while it connects.
            _ if detail.contains("could not resolve") || detail.contains("no such host") => {
                DNS.into()
            }
            "caa" => CAA.into(),
            "connection" if detail.contains("refused") => format!(
                "nothing listens where {name} points: check that docent serves port {port} there, and that the DNS record is this machine's"
            ),
            "connection" => format!(
                "open port {port} to the whole internet, in the firewall of this machine and of its provider, and check that {name} points here (its AAAA record too)"
            ),
            "tls" => format!(
                "something else answers TLS for {name}: remove the proxy or load balancer in front, or let it pass TLS on unopened"
            ),
            "unauthorized" | "incorrectResponse" => format!(
                "another server answers {what} for {name}: check its DNS records (AAAA too) and what stands in front of docent"
            ),
            _ => format!("check that {what} for {name} reaches docent"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn help(challenge: &str, kind: &str, detail: &str) -> String {
        let problem =
            format!(r#"{{"type":"urn:ietf:params:acme:error:{kind}","detail":"{detail}"}}"#);
        FailedValidation {
            identifier: "docs.example.com".into(),
            challenge: challenge.into(),
            problem: serde_json::from_str(&problem).unwrap(),
        }
        .help()
    }

    #[test]
    fn each_reason_leads_to_its_own_fix() {
        let refused = help("http-01", "connection", "192.0.2.7: Connection refused");
        assert!(refused.contains("serves port 80"), "{refused}");
        let timeout = help(
            "tls-alpn-01",
            "connection",
            "Timeout during connect (likely firewall problem)",
        );
        assert!(timeout.contains("open port 443"), "{timeout}");
        assert!(
            help(
                "http-01",
                "dns",
                "NXDOMAIN looking up A for docs.example.com"
            )
            .contains("A or AAAA")
        );
        assert!(help("http-01", "caa", "CAA record prevents issuance").contains("CAA"));
        assert!(
            help("http-01", "unauthorized", "Invalid response: 404").contains("another server")
        );
    }
}
