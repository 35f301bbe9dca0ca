//! `docent mcp`: an assistant starts it and talks to it over standard input and output.

use super::run::Sandbox;
use serde_json::{Value, json};
use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

const PATIENCE: Duration = Duration::from_secs(60);
const MODERN: &str = "2026-07-28";

struct Assistant {
    process: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    asked: u64,
}

impl Assistant {
    fn start(sandbox: &Sandbox, arguments: &[&str]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_docent"))
            .arg("mcp")
            .args(arguments)
            .current_dir(sandbox.path())
            .env_clear()
            .env("HOME", sandbox.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("cargo has built docent");
        Self {
            input: process.stdin.take(),
            output: BufReader::new(process.stdout.take().expect("it is piped")),
            process,
            asked: 0,
        }
    }

    fn write(&mut self, line: &str) {
        let input = self.input.as_mut().expect("it is open");
        writeln!(input, "{line}").expect("docent reads");
    }

    /// The next line, which is a message.
    fn read(&mut self) -> Value {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("docent writes");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
    }

    fn call(&mut self, method: &str, params: &Value) -> Value {
        self.asked += 1;
        let id = self.asked;
        let request = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
        self.write(&request.to_string());
        let answer = self.read();
        assert_eq!(answer["id"], id, "{answer}");
        answer
    }

    fn initialize(&mut self, version: &str) -> Value {
        let params = json!({"protocolVersion": version, "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"}});
        let answer = self.call("initialize", &params);
        let note = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
        self.write(&note.to_string());
        answer["result"].clone()
    }

    fn tool(&mut self, name: &str, arguments: &Value) -> String {
        let params = json!({"name": name, "arguments": arguments});
        let answer = self.call("tools/call", &params);
        let text = answer["result"]["content"][0]["text"].as_str();
        text.unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    /// Closes the input and waits for the end; returns what was left to read of both outputs.
    fn end(mut self) -> (Option<i32>, String, String) {
        drop(self.input.take());
        let mut rest = String::new();
        self.output.read_to_string(&mut rest).expect("it is text");
        let status = self.process.wait().expect("it ends");
        let mut log = String::new();
        let mut stderr = self.process.stderr.take().expect("it is piped");
        stderr.read_to_string(&mut log).expect("it is text");
        (status.code(), rest, log)
    }
}

impl Drop for Assistant {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn sandbox() -> Sandbox {
    Sandbox::new(&[(
        "docs/backup.md",
        "# Backups\n\nQuinces are backed up every night.\n",
    )])
}

#[test]
fn an_assistant_of_any_version_gets_the_same_tools() {
    let sandbox = sandbox();
    for version in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
        let mut assistant = Assistant::start(&sandbox, &["docs"]);
        let told = assistant.initialize(version);
        assert_eq!(told["protocolVersion"], version);
        let instructions = told["instructions"].as_str().unwrap_or_default();
        assert!(instructions.contains("- `docs`\n"), "{told}");
        let list = assistant.call("tools/list", &json!({}));
        let tools = list["result"]["tools"].as_array().expect("a list");
        let names: Vec<_> = tools.iter().map(|tool| tool["name"].clone()).collect();
        assert_eq!(names, ["search", "read", "browse"]);
        let found = assistant.tool("search", &json!({"query": "quinces"}));
        assert!(found.contains("id: docs/backup.md"), "{found}");
        let page = assistant.tool("read", &json!({"id": "docs/backup.md"}));
        assert!(page.contains("every night"), "{page}");
        let (code, rest, log) = assistant.end();
        assert_eq!((code, &*rest, &*log), (Some(0), "", ""));
    }
    // Without a handshake.
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": MODERN,
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
    });
    let mut assistant = Assistant::start(&sandbox, &["docs"]);
    let told = assistant.call("server/discover", &json!({ "_meta": meta }));
    let versions = told["result"]["supportedVersions"].to_string();
    assert!(versions.contains(MODERN), "{told}");
    let params = json!({"name": "search", "arguments": {"query": "quinces"}, "_meta": meta});
    let found = assistant.call("tools/call", &params);
    assert_eq!(found["result"]["resultType"], "complete", "{found}");
    assert_eq!(assistant.end().0, Some(0));
}

