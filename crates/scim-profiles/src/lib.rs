//! Profiles: how Okta, Microsoft Entra ID and strict SCIM clients differ.
//!
//! # What it does
//!
//! A [`Profile`](profile::Profile) belongs to a connection. It has three parts:
//!
//! - [quirks](quirk::Quirk), which rewrite the client's deviations into standard SCIM before anything else sees the request,
//! - a [`Tolerance`](scim_core::resource::Tolerance), which tells the checks of `scim-core` what to accept,
//! - a [`Behavior`](profile::Behavior), where the standard leaves a choice or the client needs another response.
//!
//! Three profiles are built in. Others are made with [`Profile::builder`](profile::Profile::builder) or
//! [`Profile::to_builder`](profile::Profile::to_builder).
//!
//! | profile | for |
//! |---|---|
//! | [`standard`](profile::Profile::standard) | clients that follow RFC 7643 and RFC 7644 |
//! | [`okta`](profile::Profile::okta) | Okta: catalog apps (PATCH) and apps of the App Integration Wizard (PUT only) |
//! | [`entra`](profile::Profile::entra) | Microsoft Entra ID's provisioning service, with and without `aadOptscim062020` |
//!
//! # Comparison
//!
//! | | `standard` | `okta` | `entra` |
//! |---|---|---|---|
//! | **Quirks** | | | |
//! | [`BareExtensionNames`]: names of an extension without its URN, in PATCH and filters | – | – | yes |
//! | [`StringBooleans`]: booleans as strings | – | yes | yes |
//! | [`SingleValue`]: `manager` as a string or list, or emptied by an empty string | – | yes | yes |
//! | **Tolerance** | | | |
//! | [`read_only_paths`]: a PATCH path names a `readOnly` attribute | error | accepted | accepted |
//! | [`unknown_paths`]: a PATCH path names an unknown attribute | error | accepted | accepted |
//! | [`unmatched_paths`]: a value path matches no value | error | accepted | accepted |
//! | [`malformed_references`]: a reference is not a URI | error | accepted | accepted |
//! | [`missing_patch_schemas`]: a PATCH body has no `schemas` | error | accepted | accepted |
//! | **Behavior** | | | |
//! | [`group_patch_answer`]: the response to a PATCH of a group | `Resource` | `NoContent` | `NoContent` |
//! | [`empty_members`]: `members` of an empty group | `Omit` | `Omit` | `Show` |
//! | [`unknown_members`]: members that are not users | `Refuse` | `Skip` | `Skip` |
//! | [`former_users`]: POST of an inactive or deleted user | `Conflict` | `Reactivate` | `Reactivate` |
//! | [`group_names`]: groups with the same `displayName` | `Shared` | `Unique` | `Unique` |
//!
//! [`BareExtensionNames`]: quirks::bare_extension_names::BareExtensionNames
//! [`StringBooleans`]: quirks::string_booleans::StringBooleans
//! [`SingleValue`]: quirks::single_value::SingleValue
//! [`read_only_paths`]: scim_core::resource::Tolerance::read_only_paths
//! [`unknown_paths`]: scim_core::resource::Tolerance::unknown_paths
//! [`unmatched_paths`]: scim_core::resource::Tolerance::unmatched_paths
//! [`malformed_references`]: scim_core::resource::Tolerance::malformed_references
//! [`missing_patch_schemas`]: scim_core::resource::Tolerance::missing_patch_schemas
//! [`group_patch_answer`]: profile::Behavior::group_patch_answer
//! [`empty_members`]: profile::Behavior::empty_members
//! [`unknown_members`]: profile::Behavior::unknown_members
//! [`former_users`]: profile::Behavior::former_users
//! [`group_names`]: profile::Behavior::group_names
//!
//! # A whole program
//!
//! An application passes a profile where it mounts a connection (`Profile::okta()`), and needs nothing else from this crate.
//! The service then uses it as follows:
//!
//! ```
//! use scim_core::filter::Filter;
//! use scim_core::patch::{Patch, PatchLimits};
//! use scim_core::schema::ResourceType;
//! use scim_profiles::profile::{PatchAnswer, Profile};
//! use serde_json::json;
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let entra = Profile::entra();
//!     let user = ResourceType::user();
//!
//!     // what Entra ID sends when an employee leaves the company
//!     let sent = json!({
//!         "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
//!         "Operations": [{ "op": "Replace", "path": "active", "value": "False" }]
//!     });
//!     let sent = sent.as_object().ok_or("no object")?;
//!     let limits = PatchLimits::default();
//!     let mut patch = Patch::parse(sent, &limits, entra.tolerance())?;
//!     entra.rewrite_patch(&user, &mut patch);
//!     assert_eq!(patch.operations[0].value, Some(json!(false)));
//!
//!     // and how it looks up an employee number, without naming the extension
//!     let mut filter: Filter = r#"employeeNumber eq "701984""#.parse()?;
//!     assert!(filter.resolve(&user).is_err());
//!     entra.rewrite_filter(&user, &mut filter);
//!     assert!(filter.resolve(&user).is_ok());
//!
//!     // a group with 10,000 members is not returned after every change
//!     assert_eq!(entra.behavior().group_patch_answer, PatchAnswer::NoContent);
//!     Ok(())
//! }
//! ```
//!
//! # What it does not do
//!
//! - It does not detect clients: it reads no header and no User-Agent. The profile belongs to the connection.
//! - It keeps no state between requests, and does no IO.
//! - It does not replace checks: those of `scim-core` run after the quirks, with the tolerance of the profile.
//! - It does not change access: authentication, limits and the isolation of connections are the same for all profiles.
//!
//! # Runtime and Rust version
//!
//! No async runtime and no crate features. The minimum supported Rust version is 1.94.
//!
//! # Types of other crates
//!
//! The API uses types of `scim-core`, and `Map` and `Value` of `serde_json` 1. `scim-service` re-exports this crate as
//! `scim_service::profiles`.

mod entra;
mod okta;
pub mod profile;
pub mod quirk;
pub mod quirks;
mod standard;
