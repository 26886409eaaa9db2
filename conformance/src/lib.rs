//! Judges any SCIM 2.0 server over HTTP: by RFC 7643, 7644 and 9865, and by what Okta and Microsoft Entra ID send.
//!
//! What it does not do: it knows no server's code, keeps nothing of its own on the server, and judges an optional
//! feature only when the server says that it has it.
//!
//! A [`Check`](check::Check) is one requirement, in our words, with the function that tries it. The folders are the
//! RFCs: `rfc7644/section_3_5_2/add.rs` holds what section 3.5.2.1 of RFC 7644 asks of `add`. A check gets a
//! [`Trial`](trial::Trial), with which it makes its own data; whatever it made is removed after it.
//!
//! To add a check: write the function in the file of its section, add it to the `CHECKS` of that file, and add a fault
//! to `tests/teeth` that only a server which breaks the requirement has.

#![allow(
    clippy::indexing_slicing,
    reason = "documents are read by name, and a member that is not there is null: `serde_json` does not panic"
)]
#![allow(
    missing_debug_implementations,
    reason = "it is a program, whose parts nobody else prints"
)]

pub mod check;
pub mod cli;
pub mod feature;
pub mod http;
mod profiles;
pub mod registry;
pub mod report;
mod rfc7643;
mod rfc7644;
mod rfc9865;
pub mod run;
pub mod simulate;
pub mod subject;
pub mod trial;
