//! Bulk (RFC 7644 section 3.7), through HTTP.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod support;

use serde_json::{Value, json};
use support::{Answer, TestApp, TestConnection};

const REQUEST: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
const RESPONSE: &str = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";
const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

fn user(bulk_id: &str, name: &str) -> Value {
    json!({ "method": "POST", "path": "/Users", "bulkId": bulk_id,
        "data": { "schemas": [USER], "userName": name } })
}

fn managed(bulk_id: &str, name: &str, manager: &str) -> Value {
    json!({ "method": "POST", "path": "/Users", "bulkId": bulk_id, "data": {
        "schemas": [USER, ENTERPRISE], "userName": name, "active": true,
        ENTERPRISE: { "department": "Tours", "manager": { "value": manager } } } })
}

fn group(bulk_id: &str, name: &str, members: &[&str]) -> Value {
    let members: Vec<Value> = members.iter().map(|member| json!({ "value": member })).collect();
    json!({ "method": "POST", "path": "/Groups", "bulkId": bulk_id,
        "data": { "schemas": [GROUP], "displayName": name, "members": members } })
}

fn patch(path: &str, operations: Value) -> Value {
    json!({ "method": "PATCH", "path": path, "data": {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations } })
}

async fn send(connection: &TestConnection<'_>, message: &Value) -> Answer {
    connection.post("/Bulk", message).await
}

/// The results of these operations.
async fn run(connection: &TestConnection<'_>, operations: Value) -> Vec<Value> {
    let message = json!({ "schemas": [REQUEST], "Operations": operations });
    results(&send(connection, &message).await)
}

#[track_caller]
fn results(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.header("content-type"), "application/scim+json");
    let body = answer.json();
    assert_eq!(body["schemas"], json!([RESPONSE]));
    body["Operations"].as_array().unwrap().clone()
}

fn statuses(results: &[Value]) -> Vec<&str> {
    results
        .iter()
        .map(|result| result["status"].as_str().unwrap())
        .collect()
}

/// The id at the end of the location.
#[track_caller]
fn id(result: &Value) -> &str {
    let location = result["location"].as_str().unwrap_or_else(|| panic!("{result}"));
    location.rsplit('/').next().unwrap()
}

async fn total(connection: &TestConnection<'_>, path: &str) -> Value {
    connection.get(path).await.json()["totalResults"].clone()
}

