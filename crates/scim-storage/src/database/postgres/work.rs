//! A transaction on PostgreSQL, with as few round trips as possible.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use scim_service::store::{Access, StoreError};
use sea_orm::Statement;
use sea_orm::sea_query::{Value, Values};
use sea_orm::sqlx::postgres::{PgConnection, PgRow};
use sea_orm::sqlx::{self, AssertSqlSafe, Executor as _};
use sea_query_sqlx::SqlxValues;
use tokio::runtime::Handle;

use super::pool::{Connections, Taken};
use crate::database::deadline;
use crate::database::pending::Pending;
use crate::error::{Trouble, commit_failure, failure, leaves_connection};

/// The maximum duration of a rollback.
const ROLLBACK: Duration = Duration::from_secs(5);

/// The time for which a statement is waited for after PostgreSQL should have ended it (`statement_timeout`). Without an answer
/// then, the connection is lost.
const GRACE: Duration = Duration::from_secs(1);

/// A transaction with its deadline, which is counted from when it gets its connection.
///
/// It sends `BEGIN` as late as possible. Reading statements run without it: a single statement is consistent by itself. A
/// statement that changes rows is deferred until the next statement or the commit; if it stays the only one, it runs without
/// `BEGIN` and `COMMIT`, which saves two round trips.
pub(crate) struct Work {
    connections: Arc<Connections>,
    connection: Option<Taken>,
    state: State,
    /// Whether prepared statements are cached on the connection.
    keeps: bool,
    pending: Option<Pending>,
    /// The statement that begins a transaction.
    begin: &'static str,
    access: Access,
    lasts: Duration,
    deadline: Option<Instant>,
}

/// The state of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// No transaction is open.
    Idle,
    /// A transaction is open.
    Open,
    /// A statement is running, or was interrupted.
    Broken,
}

impl Work {
    pub(super) fn new(connections: Arc<Connections>, access: Access, lasts: Duration) -> Self {
        Self {
            connections,
            connection: None,
            state: State::Idle,
            keeps: true,
            pending: None,
            begin: "BEGIN",
            access,
            lasts,
            deadline: None,
        }
    }

    /// Sets the statement that begins a transaction.
    pub(super) fn beginning_with(mut self, begin: &'static str) -> Self {
        self.begin = begin;
        self
    }

    /// Sets whether prepared statements are cached on the connection.
    pub(super) fn keeping(mut self, keeps: bool) -> Self {
        self.keeps = keeps;
        self
    }

    pub(crate) fn writes(&self) -> bool {
        self.access == Access::Write
    }

    /// Begins a database transaction if none is open, and runs the deferred statements.
    pub(crate) async fn begin(&mut self) -> Result<(), StoreError> {
        if self.state == State::Idle {
            self.say(self.begin).await.map_err(failure)?;
            self.state = State::Open;
        }
        match self.pending.take() {
            Some(pending) => self.send(pending).await,
            None => Ok(()),
        }
    }

    /// Runs a statement that reads or, after [`begin`](Self::begin), changes rows, and returns its rows.
    pub(crate) async fn rows(
        &mut self,
        statement: Statement,
    ) -> Result<Result<Vec<PgRow>, Trouble>, StoreError> {
        if self.pending.is_some() {
            self.begin().await?;
        }
        let query = query(statement, self.keeps);
        let rows = self
            .run(move |connection| Box::pin(query.fetch_all(connection)))
            .await;
        if let (State::Open, true, Ok(rows)) = (self.state, self.writes(), &rows) {
            // most likely the rows that it changed
            self.connections.wrote(u64::try_from(rows.len()).unwrap_or(0));
        }
        Ok(rows)
    }

    /// Changes rows and returns their number.
    pub(crate) async fn change(&mut self, statement: Statement) -> Result<u64, Trouble> {
        let query = query(statement, self.keeps);
        let result = self
            .run(move |connection| Box::pin(query.execute(connection)))
            .await;
        let rows = result?.rows_affected();
        // a statement that writes several tables reports the count of the last one, which may be 0
        self.connections.wrote(Ord::max(rows, 1));
        Ok(rows)
    }

    pub(crate) async fn change_later(&mut self, pending: Pending) -> Result<(), StoreError> {
        if self.state == State::Idle && self.pending.is_none() {
            self.pending = Some(pending);
            return Ok(());
        }
        self.begin().await?;
        self.send(pending).await
    }

