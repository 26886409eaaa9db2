//! The credentials that the tables of `scim-storage` hold.

use std::time::Duration;

use async_trait::async_trait;
use scim_core::time::Timestamp;
use scim_profiles::profile::Profile;
use scim_service::connection::ConnectionKey;
use scim_service::store::StoreError;
use scim_storage::{Connection, Connections, Credential, CredentialId, NewCredential};
use secrecy::{ExposeSecret as _, SecretString};

use super::credential::{SecretHash, new_secret, secret_hint};
use super::source::{CredentialSource, CredentialSourceError, StoredConnection, StoredCredential};
use crate::clock::now;

/// A new credential of a connection, with its secret. The secret is not stored: the database holds its hash.
#[derive(Debug)]
#[non_exhaustive]
pub struct MadeCredential {
    /// The connection that accepts the credential.
    pub connection: ConnectionKey,
    /// The id of the credential.
    pub id: CredentialId,
    /// The secret, as made by [`new_secret`].
    pub secret: SecretString,
    /// When the credential expires. `None`: never.
    pub expires: Option<Timestamp>,
}

/// Makes a secret for a connection, stores its hash, and returns the secret. Creates the connection if it does not exist.
///
/// `lifetime` is the time until the credential expires; with `None`, it does not expire.
///
/// # Errors
///
/// If the database fails. If the operating system has no random numbers, [`StoreError::Failed`] with a [`NoRandomness`] in it.
///
/// [`NoRandomness`]: super::NoRandomness
///
/// # Examples
///
/// Rotating a secret: the old ones stay valid for a day.
///
/// ```
/// use std::time::Duration;
///
/// use scim_server::auth::{make_credential, retire_credentials};
/// use scim_server::secrecy::ExposeSecret as _;
/// use scim_storage::{Options, SqlStore};
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let url = format!("sqlite://{}/scim.sqlite", folder.path().display());
/// let store = SqlStore::connect(&url, &Options::default()).await?;
/// store.migrate().await?;
/// let connections = store.connections();
/// let okta = "okta".parse()?;
/// let first = make_credential(&connections, &okta, None).await?;
///
/// let second = make_credential(&connections, &okta, None).await?;
/// let retired = retire_credentials(&connections, &okta, second.id, Duration::from_secs(24 * 3_600)).await?;
/// assert_eq!(retired, 1);
/// println!("give this to the identity provider: {}", second.secret.expose_secret());
/// # drop(first);
/// # Ok(())
/// # }
/// ```
pub async fn make_credential(
    connections: &Connections,
    connection: &ConnectionKey,
    lifetime: Option<Duration>,
) -> Result<MadeCredential, StoreError> {
    let secret = new_secret().map_err(|error| StoreError::Failed(Box::new(error)))?;
    let now = now();
    let expires = lifetime.map(|lifetime| after(now, lifetime));
    let hash = SecretHash::of(secret.expose_secret().as_bytes()).to_string();
    let hint = secret_hint(&secret);
    let new = NewCredential::new(&hash, now).with_hint(&hint);
    let new = match expires {
        Some(expires) => new.with_expiry(expires),
        None => new,
    };
    let id = connections.add_credential(connection, new).await?;
    Ok(MadeCredential {
        connection: connection.clone(),
        id,
        secret,
        expires,
    })
}

/// Makes all credentials of a connection that are valid now, except `except`, expire after `grace` at the latest, and returns
/// their number. See the example of [`make_credential`].
///
/// # Errors
///
/// If the database fails; then it changes none of them.
pub async fn retire_credentials(
    connections: &Connections,
    connection: &ConnectionKey,
    except: CredentialId,
    grace: Duration,
) -> Result<u64, StoreError> {
    let now = now();
    connections
        .expire_others(connection, except, now, after(now, grace))
        .await
}

fn after(now: Timestamp, time: Duration) -> Timestamp {
    let millis = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_millis(now.as_millis().saturating_add(millis))
}

#[async_trait]
impl CredentialSource for Connections {
    async fn connections(&self) -> Result<Vec<StoredConnection>, CredentialSourceError> {
        let credentials = self.all_credentials().await.map_err(CredentialSourceError::new)?;
        let known = self.list().await.map_err(CredentialSourceError::new)?;
        let with_credentials = |connection: Connection| {
            let own = credentials
                .iter()
                .filter(|credential| credential.connection == connection.key);
            StoredConnection {
                profile: connection.profile.as_deref().and_then(Profile::by_name),
                credentials: own.filter_map(stored).collect(),
                key: connection.key,
            }
        };
        Ok(known.into_iter().map(with_credentials).collect())
    }

    async fn note_use(&self, id: &str, now: Timestamp) -> Result<(), CredentialSourceError> {
        let Ok(id) = id.parse() else { return Ok(()) };
        let noted = self.touch_last_used(CredentialId::new(id), now).await;
        noted.map_err(CredentialSourceError::new)
    }
}

/// A credential whose hash is malformed cannot be accepted.
fn stored(credential: &Credential) -> Option<StoredCredential> {
    Some(StoredCredential {
        id: credential.id.get().to_string(),
        hash: credential.hash.parse().ok()?,
        expires: credential.expires,
        last_used: credential.last_used,
    })
}
