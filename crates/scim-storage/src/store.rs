//! Opening a database, and beginning on it.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use scim_core::time::Instant;
use scim_migrations::SchemaState;
use scim_service::connection::ConnectionKey;
use scim_service::store::{Access, Store, StoreError, Transaction};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection};

use crate::connections::Connections;
use crate::dialect::Dialect;
use crate::error::{broken, failure};
use crate::table::{self, Column, USERS};
use crate::transaction::{Session, SqlTransaction};

/// How a [`SqlStore`] uses its database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// How many connections read at the same time; on PostgreSQL, how many there are in all.
    pub readers: u32,
    /// How long a request waits for a connection, or for another process that writes.
    pub patience: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            readers: 8,
            patience: Duration::from_secs(10),
        }
    }
}

/// A SCIM store in a SQL database. Clones share it.
#[derive(Debug, Clone)]
pub struct SqlStore {
    pub(crate) database: Arc<Pools>,
}

/// The connections to the database, and what is known by heart.
#[derive(Debug)]
pub(crate) struct Pools {
    pub(crate) dialect: Dialect,
    pub(crate) readers: DatabaseConnection,
    pub(crate) writer: DatabaseConnection,
    known: RwLock<HashMap<ConnectionKey, Known>>,
}

/// The id of a connection, and when it was read.
#[derive(Debug, Clone, Copy)]
struct Known {
    id: i64,
    since: std::time::Instant,
}

/// How long an id is believed: another process may delete the connection and make it anew.
const KNOWN_FOR: Duration = Duration::from_secs(5);

/// No row has this id; what belongs to it is nothing.
const NO_CONNECTION: i64 = 0;

/// How many deleted users a statement purges, so that others may write in between.
const PURGED_AT_ONCE: u64 = 500;

impl SqlStore {
    /// Opens a database: `postgres://…`, `sqlite://path`, or the path of a SQLite file, which is made if it is
    /// not there.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if it cannot be opened, [`StoreError::Failed`] for a SQLite database in memory, which
    /// every connection would have for itself.
    pub async fn connect(url: &str, options: &Options) -> Result<Self, StoreError> {
        if ["postgres:", "postgresql:"]
            .iter()
            .any(|scheme| url.starts_with(scheme))
        {
            let pool = Database::connect(pool(url, options.readers, options))
                .await
                .map_err(failure)?;
            return Ok(Self::of(pool.clone(), pool));
        }
        if url.contains(":memory:") || url.contains("mode=memory") {
            return Err(broken(
                "a SQLite database in memory cannot be shared; name a file",
            ));
        }
        let writer = Database::connect(sqlite(url, 1, options, Access::Write))
            .await
            .map_err(failure)?;
        let readers = sqlite(url, options.readers, options, Access::Read);
        let readers = Database::connect(readers).await.map_err(failure)?;
        Ok(Self::of(readers, writer))
    }

    /// Applies the migrations that the database lacks.
    ///
    /// # Errors
    ///
    /// What the database says; also if it belongs to a newer version of this program.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        scim_migrations::migrate(&self.database.writer)
            .await
            .map_err(failure)
    }

    /// How the schema of the database stands to the one that this program needs.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the database does not answer.
    pub async fn schema_state(&self) -> Result<SchemaState, StoreError> {
        scim_migrations::inspect(&self.database.readers)
            .await
            .map_err(failure)
    }

    /// The identity providers.
    pub fn connections(&self) -> Connections {
        Connections::new(self.database.clone())
    }

    /// Removes for good the users of all connections who were deleted before that time, and says how many.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the database does not answer.
    pub async fn purge_deleted(&self, before: Instant) -> Result<u64, StoreError> {
        let mut purged = 0;
        loop {
            let old = Query::select()
                .column(Column::Pk)
                .from(table::name(USERS))
                .and_where(Expr::col(Column::DeletedAt).is_not_null())
                .and_where(Expr::col(Column::DeletedAt).lt(before.as_millis()))
                .limit(PURGED_AT_ONCE)
                .take();
            let purge = Query::delete()
                .from_table(table::name(USERS))
                .and_where(Expr::col(Column::Pk).in_subquery(old))
                .take();
            let rows = self
                .database
                .writer
                .execute(&purge)
                .await
                .map_err(failure)?
                .rows_affected();
            purged += rows;
            if rows < PURGED_AT_ONCE {
                return Ok(purged);
            }
        }
    }

    /// Closes all connections, after those in use have been given back.
    ///
    /// # Errors
    ///
    /// What the database says.
    pub async fn close(&self) -> Result<(), StoreError> {
        self.database.readers.close_by_ref().await.map_err(failure)?;
        self.database.writer.close_by_ref().await.map_err(failure)
    }

    fn of(readers: DatabaseConnection, writer: DatabaseConnection) -> Self {
        Self {
            database: Arc::new(Pools {
                dialect: Dialect::of(writer.get_database_backend()),
                readers,
                writer,
                known: RwLock::default(),
            }),
        }
    }
}

#[async_trait]
impl Store for SqlStore {
    async fn begin(
        &self,
        connection: &ConnectionKey,
        access: Access,
    ) -> Result<Box<dyn Transaction>, StoreError> {
        let id = match (self.database.connection_id(connection).await?, access) {
            (Some(id), _) => id,
            (None, Access::Read) => NO_CONNECTION,
            (None, Access::Write) => self.connections().ensure(connection).await?.id(),
        };
        let session = Session::begin(&self.database, access).await?;
        Ok(Box::new(SqlTransaction::new(session, self.database.dialect, id)))
    }

    async fn ready(&self) -> Result<(), StoreError> {
        match self.schema_state().await? {
            SchemaState::Current => Ok(()),
            other => Err(StoreError::Unavailable(other.to_string().into())),
        }
    }
}

impl Pools {
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
            let since = std::time::Instant::now();
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

/// The time now, for what no caller times.
pub(crate) fn now() -> Instant {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Instant::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

fn pool(url: &str, connections: u32, options: &Options) -> ConnectOptions {
    let mut pool = ConnectOptions::new(url);
    pool.max_connections(Ord::max(connections, 1))
        .min_connections(1)
        .acquire_timeout(options.patience)
        .connect_timeout(options.patience)
        // statements hold user names
        .sqlx_logging(false)
        .record_stmt_in_spans(false);
    pool
}

fn sqlite(url: &str, connections: u32, options: &Options, access: Access) -> ConnectOptions {
    let path = (!url.starts_with("sqlite:")).then(|| url.to_owned());
    let patience = options.patience;
    let mut pool = pool(
        path.as_ref().map_or(url, |_| "sqlite:named-below"),
        connections,
        options,
    );
    pool.test_before_acquire(false)
        .idle_timeout(None::<Duration>)
        .max_lifetime(None::<Duration>)
        .map_sqlx_sqlite_opts(move |sqlite| {
            let sqlite = match &path {
                Some(path) => sqlite.filename(path).create_if_missing(true),
                None => sqlite.create_if_missing(true),
            };
            let sqlite = sqlite
                .foreign_keys(true)
                .busy_timeout(patience)
                .statement_cache_capacity(512)
                .pragma("journal_mode", "WAL")
                .pragma("synchronous", "FULL");
            match access {
                Access::Read => sqlite.pragma("query_only", "ON"),
                Access::Write => sqlite,
            }
        });
    pool
}
