//! The change of an assistant's configuration file: shown, confirmed, made as a whole.

use std::{
    fs::{self, OpenOptions},
    io::{self, BufRead as _, IsTerminal as _, Write as _},
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use similar::TextDiff;

use crate::{
    assistants::{self, Assistant, Configuration, Server, edited},
    durable,
    error::{Failure, Kind, printable},
    platform::Environment,
};

/// Whose file is changed.
pub(super) enum Place {
    /// The person's own.
    Own,
    /// That of the project in the current folder.
    Project,
    /// This one.
    File(PathBuf),
}

/// No assistant's configuration is larger; in bytes.
const MAX_FILE: u64 = 16 << 20;
/// Of a file that is made: a person's own may come to hold keys, a project's is for everybody.
const OWN_MODE: u32 = 0o600;
const PROJECT_MODE: u32 = 0o644;

/// Shows the change, asks, and makes it.
pub(super) fn write(
    assistant: &Assistant,
    server: &Server,
    place: &Place,
    is_confirmed: bool,
    environment: &Environment,
) -> anyhow::Result<()> {
    let Some(configuration) = assistant.configuration(server) else {
        let message = format!(
            "{} keeps its servers where only it can write",
            assistant.name
        );
        return Err(Failure::new(Kind::Usage, message)
            .help(format!(
                "follow the steps of `docent connect {}`",
                assistant.id
            ))
            .into());
    };
    let named = path(assistant, &configuration, place, environment)?;
    let path = followed(&named)?;
    let before = read(&path)?;
    let text = before.as_deref().unwrap_or_default();
    let after = edited(&configuration, &server.name, text).map_err(|error| {
        Failure::new(Kind::Config, format!("{} {error}", named.display())).help(format!(
            "change it by hand: `docent connect {}` says how",
            assistant.id
        ))
    })?;
    let mut out = io::stdout().lock();
    if before.as_deref() == Some(after.as_str()) {
        writeln!(
            out,
            "{} has it already; nothing is to be done.",
            named.display()
        )?;
        return Ok(());
    }
    let is_own = !matches!(place, Place::Project);
    let mode = refuse_foreign(&path, environment)?;
    write!(out, "{}", difference(&named, text, &after))?;
    out.flush()?;
    if !is_confirmed && !confirmed(&named)? {
        writeln!(out, "Nothing was written.")?;
        return Ok(());
    }
    if read(&path)? != before {
        return Err(Failure::new(
            Kind::Temporary,
            format!("{} has changed meanwhile", named.display()),
        )
        .help("run the command again to see the change anew")
        .into());
    }
    let failed = |error: io::Error| {
        Failure::new(
            Kind::CannotCreate,
            format!("cannot write {}", named.display()),
        )
        .because(error)
    };
    let mode = mode.unwrap_or(if is_own { OWN_MODE } else { PROJECT_MODE });
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let kept = match &before {
        // A project has its history.
        Some(text) if is_own => {
            let kept = beside(&path, "before-docent");
            // The first one: what docent wrote itself is no loss.
            if !kept.exists() {
                replace(&kept, text.as_bytes(), mode).map_err(failed)?;
            }
            Some(kept)
        }
        _ => None,
    };
    replace(&path, after.as_bytes(), mode).map_err(failed)?;
    writeln!(out, "Written to {}.", named.display())?;
    if let Some(kept) = kept {
        writeln!(
            out,
            "What it was before docent first changed it is in {}.",
            kept.display()
        )?;
    }
    writeln!(
        out,
        "{} reads it when it starts the next time.",
        assistant.name
    )?;
    Ok(())
}

fn path(
    assistant: &Assistant,
    configuration: &Configuration,
    place: &Place,
    environment: &Environment,
) -> Result<PathBuf, Failure> {
    match place {
        Place::File(path) => Ok(path.clone()),
        Place::Project => configuration.project.map(PathBuf::from).ok_or_else(|| {
            let message = format!("{} knows no servers of a project", assistant.name);
            Failure::new(Kind::Usage, message).help("leave out --project")
        }),
        Place::Own => {
            let homeless = || {
                Failure::new(Kind::Usage, "there is no home folder")
                    .because("HOME is not set")
                    .help("name the assistant's configuration with --file FILE")
            };
            let home = environment.home.as_ref().ok_or_else(homeless)?;
            let config = environment.xdg_config_home.clone();
            let config = config.unwrap_or_else(|| home.join(".config"));
            let mut paths = configuration.user.iter().map(|place| match place {
                assistants::Place::Home(path) => home.join(path),
                assistants::Place::Config(path) => config.join(path),
            });
            let first = paths.next();
            let there = first
                .iter()
                .cloned()
                .chain(paths)
                .find(|path| path.exists());
            there.or(first).ok_or_else(homeless)
        }
    }
}

/// Dotfiles are often links into a repository: what they lead to is changed, and the link stays.
fn followed(named: &Path) -> Result<PathBuf, Failure> {
    let error = match fs::canonicalize(named) {
        Ok(path) => return Ok(path),
        Err(error) => error,
    };
    // It is read without being followed: a file that is not there yet is none.
    let Ok(target) = fs::read_link(named) else {
        return Ok(named.to_owned());
    };
    let message = format!(
        "{} is a link to {}, which cannot be followed",
        named.display(),
        target.display()
    );
    Err(Failure::new(Kind::CannotCreate, message)
        .because(error)
        .help("make what it leads to, or remove the link"))
}

/// `None` where it is not there.
fn read(path: &Path) -> Result<Option<String>, Failure> {
    match durable::read_text(path, MAX_FILE) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(
            Failure::new(Kind::NoInput, format!("cannot read {}", path.display())).because(error),
        ),
    }
}

