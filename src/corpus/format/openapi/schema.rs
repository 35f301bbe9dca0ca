//! Schemas: what type a value has, in words, and the properties of an object as a table.

use super::prose;
use super::spec::{At, Spec};
use crate::corpus::format::data::Node;
use crate::corpus::format::emit;
use std::{
    cell::Cell,
    collections::{HashMap, HashSet},
};

/// Rows of one table.
const MAX_ROWS: usize = 250;
/// Objects in one another of which one table shows the properties.
const MAX_DEPTH: usize = 6;
/// Types that are named one after another, and values of a list of them.
const MAX_TYPES: usize = 12;
const MAX_VALUES: usize = 60;
/// Bytes of a value that is shown inside a line.
const MAX_VALUE: usize = 160;

/// Writes what a description says of types. What it may cost is bounded by the size of its files, however often they name
/// one place.
pub(super) struct Writer<'s> {
    pub(super) spec: &'s Spec,
    /// The pages of schemas below the folder of the description.
    pub(super) schemas: HashMap<*const Node, String>,
    /// How much may still be written and looked at, in bytes.
    left: Cell<usize>,
}

#[derive(Default)]
struct Table {
    rows: Vec<Vec<String>>,
    names: HashSet<String>,
    cut: bool,
}

/// An object on the way down to a property.
struct Above<'a> {
    node: *const Node,
    above: Option<&'a Above<'a>>,
}

impl Above<'_> {
    fn has(&self, node: &Node) -> bool {
        let mut here = Some(self);
        while let Some(above) = here {
            if std::ptr::eq(above.node, node) {
                return true;
            }
            here = above.above;
        }
        false
    }
}

impl<'s> Writer<'s> {
    pub(super) fn new(spec: &'s Spec, bytes: usize) -> Self {
        Self {
            spec,
            schemas: HashMap::new(),
            left: Cell::new((1 << 18) + 16 * bytes),
        }
    }

    /// Whether there is room for as much more.
    pub(super) fn take(&self, bytes: usize) -> bool {
        let left = self.left.get().checked_sub(bytes + 32);
        self.left.set(left.unwrap_or(0));
        left.is_some()
    }

    /// A description as blocks below a heading of `level`.
    pub(super) fn blocks(&self, out: &mut String, text: Option<&str>, level: usize) {
        if let Some(text) = text.filter(|text| self.take(text.len())) {
            emit::gap(out);
            out.push_str(&prose::blocks(text, level));
        }
    }

    /// A description as one line.
    pub(super) fn cell(&self, text: Option<&str>) -> String {
        let text = text.filter(|text| self.take(text.len()));
        text.map_or_else(String::new, prose::cell)
    }

    /// The type of a value, in words. `up` leads from the page to the folder of the description.
    pub(super) fn type_of(&self, at: At<'s>, up: &str) -> String {
        self.type_within(at, up, 0)
    }

    fn type_within(&self, at: At<'s>, up: &str, depth: usize) -> String {
        if depth > MAX_DEPTH || !self.take(16) {
            return "any".to_owned();
        }
        let to = self.spec.resolve(at);
        if let Some(name) = to.name {
            return self.reference(to.node, name, up);
        }
        let node = to.node;
        let mut words = match node.key("type") {
            Some(Node::Text(name)) => vec![self.named_type(to, name, up, depth)],
            Some(Node::List(names)) => {
                let names = names.iter().take(MAX_TYPES).filter_map(Node::text);
                names
                    .map(|name| self.named_type(to, name, up, depth))
                    .collect()
            }
            _ if node.key("properties").is_some() => vec!["object".to_owned()],
            _ if node.key("enum").is_some_and(are_texts) => vec!["string".to_owned()],
            _ if node.key("items").is_some() => vec![self.named_type(to, "array", up, depth)],
            _ => Vec::new(),
        };
        if words.is_empty() || words == ["object"] {
            for (key, between) in [("allOf", " and "), ("oneOf", " or "), ("anyOf", " or ")] {
                let members = node.key(key).map_or(&[][..], Node::list);
                let mut types: Vec<String> = Vec::new();
                for member in members.iter().take(MAX_TYPES) {
                    let member = self.type_within(to.of(member), up, depth + 1);
                    if member != "any" && !types.contains(&member) {
                        types.push(member);
                    }
                }
                if members.len() > MAX_TYPES {
                    types.push("others".to_owned());
                }
                if !types.is_empty() {
                    words = vec![types.join(between)];
                    break;
                }
            }
        }
        if node.says("nullable") {
            words.push("null".to_owned());
        }
        if words.is_empty() {
            words.push("any".to_owned());
        }
        words.join(" or ")
    }

