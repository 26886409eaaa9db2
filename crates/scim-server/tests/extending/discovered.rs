//! What discovery shows of the files.

use serde_json::json;

use crate::example::{BADGE, DEVICE, ENTERPRISE, start};

#[actix_web::test]
async fn discovery_shows_what_the_files_say() {
    let app = start().await;
    let standard = app.as_standard();
    let user = standard.get("/ResourceTypes/User").await.json();
    assert_eq!(
        user["schemaExtensions"],
        json!([{ "schema": ENTERPRISE, "required": false }, { "schema": BADGE, "required": false }])
    );
    let badge = standard.get(&format!("/Schemas/{BADGE}")).await.json();
    assert_eq!(badge["name"], "Badge");
    assert_eq!(badge["attributes"][0]["caseExact"], true);
    assert_eq!(badge["attributes"][5]["returned"], "never");
    let all = standard.get("/Schemas").await.json();
    let ids = all["Resources"].as_array().unwrap().iter();
    assert_eq!(ids.filter(|schema| schema["id"] == BADGE).count(), 1);
}

#[actix_web::test]
async fn a_resource_type_is_discovered() {
    let app = start().await;
    let standard = app.as_standard();
    let device = standard.get("/ResourceTypes/Device").await.json();
    assert_eq!(
        (&device["endpoint"], &device["schema"]),
        (&json!("/Devices"), &json!(DEVICE))
    );
    assert_eq!(standard.get("/ResourceTypes").await.json()["totalResults"], 3);
    let schema = standard.get(&format!("/Schemas/{DEVICE}")).await.json();
    assert_eq!(schema["attributes"][0]["uniqueness"], "server");
    assert_eq!(standard.get("/Schemas").await.json()["totalResults"], 5);
}
