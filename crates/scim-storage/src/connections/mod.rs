//! The connections of identity providers, and their credentials.

mod credentials;

use std::sync::Arc;

use scim_core::time::Timestamp;
use scim_service::connection::ConnectionKey;
use scim_service::store::{Access, Kind, StoreError};
use sea_orm::StatementBuilder;
use sea_orm::sea_query::{Alias, Asterisk, Expr, ExprTrait, Func, OnConflict, Order, Query, SelectStatement};

use crate::database::{Database, Row, Weight};
use crate::dialect::scalar;
use crate::store::now;
use crate::table::Connections as Table;
use crate::table::{self, Credentials, ResourceCounts, TEAMS, USERS};

pub use credentials::{Credential, CredentialId, NewCredential};

/// The manager of the connections of identity providers in a [`SqlStore`](crate::SqlStore), and of their credentials.
///
/// A connection is a tenant: one identity provider with its users and groups. Its row is created by
/// [`ensure`](Self::ensure), [`set_profile`](Self::set_profile), [`add_credential`](Self::add_credential), or the first
/// writing transaction.
///
/// ```
/// # use scim_storage::{Options, SqlStore};
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// # let directory = tempfile::tempdir()?;
/// # let url = format!("sqlite://{}/scim.sqlite", directory.path().display());
/// # let store = SqlStore::connect(&url, &Options::default()).await?;
/// # store.migrate().await?;
/// use scim_core::time::Timestamp;
/// use scim_service::connection::ConnectionKey;
/// use scim_storage::NewCredential;
///
/// let connections = store.connections();
/// let corp: ConnectionKey = "corp".parse()?;
/// connections.set_profile(&corp, "entra").await?;
///
/// // the hash comes from the application: this crate neither generates nor hashes secrets
/// let now = Timestamp::from_millis(1_700_000_000_000);
/// let credential = NewCredential::new("sha256:9f86d081…", now).with_hint("scim_9f86…");
/// let id = connections.add_credential(&corp, credential).await?;
///
/// let all = connections.list().await?;
/// assert_eq!(all[0].key, corp);
/// assert_eq!((all[0].users, all[0].credentials), (0, 1));
///
/// assert!(connections.remove_credential(id).await?);
/// assert!(connections.delete(&corp).await?.is_some());
/// # Ok(())
/// # }
/// # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(run()).unwrap();
/// ```
#[derive(Debug, Clone)]
pub struct Connections {
    database: Arc<Database>,
}

/// The connection of an identity provider, with its counts.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Connection {
    /// The name.
    pub key: ConnectionKey,
    /// The name of the profile, set by [`Connections::set_profile`]. Without one, an application chooses, for example by
    /// the name of the connection.
    pub profile: Option<String>,
    /// The time of creation.
    pub created: Timestamp,
    /// The number of credentials, including expired ones.
    pub credentials: u64,
    /// The number of users, without deleted ones.
    pub users: u64,
    /// The number of groups.
    pub teams: u64,
}

/// The result of [`Connections::ensure`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ensured {
    /// The connection was created.
    Created,
    /// The connection existed already.
    Existing,
}

/// The counts of what [`Connections::delete`] removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Removed {
    /// The number of users, including those that were deleted and not yet purged.
    pub users: u64,
    /// The number of groups.
    pub teams: u64,
    /// The number of credentials, including expired ones.
    pub credentials: u64,
}

/// The row of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct EnsuredRow {
    pub(crate) id: i64,
    pub(crate) ensured: Ensured,
}

impl Connections {
    pub(crate) fn new(database: Arc<Database>) -> Self {
        Self { database }
    }

