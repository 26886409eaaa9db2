//! The database of the binary: users, teams, connections and their credentials.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use scim_core::time::Timestamp;
use scim_profiles::profile::Profile;
use scim_service::connection::ConnectionKey;
use scim_service::store::{Store, StoreError};
use scim_storage::{
    Connection, Credential, CredentialId, NewCredential, Options, Removed, SchemaState, SqlStore,
};
use secrecy::{ExposeSecret as _, SecretString};

use crate::auth::{CredentialSource, SecretHash, new_secret, secret_hint};
pub use crate::clock::now;
use crate::config::DatabaseConfig;
use crate::start_error::StartError;

/// Longer than any piece of work takes.
const FOR_LONG: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// What is expected of a database when it is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// It is made if it is not there, and brought up to date if the configuration allows that.
    Prepare,
    /// It is made if it is not there, and brought up to date.
    Migrate,
    /// It is there and up to date; nothing is changed.
    Existing,
}

/// An open database.
#[derive(Debug, Clone)]
pub struct Database {
    store: SqlStore,
}

/// A secret made at run time. It is shown once; the database has its hash.
#[derive(Debug)]
#[non_exhaustive]
pub struct MadeCredential {
    /// Whose it is.
    pub connection: ConnectionKey,
    /// What identifies it.
    pub id: CredentialId,
    /// The secret.
    pub secret: SecretString,
    /// When it stops being accepted.
    pub expires: Option<Timestamp>,
}

impl Database {
    /// Opens the database.
    ///
    /// # Errors
    ///
    /// If it cannot be opened, or its schema is not the one that this program needs.
    pub async fn open(config: &DatabaseConfig, opening: Opening) -> Result<Self, StartError> {
        Self::open_with(config, opening, &config.options()).await
    }

    /// Opens the database for one piece of work that may take long, however long it takes.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub async fn open_for_long(config: &DatabaseConfig, opening: Opening) -> Result<Self, StartError> {
        let options = config.options().with_deadline(FOR_LONG);
        Self::open_with(config, opening, &options).await
    }

    async fn open_with(
        config: &DatabaseConfig,
        opening: Opening,
        options: &Options,
    ) -> Result<Self, StartError> {
        let url = config.url.expose_secret();
        let file = sqlite_file(url);
        if let (Opening::Existing, Some(file)) = (opening, &file)
            && !file.exists()
        {
            return Err(StartError::NoDatabase(file.clone()));
        }
        if let Some(file) = &file {
            make_private(file);
        }
        let store = SqlStore::connect(url, options)
            .await
            .map_err(StartError::Database)?;
        let migrates = match opening {
            Opening::Prepare => config.auto_migrate,
            Opening::Migrate => true,
            Opening::Existing => false,
        };
        if migrates {
            store.migrate().await.map_err(StartError::Database)?;
        }
        match store.schema_state().await.map_err(StartError::Database)? {
            SchemaState::Current => Ok(Self { store }),
            other => Err(StartError::Schema(other)),
        }
    }

    /// The store itself, for what the service has no use for.
    pub fn sql(&self) -> &SqlStore {
        &self.store
    }

    /// The store of the service.
    pub fn store(&self) -> Arc<dyn Store> {
        Arc::new(self.store.clone())
    }

    /// The connections that have a row, with how many users and teams each has.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn connections(&self) -> Result<Vec<Connection>, StoreError> {
        self.store.connections().list().await
    }

    /// The credentials of a connection, oldest first.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn credentials(&self, connection: &ConnectionKey) -> Result<Vec<Credential>, StoreError> {
        self.store.connections().credentials(connection).await
    }

    /// Makes a connection if it is not there, and gives it a profile if one is named.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn make_connection(
        &self,
        connection: &ConnectionKey,
        profile: Option<&Profile>,
    ) -> Result<(), StoreError> {
        let connections = self.store.connections();
        match profile {
            Some(profile) => connections.set_profile(connection, profile.name()).await,
            None => connections.ensure(connection).await.map(drop),
        }
    }

    /// Makes a credential, and the connection if it is not there.
    ///
    /// # Errors
    ///
    /// If the database or the random numbers of the operating system fail.
    pub async fn make_credential(
        &self,
        connection: &ConnectionKey,
        lifetime: Option<Duration>,
    ) -> Result<MadeCredential, StoreError> {
        let secret = new_secret().map_err(|error| StoreError::Failed(Box::new(error)))?;
        let now = now();
        let expires = lifetime.map(|lifetime| after(now, lifetime));
        let hash = SecretHash::of(secret.expose_secret().as_bytes()).to_string();
        let hint = secret_hint(&secret);
        let kept = NewCredential::new(&hash, now).with_hint(&hint);
        let kept = match expires {
            Some(expires) => kept.with_expiry(expires),
            None => kept,
        };
        let id = self.store.connections().add_credential(connection, kept).await?;
        Ok(MadeCredential {
            connection: connection.clone(),
            id,
            secret,
            expires,
        })
    }

    /// Has the credentials of a connection that are valid now, but for `except`, end after that time at the latest, and
    /// says how many there are.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn retire_credentials(
        &self,
        connection: &ConnectionKey,
        except: CredentialId,
        grace: Duration,
    ) -> Result<usize, StoreError> {
        let now = now();
        let end = after(now, grace);
        let connections = self.store.connections();
        let mut retired = 0;
        for credential in connections.credentials(connection).await? {
            let is_valid = credential.expires.is_none_or(|expiry| expiry > now);
            if credential.id == except || !is_valid {
                continue;
            }
            retired += 1;
            if credential.expires.is_none_or(|expiry| expiry > end) {
                connections.expire_credential(credential.id, end).await?;
            }
        }
        Ok(retired)
    }

    /// Deletes a connection with everything in it; `None` if there is none.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn delete_connection(&self, connection: &ConnectionKey) -> Result<Option<Removed>, StoreError> {
        self.store.connections().delete(connection).await
    }

    /// Removes for good the users who were deleted longer ago than that.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn purge_deleted(&self, kept_for: Duration) -> Result<u64, StoreError> {
        self.store.purge_deleted_for(kept_for).await
    }

    /// Its credentials, for authentication.
    pub fn credential_source(&self) -> Arc<dyn CredentialSource> {
        Arc::new(self.store.connections())
    }
}

/// The file of a SQLite database, if it is one.
pub fn sqlite_file(url: &str) -> Option<PathBuf> {
    let path = url
        .strip_prefix("sqlite://")
        .or_else(|| url.strip_prefix("sqlite:"))?;
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    Some(PathBuf::from(path))
}

/// Makes the file so that others on this machine cannot read it; what SQLite puts beside it follows. If that fails, so
/// does opening it, which says why.
fn make_private(file: &Path) {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    drop(options.open(file));
}

fn after(now: Timestamp, time: Duration) -> Timestamp {
    let millis = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_millis(now.as_millis().saturating_add(millis))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_of_a_database_is_found() {
        for (url, file) in [
            ("sqlite://scim-server.sqlite", Some("scim-server.sqlite")),
            (
                "sqlite:///var/lib/scim.sqlite?mode=rwc",
                Some("/var/lib/scim.sqlite"),
            ),
            ("postgres://db/scim", None),
        ] {
            assert_eq!(sqlite_file(url), file.map(PathBuf::from), "{url}");
        }
    }
}
