//! What a SCIM service provider does when a request arrives.

pub mod connection;
pub mod public_url;
pub mod service;
pub mod store;
