//! Who may read what: the door, and what is behind it for each audience.

use std::{
    io::{Read as _, Write as _},
    sync::Arc,
};

use docent::{
    auth::{self, Gate},
    config::{AccessSettings, AudienceName, AudienceSettings, DocSet, Limits, SiteSettings},
    http::{App, Audiences, Offer, Site},
    mcp::{Library, Readers},
};
use serde_json::json;
use tempfile::TempDir;

use crate::server::{Response, Server, house, library};

/// A set of one page with a word that stands nowhere else.
fn set(folder: &TempDir, name: &str, word: &str) -> DocSet {
    let root = folder.path().join(name);
    std::fs::create_dir(&root).unwrap();
    let text = format!("# About {word}\n\nHow to {word} a lantern.\n");
    std::fs::write(root.join("index.md"), text).unwrap();
    DocSet::new(name, root)
}

fn audience(name: &str, docs: &[&str]) -> AudienceSettings {
    AudienceSettings {
        name: AudienceName::new(name).unwrap(),
        docs: docs.iter().map(|&name| name.to_owned()).collect(),
        groups: Vec::new(),
        keys: Vec::new(),
    }
}

/// Sets and audiences, served together.
struct House {
    server: Server,
    _folder: TempDir,
    _caches: Vec<TempDir>,
}

impl House {
    fn open(audiences: Vec<AudienceSettings>) -> Self {
        let folder = TempDir::new().unwrap();
        let sets = [
            set(&folder, "open", "polish"),
            set(&folder, "secret", "quench"),
        ];
        let mut caches = Vec::new();
        let readers = Readers::default();
        let of = |audience: &AudienceSettings| {
            let own = sets.iter();
            let own = own.filter(|set| audience.docs.contains(&set.name));
            let (library, cache) = library::of(own.cloned().collect());
            caches.push(cache);
            let snapshot = Arc::clone(&library.current().snapshot);
            let library = Library::of_audience(snapshot, readers.clone());
            (audience.name.clone(), Some(Arc::new(library)))
        };
        let libraries = audiences.iter().map(of).collect();
        let access = AccessSettings {
            audiences,
            ..AccessSettings::default()
        };
        let gate = Gate {
            audiences: auth::Audiences::new(&access),
            ..Gate::default()
        };
        let app = App {
            hosts: vec!["docs.example.com".to_owned()],
            site: SiteSettings {
                title: Some("Lantern".to_owned()),
                ..SiteSettings::default()
            },
            ..App::offering(Offer::Audiences(Audiences {
                access: Arc::new(access),
                gate: Arc::new(gate),
                libraries,
            }))
        };
        Self {
            server: Server::serving(Arc::new(Site::new(&app, Limits::default()))),
            _folder: folder,
            _caches: caches,
        }
    }

    fn browse(&self, path: &str) -> Response {
        let headers = [("Accept", "text/html"), ("Host", "docs.example.com")];
        self.server.send("GET", path, &headers, b"")
    }
}

const BAD: (&str, &str) = ("Authorization", "Bearer docent_nobody");

#[test]
fn whoever_shows_nothing_sees_what_is_everybodys_and_nothing_else() {
    let house = House::open(vec![
        audience("staff", &["open", "secret"]),
        audience("anonymous", &["open"]),
    ]);
    let server = &house.server;
    let search = |query: &str| {
        let arguments = json!({"name": "search", "arguments": {"query": query}});
        server.call("tools/call", arguments).to_string()
    };
    assert!(search("polish a lantern").contains("open/index.md"));
    for told in [
        search("quench"),
        search("how to quench a lantern"),
        server.call("tools/list", json!({})).to_string(),
        server.call("resources/list", json!({})).to_string(),
        house.browse("/").text(),
        house.browse("/search?q=quench+lantern").text(),
        house.browse("/llms.txt").text(),
        house.browse("/llms-full.txt").text(),
        house.browse("/sitemap.xml").text(),
        house.browse("/nothing/here").text(),
        house.browse("/mcp/server-card").text(),
    ] {
        assert!(!told.contains("secret"), "{told}");
        assert!(!told.contains("About quench"), "{told}");
        assert!(!told.contains("staff"), "{told}");
    }
    assert_eq!(house.browse("/open/").status, 200);
    assert_eq!(house.browse("/secret/").status, 404);
    assert_eq!(
        house.browse("/secret/").status,
        house.browse("/other/").status
    );
    let page = house.browse("/open/");
    assert!(
        page.headers
            .iter()
            .any(|(name, value)| name == "vary" && value == "authorization")
    );
    // What 2026-07-28 says of keeping answers.
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let headers = [
        ("MCP-Protocol-Version", "2026-07-28"),
        ("Mcp-Method", "resources/list"),
    ];
    let body = json!({
        "jsonrpc": "2.0", "id": 1, "method": "resources/list", "params": { "_meta": meta },
    });
    let list = server.post(&headers, body.to_string().as_bytes()).json();
    assert_eq!(list["result"]["cacheScope"], "private", "{list}");
}

