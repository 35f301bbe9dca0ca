//! The HTTP+SSE transport, which is made of a stream: proxies that gather answers before they pass them on
//! break it, and every other stream.

use std::time::Instant;

use hyper::header::ACCEPT;

use super::{
    exchange::{Ask, Client, Fault, Overdue, Streaming},
    finding::{Cause, Finding, Subject},
    json_rpc::{Outcome, initialize, read},
};

const ABOUT: Subject = Subject::Sse;
/// An event that is longer is nobody's handshake.
const MAX_EVENT: usize = 256 << 10;

/// Opens a stream, and does the handshake over it.
pub(super) async fn check(client: &Client<'_>) -> Finding {
    let path = client.address.path("/sse");
    let shown = client.address.url(&path);
    let began = Instant::now();
    let deadline = began + client.dialer.patience();
    let mut stream = match client.open(ask(&path)).await {
        Ok(stream) => stream,
        Err(Fault::Silent(_)) => return buffered(&shown, "not even the head of the answer comes"),
        Err(fault) => return broken(&shown, &fault.to_string()),
    };
    if !stream.status.is_success() {
        let status = stream.status;
        return match status.as_u16() {
            404 | 405 | 410 => Finding::warning(
                ABOUT,
                Cause::SseMissing,
                format!(
                    "{shown} is answered with {status}: older clients, which know this transport alone, do not connect"
                ),
                "have the proxy pass /sse and /message on to docent too, or leave it if only current assistants connect",
            ),
            _ => broken(&shown, &format!("it is answered with {status}")),
        };
    }
    if !is_stream(&stream) {
        return broken(&shown, "what it answers is no stream of events");
    }
    let mut events = Events::default();
    let endpoint = match events.next(&mut stream, deadline).await {
        Ok(Some((name, data))) if name == "endpoint" => data,
        Ok(_) => {
            return broken(
                &shown,
                "the stream does not begin with the address to post to",
            );
        }
        Err(Overdue) => return buffered(&shown, "the stream opens, and no event comes"),
    };
    let Some(post) = posting_to(client, &path, &endpoint) else {
        return broken(
            &shown,
            &format!("it sends clients to {endpoint}, another server"),
        );
    };
    let answer = client.send(Ask::post(post.clone(), &initialize())).await;
    match answer {
        Ok(answer) if answer.status.is_success() => {}
        Ok(answer) => {
            let why = format!(
                "what is posted to {post} is answered with {}",
                answer.status
            );
            return broken(&shown, &why);
        }
        Err(fault) => return broken(&shown, &format!("what is posted to {post}: {fault}")),
    }
    match events.next(&mut stream, deadline).await {
        Ok(Some((_, data))) if matches!(read(data.as_bytes()), Outcome::Result(_)) => Finding::ok(
            ABOUT,
            format!(
                "the older transport works, and events come at once ({} ms)",
                began.elapsed().as_millis()
            ),
        ),
        Ok(_) => broken(&shown, "the stream ends before the answer comes"),
        Err(Overdue) => buffered(&shown, "the answer to what was posted does not come"),
    }
}

/// Whether the older transport is there at all.
pub(super) async fn begins(client: &Client<'_>) -> bool {
    let deadline = Instant::now() + client.dialer.patience();
    let Ok(mut stream) = client.open(ask(&client.address.path("/sse"))).await else {
        return false;
    };
    if !stream.status.is_success() || !is_stream(&stream) {
        return false;
    }
    let first = Events::default().next(&mut stream, deadline).await;
    matches!(first, Ok(Some((name, _))) if name == "endpoint")
}

fn ask(path: &str) -> Ask {
    Ask::get(path).with(ACCEPT, "text/event-stream")
}

fn is_stream(stream: &Streaming) -> bool {
    let media = stream.headers.get("content-type");
    media.is_some_and(|it| it.as_bytes().starts_with(b"text/event-stream"))
}

fn buffered(shown: &str, why: &str) -> Finding {
    Finding::error(
        ABOUT,
        Cause::SseBuffered,
        format!("{shown}: {why}, so something in between gathers answers before it passes them on"),
        "switch buffering off for docent in the proxy (nginx: `proxy_buffering off;`; HAProxy: no `http-buffer` options; CDNs: no caching or compression of this path)",
    )
}

fn broken(shown: &str, why: &str) -> Finding {
    Finding::error(
        ABOUT,
        Cause::SseBroken,
        format!("{shown} does not work: {why}"),
        "have the proxy pass /sse and /message on to one and the same docent, with path and query as they came",
    )
}

/// The path to post to; `None` where it is another server's.
fn posting_to(client: &Client<'_>, path: &str, endpoint: &str) -> Option<String> {
    let origin = client.address.origin();
    if let Some(path) = endpoint.strip_prefix(&origin)
        && path.starts_with('/')
    {
        return Some(path.to_owned());
    }
    if endpoint.contains("://") || endpoint.starts_with("//") {
        return None;
    }
    if endpoint.starts_with('/') {
        return Some(endpoint.to_owned());
    }
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    Some(format!("{folder}/{endpoint}"))
}

/// Events, as they come.
#[derive(Default)]
struct Events(Vec<u8>);

impl Events {
    /// The name and the data of the next one; `None` at the end.
    async fn next(
        &mut self,
        stream: &mut Streaming,
        deadline: Instant,
    ) -> Result<Option<(String, String)>, Overdue> {
        loop {
            if let Some(event) = self.take() {
                return Ok(Some(event));
            }
            match stream.next(deadline).await? {
                Some(bytes) if self.0.len() + bytes.len() <= MAX_EVENT => self.0.extend(bytes),
                _ => return Ok(None),
            }
        }
    }

    /// An event that has come whole; comments are passed over.
    fn take(&mut self) -> Option<(String, String)> {
        loop {
            let text = self.0.as_slice();
            let end = |mark: &[u8]| {
                text.windows(mark.len())
                    .position(|it| it == mark)
                    .map(|at| at + mark.len())
            };
            let end = [end(b"\n\n"), end(b"\r\n\r\n")]
                .into_iter()
                .flatten()
                .min()?;
            let event: Vec<u8> = self.0.drain(..end).collect();
            let event = String::from_utf8_lossy(&event);
            let field = |name: &str| {
                let mut lines = event.lines().filter_map(|line| line.strip_prefix(name));
                lines.next().map(|value| value.trim().to_owned())
            };
            if let Some(data) = field("data:") {
                return Some((
                    field("event:").unwrap_or_else(|| "message".to_owned()),
                    data,
                ));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_taken_when_they_are_whole() {
        let mut events =
            Events(b": hello\n\nevent: endpoint\ndata: message?x=1\n\ndata: {\"a\"".to_vec());
        let event = |name: &str, data: &str| Some((name.to_owned(), data.to_owned()));
        assert_eq!(events.take(), event("endpoint", "message?x=1"));
        assert_eq!(events.take(), None);
        events.0.extend(b":1}\r\n\r\n");
        assert_eq!(events.take(), event("message", "{\"a\":1}"));
        assert_eq!(events.take(), None);
    }
}
