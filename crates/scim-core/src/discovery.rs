//! What a service provider says about itself (RFC 7644 section 4; RFC 7643 sections 5, 6 and 7).

use serde_json::{Map, Value, json};

use crate::schema::{ResourceType, Schema};

/// The schema URI of ServiceProviderConfig.
pub const SERVICE_PROVIDER_CONFIG_URN: &str = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";
/// The schema URI of ResourceType.
pub const RESOURCE_TYPE_URN: &str = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";
/// The schema URI of Schema.
pub const SCHEMA_URN: &str = "urn:ietf:params:scim:schemas:core:2.0:Schema";

/// What a service provider can do (RFC 7643 section 5).
///
/// What this library always does is not asked for: PATCH, bulk, filters, sorting and ETags.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServiceProviderConfig {
    /// The maximum number of resources in one response. 1,000 by default.
    pub max_results: u32,
    /// The maximum number of operations in a bulk request (RFC 7644 section 3.7). 1,000 by default.
    pub bulk_operations: usize,
    /// The maximum size of a bulk request, in bytes. 4 MiB by default.
    pub bulk_bytes: usize,
    /// How lists are paged.
    pub pagination: Pagination,
    /// How clients authenticate. Empty by default.
    pub authentication: Vec<AuthenticationScheme>,
    /// The address of documentation for people. `None` by default.
    pub documentation_uri: Option<String>,
}

/// How lists are paged (RFC 9865 section 4). Paging by index is always supported, and is what clients get that ask for neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pagination {
    /// How long a cursor is valid, in seconds. `None`, the default, says that there are no cursors.
    pub cursor_timeout: Option<u64>,
    /// The default and maximum number of resources on a page. 1,000 by default.
    pub page_size: u32,
}

impl ServiceProviderConfig {
    /// The same with another [`max_results`](Self::max_results).
    #[must_use]
    pub fn with_max_results(mut self, max_results: u32) -> Self {
        self.max_results = max_results;
        self
    }

    /// The same with another [`bulk_operations`](Self::bulk_operations).
    #[must_use]
    pub fn with_bulk_operations(mut self, bulk_operations: usize) -> Self {
        self.bulk_operations = bulk_operations;
        self
    }

    /// The same with another [`bulk_bytes`](Self::bulk_bytes).
    #[must_use]
    pub fn with_bulk_bytes(mut self, bulk_bytes: usize) -> Self {
        self.bulk_bytes = bulk_bytes;
        self
    }

    /// The same with another [`pagination`](Self::pagination).
    #[must_use]
    pub fn with_pagination(mut self, pagination: Pagination) -> Self {
        self.pagination = pagination;
        self
    }

    /// The same with other [`authentication`](Self::authentication) schemes.
    #[must_use]
    pub fn with_authentication(mut self, authentication: Vec<AuthenticationScheme>) -> Self {
        self.authentication = authentication;
        self
    }

    /// The same with a [`documentation_uri`](Self::documentation_uri).
    #[must_use]
    pub fn with_documentation_uri(mut self, documentation_uri: impl Into<String>) -> Self {
        self.documentation_uri = Some(documentation_uri.into());
        self
    }
}

impl Pagination {
    /// The same with cursors that are valid for so many seconds.
    #[must_use]
    pub fn with_cursor_timeout(mut self, cursor_timeout: u64) -> Self {
        self.cursor_timeout = Some(cursor_timeout);
        self
    }

    /// The same with another [`page_size`](Self::page_size).
    #[must_use]
    pub fn with_page_size(mut self, page_size: u32) -> Self {
        self.page_size = page_size;
        self
    }
}

impl Default for ServiceProviderConfig {
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
    fn default() -> Self {
        Self {
            cursor_timeout: None,
            page_size: 1_000,
        }
    }
}

/// A way to prove who one is (RFC 7643 section 5, `authenticationSchemes`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AuthenticationScheme {
    /// `Authorization: Basic` (RFC 7617).
    HttpBasic,
    /// `Authorization: Bearer` with a secret that this server or its operator made (RFC 6750).
    BearerToken,
    /// `Authorization: Bearer` with an access token that an authorization server issued (RFC 6750, RFC 9068).
    OAuthToken,
}

impl ServiceProviderConfig {
    /// The document, as it is found below `base_url`.
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
    /// The document that describes the type (RFC 7643 section 6), as it is found below `base_url`.
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
    /// The document that describes the schema (RFC 7643 section 7), as it is found below `base_url`.
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
