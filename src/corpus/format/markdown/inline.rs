//! Raw HTML, components, macros and other inline extensions -> plain Markdown.
//!
//! One pass of pulldown-cmark tells where code and HTML blocks are; one walk from start to end
//! copies code as it is and rewrites the rest.

mod blocks;
mod elements;

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag as Block};

use super::element::is_html;
use super::extension::{attribute_list, component, icon, items, keys};
use super::macros::{self, Context};
use super::mdx::expression_text;
use super::names::Names;
use super::role::role;
use super::tag::{self, Tag};
use super::wiki;
use crate::corpus::format::style::Sheet;
use crate::corpus::markdown_options;

/// What HTML has beside elements and comments, by its beginning and its end: shown nowhere.
const UNSHOWN: [(&str, &str); 3] = [("<![CDATA[", "]]>"), ("<?", "?>"), ("<!", ">")];

/// What the page is, as far as the inline syntax depends on it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Hints {
    /// MDX: `{…}` is an expression, and every capitalised tag a component.
    pub(super) mdx: bool,
    /// Expressions that are no text are kept: MDX that may be none.
    pub(super) keeps_expressions: bool,
    /// A page of MDN: unknown `{{…}}` are boxes.
    pub(super) mdn: bool,
}

/// Rewrites a page's body; see the module.
pub(super) fn rewrite(text: &str, hints: Hints, names: &Names<'_>, sheet: Sheet) -> String {
    let mut walk = Walk::new(text, hints, Some(names));
    walk.sheet = sheet;
    walk.run();
    walk.out
}

