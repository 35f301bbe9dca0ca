//! A configuration in the folder where docent is started, and what the command line says of a single folder.

use std::{fs, os::unix::fs::PermissionsExt as _};

use super::{
    run::Sandbox,
    serve::{Server, docent},
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
