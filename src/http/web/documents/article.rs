//! A page's Markdown -> HTML that does nothing.
//!
//! Whatever the Markdown says is text, written with escapes; the few elements that stand for its structure are written
//! here, and what comes out goes through [`sanitised`] all the same: two walls, neither of which leans on the other.

use std::{
    collections::{HashMap, HashSet},
    fmt::Write as _,
};

use pulldown_cmark::{CodeBlockKind, CowStr, Event, HeadingLevel, LinkType, Parser, Tag, TagEnd};

use super::{
    super::{html::escape, place::Place},
    links::{Links, Target},
    sanitised::sanitised,
};
use crate::{
    corpus::markdown_options,
    mcp::Form,
    search::{PageRef, Snapshot, StoredPage},
};

/// A page's text, ready to be shown.
#[derive(Debug, Default)]
pub(super) struct Article {
    pub(super) html: String,
    /// The fragment of its title.
    pub(super) anchor: Option<String>,
    /// Its headings of the first level, those with fragments.
    pub(super) headings: Vec<Heading>,
    /// It is too long to be shown whole.
    pub(super) is_cut: bool,
}

#[derive(Debug)]
pub(super) struct Heading {
    pub(super) id: String,
    pub(super) text: String,
}

/// Ids that the frame has for itself.
const OF_FRAME: [&str; 5] = ["main", "q", "results", "brief", "connect"];
/// The frame's other ids begin so.
const PREFIX: &str = "docent-";
/// Longer ids are none; in bytes.
const MAX_ID: usize = 400;
/// Numbers that are tried for an id.
const MAX_TRIES: usize = 100;
/// Elements that a page has at the most: browsers are slow beyond, and a table has one for each two bytes.
const MAX_ELEMENTS: usize = 60_000;
/// HTML that a page has at the most, in bytes.
const MAX_HTML: usize = 2 << 20;
/// Elements in elements; what is deeper stands in the last one.
const MAX_DEPTH: usize = 40;

/// Renders a page, as it is seen at a place.
pub(super) fn article(page: &StoredPage, place: &Place, links: &mut Links<'_>) -> Article {
    let text = page.text();
    let mut writer = Writer::new(page, place, &text, links);
    for (event, range) in Parser::new_ext(&text.markdown, markdown_options()).into_offset_iter() {
        writer.event(event, range.start);
        if writer.elements > MAX_ELEMENTS || writer.html.len() > MAX_HTML {
            writer.article.is_cut = true;
            break;
        }
    }
    writer.finish()
}

/// Renders a passage of a page that stands among others, below a heading of the third level, which is `above`: without
/// fragments, as they are its page's.
pub(in crate::http::web) fn passage(
    page: &PageRef,
    above: &str,
    markdown: &str,
    place: &Place,
    snapshot: &Snapshot,
) -> String {
    let anchors = HashMap::new();
    let mut links = Links::new(snapshot, page, Form::Html);
    let mut writer = Writer::of(&page.title, place, markdown, &anchors, &mut links);
    writer.first_level = 4;
    writer.has_ids = false;
    above.clone_into(&mut writer.above);
    for (event, range) in Parser::new_ext(markdown, markdown_options()).into_offset_iter() {
        writer.event(event, range.start);
    }
    writer.finish().html
}

/// The text of a page, put together again.
pub(super) struct Text<'a> {
    pub(super) markdown: String,
    /// Fragments of sections, by where these begin.
    anchors: HashMap<usize, &'a str>,
}

/// What pages are to whoever shows them.
pub(super) trait Shown {
    fn text(&self) -> Text<'_>;
}

impl Shown for StoredPage {
    fn text(&self) -> Text<'_> {
        let length = self
            .sections
            .iter()
            .map(|section| section.markdown.len() + 2);
        let mut text = Text {
            markdown: String::with_capacity(length.sum()),
            anchors: HashMap::new(),
        };
        for section in &self.sections {
            if !text.markdown.is_empty() {
                text.markdown.push_str("\n\n");
            }
            if let Some(anchor) = section
                .anchor
                .as_deref()
                .filter(|anchor| !anchor.is_empty())
            {
                let indent = section.markdown.len() - section.markdown.trim_start().len();
                text.anchors.insert(text.markdown.len() + indent, anchor);
            }
            text.markdown.push_str(&section.markdown);
        }
        text
    }
}

