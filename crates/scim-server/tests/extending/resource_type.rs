//! A resource type with an endpoint of its own.

use reqwest::Method;
use serde_json::json;

use crate::example::{DEVICE, creates_device, start, with};
use crate::support::TestApp;

#[actix_web::test]
async fn a_resource_type_has_an_endpoint_of_its_own() {
    let app = start().await;
    let standard = app.as_standard();
    let device = creates_device(
        &standard,
        "X-1",
        json!({ "externalId": "e1", "addresses": [{ "value": "10.0.0.1", "type": "ipv4", "primary": true }] }),
    )
    .await;
    let path = format!("/Devices/{}", device["id"].as_str().unwrap());
    assert_eq!(device["schemas"], json!([DEVICE]));
    assert_eq!(device["meta"]["resourceType"], "Device");
    assert!(device["meta"]["location"].as_str().unwrap().ends_with(&path));
    let read = standard.get(&path).await;
    assert_eq!((read.json(), read.header("etag")), (device.clone(), "W/\"1\""));

    let replaced = json!({ "schemas": [DEVICE], "serialNumber": "X-1", "displayName": "Laptop" });
    let replaced = standard.send(Method::PUT, &path, &replaced).await;
    assert_eq!(replaced.json()["meta"]["version"], "W/\"2\"");
    assert!(replaced.json().get("addresses").is_none());
    let other = json!({ "schemas": [DEVICE], "serialNumber": "X-2" });
    let refused = standard.send(Method::PUT, &path, &other).await;
    assert!(refused.is_scim_error(400).contains("immutable"));

    let operations = json!([
        { "op": "add", "path": "owner.value", "value": "u1" },
        { "op": "add", "path": "memory", "value": 1.5 },
        { "op": "replace", "value": { "managed": true } }
    ]);
    let patched = standard.patch(&path, operations).await.json();
    assert_eq!(
        (&patched["owner"], &patched["memory"]),
        (&json!({ "value": "u1" }), &json!(1.5))
    );
    assert_eq!(patched["managed"], true);
    let nothing = standard
        .patch(&path, json!([{ "op": "add", "path": "quota", "value": 1 }]))
        .await;
    assert_eq!(nothing.json()["scimType"], "invalidPath");

    assert_eq!(standard.delete(&path).await.status, 204);
    assert!(standard.get(&path).await.is_scim_error(404).contains("no Device"));
    assert_eq!(standard.get("/Devices").await.json()["totalResults"], 0);
    // and its number is free again
    creates_device(&standard, "X-1", json!({})).await;
    assert_eq!(
        standard
            .request(Method::PATCH, "/Devices")
            .send()
            .await
            .unwrap()
            .status(),
        405
    );
    assert_eq!(standard.get("/Devices/1/2").await.status, 404);
}

#[actix_web::test]
async fn a_number_that_must_be_its_own_has_a_limit() {
    let app = start().await;
    let standard = app.as_standard();
    let device = json!({ "schemas": [DEVICE], "serialNumber": "x".repeat(2_049) });
    let refused = standard.post("/Devices", &device).await;
    assert!(refused.is_scim_error(400).contains("`serialNumber` is too long"));
    creates_device(&standard, &"x".repeat(2_048), json!({})).await;
}

#[actix_web::test]
async fn resources_of_a_type_are_listed_filtered_and_sorted() {
    let app = start().await;
    let standard = app.as_standard();
    let devices = [
        (
            "a",
            json!({ "displayName": "Émile's", "memory": 16, "managed": true, "externalId": "E" }),
        ),
        (
            "b",
            json!({ "displayName": "desk", "memory": 4.5, "addresses": [{ "value": "::1", "type": "ipv6" }] }),
        ),
        (
            "c",
            json!({ "owner": { "value": "u" }, "addresses": [{ "value": "::1", "type": "mac" }] }),
        ),
    ];
    for (serial, rest) in devices {
        creates_device(&standard, serial, rest).await;
    }
    let found = async |query: &[(&str, &str)]| {
        let answer = standard.get(&with("/Devices", query)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let list = answer.json();
        let resources = list["Resources"].as_array().cloned().unwrap_or_default();
        let serials = resources
            .iter()
            .map(|device| device["serialNumber"].as_str().unwrap_or("-").to_owned());
        (
            list["totalResults"].as_u64().unwrap(),
            serials.collect::<Vec<_>>().join(""),
        )
    };
    for (filter, expected) in [
        ("serialNumber eq \"B\"", "b"),
        ("displayName co \"DESK\"", "b"),
        ("memory ge 4.5", "ab"),
        ("managed eq true", "a"),
        ("externalId eq \"E\"", "a"),
        ("externalId eq \"e\" or serialNumber eq \"c\"", "c"),
        ("externalId eq \"E\" or externalId eq \"F\"", "a"),
        ("addresses[value eq \"::1\" and type eq \"mac\"]", "c"),
        ("addresses eq \"::1\"", "bc"),
        ("owner.value eq \"u\"", "c"),
        ("not (owner pr)", "ab"),
        ("meta.resourceType eq \"Device\"", "abc"),
        (&format!("{DEVICE}:memory lt 5"), "b"),
    ] {
        assert_eq!(found(&[("filter", filter)]).await.1, expected, "{filter}");
    }
    assert_eq!(
        found(&[("sortBy", "displayName"), ("sortOrder", "descending")])
            .await
            .1,
        "cab"
    );
    assert_eq!(found(&[("sortBy", "memory")]).await.1, "bac");
    assert_eq!(
        found(&[("count", "1"), ("startIndex", "2")]).await,
        (3, "b".to_owned())
    );
    assert_eq!(found(&[("count", "0")]).await, (3, String::new()));
    assert_eq!(found(&[("attributes", "memory")]).await.1, "---");
    let search = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": "managed pr"
    });
    assert_eq!(
        standard.post("/Devices/.search", &search).await.json()["totalResults"],
        1
    );
    // users are none of them, and neither are those of another connection
    standard.creates_user("bjensen").await;
    assert_eq!(found(&[]).await.0, 3);
    assert_eq!(app.as_okta().get("/Devices").await.json()["totalResults"], 0);
    let unknown = standard
        .get(&with("/Devices", &[("filter", "userName pr")]))
        .await;
    assert_eq!(unknown.json()["scimType"], "invalidFilter");
}

