//! Tokens of an issuer, over HTTP: which open something, what the others are answered, and the issuer's keys while docent serves.
#![allow(clippy::unwrap_used, reason = "in a test it is the failure")]

use std::{fs, path::PathBuf};

use serde_json::{Value, json};

use super::{
    issuer::{Issuer, Key, RESOURCE, encoded, now},
    run::Sandbox,
    serve::{Server, docent, soon},
};

/// A docent whose documents are those of the group `staff`.
struct House {
    sandbox: Sandbox,
    server: Server,
    issuer: Issuer,
}

impl House {
    fn open(keys: &[&Key], more: &str) -> Self {
        let issuer = Issuer::start(keys);
        let url = issuer.url();
        let config = format!(
            "[[docs]]\nname = \"guide\"\npath = \"docs\"\n\
             [[audience]]\nname = \"staff\"\ndocs = [\"guide\"]\ngroups = [\"staff\"]\n\
             [[issuer]]\nurl = \"{url}\"\naccepted_audiences = [\"{RESOURCE}\"]\n{more}"
        );
        let sealing = format!(
            "docent-sealing-key-1:{}\n",
            encoded((0..32).collect::<Vec<u8>>())
        );
        let files = [
            ("docent.toml", &*config),
            ("sealing.key", &*sealing),
            ("docs/a.md", "# Lamps\n\nTrim the wick.\n"),
        ];
        let sandbox = Sandbox::new(&files);
        let state = sandbox.path().join("state");
        let mut command = docent(&sandbox, &["--config", "docent.toml"]);
        command.arg("--state-dir").arg(&state);
        let server = Server::start_with(&sandbox, command);
        soon("the issuer's keys are there", || {
            server.log().contains("the issuer's keys are in place")
        });
        Self {
            sandbox,
            server,
            issuer,
        }
    }

    /// The answer to a search with a token.
    fn search(&self, token: &str) -> Answer {
        self.search_with(&format!("Authorization: Bearer {token}"))
    }

    fn search_with(&self, headers: &str) -> Answer {
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": {"name": "search", "arguments": {"query": "wick"}}});
        Answer::of(
            &self
                .server
                .ask_with("POST", "/mcp", headers, &body.to_string()),
        )
    }

    fn get(&self, path: &str) -> Answer {
        Answer::of(&self.server.ask("GET", path, ""))
    }

    /// The file with the issuer's keys.
    fn keys_file(&self) -> PathBuf {
        let folder = self.sandbox.path().join("state/jwks");
        let mut files = fs::read_dir(folder).expect("keys were fetched");
        let file = files.next().expect("there is one issuer");
        file.expect("the folder can be read").path()
    }
}

struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn of(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").expect("an answer has a head");
        Self {
            status: head[9..12].parse().expect("a head begins with a status"),
            head: head.to_owned(),
            body: body.to_owned(),
        }
    }

    fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines();
        let mut found = lines.filter_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        found.next()
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("this answer is JSON")
    }

    #[track_caller]
    fn is_found(&self) {
        assert_eq!(self.status, 200, "{}\n{}", self.head, self.body);
        assert!(self.body.contains("Trim the wick"), "{}", self.body);
    }

    #[track_caller]
    fn is_refused_below(&self, base: &str) {
        assert_eq!(self.status, 401, "{}", self.head);
        let challenge = self
            .header("Www-Authenticate")
            .expect("there is a challenge");
        let metadata = format!("\"{base}/.well-known/oauth-protected-resource/mcp\"");
        assert!(challenge.contains(&metadata), "{challenge}");
    }

    /// 401 with an error of RFC 6750, and a way to sign in.
    #[track_caller]
    fn is_refused(&self, error: &str) {
        assert_eq!(self.status, 401, "{}\n{}", self.head, self.body);
        let challenge = self
            .header("Www-Authenticate")
            .expect("there is a challenge");
        let named = challenge.split("error=\"").nth(1);
        let named = named.map(|rest| rest.split('"').next().expect("a split has a first part"));
        assert_eq!(named.unwrap_or_default(), error, "{challenge}");
        assert!(
            challenge.starts_with("Bearer resource_metadata=\"http"),
            "{challenge}"
        );
        assert!(challenge.contains("scope=\"docs:read\""), "{challenge}");
        assert!(
            !self.body.contains("wick") && !self.body.contains("<html"),
            "{}",
            self.body
        );
        assert_eq!(self.header("Location"), None);
    }
}

