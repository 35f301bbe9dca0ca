//! The words of a block, without what differs from page to page where a site writes the same: markup, the
//! destinations of links, dates.

use std::ops::Range;

/// A line with more bytes than this has no form of its own: only its words count.
const SHORT: usize = 400;
/// Words of a label such as "Next:" or "Up one level".
const LABEL: usize = 24;
/// What stands between the steps of a path from the site's start to the page.
const STEPS: [&str; 8] = [">", "»", "›", "/", "→", "::", "\\", "/ /"];

/// Words as a reader sees them, with one space between them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) text: String,
    /// Which of them are links.
    links: Vec<Range<usize>>,
}

/// What a line of links says besides them.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Form<'a> {
    /// A path to the page, by its separator and its first step.
    Path(&'a str, &'a str),
    /// "Next: …, Previous: …": the words before the links.
    Labels(Vec<&'a str>),
}

impl Words {
    /// The words of a block or an item. One pass, whatever stands in it.
    pub(super) fn of(markdown: &str) -> Self {
        let mut reader = Reader {
            source: markdown,
            out: Self::default(),
            open: Vec::new(),
            unclosed: false,
        };
        reader.read();
        reader.out
    }

    pub(super) fn count(&self) -> usize {
        self.text.split(' ').filter(|word| !word.is_empty()).count()
    }

    /// Whether most of it is links.
    pub(super) fn is_of_links(&self) -> bool {
        let linked: usize = self.links.iter().map(Range::len).sum();
        2 * linked >= self.text.len()
    }

    /// The form of a short line whose links differ from page to page.
    pub(super) fn form(&self) -> Option<Form<'_>> {
        let first = self.links.first()?;
        if self.text.len() > SHORT {
            return None;
        }
        let mut between = Vec::new();
        let mut at = 0;
        for link in &self.links {
            between.push(self.text[at..link.start.max(at)].trim());
            at = at.max(link.end);
        }
        let tail = self.text[at..].trim();
        let steps = between[1..].iter().chain([&tail]);
        let mut steps = steps.map(|gap| STEPS.iter().find(|step| gap.starts_with(**step)));
        if let Some(Some(step)) = steps.next()
            && between[0].is_empty()
            && between[1..].iter().all(|gap| gap == step)
            && (tail.is_empty() || tail.starts_with(step))
        {
            return Some(Form::Path(step, &self.text[first.clone()]));
        }
        let bare = |gap: &&str| {
            gap.trim_matches(|c: char| !c.is_alphanumeric() && c != ':')
                .len()
        };
        let gaps = || between.iter().chain([&tail]);
        if gaps().any(|gap| bare(gap) > LABEL || gap.split(' ').count() > 4) {
            return None;
        }
        let label = |gap: &&'_ str| gap.contains(char::is_alphanumeric);
        let labels: Vec<&str> = gaps()
            .copied()
            .filter(label)
            .map(|gap| gap.trim_matches(|c: char| !c.is_alphanumeric() && c != ':'))
            .collect();
        (!labels.is_empty()).then_some(Form::Labels(labels))
    }

    /// The words with a placeholder for each date, where there is one.
    pub(super) fn dated(&self) -> Option<String> {
        if self.text.len() > SHORT {
            return None;
        }
        let mut out = String::with_capacity(self.text.len());
        let mut has_date = false;
        let mut has_month = false;
        let mut has_number = false;
        for word in self.text.split(' ') {
            let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
            let number = !bare.is_empty() && bare.bytes().all(|byte| byte.is_ascii_digit());
            let ordinal = bare.len() <= 4 && bare.starts_with(|c: char| c.is_ascii_digit());
            has_date |= is_date(bare);
            has_month |= is_month(bare);
            has_number |= number;
            if is_date(bare) || is_month(bare) || is_weekday(bare) || number || ordinal {
                out.push('0');
            } else if !matches!(bare, "AM" | "PM" | "UTC" | "GMT" | "CEST" | "CET" | "") {
                out.push_str(word);
            }
            out.push(' ');
        }
        (has_date || has_month && has_number).then_some(out)
    }
}

struct Reader<'a> {
    source: &'a str,
    out: Words,
    /// Where the brackets that are open begin in what is written.
    open: Vec<usize>,
    /// There is no further `)`.
    unclosed: bool,
}

