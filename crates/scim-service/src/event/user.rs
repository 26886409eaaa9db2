//! What happens to users.
//!
//! Their documents are those that are kept: no `password`, and no `groups`, which are told as members of Teams.

use std::sync::Arc;

use scim_core::resource::Resource;
use serde::{Serialize, Serializer};

use super::document;
use crate::connection::ConnectionKey;
use crate::store::{ResourceId, Version};

/// A user is there who was not: a new one, or one who was deleted and is back under the same id without access.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UserProvisioned {
    /// The connection whose identity provider did that.
    pub connection: ConnectionKey,
    /// The user.
    pub id: ResourceId,
    /// The version that the user is at now.
    pub resource_version: Version,
    /// As it is.
    #[serde(serialize_with = "document")]
    pub new: Arc<Resource>,
}

/// A user has other attributes. Whether there is access has not changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UserUpdated {
    /// The connection whose identity provider did that.
    pub connection: ConnectionKey,
    /// The user.
    pub id: ResourceId,
    /// The version that the user is at now.
    pub resource_version: Version,
    /// As it was.
    #[serde(serialize_with = "document")]
    pub old: Arc<Resource>,
    /// As it is.
    #[serde(serialize_with = "document")]
    pub new: Arc<Resource>,
}

/// A user has no access any longer (`active` is false): still there, still a member of Teams. Other attributes may have changed with it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UserDeactivated {
    /// The connection whose identity provider did that.
    pub connection: ConnectionKey,
    /// The user.
    pub id: ResourceId,
    /// The version that the user is at now.
    pub resource_version: Version,
    /// As it was.
    #[serde(serialize_with = "document")]
    pub old: Arc<Resource>,
    /// As it is.
    #[serde(serialize_with = "document")]
    pub new: Arc<Resource>,
}

/// A user has access again, by `active` or by being created again. One who had been deleted is back under the same id, and a member of nothing.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UserReactivated {
    /// The connection whose identity provider did that.
    pub connection: ConnectionKey,
    /// The user.
    pub id: ResourceId,
    /// The version that the user is at now.
    pub resource_version: Version,
    /// As it was; `None` of a user who had been deleted.
    #[serde(serialize_with = "document_if_any")]
    pub old: Option<Arc<Resource>>,
    /// As it is.
    #[serde(serialize_with = "document")]
    pub new: Arc<Resource>,
}

/// A user is gone, and a member of nothing: [`MembersRemoved`](super::team::MembersRemoved) tells of what, before this.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UserDeleted {
    /// The connection whose identity provider did that.
    pub connection: ConnectionKey,
    /// The user.
    pub id: ResourceId,
    /// The last version that the user was seen at.
    pub resource_version: Version,
    /// As it was.
    #[serde(serialize_with = "document")]
    pub old: Arc<Resource>,
}

fn document_if_any<S: Serializer>(
    resource: &Option<Arc<Resource>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match resource {
        Some(resource) => document(resource, serializer),
        None => serializer.serialize_none(),
    }
}
