//! Secrets and their hashes.

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

/// How far `last_used` may lag behind.
const LAST_USED_MILLIS: i64 = 60_000;

/// The SHA-256 hash of a secret, which is stored and compared instead of the secret.
///
/// A fast hash suffices for the secrets of [`new_secret`]: nobody can try 2²⁵⁶ secrets, however fast each attempt is. A slow
/// hash such as argon2 protects secrets that people choose; here it would cost every request milliseconds and gain nothing.
/// Codes are hashed too, in memory only, so that all comparisons have the same length.
///
/// `Display` and [`FromStr`] convert it to and from the form to store: 43 characters of base64 for URLs, without padding.
/// `Debug` shows nothing of it: the hash of a short code tells the code to whoever tries all. It is compared in constant time.
///
/// ```
/// use scim_server::auth::{SecretHash, new_secret};
/// use scim_server::secrecy::ExposeSecret as _;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let secret = new_secret()?; // for the identity provider
/// let hash = SecretHash::of(secret.expose_secret().as_bytes());
/// let stored = hash.to_string(); // for the table
/// assert_eq!(stored.len(), 43);
/// assert_eq!(stored.parse(), Ok(hash));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy)]
pub struct SecretHash([u8; 32]);

impl SecretHash {
    /// Hashes a secret.
    #[must_use]
    pub fn of(secret: &[u8]) -> Self {
        Self(Sha256::digest(secret).into())
    }

    /// Compares two hashes in constant time.
    pub(crate) fn matches(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

impl PartialEq for SecretHash {
    fn eq(&self, other: &Self) -> bool {
        self.matches(other).into()
    }
}

impl Eq for SecretHash {}

/// Without the hash, which could be compared with others.
impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHash")
    }
}

/// The form that is stored: base64 for URLs.
impl fmt::Display for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

/// An error from parsing a [`SecretHash`]: the text is not base64 for URLs of 32 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a hash of a secret")]
pub struct InvalidSecretHash;

impl FromStr for SecretHash {
    type Err = InvalidSecretHash;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidSecretHash)?;
        bytes.try_into().map(Self).map_err(|_| InvalidSecretHash)
    }
}

/// The operating system has no random numbers. The [`source`](std::error::Error::source) is its error.
#[derive(Debug, thiserror::Error)]
#[error("the operating system has no random numbers to give")]
pub struct NoRandomness(#[source] Box<dyn std::error::Error + Send + Sync>);

/// Makes a secret of 256 random bits: `scim_` and 43 characters that need no escaping in URLs, headers and shells.
///
/// The prefix lets scanners of source code and logs recognize it. To store its hash in the tables of `scim-storage`, call
/// [`make_credential`](super::make_credential) instead.
///
/// # Errors
///
/// [`NoRandomness`] if the operating system has no random numbers. It never makes a secret that could be guessed.
///
/// # Examples
///
/// ```
/// use scim_server::auth::{new_secret, secret_hint};
/// use scim_server::secrecy::ExposeSecret as _;
///
/// # fn main() -> Result<(), scim_server::auth::NoRandomness> {
/// let secret = new_secret()?;
/// assert_eq!(secret.expose_secret().len(), 48);
/// println!("made {}", secret_hint(&secret)); // made scim_Ab1…
/// # Ok(())
/// # }
/// ```
pub fn new_secret() -> Result<SecretString, NoRandomness> {
    let mut bytes = [0_u8; 32];
    OsRng
        .try_fill_bytes(&mut bytes)
        .map_err(|error| NoRandomness(Box::new(error)))?;
    Ok(format!("scim_{}", URL_SAFE_NO_PAD.encode(bytes)).into())
}

/// Returns the first 8 characters of a secret and an ellipsis, such as `scim_Ab1…`, which tell people one secret from another.
#[must_use]
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

/// The id and the last use of a credential made at run time.
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

    /// Whether it is valid at that time.
    pub(crate) fn is_valid(&self, now: Timestamp) -> bool {
        self.expires.is_none_or(|expiry| now < expiry)
    }

    /// Whether one of the hashes shown is that of this credential. Compares all of them.
    pub(crate) fn accepts(&self, shown: &[SecretHash], now: Timestamp) -> Choice {
        let hit = shown
            .iter()
            .fold(Choice::from(0), |hit, hash| hit | self.hash.matches(hash));
        hit & Choice::from(u8::from(self.is_valid(now)))
    }

    /// The id under which to record the use, unless it was recorded within the last minute.
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
