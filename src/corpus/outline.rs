//! Clean Markdown -> sections, pieces and links, in one pass over the parser's events.

use super::anchor_mark;
use super::code_cuts::code_cuts;
use super::document::{Link, Page, Piece, Section};
use super::entries::Entries;
use super::entry::Entry;
use super::heading;
use super::sentence::{LINKS_AT_ONCE, LinkSpan, Links};
use super::slug::{Slugger, Slugs};
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use std::ops::Range;

/// A piece is closed once it has this many words.
const WORDS_A_PIECE: usize = 200;
/// What was cut out of a long block is not put together again beyond so many bytes.
const BYTES_A_PART: usize = 2_000;
/// A page has no more sections; further headings stand in the text of the last one.
const MAX_SECTIONS: usize = 10_000;
/// A title or heading goes into each piece below it: of a longer one, its beginning does. In characters.
const MAX_HEADING: usize = 300;

/// What a page's Markdown holds.
#[derive(Debug, Default)]
pub(super) struct Outline {
    pub(super) title: Option<String>,
    pub(super) sections: Vec<Section>,
    pub(super) pieces: Vec<Piece>,
    pub(super) entries: Vec<Entry>,
    pub(super) links: Vec<Link>,
    /// The page has more headings or links than are looked at.
    pub(super) cut: bool,
}

/// Cuts a page at its headings, and its sections into pieces.
pub(super) fn outline(page: &Page, slugs: &Slugs) -> Outline {
    let mut cutter = Cutter::new(&page.markdown, page.title.as_deref(), slugs);
    for (event, range) in Parser::new_ext(&page.markdown, markdown_options()).into_offset_iter() {
        cutter.event(event, range);
    }
    cutter.finish()
}

/// The Markdown that docent reads and hands out: CommonMark with GFM's tables and footnotes. What a heading's anchor is, [`heading`] tells:
/// a parser's attributes would take `{id}` off the end of `DELETE /users/{id}`.
pub(crate) fn markdown_options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES
}

/// A stretch of the source between two places where it may be cut, or several that make a piece.
#[derive(Debug, Default)]
struct Segment {
    start: usize,
    words: usize,
    text: String,
    /// Where the fence or table begins that it begins in the middle of.
    head: Option<usize>,
}

/// A fence that is cut.
#[derive(Debug)]
struct Code {
    head: usize,
    /// Where it is cut, in order.
    cuts: std::vec::IntoIter<usize>,
    next: Option<usize>,
}

struct Heading {
    level: HeadingLevel,
    text: String,
    range: Range<usize>,
}

struct Cutter<'a> {
    source: &'a str,
    slugs: Slugger<'a>,
    title: Option<String>,
    out: Outline,
    entries: Entries,
    /// Headings above the present place: level and text.
    path: Vec<(HeadingLevel, String)>,
    /// Depth of block containers around the present event, from the top of the document.
    depth: usize,
    inline_depth: usize,
    heading: Option<Heading>,
    /// Where the mark of the open heading's anchor stands, at whatever depth.
    anchor: Option<Range<usize>>,
    /// What is read of the present section, as the pieces that it will have.
    parts: Vec<Segment>,
    segment: Segment,
    /// The long fence that is being read.
    code: Option<Code>,
    /// Where the table begins that is being read.
    table: Option<usize>,
    /// The heading of the present section, where it has one.
    section_heading: Option<Range<usize>>,
    section_start: usize,
    section_anchor: Option<String>,
    /// Stretches of the source that are left out of what readers get.
    removals: Vec<Range<usize>>,
    /// The text block being read, for the sentences around its links.
    block: String,
    block_links: Vec<LinkSpan>,
    links: Links,
    open_link: Option<OpenLink>,
}

struct OpenLink {
    destination: String,
    block_start: usize,
    source: Range<usize>,
    inner: Option<Range<usize>>,
}

