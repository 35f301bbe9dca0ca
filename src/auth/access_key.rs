//! Access keys: `docent_`, 256 bits, and a checksum by which programs that look for secrets know one.

use std::{
    fmt,
    hash::{Hash, Hasher},
    str::FromStr,
};

use ring::{
    digest::{SHA256, digest},
    error::Unspecified,
    rand::SecureRandom,
};
use subtle::ConstantTimeEq as _;
use zeroize::{Zeroize as _, Zeroizing};

/// What every access key begins with.
const PREFIX: &str = "docent_";
/// Digits of 256 bits to the base of 62.
const SECRET: usize = 43;
/// Digits of a CRC-32 to the same base.
const CHECKSUM: usize = 6;
/// Characters of an access key.
const LENGTH: usize = PREFIX.len() + SECRET + CHECKSUM;

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A secret that says who somebody is: `docent_`, 256 random bits as 43 digits to the base of 62, and
/// the CRC-32 of those digits as six more.
///
/// It is wiped from memory when it is dropped, and has neither `Debug` nor `Display`.
pub struct AccessKey(Zeroizing<String>);

/// A text that is no access key: another length, another alphabet or a wrong checksum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is no access key: a character is wrong, or some are missing")]
pub struct NoAccessKey;

impl AccessKey {
    /// A new one.
    ///
    /// # Errors
    /// Where the system has no random numbers.
    pub fn generate(random: &dyn SecureRandom) -> Result<Self, Unspecified> {
        let mut secret = Zeroizing::new([0; 32]);
        random.fill(secret.as_mut())?;
        Ok(Self::of(&mut secret))
    }

    /// Whether a text claims to be one, right or wrong. What docent's own sign-in hands out does not:
    /// no access key has another `_`.
    pub fn is_meant_by(text: &str) -> bool {
        text.strip_prefix(PREFIX)
            .is_some_and(|rest| !rest.contains('_'))
    }

    /// Reads one. Nothing is looked up for a text that cannot be one.
    ///
    /// # Errors
    /// Where it is none.
    pub fn parse(text: &str) -> Result<Self, NoAccessKey> {
        let digits = text.strip_prefix(PREFIX).ok_or(NoAccessKey)?;
        let is_digits = digits.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if text.len() != LENGTH || !is_digits {
            return Err(NoAccessKey);
        }
        let (secret, sum) = digits.split_at(SECRET);
        if checksum(secret) != sum.as_bytes() {
            return Err(NoAccessKey);
        }
        // Of the right size at once: what grows leaves copies behind.
        let mut key = Zeroizing::new(String::with_capacity(LENGTH));
        key.push_str(text);
        Ok(Self(key))
    }

    /// What is kept of it: the SHA-256 of the whole text, as `printf %s "$KEY" | sha256sum` says it.
    pub fn hash(&self) -> KeyHash {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, self.0.as_bytes()).as_ref());
        KeyHash(hash)
    }

    /// The key itself, for the one who asked for it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// `secret`: an integer, the most significant byte first; zero afterwards.
    fn of(secret: &mut [u8; 32]) -> Self {
        let mut digits = Zeroizing::new([b'0'; SECRET]);
        for digit in digits.iter_mut().rev() {
            let mut rest = 0_u16;
            for byte in secret.iter_mut() {
                let value = rest << 8 | u16::from(*byte);
                // Less than 62 times 256, divided by 62.
                *byte = u8::try_from(value / 62).unwrap_or(u8::MAX);
                rest = value % 62;
            }
            *digit = DIGITS[usize::from(rest)];
        }
        secret.zeroize();
        let mut key = Zeroizing::new(String::with_capacity(LENGTH));
        key.push_str(PREFIX);
        key.extend(digits.iter().copied().map(char::from));
        let sum = checksum(&key[PREFIX.len()..]);
        key.extend(sum.map(char::from));
        Self(key)
    }
}

/// The CRC-32 of zlib and of IEEE 802.3, with leading zeros.
fn checksum(digits: &str) -> [u8; CHECKSUM] {
    let mut crc = flate2::Crc::new();
    crc.update(digits.as_bytes());
    let mut rest = crc.sum();
    let mut sum = [b'0'; CHECKSUM];
    for digit in sum.iter_mut().rev() {
        let value = usize::try_from(rest % 62).unwrap_or_default();
        *digit = DIGITS[value];
        rest /= 62;
    }
    sum
}

/// Text for a log or an error, in which nothing that may be an access key, or a token of docent's own, is readable.
pub fn masked(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(PREFIX) {
        let (before, key) = rest.split_at(at + PREFIX.len());
        let is_of_token = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_".contains(byte);
        let digits = key.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let all = key.bytes().take_while(is_of_token).count();
        shown.push_str(before);
        // Fewer tell nothing, and names may begin so.
        let (end, put) = match (digits, all) {
            (MASKED.., _) | (_, MASKED_TOKEN..) => (all, "[…]"),
            _ => (digits, &key[..digits]),
        };
        shown.push_str(put);
        rest = &key[end..];
    }
    shown + rest
}

