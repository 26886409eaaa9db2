//! SCIM 2.0 for Okta and Microsoft Entra ID over HTTP: [one call](mount) mounts it in an actix-web application, and
//! [`Application`] is a whole server of it.
//!
//! What it does: it finds the connection of a request, authenticates it, bounds what it reads, hands it to the
//! [`Service`](scim_service::service::Service), writes one line to the log, and answers every error as a SCIM Error
//! document. What it does not do: it knows nothing of users, groups, filters or PATCH; those are in `scim-service` and
//! below.
//!
//! # Embedding
//!
//! Without the feature `cli`, which is on by default and brings the command line of the program, it is the library alone:
//! `default-features = false`.
//!
//! ```
//! use actix_web::{App, HttpServer};
//! use scim_server::{Scim, auth::AuthCode, mount};
//! use scim_service::{limits::Limits, service::Service};
//! use scim_storage::{Options, SqlStore};
//!
//! async fn serve(database: &str, code: &str) -> Result<(), Box<dyn std::error::Error>> {
//!     let store = SqlStore::connect(database, &Options::default()).await?;
//!     store.migrate().await?;
//!     let service = Service::new(std::sync::Arc::new(store), Limits::default());
//!     let code = AuthCode::parse(&code.into()).ok_or("the code is empty")?;
//!     let scim = Scim::builder(service).auth_code("okta".parse()?, code).build();
//!     let app = move || App::new().configure(mount(&scim)); // and your own routes
//!     let server = HttpServer::new(app).bind("127.0.0.1:0")?.run();
//! #   server.handle().stop(false); return Ok(());
//!     Ok(server.await?)
//! }
//! # let directory = tempfile::tempdir().unwrap();
//! # let database = format!("sqlite://{}/scim.sqlite", directory.path().display());
//! # actix_web::rt::System::new().block_on(serve(&database, "okta:secret")).unwrap();
//! ```
//!
//! The connection `okta` is then at `/v1/scim/v2/okta`, and asks for what [`AuthCode`](auth::AuthCode) says, here Basic:
//! `curl -u okta:secret http://127.0.0.1:8080/v1/scim/v2/okta/Users`.
//!
//! | to | look at |
//! |---|---|
//! | mount it in an application | [`mount`], [`Scim`] |
//! | say who may ask | [`auth`], [`Authenticator`](scim_service::authentication::Authenticator) |
//! | run a whole server, as the program does | [`Application`], [`config`], [`database`], [`tls`] |
//! | be told what identity providers change | [`Service::with_hook`](scim_service::service::Service::with_hook) |
//! | serve it on another framework | `scim-tower` |
//!
//! An application with users of its own implements [`Store`](scim_service::store::Store) in place of `SqlStore`; one
//! that makes credentials at run time gives a [`CredentialSource`](auth::CredentialSource); one that authenticates clients in a
//! way of its own gives an [`Authenticator`](scim_service::authentication::Authenticator).

mod answer;
mod application;
pub mod auth;
mod body;
mod causes;
mod clock;
mod compress;
pub mod config;
mod convert;
pub mod database;
mod first_start;
mod handler;
mod health;
mod listener;
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
pub use log::{LogError, init_log};
pub use scim::{Scim, ScimBuilder, mount};
pub use shutdown::stop_signal;
pub use start_error::StartError;
