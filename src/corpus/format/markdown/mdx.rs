//! What a page of MDX takes in before it is read: Markdown that it imports, where the component stands; code in `<CodeBlock>`;
//! constants. Tags over several lines become tags in one.

use super::super::front_matter;
use super::names::Names;
use super::tag::{self, Tag};
use super::{comment, fence, include};
use crate::corpus::document::Source;
use std::collections::{HashMap, HashSet};

/// Imported files may import others this deep.
const DEEPEST: usize = 4;
/// All imported text of a page together, in bytes.
const LONGEST: usize = 2 << 20;
/// How many leading folders of a path from a site's root may stand above the set.
const MOST_ABOVE: usize = 3;

/// Puts everything in its place; `None` where there is nothing of the kind.
pub(super) fn expand(text: &str, source: &Source<'_>, names: &mut Names<'_>) -> Option<String> {
    if !text.contains("import ")
        && !text.contains("<CodeBlock")
        && !text.contains("export const ")
        && !text.contains("<Snippet")
        && !text.contains("<Code ")
        && !has_long_tag(text)
    {
        return None;
    }
    let mut page = Page {
        source,
        names,
        budget: LONGEST,
        open: vec![source.path.to_owned()],
        unclosed: HashSet::new(),
    };
    Some(page.expanded(text, source.path))
}

/// Whether a component's tag goes on in the next line.
fn has_long_tag(text: &str) -> bool {
    text.lines().any(|line| {
        let line = line.trim_start();
        line.strip_prefix('<').is_some_and(|rest| {
            rest.starts_with(|c: char| c.is_ascii_uppercase()) && !line.contains('>')
        })
    })
}

/// A file that a page imports under a name.
#[derive(Debug, Clone)]
struct Import {
    path: String,
    /// As it stands, to be shown as code.
    is_raw: bool,
}

struct Page<'p, 's, 'n> {
    source: &'p Source<'s>,
    names: &'p mut Names<'n>,
    budget: usize,
    /// The files that are being taken in, the page first.
    open: Vec<String>,
    /// Names of components of which one is never closed.
    unclosed: HashSet<String>,
}

