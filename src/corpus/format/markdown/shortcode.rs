//! Hugo's shortcodes: `{{< name arguments >}}` and `{{% name arguments %}}`, alone or in pairs.
//!
//! Hugo expands them before it looks at Markdown, so they are expanded in code as well.

use std::collections::HashMap;

use super::call::{Call, Kind, calls, paired};
use super::names::Names;
use super::place::{Text, fence, place};
use super::{admonition, include, macros};
use crate::corpus::document::Source;

/// Pairs deeper than this lose their marks but keep their content.
const DEEPEST: usize = 32;

/// Expands every shortcode; `None` where the text has none.
pub(super) fn expand(text: &str, source: &Source<'_>, names: &Names<'_>) -> Option<String> {
    let calls = calls(text);
    if calls.is_empty() {
        return None;
    }
    let paired = paired(&calls);
    let mut frames = vec![Frame {
        call: None,
        out: String::with_capacity(text.len()),
    }];
    let mut skipped: HashMap<&str, usize> = HashMap::new();
    let mut at = 0;
    for (call, paired) in calls.iter().zip(paired) {
        top(&mut frames).push_str(&text[at..call.start]);
        at = call.end;
        match &call.kind {
            Kind::Literal(inner) => top(&mut frames).push_str(inner),
            Kind::Open if paired && frames.len() > DEEPEST => {
                *skipped.entry(call.name).or_default() += 1;
            }
            Kind::Open if paired => frames.push(Frame {
                call: Some(call),
                out: String::new(),
            }),
            Kind::Open => {
                let single = single(call, source, names);
                place(top(&mut frames), single);
            }
            Kind::Close => {
                if let Some(count) = skipped.get_mut(call.name).filter(|count| **count > 0) {
                    *count -= 1;
                } else if frames
                    .iter()
                    .any(|frame| frame.call.is_some_and(|open| open.name == call.name))
                {
                    while close_one(&mut frames) != Some(call.name) {}
                }
            }
        }
    }
    top(&mut frames).push_str(&text[at..]);
    while close_one(&mut frames).is_some() {}
    Some(frames.swap_remove(0).out)
}

struct Frame<'c, 'a> {
    call: Option<&'c Call<'a>>,
    out: String,
}

fn top<'f>(frames: &'f mut [Frame<'_, '_>]) -> &'f mut String {
    &mut frames
        .last_mut()
        .expect("the first frame is never closed")
        .out
}

/// Renders the innermost open pair into the one around it; its name, or `None` for the page.
fn close_one<'a>(frames: &mut Vec<Frame<'_, 'a>>) -> Option<&'a str> {
    let call = frames.last()?.call?;
    let content = frames.pop()?.out;
    let out = top(frames);
    let line = out.rfind('\n').map_or(0, |i| i + 1);
    let indent = if out[line..].trim().is_empty() {
        out[line..].to_owned()
    } else {
        String::new()
    };
    place(out, pair(call, &content, &indent));
    Some(call.name)
}

// ---- Writing

fn pair(call: &Call<'_>, content: &str, indent: &str) -> Text {
    let title = call.any(&["title", "summary", "name", "heading", "header", "tabName"]);
    match call.name.to_ascii_lowercase().as_str() {
        "comment" => Text::Inline(String::new()),
        name @ ("note" | "warning" | "caution" | "tip" | "info" | "danger" | "important"
        | "attention" | "success" | "example" | "beta" | "question" | "bug") => {
            let title = title.or_else(|| call.positional(0));
            Text::Block(admonition::quote(
                &admonition::lead(name, title),
                content,
                indent,
            ))
        }
        "notice" | "hint" | "admonition" | "callout" | "alert" | "aside" => {
            let kind = call
                .any(&["type", "style", "context"])
                .or_else(|| call.positional(0))
                .unwrap_or("note");
            let title = title.or_else(|| call.positional(1));
            Text::Block(admonition::quote(
                &admonition::lead(kind, title),
                content,
                indent,
            ))
        }
        "highlight" | "code" | "codeblock" => {
            let language = call
                .any(&["lang", "language"])
                .or_else(|| call.positional(0));
            fence(language.unwrap_or_default(), content, indent)
        }
        "mermaid" => fence("mermaid", content, indent),
        "tab" | "details" | "expand" | "collapse" | "accordion" | "step" | "card" => {
            let title = title.or_else(|| call.positional(0));
            let body = match call.any(&["codelang", "lang"]) {
                Some(language) => match fence(language, content, indent) {
                    Text::Block(text) | Text::Inline(text) => text,
                },
                None => content.trim_matches('\n').to_owned(),
            };
            match title {
                Some(title) => Text::Block(format!(
                    "{indent}**{}**\n\n{body}\n",
                    title.replace("**", "")
                )),
                None => Text::Block(body),
            }
        }
        "table" => match call.named("caption") {
            Some(caption) => Text::Block(format!(
                "{}\n\n{indent}{caption}\n",
                content.trim_matches('\n')
            )),
            None => Text::Inline(content.to_owned()),
        },
        "link" | "button" => match call.any(&["url", "href", "link", "relref"]) {
            Some(url) => Text::Inline(format!("[{}]({url})", content.trim())),
            None => Text::Inline(content.to_owned()),
        },
        _ => Text::Inline(content.to_owned()),
    }
}