impl<'a> Cutter<'a> {
    fn new(source: &'a str, title: Option<&str>, slugs: &'a Slugs) -> Self {
        Self {
            source,
            slugs: Slugger::new(slugs),
            title: title.map(shortened),
            out: Outline::default(),
            entries: Entries::default().titled(title),
            path: Vec::new(),
            depth: 0,
            inline_depth: 0,
            heading: None,
            anchor: None,
            parts: Vec::new(),
            segment: Segment::default(),
            code: None,
            table: None,
            section_heading: None,
            section_start: 0,
            section_anchor: None,
            removals: Vec::new(),
            block: String::new(),
            block_links: Vec::new(),
            links: Links::of_page(source.len()),
            open_link: None,
        }
    }

    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        let is_text = !matches!(event, Event::Start(_) | Event::End(_));
        if let Some(anchor) = &self.anchor
            && is_text
            && range.end > anchor.start
        {
            if let Event::Text(text) = &event
                && range.start < anchor.start
                && let Some(text) = text.get(..anchor.start - range.start)
            {
                let end = anchor.start;
                self.entries.text(text, false);
                self.text(text, range.start..end);
            }
            return;
        }
        self.entries.event(&event, &range);
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag, range),
            Event::Text(text) => self.text(&text, range),
            Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.inner(&range);
                self.words(&text);
            }
            Event::InlineHtml(text) | Event::Html(text) => {
                self.inner(&range);
                self.words(&text);
            }
            Event::SoftBreak | Event::HardBreak => {
                self.inner(&range);
                self.gap();
            }
            Event::FootnoteReference(_) | Event::TaskListMarker(_) | Event::Rule => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        if matches!(tag, Tag::Heading { .. }) {
            let source = &self.source[range.clone()];
            self.anchor = heading::anchor(source)
                .map(|(mark, _)| range.start + mark.start..range.start + mark.end);
        }
        match tag {
            Tag::Heading { level, .. }
                if self.depth == 0 && self.out.sections.len() < MAX_SECTIONS =>
            {
                self.heading = Some(Heading {
                    level,
                    text: String::new(),
                    range,
                });
                self.depth += 1;
            }
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough => {
                self.inner(&range);
                self.inline_depth += 1;
            }
            Tag::Link { dest_url, .. } => {
                self.inline_depth += 1;
                self.open_link = Some(OpenLink {
                    destination: dest_url.to_string(),
                    block_start: self.block.len(),
                    source: range,
                    inner: None,
                });
            }
            Tag::Image { .. } => self.inline_depth += 1,
            Tag::Item | Tag::TableRow if self.depth == 1 => {
                self.cut_at(range.start);
                if matches!(tag, Tag::TableRow) {
                    self.segment.head = self.table;
                }
                self.depth += 1;
            }
            _ => {
                if self.depth == 0 {
                    self.cut_at(range.start);
                    self.table = matches!(tag, Tag::Table(_)).then_some(range.start);
                }
                if let Tag::CodeBlock(CodeBlockKind::Fenced(_)) = tag {
                    self.code = Code::of(self.source, &range);
                }
                if !matches!(tag, Tag::Paragraph) {
                    self.end_block();
                }
                self.depth += 1;
            }
        }
    }

    fn end(&mut self, tag: TagEnd, range: Range<usize>) {
        match tag {
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Image => {
                self.inline_depth = self.inline_depth.saturating_sub(1);
                self.inner(&range);
            }
            TagEnd::Link => {
                self.inline_depth = self.inline_depth.saturating_sub(1);
                self.end_link();
            }
            TagEnd::Heading(_) => {
                self.depth = self.depth.saturating_sub(1);
                // Of a section's own heading, the line is written without it.
                self.removals.extend(self.anchor.take());
                match self.heading.take_if(|_| self.depth == 0) {
                    Some(heading) => self.end_heading(heading),
                    None => {
                        self.out.cut |= self.out.sections.len() >= MAX_SECTIONS;
                        self.segment.text.push('\n');
                    }
                }
                self.end_block();
            }
            TagEnd::CodeBlock => {
                self.code = None;
                self.depth = self.depth.saturating_sub(1);
                self.end_block();
                self.segment.text.push('\n');
            }
            TagEnd::TableCell => {
                self.depth = self.depth.saturating_sub(1);
                self.end_block();
                self.gap();
            }
            _ => {
                self.depth = self.depth.saturating_sub(1);
                self.end_block();
                self.segment.text.push('\n');
            }
        }
    }

    fn text(&mut self, text: &str, range: Range<usize>) {
        self.inner(&range);
        let top_level_paragraph = self.depth == 1 && self.inline_depth == 0;
        let literal = range.len() == text.len();
        if self.code.is_some() {
            self.code_text(text, range.start, literal);
        } else if top_level_paragraph && literal && self.heading.is_none() {
            self.long_text(text, range.start);
        } else {
            self.words(text);
        }
    }

    /// A paragraph that is longer than a piece may be cut where a sentence ends.
    fn long_text(&mut self, text: &str, offset: usize) {
        let mut rest = text;
        let mut at = offset;
        while self.segment.words + rest.len() / 4 > WORDS_A_PIECE {
            let Some(end) = rest.find(". ").map(|dot| dot + 2) else {
                break;
            };
            self.words(&rest[..end]);
            rest = &rest[end..];
            at += end;
            if self.segment.words >= WORDS_A_PIECE {
                self.cut_at(at);
            }
        }
        self.words(rest);
    }

    /// Code is cut where its lines say so.
    fn code_text(&mut self, text: &str, offset: usize, literal: bool) {
        let (mut rest, mut at) = (text, offset);
        while let Some(code) = &mut self.code
            && let Some(cut) = code.next
        {
            // A line of code stands behind the indentation of its list.
            let before = cut.saturating_sub(at);
            let Some((part, after)) = rest
                .split_at_checked(before)
                .filter(|(_, after)| !after.is_empty())
            else {
                break;
            };
            if before > 0 && !literal {
                break;
            }
            code.next = code.cuts.next();
            let head = code.head;
            self.words(part);
            self.cut_at(cut);
            self.segment.head = Some(head);
            (rest, at) = (after, at.max(cut));
        }
        self.words(rest);
    }

    fn words(&mut self, text: &str) {
        if let Some(heading) = &mut self.heading {
            heading.text.push_str(text);
        } else {
            self.segment.words += text.split_ascii_whitespace().count();
            self.segment.text.push_str(text);
        }
        self.block.push_str(text);
    }

    fn gap(&mut self) {
        match &mut self.heading {
            Some(heading) => heading.text.push(' '),
            None => self.segment.text.push(' '),
        }
        self.block.push(' ');
    }

    fn inner(&mut self, range: &Range<usize>) {
        if let Some(link) = &mut self.open_link {
            let start = link.inner.as_ref().map_or(range.start, |inner| inner.start);
            link.inner = Some(start..range.end);
        }
    }

    fn end_link(&mut self) {
        let Some(link) = self.open_link.take() else {
            return;
        };
        if anchor_mark::anchor(&link.destination).is_some() && link.inner.is_none() {
            self.removals.push(link.source);
            return;
        }
        if link.destination.starts_with("ref:")
            && let Some(inner) = &link.inner
        {
            self.removals.push(link.source.start..inner.start);
            self.removals.push(inner.end..link.source.end);
        }
        self.block_links.push(LinkSpan {
            destination: link.destination,
            text: link.block_start..self.block.len(),
        });
        if self.block_links.len() == LINKS_AT_ONCE {
            self.take_links();
        }
    }

    fn take_links(&mut self) {
        for link in self.block_links.drain(..) {
            self.out.cut |= !self.links.add(&self.block, &link, &mut self.out.links);
        }
    }

    fn end_block(&mut self) {
        self.take_links();
        self.block.clear();
    }

    fn cut_at(&mut self, start: usize) {
        if self.segment.text.is_empty() && self.segment.start >= start {
            return;
        }
        let next = Segment {
            start,
            ..Segment::default()
        };
        let segment = std::mem::replace(&mut self.segment, next);
        self.append(segment);
    }

    /// Puts a segment into the piece before, as long as that has room.
    fn append(&mut self, segment: Segment) {
        let fits = |part: &Segment| {
            let is_small =
                segment.head.is_none() || part.text.len() + segment.text.len() <= BYTES_A_PART;
            part.words == 0 || part.words + segment.words <= WORDS_A_PIECE && is_small
        };
        match self.parts.last_mut() {
            Some(part) if fits(part) => {
                part.words += segment.words;
                part.text.push_str(&segment.text);
            }
            _ => self.parts.push(segment),
        }
    }

    fn end_heading(&mut self, heading: Heading) {
        self.end_section(heading.range.start);
        self.entries.begin_section();
        let text = heading
            .text
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        let is_short = text.len() <= 4 * MAX_HEADING;
        let source = &self.source[heading.range.clone()];
        let id = heading::anchor(source)
            .map(|(_, id)| id.to_owned())
            .filter(|id| id.len() <= 4 * MAX_HEADING);
        self.section_anchor = match id {
            Some(id) => {
                self.slugs.named(&id);
                Some(id)
            }
            None if is_short => self.slugs.slug(&text, heading.level == HeadingLevel::H1),
            None => None,
        };
        let text = shortened(&text);
        self.path.retain(|(level, _)| *level < heading.level);
        if self.title.is_none() && heading.level == HeadingLevel::H1 {
            self.title = Some(text.clone());
        }
        if self.title.as_deref() != Some(text.as_str()) && !text.is_empty() {
            self.path.push((heading.level, text));
        }
        self.section_start = heading.range.start;
        let rest = &self.source[heading.range.end..];
        let text = rest.trim_start_matches(['\n', '\r']);
        self.segment = Segment {
            start: self.source.len() - text.len(),
            ..Segment::default()
        };
        self.section_heading = Some(heading.range);
    }

    /// Closes the present section, which ends where the next heading begins.
    fn end_section(&mut self, end: usize) {
        let segment = std::mem::take(&mut self.segment);
        self.append(segment);
        let parts = std::mem::take(&mut self.parts);
        let has_text = parts.iter().any(|part| !part.text.trim().is_empty());
        if !has_text && self.section_heading.is_none() {
            return;
        }
        let mut markdown = String::new();
        if let Some(heading) = self.section_heading.take() {
            markdown.push_str(&heading_line(&self.source[heading.start..heading.end]));
            markdown.push_str("\n\n");
        }
        let number = self.out.sections.len();
        let first = self.out.pieces.len();
        let ends: Vec<usize> = parts
            .iter()
            .skip(1)
            .map(|part| part.start)
            .chain([end])
            .collect();
        let mut start = 0;
        // Where each part stands in the source, and in the section.
        let mut places: Vec<(usize, usize)> = Vec::with_capacity(ends.len());
        let mut last_head = None;
        for (part, part_end) in parts.into_iter().zip(ends) {
            places.push((part.start, markdown.len()));
            let range = part.start..part_end;
            copy_without(self.source, range, &self.removals, &mut markdown);
            let head = part.head.and_then(|head| match last_head {
                Some((known, place)) if known == head => place,
                _ => {
                    let place = self.place(head, &places);
                    last_head = Some((head, place));
                    place
                }
            });
            self.out.pieces.push(Piece {
                section: number,
                range: start..markdown.len(),
                head,
                text: part.text,
            });
            start = markdown.len();
        }
        markdown.truncate(markdown.trim_end().len());
        for piece in &mut self.out.pieces[first..] {
            piece.range.start = piece.range.start.min(markdown.len());
            piece.range.end = piece.range.end.min(markdown.len());
        }
        if let Some(last) = self.out.pieces.last_mut() {
            last.range.end = markdown.len();
        }
        let begin = places.first().copied().unwrap_or_default();
        let removed = Removed::new(&self.removals);
        let anchor = self.section_anchor.as_deref();
        self.entries.end_section(number, &markdown, anchor, |at| {
            let at = at.min(end);
            begin.1 + at.saturating_sub(begin.0 + removed.between(begin.0, at))
        });
        self.removals.clear();
        self.out.sections.push(Section {
            headings: self.path.iter().map(|(_, text)| text.clone()).collect(),
            anchor: self.section_anchor.take(),
            markdown,
        });
    }

    /// Where something of the source stands in a section, by where the parts before it do.
    fn place(&self, at: usize, parts: &[(usize, usize)]) -> Option<usize> {
        let before = parts.partition_point(|(start, _)| *start <= at);
        let (start, place) = parts.get(before.checked_sub(1)?)?;
        let mut between = String::new();
        copy_without(self.source, *start..at, &self.removals, &mut between);
        Some(place + between.len())
    }

    fn finish(mut self) -> Outline {
        self.end_block();
        self.end_section(self.source.len());
        let first = self
            .out
            .sections
            .first()
            .map(|section| section.markdown.len());
        self.out.entries = self.entries.finish(self.title.as_deref(), first);
        self.out.title = self.title;
        self.out
    }
}

