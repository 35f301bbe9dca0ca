//! What somebody may try.

use std::{fs, time::Duration};

use serde_json::json;

use super::world::{Ask, BASE, CALLBACK, House, VERIFIER, between, encoded, query_of};

#[test]
fn nobody_is_sent_to_an_address_that_is_not_the_clients() {
    let house = House::new();
    let process = house.start();
    let local = process.client("http://localhost/callback");
    let long = format!("http://localhost:1/{}", "a".repeat(10_000));
    for (client, redirect) in [
        (
            "https://claude.ai/oauth/mcp-oauth-client-metadata",
            "https://evil.example/",
        ),
        (
            "https://claude.ai/oauth/mcp-oauth-client-metadata",
            "https://claude.ai@evil.example/api/mcp/auth_callback",
        ),
        (
            "https://claude.ai/oauth/mcp-oauth-client-metadata",
            "https://claude.ai/api/mcp/auth_callback#@evil.example",
        ),
        (
            "https://claude.ai/oauth/mcp-oauth-client-metadata",
            "https://claude.ai:444/api/mcp/auth_callback",
        ),
        (
            "https://claude.ai/oauth/mcp-oauth-client-metadata",
            "https://claude.ai/api/mcp/auth_callback/../../evil",
        ),
        (
            "https://claude.ai/oauth/mcp-oauth-client-metadata",
            "https://Claude.ai/api/mcp/auth_callback",
        ),
        (
            "https://claude.ai/oauth/mcp-oauth-client-metadata",
            "https://claude.ai./api/mcp/auth_callback",
        ),
        (
            "https://claude.ai/oauth/mcp-oauth-client-metadata",
            "https://cl\u{430}ude.ai/api/mcp/auth_callback",
        ),
        (
            "https://claude.ai/oauth/mcp-oauth-client-metadata",
            "https://xn--clude-3ve.ai/api/mcp/auth_callback",
        ),
        (
            "https://claude.ai/oauth/mcp-oauth-client-metadata",
            "http://localhost/callback",
        ),
        (
            "https://claude.ai/oauth/mcp-oauth-client-metadata",
            "javascript:alert(1)",
        ),
        (&local, "http://localhost:1/other"),
        (&local, "http://127.0.0.1:1/callback"),
        (&local, "https://localhost:1/callback"),
        (&local, "http://localhost:1@evil.example/callback"),
        (&local, "http://localhost.evil.example/callback"),
        (&local, CALLBACK),
        (&local, &long),
        // Whoever asks is unknown.
        ("https://evil.example/client.json", "https://evil.example/"),
        ("https://evil.example/client.json", CALLBACK),
        ("docent_client_AAAA", CALLBACK),
        ("x", CALLBACK),
    ] {
        // Whatever else is wrong as well, as errors must not be sent there either.
        for change in [
            ("state", "s"),
            ("response_type", "token"),
            ("resource", "x"),
        ] {
            let ask = Ask::new(client, redirect).with(change.0, change.1);
            let answer = process.authorize(&ask);
            assert_eq!(answer.status, 400, "{client} {redirect}");
            assert_eq!(answer.header("location"), None, "{client} {redirect}");
            assert!(
                !answer.text().contains("href=\"https://evil"),
                "{}",
                answer.text()
            );
        }
    }
}

#[test]
fn a_parameter_that_is_there_twice_says_nothing() {
    let house = House::new();
    let key = house.key("alice", "staff", None);
    let process = house.start();
    let good = Ask::claude();
    for (more, is_sent_back) in [
        ("redirect_uri=https%3A%2F%2Fevil.example%2F", false),
        (&*encoded(&[("redirect_uri", CALLBACK)]), false),
        ("client_id=x", false),
        ("state=x", true),
        ("code_challenge=x", true),
        ("code_challenge_method=plain", true),
        ("response_type=token", true),
        ("resource=https%3A%2F%2Fevil.example", true),
        ("scope=x", true),
    ] {
        for query in [
            format!("{}&{more}", good.query()),
            format!("{more}&{}", good.query()),
        ] {
            let answer = process.get(&format!("/authorize?{query}"), &[]);
            let location = answer.header("location");
            assert_eq!(location.is_some(), is_sent_back, "{more}");
            if let Some(location) = location {
                assert!(location.starts_with(&format!("{CALLBACK}?error=invalid_request&")));
            }
        }
    }
    let code = process.code(&good, &key);
    for (name, value) in good.redeem(&code) {
        let mut twice = good.redeem(&code);
        twice.push((name, value));
        let answer = process.exchange(&twice);
        assert_eq!(answer.status, 400, "{name}");
        assert_eq!(answer.json()["error"], "invalid_request", "{name}");
    }
    assert_eq!(process.tokens(&good, &code).status, 200);
}

