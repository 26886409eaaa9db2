//! A transaction that several operations share: all of them are applied, or none.

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use scim_core::condition::Condition;
use scim_core::membership::MembershipDelta;
use scim_core::query::Selection;
use scim_core::time::Timestamp;

use crate::event::Event;
use crate::store::{
    Account, Departure, Draft, FreeNames, Kind, MemberChanges, Membership, Meta, Page, Record, ResourceId,
    StoreError, Transaction, Version,
};

/// A transaction that operations join one after the other. If one fails, all are rolled back.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Mutex<Option<Box<dyn Transaction>>>>);

/// The transaction while an operation uses it.
struct Joined {
    transaction: Box<dyn Transaction>,
    shared: Shared,
}

impl Shared {
    pub(super) fn new(transaction: Box<dyn Transaction>) -> Self {
        Self(Arc::new(Mutex::new(Some(transaction))))
    }

    /// Lends the transaction to an operation, whose commit returns it.
    pub(super) fn join(&self) -> Result<Box<dyn Transaction>, StoreError> {
        Ok(Box::new(Joined {
            transaction: self.take().ok_or_else(gone)?,
            shared: self.clone(),
        }))
    }

    /// Returns the transaction after all operations have succeeded.
    pub(super) fn end(&self) -> Result<Box<dyn Transaction>, StoreError> {
        self.take().ok_or_else(gone)
    }

    fn take(&self) -> Option<Box<dyn Transaction>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shared")
    }
}

fn gone() -> StoreError {
    StoreError::Failed("an operation that failed ended the transaction of the others".into())
}

#[async_trait]
impl Transaction for Joined {
    async fn get(&mut self, kind: Kind, id: &ResourceId) -> Result<Option<Record>, StoreError> {
        self.transaction.get(kind, id).await
    }

    async fn list(&mut self, kind: Kind, selection: &Selection) -> Result<Page, StoreError> {
        self.transaction.list(kind, selection).await
    }

    async fn insert(&mut self, kind: Kind, draft: &Draft<'_>) -> Result<Meta, StoreError> {
        self.transaction.insert(kind, draft).await
    }

    async fn insert_users(
        &mut self,
        drafts: &[Draft<'_>],
        free: FreeNames,
    ) -> Result<Vec<Option<Meta>>, StoreError> {
        self.transaction.insert_users(drafts, free).await
    }

    async fn update(
        &mut self,
        kind: Kind,
        id: &ResourceId,
        expected: Version,
        draft: &Draft<'_>,
    ) -> Result<Meta, StoreError> {
        self.transaction.update(kind, id, expected, draft).await
    }

    async fn touch(
        &mut self,
        kind: Kind,
        id: &ResourceId,
        expected: Version,
        now: Timestamp,
    ) -> Result<Meta, StoreError> {
        self.transaction.touch(kind, id, expected, now).await
    }

    async fn delete(
        &mut self,
        kind: Kind,
        id: &ResourceId,
        expected: Version,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.transaction.delete(kind, id, expected, now).await
    }

    async fn account(&mut self, user_name: &str) -> Result<Option<Account>, StoreError> {
        self.transaction.account(user_name).await
    }

    async fn restore(&mut self, id: &ResourceId, draft: &Draft<'_>) -> Result<Meta, StoreError> {
        self.transaction.restore(id, draft).await
    }

    async fn known_users(&mut self, ids: &[&str]) -> Result<HashSet<String>, StoreError> {
        self.transaction.known_users(ids).await
    }

    async fn change_members(
        &mut self,
        group: &ResourceId,
        delta: &MembershipDelta,
    ) -> Result<u64, StoreError> {
        self.transaction.change_members(group, delta).await
    }

    async fn change_members_and_tell(
        &mut self,
        group: &ResourceId,
        delta: &MembershipDelta,
    ) -> Result<MemberChanges, StoreError> {
        self.transaction.change_members_and_tell(group, delta).await
    }

    async fn delete_user_and_tell(
        &mut self,
        id: &ResourceId,
        expected: Version,
        now: Timestamp,
    ) -> Result<Vec<Departure>, StoreError> {
        self.transaction.delete_user_and_tell(id, expected, now).await
    }

    async fn members(&mut self, groups: &[ResourceId]) -> Result<Vec<Membership>, StoreError> {
        self.transaction.members(groups).await
    }

    async fn members_matching(
        &mut self,
        groups: &[ResourceId],
        condition: &Condition,
    ) -> Result<Vec<Membership>, StoreError> {
        self.transaction.members_matching(groups, condition).await
    }

    async fn memberships(&mut self, users: &[ResourceId]) -> Result<Vec<Membership>, StoreError> {
        self.transaction.memberships(users).await
    }

    async fn record_events(&mut self, events: &[Event]) -> Result<(), StoreError> {
        self.transaction.record_events(events).await
    }

    /// Returns the transaction to those who share it. There is no [later](Transaction::commit_later) commit.
    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        let Self { transaction, shared } = *self;
        *shared.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(transaction);
        Ok(())
    }
}
