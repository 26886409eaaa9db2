//! The rules that files with schemas and resource types have to keep, and the place that a refusal names.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use scim_core::condition::{Condition, Operand};
use scim_core::filter::Filter;
use scim_core::schema::{Definition, DefinitionError, MAX_BYTES, ResourceTypes};

const SCHEMA: &str = r#"{
    "id": "urn:example:badge:2.0:User",
    "attributes": [
        { "name": "number", "type": "string" },
        { "name": "door", "type": "complex", "subAttributes": [{ "name": "value" }] }
    ]
}"#;
const USER: &str = r#"{
    "name": "User", "endpoint": "/Users", "schema": "urn:ietf:params:scim:schemas:core:2.0:User",
    "schemaExtensions": [{ "schema": "urn:example:badge:2.0:User", "required": false }]
}"#;
const DEVICE: &str =
    r#"{ "name": "Device", "endpoint": "/Devices", "schema": "urn:example:badge:2.0:User" }"#;

fn types(schema: &str, resource_type: &str) -> Result<ResourceTypes, DefinitionError> {
    let definition = |file: &str, text: &str| Definition {
        file: file.to_owned(),
        text: text.to_owned(),
    };
    ResourceTypes::builder()
        .schema(definition("badge.json", schema))
        .resource_type(definition("type.json", resource_type))
        .build()
}

fn complaint(schema: &str, resource_type: &str) -> String {
    types(schema, resource_type).unwrap_err().to_string()
}

