//! When to ask an authority: a function of the clock, the certificate, what the authority
//! suggested, and what has been tried. It reads nothing and waits for nothing.

use std::{
    collections::BTreeSet,
    fmt,
    time::{Duration, SystemTime},
};

use crate::{
    config::{AcmeSettings, CertificateAuthority, Identifier},
    state::Leaf,
};

use super::history::{Failures, History, MAX_RETRY_AFTER};

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How long to wait after one failure, two in a row, three, and more.
const BACKOFF: [Duration; 4] = [
    MINUTE,
    Duration::from_secs(10 * 60),
    Duration::from_secs(100 * 60),
    DAY,
];
/// How many attempts in a row an authority gets before the next one in the list has its turn.
const ATTEMPTS_EACH: u32 = 2;
/// Certificates that live shorter are renewed with half of their time left, others with a third.
const SHORT_LIVED: Duration = Duration::from_secs(10 * 24 * 60 * 60);
/// An authority's suggestion counts up to this share of the lifetime before the end: past that, a
/// wrong one would cost the certificate.
const LAST_SHARE: u32 = 20;
/// A suggestion to renew what has just been issued counts from this share of the lifetime on, or
/// from a day: an authority that suggests the past for ever must not be asked for ever.
const FIRST_SHARE: u32 = 50;
/// How often the authority is asked for its suggestion (RFC 9773, section 4.3.2).
const ASK_EVERY: Duration = Duration::from_secs(6 * 60 * 60);
/// Within these bounds, the authority says itself how often.
const ASK_AGAIN: (Duration, Duration) = (Duration::from_secs(60), DAY);

/// What the decision rests on.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    /// The clock.
    pub now: SystemTime,
    /// The names that the configuration asks a certificate for.
    pub names: &'a [Identifier],
    /// How the configuration asks for it.
    pub settings: &'a AcmeSettings,
    /// The certificate there is, if it can be used.
    pub certificate: Option<&'a Leaf>,
    /// What has been tried.
    pub history: &'a History,
}

/// Whether to ask for a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Now.
    Due(Reason),
    /// Not before a moment.
    NotBefore {
        /// The moment.
        at: SystemTime,
        /// What it follows from.
        because: Wait,
    },
}

/// Why a certificate is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// There is none, or none that can be used.
    None,
    /// Its time is over.
    Expired,
    /// The configuration names others.
    Names,
    /// The configuration asks for another kind of key.
    KeyType,
    /// The authority that issued it is not in the configuration any more, or with another profile.
    Authority,
    /// The authority suggests it (RFC 9773).
    Suggested,
    /// Enough of its lifetime has passed.
    Age,
    /// A person says so.
    Forced,
}

/// What a certificate is waited with for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// The moment within the window that the authority suggests.
    Suggested,
    /// Enough of its lifetime has to pass.
    Age,
    /// The last attempt failed.
    Failed,
    /// Each authority said when it wants to be asked again.
    Deferred,
}

/// Whether to ask for a certificate now.
pub fn verdict(situation: &Situation<'_>) -> Verdict {
    let reason = match reason(situation) {
        Ok(reason) => reason,
        Err((at, because)) => return Verdict::NotBefore { at, because },
    };
    match held_back(situation) {
        Some((at, because)) if situation.now < at => Verdict::NotBefore { at, because },
        _ => Verdict::Due(reason),
    }
}

/// Which authority has its turn: each gets a few attempts before the next one in the list, and
/// those that sent docent away are passed over, unless all did and a person insists.
pub(super) fn next_authority<'a>(situation: &Situation<'a>) -> &'a CertificateAuthority {
    in_turn(situation)
        .find(|authority| deferred(situation, authority) <= situation.now)
        .or_else(|| in_turn(situation).next())
        .expect("a configuration names at least one authority")
}

/// How long to wait after a number of failures in a row; `random` is in 0..1.
pub(super) fn backoff(failures: u32, random: f64) -> Duration {
    let step = usize::try_from(failures.saturating_sub(1)).unwrap_or(usize::MAX);
    let wait = BACKOFF[step.min(BACKOFF.len() - 1)];
    // Only ever longer, so that the waits in the manual are kept.
    wait + wait.mul_f64(random / 5.0)
}

/// Until when an authority is left alone that said for how long.
pub(super) fn retry_after(now: SystemTime, wait: Duration) -> SystemTime {
    now + wait.min(MAX_RETRY_AFTER)
}

/// Whether the authority is to be asked when it suggests to renew.
pub(super) fn asks_for_suggestion(now: SystemTime, certificate: &Leaf, history: &History) -> bool {
    match &history.suggestion {
        Some(known) if known.serial == certificate.serial => now >= known.ask_again,
        _ => true,
    }
}

/// When to ask for the suggestion again, if the authority said how long to wait.
pub(super) fn ask_again(now: SystemTime, retry_after: Option<Duration>) -> SystemTime {
    let (least, most) = ASK_AGAIN;
    now + retry_after.map_or(ASK_EVERY, |wait| wait.clamp(least, most))
}

/// A moment within the authority's window, so that not all ask at once; `random` is in 0..1.
pub(super) fn moment_within(start: SystemTime, end: SystemTime, random: f64) -> SystemTime {
    let length = end.duration_since(start).unwrap_or_default();
    start + length.mul_f64(random)
}

