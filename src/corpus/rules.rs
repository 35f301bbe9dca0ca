//! What is passed over: files that `.gitignore`, `.ignore` and their like name, and hidden ones.

use super::{document::Skip, root::read_above};
use ignore::{
    Match,
    gitignore::{Gitignore, GitignoreBuilder, gitconfig_excludes_path},
};
use std::{
    ffi::OsStr,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    os::unix::ffi::OsStrExt as _,
    path::Path,
    sync::Arc,
};

/// The longest file of rules that is followed, in bytes.
pub(super) const LONGEST: u64 = 256 << 10;

/// The files of a folder that hold rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RuleFile {
    Ignore,
    GitIgnore,
    GitExclude,
}

impl RuleFile {
    pub(super) const ALL: [Self; 3] = [Self::Ignore, Self::GitIgnore, Self::GitExclude];

    /// Path below the folder.
    pub(super) fn path(self) -> &'static str {
        match self {
            Self::Ignore => ".ignore",
            Self::GitIgnore => ".gitignore",
            Self::GitExclude => ".git/info/exclude",
        }
    }

    /// Whether a folder may have such a file, by the names in it.
    pub(super) fn is_shown_by(self, has: impl Fn(&OsStr) -> bool) -> bool {
        let first = self.path().split('/').next();
        first.is_some_and(|first| has(OsStr::new(first)))
    }
}

/// The rules of a folder, and of those above it.
#[derive(Debug)]
pub(super) struct Rules {
    above: Option<Arc<Rules>>,
    /// In the order of [`RuleFile::ALL`], which is that of their precedence.
    own: [Gitignore; 3],
    /// Of the user, for all repositories.
    global: Option<Gitignore>,
    /// Not all rules are known: nothing is to be shown of the folder.
    unread: Option<Skip>,
    /// Of those above a root, all together.
    fingerprint: u64,
}

impl Rules {
    /// The rules that folders above a root make for what is in it.
    pub(super) fn above(root: &Path) -> Arc<Self> {
        let (global, _) = GitignoreBuilder::new(root).build_global();
        let mut hasher = DefaultHasher::new();
        let of_the_user = gitconfig_excludes_path().map(|path| read_above(&path, LONGEST));
        of_the_user.and_then(Result::ok).hash(&mut hasher);
        let mut rules = Arc::new(Self {
            above: None,
            own: [Gitignore::empty(), Gitignore::empty(), Gitignore::empty()],
            global: Some(global),
            unread: None,
            fingerprint: 0,
        });
        let mut folders: Vec<_> = root.ancestors().skip(1).collect();
        folders.reverse();
        for folder in folders {
            rules = rules.with(folder, |file| {
                let text = match file {
                    RuleFile::GitExclude => read_exclude(folder, |path| read_above(path, LONGEST)),
                    file => read_above(&folder.join(file.path()), LONGEST),
                };
                (folder, file.path()).hash(&mut hasher);
                text.as_ref().ok().hash(&mut hasher);
                text
            });
        }
        Arc::new(Self {
            above: rules.above.clone(),
            own: rules.own.clone(),
            global: rules.global.clone(),
            unread: rules.unread.clone(),
            fingerprint: hasher.finish(),
        })
    }

    /// Changes with the rules above a root.
    pub(super) fn fingerprint(&self) -> u64 {
        self.fingerprint
    }

    /// With those of a folder below; `folder` is absolute, as are all paths that are asked about.
    pub(super) fn with(
        self: &Arc<Self>,
        folder: &Path,
        mut read: impl FnMut(RuleFile) -> Result<Option<Vec<u8>>, Skip>,
    ) -> Arc<Self> {
        let mut unread = None;
        let texts = RuleFile::ALL.map(|file| {
            read(file).unwrap_or_else(|reason| {
                unread = Some(Skip::RulesUnread {
                    file: file.path().to_owned(),
                    reason: reason.to_string(),
                });
                None
            })
        });
        if unread.is_none() && texts.iter().all(Option::is_none) {
            return Arc::clone(self);
        }
        Arc::new(Self {
            above: Some(Arc::clone(self)),
            own: texts.map(|text| text.map_or_else(Gitignore::empty, |text| parse(folder, &text))),
            global: None,
            unread,
            fingerprint: 0,
        })
    }

