//! The database schema of the SCIM store, step by step.
//!
//! Every step is a file, named by its number and what it brings. A step that has been released is never edited: what comes
//! after it is a new step, which first adds and only later, when no running program needs it, takes away. Steps name tables and
//! columns themselves and import nothing of the programs that use them.
//!
//! To add one: a file `mNNNN_what.rs`, a line in [`Migrator::migrations`].

mod m0001_directory;

use sea_orm_migration::prelude::*;

pub use sea_orm_migration::MigratorTrait;

/// All steps, in order.
#[derive(Debug, Clone, Copy)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(m0001_directory::Migration)]
    }
}