fn single(call: &Call<'_>, source: &Source<'_>, names: &Names<'_>) -> Text {
    let first = call.positional(0);
    let inline = |text: String| Text::Inline(text);
    match call.name.to_ascii_lowercase().as_str() {
        "glossary_tooltip" => {
            let Some(term) = call.named("term_id").or(first) else {
                return inline(call.named("text").unwrap_or_default().to_owned());
            };
            let text = call
                .named("text")
                .map_or_else(|| term.replace('-', " "), str::to_owned);
            inline(format!("[{}]({})", text.trim(), macros::destination(term)))
        }
        "glossary_definition" => definition(call, source),
        "ref" | "relref" => inline(
            first
                .or_else(|| call.named("path"))
                .unwrap_or_default()
                .to_owned(),
        ),
        "link" | "button" | "linkcard" | "card" => {
            let url = call.any(&["url", "href", "link", "relref"]).or(first);
            match (call.any(&["text", "title", "name"]), url) {
                (Some(text), Some(url)) => inline(format!("[{text}]({url})")),
                (Some(text), None) => inline(text.to_owned()),
                (None, Some(url)) => inline(format!("[{url}]({url})")),
                (None, None) => inline(String::new()),
            }
        }
        "figure" | "img" | "image" | "imgproc" => {
            let caption = call
                .any(&["caption", "title"])
                .or_else(|| call.named("alt"));
            inline(caption.unwrap_or_default().to_owned())
        }
        "param" | "meta" | "var" => {
            let value = first.and_then(|name| {
                names
                    .parameter(name)
                    .or_else(|| names.text(name))
                    .or_else(|| names.text(&format!("params.{name}")))
            });
            inline(value.unwrap_or_default())
        }
        "kbd" => inline(first.map(macros::code_span).unwrap_or_default()),
        "heading" => inline(first.map(heading).unwrap_or_default()),
        "api-reference" => match call.named("page").or(first) {
            Some(page) => {
                let name = page.rsplit('/').next().unwrap_or(page);
                inline(format!("[{name}]({})", macros::destination(page)))
            }
            None => inline(String::new()),
        },
        "feature-state" => match (call.named("for_k8s_version"), call.named("state")) {
            (Some(version), Some(state)) => {
                Text::Block(format!("> **Feature state:** {version} {state}\n"))
            }
            _ => inline(String::new()),
        },
        "include" | "readfile" | "readdoc" | "snippet" => {
            let name = call.any(&["file", "path"]).or(first).unwrap_or_default();
            match included(source, name, &["", "includes/"]) {
                Some(text) => {
                    let (_, body) = super::super::front_matter::split(&text);
                    let body = if call.named("code").is_some() {
                        return fence(extension(name), body, "");
                    } else {
                        body.trim()
                    };
                    // An included file's own shortcodes are expanded by no second pass:
                    // they would be left as they are, so they are taken out.
                    inline(without_calls(body))
                }
                None => inline(String::new()),
            }
        }
        "code_sample" | "codenew" | "code" | "codefile" | "example" => {
            let Some(file) = call.any(&["file", "path"]).or(first) else {
                return inline(String::new());
            };
            match included(source, file, &["", "examples/"]) {
                Some(text) => {
                    let language = call.any(&["language", "lang"]).unwrap_or(extension(file));
                    let Text::Block(text) = fence(language, &text, "") else {
                        return inline(String::new());
                    };
                    Text::Block(format!("`{file}`\n\n{text}"))
                }
                None => inline(macros::code_span(file)),
            }
        }
        _ => inline(String::new()),
    }
}

fn included(source: &Source<'_>, name: &str, folders: &[&str]) -> Option<String> {
    let name = name.trim_start_matches('/');
    folders.iter().find_map(|folder| {
        include::read(source, &format!("{folder}{name}"))
            .or_else(|| include::read(source, &format!("/{folder}{name}")))
            .filter(|text| text.len() <= 1024 * 1024)
    })
}

