//! When a key is to end, as people say it.

use std::{
    str::FromStr,
    time::{Duration, SystemTime},
};

use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// When a key ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expiry {
    /// When it is revoked.
    Never,
    /// After this.
    After(Duration),
    /// At this moment.
    At(SystemTime),
}

/// Words that name no such moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "write how long it is good (90d, 12h, 2w, 1y), until the beginning of which day in UTC (2027-01-31), a moment \
     (2027-01-31T18:00:00Z), or never"
)]
pub(super) struct ExpiryError;

const UNITS: [(&str, u64); 4] = [
    ("h", 3_600),
    ("d", 86_400),
    ("w", 7 * 86_400),
    ("y", 365 * 86_400),
];
/// No key is made for longer: whoever means for ever says so.
const LONGEST: Duration = Duration::from_secs(100 * 365 * 86_400);

impl Expiry {
    /// As a moment, whole seconds; `None` for never.
    ///
    /// # Errors
    /// Where it is over already.
    pub(super) fn moment(self, now: SystemTime) -> Result<Option<SystemTime>, Over> {
        let moment = match self {
            Self::Never => return Ok(None),
            Self::After(span) => now.checked_add(span).ok_or(Over)?,
            Self::At(moment) => moment,
        };
        if moment <= now {
            return Err(Over);
        }
        let since = moment.duration_since(SystemTime::UNIX_EPOCH);
        let seconds = since.map_err(|_| Over)?.as_secs();
        Ok(Some(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)))
    }
}

/// It would be a key that is never accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Over;

impl FromStr for Expiry {
    type Err = ExpiryError;

    fn from_str(text: &str) -> Result<Self, ExpiryError> {
        let text = text.trim();
        if text == "never" {
            return Ok(Self::Never);
        }
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let unit = UNITS.iter().find(|(unit, _)| *unit == &text[digits..]);
        if let Some((_, seconds)) = unit {
            let number: u64 = text[..digits].parse().map_err(|_| ExpiryError)?;
            let seconds = number.checked_mul(*seconds).ok_or(ExpiryError)?;
            let span = Duration::from_secs(seconds);
            return match span <= LONGEST {
                true => Ok(Self::After(span)),
                false => Err(ExpiryError),
            };
        }
        let day = format!("{text}T00:00:00Z");
        let moment = [text, &day]
            .into_iter()
            .find_map(|text| OffsetDateTime::parse(text, &Rfc3339).ok())
            .ok_or(ExpiryError)?;
        let seconds = u64::try_from(moment.unix_timestamp()).map_err(|_| ExpiryError)?;
        Ok(Self::At(
            SystemTime::UNIX_EPOCH + Duration::from_secs(seconds),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::rfc3339;

    #[test]
    fn people_say_it_in_many_ways() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_millis(1_795_775_459_500);
        let moment = |text: &str| {
            let expiry = text.parse::<Expiry>().unwrap();
            expiry.moment(now).map(|moment| moment.map(rfc3339))
        };
        for (text, expected) in [
            ("90d", "2027-02-25T10:30:59Z"),
            ("12h", "2026-11-27T22:30:59Z"),
            ("2w", "2026-12-11T10:30:59Z"),
            ("1y", "2027-11-27T10:30:59Z"),
            ("2027-01-31", "2027-01-31T00:00:00Z"),
            ("2027-01-31T18:00:00+01:00", "2027-01-31T17:00:00Z"),
        ] {
            assert_eq!(moment(text), Ok(Some(expected.to_owned())), "{text}");
        }
        assert_eq!(moment("never"), Ok(None));
        for text in ["0d", "2026-11-27", "2020-01-01", "2026-11-27T10:30:59Z"] {
            assert_eq!(moment(text), Err(Over), "{text}");
        }
        for text in [
            "",
            "90",
            "d",
            "-1d",
            "1m",
            "tomorrow",
            "2027-13-01",
            "1000y",
            "99999999999999999999d",
            "1960-01-01",
            "é",
        ] {
            assert_eq!(text.parse::<Expiry>(), Err(ExpiryError), "{text}");
        }
    }
}
