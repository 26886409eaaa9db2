//! Reading of resources. Only documents and metadata are selected, not whole rows.

use std::collections::HashSet;

use scim_core::position::Seek;
use scim_core::query::Selection;
use scim_core::text::fold;
use scim_core::time::Timestamp;
use scim_service::store::{
    Account, AccountState, Kind, Membership, Meta, More, Page, Record, ResourceId, StoreError, Version,
};
use sea_orm::sea_query::{Alias, Asterisk, Expr, ExprTrait, Func, Order, Query, SelectStatement};

use super::{SqlTransaction, stored_id, stored_ids, weight};
use crate::database::{Row, Weight};
use crate::dialect::scalar;
use crate::filter::is_lookup;
use crate::listed::{Hold, Listed};
use crate::seek::{Way, position};
use crate::table::{self, Column, ResourceCounts, USERS, column};

/// The value of `users.status` for an inactive user.
pub(super) const INACTIVE: &str = "inactive";
/// The value of `users.status` for a deleted user.
pub(super) const DELETED: &str = "deleted";
/// The value of `users.status` for an active user.
pub(super) const ACTIVE: &str = "active";

impl SqlTransaction {
    pub(super) async fn read_one(
        &mut self,
        kind: Kind,
        id: &ResourceId,
    ) -> Result<Option<Record>, StoreError> {
        let Some(id) = stored_id(id.as_str()) else {
            return Ok(None);
        };
        let shape = Shape::of_one(kind);
        let mut select = self.select_records(kind, shape);
        select.and_where(column(table::of(kind), Column::Id).eq(id));
        select.and_where(self.is_ours(kind));
        if self.session.writes() && kind == Kind::Group {
            // concurrent changes of the members of one group are common; of one user, rare
            self.session.hold().await?;
            self.dialect.lock(&mut select);
        }
        let read = self.session.one(&select, decode(shape).0).await?;
        let writes = self.session.writes();
        let record = read.map(|found| self.note(shape, found));
        if let (Kind::User, true, Some(record)) = (kind, writes, &record) {
            self.ahead.note_user(record);
        }
        Ok(record)
    }

    pub(super) async fn read_page(&mut self, kind: Kind, selection: &Selection) -> Result<Page, StoreError> {
        if let Some(seek) = &selection.seek {
            return self.read_page_at(kind, selection, seek).await;
        }
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
                let weight = weight::of_page(kind, selection);
                let shape = Shape::of_page(kind, selection);
                let page = self.session.all(&select, weight, decode(shape).0).await?;
                page.into_iter().map(|found| self.note(shape, found)).collect()
            }
        };
        // a page that is not full is the last one
        let read = u64::try_from(records.len()).unwrap_or(u64::MAX);
        let total = match condition {
            _ if read < limit && (read > 0 || offset == 0) => offset + read,
            None => self.kept_count(kind).await?,
            Some(condition) => self.count(kind, condition).await?,
        };
        Ok(Page::new(total, records))
    }

    /// Reads the page that begins at a position. One extra row is read, to know whether another page follows.
    async fn read_page_at(
        &mut self,
        kind: Kind,
        selection: &Selection,
        seek: &Seek,
    ) -> Result<Page, StoreError> {
        let condition = self.condition(kind, selection)?;
        let mut select = self.select_page(kind, selection, condition.clone())?;
        let read = self
            .translation(kind)
            .select_positions(&mut select, selection.sort.as_ref())?;
        let shape = Shape::of_page(kind, selection);
        let (decode, columns) = decode(shape);
        let decode = move |row: &Row<'_>| Ok((decode(row)?, position(row, columns, read)?));
        let limit = usize::try_from(selection.limit).unwrap_or(usize::MAX);
        let weight = weight::of_page(kind, selection);
        select.limit(u64::from(selection.limit) + 1);
        let mut found = self.session.all(&select, weight, decode).await?;
        let more = found.len() > limit;
        found.truncate(limit);
        let way = Way::of(Some(seek));
        if way == Way::Backward {
            found.reverse();
        }
        let (records, positions) = found
            .into_iter()
            .map(|(found, position)| (self.note(shape, found), position))
            .unzip();
        let total = match condition {
            None => self.kept_count(kind).await?,
            Some(condition) => self.count(kind, condition).await?,
        };
        let more = if more { More::Yes } else { More::No };
        Ok(Page::new(total, records).with_positions(positions, more))
    }

    pub(super) fn condition(&self, kind: Kind, selection: &Selection) -> Result<Option<Expr>, StoreError> {
        let condition = selection.condition.as_ref();
        condition
            .map(|condition| self.translation(kind).condition(condition))
            .transpose()
    }

    /// Selects all matching resources, in order.
    pub(super) fn select_page(
        &self,
        kind: Kind,
        selection: &Selection,
        condition: Option<Expr>,
    ) -> Result<SelectStatement, StoreError> {
        let mut select = self.select_records(kind, Shape::of_page(kind, selection));
        let (translation, sort) = (self.translation(kind), selection.sort.as_ref());
        let beyond = match &selection.seek {
            Some(seek) => translation.beyond(seek, sort)?,
            None => None,
        };
        select
            .and_where(self.is_ours(kind))
            .and_where_option(condition)
            .and_where_option(beyond);
        translation.order(&mut select, sort, Way::of(selection.seek.as_ref()))?;
        Ok(select)
    }

    pub(super) async fn read_account(&mut self, user_name: &str) -> Result<Option<Account>, StoreError> {
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
        let account = |row: &Row<'_>| {
            let state = match row.text(1)?.as_str() {
                DELETED => AccountState::Deleted,
                INACTIVE => AccountState::Inactive,
                _ => AccountState::Active,
            };
            Ok(Account::new(ResourceId::new(row.text(0)?), state))
        };
        self.session.one(&select, account).await
    }

    pub(super) async fn read_known(&mut self, ids: &[&str]) -> Result<HashSet<String>, StoreError> {
        let hold = match self.session.writes() {
            true => Hold::Shared,
            false => Hold::No,
        };
        if hold == Hold::Shared {
            // so that users who become members here are not deleted in the meantime
            self.session.hold().await?;
        }
        let select = self.select_known(stored_ids(ids.iter().copied()), hold);
        let weight = self.weight_of(ids.len());
        let known = self.session.all(&select, weight, |row| row.text(0)).await?;
        let known: HashSet<String> = known.into_iter().collect();
        let is_known = |id: &&&str| stored_id(id).is_some_and(|id| known.contains(&id));
        Ok(ids.iter().filter(is_known).map(|id| (*id).to_owned()).collect())
    }

    /// Selects the listed ids that belong to users.
    pub(super) fn select_known(&self, ids: String, hold: Hold) -> SelectStatement {
        let listed = Listed::live(self.dialect, Kind::User, self.connection);
        listed.select(Column::Id, ids, [Column::Id], hold)
    }

    async fn count(&mut self, kind: Kind, condition: Expr) -> Result<u64, StoreError> {
        let select = Query::select()
            .expr(Func::count(Expr::col(Asterisk)))
            .from(table::name(table::of(kind)))
            .and_where(self.is_ours(kind))
            .and_where(condition)
            .take();
        self.read_count(&select, Weight::Heavy).await
    }

    async fn kept_count(&mut self, kind: Kind) -> Result<u64, StoreError> {
        let sum = Func::coalesce([Func::sum(Expr::col(ResourceCounts::Live)).into(), Expr::val(0)]);
        let select = Query::select()
            .expr(Expr::from(sum).cast_as(Alias::new("bigint")))
            .from(table::name(table::counts_of(kind)))
            .and_where(Expr::col(ResourceCounts::ConnectionId).eq(self.connection))
            .and_where(Expr::col(ResourceCounts::Kind).eq(table::counted_as(kind)))
            .take();
        self.read_count(&select, Weight::Light).await
    }

    async fn read_count(&mut self, select: &SelectStatement, weight: Weight) -> Result<u64, StoreError> {
        let counts = self.session.all(select, weight, |row| row.count(0)).await?;
        Ok(counts.into_iter().next().unwrap_or(0))
    }

    /// Caches the groups that were read with a user, and returns the record.
    fn note(&mut self, shape: Shape, found: Found) -> Record {
        if shape == Shape::WithGroups {
            let user = &found.record.meta.id;
            let membership = |(group, display)| Membership {
                group: ResourceId::new(group),
                user: user.clone(),
                display,
            };
            let groups = found.groups.into_iter().map(membership).collect();
            self.ahead.note_groups(user, groups);
        }
        found.record
    }
}

