//! One transaction on PostgreSQL, in as few journeys as it takes.

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
use crate::database::pending::Pending;
use crate::error::{Trouble, failure, leaves_connection};

/// How long a connection may take to take back what was done on it.
const ROLLBACK: Duration = Duration::from_secs(5);

/// What the statements of a transaction run on, and until when.
///
/// It begins a transaction of the database as late as it can. Statements that read run by themselves: one statement needs
/// no `BEGIN` to be consistent. One that changes rows is kept until another one comes, or the commit; if it stays alone it
/// runs by itself, and two journeys are spared.
pub(crate) struct Work {
    connections: Arc<Connections>,
    connection: Option<Taken>,
    state: State,
    /// Whether prepared statements are kept on the connection.
    keeps: bool,
    pending: Option<Pending>,
    /// What begins a transaction.
    begin: &'static str,
    access: Access,
    deadline: Instant,
}

/// How the connection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// No transaction is open.
    Idle,
    /// One is.
    Open,
    /// A statement runs, or was broken off.
    Broken,
}

impl Work {
    pub(super) fn new(connections: Arc<Connections>, access: Access, deadline: Instant) -> Self {
        Self {
            connections,
            connection: None,
            state: State::Idle,
            keeps: true,
            pending: None,
            begin: "BEGIN",
            access,
            deadline,
        }
    }

    /// Says what begins a transaction.
    pub(super) fn beginning_with(mut self, begin: &'static str) -> Self {
        self.begin = begin;
        self
    }

    /// Says whether prepared statements are kept on the connection.
    pub(super) fn keeping(mut self, keeps: bool) -> Self {
        self.keeps = keeps;
        self
    }

    pub(crate) fn writes(&self) -> bool {
        self.access == Access::Write
    }

    /// Begins a transaction of the database, if there is none yet, with the statement that was kept.
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

    /// Runs a statement that reads, or, after [`begin`](Self::begin), one that changes rows.
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
            // those that it changed, most likely
            self.connections.wrote(u64::try_from(rows.len()).unwrap_or(0));
        }
        Ok(rows)
    }

    /// Changes rows, and says how many.
    pub(crate) async fn change(&mut self, statement: Statement) -> Result<u64, Trouble> {
        let query = query(statement, self.keeps);
        let result = self
            .run(move |connection| Box::pin(query.execute(connection)))
            .await;
        let rows = result?.rows_affected();
        // one that writes several tables tells of the last, which may have got none
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
            self.say("COMMIT").await.map_err(failure)?;
            self.state = State::Idle;
        }
        Ok(())
    }

    /// Gathers statistics, of what this transaction has written, too.
    pub(crate) async fn analyze(&mut self) -> Result<(), Trouble> {
        self.say("ANALYZE users, user_emails, teams, team_members, resources")
            .await
    }

    async fn send(&mut self, pending: Pending) -> Result<(), StoreError> {
        for statement in pending.statements {
            let rows = self.change(statement).await.map_err(&pending.failure)?;
            pending.expected.check(rows)?;
        }
        Ok(())
    }

    async fn say(&mut self, sql: &'static str) -> Result<(), Trouble> {
        self.run(move |connection| Box::pin(connection.execute(sql)))
            .await
            .map(drop)
    }

    /// Runs a statement until the deadline. From its start to its end the connection is of no use to others.
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
        let done = tokio::time::timeout_at(self.deadline.into(), statement(&mut taken.connection)).await;
        let done = done.map_err(|_| Trouble::Lost("the database did not answer in time"))?;
        // a connection that failed by itself, or that the server ends, is of no use any more
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
            // what was sent on it is still to be answered; without it the server takes back what was done
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

/// The statement with the types of its numbers at its end. The driver knows prepared statements by their text: one that was
/// prepared for an integer would read the bytes of a float as an integer.
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