#[test]
fn what_is_shown_and_no_good_is_refused_everywhere() {
    let house = House::open(vec![
        audience("staff", &["open", "secret"]),
        audience("anonymous", &["open"]),
    ]);
    let send = |method: &str, path: &str| house.server.send(method, path, &[BAD], b"{}");
    for (method, path) in [
        ("POST", "/mcp"),
        ("POST", "/mcp/"),
        ("POST", "/chatgpt"),
        ("GET", "/sse"),
        ("POST", "/message?sessionId=x"),
        ("GET", "/"),
        ("GET", "/open/"),
        ("GET", "/llms.txt"),
    ] {
        let response = send(method, path);
        assert_eq!(response.status, 401, "{path}");
        let challenge = response.header("www-authenticate").unwrap();
        assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");
        assert_eq!(response.header("cache-control"), Some("no-store"));
    }
    assert_eq!(
        house.server.post(&[], b"{}").status,
        400,
        "nobody is let in"
    );
    for path in [
        "/mcp?sign_in",
        "/mcp?budget=4000&sign_in=1",
        "/chatgpt/?sign_in",
    ] {
        let response = house.server.send("POST", path, &[], b"{}");
        assert_eq!(response.status, 401, "{path}");
        let challenge = response.header("www-authenticate").unwrap();
        assert!(!challenge.contains("error"), "{challenge}");
        let endpoint = path.split('?').next().unwrap();
        let metadata = format!("/.well-known/oauth-protected-resource{endpoint}\"");
        assert!(challenge.contains(&metadata), "{challenge}");
    }
}

#[test]
fn where_nothing_is_everybodys_people_are_told_how_to_get_in_and_programs_are_challenged() {
    let house = House::open(vec![audience("staff", &["open", "secret"])]);
    let note = house.browse("/");
    assert_eq!(note.status, 200);
    assert!(
        note.text().contains("Lantern is private"),
        "{}",
        note.text()
    );
    for secret in ["staff", "secret", "About", "quench", "llms.txt"] {
        assert!(!note.text().contains(secret), "{secret}: {}", note.text());
    }
    for path in [
        "/open/",
        "/secret/",
        "/other",
        "/search?q=a",
        "/llms.txt",
        "/sitemap.xml",
    ] {
        let page = house.browse(path);
        assert_eq!(page.status, 401, "{path}");
        assert_eq!(page.text(), house.browse("/secret/").text(), "{path}");
        assert!(page.header("www-authenticate").is_some());
        let text = house.server.get(path);
        assert_eq!(text.status, 401);
        assert!(!text.text().contains('<'), "{}", text.text());
    }
    for path in ["/mcp", "/sse", "/chatgpt", "/message"] {
        let response = house.browse(path);
        assert_eq!(response.status, 401, "{path}");
        assert!(!response.text().contains('<'), "{}", response.text());
        assert!(response.header("location").is_none());
    }
    assert_eq!(house.server.get("/healthz").status, 200);
    assert_eq!(house.server.get("/favicon.ico").status, 200);
    assert!(
        house
            .server
            .get("/robots.txt")
            .text()
            .contains("Disallow: /\n")
    );
    let style = note.text();
    let style = style
        .split("href=\"")
        .find(|it| it.starts_with("/assets/style"))
        .unwrap();
    let style = style.split('"').next().unwrap();
    assert_eq!(house.server.get(style).status, 200);
}

