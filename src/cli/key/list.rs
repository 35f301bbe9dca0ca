//! `docent key list`: which access keys there are, and when each was last used.

use std::{
    collections::HashSet,
    io::{self, IsTerminal as _, Write as _},
    path::PathBuf,
    time::{Duration, SystemTime},
};

use clap::Args;
use serde_json::{Value, json};

use crate::{
    auth::{KeptKey, rfc3339},
    cli::{search::Format, style::Style},
    platform::{Environment, SERVICE, last_line, values_of},
};

use super::{place::Place, takeover::is_installed};

/// How far back the journal is asked, in days.
const DAYS: u64 = 30;
/// The field of the journal that names the key: see `mcp::log`.
const FIELD: &str = "DOCENT_KEY";

/// List the access keys: whom each is for, when it ends, and when it was last used
///
/// When a key was last used is told from the journal of the last 30 days.
#[derive(Debug, Args)]
pub(super) struct List {
    /// The configuration that they are for [default: ./docent.toml, else /etc/docent/docent.toml]
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// The unit whose journal tells of use [default: docent.service, for /etc/docent/docent.toml]
    #[arg(long, value_name = "UNIT")]
    unit: Option<String>,

    /// How to print it
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,

    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

impl List {
    pub(super) fn run(self, environment: &Environment) -> anyhow::Result<()> {
        let now = SystemTime::now();
        let place = Place::new(self.config.as_deref(), environment)?;
        let file = place.read()?;
        let installed = is_installed(&place.config).then_some(SERVICE);
        let unit = self.unit.as_deref().or(installed);
        let journal = Journal {
            unit,
            since: now - Duration::from_secs(DAYS * 24 * 60 * 60),
            // Of many keys, those that were never used need not be asked for one by one.
            used: unit.and_then(|_| values_of(FIELD).ok()),
        };
        let mut rows = Vec::new();
        for key in file.keys() {
            rows.push((key, journal.last_use(key)));
        }
        let mut stdout = io::stdout().lock();
        if self.json || matches!(self.format, Format::Json) {
            let keys: Vec<_> = rows
                .iter()
                .map(|(key, used)| object(key, *used, now))
                .collect();
            writeln!(stdout, "{:#}", json!({ "keys": keys }))?;
            return Ok(());
        }
        if rows.is_empty() {
            writeln!(
                io::stderr().lock(),
                "there are no access keys in {}",
                place.keys.display()
            )?;
            return Ok(());
        }
        let style = Style::new(stdout.is_terminal() && !environment.no_color);
        let rows = rows.iter().map(|(key, used)| row(key, *used, now));
        let rows: Vec<_> = rows.collect();
        stdout.write_all(table(&rows, style).as_bytes())?;
        Ok(())
    }
}

/// The journal of the last while.
struct Journal<'a> {
    unit: Option<&'a str>,
    since: SystemTime,
    /// Names of all keys that somebody has logged; `None`: nobody knows.
    used: Option<HashSet<String>>,
}

/// What the journal says of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Used {
    At(SystemTime),
    NotLately,
    /// It cannot be read, or nobody knows whose journal to read.
    Unknown,
}

impl Journal<'_> {
    fn last_use(&self, key: &KeptKey) -> Used {
        let Some(unit) = self.unit else {
            return Used::Unknown;
        };
        let name = key.name.as_str();
        if self.used.as_ref().is_some_and(|used| !used.contains(name)) {
            return Used::NotLately;
        }
        // An earlier key may have had the same name.
        let since = key.created.map_or(self.since, |made| made.max(self.since));
        match last_line(unit, FIELD, name, since) {
            Ok(Some(moment)) => Used::At(moment),
            Ok(None) => Used::NotLately,
            Err(error) => {
                tracing::debug!(%error, "the journal does not tell of use");
                Used::Unknown
            }
        }
    }
}

fn object(key: &KeptKey, used: Used, now: SystemTime) -> Value {
    json!({
        "name": key.name.as_str(),
        "audience": key.audience.as_str(),
        "created": key.created.map(rfc3339),
        "expires": key.expires.map(rfc3339),
        "expired": key.has_expired(now),
        "last_used": match used {
            Used::At(moment) => Some(rfc3339(moment)),
            Used::NotLately | Used::Unknown => None,
        },
        "last_used_known": used != Used::Unknown,
    })
}

const COLUMNS: [&str; 5] = ["NAME", "AUDIENCE", "CREATED", "EXPIRES", "LAST USED"];

fn row(key: &KeptKey, used: Used, now: SystemTime) -> [String; 5] {
    let expires = match key.expires {
        None => "never".to_owned(),
        Some(expires) if key.has_expired(now) => format!("{} (over)", minute(expires)),
        Some(expires) => minute(expires),
    };
    [
        key.name.as_str().to_owned(),
        key.audience.as_str().to_owned(),
        key.created.map_or_else(|| "unknown".to_owned(), minute),
        expires,
        match used {
            Used::At(moment) => minute(moment),
            Used::NotLately => format!("not in the last {DAYS} days of the journal"),
            Used::Unknown => "unknown".to_owned(),
        },
    ]
}

/// `2026-11-27 10:30 UTC`
fn minute(moment: SystemTime) -> String {
    let text = rfc3339(moment);
    match text.get(..16) {
        Some(minute) => minute.replace('T', " ") + " UTC",
        None => text,
    }
}

fn table(rows: &[[String; 5]], style: Style) -> String {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.max().unwrap_or(0).max(COLUMNS[column].len())
    };
    let widths: [usize; 5] = std::array::from_fn(width);
    let line = |cells: [&str; 5]| {
        let padded = cells.iter().zip(widths);
        let padded = padded.map(|(cell, width)| format!("{cell:<width$}"));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
    };
    let mut text = style.title(line(COLUMNS).trim_end()) + "\n";
    for row in rows {
        text += &line(row.each_ref().map(String::as_str));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{AudienceName, KeyName};

    #[test]
    fn keys_stand_below_each_other() {
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let now = at(1_795_775_459);
        let key = |name: &str, expires| {
            KeptKey::new(
                KeyName::new(name).unwrap(),
                AudienceName::new("staff").unwrap(),
                "a".repeat(64).parse().unwrap(),
                at(1_795_000_000),
                expires,
            )
        };
        let rows = vec![
            row(&key("ci", None), Used::At(now), now),
            row(
                &key("alice@laptop", Some(at(1_795_700_000))),
                Used::NotLately,
                now,
            ),
            row(
                &key("new", Some(now + Duration::from_secs(1))),
                Used::Unknown,
                now,
            ),
        ];
        assert_eq!(
            table(&rows, Style::new(false)),
            "\
NAME          AUDIENCE  CREATED               EXPIRES                      LAST USED
ci            staff     2026-11-18 11:06 UTC  never                        2026-11-27 10:30 UTC
alice@laptop  staff     2026-11-18 11:06 UTC  2026-11-26 13:33 UTC (over)  not in the last 30 days of the journal
new           staff     2026-11-18 11:06 UTC  2026-11-27 10:31 UTC         unknown
"
        );
    }
}
