//! Two rankings of the same questions, question by question.

use super::figures::{Estimate, Group, groups, of_group};
use super::measure::Measured;
use super::metrics::{DEPTH, Metrics};
use super::run::Run;
use std::collections::HashSet;

/// With fewer questions that differ, the interval of their mean says little.
const LEAST_DIFFERING: usize = 10;

/// What a comparison says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// No question differs.
    Same,
    /// Fewer than ten do.
    TooFew,
    /// The whole interval is above zero.
    Better,
    /// It is below zero.
    Worse,
    /// Zero is in it.
    MayBeChance,
}

/// How a group's nDCG@10 has changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// What it is of.
    pub group: Group,
    /// How many questions both have.
    pub questions: usize,
    /// The earlier mean.
    pub before: f64,
    /// The mean of now.
    pub now: f64,
    /// Now minus before: the mean of the differences, question by question.
    pub difference: Estimate,
    /// Questions that it is greater for.
    pub better: usize,
    /// Questions that it is smaller for.
    pub worse: usize,
}

impl Comparison {
    /// Whether the ranking has become better or worse, as far as these questions tell it.
    pub fn verdict(&self) -> Verdict {
        let interval = self.difference.interval;
        match self.better + self.worse {
            0 => Verdict::Same,
            differing if differing < LEAST_DIFFERING => Verdict::TooFew,
            _ if interval.low > 0.0 => Verdict::Better,
            _ if interval.high < 0.0 => Verdict::Worse,
            _ => Verdict::MayBeChance,
        }
    }
}

/// Compares with an earlier ranking, by the pages that answer now. Also tells how many questions that one lacks.
pub fn compare(measured: &[Measured], earlier: &Run) -> (Vec<Comparison>, usize) {
    let both: Vec<Measured> = measured
        .iter()
        .filter(|it| before(it, earlier).is_some())
        .cloned()
        .collect();
    let missing = measured.len() - both.len();
    if both.is_empty() {
        return (Vec::new(), missing);
    }
    let compared = groups(&both).into_iter().map(|group| {
        let (mut then, mut now, mut change) = (Vec::new(), Vec::new(), Vec::new());
        for it in of_group(&group, &both) {
            let weight = it.question.weight.value();
            let earlier = before(it, earlier).unwrap_or_default();
            then.push((earlier, weight));
            now.push((it.metrics.ndcg, weight));
            change.push((it.metrics.ndcg - earlier, weight));
        }
        Comparison {
            group,
            questions: change.len(),
            before: super::interval::mean(&then),
            now: super::interval::mean(&now),
            better: change.iter().filter(|(by, _)| *by > 0.0).count(),
            worse: change.iter().filter(|(by, _)| *by < 0.0).count(),
            difference: Estimate::of(&change),
        }
    });
    (compared.collect(), missing)
}

/// What the earlier ranking of a question is worth.
fn before(measured: &Measured, earlier: &Run) -> Option<f64> {
    let question = &measured.question;
    let ranked = earlier.ranked(&question.text, question.set.as_deref())?;
    let mut seen = HashSet::new();
    let pages = ranked
        .iter()
        .filter(|name| !question.not.contains(name) && seen.insert(*name))
        .take(DEPTH);
    let answers = |name: &&String| {
        let mut answers = measured.answers.iter();
        answers.any(|page| page.path == **name || page.id() == **name)
    };
    let ranks: Vec<usize> = (0..)
        .zip(pages)
        .filter(|(_, name)| answers(name))
        .map(|(rank, _)| rank)
        .collect();
    Some(Metrics::of(&ranks, measured.answers.len()).ndcg)
}

#[cfg(test)]
mod tests {
    use super::super::figures::tests::measured;
    use super::super::run::{read_run, write_run};
    use super::*;

    fn run(measured: &[Measured]) -> Run {
        let mut file = Vec::new();
        write_run(&mut file, measured).unwrap();
        read_run(file.as_slice()).unwrap()
    }

    #[test]
    fn a_ranking_is_no_better_than_itself() {
        let now = [
            measured("a", "k", "x", Some(1)),
            measured("b", "k", "x", None),
        ];
        let (compared, missing) = compare(&now, &run(&now));
        assert_eq!((compared.len(), missing), (1, 0));
        assert!(compared[0].difference.mean.abs() < 1e-12);
        assert_eq!((compared[0].better, compared[0].worse), (0, 0));
        assert_eq!(compared[0].verdict(), Verdict::Same);
    }

    #[test]
    fn questions_are_compared_one_by_one() {
        let earlier = run(&[
            measured("a", "k", "x", Some(2)),
            measured("b", "k", "x", Some(0)),
        ]);
        let now = [
            measured("a", "k", "x", Some(0)),
            measured("b", "k", "x", None),
            measured("new", "k", "x", Some(0)),
        ];
        let (compared, missing) = compare(&now, &earlier);
        assert_eq!(missing, 1);
        let all = &compared[0];
        assert_eq!((all.questions, all.better, all.worse), (2, 1, 1));
        // From .5 and 1 to 1 and 0.
        assert!((all.difference.mean + 0.25).abs() < 1e-9, "{all:?}");
    }

    #[test]
    fn few_differences_tell_nothing() {
        let verdict = |better: usize, worse: usize, same: usize| {
            let ranks = |from: Option<usize>, to: Option<usize>, count: usize, name: &str| {
                let of = |rank| (0..count).map(move |it| (format!("{name}{it}"), rank));
                of(from).zip(of(to)).collect::<Vec<_>>()
            };
            let all = [
                ranks(Some(1), Some(0), better, "better"),
                ranks(Some(0), Some(1), worse, "worse"),
                ranks(Some(0), Some(0), same, "same"),
            ]
            .concat();
            let of = |(text, rank): &(String, Option<usize>)| measured(text, "k", "x", *rank);
            let earlier: Vec<Measured> = all.iter().map(|(earlier, _)| of(earlier)).collect();
            let now: Vec<Measured> = all.iter().map(|(_, now)| of(now)).collect();
            compare(&now, &run(&earlier)).0[0].verdict()
        };
        assert_eq!(verdict(0, 0, 30), Verdict::Same);
        assert_eq!(verdict(0, 1, 0), Verdict::TooFew);
        assert_eq!(verdict(9, 0, 30), Verdict::TooFew);
        assert_eq!(verdict(10, 0, 30), Verdict::Better);
        assert_eq!(verdict(1, 12, 30), Verdict::Worse);
        assert_eq!(verdict(7, 7, 0), Verdict::MayBeChance);
    }

    #[test]
    fn nothing_is_compared_with_another_file_of_questions() {
        let now = [measured("a", "k", "x", Some(0))];
        assert_eq!(compare(&now, &Run::default()), (Vec::new(), 1));
    }
}
