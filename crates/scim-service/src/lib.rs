//! What a SCIM service provider does when a request arrives, without a web framework and without a database.
//!
//! [`Service::handle`](service::Service::handle) takes an `http::Request<Bytes>` of an authenticated
//! [`Caller`](service::Caller) and gives an `http::Response<Bytes>`. Between the two: the connection's profile rewrites
//! what its client means into standard SCIM, `scim-core` checks it, one transaction of the [`store`] does it, and the
//! answer is put together.
//!
//! It does **not** authenticate by itself: whoever owns the socket asks an [`Authenticator`](authentication::Authenticator)
//! before it calls. And it keeps nothing itself: every application brings a [`Store`](store::Store), `scim-storage` or its own.
//! What identity providers change, the application is told by [hooks](event), and may refuse. The feature `contract` adds the
//! tests that every store must pass.

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
