//! What a real server logs of real calls, and a hundred thousand lines like those.

use std::fmt::Write as _;

use serde_json::Value;

use super::{
    run::Sandbox,
    serve::{Server, docent, soon},
};

const DOCS: [(&str, &str); 3] = [
    (
        "docs/keys.md",
        "# Rotate keys\n\nHow the keys of a cluster are rotated.\n",
    ),
    (
        "docs/backup and restore.md",
        "# Backups\n\nHow a backup is restored.\n",
    ),
    ("docs/lonely.md", "# Zeppelins\n\nNobody asks for these.\n"),
];

/// A server over these documents, behind a proxy that names its clients.
pub(crate) fn server(more: &str) -> (Sandbox, Server) {
    let sandbox = Sandbox::new(&DOCS);
    let config = format!(
        "{more}\n[server]\ntrusted_proxies = [\"127.0.0.0/8\"]\n\n[[docs]]\nname = \"docs\"\npath = \"docs\"\n"
    );
    sandbox.write("docent.toml", config);
    let server = Server::start_with(&sandbox, docent(&sandbox, &["--config", "docent.toml"]));
    (sandbox, server)
}

/// Somebody who asks.
pub(crate) struct Client<'a> {
    pub(crate) server: &'a Server,
    pub(crate) agent: &'a str,
    pub(crate) version: &'a str,
    pub(crate) address: &'a str,
}

impl Client<'_> {
    pub(crate) fn call(&self, tool: &str, arguments: &Value) {
        let params = serde_json::json!({ "name": tool, "arguments": arguments });
        let body = serde_json::json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
        let headers = format!(
            "User-Agent: {}\r\nMCP-Protocol-Version: {}\r\nX-Forwarded-For: {}",
            self.agent, self.version, self.address
        );
        let answer = (self.server).ask_with("POST", "/mcp", &headers, &body.to_string());
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    pub(crate) fn search(&self, query: &str) {
        self.call("search", &serde_json::json!({ "query": query }));
    }

    pub(crate) fn read(&self, id: &str) {
        self.call("read", &serde_json::json!({ "id": id }));
    }
}

/// The log, when it has so many calls.
pub(crate) fn logged(server: &Server, calls: usize) -> String {
    let is_call = |line: &&str| line.contains(" tool=");
    soon("the log has all calls", || {
        server.log().lines().filter(is_call).count() >= calls
    });
    server.log()
}

/// Lines like these, with other values.
struct Templates {
    search: String,
    read: String,
    missing: String,
}

impl Templates {
    /// From what a real server writes.
    fn new() -> Self {
        let (_sandbox, server) = server("");
        let client = Client {
            server: &server,
            agent: "codex/0.171",
            version: "2025-06-18",
            address: "192.0.2.2",
        };
        client.search("keys");
        client.read("docs/keys.md");
        client.read("docs/none.md");
        let log = logged(&server, 3);
        let line = |words: &str| {
            let line = log.lines().find(|line| line.contains(words));
            line.unwrap_or_else(|| panic!("{words}: {log}")).to_owned()
        };
        Self {
            search: line("tool=\"search\""),
            read: line("outcome=\"read\""),
            missing: line("outcome=\"missing\""),
        }
    }
}

/// A line at another time, with other values; none of them has a space in the template.
fn line(template: &str, at: u64, values: &[(&str, String)]) -> String {
    let (_, rest) = template.split_once('Z').expect("it begins with a time");
    let (day, second) = (at / 86_400, at % 86_400);
    let mut line = format!(
        "2026-11-{:02}T{:02}:{:02}:{:02}.000000Z{rest}",
        day + 1,
        second / 3_600,
        second / 60 % 60,
        second % 60
    );
    for (name, value) in values {
        let begin = line
            .find(&format!(" {name}="))
            .unwrap_or_else(|| panic!("{name}: {line}"));
        let begin = begin + name.len() + 2;
        let end = line[begin..]
            .find(' ')
            .map_or(line.len(), |end| begin + end);
        line.replace_range(begin..end, value);
    }
    line
}

