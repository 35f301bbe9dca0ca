//! A ranking written down, to compare a later one with: a line `{"query": …, "ranked": [page, …]}` for each question.

use super::measure::Measured;
use super::questions::{QuestionsError, json_reason, next_line};
use serde::{Deserialize, Serialize};
use std::{
    collections::HashMap,
    io::{self, BufRead, Write},
};

/// Longer files are none that this wrote.
const MAX_LINES: usize = 200_000;

/// An earlier ranking: pages by their names, by what was asked, and in which set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Run(HashMap<(String, Option<String>), Vec<String>>);

/// Why an earlier ranking cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// As for questions.
    #[error(transparent)]
    Line(#[from] QuestionsError),
    /// More than questions may be.
    #[error("it has more than {MAX_LINES} lines")]
    TooMany,
    /// Nothing was found, as nothing was asked.
    #[error("it is empty")]
    Empty,
}

#[derive(Serialize, Deserialize)]
#[serde(expecting = "an object such as {\"query\": …, \"ranked\": [\"guide/backup.md\"]}")]
struct Line {
    query: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    set: Option<String>,
    ranked: Vec<String>,
}

impl Run {
    /// What was found for a question; `None`: it was not asked.
    pub(super) fn ranked(&self, text: &str, set: Option<&str>) -> Option<&[String]> {
        let key = (text.to_owned(), set.map(str::to_owned));
        self.0.get(&key).map(Vec::as_slice)
    }
}

/// Writes down what was found.
///
/// # Errors
/// Where it cannot be written.
pub fn write_run(out: &mut impl Write, measured: &[Measured]) -> io::Result<()> {
    for it in measured {
        let line = Line {
            query: it.question.text.clone(),
            set: it.question.set.clone(),
            ranked: it.ranked.clone(),
        };
        serde_json::to_writer(&mut *out, &line)?;
        out.write_all(b"\n")?;
    }
    out.flush()
}

/// Reads what was found.
///
/// # Errors
/// At the first line that is none of a ranking, and where there is no line.
pub fn read_run(mut file: impl BufRead) -> Result<Run, RunError> {
    let mut run = Run::default();
    let mut bytes = Vec::new();
    for line in 1.. {
        if !next_line(&mut file, &mut bytes, line)? {
            break;
        }
        if line > MAX_LINES {
            return Err(RunError::TooMany);
        }
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        let read: Line =
            serde_json::from_slice(&bytes).map_err(|error| QuestionsError::NotAQuestion {
                line,
                reason: json_reason(&error),
            })?;
        run.0.entry((read.query, read.set)).or_insert(read.ranked);
    }
    match run.0.is_empty() {
        true => Err(RunError::Empty),
        false => Ok(run),
    }
}

#[cfg(test)]
mod tests {
    use super::super::figures::tests::measured;
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let measured = [measured("rotate \"keys\"\n", "k", "s", Some(3))];
        let mut file = Vec::new();
        write_run(&mut file, &measured).unwrap();
        let run = read_run(file.as_slice()).unwrap();
        let ranked = run.ranked("rotate \"keys\"\n", None).unwrap();
        assert_eq!(ranked, measured[0].ranked);
        assert_eq!(run.ranked("other", None), None);
    }

    #[test]
    fn what_is_no_ranking_is_refused_with_its_line() {
        let file = "{\"query\": \"q\", \"ranked\": []}\n\n{\"query\": \"q\", \"relevant\": []}\n";
        let told = read_run(file.as_bytes())
            .expect_err("is refused")
            .to_string();
        assert!(told.starts_with("line 3: missing field `ranked`"), "{told}");
        for file in ["", "\n\n"] {
            let read = read_run(file.as_bytes());
            assert_eq!(read.expect_err("is refused").to_string(), "it is empty");
        }
    }
}
