//! PostgreSQL: a pool of connections.

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use scim_service::store::{Access, StoreError};
use sea_orm::sea_query::Values;
use sea_orm::sqlx::pool::PoolConnection;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions, PgRow};
use sea_orm::sqlx::{self, AssertSqlSafe, ConnectOptions as _, Executor as _, PgPool};
use sea_orm::{SqlxPostgresConnector, Statement};
use sea_query_sqlx::SqlxValues;
use tokio::runtime::Handle;
use url::Url;

use super::Expected;
use crate::error::{Trouble, broken, failure, migration_failure};
use crate::store::Options;

/// How many prepared statements a connection keeps.
const STATEMENTS: usize = 256;

/// What the statements are made for; more would cost retries. A database may have another default.
const ISOLATION: &str = "read committed";

/// How long a connection may take to take back what was done on it.
const ROLLBACK: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(super) struct Postgres {
    pool: PgPool,
    pooler: Pooler,
    deadline: Duration,
}

/// What stands between this program and the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pooler {
    None,
    /// A proxy that gives each transaction another connection of the server (`?pgbouncer=true`): it knows no settings of a
    /// session, and statements that were prepared in one transaction are not there in the next.
    Transaction,
}

/// What the statements of a transaction run on, and until when.
///
/// It begins a transaction of the database as late as it can. Statements that read run by themselves: one statement needs
/// no `BEGIN` to be consistent. One that changes rows is kept until another one comes, or the commit; if it stays alone it
/// runs by itself, and two journeys are spared.
pub(super) struct Work {
    pool: PgPool,
    connection: Option<PoolConnection<sqlx::Postgres>>,
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

/// A statement that is still to be run, and what its outcome means.
pub(super) struct Pending {
    statement: Statement,
    expected: Expected,
    failure: Box<dyn Fn(Trouble) -> StoreError + Send + Sync>,
}

impl Postgres {
    pub(super) async fn open(url: &str, options: &Options) -> Result<Self, StoreError> {
        let (url, pooler) = read(url)?;
        let connect = PgConnectOptions::from_str(&url).map_err(failure)?;
        let limit = options.deadline.as_millis().to_string();
        let connect = match pooler {
            Pooler::None => connect.statement_cache_capacity(STATEMENTS).options([
                ("statement_timeout", limit.as_str()),
                ("default_transaction_isolation", ISOLATION),
            ]),
            Pooler::Transaction => connect.statement_cache_capacity(0).extra_float_digits(None),
        };
        let pool = PgPoolOptions::new()
            .max_connections(options.connections.get())
            .min_connections(1)
            .acquire_timeout(options.patience)
            // a connection that broke is noticed by the statement that fails on it, and replaced
            .test_before_acquire(false)
            // statements hold user names
            .connect_with(connect.disable_statement_logging())
            .await
            .map_err(failure)?;
        Ok(Self {
            pool,
            pooler,
            deadline: options.deadline,
        })
    }

    pub(super) async fn begin(&self, access: Access) -> Result<Work, StoreError> {
        let mut work = self.work(access);
        if self.pooler == Pooler::Transaction {
            work.begin().await?;
        }
        Ok(work)
    }

    /// Begins to read one state of the database.
    pub(super) async fn snapshot(&self) -> Result<Work, StoreError> {
        let mut work = self.work(Access::Read);
        work.begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        work.begin().await?;
        Ok(work)
    }

    fn work(&self, access: Access) -> Work {
        Work {
            pool: self.pool.clone(),
            connection: None,
            state: State::Idle,
            keeps: self.pooler == Pooler::None,
            pending: None,
            begin: match self.pooler {
                Pooler::None => "BEGIN",
                Pooler::Transaction => "BEGIN ISOLATION LEVEL READ COMMITTED",
            },
            access,
            deadline: Instant::now() + self.deadline,
        }
    }

    pub(super) async fn migrate(&self) -> Result<(), StoreError> {
        if self.pooler == Pooler::Transaction {
            return Err(broken(
                "migrations do not run through a proxy; run `scim-server migrate` with the URL of PostgreSQL itself",
            ));
        }
        let database = SqlxPostgresConnector::from_sqlx_postgres_pool(self.pool.clone());
        scim_migrations::migrate(&database)
            .await
            .map_err(migration_failure)
    }

    pub(super) async fn close(&self) {
        self.pool.close().await;
    }
}

impl Work {
    pub(super) fn writes(&self) -> bool {
        self.access == Access::Write
    }