#[track_caller]
fn is_refused(result: &Value, status: &str, scim_type: &str) -> String {
    assert_eq!(result["status"], status, "{result}");
    let error = &result["response"];
    assert_eq!(
        error["schemas"],
        json!(["urn:ietf:params:scim:api:messages:2.0:Error"])
    );
    assert_eq!(error["status"], status);
    assert_eq!(error["scimType"].as_str().unwrap_or(""), scim_type, "{result}");
    error["detail"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_example_of_section_3_7_creates_changes_and_deletes() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    let old = standard.creates_user("old").await;
    let changed = standard.creates_user("changed").await;
    let gone = standard.creates_user("gone").await;
    let path = |user: &Value| format!("/Users/{}", user["id"].as_str().unwrap());
    let message = json!({
        "failOnErrors": 1,
        "schemas": [REQUEST],
        "Operations": [
            user("qwerty", "Alice"),
            { "method": "PUT", "path": path(&old), "version": "W/\"1\"",
              "data": { "schemas": [USER], "userName": "Bob" } },
            { "method": "PATCH", "path": path(&changed), "version": old["meta"]["version"],
              "data": { "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                        "Operations": [{ "op": "add", "path": "nickName", "value": "Dave" }] } },
            { "method": "DELETE", "path": path(&gone), "version": "W/\"1\"" }
        ]
    });
    let results = results(&send(&standard, &message).await);
    assert_eq!(statuses(&results), ["201", "200", "200", "204"]);
    assert_eq!(results[0]["method"], "POST");
    assert_eq!(results[0]["bulkId"], "qwerty");
    assert_eq!(results[0]["version"], "W/\"1\"");
    assert_eq!(results[0].get("response"), None);
    let base = format!("{}/v1/scim/v2/standard", app.origin());
    assert_eq!(
        results[0]["location"],
        format!("{base}/Users/{}", id(&results[0]))
    );
    assert_eq!(results[1]["location"], format!("{base}{}", path(&old)));
    assert_eq!(results[1]["version"], "W/\"2\"");
    assert_eq!(results[2]["version"], "W/\"2\"");
    assert_eq!(results[3]["location"], format!("{base}{}", path(&gone)));
    let alice = standard.get(&format!("/Users/{}", id(&results[0]))).await.json();
    assert_eq!(alice["userName"], "Alice");
    assert_eq!(standard.get(&path(&old)).await.json()["userName"], "Bob");
    assert_eq!(standard.get(&path(&changed)).await.json()["nickName"], "Dave");
    standard.get(&path(&gone)).await.is_scim_error(404);
}

#[tokio::test]
async fn references_of_section_3_7_2_lead_to_new_resources() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    let results = run(
        &standard,
        json!([
            user("qwerty", "Alice"),
            group("ytrewq", "Tour Guides", &["bulkId:qwerty"])
        ]),
    )
    .await;
    assert_eq!(statuses(&results), ["201", "201"]);
    assert_eq!(standard.members(id(&results[1])).await, [id(&results[0])]);
}

#[tokio::test]
async fn references_may_stand_anywhere_and_lead_forward() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    let results = run(
        &standard,
        json!([
            group("g", "Guides", &["bulkId:b", "bulkId:a"]),
            patch(
                "/Groups/bulkId:g",
                json!([{ "op": "remove", "path": "members[value eq \"bulkId:b\"]" },
                       { "op": "add", "path": "members", "value": [{ "value": "bulkId:c", "$ref": "../Users/bulkId:c" }] }])
            ),
            managed("a", "a@x", "bulkId:b"),
            user("b", "b@x"),
            user("c", "c@x"),
            { "method": "PUT", "path": "/Users/bulkId:c", "data": { "schemas": [USER], "userName": "renamed@x" } },
            user("d", "d@x"),
            { "method": "DELETE", "path": "/Users/bulkId:d" },
        ]),
    )
    .await;
    assert_eq!(
        statuses(&results),
        ["201", "200", "201", "201", "201", "200", "201", "204"],
        "{results:?}"
    );
    let mut members = [id(&results[2]), id(&results[4])];
    members.sort_unstable();
    assert_eq!(standard.members(id(&results[0])).await, members);
    let managed = standard.get(&format!("/Users/{}", id(&results[2]))).await.json();
    assert_eq!(managed[ENTERPRISE]["manager"]["value"], id(&results[3]));
    assert_eq!(
        total(&standard, "/Users?filter=userName eq \"renamed@x\"").await,
        1
    );
    assert_eq!(total(&standard, "/Users").await, 3);
    assert_eq!(results[1]["location"], results[0]["location"]);
}

#[tokio::test]
async fn circles_are_created_whole() {
    let app = TestApp::start().await;
    for connection in [app.as_standard(), app.as_okta(), app.as_entra()] {
        let results = run(
            &connection,
            json!([
                managed("a", "a@x", "bulkId:b"),
                managed("b", "b@x", "bulkId:c"),
                managed("c", "c@x", "bulkId:a"),
                managed("self", "self@x", "bulkId:self"),
                group("g", "All", &["bulkId:a", "bulkId:self"]),
            ]),
        )
        .await;
        assert_eq!(statuses(&results), ["201"; 5], "{results:?}");
        for (who, manager) in [(0, 1), (1, 2), (2, 0), (3, 3)] {
            let answer = connection.get(&format!("/Users/{}", id(&results[who]))).await;
            let found = answer.json();
            assert_eq!(found[ENTERPRISE]["manager"]["value"], id(&results[manager]));
            assert_eq!(found[ENTERPRISE]["department"], "Tours");
            assert_eq!(found["active"], true);
            // the tag of a user says besides which groups are shown
            let version = results[who]["version"].as_str().unwrap().trim_end_matches('"');
            assert!(answer.header("etag").starts_with(version), "{answer:?}");
        }
        assert_eq!(connection.members(id(&results[4])).await.len(), 2);
    }
}

#[tokio::test]
async fn a_circle_that_breaks_leaves_nothing() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    standard.creates_user("taken@x").await;
    let results = run(
        &standard,
        json!([
            managed("a", "a@x", "bulkId:b"),
            managed("b", "TAKEN@x", "bulkId:a"),
            group("g", "G", &["bulkId:a"]),
            managed("c", "c@x", "bulkId:d"),
            managed("d", "d@x", "bulkId:c"),
            managed("e", "e@x", "bulkId:nobody"),
        ]),
    )
    .await;
    assert_eq!(statuses(&results), ["409", "409", "409", "201", "201", "409"]);
    assert!(is_refused(&results[0], "409", "invalidValue").contains("`bulkId:b`"));
    is_refused(&results[1], "409", "uniqueness");
    assert!(is_refused(&results[2], "409", "invalidValue").contains("`bulkId:a`, which was not created"));
    assert!(is_refused(&results[5], "409", "invalidValue").contains("no POST of the request"));
    assert_eq!(results[0].get("location"), None);
    assert_eq!(total(&standard, "/Users").await, 3);
    assert_eq!(total(&standard, "/Groups").await, 0);
}

