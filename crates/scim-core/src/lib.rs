//! SCIM 2.0 without IO.

pub mod condition;
pub mod error;
pub mod filter;
pub mod membership;
pub mod patch;
pub mod path;
pub mod query;
pub mod resource;
pub mod schema;
pub mod text;
pub mod time;
