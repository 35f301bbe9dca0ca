//! One operation: what is sent, what comes back.

use super::prose;
use super::schema::Writer;
use super::spec::At;
use crate::corpus::format::data::Node;
use crate::corpus::format::emit;

/// The methods that a path may have, in the order in which they are shown.
pub(super) const METHODS: &[&str] = &[
    "get", "query", "post", "put", "patch", "delete", "head", "options", "trace",
];
/// Bytes of one example.
const MAX_EXAMPLE: usize = 8 << 10;
/// Examples of one body.
const MAX_EXAMPLES: usize = 4;
/// Parameters, responses and media types of one operation.
const MAX_PARTS: usize = 500;

/// A method of a path, or a call that the API makes.
#[derive(Clone, Copy)]
pub(super) struct Operation<'s> {
    pub(super) method: &'s str,
    pub(super) path: &'s str,
    pub(super) at: At<'s>,
    /// What holds for every method of the path.
    pub(super) item: At<'s>,
    pub(super) is_webhook: bool,
}

impl<'s> Operation<'s> {
    /// `GET /users/{id}`.
    pub(super) fn call(self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.path)
    }

    /// Its summary, else the call.
    pub(super) fn title(self) -> String {
        let summary = self.at.node.text_of("summary").map(str::trim);
        summary.map_or_else(
            || self.call(),
            |it| it.split_whitespace().collect::<Vec<_>>().join(" "),
        )
    }

    pub(super) fn tag(self) -> Option<&'s str> {
        self.at.node.key("tags")?.list().first()?.text()
    }

    pub(super) fn is_hidden(self) -> bool {
        ["x-internal", "x-hidden", "x-excluded"]
            .iter()
            .any(|key| self.at.node.says(key) || self.item.node.says(key))
    }

    /// Its text below a heading of `level`; `up` leads from its page to the folder of the description.
    pub(super) fn write(self, writer: &Writer<'s>, out: &mut String, level: usize, up: &str) {
        emit::heading(out, level, &prose::plain(&self.call()), None);
        let before = out.len();
        if self.is_webhook {
            emit::paragraph(out, "A webhook: the service sends this request.");
        }
        if self.at.node.says("deprecated") {
            emit::paragraph(out, "**Deprecated.**");
        }
        let said = |at: At<'s>| at.node.text_of("description");
        writer.blocks(out, said(self.at).or(said(self.item)), level);
        self.servers(writer, out);
        self.security(writer, out);
        self.parameters(writer, out, level + 1, up);
        self.body(writer, out, level + 1, up);
        self.responses(writer, out, level + 1, up);
        if let Some(docs) = self.at.node.key("externalDocs") {
            external_docs(docs, out);
        }
        if out.len() == before {
            // A page of headings alone has no text.
            emit::paragraph(out, &code(&self.call()));
        }
    }

    fn servers(self, writer: &Writer<'s>, out: &mut String) {
        let servers = self.at.key("servers").or(self.item.key("servers"));
        let urls: Vec<String> = servers
            .map_or(&[][..], |servers| servers.node.list())
            .iter()
            .take(20)
            .filter_map(|server| server.text_of("url"))
            .filter(|url| writer.take(url.len()))
            .map(code)
            .collect();
        if !urls.is_empty() {
            emit::paragraph(out, &format!("Server: {}", urls.join(", ")));
        }
    }

    fn security(self, writer: &Writer<'s>, out: &mut String) {
        let own = self.at.node.key("security");
        let Some(security) = own.or_else(|| writer.spec.root().node.key("security")) else {
            return;
        };
        let words = requirements(writer, security);
        if !words.is_empty() {
            emit::paragraph(out, &format!("Security: {words}"));
        } else if own.is_some() && security.list().is_empty() {
            emit::paragraph(out, "Security: none.");
        }
    }

    /// Those of the operation and of its path, each resolved; the operation's win.
    fn all_parameters(self, writer: &Writer<'s>) -> Vec<At<'s>> {
        let mut all: Vec<At<'s>> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for list in [self.at.key("parameters"), self.item.key("parameters")] {
            let Some(list) = list else { continue };
            for parameter in list.node.list().iter().take(MAX_PARTS) {
                if !writer.take(64) {
                    return all;
                }
                let parameter = writer.spec.resolve(list.of(parameter));
                let named = |key| parameter.node.text_of(key).unwrap_or("");
                if !named("name").is_empty() && seen.insert((named("name"), named("in"))) {
                    all.push(parameter);
                }
            }
        }
        all.sort_by_key(|parameter| parameter.node.text_of("in") != Some("path"));
        all
    }

    fn parameters(self, writer: &Writer<'s>, out: &mut String, level: usize, up: &str) {
        let header = ["Name", "In", "Type", "Required", "Description"];
        let mut rows = vec![header.map(str::to_owned).to_vec()];
        for parameter in self.all_parameters(writer) {
            let node = parameter.node;
            let place = node.text_of("in").unwrap_or("");
            if place == "body" {
                continue;
            }
            // OpenAPI 3 says the type in `schema` or `content`, Swagger 2 in the parameter itself.
            let content = parameter.key("content").and_then(|content| {
                let (_, media) = content.node.keys().next()?;
                content.of(media).key("schema")
            });
            let schema = parameter.key("schema").or(content).unwrap_or(parameter);
            let to = writer.spec.resolve(schema);
            let mut said = writer.cell(
                node.text_of("description")
                    .or(to.node.text_of("description")),
            );
            let mut details = writer.details(to.node);
            if !std::ptr::eq(to.node, node) {
                if node.says("deprecated") {
                    details.insert_str(0, "Deprecated. ");
                }
                if let Some(example) = node
                    .key("example")
                    .filter(|_| to.node.key("example").is_none())
                {
                    details.push_str(&format!(" Example: {}.", code(&example.json(160))));
                }
            }
            if !said.is_empty() && !details.is_empty() {
                said.push(' ');
            }
            said.push_str(details.trim());
            rows.push(vec![
                code(node.text_of("name").unwrap_or("")),
                prose::plain(if place == "formData" { "form" } else { place }),
                writer.type_of(schema, up),
                if node.says("required") {
                    "yes".to_owned()
                } else {
                    String::new()
                },
                said,
            ]);
        }
        if rows.len() > 1 {
            emit::heading(out, level, "Parameters", None);
            emit::table(out, &rows, true);
        }
    }

    fn body(self, writer: &Writer<'s>, out: &mut String, level: usize, up: &str) {
        if let Some(body) = self.at.key("requestBody") {
            let body = writer.spec.resolve(body);
            emit::heading(out, level, "Request body", None);
            if body.node.says("required") {
                emit::paragraph(out, "Required.");
            }
            writer.blocks(out, body.node.text_of("description"), level);
            contents(writer, out, body, up);
            return;
        }
        let parameters = self.all_parameters(writer);
        let body = parameters
            .iter()
            .find(|it| it.node.text_of("in") == Some("body"));
        if let Some(body) = body {
            emit::heading(out, level, "Request body", None);
            if body.node.says("required") {
                emit::paragraph(out, "Required.");
            }
            writer.blocks(out, body.node.text_of("description"), level);
            let media = self.media_types(writer, "consumes");
            typed(writer, out, &media, body.key("schema"), up);
        }
    }

    fn media_types(self, writer: &Writer<'s>, key: &str) -> String {
        let own = self.at.node.key(key);
        let list = own.or_else(|| writer.spec.root().node.key(key));
        let names = list.map_or(&[][..], Node::list).iter().take(8);
        let names: Vec<_> = names.filter_map(Node::text).map(code).collect();
        names.join(", ")
    }

    fn responses(self, writer: &Writer<'s>, out: &mut String, level: usize, up: &str) {
        let Some(responses) = self.at.key("responses") else {
            return;
        };
        let mut is_first = true;
        for (status, response) in responses.node.keys().take(MAX_PARTS) {
            if status.starts_with("x-") || !writer.take(status.len()) {
                continue;
            }
            if std::mem::take(&mut is_first) {
                emit::heading(out, level, "Responses", None);
            }
            let response = writer.spec.resolve(responses.of(response));
            emit::heading(out, level + 1, &prose::plain(status), None);
            let said = response.node.text_of("description");
            writer.blocks(out, said, level + 1);
            headers(writer, out, response, up);
            if response.node.key("content").is_some() {
                contents(writer, out, response, up);
            } else if let Some(schema) = response.key("schema") {
                let media = self.media_types(writer, "produces");
                typed(writer, out, &media, Some(schema), up);
            }
            if let Some(given) = response
                .node
                .key("examples")
                .filter(|_| writer.spec.is_swagger())
            {
                for (_, example) in given.keys().take(MAX_EXAMPLES) {
                    show(writer, out, "Example:", example);
                }
            }
        }
    }
}