#[test]
fn a_token_opens_what_its_groups_may_read() {
    let keys = [
        Key::es256("p256"),
        Key::es384("p384"),
        Key::ed25519("ed"),
        Key::rsa("rsa"),
    ];
    let house = House::open(&keys.each_ref(), "");
    let claims = house.issuer.claims();
    for key in &keys {
        house.search(&key.token(&claims)).is_found();
    }
    for algorithm in ["RS384", "RS512", "PS256", "PS384", "PS512"] {
        let token = keys[3].token_but(&json!({"alg": algorithm}), &claims);
        house.search(&token).is_found();
    }
    let token = keys[0].token(&claims);
    // Twice: the second time it is remembered.
    house.search(&token).is_found();
    house
        .search_with(&format!("authorization: bEARER   {token}"))
        .is_found();
    let several = json!(["account", RESOURCE]);
    let mut other = claims.clone();
    other["aud"] = several;
    house
        .search(&keys[0].token_but(&json!({"typ": "application/AT+JWT"}), &other))
        .is_found();

    let mut stranger = claims.clone();
    stranger["groups"] = json!(["visitors"]);
    let answer = house.search(&keys[0].token(&stranger));
    assert_eq!(answer.status, 403, "{}", answer.head);
    let challenge = answer.header("Www-Authenticate").unwrap();
    assert!(
        challenge.contains("error=\"insufficient_scope\""),
        "{challenge}"
    );
    // Entra names no groups where there are too many, and says where they would be.
    stranger.as_object_mut().unwrap().remove("groups");
    stranger["_claim_names"] = json!({"groups": "src1"});
    let answer = house.search(&keys[0].token(&stranger));
    assert_eq!(answer.status, 403, "{}", answer.head);
    assert!(answer.body.contains("more groups than"), "{}", answer.body);
}

/// Of a token that would be good.
const HEADER: &str = r#"{"alg":"ES256","typ":"at+jwt","kid":"current"}"#;

