//! What goes wrong between this crate and its database.

use scim_service::store::StoreError;
use sea_orm::{DbErr, RuntimeErr, SqlErr};

/// The database cannot be opened or brought up to date.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The URL names no database that this crate knows.
    #[error("`{0}` is no database URL: use `sqlite://<file>` or `postgres://<user>@<host>/<database>`")]
    Url(String),
    /// The database does not answer, or its file cannot be opened.
    #[error("the database cannot be opened")]
    Connect(#[source] DbErr),
    /// A migration failed. What it had done is undone where the database can.
    #[error("the database schema cannot be brought up to date")]
    Migrate(#[source] DbErr),
}

/// Decides what a failure means for whoever asked.
pub(crate) fn store_error(error: DbErr) -> StoreError {
    match is_unavailable(&error) {
        true => StoreError::Unavailable(Box::new(error)),
        false => StoreError::Failed(Box::new(error)),
    }
}

/// The same, for a statement on which only a unique key can fail: the attribute that is taken.
pub(crate) fn taken(attribute: &'static str) -> impl FnOnce(DbErr) -> StoreError {
    move |error| match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => StoreError::Taken(attribute),
        _ => store_error(error),
    }
}

/// Whether trying again later may help: no connection to be had, the connection lost, the database busy, its disk full,
/// shutting down, or choosing this transaction to break a deadlock.
fn is_unavailable(error: &DbErr) -> bool {
    let cause = match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => return true,
        DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause)) => cause,
        _ => return false,
    };
    match cause.as_ref() {
        sea_orm::sqlx::Error::Io(_)
        | sea_orm::sqlx::Error::PoolTimedOut
        | sea_orm::sqlx::Error::PoolClosed
        | sea_orm::sqlx::Error::WorkerCrashed => true,
        sea_orm::sqlx::Error::Database(database) => database.code().is_some_and(|code| is_transient(&code)),
        _ => false,
    }
}

/// SQLite: busy (5), locked (6), disk I/O (10), full (13), cannot open (14) and their extended codes. PostgreSQL: connection
/// exceptions (08), insufficient resources (53), operator intervention (57P), serialization failure and deadlock (40).
fn is_transient(code: &str) -> bool {
    match code.parse::<u32>() {
        Ok(number) if code.len() < 5 => matches!(number & 0xff, 5 | 6 | 10 | 13 | 14),
        _ => ["08", "53", "57P", "40"]
            .iter()
            .any(|class| code.starts_with(class)),
    }
}
