//! What was written while other files described a resource type.

use serde_json::{Value, json};

use crate::example::{BADGE, USER, creates, examples, found, path_of, start, with};
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

/// A schema of one attribute, and the type of those who have it.
fn files(folder: &std::path::Path, attribute: &Value) -> [std::path::PathBuf; 2] {
    let urn = "urn:example:params:scim:schemas:things:2.0:Thing";
    let file = |name: &str, text: Value| {
        let path = folder.join(name);
        std::fs::write(&path, text.to_string()).unwrap();
        path
    };
    [
        file(
            "schema.json",
            json!({ "id": urn, "name": "Thing", "attributes": [attribute] }),
        ),
        file(
            "type.json",
            json!({ "name": "Thing", "endpoint": "/Things", "schema": urn }),
        ),
    ]
}

#[actix_web::test]
async fn a_value_of_another_type_is_none_to_filters_and_orders() {
    let (folder, app) = (tempfile::tempdir().unwrap(), TestApp::start().await);
    let complex = |is_list| json!({ "name": "k", "type": "complex", "multiValued": is_list, "subAttributes": [{ "name": "value" }] });
    let simple = |kind, is_list| json!({ "name": "k", "type": kind, "multiValued": is_list });
    let forms = [
        (simple("string", false), json!("v")),
        (simple("string", true), json!(["v", "5"])),
        (simple("integer", false), json!(5)),
        (simple("boolean", false), json!(true)),
        (simple("dateTime", false), json!("2026-01-01T00:00:00Z")),
        (complex(false), json!({ "value": "v" })),
        (complex(true), json!([{ "value": "v" }])),
    ];
    let urn = "urn:example:params:scim:schemas:things:2.0:Thing";
    for (old, value) in &forms {
        let [schema, thing] = files(folder.path(), old);
        let before = beside(&app, &[schema], &[thing]).await;
        let body = json!({ "schemas": [urn], "k": value });
        assert_eq!(
            before.as_standard().post("/Things", &body).await.status,
            201,
            "{old}"
        );
    }
    for (new, value) in &forms {
        let [schema, thing] = files(folder.path(), new);
        let after = beside(&app, &[schema], &[thing]).await;
        let standard = after.as_standard();
        let filters = match (new["type"].as_str().unwrap(), value) {
            // a point in time is kept as a number
            ("integer", _) => vec![("k eq 5", 1), ("k ge 1", 2), ("k pr", 2)],
            ("boolean", _) => vec![("k eq true", 1), ("k ne false", 7), ("k pr", 1)],
            ("dateTime", _) => vec![("k gt \"2025-01-01T00:00:00Z\"", 1), ("k pr", 2)],
            ("complex", Value::Array(_)) => vec![
                ("k eq \"v\"", 1),
                ("k.value pr", 1),
                ("k[value eq \"v\"]", 1),
                ("k[not (value pr)]", 1),
                ("k pr", 1),
            ],
            ("complex", _) => vec![("k.value eq \"v\"", 1), ("k.value pr", 1), ("k pr", 1)],
            (_, _) => vec![("k eq \"v\"", 1), ("k pr", 1), ("k gt \"a\"", 1)],
        };
        for (filter, found) in filters {
            let list = standard.get(&with("/Things", &[("filter", filter)])).await;
            assert_eq!(list.status, 200, "{new}: {filter}: {list:?}");
            assert_eq!(list.json()["totalResults"], found, "{new}: {filter}");
        }
        let sub = if new["type"] == "complex" { "k.value" } else { "k" };
        let (mut seen, mut cursor) = (0, String::new());
        loop {
            let page = [("sortBy", sub), ("count", "2"), ("cursor", cursor.as_str())];
            let page = standard.get(&with("/Things", &page)).await;
            assert_eq!(page.status, 200, "{new}: {page:?}");
            let page = page.json();
            seen += page["Resources"].as_array().unwrap().len();
            match page["nextCursor"].as_str() {
                Some(next) => next.clone_into(&mut cursor),
                None => break,
            }
        }
        assert_eq!(seen, forms.len(), "{new}");
    }
}
