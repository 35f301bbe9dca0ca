//! docent's own manual answers questions about docent: what people ask, and the page that has to come first.

use std::{path::Path, sync::Arc};

use docent::{
    config::DocSet,
    search::{Query, Snapshot},
};

use super::folder::Folder;

const QUESTIONS: [(&str, &str); 58] = [
    ("how do I serve a Docusaurus site", "sites.md"),
    ("MkDocs site", "sites.md"),
    ("serve Sphinx documentation with autodoc", "sites.md"),
    ("Hugo site content folder", "sites.md"),
    ("mdBook book.toml src", "sites.md"),
    ("Read the Docs", "sites.md"),
    ("GitHub Pages", "sites.md"),
    ("deploy documents with rsync", "deploy.md"),
    ("deploy from GitHub Actions", "deploy.md"),
    ("GitLab CI job that sends the documents", "deploy.md"),
    ("git pull timer for the documents", "deploy.md"),
    ("docker compose example", "containers.md"),
    ("run it in Kubernetes", "containers.md"),
    ("readiness probe host localhost", "containers.md"),
    ("migrate from Context7", "moving.md"),
    ("replace docs-mcp-server", "moving.md"),
    (
        "how should I write headings so that assistants find them",
        "writing.md",
    ),
    ("how much memory does docent need", "sizing.md"),
    ("how large a machine for 200000 pages", "sizing.md"),
    ("change the port", "install.md"),
    ("uninstall docent", "install.md"),
    ("install with apt", "install.md"),
    ("install with dnf on Fedora", "install.md"),
    ("connect Claude Code", "connect.md"),
    ("add a connector in ChatGPT", "connect.md"),
    ("add it to Cursor", "connect.md"),
    ("VS Code mcp.json", "connect.md"),
    ("Let's Encrypt certificate", "certificates.md"),
    ("use my own certificate", "certificates.md"),
    ("certificate renewal failed rate limit", "certificates.md"),
    ("revoke a certificate", "certificates.md"),
    ("revoke an access key", "keys.md"),
    ("access key leaked", "keys.md"),
    ("where is keys.toml", "keys.md"),
    ("exit codes", "command-line.md"),
    (
        "pages are missing after a failed build lost pages",
        "service.md",
    ),
    ("journalctl fields DOCENT_QUERY", "service.md"),
    ("monitoring with an exit status", "service.md"),
    (
        "docent.service cannot see documents under /home: ProtectHome",
        "service.md",
    ),
    ("max_file_size", "configuration.md"),
    ("trusted_proxies X-Forwarded-For", "proxies.md"),
    ("restructuredtext directives", "formats.md"),
    ("which files are skipped", "formats.md"),
    (
        "which URL is a page published at, by generator",
        "formats.md",
    ),
    ("sign in with Keycloak", "keycloak.md"),
    ("Keycloak audience mapper client scope", "keycloak.md"),
    ("Microsoft Entra ID Azure AD app registration", "entra.md"),
    ("AADSTS9010010", "entra.md"),
    ("Okta authorization server", "okta.md"),
    ("Google Workspace sign in bridge", "google.md"),
    ("private documentation which way for whom", "private.md"),
    (
        "how each assistant makes itself known registration",
        "private.md",
    ),
    ("oauth2-proxy nginx auth_request", "proxies.md"),
    ("Authelia forward_auth Caddy", "proxies.md"),
    ("resource-metadata-missing", "doctor.md"),
    ("BM25 ranking how pages are scored", "search.md"),
    ("how fast is it compared to other servers", "performance.md"),
    ("what tools does an assistant get", "tools.md"),
];

#[test]
fn the_manual_answers_questions_about_itself() {
    let folder = Folder::new();
    let manual = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let store = folder.store_of(DocSet::new("docent", manual));
    let (snapshot, _): (Arc<Snapshot>, _) = store.update(false, &|_| {}).unwrap();
    let wrong: Vec<String> = QUESTIONS
        .iter()
        .filter_map(|(question, page)| {
            let answer = snapshot.search(&Query::new(*question)).unwrap();
            let first = answer.hits.first().map_or("nothing", |hit| &hit.page.path);
            (first != *page).then(|| format!("{question}: {first}, not {page}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
