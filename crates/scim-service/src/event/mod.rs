//! Hooks: an application is told what an identity provider changed, and may refuse it.
//!
//! # What is told
//!
//! An [`Event`] says what really changed: a PATCH that changes nothing is none, and neither is adding a member who is one
//! already. Each [`User*`](user) and [`Team*`](team) event holds the resource before and after; members come and go as one
//! batch for each Team, however many they are. A Team is what a group of an identity provider is here. Resources of
//! [other types](crate::store::Kind::Other) have the events of [`resource`], which say of what type they are.
//!
//! The events of a transaction come together, in this order: users, Teams and other resources that are new or changed; members
//! added; members removed; other resources, Teams and users that were deleted. There is at most one event for a resource, for a Team itself, and one batch in each direction for its members. So whoever applies
//! additions and removals in turn has the members of every Team: a Team or a user that is deleted is left by its members
//! first. Where two transactions change the same resource at the same time, [`after_commit`](Hook::after_commit) may be
//! called in either order; the `resource_version` in the events says which is newer.
//!
//! # How it flows
//!
//! ```text
//! operation ──► Observed ──► the transaction of the store
//!                  │ notes what comes and goes
//!               Journal ──► events ──► Hook::before_commit ── a Veto: rolled back, the client is told the reason
//!                                          ▼
//!                               Transaction::record_events, Transaction::commit ── fails: nobody is told
//!                                          ▼ (of a bulk: when it lasts)
//!                                  Hook::after_commit
//! ```
//!
//! The operations know nothing of this: where there is a [`Hook`], or a store that [records events](crate::store::Store::records_events), a
//! transaction that writes is wrapped in one that watches. Where there is none, nothing is wrapped and nothing is paid.
//! Which memberships a change took is something the store tells ([`Transaction::change_members_and_tell`] and
//! [`delete_user_and_tell`]); the members of a group are not read for it.
//!
//! Operations of a bulk that share a transaction (a circle) share their events, too.
//!
//! # Which hook for what
//!
//! - To refuse: [`before_commit`](Hook::before_commit). It may be called several times for one request and may not change
//!   anything.
//! - For side effects: [`after_commit`](Hook::after_commit), once for each transaction that lasts. If the process dies
//!   between the commit and the call, there is none: compare with the directory at the start.
//! - For side effects that no crash may lose: a store of one's own that writes the events into its own tables, in the
//!   transaction itself ([`Transaction::record_events`]).
//!
//! [`Transaction::change_members_and_tell`]: crate::store::Transaction::change_members_and_tell
//! [`delete_user_and_tell`]: crate::store::Transaction::delete_user_and_tell
//! [`Transaction::record_events`]: crate::store::Transaction::record_events

mod entry;
mod hook;
mod journal;
mod lasting;
mod observed;
pub mod resource;
pub mod team;
pub mod user;

use std::sync::Arc;

use scim_core::resource::Resource;
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use crate::connection::ConnectionKey;
use resource::{ResourceCreated, ResourceDeleted, ResourceUpdated};
use team::{MembersAdded, MembersRemoved, TeamCreated, TeamDeleted, TeamRenamed, TeamUpdated};
use user::{UserDeactivated, UserDeleted, UserProvisioned, UserReactivated, UserUpdated};

pub use hook::{Hook, Veto};
pub(crate) use observed::Observed;

/// What an identity provider changed.
///
/// As JSON, it is an object with `type` (the [`name`](Self::name)), `version` (the [`VERSION`](Self::VERSION) of its form),
/// and the members of the variant.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// A user is there who was not.
    UserProvisioned(UserProvisioned),
    /// A user has other attributes, and access or none as before.
    UserUpdated(UserUpdated),
    /// A user has no access any longer.
    UserDeactivated(UserDeactivated),
    /// A user has access again.
    UserReactivated(UserReactivated),
    /// A user is gone.
    UserDeleted(UserDeleted),
    /// A Team is there.
    TeamCreated(TeamCreated),
    /// A Team has other attributes and its old name.
    TeamUpdated(TeamUpdated),
    /// A Team has another name.
    TeamRenamed(TeamRenamed),
    /// A Team is gone.
    TeamDeleted(TeamDeleted),
    /// Users are members of a Team who were not.
    MembersAdded(MembersAdded),
    /// Users are not members of a Team any longer.
    MembersRemoved(MembersRemoved),
    /// A resource of another type is there.
    ResourceCreated(ResourceCreated),
    /// A resource of another type has other attributes.
    ResourceUpdated(ResourceUpdated),
    /// A resource of another type is gone.
    ResourceDeleted(ResourceDeleted),
}

