//! The port to a database: what a store must be able to do, and nothing of how.
//!
//! [`Store::begin`] gives a [`Transaction`] that reaches the resources of one connection and no others: no method
//! takes a connection, so none can forget it. A transaction that is dropped without [`Transaction::commit`] leaves no
//! trace. "Not there" is `Ok(None)`, never an error.
//!
//! A store has to have [`Store::begin`] and, of a transaction, `get`, `list`, `put`, `remove`, `change_members`, `members`,
//! `memberships` and `commit`. All else has a default, which says what it costs; a store that can do better does. [`columns`] folds
//! filters into SQL, and the tests of `scim_service::contract` say whether a store does what it must.
//!
//! # A whole store
//!
//! The application of `examples/own-tables` has users in a table `accounts` and groups in a table `projects`. This is its store:
//!
//! ```rust,ignore
#![cfg_attr(doc, doc = include_str!("../../../../examples/own-tables/src/store.rs"))]
//! ```
//!
//! `docs/embedding.md` of the repository goes through it step by step.

mod changes;
pub mod columns;
mod durable;
mod error;
mod fallback;
#[cfg(test)]
mod forwarding_tests;
mod kind;
mod record;

use std::collections::HashSet;

use async_trait::async_trait;
use scim_core::time::Timestamp;

use crate::connection::ConnectionKey;
use crate::event::Event;

pub use scim_core::condition::Condition;
pub use scim_core::membership::MembershipDelta;
pub use scim_core::query::Selection;
pub use scim_profiles::profile::GroupNames;

pub use changes::{Departure, MemberChanges};
pub use durable::Durable;
pub use error::StoreError;
pub use kind::{Kind, ResourceTypeId};
pub use record::{
    Access, Account, AccountState, Draft, FreeNames, Membership, Meta, More, Page, Record, ResourceId,
    Version,
};

/// A database of users, groups and resources of other types.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Begins a transaction on the resources of `connection`.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the database cannot be reached in time.
    async fn begin(
        &self,
        connection: &ConnectionKey,
        access: Access,
    ) -> Result<Box<dyn Transaction>, StoreError>;

    /// Begins the write transaction of a retry, after one failed with [`StoreError::Stale`]. It should read the newest state, also
    /// of commits that are not durable yet, and lock what it reads, so that the retry does not conflict again.
    ///
    /// The default is [`begin`](Self::begin), which is right where a write transaction always reads the newest state.
    ///
    /// # Errors
    ///
    /// As for [`begin`](Self::begin).
    async fn begin_again(&self, connection: &ConnectionKey) -> Result<Box<dyn Transaction>, StoreError> {
        self.begin(connection, Access::Write).await
    }

    /// Whether lists can begin at a [position](scim_core::position). A store that says so keeps to
    /// [`Selection::seek`] and tells positions; to the clients of any other store no cursors are offered (RFC 9865).
    fn seeks(&self) -> bool {
        false
    }

    /// Whether [`Transaction::record_events`] is to be called.
    fn records_events(&self) -> bool {
        false
    }

    /// Whether the database answers and has the schema that this program needs.
    ///
    /// Without an implementation of its own, a store is ready if it begins a transaction that reads, and finds no user there
    /// with an id that nobody has.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if it does not.
    async fn ready(&self) -> Result<(), StoreError> {
        fallback::ready(self).await
    }
}

/// One unit of work: all of it is kept, or nothing.
#[async_trait]
pub trait Transaction: Send {
    /// The resource with that id. A deleted user is not there. With [`Access::Write`], either no other transaction changes
    /// the resource until this one ends, or this one fails with [`StoreError::Stale`] when it writes or commits.
    async fn get(&mut self, kind: Kind, id: &ResourceId) -> Result<Option<Record>, StoreError>;

    /// A page of the resources that are selected, and how many are selected in all. Deleted users are not among them.
    ///
    /// # Errors
    ///
    /// [`StoreError::UnsupportedFilter`] for a condition that this store cannot express, and for a [`Selection::seek`] in one that
    /// does not [seek](Store::seeks); [`StoreError::UnsupportedOrder`] for an order.
    async fn list(&mut self, kind: Kind, selection: &Selection) -> Result<Page, StoreError>;

