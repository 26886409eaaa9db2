//! What passes through the port.

use std::fmt;

use scim_core::position::Position;
use scim_core::resource::Resource;
use scim_core::schema::{GROUP_URN, USER_URN};
use scim_core::text::{fold, name_key};
use scim_core::time::Timestamp;
use scim_profiles::profile::GroupNames;
use serde::Serialize;

/// What a transaction is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Reading alone.
    Read,
    /// Reading and then changing.
    Write,
}

/// The identifier that the store gave a resource (`id`, RFC 7643 section 3.1): opaque text, compared byte by byte.
///
/// ```
/// use scim_service::store::ResourceId;
///
/// let id = ResourceId::new("2819c223");
/// assert_eq!(id.as_str(), "2819c223");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct ResourceId(String);

impl ResourceId {
    /// The identifier with this text.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its text, without a copy.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

impl From<String> for ResourceId {
    fn from(id: String) -> Self {
        Self(id)
    }
}

impl From<&str> for ResourceId {
    fn from(id: &str) -> Self {
        Self(id.to_owned())
    }
}

impl From<ResourceId> for String {
    fn from(id: ResourceId) -> Self {
        id.0
    }
}

impl AsRef<str> for ResourceId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// The revision number of a resource: 1 when it is created, one more with each change. It is the numeric part of the ETag
/// (RFC 7644 section 3.14).
///
/// ```
/// use scim_service::store::Version;
///
/// assert_eq!(Version::FIRST.next(), Version::new(2));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Version(i64);

impl Version {
    /// The version of a resource that was just created.
    pub const FIRST: Self = Self(1);

    /// The version with this number, as a store reads it from its table.
    #[must_use]
    pub const fn new(number: i64) -> Self {
        Self(number)
    }

    /// Its number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The version after the next change.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// What the store knows about a resource (RFC 7643 section 3.1, `id` and `meta`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meta {
    /// Its identifier.
    pub id: ResourceId,
    /// Its version.
    pub version: Version,
    /// When it came to be.
    pub created: Timestamp,
    /// When it was changed last.
    pub modified: Timestamp,
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
#[non_exhaustive]
pub struct Draft<'a> {
    /// The attributes. Those of a group are without `members`. What resources are looked up by is not longer than
    /// [`LOOKUP_BYTES`](crate::limits::LOOKUP_BYTES).
    pub resource: &'a Resource,
    /// Whether its `displayName` must be its own.
    pub group_names: GroupNames,
    /// The time of the change.
    pub now: Timestamp,
}

/// Which `userName`s are free for new users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FreeNames {
    /// Names that no user has, and that no deleted user had who can be [restored](super::Transaction::restore).
    Unknown,
    /// Those of users who were deleted, too.
    OfDeleted,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
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
#[non_exhaustive]
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
    /// The name to show for the other side: of the user ([`displayName`, or else `userName`]; an empty `displayName` is none)
    /// where members of groups were asked for, of the group where memberships of users were.
    ///
    /// [`displayName`, or else `userName`]: https://www.rfc-editor.org/rfc/rfc7643#section-4.1.1
    pub display: String,
}

impl Record {
    /// What the columns of a row say: times in milliseconds.
    pub fn of_row(id: String, version: i64, created: i64, modified: i64, document: String) -> Self {
        let meta = Meta {
            id: ResourceId(id),
            version: Version(version),
            created: Timestamp::from_millis(created),
            modified: Timestamp::from_millis(modified),
        };
        Self { meta, document }
    }
}

impl Page {
    /// A page of a list of `total` resources, in a store that does not [seek](super::Store::seeks).
    #[must_use]
    pub fn new(total: u64, records: Vec<Record>) -> Self {
        Self {
            total,
            records,
            ..Self::default()
        }
    }

    /// A page of a store that does not [seek](super::Store::seeks), with a total as databases count it.
    pub fn of_rows(total: i64, records: Vec<Record>) -> Self {
        Self::new(u64::try_from(total).unwrap_or(0), records)
    }

    /// The same page of a store that [seeks](super::Store::seeks): where each record stands, and whether there are more.
    #[must_use]
    pub fn with_positions(mut self, positions: Vec<Position>, more: More) -> Self {
        self.positions = positions;
        self.more = more;
        self
    }
}

impl Account {
    /// The user with this id, in this state.
    #[must_use]
    pub fn new(id: ResourceId, state: AccountState) -> Self {
        Self { id, state }
    }
}

impl Membership {
    /// What the columns of a row say.
    pub fn of_row(group: String, user: String, display: String) -> Self {
        Self {
            group: ResourceId(group),
            user: ResourceId(user),
            display,
        }
    }
}

impl<'a> Draft<'a> {
    /// The resource as it is to be kept at this time, with a `displayName` that others may have, too.
    #[must_use]
    pub fn new(resource: &'a Resource, now: Timestamp) -> Self {
        Self {
            resource,
            group_names: GroupNames::Shared,
            now,
        }
    }

    /// The same with another rule for the `displayName` of groups.
    #[must_use]
    pub fn with_group_names(mut self, group_names: GroupNames) -> Self {
        self.group_names = group_names;
        self
    }
}

impl Draft<'_> {
    /// What no other resource of the connection and of its kind may have, in the form in which it is compared: of a user the
    /// `userName`, [folded](fold), and of a group its `displayName` by its [`name_key`], if that must be its own. A unique
    /// index on the connection and a column with this holds it.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use scim_core::resource::Resource;
    /// # use scim_core::schema::ResourceType;
    /// # use scim_core::time::Timestamp;
    /// use scim_service::store::{Draft, GroupNames};
    ///
    /// # let attributes = serde_json::json!({ "userName": "BJensen" }).as_object().cloned().unwrap_or_default();
    /// # let bjensen = Resource::from_checked(Arc::new(ResourceType::user()), attributes);
    /// # let now = Timestamp::from_millis(0);
    /// let draft = Draft::new(&bjensen, now);
    /// assert_eq!(draft.unique_key().as_deref(), Some("bjensen"));
    /// ```
    pub fn unique_key(&self) -> Option<String> {
        match (self.resource.resource_type().schema.id.as_str(), self.group_names) {
            (USER_URN, _) => self.resource.user_name().map(|name| fold(name).into_owned()),
            (GROUP_URN, GroupNames::Unique) => self.resource.display_name().map(name_key),
            _ => None,
        }
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
