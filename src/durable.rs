//! Files that are there whole or not at all, and outlast a loss of power: written beside their
//! place, seen onto the disk, and renamed into it. And how such files, and those of others, are
//! read: no longer than they may be, and without waiting for a writer.

use std::{
    fs::{self, File, OpenOptions, Permissions},
    io::{self, Read as _, Write as _},
    os::unix::fs::{self as unix, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

/// Linux's `O_NONBLOCK`, the same on every architecture that docent is built for: the file of a pipe
/// is opened at once, and then refused, where it would otherwise be waited for.
const O_NONBLOCK: i32 = 0o4000;

/// Reads a file of at most `max` bytes.
///
/// # Errors
/// Where it cannot be read, is larger ([`io::ErrorKind::FileTooLarge`]), or is a pipe, a device or
/// a folder.
pub fn read(path: &Path, max: u64) -> io::Result<Vec<u8>> {
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(O_NONBLOCK)
        .open(path)?;
    if !file.metadata()?.is_file() {
        let reason = "it is no file but a pipe, a device or a folder";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, reason));
    }
    let mut bytes = Vec::new();
    // One byte more tells a file that is too large from one that just fits.
    file.take(max.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > max {
        let reason = format!("it is larger than {max} bytes");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, reason));
    }
    Ok(bytes)
}

/// The same for text.
///
/// # Errors
/// As [`read`], and where it is not UTF-8.
pub fn read_text(path: &Path, max: u64) -> io::Result<String> {
    String::from_utf8(read(path, max)?)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not text"))
}

/// Puts a file in its place, or another one in the place of the one that is there.
///
/// # Errors
/// Where it cannot be written; then the one before is still there.
pub fn replace(path: &Path, contents: &[u8], mode: u32) -> io::Result<()> {
    put(path, contents, mode, |_| Ok(()))
}

/// The same for a file that another user reads: with exactly this mode, whatever the process's umask is, and with this owner and
/// group before it is in its place.
///
/// # Errors
/// As [`replace`], and where the file may not be given away.
pub fn replace_for(path: &Path, contents: &[u8], access: Access) -> io::Result<()> {
    // Nobody else's until it is whose it is to be.
    put(path, contents, access.mode & 0o600, |file| {
        if access.owner.is_some() || access.group.is_some() {
            unix::fchown(file, access.owner, access.group)?;
        }
        file.set_permissions(Permissions::from_mode(access.mode))
    })
}

/// Whose a file is, and what may be done with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// The bits of chmod(1).
    pub mode: u32,
    /// The number of a user; `None`: whoever writes it.
    pub owner: Option<u32>,
    /// The number of a group; `None`: that of whoever writes it.
    pub group: Option<u32>,
}

fn put(
    path: &Path,
    contents: &[u8],
    mode: u32,
    prepare: impl FnOnce(&File) -> io::Result<()>,
) -> io::Result<()> {
    let unfinished = unfinished(path)?;
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(&unfinished)?;
    let written = prepare(&file).and_then(|()| {
        file.write_all(contents)?;
        file.sync_all()
    });
    if let Err(error) = written {
        // Half of a file is of no use to anybody; what it says counts less than why there is no more.
        let _ = fs::remove_file(&unfinished);
        return Err(error);
    }
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
    use super::*;

    #[test]
    fn nothing_is_read_without_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "four").unwrap();
        assert_eq!(read_text(&path, 4).unwrap(), "four");
        let kind = |path: &Path, max| read(path, max).unwrap_err().kind();
        assert_eq!(kind(&path, 3), io::ErrorKind::FileTooLarge);
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        for path in [&pipe, folder.path(), Path::new("/dev/zero")] {
            assert_eq!(kind(path, 4), io::ErrorKind::InvalidInput, "{path:?}");
        }
    }

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
