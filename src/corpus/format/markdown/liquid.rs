//! Tags of Liquid and its kin: `{% name arguments %}`, alone or in pairs, and `{{ name | filter }}`, as Jekyll, GitBook and the
//! macros of MkDocs have them.
//!
//! In code they are shown, unless it is Jekyll's, which goes through code too; `{% raw %}` is taken off everywhere.

mod marks;
mod render;

use super::names::Names;
use super::place::{Text, place};
use super::{call, comment};
use crate::corpus::document::Source;
use marks::{Kind, Mark, marks, paired};

/// Pairs deeper than this lose their marks but keep their content.
const DEEPEST: usize = 32;

/// Expands every tag; `None` where the text has none.
pub(super) fn expand(text: &str, source: &Source<'_>, names: &mut Names<'_>) -> Option<String> {
    expand_within(text, source, names, 0, Form::Markdown)
}

/// Expands every tag of a template of HTML.
pub(super) fn expand_template(
    text: &str,
    source: &Source<'_>,
    names: &mut Names<'_>,
) -> Option<String> {
    expand_within(text, source, names, 0, Form::Html)
}

/// What tags stand in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Markdown,
    /// Of a generator that goes through all of it: nothing in it is shown as it is written.
    Html,
}

/// `depth`: how many files have been taken in on the way to this text.
fn expand_within(
    text: &str,
    source: &Source<'_>,
    names: &mut Names<'_>,
    depth: usize,
    form: Form,
) -> Option<String> {
    if !text.contains("{%") && !text.contains("{{") {
        return None;
    }
    let asks = ["{%", "{{ site.", "{{site."]
        .iter()
        .any(|mark| text.contains(mark));
    let is_jekyll = form == Form::Html || names.is_of("jekyll") || asks && names.is_jekyll();
    let code = match form {
        Form::Markdown => comment::code(text),
        Form::Html => Vec::new(),
    };
    let marks = marks(text, &code, is_jekyll);
    if marks.is_empty() {
        return None;
    }
    let paired = paired(&marks);
    let mut page = Page {
        source,
        names,
        is_jekyll,
        depth,
        frames: vec![Frame {
            open: None,
            out: String::with_capacity(text.len()),
            is_left: false,
        }],
    };
    let mut at = 0;
    for (mark, paired) in marks.iter().zip(paired) {
        page.top().push(&text[at..mark.start]);
        at = mark.end;
        page.mark(mark, paired);
    }
    page.top().push(&text[at..]);
    while page.frames.len() > 1 {
        page.close();
    }
    page.frames.pop().map(|frame| frame.out)
}

/// An open pair.
struct Frame<'m, 'a> {
    open: Option<&'m Mark<'a>>,
    out: String,
    /// The branch that is shown has ended.
    is_left: bool,
}

impl Frame<'_, '_> {
    fn push(&mut self, text: &str) {
        if !self.is_left {
            self.out.push_str(text);
        }
    }

    fn name(&self) -> Option<&str> {
        match &self.open?.kind {
            Kind::Tag { name, .. } => Some(name),
            _ => None,
        }
    }
}

struct Page<'p, 's, 'n, 'm, 'a> {
    source: &'p Source<'s>,
    names: &'p mut Names<'n>,
    is_jekyll: bool,
    depth: usize,
    frames: Vec<Frame<'m, 'a>>,
}

