//! The completions in the shells that they are for.

use std::{path::Path, process::Command};

use tempfile::TempDir;

use crate::left_out::needs_program;

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| {
        panic!(
            "{} cannot be run ({error}): `tests/needs.sh test` installs it",
            command.get_program().display()
        )
    });
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("shells print text")
}

fn folder() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/completions");
    folder.display().to_string()
}

/// What bash offers for the last of these words, by calling what the script has registered.
fn offered_by_bash(words: &[&str]) -> Vec<String> {
    let script = r#"
        source "$1"; shift
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${#COMP_LINE}
        registered=$(complete -p docent)
        [[ $registered =~ -F\ ([^ ]+) ]]
        "${BASH_REMATCH[1]}" docent "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf '%s\n' "${COMPREPLY[@]}"
    "#;
    run(Command::new("bash")
        .args(["--noprofile", "--norc", "-c", script, "bash"])
        .arg(folder() + "/docent.bash")
        .args(words))
    .lines()
    .map(str::to_owned)
    .collect()
}

/// The line after pressing Tab at its end, in an interactive zsh on a terminal.
fn completed_by_zsh(line: &str) -> String {
    let home = TempDir::new().expect("the temporary folder can be written");
    let script = r#"
        zmodload zsh/zpty
        zpty shell zsh -f -i
        zpty -w shell "fpath=($1 \$fpath); autoload -Uz compinit; compinit -D -u"
        zpty -w shell "show() { zle -I; print -r -- \"<\"\"<\$BUFFER>>\" }; zle -N show; bindkey '^X' show"
        zpty -w -n shell "$2"$'\t\x18'
        zpty -r shell output '*<<*>>*'
        output=${output##*<<}
        print -r -- "${output%%>>*}"
    "#;
    run(Command::new("timeout")
        .args(["30", "zsh", "-f", "-c", script, "zsh", &folder(), line])
        .env("HOME", home.path())
        .env("TERM", "dumb")
        .current_dir(home.path()))
}

#[test]
fn bash_offers_subcommands_flags_and_values() {
    let commands = offered_by_bash(&["docent", ""]);
    for command in docent::cli::definition().get_subcommands() {
        assert!(
            commands.iter().any(|offered| offered == command.get_name()),
            "{} is not in {commands:?}",
            command.get_name()
        );
    }
    assert_eq!(offered_by_bash(&["docent", "sea"]), ["search"]);
    assert_eq!(offered_by_bash(&["docent", "search", "--lim"]), ["--limit"]);
    assert_eq!(
        offered_by_bash(&["docent", "check", "--format", ""]),
        ["text", "json"]
    );
}

#[test]
fn zsh_completes_subcommands_flags_and_values() {
    if !needs_program("completion in zsh", "zsh", "zsh") {
        return;
    }
    assert_eq!(completed_by_zsh("docent sea"), "docent search \n");
    assert_eq!(
        completed_by_zsh("docent search --lim"),
        "docent search --limit=\n"
    );
    assert_eq!(
        completed_by_zsh("docent check --format j"),
        "docent check --format json \n"
    );
}
