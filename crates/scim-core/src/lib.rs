//! The data model and protocol logic of SCIM 2.0 (RFC 7643, RFC 7644), without IO.
//!
//! The crate parses, checks and evaluates what SCIM servers and clients exchange: resources, filters, PATCH operations, queries and
//! bulk requests. A server adds HTTP, storage, ids and time.
//!
//! An application that embeds the server (`scim-service`) uses this crate in three places: to add attributes or resource types
//! ([`schema::Definition`]), to create or read resources itself ([`resource::Resource`]), and to translate filters in a store
//! ([`condition`]). The service calls everything else.
//!
//! # Modules
//!
//! | module | content | RFC |
//! |---|---|---|
//! | [`schema`] | schemas as data, resource types, the resolution of paths | 7643 §2, §6, §7 |
//! | [`resource`] | JSON objects checked against a resource type, and the table of what may be written when | 7643 §2, 7644 §3.3, §3.5.1 |
//! | [`path`] | names of attributes | 7644 §3.10 |
//! | [`filter`] | the filter language: syntax tree, parser, printer | 7644 §3.4.2.2 |
//! | [`condition`] | filters with types: evaluated here, translated by stores | 7644 §3.4.2.2 |
//! | [`patch`] | PATCH, all operations or none | 7644 §3.5.2 |
//! | [`membership`] | changes to the members of a group, as a delta | 7644 §3.5.2 |
//! | [`query`] | query parameters, and the selection that a store executes | 7644 §3.4.2 |
//! | [`position`] | positions in a list, for paging by cursor | 9865 |
//! | [`projection`] | `attributes` and `excludedAttributes` | 7644 §3.9 |
//! | [`list`] | ListResponse | 7644 §3.4.2 |
//! | [`bulk`] | many operations in one request: their order, and references among them | 7644 §3.7 |
//! | [`discovery`] | the documents in which a server describes itself | 7644 §4, 7643 §5–§7 |
//! | [`error`] | errors, with every `scimType` | 7644 §3.12, 9865 §2.2 |
//! | [`text`], [`time`] | the comparison of text and of points in time | 7643 §2.3 |
//!
//! # Check a resource
//!
//! [`Resource::check`](resource::Resource::check) turns the body of a POST or PUT into a resource. Names are read in any case,
//! values have to fit their attributes, and what only the server writes is ignored.
//!
//! ```
//! use std::sync::Arc;
//!
//! use scim_core::resource::{Resource, Situation, Tolerance};
//! use scim_core::schema::{ResourceType, USER_URN};
//! use serde_json::json;
//!
//! let user_type = Arc::new(ResourceType::user());
//! let body = json!({ "schemas": [USER_URN], "USERNAME": "bjensen", "id": "ignored" });
//! let body = body.as_object().cloned().unwrap_or_default();
//! let user = Resource::check(&user_type, body, Situation::Create, &Tolerance::STRICT)?;
//! assert_eq!(user.user_name(), Some("bjensen"));
//! # Ok::<(), scim_core::error::Error>(())
//! ```
//!
//! # Filter
//!
//! A [`Filter`](filter::Filter) is syntax. Resolved against a resource type, it is a [`Condition`](condition::Condition), which
//! [matches](condition::Condition::matches) resources in memory or is translated by a store.
//!
//! ```
//! use scim_core::filter::Filter;
//! use scim_core::schema::ResourceType;
//! use serde_json::json;
//!
//! let filter: Filter = r#"emails[type eq "work" and value ew "@EXAMPLE.com"]"#.parse()?;
//! let condition = filter.resolve(&ResourceType::user())?;
//! let user = json!({ "emails": [{ "type": "work", "value": "bjensen@example.com" }] });
//! assert!(user.as_object().is_some_and(|user| condition.matches(user)));
//! # Ok::<(), scim_core::error::Error>(())
//! ```
//!
//! # Apply a PATCH
//!
//! [`Patch::apply`](patch::Patch::apply) applies all operations of a request, or none.
//!
//! ```
//! use std::sync::Arc;
//!
//! use scim_core::patch::{PATCH_OP_URN, Patch, PatchLimits};
//! use scim_core::resource::{Resource, Tolerance};
//! use scim_core::schema::ResourceType;
//! use serde_json::json;
//!
//! let mut user = Resource::from_document(Arc::new(ResourceType::user()), r#"{ "userName": "bjensen" }"#)?;
//! let body = json!({
//!     "schemas": [PATCH_OP_URN],
//!     "Operations": [{ "op": "add", "path": "emails[type eq \"work\"].value", "value": "babs@example.com" }]
//! });
//! let body = body.as_object().cloned().unwrap_or_default();
//! let patch = Patch::parse(&body, &PatchLimits::default(), &Tolerance::STRICT)?;
//! patch.apply(&mut user, &Tolerance::STRICT)?;
//! assert_eq!(user.attributes()["emails"], json!([{ "type": "work", "value": "babs@example.com" }]));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Answer a query
//!
//! [`Query`](query::Query) parses the parameters of a GET or the body of a SearchRequest. It yields a
//! [`Selection`](query::Selection) for the store and a [`Projection`](projection::Projection) for the response;
//! [`ListResponse`](list::ListResponse) is the response.
//!
//! ```
//! use scim_core::filter::FilterLimits;
//! use scim_core::query::Query;
//! use scim_core::schema::ResourceType;
//! use serde_json::json;
//!
//! let user_type = ResourceType::user();
//! let pairs = [("filter", "title pr"), ("attributes", "userName"), ("startIndex", "11")];
//! let query = Query::from_pairs(pairs, &FilterLimits::default())?;
//! assert_eq!(query.select(&user_type, 100)?.offset, 10);
//!
//! let mut user = json!({ "id": "2819c223", "userName": "bjensen", "title": "Tour Guide" });
//! if let Some(user) = user.as_object_mut() {
//!     query.projection(&user_type)?.apply(&user_type, user);
//! }
//! assert_eq!(user, json!({ "id": "2819c223", "userName": "bjensen" }));
//! # Ok::<(), scim_core::error::Error>(())
//! ```
//!
//! # Execute a bulk request
//!
//! [`BulkRequest`](bulk::BulkRequest) parses the request, and [`Plan`](bulk::Plan) orders its operations by their references. See
//! the [example](bulk#references) there.
//!
//! # Add attributes
//!
//! [`ResourceTypes::builder`](schema::ResourceTypes::builder) reads extensions of User and Group, and more resource types, from JSON
//! documents.
//!
//! # What is checked
//!
//! Values that `parse`, `check`, `resolve` and `build` return are valid. Some items can be built without a check:
//! [`Resource::from_checked`](resource::Resource::from_checked), [`from_document`](resource::Resource::from_document) and
//! [`set_unchecked`](resource::Resource::set_unchecked), and types with public fields or variants, such as
//! [`Filter`](filter::Filter), [`PatchPath`](path::PatchPath), [`Query`](query::Query) and [`BulkRequest`](bulk::BulkRequest). Their
//! documentation states what has to hold, and what happens if it does not.
//!
//! Parsers have limits ([`FilterLimits`](filter::FilterLimits), [`PatchLimits`](patch::PatchLimits),
//! [`BulkLimits`](bulk::BulkLimits)) and do not panic on any input.
//!
//! # What the crate does not do
//!
//! - It does no IO: no HTTP, no files, no database. Nothing is `async`, and nothing blocks.
//! - It does not read the clock, and creates no ids, versions or `meta`.
//! - It does not authenticate clients, and does not store or compare passwords.
//!
//! # Cargo features and minimum Rust version
//!
//! The crate has no Cargo features. It requires Rust 1.94. It has no `unsafe` code.
//!
//! # Types of other crates
//!
//! The public API contains [`serde_json`] types (`Map`, `Value`, `Number`, `Error`), and [`schema`] types implement the
//! [`serde`] traits. A new major version of either is a new major version of this crate. It enables the features
//! `preserve_order`, `raw_value` and `float_roundtrip` of serde_json, because objects keep the order of their members. No type of
//! any other dependency is public.

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