#[test]
fn answers_to_those_who_have_access_are_kept_for_them_alone() {
    let house = house::House::new(true);
    let server = Server::serving(Arc::new(Site::new(&house.app, Limits::default())));
    let bearer = format!("Bearer {}", house.key);
    let key = ("Authorization", bearer.as_str());
    let get = |path: &str, headers: &[(&str, &str)]| server.send("GET", path, headers, b"");
    for (path, mine, everybodys) in [
        ("/open/", "private, no-cache", "no-cache"),
        ("/llms-full.txt", "private, no-cache", "no-cache"),
        (
            "/mcp/server-card",
            "private, max-age=300",
            "public, max-age=300",
        ),
    ] {
        for (headers, expected) in [(&[key][..], mine), (&[][..], everybodys)] {
            let response = get(path, headers);
            assert_eq!(response.status, 200, "{path}");
            assert_eq!(response.header("cache-control"), Some(expected), "{path}");
            let varies =
                |(name, value): &(String, String)| name == "vary" && value == "authorization";
            assert!(response.headers.iter().any(varies), "{path}");
        }
    }
    let body = br#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
    assert_eq!(
        server.post(&[key], body).header("cache-control"),
        Some("no-store")
    );
    // A tag of what one may read says nothing of it to another.
    let secret = get("/secret/index", &[key]);
    assert_eq!(secret.status, 200);
    let tag = secret.header("etag").unwrap();
    let asked = get("/secret/index", &[("If-None-Match", tag)]);
    assert_eq!(asked.status, 404);
    assert_eq!(asked.text(), get("/secret/nothing", &[]).text());
    // Both footers are true.
    let html = ("Accept", "text/html");
    assert!(
        get("/", &[key, html])
            .text()
            .contains("shown to those who have access")
    );
    let public = get("/", &[html]).text();
    assert!(
        public.contains("what is shown here") && public.contains("/mcp?sign_in"),
        "{public}"
    );
}

#[test]
fn a_hidden_set_is_no_reason_to_take_a_path_for_something_else() {
    let url = Some("https://www.example.com/secret".parse().unwrap());
    let mut house = house::House::new(true);
    house.app.url.clone_from(&url);
    let beside = Server::serving(Arc::new(Site::new(&house.app, Limits::default())));
    // The same without the set that is called like the path.
    let mut alone = house::House::with(true, |access| {
        access.audiences[0].docs = vec!["open".to_owned()];
    });
    alone.app.url = url;
    let alone = Server::serving(Arc::new(Site::new(&alone.app, Limits::default())));
    let get = |server: &Server, path: &str| {
        let headers = [("Host", "www.example.com"), ("Accept", "text/html")];
        let answer = server.send("GET", path, &headers, b"");
        (answer.status, answer.text())
    };
    for path in [
        "/secret/open/",
        "/open/",
        "/secret/secret/",
        "/secret/index",
        "/secret",
        "/secret/",
        "/secret/nothing",
        "/secret/search?q=quench",
    ] {
        let (beside, alone) = (get(&beside, path), get(&alone, path));
        // What is served was read at another moment.
        let even = |text: &str| text.split("<time").next().unwrap().to_owned();
        assert_eq!(
            (beside.0, even(&beside.1)),
            (alone.0, even(&alone.1)),
            "{path}"
        );
    }
    assert_eq!(get(&beside, "/secret/open/").0, 200);
    let bearer = format!("Bearer {}", house.key);
    let headers = [
        ("Host", "www.example.com"),
        ("Authorization", bearer.as_str()),
    ];
    let own = beside.send("GET", "/secret/secret/index", &headers, b"");
    assert_eq!(own.status, 200, "{}", own.text());
}

#[test]
fn a_subscription_ends_when_its_key_is_revoked() {
    let house = house::House::new(true);
    let site = Arc::new(Site::new(&house.app, Limits::default()));
    let server = Server::serving(Arc::clone(&site));
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let body = json!({
        "jsonrpc": "2.0", "id": 1, "method": "subscriptions/listen",
        "params": { "_meta": meta, "notifications": { "toolsListChanged": true } },
    });
    let open = |headers: &[(&str, &str)]| {
        let mut all = vec![
            ("Content-Type", "application/json"),
            ("Accept", "application/json, text/event-stream"),
            ("MCP-Protocol-Version", "2026-07-28"),
            ("Mcp-Method", "subscriptions/listen"),
        ];
        all.extend_from_slice(headers);
        let mut stream = server.connect();
        let request = crate::server::request("POST", "/mcp", &all, body.to_string().as_bytes());
        stream.write_all(&request).unwrap();
        let mut bytes = [0; 4096];
        let read = stream.read(&mut bytes).unwrap();
        let head = String::from_utf8_lossy(&bytes[..read]).into_owned();
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        stream
    };
    let bearer = format!("Bearer {}", house.key);
    let mut own = open(&[("Authorization", &bearer)]);
    let _everybodys = open(&[]);
    let mut app = house.app.clone();
    if let Offer::Audiences(audiences) = &mut app.documents {
        audiences.gate = Arc::new(Gate {
            audiences: auth::Audiences::new(&audiences.access),
            ..Gate::default()
        });
    }
    site.replace(&app, Limits::default());
    let mut rest = Vec::new();
    own.read_to_end(&mut rest).unwrap();
    assert!(site.idle_for().is_zero(), "the other one is still open");
}
