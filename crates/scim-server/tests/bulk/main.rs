//! Bulk (RFC 7644 section 3.7), through HTTP.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod message;
mod operations;
mod references;
mod refusals;
#[path = "../support/mod.rs"]
mod support;
