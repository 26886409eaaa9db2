//! What is not a bulk request, and what is too large for one.

use serde_json::{Value, json};

use crate::message::{REQUEST, USER, results, send, statuses, total, user};
use crate::support::{Answer, TestApp};

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
            json!({ "schemas": [REQUEST], "Operations": [first], "operations": [] }),
            "invalidSyntax",
            "`Operations` is given twice",
        ),
        (
            message(json!([first, { "method": "DELETE", "Method": "PATCH", "path": "/Users/1" }])),
            "invalidSyntax",
            "operation 2: `method` is given twice",
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
