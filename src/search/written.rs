//! The name of a page out of what somebody has copied together with it: a whole link of Markdown, a wiki's, a role of
//! reStructuredText, a shortcode of Hugo.

/// A name, and the fragment that stood behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) name: String,
    pub(super) fragment: Option<String>,
}

/// What is named by a text as it may stand in a document.
pub(super) fn written(text: &str) -> Written {
    let name = bare(text.trim()).trim();
    let name = name.strip_prefix("docent://").unwrap_or(name);
    let (name, fragment) = match name.split_once('#') {
        Some((name, fragment)) => (name, Some(fragment.to_owned())),
        None => (name, None),
    };
    Written {
        name: name.trim().to_owned(),
        fragment,
    }
}

fn bare(text: &str) -> &str {
    if let Some(inner) = within(text, "[[", "]]") {
        return inner.split_once('|').map_or(inner, |(name, _)| name);
    }
    if text.starts_with('[')
        && let Some((_, rest)) = text.split_once("](")
    {
        let rest = rest.strip_suffix(')').unwrap_or(rest).trim();
        if let Some(rest) = rest.strip_prefix('<') {
            return rest.split('>').next().unwrap_or_default();
        }
        // What stands behind a space is the link's title.
        return rest.split_once(" \"").map_or(rest, |(name, _)| name);
    }
    if let Some(inner) = within(text, "{{", "}}").or_else(|| within(text, "{%", "%}")) {
        return called(inner);
    }
    if text.starts_with(':')
        && let Some((_, rest)) = text.split_once(":`")
    {
        let inner = rest.trim_end_matches('`');
        let angled = inner.rsplit_once('<').map(|(_, name)| name);
        return angled.map_or(inner, |name| name.trim_end_matches('>'));
    }
    if let Some(rest) = text
        .strip_prefix("xref:")
        .or_else(|| text.strip_prefix("link:"))
    {
        return rest.split_once('[').map_or(rest, |(name, _)| name);
    }
    within(text, "<", ">").unwrap_or(text)
}

/// The page that `< relref "a/b.md" >` or ` link a/b.md ` is about.
fn called(inner: &str) -> &str {
    let inner = inner.trim_matches(['<', '>', '%', ' ', '-']);
    if let Some((_, rest)) = inner.split_once('"') {
        return rest.split('"').next().unwrap_or_default();
    }
    inner.split_ascii_whitespace().nth(1).unwrap_or(inner)
}

fn within<'a>(text: &'a str, open: &str, close: &str) -> Option<&'a str> {
    text.strip_prefix(open)?.strip_suffix(close)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_in_what_stands_around_it() {
        for (text, name, fragment) in [
            ("a/b.md", "a/b.md", None),
            ("a/b.md#c", "a/b.md", Some("c")),
            ("docent://set/a%20b.md#c", "set/a%20b.md", Some("c")),
            ("[the words](a/b.md#c)", "a/b.md", Some("c")),
            ("[the words](<a b.md>)", "a b.md", None),
            ("[the words](a/b.md \"Title\")", "a/b.md", None),
            ("[[Set up#On Debian|how]]", "Set up", Some("On Debian")),
            ("[[Set up]]", "Set up", None),
            (":doc:`/a/b`", "/a/b", None),
            (":doc:`the words <../a/b>`", "../a/b", None),
            ("{{< relref \"a/b.md#c\" >}}", "a/b.md", Some("c")),
            ("{{% ref path=\"a/b\" %}}", "a/b", None),
            ("{% link _docs/a.md %}", "_docs/a.md", None),
            ("xref:a/b.adoc#c[words]", "a/b.adoc", Some("c")),
            ("<https://x.org/a>", "https://x.org/a", None),
        ] {
            let expected = Written {
                name: name.to_owned(),
                fragment: fragment.map(str::to_owned),
            };
            assert_eq!(written(text), expected, "{text}");
        }
        for hostile in [
            "[[", "](", "[](", "{{", "{{}}", ":`", "<", "[", "#", "xref:[",
        ] {
            let _ = written(hostile);
        }
    }
}
