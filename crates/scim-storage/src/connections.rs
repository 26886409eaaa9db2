//! Connections and the credentials that were made for them at run time.

use scim_core::time::Instant;
use scim_service::connection::ConnectionKey;
use scim_service::store::StoreError;
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query};
use sea_orm::{ConnectionTrait, DbErr, QueryResult};

use crate::error::store_error;
use crate::session::Session;
use crate::store::SqlStore;

/// The connections of a [`SqlStore`].
#[derive(Clone)]
pub struct Connections {
    pub(crate) store: SqlStore,
}

/// A connection and how much is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionInfo {
    /// Its name.
    pub key: ConnectionKey,
    /// The profile that it was made with; without one, its name decides.
    pub profile: Option<String>,
    /// When it was made.
    pub created: Instant,
    /// Users who are there.
    pub users: u64,
    /// Teams.
    pub teams: u64,
    /// Credentials that were made at run time, expired ones among them.
    pub credentials: u64,
}

/// A credential that was made at run time: the hash of a secret that was shown once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// Its number.
    pub id: i64,
    /// The connection that it opens.
    pub connection: ConnectionKey,
    /// The hash of the secret, as whoever made it writes hashes.
    pub hash: String,
    /// What tells it apart from others without giving it away.
    pub hint: String,
    /// When it was made.
    pub created: Instant,
    /// From when on it no longer counts.
    pub expires: Option<Instant>,
    /// When it was used last, give or take a minute.
    pub last_used: Option<Instant>,
}

/// A credential to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCredential {
    /// The hash of the secret.
    pub hash: String,
    /// What tells it apart from others without giving it away.
    pub hint: String,
    /// When it is made.
    pub created: Instant,
    /// From when on it no longer counts.
    pub expires: Option<Instant>,
}

/// What went with a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Removed {
    /// Users, deleted ones among them.
    pub users: u64,
    /// Teams.
    pub teams: u64,
    /// Credentials.
    pub credentials: u64,
}

