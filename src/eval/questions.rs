//! Files of questions: a line of JSON each, whoever wrote them.

use serde::Deserialize;
use serde_json::error::Category;
use std::{
    collections::{HashMap, HashSet},
    io::{self, BufRead, Read as _},
};

/// A longer line is no question; in bytes.
const MAX_LINE: usize = 256 << 10;
/// More questions tell nothing more, and take hours.
const MAX_QUESTIONS: usize = 100_000;
/// Pages that answer a question, at the most.
const MAX_RELEVANT: usize = 1_000;
/// Longer names of a kind are cut; in characters.
const MAX_KIND: usize = 40;
/// Kinds that are told apart: more make no table.
const MAX_KINDS: usize = 50;

/// A question, and the pages that answer it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Question {
    /// The line of its file, from 1.
    pub line: usize,
    /// As a person or an assistant asks it.
    pub text: String,
    /// The pages that answer, each by its path or by its set and path.
    pub relevant: Vec<String>,
    /// What figures of it are kept together.
    pub kind: Option<String>,
    /// The one set in which it is asked; `None`: in all.
    pub set: Option<String>,
    /// Words that have to be in the text that an assistant is shown.
    pub entry: Option<String>,
    /// Pages that are left out of the ranking: they ask it.
    pub not: Vec<String>,
    /// How much it counts.
    pub weight: Weight,
}

/// How much a question counts beside others: 1 where nobody says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weight(u32);

impl Weight {
    /// The most.
    const MAX: u32 = 50;

    /// At least 1, and 50 at the most.
    pub fn of(weight: u32) -> Self {
        Self(weight.clamp(1, Self::MAX))
    }

    /// As a factor.
    pub fn value(self) -> f64 {
        f64::from(self.0)
    }
}

impl Default for Weight {
    fn default() -> Self {
        Self(1)
    }
}

/// What a file asks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Questions {
    /// In the order of the file, each once.
    pub questions: Vec<Question>,
    /// Lines that ask what an earlier line asks, with that line: their pages answer that one.
    pub repeated: Vec<(usize, usize)>,
}

