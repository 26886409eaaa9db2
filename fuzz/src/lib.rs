//! What must hold for whatever is sent, as functions of bytes.
//!
//! Each target has a `check`, which panics where something does not hold:
//!
//! | target | what must hold |
//! |---|---|
//! | [`filter`] | what is parsed, printed and parsed again is the same; evaluation ends |
//! | [`path`] | the same, for the paths of attributes and of PATCH |
//! | [`patch`] | a resource is what its schema allows after a PATCH, and untouched by one that is refused |
//! | [`request`] | each answer of a service on SQLite is valid SCIM, none is a 5xx; what is read can be put back |
//!
//! They are driven twice: by libFuzzer, guided by coverage (`fuzz_targets`, feature `libfuzzer`), and by `tests/corpus.rs`, which
//! replays the seeds of `corpus` and [mutates](mutate) them, the same way each time.

#![allow(
    clippy::panic,
    clippy::expect_used,
    reason = "a check that finds something ends"
)]

pub mod filter;
pub mod mutate;
pub mod patch;
pub mod path;
pub mod request;
