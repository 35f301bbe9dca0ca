//! Clocks: certificates count between two moments, so one that is off makes good ones useless.

use std::time::{Duration, SystemTime};

use super::finding::{Cause, Finding, Subject};

const ABOUT: Subject = Subject::Clock;
/// By so much, `Date` may differ: it has whole seconds, and answers take time.
const TOLERANCE: Duration = Duration::from_secs(60);
/// From here on, new certificates and tokens are refused.
const GRAVE: Duration = Duration::from_secs(600);

/// Compares what another machine says with the clock here. `whose`: who says so, such as "the server".
pub(super) fn check(whose: &str, date: SystemTime, now: SystemTime) -> Finding {
    let (apart, is_behind) = match date.duration_since(now) {
        Ok(apart) => (apart, false),
        Err(error) => (error.duration(), true),
    };
    if apart <= TOLERANCE {
        return Finding::ok(ABOUT, format!("{whose} and this machine agree"));
    }
    let direction = if is_behind { "behind" } else { "ahead of" };
    let message = format!(
        "the clock of {whose} is {} {direction} that of this machine",
        told(apart)
    );
    let help = "see which of the two is wrong (`timedatectl`), and let systemd-timesyncd or another time service set it";
    if apart < GRAVE {
        Finding::warning(ABOUT, Cause::ClockOff, message, help)
    } else {
        Finding::error(ABOUT, Cause::ClockOff, message, help)
    }
}

/// The moment that an answer's `Date` says.
pub(super) fn date(value: Option<&str>) -> Option<SystemTime> {
    httpdate::parse_http_date(value?).ok()
}

fn told(apart: Duration) -> String {
    match apart.as_secs() {
        seconds @ 0..600 => format!("{seconds} seconds"),
        seconds @ 600..7_200 => format!("{} minutes", seconds / 60),
        seconds @ 7_200..172_800 => format!("{} hours", seconds / 3_600),
        seconds => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    #[test]
    fn clocks_may_differ_a_little() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        for (seconds, verdict, words) in [
            (0_i64, Verdict::Ok, "agree"),
            (-60, Verdict::Ok, "agree"),
            (61, Verdict::Warning, "61 seconds ahead of"),
            (-900, Verdict::Error, "15 minutes behind"),
            (90_000, Verdict::Error, "25 hours ahead of"),
            (-864_000, Verdict::Error, "10 days behind"),
        ] {
            let date = if seconds < 0 {
                now - Duration::from_secs(seconds.unsigned_abs())
            } else {
                now + Duration::from_secs(seconds.unsigned_abs())
            };
            let finding = check("the server", date, now);
            assert_eq!(finding.verdict, verdict, "{seconds}");
            assert!(finding.message.contains(words), "{}", finding.message);
        }
        let date = date(Some("Sun, 06 Nov 1994 08:49:37 GMT")).unwrap();
        assert_eq!(
            date,
            SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777)
        );
    }
}
