//! Lookups of the rows that a list names, by an index, whatever the length of the list.

use scim_service::store::Kind;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, JoinType, Query, SelectStatement};

use crate::dialect::Dialect;
use crate::table::{self, Column, TEAMS, USERS, column};

/// The alias of the rows that were found.
const FOUND: &str = "found";

/// A lookup of rows of one table and connection by a list of values.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) dialect: Dialect,
    pub(crate) table: &'static str,
    pub(crate) connection: i64,
    pub(crate) life: Life,
}

/// Whether to find live or deleted rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Life {
    /// Rows that are not deleted.
    Live,
    /// Deleted users.
    Deleted,
}

/// Whether the rows are locked until the end of the transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hold {
    No,
    /// Locked against changes, but not against other shared locks.
    Shared,
}

impl Listed {
    /// Creates a lookup of users or groups that are not deleted.
    pub(crate) fn live(dialect: Dialect, kind: Kind, connection: i64) -> Self {
        Self {
            dialect,
            table: table::of(kind),
            connection,
            life: Life::Live,
        }
    }

    /// Selects columns of the rows whose `key` is in a JSON list of strings. On PostgreSQL the rows are in the order of the
    /// list, and a value that is in the list twice gives its row twice.
    ///
    /// PostgreSQL has no statistics of a table that was filled within the last minute, assumes that it is small, and would
    /// compare each row with each value of the list. The `LIMIT` of the lateral join forces a lookup for each value.
    pub(crate) fn select<const N: usize>(
        &self,
        key: Column,
        list: String,
        read: [Column; N],
        hold: Hold,
    ) -> SelectStatement {
        let mut row = Query::select();
        row.exprs(read.map(|read| column(self.table, read)))
            .from(table::name(self.table))
            .and_where(column(self.table, Column::ConnectionId).eq(self.connection));
        match (self.table, self.life) {
            (USERS, Life::Live) => row.and_where(column(USERS, Column::DeletedAt).is_null()),
            (USERS, Life::Deleted) => row.and_where(column(USERS, Column::DeletedAt).is_not_null()),
            _ => &mut row,
        };
        let listed = self.dialect.texts(list);
        if self.dialect == Dialect::Sqlite {
            return row.and_where(column(self.table, key).in_subquery(listed)).take();
        }
        row.and_where(column(self.table, key).eq(Expr::col((Alias::new("listed"), Alias::new("value")))))
            .limit(1);
        if hold == Hold::Shared {
            self.dialect.lock_shared(&mut row);
        }
        let mut select = Query::select();
        select
            .exprs(read.map(|read| column(FOUND, read)))
            .from_subquery(listed, Alias::new("listed"))
            .join_lateral(JoinType::InnerJoin, row, Alias::new(FOUND), Expr::cust("TRUE"));
        select
    }
}

/// Selects the key of a group with the key of each listed user. Ids that are not users are ignored.
pub(crate) fn joining(dialect: Dialect, connection: i64, group: &str, users: String) -> SelectStatement {
    let users =
        Listed::live(dialect, Kind::User, connection).select(Column::Id, users, [Column::Pk], Hold::No);
    Query::select()
        .expr(column(TEAMS, Column::Pk))
        .expr(column(USERS, Column::Pk))
        .from(table::name(TEAMS))
        .join_subquery(JoinType::InnerJoin, users, table::name(USERS), Expr::cust("TRUE"))
        .and_where(column(TEAMS, Column::Id).eq(group))
        .and_where(column(TEAMS, Column::ConnectionId).eq(connection))
        .take()
}
