//! What identity providers sign in with.

use scim_core::time::Timestamp;
use scim_service::connection::ConnectionKey;
use scim_service::store::{Access, StoreError};
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, SelectStatement};

use super::{Connections, key};
use crate::database::{Row, Weight};
use crate::error::{broken, failure};
use crate::table::Connections as Table;
use crate::table::{self, Credentials};

/// The identifier of a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CredentialId(i64);

impl CredentialId {
    /// The identifier with this number, as [`Credential::id`] has it.
    #[must_use]
    pub const fn new(number: i64) -> Self {
        Self(number)
    }

    /// Its number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

/// A credential as it is kept: never the secret itself.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
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
    pub created: Timestamp,
    /// From when on it is refused.
    pub expires: Option<Timestamp>,
    /// When it was last seen.
    pub last_used: Option<Timestamp>,
}

/// A credential to be kept.
#[derive(Debug, Clone, Copy)]
pub struct NewCredential<'a> {
    /// The hash of the secret; no other credential has it.
    pub hash: &'a str,
    /// What tells an operator which one it is: its first characters, or a label.
    pub hint: &'a str,
    /// From when on it is refused.
    pub expires: Option<Timestamp>,
    /// The time.
    pub now: Timestamp,
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
                Expr::val(credential.expires.map(Timestamp::as_millis)),
            ),
        ];
        let mut insert = table::insert("credentials", row)?;
        insert.returning_col(Credentials::Id);
        let mut session = self.database.begin(Access::Write).await?;
        let id = session
            .change_returning(&insert, |row| row.number(0), failure)
            .await?;
        session.commit().await?;
        id.map(CredentialId)
            .ok_or_else(|| broken("an insertion returned nothing"))
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
    pub async fn touch_last_used(&self, id: CredentialId, now: Timestamp) -> Result<(), StoreError> {
        self.set(id, Credentials::LastUsedAt, now).await.map(drop)
    }

    /// Has a credential refused from that time on. `false` if there is no such credential.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the database does not answer.
    pub async fn expire_credential(&self, id: CredentialId, at: Timestamp) -> Result<bool, StoreError> {
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
        Ok(self.change(&delete).await? > 0)
    }

    async fn set(&self, id: CredentialId, column: Credentials, at: Timestamp) -> Result<bool, StoreError> {
        let update = Query::update()
            .table(Credentials::Table)
            .value(column, at.as_millis())
            .and_where(Expr::col(Credentials::Id).eq(id.0))
            .take();
        Ok(self.change(&update).await? > 0)
    }

    pub(super) async fn read_credentials(
        &self,
        select: SelectStatement,
    ) -> Result<Vec<Credential>, StoreError> {
        let mut session = self.database.begin(Access::Read).await?;
        session.all(&select, Weight::Light, credential).await
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

fn credential(row: &Row<'_>) -> Result<Credential, StoreError> {
    let instant = |column| -> Result<Option<Timestamp>, StoreError> {
        Ok(row.optional_number(column)?.map(Timestamp::from_millis))
    };
    Ok(Credential {
        id: CredentialId::new(row.number(0)?),
        hash: row.text(1)?,
        hint: row.text(2)?,
        created: Timestamp::from_millis(row.number(3)?),
        expires: instant(4)?,
        last_used: instant(5)?,
        connection: key(row.text(6)?)?,
    })
}