/// Why a file of questions cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum QuestionsError {
    /// The operating system refused.
    #[error("it cannot be read")]
    Io(#[from] io::Error),
    /// A line goes on and on.
    #[error("line {line} is longer than {MAX_LINE} bytes")]
    TooLong {
        /// From 1.
        line: usize,
    },
    /// A line that is no question.
    #[error("line {line}: {reason}")]
    NotAQuestion {
        /// From 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// More than anybody waits for.
    #[error("it has more than {MAX_QUESTIONS} questions")]
    TooMany,
    /// Nothing is asked.
    #[error("it has no question")]
    Empty,
}

#[derive(Deserialize)]
#[serde(expecting = "an object such as {\"query\": …, \"relevant\": [\"guide/backup.md\"]}")]
struct Line {
    query: String,
    relevant: Vec<String>,
    kind: Option<String>,
    set: Option<String>,
    entry: Option<String>,
}

/// Reads questions. Empty lines are passed over, and so are fields that nobody here knows. What several lines ask is one question,
/// with the pages of all of them.
///
/// # Errors
/// At the first line that is no question, or that says of one something else than an earlier line.
pub fn read_questions(mut file: impl BufRead) -> Result<Questions, QuestionsError> {
    let mut read = Questions::default();
    let mut known: HashMap<(String, Option<String>), usize> = HashMap::new();
    let mut kinds: Vec<String> = Vec::new();
    let mut bytes = Vec::new();
    for line in 1.. {
        if !next_line(&mut file, &mut bytes, line)? {
            break;
        }
        let Some(question) = question(&bytes, line)? else {
            continue;
        };
        if let Some(kind) = &question.kind
            && !kinds.contains(kind)
        {
            if kinds.len() == MAX_KINDS {
                let reason =
                    format!("`kind` is one more than {MAX_KINDS} kinds: figures are told for each");
                return Err(QuestionsError::NotAQuestion { line, reason });
            }
            kinds.push(kind.clone());
        }
        let key = (question.text.clone(), question.set.clone());
        if let Some(earlier) = known.get(&key).and_then(|at| read.questions.get_mut(*at)) {
            earlier.join(question)?;
            read.repeated.push((line, earlier.line));
            continue;
        }
        known.insert(key, read.questions.len());
        if read.questions.len() == MAX_QUESTIONS {
            return Err(QuestionsError::TooMany);
        }
        read.questions.push(question);
    }
    match read.questions.is_empty() {
        true => Err(QuestionsError::Empty),
        false => Ok(read),
    }
}

impl Question {
    /// Takes up what a later line says of the same question.
    fn join(&mut self, later: Self) -> Result<(), QuestionsError> {
        let first = self.line;
        let wrong = |reason: String| QuestionsError::NotAQuestion {
            line: later.line,
            reason,
        };
        for (field, own, other) in [
            ("kind", &mut self.kind, later.kind),
            ("entry", &mut self.entry, later.entry),
        ] {
            match (&*own, other) {
                (Some(own), Some(other)) if *own != other => {
                    return Err(wrong(format!(
                        "it asks what line {first} asks, with another `{field}`: write one of them"
                    )));
                }
                (None, other) => *own = other,
                _ => {}
            }
        }
        let mut known: HashSet<String> = self.relevant.iter().cloned().collect();
        let others = later.relevant.into_iter();
        self.relevant
            .extend(others.filter(|page| known.insert(page.clone())));
        match self.relevant.len() > MAX_RELEVANT {
            true => Err(wrong(format!(
                "it asks what line {first} asks, and together they name more than {MAX_RELEVANT} pages"
            ))),
            false => Ok(()),
        }
    }
}

/// The next line, without its end; `false` where there is none. No more of it is held than a question may have.
pub(super) fn next_line(
    file: &mut impl BufRead,
    bytes: &mut Vec<u8>,
    line: usize,
) -> Result<bool, QuestionsError> {
    bytes.clear();
    let most = MAX_LINE as u64 + 1;
    if file.by_ref().take(most).read_until(b'\n', bytes)? == 0 {
        return Ok(false);
    }
    if bytes.len() > MAX_LINE {
        return Err(QuestionsError::TooLong { line });
    }
    Ok(true)
}

fn question(bytes: &[u8], line: usize) -> Result<Option<Question>, QuestionsError> {
    let wrong = |reason: String| QuestionsError::NotAQuestion { line, reason };
    let bytes = match line {
        1 => bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes),
        _ => bytes,
    };
    let text = std::str::from_utf8(bytes).map_err(|_| wrong("it is not UTF-8".to_owned()))?;
    if text.trim().is_empty() {
        return Ok(None);
    }
    let read: Line = serde_json::from_str(text).map_err(|error| wrong(json_reason(&error)))?;
    if read.query.trim().is_empty() {
        return Err(wrong("`query` asks nothing".to_owned()));
    }
    if read.relevant.is_empty() {
        return Err(wrong("`relevant` names no page".to_owned()));
    }
    if read.relevant.len() > MAX_RELEVANT {
        let count = read.relevant.len();
        return Err(wrong(format!(
            "`relevant` names {count} pages: more than {MAX_RELEVANT}"
        )));
    }
    let kind = read
        .kind
        .map(|kind| kind.trim().chars().take(MAX_KIND).collect::<String>());
    Ok(Some(Question {
        line,
        text: read.query,
        relevant: read.relevant,
        kind: kind.filter(|kind| !kind.is_empty()),
        set: read.set.filter(|set| !set.is_empty()),
        entry: read.entry.filter(|entry| !entry.trim().is_empty()),
        ..Question::default()
    }))
}

