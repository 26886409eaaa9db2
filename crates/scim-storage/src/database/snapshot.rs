//! Reading one state of the database, however many statements that takes.

use scim_service::store::StoreError;

use super::{Database, Engine, Session};

impl Database {
    /// Begins to read. All statements see what the first of them saw.
    pub(crate) async fn snapshot(&self) -> Result<Session, StoreError> {
        match &self.engine {
            // a transaction that reads is one
            Engine::Sqlite(sqlite) => sqlite.read().await.map(Session::sqlite_reading),
            Engine::Postgres(postgres) => postgres.snapshot().await.map(Session::postgres),
        }
    }
}
