//! What a page defines by name, found while it is cut into sections.

mod headings;
mod line;
mod named;
mod names;
mod options;
mod signatures;
mod terms;
mod words;

use super::anchor_mark;
use super::entry::Entry;
use line::{Text, plain};
use named::Named;
use pulldown_cmark::{Event, Tag, TagEnd};
use std::ops::Range;

/// No more are kept of a page.
const MAX_ENTRIES: usize = 20_000;
/// Nor more of their names. In bytes.
const MAX_NAMES: usize = 4 << 20;

/// Gathers the entries of a page from its parser's events.
#[derive(Debug, Default)]
pub(super) struct Entries {
    done: Vec<Entry>,
    /// How long the names of these are.
    names: usize,
    /// Those of the present section, where they stand in the page's Markdown.
    open: Vec<Entry>,
    /// Of the present section's heading.
    heading: Option<Named>,
    /// What the page's members are of.
    owner: Option<String>,
    /// Of the heading that has been read last.
    next_heading: Option<Named>,
    around: Vec<Container>,
    quotes: usize,
    /// Terms whose text goes on, the outermost first.
    terms: Vec<Term>,
    block: Option<Block>,
    row: Option<Row>,
    /// The entry of the row before, which rows without a name continue.
    last_row: Option<usize>,
    /// The row before leads elsewhere.
    is_pointed: bool,
    /// What was read last announces what follows.
    announces: bool,
}

/// What stands around a block.
#[derive(Debug)]
enum Container {
    List(List),
    Item,
    Quote,
    Other,
}

#[derive(Debug, Default)]
struct List {
    is_ordered: bool,
    items: usize,
    named: usize,
    /// Entries that are some only where all items of the list are.
    doubtful: Vec<usize>,
}

/// A term with what stands below it.
#[derive(Debug)]
struct Term {
    depth: usize,
    entry: Entry,
}

/// A block of text that is being read.
#[derive(Debug)]
struct Block {
    role: Role,
    start: usize,
    text: Text,
    anchor: Option<String>,
    is_announced: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Role {
    /// Whether it begins a section.
    Heading(bool),
    Paragraph,
    /// The first text of a list's item, which stands here.
    Lead(Range<usize>),
    Cell,
}

/// A row of a table that is being read.
#[derive(Debug, Default)]
struct Row {
    range: Range<usize>,
    cells: Vec<Block>,
    count: usize,
}

impl Entries {
    /// Looks at the next event of the page.
    pub(super) fn event(&mut self, event: &Event<'_>, range: &Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(*tag, range),
            Event::Text(text) => self.text(text, false),
            Event::Code(text) => self.text(text, true),
            Event::SoftBreak | Event::HardBreak => {
                self.break_line(matches!(event, Event::HardBreak));
            }
            _ => {}
        }
    }

    /// Text of the page, which an event has or a part of one.
    pub(super) fn text(&mut self, text: &str, is_code: bool) {
        self.announces = text.trim_end().ends_with(':');
        if let Some(block) = &mut self.block {
            block.text.push(text, is_code);
            let may_be_name = matches!(block.role, Role::Heading(_) | Role::Cell);
            let is_told = block.text.is_cut || text.contains(char::is_whitespace);
            if !may_be_name
                && is_told
                && block.text.is_sentence()
                && !is_manual_name(self.heading.as_ref())
            {
                self.block = None;
            }
        }
    }

    /// Begins a section with the heading that was read last.
    pub(super) fn begin_section(&mut self) {
        self.heading = self.next_heading.take();
        self.open.clear();
    }

    /// Ends a section: its number, its Markdown and anchor, and where in it something of the page stands.
    pub(super) fn end_section(
        &mut self,
        number: usize,
        markdown: &str,
        anchor: Option<&str>,
        place: impl Fn(usize) -> usize,
    ) {
        if let Some(mut named) = self.heading.take() {
            if let Some(anchor) = anchor {
                named.qualify(anchor, self.owner.as_deref());
            }
            let Named { kind, names } = named;
            let range = 0..markdown.len();
            self.keep(Entry {
                names,
                kind,
                section: number,
                range,
                anchor: None,
            });
        }
        self.end_terms(0, usize::MAX);
        let mut open = std::mem::take(&mut self.open);
        open.sort_by_key(|entry| entry.range.start);
        for mut entry in open {
            let start = place(entry.range.start);
            let text = markdown.get(start..place(entry.range.end).min(markdown.len()));
            entry.range = start..start + text.unwrap_or_default().trim_end().len();
            entry.section = number;
            self.keep(entry);
        }
        self.last_row = None;
    }

    /// Says what the page is called, where that is known before it is read.
    pub(super) fn titled(mut self, title: Option<&str>) -> Self {
        self.owner = title.and_then(signatures::owner).map(str::to_owned);
        self
    }

