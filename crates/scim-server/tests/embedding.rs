//! SCIM in another application.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what helps tests may stop at the first surprise, as tests do"
)]

use std::sync::Arc;

use actix_web::body::to_bytes;
use actix_web::http::StatusCode;
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, HttpResponse, web};
use async_trait::async_trait;
use scim_server::auth::AuthCode;
use scim_server::config::Config;
use scim_server::{Application, Scim, mount};
use scim_service::connection::ConnectionKey;
use scim_service::event::{Event, Hook, Veto};
use scim_service::limits::Limits;
use scim_service::service::Service;
use scim_service::store::{Access, Store, StoreError, Transaction};
use serde_json::Value;

/// A store that does nothing well.
struct Panicking;

#[async_trait]
impl Store for Panicking {
    async fn begin(&self, _: &ConnectionKey, _: Access) -> Result<Box<dyn Transaction>, StoreError> {
        panic!("this store panics")
    }

    async fn ready(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

fn scim() -> Arc<Scim> {
    let service = Service::new(Arc::new(Panicking), Limits::default());
    let code = AuthCode::parse(&"a-token-of-the-tests".into()).unwrap();
    Scim::builder(service)
        .auth_code("corp".parse().unwrap(), code)
        .build()
}

#[actix_web::test]
async fn a_panic_is_a_scim_error() {
    let app = init_service(App::new().configure(mount(&scim()))).await;
    let request = TestRequest::get()
        .uri("/v1/scim/v2/corp/Users")
        .insert_header(("authorization", "Bearer a-token-of-the-tests"));
    let response = call_service(&app, request.to_request()).await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let body = to_bytes(response.into_body()).await.unwrap();
    let error: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(error["status"], "500");
}

#[actix_web::test]
async fn it_leaves_the_rest_of_the_application_alone_and_may_be_mounted_deeper() {
    let own = web::resource("/own").to(async || HttpResponse::Ok().body("own"));
    let scope = web::scope("/api").configure(mount(&scim())).service(own);
    let app = init_service(App::new().service(scope)).await;
    let own = call_service(&app, TestRequest::get().uri("/api/own").to_request()).await;
    assert_eq!(own.status(), StatusCode::OK);
    assert!(!own.headers().contains_key("x-request-id"));
    let request = TestRequest::get()
        .uri("/api/v1/scim/v2/corp/ServiceProviderConfig")
        .insert_header(("host", "example.com"))
        .insert_header(("authorization", "Bearer a-token-of-the-tests"));
    let response = call_service(&app, request.to_request()).await;
    assert_eq!(response.status(), StatusCode::OK);
    let body = to_bytes(response.into_body()).await.unwrap();
    let config: Value = serde_json::from_slice(&body).unwrap();
    let location = "http://example.com/api/v1/scim/v2/corp/ServiceProviderConfig";
    assert_eq!(config["meta"]["location"], location);
    let elsewhere = call_service(&app, TestRequest::get().uri("/api/v1/other").to_request()).await;
    assert_eq!(elsewhere.headers().get("content-type"), None);
}

/// Refuses everything.
struct Closed;

#[async_trait]
impl Hook for Closed {
    async fn before_commit(&self, _: &[Event]) -> Result<(), Veto> {
        Err(Veto::new("this directory is closed"))
    }
}

#[actix_web::test]
async fn a_whole_server_asks_the_hook_that_it_was_given() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::default();
    config.listen = "127.0.0.1:0".parse().unwrap();
    config.database.url = format!("sqlite://{}/scim.sqlite", folder.path().display()).into();
    let code = AuthCode::parse(&"a-token-of-the-tests".into()).unwrap();
    config.auth_codes.insert("okta".parse().unwrap(), vec![code]);
    let builder = Application::builder(config).hook(Arc::new(Closed));
    let application = builder.build().await.unwrap();
    let url = format!("{}/v1/scim/v2/okta/Users", application.origin());
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = actix_web::rt::spawn(application.run_until_stopped(async move { drop(stopped.await) }));

    // where the whole workspace is built, the client speaks TLS too, by what the process has chosen
    rustls::crypto::ring::default_provider().install_default().ok();
    let user = r#"{ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "bjensen" }"#;
    let request = reqwest::Client::new()
        .post(url)
        .bearer_auth("a-token-of-the-tests");
    let request = request.header("content-type", "application/scim+json").body(user);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 403);
    assert!(
        response
            .text()
            .await
            .unwrap()
            .contains("this directory is closed")
    );
    drop(stop);
    running.await.unwrap().unwrap();
}