struct Writer<'a, 'b> {
    html: String,
    article: Article,
    title: &'a str,
    anchors: &'a HashMap<usize, &'a str>,
    place: &'a Place,
    links: &'a mut Links<'b>,
    /// What closes the elements that are open.
    open: Vec<Close>,
    elements: usize,
    used: HashSet<String>,
    /// How many have been made of an id that was there already.
    repeated: HashMap<String, usize>,
    /// The highest level of the headings, which becomes the first of the text's own.
    highest: u8,
    first_level: u8,
    has_ids: bool,
    /// The level of the heading before.
    level: u8,
    heading: Option<Open>,
    /// Of the heading before, for tables.
    above: String,
    tables: usize,
    in_head: bool,
    notes: HashMap<String, usize>,
}

#[derive(Clone, Copy)]
enum Close {
    With(&'static str),
    Heading,
    /// A link, whose element begins there.
    Link(usize),
    /// A cell in the head of a table, the same.
    Head(usize),
    /// The head of a table, the same.
    Heads(usize),
}

struct Open {
    level: u8,
    id: Option<String>,
    text: String,
    /// Where its element begins.
    at: usize,
    /// It may repeat the title.
    is_first: bool,
}

impl<'a, 'b> Writer<'a, 'b> {
    fn new(
        page: &'a StoredPage,
        place: &'a Place,
        text: &'a Text<'a>,
        links: &'a mut Links<'b>,
    ) -> Self {
        Self::of(
            &page.page.title,
            place,
            &text.markdown,
            &text.anchors,
            links,
        )
    }

    fn of(
        title: &'a str,
        place: &'a Place,
        markdown: &str,
        anchors: &'a HashMap<usize, &'a str>,
        links: &'a mut Links<'b>,
    ) -> Self {
        Self {
            html: String::with_capacity(markdown.len().min(MAX_HTML) * 3 / 2),
            article: Article::default(),
            title,
            anchors,
            place,
            links,
            open: Vec::new(),
            elements: 0,
            used: OF_FRAME.into_iter().map(str::to_owned).collect(),
            repeated: HashMap::new(),
            highest: highest(markdown, title),
            first_level: 2,
            has_ids: true,
            level: 1,
            heading: None,
            above: title.to_owned(),
            tables: 0,
            in_head: false,
            notes: HashMap::new(),
        }
    }

    fn event(&mut self, event: Event<'_>, at: usize) {
        self.elements += 1;
        match event {
            Event::Start(tag) => self.start(tag, at),
            Event::End(tag) => self.end(tag),
            // Raw HTML is text like any other.
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.text(&text),
            Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.html.push_str("<code>");
                self.text(&text);
                self.html.push_str("</code>");
            }
            Event::SoftBreak => self.text("\n"),
            Event::HardBreak => {
                self.html.push_str("<br>");
                self.text(" ");
            }
            Event::Rule => self.html.push_str("<hr>\n"),
            Event::TaskListMarker(is_done) => self.text(if is_done { "☑ " } else { "☐ " }),
            Event::FootnoteReference(name) => {
                let number = self.note(name);
                let _ = write!(
                    self.html,
                    "<sup><a href=\"#{PREFIX}note-{number}\">{number}</a></sup>"
                );
            }
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(heading) = &mut self.heading {
            heading.text.push_str(text);
        }
        let _ = write!(self.html, "{}", escape(text));
    }

    fn note(&mut self, name: CowStr<'_>) -> usize {
        let next = self.notes.len() + 1;
        *self.notes.entry(name.into_string()).or_insert(next)
    }

    fn start(&mut self, tag: Tag<'_>, at: usize) {
        if self.open.len() >= MAX_DEPTH && !matches!(tag, Tag::Heading { .. }) {
            self.open.push(Close::With(" "));
            return;
        }
        let (open, close) = match tag {
            Tag::Paragraph => ("<p>", "</p>\n"),
            Tag::Emphasis => ("<em>", "</em>"),
            Tag::Strong => ("<strong>", "</strong>"),
            Tag::Strikethrough => ("<del>", "</del>"),
            Tag::Subscript => ("<sub>", "</sub>"),
            Tag::Superscript => ("<sup>", "</sup>"),
            Tag::BlockQuote(_) => ("<blockquote>\n", "</blockquote>\n"),
            Tag::List(None) => ("<ul>\n", "</ul>\n"),
            Tag::Item => ("<li>", "</li>\n"),
            Tag::DefinitionList => ("<dl>\n", "</dl>\n"),
            Tag::DefinitionListTitle => ("<dt>", "</dt>\n"),
            Tag::DefinitionListDefinition => ("<dd>", "</dd>\n"),
            Tag::TableRow => ("<tr>", "</tr>\n"),
            // Their alternative text goes on.
            Tag::Image { .. } | Tag::HtmlBlock | Tag::MetadataBlock(_) => ("", ""),
            Tag::TableCell if !self.in_head => ("<td>", "</td>"),
            Tag::CodeBlock(kind) => {
                // What it is written in is for people to see and no class: a document names none.
                let _: CodeBlockKind<'_> = kind;
                (
                    "<pre class=\"scroll\" tabindex=\"0\"><code>",
                    "</code></pre>\n",
                )
            }
            other => {
                let close = self.start_special(other, at);
                self.open.push(close);
                return;
            }
        };
        self.html.push_str(open);
        self.open.push(Close::With(close));
    }

