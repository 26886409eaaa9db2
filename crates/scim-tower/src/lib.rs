//! A SCIM 2.0 service provider as a [`tower::Service`], for axum, hyper and whatever else takes one.
//!
//! [`ScimService`] takes an `http::Request` with a body of any type and gives an `http::Response<Full<Bytes>>`. Before it
//! hands the request to [`Service::handle`](scim_service::service::Service::handle), it asks an [`Authenticate`] on whose
//! behalf the request comes, takes the headers off that show secrets, and reads the body, never more of it than
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
//! use http::request::Parts;
//! use http::{Request, StatusCode};
//! use http_body_util::{BodyExt as _, Empty};
//! use scim_profiles::profile::Profile;
//! use scim_service::limits::Limits;
//! use scim_service::service::{Caller, Service};
//! use scim_storage::{Options, SqlStore};
//! use scim_tower::{Authenticate, Refusal, ScimService};
//! use tower_service::Service as _;
//!
//! /// For `Router::new().nest_service("/scim/v2/okta", okta(service, "secret"))`.
//! fn okta(service: Arc<Service>, secret: &'static str) -> ScimService<impl Authenticate> {
//!     ScimService::new(service, move |request: &Parts| {
//!         let shown = request.headers.get("authorization").ok_or(Refusal::Unauthorized)?;
//!         if shown != format!("Bearer {secret}").as_str() { // compare in constant time instead
//!             return Err(Refusal::Unauthorized);
//!         }
//!         let connection = "okta".parse().map_err(|_| Refusal::UnknownConnection)?;
//!         let profile = Profile::named("okta").ok_or(Refusal::UnknownConnection)?;
//!         Ok(Caller::new(connection, profile, "https://scim.example.com/scim/v2/okta".to_owned()))
//!     })
//! }
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! # let directory = tempfile::tempdir()?;
//! # let database = format!("sqlite://{}/scim.sqlite", directory.path().display());
//! let store = SqlStore::connect(&database, &Options::default()).await?;
//! store.migrate().await?;
//! let service = Arc::new(Service::new(Arc::new(store), Limits::default()));
//! let mut okta = okta(service, "secret");
//!
//! let request = Request::get("/Users").header("authorization", "Bearer secret").body(Empty::<Bytes>::new())?;
//! let response = okta.call(request).await?;
//! assert_eq!(response.status(), StatusCode::OK);
//! let body = response.into_body().collect().await?.to_bytes();
//! assert!(body.starts_with(br#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"]"#));
//!
//! let request = Request::get("/Users").body(Empty::<Bytes>::new())?;
//! assert_eq!(okta.call(request).await?.status(), StatusCode::UNAUTHORIZED);
//! # Ok(())
//! # }
//! # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(run()).unwrap();
//! ```
//!
//! [`tower::Service`]: tower_service::Service

mod authenticate;
mod body;
mod service;

pub use authenticate::{Authenticate, Refusal};
pub use service::ScimService;
