//! Files that hold many pages one after another, as `llms-full.txt` does: cut into those pages.
//!
//! What stands between two pages is written in as many ways as there are generators:
//!
//! ```text
//! # Title                 ---                 <page url="…">      ===============      # Title
//! Source: https://…       url: /guide/x.md    # Title             URL: https://…
//!                         ---                 </page>             ===============      --- (and no more, in `llms-full.txt`)
//! ```

use super::super::document::{Page, Skip, Source};
use super::super::fence::{Fence, Place};
use super::hugo_index::{path_of, with_distinct_paths};
use super::markdown;
use std::ops::Range;

/// Fewer pages are one page with an example in it; a file that is called so may hold two.
const FEW: usize = 3;
/// What comes after so many pages stands in the last one.
const MAX_PAGES: usize = 20_000;
/// Within so many bytes the first page begins.
const START: usize = 2_048;
/// What begins a page, and what ends it.
const TAGS: &[(&str, &[&str])] = &[
    ("<page", &["\n</page>"]),
    ("<document", &["\n</document_content>", "\n</document>"]),
    ("<doc", &["\n</doc>"]),
];
/// Lines in which what is said of a page ends.
const HEAD: usize = 40;

/// The pages of a file; `None` where it is a page itself.
pub(super) fn pages(source: &Source<'_>) -> Option<Result<Vec<Page>, Skip>> {
    let is_named_so = is_llms_full(source.path);
    if !is_named_so && !may_be(source.text) {
        return None;
    }
    let mut parts = marked(source.text);
    if is_named_so && parts.len() < 2 {
        parts = headed(source.text);
    }
    if parts.len() < if is_named_so { 2 } else { FEW } {
        return None;
    }
    let pages: Vec<Page> = parts.iter().filter_map(|part| page(source, part)).collect();
    Some(match pages.is_empty() {
        true => Err(Skip::Empty),
        false => Ok(with_distinct_paths(pages)),
    })
}

/// Whether a file is called as one that holds all pages of a site.
pub(in crate::corpus) fn is_llms_full(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let stem = name
        .strip_suffix(".txt")
        .or_else(|| name.strip_suffix(".md"));
    stem.is_some_and(|stem| stem.starts_with("llms-full") || stem.starts_with("llms_full"))
}

/// Whether a text begins as the first of many pages.
fn may_be(text: &str) -> bool {
    let mut end = text.len().min(START);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let start = &text[..end];
    text.len() > START / 4
        && [
            "\nSource: ",
            "\nURL: ",
            "\nUrl: ",
            "\nurl: ",
            "<page",
            "<doc",
            "<|firecrawl",
            "\nsource: ",
        ]
        .iter()
        .any(|mark| start.contains(mark))
}

/// A page in its file.
#[derive(Debug, Default, PartialEq, Eq)]
struct Part<'a> {
    body: Range<usize>,
    title: Option<&'a str>,
    address: Option<&'a str>,
    description: Option<&'a str>,
    /// What the text ends with, where a tag begins it.
    closing: &'static [&'static str],
}

fn page(source: &Source<'_>, part: &Part<'_>) -> Option<Page> {
    let text = without_rule(source.text.get(part.body.clone())?);
    let own = Source {
        path: source.path,
        text,
        include: source.include,
        site: source.site,
    };
    let mut page = markdown::pages(&own).ok()?.pop()?;
    let title = part.title.map(str::to_owned);
    let heading = first_heading(text).map(str::to_owned);
    let name = part.address.map(str::to_owned).or_else(|| {
        let title = page.title.clone().or(title.clone()).or(heading)?;
        let slug: String = title
            .to_lowercase()
            .chars()
            .map(|c| if c.is_alphanumeric() { c } else { '-' })
            .collect();
        Some(
            slug.split('-')
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join("-"),
        )
    })?;
    let path = path_of(&name);
    if path.is_empty() {
        return None;
    }
    let is_address = |it: &&str| it.contains("://") || it.starts_with('/');
    page.path = Some(path);
    page.title = page.title.or(title);
    page.permalink = part
        .address
        .filter(is_address)
        .map(str::to_owned)
        .or(page.permalink);
    page.description = page
        .description
        .or_else(|| part.description.map(str::to_owned));
    Some(page)
}

fn first_heading(text: &str) -> Option<&str> {
    text.lines().take(HEAD).find_map(heading)
}

