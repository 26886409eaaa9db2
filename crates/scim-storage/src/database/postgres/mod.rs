//! PostgreSQL: a pool of connections.

mod growth;
mod pool;
mod work;

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use scim_service::store::{Access, StoreError};
use sea_orm::SqlxPostgresConnector;
use sea_orm::sqlx::ConnectOptions as _;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use url::Url;

use crate::error::{Trouble, broken, failure, migration_failure};
use crate::store::Options;

pub(super) use work::Work;

use pool::Connections;

/// The number of prepared statements that a connection caches.
const STATEMENTS: usize = 256;

/// The maximum of `statement_timeout`, in milliseconds.
const LONGEST_STATEMENT: u128 = i32::MAX as u128;

/// The isolation level that the statements are written for; a higher one would cause retries. The default of a database may
/// differ.
const ISOLATION: &str = "read committed";

#[derive(Debug)]
pub(super) struct Postgres {
    connections: Arc<Connections>,
    connect: PgConnectOptions,
    pooler: Pooler,
    deadline: Duration,
}

/// The kind of proxy between this program and the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pooler {
    None,
    /// A proxy that pools transactions (`?pgbouncer=true`). Each transaction may get another connection of the server, so there
    /// are no session settings, and a prepared statement does not outlive its transaction.
    Transaction,
}

impl Postgres {
    pub(super) async fn open(url: &str, options: &Options) -> Result<Self, StoreError> {
        let (url, pooler) = read(url)?;
        let connect = PgConnectOptions::from_str(&url).map_err(failure)?;
        // the maximum of PostgreSQL is 24 days, and 0 means none
        let limit = options
            .deadline
            .as_millis()
            .clamp(1, LONGEST_STATEMENT)
            .to_string();
        let connect = match pooler {
            Pooler::None => connect.statement_cache_capacity(STATEMENTS).options([
                ("statement_timeout", limit.as_str()),
                ("default_transaction_isolation", ISOLATION),
            ]),
            Pooler::Transaction => connect.statement_cache_capacity(0).extra_float_digits(None),
        };
        // statements contain user names
        let connect = connect.disable_statement_logging();
        let connections = Connections::new(connect.clone(), pooler == Pooler::None, options);
        // checks that the database can be reached
        let first = connections.take().await.map_err(refused)?;
        connections.give_back(first);
        Ok(Self {
            connections: Arc::new(connections),
            connect,
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

    /// Begins a reading transaction that sees one state of the database.
    pub(super) async fn snapshot(&self) -> Result<Work, StoreError> {
        let mut work = self
            .work(Access::Read)
            .beginning_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        work.begin().await?;
        Ok(work)
    }

    fn work(&self, access: Access) -> Work {
        let begin = match self.pooler {
            Pooler::None => "BEGIN",
            Pooler::Transaction => "BEGIN ISOLATION LEVEL READ COMMITTED",
        };
        let keeps = self.pooler == Pooler::None;
        Work::new(self.connections.clone(), access, self.deadline)
            .beginning_with(begin)
            .keeping(keeps)
    }

    pub(super) async fn migrate(&self) -> Result<(), StoreError> {
        if self.pooler == Pooler::Transaction {
            return Err(broken(
                "migrations do not run through a proxy; run `scim-server migrate` with the URL of PostgreSQL itself",
            ));
        }
        // on a separate connection, without a timeout
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .connect_with(self.connect.clone().options([("statement_timeout", "0")]))
            .await
            .map_err(failure)?;
        let database = SqlxPostgresConnector::from_sqlx_postgres_pool(pool.clone());
        let migrated = scim_migrations::migrate(&database).await;
        pool.close().await;
        migrated.map_err(migration_failure)
    }

    pub(super) async fn close(&self) {
        self.connections.close().await;
    }
}

/// Converts the error of the first connection: a wrong password is permanent, an unreachable server temporary.
fn refused(trouble: Trouble) -> StoreError {
    match trouble {
        Trouble::NoConnection(error) => failure(error),
        trouble => failure(trouble),
    }
}

/// Removes the parameter `pgbouncer` from the URL.
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
