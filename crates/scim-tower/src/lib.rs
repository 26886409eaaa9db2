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
//! use scim_profiles::profile::Profile;
//! use scim_service::authentication::Authenticator;
//! use scim_service::service::Service;
//! use scim_tower::{Mounted, ScimService};
//!
//! /// For `Router::new().nest_service("/scim/v2/okta", okta(service, authenticator))`.
//! fn okta(service: Arc<Service>, authenticator: Arc<dyn Authenticator>) -> Option<ScimService<Mounted>> {
//!     let (connection, profile) = ("okta".parse().ok()?, Profile::named("okta")?);
//!     let mounted = Mounted::new(connection, profile, "/scim/v2/okta", authenticator);
//!     Some(ScimService::new(service, mounted.under("https://scim.example.com")))
//! }
//! ```
//!
//! `scim-jwt` has an authenticator for OAuth access tokens; one of your own takes a dozen lines. Where one service has several
//! connections below it, a closure or an [`Authenticate`] of your own tells them apart.
//!
//! [`tower::Service`]: tower_service::Service

mod authenticate;
mod body;
mod mounted;
mod service;

pub use authenticate::Authenticate;
pub use mounted::Mounted;
pub use service::ScimService;
