//! Those who vouch for people by signed tokens: OAuth 2.1 access tokens as JWTs (RFC 9068), verified by keys that somebody
//! else has fetched (RFC 8725 has what to look out for).
//!
//! A token is believed when a key of its issuer has signed it, by an algorithm that is that key's, and all that it says of
//! itself is right: `iss`, `aud`, `exp`, `nbf`, `iat`, `typ`, and that it is an access token. `jsonwebtoken` verifies the
//! signature; what the claims mean is judged here.
mod access_token;
mod claims;
mod fault;
mod groups;
mod header;
mod key_set;
mod provider;
mod strict_json;
mod verified;
mod wanted;
mod watch;

use std::{
    collections::HashMap,
    fmt,
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use arc_swap::ArcSwap;
use jsonwebtoken::{DecodingKey, Validation};
use tokio::{sync::watch::Sender, time::timeout};

use super::denied::Denied;
use crate::{config::IssuerSettings, error::printable};

use claims::counts;
use fault::Fault;
use header::{Header, Parts};
use strict_json::Object;
use verified::{Digest, Verified};

pub use key_set::{KeySet, KeySetError, PUBLIC_MEMBERS};
pub use wanted::Wanted;
pub use watch::Watch;

/// Longest token, in bytes.
const MAX_TOKEN: usize = 16 * 1024;
/// Keys of one name that a signature is tried by.
const MAX_TRIED: usize = 4;
/// How often the log is told of the same fault of an issuer's tokens.
const REMIND: Duration = Duration::from_secs(60 * 60);
/// How much of a token's claim the log is told.
const MAX_TOLD: usize = 300;

/// All issuers of a configuration, with the keys that are known of them.
pub struct Issuers {
    issuers: Vec<Issuer>,
    keys: ArcSwap<Keys>,
    /// Told when there are other keys.
    replaced: Sender<()>,
    wanted: Arc<Wanted>,
    told: Mutex<HashMap<(usize, Fault), SystemTime>>,
}

struct Issuer {
    settings: IssuerSettings,
    name: Arc<str>,
}

/// Keys of one moment, and what was verified by them.
#[derive(Default)]
struct Keys {
    /// One for each issuer; `None`: they have never been there.
    sets: Vec<Option<Arc<KeySet>>>,
    verified: Verified,
}

/// What an issuer says of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vouched {
    /// Who says it.
    pub issuer: Arc<str>,
    /// Whom it is about, as the issuer calls him.
    pub subject: Arc<str>,
    /// The groups that he is in.
    pub groups: Vec<String>,
    /// He is in more groups than the issuer puts into a token, and none of them is known.
    pub groups_are_withheld: bool,
    /// Until when.
    pub expires: SystemTime,
}

impl Issuers {
    /// Without keys: [`Watch`] finds them.
    pub fn new(settings: &[IssuerSettings], wanted: Arc<Wanted>) -> Self {
        provider::install();
        let issuers: Vec<_> = settings.iter().cloned().map(Issuer::new).collect();
        Self {
            keys: ArcSwap::from_pointee(Keys {
                sets: vec![None; issuers.len()],
                verified: Verified::default(),
            }),
            issuers,
            replaced: Sender::new(()),
            wanted,
            told: Mutex::default(),
        }
    }

    /// Whether nobody vouches for anybody.
    pub fn is_empty(&self) -> bool {
        self.issuers.is_empty()
    }

    /// What a token says, once all of it has been checked. An issuer's new keys are waited for, a moment.
    ///
    /// # Errors
    /// Where it does not do.
    pub async fn verify(&self, token: &str, now: SystemTime) -> Result<Arc<Vouched>, Denied> {
        let judged = match self.judge(token, now) {
            Err(fault) if fault.may_pass() => self.judge_by_new_keys(token, now, fault).await,
            judged => judged,
        };
        judged.map_err(|fault| {
            tracing::debug!(why = fault.words(), "a token is refused");
            fault.into()
        })
    }

    /// Has an issuer's tokens verified by other keys from now on. What was verified by the keys before is verified again.
    fn replace_keys(&self, issuer: usize, set: KeySet) {
        let mut sets = self.keys.load().sets.clone();
        if let Some(place) = sets.get_mut(issuer) {
            *place = Some(Arc::new(set));
        }
        self.keys.store(Arc::new(Keys {
            sets,
            verified: Verified::default(),
        }));
        self.replaced.send_replace(());
    }

