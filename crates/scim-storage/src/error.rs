//! What a failure of the database means to the caller.

use rusqlite::{ErrorCode, ffi};
use scim_service::store::StoreError;
use sea_orm::{DbErr, sqlx};

/// What a database said.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    #[error(transparent)]
    Postgres(#[from] sqlx::Error),
    /// There is no connection to be had.
    #[error("PostgreSQL lets nobody connect: {0}")]
    NoConnection(#[source] sqlx::Error),
    /// The connection is gone together with what was done on it.
    #[error("{0}")]
    Lost(&'static str),
}

/// A failure of a statement that cannot violate uniqueness.
pub(crate) fn failure(trouble: impl Into<Trouble>) -> StoreError {
    let trouble = trouble.into();
    match trouble.kind() {
        // a row that others point to is gone: somebody deleted the connection meanwhile
        Kind::Passing | Kind::Orphan => StoreError::Unavailable(Box::new(trouble)),
        Kind::Overdue => StoreError::Overdue(Box::new(trouble)),
        Kind::Conflict => StoreError::Stale,
        Kind::Duplicate | Kind::Lasting => StoreError::Failed(Box::new(trouble)),
    }
}

/// A failure of a statement in which only `attribute` is unique.
pub(crate) fn failure_of(attribute: &'static str) -> impl Fn(Trouble) -> StoreError {
    move |trouble| match trouble.kind() {
        Kind::Duplicate => StoreError::not_unique(attribute),
        _ => failure(trouble),
    }
}

/// A failure that has nothing to do with a statement.
pub(crate) fn broken(text: impl Into<String>) -> StoreError {
    StoreError::Failed(text.into().into())
}

/// A failure of a migration. If it cannot be reached, the database may be there later.
pub(crate) fn migration_failure(error: DbErr) -> StoreError {
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => StoreError::Unavailable(Box::new(error)),
        _ => StoreError::Failed(Box::new(error)),
    }
}

/// What a failure is to those who sent the statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The value is there already.
    Duplicate,
    /// What it points to is not there.
    Orphan,
    /// The database gave up this transaction in favour of another one: it may be tried again at once.
    Conflict,
    /// The time for it ran out.
    Overdue,
    /// The same statement may succeed later.
    Passing,
    /// It will not.
    Lasting,
}

impl Trouble {
    fn kind(&self) -> Kind {
        match self {
            Self::Sqlite(error) => sqlite_kind(error),
            Self::Postgres(error) => postgres_kind(error),
            Self::NoConnection(_) | Self::Lost(_) => Kind::Passing,
        }
    }
}

fn sqlite_kind(error: &rusqlite::Error) -> Kind {
    let Some(cause) = error.sqlite_error() else {
        return Kind::Lasting;
    };
    match (cause.code, cause.extended_code) {
        (_, ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY) => Kind::Duplicate,
        (_, ffi::SQLITE_CONSTRAINT_FOREIGNKEY) => Kind::Orphan,
        (ErrorCode::OperationInterrupted, _) => Kind::Overdue,
        // also: whatever an operator can mend while the server runs
        (
            ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::DiskFull
            | ErrorCode::SystemIoFailure
            | ErrorCode::CannotOpen
            | ErrorCode::ReadOnly
            | ErrorCode::PermissionDenied
            | ErrorCode::FileLockingProtocolFailed
            | ErrorCode::OutOfMemory,
            _,
        ) => Kind::Passing,
        _ => Kind::Lasting,
    }
}

fn postgres_kind(error: &sqlx::Error) -> Kind {
    match error.as_database_error() {
        Some(error) => error.code().map_or(Kind::Lasting, |code| code_kind(&code)),
        // the connection broke, or none was free in time
        None if is_of_the_connection(error) => Kind::Passing,
        None => Kind::Lasting,
    }
}

/// Whether the connection on which a statement failed can be used further: it is there, and to a server that takes writes.
pub(crate) fn leaves_connection(error: &sqlx::Error) -> bool {
    let code = error
        .as_database_error()
        .map(|error| error.code().unwrap_or_default());
    code.is_some_and(|code| !ends_connection(&code))
}

/// Whether PostgreSQL has no room for another connection.
pub(crate) fn is_full(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| code == "53300")
}

/// An operator who ends sessions or stops the server, a session that was idle for too long, a broken connection; and a standby, behind
/// the address of which another server may be by now.
fn ends_connection(code: &str) -> bool {
    matches!(
        code,
        "57P01" | "57P02" | "57P03" | "57P04" | "57P05" | "25P03" | "25P04" | "25006"
    ) || code.starts_with("08")
}

fn is_of_the_connection(error: &sqlx::Error) -> bool {
    matches!(
        error,
        sqlx::Error::Io(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
    )
}

/// The five characters of PostgreSQL (its manual, appendix A): uniqueness, foreign keys; serialization and deadlocks; broken connections, no
/// resources, an operator at work or a time that ran out, locks, a standby.
fn code_kind(code: &str) -> Kind {
    match code {
        "23505" => Kind::Duplicate,
        "23503" => Kind::Orphan,
        "40001" | "40P01" => Kind::Conflict,
        "57014" => Kind::Overdue,
        "55P03" => Kind::Passing,
        _ if ends_connection(code) => Kind::Passing,
        _ if ["08", "53", "57P", "58"]
            .iter()
            .any(|class| code.starts_with(class)) =>
        {
            Kind::Passing
        }
        _ => Kind::Lasting,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_database_passes_and_a_wrong_statement_does_not() {
        for passing in ["57P01", "08006", "53100", "55P03"] {
            assert_eq!(code_kind(passing), Kind::Passing, "{passing}");
        }
        assert_eq!(code_kind("40001"), Kind::Conflict);
        assert_eq!(code_kind("57014"), Kind::Overdue);
        for ending in ["57P01", "08006", "25006", "25P03", "57P05"] {
            assert_eq!(code_kind(ending), Kind::Passing, "{ending}");
            assert!(ends_connection(ending), "{ending}");
        }
        assert!(!ends_connection("57014"));
        for lasting in ["42601", "XX000"] {
            assert_eq!(code_kind(lasting), Kind::Lasting, "{lasting}");
        }
        let sqlite = |code| rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
        assert_eq!(sqlite_kind(&sqlite(ffi::SQLITE_INTERRUPT)), Kind::Overdue);
        for passing in [ffi::SQLITE_BUSY, ffi::SQLITE_FULL, ffi::SQLITE_IOERR] {
            assert_eq!(sqlite_kind(&sqlite(passing)), Kind::Passing, "{passing}");
        }
        assert_eq!(sqlite_kind(&sqlite(ffi::SQLITE_CORRUPT)), Kind::Lasting);
    }
}
