//! Files that a page takes in: mdBook's `{{#include}}`, snippets, VitePress' `<<<`.

mod docfx;

use crate::corpus::{document::Source, path::join};

/// Included files may include others this deep.
const DEEPEST: u32 = 4;
/// All included text of a page together, in bytes.
const LONGEST: usize = 2 * 1024 * 1024;

/// Replaces the lines that include other files by those files' text, in code too, as the
/// generators do; what cannot be read leaves its name.
pub(super) fn expand(text: &str, source: &Source<'_>) -> Option<String> {
    if ![
        "{{#",
        "--8<--",
        "<<<",
        "@include:",
        "[!",
        ":::code",
        "':include",
    ]
    .iter()
    .any(|mark| text.contains(mark))
    {
        return None;
    }
    let mut out = String::with_capacity(text.len() * 2);
    let mut budget = LONGEST;
    expand_into(&mut out, text, source, 0, &mut budget);
    Some(out)
}

/// Reads a file named in a page: beside the page, else from the root of the set.
pub(super) fn read(source: &Source<'_>, name: &str) -> Option<String> {
    let name = name.trim();
    let rooted = name.trim_start_matches(['@', '/', '~']);
    if rooted.is_empty() || name.contains("://") || name.contains('\0') || name.len() > 1024 {
        return None;
    }
    let folder = source
        .path
        .rsplit_once('/')
        .map_or("", |(folder, _)| folder);
    let beside = if rooted.len() == name.len() {
        join(folder, name)
    } else {
        None
    };
    beside
        .and_then(|path| (source.include)(&path))
        .or_else(|| (source.include)(&join("", rooted)?))
}

fn expand_into(out: &mut String, text: &str, source: &Source<'_>, depth: u32, budget: &mut usize) {
    let mut snippet_block = false;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim();
        if let Some(names) = snippet(trimmed) {
            if names.is_empty() {
                snippet_block = !snippet_block;
            } else {
                insert(out, line, names, Lines::Colons, source, depth, budget);
            }
        } else if let Some(shown) = trimmed
            .strip_prefix(';')
            .filter(|rest| snippet(rest).is_some())
        {
            // Escaped: shown as it is.
            out.push_str(&line[..line.len() - line.trim_start().len()]);
            out.push_str(shown);
            out.push('\n');
        } else if snippet_block {
            if !trimmed.is_empty() && !trimmed.starts_with(';') {
                insert(out, line, trimmed, Lines::Colons, source, depth, budget);
            }
        } else if let Some(name) = trimmed
            .strip_prefix("<<<")
            .filter(|name| name.starts_with(' '))
        {
            code(out, line, name.trim(), source, budget);
        } else if let Some(name) = vitepress_include(trimmed) {
            insert(out, line, name, Lines::Braces, source, depth, budget);
        } else if let Some(call) = docfx::call(trimmed) {
            call.write(out, line, source, depth, budget);
        } else if line.contains("[!") && docfx::within(out, line, source, budget) {
        } else if line.contains("{{#") {
            mdbook(out, line, source, depth, budget);
        } else {
            out.push_str(line);
        }
    }
}

/// `--8<-- "file"`; "" for the line that opens or closes a block of names.
fn snippet(line: &str) -> Option<&str> {
    let scissors = line.trim_start_matches('-');
    let rest = scissors.strip_prefix("8<")?;
    if line.len() == scissors.len() {
        return None;
    }
    let name = rest.strip_prefix('-')?.trim_start_matches('-').trim();
    if name.is_empty() {
        return Some("");
    }
    name.strip_prefix(['"', '\''])?.strip_suffix(['"', '\''])
}

fn vitepress_include(line: &str) -> Option<&str> {
    let inner = line.strip_prefix("<!--")?.strip_suffix("-->")?.trim();
    Some(inner.strip_prefix("@include:")?.trim())
}

/// How the lines of a file are chosen behind its name.
#[derive(Clone, Copy)]
enum Lines {
    /// `file:2:10`, `file:name`
    Colons,
    /// `file{2,10}`, `file#name`
    Braces,
}

