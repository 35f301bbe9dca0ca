//! Documentation that is not everybody's: how people sign in, and what a token opens, with each thing that can be wrong.

use std::{
    net::SocketAddr,
    path::Path,
    sync::Arc,
    time::{Duration, SystemTime},
};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use docent::{
    auth::Introducers,
    config::{AccessSettings, IdentityHeaders, IssuerSettings, Limits, TokenType},
    http::{App, Site},
    state::StateDir,
};
use serde_json::{Value, json};

use crate::{
    authority::{Authority, Wanted},
    front::{Front, Handler, Proxy, answer},
    run::{ASSISTANTS, NAME, NOBODYS, Outside, Report, doctor_with},
    server::{Server, house::House},
};

/// Who signs people in.
const PROVIDER: &str = "login.example.com";
const ISSUER: &str = "https://login.example.com/realms/team";

fn issuer() -> IssuerSettings {
    IssuerSettings {
        url: ISSUER.to_owned(),
        accepted_audiences: vec!["https://docs.example.com/mcp".to_owned()],
        groups_claim: "groups".to_owned(),
        types: vec![TokenType::AccessToken],
        ca_file: None,
        jwks_url: None,
    }
}

/// What the provider says of itself, as it should.
fn metadata() -> Value {
    json!({
        "issuer": ISSUER,
        "authorization_endpoint": "https://login.example.com/a",
        "token_endpoint": "https://login.example.com/t",
        "registration_endpoint": "https://login.example.com/r",
        "jwks_uri": "https://login.example.com/keys",
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none"],
        "authorization_response_iss_parameter_supported": true,
        "scopes_supported": ["openid", "docs:read"],
    })
}

fn but(name: &str, value: Value) -> Value {
    let mut told = metadata();
    told[name] = value;
    told
}

/// A provider that says this of itself, and has these keys.
fn provider(told: Value, keys: Value) -> Handler {
    Arc::new(move |request| {
        let body = match request.uri().path() {
            "/realms/team/.well-known/openid-configuration" => Some(told.to_string()),
            "/keys" => Some(keys.to_string()),
            _ => None,
        };
        Box::pin(async move {
            match body {
                Some(body) => answer(200, "application/json", body),
                None => answer(404, "text/html", "<h1>Not found</h1>"),
            }
        })
    })
}

fn keys() -> Value {
    json!({"keys": [{"kty": "EC", "crv": "P-256", "kid": "1", "x": "", "y": "", "use": "sig"}]})
}

/// docent with something that is not everybody's.
struct Docent {
    server: Server,
    key: String,
    _house: House,
}

impl Docent {
    fn start(is_open: bool, set: impl FnOnce(&mut AccessSettings)) -> Self {
        let house = House::with(is_open, set);
        let origins = ASSISTANTS.map(|origin| origin.parse().unwrap());
        let introducers = IdentityHeaders {
            user: "x-forwarded-user".to_owned(),
            groups: None,
            separator: ",".to_owned(),
            peers: Vec::new(),
            networks: vec!["127.0.0.1".parse().unwrap()],
        };
        let app = App {
            url: Some("https://docs.example.com".parse().unwrap()),
            origins: origins.to_vec(),
            introducers: Introducers::new(&introducers, Vec::new()).map(Arc::new),
            ..house.app.clone()
        };
        let site = Arc::new(Site::new(&app, Limits::default()));
        Self {
            server: Server::serving(site),
            key: house.key.clone(),
            _house: house,
        }
    }

    fn usual() -> Self {
        Self::start(false, |access| access.issuers.push(issuer()))
    }

    /// A proxy that takes off what clients say of themselves, as the manual has it.
    fn proxy(&self) -> Proxy {
        Proxy {
            strips: &["x-forwarded-user"],
            ..Proxy::to(self.server.address)
        }
    }
}

/// What is in front of docent, and who signs people in; all certificates are as they should be.
struct SetUp {
    docs: Front,
    login: Front,
    authority: Authority,
}

impl SetUp {
    fn of(docs: Handler, login: Handler) -> Self {
        let authority = Authority::new("The test's own");
        let names = [NAME, PROVIDER];
        let certify = || {
            authority.certify(&Wanted {
                names: &names,
                ..Wanted::default()
            })
        };
        Self {
            docs: Front::start(Some(certify()), docs),
            login: Front::start(Some(certify()), login),
            authority,
        }
    }

    fn outside(&self) -> Outside {
        let at = |name: &str, server: SocketAddr| format!("{name}:443:{server}");
        Outside::usual()
            .trusting(&self.authority)
            .option("--resolve", &format!("{NAME}:{NOBODYS}"))
            .option("--resolve", &format!("{PROVIDER}:{NOBODYS}"))
            .option("--connect-to", &at(NAME, self.docs.address))
            .option("--connect-to", &at(PROVIDER, self.login.address))
    }

    /// The examination, with a token that it must not show.
    fn with_token(&self, token: &str) -> Report {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        std::fs::write(&file, format!("Bearer {token}\n")).unwrap();
        let report = self
            .outside()
            .option("--token", &file.display().to_string())
            .run();
        for part in token.split('.').filter(|part| part.len() > 8) {
            assert!(!report.text.contains(part), "{}", report.text);
        }
        report
    }
}

