//! ODT: `content.xml`, by the styles in it and in `styles.xml`.

use super::archive::{Archive, malformed};
use super::writer::{Block, Look, Writer, is_code_font, is_code_style};
use super::xml::{Element, Seen, walk};
use crate::corpus::document::{Page, Skip};
use std::collections::HashMap;

/// Styles that are based on one another.
const MAX_BASED: usize = 16;
/// Spaces that one element stands for.
const MAX_SPACES: usize = 64;

/// # Errors
/// Why it has nothing to serve.
pub(in crate::corpus::format) fn pages(bytes: &[u8]) -> Result<Vec<Page>, Skip> {
    let mut archive = Archive::open(bytes)?;
    let manifest = archive.text("META-INF/manifest.xml")?.unwrap_or_default();
    if manifest.contains("encryption-data") {
        return Err(malformed("it is encrypted"));
    }
    let content = archive
        .text("content.xml")?
        .ok_or_else(|| malformed("an archive without content.xml"))?;
    let meta = archive.text("meta.xml")?;
    let [title, description] = super::properties(meta, ["title", "description"]);
    let mut reader = Reader::default();
    reader.styles(&archive.text("styles.xml")?.unwrap_or_default())?;
    reader.styles(&content)?;
    reader.out = Writer::new();
    walk(&content, |seen| reader.seen(seen))?;
    let title = title.filter(|it| !it.trim().is_empty()).or(reader.title);
    super::page(&reader.out.finish(), title, description)
}

#[derive(Debug, Clone, Default)]
struct Style {
    /// As people see it.
    name: String,
    parent: Option<String>,
    bold: Option<bool>,
    italic: Option<bool>,
    font: Option<bool>,
    is_hidden: bool,
}

#[derive(Default)]
struct Reader {
    styles: HashMap<String, Style>,
    /// Whether a list has numbers at a depth.
    lists: HashMap<(String, usize), bool>,
    out: Writer,
    title: Option<String>,
    /// Text is only of paragraphs.
    blocks: Vec<Open>,
    spans: Vec<Look>,
    hidden: usize,
    hiding: Vec<bool>,
    /// The style of each list that is open.
    open_lists: Vec<String>,
    is_first_of_item: bool,
    note: Option<(String, String)>,
    in_citation: bool,
    in_alt: bool,
}

struct Open {
    style: String,
    level: Option<u8>,
    text: String,
}

impl Reader {
    /// Takes in the styles of a part.
    fn styles(&mut self, text: &str) -> Result<(), Skip> {
        let (mut name, mut list) = (String::new(), String::new());
        let mut style = Style::default();
        walk(text, |seen| {
            match seen {
                Seen::Start(element) => match element.name() {
                    "body" => return true,
                    "style" => {
                        name = element.attribute("name").unwrap_or_default();
                        style = Style {
                            name: element
                                .attribute("display-name")
                                .unwrap_or_else(|| name.replace("_20_", " ")),
                            parent: element.attribute("parent-style-name"),
                            ..Style::default()
                        };
                    }
                    "text-properties" => {
                        let is =
                            |key: &str, value: &str| element.attribute(key).map(|it| it == value);
                        style.bold = is("font-weight", "bold");
                        style.italic = is("font-style", "italic");
                        let font = element
                            .attribute("font-name")
                            .or(element.attribute("font-family"));
                        style.font = font.map(|font| is_code_font(&font));
                        style.is_hidden |= is("display", "none") == Some(true);
                    }
                    "section-properties" => {
                        style.is_hidden |= element.attribute("display").as_deref() == Some("none");
                    }
                    "list-style" => list = element.attribute("name").unwrap_or_default(),
                    kind @ ("list-level-style-number" | "list-level-style-bullet") => {
                        let depth = element.attribute("level").and_then(|it| it.parse().ok());
                        let is_ordered = kind == "list-level-style-number"
                            && element
                                .attribute("num-format")
                                .is_none_or(|format| !format.is_empty());
                        self.lists
                            .insert((list.clone(), depth.unwrap_or(1)), is_ordered);
                    }
                    _ => {}
                },
                Seen::End("style") => {
                    self.styles
                        .insert(std::mem::take(&mut name), std::mem::take(&mut style));
                }
                _ => {}
            }
            false
        })
    }

