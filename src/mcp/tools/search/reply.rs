//! The answer, as a text.

use std::fmt::Write as _;

use super::MAX_PAGE;
use super::call::Call;
use super::edition::passed_over;
use super::head::shapes;
use super::hits::{GOES_ON, Piece, Room, Told, documentation};
use super::said::{known_sets, missing, nearest, relaxed};
use crate::mcp::{
    budget::Budget,
    citation::titles,
    fence::Fence,
    line::one_line,
    links::write_in,
    reply::Reply,
    seen::{Matched, Seen},
    tokens,
};
use crate::search::{Answer, PageRef, Relaxation, SetSummary, Snapshot};

/// Pages that are named where nothing good was found.
const MAX_POOR: usize = 5;
/// What may find more.
const ADVICE: &str =
    "Fewer words, or the exact name of a command, option or setting, may find more.\n";

impl Call {
    /// Asks the index and writes the answer.
    pub(in crate::mcp::tools) fn run(
        &self,
        snapshot: &Snapshot,
        fence: &Fence,
        budget: Budget,
    ) -> Reply {
        match snapshot.search(&self.query) {
            Ok(mut answer) => {
                write_in(&mut answer.hits, snapshot);
                self.fitting(&answer, snapshot.sets(), fence, budget)
            }
            Err(error) => Reply::broken(&error),
        }
    }

    /// The answer within a budget. Where names and docent's own words take more of it than one would think, there is less room
    /// for the rest.
    pub(super) fn fitting(
        &self,
        answer: &Answer,
        sets: &[SetSummary],
        fence: &Fence,
        budget: Budget,
    ) -> Reply {
        let room = Room::of(budget, self.query.long);
        let reply = self.render(answer, sets, fence, room, &mut |_| {});
        let over = |reply: &Reply| tokens::estimate(&reply.text).saturating_sub(budget.most());
        match budget.asked().map(|_| over(&reply)) {
            None | Some(0) => reply,
            Some(over) => self.render(answer, sets, fence, room.less(over + 20), &mut |_| {}),
        }
    }

    pub(super) fn render(
        &self,
        answer: &Answer,
        sets: &[SetSummary],
        fence: &Fence,
        room: Room,
        told: &mut Told<'_>,
    ) -> Reply {
        let mut text = String::with_capacity(16 * 1024);
        let asked = one_line(&self.query.text, 120);
        if answer.hits.is_empty() {
            return self.nothing(answer, sets, fence, &asked);
        }
        let first = self.query.offset + 1;
        let last = self.query.offset + answer.hits.len();
        if answer.relaxation == Relaxation::NoGoodMatch {
            return self.poor(answer, sets, fence, &asked, told);
        }
        let _ = writeln!(
            text,
            "Results {first} to {last} for \"{asked}\", best first."
        );
        passed_over(&mut text, &self.query, sets);
        relaxed(&mut text, answer);
        let shapes = shapes(&answer.hits, self.query.offset);

        let write =
            |text: &mut String| documentation(text, &answer.hits, &shapes, first, room, told);
        let shown = fence.enclose_all(&mut text, write);
        let mut seen = Seen::default();
        for hit in &answer.hits[..shown] {
            seen.pages.push(&hit.page);
        }

        if shown < answer.hits.len() {
            let _ = writeln!(
                text,
                "Cut for length: {shown} of {} pages are shown; a smaller `limit` gives the rest \
                 page by page.",
                answer.hits.len()
            );
        }
        if answer.more && self.page < MAX_PAGE {
            let _ = writeln!(
                text,
                "More pages match: they are on `page` {}.",
                self.page + 1
            );
        }
        let _ = writeln!(
            text,
            "Read on by a page's id, or its id and #section; {GOES_ON} stands where a section has more."
        );
        Reply {
            matched: Some(self.matched(answer)),
            seen,
            ..Reply::text(text, answer.hits.len())
        }
    }

    /// Pages that share only some words with the question: what they say is no answer.
    fn poor(
        &self,
        answer: &Answer,
        sets: &[SetSummary],
        fence: &Fence,
        asked: &str,
        told: &mut Told<'_>,
    ) -> Reply {
        let mut text = format!("Nothing good was found for \"{asked}\".\n");
        passed_over(&mut text, &self.query, sets);
        missing(&mut text, answer);
        let mut seen = Seen::default();
        let pages: Vec<PageRef> = answer
            .hits
            .iter()
            .take(MAX_POOR)
            .map(|hit| hit.page.clone())
            .collect();
        for page in &pages {
            seen.pages.push(page);
            told(Piece::Page(tokens::estimate(&page.title)));
        }
        text.push_str("These pages share only some of its words:\n");
        fence.enclose(&mut text, &titles(&pages));
        text.push_str(ADVICE);
        Reply {
            matched: Some(self.matched(answer)),
            seen,
            ..Reply::text(text, pages.len())
        }
    }

