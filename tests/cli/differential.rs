//! Nothing leaks: docent with all sets answers an audience as a docent does that has only the sets of that audience, to the byte.
//!
//! Real documentation and a few sets that are made to give themselves away: their words are a letter away from those of other
//! sets, their pages have the titles and paths of other pages, and link to them.

#![allow(clippy::print_stdout, reason = "figures to look at")]

use std::{collections::BTreeSet, fmt::Write as _, fs, process::Command, time::Instant};

use serde_json::{Value, json};

use crate::{
    audiences::{access_key, bearer},
    corpora::corpus,
    run::Sandbox,
    serve::Server,
};

/// Queries with words that only other sets hold, of all audiences together.
const QUERIES: usize = 2_000;
/// Pages and resources that are read of each set.
const PAGES: usize = 6;
/// How many times both are asked again before their answers count as different.
const AGAIN: usize = 8;
/// Where audiences and queries begin; `DOCENT_SEED` for others.
const SEED: u64 = 12;

/// A set of the whole.
struct Set {
    name: String,
    root: std::path::PathBuf,
    /// Its files, and all that is in them.
    files: Vec<String>,
    text: String,
}

/// Who may read some of the sets.
struct Audience {
    name: &'static str,
    sets: Vec<usize>,
}

#[test]
fn an_audience_is_answered_as_if_there_were_nothing_else() {
    let seed = std::env::var("DOCENT_SEED").ok();
    let seed = seed.map_or(SEED, |seed| seed.parse().expect("a number"));
    let mut random = fastrand::Rng::with_seed(seed);
    let sandbox = Sandbox::new(&[]);
    let sets = sets(&sandbox);
    let audiences = audiences(&mut random, sets.len());
    for Audience { name, sets: own } in &audiences {
        let own: Vec<_> = own.iter().map(|at| &sets[*at].name).collect();
        println!("seed {seed}: {name} reads {own:?}");
    }
    let whole = Side::start(&sandbox, "whole", &sets, &audiences);
    for (at, audience) in audiences.iter().enumerate() {
        let own: Vec<_> = audience.sets.iter().map(|at| &sets[*at]).collect();
        let others = (0..sets.len()).filter(|at| !audience.sets.contains(at));
        let others: Vec<_> = others.map(|at| &sets[at]).collect();
        let folder = format!("only-{}", audience.name);
        let alone = [Audience {
            name: audience.name,
            sets: audience.sets.clone(),
        }];
        let alone = Side::start(&sandbox, &folder, &sets, &alone);
        let pair = Pair {
            whole: &whole,
            alone: &alone,
            key: (&whole.keys[at], &alone.keys[0]),
            audience: audience.name,
        };
        let hidden: Vec<&str> = others.iter().map(|set| set.name.as_str()).collect();
        pair.protocol(&own, &others);
        pair.pages(&own, &others);
        pair.queries(&mut random, &own, &others, QUERIES / audiences.len());
        assert!(!hidden.is_empty(), "{} hides nothing", audience.name);
    }
}

/// Real sets, and those that are made.
fn sets(sandbox: &Sandbox) -> Vec<Set> {
    let mut sets = Vec::new();
    for name in ["postgresql-doc-15", "git-doc", "mkdocs-doc", "manpages"] {
        sets.push(Set::read(name, corpus(name)));
    }
    // Each with the words of the first, spelt otherwise, and a word of its own.
    let made = [
        ("handbook", ["retention", "lantern", "vacuuming", "quorum"]),
        ("ledger", ["retentoin", "lanterne", "vacuumings", "qourum"]),
        ("minutes", ["retenton", "lantrn", "vaccuming", "quorums"]),
    ];
    for (name, words) in made {
        for (number, word) in words.iter().enumerate() {
            let own = format!("{name}word{number}");
            let mut text =
                format!("# {word} and {own}\n\nThe {word} of {own} is kept for {number} days.\n\n");
            for (other, words) in made {
                let _ = writeln!(
                    text,
                    "- Read [{word} beside {own}](../{other}/page-{number}.md) and [{0}](/{other}/page-{number}).",
                    words[number]
                );
            }
            let _ = writeln!(
                text,
                "\n## Commit\n\nRun `{own} --{word}` to commit a vacuum.\n"
            );
            sandbox.write(&format!("made/{name}/page-{number}.md"), &text);
        }
        let skill = format!(
            "---\nname: {name}-skill\ndescription: Handles {}.\n---\n\n# Skill\n",
            words[0]
        );
        sandbox.write(&format!("made/{name}/skills/{name}/SKILL.md"), skill);
        sets.push(Set::read(name, sandbox.path().join("made").join(name)));
    }
    sets
}

