//! A directory is exported, imported into the other database, and exported again.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    reason = "tests may stop at the first surprise"
)]

mod configured;
mod databases;
mod directory;
mod measure;
mod refusals;
mod round_trip;
