//! The store: opening a database, and beginning transactions.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use scim_core::time::Timestamp;
use scim_service::connection::ConnectionKey;
use scim_service::cursor::CursorKey;
use scim_service::store::{Access, Store, StoreError, Transaction};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, OnConflict, Query};

use crate::connections::Connections;
use crate::database::{Database, Weight};
use crate::schema::SchemaState;
use crate::table::{self, Column, ServerSecrets, USERS};
use crate::transaction::SqlTransaction;

/// Options of a [`SqlStore`]: the size of its pool, and its timeouts.
///
/// ```
/// use std::time::Duration;
///
/// use scim_storage::Options;
///
/// let options = Options::default()
///     .with_max_connections(20)
///     .with_acquire_timeout(Duration::from_secs(2));
/// assert_eq!(options.max_connections.get(), 20);
/// assert_eq!(options.deadline, Duration::from_secs(30));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// The maximum number of database connections in the pool. Defaults to 8. On SQLite these are the reading connections,
    /// all of which are opened at once; one more connection writes.
    pub max_connections: NonZeroU32,
    /// The maximum time that a transaction waits for a free connection or, on SQLite, for another writer. Defaults to 10
    /// seconds. After it, [`StoreError::Unavailable`] is returned.
    pub acquire_timeout: Duration,
    /// The maximum duration of a transaction. Defaults to 30 seconds. A statement that is still running then is interrupted.
    pub deadline: Duration,
}

const EIGHT: NonZeroU32 = NonZeroU32::MIN.saturating_add(7);

impl Default for Options {
    fn default() -> Self {
        Self {
            max_connections: EIGHT,
            acquire_timeout: Duration::from_secs(10),
            deadline: Duration::from_secs(30),
        }
    }
}

impl Options {
    /// Sets [`max_connections`](Self::max_connections). 0 is taken as 1.
    #[must_use]
    pub fn with_max_connections(self, max_connections: u32) -> Self {
        let max_connections = NonZeroU32::new(max_connections).unwrap_or(NonZeroU32::MIN);
        Self {
            max_connections,
            ..self
        }
    }

    /// Sets [`acquire_timeout`](Self::acquire_timeout).
    #[must_use]
    pub fn with_acquire_timeout(self, acquire_timeout: Duration) -> Self {
        Self {
            acquire_timeout,
            ..self
        }
    }

    /// Sets [`deadline`](Self::deadline).
    #[must_use]
    pub fn with_deadline(self, deadline: Duration) -> Self {
        Self { deadline, ..self }
    }
}

/// A SCIM [`Store`] in a SQLite or PostgreSQL database.
///
/// A clone is cheap and uses the same database and pool. Dropping the last clone closes the pool.
///
/// ```
/// use std::time::Duration;
///
/// use scim_storage::{Options, SchemaState, SqlStore};
///
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// # let directory = tempfile::tempdir()?;
/// # let url = format!("sqlite://{}/scim.sqlite", directory.path().display());
/// let store = SqlStore::connect(&url, &Options::default()).await?;
/// store.migrate().await?;
/// assert_eq!(store.schema_state().await?, SchemaState::Current);
///
/// // users that were deleted more than 90 days ago can no longer come back
/// let purged = store.purge_deleted_for(Duration::from_secs(90 * 24 * 60 * 60)).await?;
/// assert_eq!(purged, 0);
/// store.close().await?;
/// # Ok(())
/// # }
/// # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(run()).unwrap();
/// ```
#[derive(Debug, Clone)]
pub struct SqlStore {
    pub(crate) database: Arc<Database>,
}

/// The row id of a connection that has no row. Nothing belongs to it.
const NO_CONNECTION: i64 = 0;

/// The number of deleted users that one statement purges, so that other writers get their turn in between.
const PURGED_AT_ONCE: u64 = 500;

impl SqlStore {
    /// Opens a database.
    ///
    /// | URL | database |
    /// |---|---|
    /// | `postgres://…`, `postgresql://…` | PostgreSQL, with TLS by `?sslmode=verify-full`; `?pgbouncer=true` behind a proxy that pools transactions |
    /// | `sqlite://path`, `sqlite:path` | SQLite; the path is percent-encoded, and the file is created unless `?mode=rw` is set |
    /// | anything without `://` | SQLite: the path of a file, which is created if it does not exist |
    ///
    /// Other users of the machine cannot read a SQLite file that is created. The tables are not created: call
    /// [`migrate`](Self::migrate) for that. PostgreSQL is connected to once, to check the URL.
    ///
    /// ```no_run
    /// # use scim_storage::{Options, SqlStore};
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// let store = SqlStore::connect("postgres://scim:secret@db.example.com/scim", &Options::default()).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the database cannot be reached or its file cannot be opened; a retry may succeed.
    /// [`StoreError::Failed`] if the URL is invalid, if PostgreSQL rejects the credentials, if the feature for this database
    /// is off, and for a SQLite database in memory, which its connections could not share.
    pub async fn connect(url: &str, options: &Options) -> Result<Self, StoreError> {
        Ok(Self {
            database: Arc::new(Database::open(url, options).await?),
        })
    }

