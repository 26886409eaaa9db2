//! PostgreSQL: a pool of connections.

use scim_service::store::StoreError;
use sea_orm::{ConnectOptions, Database, DatabaseConnection, DatabaseTransaction, TransactionTrait};

use crate::error::failure;
use crate::store::Options;

#[derive(Debug)]
pub(super) struct Postgres {
    pool: DatabaseConnection,
}

impl Postgres {
    pub(super) async fn open(url: &str, options: &Options) -> Result<Self, StoreError> {
        let mut pool = ConnectOptions::new(url);
        pool.max_connections(Ord::max(options.readers, 1))
            .min_connections(1)
            .acquire_timeout(options.patience)
            .connect_timeout(options.patience)
            // a connection that broke is noticed by the statement that fails on it, and replaced
            .test_before_acquire(false)
            // statements hold user names
            .sqlx_logging(false)
            .record_stmt_in_spans(false);
        let pool = Database::connect(pool).await.map_err(failure)?;
        Ok(Self { pool })
    }

    pub(super) fn read(&self) -> DatabaseConnection {
        self.pool.clone()
    }

    pub(super) async fn write(&self) -> Result<DatabaseTransaction, StoreError> {
        self.pool.begin().await.map_err(failure)
    }

    pub(super) async fn migrate(&self) -> Result<(), StoreError> {
        scim_migrations::migrate(&self.pool).await.map_err(failure)
    }

    pub(super) async fn close(&self) -> Result<(), StoreError> {
        self.pool.close_by_ref().await.map_err(failure)
    }
}
