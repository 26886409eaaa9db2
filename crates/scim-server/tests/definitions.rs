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
fn a_file_that_does_not_do_is_refused_with_its_place() {
    let text = SCHEMA.replacen("string", "text", 1);
    let unknown = complaint(&text, USER);
    assert!(
        unknown.contains("badge.json` at `attributes[0].type`: unknown value `text`"),
        "{unknown}"
    );
    let endpoint = complaint(SCHEMA, &DEVICE.replacen("/Devices", "/Me", 1));
    assert!(
        endpoint.contains("type.json` at `endpoint`: `/Me` is taken"),
        "{endpoint}"
    );
    let large = format!("{SCHEMA}{}", " ".repeat(300_000));
    assert!(complaint(&large, USER).contains("larger than 262144 bytes"));
    let deep = format!("{{\"attributes\":{}", "[{\"subAttributes\":".repeat(100_000));
    assert!(complaint(&deep, USER).contains("badge.json`"));
}
