//! `docent key new`: makes an access key.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    time::SystemTime,
};

use clap::Args;
use ring::rand::SystemRandom;

use crate::{
    assistants::find,
    auth::{
        AccessKey, Audiences, EditError, KEY_NAME, KeptKey, Key, MAX_KEYS, SealingKeys, rfc3339,
    },
    cli::{connect::target, documents::explain},
    config::{AudienceName, KeyName, Settings, listing, nearest},
    error::{Failure, Kind},
    platform::Environment,
};

use super::{expiry::Expiry, place::Place, takeover::TakeOver};

/// Make an access key, and print it once
///
/// The key is the only line of standard output, so that a script can take it: KEY=$(docent key new …). docent keeps its
/// SHA-256, not the key: what is lost cannot be shown again, only revoked. The service reads its keys anew; nothing is restarted.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sudo docent key new ci --audience staff
  sudo docent key new alice@laptop --audience staff --expires 90d")]
pub(super) struct New {
    /// What to call it, in the log and in lists: whose it is, or where it is used
    #[arg(value_name = "NAME", value_parser = name)]
    name: KeyName,

    /// The audience whose documentation it opens, as the configuration names it
    #[arg(short, long, value_name = "AUDIENCE")]
    audience: String,

    /// When it ends: 90d, 12h, 2w, 1y, the beginning of a day (2027-01-31), a moment, or never
    #[arg(short, long, value_name = "WHEN", default_value = "never")]
    expires: Expiry,

    /// The configuration that it is for [default: ./docent.toml, else /etc/docent/docent.toml]
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Do not tell the service
    #[arg(long)]
    no_reload: bool,
}

fn name(text: &str) -> Result<KeyName, String> {
    KeyName::new(text).ok_or_else(|| format!("write {KEY_NAME}"))
}

impl New {
    pub(super) fn run(self, environment: &Environment) -> anyhow::Result<()> {
        let now = SystemTime::now();
        let place = Place::new(self.config.as_deref(), environment)?;
        let settings = Settings::load_to_serve(&place.config).map_err(explain)?;
        let audience = self.audience(&settings, &place.config)?;
        let expires = self.expires.moment(now).map_err(|_| {
            Failure::new(Kind::Usage, "a key that has expired already opens nothing")
                .help("name a later moment with --expires")
        })?;
        let random = SystemRandom::new();
        let key = AccessKey::generate(&random).map_err(|_| no_random_numbers())?;
        let kept = KeptKey::new(
            self.name.clone(),
            audience.clone(),
            key.hash(),
            now,
            expires,
        );
        let lock = place.lock()?;
        let file = place.read()?;
        if file.find(self.name.as_str()).is_some() {
            let message = format!("there is a key `{}` already", self.name);
            return Err(Failure::new(Kind::CannotCreate, message)
                .help(format!(
                    "give it another name; to replace a key, make the new one, hand it out, and then \
                     `docent key revoke {}`",
                    self.name
                ))
                .into());
        }
        self.refuse_listed(&settings, &audience, &kept, &place.config)?;
        let text = file
            .with(&kept)
            .map_err(|error| unchangeable(error, &place))?;
        make_sealing_key(&place)?;
        place.write(&place.keys, &text)?;
        drop(lock);

        let mut stdout = io::stdout().lock();
        writeln!(stdout, "{}", key.reveal())?;
        stdout.flush()?;
        drop(key);
        let until = match expires {
            Some(expires) => format!("until {}", rfc3339(expires)),
            None => "until it is revoked".to_owned(),
        };
        say(&format!(
            "This is the key `{}`, which opens what `{audience}` may read, {until}. It is shown this once: \
             {} keeps its SHA-256 alone.\n",
            self.name,
            place.keys.display()
        ))?;
        let taken_over = if self.no_reload {
            TakeOver::ByHand
        } else {
            let consequence = format!("`{}` is not accepted yet", self.name);
            TakeOver::ask(&place.config, file.keys().len() + 1, &consequence)?
        };
        say(&format!("{}\n", taken_over.told("it is accepted")))?;
        say(&handed_out(&place.config))?;
        Ok(())
    }

