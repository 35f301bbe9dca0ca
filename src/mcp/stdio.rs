//! MCP over standard input and output: a message a line, both ways ("stdio" in the specification).
//!
//! Reading and writing have a thread each, as neither can be given up while it waits.

use std::{
    collections::HashSet,
    convert::Infallible,
    io::{self, BufRead, BufReader, Read, Write},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc as threads},
    thread,
    time::Duration,
};

use rmcp::{
    RoleServer,
    model::{ClientJsonRpcMessage, ClientNotification, RequestId, ServerJsonRpcMessage},
    service::serve_server_with_ct,
};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{invalid::with_cursor_as_text, line::one_line, server::Docent};

/// Messages that wait to be answered.
const QUEUE: usize = 16;
/// Requests that may run or wait for their answers to be read.
const MAX_RUNNING: usize = 64;

/// What one client may ask for.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Bytes of a message at the most.
    pub message: usize,
    /// How long what runs may take when there is no more input.
    pub patience: Duration,
}

/// Serves the client at the other end until there is no more input, and then answers what it has asked for; or until it is
/// told to stop.
///
/// # Errors
/// Where there are no threads for it.
pub async fn serve_lines(
    docent: Docent,
    input: impl Read + Send + 'static,
    output: impl Write + Send + 'static,
    bounds: Bounds,
    stop: CancellationToken,
) -> io::Result<()> {
    let (inbox, from_client) = mpsc::channel(QUEUE);
    let (to_client, outbox) = threads::channel();
    let running = Arc::<Running>::default();
    let reader = Reader {
        input: BufReader::new(input),
        bounds,
        inbox,
        refusals: to_client.clone(),
        running: Arc::clone(&running),
    };
    thread::Builder::new()
        .name("docent-input".to_owned())
        .spawn(move || reader.run())?;
    let (written, all_is_written) = tokio::sync::oneshot::channel();
    let unread = stop.clone();
    thread::Builder::new()
        .name("docent-output".to_owned())
        .spawn(move || {
            if let Err(error) = write_all(output, &outbox, &running) {
                tracing::debug!(%error, "nobody reads the answers any more");
                unread.cancel();
            }
            let _ = written.send(());
        })?;
    let channel = Channel {
        from_client,
        to_client,
    };
    match serve_server_with_ct(docent, channel, stop.clone()).await {
        Ok(service) => drop(service.waiting().await),
        Err(error) => tracing::debug!(%error, "the client has not begun"),
    }
    // Whoever reads slowly may be told to stop, too.
    tokio::select! {
        _ = all_is_written => {}
        () = stop.cancelled() => {}
    }
    Ok(())
}

/// A line for the client, and the request that it answers.
struct Line {
    text: Vec<u8>,
    answers: Option<RequestId>,
}

/// The client as rmcp reads and writes it.
struct Channel {
    from_client: mpsc::Receiver<ClientJsonRpcMessage>,
    to_client: threads::Sender<Line>,
}

impl rmcp::transport::Transport<RoleServer> for Channel {
    type Error = Infallible;

