//! Moments of the log, in UTC.

use std::{
    fmt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde::Serialize;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// Microseconds since 1970.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(u64);

/// The last second of the year 9999: what is later has no form in RFC 3339.
const LAST: u64 = 253_402_300_799_000_000;
const DAY: u64 = 24 * 60 * 60 * 1_000_000;

impl Moment {
    /// `None` where it is after the year 9999.
    pub fn from_micros(micros: u64) -> Option<Self> {
        (micros <= LAST).then_some(Self(micros))
    }

    /// As RFC 3339 has it, such as `2026-11-27T10:30:00Z`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let moment = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        let micros = u64::try_from(moment.unix_timestamp_nanos() / 1_000).ok()?;
        Self::from_micros(micros)
    }

    /// By the clock of this machine.
    pub fn now() -> Self {
        SystemTime::now().into()
    }

    /// Whole seconds since 1970.
    pub fn seconds(self) -> u64 {
        self.0 / 1_000_000
    }

    /// That long before.
    #[must_use]
    pub fn before(self, span: Duration) -> Self {
        let span = u64::try_from(span.as_micros()).unwrap_or(u64::MAX);
        Self(self.0.saturating_sub(span))
    }

    /// How long it has been since another one; nothing, where that is later.
    pub fn since(self, other: Self) -> Duration {
        Duration::from_micros(self.0.saturating_sub(other.0))
    }

    /// Days since 1970.
    pub(super) fn day(self) -> u64 {
        self.0 / DAY
    }

    /// The beginning of a day.
    pub(super) fn of_day(day: u64) -> Self {
        Self(day.saturating_mul(DAY).min(LAST))
    }

    /// `27 Nov`
    pub(super) fn short_day(self) -> String {
        let date = self.date();
        let month = date.month().to_string();
        format!("{} {}", date.day(), &month[..3])
    }

    /// `27 November 2026`
    pub(super) fn long_day(self) -> String {
        let date = self.date();
        format!("{} {} {}", date.day(), date.month(), date.year())
    }

    /// `27 Nov, 10:30`
    pub(super) fn minute(self) -> String {
        let date = self.date();
        let day = self.short_day();
        format!("{day}, {:02}:{:02}", date.hour(), date.minute())
    }

    fn date(self) -> OffsetDateTime {
        let seconds = i64::try_from(self.seconds()).unwrap_or(0);
        OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}

impl From<SystemTime> for Moment {
    fn from(time: SystemTime) -> Self {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        let micros = u64::try_from(since.as_micros()).unwrap_or(LAST);
        Self(micros.min(LAST))
    }
}

/// As RFC 3339 has it, to the second.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.date().format(&Rfc3339).map_err(|_| fmt::Error)?;
        f.write_str(&text)
    }
}

impl Serialize for Moment {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_and_written() {
        let moment = Moment::parse("2026-11-27T10:30:59.123456Z").unwrap();
        assert_eq!(moment.to_string(), "2026-11-27T10:30:59Z");
        assert_eq!(moment.short_day(), "27 Nov");
        assert_eq!(moment.long_day(), "27 November 2026");
        assert_eq!(moment.minute(), "27 Nov, 10:30");
        let other = Moment::parse("2026-11-27T12:30:59.123456+02:00").unwrap();
        assert_eq!(moment, other);
        assert_eq!(
            Moment::of_day(moment.day()).to_string(),
            "2026-11-27T00:00:00Z"
        );
        let week = Duration::from_secs(7 * 86_400);
        assert_eq!(moment.before(week).short_day(), "20 Nov");
        assert_eq!(moment.since(moment.before(week)), week);
        for wrong in [
            "",
            "2026-11-27",
            "1969-12-31T23:59:59Z",
            "2026-13-27T10:30:59Z",
        ] {
            assert_eq!(Moment::parse(wrong), None, "{wrong}");
        }
        assert_eq!(Moment::from_micros(u64::MAX), None);
    }
}
