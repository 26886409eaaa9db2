//! The types that pass through the port.

use std::fmt;

use scim_core::position::Position;
use scim_core::resource::Resource;
use scim_core::schema::{GROUP_URN, USER_URN};
use scim_core::text::{fold, name_key};
use scim_core::time::Timestamp;
use scim_profiles::profile::GroupNames;
use serde::Serialize;

/// Whether a transaction may change resources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// The transaction only reads. It must reject changes with an error.
    Read,
    /// The transaction reads, and then changes what it has read.
    Write,
}

/// The identifier of a resource (`id`, RFC 7643 section 3.1), assigned by the store: opaque text, compared byte by byte.
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

    /// The identifier as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Converts the identifier into its text, without a copy.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

/// Whether a store can have given this id: none gives one with a NUL character, and PostgreSQL fails on one.
pub(crate) fn is_possible_id(id: &str) -> bool {
    !id.contains('\0')
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

/// The revision number of a resource: 1 when it is created, incremented by each change. It is the numeric part of the ETag (RFC
/// 7644 section 3.14).
///
/// ```
/// use scim_service::store::Version;
///
/// assert_eq!(Version::FIRST.next(), Version::new(2));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Version(i64);

impl Version {
    /// The version of a new resource, 1.
    pub const FIRST: Self = Self(1);

    /// The version with this number, as a store reads it from its table.
    #[must_use]
    pub const fn new(number: i64) -> Self {
        Self(number)
    }

    /// The number, to store in a table.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The version after one more change.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// The metadata of a resource that the store maintains (`id` and `meta`, RFC 7643 section 3.1).
///
/// It is exhaustive on purpose, so that a store can construct it from a row: RFC 7643 section 3.1 defines what `meta` has. The
/// service derives `meta.resourceType` and `meta.location`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meta {
    /// The identifier.
    pub id: ResourceId,
    /// The version.
    pub version: Version,
    /// The time of creation (`meta.created`).
    pub created: Timestamp,
    /// The time of the last change (`meta.lastModified`).
    pub modified: Timestamp,
}

/// A stored resource: metadata and document.
///
/// It is exhaustive on purpose, so that a store can construct it; see [`Meta`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The metadata.
    pub meta: Meta,
    /// The document: the JSON text that [`Resource::to_document`] returns. It contains neither `id` and `meta` nor the members
    /// of a group.
    pub document: String,
}

/// A resource to be written.
///
/// ```
/// use std::sync::Arc;
///
/// use scim_service::core::resource::Resource;
/// use scim_service::core::schema::ResourceType;
/// use scim_service::core::time::Timestamp;
/// use scim_service::store::{Draft, GroupNames};
///
/// let attributes = serde_json::json!({ "displayName": "Tour Guides" });
/// let attributes = attributes.as_object().cloned().unwrap_or_default();
/// let guides = Resource::from_checked(Arc::new(ResourceType::group()), attributes);
/// let draft = Draft::new(&guides, Timestamp::from_millis(0)).with_group_names(GroupNames::Unique);
/// assert_eq!(draft.unique_key().as_deref(), Some("tour guides"));
/// ```
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Draft<'a> {
    /// The attributes, without the `members` of a group. `userName`, `externalId`, `displayName`, `emails.value` and unique
    /// attributes are at most [`LOOKUP_BYTES`](crate::limits::LOOKUP_BYTES) long; other values may be as long as a body.
    pub resource: &'a Resource,
    /// Whether the `displayName` of a group must be unique. The default is [`GroupNames::Shared`].
    pub group_names: GroupNames,
    /// The time of the change.
    pub now: Timestamp,
}

/// The `userName`s that [`insert_users`](super::Transaction::insert_users) treats as free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FreeNames {
    /// Names of neither an existing user nor a deleted user who can be [restored](super::Transaction::restore).
    Unknown,
    /// Names of no existing user. Those of deleted users are free.
    OfDeleted,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Page {
    /// The number of selected resources, on this page or not.
    pub total: u64,
    /// The resources on this page, in order.
    pub records: Vec<Record>,
    /// The position of each record in the list, if the selection [seeks](scim_core::query::Selection::seek); otherwise empty.
    pub positions: Vec<Position>,
    /// If the selection seeks: whether there are further resources, in the direction in which the page was read.
    pub more: More,
}

/// Whether there are further resources beyond a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum More {
    /// There are further resources.
    Yes,
    /// There are no further resources.
    #[default]
    No,
}

/// A user that was found by its `userName`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Account {
    /// The identifier of the user.
    pub id: ResourceId,
    /// Whether the user is active, inactive or deleted.
    pub state: AccountState,
}

/// The state of a user: active, inactive or deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountState {
    /// The user exists and has access.
    Active,
    /// The user exists and has no access (`active` is false).
    Inactive,
    /// The user was deleted and is not purged yet.
    Deleted,
}

/// The membership of a user in a group.
///
/// It is exhaustive on purpose, so that a store can construct it from a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The group.
    pub group: ResourceId,
    /// The user.
    pub user: ResourceId,
    /// The name of the other side. [`members`](super::Transaction::members) returns the name of the user: [`displayName`, or
    /// `userName`] if that is missing or empty. [`memberships`](super::Transaction::memberships) returns the `displayName` of
    /// the group.
    ///
    /// [`displayName`, or `userName`]: https://www.rfc-editor.org/rfc/rfc7643#section-4.1.1
    pub display: String,
}

impl Record {
    /// Returns the record of a row with these columns. Times are in milliseconds since 1970.
    #[must_use]
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
    /// Returns a page of a list of `total` resources, in a store that does not [seek](super::Store::seeks).
    #[must_use]
    pub fn new(total: u64, records: Vec<Record>) -> Self {
        Self {
            total,
            records,
            ..Self::default()
        }
    }

    /// Like [`new`](Self::new), with the total as a signed number, as databases count. A negative total is 0.
    #[must_use]
    pub fn of_rows(total: i64, records: Vec<Record>) -> Self {
        Self::new(u64::try_from(total).unwrap_or(0), records)
    }

    /// Sets the [positions](Self::positions) and whether there are [more](Self::more) resources, in a store that
    /// [seeks](super::Store::seeks).
    #[must_use]
    pub fn with_positions(mut self, positions: Vec<Position>, more: More) -> Self {
        self.positions = positions;
        self.more = more;
        self
    }
}

impl Account {
    /// Returns the account with this id and state.
    #[must_use]
    pub fn new(id: ResourceId, state: AccountState) -> Self {
        Self { id, state }
    }
}

impl Membership {
    /// Returns the membership of a row with these columns.
    #[must_use]
    pub fn of_row(group: String, user: String, display: String) -> Self {
        Self {
            group: ResourceId(group),
            user: ResourceId(user),
            display,
        }
    }
}

impl<'a> Draft<'a> {
    /// Returns a draft of `resource` at the time `now`. The `displayName` of a group need not be unique.
    #[must_use]
    pub fn new(resource: &'a Resource, now: Timestamp) -> Self {
        Self {
            resource,
            group_names: GroupNames::Shared,
            now,
        }
    }

    /// Sets whether the `displayName` of a group must be unique.
    #[must_use]
    pub fn with_group_names(mut self, group_names: GroupNames) -> Self {
        self.group_names = group_names;
        self
    }
}

impl Draft<'_> {
    /// The value that must be unique among the resources of the same connection and kind, in the form in which it is compared.
    ///
    /// It is the [folded](fold) `userName` of a user, and the [`name_key`] of the `displayName` of a group whose name must be
    /// unique; otherwise `None`. Store it in a column with a unique index on the connection and this column.
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
    #[must_use]
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
