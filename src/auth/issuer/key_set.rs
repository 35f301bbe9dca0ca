//! The keys of an issuer: a JWK set (RFC 7517), without what cannot verify a signature.

use std::{collections::BTreeMap, fmt};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse},
};
use serde_json::Value;

/// Keys of a set at the most. Entra has about ten.
const MAX_KEYS: usize = 100;
/// Longest name of a key, in bytes.
pub(super) const MAX_KEY_ID: usize = 512;
/// Bytes of an RSA modulus: 2,048 to 8,192 bits (RFC 7518, section 3.3).
const RSA: std::ops::RangeInclusive<usize> = 256..=1024;

const BY_RSA: &[Algorithm] = &[
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
];

/// The keys by which an issuer signs.
#[derive(Clone, Default)]
pub struct KeySet {
    keys: Vec<Key>,
    passed_over: Vec<String>,
}

/// Why something is no set of keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeySetError {
    /// It is something else.
    #[error("it is no JWK set: {0}")]
    NoSet(&'static str),
    /// None of its keys can verify a token.
    #[error("none of its keys can be used: {0}")]
    NoKey(String),
}

/// A key, and what it may verify.
#[derive(Clone)]
struct Key {
    id: Option<String>,
    algorithms: Vec<Algorithm>,
    key: DecodingKey,
}

impl KeySet {
    /// Takes the keys that can verify tokens, and passes over others: a set may hold some for encryption, or of kinds that
    /// are still to come.
    ///
    /// # Errors
    /// Where it is no JWK set, or no key is left.
    pub fn parse(json: &[u8]) -> Result<Self, KeySetError> {
        let set: Value = serde_json::from_slice(json).map_err(|_| KeySetError::NoSet("no JSON"))?;
        let keys = set.get("keys").and_then(Value::as_array);
        let keys = keys.ok_or(KeySetError::NoSet("it has no list of `keys`"))?;
        if keys.len() > MAX_KEYS {
            return Err(KeySetError::NoSet("it has more than 100 keys"));
        }
        let mut found = Self::default();
        for jwk in keys {
            match Key::parse(jwk) {
                Ok(key) => found.keys.push(key),
                Err(why) => found.passed_over.push(why.to_owned()),
            }
        }
        if !found.keys.is_empty() {
            return Ok(found);
        }
        let mut reasons = BTreeMap::new();
        for why in found.passed_over {
            *reasons.entry(why).or_insert(0_usize) += 1;
        }
        let reasons: Vec<_> = reasons
            .iter()
            .map(|(why, count)| format!("{count} {why}"))
            .collect();
        Err(KeySetError::NoKey(match reasons.is_empty() {
            true => "it has none".to_owned(),
            false => reasons.join(", "),
        }))
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Whether a key is called so, or whether there is one without a name.
    pub(super) fn has(&self, id: Option<&str>) -> bool {
        self.keys.iter().any(|key| key.id.as_deref() == id)
    }

    /// The keys of a name by which such a signature may have been made; several may share one.
    pub(super) fn fitting(
        &self,
        id: Option<&str>,
        algorithm: Algorithm,
    ) -> impl Iterator<Item = &DecodingKey> {
        let fits = move |key: &&Key| key.id.as_deref() == id && key.algorithms.contains(&algorithm);
        self.keys.iter().filter(fits).map(|key| &key.key)
    }
}

impl fmt::Debug for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids = self.keys.iter().map(|key| &key.id);
        f.debug_list().entries(ids).finish()
    }
}

/// The members of a key that are public and say what it is for; what else a provider publishes is not kept.
pub const PUBLIC_MEMBERS: [&str; 10] = [
    "kty", "kid", "use", "key_ops", "alg", "crv", "x", "y", "n", "e",
];

