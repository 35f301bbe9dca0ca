//! `llms-full.txt`: the text of all pages, sent as it is read.

use std::{convert::Infallible, io::Write as _, mem, sync::Arc};

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use flate2::{Compression, write::GzEncoder};
use tokio::sync::mpsc;
use tokio_stream::{StreamExt as _, wrappers::ReceiverStream};

use super::{
    super::view::{View, Web},
    markdown,
};

/// It ends after as many bytes.
const MAX_LENGTH: usize = 32 << 20;
/// Pages are read until there are as many bytes to send.
const CHUNK: usize = 128 << 10;

/// What has been read, and what comes next.
struct Reading {
    view: View,
    /// Of the pages by links.
    next: usize,
    sent: usize,
    is_over: bool,
    compressor: Option<GzEncoder<Vec<u8>>>,
}

/// The pages, the most linked first.
pub(super) fn answer(web: &Arc<Web>, view: View, takes_gzip: bool) -> Response {
    let compressor = takes_gzip.then(|| GzEncoder::new(Vec::new(), Compression::fast()));
    let mut reading = Reading {
        view,
        next: 0,
        sent: 0,
        is_over: false,
        compressor,
    };
    let (chunks, stream) = mpsc::channel(1);
    let documents = Arc::clone(&web.documents);
    tokio::spawn(async move {
        // Whoever reads slowly keeps nobody else waiting: a chunk is made when the one before is on its way.
        while !reading.is_over {
            let Ok(place) = chunks.reserve().await else {
                return;
            };
            let read = documents.page_aside(move || {
                let chunk = reading.chunk();
                (reading, chunk)
            });
            let Ok((rest, chunk)) = read.await else {
                return;
            };
            reading = rest;
            if !chunk.is_empty() {
                place.send(Bytes::from(chunk));
            }
        }
    });
    let stream = ReceiverStream::new(stream).map(Ok::<_, Infallible>);
    let mut response = Body::from_stream(stream).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
    if takes_gzip {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

impl Reading {
    fn chunk(&mut self) -> Vec<u8> {
        let text = self.text();
        self.sent += text.len();
        let Some(compressor) = &mut self.compressor else {
            return text.into_bytes();
        };
        // Into memory, where nothing fails.
        let _ = compressor.write_all(text.as_bytes());
        if self.is_over {
            let _ = compressor.try_finish();
        }
        mem::take(compressor.get_mut())
    }

    fn text(&mut self) -> String {
        let mut text = String::new();
        let snapshot = Arc::clone(&self.view.holdings.snapshot);
        if self.next == 0 {
            text = format!(
                "# {}\n\nThe list of all pages: {}\n\n",
                self.view.title,
                self.view.place.url("/llms.txt")
            );
        }
        for page in snapshot.pages_by_links(self.next) {
            if self.sent + text.len() >= MAX_LENGTH {
                text.push_str(
                    "---\n\nThis is not all: there are more pages than one text should have.\n",
                );
                break;
            }
            if text.len() >= CHUNK {
                return text;
            }
            self.next += 1;
            if let Ok(Some(page)) = snapshot.page(&page.id()) {
                markdown::chapter(&mut text, &self.view, &page);
            }
        }
        self.is_over = true;
        text
    }
}