/// Lines of a text, with where each begins.
fn lines(text: &str) -> Vec<(usize, &str)> {
    let mut at = 0;
    let lines = text.split_inclusive('\n').map(|line| {
        let start = at;
        at += line.len();
        (start, line.trim_end())
    });
    lines.collect()
}

/// The pages of a text that says where each was published, or marks it with a tag.
fn marked(text: &str) -> Vec<Part<'_>> {
    let lines = lines(text);
    let mut parts: Vec<Part<'_>> = Vec::new();
    let mut at = 0;
    while at < lines.len() && parts.len() < MAX_PAGES {
        let Some((head, next)) = head(&lines, at) else {
            at += 1;
            continue;
        };
        if let Some(before) = parts.last_mut() {
            before.body.end = before.body.end.min(lines[at].0);
        }
        let start = lines.get(next).map_or(text.len(), |(start, _)| *start);
        parts.push(Part {
            body: start..text.len(),
            ..head
        });
        at = next.max(at + 1);
    }
    for part in &mut parts {
        let body = &text[part.body.clone()];
        let end = part.closing.iter().filter_map(|tag| body.rfind(tag)).min();
        part.body.end = part.body.start + end.unwrap_or(body.len());
    }
    parts
}

/// What is said before the text of a page, from a line on, and the line after it.
fn head<'a>(lines: &[(usize, &'a str)], at: usize) -> Option<(Part<'a>, usize)> {
    let (_, line) = lines[at];
    if line.is_empty() {
        return None;
    }
    if heading(line).is_some() {
        let next = after_blank(lines, at + 1)?;
        let address = address(lines[next].1)?;
        let part = Part {
            title: heading(line),
            address: Some(address),
            ..Part::default()
        };
        return Some((part, next + 1));
    }
    if is_rule(line) {
        return ruled(lines, at);
    }
    if line.starts_with('<') {
        return tagged(lines, at);
    }
    None
}

/// `---`, `url: …`, `---`, and what looks like it.
fn ruled<'a>(lines: &[(usize, &'a str)], at: usize) -> Option<(Part<'a>, usize)> {
    let first = after_blank(lines, at + 1)?;
    let mut part = Part::default();
    let mut line = first;
    let end = first.saturating_add(HEAD).min(lines.len());
    while line < end {
        let text = lines[line].1;
        if is_rule(text) {
            return (line > first && part.address.is_some()).then_some((part, line + 1));
        }
        match field(text) {
            Some((
                "url" | "source" | "slug" | "permalink" | "link" | "source_url" | "path",
                value,
            )) => {
                part.address = part.address.or(Some(value));
            }
            Some(("title", value)) => part.title = Some(value),
            Some(("description" | "summary", value)) => part.description = Some(value),
            Some(_) => {}
            // Lists and longer values are indented.
            None if text.starts_with([' ', '\t', '-']) || text.is_empty() => {}
            None => return None,
        }
        line += 1;
    }
    None
}

/// `<page url="…">`, `<doc title="…">`, `<document index="1">` with `<source>…</source>`, `<|firecrawl-page-1-lllmstxt|>`.
fn tagged<'a>(lines: &[(usize, &'a str)], at: usize) -> Option<(Part<'a>, usize)> {
    let (_, line) = lines[at];
    let mut part = Part::default();
    if line.starts_with("<|") && line.ends_with("|>") && line.contains("page") {
        return Some((part, at + 1));
    }
    let (rest, closing) = TAGS
        .iter()
        .find_map(|(tag, closing)| Some((line.strip_prefix(tag)?, *closing)))?;
    part.closing = closing;
    if !rest.starts_with(['>', ' ']) || !line.ends_with('>') {
        return None;
    }
    part.title = attribute(rest, "title");
    part.description = attribute(rest, "desc").or_else(|| attribute(rest, "description"));
    part.address = ["url", "href", "source", "path", "src"]
        .iter()
        .find_map(|name| attribute(rest, name));
    let mut next = at + 1;
    while let Some((_, line)) = lines.get(next).filter(|_| next < at + 8) {
        let line = line.trim();
        let inner = |name: &str| {
            line.strip_prefix(&format!("<{name}>"))?
                .strip_suffix(&format!("</{name}>"))
                .map(str::trim)
        };
        if let Some(address) = inner("source")
            .or_else(|| inner("url"))
            .or_else(|| inner("path"))
        {
            part.address = part.address.or(Some(address));
        } else if let Some(title) = inner("title") {
            part.title = Some(title);
        } else if line != "<document_content>" {
            break;
        }
        next += 1;
    }
    Some((part, next))
}

