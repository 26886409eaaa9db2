//! One row of a result, from either database.

use scim_service::store::StoreError;

use crate::error::failure;

/// A row of a result. Columns are counted from 0.
pub(crate) enum Row<'a> {
    #[cfg(feature = "sqlite")]
    Sqlite(&'a super::sqlite::SqliteRow<'a>),
    #[cfg(feature = "postgres")]
    Postgres(&'a sea_orm::sqlx::postgres::PgRow),
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

    /// Reads a number that is not negative.
    pub(crate) fn count(&self, column: usize) -> Result<u64, StoreError> {
        Ok(u64::try_from(self.number(column)?).unwrap_or(0))
    }

    fn value<'r, T: FromSqlite + FromPostgres<'r>>(&'r self, column: usize) -> Result<T, StoreError> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(row) => row.get(column).map_err(failure),
            #[cfg(feature = "postgres")]
            Self::Postgres(row) => sea_orm::sqlx::Row::try_get(*row, column).map_err(failure),
        }
    }
}

/// A value that can be read from SQLite, if that is built in.
#[cfg(feature = "sqlite")]
trait FromSqlite: rusqlite::types::FromSql {}
#[cfg(feature = "sqlite")]
impl<T: rusqlite::types::FromSql> FromSqlite for T {}

#[cfg(not(feature = "sqlite"))]
trait FromSqlite {}
#[cfg(not(feature = "sqlite"))]
impl<T> FromSqlite for T {}

/// A value that can be read from PostgreSQL, if that is built in.
#[cfg(feature = "postgres")]
trait FromPostgres<'r>:
    sea_orm::sqlx::Decode<'r, sea_orm::sqlx::Postgres> + sea_orm::sqlx::Type<sea_orm::sqlx::Postgres>
{
}
#[cfg(feature = "postgres")]
impl<'r, T> FromPostgres<'r> for T where
    T: sea_orm::sqlx::Decode<'r, sea_orm::sqlx::Postgres> + sea_orm::sqlx::Type<sea_orm::sqlx::Postgres>
{
}

#[cfg(not(feature = "postgres"))]
trait FromPostgres<'r> {}
#[cfg(not(feature = "postgres"))]
impl<T> FromPostgres<'_> for T {}
