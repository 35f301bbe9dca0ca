//! The names that the configuration of a site defines for its pages to use, each with its text.

use super::publication::Files;
use super::python;
use super::site_config::{string, toml, yaml};
use crate::config::Generator;
use serde_json::Value;
use std::collections::BTreeMap;

/// Names that are kept.
const MAX: usize = 2_000;
/// A longer text is none that stands in a line; in bytes.
const MAX_LENGTH: usize = 4 << 10;
/// What stands before and behind every page of Sphinx may be long.
const MAX_EPILOG: usize = 256 << 10;
/// Tables in tables.
const MAX_DEPTH: usize = 8;

/// By the names under which pages use them: `version`, and dotted where they stand in tables.
pub(super) type Variables = BTreeMap<String, String>;

/// What the files of a site define.
pub(super) fn variables(generator: Generator, files: &Files<'_>) -> Variables {
    let mut found = Variables::new();
    match generator {
        Generator::Sphinx => sphinx(files, &mut found),
        Generator::MkDocs => mkdocs(files, &mut found),
        Generator::Antora => antora(files, &mut found),
        Generator::Jekyll => {
            let config = files.first(&["_config.yml", "_config.yaml"]);
            flat(&of_yaml(config), "", MAX_DEPTH, &mut found);
        }
        Generator::Hugo => {
            let config = files.first(&[
                "hugo.toml",
                "config.toml",
                "config/_default/hugo.toml",
                "config/_default/config.toml",
            ]);
            let config = match config {
                Some(text) => toml(&text),
                None => of_yaml(files.first(&[
                    "hugo.yaml",
                    "hugo.yml",
                    "config.yaml",
                    "config/_default/hugo.yaml",
                ])),
            };
            let params = files
                .first(&["config/_default/params.toml"])
                .map(|text| toml(&text));
            let params = params.or_else(|| {
                files
                    .first(&["config/_default/params.yaml"])
                    .map(|text| yaml(&text))
            });
            flat(&params.unwrap_or_default(), "params", MAX_DEPTH, &mut found);
            flat(&config["params"], "params", MAX_DEPTH, &mut found);
            put(&mut found, "title", string(&config, "title"));
            for name in ["defaultContentLanguage", "languageCode"] {
                put(&mut found, "language", string(&config, name));
            }
        }
        Generator::Quarto => {
            let variables = files.first(&["_variables.yml", "_variables.yaml"]);
            flat(&of_yaml(variables), "", MAX_DEPTH, &mut found);
            let config = files.first(&["_quarto.yml", "_quarto.yaml"]);
            flat(&of_yaml(config), "", MAX_DEPTH, &mut found);
        }
        Generator::Docfx => {
            let config = of_json(files.first(&["docfx.json"]));
            flat(
                &config["build"]["globalMetadata"],
                "",
                MAX_DEPTH,
                &mut found,
            );
        }
        Generator::MdBook => {
            let config = files.first(&["book.toml"]).map(|text| toml(&text));
            let book = &config.unwrap_or_default()["book"];
            put(&mut found, "language", string(book, "language"));
        }
        Generator::GitBook => {
            let config = of_json(files.first(&["book.json"]));
            flat(&config["variables"], "book", MAX_DEPTH, &mut found);
        }
        Generator::Mintlify => {
            let config = of_json(files.first(&["docs.json", "mint.json"]));
            flat(&config["variables"], "", MAX_DEPTH, &mut found);
        }
        _ => {}
    }
    found
}

