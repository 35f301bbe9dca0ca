//! Which format a file has: by its extension, confirmed or corrected by its first lines.

use super::{Format, hugo_index, openapi};

/// How much of a text is looked at to confirm its format.
const WINDOW: usize = 32 * 1024;

/// Names of text files that commonly have no extension.
const BARE_NAMES: &[&str] = &[
    "README",
    "INSTALL",
    "INSTALLATION",
    "COPYING",
    "LICENSE",
    "LICENCE",
    "CHANGES",
    "CHANGELOG",
    "NEWS",
    "AUTHORS",
    "CONTRIBUTING",
    "CONTRIBUTORS",
    "TODO",
    "HACKING",
    "FAQ",
    "NOTES",
    "NOTICE",
    "THANKS",
    "UPGRADING",
    "HISTORY",
    "BUGS",
    "SECURITY",
    "SUPPORT",
    "USAGE",
];

/// Files that end in `.txt` and are read by programs.
const NOT_PROSE: &[&str] = &[
    "cmakelists.txt",
    "robots.txt",
    "constraints.txt",
    "humans.txt",
];

/// ISO 639-1, less `br`, which names a compression more often than Breton.
const LANGUAGES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo bs ca ce ch co cr cs cu cv cy da de dv dz ee \
     el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki \
     kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc \
     oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr \
     ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

/// Settings of site generators, which describe no API.
const SETTINGS: &[&str] = &[
    "mkdocs.yml",
    "mkdocs.yaml",
    "antora.yml",
    "antora-playbook.yml",
    "_config.yml",
    "_quarto.yml",
    "_toc.yml",
    "hugo.yaml",
    "hugo.yml",
    "package.json",
    "package-lock.json",
    "docfx.json",
];

enum Kind {
    Is(Format),
    /// Text whose markup only its content tells.
    PlainName,
    MaybeMan,
    /// A file of data in JSON or YAML, most of which are no documentation.
    MaybeData,
    Other,
}

pub(super) fn is_candidate(path: &str) -> bool {
    !matches!(kind(path), Kind::Other)
}

pub(super) fn detect(path: &str, text: &str) -> Option<Format> {
    let start = window(text);
    match kind(path) {
        Kind::Is(Format::AsciiDoc) if start.starts_with("-----BEGIN PGP") => None,
        Kind::Is(Format::Html) if !has_tag(start) => Some(Format::Text),
        Kind::Is(format) => Some(format),
        Kind::MaybeMan => is_man(start).then_some(Format::Man),
        Kind::MaybeData if openapi::fits(path, beginning(text)) => Some(Format::OpenApi),
        Kind::MaybeData => hugo_index::fits(path, text).then_some(Format::HugoIndex),
        Kind::PlainName if is_contact(path, start) => None,
        Kind::PlainName => Some(plain(start)),
        Kind::Other => None,
    }
}

pub(super) fn is_told_by_beginning(path: &str) -> bool {
    // A compressed one has to be read to be told.
    matches!(kind(path), Kind::MaybeData) && uncompressed_name(path) == path
}

pub(super) fn may_begin(path: &str, bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}');
    let is_index = path.rsplit('/').next() == Some("index.json");
    is_index || text.trim_start().starts_with('[') || openapi::fits(path, text)
}

fn beginning(text: &str) -> &str {
    &text[..text.floor_char_boundary(Format::BEGINNING)]
}

