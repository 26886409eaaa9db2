//! A server with the files of the example, and what is asked of it.

use std::path::{Path, PathBuf};

use scim_server::config::Config;
use serde_json::{Value, json};

use crate::support::{Answer, TestApp, TestConnection};

pub(crate) const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

pub(crate) const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

pub(crate) const BADGE: &str = "urn:example:params:scim:schemas:extension:badge:2.0:User";

pub(crate) fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/schemas")
}

/// A server with the files of the example, which their configuration names by paths that start from its folder.
pub(crate) async fn start() -> TestApp {
    TestApp::start_with(|config| {
        let loaded = Config::load(Some(&examples().join("scim-server.toml")), []).unwrap();
        config.schemas = loaded.schemas;
        config.resource_types = loaded.resource_types;
    })
    .await
}

pub(crate) async fn creates(connection: &TestConnection<'_>, user_name: &str, badge: Value) -> Value {
    let user = json!({ "schemas": [USER, BADGE], "userName": user_name, BADGE: badge });
    let answer = connection.post("/Users", &user).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()
}

pub(crate) fn path_of(resource: &Value) -> String {
    format!("/Users/{}", resource["id"].as_str().unwrap())
}

pub(crate) fn names(list: &Answer) -> Vec<String> {
    let list = list.json();
    let resources = list["Resources"].as_array().cloned().unwrap_or_default();
    let name = |user: &Value| user["userName"].as_str().unwrap_or_default().to_owned();
    resources.iter().map(name).collect()
}

/// A path with a query string.
pub(crate) fn with(path: &str, query: &[(&str, &str)]) -> String {
    let mut encoded = url::form_urlencoded::Serializer::new(String::new());
    format!("{path}?{}", encoded.extend_pairs(query).finish())
}

pub(crate) async fn found(connection: &TestConnection<'_>, query: &[(&str, &str)]) -> Vec<String> {
    let answer = connection.get(&with("/Users", query)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    names(&answer)
}

pub(crate) const DEVICE: &str = "urn:example:params:scim:schemas:devices:2.0:Device";

pub(crate) async fn creates_device(connection: &TestConnection<'_>, serial: &str, rest: Value) -> Value {
    let mut device = json!({ "schemas": [DEVICE], "serialNumber": serial });
    device
        .as_object_mut()
        .unwrap()
        .extend(rest.as_object().unwrap().clone());
    let answer = connection.post("/Devices", &device).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()
}
