//! What is promised of operations: each by itself, in their order, as a single request is.

use serde_json::{Value, json};

use crate::message::{
    ENTERPRISE, REQUEST, USER, group, id, is_refused, patch, results, run, send, statuses, total, user,
};
use crate::support::TestApp;

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

/// What is created has no version before, so none is expected.
#[tokio::test]
async fn a_version_is_expected_of_what_is_there_alone() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    let versioned = |mut operation: Value| {
        operation["version"] = json!("W/\"77\"");
        operation
    };
    let replacement = json!({ "method": "PUT", "path": "/Users/bulkId:a", "data": { "schemas": [USER], "userName": "b@x" } });
    let remove = json!({ "method": "DELETE", "path": "/Users/bulkId:a" });
    let results = run(
        &standard,
        json!([
            versioned(user("a", "a@x")),
            versioned(replacement.clone()),
            versioned(remove.clone()),
            replacement,
            remove,
        ]),
    )
    .await;
    assert_eq!(
        statuses(&results),
        ["201", "412", "412", "200", "204"],
        "{results:?}"
    );
    assert_eq!(total(&standard, "/Users").await, 0);
}

/// The version of a user knows the groups, in the answer to a bulk as anywhere.
#[tokio::test]
async fn versions_and_locations_are_those_of_a_request() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    let results = run(
        &standard,
        json!([
            user("a", "a@x"),
            group("g", "G", &["bulkId:a"]),
            patch("/Users/bulkId:a", json!([{ "op": "add", "path": "title", "value": "Guide" }])),
            { "method": "DELETE", "path": "/Users/\u{e9} \u{fc}" },
        ]),
    )
    .await;
    assert_eq!(statuses(&results), ["201", "201", "200", "404"], "{results:?}");
    let user = standard.get(&format!("/Users/{}", id(&results[0]))).await;
    assert_eq!(results[2]["version"], user.json()["meta"]["version"]);
    let location = results[3]["location"].as_str().unwrap();
    assert!(location.ends_with("/Users/%C3%A9%20%C3%BC"), "{location}");
}
