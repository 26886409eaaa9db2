//! How a database stands to the steps that this program knows.

use std::fmt;

use sea_orm_migration::sea_orm::sea_query::{Alias, Query};
use sea_orm_migration::sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};
use sea_orm_migration::{MigratorTrait, SchemaManager};

use crate::Steps;

/// The table in which sea-orm notes the steps that were applied.
pub const APPLIED: &str = "seaql_migrations";

/// How a database stands to the steps that this program knows. The text of it tells an operator what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SchemaState {
    /// It has all of them and no others.
    Current,
    /// It lacks these.
    Behind(Vec<String>),
    /// It has these besides: a newer program was here.
    Ahead(Vec<String>),
}

/// Reads which steps a database has. Changes nothing in it.
///
/// # Errors
///
/// What the database says.
pub(crate) async fn inspect(database: &DatabaseTransaction) -> Result<SchemaState, DbErr> {
    let applied = match SchemaManager::new(database).has_table(APPLIED).await? {
        true => applied(database).await?,
        // the first migration makes the table
        false => Vec::new(),
    };
    Ok(SchemaState::of(&applied))
}

async fn applied(database: &DatabaseTransaction) -> Result<Vec<String>, DbErr> {
    let select = Query::select()
        .column(Alias::new("version"))
        .from(Alias::new(APPLIED))
        .to_owned();
    let rows = database.query_all(&select).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

impl SchemaState {
    /// How a database stands that has these steps, as the column `version` of [`APPLIED`] names them.
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
        let ahead = not_in(applied, &known);
        let behind = not_in(&known, applied);
        match (ahead.is_empty(), behind.is_empty()) {
            (false, _) => Self::Ahead(ahead),
            (true, false) => Self::Behind(behind),
            (true, true) => Self::Current,
        }
    }
}

impl fmt::Display for SchemaState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Current => f.write_str("the database schema is current"),
            Self::Behind(steps) => write!(
                f,
                "the database schema is behind by {}; run `scim-server migrate`",
                Steps::counted(steps)
            ),
            Self::Ahead(steps) => write!(
                f,
                "the database schema is ahead by {}; it belongs to a newer version of this program",
                Steps::counted(steps)
            ),
        }
    }
}

impl Steps {
    fn counted(steps: &[String]) -> String {
        let noun = if steps.len() == 1 {
            "migration"
        } else {
            "migrations"
        };
        format!("{} {noun} ({})", steps.len(), steps.join(", "))
    }
}