#[test]
fn what_is_asked_before_the_end_of_the_input_is_answered() {
    let sandbox = sandbox();
    let mut assistant = Assistant::start(&sandbox, &["docs"]);
    assistant.initialize("2025-11-25");
    for id in 100..120 {
        let params = json!({"name": "search", "arguments": {"query": format!("quinces {id}")}});
        let call = json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params});
        assistant.write(&call.to_string());
    }
    let (code, rest, log) = assistant.end();
    assert_eq!((code, &*log), (Some(0), ""));
    let mut ids: Vec<u64> = rest
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("messages alone"))
        .map(|answer| answer["id"].as_u64().expect("of a request"))
        .collect();
    ids.sort_unstable();
    assert_eq!(ids, (100..120).collect::<Vec<_>>());
}

#[test]
fn what_is_no_message_is_refused_and_the_next_is_answered() {
    let sandbox = sandbox();
    let mut assistant = Assistant::start(&sandbox, &["docs"]);
    assistant.initialize("2025-11-25");
    let long = format!(
        "{{\"jsonrpc\":\"2.0\",\"id\":9,\"x\":\"{}\"}}",
        "x".repeat(3 << 20)
    );
    for (line, code, id) in [
        ("{", -32700, Value::Null),
        ("\u{fffd}\u{0}", -32700, Value::Null),
        ("[]", -32600, Value::Null),
        ("{\"id\":7}", -32600, json!(7)),
        (&long, -32600, Value::Null),
    ] {
        assistant.write(line);
        let refusal = assistant.read();
        assert_eq!(refusal["error"]["code"], code, "{refusal}");
        assert_eq!(refusal["id"], id);
    }
    assistant.write("");
    let found = assistant.tool("search", &json!({"query": "quinces"}));
    assert!(found.contains("docs/backup.md"));
    assert_eq!(assistant.end().0, Some(0));
}

#[test]
fn it_follows_the_documents_beside_a_server_with_the_same_index() {
    let sandbox = sandbox();
    let mut command = Command::new(env!("CARGO_BIN_EXE_docent"));
    command.args(["serve", "docs", "--listen", "127.0.0.1:0"]);
    command.env_clear().env("HOME", sandbox.path());
    let server = super::serve::Server::start_with(&sandbox, command);
    let mut assistant = Assistant::start(&sandbox, &["docs"]);
    assistant.initialize("2025-11-25");
    sandbox.write(
        "docs/medlar.md",
        "# Medlars\n\nNow there are medlars, too.\n",
    );
    let began = Instant::now();
    loop {
        let found = assistant.tool("search", &json!({"query": "medlars"}));
        if found.contains("id: docs/medlar.md") {
            break;
        }
        assert!(began.elapsed() < PATIENCE, "{found}");
        std::thread::sleep(Duration::from_millis(50));
    }
    let caches = sandbox.path().join(".cache/docent");
    let caches = std::fs::read_dir(caches).expect("it is there").flatten();
    let indexes = caches.filter(|it| it.file_name().to_string_lossy().starts_with("docs-"));
    assert_eq!(indexes.count(), 1, "one index for both");
    assert_eq!(assistant.end().0, Some(0));
    drop(server);
}

#[test]
fn documents_that_are_not_there_are_told_on_standard_error_alone() {
    let sandbox = sandbox();
    let (code, output, log) = Assistant::start(&sandbox, &["nowhere"]).end();
    assert_eq!((code, &*output), (Some(66), ""), "{log}");
    assert!(log.contains("nowhere does not exist"), "{log}");
}