    /// All entries of a page with this title. `first`: the length of its first section.
    pub(super) fn finish(mut self, title: Option<&str>, first: Option<usize>) -> Vec<Entry> {
        let title = title.map(Text::of);
        let named = title.and_then(|title| headings::of_title(&title.lines.concat()));
        let (Some(Named { kind, names }), Some(length)) = (named, first) else {
            return self.done;
        };
        let is_there = self.done.first().is_some_and(|entry| {
            entry.section == 0 && entry.range.start == 0 && entry.names.contains(&names[0])
        });
        if length > 0 && !is_there {
            let title = entry(Named { kind, names }, 0..length, None);
            self.done.insert(0, title);
        }
        self.done
    }

    fn start(&mut self, tag: &Tag<'_>, range: &Range<usize>) {
        match tag {
            Tag::Heading { .. } => {
                let begins_section = self.around.is_empty();
                if begins_section {
                    self.end_terms(0, range.start);
                }
                self.begin(Role::Heading(begins_section), range.start);
            }
            Tag::Paragraph => {
                let is_begun = self
                    .block
                    .as_ref()
                    .is_some_and(|block| block.text.lines.is_empty());
                if !is_begun {
                    self.begin(Role::Paragraph, range.start);
                }
            }
            Tag::List(number) => {
                self.end_block();
                let is_ordered = number.is_some();
                self.around.push(Container::List(List {
                    is_ordered,
                    ..List::default()
                }));
            }
            Tag::Item => {
                if let Some(Container::List(list)) = self.around.last_mut() {
                    list.items += 1;
                }
                self.begin(Role::Lead(range.clone()), range.start);
                self.around.push(Container::Item);
            }
            Tag::BlockQuote(_) | Tag::FootnoteDefinition(_) => {
                self.end_block();
                self.quotes += 1;
                self.around.push(Container::Quote);
            }
            Tag::TableHead => {}
            Tag::TableRow => {
                self.row = Some(Row {
                    range: range.clone(),
                    ..Row::default()
                });
            }
            Tag::TableCell => {
                if self.row.as_ref().is_some_and(|row| row.count < 2) {
                    self.begin(Role::Cell, range.start);
                }
            }
            Tag::Strong | Tag::Emphasis => self.style(matches!(tag, Tag::Strong), true),
            Tag::Link { dest_url, .. } => {
                if let Some(block) = &mut self.block {
                    match anchor_mark::anchor(dest_url) {
                        Some(anchor) => block.anchor = Some(anchor.to_owned()),
                        None => block.text.link(true),
                    }
                }
            }
            Tag::Image { .. } | Tag::Strikethrough => {}
            _ => {
                self.end_block();
                self.last_row = None;
                self.is_pointed = false;
                self.around.push(Container::Other);
            }
        }
    }

    fn end(&mut self, tag: TagEnd, range: &Range<usize>) {
        match tag {
            TagEnd::Heading(_) | TagEnd::Paragraph => self.end_block(),
            TagEnd::Strong | TagEnd::Emphasis => self.style(tag == TagEnd::Strong, false),
            TagEnd::Link => {
                if let Some(block) = &mut self.block {
                    block.text.link(false);
                }
            }
            TagEnd::Image | TagEnd::Strikethrough | TagEnd::TableHead => {}
            TagEnd::TableCell => {
                if let Some(row) = &mut self.row {
                    row.count += 1;
                    row.cells.extend(self.block.take());
                }
            }
            TagEnd::TableRow => {
                if let Some(row) = self.row.take() {
                    self.end_row(row);
                }
            }
            _ => {
                self.end_block();
                match self.around.pop() {
                    Some(Container::Quote) => self.quotes = self.quotes.saturating_sub(1),
                    Some(Container::List(list)) => self.end_list(&list),
                    _ => {}
                }
                self.end_terms(self.around.len() + 1, range.end);
            }
        }
    }

    fn begin(&mut self, role: Role, start: usize) {
        self.end_block();
        let is_announced = self.announces;
        self.announces = false;
        self.block = Some(Block {
            role,
            start,
            text: Text::default(),
            anchor: None,
            is_announced,
        });
    }

    fn style(&mut self, is_strong: bool, opens: bool) {
        if let Some(block) = &mut self.block {
            match is_strong {
                true => block.text.strong(opens),
                false => block.text.emphasis(opens),
            }
        }
    }

    fn break_line(&mut self, is_hard: bool) {
        if let Some(block) = &mut self.block {
            match block.role {
                Role::Paragraph => block.text.end_line(),
                Role::Lead(_) if is_hard => block.text.end_line(),
                _ => block.text.push(" ", false),
            }
        }
    }

