//! What passes through the port.

use std::fmt;

use scim_core::position::Position;
use scim_core::resource::Resource;
use scim_core::time::Instant;
use serde::Serialize;

/// What a transaction is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Reading alone.
    Read,
    /// Reading and then changing.
    Write,
}

/// The identifier that the store gave a resource.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct ResourceId(pub String);

/// How often a resource was changed, counted from 1; what its ETag says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Version(pub i64);

/// What the store knows about a resource (RFC 7643 section 3.1, `id` and `meta`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meta {
    /// Its identifier.
    pub id: ResourceId,
    /// Its version.
    pub version: Version,
    /// When it came to be.
    pub created: Instant,
    /// When it was changed last.
    pub modified: Instant,
}

/// A resource as it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// What the store knows about it.
    pub meta: Meta,
    /// The text that [`Resource::to_document`] makes, members of a group not among it.
    pub document: String,
}

/// A resource as it is to be kept.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'a> {
    /// The attributes. Those of a group are without `members`. What resources are looked up by is not longer than
    /// [`LOOKUP_BYTES`](crate::limits::LOOKUP_BYTES).
    pub resource: &'a Resource,
    /// Whether its `displayName` must be its own.
    pub naming: Naming,
    /// The time of the change.
    pub now: Instant,
}

/// Whether two groups of a connection may have the same `displayName`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// They may.
    Shared,
    /// They may not, whatever the case of its letters.
    Unique,
}

/// Which `userName`s are free for new users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FreeNames {
    /// Those that nobody has, nor had who was deleted and can be [restored](super::Transaction::restore).
    Unknown,
    /// Those of users who were deleted, too.
    OfDeleted,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page {
    /// How many resources are selected in all, on this page or not.
    pub total: u64,
    /// Those on this page, in order.
    pub records: Vec<Record>,
    /// Where each of them stands in the list, if the selection [seeks](scim_core::query::Selection::seek); otherwise nothing.
    pub positions: Vec<Position>,
    /// If the selection seeks: whether there are others beyond the page, in the direction in which it was read.
    pub more: More,
}

/// Whether there are others beyond a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum More {
    /// There are.
    Yes,
    /// There are none.
    #[default]
    No,
}

/// A user found by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The identifier.
    pub id: ResourceId,
    /// Whether the user is there.
    pub state: AccountState,
}

/// Whether a user is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountState {
    /// The user has access.
    Active,
    /// The user is there and has no access (`active` is false).
    Inactive,
    /// The user was deleted and not yet purged.
    Deleted,
}

/// That a user is a member of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The group.
    pub group: ResourceId,
    /// The user.
    pub user: ResourceId,
    /// The name to show for the other side: of the user ([`displayName`, or else `userName`]) where members of groups were
    /// asked for, of the group where memberships of users were.
    ///
    /// [`displayName`, or else `userName`]: https://www.rfc-editor.org/rfc/rfc7643#section-4.1.1
    pub display: String,
}

impl ResourceId {
    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
