//! Typed resources (RFC 7643 section 4): [`User`](user::User), [`Group`](group::Group), and their complex attributes.
//!
//! | | how to set it |
//! |---|---|
//! | single value: `title`, `name`, `active`, sub-attributes such as `Name::given_name` | the method of that name, which consumes and returns the value |
//! | list: `emails`, `roles`, … | the method in the singular, `email`, `role`, which adds one value |
//! | [`Group::members`](field@group::Group::members) | [`member`](group::Group::member) adds one, [`members`](method@group::Group::members) replaces all |
//! | `type` and `$ref` | `kind` and `reference` |
//! | attribute without a field, extension | [`User::with`](user::User::with), [`Group::with`](group::Group::with) |
//! | `id`, `meta`, `groups` of a user | no method, as the server sets them |
//!
//! All fields are public, so a resource that was read can also be modified in place. Attributes without a field are kept in
//! `other` under the names that they came with, so reading a resource and writing it back loses nothing. `schemas` is not a
//! field: it is computed from the extensions that are present.
//!
//! Absent, `null` and `[]` are the same to SCIM (RFC 7643 section 2.5), and here, except for
//! [`Group::members`](field@group::Group::members).
//!
//! ```
//! use scim_client::resource::enterprise::EnterpriseUser;
//! use scim_client::resource::user::User;
//! use scim_client::resource::value::{Email, Name, PhoneNumber};
//!
//! let mut user = User::new("bjensen@example.com")
//!     .name(Name::new("Barbara", "Jensen").honorific_prefix("Ms."))
//!     .email(Email::work("bjensen@example.com").primary(true))
//!     .email(Email::home("babs@example.com"))
//!     .phone_number(PhoneNumber::new("tel:+1-201-555-0123").kind("mobile"))
//!     .enterprise(EnterpriseUser::default().department("Tours"));
//! user.emails.retain(|email| email.kind.as_deref() == Some("work"));
//! # assert_eq!(user.emails.len(), 1);
//! ```

mod document;
pub mod enterprise;
pub mod group;
mod macros;
pub mod meta;
pub mod user;
pub mod value;
