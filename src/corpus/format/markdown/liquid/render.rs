//! What each tag shows.

use super::super::super::front_matter;
use super::super::place::{Text, fence};
use super::super::{admonition, comment, include};
use super::{Form, Page, arguments, expand_within, line};

/// Files may take in others this deep.
const MOST_FILES: usize = 4;
/// An included file may be this long, in bytes.
const LONGEST: usize = 64 << 10;

impl Page<'_, '_, '_, '_, '_> {
    /// A pair around its content.
    pub(super) fn pair(&mut self, name: &str, rest: &str, content: String, indent: &str) -> Text {
        let arguments = arguments(rest);
        let bold = |title: &str| format!("{indent}**{}**\n\n", title.replace("**", ""));
        let body = || content.trim_matches('\n').to_owned();
        let titled = |title: Option<&str>| match title {
            Some(title) => Text::Block(format!("{}{}\n", bold(title), body())),
            None => Text::Block(body()),
        };
        match name {
            "hint" | "callout" | "alert" | "admonition" => {
                let kind = arguments
                    .any(&["style", "type"])
                    .or_else(|| arguments.positional(0))
                    .unwrap_or("note");
                let title = arguments.named("title");
                Text::Block(admonition::quote(
                    &admonition::lead(kind, title),
                    &content,
                    indent,
                ))
            }
            "note" | "tip" | "warning" | "danger" | "caution" | "info" | "important"
            | "success" | "example" => {
                let title = arguments.any(&["title", "header"]);
                Text::Block(admonition::quote(
                    &admonition::lead(name, title),
                    &content,
                    indent,
                ))
            }
            "highlight" | "codeblock" => fence(rest, &content, indent),
            "mermaid" | "plantuml" => fence(name, &content, indent),
            "code" => {
                let title = arguments
                    .any(&["title", "file"])
                    .filter(|title| !title.contains('`'));
                match title {
                    Some(title) => Text::Block(format!("{indent}`{title}`\n\n{}\n", body())),
                    None => Text::Block(body()),
                }
            }
            "content-ref" | "page-ref" => match arguments.any(&["url", "page"]) {
                Some(url) if content.trim().is_empty() => line(format!("{indent}[{url}]({url})")),
                _ => Text::Block(body()),
            },
            "embed" | "file" | "video" => match arguments.any(&["url", "src"]) {
                Some(url) => line(link(content.trim(), url, indent)),
                None => Text::Block(body()),
            },
            "swagger" | "api-method" | "openapi" | "openapi-operation" => {
                let mut block = String::new();
                if let Some(summary) = arguments.named("summary") {
                    block.push_str(&bold(summary));
                }
                block.push_str(&operation(&arguments, indent));
                block.push_str(&body());
                Text::Block(block)
            }
            "swagger-parameter" | "api-method-parameter" | "openapi-parameter" => {
                let is_required = arguments
                    .named("required")
                    .is_some_and(|value| value != "false");
                let facts = [
                    arguments.named("type"),
                    arguments.named("in"),
                    is_required.then_some("required"),
                ];
                let facts: Vec<&str> = facts.into_iter().flatten().collect();
                let name = arguments.named("name").unwrap_or_default();
                match facts.is_empty() {
                    true => titled(Some(name)),
                    false => titled(Some(&format!("{name} ({})", facts.join(", ")))),
                }
            }
            "swagger-response" | "api-method-response-example" | "openapi-response" => {
                let title = [
                    arguments.any(&["status", "httpCode"]),
                    arguments.named("description"),
                ];
                let title: Vec<&str> = title.into_iter().flatten().collect();
                let title = title.join(" ");
                titled(Some(title.trim()).filter(|title| !title.is_empty()))
            }
            "tab" | "accordion" | "details" | "expand" | "step" | "card" | "update" => titled(
                arguments
                    .any(&["title", "label", "name", "summary", "date"])
                    .or_else(|| {
                        arguments
                            .positional(0)
                            .filter(|_| name == "tab" || name == "details")
                    }),
            ),
            "for" | "tablerow" => {
                // What it says of each is known to the generator alone.
                let is_made = self.is_jekyll || content.contains("{{");
                Text::Inline(if is_made { String::new() } else { content })
            }
            "capture" | "set" => {
                let name = rest.trim_matches(['"', '\'']);
                self.names.define(name, content.trim());
                Text::Inline(String::new())
            }
            "comment" | "macro" | "style" | "javascript" | "script" => Text::Inline(String::new()),
            _ => Text::Inline(content),
        }
    }

    /// A tag that stands alone.
    pub(super) fn single(&mut self, name: &str, rest: &str) -> Text {
        let arguments = arguments(rest);
        let nothing = Text::Inline(String::new());
        match name {
            "link" | "post_url" | "url" | "doc_url" => {
                Text::Inline(rest.trim_matches(['"', '\'']).to_owned())
            }
            "include" | "include_relative" | "include_cached" | "render" => {
                self.include(name, rest)
            }
            "data" => self.data(rest),
            "assign" | "set" => {
                if let Some((name, value)) = rest.split_once('=')
                    && let Some(value) = self.output(value.trim())
                {
                    self.names.define(name.trim(), &value);
                } else if let Some((name, value)) = rest.split_once('=') {
                    let value = value.trim();
                    let quoted = ['"', '\'']
                        .into_iter()
                        .find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote));
                    if let Some(value) = quoted {
                        self.names.define(name.trim(), value);
                    }
                }
                nothing
            }
            "embed" | "file" | "video" | "youtube" => match arguments.any(&["url", "src"]) {
                Some(url) => line(link(
                    arguments
                        .any(&["title", "caption", "description"])
                        .unwrap_or_default(),
                    url,
                    "",
                )),
                None => nothing,
            },
            "content-ref" | "page-ref" => match arguments.any(&["url", "page"]) {
                Some(url) => line(link("", url, "")),
                None => nothing,
            },
            "swagger" | "openapi" | "openapi-operation" | "api-method" => {
                let mut block = String::new();
                if let Some(summary) = arguments.named("summary") {
                    block.push_str(&format!("**{}**\n\n", summary.replace("**", "")));
                }
                block.push_str(&operation(&arguments, ""));
                Text::Block(block)
            }
            "octicon" | "icon" => {
                Text::Inline(arguments.named("aria-label").unwrap_or_default().to_owned())
            }
            "figure" | "image" | "img" => Text::Inline(
                arguments
                    .any(&["caption", "alt", "title"])
                    .unwrap_or_default()
                    .to_owned(),
            ),
            "hint" | "note" | "tip" | "warning" | "alert" | "callout" => {
                match arguments.any(&["text", "content", "message"]) {
                    Some(text) => {
                        Text::Block(admonition::quote(&admonition::lead(name, None), text, ""))
                    }
                    None => nothing,
                }
            }
            _ => nothing,
        }
    }

    /// `{% include note.html text="…" %}`: the file where the set has it, else what it is given.
    fn include(&mut self, tag: &str, rest: &str) -> Text {
        let rest = rest.trim();
        let (file, given) = match rest.strip_prefix(['"', '\'']) {
            Some(quoted) => quoted.split_once(['"', '\'']).unwrap_or((quoted, "")),
            None => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
        };
        let arguments = arguments(given);
        let places: Vec<String> = match tag {
            "include_relative" => vec![file.to_owned()],
            _ => vec![format!("/_includes/{file}"), file.to_owned()],
        };
        let text = (self.depth < MOST_FILES && file.contains('.'))
            .then(|| {
                places
                    .iter()
                    .find_map(|place| include::read(self.source, place))
            })
            .flatten()
            .filter(|text| text.len() <= LONGEST);
        if let Some(text) = text {
            let (_, body) = front_matter::split(&text);
            let mut body = comment::removed(body).unwrap_or_else(|| body.to_owned());
            for (key, value) in arguments.all() {
                self.names.define(&format!("include.{key}"), value);
            }
            let form = match file.rsplit_once('.') {
                Some((_, "html" | "htm")) => Form::Html,
                _ => Form::Markdown,
            };
            if let Some(expanded) =
                expand_within(&body, self.source, self.names, self.depth + 1, form)
            {
                body = expanded;
            }
            let is_block = body.trim().contains('\n') || body.trim_start().starts_with('<');
            return match is_block {
                true => Text::Block(format!("{}\n", body.trim())),
                false => Text::Inline(body.trim().to_owned()),
            };
        }
        let said: Vec<&str> = arguments
            .all()
            .filter(|(key, value)| is_said(key) && !value.trim().is_empty())
            .map(|(_, value)| value)
            .collect();
        if said.is_empty() {
            return Text::Inline(String::new());
        }
        let stem = file
            .rsplit('/')
            .next()
            .unwrap_or(file)
            .split('.')
            .next()
            .unwrap_or_default();
        let kinds = [
            "note",
            "tip",
            "warning",
            "important",
            "caution",
            "danger",
            "info",
            "alert",
            "callout",
        ];
        let kind = kinds.iter().find(|kind| stem.ends_with(*kind));
        match kind {
            Some(kind) => {
                let kind = match *kind {
                    "alert" | "callout" => {
                        arguments.any(&["type", "kind", "level"]).unwrap_or("note")
                    }
                    kind => kind,
                };
                let text: Vec<&str> = said
                    .into_iter()
                    .filter(|text| Some(*text) != arguments.named("title"))
                    .collect();
                let lead = admonition::lead(kind, arguments.named("title"));
                Text::Block(admonition::quote(&lead, &text.join("\n\n"), ""))
            }
            None => Text::Block(said.join("\n\n") + "\n"),
        }
    }

    /// `{% data reusables.folder.name %}`, `{% data variables.file.key %}` of GitHub's documentation.
    fn data(&mut self, rest: &str) -> Text {
        let nothing = Text::Inline(String::new());
        if self.depth >= MOST_FILES {
            return nothing;
        }
        if let Some(name) = rest.strip_prefix("reusables.") {
            let path = format!("/data/reusables/{}.md", name.replace('.', "/"));
            let Some(text) = include::read(self.source, &path).filter(|text| text.len() <= LONGEST)
            else {
                return nothing;
            };
            let (_, body) = front_matter::split(&text);
            let body = comment::removed(body).unwrap_or_else(|| body.to_owned());
            let body = expand_within(
                &body,
                self.source,
                self.names,
                self.depth + 1,
                Form::Markdown,
            )
            .unwrap_or(body);
            return match body.trim().contains('\n') {
                true => Text::Block(format!("{}\n", body.trim())),
                false => Text::Inline(body.trim().to_owned()),
            };
        }
        let found = rest.strip_prefix("variables.").and_then(|name| {
            let (file, key) = name.split_once('.')?;
            let text = include::read(self.source, &format!("/data/variables/{file}.yml"))?;
            let line = text
                .lines()
                .find_map(|line| line.trim().strip_prefix(key)?.strip_prefix(':'))?;
            Some(line.trim().trim_matches(['"', '\'']).to_owned())
        });
        Text::Inline(found.unwrap_or_default())
    }
}

/// Whether an argument of an include is text to read.
fn is_said(key: &str) -> bool {
    [
        "text",
        "content",
        "title",
        "message",
        "caption",
        "alt",
        "description",
        "body",
        "note",
        "label",
        "heading",
        "summary",
    ]
    .iter()
    .any(|name| key == *name || key.ends_with(&format!("_{name}")))
}

fn link(words: &str, url: &str, indent: &str) -> String {
    let words = words.trim();
    if words.is_empty() {
        return format!("{indent}[{url}]({url})");
    }
    match words.contains(['\n', '[']) {
        true => format!("{indent}[{url}]({url})\n\n{indent}{words}"),
        false => format!("{indent}[{words}]({url})"),
    }
}

/// `GET https://example.org/users` of an operation.
fn operation(arguments: &super::call::Arguments<'_>, indent: &str) -> String {
    let method = arguments.named("method").unwrap_or_default().to_uppercase();
    let base = arguments.any(&["baseUrl", "host"]).unwrap_or_default();
    let path = arguments.named("path").unwrap_or_default();
    let line = format!("{method} {base}{path}").replace('`', "");
    match line.trim() {
        "" => String::new(),
        line => format!("{indent}`{line}`\n\n"),
    }
}
