//! Languages and versions in the paths of pages, and which of several pages that say the same is the original.

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
/// Folders and names of what is made to be printed.
const PRINTED: &[&str] = &["print", "printable", "printer", "printview", "_print"];

/// What a folder of a path stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
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
    pub(super) fn of(folder: &str) -> Self {
        if folder.is_empty() || folder.len() > 24 {
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
}

/// `en`, `pt-br`, `zh_cn`, `zh-hans`.
fn is_language(folder: &str) -> bool {
    let (language, region) = match folder.split_once(['-', '_']) {
        None => (folder, ""),
        Some((language, region)) => (language, region),
    };
    let is_region = |length: usize| {
        region.len() == length && region.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    LANGUAGES.contains(&language)
        && (language.len() == folder.len() || is_region(2) || is_region(3) || is_region(4))
}

/// `v1`, `2.0`, `1.x`, `v2.1.3-rc1`, `version-3.2`; `None`: no version.
fn version(folder: &str) -> Option<(u16, u16)> {
    let named = [
        "version-", "version_", "version", "release-", "release_", "v",
    ];
    let rest = named
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

/// How far a page is from being the original among those that say the same: the nearest is shown. First what is in English or in
/// no language's folder, of the current version or of none (else of the newest), no source beside a built page and nothing
/// made to be printed; then what is least deep, then shortest, then first in the order of paths.
pub(super) fn distance(path: &str) -> u64 {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let (mut class, mut age) = (0u64, 0u64);
    for part in folder.split('/') {
        match Part::of(part) {
            Part::Language if part.len() < 2 || !part[..2].eq_ignore_ascii_case("en") => class += 2,
            Part::Coming => class += 4,
            Part::Version(major, minor) => {
                class += 3;
                age = (u64::from(u16::MAX - major) << 16) | u64::from(u16::MAX - minor);
            }
            Part::Language | Part::Current => {}
            Part::Other if part == "_sources" || PRINTED.contains(&part) => class += 8,
            Part::Other => {}
        }
    }
    let name = name.strip_suffix(".gz").map_or(name, |name| {
        class += 1;
        name
    });
    let (stem, extension) = name.split_once('.').unwrap_or((name, ""));
    if PRINTED.contains(&stem)
        || ["-print", "_print", ".print"]
            .iter()
            .any(|end| stem.ends_with(end))
    {
        class += 8;
    }
    if !matches!(extension, "html" | "htm" | "xhtml") {
        class += 1;
    }
    let [depth, length] = [path.matches('/').count(), path.len()].map(|number| number as u64);
    class.min(0x3f) << 58 | age << 26 | depth.min(0x3f) << 20 | length.min(0xf_ffff)
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
            "",
        ] {
            assert_eq!(Part::of(folder), Part::Other, "{folder}");
        }
    }

    #[test]
    fn the_original_comes_first() {
        let orders: &[&[&str]] = &[
            &["en/a.html", "da/a.html"],
            &["latest/a.html", "3.2/a.html", "3.1/a.html", "2.9/a.html"],
            &["a.html", "a/print.html"],
            &["a.html", "a/index.html"],
            &["a.html", "a.md", "a.md.gz"],
            &["a.html", "_sources/a.rst.txt"],
            &["x.md", "v1/x.md", "main/x.md"],
            &["docs/x.md", "fr/docs/x.md"],
        ];
        for order in orders {
            for pair in order.windows(2) {
                assert!(distance(pair[0]) < distance(pair[1]), "{pair:?}");
            }
        }
    }
}
