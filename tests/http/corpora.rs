//! All pages of real documentation, which tests/fetch-corpora.sh fetches, as docent's own pages.

use std::{
    collections::{BTreeMap, HashSet},
    path::PathBuf,
};

use docent::config::{DocSet, Limits};

use crate::{
    documents::harmless,
    server::{Server, library},
};

fn corpus(name: &str) -> DocSet {
    let cache = std::env::var_os("DOCENT_TEST_CACHE").map(PathBuf::from);
    let cache = cache.unwrap_or_else(|| {
        let home = std::env::var_os("HOME").map(PathBuf::from).unwrap();
        std::env::var_os("XDG_CACHE_HOME")
            .map_or_else(|| home.join(".cache"), PathBuf::from)
            .join("docent-tests")
    });
    let folder = cache.join("corpora").join(name).join("usr/share/doc");
    assert!(
        folder.exists(),
        "{} is missing: run tests/fetch-corpora.sh",
        folder.display()
    );
    DocSet::new(name, folder)
}

/// Every page is there in both forms and does nothing, and whatever of docent's own a page leads to is there.
fn every_page_is_there(name: &str, at_least: usize) {
    let (library, cache) = library::of(vec![corpus(name)]);
    let snapshot = library.current().snapshot.clone();
    let server = Server::holding((library, cache), Limits::default());
    let mut addresses = HashSet::new();
    let mut links: BTreeMap<String, String> = BTreeMap::new();
    let mut within = 0;
    for page in snapshot.pages() {
        let route = format!(
            "/{}",
            docent::mcp::page_path(&snapshot, &page.set, &page.path, docent::mcp::Form::Html)
        );
        assert!(addresses.insert(route.clone()), "two pages at {route}");
        let html = server.get(&route);
        assert_eq!(html.status, 200, "{route}");
        let html = html.text();
        // Reading every tag takes longer than everything else.
        if addresses.len() % 8 == 0 {
            harmless(&html);
        }
        assert_eq!(html.matches("<h1").count(), 1, "{route}");
        let markdown = server.get(&format!("{route}.md"));
        assert_eq!(markdown.status, 200, "{route}.md");
        assert!(markdown.text().contains("\n# "), "{route}.md");
        let article = html.split("<article").nth(1).unwrap();
        let article = article.split("<section class=\"ask\"").next().unwrap();
        for link in article.split("<a href=\"").skip(1) {
            let path = link.split(['"', '#']).next().unwrap_or_default();
            if path.starts_with('/') {
                within += 1;
                links
                    .entry(path.to_owned())
                    .or_insert_with(|| route.clone());
            }
        }
    }
    assert!(addresses.len() >= at_least, "{}", addresses.len());
    assert!(
        within > addresses.len(),
        "{within} links in {} pages",
        addresses.len()
    );
    for (link, from) in &links {
        let is_page = addresses.contains(link);
        assert!(
            is_page || server.get(link).status == 200,
            "{link} on {from}"
        );
    }
}

#[test]
fn every_page_of_postgresql_is_there() {
    every_page_is_there("postgresql-doc-15", 1_150);
}

#[test]
fn every_page_of_mkdocs_is_there() {
    every_page_is_there("mkdocs-doc", 20);
}