fn examine(docs: Handler, told: Value, keys: Value) -> Report {
    SetUp::of(docs, provider(told, keys)).outside().run()
}

#[test]
fn what_is_well_is_said_to_be() {
    for is_open in [false, true] {
        let docent = Docent::start(is_open, |access| access.issuers.push(issuer()));
        let report = examine(docent.proxy().handler(), metadata(), keys());
        report.says(&[]);
        for words in [
            "ask to sign in, and say where",
            "register themselves",
            "Claude (https://claude.ai/api/mcp/auth_callback)",
            "signs with a key that can be had",
        ] {
            assert!(report.text.contains(words), "{words}: {}", report.text);
        }
        assert_eq!(report.text.contains("none is kept out"), is_open);
    }
}

/// docent signs people in itself.
#[test]
fn its_own_sign_in_page_is_well() {
    let docent = Docent::start(false, |access| access.sign_in.enabled = true);
    let report = examine(docent.proxy().handler(), metadata(), keys());
    report.says(&[]);
    assert!(
        report
            .text
            .contains("that https://docs.example.com signs people in"),
        "{}",
        report.text
    );
}

/// With a key, what is behind the sign-in is examined as if it were everybody's.
#[test]
fn a_key_opens_what_is_behind_the_sign_in() {
    let docent = Docent::usual();
    let set_up = SetUp::of(docent.proxy().handler(), provider(metadata(), keys()));
    let report = set_up.with_token(&docent.key);
    report.says(&[]);
    assert!(
        report.text.contains("the older transport works"),
        "{}",
        report.text
    );
    // One that is none.
    let report = set_up.with_token("docent_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    report.says(&["token-refused"]);
}

/// Whoever has no valid certificate is sent no token.
#[test]
fn a_token_is_kept_from_those_whom_nobody_vouches_for() {
    let docent = Docent::usual();
    let authority = Authority::new("Somebody else");
    let set_up = SetUp::of(docent.proxy().handler(), provider(metadata(), keys()));
    let others = SetUp {
        authority,
        ..set_up
    };
    let report = others.with_token(&docent.key);
    assert_eq!(report.of("token-kept").0, "warning", "{}", report.text);
    assert!(
        !report.causes().contains(&"token-refused"),
        "{}",
        report.text
    );
}

#[test]
fn what_a_proxy_does_to_the_way_to_sign_in() {
    const WELL_KNOWN: [&str; 4] = [
        "/.well-known/oauth-protected-resource",
        "/.well-known/oauth-protected-resource/mcp",
        "/.well-known/oauth-protected-resource/sse",
        "/.well-known/oauth-protected-resource/chatgpt",
    ];
    let docent = Docent::usual();
    for (proxy, causes) in [
        (
            Proxy {
                drops: &["www-authenticate"],
                ..docent.proxy()
            },
            &["authentication-required", "challenge-missing"][..],
        ),
        (
            Proxy {
                hides: &WELL_KNOWN,
                ..docent.proxy()
            },
            &["resource-metadata-missing"],
        ),
        (
            Proxy {
                hides: &["/sse/", "/chatgpt"],
                ..docent.proxy()
            },
            &["challenge-missing"],
        ),
        (
            Proxy {
                redirects: &[
                    ("/mcp", "https://login.example.com/sign_in"),
                    ("/mcp/", "https://login.example.com/sign_in"),
                ],
                ..docent.proxy()
            },
            &["redirected", "challenge-missing"],
        ),
        (
            Proxy {
                replaces: Some(("https://docs.example.com", "http://127.0.0.1:8080")),
                ..docent.proxy()
            },
            &["resource-differs"],
        ),
        // It lets through what clients say of themselves, and docent trusts it.
        (Proxy::to(docent.server.address), &["identity-forged"]),
    ] {
        examine(proxy.handler(), metadata(), keys()).says(causes);
    }
}

#[test]
fn what_can_be_wrong_with_whoever_signs_people_in() {
    let docent = Docent::usual();
    let null = || Value::Null;
    for (told, keys, causes) in [
        (
            but("issuer", json!("https://login.example.com/realms/team/")),
            keys(),
            &["issuer-differs"][..],
        ),
        (
            but("code_challenge_methods_supported", null()),
            keys(),
            &["pkce-missing"],
        ),
        (
            but("registration_endpoint", null()),
            keys(),
            &["registration-missing"],
        ),
        (
            but("authorization_response_iss_parameter_supported", null()),
            keys(),
            &["answer-unnamed"],
        ),
        (
            but("scopes_supported", json!(["openid"])),
            keys(),
            &["scope-unknown"],
        ),
        (
            but("token_endpoint", json!("http://login.example.com/t")),
            keys(),
            &["authorization-server-metadata"],
        ),
        (but("jwks_uri", null()), keys(), &["jwks-unusable"]),
        (metadata(), json!({"keys": []}), &["jwks-unusable"]),
        (json!([]), keys(), &["authorization-server-unreachable"]),
    ] {
        let report = examine(docent.proxy().handler(), told, keys);
        report.says(causes);
    }
    let keys_alone = Docent::start(false, |_| {});
    examine(keys_alone.proxy().handler(), metadata(), keys()).says(&["no-authorization-server"]);
    let several = Docent::start(false, |access| {
        let second = "https://second.example.com".to_owned();
        access.issuers.extend([
            issuer(),
            IssuerSettings {
                url: second,
                ..issuer()
            },
        ]);
    });
    examine(several.proxy().handler(), metadata(), keys()).says(&["other-authorization-servers"]);
}

fn token(claims: &Value) -> String {
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let header = json!({"alg": "ES256", "typ": "at+jwt", "kid": "1"});
    format!(
        "{}.{}.{}",
        part(&header),
        part(claims),
        "c2lnbmF0dXJl".repeat(4)
    )
}

/// Without the configuration, a token is compared with what docent says of itself.
#[test]
fn a_token_is_for_somebody_else() {
    let docent = Docent::usual();
    let set_up = SetUp::of(docent.proxy().handler(), provider(metadata(), keys()));
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let report = set_up.with_token(&token(&json!({
        "iss": ISSUER, "aud": "account", "exp": now + 300, "sub": "ann-of-the-secrets",
    })));
    report.says(&["token-refused", "token-audience"]);
    let (_, message, help) = report.of("token-audience");
    assert!(message.contains("account"), "{message}");
    assert!(
        help.contains("Included Custom Audience https://docs.example.com/mcp"),
        "{help}"
    );
    assert!(
        !report.text.contains("ann-of-the-secrets"),
        "{}",
        report.text
    );
    let report = set_up.with_token(&token(&json!({
        "iss": "https://other.example.com", "aud": "https://docs.example.com/mcp", "exp": now - 300,
    })));
    report.says(&["token-refused", "token-issuer", "token-expired"]);
    set_up
        .with_token("ya29.opaque-of-google")
        .says(&["token-refused", "token-unreadable"]);
}

/// What only the machine that serves knows.
#[test]
fn what_this_machine_keeps_is_looked_at() {
    use std::{fs, os::unix::fs::PermissionsExt as _};

    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let write = |name: &str, text: &str| {
        fs::create_dir_all(path(name).parent().unwrap()).unwrap();
        fs::write(path(name), text).unwrap();
    };
    let mode = |name: &str, mode| {
        fs::set_permissions(path(name), fs::Permissions::from_mode(mode)).unwrap();
    };
    write("docs/a.md", "# Apples\n\nAbout apples.\n");
    write(
        "docent.toml",
        &format!(
            "[server]\nurl = \"https://docs.example.com\"\n[[docs]]\nname = \"guide\"\npath = \"docs\"\n\
             [[audience]]\nname = \"staff\"\ndocs = [\"all\"]\ngroups = [\"staff\"]\n[[issuer]]\nurl = \"{ISSUER}\"\n\
             [identity_headers]\nuser = \"X-Forwarded-User\"\npeers = [\"no-such-user\"]\n[sign_in]\nenabled = true\n"
        ),
    );
    let examine = || look(folder.path());
    let causes = |report: &Report| {
        let ours = [
            "jwks-missing",
            "jwks-old",
            "keys-unreadable",
            "keys-open",
            "sealing-key",
            "peers-unknown",
        ];
        let found = report
            .causes()
            .into_iter()
            .filter(|cause| ours.contains(cause));
        found.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(
        causes(&examine()),
        ["sealing-key", "jwks-missing", "peers-unknown"]
    );
    write("keys.toml", "[[key]]\nname = \"ci\"\nsha256 = \"no\"\n");
    write("sealing.key", "docent-sealing-key-1:x\n");
    mode("keys.toml", 0o644);
    mode("sealing.key", 0o640);
    let jwks = StateDir::new(path("state")).jwks();
    let store = |age| {
        let fetched = SystemTime::now() - Duration::from_secs(age);
        jwks.store(ISSUER, "https://login.example.com/keys", keys(), fetched)
            .unwrap();
    };
    store(9 * 86_400);
    assert_eq!(
        causes(&examine()),
        ["keys-open", "keys-unreadable", "jwks-old", "peers-unknown"]
    );
    write("keys.toml", "");
    mode("keys.toml", 0o640);
    store(600);
    let report = examine();
    assert_eq!(causes(&report), ["peers-unknown"], "{}", report.text);
    assert!(
        report.text.contains("were fetched 10 minutes ago"),
        "{}",
        report.text
    );
}

/// With nothing found at the address.
fn look(folder: &Path) -> Report {
    let mut arguments = vec![
        "--config".to_owned(),
        "docent.toml".to_owned(),
        "--resolve".to_owned(),
        format!("{NAME}:{NOBODYS}"),
        "--connect-to".to_owned(),
        format!("::{}", crate::front::Closed::port().0),
    ];
    if nix::unistd::Uid::effective().is_root() {
        arguments.extend(["--as".to_owned(), "root".to_owned()]);
    }
    let state = folder.join("state");
    doctor_with(folder, &arguments, &[("STATE_DIRECTORY", &state)])
}
