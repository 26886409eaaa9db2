//! Files that define schemas and resource types, and are refused: before anything starts, and with the place.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod support;

use std::fs;

use support::binary::Folder;

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

fn folder(schema: &str, resource_type: &str) -> Folder {
    let folder = Folder::new();
    let below = folder.folder.path().join("conf");
    fs::create_dir(&below).unwrap();
    fs::write(below.join("badge.json"), schema).unwrap();
    fs::write(below.join("type.json"), resource_type).unwrap();
    let config = "schemas = [\"badge.json\"]\nresource_types = [\"type.json\"]\n";
    fs::write(below.join("scim.toml"), config).unwrap();
    folder
}

fn complaint(schema: &str, resource_type: &str) -> String {
    folder(schema, resource_type).complains(&["--config", "conf/scim.toml", "config", "check"])
}

#[test]
fn paths_start_from_the_file_that_names_them() {
    let folder = folder(SCHEMA, USER);
    let listing = folder.prints(&["--config", "conf/scim.toml", "config", "check"]);
    assert!(listing.contains("conf/badge.json"), "{listing}");
    // in the environment, from where the command runs
    let output = folder
        .command(&["config", "check"])
        .env("SCIM_SCHEMAS", "conf/badge.json")
        .env("SCIM_RESOURCE_TYPES", "conf/type.json")
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let missing = folder
        .command(&["serve"])
        .env("SCIM_SCHEMAS", "nothing.json")
        .output()
        .unwrap();
    let missing = String::from_utf8(missing.stderr).unwrap();
    assert!(missing.contains("`nothing.json` cannot be read"), "{missing}");
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
            "`attributes[0].name`: `1st` is no attribute name",
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
        ("urn:example:badge:2.0:User", "badge", "`id`: `badge` is no URN"),
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
    let large = format!("{SCHEMA}{}", " ".repeat(300_000));
    assert!(complaint(&large, USER).contains("larger than 262144 bytes"));
    let deep = format!("{{\"attributes\":{}", "[{\"subAttributes\":".repeat(100_000));
    assert!(complaint(&deep, USER).contains("badge.json`"));
}

#[test]
fn a_resource_type_that_does_not_do_is_refused_with_its_place() {
    for (from, to, expected) in [
        (
            "/Devices",
            "Devices",
            "type.json` at `endpoint`: `Devices` is no endpoint",
        ),
        ("/Devices", "/a/b", "`endpoint`: `/a/b` is no endpoint"),
        ("/Devices", "/users", "`endpoint`: `/users` is taken"),
        ("/Devices", "/Me", "`endpoint`: `/Me` is taken"),
        ("\"Device\"", "\"group\"", "`name`: `group` is taken"),
        ("\"Device\"", "\"a b\"", "`name`: `a b` is no name"),
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
}
