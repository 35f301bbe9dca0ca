//! What stands in Markdown and no renderer shows: definitions of links that nothing refers to, which
//! serve as comments (`[//]: # (…)`), footnotes that nothing refers to, the titles of links, and invisible characters written as entities.

use super::invisible::without_invisible;
use super::outline::markdown_options;
use pulldown_cmark::{Event, LinkType, Parser, Tag, TagEnd};
use std::{
    collections::{HashMap, HashSet},
    ops::Range,
};

/// The Markdown without them; `None` where there is nothing of the kind.
pub(super) fn without_unrendered(markdown: &str) -> Option<String> {
    if !(markdown.contains("]:") || has_entity(markdown) || has_link_title(markdown)) {
        return None;
    }
    let mut reader = Reader {
        markdown,
        shown_until: 0,
        gaps: Vec::new(),
        used: HashSet::new(),
        footnotes: Vec::new(),
        open: Vec::new(),
        references: Vec::new(),
        edits: Vec::new(),
    };
    let mut events = Parser::new_ext(markdown, markdown_options()).into_offset_iter();
    for (event, range) in events.by_ref() {
        reader.event(&event, range);
    }
    reader.gap(markdown.len());
    let definitions: HashMap<usize, Definition<'_>> = events
        .reference_definitions()
        .iter()
        .map(|(label, definition)| {
            let text = &markdown[definition.span.clone()];
            let begin = definition.span.start + text.len() - text.trim_start().len();
            (
                begin,
                Definition {
                    label,
                    destination: &definition.dest,
                },
            )
        })
        .collect();
    reader.finish(&definitions)
}

struct Definition<'a> {
    label: &'a str,
    destination: &'a str,
}

