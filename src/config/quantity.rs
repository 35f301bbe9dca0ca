//! Sizes and durations as people write them.

use std::{num::NonZeroU64, time::Duration};

use super::problem::Complaint;

const SIZES: [(&str, u64); 8] = [
    ("b", 1),
    ("kb", 1_000),
    ("mb", 1_000_000),
    ("gb", 1_000_000_000),
    ("kib", 1 << 10),
    ("mib", 1 << 20),
    ("gib", 1 << 30),
    ("bytes", 1),
];

const PERIODS: [(&str, u64); 5] = [
    ("ms", 1),
    ("s", 1_000),
    ("m", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
];

/// Bytes of a size such as `10 MiB`, `500kB` or `4096`; never 0.
pub(super) fn size(text: &str) -> Result<NonZeroU64, Complaint> {
    let (number, unit) = number_and_unit(text);
    let factor = match unit.to_ascii_lowercase().as_str() {
        "" => Some(1),
        unit => factor(unit, &SIZES),
    };
    let help = "write a number of bytes, or a whole number with B, kB, MB, GB, KiB, MiB or GiB, such as \"10 MiB\"";
    let bytes = number
        .zip(factor)
        .and_then(|(number, factor)| number.checked_mul(factor));
    let wrong = |fault: &str| Complaint::new(format!("`{text}` is {fault}")).help(help);
    let bytes = bytes.ok_or_else(|| wrong("not a size"))?;
    NonZeroU64::new(bytes).ok_or_else(|| wrong("too small: it must be more than zero"))
}

/// The length of a period such as `10s`, `500ms`, `2m`, `1h` or `30d`; never 0.
pub(super) fn period(text: &str) -> Result<Duration, Complaint> {
    let (number, unit) = number_and_unit(text);
    let millis = number
        .zip(factor(unit, &PERIODS))
        .and_then(|(number, factor)| number.checked_mul(factor));
    match millis {
        Some(0) => Err(
            Complaint::new(format!("`{text}` is too short: it must be longer than zero"))
                .help("write a length of time such as \"10s\" or \"2m\", or leave the key out for its default"),
        ),
        Some(millis) => Ok(Duration::from_millis(millis)),
        None => Err(
            Complaint::new(format!("`{text}` is not a length of time"))
                .help("write a whole number with ms, s, m, h or d, such as \"10s\" or \"2m\""),
        ),
    }
}

fn number_and_unit(text: &str) -> (Option<u64>, &str) {
    let text = text.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    (text[..digits].parse().ok(), text[digits..].trim_start())
}

fn factor(unit: &str, units: &[(&str, u64)]) -> Option<u64> {
    units
        .iter()
        .find(|(name, _)| *name == unit)
        .map(|(_, factor)| *factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        let bytes = |text| size(text).map(NonZeroU64::get).ok();
        assert_eq!(bytes("10 MiB"), Some(10 << 20));
        assert_eq!(bytes("500kB"), Some(500_000));
        assert_eq!(bytes("4096"), Some(4096));
        assert_eq!(bytes(" 1 gib "), Some(1 << 30));
        for wrong in [
            "",
            "MiB",
            "-1",
            "1.5 MiB",
            "0",
            "1 XiB",
            "99999999999 GiB",
            "1 é",
        ] {
            assert_eq!(bytes(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn periods() {
        assert_eq!(period("10s"), Ok(Duration::from_secs(10)));
        assert_eq!(period("2 m"), Ok(Duration::from_secs(120)));
        assert_eq!(period("250ms"), Ok(Duration::from_millis(250)));
        for wrong in ["", "10", "s", "0s", "1w", "18446744073709551615h"] {
            assert!(period(wrong).is_err(), "{wrong}");
        }
        for zero in ["0s", "0 m", "00h"] {
            let complaint = period(zero).unwrap_err();
            assert!(complaint.message.contains("longer than zero"), "{zero}");
        }
        let complaint = size("0 MiB").unwrap_err();
        assert!(complaint.message.contains("more than zero"));
    }
}
