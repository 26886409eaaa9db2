//! The state of the database schema.

use std::fmt;

use scim_migrations::Difference;

/// The state of a database's schema, compared with the schema that this version of the crate needs.
///
/// [`SqlStore::schema_state`](crate::SqlStore::schema_state) returns it. Its [`Display`](fmt::Display) text tells an operator
/// what to do. The lists hold the names of migrations, such as `m0003_resources`, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SchemaState {
    /// All migrations are applied, and no others.
    Current,
    /// These migrations are not applied yet. [`SqlStore::migrate`](crate::SqlStore::migrate) applies them.
    Behind(Vec<String>),
    /// These migrations are applied but unknown: a newer version of this crate has used the database.
    Ahead(Vec<String>),
}

impl SchemaState {
    /// Compares the names of applied migrations with the known ones.
    pub(crate) fn of(applied: &[String]) -> Self {
        let Difference { missing, unknown } = Difference::of(applied);
        match (unknown.is_empty(), missing.is_empty()) {
            (false, _) => Self::Ahead(unknown),
            (true, false) => Self::Behind(missing),
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
                counted(steps)
            ),
            Self::Ahead(steps) => write!(
                f,
                "the database schema is ahead by {}; it belongs to a newer version of this program",
                counted(steps)
            ),
        }
    }
}

fn counted(steps: &[String]) -> String {
    let noun = if steps.len() == 1 {
        "migration"
    } else {
        "migrations"
    };
    format!("{} {noun} ({})", steps.len(), steps.join(", "))
}
