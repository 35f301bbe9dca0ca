//! Directives in fences: of MyST (`{note}` behind backticks or colons), and chunks of Quarto and R Markdown (`{r, echo=FALSE}`).
//!
//! Each becomes what `lines` reads: containers, plain fences, tables, text.

mod directive;
mod options;
mod tables;

use super::admonition::{dedent, indentation};
use super::names::Names;
use crate::corpus::document::Source;
use options::Options;

/// Directives in directives: those that stand deeper keep their content as it is.
const DEEPEST: usize = 8;
/// All included text of a page together, in bytes.
const LONGEST: usize = 2 << 20;

/// Expands every directive; `None` where there is none, nor a label.
pub(super) fn expand(text: &str, source: &Source<'_>, names: &mut Names<'_>) -> Option<String> {
    let has_directive = ["`{", "~{", ":{", "` {"]
        .iter()
        .any(|mark| text.contains(mark));
    if !(has_directive || text.contains(")=\n")) {
        return None;
    }
    let mut page = Page {
        source,
        names,
        is_myst: false,
        budget: LONGEST,
        seen: false,
    };
    page.look(text);
    let out = page.expanded(text, 0);
    page.seen.then_some(out)
}

struct Page<'p, 's, 'n> {
    source: &'p Source<'s>,
    names: &'p mut Names<'n>,
    /// Lines of comments and breaks of blocks are MyST's.
    is_myst: bool,
    budget: usize,
    /// Anything is other than it was.
    seen: bool,
}

/// A line that opens a directive.
struct Opening<'t> {
    indent: &'t str,
    mark: u8,
    length: usize,
    name: &'t str,
    /// What stands in the braces behind the name.
    braced: &'t str,
    argument: &'t str,
}

impl Page<'_, '_, '_> {
    /// Looks for signs of MyST, and notes what labels name.
    fn look(&mut self, text: &str) {
        let mut waiting: Vec<&str> = Vec::new();
        for line in text.lines() {
            if let Some(label) = label(line) {
                self.is_myst = true;
                if waiting.len() < 16 {
                    waiting.push(label);
                }
                continue;
            }
            if let Some(opening) = opening(line) {
                self.is_myst |= directive::is_known(opening.name);
            }
            if line.trim().is_empty() || waiting.is_empty() {
                continue;
            }
            let title = line.trim_start().trim_start_matches('#');
            if title.len() < line.trim_start().len() {
                for label in waiting.drain(..) {
                    self.names.label(label, title.trim());
                }
            }
            waiting.clear();
        }
    }

    fn expanded(&mut self, text: &str, depth: usize) -> String {
        let mut out = String::with_capacity(text.len());
        let mut lines = text.lines().peekable();
        while let Some(line) = lines.next() {
            if let Some(opening) = opening(line) {
                let mut content = Vec::new();
                let strip = indentation(opening.indent);
                // A fence of colons that nobody closes was none.
                for line in lines.by_ref() {
                    let is_within = indentation(line) > strip + 3;
                    if !is_within && closes(line, opening.mark, opening.length) {
                        break;
                    }
                    content.push(dedent(line, strip));
                }
                self.seen = true;
                let block = self.directive(&opening, &content, depth);
                place(&mut out, &block, opening.indent);
                continue;
            }
            if let Some((mark, length)) = plain_fence(line) {
                out.push_str(line);
                out.push('\n');
                for line in lines.by_ref() {
                    out.push_str(line);
                    out.push('\n');
                    if closes(line, mark, length) {
                        break;
                    }
                }
                continue;
            }
            let is_comment = self.is_myst && line.starts_with('%') && !line.starts_with("%%");
            let is_break = self.is_myst && depth == 0 && line.starts_with("+++");
            if label(line).is_some() || is_comment || is_break {
                self.seen = true;
                // What stands on both sides of a break is apart.
                if !is_comment {
                    out.push('\n');
                }
                continue;
            }
            out.push_str(line);
            out.push('\n');
        }
        out
    }

    fn directive(&mut self, opening: &Opening<'_>, content: &[&str], depth: usize) -> String {
        if depth >= DEEPEST {
            return content.join("\n");
        }
        if opening.mark != b':' && directive::is_language(opening.name) {
            return directive::chunk(opening.name, opening.braced, content);
        }
        let (options, body) = Options::split(content);
        self.shown(opening, &options, &body.join("\n"), depth)
    }
}

