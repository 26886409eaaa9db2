//! What is `immutable` is written once (RFC 7643 section 7), by PUT and by PATCH, sub-attributes too.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::Arc;

use scim_core::error::Error;
use scim_core::patch::{PATCH_OP_URN, Patch, PatchLimits};
use scim_core::resource::{Resource, Situation, Tolerance};
use scim_core::schema::{Definition, ResourceType, ResourceTypes};
use serde_json::{Value, json};

const URN: &str = "urn:example:params:scim:schemas:car:2.0:Car";

fn car() -> Arc<ResourceType> {
    let definition = |file: &str, document: Value| Definition {
        file: file.to_owned(),
        text: document.to_string(),
    };
    let immutable = |name: &str| json!({ "name": name, "mutability": "immutable" });
    let schema = json!({ "id": URN, "attributes": [
        { "name": "color" },
        { "name": "built", "type": "dateTime", "mutability": "immutable" },
        { "name": "engine", "type": "complex", "subAttributes": [immutable("number"), { "name": "oil" }] },
        { "name": "keys", "type": "complex", "multiValued": true, "subAttributes": [
            { "name": "value" }, { "name": "type" }, { "name": "color" }, immutable("code")
        ] },
        { "name": "plates", "type": "complex", "multiValued": true, "subAttributes": [
            immutable("value"), { "name": "color" }
        ] },
        { "name": "seat", "type": "complex", "subAttributes": [
            immutable("row"), { "name": "color", "required": true }, { "name": "note" }
        ] }
    ]});
    let resource_type = json!({ "name": "Car", "endpoint": "/Cars", "schema": URN });
    let types = ResourceTypes::builder()
        .schema(definition("schema", schema))
        .resource_type(definition("type", resource_type))
        .build();
    types.unwrap().others().first().cloned().unwrap()
}

fn before() -> Value {
    json!({
        "color": "red",
        "built": "2026-01-02T03:04:05Z",
        "engine": { "number": "E1", "oil": "new" },
        "keys": [{ "value": "k1", "code": "c1" }, { "value": "k2" }],
        "plates": [{ "value": "p1", "color": "white" }]
    })
}

fn checked(body: &Value, situation: Situation) -> Resource {
    let mut body = body.as_object().cloned().unwrap();
    body.insert("schemas".to_owned(), json!([URN]));
    Resource::check(&car(), body, situation, &Tolerance::STRICT).unwrap()
}

fn put(body: &Value) -> Result<Value, Error> {
    let mut after = checked(body, Situation::Replace);
    after.keep_immutable(&checked(&before(), Situation::Create))?;
    Ok(Value::Object(after.into_attributes()))
}

fn patch(operations: &Value) -> Result<Value, Error> {
    let body = json!({ "schemas": [PATCH_OP_URN], "Operations": operations });
    let limits = PatchLimits::default().with_operations(10);
    let patch = Patch::parse(body.as_object().unwrap(), &limits, &Tolerance::STRICT)?;
    let mut resource = checked(&before(), Situation::Create);
    patch.apply(&mut resource, &Tolerance::STRICT)?;
    Ok(Value::Object(resource.into_attributes()))
}

#[track_caller]
fn holds(result: Result<Value, Error>, path: &str) {
    let error = result.unwrap_err();
    assert_eq!(error.scim_type().unwrap().as_str(), "mutability", "{error}");
    assert!(
        error.detail().contains(&format!("`{path}` is immutable")),
        "{error}"
    );
}

/// The resource as it was, with one attribute changed.
fn with(name: &str, value: Value) -> Value {
    let mut body = before();
    body.as_object_mut().unwrap().insert(name.to_owned(), value);
    body
}

#[test]
fn a_replacement_cannot_change_it() {
    holds(put(&with("built", json!("2026-01-02T03:04:06Z"))), "built");
    holds(put(&with("engine", json!({ "number": "E2" }))), "engine.number");
    holds(
        put(&with("keys", json!([{ "value": "k1", "code": "c2" }]))),
        "keys.code",
    );
}

#[test]
fn a_replacement_that_leaves_it_out_leaves_it_alone() {
    let expected = with("engine", json!({ "number": "E1", "oil": "old" }));
    assert_eq!(put(&with("engine", json!({ "oil": "old" }))).unwrap(), expected);
    let after = put(&json!({ "color": "red" })).unwrap();
    let expected = json!({ "color": "red", "built": "2026-01-02T03:04:05Z", "engine": { "number": "E1" } });
    assert_eq!(after, expected);
    let keys = json!([{ "value": "K1", "color": "red" }, { "value": "k2", "code": "c2" }]);
    let expected = json!([{ "value": "K1", "color": "red", "code": "c1" }, { "value": "k2", "code": "c2" }]);
    assert_eq!(put(&with("keys", keys)).unwrap(), with("keys", expected));
}