impl Connections {
    /// All connections, by name.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] or [`StoreError::Failed`], here and in all methods.
    pub async fn list(&self) -> Result<Vec<ConnectionInfo>, StoreError> {
        let kept = |kind: &'static str| {
            let sum = Query::select()
                .expr(Expr::cust("CAST(COALESCE(SUM(live), 0) AS BIGINT)"))
                .from("resource_counts")
                .and_where(Expr::col(("resource_counts", "connection_id")).equals(("connections", "id")))
                .and_where(Expr::col("kind").eq(kind))
                .to_owned();
            Expr::SubQuery(None, Box::new(sum.into()))
        };
        let credentials = Query::select()
            .expr(Expr::cust("COUNT(*)"))
            .from("credentials")
            .and_where(Expr::col(("credentials", "connection_id")).equals(("connections", "id")))
            .to_owned();
        let select = Query::select()
            .columns(["key", "profile", "created_at"])
            .expr(kept("users"))
            .expr(kept("teams"))
            .expr(Expr::SubQuery(None, Box::new(credentials.into())))
            .from("connections")
            .order_by("key", Order::Asc)
            .to_owned();
        let rows = self.store.read().all(&select).await?;
        rows.iter()
            .map(info)
            .collect::<Result<_, _>>()
            .map_err(store_error)
    }

    /// Makes a connection, unless there is one of that name. With a profile, that becomes its profile.
    pub async fn ensure(
        &self,
        key: &ConnectionKey,
        profile: Option<&str>,
        now: Instant,
    ) -> Result<(), StoreError> {
        let session = self.store.write().await?;
        let id = self.store.ensure_connection(&session, key, now).await?;
        if let Some(profile) = profile {
            let update = Query::update()
                .table("connections")
                .value("profile", profile)
                .and_where(Expr::col("id").eq(id))
                .to_owned();
            session.execute(&update).await?;
        }
        commit(session).await
    }

    /// Removes a connection with everything in it; `None` if there is none of that name.
    pub async fn delete(&self, key: &ConnectionKey) -> Result<Option<Removed>, StoreError> {
        let session = self.store.write().await?;
        let Some(id) = self.store.connection_id(&session, key).await? else {
            return Ok(None);
        };
        let mut counts = [0; 3];
        for (count, table) in counts.iter_mut().zip(["users", "teams", "credentials"]) {
            let delete = Query::delete()
                .from_table(table)
                .and_where(Expr::col("connection_id").eq(id))
                .to_owned();
            *count = session.execute(&delete).await?;
        }
        let delete = Query::delete()
            .from_table("connections")
            .and_where(Expr::col("id").eq(id))
            .to_owned();
        session.execute(&delete).await?;
        commit(session).await?;
        self.store.forget_connection(key);
        let [users, teams, credentials] = counts;
        Ok(Some(Removed {
            users,
            teams,
            credentials,
        }))
    }

    /// Keeps a credential for a connection, which is made if it is not there, and gives its number.
    pub async fn add_credential(
        &self,
        key: &ConnectionKey,
        credential: &NewCredential,
    ) -> Result<i64, StoreError> {
        let session = self.store.write().await?;
        let connection = self
            .store
            .ensure_connection(&session, key, credential.created)
            .await?;
        let insert = Query::insert()
            .into_table("credentials")
            .columns(["connection_id", "hash", "hint", "created_at", "expires_at"])
            .values([
                connection.into(),
                credential.hash.as_str().into(),
                credential.hint.as_str().into(),
                credential.created.as_millis().into(),
                Expr::val(credential.expires.map(Instant::as_millis)),
            ])
            .map_err(|error| StoreError::Failed(Box::new(error)))?
            .returning_col("id")
            .to_owned();
        let row = session
            .one(&insert)
            .await?
            .ok_or_else(|| StoreError::Failed("no id for a credential".into()))?;
        let id = row.try_get_by_index(0).map_err(store_error)?;
        commit(session).await?;
        Ok(id)
    }

    /// The credentials of one connection, or of all, oldest first.
    pub async fn credentials(&self, key: Option<&ConnectionKey>) -> Result<Vec<Credential>, StoreError> {
        let mut select = Query::select();
        select
            .column(("credentials", "id"))
            .column(("connections", "key"))
            .columns(["hash", "hint"])
            .column(("credentials", "created_at"))
            .columns(["expires_at", "last_used_at"])
            .from("credentials")
            .inner_join(
                "connections",
                Expr::col(("connections", "id")).equals(("credentials", "connection_id")),
            )
            .order_by(("credentials", "id"), Order::Asc);
        if let Some(key) = key {
            select.and_where(Expr::col(("connections", "key")).eq(key.as_str()));
        }
        let rows = self.store.read().all(&select).await?;
        rows.iter()
            .map(credential)
            .collect::<Result<_, _>>()
            .map_err(store_error)
    }

    /// Notes that a credential was used.
    pub async fn touch(&self, credential: i64, now: Instant) -> Result<(), StoreError> {
        self.set(credential, "last_used_at", now).await
    }

    /// Lets a credential expire at a point in time.
    pub async fn expire(&self, credential: i64, at: Instant) -> Result<(), StoreError> {
        self.set(credential, "expires_at", at).await
    }

    async fn set(&self, credential: i64, column: &'static str, at: Instant) -> Result<(), StoreError> {
        let update = Query::update()
            .table("credentials")
            .value(column, at.as_millis())
            .and_where(Expr::col("id").eq(credential))
            .to_owned();
        self.store
            .inner
            .writer()
            .execute(&update)
            .await
            .map(drop)
            .map_err(store_error)
    }
}

async fn commit(session: Session) -> Result<(), StoreError> {
    match session {
        Session::Reading(_) => Ok(()),
        Session::Writing(transaction) => transaction.commit().await.map_err(store_error),
    }
}

fn key(text: String) -> Result<ConnectionKey, DbErr> {
    text.parse()
        .map_err(|error| DbErr::Custom(format!("the database holds a wrong connection: {error}")))
}

fn info(row: &QueryResult) -> Result<ConnectionInfo, DbErr> {
    let count = |index: usize| {
        row.try_get_by_index::<i64>(index)
            .map(|count| u64::try_from(count).unwrap_or(0))
    };
    Ok(ConnectionInfo {
        key: key(row.try_get_by_index(0)?)?,
        profile: row.try_get_by_index(1)?,
        created: Instant::from_millis(row.try_get_by_index(2)?),
        users: count(3)?,
        teams: count(4)?,
        credentials: count(5)?,
    })
}

fn credential(row: &QueryResult) -> Result<Credential, DbErr> {
    Ok(Credential {
        id: row.try_get_by_index(0)?,
        connection: key(row.try_get_by_index(1)?)?,
        hash: row.try_get_by_index(2)?,
        hint: row.try_get_by_index(3)?,
        created: Instant::from_millis(row.try_get_by_index(4)?),
        expires: row.try_get_by_index::<Option<i64>>(5)?.map(Instant::from_millis),
        last_used: row.try_get_by_index::<Option<i64>>(6)?.map(Instant::from_millis),
    })
}
