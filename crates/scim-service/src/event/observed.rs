//! A transaction that records its changes for hooks.

use std::collections::HashSet;
use std::sync::Arc;

use async_trait::async_trait;
use scim_core::condition::Condition;
use scim_core::membership::MembershipDelta;
use scim_core::query::Selection;
use scim_core::resource::Resource;
use scim_core::schema::ResourceTypes;
use scim_core::time::Timestamp;

use super::entry::Was;
use super::journal::Journal;
use super::lasting::{Hooks, Told};
use super::{Event, Hook};
use crate::connection::ConnectionKey;
use crate::store::{
    Account, Departure, Draft, Durable, FreeNames, Kind, MemberChanges, Membership, Meta, Page, Record,
    ResourceId, StoreError, Transaction, Version,
};

/// A transaction that wraps the store's, records its changes, and calls the hooks before and after the commit.
pub(crate) struct Observed {
    transaction: Box<dyn Transaction>,
    connection: ConnectionKey,
    types: ResourceTypes,
    hooks: Hooks,
    journal: Journal,
    /// The resource that was read last, and the id in the request for it. An operation changes what it has just read.
    read: Option<(Kind, ResourceId, Record)>,
}

impl Observed {
    pub(crate) fn new(
        transaction: Box<dyn Transaction>,
        connection: &ConnectionKey,
        types: &ResourceTypes,
        hooks: &Arc<[Arc<dyn Hook>]>,
    ) -> Self {
        Self {
            transaction,
            connection: connection.clone(),
            types: types.clone(),
            hooks: hooks.clone(),
            journal: Journal::default(),
            read: None,
        }
    }

    /// Notes the resource before it is changed, and returns its id as the store spells it.
    async fn note_before(&mut self, kind: Kind, id: &ResourceId) -> Result<Option<ResourceId>, StoreError> {
        let resource_type = match kind {
            _ if self.journal.knows(kind, id) => return Ok(Some(id.clone())),
            Kind::User => self.types.user().clone(),
            Kind::Group => self.types.group().clone(),
            Kind::Other(_) => {
                let mut others = self.types.others().iter();
                match others.find(|other| other.name == kind.name()) {
                    Some(other) => other.clone(),
                    None => return Ok(None),
                }
            }
        };
        let known = match self.read.take() {
            Some((of, asked, record)) if of == kind && (asked == *id || record.meta.id == *id) => {
                Some(record)
            }
            _ => self.transaction.get(kind, id).await?,
        };
        let Some(Record { meta, document }) = known else {
            return Ok(None);
        };
        let before = Resource::from_document(resource_type, &document)
            .map_err(|error| StoreError::Failed(Box::new(error)))?;
        let before = Arc::new(before);
        let was = Was::There(before.clone());
        self.journal.note(kind, &meta.id, was, Some(before), meta.version);
        Ok(Some(meta.id))
    }

    fn note_after(&mut self, kind: Kind, meta: &Meta, was: Was, draft: &Draft<'_>) {
        let now = Some(Arc::new(draft.resource.clone()));
        self.journal.note(kind, &meta.id, was, now, meta.version);
    }

    /// Calls the hooks before the commit, and records the events. Without events, there is nothing to call.
    async fn before_commit(self: Box<Self>) -> Result<(Box<dyn Transaction>, Option<Told>), StoreError> {
        let Self {
            mut transaction,
            connection,
            hooks,
            journal,
            ..
        } = *self;
        let told = Told {
            hooks,
            events: journal.into_events(&connection),
        };
        if told.events.is_empty() {
            return Ok((transaction, None));
        }
        told.before_commit().await?;
        transaction.record_events(&told.events).await?;
        let told = (!told.hooks.is_empty()).then_some(told);
        Ok((transaction, told))
    }
}

#[async_trait]
impl Transaction for Observed {
    async fn get(&mut self, kind: Kind, id: &ResourceId) -> Result<Option<Record>, StoreError> {
        let record = self.transaction.get(kind, id).await?;
        self.read = record.clone().map(|record| (kind, id.clone(), record));
        Ok(record)
    }

    async fn list(&mut self, kind: Kind, selection: &Selection) -> Result<Page, StoreError> {
        self.transaction.list(kind, selection).await
    }

    async fn insert(&mut self, kind: Kind, draft: &Draft<'_>) -> Result<Meta, StoreError> {
        let meta = self.transaction.insert(kind, draft).await?;
        self.note_after(kind, &meta, Was::Absent, draft);
        Ok(meta)
    }

