//! The cached keys of an issuer.

use std::error::Error as StdError;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use jsonwebtoken::Algorithm;
use tokio::sync::Mutex;

use crate::fetch::Place;
use crate::key::{Key, read_set};

/// The age at which keys are fetched again.
const MAX_AGE: Duration = Duration::from_secs(3_600);
/// The shortest time between two attempts to fetch them.
const MIN_INTERVAL: Duration = Duration::from_secs(30);

/// The cached public keys of an issuer (RFC 7517 section 5).
///
/// Keys at a URL are fetched with the first token. Afterwards
///
/// - keys older than an hour are fetched again in the background, while the known ones stay in use;
/// - keys older than two hours are fetched again before a token is accepted;
/// - a token that names an unknown key triggers a fetch at once, so a new key works without a restart.
///
/// There is at most one attempt every 30 seconds, and one request at a time: a token that is signed by a key less than 30
/// seconds after its publication may be refused. If an attempt fails, the known keys stay in use and a warning is logged. A
/// set without usable keys is not a failure: the issuer has withdrawn its keys, and all its tokens are refused. A response
/// must arrive within 5 seconds and have at most 512 KiB; the first 100 keys count. Redirects are not followed.
/// [`KeySet::builder`] changes the hour and the 30 seconds.
///
/// A `KeySet` is shared by [`Arc`]: several [`Trust`](crate::Trust)s in one issuer fetch its keys once.
///
/// # Examples
///
/// ```
/// use scim_jwt::KeySet;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let okta = KeySet::at("https://example.okta.com/oauth2/default/v1/keys")?;
/// let pinned = KeySet::fixed(br#"{ "keys": [{ "kty": "OKP", "crv": "Ed25519", "kid": "1",
///     "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" }] }"#)?;
/// # drop((okta, pinned));
/// # Ok(())
/// # }
/// ```
pub struct KeySet {
    place: Option<Place>,
    known: RwLock<Known>,
    renewing: Mutex<()>,
    max_age: Duration,
    min_interval: Duration,
}

/// Configures and builds a [`KeySet`] of keys at a URL; made by [`KeySet::builder`].
#[derive(Debug, Clone)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct KeySetBuilder {
    url: String,
    max_age: Duration,
    min_interval: Duration,
}

#[derive(Clone, Default)]
struct Known {
    keys: Arc<[Arc<Key>]>,
    fetched: Option<Instant>,
    tried: Option<Instant>,
    is_failing: bool,
}

/// Why there is no key to check a token with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoKey {
    /// The issuer has no key that suits.
    Unknown,
    /// The issuer does not answer. Retried after that time.
    Unavailable(Duration),
}

/// An error from setting up or fetching a [`KeySet`].
///
/// ```
/// use scim_jwt::{KeySet, KeySetError};
///
/// let insecure = KeySet::at("http://idp.example.com/keys");
/// assert!(matches!(insecure, Err(KeySetError::Url(url)) if url == "http://idp.example.com/keys"));
/// let empty = KeySet::fixed(br#"{ "keys": [] }"#);
/// assert!(matches!(empty, Err(KeySetError::NoKey(_))));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeySetError {
    /// The URL is neither `https` nor `http` on a loopback address, or is malformed.
    #[error(
        "`{0}` is not a URL of a key set: use one that begins with `https://` (`http://` is for this machine alone)"
    )]
    Url(String),
    /// TLS cannot be set up.
    #[error("TLS cannot be set up")]
    Tls(#[source] Box<dyn StdError + Send + Sync>),
    /// The URL does not respond.
    #[non_exhaustive]
    #[error("`{url}` cannot be reached")]
    Fetch {
        /// The URL.
        url: String,
        /// The cause.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// The URL responds with a status other than 200.
    #[non_exhaustive]
    #[error("`{url}` answers {status} in place of 200")]
    Status {
        /// The URL.
        url: String,
        /// The status of the response.
        status: u16,
    },
    /// The response is too large.
    #[non_exhaustive]
    #[error("`{url}` answers with more than {limit} bytes")]
    TooLarge {
        /// The URL.
        url: String,
        /// The maximum size in bytes.
        limit: usize,
    },
    /// The response or the text is not a JWK Set. The text names the source.
    #[error("{0} is not a JWK Set: it has no array `keys`")]
    NoSet(String),
    /// The JWK Set has no usable key. The text names the source.
    #[error("{0} has no key that signatures can be checked with: RSA, P-256, P-384 or Ed25519")]
    NoKey(String),
}

impl fmt::Debug for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeySet")
            .field("max_age", &self.max_age)
            .finish_non_exhaustive()
    }
}

impl KeySet {
    /// Creates a key set that fetches the keys at a URL: the `jwks_uri` in the metadata of the issuer. Nothing is fetched yet.
    ///
    /// The certificates that the platform trusts are trusted; on Linux, `SSL_CERT_FILE` names others.
    ///
    /// # Errors
    ///
    /// - [`KeySetError::Url`] if the URL is neither `https` nor `http` on a loopback address;
    /// - [`KeySetError::Tls`] if TLS cannot be set up.
    pub fn at(url: &str) -> Result<Arc<Self>, KeySetError> {
        Self::builder(url).build()
    }

    /// Returns a builder for a key set that fetches the keys at a URL with other times than [`at`](Self::at).
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use scim_jwt::KeySet;
    ///
    /// # fn main() -> Result<(), scim_jwt::KeySetError> {
    /// let keys = KeySet::builder("https://idp.example.com/oauth2/keys")
    ///     .max_age(Duration::from_secs(600))
    ///     .min_interval(Duration::from_secs(10))
    ///     .build()?;
    /// # drop(keys);
    /// # Ok(())
    /// # }
    /// ```
    pub fn builder(url: impl Into<String>) -> KeySetBuilder {
        KeySetBuilder {
            url: url.into(),
            max_age: MAX_AGE,
            min_interval: MIN_INTERVAL,
        }
    }

