//! Folders that may stand for a language or a version, by their names alone.

/// Codes of the languages that documentation is translated to (ISO 639-1); without those that are better known as something
/// else in a path.
const LANGUAGES: &[&str] = &[
    "ar", "az", "be", "bg", "bn", "ca", "cs", "cy", "da", "de", "el", "en", "eo", "es", "et", "eu",
    "fa", "fi", "fr", "ga", "gl", "he", "hi", "hr", "hu", "hy", "id", "is", "it", "ja", "ka", "kk",
    "km", "ko", "lt", "lv", "mk", "mn", "ms", "nb", "nl", "nn", "no", "pl", "pt", "ro", "ru", "sk",
    "sl", "sq", "sr", "sv", "ta", "te", "th", "tr", "uk", "ur", "uz", "vi", "zh",
];
/// The versions that are not old.
const CURRENT: &[&str] = &["latest", "stable", "current"];
/// The versions that are not there yet.
const COMING: &[&str] = &[
    "next",
    "dev",
    "devel",
    "development",
    "main",
    "master",
    "trunk",
    "nightly",
    "unstable",
    "edge",
    "canary",
    "preview",
    "beta",
];
/// What stands before the number of a version.
pub(super) const PREFIXES: &[&str] = &[
    "version-", "version_", "version", "release-", "release_", "v",
];
/// A longer name is neither.
const LONGEST: usize = 24;

/// What a folder of a path stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// `en`, `pt-BR`, `zh_CN`.
    Language,
    /// `latest`, `stable`, `current`.
    Current,
    /// `next`, `main`.
    Coming,
    /// `v1`, `2.0`, `1.x`: major and minor number.
    Version(u16, u16),
    Other,
}

impl Part {
    pub(crate) fn of(folder: &str) -> Self {
        if folder.len() < 2 || folder.len() > LONGEST || !folder.is_ascii() {
            return Self::Other;
        }
        let lower = folder.to_ascii_lowercase();
        let lower = lower.as_str();
        if is_language(lower) {
            Self::Language
        } else if CURRENT.contains(&lower) {
            Self::Current
        } else if COMING.contains(&lower) {
            Self::Coming
        } else {
            version(lower).map_or(Self::Other, |(major, minor)| Self::Version(major, minor))
        }
    }

    /// Whether it is a version.
    pub(super) fn is_version(self) -> bool {
        matches!(self, Self::Current | Self::Coming | Self::Version(..))
    }
}

/// `15`: a version only where something else says so. No year is.
pub(super) fn is_bare_number(folder: &str) -> bool {
    (1..=3).contains(&folder.len())
        && folder.bytes().all(|byte| byte.is_ascii_digit())
        && !folder.starts_with('0')
}

/// `en`, `pt-br`, `zh_cn`, `zh-hans`.
pub(super) fn is_language(folder: &str) -> bool {
    let (language, region) = match folder.split_once(['-', '_']) {
        None => (folder, ""),
        Some((language, region)) => (language, region),
    };
    let is_region = |length: usize| {
        region.len() == length && region.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    language.len() == 2
        && LANGUAGES.contains(&language)
        && (language.len() == folder.len() || is_region(2) || is_region(3) || is_region(4))
}

/// `v1`, `2.0`, `1.x`, `v2.1.3-rc1`, `version-3.2`; `None`: no version.
fn version(folder: &str) -> Option<(u16, u16)> {
    let rest = PREFIXES
        .iter()
        .find_map(|name| folder.strip_prefix(name))
        .unwrap_or(folder);
    let (numbers, suffix) = rest.split_once(['-', '_', '+']).unwrap_or((rest, ""));
    let is_suffix = suffix.is_empty()
        || [
            "rc", "alpha", "beta", "pre", "dev", "snapshot", "lts", "stable",
        ]
        .iter()
        .any(|name| suffix.starts_with(name));
    let mut parts = numbers.split('.');
    let is_number = |part: &str| {
        !part.is_empty() && part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let major = parts.next().filter(|part| is_number(part))?;
    let mut minor = None;
    for (place, part) in parts.enumerate() {
        if place > 3 || !(is_number(part) || matches!(part, "x" | "*")) {
            return None;
        }
        minor = minor.or(Some(part));
    }
    // A number alone is a version only where it says so: there are folders `2023` and `1`.
    let is_told = minor.is_some() || rest.len() < folder.len();
    let number = |text: &str| text.parse().unwrap_or(u16::MAX);
    (is_suffix && is_told).then(|| (number(major), minor.map_or(0, number)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_languages_and_versions() {
        for folder in ["en", "de", "pt-BR", "zh_CN", "zh-Hans", "en-us"] {
            assert_eq!(Part::of(folder), Part::Language, "{folder}");
        }
        for (folder, version) in [
            ("v1", (1, 0)),
            ("2.0", (2, 0)),
            ("1.x", (1, u16::MAX)),
            ("v2.11.3-rc1", (2, 11)),
            ("version-3.2", (3, 2)),
        ] {
            assert_eq!(
                Part::of(folder),
                Part::Version(version.0, version.1),
                "{folder}"
            );
        }
        for folder in [
            "guide",
            "go",
            "ts",
            "js",
            "2023",
            "1",
            "de-icing",
            "vision",
            "v",
            "1.0.x.y.z.a",
            "3d",
            "x1.0",
            "c++11",
            "rfc2119",
            "",
        ] {
            assert_eq!(Part::of(folder), Part::Other, "{folder}");
        }
        for (folder, does) in [("15", true), ("2024", false), ("007", false), ("v8", false)] {
            assert_eq!(is_bare_number(folder), does, "{folder}");
        }
    }
}
