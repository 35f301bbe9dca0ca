//! docent's own HTTP under instant-acme: bounded, and exact about what was answered.

use std::{
    pin::Pin,
    sync::{Arc, OnceLock},
};

use http_body_util::BodyExt as _;
use hyper::{Method, Request, body::Bytes};
use instant_acme::{BodyWrapper, BytesResponse, HttpClient};

use super::{answer::Answer, error::Error, transport::Transport};

/// What instant-acme sends its requests through. A clone shares its original's connections and counts.
#[derive(Clone)]
pub(super) struct SharedTransport {
    pub(super) transport: Arc<Transport>,
    /// The authority's directory: instant-acme asks for it again for each account object.
    directory: Arc<OnceLock<(String, Answer)>>,
}

impl SharedTransport {
    pub(super) fn new(transport: Transport) -> Self {
        Self {
            transport: Arc::new(transport),
            directory: Arc::default(),
        }
    }

    /// From now on the directory is known, and not asked for.
    pub(super) fn keep_directory(&self, url: &str, answer: Answer) {
        // Only the first one counts; there is no second.
        let _ = self.directory.set((url.to_owned(), answer));
    }

    async fn answer(&self, method: Method, url: String, body: Bytes) -> Result<Answer, Error> {
        if let Some((known, answer)) = self.directory.get()
            && method == Method::GET
            && *known == url
        {
            return Ok(answer.clone());
        }
        let answer = self.transport.send(method, &url, body).await?;
        match self.transport.judge(answer.clone()) {
            // instant-acme repeats these, with the nonce that came with the refusal.
            Err(error) if error.is("badNonce") => Ok(answer),
            result => result,
        }
    }
}

impl HttpClient for SharedTransport {
    fn request(
        &self,
        request: Request<BodyWrapper<Bytes>>,
    ) -> Pin<Box<dyn Future<Output = Result<BytesResponse, instant_acme::Error>> + Send>> {
        let shared = self.clone();
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let Ok(body) = body.collect().await;
            let answer = shared
                .answer(head.method, head.uri.to_string(), body.to_bytes())
                .await
                // `Client::told` takes docent's own error out of instant-acme's again.
                .map_err(|error| instant_acme::Error::Other(Box::new(error)))?;
            Ok(BytesResponse {
                parts: answer.head,
                body: Box::new(answer.body),
            })
        })
    }
}
