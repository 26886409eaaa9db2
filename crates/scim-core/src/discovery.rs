//! Discovery (RFC 7644 section 4; RFC 7643 sections 5, 6 and 7): the documents in which a service provider describes itself.
//!
//! [`ServiceProviderConfig::to_json`], [`ResourceType::to_json`] and [`Schema::to_json`] return the documents. They take the base
//! URL of the service provider without a slash at the end.
//!
//! ```
//! use scim_core::discovery::{AuthenticationScheme, ServiceProviderConfig};
//! use scim_core::schema::ResourceTypes;
//!
//! let base_url = "https://example.com/scim/v2";
//! let config = ServiceProviderConfig::default()
//!     .with_max_results(200)
//!     .with_authentication(vec![AuthenticationScheme::BearerToken]);
//! assert_eq!(config.to_json(base_url)["filter"]["maxResults"], 200);
//!
//! let types = ResourceTypes::default();
//! let user = types.user().to_json(base_url);
//! assert_eq!(user["meta"]["location"], "https://example.com/scim/v2/ResourceTypes/User");
//! let schemas: Vec<_> = types.schemas().into_iter().map(|schema| schema.to_json(base_url)).collect();
//! assert_eq!(schemas[0]["id"], "urn:ietf:params:scim:schemas:core:2.0:User");
//! ```

use serde_json::{Map, Value, json};

use crate::schema::{ResourceType, Schema};

/// The schema URI of ServiceProviderConfig.
pub const SERVICE_PROVIDER_CONFIG_URN: &str = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";
/// The schema URI of ResourceType.
pub const RESOURCE_TYPE_URN: &str = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";
/// The schema URI of Schema.
pub const SCHEMA_URN: &str = "urn:ietf:params:scim:schemas:core:2.0:Schema";

/// The capabilities of a service provider (RFC 7643 section 5).
///
/// PATCH, bulk, filters, sorting and ETags are always declared as supported, and changing passwords as unsupported.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServiceProviderConfig {
    /// The maximum number of resources in one response. 1,000 by default.
    pub max_results: u32,
    /// The maximum number of operations in a bulk request (RFC 7644 section 3.7). 1,000 by default.
    pub bulk_operations: usize,
    /// The maximum size of a bulk request, in bytes. 4 MiB by default.
    pub bulk_bytes: usize,
    /// The paging of lists.
    pub pagination: Pagination,
    /// The ways in which clients authenticate. Empty by default.
    #[doc(alias = "authenticationSchemes")]
    pub authentication: Vec<AuthenticationScheme>,
    /// The URL of documentation for people. `None` by default.
    #[doc(alias = "documentationUri")]
    pub documentation_uri: Option<String>,
}

/// The paging of lists (RFC 9865 section 4). Paging by index is always supported, and the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pagination {
    /// The time for which a cursor is valid, in seconds. `None`, the default, declares that cursors are not supported.
    pub cursor_timeout: Option<u64>,
    /// The default and maximum number of resources on a page. 1,000 by default.
    pub page_size: u32,
}

impl ServiceProviderConfig {
    /// Sets [`max_results`](Self::max_results).
    #[must_use]
    pub fn with_max_results(mut self, max_results: u32) -> Self {
        self.max_results = max_results;
        self
    }

    /// Sets [`bulk_operations`](Self::bulk_operations).
    #[must_use]
    pub fn with_bulk_operations(mut self, bulk_operations: usize) -> Self {
        self.bulk_operations = bulk_operations;
        self
    }

    /// Sets [`bulk_bytes`](Self::bulk_bytes).
    #[must_use]
    pub fn with_bulk_bytes(mut self, bulk_bytes: usize) -> Self {
        self.bulk_bytes = bulk_bytes;
        self
    }

    /// Sets [`pagination`](Self::pagination).
    #[must_use]
    pub fn with_pagination(mut self, pagination: Pagination) -> Self {
        self.pagination = pagination;
        self
    }

    /// Sets the [`authentication`](Self::authentication) schemes.
    #[must_use]
    pub fn with_authentication(mut self, authentication: Vec<AuthenticationScheme>) -> Self {
        self.authentication = authentication;
        self
    }

    /// Sets the [`documentation_uri`](Self::documentation_uri).
    #[must_use]
    pub fn with_documentation_uri(mut self, documentation_uri: impl Into<String>) -> Self {
        self.documentation_uri = Some(documentation_uri.into());
        self
    }
}

impl Pagination {
    /// Declares cursors that are valid for this many seconds.
    #[must_use]
    pub fn with_cursor_timeout(mut self, cursor_timeout: u64) -> Self {
        self.cursor_timeout = Some(cursor_timeout);
        self
    }

    /// Sets [`page_size`](Self::page_size).
    #[must_use]
    pub fn with_page_size(mut self, page_size: u32) -> Self {
        self.page_size = page_size;
        self
    }
}

