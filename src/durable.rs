//! Files that are there whole or not at all, and outlast a loss of power: written beside their
//! place, seen onto the disk, and renamed into it.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{self as unix, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

/// Puts a file in its place, or another one in the place of the one that is there.
///
/// # Errors
/// Where it cannot be written; then the one before is still there.
pub fn replace(path: &Path, contents: &[u8], mode: u32) -> io::Result<()> {
    let unfinished = unfinished(path)?;
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(&unfinished)?;
    file.write_all(contents)?;
    file.sync_all()?;
    rename(&unfinished, path)
}

/// Puts a symbolic link in its place, or another one in the place of the one that is there.
///
/// # Errors
/// Where it cannot be made; then the one before is still there.
pub fn replace_link(target: &Path, path: &Path) -> io::Result<()> {
    let unfinished = unfinished(path)?;
    unix::symlink(target, &unfinished)?;
    rename(&unfinished, path)
}

/// Renames what is on the disk already.
///
/// # Errors
/// Where it cannot be renamed.
pub fn rename(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)?;
    to.parent().map_or(Ok(()), sync_folder)
}

/// Removes a file.
///
/// # Errors
/// Where it cannot be removed.
pub fn remove(path: &Path) -> io::Result<()> {
    fs::remove_file(path)?;
    path.parent().map_or(Ok(()), sync_folder)
}

/// Waits until what a folder says of its entries is on the disk.
///
/// # Errors
/// Where the folder cannot be opened, or the disk does not take it.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    let folder = match folder.as_os_str().is_empty() {
        true => Path::new("."),
        false => folder,
    };
    File::open(folder)?.sync_all()
}

/// Where a file is written before it is renamed: beside its place, with a dot before its name.
/// What an interrupted run has left there is removed.
fn unfinished(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let unfinished = path.with_file_name(format!(".{name}"));
    match fs::remove_file(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(unfinished),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn what_an_interrupted_run_left_is_in_nobodys_way() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        for (contents, mode) in [("one", 0o600), ("two", 0o644)] {
            // Neither its contents nor its mode nor where it points to counts.
            unix::symlink("/nowhere/at/all", folder.path().join(".key")).unwrap();
            replace(&path, contents.as_bytes(), mode).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), contents);
            let metadata = fs::symlink_metadata(&path).unwrap();
            assert!(metadata.is_file());
            assert_eq!(metadata.permissions().mode() & 0o777, mode);
        }
        fs::write(folder.path().join(".key"), "half").unwrap();
        replace_link(Path::new("elsewhere"), &path).unwrap();
        assert_eq!(fs::read_link(&path).unwrap(), Path::new("elsewhere"));
        remove(&path).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
