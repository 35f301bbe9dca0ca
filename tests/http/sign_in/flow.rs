//! The way as it should be.

use std::time::Duration;

use serde_json::{Value, json};

use super::world::{Ask, BASE, CALLBACK, House, between, query_of};

#[test]
fn an_assistant_registers_asks_and_gets_an_answer() {
    let house = House::new();
    let key = house.key("alice", "staff", Some(Duration::from_secs(90 * 24 * 3600)));
    let process = house.start();
    assert_eq!(process.search("docent_at_nothing").0, 401);
    let client = process.client(CALLBACK);
    let ask = Ask::new(&client, CALLBACK);
    let code = process.code(&ask, &key);
    let answer = process.tokens(&ask, &code);
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let tokens = answer.json();
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["scope"], "docs:read");
    assert_eq!(tokens.get("refresh_token"), None);
    // It ends when the key does.
    let seconds = tokens["expires_in"].as_u64().unwrap();
    assert!(
        (90 * 24 * 3600 - 60..=90 * 24 * 3600).contains(&seconds),
        "{seconds}"
    );
    let token = tokens["access_token"].as_str().unwrap();
    assert!(
        token.starts_with("docent_at_") && token.len() < 400,
        "{}",
        token.len()
    );
    assert!(process.opens(token));
    assert!(!token.contains("alice") && !token.contains("staff"));
}

#[test]
fn a_token_opens_what_its_key_opens() {
    let house = House::new();
    let key = house.key("guest", "guests", None);
    let process = house.start();
    let token = process.token(&Ask::claude(), &key);
    let (status, text) = process.search(&token);
    assert_eq!(status, 200);
    assert!(!text.contains("secret/index.md"), "{text}");
}

#[test]
fn the_metadata_says_what_there_is() {
    let house = House::new();
    let process = house.start();
    let answer = process.get("/.well-known/oauth-authorization-server", &[]);
    let metadata = answer.json();
    for (field, value) in [
        ("issuer", json!(BASE)),
        ("authorization_endpoint", json!(format!("{BASE}/authorize"))),
        ("token_endpoint", json!(format!("{BASE}/token"))),
        ("registration_endpoint", json!(format!("{BASE}/register"))),
        ("response_types_supported", json!(["code"])),
        ("grant_types_supported", json!(["authorization_code"])),
        ("code_challenge_methods_supported", json!(["S256"])),
        ("token_endpoint_auth_methods_supported", json!(["none"])),
        (
            "authorization_response_iss_parameter_supported",
            json!(true),
        ),
        ("client_id_metadata_document_supported", json!(true)),
        ("scopes_supported", json!(["docs:read"])),
    ] {
        assert_eq!(metadata[field], value, "{field}");
    }
    // The issuer is docent as a whole: whoever asks for an endpoint looks at the root next.
    for path in ["/mcp", "/", "/x"] {
        let path = format!("/.well-known/oauth-authorization-server{path}");
        assert!(
            matches!(process.get(&path, &[]).status, 401 | 404),
            "{path}"
        );
    }
    let oidc = process.get("/.well-known/openid-configuration", &[]);
    assert!(matches!(oidc.status, 401 | 404), "{}", oidc.status);
}

#[test]
fn below_a_path_everything_is_found_there() {
    let house = House::at("https://docs.example.com/ask");
    let key = house.key("alice", "staff", None);
    let process = house.start();
    for path in [
        "/.well-known/oauth-authorization-server/ask",
        "/ask/.well-known/oauth-authorization-server",
        // Where the proxy has taken the path off.
        "/.well-known/oauth-authorization-server",
    ] {
        let metadata = process.get(path, &[]).json();
        assert_eq!(metadata["issuer"], "https://docs.example.com/ask", "{path}");
        let authorize = &metadata["authorization_endpoint"];
        assert_eq!(authorize, "https://docs.example.com/ask/authorize");
    }
    let ask = Ask::claude().with("resource", "https://docs.example.com/ask/mcp");
    let page = process.page(&ask);
    let text = page.response.text();
    assert!(text.contains("action=\"/ask/authorize\""), "{text}");
    let token = process.token(&ask, &key);
    assert!(process.opens(&token));
}

