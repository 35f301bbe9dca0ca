//! Raw HTML, components, macros and other inline extensions -> plain Markdown.
//!
//! One pass of pulldown-cmark tells where code and HTML blocks are; one walk from start to end
//! copies code as it is and rewrites the rest.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag as Block};

use super::extension::{attribute_list, component, icon, keys};
use super::macros::{self, Context};
use super::tag::{self, Tag};
use crate::corpus::format::html::fragment_to_markdown;
use crate::corpus::format::style::Sheet;
use crate::corpus::markdown_options;

/// Elements whose content is not text to read.
const UNREAD: &[&str] = &[
    "script", "style", "template", "svg", "iframe", "noscript", "object", "video", "audio",
    "canvas", "select", "datalist", "title",
];
/// What HTML has beside elements and comments, by its beginning and its end: shown nowhere.
const UNSHOWN: [(&str, &str); 3] = [("<![CDATA[", "]]>"), ("<?", "?>"), ("<!", ">")];
/// Elements that the HTML converter must see whole, over blank lines.
const WHOLE: &[&str] = &["table", "ul", "ol", "dl", "pre", "math", "figure"];
/// Elements of an HTML block that need the HTML converter.
const STRUCTURED: &[&str] = &[
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "p",
    "blockquote",
    "dt",
    "li",
    "td",
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

/// What the page is, as far as the inline syntax depends on it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Hints {
    /// MDX: `{…}` is an expression, and every capitalised tag a component.
    pub(super) mdx: bool,
    /// A page of MDN: unknown `{{…}}` are boxes.
    pub(super) mdn: bool,
}

/// Rewrites a page's body; see the module.
pub(super) fn rewrite(text: &str, hints: Hints, sheet: Sheet) -> String {
    let mut walk = Walk::new(text, hints);
    walk.sheet = sheet;
    walk.run();
    walk.out
}

/// The rules of the page's own `<style>` elements.
pub(super) fn sheet(text: &str) -> Sheet {
    if !text.contains("<style") {
        return Sheet::default();
    }
    let mut walk = Walk::new(text, Hints::default());
    walk.read_sheets();
    walk.sheet
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Code,
    Html,
}

struct Walk<'a> {
    text: &'a str,
    hints: Hints,
    out: String,
    regions: Vec<(Range<usize>, Kind)>,
    /// Opening and closing tags outside code, by name in lower case.
    tags: HashMap<String, Places>,
    /// Names of elements of which one is never closed.
    unclosed: HashSet<String>,
    /// Where the open `<a href>` is closed, and its destination.
    link: Option<(usize, &'a str)>,
    /// No `-->` behind this offset.
    no_comment_end: bool,
    /// Ends of [`UNSHOWN`] that come no more.
    no_end: HashSet<&'static str>,
    sheet: Sheet,
}

#[derive(Default)]
struct Places {
    open: Vec<usize>,
    close: Vec<usize>,
}

impl<'a> Walk<'a> {
    fn new(text: &'a str, hints: Hints) -> Self {
        let mut regions = Vec::new();
        // Without any of these bytes there is nothing to rewrite.
        let busy = text.contains(['<', '{', '+', ':']);
        if busy {
            for (event, range) in Parser::new_ext(text, markdown_options()).into_offset_iter() {
                match event {
                    Event::Start(Block::CodeBlock(CodeBlockKind::Indented)) if hints.mdx => {}
                    Event::Code(_) | Event::Start(Block::CodeBlock(_)) => {
                        regions.push((range, Kind::Code));
                    }
                    Event::Start(Block::HtmlBlock) => regions.push((range, Kind::Html)),
                    _ => {}
                }
            }
        }
        let mut walk = Self {
            text,
            hints,
            out: String::with_capacity(text.len() + text.len() / 8),
            regions,
            tags: HashMap::new(),
            unclosed: HashSet::new(),
            link: None,
            no_comment_end: false,
            no_end: HashSet::new(),
            sheet: Sheet::default(),
        };
        if busy {
            walk.index_tags();
        }
        walk
    }

    fn index_tags(&mut self) {
        let bytes = self.text.as_bytes();
        let mut regions = self
            .regions
            .iter()
            .filter(|(_, kind)| *kind == Kind::Code)
            .peekable();
        let mut at = 0;
        while let Some(found) = self.text[at..].find('<') {
            let place = at + found;
            at = place + 1;
            while regions.next_if(|(range, _)| range.end <= place).is_some() {}
            if let Some((range, _)) = regions.peek()
                && range.contains(&place)
            {
                at = range.end;
                continue;
            }
            let closing = bytes.get(place + 1) == Some(&b'/');
            let start = place + 1 + usize::from(closing);
            let length = bytes[start.min(bytes.len())..]
                .iter()
                .take(64)
                .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'))
                .count();
            if length > 0 {
                let name = self.text[start..start + length].to_ascii_lowercase();
                let places = self.tags.entry(name).or_default();
                let list = if closing {
                    &mut places.close
                } else {
                    &mut places.open
                };
                list.push(place);
            }
        }
    }

