//! An issuer of tokens on this machine: its metadata, its keys, and tokens signed by them. Real ones are in tests/issuers.
#![allow(
    clippy::unwrap_used,
    clippy::needless_pass_by_value,
    reason = "in a test it is the failure, and json!(…) can stand in a call"
)]

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    process::Command,
    sync::{Arc, Mutex},
    thread,
    time::{SystemTime, UNIX_EPOCH},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    hmac,
    rand::SystemRandom,
    rsa::PublicKeyComponents,
    signature::{
        self, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
        EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair as _, RsaKeyPair,
    },
};
use serde_json::{Value, json};

/// What docent is called in tokens.
pub(crate) const RESOURCE: &str = "https://docs.example.com/mcp";

/// What an issuer publishes at the moment: a status and a body.
type Published = Arc<Mutex<(u16, String)>>;

/// An issuer that answers over HTTP.
pub(crate) struct Issuer {
    address: SocketAddr,
    published: Published,
}

impl Issuer {
    /// One that publishes these keys.
    pub(crate) fn start(keys: &[&Key]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let published = Published::default();
        let answered = Arc::clone(&published);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                // Whoever goes away misses the answer.
                let _ = answer(stream, address, &answered);
            }
        });
        let issuer = Self { address, published };
        issuer.publish(keys);
        issuer
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Publishes these keys in place of those before.
    pub(crate) fn publish(&self, keys: &[&Key]) {
        let keys: Vec<_> = keys.iter().map(|key| key.jwk()).collect();
        self.answer(200, &json!({ "keys": keys }).to_string());
    }

    /// Answers with something else where its keys are.
    pub(crate) fn answer(&self, status: u16, body: &str) {
        *self.published.lock().expect("no holder of it panics") = (status, body.to_owned());
    }

    /// What an access token for a member of `staff` says.
    pub(crate) fn claims(&self) -> Value {
        json!({
            "iss": self.url(),
            "aud": RESOURCE,
            "sub": "ada",
            "client_id": "client",
            "scope": "docs:read",
            "iat": now(),
            "exp": now() + 600,
            "jti": "1",
            "groups": ["staff"],
        })
    }
}