fn without_calls(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for call in calls(text) {
        out.push_str(&text[at..call.start]);
        if matches!(call.kind, Kind::Open) {
            out.push_str(call.named("text").unwrap_or_default());
        }
        at = call.end;
    }
    out.push_str(&text[at..]);
    out
}

/// The text of a term of the glossary, up to its `<!--more-->` unless all of it is asked for.
fn definition(call: &Call<'_>, source: &Source<'_>) -> Text {
    let Some(term) = call.named("term_id").or_else(|| call.positional(0)) else {
        return Text::Inline(String::new());
    };
    let folders = [
        "/reference/glossary/",
        "/docs/reference/glossary/",
        "/glossary/",
    ];
    let Some(text) = folders
        .iter()
        .find_map(|folder| include::read(source, &format!("{folder}{term}.md")))
    else {
        let name = term.replace('-', " ");
        return Text::Inline(format!("[{name}]({})", macros::destination(term)));
    };
    let (_, body) = super::super::front_matter::split(&text);
    let body = if call.named("length") == Some("all") {
        body
    } else {
        body.split("<!--more-->").next().unwrap_or(body)
    };
    let body = without_calls(body);
    let body = body.trim();
    match call.named("prepend") {
        Some(words) => {
            let mut chars = body.chars();
            let lower = chars
                .next()
                .map(|c| c.to_lowercase().to_string())
                .unwrap_or_default();
            Text::Inline(format!("{} {lower}{}", words.trim(), chars.as_str()))
        }
        None => Text::Inline(body.to_owned()),
    }
}

fn extension(file: &str) -> &str {
    file.rsplit_once('.').map_or("", |(_, extension)| extension)
}

/// The heading that a site shows for a standard part of its pages.
fn heading(name: &str) -> String {
    match name {
        "whatsnext" => "What's next".to_owned(),
        "prerequisites" => "Before you begin".to_owned(),
        "cleanup" => "Clean up".to_owned(),
        "seealso" => "See also".to_owned(),
        "envvars" => "Environment variables".to_owned(),
        "lessoncontent" => "Content".to_owned(),
        other => admonition::label(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(text: &str) -> String {
        let include = |_: &str| None;
        let source = Source {
            path: "a.md",
            text,
            include: &include,
            site: &crate::corpus::Site::default(),
        };
        let names = Names::new(&source, &serde_json::Value::Null);
        expand(text, &source, &names).unwrap_or_else(|| text.to_owned())
    }

    #[test]
    fn pairs_and_singles() {
        assert_eq!(
            expanded("1. Do\n\n   {{< note >}}\n   Mind *this*.\n   {{< /note >}}\n\n2. Next"),
            "1. Do\n\n   > **Note:** Mind *this*.\n\n\n2. Next"
        );
        assert_eq!(
            expanded(
                "A {{< glossary_tooltip text=\"Pod\" term_id=\"pod\" >}}, [x]({{< ref \"y.md#z\" >}})."
            ),
            "A [Pod](ref:pod), [x](y.md#z)."
        );
        assert_eq!(
            expanded("## {{% heading \"whatsnext\" %}}"),
            "## What's next"
        );
        assert_eq!(expanded("{{</* note */>}}"), "{{< note >}}");
        assert_eq!(
            expanded("{{< unknown a=b >}}x{{< /unknown >}}{{< other >}}"),
            "x"
        );
        assert_eq!(
            expanded("{{< highlight go \"linenos=1\" >}}\nf()\n{{< /highlight >}}"),
            "```go\nf()\n```\n"
        );
    }

    #[test]
    fn tabs_keep_their_names() {
        let text = "{{< tabs name=\"t\" >}}\n{{< tab name=\"A\" codelang=\"sh\" >}}\nls\n{{< /tab >}}\n{{% tab name=\"B\" %}}\nText\n{{% /tab %}}\n{{< /tabs >}}\n";
        assert_eq!(
            expanded(text).trim(),
            "**A**\n\n```sh\nls\n```\n\n\n**B**\n\nText"
        );
    }

    #[test]
    fn wrongly_nested_and_endless() {
        assert_eq!(
            expanded("{{< a >}}1{{< b >}}2{{< /a >}}3{{< /b >}}").trim(),
            "123"
        );
        assert_eq!(expanded("{{< a").trim(), "{{< a");
        let deep = "{{< note >}}x".repeat(20_000) + &"{{< /note >}}".repeat(20_000);
        assert_eq!(expanded(&deep).matches('x').count(), 20_000);
    }
}
