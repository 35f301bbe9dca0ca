//! The few signed requests that instant-acme does not make (RFC 7515; RFC 8555, section 6.2):
//!
//! - registering a key that is on disk already, with a contact or bound to a customer of the
//!   authority: it makes the key itself, and a crash before the key is stored loses the account,
//!   and with it a binding that may be used once;
//! - putting a new key that is on disk already in the place of an account's key, likewise;
//! - revoking a certificate by its own key, for which it has no function.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64_URL};
use hyper::{Method, body::Bytes};
use ring::{
    hmac,
    rand::SystemRandom,
    rsa,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
        KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
    },
};
use serde_json::{Value, json};

use super::{
    answer::{Answer, REPLAY_NONCE},
    client::{Client, Repeat},
    error::Error,
};

/// As many tries for a nonce as a call of instant-acme has in all.
const MAX_NONCES: u32 = 29;

/// A private key that signs requests: an account's, or a certificate's.
pub(super) enum SigningKey {
    P256(EcdsaKeyPair),
    P384(EcdsaKeyPair),
    Rsa(RsaKeyPair),
}

/// By what the authority knows the key of a request (RFC 8555, section 6.2).
pub(super) enum KeyId<'a> {
    /// The key itself, where there is no account, or none is needed.
    Key,
    /// The URL of the account that it belongs to.
    Account(&'a str),
}

impl Client {
    /// A signed request with a payload of JSON.
    pub(super) async fn post(
        &self,
        key: &SigningKey,
        id: &KeyId<'_>,
        url: &str,
        payload: &Value,
        repeat: Repeat,
    ) -> Result<Answer, Error> {
        let payload = payload.to_string();
        let mut attempts = self.attempts(repeat, MAX_NONCES);
        loop {
            match self.post_once(key, id, url, &payload).await {
                Err(error) => attempts.after(error).await?,
                result => return result,
            }
        }
    }

    async fn post_once(
        &self,
        key: &SigningKey,
        id: &KeyId<'_>,
        url: &str,
        payload: &str,
    ) -> Result<Answer, Error> {
        let nonce = self.nonce().await?;
        let body = key.request(id, &nonce, url, payload)?;
        self.exchange(Method::POST, url, body.into()).await
    }

    async fn nonce(&self) -> Result<String, Error> {
        let url = &self.directory.new_nonce;
        let answer = self.exchange(Method::HEAD, url, Bytes::new()).await?;
        answer
            .header(&REPLAY_NONCE)
            .map(str::to_owned)
            .ok_or_else(|| self.not_acme(Some(&answer), "it holds no nonce"))
    }
}

impl SigningKey {
    /// A key of any kind that docent makes.
    pub(super) fn from_pkcs8(der: &[u8]) -> Option<Self> {
        let random = SystemRandom::new();
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der, &random)
            .map(Self::P256)
            .or_else(|_| {
                EcdsaKeyPair::from_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, der, &random)
                    .map(Self::P384)
            })
            .or_else(|_| RsaKeyPair::from_pkcs8(der).map(Self::Rsa))
            .ok()
    }

    /// A whole request body.
    pub(super) fn request(
        &self,
        id: &KeyId<'_>,
        nonce: &str,
        url: &str,
        payload: &str,
    ) -> Result<Vec<u8>, Error> {
        let mut header = self.header(id, url);
        header["nonce"] = json!(nonce);
        Ok(self.sign(&header, payload)?.to_string().into_bytes())
    }

    /// A signature inside a request, which therefore has no nonce of its own: the new key's in a
    /// roll-over (RFC 8555, section 7.3.5).
    pub(super) fn inner(&self, url: &str, payload: &str) -> Result<Value, Error> {
        self.sign(&self.header(&KeyId::Key, url), payload)
    }

    /// The public key (RFC 7517).
    pub(super) fn jwk(&self) -> Value {
        match self {
            Self::P256(pair) => elliptic_jwk("P-256", pair),
            Self::P384(pair) => elliptic_jwk("P-384", pair),
            Self::Rsa(pair) => {
                let public = rsa::PublicKeyComponents::<Vec<u8>>::from(pair.public());
                json!({
                    "e": BASE64_URL.encode(public.e),
                    "kty": "RSA",
                    "n": BASE64_URL.encode(public.n),
                })
            }
        }
    }

    fn header(&self, id: &KeyId<'_>, url: &str) -> Value {
        let alg = match self {
            Self::P256(_) => "ES256",
            Self::P384(_) => "ES384",
            Self::Rsa(_) => "RS256",
        };
        match id {
            KeyId::Key => json!({ "alg": alg, "jwk": self.jwk(), "url": url }),
            KeyId::Account(account) => json!({ "alg": alg, "kid": account, "url": url }),
        }
    }

    fn sign(&self, header: &Value, payload: &str) -> Result<Value, Error> {
        let failed = |_| Error::Crypto("a signature");
        let random = SystemRandom::new();
        flattened(header, payload, |input| match self {
            Self::P256(pair) | Self::P384(pair) => {
                Ok(pair.sign(&random, input).map_err(failed)?.as_ref().to_vec())
            }
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, input, &mut signature)
                    .map_err(failed)?;
                Ok(signature)
            }
        })
    }
}

