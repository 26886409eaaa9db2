//! Running statements, from where a transaction begins to where it ends.

use scim_service::store::{Access, Durable, StoreError};
use sea_orm::{DbBackend, Statement, StatementBuilder};

use super::pending::Pending;
use super::sqlite::{self, Reader};
use super::{Row, postgres};
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
    SqliteWriting(Box<sqlite::Work>),
    Postgres(postgres::Work),
}

impl Session {
    pub(super) fn sqlite_reading(reader: Reader) -> Self {
        Self(Inner::SqliteReading(Some(reader)))
    }

    pub(super) fn sqlite_writing(work: sqlite::Work) -> Self {
        Self(Inner::SqliteWriting(Box::new(work)))
    }

    pub(super) fn postgres(work: postgres::Work) -> Self {
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
            Inner::SqliteWriting(work) => work.commit().await,
            Inner::Postgres(work) => work.commit().await,
        }
    }

    /// The same, without waiting for the disk where several transactions can share that.
    pub(crate) async fn commit_later(self) -> Result<Durable, StoreError> {
        match self.0 {
            Inner::SqliteWriting(work) => work.commit_later().await,
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
            Inner::SqliteWriting(work) => work.change(statement, weight).await?,
            Inner::Postgres(work) => {
                work.begin().await?;
                work.change(statement).await
            }
            Inner::SqliteReading(_) => return Err(only_reads()),
        }
        .map_err(failure)
    }

    /// Changes rows, before the next statement or the commit: a database has less to do for what is the last of a transaction,
    /// and then tells only at the commit what came of it.
    pub(crate) async fn change_later(
        &mut self,
        statements: Vec<Statement>,
        expected: Expected,
        failure: impl Fn(Trouble) -> StoreError + Send + Sync + 'static,
    ) -> Result<(), StoreError> {
        let pending = Pending::new(statements, expected, failure);
        match &mut self.0 {
            Inner::SqliteReading(_) => Err(only_reads()),
            Inner::SqliteWriting(work) => work.change_later(pending).await,
            Inner::Postgres(work) if work.writes() => work.change_later(pending).await,
            Inner::Postgres(_) => Err(only_reads()),
        }
    }

    /// Has what is read from now on stay as it is until the end, on PostgreSQL rows that are read with a lock.
    pub(crate) async fn hold(&mut self) -> Result<(), StoreError> {
        match &mut self.0 {
            Inner::Postgres(work) => work.begin().await,
            Inner::SqliteWriting(work) => work.hold().await,
            Inner::SqliteReading(_) => Ok(()),
        }
    }

    /// Tells the database how large its tables have become, where it does not find out by itself at once.
    pub(crate) async fn analyze(&mut self) -> Result<(), StoreError> {
        match &mut self.0 {
            Inner::Postgres(work) => work.analyze().await.map_err(failure),
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
        let statement = self.built(statement);
        self.change_built_returning_all(statement, weight, decode).await
    }

    /// The same with a statement that is already as the database takes it.
    pub(crate) async fn change_built_returning_all<T: Send + 'static>(
        &mut self,
        statement: Statement,
        weight: Weight,
        decode: impl Fn(&Row<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<Vec<T>, StoreError> {
        if !self.writes() {
            return Err(only_reads());
        }
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
            Inner::SqliteWriting(work) => {
                if access == Access::Write {
                    work.hold().await?;
                }
                work.rows(statement, weight, decode).await?
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

    /// The statement as the database takes it.
    pub(crate) fn built(&self, statement: &impl StatementBuilder) -> Statement {
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

fn only_reads() -> StoreError {
    broken("a transaction that was begun to read cannot write")
}
