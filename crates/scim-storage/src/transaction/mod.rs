//! Transactions on the resources of one connection.

mod ahead;
mod archived;
mod columns;
mod create;
mod members;
mod newcomers;
mod read;
mod tell;
mod unique;
mod weight;

mod write;

#[cfg(test)]
mod plans;

use std::collections::{BTreeSet, HashSet};

use async_trait::async_trait;
use scim_core::condition::Condition;
use scim_core::membership::MembershipDelta;
use scim_core::query::Selection;
use scim_core::time::Timestamp;
use scim_service::store::{
    Account, Departure, Draft, Durable, FreeNames, Kind, MemberChanges, Membership, Meta, Page, Record,
    ResourceId, StoreError, Transaction, Version,
};
use sea_orm::sea_query::{Expr, ExprTrait};
use uuid::Uuid;

use crate::database::{Session, Weight};
use crate::dialect::Dialect;
use crate::filter::Translation;
use crate::table::{self, Column, USERS, column};
pub(crate) use archived::{Archived, is_id};
pub(crate) use unique::Owner;

use ahead::Ahead;

/// The maximum number of resources of a light statement.
const FEW: usize = 200;

/// The [`Transaction`] of a [`SqlStore`](crate::SqlStore).
#[derive(Debug)]
pub(crate) struct SqlTransaction {
    session: Session,
    dialect: Dialect,
    connection: i64,
    ahead: Ahead,
}

impl SqlTransaction {
    pub(crate) fn new(session: Session, dialect: Dialect, connection: i64) -> Self {
        Self {
            session,
            dialect,
            connection,
            ahead: Ahead::default(),
        }
    }

    /// Returns the weight of a statement that touches this many resources.
    fn weight_of(&self, resources: usize) -> Weight {
        match resources <= FEW {
            true => Weight::Light,
            false => Weight::Heavy,
        }
    }

    /// Returns the translation of conditions and orders for the table of a kind.
    fn translation(&self, kind: Kind) -> Translation {
        Translation {
            dialect: self.dialect,
            kind,
            connection: self.connection,
        }
    }

    /// The condition that a row belongs to this connection and to the kind, and is not deleted.
    fn is_ours(&self, kind: Kind) -> Expr {
        let table = table::of(kind);
        let is_ours = column(table, Column::ConnectionId).eq(self.connection);
        let is_ours = match table::is_of(kind) {
            Some(is_of_kind) => is_ours.and(is_of_kind),
            None => is_ours,
        };
        match table {
            USERS => is_ours.and(column(table, Column::DeletedAt).is_null()),
            _ => is_ours,
        }
    }
}

/// Returns the id in its stored form; `None` if the text is not an id. Ids are compared exactly (RFC 7643 section 3.1), so an
/// id in another spelling matches no resource.
fn stored_id(id: &str) -> Option<String> {
    let stored = Uuid::try_parse(id).ok()?.as_hyphenated().to_string();
    (stored == id).then_some(stored)
}

/// Returns the ids as a JSON list, without texts that are not ids. The list is sorted, so that all transactions lock rows in
/// the same order.
fn stored_ids<'a>(ids: impl IntoIterator<Item = &'a str>) -> String {
    let ids: BTreeSet<String> = ids.into_iter().filter_map(stored_id).collect();
    serde_json::Value::from_iter(ids).to_string()
}

#[async_trait]
impl Transaction for SqlTransaction {
    async fn get(&mut self, kind: Kind, id: &ResourceId) -> Result<Option<Record>, StoreError> {
        self.read_one(kind, id).await
    }

    async fn list(&mut self, kind: Kind, selection: &Selection) -> Result<Page, StoreError> {
        self.read_page(kind, selection).await
    }

    async fn insert(&mut self, kind: Kind, draft: &Draft<'_>) -> Result<Meta, StoreError> {
        self.write_new(kind, draft).await
    }

    async fn insert_users(
        &mut self,
        drafts: &[Draft<'_>],
        free: FreeNames,
    ) -> Result<Vec<Option<Meta>>, StoreError> {
        self.write_newcomers(drafts, free).await
    }

    async fn update(
        &mut self,
        kind: Kind,
        id: &ResourceId,
        expected: Version,
        draft: &Draft<'_>,
    ) -> Result<Meta, StoreError> {
        self.write_over(kind, id, expected, draft).await
    }

    async fn touch(
        &mut self,
        kind: Kind,
        id: &ResourceId,
        expected: Version,
        now: Timestamp,
    ) -> Result<Meta, StoreError> {
        self.write_version(kind, id, expected, now).await
    }

    async fn delete(
        &mut self,
        kind: Kind,
        id: &ResourceId,
        expected: Version,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        match kind {
            Kind::Group | Kind::Other(_) => self.remove_row(kind, id, expected).await,
            _ => self.mark_deleted(id, expected, now).await,
        }
    }

    async fn account(&mut self, user_name: &str) -> Result<Option<Account>, StoreError> {
        self.read_account(user_name).await
    }

    async fn restore(&mut self, id: &ResourceId, draft: &Draft<'_>) -> Result<Meta, StoreError> {
        self.write_back(id, draft).await
    }

    async fn known_users(&mut self, ids: &[&str]) -> Result<HashSet<String>, StoreError> {
        self.read_known(ids).await
    }

    async fn change_members(
        &mut self,
        group: &ResourceId,
        delta: &MembershipDelta,
    ) -> Result<u64, StoreError> {
        self.ahead.forget_groups();
        self.apply(group, delta).await
    }

    async fn change_members_and_tell(
        &mut self,
        group: &ResourceId,
        delta: &MembershipDelta,
    ) -> Result<MemberChanges, StoreError> {
        self.ahead.forget_groups();
        self.apply_and_tell(group, delta).await
    }

    async fn delete_user_and_tell(
        &mut self,
        id: &ResourceId,
        expected: Version,
        now: Timestamp,
    ) -> Result<Vec<Departure>, StoreError> {
        self.mark_deleted_and_tell(id, expected, now).await
    }

    async fn members(&mut self, groups: &[ResourceId]) -> Result<Vec<Membership>, StoreError> {
        self.read_members(groups, None).await
    }

    async fn members_matching(
        &mut self,
        groups: &[ResourceId],
        condition: &Condition,
    ) -> Result<Vec<Membership>, StoreError> {
        self.read_members(groups, Some(condition)).await
    }

    async fn memberships(&mut self, users: &[ResourceId]) -> Result<Vec<Membership>, StoreError> {
        match self.ahead.groups_of(users) {
            Some(known) => Ok(known),
            None => self.read_memberships(users).await,
        }
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.session.commit().await
    }

    async fn commit_later(self: Box<Self>) -> Result<Durable, StoreError> {
        self.session.commit_later().await
    }
}
