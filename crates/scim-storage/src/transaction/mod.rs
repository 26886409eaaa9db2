//! The port's transaction in SQL, a file for each part of it.

mod lookup;
mod members;
mod write;

use std::collections::HashSet;
use std::sync::Arc;

use async_trait::async_trait;
use scim_core::condition::Condition;
use scim_core::membership::MembershipDelta;
use scim_core::query::Selection;
use scim_core::schema::ResourceType;
use scim_core::time::Instant;
use scim_service::store::{
    Account, Draft, Kind, Membership, Meta, Page, Record, ResourceId, StoreError, Transaction, Version,
};

use crate::dialect::Dialect;
use crate::error::store_error;
use crate::filter::Translator;
use crate::session::Session;

/// A transaction on the resources of one connection.
pub(crate) struct SqlTransaction {
    session: Session,
    connection: i64,
    user: Arc<ResourceType>,
    /// The record that was read last: what an update of it need not read again.
    seen: Option<Seen>,
}

struct Seen {
    id: ResourceId,
    pk: i64,
    document: String,
}

impl SqlTransaction {
    pub(crate) fn new(session: Session, connection: i64, user: Arc<ResourceType>) -> Self {
        Self {
            session,
            connection,
            user,
            seen: None,
        }
    }

    fn dialect(&self) -> Dialect {
        Dialect::of(self.session.backend())
    }

    fn translator(&self, kind: Kind) -> Translator {
        Translator {
            dialect: self.dialect(),
            kind,
            connection: self.connection,
        }
    }
}

/// The port; each method is in the file of its part.
#[async_trait]
impl Transaction for SqlTransaction {
    async fn get(&mut self, kind: Kind, id: &ResourceId) -> Result<Option<Record>, StoreError> {
        self.read(kind, id).await
    }

    async fn list(&mut self, kind: Kind, selection: &Selection) -> Result<Page, StoreError> {
        self.select(kind, selection).await
    }

    async fn insert(&mut self, kind: Kind, draft: &Draft<'_>) -> Result<Meta, StoreError> {
        self.create(kind, draft).await
    }

    async fn update(
        &mut self,
        kind: Kind,
        id: &ResourceId,
        expected: Version,
        draft: &Draft<'_>,
    ) -> Result<Meta, StoreError> {
        self.replace(kind, id, Some(expected), draft).await
    }

    async fn touch(
        &mut self,
        kind: Kind,
        id: &ResourceId,
        expected: Version,
        now: Instant,
    ) -> Result<Meta, StoreError> {
        self.bump(kind, id, expected, now).await
    }

    async fn delete(
        &mut self,
        kind: Kind,
        id: &ResourceId,
        expected: Version,
        now: Instant,
    ) -> Result<(), StoreError> {
        match kind {
            Kind::Group => self.delete_team(id, expected).await,
            _ => self.delete_user(id, expected, now).await,
        }
    }

    async fn account(&mut self, user_name: &str) -> Result<Option<Account>, StoreError> {
        self.find_account(user_name).await
    }

    async fn restore(&mut self, id: &ResourceId, draft: &Draft<'_>) -> Result<Meta, StoreError> {
        self.bring_back(id, draft).await
    }

    async fn known_users(&mut self, ids: &[&str]) -> Result<HashSet<String>, StoreError> {
        self.find_users(ids).await
    }

    async fn change_members(
        &mut self,
        group: &ResourceId,
        delta: &MembershipDelta,
    ) -> Result<u64, StoreError> {
        self.apply(group, delta).await
    }

    async fn members(
        &mut self,
        groups: &[ResourceId],
        matching: Option<&Condition>,
    ) -> Result<Vec<Membership>, StoreError> {
        self.members_of(groups, matching).await
    }

    async fn memberships(&mut self, users: &[ResourceId]) -> Result<Vec<Membership>, StoreError> {
        self.teams_of(users).await
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        match self.session {
            Session::Reading(_) => Ok(()),
            Session::Writing(transaction) => transaction.commit().await.map_err(store_error),
        }
    }
}
