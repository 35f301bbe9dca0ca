//! Files that are read in place: mapped into memory, never copied as a whole.

use memmap2::Mmap;
use std::{fs::File, io, ops::Deref, path::Path};

/// A file, mapped; an empty one has nothing to map.
#[derive(Debug, Default)]
pub(in crate::search) struct Map(Option<Mmap>);

impl Map {
    /// Maps a file that nobody changes any more.
    pub(in crate::search) fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        if file.metadata()?.len() == 0 {
            return Ok(Self(None));
        }
        #[expect(unsafe_code, reason = "the one place where files are mapped")]
        // SAFETY: files of a segment are written under a name that nobody opens, named by what they hold,
        // and never written again; removing one leaves the mapping as it is. The cache directory is
        // docent's own: who may write there may as well replace the program. Whatever the bytes are,
        // readers check all that they take from them.
        let map = unsafe { Mmap::map(&file)? };
        Ok(Self(Some(map)))
    }
}

impl Deref for Map {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.0.as_deref().unwrap_or_default()
    }
}
