//! Markdown and what site generators write around it -> clean CommonMark.
//!
//! Hugo, MDN, Docusaurus and other MDX, MkDocs with Python-Markdown's extensions, mdBook, VitePress, Jekyll, GitBook, DocFX, MyST,
//! Quarto, Obsidian. Almost every rule tells its dialect by its own syntax, so few need to know the site. The steps, in the order in
//! which the generators themselves work: front matter, included files (`include`), comments (`comment`), shortcodes (`shortcode`),
//! tags of Liquid (`liquid`), directives in fences (`myst`), imports (`mdx`), block syntax line by line (`lines`), HTML, components,
//! roles and macros outside code (`inline`), and at last links and footnotes, put where they are read (`links`).

mod admonition;
mod call;
mod comment;
mod element;
mod extension;
mod fence;
mod include;
mod inline;
mod lines;
mod links;
mod liquid;
mod macros;
mod mdx;
mod myst;
mod names;
mod notation;
mod place;
mod role;
mod shortcode;
mod syntax;
mod tag;
mod wiki;

use super::front_matter::{self, FrontMatter};
use crate::corpus::document::{Page, Skip, Source};
use names::Names;
use std::borrow::Cow;

/// Turns a Markdown file into its page.
///
/// # Errors
/// [`Skip::Draft`] where the front matter says so, [`Skip::Empty`] where no text is left.
pub(super) fn pages(source: &Source<'_>) -> Result<Vec<Page>, Skip> {
    let (front, body) = front_matter::split(source.text);
    if front.draft {
        return Err(Skip::Draft);
    }
    let mut markdown = clean(source, body, &front);
    if markdown.trim().is_empty() {
        // The page of a folder often has nothing but its title and description.
        markdown = front.description.clone().ok_or(Skip::Empty)?;
        markdown.push('\n');
    }
    let mut aliases = front.aliases;
    aliases.extend(myst::labels(body));
    let title = front
        .title
        .or_else(|| front.label.filter(|_| !is_headed(&markdown)));
    Ok(vec![Page {
        path: None,
        title: title.map(|title| macros::plain_title(&title)),
        head: None,
        description: front.description,
        permalink: match front.is_part {
            true => Some(Page::SHOWN_BY_ITS_FOLDER.to_owned()),
            false => front.permalink,
        },
        fragment: None,
        aliases,
        weight: front.weight,
        language: front.language,
        markdown,
    }])
}

/// A page of HTML that a generator fills in, told by its front matter: what that says of the page, and its HTML.
///
/// # Errors
/// [`Skip::Draft`] where the front matter says so.
pub(super) fn template(source: &Source<'_>) -> Result<Option<(Page, String)>, Skip> {
    if !source.text.starts_with("---") {
        return Ok(None);
    }
    let (front, body) = front_matter::split(source.text);
    if !front.values.is_object() {
        return Ok(None);
    }
    if front.draft {
        return Err(Skip::Draft);
    }
    let mut names = Names::new(source, &front.values);
    let html = liquid::expand_template(body, source, &mut names);
    let page = Page {
        title: front
            .title
            .or(front.label)
            .as_deref()
            .map(macros::plain_title),
        description: front.description,
        permalink: front.permalink,
        aliases: front.aliases,
        weight: front.weight,
        language: front.language,
        ..Page::default()
    };
    Ok(Some((page, html.unwrap_or_else(|| body.to_owned()))))
}

/// Whether a page begins with a heading of the first level.
fn is_headed(markdown: &str) -> bool {
    let mut headings = markdown.lines().filter(|line| line.starts_with('#'));
    headings.next().is_some_and(|line| line.starts_with("# "))
}

/// The page as it is read: each step takes what it knows, and hands on the rest.
fn clean(source: &Source<'_>, body: &str, front: &FrontMatter) -> String {
    let mut names = Names::new(source, &front.values);
    let mut text = Cow::Borrowed(body);
    let step = |text: &mut Cow<'_, str>, new: Option<String>| {
        if let Some(new) = new {
            *text = new.into();
        }
    };
    let new = include::expand(&text, source);
    step(&mut text, new);
    let new = comment::removed(&text);
    step(&mut text, new);
    let new = shortcode::expand(&text, source, &names);
    step(&mut text, new);
    if !front.mdn {
        let new = liquid::expand(&text, source, &mut names);
        step(&mut text, new);
        let new = myst::expand(&text, source, &mut names);
        step(&mut text, new);
    }
    let new = mdx::expand(&text, source, &mut names);
    step(&mut text, new);
    let sheet = inline::sheet(&text);
    let is_mdx = is_mdx(source.path);
    let may_be_mdx = ["docusaurus", "nextra", "mintlify", "fumadocs"]
        .iter()
        .any(|house| names.is_of(house));
    let (lines, mdx) = lines::rewrite(&text, is_mdx || may_be_mdx);
    let hints = inline::Hints {
        mdx,
        keeps_expressions: !is_mdx,
        mdn: front.mdn,
    };
    let text = inline::rewrite(&lines, hints, &names, sheet);
    tidy(&links::placed(&text, &names).unwrap_or(text))
}