    /// Creates a key set from the text of a JWK Set. Its keys never change.
    ///
    /// # Errors
    ///
    /// - [`KeySetError::NoSet`] if the text is not a JWK Set;
    /// - [`KeySetError::NoKey`] if it has no usable key.
    pub fn fixed(text: &[u8]) -> Result<Arc<Self>, KeySetError> {
        let keys = read(text, "the file")?;
        not_empty(&keys, "the file")?;
        let known = Known {
            keys,
            ..Known::default()
        };
        Ok(Arc::new(Self {
            place: None,
            known: RwLock::new(known),
            renewing: Mutex::default(),
            max_age: MAX_AGE,
            min_interval: MIN_INTERVAL,
        }))
    }

    /// Fetches the keys now, whatever their age, and returns the number of usable ones. Of [fixed](Self::fixed) keys, returns
    /// the number.
    ///
    /// # Errors
    ///
    /// - [`KeySetError::Fetch`], [`KeySetError::Status`] or [`KeySetError::TooLarge`] if they cannot be fetched;
    /// - [`KeySetError::NoSet`] or [`KeySetError::NoKey`] if the response has no usable key.
    pub async fn check(&self) -> Result<usize, KeySetError> {
        self.renew().await?;
        Ok(self.known().keys.len())
    }

    /// The keys that may have signed a token with this key id and algorithm; never an empty list.
    pub(crate) async fn suiting(
        self: &Arc<Self>,
        id: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<Vec<Arc<Key>>, NoKey> {
        let known = self.known();
        let keys = known.suiting(id, algorithm);
        let is_older_than = |age| known.fetched.is_none_or(|fetched| fetched.elapsed() >= age);
        let is_due = keys.is_empty() || is_older_than(self.max_age);
        if self.place.is_none() || !is_due || !known.may_be_tried(self.min_interval) {
            return known.found(keys, self.min_interval);
        }
        let renewing = self.renew_once();
        // keys that were not used for long may have been revoked long ago
        if !keys.is_empty() && !is_older_than(self.max_age * 2) {
            return Ok(keys);
        }
        // dropping this future does not cancel the fetch
        drop(renewing.await);
        let known = self.known();
        let keys = known.suiting(id, algorithm);
        known.found(keys, self.min_interval)
    }

    /// Renews the keys in a separate task, unless another task has just tried.
    fn renew_once(self: &Arc<Self>) -> tokio::task::JoinHandle<()> {
        let this = Arc::clone(self);
        tokio::spawn(async move {
            let _one_at_a_time = this.renewing.lock().await;
            if this.known().may_be_tried(this.min_interval)
                && let Err(error) = this.renew().await
            {
                let cause = error.source().map(ToString::to_string);
                tracing::warn!(%error, cause, "the keys of an issuer were not renewed");
            }
        })
    }

    async fn renew(&self) -> Result<(), KeySetError> {
        let Some(place) = &self.place else { return Ok(()) };
        let name = || format!("`{}`", place.url);
        let keys = place.fetch().await.and_then(|text| read(&text, &name()));
        let now = Some(Instant::now());
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.tried = now;
        known.is_failing = keys.is_err();
        // an issuer that has no key any more has withdrawn those that it had
        known.keys = keys?;
        known.fetched = now;
        not_empty(&known.keys, &name())
    }

    fn known(&self) -> Known {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl KeySetBuilder {
    /// Sets the age at which keys are fetched again: in the background, or before a token is accepted if they are twice as old.
    /// 1 hour by default.
    pub fn max_age(mut self, max_age: Duration) -> Self {
        self.max_age = max_age;
        self
    }

    /// Sets the shortest time between two attempts to fetch keys, successful or not. 30 seconds by default.
    pub fn min_interval(mut self, min_interval: Duration) -> Self {
        self.min_interval = min_interval;
        self
    }

    /// Builds the key set. Nothing is fetched yet.
    ///
    /// # Errors
    ///
    /// As for [`KeySet::at`].
    pub fn build(self) -> Result<Arc<KeySet>, KeySetError> {
        Ok(Arc::new(KeySet {
            place: Some(Place::new(&self.url)?),
            known: RwLock::default(),
            renewing: Mutex::default(),
            max_age: self.max_age,
            min_interval: self.min_interval,
        }))
    }
}

impl Known {
    fn suiting(&self, id: Option<&str>, algorithm: Algorithm) -> Vec<Arc<Key>> {
        let suiting = self.keys.iter().filter(|key| key.suits(id, algorithm));
        suiting.cloned().collect()
    }

    fn found(&self, keys: Vec<Arc<Key>>, pause: Duration) -> Result<Vec<Arc<Key>>, NoKey> {
        match keys.is_empty() {
            false => Ok(keys),
            true if self.is_failing => Err(NoKey::Unavailable(pause)),
            true => Err(NoKey::Unknown),
        }
    }

    fn may_be_tried(&self, pause: Duration) -> bool {
        self.tried.is_none_or(|tried| tried.elapsed() >= pause)
    }
}

/// The usable keys of a JWK Set.
fn read(text: &[u8], name: &str) -> Result<Arc<[Arc<Key>]>, KeySetError> {
    let keys = read_set(text).ok_or_else(|| KeySetError::NoSet(name.to_owned()))?;
    Ok(keys.into_iter().map(Arc::new).collect())
}

fn not_empty(keys: &[Arc<Key>], name: &str) -> Result<(), KeySetError> {
    match keys.is_empty() {
        true => Err(KeySetError::NoKey(name.to_owned())),
        false => Ok(()),
    }
}
