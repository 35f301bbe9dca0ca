//! `docent key`: access keys, made, listed and revoked.

mod expiry;
mod list;
mod new;
mod place;
mod revoke;
mod takeover;

use std::{io, path::Path};

use clap::{Args, Subcommand};

use crate::{
    error::{Failure, Kind},
    platform::Environment,
};

/// Make, list and revoke access keys
///
/// A key is a secret for a program that cannot sign in: a coding agent, CI, a script. It opens the documentation of
/// one audience of the configuration, and is sent as `Authorization: Bearer`. docent keeps only its SHA-256, in
/// keys.toml beside the configuration.
#[derive(Debug, Args)]
#[command(
    subcommand_required = true,
    disable_help_subcommand = true,
    arg_required_else_help = true,
    after_help = "\
Examples:
  sudo docent key new ci --audience staff --expires 90d
  sudo docent key list
  sudo docent key revoke ci"
)]
pub(super) struct Key {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    New(new::New),
    List(list::List),
    Revoke(revoke::Revoke),
}

/// Whoever serves cannot read the file of the keys.
pub(super) fn unreadable(path: &Path, source: &io::Error) -> Failure {
    let path = path.display();
    let failure = Failure::new(Kind::Config, format!("docent cannot read {path}"));
    match source.kind() {
        io::ErrorKind::PermissionDenied => failure.help(format!(
            "give it to the group of the user that docent runs as: `chgrp docent {path}` and `chmod 640 {path}`"
        )),
        _ => failure,
    }
}

impl Key {
    pub(super) fn run(self, environment: &Environment) -> anyhow::Result<()> {
        match self.command {
            Command::New(command) => command.run(environment),
            Command::List(command) => command.run(environment),
            Command::Revoke(command) => command.run(environment),
        }
    }
}
