//! Elements of HTML among text: what is shown of each, and where it ends.

use super::super::macros;
use super::super::tag::Tag;
use super::Walk;

/// Elements whose content is not text to read.
pub(super) const UNREAD: &[&str] = &[
    "script", "style", "template", "svg", "iframe", "noscript", "object", "video", "audio",
    "canvas", "select", "datalist", "title",
];
/// Elements whose edges part words.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "br",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "section",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
];
/// Links and code spans that are written as HTML may hold this many bytes.
const LONGEST_SPAN: usize = 4096;

impl<'a> Walk<'a> {
    pub(super) fn element(&mut self, at: usize, tag: Tag<'a>, block: bool) -> (String, usize) {
        let name = tag.name.to_ascii_lowercase();
        let name = name.as_str();
        let gone = (String::new(), tag.end);
        let hidden = tag.hides(&self.sheet);
        if UNREAD.contains(&name) || hidden {
            let void = matches!(
                name,
                "input" | "img" | "br" | "hr" | "source" | "link" | "meta"
            );
            if tag.closing || tag.self_closing || void {
                return gone;
            }
            let end = match name {
                "p" if hidden => self.paragraph_end(tag.end),
                _ => match self.element_end(name, at) {
                    Some(end) => end,
                    None if hidden => self.block_end(tag.end, self.text.len()),
                    None => tag.end,
                },
            };
            return (String::new(), end);
        }
        match name {
            "code" | "tt" | "samp" if !tag.closing => match self.span(name, tag.end) {
                Some((inner, end)) => (macros::code_span(&macros::plain(inner)), end),
                None => gone,
            },
            "a" if tag.closing => match self.link.take() {
                Some((close, href)) if close == at => (format!("]({href})"), tag.end),
                _ => gone,
            },
            "a" => {
                let href = tag.attribute("href").filter(|href| {
                    !href.is_empty()
                        && !href.contains(|c: char| c.is_whitespace() || "()<>".contains(c))
                });
                match (href, self.span("a", tag.end)) {
                    (Some(href), Some((inner, _))) if !inner.contains('[') => {
                        self.link = Some((tag.end + inner.len(), href));
                        ("[".to_owned(), tag.end)
                    }
                    _ => gone,
                }
            }
            "img" => (
                tag.attribute("alt").map(macros::plain).unwrap_or_default(),
                tag.end,
            ),
            "summary" => {
                let edge = if tag.closing { "**\n\n" } else { "**" };
                match (tag.closing, block, self.span("summary", tag.end)) {
                    (false, _, Some((inner, end))) if !inner.contains("**") => {
                        let title = macros::plain(inner);
                        (format!("**{}**\n\n", title.trim()), end)
                    }
                    (true, true, _) if self.out.ends_with("**") => (edge.to_owned(), tag.end),
                    _ => gone,
                }
            }
            "sup" if !tag.closing => {
                let power = self
                    .out
                    .ends_with(|c: char| c.is_alphanumeric() || c == ')')
                    && self.text[tag.end..].starts_with(|c: char| c.is_alphanumeric() || c == '-');
                (if power { "^".to_owned() } else { String::new() }, tag.end)
            }
            _ if BLOCKS.contains(&name) => {
                let apart = self.out.is_empty() || self.out.ends_with(char::is_whitespace);
                let edge = match (apart, block) {
                    (true, _) => "",
                    (false, true) => "\n",
                    (false, false) => " ",
                };
                (edge.to_owned(), tag.end)
            }
            _ => gone,
        }
    }

    /// The content of a short inline element, and the offset behind its closing tag.
    pub(super) fn span(&self, name: &str, from: usize) -> Option<(&'a str, usize)> {
        let close = self.next_close(name, from)?;
        if close - from > LONGEST_SPAN {
            return None;
        }
        let inner = &self.text[from..close];
        if inner.contains("\n\n") {
            return None;
        }
        Some((inner, Tag::at(self.text, close)?.end))
    }

    pub(super) fn next_close(&self, name: &str, from: usize) -> Option<usize> {
        let close = &self.tags.get(name)?.close;
        close
            .get(close.partition_point(|&place| place < from))
            .copied()
    }

    /// The offset behind the element that opens at `at`, elements of its own kind inside it counted.
    pub(super) fn element_end(&mut self, name: &str, at: usize) -> Option<usize> {
        let nearest = |walk: &Self| {
            let close = walk.next_close(name, at)?;
            Some(Tag::at(walk.text, close).map_or(close + 2, |tag| tag.end))
        };
        if self.unclosed.contains(name) {
            return nearest(self);
        }
        let places = self.tags.get(name)?;
        let mut open = places.open.partition_point(|&place| place <= at);
        let mut close = places.close.partition_point(|&place| place < at);
        let mut depth = 1u32;
        while let Some(&next_close) = places.close.get(close) {
            if places
                .open
                .get(open)
                .is_some_and(|&next_open| next_open < next_close)
            {
                depth += 1;
                open += 1;
                continue;
            }
            depth -= 1;
            close += 1;
            if depth == 0 {
                return Some(Tag::at(self.text, next_close).map_or(next_close + 2, |tag| tag.end));
            }
        }
        self.unclosed.insert(name.to_owned());
        nearest(self)
    }

    /// The end of a `<p>`, which holds no other: where it is closed, or its block ends.
    fn paragraph_end(&self, from: usize) -> usize {
        let places = self.tags.get("p");
        let next = places.and_then(|places| {
            let next = places.open.partition_point(|&place| place < from);
            places.open.get(next).copied()
        });
        match self.next_close("p", from) {
            Some(close) if next.is_none_or(|open| close < open) => {
                Tag::at(self.text, close).map_or(close + 2, |tag| tag.end)
            }
            _ => self.block_end(from, next.unwrap_or(self.text.len())),
        }
    }

    /// The offset of the first blank line between the two, or else the latter.
    fn block_end(&self, from: usize, end: usize) -> usize {
        let mut at = from;
        for line in self.text[from..end].split_inclusive('\n') {
            if at > from && line.trim_matches([' ', '\t', '>', '\n']).is_empty() {
                break;
            }
            at += line.len();
        }
        at
    }
}