    /// Returns all connections, sorted by name.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the database does not respond.
    pub async fn list(&self) -> Result<Vec<Connection>, StoreError> {
        let credentials = Query::select()
            .expr(Func::count(Expr::col(Asterisk)))
            .from(Credentials::Table)
            .and_where(
                Expr::col((Credentials::Table, Credentials::ConnectionId)).equals((Table::Table, Table::Id)),
            )
            .take();
        let select = Query::select()
            .columns([Table::Key, Table::CreatedAt])
            .expr(scalar(credentials))
            .expr(scalar(count_of(Kind::User)))
            .expr(scalar(count_of(Kind::Group)))
            .column(Table::Profile)
            .from(Table::Table)
            .order_by(Table::Key, Order::Asc)
            .take();
        let read = |row: &Row<'_>| {
            Ok(Connection {
                key: key(row.text(0)?)?,
                created: Timestamp::from_millis(row.number(1)?),
                credentials: row.count(2)?,
                users: row.count(3)?,
                teams: row.count(4)?,
                profile: row.optional_text(5)?,
            })
        };
        let mut session = self.database.begin(Access::Read).await?;
        session.all(&select, Weight::Light, read).await
    }

    /// Creates a connection if it does not exist.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the database does not respond.
    pub async fn ensure(&self, key: &ConnectionKey) -> Result<Ensured, StoreError> {
        self.ensure_row(key).await.map(|row| row.ensured)
    }

    /// Creates a connection if it does not exist, and returns its row.
    pub(crate) async fn ensure_row(&self, key: &ConnectionKey) -> Result<EnsuredRow, StoreError> {
        let row = [
            (Table::Key, Expr::val(key.as_str())),
            (Table::CreatedAt, Expr::val(now().as_millis())),
        ];
        let mut insert = table::insert("connections", row)?;
        insert.on_conflict(OnConflict::column(Table::Key).do_nothing().to_owned());
        let inserted = self.change(&insert).await?;
        // another process may have deleted it, while the old id is still cached here
        self.database.forget(key);
        let id = self.database.connection_id(key).await?;
        let id = id.ok_or_else(|| StoreError::Unavailable("the connection was deleted meanwhile".into()))?;
        let ensured = match inserted {
            0 => Ensured::Existing,
            _ => Ensured::Created,
        };
        Ok(EnsuredRow { id, ensured })
    }

    /// Sets the profile of a connection, creating the connection if it does not exist.
    ///
    /// Any name is accepted: this crate knows no profiles.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the database does not respond.
    pub async fn set_profile(&self, key: &ConnectionKey, profile: &str) -> Result<(), StoreError> {
        let id = self.ensure_row(key).await?.id;
        let update = Query::update()
            .table(Table::Table)
            .value(Table::Profile, profile)
            .and_where(Expr::col(Table::Id).eq(id))
            .take();
        self.change(&update).await.map(drop)
    }

    /// Returns the credentials of all connections, oldest first, including expired ones.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the database does not respond.
    pub async fn all_credentials(&self) -> Result<Vec<Credential>, StoreError> {
        self.read_credentials(credentials::select_credentials()).await
    }

    /// Deletes a connection with all its resources and credentials, and returns their counts; `None` if there is no such
    /// connection.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the database does not respond.
    pub async fn delete(&self, key: &ConnectionKey) -> Result<Option<Removed>, StoreError> {
        let Some(id) = self.database.read_connection_id(key).await? else {
            self.database.forget(key);
            return Ok(None);
        };
        let mut session = self.database.begin(Access::Write).await?;
        let delete = |table: &'static str, column: &'static str| {
            Query::delete()
                .from_table(table::name(table))
                .and_where(Expr::col(Alias::new(column)).eq(id))
                .take()
        };
        let mut rows = [0; 4];
        let tables = [
            (TEAMS, "connection_id"),
            (USERS, "connection_id"),
            ("credentials", "connection_id"),
            ("connections", "id"),
        ];
        for (rows, (table, column)) in rows.iter_mut().zip(tables) {
            *rows = session.change(&delete(table, column), Weight::Heavy).await?;
        }
        session.commit().await?;
        self.database.forget(key);
        let [teams, users, credentials, connections] = rows;
        Ok((connections > 0).then_some(Removed {
            users,
            teams,
            credentials,
        }))
    }

    /// Runs one statement in its own transaction, and returns the number of rows that it changed.
    async fn change(&self, statement: &impl StatementBuilder) -> Result<u64, StoreError> {
        let mut session = self.database.begin(Access::Write).await?;
        let rows = session.change(statement, Weight::Light).await?;
        session.commit().await?;
        Ok(rows)
    }
}

impl Database {
    /// Reads the row id of a connection, without the cache.
    pub(crate) async fn read_connection_id(&self, key: &ConnectionKey) -> Result<Option<i64>, StoreError> {
        let select = Query::select()
            .column(Table::Id)
            .from(Table::Table)
            .and_where(Expr::col(Table::Key).eq(key.as_str()))
            .take();
        let mut session = self.begin(Access::Read).await?;
        session.one(&select, |row| row.number(0)).await
    }
}

/// The number of resources of a kind that the connection of the outer row has.
fn count_of(kind: Kind) -> SelectStatement {
    let sum = Func::sum(Expr::col(ResourceCounts::Live));
    Query::select()
        .expr(Expr::from(Func::coalesce([sum.into(), Expr::val(0)])).cast_as(Alias::new("bigint")))
        .from(ResourceCounts::Table)
        .and_where(
            Expr::col((ResourceCounts::Table, ResourceCounts::ConnectionId))
                .equals((Table::Table, Table::Id)),
        )
        .and_where(Expr::col(ResourceCounts::Kind).eq(table::counted_as(kind)))
        .take()
}

fn key(text: String) -> Result<ConnectionKey, StoreError> {
    text.parse().map_err(|error| StoreError::Failed(Box::new(error)))
}
