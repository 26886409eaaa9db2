//! Opens the database of the configuration.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};

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
    if let Some(file) = sqlite_file(url) {
        #[cfg(feature = "cli")]
        if opening == Opening::Existing && !file.exists() {
            return Err(StartError::NoDatabase(file));
        }
        make_private(&file);
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

/// The file of a SQLite database; `None` for another database.
pub(crate) fn sqlite_file(url: &str) -> Option<PathBuf> {
    let path = url
        .strip_prefix("sqlite://")
        .or_else(|| url.strip_prefix("sqlite:"))?;
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    Some(PathBuf::from(path))
}

/// Creates the file so that other users of the machine cannot read it; SQLite gives the same mode to the files beside it. If
/// that fails, opening the database fails too, with the reason.
fn make_private(file: &Path) {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    drop(options.open(file));
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
