//! Which pages of a set are compared with which.

/// How pages came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::corpus) enum Class {
    /// By a program, which writes the same around each.
    Built,
    /// By hand: what stands within a text is the author's, however often.
    Written,
}

impl Class {
    /// By a file's name; `None` where its format has no frame.
    pub(in crate::corpus) fn of(path: &str) -> Option<Self> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let name = name.to_ascii_lowercase();
        let name = name.strip_suffix(".gz").unwrap_or(&name);
        let mut parts = name.rsplit('.');
        let last = parts.next().unwrap_or("");
        let (last, before) = match parts.next() {
            Some(before) => (last, before),
            None => return None,
        };
        match (last, before) {
            ("html" | "htm" | "xhtml" | "shtml", _) => Some(Self::Built),
            ("md" | "markdown" | "mdown" | "mkd" | "mdx" | "qmd" | "rmd", _)
            | ("rst" | "rest" | "adoc" | "asciidoc" | "asc", _)
            | ("txt", "rst" | "md") => Some(Self::Written),
            // `page.html.en`, as Apache has them.
            (language, "html") if (2..=5).contains(&language.len()) => Some(Self::Built),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_name() {
        for (path, class) in [
            ("a/b.HTML", Some(Class::Built)),
            ("a.html.gz", Some(Class::Built)),
            ("a.html.en", Some(Class::Built)),
            ("README.md", Some(Class::Written)),
            ("_sources/a.rst.txt", Some(Class::Written)),
            ("README", None),
            ("rfc1.txt", None),
            ("man1/ls.1.gz", None),
        ] {
            assert_eq!(Class::of(path), class, "{path}");
        }
    }
}