fn insert(
    out: &mut String,
    line: &str,
    name: &str,
    lines: Lines,
    source: &Source<'_>,
    depth: u32,
    budget: &mut usize,
) {
    let indent = &line[..line.len() - line.trim_start().len()];
    let (file, choice) = match lines {
        Lines::Colons => name
            .split_once(':')
            .map_or((name, ""), |(file, choice)| (file, choice)),
        Lines::Braces => split_braces(name),
    };
    let Some(text) = taken(source, file, budget) else {
        return missing(out, indent, name);
    };
    let chosen = choose(&text, choice);
    let mut expanded = String::new();
    if depth < DEEPEST {
        let (_, body) = super::super::front_matter::split(&chosen);
        expand_into(&mut expanded, body, source, depth + 1, budget);
    } else {
        expanded = chosen;
    }
    indented(out, &expanded, indent);
}

fn missing(out: &mut String, indent: &str, name: &str) {
    out.push_str(indent);
    out.push('`');
    out.push_str(&name.replace('`', ""));
    out.push_str("`\n");
}

fn indented(out: &mut String, text: &str, indent: &str) {
    for line in text.lines() {
        if !line.is_empty() {
            out.push_str(indent);
        }
        out.push_str(line);
        out.push('\n');
    }
}

fn taken(source: &Source<'_>, file: &str, budget: &mut usize) -> Option<String> {
    if *budget == 0 {
        return None;
    }
    let text = read(source, file)?;
    *budget = budget.saturating_sub(text.len().max(64));
    Some(text)
}

fn split_braces(name: &str) -> (&str, &str) {
    let name = name.trim();
    match name.find(['{', '#']) {
        Some(at) => {
            let choice = name[at + 1..].split(['}', '{']).next().unwrap_or_default();
            (name[..at].trim_end(), choice)
        }
        None => (name, ""),
    }
}

/// VitePress: `<<< @/file.ts#region{1,3 ts}`.
fn code(out: &mut String, line: &str, name: &str, source: &Source<'_>, budget: &mut usize) {
    let indent = &line[..line.len() - line.trim_start().len()];
    let name = name.split(" [").next().unwrap_or(name);
    let (file, region) = match name
        .split_once('{')
        .map_or(name, |(file, _)| file)
        .split_once('#')
    {
        Some((file, region)) => (file.trim(), region.trim()),
        None => (name.split('{').next().unwrap_or(name).trim(), ""),
    };
    let Some(text) = taken(source, file, budget) else {
        return missing(out, indent, file);
    };
    let text = choose(&text, region);
    let language = file.rsplit_once('.').map_or("", |(_, extension)| extension);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    indented(
        out,
        &format!("{fence}{language}\n{}\n{fence}\n", text.trim_end()),
        indent,
    );
}

/// mdBook's preprocessor, for each `{{#…}}` of a line.
fn mdbook(out: &mut String, line: &str, source: &Source<'_>, depth: u32, budget: &mut usize) {
    let mut at = 0;
    while let Some(found) = line[at..].find("{{#") {
        let start = at + found;
        let Some(length) = line[start..].find("}}") else {
            break;
        };
        let end = start + length + 2;
        if line[..start].ends_with('\\') {
            out.push_str(&line[at..start - 1]);
            out.push_str(&line[start..end]);
            at = end;
            continue;
        }
        out.push_str(&line[at..start]);
        at = end;
        let call = line[start + 3..end - 2].trim();
        let (name, argument) = call.split_once(char::is_whitespace).unwrap_or((call, ""));
        match name {
            "include" | "rustdoc_include" | "playground" | "playpen" => {
                let argument = argument.split_whitespace().next().unwrap_or_default();
                let (file, choice) = argument.split_once(':').unwrap_or((argument, ""));
                match taken(source, file, budget) {
                    Some(text) => {
                        let text = choose(&text, choice);
                        let text = text.trim_end();
                        if matches!(name, "playground" | "playpen") {
                            out.push_str("```rust\n");
                            out.push_str(text);
                            out.push_str("\n```");
                        } else if depth < DEEPEST && text.contains("{{#") {
                            expand_into(out, text, source, depth + 1, budget);
                        } else {
                            out.push_str(text);
                        }
                    }
                    None => {
                        out.push('`');
                        out.push_str(argument);
                        out.push('`');
                    }
                }
            }
            "title" => {}
            // Handlebars of other tools (`{{#if}}`) are text.
            _ => out.push_str(&line[start..end]),
        }
    }
    out.push_str(&line[at..]);
}

