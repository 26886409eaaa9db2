//! One row of an answer, whichever database gave it.

use scim_service::store::StoreError;
use sea_orm::sqlx::postgres::{PgRow, Postgres};
use sea_orm::sqlx::{Decode, Row as _, Type};

use super::sqlite::SqliteRow;
use crate::error::failure;

/// A row; columns are counted from 0.
pub(crate) enum Row<'a> {
    Sqlite(&'a SqliteRow<'a>),
    Postgres(&'a PgRow),
}

impl Row<'_> {
    pub(crate) fn text(&self, column: usize) -> Result<String, StoreError> {
        self.value(column)
    }

    pub(crate) fn optional_text(&self, column: usize) -> Result<Option<String>, StoreError> {
        self.value(column)
    }

    pub(crate) fn number(&self, column: usize) -> Result<i64, StoreError> {
        self.value(column)
    }

    pub(crate) fn optional_number(&self, column: usize) -> Result<Option<i64>, StoreError> {
        self.value(column)
    }

    pub(crate) fn optional_float(&self, column: usize) -> Result<Option<f64>, StoreError> {
        self.value(column)
    }

    pub(crate) fn optional_boolean(&self, column: usize) -> Result<Option<bool>, StoreError> {
        self.value(column)
    }

    /// A number that is none below zero.
    pub(crate) fn count(&self, column: usize) -> Result<u64, StoreError> {
        Ok(u64::try_from(self.number(column)?).unwrap_or(0))
    }

    fn value<'r, T>(&'r self, column: usize) -> Result<T, StoreError>
    where
        T: rusqlite::types::FromSql + Decode<'r, Postgres> + Type<Postgres>,
    {
        match self {
            Self::Sqlite(row) => row.get(column).map_err(failure),
            Self::Postgres(row) => row.try_get(column).map_err(failure),
        }
    }
}