#[test]
fn a_code_is_good_once_for_whom_it_is() {
    let house = House::new();
    let key = house.key("alice", "staff", None);
    let process = house.start();
    let client = process.client(CALLBACK);
    let ask = Ask::new(&client, CALLBACK);
    let code = process.code(&ask, &key);
    let other = process.client(CALLBACK);
    let wrong_verifier = VERIFIER.replace('d', "e");
    let long_verifier = "a".repeat(129);
    for (name, value, error) in [
        ("client_id", &*other, "invalid_grant"),
        (
            "client_id",
            "https://claude.ai/oauth/mcp-oauth-client-metadata",
            "invalid_grant",
        ),
        (
            "client_id",
            "https://evil.example/client.json",
            "invalid_client",
        ),
        ("client_id", "", "invalid_request"),
        (
            "redirect_uri",
            "https://claude.com/api/mcp/auth_callback",
            "invalid_grant",
        ),
        ("redirect_uri", "https://evil.example/", "invalid_grant"),
        ("redirect_uri", "", "invalid_request"),
        ("code_verifier", &wrong_verifier, "invalid_grant"),
        ("code_verifier", "short", "invalid_grant"),
        ("code_verifier", &long_verifier, "invalid_grant"),
        // The challenge itself, as with `plain`.
        ("code_verifier", ask.get("code_challenge"), "invalid_grant"),
        ("code_verifier", "", "invalid_request"),
        ("resource", "https://evil.example/mcp", "invalid_target"),
        ("resource", "https://docs.example.com/sse", "invalid_target"),
        ("grant_type", "password", "unsupported_grant_type"),
        ("grant_type", "refresh_token", "unsupported_grant_type"),
        ("grant_type", "client_credentials", "unsupported_grant_type"),
        ("grant_type", "", "invalid_request"),
        ("code", &code[..code.len() - 1], "invalid_grant"),
        ("code", &code.to_uppercase(), "invalid_grant"),
        ("code", "x", "invalid_grant"),
        ("code", &key, "invalid_grant"),
        ("code", "", "invalid_request"),
    ] {
        let mut fields = ask.redeem(&code);
        fields.retain(|(own, _)| *own != name);
        fields.push((name, value));
        let answer = process.exchange(&fields);
        assert!(matches!(answer.status, 400 | 401), "{name} {value}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let told = answer.json();
        assert_eq!(told["error"], error, "{name} {value}");
        // Nothing of what was sent comes back.
        assert!(!told.to_string().contains(&code[..20]), "{told}");
    }
    // The code is good still: nobody who lacks a part of it has used it up.
    assert_eq!(process.tokens(&ask, &code).status, 200);
    for _ in 0..3 {
        let again = process.tokens(&ask, &code);
        assert_eq!(again.status, 400);
        assert_eq!(again.json()["error"], "invalid_grant");
    }
    // Nor does a reload make it good again, nor a restart.
    house.reload(&process);
    assert_eq!(process.tokens(&ask, &code).status, 400);
    drop(process);
    let restarted = house.start();
    assert_eq!(restarted.tokens(&ask, &code).status, 400);
}

#[test]
fn many_who_use_a_code_at_the_same_time_get_one_token() {
    let house = House::new();
    let key = house.key("alice", "staff", None);
    let process = house.start();
    let ask = Ask::claude();
    let code = process.code(&ask, &key);
    let given = std::thread::scope(|scope| {
        let asking: Vec<_> = (0..16)
            .map(|_| scope.spawn(|| process.tokens(&ask, &code).status))
            .collect();
        let statuses = asking.into_iter().map(|asking| asking.join().unwrap());
        statuses.filter(|status| *status == 200).count()
    });
    assert_eq!(given, 1);
}

#[test]
fn without_s256_there_is_no_code() {
    let house = House::new();
    let process = house.start();
    for (name, value) in [
        ("code_challenge_method", "plain"),
        ("code_challenge_method", ""),
        ("code_challenge_method", "S512"),
        ("code_challenge", ""),
        ("code_challenge", "too short"),
    ] {
        let answer = process.authorize(&Ask::claude().with(name, value));
        let sent = query_of(answer.header("location").unwrap());
        assert_eq!(sent["error"], "invalid_request", "{name} {value}");
        assert_eq!(sent["iss"], BASE);
        assert_eq!(sent["state"], "of the client");
    }
}

#[test]
fn whoever_answers_is_named_in_every_answer() {
    let house = House::new();
    let key = house.key("alice", "staff", None);
    let process = house.start();
    let metadata = process
        .get("/.well-known/oauth-authorization-server", &[])
        .json();
    let ask = Ask::claude();
    let page = process.page(&ask);
    let of = |response: crate::server::Response| {
        query_of(response.header("location").unwrap())["iss"].clone()
    };
    for iss in [
        of(process.submit(&page, &[("key", &key)])),
        of(process.submit(&page, &[("deny", "1")])),
        of(process.authorize(&ask.with("response_type", "token"))),
        of(process.authorize(&ask.with("resource", "https://evil.example/"))),
    ] {
        assert_eq!(metadata["issuer"], *iss);
    }
}

#[test]
fn the_page_is_framed_and_kept_by_nobody() {
    let house = House::new();
    let key = house.key("alice", "staff", None);
    let process = house.start();
    let ask = Ask::claude();
    let page = process.page(&ask);
    let wrong = process.submit(&page, &[("key", "x")]);
    let unknown = process.authorize(&ask.with("client_id", "x"));
    for response in [&page.response, &wrong, &unknown] {
        let policy = response.header("content-security-policy").unwrap();
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(policy.contains("default-src 'none'") && !policy.contains("script-src"));
        assert!(policy.contains("base-uri 'none'"), "{policy}");
        assert_eq!(response.header("x-frame-options"), Some("DENY"));
        assert_eq!(response.header("cache-control"), Some("no-store"));
        assert_eq!(response.header("referrer-policy"), Some("same-origin"));
        assert_eq!(response.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(response.header("access-control-allow-origin"), None);
    }
    let policy = page.response.header("content-security-policy").unwrap();
    assert!(policy.contains("form-action 'self' https://claude.ai https://claude.com claude:;"));
    let sent = process.submit(&page, &[("key", &key)]);
    assert_eq!(sent.status, 303);
    assert_eq!(sent.header("cache-control"), Some("no-store"));
    assert_eq!(sent.header("referrer-policy"), Some("no-referrer"));
    let cookie = page.response.header("set-cookie").unwrap();
    assert!(cookie.starts_with("__Host-docent-sign-in-"), "{cookie}");
    for attribute in [
        "; Path=/;",
        "; HttpOnly",
        "; SameSite=Strict",
        "; Secure",
        "; Max-Age=600",
    ] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    // No page of another site reads it, not even one that may read the documents.
    for (method, extra) in [("GET", None), ("OPTIONS", Some("POST"))] {
        let mut headers = vec![
            ("Host", "docs.example.com"),
            ("Origin", "https://docs.example.com"),
        ];
        headers.extend(extra.map(|it| ("Access-Control-Request-Method", it)));
        let path = format!("/authorize?{}", ask.query());
        let answer = process.server.send(method, &path, &headers, b"");
        assert_eq!(
            answer.header("access-control-allow-origin"),
            None,
            "{method}"
        );
    }
}

#[test]
fn a_form_counts_only_in_the_browser_that_has_opened_it() {
    let house = House::new();
    let key = house.key("alice", "staff", None);
    let process = house.start();
    let (own, other) = (process.page(&Ask::claude()), process.page(&Ask::claude()));
    let fields = [("key", &*key)];
    let origin = ("Origin", BASE);
    let cookie = |page: &super::world::Page| page.cookie.clone();
    let name = own.cookie.split('=').next().unwrap();
    let secret = own.cookie.split('=').nth(1).unwrap();
    for cookies in [
        String::new(),
        cookie(&other).replace(other.cookie.split('=').next().unwrap(), name),
        format!("{name}="),
        format!("{name}=x"),
        // One that another origin of the same host could set.
        format!("docent-sign-in-0={secret}"),
    ] {
        let headers = [("Cookie", &*cookies), origin];
        let answer = process.submit_with(&own.form, &fields, &headers);
        assert_eq!(answer.status, 400, "{cookies}");
        assert_eq!(answer.header("location"), None);
    }
    // A secret that was there before is never taken over: each page has a new one.
    let path = format!("/authorize?{}", Ask::claude().query());
    let again = process.get(&path, &[("Cookie", &own.cookie)]);
    let set = again.header("set-cookie").unwrap();
    assert!(!set.contains(secret), "{set}");
    // Two pages are open at once.
    let both = format!("{}; {}", other.cookie, own.cookie);
    let answer = process.submit_with(&own.form, &fields, &[("Cookie", &both), origin]);
    if other.cookie.split('=').next() != Some(name) {
        assert_eq!(answer.status, 303);
    }
}

#[test]
fn no_other_site_sends_the_form() {
    let house = House::new();
    let key = house.key("alice", "staff", None);
    let process = house.start();
    let page = process.page(&Ask::claude());
    for (header, value) in [
        ("Origin", "https://evil.example"),
        ("Origin", "null"),
        ("Origin", "http://docs.example.com"),
        ("Origin", "https://docs.example.com:8443"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
        ("Sec-Fetch-Site", "none"),
    ] {
        let headers = [("Cookie", &*page.cookie), (header, value)];
        let answer = process.submit_with(&page.form, &[("key", &key)], &headers);
        assert!(matches!(answer.status, 400 | 403), "{header}: {value}");
        assert_eq!(answer.header("location"), None);
    }
    // Nor as anything else than a form, nor by an address.
    let body = encoded(&[("form", &page.form), ("key", &key)]);
    for (kind, method) in [
        ("text/plain", "POST"),
        ("application/json", "POST"),
        ("", "GET"),
    ] {
        let headers = [
            ("Host", "docs.example.com"),
            ("Content-Type", kind),
            ("Cookie", &page.cookie),
        ];
        let path = match method {
            "GET" => format!("/authorize?{body}"),
            _ => "/authorize".to_owned(),
        };
        let sent = if method == "GET" { "" } else { &*body };
        let answer = process
            .server
            .send(method, &path, &headers, sent.as_bytes());
        assert_eq!(answer.header("location"), None, "{kind}");
    }
    // What is in the form cannot be changed.
    for forged in [
        page.form.replace("docent_form_", "docent_code_"),
        page.form[..page.form.len() - 4].to_owned(),
        format!("{}AAAA", page.form),
        String::new(),
    ] {
        let headers = [("Cookie", &*page.cookie), ("Origin", BASE)];
        let answer = process.submit_with(&forged, &[("key", &key)], &headers);
        assert_eq!(answer.status, 400);
    }
    assert_eq!(process.submit(&page, &[("key", &key)]).status, 303);
}

#[test]
fn one_thing_that_is_sealed_is_none_of_the_others() {
    let house = House::new();
    let key = house.key("alice", "staff", None);
    let process = house.start();
    let ask = Ask::new(&process.client(CALLBACK), CALLBACK);
    let page = process.page(&ask);
    let code = process.code(&ask, &key);
    let token = process.token(&ask, &key);
    let client = ask.get("client_id").to_owned();
    let all = [&page.form, &code, &token, &client];
    let prefixes = [
        "docent_form_",
        "docent_code_",
        "docent_at_",
        "docent_client_",
    ];
    for (at, sealed) in all.iter().enumerate() {
        let inner = &sealed[prefixes[at].len()..];
        for (other, prefix) in prefixes
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != at)
        {
            for text in [(*sealed).clone(), format!("{prefix}{inner}")] {
                match other {
                    0 => {
                        let headers = [("Cookie", &*page.cookie), ("Origin", BASE)];
                        let answer = process.submit_with(&text, &[("key", &key)], &headers);
                        assert_eq!(answer.status, 400);
                    }
                    1 => assert_eq!(process.tokens(&ask, &text).status, 400),
                    2 => assert!(!process.opens(&text)),
                    _ => {
                        let answer = process.authorize(&ask.with("client_id", &text));
                        assert_eq!(answer.status, 400);
                    }
                }
            }
        }
    }
}

#[test]
fn a_token_is_worth_what_its_key_is() {
    let house = House::new();
    let key = house.key("alice", "staff", None);
    let brief = house.key("bob", "staff", Some(Duration::from_secs(2)));
    let process = house.start();
    let token = process.token(&Ask::claude(), &key);
    let code = process.code(&Ask::claude(), &key);
    let page = process.page(&Ask::claude());
    assert!(process.opens(&token));
    // The key of somebody else ends by itself, and the token with it.
    let ending = process.token(&Ask::claude(), &brief);
    let begun = std::time::Instant::now();
    while process.opens(&ending) {
        assert!(begun.elapsed() < Duration::from_secs(60));
        std::thread::yield_now();
    }
    // Revoked: what was given for it is worth nothing from the reload on.
    house.revoke_all();
    house.reload(&process);
    assert!(!process.opens(&token));
    assert_eq!(
        process.tokens(&Ask::claude(), &code).json()["error"],
        "invalid_grant"
    );
    assert_eq!(process.submit(&page, &[("key", &key)]).status, 403);
    // Another key of the same name is another one.
    let other = house.key("alice", "staff", None);
    house.reload(&process);
    assert!(!process.opens(&token));
    assert!(process.opens(&other) && process.opens(&process.token(&Ask::claude(), &other)));
}

#[test]
fn a_token_of_another_docent_opens_nothing() {
    let (house, other) = (House::new(), House::new());
    for house in [&house, &other] {
        house.key("alice", "staff", None);
    }
    let key = other.key("carol", "staff", None);
    let theirs = other.start();
    let token = theirs.token(&Ask::claude(), &key);
    assert!(theirs.opens(&token));
    let process = house.start();
    assert!(!process.opens(&token));
    // Not even one that shares all of its keys, but is at another address.
    let elsewhere = House::at("https://docs.example.com/other");
    for name in ["sealing.key", "keys.toml"] {
        let from = other.sealing_file().with_file_name(name);
        fs::copy(from, elsewhere.sealing_file().with_file_name(name)).unwrap();
    }
    let process = elsewhere.start();
    assert!(!process.opens(&token));
    assert!(process.opens(&key));
}

#[test]
fn a_changed_token_opens_nothing() {
    let house = House::new();
    let key = house.key("alice", "staff", None);
    let process = house.start();
    let token = process.token(&Ask::claude(), &key);
    let middle = token.len() / 2;
    let other = if &token[middle..=middle] == "A" {
        "B"
    } else {
        "A"
    };
    let huge = format!("docent_at_{}", "A".repeat(12_000));
    for wrong in [
        format!("{}{other}{}", &token[..middle], &token[middle + 1..]),
        token[..token.len() - 1].to_owned(),
        format!("{token}A"),
        format!("{token}="),
        token.replace("docent_at_", "docent_"),
        "docent_at_".to_owned(),
        huge,
    ] {
        let (status, text) = process.search(&wrong);
        assert_eq!(status, 401, "{text}");
        assert!(!text.contains(&token[..30]), "{text}");
    }
    // A token is taken from the header alone.
    let path = format!("/mcp?access_token={token}");
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).to_string();
    let headers = [
        ("Host", "docs.example.com"),
        ("Content-Type", "application/json"),
    ];
    let answer = process
        .server
        .send("POST", &path, &headers, body.as_bytes());
    assert_eq!(answer.status, 401);
}

#[test]
fn too_much_is_refused() {
    let house = House::new();
    let process = house.start();
    let huge = "a".repeat(40_000);
    assert!(
        process
            .authorize(&Ask::claude().with("state", &huge))
            .status
            >= 400
    );
    assert!(
        process
            .authorize(&Ask::claude().with("client_id", &huge))
            .status
            >= 400
    );
    let many = "x=1&".repeat(1_000);
    assert_eq!(process.get(&format!("/authorize?{many}"), &[]).status, 400);
    let body = json!({"redirect_uris": [CALLBACK], "client_name": huge}).to_string();
    assert_eq!(
        process.post("/register", "application/json", &body).status,
        413
    );
    let form = "application/x-www-form-urlencoded";
    assert_eq!(
        process.post("/token", form, &format!("code={huge}")).status,
        413
    );
    assert_eq!(
        process
            .post("/authorize", form, &format!("key={huge}"))
            .status,
        413
    );
    let deep = "[".repeat(20_000);
    assert_eq!(
        process.post("/register", "application/json", &deep).status,
        400
    );
    for (path, kind) in [("/token", "application/json"), ("/register", form)] {
        assert_eq!(process.post(path, kind, "{}").status, 400);
    }
    for (method, path) in [
        ("GET", "/token"),
        ("GET", "/register"),
        ("PUT", "/authorize"),
    ] {
        let headers = [("Host", "docs.example.com")];
        assert_eq!(process.server.send(method, path, &headers, b"").status, 405);
    }
}

#[test]
fn a_page_has_an_end() {
    // See `auth::sign_in::form` for the ten minutes; here that a key pasted twice makes two codes, each its own.
    let house = House::new();
    let key = house.key("alice", "staff", None);
    let process = house.start();
    let page = process.page(&Ask::claude());
    let code = || {
        let answer = process.submit(&page, &[("key", &key)]);
        let location = answer.header("location").unwrap().to_owned();
        between(&format!("{location}&"), "code=", "&").to_owned()
    };
    let (one, other) = (code(), code());
    assert_ne!(one, other);
    assert_eq!(process.tokens(&Ask::claude(), &one).status, 200);
    assert_eq!(process.tokens(&Ask::claude(), &other).status, 200);
}

#[test]
fn who_guesses_has_to_wait_and_nobody_else() {
    let house = House::new();
    let key = house.key("alice", "staff", None);
    let process = house.behind_a_proxy();
    let page = process.page(&Ask::claude());
    let paste = |key: &str, address: &str| {
        let headers = [
            ("Cookie", &*page.cookie),
            ("Origin", BASE),
            ("X-Forwarded-For", address),
        ];
        process.submit_with(&page.form, &[("key", key)], &headers)
    };
    let mut statuses = Vec::new();
    for _ in 0..40 {
        statuses.push(paste("docent_guess", "192.0.2.1"));
    }
    let told = statuses
        .iter()
        .map(|answer| answer.status)
        .collect::<Vec<_>>();
    assert!(told.starts_with(&[403; 10]) && told[39] == 429, "{told:?}");
    let last = &statuses[39];
    let after = last.header("retry-after").unwrap().parse::<u64>().unwrap();
    assert!((1..=60).contains(&after), "{after}");
    assert!(
        last.text().contains("too many wrong keys"),
        "{}",
        last.text()
    );
    // Not even the right one from there, unless it was good lately; and any from elsewhere.
    assert_eq!(paste(&key, "192.0.2.1").status, 429);
    assert_eq!(paste(&key, "192.0.2.2").status, 303);
}

#[test]
fn nobody_is_asked_for_a_key_where_others_could_read_it() {
    let resource = |url: &str| Ask::claude().with("resource", &format!("{url}/mcp"));
    let open = "http://docs.example.com";
    let process = House::at(open).start();
    let answer = process.authorize(&resource(open));
    assert_eq!(answer.status, 403);
    let text = answer.text();
    assert!(text.contains("not encrypted") && !text.contains("name=\"key\""));
    let headers = [("Origin", open)];
    let answer = process.submit_with("docent_form_x", &[("key", "x")], &headers);
    assert_eq!(answer.status, 403);
    // On one machine nothing is on the way.
    let local = "http://localhost:8080";
    let process = House::at(local).start();
    let page = process.page(&resource(local));
    assert!(
        page.cookie.starts_with("docent-sign-in-"),
        "{}",
        page.cookie
    );
}

/// Two that share what seals forms are two all the same: each answers in its own name (RFC 9207).
#[test]
fn a_form_of_another_docent_with_the_same_seal_is_lost() {
    let (house, other) = (House::new(), House::at("https://docs.example.com:8443"));
    fs::copy(house.sealing_file(), other.sealing_file()).unwrap();
    let key = other.key("alice", "staff", None);
    let page = house.start().page(&Ask::claude());
    let answer = other.start().submit(&page, &[("key", &*key)]);
    assert_eq!(answer.status, 400, "{}", answer.text());
    assert_eq!(answer.header("location"), None);
    assert!(
        answer.text().contains("another docent"),
        "{}",
        answer.text()
    );
}

/// Most assistants ask the first one that is named, and no other.
#[test]
fn nobody_is_sent_to_a_page_that_cannot_sign_in() {
    let house = House::new();
    let named = || {
        let path = "/.well-known/oauth-protected-resource/mcp";
        house.start().get(path, &[]).json()["authorization_servers"].clone()
    };
    assert_eq!(named(), json!([BASE]));
    fs::remove_file(house.sealing_file()).unwrap();
    assert_eq!(named(), json!(null));
}
