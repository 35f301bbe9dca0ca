//! What is mounted where: /proc/self/mountinfo, proc_pid_mountinfo(5).

use std::{
    ffi::OsString,
    fs::File,
    io::{self, Read as _, Seek as _},
    os::{
        fd::{AsFd, BorrowedFd},
        unix::ffi::OsStringExt as _,
    },
    path::{Path, PathBuf},
};

/// A file system in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// Another one for each time that something is mounted.
    pub id: u64,
    /// Where.
    pub point: PathBuf,
    /// The type of the file system, such as `ext4`, `nfs4` or `fuse.sshfs`.
    pub kind: String,
}

/// The table of mounts as this process sees it.
#[derive(Debug)]
pub struct Mounts {
    file: File,
    table: Vec<Mount>,
}

impl Mounts {
    /// Reads the table.
    ///
    /// # Errors
    /// Where there is no /proc.
    pub fn open() -> io::Result<Self> {
        let mut mounts = Self {
            file: File::open("/proc/self/mountinfo")?,
            table: Vec::new(),
        };
        mounts.refresh()?;
        Ok(mounts)
    }

    /// Reads it once more.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn refresh(&mut self) -> io::Result<()> {
        let mut text = Vec::new();
        self.file.rewind()?;
        self.file.read_to_end(&mut text)?;
        self.table = text
            .split(|byte| *byte == b'\n')
            .filter_map(mount)
            .collect();
        Ok(())
    }

    /// The mount that holds a path without links, and those below it.
    pub fn of(&self, path: &Path) -> Vec<Mount> {
        // Of two in one place, the later one is seen.
        let depth = |mount: &&Mount| mount.point.components().count();
        let holds = self
            .table
            .iter()
            .filter(|mount| path.starts_with(&mount.point));
        let mut mounts: Vec<_> = holds.max_by_key(depth).into_iter().collect();
        let below = |mount: &&Mount| mount.point != path && mount.point.starts_with(path);
        mounts.extend(self.table.iter().filter(below));
        mounts.into_iter().cloned().collect()
    }
}

/// Tells when the table changes ([`super::Interest::Changed`]).
impl AsFd for Mounts {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

/// `36 35 98:0 /root /point rw master:1 - ext4 /dev/sda rw`: any number of fields before the dash.
fn mount(line: &[u8]) -> Option<Mount> {
    let mut fields = line.split(|byte| *byte == b' ');
    let id = std::str::from_utf8(fields.next()?).ok()?.parse().ok()?;
    let point = unescaped(fields.nth(3)?);
    let kind = fields.skip_while(|field| *field != b"-").nth(1)?;
    Some(Mount {
        id,
        point: OsString::from_vec(point).into(),
        kind: String::from_utf8_lossy(kind).into_owned(),
    })
}

/// Space, tab, line break and backslash stand as `\040`, octal.
fn unescaped(field: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((first, after)) = rest.split_first() {
        let code = after.first_chunk::<3>().filter(|_| *first == b'\\');
        let byte = code
            .and_then(|code| std::str::from_utf8(code).ok())
            .and_then(|code| u8::from_str_radix(code, 8).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &after[3..] } else { after };
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_table() {
        let line =
            br"36 35 98:0 /x /srv/my\040docs rw,noatime shared:1 master:2 - fuse.sshfs host: rw";
        let mount = mount(line).unwrap();
        assert_eq!(mount.id, 36);
        assert_eq!(mount.point, Path::new("/srv/my docs"));
        assert_eq!(mount.kind, "fuse.sshfs");
    }

    #[test]
    fn the_mount_that_holds_a_path_and_those_below() {
        let at = |id, point: &str| Mount {
            id,
            point: point.into(),
            kind: "ext4".into(),
        };
        let mounts = Mounts {
            file: File::open("/dev/null").unwrap(),
            table: vec![
                at(1, "/"),
                at(2, "/srv"),
                at(3, "/srv/docs/old"),
                at(4, "/srv/docsets"),
                at(5, "/srv/docs"),
                at(6, "/srv/docs"),
            ],
        };
        let ids = |path: &str| -> Vec<u64> {
            let found = mounts.of(Path::new(path));
            found.iter().map(|mount| mount.id).collect()
        };
        assert_eq!(ids("/srv/docs"), [6, 3]);
        assert_eq!(ids("/srv/docs/new"), [6]);
        assert_eq!(ids("/home"), [1]);
    }

    #[test]
    fn the_root_is_mounted() {
        let mounts = Mounts::open().unwrap();
        assert!(!mounts.of(Path::new("/proc")).is_empty());
    }
}
