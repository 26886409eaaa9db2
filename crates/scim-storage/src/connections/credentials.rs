//! What identity providers sign in with.

use scim_core::time::Instant;
use scim_service::connection::ConnectionKey;
use scim_service::store::StoreError;
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, QueryResult};

use super::{Connections, key};
use crate::error::{broken, failure};
use crate::table::Connections as Table;
use crate::table::{self, Credentials};

/// The identifier of a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CredentialId(pub i64);

/// A credential as it is kept: never the secret itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// Its identifier.
    pub id: CredentialId,
    /// Whose it is.
    pub connection: ConnectionKey,
    /// The hash of the secret.
    pub hash: String,
    /// What tells an operator which one it is.
    pub hint: String,
    /// When it was made.
    pub created: Instant,
    /// From when on it is refused.
    pub expires: Option<Instant>,
    /// When it was last seen.
    pub last_used: Option<Instant>,
}

/// A credential to be kept.
#[derive(Debug, Clone, Copy)]
pub struct NewCredential<'a> {
    /// The hash of the secret; no other credential has it.
    pub hash: &'a str,
    /// What tells an operator which one it is: its first characters, or a label.
    pub hint: &'a str,
    /// From when on it is refused.
    pub expires: Option<Instant>,
    /// The time.
    pub now: Instant,
}

impl Connections {
    /// Keeps a credential of a connection, which is made if it is not there.
    ///
    /// # Errors
    ///
    /// [`StoreError::Failed`] if another credential has the same hash.
    pub async fn add_credential(
        &self,
        connection: &ConnectionKey,
        credential: NewCredential<'_>,
    ) -> Result<CredentialId, StoreError> {
        let owner = self.ensure(connection).await?.id();
        let row = [
            (Credentials::ConnectionId, Expr::val(owner)),
            (Credentials::Hash, Expr::val(credential.hash)),
            (Credentials::Hint, Expr::val(credential.hint)),
            (Credentials::CreatedAt, Expr::val(credential.now.as_millis())),
            (
                Credentials::ExpiresAt,
                Expr::val(credential.expires.map(Instant::as_millis)),
            ),
        ];
        let mut insert = table::insert("credentials", row)?;
        insert.returning_col(Credentials::Id);
        let rows = self.database.writer.query_all(&insert).await.map_err(failure)?;
        let row = rows
            .first()
            .ok_or_else(|| broken("an insertion returned nothing"))?;
        row.try_get_by_index(0).map(CredentialId).map_err(failure)
    }

    /// The credentials of a connection, oldest first, expired ones among them.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the database does not answer.
    pub async fn credentials(&self, connection: &ConnectionKey) -> Result<Vec<Credential>, StoreError> {
        let mut select = select_credentials();
        select.and_where(Expr::col((Table::Table, Table::Key)).eq(connection.as_str()));
        self.read_credentials(select).await
    }

    /// Notes that a credential was used. Whether it is still there makes no difference.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the database does not answer.
    pub async fn touch_last_used(&self, id: CredentialId, now: Instant) -> Result<(), StoreError> {
        self.set(id, Credentials::LastUsedAt, now).await.map(drop)
    }

    /// Has a credential refused from that time on. `false` if there is no such credential.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the database does not answer.
    pub async fn expire_credential(&self, id: CredentialId, at: Instant) -> Result<bool, StoreError> {
        self.set(id, Credentials::ExpiresAt, at).await
    }

    /// Removes a credential. `false` if there is no such credential.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the database does not answer.
    pub async fn remove_credential(&self, id: CredentialId) -> Result<bool, StoreError> {
        let delete = Query::delete()
            .from_table(Credentials::Table)
            .and_where(Expr::col(Credentials::Id).eq(id.0))
            .take();
        let deleted = self.database.writer.execute(&delete).await.map_err(failure)?;
        Ok(deleted.rows_affected() > 0)
    }

    async fn set(&self, id: CredentialId, column: Credentials, at: Instant) -> Result<bool, StoreError> {
        let update = Query::update()
            .table(Credentials::Table)
            .value(column, at.as_millis())
            .and_where(Expr::col(Credentials::Id).eq(id.0))
            .take();
        let updated = self.database.writer.execute(&update).await.map_err(failure)?;
        Ok(updated.rows_affected() > 0)
    }

    pub(super) async fn read_credentials(
        &self,
        select: SelectStatement,
    ) -> Result<Vec<Credential>, StoreError> {
        let rows = self.database.readers.query_all(&select).await.map_err(failure)?;
        rows.iter().map(credential).collect()
    }
}

pub(super) fn select_credentials() -> SelectStatement {
    let mut select = SelectStatement::new();
    select
        .columns([
            (Credentials::Table, Credentials::Id),
            (Credentials::Table, Credentials::Hash),
            (Credentials::Table, Credentials::Hint),
            (Credentials::Table, Credentials::CreatedAt),
            (Credentials::Table, Credentials::ExpiresAt),
            (Credentials::Table, Credentials::LastUsedAt),
        ])
        .column((Table::Table, Table::Key))
        .from(Credentials::Table)
        .inner_join(
            Table::Table,
            Expr::col((Table::Table, Table::Id)).equals((Credentials::Table, Credentials::ConnectionId)),
        )
        .order_by((Credentials::Table, Credentials::Id), Order::Asc);
    select
}

fn credential(row: &QueryResult) -> Result<Credential, StoreError> {
    let instant = |index| -> Result<Option<Instant>, StoreError> {
        let millis: Option<i64> = row.try_get_by_index(index).map_err(failure)?;
        Ok(millis.map(Instant::from_millis))
    };
    Ok(Credential {
        id: CredentialId(row.try_get_by_index(0).map_err(failure)?),
        hash: row.try_get_by_index(1).map_err(failure)?,
        hint: row.try_get_by_index(2).map_err(failure)?,
        created: Instant::from_millis(row.try_get_by_index(3).map_err(failure)?),
        expires: instant(4)?,
        last_used: instant(5)?,
        connection: key(row.try_get_by_index(6).map_err(failure)?)?,
    })
}