/// The pages of a text that has nothing but their headings, between rules where it has any.
fn headed(text: &str) -> Vec<Part<'_>> {
    let mut starts: Vec<(usize, bool)> = Vec::new();
    let mut fence = Fence::default();
    let mut is_after_rule = true;
    for (start, line) in lines(text) {
        let place = fence.line(line);
        if place == Place::Outside && heading(line).is_some() {
            starts.push((start, is_after_rule));
        }
        is_after_rule =
            place == Place::Outside && (is_rule(line) || is_after_rule && line.is_empty());
    }
    if starts
        .iter()
        .filter(|(_, is_after_rule)| *is_after_rule)
        .count()
        > 2
    {
        starts.retain(|(_, is_after_rule)| *is_after_rule);
    }
    starts.truncate(MAX_PAGES);
    let ends = starts
        .iter()
        .skip(1)
        .map(|(start, _)| *start)
        .chain([text.len()]);
    let parts = starts.iter().zip(ends).map(|((start, _), end)| Part {
        body: *start..*start + without_rule(&text[*start..end]).len(),
        ..Part::default()
    });
    parts.collect()
}

/// A text without the rule at its end.
fn without_rule(text: &str) -> &str {
    let text = text.trim_end();
    // Right below a line, it would be the line under a heading.
    match text.rfind("\n\n") {
        Some(last) if is_rule(&text[last + 2..]) => text[..last].trim_end(),
        _ => text,
    }
}

fn after_blank(lines: &[(usize, &str)], at: usize) -> Option<usize> {
    (at..lines.len().min(at + 3)).find(|line| !lines[*line].1.is_empty())
}

/// The text of a heading of the first level.
fn heading(line: &str) -> Option<&str> {
    let title = line.strip_prefix("# ")?.trim();
    (!title.is_empty()).then_some(title)
}

/// `---`, `***`, `=====`
fn is_rule(line: &str) -> bool {
    let line = line.trim_end();
    line.len() >= 3
        && line.starts_with(['-', '*', '=', '_'])
        && line.bytes().all(|byte| byte == line.as_bytes()[0])
}

/// What a line says of where its page was published.
fn address(line: &str) -> Option<&str> {
    let (name, value) = line.trim_start_matches(['>', '*', ' ']).split_once(':')?;
    let is_name = matches!(
        name.trim_end_matches('*').to_ascii_lowercase().as_str(),
        "source" | "url" | "source url" | "link" | "permalink" | "canonical"
    );
    let value = value
        .trim_start_matches('*')
        .trim()
        .trim_matches(['<', '>']);
    let is_address =
        value.starts_with("https://") || value.starts_with("http://") || value.starts_with('/');
    (is_name && is_address && !value.contains(char::is_whitespace)).then_some(value)
}

