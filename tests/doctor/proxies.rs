//! Proxies and CDNs that let something else arrive than was sent, or nothing.

use std::time::{Duration, SystemTime};

use crate::{
    authority::{Authority, Wanted},
    front::{Front, Proxy, saying},
    run::{ASSISTANTS, Docent, Outside, behind},
    server::library,
};

#[test]
fn accept_is_stripped() {
    let docent = Docent::start();
    let proxy = Proxy {
        strips: &["accept"],
        ..docent.proxy()
    };
    behind(proxy.handler()).says(&["accept-stripped"]);
}

#[test]
fn headers_of_the_protocol_are_stripped() {
    let docent = Docent::start();
    let proxy = Proxy {
        strips: &["mcp-method", "mcp-name"],
        ..docent.proxy()
    };
    behind(proxy.handler()).says(&["headers-stripped"]);
}

#[test]
fn events_are_held_back() {
    let docent = Docent::start();
    let proxy = Proxy {
        buffers: true,
        ..docent.proxy()
    };
    let authority = Authority::new("The test's own");
    let front = Front::start(Some(authority.certify(&Wanted::default())), proxy.handler());
    let report = Outside::usual()
        .trusting(&authority)
        .at(443, front.address)
        // What never comes is waited for as long.
        .option("--timeout", "3")
        .run();
    report.says(&["sse-buffered"]);
}

#[test]
fn host_is_rewritten() {
    let docent = Docent::untold();
    let proxy = Proxy {
        host: Some("127.0.0.1:8080"),
        ..docent.proxy()
    };
    let report = behind(proxy.handler());
    report.says(&["host-rewritten"]);
    let (_, message, help) = report.of("host-rewritten");
    assert!(message.contains("127.0.0.1:8080"), "{message}");
    assert!(help.contains("proxy_set_header Host"), "{help}");
}

/// docent does not know of the encryption in front, and tells people an address without it.
#[test]
fn the_scheme_is_unknown() {
    let docent = Docent::untold();
    let report = behind(docent.proxy().handler());
    report.says(&["scheme-unknown"]);
    let (_, message, help) = report.of("scheme-unknown");
    assert!(message.contains("http://docs.example.com"), "{message}");
    assert!(
        help.contains("`url = \"https://docs.example.com\"`"),
        "{help}"
    );
}

/// What ChatGPT calls is there, and something on the way has changed its shape.
#[test]
fn what_chatgpt_calls_is_not_as_it_wants_it() {
    let docent = Docent::start();
    for (text, other, words) in [
        ("\"query\":{", "\"q\":{", "input of `search`"),
        ("https://docs.example.com/guide/", "/guide/", "not absolute"),
        ("structuredContent", "structured", "structuredContent"),
    ] {
        let proxy = Proxy {
            replaces: Some((text, other)),
            ..docent.proxy()
        };
        let report = behind(proxy.handler());
        assert!(
            report.of("chatgpt-contract").1.contains(words),
            "{}",
            report.text
        );
    }
}

/// To a name that docent does not answer to.
#[test]
fn host_is_refused() {
    let docent = Docent::start();
    let proxy = Proxy {
        host: Some("upstream.internal"),
        ..docent.proxy()
    };
    let report = behind(proxy.handler());
    report.says(&["host-refused"]);
    assert!(
        report.of("host-refused").2.contains("`hosts`"),
        "{}",
        report.text
    );
}

#[test]
fn the_path_is_another() {
    let docent = Docent::start();
    let authority = Authority::new("The test's own");
    let identity = || authority.certify(&Wanted::default());
    // docent is at the root, and people are given a path.
    let front = Front::start(Some(identity()), docent.proxy().handler());
    let outside = Outside::of("https://docs.example.com/docs/mcp");
    let report = outside.trusting(&authority).at(443, front.address).run();
    report.says(&["wrong-path"]);
    let (_, message, help) = report.of("wrong-path");
    assert!(
        message.contains("https://docs.example.com/docs/mcp"),
        "{message}"
    );
    assert!(help.ends_with("https://docs.example.com/mcp"), "{help}");
    // docent is below a path, and people are given the root.
    let below = Proxy {
        below: "/docs",
        ..docent.proxy()
    };
    behind(below.handler()).says(&["wrong-path"]);
}

#[test]
fn the_clock_is_off() {
    let docent = Docent::start();
    let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(7_200));
    let proxy = Proxy {
        date: Some(date),
        ..docent.proxy()
    };
    let report = behind(proxy.handler());
    report.says(&["clock-off"]);
    assert_eq!(report.of("clock-off").0, "error");
}

#[test]
fn nothing_is_served() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.png"), b"\x89PNG\r\n\x1a\n\0").unwrap();
    let set = docent::config::DocSet::new("empty", folder.path());
    let docent = Docent::over(vec![set], &ASSISTANTS);
    behind(docent.proxy().handler()).says(&["nothing-served"]);
}

/// docent itself refuses, as nobody has told it that a proxy makes it public.
#[test]
fn an_origin_is_refused() {
    let docent = Docent::over(vec![library::guide()], &[]);
    let report = behind(docent.proxy().handler());
    report.says(&["origin-refused"]);
    assert!(
        report.of("origin-refused").2.contains("`origins = ["),
        "{}",
        report.text
    );
    // Or the proxy does.
    let docent = Docent::start();
    let refuses = Some(("origin", "claude.ai", 403));
    let report = behind(
        Proxy {
            refuses,
            ..docent.proxy()
        }
        .handler(),
    );
    report.says(&["origin-refused"]);
}