#[test]
fn a_bad_token_is_refused_with_the_right_error() {
    let (key, rsa) = (Key::es256("current"), Key::rsa("rsa"));
    let impostor = Key::es256("current");
    let house = House::open(&[&key, &rsa], "");
    let good = house.issuer.claims();
    house.search(&key.token(&good)).is_found();

    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        claims
            .as_object_mut()
            .unwrap()
            .retain(|_, value| !value.is_null());
        key.token(&claims)
    };
    let header = |members: Value| key.token_but(&members, &good);
    let whole = key.token(&good);
    let (message, signature) = whole.rsplit_once('.').unwrap();
    let unsigned = format!(
        "{}.{}.",
        encoded(r#"{"alg":"none","typ":"at+jwt"}"#),
        encoded(good.to_string())
    );
    let twice = format!(
        "{},\"aud\":\"{RESOURCE}\"}}",
        good.to_string().trim_end_matches('}')
    );
    let deep = format!(
        "{},\"x\":{}{}}}",
        good.to_string().trim_end_matches('}'),
        "[".repeat(50),
        "]".repeat(50)
    );
    let bad = [
        ("no JWT", "abc".to_owned()),
        ("two parts", message.to_owned()),
        ("four parts", format!("{whole}.x")),
        ("encrypted", "a.b.c.d.e".to_owned()),
        ("no signature", format!("{message}.")),
        (
            "another signature",
            format!("{message}.{}", encoded([0; 64])),
        ),
        (
            "half a signature",
            format!("{message}.{}", &signature[..40]),
        ),
        (
            "another issuer",
            with("iss", json!("https://evil.example.com")),
        ),
        (
            "an issuer with a slash",
            with("iss", json!(format!("{}/", house.issuer.url()))),
        ),
        ("two issuers", with("iss", json!([house.issuer.url()]))),
        ("no issuer", with("iss", Value::Null)),
        (
            "another audience",
            with("aud", json!("https://docs.example.com/other")),
        ),
        ("no audience", with("aud", Value::Null)),
        ("an empty audience", with("aud", json!([]))),
        ("expired", with("exp", json!(now() - 61))),
        ("never expires", with("exp", Value::Null)),
        ("expires in words", with("exp", json!("tomorrow"))),
        ("not yet", with("nbf", json!(now() + 120))),
        ("issued tomorrow", with("iat", json!(now() + 86_400))),
        ("bound to a key", with("cnf", json!({"jkt": "x"}))),
        ("an ID token", header(json!({"typ": "JWT"}))),
        ("another type", header(json!({"typ": "id+jwt"}))),
        ("no type", header(json!({"typ": null}))),
        ("no algorithm", header(json!({"alg": null}))),
        ("none", unsigned),
        ("none, signed", header(json!({"alg": "none"}))),
        ("another algorithm", header(json!({"alg": "ES384"}))),
        ("a key of another kind", header(json!({"kid": "rsa"}))),
        (
            "HS256 with the public key",
            key.forged_with_public_key(&good),
        ),
        (
            "HS256 with the public key of RSA",
            rsa.forged_with_public_key(&good),
        ),
        ("critical extensions", header(json!({"crit": ["exp"]}))),
        ("signed by somebody else", impostor.token(&good)),
        (
            "with a key of its own",
            impostor.token_but(&json!({"jwk": impostor.jwk()}), &good),
        ),
        ("no key named", header(json!({"kid": null}))),
        (
            "a key that is a path",
            header(json!({"kid": "../../../../etc/passwd"})),
        ),
        (
            "a key that is a question",
            header(json!({"kid": "' OR 1=1 --"})),
        ),
        (
            "a key that is too long",
            header(json!({"kid": "x".repeat(1_000)})),
        ),
        ("a claim twice", key.signed(HEADER, &twice)),
        ("deep claims", key.signed(HEADER, &deep)),
        ("huge", with("x", json!("x".repeat(17_000)))),
        ("no object", key.signed(HEADER, "[]")),
    ];
    for (what, token) in &bad {
        println!("{what}");
        house.search(token).is_refused("invalid_token");
    }
    let basic = format!("Authorization: Basic {}", encoded("ada:secret"));
    let two = format!("Authorization: Bearer {whole}\r\nAuthorization: Bearer {whole}");
    for (what, headers, error) in [
        ("nothing", "X-Nothing: 1", ""),
        ("an empty token", "Authorization: Bearer", "invalid_request"),
        (
            "a blank token",
            "Authorization: Bearer  ",
            "invalid_request",
        ),
        ("an empty header", "Authorization:", "invalid_request"),
        ("two headers", &two, "invalid_request"),
        ("another scheme", &basic, "invalid_request"),
    ] {
        println!("{what}");
        house.search_with(headers).is_refused(error);
    }
    // In the query, where it would be written down by everybody in between (RFC 6750, section 2.3).
    let query = format!("/mcp?access_token={whole}");
    let answer = Answer::of(&house.server.ask("POST", &query, "{}"));
    assert_eq!(answer.status, 401);

    house.search(&whole).is_found();
    let log = house.server.log();
    let said = bad.iter().map(|(_, token)| token.as_str());
    for token in said.chain([whole.as_str()]) {
        let longest = token
            .split('.')
            .max_by_key(|part| part.len())
            .unwrap_or_default();
        assert!(longest.len() < 20 || !log.contains(&longest[..20]), "{log}");
    }
}