/// Why a certificate is due, were there no failures, or what else is waited for.
fn reason(situation: &Situation<'_>) -> Result<Reason, (SystemTime, Wait)> {
    let Some(leaf) = situation.certificate else {
        return Ok(Reason::None);
    };
    if leaf.is_expired(situation.now) {
        return Ok(Reason::Expired);
    }
    if names_changed(situation, leaf) {
        return Ok(Reason::Names);
    }
    if leaf.key_type != Some(situation.settings.key_type) {
        return Ok(Reason::KeyType);
    }
    if authority_changed(situation, leaf) {
        return Ok(Reason::Authority);
    }
    let (at, reason, wait) = renewal(situation, leaf);
    if situation.now >= at {
        Ok(reason)
    } else {
        Err((at, wait))
    }
}

/// When a certificate that fits is to be renewed.
fn renewal(situation: &Situation<'_>, leaf: &Leaf) -> (SystemTime, Reason, Wait) {
    let lifetime = leaf.lifetime();
    let window = situation.history.suggestion.as_ref();
    let window = window.filter(|known| known.serial == leaf.serial);
    let Some(window) = window.and_then(|known| known.window.as_ref()) else {
        let share = if lifetime < SHORT_LIVED { 2 } else { 3 };
        return (leaf.not_after - lifetime / share, Reason::Age, Wait::Age);
    };
    let latest = leaf.not_after - lifetime / LAST_SHARE;
    let issued = situation.history.issued.as_ref();
    let issued = issued.filter(|issued| issued.serial == leaf.serial);
    let issued = issued.map_or(leaf.not_before, |issued| issued.at);
    let earliest = issued + (lifetime / FIRST_SHARE).min(DAY);
    let at = window.chosen.max(earliest).min(latest);
    (at, Reason::Suggested, Wait::Suggested)
}

/// Names that an authority added of its own are no reason to ask it again.
fn names_changed(situation: &Situation<'_>, leaf: &Leaf) -> bool {
    let certified: BTreeSet<&Identifier> = leaf.names.iter().collect();
    if !situation.names.iter().all(|name| certified.contains(name)) {
        return true;
    }
    let wanted: BTreeSet<String> = situation.names.iter().map(ToString::to_string).collect();
    let issued = situation.history.issued.as_ref();
    issued.is_some_and(|issued| issued.serial == leaf.serial && !issued.names.iter().eq(&wanted))
}

/// Where it is not known who issued the certificate, nothing has changed.
fn authority_changed(situation: &Situation<'_>, leaf: &Leaf) -> bool {
    let issued = situation.history.issued.as_ref();
    let Some(issued) = issued.filter(|issued| issued.serial == leaf.serial) else {
        return false;
    };
    !situation.settings.authorities.iter().any(|authority| {
        authority.directory == issued.directory && authority.profile == issued.profile
    })
}

/// Until when nothing may be tried, whatever is due.
fn held_back(situation: &Situation<'_>) -> Option<(SystemTime, Wait)> {
    let failed = failures(situation).map(|failures| failures.next);
    let soonest = in_turn(situation)
        .map(|authority| deferred(situation, authority))
        .min();
    match (failed, soonest) {
        (Some(failed), Some(soonest)) if failed >= soonest => Some((failed, Wait::Failed)),
        (_, Some(soonest)) if soonest > SystemTime::UNIX_EPOCH => Some((soonest, Wait::Deferred)),
        (failed, _) => Some((failed?, Wait::Failed)),
    }
}

/// The failures that say something about what is to be tried: somebody who has just corrected the
/// configuration need not wait.
fn failures<'a>(situation: &Situation<'a>) -> Option<&'a Failures> {
    let failures = situation.history.last_failures()?;
    failures
        .concern(situation.names, situation.settings)
        .then_some(failures)
}

/// The authorities, the one whose turn it is first.
fn in_turn<'a>(situation: &Situation<'a>) -> impl Iterator<Item = &'a CertificateAuthority> {
    let authorities = &situation.settings.authorities;
    let count = failures(situation).map_or(0, |failures| failures.count);
    let turn = usize::try_from(count / ATTEMPTS_EACH).unwrap_or(0);
    let first = turn.checked_rem(authorities.len()).unwrap_or(0);
    authorities[first..].iter().chain(&authorities[..first])
}

fn deferred(situation: &Situation<'_>, authority: &CertificateAuthority) -> SystemTime {
    let deferred = situation.history.deferred.get(&authority.directory);
    deferred.map_or(SystemTime::UNIX_EPOCH, |deferred| deferred.until)
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "there is no certificate that can be used",
            Self::Expired => "the certificate has expired",
            Self::Names => "the names in the configuration have changed",
            Self::KeyType => "the kind of key in the configuration has changed",
            Self::Authority => "the authority in the configuration has changed",
            Self::Suggested => "the authority suggests it",
            Self::Age => "enough of its lifetime has passed",
            Self::Forced => "it was asked for",
        })
    }
}

impl fmt::Display for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Suggested => "the authority suggests that moment",
            Self::Age => "until then enough of its lifetime is left",
            Self::Failed => {
                "the last attempt failed, and authorities limit how often they are asked"
            }
            Self::Deferred => "the authority asked to be left alone until then",
        })
    }
}

#[cfg(test)]
mod tests;