fn answer(
    mut stream: TcpStream,
    address: SocketAddr,
    published: &Published,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut line = String::new();
    while reader.read_line(&mut line)? > 2 {
        line.clear();
    }
    let (status, body) = match first.split(' ').nth(1) {
        Some("/.well-known/oauth-authorization-server") => {
            let metadata = json!({
                "issuer": format!("http://{address}"),
                "jwks_uri": format!("http://{address}/jwks"),
            });
            (200, metadata.to_string())
        }
        Some("/jwks") => published.lock().expect("no holder of it panics").clone(),
        _ => (404, String::new()),
    };
    write!(
        stream,
        "HTTP/1.1 {status} Status\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

pub(crate) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.expect("a clock after 1970").as_secs()
}

/// A key of an issuer.
pub(crate) struct Key {
    id: String,
    pair: Pair,
}

enum Pair {
    Ecdsa(&'static str, EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Rsa(RsaKeyPair),
}

impl Key {
    pub(crate) fn es256(id: &str) -> Self {
        Self::ecdsa(id, "P-256", &ECDSA_P256_SHA256_FIXED_SIGNING)
    }

    pub(crate) fn es384(id: &str) -> Self {
        Self::ecdsa(id, "P-384", &ECDSA_P384_SHA384_FIXED_SIGNING)
    }

    fn ecdsa(id: &str, curve: &'static str, algorithm: &'static EcdsaSigningAlgorithm) -> Self {
        let random = SystemRandom::new();
        let document =
            EcdsaKeyPair::generate_pkcs8(algorithm, &random).expect("ring makes such keys");
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random)
            .expect("it was just made");
        Self::new(id, Pair::Ecdsa(curve, pair))
    }

    pub(crate) fn ed25519(id: &str) -> Self {
        let document =
            Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).expect("ring makes such keys");
        let pair = Ed25519KeyPair::from_pkcs8(document.as_ref()).expect("it was just made");
        Self::new(id, Pair::Ed25519(pair))
    }

    /// ring makes no keys of RSA.
    pub(crate) fn rsa(id: &str) -> Self {
        let made = Command::new("openssl")
            .args(["genpkey", "-algorithm", "RSA", "-outform", "DER"])
            .args(["-pkeyopt", "rsa_keygen_bits:2048"])
            .output()
            .expect("openssl can be run");
        assert!(made.status.success(), "{made:?}");
        // Which form it has differs among versions of openssl.
        let pair = RsaKeyPair::from_pkcs8(&made.stdout);
        let pair = pair.or_else(|_| RsaKeyPair::from_der(&made.stdout));
        Self::new(id, Pair::Rsa(pair.expect("openssl has made one")))
    }

    fn new(id: &str, pair: Pair) -> Self {
        Self {
            id: id.to_owned(),
            pair,
        }
    }

    pub(crate) fn jwk(&self) -> Value {
        let mut jwk = match &self.pair {
            Pair::Ecdsa(curve, pair) => {
                let point = &pair.public_key().as_ref()[1..];
                let (x, y) = point.split_at(point.len() / 2);
                json!({"kty": "EC", "crv": curve, "x": encoded(x), "y": encoded(y)})
            }
            Pair::Ed25519(pair) => {
                json!({"kty": "OKP", "crv": "Ed25519", "x": encoded(pair.public_key().as_ref())})
            }
            Pair::Rsa(pair) => {
                let public = PublicKeyComponents::<Vec<u8>>::from(pair.public());
                json!({"kty": "RSA", "n": encoded(&public.n), "e": encoded(&public.e)})
            }
        };
        jwk["kid"] = self.id.as_str().into();
        jwk["use"] = "sig".into();
        jwk
    }

    /// By which algorithm it signs.
    fn algorithm(&self) -> &'static str {
        match &self.pair {
            Pair::Ecdsa("P-256", _) => "ES256",
            Pair::Ecdsa(..) => "ES384",
            Pair::Ed25519(_) => "EdDSA",
            Pair::Rsa(_) => "RS256",
        }
    }

    /// An access token, as RFC 9068 has it.
    pub(crate) fn token(&self, claims: &Value) -> String {
        self.token_with(
            &json!({"alg": self.algorithm(), "typ": "at+jwt", "kid": self.id}),
            claims,
        )
    }

    /// The same with members of the header changed, or left out where they are null.
    pub(crate) fn token_but(&self, members: &Value, claims: &Value) -> String {
        let mut header = json!({"alg": self.algorithm(), "typ": "at+jwt", "kid": self.id});
        for (name, value) in members.as_object().expect("members are an object") {
            header[name] = value.clone();
        }
        header
            .as_object_mut()
            .expect("a header is an object")
            .retain(|_, value| !value.is_null());
        self.token_with(&header, claims)
    }

    fn token_with(&self, header: &Value, claims: &Value) -> String {
        self.signed(&header.to_string(), &claims.to_string())
    }

    /// Signs whatever it is, by the algorithm that the header names where the key can.
    pub(crate) fn signed(&self, header: &str, claims: &str) -> String {
        let message = format!("{}.{}", encoded(header), encoded(claims));
        let named: Value = serde_json::from_str(header).unwrap_or_default();
        let signature = self.sign(
            named["alg"].as_str().unwrap_or_default(),
            message.as_bytes(),
        );
        format!("{message}.{}", encoded(signature))
    }

    fn sign(&self, algorithm: &str, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Ecdsa(_, pair) => pair
                .sign(&random, message)
                .expect("ring signs")
                .as_ref()
                .to_vec(),
            Pair::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
            Pair::Rsa(pair) => {
                let padding: &dyn signature::RsaEncoding = match algorithm {
                    "RS384" => &signature::RSA_PKCS1_SHA384,
                    "RS512" => &signature::RSA_PKCS1_SHA512,
                    "PS256" => &signature::RSA_PSS_SHA256,
                    "PS384" => &signature::RSA_PSS_SHA384,
                    "PS512" => &signature::RSA_PSS_SHA512,
                    _ => &signature::RSA_PKCS1_SHA256,
                };
                let mut signed = vec![0; pair.public().modulus_len()];
                pair.sign(padding, &random, message, &mut signed)
                    .expect("ring signs");
                signed
            }
        }
    }

    /// A token by a secret that everybody knows: this key's public half.
    pub(crate) fn forged_with_public_key(&self, claims: &Value) -> String {
        let header = json!({"alg": "HS256", "typ": "at+jwt", "kid": self.id});
        let message = format!(
            "{}.{}",
            encoded(header.to_string()),
            encoded(claims.to_string())
        );
        let secret = match &self.pair {
            Pair::Ecdsa(_, pair) => pair.public_key().as_ref().to_vec(),
            Pair::Ed25519(pair) => pair.public_key().as_ref().to_vec(),
            Pair::Rsa(pair) => pair.public_key().as_ref().to_vec(),
        };
        let secret = hmac::Key::new(hmac::HMAC_SHA256, &secret);
        let signature = hmac::sign(&secret, message.as_bytes());
        format!("{message}.{}", encoded(signature))
    }
}

pub(crate) fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
