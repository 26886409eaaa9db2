//! The store under test.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use scim_core::membership::MembershipDelta;
use scim_core::query::Selection;
use scim_core::resource::Resource;
use serde_json::json;

use super::Lists;
use super::breach::{Breach, Verdict};
use super::sample::{at, draft, group, kind_of, page, user};
use crate::connection::ConnectionKey;
use crate::store::{
    Access, Draft, Kind, Membership, Meta, Page, Record, ResourceId, Store, StoreError, Transaction,
};

/// The store under test, as one connection sees it, with shorthands for what rules do. Clones share the store.
#[derive(Clone)]
pub struct Subject {
    store: Arc<dyn Store>,
    key: ConnectionKey,
    lists: Lists,
    /// The reason for the rule.
    why: Arc<Mutex<&'static str>>,
    /// What the rule did not try, because the store does not support it.
    skipped: Arc<Mutex<BTreeSet<String>>>,
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subject")
            .field("connection", &self.key)
            .field("lists", &self.lists)
            .finish_non_exhaustive()
    }
}

impl Subject {
    /// Returns the store as the connection with this name sees it.
    ///
    /// # Errors
    ///
    /// If the name is not a valid connection name.
    pub fn new(store: Arc<dyn Store>, key: &str) -> Verdict<Self> {
        let key = key
            .parse()
            .map_err(|error| Breach::new(format!("`{key}` names a connection"), error))?;
        Ok(Self {
            store,
            key,
            lists: Lists::Full,
            why: Arc::default(),
            skipped: Arc::default(),
        })
    }

    /// Sets the filters and orders that the store can express. The default is [`Lists::Full`].
    #[must_use]
    pub fn with_lists(self, lists: Lists) -> Self {
        Self { lists, ..self }
    }

    /// Sets the reason for the rule, which is part of the message if the store breaks it.
    pub(super) fn because(&self, why: &'static str) {
        *self.why.lock().unwrap_or_else(PoisonError::into_inner) = why;
    }

    pub(super) fn why(&self) -> &'static str {
        *self.why.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The same store, as another connection sees it.
    pub(super) fn seen_by(&self, key: &str) -> Verdict<Self> {
        Ok(Self {
            why: self.why.clone(),
            skipped: self.skipped.clone(),
            lists: self.lists,
            ..Self::new(self.store.clone(), key)?
        })
    }

    /// Notes what the rule does not try, because the store does not support it.
    pub(super) fn skip(&self, what: impl Into<String>) {
        let mut skipped = self.skipped.lock().unwrap_or_else(PoisonError::into_inner);
        skipped.insert(what.into());
    }

    pub(super) fn skipped(&self) -> Vec<String> {
        let skipped = self.skipped.lock().unwrap_or_else(PoisonError::into_inner);
        skipped.iter().cloned().collect()
    }

    pub(super) fn seeks(&self) -> bool {
        if !self.store.seeks() {
            self.skip("cursors");
        }
        self.store.seeks()
    }

    pub(super) async fn begin(&self, access: Access) -> Result<Box<dyn Transaction>, StoreError> {
        self.store.begin(&self.key, access).await
    }

    pub(super) async fn read(&self) -> Result<Box<dyn Transaction>, StoreError> {
        self.begin(Access::Read).await
    }

    pub(super) async fn write(&self) -> Result<Box<dyn Transaction>, StoreError> {
        self.begin(Access::Write).await
    }

    pub(super) async fn keep(&self, draft: Draft<'_>) -> Result<Meta, StoreError> {
        let mut transaction = self.write().await?;
        let meta = transaction.insert(kind_of(draft.resource), &draft).await?;
        transaction.commit().await?;
        Ok(meta)
    }

    pub(super) async fn create(&self, resource: &Resource) -> Result<Meta, StoreError> {
        self.keep(draft(resource, 1)).await
    }

    pub(super) async fn create_user(&self, user_name: &str) -> Result<ResourceId, StoreError> {
        Ok(self.create(&user(json!({ "userName": user_name }))).await?.id)
    }

    pub(super) async fn create_group(&self, display_name: &str) -> Result<ResourceId, StoreError> {
        Ok(self
            .create(&group(json!({ "displayName": display_name })))
            .await?
            .id)
    }

    pub(super) async fn get(&self, kind: Kind, id: &ResourceId) -> Result<Option<Record>, StoreError> {
        self.read().await?.get(kind, id).await
    }

    /// The resource, which must exist.
    pub(super) async fn there(&self, kind: Kind, id: &ResourceId) -> Verdict<Record> {
        let record = self.get(kind, id).await?;
        record.ok_or_else(|| Breach::new(format!("{kind:?} {id} exists"), "none"))
    }

    /// Deletes the resource at its current version.
    pub(super) async fn delete(&self, kind: Kind, id: &ResourceId, now: i64) -> Verdict {
        let version = self.there(kind, id).await?.meta.version;
        let mut transaction = self.write().await?;
        transaction.delete(kind, id, version, at(now)).await?;
        Ok(transaction.commit().await?)
    }

    pub(super) async fn list(&self, kind: Kind, selection: &Selection) -> Result<Page, StoreError> {
        self.read().await?.list(kind, selection).await
    }

    /// The list; `None` if the store may reject the filter or order, and does.
    pub(super) async fn list_if_supported(
        &self,
        kind: Kind,
        selection: &Selection,
    ) -> Result<Option<Page>, StoreError> {
        match self.list(kind, selection).await {
            Err(StoreError::UnsupportedFilter(detail) | StoreError::UnsupportedOrder(detail))
                if self.lists == Lists::Partial =>
            {
                self.skip(detail);
                Ok(None)
            }
            page => page.map(Some),
        }
    }

    pub(super) async fn total(&self, kind: Kind) -> Result<u64, StoreError> {
        Ok(self.list(kind, &page(0, 0)).await?.total)
    }

    pub(super) async fn change_members(
        &self,
        group: &ResourceId,
        delta: &MembershipDelta,
    ) -> Result<u64, StoreError> {
        let mut transaction = self.write().await?;
        let rows = transaction.change_members(group, delta).await?;
        transaction.commit().await?;
        Ok(rows)
    }

    pub(super) async fn add(&self, group: &ResourceId, users: &[&ResourceId]) -> Result<u64, StoreError> {
        let mut delta = MembershipDelta::default();
        delta.add(users.iter().map(|id| id.as_str().to_owned()));
        self.change_members(group, &delta).await
    }

    pub(super) async fn members(&self, group: &ResourceId) -> Result<Vec<Membership>, StoreError> {
        let groups = [group.clone()];
        self.read().await?.members(&groups).await
    }

    /// The ids of the members.
    pub(super) async fn member_ids(&self, group: &ResourceId) -> Result<Vec<ResourceId>, StoreError> {
        let members = self.members(group).await?;
        Ok(members.into_iter().map(|member| member.user).collect())
    }
}
