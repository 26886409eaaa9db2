//! Hooks and events: receive or reject what identity providers change.
//!
//! A [`Hook`] receives [`Event`]s; [`Service::with_hook`](crate::service::Service::with_hook) adds it. `docs/hooks.md` in the
//! repository is the guide.
//!
//! # Events
//!
//! | [`Event`] | `type` in JSON | when | fields besides those of every event |
//! |---|---|---|---|
//! | [`UserProvisioned`] | `user.provisioned` | a new user; also a deleted user who is restored with `active: false` | `new` |
//! | [`UserUpdated`] | `user.updated` | attributes of a user changed, access did not | `old`, `new` |
//! | [`UserDeactivated`] | `user.deactivated` | `active` became false; memberships stay | `old`, `new` |
//! | [`UserReactivated`] | `user.reactivated` | `active` became true, or a deleted user is restored under the same id | `old` (null if the user was deleted), `new` |
//! | [`UserDeleted`] | `user.deleted` | a user was deleted | `old` |
//! | [`TeamCreated`] | `team.created` | a new group | `new` |
//! | [`TeamUpdated`] | `team.updated` | attributes of a group changed, its name did not | `old`, `new` |
//! | [`TeamRenamed`] | `team.renamed` | the `displayName` of a group changed | `oldName`, `newName`, `old`, `new` |
//! | [`TeamDeleted`] | `team.deleted` | a group was deleted | `old` |
//! | [`MembersAdded`] | `team.members_added` | users became members of a group | `teamName`, `users` |
//! | [`MembersRemoved`] | `team.members_removed` | users stopped being members of a group | `teamName`, `users` |
//! | [`ResourceCreated`] | `resource.created` | a new resource of a [custom type](crate::store::Kind::Other) | `resourceType`, `new` |
//! | [`ResourceUpdated`] | `resource.updated` | its attributes changed | `resourceType`, `old`, `new` |
//! | [`ResourceDeleted`] | `resource.deleted` | it was deleted | `resourceType`, `old` |
//!
//! Every event has `connection`, `id` (of the user, the Team or the resource) and `resourceVersion`. In Rust, the names are in
//! snake case.
//!
//! A *Team* is a SCIM Group. The events speak of Teams because they belong to the application, where a Team is something that
//! users work in; `group` is the word of the protocol and of the [store](crate::store), which keep it.
//!
//! - An event tells a real change: a PATCH that changes nothing raises none, and a user who already is a member is not listed.
//! - `old` and `new` are the stored documents: without `password`, `groups` and `members`, and with values that are returned
//!   `never` or on `request`.
//! - The events of one transaction come in one call, in this order: new and changed users, Teams and other resources; added
//!   members; removed members; deleted other resources, Teams and users.
//! - There is at most one event for a resource, and for the members of a Team one batch in each direction. Before a Team or a
//!   user is deleted, its memberships end with their own events: if you apply all additions and removals, you have the
//!   members of every Team.
//! - If two transactions change the same resource at the same time, [`after_commit`](Hook::after_commit) may be called in
//!   either order. The higher `resource_version` is the newer one.
//!
//! # JSON
//!
//! [`Event`] implements `Serialize`. Besides the fields above, the JSON object has `type` and `version`:
//!
//! ```json
//! { "type": "team.members_added", "version": 1, "connection": "okta",
//!   "id": "019976a0-5f5b-7c2e-9f0b-3d5a1f0c7e11", "resourceVersion": 7,
//!   "teamName": "Tour Guides", "users": ["019976a0-6a11-7f02-8d4e-70c2b9d1a5f3"] }
//! ```
//!
//! `version` is [`Event::VERSION`], the version of this format. Under the same number, types and fields may be added, but
//! nothing is renamed or removed, and no field changes its meaning: readers must ignore types and fields that they do not
//! know. Any other change increments the number. (`resourceVersion` is something else: the version of the resource.)
//!
//! `Event` does not implement `Deserialize`, because a reader may be older or newer than the writer. The reader of an outbox
//! declares a struct with the fields that it needs, or uses `serde_json::Value`, and matches on `type` and `version`.
//!
//! # Flow
//!
//! ```text
//! operation ──► Observed ──► transaction of the store
//!                  │ notes every change
//!               Journal ──► events ──► Hook::before_commit ── Veto: rollback, the client gets the reason
//!                                          ▼
//!                               Transaction::record_events, Transaction::commit ── error: no call
//!                                          ▼ (of a bulk: once it is durable)
//!                                  Hook::after_commit
//! ```
//!
//! If there is a hook, or if the store [records events](crate::store::Store::records_events), a write transaction is wrapped
//! in one that observes it. Otherwise, there is no cost. The store reports which memberships a change affected
//! ([`Transaction::change_members_and_tell`] and [`delete_user_and_tell`]). New users of a bulk request may share a
//! transaction, and so do operations that refer to each other in a circle; their events then come in one call.
//!
//! # Choosing a hook
//!
//! - To reject a change: [`before_commit`](Hook::before_commit). It may be called several times for one request and must not
//!   have side effects.
//! - For side effects: [`after_commit`](Hook::after_commit), once for each durable transaction. If the process ends between
//!   the commit and the call, or the database does not confirm the commit, the call is lost: compare with the directory at
//!   startup.
//! - For side effects that must not get lost: your own store, which writes the events into its own tables in the same
//!   transaction ([`Transaction::record_events`]).
//!
//! [`UserProvisioned`]: user::UserProvisioned
//! [`UserUpdated`]: user::UserUpdated
//! [`UserDeactivated`]: user::UserDeactivated
//! [`UserReactivated`]: user::UserReactivated
//! [`UserDeleted`]: user::UserDeleted
//! [`TeamCreated`]: team::TeamCreated
//! [`TeamUpdated`]: team::TeamUpdated
//! [`TeamRenamed`]: team::TeamRenamed
//! [`TeamDeleted`]: team::TeamDeleted
//! [`MembersAdded`]: team::MembersAdded
//! [`MembersRemoved`]: team::MembersRemoved
//! [`ResourceCreated`]: resource::ResourceCreated
//! [`ResourceUpdated`]: resource::ResourceUpdated
//! [`ResourceDeleted`]: resource::ResourceDeleted
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
use crate::store::ResourceId;
use resource::{ResourceCreated, ResourceDeleted, ResourceUpdated};
use team::{MembersAdded, MembersRemoved, TeamCreated, TeamDeleted, TeamRenamed, TeamUpdated};
use user::{UserDeactivated, UserDeleted, UserProvisioned, UserReactivated, UserUpdated};

