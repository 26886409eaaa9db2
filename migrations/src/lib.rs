//! The database schema of `scim-storage`, as a sequence of migrations.
//!
//! This crate is internal to `scim-storage`, whose `SqlStore::migrate` and `SqlStore::schema_state` are the public API. It has
//! no stability guarantees of its own, and its API names types of sea-orm.
//!
//! Each migration is a module named `m0001_…`. [`migrate`] applies the missing ones in order; [`Difference`] compares a
//! database with the known migrations. A released migration never changes: later changes go into a new one. A program must
//! work on the schema of the migration after its own, so that replicas can be replaced one by one.
//!
//! The crate does not import the store: a migration describes the tables as they were, not as the code sees them today.
//!
//! To add a migration, write its module and append it to [`Steps`].
//!
//! The features `sqlite` and `postgres` (both on by default) select the database drivers of sea-orm.

mod column;
mod m0001_users_and_teams;
mod m0002_server_secrets;
mod m0003_resources;
mod state;

use std::error::Error;
use std::fmt;

use sea_orm_migration::sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait,
};
use sea_orm_migration::{MigrationTrait, MigratorTrait, async_trait};
use state::inspect;

pub use state::{APPLIED, Difference};

/// All migrations, oldest first.
#[derive(Debug, Clone, Copy)]
pub struct Steps;

#[async_trait::async_trait]
impl MigratorTrait for Steps {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_users_and_teams::Step),
            Box::new(m0002_server_secrets::Step),
            Box::new(m0003_resources::Step),
        ]
    }
}

/// The error of [`migrate`].
#[derive(Debug)]
#[non_exhaustive]
pub enum MigrateError {
    /// The database has these migrations, which are not known: a newer version of the program has used it.
    Unknown(Vec<String>),
    /// The database returned an error.
    Database(DbErr),
}

impl MigrateError {
    /// Whether the database could not be reached, so that a retry may succeed.
    #[must_use]
    pub fn is_connection(&self) -> bool {
        matches!(self, Self::Database(DbErr::ConnectionAcquire(_) | DbErr::Conn(_)))
    }
}

impl fmt::Display for MigrateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(steps) => write!(f, "the database has unknown migrations: {}", steps.join(", ")),
            Self::Database(error) => error.fmt(f),
        }
    }
}

impl Error for MigrateError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Unknown(_) => None,
            Self::Database(error) => error.source(),
        }
    }
}

impl From<DbErr> for MigrateError {
    fn from(error: DbErr) -> Self {
        Self::Database(error)
    }
}

/// The key of the advisory lock that PostgreSQL holds during a migration: `scim` in ASCII.
const LOCK: i64 = 0x7363_696d;

/// Applies the missing migrations in one transaction: if one fails or the process ends, none is applied. Of several processes
/// that call this at the same time, one migrates and the others wait for it.
///
/// # Errors
///
/// [`MigrateError::Unknown`] if the database has migrations that are not known; [`MigrateError::Database`] if it returns an
/// error.
pub async fn migrate(database: &DatabaseConnection) -> Result<(), MigrateError> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let transaction = database.begin_with_options(options).await?;
    let backend = transaction.get_database_backend();
    if backend == DbBackend::Postgres {
        let lock = format!("SELECT pg_advisory_xact_lock({LOCK})");
        transaction
            .execute_raw(Statement::from_string(backend, lock))
            .await?;
    }
    let Difference { missing, unknown } = inspect(&transaction).await?;
    if !unknown.is_empty() {
        return Err(MigrateError::Unknown(unknown));
    }
    if missing.is_empty() {
        return Ok(());
    }
    Steps::up(&transaction, None).await?;
    Ok(transaction.commit().await?)
}