fn window(text: &str) -> &str {
    let mut end = text.len().min(WINDOW);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// `man1/ls.1` of `man1/ls.1.gz`, as distributions install manual pages.
pub(in crate::corpus) fn uncompressed_name(path: &str) -> &str {
    path.strip_suffix(".gz").unwrap_or(path)
}

fn kind(path: &str) -> Kind {
    let name = uncompressed_name(path.rsplit('/').next().unwrap_or(path));
    let lower = name.to_ascii_lowercase();
    let Some((stem, extension)) = lower.rsplit_once('.').filter(|(stem, _)| !stem.is_empty())
    else {
        return if is_bare_name(name) {
            Kind::PlainName
        } else {
            Kind::Other
        };
    };
    match extension {
        "md" | "markdown" | "mdown" | "mkd" | "mdx" | "qmd" | "rmd" => Kind::Is(Format::Markdown),
        "html" | "htm" | "xhtml" | "xht" | "shtml" => Kind::Is(Format::Html),
        // Apache tells the language of a page so.
        _ if is_language(extension) && is_page(stem) => Kind::Is(Format::Html),
        "rst" | "rest" => Kind::Is(Format::ReStructuredText),
        "adoc" | "asciidoc" | "asc" => Kind::Is(Format::AsciiDoc),
        "docx" | "docm" => Kind::Is(Format::Docx),
        "odt" | "ott" => Kind::Is(Format::Odt),
        "epub" => Kind::Is(Format::Epub),
        "pdf" => Kind::Is(Format::Pdf),
        "ipynb" => Kind::Is(Format::Notebook),
        "json" | "yaml" | "yml" if SETTINGS.contains(&lower.as_str()) => Kind::Other,
        "json" | "yaml" | "yml" => Kind::MaybeData,
        "man" | "mdoc" => Kind::MaybeMan,
        "txt" | "text"
            if NOT_PROSE.contains(&lower.as_str()) || stem.starts_with("requirements") =>
        {
            Kind::Other
        }
        // What sites tell assistants is Markdown, whatever it is called.
        "txt" if stem == "llms" || stem.starts_with("llms-") || stem.starts_with("llms_") => {
            Kind::Is(Format::Markdown)
        }
        // Sphinx publishes its sources so.
        "txt" if stem.ends_with(".rst") => Kind::Is(Format::ReStructuredText),
        "txt" if stem.ends_with(".md") => Kind::Is(Format::Markdown),
        "txt" | "text" => Kind::PlainName,
        _ if is_manual_section(extension) => Kind::MaybeMan,
        _ if is_bare_name(name.split('.').next().unwrap_or(name)) && !is_code(extension) => {
            Kind::PlainName
        }
        _ => Kind::Other,
    }
}

fn is_page(stem: &str) -> bool {
    [".html", ".htm", ".xhtml"]
        .iter()
        .any(|end| stem.ends_with(end))
}

/// `de`, `pt-br`, `zh-hans`: a language of ISO 639-1, with a region or a script.
fn is_language(extension: &str) -> bool {
    let (language, rest) = extension
        .split_once(['-', '_'])
        .unwrap_or((extension, "en"));
    let is_word = (2..=8).contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_alphanumeric());
    is_word && language.len() == 2 && LANGUAGES.split_whitespace().any(|it| it == language)
}

fn is_bare_name(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    BARE_NAMES.contains(&name.split(['-', '_']).next().unwrap_or(&name))
}

/// `1`, `3pm`, `1ssl`, `n`: what follows the last dot of a manual page's file name.
fn is_manual_section(extension: &str) -> bool {
    let mut bytes = extension.bytes();
    let is_section = match bytes.next() {
        Some(b'n' | b'l') => extension.len() == 1,
        first => first.is_some_and(|b| (b'1'..=b'9').contains(&b)),
    };
    is_section && extension.len() <= 12 && bytes.all(|b| b.is_ascii_lowercase())
}

/// Extensions that an upper-case name does not turn into text: `README.png`, `History.js`.
fn is_code(extension: &str) -> bool {
    !matches!(
        extension,
        "debian"
            | "source"
            | "linux"
            | "unix"
            | "windows"
            | "win32"
            | "macos"
            | "en"
            | "utf8"
            | "first"
    )
}

