//! What the server does with requests whatever they are about.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what helps tests may stop at the first surprise, as tests do"
)]

mod support;

use reqwest::Method;
use serde_json::json;
use support::{Answer, TestApp};

#[tokio::test]
async fn what_is_not_there_is_a_scim_error() {
    let app = TestApp::start().await;
    for path in [
        "/",
        "/v1",
        "/v1/scim/v2",
        "/v1/scim/v2/",
        "/favicon.ico",
        "/v1/healthz/x",
    ] {
        app.get(path).await.is_scim_error(404);
    }
    app.as_okta().get("/Nothing").await.is_scim_error(404);
}

#[tokio::test]
async fn the_wrong_method_is_told_the_right_ones() {
    let app = TestApp::start().await;
    for path in ["/v1/healthz", "/v1/readyz"] {
        let answer = Answer::of(app.request(Method::DELETE, path)).await;
        answer.is_scim_error(405);
        assert_eq!(answer.header("allow"), "GET, HEAD");
    }
    let answer = Answer::of(app.as_okta().request(Method::PUT, "/Users")).await;
    answer.is_scim_error(405);
    assert_ne!(answer.header("allow"), "");
}

#[tokio::test]
async fn health_and_readiness_are_told_without_a_credential() {
    let app = TestApp::start().await;
    assert_eq!(app.get("/v1/healthz").await.json(), json!({ "status": "ok" }));
    assert_eq!(app.get("/v1/readyz").await.json(), json!({ "status": "ready" }));
    let head = Answer::of(app.request(Method::HEAD, "/v1/healthz")).await;
    assert_eq!((head.status, head.text.as_str()), (200, ""));
}

#[tokio::test]
async fn head_is_get_without_a_body() {
    let app = TestApp::start().await;
    let head = Answer::of(app.as_okta().request(Method::HEAD, "/Users")).await;
    assert_eq!((head.status, head.text.as_str()), (200, ""));
    assert_eq!(head.header("content-type"), "application/scim+json");
}

#[tokio::test]
async fn a_body_above_the_limit_is_refused_before_and_while_it_is_read() {
    let app = TestApp::start_with(|config| config.limits.body_bytes = 1_000).await;
    let request = || {
        app.as_okta()
            .request(Method::POST, "/Users")
            .header("content-type", "application/scim+json")
    };
    let detail = Answer::of(request().body(vec![b' '; 5_000_000]))
        .await
        .is_scim_error(413);
    assert!(detail.contains("1000 bytes"), "{detail}");
    Answer::of(request().body(vec![b' '; 1_001]))
        .await
        .is_scim_error(413);
    Answer::of(request().body(vec![b' '; 1_000]))
        .await
        .is_scim_error(400);
}

#[tokio::test]
async fn a_large_body_without_a_credential_is_not_read() {
    let app = TestApp::start().await;
    let request = app.request(Method::POST, "/v1/scim/v2/okta/Users");
    Answer::of(request.body(vec![b' '; 5_000_000]))
        .await
        .is_scim_error(401);
}

#[tokio::test]
async fn a_body_of_another_kind_is_refused() {
    let app = TestApp::start().await;
    let form = app.as_okta().request(Method::POST, "/Users").body("userName=x");
    let form = form.header("content-type", "application/x-www-form-urlencoded");
    Answer::of(form).await.is_scim_error(415);
    let packed = app.as_okta().request(Method::POST, "/Users").body("packed");
    let packed = packed
        .header("content-type", "application/scim+json")
        .header("content-encoding", "gzip");
    Answer::of(packed).await.is_scim_error(415);
}

#[tokio::test]
async fn every_answer_has_a_request_id() {
    let app = TestApp::start().await;
    let with = |id: &'static str| app.request(Method::GET, "/v1/healthz").header("x-request-id", id);
    let given = Answer::of(with("Trace-1.2_3")).await;
    assert_eq!(given.header("x-request-id"), "Trace-1.2_3");
    for odd in [
        "",
        "with space",
        "quote\"",
        "1234567890123456789012345678901234567890123456789012345678901234x",
    ] {
        let answer = Answer::of(with(odd)).await;
        assert_eq!(answer.header("x-request-id").len(), 36, "{odd}");
    }
    for path in ["/v1/scim/v2/okta/Users", "/v1/scim/v2/nobody", "/nothing"] {
        assert_eq!(app.get(path).await.header("x-request-id").len(), 36, "{path}");
    }
}

#[tokio::test]
async fn locations_are_those_that_the_client_sees() {
    let app =
        TestApp::start_with(|config| config.public_url = Some("https://scim.example.com/idp".to_owned()))
            .await;
    let user = app.as_okta().creates_user("bjensen").await;
    let id = user["id"].as_str().unwrap();
    let location = format!("https://scim.example.com/idp/v1/scim/v2/okta/Users/{id}");
    assert_eq!(user["meta"]["location"], location);
}

