//! One secret that a connection accepts.

use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicI64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRngCore as _;
use rand::rngs::OsRng;
use scim_core::time::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConstantTimeEq as _};

/// How long `last used` may lag behind.
const LAST_USED_MILLIS: i64 = 60_000;

/// The SHA-256 of a secret: what is kept and compared instead of it.
///
/// A fast hash is right for what [`new_secret`] makes: nobody can try out 2²⁵⁶ secrets, however fast each try is. A slow
/// one (argon2) makes up for secrets that people choose; it would cost every request milliseconds and gain nothing
/// here. Codes from the environment are hashed too, in memory only, so that all comparisons are of equal length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecretHash([u8; 32]);

impl SecretHash {
    /// The hash of a secret.
    pub fn of(secret: &[u8]) -> Self {
        Self(Sha256::digest(secret).into())
    }

    /// Whether the two are equal, found in a time that does not tell where they differ.
    pub(crate) fn matches(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

/// As it is stored: base64 for URLs.
impl fmt::Display for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

/// The text is no [`SecretHash`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no hash of a secret")]
pub struct InvalidSecretHash;

impl FromStr for SecretHash {
    type Err = InvalidSecretHash;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidSecretHash)?;
        bytes.try_into().map(Self).map_err(|_| InvalidSecretHash)
    }
}

/// The operating system has no random numbers to give. Its [`source`](std::error::Error::source) says why.
#[derive(Debug, thiserror::Error)]
#[error("the operating system has no random numbers to give")]
pub struct NoRandomness(#[source] Box<dyn std::error::Error + Send + Sync>);

/// A new secret of 256 random bits: `scim_` and 43 characters that need no escape anywhere.
///
/// The prefix lets scanners of source code and logs recognise it.
///
/// # Errors
///
/// [`NoRandomness`]; a secret that could be guessed is never made instead.
pub fn new_secret() -> Result<SecretString, NoRandomness> {
    let mut bytes = [0_u8; 32];
    OsRng
        .try_fill_bytes(&mut bytes)
        .map_err(|error| NoRandomness(Box::new(error)))?;
    Ok(format!("scim_{}", URL_SAFE_NO_PAD.encode(bytes)).into())
}

/// What may be shown of a secret so that people tell it from others: `scim_Ab1…`.
pub fn secret_hint(secret: &SecretString) -> String {
    let shown: String = secret.expose_secret().chars().take(8).collect();
    format!("{shown}…")
}

/// A secret that a connection accepts.
#[derive(Debug)]
pub(crate) struct Credential {
    hash: SecretHash,
    expires: Option<Timestamp>,
    stored: Option<Stored>,
}

/// Where a credential made at run time is kept.
#[derive(Debug)]
struct Stored {
    id: String,
    last_used: AtomicI64,
}

impl Credential {
    /// A credential of the configuration.
    pub(crate) fn configured(hash: SecretHash) -> Self {
        Self {
            hash,
            expires: None,
            stored: None,
        }
    }

    /// A credential made at run time.
    pub(crate) fn stored(
        id: String,
        hash: SecretHash,
        expires: Option<Timestamp>,
        last_used: Option<Timestamp>,
    ) -> Self {
        let last_used = AtomicI64::new(last_used.map_or(0, Timestamp::as_millis));
        Self {
            hash,
            expires,
            stored: Some(Stored { id, last_used }),
        }
    }

    /// Whether it is accepted at that time.
    pub(crate) fn is_valid(&self, now: Timestamp) -> bool {
        self.expires.is_none_or(|expiry| now < expiry)
    }

    /// Whether one of the hashes shown is that of this credential; looks at all of them.
    pub(crate) fn accepts(&self, shown: &[SecretHash], now: Timestamp) -> Choice {
        let hit = shown
            .iter()
            .fold(Choice::from(0), |hit, hash| hit | self.hash.matches(hash));
        hit & Choice::from(u8::from(self.is_valid(now)))
    }

    /// The id to note the use under, if it was not noted within the last minute.
    pub(crate) fn note_use(&self, now: Timestamp) -> Option<&str> {
        let stored = self.stored.as_ref()?;
        let noted = stored.last_used.load(Ordering::Relaxed);
        let is_due = now.as_millis().saturating_sub(noted) >= LAST_USED_MILLIS;
        let noting = || {
            stored
                .last_used
                .compare_exchange(noted, now.as_millis(), Ordering::Relaxed, Ordering::Relaxed)
        };
        (is_due && noting().is_ok()).then_some(stored.id.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_long_and_differ() {
        let (one, other) = (new_secret().unwrap(), new_secret().unwrap());
        assert_eq!(one.expose_secret().len(), 48);
        assert_ne!(one.expose_secret(), other.expose_secret());
        assert_eq!(secret_hint(&one).chars().count(), 9);
    }

    #[test]
    fn a_hash_is_read_as_it_was_printed() {
        let hash = SecretHash::of(b"secret");
        assert_eq!(hash.to_string().parse(), Ok(hash));
        assert!("secret".parse::<SecretHash>().is_err());
    }

    #[test]
    fn a_use_is_noted_once_a_minute() {
        let credential = Credential::stored("c1".to_owned(), SecretHash::of(b"s"), None, None);
        let at = Timestamp::from_millis;
        assert_eq!(credential.note_use(at(1_000_000)), Some("c1"));
        assert_eq!(credential.note_use(at(1_059_999)), None);
        assert_eq!(credential.note_use(at(1_060_000)), Some("c1"));
    }

    #[test]
    fn an_expired_credential_accepts_nothing() {
        let hash = SecretHash::of(b"s");
        let expiry = Timestamp::from_millis(10);
        let credential = Credential::stored("c1".to_owned(), hash, Some(expiry), None);
        let accepts = |millis| bool::from(credential.accepts(&[hash], Timestamp::from_millis(millis)));
        assert!(accepts(9));
        assert!(!accepts(10));
    }
}