    /// What comes too late for a client that is gone is no fault.
    fn send(
        &mut self,
        message: ServerJsonRpcMessage,
    ) -> impl Future<Output = Result<(), Infallible>> + Send + 'static {
        let answers = match &message {
            ServerJsonRpcMessage::Response(response) => Some(response.id.clone()),
            ServerJsonRpcMessage::Error(error) => error.id.clone(),
            _ => None,
        };
        if let Ok(text) = serde_json::to_vec(&message) {
            let _ = self.to_client.send(Line { text, answers });
        }
        std::future::ready(Ok(()))
    }

    async fn receive(&mut self) -> Option<ClientJsonRpcMessage> {
        self.from_client.recv().await
    }

    async fn close(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

/// Requests whose answers have not been written.
#[derive(Default)]
struct Running {
    ids: Mutex<HashSet<RequestId>>,
    fewer: Condvar,
}

impl Running {
    fn ids(&self) -> MutexGuard<'_, HashSet<RequestId>> {
        self.ids.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a place. `false`: an answer could not be told from that to another request.
    fn begin(&self, id: RequestId) -> bool {
        let ids = self
            .fewer
            .wait_while(self.ids(), |ids| ids.len() >= MAX_RUNNING);
        ids.unwrap_or_else(PoisonError::into_inner).insert(id)
    }

    /// It is answered, or need not be.
    fn end(&self, id: &RequestId) {
        self.ids().remove(id);
        self.fewer.notify_all();
    }

    fn wait_for_none(&self, patience: Duration) {
        let is_left = |ids: &mut HashSet<RequestId>| !ids.is_empty();
        drop(self.fewer.wait_timeout_while(self.ids(), patience, is_left));
    }
}

struct Reader<R> {
    input: BufReader<R>,
    bounds: Bounds,
    inbox: mpsc::Sender<ClientJsonRpcMessage>,
    refusals: threads::Sender<Line>,
    running: Arc<Running>,
}

impl<R: Read> Reader<R> {
    fn run(mut self) {
        loop {
            match next_line(&mut self.input, self.bounds.message) {
                Ok(Some(Ok(line))) if line.trim_ascii().is_empty() => {}
                Ok(Some(Ok(line))) => {
                    if !self.take(&line) {
                        return;
                    }
                }
                Ok(Some(Err(TooLong))) => {
                    let most = self.bounds.message;
                    let why = format!("Invalid Request: a message has at most {most} bytes");
                    self.refuse(&Value::Null, -32600, &why);
                }
                Ok(None) => break,
                Err(error) => {
                    tracing::debug!(%error, "the input cannot be read");
                    break;
                }
            }
        }
        self.running.wait_for_none(self.bounds.patience);
    }

    /// Hands a message on. `false`: nobody takes it any more.
    fn take(&self, line: &[u8]) -> bool {
        let changed = with_cursor_as_text(line);
        let Ok(message) = serde_json::from_slice(changed.as_deref().unwrap_or(line)) else {
            self.refuse_line(line);
            return true;
        };
        match &message {
            ClientJsonRpcMessage::Request(request) if !self.running.begin(request.id.clone()) => {
                let id = serde_json::to_value(&request.id).unwrap_or_default();
                let why = "Invalid Request: a request with this `id` has no answer yet";
                self.refuse(&id, -32600, why);
                return true;
            }
            ClientJsonRpcMessage::Notification(notification) => {
                if let ClientNotification::CancelledNotification(cancelled) =
                    &notification.notification
                    && let Some(id) = &cancelled.params.request_id
                {
                    self.running.end(id);
                }
            }
            _ => {}
        }
        self.inbox.blocking_send(message).is_ok()
    }

    fn refuse_line(&self, line: &[u8]) {
        let value = match serde_json::from_slice::<Value>(line) {
            Ok(value) => value,
            Err(error) => {
                let why = format!("Parse error: {}", one_line(&error.to_string(), 200));
                return self.refuse(&Value::Null, -32700, &why);
            }
        };
        let id = value
            .get("id")
            .filter(|id| id.is_string() || id.is_number());
        let why = match &value {
            Value::Array(_) => "Invalid Request: send one message a line",
            _ => "Invalid Request: not a JSON-RPC message",
        };
        self.refuse(id.unwrap_or(&Value::Null), -32600, why);
    }

    fn refuse(&self, id: &Value, code: i32, message: &str) {
        let error = json!({ "code": code, "message": message });
        let error = json!({ "jsonrpc": "2.0", "id": id, "error": error });
        let text = error.to_string().into_bytes();
        let _ = self.refusals.send(Line {
            text,
            answers: None,
        });
    }
}

/// A line that is longer than any message.
struct TooLong;

/// The next line; of one that is too long nothing is kept. `None` at the end.
fn next_line(
    input: &mut impl BufRead,
    most: usize,
) -> io::Result<Option<Result<Vec<u8>, TooLong>>> {
    let mut line = Vec::new();
    let room = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    if input.take(room).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    if line.len() <= most || line.ends_with(b"\n") {
        return Ok(Some(Ok(line)));
    }
    drop(line);
    loop {
        let buffer = input.fill_buf()?;
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let passed = end.map_or(buffer.len(), |end| end + 1);
        let is_over = end.is_some() || buffer.is_empty();
        input.consume(passed);
        if is_over {
            return Ok(Some(Err(TooLong)));
        }
    }
}

fn write_all(
    mut output: impl Write,
    lines: &threads::Receiver<Line>,
    running: &Running,
) -> io::Result<()> {
    for Line { mut text, answers } in lines {
        text.push(b'\n');
        output.write_all(&text)?;
        output.flush()?;
        if let Some(id) = answers {
            running.end(&id);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_too_long_is_passed_over_and_the_next_is_read() {
        let input = format!("short\n{}\nlast", "x".repeat(100_000));
        let mut input = BufReader::with_capacity(16, input.as_bytes());
        let mut next = || next_line(&mut input, 10).unwrap().map(Result::ok);
        assert_eq!(next(), Some(Some(b"short\n".to_vec())));
        assert_eq!(next(), Some(None));
        assert_eq!(next(), Some(Some(b"last".to_vec())));
        assert_eq!(next(), None);
    }

    #[test]
    fn a_request_runs_until_it_is_answered_or_given_up() {
        let running = Running::default();
        assert!(running.begin(RequestId::Number(1)));
        assert!(!running.begin(RequestId::Number(1)));
        running.end(&RequestId::Number(1));
        running.wait_for_none(Duration::from_secs(600));
        assert!(running.begin(RequestId::Number(1)));
    }
}