    /// Returns the file that the URL of a SQLite database names; `None` if the URL is invalid or names another database. Nothing
    /// is opened.
    ///
    /// ```
    /// # use scim_storage::SqlStore;
    /// let file = SqlStore::file("sqlite:///var/lib/my%20app.sqlite?mode=rw").unwrap();
    /// assert_eq!(file.to_str(), Some("/var/lib/my app.sqlite"));
    /// assert_eq!(SqlStore::file("postgres://db.example.com/scim"), None);
    /// ```
    #[must_use]
    pub fn file(url: &str) -> Option<PathBuf> {
        Database::file(url)
    }

    /// Creates or updates the tables: applies the missing migrations, all of them or, if one fails, none.
    ///
    /// Several processes may call this at the same time: one migrates while the others wait. If nothing is missing, the
    /// database is only read. The [deadline](Options::deadline) does not apply.
    ///
    /// ```
    /// # use scim_storage::{Options, SchemaState, SqlStore};
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// # let directory = tempfile::tempdir()?;
    /// # let url = format!("sqlite://{}/scim.sqlite", directory.path().display());
    /// # let store = SqlStore::connect(&url, &Options::default()).await?;
    /// if let SchemaState::Behind(missing) = store.schema_state().await? {
    ///     println!("applying {}", missing.join(", ")); // applying m0001_users_and_teams, …
    ///     store.migrate().await?;
    /// }
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(run()).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the database cannot be reached. [`StoreError::Failed`] if a migration fails, if a newer
    /// version of this crate has migrated the database ([`SchemaState::Ahead`]), or if the URL says `pgbouncer=true` and
    /// something is missing: connect to PostgreSQL itself to migrate.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        self.database.migrate().await
    }

    /// Compares the schema of the database with the one that this version of the crate needs. Changes nothing.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the database does not respond.
    pub async fn schema_state(&self) -> Result<SchemaState, StoreError> {
        self.database.schema_state().await
    }

    /// Returns the manager of the connections of identity providers, and of their credentials.
    ///
    /// These are the connections that [`ConnectionKey`]s name, not those of the pool.
    #[must_use]
    pub fn connections(&self) -> Connections {
        Connections::new(self.database.clone())
    }

    /// Returns the secret with this name, which all processes that use the database share. Stores the result of `new` if
    /// there is none yet.
    ///
    /// The secret is kept in plain text.
    ///
    /// ```
    /// # use scim_storage::{Options, SqlStore};
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// # let directory = tempfile::tempdir()?;
    /// # let url = format!("sqlite://{}/scim.sqlite", directory.path().display());
    /// # let store = SqlStore::connect(&url, &Options::default()).await?;
    /// # store.migrate().await?;
    /// let first = store.secret("webhook", || "s3cret".to_owned()).await?;
    /// let second = store.secret("webhook", || "another".to_owned()).await?;
    /// assert_eq!(first, second);
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(run()).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the database does not respond.
    pub async fn secret(
        &self,
        name: &str,
        new: impl FnOnce() -> String + Send,
    ) -> Result<String, StoreError> {
        let select = Query::select()
            .column(ServerSecrets::Secret)
            .from(ServerSecrets::Table)
            .and_where(Expr::col(ServerSecrets::Name).eq(name))
            .take();
        let mut reading = self.database.begin(Access::Read).await?;
        if let Some(kept) = reading.one(&select, |row| row.text(0)).await? {
            return Ok(kept);
        }
        drop(reading);
        let row = [
            (ServerSecrets::Name, Expr::val(name)),
            (ServerSecrets::Secret, Expr::val(new())),
        ];
        let mut insert = table::insert("server_secrets", row)?;
        insert.on_conflict(OnConflict::column(ServerSecrets::Name).do_nothing().to_owned());
        let mut writing = self.database.begin(Access::Write).await?;
        writing.change(&insert, Weight::Light).await?;
        let kept = writing.one(&select, |row| row.text(0)).await?;
        writing.commit().await?;
        kept.ok_or_else(|| StoreError::Unavailable("the secret was deleted meanwhile".into()))
    }

    /// Returns the key for [`Service::with_cursor_key`](scim_service::service::Service::with_cursor_key), which seals cursors.
    ///
    /// The key is generated once and kept in the database, so that cursors stay valid after a restart and on every replica.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the database does not respond.
    pub async fn cursor_key(&self) -> Result<CursorKey, StoreError> {
        let new = || {
            let new: [u8; 32] = rand::random();
            new.iter().map(|byte| format!("{byte:02x}")).collect()
        };
        Ok(CursorKey::derived_from(&self.secret("cursor", new).await?))
    }

    /// Permanently removes the users of all connections that were deleted more than `kept` ago, and returns their number.
    ///
    /// A deleted user keeps its row until then, so that it gets its id back when it is created again. Nothing else removes
    /// these rows: call this every hour or so.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the database does not respond. Users that were removed before the error stay removed.
    pub async fn purge_deleted_for(&self, kept: Duration) -> Result<u64, StoreError> {
        let before = SystemTime::now().checked_sub(kept).unwrap_or(UNIX_EPOCH);
        let since = before.duration_since(UNIX_EPOCH).unwrap_or_default();
        let millis = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
        self.purge_deleted(Timestamp::from_millis(millis)).await
    }

    /// Permanently removes the users of all connections that were deleted before a point in time, and returns their number.
    ///
    /// # Errors
    ///
    /// As [`purge_deleted_for`](Self::purge_deleted_for).
    pub async fn purge_deleted(&self, before: Timestamp) -> Result<u64, StoreError> {
        let mut purged = 0;
        let is_old = Condition::all()
            .add(Expr::col(Column::DeletedAt).is_not_null())
            .add(Expr::col(Column::DeletedAt).lt(before.as_millis()));
        loop {
            let old = Query::select()
                .column(Column::Pk)
                .from(table::name(USERS))
                .cond_where(is_old.clone())
                .limit(PURGED_AT_ONCE)
                .take();
            let purge = Query::delete()
                .from_table(table::name(USERS))
                .and_where(Expr::col(Column::Pk).in_subquery(old))
                // PostgreSQL checks this again if a user is restored in the meantime
                .cond_where(is_old.clone())
                .take();
            let mut session = self.database.begin(Access::Write).await?;
            let rows = session.change(&purge, Weight::Heavy).await?;
            session.commit().await?;
            purged += rows;
            if rows < PURGED_AT_ONCE {
                return Ok(purged);
            }
        }
    }

    /// Returns the row id of the connection, creating the row if it does not exist.
    async fn id_of(&self, connection: &ConnectionKey) -> Result<i64, StoreError> {
        match self.database.connection_id(connection).await? {
            Some(id) => Ok(id),
            None => self.connections().ensure_row(connection).await.map(|row| row.id),
        }
    }

    /// Closes the pool. Connections in use are closed when their transactions end; new transactions return
    /// [`StoreError::Unavailable`]. On SQLite this waits for the writing transaction, and commits what is done.
    ///
    /// # Errors
    ///
    /// [`StoreError::Failed`] or [`StoreError::Unavailable`] if SQLite cannot close the connection that writes.
    pub async fn close(&self) -> Result<(), StoreError> {
        self.database.close().await
    }
}

