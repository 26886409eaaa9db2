//! Reading resources: their documents, never whole rows.

use std::collections::HashSet;

use scim_core::query::Selection;
use scim_core::text::fold;
use scim_core::time::Instant;
use scim_service::store::{Account, AccountState, Kind, Meta, Page, Record, ResourceId, StoreError, Version};
use sea_orm::QueryResult;
use sea_orm::sea_query::{Alias, Asterisk, Expr, ExprTrait, Func, Order, Query, SelectStatement};

use super::{SqlTransaction, stored_id, stored_ids};
use crate::dialect::scalar;
use crate::error::failure;
use crate::table::{self, Column, ResourceCounts, USERS, column};

/// `users.status` of a user who is there and has no access.
pub(super) const INACTIVE: &str = "inactive";
/// `users.status` of a user who was deleted.
pub(super) const DELETED: &str = "deleted";
/// `users.status` of any other user.
pub(super) const ACTIVE: &str = "active";

impl SqlTransaction {
    pub(super) async fn read_one(&self, kind: Kind, id: &ResourceId) -> Result<Option<Record>, StoreError> {
        let Some(id) = stored_id(id.as_str()) else {
            return Ok(None);
        };
        let mut select = select_records(kind);
        select.and_where(column(table::of(kind), Column::Id).eq(id));
        select.and_where(self.is_ours(kind));
        if self.session.writes() {
            self.dialect.lock(&mut select);
        }
        let row = self.session.one(&select).await?;
        row.as_ref().map(record).transpose()
    }

    pub(super) async fn read_page(&self, kind: Kind, selection: &Selection) -> Result<Page, StoreError> {
        let condition = self.condition(kind, selection)?;
        let mut select = self.select_page(kind, selection, condition.clone())?;
        let limit = u64::from(selection.limit);
        let offset = Ord::min(selection.offset, i64::MAX.unsigned_abs());
        let records = match limit {
            0 => Vec::new(),
            _ => {
                select.limit(limit);
                if offset > 0 {
                    select.offset(offset);
                }
                let rows = self.session.all(&select).await?;
                rows.iter().map(record).collect::<Result<Vec<_>, _>>()?
            }
        };
        // a page that is not full is the last one
        let read = u64::try_from(records.len()).unwrap_or(u64::MAX);
        let total = match condition {
            _ if read < limit && (read > 0 || offset == 0) => offset + read,
            None => self.kept_count(kind).await?,
            Some(condition) => self.count(kind, condition).await?,
        };
        Ok(Page { total, records })
    }

    pub(super) fn condition(&self, kind: Kind, selection: &Selection) -> Result<Option<Expr>, StoreError> {
        let condition = selection.condition.as_ref();
        condition
            .map(|condition| self.translation(kind).condition(condition))
            .transpose()
    }

    /// All that is selected, in order.
    pub(super) fn select_page(
        &self,
        kind: Kind,
        selection: &Selection,
        condition: Option<Expr>,
    ) -> Result<SelectStatement, StoreError> {
        let mut select = select_records(kind);
        select.and_where(self.is_ours(kind)).and_where_option(condition);
        self.translation(kind)
            .order(&mut select, selection.sort.as_ref())?;
        Ok(select)
    }

