//! Moments as they stand in files: RFC 3339, to the second.

use std::time::{Duration, SystemTime};

use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _, ser::Error as _};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// A moment for people and programs, such as `2026-11-22T15:20:09Z`.
pub fn rfc3339(moment: SystemTime) -> String {
    // A year of five digits has no form in RFC 3339; no certificate reaches it.
    format(moment).unwrap_or_else(|| "after the year 9999".to_owned())
}

fn format(moment: SystemTime) -> Option<String> {
    let seconds = match moment.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_secs()).ok()?,
        Err(before) => -i64::try_from(before.duration().as_secs()).ok()?,
    };
    let moment = OffsetDateTime::from_unix_timestamp(seconds).ok()?;
    moment.format(&Rfc3339).ok()
}

fn parse(text: &str) -> Option<SystemTime> {
    let moment = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    let seconds = u64::try_from(moment.unix_timestamp()).ok()?;
    Some(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
}

/// For `#[serde(with = "moment")]`.
pub(super) fn serialize<S: Serializer>(
    moment: &SystemTime,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let text = format(*moment).ok_or_else(|| S::Error::custom("a moment without a date"))?;
    serializer.serialize_str(&text)
}

/// For `#[serde(with = "moment")]`.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<SystemTime, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse(&text).ok_or_else(|| D::Error::custom(format!("`{text}` is no date and time")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for seconds in [0, 1_763_824_809, 253_402_300_799] {
            let moment = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
            assert_eq!(parse(&rfc3339(moment)), Some(moment));
        }
        let moment = SystemTime::UNIX_EPOCH + Duration::from_secs(1_763_824_809);
        assert_eq!(rfc3339(moment), "2025-11-22T15:20:09Z");
        assert_eq!(parse("2025-11-22T16:20:09+01:00"), Some(moment));
        for text in ["", "yesterday", "1960-01-01T00:00:00Z", "2025-11-22"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
