//! mdoc(7), the language of BSD and OpenSSH manuals.

use super::inline::Font;
use super::writer::{Mark, Writer};
use super::{Lines, Manual, arguments, request, table};

pub(super) fn convert(text: &str) -> Manual {
    let mut converter = Converter::default();
    let mut lines = Lines::new(text);
    while let Some(line) = lines.next() {
        match request(line) {
            Some(("TS", _)) => {
                let (rows, header) = table::read(&mut lines);
                converter.writer.table(&rows, header);
            }
            Some((name, rest)) => converter.macro_line(name, &arguments(rest)),
            None => converter.text(line),
        }
    }
    converter.manual.markdown = converter.writer.finish();
    converter.manual
}

#[derive(Default)]
struct Converter {
    writer: Writer,
    manual: Manual,
    name: String,
    lists: Vec<List>,
    /// No space before the next word.
    joined: bool,
    /// `.Sm off`.
    spacing_off: bool,
    /// A term that goes on over lines (`Xo` … `Xc`).
    term_goes_on: bool,
    /// The paragraph so far is only a term.
    only_term: bool,
    /// Arguments so far of a function that goes on over lines (`Fo` … `Fc`).
    function_arguments: Option<usize>,
}

enum List {
    Bullet,
    Enum(usize),
    Tag,
    Column(Vec<Vec<String>>),
}

impl Converter {
    fn text(&mut self, line: &str) {
        if self.writer.in_code() {
            self.writer.text.push(line);
            self.writer.code_line();
        } else if line.trim().is_empty() {
            self.writer.flush();
        } else {
            self.separate();
            self.writer.text.push(line.trim());
            self.joined = false;
        }
    }

    fn separate(&mut self) {
        self.only_term = false;
        if !std::mem::take(&mut self.joined) && !self.spacing_off {
            self.writer.text.space();
        }
    }

    fn macro_line(&mut self, name: &str, words: &[String]) {
        match name {
            "Dd" | "Os" => {}
            "Dt" => {
                self.manual.name = words.first().cloned().unwrap_or_default();
                self.manual.section = words.get(1).cloned().unwrap_or_default();
            }
            "Sh" | "Ss" => {
                self.writer.end_code();
                self.writer.flush();
                self.lists.clear();
                for word in words {
                    self.writer.text.space();
                    self.writer.text.push(word);
                }
                self.writer.heading(if name == "Sh" { 2 } else { 3 });
            }
            "Pp" | "Lp" | "sp" => self.writer.flush(),
            "br" => self.writer.text.newline(),
            "Nd" => {
                self.writer.text.space();
                self.writer.text.push("-");
                self.words(words);
            }
            "Nm" if self.writer.in_synopsis() => {
                self.writer.flush();
                self.one("Nm", words);
            }
            "Bl" => self.begin_list(words),
            "It" => self.item(words),
            "El" => self.end_list(),
            "Bd" => {
                let is_code = words
                    .iter()
                    .any(|word| matches!(word.as_str(), "-literal" | "-unfilled"));
                if is_code {
                    self.writer.begin_code();
                } else {
                    self.writer.flush();
                }
            }
            "Ed" => {
                self.writer.end_code();
                self.writer.flush();
            }
            "Dl" | "D1" => {
                self.writer.begin_code();
                self.words(words);
                self.writer.end_code();
            }
            "Sm" => {
                self.separate();
                self.joined = true;
                self.spacing_off = words.first().is_some_and(|word| word == "off");
            }
            "Xc" => {
                self.words(words);
                if std::mem::take(&mut self.term_goes_on) {
                    self.end_term();
                }
            }
            "Bk" | "Ek" | "Rs" | "Re" | "Db" | "Ud" | "Rv" | "Hf" | "ne" | "ft" | "ad" | "in" => {}
            "Fo" => {
                self.separate();
                self.writer
                    .text
                    .push_in(Font::Bold, words.first().map_or("", String::as_str));
                self.writer.text.push("(");
                self.function_arguments = Some(0);
                self.joined = true;
            }
            "Fc" => {
                self.function_arguments = None;
                self.writer.text.push(")");
                self.words(words);
            }
            "Fd" | "In" | "Ft" if self.writer.in_synopsis() => {
                self.writer.flush();
                self.one(name, words);
                if name != "Ft" {
                    self.writer.flush();
                } else {
                    self.writer.text.newline();
                }
            }
            "Ex" => {
                self.separate();
                self.writer
                    .text
                    .push("The utility exits 0 on success, and >0 if an error occurs.");
            }
            _ if name.starts_with('%') => self.words(words),
            _ if Word::of(name).is_some() => self.one(name, words),
            // Not a macro of mdoc: a roff request, without text of its own.
            _ => {}
        }
        if self.writer.in_code() && !self.writer.text.is_empty() {
            self.writer.code_line();
        }
    }