fn headers<'s>(writer: &Writer<'s>, out: &mut String, response: At<'s>, up: &str) {
    let Some(headers) = response.key("headers") else {
        return;
    };
    let mut rows = vec![
        ["Header", "Type", "Description"]
            .map(str::to_owned)
            .to_vec(),
    ];
    for (name, header) in headers.node.keys().take(MAX_PARTS) {
        if !writer.take(name.len()) {
            break;
        }
        let header = writer.spec.resolve(headers.of(header));
        let schema = header.key("schema").unwrap_or(header.of(header.node));
        let text = header.node.text_of("description");
        rows.push(vec![
            code(name),
            writer.type_of(schema, up),
            writer.cell(text),
        ]);
    }
    if rows.len() > 1 {
        emit::table(out, &rows, true);
    }
}

/// The media types of a body, each with its schema and its examples.
fn contents<'s>(writer: &Writer<'s>, out: &mut String, body: At<'s>, up: &str) {
    let Some(content) = body.key("content") else {
        return;
    };
    let mut shown: Vec<*const Node> = Vec::new();
    for (media, value) in content.node.keys().take(20) {
        let value = writer.spec.resolve(content.of(value));
        let schema = value.key("schema");
        let to = schema.map(|schema| std::ptr::from_ref(writer.spec.resolve(schema).node));
        if to.is_some_and(|to| shown.contains(&to)) {
            // The same in another notation.
            let line = schema
                .map(|schema| writer.type_of(schema, up))
                .unwrap_or_default();
            emit::paragraph(out, &format!("{}: {line}, as above", code(media)));
        } else {
            typed(writer, out, &code(media), schema, up);
            shown.extend(to);
        }
        if let Some(example) = value.node.key("example") {
            show(writer, out, "Example:", example);
        }
        if let Some(examples) = value.key("examples") {
            for (name, example) in examples.node.keys().take(MAX_EXAMPLES) {
                let example = writer.spec.resolve(examples.of(example)).node;
                let name = example.text_of("summary").unwrap_or(name);
                if let Some(value) = example.key("value").filter(|_| writer.take(name.len())) {
                    show(
                        writer,
                        out,
                        &format!("Example, {}:", prose::plain(name)),
                        value,
                    );
                }
            }
        }
    }
}