impl Reader<'_> {
    fn read(&mut self) {
        let mut at = 0;
        let mut line_start = true;
        while let Some(c) = self.source[at..].chars().next() {
            let next = at + c.len_utf8();
            at = match c {
                '\n' => {
                    self.space();
                    line_start = true;
                    next
                }
                c if c.is_whitespace() => {
                    self.space();
                    next
                }
                '#' | '>' if line_start => next,
                '*' | '`' | '~' | '\\' => next,
                '!' if self.source[next..].starts_with('[') => next,
                '{' if self.source[at..].starts_with("{#") => self.anchor_end(at),
                '[' => {
                    self.open.push(self.out.text.len());
                    next
                }
                ']' => self.close(next),
                c => {
                    self.out.text.push(c);
                    next
                }
            };
            line_start &= matches!(c, '\n' | ' ' | '#' | '>');
        }
        let length = self.out.text.trim_end().len();
        self.out.text.truncate(length);
        for link in &mut self.out.links {
            link.end = link.end.min(length);
            link.start = link.start.min(link.end);
        }
    }

    fn space(&mut self) {
        if !self.out.text.is_empty() && !self.out.text.ends_with(' ') {
            self.out.text.push(' ');
        }
    }

    /// Behind the ` {#anchor}` of a heading.
    fn anchor_end(&mut self, at: usize) -> usize {
        let rest = &self.source[at..];
        let line = rest.find('\n').unwrap_or(rest.len());
        match rest[..line].ends_with('}') {
            true => at + line,
            false => {
                self.out.text.push('{');
                at + 1
            }
        }
    }

    /// A bracket that closes: a link, or just that.
    fn close(&mut self, next: usize) -> usize {
        let start = self.open.pop();
        let end = (self.source[next..].starts_with('(') && !self.unclosed)
            .then(|| destination_end(self.source, next + 1))
            .flatten();
        match (start, end) {
            (Some(start), Some(end)) => {
                if start < self.out.text.len() {
                    // A picture that is a link is one.
                    while self
                        .out
                        .links
                        .last()
                        .is_some_and(|link| link.start >= start)
                    {
                        self.out.links.pop();
                    }
                    self.out.links.push(start..self.out.text.len());
                } else {
                    // A picture without words: its file's name is what it shows.
                    let destination = &self.source[next + 1..end - 1];
                    let name = destination.split(' ').next().unwrap_or("");
                    let name = name.rsplit('/').next().unwrap_or("");
                    self.out.text.push_str(name);
                }
                end
            }
            (_, end) => {
                self.unclosed |= end.is_none() && self.source[next..].starts_with('(');
                next
            }
        }
    }
}

/// Behind the `)` that closes a link's destination.
fn destination_end(source: &str, from: usize) -> Option<usize> {
    let mut depth = 1;
    let mut escaped = false;
    for (at, byte) in source.bytes().enumerate().skip(from) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'(' => depth += 1,
            b')' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// `2024-05-01`, `1/5/2024`, `01.05.24`, `14:22:01`, `2024-05-01T10:00:00Z`.
fn is_date(word: &str) -> bool {
    let word = word.split('T').next().unwrap_or(word);
    let groups = || word.split(['-', '/', '.', ':']);
    let numbers =
        groups().all(|group| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit()));
    if !numbers {
        return false;
    }
    let digits: usize = groups().map(str::len).sum();
    let marks = |mark: char| word.matches(mark).count();
    match groups().count() {
        2 => marks(':') == 1 && groups().all(|group| group.len() <= 2),
        3 => {
            [':', '-', '/', '.'].iter().any(|mark| marks(*mark) == 2)
                && (5..=8).contains(&digits)
                && groups().any(|group| group.len() == 4 || word.contains([':', '/']))
        }
        _ => false,
    }
}

fn is_month(word: &str) -> bool {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let word = word.to_ascii_lowercase();
    MONTHS.iter().any(|month| {
        word == *month || word.len() >= 3 && word.len() <= 4 && month.starts_with(&word)
    })
}

fn is_weekday(word: &str) -> bool {
    const DAYS: [&str; 7] = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    let word = word.to_ascii_lowercase();
    DAYS.iter()
        .any(|day| word == *day || word.len() == 3 && day.starts_with(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_and_destinations_are_no_words() {
        let words = Words::of("> *Up:* [the\n`top`](a(b).html \"t\") [x] ![](img/logo.png)");
        assert_eq!(words.text, "Up: the top x logo.png");
        assert_eq!(words.links.first(), Some(&(4..11)));
        assert_eq!(words.links.len(), 1);
    }

    #[test]
    fn forms_of_lines_of_links() {
        let labels = |text: &str| match Words::of(text).form() {
            Some(Form::Labels(labels)) => labels.join(","),
            Some(Form::Path(step, first)) => format!("{first}{step}"),
            None => String::new(),
        };
        let line =
            "Next: [Node 3](c), Previous: [Node 1](a), Up: [Top](t) [[Contents](x)][[Index](y)]";
        assert_eq!(labels(line), "Next:,Previous:,Up:");
        assert_eq!(labels("[Home](a) > [API](b) > Locks"), "Home>");
        assert_eq!(labels("[Home](a) » [API](b)"), "Home»");
        assert_eq!(
            labels("Read what [this](a) says of [that](b)."),
            "Read what,says of"
        );
        assert_eq!(labels("Read all of what it has to say of [this](a)"), "");
        assert_eq!(labels("no link"), "");
    }

    #[test]
    fn dates_are_one_date() {
        let dated = |text: &str| Words::of(text).dated();
        for (one, other) in [
            ("generated on May 1 using x", "generated on June 12 using x"),
            ("Updated 2024-05-01.", "Updated 2023-12-31."),
            (
                "Mon 3 Mar 2025 14:22:01 UTC",
                "Tue 14 Apr 2026 01:00:59 UTC",
            ),
            ("on 1/5/2024", "on 12/11/2023"),
        ] {
            assert!(dated(one).is_some(), "{one}");
            assert_eq!(dated(one), dated(other));
        }
        for none in ["Version 3.2.1", "You may read it", "10.1.2.3", "in 2024"] {
            assert_eq!(dated(none), None, "{none}");
        }
    }

    #[test]
    fn hostile_lines_take_one_pass() {
        for part in ["[", "[a](", "](", "[a]((", "{#", "*`", "[a](b)"] {
            let text = part.repeat(100_000);
            assert!(Words::of(&text).text.len() <= text.len());
        }
    }
}