    /// Why nothing is to be shown of the folder, where its rules, or those above it, could not be read.
    pub(super) fn unread(&self) -> Option<&Skip> {
        self.chain().find_map(|rules| rules.unread.as_ref())
    }

    /// Whether a rule names a file or folder itself, not one of those above it.
    pub(super) fn ignore(&self, path: &Path, is_folder: bool) -> bool {
        if self.unread().is_some() {
            return true;
        }
        for number in 0..RuleFile::ALL.len() {
            let own = self.chain().map(|rules| &rules.own[number]);
            if let Some(ignored) = verdict(own, path, is_folder) {
                return ignored;
            }
        }
        let global = self.chain().filter_map(|rules| rules.global.as_ref());
        verdict(global, path, is_folder).unwrap_or(false)
    }

    fn chain(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |rules| rules.above.as_deref())
    }
}

/// Whether a name says that a file is hidden.
pub(super) fn is_hidden(name: &OsStr) -> bool {
    name.as_bytes().starts_with(b".")
}

/// What the nearest rule says.
fn verdict<'a>(
    mut rules: impl Iterator<Item = &'a Gitignore>,
    path: &Path,
    is_folder: bool,
) -> Option<bool> {
    rules.find_map(|rules| match rules.matched(path, is_folder) {
        Match::None => None,
        Match::Ignore(_) => Some(true),
        Match::Whitelist(_) => Some(false),
    })
}

fn parse(folder: &Path, text: &[u8]) -> Gitignore {
    let text = String::from_utf8_lossy(text);
    let mut builder = GitignoreBuilder::new(folder);
    for line in text.trim_start_matches('\u{feff}').lines() {
        // A line that is no pattern is no rule, as for git.
        let _ = builder.add_line(None, line);
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

/// What git passes over in a folder at or above a set's root. `.git` is a file in a worktree: what is
/// excluded stands with the repository. `read`: reads all of a file; `None`, where there is none.
pub(super) fn read_exclude(
    folder: &Path,
    read: impl Fn(&Path) -> Result<Option<Vec<u8>>, Skip>,
) -> Result<Option<Vec<u8>>, Skip> {
    let git = folder.join(".git");
    let line = |path: &Path| {
        let text = String::from_utf8(read(path).ok()??).ok()?;
        Some(text.lines().next()?.to_owned())
    };
    let common = || {
        let git = folder.join(line(&git)?.strip_prefix("gitdir: ")?);
        Some(git.join(line(&git.join("commondir"))?))
    };
    let git = common().unwrap_or(git);
    match read(&git.join("info/exclude")) {
        Err(reason @ Skip::TooLarge { .. }) => Err(reason),
        read => Ok(read.unwrap_or(None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ignores(files: &[(&str, RuleFile, &str)], path: &str, is_folder: bool) -> bool {
        let mut rules = Rules::above(Path::new("/nowhere"));
        for (folder, kind, text) in files {
            let read = |file| Ok((file == *kind).then(|| text.as_bytes().to_vec()));
            rules = rules.with(Path::new(folder), read);
        }
        rules.ignore(Path::new(path), is_folder)
    }

    #[test]
    fn the_nearest_rule_wins_and_ignore_wins_over_git() {
        use RuleFile::{GitExclude, GitIgnore, Ignore};
        let git = ("/r", GitIgnore, "*.log\nbuild/\n");
        assert!(ignores(&[git], "/r/a/b.log", false));
        assert!(ignores(&[git], "/r/build", true));
        assert!(!ignores(&[git], "/r/build", false));
        let nearer = ("/r/a", GitIgnore, "!b.log\n");
        assert!(!ignores(&[git, nearer], "/r/a/b.log", false));
        let by_ignore = ("/r", Ignore, "b.log");
        assert!(ignores(&[git, by_ignore, nearer], "/r/a/b.log", false));
        let excluded = ("/r", GitExclude, "\u{feff}# mine\n[\n/mine.md\n");
        assert!(ignores(&[excluded], "/r/mine.md", false));
        assert!(!ignores(&[excluded], "/r/a/mine.md", false));
    }
}