#[actix_web::test]
async fn a_value_that_is_unique_has_one_resource() {
    let app = start().await;
    let standard = app.as_standard();
    let device = creates_device(&standard, "x-1", json!({})).await;
    let again = standard
        .post("/Devices", &json!({ "schemas": [DEVICE], "serialNumber": "X-1" }))
        .await;
    assert_eq!(
        again.is_scim_error(409),
        "another resource of this type has this `serialNumber`"
    );
    assert_eq!(again.json()["scimType"], "uniqueness");
    assert_eq!(standard.get("/Devices").await.json()["totalResults"], 1);
    let path = format!("/Devices/{}", device["id"].as_str().unwrap());
    let same = json!({ "schemas": [DEVICE], "serialNumber": "x-1", "managed": false });
    assert_eq!(standard.send(Method::PUT, &path, &same).await.status, 200);
    // each identity provider has its own
    creates_device(&app.as_okta(), "x-1", json!({})).await;
}

#[actix_web::test]
async fn the_base_url_and_circles_know_resources_of_other_types() {
    const DEVICE: &str = "urn:example:params:scim:schemas:devices:2.0:Device";
    let app = start().await;
    let standard = app.as_standard();
    standard.creates_user("bjensen").await;
    let owned = |bulk_id: &str, owner: &str| {
        json!({ "method": "POST", "path": "/Devices", "bulkId": bulk_id, "data": {
            "schemas": [DEVICE], "serialNumber": bulk_id, "owner": { "value": format!("bulkId:{owner}") },
        }})
    };
    let bulk = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [owned("one", "two"), owned("two", "one")],
    });
    let answer = standard.post("/Bulk", &bulk).await;
    for operation in answer.json()["Operations"].as_array().unwrap() {
        assert_eq!(operation["status"], "201", "{operation}");
    }
    assert_eq!(standard.get("/?count=0").await.json()["totalResults"], 3);
    let devices = standard
        .get(&with("/", &[("filter", "serialNumber pr")]))
        .await
        .json();
    assert_eq!(devices["totalResults"], 2, "{devices}");
    let one = &devices["Resources"][0];
    assert_eq!(one["owner"]["value"], devices["Resources"][1]["id"]);
}

/// A reference that is required may be part of a circle: nobody sees the resources before they are whole.
#[actix_web::test]
async fn a_circle_may_go_through_what_is_required() {
    let thing = "urn:example:params:scim:schemas:thing:2.0:Thing";
    let schema = json!({ "id": thing, "attributes": [
        { "name": "name", "required": true },
        { "name": "owner", "type": "complex", "required": true, "subAttributes": [{ "name": "value", "required": true }] }
    ] });
    let resource_type = json!({ "name": "Thing", "endpoint": "/Things", "schema": thing });
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, document: &serde_json::Value| {
        let path = folder.path().join(name);
        std::fs::write(&path, document.to_string()).unwrap();
        path
    };
    let (schema, resource_type) = (write("schema.json", &schema), write("type.json", &resource_type));
    let app = TestApp::start_with(move |config| {
        config.schemas = vec![schema];
        config.resource_types = vec![resource_type];
    })
    .await;
    let standard = app.as_standard();
    let create = |name: &str, owner: Option<&str>| {
        let mut data = json!({ "schemas": [thing], "name": name });
        if let Some(owner) = owner {
            data["owner"] = json!({ "value": format!("bulkId:{owner}") });
        }
        json!({ "method": "POST", "path": "/Things", "bulkId": name, "data": data })
    };
    let bulk = |operations: serde_json::Value| json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations });
    let answer = standard
        .post(
            "/Bulk",
            &bulk(json!([create("a", Some("b")), create("b", Some("a"))])),
        )
        .await
        .json();
    assert_eq!(answer["Operations"][0]["status"], "201", "{answer}");
    let path = |index: usize| {
        let location = answer["Operations"][index]["location"].as_str().unwrap();
        let (_, id) = location.rsplit_once('/').unwrap();
        format!("/Things/{id}")
    };
    let owner = standard.get(&path(0)).await.json()["owner"]["value"].clone();
    assert!(path(1).ends_with(owner.as_str().unwrap()));

    // who refers to nobody is whole at once, and lacks what is required
    let refused = standard
        .post(
            "/Bulk",
            &bulk(json!([
                create("c", Some("d")),
                create("d", Some("c")),
                create("e", None)
            ])),
        )
        .await
        .json();
    assert_eq!(refused["Operations"][2]["status"], "400", "{refused}");
    assert_eq!(standard.get("/Things").await.json()["totalResults"], 4);
}
