//! What a client accepts: media types, encodings, methods.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod support;

use reqwest::Method;
use serde_json::json;
use support::{Answer, TestApp};

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

#[tokio::test]
async fn the_answer_is_of_a_media_type_that_the_client_accepts() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    let accepting = async |path: &str, accept: &str| {
        let request = standard.request(Method::GET, path).header("accept", accept);
        Answer::of(request).await
    };
    for (accept, media_type) in [
        ("application/scim+json", "application/scim+json"),
        ("application/json", "application/json"),
        ("*/*", "application/scim+json"),
        ("text/html, application/*;q=0.1", "application/scim+json"),
        ("application/json, */*;q=0.5", "application/json"),
    ] {
        let answer = accepting("/Users", accept).await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (200, media_type),
            "{accept}"
        );
        assert_eq!(answer.header("vary"), "Accept, Accept-Encoding");
    }
    let missing = accepting("/Users/x", "application/json").await;
    assert_eq!(
        (missing.status, missing.header("content-type")),
        (404, "application/json")
    );
    for accept in ["text/html", "*/*;q=0", "application/xml, application/json;q=0"] {
        accepting("/Users", accept).await.is_scim_error(406);
    }
}

#[tokio::test]
async fn nothing_is_done_for_a_client_that_could_not_read_the_answer() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    let body = json!({ "schemas": [USER], "userName": "a@x" }).to_string();
    let create = standard.request(Method::POST, "/Users").body(body);
    Answer::of(create.header("accept", "text/html"))
        .await
        .is_scim_error(406);
    assert_eq!(standard.get("/Users").await.json()["totalResults"], 0);
    let id = standard.creates_user("a@x").await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let delete = standard.request(Method::DELETE, &format!("/Users/{id}"));
    let deleted = Answer::of(delete.header("accept", "text/html")).await;
    assert_eq!((deleted.status, deleted.text.as_str()), (204, ""));
}

#[tokio::test]
async fn head_tells_what_get_would() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    let user = standard.creates_user("a@x").await;
    let group = standard.creates_group("G", &[]).await;
    for path in [
        "/Users".to_owned(),
        "/Groups".to_owned(),
        format!("/Users/{}", user["id"].as_str().unwrap()),
        format!("/Groups/{group}"),
        "/ServiceProviderConfig".to_owned(),
        "/ResourceTypes".to_owned(),
        "/ResourceTypes/User".to_owned(),
        "/Schemas".to_owned(),
        format!("/Schemas/{USER}"),
        "/Users/nobody".to_owned(),
        "/Nothing".to_owned(),
    ] {
        let get = standard.get(&path).await;
        let head = Answer::of(standard.request(Method::HEAD, &path)).await;
        assert_eq!((head.status, head.text.as_str()), (get.status, ""), "{path}");
        assert_eq!(
            head.header("content-length"),
            get.text.len().to_string(),
            "{path}"
        );
        for name in ["content-type", "etag", "location", "content-location", "vary"] {
            assert_eq!(head.header(name), get.header(name), "{path}");
        }
    }
}

#[tokio::test]
async fn other_methods_are_told_which_there_are() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    for (path, allowed) in [
        ("/Users", "GET, HEAD, POST"),
        ("/Users/x", "GET, HEAD, PUT, PATCH, DELETE"),
        ("/Users/.search", "POST"),
        ("/Schemas", "GET, HEAD"),
        ("/ServiceProviderConfig", "GET, HEAD"),
    ] {
        for method in [Method::OPTIONS, Method::TRACE] {
            let answer = Answer::of(standard.request(method, path)).await;
            answer.is_scim_error(405);
            assert_eq!(answer.header("allow"), allowed, "{path}");
        }
    }
}

#[tokio::test]
async fn the_encoding_is_one_that_the_client_accepts() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    for (accept, encoding) in [
        ("gzip", "gzip"),
        ("br, gzip;q=0.5", "gzip"),
        ("gzip;q=0", ""),
        ("identity", ""),
        ("br", ""),
    ] {
        let request = standard
            .request(Method::GET, "/Schemas")
            .header("accept-encoding", accept);
        let answer = request.send().await.unwrap();
        let sent = answer.headers().get("content-encoding");
        assert_eq!(
            sent.map_or("", |value| value.to_str().unwrap()),
            encoding,
            "{accept}"
        );
        let vary: Vec<_> = answer.headers().get_all("vary").iter().collect();
        assert_eq!(vary, ["Accept, Accept-Encoding"], "{accept}");
    }
}
