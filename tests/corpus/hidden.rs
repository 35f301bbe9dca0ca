//! What the readers of a page do not see reaches no assistant: in each format, and however it is hidden.

use std::fs;

use docent::{
    config::DocSet,
    corpus::{self, Document, Format, Page, PrivatePaths, Site, Source},
};
use proptest::prelude::*;

use super::listed::list;

fn pages(path: &str, text: &str) -> Vec<Page> {
    let format = Format::detect(path, text).unwrap_or_else(|| panic!("{path} has no format"));
    let source = Source {
        path,
        text,
        include: &|_| None,
        site: &Site::default(),
    };
    format.pages(&source).unwrap_or_default()
}

/// The pages of a file as they are indexed.
fn documents(path: &str, text: &str) -> Vec<Document> {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join(path), text).expect("a document");
    let set = DocSet::new("docs", folder.path());
    let listing = list(&set, &PrivatePaths::default()).expect("a listing");
    let read = corpus::read(
        &set,
        &Site::of(&set, &PrivatePaths::default()),
        &listing.files[0],
    );
    read.documents.unwrap_or_default()
}

/// Everything of a document that anybody is shown.
fn shown(document: &Document) -> Vec<&str> {
    let mut shown = vec![document.path.as_str(), &document.title];
    shown.extend(document.url.as_deref());
    shown.extend(document.description.as_deref());
    for section in &document.sections {
        shown.extend(section.headings.iter().map(String::as_str));
        shown.extend(section.anchor.as_deref());
        shown.push(&section.markdown);
    }
    shown.extend(document.pieces.iter().map(|piece| piece.text.as_str()));
    shown.extend(document.links.iter().map(|link| link.sentence.as_str()));
    shown
}

/// A page of each format with a text in its title, a heading, its running text, code and a link.
const TEMPLATES: [(&str, &str); 7] = [
    (
        "a.md",
        "---\ntitle: \"T@ x\"\ndescription: \"D@ x\"\n---\n\n# H@ x\n\nA@ x [l@](b.md).\n\n## S@\n\n```\nc@ x\n```\n\n| t@ |\n|---|\n| x |\n",
    ),
    (
        "a.html",
        "<!DOCTYPE html><html><head><title>T@ x</title><meta name=description content=\"D@ x\"></head><body><main><h1 id=\"i@\">H@ x</h1><p>A@ x <a href=b.html>l@</a><pre>c@ x</pre><table><tr><td>t@</table></main>",
    ),
    (
        "a.rst",
        "T@ x\n====================\n\nA@ x `l@ <b.html>`_.\n\nS@ x\n--------------------\n\n::\n\n   c@ x\n",
    ),
    (
        "a.adoc",
        "= T@ x\n\nA@ x link:b.html[l@].\n\n== S@ x\n\n----\nc@ x\n----\n",
    ),
    (
        "a.1",
        ".TH A@ 1\n.SH NAME\na \\- D@ x\n.SH S@ x\nA@ x\n.nf\nc@ x\n.fi\n",
    ),
    ("a.txt", "T@ x\n====\n\nA@ x\n\n    c@ x\n    d x\n"),
    (
        "index.json",
        "[{\"title\": \"T@ x\", \"permalink\": \"https://x.org/a/\", \"contents\": \"A@ x y\"}]",
    ),
];

/// Bidirectional controls, tags, selectors, joiners, fillers, annotations, controls, soft hyphens.
const HIDDEN: [char; 29] = [
    '\u{1}',
    '\u{b}',
    '\u{1b}',
    '\u{7f}',
    '\u{85}',
    '\u{9b}',
    '\u{ad}',
    '\u{34f}',
    '\u{61c}',
    '\u{115f}',
    '\u{17b4}',
    '\u{180e}',
    '\u{200b}',
    '\u{200d}',
    '\u{200e}',
    '\u{2028}',
    '\u{202e}',
    '\u{2060}',
    '\u{2063}',
    '\u{2067}',
    '\u{206a}',
    '\u{3164}',
    '\u{fe01}',
    '\u{feff}',
    '\u{ffa0}',
    '\u{fffa}',
    '\u{1d173}',
    '\u{e0041}',
    '\u{e0101}',
];

