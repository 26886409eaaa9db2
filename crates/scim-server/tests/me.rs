//! `/Me` (RFC 7644 section 3.11), where the embedding application says whom a request stands for.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod support;

use std::sync::Arc;

use actix_web::http::{Method, StatusCode};
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, http::header};
use scim_server::auth::AuthCode;
use scim_server::{Scim, mount};
use scim_service::limits::Limits;
use scim_service::service::Service;
use scim_service::store::ResourceId;
use scim_storage::{Options, SqlStore};
use serde_json::{Value, json};

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const BASE: &str = "http://localhost:8080/v1/scim/v2/corp";

/// The application takes the id of the user from a header of its own.
async fn embedded(path: &std::path::Path) -> Arc<Scim> {
    let url = format!("sqlite://{}/scim.sqlite", path.display());
    let store = SqlStore::connect(&url, &Options::default()).await.unwrap();
    store.migrate().await.unwrap();
    Scim::builder(Service::new(Arc::new(store), Limits::default()))
        .auth_code(
            "corp".parse().unwrap(),
            AuthCode::parse(&"a-token-of-tests".into()).unwrap(),
        )
        .me(|connection, request| {
            assert_eq!(connection.as_str(), "corp");
            let user = request.headers().get("x-user")?.to_str().ok()?;
            Some(ResourceId::new(user))
        })
        .build()
}

fn request(method: Method, path: &str, user: Option<&str>, body: Option<&Value>) -> TestRequest {
    let request = TestRequest::with_uri(&format!("/v1/scim/v2/corp{path}"))
        .method(method)
        .insert_header((header::AUTHORIZATION, "Bearer a-token-of-tests"));
    let request = match user {
        Some(user) => request.insert_header(("x-user", user)),
        None => request,
    };
    match body {
        Some(body) => request.set_payload(body.to_string()),
        None => request,
    }
}

#[actix_web::test]
async fn a_user_is_served_under_an_alias() {
    let folder = tempfile::tempdir().unwrap();
    let scim = embedded(folder.path()).await;
    let app = init_service(App::new().configure(mount(&scim))).await;
    let send = async |method: Method, path: &str, user: Option<&str>, body: Option<Value>| {
        let answer = call_service(&app, request(method, path, user, body.as_ref()).to_request()).await;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = read_body(answer).await;
        (
            status,
            headers,
            serde_json::from_slice::<Value>(&body).unwrap_or_default(),
        )
    };
    let body = json!({ "schemas": [USER], "userName": "bjensen" });
    let (_, _, created) = send(Method::POST, "/Users", None, Some(body)).await;
    let id = created["id"].as_str().unwrap();
    let me = Some(id);

    let (status, headers, read) = send(Method::GET, "/Me", me, None).await;
    assert_eq!((status, &read["userName"]), (StatusCode::OK, &json!("bjensen")));
    assert_eq!(read["meta"]["location"], format!("{BASE}/Users/{id}"));
    assert_eq!(headers.get("location").unwrap(), &format!("{BASE}/Users/{id}"));
    let (_, _, read) = send(Method::GET, "/Me?attributes=userName", me, None).await;
    assert!(read.get("meta").is_none());

    let operations = json!([{ "op": "add", "path": "title", "value": "Guide" }]);
    let patch = json!({ "schemas": [PATCH], "Operations": operations });
    let (status, _, patched) = send(Method::PATCH, "/Me", me, Some(patch)).await;
    assert_eq!((status, &patched["title"]), (StatusCode::OK, &json!("Guide")));
    let body = json!({ "schemas": [USER], "userName": "barbara" });
    let (status, _, replaced) = send(Method::PUT, "/Me", me, Some(body.clone())).await;
    assert_eq!((status, &replaced["id"]), (StatusCode::OK, &json!(id)));
    let (status, headers, _) = send(Method::POST, "/Me", me, Some(body)).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(headers.get("allow").unwrap(), "GET, HEAD, PUT, PATCH, DELETE");

    assert_eq!(
        send(Method::DELETE, "/Me", me, None).await.0,
        StatusCode::NO_CONTENT
    );
    for path in ["/Me", &format!("/Users/{id}")] {
        assert_eq!(send(Method::GET, path, me, None).await.0, StatusCode::NOT_FOUND);
    }
    // nobody is meant
    for method in [Method::GET, Method::POST] {
        assert_eq!(
            send(method, "/Me", None, None).await.0,
            StatusCode::NOT_IMPLEMENTED
        );
    }
}

#[tokio::test]
async fn an_identity_provider_is_no_user() {
    let app = support::TestApp::start().await;
    let detail = app.as_standard().get("/Me").await.is_scim_error(501);
    assert_eq!(detail, "`/Me` is not supported by this server");
}