#[test]
fn browsers_are_not_told() {
    let docent = Docent::start();
    let proxy = Proxy {
        drops: &["access-control-allow-origin"],
        ..docent.proxy()
    };
    behind(proxy.handler()).says(&["cors-missing"]);
}

#[test]
fn a_user_agent_is_refused() {
    let docent = Docent::start();
    for (agent, named) in [
        ("ChatGPT-User", "ChatGPT-User"),
        ("python", "python-httpx"),
        ("docent", "docent-doctor"),
    ] {
        let proxy = Proxy {
            refuses: Some(("user-agent", agent, 403)),
            ..docent.proxy()
        };
        let report = behind(proxy.handler());
        report.says(&["agent-refused"]);
        assert!(
            report.of("agent-refused").1.contains(named),
            "{}",
            report.text
        );
    }
}

/// Whatever is asked by 2026-07-28 is answered as servers of before it do.
#[test]
fn only_older_versions_are_spoken() {
    let docent = Docent::start();
    let answers = Some((
        "server/discover",
        400,
        r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"Bad Request: Unsupported protocol version"}}"#,
    ));
    let report = behind(
        Proxy {
            answers,
            ..docent.proxy()
        }
        .handler(),
    );
    report.says(&["old-protocol"]);
}

#[test]
fn only_the_older_transport_is_there() {
    let docent = Docent::start();
    let proxy = Proxy {
        hides: &["/mcp", "/mcp/"],
        ..docent.proxy()
    };
    behind(proxy.handler()).says(&["sse-only"]);
}

#[test]
fn the_older_transport_is_not_there() {
    let docent = Docent::start();
    let proxy = Proxy {
        hides: &["/sse"],
        ..docent.proxy()
    };
    behind(proxy.handler()).says(&["sse-missing"]);
    // The stream opens, and its messages go nowhere.
    let proxy = Proxy {
        hides: &["/message"],
        ..docent.proxy()
    };
    behind(proxy.handler()).says(&["sse-broken"]);
}

#[test]
fn what_chatgpt_calls_is_not_there() {
    let docent = Docent::start();
    let proxy = Proxy {
        hides: &["/chatgpt"],
        ..docent.proxy()
    };
    behind(proxy.handler()).says(&["chatgpt-missing"]);
}

#[test]
fn nobody_is_behind_the_proxy() {
    let report = behind(Proxy::default().handler());
    report.says(&["bad-gateway"]);
}

#[test]
fn something_else_answers() {
    for (status, cause) in [
        (200, "not-mcp"),
        (401, "authentication-required"),
        (404, "wrong-path"),
        (406, "accept-stripped"),
        (429, "rate-limited"),
        (500, "not-mcp"),
        (504, "bad-gateway"),
    ] {
        let report = behind(saying(status, "text/html", "<h1>Hello</h1>"));
        report.says(&[cause]);
    }
}

#[test]
fn the_address_leads_elsewhere() {
    let docent = Docent::start();
    for (redirects, words) in [
        (
            &[("/mcp", "https://docs.example.com/assistants/mcp")][..],
            "sent on to https://docs.example.com/assistants/mcp",
        ),
        (
            &[("/mcp", "/mcp/index")],
            "sent on to https://docs.example.com/mcp/index",
        ),
        (&[("/mcp", "/a"), ("/a", "/mcp")], "leads on and on"),
        // Another host is named, and not asked.
        (
            &[("/mcp", "https://other.example.net/mcp")],
            "sent on to https://other.example.net/mcp",
        ),
    ] {
        let report = behind(
            Proxy {
                redirects,
                ..docent.proxy()
            }
            .handler(),
        );
        report.says(&["redirected"]);
        assert!(report.of("redirected").1.contains(words), "{}", report.text);
    }
}

#[test]
fn answers_that_are_slow_or_long() {
    let docent = Docent::start();
    let delays = Some(("\"tools/list\"", Duration::from_millis(3_100)));
    behind(
        Proxy {
            delays,
            ..docent.proxy()
        }
        .handler(),
    )
    .says(&["answer-slow"]);
    let long: &'static str =
        Box::leak(format!("\"tools\":{}[", " ".repeat(50_000)).into_boxed_str());
    let replaces = Some(("\"tools\":[", long));
    behind(
        Proxy {
            replaces,
            ..docent.proxy()
        }
        .handler(),
    )
    .says(&["answer-large"]);
}

#[test]
fn a_tool_fails() {
    let docent = Docent::start();
    let error =
        r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"the index is broken"}}"#;
    let answers = Some(("\"tools/list\"", 200, error));
    let report = behind(
        Proxy {
            answers,
            ..docent.proxy()
        }
        .handler(),
    );
    assert_eq!(
        report.causes().first(),
        Some(&"tool-failed"),
        "{}",
        report.text
    );
    assert!(
        report.of("tool-failed").1.contains("the index is broken"),
        "{}",
        report.text
    );
}
