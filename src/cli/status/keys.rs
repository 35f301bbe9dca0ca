//! The access keys: whether the service can read them, and which end soon.

use std::{
    fs, io,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    time::{Duration, SystemTime},
};

use serde_json::{Value, json};

use crate::{
    auth::{KeptKey, KeyRing, KeysFile, rfc3339},
    cli::{key, viewpoint::Viewpoint},
    config::{ConfigError, Settings},
};

use super::section::{Health, Section};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// A key that ends in this time is told of.
const SOON: Duration = Duration::from_secs(7 * DAY.as_secs());
/// Where it was made for longer than this: others are meant to end.
const LONG: Duration = Duration::from_secs(30 * DAY.as_secs());
/// Keys that are named at the most.
const MAX_NAMED: usize = 10;

/// How the access keys of a configuration stand; `None` where everything is everybody's.
pub(super) fn section(
    settings: &Settings,
    viewpoint: &Viewpoint,
    now: SystemTime,
) -> Option<Section> {
    let path = settings.access.keys_file.as_deref();
    let path = path.filter(|_| settings.access.is_private())?;
    let mut section = Section::new("access keys");
    section.field("access_keys", Value::Null);
    let file = match KeysFile::read(path) {
        Ok(file) => file,
        Err(ConfigError::Unreadable { source, .. })
            if source.kind() == io::ErrorKind::PermissionDenied
                && matches!(viewpoint, Viewpoint::Onlooker(_)) =>
        {
            return Some(section);
        }
        Err(ConfigError::Unreadable { path, source }) => {
            let failure = key::unreadable(&path, &source);
            section.finding(Health::Broken, format!("{failure}: {source}"), failure.help);
            return Some(section);
        }
        Err(error) => {
            section.refuse(error);
            return Some(section);
        }
    };
    if let Err(strays) = KeyRing::load(&settings.access) {
        section.refuse(strays);
    }
    judge_mode(path, &mut section);
    for audience in settings.access.named() {
        let missing = audience
            .keys
            .iter()
            .find(|name| file.find(name.as_str()).is_none());
        if let Some(missing) = missing {
            let message = format!(
                "the audience `{}` lists the access key `{missing}`, which there is none of",
                audience.name
            );
            let help = "make it with `docent key new`, or take it out of `keys`";
            section.finding(Health::Attention, message, Some(help.to_owned()));
        }
    }
    let (keys, expired) = (file.keys().len(), expired(&file, now));
    let over = match expired {
        0 => String::new(),
        expired => format!(", {expired} over"),
    };
    let told = format!("{}{over}, in {}", keys - expired, path.display());
    section.line("in use", told);
    section.field(
        "access_keys",
        json!({ "in_use": keys - expired, "expired": expired }),
    );
    let ending = file.keys().iter().filter(|key| ends_soon(key, now));
    for (key, end) in ending
        .take(MAX_NAMED)
        .filter_map(|key| Some((key, key.expires?)))
    {
        let message = format!("the access key `{}` ends at {}", key.name, rfc3339(end));
        let help = format!(
            "make another one for `{}` with `docent key new`, hand it out, and revoke this one",
            key.audience
        );
        section.finding(Health::Attention, message, Some(help));
    }
    Some(section)
}

/// Whoever may write the file may make keys.
fn judge_mode(path: &Path, section: &mut Section) {
    let mode = fs::metadata(path).map_or(0, |file| file.permissions().mode());
    if mode & 0o002 != 0 {
        let path = path.display();
        let message =
            format!("everybody on this machine may write {path}, and so make access keys");
        section.finding(Health::Broken, message, Some(format!("`chmod o-w {path}`")));
    }
}

fn expired(file: &KeysFile, now: SystemTime) -> usize {
    let expired = file.keys().iter().filter(|key| key.has_expired(now));
    expired.count()
}

fn ends_soon(key: &KeptKey, now: SystemTime) -> bool {
    let (Some(end), Some(made)) = (key.expires, key.created) else {
        return false;
    };
    let lasts = end.duration_since(made).unwrap_or_default();
    lasts >= LONG && end.duration_since(now).is_ok_and(|left| left <= SOON)
}
