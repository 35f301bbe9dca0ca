//! Sphinx's `toctree`: in reStructuredText a directive, in MyST Markdown a fence.

use super::MAX_ENTRIES;

/// The entries of all `.. toctree::` of a page.
pub(super) fn directives(text: &str) -> Vec<String> {
    let mut entries = Vec::new();
    if !text.contains("toctree::") {
        return entries;
    }
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if !line.trim_start().starts_with(".. toctree::") {
            continue;
        }
        let indent = indent(line);
        while let Some(next) =
            lines.next_if(|next| next.trim().is_empty() || self::indent(next) > indent)
        {
            entries.extend(entry(next));
            if entries.len() > MAX_ENTRIES {
                return entries;
            }
        }
    }
    entries
}

/// The entries of all fences that are toctrees.
pub(super) fn fences(text: &str) -> Vec<String> {
    let mut entries = Vec::new();
    if !text.contains("{toctree}") {
        return entries;
    }
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let line = line.trim();
        let marks = line.trim_end_matches("{toctree}");
        let is_fence = marks.len() >= 3
            && marks.len() < line.len()
            && ["`", "~", ":"]
                .iter()
                .any(|mark| marks.replace(mark, "").is_empty());
        if !is_fence {
            continue;
        }
        let mut in_options = false;
        for line in lines.by_ref() {
            let line = line.trim();
            if line.starts_with(marks) {
                break;
            }
            if line == "---" {
                in_options = !in_options;
            } else if !in_options {
                entries.extend(entry(line));
            }
            if entries.len() > MAX_ENTRIES {
                return entries;
            }
        }
    }
    entries
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// `page` or `Title <page>`; `None` for an option, a pattern, another site.
fn entry(line: &str) -> Option<String> {
    let line = line.trim();
    if line.is_empty()
        || line.starts_with(':')
        || line.starts_with("..") && !line.starts_with("../")
    {
        return None;
    }
    let target = match line
        .strip_suffix('>')
        .and_then(|line| line.rsplit_once('<'))
    {
        Some((_, target)) => target.trim(),
        None => line,
    };
    let is_page = !target.contains("://") && !target.contains('*') && target != "self";
    (is_page && !target.is_empty()).then(|| target.to_owned())
}
