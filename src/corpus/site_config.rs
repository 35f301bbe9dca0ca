//! What the configuration of a site generator says of its site: string literals alone, nothing is run.

use super::literals::{Literal, after, literals};
use serde_json::Value;

/// What a site is called and where it is published, as far as it is said in so many words.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct SiteConfig {
    pub(super) title: Option<String>,
    pub(super) description: Option<String>,
    /// The pages in [`Self::docs`] are published below this address.
    pub(super) url: Option<String>,
    /// The folder with the pages, relative to the one of the file; `None`: nothing is known of it.
    pub(super) docs: Option<String>,
}

/// A file by which a generator is known, and how it is read.
pub(super) struct ConfigFile {
    /// Below the folder of the site.
    pub(super) path: &'static str,
    pub(super) read: fn(&str) -> SiteConfig,
}

/// In the order in which they are looked for.
pub(super) const FILES: &[ConfigFile] = &[
    file("mkdocs.yml", mkdocs),
    file("mkdocs.yaml", mkdocs),
    file("zensical.toml", zensical),
    file("docusaurus.config.js", docusaurus),
    file("docusaurus.config.ts", docusaurus),
    file("docusaurus.config.mjs", docusaurus),
    file("book.toml", mdbook),
    file(".vitepress/config.ts", vitepress),
    file(".vitepress/config.mts", vitepress),
    file(".vitepress/config.js", vitepress),
    file(".vitepress/config.mjs", vitepress),
    file("hugo.toml", |text| hugo(&toml(text))),
    file("hugo.yaml", |text| hugo(&yaml(text))),
    file("hugo.yml", |text| hugo(&yaml(text))),
    file("conf.py", sphinx),
    file("antora.yml", antora),
];

const fn file(path: &'static str, read: fn(&str) -> SiteConfig) -> ConfigFile {
    ConfigFile { path, read }
}

/// The file may have tags that no parser knows, so each key is read alone.
fn mkdocs(text: &str) -> SiteConfig {
    SiteConfig {
        title: entry(text, "site_name"),
        description: entry(text, "site_description"),
        url: entry(text, "site_url"),
        docs: Some(entry(text, "docs_dir").unwrap_or_else(|| "docs".to_owned())),
    }
}

fn zensical(text: &str) -> SiteConfig {
    let file = toml(text);
    let project = &file["project"];
    SiteConfig {
        title: string(project, "site_name"),
        description: string(project, "site_description"),
        url: string(project, "site_url"),
        docs: Some(string(project, "docs_dir").unwrap_or_else(|| "docs".to_owned())),
    }
}

fn mdbook(text: &str) -> SiteConfig {
    let file = toml(text);
    let book = &file["book"];
    let html = &file["output"]["html"];
    let domain = string(html, "cname").map(|domain| format!("https://{domain}/"));
    SiteConfig {
        title: string(book, "title"),
        description: string(book, "description"),
        url: domain.or_else(|| string(html, "site-url")),
        docs: Some(string(book, "src").unwrap_or_else(|| "src".to_owned())),
    }
}

fn hugo(file: &Value) -> SiteConfig {
    let of = |name: &str| {
        let entries = file.as_object()?;
        let mut entries = entries.iter();
        let (_, value) = entries.find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        value.as_str().map(str::to_owned)
    };
    SiteConfig {
        title: of("title"),
        description: of("description").or_else(|| string(&file["params"], "description")),
        url: of("baseURL"),
        docs: Some(of("contentDir").unwrap_or_else(|| "content".to_owned())),
    }
}

