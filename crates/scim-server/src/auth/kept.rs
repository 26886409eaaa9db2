//! The credentials that the database keeps.

use async_trait::async_trait;
use scim_core::time::Timestamp;
use scim_profiles::profile::Profile;
use scim_service::store::StoreError;
use scim_storage::{Connection, Connections, Credential, CredentialId};

use super::source::{CredentialSource, CredentialSourceError, StoredConnection, StoredCredential};

#[async_trait]
impl CredentialSource for Connections {
    async fn connections(&self) -> Result<Vec<StoredConnection>, CredentialSourceError> {
        let failed = |error: StoreError| CredentialSourceError(Box::new(error));
        let credentials = self.all_credentials().await.map_err(failed)?;
        let known = self.list().await.map_err(failed)?;
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
        noted.map_err(|error| CredentialSourceError(Box::new(error)))
    }
}

/// A credential whose hash is none cannot be accepted.
fn stored(credential: &Credential) -> Option<StoredCredential> {
    Some(StoredCredential {
        id: credential.id.get().to_string(),
        hash: credential.hash.parse().ok()?,
        expires: credential.expires,
        last_used: credential.last_used,
    })
}
