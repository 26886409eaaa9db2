//! What was written while other files described a resource type.

use serde_json::{Value, json};

use crate::example::{BADGE, USER, creates, examples, found, path_of, start};
use crate::support::TestApp;

/// A server on the same database, with these files of schemas and of resource types.
async fn beside(app: &TestApp, schemas: &[std::path::PathBuf], types: &[std::path::PathBuf]) -> TestApp {
    let url = app.config.database.url.clone();
    TestApp::start_with(|config| {
        config.database.url = url;
        config.schemas = schemas.to_vec();
        config.resource_types = types.to_vec();
    })
    .await
}

/// The schema of the example without one of its attributes.
fn without(attribute: &str, folder: &std::path::Path) -> std::path::PathBuf {
    let schema = std::fs::read_to_string(examples().join("badge.json")).unwrap();
    let mut schema: Value = serde_json::from_str(&schema).unwrap();
    let attributes = schema["attributes"].as_array_mut().unwrap();
    attributes.retain(|known| known["name"] != attribute);
    let path = folder.join("badge.json");
    std::fs::write(&path, schema.to_string()).unwrap();
    path
}

#[actix_web::test]
async fn values_of_an_attribute_that_is_gone_are_not_returned() {
    let app = start().await;
    let badge = json!({ "number": "B-17", "level": 3, "pin": "4711", "active": true });
    let barbara = creates(&app.as_standard(), "barbara", badge).await;
    let path = path_of(&barbara);

    let folder = tempfile::tempdir().unwrap();
    for attribute in ["pin", "level"] {
        let schema = without(attribute, folder.path());
        let types = [examples().join("user.json")];
        let later = beside(&app, &[schema], &types).await;
        let standard = later.as_standard();
        for answer in [standard.get(&path).await, standard.get("/Users").await] {
            assert!(answer.text.contains("B-17"), "{answer:?}");
            assert!(!answer.text.contains(&format!("\"{attribute}\"")), "{answer:?}");
            assert!(!answer.text.contains("4711"), "{answer:?}");
        }
    }
}

#[actix_web::test]
async fn an_extension_that_is_gone_is_forgotten_with_the_next_change() {
    let app = start().await;
    let first = app.as_standard();
    let barbara = creates(&first, "barbara", json!({ "number": "B-17", "pin": "4711" })).await;
    let path = path_of(&barbara);

    let later = beside(&app, &[], &[]).await;
    let standard = later.as_standard();
    let read = standard.get(&path).await.json();
    assert_eq!(read.get(BADGE), None);
    assert_eq!(read["schemas"], json!([USER]));
    let title = json!([{ "op": "replace", "path": "title", "value": "Guide" }]);
    let patched = standard.patch(&path, title).await.json();
    assert_eq!((patched.get(BADGE), &patched["title"]), (None, &json!("Guide")));
    // the files are back, and the values are not
    let badge = format!("{BADGE}:number pr");
    assert!(found(&first, &[("filter", &badge)]).await.is_empty());
    assert_eq!(first.get(&path).await.json().get(BADGE), None);
}
