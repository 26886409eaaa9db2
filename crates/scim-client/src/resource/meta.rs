//! The metadata of a resource (RFC 7643 section 3.1).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The metadata of a resource, `meta` (RFC 7643 section 3.1). The server sets all of it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Meta {
    /// The name of the resource type: `User`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_type: Option<String>,
    /// The time at which the resource was created, in the form of RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    /// The time of the last change, in the form of RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
    /// The URI of the resource.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// The version of the resource, an entity tag: `W/"3694e05e9dff590"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// All other sub-attributes.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}
