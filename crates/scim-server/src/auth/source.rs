//! Where the credentials come from that are made at run time.

use std::error::Error as StdError;

use async_trait::async_trait;
use scim_core::time::Timestamp;
use scim_profiles::profile::Profile;
use scim_service::connection::ConnectionKey;

use super::credential::SecretHash;

/// A place that keeps credentials made at run time, such as a database.
#[async_trait]
pub trait CredentialSource: Send + Sync + 'static {
    /// All connections that are known there, with their credentials; expired ones may be among them.
    ///
    /// # Errors
    ///
    /// If the place cannot be read.
    async fn connections(&self) -> Result<Vec<StoredConnection>, CredentialSourceError>;

    /// Notes that a credential was used. Called at most once a minute for each, and never waited for by a request.
    ///
    /// # Errors
    ///
    /// If the place cannot be written.
    async fn note_use(&self, id: &str, now: Timestamp) -> Result<(), CredentialSourceError>;
}

/// A connection that a [`CredentialSource`] knows.
#[derive(Debug, Clone)]
pub struct StoredConnection {
    /// Its name.
    pub key: ConnectionKey,
    /// Its profile, if it was given one.
    pub profile: Option<Profile>,
    /// Its credentials.
    pub credentials: Vec<StoredCredential>,
}

/// A credential made at run time.
#[derive(Debug, Clone)]
pub struct StoredCredential {
    /// What identifies it, and is no secret.
    pub id: String,
    /// The hash of the secret.
    pub hash: SecretHash,
    /// When it stops being accepted.
    pub expires: Option<Timestamp>,
    /// When it was used last.
    pub last_used: Option<Timestamp>,
}

/// A [`CredentialSource`] failed.
#[derive(Debug, thiserror::Error)]
#[error("the credentials cannot be read or written")]
pub struct CredentialSourceError(#[source] pub Box<dyn StdError + Send + Sync>);
