//! What a SCIM service provider does when a request arrives, without a web framework and without a database.
//!
//! [`Service::handle`](service::Service::handle) takes an `http::Request<Bytes>` of an authenticated
//! [`Caller`](service::Caller) and gives an `http::Response<Bytes>`. Between the two: the connection's profile rewrites
//! what its client means into standard SCIM, `scim-core` checks it, one transaction of the [`store`] does it, and the
//! answer is put together.
//!
//! ```
//! use std::sync::Arc;
//!
//! use bytes::Bytes;
//! use http::{Method, Request, StatusCode};
//! use scim_service::connection::Profile;
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
//!     // whoever owns the socket has found out that it is Okta who asks
//!     let okta = Caller::new("okta".parse()?, Profile::okta(), "https://scim.example.com/okta".to_owned());
//!
//!     let body = r#"{ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "bjensen" }"#;
//!     let request = Request::builder().method(Method::POST).uri("/Users").body(Bytes::from(body))?;
//!     let response = service.handle(&okta, request).await;
//!     assert_eq!(response.status(), StatusCode::CREATED);
//!     assert!(response.headers()["location"].to_str()?.starts_with("https://scim.example.com/okta/Users/"));
//!
//!     // for the log
//!     let outcome = response.extensions().get::<Outcome>().ok_or("every answer has one")?;
//!     assert_eq!(outcome.operation, "user.create");
//!
//!     let request = Request::get("/Users?filter=userName%20eq").body(Bytes::new())?;
//!     let response = service.handle(&okta, request).await;
//!     assert_eq!(response.status(), StatusCode::BAD_REQUEST); // and a SCIM Error that says what is missing
//!     Ok(())
//! }
//! ```
//!
//! It does **not** authenticate by itself: whoever owns the socket asks an [`Authenticator`](authentication::Authenticator)
//! before it calls. And it keeps nothing itself: every application brings a [`Store`](store::Store), `scim-storage` or its own.
//! What identity providers change, the application is told by [hooks](event), and may refuse. The feature `contract` adds the
//! tests that every store must pass.
//!
//! The crates around it:
//!
//! | crate | what it is |
//! |---|---|
//! | `scim-core` | schemas, resources, filters, PATCH, as data and functions: no IO |
//! | `scim-profiles` | how Okta and Microsoft Entra ID differ from the standard |
//! | **`scim-service`** | requests in, answers out |
//! | `scim-storage` | a store on SQLite and PostgreSQL |
//! | `scim-server` | on actix-web, and the program |
//! | `scim-tower` | on axum, hyper, and what else takes a tower service |
//! | `scim-jwt` | OAuth access tokens |
//! | `scim-client` | a client, for tests and programs of yours |
//!
//! `docs/embedding.md` of the repository goes through all of it step by step.
//!
//! | to | look at |
//! |---|---|
//! | answer requests on a framework of yours | [`service`]; `scim-tower` and `scim-server` are two such |
//! | keep users and groups in tables of yours | [`store`], its [`columns`](store::columns), and the tests of `contract` |
//! | say who may send requests | [`authentication`] |
//! | bound what a request may cost | [`limits`] |
//! | have cursors outlive a restart (RFC 9865) | [`cursor`] |
//! | know the URL that the client sees | [`public_url`] |

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
