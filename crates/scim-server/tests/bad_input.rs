//! What nobody should send: each is refused clearly, changes nothing, and none is a 500.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod support;

use reqwest::Method;
use serde_json::{Value, json};
use support::{Answer, STANDARD, TestApp};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

#[tokio::test]
async fn bodies_that_are_no_users_are_refused() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    let kept = standard.creates_user("kept@x").await;
    let path = format!("/Users/{}", kept["id"].as_str().unwrap());
    let deep = "[".repeat(100_000);
    let nested = format!(
        r#"{{"schemas":["{USER}"],"userName":{}1{}}}"#,
        "[".repeat(500),
        "]".repeat(500)
    );
    let bodies: Vec<(Vec<u8>, &str)> = vec![
        (b"{".to_vec(), "invalidSyntax"),
        (b"".to_vec(), "invalidSyntax"),
        (b"[]".to_vec(), "invalidSyntax"),
        (b"\"text\"".to_vec(), "invalidSyntax"),
        (deep.into_bytes(), "invalidSyntax"),
        (nested.into_bytes(), "invalidSyntax"),
        (b"{\"schemas\":[\"\xff\xfe\"]}".to_vec(), "invalidSyntax"),
        (
            json!({ "userName": "a" }).to_string().into_bytes(),
            "invalidValue",
        ),
        (
            json!({ "schemas": "x", "userName": "a" })
                .to_string()
                .into_bytes(),
            "invalidValue",
        ),
        (
            json!({ "schemas": [USER] }).to_string().into_bytes(),
            "invalidValue",
        ),
        (
            json!({ "schemas": [USER], "userName": 5 })
                .to_string()
                .into_bytes(),
            "invalidValue",
        ),
        (
            json!({ "schemas": [USER], "userName": "  " })
                .to_string()
                .into_bytes(),
            "invalidValue",
        ),
        (
            json!({ "schemas": [USER], "userName": "a\0b" })
                .to_string()
                .into_bytes(),
            "invalidValue",
        ),
        (
            json!({ "schemas": [USER], "userName": "a", "active": "true" })
                .to_string()
                .into_bytes(),
            "invalidValue",
        ),
        (
            json!({ "schemas": [USER], "userName": "a", "emails": "a@x" })
                .to_string()
                .into_bytes(),
            "invalidValue",
        ),
        (
            json!({ "schemas": [USER], "userName": "a", "emails": ["a@x"] })
                .to_string()
                .into_bytes(),
            "invalidValue",
        ),
        (
            json!({ "schemas": [USER], "userName": "a", "name": "A" })
                .to_string()
                .into_bytes(),
            "invalidValue",
        ),
        (
            json!({ "schemas": [USER], "userName": "a", "USERNAME": "b" })
                .to_string()
                .into_bytes(),
            "invalidSyntax",
        ),
    ];
    for (body, scim_type) in bodies {
        for (method, path) in [(Method::POST, "/Users"), (Method::PUT, path.as_str())] {
            let request = standard
                .request(method, path)
                .header("content-type", "application/scim+json");
            let answer = Answer::of(request.body(body.clone())).await;
            let shown = String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned();
            assert_eq!(answer.status, 400, "{shown}: {answer:?}");
            answer.is_scim_error(400);
            assert_eq!(answer.json()["scimType"], scim_type, "{shown}: {answer:?}");
        }
    }
    assert_eq!(standard.get(&path).await.json(), kept);
    assert_eq!(standard.get("/Users").await.json()["totalResults"], 1);
}

#[tokio::test]
async fn what_is_too_large_or_of_another_kind_is_refused() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    let large = json!({ "schemas": [USER], "userName": "a", "title": "x".repeat(5 << 20) });
    standard.post("/Users", &large).await.is_scim_error(413);
    let xml = standard
        .request(Method::POST, "/Users")
        .header("content-type", "text/xml")
        .body("<a/>");
    Answer::of(xml).await.is_scim_error(415);
    let operations: Vec<Value> = vec![json!({ "op": "add", "path": "title", "value": "x" }); 1_001];
    let user = standard.creates_user("a").await;
    let path = format!("/Users/{}", user["id"].as_str().unwrap());
    standard.patch(&path, json!(operations)).await.is_scim_error(413);
    let wrong = Answer::of(standard.request(Method::DELETE, "/Users")).await;
    wrong.is_scim_error(405);
    assert_eq!(wrong.header("allow"), "GET, HEAD, POST");
    standard.get("/Nothing").await.is_scim_error(404);
    standard
        .send(Method::PUT, "/Users/unknown", &json!("no user"))
        .await
        .is_scim_error(404);
    assert_eq!(standard.get(&path).await.json(), user);
}

#[tokio::test]
async fn queries_that_cannot_be_answered_are_refused() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    standard.creates_user("a@x").await;
    let brackets = format!("filter={}", "(".repeat(4_000));
    let nots = format!("filter={}", "not(".repeat(1_000));
    let long = format!("filter={}", "(".repeat(20_000));
    for (query, scim_type) in [
        (brackets.as_str(), "invalidFilter"),
        (nots.as_str(), "invalidFilter"),
        (long.as_str(), "invalidFilter"),
        ("filter=userName%20eq%20%22a%2", "invalidFilter"),
        ("filter=userName%20eq%20%22%ff%22", "invalidFilter"),
        ("filter=userName%20eq%20%22a%00%22", "invalidFilter"),
        ("filter=userName%20eq%20bob", "invalidFilter"),
        ("filter=", "invalidFilter"),
        ("filter=quota%20eq%205", "invalidFilter"),
        ("filter=password%20sw%20%22a%22", "invalidFilter"),
        ("filter=active%20eq%20%22true%22", "invalidFilter"),
        ("sortBy=quota", "invalidPath"),
        ("sortBy=name", "invalidPath"),
        ("sortOrder=up", "invalidValue"),
        ("count=many", "invalidValue"),
    ] {
        let answer = standard.get(&format!("/Users?{query}")).await;
        answer.is_scim_error(400);
        assert_eq!(answer.json()["scimType"], scim_type, "{query}: {answer:?}");
    }
    for (query, found) in [
        ("count=-1", 0),
        ("startIndex=0", 1),
        ("startIndex=-9", 1),
        ("count=99999", 1),
        ("nonsense=1", 1),
    ] {
        let list = standard.get(&format!("/Users?{query}")).await.json();
        assert_eq!(
            (&list["totalResults"], &list["itemsPerPage"]),
            (&json!(1), &json!(found)),
            "{query}"
        );
    }
    for name in ["%25", "_", "%22", "'"] {
        let list = standard
            .get(&format!(
                "/Users?filter=userName%20eq%20%22{}%22",
                name.replace("%22", "%5C%22")
            ))
            .await;
        assert_eq!(list.json()["totalResults"], 0, "{name}: {list:?}");
    }
    // no HTTP client sends a URL that long, so this one is written by hand
    let mut stream = TcpStream::connect(("127.0.0.1", app.port)).await.unwrap();
    let head = format!(
        "GET /v1/scim/v2/standard/Users?filter={} HTTP/1.1\r\nHost: x\r\n",
        "(".repeat(100_000)
    );
    stream
        .write_all(format!("{head}Authorization: Bearer {STANDARD}\r\nConnection: close\r\n\r\n").as_bytes())
        .await
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 400 ") && answer.contains("api:messages:2.0:Error"),
        "{}",
        answer.len()
    );
}