/// Keycloak, Entra and Okta say `JWT` or nothing, of everything that they sign.
#[test]
fn an_id_token_opens_nothing_whatever_its_type() {
    let key = Key::es256("current");
    let house = House::open(&[&key], "types = [\"JWT\"]\n");
    let good = house.issuer.claims();
    for typ in [json!("JWT"), json!("jwt"), Value::Null] {
        house
            .search(&key.token_but(&json!({"typ": typ}), &good))
            .is_found();
    }
    house.search(&key.token(&good)).is_refused("invalid_token");
    for (name, value) in [
        ("nonce", json!("n")),
        ("at_hash", json!("h")),
        ("c_hash", json!("h")),
        ("typ", json!("ID")),
        ("typ", json!("Refresh")),
        ("token_use", json!("id")),
        ("client_id", json!(RESOURCE)),
        ("scope", json!("")),
        ("events", json!({})),
    ] {
        let mut claims = good.clone();
        claims[name] = value;
        let token = key.token_but(&json!({"typ": "JWT"}), &claims);
        println!("{name}");
        house.search(&token).is_refused("invalid_token");
    }
    soon("the log tells the operator", || {
        house.server.log().contains("no access token: an ID token")
    });
}

#[test]
fn keys_are_replaced_while_docent_serves() {
    let (first, second) = (Key::es256("first"), Key::es256("second"));
    let house = House::open(&[&first], "");
    let claims = house.issuer.claims();
    house.search(&first.token(&claims)).is_found();
    // The request waits until they are fetched.
    house.issuer.publish(&[&first, &second]);
    house.search(&second.token(&claims)).is_found();
    house.search(&first.token(&claims)).is_found();

    // An issuer that has withdrawn a key because somebody has stolen it.
    let fetched = house.keys_file();
    let text = fs::read_to_string(&fetched).unwrap();
    let mut file: Value = serde_json::from_str(&text).unwrap();
    file["jwks"]["keys"].as_array_mut().unwrap().remove(0);
    fs::write(&fetched, file.to_string()).unwrap();
    soon("the withdrawn key opens nothing", || {
        house.search(&first.token(&claims)).status == 401
    });
    house.search(&second.token(&claims)).is_found();
}

#[test]
fn keys_that_cannot_be_used_leave_those_before_in_use() {
    let key = Key::es256("current");
    let house = House::open(&[&key], "");
    let claims = house.issuer.claims();
    house.search(&key.token(&claims)).is_found();
    house.issuer.answer(200, "{\"keys\": []}");
    let file = house.keys_file();
    for (text, said) in [
        ("{", "is damaged"),
        ("", "is damaged"),
        (
            "{\"issuer\":\"https://x\",\"jwks_uri\":\"\",\"fetched_at\":0,\"jwks\":{}}",
            "another issuer",
        ),
    ] {
        fs::write(&file, text).unwrap();
        soon("the log tells it", || house.server.log().contains(said));
        let mut fresh = claims.clone();
        fresh["jti"] = text.into();
        house.search(&key.token(&fresh)).is_found();
    }
    let empty = json!({"issuer": house.issuer.url(), "jwks_uri": "", "fetched_at": 0, "jwks": {"keys": []}});
    fs::write(&file, empty.to_string()).unwrap();
    soon("the log tells it", || {
        house.server.log().contains("none of its keys can be used")
    });
    fs::remove_file(&file).unwrap();
    soon("the log tells it", || {
        house.server.log().contains("they are gone")
    });
    house.search(&key.token(&claims)).is_found();
}

