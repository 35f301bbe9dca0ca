//! `docent connect`: steps, and what is written into somebody's files.

use std::{
    fs,
    os::unix::{self, fs::PermissionsExt as _},
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

/// A person with a home of their own.
struct Person {
    home: TempDir,
}

impl Person {
    fn new() -> Self {
        Self {
            home: TempDir::new().expect("the temporary folder can be written"),
        }
    }

    fn path(&self, file: &str) -> std::path::PathBuf {
        self.home.path().join(file)
    }

    fn keeps(&self, file: &str, text: &str) -> std::path::PathBuf {
        let path = self.path(file);
        let parent = path.parent().expect("it is below a folder");
        fs::create_dir_all(parent).expect("the folder can be written");
        fs::write(&path, text).expect("the folder can be written");
        path
    }

    fn connects(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_docent"))
            .arg("connect")
            .args(arguments)
            .current_dir(self.home.path())
            .env("HOME", self.home.path())
            .env_remove("XDG_CONFIG_HOME")
            .stdin(Stdio::null())
            .output()
            .expect("cargo has built docent")
    }

    fn writes(&self, arguments: &[&str]) -> String {
        let all = [
            &["--url", "https://docs.example.com/mcp", "--write", "--yes"],
            arguments,
        ];
        let output = self.connects(&all.concat());
        assert!(output.status.success(), "{}", said(&output));
        String::from_utf8(output.stdout).expect("docent prints UTF-8")
    }
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr]
        .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
        .join("\n")
}

fn json(path: &Path) -> Value {
    let text = fs::read_to_string(path).expect("the file is there");
    serde_json::from_str(&text).expect("it is JSON")
}

#[test]
fn without_an_assistant_all_are_listed_but_those_that_cannot_connect() {
    let person = Person::new();
    let here = said(&person.connects(&["--url", "http://127.0.0.1:8080"]));
    assert!(
        here.contains(
            "claude mcp add --transport http --scope user docent http://127.0.0.1:8080/mcp"
        ),
        "{here}"
    );
    assert!(here.contains("docent connect cursor"), "{here}");
    assert!(
        here.contains("ChatGPT is not offered. Connections come from the vendor’s servers"),
        "{here}"
    );
    let public = said(&person.connects(&["--url", "https://docs.example.com"]));
    assert!(
        public.contains("docent connect chatgpt") && !public.contains("not offered"),
        "{public}"
    );
}

#[test]
fn steps_are_printed_for_one() {
    let person = Person::new();
    let output = person.connects(&[
        "Claude Code",
        "--url",
        "https://docs.example.com",
        "--name",
        "team-docs",
    ]);
    let text = said(&output);
    assert!(
        text.contains(
            "claude mcp add --transport http --scope user team-docs https://docs.example.com/mcp"
        ),
        "{text}"
    );
    assert!(text.contains("claude mcp list"), "{text}");
    let output = person.connects(&["chatgpt", "--url", "http://127.0.0.1:8080"]);
    assert_eq!(output.status.code(), Some(64));
    assert!(
        said(&output).contains("ChatGPT cannot connect to http://127.0.0.1:8080/mcp"),
        "{}",
        said(&output)
    );
    for wrong in [
        &["nobody"][..],
        &["codex", "--name", "a.b"],
        &["codex", "--url", "docs.example.com"],
        &["--write"],
    ] {
        assert_eq!(person.connects(wrong).status.code(), Some(64), "{wrong:?}");
    }
}

#[test]
fn a_change_is_shown_and_made_and_the_file_before_is_kept() {
    let person = Person::new();
    let before = "{\n  // keys of mine\n  \"mcpServers\": {\n    \"other\": { \"url\": \"https://a.example\" }\n  }\n}\n";
    let path = person.keeps(".cursor/mcp.json", before);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let text = person.writes(&["cursor"]);
    assert!(text.contains("+    \"docent\": {"), "{text}");
    assert!(
        text.contains("   // keys of mine") && !text.contains("-  // keys"),
        "{text}"
    );
    let after = fs::read_to_string(&path).unwrap();
    assert!(
        after.starts_with("{\n  // keys of mine\n") && after.contains("https://a.example"),
        "{after}"
    );
    assert!(after.contains("https://docs.example.com/mcp"), "{after}");
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o640
    );
    let kept = person.path(".cursor/mcp.json.before-docent");
    assert_eq!(fs::read_to_string(&kept).unwrap(), before);
    // A second time there is nothing to do, and what was kept stays.
    assert!(person.writes(&["cursor"]).contains("has it already"));
    assert_eq!(fs::read_to_string(&kept).unwrap(), before);
    assert_eq!(fs::read_dir(person.path(".cursor")).unwrap().count(), 2);
}

#[test]
fn nothing_is_written_unless_somebody_says_so() {
    let person = Person::new();
    let output = person.connects(&["codex", "--write"]);
    assert_eq!(output.status.code(), Some(64), "{}", said(&output));
    assert!(
        said(&output).contains("+[mcp_servers.docent]"),
        "{}",
        said(&output)
    );
    assert!(said(&output).contains("--yes"), "{}", said(&output));
    assert!(!person.path(".codex").exists());
}