impl Page<'_, '_, '_> {
    fn expanded(&mut self, text: &str, path: &str) -> String {
        let imports = self.definitions(text);
        let mut out = String::with_capacity(text.len());
        let mut code: Option<fence::Fence> = None;
        let mut skip_to = 0;
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let start = at;
            at += line.len();
            if start < skip_to && at <= skip_to {
                continue;
            }
            let from = start.max(skip_to);
            let line = &text[from..at];
            if from == start {
                if let Some(fence) = code {
                    if fence.is_closed_by(line.trim_end()) || fence.is_left_by(line) {
                        code = None;
                    }
                    out.push_str(line);
                    continue;
                }
                if let Some(opening) = fence::open(line.trim_end()) {
                    code = Some(opening.fence);
                    out.push_str(line);
                    continue;
                }
            }
            skip_to = self
                .line(text, from, at, &imports, path, &mut out)
                .max(skip_to);
        }
        out
    }

    /// Writes a line, from `from` to `end`; the offset behind what has been read, which may be farther.
    fn line(
        &mut self,
        text: &str,
        from: usize,
        end: usize,
        imports: &HashMap<String, Import>,
        path: &str,
        out: &mut String,
    ) -> usize {
        let mut copied = from;
        let mut at = from;
        let mut counted = from;
        let mut ticks = 0;
        while let Some(found) = text[at..end.max(at)].find('<') {
            let place = at + found;
            at = place + 1;
            let is_name = text[at..].starts_with(|c: char| c.is_ascii_uppercase());
            ticks += text[counted..place].matches('`').count();
            counted = place;
            // Between two of them it is code.
            if !is_name || ticks % 2 == 1 {
                continue;
            }
            let Some(tag) = Tag::at(text, place) else {
                continue;
            };
            let name = tag.name;
            let is_first = from == 0 || text[..from].ends_with('\n');
            let before = if is_first { &text[from..place] } else { "" };
            let indent: String = before
                .chars()
                .take(64)
                .map(|c| if c == '>' { '>' } else { ' ' })
                .collect();
            let replaced = match imports.get(name) {
                Some(import) => Some(self.imported(import, &tag, text, path, &indent)),
                None if name == "CodeBlock" && !tag.closing && !tag.self_closing => {
                    self.code_block(&tag, text, imports, path, &indent)
                }
                None if name == "Snippet" && tag.attribute("file").is_some() => {
                    let import = Import {
                        path: format!("/snippets/{}", tag.attribute("file").unwrap_or_default()),
                        is_raw: false,
                    };
                    Some(self.imported(&import, &tag, text, path, &indent))
                }
                None if name == "Code" && tag.self_closing => code(&tag, &indent, self.names),
                None => None,
            };
            if let Some((block, behind)) = replaced {
                out.push_str(&text[copied..place]);
                out.push_str(&block);
                copied = behind;
                at = behind;
                counted = behind;
            } else if tag.end > end {
                // All of the tag in one line.
                out.push_str(&text[copied..place]);
                out.push_str(
                    &text[place..tag.end]
                        .split('\n')
                        .map(str::trim)
                        .collect::<Vec<_>>()
                        .join(" "),
                );
                copied = tag.end;
                at = tag.end;
                counted = tag.end;
            }
            if at >= end {
                break;
            }
        }
        if copied < end {
            out.push_str(&text[copied..end]);
        }
        copied.max(end)
    }

    /// The text of an imported file, in the place of its component.
    fn imported(
        &mut self,
        import: &Import,
        tag: &Tag<'_>,
        text: &str,
        path: &str,
        indent: &str,
    ) -> (String, usize) {
        let (children, end) = if tag.self_closing || tag.closing {
            ("", tag.end)
        } else {
            self.closing(text, tag).unwrap_or(("", tag.end))
        };
        if tag.closing || import.is_raw || self.open.len() > DEEPEST {
            return (String::new(), end);
        }
        let Some((file, body)) = self.read(&import.path, path) else {
            return (children.to_owned(), end);
        };
        if self.open.contains(&file) || self.budget < body.len() {
            return (children.to_owned(), end);
        }
        self.budget -= body.len();
        let (_, body) = front_matter::split(&body);
        let body = with_properties(body, tag, children);
        let body = comment::removed(&body).unwrap_or(body);
        self.open.push(file.clone());
        let body = self.expanded(&body, &file);
        self.open.pop();
        (placed(body.trim(), indent), end)
    }

    /// `<CodeBlock language="bash">{`…`}</CodeBlock>` as a fence.
    fn code_block(
        &mut self,
        tag: &Tag<'_>,
        text: &str,
        imports: &HashMap<String, Import>,
        path: &str,
        indent: &str,
    ) -> Option<(String, usize)> {
        let (children, end) = self.closing(text, tag)?;
        let inner = children.trim();
        let code = match inner
            .strip_prefix('{')
            .and_then(|inner| inner.strip_suffix('}'))
        {
            Some(expression) => {
                let expression = expression.trim();
                match imports.get(expression) {
                    Some(import) => {
                        let code = self
                            .read(&import.path, path)
                            .filter(|(_, code)| code.len() <= self.budget);
                        let code = code.map(|(_, code)| code).unwrap_or_default();
                        self.budget -= code.len();
                        code
                    }
                    None => {
                        expression_text(expression, self.names).unwrap_or_else(|| inner.to_owned())
                    }
                }
            }
            None => children.trim_matches('\n').to_owned(),
        };
        let language = tag
            .attribute("language")
            .or_else(|| tag.attribute("className"))
            .unwrap_or_default();
        let language = language.trim_start_matches("language-");
        let block = fenced(language, tag.attribute("title"), &code);
        Some((placed(&block, indent), end))
    }

    /// What stands between a tag and the one that closes it, and the offset behind that.
    fn closing<'t>(&mut self, text: &'t str, tag: &Tag<'_>) -> Option<(&'t str, usize)> {
        const LONGEST: usize = 256 << 10;
        if self.unclosed.contains(tag.name) {
            return None;
        }
        let window = tag::window(text, tag.end, LONGEST);
        let Some(length) = window.find(&format!("</{}", tag.name)) else {
            self.unclosed.insert(tag.name.to_owned());
            return None;
        };
        let end = Tag::at(text, tag.end + length)?.end;
        Some((&text[tag.end..tag.end + length], end))
    }

    /// The imports of Markdown and of raw files; the constants go among the names of the page.
    fn definitions(&mut self, text: &str) -> HashMap<String, Import> {
        let mut imports = HashMap::new();
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("import ") {
                if let Some((name, import)) = import(rest) {
                    imports.insert(name.to_owned(), import);
                }
            } else if let Some(rest) = line.strip_prefix("export const ")
                && let Some((name, value)) = rest.split_once('=')
            {
                let value = value.trim().trim_end_matches(';').trim_end();
                let number =
                    !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit() || b == b'.');
                if number {
                    self.names.define(name.trim(), value);
                } else if value.starts_with(['"', '\'', '`'])
                    && let Some(value) = tag::literal(value).filter(|value| !value.contains("${"))
                {
                    self.names.define(name.trim(), value);
                }
            }
        }
        imports
    }

    /// Reads an imported file: beside the one that imports it, or from the root of the site, which may lie above the set's.
    fn read(&self, name: &str, path: &str) -> Option<(String, String)> {
        let source = Source {
            path,
            text: "",
            include: self.source.include,
            site: self.source.site,
        };
        let rooted = ["@site/", "@/", "~/", "/", "@docs/", "site/"]
            .iter()
            .find_map(|prefix| name.strip_prefix(prefix));
        let Some(mut rest) = rooted else {
            let text = include::read(&source, name)?;
            return Some((name.to_owned(), text));
        };
        for _ in 0..=MOST_ABOVE {
            if let Some(text) = (self.source.include)(rest) {
                return Some((rest.to_owned(), text));
            }
            rest = rest.split_once('/')?.1;
        }
        None
    }
}

