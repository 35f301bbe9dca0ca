//! Questions that were asked -> figures of all, of each kind, and of each set.

use super::interval::{Interval, interval, mean};
use super::measure::Measured;
use super::metrics::Metrics;
use std::time::Duration;

/// What a line of figures is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Group {
    /// All questions.
    All,
    /// Those of a kind.
    Kind(String),
    /// Those that are answered in a set.
    Set(String),
}

impl Group {
    fn has(&self, measured: &Measured) -> bool {
        match self {
            Self::All => true,
            Self::Kind(kind) => measured.question.kind.as_ref() == Some(kind),
            Self::Set(set) => measured
                .answers
                .first()
                .is_some_and(|page| page.set == *set),
        }
    }
}

/// A mean, and how sure it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The mean.
    pub mean: f64,
    /// Where it lies.
    pub interval: Interval,
}

impl Estimate {
    pub(super) fn of(values: &[(f64, f64)]) -> Self {
        Self {
            mean: mean(values),
            interval: interval(values),
        }
    }
}

/// The median, and what 95 % stay within.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Percentiles<T> {
    /// The 50th percentile.
    pub median: T,
    /// The 95th.
    pub most: T,
}

impl<T: Copy + Default + Ord> Percentiles<T> {
    /// By nearest rank.
    fn of(values: impl Iterator<Item = T>) -> Self {
        let mut values: Vec<T> = values.collect();
        values.sort_unstable();
        let at = |percent: usize| {
            let rank = (values.len() * percent).div_ceil(100);
            values
                .get(rank.saturating_sub(1))
                .copied()
                .unwrap_or_default()
        };
        Self {
            median: at(50),
            most: at(95),
        }
    }
}

/// Figures of a group.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// What they are of.
    pub group: Group,
    /// How many questions.
    pub questions: usize,
    /// See [`Metrics::ndcg`].
    pub ndcg: Estimate,
    /// See [`Metrics::recall_5`].
    pub recall_5: Estimate,
    /// See [`Metrics::recall_10`].
    pub recall_10: Estimate,
    /// See [`Metrics::reciprocal_rank`].
    pub reciprocal_rank: Estimate,
    /// Which share finds a page that answers first.
    pub first: f64,
    /// And among three.
    pub among_three: f64,
    /// Of those with words that have to be shown, which share shows them.
    pub entry: Option<f64>,
    /// What a search takes.
    pub took: Percentiles<Duration>,
    /// What an answer takes of a model's context.
    pub tokens: Percentiles<usize>,
}

/// Figures of all questions, then of each kind and of each set, where there are several.
pub fn figures(measured: &[Measured]) -> Vec<Figures> {
    groups(measured)
        .into_iter()
        .map(|group| {
            let of_group: Vec<&Measured> = of_group(&group, measured).collect();
            figures_of(group, &of_group)
        })
        .collect()
}

/// All, the kinds and the sets, in the order in which they come.
pub(super) fn groups(measured: &[Measured]) -> Vec<Group> {
    let (mut kinds, mut sets) = (Vec::new(), Vec::new());
    for it in measured {
        let kind = it.question.kind.clone().map(Group::Kind);
        let set = it.answers.first().map(|page| Group::Set(page.set.clone()));
        for (group, groups) in [(kind, &mut kinds), (set, &mut sets)] {
            if let Some(group) = group
                && !groups.contains(&group)
            {
                groups.push(group);
            }
        }
    }
    let several = |groups: &Vec<Group>| groups.len() > 1;
    let parted = [kinds, sets].into_iter().filter(several).flatten();
    std::iter::once(Group::All).chain(parted).collect()
}

/// Those of the questions that belong to a group.
pub(super) fn of_group<'a>(
    group: &Group,
    measured: &'a [Measured],
) -> impl Iterator<Item = &'a Measured> {
    measured.iter().filter(move |it| group.has(it))
}