    fn read_sheets(&mut self) {
        let Some(styles) = self.tags.get("style") else {
            return;
        };
        let mut read = 0;
        for &open in &styles.open {
            let next = styles.close.partition_point(|&close| close < open);
            if let Some(&close) = styles.close.get(next)
                && open >= read
                && let Some(tag) = Tag::at(self.text, open)
                && tag.end <= close
            {
                self.sheet.add(&self.text[tag.end..close]);
                read = close;
            }
        }
    }

    fn run(&mut self) {
        let regions = std::mem::take(&mut self.regions);
        let mut at = 0;
        for (range, kind) in regions {
            // Taken in already by an element that reaches over it.
            if range.end <= at {
                continue;
            }
            if range.start > at {
                at = self.prose(at, range.start, false);
            }
            if range.end <= at {
                continue;
            }
            let start = range.start.max(at);
            at = match kind {
                Kind::Code => {
                    self.code(start, range.end);
                    range.end
                }
                Kind::Html => self.html_block(start, range.end),
            };
        }
        if at < self.text.len() {
            self.prose(at, self.text.len(), false);
        }
    }

    fn code(&mut self, start: usize, end: usize) {
        let code = &self.text[start..end];
        if self.hints.mdn && code.contains("\\{{") {
            // MDN's macros work in code too, so its pages escape braces there.
            self.out.push_str(&code.replace("\\{{", "{{"));
        } else {
            self.out.push_str(code);
        }
    }

    /// Rewrites text outside code from `at` to `end`; returns where it stopped, which may be
    /// behind `end` when an element reaches over it.
    fn prose(&mut self, mut at: usize, end: usize, block: bool) -> usize {
        let bytes = self.text.as_bytes();
        let mut copied = at;
        while at < end {
            let step = bytes[at..end]
                .iter()
                .position(|b| matches!(b, b'\\' | b'<' | b'{' | b'+' | b':' | b'('));
            let Some(step) = step else { break };
            at += step;
            let (replacement, next) = match bytes[at] {
                b'\\' => {
                    at += 1 + self.text[at + 1..].chars().next().map_or(0, char::len_utf8);
                    continue;
                }
                // Destinations are copied, not searched: `[a](<b c>)`, `(x{y})`.
                b'(' => {
                    at = self.behind_destination(at, end);
                    continue;
                }
                b'<' => {
                    self.out.push_str(&self.text[copied..at]);
                    copied = at;
                    match self.angle(at, block) {
                        Some(found) => found,
                        None => {
                            at += 1;
                            continue;
                        }
                    }
                }
                _ => {
                    let found = match bytes[at] {
                        b'{' => self.brace(at),
                        b'+' => keys(self.text, at),
                        _ => icon(self.text, at),
                    };
                    let Some(found) = found else {
                        at += 1;
                        continue;
                    };
                    self.out.push_str(&self.text[copied..at]);
                    found
                }
            };
            self.out.push_str(&replacement);
            at = next;
            copied = next;
        }
        let end = end.max(at);
        self.out.push_str(&self.text[copied..end]);
        end
    }

    /// Where to go on behind the `(` at `at`: a link's destination is passed over.
    fn behind_destination(&self, at: usize, end: usize) -> usize {
        let bytes = self.text.as_bytes();
        if at == 0 || bytes[at - 1] != b']' {
            return at + 1;
        }
        let limit = end.min(at + 2048);
        if bytes.get(at + 1) == Some(&b'<') {
            let stop = (at + 2..limit).find(|&i| matches!(bytes[i], b'<' | b'>' | b'\n'));
            return match stop {
                Some(stop) if bytes[stop] == b'>' => stop + 1,
                _ => at + 1,
            };
        }
        // A macro or a tag in the destination is for `brace` and `angle`.
        (at + 1..limit)
            .find(|&i| {
                matches!(bytes[i], b'\n' | b' ' | b')' | b'<' | b'\\')
                    || bytes[i..].starts_with(b"{{")
            })
            .unwrap_or(limit.max(at + 1))
    }

    // ---- `{`