#[test]
fn no_invisible_character_comes_out_of_any_format() {
    for (path, template) in TEMPLATES {
        for hidden in HIDDEN {
            let text = template.replace('@', &String::from(hidden));
            let documents = documents(path, &text);
            assert!(!documents.is_empty(), "{path} with {hidden:?}");
            for document in &documents {
                for shown in shown(document) {
                    assert!(!shown.contains(hidden), "{path}, {hidden:?}: {shown:?}");
                }
            }
        }
    }
}

/// The escapes of each format are another way to write them.
#[test]
fn no_escape_of_a_format_brings_one_back() {
    for (path, text) in [
        (
            "a.md",
            "---\ntitle: \"T\\u202e\\U000E0041\"\n---\n\n# H&#x202e;&#917569;\n\nA&#x202E;&#xE0041; b&ZeroWidthSpace;&shy;\n",
        ),
        (
            "a.html",
            "<title>T&#x202e;</title><main><h1 id='a&#xE0041;'>H&#x202e;</h1><p>A&#xE0041;&#x202e;&shy;&ZeroWidthSpace; <code>&#x202e;</code></main>",
        ),
        (
            "a.rst",
            "T\n=\n\n.. |x| unicode:: U+202E U+E0041\n\nA |x| b\n",
        ),
        ("a.adoc", "= T\n\nA&#x202e; {zwsp}&#xE0041;{wj}{shy} b\n"),
        (
            "a.1",
            ".TH A 1\n.SH NAME\na \\- b\n.SH T\nA\\[u202E]\\[uE0041]\\[char27]\\N'8238' b\n",
        ),
        (
            "index.json",
            "[{\"title\": \"T\\u202e\", \"permalink\": \"https://x.org/a/\", \"contents\": \"A\\u202e\\udb40\\udc41 \\u001b[31mx y\"}]",
        ),
    ] {
        let documents = documents(path, text);
        assert!(!documents.is_empty(), "{path}");
        for shown in documents.iter().flat_map(shown) {
            let hidden = [
                '\u{202e}',
                '\u{e0041}',
                '\u{1b}',
                '\u{ad}',
                '\u{200b}',
                '\u{2060}',
            ];
            assert!(!shown.contains(hidden), "{path}: {shown:?}");
            assert!(
                !shown.contains("&#x202") && !shown.contains("&#xE0"),
                "{path}: {shown:?}"
            );
        }
    }
}

