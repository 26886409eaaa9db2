//! Who came to a group and who went.

use std::collections::{BTreeSet, HashSet};

use scim_core::membership::MembershipDelta;

use super::{ResourceId, StoreError, Transaction, Version};

/// Which users joined a group and which left it. Nobody is in both lists.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MemberChanges {
    /// Those who are members and were not.
    pub joined: Vec<ResourceId>,
    /// Those who were members and are not.
    pub left: Vec<ResourceId>,
}

/// A group that a user left by being deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Departure {
    /// The group.
    pub group: ResourceId,
    /// Its `displayName`.
    pub name: String,
    /// The version that it is at without the user.
    pub version: Version,
}

impl MemberChanges {
    /// How many rows that took.
    pub fn rows(&self) -> u64 {
        let rows = self.joined.len().saturating_add(self.left.len());
        u64::try_from(rows).unwrap_or(u64::MAX)
    }

    /// What a delta makes of the members, if no others can join than those who are known.
    pub(super) fn between(
        before: &BTreeSet<ResourceId>,
        delta: &MembershipDelta,
        known: &HashSet<String>,
    ) -> Self {
        let joins = |id: &&str| known.contains(*id) && !before.contains(&ResourceId::new((*id).to_owned()));
        let stays = |id: &&ResourceId| delta.decides(id.as_str()) != Some(false);
        Self {
            joined: delta
                .added()
                .filter(joins)
                .map(ResourceId::new)
                .collect(),
            left: before.iter().filter(|id| !stays(id)).cloned().collect(),
        }
    }
}

/// Those of the members whom the delta may make leave or who may be in it already.
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
