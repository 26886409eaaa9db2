//! A SCIM 2.0 service provider as a [`tower::Service`], for axum, hyper and other frameworks.
//!
//! [`ScimService`] takes an `http::Request` with a body of any type and returns an `http::Response<Full<Bytes>>`. For each
//! request it
//!
//! 1. asks a [`ResolveCaller`] who sends it; [`Mounted`] is the one for a single connection;
//! 2. removes the headers that hold secrets: `Authorization`, `Proxy-Authorization` and `Cookie`;
//! 3. reads the body, up to [`Limits::body_bytes_at`](scim_service::limits::Limits::body_bytes_at);
//! 4. calls [`Service::handle`](scim_service::service::Service::handle).
//!
//! Every refusal is a SCIM Error document (RFC 7644 section 3.12).
//!
//! # Quick start
//!
//! An axum application that serves SCIM to Okta at `http://127.0.0.1:8080/scim/v2/okta`:
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use axum::Router;
//! use scim_service::authentication::FixedToken;
//! use scim_service::connection::Profile;
//! use scim_service::limits::Limits;
//! use scim_service::service::Service;
//! use scim_storage::{Options, SqlStore};
//! use scim_tower::{Mounted, ScimService};
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let store = SqlStore::connect("sqlite://app.sqlite", &Options::default()).await?;
//!     store.migrate().await?;
//!     let service = Arc::new(Service::new(Arc::new(store), Limits::default()));
//!
//!     let token = Arc::new(FixedToken::new(&std::env::var("SCIM_TOKEN")?)?);
//!     let okta = Mounted::new("okta".parse()?, Profile::okta(), "/scim/v2/okta", token);
//!     let app = Router::new().nest_service("/scim/v2/okta", ScimService::new(service, okta));
//!
//!     let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
//!     Ok(axum::serve(listener, app).await?)
//! }
//! ```
//!
//! ```sh
//! curl -H "Authorization: Bearer $SCIM_TOKEN" http://127.0.0.1:8080/scim/v2/okta/Users
//! ```
//!
//! The same service without a socket, as in a test:
//!
//! ```
//! use std::sync::Arc;
//!
//! use bytes::Bytes;
//! use http::{Request, StatusCode};
//! use http_body_util::Full;
//! use scim_service::authentication::FixedToken;
//! use scim_service::connection::Profile;
//! use scim_service::limits::Limits;
//! use scim_service::service::Service;
//! use scim_storage::{Options, SqlStore};
//! use scim_tower::{Mounted, ScimService};
//! use tower_service::Service as _;
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let folder = tempfile::tempdir()?;
//!     let database = format!("sqlite://{}/scim.sqlite", folder.path().display());
//!     let store = SqlStore::connect(&database, &Options::default()).await?;
//!     store.migrate().await?;
//!     let service = Arc::new(Service::new(Arc::new(store), Limits::default()));
//!
//!     let token = Arc::new(FixedToken::new("a-long-random-token")?);
//!     let okta = Mounted::new("okta".parse()?, Profile::okta(), "/scim/v2/okta", token);
//!     let mut scim = ScimService::new(service, okta.with_public_url("https://scim.example.com"));
//!
//!     // the path below /scim/v2/okta
//!     let user = r#"{ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "bjensen" }"#;
//!     let request = Request::post("/Users")
//!         .header("authorization", "Bearer a-long-random-token")
//!         .header("content-type", "application/scim+json")
//!         .body(Full::new(Bytes::from(user)))?;
//!     let response = scim.call(request).await?;
//!     assert_eq!(response.status(), StatusCode::CREATED);
//!     let location = response.headers()["location"].to_str()?;
//!     assert!(location.starts_with("https://scim.example.com/scim/v2/okta/Users/"));
//!
//!     let guess = Request::get("/Users").header("authorization", "Bearer a-guess").body(Full::new(Bytes::new()))?;
//!     assert_eq!(scim.call(guess).await?.status(), StatusCode::UNAUTHORIZED);
//!     Ok(())
//! }
//! ```
//!
//! # What it does not do
//!
//! | not done here | use instead |
//! |---|---|
//! | a time limit for a request or its body | a layer such as `tower_http::timeout` |
//! | catching panics | a layer such as `tower_http::catch_panic` |
//! | compression | a layer such as `tower_http::compression` |
//! | a log line for each request | a layer that reads [`Outcome`](scim_service::service::Outcome), an extension of every response of the service |
//! | slowing down clients that guess secrets | a layer that limits 401s by address |
//! | taking the mount path off requests | `nest_service` in axum |
//! | authentication | an [`Authenticator`](scim_service::authentication::Authenticator): `FixedToken`, `FixedPassword`, `scim-jwt`, or your own |
//!
//! `scim-server`, for actix-web, does all of these; its time limit is 60 seconds for a body.
//!
//! # Crate features
//!
//! None.
//!
//! # Runtime and MSRV
//!
//! The service needs a tokio runtime with timers enabled. The minimum supported Rust version is 1.94.
//!
//! # Types of other crates
//!
//! | crate | in the public API | you need it |
//! |---|---|---|
//! | `scim-service` | [`Service`](scim_service::service::Service), [`Caller`](scim_service::service::Caller), `Authenticator`, `Refusal` | always |
//! | `http` 1 | `Request`, `Response`, `request::Parts` | to implement [`ResolveCaller`]; axum re-exports it |
//! | `bytes` 1 | `Bytes` | to implement [`ResolveCaller`]; axum re-exports it as `axum::body::Bytes` |
//! | `http-body` 1, `http-body-util` 0.1 | `Body` as a bound, `Full` in responses | to name the types |
//! | `tower-service` 0.3 | `Service` | to call the service yourself |
//! | `ipnet` 2 | `IpNet`, networks of trusted proxies | no: re-exported as [`ipnet`] |
//!
//! [`tower::Service`]: https://docs.rs/tower-service/0.3/tower_service/trait.Service.html

mod body;
mod mounted;
mod resolve_caller;
mod service;

pub use ipnet;
pub use mounted::Mounted;
pub use resolve_caller::ResolveCaller;
pub use service::ScimService;