/// The lines `2:10`, `2,10`, `:10`, `3`, or those between the marks of a name.
fn choose(text: &str, choice: &str) -> String {
    let choice = choice.trim();
    if choice.is_empty() {
        return without_marks(text);
    }
    let mut numbers = choice.split([':', ',']).map(str::trim);
    let first = numbers.next().unwrap_or_default();
    let last = numbers.next();
    let number = |text: &str| text.parse::<usize>().ok();
    if (first.is_empty() || number(first).is_some())
        && last.is_none_or(|last| last.is_empty() || number(last).is_some())
    {
        let from = number(first).unwrap_or(1).max(1);
        let to = match last {
            None => from,
            Some(last) => number(last).unwrap_or(usize::MAX),
        };
        let count = to.saturating_sub(from).saturating_add(1);
        let lines: Vec<&str> = text.lines().skip(from - 1).take(count).collect();
        return lines.join("\n");
    }
    let mut inside = false;
    let mut lines = Vec::new();
    for line in text.lines() {
        match mark(line) {
            Some((opens, name)) if name == first || (!opens && name.is_empty()) => inside = opens,
            Some(_) => {}
            None if inside => lines.push(line),
            None => {}
        }
    }
    lines.join("\n")
}

fn without_marks(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines().filter(|line| mark(line).is_none()) {
        out.push_str(line);
        out.push('\n');
    }
    out
}

/// A line that only marks where a named part opens (true) or closes.
fn mark(line: &str) -> Option<(bool, &str)> {
    if line.len() > 200 {
        return None;
    }
    let name = |rest: &'static str| {
        let at = line.find(rest)? + rest.len();
        let name = line[at..].trim_start();
        let name = name.split(|c: char| c.is_whitespace() || c == ']').next()?;
        Some(name.trim_end_matches("-->"))
    };
    if let Some(name) = name("ANCHOR_END:") {
        return Some((false, name));
    }
    if let Some(name) = name("ANCHOR:") {
        return Some((true, name));
    }
    if line.contains("--8<--") {
        if let Some(name) = name("[start:") {
            return Some((true, name));
        }
        if let Some(name) = name("[end:") {
            return Some((false, name));
        }
    }
    if let Some(name) = name("#endregion") {
        return Some((false, name));
    }
    if let Some(name) = name("#region ") {
        return Some((true, name));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(text: &str) -> String {
        let include = |name: &str| match name {
            "src/a.rs" => {
                Some("// ANCHOR: main\nfn main() {}\n// ANCHOR_END: main\nfn b() {}\n".to_owned())
            }
            "docs/loop.md" => Some("--8<-- \"loop.md\"\n".to_owned()),
            "docs/part.md" => Some("---\ntitle: x\n---\nPart\n".to_owned()),
            _ => None,
        };
        let source = Source {
            path: "docs/page.md",
            text,
            include: &include,
            site: &crate::corpus::Site::default(),
        };
        expand(text, &source).unwrap()
    }

    #[test]
    fn mdbook_includes() {
        assert_eq!(
            expanded("{{#include ../src/a.rs:main}}\n"),
            "fn main() {}\n"
        );
        assert_eq!(expanded("{{#include ../src/a.rs:4}}\n"), "fn b() {}\n");
        assert_eq!(expanded("\\{{#include x}}"), "{{#include x}}");
        assert_eq!(
            expanded("{{#include ../../etc/passwd}}"),
            "`../../etc/passwd`"
        );
        assert_eq!(expanded("{{#title A}}x {{#if b}}"), "x {{#if b}}");
    }

    #[test]
    fn snippets() {
        assert_eq!(expanded("a\n  --8<-- \"part.md\"\nb"), "a\n  Part\nb");
        assert_eq!(
            expanded("--8<--\npart.md\n\nsrc/a.rs:1:2\n--8<--\n"),
            "Part\n// ANCHOR: main\nfn main() {}\n"
        );
        assert_eq!(
            expanded("<<< @/src/a.rs#main\n"),
            "```rs\n\n```\n".replace("\n\n", "\nfn main() {}\n")
        );
    }

    #[test]
    fn loops_end() {
        assert_eq!(
            expanded("--8<-- \"loop.md\"\n").trim(),
            "--8<-- \"loop.md\""
        );
    }
}