    fn begin_list(&mut self, words: &[String]) {
        self.writer.flush();
        let has = |kind: &str| words.iter().any(|word| word == kind);
        self.lists.push(if has("-enum") {
            List::Enum(0)
        } else if has("-column") {
            List::Column(Vec::new())
        } else if has("-bullet") || has("-dash") || has("-hyphen") || has("-item") {
            List::Bullet
        } else {
            List::Tag
        });
    }

    fn item(&mut self, words: &[String]) {
        match self.lists.last_mut() {
            Some(List::Bullet) => self.writer.item(Mark::Bullet),
            Some(List::Enum(number)) => {
                *number += 1;
                let number = *number;
                self.writer.item(Mark::Number(number));
            }
            Some(List::Column(_)) => {
                self.end_row();
                let cells = words.split(|word| word == "Ta");
                let mut row = Vec::new();
                for cell in cells {
                    self.words(cell);
                    row.push(self.writer.text.take_markdown());
                }
                if let Some(List::Column(rows)) = self.lists.last_mut() {
                    rows.push(row);
                }
            }
            Some(List::Tag) | None => {
                self.writer.end_code();
                if !std::mem::take(&mut self.only_term) {
                    self.writer.flush();
                }
                self.words(words);
                if words.iter().any(|word| word == "Xo") {
                    self.term_goes_on = true;
                } else {
                    self.end_term();
                }
            }
        }
    }

    fn end_term(&mut self) {
        self.writer.text.newline();
        self.joined = true;
        self.only_term = true;
    }

    /// Text that came behind a row's `It` belongs to its last cell.
    fn end_row(&mut self) {
        if self.writer.text.is_empty() {
            return;
        }
        let text = self.writer.text.take_markdown();
        if let Some(List::Column(rows)) = self.lists.last_mut()
            && let Some(row) = rows.last_mut()
        {
            row.push(text);
        }
    }

    fn end_list(&mut self) {
        if let Some(List::Column(_)) = self.lists.last() {
            self.end_row();
        }
        self.writer.end_code();
        self.writer.flush();
        if let Some(List::Column(rows)) = self.lists.pop() {
            let marked = |cell: &String| cell.starts_with(['`', '*']);
            let header = rows
                .first()
                .is_some_and(|row| row.len() > 1 && row.iter().all(marked));
            self.writer.table(&rows, header);
        }
    }

    fn words(&mut self, words: &[String]) {
        self.line(None, words);
    }

    fn one(&mut self, name: &str, words: &[String]) {
        self.line(Word::of(name), words);
    }

    /// The words of a line, from left to right, with the macros among them.
    fn line(&mut self, first: Option<Word>, words: &[String]) {
        let closing = words
            .iter()
            .rev()
            .take_while(|word| is_closing(word))
            .count();
        let (words, closers) = words.split_at(words.len() - closing);
        let mut open: Vec<&'static str> = Vec::new();
        let mut word = first;
        let mut at = 0;
        loop {
            if let Some(kind) = word.take() {
                at += self.begin(kind, &words[at..], &mut open);
            } else if let Some(text) = words.get(at) {
                at += 1;
                if let Some(kind) = Word::of(text) {
                    word = Some(kind);
                    continue;
                }
                self.plain(text);
            } else {
                break;
            }
        }
        while let Some(closer) = open.pop() {
            self.writer.text.push(closer);
        }
        for closer in closers {
            self.writer.text.push(closer);
        }
        self.joined = self.joined && closers.is_empty();
    }

    fn plain(&mut self, text: &str) {
        if is_closing(text) {
            self.writer.text.push(text);
            return;
        }
        self.separate();
        self.writer.text.push(text);
        self.joined = matches!(text, "(" | "[");
    }

