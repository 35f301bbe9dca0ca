//! The command line: one file a subcommand, and what is printed.
mod assistants;
mod certificate;
mod check;
mod completions;
mod connect;
mod doctor;
mod documents;
mod eval;
mod exit;
mod init;
mod insights;
mod jwks;
mod key;
mod mcp;
mod progress;
mod proposals;
mod renew;
mod report;
mod revoke;
mod search;
mod serve;
mod status;
mod style;
mod viewpoint;

use std::process::ExitCode;

use clap::{ArgAction, CommandFactory as _, Parser, Subcommand};

use crate::platform::{Environment, start_log};

/// Puts a team's documentation in front of AI assistants, over MCP.
#[derive(Debug, Parser)]
#[command(
    name = "docent",
    version,
    long_version = concat!(env!("CARGO_PKG_VERSION"), env!("DOCENT_ORIGIN")),
    max_term_width = 100,
    subcommand_required = true,
    arg_required_else_help = true,
    after_help = "\
Examples:
  docent serve ./docs                     serve a folder on http://127.0.0.1:8080/mcp
  docent init ./docs                      write a configuration for it, ./docent.toml
  docent search \"rotate keys\" ./docs      search it from here
  docent connect claude-code              see how an assistant is connected
  docent check                            see what /etc/docent/docent.toml serves"
)]
struct Cli {
    /// Log more: -v for details, -vv for everything
    #[arg(short, long, global = true, action = ArgAction::Count, conflicts_with = "quiet", display_order = 100)]
    verbose: u8,

    /// Log less: -q for warnings, -qq for errors alone
    #[arg(short, long, global = true, action = ArgAction::Count, display_order = 101)]
    quiet: u8,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Init),
    Serve(serve::Serve),
    Mcp(mcp::Mcp),
    Search(search::Search),
    Eval(eval::Eval),
    Check(check::Check),
    Connect(connect::Connect),
    Key(key::Key),
    Renew(renew::Renew),
    Revoke(revoke::Revoke),
    Status(status::Status),
    Completions(completions::Completions),
    Doctor(doctor::Doctor),
    Insights(insights::Insights),
    Jwks(jwks::Jwks),
}

/// The definition of the command line, from which manual pages and shell completions are made.
#[must_use]
pub fn definition() -> clap::Command {
    Cli::command()
}

/// Runs the command of this process's arguments and environment, and says how it ended.
pub fn run() -> ExitCode {
    let environment = Environment::read();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return exit::after_parsing(&error),
    };
    start_log(&environment, &log_directives(&cli, &environment));
    let done = |()| ExitCode::SUCCESS;
    let result = match cli.command {
        Command::Init(command) => command.run(&environment).map(done),
        Command::Serve(command) => command.run(&environment).map(done),
        Command::Mcp(command) => command.run(&environment).map(done),
        Command::Search(command) => command.run(&environment),
        Command::Eval(command) => command.run(&environment),
        Command::Check(command) => command.run(&environment, cli.verbose > 0).map(done),
        Command::Connect(command) => command.run(&environment).map(done),
        Command::Key(command) => command.run(&environment).map(done),
        Command::Renew(command) => command.run(&environment),
        Command::Revoke(command) => command.run(&environment).map(done),
        Command::Status(command) => command.run(&environment),
        Command::Completions(command) => command.run().map(done),
        Command::Doctor(command) => command.run(&environment),
        Command::Insights(command) => command.run(&environment),
        Command::Jwks(command) => command.run(&environment),
    };
    exit::after_running(result, &environment)
}

/// The flags decide, then `RUST_LOG`, then the command: a server tells what it does, a command
/// that prints an answer keeps quiet.
fn log_directives(cli: &Cli, environment: &Environment) -> String {
    let verbose = match &cli.command {
        // The first one asks for more of the answer itself.
        Command::Check(_) => cli.verbose.saturating_sub(1),
        _ => cli.verbose,
    };
    let level = match (cli.quiet, verbose) {
        (0, 0) => {
            if let Some(filter) = &environment.log_filter {
                return filter.clone();
            }
            match &cli.command {
                Command::Serve(_) => "info",
                Command::Renew(command) if command.scheduled() => "info",
                Command::Jwks(command) if command.scheduled() => "info",
                Command::Init(_)
                | Command::Mcp(_)
                | Command::Search(_)
                | Command::Eval(_)
                | Command::Check(_)
                | Command::Connect(_)
                | Command::Key(_)
                | Command::Renew(_)
                | Command::Revoke(_)
                | Command::Status(_)
                | Command::Completions(_)
                | Command::Doctor(_)
                | Command::Insights(_)
                | Command::Jwks(_) => "warn",
            }
        }
        (1, _) => "warn",
        (2.., _) => "error",
        (0, 1) => "debug",
        (0, 2..) => "trace",
    };
    // rmcp warns of every request that fails, which clients cause and are told of.
    format!("warn,rmcp=error,docent={level}")
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_definition_is_consistent() {
        super::definition().debug_assert();
    }
}
