//! Reading: one resource, a page, an account.

use std::collections::HashSet;

use scim_core::query::Selection;
use scim_core::text::fold;
use scim_core::time::Instant;
use scim_service::store::{Account, AccountState, Kind, Meta, Page, Record, ResourceId, StoreError, Version};
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, SelectStatement};
use sea_orm::{DbErr, QueryResult};

use super::{Seen, SqlTransaction};
use crate::error::store_error;
use crate::filter::table;
use crate::session::Session;
use crate::sort;

/// What is read of a resource: the document as it is sent, and what `meta` is made of.
const RECORD: [&str; 6] = ["pk", "id", "version", "created_at", "modified_at", "document"];

impl SqlTransaction {
    pub(super) async fn read(&mut self, kind: Kind, id: &ResourceId) -> Result<Option<Record>, StoreError> {
        let mut select = self.live(kind);
        select.columns(RECORD).and_where(Expr::col("id").eq(id.as_str()));
        if let Session::Writing(_) = self.session {
            select.lock_exclusive();
        }
        let Some(row) = self.session.one(&select).await? else {
            return Ok(None);
        };
        let (pk, record) = record(&row).map_err(store_error)?;
        self.seen = Some(Seen {
            id: record.meta.id.clone(),
            pk,
            document: record.document.clone(),
        });
        Ok(Some(record))
    }

    pub(super) async fn select(&mut self, kind: Kind, selection: &Selection) -> Result<Page, StoreError> {
        let mut matching = self.live(kind);
        if let Some(condition) = &selection.condition {
            matching.and_where(self.translator(kind).condition(condition)?);
        }
        let mut records = Vec::new();
        if selection.limit > 0 {
            let mut page = matching.clone();
            page.columns(RECORD.map(|column| (table(kind), column)))
                .limit(selection.limit.into())
                .offset(selection.offset);
            sort::order(&mut page, self.dialect(), kind, selection.sort.as_ref())?;
            let rows = self.session.all(&page).await?;
            let read: Result<Vec<(i64, Record)>, DbErr> = rows.iter().map(record).collect();
            records = read
                .map_err(store_error)?
                .into_iter()
                .map(|(_, record)| record)
                .collect();
        }
        let total = match selection.condition {
            None => self.kept_total(kind).await?,
            Some(_) => match known_total(selection, records.len()) {
                Some(total) => total,
                None => self.count(matching).await?,
            },
        };
        Ok(Page { total, records })
    }

    pub(super) async fn find_account(&mut self, user_name: &str) -> Result<Option<Account>, StoreError> {
        let select = Query::select()
            .columns(["id", "active"])
            .expr(Expr::col("deleted_at").is_null())
            .from("users")
            .and_where(Expr::col("connection_id").eq(self.connection))
            .and_where(Expr::col("user_name_key").eq(fold(user_name).as_ref()))
            .order_by_expr(Expr::col("deleted_at").is_null(), Order::Desc)
            .order_by("deleted_at", Order::Desc)
            .limit(1)
            .to_owned();
        let Some(row) = self.session.one(&select).await? else {
            return Ok(None);
        };
        let read = || -> Result<Account, DbErr> {
            let id = ResourceId(row.try_get_by_index(0)?);
            let state = match (row.try_get_by_index(2)?, row.try_get_by_index(1)?) {
                (false, _) => AccountState::Deleted,
                (true, false) => AccountState::Inactive,
                (true, true) => AccountState::Active,
            };
            Ok(Account { id, state })
        };
        read().map(Some).map_err(store_error)
    }

    pub(super) async fn find_users(&mut self, ids: &[&str]) -> Result<HashSet<String>, StoreError> {
        let mut select = self.live(Kind::User);
        select
            .column("id")
            .and_where(Expr::col("id").in_subquery(self.dialect().listed(ids)));
        let rows = self.session.all(&select).await?;
        let ids: Result<HashSet<String>, DbErr> = rows.iter().map(|row| row.try_get_by_index(0)).collect();
        ids.map_err(store_error)
    }

    /// The resources of a kind that are there.
    pub(super) fn live(&self, kind: Kind) -> SelectStatement {
        let table = table(kind);
        let mut select = Query::select();
        select
            .from(table)
            .and_where(Expr::col((table, "connection_id")).eq(self.connection));
        if kind == Kind::User {
            select.and_where(Expr::col((table, "deleted_at")).is_null());
        }
        select
    }

    /// The total of an unfiltered list: kept, not counted.
    async fn kept_total(&self, kind: Kind) -> Result<u64, StoreError> {
        let select = Query::select()
            .column("live")
            .from("resource_counts")
            .and_where(Expr::col("connection_id").eq(self.connection))
            .and_where(Expr::col("kind").eq(table(kind)))
            .to_owned();
        let rows = self.session.all(&select).await?;
        let counts: Result<Vec<i64>, DbErr> = rows.iter().map(|row| row.try_get_by_index(0)).collect();
        Ok(u64::try_from(counts.map_err(store_error)?.into_iter().sum::<i64>()).unwrap_or(0))
    }

    async fn count(&self, mut matching: SelectStatement) -> Result<u64, StoreError> {
        matching.expr(Expr::cust("COUNT(*)"));
        let row = self.session.one(&matching).await?;
        let count = row
            .map(|row| row.try_get_by_index::<i64>(0))
            .transpose()
            .map_err(store_error)?;
        Ok(u64::try_from(count.unwrap_or(0)).unwrap_or(0))
    }
}

/// The total where the page tells it: the page is not full, so the list ends on it.
fn known_total(selection: &Selection, found: usize) -> Option<u64> {
    let found = u64::try_from(found).ok()?;
    let ends_here = found < u64::from(selection.limit) && (found > 0 || selection.offset == 0);
    ends_here.then(|| selection.offset + found)
}

fn record(row: &QueryResult) -> Result<(i64, Record), DbErr> {
    let meta = Meta {
        id: ResourceId(row.try_get_by_index(1)?),
        version: Version(row.try_get_by_index(2)?),
        created: Instant::from_millis(row.try_get_by_index(3)?),
        modified: Instant::from_millis(row.try_get_by_index(4)?),
    };
    Ok((
        row.try_get_by_index(0)?,
        Record {
            meta,
            document: row.try_get_by_index(5)?,
        },
    ))
}