/// Puts a block in its place, apart from what is around it.
fn place(out: &mut String, block: &str, indent: &str) {
    if block.trim().is_empty() {
        return;
    }
    if !out.is_empty() && !out.ends_with("\n\n") {
        out.push('\n');
    }
    for line in block.trim_matches('\n').lines() {
        if !line.trim().is_empty() {
            out.push_str(indent);
            out.push_str(line);
        }
        out.push('\n');
    }
    out.push('\n');
}

/// ```` ```{name} argument ````, `:::{name} argument`.
fn opening(line: &str) -> Option<Opening<'_>> {
    let trimmed = line.trim_start();
    let indent = &line[..line.len() - trimmed.len()];
    let mark = *trimmed.as_bytes().first()?;
    if !matches!(mark, b'`' | b'~' | b':') {
        return None;
    }
    let length = trimmed.bytes().take_while(|b| *b == mark).count();
    let rest = trimmed[length..].trim_start_matches(if mark == b':' {
        [].as_slice()
    } else {
        [' '].as_slice()
    });
    if length < 3 {
        return None;
    }
    let inner = rest.strip_prefix('{')?;
    let (inner, argument) = inner.split_once('}')?;
    let end = inner.find([' ', ',', '\t']).unwrap_or(inner.len());
    let (name, braced) = inner.split_at(end);
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b':' | b'.' | b'+'));
    // `{r echo=FALSE}` is a chunk; a directive has nothing behind its name.
    let fits = is_name && (braced.is_empty() || mark != b':' && directive::is_language(name));
    (fits && !(mark == b'`' && argument.contains("```"))).then_some(Opening {
        indent,
        mark,
        length,
        name,
        braced,
        argument: argument.trim(),
    })
}

fn plain_fence(line: &str) -> Option<(u8, usize)> {
    let trimmed = line.trim_start();
    let mark = *trimmed
        .as_bytes()
        .first()
        .filter(|b| matches!(b, b'`' | b'~'))?;
    let length = trimmed.bytes().take_while(|b| *b == mark).count();
    (length >= 3 && !(mark == b'`' && trimmed[length..].contains('`'))).then_some((mark, length))
}

fn closes(line: &str, mark: u8, length: usize) -> bool {
    let line = line.trim();
    line.len() >= length && line.bytes().all(|b| b == mark)
}

/// `(label)=`
fn label(line: &str) -> Option<&str> {
    let label = line.trim_end().strip_prefix('(')?.strip_suffix(")=")?;
    (!label.is_empty() && !label.contains(['(', ')'])).then_some(label)
}