impl Set {
    fn read(name: &str, root: std::path::PathBuf) -> Self {
        let mut set = Self {
            name: name.to_owned(),
            files: Vec::new(),
            text: String::new(),
            root: root.clone(),
        };
        let mut folders = vec![root];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).expect("a folder").flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else if let Ok(text) = fs::read_to_string(&path) {
                    let own = path.strip_prefix(&set.root).expect("it is below");
                    set.files.push(own.display().to_string());
                    set.text += &text;
                }
            }
        }
        set.files.sort();
        set
    }

    fn words(&self) -> BTreeSet<String> {
        let words = self
            .text
            .split(|letter: char| !letter.is_ascii_alphabetic());
        let words = words.filter(|word| (5..=16).contains(&word.len()));
        words.map(str::to_ascii_lowercase).collect()
    }

    /// Some of the files, spread over all.
    fn some(&self) -> impl Iterator<Item = &String> {
        self.files
            .iter()
            .step_by((self.files.len() / PAGES).max(1))
            .take(PAGES)
    }
}

/// Each reads some sets and hides some; the large one is read by one of them.
fn audiences(random: &mut fastrand::Rng, sets: usize) -> Vec<Audience> {
    let names = ["staff", "partners", "anonymous"];
    let large = random.usize(..names.len());
    let audience = |(at, name)| loop {
        let mut own: Vec<usize> = (1..sets).filter(|_| random.bool()).collect();
        if at == large {
            own.insert(0, 0);
        }
        if (2..sets - 1).contains(&own.len()) {
            break Audience { name, sets: own };
        }
    };
    names.into_iter().enumerate().map(audience).collect()
}

/// A docent, and the keys of its audiences.
struct Side {
    server: Server,
    keys: Vec<String>,
}

impl Side {
    fn start(sandbox: &Sandbox, folder: &str, sets: &[Set], audiences: &[Audience]) -> Self {
        let mut config = String::from(
            "[site]\ntitle = \"All of it\"\n\n[server]\nhosts = [\"docs.example.com\"]\n\n",
        );
        for (at, set) in sets.iter().enumerate() {
            if audiences.iter().any(|it| it.sets.contains(&at)) {
                let (name, root) = (&set.name, set.root.display());
                let _ = write!(config, "[[docs]]\nname = \"{name}\"\npath = \"{root}\"\n\n");
            }
        }
        for Audience { name, sets: own } in audiences {
            let own: Vec<_> = own.iter().map(|at| &sets[*at].name).collect();
            let _ = write!(
                config,
                "[[audience]]\nname = \"{name}\"\ndocs = {own:?}\n\n"
            );
        }
        if audiences.len() == 1 {
            // What is said to everybody depends on whether there is anybody else, not on what for.
            config += "[[audience]]\nname = \"others\"\ndocs = [\"all\"]\n";
        }
        let config_file = format!("{folder}/docent.toml");
        sandbox.write(&config_file, config);
        let keys = audiences.iter().map(|audience| match audience.name {
            "anonymous" => String::new(),
            name => access_key(sandbox, &config_file, &format!("{name}-key"), name),
        });
        let keys = keys.collect();
        let cache = format!("{folder}/cache");
        let mut command = Command::new(env!("CARGO_BIN_EXE_docent"));
        command
            .args(["serve", "--config", &config_file, "--listen", "0"])
            .args(["--cache-dir", &cache])
            .env_clear();
        Self {
            server: Server::start_with(sandbox, command),
            keys,
        }
    }
}

/// The same audience at both.
struct Pair<'a> {
    whole: &'a Side,
    alone: &'a Side,
    key: (&'a str, &'a str),
    audience: &'a str,
}

