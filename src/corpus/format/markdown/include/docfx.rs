//! Inclusions of DocFX (`[!INCLUDE [title](file)]`, `[!code-lang[title](file)]`, `:::code source="file":::`) and of Docsify
//! (`[title](file ':include')`).

use super::super::super::front_matter;
use super::super::tag;
use super::{DEEPEST, Lines, choose, expand_into, indented, insert, missing, taken};
use crate::corpus::document::Source;

/// A line that takes in a file.
pub(super) enum Call<'l> {
    Text(&'l str),
    Code {
        file: &'l str,
        language: &'l str,
        /// Lines, or the name of a part.
        choice: String,
    },
}

/// Reads a line that is nothing but an inclusion.
pub(super) fn call(line: &str) -> Option<Call<'_>> {
    if let Some(rest) = line.strip_prefix(":::code ") {
        let attribute = |name: &str| {
            let at = rest.find(&format!("{name}=\""))? + name.len() + 2;
            rest[at..].split('"').next()
        };
        let choice = attribute("range")
            .or_else(|| attribute("id"))
            .unwrap_or_default();
        return Some(Call::Code {
            file: attribute("source")?,
            language: attribute("language").unwrap_or_default(),
            choice: range(choice),
        });
    }
    if let Some((file, end)) = inclusion(line)
        && end == line.len()
    {
        return Some(Call::Text(file));
    }
    if let Some(rest) = line
        .strip_prefix("[!")
        .and_then(|rest| rest.strip_suffix(")]"))
        && rest
            .get(..4)
            .is_some_and(|word| word.eq_ignore_ascii_case("code"))
    {
        let (language, rest) = rest[4..].split_once('[')?;
        let (_, target) = rest.split_once("](")?;
        let target = target.split_whitespace().next().unwrap_or(target);
        let (file, choice) = target.split_once(['?', '#']).unwrap_or((target, ""));
        let choice = choice
            .split('&')
            .map(|part| part.split_once('=').map_or(part, |(_, value)| value))
            .next();
        return Some(Call::Code {
            file,
            language: language.trim_start_matches('-').trim(),
            choice: range(choice.unwrap_or_default()),
        });
    }
    let (_, rest) = line.strip_prefix('[')?.split_once("](")?;
    let (file, options) = rest.strip_suffix(')')?.split_once(' ')?;
    let options = options
        .trim()
        .trim_matches(['\'', '"'])
        .strip_prefix(":include")?;
    if !options.contains(":type=code") && !options.contains("code") {
        return Some(Call::Text(file));
    }
    let language = options
        .split_whitespace()
        .last()
        .filter(|word| !word.starts_with(':'));
    let extension = file.rsplit_once('.').map_or("", |(_, extension)| extension);
    Some(Call::Code {
        file,
        language: language.unwrap_or(extension),
        choice: String::new(),
    })
}

impl Call<'_> {
    pub(super) fn write(
        &self,
        out: &mut String,
        line: &str,
        source: &Source<'_>,
        depth: u32,
        budget: &mut usize,
    ) {
        let indent = &line[..line.len() - line.trim_start().len()];
        match self {
            Self::Text(file) => insert(out, line, file, Lines::Braces, source, depth, budget),
            Self::Code {
                file,
                language,
                choice,
            } => {
                let Some(text) = taken(source, file, budget) else {
                    return missing(out, indent, file);
                };
                let text = choose(&text, choice);
                let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
                let fence = "`".repeat(longest.max(2) + 1);
                indented(
                    out,
                    &format!("{fence}{language}\n{}\n{fence}\n", text.trim_end()),
                    indent,
                );
            }
        }
    }
}

/// Writes a line with inclusions among its text; whether there was one.
pub(super) fn within(
    out: &mut String,
    line: &str,
    source: &Source<'_>,
    budget: &mut usize,
) -> bool {
    let mut copied = 0;
    let mut at = 0;
    while let Some(found) = line[at..].find("[!") {
        let start = at + found;
        at = start + 2;
        let Some((file, length)) = inclusion(&line[start..]) else {
            continue;
        };
        out.push_str(&line[copied..start]);
        if let Some(text) = taken(source, file, budget) {
            let (_, body) = front_matter::split(&text);
            let mut expanded = String::new();
            expand_into(&mut expanded, body, source, DEEPEST, budget);
            let words: Vec<&str> = expanded.split_whitespace().collect();
            out.push_str(&words.join(" "));
        }
        at = start + length;
        copied = at;
    }
    if copied > 0 {
        out.push_str(&line[copied..]);
    }
    copied > 0
}

/// The file of `[!INCLUDE [title](file)]` at the beginning of a text, and the length of all of it.
fn inclusion(text: &str) -> Option<(&str, usize)> {
    const WORD: &str = "[!INCLUDE";
    const LONGEST: usize = 1024;
    if !text
        .get(..WORD.len())
        .is_some_and(|word| word.eq_ignore_ascii_case(WORD))
    {
        return None;
    }
    let near = tag::window(text, 0, LONGEST);
    let open = near.find("](")? + 2;
    let length = near[open..].find(")]")?;
    let file = text[open..open + length].split_whitespace().next()?;
    Some((file, open + length + 2))
}

/// `1-5`, `L1-L5` -> `1:5`; a name stays.
fn range(choice: &str) -> String {
    let plain = choice.replace('L', "");
    match plain.split_once('-') {
        Some((first, last))
            if !first.is_empty()
                && first
                    .bytes()
                    .chain(last.bytes())
                    .all(|b| b.is_ascii_digit()) =>
        {
            format!("{first}:{last}")
        }
        _ if !plain.is_empty() && plain.bytes().all(|b| b.is_ascii_digit()) => plain,
        _ => choice.to_owned(),
    }
}
