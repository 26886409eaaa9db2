//! The store through its port, on a real SQLite file.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests may stop at the first surprise"
)]

mod agreement;
mod concurrency;
mod connections;
mod deletion;
mod lists;
mod members;
mod random;
mod resources;
mod support;