impl Pair<'_> {
    /// Asks both the same, and returns the answer that both have given.
    fn ask(&self, method: &str, path: &str, headers: &str, body: &str) -> String {
        let ask = |side: &Side, key: &str| {
            let headers = format!("Host: docs.example.com{}{headers}", bearer(key));
            even(&side.server.send(method, path, &headers, body))
        };
        let mut whole = ask(self.whole, self.key.0);
        let mut alone = ask(self.alone, self.key.1);
        // The number of a fence takes more tokens or fewer, and may decide whether there is room for one more passage: then the
        // same docent answers now so and now so.
        for _ in 0..AGAIN {
            if whole == alone {
                break;
            }
            whole = ask(self.whole, self.key.0);
            alone = ask(self.alone, self.key.1);
        }
        if whole != alone {
            let at = whole
                .bytes()
                .zip(alone.bytes())
                .take_while(|(one, other)| one == other);
            let at = at.count();
            let around = |text: &str| {
                let bytes = &text.as_bytes()[at.saturating_sub(200)..text.len().min(at + 200)];
                String::from_utf8_lossy(bytes).into_owned()
            };
            panic!(
                "{}: {method} {path} {headers}\n{body}\nbeside others' documents\n{}\nalone\n{}",
                self.audience,
                around(&whole),
                around(&alone)
            );
        }
        whole
    }

    fn call(&self, endpoint: &str, method: &str, params: &Value) -> String {
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        self.ask("POST", endpoint, "", &body.to_string())
    }

    fn tool(&self, endpoint: &str, name: &str, arguments: &Value) -> String {
        self.call(
            endpoint,
            "tools/call",
            &json!({"name": name, "arguments": arguments}),
        )
    }

    /// The same in the version that says in each answer how long it may be kept, and by whom.
    fn call_modern(&self, method: &str, params: &Value) {
        let mut params = params.clone();
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": {},
        });
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let mut headers = format!("\nMCP-Protocol-Version: 2026-07-28\nMcp-Method: {method}");
        if let Some(name) = params["name"].as_str().or(params["uri"].as_str()) {
            let _ = write!(headers, "\nMcp-Name: {name}");
        }
        self.ask("POST", "/mcp", &headers, &body.to_string());
    }

    /// Everything that a client of MCP can ask for.
    fn protocol(&self, own: &[&Set], others: &[&Set]) {
        let hello = json!({
            "protocolVersion": "2025-11-25", "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"},
        });
        for endpoint in ["/mcp", "/mcp/", "/chatgpt", "/mcp?budget=2000"] {
            self.call(endpoint, "initialize", &hello);
            for list in [
                "tools/list",
                "resources/templates/list",
                "prompts/list",
                "skills/list",
                "ping",
                "nothing",
            ] {
                self.call(endpoint, list, &json!({}));
            }
        }
        for list in [
            "tools/list",
            "resources/list",
            "server/discover",
            "skills/list",
            "resources/templates/list",
        ] {
            self.call_modern(list, &json!({}));
        }
        // Cursors name the generation of the index, which may have been put together meanwhile.
        let first = self.call("/mcp", "resources/list", &json!({}));
        assert!(first.contains("docent://"), "{first}");
        for cursor in ["1-500", "1-1000", "9-500", "x"] {
            self.call("/mcp", "resources/list", &json!({"cursor": cursor}));
        }
        for set in own.iter().chain(others) {
            let name = &set.name;
            for set in [name.as_str(), &name[..3], &name[1..]] {
                self.tool("/mcp", "search", &json!({"query": "commit", "set": set}));
                self.tool("/mcp", "browse", &json!({"set": set}));
                self.tool("/mcp", "browse", &json!({"set": set, "path": "skills"}));
                self.tool("/mcp", "read", &json!({"id": set}));
                let template = json!({"type": "ref/resource", "uri": "docent://{set}/{+path}"});
                for argument in [
                    json!({"name": "set", "value": set}),
                    json!({"name": "path", "value": set}),
                ] {
                    let params = json!({"ref": template, "argument": argument, "context": {"arguments": {"set": name}}});
                    self.call("/mcp", "completion/complete", &params);
                }
            }
            for file in set.some() {
                let id = format!("{name}/{file}");
                let stem = file
                    .rsplit_once('.')
                    .map_or(file.as_str(), |(stem, _)| stem);
                let last = file.rsplit('/').next().unwrap_or_default();
                for id in [
                    id.clone(),
                    format!("{name}/{stem}"),
                    last.to_owned(),
                    format!("{id}#Commit"),
                    format!("{id}x"),
                ] {
                    self.tool("/mcp", "read", &json!({"id": id}));
                }
                self.tool("/mcp", "read", &json!({"ids": [id, "handbook/page-1.md"]}));
                self.tool("/chatgpt", "fetch", &json!({"id": id}));
                let uri = format!("docent://{id}");
                self.call("/mcp", "resources/read", &json!({"uri": uri}));
                self.call_modern("resources/read", &json!({"uri": uri}));
                let template = json!({"type": "ref/resource", "uri": "docent://{set}/{+path}"});
                let argument = json!({"name": "path", "value": &last[..last.len().min(3)]});
                self.call(
                    "/mcp",
                    "completion/complete",
                    &json!({"ref": template, "argument": argument}),
                );
            }
            let skill = format!("skill://{name}/{name}-skill/SKILL.md");
            self.call("/mcp", "resources/read", &json!({"uri": skill}));
            self.call_modern("skills/get", &json!({"uri": skill}));
        }
        self.tool("/mcp", "browse", &json!({}));
        self.tool("/mcp", "nothing", &json!({}));
        self.tool("/mcp", "search", &json!({}));
        for body in ["", "{", "[]", "[1]", "{\"jsonrpc\":\"2.0\"}"] {
            self.ask("POST", "/mcp", "", body);
        }
        for (method, path) in [
            ("GET", "/mcp"),
            ("DELETE", "/mcp"),
            ("POST", "/message?sessionId=x"),
            ("POST", "/sse"),
        ] {
            self.ask(method, path, "", "");
        }
    }

    /// Everything that a browser, or a program that reads pages, can ask for.
    fn pages(&self, own: &[&Set], others: &[&Set]) {
        const BROWSER: &str = "\nAccept: text/html";
        const MARKDOWN: &str = "\nAccept: text/markdown";
        let mut paths: Vec<String> = [
            "/",
            "/?assistant=codex",
            "/llms.txt",
            "/llms-full.txt",
            "/sitemap.xml",
            "/sitemap.xml?part=1",
            "/search?q=commit",
            "/search?q=",
            "/mcp",
            "/sse/x",
            "/mcp/server-card",
            "/.well-known/mcp/server-card.json",
            "/.well-known/ai-catalog.json",
            "/.well-known/agent-skills/index.json",
            "/nothing/at/all",
            "/healthz",
        ]
        .map(str::to_owned)
        .into();
        if self.audience == "anonymous" {
            // Where nothing is everybody's, that is said whoever asks.
            paths.push("/robots.txt".to_owned());
        }
        for set in own.iter().chain(others) {
            let name = &set.name;
            for path in [
                "",
                "/",
                "/llms.txt",
                "/nothing",
                "/skills/",
                "/page-1",
                "/page-1.md",
            ] {
                paths.push(format!("/{name}{path}"));
            }
            paths.push(format!("/search?q=commit&set={name}"));
            paths.push(format!("/.well-known/agent-skills/{name}-skill/SKILL.md"));
            for file in set.some() {
                let stem = file
                    .rsplit_once('.')
                    .map_or(file.as_str(), |(stem, _)| stem);
                paths.extend([file, stem].map(|file| format!("/{name}/{file}")));
                paths.push(format!("/{name}/{stem}.md"));
            }
        }
        for path in paths {
            for headers in ["", BROWSER, MARKDOWN] {
                let answer = self.ask("GET", &path, headers, "");
                if let Some(tag) = field(&answer, "etag") {
                    let again = format!("{headers}\nIf-None-Match: {tag}");
                    assert!(
                        self.ask("GET", &path, &again, "")
                            .starts_with("HTTP/1.1 304"),
                        "{path}"
                    );
                }
            }
            self.ask("HEAD", &path, BROWSER, "");
        }
    }

    /// Searches for words that only others hold.
    fn queries(&self, random: &mut fastrand::Rng, own: &[&Set], others: &[&Set], count: usize) {
        let mut known = BTreeSet::new();
        own.iter().for_each(|set| known.extend(set.words()));
        let mut secret = BTreeSet::new();
        others.iter().for_each(|set| secret.extend(set.words()));
        let secret: Vec<String> = secret.difference(&known).cloned().collect();
        let known: Vec<String> = known.into_iter().collect();
        assert!(secret.len() > 100, "{} words", secret.len());
        let mut times = (Vec::new(), Vec::new());
        for number in 0..count {
            let mut words = vec![spelt(random, &secret)];
            for _ in 0..random.usize(..3) {
                let from = if random.bool() { &secret } else { &known };
                words.push(spelt(random, from));
            }
            random.shuffle(&mut words);
            let query = words.join(" ");
            match number % 8 {
                0 => drop(self.tool("/chatgpt", "search", &json!({"query": query}))),
                1 => {
                    let path = format!("/search?q={}", words.join("+"));
                    self.ask("GET", &path, "\nAccept: text/html", "");
                }
                2 => drop(self.tool("/mcp", "read", &json!({"id": query}))),
                3 => {
                    let set = &random.choice(others).expect("some").name;
                    self.tool("/mcp", "search", &json!({"query": query, "set": set}));
                }
                _ => {
                    let arguments = json!({"query": query, "limit": random.usize(1..20)});
                    self.tool("/mcp", "search", &arguments);
                }
            }
            if number % 16 == 0 {
                // What is asked again is answered from where it was found before, on both sides.
                let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {
                    "name": "search", "arguments": {"query": query},
                }});
                for (side, key, times) in [
                    (self.whole, self.key.0, &mut times.0),
                    (self.alone, self.key.1, &mut times.1),
                ] {
                    let began = Instant::now();
                    let headers = format!("Host: docs.example.com{}", bearer(key));
                    side.server
                        .send("POST", "/mcp", &headers, &body.to_string());
                    times.push(began.elapsed());
                }
            }
        }
        times.0.sort();
        times.1.sort();
        let middle = |times: &[std::time::Duration]| times[times.len() / 2];
        let (whole, alone) = (middle(&times.0), middle(&times.1));
        println!(
            "{}: half of the searches take {whole:?} beside others' documents, {alone:?} without",
            self.audience
        );
    }
}