    fn brace(&self, at: usize) -> Option<(String, usize)> {
        let text = self.text;
        let rest = &text.as_bytes()[at..];
        if rest.starts_with(b"{{") {
            return macros::expand(text, at, Context::Markdown, self.hints.mdn);
        }
        if rest.starts_with(b"{/*") {
            let length = tag::window(text, at, 65536).find("*/}")?;
            let comment = text[at + 3..at + length].trim();
            // Docusaurus writes a heading's id so.
            let id = if comment.starts_with('#') && !comment.contains(char::is_whitespace) {
                format!("{{{comment}}}")
            } else {
                String::new()
            };
            return Some((id, at + length + 3));
        }
        // Attributes of Python-Markdown and of MkDocs' buttons and icons: `[x](y){ .z }`.
        if at > 0
            && matches!(
                text.as_bytes()[at - 1],
                b')' | b'`' | b':' | b']' | b'*' | b'>'
            )
            && let Some(end) = attribute_list(text, at)
        {
            return Some((String::new(), end));
        }
        if !self.hints.mdx || rest.starts_with(b"{#") {
            return None;
        }
        let end = tag::braces(text, at, text.len())?;
        let inner = text[at + 1..end - 1].trim();
        let literal = ['"', '\'', '`'].into_iter().find_map(|quote| {
            let inner = inner.strip_prefix(quote)?.strip_suffix(quote)?;
            (!inner.contains(quote) && !inner.contains("${")).then_some(inner)
        });
        Some((literal.unwrap_or_default().to_owned(), end))
    }

    // ---- `<`

    fn angle(&mut self, at: usize, block: bool) -> Option<(String, usize)> {
        let text = self.text;
        let rest = &text[at..];
        if rest.starts_with("<!--") {
            return Some(self.comment(at));
        }
        if let Some(end) = tag::autolink(text, at) {
            return Some((text[at..end].to_owned(), end));
        }
        // `[id]: <destination>`
        if text[..at].ends_with("]: ")
            && let Some(length) = rest.find(['>', '\n'])
        {
            return Some((rest[..=length].to_owned(), at + length + 1));
        }
        if self.hints.mdx && (rest.starts_with("<>") || rest.starts_with("</>")) {
            return Some((String::new(), at + rest.find('>').map_or(1, |i| i + 1)));
        }
        let next = *rest.as_bytes().get(1)?;
        if !(next.is_ascii_alphabetic() || matches!(next, b'/' | b'!' | b'?')) {
            return None;
        }
        if matches!(next, b'!' | b'?')
            && let Some(found) = self.unshown(at)
        {
            return Some(found);
        }
        let Some(tag) = Tag::at(text, at) else {
            // Would be an HTML block or a declaration to CommonMark all the same.
            return Some(("\\<".to_owned(), at + 1));
        };
        if tag::is_html(tag.name) || tag.hides(&self.sheet) {
            return Some(self.element(at, tag, block));
        }
        if tag.is_component() && self.is_used_as_component(&tag) {
            return Some(component(self.text, &tag, block));
        }
        Some(("\\<".to_owned(), at + 1))
    }

    /// `Vec<String>` and `<pod-name>` are text; what has attributes or is closed is markup.
    fn is_used_as_component(&self, tag: &Tag<'_>) -> bool {
        let capital = tag.name.starts_with(|c: char| c.is_ascii_uppercase());
        tag.self_closing
            || tag.has_attributes()
            || (self.hints.mdx && capital)
            || self
                .tags
                .get(&tag.name.to_ascii_lowercase())
                .is_some_and(|places| !places.close.is_empty() && !places.open.is_empty())
    }

    fn comment(&mut self, at: usize) -> (String, usize) {
        if !self.no_comment_end {
            // `<!-->` and `<!--->` are whole comments.
            for short in ["<!-->", "<!--->"] {
                if self.text[at..].starts_with(short) {
                    return (String::new(), at + short.len());
                }
            }
            if let Some(length) = self.text[at + 4..].find("-->") {
                return (String::new(), at + 4 + length + 3);
            }
            self.no_comment_end = true;
        }
        // Hidden to the end, as every renderer hides it, where it opens a block.
        if self.text[..at].ends_with('\n') || at == 0 {
            return (String::new(), self.text.len());
        }
        ("\\<!--".to_owned(), at + 4)
    }

    /// A processing instruction, a section of character data, a declaration.
    fn unshown(&mut self, at: usize) -> Option<(String, usize)> {
        let rest = &self.text[at..];
        let (begin, end) = UNSHOWN
            .into_iter()
            .find(|(begin, _)| rest.starts_with(begin))?;
        let declares = |c: char| c.is_ascii_alphabetic();
        if begin == "<!" && !rest[2..].starts_with(declares) {
            return None;
        }
        if !self.no_end.contains(end) {
            if let Some(length) = rest.find(end) {
                return Some((String::new(), at + length + end.len()));
            }
            self.no_end.insert(end);
        }
        // Hidden to the end, where it opens a block.
        let opens_block = at == 0 || self.text[..at].ends_with('\n');
        opens_block.then(|| (String::new(), self.text.len()))
    }

