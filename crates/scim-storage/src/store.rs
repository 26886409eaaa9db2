//! Opening a database, and beginning on it.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use scim_core::time::Timestamp;
use scim_migrations::SchemaState;
use scim_service::connection::ConnectionKey;
use scim_service::cursor::CursorKey;
use scim_service::store::{Access, Store, StoreError, Transaction};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};

use crate::connections::Connections;
use crate::database::{Database, Weight};
use crate::table::{self, Column, ServerSecrets, USERS};
use crate::transaction::SqlTransaction;

/// How a [`SqlStore`] uses its database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// How many connections there are; on SQLite, how many of them read, beside the one that writes.
    pub connections: NonZeroU32,
    /// How long a transaction waits for a connection, or for another process that writes.
    pub acquire_timeout: Duration,
    /// How long a transaction may take in all. A statement that has not ended by then is broken off.
    pub deadline: Duration,
}

const EIGHT: NonZeroU32 = NonZeroU32::MIN.saturating_add(7);

impl Default for Options {
    fn default() -> Self {
        Self {
            connections: EIGHT,
            acquire_timeout: Duration::from_secs(10),
            deadline: Duration::from_secs(30),
        }
    }
}

/// A SCIM store in a SQL database. Clones share it.
///
/// ```
/// use std::time::Duration;
///
/// use scim_core::time::Timestamp;
/// use scim_storage::{Options, SchemaState, SqlStore};
///
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// # let directory = tempfile::tempdir()?;
/// # let url = format!("sqlite://{}/scim.sqlite", directory.path().display());
/// let options = Options { acquire_timeout: Duration::from_secs(2), ..Options::default() };
/// let store = SqlStore::connect(&url, &options).await?;
/// store.migrate().await?;
/// assert_eq!(store.schema_state().await?, SchemaState::Current);
///
/// // users who were deleted before this time are not brought back any more
/// let purged = store.purge_deleted(Timestamp::from_millis(1_700_000_000_000)).await?;
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
        Ok(Self {
            database: Arc::new(Database::open(url, options).await?),
        })
    }

    /// Applies the migrations that the database lacks: all of them or, if one fails, none. Several processes may do so at
    /// the same time.
    ///
    /// # Errors
    ///
    /// What the database says; also if it belongs to a newer version of this program.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        self.database.migrate().await
    }

    /// How the schema of the database stands to the one that this program needs.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the database does not answer.
    pub async fn schema_state(&self) -> Result<SchemaState, StoreError> {
        self.database.schema_state().await
    }

    /// The identity providers.
    pub fn connections(&self) -> Connections {
        Connections::new(self.database.clone())
    }

    /// The secret of that name, which all who use the database share: the first who asks brings it.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the database does not answer.
    pub async fn secret(&self, name: &str, new: &str) -> Result<String, StoreError> {
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
            (ServerSecrets::Secret, Expr::val(new)),
        ];
        let mut insert = table::insert("server_secrets", row)?;
        insert.on_conflict(OnConflict::column(ServerSecrets::Name).do_nothing().to_owned());
        let mut writing = self.database.begin(Access::Write).await?;
        writing.change(&insert, Weight::Light).await?;
        let kept = writing.one(&select, |row| row.text(0)).await?;
        writing.commit().await?;
        kept.ok_or_else(|| StoreError::Unavailable("the secret was deleted meanwhile".into()))
    }

    /// What cursors are sealed with, for [`Service::with_cursor_key`](scim_service::service::Service::with_cursor_key): made once
    /// and kept in the database, so that cursors outlive a restart and are good for every replica.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the database does not answer.
    pub async fn cursor_key(&self) -> Result<CursorKey, StoreError> {
        let new: [u8; 32] = rand::random();
        let new: String = new.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(CursorKey::derived_from(&self.secret("cursor", &new).await?))
    }

    /// Removes for good the users of all connections who have been deleted for longer than that, and says how many. An application
    /// that embeds the store calls it every hour or so: nothing else removes them.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the database does not answer.
    pub async fn purge_deleted_for(&self, kept: Duration) -> Result<u64, StoreError> {
        let before = SystemTime::now().checked_sub(kept).unwrap_or(UNIX_EPOCH);
        let since = before.duration_since(UNIX_EPOCH).unwrap_or_default();
        let millis = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
        self.purge_deleted(Timestamp::from_millis(millis)).await
    }

    /// Removes for good the users of all connections who were deleted before that time, and says how many.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the database does not answer.
    pub async fn purge_deleted(&self, before: Timestamp) -> Result<u64, StoreError> {
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
            let mut session = self.database.begin(Access::Write).await?;
            let rows = session.change(&purge, Weight::Heavy).await?;
            session.commit().await?;
            purged += rows;
            if rows < PURGED_AT_ONCE {
                return Ok(purged);
            }
        }
    }

    /// The id of the connection, which has a row from now on.
    async fn id_of(&self, connection: &ConnectionKey) -> Result<i64, StoreError> {
        match self.database.connection_id(connection).await? {
            Some(id) => Ok(id),
            None => Ok(self.connections().ensure(connection).await?.id()),
        }
    }

    /// Closes all connections, after those in use have been given back.
    ///
    /// # Errors
    ///
    /// What the database says.
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

    /// On SQLite it takes the connection that writes before it reads: what others did is not seen beside it until it lasts.
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
            // a newer program was here, and adds only what this one does not know of
            SchemaState::Current | SchemaState::Ahead(_) => self.database.writable().await,
            other => Err(StoreError::Unavailable(other.to_string().into())),
        }
    }
}

/// The time now, for what no caller times.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