    /// Begins a macro within a line; how many of the words it has taken.
    fn begin(&mut self, kind: Word, words: &[String], open: &mut Vec<&'static str>) -> usize {
        // Its own words: up to the next macro.
        let own = words
            .iter()
            .take_while(|word| Word::of(word).is_none())
            .count();
        let has_words = words
            .first()
            .is_some_and(|word| Word::of(word).is_none() && !is_closing(word));
        match kind {
            Word::Font(font, default) => {
                if !has_words {
                    if !default.is_empty() {
                        self.separate();
                        self.writer.text.push_in(font, default);
                    }
                    return 0;
                }
                let mut spaced = false;
                for word in &words[..own] {
                    if is_closing(word) {
                        self.writer.text.push(word);
                    } else {
                        self.separate_in(font, spaced);
                        self.writer.text.push_in(font, word);
                        spaced = true;
                    }
                }
                own
            }
            Word::Name => {
                if has_words {
                    if self.name.is_empty() {
                        self.name.clone_from(&words[0]);
                    }
                    return self.begin(Word::Font(Font::Bold, ""), words, open);
                }
                self.separate();
                let name = self.name.clone();
                self.writer.text.push_in(Font::Bold, &name);
                0
            }
            Word::Flag => {
                if !has_words {
                    self.separate();
                    self.writer.text.push_in(Font::Bold, "-");
                    // `Fl Fl long` is `--long`, `Fl Ar x` is `-` and an argument.
                    self.joined = words.first().is_some_and(|word| !is_closing(word));
                    return 0;
                }
                for word in &words[..own] {
                    if is_closing(word) || word == "|" {
                        self.plain(word);
                        continue;
                    }
                    self.separate();
                    self.writer.text.push_in(Font::Bold, &format!("\\-{word}"));
                }
                own
            }
            Word::Reference => {
                self.separate();
                let name = words.first().map_or("", String::as_str);
                self.writer.text.push(name);
                match words.get(1).filter(|word| own > 1 && !is_closing(word)) {
                    Some(section) => {
                        self.writer.text.push(&format!("({section})"));
                        2
                    }
                    None => usize::from(own > 0),
                }
            }
            Word::Function => {
                self.separate();
                let mut arguments = words[..own].iter().filter(|word| !is_closing(word));
                self.writer
                    .text
                    .push_in(Font::Bold, arguments.next().map_or("", String::as_str));
                let arguments: Vec<&str> = arguments.map(String::as_str).collect();
                self.writer
                    .text
                    .push_in(Font::Bold, &format!("({})", arguments.join(", ")));
                if self.writer.in_synopsis() {
                    self.writer.flush();
                }
                own
            }
            Word::Argument => {
                if let Some(count) = &mut self.function_arguments {
                    if *count > 0 {
                        self.writer.text.push(",");
                    }
                    *count += 1;
                }
                self.begin(Word::Font(Font::Italic, ""), words, open)
            }
            Word::Around(opening, closing) => {
                self.separate();
                self.writer.text.push(opening);
                self.joined = true;
                open.push(closing);
                0
            }
            Word::Open(opening) => {
                self.separate();
                self.writer.text.push(opening);
                self.joined = true;
                0
            }
            Word::Close(closing) => {
                self.writer.text.push(closing);
                0
            }
            Word::Join => {
                self.joined = true;
                0
            }
            Word::Prefix => {
                self.separate();
                self.writer
                    .text
                    .push(words.first().map_or("", String::as_str));
                self.joined = true;
                usize::from(!words.is_empty())
            }
            Word::Apostrophe => {
                self.writer.text.push("'");
                self.joined = true;
                0
            }
            Word::Link => {
                self.separate();
                let address = words.first().map_or("", String::as_str);
                if own > 1 {
                    self.writer.text.push(&words[1..own].join(" "));
                    self.writer.text.push(" ");
                }
                self.writer.text.push(address);
                own
            }
            Word::Nothing => 0,
        }
    }

    fn separate_in(&mut self, font: Font, spaced: bool) {
        if spaced && !self.joined && !self.spacing_off {
            self.writer.text.push_in(font, " ");
        } else {
            self.separate();
        }
    }
}

