//! Events of Teams (SCIM Groups) and of their members.

use std::sync::Arc;

use scim_core::resource::Resource;
use serde::Serialize;

use super::document;
use crate::connection::ConnectionKey;
use crate::store::{ResourceId, Version};

/// A Team was created. [`MembersAdded`] reports its first members.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TeamCreated {
    /// The connection whose identity provider made the change.
    pub connection: ConnectionKey,
    /// The id of the Team.
    pub id: ResourceId,
    /// The version of the Team after the change.
    pub resource_version: Version,
    /// The Team after the change.
    #[serde(serialize_with = "document")]
    pub new: Arc<Resource>,
}

/// Attributes of a Team changed, such as `externalId`; its name did not.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TeamUpdated {
    /// The connection whose identity provider made the change.
    pub connection: ConnectionKey,
    /// The id of the Team.
    pub id: ResourceId,
    /// The version of the Team after the change.
    pub resource_version: Version,
    /// The Team before the change.
    #[serde(serialize_with = "document")]
    pub old: Arc<Resource>,
    /// The Team after the change.
    #[serde(serialize_with = "document")]
    pub new: Arc<Resource>,
}

/// The `displayName` of a Team changed. Other attributes may have changed, too.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TeamRenamed {
    /// The connection whose identity provider made the change.
    pub connection: ConnectionKey,
    /// The id of the Team.
    pub id: ResourceId,
    /// The version of the Team after the change.
    pub resource_version: Version,
    /// The `displayName` before the change.
    pub old_name: String,
    /// The `displayName` after the change.
    pub new_name: String,
    /// The Team before the change.
    #[serde(serialize_with = "document")]
    pub old: Arc<Resource>,
    /// The Team after the change.
    #[serde(serialize_with = "document")]
    pub new: Arc<Resource>,
}

/// A Team was deleted. A [`MembersRemoved`] event for its last members comes before it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TeamDeleted {
    /// The connection whose identity provider made the change.
    pub connection: ConnectionKey,
    /// The id of the Team.
    pub id: ResourceId,
    /// The last version of the Team.
    pub resource_version: Version,
    /// The Team before the change.
    #[serde(serialize_with = "document")]
    pub old: Arc<Resource>,
}

/// Users became members of a Team.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MembersAdded {
    /// The connection whose identity provider made the change.
    pub connection: ConnectionKey,
    /// The id of the Team.
    pub id: ResourceId,
    /// The version of the Team after the change; the last version of a deleted Team.
    pub resource_version: Version,
    /// The name of the Team.
    pub team_name: String,
    /// The users that joined, ordered by id.
    pub users: Vec<ResourceId>,
}

/// Users stopped being members of a Team.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MembersRemoved {
    /// The connection whose identity provider made the change.
    pub connection: ConnectionKey,
    /// The id of the Team.
    pub id: ResourceId,
    /// The version of the Team after the change; the last version of a deleted Team.
    pub resource_version: Version,
    /// The name of the Team.
    pub team_name: String,
    /// The users that left, ordered by id.
    pub users: Vec<ResourceId>,
}
