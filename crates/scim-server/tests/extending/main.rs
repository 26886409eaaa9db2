//! Extensions and resource types that come from files: those of `examples/schemas`, through HTTP.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod discovered;
mod example;
mod extension;
mod gone;
mod mixed;
mod numbers;
mod resource_type;
#[path = "../support/mod.rs"]
mod support;
