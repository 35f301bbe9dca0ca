//! man(7), and what pod2man, docbook2x and Asciidoctor write in it.

use super::font_macro::font_macro;
use super::inline::{Font, Inline};
use super::writer::{Mark, Writer};
use super::{Lines, Manual, arguments, request, requests, table};

pub(super) fn convert(text: String) -> Manual {
    let mut converter = Converter {
        writer: Writer::default(),
        manual: Manual::default(),
        pending: Pending::Nothing,
    };
    let mut lines = Lines::new(text, is_kept);
    while let Some(line) = lines.next() {
        match request(&line) {
            Some(("TS", _)) => {
                let (rows, header) = table::read(&mut lines);
                converter.writer.table(&rows, header);
            }
            Some(("EQ", _)) => converter.equation(&mut lines),
            Some((name, rest)) => converter.request(name, rest),
            None => converter.text(&line),
        }
    }
    converter.manual.markdown = converter.writer.finish();
    converter.manual
}

/// Macros whose meaning here is more than a page's own definition in requests could say.
fn is_kept(name: &str) -> bool {
    matches!(
        name,
        "TH" | "SH"
            | "SS"
            | "PP"
            | "P"
            | "LP"
            | "TP"
            | "TQ"
            | "IP"
            | "RS"
            | "RE"
            | "B"
            | "I"
            | "BR"
            | "RB"
            | "BI"
            | "IB"
            | "IR"
            | "RI"
            | "SM"
            | "SB"
            | "TS"
            | "TE"
            | "EQ"
            | "EN"
    )
}

/// What the next line of text is, beside text.
#[derive(PartialEq, Eq)]
enum Pending {
    Nothing,
    Heading(usize),
    /// The term of `.TP`.
    Term,
}

struct Converter {
    writer: Writer,
    manual: Manual,
    pending: Pending,
}

impl Converter {
    fn text(&mut self, line: &str) {
        if self.writer.in_code() {
            self.writer.text.push(line);
            self.writer.code_line();
            return;
        }
        if line.trim().is_empty() {
            self.writer.flush();
            return;
        }
        if line.starts_with(' ') && !self.writer.text.is_empty() {
            self.writer.text.newline();
        }
        self.writer.text.space();
        self.writer.text.push(line.trim_start());
        self.line_done();
    }

    /// A line of text has come, from wherever: it may have been the one that was waited for.
    fn line_done(&mut self) {
        match std::mem::replace(&mut self.pending, Pending::Nothing) {
            Pending::Heading(level) => self.writer.heading(level),
            Pending::Term => self.writer.text.newline(),
            Pending::Nothing => {}
        }
    }

    fn request(&mut self, name: &str, rest: &str) {
        let writer = &mut self.writer;
        match name {
            "TH" => {
                let mut arguments = arguments(rest).into_iter();
                self.manual.name = plain(&arguments.next().unwrap_or_default());
                self.manual.section = plain(&arguments.next().unwrap_or_default()).to_lowercase();
            }
            "SH" | "SS" => {
                writer.end_code();
                writer.flush();
                writer.text.set_font(Font::Roman);
                let level = if name == "SH" { 2 } else { 3 };
                let title = arguments(rest).join(" ");
                if title.is_empty() {
                    self.pending = Pending::Heading(level);
                } else {
                    writer.text.push(&title);
                    writer.heading(level);
                }
            }
            "PP" | "P" | "LP" | "HP" | "Sp" | "sp" | "RE" | "YS" => {
                if writer.in_code() {
                    writer.code_line();
                } else {
                    writer.flush();
                    writer.text.set_font(Font::Roman);
                }
            }
            // Asciidoctor and DocBook set a term, then indent its text.
            "RS" if writer.text.len() < 200 && !writer.in_code() => writer.text.newline(),
            "RS" => writer.flush(),
            "br" if !writer.in_code() => writer.text.newline(),
            "TP" => {
                writer.end_code();
                writer.flush();
                self.pending = Pending::Term;
            }
            "TQ" => {
                writer.text.newline();
                self.pending = Pending::Term;
            }
            "IP" => self.indented(rest),
            "nf" | "EX" | "Vb" => writer.begin_code(),
            "fi" | "EE" | "Ve" => writer.end_code(),
            "SY" => {
                writer.flush();
                writer.text.push_in(Font::Bold, &arguments(rest).join(" "));
                writer.text.space();
            }
            "OP" => {
                let option = arguments(rest);
                writer.text.space();
                writer.text.push("[");
                for (number, part) in option.iter().enumerate() {
                    if number > 0 {
                        writer.text.push(" ");
                    }
                    writer.text.push_in(
                        if number == 0 {
                            Font::Bold
                        } else {
                            Font::Italic
                        },
                        part,
                    );
                }
                writer.text.push("]");
            }
            "UR" | "MT" => {
                writer.text.space();
                writer.text.push(&arguments(rest).join(" "));
            }
            "UE" | "ME" => writer.text.push(&arguments(rest).join("")),
            "ft" => writer
                .text
                .push(&format!("\\f{}", rest.trim().chars().next().unwrap_or('P'))),
            _ if requests::is_layout(name) => {}
            _ => {
                let writer = &mut self.writer;
                writer.text.space();
                // A macro that nobody defines: its arguments are words of the page.
                let has_text = font_macro(&mut writer.text, name, rest) || {
                    let words = if requests::is_font(name) {
                        Vec::new()
                    } else {
                        arguments(rest)
                    };
                    writer.text.push(&words.join(" "));
                    !words.is_empty()
                };
                if has_text {
                    if writer.in_code() {
                        writer.code_line();
                    } else {
                        self.line_done();
                    }
                }
            }
        }
    }

