//! The queries of an export. Pages are ordered by key; each begins after the last key of the previous one.

use sea_orm::sea_query::{Alias, Asterisk, Expr, ExprTrait, Func, Order, Query, SelectStatement};

use scim_service::store::{Kind, StoreError};

use crate::database::Row;
use crate::dialect::scalar;
use crate::table::Connections as Table;
use crate::table::{self, Column, Credentials, TEAMS, TeamMembers, USERS, column};

/// The number of resources in a page.
pub(super) const PAGE: u64 = 1000;
/// The number of memberships in a page.
pub(super) const MEMBERSHIPS: u64 = 10_000;

/// A connection.
pub(super) struct ConnectionRow {
    pub(super) id: i64,
    pub(super) key: String,
    pub(super) profile: Option<String>,
    pub(super) created: i64,
}

/// A resource.
pub(super) struct ResourceRow {
    pub(super) pk: i64,
    pub(super) id: String,
    pub(super) connection: i64,
    pub(super) created: i64,
    pub(super) modified: i64,
    pub(super) version: i64,
    pub(super) document: String,
    pub(super) deleted: Option<i64>,
    pub(super) has_unique_name: bool,
}

/// A membership.
pub(super) struct MembershipRow {
    pub(super) key: (i64, i64),
    pub(super) connection: i64,
    pub(super) group: String,
    pub(super) user: String,
}

/// Selects the last applied migration.
pub(super) fn schema() -> SelectStatement {
    Query::select()
        .expr(Func::max(Expr::col(Alias::new("version"))))
        .from(Alias::new(scim_migrations::APPLIED))
        .take()
}

/// Selects all connections, sorted by name, or one.
pub(super) fn connections(key: Option<&str>) -> SelectStatement {
    Query::select()
        .columns([Table::Id, Table::Key, Table::Profile, Table::CreatedAt])
        .from(Table::Table)
        .and_where_option(key.map(|key| Expr::col(Table::Key).eq(key)))
        .order_by(Table::Key, Order::Asc)
        .take()
}

pub(super) fn connection(row: &Row<'_>) -> Result<ConnectionRow, StoreError> {
    Ok(ConnectionRow {
        id: row.number(0)?,
        key: row.text(1)?,
        profile: row.optional_text(2)?,
        created: row.number(3)?,
    })
}

/// Selects the credentials of a connection, oldest first.
pub(super) fn credentials(connection: i64) -> SelectStatement {
    Query::select()
        .columns([
            Credentials::Hash,
            Credentials::Hint,
            Credentials::CreatedAt,
            Credentials::ExpiresAt,
            Credentials::LastUsedAt,
        ])
        .from(Credentials::Table)
        .and_where(Expr::col(Credentials::ConnectionId).eq(connection))
        .order_by(Credentials::Id, Order::Asc)
        .take()
}

/// Selects a page of resources of a kind, of all connections or of one.
///
/// The order is that of the keys, as in lists. The term `connection_id + 0` keeps the database from using an index on the
/// connection: none of them covers deleted users.
pub(super) fn resources(kind: Kind, only: Option<i64>, after: i64) -> SelectStatement {
    let last = match kind {
        Kind::Group => Column::UniqueNameKey,
        Kind::Other(_) => Column::Kind,
        _ => Column::DeletedAt,
    };
    Query::select()
        .columns([
            Column::Pk,
            Column::Id,
            Column::ConnectionId,
            Column::CreatedAt,
            Column::ModifiedAt,
            Column::Version,
            Column::Document,
            last,
        ])
        .from(table::name(table::of(kind)))
        .and_where(Expr::col(Column::Pk).gt(after))
        .and_where_option(table::is_of(kind))
        .and_where_option(only.map(|id| Expr::col(Column::ConnectionId).add(0).eq(id)))
        .order_by(Column::Pk, Order::Asc)
        .limit(PAGE)
        .take()
}

/// Selects the names of custom types that have resources.
pub(super) fn other_kinds() -> SelectStatement {
    Query::select()
        .distinct()
        .column(Column::Kind)
        .from(table::name(table::RESOURCES))
        .order_by(Column::Kind, Order::Asc)
        .take()
}

pub(super) fn resource(kind: Kind) -> impl Fn(&Row<'_>) -> Result<ResourceRow, StoreError> {
    move |row| {
        Ok(ResourceRow {
            pk: row.number(0)?,
            id: row.text(1)?,
            connection: row.number(2)?,
            created: row.number(3)?,
            modified: row.number(4)?,
            version: row.number(5)?,
            document: row.text(6)?,
            deleted: match kind {
                Kind::Group | Kind::Other(_) => None,
                _ => row.optional_number(7)?,
            },
            has_unique_name: kind == Kind::Group && row.optional_text(7)?.is_some(),
        })
    }
}

/// Selects a page of memberships of all connections. The ids are looked up row by row, so that nothing is sorted.
pub(super) fn memberships(after: (i64, i64)) -> SelectStatement {
    let team = || Expr::col((TeamMembers::Table, TeamMembers::TeamPk));
    let member = || Expr::col((TeamMembers::Table, TeamMembers::MemberPk));
    let of = |table: &'static str, wanted: Column, key: Expr| {
        let one = Query::select()
            .expr(column(table, wanted))
            .from(table::name(table))
            .and_where(column(table, Column::Pk).eq(key))
            .take();
        scalar(one)
    };
    Query::select()
        .expr(team())
        .expr(member())
        .expr(of(TEAMS, Column::ConnectionId, team()))
        .expr(of(TEAMS, Column::Id, team()))
        .expr(of(USERS, Column::Id, member()))
        .from(TeamMembers::Table)
        .and_where(Expr::tuple([team(), member()]).gt(Expr::tuple([after.0.into(), after.1.into()])))
        .order_by((TeamMembers::Table, TeamMembers::TeamPk), Order::Asc)
        .order_by((TeamMembers::Table, TeamMembers::MemberPk), Order::Asc)
        .limit(MEMBERSHIPS)
        .take()
}

pub(super) fn membership(row: &Row<'_>) -> Result<MembershipRow, StoreError> {
    Ok(MembershipRow {
        key: (row.number(0)?, row.number(1)?),
        connection: row.number(2)?,
        group: row.text(3)?,
        user: row.text(4)?,
    })
}

/// Counts the rows of a table that belong to a connection.
pub(super) fn count(table: &'static str, connection: i64) -> SelectStatement {
    Query::select()
        .expr(Func::count(Expr::col(Asterisk)))
        .from(table::name(table))
        .and_where(Expr::col(Column::ConnectionId).eq(connection))
        .take()
}

/// Counts the deleted users of a connection.
pub(super) fn count_deleted(connection: i64) -> SelectStatement {
    count(USERS, connection)
        .and_where(Expr::col(Column::DeletedAt).is_not_null())
        .take()
}

/// Counts the memberships of a connection.
pub(super) fn count_memberships(connection: i64) -> SelectStatement {
    let teams = Query::select()
        .column(Column::Pk)
        .from(table::name(TEAMS))
        .and_where(Expr::col(Column::ConnectionId).eq(connection))
        .take();
    Query::select()
        .expr(Func::count(Expr::col(Asterisk)))
        .from(TeamMembers::Table)
        .and_where(Expr::col(TeamMembers::TeamPk).in_subquery(teams))
        .take()
}