#[test]
fn nothing_of_it_is_there_unless_it_is_enabled() {
    let house = House::new();
    std::fs::remove_file(house.sealing_file()).unwrap();
    let process = house.start();
    let metadata = process.get("/.well-known/oauth-authorization-server", &[]);
    assert!(matches!(metadata.status, 401 | 404), "{}", metadata.status);
    let page = process.authorize(&Ask::claude());
    assert!(!page.text().contains("name=\"key\""), "{}", page.text());
    assert!(page.status >= 400, "{}", page.status);
    assert!(
        process
            .register(&json!({"redirect_uris": [CALLBACK]}))
            .status
            >= 400
    );
    assert!(process.tokens(&Ask::claude(), "x").status >= 400);
}

#[test]
fn a_restart_and_another_machine_log_nobody_out() {
    let house = House::new();
    let key = house.key("alice", "staff", None);
    let process = house.start();
    let client = process.client("http://localhost/callback");
    let ask = Ask::new(&client, "http://localhost:49152/callback");
    let token = process.token(&ask, &key);
    drop(process);
    let restarted = house.start();
    assert!(restarted.opens(&token));
    // The registration is good too, and so is a sign-in that begins here and ends there.
    let other = house.start();
    let code = restarted.code(&ask.with("state", "x"), &key);
    let answer = other.tokens(&ask, &code);
    // Made before the other one started, or after: a code is never good twice.
    let (first, second) = (answer.status, restarted.tokens(&ask, &code).status);
    assert!(matches!((first, second), (200, 200)), "{first} {second}");
    assert!(other.opens(answer.json()["access_token"].as_str().unwrap()));
}

#[test]
fn a_key_that_seals_no_more_still_opens() {
    let house = House::new();
    let key = house.key("alice", "staff", None);
    let process = house.start();
    let old = process.token(&Ask::claude(), &key);
    let before = std::fs::read_to_string(house.sealing_file()).unwrap();
    let line = docent::auth::SealingKeys::new_line().unwrap();
    std::fs::write(house.sealing_file(), format!("{}{before}", &*line)).unwrap();
    house.reload(&process);
    let new = process.token(&Ask::claude(), &key);
    assert!(process.opens(&old) && process.opens(&new));
    std::fs::write(house.sealing_file(), &*line).unwrap();
    house.reload(&process);
    assert!(!process.opens(&old) && process.opens(&new));
}

#[test]
fn who_does_not_want_to_is_sent_back_with_that() {
    let house = House::new();
    let process = house.start();
    let page = process.page(&Ask::claude());
    let answer = process.submit(&page, &[("key", ""), ("deny", "1")]);
    assert_eq!(answer.status, 303);
    let location = answer.header("location").unwrap();
    assert!(location.starts_with(&format!("{CALLBACK}?")), "{location}");
    let sent = query_of(location);
    assert_eq!(sent["error"], "access_denied");
    assert_eq!((&*sent["state"], &*sent["iss"]), ("of the client", BASE));
    assert!(!sent.contains_key("code"));
}

