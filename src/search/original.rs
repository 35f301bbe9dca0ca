//! Which of several pages that say the same is the original.

use crate::corpus::Part;

/// Folders and names of what is made to be printed.
const PRINTED: &[&str] = &["print", "printable", "printer", "printview", "_print"];

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