    fn inherited<T>(&self, style: &str, of: impl Fn(&Style) -> Option<T>) -> Option<T> {
        let mut next = self.styles.get(style);
        for _ in 0..MAX_BASED {
            let style = next?;
            if let Some(found) = of(style) {
                return Some(found);
            }
            next = self.styles.get(style.parent.as_deref()?);
        }
        None
    }

    fn is_hidden(&self, style: &str) -> bool {
        self.inherited(style, |style| style.is_hidden.then_some(()))
            .is_some()
    }

    fn look(&self, style: &str) -> Look {
        let named_code = |style: &Style| {
            let name = style.name.to_ascii_lowercase();
            let is = name == "source text"
                || name == "user entry"
                || name == "teletype"
                || is_code_style(&name)
                || name.contains("verbatim");
            is.then_some(true)
        };
        Look {
            is_bold: self.inherited(style, |style| style.bold) == Some(true),
            is_italic: self.inherited(style, |style| style.italic) == Some(true),
            is_code: self.inherited(style, |style| style.font) == Some(true)
                || self.inherited(style, named_code).is_some(),
        }
    }

    fn seen(&mut self, seen: Seen<'_>) -> bool {
        match seen {
            Seen::Start(element) => return self.start(&element),
            Seen::End(name) => self.end(name),
            Seen::Text(text) => self.text(&text),
        }
        false
    }

    fn text(&mut self, text: &str) {
        if self.hidden > 0 || self.in_citation {
            if let Some((mark, _)) = self.note.as_mut().filter(|_| self.in_citation) {
                mark.push_str(text);
            }
            return;
        }
        if self.in_alt {
            self.out
                .text(&format!(" {} ", text.trim()), Look::default());
            return;
        }
        let Some(block) = self.blocks.last_mut() else {
            return;
        };
        let words = text.replace(['\n', '\r', '\t'], " ");
        block.text.push_str(&words);
        match &mut self.note {
            Some((_, note)) => note.push_str(&words),
            None => {
                let look = self.spans.last().copied().unwrap_or_default();
                self.out.text(&words, look);
            }
        }
    }

    fn hide(&mut self, is_hidden: bool) {
        self.hiding.push(is_hidden);
        self.hidden += usize::from(is_hidden);
    }

    fn unhide(&mut self) {
        if self.hiding.pop() == Some(true) {
            self.hidden -= 1;
        }
    }

