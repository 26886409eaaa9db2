//! SCIM 2.0 without IO.

pub mod condition;
pub mod discovery;
pub mod error;
pub mod filter;
pub mod list;
pub mod membership;
pub mod patch;
pub mod path;
pub mod projection;
pub mod query;
pub mod resource;
pub mod schema;
pub mod text;
pub mod time;
