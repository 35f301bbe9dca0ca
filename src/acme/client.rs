//! One authority: its directory, and requests to it that hold out.

use std::time::{Duration, SystemTime};

use hyper::{Method, body::Bytes};
use serde::de::DeserializeOwned;

use crate::config::CertificateAuthority;

use super::{
    answer::Answer,
    directory::Directory,
    error::Error,
    http_client::SharedTransport,
    transport::{Patience, Transport},
};

/// How often a request is made again for another nonce (RFC 8555, section 6.5). instant-acme
/// tries each three times, so one fails once in 2^30 where every second nonce is refused.
pub(super) const MAX_NONCES: u32 = 9;
/// After so many nonces that were refused, there is a pause before the next: so many in a row are no accident.
const QUICK_NONCES: u32 = 2;
const NONCE_PAUSE: Duration = Duration::from_millis(25);
/// How often a request is repeated after a connection or a server that broke down.
const MAX_REPEATS: u32 = 2;
/// An authority that wants to be left alone for longer is asked at the next attempt.
const MAX_REPEAT_AFTER: Duration = Duration::from_secs(10);

/// What can be asked of one certificate authority (RFC 8555).
pub struct Client {
    pub(super) authority: CertificateAuthority,
    pub(super) directory: Directory,
    /// When the authority said that it was, in its first answer.
    date: Option<SystemTime>,
    shared: SharedTransport,
}

/// Whether a request may reach the authority twice.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeat {
    /// The request changes nothing, or changes the same once more.
    Safe,
    /// The request begins something new each time.
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
        let url = &authority.directory;
        let transport = Transport::new(authority, patience)?;
        let mut client = Self {
            authority: authority.clone(),
            directory: Directory::default(),
            date: None,
            shared: SharedTransport::new(transport),
        };
        let answer = client.fetch(url, Repeat::Safe).await?;
        client.directory = client.read(&answer)?;
        let date = answer.header(&hyper::header::DATE);
        client.date = date.and_then(|date| httpdate::parse_http_date(date).ok());
        client.shared.keep_directory(url, answer);
        Ok(client)
    }

    /// What the authority says about itself.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// When the authority said that it was, as it answered; `None` where it did not say.
    pub fn date(&self) -> Option<SystemTime> {
        self.date
    }

    /// The authority's host, for messages.
    pub fn host(&self) -> &str {
        self.transport().host()
    }

    /// How many requests the authority has been sent.
    pub fn requests(&self) -> u32 {
        self.transport().sent()
    }

    pub(super) fn patience(&self) -> Patience {
        self.transport().patience()
    }

    pub(super) fn transport(&self) -> &Transport {
        &self.shared.transport
    }

    /// instant-acme's way to an account, through docent's own HTTP.
    pub(super) fn account_builder(&self) -> instant_acme::AccountBuilder {
        instant_acme::Account::builder_with_http(Box::new(self.shared.clone()))
    }

    /// Tries of one request, `max_nonces` of them for its nonces.
    pub(super) fn attempts(&self, repeat: Repeat, max_nonces: u32) -> Attempts<'_> {
        Attempts {
            client: self,
            repeat,
            nonces: max_nonces,
            repeats: 0,
        }
    }

    /// A plain, unsigned request.
    pub(super) async fn fetch(&self, url: &str, repeat: Repeat) -> Result<Answer, Error> {
        let mut attempts = self.attempts(repeat, 0);
        loop {
            match self.exchange(Method::GET, url, Bytes::new()).await {
                Err(error) => attempts.after(error).await?,
                result => return result,
            }
        }
    }

    /// One request, and its answer where that is of success.
    pub(super) async fn exchange(
        &self,
        method: Method,
        url: &str,
        body: Bytes,
    ) -> Result<Answer, Error> {
        let transport = self.transport();
        transport.judge(transport.send(method, url, body).await?)
    }

    /// What an answer holds.
    pub(super) fn read<T: DeserializeOwned>(&self, answer: &Answer) -> Result<T, Error> {
        serde_json::from_slice(&answer.body).map_err(|error| self.misread(&error, Some(answer)))
    }

    /// An error of instant-acme, with what it leaves out.
    pub(super) fn told(&self, error: instant_acme::Error) -> Error {
        let last = self.transport().last();
        match error {
            instant_acme::Error::Other(inner) => match inner.downcast() {
                Ok(own) => *own,
                Err(other) => self.not_acme(last.as_ref(), &other.to_string()),
            },
            instant_acme::Error::Api(problem) => {
                self.transport().refused(problem.into(), last.as_ref())
            }
            instant_acme::Error::Json(error) => self.misread(&error, last.as_ref()),
            instant_acme::Error::Crypto | instant_acme::Error::KeyRejected => {
                Error::Crypto("a signature")
            }
            instant_acme::Error::Unsupported(function) => Error::Unsupported {
                host: self.host().to_owned(),
                function,
            },
            other => self.not_acme(last.as_ref(), &other.to_string()),
        }
    }

    pub(super) fn not_acme(&self, answer: Option<&Answer>, reason: &str) -> Error {
        self.transport().not_acme(answer, reason)
    }

    fn misread(&self, error: &serde_json::Error, answer: Option<&Answer>) -> Error {
        self.not_acme(answer, &format!("the answer is not as expected ({error})"))
    }
}