/// A word, or what somebody might write in its place.
fn spelt(random: &mut fastrand::Rng, words: &[String]) -> String {
    let mut word = random.choice(words).expect("some").clone();
    let at = random.usize(1..word.len() - 1);
    match random.u8(..6) {
        0 => drop(word.remove(at)),
        1 => word.insert(at, random.lowercase()),
        2 => word.truncate(at + 1),
        3 => word.push('s'),
        _ => {}
    }
    word
}

fn field<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    let head = answer.split("\r\n\r\n").next()?;
    let mut lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.find_map(|(own, value)| own.eq_ignore_ascii_case(name).then_some(value))
}

/// An answer without what is another one each time: the number of a fence, the date, and when what is served was read.
fn even(answer: &str) -> String {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer, ""));
    let head: Vec<_> = head
        .lines()
        .filter(|line| !line.to_ascii_lowercase().starts_with("date:"))
        .collect();
    let is_hex = |letter: char| letter.is_ascii_hexdigit();
    let body = without(body, "<<<documentation ", is_hex);
    let body = without(&body, "<<<end of documentation ", is_hex);
    let body = without(&body, "an assistant gets: ", is_number);
    let body = without(&body, "does not guess: ", is_number);
    let body = without(&body, "<time datetime=\"", |letter| letter != '<');
    let body = without(&body, "\"nextCursor\":\"", |letter| letter != '-');
    format!("{}\n\n{body}", head.join("\n"))
}

fn is_number(letter: char) -> bool {
    letter.is_ascii_digit() || letter == ','
}

/// Without the letters that follow a text, wherever it stands.
fn without(text: &str, before: &str, is_one: impl Fn(char) -> bool) -> String {
    let mut parts = text.split(before);
    let mut even = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        even += before;
        even += part.trim_start_matches(&is_one);
    }
    even
}
