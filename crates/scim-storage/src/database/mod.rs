//! SQLite and PostgreSQL behind one interface for running statements.
//!
//! SQLite statements that touch few rows run on the calling thread: they finish before another thread would have woken up.
//! PostgreSQL is reached through a pool of connections.

mod deadline;
mod pending;
#[cfg(feature = "postgres")]
mod postgres;
mod row;
mod session;
mod snapshot;
#[cfg(feature = "sqlite")]
mod sqlite;
mod turn;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};

use scim_service::connection::ConnectionKey;
use scim_service::store::{Access, StoreError};
#[cfg(feature = "postgres")]
use sea_orm::sea_query::Expr;
use sea_orm::sea_query::{Alias, Query};

use crate::dialect::Dialect;
#[cfg(not(all(feature = "sqlite", feature = "postgres")))]
use crate::error::broken;
use crate::schema::SchemaState;
use crate::store::Options;

pub(crate) use row::Row;
pub(crate) use session::{Expected, Session, Weight};

#[cfg(feature = "postgres")]
use postgres::Postgres;
#[cfg(feature = "sqlite")]
use sqlite::Sqlite;

/// The time for which the row id of a connection is cached: another process may delete and recreate the connection.
const KNOWN_FOR: Duration = Duration::from_secs(5);

/// An open database, with a cache of the row ids of connections.
#[derive(Debug)]
pub(crate) struct Database {
    pub(crate) dialect: Dialect,
    engine: Engine,
    known: RwLock<HashMap<ConnectionKey, Known>>,
}

fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres:") || url.starts_with("postgresql:")
}

#[derive(Debug)]
enum Engine {
    #[cfg(feature = "sqlite")]
    Sqlite(Sqlite),
    #[cfg(feature = "postgres")]
    Postgres(Box<Postgres>),
}

/// The row id of a connection, and when it was read.
#[derive(Debug, Clone, Copy)]
struct Known {
    id: i64,
    since: Instant,
}

impl Database {
    pub(crate) async fn open(url: &str, options: &Options) -> Result<Self, StoreError> {
        let (dialect, engine) = match is_postgres(url) {
            #[cfg(feature = "postgres")]
            true => (
                Dialect::Postgres,
                Engine::Postgres(Box::new(Postgres::open(url, options).await?)),
            ),
            #[cfg(feature = "sqlite")]
            false => (Dialect::Sqlite, Engine::Sqlite(Sqlite::open(url, options)?)),
            #[cfg(not(feature = "postgres"))]
            true => {
                return Err(broken(
                    "this program was built without PostgreSQL; enable the feature `postgres` of scim-storage",
                ));
            }
            #[cfg(not(feature = "sqlite"))]
            false => {
                return Err(broken(
                    "this program was built without SQLite; enable the feature `sqlite` of scim-storage, or use a \
                     URL that begins with `postgres://`",
                ));
            }
        };
        Ok(Self {
            dialect,
            engine,
            known: RwLock::default(),
        })
    }

    /// The file of a SQLite database.
    pub(crate) fn file(url: &str) -> Option<PathBuf> {
        match is_postgres(url) {
            #[cfg(feature = "sqlite")]
            false => Sqlite::file(url),
            _ => None,
        }
    }

    /// Begins a transaction.
    pub(crate) async fn begin(&self, access: Access) -> Result<Session, StoreError> {
        match (&self.engine, access) {
            #[cfg(feature = "sqlite")]
            (Engine::Sqlite(sqlite), Access::Read) => sqlite.read().await.map(Session::sqlite_reading),
            #[cfg(feature = "sqlite")]
            (Engine::Sqlite(sqlite), Access::Write) => Ok(Session::sqlite_writing(sqlite.write())),
            #[cfg(feature = "postgres")]
            (Engine::Postgres(postgres), access) => postgres.begin(access).await.map(Session::postgres),
        }
    }

    pub(crate) async fn migrate(&self) -> Result<(), StoreError> {
        if self.schema_state().await? == SchemaState::Current {
            return Ok(());
        }
        match &self.engine {
            #[cfg(feature = "sqlite")]
            Engine::Sqlite(sqlite) => sqlite.migrate().await,
            #[cfg(feature = "postgres")]
            Engine::Postgres(postgres) => postgres.migrate().await,
        }
    }

    /// Compares the schema with the one that this version needs.
    pub(crate) async fn schema_state(&self) -> Result<SchemaState, StoreError> {
        let select = Query::select()
            .column(Alias::new("version"))
            .from(Alias::new(scim_migrations::APPLIED))
            .take();
        let mut session = self.begin(Access::Read).await?;
        let applied = match session.all(&select, Weight::Light, |row| row.text(0)).await {
            Ok(applied) => applied,
            // the first migration creates the table
            Err(error) if says_no_table(&error) => Vec::new(),
            Err(error) => return Err(error),
        };
        Ok(SchemaState::of(&applied))
    }

    /// Returns an error if the database is known not to accept writes. SQLite tries a write if the last one failed.
    pub(crate) async fn writable(&self) -> Result<(), StoreError> {
        match &self.engine {
            #[cfg(feature = "sqlite")]
            Engine::Sqlite(sqlite) => sqlite.writable().await,
            #[cfg(feature = "postgres")]
            Engine::Postgres(_) => {
                let select = Query::select()
                    .expr(Expr::cust("current_setting('transaction_read_only')"))
                    .take();
                let mut session = self.begin(Access::Read).await?;
                match session.one(&select, |row| row.text(0)).await?.as_deref() {
                    Some("on") => Err(StoreError::Unavailable(
                        "PostgreSQL takes no changes: it is a standby, or was made read-only".into(),
                    )),
                    _ => Ok(()),
                }
            }
        }
    }

    pub(crate) async fn close(&self) -> Result<(), StoreError> {
        match &self.engine {
            #[cfg(feature = "sqlite")]
            Engine::Sqlite(sqlite) => sqlite.close().await,
            #[cfg(feature = "postgres")]
            Engine::Postgres(postgres) => {
                postgres.close().await;
                Ok(())
            }
        }
    }

    /// Returns the row id of the connection, from the cache or the database; `None` if it has no row.
    pub(crate) async fn connection_id(&self, key: &ConnectionKey) -> Result<Option<i64>, StoreError> {
        let known = self
            .known
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(key)
            .copied();
        if let Some(known) = known.filter(|known| known.since.elapsed() < KNOWN_FOR) {
            return Ok(Some(known.id));
        }
        let id = self.read_connection_id(key).await?;
        if let Some(id) = id {
            let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
            let since = Instant::now();
            known.insert(key.clone(), Known { id, since });
        }
        Ok(id)
    }

    /// Removes a connection from the cache.
    pub(crate) fn forget(&self, key: &ConnectionKey) {
        self.known
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(key);
    }
}

/// Whether the error says that a table does not exist.
fn says_no_table(error: &StoreError) -> bool {
    let StoreError::Failed(cause) = error else {
        return false;
    };
    let text = cause.to_string();
    text.contains("no such table") || text.contains("does not exist")
}

#[cfg(all(test, not(all(feature = "sqlite", feature = "postgres"))))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_url_of_a_database_that_is_not_built_in_names_the_feature() {
        let (url, feature) = match cfg!(feature = "sqlite") {
            true => ("postgres://localhost/scim", "`postgres`"),
            false => ("sqlite://scim.sqlite", "`sqlite`"),
        };
        let error = Database::open(url, &Options::default()).await.unwrap_err();
        let StoreError::Failed(cause) = error else {
            panic!("{error}");
        };
        assert!(cause.to_string().contains(feature), "{cause}");
    }
}