impl Code {
    /// The cuts of a fence in the source; `None` where there are none, or marks of a quotation stand before its lines.
    fn of(source: &str, range: &Range<usize>) -> Option<Self> {
        let block = source.get(range.clone())?;
        let head = range.start + block.find(['`', '~'])?;
        let line = source[..head].rfind('\n').map_or(0, |newline| newline + 1);
        let body = head + source[head..range.end].find('\n')? + 1;
        if source[line..head].contains('>') {
            return None;
        }
        let code = &source[body..range.end];
        let last = code.trim_end().rfind('\n').map_or(0, |newline| newline + 1);
        let is_closed = code[last..].trim_start().starts_with(['`', '~']);
        let code = if is_closed { &code[..last] } else { code };
        let cuts: Vec<usize> = code_cuts(code, head - line)
            .into_iter()
            .map(|cut| body + cut)
            .collect();
        let mut cuts = cuts.into_iter();
        let next = Some(cuts.next()?);
        Some(Self { head, cuts, next })
    }
}

/// The beginning of a long title or heading.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(MAX_HEADING) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
    }
}

/// A heading's line without its ` {#anchor}`.
fn heading_line(source: &str) -> String {
    let mut line = source.trim_end().to_owned();
    if let Some((mark, _)) = heading::anchor(source) {
        line.replace_range(mark, "");
    }
    line
}

