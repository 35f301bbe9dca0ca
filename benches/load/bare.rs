//! The yardstick: what axum alone can do with requests and answers of this size.

use std::{error::Error, fs, path::Path};

use axum::{Router, body::Bytes, http::header, routing::post, serve::ListenerExt};

/// Answers every `POST /mcp` with the bytes of a file, once its body has come in.
pub(crate) fn serve(answer: &Path) -> Result<(), Box<dyn Error>> {
    let answer = Bytes::from(fs::read(answer)?);
    let handler = move |_request: Bytes| {
        let answer = answer.clone();
        async move { ([(header::CONTENT_TYPE, "application/json")], answer) }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_io()
        .build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        announce(&format!("http://{}/mcp", listener.local_addr()?));
        let listener = listener.tap_io(|stream| {
            // Without it a small answer would wait for the acknowledgement of the last one.
            let _ = stream.set_nodelay(true);
        });
        axum::serve(listener, Router::new().route("/mcp", post(handler))).await?;
        Ok(())
    })
}

#[expect(
    clippy::print_stdout,
    reason = "the process that started this one reads it"
)]
fn announce(url: &str) {
    println!("{url}");
}
