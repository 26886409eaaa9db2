//! What an operation of a bulk is about.

use std::fmt;

use super::REFERENCE;
use crate::error::ClientError;
use crate::pending::UNVERSIONED;
use crate::stored::Stored;

/// The name of a resource that a [`Bulk`](crate::Bulk) creates, by which other operations of it refer to the resource.
///
/// ```
/// use scim_client::{Bulk, BulkId, PatchOp};
/// use scim_client::resource::user::User;
///
/// let barbara = BulkId::new("barbara");
/// let joins = PatchOp::new().add_members([barbara.reference()]);
/// let bulk = Bulk::new()
///     .create("/Users", &barbara, &User::new("bjensen"))
///     .patch("/Groups", "e9e30dba", &joins);
/// # let document = bulk.document()?;
/// # assert_eq!(document["Operations"][1]["data"]["Operations"][0]["value"][0]["value"], "bulkId:barbara");
/// # Ok::<(), scim_client::ClientError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[must_use]
pub struct BulkId(String);

/// The resource that an operation of a [`Bulk`](crate::Bulk) replaces, changes or deletes, and the version that it must have.
///
/// `&str` and `String` convert to the resource with that id, and `&BulkId` to the resource that the same request creates.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct BulkTarget {
    pub(super) id: Target,
    pub(super) version: Result<Option<String>, &'static str>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Target {
    Id(String),
    Created(BulkId),
}

impl BulkId {
    /// Creates a name. It must be unique within the request.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// Returns the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the text that stands for the id of the resource in other operations of the request: `bulkId:barbara`.
    #[must_use]
    pub fn reference(&self) -> String {
        format!("{REFERENCE}{}", self.0)
    }

    /// The reference as a segment of a path, where it stands as it is.
    pub(super) fn segment(&self) -> Result<String, ClientError> {
        let possible = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(&byte);
        if self.0.bytes().all(possible) {
            return Ok(self.reference());
        }
        let wrong = format!("the bulkId `{self}` has characters that a path cannot have");
        Err(ClientError::Request(wrong))
    }
}

impl fmt::Display for BulkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for BulkId {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl From<String> for BulkId {
    fn from(name: String) -> Self {
        Self::new(name)
    }
}

impl From<&Self> for BulkId {
    fn from(id: &Self) -> Self {
        id.clone()
    }
}

impl BulkTarget {
    /// Creates the target with this id, at any version.
    pub fn new(id: impl Into<String>) -> Self {
        Self::from(Target::Id(id.into()))
    }

    /// Creates the target that must still have the version at which it was read. If it was read without a version, the request
    /// fails with [`ClientError::Request`](crate::ClientError::Request) before it is sent.
    pub fn unchanged<T>(read: &Stored<T>) -> Self {
        Self {
            id: Target::Id(read.id().to_owned()),
            version: read
                .version()
                .map(|version| Some(version.to_owned()))
                .ok_or(UNVERSIONED),
        }
    }

    /// Requires this version: an entity tag as the server sent it, `W/"…"`. The operation has status 412 if the resource has
    /// another one.
    pub fn if_match(mut self, version: impl Into<String>) -> Self {
        self.version = Ok(Some(version.into()));
        self
    }
}

impl From<Target> for BulkTarget {
    fn from(id: Target) -> Self {
        Self {
            id,
            version: Ok(None),
        }
    }
}

impl From<&str> for BulkTarget {
    fn from(id: &str) -> Self {
        Self::new(id)
    }
}

impl From<String> for BulkTarget {
    fn from(id: String) -> Self {
        Self::new(id)
    }
}

impl From<&String> for BulkTarget {
    fn from(id: &String) -> Self {
        Self::new(id)
    }
}

impl From<&BulkId> for BulkTarget {
    fn from(id: &BulkId) -> Self {
        Self::from(Target::Created(id.clone()))
    }
}