    fn start_special(&mut self, tag: Tag<'_>, at: usize) -> Close {
        let start = self.html.len();
        match tag {
            Tag::Heading { level, id, .. } => {
                let named = self.anchors.get(&at).copied().or(id.as_deref());
                let level = self.level_of(level);
                let is_first = self.heading.is_none() && self.html.trim().is_empty();
                let id = named.and_then(|id| self.id(id));
                self.heading = Some(Open {
                    level,
                    id,
                    text: String::new(),
                    at: start,
                    is_first,
                });
                Close::Heading
            }
            Tag::List(first) => {
                let _ = writeln!(self.html, "<ol start=\"{}\">", first.unwrap_or(1));
                Close::With("</ol>\n")
            }
            Tag::Table(_) => {
                self.tables += 1;
                let _ = write!(
                    self.html,
                    "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Table {}: {}\"><table>",
                    self.tables,
                    escape(&self.above)
                );
                Close::With("</tbody></table></div>\n")
            }
            Tag::TableHead => {
                self.in_head = true;
                self.html.push_str("<thead><tr>");
                Close::Heads(start)
            }
            Tag::TableCell => {
                self.html.push_str("<th scope=\"col\">");
                Close::Head(start)
            }
            Tag::Link {
                link_type,
                dest_url,
                ..
            } => self.link(link_type, &dest_url),
            Tag::FootnoteDefinition(name) => {
                let number = self.note(name);
                let _ = write!(
                    self.html,
                    "<div class=\"note\" id=\"{PREFIX}note-{number}\"><sup>{number}</sup> "
                );
                Close::With("</div>\n")
            }
            _ => Close::With(""),
        }
    }

    fn link(&mut self, kind: LinkType, destination: &str) -> Close {
        let target = match kind {
            LinkType::Email => self.links.target(&format!("mailto:{destination}")),
            _ => self.links.target(destination),
        };
        let start = self.html.len();
        match target {
            Target::Nowhere => return Close::With(""),
            Target::Here(fragment) => {
                let fragment = self.fragment(&fragment);
                let _ = write!(self.html, "<a href=\"{}\">", escape(&fragment));
            }
            Target::Own { route, fragment } => {
                let href = self.place.href(&route);
                let _ = write!(
                    self.html,
                    "<a href=\"{}{}\">",
                    escape(&href),
                    escape(&fragment)
                );
            }
            Target::Elsewhere(url) => {
                let _ = write!(self.html, "<a href=\"{}\" rel=\"external\">", escape(&url));
            }
        }
        Close::Link(start)
    }

    fn end(&mut self, tag: TagEnd) {
        if tag == TagEnd::TableHead {
            self.in_head = false;
        }
        if let Some(close) = self.open.pop() {
            self.close(close);
        }
    }

    fn close(&mut self, close: Close) {
        match close {
            Close::With(text) => self.html.push_str(text),
            Close::Heading => self.end_heading(),
            Close::Link(start) => {
                // A link without a word, such as around a picture that has no alternative text.
                let tag = self.html[start..]
                    .find('>')
                    .map_or(start, |end| start + end + 1);
                match self.html[tag..].trim().is_empty() {
                    true => self.html.truncate(start),
                    false => self.html.push_str("</a>"),
                }
            }
            Close::Head(start) => {
                const TAG: &str = "<th scope=\"col\">";
                match self.html[start + TAG.len()..].trim().is_empty() {
                    true => {
                        self.html.truncate(start);
                        self.html.push_str("<td></td>");
                    }
                    false => self.html.push_str("</th>"),
                }
            }
            Close::Heads(start) => {
                if self.html[start..].contains("<th ") {
                    self.html.push_str("</tr></thead><tbody>\n");
                } else {
                    self.html.truncate(start);
                    self.html.push_str("<tbody>\n");
                }
            }
        }
    }