    fn nothing(&self, answer: &Answer, sets: &[SetSummary], fence: &Fence, asked: &str) -> Reply {
        let mut text = String::new();
        if self.page > 1 {
            let _ = writeln!(
                text,
                "No more results for \"{asked}\": `page` {} is past the last one.",
                self.page
            );
        } else {
            let _ = write!(text, "No page answers \"{asked}\"");
            if let Some(set) = &self.query.set {
                let _ = write!(text, " in the set `{set}`");
            }
            if let Some(under) = &self.query.under {
                let _ = write!(text, " below `{}`", one_line(under, 120));
            }
            text.push_str(".\n");
            passed_over(&mut text, &self.query, sets);
            missing(&mut text, answer);
            text.push_str(ADVICE);
            nearest(&mut text, &answer.nearest, fence);
            text.push_str(&known_sets(sets));
        }
        Reply {
            matched: Some(self.matched(answer)),
            ..Reply::text(text, 0)
        }
    }

    fn matched(&self, answer: &Answer) -> Matched {
        Matched::of(&answer.relaxation, answer.hits.len(), self.query.offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mcp::arguments::Arguments;
    use crate::search::{Hit, Others, Passage, SectionRef};
    use serde_json::json;

    fn sets() -> Vec<SetSummary> {
        vec![SetSummary {
            name: "pg".into(),
            pages: 1_168,
            sections: 9_000,
            headlines: vec!["SQL Commands".into()],
            ..SetSummary::default()
        }]
    }

    fn call(arguments: &serde_json::Value) -> Call {
        let arguments = Arguments::new(arguments.as_object().cloned());
        Call::understand(&arguments, &sets(), &|_, _| 1)
            .map_err(|reply| reply.text)
            .unwrap()
    }

    fn hit(path: &str, markdown: &str) -> Hit {
        Hit {
            page: PageRef {
                set: "pg".into(),
                path: path.into(),
                title: "Routine Vacuuming".into(),
                breadcrumb: vec!["Server Administration".into(), "Maintenance".into()],
                url: Some(format!("https://docs.example.com/pg/{path}")),
                ..PageRef::default()
            },
            score: 1.0,
            passages: vec![Passage {
                section: 3,
                headings: vec!["The Autovacuum Daemon".into()],
                anchor: Some("AUTOVACUUM".into()),
                markdown: markdown.into(),
                partial: true,
            }],
            also: vec![SectionRef {
                number: 4,
                heading: "Vacuuming Basics".into(),
                anchor: Some("BASICS".into()),
            }],
            aside: false,
            copies: Others::default(),
            versions: Others::default(),
        }
    }

    fn answer(hits: Vec<Hit>) -> Answer {
        Answer {
            hits,
            relaxation: Relaxation::None,
            unknown: Vec::new(),
            is_of_part: false,
            elsewhere: Vec::new(),
            more: true,
            nearest: Vec::new(),
        }
    }

    #[test]
    fn an_answer_names_page_place_url_id_and_section() {
        let hits = vec![hit(
            "routine-vacuuming.html",
            "## The Autovacuum Daemon {#AUTOVACUUM}\n\nIt runs `VACUUM`.\n",
        )];
        let reply = call(&json!({"query": "autovacuum\nsettings"})).fitting(
            &answer(hits),
            &sets(),
            &Fence::new(),
            Budget::default(),
        );
        assert!(!reply.is_error);
        assert_eq!(reply.hits, 1);
        let lines: Vec<&str> = reply.text.lines().collect();
        assert_eq!(
            lines[0],
            "Results 1 to 1 for \"autovacuum settings\", best first."
        );
        assert!(lines[1].starts_with("<<<documentation "));
        assert_eq!(
            lines[2..10],
            [
                "# 1. Routine Vacuuming",
                "In: Server Administration > Maintenance",
                "URL: https://docs.example.com/pg/routine-vacuuming.html",
                "id: pg/routine-vacuuming.html",
                "## The Autovacuum Daemon #AUTOVACUUM",
                "It runs `VACUUM`.",
                "[…]",
                "More of it: Vacuuming Basics #BASICS",
            ]
        );
        assert!(
            lines[10].starts_with("<<<end of documentation "),
            "{}",
            lines[10]
        );
        assert_eq!(lines[11], "More pages match: they are on `page` 2.");
    }

    #[test]
    fn results_whose_score_falls_off_are_titles() {
        let mut hits = vec![hit("a.html", "Text."); 4];
        for (hit, score) in hits.iter_mut().zip([10.0, 2.0, 5.5, 3.0]) {
            hit.score = score;
        }
        let text = call(&json!({"query": "vacuum"}))
            .fitting(&answer(hits), &sets(), &Fence::new(), Budget::default())
            .text;
        assert_eq!(text.matches("Text.").count(), 3, "{text}");
        assert!(
            text.contains("\n# 4. Routine Vacuuming\nid: pg/a.html\n<<<end"),
            "{text}"
        );
    }

    #[test]
    fn pages_that_share_only_some_words_are_titles_and_say_nothing() {
        let mut answer = answer(vec![hit("a.html", "Text of a chance match."); 8]);
        answer.relaxation = Relaxation::NoGoodMatch;
        answer.unknown = vec!["pflaumenkuchen".into(), "streuseln".into()];
        let reply = call(&json!({"query": "pflaumenkuchen mit streuseln"})).fitting(
            &answer,
            &sets(),
            &Fence::new(),
            Budget::default(),
        );
        let text = &reply.text;
        assert_eq!(reply.hits, 5);
        assert!(!text.contains("chance match"), "{text}");
        assert!(
            text.contains("Words that no document has: \"pflaumenkuchen\", \"streuseln\"."),
            "{text}"
        );
        assert!(tokens::estimate(text) <= 300, "{text}");
    }

    #[test]
    fn no_answer_goes_over_its_tokens() {
        let long = "A sentence of some length, about settings.\n\n".repeat(400);
        let deep = format!("{}.html", "a/".repeat(2_000));
        for (path, most) in [("a.html", 3_600), (deep.as_str(), tokens::CEILING)] {
            let mut hits = vec![hit(path, &long); 25];
            for hit in &mut hits[1..] {
                hit.also.clear();
            }
            let call = call(&json!({"query": "x".repeat(100_000), "limit": "25"}));
            let reply = call.fitting(&answer(hits), &sets(), &Fence::new(), Budget::default());
            let spent = tokens::estimate(&reply.text);
            assert!(
                spent <= most,
                "{spent} tokens for {} bytes of path",
                path.len()
            );
        }
    }

    #[test]
    fn nothing_found_says_what_there_is() {
        let nearest = vec![hit("a.html", "").page];
        let mut answer = answer(Vec::new());
        answer.nearest = nearest;
        let reply = call(&json!({"query": "zzz", "set": "PG"})).fitting(
            &answer,
            &sets(),
            &Fence::new(),
            Budget::default(),
        );
        assert_eq!(reply.hits, 0);
        assert!(!reply.is_error);
        assert!(
            reply
                .text
                .starts_with("No page answers \"zzz\" in the set `pg`.")
        );
        assert!(reply.text.contains("- Routine Vacuuming (id: pg/a.html)"));
        assert!(reply.text.contains("Document sets: `pg` (1168 pages)."));
    }

    #[test]
    fn relaxations_are_said() {
        let mut answer = answer(vec![hit("a.html", "Text.")]);
        answer.relaxation = Relaxation::Fuzzy {
            replaced: vec![("vaccum".into(), "vacuum".into())],
            dropped: vec!["qqqq".into()],
        };
        let reply = call(&json!({"query": "vaccum qqqq"})).fitting(
            &answer,
            &sets(),
            &Fence::new(),
            Budget::default(),
        );
        assert!(
            reply
                .text
                .contains("No document has \"vaccum\"; \"vacuum\" was looked up instead.")
        );
        assert!(
            reply
                .text
                .contains("Left out, as no document has it: \"qqqq\".")
        );
    }

    #[test]
    fn a_set_that_does_not_exist_is_an_error_with_the_valid_ones() {
        let arguments = Arguments::new(json!({"query": "x", "set": "mysql"}).as_object().cloned());
        let Err(reply) = Call::understand(&arguments, &sets(), &|_, _| 1) else {
            panic!("there is no set mysql");
        };
        assert!(reply.is_error);
        assert!(
            reply
                .text
                .starts_with("There is no document set `mysql`. Document sets: `pg`")
        );
    }
}