/// A line of front matter.
fn field(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once(':')?;
    let is_name = !name.is_empty()
        && name.len() <= 40
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    let value = value.trim().trim_matches(['"', '\'']);
    // Names are written in either way.
    let name = match name {
        "URL" | "Url" => "url",
        "Source" => "source",
        "Title" => "title",
        name => name,
    };
    is_name.then_some((name, value))
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let at = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    let value = &tag[at..];
    let value = &value[..value.find('"')?];
    (!value.is_empty()).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::Site;

    fn cut(path: &str, text: &str) -> Option<Vec<(String, Option<String>, String)>> {
        let source = Source {
            path,
            text,
            include: &|_| None,
            site: &Site::default(),
        };
        let pages = pages(&source)?.expect("pages");
        let of = |page: Page| {
            let title = page.title.unwrap_or_default();
            let text = page.markdown.trim().replace('\n', "|");
            (
                format!("{}: {title}", page.path.unwrap_or_default()),
                page.permalink,
                text,
            )
        };
        Some(pages.into_iter().map(of).collect())
    }

    fn page(name: &str, permalink: Option<&str>, text: &str) -> (String, Option<String>, String) {
        (
            name.to_owned(),
            permalink.map(str::to_owned),
            text.to_owned(),
        )
    }

    #[test]
    fn headings_with_their_source() {
        let text = "# Queue\nSource: https://d.example/guide/queue\n\nIt holds jobs.\n\n```sh\n# not a heading\n```\n\n# Pool\nSource: https://d.example/guide/pool\n\nIt holds workers.\n\n# Part\n\nOf the pool.\n";
        let pages = cut("llms-full.txt", text).expect("two pages");
        assert_eq!(
            pages[0],
            page(
                "guide/queue: Queue",
                Some("https://d.example/guide/queue"),
                "It holds jobs.||```sh|# not a heading|```"
            )
        );
        assert_eq!(
            pages[1],
            page(
                "guide/pool: Pool",
                Some("https://d.example/guide/pool"),
                "It holds workers.||# Part||Of the pool."
            )
        );
        assert_eq!(pages.len(), 2);
    }

    #[test]
    fn front_matter_between_pages() {
        let text = "---\nurl: /guide/queue.md\ntitle: \"Queue\"\n---\n\n# Queue\n\nIt holds jobs.\n\n---\n\n---\nurl: /guide/pool.md\n---\n# Pool\n\nWorkers.\n";
        let pages = cut("llms-full.txt", text).expect("two pages");
        assert_eq!(pages[0].1.as_deref(), Some("/guide/queue.md"));
        assert!(
            pages[0].2.contains("It holds jobs.") && !pages[0].2.contains("url:"),
            "{pages:?}"
        );
        assert_eq!(pages[1].2, "# Pool||Workers.");
    }

    #[test]
    fn tags_around_pages() {
        let text = "<page url=\"https://d.example/a\" title=\"A\">\n# A\n\nFirst.\n</page>\n<page url=\"https://d.example/b\">\n# B\n\nSecond.\n</page>\n";
        let pages = cut("docs/llms-full.txt", text).expect("two pages");
        assert_eq!(
            pages[0],
            page("a: A", Some("https://d.example/a"), "# A||First.")
        );
        assert_eq!(pages[1].2, "# B||Second.");
        let text = "<document index=\"1\">\n<source>guide/a.md</source>\n<document_content>\n# A\n\nFirst.\n</document_content>\n</document>\n<document index=\"2\">\n<source>guide/b.md</source>\n<document_content>\n# B\n\nSecond.\n</document_content>\n</document>\n";
        let pages = cut("llms-full.txt", text).expect("two pages");
        assert_eq!(pages[1].2, "# B||Second.", "{pages:?}");
    }

    #[test]
    fn addresses_between_rules() {
        let text = "================\nURL: https://d.example/a\n================\n# A\n\nFirst.\n\n================\nURL: https://d.example/b\n================\n# B\n\nSecond.\n";
        let pages = cut("llms-full.md", text).expect("two pages");
        assert_eq!(
            pages[1],
            page("b: ", Some("https://d.example/b"), "# B||Second.")
        );
    }

    #[test]
    fn headings_alone() {
        let text = "# A\n\nFirst.\n\n# B\n\nSecond.\n";
        assert_eq!(cut("llms-full.txt", text).map(|pages| pages.len()), Some(2));
        let ruled = "# A\n\nFirst.\n\n# Inner\n\n---\n\n# B\n\nSecond.\n\n---\n\n# C\n\nThird.\n";
        let pages = cut("llms-full.txt", ruled).expect("three pages");
        assert_eq!(pages.len(), 3);
        assert_eq!(pages[0].2, "# A||First.||# Inner");
        assert_eq!(cut("guide.md", text), None);
    }

    #[test]
    fn a_large_text_of_another_name_that_says_where_each_page_is_from() {
        let text: String = (0..20)
            .map(|n| {
                format!("# Page {n}\nURL: https://d.example/p/{n}\n\nWords of number {n}.\n\n")
            })
            .collect();
        assert_eq!(
            cut("everything.md", &text).map(|pages| pages.len()),
            Some(20)
        );
        let one = format!(
            "---\nurl: /a\ntitle: A\n---\n\n# A\n\n{}",
            "Words.\n\n---\n\n".repeat(100)
        );
        assert_eq!(cut("a.md", &one), None);
    }

    #[test]
    fn it_takes_no_longer_than_the_text_is_long() {
        let started = std::time::Instant::now();
        for part in [
            "# a\nURL: /a\n",
            "---\n",
            "---\na: b\n",
            "# a\n",
            "<page>\n",
            "<page url=\"/a\">\nx\n</page>\n",
            "===\nURL: /x\n===\n\n",
        ] {
            let source = Source {
                path: "llms-full.txt",
                text: &part.repeat(100_000),
                include: &|_| None,
                site: &Site::default(),
            };
            let _ = pages(&source);
        }
        assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
    }
}
