//! Moments as people name them at a command line.

use std::time::Duration;

use super::moment::Moment;

/// A moment, or how long it was before now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Such as `7d`.
    Before(Duration),
    /// Such as `2026-11-20`, in UTC.
    At(Moment),
    /// The beginning of a day, counted back from today, in UTC.
    Day(u64),
}

/// Words that name no moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "write how long ago (7d, 24h, 90m), a day (2026-11-20, today, yesterday) or a moment in UTC (2026-11-20T10:30:00Z)"
)]
pub struct WhenError;

const UNITS: [(&str, u64); 5] = [
    ("w", 7 * 86_400),
    ("d", 86_400),
    ("h", 3_600),
    ("m", 60),
    ("s", 1),
];

impl When {
    /// As a moment, if it is this late.
    pub fn moment(self, now: Moment) -> Moment {
        match self {
            Self::Before(span) => now.before(span),
            Self::At(moment) => moment,
            Self::Day(back) => Moment::of_day(now.day().saturating_sub(back)),
        }
    }
}

impl std::str::FromStr for When {
    type Err = WhenError;

    fn from_str(text: &str) -> Result<Self, WhenError> {
        let text = text.trim();
        match text {
            "today" => return Ok(Self::Day(0)),
            "yesterday" => return Ok(Self::Day(1)),
            "now" => return Ok(Self::Before(Duration::ZERO)),
            _ => {}
        }
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let unit = text[digits..].trim_start();
        let unit = UNITS.iter().find(|(name, _)| *name == unit);
        if let Some((_, seconds)) = unit {
            let number: u64 = text[..digits].parse().map_err(|_| WhenError)?;
            let seconds = number.checked_mul(*seconds).ok_or(WhenError)?;
            return Ok(Self::Before(Duration::from_secs(seconds)));
        }
        let day = format!("{text}T00:00:00Z");
        let minute = format!("{}:00Z", text.replacen(' ', "T", 1));
        let second = format!("{}Z", text.replacen(' ', "T", 1));
        [text, &day, &minute, &second]
            .into_iter()
            .find_map(Moment::parse)
            .map(Self::At)
            .ok_or(WhenError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_name_moments_in_many_ways() {
        let now = Moment::parse("2026-11-27T10:30:00Z").unwrap();
        for (text, expected) in [
            ("7d", "2026-11-20T10:30:00Z"),
            ("1w", "2026-11-20T10:30:00Z"),
            ("24 h", "2026-11-26T10:30:00Z"),
            ("90m", "2026-11-27T09:00:00Z"),
            ("now", "2026-11-27T10:30:00Z"),
            ("today", "2026-11-27T00:00:00Z"),
            ("yesterday", "2026-11-26T00:00:00Z"),
            ("2026-11-20", "2026-11-20T00:00:00Z"),
            ("2026-11-20 08:15", "2026-11-20T08:15:00Z"),
            ("2026-11-20 08:15:30", "2026-11-20T08:15:30Z"),
            ("2026-11-20T08:15:30+01:00", "2026-11-20T07:15:30Z"),
            ("99999999d", "1970-01-01T00:00:00Z"),
        ] {
            let when: When = text.parse().unwrap();
            assert_eq!(when.moment(now).to_string(), expected, "{text}");
        }
        for text in [
            "",
            "7",
            "d",
            "-7d",
            "last week",
            "2026-13-01",
            "7y",
            "999999999999999999d",
            "é",
        ] {
            assert_eq!(text.parse::<When>(), Err(WhenError), "{text}");
        }
    }
}
