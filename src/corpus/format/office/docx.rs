//! DOCX: paragraphs, runs and tables of `word/document.xml`, by the styles and lists of the parts beside it.

use super::archive::{Archive, malformed};
use super::writer::{Block, Look, Writer, is_code_font, is_code_style};
use super::xml::{Element, Seen, walk};
use crate::corpus::document::{Page, Skip};
use std::collections::HashMap;

/// Styles that are based on one another.
const MAX_BASED: usize = 16;

/// # Errors
/// Why it has nothing to serve.
pub(in crate::corpus::format) fn pages(bytes: &[u8]) -> Result<Vec<Page>, Skip> {
    let mut archive = Archive::open(bytes)?;
    let document = archive
        .text("word/document.xml")?
        .ok_or_else(|| malformed("an archive without word/document.xml"))?;
    let core = archive.text("docProps/core.xml")?;
    let [title, description] = super::properties(core, ["title", "description"]);
    let mut reader = Reader {
        styles: styles(archive.text("word/styles.xml")?)?,
        lists: lists(archive.text("word/numbering.xml")?)?,
        links: links(archive.text("word/_rels/document.xml.rels")?)?,
        notes: [
            notes(archive.text("word/footnotes.xml")?)?,
            notes(archive.text("word/endnotes.xml")?)?,
        ],
        ..Reader::default()
    };
    reader.out = Writer::new();
    walk(&document, |seen| reader.seen(seen))?;
    let title = title.filter(|it| !it.trim().is_empty()).or(reader.title);
    super::page(&reader.out.finish(), title, description)
}

#[derive(Default)]
struct Style {
    name: String,
    based_on: Option<String>,
    outline: Option<u8>,
    list: Option<(String, usize)>,
    is_hidden: bool,
    is_code: bool,
}

#[derive(Default)]
struct Paragraph {
    style: Option<String>,
    outline: Option<u8>,
    list: Option<String>,
    depth: Option<usize>,
    text: String,
}

#[derive(Default)]
struct Reader {
    styles: HashMap<String, Style>,
    /// Whether a list's items have numbers, by its number and their depth.
    lists: HashMap<(String, usize), bool>,
    links: HashMap<String, String>,
    /// Of footnotes, and of endnotes.
    notes: [HashMap<String, String>; 2],
    out: Writer,
    title: Option<String>,
    paragraph: Paragraph,
    look: Look,
    is_hidden: bool,
    in_run_properties: bool,
    in_paragraph_properties: bool,
    in_text: bool,
    noted: usize,
    /// A cell that goes on from the row above, and one that is open.
    columns: usize,
    awaits_cell: bool,
}

impl Reader {
    fn seen(&mut self, seen: Seen<'_>) -> bool {
        match seen {
            Seen::Start(element) => return self.start(&element),
            Seen::End(name) => self.end(name),
            Seen::Text(text) => {
                if self.in_text && !self.is_hidden {
                    self.open_cell();
                    self.paragraph.text.push_str(&text);
                    self.out.text(&text, self.look);
                }
            }
        }
        false
    }

