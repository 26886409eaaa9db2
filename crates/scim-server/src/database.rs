//! Opens the database of the configuration.

#[cfg(feature = "cli")]
use std::path::PathBuf;

use scim_storage::{Options, SchemaState, SqlStore};
use secrecy::ExposeSecret as _;

use crate::config::DatabaseConfig;
use crate::start_error::StartError;

/// What is expected of a database when it is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opening {
    /// Created if it does not exist, and migrated if the configuration allows it.
    Prepare,
    /// Created if it does not exist, and migrated.
    #[cfg(feature = "cli")]
    Migrate,
    /// Exists and is up to date. Nothing is changed.
    #[cfg(feature = "cli")]
    Existing,
}

/// Opens the database.
///
/// # Errors
///
/// If it cannot be opened, or its schema is not the one that this program needs.
pub(crate) async fn open(config: &DatabaseConfig, opening: Opening) -> Result<SqlStore, StartError> {
    open_with(config, opening, &config.options()).await
}

/// Opens the database for one task that may take up to 30 days.
///
/// # Errors
///
/// As for [`open`].
#[cfg(feature = "cli")]
pub(crate) async fn open_for_long(config: &DatabaseConfig, opening: Opening) -> Result<SqlStore, StartError> {
    let options = config.options();
    let options = options.with_deadline(std::time::Duration::from_secs(30 * 24 * 60 * 60));
    open_with(config, opening, &options).await
}

async fn open_with(
    config: &DatabaseConfig,
    opening: Opening,
    options: &Options,
) -> Result<SqlStore, StartError> {
    let url = config.url.expose_secret();
    #[cfg(feature = "cli")]
    if let (Opening::Existing, Some(file)) = (opening, missing_file(config)) {
        return Err(StartError::NoDatabase(file));
    }
    let store = SqlStore::connect(url, options)
        .await
        .map_err(StartError::Database)?;
    let migrates = match opening {
        Opening::Prepare => config.auto_migrate,
        #[cfg(feature = "cli")]
        Opening::Migrate => true,
        #[cfg(feature = "cli")]
        Opening::Existing => false,
    };
    if migrates {
        store.migrate().await.map_err(StartError::Database)?;
    }
    match store.schema_state().await.map_err(StartError::Database)? {
        SchemaState::Current => Ok(store),
        other => Err(StartError::Schema(other)),
    }
}

/// The file of the configured SQLite database, if it does not exist.
#[cfg(feature = "cli")]
pub(crate) fn missing_file(config: &DatabaseConfig) -> Option<PathBuf> {
    SqlStore::file(config.url.expose_secret()).filter(|file| !file.exists())
}