fn docusaurus(text: &str) -> SiteConfig {
    let all = literals(text);
    let base = first(&all, "baseUrl").unwrap_or_else(|| "/".to_owned());
    // Several have blogs, versions or sets of pages besides: which of them is this?
    let routes: Vec<_> = all
        .iter()
        .filter(|it| it.key == Some("routeBasePath"))
        .collect();
    let route = match routes.as_slice() {
        [] => Some("docs"),
        [only] => Some(only.text),
        _ => None,
    };
    let url = first(&all, "url").zip(route).map(|(url, route)| {
        let (base, route) = (base.trim_matches('/'), route.trim_matches('/'));
        [url.trim_end_matches('/'), base, route]
            .into_iter()
            .filter(|part| !part.is_empty())
            .map(|part| format!("{part}/"))
            .collect()
    });
    SiteConfig {
        title: first(&all, "title"),
        description: first(&all, "tagline"),
        url,
        docs: Some("docs".to_owned()),
    }
}

fn vitepress(text: &str) -> SiteConfig {
    let all = literals(text);
    let base = first(&all, "base").filter(|base| base.starts_with('/'));
    let base = base.unwrap_or_else(|| "/".to_owned());
    let host = first(&literals(after(text, "sitemap")), "hostname");
    SiteConfig {
        title: first(&all, "title"),
        description: first(&all, "description"),
        url: host.map(|host| {
            match host
                .trim_end_matches('/')
                .ends_with(base.trim_end_matches('/'))
            {
                true => host,
                false => format!("{}{base}", host.trim_end_matches('/')),
            }
        }),
        docs: Some(first(&all, "srcDir").unwrap_or_default()),
    }
}

/// `project = "Lantern"`; where its pages are published depends on the builder.
fn sphinx(text: &str) -> SiteConfig {
    let assigned = |name: &str| {
        text.lines().find_map(|line| {
            let value = line
                .strip_prefix(name)?
                .trim_start()
                .strip_prefix('=')?
                .trim();
            let value = value.trim_start_matches(['u', 'U']);
            let quote = value
                .chars()
                .next()
                .filter(|quote| matches!(quote, '"' | '\''))?;
            let rest = &value[1..];
            let (inside, _) = rest.split_once(quote)?;
            written(inside)
        })
    };
    SiteConfig {
        title: assigned("html_title").or_else(|| assigned("project")),
        ..SiteConfig::default()
    }
}

fn antora(text: &str) -> SiteConfig {
    SiteConfig {
        title: entry(text, "title"),
        ..SiteConfig::default()
    }
}

