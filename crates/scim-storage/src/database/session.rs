//! Running statements, from where a transaction begins to where it ends.

use scim_service::store::{Access, Durable, StoreError};
use sea_orm::{DbBackend, Statement, StatementBuilder};

use super::Row;
use super::postgres::{Pending, Work};
use super::sqlite::{self, Lease, Reader};
use crate::error::{Trouble, broken, failure};

/// How many rows a statement touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    /// Some, found by an index: on SQLite it runs on the thread that asks.
    Light,
    /// Who knows how many: it must not hold up others.
    Heavy,
}

/// How many rows a statement changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expected {
    AnyRows,
    /// One; if there is none, somebody else has changed it meanwhile.
    OneRow,
}

/// What the statements of one transaction run on. Dropped, it leaves no trace.
#[derive(Debug)]
pub(crate) struct Session(Inner);

#[derive(Debug)]
enum Inner {
    /// All statements see the same state. Empty while a statement runs.
    SqliteReading(Option<Reader>),
    /// Empty while a statement runs.
    SqliteWriting(Option<Lease>),
    Postgres(Work),
}

impl Session {
    pub(super) fn sqlite_reading(reader: Reader) -> Self {
        Self(Inner::SqliteReading(Some(reader)))
    }

    pub(super) fn sqlite_writing(lease: Lease) -> Self {
        Self(Inner::SqliteWriting(Some(lease)))
    }

    pub(super) fn postgres(work: Work) -> Self {
        Self(Inner::Postgres(work))
    }

    /// Whether what is read will be changed.
    pub(crate) fn writes(&self) -> bool {
        match &self.0 {
            Inner::SqliteReading(_) => false,
            Inner::SqliteWriting(_) => true,
            Inner::Postgres(work) => work.writes(),
        }
    }