/// Somebody else's file would be root's afterwards. The mode of the one that is there is returned.
fn refuse_foreign(path: &Path, environment: &Environment) -> Result<Option<u32>, Failure> {
    let mut ancestors = path.ancestors();
    let nearest = ancestors.find_map(|path| fs::metadata(path).ok().map(|found| (path, found)));
    let Some((found, metadata)) = nearest else {
        return Ok(None);
    };
    if environment.is_root && metadata.uid() != 0 {
        let message = format!("{} belongs to another user", found.display());
        return Err(Failure::new(Kind::Permission, message)
            .because("it would be root's afterwards")
            .help("run the command as that user"));
    }
    Ok(metadata
        .is_file()
        .then(|| metadata.permissions().mode() & 0o7777))
}

/// What changes, line by line.
fn difference(path: &Path, before: &str, after: &str) -> String {
    let old = if before.is_empty() {
        "/dev/null".to_owned()
    } else {
        path.display().to_string()
    };
    let new = path.display().to_string();
    let diff = TextDiff::from_lines(before, after);
    let diff = diff.unified_diff().header(&old, &new).to_string();
    let lines: Vec<String> = diff.lines().map(printable).collect();
    lines.join("\n") + "\n"
}

fn confirmed(path: &Path) -> Result<bool, Failure> {
    let stdin = io::stdin();
    if !stdin.is_terminal() {
        return Err(Failure::new(Kind::Usage, "nothing was written")
            .because("there is nobody to ask")
            .help("say --yes to write it without being asked"));
    }
    let mut answer = String::new();
    let mut err = io::stderr().lock();
    let asked = write!(err, "Write this to {}? [y/N] ", path.display())
        .and_then(|()| err.flush())
        .and_then(|()| stdin.lock().read_line(&mut answer));
    let answer = answer.trim().to_ascii_lowercase();
    Ok(asked.is_ok() && matches!(answer.as_str(), "y" | "yes"))
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(ending);
    path.with_file_name(name)
}

/// The file is the old one or the new one, whatever happens.
fn replace(path: &Path, contents: &[u8], mode: u32) -> io::Result<()> {
    let unfinished = beside(path, &format!("docent-{}", std::process::id()));
    let written = || {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(mode)
            .open(&unfinished)?;
        // The umask has had its say in what was asked for.
        file.set_permissions(fs::Permissions::from_mode(mode))?;
        file.write_all(contents)?;
        file.sync_all()?;
        durable::rename(&unfinished, path)
    };
    let result = written();
    if result.is_err() {
        // Only what was made here: `create_new` fails where somebody else has one.
        let _ = fs::remove_file(&unfinished);
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_that_leads_nowhere_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("mcp.json");
        assert_eq!(followed(&link).unwrap(), link);
        std::os::unix::fs::symlink("dotfiles/mcp.json", &link).unwrap();
        let refused = followed(&link).unwrap_err().to_string();
        assert!(
            refused.contains("is a link to dotfiles/mcp.json"),
            "{refused}"
        );
        let target = folder.path().join("dotfiles/mcp.json");
        fs::create_dir(folder.path().join("dotfiles")).unwrap();
        fs::write(&target, "{}").unwrap();
        assert_eq!(followed(&link).unwrap(), fs::canonicalize(target).unwrap());
    }
}