    /// Keeps a new resource under a new id, at its first version.
    ///
    /// Without an implementation of its own, a store is asked to [`put`](Self::put) the resource, under an id that is a
    /// UUID (version 7), so that ids are in the order of creation. Another id will do, too, if it is never given to another
    /// resource again, and compared as text: `01` is not `1`.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotUnique`] if another resource of the connection has its `userName` (folded), or another group its
    /// `displayName` (by [`name_key`](scim_core::text::name_key)) and both were kept with [`GroupNames::Unique`];
    /// [`StoreError::NotUnique`] if another resource of a type that is neither User nor Group has the same value of an
    /// attribute whose `uniqueness` is `server` (RFC 7643 section 7); [`StoreError::UnsupportedFilter`] in a store that keeps no
    /// resources of such types, to which no service should offer them.
    async fn insert(&mut self, kind: Kind, draft: &Draft<'_>) -> Result<Meta, StoreError> {
        let meta = fallback::new(draft.now);
        self.put(kind, &meta, Some(draft)).await?;
        Ok(meta)
    }

    /// Keeps new users, each as [`insert`](Self::insert) does, where its `userName` is free; of two with the same name, the
    /// first has it. Says of each, in order, what it became: nothing if its name is not free, and then nothing of it is kept.
    ///
    /// It is for many users at once, from a bulk: a store that can keep them in a few statements does.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotUnique`] and [`StoreError::Stale`] in a store that finds out too late to leave one out. The caller drops
    /// the transaction then, and tries one by one.
    async fn insert_users(
        &mut self,
        drafts: &[Draft<'_>],
        free: FreeNames,
    ) -> Result<Vec<Option<Meta>>, StoreError> {
        let mut kept = Vec::with_capacity(drafts.len());
        for draft in drafts {
            let account = self
                .account(draft.resource.user_name().unwrap_or_default())
                .await?;
            let is_free = match account {
                Some(account) => free == FreeNames::OfDeleted && account.state == AccountState::Deleted,
                None => true,
            };
            kept.push(match is_free {
                true => Some(self.insert(Kind::User, draft).await?),
                false => None,
            });
        }
        Ok(kept)
    }

    /// Replaces the resource by the draft, at the version after `expected`.
    ///
    /// # Errors
    ///
    /// [`StoreError::Stale`] if the resource is not at `expected` or not there, [`StoreError::NotUnique`] as for
    /// [`insert`](Self::insert).
    async fn update(
        &mut self,
        kind: Kind,
        id: &ResourceId,
        expected: Version,
        draft: &Draft<'_>,
    ) -> Result<Meta, StoreError> {
        let meta = fallback::next(self, kind, id, expected, draft.now).await?;
        self.put(kind, &meta, Some(draft)).await?;
        Ok(meta)
    }

    /// Moves the resource to the version after `expected` and leaves what it holds alone: its members changed.
    ///
    /// # Errors
    ///
    /// [`StoreError::Stale`] if the resource is not at `expected` or not there.
    async fn touch(
        &mut self,
        kind: Kind,
        id: &ResourceId,
        expected: Version,
        now: Timestamp,
    ) -> Result<Meta, StoreError> {
        let meta = fallback::next(self, kind, id, expected, now).await?;
        self.put(kind, &meta, None).await?;
        Ok(meta)
    }

    /// Deletes the resource. A group is gone, and so is a resource of another type. A user is out of sight, a member of nothing,
    /// and its `userName` free for others, but may be [restored](Self::restore) until it is purged; the groups that it was a
    /// member of are at their next version.
    ///
    /// # Errors
    ///
    /// [`StoreError::Stale`] if the resource is not at `expected` or not there.
    async fn delete(
        &mut self,
        kind: Kind,
        id: &ResourceId,
        expected: Version,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let meta = fallback::next(self, kind, id, expected, now).await?;
        if kind == Kind::User {
            fallback::step_groups_of(self, id, now).await?;
        }
        self.remove(kind, &meta.id).await
    }

    /// **To be implemented**, unless the four that it stands for are. Writes a new resource, or over the one with that id: what
    /// the store knows about it, and what it holds, which stays as it is without a draft.
    ///
    /// A store implements either this and [`remove`](Self::remove), or [`insert`](Self::insert), [`update`](Self::update),
    /// [`touch`](Self::touch) and [`delete`](Self::delete). The defaults of these four call [`get`](Self::get), compare the
    /// version, and then call `put` or `remove`: one statement more for each change.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotUnique`] and [`StoreError::NotUnique`] as for [`insert`](Self::insert).
    async fn put(&mut self, kind: Kind, meta: &Meta, draft: Option<&Draft<'_>>) -> Result<(), StoreError> {
        let _ = (kind, meta, draft);
        Err(StoreError::Failed(
            "this store implements neither `put` nor what is asked for instead".into(),
        ))
    }

    /// **To be implemented**, unless [`delete`](Self::delete) is. Removes a resource that is there, and the rows of its
    /// memberships. Its id is never given to another one. The versions of its groups are not a matter of this method.
    ///
    /// # Errors
    ///
    /// None but those of the database.
    async fn remove(&mut self, kind: Kind, id: &ResourceId) -> Result<(), StoreError> {
        let _ = (kind, id);
        Err(StoreError::Failed(
            "this store implements neither `remove` nor `delete`".into(),
        ))
    }

    /// The user with that `userName` (folded): the one that is there, or else the one deleted last.
    ///
    /// Without an implementation of its own, a store is asked for the [list](Self::list) of users with that `userName`. That
    /// is right in a store that keeps no deleted users: nobody comes back there, and whoever is created again is somebody new.
    async fn account(&mut self, user_name: &str) -> Result<Option<Account>, StoreError> {
        fallback::account(self, user_name).await
    }

    /// Brings a user who was deleted back under its old id, holding what the draft holds, at its next version. It is asked for
    /// users of whom [`account`](Self::account) said that they are deleted, and no others: a store that keeps no deleted users
    /// needs no implementation.
    ///
    /// # Errors
    ///
    /// As for [`update`](Self::update).
    async fn restore(&mut self, id: &ResourceId, draft: &Draft<'_>) -> Result<Meta, StoreError> {
        let _ = (id, draft);
        Err(StoreError::Failed("this store keeps no deleted users".into()))
    }

    /// Those of the ids that are ids of users who are there.
    ///
    /// Without an implementation of its own, a store is asked for each of them ([`get`](Self::get)): a statement for each new
    /// member of a group, where one would do for all.
    async fn known_users(&mut self, ids: &[&str]) -> Result<HashSet<String>, StoreError> {
        let mut known = HashSet::with_capacity(ids.len());
        for id in ids {
            if self
                .get(Kind::User, &ResourceId::new((*id).to_owned()))
                .await?
                .is_some()
            {
                known.insert((*id).to_owned());
            }
        }
        Ok(known)
    }

    /// Changes the members of a group, and says how many rows that took: adding a member who is one already takes none.
    /// Never reads the members to change them. Every added id is one of a known user.
    async fn change_members(
        &mut self,
        group: &ResourceId,
        delta: &MembershipDelta,
    ) -> Result<u64, StoreError>;

    /// As [`change_members`](Self::change_members), and says who came and who went: those whose rows were written and deleted,
    /// and no others. It is asked instead where somebody wants to know.
    ///
    /// Without an implementation of its own, a store is asked for the groups of the users whom the delta names, or for the
    /// members of a group where the delta replaces them. That is right, as whoever changes the members of a group has
    /// [read](Self::get) the group; a database that tells which rows it changed can do it without reading.
    ///
    /// # Errors
    ///
    /// As for [`change_members`](Self::change_members).
    async fn change_members_and_tell(
        &mut self,
        group: &ResourceId,
        delta: &MembershipDelta,
    ) -> Result<MemberChanges, StoreError> {
        let before = changes::members_before(self, group, delta).await?;
        let added: Vec<&str> = delta.added().collect();
        let known = self.known_users(&added).await?;
        Ok(match self.change_members(group, delta).await? {
            0 => MemberChanges::default(),
            _ => MemberChanges::between(&before, delta, &known),
        })
    }

    /// As [`delete`](Self::delete) of a user, and says which groups the user was a member of until then. It is asked instead
    /// where somebody wants to know.
    ///
    /// Without an implementation of its own, a store is asked for the memberships first. That is right in a store where no
    /// other transaction makes the user a member in between.
    ///
    /// # Errors
    ///
    /// As for [`delete`](Self::delete).
    async fn delete_user_and_tell(
        &mut self,
        id: &ResourceId,
        expected: Version,
        now: Timestamp,
    ) -> Result<Vec<Departure>, StoreError> {
        let memberships = self.memberships(std::slice::from_ref(id)).await?;
        self.delete(Kind::User, id, expected, now).await?;
        let mut departures = Vec::with_capacity(memberships.len());
        for Membership { group, display, .. } in memberships {
            if let Some(record) = self.get(Kind::Group, &group).await? {
                departures.push(Departure {
                    group,
                    name: display,
                    version: record.meta.version,
                });
            }
        }
        Ok(departures)
    }

    /// The members of groups, in order of group and member id.
    async fn members(&mut self, groups: &[ResourceId]) -> Result<Vec<Membership>, StoreError>;

    /// Those of the [members](Self::members) who meet the condition, which is the inner one of `members[…]`.
    ///
    /// Without an implementation of its own, a store is asked for all members, and the condition is evaluated on each:
    /// `value`, `display` and `type`, which is always `User`; `$ref` counts as absent.
    ///
    /// # Errors
    ///
    /// [`StoreError::UnsupportedFilter`] for a condition that this store cannot express.
    async fn members_matching(
        &mut self,
        groups: &[ResourceId],
        condition: &Condition,
    ) -> Result<Vec<Membership>, StoreError> {
        let mut members = self.members(groups).await?;
        members.retain(|member| condition.matches_element(&fallback::element(member)));
        Ok(members)
    }

    /// The memberships of users, in order of user and group id.
    async fn memberships(&mut self, users: &[ResourceId]) -> Result<Vec<Membership>, StoreError>;

    /// Keeps what happened in this transaction together with it: last before the commit, after all
    /// [hooks](crate::event::Hook) agreed, and only if the store [says so](Store::records_events). A store that writes the
    /// events into a table of its own has them if, and only if, it has what they tell (an outbox).
    ///
    /// # Errors
    ///
    /// Any, and the transaction is undone; [`StoreError::Refused`] says why to the client.
    async fn record_events(&mut self, events: &[Event]) -> Result<(), StoreError> {
        let _ = events;
        Ok(())
    }

    /// Makes everything done in this transaction last. When it returns `Ok`, it does, whatever happens to the process.
    ///
    /// # Errors
    ///
    /// [`StoreError::Stale`] and [`StoreError::NotUnique`] too, in a store that finds out only now.
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;

    /// Like [`commit`](Self::commit), but may return before the data is on disk: await the result to learn when it is. Transactions that are
    /// begun afterwards in order to write see what this one did, and last no earlier than it does.
    ///
    /// It is for one caller with many transactions, one after the other, who answers for all of them at the end: a store may
    /// put off what makes them last until one of the answers is awaited or dropped, or until somebody else commits. The
    /// caller awaits soon.
    ///
    /// This is [`commit`](Self::commit) in a store that gains nothing by waiting later.
    ///
    /// # Errors
    ///
    /// As for [`commit`](Self::commit).
    async fn commit_later(self: Box<Self>) -> Result<Durable, StoreError> {
        self.commit().await?;
        Ok(Durable::already())
    }
}