impl<'m, 'a> Page<'_, '_, '_, 'm, 'a> {
    fn top(&mut self) -> &mut Frame<'m, 'a> {
        self.frames
            .last_mut()
            .expect("the first frame is never closed")
    }

    fn mark(&mut self, mark: &'m Mark<'a>, is_paired: bool) {
        let written = &mark_text(mark);
        match mark.kind {
            Kind::Raw(inner) => self.top().push(inner),
            Kind::Output {
                expression,
                in_code,
            } => match self.output(expression) {
                Some(text) => self.top().push(&text),
                // Liquid shows nothing for what it does not know; others show what is written.
                None if self.is_jekyll && !in_code => {}
                None => self.top().push(written),
            },
            Kind::Tag { name, rest } => {
                if let Some(closed) = name.strip_prefix("end").filter(|_| is_paired) {
                    while self.frames.len() > 1 {
                        let is_it = self.top().name() == Some(closed);
                        self.close();
                        if is_it {
                            break;
                        }
                    }
                    return;
                }
                if matches!(name, "else" | "elsif" | "elseif" | "elif" | "when") {
                    self.branch(name);
                    return;
                }
                if is_paired {
                    if self.frames.len() <= DEEPEST {
                        let is_left = self.top().is_left;
                        self.frames.push(Frame {
                            open: Some(mark),
                            out: String::new(),
                            is_left,
                        });
                    }
                    return;
                }
                let text = self.single(name, rest);
                let top = self.top();
                if !top.is_left {
                    place(&mut top.out, text);
                }
            }
        }
    }

    /// The first branch of a condition is shown.
    fn branch(&mut self, name: &str) {
        let top = self.top();
        match top.name() {
            Some("case") if name == "when" && top.out.trim().is_empty() => top.out.clear(),
            Some("if" | "unless" | "ifversion" | "case" | "for" | "ifchanged")
                if !top.out.trim().is_empty() =>
            {
                top.is_left = true;
            }
            _ => {}
        }
    }

    /// Closes the innermost pair.
    fn close(&mut self) {
        let Some(frame) = self.frames.pop() else {
            return;
        };
        let Some(Kind::Tag { name, rest }) = frame.open.map(|open| &open.kind) else {
            return;
        };
        let outer = self.top();
        if outer.is_left {
            return;
        }
        let line = outer.out.rfind('\n').map_or(0, |at| at + 1);
        let before = &outer.out[line..];
        let indent = if before.trim().is_empty() {
            before.to_owned()
        } else {
            String::new()
        };
        let text = self.pair(name, rest, frame.out, &indent);
        place(&mut self.top().out, text);
    }

    /// The text of `{{ expression | filter }}`.
    fn output(&self, expression: &str) -> Option<String> {
        let (value, filters) = expression.split_once('|').unwrap_or((expression, ""));
        let value = value.trim();
        let quoted = ['"', '\'']
            .into_iter()
            .find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote));
        let text = match quoted {
            Some(text) if self.is_jekyll || !filters.is_empty() => text.to_owned(),
            Some(_) => return None,
            None if matches!(value, "site.baseurl" | "site.url" | "site.github.url")
                && self.is_jekyll =>
            {
                self.names
                    .text(value)
                    .filter(|_| value == "site.url")
                    .unwrap_or_default()
            }
            None => match self.names.text(value) {
                Some(text) => text,
                None => default(filters)?.to_owned(),
            },
        };
        Some(filtered(text, filters))
    }
}

/// The text of the filter `default`.
fn default(filters: &str) -> Option<&str> {
    let rest = filters
        .split_once("default:")
        .map(|(_, rest)| rest)
        .or_else(|| filters.split_once("default(").map(|(_, rest)| rest))?;
    let rest = rest.trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    rest[1..].split(quote).next()
}

/// What the commonest filters make of a text; the others are passed over.
fn filtered(mut text: String, filters: &str) -> String {
    for filter in filters.split('|').map(str::trim).take(16) {
        let name = filter.split([':', '(']).next().unwrap_or_default().trim();
        text = match name {
            "upcase" | "upper" => text.to_uppercase(),
            "downcase" | "lower" => text.to_lowercase(),
            "strip" | "trim" => text.trim().to_owned(),
            "capitalize" => {
                let mut chars = text.chars();
                chars.next().map_or_else(String::new, |first| {
                    first.to_uppercase().chain(chars).collect()
                })
            }
            _ => text,
        };
    }
    text
}

fn mark_text(mark: &Mark<'_>) -> String {
    match mark.kind {
        Kind::Output { expression, .. } => format!("{{{{{expression}}}}}"),
        Kind::Tag { .. } | Kind::Raw(_) => String::new(),
    }
}

/// The arguments of a tag: `title="x"`, and words without a name.
fn arguments(rest: &str) -> call::Arguments<'_> {
    call::Arguments::of(rest)
}

