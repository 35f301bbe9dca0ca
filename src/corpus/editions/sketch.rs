//! Which pages two folders have in common, in little memory.

/// Of a folder with more pages, those with the smallest hashes are kept.
const KEPT: usize = 256;

/// The names of pages in a folder, hashed: all of them, or a sample that is the same in every folder.
#[derive(Debug, Clone, Default)]
pub(super) struct Sketch {
    hashes: Vec<u64>,
    /// Hashes above this are not kept.
    limit: Option<u64>,
    count: usize,
}

impl Sketch {
    pub(super) fn add(&mut self, hash: u64) {
        self.count += 1;
        if self.limit.is_some_and(|limit| hash > limit) {
            return;
        }
        self.hashes.push(hash);
        if self.hashes.len() >= 2 * KEPT {
            self.settle();
        }
    }

    /// Puts the hashes in order, each once.
    pub(super) fn settle(&mut self) {
        self.hashes.sort_unstable();
        self.hashes.dedup();
        if self.hashes.len() > KEPT {
            self.hashes.truncate(KEPT);
            self.limit = self.hashes.last().copied();
        }
    }

    /// How many pages have been added.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Of the pages of two folders that both samples are made from: how many one has, how many the other, and how many both.
    /// Both are settled.
    pub(super) fn compare(&self, other: &Self) -> (usize, usize, usize) {
        let limit = [self.limit, other.limit].into_iter().flatten().min();
        let within = |sketch: &Self| {
            limit.map_or(sketch.hashes.len(), |limit| {
                sketch.hashes.partition_point(|hash| *hash <= limit)
            })
        };
        let [own, theirs] = [within(self), within(other)];
        let mut both = 0;
        let mut rest = other.hashes[..theirs].iter().peekable();
        for hash in &self.hashes[..own] {
            while rest.peek().is_some_and(|next| *next < hash) {
                rest.next();
            }
            both += usize::from(rest.peek() == Some(&hash));
        }
        (own, theirs, both)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sketch(numbers: impl Iterator<Item = u64>) -> Sketch {
        let mut sketch = Sketch::default();
        for number in numbers {
            // Spread out, as hashes are.
            sketch.add(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        }
        sketch.settle();
        sketch
    }

    #[test]
    fn what_two_folders_share_is_counted_or_estimated() {
        assert_eq!(sketch(0..10).compare(&sketch(5..20)), (10, 15, 5));
        let (own, theirs, both) = sketch(0..20_000).compare(&sketch(10_000..30_000));
        let share = both as f64 / own.min(theirs) as f64;
        assert!((0.35..0.65).contains(&share), "{own} {theirs} {both}");
        let (own, _, both) = sketch(0..2_000).compare(&sketch(0..40_000));
        assert_eq!(own, both);
        assert!(own >= 5);
        assert_eq!(sketch(0..0).compare(&sketch(0..4)), (0, 4, 0));
        assert_eq!(sketch(0..1_000).count(), 1_000);
    }
}
