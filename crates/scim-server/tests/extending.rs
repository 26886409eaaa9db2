//! Extensions and resource types that come from files: those of `examples/schemas`, through HTTP.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod support;

use std::path::{Path, PathBuf};

use reqwest::Method;
use scim_server::config::Loaded;
use serde_json::{Value, json};
use support::{Answer, TestApp, TestConnection};

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const BADGE: &str = "urn:example:params:scim:schemas:extension:badge:2.0:User";

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/schemas")
}

/// A server with the files of the example, which their configuration names by paths that start from its folder.
async fn start() -> TestApp {
    TestApp::start_with(|config| {
        let loaded = Loaded::from_layers(&[], Some(&examples().join("scim-server.toml")), []).unwrap();
        config.schemas = loaded.config.schemas;
        config.resource_types = loaded.config.resource_types;
    })
    .await
}

async fn creates(connection: &TestConnection<'_>, user_name: &str, badge: Value) -> Value {
    let user = json!({ "schemas": [USER, BADGE], "userName": user_name, BADGE: badge });
    let answer = connection.post("/Users", &user).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()
}

fn path_of(resource: &Value) -> String {
    format!("/Users/{}", resource["id"].as_str().unwrap())
}

fn names(list: &Answer) -> Vec<String> {
    let list = list.json();
    let resources = list["Resources"].as_array().cloned().unwrap_or_default();
    let name = |user: &Value| user["userName"].as_str().unwrap_or_default().to_owned();
    resources.iter().map(name).collect()
}

/// A path with a query string.
fn with(path: &str, query: &[(&str, &str)]) -> String {
    let mut encoded = url::form_urlencoded::Serializer::new(String::new());
    format!("{path}?{}", encoded.extend_pairs(query).finish())
}