impl Default for ServiceProviderConfig {
    /// Returns 1,000 results, 1,000 bulk operations of 4 MiB, no cursors, no authentication, no documentation.
    fn default() -> Self {
        Self {
            max_results: 1_000,
            bulk_operations: 1_000,
            bulk_bytes: 4 << 20,
            pagination: Pagination::default(),
            authentication: Vec::new(),
            documentation_uri: None,
        }
    }
}

impl Default for Pagination {
    /// Returns pages of 1,000 resources, without cursors.
    fn default() -> Self {
        Self {
            cursor_timeout: None,
            page_size: 1_000,
        }
    }
}

/// A way for clients to authenticate (RFC 7643 section 5, `authenticationSchemes`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AuthenticationScheme {
    /// `Authorization: Basic` (RFC 7617).
    HttpBasic,
    /// `Authorization: Bearer` with a secret of this server or its operator (RFC 6750).
    BearerToken,
    /// `Authorization: Bearer` with an access token that an authorization server issued (RFC 6750, RFC 9068).
    OAuthToken,
}

impl ServiceProviderConfig {
    /// Returns the ServiceProviderConfig document, with `meta.location` below `base_url`.
    #[must_use]
    pub fn to_json(&self, base_url: &str) -> Value {
        let mut document = json!({ "schemas": [SERVICE_PROVIDER_CONFIG_URN] });
        let rest = json!({
            "patch": { "supported": true },
            "bulk": {
                "supported": true,
                "maxOperations": self.bulk_operations,
                "maxPayloadSize": self.bulk_bytes
            },
            "filter": { "supported": true, "maxResults": self.max_results },
            "changePassword": { "supported": false },
            "sort": { "supported": true },
            "etag": { "supported": true },
            "pagination": self.pagination.to_json(),
            "authenticationSchemes":
                self.authentication.iter().map(|scheme| scheme.to_json()).collect::<Vec<_>>(),
            "meta": {
                "resourceType": "ServiceProviderConfig",
                "location": format!("{base_url}/ServiceProviderConfig")
            }
        });
        if let (Some(members), Value::Object(rest)) = (document.as_object_mut(), rest) {
            if let Some(uri) = &self.documentation_uri {
                members.insert("documentationUri".to_owned(), uri.as_str().into());
            }
            members.extend(rest);
        }
        document
    }
}

impl Pagination {
    fn to_json(self) -> Value {
        let mut document = json!({
            "cursor": self.cursor_timeout.is_some(),
            "index": true,
            "defaultPaginationMethod": "index",
            "defaultPageSize": self.page_size,
            "maxPageSize": self.page_size,
        });
        if let (Some(seconds), Some(members)) = (self.cursor_timeout, document.as_object_mut()) {
            members.insert("cursorTimeout".to_owned(), seconds.into());
        }
        document
    }
}

impl AuthenticationScheme {
    fn to_json(self) -> Value {
        let (kind, name, description, spec) = match self {
            Self::HttpBasic => (
                "httpbasic",
                "HTTP Basic",
                "A user name and a password in the Authorization header",
                "https://www.rfc-editor.org/info/rfc7617",
            ),
            Self::BearerToken => (
                "oauthbearertoken",
                "Bearer token",
                "A secret token in the Authorization header",
                "https://www.rfc-editor.org/info/rfc6750",
            ),
            Self::OAuthToken => (
                "oauthbearertoken",
                "OAuth access token",
                "An access token, a JWT of a trusted issuer, in the Authorization header",
                "https://www.rfc-editor.org/info/rfc6750",
            ),
        };
        json!({ "type": kind, "name": name, "description": description, "specUri": spec })
    }
}

impl ResourceType {
    /// Returns the ResourceType document (RFC 7643 section 6), with `meta.location` below `base_url`.
    #[must_use]
    pub fn to_json(&self, base_url: &str) -> Value {
        let extensions: Vec<Value> = self
            .extensions
            .iter()
            .map(|extension| json!({ "schema": extension.schema.id, "required": extension.required }))
            .collect();
        json!({
            "schemas": [RESOURCE_TYPE_URN],
            "id": self.name,
            "name": self.name,
            "description": self.description,
            "endpoint": self.endpoint,
            "schema": self.schema.id,
            "schemaExtensions": extensions,
            "meta": {
                "resourceType": "ResourceType",
                "location": format!("{base_url}/ResourceTypes/{}", self.name)
            }
        })
    }
}

impl Schema {
    /// Returns the Schema document (RFC 7643 section 7), with `meta.location` below `base_url`.
    #[must_use]
    pub fn to_json(&self, base_url: &str) -> Value {
        let mut document = Map::from_iter([("schemas".to_owned(), json!([SCHEMA_URN]))]);
        if let Ok(Value::Object(definition)) = serde_json::to_value(self) {
            document.extend(definition);
        }
        let location = format!("{base_url}/Schemas/{}", self.id);
        document.insert(
            "meta".to_owned(),
            json!({ "resourceType": "Schema", "location": location }),
        );
        Value::Object(document)
    }
}
