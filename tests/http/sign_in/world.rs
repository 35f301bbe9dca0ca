//! A docent with a sign-in page, an assistant that asks, and a person with a browser.

use std::{
    collections::HashMap,
    fs,
    path::PathBuf,
    sync::Arc,
    time::{Duration, SystemTime},
};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64_URL};
use docent::{
    auth::{self, AccessKey, Gate, KeptKey, KeyRing, KeysFile, SealingKeys},
    config::{
        AccessSettings, AudienceName, AudienceSettings, DocSet, KeyName, Limits, SignInSettings,
        SiteSettings, TrustedProxies,
    },
    http::{App, Audiences, Offer, Site},
    mcp::{Library, Readers},
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use ring::{
    digest::{SHA256, digest},
    rand::SystemRandom,
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::server::{Response, Server, library};

pub(super) const BASE: &str = "https://docs.example.com";
pub(super) const CALLBACK: &str = "https://claude.ai/api/mcp/auth_callback";
/// The word that only the documents of those who signed in hold.
pub(super) const SECRET: &str = "quench";

/// What is kept of a docent while its process comes and goes.
pub(super) struct House {
    folder: TempDir,
    libraries: Vec<(AudienceName, Option<Arc<Library>>)>,
    access: AccessSettings,
    _caches: Vec<TempDir>,
    pub(super) url: String,
}

/// One process of it.
pub(super) struct Process {
    pub(super) server: Server,
    pub(super) site: Arc<Site>,
    pub(super) url: String,
}

impl House {
    pub(super) fn new() -> Self {
        Self::at(BASE)
    }

    pub(super) fn at(url: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let set = |name: &str, word: &str| {
            let root = folder.path().join(name);
            fs::create_dir(&root).unwrap();
            let text = format!("# About {word}\n\nHow to {word} a lantern.\n");
            fs::write(root.join("index.md"), text).unwrap();
            DocSet::new(name, root)
        };
        let sets = [set("open", "polish"), set("secret", SECRET)];
        let audience = |name: &str, docs: &[&str]| AudienceSettings {
            name: AudienceName::new(name).unwrap(),
            docs: docs.iter().map(|&name| name.to_owned()).collect(),
            groups: Vec::new(),
            keys: Vec::new(),
        };
        let access = AccessSettings {
            audiences: vec![
                audience("staff", &["open", "secret"]),
                audience("guests", &["open"]),
            ],
            sign_in: SignInSettings { enabled: true },
            keys_file: Some(folder.path().join("keys.toml")),
            sealing_key_file: Some(folder.path().join("sealing.key")),
            ..AccessSettings::default()
        };
        let mut caches = Vec::new();
        let readers = Readers::default();
        let of = |audience: &AudienceSettings| {
            let own = sets.iter().filter(|set| audience.docs.contains(&set.name));
            let (library, cache) = library::of(own.cloned().collect());
            caches.push(cache);
            let snapshot = Arc::clone(&library.current().snapshot);
            let library = Library::of_audience(snapshot, readers.clone());
            (audience.name.clone(), Some(Arc::new(library)))
        };
        let libraries = access.audiences.iter().map(of).collect();
        let house = Self {
            libraries,
            access,
            _caches: caches,
            url: url.to_owned(),
            folder,
        };
        let line = SealingKeys::new_line().unwrap();
        fs::write(house.sealing_file(), &*line).unwrap();
        house
    }

    pub(super) fn sealing_file(&self) -> PathBuf {
        self.folder.path().join("sealing.key")
    }

    /// Makes an access key, good for so long.
    pub(super) fn key(&self, name: &str, audience: &str, good: Option<Duration>) -> String {
        let key = AccessKey::generate(&SystemRandom::new()).unwrap();
        let now = SystemTime::now();
        let kept = KeptKey::new(
            KeyName::new(name).unwrap(),
            AudienceName::new(audience).unwrap(),
            key.hash(),
            now,
            good.map(|good| now + good),
        );
        let text = self.keys_file().with(&kept).unwrap();
        fs::write(self.folder.path().join("keys.toml"), text).unwrap();
        key.reveal().to_owned()
    }

    /// Takes all access keys back.
    pub(super) fn revoke_all(&self) {
        fs::write(self.folder.path().join("keys.toml"), "").unwrap();
    }

    fn keys_file(&self) -> KeysFile {
        KeysFile::read(&self.folder.path().join("keys.toml")).unwrap()
    }

    fn app(&self) -> App {
        let sealing = SealingKeys::read(&self.sealing_file()).ok();
        let gate = Gate {
            audiences: auth::Audiences::new(&self.access),
            keys: Arc::new(KeyRing::load(&self.access).unwrap()),
            sealing: sealing.map(Arc::new),
            ..Gate::default()
        };
        App {
            hosts: vec!["docs.example.com".to_owned()],
            url: Some(self.url.parse().unwrap()),
            site: SiteSettings {
                title: Some("Lantern".to_owned()),
                ..SiteSettings::default()
            },
            ..App::offering(Offer::Audiences(Audiences {
                access: Arc::new(self.access.clone()),
                gate: Arc::new(gate),
                libraries: self.libraries.clone(),
            }))
        }
    }

    pub(super) fn start(&self) -> Process {
        let site = Arc::new(Site::new(&self.app(), Limits::default()));
        Process {
            server: Server::serving(Arc::clone(&site)),
            site,
            url: self.url.clone(),
        }
    }

    /// The same where a proxy on this machine says whose requests it brings.
    pub(super) fn behind_a_proxy(&self) -> Process {
        let process = self.start();
        let app = App {
            proxies: TrustedProxies {
                networks: vec!["127.0.0.1".parse().unwrap()],
                ..TrustedProxies::default()
            },
            ..self.app()
        };
        process.site.replace(&app, Limits::default());
        process
    }

    /// The same without pages for people.
    pub(super) fn without_pages(&self) -> Process {
        let process = self.start();
        let mut app = self.app();
        app.site.enabled = false;
        process.site.replace(&app, Limits::default());
        process
    }

    /// Has a process read keys and sealing keys again.
    pub(super) fn reload(&self, process: &Process) {
        process.site.replace(&self.app(), Limits::default());
    }
}

/// A page, as a browser has it.
pub(super) struct Page {
    pub(super) form: String,
    /// As it is sent back: `name=value`.
    pub(super) cookie: String,
    pub(super) response: Response,
}

impl Process {
    pub(super) fn get(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        let mut all = vec![("Host", "docs.example.com"), ("Accept", "text/html")];
        all.extend_from_slice(headers);
        self.server.send("GET", path, &all, b"")
    }

    pub(super) fn post(&self, path: &str, kind: &str, body: &str) -> Response {
        let headers = [("Host", "docs.example.com"), ("Content-Type", kind)];
        self.server.send("POST", path, &headers, body.as_bytes())
    }

    pub(super) fn register(&self, asked: &Value) -> Response {
        self.post("/register", "application/json", &asked.to_string())
    }

    /// The identifier of a new client.
    pub(super) fn client(&self, redirect: &str) -> String {
        let answer = self.register(&json!({
            "client_name": "Test client",
            "redirect_uris": [redirect],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "none",
        }));
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.json()["client_id"].as_str().unwrap().to_owned()
    }

    pub(super) fn authorize(&self, ask: &Ask) -> Response {
        self.get(&format!("/authorize?{}", ask.query()), &[])
    }

    /// The page that a request brings up.
    pub(super) fn page(&self, ask: &Ask) -> Page {
        let response = self.authorize(ask);
        assert_eq!(response.status, 200, "{}", response.text());
        let text = response.text();
        let form = between(&text, "name=\"form\" value=\"", "\"").to_owned();
        let cookie = response.header("set-cookie").unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        Page {
            form,
            cookie,
            response,
        }
    }

    /// Sends the form as a browser does that shows the page.
    pub(super) fn submit(&self, page: &Page, fields: &[(&str, &str)]) -> Response {
        let headers = [
            ("Cookie", &*page.cookie),
            ("Origin", origin(&self.url)),
            ("Sec-Fetch-Site", "same-origin"),
        ];
        self.submit_with(&page.form, fields, &headers)
    }

    pub(super) fn submit_with(
        &self,
        form: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Response {
        let mut all = vec![("form", form)];
        all.extend_from_slice(fields);
        let body = encoded(&all);
        let mut with = vec![
            ("Host", "docs.example.com"),
            ("Content-Type", "application/x-www-form-urlencoded"),
        ];
        with.extend_from_slice(headers);
        self.server
            .send("POST", "/authorize", &with, body.as_bytes())
    }

    /// The code that a person with a key sends an assistant.
    pub(super) fn code(&self, ask: &Ask, key: &str) -> String {
        let page = self.page(ask);
        let answer = self.submit(&page, &[("key", key)]);
        assert_eq!(answer.status, 303, "{}", answer.text());
        let sent = query_of(answer.header("location").unwrap());
        assert_eq!(sent.get("state"), Some(&ask.get("state").to_owned()));
        assert_eq!(sent["iss"], self.url);
        sent["code"].clone()
    }

    pub(super) fn exchange(&self, fields: &[(&str, &str)]) -> Response {
        let kind = "application/x-www-form-urlencoded";
        self.post("/token", kind, &encoded(fields))
    }

    /// The answer to a code, asked for as it should be.
    pub(super) fn tokens(&self, ask: &Ask, code: &str) -> Response {
        self.exchange(&ask.redeem(code))
    }

    /// The token that a person with a key lets an assistant have.
    pub(super) fn token(&self, ask: &Ask, key: &str) -> String {
        let code = self.code(ask, key);
        let answer = self.tokens(ask, &code);
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }

    /// Searches, as whoever has a token: the status, and what is answered.
    pub(super) fn search(&self, token: &str) -> (u16, String) {
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": {"name": "search", "arguments": {"query": SECRET}}});
        let bearer = format!("Bearer {token}");
        let headers = [
            ("Host", "docs.example.com"),
            ("Content-Type", "application/json"),
            ("Accept", "application/json, text/event-stream"),
            ("Authorization", &*bearer),
            ("MCP-Protocol-Version", "2025-11-25"),
        ];
        let body = body.to_string();
        let answer = self.server.send("POST", "/mcp", &headers, body.as_bytes());
        (answer.status, answer.text())
    }

    /// Whether a token opens what is not for everybody.
    pub(super) fn opens(&self, token: &str) -> bool {
        let (status, text) = self.search(token);
        assert!(matches!(status, 200 | 401), "{status} {text}");
        status == 200 && text.contains("secret/index.md")
    }
}

/// What an assistant asks for, as parameters of `/authorize`.
#[derive(Clone)]
pub(super) struct Ask(Vec<(&'static str, String)>);

/// Of RFC 7636, appendix B.
pub(super) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

impl Ask {
    pub(super) fn new(client: &str, redirect: &str) -> Self {
        let challenge = BASE64_URL.encode(digest(&SHA256, VERIFIER.as_bytes()));
        Self(vec![
            ("response_type", "code".to_owned()),
            ("client_id", client.to_owned()),
            ("redirect_uri", redirect.to_owned()),
            ("code_challenge", challenge),
            ("code_challenge_method", "S256".to_owned()),
            ("state", "of the client".to_owned()),
            ("resource", format!("{BASE}/mcp")),
            ("scope", "docs:read".to_owned()),
        ])
    }

    /// Claude, by its own document.
    pub(super) fn claude() -> Self {
        Self::new(
            "https://claude.ai/oauth/mcp-oauth-client-metadata",
            CALLBACK,
        )
    }

    pub(super) fn get(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(own, _)| *own == name);
        found.map_or("", |(_, value)| value)
    }

    /// The same with something said otherwise; left out where it is empty.
    pub(super) fn with(&self, name: &'static str, value: &str) -> Self {
        let mut changed = self.clone();
        changed.0.retain(|(own, _)| *own != name);
        if !value.is_empty() {
            changed.0.push((name, value.to_owned()));
        }
        changed
    }

    pub(super) fn query(&self) -> String {
        let pairs: Vec<_> = self
            .0
            .iter()
            .map(|(name, value)| (*name, &**value))
            .collect();
        encoded(&pairs)
    }

    /// What redeems a code.
    pub(super) fn redeem<'a>(&'a self, code: &'a str) -> Vec<(&'a str, &'a str)> {
        vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("client_id", self.get("client_id")),
            ("redirect_uri", self.get("redirect_uri")),
            ("code_verifier", VERIFIER),
            ("resource", self.get("resource")),
        ]
    }
}

pub(super) fn encoded(pairs: &[(&str, &str)]) -> String {
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let pairs = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// The parameters in the query of an address.
pub(super) fn query_of(address: &str) -> HashMap<String, String> {
    let query = address.split_once('?').map_or("", |(_, query)| query);
    form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

pub(super) fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text
        .split_once(before)
        .unwrap_or_else(|| panic!("{before} in {text}"));
    rest.split_once(after).unwrap().0
}

fn origin(url: &str) -> &str {
    let end = url
        .match_indices('/')
        .nth(2)
        .map_or(url.len(), |(at, _)| at);
    &url[..end]
}
