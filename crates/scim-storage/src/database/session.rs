//! Transactions of the database, and the statements that run in them.

use scim_service::store::{Access, Durable, StoreError};
use sea_orm::{DbBackend, Statement, StatementBuilder};

use super::Row;
use super::pending::Pending;
#[cfg(feature = "postgres")]
use super::postgres;
#[cfg(feature = "sqlite")]
use super::sqlite::{self, Reader};
use crate::error::{Trouble, broken, failure};

/// The cost of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    /// It touches few rows, found by an index. On SQLite it runs on the calling thread.
    Light,
    /// It may touch any number of rows. On SQLite it runs on a thread for blocking work.
    Heavy,
}

/// The number of rows that a statement must change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expected {
    AnyRows,
    /// At least one. Otherwise another transaction has changed the row in the meantime.
    OneRow,
}

/// One transaction of the database. Dropping it rolls it back.
#[derive(Debug)]
pub(crate) struct Session(Inner);

#[derive(Debug)]
enum Inner {
    /// All statements see the same state. `None` while a statement runs.
    #[cfg(feature = "sqlite")]
    SqliteReading(Option<Reader>),
    #[cfg(feature = "sqlite")]
    SqliteWriting(Box<sqlite::Work>),
    #[cfg(feature = "postgres")]
    Postgres(postgres::Work),
}

impl Session {
    #[cfg(feature = "sqlite")]
    pub(super) fn sqlite_reading(reader: Reader) -> Self {
        Self(Inner::SqliteReading(Some(reader)))
    }

    #[cfg(feature = "sqlite")]
    pub(super) fn sqlite_writing(work: sqlite::Work) -> Self {
        Self(Inner::SqliteWriting(Box::new(work)))
    }

    #[cfg(feature = "postgres")]
    pub(super) fn postgres(work: postgres::Work) -> Self {
        Self(Inner::Postgres(work))
    }

    /// Whether the transaction was begun with [`Access::Write`].
    pub(crate) fn writes(&self) -> bool {
        match &self.0 {
            #[cfg(feature = "sqlite")]
            Inner::SqliteReading(_) => false,
            #[cfg(feature = "sqlite")]
            Inner::SqliteWriting(_) => true,
            #[cfg(feature = "postgres")]
            Inner::Postgres(work) => work.writes(),
        }
    }

