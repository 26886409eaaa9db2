//! The database schema of the SCIM store, step by step.
//!
//! Each step is a module named `m0001_…`; [`migrate`] applies those that a database lacks, in order, and [`inspect`]
//! tells how a database stands to the steps that this program knows. A step that was released is never changed: what
//! comes later goes into a new one, and a program must work on the schema of the step before its own, so that
//! replicas can be replaced one by one.
//!
//! Nothing here imports the store: a step describes tables as they were, not as the code sees them today.
//!
//! To add a step, write its module, and append it to [`Steps`].

mod column;
mod m0001_users_and_teams;
mod state;

use sea_orm_migration::sea_orm::{DatabaseConnection, DbErr};
use sea_orm_migration::{MigrationTrait, MigratorTrait, async_trait};

pub use state::{SchemaState, inspect};

/// All steps, oldest first.
#[derive(Debug, Clone, Copy)]
pub struct Steps;

#[async_trait::async_trait]
impl MigratorTrait for Steps {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(m0001_users_and_teams::Step)]
    }
}

/// Applies the steps that the database lacks.
///
/// # Errors
///
/// What the database says; also if it has steps that this program does not know.
pub async fn migrate(database: &DatabaseConnection) -> Result<(), DbErr> {
    match inspect(database).await? {
        SchemaState::Current => Ok(()),
        SchemaState::Behind(_) => Steps::up(database, None).await,
        ahead @ SchemaState::Ahead(_) => Err(DbErr::Migration(ahead.to_string())),
    }
}