/// The rules of the page's own `<style>` elements.
pub(super) fn sheet(text: &str) -> Sheet {
    if !text.contains("<style") {
        return Sheet::default();
    }
    let mut walk = Walk::new(text, Hints::default(), None);
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
    names: Option<&'a Names<'a>>,
    out: String,
    regions: Vec<(Range<usize>, Kind)>,
    /// Opening and closing tags outside code, by name in lower case.
    tags: HashMap<String, Places>,
    /// Names of elements of which one is never closed.
    unclosed: HashSet<String>,
    /// Where the open `<a href>` is closed, and its destination.
    link: Option<(usize, &'a str)>,
    /// What stands in the place of closing tags of components, by their offsets.
    closings: HashMap<usize, String>,
    /// Names of tabs that are still to come, the last first, and where the element ends that has them.
    items: Vec<(usize, Vec<String>)>,
    /// Labels of reference links.
    labels: HashSet<&'a str>,
    /// Where the highlighted text ends.
    highlight: Option<usize>,
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
    fn new(text: &'a str, hints: Hints, names: Option<&'a Names<'a>>) -> Self {
        let mut regions = Vec::new();
        // Without any of these bytes there is nothing to rewrite.
        let busy =
            text.contains(['<', '{', '+', ':']) || text.contains("[[") || text.contains("==");
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
            names,
            out: String::with_capacity(text.len() + text.len() / 8),
            regions,
            tags: HashMap::new(),
            unclosed: HashSet::new(),
            link: None,
            closings: HashMap::new(),
            items: Vec::new(),
            labels: HashSet::new(),
            highlight: None,
            no_comment_end: false,
            no_end: HashSet::new(),
            sheet: Sheet::default(),
        };
        if busy {
            walk.index_tags();
        }
        if text.contains("[[") {
            let labels = text
                .lines()
                .filter_map(|line| line.trim_start().strip_prefix('['));
            walk.labels = labels
                .filter_map(|line| line.split_once("]:"))
                .map(|(label, _)| label)
                .collect();
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
                .position(|b| matches!(b, b'\\' | b'<' | b'{' | b'+' | b':' | b'(' | b'[' | b'='));
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
                        b'[' => self.wiki_link(at, copied),
                        b'=' => self.highlight_mark(at),
                        b'{' => self.brace(at),
                        b'+' => keys(self.text, at),
                        _ => icon(self.text, at),
                    };
                    let Some(found) = found else {
                        at += 1;
                        continue;
                    };
                    self.out.push_str(&self.text[copied..at]);
                    if bytes[at] == b'[' && self.out.ends_with('!') {
                        self.out.pop();
                    } else if bytes[at] == b'{' && self.out.ends_with(']') {
                        self.unbracket();
                    }
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

    /// Takes the brackets off a span of Pandoc, `[words]{.class}`, whose attributes are gone already.
    fn unbracket(&mut self) {
        const LONGEST: usize = 512;
        let from = self.out.len().saturating_sub(LONGEST);
        let near = &self.out.as_bytes()[from..self.out.len() - 1];
        let open = near
            .iter()
            .rposition(|byte| matches!(byte, b'[' | b']' | b'\n'));
        let Some(open) = open
            .filter(|open| near[*open] == b'[')
            .map(|open| from + open)
        else {
            return;
        };
        let is_span = !self.out[..open].ends_with(['!', ']', '\\'])
            && !self.out[open + 1..].starts_with(['^', '[']);
        if is_span {
            self.out.pop();
            self.out.remove(open);
        }
    }

    /// `[[Page]]`, unless it is CommonMark's.
    fn wiki_link(&self, at: usize, copied: usize) -> Option<(String, usize)> {
        if !self.text[at..].starts_with("[[") || at < copied {
            return None;
        }
        let found = wiki::link(self.text, at, self.names)?;
        let inner = &self.text[at + 2..found.1 - 2];
        (!self.labels.contains(inner)).then_some(found)
    }

    /// One of the two marks of `==text==`.
    fn highlight_mark(&mut self, at: usize) -> Option<(String, usize)> {
        if self.highlight == Some(at) {
            self.highlight = None;
            return Some((String::new(), at + 2));
        }
        if !self.text[at..].starts_with("==") || self.highlight.is_some_and(|end| end > at) {
            return None;
        }
        self.highlight = Some(wiki::highlight(self.text, at)?);
        Some((String::new(), at + 2))
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
        if let Some(names) = self.names
            && let Some(found) = role(text, at, names)
        {
            return Some(found);
        }
        if !self.hints.mdx || rest.starts_with(b"{#") {
            return None;
        }
        let end = tag::braces(text, at, text.len())?;
        let inner = text[at + 1..end - 1].trim();
        match self.names.and_then(|names| expression_text(inner, names)) {
            Some(text) => Some((text, end)),
            None if self.hints.keeps_expressions && is_name(inner) => None,
            None => Some((String::new(), end)),
        }
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
        // In MDX, `<Image>` is no element.
        let is_component = tag.is_component() || self.hints.mdx && tag.is_capitalised();
        if (is_html(tag.name) && !is_component) || tag.hides(&self.sheet) {
            return Some(self.element(at, tag, block));
        }
        if is_component && self.is_used_as_component(&tag) {
            return Some(self.component(at, &tag, block));
        }
        Some(("\\<".to_owned(), at + 1))
    }

    /// A tag of a component: what its attributes say, or what waits for it to close.
    fn component(&mut self, at: usize, tag: &Tag<'a>, block: bool) -> (String, usize) {
        if tag.closing {
            return (self.closings.remove(&at).unwrap_or_default(), tag.end);
        }
        while self.items.last().is_some_and(|(end, _)| *end <= at) {
            self.items.pop();
        }
        let name = tag.name.to_ascii_lowercase();
        let last = name.rsplit('.').next().unwrap_or(&name);
        let items = items(tag);
        if !items.is_empty() && self.items.len() < 16 {
            let end = self.element_end(&name, at).unwrap_or(self.text.len());
            self.items.push((end, items.into_iter().rev().collect()));
        }
        let is_tab = last.contains("tab") && !last.ends_with("tabs") || last == "codeblock";
        let item = if is_tab {
            self.items.last_mut().and_then(|(_, items)| items.pop())
        } else {
            None
        };
        let close = (!tag.self_closing)
            .then(|| self.next_close(&name, tag.end))
            .flatten();
        let inline = close.is_some_and(|close| {
            close - tag.end <= 512
                && !self.text[tag.end..close].contains(['\n', '[', '<'])
                && !self.text[tag.end..close].trim().is_empty()
        });
        let shown = component(self.text, tag, block, item.as_deref(), inline);
        if !shown.after.is_empty()
            && let Some(close) = close
        {
            self.closings.insert(close, shown.after);
        }
        (shown.text, tag.end)
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
}

/// A name in braces that may as well be text: `{id}`, `{user.name}`.
fn is_name(expression: &str) -> bool {
    !expression.is_empty()
        && expression
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b' '))
}
