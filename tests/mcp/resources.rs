//! Documents as resources.

use serde_json::json;

use crate::server::Server;

#[test]
fn every_page_is_a_resource() {
    let server = Server::start();
    let list = server.call("resources/list", json!({}));
    let resources = list["result"]["resources"].as_array().unwrap();
    assert_eq!(resources.len(), 3);
    for resource in resources {
        assert_eq!(resource["mimeType"], "text/markdown");
        let uri = resource["uri"].as_str().unwrap();
        let read = server.call("resources/read", json!({ "uri": uri }));
        let contents = &read["result"]["contents"][0];
        assert_eq!(contents["uri"], uri);
        assert_eq!(contents["mimeType"], "text/markdown");
        let title = format!("# {}", resource["title"].as_str().unwrap());
        assert!(
            contents["text"].as_str().unwrap().starts_with(&title),
            "{read}"
        );
    }
    let past = server.call("resources/list", json!({"cursor": "500"}));
    assert_eq!(past["result"]["resources"], json!([]));
    let forged = server.call("resources/list", json!({"cursor": "../etc"}));
    assert_eq!(forged["error"]["code"], -32602);
}

#[test]
fn an_unknown_resource_is_an_error() {
    let server = Server::start();
    for uri in [
        "docent://guide/nothing.md",
        "docent://",
        "file:///etc/passwd",
        "docent://guide/%ff%00",
    ] {
        let answer = server.call("resources/read", json!({ "uri": uri }));
        assert_eq!(answer["error"]["code"], -32002, "{uri}");
        assert_eq!(answer["error"]["data"]["uri"], uri);
    }
}

#[test]
fn templates_are_completed() {
    let server = Server::start();
    let list = server.call("resources/templates/list", json!({}));
    let template = &list["result"]["resourceTemplates"][0]["uriTemplate"];
    let complete = |name: &str, value: &str| {
        let answer = server.call(
            "completion/complete",
            json!({
                "ref": {"type": "ref/resource", "uri": template},
                "argument": {"name": name, "value": value},
            }),
        );
        answer["result"]["completion"]["values"].clone()
    };
    assert_eq!(complete("set", "gu"), json!(["guide"]));
    assert_eq!(complete("set", "x"), json!([]));
    assert_eq!(complete("path", "in"), json!(["index.md", "install.md"]));
}
