//! How sure a mean is: the bootstrap (Efron 1979) over the questions, the same for the same values.

/// Samples that are drawn.
const SAMPLES: usize = 2_000;
/// With very many values fewer samples do: their means differ less.
const MAX_DRAWN: usize = 20_000_000;
const LEAST_SAMPLES: usize = 100;

/// Where a mean lies with 95 % of certainty, as far as these questions are like others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The 2.5th percentile of the samples.
    pub low: f64,
    /// The 97.5th.
    pub high: f64,
}

/// The mean of values with their weights.
pub(super) fn mean(values: &[(f64, f64)]) -> f64 {
    let (sum, weight) = total(values.iter());
    divided(sum, weight)
}

/// The interval of that mean.
pub(super) fn interval(values: &[(f64, f64)]) -> Interval {
    let samples = (MAX_DRAWN / values.len().max(1)).clamp(LEAST_SAMPLES, SAMPLES);
    let mut random = Random::default();
    let draw = |_| {
        let drawn = (0..values.len()).filter_map(|_| values.get(random.below(values.len())));
        let (sum, weight) = total(drawn);
        divided(sum, weight)
    };
    let mut means: Vec<f64> = (0..samples).map(draw).collect();
    means.sort_by(f64::total_cmp);
    Interval {
        low: means[samples * 25 / 1_000],
        high: means[samples * 975 / 1_000 - 1],
    }
}

fn total<'a>(values: impl Iterator<Item = &'a (f64, f64)>) -> (f64, f64) {
    values.fold((0.0, 0.0), |(sum, weights), (value, weight)| {
        (sum + value * weight, weights + weight)
    })
}

fn divided(sum: f64, weight: f64) -> f64 {
    if weight > 0.0 { sum / weight } else { 0.0 }
}

/// SplitMix64 (Steele, Lea and Flood 2014), from one seed: nobody has to be surprised by these numbers.
#[derive(Default)]
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below this one; the bias is below one in billions for the numbers here.
    fn below(&mut self, bound: usize) -> usize {
        let scaled = (u128::from(self.next()) * bound as u128) >> 64;
        usize::try_from(scaled).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_values_have_the_same_interval() {
        let values: Vec<(f64, f64)> = (0..100).map(|it| (f64::from(it % 7) / 6.0, 1.0)).collect();
        let first = interval(&values);
        assert_eq!(first, interval(&values));
        let mean = mean(&values);
        assert!(first.low < mean && mean < first.high, "{first:?} {mean}");
    }

    #[test]
    fn it_is_as_wide_as_the_normal_distribution_says() {
        // 400 values, half of them 1: a standard error of .025, so .5 -+ .049.
        let values: Vec<(f64, f64)> = (0..400).map(|it| (f64::from(it % 2), 1.0)).collect();
        let Interval { low, high } = interval(&values);
        assert!(
            (low - 0.451).abs() < 0.006 && (high - 0.549).abs() < 0.006,
            "{low} {high}"
        );
    }

    #[test]
    fn weights_count() {
        assert!((mean(&[(1.0, 3.0), (0.0, 1.0)]) - 0.75).abs() < 1e-9);
        let Interval { low, high } = interval(&[(0.5, 2.0); 20]);
        assert!((low - 0.5).abs() < 1e-9 && (high - 0.5).abs() < 1e-9);
    }

    #[test]
    fn of_nothing_it_is_nothing() {
        assert_eq!(
            interval(&[]),
            Interval {
                low: 0.0,
                high: 0.0
            }
        );
    }
}
