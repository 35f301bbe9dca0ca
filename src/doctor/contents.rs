//! What an assistant finds: whether anything is served, how long answers take and how long they are.

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    exchange::{Answer, Client},
    finding::{Cause, Finding, Subject},
    json_rpc::{Outcome, call, outcome},
};

const ABOUT: Subject = Subject::Contents;
/// A person who waits for an assistant notices this.
const SLOW: Duration = Duration::from_secs(3);
/// Claude Code warns of an answer of 10,000 tokens; a token has about four bytes.
const LARGE: usize = 40_000;

/// What can be asked for, told by what the server itself lists.
pub(super) struct Sample {
    /// Words that some page must be found by.
    pub(super) query: String,
}

/// Lists the tools and the pages, and searches for one of them.
pub(super) async fn check(client: &Client<'_>) -> (Vec<Finding>, Option<Sample>) {
    let mut findings = Vec::new();
    let mut size = 0;
    let mut slowest = Duration::ZERO;
    let mut noted = |answer: &Answer| {
        size = size.max(answer.body.len());
        slowest = slowest.max(answer.took);
    };
    let failed = |what: &str, why: String| {
        Finding::error(
            ABOUT,
            Cause::ToolFailed,
            format!("{what} fails: {why}"),
            "look into the log of the server at this moment (`journalctl -u docent.service`)",
        )
    };
    match asked(client, "tools/list", &json!({})).await {
        Ok((tools, answer)) => {
            noted(&answer);
            let names = tools["tools"].as_array().map_or(0, Vec::len);
            if names == 0 {
                findings.push(failed("tools/list", "it names no tool".to_owned()));
            }
        }
        Err(why) => return (vec![failed("tools/list", why)], None),
    }
    // Lists and pages are read by programs: only what a tool answers is put before a model.
    let listed = match asked(client, "resources/list", &json!({})).await {
        Ok((listed, _)) => listed,
        Err(why) => return (vec![failed("resources/list", why)], None),
    };
    let pages = listed["resources"].as_array();
    let Some(page) = pages.and_then(|pages| pages.first()) else {
        findings.push(Finding::error(
            ABOUT,
            Cause::NothingServed,
            "no page is served: assistants connect, and find nothing",
            "see with `docent check -v` on the server which files are skipped and why, and name a folder with documents in [[docs]]",
        ));
        return (findings, None);
    };
    let name = page["title"].as_str().or(page["name"].as_str());
    let mut query = words(name.unwrap_or_default());
    match asked(client, "resources/read", &json!({"uri": page["uri"]})).await {
        Ok((read, _)) => {
            let text = read["contents"][0]["text"].as_str().unwrap_or_default();
            let heading = text.lines().find(|line| line.starts_with('#'));
            query = heading
                .map(words)
                .filter(|it| !it.is_empty())
                .unwrap_or(query);
        }
        Err(why) => findings.push(failed("resources/read", why)),
    }
    let search = json!({"name": "search", "arguments": {"query": query}});
    match asked(client, "tools/call", &search).await {
        Ok((result, answer)) => {
            noted(&answer);
            if result["isError"] == true {
                findings.push(failed("the tool search", first_text(&result)));
            }
        }
        Err(why) => findings.push(failed("the tool search", why)),
    }
    if slowest >= SLOW {
        findings.push(Finding::warning(
            ABOUT,
            Cause::AnswerSlow,
            format!("an answer took {:.1} seconds", slowest.as_secs_f32()),
            "see what the machine is busy with, and how far away it is; `docent search` on it tells how long a search takes there",
        ));
    }
    if size > LARGE {
        findings.push(Finding::warning(
            ABOUT,
            Cause::AnswerLarge,
            format!(
                "an answer has {size} bytes, more than the 10,000 tokens that some assistants read"
            ),
            "add `?budget=4000` to the address that assistants are given",
        ));
    }
    if findings.is_empty() {
        let (ms, kib) = (slowest.as_millis(), size.div_ceil(1024));
        findings.push(Finding::ok(
            ABOUT,
            format!("tools, pages and a search are answered, in {ms} ms and {kib} KiB at the most"),
        ));
    }
    (findings, Some(Sample { query }))
}

/// A result, and the answer that it came in.
pub(super) async fn asked(
    client: &Client<'_>,
    method: &str,
    params: &Value,
) -> Result<(Value, Answer), String> {
    asked_at(client, &client.address.mcp(), method, params).await
}

/// The same from another endpoint.
pub(super) async fn asked_at(
    client: &Client<'_>,
    path: &str,
    method: &str,
    params: &Value,
) -> Result<(Value, Answer), String> {
    let answer = client.send(call(path, method, params)).await;
    let answer = answer.map_err(|fault| fault.to_string())?;
    match outcome(&answer) {
        Outcome::Result(result) => Ok((result, answer)),
        Outcome::Error { code, message } => Err(format!("error {code}: {message}")),
        Outcome::Foreign => Err(format!(
            "status {}; it begins {:?}",
            answer.status,
            answer.begins()
        )),
    }
}

/// The first words of a title, to be searched for.
fn words(title: &str) -> String {
    let words = title.split(|c: char| !c.is_alphanumeric());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).take(6).collect();
    words.join(" ")
}

/// What a tool says.
pub(super) fn first_text(result: &Value) -> String {
    let text = result["content"][0]["text"].as_str().unwrap_or_default();
    text.chars().take(200).collect()
}
