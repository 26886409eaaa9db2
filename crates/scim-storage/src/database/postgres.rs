//! PostgreSQL: a pool of connections.

use std::fmt;
use std::future::Future;
use std::time::{Duration, Instant};

use scim_service::store::{Access, StoreError};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbErr, QueryResult,
    Statement, TransactionTrait,
};
use url::Url;

use super::Expected;
use crate::error::{Trouble, broken, failure};
use crate::store::Options;

#[derive(Debug)]
pub(super) struct Postgres {
    pool: DatabaseConnection,
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
    pool: DatabaseConnection,
    transaction: Option<DatabaseTransaction>,
    pending: Option<Pending>,
    access: Access,
    deadline: Instant,
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
        let limit = options.deadline.as_millis().to_string();
        let mut pool = ConnectOptions::new(url);
        pool.max_connections(options.connections.get())
            .min_connections(1)
            .acquire_timeout(options.patience)
            .connect_timeout(options.patience)
            // a connection that broke is noticed by the statement that fails on it, and replaced
            .test_before_acquire(false)
            // statements hold user names
            .sqlx_logging(false)
            .record_stmt_in_spans(false)
            .map_sqlx_postgres_opts(move |postgres| match pooler {
                Pooler::None => postgres.options([("statement_timeout", &limit)]),
                Pooler::Transaction => postgres.statement_cache_capacity(0),
            });
        let pool = Database::connect(pool).await.map_err(failure)?;
        Ok(Self {
            pool,
            pooler,
            deadline: options.deadline,
        })
    }

    pub(super) async fn begin(&self, access: Access) -> Result<Work, StoreError> {
        let mut work = Work {
            pool: self.pool.clone(),
            transaction: None,
            pending: None,
            access,
            deadline: Instant::now() + self.deadline,
        };
        if self.pooler == Pooler::Transaction {
            work.begin().await?;
        }
        Ok(work)
    }

    pub(super) async fn migrate(&self) -> Result<(), StoreError> {
        scim_migrations::migrate(&self.pool).await.map_err(failure)
    }

    pub(super) async fn close(&self) -> Result<(), StoreError> {
        self.pool.close_by_ref().await.map_err(failure)
    }
}

impl Work {
    pub(super) fn writes(&self) -> bool {
        self.access == Access::Write
    }

    /// Begins a transaction of the database, if there is none yet, with the statement that was kept.
    pub(super) async fn begin(&mut self) -> Result<(), StoreError> {
        if self.transaction.is_none() {
            let begun = within(self.deadline, self.pool.begin()).await;
            self.transaction = Some(begun.map_err(failure)?);
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
    ) -> Result<Result<Vec<QueryResult>, Trouble>, StoreError> {
        if self.pending.is_some() {
            self.begin().await?;
        }
        Ok(match &self.transaction {
            Some(transaction) => within(self.deadline, transaction.query_all_raw(statement)).await,
            None => within(self.deadline, self.pool.query_all_raw(statement)).await,
        })
    }

    /// Changes rows, and says how many.
    pub(super) async fn change(&self, statement: Statement) -> Result<u64, Trouble> {
        let result = match &self.transaction {
            Some(transaction) => within(self.deadline, transaction.execute_raw(statement)).await,
            None => within(self.deadline, self.pool.execute_raw(statement)).await,
        };
        result.map(|result| result.rows_affected())
    }

    pub(super) async fn change_later(&mut self, pending: Pending) -> Result<(), StoreError> {
        if self.transaction.is_none() && self.pending.is_none() {
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
        match self.transaction {
            Some(transaction) => within(self.deadline, transaction.commit()).await.map_err(failure),
            None => Ok(()),
        }
    }

    async fn send(&self, pending: Pending) -> Result<(), StoreError> {
        let rows = self.change(pending.statement).await.map_err(pending.failure)?;
        pending.expected.check(rows)
    }
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
            .field("transaction", &self.transaction)
            .field("access", &self.access)
            .finish_non_exhaustive()
    }
}

async fn within<T>(deadline: Instant, work: impl Future<Output = Result<T, DbErr>>) -> Result<T, Trouble> {
    match tokio::time::timeout_at(deadline.into(), work).await {
        Ok(done) => done.map_err(Trouble::from),
        Err(_) => Err(Trouble::Lost("the database did not answer in time")),
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