    fn start(&mut self, element: &Element<'_>) -> bool {
        let value = |element: &Element<'_>| element.attribute("val");
        let is_on = |element: &Element<'_>| {
            !matches!(
                value(element).as_deref(),
                Some("0" | "false" | "off" | "none")
            )
        };
        match element.name() {
            // What was, what others say of it, and what is shown in the place of something newer.
            "del" | "moveFrom" | "delText" | "instrText" | "sdtPr" | "sectPr" | "Fallback"
            | "pPrChange" | "rPrChange" | "tblPrChange" | "tcPrChange" | "trPrChange"
            | "sectPrChange"
                if !(self.in_run_properties && matches!(element.name(), "del" | "moveFrom")) =>
            {
                return true;
            }
            "p" => {
                self.open_cell();
                self.paragraph = Paragraph::default();
            }
            "pPr" => self.in_paragraph_properties = true,
            "pStyle" => self.paragraph.style = value(element),
            "outlineLvl" => self.paragraph.outline = value(element).and_then(|it| it.parse().ok()),
            "numId" => self.paragraph.list = value(element),
            "ilvl" => self.paragraph.depth = value(element).and_then(|it| it.parse().ok()),
            "r" => {
                self.look = Look::default();
                self.is_hidden = false;
            }
            "rPr" => self.in_run_properties = true,
            name if self.in_run_properties && !self.in_paragraph_properties => match name {
                "b" => self.look.is_bold = is_on(element),
                "i" => self.look.is_italic = is_on(element),
                "vanish" | "webHidden" | "specVanish" => self.is_hidden |= is_on(element),
                "rFonts" => {
                    self.look.is_code |= element
                        .attribute("ascii")
                        .is_some_and(|font| is_code_font(&font));
                }
                "rStyle" => {
                    let style = value(element).unwrap_or_default();
                    self.is_hidden |= self
                        .inherited(&style, |style| style.is_hidden.then_some(()))
                        .is_some();
                    self.look.is_code |= self
                        .inherited(&style, |style| style.is_code.then_some(()))
                        .is_some();
                }
                _ => {}
            },
            "t" => self.in_text = true,
            "tab" | "ptab" if !self.in_paragraph_properties && !self.is_hidden => {
                self.out.text(" ", self.look);
            }
            "br" | "cr" if !self.is_hidden => match element.attribute("type").as_deref() {
                Some("page" | "column") => {}
                _ => self.out.line_break(),
            },
            "noBreakHyphen" if !self.is_hidden => self.out.text("-", self.look),
            "hyperlink" => {
                let to = element
                    .attribute("id")
                    .and_then(|id| self.links.get(&id).cloned());
                if let Some(to) = to {
                    self.out.link(&to);
                }
            }
            "docPr" if !self.is_hidden => {
                let alt = element
                    .attribute("descr")
                    .or_else(|| element.attribute("title"));
                if let Some(alt) = alt {
                    self.out.text(&format!(" {alt} "), Look::default());
                }
            }
            "footnoteReference" => self.note(0, element.attribute("id")),
            "endnoteReference" => self.note(1, element.attribute("id")),
            "tbl" => {
                self.open_cell();
                self.out.table();
            }
            "tr" => self.out.row(),
            "tc" => {
                self.columns = 1;
                self.awaits_cell = true;
            }
            "gridSpan" => self.columns = value(element).and_then(|it| it.parse().ok()).unwrap_or(1),
            _ => {}
        }
        false
    }

    /// The properties of a cell come before what is in it.
    fn open_cell(&mut self) {
        if std::mem::take(&mut self.awaits_cell) {
            self.out.cell(self.columns);
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "pPr" => self.in_paragraph_properties = false,
            "rPr" => self.in_run_properties = false,
            "t" => self.in_text = false,
            "r" => self.is_hidden = false,
            "hyperlink" => self.out.end_link(),
            "p" => self.end_paragraph(),
            "tc" => {
                self.open_cell();
                self.out.end_cell();
            }
            "tr" => self.out.tag("</tr>\n"),
            "tbl" => self.out.end_table(),
            _ => {}
        }
    }

    fn note(&mut self, kind: usize, id: Option<String>) {
        let text = id.and_then(|id| self.notes[kind].remove(&id));
        if let Some(text) = text.filter(|_| !self.is_hidden) {
            self.noted += 1;
            let mark = self.noted.to_string();
            self.out.note(&mark);
            self.out.note_text(&mark, &text);
        }
    }

    /// Something of a style, or of those that it is based on.
    fn inherited<T>(&self, style: &str, of: impl Fn(&Style) -> Option<T>) -> Option<T> {
        let mut next = self.styles.get(style);
        for _ in 0..MAX_BASED {
            let style = next?;
            if let Some(found) = of(style) {
                return Some(found);
            }
            next = self.styles.get(style.based_on.as_deref()?);
        }
        None
    }

    fn end_paragraph(&mut self) {
        let paragraph = std::mem::take(&mut self.paragraph);
        let style = paragraph.style.as_deref().unwrap_or("");
        let name = self
            .styles
            .get(style)
            .map_or(style, |style| &style.name)
            .to_ascii_lowercase();
        if name.starts_with("toc ") || name == "toc heading" || name == "table of figures" {
            // The table of contents, which is made from the headings.
            self.out.discard();
            return;
        }
        if self
            .inherited(style, |style| style.is_hidden.then_some(()))
            .is_some()
        {
            self.out.discard();
            return;
        }
        let block = if name == "title" {
            self.title.get_or_insert(paragraph.text);
            Block::Heading(1)
        } else if let Some(level) = self.heading_level(&paragraph, style) {
            Block::Heading(level)
        } else if self
            .inherited(style, |style| style.is_code.then_some(()))
            .is_some()
            || is_code_style(&name)
        {
            Block::Code
        } else if let Some((list, depth)) = self.list(&paragraph, style) {
            let is_ordered = self.lists.get(&(list, depth)).copied().unwrap_or(false);
            Block::Item { depth, is_ordered }
        } else {
            Block::Text
        };
        self.out.paragraph(block);
    }

    fn heading_level(&self, paragraph: &Paragraph, style: &str) -> Option<u8> {
        let named = |style: &Style| {
            let number = style.name.to_ascii_lowercase();
            let number = number.strip_prefix("heading ")?.trim().parse().ok()?;
            (1..=9u8).contains(&number).then_some(number)
        };
        let own = paragraph
            .outline
            .filter(|level| *level < 9)
            .map(|level| level + 1);
        own.or_else(|| self.inherited(style, named)).or_else(|| {
            self.inherited(style, |style| {
                style
                    .outline
                    .filter(|level| *level < 9)
                    .map(|level| level + 1)
            })
        })
    }

    fn list(&self, paragraph: &Paragraph, style: &str) -> Option<(String, usize)> {
        let by_style = self.inherited(style, |style| style.list.clone());
        let (list, depth) = match (&paragraph.list, by_style) {
            (Some(list), by_style) => (list.clone(), by_style.map_or(0, |(_, depth)| depth)),
            (None, Some(by_style)) => by_style,
            (None, None) => return None,
        };
        // Zero takes a paragraph out of the list of its style.
        (list != "0").then_some((list, paragraph.depth.unwrap_or(depth)))
    }
}