/// The labels of a page, by which others refer to it.
pub(super) fn labels(text: &str) -> Vec<String> {
    const MOST: usize = 200;
    if !text.contains(")=\n") {
        return Vec::new();
    }
    text.lines()
        .filter_map(label)
        .take(MOST)
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::Site;
    use serde_json::Value;

    fn expanded(text: &str) -> String {
        let include = |name: &str| match name {
            "part.md" => Some("# Part\n\n```{note}\nIn it.\n```\n".to_owned()),
            "code.py" => Some("a\nb\nc\nd\n".to_owned()),
            "loop.md" => Some("```{include} loop.md\n```\n".to_owned()),
            "table.csv" => Some("A,B\n1,\"x, y\"\n".to_owned()),
            _ => None,
        };
        let source = Source {
            path: "a.md",
            text,
            include: &include,
            site: &Site::default(),
        };
        let mut names = Names::new(&source, &Value::Null);
        expand(text, &source, &mut names).unwrap_or_else(|| text.to_owned())
    }

    #[test]
    fn directives() {
        for (text, expected) in [
            ("```{note}\nMind.\n```", "::: note\nMind.\n:::"),
            (
                ":::{admonition} Why\n:class: tip\nSo.\n:::",
                "::: note[Why]\nSo.\n:::",
            ),
            (
                "````{warning}\n```sh\nls\n```\n````",
                "::: warning\n```sh\nls\n```\n:::",
            ),
            (
                "```{code-block} python\n:linenos:\n:caption: a.py\nx = 1\n```",
                "```python title=\"a.py\"\nx = 1\n```",
            ),
            (
                "```{literalinclude} code.py\n:lines: 2-3\n```",
                "```py\nb\nc\n```",
            ),
            (
                "```{include} part.md\n```",
                "# Part\n\n::: note\nIn it.\n:::",
            ),
            (
                "```{list-table} Keys\n:header-rows: 1\n* - Key\n  - Meaning\n* - a\n  - first\n    and more\n```",
                "**Keys**\n\n| Key | Meaning |\n| --- | --- |\n| a | first and more |",
            ),
            (
                "```{csv-table}\n:file: table.csv\n:header-rows: 1\n```",
                "| A | B |\n| --- | --- |\n| 1 | x, y |",
            ),
            (
                "```{csv-table}\n:header: K, V\na, \"b\"\n```",
                "| K | V |\n| --- | --- |\n| a | b |",
            ),
            (
                "```{figure} a.png\n:alt: Flow\nThe *flow*.\n```",
                "![Flow](a.png)\n\nThe *flow*.",
            ),
            (
                "::::{tab-set}\n:::{tab-item} One\n:sync: a\nText.\n:::\n::::",
                "**One**\n\nText.",
            ),
            (":::{dropdown} More\nText.\n:::", "**More**\n\nText."),
            (
                ":::{grid-item-card} Start\n:link: start.md\nText.\n:::",
                "**[Start](start.md)**\n\nText.",
            ),
            ("a\n\n```{toctree}\nb\n```\n\nc", "a\n\nc"),
            ("```{math}\n:label: m\nx^2\n```", "$$\nx^2\n$$"),
            (
                "```{glossary}\nTerm\n  Its text.\n```",
                "**Term**\n\nIts text.",
            ),
            ("```{autofunction} a.b.c\n:noindex:\n```", "**`a.b.c`**"),
            ("```{py:function} f(x)\nDoes.\n```", "**`f(x)`**\n\nDoes."),
            ("```{versionadded} 2.0\n```", "> **Added in version 2.0**"),
            ("```{mermaid}\ngraph\n```", "```mermaid\ngraph\n```"),
            ("```{r setup, include=FALSE}\nx\n```\n\ny", "y"),
            (
                "```{python}\n#| label: fig-a\n#| fig-cap: \"A plot\"\nplot()\n```",
                "```python\nplot()\n```\n\nA plot",
            ),
            (
                "(top)=\n# T\n\n% hidden\n\n+++\n\nText",
                "# T\n\n\n\n\n\nText",
            ),
            ("```{raw} html\n<b>x</b>\n```\n\ny", "y"),
            ("```{strange} Arg\nText.\n```", "**Arg**\n\nText."),
        ] {
            let shown = expanded(text);
            let shown: Vec<&str> = shown
                .split("\n\n")
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .collect();
            let expected: Vec<&str> = expected
                .split("\n\n")
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .collect();
            assert_eq!(shown, expected, "{text}");
        }
    }

    #[test]
    fn restructuredtext_within() {
        let shown = expanded("```{eval-rst}\n.. note:: Mind *this*.\n\nSee :kbd:`x`.\n```\n");
        assert!(shown.contains("**Note:** Mind *this*."), "{shown}");
    }

    #[test]
    fn what_is_no_directive_stays() {
        for text in [
            "```js {1,3}\nx\n```\n",
            "::: {.note}\nx\n:::\n",
            "```\n(label)=\n% x\n```\n",
            "% not a comment here\n",
            "```{ .py title='x' }\n```\n",
        ] {
            assert_eq!(expanded(text), text);
        }
    }

    #[test]
    fn hostile_input_is_bounded() {
        let many = 100_000;
        for text in [
            "```{note}\n".repeat(many),
            ":::{note}\n".repeat(many),
            "(a)=\n".repeat(many),
            (3..2000)
                .rev()
                .map(|n| format!("{}{{note}}\n", "`".repeat(n)))
                .collect(),
            "```{list-table}\n".to_owned() + &"* - ".repeat(many),
            "```{include} loop.md\n```\n".to_owned(),
        ] {
            assert!(expanded(&text).len() <= 8 * text.len() + 1024);
        }
    }
}
