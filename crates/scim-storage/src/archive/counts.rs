//! How much a file holds.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How much a file holds, or how much of it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Counts {
    /// Identity providers.
    pub connections: u64,
    /// What they sign in with, expired ones among them.
    pub credentials: u64,
    /// Users who are there, inactive ones among them.
    pub users: u64,
    /// Users who were deleted and not yet purged.
    pub deleted_users: u64,
    /// Groups.
    pub groups: u64,
    /// Rows that make a user a member of a group.
    pub memberships: u64,
    /// Resources of other types.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub resources: u64,
}

/// How far an export or import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Progress {
    /// What is done.
    pub done: Counts,
    /// What there is to do.
    pub total: Counts,
}

impl Counts {
    /// These and those.
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

    /// All of them together.
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

/// `1 connections, 2 credentials, 3 users, 0 deleted users, 1 groups and 2 memberships`
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