/// Text in a line of its own.
fn line(text: String) -> Text {
    Text::Block(text + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::Site;
    use serde_json::json;

    fn expanded(text: &str, files: &[(&str, &str)]) -> String {
        let include = |name: &str| {
            let file = files.iter().find(|(path, _)| *path == name);
            file.map(|(_, text)| (*text).to_owned())
        };
        let source = Source {
            path: "a.md",
            text,
            include: &include,
            site: &Site::default(),
        };
        let front = json!({"title": "Of the page"});
        let mut names = Names::new(&source, &front);
        expand(text, &source, &mut names).unwrap_or_else(|| text.to_owned())
    }

    #[test]
    fn gitbook() {
        for (text, expected) in [
            (
                "{% hint style=\"warning\" %}\nBack up.\n{% endhint %}",
                "> **Warning:** Back up.\n",
            ),
            (
                "{% tabs %}\n{% tab title=\"Linux\" %}\nUse apt.\n{% endtab %}\n{% endtabs %}",
                "**Linux**\n\nUse apt.\n",
            ),
            (
                "{% content-ref url=\"a.md\" %}\n[a.md](a.md)\n{% endcontent-ref %}",
                "[a.md](a.md)\n",
            ),
            (
                "{% embed url=\"https://x.org/v\" %}",
                "[https://x.org/v](https://x.org/v)\n",
            ),
            (
                "{% code title=\"a.js\" %}\n```js\nf()\n```\n{% endcode %}",
                "`a.js`\n\n```js\nf()\n```\n",
            ),
            (
                "{% file src=\"a.zip\" %}\nThe archive\n{% endfile %}",
                "[The archive](a.zip)\n",
            ),
            (
                "{% stepper %}\n{% step %}\n### One\n{% endstep %}\n{% endstepper %}",
                "### One\n",
            ),
            (
                "{% swagger method=\"get\" path=\"/u\" baseUrl=\"https://x.org\" summary=\"Users\" %}\n{% swagger-parameter in=\"query\" name=\"n\" type=\"int\" required=\"true\" %}\nHow many\n{% endswagger-parameter %}\n{% endswagger %}",
                "**Users**\n\n`GET https://x.org/u`\n\n**n (int, query, required)**\n\nHow many\n",
            ),
            (
                "`{% hint %}` and\n\n```\n{% tab %}\n```\n",
                "`{% hint %}` and\n\n```\n{% tab %}\n```\n",
            ),
        ] {
            let shown = expanded(text, &[]);
            assert_eq!(shown.trim(), expected.trim(), "{text}");
        }
    }

    #[test]
    fn jekyll() {
        let files = [
            (
                "_config.yml",
                "title: Docs\nversion: 3.2\ntables:\n  a: b\n",
            ),
            ("_includes/tip.md", "Mind {{ include.what }}."),
            ("_includes/loop.md", "{% include loop.md %}x"),
        ];
        for (text, expected) in [
            ("[v]({{ \"/a/b/\" | relative_url }})", "[v](/a/b/)"),
            ("[v]({% link _docs/x.md %})", "[v](_docs/x.md)"),
            (
                "{% highlight ruby linenos %}\nputs 1\n{% endhighlight %}",
                "```ruby\nputs 1\n```",
            ),
            (
                "{% include note.html text=\"Mind the gap\" %}",
                "> **Note:** Mind the gap",
            ),
            ("{% include tip.md what=\"that\" %}", "Mind that."),
            (
                "{% raw %}{{ page.title }}{% endraw %} {{ page.title }}",
                "{{ page.title }} Of the page",
            ),
            (
                "{% comment %}{% endcomment %}{{ site.version }} {{ site.tables.a }} {{ site.none }}{% if a %}one{% else %}two{% endif %}",
                "3.2 b one",
            ),
            (
                "{% assign x = \"1.2\" %}{% capture y %}z{% endcapture %}`{{ x }}` {{ y }}",
                "`1.2` z",
            ),
            (
                "{% case a %}{% when 1 %}one{% when 2 %}two{% endcase %}",
                "one",
            ),
            (
                "{% for p in site.pages %}{{ p.title }}, {% endfor %}end",
                "end",
            ),
            ("{{ site.baseurl }}/a {% unknown %}", "/a"),
        ] {
            assert_eq!(expanded(text, &files).trim(), expected, "{text}");
        }
        assert!(
            expanded("{% include loop.md %}", &files)
                .matches('x')
                .count()
                <= 8
        );
    }

    #[test]
    fn what_nobody_knows_stays() {
        for text in [
            "{{ version }}",
            "{{ x | upper }}",
            "a { b",
            "{{",
            "{%",
            "{% %}",
            "${{ github.ref }}",
            "{{#if a}}",
            "{{'x'}}",
        ] {
            assert_eq!(expanded(text, &[]), text);
        }
    }

    #[test]
    fn hostile_input_is_bounded() {
        let many = 100_000;
        for text in [
            "{% hint %}".repeat(many),
            "{% hint %}".repeat(many) + &"{% endhint %}".repeat(many),
            "{% raw %}".repeat(many),
            "{{ '".repeat(many),
            "{% \"".repeat(many),
            "{% if a %}{% else %}".repeat(many),
            "{%".repeat(many),
        ] {
            assert!(expanded(&text, &[]).len() <= 4 * text.len());
        }
    }
}
