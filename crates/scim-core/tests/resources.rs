//! Resources after they were checked: what they hold, as it is kept and as it is compared.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::sync::Arc;

use scim_core::resource::{Resource, Situation, Tolerance};
use scim_core::schema::{ENTERPRISE_USER_URN, ResourceType, USER_URN};
use serde_json::{Map, Value, json};

fn user(attributes: Value) -> Resource {
    let attributes = attributes.as_object().cloned().unwrap();
    Resource::from_checked(Arc::new(ResourceType::user()), attributes)
}

fn barbara() -> Resource {
    user(json!({
        "externalId": "00u1",
        "userName": "BJensen",
        "displayName": "Babs",
        "active": false,
        "emails": [{ "value": "BJensen@Example.com", "type": "work", "primary": true }],
        "photos": [{ "value": "https://example.com/A" }],
        ENTERPRISE_USER_URN: { "department": "Tours", "manager": { "value": "A1" } }
    }))
}

#[test]
fn what_is_asked_for_often_has_a_name() {
    let barbara = barbara();
    assert_eq!(barbara.external_id(), Some("00u1"));
    assert_eq!(barbara.user_name(), Some("BJensen"));
    assert_eq!(barbara.display_name(), Some("Babs"));
    assert!(!barbara.is_active());
    let nobody = user(json!({}));
    assert_eq!(
        (nobody.external_id(), nobody.user_name(), nobody.display_name()),
        (None, None, None)
    );
    assert!(nobody.is_active());
    assert!(user(json!({ "active": true })).is_active());
}

#[test]
fn a_document_has_the_schemas_and_comes_back_as_it_was() {
    let document = barbara().to_document();
    let read: Map<String, Value> = serde_json::from_str(&document).unwrap();
    assert_eq!(read["schemas"], json!([USER_URN, ENTERPRISE_USER_URN]));
    assert_eq!(read.keys().next().map(String::as_str), Some("schemas"));
    let again = Resource::from_document(Arc::new(ResourceType::user()), &document).unwrap();
    assert_eq!(again, barbara());
    assert_eq!(user(json!({})).schemas(), [USER_URN]);
}

#[test]
fn a_clone_is_changed_by_itself() {
    let before = barbara();
    let mut after = before.clone();
    after.set_unchecked("title", "Guide".into());
    assert_eq!(after.take("displayName"), Some("Babs".into()));
    assert_eq!(after.take("displayName"), None);
    assert_eq!(before, barbara());
    assert_eq!(
        (after.display_name(), &after.attributes()["title"]),
        (None, &json!("Guide"))
    );
}

#[test]
fn what_is_compared_is_folded_unless_it_is_exact() {
    let compared: Value = serde_json::from_str(&barbara().to_comparable()).unwrap();
    assert_eq!(
        compared,
        json!({
            "schemas": [USER_URN, ENTERPRISE_USER_URN],
            "externalId": "00u1",
            "userName": "bjensen",
            "displayName": "babs",
            "active": false,
            "emails": [{ "value": "bjensen@example.com", "type": "work", "primary": true }],
            "photos": [{ "value": "https://example.com/A" }],
            ENTERPRISE_USER_URN: { "department": "tours", "manager": { "value": "A1" } }
        })
    );
    assert_eq!(barbara().comparable("USERNAME"), Some("bjensen".into()));
    assert_eq!(barbara().comparable("title"), None);
    assert_eq!(barbara().comparable("shoeSize"), None);
}

#[test]
fn what_is_no_value_is_not_compared() {
    let empty = user(json!({
        "title": null, "emails": [], "name": {}, "phoneNumbers": [{ "value": null }, {}], "shoeSize": 1,
        ENTERPRISE_USER_URN: { "manager": {} }
    }));
    let compared: Value = serde_json::from_str(&empty.to_comparable()).unwrap();
    assert_eq!(compared, json!({ "schemas": [USER_URN, ENTERPRISE_USER_URN] }));
    let some = user(json!({ "emails": [{}, { "value": "A" }, null] }));
    assert_eq!(some.comparable("emails"), Some(json!([{ "value": "a" }])));
}

#[test]
fn points_in_time_are_compared_as_milliseconds() {
    let definition = json!({ "name": "since", "type": "dateTime" });
    let mut type_with_time = ResourceType::user();
    let mut schema = (*type_with_time.schema).clone();
    schema
        .attributes
        .push(Arc::new(serde_json::from_value(definition).unwrap()));
    type_with_time.schema = Arc::new(schema);
    let since = |text: &str| {
        let attributes = Map::from_iter([("since".to_owned(), text.into())]);
        Resource::from_checked(Arc::new(type_with_time.clone()), attributes).comparable("since")
    };
    assert_eq!(since("1970-01-01T01:00:01+01:00"), Some(json!(1_000)));
    assert_eq!(since("yesterday"), None);
}

#[test]
fn a_reference_to_elsewhere_is_an_absolute_uri() {
    let checked = |url: &str, tolerance: &Tolerance| {
        let body = json!({ "schemas": [USER_URN], "userName": "a", "profileUrl": url });
        let body = body.as_object().cloned().unwrap();
        Resource::check(
            &Arc::new(ResourceType::user()),
            body,
            Situation::Create,
            tolerance,
        )
    };
    for url in [
        "https://example.com/a?b=%20#c",
        "urn:example:a",
        "https://example.com/\u{e9}",
    ] {
        assert!(checked(url, &Tolerance::STRICT).is_ok(), "{url}");
    }
    for url in [
        "https://example.com/ a",
        "https://example.com/<a>",
        "example.com",
        "/a",
        "",
    ] {
        let refused = checked(url, &Tolerance::STRICT).unwrap_err();
        assert!(
            refused.detail().contains("`profileUrl` must be an absolute URI"),
            "{refused}"
        );
        assert!(checked(url, &Tolerance::LENIENT).is_ok(), "{url}");
    }
}
