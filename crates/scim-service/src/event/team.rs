//! What happens to Teams, which are the groups of identity providers, and who comes and goes.

use std::sync::Arc;

use scim_core::resource::Resource;
use serde::Serialize;

use super::document;
use crate::connection::ConnectionKey;
use crate::store::{ResourceId, Version};

/// A Team is there. Its first members, if it has any, are told by [`MembersAdded`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TeamCreated {
    /// The connection whose identity provider did that.
    pub connection: ConnectionKey,
    /// The Team.
    pub id: ResourceId,
    /// The version that the Team is at now.
    pub resource_version: Version,
    /// As it is.
    #[serde(serialize_with = "document")]
    pub new: Arc<Resource>,
}

/// A Team has other attributes (`externalId`, say) and its old name.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TeamUpdated {
    /// The connection whose identity provider did that.
    pub connection: ConnectionKey,
    /// The Team.
    pub id: ResourceId,
    /// The version that the Team is at now.
    pub resource_version: Version,
    /// As it was.
    #[serde(serialize_with = "document")]
    pub old: Arc<Resource>,
    /// As it is.
    #[serde(serialize_with = "document")]
    pub new: Arc<Resource>,
}

/// A Team has another `displayName`. Other attributes may have changed with it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TeamRenamed {
    /// The connection whose identity provider did that.
    pub connection: ConnectionKey,
    /// The Team.
    pub id: ResourceId,
    /// The version that the Team is at now.
    pub resource_version: Version,
    /// The name that it had.
    pub old_name: String,
    /// The name that it has.
    pub new_name: String,
    /// As it was.
    #[serde(serialize_with = "document")]
    pub old: Arc<Resource>,
    /// As it is.
    #[serde(serialize_with = "document")]
    pub new: Arc<Resource>,
}

/// A Team is gone. Its last members, if it had any, are told by [`MembersRemoved`], before this.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TeamDeleted {
    /// The connection whose identity provider did that.
    pub connection: ConnectionKey,
    /// The Team.
    pub id: ResourceId,
    /// The last version that the Team was at.
    pub resource_version: Version,
    /// As it was.
    #[serde(serialize_with = "document")]
    pub old: Arc<Resource>,
}

/// Users are members of a Team who were not.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MembersAdded {
    /// The connection whose identity provider did that.
    pub connection: ConnectionKey,
    /// The Team.
    pub id: ResourceId,
    /// The version that the Team is at now; of one that was deleted, the last.
    pub resource_version: Version,
    /// The name of the Team.
    pub team_name: String,
    /// Who came, in order of their ids.
    pub users: Vec<ResourceId>,
}

/// Users are not members of a Team any longer.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MembersRemoved {
    /// The connection whose identity provider did that.
    pub connection: ConnectionKey,
    /// The Team.
    pub id: ResourceId,
    /// The version that the Team is at now; of one that was deleted, the last.
    pub resource_version: Version,
    /// The name of the Team.
    pub team_name: String,
    /// Who went, in order of their ids.
    pub users: Vec<ResourceId>,
}