/// As many digits after the prefix are taken for a key, or a part of one.
const MASKED: usize = 16;
/// As many characters of tokens.
const MASKED_TOKEN: usize = 40;

/// The SHA-256 of an access key. Two are compared in the same time wherever they differ.
#[derive(Debug, Clone, Copy, Eq)]
pub struct KeyHash([u8; 32]);

/// A text that is not 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a SHA-256 has 64 hexadecimal digits")]
pub struct NoKeyHash;

impl KeyHash {
    /// Its bytes, to be hashed again.
    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PartialEq for KeyHash {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Hash for KeyHash {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write(&self.0);
    }
}

impl fmt::Display for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for KeyHash {
    type Err = NoKeyHash;

    fn from_str(text: &str) -> Result<Self, NoKeyHash> {
        let digits = text.as_bytes();
        if digits.len() != 64 {
            return Err(NoKeyHash);
        }
        let value = |digit: u8| char::from(digit).to_digit(16).ok_or(NoKeyHash);
        let mut hash = [0; 32];
        for (byte, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
            let number = value(pair[0])? << 4 | value(pair[1])?;
            *byte = u8::try_from(number).map_err(|_| NoKeyHash)?;
        }
        Ok(Self(hash))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use ring::rand::SystemRandom;

    use super::*;

    #[test]
    fn a_key_is_the_same_wherever_it_is_made() {
        let key = |secret: [u8; 32]| AccessKey::of(&mut secret.clone()).reveal().to_owned();
        // By Python's integers and binascii.crc32.
        let zero = format!("docent_{}", "0".repeat(43));
        assert_eq!(key([0; 32]), zero + "2CZclj");
        assert_eq!(
            key([0xff; 32]),
            "docent_yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp13sRzl1"
        );
        let mut one = [0; 32];
        one[31] = 62;
        assert!(key(one).starts_with(&format!("docent_{}10", "0".repeat(41))));
    }

    #[test]
    fn what_is_made_is_read_and_no_two_are_the_same() {
        let random = SystemRandom::new();
        let made: HashSet<String> = (0..1_000)
            .map(|_| {
                let key = AccessKey::generate(&random).unwrap();
                let read = AccessKey::parse(key.reveal()).unwrap();
                assert!(AccessKey::is_meant_by(key.reveal()));
                assert_eq!(read.hash(), key.hash());
                key.reveal().to_owned()
            })
            .collect();
        assert_eq!(made.len(), 1_000);
    }

    #[test]
    fn a_slip_is_noticed_without_looking_anything_up() {
        let key = AccessKey::of(&mut [7; 32]).reveal().to_owned();
        for at in PREFIX.len()..LENGTH {
            let mut wrong = key.clone().into_bytes();
            wrong[at] = if wrong[at] == b'x' { b'y' } else { b'x' };
            let wrong = String::from_utf8(wrong).unwrap();
            assert!(AccessKey::parse(&wrong).is_err(), "{wrong}");
        }
        for wrong in [
            "",
            "docent_",
            &key[1..],
            &key[..LENGTH - 1],
            &format!("{key}0"),
            &format!("{key} "),
            &key.replace("docent_", "docent-"),
            &key.replace("docent_", "DOCENT_"),
            &format!("docent_{}", "é".repeat(25)),
            &format!("docent_at_{}", &key[10..]),
        ] {
            assert!(AccessKey::parse(wrong).is_err(), "{wrong}");
        }
        assert!(!AccessKey::is_meant_by("docent_at_abc"));
        assert!(!AccessKey::is_meant_by("eyJhbGciOiJFUzI1NiJ9.e30.AA"));
    }

    #[test]
    fn a_key_in_a_text_is_not_shown() {
        let key = AccessKey::of(&mut [7; 32]).reveal().to_owned();
        let text = format!("invalid value \"{key}\", `{}`, docent_ci", &key[..40]);
        assert_eq!(
            masked(&text),
            "invalid value \"docent_[…]\", `docent_[…]`, docent_ci"
        );
        assert_eq!(masked("docent_é"), "docent_é");
        let token = format!("docent_at_{}", "A-b_9".repeat(20));
        assert_eq!(masked(&format!("what is {token}?")), "what is docent_[…]?");
    }

    #[test]
    fn a_hash_is_written_as_sha256sum_does() {
        let key = AccessKey::of(&mut [0; 32]);
        let hash = key.hash().to_string();
        assert_eq!(hash.len(), 64);
        assert_eq!(hash.parse(), Ok(key.hash()));
        assert_eq!(hash.to_uppercase().parse(), Ok(key.hash()));
        for wrong in ["", &hash[1..], &format!("{}g", &hash[1..]), &"é".repeat(32)] {
            assert_eq!(wrong.parse::<KeyHash>(), Err(NoKeyHash), "{wrong}");
        }
    }
}
