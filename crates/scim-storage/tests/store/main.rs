//! The store through its port, on SQLite and on PostgreSQL.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests may stop at the first surprise"
)]

mod abandoned;
mod agreement;
mod columns;
mod connections;
mod contract;
mod deletion;
mod growth;
mod least;
mod limits;
mod population;
mod random;
mod support;
