//! The trait of a transaction, with a default for everything that can have one.

use std::collections::HashSet;

use async_trait::async_trait;
use scim_core::condition::Condition;
use scim_core::membership::MembershipDelta;
use scim_core::query::Selection;
use scim_core::time::Timestamp;

use super::{
    Account, AccountState, Departure, Draft, Durable, FreeNames, Kind, MemberChanges, Membership, Meta, Page,
    Record, ResourceId, StoreError, Version, changes, fallback,
};
use crate::event::Event;

/// A transaction on the resources of one connection.
///
/// Its changes are applied completely by [`commit`](Self::commit), or not at all. A transaction that was begun with
/// [`Access::Read`](super::Access::Read) must reject every change with an error. The contract accepts any error; [`StoreError::Failed`] is usual,
/// as the service never makes such a change.
///
/// # Methods
///
/// | method | required or default | implement it if |
/// |---|---|---|
/// | [`get`](Self::get) | required | |
/// | [`list`](Self::list) | required | |
/// | [`put`](Self::put) | **required** unless `insert`, `update` and `touch` are implemented; fails | |
/// | [`remove`](Self::remove) | **required** unless `delete` is implemented; fails | |
/// | [`change_members`](Self::change_members) | required | |
/// | [`members`](Self::members), [`memberships`](Self::memberships) | required | |
/// | [`commit`](Self::commit) | required | |
/// | [`insert`](Self::insert) | `put` with a UUID of version 7 as the id | the store creates ids, or `put` is not implemented |
/// | [`update`](Self::update), [`touch`](Self::touch) | `get`, then `put` | one statement can compare the version and write |
/// | [`delete`](Self::delete) | `get`, then `remove`; of a user, also moves its groups to their next version | the store keeps deleted users, or one statement can do it |
/// | [`account`](Self::account) | a list of users with that `userName` | the store keeps deleted users |
/// | [`restore`](Self::restore) | fails | the store keeps deleted users |
/// | [`known_users`](Self::known_users) | `get` for each id | groups are large: one statement can look up all ids |
/// | [`members_matching`](Self::members_matching) | reads all members and evaluates the condition on each | groups are large |
/// | [`insert_users`](Self::insert_users) | `account`, then `insert`, for each user | bulk requests create many users |
/// | [`change_members_and_tell`](Self::change_members_and_tell) | reads memberships before `change_members` | there are hooks, and the database can return the changed rows |
/// | [`delete_user_and_tell`](Self::delete_user_and_tell) | reads memberships before `delete` | there are hooks, and others may change memberships at the same time |
/// | [`record_events`](Self::record_events) | does nothing | the store has an outbox |
/// | [`commit_later`](Self::commit_later) | `commit` | commits can share one wait for the disk |
///
/// # Errors
///
/// Every method may fail with [`StoreError::Unavailable`] (the database cannot be reached), [`StoreError::Overdue`] (it did
/// not finish in time) or [`StoreError::Failed`] (anything else), and for [`Kind::Other`] with [`StoreError::UnsupportedKind`].
/// The methods list only further errors.
///
/// # Examples
///
/// An application that changes a user itself does so through the port, so that the document, the columns and the version stay
/// consistent. Hooks are not called for such a change.
///
/// ```
/// use scim_service::connection::ConnectionKey;
/// use scim_service::core::resource::Resource;
/// use scim_service::core::schema::ResourceTypes;
/// use scim_service::core::time::Timestamp;
/// use scim_service::store::{Access, Draft, Kind, ResourceId, Store};
///
/// async fn deactivate(
///     store: &dyn Store,
///     types: &ResourceTypes,
///     connection: &ConnectionKey,
///     id: &ResourceId,
///     now: Timestamp,
/// ) -> Result<(), Box<dyn std::error::Error>> {
///     let mut transaction = store.begin(connection, Access::Write).await?;
///     let record = transaction.get(Kind::User, id).await?.ok_or("no user has this id")?;
///     let mut user = Resource::from_document(types.user().clone(), &record.document)?;
///     user.set_unchecked("active", false.into());
///     let draft = Draft::new(&user, now);
///     transaction.update(Kind::User, id, record.meta.version, &draft).await?;
///     Ok(transaction.commit().await?) // without it, the transaction is rolled back
/// }
/// ```
#[async_trait]
pub trait Transaction: Send {
    /// Returns the resource with this id; `None` if there is none, or if it is a deleted user.
    ///
    /// In a transaction with [`Access::Write`](super::Access::Write), no other transaction may change the resource until this one
    /// ends; otherwise this one must fail with [`StoreError::Stale`] when it writes or commits, and the service repeats the
    /// request. An id may be any text that a client sent, but never contains a NUL character.
    ///
    /// # Errors
    ///
    /// No others than [those of every method](Self#errors).
    async fn get(&mut self, kind: Kind, id: &ResourceId) -> Result<Option<Record>, StoreError>;