    pub(crate) async fn commit(mut self) -> Result<(), StoreError> {
        if self
            .pending
            .as_ref()
            .is_some_and(|pending| pending.statements.len() > 1)
        {
            self.begin().await?;
        }
        if let Some(pending) = self.pending.take() {
            self.send(pending).await?;
        }
        if self.state == State::Open {
            let committed = self.say("COMMIT").await;
            committed.map_err(|trouble| commit_failure(trouble, failure))?;
            self.state = State::Idle;
        }
        Ok(())
    }

    /// Updates the statistics of the tables, including the changes of this transaction.
    pub(crate) async fn analyze(&mut self) -> Result<(), Trouble> {
        self.say("ANALYZE users, user_emails, teams, team_members, resources")
            .await
    }

    async fn send(&mut self, pending: Pending) -> Result<(), StoreError> {
        // without `BEGIN`, the statement commits
        let commits = self.state == State::Idle;
        for statement in pending.statements {
            let rows = self.change(statement).await.map_err(|trouble| match commits {
                true => commit_failure(trouble, &pending.failure),
                false => (pending.failure)(trouble),
            })?;
            pending.expected.check(rows)?;
        }
        Ok(())
    }

    async fn say(&mut self, sql: &'static str) -> Result<(), Trouble> {
        self.run(move |connection| Box::pin(connection.execute(sql)))
            .await
            .map(drop)
    }

    /// Runs a statement. If it is dropped or interrupted, the connection is not reused.
    ///
    /// PostgreSQL itself ends a statement that takes as long as the whole transaction may last. If a later statement reaches the
    /// deadline, the database is slow: it answered before.
    async fn run<T>(
        &mut self,
        statement: impl for<'c> FnOnce(&'c mut PgConnection) -> BoxFuture<'c, Result<T, sqlx::Error>>,
    ) -> Result<T, Trouble> {
        let before = std::mem::replace(&mut self.state, State::Broken);
        if before == State::Broken {
            return Err(Trouble::Lost("a statement of the transaction was broken off"));
        }
        let taken = match &mut self.connection {
            Some(taken) => taken,
            none => {
                let taken = self.connections.take().await;
                none.insert(taken.inspect_err(|_| self.state = before)?)
            }
        };
        let (deadline, silence) = match self.deadline {
            Some(deadline) => (deadline, Trouble::Late),
            None => {
                let deadline = *self.deadline.insert(deadline::after(self.lasts));
                (deadline, Trouble::Silence)
            }
        };
        let done = tokio::time::timeout_at((deadline + GRACE).into(), statement(&mut taken.connection)).await;
        let done = done.map_err(|_| silence)?;
        // a broken connection, or one that the server ends, is not reused
        if done.as_ref().err().is_none_or(leaves_connection) {
            self.state = before;
        }
        Ok(done?)
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        let Some(mut taken) = self.connection.take() else {
            return;
        };
        match (self.state, Handle::try_current()) {
            (State::Idle, _) => self.connections.give_back(taken),
            (State::Open, Ok(runtime)) => {
                let connections = self.connections.clone();
                runtime.spawn(async move {
                    let ended = tokio::time::timeout(ROLLBACK, taken.connection.execute("ROLLBACK")).await;
                    match ended {
                        Ok(Ok(_)) => connections.give_back(taken),
                        _ => Connections::discard(taken),
                    }
                });
            }
            // a statement may still be running; when the connection closes, the server rolls back
            (State::Open | State::Broken, _) => Connections::discard(taken),
        }
    }
}

impl fmt::Debug for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Work")
            .field("state", &self.state)
            .field("access", &self.access)
            .finish_non_exhaustive()
    }
}

fn query(statement: Statement, keep: bool) -> sqlx::query::Query<'static, sqlx::Postgres, SqlxValues> {
    let values = statement.values.unwrap_or(Values(Vec::new()));
    let sql = typed(statement.sql, &values);
    sqlx::query_with(AssertSqlSafe(sql), SqlxValues(values)).persistent(keep)
}

/// Appends the types of the parameters to a statement, as a comment. The driver caches prepared statements by their text: one
/// that was prepared for an integer would read the bytes of a float as an integer.
fn typed(mut sql: String, values: &Values) -> String {
    sql.reserve(values.0.len() + 5);
    sql.push_str(" /*");
    sql.extend(values.0.iter().map(|value| match value {
        Value::Bool(_) => 'b',
        Value::TinyInt(_) | Value::SmallInt(_) => 's',
        Value::Int(_) => 'i',
        Value::BigInt(_) => 'l',
        Value::Float(_) => 'f',
        Value::Double(_) => 'd',
        Value::String(_) => 't',
        _ => 'o',
    }));
    sql.push_str("*/");
    sql
}
