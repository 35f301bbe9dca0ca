//! Links and footnotes put where they are read: `[words][label]` becomes `[words](destination)`, a link without words gets the title
//! of its page, and the text of a footnote stands at the end of each section that refers to it. A section read alone has all it needs.

use super::names::Names;
use crate::corpus::markdown_options;
use pulldown_cmark::{CowStr, Event, LinkType, Parser, Tag, TagEnd};
use std::{
    collections::{HashMap, HashSet},
    ops::Range,
};

/// What a page may grow by this, beyond its own length, in bytes.
const MOST_ADDED: usize = 64 << 10;

/// The text with its links and footnotes in place; `None` where there is nothing of the kind.
pub(super) fn placed(text: &str, names: &Names<'_>) -> Option<String> {
    let linked = (text.contains("]:") || text.contains("[]("))
        .then(|| Reader::links(text, names))
        .flatten();
    let text = linked.as_deref().unwrap_or(text);
    let noted = text.contains("[^").then(|| footnotes(text)).flatten();
    noted.or(linked)
}

/// A link that is being read.
struct Open<'a> {
    kind: LinkType,
    destination: CowStr<'a>,
    range: Range<usize>,
    inner: Option<Range<usize>>,
    is_image: bool,
}

struct Reader<'t, 'n, 's> {
    text: &'t str,
    names: &'n Names<'s>,
    edits: Edits,
}

impl Reader<'_, '_, '_> {
    fn links(text: &str, names: &Names<'_>) -> Option<String> {
        let mut reader = Reader {
            text,
            names,
            edits: Edits::of(text),
        };
        let mut open: Vec<Open<'_>> = Vec::new();
        for (event, range) in Parser::new_ext(text, markdown_options()).into_offset_iter() {
            match event {
                Event::Start(Tag::Link {
                    link_type,
                    dest_url,
                    ..
                }) => open.push(Open {
                    kind: link_type,
                    destination: dest_url,
                    range,
                    inner: None,
                    is_image: false,
                }),
                Event::Start(Tag::Image {
                    link_type,
                    dest_url,
                    ..
                }) => open.push(Open {
                    kind: link_type,
                    destination: dest_url,
                    range,
                    inner: None,
                    is_image: true,
                }),
                Event::End(TagEnd::Link | TagEnd::Image) => {
                    if let Some(closed) = open.pop() {
                        widen(&mut open, &closed.range);
                        reader.end(&closed);
                    }
                }
                _ => widen(&mut open, &range),
            }
        }
        reader.edits.applied(text)
    }

    fn end(&mut self, open: &Open<'_>) {
        let is_reference = matches!(
            open.kind,
            LinkType::Reference | LinkType::Collapsed | LinkType::Shortcut
        );
        if is_reference && let Some(inner) = &open.inner {
            let rest = self.text[open.range.end..]
                .strip_prefix("[]")
                .filter(|_| open.kind == LinkType::Collapsed);
            let end = open.range.end + if rest.is_some() { 2 } else { 0 };
            self.edits.add(
                inner.end..end,
                format!("]({})", destination(&open.destination)),
            );
        } else if open.kind == LinkType::Inline
            && open.inner.is_none()
            && !open.is_image
            && !open.destination.is_empty()
        {
            let words = match open.destination.strip_prefix('#') {
                Some(label) => self.names.labelled(label).map(str::to_owned),
                None => self.names.title_of(&open.destination),
            };
            let words = words.unwrap_or_else(|| stem(&open.destination));
            self.edits.add(
                open.range.start + 1..open.range.start + 1,
                words.replace(['[', ']'], ""),
            );
        }
    }
}

