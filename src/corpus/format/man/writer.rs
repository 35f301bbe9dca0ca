//! The Markdown of a manual page as both macro packages write it.

use super::super::emit;
use super::Inline;

/// What a paragraph stands behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Bullet,
    Number(usize),
}

#[derive(Default)]
pub(super) struct Writer {
    out: String,
    pub(super) text: Inline,
    mark: Option<Mark>,
    /// Text whose lines are kept, once `.nf` or its like was seen.
    code: Option<String>,
    in_synopsis: bool,
    synopsis: String,
}

impl Writer {
    pub(super) fn finish(mut self) -> String {
        self.end_code();
        self.flush();
        self.end_synopsis();
        self.out
    }

    /// Ends the paragraph.
    pub(super) fn flush(&mut self) {
        if self.code.is_some() {
            return;
        }
        let mark = self.mark.take();
        if self.text.is_empty() {
            self.text.take_plain();
            return;
        }
        if self.in_synopsis {
            let text = self.text.take_plain();
            self.synopsis.push_str(text.trim());
            self.synopsis.push('\n');
            return;
        }
        let text = self.text.take_markdown();
        let text = text.trim();
        let (mark, text) = match text.strip_prefix('•') {
            Some(rest) => (Some(Mark::Bullet), rest.trim_start()),
            None => (mark, text),
        };
        emit::gap(&mut self.out);
        match mark {
            Some(Mark::Bullet) => emit::nested(&mut self.out, text, "- ", "  "),
            Some(Mark::Number(number)) => {
                emit::nested(&mut self.out, text, &format!("{number}. "), "   ");
            }
            None => emit::nested(&mut self.out, text, "", ""),
        }
    }

    /// The paragraph that follows is an item of a list.
    pub(super) fn item(&mut self, mark: Mark) {
        self.flush();
        self.mark = Some(mark);
    }

    pub(super) fn heading(&mut self, level: usize) {
        self.end_code();
        let title = self.text.take_plain();
        let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
        if level == 2 {
            self.end_synopsis();
            self.in_synopsis = title.eq_ignore_ascii_case("synopsis");
        } else if self.in_synopsis {
            self.end_synopsis();
        }
        emit::heading(&mut self.out, level, &emit::escaped(&title), None);
    }

    pub(super) fn in_synopsis(&self) -> bool {
        self.in_synopsis
    }

    pub(super) fn begin_code(&mut self) {
        self.flush();
        self.code.get_or_insert_default();
    }

    pub(super) fn in_code(&self) -> bool {
        self.code.is_some()
    }

    /// Takes the text so far as a line of code.
    pub(super) fn code_line(&mut self) {
        let line = self.text.take_plain();
        if let Some(code) = &mut self.code {
            code.push_str(&line);
            code.push('\n');
        }
    }

    pub(super) fn end_code(&mut self) {
        if self.code.is_some() && !self.text.is_empty() {
            self.code_line();
        }
        if let Some(code) = self.code.take() {
            if self.in_synopsis {
                self.synopsis.push_str(code.trim_matches('\n'));
                self.synopsis.push('\n');
            } else {
                emit::fence(&mut self.out, "", &code);
            }
        }
    }

    fn end_synopsis(&mut self) {
        let synopsis = std::mem::take(&mut self.synopsis);
        emit::fence(&mut self.out, "", &synopsis);
    }

    pub(super) fn table(&mut self, rows: &[Vec<String>], header: bool) {
        self.end_code();
        self.flush();
        emit::table(&mut self.out, rows, header);
    }
}