impl Event {
    /// The version of the form that events have as JSON. Members and types may be added to it; what is there keeps its name
    /// and meaning as long as this number does.
    pub const VERSION: u32 = 1;

    /// Its type, as it stands in JSON.
    pub fn name(&self) -> &'static str {
        match self {
            Self::UserProvisioned(_) => "user.provisioned",
            Self::UserUpdated(_) => "user.updated",
            Self::UserDeactivated(_) => "user.deactivated",
            Self::UserReactivated(_) => "user.reactivated",
            Self::UserDeleted(_) => "user.deleted",
            Self::TeamCreated(_) => "team.created",
            Self::TeamUpdated(_) => "team.updated",
            Self::TeamRenamed(_) => "team.renamed",
            Self::TeamDeleted(_) => "team.deleted",
            Self::MembersAdded(_) => "team.members_added",
            Self::MembersRemoved(_) => "team.members_removed",
            Self::ResourceCreated(_) => "resource.created",
            Self::ResourceUpdated(_) => "resource.updated",
            Self::ResourceDeleted(_) => "resource.deleted",
        }
    }

    /// The connection whose identity provider changed it.
    pub fn connection(&self) -> &ConnectionKey {
        match self {
            Self::UserProvisioned(event) => &event.connection,
            Self::UserUpdated(event) => &event.connection,
            Self::UserDeactivated(event) => &event.connection,
            Self::UserReactivated(event) => &event.connection,
            Self::UserDeleted(event) => &event.connection,
            Self::TeamCreated(event) => &event.connection,
            Self::TeamUpdated(event) => &event.connection,
            Self::TeamRenamed(event) => &event.connection,
            Self::TeamDeleted(event) => &event.connection,
            Self::MembersAdded(event) => &event.connection,
            Self::MembersRemoved(event) => &event.connection,
            Self::ResourceCreated(event) => &event.connection,
            Self::ResourceUpdated(event) => &event.connection,
            Self::ResourceDeleted(event) => &event.connection,
        }
    }
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let name = self.name();
        match self {
            Self::UserProvisioned(event) => Tagged::of(name, event).serialize(serializer),
            Self::UserUpdated(event) => Tagged::of(name, event).serialize(serializer),
            Self::UserDeactivated(event) => Tagged::of(name, event).serialize(serializer),
            Self::UserReactivated(event) => Tagged::of(name, event).serialize(serializer),
            Self::UserDeleted(event) => Tagged::of(name, event).serialize(serializer),
            Self::TeamCreated(event) => Tagged::of(name, event).serialize(serializer),
            Self::TeamUpdated(event) => Tagged::of(name, event).serialize(serializer),
            Self::TeamRenamed(event) => Tagged::of(name, event).serialize(serializer),
            Self::TeamDeleted(event) => Tagged::of(name, event).serialize(serializer),
            Self::MembersAdded(event) => Tagged::of(name, event).serialize(serializer),
            Self::MembersRemoved(event) => Tagged::of(name, event).serialize(serializer),
            Self::ResourceCreated(event) => Tagged::of(name, event).serialize(serializer),
            Self::ResourceUpdated(event) => Tagged::of(name, event).serialize(serializer),
            Self::ResourceDeleted(event) => Tagged::of(name, event).serialize(serializer),
        }
    }
}

#[derive(Serialize)]
struct Tagged<'a, T> {
    r#type: &'static str,
    version: u32,
    #[serde(flatten)]
    event: &'a T,
}

impl<'a, T> Tagged<'a, T> {
    fn of(name: &'static str, event: &'a T) -> Self {
        Self {
            r#type: name,
            version: Event::VERSION,
            event,
        }
    }
}

/// A resource as the document that is kept of it: `schemas` and the attributes.
fn document<S: Serializer>(resource: &Arc<Resource>, serializer: S) -> Result<S::Ok, S::Error> {
    let attributes = resource.attributes();
    let mut document = serializer.serialize_map(Some(attributes.len() + 1))?;
    document.serialize_entry("schemas", &resource.schemas())?;
    for (name, value) in attributes {
        document.serialize_entry(name, value)?;
    }
    document.end()
}
