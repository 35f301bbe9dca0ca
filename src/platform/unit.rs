//! What the installed unit hides from the service, for whoever asks from outside of it: a folder that a
//! person at a terminal reads may not be there for docent.service (`ProtectHome=`, systemd.exec(5)).

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::config::home_above;

/// Where units are looked for, the most important folder first: systemd.unit(5).
const FOLDERS: [&str; 5] = [
    "etc/systemd/system",
    "run/systemd/system",
    "usr/local/lib/systemd/system",
    "usr/lib/systemd/system",
    "lib/systemd/system",
];
/// No unit is larger.
const MAX_UNIT: u64 = 1 << 20;

/// The folder of home directories for which the installed docent.service does not see `path`; `None`
/// where it does, and where there is no such unit.
pub fn hidden_home(path: &Path) -> Option<&'static Path> {
    hidden_under(Path::new("/"), path)
}

fn hidden_under(root: &Path, path: &Path) -> Option<&'static Path> {
    let home = home_above(path)?;
    let mut hides = false;
    let mut shown: Vec<PathBuf> = Vec::new();
    for line in unit(root)?.lines() {
        let Some((name, value)) = line.split_once('=') else {
            continue;
        };
        let value = value.trim();
        match name.trim() {
            "ProtectHome" => hides = matches!(value, "yes" | "true" | "on" | "1" | "tmpfs"),
            "BindPaths" | "BindReadOnlyPaths" if value.is_empty() => shown.clear(),
            "BindPaths" | "BindReadOnlyPaths" => {
                shown.extend(value.split_whitespace().filter_map(destination));
            }
            _ => {}
        }
    }
    let is_shown = shown.iter().any(|shown| path.starts_with(shown));
    (hides && !is_shown).then_some(home)
}

/// `-SOURCE:DESTINATION:OPTIONS`, of which only the source has to be there.
fn destination(paths: &str) -> Option<PathBuf> {
    let mut parts = paths.trim_start_matches('-').split(':');
    let source = parts.next()?;
    Some(parts.next().unwrap_or(source).into())
}

/// The unit, and its drop-ins in the order in which they count.
fn unit(root: &Path) -> Option<String> {
    let folders = FOLDERS.map(|folder| root.join(folder));
    let mut text = folders
        .iter()
        .find_map(|folder| read(&folder.join("docent.service")))?;
    let mut drop_ins: Vec<PathBuf> = Vec::new();
    for folder in &folders {
        for entry in fs::read_dir(folder.join("docent.service.d"))
            .into_iter()
            .flatten()
        {
            let Ok(path) = entry.map(|entry| entry.path()) else {
                continue;
            };
            // One of the same name in a more important folder takes its place.
            let is_first = drop_ins
                .iter()
                .all(|known| known.file_name() != path.file_name());
            if path
                .extension()
                .is_some_and(|extension| extension == "conf")
                && is_first
            {
                drop_ins.push(path);
            }
        }
    }
    drop_ins.sort_by(|a, b| a.file_name().cmp(&b.file_name()));
    for drop_in in drop_ins {
        text.push('\n');
        text += &read(&drop_in).unwrap_or_default();
    }
    Some(text)
}

fn read(path: &Path) -> Option<String> {
    let size = fs::metadata(path).ok()?.len();
    (size <= MAX_UNIT).then(|| fs::read_to_string(path).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_home_is_hidden_until_a_drop_in_shows_it() {
        let root = tempfile::tempdir().unwrap();
        let handbook = Path::new("/home/alice/handbook/guide");
        let hidden = || hidden_under(root.path(), handbook);
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        assert_eq!(hidden(), None, "nothing is installed");
        write(
            "usr/lib/systemd/system/docent.service",
            "[Service]\nProtectHome=yes\n",
        );
        assert_eq!(hidden(), Some(Path::new("/home")));
        assert_eq!(hidden_under(root.path(), Path::new("/srv/docs")), None);
        write(
            "etc/systemd/system/docent.service.d/home.conf",
            "[Service]\nProtectHome=tmpfs\nBindReadOnlyPaths=/srv/a -/home/alice/handbook\n",
        );
        assert_eq!(hidden(), None);
        write(
            "etc/systemd/system/docent.service.d/other.conf",
            "[Service]\nBindReadOnlyPaths=\nBindReadOnlyPaths=/home/bob\n",
        );
        assert_eq!(hidden(), Some(Path::new("/home")));
        write(
            "run/systemd/system/docent.service.d/open.conf",
            "[Service]\nProtectHome=no\n",
        );
        assert_eq!(hidden(), None);
    }
}
