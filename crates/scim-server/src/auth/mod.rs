//! Who may speak for a connection.
//!
//! A request shows a credential in its `Authorization` header (`presented.rs`). A registry knows which credentials each
//! connection accepts: [codes](AuthCode) of the configuration, and those [made at run time](CredentialSource), such as those that
//! `scim_storage::Connections` keeps. It is the
//! built-in [`Authenticator`](scim_service::authentication::Authenticator); others come beside it
//! ([`ScimBuilder::authenticator`](crate::ScimBuilder::authenticator)). A guard slows down addresses that guess, whoever
//! authenticates them.

mod code;
mod credential;
mod guard;
mod kept;
mod presented;
mod registry;
mod source;

pub use code::{AuthCode, AuthCodeForm};
pub use credential::{InvalidSecretHash, NoRandomness, SecretHash, new_secret, secret_hint};
pub use source::{CredentialSource, CredentialSourceError, StoredConnection, StoredCredential};

pub(crate) use guard::{Admission, Guard, Refused};
pub use registry::canonical_key;

pub(crate) use registry::{Entry, Registry, default_profile};