/// `|version|` and what every page has before and behind it; `extlinks.issue` is the address of `:issue:`, with `%s`, and
/// `extlinks.issue.caption` its text; `substitutions.name` is one of MyST.
fn sphinx(files: &Files<'_>, found: &mut Variables) {
    let conf = files.first(&["conf.py"]).unwrap_or_default();
    let conf = python::assignments(&conf);
    for name in [
        "project",
        "version",
        "release",
        "author",
        "copyright",
        "language",
        "today",
        "default_role",
        "highlight_language",
        "primary_domain",
        "rst_prolog",
        "rst_epilog",
    ] {
        if let Some(python::Value::Text(text)) = conf.get(name) {
            let most = if name.starts_with("rst_") {
                MAX_EPILOG
            } else {
                MAX_LENGTH
            };
            if text.len() <= most {
                found.insert(name.to_owned(), text.clone());
            }
        }
    }
    let table = |name: &str| conf.get(name).map(python::Value::table).unwrap_or_default();
    for (name, values) in table("extlinks") {
        let mut values = values.into_iter();
        put(found, &format!("extlinks.{name}"), values.next());
        put(found, &format!("extlinks.{name}.caption"), values.next());
    }
    for (name, values) in table("myst_substitutions") {
        put(
            found,
            &format!("substitutions.{name}"),
            values.into_iter().next(),
        );
    }
    // Jupyter Book.
    let book = of_yaml(files.first(&["_config.yml"]));
    put(found, "project", string(&book, "title"));
    put(found, "author", string(&book, "author"));
    flat(
        &book["parse"]["myst_substitutions"],
        "substitutions",
        MAX_DEPTH,
        found,
    );
    flat(
        &book["sphinx"]["config"]["myst_substitutions"],
        "substitutions",
        MAX_DEPTH,
        found,
    );
}

fn mkdocs(files: &Files<'_>, found: &mut Variables) {
    if let Some(table) = files.first(&["zensical.toml"]).map(|text| toml(&text)) {
        flat(&table["project"], "", 1, found);
        flat(&table["project"]["extra"], "extra", MAX_DEPTH, found);
    }
    let text = files
        .first(&["mkdocs.yml", "mkdocs.yaml"])
        .unwrap_or_default();
    for key in [
        "site_name",
        "site_url",
        "site_description",
        "site_author",
        "copyright",
        "repo_name",
        "repo_url",
        "edit_uri",
        "extra",
    ] {
        flat(&block(&text, key), "", MAX_DEPTH, found);
    }
    let theme = &block(&text, "theme")["theme"];
    put(found, "language", string(theme, "language"));
}

/// Attributes of a component, and what Antora defines for it.
fn antora(files: &Files<'_>, found: &mut Variables) {
    let component = files.components.iter().find_map(|folder| {
        let path = match folder.as_str() {
            "" => "antora.yml".to_owned(),
            folder => format!("{folder}/antora.yml"),
        };
        (files.text)(&path)
    });
    let component = of_yaml(component);
    let playbook = [
        "antora-playbook.yml",
        "antora-playbook.yaml",
        "../antora-playbook.yml",
        "../../antora-playbook.yml",
    ];
    let playbook = of_yaml(files.first(&playbook));
    if files.components.len() == 1 {
        let name = string(&component, "name");
        let title = string(&component, "title");
        let version = string(&component, "version").filter(|version| version != "~");
        let shown = string(&component, "display_version").or_else(|| version.clone());
        put(found, "page-component-name", name.clone());
        put(found, "page-component-title", title.or(name));
        put(found, "page-component-version", version.clone());
        put(found, "page-version", version);
        put(found, "page-component-display-version", shown);
    }
    for table in [&component, &playbook] {
        let attributes = table["asciidoc"]["attributes"].as_object();
        for (name, value) in attributes.into_iter().flatten() {
            let text = match value {
                Value::String(text) => text.strip_suffix('@').unwrap_or(text).to_owned(),
                Value::Number(number) => number.to_string(),
                Value::Bool(true) => String::new(),
                _ => continue,
            };
            let name = name.trim_end_matches('@').to_lowercase();
            if !name.contains('!') {
                put(found, &name, Some(text));
            }
        }
    }
}

/// The scalars of a table, those that are there already kept.
fn flat(value: &Value, prefix: &str, depth: usize, found: &mut Variables) {
    let Value::Object(table) = value else {
        return;
    };
    for (key, value) in table {
        if found.len() >= MAX {
            return;
        }
        let name = match prefix.is_empty() {
            true => key.clone(),
            false => format!("{prefix}.{key}"),
        };
        match value {
            Value::String(text) => put(found, &name, Some(text.clone())),
            Value::Number(number) => put(found, &name, Some(number.to_string())),
            Value::Bool(value) => put(found, &name, Some(value.to_string())),
            Value::Object(_) if depth > 1 => flat(value, &name, depth - 1, found),
            _ => {}
        }
    }
}

fn put(found: &mut Variables, name: &str, text: Option<String>) {
    let text = text.filter(|text| text.len() <= MAX_LENGTH && name.len() <= MAX_LENGTH);
    if let Some(text) = text.filter(|_| found.len() < MAX) {
        found.entry(name.to_owned()).or_insert(text);
    }
}

