//! docent's own sign-in page as it is installed: its sealing key, a reload, a restart, and the log.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
};

use crate::{
    run::Sandbox,
    serve::{Server, docent, soon},
};

const CONFIG: &str = "\
[server]
hosts = [\"docs.localhost\"]

[[docs]]
name = \"payroll\"
path = \"payroll\"

[[audience]]
name = \"staff\"
docs = [\"all\"]

[sign_in]
enabled = true
";

/// Of RFC 7636, appendix B.
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CLIENT: &str = "https%3A%2F%2Fclaude.ai%2Foauth%2Fclaude-code-client-metadata";
const CALLBACK: &str = "http%3A%2F%2Flocalhost%3A49152%2Fcallback";

fn sandbox() -> Sandbox {
    Sandbox::new(&[
        ("payroll/b.md", "# Salaries\n\nAbout salaries.\n"),
        ("docent.toml", CONFIG),
    ])
}

fn serve(sandbox: &Sandbox) -> Server {
    Server::start_with(sandbox, docent(sandbox, &["--config", "docent.toml"]))
}

fn make(sandbox: &Sandbox, name: &str) -> String {
    let arguments = [
        "key",
        "new",
        name,
        "--audience",
        "staff",
        "--config",
        "docent.toml",
    ];
    let made = sandbox.docent(&arguments);
    assert_eq!(made.code, Some(0), "{}", made.shown());
    made.stdout.trim_end().to_owned()
}

fn reload(server: &Server) {
    let told =
        |log: &str| log.matches("reloaded").count() + log.matches("is not taken over").count();
    let before = told(&server.log());
    server.signal("-HUP");
    soon("it has read its configuration again", || {
        told(&server.log()) > before
    });
}

fn send(server: &Server, method: &str, path: &str, headers: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(server.address()).expect("docent listens");
    // The port is another one after a restart; the name that docent is known by is not.
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: docs.localhost\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
    .expect("a request can be sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text
        .split_once(before)
        .unwrap_or_else(|| panic!("{before}: {text}"));
    rest.split_once(after).expect("it ends").0
}

fn authorize(server: &Server) -> String {
    let path = format!(
        "/authorize?response_type=code&client_id={CLIENT}&redirect_uri={CALLBACK}&state=xyz\
         &code_challenge={CHALLENGE}&code_challenge_method=S256"
    );
    send(server, "GET", &path, "", "")
}

/// Signs in by pasting a key: the token, and every other secret of the way.
fn sign_in(server: &Server, key: &str) -> (String, Vec<String>) {
    let page = authorize(server);
    let form = between(&page, "name=\"form\" value=\"", "\"");
    let cookie = between(&page.to_lowercase(), "set-cookie: ", ";").to_owned();
    let at = page.to_lowercase().find(&cookie).expect("it is there");
    let cookie = &page[at..at + cookie.len()];
    let headers = format!("{FORM}Cookie: {cookie}\r\nOrigin: http://docs.localhost\r\n");
    let sent = send(
        server,
        "POST",
        "/authorize",
        &headers,
        &format!("form={form}&key={key}"),
    );
    assert!(sent.starts_with("HTTP/1.1 303 "), "{sent}");
    let code = between(&sent, "code=", "&");
    let body = format!(
        "grant_type=authorization_code&code={code}&client_id={CLIENT}&redirect_uri={CALLBACK}&code_verifier={VERIFIER}"
    );
    let given = send(server, "POST", "/token", FORM, &body);
    let token = between(&given, "\"access_token\":\"", "\"").to_owned();
    let secret = cookie.split_once('=').expect("it has a value").1;
    let secrets = [form, code, secret].map(str::to_owned);
    (token, secrets.to_vec())
}

fn opens(server: &Server, token: &str) -> bool {
    let body = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search","arguments":{"query":"salaries"}}}"#;
    let headers = format!(
        "Authorization: Bearer {token}\r\nContent-Type: application/json\r\n\
         Accept: application/json, text/event-stream\r\n"
    );
    let answer = send(server, "POST", "/mcp", &headers, body);
    answer.contains("payroll/b.md")
}

#[test]
fn from_no_sealing_key_to_an_answer_after_a_restart() {
    let sandbox = sandbox();
    let server = serve(&sandbox);
    soon("it says what is missing", || {
        let log = server.log();
        log.contains("nobody can sign in on docent's own page")
            && log.contains("`docent key new` makes one")
    });
    assert!(!authorize(&server).contains("name=\"key\""));
    let checked = sandbox.docent(&["check", "--config", "docent.toml"]);
    assert_ne!(checked.code, Some(0), "{}", checked.shown());
    assert!(
        checked.shown().contains("`docent key new`"),
        "{}",
        checked.shown()
    );

    let key = make(&sandbox, "alice");
    reload(&server);
    let checked = sandbox.docent(&["check", "--config", "docent.toml"]);
    assert_eq!(checked.code, Some(0), "{}", checked.shown());
    let (token, mut secrets) = sign_in(&server, &key);
    assert!(opens(&server, &token));
    soon("it is told", || server.log().contains("key=\"alice\""));
    let log = server.log();
    assert!(
        log.contains("an assistant was let in by an access key"),
        "{log}"
    );
    assert!(log.contains("key=\"alice\""), "{log}");
    secrets.extend([token.clone(), key]);
    for secret in &secrets {
        assert!(!log.contains(&secret[..16]), "{log}");
    }
    drop(server);
    let server = serve(&sandbox);
    assert!(opens(&server, &token));

    // A sealing key that is damaged changes nothing as long as docent runs.
    let path = sandbox.path().join("sealing.key");
    let sound = fs::read_to_string(&path).expect("it is there");
    sandbox.write("sealing.key", "docent-sealing-key-1:short\n");
    reload(&server);
    let log = server.log();
    assert!(
        log.contains("line 1 of") && log.contains("is not taken over"),
        "{log}"
    );
    assert!(opens(&server, &token));
    fs::remove_file(&path).expect("it can be removed");
    reload(&server);
    assert!(opens(&server, &token));
    // Another one logs everybody out.
    let other = make(&sandbox, "bob");
    reload(&server);
    assert!(!opens(&server, &token));
    assert!(opens(&server, &sign_in(&server, &other).0));
    // And the one before lets them in again, whichever seals.
    let new = fs::read_to_string(&path).expect("it is there");
    sandbox.write("sealing.key", format!("{new}{sound}"));
    reload(&server);
    assert!(opens(&server, &token));
}
