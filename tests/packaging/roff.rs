//! The little of man(7) that the pages need.

use std::fmt::Write as _;

/// A page under construction.
pub(crate) struct Page(String);

impl Page {
    /// Starts a page: its name, its section and one line on what it is for.
    pub(crate) fn new(name: &str, section: u8, purpose: &str) -> Self {
        let version = env!("CARGO_PKG_VERSION");
        let mut page = Self(String::new());
        page.raw(&format!(
            ".TH \"{}\" \"{section}\" \"\" \"docent {version}\" \"docent\"\n",
            escape(&name.to_uppercase())
        ));
        // Neither "do-cent" nor blanks that fill a line.
        page.raw(".nh\n.ad l\n");
        page.heading("NAME");
        page.raw(&format!("{} \\- {}\n", escape(name), escape(purpose)));
        page
    }

    fn raw(&mut self, roff: &str) {
        self.0 += roff;
    }

    pub(crate) fn heading(&mut self, text: &str) {
        self.control("SH", text);
    }

    /// Text of paragraphs, with `code` as Markdown writes it.
    pub(crate) fn text(&mut self, text: &str) {
        self.paragraphs(text, ".PP\n");
    }

    /// Text whose lines stay lines.
    pub(crate) fn lines(&mut self, lines: &[String]) {
        for (i, line) in lines.iter().enumerate() {
            if i > 0 {
                self.raw(".br\n");
            }
            self.raw(&line_of_text(line));
        }
    }

    /// Terms, one below the other, with what is said about all of them.
    pub(crate) fn item<'a>(&mut self, terms: impl IntoIterator<Item = &'a str>, text: &str) {
        for (i, term) in terms.into_iter().enumerate() {
            self.raw(if i == 0 { ".TP\n" } else { ".TQ\n" });
            self.raw(&line_of_text(term));
        }
        self.paragraphs(text, ".IP\n");
    }

    /// Lines that are shown as they are.
    pub(crate) fn example(&mut self, lines: &str) {
        self.raw(".RS 4\n.EX\n");
        for line in lines.lines() {
            let line = escape(line);
            let guard = if line.starts_with(['.', '\'']) {
                "\\&"
            } else {
                ""
            };
            let _ = writeln!(self.0, "{guard}{line}");
        }
        self.raw(".EE\n.RE\n");
    }

    /// Other pages, such as `("docent", 1)`.
    pub(crate) fn see_also(&mut self, pages: &[(String, u8)]) {
        self.heading("SEE ALSO");
        for (i, (name, section)) in pages.iter().enumerate() {
            let comma = if i + 1 < pages.len() { "," } else { "" };
            let name = escape(name);
            self.raw(&format!(".BR {name} ({section}){comma}\n"));
        }
    }

    pub(crate) fn finish(self) -> String {
        self.0
    }

    fn paragraphs(&mut self, text: &str, separator: &str) {
        for (i, paragraph) in text.split("\n\n").enumerate() {
            if i > 0 {
                self.raw(separator);
            }
            for line in paragraph.lines() {
                self.raw(&line_of_text(line));
            }
        }
    }

    fn control(&mut self, request: &str, argument: &str) {
        let argument = escape(argument);
        self.raw(&format!(".{request} \"{argument}\"\n"));
    }
}

/// One line of text, in which `` `code` `` becomes bold.
fn line_of_text(line: &str) -> String {
    let mut roff = String::new();
    for (i, part) in line.trim().split('`').enumerate() {
        if i % 2 == 1 {
            roff += &format!("\\fB{}\\fR", escape(part));
        } else {
            roff += &escape(part);
        }
    }
    let guard = if roff.starts_with(['.', '\'']) {
        "\\&"
    } else {
        ""
    };
    format!("{guard}{roff}\n")
}

/// Keeps roff from reading characters of the text as its own; hyphens stay what one types.
fn escape(text: &str) -> String {
    text.replace('\\', "\\e")
        .replace('-', "\\-")
        .replace('~', "\\(ti")
        .replace('^', "\\(ha")
        .replace('"', "\\(dq")
        .replace('\'', "\\(aq")
        .replace('…', "\\&...")
}

#[test]
fn text_cannot_become_a_request() {
    let mut page = Page::new("a", 1, "b");
    page.text(".so /etc/passwd\n'br\nwith \\ and `--flag`");
    let text = page.finish();
    assert!(
        text.ends_with("\\&.so /etc/passwd\n\\(aqbr\nwith \\e and \\fB\\-\\-flag\\fR\n"),
        "{text}"
    );
}
