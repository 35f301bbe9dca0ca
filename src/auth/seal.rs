//! What docent gives out and takes back without keeping a list of it: sealed, so that nobody else can make one, change
//! one, or read what is in it.
//!
//! Each has a key of its own, drawn by HKDF (RFC 5869) from the sealing key, 16 random bytes and what it is for; it is
//! sealed with ChaCha20-Poly1305 (RFC 8439). So no nonce is ever used twice, however many machines share the sealing
//! key, and what was made for one purpose opens for no other.

use std::{fmt, io, path::Path};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64_URL};
use ring::{
    aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hkdf::{HKDF_SHA256, Salt},
    rand::{SecureRandom as _, SystemRandom},
};
use serde::{Serialize, de::DeserializeOwned};
use zeroize::{Zeroize as _, Zeroizing};

use crate::{config::AccessSettings, durable};

/// The keys that seal: the first one does, and all of them open.
pub struct SealingKeys(Vec<SealingKey>);

/// One of them.
struct SealingKey(Zeroizing<[u8; KEY]>);

/// What something sealed is for, and is good for alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// A `client_id` of a client that has registered.
    Client,
    /// The request that a sign-in page was shown for.
    Form,
    /// An authorization code.
    Code,
    /// An access token.
    AccessToken,
}

/// What was sealed, and the number that no other has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened<T> {
    /// What was sealed.
    pub value: T,
    /// Of this sealing, and of no other.
    pub id: SealId,
}

/// The number of one sealing.
pub(super) type SealId = [u8; SALT];

/// What an access token of docent's own begins with.
pub(super) const ACCESS_TOKEN: &str = "docent_at_";

/// What stands before a key in the file.
const LINE: &str = "docent-sealing-key-1:";
/// Keys in a file: the one that seals, and some that only open until what they sealed has ended.
const MAX_KEYS: usize = 8;
/// Bytes of the file.
const MAX_FILE: u64 = 16 * 1024;
/// Bytes of a key, of the number of a sealing, and of what proves it.
const KEY: usize = 32;
const SALT: usize = 16;
const TAG: usize = 16;

/// Why there are no keys to seal with.
#[derive(Debug, thiserror::Error)]
pub enum SealingKeyError {
    /// There is no file.
    #[error(
        "[sign_in] is enabled, but there is no sealing key: `docent key new` makes one, in {0}"
    )]
    Missing(String),
    /// It cannot be read.
    #[error("the sealing key in {path} cannot be read: {error}")]
    Unreadable {
        /// The file.
        path: String,
        /// Why.
        error: io::Error,
    },
    /// A line of it is no key.
    #[error(
        "line {line} of {path} is no sealing key: each is `{LINE}` and 43 letters after it, as `docent key new` writes them"
    )]
    Line {
        /// The file.
        path: String,
        /// Counted from one.
        line: usize,
    },
    /// It has none, or too many.
    #[error("{path} holds {number} sealing keys: one is needed, and {MAX_KEYS} may be there")]
    Number {
        /// The file.
        path: String,
        /// As many.
        number: usize,
    },
}

/// Nothing can be sealed: the system gives no random numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system gives no random numbers")]
pub struct NotSealed;

