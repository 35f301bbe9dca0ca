//! Pages that say the same: looked up by what they say, hashed.
//!
//! ```text
//! what a page of a set says, hashed (u64), how far it is from being the original (u64), the page (u32)
//! ```
//! In this order, so that the original comes first.

use super::bytes::{u32_at, u64_at};
use super::part::{Part, PartWriter, Sealed};
use crate::search::original::distance;
use std::{io, path::Path};

const ENTRY: usize = 20;

/// The pages whose contents, hashed, are this: how far each is from being the original, and its number; the nearest first.
pub(super) fn find(entries: &[u8], key: u64) -> impl Iterator<Item = (u64, u32)> {
    let (entries, _) = entries.as_chunks::<ENTRY>();
    let of_entry = |entry: &[u8; ENTRY]| u64_at(entry, 0).unwrap_or_default();
    let first = entries.partition_point(|entry| of_entry(entry) < key);
    let same = entries[first..]
        .iter()
        .take_while(move |entry| of_entry(entry) == key);
    same.filter_map(|entry| u64_at(&entry[8..], 0).zip(u32_at(entry, 4)))
}

/// What a page is looked up by. Other sets have copies of their own.
pub(super) fn key(content: u64, set: u32) -> u64 {
    content ^ u64::from(set).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Gathers the pages of a segment.
#[derive(Debug, Default)]
pub(super) struct CopyWriter {
    pages: Vec<(u64, u64, u32)>,
}

impl CopyWriter {
    pub(super) fn add(&mut self, key: u64, path: &str, page: u32) {
        self.pages.push((key, distance(path), page));
    }

    pub(super) fn finish(mut self, folder: &Path) -> io::Result<Sealed> {
        let mut copies = PartWriter::create(folder, Part::Copies)?;
        self.pages.sort_unstable();
        for (key, distance, page) in &self.pages {
            copies.write(&key.to_le_bytes())?;
            copies.write(&distance.to_le_bytes())?;
            copies.numbers(&[*page])?;
        }
        copies.finish()
    }
}
