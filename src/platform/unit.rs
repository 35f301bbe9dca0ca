//! What an installed unit says, for whoever asks from outside of it: a folder that a person at a terminal
//! reads may not be there for docent.service (`ProtectHome=`, systemd.exec(5)), and another user reads it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::config::home_above;

/// Where units are looked for, the most important folder first: systemd.unit(5).
const FOLDERS: [&str; 7] = [
    "etc/systemd/system.control",
    "run/systemd/system.control",
    "etc/systemd/system",
    "run/systemd/system",
    "usr/local/lib/systemd/system",
    "usr/lib/systemd/system",
    "lib/systemd/system",
];
/// No unit is larger.
const MAX_UNIT: u64 = 1 << 20;

/// The unit that answers requests.
pub const SERVICE: &str = "docent.service";

/// The settings of a unit and of its drop-ins, in the order in which they count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unit(Vec<(String, String)>);

impl Unit {
    /// The unit of that name on this machine; `None` where there is none.
    pub fn installed(name: &str) -> Option<Self> {
        Self::below(Path::new("/"), name)
    }

    /// What a setting with one value is set to; `None` where it is not set, or taken back.
    pub fn value(&self, setting: &str) -> Option<&str> {
        self.values(setting).pop()
    }

    /// The values of a setting that may stand several times; an empty one takes back those before it.
    pub fn values(&self, setting: &str) -> Vec<&str> {
        let mut values = Vec::new();
        for (name, value) in &self.0 {
            if name != setting {
            } else if value.is_empty() {
                values.clear();
            } else {
                values.push(value.as_str());
            }
        }
        values
    }

    /// A setting that is on or off is on; those that also know other words (`PrivateUsers=identity`) are on
    /// with each of them.
    pub fn is_on(&self, setting: &str) -> bool {
        let is_off = |value| matches!(value, "no" | "false" | "off" | "0" | "n" | "f");
        self.value(setting).is_some_and(|value| !is_off(value))
    }

    /// The folder of home directories for which the unit does not see `path`; `None` where it does.
    fn hidden_home(&self, path: &Path) -> Option<&'static Path> {
        let home = home_above(path)?;
        // `read-only` hides nothing.
        let hides = self.is_on("ProtectHome") && self.value("ProtectHome") != Some("read-only");
        // The two settings are lists of their own, and an empty one takes back its own alone.
        let mut shown = ["BindPaths", "BindReadOnlyPaths"]
            .into_iter()
            .flat_map(|setting| self.values(setting))
            .flat_map(str::split_whitespace)
            .filter_map(destination);
        (hides && !shown.any(|shown| path.starts_with(shown))).then_some(home)
    }

    /// Reads the unit and its drop-ins.
    fn below(root: &Path, name: &str) -> Option<Self> {
        let folders = FOLDERS.map(|folder| root.join(folder));
        let mut text = folders.iter().find_map(|folder| read(&folder.join(name)))?;
        let mut drop_ins: Vec<PathBuf> = Vec::new();
        // Those for this unit come before those for all services, where they have the same name.
        for below in [format!("{name}.d"), "service.d".to_owned()] {
            for folder in &folders {
                drop_ins_in(&folder.join(&below), &mut drop_ins);
            }
        }
        drop_ins.sort_by(|a, b| a.file_name().cmp(&b.file_name()));
        for drop_in in drop_ins {
            text.push('\n');
            text += &read(&drop_in).unwrap_or_default();
        }
        Some(Self::parse(&text))
    }

    pub(super) fn parse(text: &str) -> Self {
        Self(
            settings(text)
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        )
    }
}

/// The folder of home directories for which the installed docent.service does not see `path`; `None`
/// where it does, and where there is no such unit.
pub fn hidden_home(path: &Path) -> Option<&'static Path> {
    Unit::installed(SERVICE)?.hidden_home(path)
}

/// `-SOURCE:DESTINATION:OPTIONS`, of which only the source has to be there.
fn destination(paths: &str) -> Option<PathBuf> {
    let mut parts = paths.trim_start_matches('-').split(':');
    let source = parts.next()?;
    Some(parts.next().unwrap_or(source).into())
}

/// Name and value of each setting; a backslash at the end of a line goes on with the next one.
fn settings(text: &str) -> impl Iterator<Item = (&str, String)> {
    let mut lines = text.lines().filter(|line| !is_comment(line));
    std::iter::from_fn(move || {
        loop {
            let Some((name, value)) = lines.next()?.split_once('=') else {
                continue;
            };
            let mut value = value.trim().to_owned();
            while value.ends_with('\\') {
                value.pop();
                value.push(' ');
                value += lines.next().unwrap_or_default().trim();
            }
            return Some((name.trim(), value));
        }
    })
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with(['#', ';'])
}

/// Adds the drop-ins of a folder, but for those of which one with the same name counts already.
fn drop_ins_in(folder: &Path, drop_ins: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let Ok(path) = entry.map(|entry| entry.path()) else {
            continue;
        };
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
        let hidden_from = |path: &Path| Unit::below(root.path(), SERVICE)?.hidden_home(path);
        let hidden = || hidden_from(handbook);
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
        assert_eq!(hidden_from(Path::new("/srv/docs")), None);
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

    #[test]
    fn settings_count_in_the_order_of_the_drop_ins() {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let unit = || Unit::below(root.path(), SERVICE).unwrap();
        write(
            "lib/systemd/system/docent.service",
            "[Service]\n# User=root\nUser=docent\nPrivateUsers=yes\nSupplementaryGroups=a \\\n  b\n",
        );
        assert_eq!(unit().value("User"), Some("docent"));
        assert_eq!(unit().values("SupplementaryGroups"), ["a  b"]);
        assert!(unit().is_on("PrivateUsers"));
        write(
            "usr/lib/systemd/system/service.d/10-container.conf",
            "[Service]\nPrivateUsers=no\nUser=everybody\n",
        );
        write(
            "etc/systemd/system/docent.service.d/20-user.conf",
            "[Service]\nUser=\nUser=librarian\nSupplementaryGroups=c\n",
        );
        assert!(!unit().is_on("PrivateUsers"));
        assert_eq!(unit().value("User"), Some("librarian"));
        assert_eq!(unit().values("SupplementaryGroups"), ["a  b", "c"]);
        write(
            "etc/systemd/system/docent.service.d/10-container.conf",
            "[Service]\nSupplementaryGroups=\n",
        );
        assert!(
            unit().is_on("PrivateUsers"),
            "the other one is out of force"
        );
        assert_eq!(unit().values("SupplementaryGroups"), ["c"]);
    }
}
