//! Classification of database errors as [`StoreError`]s.

use scim_migrations::MigrateError;
use scim_service::store::StoreError;
#[cfg(feature = "postgres")]
use sea_orm::sqlx;

use crate::schema::SchemaState;

/// An error of one of the two databases.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    #[cfg(feature = "sqlite")]
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    #[cfg(feature = "postgres")]
    #[error(transparent)]
    Postgres(#[from] sqlx::Error),
    /// No connection could be opened.
    #[cfg(feature = "postgres")]
    #[error("PostgreSQL rejects connections: {0}")]
    NoConnection(#[source] sqlx::Error),
    /// A transaction took too long, though its earlier statements were answered.
    #[cfg(feature = "postgres")]
    #[error("the transaction took too long")]
    Late,
    /// The connection is gone, and the changes made on it are lost.
    #[error("{0}")]
    Lost(&'static str),
    /// A statement was sent, and no answer came.
    #[cfg(feature = "postgres")]
    #[error("the database did not answer in time")]
    Silence,
}

/// Converts the error of a statement that cannot violate a unique constraint.
pub(crate) fn failure(trouble: impl Into<Trouble>) -> StoreError {
    let trouble = trouble.into();
    match trouble.kind() {
        // a referenced row is gone: the connection was deleted in the meantime
        Kind::Passing | Kind::Orphan => StoreError::Unavailable(Box::new(trouble)),
        Kind::Overdue => StoreError::Overdue(Box::new(trouble)),
        Kind::Conflict => StoreError::Stale,
        Kind::Duplicate | Kind::Lasting => StoreError::Failed(Box::new(trouble)),
    }
}

/// Converts the error of a statement in which only `attribute` is unique.
pub(crate) fn failure_of(attribute: &'static str) -> impl Fn(Trouble) -> StoreError {
    move |trouble| match trouble.kind() {
        Kind::Duplicate => StoreError::not_unique(attribute),
        _ => failure(trouble),
    }
}

/// Converts the error of a statement that commits. `otherwise` converts it if nothing was committed.
#[cfg(feature = "postgres")]
pub(crate) fn commit_failure(trouble: Trouble, otherwise: impl Fn(Trouble) -> StoreError) -> StoreError {
    match trouble.hides_outcome() {
        true => StoreError::OutcomeUnknown(Box::new(trouble)),
        false => otherwise(trouble),
    }
}

/// Returns a [`StoreError::Failed`] with this text.
pub(crate) fn broken(text: impl Into<String>) -> StoreError {
    StoreError::Failed(text.into().into())
}

/// Converts the error of a migration.
pub(crate) fn migration_failure(error: impl Into<MigrateError>) -> StoreError {
    match error.into() {
        MigrateError::Unknown(steps) => broken(SchemaState::Ahead(steps).to_string()),
        error if error.is_connection() => StoreError::Unavailable(Box::new(error)),
        error => StoreError::Failed(Box::new(error)),
    }
}

/// What an error means to the caller that sent the statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A unique value exists already.
    Duplicate,
    /// A referenced row does not exist.
    Orphan,
    /// The database aborted this transaction in favor of another one. It can be retried at once.
    #[cfg_attr(
        not(feature = "postgres"),
        expect(dead_code, reason = "SQLite has one writer")
    )]
    Conflict,
    /// The deadline passed.
    Overdue,
    /// Temporary: the same statement may succeed later.
    Passing,
    /// Permanent.
    Lasting,
}

impl Trouble {
    fn kind(&self) -> Kind {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(error) => sqlite::kind(error),
            #[cfg(feature = "postgres")]
            Self::Postgres(error) => postgres::kind(error),
            #[cfg(feature = "postgres")]
            Self::Late => Kind::Overdue,
            #[cfg(feature = "postgres")]
            Self::NoConnection(_) | Self::Silence => Kind::Passing,
            Self::Lost(_) => Kind::Passing,
        }
    }

    /// Whether it is unknown if the statement was executed.
    #[cfg(feature = "postgres")]
    fn hides_outcome(&self) -> bool {
        match self {
            Self::Postgres(error) => postgres::hides_outcome(error),
            Self::Silence | Self::Late => true,
            _ => false,
        }
    }
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use rusqlite::{ErrorCode, ffi};

    use super::Kind;

    pub(super) fn kind(error: &rusqlite::Error) -> Kind {
        let Some(cause) = error.sqlite_error() else {
            return Kind::Lasting;
        };
        match (cause.code, cause.extended_code) {
            (_, ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY) => Kind::Duplicate,
            (_, ffi::SQLITE_CONSTRAINT_FOREIGNKEY) => Kind::Orphan,
            (ErrorCode::OperationInterrupted, _) => Kind::Overdue,
            // includes everything that an operator can repair while the server runs
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

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_busy_database_passes_and_a_corrupt_one_does_not() {
            let kind = |code| kind(&rusqlite::Error::SqliteFailure(ffi::Error::new(code), None));
            assert_eq!(kind(ffi::SQLITE_INTERRUPT), Kind::Overdue);
            for passing in [ffi::SQLITE_BUSY, ffi::SQLITE_FULL, ffi::SQLITE_IOERR] {
                assert_eq!(kind(passing), Kind::Passing, "{passing}");
            }
            assert_eq!(kind(ffi::SQLITE_CORRUPT), Kind::Lasting);
        }
    }
}

#[cfg(feature = "postgres")]
pub(crate) use postgres::{is_full, leaves_connection};

#[cfg(feature = "postgres")]
mod postgres {
    use sea_orm::sqlx;

    use super::Kind;

    pub(super) fn kind(error: &sqlx::Error) -> Kind {
        match error.as_database_error() {
            Some(error) => error.code().map_or(Kind::Lasting, |code| code_kind(&code)),
            // the connection broke, or none was free in time
            None if is_of_the_connection(error) => Kind::Passing,
            None => Kind::Lasting,
        }
    }

    /// Whether the statement may have been executed: the connection to the server, or that of a proxy, broke before the answer.
    /// A server that answers with any other code has not executed it.
    pub(super) fn hides_outcome(error: &sqlx::Error) -> bool {
        match error.as_database_error().map(|error| error.code()) {
            Some(code) => code.is_some_and(|code| code.starts_with("08") || code == "40003"),
            None => is_of_the_connection(error),
        }
    }

    /// Whether the connection on which a statement failed can be reused: it is open, and its server accepts writes.
    pub(crate) fn leaves_connection(error: &sqlx::Error) -> bool {
        let code = error
            .as_database_error()
            .map(|error| error.code().unwrap_or_default());
        code.is_some_and(|code| !ends_connection(&code))
    }

    /// Whether PostgreSQL has no slot for another connection.
    pub(crate) fn is_full(error: &sqlx::Error) -> bool {
        let code = error.as_database_error().and_then(|error| error.code());
        code.is_some_and(|code| code == "53300")
    }

    /// Whether the code means that the connection must be replaced: an operator ended the session or stopped the server, the
    /// session was idle for too long, the connection broke, or the server is a standby, whose address may by now lead to
    /// another server.
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

    /// Classifies a SQLSTATE code (PostgreSQL manual, appendix A): unique and foreign key constraints; serialization failures
    /// and deadlocks; broken connections, exhausted resources, operator intervention or a timeout, locks, a standby.
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
        }
    }
}