/// The first value of a key in JavaScript or TypeScript.
fn first(all: &[Literal<'_>], key: &str) -> Option<String> {
    let found = all.iter().find(|literal| literal.key == Some(key))?;
    written(found.text)
}

/// A literal without its escapes; `None` for one that holds more than text.
fn written(literal: &str) -> Option<String> {
    let plain = literal.replace("\\'", "'").replace("\\\"", "\"");
    (!plain.contains('\\') && !plain.contains("${")).then_some(plain)
}

/// The text of a top-level key of YAML, with the lines that belong to it.
pub(super) fn entry(text: &str, key: &str) -> Option<String> {
    const MOST: usize = 20;
    let is_it = |line: &&str| {
        line.strip_prefix(key)
            .is_some_and(|rest| rest.starts_with(':'))
    };
    let mut lines = text.lines().skip_while(|line| !is_it(line));
    let mut block = format!("{}\n", lines.next()?);
    for line in lines.take(MOST) {
        if !line.is_empty() && !line.starts_with([' ', '\t']) {
            break;
        }
        block.push_str(line);
        block.push('\n');
    }
    string(&yaml(&block), key)
}

pub(super) fn string(table: &Value, key: &str) -> Option<String> {
    table.get(key)?.as_str().map(str::to_owned)
}

pub(super) fn toml(text: &str) -> Value {
    ::toml::from_str(text).unwrap_or_default()
}

pub(super) fn yaml(text: &str) -> Value {
    let options = serde_saphyr::options! {
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: 10_000 },
    };
    serde_saphyr::from_str_with_options(text, options).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(path: &str, text: &str) -> SiteConfig {
        let file = FILES.iter().find(|file| file.path == path).unwrap();
        (file.read)(text)
    }

    fn says(title: &str, description: &str, url: &str, docs: &str) -> SiteConfig {
        let said = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        SiteConfig {
            title: said(title),
            description: said(description),
            url: said(url),
            docs: Some(docs.to_owned()),
        }
    }

    #[test]
    fn each_generator_says_what_its_site_is_called_and_where_it_is() {
        let about = "How Lantern is run";
        for (path, text, expected) in [
            (
                "mkdocs.yml",
                "site_name: 'Lantern: the Handbook' # ours\nsite_url: https://docs.example.com/h/\nsite_description: >-\n  How\n  \
                 Lantern is run\nplugins:\n  - x: !ENV [A, false]\n    site_name: no\n",
                says(
                    "Lantern: the Handbook",
                    about,
                    "https://docs.example.com/h/",
                    "docs",
                ),
            ),
            (
                "zensical.toml",
                "[project]\nsite_name = \"Lantern\"\nsite_description = \"How Lantern is run\"\ndocs_dir = \"pages\"\n",
                says("Lantern", about, "", "pages"),
            ),
            (
                "book.toml",
                "[book]\ntitle = \"Lantern\"\ndescription = \"How Lantern is run\"\n[output.html]\ncname = \"docs.example.com\"\n",
                says("Lantern", about, "https://docs.example.com/", "src"),
            ),
            (
                "hugo.toml",
                "baseURL = 'https://docs.example.com/'\ntitle = 'Lantern'\n[params]\ndescription = 'How Lantern is run'\n",
                says("Lantern", about, "https://docs.example.com/", "content"),
            ),
            (
                "hugo.yaml",
                "baseurl: https://docs.example.com\ntitle: Lantern\ncontentDir: pages\n",
                says("Lantern", "", "https://docs.example.com", "pages"),
            ),
            (
                "docusaurus.config.ts",
                "const config: Config = {\n  title: 'Lantern\\'s Handbook', // title: 'no'\n  tagline: \"How Lantern is run\",\n  \
                 url: 'https://docs.example.com', baseUrl: '/lantern/',\n  themeConfig: { navbar: { title: 'Other' } } };",
                says(
                    "Lantern's Handbook",
                    about,
                    "https://docs.example.com/lantern/docs/",
                    "docs",
                ),
            ),
            (
                "docusaurus.config.js",
                "module.exports = { title: process.env.TITLE, url: 'https://docs.example.com', baseUrl: '/', presets: [['classic', \
                 { docs: { routeBasePath: '/' } }]] };",
                says("", "", "https://docs.example.com/", "docs"),
            ),
            (
                ".vitepress/config.mts",
                "export default defineConfig({ title: 'Lantern', description: 'How Lantern is run', base: '/h/', \
                 sitemap: { hostname: 'https://docs.example.com' } })",
                says("Lantern", about, "https://docs.example.com/h/", ""),
            ),
        ] {
            assert_eq!(read(path, text), expected, "{path}");
        }
        let text =
            "import os\nproject = 'Lantern'\ncopyright = f'{year}'\nhtml_title = f'{project} 1'\n";
        assert_eq!(read("conf.py", text).title.as_deref(), Some("Lantern"));
        let text = "name: lantern\ntitle: Lantern\nversion: ~\n";
        assert_eq!(read("antora.yml", text).title.as_deref(), Some("Lantern"));
    }

    #[test]
    fn what_is_computed_is_not_read() {
        for (path, text) in [
            (
                "docusaurus.config.js",
                "module.exports = { title: `${name} docs`, tagline: 'a\\u0041' }",
            ),
            ("conf.py", "project = name\nhtml_title = \"a\\tb\"\n"),
            (
                "mkdocs.yml",
                "site_name: !ENV [NAME]\nsite_description: [a]\nsite_url: 3\n",
            ),
            ("hugo.toml", "title = \n"),
        ] {
            let read = read(path, text);
            assert_eq!(
                (read.title, read.description, read.url),
                (None, None, None),
                "{path}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_text_is_a_fault(source in "[a-z_:='\"`\\\\{}\\[\\] \nöß]{0,120}") {
            for file in FILES {
                let _ = (file.read)(&format!("title: {source}\n{source}"));
            }
        }
    }
}