#[tokio::test]
async fn each_operation_is_done_or_not_done_by_itself() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    let kept = standard.creates_user("kept@x").await;
    let path = format!("/Users/{}", kept["id"].as_str().unwrap());
    let results = run(
        &standard,
        json!([
            user("a", "a@x"),
            user("again", "A@x"),
            group("g", "G", &["nobody"]),
            patch(&path, json!([{ "op": "add", "path": "title", "value": "T" }, { "op": "remove", "path": "userName" }])),
            { "method": "DELETE", "path": "/Users/nobody" },
            { "method": "DELETE", "path": path, "version": "W/\"9\"" },
            { "method": "GET", "path": path },
            { "method": "POST", "path": "/Things", "bulkId": "t", "data": {} },
            { "method": "POST", "path": "/Users/.search", "bulkId": "s", "data": {} },
            { "method": "POST", "path": "/Bulk", "bulkId": "k", "data": {} },
            { "method": "PUT", "path": "/Users", "data": {} },
            { "method": "post", "path": "Users", "bulkId": "b", "data": { "schemas": [USER], "userName": "b@x" } },
        ]),
    )
    .await;
    assert_eq!(
        statuses(&results),
        [
            "201", "409", "400", "400", "404", "412", "405", "404", "400", "400", "405", "201"
        ]
    );
    is_refused(&results[1], "409", "uniqueness");
    assert!(is_refused(&results[2], "400", "invalidValue").contains("`nobody`"));
    assert!(is_refused(&results[3], "400", "mutability").starts_with("operation 2: "));
    is_refused(&results[4], "404", "");
    assert!(is_refused(&results[6], "405", "").contains("`GET`"));
    assert_eq!(results[5]["location"], kept["meta"]["location"]);
    assert_eq!(results[6]["method"], "GET");
    assert_eq!(standard.get(&path).await.json(), kept);
    assert_eq!(total(&standard, "/Groups").await, 0);
    assert_eq!(total(&standard, "/Users").await, 3);
}

#[tokio::test]
async fn operations_on_one_resource_keep_their_order() {
    let app = TestApp::start().await;
    for connection in [app.as_standard(), app.as_okta()] {
        let old = connection.creates_user("a@x").await;
        let path = format!("/Users/{}", old["id"].as_str().unwrap());
        let title = |title: &str| {
            patch(
                &path,
                json!([{ "op": "replace", "path": "title", "value": title }]),
            )
        };
        let results = run(
            &connection,
            json!([
                title("1"), title("2"), title("3"),
                { "method": "DELETE", "path": path },
                user("again", "a@x"),
                title("4"),
            ]),
        )
        .await;
        let came_back = id(&results[4]) == old["id"].as_str().unwrap();
        let last = if came_back { "200" } else { "404" };
        assert_eq!(statuses(&results), ["200", "200", "200", "204", "201", last]);
        assert_eq!(results[2]["version"], "W/\"4\"");
    }
}

