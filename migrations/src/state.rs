//! Comparison of the migrations that a database has with those that this crate knows.

use sea_orm_migration::sea_orm::sea_query::{Alias, Query};
use sea_orm_migration::sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};
use sea_orm_migration::{MigratorTrait, SchemaManager};

use crate::Steps;

/// The table in which sea-orm records the applied migrations. Its column `version` holds their names.
pub const APPLIED: &str = "seaql_migrations";

/// The difference between the migrations that a database has and the known ones.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Difference {
    /// The known migrations that are not applied, by name.
    pub missing: Vec<String>,
    /// The applied migrations that are not known, by name.
    pub unknown: Vec<String>,
}

impl Difference {
    /// Compares the names of applied migrations, as the column `version` of [`APPLIED`] holds them, with the known ones.
    #[must_use]
    pub fn of(applied: &[String]) -> Self {
        let known: Vec<String> = Steps::migrations()
            .iter()
            .map(|step| step.name().to_owned())
            .collect();
        let not_in = |these: &[String], those: &[String]| -> Vec<String> {
            let mut missing: Vec<String> = these.to_vec();
            missing.retain(|name| !those.contains(name));
            missing.sort();
            missing
        };
        Self {
            missing: not_in(&known, applied),
            unknown: not_in(applied, &known),
        }
    }
}

/// Reads which migrations a database has, without changing it.
pub(crate) async fn inspect(database: &DatabaseTransaction) -> Result<Difference, DbErr> {
    let applied = match SchemaManager::new(database).has_table(APPLIED).await? {
        true => applied(database).await?,
        // the first migration creates the table
        false => Vec::new(),
    };
    Ok(Difference::of(&applied))
}

async fn applied(database: &DatabaseTransaction) -> Result<Vec<String>, DbErr> {
    let select = Query::select()
        .column(Alias::new("version"))
        .from(Alias::new(APPLIED))
        .to_owned();
    let rows = database.query_all(&select).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}