    fn named_type(&self, at: At<'s>, name: &str, up: &str, depth: usize) -> String {
        match name {
            "array" => match at.key("items") {
                Some(items) => format!("array of {}", self.type_within(items, up, depth + 1)),
                None => "array".to_owned(),
            },
            "object" => match at.key("additionalProperties") {
                Some(values) if values.node.is_map() && at.node.key("properties").is_none() => {
                    format!("map of {}", self.type_within(values, up, depth + 1))
                }
                _ => "object".to_owned(),
            },
            name => match at.node.text_of("format").filter(|it| it.len() <= 100) {
                Some(format) => format!("{} ({})", prose::plain(name), prose::plain(format)),
                None => prose::plain(&name[..name.floor_char_boundary(100)]),
            },
        }
    }

    fn reference(&self, node: &Node, name: &str, up: &str) -> String {
        let name = prose::plain(&name[..name.floor_char_boundary(100)]);
        let mut out = String::new();
        match self.schemas.get(&std::ptr::from_ref(node)) {
            Some(page) => emit::link_into(&mut out, &name, &format!("{up}{page}")),
            None => out.push_str(&name),
        }
        out
    }

    /// What a value may be, and what is said of it, in sentences.
    pub(super) fn details(&self, node: &Node) -> String {
        let mut said: Vec<String> = Vec::new();
        if node.says("deprecated") {
            said.push("Deprecated.".to_owned());
        }
        if node.says("readOnly") {
            said.push("Read-only.".to_owned());
        }
        if node.says("writeOnly") {
            said.push("Write-only.".to_owned());
        }
        let values = match node.key("enum") {
            Some(values) => Some(values),
            None => node.key("items").and_then(|items| items.key("enum")),
        };
        if let Some(values) = values.map(Node::list).filter(|values| !values.is_empty()) {
            let more = if values.len() > MAX_VALUES {
                ", …"
            } else {
                ""
            };
            let values = values
                .iter()
                .take(MAX_VALUES)
                .map(|value| self.value(value));
            let values: Vec<_> = values.collect();
            said.push(format!("One of {}{more}.", values.join(", ")));
        }
        for (key, words) in [
            ("const", "Always"),
            ("default", "Default:"),
            ("minimum", "At least"),
            ("exclusiveMinimum", "More than"),
            ("maximum", "At most"),
            ("exclusiveMaximum", "Less than"),
            ("multipleOf", "A multiple of"),
            ("minLength", "Characters, at least:"),
            ("maxLength", "Characters, at most:"),
            ("minItems", "Items, at least:"),
            ("maxItems", "Items, at most:"),
            ("pattern", "Pattern:"),
            ("example", "Example:"),
        ] {
            match node.key(key) {
                // Both were booleans once.
                Some(Node::Bool(_)) if key.starts_with("exclusive") => {}
                Some(value) => said.push(format!("{words} {}.", self.value(value))),
                None => {}
            }
        }
        said.join(" ")
    }

    fn value(&self, value: &Node) -> String {
        let mut out = String::new();
        let json = match value {
            Node::Text(text) if text.trim().is_empty() => format!("{text:?}"),
            Node::Text(text) => text.clone(),
            other => other.json(MAX_VALUE),
        };
        let end = json.floor_char_boundary(MAX_VALUE);
        let cut = if end < json.len() { "…" } else { "" };
        if self.take(end) {
            let shown = json[..end].split_whitespace().collect::<Vec<_>>().join(" ");
            emit::code_into(&mut out, &format!("{shown}{cut}"));
        }
        out
    }

