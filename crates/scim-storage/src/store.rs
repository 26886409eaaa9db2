//! Opening a database, and the port on it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use scim_core::schema::ResourceType;
use scim_core::time::Instant;
use scim_migrations::{Migrator, MigratorTrait};
use scim_service::connection::ConnectionKey;
use scim_service::store::{Access, Store, StoreError, Transaction};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};
use tokio::sync::OnceCell;

use crate::connections::Connections;
use crate::error::{OpenError, store_error};
use crate::session::Session;
use crate::transaction::SqlTransaction;

/// How a database is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// Connections for readers; on PostgreSQL, for everybody.
    pub max_connections: u32,
    /// How long a request waits for a connection, or for its turn to write, before it is told to come back later.
    pub acquire_timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            max_connections: 8,
            acquire_timeout: Duration::from_secs(10),
        }
    }
}

/// Whether a database has the schema that this program needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemaState {
    /// It has.
    Current,
    /// These migrations are missing.
    Behind(Vec<String>),
}

/// A store on SQLite or PostgreSQL. Clones share the database.
///
/// On SQLite one writer works at a time and readers never wait for it (WAL); what was committed survives the end of the
/// process and a loss of power (`synchronous=FULL`). On PostgreSQL any number of processes share a database.
#[derive(Clone)]
pub struct SqlStore {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) readers: DatabaseConnection,
    /// The one connection that writes, on SQLite.
    writer: Option<DatabaseConnection>,
    /// The ids of the connections that were used.
    connections: Mutex<HashMap<ConnectionKey, i64>>,
    current: OnceCell<()>,
    pub(crate) user: Arc<ResourceType>,
}

impl SqlStore {
    /// Opens `sqlite://<file>` or `postgres://<user>@<host>/<database>`. The file of a SQLite database is made when it is
    /// missing. The schema is left as it is: see [`migrate`](Self::migrate).
    ///
    /// # Errors
    ///
    /// [`OpenError::Url`] for another URL, [`OpenError::Connect`] if the database does not answer.
    pub async fn connect(url: &str, options: &Options) -> Result<Self, OpenError> {
        let (readers, writer) = if let Some(file) = sqlite_file(url) {
            // the writer makes the file and sets its journal mode before anybody reads
            let writer = Database::connect(sqlite(&file, options, 1))
                .await
                .map_err(OpenError::Connect)?;
            let readers = Database::connect(sqlite(&file, options, options.max_connections)).await;
            (readers.map_err(OpenError::Connect)?, Some(writer))
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let mut connect = ConnectOptions::new(url);
            connect
                .max_connections(options.max_connections)
                .acquire_timeout(options.acquire_timeout)
                .connect_timeout(options.acquire_timeout)
                .sqlx_logging(false);
            (
                Database::connect(connect).await.map_err(OpenError::Connect)?,
                None,
            )
        } else {
            return Err(OpenError::Url(without_password(url)));
        };
        Ok(Self {
            inner: Arc::new(Inner {
                readers,
                writer,
                connections: Mutex::default(),
                current: OnceCell::new(),
                user: Arc::new(ResourceType::user()),
            }),
        })
    }

    /// Brings the schema up to date.
    ///
    /// # Errors
    ///
    /// [`OpenError::Migrate`].
    pub async fn migrate(&self) -> Result<(), OpenError> {
        Migrator::up(self.inner.writer(), None)
            .await
            .map_err(OpenError::Migrate)
    }

    /// Whether the schema is up to date. Changes nothing.
    ///
    /// # Errors
    ///
    /// [`OpenError::Migrate`] if the database does not say, or has been migrated by a newer program.
    pub async fn schema(&self) -> Result<SchemaState, OpenError> {
        let pending = Migrator::get_pending_migrations_read_only(&self.inner.readers).await;
        let pending = pending.map_err(OpenError::Migrate)?;
        Ok(match pending.is_empty() {
            true => SchemaState::Current,
            false => SchemaState::Behind(pending.iter().map(|step| step.name().to_owned()).collect()),
        })
    }

    /// The connections and their credentials.
    pub fn connections(&self) -> Connections {
        Connections { store: self.clone() }
    }

    /// Forgets the users who were deleted before a point in time, and says how many they were. They cannot be restored
    /// afterwards.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] or [`StoreError::Failed`].
    pub async fn purge_deleted(&self, before: Instant) -> Result<u64, StoreError> {
        let delete = Query::delete()
            .from_table("users")
            .and_where(Expr::col("deleted_at").lt(before.as_millis()))
            .to_owned();
        let result = self.inner.writer().execute(&delete).await.map_err(store_error)?;
        Ok(result.rows_affected())
    }

