//! What a ranking is worth, in the measures of information retrieval.

/// Places of a ranking that count.
pub(super) const DEPTH: usize = 10;

/// Of one question; a page answers it or does not.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Metrics {
    /// Normalised discounted cumulative gain of the first ten (Järvelin and Kekäläinen 2002), with gains of 0 and 1.
    pub ndcg: f64,
    /// Which share of the pages that answer is among the first five.
    pub recall_5: f64,
    /// And among the first ten.
    pub recall_10: f64,
    /// 1 divided by the place of the first page that answers; 0 where it is behind the tenth.
    pub reciprocal_rank: f64,
    /// A page that answers is first.
    pub first: bool,
    /// Or among the first three.
    pub among_three: bool,
}

impl Metrics {
    /// `ranks`: the places of the pages that answer, from 0, in order; `relevant`: how many pages answer.
    #[expect(clippy::cast_precision_loss, reason = "places of a ranking")]
    pub fn of(ranks: &[usize], relevant: usize) -> Self {
        let ranks = &ranks[..ranks.partition_point(|rank| *rank < DEPTH)];
        let gain = |rank: usize| 1.0 / ((rank + 2) as f64).log2();
        let ideal: f64 = (0..relevant.min(DEPTH)).map(gain).sum();
        if ideal == 0.0 {
            return Self::default();
        }
        let share = |depth: usize| {
            let found = ranks.partition_point(|rank| *rank < depth);
            found as f64 / relevant as f64
        };
        let best = ranks.first();
        Self {
            ndcg: ranks.iter().map(|rank| gain(*rank)).sum::<f64>() / ideal,
            recall_5: share(5),
            recall_10: share(DEPTH),
            reciprocal_rank: best.map_or(0.0, |rank| 1.0 / (rank + 1) as f64),
            first: best == Some(&0),
            among_three: best.is_some_and(|rank| *rank < 3),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, wanted: f64) {
        assert!((found - wanted).abs() < 1e-4, "{found} is not {wanted}");
    }

    #[test]
    fn of_one_page_that_answers() {
        let first = Metrics::of(&[0], 1);
        assert!(first.first && first.among_three);
        near(first.ndcg, 1.0);
        // 1 / log2(2 + 2)
        let third = Metrics::of(&[2], 1);
        near(third.ndcg, 0.5);
        near(third.reciprocal_rank, 1.0 / 3.0);
        assert!(!third.first && third.among_three);
        let seventh = Metrics::of(&[6], 1);
        near(seventh.ndcg, 1.0 / 3.0);
        near(seventh.recall_5, 0.0);
        near(seventh.recall_10, 1.0);
        assert_eq!(Metrics::of(&[10], 1), Metrics::default());
        assert_eq!(Metrics::of(&[], 1), Metrics::default());
    }

    #[test]
    fn of_several() {
        // Places 1 and 4 of three that answer: (1 + 1/log2(5)) / (1 + 1/log2(3) + 1/2)
        let two = Metrics::of(&[0, 3], 3);
        near(two.ndcg, 1.430_68 / 2.130_93);
        near(two.recall_5, 2.0 / 3.0);
        near(two.reciprocal_rank, 1.0);
        // Of twelve that answer, ten can be shown.
        let all: Vec<usize> = (0..10).collect();
        let many = Metrics::of(&all, 12);
        near(many.ndcg, 1.0);
        near(many.recall_10, 10.0 / 12.0);
    }

    #[test]
    fn nothing_answers_a_question_without_pages() {
        assert_eq!(Metrics::of(&[0], 0), Metrics::default());
    }
}