#[tokio::test]
async fn nothing_is_begun_after_too_many_failures() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    standard.creates_user("taken@x").await;
    let operations: Vec<Value> = (0..40)
        .map(|number| match number % 4 {
            3 => user(&format!("b{number}"), "taken@x"),
            _ => user(&format!("b{number}"), &format!("{number}@x")),
        })
        .collect();
    for (allowed, answered, created) in [(1, 4, 3), (3, 12, 9), (100, 40, 30)] {
        let message = json!({ "schemas": [REQUEST], "failOnErrors": allowed, "Operations": operations });
        let before = total(&standard, "/Users").await.as_u64().unwrap();
        let results = results(&send(&standard, &message).await);
        assert_eq!(results.len(), answered, "{results:?}");
        assert_eq!(results.last().unwrap()["status"], "409");
        let after = total(&standard, "/Users").await.as_u64().unwrap();
        assert_eq!(after - before, created);
        // they would be in the way of the next round
        for result in results.iter().filter(|result| result["status"] == "201") {
            standard.delete(&format!("/Users/{}", id(result))).await;
        }
        let left = total(&standard, "/Users").await;
        assert_eq!(left, 1);
    }
}

#[tokio::test]
async fn messages_that_are_no_bulk_request_are_refused_as_a_whole() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    let message = |operations: Value| json!({ "schemas": [REQUEST], "Operations": operations });
    let first = user("a", "a@x");
    for (message, scim_type, said) in [
        (json!({}), "invalidSyntax", "`schemas` must be"),
        (
            json!({ "schemas": [USER], "Operations": [first] }),
            "invalidSyntax",
            "`schemas` must be",
        ),
        (
            json!({ "schemas": [REQUEST] }),
            "invalidSyntax",
            "`Operations` is missing",
        ),
        (message(json!({})), "invalidSyntax", "`Operations` must be a list"),
        (message(json!([])), "invalidSyntax", "`Operations` is empty"),
        (
            message(json!([first, 7])),
            "invalidSyntax",
            "operation 2: must be an object",
        ),
        (
            message(json!([first, { "path": "/Users" }])),
            "invalidSyntax",
            "operation 2: `method` is missing",
        ),
        (
            message(json!([first, { "method": "DELETE" }])),
            "invalidSyntax",
            "operation 2: `path` is missing",
        ),
        (
            message(json!([first, { "method": 7, "path": "/Users" }])),
            "invalidSyntax",
            "`method` must be a string",
        ),
        (
            message(json!([first, { "method": "POST", "path": "/Users", "data": {} }])),
            "invalidValue",
            "operation 2: a POST needs a `bulkId`",
        ),
        (
            message(json!([first, { "method": "POST", "path": "/Users", "bulkId": "b" }])),
            "invalidSyntax",
            "operation 2: `data` is missing",
        ),
        (
            message(json!([first, { "method": "PUT", "path": "/Users/1", "data": [] }])),
            "invalidSyntax",
            "operation 2: `data` must be an object",
        ),
        (
            message(json!([first, first])),
            "invalidValue",
            "operations 1 and 2 have the same `bulkId` `a`",
        ),
        (
            json!({ "schemas": [REQUEST], "failOnErrors": 0, "Operations": [first] }),
            "invalidValue",
            "`failOnErrors`",
        ),
        (
            json!({ "schemas": [REQUEST], "failOnErrors": "1", "Operations": [first] }),
            "invalidValue",
            "`failOnErrors`",
        ),
    ] {
        let answer = send(&standard, &message).await;
        let detail = answer.is_scim_error(400);
        assert_eq!(answer.json()["scimType"], scim_type, "{detail}");
        assert!(detail.contains(said), "{detail}");
    }
    let deep = format!(
        r#"{{"schemas":["{REQUEST}"],"Operations":[{{"method":"PUT","path":"/Users/1","data":{}{}}}]}}"#,
        r#"{"a":"#.repeat(100_000),
        "}".repeat(100_000)
    );
    let request = standard.request(reqwest::Method::POST, "/Bulk");
    Answer::of(request.body(deep)).await.is_scim_error(400);
    standard.get("/Bulk").await.is_scim_error(405);
    assert_eq!(total(&standard, "/Users").await, 0);
}

