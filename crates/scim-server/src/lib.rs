//! work in progress
mod answer;
pub mod auth;
mod body;
mod causes;
mod clock;
mod compress;
pub mod config;
mod convert;
mod handler;
mod health;
mod request_line;
mod scim;
pub use scim::{Scim, ScimBuilder, mount};
