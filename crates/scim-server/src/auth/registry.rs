//! The connections, and the credentials that each accepts.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant as Monotonic};

use async_trait::async_trait;
use scim_core::discovery::AuthenticationScheme;
use scim_core::time::Timestamp;
use scim_profiles::profile::Profile;
use scim_service::authentication::{Attempt, Authenticator, Identity, Refusal};
use scim_service::connection::ConnectionKey;
use subtle::ConditionallySelectable as _;
use tokio::sync::Mutex;

use super::code::AuthCode;
use super::credential::Credential;
use super::presented::Presented;
use super::source::{CredentialSource, StoredConnection, StoredCredential};
use crate::causes::Causes;
use crate::clock;

/// The maximum age of the snapshot: a removed credential is accepted for no longer.
const MAX_AGE: Duration = Duration::from_secs(5);

/// The maximum age of a snapshot that lacks a credential or connection, which may be new.
pub(super) const MAX_AGE_OF_A_MISS: Duration = Duration::from_millis(500);

/// The canonical name of a connection: `microsoft` is another name of `azure`.
fn canonical_name(name: &str) -> &str {
    match name {
        "microsoft" => "azure",
        name => name,
    }
}

/// All connections: those of the configuration and those made at run time.
///
/// Requests are decided from a snapshot in memory, which is replaced when it is older than five seconds.
pub(crate) struct Registry {
    codes: BTreeMap<ConnectionKey, Vec<AuthCode>>,
    profiles: BTreeMap<ConnectionKey, Profile>,
    source: Option<Arc<dyn CredentialSource>>,
    snapshot: RwLock<Arc<Snapshot>>,
    refreshing: Mutex<()>,
}

/// The built-in credentials: codes of the configuration, and secrets made at run time. A secret that was made just now may be
/// missing: [`Renewed`](super::renewed::Renewed) accepts it.
#[async_trait]
impl Authenticator for Registry {
    fn schemes(&self, connection: &ConnectionKey) -> Vec<AuthenticationScheme> {
        let now = clock::now();
        let snapshot = self.snapshot();
        let entry = snapshot.entries.get(connection.as_str());
        let accepts_some = |entry: &Arc<Entry>| entry.credentials.iter().any(|it| it.is_valid(now));
        match entry.is_some_and(accepts_some) {
            true => vec![AuthenticationScheme::HttpBasic, AuthenticationScheme::BearerToken],
            false => Vec::new(),
        }
    }

    async fn authenticate(&self, attempt: &Attempt<'_>) -> Result<Identity, Refusal> {
        self.decide(attempt, MAX_AGE).await
    }
}

/// A connection in a snapshot.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) key: ConnectionKey,
    pub(crate) profile: Profile,
    credentials: Vec<Credential>,
}

#[derive(Default)]
struct Snapshot {
    taken: Option<Monotonic>,
    entries: HashMap<String, Arc<Entry>>,
}

impl Registry {
    /// Creates a registry of the connections that have a profile or a code, and those of the source.
    ///
    /// `okta` and `azure` are always known: without a credential they answer 401, not 404.
    pub(crate) fn new(
        profiles: BTreeMap<ConnectionKey, Profile>,
        codes: BTreeMap<ConnectionKey, Vec<AuthCode>>,
        source: Option<Arc<dyn CredentialSource>>,
    ) -> Self {
        let registry = Self {
            codes,
            profiles,
            source,
            snapshot: RwLock::default(),
            refreshing: Mutex::default(),
        };
        registry.keep(registry.entries(Vec::new()), None);
        registry
    }

    /// Finds a connection by name.
    pub(crate) async fn connection(&self, name: &str) -> Option<Arc<Entry>> {
        let name = canonical_name(name);
        if let Some(entry) = self.fresh(MAX_AGE).await.entries.get(name) {
            return Some(Arc::clone(entry));
        }
        self.fresh(MAX_AGE_OF_A_MISS).await.entries.get(name).cloned()
    }

    /// Decides from a snapshot no older than `max_age`.
    pub(super) async fn decide(&self, attempt: &Attempt<'_>, max_age: Duration) -> Result<Identity, Refusal> {
        let shown = Presented::in_headers(attempt.headers);
        if shown == Presented::Nothing {
            return Err(Refusal::Missing);
        }
        let snapshot = self.fresh(max_age).await;
        let entry = snapshot.entries.get(canonical_name(attempt.connection.as_str()));
        let entry = entry.ok_or(Refusal::UnknownConnection)?;
        match self.accepts(entry, &shown, clock::now()) {
            true => Ok(Identity::provider()),
            false => Err(Refusal::Wrong),
        }
    }