#[tokio::test]
async fn limits_are_told_and_kept() {
    let app = TestApp::start_with(|config| {
        config.limits.body_bytes = 1_000;
        config.limits.bulk_operations = 3;
        config.limits.bulk_bytes = 5_000;
    })
    .await;
    let standard = app.as_standard();
    let config = standard.get("/ServiceProviderConfig").await.json();
    let told = json!({ "supported": true, "maxOperations": 3, "maxPayloadSize": 5_000 });
    assert_eq!(config["bulk"], told);
    let four: Vec<Value> = (0..4)
        .map(|n| user(&format!("b{n}"), &format!("{n}@x")))
        .collect();
    let message = |operations: &[Value]| json!({ "schemas": [REQUEST], "Operations": operations });
    let detail = send(&standard, &message(&four)).await.is_scim_error(413);
    assert!(detail.contains("3 operations, this one has 4"), "{detail}");
    let long = [user("a", &"x".repeat(6_000))];
    send(&standard, &message(&long)).await.is_scim_error(413);
    let larger_than_others = [user("a", &"x".repeat(2_000))];
    let answered = results(&send(&standard, &message(&larger_than_others)).await);
    assert_eq!(statuses(&answered), ["201"]);
    assert_eq!(total(&standard, "/Users").await, 1);
}

#[tokio::test]
async fn operations_are_rewritten_as_single_requests_are() {
    let app = TestApp::start().await;
    let entra = app.as_entra();
    let results = run(
        &entra,
        json!([
            user("boss", "boss@x"),
            { "method": "POST", "path": "/Users", "bulkId": "a", "data": {
                "schemas": [USER, ENTERPRISE], "userName": "a@x", "active": "True", "unknown": 1 } },
            patch("/Users/bulkId:a", json!([
                { "op": "Replace", "path": "active", "value": "False" },
                { "op": "Add", "path": format!("{ENTERPRISE}:manager"), "value": "bulkId:boss" },
                { "op": "Add", "path": "emails[type eq \"work\"].value", "value": "a@x" } ])),
            group("g", "G", &["bulkId:a"]),
            patch("/Groups/bulkId:g", json!([{ "op": "Add", "path": "members", "value": [{ "value": "bulkId:boss" }] }])),
        ]),
    )
    .await;
    assert_eq!(
        statuses(&results),
        ["201", "201", "200", "201", "204"],
        "{results:?}"
    );
    let user = entra.get(&format!("/Users/{}", id(&results[1]))).await.json();
    assert_eq!(user["active"], false);
    assert_eq!(user[ENTERPRISE]["manager"]["value"], id(&results[0]));
    assert_eq!(user["emails"][0]["value"], "a@x");
    assert_eq!(entra.members(id(&results[3])).await.len(), 2);
    assert_eq!(total(&app.as_okta(), "/Users").await, 0);
}

#[tokio::test]
async fn a_thousand_users_and_a_group_of_them() {
    let app = TestApp::start().await;
    let okta = app.as_okta();
    let mut operations: Vec<Value> = (0..999)
        .map(|n| user(&format!("u{n}"), &format!("{n}@x")))
        .collect();
    let members: Vec<String> = (0..999).map(|n| format!("bulkId:u{n}")).collect();
    let members: Vec<&str> = members.iter().map(String::as_str).collect();
    operations.insert(0, group("g", "All", &members));
    let others = async {
        for number in 0..20 {
            okta.creates_user(&format!("other{number}@x")).await;
        }
    };
    let (results, ()) = tokio::join!(run(&okta, json!(operations)), others);
    assert_eq!(statuses(&results), ["201"; 1_000]);
    assert_eq!(total(&okta, "/Users").await, 1_019);
    assert_eq!(okta.members(id(&results[0])).await.len(), 999);
}
