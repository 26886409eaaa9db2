//! Events of users.
//!
//! `old` and `new` are the stored documents: without `password`, and without `groups`, which are reported as
//! [members of Teams](super::team).

use std::sync::Arc;

use scim_core::resource::Resource;
use serde::{Serialize, Serializer};

use super::document;
use crate::connection::ConnectionKey;
use crate::store::{ResourceId, Version};

/// A user was created, or a deleted user was restored under the same id without access.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UserProvisioned {
    /// The connection whose identity provider made the change.
    pub connection: ConnectionKey,
    /// The id of the user.
    pub id: ResourceId,
    /// The version of the user after the change.
    pub resource_version: Version,
    /// The user after the change.
    #[serde(serialize_with = "document")]
    pub new: Arc<Resource>,
}

/// Attributes of a user changed; access did not.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UserUpdated {
    /// The connection whose identity provider made the change.
    pub connection: ConnectionKey,
    /// The id of the user.
    pub id: ResourceId,
    /// The version of the user after the change.
    pub resource_version: Version,
    /// The user before the change.
    #[serde(serialize_with = "document")]
    pub old: Arc<Resource>,
    /// The user after the change.
    #[serde(serialize_with = "document")]
    pub new: Arc<Resource>,
}

/// A user lost access (`active` became false). The user still exists and is still a member of Teams. Other attributes may have
/// changed, too.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UserDeactivated {
    /// The connection whose identity provider made the change.
    pub connection: ConnectionKey,
    /// The id of the user.
    pub id: ResourceId,
    /// The version of the user after the change.
    pub resource_version: Version,
    /// The user before the change.
    #[serde(serialize_with = "document")]
    pub old: Arc<Resource>,
    /// The user after the change.
    #[serde(serialize_with = "document")]
    pub new: Arc<Resource>,
}

/// A user regained access: `active` became true, or the user was created again. A deleted user is restored under the same id,
/// without memberships.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UserReactivated {
    /// The connection whose identity provider made the change.
    pub connection: ConnectionKey,
    /// The id of the user.
    pub id: ResourceId,
    /// The version of the user after the change.
    pub resource_version: Version,
    /// The user before the change; `None` if the user was deleted.
    #[serde(serialize_with = "document_if_any")]
    pub old: Option<Arc<Resource>>,
    /// The user after the change.
    #[serde(serialize_with = "document")]
    pub new: Arc<Resource>,
}

/// A user was deleted. [`MembersRemoved`](super::team::MembersRemoved) events for the user's Teams come before it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UserDeleted {
    /// The connection whose identity provider made the change.
    pub connection: ConnectionKey,
    /// The id of the user.
    pub id: ResourceId,
    /// The last known version of the user.
    pub resource_version: Version,
    /// The user before the change.
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
