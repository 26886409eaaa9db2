//! Credentials made at run time.

use std::error::Error as StdError;

use async_trait::async_trait;
use scim_core::time::Timestamp;
use scim_profiles::profile::Profile;
use scim_service::connection::ConnectionKey;

use super::credential::SecretHash;

/// A place that holds credentials made at run time, such as a database.
///
/// `scim_storage::Connections` implements it; implement it yourself to hold credentials in tables of your own. Give it to
/// [`ScimBuilder::credentials`](crate::ScimBuilder::credentials).
///
/// # Caching
///
/// Requests are decided from a snapshot in memory. [`connections`](Self::connections) is called again when the snapshot is
/// older than 5 seconds, so a removed credential is accepted for at most 5 seconds; and when it is older than half a second
/// and lacks the connection of a request, or the credential of a request that no
/// [other authenticator](crate::ScimBuilder::authenticator) accepts either, so a new credential works after half a second.
/// There is one call at a time. If a call fails, the last snapshot stays in use and a warning is logged.
///
/// # Examples
///
/// ```
/// use std::collections::BTreeMap;
/// use std::sync::Arc;
///
/// use async_trait::async_trait;
/// use scim_core::time::Timestamp;
/// use scim_server::Scim;
/// use scim_server::auth::{
///     CredentialSource, CredentialSourceError, SecretHash, StoredConnection, StoredCredential,
/// };
/// use scim_service::service::Service;
/// use tokio::sync::RwLock;
///
/// /// The API keys of an application: the hash of each, by the name of its customer.
/// #[derive(Default)]
/// struct ApiKeys(RwLock<BTreeMap<String, SecretHash>>);
///
/// #[async_trait]
/// impl CredentialSource for ApiKeys {
///     async fn connections(&self) -> Result<Vec<StoredConnection>, CredentialSourceError> {
///         let keys = self.0.read().await;
///         let connection = |(customer, hash): (&String, &SecretHash)| {
///             let key = customer.parse().map_err(CredentialSourceError::new)?;
///             Ok(StoredConnection::new(key).with_credential(StoredCredential::new(customer, *hash)))
///         };
///         keys.iter().map(connection).collect()
///     }
///
///     async fn note_use(&self, id: &str, now: Timestamp) -> Result<(), CredentialSourceError> {
///         println!("the key of {id} was used at {now}");
///         Ok(())
///     }
/// }
///
/// fn scim(service: Service, keys: Arc<ApiKeys>) -> Arc<Scim> {
///     Scim::builder(service).credentials(keys).build()
/// }
/// ```
#[async_trait]
pub trait CredentialSource: Send + Sync + 'static {
    /// Returns all connections with their credentials. Expired credentials may be among them; they are not accepted.
    ///
    /// # Errors
    ///
    /// If the place cannot be read.
    async fn connections(&self) -> Result<Vec<StoredConnection>, CredentialSourceError>;

    /// Records that a credential was used. It is called at most once a minute for each credential, in a separate task: no
    /// request waits for it. An error is logged.
    ///
    /// # Errors
    ///
    /// If the place cannot be written.
    async fn note_use(&self, id: &str, now: Timestamp) -> Result<(), CredentialSourceError>;
}

/// A connection of a [`CredentialSource`], with its credentials.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct StoredConnection {
    /// The name of the connection. Credentials of `microsoft` are credentials of `azure`.
    pub key: ConnectionKey,
    /// The profile of the connection. `None` by default: `okta` has the profile okta, `azure` has entra, and other connections
    /// have standard. A profile given to [`ScimBuilder::profile`](crate::ScimBuilder::profile) takes precedence.
    pub profile: Option<Profile>,
    /// The credentials that the connection accepts. Empty by default.
    pub credentials: Vec<StoredCredential>,
}

/// A credential of a [`CredentialSource`]: a hash of its secret, and how long it is valid.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct StoredCredential {
    /// The id of the credential, which is not secret. [`CredentialSource::note_use`] gets it.
    pub id: String,
    /// The hash of the secret.
    pub hash: SecretHash,
    /// When the credential expires. `None` by default: never.
    pub expires: Option<Timestamp>,
    /// When the credential was last used, if known. `None` by default.
    pub last_used: Option<Timestamp>,
}

impl StoredConnection {
    /// Creates a connection without a profile and credentials.
    #[must_use]
    pub fn new(key: ConnectionKey) -> Self {
        Self {
            key,
            profile: None,
            credentials: Vec::new(),
        }
    }

    /// Sets the profile.
    #[must_use]
    pub fn with_profile(mut self, profile: Profile) -> Self {
        self.profile = Some(profile);
        self
    }

    /// Adds a credential.
    #[must_use]
    pub fn with_credential(mut self, credential: StoredCredential) -> Self {
        self.credentials.push(credential);
        self
    }
}

impl StoredCredential {
    /// Creates a credential that does not expire and has not been used.
    #[must_use]
    pub fn new(id: impl Into<String>, hash: SecretHash) -> Self {
        Self {
            id: id.into(),
            hash,
            expires: None,
            last_used: None,
        }
    }

    /// Sets when the credential expires.
    #[must_use]
    pub fn with_expires(mut self, expires: Timestamp) -> Self {
        self.expires = Some(expires);
        self
    }

    /// Sets when the credential was last used.
    #[must_use]
    pub fn with_last_used(mut self, last_used: Timestamp) -> Self {
        self.last_used = Some(last_used);
        self
    }
}

/// An error from reading or writing a [`CredentialSource`]. Its [`source`](std::error::Error::source) is the cause.
#[derive(Debug, thiserror::Error)]
#[error("the credentials cannot be read or written")]
pub struct CredentialSourceError(#[source] Box<dyn StdError + Send + Sync>);

impl CredentialSourceError {
    /// Wraps the cause.
    pub fn new(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}
