//! What resources are looked up by has a limit that is the same on every database.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod support;

use reqwest::Method;
use scim_service::limits::LOOKUP_BYTES;
use serde_json::{Value, json};
use support::{Answer, TestApp};

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";

#[track_caller]
fn is_too_long(answer: &Answer, name: &str) {
    let detail = answer.is_scim_error(400);
    assert_eq!(answer.json()["scimType"], "invalidValue");
    assert!(detail.contains(&format!("`{name}` is too long")), "{detail}");
    assert!(detail.contains(&LOOKUP_BYTES.to_string()), "{detail}");
}

/// Characters of three bytes that do not repeat, so that no index can compress them.
fn text(bytes: usize) -> String {
    let mut text: String = ('\u{4e00}'..).take(bytes / 3).collect();
    text.extend(std::iter::repeat_n('x', bytes - text.len()));
    text
}

#[tokio::test]
async fn longer_values_are_refused_wherever_they_come_from() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    let user = standard.creates_user("a@x").await;
    let user = format!("/Users/{}", user["id"].as_str().unwrap());
    let group = format!("/Groups/{}", standard.creates_group("G", &[]).await);
    let long = text(LOOKUP_BYTES + 1);
    let attributes = |resource: &str| match resource {
        "user" => ["userName", "externalId", "displayName", "emails"].as_slice(),
        _ => &["displayName", "externalId"],
    };
    for (kind, path, endpoint, required) in [
        (
            "user",
            &user,
            "/Users",
            json!({ "schemas": [USER], "userName": "b@x" }),
        ),
        (
            "group",
            &group,
            "/Groups",
            json!({ "schemas": [GROUP], "displayName": "H" }),
        ),
    ] {
        for name in attributes(kind) {
            let (shown, value) = match *name {
                "emails" => ("emails.value", json!([{ "value": "a@x" }, { "value": long }])),
                name => (name, json!(long)),
            };
            let mut body: Value = required.clone();
            body[name] = value.clone();
            is_too_long(&standard.post(endpoint, &body).await, shown);
            is_too_long(&standard.send(Method::PUT, path, &body).await, shown);
            let operation = json!([{ "op": "add", "path": name, "value": value }]);
            is_too_long(&standard.patch(path, operation).await, shown);
        }
    }
}

#[tokio::test]
async fn the_longest_values_are_kept_and_what_is_not_looked_up_may_be_longer() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    let longest = text(LOOKUP_BYTES);
    let body = json!({ "schemas": [USER], "userName": longest, "externalId": longest, "displayName": longest,
        "emails": [{ "value": longest }], "title": text(20_000) });
    let answer = standard.post("/Users", &body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let shown = answer.json();
    for name in ["userName", "externalId", "displayName", "title"] {
        assert_eq!(shown[name], body[name], "{name}");
    }
    let group = json!({ "schemas": [GROUP], "displayName": longest, "externalId": longest });
    assert_eq!(standard.post("/Groups", &group).await.status, 201);
    assert_eq!(app.as_okta().post("/Groups", &group).await.status, 201);
}

#[tokio::test]
async fn a_user_has_no_more_addresses_than_every_database_can_number() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    for (addresses, status) in [(1_000, 201), (1_001, 400)] {
        let emails: Vec<Value> = (0..addresses)
            .map(|number| json!({ "value": format!("{number}@x") }))
            .collect();
        let user = json!({ "schemas": [USER], "userName": format!("{addresses}"), "emails": emails });
        let answer = standard.post("/Users", &user).await;
        assert_eq!(answer.status, status, "{answer:?}");
    }
}
