//! PATCH on lists: what is in them twice, and lists within values.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::sync::Arc;

use scim_core::patch::{PATCH_OP_URN, Patch, PatchLimits};
use scim_core::resource::{Resource, Situation, Tolerance};
use scim_core::schema::{Definition, ResourceType, ResourceTypes};
use serde_json::{Value, json};

/// What the operations make of a resource.
fn patched(resource_type: &Arc<ResourceType>, before: Value, operations: Value) -> Value {
    let before = before.as_object().cloned().unwrap();
    let mut resource = Resource::check(resource_type, before, Situation::Create, &Tolerance::STRICT).unwrap();
    let limits = PatchLimits::default().with_operations(100);
    let body = json!({ "schemas": [PATCH_OP_URN], "Operations": operations });
    let patch = Patch::parse(body.as_object().unwrap(), &limits, &Tolerance::STRICT).unwrap();
    patch.apply(&mut resource, &Tolerance::STRICT).unwrap();
    Value::Object(resource.into_attributes())
}

#[test]
fn what_becomes_the_same_is_kept_once_at_once() {
    let user = Arc::new(ResourceType::user());
    let schemas = json!([user.schema.id]);
    let emails = json!([
        { "value": "d", "type": "work", "display": "1" },
        { "value": "d", "type": "home", "display": "2" }
    ]);
    let before = json!({ "schemas": schemas, "userName": "a", "emails": emails });
    for operation in [
        json!({ "op": "remove", "path": "emails.type" }),
        json!({ "op": "replace", "path": "emails.type", "value": null }),
        json!({ "op": "replace", "path": "emails.type", "value": "other" }),
    ] {
        let after = patched(&user, before.clone(), json!([operation]));
        assert_eq!(after["emails"].as_array().unwrap().len(), 1, "{after}");
        assert_eq!(after["emails"][0]["display"], "2");
    }
    let addresses = json!([{ "type": "work", "locality": "A" }, { "type": "work", "locality": "B" }]);
    let before = json!({ "schemas": schemas, "userName": "a", "addresses": addresses });
    let moved = json!([{ "op": "replace", "path": "addresses[type eq \"work\"].locality", "value": "Z" }]);
    assert_eq!(
        patched(&user, before, moved)["addresses"],
        json!([{ "type": "work", "locality": "Z" }])
    );
}

#[test]
fn what_is_added_to_a_value_makes_its_lists_longer() {
    let schema = Definition::new(
        "badge.json",
        r#"{ "id": "urn:example:badge:2.0:User", "attributes": [
            { "name": "doors", "type": "complex", "subAttributes": [
                { "name": "open", "type": "string", "multiValued": true }, { "name": "floor", "type": "integer" }] },
            { "name": "keys", "type": "complex", "multiValued": true, "subAttributes": [
                { "name": "value", "type": "integer" }, { "name": "fits", "type": "string", "multiValued": true }] }] }"#,
    );
    let user = Definition::new(
        "user.json",
        r#"{ "name": "User", "endpoint": "/Users", "schema": "urn:ietf:params:scim:schemas:core:2.0:User",
            "schemaExtensions": [{ "schema": "urn:example:badge:2.0:User", "required": false }] }"#,
    );
    let types = ResourceTypes::builder()
        .schema(schema)
        .resource_type(user)
        .build()
        .unwrap();
    let (user, badge) = (types.user(), "urn:example:badge:2.0:User");
    let before = json!({ "schemas": [user.schema.id], "userName": "a", badge: {
        "doors": { "open": ["a"], "floor": 1 }, "keys": [{ "value": 1, "fits": ["x"] }] } });
    let doors = format!("{badge}:doors");
    for (operation, open) in [
        (
            json!({ "op": "add", "path": doors, "value": { "open": ["b", "A"] } }),
            json!(["a", "b"]),
        ),
        (
            json!({ "op": "add", "value": { doors.as_str(): { "open": ["c"] } } }),
            json!(["a", "c"]),
        ),
        (
            json!({ "op": "replace", "path": doors, "value": { "open": ["d"] } }),
            json!(["d"]),
        ),
    ] {
        let after = patched(user, before.clone(), json!([operation]));
        assert_eq!(
            after[badge]["doors"],
            json!({ "open": open, "floor": 1 }),
            "{operation}"
        );
    }
    // what is there already keeps its list, whichever way it is added
    let keys = format!("{badge}:keys");
    let again = json!([{ "op": "add", "path": keys, "value": [{ "value": 1, "fits": ["y", "X"] }] }]);
    assert_eq!(
        patched(user, before.clone(), again)[badge]["keys"],
        json!([{ "value": 1, "fits": ["x", "y"] }])
    );
    let path = format!("{badge}:keys[value eq 1]");
    let fits = json!([{ "op": "add", "path": path, "value": { "fits": ["y"] } }]);
    assert_eq!(
        patched(user, before, fits)[badge]["keys"],
        json!([{ "value": 1, "fits": ["x", "y"] }])
    );
}

#[test]
fn values_without_a_value_are_the_same_in_all_their_parts() {
    let user = Arc::new(ResourceType::user());
    let addresses = json!([{ "type": "work", "locality": "A" }]);
    let before = json!({ "schemas": [user.schema.id], "userName": "a", "addresses": addresses });
    let add = |address: Value| json!([{ "op": "add", "path": "addresses", "value": [address] }]);
    let other_order = add(json!({ "locality": "a", "primary": false, "type": "WORK" }));
    let after = patched(&user, before.clone(), other_order);
    assert_eq!(after["addresses"].as_array().unwrap().len(), 1, "{after}");
    let mut primary = add(json!({ "type": "work", "locality": "A", "primary": true }));
    let again = primary.as_array().cloned().unwrap();
    primary.as_array_mut().unwrap().extend(again);
    let after = patched(&user, before.clone(), primary);
    assert_eq!(
        after["addresses"],
        json!([{ "type": "work", "locality": "A", "primary": true }])
    );
    let another = add(json!({ "locality": "A", "type": "work", "region": "R" }));
    let after = patched(&user, before, another);
    assert_eq!(after["addresses"].as_array().unwrap().len(), 2, "{after}");
}