#[test]
fn a_schema_that_does_not_do_is_refused_with_its_place() {
    for (from, to, expected) in [
        (
            r#""type": "string""#,
            r#""type": "text""#,
            "badge.json` at `attributes[0].type`: unknown value `text`",
        ),
        (
            r#""type": "string""#,
            r#""mutability": "never""#,
            "`attributes[0].mutability`",
        ),
        (
            r#""type": "string""#,
            r#""returned": "often""#,
            "`attributes[0].returned`",
        ),
        (
            r#""type": "string""#,
            r#""uniqueness": "some""#,
            "`attributes[0].uniqueness`",
        ),
        (
            r#""type": "string""#,
            r#""uniqueness": "server""#,
            "`attributes[0].uniqueness`: is not supported in an extension",
        ),
        (
            r#""type": "string""#,
            r#""uniqueness": "global""#,
            "`attributes[0].uniqueness`: `global` is not supported",
        ),
        (
            r#""name": "value""#,
            r#""name": "value", "uniqueness": "server""#,
            "`attributes[1].subAttributes[0].uniqueness`: is not supported for a sub-attribute",
        ),
        (
            r#""name": "value""#,
            r#""name": "value", "type": "reference", "referenceTypes": ["uri", "Car"]"#,
            "`attributes[1].subAttributes[0].referenceTypes[1]`: `Car`",
        ),
        (
            r#""type": "string""#,
            r#""canonicalValues": [1]"#,
            "`attributes[0].canonicalValues[0]`",
        ),
        (
            r#""type": "string""#,
            r#""type": "integer", "canonicalValues": ["1"]"#,
            "`attributes[0].canonicalValues`: only",
        ),
        (
            r#""type": "string""#,
            r#""type": "reference", "referenceTypes": ["Car"]"#,
            "`attributes[0].referenceTypes[0]`: `Car`",
        ),
        (
            r#""type": "string""#,
            r#""required": true, "mutability": "readOnly""#,
            "`attributes[0].required`",
        ),
        (
            r#""type": "string""#,
            r#""mutability": "writeOnly""#,
            "`attributes[0].returned`",
        ),
        (
            r#""type": "string""#,
            r#""subAttributes": [{ "name": "a" }]"#,
            "`attributes[0].subAttributes`",
        ),
        (r#""type": "string""#, r#""size": 1"#, "unknown member `size`"),
        (
            r#""name": "number""#,
            r#""name": "1st""#,
            "`attributes[0].name`: `1st` is not an attribute name",
        ),
        (
            r#""name": "number""#,
            r#""name": "DOOR""#,
            "`attributes[1].name`: `door` is defined twice",
        ),
        (
            r#""name": "number","#,
            "",
            "`attributes[0]`: missing member `name`",
        ),
        (r#"{ "name": "value" }"#, "", "`attributes[1].subAttributes`"),
        (
            r#"{ "name": "value" }"#,
            r#"{ "name": "v", "type": "complex" }"#,
            "`attributes[1].subAttributes[0].type`",
        ),
        (
            "urn:example:badge:2.0:User",
            "badge",
            "`id`: `badge` is not a URN",
        ),
        ("urn:example:badge:2.0:User", "urn:example:badge:2.0", "`id`: "),
        (
            "urn:example:badge:2.0:User",
            "urn:ietf:params:scim:schemas:core:2.0:Group",
            "`id`: `urn:ietf:params:scim:schemas:core:2.0:Group` is built in, and needs no file",
        ),
        (
            "urn:example:badge:2.0:User",
            "urn:example:other:2.0:User",
            "type.json` at `schemaExtensions[0].schema`: no file",
        ),
        ("{\n", "[", "badge.json`"),
    ] {
        let complaint = complaint(&SCHEMA.replacen(from, to, 1), USER);
        assert!(complaint.contains(expected), "{to}: {complaint}");
    }
}

#[test]
fn a_resource_type_that_does_not_do_is_refused_with_its_place() {
    for (from, to, expected) in [
        (
            "/Devices",
            "Devices",
            "type.json` at `endpoint`: `Devices` is not an endpoint",
        ),
        ("/Devices", "/a/b", "`endpoint`: `/a/b` is not an endpoint"),
        ("/Devices", "/users", "`endpoint`: `/users` is taken"),
        ("/Devices", "/Me", "`endpoint`: `/Me` is taken"),
        (
            "\"Device\"",
            "\"group\"",
            "`name`: `group` is taken: write `Group` to extend it",
        ),
        ("\"Device\"", "\"schema\"", "`name`: `schema` is taken"),
        ("\"Device\"", "\"a b\"", "`name`: `a b` is not a name"),
        (
            "\"Device\"",
            "\"Device\", \"id\": \"x\"",
            "`id`: must be the `name`",
        ),
        (
            "\"Device\"",
            "\"User\"",
            "`endpoint`: the endpoint of User is `/Users`",
        ),
        (
            "urn:example:badge:2.0:User",
            "urn:ietf:params:scim:schemas:core:2.0:User",
            "`schema`: ",
        ),
        (
            "{ \"name\"",
            "{ \"schemas\": [\"x\"], \"name\"",
            "`schemas`: must list",
        ),
    ] {
        let complaint = complaint(SCHEMA, &DEVICE.replacen(from, to, 1));
        assert!(complaint.contains(expected), "{to}: {complaint}");
    }
    let taken = SCHEMA.replacen("number", "externalId", 1);
    assert!(complaint(&taken, DEVICE).contains("badge.json` at `attributes[0].name`"));
    let extends_itself = DEVICE.replacen(
        '}',
        ", \"schemaExtensions\": [{ \"schema\": \"urn:example:badge:2.0:User\", \"required\": true }] }",
        1,
    );
    assert!(complaint(SCHEMA, &extends_itself).contains("cannot extend itself"));
    let unused = USER.replacen(
        "urn:example:badge:2.0:User",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
        1,
    );
    assert!(complaint(SCHEMA, &unused).contains("no resource type uses"));
    let empty = SCHEMA.split_once("[").unwrap().0.to_owned() + "[] }";
    assert!(complaint(&empty, DEVICE).contains("the schema has no attributes"));
}

#[test]
fn uniqueness_is_for_single_valued_text_of_a_type_of_its_own() {
    let unique = |rest: &str| {
        let attribute = format!(r#""uniqueness": "server"{rest}"#);
        types(&SCHEMA.replacen(r#""type": "string""#, &attribute, 1), DEVICE)
    };
    for allowed in ["", r#", "type": "reference", "referenceTypes": ["uri"]"#] {
        assert!(unique(allowed).is_ok(), "{allowed}");
    }
    for refused in [r#", "type": "integer""#, r#", "multiValued": true"#] {
        let complaint = unique(refused).unwrap_err().to_string();
        assert!(
            complaint.contains("`server` is supported for single-valued strings"),
            "{complaint}"
        );
    }
}

#[test]
fn a_reference_may_be_to_any_type_and_the_id_of_a_type_is_its_name() {
    let references = r#""type": "reference", "referenceTypes": ["external", "uri", "Device", "Group"]"#;
    let schema = SCHEMA.replacen(r#""type": "string""#, references, 1);
    let device = DEVICE.replacen(r#""name""#, r#""id": "Device", "name""#, 1);
    assert_eq!(types(&schema, &device).unwrap().others().len(), 1);
}

#[test]
fn a_file_may_be_as_large_as_the_limit_and_say_what_it_is() {
    let longest = format!("{SCHEMA}{}", " ".repeat(MAX_BYTES - SCHEMA.len()));
    types(&longest, USER).unwrap();
    assert!(complaint(&format!("{longest} "), USER).contains("larger than 262144 bytes"));
    assert!(complaint(SCHEMA, &" ".repeat(MAX_BYTES + 1)).contains("larger than 262144 bytes"));
    let tells = |text: &str, kind: &str| text.replacen('{', &format!(r#"{{ "schemas": ["x", "{kind}"],"#), 1);
    let schema = tells(SCHEMA, "urn:ietf:params:scim:schemas:core:2.0:schema");
    let resource_type = tells(USER, "urn:ietf:params:scim:schemas:core:2.0:ResourceType");
    types(&schema, &resource_type).unwrap();
}

#[test]
fn references_and_binary_data_are_compared_exactly_and_text_as_the_file_says() {
    let schema = SCHEMA.replacen(
        r#"{ "name": "number", "type": "string" }"#,
        r#"{ "name": "number", "type": "string", "caseExact": true }, { "name": "note", "type": "string" },
           { "name": "page", "type": "reference", "referenceTypes": ["external"] }, { "name": "photo", "type": "binary" }"#,
        1,
    );
    let types = types(&schema, USER).unwrap();
    for (name, expected) in [("number", true), ("note", false), ("page", true), ("photo", true)] {
        let filter: Filter = format!(r#"urn:example:badge:2.0:User:{name} eq "YQ==""#)
            .parse()
            .unwrap();
        let is_exact = match filter.resolve(types.user()).unwrap() {
            Condition::Compare(_, comparison) => matches!(comparison.operand, Operand::Exact(_)),
            other => panic!("{other:?}"),
        };
        assert_eq!(is_exact, expected, "{name}");
    }
}
