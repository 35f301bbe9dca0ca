//! Who may read what, as this machine keeps it: access keys, what seals tokens, keys of issuers, the proxy's user.

use std::{fs, os::unix::fs::MetadataExt as _, path::Path, time::SystemTime};

use crate::{
    auth::KeyRing,
    config::AccessSettings,
    doctor::{Cause, Finding, Subject},
    error::chain,
    platform::{self, SERVICE, Unit},
    state::{Jwks, JwksError},
};

use super::super::report::count;

const ABOUT: Subject = Subject::Access;
/// From this age on, keys were to be fetched several times.
const OLD: u64 = 3 * 24 * 60 * 60;

/// All of it; nothing where everything is everybody's. `is_installed`: the service's own configuration.
pub(super) fn look(access: &AccessSettings, jwks: &Jwks, is_installed: bool) -> Vec<Finding> {
    if !access.is_private() {
        return Vec::new();
    }
    let now = SystemTime::now();
    let mut findings = keys(access);
    findings.extend(sealing_key(access));
    findings.extend(
        access
            .issuers
            .iter()
            .map(|issuer| issuer_keys(jwks, &issuer.url, now)),
    );
    findings.extend(peers(access, is_installed));
    findings
}

fn keys(access: &AccessSettings) -> Vec<Finding> {
    let Some(path) = access.keys_file.as_deref() else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    findings.extend(open(path, "access keys"));
    match KeyRing::load(access) {
        Ok(keys) if keys.is_empty() => {
            if access.issuers.is_empty() && access.identity_headers.is_none() {
                findings.push(Finding::warning(
                    ABOUT,
                    Cause::KeysUnreadable,
                    "nobody can show who he is: there is no access key, no issuer and no proxy that signs people in",
                    "make a key with `docent key new NAME --audience AUDIENCE`",
                ));
            }
        }
        Ok(keys) => findings.push(Finding::ok(
            ABOUT,
            format!("{}: {}", path.display(), count(keys.len(), "access key")),
        )),
        Err(error) => findings.push(Finding::error(
            ABOUT,
            Cause::KeysUnreadable,
            chain(&error),
            "mend the file, or take its group and mode back to `root:docent` and 0640; the service goes on with the keys that it has read before",
        )),
    }
    findings
}

/// A file that others may look into, or change.
fn open(path: &Path, what: &str) -> Option<Finding> {
    let mode = fs::metadata(path).ok()?.mode() & 0o777;
    let others = mode & 0o027;
    (others != 0).then(|| {
        Finding::warning(
            ABOUT,
            Cause::KeysOpen,
            format!("{} ({what}) has the mode {mode:04o}: others than root and docent may read or change it", path.display()),
            format!("sudo chmod 0640 {0} && sudo chown root:docent {0}", path.display()),
        )
    })
}

/// Where docent signs people in itself.
fn sealing_key(access: &AccessSettings) -> Vec<Finding> {
    let Some(path) = access
        .sealing_key_file
        .as_deref()
        .filter(|_| access.sign_in.enabled)
    else {
        return Vec::new();
    };
    let mut findings: Vec<_> = open(path, "what seals tokens").into_iter().collect();
    match fs::File::open(path) {
        Ok(_) => findings.push(Finding::ok(
            ABOUT,
            format!("{} is there, so a restart signs nobody out", path.display()),
        )),
        Err(error) => findings.push(Finding::error(
            ABOUT,
            Cause::SealingKey,
            format!("the sign-in page cannot be used: {}: {error}", path.display()),
            "`docent key new` makes it, for root and the group docent (0640); on several machines behind one name, copy it from the first",
        )),
    }
    findings
}

fn issuer_keys(jwks: &Jwks, issuer: &str, now: SystemTime) -> Finding {
    let help = "see `journalctl -u docent-jwks.service`, and have it fetch them now: `sudo systemctl start docent-jwks.service`, or `docent jwks fetch`";
    match jwks.load(issuer) {
        Ok(fetched) => {
            let age = now.duration_since(fetched.fetched_at).unwrap_or_default();
            let told = match age.as_secs() {
                seconds @ 0..7_200 => format!("{} minutes", seconds / 60),
                seconds @ 7_200..172_800 => format!("{} hours", seconds / 3_600),
                seconds => format!("{} days", seconds / 86_400),
            };
            if age.as_secs() < OLD {
                return Finding::ok(
                    ABOUT,
                    format!("the keys of {issuer} were fetched {told} ago"),
                );
            }
            Finding::warning(
                ABOUT,
                Cause::JwksOld,
                format!(
                    "the keys of {issuer} were fetched {told} ago: when it changes them, its tokens are refused"
                ),
                help,
            )
        }
        Err(JwksError::Missing) => Finding::error(
            ABOUT,
            Cause::JwksMissing,
            format!("there are no keys of {issuer}: its tokens are refused"),
            help,
        ),
        Err(error) => Finding::error(
            ABOUT,
            Cause::JwksMissing,
            format!("the keys of {issuer} cannot be used: {}", chain(&error)),
            help,
        ),
    }
}

/// The users whose processes are believed at a unix socket.
fn peers(access: &AccessSettings, is_installed: bool) -> Vec<Finding> {
    let Some(headers) = &access.identity_headers else {
        return Vec::new();
    };
    let users = platform::peer_users(&headers.peers);
    let mut findings: Vec<_> = users
        .unknown
        .iter()
        .map(|user| {
            Finding::error(
                ABOUT,
                Cause::PeersUnknown,
                format!("`peers` in [identity_headers] names `{user}`, whom this machine does not have"),
                "write the user that the proxy's workers run as (`ps -eo user,comm`): often caddy, www-data or nginx",
            )
        })
        .collect();
    // Root and docent are known also within the service.
    let others = headers
        .peers
        .iter()
        .filter(|it| !matches!(it.as_str(), "root" | "0"));
    let unit = is_installed.then(|| Unit::installed(SERVICE)).flatten();
    let is_hidden = unit.is_some_and(|unit| {
        unit.is_on("PrivateUsers") && unit.value("PrivateUsers") != Some("identity")
    });
    if is_hidden && others.count() > 0 {
        findings.push(Finding::error(
            ABOUT,
            Cause::PeersHidden,
            "docent.service runs with PrivateUsers=yes, where the kernel calls everybody at the unix socket nobody: the proxy is not believed",
            "sudo install -D -m 644 /usr/share/doc/docent/examples/proxy-peers.conf /etc/systemd/system/docent.service.d/proxy-peers.conf && sudo systemctl daemon-reload && sudo systemctl restart docent.service",
        ));
    }
    findings
}