/// What came of a question is always the same.
fn outcome(question: u64) -> &'static str {
    match question % 20 {
        0 | 1 => "nothing",
        2 => "poor",
        3..=5 => "relaxed",
        _ => "exact",
    }
}

/// A hundred thousand searches of eight days, and what is read after them.
pub(crate) fn journal() -> String {
    let templates = Templates::new();
    let mut random = fastrand::Rng::with_seed(11);
    let mut lines: Vec<(u64, String)> = Vec::new();
    for number in 0..100_000_u64 {
        let at = 86_400 + number * 7;
        // A few questions come often.
        let question = random.u64(0..45) * random.u64(0..45);
        let client = random.u64(0..8);
        let (agent, address) = (
            format!("\"client-{client}/{}\"", random.u64(0..3)),
            format!("{:012x}", random.u64(0..3)),
        );
        let protocol =
            ["\"2025-06-18\"", "\"2025-11-25\""][usize::from(client.is_multiple_of(2))].to_owned();
        let who = [
            ("client", agent),
            ("address", address),
            ("protocol", protocol),
            ("microseconds", random.u64(20..20_000).to_string()),
        ];
        let words = match random.u8(0..4) {
            0 => format!("\"How TO  Do {question}\""),
            1 => format!("\" how to do {question} \""),
            _ => format!("\"how to do {question}\""),
        };
        let outcome = outcome(question);
        let pages: Vec<String> = (0..3)
            .map(|place| format!("docs/page-{}.md", (question * 3 + place) % 400))
            .collect();
        let mut values = who.to_vec();
        values.push(("query", words));
        values.push(("outcome", format!("\"{outcome}\"")));
        values.push(("pages", format!("\"{}\"", pages.join(" "))));
        values.push(("hits", "3".to_owned()));
        lines.push((at, line(&templates.search, at, &values)));
        let later = at + random.u64(1..1_200);
        // The log ends with searches of which nobody knows yet.
        if random.bool() && later <= 86_400 + 100_000 * 7 {
            let mut values = who.to_vec();
            if random.u8(0..20) == 0 {
                values.push(("missing", format!("\"docs/gone-{}.md\"", random.u64(0..50))));
                lines.push((later, line(&templates.missing, later, &values)));
            } else {
                let page = &pages[random.usize(0..3)];
                values.push(("pages", format!("\"{page}\"")));
                lines.push((later, line(&templates.read, later, &values)));
            }
        }
    }
    lines.sort_by_key(|(at, _)| *at);
    let mut log = String::new();
    for (_, line) in lines {
        let _ = writeln!(log, "{line}");
    }
    log
}

/// The same as `journalctl --output=json` would show it.
pub(crate) fn as_json(log: &str) -> String {
    let mut json = String::new();
    for line in log.lines() {
        let (time, rest) = line.split_once(' ').expect("it begins with a time");
        let number = |from: usize| time[from..from + 2].parse::<u64>().expect("a number");
        let seconds = number(8) * 86_400 + number(11) * 3_600 + number(14) * 60 + number(17);
        // The last day of October 2026.
        let micros = (1_793_404_800 + seconds) * 1_000_000;
        let mut entry = serde_json::json!({
            "__REALTIME_TIMESTAMP": micros.to_string(),
            "_SYSTEMD_UNIT": "docent.service",
            "MESSAGE": rest,
        });
        let mut rest = rest.trim_start();
        while let Some((before, after)) = rest.split_once('=') {
            let name = before.rsplit(' ').next().expect("there is a name");
            let (value, left) = match after.strip_prefix('"') {
                Some(quoted) => quoted.split_once('"').expect("it ends"),
                None => after.split_once(' ').unwrap_or((after, "")),
            };
            entry[format!("DOCENT_{}", name.to_uppercase())] = Value::from(value);
            rest = left;
        }
        let _ = writeln!(json, "{entry}");
    }
    json
}