    /// Whoever is in place when keys are asked for waits for them; whoever finds no place, or comes after others have waited
    /// in vain, does not.
    async fn judge_by_new_keys(
        &self,
        token: &str,
        now: SystemTime,
        fault: Fault,
    ) -> Result<Arc<Vouched>, Fault> {
        let mut replaced = self.replaced.subscribe();
        let may_come = match fault {
            Fault::NoKeysYet => self.wanted.ask_for_first(Instant::now()),
            _ => self.wanted.ask(Instant::now()),
        };
        let place = self.wanted.place().filter(|_| may_come);
        let Some(_place) = place else {
            return Err(fault);
        };
        let judged = async {
            loop {
                // They may have come since the last look.
                match self.judge(token, now) {
                    Err(fault) if fault.may_pass() => {}
                    judged => return judged,
                }
                if replaced.changed().await.is_err() {
                    return Err(fault);
                }
            }
        };
        let judged = timeout(wanted::PATIENCE, judged).await;
        judged.unwrap_or(Err(fault))
    }

    fn judge(&self, token: &str, now: SystemTime) -> Result<Arc<Vouched>, Fault> {
        if self.is_empty() {
            return Err(Fault::NoJwt);
        }
        if token.len() > MAX_TOKEN {
            return Err(Fault::TooLong);
        }
        let keys = self.keys.load();
        let digest = Digest::of(token);
        if let Some(vouched) = keys.verified.find(digest, now) {
            return Ok(vouched);
        }
        let (vouched, validity) = self.check(&keys, token, now)?;
        let vouched = Arc::new(vouched);
        let kept = Arc::clone(&vouched);
        keys.verified.keep(digest, kept, validity, now);
        Ok(vouched)
    }

    fn check(
        &self,
        keys: &Keys,
        token: &str,
        now: SystemTime,
    ) -> Result<(Vouched, Range<SystemTime>), Fault> {
        let Parts { header, claims } = Parts::of(token)?;
        let named = claims.text("iss")?.ok_or(Fault::Issuer)?;
        let mut all = self.issuers.iter().enumerate();
        let (index, issuer) = all
            .find(|(_, issuer)| issuer.settings.url == named)
            .ok_or(Fault::Issuer)?;
        let set = keys.sets.get(index).and_then(Option::as_ref);
        let claims = verified_claims(token, &header, set.map(Arc::as_ref))?;
        let judged = issuer.judge(&header, &claims, now);
        if let Err(fault) = judged
            && fault.concerns_operator()
        {
            self.tell(index, fault, &claims, now);
        }
        judged
    }

    /// Tells the log why people are kept out, once in a while.
    fn tell(&self, index: usize, fault: Fault, claims: &Object, now: SystemTime) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let due = told.get(&(index, fault)).is_none_or(|last| {
            now.duration_since(*last)
                .is_ok_and(|passed| passed >= REMIND)
        });
        if !due {
            return;
        }
        told.insert((index, fault), now);
        drop(told);
        let Some(Issuer { name, settings }) = self.issuers.get(index) else {
            return;
        };
        let aud = claims.audiences().unwrap_or_default().join(", ");
        let aud: String = printable(&aud).chars().take(MAX_TOLD).collect();
        let accepted = &settings.accepted_audiences;
        tracing::warn!(
            issuer = %name,
            why = fault.words(),
            aud,
            accepted = accepted.first().map(String::as_str),
            "a token of this issuer was refused, although it is signed by it: see `How an issuer's tokens are checked` in the manual"
        );
    }
}

/// Nobody vouches for anybody.
impl Default for Issuers {
    fn default() -> Self {
        Self::new(&[], Arc::default())
    }
}

impl fmt::Debug for Issuers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.issuers.iter().map(|issuer| &issuer.name);
        f.debug_list().entries(names).finish()
    }
}

impl Issuer {
    fn new(settings: IssuerSettings) -> Self {
        Self {
            name: settings.url.as_str().into(),
            settings,
        }
    }

    /// What a token says whose signature is right.
    fn judge(
        &self,
        header: &Header,
        claims: &Object,
        now: SystemTime,
    ) -> Result<(Vouched, Range<SystemTime>), Fault> {
        let settings = &self.settings;
        let validity = claims.validity()?;
        counts(&validity, now)?;
        let kind = header.kind(&settings.types).ok_or(Fault::Type)?;
        claims.is_for(&settings.accepted_audiences)?;
        claims.is_access_token(kind)?;
        // A program that asks for itself may have no name but its client's.
        let subject = claims.text("sub")?;
        let subject = subject
            .or(claims.text("client_id")?)
            .or(claims.text("azp")?);
        let subject = subject.filter(|subject| !subject.is_empty());
        let groups = claims.groups(&settings.groups_claim);
        let vouched = Vouched {
            issuer: Arc::clone(&self.name),
            subject: subject.ok_or(Fault::Subject)?.into(),
            groups: groups.names,
            groups_are_withheld: groups.are_withheld,
            expires: validity.end,
        };
        Ok((vouched, validity))
    }
}

