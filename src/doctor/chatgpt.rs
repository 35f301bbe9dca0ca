//! What ChatGPT calls for company knowledge and deep research: two tools, whose shapes it compares to
//! the letter.

use serde_json::{Value, json};

use super::{
    address::Address,
    contents::{Sample, asked_at, first_text},
    exchange::{Ask, Client},
    finding::{Cause, Finding, Subject},
    handshake::greeted,
    json_rpc::initialize,
};

const ABOUT: Subject = Subject::ChatGpt;

/// Walks through the contract. `sample`: what some page is found by; `None`: nothing is served.
pub(super) async fn check(client: &Client<'_>, sample: Option<&Sample>) -> Finding {
    let path = client.address.path("/chatgpt");
    let shown = client.address.url(&path);
    let hello = client.send(Ask::post(path.clone(), &initialize())).await;
    if greeted(&hello).is_none() {
        let why = hello.map_or_else(|fault| fault.to_string(), |it| it.status.to_string());
        let message = format!(
            "{shown} is not there ({why}): ChatGPT's company knowledge and deep research do not work with what /mcp answers"
        );
        let help = "have the proxy pass /chatgpt on as it does /mcp; if docent itself is older than this endpoint, install a newer one";
        return match client.address.endpoint() {
            Some("/chatgpt") => Finding::error(ABOUT, Cause::ChatGptMissing, message, help),
            _ => Finding::warning(ABOUT, Cause::ChatGptMissing, message, help),
        };
    }
    match contract(client, &path, sample).await {
        Ok(said) => Finding::ok(ABOUT, format!("{shown}: {said}")),
        Err(why) => Finding::error(
            ABOUT,
            Cause::ChatGptContract,
            format!("{shown} is not as ChatGPT wants it: {why}"),
            "install the current version of docent; where that is running, report it with this line",
        ),
    }
}

async fn contract(
    client: &Client<'_>,
    path: &str,
    sample: Option<&Sample>,
) -> Result<String, String> {
    let (listed, _) = asked_at(client, path, "tools/list", &json!({})).await?;
    for (name, argument) in [("search", "query"), ("fetch", "id")] {
        let tools = listed["tools"].as_array().into_iter().flatten();
        let tool = tools.into_iter().find(|tool| tool["name"] == name);
        let tool = tool.ok_or_else(|| format!("there is no tool `{name}`"))?;
        takes_one_string(&tool["inputSchema"], argument)
            .map_err(|why| format!("the input of `{name}` {why}"))?;
    }
    let Some(sample) = sample else {
        return Ok("both tools are there; nothing is served that could be asked for".to_owned());
    };
    let found = called(client, path, "search", &json!({"query": sample.query})).await?;
    let results = found["results"]
        .as_array()
        .ok_or("`search` returns no list `results`")?;
    let Some(first) = results.first() else {
        return Ok("both tools are there; the search for a title found nothing".to_owned());
    };
    for result in results {
        has_texts(result, &["id", "title", "url"])
            .map_err(|why| format!("a result of `search` {why}"))?;
        is_absolute(result).map_err(|why| format!("a result of `search` {why}"))?;
    }
    let page = called(client, path, "fetch", &json!({"id": first["id"]})).await?;
    has_texts(&page, &["id", "title", "text", "url"])
        .map_err(|why| format!("what `fetch` returns {why}"))?;
    is_absolute(&page).map_err(|why| format!("what `fetch` returns {why}"))?;
    if page
        .get("metadata")
        .is_some_and(|it| !it.is_object() && !it.is_null())
    {
        return Err("what `fetch` returns has `metadata` that is no object".to_owned());
    }
    opens(client, &page).await?;
    Ok("search and fetch are as ChatGPT wants them, and the page that they name opens".to_owned())
}

/// One string, and nothing more.
fn takes_one_string(schema: &Value, argument: &str) -> Result<(), String> {
    let properties = schema["properties"]
        .as_object()
        .ok_or("has no properties")?;
    if properties.len() != 1
        || properties
            .get(argument)
            .is_none_or(|it| it["type"] != "string")
    {
        return Err(format!("is not the one string `{argument}`"));
    }
    if schema["required"] != json!([argument]) {
        return Err(format!("does not require `{argument}`"));
    }
    Ok(())
}

/// What a tool returns: the same in `structuredContent` and as one text.
async fn called(
    client: &Client<'_>,
    path: &str,
    name: &str,
    arguments: &Value,
) -> Result<Value, String> {
    let params = json!({"name": name, "arguments": arguments});
    let (result, _) = asked_at(client, path, "tools/call", &params).await?;
    if result["isError"] == true {
        return Err(format!("`{name}` fails: {}", first_text(&result)));
    }
    let items = result["content"].as_array().map_or(0, Vec::len);
    let text = result["content"][0]["text"].as_str().filter(|_| items == 1);
    let text = text.ok_or_else(|| format!("`{name}` does not return one text"))?;
    let text: Value = serde_json::from_str(text)
        .map_err(|_| format!("the text that `{name}` returns is no JSON"))?;
    match result.get("structuredContent") {
        Some(same) if *same == text => Ok(text),
        Some(_) => Err(format!(
            "`{name}` returns one thing as text and another as structuredContent"
        )),
        None => Err(format!("`{name}` returns no structuredContent")),
    }
}

fn has_texts(value: &Value, names: &[&str]) -> Result<(), String> {
    let missing = names
        .iter()
        .find(|name| value[**name].as_str().is_none_or(str::is_empty));
    missing.map_or(Ok(()), |name| Err(format!("has no `{name}`")))
}

fn is_absolute(value: &Value) -> Result<(), String> {
    let url = value["url"].as_str().unwrap_or_default();
    match url.parse::<Address>() {
        Ok(_) if url.starts_with("https://") || url.starts_with("http://") => Ok(()),
        _ => Err(format!("has the url {url:?}, which is not absolute")),
    }
}

/// Whether a page opens that is docent's own. What is published elsewhere is not asked for.
async fn opens(client: &Client<'_>, page: &Value) -> Result<(), String> {
    let url = page["url"].as_str().unwrap_or_default();
    let Some(path) = url
        .strip_prefix(&client.address.origin())
        .filter(|path| path.starts_with('/'))
    else {
        return Ok(());
    };
    let path = path.split('#').next().unwrap_or_default();
    match client.send(Ask::get(path)).await {
        Ok(answer) if answer.status.is_success() || answer.status.is_redirection() => Ok(()),
        Ok(answer) => Err(format!("the url {url} is answered with {}", answer.status)),
        Err(fault) => Err(format!("the url {url}: {fault}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_is_one_string_and_nothing_more() {
        let schema = |properties: Value, required: Value| json!({"type": "object", "properties": properties, "required": required});
        let string = json!({"type": "string", "description": "x"});
        let one = json!({"query": string});
        takes_one_string(&schema(one.clone(), json!(["query"])), "query").unwrap();
        for wrong in [
            json!({}),
            schema(one.clone(), json!([])),
            schema(json!({"id": string}), json!(["query"])),
            schema(json!({"query": {"type": "array"}}), json!(["query"])),
            schema(json!({"query": string, "set": string}), json!(["query"])),
        ] {
            takes_one_string(&wrong, "query").unwrap_err();
        }
    }
}