    /// Returns one page of the selected resources in order, and the total number of selected resources. Deleted users are not
    /// selected. Without a sort order, resources are in the order of their ids, which is the order of creation.
    ///
    /// # Errors
    ///
    /// [`StoreError::UnsupportedFilter`] for a condition that this store cannot express, and for a [`Selection::seek`](super::Selection::seek) if the
    /// store does not [seek](super::Store::seeks); [`StoreError::UnsupportedOrder`] for an order that it cannot express.
    async fn list(&mut self, kind: Kind, selection: &Selection) -> Result<Page, StoreError>;

    /// Stores a new resource under a new id, at its first version.
    ///
    /// The default calls [`put`](Self::put) with a UUID of version 7 as the id. A store may use other ids if they follow three
    /// rules: ids sort, as text, in the order of creation; an id is never reused, even after its resource was deleted; and ids
    /// are compared as text (`01` is not `1`).
    ///
    /// # Errors
    ///
    /// [`StoreError::NotUnique`], with the name of the attribute, if another resource of the connection has
    ///
    /// - the same `userName` (folded), for a user,
    /// - the same `displayName` (by [`name_key`](scim_core::text::name_key)), for a group, and both were stored with
    ///   [`GroupNames::Unique`](super::GroupNames::Unique),
    /// - the same value of an attribute whose `uniqueness` is `server` (RFC 7643 section 7), for a resource of the same other
    ///   type.
    ///
    /// [`StoreError::UnsupportedKind`] in a store that has no resources of other types.
    async fn insert(&mut self, kind: Kind, draft: &Draft<'_>) -> Result<Meta, StoreError> {
        let meta = fallback::new(draft.now);
        self.put(kind, &meta, Some(draft)).await?;
        Ok(meta)
    }

    /// Inserts those of the new users whose `userName` is free, and returns their metadata in the order of `drafts`. A user whose
    /// name is not free is `None`, and is not stored. If two drafts have the same name, the first one gets it.
    ///
    /// It is called for the users of a bulk request. The default calls [`account`](Self::account) and [`insert`](Self::insert)
    /// for each.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotUnique`] and [`StoreError::Stale`] in a store that detects the conflict too late to leave one user out.
    /// The service then drops the transaction and creates the users one by one.
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

    /// Replaces the resource with the draft, and moves it to the version after `expected`.
    ///
    /// # Errors
    ///
    /// [`StoreError::Stale`] if the resource does not exist or is not at `expected`, [`StoreError::NotUnique`] as for
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

    /// Moves the resource to the version after `expected` without changing its attributes. It is called for a group whose
    /// members changed.
    ///
    /// # Errors
    ///
    /// [`StoreError::Stale`] if the resource does not exist or is not at `expected`.
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

    /// Deletes the resource, with its memberships.
    ///
    /// A deleted user is invisible and its `userName` is free. The groups that it was a member of move to their next version. A
    /// store may keep the user, so that it can be [restored](Self::restore), or remove it, as the default does.
    ///
    /// # Errors
    ///
    /// [`StoreError::Stale`] if the resource does not exist or is not at `expected`.
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

    /// **Required unless [`insert`](Self::insert), [`update`](Self::update), [`touch`](Self::touch) and
    /// [`delete`](Self::delete) are implemented.** The default fails with [`StoreError::Failed`].
    ///
    /// Inserts a resource, or overwrites the one with the same id. Without a draft, the resource exists: only the version and
    /// the time of the last change are written, and its attributes stay as they are.
    ///
    /// A store implements either this method and [`remove`](Self::remove), or the four others. The defaults of the four call
    /// [`get`](Self::get), compare the version, and then call `put` or `remove`, which costs one more statement for each change.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotUnique`] as for [`insert`](Self::insert).
    async fn put(&mut self, kind: Kind, meta: &Meta, draft: Option<&Draft<'_>>) -> Result<(), StoreError> {
        let _ = (kind, meta, draft);
        Err(StoreError::Failed(
            "this store implements neither `put` nor `insert`, `update` and `touch`".into(),
        ))
    }

    /// **Required unless [`delete`](Self::delete) is implemented.** The default fails with [`StoreError::Failed`].
    ///
    /// Removes a resource that exists, and the rows of its memberships. Its id must never be reused. The versions of its groups
    /// do not change: the default of [`delete`](Self::delete) has moved them.
    ///
    /// # Errors
    ///
    /// No others than [those of every method](Self#errors).
    async fn remove(&mut self, kind: Kind, id: &ResourceId) -> Result<(), StoreError> {
        let _ = (kind, id);
        Err(StoreError::Failed(
            "this store implements neither `remove` nor `delete`".into(),
        ))
    }

    /// Returns the user with this `userName` (folded): the one that exists, or else the one that was deleted last.
    ///
    /// The default calls [`list`](Self::list) with the filter `userName eq`. It is right in a store that does not keep deleted
    /// users: a user who is created again then gets a new id.
    ///
    /// # Errors
    ///
    /// No others than [those of every method](Self#errors).
    async fn account(&mut self, user_name: &str) -> Result<Option<Account>, StoreError> {
        fallback::account(self, user_name).await
    }