    async fn insert_users(
        &mut self,
        drafts: &[Draft<'_>],
        free: FreeNames,
    ) -> Result<Vec<Option<Meta>>, StoreError> {
        let kept = self.transaction.insert_users(drafts, free).await?;
        for (draft, meta) in drafts.iter().zip(&kept) {
            if let Some(meta) = meta {
                self.note_after(Kind::User, meta, Was::Absent, draft);
            }
        }
        Ok(kept)
    }

    async fn update(
        &mut self,
        kind: Kind,
        id: &ResourceId,
        expected: Version,
        draft: &Draft<'_>,
    ) -> Result<Meta, StoreError> {
        self.note_before(kind, id).await?;
        let meta = self.transaction.update(kind, id, expected, draft).await?;
        self.note_after(kind, &meta, Was::Absent, draft);
        Ok(meta)
    }

    async fn touch(
        &mut self,
        kind: Kind,
        id: &ResourceId,
        expected: Version,
        now: Timestamp,
    ) -> Result<Meta, StoreError> {
        let meta = self.transaction.touch(kind, id, expected, now).await?;
        if kind == Kind::Group {
            self.journal.move_to(&meta.id, meta.version);
        }
        Ok(meta)
    }

    async fn delete(
        &mut self,
        kind: Kind,
        id: &ResourceId,
        expected: Version,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if kind == Kind::User {
            self.delete_user_and_tell(id, expected, now).await?;
            return Ok(());
        }
        let Some(noted) = self.note_before(kind, id).await? else {
            return self.transaction.delete(kind, id, expected, now).await;
        };
        if kind != Kind::Group {
            self.transaction.delete(kind, id, expected, now).await?;
            self.journal.end(kind, &noted);
            return Ok(());
        }
        // no user joins meanwhile: a transaction that changes the members of a group has locked the group
        let mut everybody = MembershipDelta::default();
        everybody.clear();
        let changes = self.transaction.change_members_and_tell(id, &everybody).await?;
        self.transaction.delete(kind, id, expected, now).await?;
        self.journal.note_members(&noted, changes);
        self.journal.end(kind, &noted);
        Ok(())
    }

    async fn account(&mut self, user_name: &str) -> Result<Option<Account>, StoreError> {
        self.transaction.account(user_name).await
    }

    async fn restore(&mut self, id: &ResourceId, draft: &Draft<'_>) -> Result<Meta, StoreError> {
        let meta = self.transaction.restore(id, draft).await?;
        self.note_after(Kind::User, &meta, Was::Deleted, draft);
        Ok(meta)
    }

    async fn known_users(&mut self, ids: &[&str]) -> Result<HashSet<String>, StoreError> {
        self.transaction.known_users(ids).await
    }

    async fn change_members(
        &mut self,
        group: &ResourceId,
        delta: &MembershipDelta,
    ) -> Result<u64, StoreError> {
        Ok(self.change_members_and_tell(group, delta).await?.rows())
    }

    async fn change_members_and_tell(
        &mut self,
        group: &ResourceId,
        delta: &MembershipDelta,
    ) -> Result<MemberChanges, StoreError> {
        let noted = self.note_before(Kind::Group, group).await?;
        let changes = self.transaction.change_members_and_tell(group, delta).await?;
        if let Some(noted) = noted {
            self.journal.note_members(&noted, changes.clone());
        }
        Ok(changes)
    }

    async fn delete_user_and_tell(
        &mut self,
        id: &ResourceId,
        expected: Version,
        now: Timestamp,
    ) -> Result<Vec<Departure>, StoreError> {
        let noted = self.note_before(Kind::User, id).await?;
        let departures = self.transaction.delete_user_and_tell(id, expected, now).await?;
        if let Some(noted) = noted {
            self.journal.note_departures(&noted, departures.clone());
            self.journal.end(Kind::User, &noted);
        }
        Ok(departures)
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

    /// Forwards events that another wrapper may have; those of this one are recorded before the commit.
    async fn record_events(&mut self, events: &[Event]) -> Result<(), StoreError> {
        self.transaction.record_events(events).await
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        match self.before_commit().await? {
            (transaction, None) => transaction.commit().await,
            (transaction, Some(told)) => told.commit(transaction).await,
        }
    }

    async fn commit_later(self: Box<Self>) -> Result<Durable, StoreError> {
        match self.before_commit().await? {
            (transaction, None) => transaction.commit_later().await,
            (transaction, Some(told)) => told.commit_later(transaction).await,
        }
    }
}
