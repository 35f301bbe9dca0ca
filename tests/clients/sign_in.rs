//! Clients that sign in, each at an identity provider and at docent's own page, and are then told what nobody else is.
//! A script is in the person's place (`tests/issuers/person.mjs`).

use std::{
    process::Command,
    time::{Duration, Instant},
};

use crate::{
    alone::alone,
    issuers::{self, Lemonldap, OidcProvider},
    node_command,
    private::{Private, Ways},
    python_command,
};

#[test]
fn claude_code_answers_with_an_access_key() {
    with_a_key("claude_code");
}

#[test]
fn codex_answers_with_an_access_key() {
    with_a_key("codex");
}

#[test]
fn copilot_answers_with_an_access_key() {
    with_a_key("copilot");
}

#[test]
fn gemini_cli_answers_with_an_access_key() {
    with_a_key("gemini_cli");
}

#[test]
fn opencode_answers_with_an_access_key() {
    if crate::agents::opencode_is_there() {
        with_a_key("opencode");
    }
}

#[test]
fn claude_code_signs_in_at_an_issuer() {
    at_an_issuer(agent("claude_code"), "/mcp");
}

#[test]
fn claude_code_signs_in_on_the_page() {
    on_the_page(agent("claude_code"), "/mcp?sign_in");
}

#[test]
fn codex_signs_in_at_an_issuer() {
    at_an_issuer(agent("codex"), "/mcp");
}

#[test]
fn codex_signs_in_on_the_page() {
    on_the_page(agent("codex"), "/mcp?sign_in");
}

#[test]
fn gemini_cli_signs_in_at_an_issuer() {
    at_an_issuer(agent("gemini_cli"), "/mcp");
}

#[test]
fn gemini_cli_signs_in_on_the_page() {
    on_the_page(agent("gemini_cli"), "/mcp?sign_in");
}

#[test]
fn opencode_signs_in_at_an_issuer() {
    if crate::agents::opencode_is_there() {
        at_an_issuer(agent("opencode"), "/mcp");
    }
}

#[test]
fn opencode_signs_in_on_the_page() {
    if crate::agents::opencode_is_there() {
        on_the_page(agent("opencode"), "/mcp?sign_in");
    }
}

#[test]
fn typescript_sdk_signs_in_at_an_issuer() {
    at_an_issuer(typescript("mcp"), "/mcp");
}

#[test]
fn typescript_sdk_signs_in_at_an_issuer_over_sse() {
    at_an_issuer(typescript("sse"), "/sse");
}

#[test]
fn typescript_sdk_signs_in_on_the_page() {
    on_the_page(typescript("mcp"), "/mcp?sign_in");
}

#[test]
fn python_sdk_signs_in_at_an_issuer() {
    at_an_issuer(python("auto"), "/mcp");
}

#[test]
fn python_sdk_signs_in_on_the_page() {
    on_the_page(python("legacy"), "/mcp?sign_in");
}

#[test]
fn typescript_sdk_signs_in_at_an_issuer_of_a_private_authority() {
    alone(|| {
        let issuer = OidcProvider::start_securely(&[("ada", &["staff"])]);
        let ca = issuer.ca.as_ref().expect("it has one");
        let table = format!("url = \"{}\"\nca_file = {ca:?}\n", issuer.url);
        let docent = Private::start(&Ways::Issuer(table));
        let mut client = typescript("mcp");
        client.script.env("NODE_EXTRA_CA_CERTS", ca);
        docent.tells(client, "/mcp", "name=ada");
        docent.tells_nobody();
    });
}

