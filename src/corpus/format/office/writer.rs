//! A document of an office program, as HTML: what comes after has one way to write lists, tables and links.

/// Lists in one another.
const MAX_LISTS: usize = 12;

/// What a paragraph is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Block {
    Text,
    Heading(u8),
    Code,
    /// In a list of a depth from 0, with numbers or without.
    Item {
        depth: usize,
        is_ordered: bool,
    },
}

/// How a stretch of a paragraph is set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) is_bold: bool,
    pub(super) is_italic: bool,
    pub(super) is_code: bool,
}

/// Writes a document from its beginning to its end.
#[derive(Default)]
pub(super) struct Writer {
    html: String,
    /// The paragraph that is being read.
    line: String,
    look: Look,
    /// A link that is open in it.
    is_linked: bool,
    in_code: bool,
    /// The lists that are open here, and in the cells around: ordered or not.
    lists: Vec<Vec<bool>>,
    notes: Vec<String>,
    /// Rows of the tables that are open.
    rows: Vec<usize>,
}

impl Writer {
    pub(super) fn new() -> Self {
        Self {
            lists: vec![Vec::new()],
            ..Self::default()
        }
    }

    pub(super) fn text(&mut self, text: &str, look: Look) {
        if text.is_empty() {
            return;
        }
        if look != self.look {
            self.set(look);
        }
        escape_into(&mut self.line, text);
    }

    fn set(&mut self, look: Look) {
        for (is, end) in [
            (self.look.is_code, "</code>"),
            (self.look.is_italic, "</em>"),
            (self.look.is_bold, "</strong>"),
        ] {
            if is {
                self.line.push_str(end);
            }
        }
        for (is, start) in [
            (look.is_bold, "<strong>"),
            (look.is_italic, "<em>"),
            (look.is_code, "<code>"),
        ] {
            if is {
                self.line.push_str(start);
            }
        }
        self.look = look;
    }

    pub(super) fn line_break(&mut self) {
        self.line.push_str("<br>");
    }

    pub(super) fn link(&mut self, to: &str) {
        self.end_link();
        self.set(Look::default());
        self.line.push_str("<a href=\"");
        escape_into(&mut self.line, to);
        self.line.push_str("\">");
        self.is_linked = true;
    }

    pub(super) fn end_link(&mut self) {
        if std::mem::take(&mut self.is_linked) {
            self.set(Look::default());
            self.line.push_str("</a>");
        }
    }

    /// Ends the paragraph, as what it has turned out to be.
    pub(super) fn paragraph(&mut self, block: Block) {
        self.end_link();
        self.set(Look::default());
        let line = std::mem::take(&mut self.line);
        if block == Block::Code {
            self.close_lists();
            self.html
                .push_str(if self.in_code { "\n" } else { "<pre>" });
            self.in_code = true;
            self.html.push_str(&line.replace("<br>", "\n"));
            return;
        }
        self.end_code();
        if line.trim().is_empty() {
            return;
        }
        match block {
            Block::Item { depth, is_ordered } => self.item(depth, is_ordered, &line),
            Block::Heading(level) => {
                self.close_lists();
                let level = level.clamp(1, 6);
                self.html
                    .push_str(&format!("<h{level}>{line}</h{level}>\n"));
            }
            Block::Text | Block::Code => {
                self.close_lists();
                self.html.push_str(&format!("<p>{line}</p>\n"));
            }
        }
    }

    /// Ends the paragraph without a trace.
    pub(super) fn discard(&mut self) {
        self.line.clear();
        self.look = Look::default();
        self.is_linked = false;
    }

    fn item(&mut self, depth: usize, is_ordered: bool, line: &str) {
        let wanted = depth.min(MAX_LISTS) + 1;
        while self.open_lists().len() > wanted
            || (self.open_lists().len() == wanted && self.open_lists().last() != Some(&is_ordered))
        {
            self.close_list();
        }
        if self.open_lists().len() == wanted {
            self.html.push_str("</li>\n<li>");
        }
        while self.open_lists().len() < wanted {
            self.html
                .push_str(if is_ordered { "<ol><li>" } else { "<ul><li>" });
            if let Some(lists) = self.lists.last_mut() {
                lists.push(is_ordered);
            }
        }
        self.html.push_str(line);
    }

