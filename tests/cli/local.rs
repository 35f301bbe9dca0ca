//! A configuration in the folder where docent is started, and what the command line says of a single folder.

use std::{fs, os::unix::fs::PermissionsExt as _};

use super::{
    run::Sandbox,
    serve::{Server, docent, docent_at},
};

const PAGE: (&str, &str) = ("pages/keys.md", "# Rotate keys\n\nTurn the blue key.\n");

#[test]
fn a_configuration_in_the_folder_is_found_where_it_is_ones_own() {
    let config = "[[docs]]\nname = \"own\"\npath = \"pages\"\n";
    let sandbox = Sandbox::new(&[PAGE, ("docent.toml", config)]);
    let search = || sandbox.docent(&["search", "rotate keys", "--format", "json"]);
    let run = search();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stdout.contains("\"set\":\"own\""), "{}", run.stdout);

    // Anybody could have put it there.
    fs::set_permissions(sandbox.path(), fs::Permissions::from_mode(0o1777)).unwrap();
    let run = search();
    assert_eq!(run.code, Some(64), "{}", run.stderr);
    assert!(run.stderr.contains("docent init"), "{}", run.stderr);
}

#[test]
fn completions_are_those_of_the_command_line() {
    let sandbox = Sandbox::new(&[]);
    for (shell, holds) in [
        ("bash", "complete "),
        ("zsh", "#compdef docent"),
        ("fish", "complete -c docent"),
    ] {
        let run = sandbox.docent(&["completions", shell]);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        assert!(run.stdout.contains(holds), "{shell}");
        assert!(run.stdout.contains("completions"), "{shell}");
    }
}

#[test]
fn a_single_folder_is_named_and_published_from_the_command_line() {
    let sandbox = Sandbox::new(&[PAGE]);
    let options = [
        "pages",
        "--name",
        "handbook",
        "--base-url",
        "https://docs.example.com/h",
    ];
    let server = Server::start_with(&sandbox, docent(&sandbox, &options));
    let call = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search","arguments":{"query":"rotate keys"}}}"#;
    let answer = server.ask("POST", "/mcp", call);
    assert!(answer.contains("handbook/keys.md"), "{answer}");
    assert!(
        answer.contains("https://docs.example.com/h/keys/"),
        "{answer}"
    );
    drop(server);
    for (options, why) in [
        (
            &["pages", "--name", "mcp"][..],
            "docent has something else at /mcp",
        ),
        (&["pages", "--name", "A b"], "lower-case letters"),
        (&["pages", "--base-url", "docs"], "https://"),
        (&["pages", ".", "--name", "a"], "a single PATH"),
    ] {
        let run = sandbox.docent(&[&["serve"], options].concat());
        assert_eq!(run.code, Some(64), "{options:?}: {}", run.stderr);
        assert!(run.stderr.contains(why), "{options:?}: {}", run.stderr);
    }
}

#[test]
fn the_network_is_answered_where_that_is_said() {
    let sandbox = Sandbox::new(&[PAGE]);
    let status = |options: &[&str], host: &str| {
        let server = Server::start_with(&sandbox, docent(&sandbox, options));
        let answer = server.ask_as("GET", "/healthz", host, "");
        answer.split(' ').nth(1).unwrap_or_default().to_owned()
    };
    assert_eq!(status(&["pages"], "192.0.2.7:8080"), "403");
    assert_eq!(status(&["pages", "--public"], "192.0.2.7:8080"), "200");
    assert_eq!(status(&["pages", "--public"], "evil.example"), "403");
}

#[test]
fn a_port_alone_is_one_of_all_addresses_where_the_network_is_answered() {
    let sandbox = Sandbox::new(&[PAGE]);
    let server = Server::start_with(&sandbox, docent_at(&sandbox, "0", &["pages", "--public"]));
    assert!(!server.said().contains("127.0.0.1"), "{}", server.said());
}

#[test]
fn a_configuration_is_begun_with_what_the_files_say() {
    let site =
        "site_name: The \"blue\" handbook\nsite_url: https://docs.example.com/\ndocs_dir: pages\n";
    let sandbox = Sandbox::new(&[PAGE, ("mkdocs.yml", site)]);
    let printed = sandbox.docent(&["init", "pages", "--output", "-"]);
    assert_eq!(printed.code, Some(0), "{}", printed.stderr);
    assert!(!sandbox.path().join("docent.toml").exists());
    let run = sandbox.docent(&["init", "pages"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let written = fs::read_to_string(sandbox.path().join("docent.toml")).unwrap();
    let table: toml::Table = written.parse().unwrap();
    let set = &table["docs"].as_array().unwrap()[0];
    assert_eq!(set["path"].as_str(), Some("pages"));
    assert_eq!(set["title"].as_str(), Some("The \"blue\" handbook"));
    assert_eq!(set["base_url"].as_str(), Some("https://docs.example.com/"));

    // Followed as it is, and never written over unasked.
    let check = sandbox.docent(&["check"]);
    assert_eq!(check.code, Some(0), "{}", check.stderr);
    let again = sandbox.docent(&["init", "pages"]);
    assert_eq!(again.code, Some(73), "{}", again.stderr);
    assert!(again.stderr.contains("--force"), "{}", again.stderr);
    assert_eq!(sandbox.docent(&["init", "pages", "--force"]).code, Some(0));
    let missing = sandbox.docent(&["init", "nothing", "--output", "other.toml"]);
    assert_eq!(missing.code, Some(66), "{}", missing.stderr);
}
