//! The configuration in the folder where docent is started.

use std::{
    fs,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use nix::unistd::Uid;

/// What a configuration is called in a folder of one's own.
pub const LOCAL_CONFIG: &str = "docent.toml";

/// `./docent.toml`, where there is one that belongs to whoever runs docent: what somebody else has put into
/// a folder that everybody can write to says nothing of what they want.
pub fn local_config() -> Option<&'static Path> {
    static FOUND: OnceLock<Option<PathBuf>> = OnceLock::new();
    FOUND
        .get_or_init(|| {
            let path = std::path::absolute(LOCAL_CONFIG).ok()?;
            is_own(&path).then_some(path)
        })
        .as_deref()
}

/// The file and its folder belong to this user or to root, and nobody else can write to them.
fn is_own(path: &Path) -> bool {
    let uid = Uid::effective().as_raw();
    let is_trusted = |path: &Path| {
        fs::metadata(path).is_ok_and(|it| [0, uid].contains(&it.uid()) && it.mode() & 0o002 == 0)
    };
    let folder = path.parent().unwrap_or(Path::new("/"));
    path.is_file() && is_trusted(path) && is_trusted(folder)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_file_that_anybody_may_write_is_nobodys() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(LOCAL_CONFIG);
        assert!(!is_own(&path), "there is none");
        fs::write(&path, "").unwrap();
        assert!(is_own(&path));
        let allow = |path: &Path, mode| {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        };
        allow(&path, 0o666);
        assert!(!is_own(&path));
        allow(&path, 0o644);
        allow(folder.path(), 0o1777);
        assert!(!is_own(&path));
        allow(folder.path(), 0o755);
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        assert!(!is_own(&path), "a folder");
    }
}