    /// Makes what was done last.
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        match self.0 {
            Inner::SqliteReading(_) => Ok(()),
            Inner::SqliteWriting(lease) => lease.ok_or_else(interrupted)?.commit().await,
            Inner::Postgres(work) => work.commit().await,
        }
    }

    /// The same, without waiting for the disk where several transactions can share that.
    pub(crate) async fn commit_later(self) -> Result<Durable, StoreError> {
        match self.0 {
            Inner::SqliteWriting(lease) => lease.ok_or_else(interrupted)?.commit_later(),
            inner => {
                Self(inner).commit().await?;
                Ok(Durable::already())
            }
        }
    }

    /// The first row of an answer, found by an index.
    pub(crate) async fn one<T: Send + 'static>(
        &mut self,
        statement: &impl StatementBuilder,
        decode: impl Fn(&Row<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<Option<T>, StoreError> {
        Ok(self
            .all(statement, Weight::Light, decode)
            .await?
            .into_iter()
            .next())
    }

    /// All rows of an answer.
    pub(crate) async fn all<T: Send + 'static>(
        &mut self,
        statement: &impl StatementBuilder,
        weight: Weight,
        decode: impl Fn(&Row<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<Vec<T>, StoreError> {
        let statement = self.built(statement);
        self.rows(statement, weight, Access::Read, decode, failure).await
    }

    /// Changes rows, and says how many.
    pub(crate) async fn change(
        &mut self,
        statement: &impl StatementBuilder,
        weight: Weight,
    ) -> Result<u64, StoreError> {
        self.change_or(statement, weight, failure).await
    }

    /// Changes rows; `failure` says what a failure means.
    pub(crate) async fn change_or(
        &mut self,
        statement: &impl StatementBuilder,
        weight: Weight,
        failure: impl Fn(Trouble) -> StoreError,
    ) -> Result<u64, StoreError> {
        if !self.writes() {
            return Err(only_reads());
        }
        let statement = self.built(statement);
        match &mut self.0 {
            Inner::SqliteWriting(lease) => {
                sqlite::run(lease, weight, move |connection| {
                    sqlite::change(connection, &statement)
                })
                .await
            }
            Inner::Postgres(work) => {
                work.begin().await?;
                work.change(statement).await
            }
            Inner::SqliteReading(_) => return Err(only_reads()),
        }
        .map_err(failure)
    }

    /// Changes rows, before the next statement or the commit. PostgreSQL spares a transaction that has one such statement
    /// the `BEGIN`, and then tells only at the commit what came of it.
    pub(crate) async fn change_later(
        &mut self,
        statement: impl StatementBuilder,
        expected: Expected,
        failure: impl Fn(Trouble) -> StoreError + Send + Sync + 'static,
    ) -> Result<(), StoreError> {
        if !self.writes() {
            return Err(only_reads());
        }
        if let Inner::Postgres(work) = &mut self.0 {
            let statement = statement.build(&DbBackend::Postgres);
            return work
                .change_later(Pending::new(statement, expected, failure))
                .await;
        }
        let rows = self.change_or(&statement, Weight::Light, failure).await?;
        expected.check(rows)
    }

    /// Has rows that are read with a lock stay locked until the end.
    pub(crate) async fn hold(&mut self) -> Result<(), StoreError> {
        match &mut self.0 {
            Inner::Postgres(work) => work.begin().await,
            Inner::SqliteReading(_) | Inner::SqliteWriting(_) => Ok(()),
        }
    }

    /// Changes rows and reads what the first of them became. The statement runs to its end.
    pub(crate) async fn change_returning<T: Send + 'static>(
        &mut self,
        statement: &impl StatementBuilder,
        decode: impl Fn(&Row<'_>) -> Result<T, StoreError> + Send + 'static,
        failure: impl Fn(Trouble) -> StoreError,
    ) -> Result<Option<T>, StoreError> {
        if !self.writes() {
            return Err(only_reads());
        }
        let statement = self.built(statement);
        let rows = self
            .rows(statement, Weight::Light, Access::Write, decode, failure)
            .await?;
        Ok(rows.into_iter().next())
    }

    /// Changes rows and reads what each of them became.
    pub(crate) async fn change_returning_all<T: Send + 'static>(
        &mut self,
        statement: &impl StatementBuilder,
        weight: Weight,
        decode: impl Fn(&Row<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<Vec<T>, StoreError> {
        if !self.writes() {
            return Err(only_reads());
        }
        let statement = self.built(statement);
        self.rows(statement, weight, Access::Write, decode, failure).await
    }

    async fn rows<T: Send + 'static>(
        &mut self,
        statement: Statement,
        weight: Weight,
        access: Access,
        decode: impl Fn(&Row<'_>) -> Result<T, StoreError> + Send + 'static,
        failure: impl Fn(Trouble) -> StoreError,
    ) -> Result<Vec<T>, StoreError> {
        let decoded = match &mut self.0 {
            Inner::SqliteReading(reader) => {
                sqlite::run(reader, weight, move |connection| {
                    sqlite::all(connection, &statement, decode)
                })
                .await
            }
            Inner::SqliteWriting(lease) => {
                sqlite::run(lease, weight, move |connection| {
                    sqlite::all(connection, &statement, decode)
                })
                .await
            }
            Inner::Postgres(work) => {
                if access == Access::Write {
                    work.begin().await?;
                }
                let rows = work.rows(statement).await?.map_err(failure)?;
                return rows.iter().map(|row| decode(&Row::Postgres(row))).collect();
            }
        };
        decoded.map_err(failure)?
    }

    fn built(&self, statement: &impl StatementBuilder) -> Statement {
        let backend = match self.0 {
            Inner::SqliteReading(_) | Inner::SqliteWriting(_) => DbBackend::Sqlite,
            Inner::Postgres(_) => DbBackend::Postgres,
        };
        statement.build(&backend)
    }
}

impl Expected {
    pub(super) fn check(self, rows: u64) -> Result<(), StoreError> {
        match (self, rows) {
            (Self::OneRow, 0) => Err(StoreError::Stale),
            _ => Ok(()),
        }
    }
}

/// A statement of this session was dropped before it had ended.
fn interrupted() -> StoreError {
    StoreError::Unavailable("a statement of the transaction was broken off".into())
}

fn only_reads() -> StoreError {
    broken("a transaction that was begun to read cannot write")
}
