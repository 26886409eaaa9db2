//! Rows that a list names, each looked up by its index, however long the list is.

use scim_service::store::Kind;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, JoinType, Query, SelectStatement};

use crate::dialect::Dialect;
use crate::table::{self, Column, TEAMS, USERS, column};

/// The name of what was found in the statement around it.
const FOUND: &str = "found";

/// The rows of one kind and connection whose column has a value of a list.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) dialect: Dialect,
    pub(crate) table: &'static str,
    pub(crate) connection: i64,
    pub(crate) life: Life,
}

/// Which rows count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Life {
    /// Those who are there.
    Live,
    /// Users who were deleted.
    Deleted,
}

/// Whether the rows are held until the end of the transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hold {
    No,
    /// Against changes, not against others who hold them so.
    Shared,
}

impl Listed {
    /// The users or groups who are there.
    pub(crate) fn live(dialect: Dialect, kind: Kind, connection: i64) -> Self {
        Self {
            dialect,
            table: table::of(kind),
            connection,
            life: Life::Live,
        }
    }

    /// Some columns of the rows whose `key` is in a JSON list of texts, in the order of the list on PostgreSQL, and once for
    /// each time that it is there.
    ///
    /// PostgreSQL knows nothing of a table that was filled a minute ago, takes it to be small, and would hold each row of it
    /// against each value of the list. What has a limit is looked up anew for each value.
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

/// The memberships to be made of a group and of those of the users who are there: the keys of both.
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