    /// The properties of an object, and of those in it, as a table; nothing for what has none.
    pub(super) fn properties(&self, out: &mut String, at: At<'s>, up: &str) {
        let mut table = Table::default();
        let top = Above {
            node: std::ptr::null(),
            above: None,
        };
        self.collect(&mut table, at, "", up, 0, true, &top);
        if table.rows.is_empty() {
            return;
        }
        let header = ["Property", "Type", "Required", "Description"].map(str::to_owned);
        table.rows.insert(0, header.to_vec());
        emit::table(out, &table.rows, true);
        if table.cut {
            emit::paragraph(out, "Further properties are left out here.");
        }
    }

    /// `binding`: what is required here is required at all, and not only in one of several forms.
    #[allow(clippy::too_many_arguments)]
    fn collect(
        &self,
        table: &mut Table,
        at: At<'s>,
        prefix: &str,
        up: &str,
        depth: usize,
        binding: bool,
        above: &Above<'_>,
    ) {
        let at = self.spec.resolve(at);
        if depth > MAX_DEPTH || above.has(at.node) || !self.take(0) {
            return;
        }
        let here = Above {
            node: at.node,
            above: Some(above),
        };
        if let Some(items) = at.key("items") {
            let prefix = format!("{prefix}[]");
            self.collect(table, items, &prefix, up, depth + 1, binding, &here);
        }
        for (key, binding) in [("allOf", binding), ("oneOf", false), ("anyOf", false)] {
            for member in at.node.key(key).map_or(&[][..], Node::list) {
                self.collect(table, at.of(member), prefix, up, depth + 1, binding, &here);
            }
        }
        let required: HashSet<&str> = match at.node.key("required") {
            Some(Node::List(names)) if self.take(16 * names.len()) => {
                names.iter().filter_map(Node::text).collect()
            }
            _ => HashSet::new(),
        };
        if let Some(properties) = at.key("properties") {
            for (name, property) in properties.node.keys() {
                if table.rows.len() >= MAX_ROWS || !self.take(name.len()) {
                    table.cut = true;
                    return;
                }
                let name = &name[..name.floor_char_boundary(200)];
                let full = match prefix {
                    "" => name.to_owned(),
                    prefix => format!("{prefix}.{name}"),
                };
                if !table.names.insert(full.clone()) {
                    continue;
                }
                let property = properties.of(property);
                let is_required = binding && required.contains(name);
                table.rows.push(self.row(&full, property, up, is_required));
                self.collect(table, property, &full, up, depth + 1, true, &here);
            }
        }
        if let Some(values) = at.key("additionalProperties").filter(|it| it.node.is_map()) {
            let prefix = format!("{prefix}.*");
            let prefix = prefix.trim_start_matches('.');
            self.collect(table, values, prefix, up, depth + 1, binding, &here);
        }
    }

    fn row(&self, name: &str, at: At<'s>, up: &str, is_required: bool) -> Vec<String> {
        let to = self.spec.resolve(at);
        let mut code = String::new();
        emit::code_into(&mut code, name);
        // What stands beside a reference is said of this property (OpenAPI 3.1), what stands there of the type.
        let text = [at.node, to.node]
            .into_iter()
            .find_map(|node| node.text_of("description").or(node.text_of("title")));
        let mut said = self.cell(text);
        let details = self.details(to.node);
        if !said.is_empty() && !details.is_empty() {
            said.push(' ');
        }
        said.push_str(&details);
        let required = if is_required { "yes" } else { "" };
        vec![code, self.type_of(at, up), required.to_owned(), said]
    }
}

fn are_texts(values: &Node) -> bool {
    let values = values.list();
    !values.is_empty() && values.iter().all(|value| matches!(value, Node::Text(_)))
}
