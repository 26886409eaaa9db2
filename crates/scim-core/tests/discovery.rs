//! What a service provider says about itself, word for word.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use scim_core::discovery::{AuthenticationScheme, Pagination, ServiceProviderConfig};
use scim_core::schema::{Attribute, ENTERPRISE_USER_URN, ResourceType, Schema, USER_URN};
use serde_json::json;

const BASE: &str = "https://scim.example.com/v2";

#[test]
fn the_service_provider_config_is_that_of_rfc_7643_section_5() {
    let config = ServiceProviderConfig::default()
        .with_max_results(200)
        .with_bulk_operations(1_000)
        .with_bulk_bytes(1_048_576)
        .with_pagination(
            Pagination::default()
                .with_cursor_timeout(3_600)
                .with_page_size(100),
        )
        .with_authentication(vec![
            AuthenticationScheme::HttpBasic,
            AuthenticationScheme::OAuthToken,
        ])
        .with_documentation_uri("https://example.com/help".to_owned());
    assert_eq!(
        config.to_json(BASE),
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
            "documentationUri": "https://example.com/help",
            "patch": { "supported": true },
            "bulk": { "supported": true, "maxOperations": 1_000, "maxPayloadSize": 1_048_576 },
            "filter": { "supported": true, "maxResults": 200 },
            "changePassword": { "supported": false },
            "sort": { "supported": true },
            "etag": { "supported": true },
            "pagination": {
                "cursor": true, "index": true, "defaultPaginationMethod": "index",
                "defaultPageSize": 100, "maxPageSize": 100, "cursorTimeout": 3_600
            },
            "authenticationSchemes": [
                {
                    "type": "httpbasic", "name": "HTTP Basic",
                    "description": "A user name and a password in the Authorization header",
                    "specUri": "https://www.rfc-editor.org/info/rfc7617"
                },
                {
                    "type": "oauthbearertoken", "name": "OAuth access token",
                    "description": "An access token, a JWT of a trusted issuer, in the Authorization header",
                    "specUri": "https://www.rfc-editor.org/info/rfc6750"
                }
            ],
            "meta": {
                "resourceType": "ServiceProviderConfig",
                "location": "https://scim.example.com/v2/ServiceProviderConfig"
            }
        })
    );
}

#[test]
fn a_provider_without_cursors_says_so() {
    let config = ServiceProviderConfig::default()
        .with_max_results(1)
        .with_bulk_operations(1)
        .with_bulk_bytes(1)
        .with_pagination(Pagination::default().with_page_size(1));
    let document = config.to_json(BASE);
    assert_eq!(document["pagination"]["cursor"], json!(false));
    assert_eq!(document["pagination"].get("cursorTimeout"), None);
    assert_eq!(document.get("documentationUri"), None);
}

#[test]
fn a_resource_type_is_that_of_rfc_7643_section_6() {
    assert_eq!(
        ResourceType::user().to_json(BASE),
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
            "id": "User",
            "name": "User",
            "description": ResourceType::user().description,
            "endpoint": "/Users",
            "schema": USER_URN,
            "schemaExtensions": [{ "schema": ENTERPRISE_USER_URN, "required": false }],
            "meta": {
                "resourceType": "ResourceType",
                "location": "https://scim.example.com/v2/ResourceTypes/User"
            }
        })
    );
}

#[test]
fn a_schema_is_that_of_rfc_7643_section_7() {
    let schema = Schema {
        id: "urn:example:Badge".to_owned(),
        name: "Badge".to_owned(),
        description: "What opens doors".to_owned(),
        attributes: vec![Attribute::named("colour").into()],
    };
    assert_eq!(
        schema.to_json(BASE),
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
            "id": "urn:example:Badge",
            "name": "Badge",
            "description": "What opens doors",
            "attributes": [{
                "name": "colour", "type": "string", "multiValued": false, "description": "", "required": false,
                "caseExact": false, "mutability": "readWrite", "returned": "default", "uniqueness": "none"
            }],
            "meta": {
                "resourceType": "Schema",
                "location": "https://scim.example.com/v2/Schemas/urn:example:Badge"
            }
        })
    );
}
