//! Conditional requests (RFC 9110 section 13, RFC 7644 section 3.14).

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod support;

use reqwest::Method;
use serde_json::{Value, json};
use support::{Answer, TestApp, TestConnection};

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

async fn with(
    connection: &TestConnection<'_>,
    method: Method,
    path: &str,
    (name, value): (&str, &str),
    body: Value,
) -> Answer {
    let request = connection
        .request(method, path)
        .header(name, value)
        .header("content-type", "application/scim+json");
    Answer::of(match body {
        Value::Null => request,
        body => request.body(body.to_string()),
    })
    .await
}

async fn reads(connection: &TestConnection<'_>, path: &str, condition: (&str, &str)) -> Answer {
    with(connection, Method::GET, path, condition, Value::Null).await
}

async fn user(connection: &TestConnection<'_>, name: &str) -> (String, String) {
    let id = connection.creates_user(name).await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    (format!("/Users/{id}"), id)
}

#[tokio::test]
async fn a_304_says_which_version_the_client_has_and_nothing_else() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    let (path, _) = user(&standard, "a@x").await;
    for tags in [r#"W/"1""#, r#""1""#, r#""7", W/"1""#, "*"] {
        let answer = reads(&standard, &path, ("if-none-match", tags)).await;
        assert_eq!((answer.status, answer.text.as_str()), (304, ""), "{tags}");
        assert_eq!(answer.header("etag"), r#"W/"1""#);
        assert_eq!(answer.header("vary"), "Accept, Accept-Encoding");
        assert_eq!(answer.header("content-type"), "");
        let location = standard.get(&path).await.json()["meta"]["location"].clone();
        assert_eq!(answer.header("content-location"), location);
    }
    assert_eq!(
        reads(&standard, &path, ("if-none-match", r#"W/"2""#))
            .await
            .status,
        200
    );
    assert_eq!(
        reads(&standard, &path, ("if-match", r#"W/"1""#)).await.status,
        200
    );
    reads(&standard, &path, ("if-match", r#"W/"2""#))
        .await
        .is_scim_error(412);
}

#[tokio::test]
async fn the_tag_of_a_user_follows_the_groups_that_are_shown() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    let (path, id) = user(&standard, "a@x").await;
    let mut seen = vec![standard.get(&path).await.header("etag").to_owned()];
    let group = format!("/Groups/{}", standard.creates_group("G", &[&id]).await);
    let mut tag_is_new = async |what: &str| {
        let old = seen.last().unwrap().clone();
        let answer = reads(&standard, &path, ("if-none-match", &old)).await;
        assert_eq!(answer.status, 200, "{what}");
        let tag = answer.header("etag").to_owned();
        assert_eq!(answer.json()["meta"]["version"], tag.as_str());
        assert!(!seen.contains(&tag), "{what}");
        let again = reads(&standard, &path, ("if-none-match", &tag)).await;
        assert_eq!(again.status, 304, "{what}");
        seen.push(tag);
    };
    tag_is_new("joined").await;
    let renamed = json!([{ "op": "replace", "path": "displayName", "value": "H" }]);
    assert_eq!(standard.patch(&group, renamed).await.status, 200);
    tag_is_new("renamed").await;
    standard.creates_group("I", &[&id]).await;
    tag_is_new("joined another").await;

    assert_eq!(standard.delete(&group).await.status, 204);
    let last = seen.last().unwrap();
    let narrow = format!("{path}?excludedAttributes=groups");
    assert_eq!(standard.get(&narrow).await.header("etag"), r#"W/"1""#);
    // the groups are nothing that a client writes, so their change stands in nobody's way
    let body = json!({ "schemas": [USER], "userName": "b@x" });
    let replaced = with(&standard, Method::PUT, &path, ("if-match", last), body).await;
    assert_eq!(replaced.status, 200);
    assert!(replaced.header("etag").starts_with(r#"W/"2-"#));
}

#[tokio::test]
async fn the_tag_of_a_group_follows_the_names_that_are_shown() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    let (path, id) = user(&standard, "a@x").await;
    let group = format!("/Groups/{}", standard.creates_group("G", &[&id]).await);
    let named = format!("{group}?attributes=members.display");
    let plain = standard.get(&group).await.header("etag").to_owned();
    let shown = standard.get(&named).await.header("etag").to_owned();
    let renamed = json!([{ "op": "replace", "path": "userName", "value": "b@x" }]);
    assert_eq!(standard.patch(&path, renamed).await.status, 200);
    assert_eq!(
        reads(&standard, &group, ("if-none-match", &plain)).await.status,
        304
    );
    assert_eq!(
        reads(&standard, &named, ("if-none-match", &shown)).await.status,
        200
    );
}

#[tokio::test]
async fn a_change_is_refused_when_its_condition_does_not_hold() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    let (path, _) = user(&standard, "a@x").await;
    let put = json!({ "schemas": [USER], "userName": "a@x", "title": "T" });
    let patch = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{ "op": "add", "path": "title", "value": "T" }] });
    let changes = [
        (Method::PUT, put),
        (Method::PATCH, patch),
        (Method::DELETE, Value::Null),
    ];
    for (method, body) in &changes {
        for (condition, status) in [
            (("if-match", r#"W/"2", "3""#), 412),
            (("if-none-match", r#"W/"1""#), 412),
            (("if-none-match", "*"), 412),
            (("if-match", "1"), 400),
            (("if-none-match", r#"W/"1"#), 400),
        ] {
            let answer = with(&standard, method.clone(), &path, condition, body.clone()).await;
            let detail = answer.is_scim_error(status);
            let header = if condition.0 == "if-match" {
                "`If-Match`"
            } else {
                "`If-None-Match`"
            };
            assert!(detail.contains(header), "{detail}");
        }
    }
    assert_eq!(standard.get(&path).await.header("etag"), r#"W/"1""#);
    for (method, body) in changes {
        let condition = ("if-none-match", r#"W/"77""#);
        let answer = with(&standard, method, &path, condition, body).await;
        assert!(answer.status < 300, "{answer:?}");
    }
    // a resource that is not there is 404, whatever is expected of it
    with(&standard, Method::DELETE, &path, ("if-match", "*"), Value::Null)
        .await
        .is_scim_error(404);
}

#[tokio::test]
async fn a_user_may_be_created_only_if_nobody_has_the_name() {
    let app = TestApp::start().await;
    let only_new = ("if-none-match", "*");
    let body = json!({ "schemas": [USER], "userName": "a@x" });
    for connection in [app.as_standard(), app.as_okta()] {
        let create =
            async |condition| with(&connection, Method::POST, "/Users", condition, body.clone()).await;
        create(("if-match", "*")).await.is_scim_error(412);
        let created = create(only_new).await;
        assert_eq!(created.status, 201);
        let detail = create(only_new).await.is_scim_error(412);
        assert!(detail.contains("`userName`"), "{detail}");
        create(("if-none-match", r#"W/"1""#)).await.is_scim_error(409);
        create(("if-none-match", "1")).await.is_scim_error(400);
    }
}

#[tokio::test]
async fn a_user_who_would_come_back_is_not_new() {
    let app = TestApp::start().await;
    let okta = app.as_okta();
    let (path, id) = user(&okta, "a@x").await;
    let inactive = json!([{ "op": "replace", "value": { "active": false } }]);
    assert_eq!(okta.patch(&path, inactive).await.status, 200);
    let body = json!({ "schemas": [USER], "userName": "a@x" });
    with(
        &okta,
        Method::POST,
        "/Users",
        ("if-none-match", "*"),
        body.clone(),
    )
    .await
    .is_scim_error(412);
    let back = okta.post("/Users", &body).await;
    assert_eq!((back.status, &back.json()["id"]), (201, &json!(id)));
    // nor is one who was deleted
    assert_eq!(okta.delete(&path).await.status, 204);
    with(
        &okta,
        Method::POST,
        "/Users",
        ("if-none-match", "*"),
        body.clone(),
    )
    .await
    .is_scim_error(412);
    let back = okta.post("/Users", &body).await;
    assert_eq!((back.status, &back.json()["id"]), (201, &json!(id)));
}
