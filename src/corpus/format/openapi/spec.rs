//! A description of an API: its files, and what its references name.

use crate::corpus::format::data::Node;
use percent_encoding::percent_decode_str;
use std::collections::{HashMap, HashSet};

/// Other files that one description is read with.
const MAX_FILES: usize = 48;
/// References that follow one another to one place.
const MAX_STEPS: usize = 32;

/// A description and the files that it names.
#[derive(Debug)]
pub(super) struct Spec {
    /// Path of the file that it begins in.
    pub(super) path: String,
    files: HashMap<String, Node>,
    /// What it was made from: the hash of each file that was asked for, where there was one.
    made_from: Vec<(String, Option<u128>)>,
}

/// A place in a description.
#[derive(Debug, Clone, Copy)]
pub(super) struct At<'s> {
    /// The file that it stands in: references are relative to it.
    pub(super) file: &'s str,
    pub(super) node: &'s Node,
    /// What the last reference on the way here calls it, such as `User`.
    pub(super) name: Option<&'s str>,
}

impl<'s> At<'s> {
    /// A part of it.
    pub(super) fn of(self, node: &'s Node) -> Self {
        Self {
            node,
            name: None,
            ..self
        }
    }

    pub(super) fn key(self, name: &str) -> Option<Self> {
        Some(self.of(self.node.key(name)?))
    }
}

impl Spec {
    /// Reads a description with the files that it refers to, which `include` gives.
    ///
    /// # Errors
    /// What is wrong with the first of its files. Others that cannot be read are as good as not there.
    pub(super) fn read(
        path: &str,
        text: &str,
        include: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, String> {
        let mut files = HashMap::from([(path.to_owned(), Node::read(text)?)]);
        let mut made_from = vec![(path.to_owned(), Some(hash(text)))];
        let mut asked = HashSet::from([path.to_owned()]);
        let mut open = vec![path.to_owned()];
        while let Some(here) = open.pop() {
            for wanted in files_named(&files[&here], &here) {
                if asked.len() > MAX_FILES || !asked.insert(wanted.clone()) {
                    continue;
                }
                let text = include(&wanted);
                made_from.push((wanted.clone(), text.as_deref().map(hash)));
                if let Some(node) = text.and_then(|text| Node::read(&text).ok()) {
                    files.insert(wanted.clone(), node);
                    open.push(wanted);
                }
            }
        }
        Ok(Self {
            path: path.to_owned(),
            files,
            made_from,
        })
    }

    /// Whether it was made from this text, and from what the other files hold now.
    pub(super) fn is_of(&self, text: &str, include: &dyn Fn(&str) -> Option<String>) -> bool {
        let (first, others) = (&self.made_from[0], &self.made_from[1..]);
        let same =
            |(path, was): &(String, Option<u128>)| include(path).as_deref().map(hash) == *was;
        first.1 == Some(hash(text)) && others.iter().all(same)
    }

    pub(super) fn root(&self) -> At<'_> {
        At {
            file: &self.path,
            node: &self.files[&self.path],
            name: None,
        }
    }

    /// Swagger 2.0, which OpenAPI 3 has come from.
    pub(super) fn is_swagger(&self) -> bool {
        self.root().node.key("swagger").is_some()
    }

    /// Follows a reference, and those that it leads to. A reference that leads nowhere, or in a circle, is its own end.
    pub(super) fn resolve<'s>(&'s self, at: At<'s>) -> At<'s> {
        let mut here = at;
        for _ in 0..MAX_STEPS {
            let Some(next) = here
                .node
                .text_of("$ref")
                .and_then(|to| self.named(here.file, to))
            else {
                break;
            };
            here = next;
        }
        here
    }

    /// The place that a reference names.
    fn named<'s>(&'s self, from: &str, reference: &'s str) -> Option<At<'s>> {
        let (file, pointer) = reference.split_once('#').unwrap_or((reference, ""));
        let (file, mut node) = if file.is_empty() {
            self.files.get_key_value(from)?
        } else {
            self.files.get_key_value(&beside(from, file)?)?
        };
        let mut name = stem(file);
        for part in pointer.split('/').skip(1).take(64) {
            let decoded = percent_decode_str(part).decode_utf8_lossy();
            let key = decoded.replace("~1", "/").replace("~0", "~");
            node = match node {
                Node::List(values) => values.get(key.parse::<usize>().ok()?)?,
                node => node.key(&key)?,
            };
            name = part;
        }
        Some(At {
            file,
            node,
            name: Some(name),
        })
    }
}

fn hash(text: &str) -> u128 {
    xxhash_rust::xxh3::xxh3_128(text.as_bytes())
}

/// The other files that references in one name.
fn files_named(root: &Node, path: &str) -> Vec<String> {
    let mut named = Vec::new();
    let mut open = vec![root];
    while let Some(node) = open.pop() {
        match node {
            Node::List(values) => open.extend(values),
            Node::Map(keys) => {
                let reference = node.text_of("$ref").unwrap_or("");
                let file = reference.split('#').next().unwrap_or("");
                if !file.is_empty() && named.len() < 4 * MAX_FILES {
                    named.extend(beside(path, file));
                }
                open.extend(keys.values());
            }
            _ => {}
        }
    }
    named
}

/// The path of a file that one beside it names; nothing outside the set.
fn beside(path: &str, file: &str) -> Option<String> {
    if file.contains("://") || file.len() > 1_000 {
        return None;
    }
    let file = percent_decode_str(file).decode_utf8().ok()?;
    let folder = match file.starts_with('/') {
        true => "",
        false => path.rsplit_once('/').map_or("", |(folder, _)| folder),
    };
    crate::corpus::path::join(folder, &file)
}

/// `schemas/User.yaml` -> `User`.
pub(super) fn stem(file: &str) -> &str {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.split('.')
        .next()
        .filter(|stem| !stem.is_empty())
        .unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_lead_within_a_file_and_into_others() {
        let files = |path: &str| match path {
            "api/schemas/user.yaml" => Some("team: {$ref: '../common.yaml#/Team'}\n".to_owned()),
            "api/common.yaml" => Some("Team: {type: object}\n".to_owned()),
            _ => None,
        };
        let text = "openapi: 3.0.0\na: {$ref: '#/b~1c'}\nb/c: {$ref: schemas/user.yaml}\n\
                    loop: {$ref: '#/loop'}\nout: {$ref: '../../../etc/passwd'}\n";
        let spec = Spec::read("api/openapi.yaml", text, &files).unwrap();
        let user = spec.resolve(spec.root().key("a").unwrap());
        assert_eq!(user.name, Some("user"));
        let team = spec.resolve(user.key("team").unwrap());
        assert_eq!((team.name, team.file), (Some("Team"), "api/common.yaml"));
        assert_eq!(team.node.text_of("type"), Some("object"));
        assert!(
            spec.resolve(spec.root().key("loop").unwrap())
                .node
                .key("$ref")
                .is_some()
        );
        assert!(
            spec.resolve(spec.root().key("out").unwrap())
                .node
                .key("$ref")
                .is_some()
        );
    }
}
