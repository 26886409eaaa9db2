//! The state of a resource before and after a transaction.

use std::sync::Arc;

use scim_core::resource::Resource;

use super::Event;
use super::resource::{ResourceCreated, ResourceDeleted, ResourceUpdated};
use super::team::{TeamCreated, TeamDeleted, TeamRenamed, TeamUpdated};
use super::user::{UserDeactivated, UserDeleted, UserProvisioned, UserReactivated, UserUpdated};
use crate::connection::ConnectionKey;
use crate::store::{Kind, ResourceId, Version};

/// The state of a resource before and after a transaction.
pub(super) struct Entry {
    pub(super) was: Was,
    /// `None` if it was deleted.
    pub(super) now: Option<Arc<Resource>>,
    pub(super) version: Version,
}

/// The state of a resource before a transaction.
pub(super) enum Was {
    /// It did not exist.
    Absent,
    /// It was a deleted user.
    Deleted,
    /// It existed.
    There(Arc<Resource>),
}

impl Entry {
    /// The name and version of the Team.
    pub(super) fn name_and_version(&self) -> (String, Version) {
        let known = match (&self.now, &self.was) {
            (Some(resource), _) | (None, Was::There(resource)) => name(resource),
            (None, _) => String::new(),
        };
        (known, self.version)
    }

    /// The event of the user; `None` if nothing changed.
    pub(super) fn of_user(self, connection: &ConnectionKey, id: ResourceId) -> Option<Event> {
        let (connection, resource_version) = (connection.clone(), self.version);
        Some(match (self.was, self.now) {
            (Was::Deleted, Some(new)) if new.is_active() => Event::UserReactivated(UserReactivated {
                connection,
                id,
                resource_version,
                old: None,
                new,
            }),
            (Was::Absent | Was::Deleted, Some(new)) => Event::UserProvisioned(UserProvisioned {
                connection,
                id,
                resource_version,
                new,
            }),
            (Was::There(old), Some(new)) if old == new => return None,
            (Was::There(old), Some(new)) => match (old.is_active(), new.is_active()) {
                (true, false) => Event::UserDeactivated(UserDeactivated {
                    connection,
                    id,
                    resource_version,
                    old,
                    new,
                }),
                (false, true) => Event::UserReactivated(UserReactivated {
                    connection,
                    id,
                    resource_version,
                    old: Some(old),
                    new,
                }),
                _ => Event::UserUpdated(UserUpdated {
                    connection,
                    id,
                    resource_version,
                    old,
                    new,
                }),
            },
            (Was::There(old), None) => Event::UserDeleted(UserDeleted {
                connection,
                id,
                resource_version,
                old,
            }),
            (Was::Absent | Was::Deleted, None) => return None,
        })
    }

    /// The event of the Team itself; `None` if nothing changed.
    pub(super) fn of_team(self, connection: &ConnectionKey, id: ResourceId) -> Option<Event> {
        let (connection, resource_version) = (connection.clone(), self.version);
        Some(match (self.was, self.now) {
            (Was::Absent | Was::Deleted, Some(new)) => Event::TeamCreated(TeamCreated {
                connection,
                id,
                resource_version,
                new,
            }),
            (Was::There(old), Some(new)) if old == new => return None,
            (Was::There(old), Some(new)) if old.display_name() != new.display_name() => {
                Event::TeamRenamed(TeamRenamed {
                    connection,
                    id,
                    resource_version,
                    old_name: name(&old),
                    new_name: name(&new),
                    old,
                    new,
                })
            }
            (Was::There(old), Some(new)) => Event::TeamUpdated(TeamUpdated {
                connection,
                id,
                resource_version,
                old,
                new,
            }),
            (Was::There(old), None) => Event::TeamDeleted(TeamDeleted {
                connection,
                id,
                resource_version,
                old,
            }),
            (Was::Absent | Was::Deleted, None) => return None,
        })
    }

    /// The event of a resource of a custom type; `None` if nothing changed.
    pub(super) fn of_other(self, connection: &ConnectionKey, kind: Kind, id: ResourceId) -> Option<Event> {
        let (connection, resource_version) = (connection.clone(), self.version);
        let resource_type = kind.name().to_owned();
        Some(match (self.was, self.now) {
            (Was::Absent | Was::Deleted, Some(new)) => Event::ResourceCreated(ResourceCreated {
                connection,
                resource_type,
                id,
                resource_version,
                new,
            }),
            (Was::There(old), Some(new)) if old == new => return None,
            (Was::There(old), Some(new)) => Event::ResourceUpdated(ResourceUpdated {
                connection,
                resource_type,
                id,
                resource_version,
                old,
                new,
            }),
            (Was::There(old), None) => Event::ResourceDeleted(ResourceDeleted {
                connection,
                resource_type,
                id,
                resource_version,
                old,
            }),
            (Was::Absent | Was::Deleted, None) => return None,
        })
    }
}

fn name(resource: &Resource) -> String {
    resource.display_name().unwrap_or_default().to_owned()
}
