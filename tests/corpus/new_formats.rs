//! Descriptions of APIs and notebooks beside pages, as a whole set.

use std::fs;

use docent::{
    config::DocSet,
    corpus::{self, Document, PrivatePaths, Site, Skip},
};

use super::listed::list;

/// What a set of these files has, by file in the order of their names.
fn read(files: &[(&str, &[u8])]) -> Vec<(String, Result<Vec<Document>, Skip>)> {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, bytes) in files {
        let file = folder.path().join(path);
        fs::create_dir_all(file.parent().expect("below the folder")).expect("a folder");
        fs::write(file, bytes).expect("a file");
    }
    let mut set = DocSet::new("docs", folder.path());
    set.base_url = Some("https://d.example/x/".to_owned());
    let listing = list(&set, &PrivatePaths::default()).expect("a listing");
    let site = Site::of(&set, &PrivatePaths::default());
    let read = listing.files.iter().map(|file| {
        let parsed = corpus::read(&set, &site, file);
        (file.path.clone(), parsed.documents)
    });
    let mut read: Vec<_> = read.collect();
    read.sort_by(|one, other| one.0.cmp(&other.0));
    read
}

const SPEC: &str = "openapi: 3.0.0\ninfo: {title: Users, version: \"1\"}\npaths:\n  /users/{id}:\n    get:\n      summary: Get a user by id\n      responses: {\"200\": {description: ok}}\n";

#[test]
fn operations_and_notebooks_are_pages() {
    let notebook = br##"{"cells":[{"cell_type":"markdown","metadata":{},"source":["# Fit a curve\n","Use `curve_fit`."]},{"cell_type":"code","metadata":{},"source":["x = 1"],"outputs":[]}],"metadata":{"language_info":{"name":"python"}},"nbformat":4,"nbformat_minor":5}"##;
    let read = read(&[
        (
            "api/get-user.mdx",
            b"---\ntitle: Get user\nopenapi: GET /users/{id}\n---\n",
        ),
        ("config.yaml", b"a: b\n"),
        ("openapi.yaml", SPEC.as_bytes()),
        (
            "package-lock.json",
            b"{\"name\": \"x\", \"lockfileVersion\": 3}",
        ),
        ("tutorial.ipynb", notebook),
    ]);
    let shown: Vec<_> = read
        .iter()
        .flat_map(|(_, documents)| documents.iter().flatten())
        .map(|it| {
            (
                it.path.as_str(),
                it.title.as_str(),
                it.url.as_deref().unwrap_or(""),
            )
        })
        .collect();
    assert_eq!(shown.len(), 4, "{shown:?}");
    assert_eq!(shown[0].1, "Get user");
    assert_eq!(
        shown[1],
        ("openapi.yaml", "Users", "https://d.example/x/openapi.yaml")
    );
    assert_eq!(
        shown[2],
        (
            "openapi.yaml/get-users-id",
            "Get a user by id",
            "https://d.example/x/openapi.yaml#/paths/~1users~1%7Bid%7D/get"
        )
    );
    assert_eq!((shown[3].0, shown[3].1), ("tutorial.ipynb", "Fit a curve"));
    let headings = |documents: &Result<Vec<Document>, Skip>, of: usize| {
        let documents = documents.as_ref().expect("pages");
        let sections = documents[of].sections.iter();
        sections
            .filter_map(|it| it.headings.last().cloned())
            .collect::<Vec<_>>()
    };
    assert!(headings(&read[0].1, 0).contains(&"GET /users/{id}".to_owned()));
    assert!(headings(&read[2].1, 1).contains(&"GET /users/{id}".to_owned()));
    for nothing in [1, 3] {
        assert_eq!(
            read[nothing].1,
            Err(Skip::UnknownFormat),
            "{}",
            read[nothing].0
        );
    }
}

#[test]
fn references_lead_into_other_files_of_the_set_and_no_further() {
    let read = read(&[
        (
            "api/openapi.yaml",
            b"openapi: 3.0.0\ninfo: {title: A}\npaths:\n  /a: {$ref: paths/a.yaml}\n  /b: {$ref: ../../outside.yaml}\n",
        ),
        (
            "api/paths/a.yaml",
            b"get:\n  summary: From another file\n  responses:\n    '200': {description: ok, content: {a/b: {schema: {$ref: '../schemas/User.json'}}}}\n",
        ),
        (
            "api/schemas/User.json",
            b"{\"type\": \"object\", \"properties\": {\"name\": {\"type\": \"string\", \"description\": \"What to call them.\"}}}",
        ),
    ]);
    let documents = read[0].1.as_ref().expect("pages");
    assert_eq!(documents.len(), 2);
    assert_eq!(documents[1].title, "From another file");
    assert!(
        documents[1]
            .sections
            .iter()
            .any(|it| it.markdown.contains("What to call them."))
    );
}

#[test]
fn pages_are_told_by_their_languages_and_their_kinds() {
    let page = b"<title>A page</title><p>Some words of it.</p>";
    let read = read(&[
        ("a.html.de", page),
        ("b.html.pt-br", page),
        ("c.html.erb", page),
        ("d.shtml", page),
        ("e.xht", page),
        ("f.qmd", b"# Quarto\n\nSome words.\n"),
        ("g.Rmd", b"# R Markdown\n\nSome words.\n"),
        ("h.html.bak", page),
    ]);
    let paths: Vec<_> = read
        .iter()
        .filter(|it| it.1.is_ok())
        .map(|it| it.0.as_str())
        .collect();
    assert_eq!(
        paths,
        [
            "a.html.de",
            "b.html.pt-br",
            "d.shtml",
            "e.xht",
            "f.qmd",
            "g.Rmd"
        ]
    );
}
