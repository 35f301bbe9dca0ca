//! A file of synonyms: which words of a question find which others. Written as for Lucene and Solr.

use std::{collections::HashMap, ops::Range, sync::Arc};

use super::problem::{Complaint, Problem};

/// Lines that say something, at the most.
const MAX_RULES: usize = 10_000;
/// Terms of a line, and what one term finds by all lines: each of them is looked up.
const MAX_TERMS: usize = 32;
/// Words and characters of a term.
const MAX_WORDS: usize = 8;
const MAX_CHARS: usize = 100;
/// What parts the terms that are asked for from those that they find.
const ARROW: &str = "=>";

/// What else is looked for where a question has some words. Cheap to share.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Synonyms(Arc<[Synonym]>);

/// A line of the file: each of some terms finds each of others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Synonym {
    /// What a question has.
    pub asked: Vec<String>,
    /// What it finds, too.
    pub found: Vec<String>,
}

impl Synonyms {
    /// In the order of the file.
    pub fn rules(&self) -> &[Synonym] {
        &self.0
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    /// All that is wrong with it, with its place in the text.
    pub(crate) fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut rules: Vec<(Range<usize>, Synonym)> = Vec::new();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let written = line.trim_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
            let at = start + line.find(written).unwrap_or_default();
            let span = at..at + written.len();
            start += line.len();
            if written.is_empty() || written.starts_with('#') {
                continue;
            }
            if rules.len() == MAX_RULES {
                let complaint = Complaint::new(format!("more than {MAX_RULES} lines of synonyms"))
                    .help("keep those of words that the documents have");
                problems.push(complaint.at(span));
                break;
            }
            match Synonym::parse(written) {
                Ok(rule) => rules.push((span, rule)),
                Err(complaint) => problems.push(complaint.at(span)),
            }
        }
        problems.extend(too_many(&rules));
        match problems.is_empty() {
            true => Ok(Self(rules.into_iter().map(|(_, rule)| rule).collect())),
            false => Err(problems),
        }
    }
}

impl Synonym {
    fn parse(line: &str) -> Result<Self, Complaint> {
        let mut sides = sides(line)?;
        if sides.iter().any(|side| side.len() > MAX_TERMS) {
            return Err(
                Complaint::new(format!("more than {MAX_TERMS} terms in a line"))
                    .help("each of them is looked up: keep those that mean the same"),
            );
        }
        for term in sides.iter().flatten() {
            checked(term)?;
        }
        match (sides.pop(), sides.pop(), sides.len()) {
            (Some(found), Some(asked), 0) => {
                if asked.is_empty() || found.is_empty() {
                    return Err(Complaint::new("a side of `=>` has no term").help(
                        "write what is asked for before it and what that finds behind it, such as `k8s => kubernetes`",
                    ));
                }
                Ok(Self { asked, found })
            }
            (Some(terms), None, _) if terms.len() > 1 => Ok(Self {
                asked: terms.clone(),
                found: terms,
            }),
            (Some(_), None, _) => Err(Complaint::new("a line needs two terms at least").help(
                "write those that mean the same with commas between them, such as `k8s, kubernetes`",
            )),
            _ => Err(Complaint::new("more than one `=>` in a line").help("write a line for each")),
        }
    }
}

