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
pub struct ServiceProviderConfig {
    /// The most resources that one answer holds.
    pub max_results: u32,
    /// The most operations that a bulk request may have (RFC 7644 section 3.7).
    pub bulk_operations: usize,
    /// The most bytes that a bulk request may have.
    pub bulk_bytes: usize,
    /// How lists are read page by page.
    pub pagination: Pagination,
    /// How clients prove who they are.
    pub authentication: Vec<AuthenticationScheme>,
    /// Where people read more.
    pub documentation_uri: Option<String>,
}

/// How lists are read page by page (RFC 9865 section 4). By number always, and so where nobody says how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pagination {
    /// How many seconds a cursor is good for; `None` if there are no cursors.
    pub cursor_timeout: Option<u64>,
    /// How many resources a page has at most, and where nobody says.
    pub page_size: u32,
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