    /// Restores a deleted user under its old id, with the attributes of the draft, at its next version and without memberships.
    ///
    /// It is called only for users that [`account`](Self::account) reports as deleted. The default fails with
    /// [`StoreError::Failed`], which is right in a store that does not keep deleted users.
    ///
    /// # Errors
    ///
    /// [`StoreError::Stale`] if the user is not deleted, [`StoreError::NotUnique`] as for [`insert`](Self::insert).
    async fn restore(&mut self, id: &ResourceId, draft: &Draft<'_>) -> Result<Meta, StoreError> {
        let _ = (id, draft);
        Err(StoreError::Failed("this store keeps no deleted users".into()))
    }

    /// Returns those of the ids that belong to users. Deleted users do not count.
    ///
    /// The default calls [`get`](Self::get) for each id: one statement for each new member of a group, where one would do for
    /// all.
    ///
    /// # Errors
    ///
    /// No others than [those of every method](Self#errors).
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

    /// Changes the members of a group, and returns the number of inserted and deleted rows. Adding a user who is a member, or
    /// removing one who is not, changes no row. Ids that are not users of the connection are ignored, and so is a group that
    /// does not exist.
    ///
    /// It must not read the members in order to change them: groups may be large, and concurrent changes would get lost.
    ///
    /// # Errors
    ///
    /// [`StoreError::Stale`] if the change conflicts with another transaction.
    async fn change_members(
        &mut self,
        group: &ResourceId,
        delta: &MembershipDelta,
    ) -> Result<u64, StoreError>;

    /// Like [`change_members`](Self::change_members), and returns which users joined and left: exactly those whose rows were
    /// inserted and deleted. It is called instead if there are hooks, or if the store records events.
    ///
    /// The default reads the groups of the users that the delta names, or the members of the group if the delta replaces them.
    /// That is right because a transaction that changes the members of a group has [read](Self::get) the group before. A
    /// database that returns the changed rows can do it without reading.
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

    /// Like [`delete`](Self::delete) of a user, and returns the groups that the user was a member of. It is called instead if
    /// there are hooks, or if the store records events.
    ///
    /// The default reads the memberships first. That is right if no other transaction can add a membership in between.
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

    /// Returns the members of groups, ordered by group id and user id, with the names of the users. Groups that do not exist have
    /// none.
    ///
    /// # Errors
    ///
    /// No others than [those of every method](Self#errors).
    async fn members(&mut self, groups: &[ResourceId]) -> Result<Vec<Membership>, StoreError>;

    /// Returns those of the [members](Self::members) that match the condition, which is the inner one of `members[…]`.
    ///
    /// The default reads all members and evaluates the condition on each: on `value`, `display` and `type`, which is always
    /// `User`; `$ref` counts as absent.
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

    /// Returns the memberships of users, ordered by user id and group id, with the names of the groups. Users that do not exist
    /// have none.
    ///
    /// # Errors
    ///
    /// No others than [those of every method](Self#errors).
    async fn memberships(&mut self, users: &[ResourceId]) -> Result<Vec<Membership>, StoreError>;

    /// Stores the events of this transaction in the transaction itself (an outbox): they exist if, and only if, the changes do.
    ///
    /// It is the last call before the commit, after all [hooks](crate::event::Hook) have agreed, and is made only if
    /// [`Store::records_events`](super::Store::records_events) returns `true` and there are events. The default does nothing.
    ///
    /// # Errors
    ///
    /// Any error rolls the transaction back; [`StoreError::Refused`] gives the client a reason.
    async fn record_events(&mut self, events: &[Event]) -> Result<(), StoreError> {
        let _ = events;
        Ok(())
    }

    /// Commits the transaction. When it returns `Ok`, the changes are durable and visible to others.
    ///
    /// # Errors
    ///
    /// [`StoreError::Stale`] and [`StoreError::NotUnique`] in a store that detects conflicts at the commit;
    /// [`StoreError::OutcomeUnknown`] if the database does not confirm the commit, so that the changes may be durable. With any
    /// other error, nothing was changed.
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;

    /// Like [`commit`](Self::commit), but may return before the changes are on disk: await the result to learn when they are.
    /// Write transactions that begin afterwards see the changes, and become durable no earlier than they do.
    ///
    /// It is for a bulk request, which commits many transactions one after the other and responds at the end. A store may defer
    /// the write to disk until one of the results is awaited or dropped, or until another transaction commits. The caller
    /// awaits the results soon.
    ///
    /// The default calls [`commit`](Self::commit).
    ///
    /// # Errors
    ///
    /// As for [`commit`](Self::commit).
    async fn commit_later(self: Box<Self>) -> Result<Durable, StoreError> {
        self.commit().await?;
        Ok(Durable::already())
    }
}
