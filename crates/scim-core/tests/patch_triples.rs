//! PATCH: before, operations, after (or the reason for a refusal), from data files.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test stops at the first surprise"
)]

use std::path::Path;
use std::sync::Arc;

use scim_core::error::Error;
use scim_core::patch::{PATCH_OP_URN, Patch, PatchLimits};
use scim_core::resource::{Leniency, Resource, Tolerance};
use scim_core::schema::{Attribute, AttributeType, Mutability, ResourceType, Schema};
use serde_json::{Map, Value, json};

/// User, with the members of a group, an immutable attribute and one whose values have lists besides: room for every case.
fn everything() -> Arc<ResourceType> {
    let mut user = ResourceType::user();
    let mut schema: Schema = (*user.schema).clone();
    // independent cases take the name of a member for a part of it that clients write
    let mut members: Attribute = (**ResourceType::group().attribute("members").unwrap()).clone();
    let writable = |sub: &Arc<Attribute>| {
        Arc::new(Attribute {
            mutability: Mutability::ReadWrite,
            ..(**sub).clone()
        })
    };
    members.sub_attributes = members.sub_attributes.iter().map(writable).collect();
    schema.attributes.push(Arc::new(members));
    schema.attributes.push(Arc::new(Attribute {
        mutability: Mutability::Immutable,
        ..Attribute::named("locked")
    }));
    schema.attributes.push(Arc::new(Attribute {
        kind: AttributeType::Complex,
        multi_valued: true,
        sub_attributes: vec![
            Arc::new(Attribute::named("value")),
            Arc::new(Attribute {
                multi_valued: true,
                ..Attribute::named("parts")
            }),
        ],
        ..Attribute::named("kits")
    }));
    user.schema = Arc::new(schema);
    Arc::new(user)
}

fn patched(before: &Value, operations: &Value, tolerance: &Tolerance) -> Result<Value, Error> {
    let mut attributes: Map<String, Value> = before.as_object().cloned().unwrap();
    for name in ["schemas", "id", "meta"] {
        attributes.shift_remove(name);
    }
    let mut resource = Resource::from_checked(everything(), attributes);
    let body = json!({ "schemas": [PATCH_OP_URN], "Operations": operations });
    let limits = PatchLimits::default().with_operations(1_000);
    Patch::parse(body.as_object().unwrap(), &limits, tolerance)?.apply(&mut resource, tolerance)?;
    Ok(Value::Object(resource.into_attributes()))
}

/// The same without what cases are not about: null against empty, `schemas`, `meta`, `id`, the order of lists.
fn comparable(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), "schemas" | "id" | "meta"))
            .map(|(name, value)| (name.clone(), comparable(value)))
            .filter(|(_, value)| !matches!(value, Value::Null) && *value != json!([]) && *value != json!({}))
            .collect::<std::collections::BTreeMap<_, _>>()
            .into_iter()
            .collect(),
        Value::Array(list) => {
            let mut list: Vec<Value> = list.iter().map(comparable).collect();
            list.sort_by_key(ToString::to_string);
            Value::Array(list)
        }
        scalar => scalar.clone(),
    }
}

fn tolerance(case: &Value) -> Tolerance {
    match case["tolerance"].as_str() {
        Some("lenient") => Tolerance::LENIENT,
        _ => Tolerance::STRICT,
    }
}

fn run(cases: &Value, name: &str) -> Vec<String> {
    let mut failures = Vec::new();
    for case in cases.as_array().unwrap() {
        let outcome = patched(&case["before"], &case["operations"], &tolerance(case));
        let label = format!("{}\n   {}", case[name], case["operations"]);
        match (outcome, case.get("after")) {
            (Ok(after), Some(expected)) if comparable(&after) == comparable(expected) => {}
            (Ok(after), expected) => failures.push(format!("{label}\n   got {after}, expected {expected:?}")),
            (Err(error), Some(_)) => failures.push(format!("{label}\n   refused: {error}")),
            (Err(error), None) => {
                let expected = case["error"].as_str();
                if expected.is_some() && expected != error.scim_type().map(|scim_type| scim_type.as_str()) {
                    failures.push(format!("{label}\n   refused with {error}, expected {expected:?}"));
                }
            }
        }
    }
    failures
}

#[track_caller]
fn all_hold(cases: &Value, name: &str) {
    let failures = run(cases, name);
    assert!(
        failures.is_empty(),
        "{} failures:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

#[test]
fn our_cases() {
    let cases: Value = serde_json::from_str(include_str!("data/patch.json")).unwrap();
    assert!(cases.as_array().unwrap().len() >= 60);
    all_hold(&cases, "rule");
}

#[test]
fn the_cases_of_independent_projects() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors/patch-triples.json");
    let Ok(text) = std::fs::read_to_string(file) else {
        return;
    };
    let vectors: Value = serde_json::from_str(&text).unwrap();
    all_hold(&vectors["cases"], "id");
}

#[test]
fn a_failing_operation_undoes_those_before_it() {
    let mut resource =
        Resource::from_checked(everything(), Map::from_iter([("userName".into(), json!("a"))]));
    let body = json!({ "schemas": [PATCH_OP_URN], "Operations": [
        { "op": "replace", "path": "userName", "value": "b" },
        { "op": "replace", "path": "nonsense", "value": "c" }
    ]});
    let limits = PatchLimits::default().with_operations(2);
    let patch = Patch::parse(body.as_object().unwrap(), &limits, &Tolerance::STRICT).unwrap();
    let error = patch.apply(&mut resource, &Tolerance::STRICT).unwrap_err();
    assert_eq!(error.detail(), "operation 2: unknown attribute `nonsense`");
    assert_eq!(resource.user_name(), Some("a"));
}

#[test]
fn what_is_passed_over_is_told() {
    let mut resource = Resource::from_checked(everything(), Map::new());
    let body = json!({ "schemas": [PATCH_OP_URN], "Operations": [
        { "op": "add", "path": "nonsense", "value": "c" },
        { "op": "add", "path": "id", "value": "c" },
        { "op": "remove", "path": "emails[type eq \"work\"]" }
    ]});
    let limits = PatchLimits::default().with_operations(3);
    let tolerance = Tolerance::LENIENT.with_read_only_paths(Leniency::Tolerate);
    let patch = Patch::parse(body.as_object().unwrap(), &limits, &tolerance).unwrap();
    let applied = patch.apply(&mut resource, &tolerance).unwrap();
    assert_eq!(applied.ignored, ["nonsense", "id", "emails"]);
}
