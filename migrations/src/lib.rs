//! The database schema of the SCIM store, step by step.
//!
//! Each step is a module named `m0001_…`; [`migrate`] applies those that a database lacks, in order, and [`SchemaState`]
//! tells how a database stands to the steps that this program knows. A step that was released is never changed: what
//! comes later goes into a new one, and a program must work on the schema of the step before its own, so that
//! replicas can be replaced one by one.
//!
//! Nothing here imports the store: a step describes tables as they were, not as the code sees them today.
//!
//! To add a step, write its module, and append it to [`Steps`].

mod column;
mod m0001_users_and_teams;
mod m0002_server_secrets;
mod m0003_resources;
mod state;

use sea_orm_migration::sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait,
};
use sea_orm_migration::{MigrationTrait, MigratorTrait, async_trait};
use state::inspect;

pub use state::{APPLIED, SchemaState};

/// All steps, oldest first.
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

/// What PostgreSQL locks while the schema changes; `scim` in ASCII.
const LOCK: i64 = 0x7363_696d;

/// Applies the steps that the database lacks: all of them, or if one fails or the process ends meanwhile, none. Of several
/// processes that do so at the same time one does, and the others find it done.
///
/// # Errors
///
/// What the database says; also if it has steps that this program does not know.
pub async fn migrate(database: &DatabaseConnection) -> Result<(), DbErr> {
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
    match inspect(&transaction).await? {
        SchemaState::Current => Ok(()),
        SchemaState::Behind(_) => {
            Steps::up(&transaction, None).await?;
            transaction.commit().await
        }
        ahead @ SchemaState::Ahead(_) => Err(DbErr::Migration(ahead.to_string())),
    }
}
