//! Reading one state of the database, however many statements that takes.

use scim_service::store::StoreError;
use sea_orm::{AccessMode, IsolationLevel, TransactionTrait};

use super::{Database, Engine, Session};
use crate::error::failure;

impl Database {
    /// Begins to read. All statements see what the first of them saw.
    pub(crate) async fn snapshot(&self) -> Result<Session, StoreError> {
        match &self.engine {
            // a transaction that reads is one
            Engine::Sqlite(sqlite) => sqlite.read().await.map(Session::sqlite_reading),
            Engine::Postgres(postgres) => {
                let pool = postgres.read();
                let isolation = Some(IsolationLevel::RepeatableRead);
                let begun = pool.begin_with_config(isolation, Some(AccessMode::ReadOnly));
                begun.await.map(Session::postgres_writing).map_err(failure)
            }
        }
    }
}
