//! Changes of the members of a group.

use std::collections::{BTreeSet, HashSet};

use scim_core::membership::MembershipDelta;

use super::{ResourceId, StoreError, Transaction, Version};

/// The users that joined and left a group in one change. No user is in both lists.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct MemberChanges {
    /// Users that became members.
    pub joined: Vec<ResourceId>,
    /// Users that stopped being members.
    pub left: Vec<ResourceId>,
}

/// A group that a user left because the user was deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Departure {
    /// The group.
    pub group: ResourceId,
    /// The `displayName` of the group.
    pub name: String,
    /// The version of the group without the user.
    pub version: Version,
}

impl Departure {
    /// Returns the departure from a group with this name, which is now at this version.
    #[must_use]
    pub fn new(group: ResourceId, name: String, version: Version) -> Self {
        Self { group, name, version }
    }
}

impl MemberChanges {
    /// Sets the users that [joined](Self::joined).
    #[must_use]
    pub fn with_joined(mut self, joined: Vec<ResourceId>) -> Self {
        self.joined = joined;
        self
    }

    /// Sets the users that [left](Self::left).
    #[must_use]
    pub fn with_left(mut self, left: Vec<ResourceId>) -> Self {
        self.left = left;
        self
    }

    /// The number of inserted and deleted rows.
    #[must_use]
    pub fn rows(&self) -> u64 {
        let rows = self.joined.len().saturating_add(self.left.len());
        u64::try_from(rows).unwrap_or(u64::MAX)
    }

    /// The changes that a delta makes, if only known users can join.
    pub(super) fn between(
        before: &BTreeSet<ResourceId>,
        delta: &MembershipDelta,
        known: &HashSet<String>,
    ) -> Self {
        let joins = |id: &&str| known.contains(*id) && !before.contains(&ResourceId::new((*id).to_owned()));
        let stays = |id: &&ResourceId| delta.decides(id.as_str()) != Some(false);
        Self {
            joined: delta.added().filter(joins).map(ResourceId::new).collect(),
            left: before.iter().filter(|id| !stays(id)).cloned().collect(),
        }
    }
}

/// The members that a delta may remove, or that it adds although they are members.
pub(super) async fn members_before<T: Transaction + ?Sized>(
    transaction: &mut T,
    group: &ResourceId,
    delta: &MembershipDelta,
) -> Result<BTreeSet<ResourceId>, StoreError> {
    let memberships = match delta.replaces() {
        true => transaction.members(std::slice::from_ref(group)).await?,
        false => {
            let named: Vec<ResourceId> = delta
                .added()
                .chain(delta.removed())
                .map(ResourceId::new)
                .collect();
            transaction.memberships(&named).await?
        }
    };
    let of_group = memberships
        .into_iter()
        .filter(|membership| membership.group == *group);
    Ok(of_group.map(|membership| membership.user).collect())
}
