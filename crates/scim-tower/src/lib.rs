//! A SCIM 2.0 service provider as a [`tower::Service`], for axum, hyper and whatever else takes one.
//!
//! [`ScimService`] takes an `http::Request` with a body of any type and gives an `http::Response<Full<Bytes>>`. Before it
//! hands the request to [`Service::handle`](scim_service::service::Service::handle), it asks an [`Authenticate`] on whose
//! behalf the request comes, takes the headers off that show secrets, and reads the body, never keeping more of it than
//! [`Limits::body_bytes_at`](scim_service::limits::Limits::body_bytes_at) allows. Each refusal is a SCIM Error document.
//!
//! What it does **not** do, as there are layers for it: it sets no time limit for a request or its body, it catches no
//! panic, compresses nothing, writes no line to the log (an [`Outcome`](scim_service::service::Outcome) is an extension of
//! every answer of the service), and does not slow down those who guess.
//!
//! The path of a request is the one below the base URL of the connection, `/Users/2819c223`: mount the service with
//! `nest_service` in axum, or take off what comes before it otherwise.
//!
//! ```
//! use std::sync::Arc;
//!
//! use bytes::Bytes;
//! use http::{Request, StatusCode};
//! use http_body_util::Full;
//! use scim_service::connection::Profile;
//! use scim_service::authentication::FixedToken;
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
//!     let mut scim = ScimService::new(service, okta.public_url("https://scim.example.com"));
//!
//!     // in axum: Router::new().nest_service("/scim/v2/okta", scim), which then asks it this
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
//! `scim-jwt` has an authenticator for OAuth access tokens; one of your own is an
//! [`Authenticator`](scim_service::authentication::Authenticator). Where one service has several connections below it, a closure or
//! an [`Authenticate`] of your own tells them apart.
//!
//! [`tower::Service`]: https://docs.rs/tower-service/0.3/tower_service/trait.Service.html

mod authenticate;
mod body;
mod mounted;
mod service;

pub use authenticate::Authenticate;
pub use mounted::Mounted;
pub use service::ScimService;
