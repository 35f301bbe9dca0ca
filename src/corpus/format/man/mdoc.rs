//! mdoc(7), the language of BSD and OpenSSH manuals.

use super::inline::Font;
use super::standards::{library, standard, system_v};
use super::writer::{Mark, Writer};
use super::{Lines, Manual, arguments, request, requests, table};

pub(super) fn convert(text: String) -> Manual {
    let mut converter = Converter::default();
    let is_kept = |name: &str| {
        matches!(name, "Dd" | "Dt" | "Os" | "TS" | "TE")
            || is_block(name)
            || Word::of(name).is_some()
    };
    let mut lines = Lines::new(text, is_kept);
    while let Some(line) = lines.next() {
        match request(&line) {
            Some(("TS", _)) => {
                let (rows, header) = table::read(&mut lines);
                converter.writer.table(&rows, header);
            }
            Some((name, rest)) => converter.macro_line(name, &arguments(rest)),
            None => converter.text(&line),
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
    /// Parts so far of a reference to literature (`Rs` … `Re`).
    reference_parts: Option<usize>,
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
            "D1" => {
                self.writer.flush();
                self.words(words);
                self.writer.flush();
            }
            "Dl" => {
                self.writer.begin_code();
                self.words(words);
                self.writer.end_code();
            }
            "Sm" => {
                self.spacing_off = match words.first().map(String::as_str) {
                    Some("off") => true,
                    Some("on") => false,
                    _ => !self.spacing_off,
                };
                if self.spacing_off && !std::mem::take(&mut self.joined) {
                    self.writer.text.space();
                }
                self.joined = self.spacing_off;
            }
            "Xc" => {
                self.words(words);
                if std::mem::take(&mut self.term_goes_on) {
                    self.end_term();
                }
            }
            "Bk" | "Ek" | "Db" | "Es" | "Hf" | "Tg" | "ft" => {}
            "Rs" => self.reference_parts = Some(0),
            "Re" => {
                if self.reference_parts.take().is_some_and(|parts| parts > 0) {
                    self.writer.text.push(".");
                }
            }
            "Ud" => self.plain("currently under development."),
            "Bt" => self.plain("is currently in beta test."),
            "Rv" => self.return_values(words),
            "Lb" => {
                let name = words.first().map_or("", String::as_str);
                match library(name) {
                    Some(known) => self.plain(known),
                    None => self.plain(&format!("library “{name}”")),
                }
                self.words(words.get(1..).unwrap_or_default());
            }
            "EQ" | "EN" => {}
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
                let named = names(words);
                let of = if named.is_empty() {
                    self.name.clone()
                } else {
                    named.join(", ")
                };
                let (noun, verb) = if named.len() > 1 {
                    ("utilities", "exit")
                } else {
                    ("utility", "exits")
                };
                self.plain(&format!(
                    "The {of} {noun} {verb} 0 on success, and >0 if an error occurs."
                ));
            }
            _ if name.starts_with('%') => {
                if let Some(parts) = &mut self.reference_parts {
                    *parts += 1;
                    if *parts > 1 {
                        self.writer.text.push(",");
                    }
                }
                self.words(words);
            }
            _ if Word::of(name).is_some() => self.one(name, words),
            _ if requests::is_layout(name) => {}
            // A macro that nobody defines: its arguments are words of the page.
            _ => self.words(words),
        }
        if self.writer.in_code() && !self.writer.text.is_empty() {
            self.writer.code_line();
        }
    }

    fn return_values(&mut self, words: &[String]) {
        let named = names(words);
        let functions: Vec<_> = named.iter().map(|name| format!("{name}()")).collect();
        let text = if functions.is_empty() {
            "Upon successful completion, the value 0 is returned; otherwise the value -1 is returned".to_owned()
        } else {
            let (noun, verb) = if functions.len() > 1 {
                ("functions", "return")
            } else {
                ("function", "returns")
            };
            let all = functions.join(", ");
            format!(
                "The {all} {noun} {verb} the value 0 if successful; otherwise the value -1 is returned"
            )
        };
        self.plain(&format!(
            "{text} and the global variable errno is set to indicate the error."
        ));
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
                let opening = match opening {
                    "#include <" if !self.writer.in_synopsis() => "<",
                    _ => opening,
                };
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
                let words = words.get(1..own).unwrap_or_default();
                let closing = words
                    .iter()
                    .rev()
                    .take_while(|word| is_closing(word))
                    .count();
                let (words, closing) = words.split_at(words.len() - closing);
                if !words.is_empty() {
                    self.writer.text.push(&words.join(" "));
                    self.writer.text.push(": ");
                }
                self.writer.text.push(address);
                self.writer.text.push(&closing.concat());
                own
            }
            Word::Nothing => 0,
            Word::System(system) => {
                self.separate();
                let version = words
                    .first()
                    .filter(|_| has_words)
                    .map_or("", String::as_str);
                let text = match system {
                    "BSD" => {
                        let variant = words
                            .get(1)
                            .filter(|_| own > 1)
                            .filter(|word| !is_closing(word));
                        let variant =
                            variant.map_or(String::new(), |variant| format!("-{variant}"));
                        self.writer.text.push(&format!("{version}BSD{variant}"));
                        return usize::from(has_words) + usize::from(!variant.is_empty());
                    }
                    "AT&T UNIX" => system_v(version).to_owned(),
                    _ if version.is_empty() => system.to_owned(),
                    _ => format!("{system} {version}"),
                };
                self.writer.text.push(&text);
                usize::from(has_words)
            }
            Word::Standard => {
                self.separate();
                let name = words.first().map_or("", String::as_str);
                self.writer.text.push(standard(name).unwrap_or(name));
                usize::from(!words.is_empty())
            }
            Word::Author => {
                let options = words
                    .iter()
                    .take_while(|word| matches!(word.as_str(), "-split" | "-nosplit"))
                    .count();
                if options > 0 {
                    return options;
                }
                self.begin(Word::Font(Font::Roman, ""), words, open)
            }
            Word::OwnMarks => {
                if has_words {
                    self.separate();
                    self.writer.text.push(&words[0]);
                    self.joined = true;
                }
                usize::from(has_words)
            }
            Word::CloseOwnMarks => {
                if has_words {
                    self.writer.text.push(&words[0]);
                }
                self.joined = false;
                usize::from(has_words)
            }
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
    /// A version of Unix.
    System(&'static str),
    /// `St -p1003.1`
    Standard,
    Author,
    /// `Eo (` … `Ec )`
    OwnMarks,
    CloseOwnMarks,
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
            "No" | "Tn" | "Sx" | "Mt" | "Ot" | "Fr" => Self::Font(Roman, ""),
            "An" => Self::Author,
            "St" => Self::Standard,
            "At" => Self::System("AT&T UNIX"),
            "Ux" => Self::Font(Roman, "UNIX"),
            "Bx" => Self::System("BSD"),
            "Bsx" => Self::System("BSD/OS"),
            "Nx" => Self::System("NetBSD"),
            "Fx" => Self::System("FreeBSD"),
            "Ox" => Self::System("OpenBSD"),
            "Dx" => Self::System("DragonFly"),
            "Eo" => Self::OwnMarks,
            "Ec" => Self::CloseOwnMarks,
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
            "Xo" | "Xc" | "Ta" | "Bf" | "Ef" | "En" => Self::Nothing,
            _ => return None,
        })
    }
}

