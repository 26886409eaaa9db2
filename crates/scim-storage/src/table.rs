//! The names of tables and columns, as the migrations created them.

use scim_service::store::{Kind, StoreError};
use sea_orm::sea_query::{self, Alias, Expr, ExprTrait, InsertStatement, IntoIden};
use sea_orm::{DynIden, Iden};

use crate::error::broken;

macro_rules! names {
    ($($(#[$doc:meta])* $table:ident($name:literal) { $($column:ident = $text:literal),* $(,)? })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq)]
            pub(crate) enum $table { Table, $($column),* }

            impl Iden for $table {
                fn unquoted(&self) -> &str {
                    match self { Self::Table => $name, $(Self::$column => $text),* }
                }
            }
        )*
    };
}

names! {
    /// One row for each identity provider.
    Connections("connections") { Id = "id", Key = "key", Profile = "profile", CreatedAt = "created_at" }
    /// One row for each credential of an identity provider.
    Credentials("credentials") {
        Id = "id", ConnectionId = "connection_id", Hash = "hash", Hint = "hint", CreatedAt = "created_at",
        ExpiresAt = "expires_at", LastUsedAt = "last_used_at",
    }
    /// One row for each e-mail address of a user that is not deleted.
    UserEmails("user_emails") {
        UserPk = "user_pk", Position = "position", ConnectionId = "connection_id", Value = "value", Kind = "kind",
    }
    /// One row for each member of each team.
    TeamMembers("team_members") { TeamPk = "team_pk", MemberPk = "member_pk" }
    /// Secrets that all processes share.
    ServerSecrets("server_secrets") { Name = "name", Secret = "secret" }
    /// The number of live users and groups, in sixteen rows for each kind.
    ResourceCounts("resource_counts") {
        ConnectionId = "connection_id", Kind = "kind", Shard = "shard", Live = "live",
    }
    /// One row for each unique value of a resource of a custom type.
    UniqueValues("resource_unique_values") {
        ConnectionId = "connection_id", Kind = "kind", Attribute = "attribute", Value = "value",
        ResourcePk = "resource_pk",
    }
}

/// The columns of users, teams and other resources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    Pk,
    Id,
    ConnectionId,
    Kind,
    UserNameKey,
    ExternalId,
    DisplayNameKey,
    UniqueNameKey,
    Display,
    Active,
    Status,
    CreatedAt,
    ModifiedAt,
    DeletedAt,
    Version,
    Document,
    Comparable,
}

impl Iden for Column {
    fn unquoted(&self) -> &str {
        match self {
            Self::Pk => "pk",
            Self::Id => "id",
            Self::ConnectionId => "connection_id",
            Self::Kind => "kind",
            Self::UserNameKey => "user_name_key",
            Self::ExternalId => "external_id",
            Self::DisplayNameKey => "display_name_key",
            Self::UniqueNameKey => "unique_name_key",
            Self::Display => "display",
            Self::Active => "active",
            Self::Status => "status",
            Self::CreatedAt => "created_at",
            Self::ModifiedAt => "modified_at",
            Self::DeletedAt => "deleted_at",
            Self::Version => "version",
            Self::Document => "document",
            Self::Comparable => "comparable",
        }
    }
}

/// The table of users.
pub(crate) const USERS: &str = "users";
/// The table of teams.
pub(crate) const TEAMS: &str = "teams";

/// The table of resources of other types.
pub(crate) const RESOURCES: &str = "resources";
/// The table that counts them.
pub(crate) const RESOURCE_TYPE_COUNTS: &str = "resource_type_counts";

/// The table of a kind of resource.
pub(crate) fn of(kind: Kind) -> &'static str {
    match kind {
        Kind::Group => TEAMS,
        Kind::Other(_) => RESOURCES,
        _ => USERS,
    }
}

/// That a row of the table of a kind is of that kind: the one of [`RESOURCES`] is shared.
pub(crate) fn is_of(kind: Kind) -> Option<Expr> {
    match kind {
        Kind::Other(id) => Some(column(RESOURCES, Column::Kind).eq(id.as_str())),
        _ => None,
    }
}

/// The table that counts resources of a kind; it has the columns of [`ResourceCounts`].
pub(crate) fn counts_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Other(_) => RESOURCE_TYPE_COUNTS,
        _ => "resource_counts",
    }
}

/// Returns the identifier of a table or of an alias.
pub(crate) fn name(name: &'static str) -> DynIden {
    Alias::new(name).into_iden()
}

/// Returns a column, qualified with its table.
pub(crate) fn column(table: &'static str, column: impl Iden + 'static) -> Expr {
    Expr::col((name(table), column.into_iden()))
}

/// Returns the value of `kind` in the table that counts it: a number, or the name of a custom type.
pub(crate) fn counted_as(kind: Kind) -> Expr {
    match kind {
        Kind::Group => Expr::val(2_i16),
        Kind::Other(id) => Expr::val(id.as_str()),
        _ => Expr::val(1_i16),
    }
}

/// Builds the insertion of one row.
pub(crate) fn insert<C: Iden + 'static>(
    table: &'static str,
    row: impl IntoIterator<Item = (C, Expr)>,
) -> Result<InsertStatement, StoreError> {
    let (columns, values): (Vec<DynIden>, Vec<Expr>) = row
        .into_iter()
        .map(|(column, value)| (column.into_iden(), value))
        .unzip();
    let mut insert = InsertStatement::new();
    insert
        .into_table(name(table))
        .columns(columns)
        .values(values)
        .map_err(mismatch)?;
    Ok(insert)
}

/// Converts the error that a statement does not have as many values as columns.
pub(crate) fn mismatch(error: sea_query::error::Error) -> StoreError {
    broken(error.to_string())
}
