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
    let attributes = json!([
        { "name": "center" },
        { "name": "split", "type": "complex", "subAttributes": [
            { "name": "value", "required": true }, { "name": "share", "type": "decimal" }
        ] }
    ]);
    extended(attributes, required)
}

/// A group with an extension of these attributes, written as in a file of schemas.
fn extended(attributes: Value, required: bool) -> Arc<ResourceType> {
    let schema = json!({ "id": COST, "attributes": attributes });
    let group = json!({
        "name": "Group", "endpoint": "/Groups", "schema": GROUP_URN,
        "schemaExtensions": [{ "schema": COST, "required": required }]
    });
    let definition = |file: &str, json: Value| Definition {
        file: file.to_owned(),
        text: json.to_string(),
    };
    let types = ResourceTypes::builder()
        .schema(definition("s", schema))
        .resource_type(definition("t", group))
        .build()
        .unwrap();
    types.group().clone()
}

fn check(resource_type: &Arc<ResourceType>, extension: Value) -> Result<Resource, String> {
    let body = json!({ "schemas": [GROUP_URN], "displayName": "Tour Guides", COST: extension });
    let body = body.as_object().unwrap();
    Resource::check(resource_type, body.clone(), Situation::Create, &Tolerance::STRICT)
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

/// What is said of a file with that text among `schemas`, the line and column aside.
fn complaint(text: &str) -> String {
    let definition = Definition {
        file: "f".to_owned(),
        text: text.to_owned(),
    };
    let complaint = ResourceTypes::builder()
        .schema(definition)
        .build()
        .unwrap_err()
        .to_string();
    match complaint.split_once(" at line ") {
        Some((complaint, _)) => complaint.to_owned(),
        None => complaint,
    }
}

#[test]
fn a_file_of_another_form_is_refused_in_words_of_json() {
    let with = |attribute: &str| format!(r#"{{"id":"urn:example:a:2.0:User","attributes":[{attribute}]}}"#);
    for (text, expected) in [
        ("", "`f`: the file is empty"),
        ("[]", "`f`: this is not a JSON object"),
        (r#"{"id":"#, "`f`: this is not JSON: EOF while parsing a value"),
        (&with(r#"{"name":"a"},"#), "`f`: this is not JSON: trailing comma"),
        (
            r#"{"Resources":[]}"#,
            "`f` at `Resources`: this is a list: save each of its resources in a file of its own",
        ),
        (
            r#"{"endpoint":"/A"}"#,
            "`f` at `endpoint`: this is a resource type: name the file in `resource_types`",
        ),
        (r#"{"id":"a"}"#, "`f`: missing member `attributes`"),
        (
            r#"{"id":"a","attributes":{}}"#,
            "`f` at `attributes`: found an object, expected a list",
        ),
        (
            &with(r#""a""#),
            r#"`f` at `attributes[0]`: found string "a", expected an object such as `{"name": "level", "type": "integer"}`"#,
        ),
        (
            &with(r#"{"name":"a","name":"b"}"#),
            "`f` at `attributes[0]`: duplicate member `name`",
        ),
        (
            &with(r#"{"name":"a","type":5}"#),
            "`f` at `attributes[0].type`: expected a word in quotes",
        ),
        (
            &with(r#"{"name":"a","required":"yes"}"#),
            r#"`f` at `attributes[0].required`: found string "yes", expected `true` or `false`"#,
        ),
        (
            &with(r#"{"name":"a","subAttributes":null}"#),
            "`f` at `attributes[0].subAttributes`: found `null`, which is to be left out, expected a list",
        ),
        (
            r#"{"id":"urn:ietf:params:scim:schemas:core:2.0:Car","attributes":[{"name":"a"}]}"#,
            "`f` at `id`: `urn:ietf:params:scim:schemas:core:2.0:Car` is one of the URNs that the RFCs have for themselves, use one of yours",
        ),
        (
            r#"{"id":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User","attributes":[{"name":"a"}]}"#,
            "`f` at `id`: `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User` is built in, and needs no file",
        ),
        // a byte order mark is none of the text
        (
            &format!("\u{feff}{}", with(r#"{"name":"a"}"#)),
            "`f` at `id`: no resource type uses `urn:example:a:2.0:User`: name it in a file of `resource_types`",
        ),
    ] {
        assert_eq!(complaint(text), expected, "{text}");
    }
}

#[test]
fn a_type_hides_values_if_an_attribute_or_a_sub_attribute_of_an_extension_is_hidden() {
    let hides = |attribute| extended(json!([attribute]), false).hides_values();
    assert!(!ResourceType::user().hides_values());
    assert!(!ResourceType::group().hides_values());
    assert!(!hides(json!({ "name": "center" })));
    assert!(!hides(json!({ "name": "center", "returned": "always" })));
    assert!(hides(json!({ "name": "center", "returned": "never" })));
    assert!(hides(json!({ "name": "center", "returned": "request" })));
    let within = json!({ "name": "split", "type": "complex", "subAttributes": [
        { "name": "value" }, { "name": "pin", "returned": "request" }
    ] });
    assert!(hides(within));
}

#[test]
fn a_primary_is_the_boolean_of_that_name_in_a_list() {
    let is_primary = |attribute: Value, path: &str| {
        let group = extended(json!([attribute]), false);
        let path = format!("{COST}:{path}").parse().unwrap();
        group.resolve(&path).unwrap().is_primary()
    };
    let cards = |kind: &str, multi_valued: bool| {
        json!({ "name": "cards", "type": "complex", "multiValued": multi_valued, "subAttributes": [
            { "name": "primary", "type": kind }, { "name": "lost", "type": "boolean" }
        ] })
    };
    assert!(is_primary(cards("boolean", true), "cards.primary"));
    assert!(!is_primary(cards("boolean", true), "cards.lost"));
    assert!(!is_primary(cards("boolean", true), "cards"));
    assert!(!is_primary(cards("boolean", false), "cards.primary"));
    assert!(!is_primary(cards("string", true), "cards.primary"));
}