/// What is wrong with a line: of JSON, in serde's words without the line, which is always the first.
pub(super) fn json_reason(error: &serde_json::Error) -> String {
    let place = match error.column() {
        0 => String::new(),
        column => format!(" (column {column})"),
    };
    match error.classify() {
        Category::Syntax => format!("it is not JSON{place}"),
        Category::Eof => format!("its JSON has no end{place}"),
        Category::Data | Category::Io => {
            let text = error.to_string();
            let end = text.rfind(" at line ").unwrap_or(text.len());
            format!("{}{place}", &text[..end])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufReader;

    fn read(text: &str) -> Result<Questions, QuestionsError> {
        read_questions(text.as_bytes())
    }

    fn refused(text: &str) -> String {
        read(text).expect_err("is refused").to_string()
    }

    #[test]
    fn a_line_is_a_question_whatever_else_it_says() {
        let text = "\u{feff}{\"query\": \"rotate keys\", \"relevant\": [\"a.md\"], \"origin\": {\"x\": 1}}\r\n\n\
             {\"query\": \"q\", \"relevant\": [\"s/b.md\", \"c\"], \"kind\": \" flag \", \"set\": \"s\", \"entry\": \"--q\"}";
        let read = read(text).unwrap();
        assert_eq!(read.questions.len(), 2);
        assert_eq!(read.questions[0].text, "rotate keys");
        let second = &read.questions[1];
        assert_eq!((second.line, second.kind.as_deref()), (3, Some("flag")));
        assert_eq!(
            (second.set.as_deref(), second.entry.as_deref()),
            (Some("s"), Some("--q"))
        );
    }

    #[test]
    fn what_is_no_question_is_refused_with_its_line() {
        let good = "{\"query\": \"q\", \"relevant\": [\"a\"]}\n";
        for (line, reason) in [
            ("[]", "invalid length"),
            ("3", "expected an object"),
            ("{\"query\": 3, \"relevant\": [\"a\"]}", "expected a string"),
            (
                "{\"query\": \"q\", \"relevant\": \"a\"}",
                "expected a sequence",
            ),
            ("{\"query\": \"q\"}", "missing field `relevant`"),
            ("{\"query\": \" \", \"relevant\": [\"a\"]}", "asks nothing"),
            ("{\"query\": \"q\", \"relevant\": []}", "names no page"),
            ("{\"query\": \"q\", ", "its JSON has no end"),
            ("how are keys rotated?", "it is not JSON (column 1)"),
            ("query\tpage", "it is not JSON"),
            ("{'query': 'q'}", "it is not JSON (column 2)"),
        ] {
            let told = refused(&format!("{good}{line}\n"));
            assert!(
                told.starts_with("line 2") && told.contains(reason),
                "{line}: {told}"
            );
        }
        assert!(refused(&format!("{good}{}", "[".repeat(100_000))).starts_with("line 2"));
        let mut broken = good.as_bytes().to_vec();
        broken.extend(b"{\"query\": \"\xff\"}");
        let told = read_questions(broken.as_slice())
            .expect_err("is refused")
            .to_string();
        assert_eq!(told, "line 2: it is not UTF-8");
        assert_eq!(refused("\n\n"), "it has no question");
    }

    #[test]
    fn a_line_without_an_end_is_not_read_to_it() {
        let endless = BufReader::new(io::repeat(b'x'));
        let told = read_questions(endless).expect_err("is refused").to_string();
        assert!(told.starts_with("line 1 is longer"), "{told}");
    }

    #[test]
    fn too_many_questions_and_kinds_are_refused() {
        use std::fmt::Write as _;
        let mut kinds = String::new();
        for kind in 0..=MAX_KINDS {
            writeln!(
                kinds,
                "{{\"query\": \"{kind}\", \"relevant\": [\"a\"], \"kind\": \"{kind}\"}}"
            )
            .unwrap();
        }
        assert!(refused(&kinds).starts_with(&format!("line {}", MAX_KINDS + 1)));
        let mut many = String::new();
        for number in 0..=MAX_QUESTIONS {
            writeln!(many, "{{\"query\": \"{number}\", \"relevant\": [\"a\"]}}").unwrap();
        }
        assert!(refused(&many).contains("more than 100000"));
    }

    #[test]
    fn what_is_asked_twice_is_one_question_with_the_pages_of_both() {
        let line = "{\"query\": \"q\", \"relevant\": [\"a\"]}\n";
        let thrice = read(&line.repeat(3)).unwrap();
        assert_eq!(thrice.questions.len(), 1);
        assert_eq!(thrice.repeated, [(2, 1), (3, 1)]);
        let more = "{\"query\": \"q\", \"relevant\": [\"b\", \"a\"], \"kind\": \"k\"}\n";
        let both = read(&format!("{line}{more}")).unwrap();
        let [joined] = both.questions.as_slice() else {
            panic!("{both:?}");
        };
        assert_eq!(joined.relevant, ["a", "b"]);
        assert_eq!((joined.line, joined.kind.as_deref()), (1, Some("k")));
        // Of another set it is another question.
        let other = "{\"query\": \"q\", \"relevant\": [\"b\"], \"set\": \"s\"}\n";
        let apart = read(&format!("{line}{other}")).unwrap();
        assert_eq!((apart.questions.len(), apart.repeated.len()), (2, 0));
        let told = refused(&format!("{line}{more}{}", more.replace("\"k\"", "\"l\"")));
        assert_eq!(
            told,
            "line 3: it asks what line 1 asks, with another `kind`: write one of them"
        );
        use std::fmt::Write as _;
        let mut many = String::new();
        for page in 0..=MAX_RELEVANT {
            writeln!(many, "{{\"query\": \"q\", \"relevant\": [\"{page}\"]}}").unwrap();
        }
        assert!(refused(&many).contains("name more than 1000 pages"));
    }
}
