//! How long answers took, in bounded memory: buckets each of which is less than 2 % wide.

/// Buckets to each power of two.
const STEPS: u32 = 64;

/// Counts times in microseconds.
#[derive(Default)]
pub(super) struct Latency {
    buckets: Vec<u64>,
    total: u64,
    longest: u64,
}

impl Latency {
    pub(super) fn add(&mut self, microseconds: u64) {
        let bucket = bucket(microseconds);
        if self.buckets.len() <= bucket {
            self.buckets.resize(bucket + 1, 0);
        }
        self.buckets[bucket] += 1;
        self.total += 1;
        self.longest = self.longest.max(microseconds);
    }

    pub(super) fn longest(&self) -> u64 {
        self.longest
    }

    /// The time within which this share of the answers were there, of a hundred; `None` where there was none.
    pub(super) fn within(&self, percent: u64) -> Option<u64> {
        let rank = (self.total * percent).div_ceil(100).max(1);
        let mut seen = 0;
        let bucket = self.buckets.iter().position(|count| {
            seen += count;
            seen >= rank
        })?;
        Some(end(bucket).min(self.longest))
    }
}

/// Exact below [`STEPS`], then so many to each power of two.
fn bucket(microseconds: u64) -> usize {
    let steps = u64::from(STEPS);
    if microseconds < steps {
        return usize::try_from(microseconds).unwrap_or(usize::MAX);
    }
    let power = microseconds.ilog2() - STEPS.ilog2();
    let step = (microseconds >> power) - steps;
    let bucket = u64::from(power + 1) * steps + step;
    usize::try_from(bucket).unwrap_or(usize::MAX)
}

/// The last one in a bucket.
fn end(bucket: usize) -> u64 {
    let bucket = bucket as u64;
    let steps = u64::from(STEPS);
    if bucket < steps {
        return bucket;
    }
    let power = bucket / steps - 1;
    let first = (bucket % steps + steps) << power;
    first + ((1 << power) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_follow_each_other_without_a_gap() {
        for microseconds in (0..200_000).chain([1 << 40, u64::MAX]) {
            let bucket = bucket(microseconds);
            assert!(end(bucket) >= microseconds);
            assert!(bucket == 0 || end(bucket - 1) < microseconds);
            assert!(end(bucket) - microseconds <= microseconds / 60);
        }
    }

    #[test]
    fn a_share_of_the_answers_is_within_a_time() {
        let mut latency = Latency::default();
        assert_eq!(latency.within(99), None);
        for microseconds in 1..=50 {
            latency.add(microseconds);
        }
        assert_eq!(latency.within(50), Some(25));
        assert_eq!(latency.within(99), Some(50));
        assert_eq!(latency.longest(), 50);
    }
}