#[test]
fn the_metadata_is_found_where_clients_look() {
    let key = Key::es256("current");
    let house = House::open(&[&key], "");
    let at = |path: &str| format!("/.well-known/oauth-protected-resource{path}");
    for path in [
        "",
        "/mcp",
        "/mcp/",
        "/sse",
        "/sse/",
        "/chatgpt",
        "/chatgpt/",
    ] {
        let answer = house.get(&at(path));
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("Content-Type"), Some("application/json"));
        let document = answer.json();
        let resource = document["resource"].as_str().unwrap();
        assert!(resource.starts_with("http://127.0.0.1:"), "{resource}");
        assert!(resource.ends_with(path), "{resource}");
        assert_eq!(
            document["authorization_servers"],
            json!([house.issuer.url()])
        );
        assert_eq!(document["scopes_supported"], json!(["docs:read"]));
        assert_eq!(document["bearer_methods_supported"], json!(["header"]));
    }
    for path in ["/message", "/mcp/x", "/x", "//mcp", "/%2e%2e/mcp"] {
        assert_eq!(house.get(&at(path)).status, 404, "{path}");
    }
    for path in ["/mcp", "/mcp/", "/sse", "/sse/", "/chatgpt", "/chatgpt/"] {
        let method = if path.starts_with("/sse") {
            "GET"
        } else {
            "POST"
        };
        let answer = Answer::of(&house.server.ask(method, path, "{}"));
        answer.is_refused("");
        let challenge = answer.header("Www-Authenticate").unwrap();
        let named = challenge.split('"').nth(1).unwrap();
        let below = named.splitn(4, '/').nth(3).unwrap();
        let document = house.get(&format!("/{below}")).json();
        let resource = document["resource"].as_str().unwrap();
        assert!(resource.ends_with(path), "{resource}");
    }
}

/// A proxy passes the path on or not, and some clients ask at the root of the host (RFC 9728, section 3.1).
#[test]
fn the_metadata_is_found_below_a_path_too() {
    let key = Key::es256("current");
    let more = "[server]\nurl = \"https://www.example.com/docs\"\n[sign_in]\nenabled = true\n";
    let house = House::open(&[&key], more);
    let get = |path: &str| {
        let answer = house.server.ask_as("GET", path, "www.example.com", "");
        Answer::of(&answer)
    };
    let well_known = "/.well-known/oauth-protected-resource";
    for (path, resource) in [
        (format!("{well_known}/docs/mcp"), "/mcp"),
        (format!("/docs{well_known}/mcp"), "/mcp"),
        (format!("{well_known}/mcp"), "/mcp"),
        (format!("{well_known}/docs/sse/"), "/sse/"),
        (format!("{well_known}/docs"), ""),
        (format!("/docs{well_known}"), ""),
        (well_known.to_owned(), ""),
    ] {
        let answer = get(&path);
        assert_eq!(answer.status, 200, "{path}");
        let document = answer.json();
        let expected = format!("https://www.example.com/docs{resource}");
        assert_eq!(document["resource"], json!(expected), "{path}");
        // docent's own page first: most assistants look at no other.
        let servers = json!(["https://www.example.com/docs", house.issuer.url()]);
        assert_eq!(document["authorization_servers"], servers);
    }
    assert_eq!(get(&format!("{well_known}/docsmcp")).status, 404);
    for path in ["/docs/mcp", "/mcp"] {
        let answer = house.server.ask_as("POST", path, "www.example.com", "{}");
        let answer = Answer::of(&answer);
        answer.is_refused_below("https://www.example.com/docs");
    }
}

#[test]
fn what_belongs_to_oauth_is_not_there_where_nothing_is_private() {
    let sandbox = Sandbox::new(&[("docs/a.md", "# A\n\nText.\n")]);
    let server = Server::start_with(&sandbox, docent(&sandbox, &["docs"]));
    for path in ["", "/", "/mcp", "/sse/", "/chatgpt"] {
        let path = format!("/.well-known/oauth-protected-resource{path}");
        let answer = Answer::of(&server.ask("GET", &path, ""));
        assert_eq!(answer.status, 404, "{path}");
    }
    // It takes no notice of what nobody asked for.
    let answer = server.ask_with(
        "GET",
        "/mcp",
        "Authorization: Bearer x\r\nAccept: text/html",
        "",
    );
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}
