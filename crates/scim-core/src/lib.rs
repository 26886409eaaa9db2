//! SCIM 2.0 without IO.
#![doc = ""]

pub mod error;
pub mod filter;
pub mod path;
