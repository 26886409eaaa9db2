//! Filters.

use scim_core::schema::{AttributeRef, AttributeType, Returned};
use serde_json::{Value, json};

use crate::leaf::{get, is_membership, is_read, leaves};
use crate::read::with_memberships;
use crate::support::{Answer, TestApp, TestConnection};
use crate::{created, minimal, refuses, types};

async fn filtered(connection: &TestConnection<'_>, endpoint: &str, filter: &str) -> Answer {
    Answer::of(connection.query(endpoint, &[("filter", filter)])).await
}

/// References among memberships are put together for the answer, so no store has them.
fn is_made_up(leaf: &AttributeRef) -> bool {
    is_membership(leaf) && leaf.leaf().name == "$ref"
}

/// The value that a resource has, shown or not.
async fn value(connection: &TestConnection<'_>, path: &str, leaf: &AttributeRef) -> Option<Value> {
    let asked = match leaf.leaf().returned {
        Returned::Request => format!("{path}?attributes={leaf}"),
        _ => path.to_owned(),
    };
    get(&connection.get(&asked).await.json(), leaf)
}

#[tokio::test]
async fn each_attribute_is_filtered_by_as_its_type_allows() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    for resource_type in types() {
        let path = with_memberships(&standard, &resource_type).await;
        created(&standard, &resource_type, &minimal(&resource_type)).await;
        for leaf in leaves(&resource_type) {
            let ask = async |condition: &str| {
                let filter = format!("{leaf} {condition}");
                filtered(&standard, &resource_type.endpoint, &filter).await
            };
            if !is_read(&leaf) {
                refuses(&ask("pr").await, "invalidFilter", &leaf, "pr");
                continue;
            }
            let Some(value) = value(&standard, &path, &leaf).await else {
                continue;
            };
            let finds = async |condition: &str, least: bool| {
                let answer = ask(condition).await;
                assert_eq!(answer.status, 200, "{leaf} {condition}: {answer:?}");
                let resources = answer.json()["Resources"].as_array().cloned().unwrap_or_default();
                let found = resources
                    .iter()
                    .any(|resource| path.ends_with(resource["id"].as_str().unwrap()));
                assert_eq!(found, least, "{leaf} {condition}");
            };
            if is_made_up(&leaf) {
                refuses(&ask("eq \"x\"").await, "invalidFilter", &leaf, "eq");
                continue;
            }
            finds("pr", true).await;
            match leaf.leaf().kind {
                AttributeType::Complex => {
                    let has_value = leaf.attribute.sub_attribute("value").is_some();
                    if !has_value {
                        refuses(&ask("eq \"x\"").await, "invalidFilter", &leaf, "eq");
                    }
                }
                AttributeType::Boolean => {
                    finds(&format!("eq {value}"), true).await;
                    finds(&format!("ne {value}"), false).await;
                    refuses(&ask("gt true").await, "invalidFilter", &leaf, "gt");
                    refuses(&ask("eq \"true\"").await, "invalidFilter", &leaf, "text");
                }
                AttributeType::Binary => {
                    finds(&format!("eq {value}"), true).await;
                    refuses(&ask("gt \"QUJD\"").await, "invalidFilter", &leaf, "gt");
                }
                _ => {
                    let text = value.as_str().unwrap().to_owned();
                    let shouted = text.to_uppercase();
                    finds(&format!("eq {}", json!(text)), true).await;
                    finds(
                        &format!("EQ {}", json!(shouted)),
                        !leaf.leaf().case_exact || shouted == text,
                    )
                    .await;
                    finds(&format!("co {}", json!(text)), true).await;
                    finds(&format!("sw {}", json!(text)), true).await;
                    finds(&format!("ew {}", json!(text)), true).await;
                    finds(&format!("ge {}", json!(text)), true).await;
                    finds(&format!("gt {}", json!(text)), false).await;
                    finds(&format!("eq {}", json!("something else")), false).await;
                    refuses(&ask("eq 7").await, "invalidFilter", &leaf, "number");
                }
            }
        }
    }
}
