//! One authority: its directory, and signed requests to it.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use hyper::Method;
use serde::de::DeserializeOwned;

use crate::config::CertificateAuthority;

use super::{
    directory::Directory,
    error::{Error, Refusal},
    jws::{KeyId, SigningKey},
    problem::Problem,
    transport::{Answer, Patience, Transport},
};

/// How often one request is signed anew for another nonce (RFC 8555, section 6.5). An authority
/// that refuses every second one lets a request fail once in 2^30.
const MAX_NONCES: u32 = 30;
/// From then on with a pause: so many in a row are no accident.
const QUICK_NONCES: u32 = 5;
const NONCE_PAUSE: Duration = Duration::from_millis(25);
/// How often a request is repeated after a connection or a server that broke down.
const MAX_REPEATS: u32 = 2;
/// An authority that wants to be left alone for longer is asked at the next attempt.
const MAX_REPEAT_AFTER: Duration = Duration::from_secs(10);

/// What can be asked of one certificate authority (RFC 8555).
pub struct Client {
    pub(super) authority: CertificateAuthority,
    pub(super) directory: Directory,
    transport: Transport,
    /// The newest unused one.
    nonce: Mutex<Option<String>>,
}

/// Whether a request may reach the authority twice.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeat {
    /// It changes nothing, or the same once more.
    Safe,
    /// It begins something new each time.
    Never,
}

impl Client {
    /// Reads the authority's directory, and nothing else.
    ///
    /// # Errors
    /// Where the authority cannot be reached or does not speak ACME, or its `ca_file` cannot be
    /// used.
    pub async fn connect(
        authority: &CertificateAuthority,
        patience: Patience,
    ) -> Result<Self, Error> {
        let transport =
            Transport::new(&authority.directory, authority.ca_file.as_deref(), patience)?;
        let mut client = Self {
            authority: authority.clone(),
            directory: Directory::default(),
            transport,
            nonce: Mutex::new(None),
        };
        let answer = client.fetch(&authority.directory, Repeat::Safe).await?;
        client.directory = client.read(&answer)?;
        Ok(client)
    }

    /// What the authority says about itself.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// The authority's host, for messages.
    pub fn host(&self) -> &str {
        self.transport.host()
    }

    /// How many requests the authority has been sent.
    pub fn requests(&self) -> u32 {
        self.transport.sent()
    }

    pub(super) fn patience(&self) -> Patience {
        self.transport.patience()
    }

    /// A plain, unsigned request.
    pub(super) async fn fetch(&self, url: &str, repeat: Repeat) -> Result<Answer, Error> {
        let mut repeats = 0;
        loop {
            match self.exchange(Method::GET, url, None).await {
                Err(error) if repeat == Repeat::Safe && self.again(&error, &mut repeats).await => {}
                result => return result,
            }
        }
    }

    /// A signed request with a payload of JSON.
    pub(super) async fn post(
        &self,
        key: &SigningKey,
        id: &KeyId<'_>,
        url: &str,
        payload: &serde_json::Value,
        repeat: Repeat,
    ) -> Result<Answer, Error> {
        self.signed(key, id, url, &payload.to_string(), repeat)
            .await
    }

    /// A signed request that only reads (RFC 8555, section 6.3).
    pub(super) async fn post_as_get(
        &self,
        key: &SigningKey,
        id: &KeyId<'_>,
        url: &str,
    ) -> Result<Answer, Error> {
        self.signed(key, id, url, "", Repeat::Safe).await
    }

    /// What an answer holds.
    pub(super) fn read<T: DeserializeOwned>(&self, answer: &Answer) -> Result<T, Error> {
        serde_json::from_slice(&answer.body).map_err(|error| {
            self.transport
                .not_acme(answer, &format!("the answer is not as expected ({error})"))
        })
    }

    pub(super) fn not_acme(&self, answer: &Answer, reason: &str) -> Error {
        self.transport.not_acme(answer, reason)
    }

    async fn signed(
        &self,
        key: &SigningKey,
        id: &KeyId<'_>,
        url: &str,
        payload: &str,
        repeat: Repeat,
    ) -> Result<Answer, Error> {
        let (mut nonces, mut repeats) = (0, 0);
        loop {
            let nonce = match self.take_nonce() {
                Some(nonce) => nonce,
                None => self.new_nonce().await?,
            };
            let body = key.request(id, &nonce, url, payload)?;
            match self.exchange(Method::POST, url, Some(body)).await {
                // Refused for its nonce, a request has had no effect, whatever it is.
                Err(error) if error.is("badNonce") && nonces < MAX_NONCES => {
                    nonces += 1;
                    if nonces > QUICK_NONCES {
                        tokio::time::sleep(NONCE_PAUSE).await;
                    }
                }
                Err(error) if repeat == Repeat::Safe && self.again(&error, &mut repeats).await => {}
                result => return result,
            }
        }
    }

    async fn new_nonce(&self) -> Result<String, Error> {
        let url = &self.directory.new_nonce;
        let mut repeats = 0;
        loop {
            match self.exchange(Method::HEAD, url, None).await {
                Ok(answer) => {
                    return self
                        .take_nonce()
                        .ok_or_else(|| self.not_acme(&answer, "it holds no nonce"));
                }
                Err(error) if self.again(&error, &mut repeats).await => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn take_nonce(&self) -> Option<String> {
        self.nonce
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    /// One request and its answer, refusals told apart; every answer's nonce is kept.
    async fn exchange(
        &self,
        method: Method,
        url: &str,
        body: Option<Vec<u8>>,
    ) -> Result<Answer, Error> {
        let answer = self.transport.send(method, url, body).await?;
        if let Some(nonce) = &answer.nonce {
            *self.nonce.lock().unwrap_or_else(PoisonError::into_inner) = Some(nonce.clone());
        }
        if answer.status.is_success() {
            return Ok(answer);
        }
        // Any JSON object would do as one: it must say something.
        match serde_json::from_slice::<Problem>(&answer.body) {
            Ok(problem) if problem != Problem::default() => {
                Err(Error::Refused(Box::new(Refusal {
                    host: self.host().to_owned(),
                    status: answer.status.as_u16(),
                    problem,
                    retry_after: answer.retry_after,
                })))
            }
            _ => Err(self.not_acme(&answer, "it is no problem document")),
        }
    }

    /// Waits before a request is repeated; `false` where that makes no sense, or not any more.
    async fn again(&self, error: &Error, repeats: &mut u32) -> bool {
        let broke_down = match error {
            Error::Unreachable { .. } | Error::Slow { .. } => true,
            Error::NotAcme { status, .. } => *status >= 500,
            Error::Refused(refusal) => refusal.status >= 500,
            _ => false,
        };
        if !broke_down || *repeats >= MAX_REPEATS {
            return false;
        }
        let pause = self.patience().repeat * 2u32.pow(*repeats);
        let pause = pause.max(error.retry_after().unwrap_or_default());
        if pause > MAX_REPEAT_AFTER {
            return false;
        }
        *repeats += 1;
        // Apart from everyone else who was cut off at the same time.
        tokio::time::sleep(pause.mul_f64(1.0 + fastrand::f64() / 2.0)).await;
        true
    }
}
