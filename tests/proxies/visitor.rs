//! Whoever comes by way of the proxy: curl, which speaks both versions of HTTP and verifies the certificate.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use serde_json::{Value, json};

use crate::behind::Behind;

pub(crate) struct Visitor<'a>(&'a Behind);

/// A stream of events that is open.
struct Stream {
    curl: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl<'a> Visitor<'a> {
    pub(crate) fn new(behind: &'a Behind) -> Self {
        Self(behind)
    }

    fn curl(&self, arguments: &[&str], url: &str) -> Command {
        let mut command = Command::new("curl");
        command
            .args(["--silent", "--show-error", "--no-buffer", "--noproxy", "*"])
            .args(["--max-time", "60", "--cacert"])
            .arg(&self.0.ca)
            .args(arguments)
            .arg(url);
        command
    }

    /// The body of an answer, and what curl was told to write about it after that.
    fn ask(&self, arguments: &[&str], path: &str) -> String {
        let url = format!("{}{path}", self.0.url);
        let output = self.curl(arguments, &url).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{url}: {error}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// A message to `/mcp`.
    pub(crate) fn pings(&self, path: &str, version: &str) {
        let ping = r#"{"jsonrpc":"2.0","id":7,"method":"ping"}"#;
        let arguments = [version, "--json", ping, "--write-out", " %{http_version}"];
        let answer = self.ask(&arguments, path);
        let version = if version == "--http2" { "2" } else { "1.1" };
        assert_eq!(
            answer,
            format!("{{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{{}}}} {version}")
        );
    }

    /// The page for people, with the address in it, also without a slash at its end; and all it refers to.
    pub(crate) fn finds_the_page(&self) {
        for path in ["", "/"] {
            let page = self.ask(&["--location"], path);
            let mcp = format!("{}/mcp", self.0.url);
            assert!(page.contains(&mcp), "{mcp} is not in {page}");
            let below = self.0.url.splitn(4, '/').nth(3).unwrap_or_default();
            let own = ["href=\"/", "src=\"/", "action=\"/"];
            let links = own.iter().flat_map(|begin| page.split(begin).skip(1));
            let links: Vec<_> = links.filter_map(|rest| rest.split('"').next()).collect();
            assert!(!links.is_empty());
            for link in links {
                let inside = link.strip_prefix(below);
                let inside = inside.unwrap_or_else(|| panic!("/{link} is not below {below}"));
                let inside = format!("/{}", inside.trim_start_matches('/'));
                let browses = [
                    "--header",
                    "Accept: text/html",
                    "--output",
                    "/dev/null",
                    "--write-out",
                    "%{http_code}",
                ];
                let status = self.ask(&browses, &inside);
                assert_eq!(status, "200", "{inside}");
            }
        }
    }

    /// What ChatGPT is given can be opened by people, through the proxy.
    pub(crate) fn opens_what_is_found(&self) {
        let search = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {
            "name": "search", "arguments": {"query": "settings"},
        }});
        let answer = self.ask(&["--json", &search.to_string()], "/chatgpt");
        let answer: Value = serde_json::from_str(&answer).unwrap();
        let results = &answer["result"]["structuredContent"]["results"];
        let url = results[0]["url"]
            .as_str()
            .unwrap_or_else(|| panic!("no results: {answer}"));
        let path = url.strip_prefix(&self.0.url);
        let path = path.unwrap_or_else(|| panic!("{url} is not below {}", self.0.url));
        let page = self.ask(&["--fail"], path);
        assert!(page.contains("<main") && page.contains("</html>"), "{page}");
        let markdown = self.ask(&["--fail", "--header", "Accept: text/markdown"], path);
        assert!(!markdown.contains("<main"), "{markdown}");
        // Found from the root as well.
        let list = self.ask(&["--fail"], "/llms.txt");
        assert!(list.contains(&format!("({}/", self.0.url)), "{list}");
    }

    /// A session of the older transport: each event comes while the stream is open.
    pub(crate) fn hears_at_once(&self) {
        for version in ["--http1.1", "--http2"] {
            let mut stream = self.open(version);
            let endpoint = stream.next("endpoint");
            let origin = self.0.url.split('/').take(3).collect::<Vec<_>>().join("/");
            assert!(endpoint.starts_with('/'), "{endpoint}");
            let post = |message: Value| {
                let url = format!("{origin}{endpoint}");
                let message = message.to_string();
                let arguments = [version, "--fail", "--json", &message];
                let output = self.curl(&arguments, &url).output().unwrap();
                assert!(output.status.success(), "{url} {output:?}");
            };
            post(
                json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
                    "protocolVersion": "2024-11-05", "capabilities": {},
                    "clientInfo": {"name": "test", "version": "1"},
                }}),
            );
            assert!(stream.next("message").contains("\"id\":1"));
            post(json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
            for id in 2..5 {
                post(json!({"jsonrpc": "2.0", "id": id, "method": "ping"}));
                let answer = stream.next("message");
                assert!(answer.contains(&format!("\"id\":{id}")), "{answer}");
            }
        }
    }

    fn open(&self, version: &str) -> Stream {
        let url = format!("{}/sse", self.0.url);
        let mut curl = self
            .curl(&[version], &url)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(curl.stdout.take().unwrap()).lines();
        Stream { curl, lines }
    }

    /// Other names are refused, with the line that would allow them.
    pub(crate) fn is_told_of_others(&self) {
        // Caddy has nothing for it at all.
        let told = self.ask(&["--header", "Host: evil.example"], "/healthz");
        let is_told = told.ends_with("hosts = [\"evil.example\"]\n");
        assert!(is_told || told.is_empty(), "{told}");
    }

    /// What it says of itself is not believed: of many addresses that it makes up, none is its own, and the proxy's word counts, which is that
    /// it is of this machine, where nothing is limited.
    pub(crate) fn is_limited_by_its_own_address(&self) {
        let most = self.0.limits.request_burst + 20;
        let urls = vec![format!("{}/healthz", self.0.url); most];
        let mut curl = self.curl(
            &[
                "--header",
                "X-Forwarded-For: 192.0.2.1",
                "--write-out",
                "%{http_code}\n",
            ],
            &urls[0],
        );
        for url in &urls[1..] {
            curl.arg(url);
        }
        let output = curl.output().unwrap();
        let told = String::from_utf8(output.stdout).unwrap();
        assert_eq!(told.matches("200").count(), most, "{told}");
    }
}

impl Stream {
    /// The data of the next event, which is of this kind.
    fn next(&mut self, event: &str) -> String {
        let mut of_its_kind = false;
        loop {
            let line = self.lines.next().expect("the stream goes on").unwrap();
            if let Some(name) = line.strip_prefix("event: ") {
                of_its_kind = name == event;
            }
            if let Some(data) = line.strip_prefix("data: ")
                && of_its_kind
            {
                return data.to_owned();
            }
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        let _ = self.curl.kill();
        let _ = self.curl.wait();
    }
}