/// Notes for the innermost link what stands in it.
fn widen(open: &mut [Open<'_>], range: &Range<usize>) {
    if let Some(open) = open.last_mut() {
        open.inner = Some(match &open.inner {
            Some(inner) => inner.start..inner.end.max(range.end),
            None => range.clone(),
        });
    }
}

/// Changes of a text, with a bound to what they add.
struct Edits {
    list: Vec<(Range<usize>, String)>,
    /// What may still be added, in bytes.
    budget: usize,
}

impl Edits {
    fn of(text: &str) -> Self {
        Self {
            list: Vec::new(),
            budget: text.len() + MOST_ADDED,
        }
    }

    /// Whether there was room for it.
    fn add(&mut self, range: Range<usize>, text: String) -> bool {
        let Some(left) = self
            .budget
            .checked_sub(text.len().saturating_sub(range.len()))
        else {
            return false;
        };
        self.budget = left;
        self.list.push((range, text));
        true
    }

    fn applied(mut self, text: &str) -> Option<String> {
        if self.list.is_empty() {
            return None;
        }
        self.list.sort_by_key(|(range, _)| (range.start, range.end));
        let mut out = String::with_capacity(text.len() * 2);
        let mut at = 0;
        for (range, new) in self.list {
            if range.start < at {
                continue;
            }
            out.push_str(&text[at..range.start]);
            out.push_str(&new);
            at = range.end;
        }
        out.push_str(&text[at..]);
        Some(out)
    }
}

struct Footnote {
    range: Range<usize>,
    /// Labels that its own text refers to.
    labels: Vec<String>,
}

/// Puts each footnote at the end of the sections that refer to it; one that nothing refers to stays.
fn footnotes(text: &str) -> Option<String> {
    let mut footnotes: HashMap<String, Footnote> = HashMap::new();
    // Ends of sections, and the labels that each refers to.
    let mut sections: Vec<(usize, Vec<String>)> = Vec::new();
    let mut labels: Vec<String> = Vec::new();
    let mut within: Option<String> = None;
    let mut depth = 0usize;
    for (event, range) in Parser::new_ext(text, markdown_options()).into_offset_iter() {
        match event {
            Event::FootnoteReference(label) => {
                match within.as_ref().and_then(|within| footnotes.get_mut(within)) {
                    Some(footnote) => footnote.labels.push(label.to_string()),
                    None => labels.push(label.to_string()),
                }
            }
            Event::Start(tag) => {
                match tag {
                    Tag::Heading { .. } if depth == 0 => {
                        sections.push((range.start, std::mem::take(&mut labels)));
                    }
                    // In a quote or a list item it stays.
                    Tag::FootnoteDefinition(label) if depth == 0 => {
                        let footnote = Footnote {
                            range,
                            labels: Vec::new(),
                        };
                        footnotes.entry(label.to_string()).or_insert(footnote);
                        within = Some(label.to_string());
                    }
                    _ => {}
                }
                depth += 1;
            }
            Event::End(end) => {
                depth = depth.saturating_sub(1);
                if depth == 0 && end == TagEnd::FootnoteDefinition {
                    within = None;
                }
            }
            _ => {}
        }
    }
    sections.push((text.len(), labels));
    let mut edits = Edits::of(text);
    let mut moved: HashSet<&str> = HashSet::new();
    for (end, labels) in &sections {
        let mut here: HashSet<&str> = HashSet::new();
        let mut written = String::new();
        let mut waiting: Vec<&str> = labels.iter().rev().map(String::as_str).collect();
        while let Some(label) = waiting.pop() {
            let Some((label, footnote)) = footnotes.get_key_value(label) else {
                continue;
            };
            if !here.insert(label) {
                continue;
            }
            let note = text[footnote.range.clone()].trim_end();
            // The first time it moves; then it is there once more.
            if !moved.insert(label) {
                let Some(left) = edits.budget.checked_sub(note.len()) else {
                    continue;
                };
                edits.budget = left;
            }
            written.push_str("\n\n");
            written.push_str(note);
            waiting.extend(footnote.labels.iter().rev().map(String::as_str));
        }
        if !written.is_empty() {
            written.push_str("\n\n");
            let mut end = text[..*end].trim_end().len();
            // Not into one that is to move away itself.
            let around = footnotes
                .values()
                .filter(|footnote| footnote.range.start < end && end <= footnote.range.end);
            if let Some(start) = around.map(|footnote| footnote.range.start).min() {
                end = start;
            }
            edits.list.push((end..end, written));
        }
    }
    edits.list.extend(
        moved
            .iter()
            .map(|label| (footnotes[*label].range.clone(), String::new())),
    );
    edits.applied(text)
}

/// A destination as CommonMark has it behind `](`.
fn destination(destination: &str) -> String {
    if destination.is_empty()
        || destination.contains(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '<' | '>'))
    {
        format!("<{}>", destination.replace(['<', '>', '\n'], ""))
    } else {
        destination.to_owned()
    }
}

