//! The store port on the tables of the application.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use rusqlite::{Connection, ErrorCode};
use scim_service::connection::ConnectionKey;
use scim_service::store::{Access, Kind, Store, StoreError, Transaction};
use tokio::sync::Mutex;

use crate::transaction::Work;

/// The tables of the application, in a file of SQLite.
pub(crate) struct Tables {
    path: PathBuf,
    /// There is one writer at a time: the others wait here and not in SQLite, where they would block their thread.
    writer: Arc<Mutex<()>>,
}

impl Tables {
    pub(crate) fn open(path: impl Into<PathBuf>) -> Result<Self, StoreError> {
        let path = path.into();
        let connection = Connection::open(&path).map_err(failed)?;
        connection
            .execute_batch(include_str!("tables.sql"))
            .map_err(failed)?;
        Ok(Self {
            path,
            writer: Arc::default(),
        })
    }
}

#[async_trait]
impl Store for Tables {
    async fn begin(
        &self,
        connection: &ConnectionKey,
        access: Access,
    ) -> Result<Box<dyn Transaction>, StoreError> {
        let (turn, begin) = match access {
            Access::Read => (None, "PRAGMA query_only = 1; BEGIN"),
            Access::Write => (
                Some(Arc::clone(&self.writer).lock_owned().await),
                "BEGIN IMMEDIATE",
            ),
        };
        let database = Connection::open(&self.path).map_err(failed)?;
        database.execute_batch(begin).map_err(failed)?;
        Ok(Box::new(Work {
            database,
            connection: connection.to_string(),
            _turn: turn,
        }))
    }

    /// They go into the outbox.
    fn records_events(&self) -> bool {
        true
    }

    async fn ready(&self) -> Result<(), StoreError> {
        let connection = Connection::open(&self.path).map_err(failed)?;
        let read = connection.query_row("SELECT count(*) FROM projects", [], |_| Ok(()));
        read.map_err(failed)
    }
}

/// The table of a kind of resources.
pub(crate) fn table(kind: Kind) -> Result<&'static str, StoreError> {
    match kind {
        Kind::User => Ok("accounts"),
        Kind::Group => Ok("projects"),
        _ => Err(StoreError::Unsupported(
            "there are users and groups here, and nothing else".to_owned(),
        )),
    }
}

/// What an error of SQLite means. What it keeps apart are names: of accounts, and of projects.
pub(crate) fn failed(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation) if error.to_string().contains("projects.unique_key") => {
            StoreError::Taken("displayName")
        }
        Some(ErrorCode::ConstraintViolation) if error.to_string().contains("accounts.user_key") => {
            StoreError::Taken("userName")
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::CannotOpen) => StoreError::Unavailable(Box::new(error)),
        _ => StoreError::Failed(Box::new(error)),
    }
}
