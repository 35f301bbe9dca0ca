//! The parts of a zip file that a document needs. Nothing of it is ever written to a disk, and names in it are only looked up.

use crate::corpus::decode::decode;
use crate::corpus::document::Skip;
use std::io::{Cursor, Read as _};
use zip::{ZipArchive, result::ZipError};

/// Entries of one file.
const MAX_ENTRIES: usize = 20_000;
/// What all parts that are read may inflate to, in bytes. Two entries may share their bytes: each counts.
const MAX_INFLATED: u64 = 48 << 20;

pub(in crate::corpus::format) struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    left: u64,
}

impl<'a> Archive<'a> {
    /// # Errors
    /// Why it is no archive that is read.
    pub(in crate::corpus::format) fn open(bytes: &'a [u8]) -> Result<Self, Skip> {
        // Office formats with a password are a file system of their own that holds the encrypted archive.
        if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
            return Err(malformed(
                "it is encrypted, or in a format from before 2007",
            ));
        }
        let zip =
            ZipArchive::new(Cursor::new(bytes)).map_err(|error| malformed(&error.to_string()))?;
        if zip.len() > MAX_ENTRIES {
            return Err(malformed(&format!("more than {MAX_ENTRIES} parts")));
        }
        Ok(Self {
            zip,
            left: MAX_INFLATED,
        })
    }

    /// The text of a part; `None` where there is none of that name.
    ///
    /// # Errors
    /// It cannot be read, or is larger than what is left of the bound.
    pub(in crate::corpus::format) fn text(&mut self, name: &str) -> Result<Option<String>, Skip> {
        let part = match self.zip.by_name(name) {
            Ok(part) => part,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)) => {
                return Err(malformed("it is encrypted"));
            }
            Err(error) => return Err(malformed(&error.to_string())),
        };
        let mut bytes = Vec::new();
        let read = part.take(self.left + 1).read_to_end(&mut bytes);
        read.map_err(|error| malformed(&error.to_string()))?;
        self.left = self.left.checked_sub(bytes.len() as u64).ok_or_else(|| {
            malformed(&format!(
                "its parts inflate to more than {MAX_INFLATED} bytes"
            ))
        })?;
        // Its name tells nothing of its encoding: XML says that itself.
        decode("part.xml", bytes).map(|(text, _)| Some(text))
    }
}

pub(in crate::corpus::format) fn malformed(reason: &str) -> Skip {
    Skip::Malformed {
        reason: reason.to_owned(),
    }
}