/// How much is left out of a stretch of the source.
struct Removed<'a> {
    removals: &'a [Range<usize>],
    /// How much is left out up to the end of each.
    sums: Vec<usize>,
}

impl<'a> Removed<'a> {
    fn new(removals: &'a [Range<usize>]) -> Self {
        let mut end = 0;
        let sums = removals.iter().scan(0, |sum, removal| {
            *sum += removal.end.saturating_sub(removal.start.max(end));
            end = end.max(removal.end);
            Some(*sum)
        });
        Self {
            sums: sums.collect(),
            removals,
        }
    }

    fn before(&self, at: usize) -> usize {
        let count = self.removals.partition_point(|removal| removal.end <= at);
        let whole = count.checked_sub(1).map_or(0, |last| self.sums[last]);
        let part = self
            .removals
            .get(count)
            .map_or(0, |removal| at.saturating_sub(removal.start));
        whole + part
    }

    fn between(&self, from: usize, to: usize) -> usize {
        self.before(to) - self.before(from)
    }
}

/// Copies a stretch of the source without the parts that are to be left out.
fn copy_without(source: &str, range: Range<usize>, removals: &[Range<usize>], out: &mut String) {
    let first = removals.partition_point(|removal| removal.end <= range.start);
    let mut at = range.start;
    for removal in &removals[first..] {
        if removal.start >= range.end {
            break;
        }
        if removal.start > at {
            out.push_str(&source[at..removal.start]);
        }
        at = at.max(removal.end.min(range.end));
    }
    if at < range.end {
        out.push_str(&source[at..range.end]);
    }
}
