//! Sections that stand around what a page says: what to have before it, what to read after it, who wrote it.

/// What such sections are called, in lower case.
const HEADINGS: [&str; 38] = [
    "acknowledgements",
    "acknowledgments",
    "additional resources",
    "author",
    "authors",
    "before you begin",
    "before you start",
    "browser compatibility",
    "changelog",
    "colophon",
    "compatibility",
    "contributors",
    "copyright",
    "feedback",
    "footnotes",
    "further information",
    "further reading",
    "get help",
    "getting help",
    "history",
    "in this article",
    "license",
    "more information",
    "next",
    "next steps",
    "objectives",
    "on this page",
    "prerequisites",
    "references",
    "related links",
    "related pages",
    "related topics",
    "reporting bugs",
    "resources",
    "see also",
    "specifications",
    "what's next",
    "where to go next",
];

/// Whether a section with this heading seldom answers.
pub(super) fn is_around(heading: &str) -> bool {
    const LONGEST: usize = 30;
    let heading = heading.rsplit(" > ").next().unwrap_or_default();
    let heading = heading.trim_start_matches(|it: char| !it.is_alphabetic());
    let heading = heading.trim_end_matches(|it: char| !it.is_alphabetic());
    if heading.len() > LONGEST {
        return false;
    }
    if heading.is_ascii() {
        let mut lower = [0; LONGEST];
        let lower = &mut lower[..heading.len()];
        lower.copy_from_slice(heading.as_bytes());
        lower.make_ascii_lowercase();
        let known = HEADINGS.binary_search_by(|known| known.as_bytes().cmp(lower));
        return known.is_ok();
    }
    let heading = heading.to_lowercase().replace('\u{2019}', "'");
    HEADINGS.binary_search(&heading.as_str()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_around_a_page_is_told_by_its_heading() {
        assert!(HEADINGS.is_sorted());
        for heading in [
            "Before you begin",
            "5.2 See Also",
            "What\u{2019}s next?",
            "## Prerequisites",
        ] {
            assert!(is_around(heading), "{heading}");
        }
        for heading in [
            "",
            "Description",
            "Examples",
            "See what else there is",
            "A history of it",
        ] {
            assert!(!is_around(heading), "{heading}");
        }
    }
}