/// The tries of one request.
pub(super) struct Attempts<'a> {
    client: &'a Client,
    repeat: Repeat,
    /// How many more there may be for a nonce.
    nonces: u32,
    /// How many there were after something broke down.
    repeats: u32,
}

impl Attempts<'_> {
    /// Waits until the request can be made again, where that makes sense: where the authority
    /// refused its nonce, or the way there broke down.
    ///
    /// # Errors
    /// The error itself, where it does not, or not any more.
    pub(super) async fn after(&mut self, error: Error) -> Result<(), Error> {
        // Refused for its nonce, a request has had no effect, whatever it is.
        if error.is("badNonce") && self.nonces > 0 {
            self.nonces -= 1;
            // Several in a row are bad luck; many are an authority in trouble.
            if self.nonces < MAX_NONCES - QUICK_NONCES {
                tokio::time::sleep(NONCE_PAUSE).await;
            }
            return Ok(());
        }
        let broke_down = match &error {
            Error::Unreachable { .. } | Error::Slow { .. } => true,
            Error::NotAcme { status, .. } => status.is_some_and(|status| status >= 500),
            Error::Refused(refusal) => refusal.status.is_some_and(|status| status >= 500),
            _ => false,
        };
        // Before every request that is not to be repeated goes one that may be.
        let safe = self.repeat == Repeat::Safe || self.client.transport().asked_for_nonce();
        if !safe || !broke_down || self.repeats >= MAX_REPEATS {
            return Err(error);
        }
        let pause = self.client.patience().repeat * 2u32.pow(self.repeats);
        let pause = pause.max(error.retry_after().unwrap_or_default());
        if pause > MAX_REPEAT_AFTER {
            return Err(error);
        }
        self.repeats += 1;
        // A random part is added, so that clients which were cut off together do not come back together.
        tokio::time::sleep(pause.mul_f64(1.0 + fastrand::f64() / 2.0)).await;
        Ok(())
    }
}

/// Makes a call of instant-acme, again and again where the authority refuses its nonces, and a few
/// times where the way there breaks down.
///
/// A macro, because a future that awaits an asynchronous closure cannot be shown to be `Send`.
macro_rules! persist {
    ($client:expr, $repeat:expr, $call:expr) => {{
        let client: &$crate::acme::Client = $client;
        let mut attempts = client.attempts($repeat, $crate::acme::client::MAX_NONCES);
        loop {
            match $call {
                Ok(value) => break Ok(value),
                Err(error) => {
                    if let Err(error) = attempts.after(client.told(error)).await {
                        break Err(error);
                    }
                }
            }
        }
    }};
}
pub(super) use persist;
