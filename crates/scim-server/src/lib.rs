//! A SCIM 2.0 provisioning server for Okta and Microsoft Entra ID on actix-web: mounted in your application, or whole.
//!
//! For each request it finds the connection that the path names, authenticates the client, reads the body up to a limit, calls
//! the [`Service`](scim_service::service::Service), compresses the response, and writes a line to the log. Every error is a
//! SCIM Error document (RFC 7644 section 3.12).
//!
//! # Quick start
//!
//! An actix-web application that serves SCIM to Okta, out of a SQLite file:
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use actix_web::{App, HttpServer};
//! use scim_server::auth::AuthCode;
//! use scim_server::{Scim, mount};
//! use scim_service::limits::Limits;
//! use scim_service::service::Service;
//! use scim_storage::{Options, SqlStore};
//!
//! #[actix_web::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let store = SqlStore::connect("sqlite://app.sqlite", &Options::default()).await?;
//!     store.migrate().await?;
//!     let service = Service::new(Arc::new(store), Limits::default());
//!
//!     let code = std::env::var("SCIM_CODE")?; // such as okta:a-long-random-password
//!     let code = AuthCode::parse(&code.into()).ok_or("the code is empty")?;
//!     let scim = Scim::builder(service).auth_code("okta".parse()?, code).build();
//!
//!     let app = move || App::new().configure(mount(&scim)); // and your own routes
//!     Ok(HttpServer::new(app).bind("127.0.0.1:8080")?.run().await?)
//! }
//! ```
//!
//! The connection `okta` is at `/v1/scim/v2/okta`, and accepts the code as Basic or Bearer:
//!
//! ```sh
//! curl -u "$SCIM_CODE" http://127.0.0.1:8080/v1/scim/v2/okta/Users
//! ```
//!
//! # Overview
//!
//! | to | see |
//! |---|---|
//! | mount SCIM in an application, at `/v1/scim/v2` or another path | [`Scim`], [`mount`], [`mount_at`] |
//! | authenticate clients | [`auth`], [`Authenticator`](scim_service::authentication::Authenticator); `scim-jwt` for access tokens |
//! | run a whole server, as the program does | [`Application`], [`config`], [`stop_signal`] |
//! | use TLS | [`tls`] |
//! | get the changes of identity providers | [`Service::with_hook`](scim_service::service::Service::with_hook) |
//! | keep users in your own tables | [`Store`](scim_service::store::Store), instead of `SqlStore` |
//! | serve SCIM on axum, hyper or another framework | `scim-tower` |
//!
//! # What it does not do
//!
//! - Users, groups, filters and PATCH are implemented in `scim-service` and the crates below it.
//! - A mount does not migrate the database, purge deleted users, bind sockets or serve health endpoints. [`Application`] does.
//! - It installs no subscriber of `tracing`; the program alone does.
//! - Metrics are not exported. The log lines (target `scim_server::request`) have the operation, the status and the duration.
//!
//! # Crate features
//!
//! | feature | default | adds |
//! |---|---|---|
//! | `cli` | on | the program `scim-server`: the command line, and its dependencies `anyhow`, `clap`, `indicatif`, `mimalloc`, `rustix`, `tracing-subscriber` and `ureq` |
//! | `sqlite` | on | databases in SQLite files (`scim-storage/sqlite`) |
//! | `postgres` | on | databases on PostgreSQL servers (`scim-storage/postgres`) |
//!
//! `cli` adds nothing to the public API. An application turns it off with `default-features = false`, and names the database that
//! it uses: at least one of `sqlite` and `postgres` is required.
//!
//! # Runtime and MSRV
//!
//! It runs on the runtime of actix-web, which is tokio, with one thread for each worker. The databases of `scim-storage` need
//! tokio too. The minimum supported Rust version is 1.94.
//!
//! # Types of other crates
//!
//! | crate | in the public API | you need it |
//! |---|---|---|
//! | `scim-service` | `Service`, `Authenticator`, `ConnectionKey`, `Profile`, `PublicUrl`, … | always |
//! | `scim-storage` | `Connections`, `CredentialId`, `Options` | for databases of this workspace |
//! | `scim-core` | `Timestamp` | to implement [`CredentialSource`](auth::CredentialSource) |
//! | `actix-web` 4 | `ServiceConfig`, `HttpRequest` | to mount |
//! | `async-trait` 0.1 | its form of async methods | to implement a trait |
//! | `secrecy` 0.10 | `SecretString` | no: re-exported as `secrecy` |
//! | `ipnet` 2 | `IpNet` | no: re-exported as [`ipnet`] |
//! | `rustls` 0.23 | `ServerConfig`, `Error` | no: re-exported as `rustls` |
//! | `serde` 1 | `Deserialize` of [`config::Config`] | to deserialize it yourself |
//!
//! # Random numbers
//!
//! Secrets are never made from weak random numbers: see [`auth`]. Resource ids, request ids and cursors come from the crates
//! `uuid` and `rand`, which panic if the operating system has no random numbers. `Service::new` and [`Application::build`] then
//! panic, and requests are answered with 500 or not at all.

mod answer;
mod application;
pub mod auth;
mod body;
mod causes;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
mod clock;
mod compress;
pub mod config;
mod convert;
mod database;
mod first_start;
mod handler;
mod health;
mod listener;
#[cfg(feature = "cli")]
mod log;
mod request_line;
mod scim;
mod shutdown;
mod start_error;
pub mod tls;

/// The code of the guides, which is compiled with the tests.
#[cfg(doctest)]
pub mod guides {
    #[doc = include_str!("../../../docs/embedding.md")]
    pub mod embedding {}

    #[doc = include_str!("../../../docs/hooks.md")]
    pub mod hooks {}

    #[doc = include_str!("../../../docs/authentication.md")]
    pub mod authentication {}
}

pub use application::{Application, ApplicationBuilder};
pub use ipnet;
pub use rustls;
pub use scim::{Scim, ScimBuilder, mount, mount_at};
pub use secrecy;
pub use shutdown::stop_signal;
pub use start_error::StartError;
