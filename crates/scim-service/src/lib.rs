//! What a SCIM service provider does when a request arrives, without a web framework and without a database.

mod answer;
mod body;
pub mod connection;
mod failure;
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