    /// A name that the configuration lists for another audience would open that one, whatever is said here.
    fn refuse_listed(
        &self,
        settings: &Settings,
        audience: &AudienceName,
        kept: &KeptKey,
        config: &Path,
    ) -> Result<(), Failure> {
        let audiences = Audiences::new(&settings.access);
        match audiences.of_key(&Key::of(kept)) {
            Some(opened) if opened != audience => {
                let message = format!(
                    "a key `{}` would open what `{opened}` may read: {} lists the name in `keys` of that audience",
                    self.name,
                    config.display()
                );
                Err(Failure::new(Kind::Config, message).help(format!(
                    "give the key another name, make it with `--audience {opened}`, or take the name out of the list"
                )))
            }
            _ => Ok(()),
        }
    }

    fn audience(&self, settings: &Settings, config: &Path) -> Result<AudienceName, Failure> {
        let known: Vec<_> = settings.access.named().map(|it| &it.name).collect();
        if let Some(found) = known.iter().find(|it| it.as_str() == self.audience) {
            return Ok((*found).clone());
        }
        let config = config.display();
        if !settings.access.is_private() {
            let message =
                format!("{config} has no audiences: everything is everybody's, without a key");
            return Err(Failure::new(Kind::Config, message).help(format!(
                "say in it what `{}` may read, with a table [[audience]]: `name = \"{}\"` and \
                 `docs = [\"all\"]`, or names of document sets",
                self.audience, self.audience
            )));
        }
        if self.audience == AudienceName::ANONYMOUS {
            let message =
                "`anonymous` is whoever sends no key: none is needed for what it may read";
            return Err(Failure::new(Kind::Usage, message));
        }
        let names = || known.iter().map(|it| it.as_str());
        let message = format!("{config} has no audience `{}`", self.audience);
        Err(
            Failure::new(Kind::Usage, message).help(match nearest(&self.audience, names()) {
                Some(near) => format!("did you mean `{near}`?"),
                None if known.is_empty() => {
                    "it has none but `anonymous`, which needs no key: add a table [[audience]]"
                        .to_owned()
                }
                None => format!("there is {}", listing(names())),
            }),
        )
    }
}

/// The key that seals what docent's own sign-in page gives out, where there is none yet.
fn make_sealing_key(place: &Place) -> Result<(), Failure> {
    if fs::symlink_metadata(&place.sealing_key).is_ok() {
        return Ok(());
    }
    let text = SealingKeys::new_line().map_err(|_| no_random_numbers())?;
    place.write(&place.sealing_key, &text)
}

/// What to do with the key: an example for the assistant of which most can be said in a line.
fn handed_out(config: &Path) -> String {
    let command = target::server(None, None, Some(config)).ok();
    let command = command.and_then(|server| find("claude-code")?.command(&server));
    let example = command.map_or_else(String::new, |command| {
        format!(
            "Where it is in the environment variable DOCENT_KEY, Claude Code is connected so:\n\n  \
             {command} --header 'Authorization: Bearer ${{DOCENT_KEY}}'\n\n"
        )
    });
    format!(
        "{example}How to give it to other assistants, to CI and to scripts: the chapter \"Access keys\" of the manual (keys.md).\n"
    )
}

fn unchangeable(error: EditError, place: &Place) -> Failure {
    let kind = match error {
        EditError::Full => Kind::CannotCreate,
        EditError::Form => Kind::Config,
    };
    let failure = Failure::new(kind, format!("{}: {error}", place.keys.display()));
    match error {
        EditError::Full => failure.help(format!(
            "revoke those that nobody needs, of the {MAX_KEYS}: see `docent key list`"
        )),
        EditError::Form => failure,
    }
}

fn no_random_numbers() -> Failure {
    Failure::new(
        Kind::Unavailable,
        "the system has no random numbers to give",
    )
}

/// To whoever reads along: standard output has the key alone.
fn say(text: &str) -> io::Result<()> {
    io::stderr().lock().write_all(text.as_bytes())
}
