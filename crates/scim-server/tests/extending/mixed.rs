//! Attributes that are something else in another resource type.

use serde_json::{Value, json};

use crate::example::{USER, with};
use crate::support::{TestApp, TestConnection};

const WIDGET: &str = "urn:example:params:scim:schemas:widgets:2.0:Widget";

/// A server with a resource type whose `userName` is a number, `active` a text and `nickName` a point in time.
async fn start() -> TestApp {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: Value| {
        let path = folder.path().join(name);
        std::fs::write(&path, text.to_string()).unwrap();
        path
    };
    let schema = json!({ "id": WIDGET, "name": "Widget", "attributes": [
        { "name": "userName", "type": "integer" }, { "name": "active", "type": "string" },
        { "name": "nickName", "type": "dateTime" }] });
    let resource_type = json!({ "name": "Widget", "endpoint": "/Widgets", "schema": WIDGET });
    let schemas = vec![file("schema.json", schema)];
    let resource_types = vec![file("type.json", resource_type)];
    TestApp::start_with(|config| {
        config.schemas = schemas;
        config.resource_types = resource_types;
    })
    .await
}

async fn fill(standard: &TestConnection<'_>) {
    for number in 0..7 {
        let is_even = number % 2 == 0;
        let mut user = json!({ "schemas": [USER], "userName": number.to_string(), "active": is_even });
        let mut widget = json!({ "schemas": [WIDGET], "userName": number, "active": number.to_string() });
        if is_even {
            user["nickName"] = json!(format!("n{number}"));
            widget["nickName"] = json!(format!("2026-01-0{}T00:00:00Z", number + 1));
        }
        assert_eq!(standard.post("/Users", &user).await.status, 201);
        assert_eq!(standard.post("/Widgets", &widget).await.status, 201);
    }
}

fn ids(list: &Value) -> Vec<String> {
    let resources = list["Resources"].as_array().cloned().unwrap_or_default();
    resources
        .iter()
        .map(|resource| resource["id"].as_str().unwrap().to_owned())
        .collect()
}

#[actix_web::test]
async fn pages_of_all_resources_partition_them_in_every_order() {
    let app = start().await;
    let standard = app.as_standard();
    fill(&standard).await;
    for by in ["userName", "active", "nickName"] {
        for order in ["ascending", "descending"] {
            let sorted = [("sortBy", by), ("sortOrder", order)];
            let expected = ids(&standard
                .get(&with("/", &[sorted[0], sorted[1], ("count", "100")]))
                .await
                .json());
            assert_eq!(expected.len(), 14);
            let (mut seen, mut cursor, mut pages) = (Vec::new(), String::new(), Vec::new());
            loop {
                let page = with("/", &[sorted[0], sorted[1], ("count", "3"), ("cursor", &cursor)]);
                let page = standard.get(&page).await;
                assert_eq!(page.status, 200, "{page:?}");
                let page = page.json();
                seen.extend(ids(&page));
                assert!(seen.len() <= expected.len(), "{by} {order}: {seen:?}");
                pages.push(ids(&page));
                match page["nextCursor"].as_str() {
                    Some(next) => next.clone_into(&mut cursor),
                    None => break,
                }
            }
            assert_eq!(seen, expected, "{by} {order}");
            // and back
            let last = with("/", &[sorted[0], sorted[1], ("count", "3"), ("cursor", &cursor)]);
            let mut page = standard.get(&last).await.json();
            for before in pages.iter().rev().skip(1) {
                let previous = page["previousCursor"].as_str().unwrap().to_owned();
                let previous = [sorted[0], sorted[1], ("count", "3"), ("cursor", &previous)];
                page = standard.get(&with("/", &previous)).await.json();
                assert_eq!(ids(&page), *before, "{by} {order}");
            }
        }
    }
}

#[actix_web::test]
async fn a_filter_finds_those_it_can_be_about() {
    let app = start().await;
    let standard = app.as_standard();
    fill(&standard).await;
    for (filter, found) in [
        ("userName eq \"5\"", 1),
        ("userName eq 5", 1),
        ("userName eq 5 or userName eq \"5\"", 2),
        ("userName gt 4", 2),
        // of the others, nothing is identical to it
        ("userName ne 5", 13),
        ("not (userName eq 5)", 13),
        ("active eq true", 4),
        ("active eq \"1\"", 1),
        ("userName pr", 14),
    ] {
        let list = standard.get(&with("/", &[("filter", filter)])).await;
        assert_eq!(list.json()["totalResults"], found, "{filter}: {list:?}");
    }
    let neither = standard.get(&with("/", &[("filter", "userName eq true")])).await;
    assert!(
        neither.is_scim_error(400).contains("`userName` is"),
        "{neither:?}"
    );
}
