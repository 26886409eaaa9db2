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
//! A profile never changes who may do what: authentication, limits and the isolation of connections are the same for all.
//!
//! To add a quirk, give it a file under `quirks/` with the JSON before and after in its doc, list it in the profiles that
//! need it, and add a fixture under `tests/fixtures/`.

mod entra;
mod okta;
pub mod profile;
pub mod quirk;
pub mod quirks;
mod standard;
