//! The description of a server: features, resource types and schemas (RFC 7644 section 4).
//!
//! Reading is lenient: a missing feature counts as not supported, and attributes without a field are kept in `other`.
//!
//! ```no_run
//! use scim_client::ScimClient;
//!
//! # async fn example(client: ScimClient) -> Result<(), scim_client::ClientError> {
//! let config = client.service_provider_config().await?;
//! if config.bulk.supported {
//!     println!("at most {:?} operations", config.bulk.max_operations);
//! }
//! for resource_type in client.resource_types().await? {
//!     println!("{} at {}", resource_type.name, resource_type.endpoint);
//! }
//! # Ok(())
//! # }
//! ```

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The features that a server supports (RFC 7643 section 5).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct ServiceProviderConfig {
    /// PATCH (RFC 7644 section 3.5.2).
    pub patch: Feature,
    /// Bulk requests (RFC 7644 section 3.7), with `max_operations` and `max_payload_size`.
    pub bulk: Feature,
    /// Filters (RFC 7644 section 3.4.2.2), with `max_results`.
    pub filter: Feature,
    /// Password changes.
    pub change_password: Feature,
    /// Sorting (RFC 7644 section 3.4.2.3).
    pub sort: Feature,
    /// Versions as `ETag`s (RFC 7644 section 3.14).
    pub etag: Feature,
    /// The kinds of pagination (RFC 9865 section 4). `None` if the server does not say, which means by index.
    pub pagination: Option<Pagination>,
    /// All other attributes.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// A feature of a server, and its limits.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct Feature {
    /// Whether the server supports the feature.
    pub supported: bool,
    /// The maximum number of operations in a bulk request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_operations: Option<u64>,
    /// The maximum size of a bulk request in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_payload_size: Option<u64>,
    /// The maximum number of resources in a response.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_results: Option<u64>,
    /// All other attributes.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// The kinds of pagination that a server supports (RFC 9865 section 4).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct Pagination {
    /// Whether lists can be read by cursor.
    pub cursor: bool,
    /// Whether lists can be read by index.
    pub index: bool,
    /// The maximum number of resources on a page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_page_size: Option<u64>,
    /// The lifetime of a cursor in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor_timeout: Option<u64>,
    /// All other attributes.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// A resource type (RFC 7643 section 6).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct ResourceType {
    /// The name, for example `User`.
    pub name: String,
    /// The path of the resources below the base URL: `/Users`.
    pub endpoint: String,
    /// The URN of the schema.
    pub schema: String,
    /// The optional and required extensions.
    pub schema_extensions: Vec<SchemaExtension>,
    /// All other attributes.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// An extension of a resource type (RFC 7643 section 6).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct SchemaExtension {
    /// The URN of the schema.
    pub schema: String,
    /// Whether every resource must have the extension.
    pub required: bool,
}

/// A schema (RFC 7643 section 7).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Schema {
    /// The URN.
    pub id: String,
    /// The name, for example `User`.
    pub name: String,
    /// The attributes.
    pub attributes: Vec<Attribute>,
    /// All other attributes.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// An attribute of a schema (RFC 7643 section 7). Keywords are kept as the server sends them. Absent ones mean the defaults of
/// RFC 7643 section 2.2.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct Attribute {
    /// The name.
    pub name: String,
    /// The data type, `type`: `string`, `complex`, …
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Whether the attribute has a list of values.
    pub multi_valued: bool,
    /// Whether a resource must have the attribute.
    pub required: bool,
    /// Who may write the attribute, and when: `readWrite`, `readOnly`, `immutable` or `writeOnly`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mutability: Option<String>,
    /// When the attribute is returned: `default`, `always`, `never` or `request`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub returned: Option<String>,
    /// Where the value must be unique: `none`, `server` or `global`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uniqueness: Option<String>,
    /// The sub-attributes of a complex attribute.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sub_attributes: Vec<Attribute>,
    /// All other attributes.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}
