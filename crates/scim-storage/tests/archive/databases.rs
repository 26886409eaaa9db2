//! New databases of both kinds, and exports of them.

use std::io::Cursor;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use scim_core::schema::ResourceTypes;
use scim_service::connection::ConnectionKey;
use scim_storage::{ArchiveError, Counts, Options, SqlStore};
use sea_orm::{ConnectionTrait, Database};
use tempfile::TempDir;

/// A new database, with the schema of today and nothing in it.
pub(crate) struct Archive {
    pub(crate) store: SqlStore,
    _directory: TempDir,
}

impl Archive {
    pub(crate) async fn sqlite() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("scim.sqlite");
        Self::at(path.to_str().unwrap(), directory).await
    }

    /// On PostgreSQL, where there is one.
    pub(crate) async fn other() -> Self {
        match new_postgres_database().await {
            Some(url) => Self::at(&url, tempfile::tempdir().unwrap()).await,
            None => Self::sqlite().await,
        }
    }

    async fn at(url: &str, directory: TempDir) -> Self {
        // a large directory takes its time in a debug build
        let options = Options::default().with_deadline(Duration::from_secs(600));
        let store = SqlStore::connect(url, &options).await.unwrap();
        store.migrate().await.unwrap();
        Self {
            store,
            _directory: directory,
        }
    }

    pub(crate) async fn export(&self) -> String {
        self.export_of(None).await.unwrap()
    }

    pub(crate) async fn export_of(&self, only: Option<&str>) -> Result<String, ArchiveError> {
        let only: Option<ConnectionKey> = only.map(|key| key.parse().unwrap());
        let mut bytes = Vec::new();
        self.store.export(only.as_ref(), &mut bytes, &mut |_| ()).await?;
        Ok(String::from_utf8(bytes).unwrap())
    }

    pub(crate) async fn import(&self, text: &str) -> Result<Counts, ArchiveError> {
        self.import_with(&ResourceTypes::default(), text).await
    }

    pub(crate) async fn import_with(
        &self,
        types: &ResourceTypes,
        text: &str,
    ) -> Result<Counts, ArchiveError> {
        let input = Cursor::new(text.to_owned().into_bytes());
        self.store.import(input, types, &mut |_| ()).await
    }
}

/// A new database on the PostgreSQL server that `SCIM_TEST_POSTGRES` names (`postgres://user@host:port`), if it is set.
async fn new_postgres_database() -> Option<String> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let server = std::env::var("SCIM_TEST_POSTGRES").ok()?;
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("scim_archive_{}_{number}", std::process::id());
    let admin = Database::connect(format!("{server}/postgres")).await.unwrap();
    let create = format!("CREATE DATABASE {name}");
    admin.execute_unprepared(&create).await.unwrap();
    admin.close().await.unwrap();
    Some(format!("{server}/{name}"))
}
