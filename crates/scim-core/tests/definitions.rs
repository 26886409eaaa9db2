//! What resources of defined types must have.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::sync::Arc;

use scim_core::resource::{Resource, Situation, Tolerance};
use scim_core::schema::{Definition, GROUP_URN, ResourceType, ResourceTypes};
use serde_json::{Value, json};

const COST: &str = "urn:example:cost:2.0:Group";

/// A group whose cost extension is required, or not.
fn group(required: bool) -> Arc<ResourceType> {
    let schema = json!({
        "id": COST,
        "attributes": [
            { "name": "center" },
            { "name": "split", "type": "complex", "subAttributes": [
                { "name": "value", "required": true }, { "name": "share", "type": "decimal" }
            ] }
        ]
    });
    let group = json!({
        "name": "Group", "endpoint": "/Groups", "schema": GROUP_URN,
        "schemaExtensions": [{ "schema": COST, "required": required }]
    });
    let definition = |file: &str, json: Value| Definition {
        file: file.to_owned(),
        text: json.to_string(),
    };
    let types = ResourceTypes::defined(&[definition("s", schema)], &[definition("t", group)]).unwrap();
    types.group().clone()
}

fn check(resource_type: &Arc<ResourceType>, extension: Value) -> Result<Resource, String> {
    let body = json!({ "schemas": [GROUP_URN], "displayName": "Tour Guides", COST: extension });
    let body = body.as_object().unwrap();
    Resource::check(resource_type, body, Situation::Create, &Tolerance::STRICT)
        .map_err(|error| error.to_string())
}

#[test]
fn a_required_extension_must_be_there() {
    assert!(check(&group(false), Value::Null).is_ok());
    let refused = check(&group(true), Value::Null).unwrap_err();
    assert!(
        refused.contains("`urn:example:cost:2.0:Group` is required"),
        "{refused}"
    );
    assert!(check(&group(true), json!({ "center": "1" })).is_ok());
}

#[test]
fn a_required_sub_attribute_is_required_where_its_attribute_is() {
    assert!(check(&group(false), json!({ "center": "1" })).is_ok());
    let refused = check(&group(false), json!({ "split": { "share": 0.5 } })).unwrap_err();
    assert!(refused.contains(":split.value` is required"), "{refused}");
    assert!(check(&group(false), json!({ "split": { "value": "a", "share": 0.5 } })).is_ok());
}