#[test]
fn each_file_is_made_where_its_assistant_looks() {
    let person = Person::new();
    let url = "https://docs.example.com/mcp";
    for (assistant, file, pointer) in [
        ("claude-code", ".claude.json", "/mcpServers/docent/url"),
        (
            "gemini",
            ".gemini/settings.json",
            "/mcpServers/docent/httpUrl",
        ),
        (
            "vscode",
            ".config/Code/User/mcp.json",
            "/servers/docent/url",
        ),
        ("cursor", ".cursor/mcp.json", "/mcpServers/docent/url"),
        (
            "copilot",
            ".copilot/mcp-config.json",
            "/mcpServers/docent/url",
        ),
        (
            "windsurf",
            ".codeium/windsurf/mcp_config.json",
            "/mcpServers/docent/serverUrl",
        ),
        (
            "zed",
            ".config/zed/settings.json",
            "/context_servers/docent/url",
        ),
        (
            "cline",
            ".cline/data/settings/cline_mcp_settings.json",
            "/mcpServers/docent/url",
        ),
        (
            "opencode",
            ".config/opencode/opencode.jsonc",
            "/mcp/docent/url",
        ),
    ] {
        person.writes(&[assistant]);
        let path = person.path(file);
        assert_eq!(
            json(&path).pointer(pointer),
            Some(&url.into()),
            "{assistant}"
        );
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
    person.writes(&["claude-desktop"]);
    let desktop = json(&person.path(".config/Claude/claude_desktop_config.json"));
    assert_eq!(desktop["mcpServers"]["docent"]["args"][2], url);
    person.writes(&["codex"]);
    let codex = fs::read_to_string(person.path(".codex/config.toml")).unwrap();
    assert_eq!(codex, format!("[mcp_servers.docent]\nurl = \"{url}\"\n"));
    person.writes(&["goose"]);
    let goose = fs::read_to_string(person.path(".config/goose/config.yaml")).unwrap();
    assert!(goose.contains(&format!("uri: \"{url}\"")), "{goose}");
    for assistant in ["claude", "chatgpt", "jetbrains"] {
        let output = person.connects(&[assistant, "--url", url, "--write", "--yes"]);
        assert_eq!(output.status.code(), Some(64), "{assistant}");
    }
}

#[test]
fn a_project_has_files_of_its_own_and_no_copies_beside_them() {
    let person = Person::new();
    person.keeps("opencode.json", "{}\n");
    // Not docent's to touch, whatever it is called.
    person.keeps(".opencode.json", "mine");
    person.writes(&["opencode", "--project"]);
    person.writes(&["claude-code", "--project"]);
    assert_eq!(
        fs::read_to_string(person.path(".opencode.json")).unwrap(),
        "mine"
    );
    assert!(!person.path("opencode.json.before-docent").exists());
    let mode = fs::metadata(person.path(".mcp.json"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o644);
    let output = person.connects(&["windsurf", "--write", "--yes", "--project"]);
    assert_eq!(output.status.code(), Some(64));
}

#[test]
fn a_link_stays_a_link() {
    let person = Person::new();
    let real = person.keeps("dotfiles/mcp.json", "{}\n");
    fs::create_dir(person.path(".cursor")).unwrap();
    unix::fs::symlink(&real, person.path(".cursor/mcp.json")).unwrap();
    person.writes(&["cursor"]);
    assert!(person.path(".cursor/mcp.json").is_symlink());
    assert!(
        fs::read_to_string(&real)
            .unwrap()
            .contains("docs.example.com")
    );
}

#[test]
fn what_cannot_be_understood_is_left_alone() {
    let person = Person::new();
    for (assistant, file, text) in [
        ("cursor", ".cursor/mcp.json", "{ \"mcpServers\": [] }"),
        ("codex", ".codex/config.toml", "model = "),
        (
            "goose",
            ".config/goose/config.yaml",
            "extensions: {a: {enabled: true}}\n",
        ),
    ] {
        let path = person.keeps(file, text);
        let output = person.connects(&[assistant, "--write", "--yes"]);
        assert_eq!(output.status.code(), Some(78), "{}", said(&output));
        assert!(said(&output).contains("by hand"), "{}", said(&output));
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
fn names_and_addresses_come_from_the_configuration() {
    let person = Person::new();
    person.keeps("docs/index.md", "# Team\n\nText.\n");
    let config = person.keeps(
        "docent.toml",
        "[server]\nurl = \"https://docs.example.com/ask\"\n\n[site]\ntitle = \"Platform documentation\"\n\n\
         [[docs]]\npath = \"docs\"\n",
    );
    let config = config.to_str().unwrap();
    let text = said(&person.connects(&["codex", "--config", config]));
    assert!(
        text.contains(
            "codex mcp add platform-documentation --url https://docs.example.com/ask/mcp"
        ),
        "{text}"
    );
}

#[test]
fn the_registry_is_told_of_a_public_docent_alone() {
    let person = Person::new();
    let output = person.connects(&["registry", "--url", "https://docs.example.com"]);
    assert!(output.status.success(), "{}", said(&output));
    let entry: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(entry["remotes"][0]["url"], "https://docs.example.com/mcp");
    let output = person.connects(&["registry", "--url", "http://127.0.0.1:8080"]);
    assert_eq!(output.status.code(), Some(64));
    assert!(said(&output).contains("--url"), "{}", said(&output));
}