    pub(crate) async fn write(&self) -> Result<Session, StoreError> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let transaction = match self.inner.writer.as_ref() {
            Some(writer) => writer.begin_with_options(options).await,
            None => self.inner.readers.begin().await,
        };
        Ok(Session::Writing(transaction.map_err(store_error)?))
    }

    pub(crate) fn read(&self) -> Session {
        Session::Reading(self.inner.readers.clone())
    }

    /// The id of a connection, if it has one yet.
    pub(crate) async fn connection_id(
        &self,
        session: &Session,
        key: &ConnectionKey,
    ) -> Result<Option<i64>, StoreError> {
        if let Some(id) = self.inner.known(key) {
            return Ok(Some(id));
        }
        let select = Query::select()
            .column("id")
            .from("connections")
            .and_where(Expr::col("key").eq(key.as_str()))
            .to_owned();
        let row = session.one(&select).await?;
        let id = row
            .map(|row| row.try_get_by_index::<i64>(0))
            .transpose()
            .map_err(store_error)?;
        if let Some(id) = id {
            self.inner.remember(key, Some(id));
        }
        Ok(id)
    }

    /// The id of a connection, made when it has none. It is remembered only once it is read from a later transaction.
    pub(crate) async fn ensure_connection(
        &self,
        session: &Session,
        key: &ConnectionKey,
        now: Instant,
    ) -> Result<i64, StoreError> {
        if let Some(id) = self.connection_id(session, key).await? {
            return Ok(id);
        }
        let insert = Query::insert()
            .into_table("connections")
            .columns(["key", "created_at"])
            .values([key.as_str().into(), now.as_millis().into()])
            .map_err(|error| StoreError::Failed(Box::new(error)))?
            .on_conflict(OnConflict::column("key").do_nothing().to_owned())
            .to_owned();
        session.execute(&insert).await?;
        let id = self.connection_id(session, key).await?;
        self.inner.remember(key, None);
        id.ok_or_else(|| StoreError::Failed("a connection that was made is not there".into()))
    }

    pub(crate) fn forget_connection(&self, key: &ConnectionKey) {
        self.inner.remember(key, None);
    }
}

#[async_trait]
impl Store for SqlStore {
    async fn begin(
        &self,
        connection: &ConnectionKey,
        access: Access,
    ) -> Result<Box<dyn Transaction>, StoreError> {
        let (session, id) = match access {
            Access::Read => {
                let session = self.read();
                // a connection that nobody wrote to is empty; no connection has this id
                let id = self.connection_id(&session, connection).await?.unwrap_or(0);
                (session, id)
            }
            Access::Write => {
                let session = self.write().await?;
                let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
                let now = now.map_or(0, |now| i64::try_from(now.as_millis()).unwrap_or(i64::MAX));
                let id = self
                    .ensure_connection(&session, connection, Instant::from_millis(now))
                    .await?;
                (session, id)
            }
        };
        Ok(Box::new(SqlTransaction::new(
            session,
            id,
            self.inner.user.clone(),
        )))
    }

    async fn ready(&self) -> Result<(), StoreError> {
        let current = self.inner.current.get_or_try_init(|| async {
            match self.schema().await {
                Ok(SchemaState::Current) => Ok(()),
                Ok(SchemaState::Behind(missing)) => Err(StoreError::Unavailable(
                    format!("the database schema lacks {}", missing.join(", ")).into(),
                )),
                Err(error) => Err(StoreError::Unavailable(Box::new(error))),
            }
        });
        current.await?;
        let select = Query::select()
            .expr(Expr::val(1))
            .from("connections")
            .limit(1)
            .to_owned();
        self.inner
            .readers
            .query_one(&select)
            .await
            .map(drop)
            .map_err(|error| StoreError::Unavailable(Box::new(error)))
    }
}

impl Inner {
    pub(crate) fn writer(&self) -> &DatabaseConnection {
        self.writer.as_ref().unwrap_or(&self.readers)
    }

    fn known(&self, key: &ConnectionKey) -> Option<i64> {
        self.connections
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(key)
            .copied()
    }

    fn remember(&self, key: &ConnectionKey, id: Option<i64>) {
        let mut connections = self.connections.lock().unwrap_or_else(PoisonError::into_inner);
        match id {
            Some(id) => connections.insert(key.clone(), id),
            None => connections.remove(key),
        };
    }
}

/// The file that a URL names: `sqlite://scim.sqlite`, `sqlite:/var/lib/scim.sqlite`; parameters are passed over.
fn sqlite_file(url: &str) -> Option<String> {
    let file = url
        .strip_prefix("sqlite://")
        .or_else(|| url.strip_prefix("sqlite:"))?;
    let file = file.split_once('?').map_or(file, |(file, _)| file);
    (!file.is_empty() && !file.contains(":memory:")).then(|| file.to_owned())
}

fn sqlite(file: &str, options: &Options, connections: u32) -> ConnectOptions {
    use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
    let busy = options.acquire_timeout;
    let mut connect = ConnectOptions::new(format!("sqlite://{file}?mode=rwc"));
    connect
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(options.acquire_timeout)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |options| {
            options
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(busy)
                .foreign_keys(true)
                .statement_cache_capacity(256)
                .pragma("temp_store", "memory")
                .pragma("mmap_size", "268435456")
                .pragma("cache_size", "-8192")
        });
    connect
}

/// A URL as it may be shown.
fn without_password(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://…@{host}"),
        _ => url.to_owned(),
    }
}
