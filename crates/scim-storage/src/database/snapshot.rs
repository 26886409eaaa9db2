//! Transactions that read one state of the database with several statements.

use scim_service::store::StoreError;

use super::{Database, Engine, Session};

impl Database {
    /// Begins a reading transaction. All its statements see the state that the first one saw.
    pub(crate) async fn snapshot(&self) -> Result<Session, StoreError> {
        match &self.engine {
            // every reading transaction is a snapshot
            #[cfg(feature = "sqlite")]
            Engine::Sqlite(sqlite) => sqlite.read().await.map(Session::sqlite_reading),
            #[cfg(feature = "postgres")]
            Engine::Postgres(postgres) => postgres.snapshot().await.map(Session::postgres),
        }
    }
}
