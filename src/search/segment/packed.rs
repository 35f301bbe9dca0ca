//! Records that are read one after another, if at all: compressed together.
//!
//! ```text
//! blocks of at least 32 KiB of records: their length (u32), their length compressed (u32), the compressed
//! bytes (LZ4)
//! ```
//! The place of a record is that of its block, times 65536, plus where it starts in the block.

use super::bytes::{narrow, u32_at};
use super::part::{PartWriter, Sealed};
use serde::{Serialize, de::DeserializeOwned};
use std::io;

/// A block is written when it has grown to this many bytes: a record starts before.
const BLOCK: usize = 32 << 10;
const OFFSET_BITS: u32 = 16;
/// The longest block that is believed.
const MAX_BLOCK: usize = 1 << 30;

/// Writes records.
pub(super) struct PackedWriter {
    out: PartWriter,
    block: Vec<u8>,
    packed: Vec<u8>,
}

impl PackedWriter {
    pub(super) fn new(out: PartWriter) -> Self {
        Self {
            out,
            block: Vec::new(),
            packed: Vec::new(),
        }
    }

    /// Adds a record, and returns its place.
    pub(super) fn add(&mut self, record: &impl Serialize) -> io::Result<u64> {
        let place = self.out.position() << OFFSET_BITS | self.block.len() as u64;
        let block = std::mem::take(&mut self.block);
        self.block = postcard::to_extend(record, block).map_err(io::Error::other)?;
        if self.block.len() >= BLOCK {
            self.flush()?;
        }
        Ok(place)
    }

    pub(super) fn finish(mut self) -> io::Result<Sealed> {
        if !self.block.is_empty() {
            self.flush()?;
        }
        self.out.finish()
    }

    fn flush(&mut self) -> io::Result<()> {
        let room = lz4_flex::block::get_maximum_output_size(self.block.len());
        self.packed.resize(room, 0);
        let size = lz4_flex::block::compress_into(&self.block, &mut self.packed)
            .map_err(io::Error::other)?;
        self.out
            .numbers(&[narrow(self.block.len())?, narrow(size)?])?;
        self.out.write(&self.packed[..size])?;
        self.block.clear();
        Ok(())
    }
}

/// Reads records; of those of one block, the block once.
#[derive(Debug)]
pub(in crate::search) struct PackedReader<'a> {
    part: &'a [u8],
    block_at: Option<u64>,
    block: Vec<u8>,
}

impl<'a> PackedReader<'a> {
    pub(super) fn new(part: &'a [u8]) -> Self {
        Self {
            part,
            block_at: None,
            block: Vec::new(),
        }
    }

    /// The record at a place; `None` where it is damaged.
    pub(super) fn read<T: DeserializeOwned>(&mut self, place: u64) -> Option<T> {
        let block_at = place >> OFFSET_BITS;
        if self.block_at != Some(block_at) {
            self.block_at = None;
            self.unpack(block_at)?;
            self.block_at = Some(block_at);
        }
        let offset = usize::try_from(place & ((1 << OFFSET_BITS) - 1)).ok()?;
        postcard::from_bytes(self.block.get(offset..)?).ok()
    }

    fn unpack(&mut self, block_at: u64) -> Option<()> {
        let bytes = self.part.get(usize::try_from(block_at).ok()?..)?;
        let [length, size] = [u32_at(bytes, 0)? as usize, u32_at(bytes, 1)? as usize];
        let packed = bytes.get(8..8usize.checked_add(size)?)?;
        // LZ4 makes no more than 255 bytes of one.
        if length > MAX_BLOCK || length > 255 * size {
            return None;
        }
        self.block.resize(length, 0);
        let unpacked = lz4_flex::block::decompress_into(packed, &mut self.block).ok()?;
        (unpacked == length).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::part::Part;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn records_come_back(records in prop::collection::vec(prop::collection::vec("[a-z]{0,40}", 0..300), 0..60)) {
            let folder = tempfile::tempdir().unwrap();
            let out = PartWriter::create(folder.path(), Part::Links).unwrap();
            let mut writer = PackedWriter::new(out);
            let places: Vec<u64> = records.iter().map(|record| writer.add(record).unwrap()).collect();
            writer.finish().unwrap();
            let bytes = std::fs::read(folder.path().join("links")).unwrap();
            let mut reader = PackedReader::new(&bytes);
            for (record, place) in records.iter().zip(places).rev() {
                let read: Option<Vec<String>> = reader.read(place);
                prop_assert_eq!(read.as_ref(), Some(record));
            }
        }

        #[test]
        fn damaged_records_are_no_fault(bytes: Vec<u8>, place in 0u64..1 << 20) {
            let _ = PackedReader::new(&bytes).read::<Vec<String>>(place);
        }
    }
}