impl Key {
    fn parse(json: &Value) -> Result<Self, &'static str> {
        let public: serde_json::Map<_, _> = json
            .as_object()
            .ok_or("no object")?
            .iter()
            .filter(|(name, _)| PUBLIC_MEMBERS.contains(&name.as_str()))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let jwk: Jwk = serde_json::from_value(Value::Object(public))
            .map_err(|_| "of a kind that is not known")?;
        let common = &jwk.common;
        let signs = match &common.public_key_use {
            None | Some(PublicKeyUse::Signature) => true,
            Some(_) => false,
        };
        let verifies = match &common.key_operations {
            None => true,
            Some(operations) => operations.contains(&KeyOperations::Verify),
        };
        if !signs || !verifies {
            return Err("for something else than signatures");
        }
        if let Some(id) = &common.key_id
            && id.len() > MAX_KEY_ID
        {
            return Err("with a name that is too long");
        }
        let (fitting, key) = key(&jwk.algorithm)?;
        let algorithms: Vec<_> = match common.key_algorithm {
            None => fitting.to_vec(),
            Some(only) => fitting
                .iter()
                .copied()
                .filter(|algorithm| is(*algorithm, only))
                .collect(),
        };
        if algorithms.is_empty() {
            return Err("for an algorithm that is not accepted");
        }
        Ok(Self {
            id: jwk.common.key_id,
            algorithms,
            key,
        })
    }
}

fn key(
    parameters: &AlgorithmParameters,
) -> Result<(&'static [Algorithm], DecodingKey), &'static str> {
    const BROKEN: &str = "that is damaged";
    match parameters {
        AlgorithmParameters::RSA(rsa) => {
            let (n, e) = (number(&rsa.n)?, number(&rsa.e)?);
            // Some providers write a leading zero, which is no part of the number.
            if !RSA.contains(&n.len()) || !(1..=4).contains(&e.len()) {
                return Err("of RSA with less than 2,048 bits, or more than 8,192");
            }
            Ok((BY_RSA, DecodingKey::from_rsa_raw_components(&n, &e)))
        }
        AlgorithmParameters::EllipticCurve(point) => {
            let (fitting, length): (&[_], _) = match point.curve {
                EllipticCurve::P256 => (&[Algorithm::ES256], 32),
                EllipticCurve::P384 => (&[Algorithm::ES384], 48),
                _ => return Err("on a curve that is not known"),
            };
            for coordinate in [&point.x, &point.y] {
                if bytes(coordinate)?.len() != length {
                    return Err(BROKEN);
                }
            }
            let key = DecodingKey::from_ec_components(&point.x, &point.y).map_err(|_| BROKEN)?;
            Ok((fitting, key))
        }
        AlgorithmParameters::OctetKeyPair(pair) => {
            if pair.curve != EllipticCurve::Ed25519 {
                return Err("on a curve that is not known");
            }
            if bytes(&pair.x)?.len() != ring::signature::ED25519_PUBLIC_KEY_LEN {
                return Err(BROKEN);
            }
            let key = DecodingKey::from_ed_components(&pair.x).map_err(|_| BROKEN)?;
            Ok((&[Algorithm::EdDSA], key))
        }
        // A secret that everybody can read is none.
        AlgorithmParameters::OctetKey(_) => Err("that is a shared secret"),
        _ => Err("of a kind that is not known"),
    }
}

/// A number as it stands in a JWK (RFC 7518, section 2), without zeros before it.
fn number(text: &str) -> Result<Vec<u8>, &'static str> {
    let bytes = bytes(text)?;
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    Ok(bytes[zeros..].to_vec())
}

fn bytes(text: &str) -> Result<Vec<u8>, &'static str> {
    let decoded = URL_SAFE_NO_PAD.decode(text);
    decoded.map_err(|_| "that is damaged")
}

fn is(algorithm: Algorithm, named: KeyAlgorithm) -> bool {
    matches!(
        (algorithm, named),
        (Algorithm::RS256, KeyAlgorithm::RS256)
            | (Algorithm::RS384, KeyAlgorithm::RS384)
            | (Algorithm::RS512, KeyAlgorithm::RS512)
            | (Algorithm::PS256, KeyAlgorithm::PS256)
            | (Algorithm::PS384, KeyAlgorithm::PS384)
            | (Algorithm::PS512, KeyAlgorithm::PS512)
            | (Algorithm::ES256, KeyAlgorithm::ES256)
            | (Algorithm::ES384, KeyAlgorithm::ES384)
            | (Algorithm::EdDSA, KeyAlgorithm::EdDSA)
    )
}
