//! Where a long block of code may be cut: where something of it ends.

/// A part is closed once it has this many words, or bytes: code has long words. It leaves room in a piece for a sentence before it.
const WORDS: usize = 180;
const BYTES: usize = 2_000;

/// How good a line is for the next part to begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Line,
    /// Something on the outermost level, or the line after an empty one.
    Begins,
    /// Both: the next function, table or key after an empty line.
    Section,
}

/// Where the lines of a block are cut, as offsets into it: none where it is short. `column` is what each line is
/// indented by, because of the list that the block stands in.
pub(super) fn code_cuts(code: &str, column: usize) -> Vec<usize> {
    let mut cuts = Vec::new();
    if code.len() <= BYTES / 2 {
        return cuts;
    }
    let outermost = outermost(code, column);
    let mut part = Part::default();
    let mut previous = Previous::default();
    let mut at = 0;
    for line in code.split_inclusive('\n') {
        let text = line.trim();
        let words = text.split_ascii_whitespace().count();
        if !text.is_empty() {
            let place = place(line, outermost, &previous);
            part.offer(at, place);
        }
        if part.is_full_with(words, line.len()) {
            // The best place, and what has come since begins the next part.
            if let Some(best) = part.best.take() {
                cuts.push(best.at);
                part = Part {
                    words: part.words - best.words,
                    bytes: part.bytes - best.bytes,
                    best: None,
                };
            }
        }
        part.words += words;
        part.bytes += line.len();
        at += line.len();
        previous = Previous {
            is_any: true,
            is_empty: text.is_empty(),
            is_comment: is_comment(text) && indent(line) <= outermost,
        };
    }
    cuts
}

#[derive(Debug, Default)]
struct Part {
    words: usize,
    bytes: usize,
    best: Option<Best>,
}

/// The best place so far, and what stands before it in the part.
#[derive(Debug)]
struct Best {
    at: usize,
    place: Place,
    words: usize,
    bytes: usize,
}

impl Part {
    fn is_full_with(&self, words: usize, bytes: usize) -> bool {
        self.words > 0 && (self.words + words > WORDS || self.bytes + bytes > BYTES)
    }

    /// The last of the best places, unless little would stand before it.
    fn offer(&mut self, at: usize, place: Place) {
        let is_later = self.bytes > 0;
        let has_enough = self.words >= WORDS / 4 || self.bytes >= BYTES / 4;
        let is_better = self
            .best
            .as_ref()
            .is_none_or(|best| place >= best.place || !best.has_enough());
        if is_later && is_better && (has_enough || self.best.is_none()) {
            self.best = Some(Best {
                at,
                place,
                words: self.words,
                bytes: self.bytes,
            });
        }
    }
}

impl Best {
    fn has_enough(&self) -> bool {
        self.words >= WORDS / 4 || self.bytes >= BYTES / 4
    }
}

#[derive(Debug, Default)]
struct Previous {
    is_any: bool,
    is_empty: bool,
    is_comment: bool,
}

fn place(line: &str, outermost: usize, previous: &Previous) -> Place {
    // What is said of something stays with it.
    if previous.is_comment || !previous.is_any {
        return Place::Line;
    }
    let is_outermost = indent(line) <= outermost && !is_end(line.trim());
    match (is_outermost, previous.is_empty) {
        (true, true) => Place::Section,
        (false, false) => Place::Line,
        _ => Place::Begins,
    }
}

/// The least indentation of a line beyond the block's own.
fn outermost(code: &str, column: usize) -> usize {
    let lines = code.lines().filter(|line| !line.trim().is_empty());
    let least = lines.map(indent).filter(|indent| *indent >= column).min();
    least.unwrap_or(column)
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

/// What ends what stands above.
fn is_end(text: &str) -> bool {
    let word = text
        .split(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap_or_default();
    text.starts_with(['}', ')', ']'])
        || text.starts_with("</")
        || matches!(word, "end" | "fi" | "done" | "esac")
}

fn is_comment(text: &str) -> bool {
    ["#", "//", "--", ";", "/*", "*", "@", "%"]
        .iter()
        .any(|mark| text.starts_with(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(code: &str) -> Vec<&str> {
        let cuts = code_cuts(code, 0);
        let starts = [0].into_iter().chain(cuts.iter().copied());
        let ends = cuts.iter().copied().chain([code.len()]);
        starts
            .zip(ends)
            .map(|(start, end)| &code[start..end])
            .collect()
    }

    #[test]
    fn a_function_stays_whole_with_what_is_said_of_it() {
        let function = |n: usize| {
            format!(
                "# Does thing {n}.\ndef thing_{n}(a, b):\n{}    return a\n\n",
                "    a = a + b  # again and again\n".repeat(12)
            )
        };
        let code: String = (0..20).map(function).collect();
        let parts = parts(&code);
        assert!(parts.len() > 5);
        assert_eq!(parts.concat(), code);
        for part in parts {
            assert!(part.starts_with("# Does thing"), "{part}");
            assert!(part.len() <= BYTES);
        }
    }

    #[test]
    fn a_configuration_is_cut_at_its_keys() {
        let code: String = (0..40).map(|n| format!("key_{n}:\n  first: the first value of it\n  second:\n    - one of these words\n    - two of these words\n")).collect();
        for part in parts(&code) {
            assert!(part.starts_with("key_"), "{part}");
        }
    }

    #[test]
    fn lines_that_are_all_alike_are_cut_anywhere() {
        let code = "x = 1 2 3 4 5 6 7 8\n".repeat(500);
        let parts = parts(&code);
        assert!(parts.len() > 10);
        assert_eq!(parts.concat(), code);
        let long = format!("{}\n", "word".repeat(10_000));
        assert!(code_cuts(&long, 0).is_empty(), "one line");
    }

    #[test]
    fn short_code_is_one_part() {
        assert!(code_cuts("a\n\nb\n", 0).is_empty());
        assert!(code_cuts("", 0).is_empty());
    }

    #[test]
    fn it_takes_no_longer_than_the_code_is_long() {
        let started = std::time::Instant::now();
        code_cuts(&"a\n\n".repeat(300_000), 0);
        code_cuts(&"  }\n".repeat(300_000), 2);
        assert!(started.elapsed().as_secs() < 5);
    }
}