#[test]
fn what_is_hidden_in_markdown_is_left_out() {
    for hidden in [
        "[//]: # (HIDDEN)",
        "[//]: # \"HIDDEN\"",
        "[comment]: <> (HIDDEN\nHIDDEN)",
        "[//]: # (HIDDEN)\n[//]: # (HIDDEN)",
        "[a](b.md \"HIDDEN\")",
        "%%HIDDEN%%",
        "a %%HIDDEN%% b",
        "%%\nHIDDEN\n\nHIDDEN\n%%",
        "<!-- HIDDEN -->",
        "<span style=\"font-size:0\">HIDDEN</span>",
        "Text <span style='opacity: 0'>HIDDEN</span>.",
        "<div style=\"display:none\">\n\nHIDDEN\n\n</div>",
        "<div style=\"position:absolute; left:-9999px\">HIDDEN</div>",
        "<p style=\"text-indent:-9999px\">HIDDEN</p>",
        "<div style=\"height:0;width:0;overflow:hidden\">HIDDEN</div>",
        "<span class=\"sr-only\">HIDDEN</span>",
        "<span hidden>HIDDEN</span>",
        "<table style=\"visibility:hidden\"><tr><td>HIDDEN</td></tr></table>",
        "<ul><li style=\"font-size:0px\">HIDDEN</li><li>seen</li></ul>",
        "<p>seen <b style=\"color:transparent\">HIDDEN</b></p>",
        "<span style='display&#58;none'>HIDDEN</span>",
        "<span style=\"display&colon;n&#x6f;ne\">HIDDEN</span>",
        "<x-y style='display:none'>HIDDEN</x-y>",
        "Text <foo hidden>HIDDEN</foo>.",
        "<p style='display:none'>HIDDEN",
        "<p hidden>HIDDEN\n<p>seen</p>",
        "<dialog>HIDDEN</dialog>",
        "<title>HIDDEN</title>",
        "<div popover>HIDDEN</div>",
        "<?php HIDDEN ?>",
        "Text <?HIDDEN?> and <!ELEMENT HIDDEN> and <![CDATA[HIDDEN]]>.",
        "<![CDATA[\nHIDDEN\n]]>",
        "<!ELEMENT HIDDEN>",
        "[^unused]: HIDDEN",
        "{::comment}HIDDEN{:/comment}",
        "{% comment %}\nHIDDEN\n{% endcomment %}",
        "<table><tr><td>seen</td><td>b</td></tr><tr hidden><td>HIDDEN</td><td>HIDDEN</td></tr></table>",
        "<table>\n<caption hidden>HIDDEN</caption>\n<tr><td>seen</td><td hidden>HIDDEN</td></tr>\n</table>",
        "<span class=\"d-none\">HIDDEN</span>",
        "<style>.x{display:none}</style>\n\n<span class=x>HIDDEN</span>",
    ] {
        for (before, behind) in [
            ("", "\n\nSeen.\n"),
            ("Seen.\n\n", "\n"),
            ("- Seen.\n\n  ", "\n"),
        ] {
            let lead = if before.starts_with('-') { "  " } else { "" };
            let text = format!(
                "{before}{}{behind}",
                hidden.replace('\n', &format!("\n{lead}"))
            );
            let pages = pages("a.md", &text);
            let markdown = &pages[0].markdown;
            assert!(markdown.contains("Seen."), "{text:?} -> {markdown:?}");
            assert!(!markdown.contains("HIDDEN"), "{text:?} -> {markdown:?}");
        }
    }
    let mdx = pages(
        "a.mdx",
        "# T\n\nSeen <span style={{fontSize: 0, color: 'red'}}>HIDDEN</span>\n",
    );
    assert!(!mdx[0].markdown.contains("HIDDEN"), "{mdx:?}");
}

#[test]
fn what_is_hidden_in_html_is_left_out() {
    for style in [
        "display:none",
        "visibility:hidden",
        "opacity:0",
        "font-size:0",
        "font-size:0.01px",
        "color:transparent",
        "text-indent:-9999px",
        "position:absolute;left:-9999px",
        "clip:rect(0,0,0,0)",
        "clip-path:inset(50%)",
        "width:0;height:0;overflow:hidden",
        "transform:scale(0)",
    ] {
        for element in [
            "span", "div", "p", "code", "a href=x", "em", "h2", "li", "td", "pre",
        ] {
            let name = element.split(' ').next().unwrap_or_default();
            let text = format!(
                "<title>T</title><main><h1>T</h1><p>seen</p><table><tr><td>x</td><{element} style='{style}'>HIDDEN</{name}></tr></table><p>seen too</p></main>"
            );
            let pages = pages("a.html", &text);
            assert!(pages[0].markdown.contains("seen too"), "{text}: {pages:?}");
            assert!(!pages[0].markdown.contains("HIDDEN"), "{text}: {pages:?}");
        }
    }
}

