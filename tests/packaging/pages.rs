//! `docent(1)` and one page a subcommand, from the definition of the command line.

use std::{collections::BTreeMap, fs, path::Path};

use clap::{Arg, Command};

use crate::roff::Page;

/// Each page by its file name.
pub(crate) fn of_commands() -> BTreeMap<String, String> {
    let mut root = docent::cli::definition().disable_help_subcommand(true);
    root.build();
    let subcommands: Vec<Command> = visible(&root).cloned().collect();
    let names: Vec<String> = subcommands.iter().map(page_name).collect();
    let mut pages = BTreeMap::new();
    for command in &subcommands {
        let name = page_name(command);
        let others = names.iter().filter(|other| **other != name);
        let below: Vec<String> = visible(command).map(page_name).collect();
        let others = others.chain(&below);
        let text = of_command(command, ["docent".to_owned()].iter().chain(others));
        for sub in visible(command) {
            let beside = below.iter().filter(|other| **other != page_name(sub));
            let others = ["docent".to_owned(), name.clone()];
            let text = of_command(sub, others.iter().chain(beside));
            pages.insert(format!("{}.1", page_name(sub)), text);
        }
        pages.insert(format!("{name}.1"), text);
    }
    pages.insert("docent.1".to_owned(), of_command(&root, names.iter()));
    pages
}

fn visible(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|sub| !sub.is_hide_set())
}

/// As `man` takes it: `docent-serve` for `docent serve`.
fn page_name(command: &Command) -> String {
    command
        .get_display_name()
        .unwrap_or_else(|| command.get_name())
        .to_owned()
}

fn of_command<'a>(command: &Command, others: impl Iterator<Item = &'a String>) -> String {
    let about = command.get_about().map(ToString::to_string);
    let about = about.expect("every command says what it is for");
    let mut page = Page::new(&page_name(command), 1, &purpose(&about));
    page.heading("SYNOPSIS");
    page.lines(&synopsis(command));
    page.heading("DESCRIPTION");
    let long = command.get_long_about().map(ToString::to_string);
    let description = long.unwrap_or_default();
    // Its first paragraph is what NAME has said.
    let description = description
        .split_once("\n\n")
        .map_or(description.as_str(), |(_, rest)| rest);
    if description.is_empty() {
        page.text(&sentence(&about));
    } else {
        page.text(description);
    }
    if visible(command).next().is_some() {
        page.heading("COMMANDS");
        for sub in visible(command) {
            let about = sub.get_about().map(ToString::to_string).unwrap_or_default();
            let term = format!("`{}`(1)", page_name(sub));
            page.item([term.as_str()], &about);
        }
    }
    page.heading("OPTIONS");
    for argument in command.get_arguments().filter(|a| !a.is_hide_set()) {
        page.item([term(argument).as_str()], &meaning(argument));
    }
    let after = command
        .get_after_long_help()
        .or(command.get_after_help())
        .map(ToString::to_string)
        .unwrap_or_default();
    if let Some(examples) = after.strip_prefix("Examples:\n") {
        page.heading("EXAMPLES");
        for line in examples.lines() {
            // A command, and after two spaces or more what it does.
            let (example, meaning) = line.trim().split_once("  ").unwrap_or((line.trim(), ""));
            page.item([format!("`{example}`").as_str()], &sentence(meaning));
        }
    }
    if command.get_name() == "docent" {
        files(&mut page);
    }
    page.heading("EXIT STATUS");
    for (code, meaning) in exit_codes() {
        page.item([code.as_str()], &meaning);
    }
    let mut see_also: Vec<(String, u8)> = others.map(|name| (name.clone(), 1)).collect();
    see_also.push(("docent.toml".to_owned(), 5));
    see_also.push(("docent.service".to_owned(), 8));
    page.see_also(&see_also);
    page.finish()
}

fn files(page: &mut Page) {
    page.heading("FILES");
    page.item(
        ["`/etc/docent/docent.toml`"],
        "The configuration, see `docent.toml`(5).",
    );
    page.item(
        ["`/etc/docent/keys.toml`"],
        "Hashes of access keys, see `docent-key`(1).",
    );
    page.item(
        ["`/etc/docent/sealing.key`"],
        "What seals the tokens of docent's own sign-in page: a secret.",
    );
    page.item(
        ["`/var/lib/docent`"],
        "Certificates, and what renewing them needs.",
    );
    page.item(
        ["`/var/cache/docent`"],
        "The index of the documents. It can be deleted at any time and is built again.",
    );
    page.item(["`/usr/share/docent/manual`"], "The whole manual.");
}

/// One line of `apropos`: no sentence, so neither a capital at its start nor a stop at its end.
fn purpose(about: &str) -> String {
    let mut letters = about.trim_end_matches('.').chars();
    let first = letters
        .next()
        .map(|letter| letter.to_lowercase().to_string());
    first.map_or_else(String::new, |first| first + letters.as_str())
}