/// The arguments that are no options: `Ex -std a b`.
fn names(words: &[String]) -> Vec<&str> {
    let named = words
        .iter()
        .filter(|word| !word.starts_with('-') && !is_closing(word));
    named.map(String::as_str).collect()
}

/// Macros that are taken line by line.
fn is_block(name: &str) -> bool {
    matches!(
        name,
        "Sh" | "Ss"
            | "Pp"
            | "Lp"
            | "Nd"
            | "Bl"
            | "It"
            | "El"
            | "Bd"
            | "Ed"
            | "Dl"
            | "D1"
            | "Sm"
            | "Fo"
            | "Fc"
            | "Ex"
            | "Rv"
            | "Rs"
            | "Re"
    )
}

fn is_closing(word: &str) -> bool {
    matches!(word, "." | "," | ":" | ";" | ")" | "]" | "?" | "!")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Manual {
        convert(text.to_owned())
    }

    #[test]
    fn what_mandoc_spells_out() {
        let text = |macros: &str| {
            let page = read(&format!(
                ".Dd x\n.Dt X 1\n.Sh NAME\n.Nm tool\n.Nd x\n.Sh A\n{macros}"
            ));
            let body = page
                .markdown
                .split_once("## A\n\n")
                .map(|(_, body)| body.trim().to_owned());
            body.unwrap_or_default()
        };
        assert_eq!(
            text(".Ex -std\n"),
            "The tool utility exits 0 on success, and >0 if an error occurs."
        );
        assert_eq!(
            text(".Rv -std open close\n"),
            "The open(), close() functions return the value 0 if successful; otherwise the value -1 is returned and the global variable errno is set to indicate the error."
        );
        assert_eq!(
            text(".St -p1003.1-2008\n.At v7 ,\n.Bx 4.3 Reno\n.Fx 12.0 .\n"),
            "IEEE Std 1003.1-2008 (“POSIX.1”) Version 7 AT&T UNIX, 4.3BSD-Reno FreeBSD 12.0."
        );
        assert_eq!(
            text(".Lb libc\n.Lb libfoo\n.Eo <\nx\n.Ec >\n"),
            "Standard C Library (libc, -lc) library “libfoo” \\<x>"
        );
        assert_eq!(
            text(".Rs\n.%A A. Author\n.%T Title\n.%D 1999\n.Re\n"),
            "A. Author, Title, 1999."
        );
        assert_eq!(
            text(".Lk https://x.org A site .\n.An -nosplit\n.An A. Author\n.Unknown words\n"),
            "A site: https://x.org. A. Author words"
        );
    }

    #[test]
    fn a_small_manual() {
        let page = read(
            ".Dd today\n.Dt SSH 1\n.Sh NAME\n.Nm ssh\n.Nd remote login\n.Sh SYNOPSIS\n.Nm ssh\n.Op Fl 46Aa\n.Op Fl b Ar bind_interface\n.Sh DESCRIPTION\n.Nm\n(SSH client) see\n.Xr sshd 8 ,\nor\n.Dq Li text .\n.Bl -tag -width Ds\n.It Fl o Ar option\nSets\n.Cm Host\nfor it.\n.Pp\nMore.\n.El\n.Dl $ ssh -v host\n",
        );
        assert_eq!(
            page.markdown,
            "## NAME\n\n`ssh` - remote login\n\n## SYNOPSIS\n\n```\nssh [-46Aa] [-b bind_interface]\n```\n\n## DESCRIPTION\n\n`ssh` (SSH client) see [sshd(8)](ref:man:sshd.8), or “`text`”.\n\n`-o` *option*\nSets `Host` for it.\n\nMore.\n\n```\n$ ssh -v host\n```\n"
        );
        assert_eq!(page.into_page().title.as_deref(), Some("ssh(1)"));
    }
}