    pub(super) async fn read_account(&self, user_name: &str) -> Result<Option<Account>, StoreError> {
        let key = fold(user_name);
        let deleted_at = || Expr::col(Column::DeletedAt);
        let named = || {
            Query::select()
                .column(Column::Pk)
                .from(table::name(USERS))
                .and_where(Expr::col(Column::ConnectionId).eq(self.connection))
                .and_where(Expr::col(Column::UserNameKey).eq(key.as_ref()))
                .take()
        };
        let live = named().and_where(deleted_at().is_null()).take();
        let deleted = named()
            .and_where(deleted_at().is_not_null())
            .order_by(Column::DeletedAt, Order::Desc)
            .order_by(Column::Pk, Order::Desc)
            .limit(1)
            .take();
        let select = Query::select()
            .columns([Column::Id, Column::Status])
            .from(table::name(USERS))
            .and_where(Expr::col(Column::Pk).eq(Func::coalesce([scalar(live), scalar(deleted)])))
            .take();
        let Some(row) = self.session.one(&select).await? else {
            return Ok(None);
        };
        let status: String = row.try_get_by_index(1).map_err(failure)?;
        Ok(Some(Account {
            id: ResourceId(row.try_get_by_index(0).map_err(failure)?),
            state: match status.as_str() {
                DELETED => AccountState::Deleted,
                INACTIVE => AccountState::Inactive,
                _ => AccountState::Active,
            },
        }))
    }

    pub(super) async fn read_known(&self, ids: &[&str]) -> Result<HashSet<String>, StoreError> {
        let mut select = Query::select()
            .column(Column::Id)
            .from(table::name(USERS))
            .and_where(
                column(USERS, Column::Id).in_subquery(self.dialect.texts(stored_ids(ids.iter().copied()))),
            )
            .and_where(self.is_ours(Kind::User))
            .order_by(Column::Pk, Order::Asc)
            .take();
        if self.session.writes() {
            // nobody whom this transaction makes a member is deleted meanwhile
            self.dialect.lock_shared(&mut select);
        }
        let rows = self.session.all(&select).await?;
        let known = rows.iter().map(|row| row.try_get_by_index(0));
        let known: HashSet<String> = known.collect::<Result<_, _>>().map_err(failure)?;
        let is_known = |id: &&&str| stored_id(id).is_some_and(|id| known.contains(&id));
        Ok(ids.iter().filter(is_known).map(|id| (*id).to_owned()).collect())
    }

    async fn count(&self, kind: Kind, condition: Expr) -> Result<u64, StoreError> {
        let select = Query::select()
            .expr(Func::count(Expr::col(Asterisk)))
            .from(table::name(table::of(kind)))
            .and_where(self.is_ours(kind))
            .and_where(condition)
            .take();
        self.read_count(&select).await
    }

    async fn kept_count(&self, kind: Kind) -> Result<u64, StoreError> {
        let sum = Func::coalesce([Func::sum(Expr::col(ResourceCounts::Live)).into(), Expr::val(0)]);
        let select = Query::select()
            .expr(Expr::from(sum).cast_as(Alias::new("bigint")))
            .from(ResourceCounts::Table)
            .and_where(Expr::col(ResourceCounts::ConnectionId).eq(self.connection))
            .and_where(Expr::col(ResourceCounts::Kind).eq(table::number(kind)))
            .take();
        self.read_count(&select).await
    }

    async fn read_count(&self, select: &SelectStatement) -> Result<u64, StoreError> {
        let row = self.session.one(select).await?;
        let count = row
            .map(|row| row.try_get_by_index::<i64>(0))
            .transpose()
            .map_err(failure)?;
        Ok(count.and_then(|count| u64::try_from(count).ok()).unwrap_or(0))
    }
}

fn select_records(kind: Kind) -> SelectStatement {
    let table = table::of(kind);
    let mut select = SelectStatement::new();
    for read in [
        Column::Id,
        Column::Version,
        Column::CreatedAt,
        Column::ModifiedAt,
        Column::Document,
    ] {
        select.expr(column(table, read));
    }
    select.from(table::name(table));
    select
}

fn record(row: &QueryResult) -> Result<Record, StoreError> {
    Ok(Record {
        meta: Meta {
            id: ResourceId(row.try_get_by_index(0).map_err(failure)?),
            version: Version(row.try_get_by_index(1).map_err(failure)?),
            created: Instant::from_millis(row.try_get_by_index(2).map_err(failure)?),
            modified: Instant::from_millis(row.try_get_by_index(3).map_err(failure)?),
        },
        document: row.try_get_by_index(4).map_err(failure)?,
    })
}