    /// Ends the text that is being read, and looks at what it names.
    fn end_block(&mut self) {
        let Some(block) = self.block.take() else {
            return;
        };
        match &block.role {
            Role::Heading(true) => {
                let line = block.text.lines.concat();
                self.next_heading = match self.done.is_empty() && self.heading.is_none() {
                    true => headings::of_title(&line),
                    false => headings::of_heading(&line),
                };
            }
            Role::Paragraph if self.quotes == 0 => self.end_paragraph(block),
            Role::Lead(item) if self.quotes == 0 => {
                let item = item.clone();
                self.end_lead(block, item);
            }
            _ => {}
        }
    }

    fn end_paragraph(&mut self, block: Block) {
        if is_manual_name(self.heading.as_ref())
            && self.around.is_empty()
            && let Some(named) = names::of_manual(&block.text.lines.concat())
        {
            if let Some(heading) = &mut self.heading {
                *heading = named;
            }
            return;
        }
        let Some(named) = terms::of_paragraph(&block.text, block.is_announced) else {
            return;
        };
        let depth = self.around.len();
        self.end_terms(depth, block.start);
        if self.has_room() {
            let entry = entry(named, block.start..usize::MAX, block.anchor);
            self.terms.push(Term { depth, entry });
        }
    }

    fn end_lead(&mut self, block: Block, item: Range<usize>) {
        let list = self.around.iter_mut().rev().find_map(|it| match it {
            Container::List(list) => Some(list),
            _ => None,
        });
        let Some(list) = list else { return };
        let Some((named, is_doubtful)) = terms::of_lead(&block.text, list.is_ordered) else {
            return;
        };
        list.named += 1;
        if self.done.len() + self.open.len() < MAX_ENTRIES {
            if is_doubtful {
                list.doubtful.push(self.open.len());
            }
            self.open.push(entry(named, item, block.anchor));
        }
    }

    /// Where not all items begin with a name, those that do begin with a word of their sentence.
    fn end_list(&mut self, list: &List) {
        if list.named < list.items || list.items < 2 {
            for doubtful in &list.doubtful {
                if let Some(entry) = self.open.get_mut(*doubtful) {
                    entry.names.clear();
                }
            }
        }
    }

    fn end_row(&mut self, row: Row) {
        let mut cells = row.cells.into_iter();
        let first = cells.next();
        let Some(first) = first.filter(|first| !first.text.lines.is_empty()) else {
            // What it says is said of the row above.
            let last = self.last_row.and_then(|last| self.open.get_mut(last));
            if let Some(last) = last {
                last.range.end = row.range.end;
            }
            return;
        };
        let second = cells.next().map(|cell| cell.text.lines.concat());
        let line = first.text.lines.concat();
        let leads_elsewhere = line
            .iter()
            .all(|run| run.is_link || run.text.trim().is_empty());
        let second = second.as_deref().unwrap_or_default();
        let named = names::of_cells(&line, second);
        self.last_row = None;
        // Below a row of an index, a row of one cell describes what that leads to.
        let describes = self.is_pointed && plain(second).trim().is_empty();
        self.is_pointed = leads_elsewhere;
        if describes {
            return;
        }
        if let Some(named) = named.filter(|_| !leads_elsewhere && !first.text.is_cut)
            && self.has_room()
            && self.quotes == 0
        {
            self.last_row = Some(self.open.len());
            self.open.push(entry(named, row.range, first.anchor));
        }
    }

    /// Ends the terms that stand as deep as this, or deeper.
    fn end_terms(&mut self, depth: usize, at: usize) {
        while let Some(mut term) = self.terms.pop_if(|term| term.depth >= depth) {
            term.entry.range.end = at;
            self.open.push(term.entry);
        }
    }

    fn has_room(&self) -> bool {
        self.done.len() + self.open.len() + self.terms.len() < MAX_ENTRIES
    }

    fn keep(&mut self, entry: Entry) {
        let is_entry = !entry.names.is_empty() && !entry.range.is_empty();
        let length = entry.names.iter().map(String::len).sum::<usize>();
        let has_room = self.done.len() < MAX_ENTRIES && self.names + length <= MAX_NAMES;
        if is_entry && has_room {
            self.names += length;
            self.done.push(entry);
        }
    }
}

fn entry(Named { kind, names }: Named, range: Range<usize>, anchor: Option<String>) -> Entry {
    Entry {
        names,
        kind,
        section: 0,
        range,
        anchor,
    }
}

/// Whether a heading is that of the names of a manual page.
fn is_manual_name(heading: Option<&Named>) -> bool {
    const NAMES: &[&str] = &[
        "name",
        "bezeichnung",
        "nom",
        "nombre",
        "nome",
        "nazwa",
        "имя",
        "名前",
        "名称",
        "이름",
    ];
    let name = heading.and_then(|heading| heading.names.first());
    name.is_some_and(|name| name.len() <= 24 && NAMES.contains(&name.to_lowercase().as_str()))
}