#[test]
fn the_page_says_who_asks_for_what() {
    let house = House::new();
    let process = house.start();
    let text = process.page(&Ask::claude()).response.text();
    for said in [
        "<h1>Let Claude read Lantern?</h1>",
        "Claude, by Anthropic.",
        "You came here from <b>claude.ai</b>",
        "docent at <b>docs.example.com</b>",
        "<code>https://claude.ai/api/mcp/auth_callback</code>",
        "<label for=\"key\">",
        "<html lang=\"en\">",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    // Nothing of the documents, and no script.
    for not_said in ["<script", "llms.txt", "secret", "open/", "staff", "<nav"] {
        assert!(!text.contains(not_said), "{not_said}: {text}");
    }
    // What a program on the person's machine calls itself is a claim, and text.
    let answer = process.register(&json!({
        "client_name": "<b>Claude</b> by Anthropic\u{202e}",
        "redirect_uris": ["http://127.0.0.1/cb"],
    }));
    let client = answer.json()["client_id"].as_str().unwrap().to_owned();
    let ask = Ask::new(&client, "http://127.0.0.1:5000/cb");
    let text = process.page(&ask).response.text();
    assert!(text.contains("It calls itself bClaudeb by Anthropic, which docent cannot check."));
    assert!(text.contains("A program on this computer"), "{text}");
    assert!(!text.contains("by Anthropic."), "{text}");
    // And for whom it is found elsewhere, nobody asks what it calls itself.
    let answer = process.register(&json!({"client_name": "Bank", "redirect_uris": [CALLBACK]}));
    let client = answer.json()["client_id"].as_str().unwrap().to_owned();
    let text = process.page(&Ask::new(&client, CALLBACK)).response.text();
    assert!(
        text.contains("Let Claude read Lantern?") && !text.contains("Bank"),
        "{text}"
    );
}

#[test]
fn a_wrong_key_is_told_and_another_can_be_tried() {
    let house = House::new();
    let expired = house.key("bob", "staff", Some(Duration::ZERO));
    let key = house.key("alice", "staff", None);
    let process = house.start();
    let page = process.page(&Ask::claude());
    let mut told = Vec::new();
    for wrong in [
        "",
        "docent_",
        "hunter2",
        &key[1..],
        &expired,
        &"x".repeat(200),
    ] {
        let answer = process.submit(&page, &[("key", wrong)]);
        assert_eq!(answer.status, 403, "{wrong:?}");
        let text = answer.text();
        assert!(
            text.contains("role=\"alert\"") && text.contains("<title>Error: "),
            "{text}"
        );
        assert!(wrong.len() < 8 || !text.contains(wrong), "{text}");
        told.push(between(&text, "id=\"key-e\"", "</p>").to_owned());
    }
    // Whether there was such a key is nobody's business.
    assert!(told.iter().all(|text| *text == told[0]), "{told:?}");
    let answer = process.submit(&page, &[("key", &format!(" {key}\n"))]);
    assert_eq!(answer.status, 303);
}

#[test]
fn registrations_are_answered_as_clients_expect() {
    let house = House::new();
    let process = house.start();
    for (client, addresses) in [
        (
            "Visual Studio Code",
            &[
                "https://insiders.vscode.dev/redirect",
                "https://vscode.dev/redirect",
                "http://127.0.0.1/",
                "http://127.0.0.1:33418/",
            ][..],
        ),
        (
            "Cursor",
            &[
                "http://localhost:8787/callback",
                "https://www.cursor.com/agents/mcp/oauth/callback",
                "cursor://anysphere.cursor-mcp/oauth/callback",
            ],
        ),
        (
            "ChatGPT",
            &["https://chatgpt.com/connector/oauth/abc_DEF-1"],
        ),
        (
            "Gemini CLI MCP Client",
            &["http://localhost:7777/oauth/callback"],
        ),
        (
            "Google Antigravity",
            &["https://antigravity.google/oauth-callback"],
        ),
    ] {
        let answer = process.register(&json!({
            "client_name": client,
            "client_uri": "https://example.com",
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "redirect_uris": addresses,
            "scope": "docs:read offline_access",
            "token_endpoint_auth_method": "none",
            "application_type": "native",
        }));
        assert_eq!(answer.status, 201, "{client}: {}", answer.text());
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let answer = answer.json();
        assert_eq!(answer["redirect_uris"], json!(addresses), "{client}");
        assert_eq!(answer["client_name"], client);
        assert_eq!(answer.get("client_secret"), None);
        let id = answer["client_id"].as_str().unwrap();
        assert!(id.len() < 1_000, "{client}: {}", id.len());
        for address in addresses {
            process.page(&Ask::new(id, address));
        }
    }
    let foreign = process.register(&json!({"redirect_uris": ["https://evil.example/cb"]}));
    assert_eq!(foreign.status, 400);
    assert_eq!(foreign.json()["error"], "invalid_redirect_uri");
    let wrong = process.register(&Value::Null);
    assert_eq!(wrong.status, 400);
    assert_eq!(wrong.json()["error"], "invalid_client_metadata");
}

#[test]
fn the_page_has_its_style_also_where_there_are_no_other_pages() {
    let house = House::new();
    let process = house.without_pages();
    let text = process.page(&Ask::claude()).response.text();
    let style = between(&text, "rel=\"stylesheet\" href=\"", "\"");
    assert_eq!(process.get(style, &[]).status, 200, "{style}");
}
