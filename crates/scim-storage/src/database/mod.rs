//! The two databases, behind one way to run a statement.
//!
//! SQLite is called directly, on the thread that asks, where a statement touches a few rows: it is done before another
//! thread would have woken up. PostgreSQL is reached through a pool.

mod pending;
mod postgres;
mod row;
mod session;
mod snapshot;
mod sqlite;
mod turn;

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};

use scim_migrations::SchemaState;
use scim_service::connection::ConnectionKey;
use scim_service::store::{Access, StoreError};
use sea_orm::sea_query::{Alias, Expr, Query};

use crate::dialect::Dialect;
use crate::store::Options;

pub(crate) use row::Row;
pub(crate) use session::{Expected, Session, Weight};

use postgres::Postgres;
use sqlite::Sqlite;

/// How long the id of a connection is believed: another process may delete the connection and make it anew.
const KNOWN_FOR: Duration = Duration::from_secs(5);

/// An open database, and what is known of it by heart.
#[derive(Debug)]
pub(crate) struct Database {
    pub(crate) dialect: Dialect,
    engine: Engine,
    known: RwLock<HashMap<ConnectionKey, Known>>,
}

#[derive(Debug)]
enum Engine {
    Sqlite(Sqlite),
    Postgres(Box<Postgres>),
}

/// The id of a connection, and when it was read.
#[derive(Debug, Clone, Copy)]
struct Known {
    id: i64,
    since: Instant,
}

impl Database {
    pub(crate) async fn open(url: &str, options: &Options) -> Result<Self, StoreError> {
        let is_postgres = ["postgres:", "postgresql:"]
            .iter()
            .any(|scheme| url.starts_with(scheme));
        let (dialect, engine) = match is_postgres {
            true => (
                Dialect::Postgres,
                Engine::Postgres(Box::new(Postgres::open(url, options).await?)),
            ),
            false => (Dialect::Sqlite, Engine::Sqlite(Sqlite::open(url, options)?)),
        };
        Ok(Self {
            dialect,
            engine,
            known: RwLock::default(),
        })
    }

    /// Begins to run statements.
    pub(crate) async fn begin(&self, access: Access) -> Result<Session, StoreError> {
        match (&self.engine, access) {
            (Engine::Sqlite(sqlite), Access::Read) => sqlite.read().await.map(Session::sqlite_reading),
            (Engine::Sqlite(sqlite), Access::Write) => Ok(Session::sqlite_writing(sqlite.write())),
            (Engine::Postgres(postgres), access) => postgres.begin(access).await.map(Session::postgres),
        }
    }

    pub(crate) async fn migrate(&self) -> Result<(), StoreError> {
        if self.schema_state().await? == SchemaState::Current {
            return Ok(());
        }
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.migrate().await,
            Engine::Postgres(postgres) => postgres.migrate().await,
        }
    }

    /// How the schema stands to the one that this program needs.
    pub(crate) async fn schema_state(&self) -> Result<SchemaState, StoreError> {
        let select = Query::select()
            .column(Alias::new("version"))
            .from(Alias::new(scim_migrations::APPLIED))
            .take();
        let mut session = self.begin(Access::Read).await?;
        let applied = match session.all(&select, Weight::Light, |row| row.text(0)).await {
            Ok(applied) => applied,
            // the first migration makes the table
            Err(error) if says_no_table(&error) => Vec::new(),
            Err(error) => return Err(error),
        };
        Ok(SchemaState::of(&applied))
    }

    /// Whether the database can be written to, as far as that is known; where the last write failed, by trying.
    pub(crate) async fn writable(&self) -> Result<(), StoreError> {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.writable().await,
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
            Engine::Sqlite(sqlite) => sqlite.close().await,
            Engine::Postgres(postgres) => {
                postgres.close().await;
                Ok(())
            }
        }
    }

    /// The id of the connection, if it has a row.
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

    /// Forgets the id of a connection that was deleted.
    pub(crate) fn forget(&self, key: &ConnectionKey) {
        self.known
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(key);
    }
}

fn says_no_table(error: &StoreError) -> bool {
    let StoreError::Failed(cause) = error else {
        return false;
    };
    let text = cause.to_string();
    text.contains("no such table") || text.contains("does not exist")
}
