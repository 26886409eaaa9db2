//! How Okta, Microsoft Entra ID and strict SCIM clients differ.
//!
//! A [`Profile`](profile::Profile) hangs on a connection and says two things: which [quirks](quirk::Quirk) of the client are
//! rewritten into standard SCIM before anything else looks at a request, and how the server [behaves](profile::Behavior)
//! where the standard leaves a choice or the client needs another answer. Everything behind it sees standard SCIM only.
//!
//! | profile | for | file |
//! |---|---|---|
//! | `standard` | clients that keep to RFC 7643 and 7644 | `standard.rs` |
//! | `okta` | Okta: catalog apps (PATCH) and App Integration Wizard apps (PUT only) | `okta.rs` |
//! | `entra` | Microsoft Entra ID's provisioning service, with and without `aadOptscim062020` | `entra.rs` |
//!
//! An application names one, [`Profile::okta`](profile::Profile::okta), where it mounts a connection, and needs no more of this
//! crate. This is what the service then does with it:
//!
//! ```
//! use scim_core::filter::{Filter, FilterLimits};
//! use scim_core::patch::{Patch, PatchLimits};
//! use scim_core::schema::ResourceType;
//! use scim_profiles::profile::{PatchAnswer, Profile};
//! use serde_json::json;
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let entra = Profile::by_name("entra").ok_or("no such profile")?;
//!     let user = ResourceType::user();
//!
//!     // what Entra ID sends when somebody leaves the company
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
//!     // and how it looks for somebody by number, without naming the extension
//!     let mut filter: Filter = r#"employeeNumber eq "701984""#.parse()?;
//!     assert!(filter.resolve(&user).is_err());
//!     entra.rewrite_filter(&user, &mut filter);
//!     assert!(filter.resolve(&user).is_ok());
//!
//!     // a group of 10,000 is not sent back for every change
//!     assert_eq!(entra.behavior().group_patch_answer, PatchAnswer::NoContent);
//!     Ok(())
//! }
//! ```
//!
//! What it does **not** do: it looks at no header and no User-Agent, keeps nothing from one request to the next, and lets nothing
//! through by itself; the checks of `scim-core` come afterwards, with the [`Tolerance`](scim_core::resource::Tolerance) of the profile.
//!
//! A profile never changes who may do what: authentication, limits and the isolation of connections are the same for all.

mod entra;
mod okta;
pub mod profile;
pub mod quirk;
pub mod quirks;
mod standard;