impl SealingKeys {
    /// Those of a configuration; `None`: it has no sign-in page.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn load(settings: &AccessSettings) -> Result<Option<Self>, SealingKeyError> {
        let is_wanted = settings.sign_in.enabled && settings.is_private();
        let file = settings.sealing_key_file.as_deref().filter(|_| is_wanted);
        file.map(Self::read).transpose()
    }

    /// Those of a file.
    ///
    /// # Errors
    /// Where it is not there, or is none.
    pub fn read(path: &Path) -> Result<Self, SealingKeyError> {
        let shown = path.display().to_string();
        match durable::read_text(path, MAX_FILE) {
            Ok(text) => Self::parse(&Zeroizing::new(text), &shown),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(SealingKeyError::Missing(shown))
            }
            Err(error) => Err(SealingKeyError::Unreadable { path: shown, error }),
        }
    }

    fn parse(text: &str, path: &str) -> Result<Self, SealingKeyError> {
        let mut keys = Vec::new();
        for (at, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let key = SealingKey::parse(line).ok_or_else(|| SealingKeyError::Line {
                path: path.to_owned(),
                line: at + 1,
            })?;
            keys.push(key);
        }
        if keys.is_empty() || keys.len() > MAX_KEYS {
            return Err(SealingKeyError::Number {
                path: path.to_owned(),
                number: keys.len(),
            });
        }
        Ok(Self(keys))
    }

    /// A new key, as it stands in the file.
    ///
    /// # Errors
    /// Where the system has no random numbers.
    pub fn new_line() -> Result<Zeroizing<String>, NotSealed> {
        let mut key = Zeroizing::new([0; KEY]);
        fill(&mut *key)?;
        let mut encoded = BASE64_URL.encode(*key);
        let line = Zeroizing::new(format!("{LINE}{encoded}\n"));
        encoded.zeroize();
        Ok(line)
    }

    /// Seals something for a purpose.
    ///
    /// # Errors
    /// Where the system has no random numbers.
    pub fn seal<T: Serialize>(&self, purpose: Purpose, value: &T) -> Result<String, NotSealed> {
        let mut sealed = vec![0; SALT];
        fill(&mut sealed)?;
        let mut inner = postcard::to_stdvec(value).map_err(|_| NotSealed)?;
        let key = self.0[0].derived(purpose, &sealed).ok_or(NotSealed)?;
        key.seal_in_place_append_tag(nonce(), Aad::from(purpose.prefix()), &mut inner)
            .map_err(|_| NotSealed)?;
        sealed.append(&mut inner);
        Ok(format!("{}{}", purpose.prefix(), BASE64_URL.encode(sealed)))
    }

    /// Opens what was sealed for a purpose; `None`: it was sealed by nobody here, or for something else.
    pub fn open<T: DeserializeOwned>(&self, purpose: Purpose, text: &str) -> Option<Opened<T>> {
        let encoded = text.strip_prefix(purpose.prefix())?;
        if encoded.len() > purpose.longest() {
            return None;
        }
        let sealed = BASE64_URL.decode(encoded).ok()?;
        let (id, inner) = sealed.split_first_chunk::<SALT>()?;
        if inner.len() < TAG {
            return None;
        }
        self.0.iter().find_map(|key| {
            let key = key.derived(purpose, id)?;
            let mut inner = inner.to_vec();
            let opened = key
                .open_in_place(nonce(), Aad::from(purpose.prefix()), &mut inner)
                .ok()?;
            let (value, rest) = postcard::take_from_bytes(opened).ok()?;
            rest.is_empty().then_some(Opened { value, id: *id })
        })
    }
}

/// Tells how many, and nothing of them.
impl fmt::Debug for SealingKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealingKeys({})", self.0.len())
    }
}

impl SealingKey {
    fn parse(line: &str) -> Option<Self> {
        let encoded = line.strip_prefix(LINE)?;
        let bytes = Zeroizing::new(BASE64_URL.decode(encoded).ok()?);
        let key = <[u8; KEY]>::try_from(bytes.as_slice()).ok()?;
        // What is written by hand to try something out is guessed as easily.
        let is_random = key.iter().any(|byte| *byte != key[0]);
        is_random.then(|| Self(Zeroizing::new(key)))
    }

    /// The key of one sealing.
    fn derived(&self, purpose: Purpose, salt: &[u8]) -> Option<LessSafeKey> {
        let drawn = Salt::new(HKDF_SHA256, salt).extract(&*self.0);
        let purpose = [b"docent seal 1 ", purpose.prefix().as_bytes()];
        let key = drawn.expand(&purpose, &CHACHA20_POLY1305).ok()?;
        Some(LessSafeKey::new(UnboundKey::from(key)))
    }
}

impl Purpose {
    /// What it begins with, so that whoever finds one knows what it is.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Client => "docent_client_",
            Self::Form => "docent_form_",
            Self::Code => "docent_code_",
            Self::AccessToken => ACCESS_TOKEN,
        }
    }

    /// Letters after that.
    fn longest(self) -> usize {
        match self {
            Self::Client => 6 * 1024,
            Self::Form => 12 * 1024,
            Self::Code => 4 * 1024,
            Self::AccessToken => 2 * 1024,
        }
    }
}

/// Each key seals once, so that its nonce is always the same.
fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; NONCE_LEN])
}