/// Where to report a weakness of a site (RFC 9116, section 2.5.3), rather than a text about security.
fn is_contact(path: &str, text: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let mut lines = text.lines().take(40);
    name.eq_ignore_ascii_case("security.txt")
        && lines.any(|line| line.to_ascii_lowercase().starts_with("contact:"))
}

fn has_tag(text: &str) -> bool {
    text.as_bytes().windows(2).any(|pair| {
        pair[0] == b'<' && (pair[1].is_ascii_alphabetic() || pair[1] == b'!' || pair[1] == b'?')
    })
}

fn is_man(text: &str) -> bool {
    let mut lines = text.lines();
    lines.any(|line| {
        [".TH ", ".TH\t", ".Dd", ".so ", ".SH ", ".Sh "]
            .iter()
            .any(|request| line.starts_with(request))
    })
}

/// Tells the markup of a text whose name does not: only where it is clearly one.
fn plain(text: &str) -> Format {
    if is_man(text)
        && text
            .lines()
            .any(|line| line.starts_with(".TH ") || line.starts_with(".Dt "))
    {
        return Format::Man;
    }
    let (mut rst, mut asciidoc, mut markdown) = (0, 0, 0);
    let mut previous = "";
    for line in text.lines() {
        let trimmed = line.trim();
        if is_rst_directive(trimmed) {
            rst += 3;
        } else if (line.starts_with(".. _") && trimmed.ends_with(':')) || is_role(trimmed) {
            rst += 2;
        } else if is_adornment(line, previous) {
            rst += 1;
            asciidoc += 1;
        }
        if is_block_attribute(line) || line.starts_with("ifdef::") || line.starts_with("include::")
        {
            asciidoc += 3;
        } else if line.starts_with("link:")
            || line.contains(" linkgit:")
            || (line == "+" && !previous.is_empty())
        {
            asciidoc += 2;
        } else if is_labelled(line)
            || (line.starts_with("== ") && line.len() > 3)
            || is_attribute(line)
        {
            asciidoc += 1;
        }
        if line.starts_with("```") || is_atx(line) || (line.contains("](") && line.contains("http"))
        {
            markdown += 1;
        }
        previous = line;
    }
    match rst.max(asciidoc).max(markdown) {
        most if most < 4 => Format::Text,
        most if most == rst && rst > asciidoc => Format::ReStructuredText,
        most if most == asciidoc && asciidoc > rst => Format::AsciiDoc,
        most if most == markdown && markdown > 5 && rst < 3 && asciidoc < 3 => Format::Markdown,
        _ => Format::Text,
    }
}

/// `.. name:: …`
fn is_rst_directive(line: &str) -> bool {
    let Some(rest) = line.strip_prefix(".. ") else {
        return false;
    };
    let Some((name, _)) = rest.split_once("::") else {
        return false;
    };
    !name.is_empty()
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b':' | b'+'))
}

/// `` :role:`text` ``
fn is_role(line: &str) -> bool {
    let Some((before, _)) = line.split_once(":`") else {
        return false;
    };
    before
        .rsplit_once(':')
        .is_some_and(|(_, role)| !role.is_empty() && role.bytes().all(|b| b.is_ascii_lowercase()))
}

fn is_adornment(line: &str, title: &str) -> bool {
    let bytes = line.as_bytes();
    let Some(&first) = bytes.first() else {
        return false;
    };
    matches!(first, b'=' | b'-' | b'~' | b'^' | b'*' | b'"')
        && bytes.len() > 3
        && bytes.iter().all(|b| *b == first)
        && !title.is_empty()
        && title.chars().count().abs_diff(bytes.len()) <= 1
}

/// `[source,java]`, `[[anchor]]`, `[verse]`
fn is_block_attribute(line: &str) -> bool {
    let Some(inner) = line
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    else {
        return false;
    };
    inner.starts_with("source")
        || [
            "verse",
            "quote",
            "listing",
            "NOTE",
            "TIP",
            "WARNING",
            "cols=",
            "options=",
            "horizontal",
        ]
        .iter()
        .any(|name| inner.starts_with(name))
        || (inner.starts_with('[') && inner.ends_with(']'))
}