/// What is read together with a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// Only the record.
    Alone,
    /// The record of a user and its groups.
    WithGroups,
}

/// A record, with the id and display name of each group of a user.
struct Found {
    record: Record,
    groups: Vec<(String, String)>,
}

impl SqlTransaction {
    fn select_records(&self, kind: Kind, shape: Shape) -> SelectStatement {
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
        if shape == Shape::WithGroups {
            select.expr(self.dialect.groups_of_user());
        }
        select.from(table::name(table));
        select
    }
}

impl Shape {
    fn of_one(kind: Kind) -> Self {
        match kind {
            Kind::User => Self::WithGroups,
            _ => Self::Alone,
        }
    }

    /// The groups of many users are read by a separate statement: PostgreSQL would also compute them for each row that it
    /// skips.
    fn of_page(kind: Kind, selection: &Selection) -> Self {
        match &selection.condition {
            Some(condition) if is_lookup(kind, condition) => Self::of_one(kind),
            _ => Self::Alone,
        }
    }
}

/// Returns the function that decodes a row, and the number of columns that it reads.
fn decode(shape: Shape) -> (Decode, usize) {
    match shape {
        Shape::WithGroups => (found_user, 6),
        Shape::Alone => (found, 5),
    }
}

type Decode = fn(&Row<'_>) -> Result<Found, StoreError>;

fn found(row: &Row<'_>) -> Result<Found, StoreError> {
    let record = Record {
        meta: Meta {
            id: ResourceId::new(row.text(0)?),
            version: Version::new(row.number(1)?),
            created: Timestamp::from_millis(row.number(2)?),
            modified: Timestamp::from_millis(row.number(3)?),
        },
        document: row.text(4)?,
    };
    Ok(Found {
        record,
        groups: Vec::new(),
    })
}

fn found_user(row: &Row<'_>) -> Result<Found, StoreError> {
    let groups = row.text(5)?;
    let groups: Result<Vec<(String, String)>, _> = serde_json::from_str(&groups);
    let mut groups = groups.map_err(|error| StoreError::Failed(Box::new(error)))?;
    groups.sort();
    Ok(Found {
        groups,
        ..found(row)?
    })
}