/// Binds an account's key to a customer of the authority (RFC 8555, section 7.3.4).
pub(super) fn external_account_binding(
    kid: &str,
    hmac_key: &[u8],
    url: &str,
    account_key: &SigningKey,
) -> Result<Value, Error> {
    let header = json!({ "alg": "HS256", "kid": kid, "url": url });
    let key = hmac::Key::new(hmac::HMAC_SHA256, hmac_key);
    flattened(&header, &account_key.jwk().to_string(), |input| {
        Ok(hmac::sign(&key, input).as_ref().to_vec())
    })
}

fn elliptic_jwk(curve: &str, pair: &EcdsaKeyPair) -> Value {
    // An uncompressed point: 4, x, y.
    let point = &pair.public_key().as_ref()[1..];
    let (x, y) = point.split_at(point.len() / 2);
    json!({
        "crv": curve,
        "kty": "EC",
        "x": BASE64_URL.encode(x),
        "y": BASE64_URL.encode(y),
    })
}

/// The flattened JSON serialization (RFC 7515, section 7.2.2).
fn flattened(
    header: &Value,
    payload: &str,
    sign: impl FnOnce(&[u8]) -> Result<Vec<u8>, Error>,
) -> Result<Value, Error> {
    let protected = BASE64_URL.encode(header.to_string());
    let payload = BASE64_URL.encode(payload);
    let signature = sign(format!("{protected}.{payload}").as_bytes())?;
    Ok(json!({
        "protected": protected,
        "payload": payload,
        "signature": BASE64_URL.encode(signature),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_one_by_the_key_that_the_request_names() {
        let (_, pkcs8) = instant_acme::Key::generate_pkcs8().unwrap();
        let key = SigningKey::from_pkcs8(pkcs8.secret_pkcs8_der()).unwrap();
        let url = "https://ca.example/new-account";
        let request = key.request(&KeyId::Key, "nonce", url, "{}").unwrap();
        let request: Value = serde_json::from_slice(&request).unwrap();
        let part = |name: &str| request[name].as_str().unwrap().to_owned();
        let header = BASE64_URL.decode(part("protected")).unwrap();
        let header: Value = serde_json::from_slice(&header).unwrap();
        assert_eq!(header["nonce"], "nonce");
        assert_eq!(header["url"], url);
        let coordinate = |name: &str| BASE64_URL.decode(header["jwk"][name].as_str().unwrap());
        let mut point = vec![4];
        point.extend(coordinate("x").unwrap());
        point.extend(coordinate("y").unwrap());
        let input = format!("{}.{}", part("protected"), part("payload"));
        let signature = BASE64_URL.decode(part("signature")).unwrap();
        let algorithm = &ring::signature::ECDSA_P256_SHA256_FIXED;
        ring::signature::UnparsedPublicKey::new(algorithm, point)
            .verify(input.as_bytes(), &signature)
            .unwrap();
    }
}
