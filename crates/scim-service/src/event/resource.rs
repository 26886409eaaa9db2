//! What happens to resources of types that are neither User nor Group.
//!
//! Their documents are those that are kept, values that are never returned among them.

use std::sync::Arc;

use scim_core::resource::Resource;
use serde::Serialize;

use super::document;
use crate::connection::ConnectionKey;
use crate::store::{ResourceId, Version};

/// A resource is there that was not.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ResourceCreated {
    /// The connection whose identity provider did that.
    pub connection: ConnectionKey,
    /// The `name` of its resource type.
    pub resource_type: String,
    /// The resource.
    pub id: ResourceId,
    /// The version that it is at now.
    pub resource_version: Version,
    /// As it is.
    #[serde(serialize_with = "document")]
    pub new: Arc<Resource>,
}

/// A resource has other attributes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ResourceUpdated {
    /// The connection whose identity provider did that.
    pub connection: ConnectionKey,
    /// The `name` of its resource type.
    pub resource_type: String,
    /// The resource.
    pub id: ResourceId,
    /// The version that it is at now.
    pub resource_version: Version,
    /// As it was.
    #[serde(serialize_with = "document")]
    pub old: Arc<Resource>,
    /// As it is.
    #[serde(serialize_with = "document")]
    pub new: Arc<Resource>,
}

/// A resource is gone.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ResourceDeleted {
    /// The connection whose identity provider did that.
    pub connection: ConnectionKey,
    /// The `name` of its resource type.
    pub resource_type: String,
    /// The resource.
    pub id: ResourceId,
    /// The last version that it was seen at.
    pub resource_version: Version,
    /// As it was.
    #[serde(serialize_with = "document")]
    pub old: Arc<Resource>,
}
