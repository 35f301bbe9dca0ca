//! Marks in code that site generators read and do not show: Docusaurus' `// highlight-next-line`,
//! and `// [!code focus]` of VitePress (Shiki).

const OPENING: [&str; 7] = ["{/*", "/*", "//", "<!--", "--", "#", ";"];
const CLOSING: [&str; 3] = ["*/}", "*/", "-->"];

/// A line of code as readers see it; `None` where it holds a mark and nothing else.
pub(super) fn shown(line: &str) -> Option<&str> {
    if line.contains("highlight-") && is_mark(line) {
        return None;
    }
    let Some(at) = line.find("[!code ") else {
        return Some(line);
    };
    let Some((_, after)) = line[at..].split_once(']') else {
        return Some(line);
    };
    let after = after.trim();
    let code = line[..at].trim_end();
    let code = OPENING
        .iter()
        .find_map(|opening| code.strip_suffix(opening));
    match code.map(str::trim_end) {
        // No comment of any language that is known: code that only looks like a mark.
        None => Some(line),
        Some(_) if !after.is_empty() && !CLOSING.contains(&after) => Some(line),
        Some(code) if code.trim().is_empty() => None,
        Some(code) => Some(code),
    }
}

/// Whether a line is a comment with one of Docusaurus' magic words.
fn is_mark(line: &str) -> bool {
    let line = line.trim();
    let Some(comment) = OPENING
        .iter()
        .find_map(|opening| line.strip_prefix(opening))
    else {
        return false;
    };
    let comment = CLOSING
        .iter()
        .find_map(|closing| comment.strip_suffix(closing))
        .unwrap_or(comment);
    matches!(
        comment.trim(),
        "highlight-next-line" | "highlight-start" | "highlight-end"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_not_shown_and_code_is() {
        for (line, expected) in [
            ("let a = 1; // [!code focus]", Some("let a = 1;")),
            ("  a: 1 # [!code ++]", Some("  a: 1")),
            ("<p> <!-- [!code highlight:2] -->", Some("<p>")),
            ("// [!code focus:3]", None),
            ("    # highlight-next-line", None),
            ("{/* highlight-start */}", None),
            ("<!-- highlight-end -->", None),
            ("highlight-next-line", Some("highlight-next-line")),
            ("x = \"[!code ++]\"", Some("x = \"[!code ++]\"")),
            ("a // [!code ++] b", Some("a // [!code ++] b")),
            ("a // [!code ++", Some("a // [!code ++")),
            ("plain", Some("plain")),
            ("", Some("")),
        ] {
            assert_eq!(shown(line), expected, "{line}");
        }
    }
}
