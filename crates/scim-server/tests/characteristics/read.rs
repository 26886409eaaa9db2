//! What is returned, and when.

use scim_core::schema::{AttributeRef, ResourceType, Returned};
use serde_json::{Value, json};

use crate::leaf::{get, leaves};
use crate::support::{Answer, TestApp, TestConnection};
use crate::{created, full, types};

async fn reads(connection: &TestConnection<'_>, path: &str, name: &str, value: &str) -> Value {
    let answer = Answer::of(connection.query(path, &[(name, value)])).await;
    assert_eq!(answer.status, 200, "{name}={value}: {answer:?}");
    answer.json()
}

/// A resource that has a value for everything, memberships too, and the path to it.
pub(crate) async fn with_memberships(
    connection: &TestConnection<'_>,
    resource_type: &ResourceType,
) -> String {
    let path = created(connection, resource_type, &full(resource_type, 1)).await;
    let id = path.rsplit('/').next().unwrap().to_owned();
    match resource_type.name.as_str() {
        "User" => {
            connection.creates_group("Guides", &[&id]).await;
        }
        _ => {
            let user = connection.creates_user("Member").await;
            let member = json!([{ "op": "add", "path": "members", "value": [{ "value": user["id"] }] }]);
            assert_eq!(connection.patch(&path, member).await.status, 200);
        }
    }
    path
}

fn returned(leaf: &AttributeRef) -> Returned {
    match (leaf.attribute.returned, leaf.leaf().returned) {
        (Returned::Never, _) | (_, Returned::Never) => Returned::Never,
        (Returned::Request, _) | (_, Returned::Request) => Returned::Request,
        (_, leaf) => leaf,
    }
}

#[tokio::test]
async fn each_attribute_is_returned_when_its_definition_says() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    for resource_type in types() {
        let path = with_memberships(&standard, &resource_type).await;
        let plain = standard.get(&path).await.json();
        for leaf in leaves(&resource_type) {
            let named = leaf.to_string();
            let asked = reads(&standard, &path, "attributes", &named.to_uppercase()).await;
            let excluded = reads(&standard, &path, "excludedAttributes", &named).await;
            let is_in = |document: &Value| get(document, &leaf).is_some();
            let expected = match returned(&leaf) {
                Returned::Always => (true, true, true),
                Returned::Never => (false, false, false),
                // the server has no name of the manager
                _ if leaf.attribute.name == "manager" && leaf.leaf().name == "displayName" => {
                    (false, false, false)
                }
                Returned::Default => (true, true, false),
                Returned::Request => (false, true, false),
            };
            assert_eq!(
                (is_in(&plain), is_in(&asked), is_in(&excluded)),
                expected,
                "{leaf}"
            );
            // nothing comes along that was not asked for, and nothing else goes away
            let holders = |document: &Value| document.as_object().unwrap().len();
            assert!(holders(&asked) <= 3, "{leaf}: {asked}");
            for always in ["id", "schemas"] {
                assert!(asked.get(always).is_some() && excluded.get(always).is_some());
            }
            let gone = holders(&plain) - holders(&excluded);
            assert!(gone <= 1, "{leaf}: {excluded}");
            if leaf.sub.is_none() && leaf.extension.is_none() && expected.1 && holders(&asked) == 3 {
                assert_eq!(get(&asked, &leaf), get(&plain, &leaf), "{leaf}");
            }
        }
    }
}

#[tokio::test]
async fn what_is_always_returned_cannot_be_excluded() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    for resource_type in types() {
        let path = with_memberships(&standard, &resource_type).await;
        for attribute in ResourceType::common_attributes() {
            let excluded = reads(&standard, &path, "excludedAttributes", &attribute.name).await;
            let stays = attribute.returned == Returned::Always;
            assert_eq!(
                excluded.get(&attribute.name).is_some(),
                stays,
                "{}",
                attribute.name
            );
        }
    }
}