    /// `.IP tag indent`: a bullet, a number, a term, or only a paragraph.
    fn indented(&mut self, rest: &str) {
        let writer = &mut self.writer;
        writer.end_code();
        let arguments = arguments(rest);
        let tag = arguments.first().map(String::as_str).unwrap_or_default();
        let shown = plain(tag);
        let shown = shown.trim();
        let number = shown
            .trim_matches(['(', ')', '.', '[', ']'])
            .parse()
            .ok()
            .filter(|n| *n < 1_000_000);
        if shown.is_empty() {
            writer.flush();
        } else if matches!(shown, "•" | "*" | "-" | "o" | "+" | "—" | "–" | "·") {
            writer.item(Mark::Bullet);
        } else if let Some(number) = number {
            writer.item(Mark::Number(number));
        } else {
            writer.flush();
            writer.text.push(tag);
            writer.text.newline();
        }
    }

    /// `.EQ` … `.EN`: eqn(1) reads well enough as it is written.
    fn equation(&mut self, lines: &mut Lines) {
        self.writer.text.space();
        for line in lines.by_ref() {
            match request(&line) {
                Some(("EN", _)) => break,
                Some(_) => {}
                None if line.starts_with("delim") || line.starts_with("define") => {}
                None => {
                    self.writer.text.push(&line);
                    self.writer.text.space();
                }
            }
        }
    }
}

fn plain(text: &str) -> String {
    let mut inline = Inline::default();
    inline.push(text);
    inline.take_plain()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Manual {
        convert(text.to_owned())
    }

    #[test]
    fn what_nobody_defines_is_text() {
        assert_eq!(
            read(".SH A\n.UNKNOWN \"some words\" more\n.ad l\n.nh\n.hy 14\n.ta 4 8\n.IX Item x\nafter\n").markdown,
            "## A\n\nsome words more after\n"
        );
        assert_eq!(
            read(".de AP\n.TP\n\\fI\\$1\\fR (\\$2)\n..\n.SH A\n.AP flags in\nMatch.\n").markdown,
            "## A\n\n*flags* (in)\nMatch.\n"
        );
        assert_eq!(
            read(".SH A\n.EQ\nx sub 1 over y\n.EN\nis so.\n").markdown,
            "## A\n\nx sub 1 over y is so.\n"
        );
    }

    #[test]
    fn options_with_their_text() {
        let page = read(
            ".TH LS 1\n.SH NAME\nls \\- list files\n.SH OPTIONS\n.TP\n.BR \\-a \", \" \\-\\-all\nshow\n.I all\n.IP \\(bu 2\nitem\n.nf\ncode  here\n.fi\n",
        );
        assert_eq!(
            page.markdown,
            "## NAME\n\nls - list files\n\n## OPTIONS\n\n`-a`, `--all`\nshow *all*\n\n- item\n\n```\ncode  here\n```\n"
        );
        let page = page.into_page();
        assert_eq!(page.title.as_deref(), Some("ls(1)"));
        assert_eq!(page.description.as_deref(), Some("list files"));
        assert_eq!(page.aliases, ["ls.1", "ls"]);
    }

    #[test]
    fn tables() {
        let page = read(".TS\ntab(@);\nlb l\nl l.\nName@Value\na@T{\nlong\n.B text\nT}\n.TE\n");
        assert_eq!(
            page.markdown,
            "| Name | Value |\n| --- | --- |\n| a | long `text` |\n"
        );
    }
}
