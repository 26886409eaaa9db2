//! Typed resources (RFC 7643 section 4): [`User`](user::User), [`Group`](group::Group), and what they are made of.
//!
//! Each type is a struct with public fields and a method of the same name that sets the field and gives the value back.
//! What has no field (attributes of one server, extensions) is kept in `other` under the name it came with, so that reading
//! a resource and writing it back loses nothing. `schemas` is no field: it is worked out from what is there.
//!
//! Values that are absent, `null` or `[]` are the same to SCIM (RFC 7643 section 2.5), and the same here, but for
//! [`Group::members`](group::Group::members).

mod document;
pub mod enterprise;
pub mod group;
mod macros;
pub mod meta;
pub mod user;
pub mod value;
