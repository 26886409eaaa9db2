//! The credentials of identity providers.

use scim_core::time::Timestamp;
use scim_service::connection::ConnectionKey;
use scim_service::store::{Access, StoreError};
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait, Order, Query, SelectStatement};

use super::{Connections, key};
use crate::database::{Row, Weight};
use crate::error::{broken, failure};
use crate::table::Connections as Table;
use crate::table::{self, Credentials};

/// The identifier of a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CredentialId(i64);

impl CredentialId {
    /// Creates an identifier from its [number](Self::get).
    #[must_use]
    pub const fn new(number: i64) -> Self {
        Self(number)
    }

    /// Returns the number of the identifier.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

/// A stored credential. It holds a hash, never the secret itself.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Credential {
    /// The identifier.
    pub id: CredentialId,
    /// The connection that the credential belongs to.
    pub connection: ConnectionKey,
    /// The hash of the secret, as [`NewCredential::new`] received it.
    pub hash: String,
    /// The text by which operators recognize the credential; empty if none was set.
    pub hint: String,
    /// The time of creation.
    pub created: Timestamp,
    /// The time from which the credential must be rejected; `None` if it does not expire.
    pub expires: Option<Timestamp>,
    /// The time of the last use that [`Connections::touch_last_used`] recorded.
    pub last_used: Option<Timestamp>,
}

/// A credential for [`Connections::add_credential`].
///
/// ```
/// use scim_core::time::Timestamp;
/// use scim_storage::NewCredential;
///
/// let now = Timestamp::from_millis(1_700_000_000_000);
/// let credential = NewCredential::new("sha256:9f86d081…", now)
///     .with_hint("scim_9f86…")
///     .with_expiry(Timestamp::from_millis(now.as_millis() + 86_400_000));
/// assert!(credential.expires.is_some());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
#[must_use = "`Connections::add_credential` stores it"]
pub struct NewCredential<'a> {
    /// The hash of the secret. It must be unique among all credentials.
    pub hash: &'a str,
    /// The text by which operators recognize the credential: the first characters of the secret, or a label. Defaults to
    /// the empty string.
    pub hint: &'a str,
    /// The time of creation.
    pub created: Timestamp,
    /// The time from which the credential must be rejected. Defaults to `None`: it does not expire.
    pub expires: Option<Timestamp>,
}

impl<'a> NewCredential<'a> {
    /// Creates a credential from the hash of its secret and the time of creation.
    pub const fn new(hash: &'a str, created: Timestamp) -> Self {
        Self {
            hash,
            hint: "",
            created,
            expires: None,
        }
    }

    /// Sets [`hint`](Self::hint).
    pub const fn with_hint(self, hint: &'a str) -> Self {
        Self { hint, ..self }
    }

    /// Sets [`expires`](Self::expires).
    pub const fn with_expiry(self, expires: Timestamp) -> Self {
        Self {
            expires: Some(expires),
            ..self
        }
    }
}

impl Connections {
    /// Stores a credential of a connection, creating the connection if it does not exist.
    ///
    /// # Errors
    ///
    /// [`StoreError::Failed`] if another credential has the same hash; [`StoreError::Unavailable`] if the database does not
    /// respond.
    pub async fn add_credential(
        &self,
        connection: &ConnectionKey,
        credential: NewCredential<'_>,
    ) -> Result<CredentialId, StoreError> {
        let owner = self.ensure_row(connection).await?.id;
        let row = [
            (Credentials::ConnectionId, Expr::val(owner)),
            (Credentials::Hash, Expr::val(credential.hash)),
            (Credentials::Hint, Expr::val(credential.hint)),
            (Credentials::CreatedAt, Expr::val(credential.created.as_millis())),
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

    /// Returns the credentials of a connection, oldest first, including expired ones. Empty if there is no such connection.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the database does not respond.
    pub async fn credentials(&self, connection: &ConnectionKey) -> Result<Vec<Credential>, StoreError> {
        let mut select = select_credentials();
        select.and_where(Expr::col((Table::Table, Table::Key)).eq(connection.as_str()));
        self.read_credentials(select).await
    }

    /// Records the use of a credential. An identifier that does not exist is ignored.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the database does not respond.
    pub async fn touch_last_used(&self, id: CredentialId, now: Timestamp) -> Result<(), StoreError> {
        self.set(id, Credentials::LastUsedAt, now).await.map(drop)
    }

    /// Sets the time from which a credential must be rejected. Returns `false` if there is no such credential.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the database does not respond.
    pub async fn expire_credential(&self, id: CredentialId, at: Timestamp) -> Result<bool, StoreError> {
        self.set(id, Credentials::ExpiresAt, at).await
    }

    /// Makes the credentials of a connection that are valid at `now`, except one, expire at `end`, unless they expire earlier.
    /// Returns their number. All of them are changed, or none.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the database does not respond.
    pub async fn expire_others(
        &self,
        connection: &ConnectionKey,
        except: CredentialId,
        now: Timestamp,
        end: Timestamp,
    ) -> Result<u64, StoreError> {
        let expiry = || Expr::col(Credentials::ExpiresAt);
        let is_after = |time: Timestamp| expiry().is_null().or(expiry().gt(time.as_millis()));
        let owner = Query::select()
            .column(Table::Id)
            .from(Table::Table)
            .and_where(Expr::col(Table::Key).eq(connection.as_str()))
            .take();
        let sooner = CaseStatement::new()
            .case(is_after(end), end.as_millis())
            .finally(expiry());
        let update = Query::update()
            .table(Credentials::Table)
            .value(Credentials::ExpiresAt, sooner)
            .and_where(Expr::col(Credentials::ConnectionId).in_subquery(owner))
            .and_where(Expr::col(Credentials::Id).ne(except.0))
            .and_where(is_after(now))
            .take();
        self.change(&update).await
    }

    /// Deletes a credential. Returns `false` if there is no such credential.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the database does not respond.
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
