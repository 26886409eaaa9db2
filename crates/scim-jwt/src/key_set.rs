//! The keys of an issuer, kept and renewed.

use std::error::Error as StdError;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use jsonwebtoken::Algorithm;
use tokio::sync::Mutex;

use crate::fetch::Place;
use crate::key::{Key, read_set};

/// How old keys may be before they are fetched anew.
const MAX_AGE: Duration = Duration::from_secs(3_600);
/// How long it takes at least from one try to fetch them to the next.
const PAUSE: Duration = Duration::from_secs(30);

/// The public keys of an issuer (RFC 7517 section 5): fetched when they are needed, renewed every hour in the background, and at
/// once when they are much older or a token names a key that is not among them, but at most every 30 seconds, by one request at a
/// time. If that fails, those that are known go on.
pub struct KeySet {
    place: Option<Place>,
    known: RwLock<Known>,
    renewing: Mutex<()>,
    max_age: Duration,
    pause: Duration,
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
    /// The issuer has none that suits.
    Unknown,
    /// The issuer does not answer; to be tried again after that time.
    Unavailable(Duration),
}

/// Keys cannot be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeySetError {
    /// Not a URL that keys may be fetched from.
    #[error(
        "`{0}` is no URL of a key set: use one that begins with `https://` (`http://` is for this machine alone)"
    )]
    Url(String),
    /// TLS cannot be set up.
    #[error("TLS cannot be set up")]
    Tls(#[source] Box<dyn StdError + Send + Sync>),
    /// The place does not answer.
    #[error("`{url}` cannot be reached")]
    Fetch {
        /// The URL.
        url: String,
        /// Why.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// The place answers with something else.
    #[error("`{url}` answers {status} in place of 200")]
    Status {
        /// The URL.
        url: String,
        /// The status.
        status: u16,
    },
    /// The answer is too large.
    #[error("`{url}` answers with more than {limit} bytes")]
    TooLarge {
        /// The URL.
        url: String,
        /// The most that is read.
        limit: usize,
    },
    /// No JWK Set.
    #[error("{0} is no JWK Set: it has no array `keys`")]
    NoSet(String),
    /// No key that can be used.
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
    /// The keys at that URL: the `jwks_uri` of the issuer. Nothing is fetched yet.
    ///
    /// # Errors
    ///
    /// If it is no `https` URL, nor an `http` one on a loopback address, or TLS cannot be set up.
    pub fn at(url: &str) -> Result<Arc<Self>, KeySetError> {
        Self::at_with_pauses(url, MAX_AGE, PAUSE)
    }

    /// The same, renewed when they are older than `max_age`, and tried at most once in `pause`.
    ///
    /// # Errors
    ///
    /// As [`at`](Self::at).
    pub fn at_with_pauses(url: &str, max_age: Duration, pause: Duration) -> Result<Arc<Self>, KeySetError> {
        Ok(Arc::new(Self {
            place: Some(Place::new(url)?),
            known: RwLock::default(),
            renewing: Mutex::default(),
            max_age,
            pause,
        }))
    }

    /// The keys of a JWK Set in hand, which never change.
    ///
    /// # Errors
    ///
    /// If it is no JWK Set, or has no key that can be used.
    pub fn fixed(text: &[u8]) -> Result<Arc<Self>, KeySetError> {
        let known = Known {
            keys: usable(text, "the file")?,
            ..Known::default()
        };
        Ok(Arc::new(Self {
            place: None,
            known: RwLock::new(known),
            renewing: Mutex::default(),
            max_age: MAX_AGE,
            pause: PAUSE,
        }))
    }

    /// Fetches the keys now, and says how many can be used.
    ///
    /// # Errors
    ///
    /// If they cannot be had.
    pub async fn check(&self) -> Result<usize, KeySetError> {
        self.renew().await?;
        Ok(self.known().keys.len())
    }

    /// The keys that a token may be signed with which names that id and algorithm; never none.
    pub(crate) async fn suiting(
        self: &Arc<Self>,
        id: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<Vec<Arc<Key>>, NoKey> {
        let known = self.known();
        let keys = known.suiting(id, algorithm);
        let is_older_than = |age| known.fetched.is_none_or(|fetched| fetched.elapsed() >= age);
        let is_due = keys.is_empty() || is_older_than(self.max_age);
        if self.place.is_none() || !is_due || !known.may_be_tried(self.pause) {
            return known.found(keys, self.pause);
        }
        let renewing = self.renew_once();
        // where nobody came for long, a key may have been taken back long ago
        if !keys.is_empty() && !is_older_than(self.max_age * 2) {
            return Ok(keys);
        }
        // whoever waits may leave; the work goes on
        drop(renewing.await);
        let known = self.known();
        let keys = known.suiting(id, algorithm);
        known.found(keys, self.pause)
    }

    /// Renews the keys in a task of its own, unless somebody else has just tried.
    fn renew_once(self: &Arc<Self>) -> tokio::task::JoinHandle<()> {
        let this = Arc::clone(self);
        tokio::spawn(async move {
            let _one_at_a_time = this.renewing.lock().await;
            if this.known().may_be_tried(this.pause)
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
        let keys = place.fetch().await.and_then(|text| usable(&text, &name()));
        let now = Some(Instant::now());
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.tried = now;
        known.is_failing = keys.is_err();
        known.keys = keys?;
        known.fetched = now;
        Ok(())
    }

    fn known(&self) -> Known {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
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

fn usable(text: &[u8], name: &str) -> Result<Arc<[Arc<Key>]>, KeySetError> {
    let keys = read_set(text).ok_or_else(|| KeySetError::NoSet(name.to_owned()))?;
    match keys.is_empty() {
        true => Err(KeySetError::NoKey(name.to_owned())),
        false => Ok(keys.into_iter().map(Arc::new).collect()),
    }
}
