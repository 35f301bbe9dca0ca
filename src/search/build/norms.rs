//! The lengths of all fields of a segment's pages, written together.

use crate::search::segment::{Part, PartWriter, Sealed};
use std::{io, path::Path};

/// `of_pages`: of titles, bodies and symbols; each has one byte a page.
pub(super) fn write(folder: &Path, of_pages: &[Vec<u8>; 3], links: &[u8]) -> io::Result<Sealed> {
    let mut norms = PartWriter::create(folder, Part::Norms)?;
    for field in of_pages {
        norms.write(field)?;
    }
    norms.write(links)?;
    norms.finish()
}
