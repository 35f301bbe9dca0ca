//! Assistants tell of faults of the documentation, where they may.

use serde_json::json;

use crate::server::{Server, library};
use docent::config::Limits;

#[test]
fn a_report_is_taken_where_the_operator_asks_for_it_and_a_few_an_hour() {
    let (documents, cache) = library::handbook();
    let server = Server::holding((documents.clone(), cache), Limits::default());
    let names = || {
        let list = server.call("tools/list", json!({}));
        let tools = list["result"]["tools"].as_array().unwrap().iter();
        let names = tools.map(|tool| tool["name"].as_str().unwrap().to_owned());
        names.collect::<Vec<_>>()
    };
    let report = json!({"name": "report", "arguments": {"kind": "stale", "text": "It is 45 now.", "id": "guide/tasks/backup.md"}});
    assert_eq!(names(), ["search", "read", "browse"]);
    let refused = server.call("tools/call", report.clone());
    assert_eq!(refused["error"]["code"], -32602);
    documents.take_reports(true);
    assert_eq!(names(), ["search", "read", "browse", "report"]);
    for arguments in [
        json!({"kind": "odd", "text": "x"}),
        json!({"kind": "wrong"}),
        json!({"text": "x"}),
    ] {
        assert!(server.tool("report", arguments).1);
    }
    for _ in 0..10 {
        let (text, is_error) = server.tool("report", report["arguments"].clone());
        assert!(!is_error && text.starts_with("Thank you"), "{text}");
    }
    let (text, is_error) = server.tool("report", report["arguments"].clone());
    assert!(is_error && text.contains("in an hour"), "{text}");
}
