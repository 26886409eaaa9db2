//! Counts of exported and imported items.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The number of items in an export file, or those already exported or imported.
///
/// The [`Display`](fmt::Display) text is
/// `1 connections, 2 credentials, 3 users, 0 deleted users, 1 groups and 2 memberships`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Counts {
    /// The number of connections.
    pub connections: u64,
    /// The number of credentials, including expired ones.
    pub credentials: u64,
    /// The number of users that are not deleted, including inactive ones.
    pub users: u64,
    /// The number of users that were deleted and not yet purged.
    pub deleted_users: u64,
    /// The number of groups.
    pub groups: u64,
    /// The number of memberships: pairs of a group and a user.
    pub memberships: u64,
    /// The number of resources of other types.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub resources: u64,
}

/// The progress of an export or import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Progress {
    /// The items already processed.
    pub done: Counts,
    /// All items. Zero until an import has read the first line of its file.
    pub total: Counts,
}

impl Counts {
    /// Adds two counts.
    pub(super) fn with(self, those: Self) -> Self {
        Self {
            connections: self.connections.saturating_add(those.connections),
            credentials: self.credentials.saturating_add(those.credentials),
            users: self.users.saturating_add(those.users),
            deleted_users: self.deleted_users.saturating_add(those.deleted_users),
            groups: self.groups.saturating_add(those.groups),
            memberships: self.memberships.saturating_add(those.memberships),
            resources: self.resources.saturating_add(those.resources),
        }
    }

    /// Returns the total of all counts, for a progress bar.
    #[must_use]
    pub fn sum(&self) -> u64 {
        [
            self.connections,
            self.credentials,
            self.users,
            self.deleted_users,
            self.groups,
            self.memberships,
            self.resources,
        ]
        .into_iter()
        .fold(0, u64::saturating_add)
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} connections, {} credentials, {} users, {} deleted users, {} groups and {} memberships",
            self.connections, self.credentials, self.users, self.deleted_users, self.groups, self.memberships
        )?;
        match self.resources {
            0 => Ok(()),
            resources => write!(f, ", and {resources} resources of other types"),
        }
    }
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}