/// `term::`
fn is_labelled(line: &str) -> bool {
    line.ends_with("::")
        && line.len() > 2
        && !line.starts_with([' ', '\t', '.'])
        && !line.contains(". ")
}

/// `:name: value` in an AsciiDoc header.
fn is_attribute(line: &str) -> bool {
    line.starts_with(":toc:")
        || line.starts_with(":doctype:")
        || line.starts_with(":source-highlighter:")
}

fn is_atx(line: &str) -> bool {
    let marks = line.bytes().take_while(|b| *b == b'#').count();
    (1..=4).contains(&marks) && line[marks..].starts_with(' ') && line.len() > marks + 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_extension() {
        for (path, format) in [
            ("a/b.md", Format::Markdown),
            ("a/b.MDX", Format::Markdown),
            ("a/b.qmd", Format::Markdown),
            ("a/b.Rmd", Format::Markdown),
            ("b.rst", Format::ReStructuredText),
            ("_sources/b.rst.txt", Format::ReStructuredText),
            ("b.adoc", Format::AsciiDoc),
            ("b.asc", Format::AsciiDoc),
            ("b.txt", Format::Text),
            ("llms.txt", Format::Markdown),
            ("docs/llms-full.txt", Format::Markdown),
            ("README", Format::Text),
            ("README.Debian", Format::Text),
            ("COPYING", Format::Text),
        ] {
            assert_eq!(detect(path, "Some words.\n"), Some(format), "{path}");
            assert!(is_candidate(path), "{path}");
        }
    }

    #[test]
    fn not_documentation() {
        for path in [
            "a.png",
            "b.js",
            "c.css",
            "d.rs",
            ".gitignore",
            "Makefile",
            "README.png",
            "CMakeLists.txt",
            "x.so",
        ] {
            assert!(!is_candidate(path), "{path}");
            assert_eq!(detect(path, "# Title\n"), None, "{path}");
        }
        assert_eq!(detect("libx.so.1", "no manual page"), None);
        assert_eq!(
            detect("key.asc", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n"),
            None
        );
        assert_eq!(
            detect(
                "security.txt",
                "Contact: mailto:a@example.com\nExpires: 2027-01-01T00:00:00Z\n"
            ),
            None
        );
        assert_eq!(
            detect("security.txt", "Security\n\nWe fix things.\n"),
            Some(Format::Text)
        );
        assert_eq!(detect("package.json", "{\"name\":\"x\"}"), None);
        assert_eq!(detect("data.json", "[{\"id\":1}]"), None);
    }

    #[test]
    fn by_content() {
        let index = "[{\"contents\":\"x\",\"permalink\":\"/\",\"title\":\"y\"}]";
        assert_eq!(detect("search.json", index), Some(Format::HugoIndex));
        assert_eq!(detect("public/index.json", "[1]"), Some(Format::HugoIndex));
        assert_eq!(
            detect("ls.1", ".\\\" comment\n.TH LS 1\n"),
            Some(Format::Man)
        );
        assert_eq!(detect("x.3pm", ".Dd today\n"), Some(Format::Man));
        assert_eq!(detect("a.html", "just text"), Some(Format::Text));
        assert_eq!(detect("a.html", "<p>x"), Some(Format::Html));
        let rst = "Title\n=====\n\n.. code-block:: c\n\n   x\n\nSee :ref:`x`.\n";
        assert_eq!(detect("a.txt", rst), Some(Format::ReStructuredText));
        let asciidoc = "git-x(1)\n========\n\nNAME\n----\n\n[verse]\n'git x'\n\n-f::\n\tforce\n";
        assert_eq!(detect("git-x.txt", asciidoc), Some(Format::AsciiDoc));
    }
}
