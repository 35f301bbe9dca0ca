//! Which words stand next to each other on a page.
//!
//! ```text
//! of each page   by how many first bits of their hashes its pairs are divided (u8); if by any, where each of these divisions
//!                ends (u32 each); the next 16 bits of the pairs, in the order of their hashes
//! ```
//! A division has 32 to 64 pairs, so that a pair which the page does not have is found in it about once in 1,500 times.

use super::Segment;
use super::bytes::{narrow, u32_at};
use super::page_entry::PageEntry;
use super::part::{Part, PartWriter, Sealed};
use std::{io, path::Path};

/// Pairs of a division, at the most, where there are enough of them to be divided.
const DIVISION: usize = 64;
/// Bits of a pair that are kept within its division.
const KEPT: u32 = 16;

/// The pairs of a page.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::search) struct Pairs<'a> {
    bits: u32,
    ends: &'a [u8],
    kept: &'a [[u8; 2]],
}

impl<'a> Pairs<'a> {
    /// `None` where they are damaged.
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let Some((bits, rest)) = bytes.split_first() else {
            return Some(Self::default());
        };
        let bits = u32::from(*bits);
        let ends = match bits {
            0 => 0,
            1..=KEPT => 4 << bits,
            _ => return None,
        };
        let (ends, rest) = rest.split_at_checked(ends)?;
        let kept = rest.as_chunks().0;
        Some(Self { bits, ends, kept })
    }

    /// Whether a pair is one of them.
    #[inline]
    pub(in crate::search) fn contains(self, pair: u32) -> bool {
        let (division, kept) = divided(pair, self.bits);
        let division = division as usize;
        let end = |division: usize| u32_at(self.ends, division).map(|end| end as usize);
        let range = match self.bits {
            0 => Some(0..self.kept.len()),
            _ => division
                .checked_sub(1)
                .map_or(Some(0), end)
                .zip(end(division))
                .map(|(start, end)| start..end),
        };
        let of_division = range.and_then(|range| self.kept.get(range));
        let of_division = of_division.unwrap_or_default();
        of_division
            .binary_search_by_key(&kept, |other| u16::from_le_bytes(*other))
            .is_ok()
    }
}

/// The division of a pair, and what is kept of it there.
fn divided(pair: u32, bits: u32) -> (u32, u16) {
    let division = pair.checked_shr(u32::BITS - bits).unwrap_or(0);
    let [low, high, ..] = (pair >> (KEPT - bits.min(KEPT))).to_le_bytes();
    (division, u16::from_le_bytes([low, high]))
}

impl Segment {
    /// The pairs of a page; `None` where they are damaged.
    pub(in crate::search) fn pairs(&self, page: &PageEntry) -> Option<Pairs<'_>> {
        Pairs::read(self.pair_bytes(page)?)
    }

    fn pair_bytes(&self, page: &PageEntry) -> Option<&[u8]> {
        let start = usize::try_from(page.pairs_at).ok()?;
        let end = start.checked_add(page.pairs as usize)?;
        self.part(Part::Pairs).get(start..end)
    }
}

/// Writes the pairs of pages, in any order.
pub(super) struct PairWriter {
    out: PartWriter,
    bytes: Vec<u8>,
}

impl PairWriter {
    pub(super) fn create(folder: &Path) -> io::Result<Self> {
        Ok(Self {
            out: PartWriter::create(folder, Part::Pairs)?,
            bytes: Vec::new(),
        })
    }

    /// Adds the pairs of a page, and tells its entry where they are.
    pub(super) fn add(&mut self, pairs: &mut Vec<u32>, page: &mut PageEntry) -> io::Result<()> {
        self.bytes.clear();
        written(pairs, &mut self.bytes)?;
        self.write(page)
    }

    /// Adds the pairs of a page as another segment has them. `None` where they are damaged.
    pub(super) fn copy(
        &mut self,
        from: &Segment,
        page: &PageEntry,
        now: &mut PageEntry,
    ) -> Option<io::Result<()>> {
        self.bytes.clear();
        self.bytes.extend_from_slice(from.pair_bytes(page)?);
        Some(self.write(now))
    }

    pub(super) fn finish(self) -> io::Result<Sealed> {
        self.out.finish()
    }

    fn write(&mut self, page: &mut PageEntry) -> io::Result<()> {
        page.pairs_at = self.out.position();
        page.pairs = narrow(self.bytes.len())?;
        self.out.write(&self.bytes)
    }
}

fn written(pairs: &mut Vec<u32>, out: &mut Vec<u8>) -> io::Result<()> {
    pairs.sort_unstable();
    pairs.dedup();
    if pairs.is_empty() {
        return Ok(());
    }
    let divisions = pairs.len().div_ceil(DIVISION).next_power_of_two();
    let bits = divisions.trailing_zeros().min(KEPT);
    out.push(bits.to_le_bytes()[0]);
    pairs.dedup_by_key(|pair| divided(*pair, bits));
    if bits > 0 {
        let mut end = 0;
        for division in 0..1u32 << bits {
            let rest = &pairs[end..];
            end += rest.partition_point(|pair| divided(*pair, bits).0 <= division);
            out.extend_from_slice(&narrow(end)?.to_le_bytes());
        }
    }
    for pair in pairs {
        out.extend_from_slice(&divided(*pair, bits).1.to_le_bytes());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn every_pair_is_found(
            even in prop::collection::vec(any::<u32>(), 0..2_000),
            crowded in prop::collection::vec(77_000_000u32..77_100_000, 0..400),
        ) {
            let mut pairs: Vec<u32> = even.into_iter().chain(crowded).collect();
            let all = pairs.clone();
            let mut bytes = Vec::new();
            written(&mut pairs, &mut bytes).unwrap();
            let read = Pairs::read(&bytes).unwrap();
            for pair in all {
                prop_assert!(read.contains(pair), "{}", pair);
            }
        }

        #[test]
        fn damaged_pairs_are_no_fault(bytes: Vec<u8>, bits in 0u8..18, pair: u32) {
            let bytes: Vec<u8> = [bits].into_iter().chain(bytes).collect();
            let _ = Pairs::read(&bytes).map(|pairs| pairs.contains(pair));
        }
    }

    #[test]
    fn few_are_found_that_are_not_there() {
        let mut state = 7u64;
        let mut random = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            u32::try_from(state >> 32).unwrap()
        };
        for count in [40, 64, 65, 5_000, 300_000] {
            let mut pairs: Vec<u32> = (0..count).map(|_| random()).collect();
            let all: BTreeSet<u32> = pairs.iter().copied().collect();
            let mut bytes = Vec::new();
            written(&mut pairs, &mut bytes).unwrap();
            assert!(bytes.len() < count * 11 / 5 + 16);
            let read = Pairs::read(&bytes).unwrap();
            let others = (0..100_000)
                .map(|_| random())
                .filter(|pair| !all.contains(pair));
            let found = others.filter(|pair| read.contains(*pair)).count();
            assert!(found < 150, "{found} of {count}");
        }
    }
}