/// As many providers are: its access tokens are of the type `JWT`, as its ID tokens are, and both are for docent.
#[test]
fn access_tokens_of_lemonldap_open_the_handbook_and_its_id_tokens_do_not() {
    const RESOURCE: &str = "https://docs.example.com/mcp";
    alone(|| {
        let mut issuer = Lemonldap::start(RESOURCE);
        let url = issuer.url.clone();
        let docent = Private::start(&Ways::Issuer(format!(
            "url = \"{url}\"\naccepted_audiences = [\"{RESOURCE}\"]\ntypes = [\"JWT\"]\n"
        )));
        let secret = &docent.handbook.secret;
        let sign_in = |name: &str| {
            let fields = [("user", name), ("password", name)];
            issuers::sign_in(&url, RESOURCE, "openid", &fields)
        };
        let searched = |tokens: &serde_json::Value, which: &str| {
            docent.searched(Some(tokens[which].as_str().expect("a token")))
        };
        let doctor = sign_in("dwho");
        let said = searched(&doctor, "access_token");
        assert!(said.contains(secret), "{said}");
        let said = searched(&doctor, "id_token");
        assert!(said.starts_with("HTTP/1.1 401"), "{said}");
        assert!(said.contains("error=\"invalid_token\""), "{said}");
        assert!(!said.contains(secret), "{said}");
        // In none of the groups.
        let said = searched(&sign_in("rtyler"), "access_token");
        assert!(said.starts_with("HTTP/1.1 403"), "{said}");
        assert!(said.contains("error=\"insufficient_scope\""), "{said}");
        assert!(!said.contains(secret), "{said}");

        let key = serde_json::json!(issuer.rotate());
        let begun = Instant::now();
        loop {
            let tokens = sign_in("dwho");
            if tokens["header"]["kid"] == key && searched(&tokens, "access_token").contains(secret)
            {
                break;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(90),
                "the new key is not known"
            );
        }
        let said = searched(&doctor, "access_token");
        assert!(
            said.starts_with("HTTP/1.1 401"),
            "of a key that is gone: {said}"
        );
    });
}

/// As `Authorization: Bearer`, in the way that each of them is told so.
fn with_a_key(agent: &str) {
    alone(|| {
        let docent = Private::start(&Ways::Keys);
        let mut turn = node_command("turn.mjs");
        turn.args([agent, "key", &format!("{}/mcp", docent.base), &docent.key]);
        docent.handbook.is_quoted(&mut turn);
        docent.tells_nobody();
    });
}

/// Where nobody reads anything without it.
fn at_an_issuer(client: Client, endpoint: &str) {
    alone(|| {
        let issuer = OidcProvider::start(&[("ada", &["staff"]), ("eve", &["guests"])]);
        let docent = Private::start(&Ways::Issuer(format!("url = \"{}\"\n", issuer.url)));
        docent.tells(client, endpoint, "name=ada");
        docent.tells_nobody();
    });
}

/// Where everybody may read the notices, and who wants more says so in the address.
fn on_the_page(client: Client, endpoint: &str) {
    alone(|| {
        let docent = Private::start_with_notices(&Ways::Page);
        let field = format!("key={}", docent.key);
        docent.tells(client, endpoint, &field);
        docent.tells_nobody();
    });
}

impl Private {
    /// The client, where a person fills in a field of a sign-in page, finds what only the staff may read.
    fn tells(&self, client: Client, endpoint: &str, field: &str) {
        let Client { mut script, last } = client;
        script.arg(format!("{}{endpoint}", self.base));
        self.handbook.is_quoted(script.args(last).arg(field));
    }

    /// Whoever does not sign in does not.
    fn tells_nobody(&self) {
        let said = self.searched(None);
        assert!(!said.contains(&self.handbook.secret), "{said}");
    }
}

/// A script, to be followed by docent's address and what a person would fill in.
struct Client {
    script: Command,
    /// What stands between the two.
    last: Option<String>,
}

fn agent(name: &str) -> Client {
    let mut script = node_command("turn.mjs");
    script.args([name, "sign_in"]);
    Client { script, last: None }
}

fn typescript(mode: &str) -> Client {
    let mut script = node_command("sign_in.mjs");
    script.arg(mode);
    Client { script, last: None }
}

fn python(mode: &str) -> Client {
    let mut script = python_command("venv", "sign_in.py");
    script.arg(mode);
    let node = node_command("sign_in.mjs")
        .get_program()
        .display()
        .to_string();
    Client {
        script,
        last: Some(node),
    }
}