    /// All connections, with the profile of each and how many of its credentials are valid.
    pub(crate) async fn overview(&self, now: Timestamp) -> BTreeMap<ConnectionKey, (String, usize)> {
        let entry = |entry: &Arc<Entry>| {
            let valid = entry
                .credentials
                .iter()
                .filter(|credential| credential.is_valid(now));
            (
                entry.key.clone(),
                (entry.profile.name().to_owned(), valid.count()),
            )
        };
        self.fresh(MAX_AGE).await.entries.values().map(entry).collect()
    }

    /// Whether the connection accepts the credential that a request shows.
    fn accepts(&self, entry: &Entry, shown: &Presented, now: Timestamp) -> bool {
        let Some(credential) = entry.accepting(shown, now) else {
            return false;
        };
        if let (Some(id), Some(source)) = (credential.note_use(now), &self.source) {
            let (source, id) = (Arc::clone(source), id.to_owned());
            tokio::spawn(async move {
                if let Err(error) = source.note_use(&id, now).await {
                    tracing::warn!(error = %Causes(&error), "the use of a credential was not noted");
                }
            });
        }
        true
    }

    /// A snapshot no older than `max_age`, or the last one if the source fails.
    async fn fresh(&self, max_age: Duration) -> Arc<Snapshot> {
        let known = self.snapshot();
        let Some(source) = &self.source else {
            return known;
        };
        if known.is_younger_than(max_age) {
            return known;
        }
        let _one_at_a_time = self.refreshing.lock().await;
        let known = self.snapshot();
        if known.is_younger_than(max_age) {
            return known;
        }
        let entries = match source.connections().await {
            Ok(stored) => self.entries(stored),
            Err(error) => {
                tracing::warn!(error = %Causes(&error), "the credentials of connections could not be refreshed");
                known.entries.clone()
            }
        };
        self.keep(entries, Some(Monotonic::now()))
    }

    fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn keep(&self, entries: HashMap<String, Arc<Entry>>, taken: Option<Monotonic>) -> Arc<Snapshot> {
        let snapshot = Arc::new(Snapshot { taken, entries });
        let mut place = self.snapshot.write().unwrap_or_else(PoisonError::into_inner);
        *place = Arc::clone(&snapshot);
        snapshot
    }

    fn entries(&self, stored: Vec<StoredConnection>) -> HashMap<String, Arc<Entry>> {
        let mut credentials: BTreeMap<ConnectionKey, Vec<Credential>> = BTreeMap::new();
        let known = ["okta", "azure"].into_iter().filter_map(|name| name.parse().ok());
        for key in self.profiles.keys().cloned().chain(known) {
            credentials.entry(key).or_default();
        }
        for (key, codes) in &self.codes {
            let hashes = codes.iter().flat_map(AuthCode::accepted);
            let configured = hashes.map(|hash| Credential::configured(*hash));
            credentials.entry(key.clone()).or_default().extend(configured);
        }
        let mut given: HashMap<ConnectionKey, Profile> = HashMap::new();
        for connection in stored {
            let made = connection.credentials.into_iter().map(Credential::from);
            let key = canonical_key(connection.key);
            if let Some(profile) = connection.profile {
                given.insert(key.clone(), profile);
            }
            credentials.entry(key).or_default().extend(made);
        }
        let entry = |(key, credentials): (ConnectionKey, Vec<Credential>)| {
            let profile = self.profiles.get(&key).or_else(|| given.get(&key)).cloned();
            let profile = profile.unwrap_or_else(|| default_profile(&key));
            let entry = Entry {
                profile,
                credentials,
                key,
            };
            (entry.key.as_str().to_owned(), Arc::new(entry))
        };
        credentials.into_iter().map(entry).collect()
    }
}

/// The profile of a connection without a configured one.
pub(crate) fn default_profile(key: &ConnectionKey) -> Profile {
    let name = match key.as_str() {
        "okta" => "okta",
        "azure" => "entra",
        _ => "standard",
    };
    Profile::by_name(name).unwrap_or(Profile::standard())
}

