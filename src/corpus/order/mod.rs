//! The order in which a set's own site has its pages, as far as plain files tell it.
//!
//! Two kinds of files do: pages that name others (a toctree, the start page of a built site), see [`contents`], and the
//! navigation of a site generator (`mkdocs.yml`, `SUMMARY.md`, sidebars), see [`outline`]. What they name are pages or nothing:
//! nothing of these files is shown to anybody.

mod links;
mod navigation;
mod toctree;

pub(super) use navigation::outline;

/// Entries of one table of contents that are looked at.
const MAX_ENTRIES: usize = 2_000;
/// A longer name is no page's.
const MAX_LENGTH: usize = 300;

/// The pages that a page's own table of contents names, in order; empty for nearly all pages.
///
/// `path`: of its file, below the root of the set; `text`: the whole file.
pub(super) fn contents(path: &str, text: &str) -> Vec<String> {
    let (_, extension) = path.rsplit_once('.').unwrap_or_default();
    let mut entries = match extension.to_ascii_lowercase().as_str() {
        "rst" | "rest" | "txt" => toctree::directives(text),
        "md" | "markdown" => toctree::fences(text),
        "html" | "htm" | "xhtml" => match links::of_toctrees(text) {
            of_toctrees if !of_toctrees.is_empty() => of_toctrees,
            _ if is_start(path) => links::all(text),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    };
    entries.retain(|entry| entry.len() <= MAX_LENGTH);
    entries.truncate(MAX_ENTRIES);
    entries
}

/// The page that a built site starts with, whose menu is that of the site. `toc.html` is what mdBook has for browsers without
/// scripts.
fn is_start(path: &str) -> bool {
    matches!(path, "index.html" | "index.htm" | "toc.html")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_of_contents_are_found_in_each_format() {
        let rst = "Welcome\n=======\n\n.. toctree::\n   :maxdepth: 2\n   :caption: First\n\n   intro\n   \
                   The guide <guide/index>\n   /api\n   self\n   https://example.com/\n   parts/*\n\nText.\n\n\
                   .. toctree::\n\n   last\n";
        assert_eq!(
            contents("index.rst", rst),
            ["intro", "guide/index", "/api", "last"]
        );
        let myst = "# Hello\n\n```{toctree}\n---\nmaxdepth: 2\n---\nintro.md\nGuide <guide/start>\n```\n\n\
                    :::{toctree}\n:hidden:\nlast\n:::\n";
        assert_eq!(
            contents("index.md", myst),
            ["intro.md", "guide/start", "last"]
        );
        assert!(contents("index.md", "# A\n\n[b](b.md)\n").is_empty());
        let built = "<nav><a href='elsewhere.html'>x</a></nav><div class=\"toctree-wrapper compound\"><ul><li>\
                     <a class=\"reference\" href=\"b.html#part\">B</a></li><li><A HREF = a.html>A</A></li></ul></div>\
                     <a href=\"c.html\">C</a>";
        assert_eq!(contents("library/text.html", built), ["b.html", "a.html"]);
        let start = "<a href=\"#top\">x</a><a href=\"two/?a&amp;b\">2</a><a id=q href='one/'>1</a><a href=\"two/\">2</a>\
                     <a href=\"https://example.com\">no</a><a href=\"mailto:a@b\">no</a><a href>no</a><abbr href=\"no\">";
        assert_eq!(contents("index.html", start), ["two/", "one/"]);
        assert!(contents("two/index.html", start).is_empty());
    }

    #[test]
    fn a_table_of_contents_is_bounded() {
        let long = format!(
            ".. toctree::\n\n   {}\n{}",
            "x".repeat(10_000),
            "   page\n".repeat(100_000)
        );
        assert_eq!(contents("index.rst", &long).len(), MAX_ENTRIES);
        let broken = "<a ".repeat(100_000) + &"<a href=\"".repeat(50_000);
        assert!(contents("index.html", &broken).len() <= MAX_ENTRIES);
    }
}