#[tokio::test]
async fn a_trusted_proxy_tells_where_the_client_thinks_it_is() {
    let app =
        TestApp::start_with(|config| config.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()]).await;
    let request = app.as_entra().request(Method::POST, "/Users");
    let request = request
        .header("content-type", "application/scim+json")
        .header("x-forwarded-proto", "https")
        .header("x-forwarded-host", "scim.example.com")
        .body(
            json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "x" }).to_string(),
        );
    let answer = Answer::of(request).await;
    assert!(
        answer
            .header("location")
            .starts_with("https://scim.example.com/v1/scim/v2/azure/Users/")
    );
}

#[tokio::test]
async fn what_one_connection_provisions_another_does_not_see() {
    let app = TestApp::start().await;
    let user = app.as_okta().creates_user("bjensen").await;
    let path = format!("/Users/{}", user["id"].as_str().unwrap());
    assert_eq!(app.as_okta().get(&path).await.status, 200);
    app.as_entra().get(&path).await.is_scim_error(404);
    let filtered = "/Users?filter=userName%20eq%20%22BJENSEN%22";
    assert_eq!(app.as_okta().get(filtered).await.json()["totalResults"], 1);
    assert_eq!(app.as_entra().get(filtered).await.json()["totalResults"], 0);
}

#[tokio::test]
async fn large_answers_are_compressed_and_small_ones_are_not() {
    let app = TestApp::start().await;
    let accepting = |path: &str| {
        let request = app.as_okta().request(Method::GET, path);
        request.header("accept-encoding", "gzip,deflate")
    };
    let large = accepting("/Schemas").send().await.unwrap();
    assert_eq!(large.headers()["content-encoding"], "gzip");
    let small = Answer::of(accepting("/Users")).await;
    assert_eq!(small.header("content-encoding"), "");
    assert_eq!(small.json()["totalResults"], 0);
    let nothing = app
        .as_okta()
        .request(Method::GET, "/Users")
        .header("accept-encoding", "*;q=0");
    Answer::of(nothing).await.is_scim_error(406);
}

#[tokio::test]
async fn paths_are_neither_decoded_nor_tidied_on_the_way() {
    let app = TestApp::start().await;
    let user = app.as_okta().creates_user("bjensen").await;
    let id = user["id"].as_str().unwrap();
    app.as_okta()
        .get(&format!("/Users%2f{id}"))
        .await
        .is_scim_error(404);
    app.as_okta()
        .get(&format!("//Users/{id}"))
        .await
        .is_scim_error(404);
}

/// What the server answers to bytes on a connection of their own.
async fn raw(app: &TestApp, bytes: &[u8]) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", app.port))
        .await
        .unwrap();
    // the server may stop reading before all is sent
    stream.write_all(bytes).await.ok();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn nothing_is_awaited_after_a_method_that_has_no_body() {
    let app = TestApp::start().await;
    let request = format!(
        "CONNECT /v1/scim/v2/okta/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {}\r\nConnection: close\r\n\r\n",
        support::OKTA_BASE64
    );
    let answered = tokio::time::timeout(std::time::Duration::from_secs(10), raw(&app, request.as_bytes()));
    let answer = answered.await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 405"), "{answer}");
}

#[tokio::test]
async fn what_is_no_request_is_a_scim_error_too() {
    let app = TestApp::start().await;
    let long = |length: usize| {
        format!(
            "GET /v1/scim/v2/okta/Users?filter={} HTTP/1.1\r\nHost: x\r\n\r\n",
            "(".repeat(length)
        )
    };
    for (status, request) in [
        (
            "400",
            b"GET /v1/scim/v2/okta/Users?filter=\xff HTTP/1.1\r\nHost: x\r\n\r\n".to_vec(),
        ),
        (
            "400",
            b"GET /v1/scim/v2/okta/Users?filter=a b HTTP/1.1\r\nHost: x\r\n\r\n".to_vec(),
        ),
        ("400", b"nonsense\r\n\r\n".to_vec()),
        ("400", long(100_000).into_bytes()),
        ("431", long(300_000).into_bytes()),
    ] {
        let answer = raw(&app, &request).await;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{head}");
        assert!(head.contains("content-type: application/scim+json"), "{head}");
        let error: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(error["status"], status);
    }
}

/// A server may pass over the wish to upgrade (RFC 9110 section 7.8); it does not wait for what would follow.
#[tokio::test]
async fn a_wish_to_upgrade_is_passed_over() {
    let app = TestApp::start().await;
    for protocol in ["websocket", "h2c"] {
        let request = app
            .as_okta()
            .request(Method::GET, "/Users?count=0")
            .header("upgrade", protocol)
            .header("connection", "upgrade")
            .timeout(std::time::Duration::from_secs(10));
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200, "{protocol}");
    }
}

/// What a client calls this server becomes part of every location.
#[tokio::test]
async fn a_host_that_is_none_is_refused() {
    let app = TestApp::start().await;
    for host in ["a\"b<>/x", "", "a b"] {
        let request =
            format!("GET /v1/scim/v2/okta/Users HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        let answer = raw(&app, request.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{host}: {answer}");
    }
}