struct Reader<'a> {
    markdown: &'a str,
    /// Up to here, the parser has told of everything.
    shown_until: usize,
    /// Stretches that the parser tells nothing of and that are not blank.
    gaps: Vec<Range<usize>>,
    /// Labels that links and images refer to.
    used: HashSet<String>,
    /// Definitions of footnotes, and which of them are open.
    footnotes: Vec<(&'a str, Range<usize>)>,
    open: Vec<usize>,
    /// References to footnotes, each with the footnote that it stands in.
    references: Vec<(Option<usize>, &'a str)>,
    edits: Vec<(Range<usize>, String)>,
}

impl<'a> Reader<'a> {
    fn event(&mut self, event: &Event<'_>, range: Range<usize>) {
        if let Event::End(end) = event {
            if *end == TagEnd::FootnoteDefinition {
                self.open.pop();
            }
            return;
        }
        self.gap(range.start);
        match event {
            Event::FootnoteReference(_) => {
                let label = footnote_label(&self.markdown[range.clone()]);
                self.references.push((self.open.last().copied(), label));
            }
            Event::Start(Tag::FootnoteDefinition(_)) => {
                let label = footnote_label(&self.markdown[range.clone()]);
                self.open.push(self.footnotes.len());
                self.footnotes.push((label, range.clone()));
            }
            Event::Start(
                Tag::Link {
                    link_type,
                    title,
                    id,
                    ..
                }
                | Tag::Image {
                    link_type,
                    title,
                    id,
                    ..
                },
            ) => match link_type {
                LinkType::Inline if !title.is_empty() => self.cut_title(&range),
                LinkType::Reference | LinkType::Collapsed | LinkType::Shortcut => {
                    self.used.insert(folded(id));
                }
                _ => {}
            },
            Event::Text(text) if self.markdown[range.clone()].starts_with('&') => {
                let before = self.markdown[..range.start].chars().next_back();
                let after = self.markdown[range.end..].chars().next();
                let around: String = before
                    .into_iter()
                    .chain(text.chars())
                    .chain(after)
                    .collect();
                let least = around.len() - text.len();
                if without_invisible(&around).len() <= least {
                    self.edits.push((range.clone(), String::new()));
                }
            }
            _ => {}
        }
        let until = match event {
            // Their text comes as events of its own.
            Event::Start(Tag::BlockQuote(_) | Tag::List(_) | Tag::Item) => range.start,
            Event::Start(Tag::FootnoteDefinition(_)) => {
                let text = &self.markdown[range.clone()];
                range.start + text.find("]:").map_or(0, |end| end + 2)
            }
            _ => range.end,
        };
        self.shown_until = self.shown_until.max(until);
    }

    /// Notes what stands between two events, unless it is white space or the marks of a container.
    fn gap(&mut self, end: usize) {
        let start = self.shown_until;
        if start >= end {
            return;
        }
        let gap = &self.markdown[start..end];
        if let Some(open) = gap.find('[')
            && gap[..open].lines().all(is_container_mark)
        {
            let mut hidden = &gap[open..];
            while let Some((rest, last)) = hidden.rsplit_once('\n')
                && last.trim_matches([' ', '\t', '>']).is_empty()
            {
                hidden = rest;
            }
            self.gaps.push(start + open..start + open + hidden.len());
        }
    }

    fn cut_title(&mut self, link: &Range<usize>) {
        let Some(inner) = self.markdown[link.clone()].strip_suffix(')') else {
            return;
        };
        let inner = inner.trim_end();
        let open = match inner.chars().next_back() {
            Some(')') => '(',
            Some(quote @ ('"' | '\'')) => quote,
            _ => return,
        };
        let text = &inner[..inner.len() - 1];
        let begin = text
            .rmatch_indices(open)
            .map(|(at, _)| at)
            .find(|at| text[..*at].ends_with(char::is_whitespace));
        if let Some(begin) = begin {
            let begin = text[..begin].trim_end().len();
            self.edits
                .push((link.start + begin..link.start + inner.len(), String::new()));
        }
    }

    /// Cuts the footnotes that no text refers to, nor any footnote that some text refers to.
    fn cut_footnotes(&mut self) {
        if self.footnotes.is_empty() {
            return;
        }
        let mut within: HashMap<Option<usize>, Vec<String>> = HashMap::new();
        for (footnote, label) in self.references.drain(..) {
            within.entry(footnote).or_default().push(folded(label));
        }
        let mut numbers: HashMap<String, Vec<usize>> = HashMap::new();
        for (number, (label, _)) in self.footnotes.iter().enumerate() {
            numbers.entry(folded(label)).or_default().push(number);
        }
        let mut waiting = within.remove(&None).unwrap_or_default();
        while let Some(label) = waiting.pop() {
            for number in numbers.remove(&label).unwrap_or_default() {
                waiting.extend(within.remove(&Some(number)).unwrap_or_default());
            }
        }
        let unused = numbers.into_values().flatten();
        let ranges = unused.map(|number| (self.footnotes[number].1.clone(), String::new()));
        self.edits.extend(ranges);
    }

    fn finish(mut self, definitions: &HashMap<usize, Definition<'_>>) -> Option<String> {
        self.cut_footnotes();
        let mut begins: Vec<usize> = definitions.keys().copied().collect();
        begins.sort_unstable();
        for gap in std::mem::take(&mut self.gaps) {
            let first = begins.partition_point(|begin| *begin < gap.start);
            let within = begins[first..].iter().take_while(|begin| **begin < gap.end);
            let line = self.markdown[..gap.start]
                .rfind('\n')
                .map_or(0, |end| end + 1);
            let lead: String = self.markdown[line..gap.start]
                .chars()
                .map(|c| if c == '>' { '>' } else { ' ' })
                .collect();
            let kept: Vec<String> = within
                .map(|begin| &definitions[begin])
                .filter(|definition| self.used.contains(&folded(definition.label)))
                .map(|Definition { label, destination }| {
                    format!("[{label}]: <{}>", destination.replace(['<', '>', '\n'], ""))
                })
                .collect();
            self.edits.push((gap, kept.join(&format!("\n{lead}"))));
        }
        if self.edits.is_empty() {
            return None;
        }
        self.edits
            .sort_by_key(|(range, _)| (range.start, range.end));
        let mut out = String::with_capacity(self.markdown.len());
        let mut at = 0;
        for (range, text) in self.edits {
            // A link in the words of an image, for one, is edited with what holds it.
            if range.start < at {
                continue;
            }
            out.push_str(&self.markdown[at..range.start]);
            out.push_str(&text);
            at = range.end;
        }
        out.push_str(&self.markdown[at..]);
        Some(out)
    }
}

/// `label` of `[^label]` and `[^label]: text`.
fn footnote_label(text: &str) -> &str {
    let label = text.strip_prefix("[^").unwrap_or(text);
    label.split(']').next().unwrap_or(label)
}

/// Labels are the same where they differ in case and white space alone.
fn folded(label: &str) -> String {
    let words: Vec<String> = label.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ")
}

/// Whether a line before a definition opens quotes and list items and says nothing.
fn is_container_mark(line: &str) -> bool {
    line.split([' ', '\t', '>'])
        .filter(|mark| !mark.is_empty())
        .all(|mark| {
            matches!(mark, "-" | "*" | "+")
                || mark.strip_suffix(['.', ')']).is_some_and(|number| {
                    !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
                })
        })
}

/// Whether any link may have a title, told without a parser, and by a few bytes of each destination:
/// a longer one may have a title.
fn has_link_title(markdown: &str) -> bool {
    const LONGEST: usize = 512;
    markdown.match_indices("](").any(|(at, open)| {
        let text = markdown[at + open.len()..].trim_start();
        let near = &text.as_bytes()[..text.len().min(LONGEST)];
        let mut depth = 0usize;
        let end = if near.starts_with(b"<") {
            let end = near.iter().position(|byte| matches!(byte, b'>' | b'\n'));
            end.map(|end| end + 1)
        } else {
            near.iter().position(|byte| match byte {
                b'(' => {
                    depth += 1;
                    false
                }
                b')' => {
                    depth = depth.wrapping_sub(1);
                    depth == usize::MAX
                }
                byte => byte.is_ascii_whitespace(),
            })
        };
        match end {
            Some(end) => text[end..].trim_start().starts_with(['"', '\'', '(']),
            None => near.len() == LONGEST,
        }
    })
}

/// Whether there is any entity but those that are in every other page, and are seen.
fn has_entity(markdown: &str) -> bool {
    const LONGEST: usize = 32;
    markdown.match_indices('&').any(|(at, _)| {
        let name = markdown.as_bytes()[at + 1..].iter().take(LONGEST);
        let name = name.take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'#');
        let end = at + 1 + name.count();
        let seen = [
            "", "amp", "lt", "gt", "quot", "apos", "nbsp", "mdash", "ndash", "copy",
        ];
        markdown[end..].starts_with(';') && !seen.contains(&&markdown[at + 1..end])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_that_serve_as_comments_go() {
        for comment in [
            "[//]: # (hidden)",
            "[//]: # \"hidden\"",
            "[//]: <> (hidden)",
            "[comment]: <> 'hidden'",
            "[]: # (no label is no definition)",
            "[//]: # (hidden\nover lines)",
            "[//]: <hidden words>",
            "[hidden]: #",
            "[//]: # (one hidden)\n[//]: # (two hidden)\n[//]: # (three hidden)",
            "[//]:\n  x.md\n  (hidden)",
        ] {
            for (before, behind) in [
                ("# T\n\n", "\n\nText.\n"),
                ("Text.\n\n", "\n"),
                ("> ", "\n>\n> Text.\n"),
                ("- ", "\n\n  Text.\n- b\n"),
                ("Text\n\n> - ", "\n"),
            ] {
                let lead: String = before
                    .lines()
                    .last()
                    .unwrap_or("")
                    .replace('-', " ")
                    .replace("# T", "")
                    .replace("Text.", "");
                let text = format!(
                    "{before}{}{behind}",
                    comment.replace('\n', &format!("\n{lead}"))
                );
                let shown = without_unrendered(&text).unwrap_or(text.clone());
                let stays = comment.starts_with("[]");
                assert!(!shown.contains("hidden"), "{text:?} -> {shown:?}");
                assert_eq!(shown.contains("no label"), stays, "{text:?} -> {shown:?}");
                assert!(shown.contains("Text"), "{text:?} -> {shown:?}");
            }
        }
    }

    #[test]
    fn what_is_shown_stays() {
        for text in [
            "Text\n[//]: # (in a paragraph it is text)\n",
            "```\n[//]: # (code)\n```\n",
            "    [//]: # (code)\n",
            "A `&#x202e;` &amp; &lt; &copy; &nbsp; note.\n",
            "[^1] and [x](y)\n\n[^1]: A footnote.\n",
            "- [x] done\n- [ ] not done\n- [a](b) c\n- [z]\n",
            "a[1]: b\n",
            "[a](b(c)) [d](<e> ) \"x\")\n",
        ] {
            assert_eq!(without_unrendered(text), None, "{text:?}");
        }
    }

    #[test]
    fn definitions_in_use_keep_their_destination() {
        let text = "See [the Guide] and ![x][img].\n\n[the  guide]: guide.md 'hidden'\n[//]: # (hidden)\n[img]: <a b.png>\n  \"hidden\"\n[unused]: x.md\n\nEnd.\n";
        assert_eq!(
            without_unrendered(text).unwrap(),
            "See [the Guide] and ![x][img].\n\n[the guide]: <guide.md>\n[img]: <a b.png>\n\nEnd.\n"
        );
    }

    #[test]
    fn footnotes_that_nothing_refers_to_go() {
        let text = "A[^a].\n\n[^a]: Seen[^b].\n[^b]: Seen too.\n[^c]: hidden[^d]\n[^d]: hidden\n\n    hidden [^c]\n\nEnd.\n";
        let shown = without_unrendered(text).unwrap();
        assert!(!shown.contains("hidden"), "{shown}");
        for seen in ["[^a]: Seen[^b].", "[^b]: Seen too.", "End."] {
            assert!(shown.contains(seen), "{shown}");
        }
    }

    #[test]
    fn titles_and_invisible_entities_go() {
        for (text, shown) in [
            (
                "[a](b \"hidden\") ![c](<d e> 'hidden (x)') [f](g (hidden))",
                "[a](b) ![c](<d e>) [f](g)",
            ),
            (
                "a&#x202e;b&#8203;c&shy;d&ZeroWidthSpace;e&#xE0041;&lrm;",
                "abcde",
            ),
            ("# A&#x2067;B\n", "# AB\n"),
            ("می&zwnj;خواهم a&zwnj;b", "می&zwnj;خواهم ab"),
        ] {
            assert_eq!(without_unrendered(text).as_deref(), Some(shown));
        }
    }
}