    fn start(&mut self, element: &Element<'_>) -> bool {
        let style = || element.attribute("style-name").unwrap_or_default();
        match element.name() {
            "tracked-changes" | "annotation" | "table-of-content" | "automatic-styles"
            | "font-face-decls" | "scripts" | "forms" | "sequence-decls" | "covered-table-cell"
            | "hidden-text" | "script" | "alphabetical-index" | "illustration-index"
            | "table-index" | "object-ole" | "event-listeners" => return true,
            "hidden-paragraph" => return true,
            "section" => {
                let by_itself = matches!(
                    element.attribute("display").as_deref(),
                    Some("none" | "condition")
                );
                self.hide(by_itself || self.is_hidden(&style()));
            }
            name @ ("p" | "h") => {
                let style = style();
                self.hide(self.is_hidden(&style));
                let level = element
                    .attribute("outline-level")
                    .and_then(|it| it.parse().ok());
                self.blocks.push(Open {
                    level: (name == "h").then(|| level.unwrap_or(1)),
                    style,
                    text: String::new(),
                });
            }
            "span" => {
                let style = style();
                let around = self.spans.last().copied().unwrap_or_default();
                let own = self.look(&style);
                self.hide(self.is_hidden(&style));
                self.spans.push(Look {
                    is_bold: around.is_bold || own.is_bold,
                    is_italic: around.is_italic || own.is_italic,
                    is_code: around.is_code || own.is_code,
                });
            }
            "s" => {
                let count = element
                    .attribute("c")
                    .and_then(|it| it.parse().ok())
                    .unwrap_or(1);
                self.text(&" ".repeat(MAX_SPACES.min(count)));
            }
            "tab" => self.text(" "),
            "line-break" if self.hidden == 0 && self.note.is_none() => self.out.line_break(),
            "a" if self.hidden == 0 && self.note.is_none() => {
                if let Some(to) = element.attribute("href").filter(|to| !to.starts_with('#')) {
                    self.out.link(&to);
                }
            }
            "note" => self.note = Some((String::new(), String::new())),
            "note-citation" => self.in_citation = true,
            "list" => {
                let above = self.open_lists.last().cloned().unwrap_or_default();
                self.open_lists
                    .push(element.attribute("style-name").unwrap_or(above));
            }
            "list-item" => self.is_first_of_item = true,
            "table" => self.out.table(),
            "table-row" => self.out.row(),
            "table-cell" => {
                let columns = element.attribute("number-columns-spanned");
                self.out
                    .cell(columns.and_then(|it| it.parse().ok()).unwrap_or(1));
                // Lists in a cell begin anew.
                self.open_lists.push(String::new());
                self.open_lists.push("cell".to_owned());
            }
            "title" | "desc" if !self.blocks.is_empty() => self.in_alt = true,
            _ => {}
        }
        false
    }

    fn end(&mut self, name: &str) {
        match name {
            "section" => self.unhide(),
            "p" | "h" => {
                let is_hidden = self.hidden > 0;
                self.unhide();
                if let Some(block) = self.blocks.pop()
                    && self.note.is_none()
                {
                    match is_hidden {
                        true => self.out.discard(),
                        false => self.end_paragraph(block),
                    }
                }
            }
            "span" => {
                self.spans.pop();
                self.unhide();
            }
            "a" => self.out.end_link(),
            "note-citation" => self.in_citation = false,
            "note" => {
                if let Some((mark, text)) = self.note.take().filter(|_| self.hidden == 0) {
                    self.out.note(&mark);
                    self.out.note_text(&mark, &text);
                }
            }
            "list" => {
                self.open_lists.pop();
            }
            "table" => self.out.end_table(),
            "table-row" => self.out.tag("</tr>\n"),
            "table-cell" => {
                self.out.end_cell();
                self.open_lists
                    .truncate(self.open_lists.len().saturating_sub(2));
            }
            "title" | "desc" => self.in_alt = false,
            _ => {}
        }
    }

    fn end_paragraph(&mut self, block: Open) {
        let name = |style: &Style| style.name.to_ascii_lowercase();
        let is_title = self.inherited(&block.style, |style| (name(style) == "title").then_some(()));
        let is_code = self.inherited(&block.style, |style| {
            is_code_style(&style.name).then_some(())
        });
        // Since the last cell that is open: lists around a table do not count in it.
        let since = self.open_lists.iter().rposition(|style| style == "cell");
        let depth = self.open_lists.len() - since.map_or(0, |at| at + 1);
        let kind = if let Some(level) = block.level {
            Block::Heading(level)
        } else if is_title.is_some() || block.style == "Title" {
            self.title.get_or_insert(block.text);
            Block::Heading(1)
        } else if is_code.is_some() {
            Block::Code
        } else if let Some(depth) = depth.checked_sub(1) {
            let style = self.open_lists.last().cloned().unwrap_or_default();
            let is_ordered = self
                .lists
                .get(&(style, depth + 1))
                .copied()
                .unwrap_or(false);
            if !std::mem::take(&mut self.is_first_of_item) {
                // A second paragraph of an item.
                return self.out.continued();
            }
            Block::Item { depth, is_ordered }
        } else {
            Block::Text
        };
        self.out.paragraph(kind);
    }
}
