//! The mark of an address in clean Markdown, for what is no heading: an empty link to `anchor:ID`. It shows nothing wherever it
//! stands, and [`outline`](super::outline) takes it out. Whoever writes one into a page says where that page can be linked to, no more.

/// The mark of an anchor; `None` where it cannot hold it.
pub(super) fn mark(anchor: &str) -> Option<String> {
    let fits = |c: char| c.is_alphanumeric() || "-_.:,;+=~@!$%/".contains(c);
    let is_anchor = !anchor.is_empty() && anchor.len() <= 500 && anchor.chars().all(fits);
    is_anchor.then(|| format!("[](anchor:{anchor})"))
}

/// The anchor that a link's destination is the mark of.
pub(super) fn anchor(destination: &str) -> Option<&str> {
    destination
        .strip_prefix("anchor:")
        .filter(|anchor| !anchor.is_empty())
}