/// A body's type, its properties and the examples of its schema.
fn typed<'s>(writer: &Writer<'s>, out: &mut String, media: &str, schema: Option<At<'s>>, up: &str) {
    let Some(schema) = schema else {
        return emit::paragraph(out, media);
    };
    let kind = writer.type_of(schema, up);
    match media {
        "" => emit::paragraph(out, &kind),
        media => emit::paragraph(out, &format!("{media}: {kind}")),
    }
    let to = writer.spec.resolve(schema);
    let details = writer.details(to.node);
    if to.node.key("example").is_none() {
        emit::paragraph(out, &details);
    }
    writer.properties(out, schema, up);
    examples_of(writer, out, to.node);
}

/// The examples that a schema has of itself.
pub(super) fn examples_of(writer: &Writer<'_>, out: &mut String, schema: &Node) {
    if let Some(example) = schema.key("example") {
        show(writer, out, "Example:", example);
    }
    let more = schema.key("examples").map_or(&[][..], Node::list);
    for example in more.iter().take(MAX_EXAMPLES) {
        show(writer, out, "Example:", example);
    }
}

fn show(writer: &Writer<'_>, out: &mut String, words: &str, value: &Node) {
    let (language, code) = match value {
        // A body that is no JSON is given as a text.
        Node::Text(text) => {
            let is_json = text.trim_start().starts_with(['{', '[']);
            let end = text.floor_char_boundary(MAX_EXAMPLE);
            (if is_json { "json" } else { "" }, text[..end].to_owned())
        }
        Node::Null => return,
        value => ("json", value.json(MAX_EXAMPLE)),
    };
    if writer.take(code.len()) {
        emit::paragraph(out, words);
        emit::fence(out, language, &code);
    }
}

/// `oauth2 (read, write), or apiKey`.
pub(super) fn requirements(writer: &Writer<'_>, security: &Node) -> String {
    let mut ways = Vec::new();
    for way in security.list().iter().take(20) {
        let mut parts = Vec::new();
        for (name, scopes) in way.keys().take(20) {
            if !writer.take(name.len()) {
                return String::new();
            }
            let scopes = scopes.list().iter().take(50).filter_map(Node::text);
            let scopes: Vec<_> = scopes.map(code).collect();
            parts.push(match scopes.as_slice() {
                [] => code(name),
                scopes => format!("{} ({})", code(name), scopes.join(", ")),
            });
        }
        ways.push(match parts.as_slice() {
            [] => "none".to_owned(),
            parts => parts.join(" and "),
        });
    }
    ways.join(", or ")
}

pub(super) fn external_docs(docs: &Node, out: &mut String) {
    let Some(url) = docs.text_of("url").filter(|url| url.len() <= 2_000) else {
        return;
    };
    let words = docs
        .text_of("description")
        .unwrap_or("Further documentation");
    let words = prose::plain(&words[..words.floor_char_boundary(500)]);
    let mut line = String::new();
    emit::link_into(&mut line, &words, url.trim());
    emit::paragraph(out, &line);
}

/// A name as code.
pub(super) fn code(text: &str) -> String {
    let mut out = String::new();
    emit::code_into(&mut out, &text[..text.floor_char_boundary(500)]);
    out
}