/// A top-level key of YAML with what belongs to it: the rest of the file may have tags that no parser knows.
fn block(text: &str, key: &str) -> Value {
    const MOST: usize = 1_000;
    let is_it = |line: &&str| {
        let rest = line.strip_prefix(key);
        rest.is_some_and(|rest| rest.starts_with(':'))
    };
    let mut lines = text.lines().skip_while(|line| !is_it(line));
    let mut block = String::new();
    block.extend(lines.next());
    for line in lines.take(MOST) {
        if !line.is_empty() && !line.starts_with([' ', '\t', '#']) {
            break;
        }
        block.push('\n');
        block.push_str(line);
    }
    yaml(&block)
}

fn of_yaml(text: Option<String>) -> Value {
    text.map(|text| yaml(&text)).unwrap_or_default()
}

fn of_json(text: Option<String>) -> Value {
    let value = text.and_then(|text| serde_json::from_str(&text).ok());
    value.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(generator: Generator, file: &str, text: &str) -> Vec<(String, String)> {
        let read = |path: &str| (path == file).then(|| text.to_owned());
        let files = Files {
            text: &read,
            has: &|path| path == file,
            components: &[String::new()],
        };
        variables(generator, &files).into_iter().collect()
    }

    #[test]
    fn each_generator_has_its_variables() {
        for (generator, file, text, expected) in [
            (
                Generator::Sphinx,
                "conf.py",
                "version = '2.1'\nrelease = version\nsecret = 'x'\nrst_epilog = '''\n.. |a| replace:: b\n'''\nextlinks = {'issue': \
                 ('https://e.example/%s', '#%s')}\nmyst_substitutions = {'key': 'value'}\n",
                vec![
                    ("extlinks.issue", "https://e.example/%s"),
                    ("extlinks.issue.caption", "#%s"),
                    ("release", "2.1"),
                    ("rst_epilog", "\n.. |a| replace:: b\n"),
                    ("substitutions.key", "value"),
                    ("version", "2.1"),
                ],
            ),
            (
                Generator::MkDocs,
                "mkdocs.yml",
                "site_name: A\nplugins:\n  - x: !ENV [A]\nextra:\n  version: 2.1\n  a:\n    b: c\n    d: [e]\n",
                vec![
                    ("extra.a.b", "c"),
                    ("extra.version", "2.1"),
                    ("site_name", "A"),
                ],
            ),
            (
                Generator::Antora,
                "antora.yml",
                "name: server\nversion: '7.6'\nasciidoc:\n  attributes:\n    product: Acme@\n    gone: ~\n    on: true\n",
                vec![
                    ("on", ""),
                    ("page-component-display-version", "7.6"),
                    ("page-component-name", "server"),
                    ("page-component-title", "server"),
                    ("page-component-version", "7.6"),
                    ("page-version", "7.6"),
                    ("product", "Acme"),
                ],
            ),
            (
                Generator::Jekyll,
                "_config.yml",
                "title: Docs\nproduct: {name: Acme, tags: [a]}\n",
                vec![("product.name", "Acme"), ("title", "Docs")],
            ),
            (
                Generator::Hugo,
                "hugo.toml",
                "title = 'A'\n[params]\nversion = '2'\n",
                vec![("params.version", "2"), ("title", "A")],
            ),
            (
                Generator::Quarto,
                "_variables.yml",
                "version: 2\nemail: {info: a@b.example}\n",
                vec![("email.info", "a@b.example"), ("version", "2")],
            ),
            (
                Generator::GitBook,
                "book.json",
                "{\"variables\": {\"v\": \"1\"}}",
                vec![("book.v", "1")],
            ),
        ] {
            let expected: Vec<_> = expected
                .into_iter()
                .map(|(name, text)| (name.to_owned(), text.to_owned()))
                .collect();
            assert_eq!(of(generator, file, text), expected, "{generator:?}");
        }
    }

    #[test]
    fn variables_are_bounded() {
        let long = format!("a: {}\n", "x".repeat(100_000));
        assert!(of(Generator::Jekyll, "_config.yml", &long).is_empty());
        let many: String = (0..10_000)
            .map(|number| format!("a{number}: b\n"))
            .collect();
        assert_eq!(of(Generator::Jekyll, "_config.yml", &many).len(), MAX);
    }
}
