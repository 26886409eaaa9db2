//! Execution of statements on a connection.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use rusqlite::types::{ToSqlOutput, Value as Stored, ValueRef};
use rusqlite::{Connection, Params, ToSql, params_from_iter};
use scim_service::store::StoreError;
use sea_orm::Statement;
use sea_orm::sea_query::Value;

use crate::database::{Row, Weight};
use crate::error::{Trouble, broken};

/// A connection in use, with its deadline.
pub(crate) trait Borrowed: Deref<Target = Connection> + Send + 'static {
    /// Whether a statement that nobody waits for may be interrupted. If SQLite interrupts a write, it rolls the open transaction
    /// back, with everything that others have written in it.
    const IS_ALONE: bool;

    fn deadline(&self) -> Instant;
}

/// The number of steps of the SQLite virtual machine between two checks of the deadline and of whether somebody still waits:
/// some tens of microseconds.
const STEPS: std::ffi::c_int = 10_000;

/// Runs light work on the calling thread, and heavy work on a thread for blocking work, until the deadline. Dropping the future
/// leaves the slot empty; the work is then rolled back, and a reading statement that is still running is interrupted.
pub(crate) async fn run<C: Borrowed, T: Send + 'static>(
    slot: &mut Option<C>,
    weight: Weight,
    work: impl FnOnce(&Connection) -> Result<T, Trouble> + Send + 'static,
) -> Result<T, Trouble> {
    let lost = || Trouble::Lost("a statement of the transaction was broken off");
    match weight {
        Weight::Light => work(slot.as_ref().ok_or_else(lost)?),
        Weight::Heavy => {
            let connection = slot.take().ok_or_else(lost)?;
            let wait = Wait::default();
            let over = wait.over.clone();
            let task = tokio::task::spawn_blocking(move || {
                let deadline = connection.deadline();
                let is_late =
                    move || C::IS_ALONE && over.load(Ordering::Relaxed) || Instant::now() >= deadline;
                let done = until(&connection, is_late, work);
                (connection, done)
            });
            let (connection, done) = task.await.map_err(|_| lost())?;
            *slot = Some(connection);
            done
        }
    }
}

/// Somebody waits for the work, until this is dropped.
#[derive(Default)]
struct Wait {
    over: Arc<AtomicBool>,
}

impl Drop for Wait {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
    }
}

fn until<T>(
    connection: &Connection,
    is_late: impl FnMut() -> bool + Send + 'static,
    work: impl FnOnce(&Connection) -> Result<T, Trouble>,
) -> Result<T, Trouble> {
    connection.progress_handler(STEPS, Some(is_late))?;
    let done = work(connection);
    connection.progress_handler(0, None::<fn() -> bool>)?;
    done
}

/// Returns all rows of a result. The inner result is that of `decode`.
pub(crate) fn all<T>(
    connection: &Connection,
    statement: &Statement,
    decode: impl Fn(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Result<Vec<T>, StoreError>, Trouble> {
    let mut prepared = connection.prepare_cached(&statement.sql)?;
    let mut rows = prepared.query(parameters(statement))?;
    let mut decoded = Vec::new();
    while let Some(row) = rows.next()? {
        match decode(&Row::Sqlite(row)) {
            Ok(value) => decoded.push(value),
            Err(error) => return Ok(Err(error)),
        }
    }
    Ok(Ok(decoded))
}

/// Changes rows and returns their number.
pub(crate) fn change(connection: &Connection, statement: &Statement) -> Result<u64, Trouble> {
    let mut prepared = connection.prepare_cached(&statement.sql)?;
    let changed = prepared.execute(parameters(statement))?;
    Ok(u64::try_from(changed).unwrap_or(u64::MAX))
}

fn parameters(statement: &Statement) -> impl Params + '_ {
    let values = statement.values.iter().flat_map(|values| values.0.iter());
    params_from_iter(values.map(Bound))
}

/// A parameter.
struct Bound<'a>(&'a Value);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let stored = |value: Option<Stored>| ToSqlOutput::Owned(value.unwrap_or(Stored::Null));
        let borrowed = |value| ToSqlOutput::Borrowed(value);
        Ok(match self.0 {
            Value::Bool(value) => stored(value.map(|value| Stored::Integer(value.into()))),
            Value::TinyInt(value) => stored(value.map(|value| Stored::Integer(value.into()))),
            Value::SmallInt(value) => stored(value.map(|value| Stored::Integer(value.into()))),
            Value::Int(value) => stored(value.map(|value| Stored::Integer(value.into()))),
            Value::BigInt(value) => stored(value.map(Stored::Integer)),
            Value::TinyUnsigned(value) => stored(value.map(|value| Stored::Integer(value.into()))),
            Value::SmallUnsigned(value) => stored(value.map(|value| Stored::Integer(value.into()))),
            Value::Unsigned(value) => stored(value.map(|value| Stored::Integer(value.into()))),
            Value::BigUnsigned(Some(value)) => {
                ToSqlOutput::Owned(Stored::Integer(i64::try_from(*value).unwrap_or(i64::MAX)))
            }
            Value::Float(value) => stored(value.map(|value| Stored::Real(value.into()))),
            Value::Double(value) => stored(value.map(Stored::Real)),
            Value::String(Some(text)) => borrowed(ValueRef::Text(text.as_bytes())),
            Value::Bytes(Some(bytes)) => borrowed(ValueRef::Blob(bytes)),
            Value::BigUnsigned(None) | Value::String(None) | Value::Bytes(None) => stored(None),
            other => {
                let error = broken(format!("{other:?} is no value for SQLite"));
                return Err(rusqlite::Error::ToSqlConversionFailure(Box::new(error)));
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{self, Sender};
    use std::time::Duration;

    use super::*;

    /// A connection that tells when it is free again.
    struct Probe(Connection, Sender<()>);

    impl Deref for Probe {
        type Target = Connection;

        fn deref(&self) -> &Connection {
            &self.0
        }
    }

    impl Borrowed for Probe {
        const IS_ALONE: bool = true;

        fn deadline(&self) -> Instant {
            Instant::now() + Duration::from_secs(600)
        }
    }

    impl Drop for Probe {
        fn drop(&mut self) {
            _ = self.1.send(());
        }
    }

    #[tokio::test]
    async fn a_reading_statement_that_nobody_waits_for_ends() {
        const ENDLESS: &str =
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
        let (free, is_free) = mpsc::channel();
        let mut slot = Some(Probe(Connection::open_in_memory().unwrap(), free));
        let work = run(&mut slot, Weight::Heavy, |connection| {
            Ok(connection.query_row(ENDLESS, [], |row| row.get::<_, i64>(0))?)
        });
        let late = tokio::time::timeout(Duration::from_millis(50), work).await;
        assert!(late.is_err());
        is_free.recv_timeout(Duration::from_secs(20)).unwrap();
    }
}
