//! Events of resources of custom types, which are neither User nor Group.
//!
//! `old` and `new` are the stored documents, including values that are never returned.

use std::sync::Arc;

use scim_core::resource::Resource;
use serde::Serialize;

use super::document;
use crate::connection::ConnectionKey;
use crate::store::{ResourceId, Version};

/// A resource of a custom type was created.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ResourceCreated {
    /// The connection whose identity provider made the change.
    pub connection: ConnectionKey,
    /// The `name` of its resource type.
    pub resource_type: String,
    /// The id of the resource.
    pub id: ResourceId,
    /// The version of the resource after the change.
    pub resource_version: Version,
    /// The resource after the change.
    #[serde(serialize_with = "document")]
    pub new: Arc<Resource>,
}

/// Attributes of a resource of a custom type changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ResourceUpdated {
    /// The connection whose identity provider made the change.
    pub connection: ConnectionKey,
    /// The `name` of its resource type.
    pub resource_type: String,
    /// The id of the resource.
    pub id: ResourceId,
    /// The version of the resource after the change.
    pub resource_version: Version,
    /// The resource before the change.
    #[serde(serialize_with = "document")]
    pub old: Arc<Resource>,
    /// The resource after the change.
    #[serde(serialize_with = "document")]
    pub new: Arc<Resource>,
}

/// A resource of a custom type was deleted.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ResourceDeleted {
    /// The connection whose identity provider made the change.
    pub connection: ConnectionKey,
    /// The `name` of its resource type.
    pub resource_type: String,
    /// The id of the resource.
    pub id: ResourceId,
    /// The last known version of the resource.
    pub resource_version: Version,
    /// The resource before the change.
    #[serde(serialize_with = "document")]
    pub old: Arc<Resource>,
}