#[async_trait]
impl Store for SqlStore {
    async fn begin(
        &self,
        connection: &ConnectionKey,
        access: Access,
    ) -> Result<Box<dyn Transaction>, StoreError> {
        let id = match access {
            Access::Read => self
                .database
                .connection_id(connection)
                .await?
                .unwrap_or(NO_CONNECTION),
            Access::Write => self.id_of(connection).await?,
        };
        let session = self.database.begin(access).await?;
        Ok(Box::new(SqlTransaction::new(session, self.database.dialect, id)))
    }

    /// On SQLite this takes the writing connection before it reads: changes of other transactions that are not committed yet
    /// are visible only there.
    async fn begin_again(&self, connection: &ConnectionKey) -> Result<Box<dyn Transaction>, StoreError> {
        let id = self.id_of(connection).await?;
        let mut session = self.database.begin(Access::Write).await?;
        session.hold().await?;
        Ok(Box::new(SqlTransaction::new(session, self.database.dialect, id)))
    }

    fn seeks(&self) -> bool {
        true
    }

    async fn ready(&self) -> Result<(), StoreError> {
        match self.schema_state().await? {
            // a newer migration only adds what this version does not use
            SchemaState::Current | SchemaState::Ahead(_) => self.database.writable().await,
            other => Err(StoreError::Unavailable(other.to_string().into())),
        }
    }
}

/// Returns the current time, where the caller passes none.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