async fn found(connection: &TestConnection<'_>, query: &[(&str, &str)]) -> Vec<String> {
    let answer = connection.get(&with("/Users", query)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    names(&answer)
}

#[actix_web::test]
async fn an_extension_is_written_and_read_as_its_schema_says() {
    let app = start().await;
    let standard = app.as_standard();
    let badge = json!({
        "NUMBER": "B-1", "level": 3, "color": "Green", "issued": "2026-01-02T03:04:05Z", "pin": "1234",
        "note": "has a dog", "doors": [{ "value": "Lab" }], "unknown": 1
    });
    let user = creates(&standard, "bjensen", badge).await;
    assert_eq!(user["schemas"], json!([USER, BADGE]));
    assert_eq!(
        user[BADGE],
        json!({
            "number": "B-1", "level": 3, "color": "Green", "issued": "2026-01-02T03:04:05Z",
            "doors": [{ "value": "Lab" }]
        })
    );
    let path = path_of(&user);
    let asked = standard
        .get(&format!("{path}?attributes={BADGE}:note,{BADGE}:pin"))
        .await;
    assert_eq!(asked.json()[BADGE], json!({ "note": "has a dog" }));
    let without = standard.get(&format!("{path}?excludedAttributes={BADGE}")).await;
    assert!(without.json().get(BADGE).is_none());

    for (badge, reason) in [
        (json!({ "level": 3 }), format!("`{BADGE}:number` is required")),
        (
            json!({ "number": "1", "level": "3" }),
            format!("`{BADGE}:level` must be"),
        ),
        (
            json!({ "number": "1", "issued": "now" }),
            format!("`{BADGE}:issued` must be"),
        ),
        (
            json!({ "number": "1", "doors": [{ "type": "inner" }] }),
            format!("`{BADGE}:doors.value` is required"),
        ),
    ] {
        let body = json!({ "schemas": [USER, BADGE], "userName": "x", BADGE: badge });
        let detail = standard.post("/Users", &body).await.is_scim_error(400);
        assert!(detail.contains(&reason), "{detail}");
    }

    let same = json!({ "schemas": [USER], "userName": "bjensen", BADGE: { "number": "B-2" } });
    let replaced = standard.send(Method::PUT, &path, &same).await.json();
    assert_eq!(
        replaced[BADGE],
        json!({ "number": "B-2", "issued": "2026-01-02T03:04:05Z" })
    );
    let other = json!({
        "schemas": [USER], "userName": "bjensen", BADGE: { "number": "B-2", "issued": "2027-01-02T03:04:05Z" }
    });
    let refused = standard.send(Method::PUT, &path, &other).await;
    assert!(refused.is_scim_error(400).contains("immutable"), "{refused:?}");
}

#[actix_web::test]
async fn an_extension_is_filtered_and_sorted_by() {
    let app = start().await;
    let standard = app.as_standard();
    let door = |name: &str, kind: &str| json!([{ "value": name, "type": kind }]);
    let badges = [
        (
            "ann",
            json!({ "number": "b-1", "level": 10, "active": true, "doors": door("Lab", "inner") }),
        ),
        (
            "bob",
            json!({ "number": "B-1", "level": 9, "color": "Green", "doors": door("Lab", "outer") }),
        ),
        (
            "cid",
            json!({ "number": "C", "issued": "2026-01-02T03:04:05Z", "approver": { "value": "x" } }),
        ),
    ];
    for (name, badge) in badges {
        creates(&standard, name, badge).await;
    }
    standard.creates_user("dan").await;
    for (filter, expected) in [
        ("number eq \"B-1\"", vec!["bob"]),
        ("number sw \"B\"", vec!["bob"]),
        ("COLOR eq \"GREEN\"", vec!["bob"]),
        ("level gt 9", vec!["ann"]),
        ("active eq true", vec!["ann"]),
        ("issued lt \"2026-01-02T04:04:05+00:00\"", vec!["cid"]),
        ("doors eq \"lab\"", vec!["ann", "bob"]),
        ("doors.type eq \"outer\"", vec!["bob"]),
        ("doors[value eq \"LAB\" and type eq \"inner\"]", vec!["ann"]),
        ("approver.value pr", vec!["cid"]),
        ("level pr", vec!["ann", "bob"]),
        ("number ne \"C\"", vec!["ann", "bob", "dan"]),
    ] {
        let filter = format!("{BADGE}:{filter}");
        assert_eq!(
            found(&standard, &[("filter", &filter)]).await,
            expected,
            "{filter}"
        );
    }
    let schemas = format!("schemas eq \"{BADGE}\"");
    assert_eq!(
        found(&standard, &[("filter", &schemas)]).await,
        ["ann", "bob", "cid"]
    );
    let level = format!("{BADGE}:level");
    assert_eq!(
        found(&standard, &[("sortBy", &level)]).await,
        ["bob", "ann", "cid", "dan"]
    );
    let pin = format!("{BADGE}:pin eq \"1\"");
    let hidden = standard.get(&with("/Users", &[("filter", &pin)])).await;
    assert!(hidden.is_scim_error(400).contains("cannot be read"));
}

#[actix_web::test]
async fn an_extension_is_patched() {
    let app = start().await;
    let standard = app.as_standard();
    let path = path_of(&standard.creates_user("bjensen").await);
    let added = standard
        .patch(&path, json!([
            { "op": "add", "path": BADGE, "value": { "number": "1", "doors": [{ "value": "Lab", "type": "inner" }] } },
            { "op": "replace", "path": format!("{BADGE}:level"), "value": 4 },
            { "op": "replace", "path": format!("{BADGE}:doors[type eq \"inner\"].value"), "value": "Vault" },
            { "op": "add", "value": { BADGE: { "color": "red" } } }
        ]))
        .await;
    assert_eq!(added.status, 200, "{added:?}");
    assert_eq!(
        added.json()[BADGE],
        json!({ "number": "1", "doors": [{ "value": "Vault", "type": "inner" }], "level": 4, "color": "red" })
    );
    let issued = |time: &str| json!([{ "op": "add", "path": format!("{BADGE}:issued"), "value": time }]);
    assert_eq!(
        standard.patch(&path, issued("2026-01-02T03:04:05Z")).await.status,
        200
    );
    for operations in [
        issued("2027-01-02T03:04:05Z"),
        json!([{ "op": "remove", "path": BADGE }]),
    ] {
        let refused = standard.patch(&path, operations).await;
        assert_eq!(refused.json()["scimType"], "mutability", "{refused:?}");
    }
    let required = json!([{ "op": "remove", "path": format!("{BADGE}:number") }]);
    assert!(
        standard
            .patch(&path, required)
            .await
            .is_scim_error(400)
            .contains("is required")
    );
}

#[actix_web::test]
async fn identity_providers_write_an_extension_in_their_ways() {
    let app = start().await;
    let entra = app.as_entra();
    let path = path_of(&creates(&entra, "bjensen", json!({ "number": "1", "active": "True" })).await);
    let operations = json!([
        { "op": "Add", "path": format!("{BADGE}:color"), "value": "red" },
        { "op": "Replace", "path": format!("{BADGE}:active"), "value": "False" },
        { "op": "Add", "path": format!("{BADGE}:doors[type eq \"outer\"].value"), "value": "Gate" },
        { "op": "Replace", "value": { format!("{BADGE}:level"): 7 } },
        { "op": "Add", "path": "manager", "value": "1" }
    ]);
    let answer = entra.patch(&path, operations).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(
        answer.json()[BADGE],
        json!({
            "number": "1", "active": false, "color": "red", "doors": [{ "type": "outer", "value": "Gate" }], "level": 7
        })
    );
    assert_eq!(answer.json()[ENTERPRISE]["manager"]["value"], "1");

    let okta = app.as_okta();
    let path = path_of(&creates(&okta, "bjensen", json!({ "number": "1" })).await);
    let operations = json!([{ "op": "replace", "value": { BADGE: { "number": "2", "level": 1 } } }]);
    let answer = okta.patch(&path, operations).await;
    assert_eq!(answer.json()[BADGE], json!({ "number": "2", "level": 1 }));
}

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

const DEVICE: &str = "urn:example:params:scim:schemas:devices:2.0:Device";

async fn creates_device(connection: &TestConnection<'_>, serial: &str, rest: Value) -> Value {
    let mut device = json!({ "schemas": [DEVICE], "serialNumber": serial });
    device
        .as_object_mut()
        .unwrap()
        .extend(rest.as_object().unwrap().clone());
    let answer = connection.post("/Devices", &device).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()
}

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

#[actix_web::test]
async fn a_replacement_keeps_no_half_of_an_extension() {
    let app = start().await;
    let standard = app.as_standard();
    let badge = json!({ "number": "B-1", "issued": "2026-01-02T03:04:05Z" });
    let user = creates(&standard, "bjensen", badge).await;
    // `issued` is immutable and stays, but the required `number` would be gone
    let without = json!({ "schemas": [USER], "userName": "bjensen" });
    let answer = standard.send(Method::PUT, &path_of(&user), &without).await;
    assert_eq!(answer.status, 400, "{answer:?}");
    assert_eq!(answer.json()["scimType"], "invalidValue");
    assert_eq!(standard.get(&path_of(&user)).await.json()[BADGE]["number"], "B-1");
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

#[actix_web::test]
async fn an_integer_has_64_bits() {
    let app = start().await;
    let standard = app.as_standard();
    let most = json!({ "number": "B-1", "level": i64::MAX });
    assert_eq!(creates(&standard, "a", most).await[BADGE]["level"], i64::MAX);
    let whole = format!("`{BADGE}:level` must be a whole number");
    for (level, expected) in [
        (
            "9223372036854775808",
            format!("{whole} from {} to {}", i64::MIN, i64::MAX),
        ),
        ("-1e30", format!("{whole} from {} to {}", i64::MIN, i64::MAX)),
        ("1.5", whole.clone()),
        ("\"3\"", whole),
    ] {
        let level: Value = serde_json::from_str(level).unwrap();
        let user =
            json!({ "schemas": [USER, BADGE], "userName": "b", BADGE: { "number": "B-2", "level": level } });
        let answer = standard.post("/Users", &user).await;
        assert_eq!(answer.is_scim_error(400), expected, "{user}");
    }
}

#[actix_web::test]
async fn a_decimal_is_the_nearest_64_bit_float() {
    let app = start().await;
    let standard = app.as_standard();
    for (serial, sent, shown) in [
        ("D-1", "1.10", "1.1"),
        ("D-2", "0.1", "0.1"),
        ("D-3", "3", "3"),
        ("D-4", "0.12345678901234567890", "0.12345678901234568"),
    ] {
        let device = format!(
            r#"{{"schemas":["urn:example:params:scim:schemas:devices:2.0:Device"],"serialNumber":"{serial}","memory":{sent}}}"#
        );
        let request = standard.request(Method::POST, "/Devices");
        let answer = Answer::of(
            request
                .header("content-type", "application/scim+json")
                .body(device),
        )
        .await;
        assert_eq!(answer.status, 201, "{answer:?}");
        assert!(
            answer.text.contains(&format!(r#""memory":{shown}"#)),
            "{answer:?}"
        );
    }
}