/// The text with one blank line where more were left, code apart.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut open: Option<fence::Fence> = None;
    let mut blank = true;
    for line in text.lines() {
        if let Some(fence) = open {
            if fence.is_closed_by(line) || fence.is_left_by(line) {
                open = None;
            }
        } else {
            let empty = line.trim().is_empty();
            if empty && blank {
                continue;
            }
            blank = empty;
            if empty {
                out.push('\n');
                continue;
            }
            open = fence::open(line).map(|opening| opening.fence);
        }
        out.push_str(line);
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

fn is_mdx(path: &str) -> bool {
    path.rsplit_once('.')
        .is_some_and(|(_, extension)| extension.eq_ignore_ascii_case("mdx"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_goes_before_what_navigation_calls_the_page() {
        for (text, title) in [
            ("---\nsidebar_label: S\n---\n# Start here\n\nText.\n", None),
            ("---\nsidebar_label: S\n---\nText.\n\n## Below\n", Some("S")),
            (
                "---\ntitle: \"`<small>`: <b>aside</b>\"\n---\nText.\n",
                Some("`<small>`: aside"),
            ),
        ] {
            let source = Source {
                path: "a.md",
                text,
                include: &|_| None,
                site: &crate::corpus::Site::default(),
            };
            let page = pages(&source).expect("a page").remove(0);
            assert_eq!(page.title.as_deref(), title, "{text}");
        }
    }
    fn page(path: &str, text: &str) -> Result<Page, Skip> {
        let include = |_: &str| None;
        pages(&Source {
            path,
            text,
            include: &include,
            site: &crate::corpus::Site::default(),
        })
        .map(|mut pages| pages.remove(0))
    }

    #[test]
    fn drafts_and_empty_pages_are_skipped() {
        assert_eq!(page("a.md", "---\ndraft: true\n---\nx"), Err(Skip::Draft));
        assert_eq!(
            page("a.md", "---\ntitle: x\n---\n<!-- y -->"),
            Err(Skip::Empty)
        );
        let folder = page("a.md", "---\ndescription: What is here.\n---\n").unwrap();
        assert_eq!(folder.markdown, "What is here.\n");
    }

    /// Each of these would be quadratic, or deep, in a careless converter.
    #[test]
    fn hostile_input_stays_small() {
        let many = 20_000;
        let cases = [
            ("quotes", ">".repeat(many) + " x\ny"),
            ("lists", "- ".repeat(many) + "x"),
            (
                "shortcodes",
                "{{< note >}}".repeat(many) + &"{{< /note >}}".repeat(many),
            ),
            (
                "colons",
                "::: note\n".repeat(many) + "x\n" + &":::\n".repeat(many),
            ),
            (
                "admonitions",
                (0..500).map(|i| " ".repeat(4 * i) + "!!! note\n").collect(),
            ),
            ("open tags", "<a b=\"".repeat(many)),
            ("open braces", "<A b={{".repeat(many)),
            ("macros", "{{a(\"".repeat(many)),
            ("comments", "x <!--".repeat(many)),
            ("tables", "<table>\n\n".repeat(many)),
            (
                "hidden",
                "<span hidden>".repeat(many) + &"</span>".repeat(many),
            ),
            ("links", "<a href=x>".repeat(many) + &"</a>".repeat(many)),
            ("destinations", "](<".repeat(many) + &"](a".repeat(many)),
            ("one line", "word <b>x</b> ".repeat(many)),
            ("zeros", "\0<p>\0{{\0".repeat(many)),
        ];
        for (name, text) in cases {
            for path in ["a.md", "a.mdx"] {
                let written = page(path, &text).map_or(0, |page| page.markdown.len());
                assert!(
                    written <= 16 * text.len(),
                    "{name} in {path}: {written} bytes"
                );
            }
        }
    }
}
