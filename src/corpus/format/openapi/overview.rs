//! The page of a whole description, and the pages of its schemas.

use super::operation::{Operation, code, examples_of, external_docs, requirements};
use super::prose;
use super::schema::Writer;
use super::spec::At;
use crate::corpus::format::data::Node;
use crate::corpus::format::emit;

/// What the description says of the API, and the list of its operations, each with the path of its page.
pub(super) fn overview(writer: &Writer<'_>, operations: &[(Operation<'_>, String)]) -> String {
    let root = writer.spec.root().node;
    let info = root.key("info").unwrap_or(root);
    let mut out = String::new();
    if let Some(title) = info.text_of("title").filter(|it| writer.take(it.len())) {
        emit::heading(&mut out, 1, &prose::plain(title), None);
    }
    if let Some(version) = info.key("version").and_then(Node::scalar) {
        emit::paragraph(&mut out, &format!("Version {}", prose::plain(&version)));
    }
    let said = info.text_of("description").or(info.text_of("summary"));
    writer.blocks(&mut out, said, 1);
    servers(writer, root, &mut out);
    security(writer, root, &mut out);
    listed(writer, root, operations, &mut out);
    if let Some(docs) = root.key("externalDocs") {
        external_docs(docs, &mut out);
    }
    out
}

fn servers(writer: &Writer<'_>, root: &Node, out: &mut String) {
    let mut lines = Vec::new();
    for server in root
        .key("servers")
        .map_or(&[][..], Node::list)
        .iter()
        .take(50)
    {
        let Some(url) = server.text_of("url").filter(|url| writer.take(url.len())) else {
            continue;
        };
        let mut line = format!("- {}", code(url));
        let said = writer.cell(server.text_of("description"));
        if !said.is_empty() {
            line.push_str(&format!(": {said}"));
        }
        for (name, variable) in server
            .key("variables")
            .into_iter()
            .flat_map(Node::keys)
            .take(20)
        {
            let said = writer.cell(variable.text_of("description"));
            let details = writer.details(variable);
            line.push_str(&format!(" {}: {said} {details}", code(name)));
        }
        lines.push(line);
    }
    if let Some(host) = root.text_of("host").filter(|host| writer.take(host.len())) {
        let base = root.text_of("basePath").unwrap_or("");
        let schemes = root
            .key("schemes")
            .map_or(&[][..], Node::list)
            .iter()
            .take(4);
        let mut schemes: Vec<_> = schemes.filter_map(Node::text).collect();
        if schemes.is_empty() {
            schemes.push("https");
        }
        lines.extend(
            schemes
                .iter()
                .map(|scheme| format!("- {}", code(&format!("{scheme}://{host}{base}")))),
        );
    }
    if !lines.is_empty() {
        emit::heading(out, 2, "Servers", None);
        emit::gap(out);
        out.push_str(&lines.join("\n"));
        out.push('\n');
    }
}

fn security(writer: &Writer<'_>, root: &Node, out: &mut String) {
    let components = root
        .key("components")
        .and_then(|it| it.key("securitySchemes"));
    let Some(schemes) = components.or_else(|| root.key("securityDefinitions")) else {
        return;
    };
    let mut rows = vec![["Name", "Type", "Description"].map(str::to_owned).to_vec()];
    for (name, scheme) in schemes.keys().take(100) {
        if !writer.take(name.len()) {
            break;
        }
        let text = |key| {
            scheme
                .text_of(key)
                .map(|it| &it[..it.floor_char_boundary(500)])
        };
        let kind = match (text("type"), text("scheme"), text("in"), text("name")) {
            (Some(kind), Some(scheme), _, _) => format!("{kind} ({scheme})"),
            (Some(kind), _, Some(place), Some(name)) => format!("{kind} (`{name}`, {place})"),
            (kind, ..) => kind.unwrap_or("").to_owned(),
        };
        let mut said = writer.cell(scheme.text_of("description"));
        let flows = scheme
            .key("flows")
            .into_iter()
            .flat_map(Node::keys)
            .map(|(_, flow)| flow);
        for flow in flows.take(8).chain([scheme]) {
            for key in ["authorizationUrl", "tokenUrl", "openIdConnectUrl"] {
                if let Some(url) = flow.text_of(key).filter(|url| writer.take(url.len())) {
                    said.push_str(&format!(" {}", code(url)));
                }
            }
            for (scope, meaning) in flow
                .key("scopes")
                .into_iter()
                .flat_map(Node::keys)
                .take(200)
            {
                said.push_str(&format!(
                    " {}: {}",
                    code(scope),
                    writer.cell(meaning.text())
                ));
            }
        }
        rows.push(vec![code(name), kind, said]);
    }
    if rows.len() > 1 {
        emit::heading(out, 2, "Security", None);
        if let Some(needed) = root.key("security") {
            let words = requirements(writer, needed);
            if !words.is_empty() {
                emit::paragraph(
                    out,
                    &format!("Needed unless an operation says otherwise: {words}"),
                );
            }
        }
        emit::table(out, &rows, true);
    }
}

/// The operations, below the tags that they have.
fn listed(
    writer: &Writer<'_>,
    root: &Node,
    operations: &[(Operation<'_>, String)],
    out: &mut String,
) {
    if operations.is_empty() {
        return;
    }
    emit::heading(out, 2, "Operations", None);
    let mut tags: indexmap::IndexMap<&str, (Option<&str>, Vec<usize>)> = indexmap::IndexMap::new();
    for tag in root.key("tags").map_or(&[][..], Node::list) {
        if let Some(name) = tag.text_of("name") {
            tags.insert(name, (tag.text_of("description"), Vec::new()));
        }
    }
    for (number, (operation, _)) in operations.iter().enumerate() {
        let tag = operation.tag().unwrap_or("");
        tags.entry(tag).or_default().1.push(number);
    }
    for (tag, (said, members)) in &tags {
        if members.is_empty() || !writer.take(tag.len()) {
            continue;
        }
        if !tag.is_empty() {
            emit::heading(out, 3, &prose::plain(tag), None);
            writer.blocks(out, *said, 3);
        }
        emit::gap(out);
        for number in members {
            let (operation, page) = &operations[*number];
            let call = operation.call();
            if !writer.take(2 * call.len() + page.len()) {
                break;
            }
            let mut line = String::new();
            emit::link_into(&mut line, &code(&call), page);
            out.push_str(&format!("- {line}"));
            if let Some(summary) = operation.at.node.text_of("summary") {
                out.push_str(&format!(": {}", prose::plain(summary)));
            }
            out.push('\n');
        }
    }
}

/// A schema: what it says of itself, its type, its properties.
pub(super) fn schema<'s>(writer: &Writer<'s>, name: &str, at: At<'s>, up: &str) -> String {
    let mut out = String::new();
    emit::heading(&mut out, 1, &prose::plain(name), None);
    let node = writer.spec.resolve(at).node;
    writer.blocks(&mut out, node.text_of("description"), 1);
    // The type of the schema itself, not its name again.
    let kind = writer.type_of(at.of(node), up);
    emit::paragraph(&mut out, &format!("Type: {kind}"));
    if node.key("example").is_none() {
        emit::paragraph(&mut out, &writer.details(node));
    }
    if let Some(discriminator) = node.key("discriminator") {
        let property = discriminator
            .text()
            .or(discriminator.text_of("propertyName"));
        if let Some(property) = property {
            emit::paragraph(
                &mut out,
                &format!("Which of them it is stands in {}.", code(property)),
            );
        }
    }
    writer.properties(&mut out, at, up);
    examples_of(writer, &mut out, node);
    out
}