    fn element(&mut self, at: usize, tag: Tag<'a>, block: bool) -> (String, usize) {
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
    fn span(&self, name: &str, from: usize) -> Option<(&'a str, usize)> {
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

    fn next_close(&self, name: &str, from: usize) -> Option<usize> {
        let close = &self.tags.get(name)?.close;
        close
            .get(close.partition_point(|&place| place < from))
            .copied()
    }

    /// The offset behind the element that opens at `at`, elements of its own kind inside it counted.
    fn element_end(&mut self, name: &str, at: usize) -> Option<usize> {
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

    // ---- HTML blocks

    /// Rewrites the HTML block from `start` to `end`; returns where it stopped.
    fn html_block(&mut self, start: usize, end: usize) -> usize {
        let text = self.text;
        let piece = &text[start..end];
        let indent = piece.len() - piece.trim_start().len();
        let at = start + indent;
        if let Some(tag) = Tag::at(text, at).filter(|tag| tag::is_html(tag.name)) {
            let name = tag.name.to_ascii_lowercase();
            if !tag.closing && !tag.hides(&self.sheet) && !UNREAD.contains(&name.as_str()) {
                if WHOLE.contains(&name.as_str()) {
                    let element = self.element_end(&name, at).unwrap_or(end);
                    // The rest of the last line belongs to the block.
                    let element = if element >= end { element } else { end };
                    self.fragment(start, element);
                    return element;
                }
                if self.is_structured(start, end) {
                    self.fragment(start, end);
                    return end;
                }
            }
        }
        self.loose_block(start, end)
    }

    fn is_structured(&self, start: usize, end: usize) -> bool {
        STRUCTURED.iter().chain(WHOLE).any(|name| {
            self.tags.get(*name).is_some_and(|places| {
                let next = places.open.partition_point(|&place| place < start);
                places.open.get(next).is_some_and(|&place| place < end)
            })
        })
    }

    /// A block of wrappers and components: tags go, text stays as it is, without indentation.
    fn loose_block(&mut self, start: usize, end: usize) -> usize {
        let text = self.text;
        let prefix = self.container(start);
        let mut at = start;
        while at < end {
            let line_end = text[at..end].find('\n').map_or(end, |i| at + i + 1);
            let line = &text[at..line_end];
            let trimmed = line.trim_start_matches([' ', '\t']);
            if at > start {
                self.out.push_str(&prefix.replace('>', ""));
            }
            at = self.prose(line_end - trimmed.len(), line_end, true);
        }
        at
    }

    /// Puts a piece of raw HTML through the HTML converter.
    fn fragment(&mut self, start: usize, end: usize) {
        let prefix = self.container(start);
        let raw = &self.text[start..end];
        let mut html = String::new();
        if prefix.contains('>') {
            for line in raw.lines() {
                html.push_str(line.trim_start_matches([' ', '>']));
                html.push('\n');
            }
        } else {
            html.push_str(raw);
        }
        if html.contains("{{") {
            html = macros::expand_html(&html, self.hints.mdn);
        }
        let markdown = fragment_to_markdown(&html);
        let line_start = self.out.rfind('\n').map_or(0, |i| i + 1);
        let own_line = self.out[line_start..].trim_matches([' ', '>']).is_empty();
        if own_line && line_start > 1 && !self.out[..line_start].ends_with("\n\n") {
            let lead = self.out.split_off(line_start);
            self.out.push_str(prefix.trim_end());
            self.out.push('\n');
            self.out.push_str(&lead);
        }
        let mut lines = markdown.trim_matches('\n').lines();
        self.out.push_str(lines.next().unwrap_or_default());
        for line in lines {
            self.out.push('\n');
            self.out.push_str(if line.is_empty() {
                prefix.trim_end()
            } else {
                &prefix
            });
            self.out.push_str(line);
        }
        self.out.push('\n');
        if !self.text[end..].starts_with('\n') {
            self.out.push_str(prefix.trim_end());
            self.out.push('\n');
        }
    }

    /// What each further line of a block that starts at `start` begins with, to stay in its
    /// list item or quote.
    fn container(&self, start: usize) -> String {
        let line_start = self.text[..start].rfind('\n').map_or(0, |i| i + 1);
        let lead = &self.text[line_start..start];
        if lead.len() > 256 {
            return String::new();
        }
        lead.chars()
            .map(|c| if c == '>' { '>' } else { ' ' })
            .collect()
    }
}
