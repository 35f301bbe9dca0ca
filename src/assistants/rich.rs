//! Sentences with a little emphasis, for pages, terminals and manuals.

use super::Server;

/// A sentence or two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rich(pub Vec<Span>);

/// A piece of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Span {
    /// As it is.
    Text(String),
    /// What is to be chosen, as the assistant shows it.
    Strong(String),
    /// What is to be typed, or stands in a file.
    Code(String),
    /// A page elsewhere.
    Link {
        /// What it is called.
        text: String,
        /// Where it is.
        url: &'static str,
    },
}

impl Rich {
    /// `**strong**`, `` `code` `` and `[text](url)`; then `{name}` and `{title}` are put in, which are never markup.
    pub(super) fn of(template: &'static str, server: &Server) -> Self {
        let mut spans = Vec::new();
        let mut rest = template;
        let filled = |text: &str| {
            // Whatever is put in may have braces of its own.
            let mut filled = String::with_capacity(text.len());
            let mut rest = text;
            while let Some(at) = rest.find('{') {
                filled.push_str(&rest[..at]);
                rest = &rest[at..];
                if let Some(after) = rest.strip_prefix("{title}") {
                    filled.push_str(&server.title);
                    rest = after;
                } else if let Some(after) = rest.strip_prefix("{name}") {
                    filled.push_str(server.name.as_str());
                    rest = after;
                } else {
                    filled.push('{');
                    rest = &rest[1..];
                }
            }
            filled.push_str(rest);
            filled
        };
        while !rest.is_empty() {
            let (span, after) = if let Some((inner, after)) = between(rest, "**", "**") {
                (Span::Strong(filled(inner)), after)
            } else if let Some((inner, after)) = between(rest, "`", "`") {
                (Span::Code(filled(inner)), after)
            } else if let Some((text, after)) = between(rest, "[", "](")
                && let Some((url, after)) = after.split_once(')')
            {
                let text = filled(text);
                (Span::Link { text, url }, after)
            } else {
                let first = rest.chars().next().map_or(1, char::len_utf8);
                let next = rest[first..].find(['*', '`', '[']);
                let end = next.map_or(rest.len(), |at| first + at);
                (Span::Text(filled(&rest[..end])), &rest[end..])
            };
            spans.push(span);
            rest = after;
        }
        Self(spans)
    }
}

fn between<'a>(text: &'a str, open: &str, close: &str) -> Option<(&'a str, &'a str)> {
    text.strip_prefix(open)?.split_once(close)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_never_markup() {
        let base = "https://docs.example.com".parse().unwrap();
        let mut server = Server::new(base, "**A** `b` {name} [c](d)");
        server.name = "own".parse().unwrap();
        let rich = Rich::of(
            "Name it **{title}**, or `{name}` {x}; see [there](https://a.example/).",
            &server,
        );
        assert_eq!(
            rich.0,
            [
                Span::Text("Name it ".into()),
                Span::Strong("**A** `b` {name} [c](d)".into()),
                Span::Text(", or ".into()),
                Span::Code("own".into()),
                Span::Text(" {x}; see ".into()),
                Span::Link {
                    text: "there".into(),
                    url: "https://a.example/"
                },
                Span::Text(".".into()),
            ]
        );
    }
}