/// The terms of a line, on either side of the arrow, each once. What follows `\` is part of a term.
fn sides(line: &str) -> Result<Vec<Vec<String>>, Complaint> {
    let mut sides = vec![Vec::new()];
    let mut term = String::new();
    let end_of_term = |term: &mut String, sides: &mut Vec<Vec<String>>| {
        let words: Vec<&str> = term.split_whitespace().collect();
        let words = words.join(" ");
        term.clear();
        let side = sides.last_mut().filter(|_| !words.is_empty());
        let Some(side) = side.filter(|side| side.len() <= MAX_TERMS) else {
            return;
        };
        let is_new = |known: &String| known.to_lowercase() != words.to_lowercase();
        if side.iter().all(is_new) {
            side.push(words);
        }
    };
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let is_gap = term.ends_with(char::is_whitespace) || term.is_empty();
        let after = &rest[c.len_utf8()..];
        match c {
            '\\' => {
                let mut chars = after.chars();
                term.push(chars.next().unwrap_or('\\'));
                rest = chars.as_str();
                continue;
            }
            ',' => end_of_term(&mut term, &mut sides),
            '=' if rest.starts_with(ARROW) => {
                end_of_term(&mut term, &mut sides);
                sides.push(Vec::new());
                rest = &rest[ARROW.len()..];
                continue;
            }
            '#' if is_gap
                && !(term.trim().is_empty() && after.starts_with(char::is_alphanumeric)) =>
            {
                return Err(Complaint::new("a comment behind synonyms").help(
                    "put it on a line of its own; where `#` belongs to a term, write `\\#`",
                ));
            }
            c => term.push(c),
        }
        rest = after;
    }
    end_of_term(&mut term, &mut sides);
    Ok(sides)
}

fn checked(term: &str) -> Result<(), Complaint> {
    if term.split_whitespace().count() > MAX_WORDS || term.chars().count() > MAX_CHARS {
        return Err(Complaint::new(format!(
            "a term of more than {MAX_WORDS} words or {MAX_CHARS} characters"
        ))
        .help("synonyms are names of things: write what people call it"));
    }
    if !term.contains(char::is_alphanumeric) {
        return Err(Complaint::new("a term has neither letters nor digits")
            .help("write the word for it, or remove it"));
    }
    if term.contains(char::is_control) {
        return Err(Complaint::new("a term has a control character").help("remove it"));
    }
    Ok(())
}