/// `<Code code="…" lang="js" title="a.js" />` of Starlight and Astro.
fn code(tag: &Tag<'_>, indent: &str, names: &Names<'_>) -> Option<(String, usize)> {
    let code = match tag.attribute("code") {
        Some(code) => code.to_owned(),
        None => names.text(
            tag.value("code")?
                .strip_prefix('{')?
                .strip_suffix('}')?
                .trim(),
        )?,
    };
    let language = tag.attribute("lang").unwrap_or_default();
    Some((
        placed(&fenced(language, tag.attribute("title"), &code), indent),
        tag.end,
    ))
}

fn fenced(language: &str, title: Option<&str>, code: &str) -> String {
    let title = title.filter(|title| !title.trim().is_empty() && !title.contains('"'));
    let title = title
        .map(|title| format!(" title=\"{title}\""))
        .unwrap_or_default();
    let longest = code.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let marks = "`".repeat(longest.max(2) + 1);
    format!(
        "{marks}{language}{title}\n{}\n{marks}",
        code.trim_matches('\n').trim_end()
    )
}

/// `Steps from './_steps.mdx'`
fn import(rest: &str) -> Option<(&str, Import)> {
    let (name, path) = rest.split_once(" from ")?;
    // `Steps`, `Steps, { toc }`, `{ Content as Steps }`
    let name = name.trim();
    let name = match name
        .strip_prefix('{')
        .and_then(|name| name.strip_suffix('}'))
    {
        Some(named) => named.trim().rsplit(' ').next()?,
        None => name.split(',').next()?.trim(),
    };
    let path = path.trim().trim_end_matches(';').trim_end();
    let path = path.strip_prefix(['"', '\''])?.strip_suffix(['"', '\''])?;
    let is_raw = path.contains("raw-loader") || path.ends_with("?raw");
    let path = path.rsplit('!').next()?.split('?').next()?;
    let is_markdown = path
        .rsplit_once('.')
        .is_some_and(|(_, extension)| matches!(extension, "md" | "mdx" | "markdown"));
    let is_name = !name.is_empty()
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'$');
    (is_name && (is_raw || is_markdown)).then(|| {
        let path = path.to_owned();
        (name, Import { path, is_raw })
    })
}

/// The text of an expression that is a string, or a name of the page.
pub(super) fn expression_text(expression: &str, names: &Names<'_>) -> Option<String> {
    let expression = expression.trim();
    let quote = expression.chars().next()?;
    if !matches!(quote, '"' | '\'' | '`') {
        return names.text(expression);
    }
    let inner = expression.strip_prefix(quote)?.strip_suffix(quote)?;
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some((_, 'n')) => out.push('\n'),
                Some((_, 't')) => out.push('\t'),
                Some((_, c)) => out.push(c),
                None => {}
            },
            '$' if quote == '`' && inner[at..].starts_with("${") => {
                let length = inner[at..].find('}')?;
                out.push_str(&names.text(inner[at + 2..at + length].trim())?);
                while chars.next().is_some_and(|(_, c)| c != '}') {}
            }
            c if c == quote => return None,
            c => out.push(c),
        }
    }
    Some(out)
}

/// A partial with what its component is given: `{props.name}`, `{name}`, `{props.children}`.
fn with_properties(body: &str, tag: &Tag<'_>, children: &str) -> String {
    const MOST: usize = 32;
    let mut body = body.to_owned();
    let given = tag.attributes().take(MOST).chain([("children", children)]);
    for (name, value) in given {
        for place in [
            format!("{{props.{name}}}"),
            format!("{{{name}}}"),
            format!("${{props.{name}}}"),
        ] {
            // What is put in place many times is short.
            let most = body.len() + (64 << 10);
            if body.matches(&place).count() * value.len() <= most {
                body = body.replace(&place, value);
            }
        }
    }
    body
}

/// A block in a place of its own, with the indentation of what it stands for.
fn placed(block: &str, indent: &str) -> String {
    let mut out = String::with_capacity(block.len() + 64);
    out.push_str("\n\n");
    for line in block.lines() {
        if !line.trim().is_empty() {
            out.push_str(indent);
        }
        out.push_str(line);
        out.push('\n');
    }
    out.push('\n');
    out
}