fn figures_of(group: Group, measured: &[&Measured]) -> Figures {
    let values = |value: fn(&Metrics) -> f64| -> Vec<(f64, f64)> {
        let pair = |it: &&Measured| (value(&it.metrics), it.question.weight.value());
        measured.iter().map(pair).collect()
    };
    let share = |is: fn(&Metrics) -> bool| {
        let pair = |it: &&Measured| {
            (
                f64::from(u8::from(is(&it.metrics))),
                it.question.weight.value(),
            )
        };
        mean(&measured.iter().map(pair).collect::<Vec<_>>())
    };
    let entries: Vec<(f64, f64)> = measured
        .iter()
        .filter_map(|it| {
            Some((
                f64::from(u8::from(it.has_entry?)),
                it.question.weight.value(),
            ))
        })
        .collect();
    Figures {
        questions: measured.len(),
        ndcg: Estimate::of(&values(|it| it.ndcg)),
        recall_5: Estimate::of(&values(|it| it.recall_5)),
        recall_10: Estimate::of(&values(|it| it.recall_10)),
        reciprocal_rank: Estimate::of(&values(|it| it.reciprocal_rank)),
        first: share(|it| it.first),
        among_three: share(|it| it.among_three),
        entry: (!entries.is_empty()).then(|| mean(&entries)),
        took: Percentiles::of(measured.iter().map(|it| it.took)),
        tokens: Percentiles::of(measured.iter().map(|it| it.tokens)),
        group,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::questions::{Question, Weight};
    use super::*;
    use crate::search::PageRef;

    /// A question of a kind, asked in a set, whose one page has this place.
    pub(in crate::eval) fn measured(
        text: &str,
        kind: &str,
        set: &str,
        rank: Option<usize>,
    ) -> Measured {
        let answer = PageRef {
            set: set.to_owned(),
            path: format!("{text}.md"),
            title: text.to_owned(),
            breadcrumb: Vec::new(),
            url: None,
            version: None,
            language: None,
        };
        let other = |rank| format!("{set}/other-{rank}.md");
        let mut ranked: Vec<String> = (0..10).map(other).collect();
        if let Some(rank) = rank {
            ranked[rank] = answer.id();
        }
        let ranks: Vec<usize> = rank.into_iter().collect();
        Measured {
            question: Question {
                text: text.to_owned(),
                kind: Some(kind.to_owned()),
                ..Question::default()
            },
            answers: vec![answer],
            ranked,
            metrics: Metrics::of(&ranks, 1),
            took: Duration::from_micros(100),
            tokens: 1_000,
            has_entry: None,
        }
    }

    #[test]
    fn kinds_and_sets_have_figures_of_their_own() {
        let mut measured = vec![
            measured("a", "flag", "x", Some(0)),
            measured("b", "flag", "x", None),
            measured("c", "message", "x", Some(2)),
        ];
        measured[0].has_entry = Some(true);
        measured[1].has_entry = Some(false);
        let figures = figures(&measured);
        let groups: Vec<&Group> = figures.iter().map(|it| &it.group).collect();
        assert_eq!(
            groups,
            [
                &Group::All,
                &Group::Kind("flag".to_owned()),
                &Group::Kind("message".to_owned())
            ]
        );
        assert!((figures[0].ndcg.mean - 0.5).abs() < 1e-9);
        assert!((figures[0].among_three - 2.0 / 3.0).abs() < 1e-9);
        assert_eq!(figures[0].entry, Some(0.5));
        assert_eq!(figures[2].entry, None);
        assert_eq!(figures[1].questions, 2);
    }

    #[test]
    fn what_counts_more_weighs_more() {
        let mut measured = vec![
            measured("a", "k", "x", Some(0)),
            measured("b", "k", "x", None),
        ];
        measured[0].question.weight = Weight::of(3);
        assert!((figures(&measured)[0].ndcg.mean - 0.75).abs() < 1e-9);
    }

    #[test]
    fn percentiles_are_values_that_are_there() {
        let found = Percentiles::of(1..=100);
        assert_eq!((found.median, found.most), (50, 95));
        let one = Percentiles::of([7].into_iter());
        assert_eq!((one.median, one.most), (7, 7));
        assert_eq!(
            Percentiles::of(std::iter::empty::<usize>()),
            Percentiles::default()
        );
    }
}