    /// Commits, and waits until the changes are durable.
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        match self.0 {
            #[cfg(feature = "sqlite")]
            Inner::SqliteReading(_) => Ok(()),
            #[cfg(feature = "sqlite")]
            Inner::SqliteWriting(work) => work.commit().await,
            #[cfg(feature = "postgres")]
            Inner::Postgres(work) => work.commit().await,
        }
    }

    /// Commits without waiting for the disk, where several transactions can share one commit (SQLite).
    pub(crate) async fn commit_later(self) -> Result<Durable, StoreError> {
        match self.0 {
            #[cfg(feature = "sqlite")]
            Inner::SqliteWriting(work) => work.commit_later().await,
            inner => {
                Self(inner).commit().await?;
                Ok(Durable::already())
            }
        }
    }

    /// Returns the first row of a result that an index finds.
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

    /// Returns all rows of a result.
    pub(crate) async fn all<T: Send + 'static>(
        &mut self,
        statement: &impl StatementBuilder,
        weight: Weight,
        decode: impl Fn(&Row<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<Vec<T>, StoreError> {
        let statement = self.built(statement);
        self.rows(statement, weight, Access::Read, decode, failure).await
    }

    /// Changes rows and returns their number.
    pub(crate) async fn change(
        &mut self,
        statement: &impl StatementBuilder,
        weight: Weight,
    ) -> Result<u64, StoreError> {
        self.change_or(statement, weight, failure).await
    }

    /// Changes rows and returns their number. `failure` converts the error of the statement.
    #[cfg_attr(
        not(feature = "sqlite"),
        expect(
            unused_variables,
            reason = "only SQLite treats light and heavy statements differently"
        )
    )]
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
            #[cfg(feature = "sqlite")]
            Inner::SqliteWriting(work) => work.change(statement, weight).await?,
            #[cfg(feature = "postgres")]
            Inner::Postgres(work) => {
                work.begin().await?;
                work.change(statement).await
            }
            #[cfg(feature = "sqlite")]
            Inner::SqliteReading(_) => return Err(only_reads()),
        }
        .map_err(failure)
    }

    /// Changes rows before the next statement or the commit. The last statements of a transaction cost less this way; their
    /// errors are returned by the next statement or by the commit.
    pub(crate) async fn change_later(
        &mut self,
        statements: Vec<Statement>,
        expected: Expected,
        failure: impl Fn(Trouble) -> StoreError + Send + Sync + 'static,
    ) -> Result<(), StoreError> {
        let pending = Pending::new(statements, expected, failure);
        match &mut self.0 {
            #[cfg(feature = "sqlite")]
            Inner::SqliteReading(_) => Err(only_reads()),
            #[cfg(feature = "sqlite")]
            Inner::SqliteWriting(work) => work.change_later(pending).await,
            #[cfg(feature = "postgres")]
            Inner::Postgres(work) if work.writes() => work.change_later(pending).await,
            #[cfg(feature = "postgres")]
            Inner::Postgres(_) => Err(only_reads()),
        }
    }

    /// Protects what the transaction reads from now on against changes until it ends. On PostgreSQL this covers only rows
    /// that are read with a lock.
    pub(crate) async fn hold(&mut self) -> Result<(), StoreError> {
        match &mut self.0 {
            #[cfg(feature = "postgres")]
            Inner::Postgres(work) => work.begin().await,
            #[cfg(feature = "sqlite")]
            Inner::SqliteWriting(work) => work.hold().await,
            #[cfg(feature = "sqlite")]
            Inner::SqliteReading(_) => Ok(()),
        }
    }

    /// Updates the statistics of the tables on PostgreSQL, including the changes of this transaction.
    pub(crate) async fn analyze(&mut self) -> Result<(), StoreError> {
        match &mut self.0 {
            #[cfg(feature = "postgres")]
            Inner::Postgres(work) => work.analyze().await.map_err(failure),
            #[cfg(feature = "sqlite")]
            Inner::SqliteReading(_) | Inner::SqliteWriting(_) => Ok(()),
        }
    }

    /// Changes rows and returns the new values of the first one. The statement changes all of them.
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

    /// Changes rows and returns the new values of each.
    pub(crate) async fn change_returning_all<T: Send + 'static>(
        &mut self,
        statement: &impl StatementBuilder,
        weight: Weight,
        decode: impl Fn(&Row<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<Vec<T>, StoreError> {
        let statement = self.built(statement);
        self.change_built_returning_all(statement, weight, decode).await
    }

    /// Changes rows and returns the new values of each, with a statement that is already [built](Self::built).
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

    #[cfg_attr(
        not(feature = "sqlite"),
        expect(
            unused_variables,
            reason = "only SQLite treats light and heavy statements differently"
        )
    )]
    async fn rows<T: Send + 'static>(
        &mut self,
        statement: Statement,
        weight: Weight,
        access: Access,
        decode: impl Fn(&Row<'_>) -> Result<T, StoreError> + Send + 'static,
        failure: impl Fn(Trouble) -> StoreError,
    ) -> Result<Vec<T>, StoreError> {
        match &mut self.0 {
            #[cfg(feature = "sqlite")]
            Inner::SqliteReading(reader) => {
                let decoded = sqlite::run(reader, weight, move |connection| {
                    sqlite::all(connection, &statement, decode)
                });
                decoded.await.map_err(failure)?
            }
            #[cfg(feature = "sqlite")]
            Inner::SqliteWriting(work) => {
                if access == Access::Write {
                    work.hold().await?;
                }
                let decoded = work.rows(statement, weight, decode).await?;
                decoded.map_err(failure)?
            }
            #[cfg(feature = "postgres")]
            Inner::Postgres(work) => {
                if access == Access::Write {
                    work.begin().await?;
                }
                let rows = work.rows(statement).await?.map_err(failure)?;
                rows.iter().map(|row| decode(&Row::Postgres(row))).collect()
            }
        }
    }

    /// Renders a statement in the SQL of this database.
    pub(crate) fn built(&self, statement: &impl StatementBuilder) -> Statement {
        let backend = match self.0 {
            #[cfg(feature = "sqlite")]
            Inner::SqliteReading(_) | Inner::SqliteWriting(_) => DbBackend::Sqlite,
            #[cfg(feature = "postgres")]
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