    /// Ends the paragraph as a further one of the item that is open.
    pub(super) fn continued(&mut self) {
        if self.open_lists().is_empty() || self.in_code {
            return self.paragraph(Block::Text);
        }
        self.end_link();
        self.set(Look::default());
        let line = std::mem::take(&mut self.line);
        if !line.trim().is_empty() {
            self.html.push_str(&format!("<p>{line}</p>"));
        }
    }

    fn open_lists(&self) -> &[bool] {
        self.lists.last().map_or(&[], Vec::as_slice)
    }

    fn close_list(&mut self) {
        if let Some(is_ordered) = self.lists.last_mut().and_then(Vec::pop) {
            self.html.push_str(if is_ordered {
                "</li></ol>\n"
            } else {
                "</li></ul>\n"
            });
        }
    }

    fn close_lists(&mut self) {
        while !self.open_lists().is_empty() {
            self.close_list();
        }
    }

    fn end_code(&mut self) {
        if std::mem::take(&mut self.in_code) {
            self.html.push_str("</pre>\n");
        }
    }

    /// Something around paragraphs begins or ends: a table, a row.
    pub(super) fn tag(&mut self, tag: &str) {
        if !self.line.trim().is_empty() {
            self.paragraph(Block::Text);
        }
        self.end_code();
        self.close_lists();
        self.html.push_str(tag);
    }

    pub(super) fn table(&mut self) {
        self.tag("<table>");
        self.rows.push(0);
    }

    pub(super) fn row(&mut self) {
        self.tag("<tr>");
        if let Some(rows) = self.rows.last_mut() {
            *rows += 1;
        }
    }

    pub(super) fn end_table(&mut self) {
        self.tag("</table>\n");
        self.rows.pop();
    }

    /// A cell, with lists of its own.
    pub(super) fn cell(&mut self, columns: usize) {
        self.end_code();
        // The first row of a table has the names of its columns, whether it is marked or not.
        let cell = match self.rows.last() {
            Some(1) => "th",
            _ => "td",
        };
        self.html.push_str(&match columns {
            0 | 1 => format!("<{cell}>"),
            columns => format!("<{cell} colspan={}>", columns.min(64)),
        });
        self.lists.push(Vec::new());
    }

    pub(super) fn end_cell(&mut self) {
        self.tag("");
        if self.lists.len() > 1 {
            self.lists.pop();
        }
    }

    /// A footnote, by what its place in the text shows.
    pub(super) fn note(&mut self, mark: &str) {
        self.text(&format!("[{mark}]"), Look::default());
    }

    /// The text of a footnote, for the end of the document.
    pub(super) fn note_text(&mut self, mark: &str, text: &str) {
        let mut line = String::new();
        escape_into(&mut line, &format!("[{mark}] {}", text.trim()));
        self.notes.push(line);
    }

    /// The whole document.
    pub(super) fn finish(mut self) -> String {
        self.tag("");
        for note in &self.notes {
            self.html.push_str(&format!("<p>{note}</p>\n"));
        }
        self.html
    }
}

fn escape_into(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
}

/// A font in which every letter is as wide as another, as code is set.
pub(super) fn is_code_font(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [
        "consol",
        "courier",
        "mono",
        "menlo",
        "monaco",
        "typewriter",
        "source code",
        "fira code",
    ]
    .iter()
    .any(|part| name.contains(part))
}

/// A style of which the name says that it is for code.
pub(super) fn is_code_style(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [
        "source code",
        "sourcecode",
        "code block",
        "codeblock",
        "preformatted",
        "verbatim",
        "html code",
        "listing",
        "plain text",
    ]
    .iter()
    .any(|part| name.contains(part))
        || name == "code"
}