    fn end_heading(&mut self) {
        let Some(heading) = self.heading.take() else {
            return;
        };
        let text = heading
            .text
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        let inner = self.html.split_off(heading.at);
        if heading.is_first && text == self.title.split_whitespace().collect::<Vec<_>>().join(" ") {
            // The page has it already.
            self.article.anchor = heading.id;
            return;
        }
        if text.is_empty() {
            self.html.push_str(&inner);
            return;
        }
        let level = heading.level.min(self.level + 1);
        self.level = level;
        // Its source has no name for it: it gets one that no source can have.
        let id = heading
            .id
            .or_else(|| self.unused(&format!("{PREFIX}h-{}", slug(&text))));
        let _ = match &id {
            Some(id) => writeln!(
                self.html,
                "<h{level} id=\"{0}\">{inner}<a class=\"at\" href=\"#{1}\" aria-label=\"Link to {2}\"></a></h{level}>",
                escape(id),
                escape(&encoded(id)),
                escape(&text)
            ),
            None => writeln!(self.html, "<h{level}>{inner}</h{level}>"),
        };
        self.above.clone_from(&text);
        if let Some(id) = id.filter(|_| level == 2) {
            self.article.headings.push(Heading { id, text });
        }
    }

    fn level_of(&self, level: HeadingLevel) -> u8 {
        let level = (number(level) + self.first_level).saturating_sub(self.highest);
        level.clamp(self.first_level, 6)
    }

    /// An id that nothing else on the page has.
    fn id(&mut self, id: &str) -> Option<String> {
        let is_id = !id.is_empty() && id.len() <= MAX_ID && !id.contains(char::is_whitespace);
        if !self.has_ids || !is_id || id.chars().any(char::is_control) || id.starts_with(PREFIX) {
            return None;
        }
        self.unused(id)
    }

    /// An id, or the same with a number where there is one already.
    fn unused(&mut self, id: &str) -> Option<String> {
        let mut own = id.to_owned();
        if self.used.contains(&own) {
            let number = self.repeated.entry(own.clone()).or_insert(1);
            // Numbered ids of the page's own may be in the way, but not of many.
            for _ in 0..MAX_TRIES {
                *number += 1;
                own = format!("{id}-{number}");
                if !self.used.contains(&own) {
                    break;
                }
            }
        }
        self.used.insert(own.clone()).then_some(own)
    }

    /// Where a fragment is on this page: what the frame has taken goes by another name.
    fn fragment(&self, fragment: &str) -> String {
        match OF_FRAME.contains(&fragment.trim_start_matches('#')) {
            true => format!("{fragment}-2"),
            false => fragment.to_owned(),
        }
    }

    fn finish(mut self) -> Article {
        while let Some(close) = self.open.pop() {
            self.close(close);
        }
        self.article.html = sanitised(&self.html);
        self.article
    }
}

/// A heading as an id: letters and digits, with dashes between them.
fn slug(heading: &str) -> String {
    let words = heading.split(|c: char| !c.is_alphanumeric());
    let words = words.filter(|word| !word.is_empty()).take(12);
    words.collect::<Vec<_>>().join("-").to_lowercase()
}

fn encoded(id: &str) -> String {
    percent_encoding::utf8_percent_encode(id, percent_encoding::CONTROLS).to_string()
}

/// The highest level of a text's headings, a title that is repeated at its beginning aside.
fn highest(markdown: &str, title: &str) -> u8 {
    let mut highest = 6;
    let mut events = Parser::new_ext(markdown, markdown_options());
    let mut is_first = true;
    let mut looked_at = 0;
    while let Some(event) = events.next() {
        looked_at += 1;
        if let Event::Start(Tag::Heading { level, .. }) = event {
            let mut text = String::new();
            for event in events.by_ref() {
                match event {
                    Event::End(TagEnd::Heading(_)) => break,
                    Event::Text(part) | Event::Code(part) => text.push_str(&part),
                    _ => {}
                }
            }
            let is_title = is_first && looked_at == 1 && text.trim() == title.trim();
            if !is_title {
                highest = highest.min(number(level));
            }
            is_first = false;
        }
        if highest == 1 || looked_at > MAX_ELEMENTS {
            break;
        }
    }
    highest
}

fn number(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}
