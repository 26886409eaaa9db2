//! How a database stands to the steps that this program knows.

use std::fmt;

use sea_orm_migration::MigratorTrait;
use sea_orm_migration::sea_orm::sea_query::{Alias, Query};
use sea_orm_migration::sea_orm::{ConnectionTrait, DbErr};

use crate::Steps;

/// The table in which sea-orm notes the steps that were applied.
const APPLIED: &str = "seaql_migrations";

/// How a database stands to the steps that this program knows. The text of it tells an operator what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
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
pub async fn inspect<C: ConnectionTrait>(database: &C) -> Result<SchemaState, DbErr> {
    let applied = applied(database).await?;
    let known: Vec<String> = Steps::migrations()
        .iter()
        .map(|step| step.name().to_owned())
        .collect();
    let not_in = |these: &[String], those: &[String]| -> Vec<String> {
        these
            .iter()
            .filter(|name| !those.contains(name))
            .cloned()
            .collect()
    };
    let ahead = not_in(&applied, &known);
    let behind = not_in(&known, &applied);
    Ok(match (ahead.is_empty(), behind.is_empty()) {
        (false, _) => SchemaState::Ahead(ahead),
        (true, false) => SchemaState::Behind(behind),
        (true, true) => SchemaState::Current,
    })
}

async fn applied<C: ConnectionTrait>(database: &C) -> Result<Vec<String>, DbErr> {
    let select = Query::select()
        .column(Alias::new("version"))
        .from(Alias::new(APPLIED))
        .order_by(Alias::new("version"), sea_orm_migration::sea_query::Order::Asc)
        .to_owned();
    match database.query_all(&select).await {
        Ok(rows) => rows.iter().map(|row| row.try_get_by_index(0)).collect(),
        // the first migration makes the table
        Err(error) if says_no_table(&error) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn says_no_table(error: &DbErr) -> bool {
    let text = error.to_string();
    text.contains("no such table") || text.contains("does not exist")
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
