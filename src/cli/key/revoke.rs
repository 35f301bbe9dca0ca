//! `docent key revoke`: no access key of that name counts any more.

use std::{
    io::{self, Write as _},
    path::PathBuf,
};

use clap::Args;

use crate::{
    auth::KeysFile,
    config::nearest,
    error::{Failure, Kind, printable},
    platform::Environment,
};

use super::{place::Place, takeover::TakeOver};

/// Revoke access keys: they open nothing any more
///
/// The service reads its keys anew, and nothing is restarted. Whoever signed in with such a key on docent's own sign-in
/// page is signed out too.
#[derive(Debug, Args)]
pub(super) struct Revoke {
    /// What the keys are called: see `docent key list`
    #[arg(value_name = "NAME", required = true)]
    names: Vec<String>,

    /// The configuration that they are for [default: ./docent.toml, else /etc/docent/docent.toml]
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Do not tell the service
    #[arg(long)]
    no_reload: bool,
}

impl Revoke {
    pub(super) fn run(self, environment: &Environment) -> anyhow::Result<()> {
        // Not the settings: a key is revoked whatever else is wrong with the configuration.
        let place = Place::new(self.config.as_deref(), environment)?;
        let lock = place.lock()?;
        let file = place.read()?;
        let mut names: Vec<&str> = self.names.iter().map(String::as_str).collect();
        names.sort_unstable();
        names.dedup();
        if let Some(unknown) = names.iter().find(|name| file.find(name).is_none()) {
            return Err(not_there(unknown, &file).into());
        }
        let text = file.without(&names).map_err(|error| {
            Failure::new(Kind::Config, format!("{}: {error}", place.keys.display()))
        })?;
        place.write(&place.keys, &text)?;
        drop(lock);
        let left = file.keys().len() - names.len();
        let (keys, open) = match names.as_slice() {
            [_] => ("key", "it opens nothing"),
            _ => ("keys", "they open nothing"),
        };
        let taken_over = if self.no_reload {
            TakeOver::ByHand
        } else {
            let consequence = format!("the revoked {keys} still count");
            TakeOver::take_back(&place.config, left, &consequence)?
        };
        let names = names.join("`, `");
        let told = taken_over.told(open);
        writeln!(io::stdout().lock(), "Revoked the {keys} `{names}`. {told}")?;
        Ok(())
    }
}

fn not_there(name: &str, file: &KeysFile) -> Failure {
    let message = format!("there is no key `{}`", printable(name));
    let failure = Failure::new(Kind::NoInput, message);
    let names = file.keys().iter().map(|key| key.name.as_str());
    match nearest(name, names) {
        Some(near) => failure.help(format!("did you mean `{near}`? Nothing was revoked")),
        None => failure.help("`docent key list` lists them; nothing was revoked"),
    }
}
