//! What a failure of the database means to the caller.

use scim_service::store::StoreError;
use sea_orm::{DbErr, RuntimeErr, SqlErr};

/// A failure of a statement that cannot violate uniqueness.
pub(crate) fn failure(error: DbErr) -> StoreError {
    // a row that others point to is gone: somebody deleted the connection meanwhile
    let is_gone = matches!(error.sql_err(), Some(SqlErr::ForeignKeyConstraintViolation(_)));
    if is_conflict(&error) {
        return StoreError::Stale;
    }
    match is_gone || is_passing(&error) {
        true => StoreError::Unavailable(Box::new(error)),
        false => StoreError::Failed(Box::new(error)),
    }
}

/// A failure of a statement in which only `attribute` is unique.
pub(crate) fn failure_of(attribute: &'static str) -> impl Fn(DbErr) -> StoreError {
    move |error| match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => StoreError::Taken(attribute),
        _ => failure(error),
    }
}

/// A failure that has nothing to do with a statement.
pub(crate) fn broken(text: impl Into<String>) -> StoreError {
    StoreError::Failed(Box::new(DbErr::Custom(text.into())))
}

/// Whether PostgreSQL gave up this transaction in favour of another one: it may be tried again at once.
fn is_conflict(error: &DbErr) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause))) = error
    else {
        return false;
    };
    let code = cause.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| matches!(code.as_ref(), "40001" | "40P01"))
}

/// Whether the same statement may succeed later.
fn is_passing(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => {
            match error.as_database_error() {
                Some(error) => error.code().is_some_and(|code| is_passing_code(&code)),
                // the connection broke, or none was free in time
                None => matches!(
                    **error,
                    sea_orm::sqlx::Error::Io(_)
                        | sea_orm::sqlx::Error::PoolTimedOut
                        | sea_orm::sqlx::Error::PoolClosed
                        | sea_orm::sqlx::Error::WorkerCrashed
                        | sea_orm::sqlx::Error::Tls(_)
                ),
            }
        }
        _ => false,
    }
}

/// SQLite's numbers, with what is above the low byte saying more, and PostgreSQL's five characters.
fn is_passing_code(code: &str) -> bool {
    const BUSY: u32 = 5;
    const LOCKED: u32 = 6;
    match (code.len(), code.parse::<u32>()) {
        (1..=4, Ok(number)) => matches!(number & 0xff, BUSY | LOCKED),
        _ => {
            ["08", "53", "57P"].iter().any(|class| code.starts_with(class))
                || matches!(code, "40001" | "40P01" | "55P03" | "25006")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_database_passes_and_a_wrong_statement_does_not() {
        for passing in ["5", "261", "517", "6", "40001", "57P01", "08006"] {
            assert!(is_passing_code(passing), "{passing}");
        }
        for lasting in ["1", "19", "2067", "42601", "23505"] {
            assert!(!is_passing_code(lasting), "{lasting}");
        }
    }
}