/// The usage lines of `--help`, with the command in bold.
fn synopsis(command: &Command) -> Vec<String> {
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ");
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name());
    let line = |line: &str| {
        let rest = line
            .trim()
            .strip_prefix(name)
            .expect("the usage starts with the command");
        format!("`{name}`{rest}")
    };
    usage.lines().map(line).collect()
}

/// How an argument is written: "-c, --config <FILE>", "--fails[=<N>]".
fn term(argument: &Arg) -> String {
    let mut forms = Vec::new();
    forms.extend(argument.get_short().map(|short| format!("`-{short}`")));
    forms.extend(argument.get_long().map(|long| format!("`--{long}`")));
    let takes_value = argument
        .get_num_args()
        .is_some_and(|number| number.takes_values());
    let values = argument.get_value_names().unwrap_or_default().join(" ");
    let may_lack_value = argument
        .get_num_args()
        .is_some_and(|number| number.min_values() == 0);
    let forms = forms.join(", ");
    let behind = if argument.is_require_equals_set() {
        "="
    } else {
        " "
    };
    match (forms.is_empty(), takes_value, may_lack_value) {
        (true, ..) => values,
        (false, false, _) => forms,
        (false, true, false) => format!("{forms}{behind}<{values}>"),
        (false, true, true) => format!("{forms}[{behind}<{values}>]").replace("[ ", " ["),
    }
}

fn meaning(argument: &Arg) -> String {
    let help = argument
        .get_long_help()
        .or(argument.get_help())
        .map(ToString::to_string);
    let mut text = help.expect("every argument says what it is for");
    let takes_value = argument
        .get_num_args()
        .is_some_and(|number| number.takes_values());
    let defaults: Vec<_> = argument
        .get_default_values()
        .iter()
        .map(|value| value.to_string_lossy())
        .collect();
    if takes_value && !defaults.is_empty() && !argument.is_hide_default_value_set() {
        text += &format!(" [default: {}]", defaults.join(" "));
    }
    let values = argument.get_possible_values();
    let values: Vec<&str> = values
        .iter()
        .filter(|value| !value.is_hide_set())
        .map(clap::builder::PossibleValue::get_name)
        .collect();
    if takes_value && !values.is_empty() && !argument.is_hide_possible_values_set() {
        text += &format!(" [possible values: {}]", values.join(", "));
    }
    text
}

fn sentence(text: &str) -> String {
    let text = text.trim();
    let mut letters = text.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_uppercase().to_string());
    first.map_or_else(String::new, |first| format!("{first}{}.", letters.as_str()))
}

/// The table of the manual, which is where exit codes are written down.
fn exit_codes() -> Vec<(String, String)> {
    let manual = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/command-line.md");
    let manual = fs::read_to_string(manual).expect("the manual is in the checkout");
    let (_, table) = manual
        .split_once("## Exit codes\n")
        .expect("the manual lists the exit codes");
    let codes: Vec<(String, String)> = table
        .lines()
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'))
        .skip(2)
        .filter_map(|row| {
            let mut cells = row.trim_matches('|').split(" | ").map(str::trim);
            Some((cells.next()?.to_owned(), cells.next()?.to_owned()))
        })
        .collect();
    assert!(codes.len() > 5, "the table of exit codes was not found");
    codes
}

#[test]
fn a_value_that_may_be_left_out_is_in_brackets_and_each_usage_has_its_line() {
    let pages = of_commands();
    let eval = &pages["docent-eval.1"];
    assert!(eval.contains("\\fB\\-\\-fails\\fR[=<N>]\n"), "{eval}");
    assert!(eval.contains("\\fB\\-\\-run\\fR <FILE>\n"));
    let synopsis =
        "QUERIES.jsonl [PATH]...\n.br\n\\fBdocent eval\\fR [OPTIONS] \\-\\-self [PATH]...\n.SH";
    assert!(eval.contains(synopsis), "{eval}");
    assert!(pages["docent-doctor.1"].contains("\\fR [<FILE>]\n"));
}

/// What `--help` offers stands in the page of the same command, and the other way round.
#[test]
fn help_and_pages_agree() {
    let mut root = docent::cli::definition().disable_help_subcommand(true);
    root.build();
    let pages = of_commands();
    for command in std::iter::once(&root).chain(visible(&root)) {
        let page = &pages[&format!("{}.1", page_name(command))];
        // What stands below tells of all commands.
        let (page, _) = page.split_once(".SH \"EXIT STATUS\"").unwrap_or((page, ""));
        let page = page
            .replace("\\-", "-")
            .replace("\\fB", "")
            .replace("\\fR", "");
        let help = command.clone().render_long_help().to_string();
        let in_help = flags(&help);
        assert!(in_help.contains("--help"), "{help}");
        assert_eq!(in_help, flags(&page), "{}", page_name(command));
        for sub in visible(command) {
            assert!(page.contains(&page_name(sub)), "{}", page_name(sub));
        }
    }
}

/// The long flags that a text names, but for those inside other words.
fn flags(text: &str) -> std::collections::BTreeSet<&str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
        .filter(|word| word.len() > 2 && word.starts_with("--"))
        .collect()
}