pub use hook::{Hook, Veto};
pub(crate) use observed::Observed;

/// A change that an identity provider made.
///
/// The [module page](self#events) has a table of all events. As JSON, an event is an object with `type` (the
/// [`name`](Self::name)), `version` (the [`VERSION`](Self::VERSION) of the format), and the fields of the variant.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// A user was created, or a deleted user was restored without access.
    UserProvisioned(UserProvisioned),
    /// Attributes of a user changed; access did not.
    UserUpdated(UserUpdated),
    /// A user lost access.
    UserDeactivated(UserDeactivated),
    /// A user regained access.
    UserReactivated(UserReactivated),
    /// A user was deleted.
    UserDeleted(UserDeleted),
    /// A Team (SCIM Group) was created.
    TeamCreated(TeamCreated),
    /// Attributes of a Team changed; its name did not.
    TeamUpdated(TeamUpdated),
    /// A Team was renamed.
    TeamRenamed(TeamRenamed),
    /// A Team was deleted.
    TeamDeleted(TeamDeleted),
    /// Users became members of a Team.
    MembersAdded(MembersAdded),
    /// Users stopped being members of a Team.
    MembersRemoved(MembersRemoved),
    /// A resource of a custom type was created.
    ResourceCreated(ResourceCreated),
    /// Attributes of a resource of a custom type changed.
    ResourceUpdated(ResourceUpdated),
    /// A resource of a custom type was deleted.
    ResourceDeleted(ResourceDeleted),
}

impl Event {
    /// The version of the JSON format of events. Types and fields may be added under the same number; nothing is renamed or
    /// removed.
    pub const VERSION: u32 = 1;

    /// The type of the event as in JSON: `user.provisioned`, `team.members_added`, …
    #[must_use]
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

    /// The id of the user, the Team or the resource that changed. For members, it is the id of the Team.
    #[must_use]
    pub fn resource_id(&self) -> &ResourceId {
        match self {
            Self::UserProvisioned(event) => &event.id,
            Self::UserUpdated(event) => &event.id,
            Self::UserDeactivated(event) => &event.id,
            Self::UserReactivated(event) => &event.id,
            Self::UserDeleted(event) => &event.id,
            Self::TeamCreated(event) => &event.id,
            Self::TeamUpdated(event) => &event.id,
            Self::TeamRenamed(event) => &event.id,
            Self::TeamDeleted(event) => &event.id,
            Self::MembersAdded(event) => &event.id,
            Self::MembersRemoved(event) => &event.id,
            Self::ResourceCreated(event) => &event.id,
            Self::ResourceUpdated(event) => &event.id,
            Self::ResourceDeleted(event) => &event.id,
        }
    }

    /// The connection whose identity provider made the change.
    #[must_use]
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

/// Serializes a resource as its stored document: `schemas` and the attributes.
fn document<S: Serializer>(resource: &Arc<Resource>, serializer: S) -> Result<S::Ok, S::Error> {
    let attributes = resource.attributes();
    let mut document = serializer.serialize_map(Some(attributes.len() + 1))?;
    document.serialize_entry("schemas", &resource.schemas())?;
    for (name, value) in attributes {
        document.serialize_entry(name, value)?;
    }
    document.end()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::store::Version;

    #[test]
    fn an_event_names_what_changed_as_its_json_does() {
        let connection: ConnectionKey = "okta".parse().unwrap();
        let joined = Event::MembersAdded(MembersAdded {
            connection: connection.clone(),
            id: "team".into(),
            resource_version: Version::new(7),
            team_name: "Tour Guides".to_owned(),
            users: vec!["user".into()],
        });
        assert_eq!(joined.resource_id().as_str(), "team");
        let written = serde_json::to_value(&joined).unwrap();
        assert_eq!(
            written,
            json!({ "type": "team.members_added", "version": 1, "connection": "okta", "id": "team",
                "resourceVersion": 7, "teamName": "Tour Guides", "users": ["user"] })
        );
        let user_type = Arc::new(scim_core::schema::ResourceType::user());
        let gone = Event::UserDeleted(UserDeleted {
            connection,
            id: "user".into(),
            resource_version: Version::FIRST,
            old: Arc::new(Resource::from_checked(user_type, serde_json::Map::new())),
        });
        assert_eq!(gone.resource_id().as_str(), "user");
        assert_eq!(
            gone.resource_id().as_str(),
            serde_json::to_value(&gone).unwrap()["id"]
        );
    }
}
