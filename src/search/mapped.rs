//! Files of a generation that are read in place: mapped into memory, never copied as a whole.

use std::{
    hash::{DefaultHasher, Hasher},
    io,
    path::Path,
};
use tantivy::directory::{Directory, MmapDirectory, OwnedBytes};

/// Maps a file into memory.
pub(super) fn map(path: &Path) -> io::Result<OwnedBytes> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    // tantivy's directory is where the one `unsafe` of a mapping is already answered for.
    let folder = MmapDirectory::open(folder).map_err(io::Error::other)?;
    let file = folder.open_read(Path::new(name));
    file.map_err(io::Error::other)?.read_bytes()
}

/// Tells whether bytes are as they were written. Should it ever change with the compiler, the
/// index is built once more.
pub(super) fn checksum(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}

/// A file that is shorter or says other things of itself than its writer left it.
pub(super) fn damaged(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{what} are damaged"))
}

/// Reads numbers off the front of bytes, least significant byte first.
pub(super) struct Numbers<'a>(pub(super) &'a [u8]);

impl Numbers<'_> {
    pub(super) fn u32(&mut self) -> Option<u32> {
        let (number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u32::from_le_bytes(*number))
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        let (number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u64::from_le_bytes(*number))
    }

    /// A length or an offset.
    pub(super) fn size(&mut self) -> Option<usize> {
        usize::try_from(self.u64()?).ok()
    }
}