#[test]
fn the_same_point_in_time_is_no_change() {
    let elsewhere = json!("2026-01-02T05:04:05.000+02:00");
    assert_eq!(put(&with("built", elsewhere.clone())).unwrap(), before());
    let operations = json!([{ "op": "replace", "path": "built", "value": elsewhere }]);
    assert_eq!(patch(&operations).unwrap(), before());
}

#[test]
fn values_of_a_list_come_and_go_as_a_whole() {
    let other = json!([{ "value": "k1", "type": "spare", "code": "c2" }, { "value": "k3", "code": "c3" }]);
    assert_eq!(put(&with("keys", other.clone())).unwrap(), with("keys", other));
    let plates = json!([{ "value": "p2" }]);
    assert_eq!(
        put(&with("plates", plates.clone())).unwrap(),
        with("plates", plates.clone())
    );
    let operations = json!([
        { "op": "remove", "path": "plates[value eq \"p1\"]" },
        { "op": "add", "path": "plates", "value": plates }
    ]);
    assert_eq!(patch(&operations).unwrap(), with("plates", plates));
    let operations =
        json!([{ "op": "replace", "path": "plates[value eq \"p1\"]", "value": { "value": "p3" } }]);
    assert_eq!(
        patch(&operations).unwrap(),
        with("plates", json!([{ "value": "p3" }]))
    );
}

#[test]
fn a_patch_cannot_change_it() {
    for (operations, path) in [
        (json!([{ "op": "remove", "path": "built" }]), "built"),
        (
            json!([{ "op": "replace", "path": "engine.number", "value": "E2" }]),
            "engine.number",
        ),
        (
            json!([{ "op": "remove", "path": "engine.number" }]),
            "engine.number",
        ),
        (json!([{ "op": "remove", "path": "engine" }]), "engine.number"),
        (
            json!([{ "op": "add", "path": "keys[value eq \"k1\"]", "value": { "code": "c2" } }]),
            "keys.code",
        ),
        (
            json!([{ "op": "replace", "path": "keys[value eq \"k1\"].code", "value": "c2" }]),
            "keys.code",
        ),
        (
            json!([{ "op": "replace", "path": "keys[value eq \"k1\"]", "value": { "value": "k1", "code": "c2" } }]),
            "keys.code",
        ),
        (
            json!([{ "op": "replace", "path": "plates.value", "value": "p2" }]),
            "plates.value",
        ),
    ] {
        holds(patch(&operations), path);
    }
}

#[test]
fn not_by_taking_it_away_first_either() {
    for (path, value, held) in [
        ("built", json!("2026-01-02T03:04:06Z"), "built"),
        ("engine", json!({ "number": "E2" }), "engine.number"),
        ("keys", json!([{ "value": "k1", "code": "c2" }]), "keys.code"),
    ] {
        let operations = json!([
            { "op": "replace", "path": "color", "value": "blue" },
            { "op": "remove", "path": path },
            { "op": "add", "path": path, "value": value }
        ]);
        let error = patch(&operations).unwrap_err();
        assert!(error.detail().starts_with("operation "), "{error}");
        holds(Err(error), held);
    }
    // but it may come back
    let operations = json!([
        { "op": "remove", "path": "engine" },
        { "op": "add", "path": "engine", "value": { "number": "E1", "oil": "new" } }
    ]);
    assert_eq!(patch(&operations).unwrap(), before());
}

#[test]
fn what_has_no_value_yet_may_get_one() {
    let operations = json!([{ "op": "add", "path": "keys[value eq \"k2\"].code", "value": "c2" }]);
    let keys = json!([{ "value": "k1", "code": "c1" }, { "value": "k2", "code": "c2" }]);
    assert_eq!(patch(&operations).unwrap(), with("keys", keys));
}

#[test]
fn what_stays_is_left_with_what_it_has_to_have() {
    let before = json!({ "color": "red", "seat": { "row": "1", "color": "black", "note": "worn" } });
    let mut after = checked(&json!({ "color": "blue" }), Situation::Replace);
    after
        .keep_immutable(&checked(&before, Situation::Create))
        .unwrap();
    assert_eq!(
        Value::Object(after.into_attributes()),
        json!({ "color": "blue", "seat": { "row": "1", "color": "black" } })
    );
}

#[test]
fn long_lists_are_paired_by_what_makes_two_values_the_same() {
    let keys = |color: &str| -> Value {
        let key = |number: usize| json!({ "value": format!("k{number}"), "code": format!("c{number}"), "color": color });
        (0..20_000).map(key).collect()
    };
    let mut after = checked(&json!({ "keys": keys("red") }), Situation::Replace);
    after
        .keep_immutable(&checked(&json!({ "keys": keys("blue") }), Situation::Create))
        .unwrap();
    assert_eq!(Value::Object(after.into_attributes())["keys"], keys("red"));
}