    /// Begins a transaction of the database, if there is none yet, with the statement that was kept.
    pub(super) async fn begin(&mut self) -> Result<(), StoreError> {
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
    pub(super) async fn rows(
        &mut self,
        statement: Statement,
    ) -> Result<Result<Vec<PgRow>, Trouble>, StoreError> {
        if self.pending.is_some() {
            self.begin().await?;
        }
        let query = query(statement, self.keeps);
        Ok(self
            .run(move |connection| Box::pin(query.fetch_all(connection)))
            .await)
    }

    /// Changes rows, and says how many.
    pub(super) async fn change(&mut self, statement: Statement) -> Result<u64, Trouble> {
        let query = query(statement, self.keeps);
        let result = self
            .run(move |connection| Box::pin(query.execute(connection)))
            .await;
        result.map(|result| result.rows_affected())
    }

    pub(super) async fn change_later(&mut self, pending: Pending) -> Result<(), StoreError> {
        if self.state == State::Idle && self.pending.is_none() {
            self.pending = Some(pending);
            return Ok(());
        }
        self.begin().await?;
        self.send(pending).await
    }

    pub(super) async fn commit(mut self) -> Result<(), StoreError> {
        if let Some(pending) = self.pending.take() {
            self.send(pending).await?;
        }
        if self.state == State::Open {
            self.say("COMMIT").await.map_err(failure)?;
            self.state = State::Idle;
        }
        Ok(())
    }

    async fn send(&mut self, pending: Pending) -> Result<(), StoreError> {
        let rows = self.change(pending.statement).await.map_err(pending.failure)?;
        pending.expected.check(rows)
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
        let connection = match &mut self.connection {
            Some(connection) => connection,
            none => none.insert(self.pool.acquire().await?),
        };
        let done = tokio::time::timeout_at(self.deadline.into(), statement(connection)).await;
        let done = done.map_err(|_| Trouble::Lost("the database did not answer in time"))?;
        self.state = before;
        Ok(done?)
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else {
            return;
        };
        match (self.state, Handle::try_current()) {
            (State::Idle, _) => {}
            (State::Open, Ok(runtime)) => {
                runtime.spawn(async move {
                    let ended = tokio::time::timeout(ROLLBACK, connection.execute("ROLLBACK")).await;
                    if !matches!(ended, Ok(Ok(_))) {
                        connection.close_on_drop();
                    }
                });
            }
            // what was sent on it is still to be answered; without it the server takes back what was done
            (State::Open | State::Broken, _) => connection.close_on_drop(),
        }
    }
}

fn query(statement: Statement, keep: bool) -> sqlx::query::Query<'static, sqlx::Postgres, SqlxValues> {
    let values = statement.values.unwrap_or(Values(Vec::new()));
    sqlx::query_with(AssertSqlSafe(statement.sql), SqlxValues(values)).persistent(keep)
}

impl Pending {
    pub(super) fn new(
        statement: Statement,
        expected: Expected,
        failure: impl Fn(Trouble) -> StoreError + Send + Sync + 'static,
    ) -> Self {
        Self {
            statement,
            expected,
            failure: Box::new(failure),
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

/// Takes our own parameter off the URL.
fn read(url: &str) -> Result<(String, Pooler), StoreError> {
    const OURS: &str = "pgbouncer";
    let mut url = Url::parse(url).map_err(|error| broken(format!("the URL of the database: {error}")))?;
    let parameters = || url.query_pairs().into_owned();
    let pooler = match parameters().find(|(name, _)| name == OURS) {
        None => Pooler::None,
        Some((_, value)) if value == "false" => Pooler::None,
        Some((_, value)) if value == "true" => Pooler::Transaction,
        Some((_, value)) => {
            return Err(broken(format!(
                "`pgbouncer={value}` is neither `true` nor `false`"
            )));
        }
    };
    let others: Vec<_> = parameters().filter(|(name, _)| name != OURS).collect();
    url.set_query(None);
    if !others.is_empty() {
        url.query_pairs_mut().extend_pairs(others);
    }
    Ok((url.into(), pooler))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pooler_is_taken_off_the_url() {
        let plain = "postgres://scim@db/scim?sslmode=require";
        assert_eq!(read(plain).unwrap(), (plain.to_owned(), Pooler::None));
        assert_eq!(
            read("postgres://scim@db/scim?pgbouncer=true").unwrap(),
            ("postgres://scim@db/scim".to_owned(), Pooler::Transaction)
        );
        assert!(read("postgres://scim@db/scim?pgbouncer=1").is_err());
    }
}