#[test]
fn what_is_hidden_in_the_other_formats_is_left_out() {
    for (path, text) in [
        (
            "a.rst",
            "T\n=\n\nSeen.\n\n.. HIDDEN\n\n..\n   HIDDEN\n   HIDDEN\n\n.. raw:: html\n\n   <p>HIDDEN</p>\n\n.. _HIDDEN:\n\nSeen too.\n",
        ),
        (
            "a.adoc",
            "= T\n\nSeen +++<span style='font-size:0'>HIDDEN</span>+++ pass:[<b hidden>HIDDEN</b>].\n\n// HIDDEN\n\n////\nHIDDEN\n////\n\n++++\n<p style=\"display:none\">HIDDEN</p>\n++++\n\nSeen too.\n",
        ),
        (
            "a.1",
            ".\\\" HIDDEN\n.TH A 1\n.SH NAME\na \\- b\n.SH T\nSeen \\\" HIDDEN\n.ig\nHIDDEN\n..\nSeen too.\n",
        ),
        (
            "a.rst",
            "T\n=\n\nSeen.\n\n.. testcode::\n   :hide:\n\n   HIDDEN\n\n.. doctest::\n   :hide:\n\n   >>> HIDDEN\n\nSeen too.\n",
        ),
        (
            "a.adoc",
            "= T\n\nSeen.\n\n[comment]\nHIDDEN\nHIDDEN\n\n.HIDDEN\n[comment]\n--\nHIDDEN\n\nHIDDEN\n--\n\n//////\nHIDDEN\n////\nHIDDEN\n//////\n\nifeval::[1 == 2]\nHIDDEN\nendif::[]\n\nifeval::[\"a\" != \"a\"]\nHIDDEN\nendif::[]\n\nifeval::[2 >= 1]\nSeen too.\nendif::[]\n",
        ),
        (
            "a.1",
            ".TH A 1\n.SH NAME\na \\- b\n.SH T\nSeen.\n.di X\nHIDDEN\n.di\n\\!HIDDEN\nSeen \\# HIDDEN\n.da Y\nHIDDEN\n.br\n.da\n.di Z\nSeen too.\n.di\n.Z\n",
        ),
        (
            "a.txt",
            "T\n=\n\nSeen \u{1b}]8;;HIDDEN\u{7}x\u{1b}]8;;\u{7}\n\nSeen too.\n",
        ),
    ] {
        let pages = pages(path, text);
        assert!(pages[0].markdown.contains("Seen too"), "{path}: {pages:?}");
        assert!(!pages[0].markdown.contains("HIDDEN"), "{path}: {pages:?}");
    }
}

/// Code and running text may well speak of all this.
#[test]
fn what_is_shown_stays() {
    for text in [
        "Use `%%a%%` or `[//]: # (x)`.\n",
        "```html\n<p style=\"font-size:0\">[//]: # (x)</p>\n%%a%%\n```\n",
        "می\u{200c}خواهم 👩\u{200d}💻 ❤\u{fe0f}\n",
    ] {
        let pages = pages("a.md", text);
        assert_eq!(pages[0].markdown, text);
    }
}

#[test]
fn a_name_shows_what_is_hidden_in_it() {
    let documents = documents("a\u{202e}dm.\u{e0041}.md", "Text.\n");
    assert_eq!(documents[0].path, "a\u{fffd}dm.\u{fffd}.md");
    assert!(!documents[0].title.contains('\u{202e}'));
}

fn is_hidden(c: char) -> bool {
    HIDDEN.contains(&c) && c != '\u{200d}' && c != '\u{fe01}'
        || matches!(c, '\u{e0000}'..='\u{e0fff}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || c.is_control() && !matches!(c, '\n' | '\t')
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn whatever_a_file_holds_none_comes_out(
        format in 0..TEMPLATES.len(),
        parts in prop::collection::vec(prop_oneof![
            3 => prop::sample::select(HIDDEN.to_vec()).prop_map(String::from),
            1 => any::<char>().prop_filter("NUL is no text", |c| *c != '\0').prop_map(String::from),
            1 => "[a-z \\[\\]()#*_`<>|:-]{1,4}",
            1 => (0xe0000u32..0xe0200).prop_map(|c| format!("&#{c};")),
        ], 1..12),
    ) {
        let (path, template) = TEMPLATES[format];
        for document in documents(path, &template.replace('@', &parts.concat())) {
            for shown in shown(&document) {
                prop_assert!(!shown.chars().any(is_hidden), "{path}: {shown:?}");
            }
        }
    }
}