/// `guide/set-up.md#x` as words.
fn stem(destination: &str) -> String {
    let path = destination.split(['#', '?']).next().unwrap_or_default();
    let path = if path.is_empty() {
        destination.trim_start_matches('#')
    } else {
        path
    };
    let file = path
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or(path);
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    stem.replace(['-', '_'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::{Site, document::Source};
    use serde_json::Value;

    fn shown(text: &str) -> String {
        let include = |name: &str| (name == "other.md").then(|| "# Other *page*\n".to_owned());
        let source = Source {
            path: "a.md",
            text,
            include: &include,
            site: &Site::default(),
        };
        let names = Names::new(&source, &Value::Null);
        placed(text, &names).unwrap_or_else(|| text.to_owned())
    }

    #[test]
    fn references_become_links() {
        for (text, expected) in [
            (
                "[pipes] and [the *guide*][g].\n\n[g]: https://x.org/g\n[pipes]: ./p.md\n",
                "[pipes](./p.md) and [the *guide*](https://x.org/g).",
            ),
            ("[a][]\n\n[A]: <b c>\n", "[a](<b c>)"),
            (
                "![x][i] [![y][i]][g]\n\n[i]: i.png\n[g]: g\n",
                "![x](i.png) [![y](i.png)](g)",
            ),
            (
                "[](other.md) [](no-such.md) [](#top)",
                "[Other *page*](other.md) [no such](no-such.md) [top](#top)",
            ),
            ("`[a]` [b] [x](y)\n\n[a]: c\n", "`[a]` [b] [x](y)"),
            ("[](){ #x }", "[](){ #x }"),
        ] {
            assert_eq!(shown(text).lines().next(), Some(expected), "{text}");
        }
    }

    #[test]
    fn footnotes_stand_where_they_are_referred_to() {
        let text = "# A\n\nOne[^1].\n\n## B\n\nTwo[^1] and three[^n].\n\n## C\n\nEnd.\n\n[^1]: First [x].\n[^n]: Named,\n    in two lines[^1].\n[^2]: Unused.\n\n[x]: y\n";
        let shown = shown(text);
        let parts: Vec<&str> = shown.split("\n#").collect();
        assert!(parts[0].contains("[^1]: First [x](y)."), "{shown}");
        assert!(
            parts[1].contains("[^1]: First") && parts[1].contains("[^n]: Named,\n    in two lines"),
            "{shown}"
        );
        assert!(
            !parts[2].contains("[^1]:") && !parts[2].contains("[^n]:"),
            "{shown}"
        );
    }

    #[test]
    fn what_is_referred_to_often_is_bounded() {
        let long = "x".repeat(2000);
        for text in [
            "[a] ".repeat(100_000) + "\n\n[a]: " + &long,
            "# x\n\n[^1]\n\n".repeat(20_000) + "[^1]: " + &long,
            (0..5000)
                .map(|n| format!("# x\n\n[^{n}]\n\n[^{n}]: a[^{}]\n\n", n + 1))
                .collect(),
            "![".repeat(20_000) + &"][a]".repeat(20_000) + "\n\n[a]: b\n",
        ] {
            assert!(shown(&text).len() <= 4 * text.len() + 4 * MOST_ADDED);
        }
    }
}