/// What a macro that may stand within a line does.
#[derive(Clone, Copy)]
enum Word {
    /// Its words in a font; without words, a default.
    Font(Font, &'static str),
    Name,
    Flag,
    Reference,
    Function,
    Argument,
    /// Encloses the rest of the line.
    Around(&'static str, &'static str),
    Open(&'static str),
    Close(&'static str),
    Join,
    Prefix,
    Apostrophe,
    Link,
    Nothing,
}

impl Word {
    fn of(name: &str) -> Option<Self> {
        use Font::{Bold, Italic, Roman};
        Some(match name {
            "Nm" => Self::Name,
            "Fl" => Self::Flag,
            "Ar" => Self::Font(Italic, "file ..."),
            "Cm" | "Ic" | "Li" | "Dv" | "Ev" | "Er" | "Cd" | "Sy" | "Fd" | "Ms" | "Ql" => {
                Self::Font(Bold, "")
            }
            "In" => Self::Around("#include <", ">"),
            "Va" | "Vt" | "Ft" | "Pa" | "Em" | "Ad" => Self::Font(Italic, ""),
            "Fa" => Self::Argument,
            "Fn" => Self::Function,
            "Xr" => Self::Reference,
            "No" | "Tn" | "An" | "Sx" | "Mt" | "Li_" => Self::Font(Roman, ""),
            "St" => Self::Font(Roman, ""),
            "At" => Self::Font(Roman, "AT&T UNIX"),
            "Ux" => Self::Font(Roman, "UNIX"),
            "Bx" => Self::Font(Roman, "BSD"),
            "Bsx" => Self::Font(Roman, "BSD/OS"),
            "Nx" => Self::Font(Roman, "NetBSD"),
            "Fx" => Self::Font(Roman, "FreeBSD"),
            "Ox" => Self::Font(Roman, "OpenBSD"),
            "Dx" => Self::Font(Roman, "DragonFly"),
            "Lk" => Self::Link,
            "Op" | "Bq" => Self::Around("[", "]"),
            "Pq" => Self::Around("(", ")"),
            "Aq" => Self::Around("<", ">"),
            "Brq" => Self::Around("{", "}"),
            "Dq" => Self::Around("“", "”"),
            "Qq" => Self::Around("\"", "\""),
            "Sq" => Self::Around("‘", "’"),
            "Oo" | "Bo" => Self::Open("["),
            "Oc" | "Bc" => Self::Close("]"),
            "Po" => Self::Open("("),
            "Pc" => Self::Close(")"),
            "Ao" => Self::Open("<"),
            "Ac" => Self::Close(">"),
            "Bro" => Self::Open("{"),
            "Brc" => Self::Close("}"),
            "Do" => Self::Open("“"),
            "Dc" => Self::Close("”"),
            "Qo" | "Qc" if name == "Qo" => Self::Open("\""),
            "Qc" => Self::Close("\""),
            "So" => Self::Open("‘"),
            "Sc" => Self::Close("’"),
            "Ns" => Self::Join,
            "Pf" => Self::Prefix,
            "Ap" => Self::Apostrophe,
            "Xo" | "Xc" | "Eo" | "Ec" | "Ta" | "Bf" | "Ef" | "Bt" => Self::Nothing,
            _ => return None,
        })
    }
}

fn is_closing(word: &str) -> bool {
    matches!(word, "." | "," | ":" | ";" | ")" | "]" | "?" | "!")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_manual() {
        let page = convert(
            ".Dd today\n.Dt SSH 1\n.Sh NAME\n.Nm ssh\n.Nd remote login\n.Sh SYNOPSIS\n.Nm ssh\n.Op Fl 46Aa\n.Op Fl b Ar bind_interface\n.Sh DESCRIPTION\n.Nm\n(SSH client) see\n.Xr sshd 8 ,\nor\n.Dq Li text .\n.Bl -tag -width Ds\n.It Fl o Ar option\nSets\n.Cm Host\nfor it.\n.Pp\nMore.\n.El\n.Dl $ ssh -v host\n",
        );
        assert_eq!(
            page.markdown,
            "## NAME\n\n`ssh` - remote login\n\n## SYNOPSIS\n\n```\nssh [-46Aa] [-b bind_interface]\n```\n\n## DESCRIPTION\n\n`ssh` (SSH client) see [sshd(8)](ref:man:sshd.8), or “`text`”.\n\n`-o` *option*\nSets `Host` for it.\n\nMore.\n\n```\n$ ssh -v host\n```\n"
        );
        assert_eq!(page.into_page().title.as_deref(), Some("ssh(1)"));
    }
}
