//! The statements of an import, which insert many rows each.

use scim_service::store::{Kind, StoreError};
use sea_orm::sea_query::{DynIden, Expr, ExprTrait, InsertStatement, IntoIden, OnConflict, Query};

use super::format::{ConnectionLine, CredentialLine};
use super::parse::Row;
use crate::dialect::Dialect;
use crate::listed;
use crate::table::Connections as Table;
use crate::table::{self, Column, Credentials, ResourceCounts, TeamMembers, UserEmails};
use crate::transaction::Owner;

/// A row with its key, and the row id of its connection.
pub(super) struct KeyedRow {
    pub(super) pk: i64,
    pub(super) connection: i64,
    pub(super) row: Row,
}

/// The key of a row that counts resources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct CountKey {
    pub(super) connection: i64,
    pub(super) kind: Kind,
    pub(super) shard: i16,
}

/// The maximum number of e-mails of one insertion. SQLite allows 32,766 values.
const EMAILS: usize = 1000;

/// Builds the insertion of a connection, which returns its row id.
pub(super) fn connection(line: &ConnectionLine) -> Result<InsertStatement, StoreError> {
    let row = [
        (Table::Key, Expr::val(line.name.as_str())),
        (Table::Profile, Expr::val(line.profile.clone())),
        (Table::CreatedAt, Expr::val(line.created.0.as_millis())),
    ];
    let mut insert = table::insert("connections", row)?;
    insert.returning_col(Table::Id);
    Ok(insert)
}

pub(super) fn credential(connection: i64, line: &CredentialLine) -> Result<InsertStatement, StoreError> {
    let millis = |time: Option<super::format::Time>| time.map(|time| time.0.as_millis());
    let row = [
        (Credentials::ConnectionId, Expr::val(connection)),
        (Credentials::Hash, Expr::val(line.hash.as_str())),
        (Credentials::Hint, Expr::val(line.hint.as_str())),
        (Credentials::CreatedAt, Expr::val(line.created.0.as_millis())),
        (Credentials::ExpiresAt, Expr::val(millis(line.expires))),
        (Credentials::LastUsedAt, Expr::val(millis(line.last_used))),
    ];
    table::insert("credentials", row)
}

/// Builds the insertions of rows of one table, then of their e-mails and unique values.
pub(super) fn resources(kind: Kind, rows: Vec<KeyedRow>) -> Result<Vec<InsertStatement>, StoreError> {
    let Some(KeyedRow { row: first, .. }) = rows.first() else {
        return Ok(Vec::new());
    };
    let columns = [Column::Pk, Column::ConnectionId].into_iter();
    let columns: Vec<Column> = columns.chain(first.archived.columns().iter().copied()).collect();
    let mut insert = Query::insert();
    insert.into_table(table::name(table::of(kind))).columns(columns);
    let mut emails = Vec::new();
    let mut unique = Vec::new();
    for KeyedRow { pk, connection, row } in rows {
        let owner = Owner {
            connection,
            kind: row.kind,
            pk,
        };
        for value in row.archived.unique_values() {
            unique.push(value.insert(owner)?);
        }
        for (position, (value, kind)) in (0_i32..).zip(row.archived.emails()) {
            emails.push([
                pk.into(),
                position.into(),
                connection.into(),
                value.into(),
                kind.into(),
            ]);
        }
        let keys = [Expr::val(pk), Expr::val(connection)];
        insert
            .values(keys.into_iter().chain(row.archived.into_values()))
            .map_err(table::mismatch)?;
    }
    let mut statements = vec![insert];
    for emails in emails.chunks(EMAILS) {
        statements.push(of_emails(emails)?);
    }
    statements.extend(unique);
    Ok(statements)
}

fn of_emails(rows: &[[Expr; 5]]) -> Result<InsertStatement, StoreError> {
    let columns = [
        UserEmails::UserPk,
        UserEmails::Position,
        UserEmails::ConnectionId,
        UserEmails::Value,
        UserEmails::Kind,
    ];
    let mut insert = Query::insert();
    insert
        .into_table(UserEmails::Table)
        .columns(columns.map(IntoIden::into_iden) as [DynIden; 5]);
    for row in rows {
        insert.values(row.clone()).map_err(table::mismatch)?;
    }
    Ok(insert)
}

/// Builds the insertion of the members of a group. Ids that are not users are ignored.
pub(super) fn members(
    dialect: Dialect,
    connection: i64,
    group: &str,
    users: Vec<String>,
) -> Result<InsertStatement, StoreError> {
    let users = serde_json::Value::from(users).to_string();
    let select = listed::joining(dialect, connection, group, users);
    let mut insert = Query::insert();
    insert
        .into_table(TeamMembers::Table)
        .columns([TeamMembers::TeamPk, TeamMembers::MemberPk])
        .select_from(select)
        .map_err(table::mismatch)?
        .on_conflict(OnConflict::new().do_nothing().to_owned());
    Ok(insert)
}

/// Builds the update of a row that counts resources.
pub(super) fn kept_count(counted: CountKey, live: i64) -> Result<InsertStatement, StoreError> {
    let CountKey {
        connection,
        kind,
        shard,
    } = counted;
    let key = [
        ResourceCounts::ConnectionId,
        ResourceCounts::Kind,
        ResourceCounts::Shard,
    ];
    let mut insert = Query::insert();
    insert
        .into_table(table::name(table::counts_of(kind)))
        .columns(key.into_iter().chain([ResourceCounts::Live]))
        .values([
            connection.into(),
            table::counted_as(kind),
            shard.into(),
            live.into(),
        ])
        .map_err(table::mismatch)?
        .on_conflict(
            OnConflict::columns(key)
                .value(
                    ResourceCounts::Live,
                    Expr::col((table::name(table::counts_of(kind)), ResourceCounts::Live)).add(live),
                )
                .to_owned(),
        );
    Ok(insert)
}