/// The claims of a token that a key of this set has signed. By which one is the header's word; what that key may verify is
/// the issuer's.
fn verified_claims(token: &str, header: &Header, set: Option<&KeySet>) -> Result<Object, Fault> {
    let id = header.key_id.as_deref();
    let set = set.ok_or(Fault::NoKeysYet)?;
    if !set.has(id) {
        return Err(match id {
            None => Fault::NoKey,
            Some(_) => Fault::UnknownKey,
        });
    }
    let mut is_any = false;
    for key in set.fitting(id, header.algorithm).take(MAX_TRIED) {
        is_any = true;
        if let Some(claims) = signed_by(token, header, key) {
            return Ok(claims);
        }
    }
    Err(match is_any {
        true => Fault::Signature,
        false => Fault::Algorithm,
    })
}

fn signed_by(token: &str, header: &Header, key: &DecodingKey) -> Option<Object> {
    let mut only = Validation::new(header.algorithm);
    // Judged by docent itself, which knows what moment it is, and asks for more.
    only.required_spec_claims.clear();
    only.validate_exp = false;
    only.validate_nbf = false;
    only.validate_aud = false;
    let decoded = jsonwebtoken::decode::<Object>(token, key, &only);
    decoded.ok().map(|decoded| decoded.claims)
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    use proptest::prelude::*;
    use ring::{
        rand::SystemRandom,
        signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
    };
    use serde_json::json;

    use super::*;
    use crate::config::TokenType;

    const ISSUER: &str = "https://login.example.com";

    fn issuers() -> Issuers {
        let settings = IssuerSettings {
            url: ISSUER.to_owned(),
            accepted_audiences: vec!["docs".to_owned()],
            groups_claim: "groups".to_owned(),
            types: vec![TokenType::AccessToken],
            ca_file: None,
            jwks_url: None,
        };
        Issuers::new(&[settings], Arc::default())
    }

    fn encoded(bytes: impl AsRef<[u8]>) -> String {
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// A set with a key of this name, and a token that the key has signed.
    fn signed(id: &str, now: SystemTime) -> (KeySet, String) {
        let (random, algorithm) = (SystemRandom::new(), &ECDSA_P256_SHA256_FIXED_SIGNING);
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random).unwrap();
        let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
        let jwk = json!({"kty": "EC", "crv": "P-256", "kid": id, "x": encoded(x), "y": encoded(y)});
        let set = json!({ "keys": [jwk] }).to_string();
        let now = now
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap()
            .as_secs();
        let header = json!({"alg": "ES256", "typ": "at+jwt", "kid": id}).to_string();
        let claims =
            json!({"iss": ISSUER, "aud": "docs", "sub": "ada", "exp": now + 60}).to_string();
        let message = format!("{}.{}", encoded(header), encoded(claims));
        let signature = pair.sign(&random, message.as_bytes()).unwrap();
        let token = format!("{message}.{}", encoded(signature));
        (KeySet::parse(set.as_bytes()).unwrap(), token)
    }

    #[tokio::test]
    async fn so_many_requests_wait_for_a_new_key_and_no_more() {
        let now = SystemTime::now();
        let issuers = Arc::new(issuers());
        let (old, _) = signed("old", now);
        issuers.replace_keys(0, old);
        let (new, token) = signed("new", now);
        let mut waiting = tokio::task::JoinSet::new();
        for _ in 0..70 {
            let (issuers, token) = (Arc::clone(&issuers), token.clone());
            waiting.spawn(async move { issuers.verify(&token, now).await.is_ok() });
        }
        let mut refused = 0;
        // The others are refused at once, before there are any keys.
        while refused < 6 {
            assert!(!waiting.join_next().await.unwrap().unwrap());
            refused += 1;
        }
        assert!(waiting.try_join_next().is_none(), "64 wait");
        issuers.replace_keys(0, new);
        while let Some(is_let_in) = waiting.join_next().await {
            assert!(is_let_in.unwrap());
        }
        // A key that is withdrawn takes what was verified by it along.
        let (other, _) = signed("other", now);
        issuers.replace_keys(0, other);
        assert_eq!(issuers.judge(&token, now), Err(Fault::UnknownKey));
        assert_eq!(
            issuers.judge(&token, now + Duration::from_secs(600)),
            Err(Fault::UnknownKey)
        );
    }

    proptest! {
        /// Whatever it is, it is refused, and nothing breaks.
        #[test]
        fn no_text_is_a_token(text in ".*", header in ".{0,40}", claims in ".{0,40}") {
            let issuers = issuers();
            let now = SystemTime::now();
            let made = format!("{}.{}.{}", encoded(&header), encoded(&claims), encoded(&text));
            prop_assert!(issuers.judge(&text, now).is_err());
            prop_assert!(issuers.judge(&made, now).is_err());
            let _ = KeySet::parse(text.as_bytes());
        }
    }
}