/// Fills bytes with random ones.
pub(super) fn fill(bytes: &mut [u8]) -> Result<(), NotSealed> {
    SystemRandom::new().fill(bytes).map_err(|_| NotSealed)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn keys() -> SealingKeys {
        of(&[&line()])
    }

    fn of(lines: &[&str]) -> SealingKeys {
        SealingKeys::parse(&lines.concat(), "sealing.key").unwrap()
    }

    fn line() -> String {
        SealingKeys::new_line().unwrap().to_string()
    }

    const PURPOSES: [Purpose; 4] = [
        Purpose::Client,
        Purpose::Form,
        Purpose::Code,
        Purpose::AccessToken,
    ];

    #[test]
    fn what_is_sealed_opens_for_its_purpose_alone() {
        let own = of(&[&line()]);
        for purpose in PURPOSES {
            let sealed = own.seal(purpose, &("name", 7_u64)).unwrap();
            for other in PURPOSES {
                let text = sealed.replacen(purpose.prefix(), other.prefix(), 1);
                let opened = own.open::<(String, u64)>(other, &text);
                assert_eq!(opened.is_some(), purpose == other, "{purpose:?} {other:?}");
            }
        }
    }

    #[test]
    fn nothing_is_sealed_the_same_way_twice() {
        let own = of(&[&line()]);
        let [one, other] = [0; 2].map(|_| own.seal(Purpose::Code, &"same").unwrap());
        assert_ne!(one, other);
        let id = |text: &str| own.open::<String>(Purpose::Code, text).unwrap().id;
        assert_ne!(id(&one), id(&other));
        assert_eq!(id(&one), id(&one));
    }

    #[test]
    fn each_bit_counts() {
        let own = of(&[&line()]);
        let sealed = own.seal(Purpose::AccessToken, &"name").unwrap();
        let bytes = BASE64_URL.decode(&sealed[ACCESS_TOKEN.len()..]).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let text = format!("{ACCESS_TOKEN}{}", BASE64_URL.encode(changed));
            assert_eq!(own.open::<String>(Purpose::AccessToken, &text), None);
        }
        for length in 0..sealed.len() {
            let text = &sealed[..length];
            assert_eq!(own.open::<String>(Purpose::AccessToken, text), None);
        }
        // What is not the one way to write the bytes is refused as well.
        for text in [
            format!("{sealed}="),
            format!("{sealed}A"),
            format!(" {sealed}"),
        ] {
            assert_eq!(own.open::<String>(Purpose::AccessToken, &text), None);
        }
        let huge = format!("{ACCESS_TOKEN}{}", "A".repeat(1 << 20));
        assert_eq!(own.open::<String>(Purpose::AccessToken, &huge), None);
    }

    #[test]
    fn the_first_seals_and_all_open() {
        let [old, new] = [line(), line()];
        let sealed = of(&[&old]).seal(Purpose::Code, &1_u8).unwrap();
        let opens = |keys: &SealingKeys, text: &str| keys.open::<u8>(Purpose::Code, text).is_some();
        assert!(opens(&of(&[&new, "\n# before\n", &old]), &sealed));
        assert!(!opens(&of(&[&new]), &sealed));
        let sealed = of(&[&new, &old]).seal(Purpose::Code, &1_u8).unwrap();
        assert!(opens(&of(&[&new]), &sealed));
        assert!(!opens(&of(&[&old]), &sealed));
    }

    #[test]
    fn a_file_that_is_none_is_told_without_what_is_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sealing.key");
        let told = || SealingKeys::read(&path).unwrap_err().to_string();
        assert!(told().contains("`docent key new`"), "{}", told());
        let secret = line();
        for (text, why) in [
            (String::new(), "holds 0"),
            (secret.repeat(9), "holds 9"),
            (format!("# a key\n{}x", secret.trim()), "line 2"),
            (secret.replace("key-1", "key-2"), "line 1"),
            (format!("{LINE}{}", BASE64_URL.encode([7; 32])), "line 1"),
        ] {
            std::fs::write(&path, text).unwrap();
            assert!(told().contains(why), "{}", told());
            assert!(!told().contains(&secret[LINE.len()..LINE.len() + 8]));
        }
        std::fs::write(&path, &secret).unwrap();
        let keys = SealingKeys::read(&path).unwrap();
        assert_eq!(format!("{keys:?}"), "SealingKeys(1)");
    }
}
