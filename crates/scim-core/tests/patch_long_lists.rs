//! PATCH on long lists: what it comes to, and how much of it one request may ask for.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::sync::Arc;

use scim_core::error::Error;
use scim_core::patch::{PATCH_OP_URN, Patch, PatchLimits};
use scim_core::resource::{Resource, Tolerance};
use scim_core::schema::ResourceType;
use serde_json::{Map, Value, json};

/// A user with that many phone numbers: `0`, `1` and so on.
fn user(numbers: usize) -> Resource {
    let number = |number: usize| json!({ "value": number.to_string(), "type": "work" });
    let numbers: Value = (0..numbers).map(number).collect();
    let attributes = Map::from_iter([
        ("userName".to_owned(), json!("a")),
        ("phoneNumbers".to_owned(), numbers),
    ]);
    Resource::from_checked(Arc::new(ResourceType::user()), attributes)
}

fn patched(resource: &Resource, operations: Vec<Value>) -> Result<Vec<Value>, Error> {
    let limits = PatchLimits::default().with_operations(10_000);
    let body = json!({ "schemas": [PATCH_OP_URN], "Operations": operations });
    let patch = Patch::parse(body.as_object().unwrap(), &limits, &Tolerance::STRICT)?;
    let mut after = resource.clone();
    patch.apply(&mut after, &Tolerance::STRICT)?;
    Ok(after.attributes()["phoneNumbers"].as_array().cloned().unwrap())
}

fn show(number: usize) -> Value {
    let path = format!("phoneNumbers[value eq \"{number}\"].display");
    json!({ "op": "replace", "path": path, "value": format!("no. {number}") })
}

#[test]
fn some_operations_on_a_long_list_are_done() {
    let numbers = patched(&user(10_000), (0..50).map(show).collect()).unwrap();
    assert_eq!(numbers.len(), 10_000);
    assert_eq!(numbers[49]["display"], "no. 49");
    assert_eq!(numbers[50].get("display"), None);
    // and as many as one likes on a short one
    let numbers = patched(&user(100), (0..5_000).map(|number| show(number % 100)).collect()).unwrap();
    assert_eq!(numbers[99]["display"], "no. 99");
}

#[test]
fn so_many_that_others_would_wait_are_refused_and_change_nothing() {
    let user = user(15_000);
    for operations in [
        (0..1_000).map(show).collect::<Vec<_>>(),
        (0..1_000)
            .map(|number| json!({ "op": "add", "path": "phoneNumbers", "value": [{ "value": format!("x{number}") }] }))
            .collect(),
        vec![json!({ "op": "remove", "path": "phoneNumbers",
            "value": (0..5_000).map(|number| json!({ "value": number.to_string() })).collect::<Value>() })],
        // the same in the object that some clients put around a list
        vec![json!({ "op": "remove", "path": "phoneNumbers", "value": {
            "phoneNumbers": (0..5_000).map(|number| json!({ "value": number.to_string() })).collect::<Value>() } })],
        // a long text would be there as often as there are values
        vec![json!({ "op": "replace", "path": "phoneNumbers.display", "value": "x".repeat(500_000) })],
    ] {
        let refused = patched(&user, operations).unwrap_err();
        assert_eq!(refused.status(), 413);
        assert!(refused.detail().contains("in another request"), "{refused}");
    }
}

#[test]
fn many_values_go_at_once() {
    let operations = vec![json!({ "op": "remove", "path": "phoneNumbers[value sw \"1\"]" })];
    let numbers = patched(&user(1_000), operations).unwrap();
    assert_eq!(numbers.len(), 1_000 - 111);
    assert!(
        numbers
            .iter()
            .all(|number| !number["value"].as_str().unwrap().starts_with('1'))
    );
}

#[test]
fn a_value_that_becomes_another_one_is_that_one() {
    let operations = vec![
        json!({ "op": "replace", "path": "phoneNumbers[value eq \"1\"].value", "value": "0" }),
        json!({ "op": "replace", "path": "phoneNumbers[value eq \"2\"]", "value": { "value": "0", "type": "work" } }),
    ];
    let numbers = patched(&user(4), operations).unwrap();
    assert_eq!(
        numbers,
        [
            json!({ "value": "0", "type": "work" }),
            json!({ "value": "3", "type": "work" })
        ]
    );
}

#[test]
fn what_is_required_may_not_be_missing_after_many_operations() {
    let mut operations: Vec<Value> = (0..150).map(show).collect();
    operations.push(json!({ "op": "remove", "path": "userName" }));
    let refused = patched(&user(150), operations.clone()).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "400 mutability: `userName` is required and cannot be removed"
    );
    operations.push(json!({ "op": "add", "path": "userName", "value": "b" }));
    assert!(patched(&user(150), operations).is_ok());
}
