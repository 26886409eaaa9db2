//! Identity providers, and what they sign in with.

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

/// The identity providers of a store.
///
/// ```
/// # use scim_storage::{Options, SqlStore};
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// # let directory = tempfile::tempdir()?;
/// # let url = format!("sqlite://{}/scim.sqlite", directory.path().display());
/// # let store = SqlStore::connect(&url, &Options::default()).await?;
/// # store.migrate().await?;
/// let connections = store.connections();
/// connections.set_profile(&"corp".parse()?, "entra").await?;
///
/// let all = connections.list().await?;
/// assert_eq!(all[0].key.as_str(), "corp");
/// assert_eq!((all[0].users, all[0].credentials), (0, 0));
/// # Ok(())
/// # }
/// # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(run()).unwrap();
/// ```
#[derive(Debug, Clone)]
pub struct Connections {
    database: Arc<Database>,
}

/// An identity provider's connection.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Connection {
    /// Its name.
    pub key: ConnectionKey,
    /// The profile that was chosen for it; without one, its name decides.
    pub profile: Option<String>,
    /// When it was made.
    pub created: Timestamp,
    /// How many credentials it has, expired ones among them.
    pub credentials: u64,
    /// How many users it has, deleted ones not among them.
    pub users: u64,
    /// How many teams it has.
    pub teams: u64,
}

/// What [`Connections::ensure`] found or did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ensured {
    /// The connection was made.
    Created(i64),
    /// It was there.
    Existing(i64),
}

/// What went with a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Removed {
    /// How many users, deleted ones among them.
    pub users: u64,
    /// How many teams.
    pub teams: u64,
    /// How many credentials.
    pub credentials: u64,
}

impl Ensured {
    /// The key of the row.
    pub(crate) fn id(self) -> i64 {
        match self {
            Self::Created(id) | Self::Existing(id) => id,
        }
    }
}

impl Connections {
    pub(crate) fn new(database: Arc<Database>) -> Self {
        Self { database }
    }

    /// All connections, by name.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the database does not answer.
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

    /// Makes the connection if it is not there.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the database does not answer.
    pub async fn ensure(&self, key: &ConnectionKey) -> Result<Ensured, StoreError> {
        let row = [
            (Table::Key, Expr::val(key.as_str())),
            (Table::CreatedAt, Expr::val(now().as_millis())),
        ];
        let mut insert = table::insert("connections", row)?;
        insert.on_conflict(OnConflict::column(Table::Key).do_nothing().to_owned());
        let inserted = self.change(&insert).await?;
        // somebody may have deleted it elsewhere, and the old id be known here
        self.database.forget(key);
        let id = self.database.connection_id(key).await?;
        let id = id.ok_or_else(|| StoreError::Unavailable("the connection was deleted meanwhile".into()))?;
        Ok(match inserted {
            0 => Ensured::Existing(id),
            _ => Ensured::Created(id),
        })
    }

    /// Chooses the profile of a connection, which is made if it is not there.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the database does not answer.
    pub async fn set_profile(&self, key: &ConnectionKey, profile: &str) -> Result<(), StoreError> {
        let id = self.ensure(key).await?.id();
        let update = Query::update()
            .table(Table::Table)
            .value(Table::Profile, profile)
            .and_where(Expr::col(Table::Id).eq(id))
            .take();
        self.change(&update).await.map(drop)
    }

    /// The credentials of all connections, oldest first, expired ones among them.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the database does not answer.
    pub async fn all_credentials(&self) -> Result<Vec<Credential>, StoreError> {
        self.read_credentials(credentials::select_credentials()).await
    }

    /// Deletes the connection with all its users, teams and credentials, and says how many; `None` if there is no such
    /// connection.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the database does not answer.
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

    /// One statement, in a transaction of its own.
    async fn change(&self, statement: &impl StatementBuilder) -> Result<u64, StoreError> {
        let mut session = self.database.begin(Access::Write).await?;
        let rows = session.change(statement, Weight::Light).await?;
        session.commit().await?;
        Ok(rows)
    }
}

impl Database {
    /// The id of the connection as the database has it.
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

/// How many resources of that kind the connection of the row outside has.
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
