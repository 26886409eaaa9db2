//! What a server says about itself (RFC 7644 section 4).
//!
//! Read with forbearance: what is missing counts as not supported, and what has no field is kept in `other`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What a server can do (RFC 7643 section 5).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct ServiceProviderConfig {
    /// PATCH.
    pub patch: Feature,
    /// Bulk requests, with `maxOperations` and `maxPayloadSize`.
    pub bulk: Feature,
    /// Filters, with `maxResults`.
    pub filter: Feature,
    /// Changes of passwords.
    pub change_password: Feature,
    /// Sorting.
    pub sort: Feature,
    /// Versions.
    pub etag: Feature,
    /// How lists are read page by page (RFC 9865 section 4); `None` where nobody says, and then by number.
    pub pagination: Option<Pagination>,
    /// What has no field here.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// Whether a server can do something, and how much of it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct Feature {
    /// Whether it can.
    pub supported: bool,
    /// The most operations of a bulk request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_operations: Option<u64>,
    /// The most bytes of a bulk request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_payload_size: Option<u64>,
    /// The most resources of an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_results: Option<u64>,
    /// What has no field here.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// How lists are read page by page (RFC 9865 section 4).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct Pagination {
    /// Whether by cursor.
    pub cursor: bool,
    /// Whether by number.
    pub index: bool,
    /// How many resources a page has at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_page_size: Option<u64>,
    /// How many seconds a cursor is good for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor_timeout: Option<u64>,
    /// What has no field here.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// A type of resources (RFC 7643 section 6).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct ResourceType {
    /// The name: `User`.
    pub name: String,
    /// Where the resources are, below the base URL: `/Users`.
    pub endpoint: String,
    /// The URN of the schema.
    pub schema: String,
    /// The extensions that resources may or must have.
    pub schema_extensions: Vec<SchemaExtension>,
    /// What has no field here.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// An extension of a type of resources (RFC 7643 section 6).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct SchemaExtension {
    /// The URN of the schema.
    pub schema: String,
    /// Whether each resource must have it.
    pub required: bool,
}

/// A schema (RFC 7643 section 7).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Schema {
    /// Its URN.
    pub id: String,
    /// The name: `User`.
    pub name: String,
    /// The attributes.
    pub attributes: Vec<Attribute>,
    /// What has no field here.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// An attribute of a schema (RFC 7643 section 7). Words stand as the server has them; absent ones have the defaults of RFC 7643
/// section 2.2.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct Attribute {
    /// The name.
    pub name: String,
    /// The data type: `string`, `complex`, …
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Whether it has a list of values.
    pub multi_valued: bool,
    /// Whether a resource must have it.
    pub required: bool,
    /// `readWrite`, `readOnly`, `immutable` or `writeOnly`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mutability: Option<String>,
    /// `default`, `always`, `never` or `request`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub returned: Option<String>,
    /// `none`, `server` or `global`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uniqueness: Option<String>,
    /// The parts of a complex attribute.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sub_attributes: Vec<Attribute>,
    /// What has no field here.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}
