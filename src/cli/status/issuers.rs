//! The issuers that sign people in: whether their keys are there, and how old they are.

use std::{
    io,
    time::{Duration, SystemTime},
};

use serde_json::{Value, json};

use crate::{
    auth::{KeySet, rfc3339},
    cli::viewpoint::Viewpoint,
    config::Settings,
    error::chain,
    state::{Jwks, JwksError},
};

use super::section::{Health, Section};

/// Keys are fetched every hour: older ones are told of.
const OLD: Duration = Duration::from_secs(24 * 60 * 60);

/// How the keys of the issuers of a configuration stand; `None` where there are no issuers.
pub(super) fn section(
    settings: &Settings,
    jwks: &Jwks,
    viewpoint: &Viewpoint,
    now: SystemTime,
) -> Option<Section> {
    let issuers = &settings.access.issuers;
    if issuers.is_empty() {
        return None;
    }
    let mut section = Section::new("issuers");
    let mut fields = Vec::new();
    for issuer in issuers {
        let url = &issuer.url;
        let found = match jwks.load(url) {
            Err(JwksError::Unreadable { source, .. })
                if source.kind() == io::ErrorKind::PermissionDenied
                    && matches!(viewpoint, Viewpoint::Onlooker(_)) =>
            {
                continue;
            }
            Err(JwksError::Missing) => Err("its keys have not been fetched".to_owned()),
            Err(error) => Err(chain(&error)),
            Ok(fetched) => KeySet::parse(fetched.jwks.as_bytes())
                .map(|set| (set.len(), fetched.fetched_at))
                .map_err(|error| chain(&error)),
        };
        match found {
            Ok((keys, at)) => {
                let noun = if keys == 1 { "key" } else { "keys" };
                section.line(url.as_str(), format!("{keys} {noun} of {}", rfc3339(at)));
                fields.push(json!({ "url": url, "keys": keys, "fetched_at": rfc3339(at) }));
                let age = now.duration_since(at).unwrap_or_default();
                if age > OLD {
                    let message = format!("the keys of {url} are from {}", rfc3339(at));
                    section.finding(Health::Attention, message, help());
                }
            }
            Err(fault) => {
                fields.push(json!({ "url": url, "keys": 0, "fetched_at": Value::Null }));
                let message = format!("nobody gets in by {url}: {fault}");
                section.finding(Health::Broken, message, help());
            }
        }
    }
    section.field("issuers", Value::Array(fields));
    Some(section)
}

fn help() -> Option<String> {
    Some("`docent jwks fetch` fetches them, or says why it cannot".to_owned())
}
