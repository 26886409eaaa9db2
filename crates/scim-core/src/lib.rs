//! The data model of SCIM 2.0 (RFC 7643, RFC 7644) without IO: values of these types are valid by construction.
//!
//! This crate does **not** read sockets, keep data, know the time or make ids, and it never panics on input. It gives
//! whoever does these things:
//!
//! | module | what it is | RFC |
//! |---|---|---|
//! | [`schema`] | schemas as data, resource types, how a path is resolved | 7643 §2, §6, §7 |
//! | [`resource`] | a JSON object checked against a resource type, and the table of what may be written when | 7643 §2, 7644 §3.3, §3.5.1 |
//! | [`path`] | how an attribute is named | 7644 §3.10 |
//! | [`filter`] | the filter language: tree, parser, printer | 7644 §3.4.2.2 |
//! | [`condition`] | a filter that knows its types: evaluated here, translated by stores | 7644 §3.4.2.2 |
//! | [`patch`] | PATCH, all operations or none | 7644 §3.5.2 |
//! | [`bulk`] | many operations in one request: their order, and references among them | 7644 §3.7 |
//! | [`membership`] | changes to the members of a group, as a delta | 7644 §3.5.2 |
//! | [`query`], [`projection`], [`list`] | lists: what is selected, in which order, which attributes | 7644 §3.4.2, §3.9 |
//! | [`discovery`] | what a server says about itself | 7644 §4, 7643 §5–§7 |
//! | [`error`] | refusals with every `scimType` | 7644 §3.12 |
//! | [`text`], [`time`] | how text and points in time are compared | 7643 §2.3 |
//!
//! ```
//! use std::sync::Arc;
//!
//! use scim_core::filter::{Filter, FilterLimits};
//! use scim_core::patch::{Patch, PatchLimits};
//! use scim_core::resource::{Resource, Situation, Tolerance};
//! use scim_core::schema::ResourceType;
//! use serde_json::json;
//!
//! fn main() -> Result<(), scim_core::error::Error> {
//!     let user_type = Arc::new(ResourceType::user());
//!     let body = json!({
//!         "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
//!         "userName": "bjensen",
//!         "emails": [{ "type": "work", "value": "bjensen@example.com" }]
//!     });
//!     let body = body.as_object().cloned().unwrap_or_default();
//!     let mut user = Resource::check(&user_type, body, Situation::Create, &Tolerance::STRICT)?;
//!
//!     let filter: Filter = r#"emails[type eq "work" and value ew "@EXAMPLE.com"]"#.parse()?;
//!     assert!(filter.resolve(&user_type)?.matches(user.attributes()));
//!
//!     let patch = json!({
//!         "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
//!         "Operations": [{ "op": "replace", "path": "emails[type eq \"work\"].value", "value": "babs@example.com" }]
//!     });
//!     let limits = PatchLimits::default();
//!     let patch = patch.as_object().cloned().unwrap_or_default();
//!     Patch::parse(&patch, &limits, &Tolerance::STRICT)?.apply(&mut user, &Tolerance::STRICT)?;
//!     assert_eq!(user.attributes()["emails"][0]["value"], "babs@example.com");
//!     Ok(())
//! }
//! ```
//!
//! An application that embeds the service meets this crate in three places: where it adds attributes of its own
//! ([`schema::Definition`]), where it makes or reads resources itself ([`resource::Resource`]), and where a store folds filters by
//! hand ([`condition`]). All else is called by `scim-service`.

pub mod bulk;
pub mod condition;
pub mod discovery;
pub mod error;
pub mod filter;
pub mod list;
pub mod membership;
mod object;
pub mod patch;
pub mod path;
pub mod position;
pub mod projection;
pub mod query;
pub mod resource;
pub mod schema;
pub mod text;
pub mod time;