/// The canonical key of a connection: `microsoft` is another name of `azure`.
pub(crate) fn canonical_key(key: ConnectionKey) -> ConnectionKey {
    match canonical_name(key.as_str()) {
        name if name == key.as_str() => key,
        name => name.parse().unwrap_or(key),
    }
}

impl From<StoredCredential> for Credential {
    fn from(stored: StoredCredential) -> Self {
        Self::stored(stored.id, stored.hash, stored.expires, stored.last_used)
    }
}

impl Entry {
    /// The credential that accepts a request. Compares all of them, so that the time taken does not tell which one it is.
    fn accepting(&self, shown: &Presented, now: Timestamp) -> Option<&Credential> {
        let hashes = shown.hashes();
        let mut hit = 0_u32;
        for (number, credential) in (1_u32..).zip(&self.credentials) {
            hit.conditional_assign(&number, credential.accepts(&hashes, now));
        }
        let index = usize::try_from(hit).ok()?.checked_sub(1)?;
        let is_shown = matches!(shown, Presented::Secrets(_));
        self.credentials.get(index).filter(|_| is_shown)
    }
}

impl Snapshot {
    fn is_younger_than(&self, age: Duration) -> bool {
        self.taken.is_some_and(|taken| taken.elapsed() < age)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use async_trait::async_trait;
    use http::HeaderMap;
    use http::header::AUTHORIZATION;

    use super::super::credential::SecretHash;
    use super::super::source::CredentialSourceError;
    use super::*;

    /// A source that has another secret each time it is read.
    #[derive(Default)]
    struct Growing(AtomicUsize);

    #[async_trait]
    impl CredentialSource for Growing {
        async fn connections(&self) -> Result<Vec<StoredConnection>, CredentialSourceError> {
            let asked = self.0.fetch_add(1, Ordering::SeqCst);
            let credential = |number: usize| StoredCredential {
                id: number.to_string(),
                hash: SecretHash::of(format!("secret-{number}").as_bytes()),
                expires: None,
                last_used: None,
            };
            Ok(vec![StoredConnection {
                key: "corp".parse().unwrap(),
                profile: None,
                credentials: (0..=asked).map(credential).collect(),
            }])
        }

        async fn note_use(&self, _: &str, _: Timestamp) -> Result<(), CredentialSourceError> {
            Ok(())
        }
    }

    fn bearer(secret: &str) -> HeaderMap {
        let value = format!("Bearer {secret}").parse().unwrap();
        HeaderMap::from_iter([(AUTHORIZATION, value)])
    }

    #[tokio::test]
    async fn a_new_credential_is_found_within_half_a_second_by_who_asks_for_it() {
        let source = Arc::new(Growing::default());
        let registry = Registry::new(BTreeMap::new(), BTreeMap::new(), Some(Arc::clone(&source) as _));
        let corp = "corp".parse().unwrap();
        let decide = async |secret: &str, max_age| {
            let headers = bearer(secret);
            registry.decide(&Attempt::new(&corp, &headers), max_age).await
        };
        assert!(decide("secret-0", MAX_AGE).await.is_ok());
        assert!(decide("secret-1", MAX_AGE_OF_A_MISS).await.is_err());
        tokio::time::sleep(MAX_AGE_OF_A_MISS).await;
        assert!(decide("secret-1", MAX_AGE).await.is_err());
        assert_eq!(source.0.load(Ordering::SeqCst), 1);
        assert!(decide("secret-1", MAX_AGE_OF_A_MISS).await.is_ok());
        assert!(decide("secret-1", MAX_AGE).await.is_ok());
        assert_eq!(source.0.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn okta_and_azure_are_known_and_accept_nothing() {
        let registry = Registry::new(BTreeMap::new(), BTreeMap::new(), None);
        for (name, key) in [("okta", "okta"), ("azure", "azure"), ("microsoft", "azure")] {
            let entry = registry.connection(name).await.unwrap();
            assert_eq!(entry.key.as_str(), key);
            let shown = bearer("");
            let decided = registry.decide(&Attempt::new(&entry.key, &shown), MAX_AGE).await;
            assert!(matches!(decided, Err(Refusal::Wrong)));
        }
        assert!(registry.connection("Okta").await.is_none());
    }
}