/// Terms that find too much, counted over all lines.
fn too_many(rules: &[(Range<usize>, Synonym)]) -> Vec<Problem> {
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let mut number = |term: &String| {
        let next = numbers.len();
        *numbers.entry(term.to_lowercase()).or_insert(next)
    };
    let mut lines_of: Vec<(&str, Vec<usize>)> = Vec::new();
    let mut found: Vec<Vec<usize>> = Vec::with_capacity(rules.len());
    for (line, (_, rule)) in rules.iter().enumerate() {
        for term in &rule.asked {
            let at = number(term);
            if lines_of.len() <= at {
                lines_of.resize_with(at + 1, Default::default);
            }
            lines_of[at].0 = term;
            lines_of[at].1.push(line);
        }
        found.push(rule.found.iter().map(&mut number).collect());
    }
    let mut problems = Vec::new();
    // The term that has counted each last.
    let mut counted = vec![usize::MAX; numbers.len()];
    for (own, (term, lines)) in lines_of.iter().enumerate() {
        let mut count = 0;
        for line in lines {
            for other in found[*line].iter().filter(|other| **other != own) {
                count += usize::from(counted[*other] != own);
                counted[*other] = own;
            }
            if count > MAX_TERMS {
                let complaint = Complaint::new(format!(
                    "`{term}` has more than {MAX_TERMS} synonyms by all lines"
                ))
                .help("each of them is looked up: keep those that mean the same");
                problems.push(complaint.at(rules[*line].0.clone()));
                break;
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What each line says, `a|b=>c|d`.
    fn read(text: &str) -> Vec<String> {
        let synonyms = Synonyms::parse(text).expect("nothing is wrong");
        let rules = synonyms.rules().iter();
        rules
            .map(|rule| format!("{}=>{}", rule.asked.join("|"), rule.found.join("|")))
            .collect()
    }

    /// What is wrong, with the text that it is about.
    fn faults(text: &str) -> Vec<(String, String)> {
        let problems = Synonyms::parse(text).expect_err("something is wrong");
        let told = problems.into_iter().map(|problem| {
            let span = problem.span.expect("a place");
            assert!(problem.complaint.help.is_some());
            (problem.complaint.message, text[span].to_owned())
        });
        told.collect()
    }

    #[test]
    fn lines_are_equal_terms_or_go_in_one_direction() {
        assert_eq!(
            read(
                "\u{feff}# names\r\nk8s, Kubernetes\r\n\r\n  pod  security policy ,psp,, PSP,\n\
                 db => database, data base\nc\\#, c sharp\n a\\,b => c\\=>d\n#, not a line\n"
            ),
            [
                "k8s|Kubernetes=>k8s|Kubernetes",
                "pod security policy|psp=>pod security policy|psp",
                "db=>database|data base",
                "c#|c sharp=>c#|c sharp",
                "a,b=>c=>d",
            ]
        );
        assert_eq!(
            read("c#, csharp\nc++ => cpp\nk8s => k8s, kubernetes"),
            ["c#|csharp=>c#|csharp", "c++=>cpp", "k8s=>k8s|kubernetes"]
        );
        assert_eq!(read(""), [""; 0]);
        assert_eq!(read("# nothing"), [""; 0]);
        assert_eq!(read("куб, кубернетес\n設定, 構成").len(), 2);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let message = |text: &str| faults(text).remove(0).0;
        for line in [",", ", ,,", "one", "one, One", "one,", "\\"] {
            let told = message(line);
            assert!(
                told.contains("two terms") || told.contains("neither letters"),
                "{line}: {told}"
            );
        }
        for (line, expected) in [
            ("a =>", "a side of"),
            ("=> b", "a side of"),
            ("=>", "a side of"),
            ("a => b => c", "more than one"),
            ("a, b # both", "a comment"),
            ("a, b, # both", "a comment"),
            ("a, ++", "neither letters"),
            ("a, b\u{7}c", "control"),
            ("a, one two three four five six seven eight nine", "8 words"),
        ] {
            assert!(
                message(line).contains(expected),
                "{line}: {}",
                message(line)
            );
        }
        let long = format!("a, {}", "b".repeat(101));
        assert!(message(&long).contains("100 characters"));
        let two = faults("good, fine\n one \nthree, drei\n => \n");
        let places: Vec<&str> = two.iter().map(|(_, place)| place.as_str()).collect();
        assert_eq!(places, ["one", "=>"]);
    }

    #[test]
    fn what_a_term_finds_is_bounded() {
        let terms = |count: usize| {
            let all: Vec<String> = (0..count).map(|number| format!("t{number}")).collect();
            all.join(", ")
        };
        assert_eq!(
            Synonyms::parse(&terms(32)).expect("it fits").rules().len(),
            1
        );
        assert!(faults(&terms(33))[0].0.contains("more than 32 terms"));
        assert!(faults(&terms(10_000))[0].0.contains("more than 32 terms"));
        let lines: String = (0..40).map(|number| format!("a => b{number}\n")).collect();
        let told = faults(&lines);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].0.contains("`a` has more than 32"), "{told:?}");
        assert_eq!(told[0].1, "a => b32");
        // The same again is nothing more.
        assert_eq!(read(&"a, b\n".repeat(100)).len(), 100);
        let many: String = (0..=10_000)
            .map(|number| format!("a{number}, b{number}\n"))
            .collect();
        assert!(faults(&many)[0].0.contains("more than 10000 lines"));
    }

    #[test]
    fn hostile_files_end_quickly() {
        let dense = "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z\n";
        for text in [
            ",".repeat(1 << 20),
            "=>".repeat(1 << 19),
            "\\".repeat(1 << 20),
            "a ".repeat(1 << 19),
            "#".repeat(1 << 20),
            " ".repeat(1 << 20),
            "a,".repeat(1 << 19),
            dense.repeat(9_999),
        ] {
            let started = std::time::Instant::now();
            let _ = Synonyms::parse(&text);
            assert!(started.elapsed().as_secs() < 5, "{:?}", &text[..4]);
        }
    }
}
