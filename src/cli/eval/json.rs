//! The figures for programs.

use serde_json::{Value, json};

use crate::{
    eval::{Estimate, Figures, Group, Measured, Percentiles},
    search::PageRef,
};

use super::{Told, text::verdict};

pub(super) fn json(told: &Told<'_>) -> Value {
    let figures: Vec<Value> = told.figures.iter().map(figures).collect();
    let unknown: Vec<Value> = told
        .outcome
        .unknown
        .iter()
        .map(|it| {
            json!({"line": it.line, "query": it.text, "pages": it.pages, "nearest": it.nearest, "left_out": it.is_left_out})
        })
        .collect();
    let mut all = json!({
        "pages": told.pages,
        "figures": figures,
        "unknown": unknown,
        "repeated": told.repeated.iter().map(|(line, first)| json!({"line": line, "first": first})).collect::<Vec<_>>(),
        "fails": told.fails.iter().map(|it| fail(it)).collect::<Vec<_>>(),
    });
    if let Some((compared, missing)) = &told.compared {
        let compared = compared.iter().map(|it| {
            json!({
                "group": group(&it.group),
                "questions": it.questions,
                "before": it.before,
                "now": it.now,
                "difference": estimate(&it.difference),
                "better": it.better,
                "worse": it.worse,
                "verdict": verdict(it.verdict()),
            })
        });
        all["compared"] = json!({"figures": compared.collect::<Vec<_>>(), "missing": missing});
    }
    all
}

fn figures(it: &Figures) -> Value {
    json!({
        "group": group(&it.group),
        "questions": it.questions,
        "ndcg@10": estimate(&it.ndcg),
        "recall@5": estimate(&it.recall_5),
        "recall@10": estimate(&it.recall_10),
        "reciprocal_rank": estimate(&it.reciprocal_rank),
        "first": it.first,
        "among_three": it.among_three,
        "entry_shown": it.entry,
        "milliseconds": percentiles(it.took, |took| json!(1_000.0 * took.as_secs_f64())),
        "tokens": percentiles(it.tokens, |tokens| json!(tokens)),
    })
}

fn group(group: &Group) -> Value {
    match group {
        Group::All => json!({}),
        Group::Kind(kind) => json!({"kind": kind}),
        Group::Set(set) => json!({"set": set}),
    }
}

fn estimate(it: &Estimate) -> Value {
    json!({"mean": it.mean, "low": it.interval.low, "high": it.interval.high})
}

fn percentiles<T: Copy>(it: Percentiles<T>, value: impl Fn(T) -> Value) -> Value {
    json!({"median": value(it.median), "p95": value(it.most)})
}

fn fail(it: &Measured) -> Value {
    json!({
        "query": it.question.text,
        "kind": it.question.kind,
        "ndcg@10": it.metrics.ndcg,
        "relevant": it.answers.iter().map(PageRef::id).collect::<Vec<_>>(),
        "ranked": it.ranked,
        "entry_shown": it.has_entry,
        "not": it.question.not,
    })
}
