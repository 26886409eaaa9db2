//! The characteristics of attributes (RFC 7643 sections 2.2 and 7): every attribute of every schema that is shipped goes through
//! create, replace, PATCH, read and filter, and what must come out is worked out from its definition.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod filter;
mod leaf;
mod patch;
mod read;
#[path = "../support/mod.rs"]
mod support;
mod write;

use std::sync::atomic::{AtomicUsize, Ordering};

use leaf::{is_membership, leaves, put, sample};
use scim_core::schema::{AttributeRef, ResourceType};
use serde_json::{Value, json};
use support::{Answer, TestApp, TestConnection};

/// The resource types that are shipped.
fn types() -> [ResourceType; 2] {
    [ResourceType::user(), ResourceType::group()]
}

/// What must be sent of a resource of that type: another one each time.
fn minimal(resource_type: &ResourceType) -> Value {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let mut schemas = vec![resource_type.schema.id.as_str()];
    schemas.extend(
        resource_type
            .extensions
            .iter()
            .map(|extension| extension.schema.id.as_str()),
    );
    let mut body = json!({ "schemas": schemas });
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    for leaf in leaves(resource_type) {
        if leaf.leaf().required {
            put(&mut body, &leaf, json!(format!("{} {number}", leaf.leaf().name)));
        }
    }
    body
}

/// A resource that has a value for everything that can be sent.
fn full(resource_type: &ResourceType, seed: u8) -> Value {
    let mut body = minimal(resource_type);
    for leaf in leaves(resource_type) {
        if leaf.sub.is_none() && !leaf.leaf().required && !is_membership(&leaf) {
            put(&mut body, &leaf, sample(&leaf, seed));
        }
    }
    body
}

/// Creates a resource and gives its path.
async fn created(connection: &TestConnection<'_>, resource_type: &ResourceType, body: &Value) -> String {
    let answer = connection.post(&resource_type.endpoint, body).await;
    assert_eq!(answer.status, 201, "{body}: {answer:?}");
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    format!("{}/{id}", resource_type.endpoint)
}

#[track_caller]
fn refuses(answer: &Answer, scim_type: &str, leaf: &AttributeRef, what: &str) -> String {
    assert_eq!(answer.status, 400, "{leaf}: {what}: {answer:?}");
    assert_eq!(answer.json()["scimType"], scim_type, "{leaf}: {what}: {answer:?}");
    answer.is_scim_error(400)
}

/// Values of every kind of JSON; the text is neither base64 nor a URI.
fn of_every_kind() -> Vec<Value> {
    vec![
        json!(7),
        json!(1.5),
        json!("no URI, no base64!"),
        json!(true),
        json!({}),
        json!([7]),
        json!(["no URI, no base64!"]),
        json!([true]),
        json!([[]]),
    ]
}

#[test]
fn every_attribute_is_among_those_that_are_tested() {
    let paths: Vec<String> = types()
        .iter()
        .flat_map(leaves)
        .map(|leaf| leaf.to_string())
        .collect();
    assert!(paths.len() > 70, "{}", paths.len());
    for path in [
        "name.familyName",
        "emails.value",
        "password",
        "members.display",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.displayName",
    ] {
        assert!(paths.iter().any(|listed| listed == path), "{path}");
    }
}

#[tokio::test]
async fn what_is_unique_is_refused_twice_and_the_rest_is_not() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    for resource_type in types() {
        let first = full(&resource_type, 1);
        created(&standard, &resource_type, &first).await;
        // everything else has the same values in both
        created(&standard, &resource_type, &full(&resource_type, 1)).await;
        for leaf in leaves(&resource_type) {
            let is_unique = leaf.leaf().uniqueness != scim_core::schema::Uniqueness::None;
            let mut second = minimal(&resource_type);
            let Some(value) = leaf::get(&first, &leaf).filter(|_| is_unique) else {
                continue;
            };
            put(&mut second, &leaf, json!(value.as_str().unwrap().to_uppercase()));
            let answer = standard.post(&resource_type.endpoint, &second).await;
            assert_eq!(
                (answer.status, &answer.json()["scimType"]),
                (409, &json!("uniqueness"))
            );
        }
    }
}