fn styles(text: Option<String>) -> Result<HashMap<String, Style>, Skip> {
    let mut styles = HashMap::new();
    let mut id = String::new();
    let mut style = Style::default();
    walk(&text.unwrap_or_default(), |seen| {
        match seen {
            Seen::Start(element) => {
                let value = || element.attribute("val");
                match element.name() {
                    "style" => {
                        id = element.attribute("styleId").unwrap_or_default();
                        style = Style::default();
                    }
                    "name" => {
                        style.name = value().unwrap_or_default();
                        style.is_code |= is_code_style(&style.name);
                    }
                    "basedOn" => style.based_on = value(),
                    "outlineLvl" => style.outline = value().and_then(|it| it.parse().ok()),
                    "numId" => {
                        let depth = style.list.take().map_or(0, |(_, depth)| depth);
                        style.list = value().map(|list| (list, depth));
                    }
                    "ilvl" => {
                        let depth = value().and_then(|it| it.parse().ok()).unwrap_or(0);
                        let list = style
                            .list
                            .take()
                            .map_or_else(|| "0".to_owned(), |(list, _)| list);
                        style.list = Some((list, depth));
                    }
                    "vanish" => {
                        style.is_hidden = !matches!(value().as_deref(), Some("0" | "false"));
                    }
                    "rFonts" => {
                        style.is_code |= element
                            .attribute("ascii")
                            .is_some_and(|font| is_code_font(&font));
                    }
                    _ => {}
                }
            }
            Seen::End("style") => {
                // What all of the text is set in tells nothing of a part of it.
                style.is_code &= style.name != "Normal";
                styles.insert(std::mem::take(&mut id), std::mem::take(&mut style));
            }
            _ => {}
        }
        false
    })?;
    Ok(styles)
}

/// Lists refer to their forms, which tell for each depth whether there are numbers.
fn lists(text: Option<String>) -> Result<HashMap<(String, usize), bool>, Skip> {
    let mut forms: HashMap<String, Vec<(usize, bool)>> = HashMap::new();
    let mut lists = HashMap::new();
    let (mut form, mut depth, mut list) = (String::new(), 0, String::new());
    walk(&text.unwrap_or_default(), |seen| {
        if let Seen::Start(element) = seen {
            match element.name() {
                "abstractNum" => form = element.attribute("abstractNumId").unwrap_or_default(),
                "lvl" => {
                    depth = element
                        .attribute("ilvl")
                        .and_then(|it| it.parse().ok())
                        .unwrap_or(0);
                }
                "numFmt" => {
                    let has_numbers =
                        !matches!(element.attribute("val").as_deref(), Some("bullet" | "none"));
                    let form = forms.entry(form.clone()).or_default();
                    if form.len() < 16 {
                        form.push((depth, has_numbers));
                    }
                }
                "num" => list = element.attribute("numId").unwrap_or_default(),
                "abstractNumId" => {
                    let form = element.attribute("val").unwrap_or_default();
                    for (depth, has_numbers) in forms.get(&form).into_iter().flatten() {
                        lists.insert((list.clone(), *depth), *has_numbers);
                    }
                }
                _ => {}
            }
        }
        false
    })?;
    Ok(lists)
}

fn links(text: Option<String>) -> Result<HashMap<String, String>, Skip> {
    let mut links = HashMap::new();
    walk(&text.unwrap_or_default(), |seen| {
        if let Seen::Start(element) = seen
            && element.attribute("TargetMode").as_deref() == Some("External")
            && let (Some(id), Some(to)) = (element.attribute("Id"), element.attribute("Target"))
        {
            links.insert(id, to);
        }
        false
    })?;
    Ok(links)
}

/// The texts of notes, by their numbers.
fn notes(text: Option<String>) -> Result<HashMap<String, String>, Skip> {
    let mut notes = HashMap::new();
    let (mut id, mut note, mut in_text, mut is_hidden) =
        (String::new(), String::new(), false, false);
    walk(&text.unwrap_or_default(), |seen| {
        match seen {
            Seen::Start(element) => match element.name() {
                "del" | "moveFrom" | "delText" | "instrText" | "Fallback" => return true,
                "footnote" | "endnote" => {
                    // Separators are notes too.
                    if element
                        .attribute("type")
                        .is_some_and(|kind| kind != "normal")
                    {
                        return true;
                    }
                    id = element.attribute("id").unwrap_or_default();
                    note.clear();
                }
                "r" => is_hidden = false,
                "vanish" => is_hidden = true,
                "t" => in_text = true,
                "p" => note.push(' '),
                _ => {}
            },
            Seen::End("t") => in_text = false,
            Seen::End("footnote" | "endnote") => {
                notes.insert(std::mem::take(&mut id), std::mem::take(&mut note));
            }
            Seen::Text(text) if in_text && !is_hidden => note.push_str(&text),
            _ => {}
        }
        false
    })?;
    Ok(notes)
}
