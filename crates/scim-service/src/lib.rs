//! A SCIM 2.0 service provider (RFC 7643, RFC 7644) without a web framework and without a database.
//!
//! # What it does
//!
//! [`Service::handle`](service::Service::handle) takes an `http::Request<Bytes>` from an authenticated
//! [`Caller`](service::Caller) and returns an `http::Response<Bytes>`. The connection's profile rewrites the client's dialect
//! into standard SCIM, `scim-core` validates the request, and one transaction of the [`store`] carries it out. Every response
//! is SCIM JSON, including errors.
//!
//! | to | see |
//! |---|---|
//! | answer requests on your own web framework | [`service`]; `scim-tower` and `scim-server` do this for tower and actix-web |
//! | keep users and groups in your own tables | [`store`], its [`columns`](store::columns), and the `contract` tests |
//! | decide who may send requests | [`authentication`] |
//! | receive or reject what identity providers change | [`event`] |
//! | limit what a request may cost | [`limits`] |
//! | keep pagination cursors valid across restarts (RFC 9865) | [`cursor`] |
//! | determine the URL that the client sees | [`public_url`] |
//!
//! `docs/embedding.md` in the repository explains all of this step by step.
//!
//! # A whole program
//!
//! ```
//! use std::sync::Arc;
//!
//! use scim_service::bytes::Bytes;
//! use scim_service::connection::Profile;
//! use scim_service::http::{Method, Request, StatusCode};
//! use scim_service::limits::Limits;
//! use scim_service::service::{Caller, Outcome, Service};
//! use scim_storage::{Options, SqlStore};
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let directory = tempfile::tempdir()?;
//!     let database = format!("sqlite://{}/scim.sqlite", directory.path().display());
//!     let store = SqlStore::connect(&database, &Options::default()).await?;
//!     store.migrate().await?;
//!     let service = Service::new(Arc::new(store), Limits::default());
//!
//!     // your application has authenticated the request: it comes from Okta
//!     let okta = Caller::new("okta".parse()?, Profile::okta(), "https://scim.example.com/okta".to_owned());
//!
//!     let body = r#"{ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "bjensen" }"#;
//!     let request = Request::builder().method(Method::POST).uri("/Users").body(Bytes::from(body))?;
//!     let response = service.handle(&okta, request).await;
//!     assert_eq!(response.status(), StatusCode::CREATED);
//!     assert!(response.headers()["location"].to_str()?.starts_with("https://scim.example.com/okta/Users/"));
//!
//!     // for the log
//!     let outcome = response.extensions().get::<Outcome>().ok_or("every response has one")?;
//!     assert_eq!(outcome.operation, "user.create");
//!
//!     let request = Request::get("/Users?filter=userName%20eq").body(Bytes::new())?;
//!     let response = service.handle(&okta, request).await;
//!     assert_eq!(response.status(), StatusCode::BAD_REQUEST); // with a SCIM error that says what is missing
//!     Ok(())
//! }
//! ```
//!
//! # What it does not do
//!
//! - **Open sockets.** `scim-tower`, `scim-server` or your own code receives the request and sends the response.
//! - **Authenticate.** Ask an [`Authenticator`](authentication::Authenticator) before you call
//!   [`Service::handle`](service::Service::handle).
//! - **Store anything.** You bring a [`Store`](store::Store): `scim-storage`, or your own.
//! - **Log requests.** Each response carries an [`Outcome`](service::Outcome) for your request log. Causes of 500 and 503 go
//!   to [`tracing`](https://docs.rs/tracing).
//!
//! # Crate features
//!
//! | feature | default | adds |
//! |---|---|---|
//! | `contract` | no | the module `contract` and the macro `contract_tests!`: the tests that every store must pass. Enable it in `[dev-dependencies]` |
//!
//! # Runtime and Rust version
//!
//! [`Service::handle`](service::Service::handle) must be called in a tokio 1 runtime with time enabled. The minimum supported
//! Rust version is 1.94.
//!
//! # Types of other crates
//!
//! The API uses types of the following crates. They are re-exported, so that an embedder needs no other dependency and cannot
//! end up with two versions of them:
//!
//! | crate | re-exported as | used for |
//! |---|---|---|
//! | `scim-core` | [`scim_service::core`](mod@crate::core) | resources, schemas, filters, errors |
//! | `scim-profiles` | [`scim_service::profiles`](crate::profiles) | profiles |
//! | `http` 1 | [`scim_service::http`](crate::http) | requests and responses |
//! | `bytes` 1 | [`scim_service::bytes`](crate::bytes) | bodies |
//! | `ipnet` 2 | [`scim_service::ipnet`](crate::ipnet) | trusted proxies |
//! | `async-trait` 0.1 | [`scim_service::async_trait`](macro@crate::async_trait) | the attribute for `impl Store`, `Transaction`, `Authenticator` and `Hook` |
//!
//! Events implement `Serialize` of `serde` 1, which is not re-exported: bring it with your own serializer.
//!
//! # Related crates
//!
//! | crate | contents |
//! |---|---|
//! | `scim-core` | schemas, resources, filters and PATCH as data and functions, without IO |
//! | `scim-profiles` | how Okta and Microsoft Entra ID differ from the standard |
//! | **`scim-service`** | requests in, responses out |
//! | `scim-storage` | a store on SQLite and PostgreSQL |
//! | `scim-server` | the service on actix-web, and the program |
//! | `scim-tower` | the service as a tower service, for axum and hyper |
//! | `scim-jwt` | authentication by OAuth access tokens |
//! | `scim-client` | a SCIM client, for tests and for your own programs |

mod accept;
mod answer;
pub mod authentication;
mod body;
mod configured;
pub mod connection;
#[cfg(feature = "contract")]
pub mod contract;
pub mod cursor;
pub mod event;
mod failure;
mod json;
pub mod limits;
mod operation;
mod precondition;
pub mod public_url;
mod query_string;
mod render;
mod route;
pub mod service;
pub mod store;

pub use answer::SCIM_JSON;

pub use async_trait::async_trait;
pub use bytes;
pub use http;
pub use ipnet;
pub use scim_core as core;
pub use scim_profiles as profiles;
